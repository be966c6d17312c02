//! How requests are sent, and sent again.

use crate::types::{Expanded, Impact, ProblemDocument};
use crate::{Error, Problem};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::VecDeque;
use std::marker::PhantomData;
use std::thread;
use std::time::Duration;
use ureq::Agent;
use ureq::http::{HeaderMap, Request, Response, StatusCode};

/// The most bytes of an answer that are read.
const MOST_BYTES: u64 = 256 << 20;

/// A server, and who asks it. It can be shared between threads.
#[derive(Debug, Clone)]
pub struct Client {
    agent: Agent,
    address: String,
    token: Option<String>,
    tries: u32,
    pause: Duration,
}

impl Client {
    /// A server at an address such as `https://billing.example`. A try takes at most 30 seconds; there are at most 5 of them.
    pub fn new(address: &str) -> Self {
        let config = Agent::config_builder().http_status_as_error(false).timeout_global(Some(Duration::from_secs(30)));
        Self {
            agent: config.build().into(),
            address: address.trim_end_matches('/').to_owned(),
            token: None,
            tries: 5,
            pause: Duration::from_millis(200),
        }
    }

    /// Asks with an API key, a session or a customer's token: `cf_…`.
    #[must_use]
    pub fn with_token(mut self, token: &str) -> Self {
        self.token = Some(token.to_owned());
        self
    }

    /// Tries what can be repeated so often, with this pause before the second try and twice as long a one before each further.
    #[must_use]
    pub fn with_tries(mut self, tries: u32, pause: Duration) -> Self {
        (self.tries, self.pause) = (tries.max(1), pause);
        self
    }
}

/// An answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply<T> {
    /// What was answered.
    pub value: T,
    /// The version of the object, for [`Call::if_match`].
    pub etag: Option<String>,
    /// What a dry run would change in money.
    pub impact: Option<Impact>,
    /// What the answer refers to, as far as it was asked for with `expand`.
    pub expanded: Option<Expanded>,
    /// Whether it was answered before: the request was a repetition.
    pub replayed: bool,
    /// The request's id, as the log of the server names it.
    pub request_id: Option<String>,
}

/// A request that is about to be sent.
#[must_use = "nothing is asked before `send`"]
pub struct Call<'c, T> {
    client: &'c Client,
    method: &'static str,
    path: String,
    query: Vec<(String, String)>,
    headers: Vec<(&'static str, String)>,
    body: Option<Vec<u8>>,
    knows: Vec<Knows>,
    /// What cannot be sent.
    wrong: Option<Error>,
    answers: PhantomData<T>,
}

/// What an operation may know of that any request may say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Knows {
    /// It does no harm to send it again.
    Again,
    Key,
    Seen,
    DryRun,
}

impl<'c, T: DeserializeOwned> Call<'c, T> {
    pub(crate) fn new(client: &'c Client, method: &'static str, path: String) -> Self {
        Self {
            client,
            method,
            path,
            query: Vec::new(),
            headers: Vec::new(),
            body: None,
            knows: Vec::new(),
            wrong: None,
            answers: PhantomData,
        }
    }

    pub(crate) fn json(mut self, body: &(impl Serialize + ?Sized)) -> Self {
        match serde_json::to_vec(body) {
            Ok(bytes) => self.body = Some(bytes),
            Err(error) => self.wrong = Some(Error::Unreadable(error.to_string())),
        }
        self.headers.push(("content-type", "application/json".into()));
        self
    }

    pub(crate) fn text(mut self, media: &str, body: &str) -> Self {
        self.body = Some(body.into());
        self.headers.push(("content-type", media.into()));
        self
    }

    pub(crate) fn query(mut self, query: &impl Serialize) -> Self {
        match serde_json::to_value(query) {
            Ok(Value::Object(fields)) => {
                self.query.extend(fields.into_iter().map(|(name, value)| (name, written(&value))));
            }
            Ok(_) => {}
            Err(error) => self.wrong = Some(Error::Unreadable(error.to_string())),
        }
        self
    }

