//! Files that are asked for, written by a job and downloaded, by those who may read what is in them.

use axum::body::Body;
use axum::http::{HeaderMap, Request};
use engine::{Actor, Environment, NewTenant, NewToken, Platform, Role, SetClock, Settings};
use serde_json::{Value, json};
use server::Access;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use stdx::Key;
use tower::ServiceExt;

const PRICING: &str = r#"
meters: { calls: { event: call, aggregate: count } }
plans: { scale: { currency: EUR, every: month, prices: { fee: { flat: "30.00", in: advance }, calls: { meter: calls, per_unit: "0.10" } } } }
"#;

struct World {
    router: axum::Router,
    platform: Arc<Platform>,
    clock: Arc<SetClock>,
    runtime: tokio::runtime::Runtime,
    owner: String,
    folder: tempfile::TempDir,
}

struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("ascii"))
    }
}

fn key(text: &str) -> Key {
    text.try_into().expect("a key")
}

impl World {
    /// A tenant `ours` with two customers who were billed once, and three events.
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let clock = Arc::new(SetClock::at("2026-04-01T00:00:00Z".parse().expect("an instant")));
        let platform = Platform::open_with_clock(folder.path(), clock.clone(), Settings::default()).expect("opens");
        let new = NewTenant { key: key("ours"), name: String::new(), environment: Environment::Live };
        let owner = platform.add_tenant(new, &Actor::program()).expect("added").1.secret;
        let platform = Arc::new(platform);
        let router = server::router(&platform, Access::Tokens);
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let world = Self { router, platform, clock, runtime, owner, folder };
        let engine = world.engine();
        engine.apply_pricing(&catalog::PricingFile::parse(PRICING, "p").expect("a pricing")).expect("applied");
        for name in ["acme", "bolt"] {
            let name_of = if name == "acme" { "Acme, \"Inc\"" } else { "" };
            let customer = contracts::Customer::new(key(name), name_of, calendar::Zone::utc());
            engine.add_customer(customer).expect("added");
            engine.subscribe(engine::NewSubscription::to(key(name), key("scale"))).expect("subscribed");
        }
        let call = |id: &str, at: &str| json!({ "source": "s", "id": id, "type": "call", "subject": "acme", "time": at, "data": { "region": "eu" } });
        let events = json!([
            call("1", "2026-04-01T00:00:00Z"),
            call("2", "2026-04-01T00:00:00Z"),
            call("3", "2026-03-01T00:00:00Z")
        ]);
        assert_eq!(world.post("/v1/events", &events).status, 200);
        engine.bill().expect("billed");
        world
    }

    fn engine(&self) -> engine::Engine {
        self.platform.engine(&key("ours")).expect("an engine")
    }

    fn token(&self, roles: &[Role], permissions: &[&str]) -> String {
        let permissions = permissions.iter().map(|text| (*text).to_owned().try_into().expect("a permission")).collect();
        let new =
            NewToken { name: "t".into(), roles: roles.iter().copied().collect(), permissions, ..NewToken::default() };
        self.engine().create_key(new).expect("a key").secret
    }

    fn ask(&self, token: &str, verb: &str, path: &str, body: Option<&Value>, range: Option<&str>) -> Answer {
        let mut request = Request::builder().method(verb).uri(path).header("authorization", format!("Bearer {token}"));
        if body.is_some() {
            request = request.header("content-type", "application/json");
        }
        if let Some(range) = range {
            request = request.header("range", range);
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        self.runtime.block_on(async {
            let response = self.router.clone().oneshot(request.body(body).expect("a request")).await.expect("answered");
            let (head, body) = response.into_parts();
            let body = axum::body::to_bytes(body, usize::MAX).await.expect("a body").to_vec();
            Answer { status: head.status.as_u16(), headers: head.headers, body }
        })
    }

    fn post(&self, path: &str, body: &Value) -> Answer {
        self.ask(&self.owner, "POST", path, Some(body), None)
    }

    /// The file of an export.
    fn file(&self, body: &Value) -> Answer {
        let asked = self.post("/v1/exports", body);
        assert_eq!(asked.status, 201, "{}", asked.text());
        let id = asked.json()["job"]["id"].as_str().expect("an id").to_owned();
        let early = self.ask(&self.owner, "GET", &format!("/v1/exports/{id}/file"), None, None);
        assert_eq!((early.status, &early.json()["code"]), (409, &json!("export_not_ready")));
        self.engine().run_jobs().expect("done");
        let told = self.ask(&self.owner, "GET", &format!("/v1/exports/{id}"), None, None).json();
        assert_eq!(told["job"]["state"], "done", "{told}");
        let file = self.ask(&self.owner, "GET", &format!("/v1/exports/{id}/file"), None, None);
        assert_eq!(file.status, 200, "{}", file.text());
        assert_eq!(told["file"]["bytes"], file.body.len());
        let hash = Sha256::digest(&file.body).iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
        assert_eq!(told["file"]["sha256"], hash);
        assert_eq!(told["job"]["progress"]["done"], told["job"]["progress"]["total"]);
        file
    }
}

