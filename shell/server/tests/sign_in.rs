//! Signing in by an identity provider: a small one, with real HTTP on this machine and keys that the test makes.

mod common;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use common::{Answer, PASSWORD, World, each};
use engine::Role;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use rsa::signature::{SignatureEncoding, Signer};
use rsa::traits::PublicKeyParts;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

const BACK: &str = "https://billing.example.com/back";
const SECRET: &str = "s3cret: of the client";

/// A key of the provider.
enum Key {
    Es256(Box<EcdsaKeyPair>),
    Rs256(Box<rsa::RsaPrivateKey>),
}

impl Key {
    fn es256() -> Self {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).expect("a key");
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random);
        Self::Es256(Box::new(pair.expect("a key")))
    }

    fn rs256() -> Self {
        Self::Rs256(Box::new(rsa::RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 2048).expect("a key")))
    }

    const fn algorithm(&self) -> &'static str {
        match self {
            Self::Es256(_) => "ES256",
            Self::Rs256(_) => "RS256",
        }
    }

    fn public(&self, id: &str) -> Value {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        match self {
            Self::Es256(pair) => {
                let point = pair.public_key().as_ref();
                json!({ "kty": "EC", "crv": "P-256", "use": "sig", "kid": id, "x": text(&point[1..33]), "y": text(&point[33..]) })
            }
            Self::Rs256(key) => {
                json!({ "kty": "RSA", "use": "sig", "kid": id, "n": text(&key.n().to_bytes_be()), "e": text(&key.e().to_bytes_be()) })
            }
        }
    }

    fn sign(&self, text: &[u8]) -> Vec<u8> {
        match self {
            Self::Es256(pair) => pair.sign(&SystemRandom::new(), text).expect("signed").as_ref().to_vec(),
            Self::Rs256(key) => {
                rsa::pkcs1v15::SigningKey::<rsa::sha2::Sha256>::new((**key).clone()).sign(text).to_vec()
            }
        }
    }
}

/// A code that was given out: what it was asked with, and what the ID token for it says.
struct Code {
    challenge: String,
    claims: Value,
}

struct Shared {
    issuer: String,
    key: Mutex<(String, Key)>,
    codes: Mutex<BTreeMap<String, Code>>,
    asked_for_keys: AtomicUsize,
}

/// The provider. Its thread ends with the test's process.
struct Provider(Arc<Shared>);

impl Provider {
    fn new(key: Key) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let issuer = format!("http://{}", listener.local_addr().expect("an address"));
        let shared = Arc::new(Shared {
            issuer,
            key: Mutex::new(("first".into(), key)),
            codes: Mutex::default(),
            asked_for_keys: AtomicUsize::new(0),
        });
        let served = shared.clone();
        std::thread::spawn(move || listener.incoming().flatten().for_each(|stream| served.serve(&stream)));
        Self(shared)
    }

    fn rotate(&self, id: &str, key: Key) {
        *self.0.key.lock().expect("the key") = (id.into(), key);
    }

    /// As if the person at the address had signed in there: what the browser brings back. `change` is what the provider gets wrong.
    fn authorize(&self, url: &str, person: &Value, change: impl FnOnce(&mut Value)) -> BTreeMap<String, String> {
        let query = url.split_once('?').expect("a query").1;
        let asked: BTreeMap<String, String> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        assert_eq!((asked["response_type"].as_str(), asked["code_challenge_method"].as_str()), ("code", "S256"));
        assert_eq!((asked["client_id"].as_str(), asked["redirect_uri"].as_str()), ("counterfoil", BACK));
        assert!(asked["scope"].split(' ').any(|scope| scope == "openid"));
        let now = "2026-04-01T00:00:00Z".parse::<calendar::Instant>().expect("an instant").micros() / 1_000_000;
        let mut claims = json!({
            "iss": self.0.issuer, "aud": "counterfoil", "nonce": asked["nonce"], "iat": now, "exp": now + 300
        });
        let fields = claims.as_object_mut().expect("an object");
        fields.extend(person.as_object().expect("an object").clone());
        change(&mut claims);
        let mut codes = self.0.codes.lock().expect("the codes");
        let code = format!("code-{}", codes.len());
        codes.insert(code.clone(), Code { challenge: asked["code_challenge"].clone(), claims });
        [("code".to_owned(), code), ("state".to_owned(), asked["state"].clone())].into()
    }
}

