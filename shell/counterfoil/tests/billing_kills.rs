//! A billing run that is killed, at any moment and again and again, and then let end: it comes to the documents, numbers and entries of
//! a run that nobody disturbed. With `COUNTERFOIL_KILLS=60` so many runs are killed instead of a few.

use calendar::{Instant, Zone};
use catalog::PricingFile;
use contracts::Customer;
use engine::{DataPlace, DocumentCursor, Engine, JsonForm, NewSubscription, SetClock, Settings, UsagePlace, Which};
use serde_json::Value;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant as Moment};
use store::Place;
use test_postgres::Schema;

const CUSTOMERS: usize = 130;
const DAY: i64 = 86_400_000_000;
/// Runs that are killed before one is let end.
const KILLS_EACH: usize = 3;

const PRICING: &str = r#"
meters: { calls: { event: call, aggregate: count } }
plans:
  hybrid:
    currency: EUR
    every: month
    prices:
      fee: { flat: "30.00", in: advance, prorate: day }
      seats: { per_unit: "7.00", quantity: seats, in: advance, prorate: day }
      calls: { meter: calls, graduated: [ { up_to: 2, each: "0" }, { each: "0.25" } ] }
"#;

fn key(text: &str) -> stdx::Key {
    text.try_into().expect("key")
}

/// A company whose customers subscribed 70 days ago and used since, and were never billed.
fn company(place: &DataPlace) {
    let start = Zone::utc().start_of(Zone::utc().date_of(now())).plus_micros(-70 * DAY).expect("an instant");
    let clock = Arc::new(SetClock::at(start));
    let engine = Engine::open_with_clock(place.clone(), clock, Settings::default()).expect("opens");
    engine.apply_pricing(&PricingFile::parse(PRICING, "pricing.yaml").expect("pricing")).expect("applied");
    let mut events = String::new();
    for number in 0..CUSTOMERS {
        let name = format!("c{number:03}");
        let customer = Customer::new(key(&name), "", Zone::utc());
        engine.add_customer(customer).expect("added");
        let quantities = [(key("seats"), money::Dec::from(i64::try_from(number % 9 + 1).expect("small")))].into();
        engine
            .subscribe(NewSubscription { quantities, ..NewSubscription::to(key(&name), key("hybrid")) })
            .expect("subscribed");
        for call in 0..number % 7 {
            let at = start.plus_micros(i64::try_from(call).expect("small") * 11 * DAY).expect("an instant");
            let _ = writeln!(
                events,
                r#"{{"source":"s","id":"{number}-{call}","type":"call","subject":"{name}","time":"{at}"}}"#
            );
        }
    }
    engine.ingest_json(events.as_bytes(), JsonForm::Lines).expect("taken");
}

fn now() -> Instant {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
    Instant::from_micros(i64::try_from(since.as_micros()).expect("in range")).expect("an instant")
}

/// Begins `counterfoil bill`.
fn bill(place: &DataPlace) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_counterfoil"));
    command.args(["bill", "--data"]).arg(&place.dir).stdout(Stdio::null()).stderr(Stdio::piped());
    if let Place::Postgres(url) = &place.facts {
        command.args(["--database", url]);
    }
    if let UsagePlace::Postgres(url) = &place.usage {
        command.args(["--usage-database", url]);
    }
    command.spawn().expect("starts")
}

