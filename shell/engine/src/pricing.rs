//! What is offered: versions of the catalog.

use crate::audit::{Deed, Kept};
use crate::{Engine, EngineError};
use billing::Catalogs;
use catalog::{Catalog, Change, diff};
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::IgnoredAny;
use std::sync::{Arc, PoisonError};
use stdx::Problem;
use store::facts::{self, Times};

const KIND: &str = "catalog";
const KEY: &str = "pricing";

/// What applying a pricing file did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Applied {
    /// The version in force now.
    pub version: u32,
    /// What differs from the version before; empty when the file said what was in force already, and no version was made.
    pub changes: Vec<Change>,
}

impl Engine {
    pub(crate) fn read_catalogs(&self) -> Result<(), EngineError> {
        let stored = self.store.read(|tx| facts::history::<Catalog>(tx, &self.tenant, KIND, KEY, i64::MAX))?;
        let versions = stored.into_iter().map(|fact| Ok((version(fact.version)?, fact.body)));
        let catalogs = versions.collect::<Result<Catalogs, EngineError>>()?;
        *self.catalogs.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(catalogs);
        Ok(())
    }

    /// Reads the versions of the catalog anew where another process has recorded one.
    pub(crate) fn refresh_catalogs(&self) -> Result<(), EngineError> {
        let newest = self.store.read(|tx| facts::latest::<IgnoredAny>(tx, &self.tenant, KIND, KEY))?;
        let known = self.catalogs().last_key_value().map(|(version, _)| i64::from(*version));
        if newest.map(|fact| fact.version) == known { Ok(()) } else { self.read_catalogs() }
    }

    /// Every version of the catalog.
    pub fn catalogs(&self) -> Arc<Catalogs> {
        self.catalogs.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What a pricing file would change.
    pub fn plan_pricing(&self, catalog: &Catalog) -> Vec<Change> {
        let catalogs = self.catalogs();
        let empty = Catalog::default();
        diff(catalogs.last_key_value().map_or(&empty, |(_, newest)| newest), catalog)
    }

    /// Records a pricing file as the new version in force. Subscriptions keep the version that they were sold on.
    pub fn apply_pricing(&self, catalog: &Catalog) -> Result<Applied, EngineError> {
        let _alone = self.command()?;
        let changes = self.plan_pricing(catalog);
        if let (true, Some((version, _))) = (changes.is_empty(), self.catalogs().last_key_value()) {
            return Ok(Applied { version: *version, changes });
        }
        let now = self.now().micros();
        let times = Times { effective_at: now, recorded_at: now };
        let deed = Deed { action: "pricing.apply", kept: Kept::Fact, kind: KIND, id: KEY };
        let stored = self.write(deed, |tx| Ok(facts::append(tx, &self.tenant, KIND, KEY, times, catalog)?))?;
        self.read_catalogs()?;
        Ok(Applied { version: version(stored)?, changes })
    }

    /// The newest version of the catalog, with its number.
    pub fn newest_catalog(&self) -> Result<(u32, Catalog), EngineError> {
        let catalogs = self.catalogs();
        let (version, catalog) = catalogs.last_key_value().ok_or_else(|| {
            EngineError::NotFound(
                Problem::new("no_pricing", "Nothing is offered yet")
                    .detail("no pricing file has been applied")
                    .mend("run `counterfoil apply pricing.yaml`, or POST it to /v1/pricing"),
            )
        })?;
        Ok((*version, catalog.clone()))
    }
}

fn version(stored: i64) -> Result<u32, EngineError> {
    u32::try_from(stored).map_err(|_| {
        EngineError::Failed(
            Problem::new("store_corrupt", "The store says something impossible")
                .detail(format!("catalog version {stored}")),
        )
    })
}
