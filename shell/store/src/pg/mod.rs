//! PostgreSQL: everything that only it knows.

mod address;
mod failure;
mod notices;
mod server;
mod session;
mod value;
mod wire;
mod writer;

pub(crate) use notices::Listener;
pub(crate) use server::Server;
pub(crate) use session::{Copy, Session};
