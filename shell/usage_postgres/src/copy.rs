//! Rows in the form that `COPY … FROM STDIN (FORMAT binary)` takes.

use crate::{
    failure::Failure,
    row::{At, number_of, properties_text},
    session::Work,
};
use calendar::Instant;
use metering::Event;
use std::io::Write as _;
use usage::What;

/// The eleven signs by which the format is known, no flags, no extension.
const HEAD: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// No more rows.
const TAIL: [u8; 2] = (-1_i16).to_be_bytes();

const IDENTITIES: &str = "COPY usage_identity (seq, at, tenant, source, id) FROM STDIN (FORMAT binary)";
const EVENTS: &str = "COPY usage_event (seq, until, at, received_at, tenant, what, source, id, name, subject, properties) \
                      FROM STDIN (FORMAT binary)";

/// Rows of identities and of versions, whose positions are counted from one that is not known yet when the rows are made.
#[derive(Debug)]
pub(crate) struct Rows {
    tenant: i32,
    identities: Buffer,
    events: Buffer,
    /// How many positions are taken.
    pub(crate) len: i64,
}

/// Rows, and where in them positions are to be added to what stands there.
#[derive(Debug)]
struct Buffer {
    bytes: Vec<u8>,
    positions: Vec<usize>,
}

/// One version of an event, as a row.
pub(crate) struct Version<'a> {
    pub(crate) event: &'a Event,
    pub(crate) received_at: Instant,
    pub(crate) what: What,
}

impl Rows {
    pub(crate) fn new(tenant: i32) -> Self {
        let buffer = || Buffer { bytes: HEAD.to_vec(), positions: Vec::new() };
        Self { tenant, identities: buffer(), events: buffer(), len: 0 }
    }

    /// The next version; the answer is how many positions it stands after the base.
    pub(crate) fn push(&mut self, version: &Version<'_>) -> i64 {
        self.len += 1;
        let Version { event, received_at, what } = version;
        let Event { source, id, name, subject, at, properties } = event;
        let at = At(*at).binary().to_be_bytes();
        if *what == What::Accepted {
            let row = &mut self.identities;
            row.begin(5);
            row.position(self.len);
            row.field(&at);
            row.field(&self.tenant.to_be_bytes());
            row.field(source.as_bytes());
            row.field(id.as_bytes());
        }
        let row = &mut self.events;
        row.begin(11);
        row.position(self.len);
        match what {
            What::Accepted | What::Amended => row.null(),
            What::Retracted => row.position(self.len),
        }
        row.field(&at);
        row.field(&At(*received_at).binary().to_be_bytes());
        row.field(&self.tenant.to_be_bytes());
        row.field(&number_of(*what).to_be_bytes());
        for text in [source, id, name, subject] {
            row.field(text.as_bytes());
        }
        row.field(properties_text(properties).as_bytes());
        self.len
    }

    /// Writes the rows; the first has the position after `base`.
    pub(crate) fn write(&mut self, work: &mut Work<'_, '_>, base: i64) -> Result<(), Failure> {
        self.identities.write(work, IDENTITIES, base)?;
        self.events.write(work, EVENTS, base)
    }
}

impl Buffer {
    fn begin(&mut self, fields: i16) {
        self.bytes.extend(fields.to_be_bytes());
    }

    fn field(&mut self, bytes: &[u8]) {
        let length = i32::try_from(bytes.len()).expect("an accepted event is small");
        self.bytes.extend(length.to_be_bytes());
        self.bytes.extend(bytes);
    }

    fn null(&mut self) {
        self.bytes.extend((-1_i32).to_be_bytes());
    }

    fn position(&mut self, after_base: i64) {
        self.positions.push(self.bytes.len() + 4);
        self.field(&after_base.to_be_bytes());
    }

    fn write(&mut self, work: &mut Work<'_, '_>, sql: &str, base: i64) -> Result<(), Failure> {
        if self.positions.is_empty() {
            return Ok(());
        }
        let statement = work.statement(sql)?;
        let mut writer = work.tx.copy_in(&statement)?;
        let sent = self.shifted(base, |bytes| writer.write_all(bytes).and_then(|()| writer.write_all(&TAIL)));
        match (sent, writer.finish()) {
            // what the server says is better than that the way to it broke
            (_, Err(error)) => Err(error.into()),
            (Err(error), Ok(_)) => Err(Failure::Damaged(error.to_string())),
            (Ok(()), Ok(_)) => Ok(()),
        }
    }

    /// Shows the bytes with `base` added to the positions, which are as before afterwards: an attempt that fails is made again.
    fn shifted<T>(&mut self, base: i64, show: impl FnOnce(&[u8]) -> T) -> T {
        self.shift(base);
        let shown = show(&self.bytes);
        self.shift(-base);
        shown
    }

    fn shift(&mut self, by: i64) {
        for place in &self.positions {
            let place = *place..*place + 8;
            let before: [u8; 8] = self.bytes[place.clone()].try_into().expect("eight bytes are eight bytes");
            self.bytes[place].copy_from_slice(&(i64::from_be_bytes(before) + by).to_be_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_counted_from_the_base_and_can_be_counted_again() {
        let mut buffer = Buffer { bytes: HEAD.to_vec(), positions: Vec::new() };
        buffer.begin(2);
        buffer.position(1);
        buffer.null();
        let before = buffer.bytes.clone();
        let shifted = buffer.shifted(41, <[u8]>::to_vec);
        assert_eq!(shifted[HEAD.len()..], [0, 2, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 42, 255, 255, 255, 255]);
        assert_eq!(buffer.bytes, before);
    }
}
