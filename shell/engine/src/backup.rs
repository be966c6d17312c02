//! Copies of a data directory, made while it is in use.
//!
//! The facts are copied first and usage after them. A line that was posted names the position up to which usage was counted; usage
//! only grows, so a copy of it that is made later has every position that the facts name. In the other order an invoice could
//! stand on events that its own backup has lost.

use crate::{DataPlace, EngineError, FACTS, Platform, USAGE, UsagePlace};
use calendar::Instant;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::TryLockError;
use stdx::{Key, Problem};

/// The file that makes a directory a backup.
pub(crate) const MANIFEST: &str = "backup.json";
/// The file of a data directory that says when the last backup of it was made.
pub(crate) const LAST: &str = "last-backup.json";
const FORMAT: u32 = 1;

/// A backup: a data directory with a manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Backup {
    /// Version of this manifest.
    pub format: u32,
    /// Version of the program that made it.
    pub version: String,
    /// When it was begun: everything that was answered for before is in it.
    pub began_at: Instant,
    /// When it was complete.
    pub finished_at: Instant,
    /// The last position of usage, by tenant.
    pub positions: BTreeMap<Key, u64>,
    /// What of usage is in it.
    pub usage: usage::Report,
    /// Every file, by its path in the backup.
    pub files: BTreeMap<String, BackupFile>,
}

/// A file of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BackupFile {
    /// Its size.
    pub bytes: u64,
    /// CRC-32C of its bytes.
    pub crc32c: u32,
}

impl Backup {
    /// The size of all its files.
    pub fn bytes(&self) -> u64 {
        self.files.values().map(|file| file.bytes).sum()
    }
}

/// A backup and where it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BackupMade {
    /// Its name: that of its directory.
    pub name: String,
    /// Its directory.
    pub directory: PathBuf,
    /// When it was complete.
    pub finished_at: Instant,
    /// The size of all its files.
    pub bytes: u64,
    /// How many files.
    pub files: usize,
    /// The last position of usage, by tenant.
    pub positions: BTreeMap<Key, u64>,
}

/// The name of a backup: letters, digits, hyphens and underscores; the first is a letter or a digit. It can name nothing but a
/// directory in the place where backups are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BackupName(String);

impl BackupName {
    const LONGEST: usize = 64;

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name of a backup that nobody named: the time, such as `20260401T101500-000000Z`.
    fn of(at: Instant) -> Self {
        let text = at.to_string();
        let (whole, fraction) = text.trim_end_matches('Z').split_once('.').unwrap_or((text.trim_end_matches('Z'), ""));
        let whole: String = whole.chars().filter(char::is_ascii_alphanumeric).collect();
        Self(format!("{whole}-{fraction:0<6}Z"))
    }
}

impl TryFrom<String> for BackupName {
    type Error = Problem;
    fn try_from(text: String) -> Result<Self, Problem> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        let begins = text.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric());
        if begins && text.len() <= Self::LONGEST && text.bytes().all(plain) {
            return Ok(Self(text));
        }
        let shown: String = text.chars().take(Self::LONGEST).collect();
        Err(Problem::new("invalid_backup_name", "This is not a name for a backup")
            .detail(format!("`{}`", shown.escape_debug()))
            .mend("use up to 64 letters, digits, `-` and `_`, beginning with a letter or digit; or give no name"))
    }
}

impl From<BackupName> for String {
    fn from(name: BackupName) -> Self {
        name.0
    }
}

impl JsonSchema for BackupName {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "BackupName".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$" })
    }
}

impl Platform {
    /// Opens an installation that must be there.
    pub fn open_existing(place: impl Into<DataPlace>, settings: crate::Settings) -> Result<Self, EngineError> {
        let place = place.into();
        // where facts or usage lie in a directory, it must be there; what lies in a database is asked for
        let is_there = match (&place.facts, &place.usage) {
            (store::Place::File(file), _) => file.exists(),
            (store::Place::Postgres(_), UsagePlace::Postgres(_)) => true,
            (store::Place::Postgres(_), UsagePlace::Directory) => false,
        };
        if is_there || place.dir.join(USAGE).exists() {
            return Self::open(place, settings);
        }
        Err(EngineError::NotFound(no_data(&place.dir)))
    }

    /// Says where backups that are asked for by name are kept.
    #[must_use]
    pub fn keeping_backups_in(mut self, dir: &Path) -> Self {
        self.backups = Some(dir.into());
        self
    }

    /// Makes a backup in the directory where backups are kept, while others read and write. Without a name it is named by the time.
    pub fn backup_named(&self, name: Option<&BackupName>) -> Result<BackupMade, EngineError> {
        let Some(dir) = &self.backups else {
            let problem = Problem::new("no_backups_here", "No backups are kept here")
                .detail("the server was not told where backups are kept")
                .mend("start it with --backups DIR");
            return Err(EngineError::Conflict(problem));
        };
        fs::create_dir_all(dir).map_err(|error| failed(dir, &error))?;
        let name = name.cloned().unwrap_or_else(|| BackupName::of(self.now()));
        self.backup(&dir.join(name.as_str()))
    }

