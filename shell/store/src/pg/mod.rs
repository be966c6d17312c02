//! PostgreSQL: everything that only it knows.

mod address;
mod failure;
mod server;
mod session;
mod value;

pub(crate) use server::Server;
pub(crate) use session::{Copy, Session};
