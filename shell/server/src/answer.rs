//! What a route answers.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;

/// An answer that can say what it looks like.
pub(crate) trait Answer {
    /// The status of success.
    const STATUS: StatusCode;
    /// The content types and what they look like.
    fn schemas(generator: &mut SchemaGenerator) -> Vec<(&'static str, Schema)>;
    /// The answer as it is sent.
    fn into_response(self) -> Response;
}

/// A value, as JSON.
#[derive(Debug)]
pub(crate) struct Found<T>(pub(crate) T);

/// A value that was made, as JSON.
#[derive(Debug)]
pub(crate) struct Created<T>(pub(crate) T);

/// A value as JSON, or the same as text for people.
#[derive(Debug)]
pub(crate) enum Told<T> {
    /// As JSON.
    Json(Box<T>),
    /// As text.
    Text(String),
}

/// A page for people.
#[derive(Debug)]
pub(crate) struct Html(pub(crate) String);

/// Text for another program.
#[derive(Debug)]
pub(crate) struct Plain(pub(crate) String);

/// Another address.
#[derive(Debug)]
pub(crate) struct Elsewhere(pub(crate) &'static str);

/// An object as it is written, with the fields of another one before its own: it is not taken apart for that.
pub(crate) fn besides(added: &str, object: &[u8]) -> Option<Vec<u8>> {
    let rest = object.strip_prefix(b"{")?;
    let between: &[u8] = if rest.starts_with(b"}") { b"" } else { b"," };
    Some([added.strip_suffix('}')?.as_bytes(), between, rest].concat())
}

fn json(status: StatusCode, value: &impl Serialize) -> Response {
    (status, axum::Json(value)).into_response()
}

impl<T: Serialize + JsonSchema> Answer for Found<T> {
    const STATUS: StatusCode = StatusCode::OK;
    fn schemas(generator: &mut SchemaGenerator) -> Vec<(&'static str, Schema)> {
        vec![("application/json", generator.subschema_for::<T>())]
    }
    fn into_response(self) -> Response {
        json(Self::STATUS, &self.0)
    }
}

impl<T: Serialize + JsonSchema> Answer for Created<T> {
    const STATUS: StatusCode = StatusCode::CREATED;
    fn schemas(generator: &mut SchemaGenerator) -> Vec<(&'static str, Schema)> {
        vec![("application/json", generator.subschema_for::<T>())]
    }
    fn into_response(self) -> Response {
        json(Self::STATUS, &self.0)
    }
}

impl<T: Serialize + JsonSchema> Answer for Told<T> {
    const STATUS: StatusCode = StatusCode::OK;
    fn schemas(generator: &mut SchemaGenerator) -> Vec<(&'static str, Schema)> {
        vec![
            ("application/json", generator.subschema_for::<T>()),
            ("text/plain", json_schema!({ "type": "string", "description": "The same, for people." })),
        ]
    }
    fn into_response(self) -> Response {
        match self {
            Self::Json(value) => json(Self::STATUS, &value),
            Self::Text(text) => text.into_response(),
        }
    }
}

impl Answer for Html {
    const STATUS: StatusCode = StatusCode::OK;
    fn schemas(_: &mut SchemaGenerator) -> Vec<(&'static str, Schema)> {
        vec![("text/html", json_schema!({ "type": "string" }))]
    }
    fn into_response(self) -> Response {
        // the page asks this server only, and nothing is loaded from elsewhere
        const POLICY: HeaderValue = HeaderValue::from_static(
            "default-src 'none'; connect-src 'self'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
        );
        let mut response = axum::response::Html(self.0).into_response();
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, POLICY);
        response
    }
}

impl Answer for Plain {
    const STATUS: StatusCode = StatusCode::OK;
    fn schemas(_: &mut SchemaGenerator) -> Vec<(&'static str, Schema)> {
        vec![("text/plain", json_schema!({ "type": "string" }))]
    }
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}

impl Answer for Elsewhere {
    const STATUS: StatusCode = StatusCode::TEMPORARY_REDIRECT;
    fn schemas(_: &mut SchemaGenerator) -> Vec<(&'static str, Schema)> {
        Vec::new()
    }
    fn into_response(self) -> Response {
        axum::response::Redirect::temporary(self.0).into_response()
    }
}
