//! What needs a second person: kept as it was asked, decided by somebody else, done once.

mod common;

use common::{Answer, PASSWORD, World, each};
use engine::{Platform, Role};
use serde_json::{Value, json};
use std::sync::Barrier;
use std::thread;

const PRICING: &str = "plans: { basic: { currency: EUR, every: month, prices: { fee: { flat: \"30.00\" } } } }";

fn require(world: &World, token: &str, operations: &[&str]) {
    world.post(token, "/v1/approval-policy/require", &json!({ "operations": operations })).with(200);
}

/// A customer whose addition waits.
fn customer(world: &World, token: &str, name: &str) -> Answer {
    world.post(token, "/v1/customers", &json!({ "key": name, "name": name }))
}

fn id(waits: Answer) -> String {
    let place = waits.headers["location"].to_str().expect("text").to_owned();
    let body = waits.with(202);
    let id = body["id"].as_str().expect("an id").to_owned();
    assert_eq!((place, &body["state"]["state"]), (format!("/v1/approvals/{id}"), &json!("waiting")));
    id
}

fn decide(world: &World, token: &str, id: &str, verb: &str) -> Answer {
    world.post(token, &format!("/v1/approvals/{id}/{verb}"), &json!({ "reason": "looked at it" }))
}

fn customers(world: &World, token: &str) -> usize {
    world.get(token, "/v1/customers").with(200)["items"].as_array().expect("items").len()
}

fn state(world: &World, token: &str, id: &str) -> String {
    let found = world.get(token, &format!("/v1/approvals/{id}")).with(200);
    found["approval"]["state"]["state"].as_str().expect("a state").to_owned()
}

#[test]
fn what_needs_two_waits_for_the_second_and_is_then_done_as_the_first() {
    each(|world| {
        let (ann, bob) = (world.person("ann@example.com", Role::Owner), world.person("bob@example.com", Role::Owner));
        require(world, &ann, &["apply_pricing", "add_customer"]);
        let waits = world.ask(&ann, "POST", "/v1/pricing", &[("x-reason", "the new list")], &PRICING.into());
        let id = id(waits);
        assert!(world.get(&ann, "/v1/pricing").body["plans"]["basic"].is_null(), "nothing is in force yet");
        let kept = world.get(&bob, &format!("/v1/approvals/{id}")).with(200);
        assert_eq!(
            (&kept["command"]["body"], &kept["approval"]["operation"]),
            (&json!(PRICING), &json!("apply_pricing"))
        );
        assert_eq!(kept["approval"]["requester"]["reason"], "the new list");
        let done = decide(world, &bob, &id, "approve").with(200);
        assert_eq!(done["state"]["state"], "done");
        assert_eq!(done["state"]["by"]["id"], "bob@example.com");
        let kept = world.get(&ann, &format!("/v1/approvals/{id}")).with(200);
        assert_eq!((&kept["status"], &kept["answer"]["version"]), (&json!(200), &json!(1)), "{kept}");
        let log = world.get(&ann, "/v1/audit?limit=100").with(200);
        let entries = log["items"].as_array().expect("items").clone();
        let of = |action: &str| entries.iter().find(|entry| entry["action"] == action).expect(action)["actor"].clone();
        let applied = of("pricing.apply");
        assert_eq!(
            (&applied["id"], &applied["approved"]["id"]),
            (&json!("ann@example.com"), &json!("bob@example.com"))
        );
        assert_eq!(applied["approved"]["reason"], "looked at it");
        assert_eq!(of("approval.approve")["id"], "bob@example.com");
        // what needs nobody else is done at once, and what cannot be read does not wait
        assert_eq!(world.post(&ann, "/v1/bill", &Value::Null).status, 200);
        assert_eq!(world.post(&ann, "/v1/customers", &json!({ "nmae": "x" })).status, 422);
    });
}

