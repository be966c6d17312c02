//! What holds for every route: versions and their tags, writes that are tried and not done.

use axum::body::Body;
use axum::http::{HeaderMap, Request};
use engine::{Issuing, Platform, SecretKey, SetClock, Settings};
use serde_json::{Value, json};
use server::Access;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use tower::ServiceExt;

#[path = "conventions/hostile.rs"]
mod hostile;
#[path = "conventions/lists.rs"]
mod lists;

const PRICING: &str = r#"
meters:
  calls: { event: call, aggregate: count }
plans:
  basic:
    currency: EUR
    every: month
    prices:
      fee: { flat: "30.00", in: advance }
      calls: { meter: calls, per_unit: "0.10" }
  large:
    currency: EUR
    every: month
    prices:
      fee: { flat: "90.00", in: advance }
      calls: { meter: calls, per_unit: "0.05" }
"#;

/// The API over a data directory, so that what is stored can be looked at.
struct Api {
    dir: tempfile::TempDir,
    platform: Arc<Platform>,
    router: axum::Router,
    runtime: tokio::runtime::Runtime,
}

#[derive(Debug)]
struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Value,
    text: String,
}

impl Answer {
    fn ok(self) -> Self {
        assert!((200..300).contains(&self.status), "{self:?}");
        self
    }
    fn tag(&self) -> &str {
        self.headers.get("etag").unwrap_or_else(|| panic!("no tag: {self:?}")).to_str().expect("ascii")
    }
    fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }
}

impl Api {
    fn new() -> Self {
        Self::with(Settings { issuing: Issuing::ByHand, ..Settings::default() })
    }

    fn with(settings: Settings) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let clock = Arc::new(SetClock::at("2026-04-16T00:00:00Z".parse().expect("an instant")));
        let key = SecretKey::parse("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=").expect("a key");
        let platform = Platform::open_with_clock(dir.path(), clock, settings).expect("a platform").with_secret_key(key);
        let platform = Arc::new(platform);
        let router = server::router(&platform, Access::Open);
        let api = Self { dir, platform, router, runtime: tokio::runtime::Runtime::new().expect("a runtime") };
        api.post_as("/v1/pricing", "application/yaml", PRICING.to_owned()).ok();
        api.post("/v1/customers", &json!({ "key": "acme", "name": "Acme" })).ok();
        api.post("/v1/subscriptions", &json!({ "customer": "acme", "plan": "basic", "start": "2026-04-01" })).ok();
        api
    }

    fn send(&self, request: Request<Body>) -> Answer {
        self.runtime.block_on(async {
            let response = self.router.clone().oneshot(request).await.expect("a router never fails");
            let (parts, body) = response.into_parts();
            let bytes = axum::body::to_bytes(body, usize::MAX).await.expect("a body");
            let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
            let text = String::from_utf8_lossy(&bytes).into_owned();
            Answer { status: parts.status.as_u16(), headers: parts.headers, body, text }
        })
    }

    fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let request = headers.iter().fold(Request::get(path), |request, (name, value)| request.header(*name, *value));
        self.send(request.body(Body::empty()).expect("a request"))
    }

    fn post(&self, path: &str, body: &Value) -> Answer {
        self.post_if(path, body, &[])
    }

    fn post_if(&self, path: &str, body: &Value, headers: &[(&str, &str)]) -> Answer {
        let request = headers.iter().fold(Request::post(path), |request, (name, value)| request.header(*name, *value));
        let (request, body) = match body {
            Value::Null => (request, Body::empty()),
            Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {
                (request.header("content-type", "application/json"), Body::from(body.to_string()))
            }
        };
        self.send(request.body(body).expect("a request"))
    }

    fn post_as(&self, path: &str, media: &str, body: String) -> Answer {
        self.send(Request::post(path).header("content-type", media).body(Body::from(body)).expect("a request"))
    }

    /// Everything that is stored: each row of each table, and each byte of the usage store.
    fn digest(&self) -> BTreeMap<String, String> {
        let mut found = BTreeMap::new();
        let facts = rusqlite::Connection::open(self.dir.path().join("facts.db")).expect("the facts");
        let mut tables = facts.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").expect("a query");
        let names: Vec<String> =
            tables.query_map([], |row| row.get(0)).expect("tables").map(|name| name.expect("a name")).collect();
        for name in names {
            let mut rows = facts.prepare(&format!("SELECT * FROM {name}")).expect("a query");
            let columns = rows.column_count();
            let mut hash = Sha256::new();
            let mut rows = rows.query([]).expect("rows");
            while let Some(row) = rows.next().expect("a row") {
                for column in 0..columns {
                    hash.update(format!("{:?}|", row.get_ref(column).expect("a value")));
                }
            }
            found.insert(name, hexadecimal(&hash.finalize()));
        }
        files(&self.dir.path().join("usage"), &mut found);
        found
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("written");
        text
    })
}

