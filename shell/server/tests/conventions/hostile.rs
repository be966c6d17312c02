//! Texts that somebody sends to do harm, in every parameter and in every text of every body, from the document: nothing breaks, nothing else
//! is changed, and they come back as they were sent or not at all.

use super::{Answer, Api, PRICING, writes};
use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What is sent, each with what it would do where it is not taken for a text.
fn hostile() -> Vec<String> {
    [
        "'; DROP TABLE document; --",
        "\" OR \"\"=\"",
        "1; UPDATE fact SET body = '{}' WHERE tenant = 'default'",
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "a\r\nSet-Cookie: stolen=1\r\n\r\n<html>",
        "../../../../etc/passwd",
        "..%2f..%2fetc%2fpasswd",
        "nul\u{0}nul",
        "\u{202e}txt.exe\u{2066}",
        "\u{1f4a3}\u{10ffff}",
        "{{7*7}}${7*7}<%= 7*7 %>",
        "%s%s%n%x",
        "&a [*a, *a] !!binary x",
    ]
    .into_iter()
    .map(str::to_owned)
    .chain(["x".repeat(20_000)])
    .collect()
}

/// The answer, with its text as it came.
fn checked(api: &Api, what: &str, hostile: &str, request: Request<Body>) -> Answer {
    let answer = api.send(request);
    assert!(answer.status < 500, "{what}: {answer:?}");
    for (name, value) in &answer.headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        assert!(!value.contains(hostile) || hostile.len() < 3, "{what}: {name} says it");
        assert!(name != "set-cookie", "{what}: {name}: {value}");
    }
    let media = answer.headers.get("content-type").map(|media| media.to_str().expect("ascii").to_owned());
    if media.is_some_and(|media| media.starts_with("text/html")) {
        assert!(!answer.text.contains(hostile), "{what}: a page says it");
    }
    assert!(answer.status < 400 || answer.code() != "", "{what}: a refusal has a code: {answer:?}");
    answer
}

