//! The journal: what was posted, when it was known, in which month.

use crate::chain::{Hash, link};
use crate::{Balances, Book, Entry, EntryId, Month, Periods, PeriodsError, Poster};
use alloc::{collections::BTreeMap, format, string::String, vec::Vec};
use calendar::{Instant, Zone};
use money::MoneyError;
use stdx::Key;

/// A posted entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booked {
    /// Its place in the journal, from 1.
    pub seq: u64,
    /// When it was known.
    pub recorded_at: Instant,
    /// The month that it is posted in.
    pub period: Month,
    /// The month that it belongs in; another one than `period` for a late fact.
    pub origin: Month,
    /// The entry.
    pub entry: Entry,
    /// The hash of the entry before it in the books of its legal entity.
    pub previous: Hash,
    /// Its own hash, over its canonical form and `previous`.
    pub hash: Hash,
}

/// What came of posting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Posted {
    /// It is new, at this place.
    New(u64),
    /// It was posted before, at this place: nothing happened.
    Already(u64),
}

/// Why the journal refuses an entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BooksError {
    /// The same event was posted by the same rule with other legs.
    #[error("{event} is posted already by version {rule} of its rule, and says something else")]
    Conflict {
        /// The business event.
        event: String,
        /// Version of the rule.
        rule: u32,
    },
    /// It is recorded before what was recorded last.
    #[error("{event} is recorded at {recorded_at}, before the last entry at {last}")]
    BackInTime {
        /// The business event.
        event: String,
        /// When it is said to be recorded.
        recorded_at: Instant,
        /// When the last one was.
        last: Instant,
    },
    /// The month takes no entry.
    #[error(transparent)]
    Periods(#[from] PeriodsError),
}

impl stdx::ToProblem for BooksError {
    fn problem(&self) -> stdx::Problem {
        let problem = match self {
            Self::Periods(error) => return error.problem(),
            Self::Conflict { .. } => stdx::Problem::new("entry_conflict", "The event is posted already, otherwise")
                .mend("post the reversal of the first entry, and the right one as an event of its own"),
            Self::BackInTime { .. } => {
                stdx::Problem::new("recorded_back_in_time", "An entry is recorded before the last one")
                    .mend("record it now; when it is true is another time, which can lie in the past")
            }
        };
        problem.detail(format!("{self}"))
    }
}

/// Which entries a question is about. Both times: until which month of the books, and as of which knowledge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct View<'a> {
    /// The legal entity; none for a tenant that has only one.
    pub entity: Option<&'a Key>,
    /// The book.
    pub book: Book,
    /// The last month that counts; none: all.
    pub through: Option<Month>,
    /// What was recorded later does not count; none: everything known.
    pub known_at: Option<Instant>,
}

/// The periods of each book of each legal entity.
pub type Calendars = BTreeMap<(Option<Key>, Book), Periods>;

/// An insert-only journal in memory.
#[derive(Debug, Clone, Default)]
pub struct Journal {
    booked: Vec<Booked>,
    places: BTreeMap<EntryId, usize>,
    heads: BTreeMap<Option<Key>, Hash>,
}

impl Journal {
    /// Posts an entry once: into the month that it belongs in, or the first later one that takes it.
    pub fn post(
        &mut self,
        entry: Entry,
        zone: &Zone,
        calendars: &Calendars,
        poster: Poster<'_>,
        recorded_at: Instant,
    ) -> Result<Posted, BooksError> {
        let id = entry.id();
        if let Some(before) = self.places.get(&id).map(|at| &self.booked[*at]) {
            return if before.entry == entry {
                Ok(Posted::Already(before.seq))
            } else {
                Err(BooksError::Conflict { event: id.event, rule: id.rule })
            };
        }
        if let Some(last) = self.booked.last().map(|booked| booked.recorded_at).filter(|last| *last > recorded_at) {
            return Err(BooksError::BackInTime { event: id.event, recorded_at, last });
        }
        let origin = entry.origin().unwrap_or_else(|| Month::of(zone.date_of(entry.effective_at())));
        let periods = calendars.get(&(id.entity.clone(), id.book));
        let period = periods.map_or(Ok(origin), |periods| periods.landing(origin, poster))?;
        let seq = self.booked.len() as u64 + 1;
        let previous = self.heads.get(&id.entity).copied().unwrap_or(Hash::NONE);
        let mut booked = Booked { seq, recorded_at, period, origin, entry, previous, hash: Hash::NONE };
        booked.hash = link(&booked);
        self.heads.insert(id.entity.clone(), booked.hash);
        self.places.insert(id, self.booked.len());
        self.booked.push(booked);
        Ok(Posted::New(seq))
    }

    /// Everything that was posted, in order.
    pub fn booked(&self) -> &[Booked] {
        &self.booked
    }

    /// What was posted under an identity.
    pub fn get(&self, id: &EntryId) -> Option<&Booked> {
        self.places.get(id).map(|at| &self.booked[*at])
    }

    /// The entries of a view, in order.
    pub fn within<'a>(&'a self, view: View<'a>) -> impl Iterator<Item = &'a Booked> {
        self.booked.iter().filter(move |booked| view.shows(booked))
    }

    /// The balances of a view.
    pub fn balances(&self, view: View<'_>) -> Result<Balances, MoneyError> {
        crate::balances(self.within(view).map(|booked| &booked.entry))
    }
}

