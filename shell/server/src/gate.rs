//! Who is let in, and how far.

use crate::Refusal;
use crate::asked::Received;
use crate::rates::{Counters, Rates, Told};
use crate::route::{Needs, Portal, Route};
use axum::http::{HeaderMap, StatusCode, header};
use engine::{AccessError, Engine, EngineError, Platform, Principal};
use std::net::IpAddr;
use std::sync::Arc;
use stdx::ToProblem;

/// Whether a token is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// A token is needed.
    Tokens,
    /// Whoever reaches the server is an owner of the tenant `default`. For one machine and one person.
    Open,
}

/// Looks at the token of a request.
#[derive(Clone)]
pub(crate) struct Gate {
    platform: Arc<Platform>,
    access: Access,
    pub(crate) counters: Arc<Counters>,
}

impl Gate {
    pub(crate) fn new(platform: Arc<Platform>, access: Access, rates: Rates) -> Self {
        Self { platform, access, counters: Arc::new(Counters::new(rates)) }
    }

    /// Who asks, if they may ask this at all. What a customer may see of it is looked at once it is known what is asked.
    ///
    /// It is counted, and how far that went is told also where they may not.
    pub(crate) async fn admit(
        &self,
        route: &Route,
        headers: &HeaderMap,
        from: Option<IpAddr>,
        told: &mut Option<Told>,
    ) -> Result<Principal, Refusal> {
        if self.access == Access::Open {
            return Ok(Principal::anybody(Platform::default_tenant()));
        }
        if route.needs == Needs::Nothing {
            self.counters.count_stranger(from, told)?;
            return Ok(Principal::anybody(Platform::default_tenant()));
        }
        let token = bearer(headers);
        let principal = if let Some(principal) = token.and_then(|token| self.platform.known(token)) {
            principal
        } else {
            self.counters.count_stranger(from, told)?;
            let found = self.look_up(token.ok_or(AccessError::NoToken)?.to_owned()).await?;
            self.counters.is_no_stranger(from);
            found
        };
        self.counters.count(route, &principal, told)?;
        let Some(permission) = route.permission() else { return Ok(principal) };
        match (&principal.customer, route.portal) {
            (None, _) => principal.may(permission)?,
            (Some(_), Portal::Never) => return Err(AccessError::NotForCustomers.into()),
            (Some(_), Portal::Path(_) | Portal::Query(_) | Portal::Invoice(_) | Portal::Subscription(_)) => {}
        }
        Ok(principal)
    }

    /// The store waits for the disk, so it is asked where waiting holds up nobody else.
    async fn look_up(&self, token: String) -> Result<Principal, Refusal> {
        let platform = self.platform.clone();
        let found = tokio::task::spawn_blocking(move || platform.authenticate(&token)).await;
        Ok(found.map_err(|_| Refusal::defect())??)
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Keeps a customer to what is theirs.
pub(crate) fn keep_to(customer: &str, portal: Portal, received: &mut Received, engine: &Engine) -> Result<(), Refusal> {
    let in_path = |name: &str| received.path.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let owner = match portal {
        Portal::Never => None,
        Portal::Path(name) => in_path(name).map(str::to_owned),
        Portal::Query(name) => return keep_query_to(customer, name, received),
        Portal::Invoice(name) => match in_path(name).and_then(|id| id.parse().ok()) {
            Some(id) => found(engine.invoice(id))?.map(|invoice| invoice.customer.to_string()),
            None => None,
        },
        Portal::Subscription(name) => match in_path(name) {
            Some(key) => found(engine.subscription(key))?.map(|subscription| subscription.customer.to_string()),
            None => None,
        },
    };
    // what is another's and what is not there look the same
    if owner.as_deref() == Some(customer) { Ok(()) } else { Err(AccessError::NotForCustomers.into()) }
}

fn found<T>(asked: Result<T, EngineError>) -> Result<Option<T>, Refusal> {
    match asked {
        Ok(value) => Ok(Some(value)),
        Err(EngineError::NotFound(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// A list is that of the customer, whether they say so or not.
fn keep_query_to(customer: &str, name: &str, received: &mut Received) -> Result<(), Refusal> {
    let given = form_urlencoded::parse(received.query.as_bytes()).filter(|(known, _)| known == name);
    let mut values = given.map(|(_, value)| value.into_owned()).filter(|value| !value.is_empty()).peekable();
    if values.peek().is_none() {
        let own = form_urlencoded::Serializer::new(String::new()).append_pair(name, customer).finish();
        let between = if received.query.is_empty() { "" } else { "&" };
        received.query = format!("{}{between}{own}", received.query);
        return Ok(());
    }
    if values.all(|value| value == customer) { Ok(()) } else { Err(AccessError::NotForCustomers.into()) }
}

impl From<AccessError> for Refusal {
    fn from(error: AccessError) -> Self {
        let status = match &error {
            AccessError::NoToken | AccessError::NotSignedIn | AccessError::SignIn(_) => StatusCode::UNAUTHORIZED,
            AccessError::NotPermitted(_)
            | AccessError::NotForCustomers
            | AccessError::NotOfThisTenant
            | AccessError::SamePerson
            | AccessError::NotTheirs => StatusCode::FORBIDDEN,
            AccessError::TooManyAttempts | AccessError::Busy => StatusCode::TOO_MANY_REQUESTS,
            AccessError::Engine(error) => return error.clone().into(),
        };
        Self::one(status, error.problem())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn received(query: &str) -> Received {
        Received { path: Vec::new(), query: query.into(), media: None, body: "".into() }
    }

    #[test]
    fn a_list_of_a_customer_is_theirs_whatever_they_ask() {
        let kept = |query: &str| {
            let mut received = received(query);
            keep_query_to("a b", "customer", &mut received).map(|()| received.query)
        };
        assert_eq!(kept("").as_deref(), Ok("customer=a+b"));
        assert_eq!(kept("limit=5&customer=").as_deref(), Ok("limit=5&customer=&customer=a+b"));
        assert_eq!(kept("customer=a%20b").as_deref(), Ok("customer=a%20b"));
        for other in ["customer=c", "customer=a+b&customer=c", "%63ustomer=c"] {
            assert_eq!(kept(other).expect_err(other).status, StatusCode::FORBIDDEN);
        }
    }
}