    /// Makes a backup in a directory that must not exist, or be empty, while others read and write. It is there whole or not at all.
    pub fn backup(&self, to: &Path) -> Result<BackupMade, EngineError> {
        let _alone = match self.backing_up.try_lock() {
            Ok(alone) => alone,
            Err(TryLockError::Poisoned(alone)) => alone.into_inner(),
            Err(TryLockError::WouldBlock) => {
                let problem = Problem::new("backup_running", "A backup is being made")
                    .detail("one backup is made at a time")
                    .mend("wait until it is complete");
                return Err(EngineError::Conflict(problem));
            }
        };
        // `.` has no name, and the copy lies beside it until it is complete
        let to = std::path::absolute(to).map_err(|error| failed(to, &error))?;
        if fs::read_dir(&to).is_ok_and(|mut there| there.next().is_some()) || to.is_file() {
            let problem = Problem::new("backup_exists", "There is something where the backup would be")
                .detail(to.display().to_string())
                .mend("give another directory, or another name");
            return Err(EngineError::Conflict(problem));
        }
        let mut partial = to.clone().into_os_string();
        partial.push(".partial");
        let partial = PathBuf::from(partial);
        fs::create_dir(&partial).map_err(|error| failed(&partial, &error))?;
        let made = self.backup_into(&partial).and_then(|backup| {
            fs::rename(&partial, &to).and_then(|()| sync_dir(parent(&to))).map_err(|error| failed(&to, &error))?;
            Ok(backup)
        });
        if made.is_err() {
            let _ = fs::remove_dir_all(&partial);
        }
        let backup = made?;
        let (bytes, files) = (backup.bytes(), backup.files.len());
        let name = to.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let Backup { finished_at, positions, .. } = backup;
        let made = BackupMade { name, directory: to, finished_at, bytes, files, positions };
        self.remember(&made);
        Ok(made)
    }

    fn backup_into(&self, dir: &Path) -> Result<Backup, EngineError> {
        let Some(log) = &self.log else {
            let problem = Problem::new("nothing_to_back_up", "There is nothing to back up")
                .detail("usage is not in a data directory: it is in PostgreSQL, or in memory")
                .mend("back PostgreSQL up with its own tools, the facts before the usage");
            return Err(EngineError::Conflict(problem));
        };
        let began_at = self.now();
        // the order is a promise: see the head of this file
        self.store().backup(&dir.join(FACTS))?;
        let usage = log.backup(dir.join(USAGE))?;
        let positions = positions(&dir.join(USAGE))?;
        let files = files_of(dir).map_err(|error| failed(dir, &error))?;
        let backup = Backup {
            format: FORMAT,
            version: env!("CARGO_PKG_VERSION").into(),
            began_at,
            finished_at: self.now(),
            positions,
            usage,
            files,
        };
        write_manifest(dir, &backup).map_err(|error| failed(dir, &error))?;
        Ok(backup)
    }

    /// Notes when the last backup was made, for `doctor`. The backup is complete also when this cannot be noted.
    fn remember(&self, made: &BackupMade) {
        let Some(dir) = &self.dir else { return };
        let _ = serde_json::to_vec_pretty(made).map(|text| fs::write(dir.join(LAST), text));
    }
}

pub(crate) fn failed(path: &Path, error: &io::Error) -> EngineError {
    let problem = if matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) {
        Problem::new("disk_full", "The disk is full").mend("make room on the disk and begin again")
    } else {
        Problem::new("backup_failed", "The copy could not be made").mend("check the path, its permissions and the disk")
    };
    EngineError::Failed(problem.detail(format!("{}: {error}", path.display())))
}

/// The last position of each tenant that has usage.
pub(crate) fn positions(usage: &Path) -> Result<BTreeMap<Key, u64>, EngineError> {
    let tenants = usage::survey(usage)?.tenants;
    Ok(tenants.into_iter().map(|tenant| (tenant.tenant, tenant.position)).collect())
}

pub(crate) fn no_data(dir: &Path) -> Problem {
    Problem::new("no_data", "There is no data here")
        .detail(format!("{}: neither {FACTS} nor {USAGE} is there", dir.display()))
        .mend("name a data directory or a backup")
}

/// The directory in which a path lies.
fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

pub(crate) fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

/// The files of a copy with their sizes and checksums.
fn files_of(dir: &Path) -> io::Result<BTreeMap<String, BackupFile>> {
    // the copy was opened to be checked; a lock is no part of it
    match fs::remove_file(dir.join(USAGE).join("lock")) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let mut files = BTreeMap::from([(FACTS.to_owned(), summed(File::open(dir.join(FACTS))?, &mut io::sink())?)]);
    for entry in fs::read_dir(dir.join(USAGE))? {
        let entry = entry?;
        let name = entry.file_name().into_string().map_err(|_| io::Error::other("a name that is not UTF-8"))?;
        files.insert(format!("{USAGE}/{name}"), summed(File::open(entry.path())?, &mut io::sink())?);
    }
    Ok(files)
}

