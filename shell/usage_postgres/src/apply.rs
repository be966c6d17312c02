//! Corrections: all or nothing, under the tenant's lock.

use crate::{
    copy::{Rows, Version},
    failure::Failure,
    ingest::{Identity, Taken, identity, missing, reserve, taken, versions},
    row::{At, position, seq},
    session::{End, Work},
};
use calendar::Instant;
use metering::{Event, Properties};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use usage::{Applied, Change, Refusal, Refused, Seq, What, check};

/// Ends versions at positions; the time leads to the partition.
const END: &str = "UPDATE usage_event SET until = ended.until \
                   FROM unnest($2::bigint[], $3::timestamptz[], $4::bigint[]) AS ended (seq, at, until) \
                   WHERE usage_event.tenant = $1 AND usage_event.seq = ended.seq AND usage_event.at = ended.at";

/// The newest version of an event, while changes are made.
#[derive(Clone)]
struct Newest {
    seq: Seq,
    what: What,
    /// What it says; of a retraction, what was retracted.
    event: Event,
}

/// Changes on their way into the tables.
struct Making<'a> {
    base: Seq,
    newest: HashMap<Identity<'a>, Newest>,
    rows: Rows,
    /// Which versions end, where they are, and at which position.
    ended: Vec<(i64, At, i64)>,
}

/// Makes the changes, or says of each that cannot be made why.
pub(crate) fn apply(
    work: &mut Work<'_, '_>,
    tenant: i32,
    changes: &[Change],
    recorded_at: Instant,
) -> Result<End<Result<Applied, Vec<Refusal>>>, Failure> {
    let (base, number) = reserve(work, tenant, 0)?;
    let newest = newest(work, tenant, changes)?;
    let mut making = Making { base: seq(base)?, newest, rows: Rows::new(tenant), ended: Vec::new() };
    let mut refusals = Vec::new();
    for (index, change) in changes.iter().enumerate() {
        if let Err(why) = making.make(change, recorded_at) {
            let (source, id) = changed(change);
            refusals.push(Refusal { index, source_name: source.to_owned(), id: id.to_owned(), why });
        }
    }
    if !refusals.is_empty() {
        return Ok(End::Rollback(Err(refusals)));
    }
    let Making { mut rows, ended, .. } = making;
    reserve(work, tenant, rows.len)?;
    rows.write(work, base)?;
    let seqs: Vec<i64> = ended.iter().map(|(seq, _, _)| *seq).collect();
    let ats: Vec<At> = ended.iter().map(|(_, at, _)| *at).collect();
    let untils: Vec<i64> = ended.iter().map(|(_, _, until)| *until).collect();
    let count = work.execute(END, &[&tenant, &seqs, &ats, &untils])?;
    if usize::try_from(count) != Ok(ended.len()) {
        return Err(Failure::Damaged(format!("{count} of {} versions of tenant {tenant} could be ended", ended.len())));
    }
    Ok(End::Commit(Ok(Applied { first: seq(base + 1)?, last: seq(base + rows.len)? }), number))
}

/// The newest versions of the events that are to be changed.
fn newest<'a>(
    work: &mut Work<'_, '_>,
    tenant: i32,
    changes: &'a [Change],
) -> Result<HashMap<Identity<'a>, Newest>, Failure> {
    let identities: Vec<Identity<'a>> = changes.iter().map(changed).collect::<BTreeSet<_>>().into_iter().collect();
    let taken: Vec<(Identity<'a>, Taken)> =
        taken(work, tenant, &identities)?.into_iter().map(|(place, taken)| (identities[place], taken)).collect();
    let versions: BTreeMap<(String, String), Vec<usage::Version>> = versions(work, tenant, &taken)?;
    let mut newest = HashMap::new();
    for ((source, id), first) in taken {
        let known = versions.get(&(source.to_owned(), id.to_owned())).map_or(&[][..], Vec::as_slice);
        let event = known.iter().rev().find_map(|version| version.event.clone());
        let (Some(last), Some(event)) = (known.last(), event) else { return Err(missing(tenant, first)) };
        newest.insert((source, id), Newest { seq: last.seq, what: last.what, event });
    }
    Ok(newest)
}

fn changed(change: &Change) -> Identity<'_> {
    match change {
        Change::Add(event) | Change::Amend(event) => identity(event),
        Change::Retract { source, id } => (source, id),
    }
}

impl<'a> Making<'a> {
    fn make(&mut self, change: &'a Change, recorded_at: Instant) -> Result<(), Refused> {
        match (change, self.newest.get(&changed(change)).cloned()) {
            (Change::Add(event), None) => {
                check(event, recorded_at).map_err(Refused::Invalid)?;
                self.push(changed(change), event, recorded_at, What::Accepted);
            }
            (Change::Add(event), Some(there)) => {
                let seq = there.seq;
                return Err(if there.says(event) { Refused::Exists { seq } } else { Refused::Conflict { seq } });
            }
            (Change::Amend(_) | Change::Retract { .. }, None) => return Err(Refused::Unknown),
            (Change::Amend(event), Some(there)) => {
                check(event, recorded_at).map_err(Refused::Invalid)?;
                if there.says(event) {
                    return Err(Refused::Unchanged { seq: there.seq });
                }
                self.push(changed(change), event, recorded_at, What::Amended);
            }
            (Change::Retract { .. }, Some(Newest { seq, what: What::Retracted, .. })) => {
                return Err(Refused::Retracted { seq });
            }
            (Change::Retract { .. }, Some(Newest { what: What::Accepted | What::Amended, event, .. })) => {
                self.push(changed(change), &event, recorded_at, What::Retracted);
            }
        }
        Ok(())
    }

    /// The next version of an event, which ends the one before.
    fn push(&mut self, identity: Identity<'a>, event: &Event, received_at: Instant, what: What) {
        let rank = match what {
            What::Accepted | What::Amended => self.rows.push(&Version { event, received_at, what }),
            What::Retracted => {
                let event = Event { properties: Properties::new(), ..event.clone() };
                self.rows.push(&Version { event: &event, received_at, what })
            }
        };
        let until = position(self.base) + rank;
        let seq = Seq(self.base.0 + rank.unsigned_abs());
        let newest = Newest { seq, what, event: event.clone() };
        if let Some(before) = self.newest.insert(identity, newest)
            && before.what != What::Retracted
        {
            self.ended.push((position(before.seq), At(before.event.at), until));
        }
    }
}

impl Newest {
    fn says(&self, event: &Event) -> bool {
        self.what != What::Retracted && self.event == *event
    }
}
