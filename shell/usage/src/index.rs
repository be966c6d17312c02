//! Everything that is known, in memory: rows in the order of their positions, and by (name, subject) in the order of time.

use crate::{
    Applied, Change, Incoming, Outcome, Refusal, Refused, Sent, Seq, What,
    check::check,
    codec::{Dictionary, Reader, decode_body, encode_body, put_int, put_text, put_uint},
};
use calendar::Instant;
use metering::{Event, Properties};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
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
    /// By source, then id: where the newest version is.
    ids: HashMap<u32, HashMap<Arc<str>, usize>>,
    /// By name, then subject: the rows in the order of time.
    pub(crate) runs: BTreeMap<(u32, u32), BTreeSet<Place>>,
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

/// A version of an event; its texts are numbers of the dictionary. Of a retraction, time, name, subject and body say nothing.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) what: What,
    /// The row of the version before.
    pub(crate) before: Option<usize>,
    /// The row of the version that follows.
    pub(crate) until: usize,
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

/// The order of events: by time, then source, then id; versions of one event by position.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) at: Instant,
    pub(crate) source: Arc<str>,
    pub(crate) id: Arc<str>,
    pub(crate) row: usize,
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

/// What changes add to the log.
pub(crate) struct Made {
    /// Where the changes stand.
    pub(crate) applied: Applied,
    /// The changes as bytes.
    pub(crate) bytes: Vec<u8>,
    /// How far the tenant reaches with them.
    pub(crate) extent: Extent,
}

