//! What is in the directory of a store, also while a process uses it and also when the store does not open. Nothing on the disk is
//! changed: not even the lock is created.

use crate::{
    LogStore, UsageError, UsageStore,
    disk::{Disk, DiskFile, front},
    embedded::Options,
    manifest::Manifest,
    segment::{Bytes, Segment},
    side::SideFile,
    wal::{self, Found, wal_name, wal_number},
};
use calendar::Instant;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use stdx::Key;

/// How often a directory that changes while it is read is read again.
const TRIES: u32 = 20;
/// How long a running process is given to finish what was seen half done.
const PAUSE: Duration = Duration::from_millis(25);
/// Entries of the quarantine that are read at once.
const PAGE: usize = 1_000;

/// What is in the directory of a store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Survey {
    /// Who has the store open.
    pub holder: Holder,
    /// Whether there is a manifest: without one, no store was made here.
    pub has_manifest: bool,
    /// Segments that the store consists of, by how often their rows were merged.
    pub levels: Vec<Level>,
    /// Log files that hold what is not in segments yet, in order.
    pub logs: Vec<Log>,
    /// Files with corrections and with what is in quarantine.
    pub sides: Files,
    /// Files that are ready to become log files.
    pub spares: Files,
    /// Files that nothing refers to any more: the next start removes them.
    pub leftovers: Files,
    /// What is in the store, by tenant; nothing where it cannot be opened.
    pub tenants: Vec<Tenant>,
    /// Everything that is not what was written. It is found by opening every file; `verify` also reads all of each segment.
    pub damage: Vec<Damage>,
}

/// Who has the directory open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Holder {
    /// Nobody.
    Nobody,
    /// A process.
    Process {
        /// Its number, where the operating system says it.
        pid: Option<u32>,
    },
}

/// Segments of one level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Level {
    /// How often their rows were merged.
    pub level: u32,
    /// How many segments.
    pub segments: usize,
    /// Versions of events in them.
    pub rows: u64,
    /// Their size.
    pub bytes: u64,
    /// When the first of their events happened.
    pub first_at: Instant,
    /// When the last of their events happened.
    pub last_at: Instant,
}

/// A log file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Log {
    /// Its name.
    pub file: String,
    /// Its size, with the room that is kept for what comes.
    pub bytes: u64,
    /// How much of it is durable.
    pub used: u64,
    /// Records in it.
    pub records: u64,
    /// Bytes of a record that was being written when the process ended: the next start cuts them off. Nobody was answered for it.
    pub torn_bytes: u64,
}

/// Some files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Files {
    /// How many.
    pub files: usize,
    /// Their size.
    pub bytes: u64,
}

/// What a store has of a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tenant {
    /// Whose it is.
    pub tenant: Key,
    /// The position of the last version of an event.
    pub position: u64,
    /// Events that count now.
    pub events: u64,
    /// When the newest of them happened.
    pub newest_event: Option<Instant>,
    /// When the last version was received or recorded.
    pub newest_received: Option<Instant>,
    /// What stands in quarantine and was not accepted since, by the code of its problem.
    pub waiting: BTreeMap<String, u64>,
    /// What stands in quarantine and was accepted since.
    pub mended: u64,
}

/// Something that is not what was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Damage {
    /// The file or directory.
    pub file: PathBuf,
    /// Where in it the first thing that does not fit begins; nothing where it cannot be read at all.
    pub offset: Option<u64>,
    /// What does not fit.
    pub why: String,
}

/// Says what is in the directory of a store, and changes nothing. While a process uses it, it is what was there at one moment.
///
/// # Errors
/// [`UsageError::Io`] when the directory cannot be listed; damaged files are part of the answer.
pub fn survey(dir: impl AsRef<Path>) -> Result<Survey, UsageError> {
    let dir = dir.as_ref();
    settled(dir, || {
        let survey = survey_once(dir)?;
        let is_settled = survey.damage.is_empty();
        Ok((survey, is_settled))
    })
}

