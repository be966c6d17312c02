//! The HTTP API: one table of routes, from which the router and the OpenAPI document are both made.
//!
//! ```
//! use engine::Platform;
//! use server::Access;
//! use std::sync::Arc;
//!
//! // everything under /v1 answers from an installation; the router can be mounted anywhere
//! let platform = Arc::new(Platform::in_memory("2026-04-01T00:00:00Z".parse()?)?);
//! let _router = server::router(&platform, Access::Tokens);
//!
//! // the document is made from the same table, so that the two cannot differ
//! let document = server::openapi();
//! assert_eq!(document["openapi"], "3.1.0");
//! assert!(document["paths"]["/v1/invoices/{id}/explanation"]["get"].is_object());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A handler is a plain function: it gets the engine and what was asked, already read into its types, and gives an answer or a
//! [`Refusal`]. What it takes and gives is what the document says, because the document is made from the same types.

mod refusal;

pub use refusal::{ProblemDocument, Refusal};

mod answer;
mod asked;
mod dry_run;
mod expand;
mod intake;
mod lane;
mod metrics;
mod page;
mod payload;
mod route;

mod routes;

mod openapi;

pub use openapi::document as openapi;

mod file;
mod gate;
mod guard;
mod hold;
mod listen;
mod messenger;
mod rates;
mod repeat;
mod router;
mod runner;
mod serve;
mod signals;
mod ticker;
mod tls;
mod trace;
mod versions;
mod watcher;

pub use gate::Access;
pub use listen::Connections;
pub use metrics::{SECONDS, measured_besides_by};
pub use rates::Rates;
pub use router::{router, router_at};
pub use serve::{ServeError, Server};
pub use tls::{Tls, TlsError};
