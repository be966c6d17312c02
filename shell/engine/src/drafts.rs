//! Drafts: recomputed until they are issued, edited by facts that every bill reads, issued by a person before their time.

use crate::audit::{Deed, Kept};
use crate::bills::{KIND, Payer};
use crate::{Engine, EngineError, NewCharge};
use billing::{
    Account, Adjustment, BillPlan, By, DocumentPlan, Early, Effect, Gathers, Invoice, InvoiceId, Status, Terms,
};
use calendar::Instant;
use contracts::{Charge, When};
use money::Money;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::Problem;
use store::documents::{self, Document};

/// How a draft is edited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftEdit {
    /// What is changed.
    pub change: DraftChange,
    /// Why, as the customer reads it.
    pub reason: String,
}

/// What is changed on a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum DraftChange {
    /// The line comes to this amount. The difference to what it comes to now is kept: usage that arrives later counts beside it.
    Amount {
        /// The number of the line, from 1.
        line: u32,
        /// To what it comes, not below zero.
        amount: Money,
    },
    /// The line is left out, whatever it becomes worth; of a line that was billed before, the difference is.
    LeaveOut {
        /// The number of the line, from 1.
        line: u32,
    },
    /// The line is called otherwise.
    Text {
        /// The number of the line, from 1.
        line: u32,
        /// What the customer reads.
        text: String,
    },
    /// A line is added: a charge that falls due with the draft.
    Add(NewCharge),
}

/// A draft with what it was drawn from.
struct Redrawn {
    account: Account,
    plan: BillPlan,
    draft: Document<Invoice>,
}

impl Engine {
    /// Draws what a customer's bills are as of the last billing run, which drafts stand on.
    pub(crate) fn draw_now(&self, account: &Account, terms: impl Fn(Terms) -> Terms) -> Result<BillPlan, EngineError> {
        let as_of = self.billed_now()?;
        let usual = self.settings_of(&account.customer, as_of).terms(as_of);
        crate::bills::plan_by(account, &self.catalogs(), terms(usual), |need| self.answer(need))
    }

    /// As of when bills stand: the last billing run, or now where there was none.
    fn billed_now(&self) -> Result<Instant, EngineError> {
        let last = self.billed_to()?;
        Ok(if last == Instant::MIN { self.now() } else { last })
    }

    /// Computes a customer's drafts anew, as the next billing run does.
    pub(crate) fn redraw(&self, customer: &str) -> Result<(), EngineError> {
        let account = self.account_with_posted(self.customer(customer)?)?;
        let plan = self.draw_now(&account, |usual| usual)?;
        let settings = self.settings_of(&account.customer, plan.as_of);
        let Account { customer, entity, .. } = &account;
        let payer = Payer::of(customer, entity, settings);
        self.store.write(|tx| {
            let drafts = self.drafts_in(tx, customer.key.as_str())?;
            self.post(tx, &payer, &plan, &drafts).map(drop)
        })
    }

    fn draft(&self, id: InvoiceId) -> Result<Document<Invoice>, EngineError> {
        let found = self.store.read(|tx| documents::find::<Invoice>(tx, &self.tenant, KIND, &id.to_string()))?;
        let Some(found) = found else { return Err(EngineError::no_such("invoice", &id.to_string(), [])) };
        match &found.body.status {
            Status::Draft => Ok(found),
            Status::Issued { number, .. } | Status::Void { number, .. } => {
                let problem = Problem::new("already_issued", "The invoice is issued already")
                    .detail(format!("{id} has the number {number}"))
                    .mend("an issued invoice is changed by another document");
                Err(EngineError::Conflict(problem))
            }
        }
    }

