//! Batches on their way in.
//!
//! Whose identity is taken is asked before the tenant's row is locked: identities are never given back, so that the answer stays true. Under the
//! lock, positions are given and rows are written, and the primary key of the identities refuses what somebody else wrote meanwhile;
//! then it is done again, with the lock first.

use crate::{
    copy::{Rows, Version},
    failure::Failure,
    row::{At, COLUMNS, is_storable, problem_text, properties_text, sent_text, seq, version},
    session::{End, Work},
};
use calendar::Instant;
use metering::Event;
use std::collections::{BTreeMap, HashMap};
use stdx::Problem;
use usage::{Incoming, Outcome, Sent, Seq, What, check};

/// Locks the tenant until the end of the transaction, and gives out positions.
const RESERVE: &str = "UPDATE usage_tenant SET last_seq = last_seq + $2 WHERE number = $1 \
                       RETURNING last_seq - $2, pg_current_xact_id()::text";

const TAKEN: &str = "SELECT asked.ordinal::bigint, taken.seq, taken.at \
                     FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS asked (source, id, ordinal) \
                     CROSS JOIN LATERAL (SELECT seq, at FROM usage_identity \
                         WHERE tenant = $1 AND source = asked.source AND id = asked.id OFFSET 0) AS taken";

/// What first versions say.
const CONTENTS: &str = "SELECT there.seq, there.until IS NOT NULL, there.name, there.subject, there.properties \
                        FROM unnest($2::bigint[], $3::timestamptz[]) AS asked (seq, at) \
                        CROSS JOIN LATERAL (SELECT seq, until, name, subject, properties FROM usage_event \
                            WHERE tenant = $1 AND seq = asked.seq AND at = asked.at OFFSET 0) AS there";

/// All versions: the first is found by its position, the corrections by their small index.
const VERSIONS: &str = "FROM unnest($2::text[], $3::text[], $4::bigint[], $5::timestamptz[]) AS asked (asked_source, asked_id, first, first_at) \
                        CROSS JOIN LATERAL (\
                            SELECT * FROM usage_event WHERE tenant = $1 AND seq = asked.first AND at = asked.first_at \
                            UNION ALL \
                            SELECT * FROM usage_event \
                            WHERE tenant = $1 AND source = asked.asked_source AND id = asked.asked_id AND what > 0 \
                        OFFSET 0) AS versions \
                        ORDER BY seq";

const QUARANTINE: &str = "INSERT INTO usage_quarantine (tenant, received_at, source, id, sent, digest, problem) \
                          SELECT $1, received_at, source, id, sent, sha256(convert_to(sent, 'UTF8')), problem \
                          FROM unnest($2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::text[]) \
                              WITH ORDINALITY AS new (received_at, source, id, sent, problem, ordinal) \
                          ORDER BY ordinal ON CONFLICT DO NOTHING";

/// One element, and when it was received.
pub(crate) type Element = (Incoming, Instant);

/// An identity: source and id.
pub(crate) type Identity<'a> = (&'a str, &'a str);

/// What there is already of an identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Taken {
    pub(crate) seq: i64,
    pub(crate) at: Instant,
}

/// What is to be told of an element. Ranks are counted from the position that is reserved later.
enum Verdict {
    /// It is new.
    New { rank: i64 },
    /// The same batch has it already.
    Again { rank: i64, is_same: Same },
    /// It was there before.
    There { seq: Seq, is_same: Same },
    /// It is not valid.
    Quarantined(Problem),
}

/// Whether two events with one identity say the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Same {
    Yes,
    No,
}

impl Same {
    fn outcome(self, seq: Seq) -> Outcome {
        match self {
            Self::Yes => Outcome::Duplicate { seq },
            Self::No => Outcome::Conflict { seq },
        }
    }

    fn of(one: &Event, other: &Event) -> Self {
        if one == other { Self::Yes } else { Self::No }
    }
}

impl Verdict {
    fn told(self, base: i64) -> Result<Outcome, Failure> {
        Ok(match self {
            Self::New { rank } => Outcome::Accepted { seq: seq(base + rank)? },
            Self::Again { rank, is_same } => is_same.outcome(seq(base + rank)?),
            Self::There { seq, is_same } => is_same.outcome(seq),
            Self::Quarantined(problem) => Outcome::Quarantined { problem },
        })
    }
}

