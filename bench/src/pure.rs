//! What a bill costs without any store: facts and measured usage are at hand, the plan is drawn and inspected, the entries are made.

use crate::numbers::{Spread, real};
use crate::report::{Figure, Target};
use billing::{Account, Catalogs, Posted, Terms, UsageAnswer, UsageNeed, inspect, needs, plan, postings};
use calendar::{Instant, Zone};
use contracts::{Change, Customer, Entity, PlanRef, Quantities, Step, Subscription};
use metering::{Dimensions, Measured};
use money::Dec;
use std::fmt::Display;
use std::hint::black_box;
use std::thread;
use std::time::{Duration, Instant as Moment};
use stdx::Key;

/// The names of the figures.
pub(crate) const NAMES: [&str; 2] = ["pure", "thousand-changes"];
/// Customers a second on two processors.
const RATE: f64 = 50_000.0;
const MOST_MILLIS: f64 = 50.0;

const PRICING: &str = r#"{
    "meters": {
        "tokens": { "event": "llm", "aggregate": { "sum": "properties.tokens" } },
        "calls": { "event": "call", "aggregate": "count" }
    },
    "plans": { "hybrid": { "currency": "EUR", "every": "month", "prices": {
        "fee": { "flat": "49.00", "in": "arrears", "prorate": "day" },
        "seats": { "per_unit": "12.00", "quantity": "seats", "in": "arrears", "prorate": "day" },
        "tokens": { "meter": "tokens", "graduated": [
            { "up_to": "10_000", "each": "0" }, { "up_to": "100_000", "each": "0.0004" }, { "each": "0.00025" } ] },
        "calls": { "meter": "calls", "graduated": [ { "up_to": "20", "each": "0.10" }, { "each": "0.08" } ] }
    } } }
}"#;
const HOUR: i64 = 3_600_000_000;
const START: &str = "2026-04-01T00:00:00Z";

/// A customer and what is sold.
struct World {
    catalogs: Catalogs,
    account: Account,
}

fn words(error: impl Display) -> String {
    error.to_string()
}

impl World {
    /// One who changed the number of seats so many times, hour by hour.
    fn new(changes: i64) -> Result<Self, String> {
        let key = |text: &str| Key::try_from(text).map_err(words);
        let start: Instant = START.parse().map_err(words)?;
        let seats = |number: i64| Ok::<Quantities, String>([(key("seats")?, Dec::from(number))].into());
        let change = |hours: i64, step: Step| {
            let at = start.plus_micros(hours * HOUR).map_err(words)?;
            Ok::<_, String>(Change { effective_at: at, recorded_at: at, step })
        };
        let hybrid = PlanRef { plan: key("hybrid")?, version: 1 };
        let first = change(0, Step::start(hybrid, seats(7)?))?;
        let mut subscription =
            Subscription::start(key("acme")?, key("acme")?, Zone::utc(), None, first).map_err(words)?;
        for number in 1..=changes {
            let step = Step::set(seats(number % 50 + 1)?);
            subscription.change(change(number, step)?).map_err(words)?;
        }
        let account = Account {
            entity: Entity::unnamed(),
            customer: Customer::new(key("acme")?, "Acme", Zone::utc()),
            subscriptions: vec![subscription],
            charges: Vec::new(),
            redemptions: Vec::new(),
            adjustments: Vec::new(),
            posted: Posted::default(),
        };
        Ok(Self { catalogs: [(1, serde_json::from_str(PRICING).map_err(words)?)].into(), account })
    }

    /// Draws the bill, inspects it and makes its entries; how many lines it has.
    fn bill(&self, as_of: Instant) -> Result<usize, String> {
        let (catalogs, account) = (black_box(&self.catalogs), black_box(&self.account));
        let answers = answers(needs(account, catalogs, as_of).map_err(words)?);
        let terms = Terms::usual(as_of);
        let drawn = plan(account, catalogs, terms, &answers).map_err(words)?;
        let found = inspect(&drawn);
        let [document] = drawn.documents.as_slice() else { return Err(format!("one document was due: {drawn:?}")) };
        if !found.is_empty() {
            return Err(format!("the plan breaks an invariant: {found:?}"));
        }
        black_box(postings(&account.customer.key, "INV-000001", document, as_of).map_err(words)?);
        Ok(document.lines.len())
    }
}

fn answers(needs: Vec<UsageNeed>) -> Vec<(UsageNeed, UsageAnswer)> {
    let quantity = Dec::from(123_456_i64);
    let answer = |need: UsageNeed| {
        let measured =
            Measured { raw: quantity.into(), quantity: quantity.into(), count: 30, transactions: Vec::new() };
        (need, UsageAnswer { groups: vec![(Dimensions::new(), measured)], unmeasured: None, watermark: 7 })
    };
    needs.into_iter().map(answer).collect()
}

/// Measures both figures.
///
/// # Errors
/// A bill that is not what it should be.
pub(crate) fn measure(rounds: u32, time: Duration) -> Result<Vec<Figure>, String> {
    let (mut rates, mut millis) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        rates.push(rate(time)?);
        millis.push(thousand_changes()?);
    }
    let figure = |name, what: &str, unit, target, values| Figure {
        name,
        what: what.to_owned(),
        unit,
        target: Some(target),
        spread: Spread::of(values),
        alternatives: Vec::new(),
        notes: Vec::new(),
    };
    Ok(vec![
        figure(
            NAMES[0],
            "bills of a hybrid plan, computed and inspected, entries included, nothing stored",
            "customers/s",
            Target::AtLeast(RATE),
            rates,
        ),
        figure(
            NAMES[1],
            "the bill of a subscription with 1,000 changes, nothing stored",
            "ms",
            Target::AtMost(MOST_MILLIS),
            millis,
        ),
    ])
}

/// Customers a second, on as many threads as a billing run draws with.
fn rate(time: Duration) -> Result<f64, String> {
    let as_of: Instant = "2026-05-01T00:00:00Z".parse().map_err(words)?;
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let began = Moment::now();
    let counts = thread::scope(|scope| {
        let drawing: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    let (world, mut count) = (World::new(0)?, 0_u64);
                    while began.elapsed() < time {
                        for _ in 0..100 {
                            if world.bill(as_of)? != 4 {
                                return Err("four lines were due".to_owned());
                            }
                        }
                        count += 100;
                    }
                    Ok(count)
                })
            })
            .collect();
        let count = |ended: thread::Result<Result<u64, String>>| ended.map_err(|_| "a thread panicked".to_owned())?;
        drawing.into_iter().map(|one| count(one.join())).sum::<Result<u64, String>>()
    })?;
    Ok(real(counts) / began.elapsed().as_secs_f64())
}

fn thousand_changes() -> Result<f64, String> {
    let (world, as_of) = (World::new(1_000)?, "2026-06-01T00:00:00Z".parse().map_err(words)?);
    world.bill(as_of)?;
    let began = Moment::now();
    for _ in 0..10 {
        world.bill(as_of)?;
    }
    Ok(began.elapsed().as_secs_f64() * 1e3 / 10.0)
}
