//! `counterfoil doctor`

use super::DataDir;
use crate::failure::{Done, Failure};
use crate::text::counted;
use calendar::Instant;
use clap::Args;
use engine::{Clock, Holder, NO_ROOM, Survey, SystemClock, UsageSurvey, WhyUnpaid};
use indicatif::{HumanBytes, HumanCount};
use serde::Serialize;
use std::path::Path;
use std::process::ExitCode;

/// Below this much room, somebody should look.
const LITTLE_ROOM: u64 = 4 << 30;
const DAY: i64 = 86_400_000_000;
/// So many days without a backup are too many.
const DAYS_WITHOUT_BACKUP: i64 = 7;
/// An SQLite log of this size was never brought into its file.
const LARGE_LOG: u64 = 1 << 30;

/// Explain what is in a data directory, and whether it is well.
///
/// It reads only, so that it can be asked while a server has the directory open, and when the store does not open. Each finding is `ok`,
/// `look` (somebody should) or `BROKEN`, with what to do. The exit status is 1 when something is broken. To read every byte, there is
/// `verify`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  counterfoil doctor --data /var/lib/counterfoil\n  counterfoil doctor --json")]
pub(crate) struct Doctor {
    #[command(flatten)]
    dir: DataDir,
    /// Print the findings and everything they follow from as JSON.
    #[arg(long)]
    json: bool,
}

/// How it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Grade {
    Ok,
    Look,
    Broken,
}

/// One thing about the directory.
#[derive(Debug, Serialize)]
struct Finding {
    grade: Grade,
    about: &'static str,
    told: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    mend: Option<String>,
}

/// Room on the disk, in bytes.
#[derive(Debug, Clone, Copy, Serialize)]
struct Room {
    available: u64,
    total: u64,
}

