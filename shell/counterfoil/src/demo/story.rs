//! Three months of the company, told at the times of a set clock: as if the program had been there all along.

use super::company::{Buyer, Plan, buyers, key};
use super::usage;
use crate::failure::Failure;
use calendar::{Date, Instant, Zone};
use catalog::PricingFile;
use contracts::{Credit, Effective, When};
use engine::{
    BillRun, DataPlace, DocumentCursor, Engine, Incoming, NewChange, NewSubscription, SetClock, Settings, Which,
};
use std::sync::Arc;
use stdx::{Problem, ToProblem};

/// Two demos on one day tell the same story.
const SEED: u64 = 0x00C0_FFEE;
/// How many whole months there are before the current one.
const MONTHS: i64 = 3;
const DAY: i64 = 24 * 3_600_000_000;
const BATCH: usize = 5_000;

/// What came of it.
#[derive(Debug)]
pub(crate) struct Story {
    pub customers: usize,
    pub events: usize,
    pub invoices: Vec<billing::Invoice>,
    pub from: Date,
    pub until: Instant,
}

/// Tells the story up to an instant, into an empty data directory.
pub(crate) fn tell(place: &DataPlace, until: Instant) -> Result<Story, Failure> {
    let today = Zone::utc().date_of(until);
    let from = months_before(today)?;
    let begins = Zone::utc().start_of(from);
    let clock = Arc::new(SetClock::at(begins));
    let engine = Engine::open_with_clock(place.clone(), clock.clone(), Settings::default())?;
    if engine.newest_catalog().is_ok() {
        let dir = &place.dir;
        return Err(Problem::new("data_directory_in_use", "The data directory has something in it")
            .detail(format!("{} is not empty", dir.display()))
            .mend(format!("look at it with `counterfoil serve --data {}`, or give a new directory", dir.display()))
            .into());
    }
    engine.apply_pricing(&PricingFile::parse(include_str!("pricing.yaml"), "pricing.yaml")?)?;
    let mut teller = Teller { engine, clock, buyers: buyers(SEED)?, begins, until, events: 0 };
    let mut day = 0;
    let mut date = from;
    while Zone::utc().start_of(date) < until {
        let next = date.plus_days(1).map_err(|error| error.problem())?;
        teller.day(day)?;
        // on the second of a month the month before is over in every zone
        if date.day() == 1 && day > 0 {
            teller.bill()?;
        }
        (date, day) = (next, day + 1);
    }
    teller.bill()?;
    Ok(Story {
        customers: teller.buyers.len(),
        events: teller.events,
        invoices: invoices(&teller.engine)?,
        from,
        until,
    })
}

/// The first of the month so many whole months before a day.
fn months_before(today: Date) -> Result<Date, Problem> {
    let mut first = today;
    for _ in 0..=MONTHS {
        first = first.plus_days(-i64::from(first.day())).map_err(|error| error.problem())?;
    }
    first.plus_days(1).map_err(|error| error.problem())
}

fn at(instant: Instant, micros: i64) -> Result<Instant, Problem> {
    instant.plus_micros(micros).map_err(|error| error.problem())
}

/// Every document, by number.
fn invoices(engine: &Engine) -> Result<Vec<billing::Invoice>, Failure> {
    let (mut all, mut after) = (Vec::new(), DocumentCursor::start());
    loop {
        let page = engine.invoices(Which::All, &after, 500)?;
        let Some(last) = page.last() else { break };
        after = DocumentCursor { sort_at: last.sort_at, id: last.id.clone() };
        all.extend(page.into_iter().map(|document| document.body));
    }
    all.sort_by_key(|invoice| invoice.id);
    Ok(all)
}

struct Teller {
    engine: Engine,
    clock: Arc<SetClock>,
    buyers: Vec<Buyer>,
    begins: Instant,
    until: Instant,
    events: usize,
}

