//! What was paid, and what customers owe and have to their credit.

use super::{Noun, span};
use crate::Refusal;
use crate::answer::{Created, Found};
use crate::asked::{Asked, Nothing};
use crate::page::{Paged, list};
use crate::payload::{Empty, Json};
use crate::route::{Portal, Route};
use billing::InvoiceId;
use calendar::Date;
use contracts::When;
use engine::{
    Action, CustomerBalance, Engine, Field, NewPayment, NewRefund, PaymentState, PaymentView, Receivables, Refund,
    Resource, Thing, WritingOff,
};
use money::{Currency, Money};
use payments::{Share, Standing, Statement};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::Key;

pub(super) fn noun() -> Noun {
    Noun {
        name: "payments",
        resource: Resource::Invoices,
        about: "Payments as they came, what they pay, and what customers owe and have to their credit. A credit note and a write-off pay, too.",
        routes: [payments(), invoices(), customers()].into_iter().flatten().collect(),
    }
}

fn payments() -> Vec<Route> {
    vec![
        Route::post(
            "/v1/payments",
            "record_payment",
            "Record a payment that came; the same key again is the same payment",
            record,
        )
        .makes(Thing::Payment),
        Route::get(
            "/v1/payments",
            "list_payments",
            "Payments, credit notes and write-offs, the last received first",
            list,
        )
        .portal(Portal::Query("customer")),
        Route::get("/v1/payments/{key}", "get_payment", "A payment, what it pays and what was done with it", get)
            .versioned(Thing::Payment, "key"),
        Route::post(
            "/v1/payments/{key}/allocate",
            "allocate_payment",
            "Let what is in the balance of a payment pay invoices",
            allocate,
        )
        .versioned(Thing::Payment, "key"),
        Route::post(
            "/v1/payments/{key}/unallocate",
            "unallocate_payment",
            "Take a payment off an invoice, or off all that it pays; it is in the balance then",
            unallocate,
        )
        .versioned(Thing::Payment, "key"),
        Route::post(
            "/v1/payments/{key}/reverse",
            "reverse_payment",
            "A payment did not come or went away again, or a write-off is taken back: what it paid is open again",
            reverse,
        )
        .versioned(Thing::Payment, "key")
        .action(Action::Approve),
    ]
}

fn invoices() -> Vec<Route> {
    vec![
        Route::get(
            "/v1/invoices/{id}/settlement",
            "get_settlement",
            "How far an invoice is paid, and by what",
            settlement,
        )
        .portal(Portal::Invoice("id")),
        Route::post(
            "/v1/invoices/{id}/apply_balance",
            "apply_balance",
            "Let the customer's balance pay an invoice",
            apply_balance,
        ),
        Route::post(
            "/v1/invoices/{id}/write_off",
            "write_off_invoice",
            "Give up what is left to pay of an invoice, or some of it",
            write_off,
        )
        .action(Action::Approve),
    ]
}

fn customers() -> Vec<Route> {
    vec![
        Route::get(
            "/v1/customers/{key}/balances",
            "get_customer_balances",
            "What a customer owes and has to their credit, by seller and currency",
            balances,
        )
        .portal(Portal::Path("key")),
        Route::get(
            "/v1/customers/{key}/receivables",
            "get_receivables",
            "The invoices of a customer of which something is left to pay, and how late they are",
            receivables,
        )
        .portal(Portal::Path("key")),
        Route::get(
            "/v1/customers/{key}/statement",
            "get_statement",
            "The statement of account of some days: what was owed, what happened, what is owed",
            statement,
        )
        .portal(Portal::Path("key")),
        Route::post(
            "/v1/customers/{key}/refunds",
            "refund_customer",
            "Record money that goes back to a customer out of their balance; the same key again is the same refund",
            refund,
        )
        .action(Action::Approve),
        Route::get(
            "/v1/customers/{key}/refunds",
            "get_refunds",
            "What went back to a customer, the newest first",
            refunds,
        )
        .portal(Portal::Path("key")),
    ]
}

#[derive(Deserialize, JsonSchema)]
struct One {
    /// Its key.
    key: Key,
}

#[derive(Deserialize, JsonSchema)]
struct OneInvoice {
    /// The invoice's id: `inv_…`.
    id: InvoiceId,
}

list! {
    /// Which payments are listed.
    List by Order Down ["received_at" => Time, "key" => Id] {
        /// Only those of this customer.
        customer: Option<Key>,
        /// Only those that are there.
        state: Option<PaymentState>,
        /// Only those that were received at this time or later.
        from: Option<When>,
        /// Only those that were received before this time.
        to: Option<When>,
    }
}

/// Invoices that a payment is to pay.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Allocation {
    /// Which, in this order; what falls due first when it is left out.
    #[serde(default)]
    pays: Option<Vec<Share>>,
}

/// What a payment is taken off.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Unallocation {
    /// An invoice, by id or number; all that it pays when it is left out.
    #[serde(default)]
    document: Option<Key>,
}

