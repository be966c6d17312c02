//! OpenID Connect, as far as it is spoken with a provider: what it says about itself, the code for an ID token, and whether to believe it.

use super::provider::IdentityProvider;
use crate::{EngineError, Web, WebRequest};
use calendar::Instant;
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreClientAuthMethod, CoreErrorResponseType,
    CoreGenderClaim, CoreJsonWebKey, CoreJsonWebKeySet, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm,
    CoreProviderMetadata, CoreRevocableToken, CoreRevocationErrorResponse, CoreTokenIntrospectionResponse,
    CoreTokenType,
};
use openidconnect::http::{Response, header};
use openidconnect::{
    AccessTokenHash, AdditionalClaims, AuthType, AuthorizationCode, ClaimsVerificationError, Client, ClientId,
    ClientSecret, CsrfToken, EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest,
    HttpResponse, IdTokenClaims, IdTokenFields, IssuerUrl, Nonce, OAuth2TokenResponse, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, Scope, SignatureVerificationError, StandardErrorResponse, StandardTokenResponse,
    TokenResponse,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use stdx::Problem;

/// Clocks of others may differ by so much.
const SKEW_MICROS: i64 = 60_000_000;

/// What an ID token says beside what each says.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Rest {
    #[serde(flatten)]
    all: Map<String, Value>,
}

impl AdditionalClaims for Rest {}

type Fields = IdTokenFields<
    Rest,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;
type Tokens = StandardTokenResponse<Fields, CoreTokenType>;
type Claims = IdTokenClaims<Rest, CoreGenderClaim>;
type Relying = Client<
    Rest,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// What a provider says about itself, with its keys.
pub(super) type Metadata = CoreProviderMetadata;

/// Why a provider does not vouch for somebody.
#[derive(Debug)]
pub(super) enum Refused {
    /// It does not answer as it should.
    Provider(String),
    /// What it says is not to be believed.
    Token(String),
    /// A key is named that the known ones do not have.
    UnknownKey,
}

impl Refused {
    pub(super) fn into_error(self) -> Result<Problem, EngineError> {
        match self {
            Self::Provider(detail) => Err(EngineError::Failed(
                Problem::new("provider_unreachable", "The identity provider cannot be asked").detail(detail).mend(
                    "try again; if it goes on, ask an owner to look at the provider's issuer, client id and secret",
                ),
            )),
            Self::Token(detail) => Ok(refused(detail)),
            Self::UnknownKey => Ok(refused("it is signed with a key that the provider does not publish".into())),
        }
    }
}

fn refused(detail: String) -> Problem {
    Problem::new("sign_in_refused", "The identity provider does not vouch for this")
        .detail(detail)
        .mend("begin to sign in again with POST /v1/sign-in")
}

/// Whom a provider vouches for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Vouched {
    /// Its own name for the person, which stays.
    pub subject: String,
    /// The e-mail address.
    pub email: Option<String>,
    /// Whether the provider says that the address is the person's.
    pub is_verified: Option<bool>,
    /// The person's name.
    pub name: String,
    /// Values of the claim that gives roles.
    pub groups: Vec<String>,
}

/// A request that failed without an answer.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Unanswered(String);

fn ask(web: &dyn Web, request: HttpRequest) -> Result<HttpResponse, Unanswered> {
    let (head, body) = request.into_parts();
    let headers = head.headers.iter().map(|(name, value)| {
        value.to_str().map(|value| (name.to_string(), value.to_owned())).map_err(|error| Unanswered(error.to_string()))
    });
    let is_post = head.method == openidconnect::http::Method::POST;
    let asked = WebRequest {
        post: is_post.then_some(body),
        url: head.uri.to_string(),
        headers: headers.collect::<Result<_, _>>()?,
    };
    let answer = web.fetch(&asked).map_err(Unanswered)?;
    let mut response = Response::builder().status(answer.status);
    if let Some(media) = answer.media {
        response = response.header(header::CONTENT_TYPE, media);
    }
    response.body(answer.body).map_err(|error| Unanswered(error.to_string()))
}

/// Asks a provider what it says about itself, and for its keys.
pub(super) fn discover(web: &dyn Web, issuer: &str) -> Result<Metadata, Refused> {
    let issuer = IssuerUrl::new(issuer.to_owned()).map_err(|error| Refused::Provider(error.to_string()))?;
    Metadata::discover(&issuer, &|request| ask(web, request)).map_err(|error| Refused::Provider(chain(&error)))
}

