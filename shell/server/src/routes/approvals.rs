//! What needs a second person, and what waits for one.

use super::{Noun, span};
use crate::Refusal;
use crate::answer::Found;
use crate::asked::{Asked, Nothing};
use crate::hold::{can_wait, perform};
use crate::page::{Paged, list};
use crate::payload::{Empty, Json};
use crate::route::{Desk, Route};
use axum::http::StatusCode;
use contracts::When;
use engine::{
    Action, Approval, ApprovalDetail, ApprovalId, ApprovalPolicy, ApprovalPolicyChange, Engine, Field, Resource,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use stdx::Problem;

pub(super) fn noun() -> Noun {
    Noun {
        name: "approvals",
        resource: Resource::Approvals,
        about: "What needs a second person. Such a request is kept and answered with 202; somebody else, who could do it too, approves or rejects it. \
                It is then done once, as whoever asked for it.",
        routes: vec![
            Route::get("/v1/approval-policy", "get_approval_policy", "What needs a second person", get_policy),
            Route::post(
                "/v1/approval-policy/require",
                "require_approval",
                "Let more operations need a second person, or let requests wait shorter",
                require,
            )
            .of(Resource::Access),
            Route::post(
                "/v1/approval-policy/release",
                "release_approval",
                "Let operations need one person again; this needs a second person itself",
                release,
            )
            .of(Resource::Access),
            Route::get("/v1/approvals", "list_approvals", "Requests that wait or waited, the newest first", list),
            Route::get("/v1/approvals/{id}", "get_approval", "A request, with exactly what it asks", get),
            Route::post_at("/v1/approvals/{id}/approve", "approve", "Approve a request, which is then done", approve)
                .action(Action::Approve)
                .in_earnest(),
            Route::post_at("/v1/approvals/{id}/reject", "reject", "Reject a request", reject).action(Action::Approve),
            Route::post_at("/v1/approvals/{id}/withdraw", "withdraw", "Take back a request of one's own", withdraw),
            Route::post_at(
                "/v1/approvals/{id}/collect",
                "collect_answer",
                "The answer to a request of one's own that has a secret in it; once",
                collect,
            )
            .repeats()
            .in_earnest(),
        ],
    }
}

#[derive(Deserialize, JsonSchema)]
struct One {
    /// The approval's id.
    id: ApprovalId,
}

list! {
    /// Which approvals are listed.
    List by Order Down ["requested_at" => Time, "id" => Id] {
        /// How far they are; all when it is left out.
        state: Option<State>,
        /// Only from then on: a day (in UTC) or an instant.
        from: Option<When>,
        /// Only before then.
        to: Option<When>,
    }
}

/// How far an approval is.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum State {
    Waiting,
    Running,
    Done,
    Failed,
    Rejected,
    Withdrawn,
    Expired,
}

impl State {
    const fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Rejected => "rejected",
            Self::Withdrawn => "withdrawn",
            Self::Expired => "expired",
        }
    }
}

/// What somebody decides.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Decision {
    /// Why; it stands in the audit log.
    reason: String,
}

/// The answer to a request.
#[derive(Serialize, JsonSchema)]
struct Collected {
    /// As it would have been answered at once.
    answer: Value,
}

fn get_policy(engine: &Engine, _: Asked<Nothing, Nothing, Empty>) -> Result<Found<ApprovalPolicy>, Refusal> {
    Ok(Found(engine.approval_policy()?))
}

fn require(
    engine: &Engine,
    asked: Asked<Nothing, Nothing, Json<ApprovalPolicyChange>>,
) -> Result<Found<ApprovalPolicy>, Refusal> {
    let change = asked.body.0;
    let nouns = super::nouns();
    let known: Vec<&str> =
        nouns.iter().flat_map(|noun| &noun.routes).filter(|route| can_wait(route)).map(|route| route.id).collect();
    for (at, operation) in change.operations.iter().enumerate() {
        if !known.contains(&operation.as_str()) {
            return Err(unknown(operation, at, &known));
        }
    }
    Ok(Found(engine.require_approval(&change)?))
}

fn unknown(operation: &str, at: usize, known: &[&str]) -> Refusal {
    let mend = match stdx::nearest(operation, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`? An operation is named by its operationId in /openapi.json"),
        None => "name an operation by its operationId in /openapi.json, such as `issue_invoice`".into(),
    };
    let problem = Problem::new("unknown_operation", "There is no such operation that can wait")
        .detail(format!("`{operation}` is not an operation that changes something"))
        .at(format!("/operations/{at}"))
        .mend(mend);
    Refusal::one(StatusCode::UNPROCESSABLE_ENTITY, problem)
}

fn release(
    engine: &Engine,
    asked: Asked<Nothing, Nothing, Json<ApprovalPolicyChange>>,
) -> Result<Found<ApprovalPolicy>, Refusal> {
    Ok(Found(engine.release_approval(&asked.body.0)?))
}

fn list(engine: &Engine, asked: Asked<Nothing, List, Empty>) -> Paged<Approval> {
    let List { state, from, to, .. } = &asked.query;
    let select = asked.select()?.is(Field::State, state.map(State::word));
    asked.page(engine.list_approvals(&select.within(Field::Time, span(engine, None, (*from, *to))?))?)
}

fn get(engine: &Engine, asked: Asked<One, Nothing, Empty>) -> Result<Found<ApprovalDetail>, Refusal> {
    Ok(Found(engine.approval(asked.path.id)?))
}

fn approve(desk: &Desk<'_>, asked: Asked<One, Nothing, Json<Decision>>) -> Result<Found<Approval>, Refusal> {
    let approved = desk.engine.approve(asked.path.id, desk.who, &asked.body.0.reason)?;
    Ok(Found(perform(desk, approved)?))
}

fn reject(desk: &Desk<'_>, asked: Asked<One, Nothing, Json<Decision>>) -> Result<Found<Approval>, Refusal> {
    Ok(Found(desk.engine.reject_approval(asked.path.id, desk.who, &asked.body.0.reason)?))
}

fn withdraw(desk: &Desk<'_>, asked: Asked<One, Nothing, Json<Decision>>) -> Result<Found<Approval>, Refusal> {
    Ok(Found(desk.engine.withdraw_approval(asked.path.id, desk.who, &asked.body.0.reason)?))
}

fn collect(desk: &Desk<'_>, asked: Asked<One, Nothing, Empty>) -> Result<Found<Collected>, Refusal> {
    Ok(Found(Collected { answer: desk.engine.collect_answer(asked.path.id, desk.who)? }))
}
