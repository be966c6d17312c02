//! A row of the table: what can be asked at an address, in types.

use crate::Refusal;
use crate::answer::Answer;
use crate::asked::{Asked, Received};
use crate::expand::Reference;
use crate::payload::Payload;
use axum::http::StatusCode;
use axum::response::Response;
use engine::{Action, Engine, Permission, Platform, Principal, Resource, Thing};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::net::IpAddr;

/// What is done with a request.
pub(crate) type Handler = Box<dyn Fn(&Desk<'_>, &Received) -> Result<Response, Refusal> + Send + Sync>;

/// Where a request is answered.
pub(crate) struct Desk<'a> {
    pub platform: &'a Platform,
    /// That of the asker's tenant, acting for the asker.
    pub engine: &'a Engine,
    pub who: &'a Principal,
    /// From which address they ask, where that is known.
    pub from: Option<IpAddr>,
    /// Which part of a file is asked for.
    pub range: Option<&'a str>,
}

/// What is needed to be let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needs {
    /// Nothing: anybody may ask.
    Nothing,
    /// A token, whatever it permits.
    Token,
    /// A token that permits this action on the route's kind of thing.
    Action(Action),
}

/// How a customer's token is kept to what is the customer's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Portal {
    /// It is not for customers.
    Never,
    /// This name in the path is the customer.
    Path(&'static str),
    /// This parameter is the customer.
    Query(&'static str),
    /// This name in the path is an invoice of the customer.
    Invoice(&'static str),
    /// This name in the path is a subscription of the customer.
    Subscription(&'static str),
}

/// How it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    Get,
    Post,
}

impl Verb {
    const fn action(self) -> Action {
        match self {
            Self::Get => Action::Read,
            Self::Post => Action::Write,
        }
    }
}

/// One route. It is made from a handler's types alone, so that what the document says is what the handler takes and gives.
pub(crate) struct Route {
    pub verb: Verb,
    pub path: &'static str,
    /// Its stable name, unique in the table.
    pub id: &'static str,
    pub summary: &'static str,
    pub needs: Needs,
    /// What it is about; that of its noun where it does not say so itself.
    pub resource: Option<Resource>,
    pub portal: Portal,
    pub repeats: Repeats,
    /// The object that it is about, whose versions are told apart.
    pub object: Option<Versioned>,
    /// Where its answer refers to something that can be told besides; of a list, where each item does.
    pub references: Vec<Reference>,
    pub rehearsal: Rehearsal,
    pub takes: Takes,
    pub most_bytes: usize,
    pub status: StatusCode,
    pub shape: fn(&mut SchemaGenerator) -> Shape,
    pub example: fn(&str) -> Option<Value>,
    pub handler: Handler,
    /// Whether a request can be read into its types, without doing it.
    pub check: fn(&Received) -> Result<(), Refusal>,
}

/// The types of a route, as schemas.
pub(crate) struct Shape {
    pub path: Schema,
    pub query: Schema,
    pub body: Vec<(&'static str, Schema)>,
    pub answer: Vec<(&'static str, Schema)>,
}

/// What is done when a request comes again with the same idempotency key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repeats {
    /// The answer is kept and given again.
    Answered,
    /// It is done again: it says itself what is a repetition, or its answer is a secret that is kept nowhere.
    Done,
}

/// An object with versions that a route reads, makes or changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Versioned {
    /// The one that this name in the path names.
    Named(Thing, &'static str),
    /// The only one of its kind.
    Only(Thing),
    /// A new one.
    New(Thing),
}

/// Whether it can be tried without being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rehearsal {
    /// With `?dry_run=true`.
    Possible,
    /// It stores nothing anyway, or what it does is not in a transaction.
    Never,
}

/// How a body is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Takes {
    /// Each by itself.
    Bodies,
    /// Events: single ones that come at the same time are taken together.
    Events,
}

type Handle<P, Q, B, A> = fn(&Engine, Asked<P, Q, B>) -> Result<A, Refusal>;
type HandleAt<P, Q, B, A> = fn(&Desk<'_>, Asked<P, Q, B>) -> Result<A, Refusal>;

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
        Self::new(Verb::Get, (path, id, summary), move |desk, asked| handle(desk.engine, asked))
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
        Self::new(Verb::Post, (path, id, summary), move |desk, asked| handle(desk.engine, asked))
    }

    /// Something that is read of the installation, or depends on who asks.
    pub(crate) fn get_at<P, Q, B, A>(
        path: &'static str,
        id: &'static str,
        summary: &'static str,
        handle: HandleAt<P, Q, B, A>,
    ) -> Self
    where
        P: DeserializeOwned + JsonSchema + 'static,
        Q: DeserializeOwned + JsonSchema + 'static,
        B: Payload + 'static,
        A: Answer + 'static,
    {
        Self::new(Verb::Get, (path, id, summary), handle)
    }

    /// Something that is done to the installation, or depends on who asks.
    pub(crate) fn post_at<P, Q, B, A>(
        path: &'static str,
        id: &'static str,
        summary: &'static str,
        handle: HandleAt<P, Q, B, A>,
    ) -> Self
    where
        P: DeserializeOwned + JsonSchema + 'static,
        Q: DeserializeOwned + JsonSchema + 'static,
        B: Payload + 'static,
        A: Answer + 'static,
    {
        Self::new(Verb::Post, (path, id, summary), handle)
    }

    /// Needs another action than that of its verb.
    pub(crate) fn action(mut self, action: Action) -> Self {
        self.needs = Needs::Action(action);
        self
    }

    /// Anybody may ask.
    pub(crate) fn public(mut self) -> Self {
        self.needs = Needs::Nothing;
        self
    }

    /// Anybody with a token may ask.
    pub(crate) fn any_token(mut self) -> Self {
        self.needs = Needs::Token;
        self
    }

    /// A customer may ask, of what is theirs.
    pub(crate) fn portal(mut self, portal: Portal) -> Self {
        self.portal = portal;
        self
    }

    /// Takes events.
    pub(crate) fn events(mut self) -> Self {
        self.takes = Takes::Events;
        self
    }

    /// Is done again when it comes again.
    pub(crate) fn repeats(mut self) -> Self {
        self.repeats = Repeats::Done;
        self
    }

    /// Is about the object that a name in its path names.
    pub(crate) fn versioned(mut self, thing: Thing, name: &'static str) -> Self {
        self.object = Some(Versioned::Named(thing, name));
        self
    }

    /// Is about the only object of its kind.
    pub(crate) fn only(mut self, thing: Thing) -> Self {
        self.object = Some(Versioned::Only(thing));
        self
    }

    /// Makes an object.
    pub(crate) fn makes(mut self, thing: Thing) -> Self {
        self.object = Some(Versioned::New(thing));
        self
    }

    /// Refers to what can be told besides.
    pub(crate) fn expands(mut self, references: &[Reference]) -> Self {
        self.references = references.to_vec();
        self
    }

    /// Cannot be tried without being done.
    pub(crate) fn in_earnest(mut self) -> Self {
        self.rehearsal = Rehearsal::Never;
        self
    }

    /// Is about a kind of thing.
    pub(crate) fn of(mut self, resource: Resource) -> Self {
        self.resource.get_or_insert(resource);
        self
    }

    /// What a token must permit; nothing where anybody may ask.
    pub(crate) fn permission(&self) -> Option<Permission> {
        match self.needs {
            Needs::Nothing | Needs::Token => None,
            // a route of no noun would be one of the installation itself
            Needs::Action(action) => {
                Some(Permission { resource: self.resource.unwrap_or(Resource::Operations), action })
            }
        }
    }

    fn new<P, Q, B, A>(
        verb: Verb,
        name: (&'static str, &'static str, &'static str),
        handle: impl Fn(&Desk<'_>, Asked<P, Q, B>) -> Result<A, Refusal> + Send + Sync + 'static,
    ) -> Self
    where
        P: DeserializeOwned + JsonSchema + 'static,
        Q: DeserializeOwned + JsonSchema + 'static,
        B: Payload + 'static,
        A: Answer + 'static,
    {
        let (path, id, summary) = name;
        let handler = move |desk: &Desk<'_>, received: &Received| {
            let answer = handle(desk, Asked::read(id, received)?)?;
            Ok(answer.into_response())
        };
        Self {
            verb,
            path,
            id,
            summary,
            needs: Needs::Action(verb.action()),
            resource: None,
            portal: Portal::Never,
            repeats: Repeats::Answered,
            object: None,
            references: Vec::new(),
            rehearsal: match verb {
                Verb::Get => Rehearsal::Never,
                Verb::Post => Rehearsal::Possible,
            },
            takes: Takes::Bodies,
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
            check: |received| Asked::<P, Q, B>::read("", received).map(drop),
        }
    }
}
