//! Where it was measured: numbers say little without it.

use serde::Serialize;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::time::Instant;

/// How often the disk is asked.
const FLUSHES: usize = 200;
const BLOCK: usize = 4096;

/// The machine, as far as it tells.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Machine {
    /// Model of the processor.
    pub(crate) cpu: String,
    /// Cores that this process may use.
    pub(crate) cores: usize,
    /// Bytes of memory.
    pub(crate) memory: u64,
    /// The kernel's release.
    pub(crate) kernel: String,
    /// The file system of the data.
    pub(crate) file_system: String,
    /// Microseconds until 4 KiB that were appended to a file are on the disk: the median.
    pub(crate) fsync_median_us: u64,
    /// The same of which 99 of 100 are faster.
    pub(crate) fsync_p99_us: u64,
    /// How many processes wanted to run before the benchmark began, on average of a minute.
    pub(crate) load_before: String,
}

impl Machine {
    /// Asks the system, and measures the disk of this folder.
    ///
    /// # Errors
    /// When the folder cannot be written to.
    pub(crate) fn look(folder: &Path) -> Result<Self, String> {
        let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
        let line = |text: &str, name: &str| {
            let value = text.lines().find(|line| line.starts_with(name)).and_then(|line| line.split_once(':'));
            value.map_or_else(String::new, |(_, value)| value.trim().to_owned())
        };
        let memory = line(&read("/proc/meminfo"), "MemTotal");
        let kib: u64 = memory.split(' ').next().and_then(|number| number.parse().ok()).unwrap_or(0);
        let flushes = flushes(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        Ok(Self {
            cpu: line(&read("/proc/cpuinfo"), "model name"),
            cores: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            memory: kib * 1024,
            kernel: read("/proc/sys/kernel/osrelease").trim().to_owned(),
            file_system: file_system(&read("/proc/self/mountinfo"), folder),
            fsync_median_us: flushes[FLUSHES / 2],
            fsync_p99_us: flushes[FLUSHES * 99 / 100],
            load_before: read("/proc/loadavg").split(' ').next().unwrap_or_default().to_owned(),
        })
    }

    /// For people.
    pub(crate) fn text(&self) -> String {
        format!(
            "{}, {} cores, {} MiB of memory, kernel {}\n{}, append and fdatasync of 4 KiB: median {} us, p99 {} us; load before: {}\n",
            self.cpu,
            self.cores,
            self.memory >> 20,
            self.kernel,
            self.file_system,
            self.fsync_median_us,
            self.fsync_p99_us,
            self.load_before
        )
    }
}

/// Microseconds of each flush, sorted.
fn flushes(folder: &Path) -> io::Result<Vec<u64>> {
    let path = folder.join("flushes");
    let mut file = OpenOptions::new().create(true).append(true).open(&path)?;
    let mut times = Vec::with_capacity(FLUSHES);
    for _ in 0..FLUSHES {
        let began = Instant::now();
        file.write_all(&[7; BLOCK])?;
        file.sync_data()?;
        times.push(u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX));
    }
    fs::remove_file(&path)?;
    times.sort_unstable();
    Ok(times)
}

/// The type of the file system that holds a folder.
fn file_system(mounts: &str, folder: &Path) -> String {
    let folder = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    let known = mounts.lines().filter_map(|line| {
        let (place, kind) = line.split_once(" - ")?;
        Some((place.split(' ').nth(4)?, kind.split(' ').next()?))
    });
    let holding = known.filter(|(place, _)| folder.starts_with(place)).max_by_key(|(place, _)| place.len());
    holding.map_or_else(|| "unknown file system".to_owned(), |(_, kind)| kind.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_mount_says_the_file_system() {
        let mounts = "22 1 254:0 / / rw - ext4 /dev/vda rw\n30 22 0:5 / /dev rw shared:1 - devtmpfs none rw\n";
        assert_eq!(file_system(mounts, Path::new("/dev")), "devtmpfs");
        assert_eq!(file_system(mounts, Path::new("/")), "ext4");
        assert_eq!(file_system("", Path::new("/")), "unknown file system");
    }

    #[test]
    fn the_disk_is_measured_and_left_as_it_was() {
        let folder = tempfile::tempdir().expect("a folder");
        let machine = Machine::look(folder.path()).expect("a machine");
        assert!(machine.cores > 0 && machine.fsync_median_us <= machine.fsync_p99_us);
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 0);
    }
}
