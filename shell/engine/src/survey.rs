//! What is in a data directory, for somebody who has never seen it: also when it does not open, and while a process has it open.
//! Nothing is changed.

use crate::backup::{LAST, MANIFEST, no_data};
use crate::{BackupMade, DataPlace, EngineError, FactsSurvey, Platform, USAGE, UsagePlace, WhyUnpaid, restore};
use money::Money;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::PathBuf;
use stdx::{Key, Problem, ToProblem};
use store::{Place, facts_file};

/// What is in a data directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Survey {
    /// The directory.
    pub directory: PathBuf,
    /// Whether it is a backup.
    pub is_backup: bool,
    /// Whether a restore was cut off in it.
    pub is_half_restored: bool,
    /// The usage store in the directory; nothing where there is none.
    pub usage: Option<usage::Survey>,
    /// Whether usage is in PostgreSQL and not in the directory.
    pub is_usage_elsewhere: bool,
    /// The facts database; nothing where there is none.
    pub facts: Option<FactsSurvey>,
    /// The last backup that was made of it, where that is known.
    pub last_backup: Option<BackupMade>,
    /// Usage that nobody pays for, by why; nothing where it could not be told.
    pub unpaid: Option<Vec<UnpaidSum>>,
    /// What could not be looked at.
    pub problems: Vec<Problem>,
}

/// Usage that nobody pays for, for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct UnpaidSum {
    /// Whose it is.
    pub tenant: Key,
    /// Why nobody pays.
    pub why: WhyUnpaid,
    /// How many events.
    pub events: u64,
    /// Of how many subjects and names.
    pub kinds: usize,
    /// The subject and name with the most of them.
    pub largest: (String, String),
    /// What those of the largest kind would cost, where a price is known.
    pub worth: Vec<Money>,
}

/// Says what is in a data directory.
///
/// # Errors
/// When the directory cannot be read. What cannot be looked at in it is part of the answer.
pub fn survey(place: impl Into<DataPlace>) -> Result<Survey, EngineError> {
    let place = place.into();
    let dir = place.dir.as_path();
    let is_here = matches!(place.usage, UsagePlace::Directory);
    if !dir.is_dir() {
        return Err(EngineError::NotFound(no_data(dir)));
    }
    let mut survey = Survey {
        directory: dir.into(),
        is_backup: dir.join(MANIFEST).exists(),
        is_half_restored: restore::is_unfinished(dir),
        usage: None,
        is_usage_elsewhere: !is_here,
        facts: None,
        last_backup: None,
        unpaid: None,
        problems: Vec::new(),
    };
    if is_here && dir.join(USAGE).exists() {
        match usage::survey(dir.join(USAGE)) {
            Ok(usage) => survey.usage = Some(usage),
            Err(error) => survey.problems.push(error.problem()),
        }
    }
    if !matches!(&place.facts, Place::File(file) if !file.exists()) {
        match facts_file::survey(&place.facts) {
            Ok(facts) => survey.facts = Some(facts),
            Err(problem) => survey.problems.push(problem),
        }
    }
    let last = std::fs::read(dir.join(LAST)).ok();
    survey.last_backup = last.and_then(|text| serde_json::from_slice(&text).ok());
    let is_sound = survey.usage.as_ref().is_some_and(|usage| usage.has_manifest && usage.damage.is_empty());
    if (is_sound || !is_here) && survey.facts.is_some() {
        match Platform::look(place.clone()).and_then(|platform| unpaid(&platform)) {
            Ok(unpaid) => survey.unpaid = Some(unpaid),
            Err(error) => survey.problems.extend(error.problems()),
        }
    }
    Ok(survey)
}

fn unpaid(platform: &Platform) -> Result<Vec<UnpaidSum>, EngineError> {
    let mut by_why: BTreeMap<(Key, WhyUnpaid), Vec<crate::UnpaidUsage>> = BTreeMap::new();
    for tenant in platform.tenants()? {
        for one in platform.engine(&tenant.key)?.unpaid_usage(None)? {
            by_why.entry((tenant.key.clone(), one.why)).or_default().push(one);
        }
    }
    let sum = |((tenant, why), found): ((Key, WhyUnpaid), Vec<crate::UnpaidUsage>)| {
        let largest = found.iter().max_by_key(|one| one.events)?;
        Some(UnpaidSum {
            tenant,
            why,
            events: found.iter().map(|one| one.events).sum(),
            kinds: found.len(),
            largest: (largest.subject.clone(), largest.name.clone()),
            worth: largest.worth.as_ref().map(|worth| worth.amounts.clone()).unwrap_or_default(),
        })
    };
    Ok(by_why.into_iter().filter_map(sum).collect())
}