fn ends_well(run: Child) {
    let output = run.wait_with_output().expect("ends");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Everything that was billed and posted, without what is new each time: ids, and when it was done.
fn outcome(place: &DataPlace) -> Vec<Value> {
    fn without(mut value: Value, names: &[&str]) -> Value {
        match &mut value {
            Value::Object(fields) => {
                fields.retain(|name, _| !names.contains(&name.as_str()));
                fields.values_mut().for_each(|field| *field = without(field.take(), names));
            }
            Value::Array(items) => items.iter_mut().for_each(|item| *item = without(item.take(), names)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
        value
    }
    let verified = engine::verify(place.clone()).expect("read");
    assert_eq!(verified.findings().collect::<Vec<_>>(), Vec::<&stdx::Problem>::new());
    let engine = Engine::open(place.clone(), Settings::default()).expect("opens");
    let mut all = Vec::new();
    let mut after = DocumentCursor::start();
    loop {
        let page = engine.invoices(Which::All, &after, 500).expect("read");
        let Some(last) = page.last() else { break };
        after = DocumentCursor { sort_at: last.sort_at, id: last.id.clone() };
        all.extend(page.into_iter().map(|found| found.body));
    }
    assert_eq!(all.len(), CUSTOMERS * 3);
    all.sort_by_key(|invoice| invoice.number().map(str::to_owned));
    let journal = engine.journal(0, 100_000).expect("read");
    let invoices = all.into_iter().map(|invoice| serde_json::to_value(invoice).expect("json"));
    let entries = journal.into_iter().map(|entry| serde_json::to_value(entry).expect("json"));
    invoices.chain(entries).map(|value| without(value, &["id", "issued_at", "recorded_at"])).collect()
}

fn copy_all(from: &Path, to: &Path) {
    fs::create_dir(to).expect("a directory");
    for entry in fs::read_dir(from).expect("read") {
        let entry = entry.expect("an entry");
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_all(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).map(|_| ()).expect("copied");
        }
    }
}

/// How many runs are killed, and when, in thousandths of the time that an undisturbed run takes.
fn moments(usual: usize) -> Vec<u32> {
    let wanted = std::env::var("COUNTERFOIL_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(usual);
    // spread over the run, in an order that is none
    (0..wanted).map(|number| u32::try_from(number * 389 % 1000 + 1).expect("small")).collect()
}

/// Kills a run at each of the moments, and lets the last one end.
fn disturb(place: &DataPlace, moments: &[u32], whole: Duration) {
    for moment in moments {
        let mut run = bill(place);
        std::thread::sleep(whole * *moment / 1000);
        run.kill().expect("killed");
        run.wait().expect("ended");
    }
    ends_well(bill(place));
}

#[test]
fn a_run_that_is_killed_and_goes_on_comes_to_the_same_in_sqlite() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| DataPlace::from(&folder.path().join(name));
    company(&at("company"));
    copy_all(&at("company").dir, &at("calm").dir);
    let began = Moment::now();
    ends_well(bill(&at("calm")));
    let whole = began.elapsed();
    let calm = outcome(&at("calm"));
    for moments in moments(6).chunks(KILLS_EACH) {
        copy_all(&at("company").dir, &at("killed").dir);
        disturb(&at("killed"), moments, whole);
        assert!(outcome(&at("killed")) == calm, "killed at {moments:?} thousandths of {whole:?}");
        fs::remove_dir_all(at("killed").dir).expect("removed");
    }
}

#[test]
fn a_run_that_is_killed_and_goes_on_comes_to_the_same_in_postgresql() {
    let folder = tempfile::tempdir().expect("a folder");
    let company_in = |schema: &Schema, name: &str| {
        let facts = schema.url().parse().expect("a place");
        let place = DataPlace::with_facts(folder.path().join(name), facts).with_usage(schema.url());
        company(&place);
        place
    };
    let Some(schema) = Schema::new() else { return };
    let place = company_in(&schema, "calm");
    let began = Moment::now();
    ends_well(bill(&place));
    let whole = began.elapsed();
    let calm = outcome(&place);
    for (number, moments) in moments(3).chunks(KILLS_EACH).enumerate() {
        let Some(schema) = Schema::new() else { return };
        let place = company_in(&schema, &format!("killed{number}"));
        disturb(&place, moments, whole);
        assert!(outcome(&place) == calm, "killed at {moments:?} thousandths of {whole:?}");
    }
    // two at once, one of which is killed in the middle
    let Some(schema) = Schema::new() else { return };
    let place = company_in(&schema, "two");
    let (mut one, other, third) = (bill(&place), bill(&place), bill(&place));
    std::thread::sleep(whole / 2);
    one.kill().expect("killed");
    one.wait().expect("ended");
    ends_well(other);
    ends_well(third);
    assert!(outcome(&place) == calm, "three at once");
}
