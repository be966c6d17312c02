//! Why a request is refused.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use engine::{EngineError, Problems};
use schemars::JsonSchema;
use serde::Serialize;
use stdx::{NonEmpty, Problem, ToProblem};
use yaml::Mistake;

/// A request that was not answered as asked: nothing of it has happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status.
    pub status: StatusCode,
    /// Everything that is wrong, the first thing first.
    pub problems: Problems,
}

/// A refusal as it is sent: RFC 9457, `application/problem+json`. It is about the first problem; `problems` has all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ProblemDocument {
    /// Where the kind of problem is explained: `/docs/errors#CODE`.
    pub r#type: String,
    /// The kind of problem in a few words; the same for every occurrence.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong this time, with the value that was found.
    pub detail: String,
    /// Stable name of the kind of problem, in snake case.
    pub code: String,
    /// Where: a JSON pointer into the body, `?name` of the query, or `{name}` of the path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// How to mend it.
    pub mend: String,
    /// Everything that is wrong, this one too.
    pub problems: Vec<Problem>,
}

impl Refusal {
    /// One problem.
    pub fn one(status: StatusCode, problem: Problem) -> Self {
        Self { status, problems: NonEmpty::of(problem) }
    }

    /// What was sent could be read, and says something that cannot be.
    pub(crate) fn invalid(error: &impl ToProblem) -> Self {
        Self::one(StatusCode::UNPROCESSABLE_ENTITY, error.problem())
    }

    /// Mistakes in a file that was sent: unreadable when it is not even well-formed.
    pub(crate) fn mistakes(mistakes: &NonEmpty<Mistake>, told: impl Fn(&Mistake) -> Problem) -> Self {
        let unreadable = mistakes.first().problem.code.starts_with("yaml_");
        let status = if unreadable { StatusCode::BAD_REQUEST } else { StatusCode::UNPROCESSABLE_ENTITY };
        let mut problems = NonEmpty::of(told(mistakes.first()));
        mistakes.iter().skip(1).for_each(|mistake| problems.push(told(mistake)));
        Self { status, problems }
    }

    /// A defect of the server: it is not told what, the log is.
    pub(crate) fn defect() -> Self {
        let problem = Problem::new("internal_error", "The server has a defect")
            .detail("the request could not be finished")
            .mend("look into the log of the server, and report it");
        Self::one(StatusCode::INTERNAL_SERVER_ERROR, problem)
    }

    /// More is being sent than there is room for.
    pub(crate) fn busy() -> Self {
        let problem = Problem::new("server_busy", "The server is busy")
            .detail("more is being sent at once than there is room for")
            .mend("send it again in a moment: nothing of it was taken");
        Self::one(StatusCode::TOO_MANY_REQUESTS, problem)
    }

    fn document(&self) -> ProblemDocument {
        let Problem { code, title, detail, pointer, mend } = self.problems.first().clone();
        ProblemDocument {
            r#type: format!("/docs/errors#{code}"),
            title,
            status: self.status.as_u16(),
            detail,
            code,
            pointer,
            mend,
            problems: self.problems.as_slice().to_vec(),
        }
    }
}

impl From<EngineError> for Refusal {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Invalid(problems) => Self { status: status_of_invalid(&problems.first().code), problems },
            EngineError::NotFound(problem) => Self::one(StatusCode::NOT_FOUND, problem),
            EngineError::Conflict(problem) => Self::one(status_of_conflict(&problem.code), problem),
            EngineError::Failed(problem) => {
                tracing::error!(code = problem.code, detail = problem.detail, "a store failed");
                Self::one(status_of_failure(&problem.code), problem)
            }
        }
    }
}

/// A body of events is taken apart by the usage store, so it is there that it turns out to be none.
fn status_of_invalid(code: &str) -> StatusCode {
    match code {
        "body_malformed" => StatusCode::BAD_REQUEST,
        "too_many_events" => StatusCode::PAYLOAD_TOO_LARGE,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

/// What is not as the asker saw it is told apart from what contradicts what is there.
fn status_of_conflict(code: &str) -> StatusCode {
    match code {
        "changed_meanwhile" => StatusCode::PRECONDITION_FAILED,
        _ => StatusCode::CONFLICT,
    }
}

/// A store that stopped or is locked may be there again later; one that is damaged will not be.
fn status_of_failure(code: &str) -> StatusCode {
    match code {
        "version_conflict" => StatusCode::CONFLICT,
        "usage_store_busy" => StatusCode::TOO_MANY_REQUESTS,
        "provider_unreachable" => StatusCode::BAD_GATEWAY,
        "disk_full" => StatusCode::INSUFFICIENT_STORAGE,
        "usage_store_stopped" | "usage_store_in_use" | "store_failed" => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.document())).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if self.status == StatusCode::TOO_MANY_REQUESTS {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_class_of_engine_errors_has_its_status() {
        let problem = |code: &str| Problem::new(code, "A title");
        let status = |error: EngineError| Refusal::from(error).status.as_u16();
        assert_eq!(status(EngineError::Invalid(NonEmpty::of(problem("x")))), 422);
        assert_eq!(status(EngineError::NotFound(problem("x"))), 404);
        assert_eq!(status(EngineError::Conflict(problem("x"))), 409);
        assert_eq!(status(EngineError::Conflict(problem("changed_meanwhile"))), 412);
        assert_eq!(status(EngineError::Failed(problem("usage_store_stopped"))), 503);
        assert_eq!(status(EngineError::Failed(problem("store_corrupt"))), 500);
        assert_eq!(status(EngineError::Failed(problem("disk_full"))), 507);
    }

    #[test]
    fn who_comes_too_fast_is_told_when_to_come_again() {
        let refusal = Refusal::from(EngineError::Failed(Problem::new("usage_store_busy", "The usage store is busy")));
        let response = refusal.into_response();
        assert_eq!(response.status(), 429);
        assert_eq!(response.headers()[header::RETRY_AFTER], "1");
    }

    #[test]
    fn a_document_is_about_the_first_problem_and_lists_all() {
        let mut problems = NonEmpty::of(Problem::new("first", "First").at("/a").mend("mend a"));
        problems.push(Problem::new("second", "Second"));
        let document = Refusal { status: StatusCode::UNPROCESSABLE_ENTITY, problems }.document();
        assert_eq!((document.r#type.as_str(), document.status), ("/docs/errors#first", 422));
        assert_eq!((document.pointer.as_deref(), document.problems.len()), (Some("/a"), 2));
    }
}
