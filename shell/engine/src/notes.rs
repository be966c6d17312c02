//! Credit and debit notes by hand, and documents that are voided.

use crate::audit::{Deed, Kept};
use crate::bills::{KIND, Payer, judged};
use crate::{Engine, EngineError, Topic};
use billing::{
    Account, BillPlan, DocumentKind, Invoice, InvoiceId, Issued, IssuedNote, NoteKind, NoteOf, NotePlan, Paid, Pick,
    Settle, Status, Voided, VoidedLines, given_up, key_of_line, note_document, plan_credit, plan_debit, void_entry,
};
use money::Money;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::{NonEmpty, Problem};
use store::documents::{Cursor, Document, Which};
use store::{documents, lines};

const PAGE: u32 = 500;

/// A credit note that is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCreditNote {
    /// What is given back of which line; all that is left of every line when left out.
    #[serde(default)]
    pub lines: Vec<CreditLine>,
    /// Why, as the customer reads it.
    pub reason: String,
}

/// What is given back of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreditLine {
    /// The number of the line on the document, from 1.
    pub line: u32,
    /// How much; all that is left when left out.
    #[serde(default)]
    pub take: Pick,
}

/// A debit note that is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDebitNote {
    /// What more is charged on which line.
    pub lines: Vec<DebitLine>,
    /// Why, as the customer reads it.
    pub reason: String,
}

/// What more is charged on a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DebitLine {
    /// The number of the line on the document, from 1.
    pub line: u32,
    /// How much, in the unit of the line's amount.
    pub amount: Money,
}

/// A document that is to be voided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewVoid {
    /// Why.
    pub reason: String,
    /// What becomes of its lines: it has to be said, but for a note by hand, whose lines are worth again what they were before it.
    #[serde(default)]
    pub lines: Option<VoidedLines>,
}

impl Engine {
    /// A credit note on an issued document. It reduces what is open of it first; the rest is to the customer's credit.
    pub fn credit(&self, id: InvoiceId, new: &NewCreditNote) -> Result<Invoice, EngineError> {
        self.note_on(id, "invoice.credit", &new.reason, |issued| {
            let every = || issued.lines.iter().map(|line| (line.number, Pick::Rest)).collect::<Vec<_>>();
            let asked: Vec<_> = new.lines.iter().map(|one| (one.line, one.take)).collect();
            let picks = if asked.is_empty() { every() } else { asked };
            plan_credit(issued, &picks, Settle::ToBalance).map_err(|error| EngineError::invalid(&error))
        })
    }

    /// A debit note on an issued document.
    pub fn debit(&self, id: InvoiceId, new: &NewDebitNote) -> Result<Invoice, EngineError> {
        self.note_on(id, "invoice.debit", &new.reason, |issued| {
            let more: Vec<_> = new.lines.iter().map(|one| (one.line, one.amount)).collect();
            plan_debit(issued, &more).map_err(|error| EngineError::invalid(&error))
        })
    }

    fn note_on(
        &self,
        id: InvoiceId,
        action: &'static str,
        reason: &str,
        plan: impl Fn(&Issued) -> Result<NotePlan, EngineError>,
    ) -> Result<Invoice, EngineError> {
        let _alone = self.command()?;
        let (of, number) = self.issued(id)?;
        if of.note.is_some() || of.kind == DocumentKind::CreditNote {
            let problem = Problem::new("note_on_note", "A note is about an invoice")
                .detail(format!("{number} is a note itself"))
                .mend("write the note on the invoice, or void this one");
            return Err(EngineError::Conflict(problem));
        }
        let account = self.account_with_posted(self.customer(of.customer.as_str())?)?;
        let notes = self.notes_on(&of)?.into_iter();
        let notes = notes.filter_map(|note| Some(IssuedNote::issued(note.note?.plan))).collect();
        let payments = self.payments_on(&account.customer, &of)?;
        let plan = plan(&Issued::of(&of, notes, payments))?;
        let kind = match plan.kind {
            NoteKind::Credit => DocumentKind::CreditNote,
            NoteKind::Debit => DocumentKind::DebitNote,
        };
        let (now, Account { customer, .. }) = (self.now(), &account);
        // what was sold by an entity is given back by it
        let entity = self.entity(&of.entity)?;
        let settings = self.settings_of(customer, now);
        let payer = Payer::of(customer, &entity, settings);
        let note_id = InvoiceId::from_u128(self.ids.next());
        let name = note_id.to_string();
        self.write(Deed { action, kept: Kept::Document, kind: KIND, id: &name }, |tx| {
            let on = customer.zone.date_of(now);
            let taken = self.number(tx, &payer, kind)?;
            let document = note_document(&of, &plan, &account.posted, &taken, reason, on)
                .map_err(|error| EngineError::invalid(&error))?;
            judged(&BillPlan::only(customer.key.clone(), now, document.clone()))?;
            let left = plan.adjustments(&taken, reason, now, |line| key_of_line(&of, line).cloned());
            for adjustment in left.map_err(|error| EngineError::invalid(&error))? {
                self.add_adjustment(tx, &customer.key, &adjustment)?;
            }
            let mut draft = Invoice::draft(note_id, of.entity.clone(), of.customer.clone(), document);
            let (number, reason) = (number.clone(), reason.to_owned());
            draft.note = Some(NoteOf { document: of.id, number, reason, plan: plan.clone() });
            self.issue_as(tx, &payer, draft, &taken, None)
        })
    }

