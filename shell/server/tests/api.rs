//! The API as its users meet it: the real router over an engine in memory.

use axum::body::Body;
use axum::http::{Request, header};
use engine::{Issuing, Platform, SetClock, Settings};
use serde_json::{Value, json};
use server::Access;
use std::sync::Arc;
use tower::ServiceExt;

const PRICING: &str = r#"
meters:
  tokens: { event: llm.completion, aggregate: { sum: properties.tokens }, group_by: [model] }
plans:
  scale:
    name: Scale
    currency: USD
    every: month
    prices:
      platform_fee: { name: Platform fee, flat: "500.00" }
      seats: { per_unit: "20.00", quantity: seats, included: 5 }
      tokens: { meter: tokens, graduated: [{ up_to: 1_000_000, each: "0" }, { each: "0.0000025" }] }
"#;

/// The API over an engine whose clock the test sets.
struct Api {
    router: axum::Router,
    clock: Arc<SetClock>,
    runtime: tokio::runtime::Runtime,
}

/// What came back.
struct Answer {
    status: u16,
    media: String,
    headers: axum::http::HeaderMap,
    text: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }
    fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        self.json()
    }
    /// The code of a refusal, after looking at its form.
    fn refused(&self, status: u16) -> String {
        assert_eq!((self.status, self.media.as_str()), (status, "application/problem+json"), "{}", self.text);
        let problem = self.json();
        let code = problem["code"].as_str().expect("a code").to_owned();
        assert_eq!(problem["type"], format!("/docs/errors#{code}"));
        assert_eq!(problem["status"], status);
        for field in ["title", "detail", "mend"] {
            assert!(problem[field].as_str().is_some_and(|text| !text.is_empty()), "{field} of {problem}");
        }
        assert_eq!(problem["problems"][0]["code"], code);
        code
    }
}

impl Api {
    fn at(now: &str) -> Self {
        Self::with(now, Settings::default())
    }

    fn with(now: &str, settings: Settings) -> Self {
        let clock = Arc::new(SetClock::at(now.parse().expect("an instant")));
        let platform = Arc::new(Platform::with_clock(clock.clone(), settings).expect("a platform"));
        Self {
            router: server::router(&platform, Access::Open),
            clock,
            runtime: tokio::runtime::Runtime::new().expect("a runtime"),
        }
    }

    /// With the pricing, and the customer `acme` on `scale` with 8 seats since 1 April.
    fn with_acme() -> Self {
        let api = Self::at("2026-04-01T00:00:00Z");
        api.post_as("/v1/pricing", "application/yaml", PRICING).expect(200);
        api.post("/v1/customers", &json!({ "key": "acme", "name": "Acme" })).expect(201);
        api.post("/v1/subscriptions", &json!({ "customer": "acme", "plan": "scale", "quantities": { "seats": 8 } }))
            .expect(201);
        api
    }

    fn now(&self, now: &str) {
        self.clock.set(now.parse().expect("an instant"));
    }

    fn send(&self, request: Request<Body>) -> Answer {
        self.runtime.block_on(async {
            let response = self.router.clone().oneshot(request).await.expect("a router never fails");
            let (parts, body) = response.into_parts();
            let bytes = axum::body::to_bytes(body, usize::MAX).await.expect("a body");
            let media = parts.headers.get(header::CONTENT_TYPE).map_or("", |value| value.to_str().expect("ascii"));
            Answer {
                status: parts.status.as_u16(),
                media: media.to_owned(),
                text: String::from_utf8(bytes.to_vec()).expect("UTF-8"),
                headers: parts.headers,
            }
        })
    }

    fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).expect("a request"))
    }

    fn post(&self, path: &str, body: &Value) -> Answer {
        self.post_as(path, "application/json", &body.to_string())
    }

    fn post_as(&self, path: &str, media: &str, body: &str) -> Answer {
        self.send(
            Request::post(path).header("content-type", media).body(Body::from(body.to_owned())).expect("a request"),
        )
    }

    fn act(&self, path: &str) -> Answer {
        self.send(Request::post(path).body(Body::empty()).expect("a request"))
    }
}

