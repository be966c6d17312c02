//! The OpenAPI document: whole, well-formed, and what the router does.

use axum::body::Body;
use axum::http::Request;
use engine::Platform;
use serde_json::{Map, Value};
use server::Access;
use std::collections::BTreeSet;
use std::sync::Arc;
use tower::ServiceExt;

fn operations() -> Vec<(&'static str, &'static str, &'static Value)> {
    let paths = server::openapi()["paths"].as_object().expect("paths");
    let each = |(path, item): (&'static String, &'static Value)| {
        item.as_object()
            .expect("an item")
            .iter()
            .map(move |(verb, operation)| (path.as_str(), verb.as_str(), operation))
    };
    paths.iter().flat_map(each).collect()
}

/// Asks the router, and says whether there was a route.
fn is_routed(path: &str, verb: &str) -> bool {
    let platform = Platform::in_memory("2026-04-01T00:00:00Z".parse().expect("an instant")).expect("a platform");
    let router = server::router(&Arc::new(platform), Access::Open);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let request =
        Request::builder().method(verb.to_uppercase().as_str()).uri(path.replace(['{', '}'], "")).body(Body::empty());
    runtime.block_on(async {
        let response = router.oneshot(request.expect("a request")).await.expect("a router never fails");
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.expect("a body");
        let code =
            serde_json::from_slice::<Value>(&body).ok().and_then(|body| Some(body.get("code")?.as_str()?.to_owned()));
        !matches!(code.as_deref(), Some("no_such_address" | "wrong_method"))
    })
}

#[test]
fn every_address_of_the_document_is_a_route() {
    for (path, verb, _) in operations() {
        assert!(is_routed(path, verb), "{verb} {path}");
    }
    assert!(!is_routed("/v1/bill", "get"), "the question can be answered with no");
}

