//! Who is let in, and how far: every route of the document, with every role, from every side.

use axum::body::Body;
use axum::http::Request;
use engine::{Actor, Environment, NewTenant, NewToken, Permission, Platform, Role, SecretKey, SetClock, Settings};
use serde_json::{Value, json};
use server::Access;
use std::collections::BTreeMap;
use std::sync::Arc;
use stdx::Key;
use tower::ServiceExt;

const PRICING: &str = r#"
meters: { tokens: { event: secret.kind, aggregate: { sum: properties.tokens } } }
plans: { scale: { currency: USD, every: month, prices: { fee: { flat: "517.03" }, tokens: { meter: tokens, per_unit: "0.01" } } } }
"#;

/// An operation of the document.
struct Operation {
    verb: String,
    path: String,
    id: String,
    /// None where anybody may ask, or anybody with a token.
    permission: Option<Permission>,
}

fn operations() -> Vec<Operation> {
    let paths = server::openapi()["paths"].as_object().expect("paths");
    let each = |(path, verbs): (&String, &Value)| {
        let path = path.clone();
        let verbs = verbs.as_object().expect("verbs").clone();
        verbs.into_iter().map(move |(verb, operation)| Operation {
            verb,
            path: path.clone(),
            id: operation["operationId"].as_str().expect("an id").to_owned(),
            permission: operation["x-permission"]
                .as_str()
                .map(|text| text.to_owned().try_into().expect("a permission")),
        })
    };
    paths.iter().flat_map(each).collect()
}

struct World {
    router: axum::Router,
    platform: Arc<Platform>,
    clock: Arc<SetClock>,
    runtime: tokio::runtime::Runtime,
}

fn key(text: &str) -> Key {
    text.try_into().expect("a key")
}

impl World {
    fn new() -> Self {
        let clock = Arc::new(SetClock::at("2026-04-01T00:00:00Z".parse().expect("an instant")));
        let secret = SecretKey::parse("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=").expect("a key");
        let platform = Platform::with_clock(clock.clone(), Settings::default()).expect("a platform");
        let platform = Arc::new(platform.with_secret_key(secret));
        let router = server::router(&platform, Access::Tokens);
        Self { router, platform, clock, runtime: tokio::runtime::Runtime::new().expect("a runtime") }
    }

    fn tenant(&self, name: &str) -> String {
        let new = NewTenant { key: key(name), name: String::new(), environment: Environment::Live };
        self.platform.add_tenant(new, &Actor::program()).expect("added").1.secret
    }

    fn key_of(&self, tenant: &str, role: Role) -> String {
        let engine = self.platform.engine(&key(tenant)).expect("an engine");
        let new = NewToken { name: format!("{role:?}"), roles: [role].into(), ..NewToken::default() };
        engine.create_key(new).expect("a key").secret
    }

