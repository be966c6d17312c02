//! Differences on what was billed that are not billed yet: they wait for the next invoice, or for somebody's word.

use crate::audit::{Deed, Kept};
use crate::bills::Payer;
use crate::{Engine, EngineError};
use billing::{Account, Adjustment, BillPlan, Gathers, Invoice, Line, LineKey, Terms};
use calendar::Instant;
use contracts::Corrections;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::Problem;

const KIND: &str = "customer";

/// What lines that were billed are worth more or less by now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Differences {
    /// As of when.
    pub as_of: Instant,
    /// Those that go with the next invoice.
    pub waiting: Vec<Line>,
    /// Those that wait until somebody approves of them or gives them up.
    pub held: Vec<Line>,
}

/// Differences that are given up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GiveUp {
    /// Of which lines; of all that are held when left out.
    #[serde(default)]
    pub lines: Vec<LineKey>,
    /// Why.
    pub reason: String,
}

impl Engine {
    fn drawn_of(&self, customer: &str) -> Result<(Account, BillPlan), EngineError> {
        let account = self.account_with_posted(self.customer(customer)?)?;
        let plan = self.draw_now(&account, |usual| usual)?;
        Ok((account, plan))
    }

    /// The differences of a customer that are not billed yet.
    pub fn differences(&self, customer: &str) -> Result<Differences, EngineError> {
        let (_, BillPlan { as_of, waiting, held, .. }) = self.drawn_of(customer)?;
        Ok(Differences { as_of, waiting, held })
    }

    /// Approves of all differences of a customer that are held: they are billed now, on notes of their own.
    pub fn release_differences(&self, customer: &str) -> Result<Vec<Invoice>, EngineError> {
        let _alone = self.command()?;
        let (account, held) = self.drawn_of(customer)?;
        if held.held.is_empty() {
            return Err(nothing_held(customer));
        }
        let dated = Some(account.customer.zone.date_of(self.now()));
        let plan = self.draw_now(&account, |usual| Terms { corrections: Corrections::Note, dated, ..usual })?;
        let Account { customer, entity, .. } = &account;
        let settings = self.settings_of(customer, plan.as_of);
        let payer = Payer::of(customer, entity, settings);
        let deed = Deed { action: "differences.release", kept: Kept::Fact, kind: KIND, id: customer.key.as_str() };
        self.write(deed, |tx| {
            self.concerns(customer.key.as_str());
            let notes = plan.documents.iter().filter(|document| document.gathers == Gathers::Differences);
            notes.map(|document| self.issue_document(tx, &payer, document, None)).collect()
        })
    }

    /// Gives differences up: they are written off, and never come again.
    pub fn give_up_differences(&self, customer: &str, given: &GiveUp) -> Result<Vec<Adjustment>, EngineError> {
        let _alone = self.command()?;
        let (account, plan) = self.drawn_of(customer)?;
        let chosen: Vec<&Line> = match given.lines.as_slice() {
            [] => plan.held.iter().collect(),
            keys => plan.held.iter().chain(&plan.waiting).filter(|line| keys.contains(&line.key)).collect(),
        };
        if chosen.is_empty() || chosen.len() < given.lines.len() {
            return Err(nothing_held(customer));
        }
        let key = &account.customer.key;
        let deed = Deed { action: "differences.give_up", kept: Kept::Fact, kind: KIND, id: key.as_str() };
        self.write(deed, |tx| {
            self.concerns(key.as_str());
            chosen.iter().map(|line| self.write_off(tx, key, line, &given.reason)).collect()
        })
    }
}

fn nothing_held(customer: &str) -> EngineError {
    let problem = Problem::new("nothing_held", "No such difference waits")
        .detail(format!("what was asked for does not wait for a word on `{customer}`"))
        .mend("look at the differences of the customer: they are computed anew from all that is known");
    EngineError::Conflict(problem)
}
