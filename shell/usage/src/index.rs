//! Everything that is known, in memory: rows in the order of their positions, and by (name, subject) in the order of time.

use crate::{
    Incoming, Outcome, Sent, Seq,
    check::check,
    codec::{Dictionary, Reader, decode_body, encode_body, put_int, put_text, put_uint},
};
use calendar::Instant;
use metering::{Event, Properties};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};
use stdx::{Key, Problem};

/// All tenants.
#[derive(Debug, Default)]
pub(crate) struct Index {
    pub(crate) dictionary: Dictionary,
    tenants: HashMap<Key, Tenant>,
}

/// One tenant.
#[derive(Debug, Default)]
pub(crate) struct Tenant {
    /// The row at `n` has position `n + 1`.
    pub(crate) rows: Vec<Row>,
    /// By source, then id: where the row is.
    ids: HashMap<u32, HashMap<Arc<str>, usize>>,
    /// By name, then subject: the rows in the order of time.
    pub(crate) runs: BTreeMap<(u32, u32), BTreeMap<Place, usize>>,
    pub(crate) quarantine: Vec<Kept>,
    /// What is in `quarantine`, as bytes.
    kept: HashSet<Box<[u8]>>,
    /// How much of it is on the disk; only that is shown.
    pub(crate) durable: Extent,
}

/// How many rows and quarantined events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Extent {
    pub(crate) rows: usize,
    pub(crate) quarantined: usize,
}

/// An accepted event; its texts are numbers of the dictionary.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) at: Instant,
    pub(crate) received_at: Instant,
    pub(crate) source: u32,
    pub(crate) name: u32,
    pub(crate) subject: u32,
    pub(crate) id: Arc<str>,
    pub(crate) body: Box<[u8]>,
}

/// Something in quarantine.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) received_at: Instant,
    pub(crate) sent: Sent,
    pub(crate) problem: Problem,
}

/// The order of events: by time, then source, then id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) at: Instant,
    pub(crate) source: Arc<str>,
    pub(crate) id: Arc<str>,
}

/// What an ingested batch adds to the log.
pub(crate) struct Decided {
    /// One for each event.
    pub(crate) outcomes: Vec<Outcome>,
    /// The batch as bytes; nothing when it adds nothing.
    pub(crate) bytes: Vec<u8>,
    /// How far the tenant reaches with it.
    pub(crate) extent: Extent,
}

impl Index {
    pub(crate) fn tenant(&self, tenant: &Key) -> Option<&Tenant> {
        self.tenants.get(tenant)
    }

    /// Shows a tenant's rows up to this extent.
    pub(crate) fn make_durable(&mut self, tenant: &Key, extent: Extent) {
        if let Some(tenant) = self.tenants.get_mut(tenant) {
            tenant.durable = extent;
        }
    }

    /// Decides about each element of a batch and takes what is new, not yet to be shown.
    pub(crate) fn decide(&mut self, tenant: &Key, batch: Vec<Incoming>, received_at: Instant) -> Decided {
        let Self { dictionary, tenants } = self;
        let known = tenants.entry(tenant.clone()).or_default();
        let (texts, first) = (dictionary.len(), known.rows.len() + 1);
        let (mut accepted, mut quarantined) = (Section::default(), Section::default());
        let mut outcomes = Vec::with_capacity(batch.len());
        for incoming in batch {
            let (sent, problem) = match incoming {
                Incoming::Unreadable { text, problem } => (Sent::Text(text), problem),
                Incoming::Event(event) => {
                    if let Some(outcome) = known.repeated(dictionary, &event) {
                        outcomes.push(outcome);
                        continue;
                    }
                    let Err(problem) = check(&event, received_at) else {
                        let row = Row::new(&event, received_at, dictionary);
                        accepted.add(|out| row.write(out));
                        outcomes.push(Outcome::Accepted { seq: seq_of(known.insert(row, dictionary)) });
                        continue;
                    };
                    (Sent::Event(event), problem)
                }
            };
            let bytes = sent_bytes(&sent, dictionary);
            if !known.kept.contains(&*bytes) {
                quarantined.add(|out| {
                    out.extend_from_slice(&bytes);
                    put_problem(out, &problem);
                });
                known.keep(bytes, Kept { received_at, sent, problem: problem.clone() });
            }
            outcomes.push(Outcome::Quarantined { problem });
        }
        let mut bytes = Vec::new();
        if accepted.count + quarantined.count > 0 {
            put_text(&mut bytes, tenant.as_str());
            put_int(&mut bytes, received_at.micros().into());
            put_uint(&mut bytes, first as u128);
            let texts = dictionary.since(texts);
            put_uint(&mut bytes, texts.len() as u128);
            for text in texts {
                put_text(&mut bytes, text);
            }
            accepted.write(&mut bytes);
            quarantined.write(&mut bytes);
        }
        Decided { outcomes, bytes, extent: known.extent() }
    }

    /// Takes the batches of a record of the log, which were decided when they were written.
    pub(crate) fn replay(&mut self, payload: &[u8]) -> Result<(), String> {
        let mut reader = Reader(payload);
        while !reader.0.is_empty() {
            self.replay_batch(&mut reader)?;
        }
        Ok(())
    }

