//! A second opinion: a model that was written from the specification alone, day by day and by whole numbers, hears the same events as the
//! engine and agrees after each of them.

use calendar::{Date, DateRange, Zone};
use ledger::{Account, Book, Calendars, Journal, Month, Periods, Poster, View};
use money::{Currency, Money, Ratio};
use proptest::prelude::*;
use revenue::{Billed, Continuation, Contract, Desk, Earning, Measure, Obligation, Over, Recognised, Share, Spread};
use std::collections::BTreeMap;
use stdx::Key;

/// What happens to a contract. Days count from 1 January 2026, amounts are cents.
#[derive(Debug, Clone)]
enum Event {
    /// An invoice.
    Bill { on: i64, cents: i128 },
    /// Units of the second promise.
    Deliver { on: i64, units: i128 },
    /// The first promise gets another price, which counts from the beginning.
    Reprice { cents: i128 },
    /// From now on both promises are other ones: more is paid, and the service lasts to another day.
    Extend { cents: i128, days: i64 },
    /// The next month is locked.
    Lock,
    /// Time passes.
    Wait { days: i64 },
}

const UNITS: i128 = 40;

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = prop_oneof![
        (0i64..300, 1i128..200_000).prop_map(|(on, cents)| Event::Bill { on, cents }),
        (0i64..300, 1i128..6).prop_map(|(on, units)| Event::Deliver { on, units }),
        (1i128..400_000).prop_map(|cents| Event::Reprice { cents }),
        (0i128..100_000, 10i64..300).prop_map(|(cents, days)| Event::Extend { cents, days }),
        Just(Event::Lock),
        (1i64..40).prop_map(|days| Event::Wait { days }),
    ];
    prop::collection::vec(event, 1..25)
}

/// Half away from zero.
fn divide(numerator: i128, denominator: i128) -> i128 {
    let (n, d) = (numerator.abs() * 2 + denominator, denominator * 2);
    if numerator < 0 { -(n / d) } else { n / d }
}

/// How one promise is earned from a day on: what was earned before, what is still to be, over which days or units.
#[derive(Debug, Clone)]
struct Leg {
    from: i64,
    before: i128,
    cents: i128,
    /// Exact share of the pool: a fraction of cents.
    exact: (i128, i128),
    /// First day and number of days; none for units.
    days: Option<(i64, i64)>,
    /// Units of the whole, and those that do not count because they were delivered before.
    units: (i128, i128),
}

/// The model.
#[derive(Debug, Clone)]
struct Auditor {
    legs: [Vec<Leg>; 2],
    delivered: BTreeMap<i64, i128>,
    billed: Vec<(i64, i128)>,
}

impl Auditor {
    fn new(service: i128, units: i128) -> Self {
        let leg = |cents, days| Leg { from: 0, before: 0, cents, exact: (cents, 1), days, units: (UNITS, 0) };
        Self {
            legs: [vec![leg(service, Some((0, 365)))], vec![leg(units, None)]],
            delivered: BTreeMap::new(),
            billed: Vec::new(),
        }
    }

    fn earned(&self, promise: usize, day: i64) -> i128 {
        let leg = self.legs[promise].iter().rev().find(|leg| leg.from <= day).unwrap_or(&self.legs[promise][0]);
        let (done, whole) = if let Some((first, count)) = leg.days {
            (i128::from((day - first + 1).clamp(0, count)), i128::from(count))
        } else {
            ((self.delivered_until(day) - leg.units.1).max(0), leg.units.0)
        };
        if done == whole {
            return leg.before + leg.cents;
        }
        let exact = divide(leg.exact.0 * done, leg.exact.1 * whole);
        leg.before + exact.clamp(leg.cents.min(0), leg.cents.max(0))
    }

    fn worth(&self, promise: usize, day: i64) -> i128 {
        let leg = self.legs[promise].iter().rev().find(|leg| leg.from <= day).unwrap_or(&self.legs[promise][0]);
        leg.before + leg.cents
    }

    fn total(&self, day: i64) -> i128 {
        self.earned(0, day) + self.earned(1, day)
    }

    fn reprice(&mut self, today: i64, cents: i128) {
        let days = self.legs[0].last().and_then(|leg| leg.days);
        self.legs[0].push(Leg { from: today, before: 0, cents, exact: (cents, 1), days, units: (1, 0) });
    }

    fn delivered_until(&self, day: i64) -> i128 {
        self.delivered.range(..=day).map(|(_, units)| units).sum()
    }

