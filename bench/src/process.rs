//! What the system tells of processes: computing time and memory. Where there is no `/proc`, nothing is told.

use serde::{Deserialize, Serialize};
use std::fs;

/// Ticks of the counters in `/proc/PID/stat` a second: fixed by the kernel's interface.
const TICKS: u64 = 100;

/// Memory of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Memory {
    /// Its own, in bytes.
    pub(crate) anonymous: u64,
    /// Pages of files that are mapped, in bytes: the system takes them back when it needs them.
    pub(crate) mapped: u64,
}

impl Memory {
    /// Of a process now.
    pub(crate) fn of(pid: u32) -> Self {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        Self { anonymous: field(&status, "RssAnon:"), mapped: field(&status, "RssFile:") }
    }

    /// For people.
    pub(crate) fn text(self) -> String {
        format!("{} MiB of its own, {} MiB of mapped files", self.anonymous >> 20, self.mapped >> 20)
    }
}

/// Bytes in a line `Name:   123 kB`.
fn field(status: &str, name: &str) -> u64 {
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let number = line.and_then(|rest| rest.split_whitespace().next()).and_then(|number| number.parse::<u64>().ok());
    number.unwrap_or(0) * 1024
}

/// Computing time in milliseconds of a process and, where they count too, of those that it started.
pub(crate) fn cpu_millis(pid: u32, children: Children) -> u64 {
    let own = stat(pid);
    let ticks = match children {
        Children::LeftOut => own.map_or(0, |stat| stat.own),
        Children::Counted => {
            let all = fs::read_dir("/proc").into_iter().flatten().flatten();
            let pids = all.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
            let living = pids.filter_map(stat).filter(|stat| stat.parent == pid).map(|stat| stat.own);
            own.map_or(0, |stat| stat.own + stat.ended) + living.sum::<u64>()
        }
    };
    ticks * 1000 / TICKS
}

/// Whether the processes that a process started count too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Children {
    /// They do not.
    LeftOut,
    /// They do: those that live, and those that have ended.
    Counted,
}

struct Stat {
    parent: u32,
    own: u64,
    ended: u64,
}

fn stat(pid: u32) -> Option<Stat> {
    parse(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

fn parse(text: &str) -> Option<Stat> {
    // the name stands in parentheses and may contain anything
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let number = |place: usize| fields.get(place)?.parse::<u64>().ok();
    Some(Stat {
        parent: fields.get(1)?.parse().ok()?,
        own: number(11)? + number(12)?,
        ended: number(13)? + number(14)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_counters_of_a_process_are_read_whatever_its_name() {
        let stat = parse("42 (a) b (c)) S 7 1 1 0 -1 0 1 2 3 4 150 25 3 4 20 0 1").expect("a line of the kernel");
        assert_eq!((stat.parent, stat.own, stat.ended), (7, 175, 7));
        assert!(parse("nothing").is_none());
    }

    #[test]
    fn memory_is_read_in_bytes() {
        assert_eq!(field("VmRSS:\t 9 kB\nRssAnon:\t    12 kB\n", "RssAnon:"), 12 << 10);
        assert_eq!(field("", "RssAnon:"), 0);
    }
}
