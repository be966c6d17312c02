//! Claims on customers, and the run that makes them.

use super::Noun;
use crate::Refusal;
use crate::answer::{Found, Told};
use crate::asked::{Asked, Nothing};
use crate::expand::{Expand, Reference, to};
use crate::page::{Paged, list};
use crate::payload::Empty;
use crate::route::{Portal, Route};
use billing::{Invoice, InvoiceId, render_invoice};
use calendar::{Date, Period, Zone};
use engine::{Action, BillRun, Engine, Field, Resource, Thing};
use schemars::JsonSchema;
use serde::Deserialize;
use stdx::Key;

const REFERENCES: &[Reference] = &[
    to(Expand::Customer, "customer"),
    to(Expand::Entity, "entity"),
    to(Expand::Price, "lines.*.key.price"),
    to(Expand::Subscription, "lines.*.key.subscription"),
];

pub(super) fn noun() -> Noun {
    Noun {
        name: "invoices",
        resource: Resource::Invoices,
        about: "Claims on customers. Every line says why it is what it is, down to the events.",
        routes: vec![
            Route::post(
                "/v1/bill",
                "bill",
                "Run billing now: what is due less what has been billed. The server does it by itself, too",
                bill,
            ),
            Route::get("/v1/invoices", "list_invoices", "Invoices and credit notes, the newest first", list)
                .expands(REFERENCES)
                .portal(Portal::Query("customer")),
            Route::get(
                "/v1/invoices/{id}",
                "get_invoice",
                "An invoice with the explanation of each line, as data",
                get,
            )
            .versioned(Thing::Invoice, "id")
            .expands(REFERENCES)
            .portal(Portal::Invoice("id")),
            Route::get(
                "/v1/invoices/{id}/explanation",
                "explain_invoice",
                "Why each line of an invoice is what it is, for people",
                explain,
            )
            .portal(Portal::Invoice("id")),
            Route::post(
                "/v1/invoices/{id}/issue",
                "issue_invoice",
                "Make a claim of a draft: it gets its number, and never changes again",
                issue,
            )
            .versioned(Thing::Invoice, "id")
            .action(Action::Approve),
        ],
    }
}

/// How something is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Form {
    /// As data.
    #[default]
    Json,
    /// As text for people.
    Text,
}

/// Where an invoice stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Standing {
    /// Computed anew by each billing run.
    Draft,
    /// Numbered and final.
    Issued,
}

impl Standing {
    const fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Issued => "issued",
        }
    }
}

#[derive(Deserialize, JsonSchema)]
struct One {
    /// The invoice's id: `inv_…`.
    id: InvoiceId,
}

list! {
    /// Which invoices are listed.
    List by Order Down ["on" => Time, "id" => Id] {
        /// Only those of this customer.
        customer: Option<Key>,
        /// Only drafts, or only issued ones.
        status: Option<Standing>,
        /// Only those of this day, where the customer is, or a later one.
        from: Option<Date>,
        /// Only those of an earlier day.
        to: Option<Date>,
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Explain {
    /// How it is shown; as text when it is left out.
    r#as: Option<Form>,
}

fn bill(engine: &Engine, _: Asked<Nothing, Nothing, Empty>) -> Result<Found<BillRun>, Refusal> {
    Ok(Found(engine.bill()?))
}

fn list(engine: &Engine, asked: Asked<Nothing, List, Empty>) -> Paged<Invoice> {
    let List { customer, status, from, to, .. } = &asked.query;
    if let (Some(from), Some(to)) = (from, to) {
        let utc = Zone::utc();
        Period::new(utc.start_of(*from), utc.start_of(*to)).map_err(|error| Refusal::invalid(&error))?;
    }
    let select = asked.select()?.is(Field::Customer, customer.as_ref().map(Key::as_str));
    let select = select.is(Field::State, status.map(Standing::word));
    asked.page(engine.list_invoices((*from, *to), &select)?)
}

fn get(engine: &Engine, asked: Asked<One, Nothing, Empty>) -> Result<Found<Invoice>, Refusal> {
    Ok(Found(engine.invoice(asked.path.id)?))
}

fn explain(engine: &Engine, asked: Asked<One, Explain, Empty>) -> Result<Told<Invoice>, Refusal> {
    let invoice = engine.invoice(asked.path.id)?;
    Ok(match asked.query.r#as.unwrap_or(Form::Text) {
        Form::Json => Told::Json(Box::new(invoice)),
        Form::Text => {
            let zone = engine.customer(invoice.customer.as_str())?.zone;
            Told::Text(render_invoice(&invoice, &zone) + "\n")
        }
    })
}

fn issue(engine: &Engine, asked: Asked<One, Nothing, Empty>) -> Result<Found<Invoice>, Refusal> {
    // asked for first, so that an id that leads nowhere is told as such
    engine.invoice(asked.path.id)?;
    Ok(Found(engine.issue(asked.path.id)?))
}