    /// Status and body.
    fn ask(&self, token: &str, verb: &str, path: &str, body: &str) -> (u16, String) {
        let media = if path.starts_with("/v1/pricing") { "application/yaml" } else { "application/json" };
        let mut request = Request::builder().method(verb.to_uppercase().as_str()).uri(path);
        if !body.is_empty() {
            request = request.header("content-type", media);
        }
        if !token.is_empty() {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let request = request.body(Body::from(body.to_owned())).expect("a request");
        self.runtime.block_on(async {
            let response = self.router.clone().oneshot(request).await.expect("a router never fails");
            let status = response.status().as_u16();
            let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.expect("a body");
            (status, String::from_utf8_lossy(&body).into_owned())
        })
    }

    fn expect(&self, token: &str, verb: &str, path: &str, body: &Value, status: u16) -> Value {
        let text = if body.is_null() { String::new() } else { body.to_string() };
        let (found, answer) = self.ask(token, verb, path, &text);
        assert_eq!(found, status, "{verb} {path}: {answer}");
        serde_json::from_str(&answer).unwrap_or(Value::Null)
    }

    /// A tenant with one of everything; what stands for each name in a path.
    fn furnish(&self, token: &str) -> BTreeMap<&'static str, String> {
        assert_eq!(self.ask(token, "post", "/v1/pricing", PRICING).0, 200);
        let post = |path: &str, body: Value, status| self.expect(token, "post", path, &body, status);
        post("/v1/customers", json!({ "key": "marked-acme", "name": "marked" }), 201);
        post(
            "/v1/entities/marked",
            json!({ "key": "marked", "name": "marked", "series": { "invoices": "M", "credit_notes": "MC" } }),
            200,
        );
        let charge = json!({ "key": "marked", "each": "5.00", "currency": "EUR" });
        post("/v1/customers/marked-acme/charges", charge, 201);
        post("/v1/discounts/marked", json!({ "name": "marked", "off": { "percent": "5" } }), 200);
        post("/v1/customers/marked-acme/redemptions", json!({ "discount": "marked", "key": "marked" }), 201);
        post("/v1/subscriptions", json!({ "customer": "marked-acme", "plan": "scale" }), 201);
        let event = |id: &str| json!({ "source": "marked", "id": id, "type": "secret.kind", "subject": "marked-acme", "time": "2026-04-01T00:00:00Z", "data": { "tokens": 5 } });
        post("/v1/events", json!([event("1"), event("2"), { "source": "marked" }]), 200);
        let invoice = post("/v1/bill", Value::Null, 200)["issued"][0]["id"].as_str().expect("an id").to_owned();
        post(&format!("/v1/invoices/{invoice}/credit"), json!({ "reason": "marked" }), 201);
        let adjustments = self.expect(token, "get", "/v1/customers/marked-acme/adjustments", &Value::Null, 200);
        let adjustment = adjustments["adjustments"][0]["key"].as_str().expect("a key").to_owned();
        let paid = json!({ "key": "marked", "customer": "marked-acme", "method": "cash", "amount": { "amount": "1.00", "currency": "EUR" }, "reference": "marked" });
        post("/v1/payments", paid, 201);
        let changeset =
            post("/v1/changesets", json!({ "reason": "marked" }), 201)["id"].as_str().expect("an id").to_owned();
        let made = post("/v1/keys", json!({ "name": "marked", "roles": ["auditor"] }), 201);
        let job = post("/v1/jobs", json!({ "kind": "billing_run" }), 201);
        let webhook = post("/v1/webhooks", json!({ "url": "https://example.com/marked" }), 201);
        let limit = json!({ "absolute": { "at": ["5"] } });
        let alert = json!({ "name": "marked", "customer": "marked-acme", "on": { "usage": { "meter": "tokens" } }, "limit": limit, "recipients": ["marked@example.com"] });
        let alert = post("/v1/alerts", alert, 201);
        self.platform.engine(&key("ours")).expect("an engine").look_at_alerts().expect("looked");
        let email = self.expect(token, "get", "/v1/emails", &Value::Null, 200)["items"][0]["id"].clone();
        let export = post("/v1/exports", json!({ "what": "customers", "format": "csv" }), 201);
        let daily = json!({ "day": { "at": "03:00", "zone": "UTC" } });
        let schedule = post("/v1/schedules", json!({ "work": "billing_run", "every": daily }), 201);
        self.platform.engine(&key("ours")).expect("an engine").run_jobs().expect("done");
        let user = json!({ "email": "marked@example.com", "roles": ["finance"], "password": "correct horse battery" });
        post("/v1/users", user, 201);
        let provider = json!({ "key": "marked", "issuer": "https://accounts.example.com", "client_id": "x", "client_secret": "secret.kind", "redirects": ["https://marked.example.com"] });
        post("/v1/identity-providers", provider, 201);
        post("/v1/approval-policy/require", json!({ "operations": ["rotate_webhook"] }), 200);
        let rotate = format!("/v1/webhooks/{}/rotate", webhook["endpoint"]["id"].as_str().expect("an id"));
        let approval = post(&rotate, Value::Null, 202);
        [
            ("source", "marked".to_owned()),
            ("id/events", "1".to_owned()),
            ("id/invoices", invoice),
            ("key/adjustments", adjustment),
            ("id/changesets", changeset),
            ("id/keys", made["token"]["id"].as_str().expect("an id").to_owned()),
            ("id/tokens", made["token"]["id"].as_str().expect("an id").to_owned()),
            ("key/customers", "marked-acme".to_owned()),
            ("key/subscriptions", "marked-acme".to_owned()),
            ("key/entities", "marked".to_owned()),
            ("key/charges", "marked".to_owned()),
            ("key/payments", "marked".to_owned()),
            ("key/discounts", "marked".to_owned()),
            ("key/redemptions", "marked".to_owned()),
            ("id/jobs", job["id"].as_str().expect("an id").to_owned()),
            ("id/emails", email.as_str().expect("an id").to_owned()),
            ("id/exports", export["job"]["id"].as_str().expect("an id").to_owned()),
            ("id/schedules", schedule["id"].as_str().expect("an id").to_owned()),
            ("key/tenants", "ours".to_owned()),
            ("id/webhooks", webhook["endpoint"]["id"].as_str().expect("an id").to_owned()),
            ("id/approvals", approval["id"].as_str().expect("an id").to_owned()),
            ("key/identity-providers", "marked".to_owned()),
            ("id/alerts", alert["id"].as_str().expect("an id").to_owned()),
            ("delivery", "dlv_marked".to_owned()),
            ("email", "marked@example.com".to_owned()),
        ]
        .into()
    }
}

