//! Who may do what. A token names a tenant and what may be done there: an API key, a person's session, or a customer's view.

mod approval;
mod approval_policy;
mod door;
mod oidc;
mod password;
mod permission;
mod principal;
mod provider;
mod sign_in;
mod token;
mod user;

pub use approval::{
    Approval, ApprovalDetail, ApprovalId, ApprovalState, Approved, Carries, Command, NewApproval,
    Outcome as ApprovalOutcome,
};
pub use approval_policy::{ApprovalPolicy, ApprovalPolicyChange};
pub use door::network;
pub use permission::{Action, Permission, Resource, Role};
pub use principal::{AccessError, Principal};
pub use provider::{Admits, EmailTrust, IdentityProvider, IdentityProviderChange, NewIdentityProvider, RoleClaim};
pub use sign_in::{BeginSignIn, FinishSignIn, SignInBegun};
pub use token::{IssuedToken, NewToken, Token, TokenKind};
pub use user::{Identity, NewUser, User, UserChange};

pub(crate) use door::Door;
pub(crate) use principal::Known;
pub(crate) use sign_in::Providers;