fn files(dir: &Path, found: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(dir).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, found);
        } else {
            let hash = Sha256::digest(std::fs::read(&path).expect("a file"));
            found.insert(path.display().to_string(), hexadecimal(&hash));
        }
    }
}

#[test]
fn a_reader_gets_nothing_that_they_have_and_a_writer_changes_only_what_they_saw() {
    let api = Api::new();
    let made = api.post("/v1/webhooks", &json!({ "url": "https://example.com/a" })).ok();
    let path = format!("/v1/webhooks/{}", made.body["endpoint"]["id"].as_str().expect("an id"));
    let first = made.tag().to_owned();
    let read = api.get(&path, &[]).ok();
    assert_eq!(read.tag(), first);
    let known = api.get(&path, &[("if-none-match", &first)]);
    assert_eq!((known.status, &known.body), (304, &Value::Null));

    let changed = api.post_if(&path, &json!({ "url": "https://example.com/b" }), &[("if-match", &first)]).ok();
    assert_ne!(changed.tag(), first);
    assert_eq!(api.get(&path, &[("if-none-match", &first)]).status, 200);
    let stale = api.post_if(&path, &json!({ "url": "https://example.com/c" }), &[("if-match", &first)]);
    assert_eq!((stale.status, stale.code()), (412, "changed_meanwhile"));
    let detail = stale.body["detail"].as_str().expect("a detail");
    assert!(detail.contains("`url`") && detail.contains("webhook.change"), "it says what changed: {detail}");
    assert_eq!(api.get(&path, &[]).body["url"], "https://example.com/b");
    // a request that knows nothing is done as ever, and one that knows that there is one
    api.post_if(&path, &json!({ "pause": "away" }), &[("if-match", "*")]).ok();
    api.post(&path, &json!({ "pause": "" })).ok();
    let wrong = api.post_if(&path, &json!({}), &[("if-match", "3")]);
    assert_eq!((wrong.status, wrong.code()), (400, "invalid_etag"));
}

#[test]
fn facts_and_things_with_their_own_names_have_versions_too() {
    let api = Api::new();
    let pricing = api.get("/v1/pricing", &[]).ok();
    let other = PRICING.replace("30.00", "31.00");
    api.post_as("/v1/pricing", "application/yaml", other).ok();
    assert_eq!(api.get("/v1/pricing", &[("if-none-match", pricing.tag())]).status, 200);
    let apply = |tag: &str| {
        let request = Request::post("/v1/pricing").header("content-type", "application/yaml").header("if-match", tag);
        api.send(request.body(Body::from(PRICING)).expect("a request"))
    };
    let stale = apply(pricing.tag());
    assert_eq!((stale.status, stale.code()), (412, "changed_meanwhile"));
    assert!(stale.body["detail"].as_str().is_some_and(|detail| detail.contains("`plans`")), "{stale:?}");
    apply(api.get("/v1/pricing", &[]).tag()).ok();

    let user = json!({ "email": "Ann@example.com", "name": "Ann", "password": "a long enough password", "roles": ["finance"] });
    let user = api.post("/v1/users", &user).ok();
    let change = json!({ "name": "Anna" });
    api.post_if("/v1/users/ANN@example.com", &change, &[("if-match", user.tag())]).ok();
    assert_eq!(api.post_if("/v1/users/ann@EXAMPLE.com", &change, &[("if-match", user.tag())]).status, 412);
}

