//! Claims on customers, and the run that makes them.

use super::{Noun, subscriptions::cursor, subscriptions::place};
use crate::Refusal;
use crate::answer::{Found, Told};
use crate::asked::{Asked, Nothing};
use crate::expand::{Expand, Reference, to};
use crate::page::{Limit, Page, Place};
use crate::payload::Empty;
use crate::route::{Portal, Route};
use billing::{Invoice, InvoiceId, render_invoice};
use engine::{Action, BillRun, Document, DocumentCursor, Engine, Resource, Thing, Which};
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

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct List {
    /// Only those of this customer.
    customer: Option<Key>,
    /// Only drafts, or only issued ones.
    status: Option<Standing>,
    /// How many at most.
    #[serde(default)]
    limit: Limit,
    /// `next` of the page before.
    after: Option<Place>,
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

fn list(engine: &Engine, asked: Asked<Nothing, List, Empty>) -> Result<Found<Page<Invoice>>, Refusal> {
    let List { customer, status, limit, after } = asked.query;
    let which = match (&customer, status) {
        (Some(key), _) => Which::Customer(key.as_str()),
        (None, Some(status)) => Which::Status(status.word()),
        (None, None) => Which::All,
    };
    let mut found: Vec<Document<Invoice>> = Vec::new();
    let mut from = cursor(after.as_ref())?;
    // the store filters by one of the two; by both, pages are read until this one is full
    while found.len() <= limit.items() {
        let page = engine.invoices(which, &from, limit.and_one())?;
        let Some(last) = page.last() else { break };
        from = DocumentCursor { sort_at: last.sort_at, id: last.id.clone() };
        found
            .extend(page.into_iter().filter(|one| status.is_none_or(|status| one.body.status.word() == status.word())));
    }
    Ok(Found(Page::of(found, limit, place).map(|document| document.body)))
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
