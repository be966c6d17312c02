//! Payments over the API: recorded once, told to other systems, and changed by who saw the newest version.

use axum::body::Body;
use axum::http::Request;
use engine::{Platform, SecretKey, SetClock, Settings};
use serde_json::{Value, json};
use server::Access;
use std::sync::Arc;
use tower::ServiceExt;

const PRICING: &str =
    r#"plans: { pro: { currency: EUR, every: month, prices: { fee: { flat: "100.00", in: advance } } } }"#;

struct Api {
    platform: Arc<Platform>,
    router: axum::Router,
    runtime: tokio::runtime::Runtime,
    webhook: String,
}

impl Api {
    fn new() -> Self {
        let clock = Arc::new(SetClock::at("2026-04-10T00:00:00Z".parse().expect("an instant")));
        let platform = Platform::with_clock(clock, Settings::default()).expect("a platform");
        let secret = SecretKey::parse("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=").expect("a key");
        let platform = Arc::new(platform.with_secret_key(secret));
        let router = server::router(&platform, Access::Open);
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let mut api = Self { platform, router, runtime, webhook: String::new() };
        let pricing = Request::post("/v1/pricing").header("content-type", "application/yaml");
        assert_eq!(api.send(pricing.body(Body::from(PRICING)).expect("a request")).0, 200);
        api.post("/v1/customers", &json!({ "key": "acme", "name": "Acme" }), 201);
        let webhook = api.post("/v1/webhooks", &json!({ "url": "https://example.com/a" }), 201);
        webhook["endpoint"]["id"].as_str().expect("an id").clone_into(&mut api.webhook);
        api.post("/v1/subscriptions", &json!({ "customer": "acme", "plan": "pro", "start": "2026-04-01" }), 201);
        api
    }

    fn send(&self, request: Request<Body>) -> (u16, Option<String>, Value) {
        self.runtime.block_on(async {
            let response = self.router.clone().oneshot(request).await.expect("a router never fails");
            let status = response.status().as_u16();
            let tag = response.headers().get("etag").map(|tag| tag.to_str().expect("ascii").to_owned());
            let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.expect("a body");
            (status, tag, serde_json::from_slice(&body).unwrap_or(Value::Null))
        })
    }

    fn post(&self, path: &str, body: &Value, status: u16) -> Value {
        self.post_if(path, body, &[], status).1
    }

    fn post_if(&self, path: &str, body: &Value, headers: &[(&str, &str)], status: u16) -> (Option<String>, Value) {
        let (text, media) =
            if body.is_null() { (String::new(), None) } else { (body.to_string(), Some("application/json")) };
        let request =
            media.into_iter().fold(Request::post(path), |request, media| request.header("content-type", media));
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let (found, tag, answer) = self.send(request.body(Body::from(text)).expect("a request"));
        assert_eq!(found, status, "{path}: {answer}");
        (tag, answer)
    }

    fn get(&self, path: &str) -> Value {
        let (status, _, answer) = self.send(Request::get(path).body(Body::empty()).expect("a request"));
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }

    /// What was done, in order.
    fn done(&self) -> Vec<String> {
        let log = self.get("/v1/audit?limit=500");
        let items = log["items"].as_array().expect("items");
        items.iter().map(|entry| entry["action"].as_str().expect("an action").to_owned()).collect()
    }

    /// What other systems are told.
    fn told(&self) -> Vec<String> {
        let engine = self.platform.engine(&Platform::default_tenant()).expect("an engine");
        engine.hand_on_messages().expect("handed on");
        let deliveries = self.get(&format!("/v1/webhooks/{}/deliveries?limit=100", self.webhook));
        let items = deliveries["items"].as_array().expect("items");
        items.iter().map(|one| one["body"]["type"].as_str().expect("a topic").to_owned()).collect()
    }
}

fn euros(amount: &str) -> Value {
    json!({ "amount": amount, "currency": "EUR" })
}