impl Shared {
    fn serve(&self, mut stream: &TcpStream) {
        let mut reader = BufReader::new(stream);
        let mut head = Vec::new();
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) <= 2 {
                break;
            }
            head.push(line.trim_end().to_owned());
        }
        let header = |name: &str| {
            head.iter()
                .find_map(|line| line.split_once(": ").filter(|(known, _)| known.eq_ignore_ascii_case(name)))
                .map(|(_, value)| value)
        };
        let mut body = vec![0; header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0)];
        reader.read_exact(&mut body).expect("a body");
        let (status, answer) = match head.first().map(String::as_str).unwrap_or_default() {
            line if line.starts_with("GET /.well-known/openid-configuration ") => (200, self.configuration()),
            line if line.starts_with("GET /keys ") => {
                self.asked_for_keys.fetch_add(1, Ordering::SeqCst);
                let key = self.key.lock().expect("the key");
                (200, json!({ "keys": [key.1.public(&key.0)] }))
            }
            line if line.starts_with("POST /token ") => self.token(header("authorization").unwrap_or_default(), &body),
            _ => (404, json!({})),
        };
        let body = answer.to_string();
        let answer = format!(
            "HTTP/1.1 {status} x\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(answer.as_bytes()).expect("answered");
    }

    fn configuration(&self) -> Value {
        let at = |path: &str| format!("{}{path}", self.issuer);
        json!({
            "issuer": self.issuer, "authorization_endpoint": at("/authorize"), "token_endpoint": at("/token"), "jwks_uri": at("/keys"),
            "response_types_supported": ["code"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "ES256"]
        })
    }

    /// An ID token for a code, for who has the client's secret and what proves that the code was asked for by them.
    fn token(&self, authorization: &str, body: &[u8]) -> (u16, Value) {
        let refused = |why: &str| (400, json!({ "error": "invalid_grant", "error_description": why }));
        let secret: String = form_urlencoded::byte_serialize(SECRET.as_bytes()).collect();
        if authorization != format!("Basic {}", STANDARD.encode(format!("counterfoil:{secret}"))) {
            return (401, json!({ "error": "invalid_client" }));
        }
        let asked: BTreeMap<String, String> = form_urlencoded::parse(body).into_owned().collect();
        let Some(code) = self.codes.lock().expect("the codes").remove(&asked["code"]) else {
            return refused("no such code");
        };
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(asked["code_verifier"].as_bytes()));
        if challenge != code.challenge || asked["redirect_uri"] != BACK {
            return refused("the proof is wrong");
        }
        let key = self.key.lock().expect("the key");
        let text = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", text(&json!({ "alg": key.1.algorithm(), "kid": key.0 })), text(&code.claims));
        let token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(key.1.sign(signed.as_bytes())));
        (200, json!({ "access_token": "a", "token_type": "Bearer", "expires_in": 300, "id_token": token }))
    }
}

fn ann() -> Value {
    json!({ "sub": "7", "email": "Ann@example.com", "email_verified": true, "name": "Ann", "groups": ["billing", "chess"] })
}

/// Adds a provider, as an owner.
fn add(world: &World, owner: &str, provider: &Provider, more: &Value) {
    let mut body = json!({
        "key": "idp", "issuer": provider.0.issuer, "client_id": "counterfoil", "client_secret": SECRET, "redirects": [BACK]
    });
    body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    let added = world.post(owner, "/v1/identity-providers", &body).with(201);
    assert!(!added.to_string().contains("s3cret"));
}

fn begin(world: &World) -> Value {
    world.post("", "/v1/sign-in", &json!({ "provider": "idp", "redirect": BACK })).with(201)
}

fn finish(world: &World, begun: &Value, back: &BTreeMap<String, String>) -> Answer {
    let body = json!({ "code": back["code"], "state": back["state"], "binding": begun["binding"] });
    world.post("", "/v1/sign-in/finish", &body)
}

/// Everything at once.
fn sign_in(world: &World, provider: &Provider, person: &Value, change: impl FnOnce(&mut Value)) -> Answer {
    let begun = begin(world);
    let back = provider.authorize(begun["url"].as_str().expect("an address"), person, change);
    assert_eq!(back["state"], begun["state"].as_str().expect("a state"));
    finish(world, &begun, &back)
}

fn invite(world: &World, owner: &str, email: &str) {
    world.post(owner, "/v1/users", &json!({ "email": email, "roles": ["support"] })).with(201);
}

#[test]
fn who_was_invited_signs_in_by_either_kind_of_key() {
    let keys = [Key::es256 as fn() -> Key, Key::rs256];
    for make in keys {
        each(|world| {
            let (owner, provider) = (world.root(Role::Owner), Provider::new(make()));
            add(world, &owner, &provider, &json!({}));
            assert_eq!(sign_in(world, &provider, &ann(), |_| ()).code(401), "not_invited");
            invite(world, &owner, "ann@example.com");
            let session = sign_in(world, &provider, &ann(), |_| ()).with(201);
            let who = world.get(session["secret"].as_str().expect("a secret"), "/v1/whoami").with(200);
            assert_eq!((&who["id"], &who["roles"]), (&json!("ann@example.com"), &json!(["support"])));
            // nobody has a password for her
            let by_password = json!({ "email": "ann@example.com", "password": PASSWORD });
            assert_eq!(world.post("", "/v1/sessions", &by_password).code(401), "not_signed_in");
            let all = world.get(&owner, "/v1/audit?limit=500").body.to_string()
                + &world.get(&owner, "/v1/identity-providers").body.to_string();
            assert!(all.contains("identity_provider.add") && !all.contains("s3cret"));
        });
    }
}