/// The path with the names of a tenant's things in it.
fn filled(path: &str, names: &BTreeMap<&'static str, String>) -> String {
    let noun = path.split('/').nth(2).unwrap_or_default();
    names.iter().fold(path.to_owned(), |path, (name, value)| {
        let (name, of) = name.split_once('/').unwrap_or((name, noun));
        if of == noun { path.replace(&format!("{{{name}}}"), value) } else { path }
    })
}

/// The path with what has to be asked.
fn asked(operation: &str, path: String) -> String {
    match operation {
        "get_usage" => path + "?meter=tokens&from=2026-01-01&to=2027-01-01",
        "get_general_ledger" | "get_roll_forward" => path + "?account=receivable",
        "get_statement" => path + "?currency=EUR&from=2026-01-01&to=2027-01-01",
        _ => path,
    }
}

/// What a tenant has, as an owner of it reads it.
fn all_of(world: &World, token: &str, names: &BTreeMap<&'static str, String>) -> Vec<(String, String)> {
    // the log of who was refused and the use of tokens change with every question
    let stable = |operation: &&Operation| {
        operation.verb == "get"
            && operation.path.starts_with("/v1/")
            && !["list_tokens", "list_tenants"].contains(&operation.id.as_str())
    };
    operations()
        .iter()
        .filter(stable)
        .map(|operation| {
            let path = filled(&operation.path, names);
            let path = asked(&operation.id, path);
            let (status, body) = world.ask(token, "get", &path, "");
            assert!(!path.contains('{'), "{path}");
            assert_eq!(status, 200, "{path}: {body}");
            (path, body)
        })
        .collect()
}

#[test]
fn no_tenant_sees_or_changes_what_is_another_s() {
    let world = World::new();
    let (ours, theirs) = (world.tenant("ours"), world.tenant("theirs"));
    let names = world.furnish(&ours);
    let before = all_of(&world, &ours, &names);
    assert!(before.iter().filter(|(_, body)| body.contains("marked")).count() >= 15, "there is something to see");
    for operation in operations() {
        let path = filled(&operation.path, &names);
        assert!(!path.contains('{'), "{path} has a name that this test does not fill");
        for body in [
            "",
            "{}",
            r#"{"reason":"mine now"}"#,
            r#"{"disabled":true}"#,
            r#"{"customer":"marked-acme","plan":"scale"}"#,
        ] {
            let (_, answer) = world.ask(&theirs, &operation.verb, &path, body);
            // what they say themselves may come back in the problem; what only the other tenant knows may not
            for secret in ["517.03", "secret.kind", "correct horse"] {
                assert!(
                    !operation.path.starts_with("/v1") || !answer.contains(secret),
                    "{} {path}: {answer}",
                    operation.verb
                );
            }
        }
    }
    let after = all_of(&world, &ours, &names);
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(before, after);
    }
    let lists = all_of_lists(&world, &theirs);
    assert!(lists.iter().all(|(_, body)| !body.contains("marked")), "{lists:?}");
}