    pub(crate) fn repeats(mut self) -> Self {
        self.knows.push(Knows::Again);
        self
    }

    pub(crate) fn keyed(mut self) -> Self {
        self.knows.push(Knows::Key);
        self
    }

    pub(crate) fn conditional(mut self) -> Self {
        self.knows.push(Knows::Seen);
        self
    }

    pub(crate) fn tryable(mut self) -> Self {
        self.knows.push(Knows::DryRun);
        self
    }

    /// Why it is done: it stands in the audit log.
    pub fn reason(mut self, reason: &str) -> Self {
        self.headers.push(("x-reason", reason.into()));
        self
    }

    /// Names the request, so that it is done once however often it is sent; without it a new name is made.
    pub fn idempotency_key(self, key: &str) -> Self {
        self.header("idempotency-key", key, Knows::Key)
    }

    /// Does it only while the object is as it was seen, by the `etag` of that answer.
    pub fn if_match(self, etag: &str) -> Self {
        self.header("if-match", etag, Knows::Seen)
    }

    /// Does everything as far as the commit, and stores nothing: the reply has the impact.
    pub fn dry_run(mut self) -> Self {
        if !self.knows.contains(&Knows::DryRun) {
            self.wrong = Some(Error::Unknown("dry_run"));
        }
        self.query.push(("dry_run".into(), "true".into()));
        self.knows.push(Knows::Again);
        self
    }

    fn header(mut self, name: &'static str, value: &str, known: Knows) -> Self {
        if !self.knows.contains(&known) {
            self.wrong = Some(Error::Unknown(name));
        }
        self.headers.push((name, value.into()));
        self
    }

    /// Sends the request, and again where that does no harm and there is no answer or the server is busy.
    ///
    /// # Errors
    /// [`Error::Refused`] with the problem; [`Error::Unreachable`] when the last try had no answer.
    pub fn send(mut self) -> Result<Reply<T>, Error> {
        if let Some(wrong) = self.wrong.take() {
            return Err(wrong);
        }
        if self.knows.contains(&Knows::Key) && !self.headers.iter().any(|(name, _)| *name == "idempotency-key") {
            // the same for each try, so that it is done once
            self.headers.push(("idempotency-key", uuid::Uuid::new_v4().to_string()));
        }
        let again = self.knows.iter().any(|known| matches!(known, Knows::Again | Knows::Key));
        let mut number = 1;
        loop {
            let is_last = number >= self.client.tries;
            let wait = match self.once() {
                Ok(response) if response.status().is_success() => return read(response),
                Ok(response) => {
                    let may = match response.status() {
                        StatusCode::TOO_MANY_REQUESTS => true,
                        StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => {
                            again
                        }
                        _ => false,
                    };
                    let wait = header(response.headers(), "retry-after").and_then(|seconds| seconds.parse().ok());
                    let problem = refused(response);
                    if is_last || !may {
                        return Err(problem);
                    }
                    Duration::from_secs(wait.unwrap_or_default())
                }
                Err(error) if is_last || !again => return Err(Error::Unreachable(error.to_string())),
                Err(_) => Duration::ZERO,
            };
            thread::sleep(wait.max(self.pause(number)));
            number += 1;
        }
    }

    /// Longer each time, by chance, so that many clients do not come together.
    fn pause(&self, number: u32) -> Duration {
        let longest = self.client.pause.saturating_mul(1 << (number - 1).min(10));
        let chance = u32::from(uuid::Uuid::new_v4().as_bytes()[0]);
        longest / 2 + longest * chance / 512
    }

    fn once(&self) -> Result<Response<ureq::Body>, ureq::Error> {
        let encode = |text: &str| crate::part(text);
        let query: Vec<String> =
            self.query.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
        let mark = if query.is_empty() { "" } else { "?" };
        let uri = format!("{}{}{mark}{}", self.client.address, self.path, query.join("&"));
        let mut request = Request::builder().method(self.method).uri(uri).header("accept", "application/json");
        if let Some(token) = &self.client.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        match &self.body {
            Some(body) => self.client.agent.run(request.body(body.as_slice())?),
            None => self.client.agent.run(request.body(())?),
        }
    }
}

