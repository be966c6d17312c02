//! An installation with its API, over both databases.
#![allow(dead_code, reason = "each test file uses a part of it")]

use axum::body::Body;
use axum::http::{HeaderMap, Request};
use engine::{
    DataPlace, Engine, Environment, NewTenant, NewToken, NewUser, Permission, Platform, Role, SecretKey, SetClock,
    Settings,
};
use serde_json::Value;
use server::Access;
use std::sync::Arc;
use stdx::Key;
use tower::ServiceExt;
use transport::{Http, Reach};

pub(crate) const PASSWORD: &str = "correct horse battery";

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Answer {
    /// The body, where the status is the expected one.
    #[track_caller]
    pub(crate) fn with(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        self.body
    }

    /// The code of a refusal with this status.
    #[track_caller]
    pub(crate) fn code(self, status: u16) -> String {
        self.with(status)["code"].as_str().expect("a code").to_owned()
    }
}

pub(crate) struct World {
    pub(crate) platform: Arc<Platform>,
    pub(crate) clock: Arc<SetClock>,
    pub(crate) router: axum::Router,
    runtime: tokio::runtime::Runtime,
}

/// Runs a test over SQLite and, where there is a server for it, over PostgreSQL.
pub(crate) fn each(test: impl Fn(&World)) {
    let dir = tempfile::tempdir().expect("a directory");
    test(&World::at(dir.path().into()));
    if let Some(schema) = test_postgres::Schema::new() {
        let dir = tempfile::tempdir().expect("a directory");
        test(&World::at(DataPlace::with_facts(dir.path(), schema.url().parse().expect("a place"))));
    }
}

pub(crate) fn key(text: &str) -> Key {
    text.try_into().expect("a key")
}

impl World {
    fn at(place: DataPlace) -> Self {
        let clock = Arc::new(SetClock::at("2026-04-01T00:00:00Z".parse().expect("an instant")));
        let secret = SecretKey::parse("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=").expect("a key");
        let platform = Platform::open_with_clock(place, clock.clone(), Settings::default()).expect("a platform");
        let platform = Arc::new(platform.with_secret_key(secret).with_web(Arc::new(Http::new(Reach::Private))));
        let router = server::router(&platform, Access::Tokens);
        Self { platform, clock, router, runtime: tokio::runtime::Runtime::new().expect("a runtime") }
    }

    pub(crate) fn block_on<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    pub(crate) fn engine(&self) -> Engine {
        self.platform.engine(&Platform::default_tenant()).expect("an engine")
    }

    /// A key that was made on the machine: a person by itself.
    pub(crate) fn root(&self, role: Role) -> String {
        let new = NewToken { name: format!("{role:?}"), roles: [role].into(), ..NewToken::default() };
        self.engine().create_key(new).expect("a key").secret
    }

    /// A key with single permissions.
    pub(crate) fn narrow(&self, permissions: &[&str]) -> engine::IssuedToken {
        let permission = |text: &&str| Permission::try_from((*text).to_owned()).expect("a permission");
        let permissions = permissions.iter().map(permission).collect();
        self.engine().create_key(NewToken { name: "narrow".into(), permissions, ..NewToken::default() }).expect("a key")
    }

    /// A person who was added before anything needed two, signed in.
    pub(crate) fn person(&self, email: &str, role: Role) -> String {
        let new =
            NewUser { email: email.into(), name: String::new(), roles: [role].into(), password: Some(PASSWORD.into()) };
        self.engine().add_user(new).expect("a user");
        self.platform.sign_in(&Platform::default_tenant(), email, PASSWORD, None).expect("signed in").secret
    }

    /// Another tenant, and its first key.
    pub(crate) fn tenant(&self, name: &str) -> String {
        let new = NewTenant { key: key(name), name: String::new(), environment: Environment::Live };
        self.platform.add_tenant(new, &engine::Actor::program()).expect("added").1.secret
    }

    pub(crate) fn set(&self, at: &str) {
        self.clock.set(at.parse().expect("an instant"));
    }

    pub(crate) fn get(&self, token: &str, path: &str) -> Answer {
        self.ask(token, "GET", path, &[], &Value::Null)
    }

    pub(crate) fn post(&self, token: &str, path: &str, body: &Value) -> Answer {
        self.ask(token, "POST", path, &[], body)
    }

    pub(crate) fn ask(&self, token: &str, verb: &str, path: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
        let mut request = Request::builder().method(verb).uri(path);
        if !token.is_empty() {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let text = match body {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            json @ (Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => json.to_string(),
        };
        if !text.is_empty() {
            let media = if body.is_string() { "application/yaml" } else { "application/json" };
            request = request.header("content-type", media);
        }
        let request = request.body(Body::from(text)).expect("a request");
        self.runtime.block_on(async {
            let response = self.router.clone().oneshot(request).await.expect("a router never fails");
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.expect("a body");
            let body = serde_json::from_slice(&bytes).unwrap_or_else(|_| String::from_utf8_lossy(&bytes).into());
            Answer { status, headers, body }
        })
    }
}
