//! For whom something is done.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::Key;

/// Who does something, as the audit log names them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Actor {
    /// What kind of actor it is.
    pub kind: ActorKind,
    /// Their id: of a key, a user, a customer.
    pub id: String,
    /// The request by which they do it, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// Why, where they say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The second person who let it happen, where one was needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved: Option<Approver>,
}

/// The second person of something that needs two.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Approver {
    /// What kind of actor it is.
    pub kind: ActorKind,
    /// Their id: of a key or a user.
    pub id: String,
    /// The request that they approved.
    pub approval: String,
    /// Why.
    pub reason: String,
}

/// The kinds of actors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActorKind {
    /// The program by itself: billing that falls due, commands on the machine.
    Program,
    /// A person who signed in.
    User,
    /// Another program with an API key.
    Key,
    /// A customer in the portal.
    Customer,
}

impl Actor {
    /// The program by itself.
    pub fn program() -> Self {
        Self::new(ActorKind::Program, "counterfoil".into())
    }

    /// The program, for somebody whom an identity provider vouches for.
    pub(crate) fn vouched_by(provider: &Key) -> Self {
        Self { reason: Some(format!("the identity provider `{provider}` vouches for it")), ..Self::program() }
    }

    pub(crate) const fn new(kind: ActorKind, id: String) -> Self {
        Self { kind, id, request: None, reason: None, approved: None }
    }
}