    /// Both promises weigh what they are still worth, one cent at least.
    fn weights(&self, yesterday: i64) -> [i128; 2] {
        [0, 1].map(|promise| (self.worth(promise, yesterday) - self.earned(promise, yesterday)).max(1))
    }

    fn extend(&mut self, today: i64, cents: i128, days: i64) {
        let yesterday = today - 1;
        let weights = self.weights(yesterday);
        let sum = weights[0] + weights[1];
        let left = [0, 1].map(|promise| self.worth(promise, yesterday) - self.earned(promise, yesterday));
        let pool = left[0] + left[1] + cents;
        // two parts: the larger rest takes the cent, at a tie the larger weight, then the first
        let floors = weights.map(|weight| pool.abs() * weight / sum);
        let rests = [0, 1].map(|at| pool.abs() * weights[at] - floors[at] * sum);
        let mut parts = floors;
        if parts[0] + parts[1] < pool.abs() {
            let second = rests[1] > rests[0] || (rests[1] == rests[0] && weights[1] > weights[0]);
            parts[usize::from(second)] += 1;
        }
        let units = (UNITS - self.delivered_until(yesterday)).max(1);
        let before = [self.earned(0, yesterday), self.earned(1, yesterday)];
        let gone = self.delivered_until(yesterday);
        for promise in 0..2 {
            let leg = Leg {
                from: today,
                before: before[promise],
                cents: parts[promise] * pool.signum(),
                exact: (pool * weights[promise], sum),
                days: (promise == 0).then_some((today, days)),
                units: (units, gone),
            };
            self.legs[promise].push(leg);
        }
    }
}

fn key(text: &str) -> Key {
    text.parse().expect(text)
}
fn euro() -> Currency {
    Currency::parse("EUR").expect("euro")
}
fn date(day: i64) -> Date {
    Date::new(2026, 1, 1).expect("day").plus_days(day).expect("day")
}
fn cents(minor: i128) -> Ratio {
    Ratio::new(minor, 100).expect("cents")
}
fn allocated(minor: i128, measure: Measure) -> Earning {
    let share = Share::stated(cents(minor), euro()).expect("share");
    Earning::Allocated { share, measure, spread: Spread::Cumulative }
}

/// The real thing, with its books.
struct Engine {
    contract: Contract,
    delivered: BTreeMap<Date, Ratio>,
    journal: Journal,
    calendars: Calendars,
    desk: Desk,
    changes: Vec<(i64, Event)>,
    prices: (i128, i128),
    locked: BTreeMap<Month, i128>,
}

impl Engine {
    fn new(service: i128, units: i128) -> Self {
        let mut engine = Self {
            contract: Contract::new(key("c1"), euro()),
            delivered: BTreeMap::new(),
            journal: Journal::default(),
            calendars: Calendars::new(),
            desk: Desk::new(Book::UsGaap, Zone::utc()).expect("desk"),
            changes: Vec::new(),
            prices: (service, units),
            locked: BTreeMap::new(),
        };
        engine.replay();
        engine
    }

    /// From the beginning, by all facts that are known.
    fn replay(&mut self) {
        let units = |expected: i128, after: Option<Date>| {
            let later = |on: &Date| after.is_none_or(|after| *on > after);
            let done = self.delivered.iter().filter(|(on, _)| later(on)).map(|(on, units)| (*on, *units)).collect();
            Measure::Units { expected: Ratio::from_int(expected), done }
        };
        let days = |from: i64, count: i64| {
            Measure::Over(Over::Days(DateRange::new(date(from), date(from + count)).expect("days")))
        };
        let billed = self.contract.billed.clone();
        let mut contract = Contract::new(key("c1"), euro());
        contract.billed = billed;
        contract.obligations = vec![
            Obligation::new(key("service"), allocated(self.prices.0, days(0, 365)), euro()),
            Obligation::new(key("units"), allocated(self.prices.1, units(UNITS, None)), euro()),
        ];
        for (today, change) in &self.changes {
            let (on, before) = (date(*today), date(today - 1));
            match change {
                Event::Reprice { cents: price } => {
                    contract.catch_up(&key("service"), on, cents(*price), None).expect("reprice");
                }
                Event::Extend { cents: added, days: count } => {
                    let left = |name: &str| {
                        let obligation = contract.obligation(&key(name)).expect("there");
                        let all = obligation.allocated(before).expect("sum").expect("allocated");
                        let left = all.minus(obligation.recognised(before).expect("sum")).expect("sum");
                        cents(left.minor().max(1))
                    };
                    let gone: Ratio = self
                        .delivered
                        .range(..=before)
                        .try_fold(Ratio::ZERO, |sum, (_, units)| sum.plus(*units))
                        .expect("sum");
                    let open = (UNITS - gone.floor()).max(1);
                    let rest = [
                        Continuation {
                            key: key("service"),
                            product: key("service"),
                            selling_price: left("service"),
                            added: cents(*added),
                            measure: days(*today, *count),
                        },
                        Continuation {
                            key: key("units"),
                            product: key("units"),
                            selling_price: left("units"),
                            added: Ratio::ZERO,
                            measure: units(open, Some(before)),
                        },
                    ];
                    contract.go_on(on, &rest).expect("extend");
                }
                Event::Bill { .. } | Event::Deliver { .. } | Event::Lock | Event::Wait { .. } => {}
            }
        }
        self.contract = contract;
    }