#[test]
fn nobody_is_their_own_second_person() {
    each(|world| {
        let (ann, bob) = (world.person("ann@example.com", Role::Owner), world.person("bob@example.com", Role::Owner));
        let key = |token: &str, name: &str| {
            let made = world.post(token, "/v1/keys", &json!({ "name": name, "roles": ["owner"] })).with(201);
            (
                made["secret"].as_str().expect("a secret").to_owned(),
                made["token"]["id"].as_str().expect("an id").to_owned(),
            )
        };
        let (annes, _) = key(&ann, "of ann");
        let (of_hers, _) = key(&annes, "of a key of ann");
        let (bobs, bobs_id) = key(&bob, "of bob");
        let again = world
            .platform
            .sign_in(&Platform::default_tenant(), "ann@example.com", PASSWORD, None)
            .expect("again")
            .secret;
        let rotated = key(&bob, "taken over");
        require(world, &ann, &["add_customer"]);
        let first = id(customer(world, &ann, "a"));
        for same in [&ann, &again, &annes, &of_hers] {
            for verb in ["approve", "reject"] {
                assert_eq!(decide(world, same, &first, verb).code(403), "same_person");
            }
        }
        // who gives somebody's key another secret is behind it from then on
        let taken = world.post(&ann, &format!("/v1/keys/{}/rotate", rotated.1), &json!({})).with(200);
        let taken = taken["secret"].as_str().expect("a secret");
        assert_eq!(decide(world, taken, &first, "approve").code(403), "same_person");
        // and a request by a key is one of the person behind it
        let second = id(customer(world, &of_hers, "b"));
        assert_eq!(decide(world, &ann, &second, "approve").code(403), "same_person");
        decide(world, &bobs, &second, "approve").with(200);
        let third = id(customer(world, &bobs, "c"));
        assert_eq!(decide(world, &bob, &third, "approve").code(403), "same_person");
        assert_eq!(customers(world, &ann), 1);
        let log = world.get(&ann, "/v1/audit?limit=500").with(200);
        assert!(log.to_string().contains(&bobs_id));
    });
}

#[test]
fn two_who_approve_at_once_do_it_once() {
    each(|world| {
        let ann = world.person("ann@example.com", Role::Owner);
        let others: Vec<String> = ["bob", "eve", "joe"]
            .iter()
            .map(|name| world.person(&format!("{name}@example.com"), Role::Owner))
            .collect();
        require(world, &ann, &["add_customer"]);
        let first = id(customer(world, &ann, "a"));
        let barrier = Barrier::new(others.len());
        let answers: Vec<u16> = thread::scope(|scope| {
            let all: Vec<_> = others
                .iter()
                .map(|other| {
                    let (first, barrier) = (&first, &barrier);
                    scope.spawn(move || {
                        barrier.wait();
                        decide(world, other, first, "approve").status
                    })
                })
                .collect();
            all.into_iter().map(|one| one.join().expect("no panic")).collect()
        });
        assert_eq!(answers.iter().filter(|status| **status == 200).count(), 1, "{answers:?}");
        assert_eq!(answers.iter().filter(|status| **status == 409).count(), 2, "{answers:?}");
        assert_eq!((customers(world, &ann), state(world, &ann, &first)), (1, "done".into()));
        assert_eq!(decide(world, &others[0], &first, "reject").code(409), "approval_decided");
        let log = world.get(&ann, "/v1/audit?limit=500").with(200);
        let added = log["items"].as_array().expect("items").iter().filter(|entry| entry["action"] == "customer.add");
        assert_eq!(added.count(), 1);
    });
}

