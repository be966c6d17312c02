//! Customers.

use crate::audit::{Deed, Kept};
use crate::{Engine, EngineError};
use contracts::Customer;
use stdx::{Key, Problem};
use store::facts::{self, Times};
use store::{StoreError, Tx};

pub(crate) const KIND: &str = "customer";

impl Engine {
    /// Adds a customer. The key must be new.
    pub fn add_customer(&self, customer: Customer) -> Result<Customer, EngineError> {
        self.entity_of(&customer)?;
        let now = self.now().micros();
        let times = Times { effective_at: now, recorded_at: now };
        let deed = Deed { action: "customer.add", kept: Kept::Fact, kind: KIND, id: customer.key.as_str() };
        self.write_new(deed, None, &customer, |tx| {
            match facts::add(tx, &self.tenant, KIND, customer.key.as_str(), times, &customer) {
                Err(StoreError::Unique(_)) => Err(EngineError::taken("customer", customer.key.as_str())),
                done => Ok(done?),
            }
        })?;
        Ok(customer)
    }

    /// Says what is known of a customer from now on. Documents that were issued stay as they are. The zone stays: periods that
    /// were billed would not be those that are.
    pub fn change_customer(&self, customer: Customer) -> Result<Customer, EngineError> {
        let _alone = self.command()?;
        let known = self.customer(customer.key.as_str())?;
        if known.zone != customer.zone {
            let problem = Problem::new("zone_change", "A customer keeps its zone")
                .detail(format!("`{}` is in {}", known.key, known.zone.name()))
                .at("/zone")
                .mend("leave the zone as it is; a new customer can have another one");
            return Err(EngineError::Conflict(problem));
        }
        self.entity_of(&customer)?;
        let now = self.now().micros();
        let times = Times { effective_at: now, recorded_at: now };
        let deed = Deed { action: "customer.change", kept: Kept::Fact, kind: KIND, id: customer.key.as_str() };
        self.write(deed, |tx| {
            facts::append(tx, &self.tenant, KIND, customer.key.as_str(), times, &customer)?;
            Ok(())
        })?;
        Ok(customer)
    }

    /// A customer by key.
    pub fn customer(&self, key: &str) -> Result<Customer, EngineError> {
        if let Some(found) = self.find_customer(key)? {
            return Ok(found);
        }
        let some = self.customers("", 1_000)?;
        Err(EngineError::no_such("customer", key, some.iter().map(|customer| customer.key.as_str())))
    }

    /// At most `limit` customers by key, after a key.
    pub fn customers(&self, after: &str, limit: u32) -> Result<Vec<Customer>, EngineError> {
        let found = self.store.read(|tx| facts::current::<Customer>(tx, &self.tenant, KIND, after, limit))?;
        Ok(found.into_iter().map(|fact| fact.body).collect())
    }

    /// The customer of this key, or nothing.
    pub(crate) fn find_customer(&self, key: &str) -> Result<Option<Customer>, EngineError> {
        let found = self.store.read(|tx| facts::latest::<Customer>(tx, &self.tenant, KIND, key))?;
        Ok(found.map(|fact| fact.body))
    }

    /// The customer of this key, in a transaction.
    pub(crate) fn customer_in(&self, tx: &mut Tx<'_>, key: &Key) -> Result<Customer, EngineError> {
        let found = facts::latest::<Customer>(tx, &self.tenant, KIND, key.as_str())?;
        found.map(|fact| fact.body).ok_or_else(|| EngineError::no_such("customer", key.as_str(), []))
    }

    /// Whether there is a customer of this key.
    pub(crate) fn knows_customer(&self, key: &str) -> Result<bool, EngineError> {
        Ok(self.find_customer(key)?.is_some())
    }
}
