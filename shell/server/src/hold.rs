//! Requests that need a second person: kept as they came, and done when somebody else approves them.
//!
//! What is kept is the request itself, not what it means: it is read by the same types and done by the same handler as one that is done
//! at once, so that nothing can be asked in this way that could not be asked in the other, and a new route needs nothing of its own.

use crate::Refusal;
use crate::asked::Received;
use crate::intake::Packed;
use crate::route::{Desk, Repeats, Route, Takes, Verb};
use crate::routes::nouns;
use crate::versions;
use axum::body::to_bytes;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use engine::{
    AccessError, Action, Approval, ApprovalOutcome, Approved, Carries, Command, Engine, Known, NewApproval, Resource,
};
use serde_json::{Value, json};
use std::sync::Arc;
use stdx::Problem;

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// It is done.
    Done,
    /// It waits for a second person.
    Waits,
}

/// Whether a tenant can choose that a route needs a second person: it changes something, and is not how one is found. Events are too many.
pub(crate) fn can_wait(route: &Route) -> bool {
    let changes = route
        .permission()
        .is_some_and(|needed| needed.action != Action::Read && needed.resource != Resource::Approvals);
    route.verb == Verb::Post && route.takes == Takes::Bodies && changes && route.id != "require_approval"
}

/// Whether a request has to wait.
pub(crate) fn way(route: &Route, engine: &Engine) -> Result<Way, Refusal> {
    let waits = can_wait(route) && engine.approval_policy()?.needs_second(route.id);
    Ok(if waits { Way::Waits } else { Way::Done })
}

/// Keeps a request that can be read.
pub(crate) fn hold(
    desk: &Desk<'_>,
    route: &Route,
    headers: &HeaderMap,
    received: &Received,
) -> Result<Response, Refusal> {
    (route.check)(received)?;
    let Some(permission) = route.permission() else { return Err(Refusal::defect()) };
    let body = received.body.unpack()?;
    let body = std::str::from_utf8(&body).map_err(|_| Refusal::defect())?.to_owned();
    let Received { path, query, media, .. } = received;
    let if_match = versions::expected(headers);
    let command = Command { path: path.clone(), query: query.clone(), media: media.clone(), if_match, body };
    let carries = match route.repeats {
        Repeats::Done => Carries::Secret,
        Repeats::Answered => Carries::Nothing,
    };
    let new = NewApproval { operation: route.id.into(), permission, command, carries };
    let approval = desk.engine.request_approval(new, desk.who)?;
    let place = HeaderValue::from_str(&format!("/v1/approvals/{}", approval.id)).map_err(|_| Refusal::defect())?;
    let mut response = (StatusCode::ACCEPTED, axum::Json(&approval)).into_response();
    response.headers_mut().insert(header::LOCATION, place);
    Ok(response)
}

/// Does what was approved, as whoever asked for it, if they still may; tells how it ended.
pub(crate) fn perform(desk: &Desk<'_>, approved: Approved) -> Result<Approval, Refusal> {
    let outcome = match replay(desk, &approved) {
        Ok((status, answer)) => ApprovalOutcome::Done { status, answer },
        Err(refusal) if refusal.status.is_server_error() || refusal.status == StatusCode::TOO_MANY_REQUESTS => {
            desk.engine.finish_approval(approved, ApprovalOutcome::Again)?;
            return Err(refusal);
        }
        Err(refusal) => ApprovalOutcome::Failed(refusal.problems.as_slice().to_vec()),
    };
    Ok(desk.engine.finish_approval(approved, outcome)?)
}

fn replay(desk: &Desk<'_>, approved: &Approved) -> Result<(u16, Value), Refusal> {
    let operation = &approved.approval.operation;
    let route = nouns().into_iter().flat_map(|noun| noun.routes).find(|route| route.id == operation);
    let route = route.filter(can_wait).ok_or_else(|| gone(operation))?;
    let who = desk.platform.standing_of(&desk.who.tenant, &approved.actor()).and_then(|who| {
        who.may(approved.approval.permission)?;
        who.may(route.permission().unwrap_or(approved.approval.permission))?;
        Ok(who)
    });
    let who = who.map_err(|error| lost(error, approved))?;
    let Command { path, query, media, if_match, body } = approved.command.clone();
    let received = Received { path, query, media, body: Packed::kept(body.into()) };
    let request = Arc::new(versions::request(&route, &versions::expecting(if_match.as_deref()), &received)?);
    let engine = desk.platform.engine(&who.tenant)?.acting_for(who.actor.clone()).in_request(request);
    let engine = engine.once(approved.once());
    if let Known::Answered(kept) = engine.known_request()? {
        let status = kept["status"].as_u64().and_then(|status| u16::try_from(status).ok()).unwrap_or(200);
        return Ok((status, kept["body"].clone()));
    }
    engine.check_seen()?;
    let acting = Desk { platform: desk.platform, engine: &engine, who: &who, from: desk.from, range: None };
    let response = (route.handler)(&acting, &received)?;
    let status = response.status().as_u16();
    // the body is in memory already
    let bytes = tokio::runtime::Handle::current().block_on(to_bytes(response.into_body(), usize::MAX));
    let bytes = bytes.map_err(|_| Refusal::defect())?;
    let answer = serde_json::from_slice(&bytes).unwrap_or_else(|_| String::from_utf8_lossy(&bytes).into_owned().into());
    if route.repeats == Repeats::Answered {
        engine.remember_answer(&json!({ "status": status, "body": answer }))?;
    }
    Ok((status, answer))
}

fn gone(operation: &str) -> Refusal {
    let problem = Problem::new("operation_gone", "This can no longer be asked")
        .detail(format!("this version of the server has no operation `{operation}` that can wait"))
        .mend("reject it, and ask for what is meant in the present way");
    Refusal::one(StatusCode::CONFLICT, problem)
}

/// Whoever asked has lost the permission meanwhile.
fn lost(error: AccessError, approved: &Approved) -> Refusal {
    match error {
        error @ AccessError::Engine(_) => error.into(),
        AccessError::NoToken
        | AccessError::NotPermitted(_)
        | AccessError::NotForCustomers
        | AccessError::NotOfThisTenant
        | AccessError::SamePerson
        | AccessError::NotTheirs
        | AccessError::NotSignedIn
        | AccessError::Busy
        | AccessError::SignIn(_)
        | AccessError::TooManyAttempts => {
            let Approval { requester, permission, .. } = &approved.approval;
            let problem = Problem::new("requester_not_permitted", "Who asked for it may no longer do it")
                .detail(format!("`{}` does not have the permission `{permission}` any more", requester.id))
                .mend("ask an owner to restore the permission, and ask again; or let somebody else ask");
            Refusal::one(StatusCode::CONFLICT, problem)
        }
    }
}