#[test]
fn of_many_who_saw_the_same_one_is_served() {
    let api = Api::new();
    let tag = api.get("/v1/subscriptions/acme", &[]).tag().to_owned();
    let router = &api.router;
    let served = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|day| {
                let (tag, router) = (tag.clone(), router.clone());
                scope.spawn(move || {
                    let body = json!({ "plan": "large", "effective": format!("2026-05-{:02}", day + 2) }).to_string();
                    let request = Request::post("/v1/subscriptions/acme/changes")
                        .header("content-type", "application/json")
                        .header("if-match", tag)
                        .body(Body::from(body))
                        .expect("a request");
                    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
                    runtime.block_on(router.oneshot(request)).expect("a router never fails").status().as_u16()
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).collect::<Vec<_>>()
    });
    let count = |wanted: u16| served.iter().filter(|status| **status == wanted).count();
    assert_eq!((count(200), count(412)), (1, 7), "{served:?}");
}

/// One write of each route, in an order in which each can be done.
#[expect(clippy::too_many_lines, reason = "a table: one line for each route")]
fn writes(api: &Api) -> Vec<(&'static str, String, &'static str, String)> {
    let json_of = "application/json";
    let id = |answer: &Answer, pointer: &str| {
        answer.body.pointer(pointer).and_then(Value::as_str).expect("an id").to_owned()
    };
    let because = json!({ "reason": "a test" });
    let call = |id: &str, subject: &str| json!({ "source": "s", "id": id, "type": "call", "subject": subject, "time": "2026-04-10T00:00:00Z" });
    api.post("/v1/events", &json!([call("1", "acme"), call("2", "acme"), { "source": "s", "id": "bad" }])).ok();
    let changeset = |seal: bool, apply: bool, event: &str| {
        let set = id(&api.post("/v1/changesets", &because).ok(), "/id");
        if !event.is_empty() {
            api.post(&format!("/v1/changesets/{set}/changes"), &json!([{ "add": call(event, "acme") }])).ok();
        }
        for step in [("seal", seal), ("apply", apply)].into_iter().filter(|(_, wanted)| *wanted).map(|(step, _)| step) {
            api.post(&format!("/v1/changesets/{set}/{step}"), &Value::Null).ok();
        }
        set
    };
    let (empty, filled, sealed, applied) = (
        changeset(false, false, ""),
        changeset(false, false, "c1"),
        changeset(true, false, "c2"),
        changeset(true, true, "c3"),
    );
    let webhook = id(&api.post("/v1/webhooks", &json!({ "url": "https://example.com/a" })).ok(), "/endpoint/id");
    // who takes a subscription over has no other one on the same meter
    api.post("/v1/customers", &json!({ "key": "nut", "name": "Nut" })).ok();
    let alert = json!({ "name": "calls", "on": { "usage": { "meter": "calls" } }, "limit": { "absolute": { "at": ["1000"] } } });
    let known = id(&api.post("/v1/alerts", &alert).ok(), "/id");
    let policy = json!({ "operations": ["remove_alert"] });
    api.post("/v1/approval-policy/require", &policy).ok();
    let [taken_back, rejected] =
        [(); 2].map(|()| id(&api.post(&format!("/v1/alerts/{known}/remove"), &Value::Null).ok(), "/id"));
    let engine = api.platform.engine(&Platform::default_tenant()).expect("an engine");
    engine.release_approval(&serde_json::from_value(policy.clone()).expect("a change")).expect("released");
    let provider = json!({
        "key": "idp", "issuer": "https://accounts.example.com", "client_id": "c", "client_secret": "s",
        "redirects": ["https://billing.example.com/back"]
    });
    let key = id(&api.post("/v1/keys", &json!({ "name": "k", "roles": ["finance"] })).ok(), "/token/id");
    let user = json!({ "email": "ann@example.com", "name": "Ann", "password": "a long enough password", "roles": ["finance"] });
    api.post("/v1/users", &user).ok();
    let later = json!({ "kind": "billing_run", "run_at": "2026-05-01T00:00:00Z" });
    let job = id(&api.post("/v1/jobs", &later).ok(), "/id");
    let daily = json!({ "work": "billing_run", "every": { "day": { "at": "03:00", "zone": "UTC" } } });
    let schedule = id(&api.post("/v1/schedules", &daily).ok(), "/id");
    // one customer after the other is charged and billed at once, and what they were charged at last is taken back and held
    for customer in ["held", "kept"] {
        let billing = json!({ "corrections": "hold", "issuing": "automatic" });
        api.post("/v1/customers", &json!({ "key": customer, "name": customer, "billing": billing })).ok();
    }
    let billed = |customer: &str, key: &str| {
        let charge = json!({ "key": key, "each": "50.00", "currency": "EUR" });
        api.post(&format!("/v1/customers/{customer}/charges"), &charge).ok();
        id(&api.post("/v1/bill", &Value::Null).ok(), "/issued/0/id")
    };
    let (claimed, wrong) = (billed("held", "h1"), billed("held", "h2"));
    for (customer, charge) in [("held", "h3"), ("kept", "k1")] {
        billed(customer, charge);
        api.post(&format!("/v1/charges/{charge}/withdraw"), &Value::Null).ok();
    }
    let draft = id(&api.post("/v1/bill", &Value::Null).ok(), "/drafts/0/id");
    let text = |text: &str| json!({ "change": { "text": { "line": 1, "text": text } }, "reason": "a test" });
    api.post(&format!("/v1/invoices/{draft}/edit"), &text("Once")).ok();
    let edit = id(&api.get("/v1/customers/acme/adjustments", &[]).ok(), "/adjustments/0/key");
    let draft = id(&api.post("/v1/bill", &Value::Null).ok(), "/drafts/0/id");
    let amended = json!({ "event": { "source": "s", "id": "1", "type": "call", "subject": "acme", "time": "2026-04-11T00:00:00Z" }, "reason": "a test" });
    let at = |path: &str, name: &str, rest: &str| format!("{path}/{name}{rest}");
    let euros = |amount: &str| json!({ "amount": amount, "currency": "EUR" });
    let mut all = vec![("apply_pricing", "/v1/pricing".into(), "application/yaml", PRICING.replace("30.00", "33.00"))];
    let jsons: Vec<(&'static str, String, Value)> = vec![
        ("add_customer", "/v1/customers".into(), json!({ "key": "bolt", "name": "Bolt" })),
        (
            "subscribe",
            "/v1/subscriptions".into(),
            json!({ "customer": "bolt", "plan": "large", "term": { "lasts": "year" } }),
        ),
        ("change_subscription", "/v1/subscriptions/acme/changes".into(), json!({ "plan": "large" })),
        ("end_subscription", "/v1/subscriptions/acme/end".into(), json!({ "effective": "2026-07-01" })),
        (
            "send_events",
            "/v1/events".into(),
            json!([call("1", "acme"), call("3", "acme"), call("3", "acme"), call("2", "bolt"), { "id": "?" }]),
        ),
        ("replay_quarantine", "/v1/events/quarantine/replay".into(), json!({})),
        ("amend_event", "/v1/events/s/1/amend".into(), amended),
        ("retract_event", "/v1/events/s/2/retract".into(), because.clone()),
        ("open_changeset", "/v1/changesets".into(), because.clone()),
        ("add_changes", at("/v1/changesets", &empty, "/changes"), json!([{ "add": call("9", "acme") }])),
        ("seal_changeset", at("/v1/changesets", &filled, "/seal"), Value::Null),
        ("apply_changeset", at("/v1/changesets", &sealed, "/apply"), Value::Null),
        ("revert_changeset", at("/v1/changesets", &applied, "/revert"), because.clone()),
        ("edit_invoice", at("/v1/invoices", &draft, "/edit"), text("Twice")),
        ("withdraw_adjustment", at("/v1/adjustments", &edit, "/withdraw"), Value::Null),
        ("credit_invoice", at("/v1/invoices", &claimed, "/credit"), because.clone()),
        (
            "debit_invoice",
            at("/v1/invoices", &claimed, "/debit"),
            json!({ "lines": [{ "line": 1, "amount": { "amount": "5.00", "currency": "EUR" } }], "reason": "a test" }),
        ),
        ("void_invoice", at("/v1/invoices", &wrong, "/void"), json!({ "reason": "a test", "lines": "given_up" })),
        ("release_differences", "/v1/customers/held/differences/release".into(), Value::Null),
        ("give_up_differences", "/v1/customers/kept/differences/give_up".into(), because.clone()),
        ("issue_invoice", at("/v1/invoices", &draft, "/issue"), Value::Null),
        ("bill", "/v1/bill".into(), Value::Null),
        (
            "record_payment",
            "/v1/payments".into(),
            json!({ "key": "bank-1", "customer": "acme", "method": "bank_transfer", "amount": euros("20.00"), "reference": "thanks" }),
        ),
        ("unallocate_payment", "/v1/payments/bank-1/unallocate".into(), json!({})),
        ("apply_balance", at("/v1/invoices", &draft, "/apply_balance"), json!({ "amount": euros("2.00") })),
        (
            "allocate_payment",
            "/v1/payments/bank-1/allocate".into(),
            json!({ "pays": [{ "document": draft, "amount": euros("3.00") }] }),
        ),
        (
            "refund_customer",
            "/v1/customers/acme/refunds".into(),
            json!({ "key": "back-1", "amount": euros("5.00"), "method": "bank_transfer" }),
        ),
        (
            "write_off_invoice",
            at("/v1/invoices", &draft, "/write_off"),
            json!({ "amount": euros("1.00"), "reason": "a test" }),
        ),
        ("reverse_payment", "/v1/payments/bank-1/reverse".into(), because.clone()),
        ("pause_subscription", "/v1/subscriptions/acme/pause".into(), json!({ "effective": "2026-05-10" })),
        ("resume_subscription", "/v1/subscriptions/acme/resume".into(), json!({ "effective": "2026-05-20" })),
        (
            "count_subscription",
            "/v1/subscriptions/acme/cycles".into(),
            json!({ "from": 15, "effective": "2026-05-25" }),
        ),
        ("reactivate_subscription", "/v1/subscriptions/acme/reactivate".into(), json!({ "effective": "2026-08-01" })),
        ("withdraw_subscription_change", "/v1/subscriptions/acme/withdraw".into(), json!({ "change": 6 })),
        ("renew_subscription", "/v1/subscriptions/bolt/renew".into(), json!({ "lasts": "year", "then": "ends" })),
        (
            "transfer_subscription",
            "/v1/subscriptions/acme/transfer".into(),
            json!({ "customer": "nut", "key": "moved" }),
        ),
        ("change_customer", "/v1/customers/bolt".into(), json!({ "key": "bolt", "name": "Bolt Ltd" })),
        (
            "set_settings",
            "/v1/settings".into(),
            json!({ "settings": { "corrections": "at_once", "issuing": "by_hand" } }),
        ),
        ("set_entity", "/v1/entities/default".into(), json!({ "key": "default", "name": "We" })),
        (
            "add_charge",
            "/v1/customers/bolt/charges".into(),
            json!({ "key": "training", "each": "9.00", "currency": "EUR" }),
        ),
        ("withdraw_charge", "/v1/charges/training/withdraw".into(), Value::Null),
        ("set_discount", "/v1/discounts/tenth".into(), json!({ "off": { "percent": "10" } })),
        ("redeem_discount", "/v1/customers/bolt/redemptions".into(), json!({ "discount": "tenth", "key": "r" })),
        ("end_redemption", "/v1/redemptions/r/end".into(), json!({})),
        ("ask_for_job", "/v1/jobs".into(), later),
        ("cancel_job", at("/v1/jobs", &job, "/cancel"), Value::Null),
        ("add_schedule", "/v1/schedules".into(), daily),
        ("pause_schedule", at("/v1/schedules", &schedule, "/pause"), Value::Null),
        ("resume_schedule", at("/v1/schedules", &schedule, "/resume"), Value::Null),
        ("remove_schedule", at("/v1/schedules", &schedule, "/remove"), Value::Null),
        ("ask_for_export", "/v1/exports".into(), json!({ "what": "customers", "format": "csv" })),
        ("replay_email", "/v1/emails/none/replay".into(), Value::Null),
        ("add_alert", "/v1/alerts".into(), alert),
        ("remove_alert", at("/v1/alerts", &known, "/remove"), Value::Null),
        ("add_webhook", "/v1/webhooks".into(), json!({ "url": "https://example.com/b" })),
        ("change_webhook", at("/v1/webhooks", &webhook, ""), json!({ "url": "https://example.com/c" })),
        ("rotate_webhook", at("/v1/webhooks", &webhook, "/rotate"), Value::Null),
        ("replay_delivery", at("/v1/webhooks", &webhook, "/deliveries/none/replay"), Value::Null),
        ("remove_webhook", at("/v1/webhooks", &webhook, "/remove"), Value::Null),
        ("create_key", "/v1/keys".into(), json!({ "name": "other", "roles": ["auditor"] })),
        ("rotate_key", at("/v1/keys", &key, "/rotate"), json!({})),
        (
            "create_portal_token",
            "/v1/portal-tokens".into(),
            json!({ "customer": "acme", "expires_at": "2026-05-01T00:00:00Z" }),
        ),
        ("revoke_token", at("/v1/tokens", &key, "/revoke"), Value::Null),
        (
            "add_user",
            "/v1/users".into(),
            json!({ "email": "bob@example.com", "name": "Bob", "password": "a long enough password", "roles": ["product"] }),
        ),
        ("change_user", "/v1/users/ann@example.com".into(), json!({ "disabled": true })),
        ("add_identity_provider", "/v1/identity-providers".into(), provider),
        ("change_identity_provider", "/v1/identity-providers/idp".into(), json!({ "client_secret": "t" })),
        ("remove_identity_provider", "/v1/identity-providers/idp/remove".into(), Value::Null),
        ("withdraw", at("/v1/approvals", &taken_back, "/withdraw"), because.clone()),
        ("reject", at("/v1/approvals", &rejected, "/reject"), because.clone()),
        ("add_tenant", "/v1/tenants".into(), json!({ "key": "sandbox", "environment": "test" })),
        ("fork_tenant", "/v1/tenants/default/fork".into(), json!({ "key": "copy" })),
        ("set_clock", "/v1/clock".into(), json!({ "to": "2027-01-01T00:00:00Z" })),
        ("release_approval", "/v1/approval-policy/release".into(), policy.clone()),
        ("require_approval", "/v1/approval-policy/require".into(), policy),
    ];
    all.extend(jsons.into_iter().map(|(id, path, body)| {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        (id, path, if body.is_empty() { "" } else { json_of }, body)
    }));
    all
}