impl Doctor {
    pub(crate) fn run(self) -> Done {
        let dir = self.dir.data.as_path();
        let survey = engine::survey(self.dir.place()?)?;
        let room = room(dir).map_err(|why| Failure::file(dir, &why))?;
        let findings = findings(&survey, room, SystemClock.now());
        if self.json {
            println!("{:#}", serde_json::json!({ "findings": findings, "room": room, "survey": survey }));
        } else {
            println!("{}", dir.display());
            for finding in &findings {
                println!("{}", finding.line());
            }
            let count = |grade| findings.iter().filter(|finding| finding.grade == grade).count();
            println!("{} broken, {} to look at", count(Grade::Broken), count(Grade::Look));
        }
        let is_broken = findings.iter().any(|finding| finding.grade == Grade::Broken);
        Ok(if is_broken { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

fn room(dir: &Path) -> std::io::Result<Room> {
    Ok(Room { available: fs4::available_space(dir)?, total: fs4::total_space(dir)? })
}

impl Finding {
    fn ok(about: &'static str, told: impl Into<String>) -> Self {
        Self { grade: Grade::Ok, about, told: told.into(), mend: None }
    }

    fn look(about: &'static str, told: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { grade: Grade::Look, about, told: told.into(), mend: Some(mend.into()) }
    }

    fn broken(about: &'static str, told: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { grade: Grade::Broken, about, told: told.into(), mend: Some(mend.into()) }
    }

    fn line(&self) -> String {
        let word = match self.grade {
            Grade::Ok => "ok",
            Grade::Look => "look",
            Grade::Broken => "BROKEN",
        };
        let mend = self.mend.as_ref().map_or_else(String::new, |mend| format!("\n{:21}mend: {mend}", ""));
        format!("{word:<7} {:<12} {}{mend}", self.about, self.told)
    }
}

fn findings(survey: &Survey, room: Room, now: Instant) -> Vec<Finding> {
    let mut found = vec![disk(room)];
    if survey.is_half_restored {
        let told = "a restore was cut off: not everything of the backup is here";
        found.push(Finding::broken("restore", told, "empty the directory and restore again"));
    }
    match &survey.usage {
        Some(usage) => self::usage(usage, now, &mut found),
        None if survey.facts.is_some() && !survey.is_usage_elsewhere => {
            let told = "there are facts and no usage: invoices name events that are not here";
            found.push(Finding::broken("usage", told, "restore a backup that has both into a new directory"));
        }
        None => {}
    }
    facts(survey, &mut found);
    if survey.usage.is_none() && survey.facts.is_none() {
        let told = "nothing has been kept here yet";
        found.push(Finding::look("directory", told, "check the path; `counterfoil serve` begins a new directory"));
    }
    found.push(backup(survey, now));
    unpaid(survey, &mut found);
    for problem in &survey.problems {
        let told = format!("{} [{}]", problem.detail, problem.code);
        // that a copy could not be made to be asked says nothing about what was to be copied
        found.push(match problem.code.as_str() {
            "disk_full" | "backup_failed" => Finding::look("not seen", told, problem.mend.clone()),
            _ => Finding::broken("not readable", told, problem.mend.clone()),
        });
    }
    found
}

fn disk(room: Room) -> Finding {
    let told = format!("{} of {} are free", HumanBytes(room.available), HumanBytes(room.total));
    let mend = "make room, or move the directory to a larger disk. When it is full, new events are refused with 507 and nothing is lost; questions are answered, and events are taken again when there is room";
    match room.available {
        0..NO_ROOM => Finding::broken("disk", told, mend),
        NO_ROOM..LITTLE_ROOM => Finding::look("disk", told, mend),
        LITTLE_ROOM.. => Finding::ok("disk", told),
    }
}

fn usage(usage: &UsageSurvey, now: Instant, found: &mut Vec<Finding>) {
    let is_held = usage.holder != Holder::Nobody;
    found.push(Finding::ok(
        "process",
        match usage.holder {
            Holder::Nobody => "no process has the directory open".into(),
            Holder::Process { pid: Some(pid) } => format!("process {pid} has the directory open"),
            Holder::Process { pid: None } => "a process has the directory open".into(),
        },
    ));
    if !usage.has_manifest {
        let told = "the usage store has no manifest: it was never begun, or the manifest was removed";
        let mend = "where there were events, restore a backup into a new directory; otherwise start the server";
        let is_empty = usage.logs.is_empty() && usage.leftovers.files == 0;
        found.push(if is_empty { Finding::look("usage", told, mend) } else { Finding::broken("usage", told, mend) });
    }
    for damage in &usage.damage {
        let place = damage.offset.map_or_else(String::new, |offset| format!(" at byte {offset}"));
        let mend = "keep the directory as it is, restore the last backup into a new one, and send again the events since; the sender's ids keep them from counting twice";
        found.push(Finding::broken("damage", format!("{}{place}: {}", damage.file.display(), damage.why), mend));
    }
    segments(usage, found);
    logs(usage, is_held, found);
    for tenant in &usage.tenants {
        let told = |at: Option<Instant>| at.map_or_else(|| "never".into(), |at| format!("{at} ({})", ago(at, now)));
        found.push(Finding::ok(
            "freshness",
            format!(
                "{}: {} events, position {}; the newest happened {}, the last came {}",
                tenant.tenant,
                HumanCount(tenant.events),
                HumanCount(tenant.position),
                told(tenant.newest_event),
                told(tenant.newest_received)
            ),
        ));
        for (code, count) in &tenant.waiting {
            let told = format!("{}: {} events wait with `{code}`", tenant.tenant, HumanCount(*count));
            let mend = format!(
                "see `{code}` in docs/errors.md and GET /v1/events/quarantine/reasons; once the cause is mended, POST /v1/events/quarantine/replay"
            );
            found.push(Finding::look("quarantine", told, mend));
        }
    }
}

fn segments(usage: &UsageSurvey, found: &mut Vec<Finding>) {
    for level in &usage.levels {
        let files = counted(level.segments, "segment");
        let (rows, bytes) = (HumanCount(level.rows), HumanBytes(level.bytes));
        let per_row = level.bytes / level.rows.max(1);
        let told = format!(
            "level {}: {files}, {rows} rows, {bytes} ({per_row} bytes each), {} to {}",
            level.level, level.first_at, level.last_at
        );
        found.push(Finding::ok("segments", told));
    }
    if usage.levels.is_empty() && usage.has_manifest {
        found.push(Finding::ok("segments", "none yet: all events are in the log"));
    }
    let (sides, spares, left) = (usage.sides, usage.spares, usage.leftovers);
    let files = |files: usize, bytes: u64, what: &str| format!("{} {what} ({})", files, HumanBytes(bytes));
    let mut told = vec![files(sides.files, sides.bytes, "with corrections and quarantine")];
    told.push(files(spares.files, spares.bytes, "ready for the log"));
    if left.files > 0 {
        told.push(files(left.files, left.bytes, "that nothing refers to, removed at the next start"));
    }
    found.push(Finding::ok("side files", told.join(", ")));
}

fn logs(usage: &UsageSurvey, is_held: bool, found: &mut Vec<Finding>) {
    let sum = |of: fn(&engine::UsageLog) -> u64| usage.logs.iter().map(of).sum::<u64>();
    let (records, used, bytes, torn) =
        (sum(|log| log.records), sum(|log| log.used), sum(|log| log.bytes), sum(|log| log.torn_bytes));
    let told = format!(
        "{}, {} durable in {} records and not yet in segments, {} in all",
        counted(usage.logs.len(), "file"),
        HumanBytes(used),
        HumanCount(records),
        HumanBytes(bytes)
    );
    found.push(Finding::ok("log", told));
    if !is_held {
        let told = match torn {
            0 => format!("the next start reads {} records of the log and cuts nothing off", HumanCount(records)),
            _ => format!(
                "the next start reads {} records and cuts off {torn} bytes of one that was being written; nobody was answered for it",
                HumanCount(records)
            ),
        };
        found.push(Finding::ok("recovery", told));
    }
}

fn facts(survey: &Survey, found: &mut Vec<Finding>) {
    let Some(facts) = &survey.facts else {
        if survey.usage.as_ref().is_some_and(|usage| !usage.tenants.is_empty()) && survey.problems.is_empty() {
            let told = "there is usage and no facts: no prices, customers or invoices";
            found.push(Finding::broken("facts", told, "restore a backup that has both into a new directory"));
        }
        return;
    };
    let rows: Vec<String> = facts
        .rows
        .iter()
        .filter(|(_, rows)| **rows > 0)
        .map(|(table, rows)| format!("{table} {}", HumanCount(*rows)))
        .collect();
    let told = format!("schema {}, {}, rows: {}", facts.schema, HumanBytes(facts.bytes), rows.join(", "));
    found.push(Finding::ok("facts", told));
    let log = format!("{} wait in the log of the facts", HumanBytes(facts.wal_bytes));
    found.push(if facts.wal_bytes > LARGE_LOG {
        Finding::look("facts", log, "something keeps a reading open; start the server again at a quiet time")
    } else {
        Finding::ok("facts", log)
    });
}

fn backup(survey: &Survey, now: Instant) -> Finding {
    const MEND: &str = "make one every night: counterfoil backup --server URL while it is served, counterfoil backup TO otherwise; and try to restore it";
    if survey.is_backup {
        return Finding::ok("backup", "this is a backup: `counterfoil verify` reads all of it");
    }
    let Some(last) = &survey.last_backup else {
        return Finding::look("backup", "no backup of this directory is known", MEND);
    };
    let told = format!("the last one is {}, complete {}", last.directory.display(), ago(last.finished_at, now));
    if last.finished_at.micros_until(now) > DAYS_WITHOUT_BACKUP * DAY {
        return Finding::look("backup", told, MEND);
    }
    Finding::ok("backup", told)
}

fn unpaid(survey: &Survey, found: &mut Vec<Finding>) {
    let Some(unpaid) = &survey.unpaid else { return };
    if unpaid.is_empty() {
        found.push(Finding::ok("unpaid", "every event is paid for by somebody"));
    }
    for sum in unpaid {
        let why = match sum.why {
            WhyUnpaid::NoCustomer => "no customer has the key that they name",
            WhyUnpaid::NoMeter => "no meter looks at them",
            WhyUnpaid::NoPrice => "no price of the customer uses their meter",
        };
        let (subject, name) = &sum.largest;
        let worth: Vec<String> = sum.worth.iter().map(ToString::to_string).collect();
        let worth = if worth.is_empty() { String::new() } else { format!(", worth {}", worth.join(" and ")) };
        let told = format!(
            "{}: {} events: {why}; most of them `{name}` of `{subject}`{worth}",
            sum.tenant,
            HumanCount(sum.events)
        );
        found.push(Finding::look(
            "unpaid",
            told,
            "see GET /v1/usage/unpaid, and add the customer, the meter or the price",
        ));
    }
}

/// How long ago something was, in one unit.
fn ago(at: Instant, now: Instant) -> String {
    let micros = at.micros_until(now);
    let (size, unit) = match micros.abs() {
        DAY.. => (DAY, "day"),
        3_600_000_000..DAY => (3_600_000_000, "hour"),
        60_000_000..3_600_000_000 => (60_000_000, "minute"),
        _ => (1_000_000, "second"),
    };
    let count = counted(usize::try_from(micros.abs() / size).unwrap_or(usize::MAX), unit);
    if micros < 0 { format!("in {count}") } else { format!("{count} ago") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    #[test]
    fn a_full_disk_is_broken_before_it_is_full() {
        let grade = |available| disk(Room { available, total: 1 << 40 }).grade;
        assert_eq!([grade(0), grade(NO_ROOM), grade(LITTLE_ROOM)], [Grade::Broken, Grade::Look, Grade::Ok]);
    }

    #[test]
    fn times_are_told_in_one_unit() {
        let now = at("2026-04-10T12:00:00Z");
        let cases = [
            ("2026-04-10T11:59:59Z", "1 second ago"),
            ("2026-04-10T11:00:00Z", "1 hour ago"),
            ("2026-04-08T11:00:00Z", "2 days ago"),
            ("2026-04-10T12:03:00Z", "in 3 minutes"),
        ];
        for (when, told) in cases {
            assert_eq!(ago(at(when), now), told);
        }
    }
}
