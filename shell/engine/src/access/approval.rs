//! Requests that wait for a second person: kept as they were sent, and done once when somebody else says so.

use super::{AccessError, Permission, Principal};
use crate::audit::{Deed, Kept};
use crate::secret::{Belongs, Sealed};
use crate::{Actor, Approver, Engine, EngineError, Listing, Once};
use calendar::Instant;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;
use stdx::{NonEmpty, Problem};
use store::documents::{self, Cursor, Document, Which};
use store::lists::Select;

const KIND: &str = "approval";
const COMMAND: &str = "approval_command";
const HOUR_MICROS: i64 = 3_600_000_000;
/// For so long nobody else begins what somebody began: it is being done, or the program stopped.
const RUNNING_MICROS: i64 = 300_000_000;
/// After that what was begun is not begun again: whether it was done can no longer be told.
const RESUMABLE_MICROS: i64 = 24 * HOUR_MICROS;
const LONGEST_REASON: usize = 500;
const WAITING: &str = "waiting";
const PAGE: u32 = 500;

stdx::typed_id!(
    /// A request that waits for a second person.
    ApprovalId, "apr"
);

/// A request that needs a second person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Approval {
    /// Its id.
    pub id: ApprovalId,
    /// What is to be done: its `operationId` in the OpenAPI document.
    pub operation: String,
    /// What both persons must be permitted.
    pub permission: Permission,
    /// Who asked for it, by which request, and why.
    pub requester: Actor,
    /// When.
    pub requested_at: Instant,
    /// From when on it can no longer be approved.
    pub expires_at: Instant,
    /// How far it is.
    pub state: ApprovalState,
}

/// How far a request is that needs a second person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum ApprovalState {
    /// It waits for the second person.
    Waiting,
    /// It was approved and is being done.
    Running {
        /// Since when.
        at: Instant,
        /// Who approved it, and why.
        by: Approver,
    },
    /// It was approved and done.
    Done {
        /// When.
        at: Instant,
        /// Who approved it, and why.
        by: Approver,
    },
    /// It was approved and could not be done any more.
    Failed {
        /// When.
        at: Instant,
        /// Who approved it, and why.
        by: Approver,
        /// What was wrong by then.
        problems: Vec<Problem>,
    },
    /// It was rejected.
    Rejected {
        /// When.
        at: Instant,
        /// By whom, and why.
        by: Approver,
    },
    /// Who asked for it took it back.
    Withdrawn {
        /// When.
        at: Instant,
        /// Why.
        reason: String,
    },
    /// Nobody approved it in time.
    Expired {
        /// Since when.
        at: Instant,
    },
}

impl ApprovalState {
    /// The word by which lists are filtered.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Waiting => WAITING,
            Self::Running { .. } => "running",
            Self::Done { .. } => "done",
            Self::Failed { .. } => "failed",
            Self::Rejected { .. } => "rejected",
            Self::Withdrawn { .. } => "withdrawn",
            Self::Expired { .. } => "expired",
        }
    }
}

/// A request as it was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Command {
    /// The names in its path.
    pub path: Vec<(String, String)>,
    /// Its query.
    pub query: String,
    /// The content type of its body.
    pub media: Option<String>,
    /// Which version of its object it is meant for (`If-Match`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub if_match: Option<String>,
    /// Its body.
    pub body: String,
}

/// Whether a command or its answer has a secret in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carries {
    /// No secret.
    Nothing,
    /// A secret: it is sealed, and the answer is for who asked alone.
    Secret,
}

/// A request that is to wait for a second person.
#[derive(Debug, Clone)]
pub struct NewApproval {
    /// What is to be done.
    pub operation: String,
    /// What it takes.
    pub permission: Permission,
    /// The request.
    pub command: Command,
    /// Whether there is a secret in it.
    pub carries: Carries,
}

/// An approval with what is to be done.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ApprovalDetail {
    /// The approval.
    pub approval: Approval,
    /// What was asked; secrets are left out.
    pub command: Command,
    /// The status of the answer, once it was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The answer, once it was done. One with a secret in it is collected by who asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<Value>,
}