/// Passes the bytes of a file on, and says how many they were and their checksum.
pub(crate) fn summed(mut from: impl Read, to: &mut dyn Write) -> io::Result<BackupFile> {
    let (mut bytes, mut crc32c, mut buffer) = (0, 0, vec![0; 1 << 20]);
    loop {
        let read = from.read(&mut buffer)?;
        if read == 0 {
            return Ok(BackupFile { bytes, crc32c });
        }
        crc32c = crc32c::crc32c_append(crc32c, &buffer[..read]);
        bytes += read as u64;
        to.write_all(&buffer[..read])?;
    }
}

/// The manifest as it is written: with the checksum of the text of the manifest itself.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sealed<'a> {
    crc32c: u32,
    #[serde(borrow)]
    backup: &'a RawValue,
}

fn write_manifest(dir: &Path, backup: &Backup) -> io::Result<()> {
    let text = serde_json::to_string_pretty(backup)?;
    let raw = RawValue::from_string(text)?;
    let text = serde_json::to_string(&Sealed { crc32c: crc32c::crc32c(raw.get().as_bytes()), backup: &raw })?;
    let mut file = File::create_new(dir.join(MANIFEST))?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    sync_dir(&dir.join(USAGE))?;
    sync_dir(dir)
}

/// The manifest of a backup; its names lead nowhere but into the backup.
pub(crate) fn read_manifest(dir: &Path) -> Result<Backup, Problem> {
    let path = dir.join(MANIFEST);
    let damaged = |why: String| damaged(&path, None, &why);
    let text = fs::read_to_string(&path).map_err(|error| damaged(error.to_string()))?;
    let sealed: Sealed<'_> = serde_json::from_str(&text).map_err(|error| damaged(error.to_string()))?;
    if crc32c::crc32c(sealed.backup.get().as_bytes()) != sealed.crc32c {
        return Err(damaged("the manifest does not match its checksum".into()));
    }
    let backup: Backup = serde_json::from_str(sealed.backup.get()).map_err(|error| damaged(error.to_string()))?;
    if backup.format != FORMAT {
        return Err(damaged(format!("its format is {}, and this program reads format {FORMAT}", backup.format)));
    }
    let is_ours = |name: &String| {
        name == FACTS
            || name
                .strip_prefix("usage/")
                .is_some_and(|file| !file.is_empty() && !file.starts_with('.') && !file.contains(['/', '\\', ':']))
    };
    match backup.files.keys().find(|name| !is_ours(name)) {
        Some(name) => Err(damaged(format!("`{}` is no file of a backup", name.escape_debug()))),
        None => Ok(backup),
    }
}

pub(crate) fn damaged(file: &Path, offset: Option<u64>, why: &str) -> Problem {
    let place = offset.map_or_else(String::new, |offset| format!(" at byte {offset}"));
    Problem::new("backup_damaged", "The backup is damaged")
        .detail(format!("{}{place}: {why}", file.display()))
        .mend("use another backup; nothing was restored")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_nowhere_but_into_the_place_of_backups() {
        for good in ["a", "Nightly_2026-04-01", "0", &"x".repeat(64)] {
            assert!(BackupName::try_from(good.to_owned()).is_ok(), "{good}");
        }
        for bad in
            ["", "..", ".", ".hidden", "a/b", "/etc", "a\\b", "C:", "-rf", "_", "ü", "a b", "a\0", &"x".repeat(65)]
        {
            assert_eq!(BackupName::try_from(bad.to_owned()).expect_err(bad).code, "invalid_backup_name");
        }
    }

    #[test]
    fn a_backup_that_nobody_named_is_named_by_the_time() {
        let name = |at: &str| BackupName::of(at.parse().unwrap()).0;
        assert_eq!(name("2026-04-01T10:15:00Z"), "20260401T101500-000000Z");
        assert_eq!(name("2026-04-01T10:15:00.25Z"), "20260401T101500-250000Z");
        assert!(BackupName::try_from(name("2026-04-01T10:15:00.000001Z")).is_ok());
    }

    #[test]
    fn a_manifest_that_names_a_file_elsewhere_is_damaged() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join(USAGE)).unwrap();
        let at: Instant = "2026-04-01T00:00:00Z".parse().unwrap();
        let mut backup = Backup {
            format: FORMAT,
            version: String::new(),
            began_at: at,
            finished_at: at,
            positions: BTreeMap::new(),
            usage: usage::Report::default(),
            files: BTreeMap::from([("usage/00000001.wal".to_owned(), BackupFile { bytes: 0, crc32c: 0 })]),
        };
        write_manifest(folder.path(), &backup).unwrap();
        assert_eq!(read_manifest(folder.path()).unwrap(), backup);
        for name in ["../facts.db", "usage/../../x", "/etc/passwd", "usage/", "usage/..", "other", "usage/a\\b"] {
            fs::remove_file(folder.path().join(MANIFEST)).unwrap();
            backup.files = BTreeMap::from([(name.to_owned(), BackupFile { bytes: 0, crc32c: 0 })]);
            write_manifest(folder.path(), &backup).unwrap();
            assert_eq!(read_manifest(folder.path()).expect_err(name).code, "backup_damaged");
        }
    }
}
