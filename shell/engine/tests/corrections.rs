//! Usage that was wrong: amended, retracted, corrected in bulk, looked at before, and taken back.

mod common;

use common::{april, at, business, call, customer, event, key, send, tokens};
use engine::{
    By, Change, ChangesetState, DocumentCursor, Engine, EngineError, EventFilter, Known, Once, Positions, Seq,
    SetClock, Settings, What, Which, change_from_json,
};
use std::sync::Arc;

fn code(error: &EngineError) -> String {
    error.problems()[0].code.clone()
}

fn retract(id: &str) -> Change {
    Change::Retract { source: "test".into(), id: id.into() }
}

fn totals(engine: &Engine) -> Vec<String> {
    engine.bill().expect("run").issued.iter().map(|invoice| invoice.total.to_string()).collect()
}

#[test]
fn a_correction_counts_from_now_on_and_the_past_can_still_be_asked() {
    let (engine, clock) = business();
    clock.set(at("2026-04-12T00:00:00Z"));
    send(&engine, [tokens("a", "2026-04-10T00:00:00Z", "100"), tokens("b", "2026-04-11T00:00:00Z", "5")]);
    engine.amend_event(tokens("a", "2026-04-10T00:00:00Z", "70.5"), "counted twice upstream").expect("amended");
    assert_eq!(april(&engine, "tokens"), "75.5");
    engine.retract_event("test", "b", "a test of ours").expect("retracted");
    assert_eq!(april(&engine, "tokens"), "70.5");

    let as_of = |as_of| EventFilter { as_of, ..EventFilter::default() };
    let known = |position| engine.events(&as_of(Seq(position)), None, 10).expect("events");
    let before: Vec<_> = known(2).into_iter().map(|stored| stored.event).collect();
    assert_eq!(before, [tokens("a", "2026-04-10T00:00:00Z", "100"), tokens("b", "2026-04-11T00:00:00Z", "5")]);
    assert_eq!(known(4).len(), 1);
}

#[test]
fn the_history_of_an_event_says_what_happened_and_why() {
    let (engine, clock) = business();
    clock.set(at("2026-04-12T00:00:00Z"));
    send(&engine, [call("a", "2026-04-10T00:00:00Z")]);
    let amended = engine.amend_event(call("a", "2026-04-12T00:00:00Z"), " wrong day ").expect("amended");
    engine.retract_event("test", "a", "never happened").expect("retracted");
    let history = engine.event_history("test", "a").expect("history");
    let told: Vec<_> = history
        .iter()
        .map(|step| (step.version.what, step.cause.as_ref().map(|cause| (cause.by, cause.reason.as_str()))))
        .collect();
    assert_eq!(
        told,
        [
            (What::Accepted, None),
            (What::Amended, Some((By::Applying, "wrong day"))),
            (What::Retracted, Some((By::Applying, "never happened"))),
        ]
    );
    assert_eq!(history[1].cause.as_ref().expect("a cause").changeset, amended.id);
    assert_eq!(history[2].version.event, None);
    assert_eq!(code(&engine.event_history("test", "zzz").expect_err("unknown")), "not_found");
}

#[test]
fn what_cannot_be_corrected_is_said_and_nothing_happens() {
    let (engine, _) = business();
    send(&engine, [call("a", "2026-04-01T00:00:00Z")]);
    let refused = |change: Change, reason: &str| match change {
        Change::Retract { source, id } => code(&engine.retract_event(&source, &id, reason).expect_err("refused")),
        Change::Amend(event) | Change::Add(event) => code(&engine.amend_event(event, reason).expect_err("refused")),
    };
    assert_eq!(refused(retract("a"), "  "), "reason_missing");
    assert_eq!(refused(retract("b"), "why not"), "event_unknown");
    assert_eq!(refused(Change::Amend(call("a", "2026-04-01T00:00:00Z")), "why not"), "event_unchanged");
    assert_eq!(refused(Change::Amend(call("a", "2027-04-01T00:00:00Z")), "why not"), "event_in_future");
    engine.retract_event("test", "a", "why not").expect("retracted");
    assert_eq!(refused(retract("a"), "why not"), "event_retracted");
    assert_eq!(engine.event_history("test", "a").expect("history").len(), 2);
    let done = engine.changesets(Which::All, &DocumentCursor::start(), 10).expect("changesets");
    assert_eq!(done.len(), 1, "what was refused left no changeset behind");
}

