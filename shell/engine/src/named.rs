//! Objects by name, many at once: what other objects refer to. A name that leads nowhere is left out.

use crate::audit::Kept;
use crate::{Alert, Engine, EngineError, Thing};
use billing::Invoice;
use contracts::{Customer, Subscription};
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet};
use store::{documents, facts};

impl Engine {
    /// Alerts by id.
    pub fn alerts_named(&self, ids: &BTreeSet<String>) -> Result<BTreeMap<String, Alert>, EngineError> {
        self.named(Thing::Alert, ids)
    }

    /// Customers by key.
    pub fn customers_named(&self, keys: &BTreeSet<String>) -> Result<BTreeMap<String, Customer>, EngineError> {
        self.named(Thing::Customer, keys)
    }

    /// Invoices by id.
    pub fn invoices_named(&self, ids: &BTreeSet<String>) -> Result<BTreeMap<String, Invoice>, EngineError> {
        self.named(Thing::Invoice, ids)
    }

    /// Subscriptions by key.
    pub fn subscriptions_named(&self, keys: &BTreeSet<String>) -> Result<BTreeMap<String, Subscription>, EngineError> {
        self.named(Thing::Subscription, keys)
    }

    fn named<T: DeserializeOwned>(
        &self,
        thing: Thing,
        names: &BTreeSet<String>,
    ) -> Result<BTreeMap<String, T>, EngineError> {
        let (kept, kind) = thing.kept();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        self.store.read(|tx| {
            Ok(match kept {
                Kept::Fact => {
                    let found = facts::named::<T>(tx, &self.tenant, kind, &names)?;
                    found.into_iter().map(|fact| (fact.key, fact.body)).collect()
                }
                Kept::Document | Kept::Secret => {
                    let found = documents::named::<T>(tx, &self.tenant, kind, &names)?;
                    found.into_iter().map(|document| (document.id, document.body)).collect()
                }
            })
        })
    }
}
