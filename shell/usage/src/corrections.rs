//! What amendments and retractions say of one tenant's events. There are few of them: they are held in memory.

use crate::What;
use calendar::Instant;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};

/// An amendment or a retraction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Correction {
    pub(crate) seq: u64,
    pub(crate) recorded_at: Instant,
    pub(crate) what: What,
    pub(crate) source: String,
    pub(crate) id: String,
    /// The version that it replaces, where there is content to replace: a retraction has none.
    pub(crate) replaces: Option<u64>,
}

/// All corrections of a tenant, also those that are not durable yet: whoever asks knows up to which position.
#[derive(Debug, Default)]
pub(crate) struct Corrections {
    by_seq: BTreeMap<u64, Correction>,
    by_identity: HashMap<u64, Vec<u64>>,
    /// By position of a version: the position of what replaced it.
    until: HashMap<u64, u64>,
}

impl Corrections {
    pub(crate) fn add(&mut self, hash: u64, correction: Correction) {
        if let Some(replaced) = correction.replaces {
            self.until.insert(replaced, correction.seq);
        }
        self.by_identity.entry(hash).or_default().push(correction.seq);
        self.by_seq.insert(correction.seq, correction);
    }

    /// Until when a version is visible, if not for ever.
    pub(crate) fn until(&self, seq: u64) -> Option<u64> {
        self.until.get(&seq).copied()
    }

    pub(crate) fn get(&self, seq: u64) -> Option<&Correction> {
        self.by_seq.get(&seq)
    }

    /// Those after a position, in order.
    pub(crate) fn after(&self, seq: u64) -> impl Iterator<Item = &Correction> {
        self.by_seq
            .range((std::ops::Bound::Excluded(seq), std::ops::Bound::Unbounded))
            .map(|(_, correction)| correction)
    }

    /// Position of the last one.
    pub(crate) fn last(&self) -> u64 {
        self.by_seq.last_key_value().map_or(0, |(seq, _)| *seq)
    }

    /// Those of one event, in order.
    pub(crate) fn of(&self, hash: u64, source: &str, id: &str) -> Vec<&Correction> {
        let seqs = self.by_identity.get(&hash).map_or(&[][..], Vec::as_slice);
        let all = seqs.iter().filter_map(|seq| self.by_seq.get(seq));
        all.filter(|correction| correction.source == source && correction.id == id).collect()
    }
}