/// Without what is new each time: ids and secrets.
fn settled(value: &Value) -> Value {
    let is_long = |part: &str| part.len() >= 12 && part.chars().any(|c| c.is_ascii_digit());
    let is_new = |text: &str| text.split(|c: char| !c.is_ascii_alphanumeric()).any(is_long);
    match value {
        Value::String(text) if is_new(text) || text.starts_with("whsec_") => json!("new"),
        Value::Array(items) => items.iter().map(settled).collect(),
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), settled(value))).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

#[test]
fn a_dry_run_of_any_write_stores_nothing_and_says_what_the_write_then_says() {
    let api = Api::new();
    let writes = writes(&api);
    let documented: BTreeSet<&str> = server::openapi()["paths"]
        .as_object()
        .expect("paths")
        .values()
        .filter_map(|item| item.get("post"))
        .filter_map(|operation| operation["operationId"].as_str())
        .collect();
    // they store nothing, or what they do is not in a transaction
    let never = BTreeSet::from([
        "sign_in",
        "begin_sign_in",
        "finish_sign_in",
        "plan_pricing",
        "make_backup",
        "approve",
        "collect_answer",
    ]);
    let tried: BTreeSet<&str> = writes.iter().map(|(id, ..)| *id).chain(never).collect();
    assert_eq!(documented, tried, "each write is tried");
    let mut refused = Vec::new();
    for (id, path, media, body) in writes {
        let before = api.digest();
        let send = |path: &str| {
            let request = Request::post(path);
            let request = if media.is_empty() { request } else { request.header("content-type", media) };
            api.send(request.body(Body::from(body.clone())).expect("a request"))
        };
        let mut dry = send(&format!("{path}?dry_run=true"));
        assert_eq!(api.digest(), before, "{id} stored something");
        let done = send(&path);
        assert_eq!(dry.status, done.status, "{id}: {dry:?} {done:?}");
        if dry.status >= 400 {
            refused.push(id);
        } else {
            let fields = dry.body.as_object_mut().expect("an object");
            assert_eq!(fields.remove("dry_run"), Some(json!(true)), "{id}");
            let impact = fields.remove("impact").unwrap_or_else(|| panic!("{id}: no impact"));
            assert_eq!(impact["failures"], json!([]), "{id}");
        }
        assert_eq!(settled(&dry.body), settled(&done.body), "{id}");
    }
    assert_eq!(
        refused,
        ["replay_email", "replay_delivery", "reject", "set_clock"],
        "there is no such mail, no such delivery and, without tokens, no second person, and a live tenant's time is the world's"
    );
}

