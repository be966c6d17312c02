//! From the table of routes to a router.

use crate::Refusal;
use crate::answer::{Answer, Found};
use crate::asked::Received;
use crate::gate::{Access, Gate, keep_to};
use crate::guard::{REQUEST_ID, guard};
use crate::hold::{self, Way};
use crate::intake::{Intake, Limits};
use crate::lane::Lane;
use crate::metrics;
use crate::rates::{self, Peer, Rates, Told};
use crate::route::{Desk, Route, Takes, Verb};
use crate::routes::nouns;
use crate::{dry_run, expand, repeat, trace, versions};
use axum::body::{Body, Bytes};
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{RawPathParams, RawQuery};
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, Uri, header};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, on};
use axum::{Extension, Router};
use engine::{Engine, Impact, Known, Platform, Principal};
use std::net::IpAddr;
use std::sync::Arc;
use stdx::Problem;

/// The router of the whole API, over an installation. Everybody may ask as often as they like.
pub fn router(platform: &Arc<Platform>, access: Access) -> Router {
    router_at(platform, access, Rates::default())
}

/// The router of the whole API, at which everybody may ask so often.
pub fn router_at(platform: &Arc<Platform>, access: Access, rates: Rates) -> Router {
    metrics::collected();
    let desk = Reception {
        platform: platform.clone(),
        gate: Gate::new(platform.clone(), access, rates),
        intake: Intake::new(Limits::default()),
        lane: Lane::open(platform.clone()).ok(),
    };
    let routes = nouns().into_iter().flat_map(|noun| noun.routes);
    let mounted = routes.fold(Router::new(), |router, route| mount(router, route, desk.clone()));
    mounted.fallback(no_such_route).method_not_allowed_fallback(wrong_method).layer(from_fn(guard))
}

/// What every route needs.
#[derive(Clone)]
struct Reception {
    platform: Arc<Platform>,
    gate: Gate,
    intake: Intake,
    /// None where the operating system gave no thread for it; then each request goes its own way.
    lane: Option<Lane>,
}

type Params = Result<RawPathParams, RawPathParamsRejection>;

fn mount(router: Router, route: Route, reception: Reception) -> Router {
    let filter = match route.verb {
        Verb::Get => MethodFilter::GET,
        Verb::Post => MethodFilter::POST,
    };
    let path = route.path;
    let route = Arc::new(route);
    let handler = move |params: Params,
                        RawQuery(query): RawQuery,
                        peer: Option<Extension<Peer>>,
                        headers: HeaderMap,
                        body: Body| {
        let (reception, route) = (reception.clone(), route.clone());
        let from = reception.gate.counters.client(&headers, peer.map(|Extension(peer)| peer));
        let arrived = Arrived { params, query, from, headers, body };
        async move {
            let mut told = None;
            let answered = attend(reception, route, arrived, &mut told).await;
            rates::tell(told, answered.unwrap_or_else(Refusal::into_response))
        }
    };
    router.route(path, on(filter, handler))
}

/// A request whose body is still to come.
struct Arrived {
    params: Params,
    query: Option<String>,
    from: Option<IpAddr>,
    headers: HeaderMap,
    body: Body,
}

async fn attend(
    reception: Reception,
    route: Arc<Route>,
    arrived: Arrived,
    told: &mut Option<Told>,
) -> Result<Response, Refusal> {
    let Arrived { params, query, from, headers, body } = arrived;
    let mut who = reception.gate.admit(&route, &headers, from, told).await?;
    who.actor.request = text_of(&headers, &REQUEST_ID);
    who.actor.reason = text_of(&headers, &REASON);
    let received = receive(&reception.intake, &route, params, query, &headers, body).await?;
    if let (Some(lane), Takes::Events) = (&reception.lane, route.takes)
        && lane.is_open()
        && let Some(body) = single_event(&received)
    {
        return Ok(Found(lane.take(who.tenant, body).await?).into_response());
    }
    answer(reception.platform, route, Sender { who, from }, headers, received).await
}

/// The body, when it is one event as it stands.
fn single_event(received: &Received) -> Option<Bytes> {
    let is_json = received.media.as_deref().is_some_and(|media| {
        let media = media.split(';').next().unwrap_or_default().trim();
        media.eq_ignore_ascii_case("application/json") || media.eq_ignore_ascii_case("application/cloudevents+json")
    });
    received.body.plain().filter(|body| is_json && received.query.is_empty() && Lane::fits(body)).cloned()
}

/// Why somebody does something: it stands in the audit log.
const REASON: HeaderName = HeaderName::from_static("x-reason");
const LONGEST_REASON: usize = 500;

fn text_of(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let text =
        String::from_utf8_lossy(headers.get(name)?.as_bytes()).trim().chars().take(LONGEST_REASON).collect::<String>();
    Some(text).filter(|text| !text.is_empty())
}

async fn receive(
    intake: &Intake,
    route: &Route,
    params: Params,
    query: Option<String>,
    headers: &HeaderMap,
    body: Body,
) -> Result<Received, Refusal> {
    let path = match &params {
        Ok(params) => params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        // a route without names in its path
        Err(_) if !route.path.contains('{') => Vec::new(),
        Err(error) => {
            let problem = Problem::new("unreadable_path", "The address cannot be read")
                .detail(error.to_string())
                .mend("percent-encode the UTF-8 of each name in the address");
            return Err(Refusal::one(StatusCode::BAD_REQUEST, problem));
        }
    };
    let media = headers.get(header::CONTENT_TYPE).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let body = intake.receive(headers, body, route.most_bytes).await?;
    Ok(Received { path, query: query.unwrap_or_default(), media, body })
}

