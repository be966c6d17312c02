//! Copies of a store: made while it is in use, checked, and put back.

use crate::{
    LogStore, UsageError,
    disk::{Disk, RealDisk, copy},
    embedded::Shared,
    manifest::{MANIFEST, Manifest, sealed},
    segment::Segment,
    wal::{check_part, wal_name},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{
    fs::{self, File},
    io,
    path::Path,
    sync::Arc,
};

/// What was found in a store or a copy of one, all of it read and compared with its checksums.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// How many segments there are.
    pub segments: usize,
    /// Events in segments.
    pub segment_rows: u64,
    /// Bytes of the segments.
    pub segment_bytes: u64,
    /// Log files.
    pub logs: usize,
    /// Records in them.
    pub log_records: u64,
    /// Bytes of a record that was being written when the power failed: nobody was answered for it.
    pub torn_bytes: u64,
    /// Tenants.
    pub tenants: usize,
    /// Positions of all tenants together: events and corrections.
    pub positions: u64,
    /// What is in quarantine.
    pub quarantined: usize,
}

impl LogStore {
    /// Copies the store into a directory, which must be new or empty, while it is in use. The copy is what was durable at one
    /// moment after the call began; it is a store itself.
    ///
    /// # Errors
    /// [`UsageError::Io`].
    pub fn backup(&self, dir: impl AsRef<Path>) -> Result<Report, UsageError> {
        let dir = dir.as_ref();
        empty(dir)?;
        let shared = &*self.shared;
        // as long as this is held, no log file goes and the manifest says what it says
        let maintenance = shared.maintenance();
        let manifest = maintenance.manifest.clone();
        let segments = shared.segments();
        let sides = Arc::clone(&shared.lock().sides);
        let logs = shared.durable_logs();
        for (number, bytes) in logs {
            copy_file(shared, dir, &wal_name(number), Some(bytes))?;
        }
        drop(maintenance);
        // segments and side files never change; a segment is removed only when nobody holds it
        for open in segments.iter() {
            copy_file(shared, dir, &open.file, None)?;
        }
        for side in sides.iter() {
            copy_file(shared, dir, &side.entry.file, None)?;
        }
        let path = dir.join(MANIFEST);
        let io = |error: io::Error| UsageError::Io { path: path.clone(), why: error.to_string() };
        fs::write(&path, sealed(&manifest)).map_err(io)?;
        File::open(&path).and_then(|file| file.sync_all()).map_err(io)?;
        File::open(dir).and_then(|file| file.sync_all()).map_err(io)?;
        verify(dir)
    }

    /// Reads every byte that is durable, and compares every checksum, while the store is in use: nothing waits for it but the
    /// removal of log files whose events became segments meanwhile.
    ///
    /// # Errors
    /// [`UsageError::Damaged`] with file and offset of the first thing that is not what was written; [`UsageError::Io`].
    pub fn verify(&self) -> Result<Report, UsageError> {
        let shared = &*self.shared;
        let mut report = Report::default();
        // as long as this is held, no log file goes and the manifest says what it says
        let maintenance = shared.maintenance();
        let there = Manifest::read(&*shared.disk)?.unwrap_or_default();
        let known = &maintenance.manifest;
        if (&there.segments, &there.sides, there.first_wal) != (&known.segments, &known.sides, known.first_wal) {
            let why = "the manifest is not what was written".into();
            return Err(UsageError::Damaged { file: shared.disk.path(MANIFEST), offset: 0, why });
        }
        let (segments, sides) = {
            let state = shared.lock();
            report.tenants = state.tenants.len();
            report.positions = state.tenants.values().map(|known| known.durable_seq).sum();
            report.quarantined = state.tenants.values().map(|known| known.durable_quarantine).sum();
            (Arc::clone(&state.segments), Arc::clone(&state.sides))
        };
        for (number, bytes) in shared.durable_logs() {
            let found = check_part(&*shared.disk, number, bytes)?;
            report.logs += 1;
            report.log_records += found.records;
        }
        drop(maintenance);
        for open in segments.iter() {
            open.segment.verify()?;
            report.count(&open.segment);
        }
        sides.iter().try_for_each(|side| side.verify())?;
        Ok(report)
    }
}