    fn replay_batch(&mut self, reader: &mut Reader<'_>) -> Result<(), String> {
        let Self { dictionary, tenants } = self;
        let tenant = Key::try_from(reader.text()?).map_err(|error| error.to_string())?;
        let known = tenants.entry(tenant).or_default();
        let received_at = read_instant(reader)?;
        if reader.count()? != known.rows.len() + 1 {
            return Err("a batch of this tenant is missing before it".into());
        }
        for _ in 0..reader.count()? {
            dictionary.intern(reader.text()?);
        }
        for _ in 0..reader.count()? {
            let row = Row::read(reader, received_at, dictionary)?;
            if known.find(dictionary, dictionary.text(row.source), &row.id).is_some() {
                return Err(format!("event `{}` is there twice", row.id));
            }
            known.insert(row, dictionary);
        }
        for _ in 0..reader.count()? {
            let sent = match reader.byte()? {
                EVENT => Sent::Event(Row::read(reader, received_at, dictionary)?.event(dictionary)),
                TEXT => Sent::Text(reader.text()?.into()),
                kind => return Err(format!("nothing of kind {kind} can be in quarantine")),
            };
            let problem = serde_json::from_str(reader.text()?).map_err(|error| error.to_string())?;
            known.keep(sent_bytes(&sent, dictionary), Kept { received_at, sent, problem });
        }
        known.durable = known.extent();
        Ok(())
    }
}

impl Tenant {
    fn extent(&self) -> Extent {
        Extent { rows: self.rows.len(), quarantined: self.quarantine.len() }
    }

    /// Where the event of this source with this id is.
    pub(crate) fn find(&self, dictionary: &Dictionary, source: &str, id: &str) -> Option<usize> {
        self.ids.get(&dictionary.number(source)?)?.get(id).copied()
    }

    fn insert(&mut self, row: Row, dictionary: &Dictionary) -> usize {
        let index = self.rows.len();
        self.ids.entry(row.source).or_default().insert(Arc::clone(&row.id), index);
        self.runs.entry((row.name, row.subject)).or_default().insert(row.place(dictionary), index);
        self.rows.push(row);
        index
    }

    /// The outcome of an event that was accepted before.
    fn repeated(&self, dictionary: &Dictionary, event: &Event) -> Option<Outcome> {
        let index = self.find(dictionary, &event.source, &event.id)?;
        let seq = seq_of(index);
        Some(if self.rows[index].event(dictionary) == *event {
            Outcome::Duplicate { seq }
        } else {
            Outcome::Conflict { seq }
        })
    }

    fn keep(&mut self, bytes: Box<[u8]>, kept: Kept) {
        self.kept.insert(bytes);
        self.quarantine.push(kept);
    }
}

impl Row {
    fn new(event: &Event, received_at: Instant, dictionary: &mut Dictionary) -> Self {
        Self {
            at: event.at,
            received_at,
            source: dictionary.intern(&event.source),
            name: dictionary.intern(&event.name),
            subject: dictionary.intern(&event.subject),
            id: event.id.as_str().into(),
            body: encode_body(&event.properties, dictionary),
        }
    }

    /// Its place in the order of events.
    pub(crate) fn place(&self, dictionary: &Dictionary) -> Place {
        Place { at: self.at, source: Arc::clone(dictionary.text(self.source)), id: Arc::clone(&self.id) }
    }

    /// The event as it was sent.
    pub(crate) fn event(&self, dictionary: &Dictionary) -> Event {
        let text = |number| dictionary.text(number).to_string();
        let mut event = Event {
            source: text(self.source),
            id: self.id.to_string(),
            name: text(self.name),
            subject: text(self.subject),
            at: self.at,
            properties: Properties::new(),
        };
        self.properties(dictionary, &mut event.properties);
        event
    }

    /// Puts its properties in the place of others.
    pub(crate) fn properties(&self, dictionary: &Dictionary, properties: &mut Properties) {
        decode_body(&self.body, dictionary, properties)
            .expect("a body in memory was written or checked by this program");
    }

    fn write(&self, out: &mut Vec<u8>) {
        put_uint(out, self.source.into());
        put_text(out, &self.id);
        put_uint(out, self.name.into());
        put_uint(out, self.subject.into());
        put_int(out, self.at.micros().into());
        out.extend_from_slice(&self.body);
    }

    fn read(reader: &mut Reader<'_>, received_at: Instant, dictionary: &Dictionary) -> Result<Self, String> {
        let known =
            |number: u32| if (number as usize) < dictionary.len() { Ok(number) } else { Err("an unknown text") };
        let source = known(reader.number()?)?;
        let id = reader.text()?.into();
        let (name, subject) = (known(reader.number()?)?, known(reader.number()?)?);
        let at = read_instant(reader)?;
        Ok(Self { at, received_at, source, name, subject, id, body: reader.body(dictionary)?.into() })
    }
}

/// Rows of one kind in a batch.
#[derive(Default)]
struct Section {
    count: usize,
    bytes: Vec<u8>,
}

impl Section {
    fn add(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        self.count += 1;
        write(&mut self.bytes);
    }
    fn write(&self, out: &mut Vec<u8>) {
        put_uint(out, self.count as u128);
        out.extend_from_slice(&self.bytes);
    }
}

/// The position of the row at `index`.
pub(crate) fn seq_of(index: usize) -> Seq {
    Seq(index as u64 + 1)
}

const EVENT: u8 = 0;
const TEXT: u8 = 1;

/// What was sent, as the log keeps it in quarantine.
fn sent_bytes(sent: &Sent, dictionary: &mut Dictionary) -> Box<[u8]> {
    let mut out = Vec::new();
    match sent {
        Sent::Event(event) => {
            out.push(EVENT);
            Row::new(event, event.at, dictionary).write(&mut out);
        }
        Sent::Text(text) => {
            out.push(TEXT);
            put_text(&mut out, text);
        }
    }
    out.into()
}

fn put_problem(out: &mut Vec<u8>, problem: &Problem) {
    put_text(out, &serde_json::to_string(problem).expect("a problem is texts"));
}

fn read_instant(reader: &mut Reader<'_>) -> Result<Instant, String> {
    let micros = i64::try_from(reader.int()?).map_err(|error| error.to_string())?;
    Instant::from_micros(micros).map_err(|error| error.to_string())
}