/// Opens a store to be asked only, also while a process uses it: it answers as of now and takes nothing
/// ([`UsageError::Stopped`]). Nothing on the disk is changed.
///
/// # Errors
/// As [`LogStore::open`], but never [`UsageError::InUse`]; [`UsageError::Io`] where there is no store.
pub fn look(dir: impl AsRef<Path>) -> Result<LogStore, UsageError> {
    let dir = dir.as_ref();
    let found = settled(dir, || {
        let opened = look_once(dir);
        let is_settled = opened.is_ok();
        Ok((opened, is_settled))
    });
    found?
}

/// What is read of files that a running process changes can contradict itself. Then it is read again; damage stays.
fn settled<T>(dir: &Path, read: impl Fn() -> Result<(T, bool), UsageError>) -> Result<T, UsageError> {
    let mut tries = 0;
    loop {
        tries += 1;
        let (found, is_settled) = read()?;
        if is_settled || tries == TRIES || holder(dir) == Holder::Nobody {
            return Ok(found);
        }
        std::thread::sleep(PAUSE);
    }
}

fn look_once(dir: &Path) -> Result<LogStore, UsageError> {
    let disk: Arc<dyn Disk> = Arc::new(Glass(dir.into()));
    if Manifest::read(&*disk)?.is_none() {
        return Err(UsageError::Io { path: dir.into(), why: "there is no usage store in the directory".into() });
    }
    let store = LogStore::open_on(disk, Options { threads: false, ..Options::default() })?;
    // nothing failed: nobody is to be told
    store.shared.lock().stopped = Some("it was opened to be looked at".into());
    Ok(store)
}

fn survey_once(dir: &Path) -> Result<Survey, UsageError> {
    let disk = Glass(dir.into());
    let names = disk.list().map_err(|error| UsageError::Io { path: dir.into(), why: error.to_string() })?;
    let mut damage = Vec::new();
    let found = Manifest::read(&disk).unwrap_or_else(|error| {
        damage.push(Damage::of(error));
        None
    });
    let has_manifest = names.iter().any(|name| name == crate::manifest::MANIFEST);
    let manifest = found.unwrap_or_default();
    let levels = levels(&disk, &manifest, &mut damage);
    let logs = logs(&disk, &names, manifest.first_wal, &mut damage);
    for side in &manifest.sides {
        let glass: Arc<dyn Disk> = Arc::new(Glass(dir.into()));
        damage.extend(SideFile::open(&glass, side).and_then(|side| side.verify()).err().map(Damage::of));
    }
    let size = |name: &String| fs::metadata(disk.path(name)).map_or(0, |found| found.len());
    let sum = |files: Vec<&String>| Files { files: files.len(), bytes: files.into_iter().map(size).sum() };
    let sides: Vec<&String> = manifest.sides.iter().map(|entry| &entry.file).collect();
    let known: BTreeSet<&String> = manifest.segments.iter().map(|entry| &entry.file).chain(sides.clone()).collect();
    let is_left = |name: &&String| {
        let is_ours = [".seg", ".side", ".new"].iter().any(|end| name.ends_with(end));
        let old_log = wal_number(name).is_some_and(|number| number < manifest.first_wal);
        let is_known = known.contains(*name) || is_spare(name);
        has_manifest && (old_log || (is_ours && !is_known))
    };
    let mut survey = Survey {
        holder: holder(dir),
        has_manifest,
        levels,
        logs,
        sides: sum(sides),
        spares: sum(names.iter().filter(|name| is_spare(name)).collect()),
        leftovers: sum(names.iter().filter(is_left).collect()),
        tenants: Vec::new(),
        damage,
    };
    if has_manifest && survey.damage.is_empty() {
        match look_once(dir).and_then(|store| tenants(&store)) {
            Ok(tenants) => survey.tenants = tenants,
            Err(error) => survey.damage.push(Damage::of(error)),
        }
    }
    Ok(survey)
}

fn is_spare(name: &str) -> bool {
    name == "spare.new"
}

