//! A request, read into the types of its route.

use crate::Refusal;
use crate::intake::Packed;
use crate::payload::{NUL, Payload, nul_in_text};
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Map;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use stdx::Problem;

/// A request as it came.
#[derive(Debug)]
pub(crate) struct Received {
    pub path: Vec<(String, String)>,
    pub query: String,
    pub media: Option<String>,
    pub body: Packed,
}

impl Received {
    /// The values of a parameter of the query, which is then no longer there.
    pub(crate) fn take(&mut self, name: &str) -> Vec<String> {
        let pairs = form_urlencoded::parse(self.query.as_bytes()).into_owned();
        let (own, rest): (Vec<_>, Vec<_>) = pairs.partition(|(known, _)| known == name);
        if !own.is_empty() {
            self.query = form_urlencoded::Serializer::new(String::new()).extend_pairs(rest).finish();
        }
        own.into_iter().map(|(_, value)| value).collect()
    }
}

/// A request in the types of its route: names in the path, parameters of the query, body.
#[derive(Debug)]
pub(crate) struct Asked<P, Q, B> {
    pub path: P,
    pub query: Q,
    pub body: B,
    /// What a list is told apart by: the address with what it is narrowed and sorted by.
    pub list: String,
}

/// A route without parameters.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}

impl<P: DeserializeOwned, Q: DeserializeOwned, B: Payload> Asked<P, Q, B> {
    /// Reads a request to the route of this id.
    pub(crate) fn read(route: &str, received: &Received) -> Result<Self, Refusal> {
        let list = list_of(route, received);
        let path = read_named(received.path.iter().cloned(), In::Path)?;
        let query = form_urlencoded::parse(received.query.as_bytes()).into_owned();
        // a parameter that is left empty, as forms do, is one that is not given
        let query = read_named(query.filter(|(_, value)| !value.is_empty()), In::Query)?;
        let body = B::read(media::<B>(received)?, &received.body.unpack()?)?;
        Ok(Self { path, query, body, list })
    }
}

/// A short text that is another one for another list: for another route, other names in the path, other filters or another order.
fn list_of(route: &str, received: &Received) -> String {
    const LENGTH: usize = 6;
    let query = form_urlencoded::parse(received.query.as_bytes()).into_owned();
    let query = query.filter(|(name, value)| !value.is_empty() && !["limit", "after"].contains(&name.as_str()));
    let mut said: Vec<(String, String)> = received.path.iter().cloned().chain(query).collect();
    said.sort();
    let digest = Sha256::digest(serde_json::to_vec(&(route, said)).unwrap_or_default());
    digest.iter().take(LENGTH).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The content type of the body, which must be one that the route takes.
fn media<B: Payload>(received: &Received) -> Result<&str, Refusal> {
    let given = received.media.as_deref().unwrap_or_default();
    let essence = given.split(';').next().unwrap_or_default().trim();
    let known = B::MEDIA.iter().find(|known| known.eq_ignore_ascii_case(essence));
    match (known, B::MEDIA) {
        (Some(known), _) => Ok(known),
        (None, []) => Ok(""),
        (None, [usual, ..]) => {
            let found = if given.is_empty() {
                "no content type is given".into()
            } else {
                format!("the content type is `{given}`")
            };
            let problem = Problem::new("wrong_content_type", "This content type is not understood here")
                .detail(found)
                .mend(format!("send `Content-Type: {usual}`; understood are: {}", B::MEDIA.join(", ")));
            Err(Refusal::one(StatusCode::UNSUPPORTED_MEDIA_TYPE, problem))
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum In {
    Path,
    Query,
}

impl In {
    fn pointer(self, below: &str) -> String {
        let name = below.trim_start_matches('/').replace("~1", "/").replace("~0", "~");
        match self {
            Self::Path => format!("{{{name}}}"),
            Self::Query => format!("?{name}"),
        }
    }
}

/// Reads names with text values into a type.
fn read_named<T: DeserializeOwned>(pairs: impl Iterator<Item = (String, String)>, place: In) -> Result<T, Refusal> {
    let mut named = Map::new();
    for (name, value) in pairs {
        if value.contains(NUL) || name.contains(NUL) {
            return Err(nul_in_text(&place.pointer(&name.replace(NUL, ""))));
        }
        if named.insert(name.clone(), value.into()).is_some() {
            let problem = Problem::new("repeated_parameter", "A parameter is given twice")
                .detail(format!("`{name}` is given twice"))
                .at(place.pointer(&name))
                .mend("give it once; several values are separated by commas where they are allowed");
            return Err(Refusal::one(StatusCode::UNPROCESSABLE_ENTITY, problem));
        }
    }
    let document = yaml::Document::parse(&serde_json::Value::Object(named).to_string(), "request");
    document.and_then(|document| document.read()).map_err(|mistakes| {
        Refusal::mistakes(&mistakes, |mistake| {
            let pointer = mistake.problem.pointer.as_deref().map(|below| place.pointer(below));
            let problem = Problem { pointer, ..mistake.problem.clone() };
            if problem.code == "unknown_field" { unknown_parameter(problem) } else { problem }
        })
    })
}

fn unknown_parameter(field: Problem) -> Problem {
    let Problem { detail, pointer, mend, .. } = field;
    let mend = mend
        .replace("The fields here are", "The parameters here are")
        .replace("the fields here are", "the parameters here are");
    let problem = Problem::new("unknown_parameter", "There is no such parameter");
    Problem { pointer, ..problem.detail(detail.replace("field", "parameter")).mend(mend) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::Limit;
    use crate::payload::{Empty, Json};

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Query {
        limit: Option<Limit>,
        after: Option<String>,
    }

    fn received(query: &str, media: &str, body: &'static str) -> Received {
        Received { path: Vec::new(), query: query.into(), media: Some(media.into()), body: body.into() }
    }

    fn refused(query: &str) -> Problem {
        Asked::<Nothing, Query, Empty>::read("", &received(query, "", "")).expect_err(query).problems.first().clone()
    }

    #[test]
    fn a_parameter_is_read_once_and_an_empty_one_is_none() {
        let asked = Asked::<Nothing, Query, Empty>::read("", &received("limit=&after=a%2Fb+c", "", "")).expect("read");
        assert_eq!((asked.query.limit, asked.query.after.as_deref()), (None, Some("a/b c")));
        assert_eq!(refused("after=a&after=b").code, "repeated_parameter");
    }

    #[test]
    fn a_slip_in_a_parameter_is_told_with_a_guess() {
        let problem = refused("limt=5");
        assert_eq!((problem.code.as_str(), problem.pointer.as_deref()), ("unknown_parameter", Some("?limt")));
        assert!(problem.mend.contains("did you mean `limit`?"), "{}", problem.mend);
        let problem = refused("limit=0");
        assert_eq!((problem.code.as_str(), problem.pointer.as_deref()), ("invalid_limit", Some("?limit")));
    }

    #[test]
    fn a_content_type_is_told_apart_from_its_parameters() {
        type Body = Asked<Nothing, Nothing, Json<String>>;
        assert_eq!(
            Body::read("", &received("", "Application/JSON; charset=utf-8", "\"a\"")).expect("read").body.0,
            "a"
        );
        let refusal = Body::read("", &received("", "application/x-www-form-urlencoded", "\"a\"")).expect_err("form");
        assert_eq!((refusal.status.as_u16(), refusal.problems.first().code.as_str()), (415, "wrong_content_type"));
    }
}