/// Every route that the product promises.
const PROMISED: &[&str] = &[
    "post /v1/invoices/{id}/edit",
    "post /v1/invoices/{id}/credit",
    "post /v1/invoices/{id}/debit",
    "post /v1/invoices/{id}/void",
    "get /v1/customers/{key}/adjustments",
    "post /v1/adjustments/{key}/withdraw",
    "get /v1/customers/{key}/differences",
    "post /v1/customers/{key}/differences/release",
    "post /v1/customers/{key}/differences/give_up",
    "post /v1/backups",
    "post /v1/events",
    "get /v1/events",
    "get /v1/events/{source}/{id}",
    "get /v1/events/quarantine",
    "get /v1/events/quarantine/reasons",
    "post /v1/events/quarantine/replay",
    "get /v1/events/{source}/{id}/history",
    "get /v1/events/{source}/{id}/explanation",
    "post /v1/events/{source}/{id}/amend",
    "post /v1/events/{source}/{id}/retract",
    "post /v1/changesets",
    "get /v1/changesets",
    "get /v1/changesets/{id}",
    "post /v1/changesets/{id}/changes",
    "post /v1/changesets/{id}/seal",
    "get /v1/changesets/{id}/preview",
    "post /v1/changesets/{id}/apply",
    "post /v1/changesets/{id}/revert",
    "get /v1/usage/unpaid",
    "get /v1/customers/{key}/usage",
    "get /v1/usage",
    "get /v1/usage/unmatched",
    "post /v1/customers",
    "get /v1/customers",
    "get /v1/customers/{key}",
    "post /v1/customers/{key}",
    "get /v1/entities",
    "get /v1/entities/{key}",
    "post /v1/entities/{key}",
    "get /v1/customers/{key}/preview",
    "get /v1/pricing",
    "post /v1/pricing",
    "post /v1/pricing/plan",
    "get /v1/pricing/schema",
    "post /v1/customers/{key}/charges",
    "get /v1/customers/{key}/charges",
    "post /v1/charges/{key}/withdraw",
    "get /v1/discounts",
    "get /v1/discounts/{key}",
    "post /v1/discounts/{key}",
    "post /v1/customers/{key}/redemptions",
    "get /v1/customers/{key}/redemptions",
    "post /v1/redemptions/{key}/end",
    "post /v1/subscriptions",
    "get /v1/subscriptions",
    "get /v1/subscriptions/{key}",
    "post /v1/subscriptions/{key}/changes",
    "post /v1/subscriptions/{key}/end",
    "post /v1/subscriptions/{key}/pause",
    "post /v1/subscriptions/{key}/resume",
    "post /v1/subscriptions/{key}/reactivate",
    "post /v1/subscriptions/{key}/renew",
    "post /v1/subscriptions/{key}/cycles",
    "post /v1/subscriptions/{key}/withdraw",
    "post /v1/subscriptions/{key}/transfer",
    "get /v1/invoices",
    "get /v1/invoices/{id}",
    "get /v1/invoices/{id}/explanation",
    "post /v1/invoices/{id}/issue",
    "post /v1/payments",
    "get /v1/payments",
    "get /v1/payments/{key}",
    "post /v1/payments/{key}/allocate",
    "post /v1/payments/{key}/unallocate",
    "post /v1/payments/{key}/reverse",
    "get /v1/invoices/{id}/settlement",
    "post /v1/invoices/{id}/apply_balance",
    "post /v1/invoices/{id}/write_off",
    "get /v1/customers/{key}/balances",
    "get /v1/customers/{key}/receivables",
    "get /v1/customers/{key}/statement",
    "post /v1/customers/{key}/refunds",
    "get /v1/customers/{key}/refunds",
    "post /v1/bill",
    "get /v1/journal",
    "get /v1/balances",
    "get /v1/reports/trial-balance",
    "get /v1/reports/general-ledger",
    "get /v1/reports/roll-forward",
    "get /healthz",
    "get /readyz",
    "get /metrics",
    "get /v1/settings",
    "post /v1/settings",
    "get /v1/settings/versions",
    "post /v1/jobs",
    "get /v1/jobs",
    "get /v1/jobs/{id}",
    "post /v1/jobs/{id}/cancel",
    "post /v1/schedules",
    "get /v1/schedules",
    "get /v1/schedules/{id}",
    "post /v1/schedules/{id}/pause",
    "post /v1/schedules/{id}/resume",
    "post /v1/schedules/{id}/remove",
    "post /v1/exports",
    "get /v1/exports/{id}",
    "get /v1/exports/{id}/file",
    "get /v1/emails",
    "get /v1/emails/{id}",
    "post /v1/emails/{id}/replay",
    "post /v1/alerts",
    "get /v1/alerts",
    "get /v1/alerts/{id}",
    "post /v1/alerts/{id}/remove",
    "get /v1/alerts/{id}/crossings",
    "post /v1/webhooks",
    "get /v1/webhooks",
    "get /v1/webhooks/{id}",
    "post /v1/webhooks/{id}",
    "post /v1/webhooks/{id}/rotate",
    "post /v1/webhooks/{id}/remove",
    "get /v1/webhooks/{id}/deliveries",
    "post /v1/webhooks/{id}/deliveries/{delivery}/replay",
    "post /v1/sessions",
    "post /v1/sign-in",
    "post /v1/sign-in/finish",
    "post /v1/identity-providers",
    "get /v1/identity-providers",
    "post /v1/identity-providers/{key}",
    "post /v1/identity-providers/{key}/remove",
    "get /v1/whoami",
    "post /v1/keys",
    "post /v1/keys/{id}/rotate",
    "post /v1/portal-tokens",
    "get /v1/tokens",
    "post /v1/tokens/{id}/revoke",
    "post /v1/users",
    "get /v1/users",
    "post /v1/users/{email}",
    "get /v1/approval-policy",
    "post /v1/approval-policy/require",
    "post /v1/approval-policy/release",
    "get /v1/approvals",
    "get /v1/approvals/{id}",
    "post /v1/approvals/{id}/approve",
    "post /v1/approvals/{id}/reject",
    "post /v1/approvals/{id}/withdraw",
    "post /v1/approvals/{id}/collect",
    "get /v1/audit",
    "post /v1/tenants",
    "post /v1/tenants/{key}/fork",
    "get /v1/tenants",
    "get /v1/clock",
    "post /v1/clock",
    "get /openapi.json",
    "get /docs",
    "get /docs/errors",
    "get /",
];