    /// Takes an issued document back. Its number stays used.
    pub fn void(&self, id: InvoiceId, new: &NewVoid) -> Result<Invoice, EngineError> {
        let _alone = self.command()?;
        let (of, number) = self.issued(id)?;
        self.may_be_voided(&of, &number, new)?;
        let customer = self.customer(of.customer.as_str())?;
        let now = self.now();
        let name = id.to_string();
        self.write(Deed { action: "invoice.void", kept: Kept::Document, kind: KIND, id: &name }, |tx| {
            self.concerns(customer.key.as_str());
            let found = documents::get::<Invoice>(tx, &self.tenant, KIND, &name)?;
            let Status::Issued { issued_at, .. } = &found.body.status else { return Err(not_issued(id)) };
            self.settle_voided(tx, &of, &number, &new.reason)?;
            let mut invoice = found.body.clone();
            let voided = Voided { at: now, reason: new.reason.clone(), lines: new.lines };
            invoice.status = Status::Void { number: number.clone(), issued_at: *issued_at, voided };
            let document = Document {
                id: name.clone(),
                customer: Some(customer.key.to_string()),
                status: invoice.status.word().into(),
                sort_at: found.sort_at,
                version: found.version,
                body: &invoice,
            };
            documents::update(tx, &self.tenant, KIND, &document)?;
            lines::void(tx, &self.tenant, customer.key.as_str(), &name, now.micros())?;
            if let Some(entry) = void_entry(&customer.key, &number, &of.plan(), now)? {
                self.post_entry(tx, &entry)?;
            }
            match (&of.note, new.lines) {
                (Some(_), _) => self.void_adjustments(tx, &customer.key, &number)?,
                (None, Some(VoidedLines::GivenUp)) => {
                    let left =
                        given_up(&of, &number, &new.reason, now).map_err(|error| EngineError::invalid(&error))?;
                    left.iter().try_for_each(|one| self.add_adjustment(tx, &customer.key, one))?;
                }
                (None, Some(VoidedLines::BilledAgain) | None) => {}
            }
            self.tell_of(tx, Topic::InvoiceVoided, &invoice)?;
            Ok(invoice)
        })
    }

    fn may_be_voided(&self, of: &Invoice, number: &str, new: &NewVoid) -> Result<(), EngineError> {
        match (&of.note, new.lines) {
            (None, None) => {
                let problem = Problem::new("void_lines_unsaid", "It is not said what becomes of the lines")
                    .detail(format!("{number} has {} lines that could be billed again, or given up", of.lines.len()))
                    .at("/lines")
                    .mend("say `billed_again` or `given_up`");
                return Err(EngineError::Invalid(NonEmpty::of(problem)));
            }
            (Some(_), Some(_)) => {
                let problem = Problem::new("void_lines_of_note", "Lines of a note are not billed by themselves")
                    .detail(format!("{number} is a note by hand: its lines are worth again what they were before it"))
                    .at("/lines")
                    .mend("leave `lines` out");
                return Err(EngineError::Invalid(NonEmpty::of(problem)));
            }
            (Some(note), None) => {
                let zero = Money::zero(of.currency);
                let issued = IssuedNote::issued(note.plan.clone());
                billing::void(&issued, zero, |_| Paid::NotYet).map_err(|error| EngineError::invalid(&error))?;
            }
            (None, Some(_)) => {}
        }
        if let Some(note) = self.notes_on(of)?.first() {
            let problem = Problem::new("document_has_notes", "Notes stand on the document")
                .detail(format!("{} is about {number}", note.number().unwrap_or_default()))
                .mend("void the notes first, or credit what is left");
            return Err(EngineError::Conflict(problem));
        }
        Ok(())
    }

    /// An issued document with its number.
    fn issued(&self, id: InvoiceId) -> Result<(Invoice, String), EngineError> {
        let invoice = self.invoice(id)?;
        match &invoice.status {
            Status::Issued { number, .. } => {
                let number = number.clone();
                Ok((invoice, number))
            }
            Status::Draft => Err(not_issued(id)),
            Status::Void { number, .. } => {
                let problem = Problem::new("document_is_void", "The document is void")
                    .detail(format!("{number} was taken back: nothing of it can be credited, charged or voided"))
                    .mend("look at the documents that were issued since");
                Err(EngineError::Conflict(problem))
            }
        }
    }

    /// The notes by hand on a document that are in force, the oldest first.
    pub(crate) fn notes_on(&self, of: &Invoice) -> Result<Vec<Invoice>, EngineError> {
        let mut found = Vec::new();
        let mut after = Cursor::start();
        loop {
            let which = Which::CustomerStatus(of.customer.as_str(), "issued");
            let page = self.invoices(which, &after, PAGE)?;
            let Some(last) = page.last() else { break };
            after = Cursor { sort_at: last.sort_at, id: last.id.clone() };
            let about = |invoice: &Invoice| invoice.note.as_ref().is_some_and(|note| note.document == of.id);
            found.extend(page.into_iter().map(|document| document.body).filter(about));
        }
        found.sort_by_key(|note| note.id);
        Ok(found)
    }
}

fn not_issued(id: InvoiceId) -> EngineError {
    let problem = Problem::new("not_issued", "The document is a draft")
        .detail(format!("{id} has no number yet"))
        .mend("edit the draft, or issue it first");
    EngineError::Conflict(problem)
}