/// What is known of an identity.
enum Newest {
    Nothing,
    Event(Seq, Event),
    Retracted(Seq),
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
                        let row = Row::new(What::Accepted, &event, received_at, dictionary);
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
            put_head(&mut bytes, tenant, received_at, first, dictionary.since(texts));
            accepted.write(&mut bytes);
            quarantined.write(&mut bytes);
        }
        Decided { outcomes, bytes, extent: known.extent() }
    }

    /// Makes changes, or says which of them cannot be made.
    pub(crate) fn make(
        &mut self,
        tenant: &Key,
        changes: Vec<Change>,
        recorded_at: Instant,
    ) -> Result<Made, Vec<Refusal>> {
        let Self { dictionary, tenants } = self;
        let known = tenants.entry(tenant.clone()).or_default();
        let first = known.rows.len();
        judge(&changes, recorded_at, seq_of(first), |source, id| known.newest(dictionary, source, id))?;
        let (texts, mut rows) = (dictionary.len(), Section::default());
        for change in changes {
            let row = match change {
                Change::Add(event) => Row::new(What::Accepted, &event, recorded_at, dictionary),
                Change::Amend(event) => Row::new(What::Amended, &event, recorded_at, dictionary),
                Change::Retract { source, id } => Row::retraction(dictionary.intern(&source), &id, recorded_at),
            };
            rows.add(|out| row.write_change(out));
            known.insert(row, dictionary);
        }
        let mut bytes = vec![CHANGES];
        put_head(&mut bytes, tenant, recorded_at, first + 1, dictionary.since(texts));
        rows.write(&mut bytes);
        let applied = Applied { first: seq_of(first), last: seq_of(known.rows.len() - 1) };
        Ok(Made { applied, bytes, extent: known.extent() })
    }

    /// Takes the batches of a record of the log, which were decided when they were written.
    pub(crate) fn replay(&mut self, payload: &[u8]) -> Result<(), String> {
        let mut reader = Reader(payload);
        while let Some(kind) = reader.0.first() {
            if *kind == CHANGES {
                reader.byte()?;
                self.replay_changes(&mut reader)?;
            } else {
                self.replay_batch(&mut reader)?;
            }
        }
        Ok(())
    }

    /// The tenant and the time of what comes next.
    fn replay_head(&mut self, reader: &mut Reader<'_>) -> Result<(Key, Instant), String> {
        let tenant = Key::try_from(reader.text()?).map_err(|error| error.to_string())?;
        let rows = self.tenants.entry(tenant.clone()).or_default().rows.len();
        let received_at = read_instant(reader)?;
        if reader.count()? != rows + 1 {
            return Err("a batch of this tenant is missing before it".into());
        }
        for _ in 0..reader.count()? {
            self.dictionary.intern(reader.text()?);
        }
        Ok((tenant, received_at))
    }

    fn replay_changes(&mut self, reader: &mut Reader<'_>) -> Result<(), String> {
        let (tenant, recorded_at) = self.replay_head(reader)?;
        let Self { dictionary, tenants } = self;
        let known = tenants.entry(tenant).or_default();
        for _ in 0..reader.count()? {
            let row = Row::read_change(reader, recorded_at, dictionary)?;
            let newest = known.newest(dictionary, dictionary.text(row.source), &row.id);
            let fits = match (row.what, newest) {
                (What::Accepted, Newest::Nothing)
                | (What::Amended, Newest::Event(..) | Newest::Retracted(_))
                | (What::Retracted, Newest::Event(..)) => true,
                (What::Accepted, Newest::Event(..) | Newest::Retracted(_))
                | (What::Amended, Newest::Nothing)
                | (What::Retracted, Newest::Nothing | Newest::Retracted(_)) => false,
            };
            if !fits {
                return Err(format!("the change of event `{}` does not fit what was before", row.id));
            }
            known.insert(row, dictionary);
        }
        known.durable = known.extent();
        Ok(())
    }

    fn replay_batch(&mut self, reader: &mut Reader<'_>) -> Result<(), String> {
        let (tenant, received_at) = self.replay_head(reader)?;
        let Self { dictionary, tenants } = self;
        let known = tenants.entry(tenant).or_default();
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

    /// Where the newest version of the event of this source with this id is.
    pub(crate) fn find(&self, dictionary: &Dictionary, source: &str, id: &str) -> Option<usize> {
        self.ids.get(&dictionary.number(source)?)?.get(id).copied()
    }

    /// The versions of an event, the newest first.
    pub(crate) fn versions(&self, newest: Option<usize>) -> impl Iterator<Item = usize> {
        std::iter::successors(newest, |row| self.rows[*row].before)
    }

    fn newest(&self, dictionary: &Dictionary, source: &str, id: &str) -> Newest {
        let Some(row) = self.find(dictionary, source, id) else { return Newest::Nothing };
        match self.rows[row].what {
            What::Accepted | What::Amended => Newest::Event(seq_of(row), self.rows[row].event(dictionary)),
            What::Retracted => Newest::Retracted(seq_of(row)),
        }
    }

    fn insert(&mut self, mut row: Row, dictionary: &Dictionary) -> usize {
        let index = self.rows.len();
        row.before = self.ids.entry(row.source).or_default().insert(Arc::clone(&row.id), index);
        if let Some(before) = row.before {
            self.rows[before].until = index;
        }
        if row.what != What::Retracted {
            self.runs.entry((row.name, row.subject)).or_default().insert(row.place(dictionary, index));
        }
        self.rows.push(row);
        index
    }

    /// The outcome of an event that was accepted before.
    fn repeated(&self, dictionary: &Dictionary, event: &Event) -> Option<Outcome> {
        let newest = self.find(dictionary, &event.source, &event.id);
        let mut versions = self.versions(newest).filter(|row| self.rows[*row].what != What::Retracted);
        let last = versions.next()?;
        let same = std::iter::once(last).chain(versions).find(|row| self.rows[*row].event(dictionary) == *event);
        Some(match same {
            Some(row) => Outcome::Duplicate { seq: seq_of(row) },
            None => Outcome::Conflict { seq: seq_of(last) },
        })
    }

    fn keep(&mut self, bytes: Box<[u8]>, kept: Kept) {
        self.kept.insert(bytes);
        self.quarantine.push(kept);
    }
}

impl Row {
    fn new(what: What, event: &Event, received_at: Instant, dictionary: &mut Dictionary) -> Self {
        Self {
            what,
            before: None,
            until: usize::MAX,
            at: event.at,
            received_at,
            source: dictionary.intern(&event.source),
            name: dictionary.intern(&event.name),
            subject: dictionary.intern(&event.subject),
            id: event.id.as_str().into(),
            body: encode_body(&event.properties, dictionary),
        }
    }

    fn retraction(source: u32, id: &str, received_at: Instant) -> Self {
        let (what, at, body) = (What::Retracted, received_at, Box::default());
        Self {
            what,
            before: None,
            until: usize::MAX,
            at,
            received_at,
            source,
            name: 0,
            subject: 0,
            id: id.into(),
            body,
        }
    }

    /// Whether it is what was known when the first `rows` rows were.
    pub(crate) fn is_visible(&self, index: usize, rows: usize) -> bool {
        index < rows && rows <= self.until
    }

    /// Its place in the order of events.
    fn place(&self, dictionary: &Dictionary, row: usize) -> Place {
        Place { at: self.at, source: Arc::clone(dictionary.text(self.source)), id: Arc::clone(&self.id), row }
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
        let body = reader.body(dictionary)?.into();
        Ok(Self {
            what: What::Accepted,
            before: None,
            until: usize::MAX,
            at,
            received_at,
            source,
            name,
            subject,
            id,
            body,
        })
    }

