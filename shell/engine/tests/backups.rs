//! Backups of a data directory in use, putting them back, and reading all of them.

mod common;

use common::{at, call, customer, key, send, tokens};
use engine::{
    BackupName, Engine, EngineError, Issuing, Kind, NewSubscription, Part, Platform, SetClock, Settings, Verification,
};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// An installation and the engine of its one tenant.
struct House {
    platform: Platform,
    engine: Engine,
}

impl std::ops::Deref for House {
    type Target = Engine;
    fn deref(&self) -> &Engine {
        &self.engine
    }
}

fn open(dir: &Path, clock: Arc<SetClock>, settings: Settings) -> House {
    let platform = Platform::open_with_clock(dir, clock, settings).expect("opens");
    let engine = platform.engine(&Platform::default_tenant()).expect("an engine");
    House { platform, engine }
}

/// `acme` on the plan `metered` since 1 April 2026, in a directory.
fn business(dir: &Path) -> (House, Arc<SetClock>) {
    let clock = Arc::new(SetClock::at(at("2026-04-01T00:00:00Z")));
    let engine = open(dir, clock.clone(), Settings::default());
    let pricing = catalog::PricingFile::parse(common::PRICING, "pricing.yaml").expect("pricing");
    engine.apply_pricing(&pricing).expect("applied");
    customer(&engine, "acme");
    engine.subscribe(NewSubscription::to(key("acme"), key("metered"))).expect("subscribed");
    (engine, clock)
}

/// A month of usage, billed.
fn billed(dir: &Path) -> (House, Arc<SetClock>) {
    let (engine, clock) = business(dir);
    clock.set(at("2026-04-28T00:00:00Z"));
    send(&engine, (0..40).map(|n| call(&format!("c{n}"), "2026-04-10T00:00:00Z")));
    send(&engine, (0..40).map(|n| tokens(&format!("t{n}"), "2026-04-11T00:00:00Z", "1000")));
    clock.set(at("2026-05-01T00:00:00Z"));
    assert_eq!(engine.bill().expect("billed").issued.len(), 2);
    (engine, clock)
}

fn verified(dir: &Path) -> Verification {
    engine::verify(dir).expect("read")
}

fn codes(dir: &Path) -> Vec<(Part, String)> {
    let verification = verified(dir);
    let each = |check: &engine::Checked| {
        check.findings.iter().map(|finding| (check.part, finding.code.clone())).collect::<Vec<_>>()
    };
    verification.checks.iter().flat_map(each).collect()
}

fn code(refused: Result<impl Sized, EngineError>) -> String {
    match refused {
        Ok(_) => "it was done".into(),
        Err(error) => error.problems()[0].code.clone(),
    }
}

/// Every file below a directory with its bytes.
fn files(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(dir).expect("listed") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.insert(path.clone(), fs::read(&path).expect("read"));
        }
    }
    found
}

#[test]
fn a_backup_made_under_load_is_sound_and_has_every_event_that_its_invoices_count() {
    let folder = tempfile::tempdir().expect("a directory");
    let (engine, clock) = business(&folder.path().join("data"));
    let backups = folder.path().join("backups");
    fs::create_dir(&backups).expect("made");
    std::thread::scope(|scope| {
        let load = scope.spawn(|| {
            for month in 1..=60 {
                let id = |kind: &str, n: u32| format!("{kind}-{month}-{n}");
                let (year, month) = (2026 + month / 12, month % 12 + 1);
                let when = format!("{year}-{month:02}-01T00:00:00Z");
                clock.set(at("2026-04-28T00:00:00Z").max(at(&when)));
                send(&engine, (0..20).map(|n| tokens(&id("t", n), "2026-04-11T00:00:00Z", "1000")));
                engine.bill().expect("billed");
            }
        });
        let mut made = 0;
        while !load.is_finished() || made < 2 {
            engine.platform.backup(&backups.join(made.to_string())).expect("made");
            made += 1;
        }
    });
    let mut counted = 0;
    for entry in fs::read_dir(&backups).expect("listed") {
        let verification = verified(&entry.expect("an entry").path());
        assert_eq!(verification.kind, Kind::Backup);
        assert_eq!(verification.findings().count(), 0, "{verification:?}");
        let positions = verification.checks.iter().find(|check| check.part == Part::Positions).expect("checked");
        assert!(positions.counted["position of invoices"] <= positions.counted["position of usage"]);
        counted += positions.counted["measurements"];
    }
    assert!(counted > 0, "no backup has a line with usage");
}

#[test]
fn what_is_restored_answers_as_what_was_backed_up_and_is_billed_on() {
    let folder = tempfile::tempdir().expect("a directory");
    let (engine, _) = billed(&folder.path().join("data"));
    let backup = folder.path().join("nightly");
    let made = engine.platform.backup(&backup).expect("made");
    assert_eq!((made.name.as_str(), made.positions[&key("default")]), ("nightly", 80));
    // what comes after is not in it
    send(&engine, [call("late", "2026-04-12T00:00:00Z")]);
    let restored = folder.path().join("restored");
    engine::restore(&backup, &restored).expect("restored");
    assert_eq!(codes(&restored), []);
    assert_eq!(verified(&restored).kind, Kind::DataDirectory);
    let clock = Arc::new(SetClock::at(at("2026-05-01T00:00:00Z")));
    let again = open(&restored, clock, Settings::default());
    assert_eq!(common::april(&again, "tokens"), "40000");
    assert_eq!(again.journal(0, 100).expect("read"), engine.journal(0, 100).expect("read"));
    assert!(again.bill().expect("billed").issued.is_empty(), "nothing is billed twice");
    assert!(again.event("test", "late").is_err());
}