impl Report {
    fn count(&mut self, segment: &Segment) {
        self.segments += 1;
        self.segment_rows += u64::from(segment.meta().rows);
        self.segment_bytes += segment.meta().bytes;
    }
}

fn copy_file(shared: &Shared, dir: &Path, name: &str, bytes: Option<u64>) -> Result<(), UsageError> {
    let from = shared.disk.path(name);
    copy(&from, &dir.join(name), bytes)
        .map(|_| ())
        .map_err(|error| UsageError::Io { path: from, why: error.to_string() })
}

/// Makes sure that a directory is there and has nothing in it.
fn empty(dir: &Path) -> Result<(), UsageError> {
    let io = |error: io::Error| UsageError::Io { path: dir.into(), why: error.to_string() };
    fs::create_dir_all(dir).map_err(io)?;
    if fs::read_dir(dir).map_err(io)?.next().is_some() {
        return Err(UsageError::Io { path: dir.into(), why: "there is something in the directory".into() });
    }
    Ok(())
}

/// Checks a copy and puts it into a directory, which must be new or empty.
///
/// # Errors
/// [`UsageError::Damaged`] when the copy is not what was written: then nothing was put anywhere. [`UsageError::Io`].
pub fn restore(backup: impl AsRef<Path>, to: impl AsRef<Path>) -> Result<Report, UsageError> {
    let (backup, to) = (backup.as_ref(), to.as_ref());
    verify(backup)?;
    empty(to)?;
    let io = |error: io::Error| UsageError::Io { path: to.into(), why: error.to_string() };
    let mut names: Vec<_> = fs::read_dir(backup).map_err(io)?.flatten().map(|entry| entry.file_name()).collect();
    // the manifest comes last: without it the directory is no store
    names.sort_by_key(|name| name == MANIFEST);
    for name in names {
        if name != "lock" {
            copy(&backup.join(&name), &to.join(&name), None).map_err(io)?;
        }
    }
    File::open(to).and_then(|file| file.sync_all()).map_err(io)?;
    verify(to)
}