/// A parameter: as it is, or several with commas between them.
fn written(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(several) => several.iter().map(written).collect::<Vec<_>>().join(","),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => value.to_string(),
    }
}

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

fn body(response: &mut Response<ureq::Body>) -> Result<Vec<u8>, Error> {
    let read = response.body_mut().with_config().limit(MOST_BYTES).read_to_vec();
    read.map_err(|error| Error::Unreachable(error.to_string()))
}

fn read<T: DeserializeOwned>(mut response: Response<ureq::Body>) -> Result<Reply<T>, Error> {
    let bytes = body(&mut response)?;
    let unreadable = |error: serde_json::Error| Error::Unreadable(error.to_string());
    let headers = response.headers();
    let is_json = header(headers, "content-type").is_some_and(|media| media.contains("json"));
    let (value, impact, expanded) = if is_json {
        let mut value: Value = serde_json::from_slice(&bytes).map_err(unreadable)?;
        let is_dry = value.as_object_mut().and_then(|fields| fields.remove("dry_run")).is_some();
        let impact = value.as_object_mut().filter(|_| is_dry).and_then(|fields| fields.remove("impact"));
        let expanded = value.as_object_mut().and_then(|fields| fields.remove("expanded"));
        let impact = impact.map(serde_json::from_value).transpose().map_err(unreadable)?;
        (value, impact, expanded.map(serde_json::from_value).transpose().map_err(unreadable)?)
    } else {
        (Value::String(String::from_utf8_lossy(&bytes).into_owned()), None, None)
    };
    Ok(Reply {
        value: serde_json::from_value(value).map_err(unreadable)?,
        etag: header(headers, "etag"),
        impact,
        expanded,
        replayed: header(headers, "idempotency-replayed").is_some(),
        request_id: header(headers, "x-request-id"),
    })
}

fn refused(mut response: Response<ureq::Body>) -> Error {
    let status = response.status();
    let bytes = match body(&mut response) {
        Ok(bytes) => bytes,
        Err(error) => return error,
    };
    match serde_json::from_slice::<ProblemDocument>(&bytes) {
        Ok(document) => Error::Refused(Box::new(Problem { document })),
        Err(_) => Error::Unreadable(format!("{status}: {}", String::from_utf8_lossy(&bytes))),
    }
}

/// A part of a list, and where the next begins.
type Part<T> = (Vec<T>, Option<String>);

/// Asks for the part of a list after a place.
type Ask<'c, T> = Box<dyn FnMut(Option<String>) -> Result<Part<T>, Error> + 'c>;

/// Every item of a list; pages are asked for as they are needed. After an error it ends.
pub struct Pages<'c, T> {
    ask: Ask<'c, T>,
    here: VecDeque<T>,
    next: Next,
}

/// Where a list goes on.
enum Next {
    Start,
    At(String),
    End,
}

impl<'c, T> Pages<'c, T> {
    pub(crate) fn new(ask: impl FnMut(Option<String>) -> Result<Part<T>, Error> + 'c) -> Self {
        Self { ask: Box::new(ask), here: VecDeque::new(), next: Next::Start }
    }
}

impl<T> Iterator for Pages<'_, T> {
    type Item = Result<T, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(item) = self.here.pop_front() {
                return Some(Ok(item));
            }
            let after = match std::mem::replace(&mut self.next, Next::End) {
                Next::Start => None,
                Next::At(place) => Some(place),
                Next::End => return None,
            };
            match (self.ask)(after) {
                Ok((items, next)) => {
                    self.here = items.into();
                    self.next = next.map_or(Next::End, Next::At);
                }
                Err(error) => return Some(Err(error)),
            }
        }
    }
}
