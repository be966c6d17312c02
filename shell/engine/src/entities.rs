//! Legal entities: who sells.

use crate::audit::{Deed, Kept};
use crate::{Engine, EngineError};
use contracts::{Customer, Entity};
use stdx::{Key, Problem};
use store::Tx;
use store::facts::{self, Times};

const KIND: &str = "entity";
/// So many entities a tenant may have: all are read where one is needed.
const MOST: u32 = 1_000;

impl Engine {
    /// Says what is known of an entity from now on; a new one, or another word on one that is there. Documents that were issued
    /// stay as they are, and drafts are taxed anew.
    pub fn set_entity(&self, entity: Entity) -> Result<Entity, EngineError> {
        let _alone = self.command()?;
        for other in self.entities()?.iter().filter(|other| other.key != entity.key) {
            Self::series_apart(&entity, other)?;
        }
        let now = self.now().micros();
        let times = Times { effective_at: now, recorded_at: now };
        let deed = Deed { action: "entity.set", kept: Kept::Fact, kind: KIND, id: entity.key.as_str() };
        self.write(deed, |tx| {
            facts::append(tx, &self.tenant, KIND, entity.key.as_str(), times, &entity)?;
            Ok(())
        })?;
        Ok(entity)
    }

    /// Each number is given once among all entities.
    fn series_apart(entity: &Entity, other: &Entity) -> Result<(), EngineError> {
        let theirs = other.series.all();
        let twice = entity.series.all().into_iter().find(|one| theirs.contains(one));
        match twice {
            None => Ok(()),
            Some(series) => {
                let problem = Problem::new("series_taken", "Another entity has this series")
                    .detail(format!("numbers of `{}` begin with `{series}` too", other.key))
                    .at("/series")
                    .mend("let the numbers of each entity begin in a way of their own");
                Err(EngineError::Conflict(problem))
            }
        }
    }

    /// Every entity, by key: those that were set, and `default`, which is always there.
    pub fn entities(&self) -> Result<Vec<Entity>, EngineError> {
        let found = self.store.read(|tx| facts::current::<Entity>(tx, &self.tenant, KIND, "", MOST))?;
        let mut all: Vec<Entity> = found.into_iter().map(|fact| fact.body).collect();
        let unnamed = Entity::unnamed();
        if all.iter().all(|one| one.key != unnamed.key) {
            all.push(unnamed);
            all.sort_by(|a, b| a.key.cmp(&b.key));
        }
        Ok(all)
    }

    /// An entity by key.
    pub fn entity(&self, key: &Key) -> Result<Entity, EngineError> {
        let found = self.store.read(|tx| facts::latest::<Entity>(tx, &self.tenant, KIND, key.as_str()))?;
        if let Some(found) = found {
            return Ok(found.body);
        }
        let all = self.entities()?;
        match all.iter().find(|one| one.key == *key) {
            Some(unnamed) => Ok(unnamed.clone()),
            None => Err(EngineError::no_such("entity", key.as_str(), all.iter().map(|one| one.key.as_str()))),
        }
    }

    /// Who sells to a customer.
    pub(crate) fn entity_of(&self, customer: &Customer) -> Result<Entity, EngineError> {
        self.store.read(|tx| self.entity_in(tx, customer))
    }

    /// The same in a transaction.
    pub(crate) fn entity_in(&self, tx: &mut Tx<'_>, customer: &Customer) -> Result<Entity, EngineError> {
        let unnamed = Entity::unnamed();
        let key = customer.entity.as_ref().unwrap_or(&unnamed.key);
        match facts::latest::<Entity>(tx, &self.tenant, KIND, key.as_str())? {
            Some(found) => Ok(found.body),
            None if *key == unnamed.key => Ok(unnamed),
            None => {
                let known = facts::current::<Entity>(tx, &self.tenant, KIND, "", MOST)?;
                Err(EngineError::no_such("entity", key.as_str(), known.iter().map(|one| one.key.as_str())))
            }
        }
    }
}
