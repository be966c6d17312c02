//! Usage in formats that others read.

mod common;

use calendar::Period;
use common::{april, at, business, call, event, send};
use engine::{Engine, ExportFilter, ExportFormat, Incoming, Platform};
use serde_json::Value;
use std::sync::atomic::{AtomicU64, Ordering};

fn exported(engine: &Engine, filter: &ExportFilter) -> Vec<(String, String)> {
    let mut out = Vec::new();
    let reached = AtomicU64::new(0);
    let told = |position, last| {
        assert!(position <= last);
        reached.fetch_max(position, Ordering::Relaxed);
    };
    let done = engine.export(ExportFormat::Ndjson, filter, &mut out, &told).expect("exported");
    let text = String::from_utf8(out).expect("text");
    assert_eq!(text.lines().count() as u64, done.versions);
    assert_eq!(reached.into_inner(), done.upto.0, "the end was reached");
    let word = |line: &Value, name: &str| line[name].as_str().expect(name).to_owned();
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("json"));
    lines.map(|line| (word(&line, "id"), word(&line, "what"))).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(id, what)| ((*id).into(), (*what).into())).collect()
}

fn history() -> Engine {
    let (engine, clock) = business();
    clock.set(at("2026-04-28T00:00:00Z"));
    send(&engine, [call("a", "2026-04-10T00:00:00Z"), call("b", "2026-04-20T00:00:00Z")]);
    send(&engine, [event("call", "other", "c", "2026-04-10T00:00:00Z", &[])]);
    let moved = event("call", "other", "a", "2026-04-10T00:00:00Z", &[]);
    engine.amend_event(moved, "it was the other one").expect("amended");
    engine.retract_event("test", "b", "it did not happen").expect("retracted");
    engine
}

#[test]
fn every_version_is_exported_in_the_order_of_positions() {
    let all = [("a", "accepted"), ("b", "accepted"), ("c", "accepted"), ("a", "amended"), ("b", "retracted")];
    assert_eq!(exported(&history(), &ExportFilter::default()), pairs(&all));
}

#[test]
fn what_is_asked_for_comes_with_what_takes_it_away() {
    let engine = history();
    let of = |subject: &str| ExportFilter { subject: Some(subject.into()), ..ExportFilter::default() };
    let acme = [("a", "accepted"), ("b", "accepted"), ("a", "amended"), ("b", "retracted")];
    assert_eq!(exported(&engine, &of("acme")), pairs(&acme));
    assert_eq!(exported(&engine, &of("other")), pairs(&[("c", "accepted"), ("a", "amended")]));
    assert_eq!(exported(&engine, &of("nobody")), []);
    let period = Period::new(at("2026-04-15T00:00:00Z"), at("2026-05-01T00:00:00Z")).expect("a period");
    let late = ExportFilter { period: Some(period), name: Some("call".into()), ..ExportFilter::default() };
    assert_eq!(exported(&engine, &late), pairs(&[("b", "accepted"), ("b", "retracted")]));
}

#[test]
fn a_directory_in_use_is_asked_and_not_changed() {
    let folder = tempfile::tempdir().expect("a directory");
    let engine = Engine::open(folder.path(), engine::Settings::default()).expect("opens");
    engine.apply_pricing(&catalog::PricingFile::parse(common::PRICING, "p").expect("pricing")).expect("applied");
    send(&engine, [call("a", "2026-04-10T00:00:00Z")]);
    let platform = Platform::look(folder.path()).expect("looked at");
    let looked = platform.engine(&Platform::default_tenant()).expect("an engine");
    assert_eq!(exported(&looked, &ExportFilter::default()), pairs(&[("a", "accepted")]));
    assert_eq!(april(&looked, "calls"), "1");
    let refused = looked.ingest(vec![Incoming::Event(call("b", "2026-04-10T00:00:00Z"))]);
    assert_eq!(refused.expect_err("it is only asked").problems()[0].code, "usage_store_stopped");
    send(&engine, [call("b", "2026-04-10T00:00:00Z")]);
}

#[test]
fn a_parquet_file_begins_and_ends_as_one() {
    let mut out = Vec::new();
    let done = history().export(ExportFormat::Parquet, &ExportFilter::default(), &mut out, &|_, _| {});
    assert_eq!(done.expect("exported").versions, 5);
    assert!(out.starts_with(b"PAR1") && out.ends_with(b"PAR1"));
}
