//! Documents as they are kept.
#![expect(
    clippy::disallowed_types,
    reason = "what serde derives for a flattened field names floats; tidy keeps them out of our own lines"
)]

use crate::{DocumentKind, DocumentPlan, Gathers, Line, NotePlan, Reached};
use alloc::{string::String, vec::Vec};
use calendar::{Date, Instant};
use contracts::Series;
use money::{Currency, Money};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::Key;
use tax::Subtotal;

stdx::typed_id!(
    /// Names an invoice or credit note.
    InvoiceId, "inv"
);

/// A document for a customer: a draft, which every billing run computes anew, or issued, of which no amount changes any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Invoice {
    /// Its id.
    pub id: InvoiceId,
    /// Who sells.
    pub entity: Key,
    /// Whose it is.
    pub customer: Key,
    /// Whether it claims or gives back.
    pub kind: DocumentKind,
    /// Draft, issued or void.
    #[serde(flatten)]
    pub status: Status,
    /// Its date where the customer is.
    pub on: Date,
    /// The last day on which it can be paid without being late; none of a draft and of a credit note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_on: Option<Date>,
    /// What its amounts are in.
    pub currency: Currency,
    /// Its rows.
    pub lines: Vec<Line>,
    /// The steps of spend for which it is made before a period ends.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reached: Vec<Reached>,
    /// The sum of its lines without taxes.
    pub net: Money,
    /// What is owed of each tax; none where the seller charges none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taxes: Vec<Subtotal>,
    /// What is to be paid: `net` and taxes.
    pub total: Money,
    /// Which lines it gathers.
    #[serde(default, skip_serializing_if = "Gathers::is_due")]
    pub gathers: Gathers,
    /// What it is about, when a person wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<NoteOf>,
}

/// What a note by hand is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoteOf {
    /// The document that it corrects.
    pub document: InvoiceId,
    /// That document's number.
    pub number: String,
    /// Why, as the customer reads it.
    pub reason: String,
    /// What of each line, and where the money goes.
    pub plan: NotePlan,
}

/// What becomes of the lines of a document that is voided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum VoidedLines {
    /// They count as not billed: the next bill has what is due of them by then.
    BilledAgain,
    /// Nobody is to be billed for them any more.
    GivenUp,
}

/// Why a document was voided, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Voided {
    /// When.
    pub at: Instant,
    /// Why.
    pub reason: String,
    /// What became of its lines; none for a note by hand, whose lines are worth again what they were worth before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines: Option<VoidedLines>,
}

/// How far a document is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum Status {
    /// Not yet a claim: recomputed with every billing run.
    Draft,
    /// Numbered and final; a change is another document.
    Issued {
        /// Gap-free within its series.
        number: String,
        /// When it was issued.
        issued_at: Instant,
    },
    /// Taken back after it was issued. It keeps its number.
    Void {
        /// Its number.
        number: String,
        /// When it was issued.
        issued_at: Instant,
        /// When and why it was taken back.
        voided: Voided,
    },
}

impl Invoice {
    /// The draft of a planned document.
    pub fn draft(id: InvoiceId, entity: Key, customer: Key, plan: DocumentPlan) -> Self {
        let DocumentPlan { kind, on, currency, lines, reached, net, taxes, total, gathers } = plan;
        let (status, due_on, note) = (Status::Draft, None, None);
        Self {
            id,
            entity,
            customer,
            kind,
            status,
            on,
            due_on,
            currency,
            lines,
            reached,
            net,
            taxes,
            total,
            gathers,
            note,
        }
    }

    /// The plan that the document was made from.
    pub fn plan(&self) -> DocumentPlan {
        DocumentPlan {
            kind: self.kind,
            on: self.on,
            currency: self.currency,
            lines: self.lines.clone(),
            reached: self.reached.clone(),
            net: self.net,
            taxes: self.taxes.clone(),
            total: self.total,
            gathers: self.gathers,
        }
    }

    /// Its number, once it is issued.
    pub fn number(&self) -> Option<&str> {
        match &self.status {
            Status::Draft => None,
            Status::Issued { number, .. } | Status::Void { number, .. } => Some(number),
        }
    }
}

impl Status {
    /// The word by which lists are filtered.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Issued { .. } => "issued",
            Self::Void { .. } => "void",
        }
    }
}

impl DocumentKind {
    /// What the numbers of its series begin with.
    pub fn series(self, series: &Series) -> Key {
        match self {
            Self::Invoice => series.invoices.clone(),
            Self::CreditNote => series.credit_notes.clone(),
            Self::DebitNote => series.of_debit_notes(),
        }
    }
}
