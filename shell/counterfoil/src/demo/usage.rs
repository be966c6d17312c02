//! What the customers do all day.

use super::chance::Chance;
use super::company::{Buyer, Plan};
use calendar::Instant;
use metering::{Event, Properties, Value};

const HOUR: u64 = 3_600_000_000;

/// Tells a customer's day from all others: an offset that no number of customers reaches.
const CUSTOMERS: u64 = 1_000;

/// The events of a customer on one day of the story, whose number counts from its beginning. Only what happens before `until`.
pub(crate) fn day(seed: u64, place: u64, buyer: &Buyer, number: u64, begins: Instant, until: Instant) -> Vec<Event> {
    let mut chance = Chance::of(seed, CUSTOMERS + number * CUSTOMERS + place);
    let mut events = Vec::new();
    let at = |micros: u64| {
        i64::try_from(micros).ok().and_then(|micros| begins.plus_micros(micros).ok()).filter(|at| *at < until)
    };
    let event = |what: &str, n: u64, at: Instant, properties: Properties| Event {
        source: "gateway".into(),
        id: format!("{what}-{}-{number}-{n}", buyer.customer.key),
        name: format!("{what}.{}", if what == "llm" { "completion" } else { "level" }),
        subject: buyer.customer.key.to_string(),
        at,
        properties,
    };
    let requests = match buyer.plan {
        Plan::Free => chance.between(0, 10),
        Plan::Starter => chance.between(5, 15),
        Plan::Scale => chance.between(10, 30),
    };
    // a customer's use grows by a few percent in a week
    let growth = 100 + number / 7 * chance.between(2, 6);
    for n in 0..requests {
        let large = chance.between(0, 10) < 4;
        let most = match buyer.plan {
            Plan::Free => 3_000,
            Plan::Starter => 90_000,
            Plan::Scale => 1_200_000,
        };
        let input = chance.between(200, most) * growth / 100;
        let output = chance.between(20, most / 4) * growth / 100;
        let model = if large { "large" } else { "small" };
        // by day they work, at night some jobs run
        let hour = if chance.between(0, 10) < 8 { chance.between(8, 19) } else { chance.between(0, 24) };
        let moment = hour * HOUR + chance.between(0, HOUR);
        let properties = [
            ("model", Value::Text(model.into())),
            ("input_tokens", Value::Num(input.into())),
            ("output_tokens", Value::Num(output.into())),
            ("status", Value::Text("ok".into())),
        ];
        if let Some(at) = at(moment) {
            events.push(event("llm", n, at, properties.map(|(name, value)| (name.to_owned(), value)).into()));
        }
    }
    if buyer.plan == Plan::Scale
        && number.is_multiple_of(3)
        && let Some(at) = at(chance.between(0, 24 * HOUR))
    {
        let gigabytes = Value::Num((20 + number * chance.between(1, 5)).into());
        events.push(event("storage", 0, at, [("gigabytes".to_owned(), gigabytes)].into()));
    }
    events
}