/// How a command ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It was done, and answered so.
    Done {
        /// The status of the answer.
        status: u16,
        /// The answer.
        answer: Value,
    },
    /// It could not be done.
    Failed(Vec<Problem>),
    /// Nothing was done, and it can be approved again.
    Again,
}

/// What was approved and is to be done now.
#[derive(Debug)]
pub struct Approved {
    /// The approval.
    pub approval: Approval,
    /// What is to be done.
    pub command: Command,
    version: i64,
    people: BTreeSet<String>,
}

impl Approved {
    /// For whom it is done, and who let it happen.
    pub fn actor(&self) -> Actor {
        let by = match &self.approval.state {
            ApprovalState::Running { by, .. } => Some(by.clone()),
            ApprovalState::Waiting
            | ApprovalState::Done { .. }
            | ApprovalState::Failed { .. }
            | ApprovalState::Rejected { .. }
            | ApprovalState::Withdrawn { .. }
            | ApprovalState::Expired { .. } => None,
        };
        Actor { approved: by, ..self.approval.requester.clone() }
    }

    /// The name under which it is done once. It has a line break in it, which no key of a request can have.
    pub fn once(&self) -> Once {
        Once::new(format!("approval\n{}", self.approval.id), self.approval.id.to_string().into_bytes())
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Stored {
    #[serde(flatten)]
    approval: Approval,
    /// Who is behind who asked.
    people: BTreeSet<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct StoredCommand {
    command: Command,
    /// The command as it is, where `command` leaves out secrets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sealed: Option<Sealed>,
    carries_secret: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    answer: Option<Value>,
    /// The answer, until who asked has collected it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sealed_answer: Option<Sealed>,
}

fn document(stored: &Stored, version: i64) -> Document<&Stored> {
    Document {
        id: stored.approval.id.to_string(),
        customer: None,
        status: stored.approval.state.word().into(),
        sort_at: stored.approval.requested_at.micros(),
        version,
        body: stored,
    }
}

fn command_document<'a>(id: &str, command: &'a StoredCommand, version: i64) -> Document<&'a StoredCommand> {
    Document { id: id.into(), customer: None, status: "kept".into(), sort_at: 0, version, body: command }
}

/// A command without the secrets that its body has.
fn without_secrets(command: &Command) -> Command {
    let mut shown = command.clone();
    shown.body = match serde_json::from_str::<Value>(&command.body) {
        Ok(Value::Object(mut fields)) => {
            for secret in ["password", "client_secret"] {
                if let Some(value) = fields.get_mut(secret) {
                    *value = "…".into();
                }
            }
            Value::Object(fields).to_string()
        }
        Ok(_) | Err(_) if command.body.is_empty() => String::new(),
        Ok(_) | Err(_) => "…".into(),
    };
    shown
}

fn reason(text: &str) -> Result<String, EngineError> {
    let text = text.trim();
    if !text.is_empty() && text.chars().count() <= LONGEST_REASON {
        return Ok(text.to_owned());
    }
    let problem = Problem::new("reason_needed", "A reason is needed")
        .detail(format!("the reason has {} characters", text.chars().count()))
        .at("/reason")
        .mend(format!("say why in 1 to {LONGEST_REASON} characters: it stays in the audit log"));
    Err(EngineError::Invalid(NonEmpty::of(problem)))
}

fn decided(approval: &Approval) -> EngineError {
    let problem = Problem::new("approval_decided", "It is decided already")
        .detail(format!("`{}` is {}", approval.id, approval.state.word()))
        .mend("send the request again, so that another approval is asked for");
    EngineError::Conflict(problem)
}

impl Engine {
    /// Keeps a request until a second person decides.
    ///
    /// # Errors
    /// A conflict when it has a secret in it and the installation has no key to seal it with.
    pub fn request_approval(&self, new: NewApproval, who: &Principal) -> Result<Approval, AccessError> {
        if who.customer.is_some() {
            return Err(AccessError::NotForCustomers);
        }
        let NewApproval { operation, permission, command, carries } = new;
        let (id, now) = (ApprovalId::from_u128(uuid::Uuid::now_v7().as_u128()), self.world.now());
        let hours = i64::from(self.approval_policy()?.expires_after_hours);
        let expires_at = now.plus_micros(hours * HOUR_MICROS).map_err(|error| EngineError::invalid(&error))?;
        let approval = Approval {
            id,
            operation,
            permission,
            requester: self.actor.clone(),
            requested_at: now,
            expires_at,
            state: ApprovalState::Waiting,
        };
        let stored = Stored { approval, people: who.people().clone() };
        let name = id.to_string();
        let kept = match carries {
            Carries::Nothing => StoredCommand::open(command),
            Carries::Secret => StoredCommand {
                command: without_secrets(&command),
                sealed: Some(self.seal_for(&name, &command)?),
                carries_secret: true,
                ..StoredCommand::open(command)
            },
        };
        self.write(deed("approval.request", &name), |tx| {
            documents::insert(tx, &self.tenant, COMMAND, &command_document(&name, &kept, 1))?;
            Ok(documents::insert(tx, &self.tenant, KIND, &document(&stored, 1))?)
        })?;
        Ok(stored.approval)
    }

