//! The engine: reads facts, asks the pure core what follows, inspects the answer and posts it. The one write path.
//!
//! ```
//! use engine::{Engine, Settings};
//!
//! let engine = Engine::in_memory("2026-04-01T00:00:00Z".parse()?)?;
//! engine.apply_pricing(&catalog::PricingFile::parse(
//!     "plans: { basic: { currency: EUR, every: month, prices: { fee: { flat: \"30.00\" } } } }",
//!     "pricing.yaml",
//! ).map_err(|problems| problems.first().clone())?)?;
//! engine.add_customer(contracts::Customer::new("acme".try_into()?, "Acme", calendar::Zone::utc()))?;
//! engine.subscribe(engine::NewSubscription::to("acme".try_into()?, "basic".try_into()?))?;
//! let run = engine.bill()?;
//! assert_eq!(run.issued[0].total.to_string(), "30.00 EUR");
//! assert!(engine.bill()?.issued.is_empty(), "what was posted is not due again");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod access;
mod actor;
mod adjustments;
mod alerts;
mod audit;
mod backup;
mod billing_run;
mod bills;
mod books;
mod changes;
mod changeset_preview;
mod changesets;
mod charges;
mod clock;
mod corrections;
mod customers;
mod differences;
mod discounts;
mod drafts;
mod engine;
mod entities;
mod error;
mod explorer;
mod export;
mod exports;
mod fold;
mod fork;
mod jobs;
mod lists;
mod live;
mod look;
mod named;
mod neighbours;
mod news;
mod notes;
mod observe;
mod place;
mod platform;
mod pricing;
mod quarantine;
mod rate;
mod ready;
mod rehearsal;
mod reports;
mod restore;
pub mod scenario;
mod secret;
mod settings;
mod settlement;
mod sheet;
mod subscriptions;
mod survey;
mod test_clock;
mod turns;
mod unpaid;
mod usage_data;
mod verify;
mod versions;
mod web;
mod webhooks;

pub use ::reports::plain_text::Dialect;
pub use access::{
    AccessError, Action, Admits, Approval, ApprovalDetail, ApprovalId, ApprovalOutcome, ApprovalPolicy,
    ApprovalPolicyChange, ApprovalState, Approved, BeginSignIn, Carries, Command, EmailTrust, FinishSignIn, Identity,
    IdentityProvider, IdentityProviderChange, IssuedToken, NewApproval, NewIdentityProvider, NewToken, NewUser,
    Permission, Principal, Resource, Role, RoleClaim, SignInBegun, Token, TokenKind, User, UserChange, network,
};
pub use actor::{Actor, ActorKind, Approver};
pub use alerts::{Alert, AlertId, Crossing, Limit, Mail, NewAlert, SpendOn, Watched, Watching};
pub use audit::{AuditEntry, Known, Object, Once};
pub use backup::{Backup, BackupFile, BackupMade, BackupName};
pub use billing_run::{BillCounts, BillRun, Failure};
pub use books::{BooksAt, JournalEntry};
pub use changes::change_from_json;
pub use changeset_preview::{ChangesetPreview, MoneyDifference, NotBilled, QuantityDifference};
pub use changesets::{AddedChanges, Changeset, ChangesetId, ChangesetState, MAX_CHANGES, RefusedChange};
pub use charges::NewCharge;
pub use clock::{Clock, Ids, SetClock, SystemClock};
pub use contracts::Issuing;
pub use corrections::{By, Cause, EventVersion};
pub use differences::{Differences, GiveUp};
pub use discounts::{NamedDiscount, NewRedemption};
pub use drafts::{DraftChange, DraftEdit};
pub use engine::Engine;
pub use error::{EngineError, Problems};
pub use explorer::{BilledOn, EventReport, FailedCondition, Makes, PriceVerdict, Verdict};
pub use export::{ExportFilter, ExportFormat, Exported as ExportedVersions};
pub use exports::{ExportFile, ExportView, Exported, FileFormat, NewExport, WrittenExport};
pub use jobs::{
    Every, JobKind, JobLane, JobProgress, JobState, JobView, NewJob, NewSchedule, Schedule, ScheduleState,
    ScheduledWork, TimeOfDay,
};
pub use lists::{AuditFilter, Listing, part_of};
pub use live::UsageToDate;
pub use look::Looked;
pub use news::News;
pub use notes::{CreditLine, DebitLine, NewCreditNote, NewDebitNote, NewVoid};
pub use observe::describe_metrics;
pub use place::{DataPlace, UsagePlace};
pub use platform::{Environment, NewTenant, Platform, Tenant};
pub(crate) use platform::{FACTS, USAGE};
pub use pricing::Applied;
pub use quarantine::{QuarantineReason, QuarantineSample, Replay, Replayed, ReplayedEvent};
pub use rate::{Limiter, Quota, Standing};
pub use ready::NO_ROOM;
pub use rehearsal::{Amounts, CustomerImpact, Impact, Touch};
pub use restore::restore;
pub use secret::SecretKey;
pub use settings::{BalanceUse, NewSettings, Settings, SettingsVersion};
pub use settlement::{
    CustomerBalance, NewPayment, NewRefund, PaymentState, PaymentView, Receivables, Refund, WritingOff,
};
pub use store::documents::{Cursor as DocumentCursor, Document, Which};
pub use store::facts_file::FactsSurvey;
pub use store::lists::{At, Direction, Field, Mark, Select};
pub use subscriptions::{NewChange, NewSubscription, NewTransfer};
pub use survey::{Survey, UnpaidSum, survey};
pub use test_clock::{ClockState, Time};
pub use unpaid::{UnpaidQuantity, UnpaidUsage, UnpaidWorth, WhyUnpaid};
pub use usage::{
    Activity, Applied as Positions, Change, Cursor as EventCursor, EventFilter, Holder, Incoming, JsonForm,
    Log as UsageLog, Outcome, Quarantined, Sent, Seq, StoredEvent, Survey as UsageSurvey, Version, What, Window,
    metric_count,
};
pub use usage_data::{Ingested, MeteredUsage, UsageQuestion};
pub use verify::{Checked, Kind, Part, Verification, verify};
pub use versions::{Request, Seen, Thing};
pub use web::{Web, WebAnswer, WebRequest};
pub use webhooks::{
    Answered, Courier, DeliveryState, Endpoint, EndpointChange, EndpointId, EndpointState, Flow, IssuedEndpoint,
    MailDelivery, NewEndpoint, Taken, Topic, WebhookDelivery,
};
