//! What was sent and is not valid: by reason, and again once the cause is mended.

use crate::{Engine, EngineError};
use metering::Event;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use stdx::{Problem, ToProblem};
use usage::{Incoming, Outcome, Quarantined, Sent};

const PAGE: usize = 1_000;

/// What stands in quarantine for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct QuarantineReason {
    /// The code of the problem.
    pub code: String,
    /// The problem in a few words.
    pub title: String,
    /// How many events.
    pub count: usize,
    /// How many of them were not accepted since.
    pub waiting: usize,
    /// The first few that wait.
    pub samples: Vec<QuarantineSample>,
}

/// Something in quarantine, with its place there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct QuarantineSample {
    /// Its place in the quarantine, from 0; it never changes.
    pub place: usize,
    /// What was sent, and what is wrong with it.
    pub quarantined: Quarantined,
}

/// What of the quarantine is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replay<'a> {
    /// Everything that waits.
    All,
    /// What waits with a problem of this code.
    Code(&'a str),
    /// What stands at these places.
    Places(&'a [usize]),
}

/// What became of events that were tried again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Replayed {
    /// How many are accepted now.
    pub accepted: usize,
    /// How many are still not valid.
    pub quarantined: usize,
    /// What became of each, in the order of the quarantine.
    pub outcomes: Vec<ReplayedEvent>,
}

/// What became of one event that was tried again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ReplayedEvent {
    /// Its place in the quarantine.
    pub place: usize,
    /// What became of it.
    pub outcome: Outcome,
}

impl Engine {
    /// What stands in quarantine, by reason, with at most `samples` examples of each.
    pub fn quarantine_by_reason(&self, samples: usize) -> Result<Vec<QuarantineReason>, EngineError> {
        let mut reasons: BTreeMap<String, QuarantineReason> = BTreeMap::new();
        self.each_quarantined(|place, quarantined| {
            let Problem { code, title, .. } = quarantined.problem.clone();
            let reason = reasons.entry(code.clone()).or_insert_with(|| QuarantineReason {
                code,
                title,
                count: 0,
                waiting: 0,
                samples: Vec::new(),
            });
            reason.count += 1;
            if self.waits(&quarantined)? {
                reason.waiting += 1;
                if reason.samples.len() < samples {
                    reason.samples.push(QuarantineSample { place, quarantined });
                }
            }
            Ok(())
        })?;
        Ok(reasons.into_values().collect())
    }

    /// Tries events in quarantine again, because the cause is mended: a clock, a limit, the reader. An event that is valid now is
    /// accepted as if it arrived now; one that is not stays where it is.
    pub fn replay_quarantine(&self, which: Replay<'_>) -> Result<Replayed, EngineError> {
        let mut chosen: Vec<(usize, Sent)> = Vec::new();
        self.each_quarantined(|place, kept| {
            let wanted = match which {
                Replay::All => self.waits(&kept)?,
                Replay::Code(code) => kept.problem.code == code && self.waits(&kept)?,
                Replay::Places(places) => places.contains(&place),
            };
            if wanted {
                chosen.push((place, kept.sent));
            }
            Ok(())
        })?;
        let mut replayed = Replayed::default();
        for batch in chosen.chunks(PAGE) {
            let mut events = Vec::new();
            let mut outcomes: Vec<(usize, Option<Outcome>)> = Vec::new();
            for (place, sent) in batch {
                match read_again(sent) {
                    Ok(event) => {
                        events.push(Incoming::Event(event));
                        outcomes.push((*place, None));
                    }
                    Err(problem) => outcomes.push((*place, Some(Outcome::Quarantined { problem }))),
                }
            }
            let mut taken = self.usage.ingest(&self.tenant, events, self.now())?.into_iter();
            for (place, outcome) in outcomes {
                replayed
                    .outcomes
                    .extend(outcome.or_else(|| taken.next()).map(|outcome| ReplayedEvent { place, outcome }));
            }
        }
        let count = |wanted: fn(&Outcome) -> bool| replayed.outcomes.iter().filter(|one| wanted(&one.outcome)).count();
        replayed.accepted = count(|outcome| matches!(outcome, Outcome::Accepted { .. }));
        replayed.quarantined = count(|outcome| matches!(outcome, Outcome::Quarantined { .. }));
        Ok(replayed)
    }

    /// Whether the event in quarantine was not accepted since. Of a text that is an event by now, its own identity decides.
    fn waits(&self, kept: &Quarantined) -> Result<bool, EngineError> {
        if kept.mended.is_some() {
            return Ok(false);
        }
        let Sent::Text(text) = &kept.sent else { return Ok(true) };
        let Ok(event) = Event::from_json(text) else { return Ok(true) };
        Ok(self.usage.history(&self.tenant, &event.source, &event.id)?.is_empty())
    }

    /// Shows everything in quarantine with its place, in the order in which it came.
    pub(crate) fn each_quarantined(
        &self,
        mut each: impl FnMut(usize, Quarantined) -> Result<(), EngineError>,
    ) -> Result<(), EngineError> {
        let mut place = 0;
        loop {
            let page = self.quarantine(place, PAGE)?;
            if page.is_empty() {
                return Ok(());
            }
            for kept in page {
                each(place, kept)?;
                place += 1;
            }
        }
    }
}

fn read_again(sent: &Sent) -> Result<Event, Problem> {
    match sent {
        Sent::Event(event) => Ok(event.clone()),
        Sent::Text(text) => Event::from_json(text).map_err(|error| error.problem()),
    }
}