impl Teller {
    /// One day: who joins or changes in the morning, and what is used until the evening.
    fn day(&mut self, number: i64) -> Result<(), Failure> {
        let morning = at(self.begins, number * DAY)?;
        self.clock.set(morning);
        for buyer in self.buyers.iter().filter(|buyer| buyer.joins == number) {
            self.engine.add_customer(buyer.customer.clone())?;
            let subscription = NewSubscription::to(buyer.customer.key.clone(), key(buyer.plan.key())?);
            let (quantities, start) =
                (buyer.plan.quantities(buyer.seats)?, Some(When::Day(Zone::utc().date_of(morning))));
            self.engine.subscribe(NewSubscription { quantities, start, ..subscription })?;
        }
        self.change(number)?;
        let mut batch = Vec::new();
        let day = u64::try_from(number).unwrap_or_default();
        for (place, buyer) in (0..).zip(self.buyers.iter().filter(|buyer| buyer.joins <= number)) {
            batch.extend(usage::day(SEED, place, buyer, day, morning, self.until));
        }
        self.clock.set(at(morning, DAY)?.min(self.until));
        self.events += batch.len();
        while !batch.is_empty() {
            let rest = batch.split_off(batch.len().min(BATCH));
            self.engine.ingest(batch.into_iter().map(Incoming::Event).collect())?;
            batch = rest;
        }
        Ok(())
    }

    /// What changes in the middle of a month: more seats, an upgrade, an end.
    fn change(&self, number: i64) -> Result<(), Failure> {
        let of = |plan: Plan, nth: usize| {
            self.buyers.iter().filter(move |buyer| buyer.plan == plan && buyer.joins == 0).nth(nth)
        };
        let change = |buyer: &Buyer, plan: Option<Plan>, seats: u64| -> Result<(), Failure> {
            let counted = plan.unwrap_or(buyer.plan);
            let plan = plan.map(|plan| key(plan.key())).transpose()?;
            let change = NewChange { plan, quantities: counted.quantities(seats)?, ..NewChange::default() };
            self.engine.change_subscription(buyer.customer.key.as_str(), change)?;
            Ok(())
        };
        match (number, of(Plan::Starter, 2), of(Plan::Scale, 0), of(Plan::Free, 1)) {
            (17, Some(starter), ..) => change(starter, Some(Plan::Scale), 12),
            (24, _, Some(scale), _) => change(scale, None, scale.seats + 7),
            (40, _, _, Some(free)) => change(free, Some(Plan::Starter), 3),
            (75, Some(_), ..) => {
                let leaves = of(Plan::Starter, 5).map(|buyer| buyer.customer.key.as_str());
                leaves.map_or(Ok(()), |leaves| {
                    Ok(self.engine.end_subscription(leaves, Effective::Now, Credit::Unused).map(|_| ())?)
                })
            }
            _ => Ok(()),
        }
    }

    /// Bills what fell due up to the time of the clock.
    fn bill(&self) -> Result<(), Failure> {
        let BillRun { failures, .. } = self.engine.bill()?;
        match failures.into_iter().flat_map(|failure| failure.problems).next() {
            Some(problem) => Err(problem.into()),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn three_months_of_fifty_customers_are_billed() {
        let dir = tempfile::tempdir().expect("a directory");
        let until: Instant = "2026-11-24T09:30:00Z".parse().expect("an instant");
        let story = tell(&dir.path().into(), until).expect("a story");
        assert_eq!((story.customers, story.from.to_string().as_str()), (50, "2026-08-01"));
        assert!((10_000..100_000).contains(&story.events), "{} events", story.events);
        let months: BTreeSet<String> =
            story.invoices.iter().map(|invoice| invoice.on.to_string()[..7].to_owned()).collect();
        assert_eq!(months.into_iter().collect::<Vec<_>>(), ["2026-08", "2026-09", "2026-10", "2026-11"]);
        let names: BTreeSet<&str> =
            story.invoices.iter().flat_map(|invoice| &invoice.lines).map(|line| line.worth.name.as_str()).collect();
        for name in [
            "Platform fee",
            "Seats",
            "Input tokens",
            "Output tokens, large",
            "Output tokens, small",
            "Requests",
            "Storage",
        ] {
            assert!(names.contains(name), "{name} is on no invoice: {names:?}");
        }
        // what the demo billed is settled: the server finds nothing to do
        let clock = Arc::new(SetClock::at(until));
        let engine = Engine::open_with_clock(dir.path(), clock, Settings::default()).expect("an engine");
        assert_eq!(engine.bill().expect("a run").issued, []);
    }

    #[test]
    fn a_directory_with_something_in_it_is_left_alone() {
        let dir = tempfile::tempdir().expect("a directory");
        let until: Instant = "2026-11-24T09:30:00Z".parse().expect("an instant");
        let engine = Engine::open(dir.path(), Settings::default()).expect("an engine");
        engine
            .apply_pricing(&PricingFile::parse(include_str!("pricing.yaml"), "p").expect("a pricing"))
            .expect("applied");
        drop(engine);
        assert!(tell(&dir.path().into(), until).is_err());
    }
}
