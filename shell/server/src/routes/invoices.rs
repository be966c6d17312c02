//! Claims on customers, and the run that makes them.

use super::Noun;
use crate::Refusal;
use crate::answer::{Created, Found, Told};
use crate::asked::{Asked, Nothing};
use crate::expand::{Expand, Reference, to};
use crate::page::{Paged, list};
use crate::payload::{Empty, Json};
use crate::route::{Portal, Route};
use billing::{Adjustment, Invoice, InvoiceId, render_invoice};
use calendar::{Date, Period, Zone};
use engine::{
    Action, BillRun, Differences, DraftEdit, Engine, Field, GiveUp, NewCreditNote, NewDebitNote, NewVoid, Resource,
    Thing,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
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
        routes: [documents(), notes(), changes()].into_iter().flatten().collect(),
    }
}

fn documents() -> Vec<Route> {
    vec![
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
            "Make a claim of a draft, with what is due of it by now: it gets its number, and its amounts never change again",
            issue,
        )
        .versioned(Thing::Invoice, "id")
        .action(Action::Approve),
    ]
}

fn notes() -> Vec<Route> {
    vec![
        Route::post(
            "/v1/invoices/{id}/edit",
            "edit_invoice",
            "Edit a draft: another amount or text of a line, a line left out or added. What is changed stays when the draft is computed anew",
            edit,
        )
        .versioned(Thing::Invoice, "id"),
        Route::post(
            "/v1/invoices/{id}/credit",
            "credit_invoice",
            "Give back a part of an issued invoice, or all of it, on a credit note",
            credit,
        )
        .makes(Thing::Invoice)
        .action(Action::Approve),
        Route::post("/v1/invoices/{id}/debit", "debit_invoice", "Charge more for an issued invoice, on a debit note", debit)
            .makes(Thing::Invoice)
            .action(Action::Approve),
        Route::post(
            "/v1/invoices/{id}/void",
            "void_invoice",
            "Take an issued document back: its lines are billed again or given up, and its number stays used",
            void,
        )
        .versioned(Thing::Invoice, "id")
        .action(Action::Approve),
    ]
}

fn changes() -> Vec<Route> {
    vec![
        Route::get(
            "/v1/customers/{key}/adjustments",
            "get_adjustments",
            "What persons changed on the lines of a customer: edits of drafts, notes by hand, differences that were written off",
            adjustments,
        ),
        Route::post(
            "/v1/adjustments/{key}/withdraw",
            "withdraw_adjustment",
            "Take back what was changed on a draft",
            withdraw_adjustment,
        ),
        Route::get(
            "/v1/customers/{key}/differences",
            "get_differences",
            "What lines that were billed are worth more or less by now: what waits for the next invoice, and what is held until somebody approves of it",
            differences,
        ),
        Route::post(
            "/v1/customers/{key}/differences/release",
            "release_differences",
            "Approve of the differences of a customer that are held: they are billed now, on notes of their own",
            release,
        )
        .action(Action::Approve),
        Route::post(
            "/v1/customers/{key}/differences/give_up",
            "give_up_differences",
            "Give differences up: they are written off, and never come again",
            give_up,
        )
        .action(Action::Approve),
    ]
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
    /// Taken back.
    Void,
}

impl Standing {
    const fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Issued => "issued",
            Self::Void => "void",
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
        /// Only drafts, only issued ones, or only void ones.
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

#[derive(Deserialize, JsonSchema)]
struct OfCustomer {
    /// The customer.
    key: Key,
}

#[derive(Deserialize, JsonSchema)]
struct OneAdjustment {
    /// Its key.
    key: Key,
}

/// What persons changed on the lines of a customer.
#[derive(Debug, Serialize, JsonSchema)]
struct Adjustments {
    /// All of it, what was taken back too, the newest first.
    adjustments: Vec<Adjustment>,
}

/// Differences that were written off.
#[derive(Debug, Serialize, JsonSchema)]
struct WrittenOff {
    /// What keeps each from coming again.
    adjustments: Vec<Adjustment>,
}

/// Notes that were issued.
#[derive(Debug, Serialize, JsonSchema)]
struct Notes {
    /// One for each currency.
    notes: Vec<Invoice>,
}

fn edit(engine: &Engine, asked: Asked<One, Nothing, Json<DraftEdit>>) -> Result<Found<Invoice>, Refusal> {
    Ok(Found(engine.edit_draft(asked.path.id, asked.body.0)?))
}

fn credit(engine: &Engine, asked: Asked<One, Nothing, Json<NewCreditNote>>) -> Result<Created<Invoice>, Refusal> {
    Ok(Created(engine.credit(asked.path.id, &asked.body.0)?))
}

fn debit(engine: &Engine, asked: Asked<One, Nothing, Json<NewDebitNote>>) -> Result<Created<Invoice>, Refusal> {
    Ok(Created(engine.debit(asked.path.id, &asked.body.0)?))
}

fn void(engine: &Engine, asked: Asked<One, Nothing, Json<NewVoid>>) -> Result<Found<Invoice>, Refusal> {
    Ok(Found(engine.void(asked.path.id, &asked.body.0)?))
}

fn adjustments(engine: &Engine, asked: Asked<OfCustomer, Nothing, Empty>) -> Result<Found<Adjustments>, Refusal> {
    Ok(Found(Adjustments { adjustments: engine.adjustments(asked.path.key.as_str())? }))
}

fn withdraw_adjustment(
    engine: &Engine,
    asked: Asked<OneAdjustment, Nothing, Empty>,
) -> Result<Found<Adjustment>, Refusal> {
    Ok(Found(engine.withdraw_adjustment(asked.path.key.as_str())?))
}

fn differences(engine: &Engine, asked: Asked<OfCustomer, Nothing, Empty>) -> Result<Found<Differences>, Refusal> {
    Ok(Found(engine.differences(asked.path.key.as_str())?))
}

fn release(engine: &Engine, asked: Asked<OfCustomer, Nothing, Empty>) -> Result<Found<Notes>, Refusal> {
    Ok(Found(Notes { notes: engine.release_differences(asked.path.key.as_str())? }))
}

fn give_up(engine: &Engine, asked: Asked<OfCustomer, Nothing, Json<GiveUp>>) -> Result<Found<WrittenOff>, Refusal> {
    let adjustments = engine.give_up_differences(asked.path.key.as_str(), &asked.body.0)?;
    Ok(Found(WrittenOff { adjustments }))
}