impl View<'_> {
    fn shows(&self, booked: &Booked) -> bool {
        booked.entry.entity() == self.entity
            && booked.entry.book() == self.book
            && self.through.is_none_or(|last| booked.period <= last)
            && self.known_at.is_none_or(|known| booked.recorded_at <= known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Account, EntryDraft, verify};
    use money::{Currency, Money};
    use proptest::prelude::*;

    fn at(text: &str) -> Instant {
        text.parse().expect(text)
    }
    fn month(text: &str) -> Month {
        text.parse().expect(text)
    }
    fn euro(minor: i128) -> Money {
        Money::new(minor, Currency::parse("EUR").expect("euro"))
    }
    fn sale(event: &str, effective: &str, minor: i128) -> Entry {
        EntryDraft::new(event, at(effective))
            .debit(Account::Receivable, euro(minor))
            .credit(Account::Revenue, euro(minor))
            .balanced()
            .expect("entry")
    }
    fn post(journal: &mut Journal, entry: Entry, calendars: &Calendars, recorded: &str) -> Result<Posted, BooksError> {
        journal.post(entry, &Zone::utc(), calendars, Poster::Engine, at(recorded))
    }
    fn january_locked() -> Calendars {
        let mut periods = Periods::default();
        let ada: Key = "ada".parse().expect("key");
        periods.soft_close(month("2026-01"), ada.clone()).expect("closed");
        periods.lock(month("2026-01"), ada, "hash").expect("locked");
        [((None, Book::UsGaap), periods)].into()
    }
    const ALL: View<'_> = View { entity: None, book: Book::UsGaap, through: None, known_at: None };

    #[test]
    fn an_event_is_posted_once() {
        let (mut journal, open) = (Journal::default(), Calendars::new());
        let entry = sale("s1", "2026-01-05T00:00:00Z", 5);
        assert_eq!(post(&mut journal, entry.clone(), &open, "2026-01-06T00:00:00Z"), Ok(Posted::New(1)));
        assert_eq!(post(&mut journal, entry, &open, "2026-01-07T00:00:00Z"), Ok(Posted::Already(1)));
        let other = sale("s1", "2026-01-05T00:00:00Z", 6);
        assert!(matches!(post(&mut journal, other, &open, "2026-01-07T00:00:00Z"), Err(BooksError::Conflict { .. })));
        assert_eq!(journal.booked().len(), 1);
    }

    #[test]
    fn a_late_fact_remembers_the_month_that_it_belongs_in() {
        let mut journal = Journal::default();
        let entry = sale("late", "2026-01-31T00:00:00Z", 5);
        post(&mut journal, entry, &january_locked(), "2026-02-05T00:00:00Z").expect("posted");
        let booked = &journal.booked()[0];
        assert_eq!((booked.period, booked.origin), (month("2026-02"), month("2026-01")));
        let january = journal.balances(View { through: Some(month("2026-01")), ..ALL }).expect("sums");
        assert_eq!(january.of(Account::Revenue, euro(0).currency()), euro(0));
    }

    #[test]
    fn a_report_is_as_of_both_times() {
        let (mut journal, open) = (Journal::default(), Calendars::new());
        post(&mut journal, sale("a", "2026-01-05T00:00:00Z", 5), &open, "2026-01-06T00:00:00Z").expect("posted");
        post(&mut journal, sale("b", "2026-02-05T00:00:00Z", 7), &open, "2026-02-06T00:00:00Z").expect("posted");
        post(&mut journal, sale("c", "2026-01-07T00:00:00Z", 11), &open, "2026-03-01T00:00:00Z").expect("posted");
        let revenue = |through, known: Option<&str>| {
            let view = View { through: Some(month(through)), known_at: known.map(at), ..ALL };
            journal.balances(view).expect("sums").of(Account::Revenue, euro(0).currency())
        };
        assert_eq!(revenue("2026-01", None), euro(16));
        assert_eq!(revenue("2026-01", Some("2026-02-28T00:00:00Z")), euro(5));
        assert_eq!(revenue("2026-02", None), euro(23));
    }

    proptest! {
        #[test]
        fn no_entry_lands_in_a_locked_month(days in prop::collection::vec(0i64..120, 1..30), locked in 0i32..4) {
            let first = month("2026-01");
            let ada: Key = "ada".parse().expect("key");
            let mut periods = Periods::default();
            for ahead in 0..locked {
                let month = first.plus(ahead).expect("month");
                periods.soft_close(month, ada.clone()).expect("closed");
                periods.lock(month, ada.clone(), "hash").expect("locked");
            }
            let calendars: Calendars = [((None, Book::UsGaap), periods.clone())].into();
            let mut journal = Journal::default();
            for (index, day) in days.iter().enumerate() {
                let effective = Zone::utc().start_of(first.first().plus_days(*day).expect("day"));
                let entry = EntryDraft::new(format!("e{index}"), effective)
                    .debit(Account::Cash, euro(1))
                    .credit(Account::Revenue, euro(1))
                    .balanced()
                    .expect("entry");
                journal.post(entry, &Zone::utc(), &calendars, Poster::Engine, at("2026-06-01T00:00:00Z"))?;
            }
            prop_assert!(journal.booked().iter().all(|booked| !periods.is_locked(booked.period)));
            prop_assert!(journal.booked().iter().all(|booked| booked.period >= booked.origin));
            prop_assert_eq!(verify(journal.booked()), Ok(()));
        }
    }
}
