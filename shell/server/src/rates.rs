//! How often may be asked: by each token, for events and for everything else, and by each address without one.
//!
//! What is possible is told with each answer, in the fields of draft-ietf-httpapi-ratelimit-headers.

use crate::Refusal;
use crate::route::{Route, Takes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use engine::{Limiter, Principal, Quota, Standing};
use serde_json::{Value, json};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Instant;
use stdx::Problem;

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const FORWARDED: HeaderName = HeaderName::from_static("x-forwarded-for");
/// All that may be asked within so many seconds can be asked at once.
const WINDOW: NonZeroU32 = NonZeroU32::new(10).unwrap();

/// What the document says of the headers that [`tell`] adds.
pub(crate) fn described() -> Value {
    json!({
        "RateLimit-Policy": {
            "description": "How often may be asked: the name of the limit, so many requests (`q`) within so many seconds (`w`). Left out where nothing is limited.",
            "schema": { "type": "string", "examples": ["\"requests\";q=100000;w=10"] }
        },
        "RateLimit": {
            "description": "How many more requests are possible at once (`r`), and in how many seconds all of them are again (`t`). Left out where nothing is limited.",
            "schema": { "type": "string", "examples": ["\"requests\";r=99982;t=1"] }
        }
    })
}

/// What it says of the header of an answer that comes too often.
pub(crate) fn described_wait() -> Value {
    json!({ "Retry-After": { "description": "In how many seconds to come again.", "schema": { "type": "integer", "minimum": 0 } } })
}

/// How often may be asked each second; as often as one likes where nothing is said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rates {
    /// By each user and key, but for events.
    pub requests: Option<NonZeroU32>,
    /// Requests with events, of one or many, by each user and key.
    pub events: Option<NonZeroU32>,
    /// By each address, without a good token.
    pub strangers: Option<NonZeroU32>,
    /// So many proxies stand before the server, each of which adds to `X-Forwarded-For` who asked it.
    pub proxies: usize,
}

/// The other end of a connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub IpAddr);

/// Counts for everybody.
#[derive(Debug)]
pub(crate) struct Counters {
    since: Instant,
    requests: Option<Limiter>,
    events: Option<Limiter>,
    strangers: Option<Limiter>,
    proxies: usize,
}

/// What is told with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Told {
    class: &'static str,
    standing: Standing,
}

impl Counters {
    pub(crate) fn new(rates: Rates) -> Self {
        let limiter = |rate: Option<NonZeroU32>| {
            rate.map(|rate| Limiter::new(Quota { amount: rate.saturating_mul(WINDOW), seconds: WINDOW }))
        };
        let Rates { requests, events, strangers, proxies } = rates;
        Self {
            since: Instant::now(),
            requests: limiter(requests),
            events: limiter(events),
            strangers: limiter(strangers),
            proxies,
        }
    }

    /// Who asks, as far as the proxies that are known tell it.
    pub(crate) fn client(&self, headers: &HeaderMap, peer: Option<Peer>) -> Option<IpAddr> {
        let peer = peer.map(|peer| peer.0);
        if self.proxies == 0 {
            return peer;
        }
        let named: Vec<&str> = headers
            .get_all(FORWARDED)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .map(str::trim)
            .collect();
        // what stands further to the left was written by who asked
        let client = named.len().checked_sub(self.proxies).and_then(|at| named.get(at)?.parse().ok());
        client.or(peer)
    }

    /// Counts a request of somebody who is known.
    pub(crate) fn count(&self, route: &Route, who: &Principal, told: &mut Option<Told>) -> Result<(), Refusal> {
        let (class, limiter) = match route.takes {
            Takes::Bodies => ("requests", &self.requests),
            Takes::Events => ("events", &self.events),
        };
        let name = (who.tenant.as_str(), who.actor.kind, who.actor.id.as_str());
        self.take(class, limiter.as_ref(), &name, told)
    }

    /// Counts a request of somebody who is not known.
    pub(crate) fn count_stranger(&self, from: Option<IpAddr>, told: &mut Option<Told>) -> Result<(), Refusal> {
        self.take("strangers", self.strangers.as_ref(), &from.map(engine::network), told)
    }

    /// They are known after all.
    pub(crate) fn is_no_stranger(&self, from: Option<IpAddr>) {
        if let Some(limiter) = &self.strangers {
            limiter.give_back(&from.map(engine::network));
        }
    }

