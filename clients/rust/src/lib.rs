//! A client of Counterfoil.
//!
//! ```no_run
//! use counterfoil_client::{Client, ListInvoicesQuery, types::Customer};
//!
//! let client = Client::new("http://127.0.0.1:8080").with_token("cf_…");
//! client.add_customer(&Customer::new("acme".into(), "Acme".into())).send()?;
//! for invoice in client.list_invoices_all(&ListInvoicesQuery { customer: Some("acme".into()), ..Default::default() }) {
//!     println!("{:?}", invoice?.total);
//! }
//! # Ok::<(), counterfoil_client::Error>(())
//! ```
//!
//! An operation gives a [`Call`], which is sent by [`Call::send`]. What can be repeated is sent again, later each time, when there is no
//! answer or the server is busy; a write has the same `Idempotency-Key` each time, so that it is done once.

mod call;
mod error;
mod events;
#[allow(
    clippy::must_use_candidate,
    clippy::too_many_lines,
    reason = "it is written from the document of the API, as its words have it"
)]
#[rustfmt::skip]
mod operations;
#[allow(
    clippy::large_enum_variant,
    clippy::struct_excessive_bools,
    clippy::too_many_arguments,
    clippy::enum_variant_names,
    reason = "it is written from the document of the API, as its words have it"
)]
#[rustfmt::skip]
pub mod types;

use std::fmt::Write as _;

pub use call::{Call, Client, Pages, Reply};
pub use error::{Error, Problem};
pub use operations::*;

/// A name as a part of a path.
fn part(name: &str) -> String {
    let mut out = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // writing to a text cannot fail
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}