fn event(id: &str, tokens: &str) -> String {
    format!(
        r#"{{"source":"gateway","id":"{id}","type":"llm.completion","subject":"acme","time":"2026-04-09T10:15:00Z","data":{{"tokens":{tokens},"model":"large"}}}}"#
    )
}

#[test]
fn usage_becomes_an_explained_invoice() {
    let api = Api::with_acme();
    // April's fee and seats are due on 1 April; May's, and the tokens of April, on 1 May
    api.act("/v1/bill").expect(200);
    api.now("2026-04-10T00:00:00Z");
    let sent = api.post_as(
        "/v1/events",
        "application/json",
        &format!("[{},{}]", event("1", "2100000"), event("2", "1400000")),
    );
    assert_eq!(sent.expect(200)["accepted"], 2);

    let used = api.get("/v1/usage?meter=tokens&customer=acme&from=2026-04-01&to=2026-05-01&by=model").expect(200);
    assert_eq!(used["usage"][0]["measured"]["quantity"], "3500000");
    assert_eq!(used["usage"][0]["dimensions"]["model"], "large");

    let preview = api.get("/v1/customers/acme/preview").expect(200);
    let previewed = preview["documents"][0]["total"].clone();
    assert!(api.get("/v1/customers/acme/preview?as=text").text.contains("3500000 from 2 events"));

    api.now("2026-05-01T00:00:00Z");
    let run = api.act("/v1/bill").expect(200);
    let numbers: Vec<&str> =
        run["issued"].as_array().expect("a list").iter().filter_map(|one| one["number"].as_str()).collect();
    assert_eq!(numbers, ["INV-000002"], "{run}");
    assert_eq!(api.act("/v1/bill").expect(200)["issued"], json!([]), "what was billed is not due again");

    let listed = api.get("/v1/invoices?customer=acme&status=issued").expect(200);
    let invoice = &listed["items"][0];
    assert_eq!(invoice["total"], json!({ "amount": "566.25", "currency": "USD" }));
    assert_eq!(invoice["total"], previewed, "a preview is the bill that is not posted");
    let id = invoice["id"].as_str().expect("an id");
    assert_eq!(api.get(&format!("/v1/invoices/{id}")).expect(200)["number"], "INV-000002");

    let text = api.get(&format!("/v1/invoices/{id}/explanation"));
    assert_eq!((text.status, text.media.as_str()), (200, "text/plain; charset=utf-8"));
    for part in ["INV-000002 of 2026-05-01", "6.25 USD", "3500000 from 2 events", "2500000"] {
        assert!(text.text.contains(part), "{part} is not in:\n{}", text.text);
    }
    assert_eq!(api.get(&format!("/v1/invoices/{id}/explanation?as=json")).expect(200)["number"], "INV-000002");

    let journal = api.get("/v1/journal").expect(200);
    assert!(!journal["items"].as_array().expect("entries").is_empty());
    let balances = api.get("/v1/balances").expect(200);
    assert_eq!(balances["balances"]["receivable"], json!([{ "amount": "1126.25", "currency": "USD" }]));
    assert_eq!(api.get("/v1/balances?before=2026-04-01").expect(200)["balances"], json!({}));
}