fn levels(disk: &Glass, manifest: &Manifest, damage: &mut Vec<Damage>) -> Vec<Level> {
    let mut levels: BTreeMap<u32, Level> = BTreeMap::new();
    for entry in &manifest.segments {
        let segment = match Segment::open(&disk.path(&entry.file)) {
            Ok(segment) => segment,
            Err(error) => {
                damage.push(Damage::of(error));
                continue;
            }
        };
        let meta = segment.meta();
        let first_at = meta.tenants.iter().map(|extent| extent.first_at).min().map_or(Instant::MAX, instant);
        let last_at = meta.tenants.iter().map(|extent| extent.last_at).max().map_or(Instant::MIN, instant);
        let none = Level { level: entry.level, segments: 0, rows: 0, bytes: 0, first_at, last_at };
        let level = levels.entry(entry.level).or_insert(none);
        level.segments += 1;
        level.rows += u64::from(meta.rows);
        level.bytes += meta.bytes;
        level.first_at = level.first_at.min(first_at);
        level.last_at = level.last_at.max(last_at);
    }
    levels.into_values().collect()
}

/// A time that a checksum has found to be what was written, which was an event's.
fn instant(micros: i64) -> Instant {
    Instant::from_micros(micros).unwrap_or(if micros < 0 { Instant::MIN } else { Instant::MAX })
}

fn logs(disk: &Glass, names: &[String], first: u64, damage: &mut Vec<Damage>) -> Vec<Log> {
    let mut numbers: Vec<u64> = names.iter().filter_map(|name| wal_number(name)).collect();
    numbers.retain(|number| *number >= first);
    numbers.sort_unstable();
    let (mut found, mut is_last) = (Vec::new(), true);
    for number in numbers.into_iter().rev() {
        match wal::look(disk, number, is_last) {
            Ok(Found { records, used, capacity, torn, .. }) => {
                is_last &= records == 0 && torn == 0;
                found.push(Log { file: wal_name(number), bytes: capacity, used, records, torn_bytes: torn });
            }
            Err(error) => {
                is_last = false;
                damage.push(Damage::of(error));
            }
        }
    }
    found.reverse();
    found
}

fn tenants(store: &LogStore) -> Result<Vec<Tenant>, UsageError> {
    let known: BTreeSet<Key> = store.shared.lock().tenants.keys().cloned().collect();
    known.into_iter().map(|tenant| tenant_of(store, tenant)).collect()
}

fn tenant_of(store: &LogStore, tenant: Key) -> Result<Tenant, UsageError> {
    let position = store.watermark(&tenant)?;
    let last = store.changes(&tenant, crate::Seq(position.0.saturating_sub(1)), 1)?;
    let activity = store.activity(&tenant)?;
    let (mut waiting, mut mended, mut place) = (BTreeMap::new(), 0, 0);
    loop {
        let page = store.quarantine(&tenant, place, PAGE)?;
        if page.is_empty() {
            break;
        }
        place += page.len();
        for kept in page {
            match kept.mended {
                Some(_) => mended += 1,
                None => *waiting.entry(kept.problem.code).or_insert(0) += 1,
            }
        }
    }
    Ok(Tenant {
        position: position.0,
        events: activity.iter().map(|one| one.count).sum(),
        newest_event: activity.iter().map(|one| one.last_at).max(),
        newest_received: last.first().map(|version| version.recorded_at),
        waiting,
        mended,
        tenant,
    })
}

impl Damage {
    fn of(error: UsageError) -> Self {
        match error {
            UsageError::Damaged { file, offset, why } => Self { file, offset: Some(offset), why },
            UsageError::Io { path: file, why } => Self { file, offset: None, why },
            UsageError::InUse { dir } => Self { file: dir, offset: None, why: "it is in use".into() },
            other @ (UsageError::Stopped { .. }
            | UsageError::DiskFull { .. }
            | UsageError::Busy { .. }
            | UsageError::Server(_)
            | UsageError::TooManyWindows { .. }
            | UsageError::Quantity { .. }) => Self { file: PathBuf::new(), offset: None, why: other.to_string() },
        }
    }
}