    fn seal_for(&self, id: &str, secret: &impl Serialize) -> Result<Sealed, EngineError> {
        let text = serde_json::to_vec(secret).map_err(|error| unwritable(&error))?;
        Sealed::seal(self.secret_key.as_ref(), self.belonging(id), &text)
    }

    fn unseal<T: serde::de::DeserializeOwned>(&self, id: &str, sealed: &Sealed) -> Result<T, EngineError> {
        let text = sealed.open(self.secret_key.as_ref(), self.belonging(id))?;
        serde_json::from_slice(&text).map_err(|error| unwritable(&error))
    }

    fn belonging<'a>(&'a self, id: &'a str) -> Belongs<'a> {
        Belongs { tenant: &self.tenant, kind: COMMAND, id }
    }

    /// Approves a request, which is to be done now and then told with [`Engine::finish_approval`]. What was begun and never finished,
    /// because the program stopped, can be approved again within a day; it is done once nevertheless.
    pub fn approve(&self, id: ApprovalId, who: &Principal, why: &str) -> Result<Approved, AccessError> {
        let why = reason(why)?;
        let Document { body: mut stored, version, .. } = self.find_approval(id)?;
        is_second(&stored, who)?;
        let (now, name) = (self.world.now(), id.to_string());
        if stored.approval.is_over(now) {
            return Err(expired(&stored.approval).into());
        }
        match &stored.approval.state {
            ApprovalState::Waiting => {}
            ApprovalState::Running { at, .. }
                if (RUNNING_MICROS..RESUMABLE_MICROS).contains(&(now.micros() - at.micros())) => {}
            ApprovalState::Running { .. }
            | ApprovalState::Done { .. }
            | ApprovalState::Failed { .. }
            | ApprovalState::Rejected { .. }
            | ApprovalState::Withdrawn { .. }
            | ApprovalState::Expired { .. } => return Err(decided(&stored.approval).into()),
        }
        let kept = self.find_command(&name)?.body;
        let command = match &kept.sealed {
            Some(sealed) => self.unseal(&name, sealed)?,
            None => kept.command,
        };
        stored.approval.state = ApprovalState::Running { at: now, by: self.approver(id, why) };
        self.save_approval("approval.approve", &stored, version)?;
        Ok(Approved { approval: stored.approval, command, version: version + 1, people: stored.people })
    }

    /// Tells how what was approved ended.
    pub fn finish_approval(&self, approved: Approved, outcome: Outcome) -> Result<Approval, EngineError> {
        let Approved { mut approval, version, people, .. } = approved;
        let ApprovalState::Running { by, .. } = approval.state else { return Err(decided(&approval)) };
        let (name, at) = (approval.id.to_string(), self.world.now());
        let Document { body: mut kept, version: kept_version, .. } = self.find_command(&name)?;
        let action;
        (action, approval.state) = match outcome {
            Outcome::Done { status, answer } => {
                kept.status = Some(status);
                if kept.carries_secret {
                    kept.sealed_answer = Some(self.seal_for(&name, &answer)?);
                } else {
                    kept.answer = Some(answer);
                }
                ("approval.done", ApprovalState::Done { at, by })
            }
            Outcome::Failed(problems) => ("approval.failed", ApprovalState::Failed { at, by, problems }),
            Outcome::Again => ("approval.again", ApprovalState::Waiting),
        };
        if approval.state != ApprovalState::Waiting {
            kept.sealed = None;
        }
        let stored = Stored { approval, people };
        self.write(deed(action, &name), |tx| {
            documents::update(tx, &self.tenant, COMMAND, &command_document(&name, &kept, kept_version))?;
            Ok(documents::update(tx, &self.tenant, KIND, &document(&stored, version)).map(drop)?)
        })?;
        Ok(stored.approval)
    }