#[test]
fn every_route_that_was_promised_is_in_the_document() {
    let documented: BTreeSet<String> = operations().iter().map(|(path, verb, _)| format!("{verb} {path}")).collect();
    assert_eq!(documented, PROMISED.iter().map(ToString::to_string).collect());
}

/// The clients are written from the copy.
#[test]
fn the_copy_in_the_repository_is_what_the_server_says() {
    let copy: Value = serde_json::from_str(include_str!("../../../clients/openapi.json")).expect("JSON");
    assert!(copy == *server::openapi(), "clients/openapi.json is of another version: cargo run -p xtask -- codegen");
}

#[test]
fn the_document_is_well_formed() {
    let document = server::openapi();
    assert_eq!(document["openapi"], "3.1.0");
    let schemas = document["components"]["schemas"].as_object().expect("schemas");
    let tags: BTreeSet<&str> =
        document["tags"].as_array().expect("tags").iter().filter_map(|tag| tag["name"].as_str()).collect();
    let mut ids = BTreeSet::new();
    for (path, verb, operation) in operations() {
        let name = format!("{verb} {path}");
        assert!(ids.insert(operation["operationId"].as_str().expect("an id")), "{name}: its id is taken");
        assert!(operation["summary"].as_str().is_some_and(|summary| !summary.is_empty()), "{name}");
        assert!(tags.contains(operation["tags"][0].as_str().expect("a tag")), "{name}");
        assert!(operation["responses"]["default"]["content"]["application/problem+json"].is_object(), "{name}");
        check_parameters(&name, path, operation);
    }
    let mut found = Vec::new();
    references(document, &mut found);
    assert!(!found.is_empty());
    for reference in found {
        let name = reference
            .strip_prefix("#/components/schemas/")
            .unwrap_or_else(|| panic!("{reference} leads out of the document"));
        assert!(schemas.contains_key(name), "{reference} leads nowhere");
    }
    for shared in ["Customer", "Catalog", "Subscription", "Invoice", "Line", "Explanation", "ProblemDocument", "Event"]
    {
        assert!(schemas.contains_key(shared), "{shared} is not shared: {:?}", schemas.keys().collect::<Vec<_>>());
    }
}

/// What the server sends is asserted in `rates.rs`.
#[test]
fn every_answer_tells_how_often_may_be_asked_and_what_is_answered_beyond_it() {
    for (path, verb, operation) in operations() {
        let responses = operation["responses"].as_object().expect("responses");
        for (status, response) in responses {
            for name in ["RateLimit-Policy", "RateLimit"] {
                assert_eq!(response["headers"][name]["schema"]["type"], "string", "{verb} {path}: {status}");
            }
        }
        let beyond = responses.get("429").unwrap_or_else(|| panic!("{verb} {path}"));
        assert_eq!(beyond["headers"]["Retry-After"]["schema"]["type"], "integer", "{verb} {path}");
        assert!(beyond["content"]["application/problem+json"].is_object(), "{verb} {path}");
    }
}

/// The names in a path are its path parameters, each described.
fn check_parameters(name: &str, path: &str, operation: &Value) {
    let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
    let in_path: BTreeSet<String> = parameters
        .iter()
        .filter(|one| one["in"] == "path")
        .filter_map(|one| Some(one["name"].as_str()?.to_owned()))
        .collect();
    let named: BTreeSet<String> =
        path.split('/').filter_map(|part| Some(part.strip_prefix('{')?.strip_suffix('}')?.to_owned())).collect();
    assert_eq!(in_path, named, "{name}");
    for parameter in &parameters {
        assert!(parameter["schema"].is_object() || parameter["schema"].is_boolean(), "{name}: {parameter}");
        assert!(parameter["description"].is_string(), "{name}: {parameter}");
        assert!(parameter["in"] != "path" || parameter["required"] == true, "{name}: {parameter}");
    }
}

fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    let within = |map: &'a Map<String, Value>, found: &mut Vec<&'a str>| {
        found.extend(map.get("$ref").and_then(Value::as_str));
        map.values().for_each(|value| references(value, found));
    };
    match value {
        Value::Object(map) => within(map, found),
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