/// Asks for the keys alone.
pub(super) fn keys(web: &dyn Web, metadata: &Metadata) -> Result<Metadata, Refused> {
    let keys = CoreJsonWebKeySet::fetch(metadata.jwks_uri(), &|request| ask(web, request));
    Ok(metadata.clone().set_jwks(keys.map_err(|error| Refused::Provider(chain(&error)))?))
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

/// A relying party: this installation, as the provider knows it.
pub(super) struct Party {
    client: Relying,
}

/// What the provider sends back, and what proves that it was asked for here.
pub(super) struct Secrets {
    /// What the ID token must name.
    pub nonce: String,
    /// What proves that the code was asked for here.
    pub verifier: String,
}

impl Secrets {
    pub(super) fn new() -> Self {
        let (_, verifier) = PkceCodeChallenge::new_random_sha256();
        Self { nonce: Nonce::new_random().secret().clone(), verifier: verifier.secret().clone() }
    }
}

impl Party {
    pub(super) fn new(
        metadata: &Metadata,
        provider: &IdentityProvider,
        secret: String,
        redirect: &str,
    ) -> Result<Self, Refused> {
        let redirect = RedirectUrl::new(redirect.to_owned()).map_err(|error| Refused::Provider(error.to_string()))?;
        let methods = metadata.token_endpoint_auth_methods_supported();
        let takes_basic = methods.is_none_or(|methods| methods.contains(&CoreClientAuthMethod::ClientSecretBasic));
        let auth = if takes_basic { AuthType::BasicAuth } else { AuthType::RequestBody };
        let id = ClientId::new(provider.client_id.clone());
        let client = Relying::from_provider_metadata(metadata.clone(), id, Some(ClientSecret::new(secret)));
        Ok(Self { client: client.set_redirect_uri(redirect).set_auth_type(auth) })
    }

    /// Where a person is sent.
    pub(super) fn away(&self, scopes: impl IntoIterator<Item = String>, secrets: &Secrets, state: &str) -> String {
        let verifier = PkceCodeVerifier::new(secrets.verifier.clone());
        let (state, nonce) = (CsrfToken::new(state.to_owned()), Nonce::new(secrets.nonce.clone()));
        let asked = self.client.authorize_url(CoreAuthenticationFlow::AuthorizationCode, move || state, move || nonce);
        let asked = asked.add_scopes(scopes.into_iter().map(Scope::new));
        asked.set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier)).url().0.to_string()
    }

    /// The tokens for a code.
    pub(super) fn exchange(&self, web: &dyn Web, code: String, verifier: String) -> Result<Tokens, Refused> {
        let asked = self.client.exchange_code(AuthorizationCode::new(code));
        let asked = asked.map_err(|error| Refused::Provider(error.to_string()))?;
        let answered = asked.set_pkce_verifier(PkceCodeVerifier::new(verifier)).request(&|request| ask(web, request));
        answered.map_err(|error| {
            if let openidconnect::RequestTokenError::ServerResponse(said) = &error {
                return Refused::Token(format!("it does not take the code: {said}"));
            }
            Refused::Provider(chain(&error))
        })
    }

    /// Whom the tokens vouch for: signature, issuer, audience, times and nonce are looked at.
    pub(super) fn vouched(
        &self,
        tokens: &Tokens,
        nonce: &str,
        now: Instant,
        groups: Option<&str>,
    ) -> Result<Vouched, Refused> {
        let token = tokens.id_token().ok_or_else(|| Refused::Token("it sent no ID token".into()))?;
        let at = |micros: i64| chrono::DateTime::from_timestamp_micros(micros).unwrap_or_default();
        let latest = at(now.micros().saturating_add(SKEW_MICROS));
        let verifier = self
            .client
            .id_token_verifier()
            .set_allowed_algs(asymmetric())
            .set_time_fn(move || at(now.micros().saturating_sub(SKEW_MICROS)))
            .set_issue_time_verifier_fn(move |issued| {
                if issued <= latest { Ok(()) } else { Err(format!("it was issued at {issued}, which is not yet")) }
            });
        let claims = token.claims(&verifier, &Nonce::new(nonce.to_owned())).map_err(|error| disbelieved(&error))?;
        if let Some(expected) = claims.access_token_hash() {
            let key = token.signing_key(&verifier).map_err(|error| Refused::Token(error.to_string()))?;
            let algorithm = token.signing_alg().map_err(|error| Refused::Token(error.to_string()))?;
            let hash = AccessTokenHash::from_token(tokens.access_token(), algorithm, key);
            if hash.ok().as_ref() != Some(expected) {
                return Err(Refused::Token("the access token is another's".into()));
            }
        }
        Ok(read(claims, groups))
    }
}

/// Algorithms whose keys the provider alone has.
fn asymmetric() -> Vec<CoreJwsSigningAlgorithm> {
    use CoreJwsSigningAlgorithm as Signed;
    vec![
        Signed::RsaSsaPkcs1V15Sha256,
        Signed::RsaSsaPkcs1V15Sha384,
        Signed::RsaSsaPkcs1V15Sha512,
        Signed::RsaSsaPssSha256,
        Signed::RsaSsaPssSha384,
        Signed::RsaSsaPssSha512,
        Signed::EcdsaP256Sha256,
        Signed::EcdsaP384Sha384,
        Signed::EdDsa,
    ]
}

fn disbelieved(error: &ClaimsVerificationError) -> Refused {
    if matches!(error, ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey)) {
        return Refused::UnknownKey;
    }
    Refused::Token(chain(error))
}

fn read(claims: &Claims, groups: Option<&str>) -> Vouched {
    let values = groups.and_then(|claim| claims.additional_claims().all.get(claim));
    let groups = match values {
        Some(Value::String(one)) => vec![one.clone()],
        Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_)) | None => Vec::new(),
    };
    let name = claims.name().and_then(|names| names.get(None)).map(|name| name.as_str().to_owned());
    Vouched {
        subject: claims.subject().as_str().to_owned(),
        email: claims.email().map(|email| email.as_str().to_owned()),
        is_verified: claims.email_verified(),
        name: name.unwrap_or_default(),
        groups,
    }
}
