//! What a job does.

use crate::exports::NewExport;
use calendar::Instant;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a job does, as it is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum JobKind {
    /// Bills every customer for what is due.
    BillingRun,
}

/// A job that is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewJob {
    /// What it does.
    pub kind: JobKind,
    /// Not before this time; at once when left out.
    #[serde(default)]
    pub run_at: Option<Instant>,
}

/// All that a job can do, with what it needs for it. As it is kept: older jobs have more fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Work {
    /// Bills every customer for what is due.
    BillingRun,
    /// The same, by itself every minute. One that found nothing to do is not kept when the next one has run.
    DueBilling,
    /// Writes a file that can be downloaded.
    Export(NewExport),
    /// Forgets what is old: answers to requests, messages that were handed on, files of exports.
    Upkeep,
}

/// Jobs of a tenant that are done one after the other; those of different lanes do not wait for each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum JobLane {
    /// Billing.
    Billing,
    /// Everything else.
    Files,
}

impl JobLane {
    /// Every lane.
    pub const ALL: [Self; 2] = [Self::Billing, Self::Files];

    pub(super) const fn kinds(self) -> [&'static str; 2] {
        match self {
            Self::Billing => ["billing_run", "due_billing"],
            Self::Files => ["export", "upkeep"],
        }
    }
}

impl Work {
    pub(crate) const fn word(&self) -> &'static str {
        match self {
            Self::BillingRun => "billing_run",
            Self::DueBilling => "due_billing",
            Self::Export(_) => "export",
            Self::Upkeep => "upkeep",
        }
    }
}

impl From<JobKind> for Work {
    fn from(kind: JobKind) -> Self {
        match kind {
            JobKind::BillingRun => Self::BillingRun,
        }
    }
}