#[test]
fn a_payment_is_recorded_once_and_changed_by_who_saw_it() {
    let api = Api::new();
    let invoice = api.post("/v1/bill", &Value::Null, 200)["issued"][0]["id"].as_str().expect("an id").to_owned();
    let paid = json!({ "key": "bank-1", "customer": "acme", "method": "bank_transfer", "amount": euros("130.00"), "received": "2026-04-10" });
    let (tag, first) = api.post_if("/v1/payments", &paid, &[], 201);
    let tag = tag.expect("a tag");
    assert_eq!((&first["state"], &first["left"]), (&json!("in_balance"), &euros("30.00")));
    let again = api.post("/v1/payments", &paid, 201);
    assert_eq!(again, first, "the same key is the same payment");
    let other = json!({ "key": "bank-1", "customer": "acme", "method": "bank_transfer", "amount": euros("131.00") });
    assert_eq!(api.post("/v1/payments", &other, 409)["code"], "payment_differs");
    assert_eq!(api.get(&format!("/v1/invoices/{invoice}/settlement"))["state"], "paid");
    assert_eq!(api.get("/v1/customers/acme/balances")["balances"][0]["balance"], euros("30.00"));
    // who saw an older version changes nothing
    let off = json!({});
    let (newer, _) = api.post_if("/v1/payments/bank-1/unallocate", &off, &[("if-match", &tag)], 200);
    assert_ne!(newer.as_deref(), Some(tag.as_str()));
    let (_, stale) = api.post_if("/v1/payments/bank-1/reverse", &json!({ "reason": "?" }), &[("if-match", &tag)], 412);
    assert_eq!(stale["code"], "changed_meanwhile");
    let standing = api.get(&format!("/v1/invoices/{invoice}/settlement"));
    assert_eq!(
        (&standing["state"], &standing["due"], &standing["due_on"]),
        (&json!("open"), &euros("100.00"), &json!("2026-05-10"))
    );
    let back = json!({ "key": "r-1", "amount": euros("5.00"), "method": "bank_transfer" });
    assert_eq!(api.post("/v1/customers/acme/refunds", &back, 201), api.post("/v1/customers/acme/refunds", &back, 201));
    let gone = api.post(&format!("/v1/invoices/{invoice}/write_off"), &json!({ "reason": "insolvent" }), 201);
    assert_eq!(gone["key"], "write_off:INV-000001:1");
    api.post("/v1/payments/write_off:INV-000001:1/reverse", &json!({ "reason": "paid after all" }), 200);
    let days = "currency=EUR&from=2026-04-01&to=2026-05-01";
    let statement = api.get(&format!("/v1/customers/acme/statement?{days}"));
    let rows = statement["rows"].as_array().expect("rows").iter().map(|row| row["what"].as_str().expect("a word"));
    assert_eq!(rows.collect::<Vec<_>>(), ["invoice", "payment", "write_off", "refund", "reversal"]);
    // 100.00 claimed, 130.00 came, 5.00 went back
    assert_eq!(statement["closing"], euros("-25.00"));
    let listed = api.get("/v1/payments?customer=acme&state=reversed");
    assert_eq!(listed["items"].as_array().expect("items").len(), 1);
    let done = api.done();
    for action in ["payment.record", "payment.unallocate", "refund.make", "invoice.write_off", "payment.reverse"] {
        assert_eq!(done.iter().filter(|known| *known == action).count(), 1, "{action}: {done:?}");
    }
}

#[test]
fn other_systems_are_told_what_becomes_of_an_invoice() {
    let api = Api::new();
    api.post("/v1/bill", &Value::Null, 200);
    let paid = json!({ "key": "c-1", "customer": "acme", "method": "card", "amount": euros("100.00") });
    api.post("/v1/payments", &paid, 201);
    api.post("/v1/payments/c-1/reverse", &json!({ "reason": "chargeback" }), 200);
    let about = api.told();
    for topic in ["payment.recorded", "invoice.paid", "payment.reversed", "invoice.open_again"] {
        assert_eq!(about.iter().filter(|known| *known == topic).count(), 1, "{topic}: {about:?}");
    }
}