#[test]
fn the_books_are_reported_as_of_both_times() {
    let api = Api::with_acme();
    api.now("2026-04-02T00:00:00Z");
    api.act("/v1/bill").expect(200);
    api.now("2026-05-02T00:00:00Z");
    api.act("/v1/bill").expect(200);
    let usd = |amount: &str| json!({ "amount": amount, "currency": "USD" });

    let report = api.get("/v1/reports/trial-balance?from=2026-05-01").expect(200);
    let receivable = &report["rows"][0];
    assert_eq!((&receivable["account"], &receivable["opening"]), (&json!("receivable"), &usd("560.00")));
    assert_eq!((&receivable["debits"], &receivable["closing"]), (&usd("560.00"), &usd("1120.00")));
    assert_eq!(report["totals"][0]["debits"], report["totals"][0]["credits"]);
    let known = api.get("/v1/reports/trial-balance?known_at=2026-04-15T00:00:00Z&by=customer").expect(200);
    assert_eq!(known["rows"][0]["dimensions"], json!({ "customer": "acme" }));
    assert_eq!(known["rows"][0]["closing"], usd("560.00"), "what was written later was not known");

    let ledger = api.get("/v1/reports/general-ledger?account=receivable&customer=acme").expect(200);
    let balances: Vec<_> = ledger["lines"].as_array().expect("lines").iter().map(|line| &line["balance"]).collect();
    assert_eq!(balances, [&usd("500.00"), &usd("560.00"), &usd("1060.00"), &usd("1120.00")], "two lines each");
    assert_eq!(
        api.get("/v1/reports/general-ledger?account=receivable&customer=nobody").expect(200)["lines"],
        json!([])
    );

    let rolled = api.get("/v1/reports/roll-forward?account=contract_liability&from=2026-05-01").expect(200);
    assert_eq!(rolled["rows"][0]["opening"], usd("560.00"));
    assert_eq!(rolled["rows"][0]["changes"], json!({ "issued": usd("560.00") }));
    api.get("/v1/reports/general-ledger?account=nothing").expect(422);
    api.get("/v1/reports/trial-balance?from=2026-05-02&before=2026-05-01").expect(422);
}

#[test]
fn a_batch_keeps_what_is_right_and_tells_what_is_not() {
    let api = Api::with_acme();
    api.now("2026-04-10T00:00:00Z");
    let batch = [
        event("1", "1"),
        event("1", "1"),
        event("1", "2"),
        event("3", "1e30"),
        event("4", "9007199254740993.1"),
        "{\"source\": \"gateway\"}".to_owned(),
        "not json".to_owned(),
        event("7", "-1"),
        event("8", "NaN"),
        event("9", "1").replace("2026-04-09", "9999-04-09"),
    ];
    let answer = api.post_as("/v1/events", "application/x-ndjson", &batch.join("\r\n")).expect(200);
    let outcomes: Vec<&str> =
        answer["outcomes"].as_array().expect("a list").iter().filter_map(|one| one["outcome"].as_str()).collect();
    let quarantined = "quarantined";
    assert_eq!(
        outcomes,
        [
            "accepted",
            "duplicate",
            "conflict",
            quarantined,
            "accepted",
            quarantined,
            quarantined,
            "accepted",
            quarantined,
            quarantined
        ]
    );
    assert_eq!((&answer["accepted"], &answer["quarantined"]), (&json!(3), &json!(5)));
    for outcome in answer["outcomes"].as_array().expect("a list").iter().filter(|one| one["outcome"] == quarantined) {
        assert!(outcome["problem"]["mend"].as_str().is_some_and(|mend| !mend.is_empty()), "{outcome}");
    }
    assert_eq!(answer["outcomes"][5]["problem"]["pointer"].as_str().map(|pointer| &pointer[..2]), Some("/5"));

    // digits survive: nothing was a float on the way
    let kept = api.get("/v1/events/gateway/4");
    assert!(kept.text.contains("9007199254740993.1"), "{}", kept.text);
    assert_eq!(api.get("/v1/events/gateway/3").refused(404), "not_found");
    let waiting = api.get("/v1/events/quarantine?limit=2").expect(200);
    assert_eq!(waiting["items"].as_array().map(Vec::len), Some(2));
    let next = waiting["next"].as_str().expect("there is more");
    let rest = api.get(&format!("/v1/events/quarantine?limit=4&after={next}")).expect(200);
    assert_eq!((rest["items"].as_array().map(Vec::len), &rest["next"]), (Some(3), &Value::Null));
}

