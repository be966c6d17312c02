//! Putting a backup back.

use crate::backup::{Backup, damaged, failed, read_manifest, summed, sync_dir};
use crate::verify::{Kind, Verification, verify};
use crate::{EngineError, USAGE};
use std::fs::{self, File};
use std::io;
use std::path::Path;
use stdx::Problem;

/// The file that stands in a directory until everything of a backup is in it.
const MARK: &str = "restoring";

/// Reads all of a backup, and puts it into a directory that must not exist, or be empty. Either all of it is there in the end or
/// nothing; what a power failure leaves in between is no data directory, and [`Engine::open`](crate::Engine::open) says so.
pub fn restore(from: &Path, to: &Path) -> Result<Backup, EngineError> {
    let verification = verify(from)?;
    if verification.kind != Kind::Backup {
        let problem = Problem::new("not_a_backup", "This is not a backup")
            .detail(format!("{}: there is no backup.json", from.display()))
            .mend("name a directory that `counterfoil backup` made");
        return Err(EngineError::Conflict(problem));
    }
    if let Some(first) = Verification::findings(&verification).next() {
        return Err(EngineError::Failed(first.clone()));
    }
    let backup = read_manifest(from).map_err(EngineError::Failed)?;
    let had_directory = to.is_dir();
    fs::create_dir_all(to).map_err(|error| failed(to, &error))?;
    if fs::read_dir(to).map_err(|error| failed(to, &error))?.next().is_some() {
        let problem = Problem::new("restore_target_not_empty", "There is something in the directory")
            .detail(to.display().to_string())
            .mend("restore into a new or empty directory");
        return Err(EngineError::Conflict(problem));
    }
    let restored = copy_all(&backup, from, to);
    if restored.is_err() {
        take_back(to, had_directory);
    }
    restored.map(|()| backup)
}

fn copy_all(backup: &Backup, from: &Path, to: &Path) -> Result<(), EngineError> {
    let io = |error: io::Error| failed(to, &error);
    File::create_new(to.join(MARK)).and_then(|mark| mark.sync_all()).and_then(|()| sync_dir(to)).map_err(io)?;
    fs::create_dir(to.join(USAGE)).map_err(io)?;
    for (name, said) in &backup.files {
        let (source, target) = (from.join(name), to.join(name));
        let opened = File::open(&source).map_err(|error| failed(&source, &error))?;
        let mut written = File::create_new(&target).map_err(|error| failed(&target, &error))?;
        let found = summed(opened, &mut written).and_then(|found| written.sync_all().map(|()| found));
        if found.map_err(|error| failed(&target, &error))? != *said {
            return Err(EngineError::Failed(damaged(&source, None, "it was changed while it was restored")));
        }
    }
    sync_dir(&to.join(USAGE)).and_then(|()| sync_dir(to)).map_err(io)?;
    fs::remove_file(to.join(MARK)).and_then(|()| sync_dir(to)).map_err(io)
}

/// Leaves the directory as it was found: empty, or not there. The mark goes last.
fn take_back(to: &Path, had_directory: bool) {
    let _ = fs::remove_dir_all(to.join(USAGE));
    let _ = fs::remove_file(to.join(crate::FACTS));
    let _ = fs::remove_file(to.join(MARK));
    if !had_directory {
        let _ = fs::remove_dir(to);
    }
}

/// Whether a restore was cut off in this directory.
pub(crate) fn is_unfinished(dir: &Path) -> bool {
    dir.join(MARK).exists()
}

pub(crate) fn unfinished(dir: &Path) -> Problem {
    Problem::new("restore_incomplete", "A restore was cut off")
        .detail(format!("{}: not everything of the backup is there", dir.display()))
        .mend("empty the directory and restore again")
}
