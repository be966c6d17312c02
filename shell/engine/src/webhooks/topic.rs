//! What other systems can be told.

use crate::audit::{Deed, Kept};
use crate::{Engine, EngineError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{Tx, facts, outbox};

/// What happened, as messages name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Topic {
    /// A customer was added.
    #[serde(rename = "customer.added")]
    CustomerAdded,
    /// A customer subscribed.
    #[serde(rename = "subscription.started")]
    SubscriptionStarted,
    /// A subscription was changed, now, ahead or in the past.
    #[serde(rename = "subscription.changed")]
    SubscriptionChanged,
    /// A subscription was given an end.
    #[serde(rename = "subscription.ended")]
    SubscriptionEnded,
    /// A new version of the pricing is in force.
    #[serde(rename = "pricing.applied")]
    PricingApplied,
    /// An invoice or a credit note was issued.
    #[serde(rename = "invoice.issued")]
    InvoiceIssued,
    /// A document was voided.
    #[serde(rename = "invoice.voided")]
    InvoiceVoided,
    /// Nothing is left to pay of an invoice: it was paid.
    #[serde(rename = "invoice.paid")]
    InvoicePaid,
    /// Nothing is left to pay of an invoice: some or all of it was given up.
    #[serde(rename = "invoice.written_off")]
    InvoiceWrittenOff,
    /// Something is left to pay again of an invoice of which nothing was.
    #[serde(rename = "invoice.open_again")]
    InvoiceOpenAgain,
    /// Money came.
    #[serde(rename = "payment.recorded")]
    PaymentRecorded,
    /// A payment did not come or went away again, or a write-off was taken back.
    #[serde(rename = "payment.reversed")]
    PaymentReversed,
    /// Money went back to a customer out of their balance.
    #[serde(rename = "refund.made")]
    RefundMade,
    /// Corrections of usage took effect.
    #[serde(rename = "changeset.applied")]
    ChangesetApplied,
    /// Corrections of usage were taken back.
    #[serde(rename = "changeset.reverted")]
    ChangesetReverted,
    /// Usage or cost went over a limit that somebody set.
    #[serde(rename = "alert.crossed")]
    AlertCrossed,
    /// Something waits for a second person.
    #[serde(rename = "approval.requested")]
    ApprovalRequested,
    /// A second person approved something, and it was done.
    #[serde(rename = "approval.done")]
    ApprovalDone,
    /// A second person approved something that could not be done any more.
    #[serde(rename = "approval.failed")]
    ApprovalFailed,
    /// A second person rejected something.
    #[serde(rename = "approval.rejected")]
    ApprovalRejected,
    /// Who asked for something does not want it any more.
    #[serde(rename = "approval.withdrawn")]
    ApprovalWithdrawn,
    /// Something waited too long for a second person.
    #[serde(rename = "approval.expired")]
    ApprovalExpired,
}

impl Topic {
    /// The word in messages.
    pub const fn word(self) -> &'static str {
        match self {
            Self::CustomerAdded => "customer.added",
            Self::SubscriptionStarted => "subscription.started",
            Self::SubscriptionChanged => "subscription.changed",
            Self::SubscriptionEnded => "subscription.ended",
            Self::PricingApplied => "pricing.applied",
            Self::InvoiceIssued => "invoice.issued",
            Self::InvoiceVoided => "invoice.voided",
            Self::InvoicePaid => "invoice.paid",
            Self::InvoiceWrittenOff => "invoice.written_off",
            Self::InvoiceOpenAgain => "invoice.open_again",
            Self::PaymentRecorded => "payment.recorded",
            Self::PaymentReversed => "payment.reversed",
            Self::RefundMade => "refund.made",
            Self::ChangesetApplied => "changeset.applied",
            Self::ChangesetReverted => "changeset.reverted",
            Self::AlertCrossed => "alert.crossed",
            Self::ApprovalRequested => "approval.requested",
            Self::ApprovalDone => "approval.done",
            Self::ApprovalFailed => "approval.failed",
            Self::ApprovalRejected => "approval.rejected",
            Self::ApprovalWithdrawn => "approval.withdrawn",
            Self::ApprovalExpired => "approval.expired",
        }
    }
}

/// What is told of a deed, if anything is.
pub(crate) fn topic_of(action: &str) -> Option<Topic> {
    Some(match action {
        "customer.add" => Topic::CustomerAdded,
        "subscription.start" => Topic::SubscriptionStarted,
        "subscription.change" => Topic::SubscriptionChanged,
        "subscription.end" => Topic::SubscriptionEnded,
        "pricing.apply" => Topic::PricingApplied,
        "payment.record" => Topic::PaymentRecorded,
        "payment.reverse" => Topic::PaymentReversed,
        "refund.make" => Topic::RefundMade,
        "changeset.applied" => Topic::ChangesetApplied,
        "changeset.reverted" => Topic::ChangesetReverted,
        "approval.request" => Topic::ApprovalRequested,
        "approval.done" => Topic::ApprovalDone,
        "approval.failed" => Topic::ApprovalFailed,
        "approval.reject" => Topic::ApprovalRejected,
        "approval.withdraw" => Topic::ApprovalWithdrawn,
        "approval.expire" => Topic::ApprovalExpired,
        _ => return None,
    })
}

impl Engine {
    /// Promises to tell what was done, if it is told.
    pub(crate) fn announce_deed(
        &self,
        tx: &mut Tx<'_>,
        deed: Deed<'_>,
        after: Option<&Value>,
    ) -> Result<(), EngineError> {
        let Some(topic) = topic_of(deed.action) else { return Ok(()) };
        let data = match (deed.kept, after) {
            // the whole pricing is read where it is needed
            (Kept::Fact, Some(version)) if topic == Topic::PricingApplied => version.clone(),
            (Kept::Fact, _) => {
                let fact = facts::latest::<Value>(tx, &self.tenant, deed.kind, deed.id)?;
                fact.map_or(Value::Null, |fact| fact.body)
            }
            (Kept::Document | Kept::Secret, after) => after.cloned().unwrap_or_default(),
        };
        self.announce(tx, topic, &format!("{}/{}", deed.kind, deed.id), &data)
    }

    /// Promises to tell something, in the transaction in which it becomes true. Messages about one object are delivered in order.
    pub(crate) fn announce(
        &self,
        tx: &mut Tx<'_>,
        topic: Topic,
        object: &str,
        data: &Value,
    ) -> Result<(), EngineError> {
        let id = format!("msg_{:032x}", message_id());
        let body = json!({ "type": topic.word(), "timestamp": self.now(), "data": data });
        let now = self.world.now().micros();
        outbox::add(
            tx,
            &self.tenant,
            &outbox::New { id: &id, object, topic: topic.word(), now, body: &body, trace: self.trace.as_deref() },
        )?;
        Ok(())
    }
}

/// Ids of messages are not those that scenarios count.
fn message_id() -> u128 {
    uuid::Uuid::now_v7().as_u128()
}