#[test]
fn what_the_provider_says_is_looked_at_before_it_is_believed() {
    each(|world| {
        let (owner, provider) = (world.root(Role::Owner), Provider::new(Key::es256()));
        add(world, &owner, &provider, &json!({}));
        invite(world, &owner, "ann@example.com");
        let set = |field: &'static str, value: Value| move |claims: &mut Value| claims[field] = value;
        let now = 1_775_001_600;
        for (field, wrong) in [
            ("nonce", json!("another")),
            ("nonce", Value::Null),
            ("aud", json!("somebody else")),
            ("aud", json!(["counterfoil", "somebody else"])),
            ("iss", json!("https://evil.example")),
            ("exp", json!(now - 61)),
            ("iat", json!(now + 120)),
        ] {
            let refused = sign_in(world, &provider, &ann(), set(field, wrong.clone()));
            assert_eq!(refused.code(401), "sign_in_refused", "{field}: {wrong}");
        }
        for (field, wrong) in
            [("email_verified", json!(false)), ("email_verified", Value::Null), ("email", Value::Null)]
        {
            let refused = sign_in(world, &provider, &ann(), set(field, wrong.clone()));
            assert_eq!(refused.code(401), "email_not_verified", "{field}: {wrong}");
        }
        // clocks differ a little
        sign_in(world, &provider, &ann(), set("exp", json!(now - 59))).with(201);
        sign_in(world, &provider, &ann(), set("iat", json!(now + 59))).with(201);
        // a key that it does not publish, under the name of one that it does, and under a new name
        let published = std::mem::replace(&mut provider.0.key.lock().expect("the key").1, Key::es256());
        assert_eq!(sign_in(world, &provider, &ann(), |_| ()).code(401), "sign_in_refused");
        provider.rotate("first", published);
        sign_in(world, &provider, &ann(), |_| ()).with(201);
    });
}

#[test]
fn new_keys_of_the_provider_are_fetched_when_they_are_met() {
    each(|world| {
        let (owner, provider) = (world.root(Role::Owner), Provider::new(Key::es256()));
        add(world, &owner, &provider, &json!({}));
        invite(world, &owner, "ann@example.com");
        let asked = || provider.0.asked_for_keys.load(Ordering::SeqCst);
        for _ in 0..3 {
            sign_in(world, &provider, &ann(), |_| ()).with(201);
        }
        assert_eq!(asked(), 1, "keys are known for an hour");
        provider.rotate("second", Key::rs256());
        sign_in(world, &provider, &ann(), |_| ()).with(201);
        sign_in(world, &provider, &ann(), |_| ()).with(201);
        assert_eq!(asked(), 2);
    });
}

#[test]
fn an_attempt_is_made_once_in_time_and_where_it_was_begun() {
    each(|world| {
        let (owner, provider) = (world.root(Role::Owner), Provider::new(Key::es256()));
        add(world, &owner, &provider, &json!({}));
        invite(world, &owner, "ann@example.com");
        let begun = begin(world);
        let back = provider.authorize(begun["url"].as_str().expect("an address"), &ann(), |_| ());
        // somebody else's page, with what the browser brought back
        let other = begin(world);
        assert_eq!(finish(world, &other, &back).code(401), "sign_in_over");
        finish(world, &begun, &back).with(201);
        assert_eq!(finish(world, &begun, &back).code(401), "sign_in_over");
        let again = provider.authorize(begun["url"].as_str().expect("an address"), &ann(), |_| ());
        assert_eq!(
            finish(world, &begun, &again).code(401),
            "sign_in_over",
            "a new code does not make an old state new"
        );
        // a code of one attempt is of no use in another
        let (one, two) = (begin(world), begin(world));
        let mut back = provider.authorize(one["url"].as_str().expect("an address"), &ann(), |_| ());
        back.insert("state".into(), two["state"].as_str().expect("a state").into());
        assert_eq!(finish(world, &two, &back).code(401), "sign_in_refused");
        for state in ["", "x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
            let back = [("code".to_owned(), "x".to_owned()), ("state".to_owned(), state.to_owned())].into();
            assert_eq!(finish(world, &one, &back).code(401), "sign_in_over", "{state}");
        }
        let late = begin(world);
        let back = provider.authorize(late["url"].as_str().expect("an address"), &ann(), |_| ());
        world.set("2026-04-01T00:10:00Z");
        assert_eq!(finish(world, &late, &back).code(401), "sign_in_over");
        let elsewhere = json!({ "provider": "idp", "redirect": "https://evil.example/back" });
        assert_eq!(world.post("", "/v1/sign-in", &elsewhere).code(422), "unknown_redirect");
        world.tenant("theirs");
        let theirs = json!({ "tenant": "theirs", "provider": "idp", "redirect": BACK });
        assert_eq!(world.post("", "/v1/sign-in", &theirs).code(404), "not_found");
    });
}

