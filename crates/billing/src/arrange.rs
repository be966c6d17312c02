//! Which line stands on which document.

use crate::cover::{Served, next_due_slice};
use crate::taxed::{Owed, tax_lines};
use crate::under_way::Ripe;
use crate::{Account, BillPlan, Catalogs, DocumentKind, DocumentPlan, Early, Gathers, Line, PlanError, Terms};
use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};
use calendar::{Date, Instant, ScheduleError, Zone};
use contracts::Corrections;
use money::{Currency, Ratio};
use rating::NonNegative;

/// What is known about the moment of a plan, by currency: whether something falls due on its day, and whether anything will
/// ever fall due after it.
pub(crate) struct Moment<'a> {
    zone: &'a Zone,
    terms: Terms,
    today: BTreeSet<Currency>,
    pub(crate) to_come: BTreeSet<Currency>,
}

impl<'a> Moment<'a> {
    pub(crate) fn new(account: &'a Account, terms: Terms) -> Self {
        Self { zone: &account.customer.zone, terms, today: BTreeSet::new(), to_come: BTreeSet::new() }
    }

    pub(crate) fn falls_due(&mut self, currency: Currency, at: Instant) {
        if self.zone.date_of(at) == self.zone.date_of(self.terms.as_of) {
            self.today.insert(currency);
        }
    }

    pub(crate) fn goes_on(&mut self, subscription: &Served, catalogs: &Catalogs) -> Result<(), PlanError> {
        let next = next_due_slice(subscription, catalogs, self.terms.as_of)?;
        self.to_come.extend(next.map(|slice| slice.currency));
        Ok(())
    }

    /// Whether a difference that waits for an invoice is billed now: with what falls due today, or because nothing is to come.
    fn takes_corrections(&self, currency: Currency) -> bool {
        self.today.contains(&currency) || !self.to_come.contains(&currency)
    }
}

/// Where a line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Due,
    Opened(Date),
    Differences,
}

/// When a draft that was opened on a day is issued by itself.
pub(crate) fn ready_at(zone: &Zone, opened_on: Date, grace_days: u16) -> Result<Instant, PlanError> {
    let day = opened_on.plus_days(i64::from(grace_days)).map_err(|_| ScheduleError::OutOfRange)?;
    Ok(zone.start_of(day))
}

/// Since when a line that was not billed before is billed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Since {
    /// It fell due then, and waits for its days of grace.
    Due(Instant),
    /// It is billed before its cycle is over. What comes later in the cycle is billed later in any case, so nothing waits.
    UnderWay,
}

/// Puts lines on documents. What falls due for the first time comes with the instant at which it did.
pub(crate) fn arrange(
    account: &Account,
    terms: Terms,
    fresh: Vec<(Line, Since)>,
    corrections: Vec<Line>,
    moment: &Moment<'_>,
    ripe: &Ripe<'_>,
) -> Result<BillPlan, PlanError> {
    let mut by: BTreeMap<(Currency, Place), Vec<Line>> = BTreeMap::new();
    for (line, since) in fresh {
        let place = match since {
            Since::Due(due_at) => place(&account.customer.zone, terms, line.key.currency, due_at)?,
            Since::UnderWay => Place::Due,
        };
        by.entry((line.key.currency, place)).or_default().push(line);
    }
    let (mut waiting, mut held, mut absorbed) = (Vec::new(), Vec::new(), Vec::new());
    for line in corrections {
        let currency = line.key.currency;
        if is_small(&line, terms.absorb_below) {
            absorbed.push(line);
            continue;
        }
        let place = match terms.corrections {
            Corrections::Hold => {
                held.push(line);
                continue;
            }
            Corrections::Note => Place::Differences,
            Corrections::AtOnce => Place::Due,
            Corrections::NextInvoice => {
                let open = by.range((currency, Place::Due)..=(currency, Place::Differences)).next();
                match open {
                    Some(((_, place), _)) => *place,
                    None if moment.takes_corrections(currency) => Place::Due,
                    None => {
                        waiting.push(line);
                        continue;
                    }
                }
            }
        };
        by.entry((currency, place)).or_default().push(line);
    }
    let documents = by.into_iter().map(|((currency, place), lines)| {
        let reached = if place == Place::Due { ripe.reasons(currency) } else { Vec::new() };
        Ok(DocumentPlan { reached, ..document(account, terms, currency, place, lines)? })
    });
    let documents = documents.collect::<Result<_, PlanError>>()?;
    let (customer, as_of) = (account.customer.key.clone(), terms.as_of);
    Ok(BillPlan { customer, as_of, documents, waiting, held, absorbed, notes: Vec::new() })
}

fn place(zone: &Zone, terms: Terms, currency: Currency, due_at: Instant) -> Result<Place, PlanError> {
    if terms.grace_days == 0 {
        return Ok(Place::Due);
    }
    let opened_on = zone.date_of(due_at);
    let is_draft = ready_at(zone, opened_on, terms.grace_days)? > terms.as_of;
    Ok(if is_draft || is_early(terms, currency, opened_on) { Place::Opened(opened_on) } else { Place::Due })
}

fn is_early(terms: Terms, currency: Currency, opened_on: Date) -> bool {
    terms.early == Some(Early { currency, opened_on })
}

fn is_small(line: &Line, below: Option<NonNegative>) -> bool {
    let size = if line.amount.is_negative() { line.amount.negated() } else { line.amount };
    below.is_some_and(|below| Ratio::from(size.to_dec()) < Ratio::from(below.get()))
}

fn document(
    account: &Account,
    terms: Terms,
    currency: Currency,
    place: Place,
    mut lines: Vec<Line>,
) -> Result<DocumentPlan, PlanError> {
    let zone = &account.customer.zone;
    let today = terms.dated.unwrap_or_else(|| zone.date_of(terms.as_of));
    let (gathers, on) = match place {
        Place::Due => (Gathers::Due, today),
        Place::Differences => (Gathers::Differences, today),
        Place::Opened(opened_on) => {
            let ready_at = ready_at(zone, opened_on, terms.grace_days)?;
            let on = if is_early(terms, currency, opened_on) { today } else { zone.date_of(ready_at) };
            (Gathers::Opened { on: opened_on, ready_at }, on)
        }
    };
    lines.sort_by(|a, b| (a.period.from(), &a.key).cmp(&(b.period.from(), &b.key)));
    let Owed { net, taxes, total } = tax_lines(account, currency, on, &mut lines)?;
    let kind = match (total.is_negative(), place) {
        (true, _) => DocumentKind::CreditNote,
        (false, Place::Differences) => DocumentKind::DebitNote,
        (false, Place::Due | Place::Opened(_)) => DocumentKind::Invoice,
    };
    Ok(DocumentPlan { kind, on, currency, lines, reached: Vec::new(), net, taxes, total, gathers })
}
