//! What needs a second person. One person can ask for more of it, and it takes two to ask for less.

use crate::audit::{Deed, Kept};
use crate::{Engine, EngineError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use stdx::{NonEmpty, Problem};
use store::documents::{self, Document};

const KIND: &str = "approval_policy";
const ID: &str = "policy";
/// How long a request waits for its second person when nothing else is said, and at most.
const USUAL_HOURS: u32 = 72;
const MOST_HOURS: u32 = 720;

/// By these a single person could make a second one, or do without: they need two wherever anything does.
const WITH_ANY: [&str; 6] = [
    "add_user",
    "change_user",
    "release_approval",
    "add_identity_provider",
    "change_identity_provider",
    "remove_identity_provider",
];

/// What needs a second person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ApprovalPolicy {
    /// The operations, by their `operationId` in the OpenAPI document.
    pub operations: BTreeSet<String>,
    /// How long a request waits for the second person.
    pub expires_after_hours: u32,
}

/// A change of what needs a second person.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApprovalPolicyChange {
    /// The operations that are meant, by their `operationId` in the OpenAPI document.
    #[serde(default)]
    pub operations: BTreeSet<String>,
    /// How long requests wait for the second person: 1 to 720 hours.
    #[serde(default)]
    pub expires_after_hours: Option<u32>,
}

impl Default for ApprovalPolicy {
    fn default() -> Self {
        Self { operations: BTreeSet::new(), expires_after_hours: USUAL_HOURS }
    }
}

impl ApprovalPolicy {
    /// Whether an operation needs a second person.
    pub fn needs_second(&self, operation: &str) -> bool {
        !self.operations.is_empty() && (self.operations.contains(operation) || WITH_ANY.contains(&operation))
    }

    /// Everything that needs a second person, also what follows from the rest.
    fn whole(mut self) -> Self {
        if !self.operations.is_empty() {
            self.operations.extend(WITH_ANY.map(str::to_owned));
        }
        self
    }
}

/// A number of hours that can be waited.
fn hours(asked: Option<u32>, known: u32) -> Result<u32, EngineError> {
    let hours = asked.unwrap_or(known);
    if (1..=MOST_HOURS).contains(&hours) {
        return Ok(hours);
    }
    let problem = Problem::new("invalid_expiry", "A request cannot wait so long")
        .detail(format!("`{hours}` hours"))
        .at("/expires_after_hours")
        .mend(format!("take 1 to {MOST_HOURS}"));
    Err(EngineError::Invalid(NonEmpty::of(problem)))
}

impl Engine {
    /// What needs a second person.
    pub fn approval_policy(&self) -> Result<ApprovalPolicy, EngineError> {
        Ok(self.find_policy()?.map(|(policy, _)| policy.whole()).unwrap_or_default())
    }

    /// Lets more operations need a second person, or lets requests wait shorter.
    ///
    /// # Errors
    /// Invalid when requests would wait longer: that takes two.
    pub fn require_approval(&self, change: &ApprovalPolicyChange) -> Result<ApprovalPolicy, EngineError> {
        self.change_policy("approval_policy.require", |policy| {
            let hours = hours(change.expires_after_hours, policy.expires_after_hours)?;
            let is_first = policy.operations.is_empty();
            if hours > policy.expires_after_hours && !is_first {
                let problem = Problem::new("takes_two", "This takes two people")
                    .detail(format!("requests wait {} hours, and would wait {hours}", policy.expires_after_hours))
                    .at("/expires_after_hours")
                    .mend("POST /v1/approval-policy/release, which a second person has to approve");
                return Err(EngineError::Invalid(NonEmpty::of(problem)));
            }
            policy.operations.extend(change.operations.iter().cloned());
            policy.expires_after_hours = hours;
            Ok(())
        })
    }

    /// Lets operations need one person again, or lets requests wait longer.
    pub fn release_approval(&self, change: &ApprovalPolicyChange) -> Result<ApprovalPolicy, EngineError> {
        self.change_policy("approval_policy.release", |policy| {
            policy.expires_after_hours = hours(change.expires_after_hours, policy.expires_after_hours)?;
            policy.operations.retain(|operation| !change.operations.contains(operation));
            Ok(())
        })
    }

    fn change_policy(
        &self,
        action: &'static str,
        change: impl Fn(&mut ApprovalPolicy) -> Result<(), EngineError>,
    ) -> Result<ApprovalPolicy, EngineError> {
        let found = self.find_policy()?;
        let version = found.as_ref().map_or(0, |(_, version)| *version);
        let mut policy = found.map(|(policy, _)| policy).unwrap_or_default();
        change(&mut policy)?;
        let document = Document {
            id: ID.into(),
            customer: None,
            status: "open".into(),
            sort_at: self.world.now().micros(),
            version,
            body: &policy,
        };
        self.write(Deed { action, kept: Kept::Document, kind: KIND, id: ID }, |tx| {
            if version == 0 {
                documents::insert(tx, &self.tenant, KIND, &document)?;
            } else {
                documents::update(tx, &self.tenant, KIND, &document)?;
            }
            Ok(())
        })?;
        Ok(policy.whole())
    }

    fn find_policy(&self) -> Result<Option<(ApprovalPolicy, i64)>, EngineError> {
        let found = self.store.read(|tx| documents::find::<ApprovalPolicy>(tx, &self.tenant, KIND, ID))?;
        Ok(found.map(|found| (found.body, found.version)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Actor;

    fn change(operations: &[&str], hours: Option<u32>) -> ApprovalPolicyChange {
        let operations = operations.iter().map(|operation| (*operation).to_owned()).collect();
        ApprovalPolicyChange { operations, expires_after_hours: hours }
    }

    #[test]
    fn one_person_asks_for_more_of_it_and_not_for_less() {
        let engine = Engine::in_memory("2026-04-01T00:00:00Z".parse().expect("an instant")).expect("an engine");
        let engine = engine.acting_for(Actor::program());
        assert_eq!(engine.approval_policy(), Ok(ApprovalPolicy::default()));
        assert!(!engine.approval_policy().expect("read").needs_second("add_user"), "nothing needs two");
        engine.require_approval(&change(&["issue_invoice"], Some(100))).expect("the first says how long");
        engine.require_approval(&change(&["apply_pricing"], Some(24))).expect("shorter is more");
        let policy = engine.approval_policy().expect("read");
        for operation in ["issue_invoice", "apply_pricing", "add_user", "release_approval"] {
            assert!(policy.needs_second(operation) && policy.operations.contains(operation), "{operation}");
        }
        assert!(!policy.needs_second("add_customer") && policy.expires_after_hours == 24);
        for (hours, code) in [(25, "takes_two"), (0, "invalid_expiry"), (721, "invalid_expiry")] {
            let refused = engine.require_approval(&change(&[], Some(hours))).expect_err("refused");
            assert_eq!(refused.problems()[0].code, code, "{hours}");
        }
        engine.release_approval(&change(&["issue_invoice", "apply_pricing"], Some(48))).expect("released");
        let policy = engine.approval_policy().expect("read");
        assert!(policy.operations.is_empty() && !policy.needs_second("release_approval"));
    }
}