#[test]
fn what_was_begun_when_the_program_stopped_is_done_once() {
    each(|world| {
        let (ann, bob) = (world.person("ann@example.com", Role::Owner), world.person("bob@example.com", Role::Owner));
        require(world, &ann, &["add_customer"]);
        let first = id(customer(world, &ann, "a"));
        // as if the program had stopped right after it was approved
        let who = world.platform.authenticate(&bob).expect("good");
        let engine = world.engine().acting_for(who.actor.clone());
        let approved = engine.approve(first.parse().expect("an id"), &who, "begun").expect("approved");
        assert_eq!(decide(world, &bob, &first, "approve").code(409), "approval_decided");
        world.set("2026-04-01T00:06:00Z");
        assert_eq!(decide(world, &bob, &first, "approve").with(200)["state"]["state"], "done");
        assert_eq!(customers(world, &ann), 1);
        // the one who comes late with an outcome changes nothing
        let late = engine.finish_approval(approved, engine::ApprovalOutcome::Failed(Vec::new()));
        assert!(late.is_err());
        // as if it had stopped after it was done and before that was noted
        let second = id(customer(world, &ann, "b"));
        let approved = engine.approve(second.parse().expect("an id"), &who, "begun").expect("approved");
        let acting = world.engine().acting_for(approved.actor()).once(approved.once());
        let customer = serde_json::from_value(json!({ "key": "b", "name": "b" })).expect("a customer");
        acting.add_customer(customer).expect("added");
        world.set("2026-04-01T00:12:00Z");
        let found = decide(world, &bob, &second, "approve").with(200);
        assert_eq!(
            (&found["state"]["state"], &found["state"]["problems"][0]["code"]),
            (&json!("failed"), &json!("answer_lost"))
        );
        assert_eq!(customers(world, &ann), 2);
    });
}

