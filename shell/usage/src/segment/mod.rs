//! Segments: immutable, memory-mapped files of sorted rows in columns. The bytes are described in
//! `docs/usage-store-format.md`.
//!
//! Rows are sorted by tenant, name, subject, time, source, id, sequence number ([`RowRef::order`]), all texts byte by byte. A
//! segment stands alone: it holds its own texts and refers to nothing outside it. Every byte is under a checksum that is
//! compared before the byte is used for the first time.

use crate::Seq;
use money::Dec;
use std::cmp::Ordering;

mod block;
mod bytes;
mod column;
mod fold;
mod footer;
mod identity;
mod ids;
mod list;
mod map;
mod merge;
mod plan;
mod reader;
mod tally;
mod walk;
mod weigh;
mod writer;

#[cfg(test)]
mod bench;
#[cfg(test)]
mod tests;

pub(crate) use fold::{FoldQuery, Part, merge_parts};
pub(crate) use identity::{IdentityHash, Spill, identity_hash};
pub(crate) use map::Bytes;
pub(crate) use merge::merge;
pub(crate) use reader::Segment;
pub(crate) use tally::{Subtotal, Tallied, Tally, tallied};
pub(crate) use writer::Writer;

/// Until when a row is visible that was never amended or retracted.
pub(crate) const FOR_EVER: u64 = u64::MAX;

/// One version of one event, without its properties.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RowRef<'a> {
    pub(crate) tenant: &'a str,
    pub(crate) name: &'a str,
    pub(crate) subject: &'a str,
    /// Microseconds.
    pub(crate) at: i64,
    pub(crate) source: &'a str,
    pub(crate) id: &'a str,
    pub(crate) seq: u64,
    /// Microseconds.
    pub(crate) received_at: i64,
    /// Position of the change that amended or retracted it, else [`FOR_EVER`].
    pub(crate) until: u64,
}

impl RowRef<'_> {
    /// The order of the rows of a segment.
    pub(crate) fn order(&self, other: &Self) -> Ordering {
        let group = (self.tenant, self.name, self.subject).cmp(&(other.tenant, other.name, other.subject));
        group
            .then_with(|| (self.at, self.source, self.id, self.seq).cmp(&(other.at, other.source, other.id, other.seq)))
    }
}

/// The value of a property.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum ValueRef<'a> {
    Null,
    Bool(bool),
    Num(Dec),
    Text(&'a str),
}

/// What a segment holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SegmentMeta {
    pub(crate) rows: u32,
    /// Size of the file.
    pub(crate) bytes: u64,
    /// By tenant, in the order of their keys.
    pub(crate) tenants: Vec<TenantExtent>,
}

/// What a segment holds of one tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TenantExtent {
    pub(crate) tenant: String,
    pub(crate) rows: u32,
    pub(crate) first_seq: Seq,
    pub(crate) last_seq: Seq,
    /// Microseconds.
    pub(crate) first_at: i64,
    /// Microseconds.
    pub(crate) last_at: i64,
}

/// What became known of rows after their segment was written: row → position of the change that amended or retracted it.
pub(crate) type Untils = std::collections::BTreeMap<u32, u64>;