/// Reads every byte of a store that nobody has open, and compares every checksum. Nothing is changed.
///
/// # Errors
/// [`UsageError::Damaged`] with file and offset of the first thing that is not what was written; [`UsageError::InUse`];
/// [`UsageError::Io`].
pub fn verify(dir: impl AsRef<Path>) -> Result<Report, UsageError> {
    let dir = dir.as_ref();
    let io = |why: String| UsageError::Io { path: dir.into(), why };
    if !dir.join(MANIFEST).exists() {
        return Err(io("there is no usage store in the directory".into()));
    }
    let disk = RealDisk::open(dir).map_err(|error| error.of(dir))?;
    let manifest = Manifest::read(&disk)?.unwrap_or_default();
    let mut report = Report::default();
    for entry in &manifest.segments {
        let segment = Segment::open(&dir.join(&entry.file))?;
        segment.verify()?;
        report.count(&segment);
    }
    // what the log says is judged as when the store is opened
    let disk: Arc<dyn Disk> = Arc::new(disk);
    let (state, recovery) = Shared::read(&disk)?;
    state.sides.iter().try_for_each(|side| side.verify())?;
    report.logs = state.memtables.len();
    report.log_records = recovery.records;
    report.torn_bytes = recovery.torn_bytes;
    report.tenants = state.tenants.len();
    report.positions = state.tenants.values().map(|known| known.durable_seq).sum();
    report.quarantined = state.tenants.values().map(|known| known.durable_quarantine).sum();
    Ok(report)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Seq, UsageStore,
        crash_tests::{act, everything, perform},
        embedded::Options,
        sim::Dice,
    };
    use stdx::Key;

    fn small(dir: &Path) -> LogStore {
        open(dir, true)
    }

    /// A store that fills segments soon; without threads, nothing in its directory changes between two calls.
    fn open(dir: &Path, threads: bool) -> LogStore {
        let disk = RealDisk::open(dir).unwrap();
        let options = Options { rows: 20, wal_bytes: 4096, fan_in: 3, threads, ..Options::default() };
        LogStore::open_on(Arc::new(disk), options).unwrap()
    }

    #[test]
    fn a_copy_made_under_load_is_a_store_of_one_moment() {
        let folder = tempfile::tempdir().unwrap();
        let store = small(&folder.path().join("store"));
        let us = Key::try_from("us").unwrap();
        let is_done = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let mut dice = Dice::new(3);
                while !is_done.load(std::sync::atomic::Ordering::Relaxed) {
                    perform(&store, &act(&mut dice)).unwrap();
                }
            });
            for number in 0..5 {
                std::thread::sleep(std::time::Duration::from_millis(30));
                let before = store.watermark(&us).unwrap();
                let copy = folder.path().join(format!("copy-{number}"));
                let report = store.backup(&copy).unwrap();
                let target = folder.path().join(format!("restored-{number}"));
                assert_eq!(restore(&copy, &target).unwrap(), report);
                let restored = small(&target);
                let watermark = restored.watermark(&us).unwrap();
                assert!(watermark >= before);
                assert_eq!(restored.changes(&us, Seq::ZERO, usize::MAX).unwrap().len() as u64, watermark.0);
            }
            is_done.store(true, std::sync::atomic::Ordering::Relaxed);
        });
    }

    #[test]
    fn a_copy_says_what_the_store_says_and_a_damaged_one_is_not_put_back() {
        let folder = tempfile::tempdir().unwrap();
        let store = small(&folder.path().join("store"));
        let mut dice = Dice::new(5);
        for _ in 0..80 {
            perform(&store, &act(&mut dice)).unwrap();
        }
        let copy = folder.path().join("copy");
        let report = store.backup(&copy).unwrap();
        assert!(report.segments > 0 && report.positions > 0);
        assert_eq!(everything(&small(&copy)), everything(&store));
        assert!(matches!(store.backup(&copy), Err(UsageError::Io { .. })));
        let file = fs::read_dir(&copy)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .find(|path| path.extension().is_some_and(|end| end == "seg"))
            .unwrap();
        let mut bytes = fs::read(&file).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 4;
        fs::write(&file, bytes).unwrap();
        let Err(UsageError::Damaged { file: named, .. }) = restore(&copy, folder.path().join("target")) else {
            panic!()
        };
        assert_eq!(named, file);
        assert!(!folder.path().join("target").exists());
    }

    #[test]
    fn a_store_is_verified_while_it_is_in_use_and_damage_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let store = small(folder.path());
        let is_done = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let mut dice = Dice::new(7);
                while !is_done.load(std::sync::atomic::Ordering::Relaxed) {
                    perform(&store, &act(&mut dice)).unwrap();
                }
            });
            for _ in 0..20 {
                std::thread::sleep(std::time::Duration::from_millis(10));
                store.verify().unwrap();
            }
            is_done.store(true, std::sync::atomic::Ordering::Relaxed);
        });
    }

    #[test]
    fn damage_of_a_log_is_named_while_the_store_is_in_use() {
        let folder = tempfile::tempdir().unwrap();
        let store = open(folder.path(), false);
        let mut dice = Dice::new(7);
        let mut report = Report::default();
        while report.segments == 0 || report.log_records == 0 {
            perform(&store, &act(&mut dice)).unwrap();
            report = store.verify().unwrap();
        }
        assert!(report.positions > 0);
        let (number, _) = store.shared.durable_logs()[0];
        let log = folder.path().join(wal_name(number));
        // the file is changed where it is: it is mapped
        let mut bytes = fs::read(&log).unwrap();
        bytes[60] ^= 4;
        fs::write(&log, bytes).unwrap();
        assert!(matches!(store.verify(), Err(UsageError::Damaged { file, .. }) if file == log));
    }

    #[test]
    fn a_directory_without_a_store_is_no_copy() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(verify(folder.path()), Err(UsageError::Io { .. })));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
