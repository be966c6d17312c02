//! How often may be asked, over real connections and through the router.

mod common;

use axum::body::Body;
use axum::http::{HeaderMap, Request};
use common::{World, each};
use engine::Role;
use serde_json::{Value, json};
use server::{Access, Rates, router_at};
use std::num::NonZeroU32;
use tower::ServiceExt;

/// One in ten seconds is a tenth of what can be said; ten at once are the least.
fn rates() -> Rates {
    let one = NonZeroU32::new(1);
    Rates { requests: one, events: NonZeroU32::new(100), strangers: one, proxies: 1 }
}

fn ask(
    world: &World,
    router: &axum::Router,
    token: &str,
    path: &str,
    from: &str,
    body: &str,
) -> (u16, HeaderMap, Value) {
    let verb = if body.is_empty() { "GET" } else { "POST" };
    let mut request = Request::builder().method(verb).uri(path).header("x-forwarded-for", from);
    if !token.is_empty() {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    if !body.is_empty() {
        request = request.header("content-type", "application/json");
    }
    let request = request.body(Body::from(body.to_owned())).expect("a request");
    world.block_on(async {
        let response = router.clone().oneshot(request).await.expect("a router never fails");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.expect("a body");
        (status, headers, serde_json::from_slice(&bytes).unwrap_or_default())
    })
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers[name].to_str().expect("text")
}

#[test]
fn who_asks_too_often_is_told_when_to_come_again_and_others_are_not_disturbed() {
    each(|world| {
        let router = router_at(&world.platform, Access::Tokens, rates());
        let (one, other) = (world.root(Role::Owner), world.root(Role::Owner));
        let get = |token: &str, path: &str, from: &str| ask(world, &router, token, path, from, "");
        let answers: Vec<_> = (0..11).map(|_| get(&one, "/v1/customers", "192.0.2.1")).collect();
        let (status, headers, _) = &answers[0];
        assert_eq!((*status, text(headers, "ratelimit-policy")), (200, "\"requests\";q=10;w=10"));
        assert_eq!(text(headers, "ratelimit"), "\"requests\";r=9;t=1");
        let (status, headers, body) = &answers[10];
        assert_eq!((*status, &body["code"]), (429, &json!("rate_limited")));
        assert!(text(headers, "retry-after") == "1", "{headers:?}");
        assert!(text(headers, "ratelimit").starts_with("\"requests\";r=0;t="));
        assert_eq!(get(&other, "/v1/customers", "192.0.2.1").0, 200, "another key");
        // events are counted apart
        let event = json!({ "source": "s", "id": "1", "type": "t", "subject": "c", "time": "2026-04-01T00:00:00Z" });
        let (status, headers, _) = ask(world, &router, &one, "/v1/events", "192.0.2.1", &event.to_string());
        assert_eq!((status, text(&headers, "ratelimit-policy")), (200, "\"events\";q=1000;w=10"));
    });
}

#[test]
fn who_has_no_good_token_is_counted_by_address() {
    each(|world| {
        let router = router_at(&world.platform, Access::Tokens, rates());
        let good = world.root(Role::Owner);
        let get = |token: &str, path: &str, from: &str| ask(world, &router, token, path, from, "");
        let forged = format!("{}{}", &good[..good.len() - 1], if good.ends_with('0') { '1' } else { '0' });
        for n in 0..10 {
            let (token, path) = if n % 2 == 0 { (forged.as_str(), "/v1/customers") } else { ("", "/healthz") };
            let (status, headers, _) = get(token, path, "192.0.2.1");
            assert!(status == 401 || status == 200, "{status}");
            assert_eq!(text(&headers, "ratelimit-policy"), "\"strangers\";q=10;w=10");
        }
        for (token, path) in [(forged.as_str(), "/v1/customers"), ("", "/healthz"), ("", "/v1/customers")] {
            let (status, _, body) = get(token, path, "192.0.2.1");
            assert_eq!((status, &body["code"]), (429, &json!("rate_limited")), "{path}");
        }
        let (status, _, body) = ask(world, &router, "", "/v1/sessions", "192.0.2.1", "{}");
        assert_eq!((status, &body["code"]), (429, &json!("rate_limited")));
        assert_eq!(get("", "/healthz", "192.0.2.2").0, 200, "another address");
        // a good token that is looked up does not count against the address
        for _ in 0..10 {
            assert_eq!(get(&world.root(Role::Owner), "/v1/customers", "192.0.2.3").0, 200);
        }
        assert_eq!(get("", "/healthz", "192.0.2.3").0, 200);
    });
}

#[test]
fn passwords_are_counted_by_address_whoever_is_named() {
    each(|world| {
        let router = router_at(&world.platform, Access::Tokens, Rates { proxies: 1, ..Rates::default() });
        world.person("ann@example.com", Role::Owner);
        let sign_in = |email: &str, password: &str, from: &str| {
            let body = json!({ "email": email, "password": password }).to_string();
            let (status, _, body) = ask(world, &router, "", "/v1/sessions", from, &body);
            (status, body["code"].as_str().unwrap_or_default().to_owned())
        };
        // most of them are nobody, and beyond a bound no time is spent on their passwords
        let answers: Vec<_> = (0..105).map(|n| sign_in(&format!("nobody{n}@example.com"), "x", "192.0.2.1")).collect();
        assert!(answers[..100].iter().all(|answer| *answer == (401, "not_signed_in".into())), "{answers:?}");
        assert!(answers[100..].iter().all(|answer| *answer == (429, "too_many_attempts".into())), "{answers:?}");
        assert_eq!(sign_in("ann@example.com", common::PASSWORD, "192.0.2.1").0, 429);
        assert_eq!(sign_in("ann@example.com", common::PASSWORD, "192.0.2.2").0, 201);
    });
}