#[test]
fn usage_of_nobody_is_listed() {
    let api = Api::with_acme();
    api.now("2026-04-10T00:00:00Z");
    api.post_as("/v1/events", "application/json", &event("1", "5").replace("acme", "who")).expect(200);
    let unmatched = api.get("/v1/usage/unmatched").expect(200);
    assert_eq!((&unmatched["activity"][0]["subject"], &unmatched["activity"][0]["count"]), (&json!("who"), &json!(1)));
}

#[test]
fn events_are_listed_in_pages_each_once() {
    let api = Api::with_acme();
    api.now("2026-04-10T00:00:00Z");
    let batch: Vec<String> = (0..25).map(|id| event(&format!("a/ü {id:02}"), "1")).collect();
    api.post_as("/v1/events", "application/x-ndjson", &batch.join("\n")).expect(200);
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let page = api
            .get(&format!("/v1/events?subject=acme&name=llm.completion&from=2026-04-01&limit=7&after={after}"))
            .expect(200);
        seen.extend(
            page["items"]
                .as_array()
                .expect("a list")
                .iter()
                .map(|one| one["event"]["id"].as_str().expect("an id").to_owned()),
        );
        let Some(next) = page["next"].as_str() else { break };
        after = next.to_owned();
    }
    assert_eq!(seen, (0..25).map(|id| format!("a/ü {id:02}")).collect::<Vec<_>>());
    assert_eq!(api.get("/v1/events?to=2026-04-09").expect(200)["items"], json!([]));
    assert_eq!(api.get("/v1/events/gateway/a%2F%C3%BC%2003").expect(200)["event"]["id"], "a/ü 03");
}

#[test]
fn a_series_is_the_period_cut_into_local_hours_days_or_months() {
    let api = Api::with_acme();
    let at = |id: &str, time: &str| event(id, "2").replace("2026-04-09T10:15:00Z", time);
    let batch =
        [at("1", "2026-03-31T22:30:00Z"), at("2", "2026-04-01T10:15:00Z"), at("3", "2026-04-01T10:59:59.999999Z")];
    api.post_as("/v1/events", "application/x-ndjson", &batch.join("\n")).expect(200);
    let series = |parameters: &str| {
        let path = format!("/v1/usage?meter=tokens&customer=acme&from=2026-03-01&to=2026-05-01&{parameters}");
        let usage = api.get(&path).expect(200)["usage"].clone();
        let row = |row: &Value| {
            format!(
                "{} {}",
                row["from"].as_str().unwrap_or_default(),
                row["measured"]["quantity"].as_str().unwrap_or_default()
            )
        };
        usage.as_array().expect("a list").iter().map(row).collect::<Vec<_>>()
    };
    assert_eq!(series("every=month"), ["2026-03-01T00:00:00Z 2", "2026-04-01T00:00:00Z 4"]);
    assert_eq!(series("every=month&zone=Europe/Berlin"), ["2026-03-31T22:00:00Z 6"]);
    assert_eq!(series("every=day"), ["2026-03-31T00:00:00Z 2", "2026-04-01T00:00:00Z 4"]);
    assert_eq!(series("every=hour&as_of=2"), ["2026-03-31T22:00:00Z 2", "2026-04-01T10:00:00Z 2"]);
    assert_eq!(
        api.get("/v1/usage?meter=tokens&from=0001-01-01&to=2026-05-01&every=hour").refused(422),
        "too_many_windows"
    );
    api.get("/v1/usage?meter=tokens&from=2026-04-01&to=2026-05-01&every=week").refused(422);
}

