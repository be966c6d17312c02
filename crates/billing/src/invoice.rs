//! Documents as they are kept.
#![expect(
    clippy::disallowed_types,
    reason = "what serde derives for a flattened field names floats; tidy keeps them out of our own lines"
)]

use crate::{DocumentKind, DocumentPlan, Line};
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

/// A document for a customer: a draft, which every billing run computes anew, or issued, which nothing changes any more.
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
    /// Draft or issued.
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
    /// The sum of its lines without taxes.
    pub net: Money,
    /// What is owed of each tax; none where the seller charges none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taxes: Vec<Subtotal>,
    /// What is to be paid: `net` and taxes.
    pub total: Money,
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
}

impl Invoice {
    /// The draft of a planned document.
    pub fn draft(id: InvoiceId, entity: Key, customer: Key, plan: DocumentPlan) -> Self {
        let DocumentPlan { kind, on, currency, lines, net, taxes, total } = plan;
        Self { id, entity, customer, kind, status: Status::Draft, on, due_on: None, currency, lines, net, taxes, total }
    }

    /// The plan that the document was made from.
    pub fn plan(&self) -> DocumentPlan {
        DocumentPlan {
            kind: self.kind,
            on: self.on,
            currency: self.currency,
            lines: self.lines.clone(),
            net: self.net,
            taxes: self.taxes.clone(),
            total: self.total,
        }
    }

    /// Its number, once it is issued.
    pub fn number(&self) -> Option<&str> {
        match &self.status {
            Status::Draft => None,
            Status::Issued { number, .. } => Some(number),
        }
    }
}

impl Status {
    /// The word by which lists are filtered.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Issued { .. } => "issued",
        }
    }
}

impl DocumentKind {
    /// What the numbers of its series begin with.
    pub const fn series(self, series: &Series) -> &Key {
        match self {
            Self::Invoice => &series.invoices,
            Self::CreditNote => &series.credit_notes,
        }
    }
}
