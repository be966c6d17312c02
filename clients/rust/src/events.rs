//! Events in batches.

use crate::types::{Event, Ingested};
use crate::{Client, Error};

const MOST_EVENTS: usize = 1_000;
const MOST_BYTES: usize = 4 << 20;

impl Client {
    /// Sends any number of events in batches of at most 1,000; the outcomes are in the order of the events. A batch whose answer is lost
    /// is sent again: what was taken the first time is then a duplicate, and counted once.
    pub fn send_all_events(&self, events: impl IntoIterator<Item = Event>) -> Result<Ingested, Error> {
        let mut whole = Ingested { accepted: 0, duplicates: 0, conflicts: 0, quarantined: 0, outcomes: Vec::new() };
        let (mut waiting, mut size) = (Vec::new(), 0);
        for event in events {
            let length = serde_json::to_vec(&event).map_err(|error| Error::Unreadable(error.to_string()))?.len();
            if !waiting.is_empty() && (waiting.len() >= MOST_EVENTS || size + length > MOST_BYTES) {
                self.send_batch(&mut whole, &waiting)?;
                waiting.clear();
                size = 0;
            }
            size += length;
            waiting.push(event);
        }
        if !waiting.is_empty() {
            self.send_batch(&mut whole, &waiting)?;
        }
        Ok(whole)
    }

    fn send_batch(&self, whole: &mut Ingested, events: &[Event]) -> Result<(), Error> {
        let part = self.send_events(events).send()?.value;
        whole.accepted += part.accepted;
        whole.duplicates += part.duplicates;
        whole.conflicts += part.conflicts;
        whole.quarantined += part.quarantined;
        whole.outcomes.extend(part.outcomes);
        Ok(())
    }
}