#[test]
fn pricing_is_planned_applied_and_read_back() {
    let api = Api::at("2026-04-01T00:00:00Z");
    assert_eq!(api.get("/v1/pricing").refused(404), "no_pricing");
    let planned = api.post_as("/v1/pricing/plan", "application/yaml", PRICING).expect(200);
    assert_eq!(planned["changes"].as_array().map(Vec::len), Some(2));
    assert_eq!(api.get("/v1/pricing").status, 404, "a plan records nothing");
    assert_eq!(api.post_as("/v1/pricing", "application/yaml", PRICING).expect(200)["version"], 1);
    let read = api.get("/v1/pricing").expect(200);
    // what is read can be sent again, and changes nothing
    let again = api.post("/v1/pricing", &read["catalog"]).expect(200);
    assert_eq!((&again["version"], &again["changes"]), (&json!(1), &json!([])));
    assert_eq!(api.get("/v1/pricing/schema").expect(200)["title"], "Counterfoil pricing file");
}

#[test]
fn a_wrong_pricing_is_told_in_full_and_not_applied() {
    let api = Api::at("2026-04-01T00:00:00Z");
    let wrong = "plans:\n  a: { currency: EURO, every: month, prices: { fee: { flat: -1 } } }\n  b: { currency: EUR, every: month, prices: { t: { quantity: n, graduated: [{ up_to: 5, each: 1 }] } } }\n";
    let answer = api.post_as("/v1/pricing", "application/yaml", wrong);
    answer.refused(422);
    let codes: Vec<String> = answer.json()["problems"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|one| Some(one["code"].as_str()?.to_owned()))
        .collect();
    for code in ["unknown_currency", "negative_price", "tier_last_not_open"] {
        assert!(codes.iter().any(|found| found == code), "{code} is not in {codes:?}");
    }
    assert!(answer.text.contains("pricing:2:"), "the line is named: {}", answer.text);
    assert_eq!(api.post_as("/v1/pricing", "text/yaml", "a: [").refused(400), "yaml_syntax");
    assert_eq!(api.post_as("/v1/pricing", "application/yaml", "").refused(400), "yaml_empty");
    assert_eq!(api.get("/v1/pricing").status, 404);
}

#[test]
fn subscriptions_change_and_end() {
    let api = Api::with_acme();
    let changed = api
        .post("/v1/subscriptions/acme/changes", &json!({ "quantities": { "seats": "9" }, "effective": "2026-04-16" }))
        .expect(200);
    assert_eq!(changed["changes"].as_array().map(Vec::len), Some(2));
    api.post("/v1/subscriptions/acme/end", &json!({ "effective": "2026-05-01" })).expect(200);
    assert_eq!(api.get("/v1/subscriptions/acme").expect(200)["changes"][2]["step"], json!({ "end": {} }));
    assert_eq!(api.get("/v1/subscriptions?customer=acme").expect(200)["items"][0]["key"], "acme");
    assert_eq!(api.get("/v1/subscriptions?customer=nobody").expect(200)["items"], json!([]));

    let refused = |path: &str, body: Value, status: u16| api.post(path, &body).refused(status);
    assert_eq!(refused("/v1/subscriptions/acme/changes", json!({}), 422), "empty_change");
    assert_eq!(
        refused(
            "/v1/subscriptions/acme/changes",
            json!({ "quantities": { "seats": 1 }, "effective": "2026-06-01" }),
            422
        ),
        "after_end"
    );
    assert_eq!(refused("/v1/subscriptions/none/end", json!({}), 404), "not_found");
    assert_eq!(refused("/v1/subscriptions", json!({ "customer": "acme", "plan": "scale" }), 422), "missing_quantity");
    assert_eq!(
        refused("/v1/subscriptions", json!({ "customer": "acme", "plan": "scale", "quantities": { "seats": 1 } }), 409),
        "already_exists"
    );
    assert_eq!(refused("/v1/subscriptions", json!({ "customer": "acme", "plan": "sacle" }), 404), "not_found");
    assert_eq!(
        refused(
            "/v1/subscriptions",
            json!({ "customer": "acme", "plan": "scale", "quantities": { "seats": -1 } }),
            422
        ),
        "negative_quantity"
    );
}

