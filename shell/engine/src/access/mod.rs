//! Who may do what. A token names a tenant and what may be done there: an API key, a person's session, or a customer's view.

mod password;
mod permission;
mod principal;
mod token;
mod user;

pub use permission::{Action, Permission, Resource, Role};
pub use principal::{AccessError, Principal};
pub use token::{IssuedToken, NewToken, Token, TokenKind};
pub use user::{NewUser, User, UserChange};

pub(crate) use principal::Known;
pub(crate) use user::Attempts;