#[test]
fn a_changed_byte_of_a_backup_is_found_and_nothing_is_restored() {
    let folder = tempfile::tempdir().expect("a directory");
    let (engine, _) = billed(&folder.path().join("data"));
    let backup = folder.path().join("backup");
    engine.platform.backup(&backup).expect("made");
    let target = folder.path().join("target");
    for (path, bytes) in files(&backup) {
        for part in 1..8 {
            let mut changed = bytes.clone();
            let at = bytes.len() * part / 8;
            changed[at] ^= 0x10;
            fs::write(&path, changed).expect("written");
            let found = verified(&backup);
            let first = found.findings().next().unwrap_or_else(|| panic!("{}: byte {at}", path.display()));
            assert_eq!(first.code, "backup_damaged");
            assert!(first.detail.contains(&path.display().to_string()), "{}", first.detail);
            assert_eq!(code(engine::restore(&backup, &target)), "backup_damaged");
            assert!(!target.exists());
        }
        fs::write(&path, &bytes[..bytes.len() / 2]).expect("written");
        assert_eq!(code(engine::restore(&backup, &target)), "backup_damaged");
        fs::write(&path, bytes).expect("written");
    }
    assert_eq!(codes(&backup), []);
}

#[test]
fn only_an_empty_directory_is_restored_into_and_what_was_cut_off_does_not_open() {
    let folder = tempfile::tempdir().expect("a directory");
    let data = folder.path().join("data");
    let (engine, _) = billed(&data);
    let backup = folder.path().join("backup");
    engine.platform.backup(&backup).expect("made");
    drop(engine);
    let before = files(&data);
    assert_eq!(code(engine::restore(&backup, &data)), "restore_target_not_empty");
    assert!(files(&data) == before, "nothing was changed");
    assert_eq!(code(engine::restore(&data, &folder.path().join("new"))), "not_a_backup");
    let empty = folder.path().join("empty");
    fs::create_dir(&empty).expect("made");
    engine::restore(&backup, &empty).expect("restored");
    // as if the power had failed before the last step
    fs::write(empty.join("restoring"), b"").expect("written");
    assert_eq!(code(Engine::open(&empty, Settings::default())), "restore_incomplete");
    assert_eq!(code(engine::verify(&empty)), "restore_incomplete");
}

#[test]
fn a_backup_by_name_lies_where_backups_are_kept_and_replaces_none() {
    let folder = tempfile::tempdir().expect("a directory");
    let (engine, _) = business(&folder.path().join("data"));
    assert_eq!(code(engine.platform.backup_named(None)), "no_backups_here");
    let kept = folder.path().join("backups");
    let House { platform, engine: _engine } = engine;
    let platform = platform.keeping_backups_in(&kept);
    let name = BackupName::try_from("nightly".to_owned()).expect("a name");
    assert_eq!(platform.backup_named(Some(&name)).expect("made").directory, kept.join("nightly"));
    assert_eq!(code(platform.backup_named(Some(&name))), "backup_exists");
    assert_eq!(platform.backup_named(None).expect("made").name, "20260401T000000-000000Z");
    let names: Vec<_> =
        fs::read_dir(&kept).expect("listed").map(|entry| entry.expect("an entry").file_name()).collect();
    assert_eq!(names.len(), 2, "nothing half made is left: {names:?}");
    assert_eq!(
        code(Platform::in_memory(at("2026-04-01T00:00:00Z")).expect("opens").backup(&kept.join("x"))),
        "nothing_to_back_up"
    );
    assert!(!kept.join("x.partial").exists());
}

#[test]
fn facts_and_usage_that_do_not_belong_together_are_told_apart() {
    let folder = tempfile::tempdir().expect("a directory");
    let (engine, _) = business(&folder.path().join("old"));
    drop(engine);
    let data = folder.path().join("data");
    drop(billed(&data));
    assert_eq!(codes(&data), []);
    fs::remove_dir_all(data.join("usage")).expect("removed");
    fs::rename(folder.path().join("old/usage"), data.join("usage")).expect("moved");
    assert_eq!(codes(&data), [(Part::Positions, "usage_behind_facts".into())]);
    fs::remove_dir_all(data.join("usage")).expect("removed");
    assert_eq!(codes(&data), [(Part::Usage, "usage_store_unreadable".into())]);
}