    fn redrawn(&self, id: InvoiceId) -> Result<(Redrawn, DocumentPlan), EngineError> {
        let draft = self.draft(id)?;
        let account = self.account_with_posted(self.customer(draft.body.customer.as_str())?)?;
        let opened_on = draft.body.gathers.opened_on();
        let early = opened_on.map(|opened_on| Early { currency: draft.body.currency, opened_on });
        let dated = early.map(|_| account.customer.zone.date_of(self.now()));
        let plan = self.draw_now(&account, |usual| Terms { early, dated, ..usual })?;
        let same = |document: &&DocumentPlan| {
            let places = (document.gathers, draft.body.gathers);
            document.currency == draft.body.currency
                && match places {
                    (Gathers::Opened { on, .. }, Gathers::Opened { on: known, .. }) => on == known,
                    // its days of grace are over, and the next run puts it with what is due
                    (Gathers::Due, Gathers::Opened { ready_at, .. }) => ready_at <= plan.as_of,
                    (Gathers::Due, Gathers::Due) | (Gathers::Differences, Gathers::Differences) => true,
                    (Gathers::Opened { .. } | Gathers::Due | Gathers::Differences, _) => false,
                }
        };
        let Some(document) = plan.documents.iter().find(same).cloned() else {
            let problem = Problem::new("draft_is_empty", "Nothing of the draft is left")
                .detail(format!("nothing that stood on {id} is due and not billed any more"))
                .mend("nothing has to be done: the next billing run removes the draft");
            return Err(EngineError::Conflict(problem));
        };
        Ok((Redrawn { account, plan, draft }, document))
    }

    /// Issues a draft, with what is due of it by the facts that are known now.
    pub fn issue(&self, id: InvoiceId) -> Result<Invoice, EngineError> {
        let _alone = self.command()?;
        let name = id.to_string();
        let (Redrawn { account, plan, draft }, document) = self.redrawn(id)?;
        let Account { customer, entity, .. } = &account;
        let settings = self.settings_of(customer, plan.as_of);
        let payer = Payer::of(customer, entity, settings);
        self.write(Deed { action: "invoice.issue", kept: Kept::Document, kind: KIND, id: &name }, |tx| {
            self.issue_document(tx, &payer, &document, Some(&draft))
        })
    }

    /// Edits a draft, and answers it as it is then.
    pub fn edit_draft(&self, id: InvoiceId, edit: DraftEdit) -> Result<Invoice, EngineError> {
        let _alone = self.command()?;
        let draft = self.draft(id)?.body;
        let mut account = self.account_with_posted(self.customer(draft.customer.as_str())?)?;
        let kept = self.edit_of(&draft, &account, edit)?;
        match &kept {
            Edited::Line(adjustment) => account.adjustments.push(adjustment.clone()),
            Edited::Charge(charge) => account.charges.push(charge.clone()),
        }
        let plan = self.draw_now(&account, |usual| usual)?;
        let Account { customer, entity, .. } = &account;
        let settings = self.settings_of(customer, plan.as_of);
        let payer = Payer::of(customer, entity, settings);
        let name = id.to_string();
        self.write(Deed { action: "invoice.edit", kept: Kept::Document, kind: KIND, id: &name }, |tx| {
            match &kept {
                Edited::Line(adjustment) => self.add_adjustment(tx, &customer.key, adjustment)?,
                Edited::Charge(charge) => self.insert_charge(tx, charge)?,
            }
            let drafts = self.drafts_in(tx, customer.key.as_str())?;
            self.post(tx, &payer, &plan, &drafts).map(drop)
        })?;
        match self.invoice(id) {
            // nothing is left of it
            Err(EngineError::NotFound(_)) => {
                let zero = Money::zero(draft.currency);
                Ok(Invoice { lines: Vec::new(), taxes: Vec::new(), net: zero, total: zero, ..draft })
            }
            found => found,
        }
    }