    /// Rejects a request.
    pub fn reject_approval(&self, id: ApprovalId, who: &Principal, why: &str) -> Result<Approval, AccessError> {
        let why = reason(why)?;
        let Document { body: mut stored, version, .. } = self.find_approval(id)?;
        is_second(&stored, who)?;
        self.is_waiting(&stored)?;
        stored.approval.state = ApprovalState::Rejected { at: self.world.now(), by: self.approver(id, why) };
        Ok(self.end_approval("approval.reject", stored, version)?)
    }

    /// Takes a request back: for who asked for it.
    pub fn withdraw_approval(&self, id: ApprovalId, who: &Principal, why: &str) -> Result<Approval, AccessError> {
        let why = reason(why)?;
        let Document { body: mut stored, version, .. } = self.find_approval(id)?;
        is_theirs(&stored, who)?;
        self.is_waiting(&stored)?;
        stored.approval.state = ApprovalState::Withdrawn { at: self.world.now(), reason: why };
        Ok(self.end_approval("approval.withdraw", stored, version)?)
    }

    /// The answer with its secret, once, for who asked.
    pub fn collect_answer(&self, id: ApprovalId, who: &Principal) -> Result<Value, AccessError> {
        let name = id.to_string();
        is_theirs(&self.find_approval(id)?.body, who)?;
        let Document { body: mut kept, version, .. } = self.find_command(&name)?;
        let Some(sealed) = kept.sealed_answer.take() else {
            let problem = Problem::new("nothing_to_collect", "There is no answer to collect")
                .detail(format!("`{id}` was not done, has no secret in its answer, or was collected already"))
                .mend("read GET /v1/approvals/{id}");
            return Err(EngineError::Conflict(problem).into());
        };
        let answer = self.unseal(&name, &sealed)?;
        self.write(deed("approval.collect", &name), |tx| {
            Ok(documents::update(tx, &self.tenant, COMMAND, &command_document(&name, &kept, version)).map(drop)?)
        })?;
        Ok(answer)
    }

    /// Ends what waited too long; how many.
    pub fn expire_approvals(&self) -> Result<usize, EngineError> {
        let (now, mut after, mut ended) = (self.world.now(), Cursor::start(), 0);
        loop {
            let page = self
                .store
                .read(|tx| documents::page::<Stored>(tx, &self.tenant, KIND, Which::Status(WAITING), &after, PAGE))?;
            let Some(last) = page.last() else { return Ok(ended) };
            after = Cursor { sort_at: last.sort_at, id: last.id.clone() };
            for Document { mut body, version, .. } in page.into_iter().filter(|found| found.body.approval.is_over(now))
            {
                body.approval.state = ApprovalState::Expired { at: body.approval.expires_at };
                match self.end_approval("approval.expire", body, version) {
                    Ok(_) => ended += 1,
                    // somebody decided at this moment
                    Err(EngineError::Conflict(_)) => {}
                    Err(error) => return Err(error),
                }
            }
        }
    }

    /// A part of the requests that wait or waited for a second person.
    pub fn list_approvals(&self, select: &Select) -> Result<Listing<Approval>, EngineError> {
        let mut part: Listing<Approval> = self.list_documents(KIND, select)?;
        part.items.iter_mut().for_each(|approval| self.note_expiry(approval));
        Ok(part)
    }

    /// An approval, with what is to be done.
    pub fn approval(&self, id: ApprovalId) -> Result<ApprovalDetail, EngineError> {
        let mut approval = self.find_approval(id)?.body.approval;
        self.note_expiry(&mut approval);
        let StoredCommand { command, status, answer, .. } = self.find_command(&id.to_string())?.body;
        Ok(ApprovalDetail { approval, command, status, answer })
    }

    /// What waited too long is over before that is written down.
    fn note_expiry(&self, approval: &mut Approval) {
        if approval.is_over(self.world.now()) {
            approval.state = ApprovalState::Expired { at: approval.expires_at };
        }
    }