#[test]
fn people_of_a_domain_come_in_with_the_roles_of_their_groups() {
    each(|world| {
        let (owner, provider) = (world.root(Role::Owner), Provider::new(Key::es256()));
        let roles = json!({ "claim": "groups", "roles": { "billing": ["finance"], "heads": ["product", "auditor"] } });
        add(world, &owner, &provider, &json!({ "admits": { "domains": ["example.com"] }, "roles": roles }));
        let first =
            sign_in(world, &provider, &ann(), |_| ()).with(201)["secret"].as_str().expect("a secret").to_owned();
        assert_eq!(world.get(&first, "/v1/whoami").with(200)["roles"], json!(["finance"]));
        let elsewhere = sign_in(world, &provider, &ann(), |claims| {
            claims["email"] = json!("eve@example.com.evil.example");
            claims["sub"] = json!("8");
        });
        assert_eq!(elsewhere.code(401), "not_invited");
        assert_eq!(
            sign_in(world, &provider, &ann(), |claims| claims["groups"] = json!(["chess"])).code(401),
            "no_roles"
        );
        // other groups, other roles; what was begun with the old ones ends
        let second = sign_in(world, &provider, &ann(), |claims| claims["groups"] = json!("heads")).with(201);
        let second = second["secret"].as_str().expect("a secret");
        assert_eq!(world.get(second, "/v1/whoami").with(200)["roles"], json!(["product", "auditor"]));
        assert_eq!(world.get(&first, "/v1/whoami").status, 401);
        // the address is another person's by now
        assert_eq!(
            sign_in(world, &provider, &ann(), |claims| claims["sub"] = json!("8")).code(401),
            "identity_differs"
        );
        world.post(&owner, "/v1/users/ann@example.com", &json!({ "forget_identity": true })).with(200);
        sign_in(world, &provider, &ann(), |claims| claims["sub"] = json!("8")).with(201);
    });
}

#[test]
fn who_is_disabled_stays_out_and_a_provider_too() {
    each(|world| {
        let (owner, provider) = (world.root(Role::Owner), Provider::new(Key::es256()));
        let roles = json!({ "claim": "groups", "roles": { "billing": ["finance"] } });
        add(world, &owner, &provider, &json!({ "admits": { "domains": ["example.com"] }, "roles": roles }));
        sign_in(world, &provider, &ann(), |_| ()).with(201);
        world.post(&owner, "/v1/users/ann@example.com", &json!({ "disabled": true })).with(200);
        assert_eq!(sign_in(world, &provider, &ann(), |_| ()).code(401), "not_signed_in");
        let begun = begin(world);
        let bob = json!({ "sub": "9", "email": "bob@example.com", "email_verified": true, "groups": ["billing"] });
        let back = provider.authorize(begun["url"].as_str().expect("an address"), &bob, |_| ());
        world.post(&owner, "/v1/identity-providers/idp", &json!({ "disabled": true })).with(200);
        assert_eq!(finish(world, &begun, &back).code(404), "not_found");
        world
            .post(&owner, "/v1/identity-providers/idp", &json!({ "disabled": false, "client_secret": "wrong" }))
            .with(200);
        assert_eq!(sign_in(world, &provider, &bob, |_| ()).code(401), "sign_in_refused");
        world.post(&owner, "/v1/identity-providers/idp/remove", &Value::Null).with(200);
        assert_eq!(
            world.post("", "/v1/sign-in", &json!({ "provider": "idp", "redirect": BACK })).code(404),
            "not_found"
        );
        let wrong = json!({ "key": "x", "issuer": "http://a.example", "client_id": "c", "client_secret": "s", "redirects": [BACK] });
        assert_eq!(world.post(&owner, "/v1/identity-providers", &wrong).code(422), "invalid_provider");
        let dead = json!({ "key": "dead", "issuer": "http://127.0.0.1:9", "client_id": "c", "client_secret": "s", "redirects": [BACK] });
        world.post(&owner, "/v1/identity-providers", &dead).with(201);
        assert_eq!(
            world.post("", "/v1/sign-in", &json!({ "provider": "dead", "redirect": BACK })).code(502),
            "provider_unreachable"
        );
    });
}