/// Decides a batch of one tenant and writes what is new. The answer has one outcome an element.
pub(crate) fn ingest(
    work: &mut Work<'_, '_>,
    tenant: i32,
    elements: &[Element],
    contentions: u32,
) -> Result<End<Vec<Outcome>>, Failure> {
    if contentions > 0 {
        reserve(work, tenant, 0)?;
    }
    let there = there(work, tenant, elements)?;
    let (mut rows, mut quarantine) = (Rows::new(tenant), Quarantine::default());
    let verdicts = judge(elements, &there, &mut rows, &mut quarantine);
    if rows.len == 0 && quarantine.sent.is_empty() {
        return Ok(End::Rollback(told(verdicts, 0)?));
    }
    let (base, number) = reserve(work, tenant, rows.len)?;
    rows.write(work, base)?;
    quarantine.write(work, tenant)?;
    Ok(End::Commit(told(verdicts, base)?, number))
}

fn told(verdicts: Vec<Verdict>, base: i64) -> Result<Vec<Outcome>, Failure> {
    verdicts.into_iter().map(|verdict| verdict.told(base)).collect()
}

/// Judges the elements in order, and collects what is to be written.
fn judge<'a>(
    elements: &'a [Element],
    there: &HashMap<usize, (Seq, Same)>,
    rows: &mut Rows,
    quarantine: &mut Quarantine,
) -> Vec<Verdict> {
    let mut new: HashMap<Identity<'a>, (i64, &'a Event)> = HashMap::new();
    let mut one = |(index, (incoming, received_at)): (usize, &'a Element)| {
        let event = match incoming {
            Incoming::Unreadable { text, problem } => {
                quarantine.push(&Sent::Text(text.clone()), problem, *received_at);
                return Verdict::Quarantined(problem.clone());
            }
            Incoming::Event(event) => event,
        };
        if let Some((seq, is_same)) = there.get(&index) {
            return Verdict::There { seq: *seq, is_same: *is_same };
        }
        if let Some((rank, first)) = new.get(&identity(event)) {
            return Verdict::Again { rank: *rank, is_same: Same::of(event, first) };
        }
        if let Err(problem) = check(event, *received_at) {
            quarantine.push(&Sent::Event(event.clone()), &problem, *received_at);
            return Verdict::Quarantined(problem);
        }
        let rank = rows.push(&Version { event, received_at: *received_at, what: What::Accepted });
        new.insert(identity(event), (rank, event));
        Verdict::New { rank }
    };
    elements.iter().enumerate().map(&mut one).collect()
}

pub(crate) fn identity(event: &Event) -> Identity<'_> {
    (&event.source, &event.id)
}

/// Locks the tenant until the end of the transaction and gives out positions: the last one before them, and the number of the transaction.
pub(crate) fn reserve(work: &mut Work<'_, '_>, tenant: i32, positions: i64) -> Result<(i64, String), Failure> {
    let rows = work.query(RESERVE, &[&tenant, &positions])?;
    let row = rows.first().ok_or_else(|| Failure::Damaged(format!("tenant {tenant} is gone")))?;
    Ok((row.try_get(0)?, row.try_get(1)?))
}