/// Every list, as the other tenant reads it.
fn all_of_lists(world: &World, token: &str) -> Vec<(String, String)> {
    let lists = operations().into_iter().filter(|operation| {
        operation.verb == "get" && operation.path.starts_with("/v1/") && !operation.path.contains('{')
    });
    lists
        .map(|operation| (operation.path.clone(), world.ask(token, "get", &operation.path, "").1))
        .filter(|(_, body)| !body.contains("\"mend\""))
        .collect()
}

#[test]
fn each_role_does_what_it_may_and_nothing_else() {
    let world = World::new();
    let owner = world.tenant("ours");
    let names = world.furnish(&owner);
    let mut asked = 0;
    for role in Role::ALL {
        let token = world.key_of("ours", role);
        for operation in operations() {
            let Some(permission) = operation.permission else { continue };
            // a body that no route takes: who is let in is told so, and nothing is changed
            let (status, body) = world.ask(&token, &operation.verb, &filled(&operation.path, &names), "\u{1}");
            let refused = body.contains("\"not_permitted\"");
            assert_eq!(
                refused,
                !role.permits(permission),
                "{role:?} {} {}: {status} {body}",
                operation.verb,
                operation.path
            );
            assert!(!refused || status == 403);
            asked += 1;
        }
    }
    assert!(asked > 300, "{asked}");
}

#[test]
fn without_a_good_token_only_the_open_addresses_answer() {
    let world = World::new();
    let token = world.tenant("ours");
    let names = world.furnish(&token);
    let revoked = world.expect(&token, "post", "/v1/keys", &json!({ "name": "x", "roles": ["owner"] }), 201);
    let id = revoked["token"]["id"].as_str().expect("an id");
    world.expect(&token, "post", &format!("/v1/tokens/{id}/revoke"), &Value::Null, 200);
    let forged = format!("{}{}", &token[..token.len() - 1], if token.ends_with('0') { '1' } else { '0' });
    for bad in ["", "cf_ours_", "x", &forged, revoked["secret"].as_str().expect("a secret")] {
        for operation in operations() {
            let (status, body) = world.ask(bad, &operation.verb, &filled(&operation.path, &names), "\u{1}");
            let is_open = [
                "home",
                "docs",
                "docs_errors",
                "openapi",
                "health",
                "ready",
                "sign_in",
                "begin_sign_in",
                "finish_sign_in",
            ]
            .contains(&operation.id.as_str());
            assert_eq!(
                status == 401 && body.contains("no_access"),
                !is_open,
                "{} {}: {status} {body}",
                operation.verb,
                operation.path
            );
        }
    }
}

#[test]
fn a_customer_sees_what_is_theirs_and_nothing_else() {
    let world = World::new();
    let owner = world.tenant("ours");
    let names = world.furnish(&owner);
    world.expect(&owner, "post", "/v1/customers", &json!({ "key": "other", "name": "Other" }), 201);
    world.expect(&owner, "post", "/v1/subscriptions", &json!({ "customer": "other", "plan": "scale" }), 201);
    world.expect(&owner, "post", "/v1/bill", &Value::Null, 200);
    let portal = |customer: &str| {
        let body = json!({ "customer": customer, "expires_at": "2026-05-01T00:00:00Z" });
        world.expect(&owner, "post", "/v1/portal-tokens", &body, 201)["secret"].as_str().expect("a secret").to_owned()
    };
    let (marked, other) = (portal("marked-acme"), portal("other"));
    assert_eq!(world.expect(&marked, "get", "/v1/whoami", &Value::Null, 200)["customer"], "marked-acme");
    let mut seen = Vec::new();
    for operation in operations().iter().filter(|operation| operation.permission.is_some()) {
        let path = filled(&operation.path, &names);
        let path = asked(&operation.id, path);
        let (own, _) = world.ask(&marked, &operation.verb, &path, "");
        let (status, body) = world.ask(&other, &operation.verb, &path, "");
        assert!(!body.contains("marked-acme"), "{path}: {body}");
        if own == 200 {
            seen.push(operation.id.clone());
            // a list is that of whoever asks, a thing of another is refused
            assert_eq!(status, if operation.path.contains('{') { 403 } else { 200 }, "{path}: {body}");
        } else {
            assert_eq!((own, status), (403, 403), "{path}: {body}");
        }
    }
    seen.sort();
    let expected = [
        "explain_invoice",
        "get_customer",
        "get_customer_balances",
        "get_invoice",
        "get_receivables",
        "get_refunds",
        "get_settlement",
        "get_statement",
        "get_subscription",
        "get_usage",
        "get_usage_to_date",
        "list_charges",
        "list_invoices",
        "list_payments",
        "list_redemptions",
        "list_subscriptions",
        "preview_invoice",
    ];
    assert_eq!(seen, expected);
    let listed = world.expect(&other, "get", "/v1/invoices", &Value::Null, 200);
    assert_eq!((listed["items"].as_array().map(Vec::len), &listed["items"][0]["customer"]), (Some(1), &json!("other")));
    assert_eq!(world.ask(&other, "get", "/v1/invoices?customer=marked-acme", "").0, 403);
    world.clock.set("2026-05-01T00:00:00Z".parse().expect("an instant"));
    assert_eq!(world.ask(&other, "get", "/v1/invoices", "").0, 401, "the token is over");
}