#[test]
fn a_draft_is_issued_by_a_person_once() {
    let api = Api::with("2026-04-01T00:00:00Z", Settings { issuing: Issuing::ByHand, ..Settings::default() });
    api.post_as("/v1/pricing", "application/yaml", PRICING).expect(200);
    api.post("/v1/customers", &json!({ "key": "acme", "name": "Acme", "zone": "Europe/Berlin" })).expect(201);
    api.post("/v1/subscriptions", &json!({ "customer": "acme", "plan": "scale", "quantities": { "seats": 5 } }))
        .expect(201);
    let drafts = api.act("/v1/bill").expect(200)["drafts"].clone();
    let id = drafts[0]["id"].as_str().expect("a draft");
    assert_eq!(api.get("/v1/invoices?customer=acme&status=draft").expect(200)["items"][0]["id"], id);
    assert_eq!(api.get("/v1/invoices?status=issued").expect(200)["items"], json!([]));
    assert_eq!(api.act(&format!("/v1/invoices/{id}/issue")).expect(200)["number"], "INV-000001");
    assert_eq!(api.act(&format!("/v1/invoices/{id}/issue")).refused(409), "already_issued");
    assert_eq!(api.act("/v1/invoices/inv_00000000000000000000000099/issue").refused(404), "not_found");
}

