//! Writes that are tried and not done: `?dry_run=true`.

use crate::Refusal;
use crate::answer::besides;
use crate::asked::Received;
use crate::route::{Desk, Rehearsal, Route};
use crate::router::Sender;
use axum::body::{Body, to_bytes};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use engine::{Impact, Platform, Request};
use schemars::JsonSchema;
use serde::Serialize;
use std::sync::Arc;
use stdx::Problem;

pub(crate) const PARAMETER: &str = "dry_run";

/// What the answer to a dry run has besides what would be answered in earnest.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct DryRun {
    /// Always true: nothing was stored, and nobody was told.
    pub dry_run: bool,
    /// What the write would change in money.
    pub impact: Impact,
}

/// Whether a request is a dry run. The parameter is that of every write, so it is taken away before the route reads its own.
pub(crate) fn is_asked(route: &Route, received: &mut Received) -> Result<bool, Refusal> {
    let given = received.take(PARAMETER);
    if given.is_empty() {
        return Ok(false);
    }
    if route.rehearsal == Rehearsal::Never {
        let problem = Problem::new("dry_run_impossible", "This cannot be tried without being done")
            .detail(format!("`{}` {} has no dry run", route.id, route.path))
            .at("?dry_run")
            .mend("leave the parameter out; routes that read change nothing anyway");
        return Err(Refusal::one(StatusCode::BAD_REQUEST, problem));
    }
    match given.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["true"] => Ok(true),
        ["false" | ""] => Ok(false),
        _ => {
            let problem = Problem::new("invalid_dry_run", "It is not clear whether this is a dry run")
                .detail(format!("`dry_run` is given as: {}", given.join(", ")))
                .at("?dry_run")
                .mend("give `dry_run=true` once, or leave it out; nothing was done");
            Err(Refusal::one(StatusCode::BAD_REQUEST, problem))
        }
    }
}

/// Does everything as far as the commit.
pub(crate) fn rehearse(
    platform: &Platform,
    route: &Route,
    sender: &Sender,
    request: &Arc<Request>,
    received: &Received,
) -> Result<(Response, Impact), Refusal> {
    let Sender { who, from } = sender;
    platform.rehearse(&who.tenant, &who.actor, request, |platform, engine| {
        engine.check_seen()?;
        (route.handler)(&Desk { platform, engine, who, from: *from, range: None }, received)
    })
}

/// The answer with what it would change.
pub(crate) async fn answer(response: Response, impact: Impact) -> Response {
    let (mut head, body) = response.into_parts();
    let added = serde_json::to_string(&DryRun { dry_run: true, impact });
    // the body is in memory already
    let (Ok(bytes), Ok(added)) = (to_bytes(body, usize::MAX).await, added) else {
        return Refusal::defect().into_response();
    };
    let Some(whole) = besides(&added, &bytes) else { return Refusal::defect().into_response() };
    head.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(head, Body::from(whole))
}
