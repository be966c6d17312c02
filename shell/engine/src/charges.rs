//! Charges beside subscriptions: asked for once, and billed with what is due.

use crate::audit::{Deed, Kept};
use crate::{Engine, EngineError};
use contracts::{Charge, Customer, When};
use money::{Currency, Dec};
use rating::NonNegative;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::{Key, Problem};
use store::documents::{self, Document};
use store::{StoreError, Tx};

pub(crate) const KIND: &str = "charge";

/// A charge that is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCharge {
    /// Its key, unique among charges and subscriptions.
    pub key: Key,
    /// What the customer reads; the key when absent.
    #[serde(default)]
    pub name: Option<String>,
    /// How many; one when absent.
    #[serde(default)]
    pub quantity: Option<NonNegative>,
    /// What each costs, in the currency.
    pub each: NonNegative,
    /// The currency: a code of ISO 4217.
    pub currency: Currency,
    /// The class that the tax rules look at; the seller's usual one when absent.
    #[serde(default)]
    pub tax_category: Option<Key>,
    /// When it is due; from the beginning of today when absent.
    #[serde(default)]
    pub due: Option<When>,
}

impl Engine {
    /// Charges a customer for something outside of any plan.
    pub fn charge(&self, customer: &str, new: NewCharge) -> Result<Charge, EngineError> {
        let _alone = self.command()?;
        let charge = self.new_charge(&self.customer(customer)?, new)?;
        let deed = Deed { action: "charge.add", kept: Kept::Document, kind: KIND, id: charge.key.as_str() };
        self.write_new(deed, Some(&charge.customer), &charge, |tx| self.insert_charge(tx, &charge))?;
        Ok(charge)
    }

    /// A charge as it is asked for now.
    pub(crate) fn new_charge(&self, customer: &Customer, new: NewCharge) -> Result<Charge, EngineError> {
        let one = NonNegative::try_from(Dec::ONE).map_err(|error| EngineError::invalid(&error))?;
        let now = self.now();
        Ok(Charge {
            name: new.name.unwrap_or_else(|| new.key.to_string()),
            key: new.key,
            customer: customer.key.clone(),
            quantity: new.quantity.unwrap_or(one),
            each: new.each,
            currency: new.currency,
            tax_category: new.tax_category,
            due_at: new.due.unwrap_or(When::Day(customer.zone.date_of(now))).instant(&customer.zone),
            recorded_at: now,
            withdrawn_at: None,
        })
    }

    pub(crate) fn insert_charge(&self, tx: &mut Tx<'_>, charge: &Charge) -> Result<(), EngineError> {
        match documents::insert(tx, &self.tenant, KIND, &document(charge, 1)) {
            Err(StoreError::Unique(_)) => Err(EngineError::taken("charge", charge.key.as_str())),
            done => Ok(done?),
        }
    }

    /// Takes a charge back. What was billed for it is given back like any other difference.
    pub fn withdraw_charge(&self, key: &str) -> Result<Charge, EngineError> {
        let _alone = self.command()?;
        let found = self.store.read(|tx| documents::find::<Charge>(tx, &self.tenant, KIND, key))?;
        let Some(Document { body: mut charge, version, .. }) = found else {
            return Err(EngineError::no_such("charge", key, []));
        };
        if charge.withdrawn_at.is_some() {
            let problem = Problem::new("already_withdrawn", "It was taken back already")
                .detail(format!("the charge `{key}` is not owed any more"))
                .mend("charge again under another key where it is owed after all");
            return Err(EngineError::Conflict(problem));
        }
        charge.withdrawn_at = Some(self.now());
        let changed = document(&charge, version);
        let deed = Deed { action: "charge.withdraw", kept: Kept::Document, kind: KIND, id: key };
        self.write(deed, |tx| Ok(documents::update(tx, &self.tenant, KIND, &changed).map(drop)?))?;
        Ok(charge)
    }
}

fn document(charge: &Charge, version: i64) -> Document<&Charge> {
    Document {
        id: charge.key.to_string(),
        customer: Some(charge.customer.to_string()),
        status: if charge.withdrawn_at.is_some() { "withdrawn" } else { "owed" }.into(),
        sort_at: charge.due_at.micros(),
        version,
        body: charge,
    }
}
