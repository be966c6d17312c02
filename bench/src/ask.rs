//! What is asked of a store with the events of the benchmark.

use crate::events::{CUSTOMERS, FROM, MODELS, NAMES, REGIONS, TO, mix, subject};
use crate::held::{Told, tenant};
use crate::process::Memory;
use calendar::{Period, Zone};
use metering::{CompiledMeter, Dimensions, Meter};
use money::Dec;
use std::time::Instant;
use usage::{Group, LogStore, Query, Seq, Subjects, Transactions, UsageStore, Window};

/// The meter of a name: its tokens.
fn meter(name: &str) -> Result<CompiledMeter, String> {
    let text = format!(r#"{{ "event": "{name}", "aggregate": {{ "sum": "properties.tokens" }} }}"#);
    let meter: Meter = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    meter.compile().map_err(|error| format!("{error:?}"))
}

/// The 90 days.
fn period() -> Result<Period, String> {
    let instant = |text: &str| text.parse().map_err(|error| format!("{text}: {error:?}"));
    Period::new(instant(FROM)?, instant(TO)?).map_err(|error| format!("{error:?}"))
}

fn measure(
    store: &LogStore,
    meter: &CompiledMeter,
    subjects: Subjects<'_>,
    window: Window<'_>,
) -> Result<Vec<Group>, String> {
    let (tenant, transactions, period) = (&tenant()?, Transactions::Leave, period()?);
    let query = Query { tenant, subjects, meter, period, window, by: &[], transactions, as_of: Seq::NOW };
    store.measure(&query).map_err(|error| error.to_string())
}

fn counted(groups: &[Group]) -> u64 {
    groups.iter().map(|group| group.measured.count).sum()
}

/// Hour by hour over the 90 days, of customers that `seed` chooses, each as likely as any other; without it of the biggest.
pub(crate) fn series(store: &LogStore, times: u64, seed: Option<u64>) -> Result<Told, String> {
    let zone = Zone::utc();
    let meters = NAMES.map(meter).into_iter().collect::<Result<Vec<_>, _>>()?;
    let (mut micros, mut events) = (Vec::new(), 0);
    for number in 0..times {
        let chance = seed.map(|seed| mix(mix(seed) ^ number));
        let customer = subject(chance.map_or(0, |chance| chance % CUSTOMERS));
        let place = usize::try_from(chance.map_or(number, |chance| chance >> 40)).unwrap_or(0) % meters.len();
        let began = Instant::now();
        let groups = measure(store, &meters[place], Subjects::One(&customer), Window::Hour(&zone))?;
        micros.push(u32::try_from(began.elapsed().as_micros()).unwrap_or(u32::MAX));
        events += counted(&groups);
    }
    Ok(Told::Series { micros, events })
}

/// Prices each event at a rate that its model and region choose, of each meter over all customers and the whole period.
pub(crate) fn re_price(store: &LogStore) -> Result<Told, String> {
    let place = |list: &[&str], text: &str| list.iter().position(|one| *one == text);
    let rate = |dimensions: &Dimensions| {
        let model = place(&MODELS, dimensions.get("model")?)?;
        let number = model * REGIONS.len() + place(&REGIONS, dimensions.get("region")?)?;
        Dec::new(100 + i128::try_from(number).ok()?, 7).ok()
    };
    let by = ["model".to_owned(), "region".to_owned()];
    let meters = NAMES.map(meter).into_iter().collect::<Result<Vec<_>, _>>()?;
    let (tenant, transactions, period) = (&tenant()?, Transactions::Leave, period()?);
    let began = Instant::now();
    let (mut events, mut subjects) = (0, 0);
    for meter in &meters {
        let window = Window::Whole;
        let query =
            Query { tenant, subjects: Subjects::All, meter, period, window, by: &by, transactions, as_of: Seq::NOW };
        let weighed = store.weigh(&query, &rate).map_err(|error| error.to_string())?;
        events += weighed.iter().map(|one| one.count).sum::<u64>();
        subjects += weighed.len() as u64;
    }
    let seconds = began.elapsed().as_secs_f64();
    Ok(Told::RePriced { seconds, subjects, events })
}

/// Each meter over all customers and the whole period.
pub(crate) fn sums(store: &LogStore) -> Result<Told, String> {
    let meters = NAMES.map(meter).into_iter().collect::<Result<Vec<_>, _>>()?;
    let began = Instant::now();
    let answers = meters.iter().map(|meter| measure(store, meter, Subjects::All, Window::Whole));
    let answers = answers.collect::<Result<Vec<_>, _>>()?;
    let seconds = began.elapsed().as_secs_f64();
    let memory = Memory::of(std::process::id());
    let groups = answers.iter().map(|groups| groups.len() as u64).sum();
    Ok(Told::Sums { seconds, groups, events: answers.iter().map(|groups| counted(groups)).sum(), memory })
}
