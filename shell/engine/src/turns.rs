//! Whose turn it is to be billed: those for whom something fell due or changed since their bill was drawn, so that a run which is made
//! each minute does not draw the bills of all.
//!
//! Each customer who has anything to be billed has a place in the store, at the time at which something falls due next. A command that
//! changes what a customer has moves the place to the front in its own transaction ([`Engine::write`]); a run moves there whose usage
//! of what fell due has changed since the last one. When the rules that hold for everybody are other ones, everybody has a turn.

use crate::fold::PAGE;
use crate::{Engine, EngineError};
use calendar::Instant;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use stdx::Key;
use store::documents::{self, Document};
use store::{Tx, due, facts};
use usage::{Seq, What};

const KIND: &str = "billing_turns";
/// More entities than a tenant may have.
const ENTITIES: u32 = 10_000;

/// Whose bills a run draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whom {
    /// Those of all customers.
    Everybody,
    /// Those of the customers for whom something changed or fell due. What comes of it is the same.
    WhoseTurnItIs,
}

/// The customers of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Turns {
    Everybody,
    /// These, in the order of their keys.
    Of(Vec<String>),
}

/// What runs have seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Seen {
    /// Up to which event.
    usage: u64,
    rules: Rules,
}

/// What bills depend on beside what a customer has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Rules {
    /// The tenant: a copy of another one has its usage at other positions.
    tenant: Key,
    /// The newest version of the pricing.
    catalog: Option<u32>,
    /// The newest version of the settings, and the one that is in force.
    settings: (i64, i64),
    /// The versions of the legal entities.
    entities: Vec<(String, i64)>,
}

impl Engine {
    /// Whose turn it is at an instant, and what will have been seen when all of them were billed. For who has the tenant for itself.
    pub(crate) fn turns(&self, whom: Whom, now: Instant) -> Result<(Turns, Seen), EngineError> {
        let (rules, newest) = (self.rules(now)?, self.usage.watermark(&self.tenant)?);
        let seen = Seen { usage: newest.0, rules };
        let before = self.store.read(|tx| documents::find::<Seen>(tx, &self.tenant, KIND, KIND))?;
        let known = before.map(|document| document.body).filter(|known| known.rules == seen.rules);
        match (whom, known) {
            (Whom::WhoseTurnItIs, Some(known)) if known.usage <= newest.0 => {
                self.note_usage(Seq(known.usage), newest)?;
                let mut turns = self.store.read(|tx| due::whose(tx, &self.tenant, now.micros()))?;
                turns.sort_unstable();
                Ok((Turns::Of(turns), seen))
            }
            (Whom::Everybody | Whom::WhoseTurnItIs, _) => Ok((Turns::Everybody, seen)),
        }
    }

    /// Keeps what was seen by a run that is over.
    pub(crate) fn have_seen(&self, seen: &Seen) -> Result<(), EngineError> {
        let stored = self.store.read(|tx| documents::find::<Seen>(tx, &self.tenant, KIND, KIND))?;
        if stored.as_ref().is_some_and(|known| known.body == *seen) {
            return Ok(());
        }
        let (id, status) = (KIND.to_owned(), "seen".to_owned());
        let version = stored.as_ref().map_or(1, |known| known.version);
        let document = Document { id, customer: None, status, sort_at: 0, version, body: seen };
        self.store.write(|tx| match stored {
            Some(_) => documents::update(tx, &self.tenant, KIND, &document).map(drop),
            None => documents::insert(tx, &self.tenant, KIND, &document),
        })?;
        Ok(())
    }

    fn rules(&self, now: Instant) -> Result<Rules, EngineError> {
        let entities = self.store.read(|tx| facts::current::<IgnoredAny>(tx, &self.tenant, "entity", "", ENTITIES))?;
        let newest = self.settings_history().last().map_or(0, |known| known.version);
        Ok(Rules {
            tenant: self.tenant.clone(),
            catalog: self.catalogs().last_key_value().map(|(version, _)| *version),
            settings: (newest, self.settings_at(now).version),
            entities: entities.into_iter().map(|fact| (fact.key, fact.version)).collect(),
        })
    }

    /// Moves to the front who used something that fell due, as it became known between two positions. Should the run not come to its end,
    /// the next one does this again.
    fn note_usage(&self, mut after: Seq, newest: Seq) -> Result<(), EngineError> {
        let Some(counted) = self.store.read(|tx| due::last_counted(tx, &self.tenant))? else { return Ok(()) };
        let mut subjects: BTreeMap<String, i64> = BTreeMap::new();
        let mut note = |subject: &str, at: Instant| {
            let at = at.micros();
            if at < counted {
                let earliest = subjects.entry(subject.to_owned()).or_insert(at);
                *earliest = at.min(*earliest);
            }
        };
        while after < newest {
            let page = self.usage.changes(&self.tenant, after, PAGE)?;
            let Some(last) = page.last() else { break };
            after = last.seq;
            for version in &page {
                if let Some(event) = &version.event {
                    note(&event.subject, event.at);
                }
                match version.what {
                    What::Accepted => {}
                    What::Amended | What::Retracted => {
                        let history = self.usage.history(&self.tenant, &version.source, &version.id)?;
                        history
                            .iter()
                            .filter_map(|one| one.event.as_ref())
                            .for_each(|event| note(&event.subject, event.at));
                    }
                }
            }
        }
        let subjects: Vec<_> = subjects.into_iter().collect();
        for some in subjects.chunks(PAGE) {
            self.store.write(|tx: &mut Tx<'_>| {
                some.iter().try_for_each(|(subject, earliest)| due::used(tx, &self.tenant, subject, *earliest))
            })?;
        }
        Ok(())
    }
}