#[test]
fn an_event_that_was_retracted_can_be_brought_back() {
    let (engine, _) = business();
    send(&engine, [tokens("a", "2026-04-01T00:00:00Z", "7")]);
    engine.retract_event("test", "a", "by mistake").expect("retracted");
    engine.amend_event(tokens("a", "2026-04-01T00:00:00Z", "7"), "it was right").expect("back");
    assert_eq!(april(&engine, "tokens"), "7");
}

#[test]
fn a_changeset_is_checked_sealed_applied_at_once_and_taken_back() {
    let (engine, clock) = business();
    send(&engine, [tokens("a", "2026-04-01T00:00:00Z", "100"), tokens("b", "2026-04-01T00:00:00Z", "10")]);
    clock.set(at("2026-04-20T00:00:00Z"));
    let id = engine.open_changeset("the meter of 3 April was broken").expect("open").id;
    let added = engine
        .add_to_changeset(
            id,
            vec![
                Change::Add(tokens("c", "2026-04-03T00:00:00Z", "1000.25")),
                Change::Add(tokens("a", "2026-04-03T00:00:00Z", "1")),
                Change::Amend(tokens("a", "2026-04-01T00:00:00Z", "101")),
                retract("b"),
                retract("nothing"),
            ],
        )
        .expect("added");
    let refused: Vec<_> = added.refused.iter().map(|one| (one.change, one.problem.code.as_str())).collect();
    assert_eq!(added.added, 2, "an event stands once in a changeset, so the second mention of `a` is left out");
    assert_eq!(refused, [(1, "event_exists"), (2, "event_twice"), (4, "event_unknown")]);
    let more = engine.add_to_changeset(id, vec![Change::Amend(tokens("a", "2026-04-01T00:00:00Z", "101"))]);
    assert_eq!(more.expect("more").changeset.changes, 3);
    assert_eq!(code(&engine.apply_changeset(id).expect_err("not sealed")), "changeset_state");
    assert_eq!(april(&engine, "tokens"), "110", "nothing counts before it is applied");

    engine.seal_changeset(id).expect("sealed");
    assert_eq!(code(&engine.add_to_changeset(id, vec![]).expect_err("sealed")), "changeset_state");
    let applied = engine.apply_changeset(id).expect("applied");
    let positions = Positions { first: Seq(3), last: Seq(5) };
    assert_eq!(applied.state, ChangesetState::Applied { at: at("2026-04-20T00:00:00Z"), positions });
    assert_eq!(april(&engine, "tokens"), "1101.25");
    assert_eq!(code(&engine.apply_changeset(id).expect_err("applied")), "changeset_state");

    let reverted = engine.revert_changeset(id, "it was right after all").expect("reverted");
    assert_eq!(reverted.state.word(), "reverted");
    assert_eq!(april(&engine, "tokens"), "110");
    let history = engine.event_history("test", "c").expect("history");
    assert_eq!(history[1].cause.as_ref().expect("a cause").by, By::Reverting);
    assert_eq!(engine.changeset_changes(id, 1, 1).expect("changes"), [retract("b")]);
    assert_eq!(code(&engine.revert_changeset(id, "again").expect_err("reverted")), "changeset_state");
}

#[test]
fn a_changeset_whose_events_were_corrected_since_is_not_taken_back() {
    let (engine, _) = business();
    send(&engine, [tokens("a", "2026-04-01T00:00:00Z", "1")]);
    let id = engine.open_changeset("wrong unit").expect("open").id;
    engine.add_to_changeset(id, vec![Change::Amend(tokens("a", "2026-04-01T00:00:00Z", "2"))]).expect("added");
    engine.seal_changeset(id).expect("sealed");
    engine.apply_changeset(id).expect("applied");
    engine.amend_event(tokens("a", "2026-04-01T00:00:00Z", "3"), "still wrong").expect("amended");
    assert_eq!(code(&engine.revert_changeset(id, "no").expect_err("overtaken")), "changeset_overtaken");
    assert_eq!(april(&engine, "tokens"), "3");
}