/// Each place of a text in a body.
fn texts(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::String(_) => found.push(at.to_owned()),
        Value::Array(items) => items.iter().enumerate().for_each(|(n, item)| texts(item, &format!("{at}/{n}"), found)),
        Value::Object(fields) => fields.iter().for_each(|(name, value)| {
            texts(value, &format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")), found);
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// What is sent in earnest with each route: body by body, one text after the other.
fn bodies(api: &Api) -> Vec<(&'static str, String, Value)> {
    let mut found: Vec<(&'static str, String, Value)> = writes(api)
        .into_iter()
        .filter(|(_, _, media, _)| *media == "application/json")
        .map(|(id, path, _, body)| (id, path, serde_json::from_str(&body).expect("JSON")))
        .collect();
    let pricing = api.get("/v1/pricing", &[]).body["catalog"].clone();
    assert!(pricing["plans"].is_object() && PRICING.contains("plans"));
    found.push(("apply_pricing", "/v1/pricing".into(), pricing.clone()));
    found.push(("plan_pricing", "/v1/pricing/plan".into(), pricing));
    found.push(("sign_in", "/v1/sessions".into(), json!({ "email": "ann@example.com", "password": "x" })));
    found
}

/// What is known before, and must be so after.
fn canaries(api: &Api) -> Vec<Value> {
    ["/v1/customers/acme", "/v1/subscriptions/acme", "/v1/entities/default", "/v1/tenants", "/v1/discounts/canary"]
        .map(|path| api.get(path, &[]).ok().body)
        .to_vec()
}

#[test]
fn hostile_texts_in_every_text_of_every_body_are_texts_or_refused() {
    let api = Api::new();
    let bodies = bodies(&api);
    api.post("/v1/discounts/canary", &json!({ "name": "canary", "off": { "percent": "1" } })).ok();
    let before = canaries(&api);
    let (mut sent, mut kept, mut changed) = (0, 0, Vec::new());
    for (id, path, body) in &bodies {
        let mut places = Vec::new();
        texts(body, "", &mut places);
        for place in places {
            for text in hostile() {
                let mut body = body.clone();
                *body.pointer_mut(&place).expect("a text") = json!(text);
                let what = format!("{id} {place} {:?}", text.chars().take(40).collect::<String>());
                let known = api.digest();
                let request = Request::post(path).header("content-type", "application/json");
                let answer =
                    checked(&api, &what, &text, request.body(Body::from(body.to_string())).expect("a request"));
                sent += 1;
                if answer.status >= 400 {
                    assert_eq!(api.digest(), known, "{what} was refused and stored something");
                } else if let Some(Value::String(told)) = answer.body.pointer(&place) {
                    // the reason that is told is that of the changeset, not of taking it back
                    let is_other = *id == "revert_changeset" && place == "/reason";
                    // what stands around a text can be cut off
                    if *told != text && !is_other && (told.len() >= text.len() || !text.contains(told.as_str())) {
                        changed.push(format!("{what}: {told}"));
                    }
                    kept += 1;
                }
            }
        }
    }
    assert!(changed.is_empty(), "{changed:#?}");
    assert!(sent > 1_000 && kept > 50, "{sent} {kept}");
    // what was not spoken of is as it was; what was is changed by the bodies themselves, without harm
    let after = canaries(&api);
    assert_eq!(before.last(), after.last());
    assert_eq!((&before[1]["key"], before.len()), (&after[1]["key"], after.len()));
    let (listed, _) = api.items("/v1/customers", &[("limit", "500")]);
    assert!(listed.iter().any(|one| one["key"] == "acme"), "{listed:?}");
}

#[test]
fn hostile_texts_in_every_parameter_are_texts_or_refused() {
    let api = Api::new();
    let _ = writes(&api);
    let known = api.digest();
    let paths = server::openapi()["paths"].as_object().expect("paths");
    let mut sent = 0;
    for (path, item) in paths {
        for (verb, operation) in item.as_object().expect("an item") {
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            let required: BTreeMap<&str, &str> =
                [("meter", "calls"), ("from", "2026-01-01"), ("to", "2026-05-01")].into();
            for parameter in &parameters {
                let (name, place) = (parameter["name"].as_str().expect("a name"), parameter["in"].as_str());
                for text in hostile() {
                    let encoded: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
                    let encoded = encoded.replace('+', "%20");
                    let in_path = place == Some("path");
                    let address = path.split('/').map(|part| match part.strip_prefix('{') {
                        Some(own) if in_path && own.trim_end_matches('}') == name => encoded.clone(),
                        Some(_) => "acme".to_owned(),
                        None => part.to_owned(),
                    });
                    let address = address.collect::<Vec<_>>().join("/");
                    let mut query: Vec<String> = parameters
                        .iter()
                        .filter(|other| other["required"] == true && other["in"] == "query" && other["name"] != name)
                        .filter_map(|other| other["name"].as_str())
                        .map(|other| format!("{other}={}", required.get(other).copied().unwrap_or("x")))
                        .collect();
                    query.extend((place == Some("query")).then(|| format!("{name}={encoded}")));
                    let address = format!("{address}?{}", query.join("&"));
                    if address.len() > 60_000 {
                        continue;
                    }
                    let mut request = Request::builder().method(verb.to_uppercase().as_str()).uri(address);
                    if place == Some("header") {
                        let Ok(value) = axum::http::HeaderValue::from_bytes(text.as_bytes()) else { continue };
                        request = request.header(name, value);
                    }
                    let what = format!("{verb} {path} {name} {:?}", text.chars().take(40).collect::<String>());
                    // no body fits: whatever is changed is changed by the parameter
                    let body = if verb == "post" { Body::from("\u{1}") } else { Body::empty() };
                    checked(&api, &what, &text, request.body(body).expect("a request"));
                    sent += 1;
                }
            }
        }
    }
    assert!(sent > 3_000, "{sent}");
    assert_eq!(api.digest(), known, "something was changed");
}
