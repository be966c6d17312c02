//! The books.

use super::{Noun, span, zone_of};
use crate::Refusal;
use crate::answer::Found;
use crate::asked::{Asked, Nothing};
use crate::expand::{Expand, to};
use crate::page::{Paged, list};
use crate::payload::Empty;
use crate::route::Route;
use calendar::{Instant, Period};
use contracts::When;
use engine::{BooksAt, Engine, Field, JournalEntry, Resource};
use ledger::Account;
use reports::{Dimensions, GeneralLedger, RollForward, Span, TrialBalance};
use schemars::JsonSchema;
use serde::Deserialize;
use stdx::Key;

pub(super) fn noun() -> Noun {
    Noun {
        name: "books",
        resource: Resource::Books,
        about: "Balanced entries, written once, and the balances that follow from them.",
        routes: vec![
            Route::get("/v1/journal", "list_journal", "The journal, in the order in which it was written", journal)
                .expands(&[
                    to(Expand::Customer, "postings.*.dimensions.customer"),
                    to(Expand::Subscription, "postings.*.dimensions.subscription"),
                ]),
            Route::get("/v1/balances", "get_balances", "What stands on each account", balances),
            Route::get(
                "/v1/reports/trial-balance",
                "get_trial_balance",
                "What stood on each account at the beginning of a span, what was posted, and what stands there at its end",
                trial_balance,
            ),
            Route::get(
                "/v1/reports/general-ledger",
                "get_general_ledger",
                "What was posted to an account in a span, line by line, with what stands on it after each",
                general_ledger,
            ),
            Route::get(
                "/v1/reports/roll-forward",
                "get_roll_forward",
                "How an account came from its opening to its closing balance, by kinds of events",
                roll_forward,
            ),
        ],
    }
}

list! {
    /// Which entries of the journal are listed.
    List by Order Up ["seq" => Id, "effective_at" => EffectiveAt] {
        /// Only those with a leg on this account: `receivable`.
        account: Option<String>,
        /// Only those of this business event.
        event: Option<String>,
        /// Only those that are true from then on: a day (in UTC) or an instant.
        from: Option<When>,
        /// Only those that are true before then.
        to: Option<When>,
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct At {
    /// Entries that are true before this day (in UTC) or instant count; all up to now when it is left out.
    before: Option<When>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Balancing {
    /// What is true from this day (in UTC) or instant on is posted in the span; what is true before it makes the opening. All of it is the span when it is left out.
    from: Option<When>,
    /// What is true before it counts; all up to now when it is left out.
    before: Option<When>,
    /// What was written by then counts: the report as it was. Everything that is known when it is left out.
    known_at: Option<Instant>,
    /// Names of dimensions that split the accounts, separated by commas: `customer`, `subscription`, `price`, `tax`.
    by: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct OfAccount {
    /// Which account.
    account: Account,
    /// What is true from this day (in UTC) or instant on is told; what is true before it makes the opening. All of it when it is left out.
    from: Option<When>,
    /// What is true before it counts; all up to now when it is left out.
    before: Option<When>,
    /// What was written by then counts: the report as it was. Everything that is known when it is left out.
    known_at: Option<Instant>,
    /// Only what was posted for this customer.
    customer: Option<Key>,
    /// Only what was posted for this subscription.
    subscription: Option<Key>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Rolled {
    /// Which account: `contract_liability` for deferred revenue.
    account: Account,
    /// What is true from this day (in UTC) or instant on is told; what is true before it makes the opening. All of it when it is left out.
    from: Option<When>,
    /// What is true before it counts; all up to now when it is left out.
    before: Option<When>,
    /// What was written by then counts: the report as it was. Everything that is known when it is left out.
    known_at: Option<Instant>,
}

/// What is true now counts.
fn span_of(
    engine: &Engine,
    from: Option<When>,
    before: Option<When>,
    known_at: Option<Instant>,
) -> Result<Span, Refusal> {
    let zone = zone_of(engine, None)?;
    let now = engine.now();
    let just_after = now.plus_micros(1).unwrap_or(now);
    let before = before.map_or(just_after, |when| when.instant(&zone));
    let from = from.map(|when| when.instant(&zone));
    if let Some(from) = from {
        Period::new(from, before).map_err(|error| Refusal::invalid(&error))?;
    }
    Ok(Span { from, before, known_at })
}

fn trial_balance(engine: &Engine, asked: Asked<Nothing, Balancing, Empty>) -> Result<Found<TrialBalance>, Refusal> {
    let Balancing { from, before, known_at, by } = asked.query;
    let by = by.iter().flat_map(|names| names.split(',')).map(|name| name.trim().to_owned()).collect();
    Ok(Found(engine.trial_balance(span_of(engine, from, before, known_at)?, by)?))
}

fn general_ledger(engine: &Engine, asked: Asked<Nothing, OfAccount, Empty>) -> Result<Found<GeneralLedger>, Refusal> {
    let OfAccount { account, from, before, known_at, customer, subscription } = asked.query;
    let named = [("customer", customer), ("subscription", subscription)];
    let only: Dimensions =
        named.into_iter().filter_map(|(name, key)| Some((name.to_owned(), key?.to_string()))).collect();
    Ok(Found(engine.general_ledger(span_of(engine, from, before, known_at)?, account, only)?))
}

fn roll_forward(engine: &Engine, asked: Asked<Nothing, Rolled, Empty>) -> Result<Found<RollForward>, Refusal> {
    let Rolled { account, from, before, known_at } = asked.query;
    Ok(Found(engine.roll_forward(span_of(engine, from, before, known_at)?, account)?))
}

fn journal(engine: &Engine, asked: Asked<Nothing, List, Empty>) -> Paged<JournalEntry> {
    let List { account, event, from, to, .. } = &asked.query;
    let select = asked.select()?.is(Field::Account, account.as_deref()).is(Field::Event, event.as_deref());
    asked.page(engine.list_journal(&select.within(Field::EffectiveAt, span(engine, None, (*from, *to))?))?)
}

fn balances(engine: &Engine, asked: Asked<Nothing, At, Empty>) -> Result<Found<BooksAt>, Refusal> {
    let zone = zone_of(engine, None)?;
    let now = engine.now();
    // what is true now counts
    let just_after = now.plus_micros(1).unwrap_or(now);
    Ok(Found(engine.balances(asked.query.before.map_or(just_after, |when| when.instant(&zone)))?))
}
