//! Taking what the log says: it was decided when it was written. What can be read without knowing what came before is read on
//! several threads.

use crate::{
    What,
    manifest::KeptEntry,
    memory::Chunk,
    rows::{Bytes, Encoded, read_batch},
    state::{CHANGES, EVENTS, State},
    wal::Unfit,
};
use calendar::Instant;
use std::sync::Arc;
use stdx::Key;

/// A part of a record that was read.
pub(crate) struct Item {
    tenant: Key,
    received_at: Instant,
    first_seq: u64,
    encoded: Encoded,
    what: Taken,
}

/// What became of the rows of an item.
enum Taken {
    /// These were accepted, and what else was sent is in quarantine.
    Events { accepted: Vec<u32>, kept: Vec<KeptEntry> },
    /// For each row what it changes.
    Changes(Vec<What>),
}

/// Reads a record, every byte of it.
pub(crate) fn read_record(payload: &[u8]) -> Result<Vec<Item>, Unfit> {
    let (mut reader, mut items) = (Bytes(payload), Vec::new());
    while !reader.0.is_empty() {
        let length = reader.u32()?;
        let mut item = Bytes(reader.take(length as usize)?);
        items.push(read_item(&mut item)?);
        if !item.0.is_empty() {
            return Err("an item is longer than what it says".into());
        }
    }
    Ok(items)
}

fn read_item(item: &mut Bytes<'_>) -> Result<Item, Unfit> {
    let kind = item.byte()?;
    let tenant = Key::try_from(item.text()?).map_err(|error| error.to_string())?;
    let received_at = item.u64()?.cast_signed();
    let received_at = Instant::from_micros(received_at).map_err(|error| error.to_string())?;
    let first_seq = item.u64()?;
    let marks = item.u32()? as usize;
    let marks = item.take(if kind == EVENTS { marks.div_ceil(8) } else { marks })?;
    let length = item.u32()? as usize;
    let encoded = read_batch(tenant.as_str(), item.take(length)?)?;
    let length = item.u32()? as usize;
    let tail = item.take(length)?;
    let what = match kind {
        EVENTS => {
            let is_accepted = |row: &u32| marks.get(*row as usize / 8).is_some_and(|byte| byte >> (row % 8) & 1 == 1);
            let accepted = (0..).take(encoded.rows.len()).filter(is_accepted).collect();
            Taken::Events { accepted, kept: serde_json::from_slice(tail).map_err(|error| error.to_string())? }
        }
        CHANGES => {
            let whats: Vec<What> = marks.iter().map(|byte| what_of(*byte)).collect::<Result<_, _>>()?;
            if whats.len() != encoded.rows.len() {
                return Err("there are not as many rows as changes".into());
            }
            Taken::Changes(whats)
        }
        kind => return Err(format!("there is no kind of item {kind}").into()),
    };
    Ok(Item { tenant, received_at, first_seq, encoded, what })
}

fn what_of(byte: u8) -> Result<What, String> {
    match byte {
        0 => Ok(What::Accepted),
        1 => Ok(What::Amended),
        2 => Ok(What::Retracted),
        byte => Err(format!("there is no kind of change {byte}")),
    }
}

impl State {
    /// Takes what a record of the log says.
    pub(crate) fn replay(&mut self, record: Vec<Item>) -> Result<(), Unfit> {
        record.into_iter().try_for_each(|item| self.replay_item(item))
    }

    fn replay_item(&mut self, item: Item) -> Result<(), Unfit> {
        let Item { tenant, received_at, first_seq, encoded, what } = item;
        let known = self.tenants.entry(tenant.clone()).or_default();
        if first_seq != known.last_seq + 1 {
            return Err("a batch of this tenant is missing before it".into());
        }
        let (chunk, hashes, seqs) = match what {
            Taken::Events { accepted, kept } => {
                let Encoded { bytes, texts, rows, hashes, .. } = encoded;
                let hashes: Vec<u64> = accepted.iter().map(|row| hashes[*row as usize]).collect();
                let rows: Vec<_> = (0_u32..).zip(accepted).map(|(delta, row)| (rows[row as usize], delta)).collect();
                for entry in kept {
                    self.keep(&entry.tenant, &entry.quarantined()).map_err(Unfit::Elsewhere)?;
                }
                let seqs = rows.len() as u64;
                (Chunk::new(tenant, received_at, first_seq, bytes, texts, rows), hashes, seqs)
            }
            Taken::Changes(whats) => {
                let made = self.correct(&tenant, encoded, &whats, received_at, first_seq);
                let (chunk, hashes) = made.map_err(Unfit::Elsewhere)?;
                (chunk, hashes, whats.len() as u64)
            }
        };
        let known = self.tenants.entry(chunk.tenant.clone()).or_default();
        known.last_seq += seqs;
        known.durable_seq = known.last_seq;
        known.durable_quarantine = known.quarantined;
        self.remember(&Arc::new(chunk), &hashes);
        Ok(())
    }
}
