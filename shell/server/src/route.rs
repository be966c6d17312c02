//! A row of the table: what can be asked at an address, in types.

use crate::Refusal;
use crate::answer::Answer;
use crate::asked::{Asked, Received};
use crate::payload::Payload;
use axum::http::StatusCode;
use axum::response::Response;
use engine::Engine;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// What is done with a request.
pub(crate) type Handler = Box<dyn Fn(&Engine, &Received) -> Result<Response, Refusal> + Send + Sync>;

/// How it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    Get,
    Post,
}

/// One route. It is made from a handler's types alone, so that what the document says is what the handler takes and gives.
pub(crate) struct Route {
    pub verb: Verb,
    pub path: &'static str,
    /// Its stable name, unique in the table.
    pub id: &'static str,
    pub summary: &'static str,
    pub most_bytes: usize,
    pub status: StatusCode,
    pub shape: fn(&mut SchemaGenerator) -> Shape,
    pub example: fn(&str) -> Option<Value>,
    pub handler: Handler,
}

/// The types of a route, as schemas.
pub(crate) struct Shape {
    pub path: Schema,
    pub query: Schema,
    pub body: Vec<(&'static str, Schema)>,
    pub answer: Vec<(&'static str, Schema)>,
}

type Handle<P, Q, B, A> = fn(&Engine, Asked<P, Q, B>) -> Result<A, Refusal>;

impl Route {
    /// Something that is read.
    pub(crate) fn get<P, Q, B, A>(
        path: &'static str,
        id: &'static str,
        summary: &'static str,
        handle: Handle<P, Q, B, A>,
    ) -> Self
    where
        P: DeserializeOwned + JsonSchema + 'static,
        Q: DeserializeOwned + JsonSchema + 'static,
        B: Payload + 'static,
        A: Answer + 'static,
    {
        Self::new(Verb::Get, (path, id, summary), handle)
    }

    /// Something that is done.
    pub(crate) fn post<P, Q, B, A>(
        path: &'static str,
        id: &'static str,
        summary: &'static str,
        handle: Handle<P, Q, B, A>,
    ) -> Self
    where
        P: DeserializeOwned + JsonSchema + 'static,
        Q: DeserializeOwned + JsonSchema + 'static,
        B: Payload + 'static,
        A: Answer + 'static,
    {
        Self::new(Verb::Post, (path, id, summary), handle)
    }

    fn new<P, Q, B, A>(verb: Verb, name: (&'static str, &'static str, &'static str), handle: Handle<P, Q, B, A>) -> Self
    where
        P: DeserializeOwned + JsonSchema + 'static,
        Q: DeserializeOwned + JsonSchema + 'static,
        B: Payload + 'static,
        A: Answer + 'static,
    {
        let (path, id, summary) = name;
        let handler = move |engine: &Engine, received: &Received| {
            let answer = handle(engine, Asked::read(received)?)?;
            Ok(answer.into_response())
        };
        Self {
            verb,
            path,
            id,
            summary,
            most_bytes: B::MOST_BYTES,
            status: A::STATUS,
            shape: |generator| Shape {
                path: P::json_schema(generator),
                query: Q::json_schema(generator),
                body: B::schemas(generator),
                answer: A::schemas(generator),
            },
            example: B::example,
            handler: Box::new(handler),
        }
    }
}