/// The amounts of one customer: at once and to date, before and after.
fn amounts(answer: &Answer) -> Vec<[&str; 4]> {
    let customers = answer.body["impact"]["customers"].as_array().expect("customers");
    customers
        .iter()
        .map(|one| {
            ["/at_once/before", "/at_once/after", "/to_date/before", "/to_date/after"].map(|pointer| {
                let amount = one.pointer(pointer).expect("an amount");
                amount["amount"].as_str().or(amount.as_str()).unwrap_or_else(|| panic!("{amount}"))
            })
        })
        .collect()
}

#[test]
fn a_dry_run_says_what_is_billed_at_once_and_by_the_end_of_the_period() {
    let api = Api::with(Settings::default());
    api.post("/v1/bill", &Value::Null).ok();
    let call = json!({ "source": "s", "id": "1", "type": "call", "subject": "acme", "time": "2026-04-10T00:00:00Z" });
    let sent = api.post("/v1/events?dry_run=true", &call).ok();
    assert_eq!(sent.body["outcomes"][0]["outcome"], "accepted");
    // the call of April and the fee of May, on the bill of 1 May
    assert_eq!(amounts(&sent), [["0.00", "0.00", "30.00", "30.10"]], "{:?}", sent.body);
    let large = json!({ "plan": "large", "effective": "2026-05-01" });
    let change = api.post("/v1/subscriptions/acme/changes?dry_run=true", &large).ok();
    assert_eq!(amounts(&change), [["0.00", "0.00", "30.00", "90.00"]], "{:?}", change.body);
    api.post("/v1/customers", &json!({ "key": "bolt", "name": "" })).ok();
    let subscribe = json!({ "customer": "bolt", "plan": "large", "start": "2026-04-01" });
    let subscribed = api.post("/v1/subscriptions?dry_run=true", &subscribe).ok();
    assert_eq!(amounts(&subscribed), [["0.00", "90.00", "0.00", "180.00"]], "{:?}", subscribed.body);
    let added = api.post("/v1/customers?dry_run=true", &json!({ "key": "c", "name": "" })).ok();
    assert_eq!((&added.body["impact"]["money"], &added.body["impact"]["customers"]), (&json!("unchanged"), &json!([])));
}