    fn approver(&self, id: ApprovalId, reason: String) -> Approver {
        Approver { kind: self.actor.kind, id: self.actor.id.clone(), approval: id.to_string(), reason }
    }

    fn is_waiting(&self, stored: &Stored) -> Result<(), EngineError> {
        if stored.approval.is_over(self.world.now()) {
            return Err(expired(&stored.approval));
        }
        if stored.approval.state == ApprovalState::Waiting { Ok(()) } else { Err(decided(&stored.approval)) }
    }

    fn save_approval(&self, action: &'static str, stored: &Stored, version: i64) -> Result<(), EngineError> {
        let name = stored.approval.id.to_string();
        self.write(deed(action, &name), |tx| {
            Ok(documents::update(tx, &self.tenant, KIND, &document(stored, version)).map(drop)?)
        })
        .map_err(|error| match error {
            // somebody else decided at the same moment
            EngineError::Conflict(_) => decided(&stored.approval),
            error @ (EngineError::Invalid(_) | EngineError::NotFound(_) | EngineError::Failed(_)) => error,
        })
    }

    /// What will never be done keeps no secret.
    fn end_approval(&self, action: &'static str, stored: Stored, version: i64) -> Result<Approval, EngineError> {
        let name = stored.approval.id.to_string();
        let Document { body: mut kept, version: kept_version, .. } = self.find_command(&name)?;
        let had_secret = kept.sealed.take().is_some();
        self.write(deed(action, &name), |tx| {
            if had_secret {
                documents::update(tx, &self.tenant, COMMAND, &command_document(&name, &kept, kept_version))?;
            }
            Ok(documents::update(tx, &self.tenant, KIND, &document(&stored, version)).map(drop)?)
        })?;
        Ok(stored.approval)
    }

    fn find_approval(&self, id: ApprovalId) -> Result<Document<Stored>, EngineError> {
        let found = self.store.read(|tx| documents::find::<Stored>(tx, &self.tenant, KIND, &id.to_string()))?;
        found.ok_or_else(|| EngineError::no_such("approval", &id.to_string(), []))
    }

    fn find_command(&self, id: &str) -> Result<Document<StoredCommand>, EngineError> {
        let found = self.store.read(|tx| documents::find::<StoredCommand>(tx, &self.tenant, COMMAND, id))?;
        found.ok_or_else(|| EngineError::no_such("approval", id, []))
    }
}

impl StoredCommand {
    fn open(command: Command) -> Self {
        Self { command, sealed: None, carries_secret: false, status: None, answer: None, sealed_answer: None }
    }
}

impl Approval {
    fn is_over(&self, now: Instant) -> bool {
        self.state == ApprovalState::Waiting && now >= self.expires_at
    }
}

fn expired(approval: &Approval) -> EngineError {
    let problem = Problem::new("approval_expired", "It waited too long")
        .detail(format!("`{}` could be approved until {}", approval.id, approval.expires_at))
        .mend("send the request again, so that another approval is asked for");
    EngineError::Conflict(problem)
}

/// Whether somebody may decide for somebody else's request.
fn is_second(stored: &Stored, who: &Principal) -> Result<(), AccessError> {
    who.may(stored.approval.permission)?;
    let is_known = !who.people().is_empty() && !stored.people.is_empty();
    if is_known && who.people().is_disjoint(&stored.people) { Ok(()) } else { Err(AccessError::SamePerson) }
}

fn is_theirs(stored: &Stored, who: &Principal) -> Result<(), AccessError> {
    let Actor { kind, id, .. } = &stored.approval.requester;
    if *kind == who.actor.kind && *id == who.actor.id { Ok(()) } else { Err(AccessError::NotTheirs) }
}

fn unwritable(error: &serde_json::Error) -> EngineError {
    let problem = Problem::new("approval_unreadable", "What was kept for approval cannot be read")
        .detail(error.to_string())
        .mend("send the request again, so that another approval is asked for");
    EngineError::Failed(problem)
}

fn deed<'a>(action: &'static str, id: &'a str) -> Deed<'a> {
    Deed { action, kept: Kept::Document, kind: KIND, id }
}