#[test]
fn what_somebody_changed_in_the_facts_is_found() {
    let cases = [
        (
            "DELETE FROM document WHERE kind = 'invoice' AND body LIKE '%INV-000001%'",
            Part::Invoices,
            "invoice_numbers_wrong",
        ),
        (
            "UPDATE document SET body = replace(body, '\"INV-000001\"', '\"INV-000007\"') WHERE kind = 'invoice'",
            Part::Invoices,
            "invoice_numbers_wrong",
        ),
        ("UPDATE counter SET value = 9 WHERE series = 'INV'", Part::Invoices, "invoice_numbers_wrong"),
        ("UPDATE posted_line SET amount_minor = amount_minor + 1", Part::Invoices, "invoice_wrong"),
        ("DELETE FROM posted_line WHERE position = 0", Part::Invoices, "invoice_wrong"),
        ("UPDATE posting SET amount_minor = amount_minor + 1 WHERE position = 0", Part::Books, "books_wrong"),
        ("UPDATE entry SET seq = seq + 1", Part::Books, "books_wrong"),
        ("DELETE FROM entry WHERE seq = 1", Part::Facts, "facts_damaged"),
        ("INSERT INTO migration (version, text) VALUES (999, 'later')", Part::Facts, "wrong_schema"),
    ];
    for (tampering, part, code) in cases {
        let folder = tempfile::tempdir().expect("a directory");
        drop(billed(folder.path()));
        let database = rusqlite::Connection::open(folder.path().join("facts.db")).expect("opens");
        let triggers: Vec<String> = database
            .prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
            .and_then(|mut found| found.query_map([], |row| row.get(0))?.collect())
            .expect("listed");
        for trigger in triggers {
            database.execute_batch(&format!("DROP TRIGGER \"{trigger}\"")).expect("dropped");
        }
        database.execute_batch("PRAGMA foreign_keys = OFF").expect("off");
        // rows that change places one after another would meet
        let changed = if tampering.starts_with("UPDATE entry") {
            format!("{tampering} WHERE seq = (SELECT max(seq) FROM entry)")
        } else {
            tampering.to_owned()
        };
        assert!(database.execute(&changed, []).expect(tampering) > 0, "{tampering}");
        drop(database);
        let found = codes(folder.path());
        assert!(found.contains(&(part, code.into())), "{tampering}: {found:?}");
    }
}

#[test]
fn a_directory_in_use_is_not_verified_and_one_without_data_is_none() {
    let folder = tempfile::tempdir().expect("a directory");
    let data = folder.path().join("data");
    let (engine, _) = business(&data);
    assert_eq!(code(engine::verify(&data)), "usage_store_in_use");
    drop(engine);
    assert_eq!(codes(&data), []);
    assert_eq!(code(engine::verify(folder.path())), "no_data");
    assert_eq!(code(engine::verify(&folder.path().join("missing"))), "no_data");
}

#[test]
fn a_directory_is_surveyed_while_it_is_used_and_after_and_nothing_is_changed() {
    let folder = tempfile::tempdir().expect("a directory");
    let data = folder.path().join("data");
    let (engine, _) = billed(&data);
    customer(&engine, "guest");
    send(&engine, [common::event("call", "nobody", "n1", "2026-04-10T00:00:00Z", &[])]);
    engine.platform.backup(&folder.path().join("backup")).expect("made");
    let used = engine::survey(&data).expect("surveyed");
    assert_eq!(used.problems, []);
    assert!(matches!(used.usage.as_ref().expect("usage").holder, usage::Holder::Process { .. }));
    assert_eq!(used.last_backup.as_ref().expect("known").name, "backup");
    let unpaid = used.unpaid.as_ref().expect("told");
    assert_eq!((unpaid.len(), unpaid[0].events, unpaid[0].why), (1, 1, engine::WhyUnpaid::NoCustomer));
    drop(engine);
    let before = files(&data);
    let after = engine::survey(&data).expect("surveyed");
    assert_eq!(after.usage.as_ref().expect("usage").holder, usage::Holder::Nobody);
    assert_eq!(after.facts.as_ref().expect("facts").rows, used.facts.expect("facts").rows);
    assert_eq!(after.unpaid, used.unpaid);
    assert!(files(&data) == before, "a survey changes nothing");
    assert_eq!(code(engine::survey(&folder.path().join("missing"))), "no_data");
}

#[test]
fn a_backup_has_drafts_too() {
    let folder = tempfile::tempdir().expect("a directory");
    let clock = Arc::new(SetClock::at(at("2026-04-01T00:00:00Z")));
    let settings = Settings { issuing: Issuing::ByHand, ..Settings::default() };
    let engine = open(&folder.path().join("data"), clock, settings);
    engine.apply_pricing(&catalog::PricingFile::parse(common::PRICING, "p").expect("pricing")).expect("applied");
    customer(&engine, "acme");
    engine.subscribe(NewSubscription::to(key("acme"), key("metered"))).expect("subscribed");
    assert_eq!(engine.bill().expect("billed").drafts.len(), 1);
    engine.platform.backup(&folder.path().join("backup")).expect("made");
    let verification = verified(&folder.path().join("backup"));
    let invoices = verification.checks.iter().find(|check| check.part == Part::Invoices).expect("checked");
    assert_eq!(invoices.counted["drafts"], 1);
    assert_eq!(verification.findings().count(), 0, "{verification:?}");
}