#[test]
fn a_request_with_a_key_is_done_once_and_answered_alike() {
    let world = World::new();
    let token = world.tenant("ours");
    let post = |key: &str, body: &Value| {
        let request = Request::post("/v1/customers")
            .header("content-type", "application/json")
            .header("authorization", format!("Bearer {token}"))
            .header("idempotency-key", key)
            .body(Body::from(body.to_string()))
            .expect("a request");
        world.runtime.block_on(async {
            let response = world.router.clone().oneshot(request).await.expect("a router never fails");
            let (status, replayed) =
                (response.status().as_u16(), response.headers().contains_key("idempotency-replayed"));
            let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.expect("a body");
            (status, replayed, serde_json::from_slice::<Value>(&body).expect("json"))
        })
    };
    let acme = json!({ "key": "acme", "name": "Acme" });
    let (status, replayed, first) = post("k1", &acme);
    assert_eq!((status, replayed), (201, false), "{first}");
    assert_eq!(post("k1", &acme), (201, true, first), "the same answer, and not that the customer exists already");
    let (status, _, other) = post("k1", &json!({ "key": "bolt", "name": "Bolt" }));
    assert_eq!((status, &other["code"]), (409, &json!("idempotency_key_reused")));
    assert_eq!(post("k2", &acme).0, 409, "another key is another request");
    // what was refused is not kept: it can be sent again once it is mended
    let missing = json!({ "customer": "acme", "plan": "scale" });
    assert_eq!(world.ask(&token, "post", "/v1/subscriptions", &missing.to_string()).0, 404);
    assert_eq!(
        world.expect(&token, "get", "/v1/customers", &Value::Null, 200)["items"].as_array().map(Vec::len),
        Some(1)
    );
    let (status, _, refused) = post("", &acme);
    assert_eq!((status, &refused["code"]), (400, &json!("invalid_idempotency_key")));
}

#[test]
fn the_log_names_who_did_what_and_why() {
    let world = World::new();
    let token = world.tenant("ours");
    let request = Request::post("/v1/customers")
        .header("content-type", "application/json")
        .header("authorization", format!("Bearer {token}"))
        .header("x-request-id", "req-7")
        .header("x-reason", "signed today")
        .body(Body::from(json!({ "key": "acme", "name": "Acme" }).to_string()))
        .expect("a request");
    let response = world.runtime.block_on(world.router.clone().oneshot(request)).expect("a router never fails");
    assert_eq!(response.headers()["x-request-id"], "req-7");
    let log = world.expect(&token, "get", "/v1/audit", &Value::Null, 200);
    let last = log["items"].as_array().and_then(|items| items.last()).expect("an entry");
    assert_eq!(last["action"], "customer.add");
    assert_eq!(last["object"], json!({ "kind": "customer", "id": "acme" }));
    assert_eq!(
        (&last["actor"]["kind"], &last["actor"]["request"], &last["actor"]["reason"]),
        (&json!("key"), &json!("req-7"), &json!("signed today"))
    );
    assert_eq!((&last["before"], &last["after"]), (&Value::Null, &json!({ "version": 1 })));
}
