//! The server itself.

use super::Noun;
use crate::Refusal;
use crate::answer::{Elsewhere, Found, Html, Plain};
use crate::asked::{Asked, Nothing};
use crate::metrics::collected;
use crate::payload::Empty;
use crate::route::{Desk, Route};
use axum::http::StatusCode;
use calendar::Instant;
use engine::{Engine, Resource};
use metrics_exporter_prometheus::PrometheusHandle;
use schemars::JsonSchema;
use serde::Serialize;
use std::fmt::Write as _;
use stdx::NonEmpty;

pub(super) fn noun() -> Noun {
    Noun {
        name: "server",
        resource: Resource::Operations,
        about: "The server itself.",
        routes: vec![
            Route::get("/", "home", "Leads to /docs", home).public(),
            Route::get("/docs", "docs", "These pages", docs).public(),
            Route::get("/docs/errors", "docs_errors", "Each error code: what it means, and how to mend it", errors)
                .public(),
            Route::get("/openapi.json", "openapi", "This document", openapi).public(),
            Route::get("/metrics", "metrics", "What is counted and timed, in the text format of Prometheus", metrics),
            Route::get("/healthz", "health", "That the process answers; see /readyz for more", health).public(),
            Route::get_at(
                "/readyz",
                "ready",
                "Whether all that the server needs can do its work; 503 with the problems where not",
                ready,
            )
            .public(),
        ],
    }
}

/// That the server is well.
#[derive(Debug, Serialize, JsonSchema)]
struct Health {
    /// Always `ok`: what is not well does not answer so.
    status: &'static str,
    /// The version of the program.
    version: &'static str,
    /// The time by which it bills.
    now: Instant,
}

/// That the server can do its work.
#[derive(Debug, Serialize, JsonSchema)]
struct Ready {
    /// Always `ready`: what hinders is a refusal.
    status: &'static str,
}

fn home(_: &Engine, _: Asked<Nothing, Nothing, Empty>) -> Result<Elsewhere, Refusal> {
    Ok(Elsewhere("/docs"))
}

fn docs(_: &Engine, _: Asked<Nothing, Nothing, Empty>) -> Result<Html, Refusal> {
    Ok(Html(include_str!("../docs.html").into()))
}

fn openapi(_: &Engine, _: Asked<Nothing, Nothing, Empty>) -> Result<Found<&'static serde_json::Value>, Refusal> {
    Ok(Found(crate::openapi()))
}

fn metrics(_: &Engine, _: Asked<Nothing, Nothing, Empty>) -> Result<Plain, Refusal> {
    Ok(Plain(collected().map(PrometheusHandle::render).unwrap_or_default()))
}

fn health(engine: &Engine, _: Asked<Nothing, Nothing, Empty>) -> Result<Found<Health>, Refusal> {
    Ok(Found(Health { status: "ok", version: env!("CARGO_PKG_VERSION"), now: engine.now() }))
}

fn ready(desk: &Desk<'_>, _: Asked<Nothing, Nothing, Empty>) -> Result<Found<Ready>, Refusal> {
    let mut problems = desk.platform.hindrances().into_iter();
    let Some(first) = problems.next() else { return Ok(Found(Ready { status: "ready" })) };
    let mut all = NonEmpty::of(first);
    problems.for_each(|problem| all.push(problem));
    Err(Refusal { status: StatusCode::SERVICE_UNAVAILABLE, problems: all })
}

fn errors(_: &Engine, _: Asked<Nothing, Nothing, Empty>) -> Result<Html, Refusal> {
    Ok(Html(error_page(include_str!("../../../../docs/errors.md"))))
}

/// The document of all codes as a page on which each code is an anchor, so that the `type` of a problem leads there.
fn error_page(markdown: &str) -> String {
    let escaped = markdown.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let mut body = String::new();
    for block in escaped.split("\n\n") {
        let block = block.trim();
        if let Some(code) = block.strip_prefix("## ") {
            let _ = writeln!(body, "<h2 id=\"{code}\"><a href=\"#{code}\">{code}</a></h2>");
        } else if let Some(title) = block.strip_prefix("# ") {
            let _ = writeln!(body, "<h1>{title}</h1>");
        } else if let Some(list) = block.strip_prefix("- ") {
            let items: Vec<String> = list.split("\n- ").map(code_marks).collect();
            let _ = writeln!(body, "<ul><li>{}</li></ul>", items.join("</li><li>"));
        } else {
            let _ = writeln!(body, "<p>{}</p>", code_marks(block));
        }
    }
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Errors · Counterfoil</title><style>:root{{color-scheme:light dark}}body{{font:1rem/1.5 system-ui,sans-serif;max-width:46rem;\
         margin:2rem auto;padding:0 1rem}}h2{{font:600 1.05rem ui-monospace,monospace;margin-top:2rem}}h2:target{{outline:2px solid;outline-offset:.3rem}}</style></head>\
         <body><main><p><a href=\"/docs\">All addresses</a></p>{body}</main></body></html>"
    )
}

/// What stands between back quotes, as code.
fn code_marks(text: &str) -> String {
    text.split('`')
        .enumerate()
        .map(|(at, part)| if at % 2 == 1 { format!("<code>{part}</code>") } else { part.to_owned() })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_an_anchor_and_nothing_is_markup() {
        let page = error_page("# Errors\n\nAll `of` <them>.\n\n## bad_tier\n\n- Where: `tiers`.\n- Mend: it.\n");
        assert!(page.contains("<h2 id=\"bad_tier\">"));
        assert!(page.contains("<p>All <code>of</code> &lt;them&gt;.</p>"));
        assert!(page.contains("<li>Mend: it.</li>"));
    }
}