/// Which of these identities are taken, by their place among them.
pub(crate) fn taken(
    work: &mut Work<'_, '_>,
    tenant: i32,
    identities: &[Identity<'_>],
) -> Result<Vec<(usize, Taken)>, Failure> {
    // what cannot be stored was never accepted
    let (places, (sources, ids)): (Vec<usize>, (Vec<&str>, Vec<&str>)) = identities
        .iter()
        .enumerate()
        .filter(|(_, (source, id))| is_storable(source) && is_storable(id))
        .map(|(place, identity)| (place, *identity))
        .unzip();
    let one = |row: &postgres::Row| {
        let ordinal = usize::try_from(row.try_get::<_, i64>(0)?).ok().and_then(|ordinal| places.get(ordinal - 1));
        let place = *ordinal.ok_or_else(|| Failure::Damaged("an answer without a question".into()))?;
        Ok((place, Taken { seq: row.try_get(1)?, at: row.try_get::<_, At>(2)?.0 }))
    };
    if places.is_empty() {
        return Ok(Vec::new());
    }
    work.query(TAKEN, &[&tenant, &sources, &ids])?.iter().map(one).collect()
}

/// What was there before of the elements, by their index: the position of the version that says the same, or of the newest one.
fn there(work: &mut Work<'_, '_>, tenant: i32, elements: &[Element]) -> Result<HashMap<usize, (Seq, Same)>, Failure> {
    let events: Vec<(usize, &Event)> = elements
        .iter()
        .enumerate()
        .filter_map(|(index, (incoming, _))| match incoming {
            Incoming::Event(event) => Some((index, event)),
            Incoming::Unreadable { .. } => None,
        })
        .collect();
    let identities: Vec<Identity<'_>> = events.iter().map(|(_, event)| identity(event)).collect();
    let taken = taken(work, tenant, &identities)?;
    if taken.is_empty() {
        return Ok(HashMap::new());
    }
    let firsts: BTreeMap<i64, At> = taken.iter().map(|(_, taken)| (taken.seq, At(taken.at))).collect();
    let (seqs, ats): (Vec<i64>, Vec<At>) = firsts.into_iter().unzip();
    let rows = work.query(CONTENTS, &[&tenant, &seqs, &ats])?;
    let contents: HashMap<i64, &postgres::Row> =
        rows.iter().map(|row| Ok((row.try_get(0)?, row))).collect::<Result<_, Failure>>()?;
    let (mut there, mut corrected) = (HashMap::new(), Vec::new());
    for (place, first) in taken {
        let (index, event) = events[place];
        let row = *contents.get(&first.seq).ok_or_else(|| missing(tenant, first))?;
        if row.try_get(1)? {
            corrected.push((index, event, first));
            continue;
        }
        let same = first.at == event.at
            && row.try_get::<_, &str>(2)? == event.name
            && row.try_get::<_, &str>(3)? == event.subject
            && row.try_get::<_, &str>(4)? == properties_text(&event.properties);
        there.insert(index, (seq(first.seq)?, if same { Same::Yes } else { Same::No }));
    }
    let identities: Vec<_> = corrected.iter().map(|(_, event, first)| (identity(event), *first)).collect();
    let versions = versions(work, tenant, &identities)?;
    for (index, event, first) in corrected {
        let (source, id) = identity(event);
        let known = versions.get(&(source.to_owned(), id.to_owned())).ok_or_else(|| missing(tenant, first))?;
        there.insert(index, among(known, event).ok_or_else(|| missing(tenant, first))?);
    }
    Ok(there)
}

/// An identity whose first version is nowhere.
pub(crate) fn missing(tenant: i32, first: Taken) -> Failure {
    Failure::Damaged(format!("event {} of tenant {tenant}, of {}, is not in its month", first.seq, first.at))
}

/// The newest of the versions that says the same as an event, or else the newest that says anything.
fn among(versions: &[usage::Version], event: &Event) -> Option<(Seq, Same)> {
    let with_content = || versions.iter().rev().filter(|version| version.event.is_some());
    let same = with_content().find(|version| version.event.as_ref() == Some(event)).map(|same| (same.seq, Same::Yes));
    same.or_else(|| with_content().next().map(|newest| (newest.seq, Same::No)))
}

/// All versions of events, by source and id; the first first.
pub(crate) fn versions(
    work: &mut Work<'_, '_>,
    tenant: i32,
    events: &[(Identity<'_>, Taken)],
) -> Result<BTreeMap<(String, String), Vec<usage::Version>>, Failure> {
    let mut found: BTreeMap<_, Vec<_>> = BTreeMap::new();
    if events.is_empty() {
        return Ok(found);
    }
    let distinct: BTreeMap<Identity<'_>, Taken> = events.iter().copied().collect();
    let (sources, ids): (Vec<&str>, Vec<&str>) = distinct.keys().copied().unzip();
    let (seqs, ats): (Vec<i64>, Vec<At>) = distinct.values().map(|taken| (taken.seq, At(taken.at))).unzip();
    let sql = format!("SELECT {COLUMNS} {VERSIONS}");
    for row in &work.query(&sql, &[&tenant, &sources, &ids, &seqs, &ats])? {
        let version = version(row)?;
        found.entry((version.source.clone(), version.id.clone())).or_default().push(version);
    }
    Ok(found)
}

/// What is not valid, column by column.
#[derive(Default)]
struct Quarantine {
    received_at: Vec<At>,
    source: Vec<Option<String>>,
    id: Vec<Option<String>>,
    sent: Vec<String>,
    problem: Vec<String>,
}

impl Quarantine {
    fn push(&mut self, sent: &Sent, problem: &Problem, received_at: Instant) {
        let (source, id) = match sent {
            Sent::Event(event) if is_storable(&event.source) && is_storable(&event.id) => {
                (Some(event.source.clone()), Some(event.id.clone()))
            }
            Sent::Event(_) | Sent::Text(_) => (None, None),
        };
        self.received_at.push(At(received_at));
        self.source.push(source);
        self.id.push(id);
        self.sent.push(sent_text(sent));
        self.problem.push(problem_text(problem));
    }

    fn write(&self, work: &mut Work<'_, '_>, tenant: i32) -> Result<(), Failure> {
        if !self.sent.is_empty() {
            let Self { received_at, source, id, sent, problem } = self;
            work.execute(QUARANTINE, &[&tenant, received_at, source, id, sent, problem])?;
        }
        Ok(())
    }
}