#[test]
fn a_customer_that_is_not_right_is_told_why() {
    let api = Api::with_acme();
    let refused = |body: &str, status| {
        let answer = api.post_as("/v1/customers", "application/json", body);
        let code = answer.refused(status);
        (code, answer.json()["pointer"].as_str().unwrap_or_default().to_owned())
    };
    let told = |code: &str, pointer: &str| (code.to_owned(), pointer.to_owned());
    assert_eq!(refused(r#"{"key":"acme","name":"Again"}"#, 409).0, "already_exists");
    assert_eq!(refused(r#"{"key":"b"}"#, 422), told("missing_field", ""));
    assert_eq!(refused(r#"{"key":"b","name":"B","zome":"UTC"}"#, 422), told("unknown_field", "/zome"));
    assert_eq!(refused(r#"{"key":"b","name":"B","zone":"Europe/Berln"}"#, 422).1, "/zone");
    assert_eq!(refused(r#"{"key":"b","key":"c","name":"B"}"#, 422).0, "duplicate_key");
    assert_eq!(refused(r#"{"key":"b""#, 400).0, "not_json");
    assert_eq!(refused("key: b\nname: B\n", 400).0, "not_json");
    assert_eq!(refused("", 400).0, "empty_body");
    assert_eq!(
        api.get("/v1/customers").expect(200)["items"].as_array().map(Vec::len),
        Some(1),
        "nothing was half-applied"
    );
}

#[test]
fn every_wrong_way_of_asking_is_a_problem() {
    let api = Api::with_acme();
    assert_eq!(api.get("/v1/custmers").refused(404), "no_such_address");
    assert!(api.get("/v1/custmers").json()["mend"].as_str().is_some_and(|mend| mend.contains("/v1/customers")));
    assert_eq!(api.get("/nothing/here").refused(404), "no_such_address");
    let wrong = api.send(Request::delete("/v1/customers").body(Body::empty()).expect("a request"));
    assert_eq!(wrong.refused(405), "wrong_method");
    assert!(
        wrong.headers.get(header::ALLOW).is_some_and(|allow| allow.to_str().is_ok_and(|allow| allow.contains("POST")))
    );
    assert_eq!(api.get("/v1/customers?limt=5").refused(422), "unknown_parameter");
    assert_eq!(api.get("/v1/customers?limit=0").refused(422), "invalid_limit");
    assert_eq!(api.get("/v1/customers?after=zz").refused(422), "invalid_place");
    assert_eq!(api.get("/v1/customers?limit=1&limit=2").refused(422), "repeated_parameter");
    assert_eq!(api.get("/v1/usage?meter=tokens&from=2026-04-01").refused(422), "missing_field");
    assert_eq!(api.get("/v1/usage?meter=token&from=2026-04-01&to=2026-05-01").refused(404), "not_found");
    api.get("/v1/usage?meter=tokens&from=2026-05-01&to=2026-04-01").refused(422);
    api.get("/v1/usage?meter=tokens&from=yesterday&to=2026-04-01").refused(422);
    api.get("/v1/customers/acme/preview?as_of=0").refused(422);
    assert_eq!(api.get("/v1/customers/nobody/preview").refused(404), "not_found");
    api.get("/v1/invoices/7").refused(422);
    assert_eq!(api.get("/v1/invoices/inv_00000000000000000000000099").refused(404), "not_found");
    api.get("/v1/invoices?status=paid").refused(422);
    assert_eq!(api.get("/v1/customers/%FF").refused(400), "unreadable_path");
    assert_eq!(
        api.post_as("/v1/customers", "application/x-www-form-urlencoded", "key=b").refused(415),
        "wrong_content_type"
    );
    assert_eq!(api.act("/v1/customers").refused(415), "wrong_content_type");
    assert_eq!(api.post("/v1/bill", &json!({})).refused(400), "unexpected_body");
    let latin1 = Request::post("/v1/events")
        .header("content-type", "application/json")
        .body(Body::from(b"{\"a\":\"\xe9\"}".to_vec()));
    assert_eq!(api.send(latin1.expect("a request")).refused(400), "body_malformed");
    let large = format!("{{\"key\":\"b\",\"name\":\"{}\"}}", "x".repeat(1 << 20));
    assert_eq!(api.post_as("/v1/customers", "application/json", &large).refused(413), "body_too_large");
    let foreign = Request::post("/v1/bill")
        .header("host", "127.0.0.1:8080")
        .header("origin", "https://evil.example")
        .body(Body::empty());
    assert_eq!(api.send(foreign.expect("a request")).refused(403), "other_origin");
}

#[test]
fn the_pages_are_served_and_load_nothing_from_elsewhere() {
    let api = Api::with_acme();
    let home = api.get("/");
    assert_eq!((home.status, home.headers[header::LOCATION].to_str().ok()), (307, Some("/docs")));
    for path in ["/docs", "/docs/errors"] {
        let page = api.get(path);
        assert_eq!((page.status, page.media.as_str()), (200, "text/html; charset=utf-8"));
        assert!(page.headers.contains_key(header::CONTENT_SECURITY_POLICY));
        assert!(!page.text.contains("src=\"http") && !page.text.contains("@import"), "{path}");
    }
    assert_eq!(api.get("/healthz").expect(200)["status"], "ok");
    assert_eq!(api.get("/openapi.json").expect(200), *server::openapi());
}

#[test]
fn usage_is_corrected_and_each_event_says_what_became_of_it() {
    let api = Api::with_acme();
    api.now("2026-04-10T00:00:00Z");
    api.post_as("/v1/events", "application/x-ndjson", &[event("1", "3000000"), event("2", "5000000")].join("\n"))
        .expect(200);

    // one event at a time
    let body = json!({ "reason": "counted twice at the gateway" });
    api.post("/v1/events/gateway/2/retract", &body).expect(200);
    let amended = format!(r#"{{ "event": {}, "reason": "half of it" }}"#, event("1", "1500000.5"));
    api.post_as("/v1/events/gateway/1/amend", "application/json", &amended).expect(200);
    let used = api.get("/v1/usage?meter=tokens&customer=acme&from=2026-04-01&to=2026-05-01").expect(200);
    assert_eq!(used["usage"][0]["measured"]["quantity"], "1500000.5");
    let history = api.get("/v1/events/gateway/1/history").expect(200);
    assert_eq!(history["versions"].as_array().map(Vec::len), Some(2));
    let report = api.get("/v1/events/gateway/1/explanation").expect(200);
    assert!(report.to_string().contains("not_yet_due"), "{report}");

    // several together
    let opened = api.post("/v1/changesets", &json!({ "reason": "lost by a deploy" })).expect(201);
    let set = format!("/v1/changesets/{}", opened["id"].as_str().expect("an id"));
    let changes = format!(r#"[{{ "add": {} }}]"#, event("3", "500000"));
    let added = api.post_as(&format!("{set}/changes"), "application/json", &changes).expect(200);
    assert_eq!(added["added"], 1, "{added}");
    api.act(&format!("{set}/seal")).expect(200);
    let preview = api.get(&format!("{set}/preview")).expect(200);
    assert!(preview.to_string().contains("500000"), "{preview}");
    api.act(&format!("{set}/apply")).expect(200);
    let used = || api.get("/v1/usage?meter=tokens&customer=acme&from=2026-04-01&to=2026-05-01").expect(200);
    assert_eq!(used()["usage"][0]["measured"]["quantity"], "2000000.5");
    assert_eq!(api.get("/v1/customers/acme/usage").expect(200)["usage"][0]["measured"]["quantity"], "2000000.5");
    api.post(&format!("{set}/revert"), &json!({ "reason": "they were there" })).expect(200);
    assert_eq!(used()["usage"][0]["measured"]["quantity"], "1500000.5");
    assert_eq!(api.get("/v1/changesets?state=reverted").expect(200)["items"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_correction_that_cannot_be_made_is_refused() {
    let api = Api::with_acme();
    api.now("2026-04-10T00:00:00Z");
    api.post_as("/v1/events", "application/json", &event("1", "5")).expect(200);
    let because = json!({ "reason": "a test" });
    assert_eq!(api.post("/v1/events/gateway/9/retract", &because).refused(404), "event_unknown");
    assert_eq!(api.post("/v1/events/gateway/1/retract", &json!({ "reason": " " })).refused(422), "reason_missing");
    let other = format!(r#"{{ "event": {}, "reason": "a test" }}"#, event("2", "5"));
    assert_eq!(api.post_as("/v1/events/gateway/1/amend", "application/json", &other).refused(422), "other_event");
    api.post("/v1/events/gateway/1/retract", &because).expect(200);
    assert_eq!(api.post("/v1/events/gateway/1/retract", &because).refused(409), "event_retracted");
}

#[test]
fn what_is_in_quarantine_or_paid_by_nobody_is_counted() {
    let api = Api::with_acme();
    api.now("2026-04-10T00:00:00Z");
    let stranger = event("1", "4000000").replace("acme", "stranger");
    let ahead = event("2", "5").replace("2026-04-09", "2026-07-09");
    api.post_as("/v1/events", "application/x-ndjson", &[stranger, ahead].join("\n")).expect(200);
    let unpaid = api.get("/v1/usage/unpaid?plan=scale").expect(200);
    assert_eq!(unpaid["usage"][0]["subject"], "stranger", "{unpaid}");
    assert!(unpaid.to_string().contains(r#""amount":"7.50""#), "{unpaid}");
    let reasons = api.get("/v1/events/quarantine/reasons").expect(200);
    assert_eq!(reasons["reasons"][0]["code"], "event_in_future");
    assert_eq!(api.post("/v1/events/quarantine/replay", &json!({})).expect(200)["accepted"], 0);
    api.now("2026-07-10T00:00:00Z");
    assert_eq!(
        api.post("/v1/events/quarantine/replay", &json!({ "code": "event_in_future" })).expect(200)["accepted"],
        1
    );
}

#[test]
fn an_invoice_that_is_not_there_cannot_be_issued() {
    let unknown = "/v1/invoices/inv_00000000000000000000000009";
    let api = Api::with_acme();
    assert_eq!(api.get(unknown).refused(404), "not_found");
    assert_eq!(api.act(&format!("{unknown}/issue")).refused(404), "not_found");
}
