//! Two processes with their facts in one PostgreSQL.

use calendar::Zone;
use catalog::PricingFile;
use contracts::{Customer, When};
use engine::{
    Actor, DataPlace, DocumentCursor, Engine, Environment, Issuing, JsonForm, Limit, NewAlert, NewSettings,
    NewSubscription, NewTenant, NewToken, Platform, Role, Select, Settings, Watched, Watching, Which,
};
use std::collections::BTreeSet;
use std::thread;
use std::time::{Duration, Instant};
use stdx::Key;
use test_postgres::Schema;

const PRICING: &str =
    "plans: { basic: { currency: EUR, every: month, prices: { fee: { flat: \"30.00\", in: advance } } } }";

fn key(text: &str) -> Key {
    text.try_into().expect("key")
}

fn pricing(text: &str) -> catalog::Catalog {
    PricingFile::parse(text, "pricing.yaml").expect("pricing")
}

/// Two engines as two processes have them: each with usage of its own.
fn two(schema: &Schema, folder: &tempfile::TempDir) -> [Engine; 2] {
    ["one", "two"].map(|process| {
        let facts = schema.url().parse().expect("a place");
        let place = DataPlace::with_facts(folder.path().join(process), facts);
        Engine::open(place, Settings::default()).expect("opens")
    })
}

#[test]
fn two_billing_runs_at_once_bill_everything_once() {
    let Some(schema) = Schema::new() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let engines = two(&schema, &folder);
    engines[0].apply_pricing(&pricing(PRICING)).expect("applied");
    for n in 0..12 {
        // the second process has not read the pricing file that the first one applied
        let engine = &engines[n % 2];
        let customer = Customer::new(key(&format!("c{n}")), String::new(), Zone::utc());
        let customer = engine.add_customer(customer).expect("added");
        engine.subscribe(NewSubscription::to(customer.key, key("basic"))).expect("subscribed");
    }
    let runs: Vec<_> = thread::scope(|scope| {
        let runs = [0, 1, 0, 1].map(|process: usize| {
            let engine = &engines[process];
            scope.spawn(move || engine.bill().expect("billed"))
        });
        runs.map(|run| run.join().expect("no panic")).into()
    });
    assert!(runs.iter().all(|run| run.failures.is_empty()), "{runs:?}");
    let issued: Vec<_> = runs.into_iter().flat_map(|run| run.issued).collect();
    assert_eq!(issued.len(), 12);
    let numbers: BTreeSet<&str> = issued.iter().filter_map(|invoice| invoice.number()).collect();
    assert_eq!(numbers.len(), 12);
    let listed = engines[1].invoices(Which::All, &DocumentCursor::start(), 100).expect("listed");
    assert_eq!(listed.len(), 12);
}

#[test]
fn a_catalog_that_one_applied_is_the_one_that_the_other_adds_to() {
    let Some(schema) = Schema::new() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let engines = two(&schema, &folder);
    assert_eq!(engines[0].apply_pricing(&pricing(PRICING)).expect("applied").version, 1);
    let dearer = pricing(&PRICING.replace("30.00", "35.00"));
    assert_eq!(engines[1].apply_pricing(&dearer).expect("applied").version, 2);
    let again = engines[0].apply_pricing(&dearer).expect("applied");
    assert_eq!((again.version, again.changes.len()), (2, 0));
}

#[test]
fn usage_that_one_took_is_billed_by_the_other() {
    let Some(schema) = Schema::new() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let engines = ["one", "two"].map(|process| {
        let facts = schema.url().parse().expect("a place");
        let place = DataPlace::with_facts(folder.path().join(process), facts).with_usage(schema.url());
        Engine::open(place, Settings::default()).expect("opens")
    });
    let metered = "meters: { calls: { event: call, aggregate: count } }\n\
                   plans: { basic: { currency: EUR, every: day, prices: { calls: { meter: calls, per_unit: \"0.50\" } } } }";
    engines[0].apply_pricing(&pricing(metered)).expect("applied");
    let customer = Customer::new(key("acme"), String::new(), Zone::utc());
    engines[0].add_customer(customer).expect("added");
    let start = engines[0].now().plus_micros(-3 * 86_400_000_000).expect("three days ago");
    let new = NewSubscription { start: Some(When::Instant(start)), ..NewSubscription::to(key("acme"), key("basic")) };
    engines[1].subscribe(new).expect("subscribed");
    let event = |id: usize| {
        let at = start.plus_micros(3_600_000_000).expect("an hour later");
        format!(r#"{{"source":"s","id":"{id}","type":"call","subject":"acme","time":"{at}"}}"#)
    };
    let batch = |ids: std::ops::Range<usize>| format!("[{}]", ids.map(event).collect::<Vec<_>>().join(","));
    // the two send events in common
    let one = engines[0].ingest_json(batch(0..6).as_bytes(), JsonForm::Array).expect("taken");
    let two = engines[1].ingest_json(batch(4..10).as_bytes(), JsonForm::Array).expect("taken");
    assert_eq!((one.accepted, two.accepted, two.duplicates), (6, 4, 2));
    let run = engines[1].bill().expect("billed");
    let billed: Vec<String> =
        run.issued.iter().filter(|invoice| !invoice.total.is_zero()).map(|invoice| invoice.total.to_string()).collect();
    assert_eq!(billed, ["5.00 EUR"]);
}

/// Two platforms as two processes have them, with usage in common.
fn two_platforms(schema: &Schema, folder: &tempfile::TempDir) -> [Platform; 2] {
    ["one", "two"].map(|process| {
        let facts = schema.url().parse().expect("a place");
        let place = DataPlace::with_facts(folder.path().join(process), facts).with_usage(schema.url());
        Platform::open(place, Settings::default()).expect("opens")
    })
}

/// Waits until it is so, for as long as somebody would wait before a screen; how long it took.
fn soon(what: &str, is_so: impl Fn() -> bool) -> Duration {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < Duration::from_secs(10), "{what} is not seen");
        thread::sleep(Duration::from_millis(5));
    }
    began.elapsed()
}