#[test]
fn what_was_corrected_between_sealing_and_applying_refuses_all_of_the_changeset() {
    let (engine, _) = business();
    send(&engine, [call("a", "2026-04-01T00:00:00Z"), call("b", "2026-04-01T00:00:00Z")]);
    let id = engine.open_changeset("tests").expect("open").id;
    engine.add_to_changeset(id, vec![retract("a"), retract("b")]).expect("added");
    engine.seal_changeset(id).expect("sealed");
    engine.retract_event("test", "b", "somebody was faster").expect("retracted");
    let error = engine.apply_changeset(id).expect_err("refused");
    assert_eq!(code(&error), "event_retracted");
    assert_eq!(error.problems()[0].pointer.as_deref(), Some("/changes/1"));
    assert_eq!(april(&engine, "calls"), "1");
    assert_eq!(engine.changeset(id).expect("there").state.word(), "sealed");
    engine.discard_changeset(id).expect("discarded");
    assert_eq!(code(&engine.changeset(id).expect_err("gone")), "not_found");
}

#[test]
fn an_empty_changeset_is_not_sealed_and_a_large_one_is_kept_in_parts() {
    let (engine, _) = business();
    let id = engine.open_changeset("a lost file").expect("open").id;
    assert_eq!(code(&engine.seal_changeset(id).expect_err("empty")), "no_changes");
    let adds = (0..1_234).map(|n| Change::Add(call(&format!("n{n}"), "2026-04-01T00:00:00Z"))).collect();
    assert_eq!(engine.add_to_changeset(id, adds).expect("added").added, 1_234);
    engine.seal_changeset(id).expect("sealed");
    engine.apply_changeset(id).expect("applied");
    assert_eq!(april(&engine, "calls"), "1234");
    engine.revert_changeset(id, "the file was not lost").expect("reverted");
    assert_eq!(april(&engine, "calls"), "0");
}

#[test]
fn a_preview_says_what_changes_in_quantities_and_in_money_and_then_that_happens() {
    let (engine, clock) = business();
    customer(&engine, "bolt");
    assert_eq!(totals(&engine), ["30.00 EUR"]);
    clock.set(at("2026-04-12T00:00:00Z"));
    send(
        &engine,
        [
            tokens("a", "2026-04-10T00:00:00Z", "1000"),
            event("completion", "bolt", "b", "2026-04-10T00:00:00Z", &[("tokens", "5")]),
        ],
    );
    clock.set(at("2026-05-01T00:00:00Z"));
    assert_eq!(totals(&engine), ["31.00 EUR"]);
    clock.set(at("2026-05-03T00:00:00Z"));
    send(&engine, [tokens("c", "2026-05-02T00:00:00Z", "2000")]);

    let id = engine.open_changeset("the tokens of bolt were acme's").expect("open").id;
    let changes = vec![
        // from bolt, who has no subscription, to acme
        Change::Amend(tokens("b", "2026-04-10T00:00:00Z", "5000")),
        Change::Amend(tokens("c", "2026-05-02T00:00:00Z", "1500")),
        Change::Add(call("d", "2026-04-10T00:00:00Z")),
        Change::Add(event("call", "nobody", "e", "2026-04-10T00:00:00Z", &[])),
    ];
    assert_eq!(engine.add_to_changeset(id, changes).expect("added").refused, []);
    engine.seal_changeset(id).expect("sealed");
    let preview = engine.preview_changeset(id).expect("preview");
    let quantities: Vec<_> = preview
        .quantities
        .iter()
        .map(|row| (row.customer.as_str(), row.meter.as_str(), row.before.to_string(), row.after.to_string()))
        .collect();
    assert_eq!(
        quantities,
        [
            ("acme", "calls", "0".to_owned(), "1".to_owned()),
            ("acme", "tokens", "1000".to_owned(), "6000".to_owned()),
            ("acme", "tokens", "2000".to_owned(), "1500".to_owned()),
        ]
    );
    // 5,000 tokens more in April and 500 less in May; the call lies within what is included
    assert_eq!(preview.money.len(), 1);
    assert_eq!(preview.money[0].difference.totals[0].to_string(), "4.50 EUR");
    let lines: Vec<_> = preview.money[0].difference.lines.iter().map(|line| line.difference.to_string()).collect();
    assert_eq!(lines, ["5.00 EUR", "-0.50 EUR"]);
    let missed: Vec<_> = preview.not_billed.iter().map(|row| (row.subject.as_str(), row.events)).collect();
    assert_eq!(missed, [("bolt", 1), ("nobody", 1)]);
    assert_eq!(preview.failures, []);

    // the bill of 1 June without the changeset would be 30 for June and 2 for the tokens of May
    engine.apply_changeset(id).expect("applied");
    clock.set(at("2026-06-01T00:00:00Z"));
    assert_eq!(totals(&engine), ["36.50 EUR"]);
    assert_eq!(code(&engine.preview_changeset(id).expect_err("applied")), "changeset_state");
}