#[test]
fn it_can_be_rejected_and_taken_back_and_ends_by_itself() {
    each(|world| {
        let (ann, bob) = (world.person("ann@example.com", Role::Owner), world.person("bob@example.com", Role::Owner));
        let policy = json!({ "operations": ["add_customer"], "expires_after_hours": 2 });
        world.post(&ann, "/v1/approval-policy/require", &policy).with(200);
        let [rejected, withdrawn, expired] = ["a", "b", "c"].map(|name| id(customer(world, &ann, name)));
        assert_eq!(
            world.post(&bob, &format!("/v1/approvals/{rejected}/reject"), &json!({ "reason": " " })).code(422),
            "reason_needed"
        );
        decide(world, &bob, &rejected, "reject").with(200);
        assert_eq!(decide(world, &bob, &withdrawn, "withdraw").code(403), "not_theirs");
        decide(world, &ann, &withdrawn, "withdraw").with(200);
        for over in [&rejected, &withdrawn] {
            assert_eq!(decide(world, &bob, over, "approve").code(409), "approval_decided");
            assert_eq!(decide(world, &ann, over, "withdraw").code(409), "approval_decided");
        }
        world.set("2026-04-01T02:00:00Z");
        assert_eq!(decide(world, &bob, &expired, "approve").code(409), "approval_expired");
        assert_eq!(state(world, &ann, &expired), "expired");
        assert_eq!(world.engine().expire_approvals(), Ok(1));
        assert_eq!(world.engine().expire_approvals(), Ok(0));
        let listed = |state: &str| {
            let found = world.get(&bob, &format!("/v1/approvals?state={state}")).with(200);
            found["items"]
                .as_array()
                .expect("items")
                .iter()
                .map(|one| one["id"].as_str().expect("an id").to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            (listed("expired"), listed("waiting").len(), listed("rejected")),
            (vec![expired], 0, vec![rejected])
        );
        assert_eq!(customers(world, &ann), 0);
    });
}

#[test]
fn who_asked_must_still_be_permitted_when_it_is_done() {
    each(|world| {
        let bob = world.person("bob@example.com", Role::Owner);
        let narrow = world.narrow(&["customers:write"]);
        let eve = world.person("eve@example.com", Role::Finance);
        let ann = world.person("ann@example.com", Role::Owner);
        let joe = world.person("joe@example.com", Role::Owner);
        require(world, &ann, &["add_customer"]);
        let by_key = id(customer(world, &narrow.secret, "a"));
        let by_eve = id(customer(world, &eve, "b"));
        let by_ann = id(customer(world, &ann, "c"));
        world.post(&ann, &format!("/v1/tokens/{}/revoke", narrow.token.id), &Value::Null).with(200);
        // that a user changes needs two as well, wherever anything does
        for (email, change) in
            [("eve@example.com", json!({ "roles": ["auditor"] })), ("ann@example.com", json!({ "disabled": true }))]
        {
            let waits = id(world.post(&bob, &format!("/v1/users/{email}"), &change));
            decide(world, &joe, &waits, "approve").with(200);
        }
        for lost in [by_key, by_eve, by_ann] {
            let failed = decide(world, &bob, &lost, "approve").with(200);
            assert_eq!(
                (&failed["state"]["state"], &failed["state"]["problems"][0]["code"]),
                (&json!("failed"), &json!("requester_not_permitted"))
            );
        }
        assert_eq!(customers(world, &bob), 0);
    });
}

#[test]
fn the_second_person_must_be_permitted_what_is_asked() {
    each(|world| {
        let ann = world.person("ann@example.com", Role::Owner);
        let owner = world.root(Role::Owner);
        require(world, &ann, &["add_customer", "create_key"]);
        let first = id(customer(world, &ann, "a"));
        let key = id(world.post(&ann, "/v1/keys", &json!({ "name": "x", "roles": ["owner"] })));
        for role in [Role::Engineering, Role::Auditor, Role::Support] {
            assert_eq!(decide(world, &world.root(role), &first, "approve").code(403), "not_permitted", "{role:?}");
        }
        let finance = world.root(Role::Finance);
        assert_eq!(decide(world, &finance, &key, "approve").code(403), "not_permitted");
        decide(world, &finance, &first, "approve").with(200);
        decide(world, &owner, &key, "approve").with(200);
    });
}

#[test]
fn a_secret_is_for_who_asked_alone_and_is_told_once() {
    each(|world| {
        let (ann, bob) = (world.person("ann@example.com", Role::Owner), world.person("bob@example.com", Role::Owner));
        require(world, &ann, &["create_key"]);
        let made = id(world.post(&ann, "/v1/keys", &json!({ "name": "x", "roles": ["owner"] })));
        let done = decide(world, &bob, &made, "approve").with(200);
        let seen = world.get(&bob, &format!("/v1/approvals/{made}")).with(200);
        assert!(!done.to_string().contains("cf_default_") && !seen.to_string().contains("cf_default_"));
        let collect = |token: &str| world.post(token, &format!("/v1/approvals/{made}/collect"), &Value::Null);
        assert_eq!(collect(&bob).code(403), "not_theirs");
        let secret = collect(&ann).with(200)["answer"]["secret"].as_str().expect("a secret").to_owned();
        assert_eq!(collect(&ann).code(409), "nothing_to_collect");
        assert_eq!(world.get(&secret, "/v1/whoami").status, 200);
        assert_eq!(
            decide(
                world,
                &secret,
                &id(world.post(&ann, "/v1/keys", &json!({ "name": "y", "roles": ["owner"] }))),
                "approve"
            )
            .code(403),
            "same_person"
        );
        // a password is neither shown nor kept
        let user = json!({ "email": "joe@example.com", "roles": ["owner"], "password": "another long password" });
        let added = id(world.post(&ann, "/v1/users", &user));
        let told = world.get(&bob, &format!("/v1/approvals/{added}")).with(200);
        assert!(told.to_string().contains("joe@example.com") && !told.to_string().contains("another long"), "{told}");
        let log = world.get(&ann, "/v1/audit?limit=500").body.to_string();
        assert!(!log.contains("another long") && !log.contains(&secret));
        decide(world, &bob, &added, "approve").with(200);
        let sign_in = json!({ "email": "joe@example.com", "password": "another long password" });
        world.post("", "/v1/sessions", &sign_in).with(201);
    });
}

#[test]
fn one_person_cannot_ask_for_less_of_it() {
    each(|world| {
        let (ann, bob) = (world.person("ann@example.com", Role::Owner), world.person("bob@example.com", Role::Owner));
        let wrong = world.post(&ann, "/v1/approval-policy/require", &json!({ "operations": ["isue_invoice"] }));
        assert!(wrong.body["mend"].as_str().is_some_and(|mend| mend.contains("issue_invoice")));
        assert_eq!(wrong.code(422), "unknown_operation");
        for reading in ["list_customers", "ingest_events", "approve", "require_approval"] {
            let refused = world.post(&ann, "/v1/approval-policy/require", &json!({ "operations": [reading] }));
            assert_eq!(refused.code(422), "unknown_operation", "{reading}");
        }
        require(world, &ann, &["add_customer"]);
        let release = json!({ "operations": ["add_customer"] });
        let waits = id(world.post(&ann, "/v1/approval-policy/release", &release));
        assert_eq!(decide(world, &ann, &waits, "approve").code(403), "same_person");
        // a person whom she would make for it needs two as well
        let puppet = json!({ "email": "puppet@example.com", "roles": ["owner"], "password": PASSWORD });
        id(world.post(&ann, "/v1/users", &puppet));
        id(customer(world, &ann, "a"));
        decide(world, &bob, &waits, "approve").with(200);
        customer(world, &ann, "b").with(201);
        assert_eq!(world.get(&ann, "/v1/approval-policy").with(200)["operations"], json!([]));
    });
}

#[test]
fn a_repetition_asks_for_one_approval() {
    each(|world| {
        let (ann, bob) = (world.person("ann@example.com", Role::Owner), world.person("bob@example.com", Role::Owner));
        require(world, &ann, &["add_customer", "create_key"]);
        let repeated = |path: &str, body: &Value| {
            let send = || world.ask(&ann, "POST", path, &[("idempotency-key", &format!("k of {path}"))], body);
            let (one, two) = (send(), send());
            assert!(two.headers.contains_key("idempotency-replayed"));
            let one = one.with(202);
            assert_eq!(one, two.with(202));
            one["id"].as_str().expect("an id").to_owned()
        };
        let first = repeated("/v1/customers", &json!({ "key": "a", "name": "a" }));
        repeated("/v1/keys", &json!({ "name": "x", "roles": ["auditor"] }));
        assert_eq!(world.get(&ann, "/v1/approvals").with(200)["items"].as_array().map(Vec::len), Some(2));
        let approve = || {
            let path = format!("/v1/approvals/{first}/approve");
            world.ask(&bob, "POST", &path, &[("idempotency-key", "yes")], &json!({ "reason": "fine" }))
        };
        let (one, two) = (approve().with(200), approve().with(200));
        assert_eq!((one, customers(world, &ann)), (two, 1));
        // and the request itself, sent once more with its key, is answered as before
        let again = world.ask(
            &ann,
            "POST",
            "/v1/customers",
            &[("idempotency-key", "k of /v1/customers")],
            &json!({ "key": "a", "name": "a" }),
        );
        assert_eq!(again.with(202)["id"], json!(first));
    });
}

#[test]
fn what_cannot_be_done_any_more_is_told_to_both() {
    each(|world| {
        let (ann, bob) = (world.person("ann@example.com", Role::Owner), world.person("bob@example.com", Role::Owner));
        customer(world, &ann, "taken").with(201);
        require(world, &ann, &["add_customer"]);
        let first = id(customer(world, &ann, "taken"));
        let failed = decide(world, &bob, &first, "approve").with(200);
        assert_eq!(
            (&failed["state"]["state"], &failed["state"]["problems"][0]["code"]),
            (&json!("failed"), &json!("already_exists"))
        );
        let theirs = world.tenant("theirs");
        assert_eq!(world.get(&theirs, &format!("/v1/approvals/{first}")).code(404), "not_found");
        assert_eq!(decide(world, &theirs, &first, "reject").code(404), "not_found");
    });
}