#[test]
fn what_one_changes_the_other_knows_within_moments_without_being_asked_for_a_command() {
    let Some(schema) = Schema::new() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let platforms = two_platforms(&schema, &folder);
    let new = NewTenant { key: key("sandbox"), name: String::new(), environment: Environment::Test };
    platforms[0].add_tenant(new, &Actor::program()).expect("added");
    let engines = platforms.each_ref().map(|platform| platform.engine(&key("sandbox")).expect("an engine"));
    let token =
        engines[0].create_key(NewToken { name: "t".into(), roles: [Role::Owner].into(), ..NewToken::default() });
    let token = token.expect("a key");
    assert!(platforms[1].authenticate(&token.secret).is_ok());
    assert!(platforms[1].known(&token.secret).is_some());

    engines[0].apply_pricing(&pricing(PRICING)).expect("applied");
    let mut waits = vec![soon("the pricing", || engines[1].newest_catalog().is_ok())];
    let settings = Settings { issuing: Issuing::ByHand, ..Settings::default() };
    engines[0].set_settings(&NewSettings { settings, effective_at: None }).expect("set");
    waits.push(soon("the settings", || engines[1].settings_at(engines[1].now()).settings == settings));
    let later = engines[0].now().plus_micros(86_400_000_000).expect("a day later");
    engines[0].set_clock(later).expect("set");
    waits.push(soon("the time", || engines[1].now() == later));
    engines[0].revoke_token(&token.token.id).expect("revoked");
    waits.push(soon("the end of a token", || platforms[1].known(&token.secret).is_none()));
    println!("seen after {waits:?}");
    assert!(platforms[1].authenticate(&token.secret).is_err());
}

#[test]
fn two_who_watch_the_same_alerts_tell_each_crossing_once() {
    let Some(schema) = Schema::new() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let platforms = two_platforms(&schema, &folder);
    let engines = platforms.each_ref().map(|platform| platform.engine(&Platform::default_tenant()).expect("an engine"));
    let metered = "meters: { calls: { event: call, aggregate: count } }\n\
                   plans: { basic: { currency: EUR, every: month, prices: { calls: { meter: calls, per_unit: \"0.50\" } } } }";
    engines[0].apply_pricing(&pricing(metered)).expect("applied");
    for n in 0..8 {
        let customer = Customer::new(key(&format!("c{n}")), String::new(), Zone::utc());
        let customer = engines[0].add_customer(customer).expect("added");
        engines[0].subscribe(NewSubscription::to(customer.key, key("basic"))).expect("subscribed");
    }
    let limit = Limit::Absolute { at: [1_u32.into(), 3_u32.into()].into() };
    let on = Watched::Usage { meter: key("calls") };
    let recipients = ["ops@example.com".to_owned()].into();
    let alert = engines[0].add_alert(NewAlert { name: "calls".into(), customer: None, on, limit, recipients });
    let alert = alert.expect("an alert");
    assert_eq!(platforms[1].alert_owners().expect("asked"), [Platform::default_tenant()]);
    let at = engines[0].now();
    thread::scope(|scope| {
        for (process, engine) in engines.iter().enumerate() {
            scope.spawn(move || {
                for round in 0..4 {
                    let event = |n: usize| {
                        format!(r#"{{"source":"s","id":"{process}-{round}-{n}","type":"call","subject":"c{n}","time":"{at}"}}"#)
                    };
                    let batch = format!("[{}]", (0..8).map(event).collect::<Vec<_>>().join(","));
                    engine.ingest_json(batch.as_bytes(), JsonForm::Array).expect("taken");
                    engine.look_at_everybody();
                    while engine.look_at_alerts().expect("looked") == Watching::GoesOn {}
                }
            });
        }
    });
    for engine in &engines {
        engine.look_at_everybody();
        while engine.look_at_alerts().expect("looked") == Watching::GoesOn {}
    }
    let crossings = engines[1].list_crossings(alert.id, &Select::newest(100)).expect("listed").items;
    assert_eq!(crossings.len(), 16, "eight customers, two limits");
    assert_eq!(engines[0].mails(None, (i64::MAX, ""), 100).expect("listed").len(), 16, "each is told once");
}

#[test]
fn a_time_of_a_schedule_makes_one_job_that_one_of_two_does() {
    let Some(schema) = Schema::new() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let platforms = two_platforms(&schema, &folder);
    for platform in &platforms {
        platform.ensure_schedules().expect("there");
    }
    let done: usize = thread::scope(|scope| {
        let runs = platforms.each_ref().map(|platform| {
            scope.spawn(move || {
                let owners = platform.job_owners().expect("asked");
                let run = |tenant| platform.engine(tenant).expect("an engine").run_jobs().expect("done");
                owners.iter().map(run).sum::<usize>()
            })
        });
        runs.map(|run| run.join().expect("no panic")).into_iter().sum()
    });
    // what comes due every minute, and upkeep
    assert_eq!(done, 2);
    let engine = platforms[0].engine(&Platform::default_tenant()).expect("an engine");
    let mut kinds: Vec<String> =
        engine.jobs((i64::MAX, ""), 10).expect("listed").into_iter().map(|job| job.kind).collect();
    kinds.sort();
    assert_eq!(kinds, ["due_billing", "upkeep"]);
}