/// Who has the directory open. The lock is not kept, so that whoever wants to open the store can.
fn holder(dir: &Path) -> Holder {
    let Ok(lock) = File::open(dir.join("lock")) else { return Holder::Nobody };
    if let Some(pid) = locked_by(&lock) {
        return Holder::Process { pid: Some(pid) };
    }
    match lock.try_lock_shared() {
        Err(TryLockError::WouldBlock) => Holder::Process { pid: None },
        Ok(()) | Err(TryLockError::Error(_)) => Holder::Nobody,
    }
}

/// The process that has a file locked, where the operating system lists locks: `1: FLOCK ADVISORY WRITE 4711 fe:00:1234 0 EOF`.
#[cfg(target_os = "linux")]
fn locked_by(lock: &File) -> Option<u32> {
    use std::os::unix::fs::MetadataExt;
    let inode = lock.metadata().ok()?.ino().to_string();
    let listed = fs::read_to_string("/proc/locks").ok()?;
    let pid = |line: &str| -> Option<u32> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let at = words.iter().position(|word| *word == "FLOCK")?;
        let (held, pid) = (words.get(at + 4)?, words.get(at + 3)?);
        let fits = words.get(at + 2) == Some(&"WRITE") && held.rsplit(':').next() == Some(inode.as_str());
        // a process of another container has no number here
        if fits { pid.parse().ok().filter(|pid| *pid > 0) } else { None }
    };
    let pid = listed.lines().find_map(pid)?;
    // numbers of files repeat on other disks
    let opened = fs::read_dir(format!("/proc/{pid}/fd")).ok()?.flatten().any(|entry| {
        let (Ok(theirs), Ok(ours)) = (fs::metadata(entry.path()), lock.metadata()) else { return false };
        (theirs.dev(), theirs.ino()) == (ours.dev(), ours.ino())
    });
    opened.then_some(pid)
}

#[cfg(not(target_os = "linux"))]
fn locked_by(_: &File) -> Option<u32> {
    None
}

/// A directory behind glass: what is read is what is there, what would be written is forgotten.
struct Glass(PathBuf);

impl Disk for Glass {
    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
    fn list(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.0)? {
            names.extend(entry?.file_name().into_string());
        }
        names.sort_unstable();
        Ok(names)
    }
    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        fs::read(self.path(name))
    }
    fn front(&self, name: &str, bytes: usize) -> io::Result<Vec<u8>> {
        front(&self.path(name), bytes)
    }
    fn map(&self, name: &str) -> io::Result<Bytes> {
        Bytes::map(&File::open(self.path(name))?)
    }
    fn create(&self, _: &str) -> io::Result<Box<dyn DiskFile>> {
        Ok(Box::new(Forgotten))
    }
    fn open(&self, _: &str) -> io::Result<Box<dyn DiskFile>> {
        Ok(Box::new(Forgotten))
    }
    fn rename(&self, _: &str, _: &str) -> io::Result<()> {
        Ok(())
    }
    fn remove(&self, _: &str) -> io::Result<()> {
        Ok(())
    }
    fn sync(&self) -> io::Result<()> {
        Ok(())
    }
}

struct Forgotten;