    /// What an edit leaves behind.
    fn edit_of(&self, draft: &Invoice, account: &Account, edit: DraftEdit) -> Result<Edited, EngineError> {
        let DraftEdit { change, reason } = edit;
        let (line, effect) = match change {
            DraftChange::Add(charge) => {
                let due = charge.due.or(draft.gathers.opened_on().map(When::Day));
                return Ok(Edited::Charge(self.new_charge(&account.customer, NewCharge { due, ..charge })?));
            }
            DraftChange::Amount { amount, .. } if amount.is_negative() => {
                let problem = Problem::new("wrong_draft_edit", "A draft cannot be edited so")
                    .detail(format!("{amount} is below zero"))
                    .at("/change/amount")
                    .mend("leave the line out, or write a credit note after it is issued");
                return Err(EngineError::Conflict(problem));
            }
            DraftChange::Amount { line, amount } => (line, Effect::to(line_of(draft, line)?.amount, amount)?),
            DraftChange::LeaveOut { line } => {
                let left_out = line_of(draft, line)?;
                // of a difference on what was billed it is the difference that is left out
                let whole = if left_out.is_correction() { Effect::Off(left_out.amount) } else { Effect::LeaveOut };
                (line, whole)
            }
            DraftChange::Text { line, text } => (line, Effect::Text(text)),
        };
        let now = self.now();
        Ok(Edited::Line(Adjustment {
            key: self.adjustment_key()?,
            line: line_of(draft, line)?.key.clone(),
            effect,
            by: By::Draft,
            reason,
            effective_at: now,
            recorded_at: now,
            voided_at: None,
        }))
    }
}

/// What an edit of a draft leaves behind.
enum Edited {
    Line(Adjustment),
    Charge(Charge),
}

fn line_of(draft: &Invoice, line: u32) -> Result<&billing::Line, EngineError> {
    let at = line.checked_sub(1).and_then(|at| usize::try_from(at).ok());
    at.and_then(|at| draft.lines.get(at)).ok_or_else(|| {
        let error = billing::NoteError::UnknownLine { number: line };
        EngineError::invalid(&error)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{NewSubscription, SetClock, Settings};
    use std::sync::Arc;
    use stdx::Key;

    fn at(text: &str) -> Instant {
        text.parse().expect("an instant")
    }

    fn key(text: &str) -> Key {
        text.try_into().expect("a key")
    }

    #[test]
    fn a_run_that_was_missed_issues_drafts_with_the_dates_that_they_would_have_had() {
        let clock = Arc::new(SetClock::at(at("2026-04-01T00:00:00Z")));
        let settings = Settings { grace_days: 3, ..Settings::default() };
        let engine = Engine::with_clock(clock.clone(), settings).expect("an engine");
        let pricing = "plans: { p: { currency: EUR, every: month, prices: { fee: { flat: 30, in: arrears } } } }";
        engine.apply_pricing(&catalog::PricingFile::parse(pricing, "p").expect("pricing")).expect("applied");
        engine.add_customer(contracts::Customer::new(key("c"), "C", calendar::Zone::utc())).expect("added");
        engine.subscribe(NewSubscription::to(key("c"), key("p"))).expect("subscribed");
        engine.bill().expect("billed");
        clock.set(at("2026-07-02T12:00:00Z"));
        let run = engine.bill().expect("billed");
        let issued: Vec<String> = run.issued.iter().map(|invoice| invoice.on.to_string()).collect();
        assert_eq!(issued, ["2026-05-04", "2026-06-04"]);
        assert_eq!(run.drafts.iter().map(|draft| draft.on.to_string()).collect::<Vec<_>>(), ["2026-07-04"]);
        let again = engine.bill().expect("billed");
        assert_eq!((again.issued.len(), again.drafts.len()), (0, 1), "the draft is computed anew");
        // a charge cannot be issued twice: what a person issues is not issued again at its time
        let issued = engine.issue(again.drafts[0].id).expect("issued");
        assert_eq!((issued.number(), issued.on.to_string().as_str()), (Some("INV-000003"), "2026-07-02"));
        clock.set(at("2026-07-20T00:00:00Z"));
        assert_eq!(engine.bill().expect("billed").issued, []);
    }
}