    fn write_change(&self, out: &mut Vec<u8>) {
        match self.what {
            What::Accepted => out.push(ADD),
            What::Amended => out.push(AMEND),
            What::Retracted => {
                out.push(RETRACT);
                put_uint(out, self.source.into());
                put_text(out, &self.id);
                return;
            }
        }
        self.write(out);
    }

    fn read_change(reader: &mut Reader<'_>, received_at: Instant, dictionary: &Dictionary) -> Result<Self, String> {
        match reader.byte()? {
            ADD => Self::read(reader, received_at, dictionary),
            AMEND => Ok(Self { what: What::Amended, ..Self::read(reader, received_at, dictionary)? }),
            RETRACT => {
                let source = reader.number()?;
                if source as usize >= dictionary.len() {
                    return Err("an unknown text".into());
                }
                Ok(Self::retraction(source, reader.text()?, received_at))
            }
            kind => Err(format!("there is no kind of change {kind}")),
        }
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

/// What stands before changes, where a batch has its tenant's length, which is not 0.
const CHANGES: u8 = 0;
const ADD: u8 = 0;
const AMEND: u8 = 1;
const RETRACT: u8 = 2;

/// Which of the changes cannot be made, one after the other, the first of them at the position `first`.
fn judge(
    changes: &[Change],
    recorded_at: Instant,
    first: Seq,
    known: impl Fn(&str, &str) -> Newest,
) -> Result<(), Vec<Refusal>> {
    let (mut made, mut refusals, mut next) = (HashMap::new(), Vec::new(), first);
    for (index, change) in changes.iter().enumerate() {
        let (source, id) = match change {
            Change::Add(event) | Change::Amend(event) => (&event.source, &event.id),
            Change::Retract { source, id } => (source, id),
        };
        let newest = made.remove(&(source, id)).unwrap_or_else(|| known(source, id));
        let becomes = judge_one(change, &newest, recorded_at, next);
        if let Err(why) = &becomes {
            refusals.push(Refusal { index, source_name: source.clone(), id: id.clone(), why: why.clone() });
        } else {
            next = Seq(next.0 + 1);
        }
        made.insert((source, id), becomes.unwrap_or(newest));
    }
    if refusals.is_empty() { Ok(()) } else { Err(refusals) }
}

fn judge_one(change: &Change, newest: &Newest, recorded_at: Instant, seq: Seq) -> Result<Newest, Refused> {
    match (change, newest) {
        (Change::Add(event), Newest::Nothing) => {
            check(event, recorded_at).map_err(Refused::Invalid)?;
            Ok(Newest::Event(seq, event.clone()))
        }
        (Change::Add(event), Newest::Event(seq, there)) if there == event => Err(Refused::Exists { seq: *seq }),
        (Change::Add(_), Newest::Event(seq, _) | Newest::Retracted(seq)) => Err(Refused::Conflict { seq: *seq }),
        (Change::Amend(_) | Change::Retract { .. }, Newest::Nothing) => Err(Refused::Unknown),
        (Change::Amend(event), Newest::Event(..) | Newest::Retracted(_)) => {
            check(event, recorded_at).map_err(Refused::Invalid)?;
            match newest {
                Newest::Event(seq, there) if there == event => Err(Refused::Unchanged { seq: *seq }),
                Newest::Event(..) | Newest::Retracted(_) | Newest::Nothing => Ok(Newest::Event(seq, event.clone())),
            }
        }
        (Change::Retract { .. }, Newest::Retracted(seq)) => Err(Refused::Retracted { seq: *seq }),
        (Change::Retract { .. }, Newest::Event(..)) => Ok(Newest::Retracted(seq)),
    }
}

/// What a batch and changes begin with.
fn put_head(out: &mut Vec<u8>, tenant: &Key, received_at: Instant, first: usize, texts: &[Arc<str>]) {
    put_text(out, tenant.as_str());
    put_int(out, received_at.micros().into());
    put_uint(out, first as u128);
    put_uint(out, texts.len() as u128);
    for text in texts {
        put_text(out, text);
    }
}

/// What was sent, as the log keeps it in quarantine.
fn sent_bytes(sent: &Sent, dictionary: &mut Dictionary) -> Box<[u8]> {
    let mut out = Vec::new();
    match sent {
        Sent::Event(event) => {
            out.push(EVENT);
            Row::new(What::Accepted, event, event.at, dictionary).write(&mut out);
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