/// Who asks, and from where.
pub(crate) struct Sender {
    pub who: Principal,
    pub from: Option<IpAddr>,
}

/// The engine waits for the disk, so it is asked where waiting holds up nobody else.
async fn answer(
    platform: Arc<Platform>,
    route: Arc<Route>,
    sender: Sender,
    headers: HeaderMap,
    received: Received,
) -> Result<Response, Refusal> {
    let span = tracing::Span::current();
    let asked =
        tokio::task::spawn_blocking(move || span.in_scope(|| done(&platform, &route, &sender, headers, received)));
    let (response, then) = asked.await.map_err(|panicked| {
        tracing::error!(%panicked, "a route has a defect");
        Refusal::defect()
    })??;
    Ok(match then {
        Then::Send => response,
        Then::Keep(engine) => repeat::keep(*engine, response).await,
        Then::Tag(version, headers) => versions::tagged_by_content(&headers, response, version).await,
        Then::Add(impact) => dry_run::answer(response, *impact).await,
    })
}

/// What is still to be done with an answer before it is sent.
enum Then {
    Send,
    /// The engine keeps it for a repetition.
    Keep(Box<Engine>),
    /// It gets a tag that depends on what it says.
    Tag(i64, HeaderMap),
    /// What it would change is added.
    Add(Box<Impact>),
}

/// The answer, and what is to be done with it.
fn done(
    platform: &Platform,
    route: &Route,
    sender: &Sender,
    headers: HeaderMap,
    mut received: Received,
) -> Result<(Response, Then), Refusal> {
    let Sender { who, from } = sender;
    let is_dry = dry_run::is_asked(route, &mut received)?;
    let wanted = expand::asked(route, &mut received, who)?;
    let request = Arc::new(versions::request(route, &headers, &received)?);
    let mut engine = platform.engine(&who.tenant)?.acting_for(who.actor.clone()).in_request(request.clone());
    if let Some(traceparent) = trace::traceparent(&headers) {
        engine = engine.in_trace(traceparent);
    }
    if let (Some(customer), Some(_)) = (&who.customer, route.permission()) {
        keep_to(customer.as_str(), route.portal, &mut received, &engine)?;
    }
    if is_dry {
        let (response, impact) = dry_run::rehearse(platform, route, sender, &request, &received)?;
        return Ok((response, Then::Add(Box::new(impact))));
    }
    let way = hold::way(route, &engine)?;
    let once = repeat::once(route, &headers, &received, way)?;
    let is_kept = once.is_some();
    if let Some(once) = once {
        engine = engine.once(once);
        if let Known::Answered(kept) = engine.known_request()? {
            return Ok((repeat::again(&kept), Then::Send));
        }
    }
    engine.check_seen()?;
    let range = headers.get(header::RANGE).and_then(|range| range.to_str().ok());
    let desk = Desk { platform, engine: &engine, who, from: *from, range };
    if way == Way::Waits {
        let response = hold::hold(&desk, route, &headers, &received)?;
        return Ok((response, if is_kept { Then::Keep(Box::new(engine)) } else { Then::Send }));
    }
    let read = versions::before(route, &received, &engine)?;
    let is_plain = received.query.is_empty() && wanted.is_empty();
    if let Some(answer) = read.filter(|_| is_plain).and_then(|version| versions::not_modified(&headers, version)) {
        return Ok((answer, Then::Send));
    }
    let response = expand::add(&desk, route, &wanted, (route.handler)(&desk, &received)?)?;
    if let Some(version) = read {
        return Ok(if is_plain {
            (versions::tagged(response, version), Then::Send)
        } else {
            (response, Then::Tag(version, headers))
        });
    }
    let written = versions::object(route, &received).and_then(|(thing, name)| request.version_of(thing, name));
    let response = match written {
        Some(version) => versions::tagged(response, version),
        None => response,
    };
    Ok((response, if is_kept { Then::Keep(Box::new(engine)) } else { Then::Send }))
}

async fn no_such_route(method: Method, uri: Uri) -> Refusal {
    let known = nouns();
    let paths = known.iter().flat_map(|noun| noun.routes.iter().map(|route| route.path));
    // a guess is for slips of the finger, and those are short
    let near = Some(uri.path()).filter(|path| path.len() <= 100).and_then(|path| stdx::nearest(path, paths));
    let mend = match near {
        Some(near) => format!("did you mean `{near}`? All addresses are listed at /docs"),
        None => "all addresses are listed at /docs".into(),
    };
    let problem = Problem::new("no_such_address", "There is no such address")
        .detail(format!("nothing is at `{method} {}`", uri.path()))
        .mend(mend);
    Refusal::one(StatusCode::NOT_FOUND, problem)
}

async fn wrong_method(method: Method, uri: Uri) -> Refusal {
    let problem = Problem::new("wrong_method", "This cannot be done here")
        .detail(format!("`{method}` is not possible at `{}`", uri.path()))
        .mend("use one of the methods that the header `Allow` names; see /docs");
    Refusal::one(StatusCode::METHOD_NOT_ALLOWED, problem)
}