    fn take(
        &self,
        class: &'static str,
        limiter: Option<&Limiter>,
        who: &impl std::hash::Hash,
        told: &mut Option<Told>,
    ) -> Result<(), Refusal> {
        let Some(limiter) = limiter else { return Ok(()) };
        let standing = limiter.take(who, self.since.elapsed());
        *told = Some(Told { class, standing });
        let Some(wait) = standing.wait else { return Ok(()) };
        metrics::counter!("http_rate_limited_total", "class" => class).increment(1);
        let Quota { amount, seconds } = standing.quota;
        let problem = Problem::new("rate_limited", "This is asked too often")
            .detail(format!("{amount} requests are possible within {seconds} seconds (`{class}`)"))
            .mend(format!("come again in {wait} seconds; the header `RateLimit` tells how many more are possible"));
        Err(Refusal::one(StatusCode::TOO_MANY_REQUESTS, problem))
    }
}

/// Adds to an answer what is possible.
pub(crate) fn tell(told: Option<Told>, mut response: Response) -> Response {
    let Some(Told { class, standing }) = told else { return response };
    let Standing { quota: Quota { amount, seconds }, left, full_in, wait } = standing;
    let headers = response.headers_mut();
    let mut put = |name: HeaderName, text: String| HeaderValue::try_from(text).map(|text| headers.insert(name, text));
    let _ = put(POLICY, format!("\"{class}\";q={amount};w={seconds}"));
    let _ = put(LIMIT, format!("\"{class}\";r={left};t={full_in}"));
    if let Some(wait) = wait {
        let _ = put(header::RETRY_AFTER, wait.to_string());
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counters(proxies: usize) -> Counters {
        Counters::new(Rates { strangers: NonZeroU32::new(1), proxies, ..Rates::default() })
    }

    #[test]
    fn only_what_known_proxies_wrote_is_believed() {
        let peer = Peer("192.0.2.9".parse().expect("an address"));
        let client = |proxies: usize, lines: &[&str]| {
            let lines = lines.iter().map(|line| (FORWARDED, HeaderValue::from_str(line).expect("a value")));
            let headers: HeaderMap = lines.fold(HeaderMap::new(), |mut headers, (name, value)| {
                headers.append(name, value);
                headers
            });
            counters(proxies).client(&headers, Some(peer)).expect("an address").to_string()
        };
        assert_eq!(client(0, &["198.51.100.1"]), "192.0.2.9", "anybody can write that");
        assert_eq!(client(1, &["203.0.113.5, 198.51.100.1"]), "198.51.100.1");
        assert_eq!(client(2, &["203.0.113.5", "198.51.100.1, 198.51.100.2"]), "198.51.100.1");
        assert_eq!(client(1, &["2001:db8::1"]), "2001:db8::1");
        for wrong in [&[][..], &["unknown"], &["203.0.113.5, "]] {
            assert_eq!(client(1, wrong), "192.0.2.9", "{wrong:?}");
        }
        assert_eq!(client(2, &["198.51.100.1"]), "192.0.2.9", "it did not come by both");
    }

    #[test]
    fn what_is_possible_is_told_with_each_answer() {
        let (counters, mut told) = (counters(0), None);
        let from = Some("192.0.2.1".parse().expect("an address"));
        let answers: Vec<Response> = (0..11)
            .map(|_| {
                let counted = counters.count_stranger(from, &mut told);
                tell(told, counted.map_or_else(axum::response::IntoResponse::into_response, |()| Response::default()))
            })
            .collect();
        let text = |at: usize, name: &str| answers[at].headers().get(name).and_then(|text| text.to_str().ok());
        assert_eq!(text(0, "ratelimit-policy"), Some("\"strangers\";q=10;w=10"));
        assert_eq!((text(0, "ratelimit"), text(0, "retry-after")), (Some("\"strangers\";r=9;t=1"), None));
        assert_eq!(
            (answers[10].status(), text(10, "ratelimit")),
            (StatusCode::TOO_MANY_REQUESTS, Some("\"strangers\";r=0;t=10"))
        );
        assert_eq!(text(10, "retry-after"), Some("1"));
        assert_eq!(counters.count_stranger(None, &mut told), Ok(()), "another address");
        assert!(!tell(None, Response::default()).headers().contains_key("ratelimit"));
    }
}