/// Why a payment is reversed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Reversal {
    /// Why.
    reason: String,
}

/// How much of the balance pays.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Applying {
    /// How much; as far as both go when it is left out.
    #[serde(default)]
    amount: Option<Money>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct OnDay {
    /// The day, where the customer is; today when it is left out.
    on: Option<Date>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Days {
    /// The first day, where the customer is.
    from: Date,
    /// The day after the last one.
    to: Date,
    /// The currency.
    currency: Currency,
    /// The seller; the customer's when it is left out.
    entity: Option<Key>,
}

/// Balances of a customer.
#[derive(Debug, Serialize, JsonSchema)]
struct Balances {
    /// One for each seller and currency with documents or payments.
    balances: Vec<CustomerBalance>,
}

/// What is left to pay of a customer's invoices.
#[derive(Debug, Serialize, JsonSchema)]
struct AllReceivables {
    /// One for each seller and currency with documents or payments.
    receivables: Vec<Receivables>,
}

/// What went back to a customer.
#[derive(Debug, Serialize, JsonSchema)]
struct Refunds {
    /// All of it, the newest first.
    refunds: Vec<Refund>,
}

fn record(engine: &Engine, asked: Asked<Nothing, Nothing, Json<NewPayment>>) -> Result<Created<PaymentView>, Refusal> {
    Ok(Created(engine.record_payment(asked.body.0)?))
}

fn list(engine: &Engine, asked: Asked<Nothing, List, Empty>) -> Paged<PaymentView> {
    let List { customer, state, from, to, .. } = &asked.query;
    let select = asked.select()?.is(Field::Customer, customer.as_ref().map(Key::as_str));
    let select = select.is(Field::State, state.map(PaymentState::word));
    asked.page(engine.list_payments(&select.within(Field::Time, span(engine, None, (*from, *to))?))?)
}

fn get(engine: &Engine, asked: Asked<One, Nothing, Empty>) -> Result<Found<PaymentView>, Refusal> {
    Ok(Found(engine.payment(&asked.path.key)?))
}

fn allocate(engine: &Engine, asked: Asked<One, Nothing, Json<Allocation>>) -> Result<Found<PaymentView>, Refusal> {
    Ok(Found(engine.allocate_payment(&asked.path.key, asked.body.0.pays)?))
}

fn unallocate(engine: &Engine, asked: Asked<One, Nothing, Json<Unallocation>>) -> Result<Found<PaymentView>, Refusal> {
    Ok(Found(engine.unallocate_payment(&asked.path.key, asked.body.0.document.as_ref())?))
}

fn reverse(engine: &Engine, asked: Asked<One, Nothing, Json<Reversal>>) -> Result<Found<PaymentView>, Refusal> {
    Ok(Found(engine.reverse_payment(&asked.path.key, &asked.body.0.reason)?))
}

fn settlement(engine: &Engine, asked: Asked<OneInvoice, Nothing, Empty>) -> Result<Found<Standing>, Refusal> {
    Ok(Found(engine.settlement(asked.path.id)?))
}

fn apply_balance(
    engine: &Engine,
    asked: Asked<OneInvoice, Nothing, Json<Applying>>,
) -> Result<Found<Standing>, Refusal> {
    Ok(Found(engine.apply_balance(asked.path.id, asked.body.0.amount)?))
}

fn write_off(
    engine: &Engine,
    asked: Asked<OneInvoice, Nothing, Json<WritingOff>>,
) -> Result<Created<PaymentView>, Refusal> {
    Ok(Created(engine.write_off_invoice(asked.path.id, &asked.body.0)?))
}

fn balances(engine: &Engine, asked: Asked<One, Nothing, Empty>) -> Result<Found<Balances>, Refusal> {
    Ok(Found(Balances { balances: engine.customer_balances(asked.path.key.as_str())? }))
}

fn receivables(engine: &Engine, asked: Asked<One, OnDay, Empty>) -> Result<Found<AllReceivables>, Refusal> {
    let receivables = engine.receivables(asked.path.key.as_str(), asked.query.on)?;
    Ok(Found(AllReceivables { receivables }))
}

fn statement(engine: &Engine, asked: Asked<One, Days, Empty>) -> Result<Found<Statement>, Refusal> {
    let Days { from, to, currency, entity } = asked.query;
    Ok(Found(engine.statement(asked.path.key.as_str(), entity.as_ref(), currency, (from, to))?))
}

fn refund(engine: &Engine, asked: Asked<One, Nothing, Json<NewRefund>>) -> Result<Created<Refund>, Refusal> {
    Ok(Created(engine.refund(asked.path.key.as_str(), asked.body.0)?))
}

fn refunds(engine: &Engine, asked: Asked<One, Nothing, Empty>) -> Result<Found<Refunds>, Refusal> {
    Ok(Found(Refunds { refunds: engine.refunds(asked.path.key.as_str())? }))
}
