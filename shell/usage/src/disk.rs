//! The directory of a store: every access to a file goes through here, so that tests can take the disk away.

use crate::{UsageError, segment::Bytes};
use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

/// A directory with files. What a call did is on the disk only after the matching `sync`.
pub(crate) trait Disk: Send + Sync {
    /// Where a file is, for messages.
    fn path(&self, name: &str) -> PathBuf;
    /// The names of the files.
    fn list(&self) -> io::Result<Vec<String>>;
    /// The bytes of a file.
    fn read(&self, name: &str) -> io::Result<Vec<u8>>;
    /// The first bytes of a file, at most so many.
    fn front(&self, name: &str, bytes: usize) -> io::Result<Vec<u8>>;
    /// The bytes of a file that never changes again, mapped where the system can.
    fn map(&self, name: &str) -> io::Result<Bytes>;
    /// Creates a file, empty, to be written.
    fn create(&self, name: &str) -> io::Result<Box<dyn DiskFile>>;
    /// Opens a file to be written.
    fn open(&self, name: &str) -> io::Result<Box<dyn DiskFile>>;
    /// Gives a file the name of another, which it replaces.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;
    /// Removes a file.
    fn remove(&self, name: &str) -> io::Result<()>;
    /// Makes creations, renames and removals durable.
    fn sync(&self) -> io::Result<()>;
}

/// A file that is being written.
pub(crate) trait DiskFile: Send {
    /// Writes at a place.
    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()>;
    /// Makes the bytes durable.
    fn sync(&mut self) -> io::Result<()>;
}

/// Whether a write failed because there is no room.
pub(crate) fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge)
}

/// Writes a whole file under another name, then gives it its own: it is there whole or not at all.
pub(crate) fn write_whole(disk: &dyn Disk, name: &str, bytes: &[u8]) -> io::Result<()> {
    let new = format!("{name}.new");
    let mut file = disk.create(&new)?;
    file.write_at(0, bytes)?;
    file.sync()?;
    drop(file);
    disk.rename(&new, name)?;
    disk.sync()
}

/// A file as something to write to from its beginning.
pub(crate) struct Stream {
    file: Box<dyn DiskFile>,
    at: u64,
}

impl Stream {
    pub(crate) fn new(file: Box<dyn DiskFile>) -> Self {
        Self { file, at: 0 }
    }

    pub(crate) fn sync(&mut self) -> io::Result<()> {
        self.file.sync()
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write_at(self.at, bytes)?;
        self.at += bytes.len() as u64;
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A directory of the operating system, locked while it is open.
pub(crate) struct RealDisk {
    dir: PathBuf,
    /// Locked as long as it is open.
    _lock: File,
}

/// Why a directory could not be opened.
#[derive(Debug)]
pub(crate) enum OpenDir {
    InUse,
    Failed(io::Error),
}

impl OpenDir {
    /// As an error of the store in this directory.
    pub(crate) fn of(self, dir: &Path) -> UsageError {
        match self {
            Self::InUse => UsageError::InUse { dir: dir.into() },
            Self::Failed(error) => UsageError::Io { path: dir.into(), why: error.to_string() },
        }
    }
}

impl RealDisk {
    /// Opens or creates a directory for one process alone.
    pub(crate) fn open(dir: &Path) -> Result<Self, OpenDir> {
        fs::create_dir_all(dir).map_err(OpenDir::Failed)?;
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(dir.join("lock"));
        let lock = lock.map_err(OpenDir::Failed)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { dir: dir.into(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(OpenDir::InUse),
            Err(TryLockError::Error(error)) => Err(OpenDir::Failed(error)),
        }
    }
}

impl Disk for RealDisk {
    fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }
    fn list(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.dir)? {
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
    fn create(&self, name: &str) -> io::Result<Box<dyn DiskFile>> {
        Ok(Box::new(RealFile(File::create(self.path(name))?)))
    }
    fn open(&self, name: &str) -> io::Result<Box<dyn DiskFile>> {
        Ok(Box::new(RealFile(OpenOptions::new().write(true).open(self.path(name))?)))
    }
    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        fs::rename(self.path(from), self.path(to))
    }
    fn remove(&self, name: &str) -> io::Result<()> {
        fs::remove_file(self.path(name))
    }
    fn sync(&self) -> io::Result<()> {
        File::open(&self.dir)?.sync_all()
    }
}

struct RealFile(File);

impl DiskFile for RealFile {
    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.0.seek(SeekFrom::Start(offset))?;
        self.0.write_all(bytes)
    }
    fn sync(&mut self) -> io::Result<()> {
        self.0.sync_data()
    }
}

/// The first bytes of a file, at most so many.
pub(crate) fn front(path: &Path, bytes: usize) -> io::Result<Vec<u8>> {
    let mut front = Vec::with_capacity(bytes);
    File::open(path)?.take(bytes as u64).read_to_end(&mut front)?;
    Ok(front)
}

/// Copies a file of one directory into another, as far as `bytes`; the copy is durable.
pub(crate) fn copy(from: &Path, to: &Path, bytes: Option<u64>) -> io::Result<u64> {
    let mut source = File::open(from)?.take(bytes.unwrap_or(u64::MAX));
    let mut target = File::create(to)?;
    let copied = io::copy(&mut source, &mut target)?;
    target.sync_all()?;
    Ok(copied)
}