#[test]
fn what_would_be_refused_is_refused_in_a_dry_run_and_what_cannot_be_tried_says_so() {
    let api = Api::new();
    let taken = api.post("/v1/customers?dry_run=true", &json!({ "key": "acme", "name": "" }));
    assert_eq!((taken.status, taken.code()), (409, "already_exists"));
    let unclear = api.post("/v1/customers?dry_run=yes", &json!({ "key": "bolt", "name": "" }));
    assert_eq!((unclear.status, unclear.code()), (400, "invalid_dry_run"));
    assert_eq!(api.get("/v1/customers/bolt", &[]).status, 404);
    let never = api.post("/v1/backups?dry_run=true", &Value::Null);
    assert_eq!((never.status, never.code()), (400, "dry_run_impossible"));
    assert_eq!(api.get("/v1/customers?dry_run=true", &[]).code(), "dry_run_impossible");
    let stale = api.post_if("/v1/subscriptions/acme/end?dry_run=true", &json!({}), &[("if-match", "\"7\"")]);
    assert_eq!((stale.status, stale.code()), (412, "changed_meanwhile"));
    // a dry run leaves the key of idempotency to the real one
    let key = [("idempotency-key", "k")];
    api.post_if("/v1/customers?dry_run=true", &json!({ "key": "bolt", "name": "" }), &key).ok();
    let made = api.post_if("/v1/customers", &json!({ "key": "bolt", "name": "" }), &key).ok();
    let again = api.post_if("/v1/customers", &json!({ "key": "bolt", "name": "" }), &key).ok();
    assert_eq!(
        (again.tag(), again.body.clone()),
        (made.tag(), made.body.clone()),
        "the tag is a part of the answer that is given again"
    );
}