#[test]
fn what_is_exported_is_all_that_there_is_in_each_form() {
    let world = World::new();
    let lines = |body: Value| world.file(&body).text().lines().map(str::to_owned).collect::<Vec<_>>();
    let customers = lines(json!({ "what": "customers", "format": "csv" }));
    assert_eq!(customers, ["key,name,zone", "acme,\"Acme, \"\"Inc\"\"\",UTC", "bolt,,UTC"]);

    let usage = lines(json!({ "what": "usage", "format": "csv" }));
    assert_eq!(usage.len(), 4);
    assert_eq!(
        usage[1],
        "1,accepted,2026-04-01T00:00:00Z,s,1,call,acme,2026-04-01T00:00:00Z,\"{\"\"region\"\":\"\"eu\"\"}\""
    );
    let april = lines(json!({ "what": "usage", "format": "ndjson", "from": "2026-04-01T00:00:00Z" }));
    let ids: Vec<Value> =
        april.iter().map(|line| serde_json::from_str::<Value>(line).expect("json")["id"].clone()).collect();
    assert_eq!(ids, ["1", "2"]);
    assert_eq!(world.file(&json!({ "what": "usage", "format": "parquet" })).body[..4], *b"PAR1");

    let invoices = lines(json!({ "what": "invoices", "format": "csv" }));
    assert_eq!(invoices.len(), 3, "{invoices:?}");
    assert!(invoices[1].contains(",INV-00000") && invoices[1].contains(",issued,"), "{invoices:?}");
    assert!(invoices[1].contains(",2026-04-01,EUR,30.00,1,") && invoices[1].contains(",scale,fee,1,"), "{invoices:?}");
    assert_eq!(lines(json!({ "what": "invoices", "format": "ndjson", "to": "2026-04-01T00:00:00Z" })).len(), 0);
    assert_eq!(lines(json!({ "what": "invoices", "format": "ndjson" })).len(), 2);

    let journal = lines(json!({ "what": "journal", "format": "csv" }));
    let amounts =
        |side: &str| journal.iter().filter(|line| line.contains(side) && line.contains(",30.00,EUR,")).count();
    assert!(amounts(",debit,") >= 2 && amounts(",debit,") == amounts(",credit,"), "{journal:?}");

    let refused = world.post("/v1/exports", &json!({ "what": "journal", "format": "parquet" }));
    assert_eq!((refused.status, &refused.json()["code"]), (422, &json!("export_not_possible")));
}

#[test]
fn a_file_is_read_in_parts_and_gone_after_a_week() {
    let world = World::new();
    let whole = world.file(&json!({ "what": "customers", "format": "csv" }));
    assert_eq!(whole.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(whole.header("accept-ranges"), "bytes");
    assert!(whole.header("content-disposition").starts_with("attachment; filename=\"ours-customers-job_"));
    let name = whole.header("content-disposition").to_owned();
    let id = name.split("customers-").nth(1).and_then(|rest| rest.split('.').next()).expect("an id");
    let path = format!("/v1/exports/{id}/file");
    let part = world.ask(&world.owner, "GET", &path, None, Some("bytes=4-8"));
    assert_eq!((part.status, part.body.as_slice()), (206, &whole.body[4..9]));
    assert_eq!(part.header("content-range"), format!("bytes 4-8/{}", whole.body.len()));
    let beyond = world.ask(&world.owner, "GET", &path, None, Some("bytes=9999-"));
    assert_eq!((beyond.status, &beyond.json()["code"]), (416, &json!("unsatisfiable_range")));

    world.clock.set("2026-04-08T00:00:00Z".parse().expect("an instant"));
    let gone = world.ask(&world.owner, "GET", &path, None, None);
    assert_eq!((gone.status, &gone.json()["code"]), (404, &json!("export_gone")));
    let files = || std::fs::read_dir(world.folder.path().join("exports/ours")).expect("a folder").count();
    assert_eq!(files(), 1);
    world.platform.job_owners().expect("upkeep comes up");
    world.engine().run_jobs().expect("done");
    assert_eq!(files(), 0, "it makes room");
}

#[test]
fn who_may_not_read_a_thing_may_not_export_it() {
    let world = World::new();
    let asked = world.post("/v1/exports", &json!({ "what": "journal", "format": "ndjson" })).json();
    let id = asked["job"]["id"].as_str().expect("an id").to_owned();
    world.engine().run_jobs().expect("done");
    let body = json!({ "customer": "acme", "expires_at": "2026-05-01T00:00:00Z" });
    let portal = world.post("/v1/portal-tokens", &body).json()["secret"].as_str().expect("a secret").to_owned();
    let product = world.token(&[Role::Product], &[]);
    let books = world.token(&[], &["books:read"]);
    for (token, code) in [(&portal, "not_for_customers"), (&product, "not_permitted")] {
        let new = json!({ "what": "journal", "format": "ndjson" });
        for (verb, path, body) in [
            ("POST", "/v1/exports".to_owned(), Some(&new)),
            ("GET", format!("/v1/exports/{id}"), None),
            ("GET", format!("/v1/exports/{id}/file"), None),
        ] {
            let refused = world.ask(token, verb, &path, body, None);
            assert_eq!((refused.status, &refused.json()["code"]), (403, &json!(code)), "{verb} {path}");
        }
    }
    assert_eq!(world.ask(&books, "GET", &format!("/v1/exports/{id}/file"), None, None).status, 200);
    let scheduled = json!({ "work": { "export": { "what": "journal", "format": "csv" } }, "every": { "day": { "at": "03:00", "zone": "UTC" } } });
    let invoices = world.token(&[], &["invoices:write"]);
    assert_eq!(world.ask(&invoices, "POST", "/v1/schedules", Some(&scheduled), None).status, 403);
    assert_eq!(world.post("/v1/schedules", &scheduled).status, 201);
    // a job that writes no file is no export
    let job = world.post("/v1/jobs", &json!({ "kind": "billing_run" })).json();
    let job = job["id"].as_str().expect("an id");
    assert_eq!(world.ask(&world.owner, "GET", &format!("/v1/exports/{job}"), None, None).status, 404);
}
