//! From the table of routes to a router.

use crate::Refusal;
use crate::asked::Received;
use crate::guard::guard;
use crate::intake::{Intake, Limits};
use crate::metrics;
use crate::route::{Route, Verb};
use crate::routes::nouns;
use axum::Router;
use axum::body::Body;
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{RawPathParams, RawQuery};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, on};
use engine::Engine;
use std::sync::Arc;
use stdx::Problem;

/// The router of the whole API, over an engine.
pub fn router(engine: &Arc<Engine>) -> Router {
    metrics::collected();
    let intake = Intake::new(Limits::default());
    let routes = nouns().into_iter().flat_map(|noun| noun.routes);
    let mounted = routes.fold(Router::new(), |router, route| mount(router, route, engine.clone(), intake.clone()));
    mounted.fallback(no_such_route).method_not_allowed_fallback(wrong_method).layer(from_fn(guard))
}

fn mount(router: Router, route: Route, engine: Arc<Engine>, intake: Intake) -> Router {
    let filter = match route.verb {
        Verb::Get => MethodFilter::GET,
        Verb::Post => MethodFilter::POST,
    };
    let path = route.path;
    let route = Arc::new(route);
    let handler = move |params: Result<RawPathParams, RawPathParamsRejection>,
                        RawQuery(query): RawQuery,
                        headers: HeaderMap,
                        body: Body| {
        let (engine, intake, route) = (engine.clone(), intake.clone(), route.clone());
        async move {
            match receive(&intake, &route, params, query, &headers, body).await {
                Ok(received) => answer(engine, route, received).await,
                Err(refusal) => refusal.into_response(),
            }
        }
    };
    router.route(path, on(filter, handler))
}

async fn receive(
    intake: &Intake,
    route: &Route,
    params: Result<RawPathParams, RawPathParamsRejection>,
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

/// The engine waits for the disk, so it is asked where waiting holds up nobody else.
async fn answer(engine: Arc<Engine>, route: Arc<Route>, received: Received) -> Response {
    let span = tracing::Span::current();
    let asked = tokio::task::spawn_blocking(move || span.in_scope(|| (route.handler)(&engine, &received))).await;
    match asked {
        Ok(Ok(response)) => response,
        Ok(Err(refusal)) => refusal.into_response(),
        Err(panicked) => {
            tracing::error!(%panicked, "a route has a defect");
            Refusal::defect().into_response()
        }
    }
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