impl DiskFile for Forgotten {
    fn write_at(&mut self, _: u64, _: &[u8]) -> io::Result<()> {
        Ok(())
    }
    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        crash_tests::{act, everything, perform},
        disk::RealDisk,
        sim::Dice,
    };

    fn small(dir: &Path) -> LogStore {
        let options = Options { rows: 20, wal_bytes: 4096, fan_in: 3, ..Options::default() };
        LogStore::open_on(Arc::new(RealDisk::open(dir).unwrap()), options).unwrap()
    }

    fn fill(store: &LogStore, seed: u64) {
        let mut dice = Dice::new(seed);
        for _ in 0..80 {
            perform(store, &act(&mut dice)).unwrap();
        }
    }

    /// Every file with its bytes.
    fn files(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
        let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
        entries.map(|path| (path.clone(), fs::read(path).unwrap())).collect()
    }

    #[test]
    fn a_store_is_looked_at_while_it_is_used_and_after_and_nothing_is_changed() {
        let folder = tempfile::tempdir().unwrap();
        let store = small(folder.path());
        fill(&store, 7);
        let surveyed = survey(folder.path()).unwrap();
        assert_eq!(surveyed.holder, Holder::Process { pid: cfg!(target_os = "linux").then(std::process::id) });
        assert_eq!(surveyed.damage, []);
        let said = everything(&store);
        assert_eq!(everything(&look(folder.path()).unwrap()), said);
        drop(store);
        let before = files(folder.path());
        let surveyed = survey(folder.path()).unwrap();
        assert_eq!(surveyed.holder, Holder::Nobody);
        assert!(surveyed.levels.iter().map(|level| level.rows).sum::<u64>() > 0);
        assert!(surveyed.tenants.iter().all(|tenant| tenant.position > 0 && tenant.newest_received.is_some()));
        let looked = look(folder.path()).unwrap();
        assert_eq!(everything(&looked), said);
        let refused = looked.ingest(&Key::try_from("us").unwrap(), Vec::new(), Instant::MIN);
        assert!(matches!(refused, Err(UsageError::Stopped { .. })), "{refused:?}");
        drop(looked);
        assert!(files(folder.path()) == before, "a look changes nothing");
    }

    #[test]
    fn a_store_that_changes_while_it_is_looked_at_is_never_called_damaged() {
        let folder = tempfile::tempdir().unwrap();
        let store = small(folder.path());
        let is_done = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let mut dice = Dice::new(11);
                while !is_done.load(std::sync::atomic::Ordering::Relaxed) {
                    perform(&store, &act(&mut dice)).unwrap();
                }
            });
            let surveys: Vec<Survey> = (0..10).map(|_| survey(folder.path()).unwrap()).collect();
            is_done.store(true, std::sync::atomic::Ordering::Relaxed);
            for surveyed in surveys {
                assert_eq!(surveyed.damage, []);
            }
        });
    }

    #[test]
    fn damage_is_named_with_its_place_and_what_is_torn_is_not_damage() {
        let folder = tempfile::tempdir().unwrap();
        let store = small(folder.path());
        fill(&store, 13);
        drop(store);
        let (sound, files) = (survey(folder.path()).unwrap(), files(folder.path()));
        let Some((segment, bytes)) = files.iter().find(|(path, _)| path.extension().is_some_and(|end| end == "seg"))
        else {
            panic!("no segment")
        };
        let mut changed = bytes.clone();
        let at = changed.len() - 40;
        changed[at] ^= 1;
        fs::write(segment, changed).unwrap();
        let surveyed = survey(folder.path()).unwrap();
        let named: Vec<(&PathBuf, bool)> =
            surveyed.damage.iter().map(|damage| (&damage.file, damage.offset.is_some())).collect();
        assert_eq!(named, [(segment, true)]);
        assert!(surveyed.tenants.is_empty() && surveyed.logs == sound.logs);
        fs::write(segment, bytes).unwrap();

        // a record that the power cut off in the middle
        let last = sound.logs.last().unwrap();
        let (log, used) = (folder.path().join(&last.file), usize::try_from(last.used).unwrap());
        let mut bytes = fs::read(&log).unwrap();
        bytes.truncate(used);
        bytes.extend_from_slice(b"CFR\x02\x05");
        fs::write(&log, bytes).unwrap();
        let torn = survey(folder.path()).unwrap();
        assert_eq!((torn.damage.as_slice(), torn.logs.last().unwrap().torn_bytes), (&[][..], 5));
        assert_eq!(torn.tenants, sound.tenants);
    }

    #[test]
    fn a_directory_without_a_store_has_none_and_gets_none() {
        let folder = tempfile::tempdir().unwrap();
        let surveyed = survey(folder.path()).unwrap();
        assert!(!surveyed.has_manifest && surveyed.damage.is_empty());
        assert!(matches!(look(folder.path()), Err(UsageError::Io { .. })));
        assert!(matches!(survey(folder.path().join("missing")), Err(UsageError::Io { .. })));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