#[test]
fn what_was_applied_when_the_program_stopped_is_found_out_at_the_next_start() {
    let dir = tempfile::tempdir().expect("a directory");
    let clock = Arc::new(SetClock::at(at("2026-04-01T00:00:00Z")));
    let open = || Engine::open_with_clock(dir.path(), clock.clone(), Settings::default()).expect("opens");
    let (id, facts) = {
        let engine = open();
        send(&engine, [call("a", "2026-04-01T00:00:00Z")]);
        let id = engine.open_changeset("tests").expect("open").id;
        engine.add_to_changeset(id, vec![retract("a")]).expect("added");
        engine.seal_changeset(id).expect("sealed");
        engine.apply_changeset(id).expect("applied");
        (id, engine.changeset(id).expect("applied"))
    };
    // the two stores are two files: set the one back to where it was when the other had written already
    {
        let store = store::Store::open(dir.path().join("facts.db")).expect("opens");
        let tenant = key("default");
        store
            .write(|tx| {
                let mut found: store::documents::Document<serde_json::Value> =
                    store::documents::get(tx, &tenant, "changeset", &id.to_string())?;
                let at = "2026-04-01T00:00:00Z";
                found.body["state"] = serde_json::json!({"state": "applying", "at": at, "after": 1, "sealed_at": at});
                found.status = "applying".into();
                store::documents::update(tx, &tenant, "changeset", &found)
            })
            .expect("set back");
    }
    let engine = open();
    assert_eq!(engine.changeset(id).expect("there"), facts);
}

#[test]
fn changes_are_read_from_json_with_every_digit() {
    let text = r#"{"amend": {"source": "s", "id": "1", "type": "t", "subject": "c", "time": "2026-04-01T00:00:00Z",
                   "data": {"n": 0.1000000000000000055511151231257827}}}"#;
    let Change::Amend(event) = change_from_json(text).expect("a change") else { panic!("an amendment") };
    assert_eq!(event.properties["n"].to_text(), "0.1000000000000000055511151231257827");
    let read = |text: &str| change_from_json(text).expect_err("refused").code;
    assert_eq!(read(r#"{"remove": {}}"#), "change_unreadable");
    assert_eq!(read("[1, 2"), "change_unreadable");
    assert_eq!(
        change_from_json(r#"{"add": {"id": "1"}}"#).expect_err("refused").pointer.as_deref(),
        Some("/add/source")
    );
    assert_eq!(change_from_json(r#"{"retract": {"source": "test", "id": "a"}}"#), Ok(retract("a")));
}

#[test]
fn a_correction_that_is_sent_again_is_made_once_and_one_that_was_not_made_can_be_sent_again() {
    let (engine, _) = business();
    send(&engine, [call("1", "2026-04-02T00:00:00Z"), call("2", "2026-04-02T00:00:00Z")]);
    let once = || engine.once(Once::new("k".into(), vec![1]));
    // the last step is refused: the event was taken back already. Nothing of the request counts as done
    engine.retract_event("test", "1", "wrong").expect("retracted");
    assert!(once().retract_event("test", "1", "again").is_err());
    assert_eq!(once().known_request(), Ok(Known::New));
    let request = once();
    request.retract_event("test", "2", "wrong too").expect("retracted");
    // the key was noted with the change; its answer is not there yet
    let known = once().known_request().expect_err("it was done");
    assert_eq!(known.problems()[0].code, "answer_lost");
    request.remember_answer(&"done".into()).expect("kept");
    assert_eq!(once().known_request(), Ok(Known::Answered("done".into())));
}