    fn post(&mut self, today: i64) {
        let through = Month::of(date(today));
        let posted = Recognised::of(&self.contract, Book::UsGaap, self.journal.booked()).expect("read");
        let entries = self.desk.recognise(&self.contract, &posted, through).expect("entries");
        let now = Zone::utc().start_of(date(today));
        for entry in entries {
            self.journal.post(entry, &Zone::utc(), &self.calendars, Poster::Engine, now).expect("posted");
        }
    }

    fn revenue(&self, through: Option<Month>) -> i128 {
        let view = View { entity: None, book: Book::UsGaap, through, known_at: None };
        self.journal.balances(view).expect("sums").of(Account::Revenue, euro()).minor()
    }

    fn lock_next(&mut self, today: i64) {
        let first = Month::of(date(0));
        let next = self.locked.keys().next_back().map_or(first, |last| last.plus(1).expect("month"));
        if next < Month::of(date(today)) {
            let periods: &mut Periods = self.calendars.entry((None, Book::UsGaap)).or_default();
            periods.soft_close(next, key("ada")).expect("closed");
            periods.lock(next, key("ada"), "").expect("locked");
            self.locked.insert(next, self.revenue(Some(next)));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn the_auditor_agrees_after_every_event(service in 1i128..500_000, units in 1i128..300_000, events in events()) {
        let (mut auditor, mut engine, mut today) = (Auditor::new(service, units), Engine::new(service, units), 1);
        for event in events {
            match event.clone() {
                Event::Wait { days } => today += days,
                Event::Lock => engine.lock_next(today),
                Event::Bill { on, cents } => {
                    auditor.billed.push((on, cents));
                    let amount = Money::new(cents, euro());
                    engine.contract.billed.push(Billed { on: date(on), amount, obligation: None });
                }
                Event::Deliver { on, units } => {
                    let open = UNITS - auditor.delivered.values().sum::<i128>();
                    // late news about units after a change would change what the change was about
                    let on = if engine.changes.is_empty() { on } else { today };
                    let units = units.min(open);
                    *auditor.delivered.entry(on).or_insert(0) += units;
                    let done = engine.delivered.entry(date(on)).or_insert(Ratio::ZERO);
                    *done = done.plus(Ratio::from_int(units))?;
                    engine.replay();
                }
                Event::Reprice { cents } => {
                    auditor.reprice(today, cents);
                    engine.changes.push((today, event.clone()));
                    engine.replay();
                }
                Event::Extend { cents, days } => {
                    auditor.extend(today, cents, days);
                    engine.changes.push((today, event.clone()));
                    engine.replay();
                }
            }
            engine.post(today);
            let month = Month::of(date(today));
            let end = date(0).days_until(month.last());
            prop_assert_eq!(engine.revenue(None), auditor.total(end), "after {:?} on day {}", event, today);
            for (promise, name) in ["service", "units"].into_iter().enumerate() {
                let recognised = engine.contract.obligation(&key(name))?.recognised(date(today))?;
                prop_assert_eq!(recognised.minor(), auditor.earned(promise, today), "{} after {:?}", name, event);
            }
            let billed: i128 = auditor.billed.iter().filter(|(on, _)| *on <= end).map(|(_, cents)| cents).sum();
            let position = engine.contract.position(date(end))?;
            let net = position.contract_liability.minus(position.unbilled)?.minus(position.contract_asset)?;
            prop_assert_eq!(net.minor(), billed - auditor.total(end));
            for (month, stood) in &engine.locked {
                prop_assert_eq!(engine.revenue(Some(*month)), *stood, "{} is locked", month);
            }
            prop_assert_eq!(ledger::verify(engine.journal.booked()), Ok(()));
        }
    }
}
