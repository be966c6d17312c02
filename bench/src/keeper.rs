//! A server that ends when the benchmark ends, in whatever way: also when it is killed.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Starts the server and says its number. When whoever started it ends, so do its standard input, the server and the folder.
/// A server that has just begun may not hear the signal yet, so it is sent again, and in the end one that cannot be ignored.
const SCRIPT: &str = r#"
trap '' INT TERM HUP
folder=$1; signal=$2; shift 2
"$@" > "$folder/said" 2> "$folder/log" &
server=$!
echo "$server"
while read -r line; do :; done
(for turn in 1 2 3 4 5 6 7 8 9 10; do kill "-$signal" "$server"; sleep 1; done; kill -KILL "$server") &
stopper=$!
wait "$server"
kill -KILL "$stopper"
rm -rf "$folder"
"#;

/// A server that runs.
pub(crate) struct Kept {
    folder: PathBuf,
    keeper: Child,
    pid: u32,
}

impl Kept {
    /// Starts a command whose files are all in a folder of its own, which is removed with it.
    ///
    /// # Errors
    /// What could not be started.
    pub(crate) fn start(folder: &Path, signal: &str, command: &[String]) -> Result<Self, String> {
        let mut keeper = Command::new("sh")
            .args(["-c", SCRIPT, "keeper"])
            .arg(folder)
            .arg(signal)
            .args(command)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("sh cannot be started: {error}"))?;
        let mut said = String::new();
        if let Some(out) = keeper.stdout.take() {
            BufReader::new(out).read_line(&mut said).map_err(|error| format!("sh says nothing: {error}"))?;
        }
        let pid = said.trim().parse().map_err(|_| format!("sh said `{}` and no process", said.trim()))?;
        Ok(Self { folder: folder.to_owned(), keeper, pid })
    }

    /// The server's process.
    pub(crate) const fn pid(&self) -> u32 {
        self.pid
    }

    /// What the server wrote to its standard output.
    pub(crate) fn said(&self) -> String {
        fs::read_to_string(self.folder.join("said")).unwrap_or_default()
    }

    /// The end of what it wrote to its standard error.
    pub(crate) fn log(&self) -> String {
        let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(10)..].join("\n")
    }

    /// Whether it has not ended by itself.
    pub(crate) fn is_running(&self) -> bool {
        // one that has ended stays as a zombie until the keeper asks for it
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.pid)).unwrap_or_default();
        !stat.is_empty() && !stat.contains(") Z ")
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_and_its_folder_end_with_whoever_keeps_it() {
        let above = tempfile::tempdir().expect("a folder");
        let folder = above.path().join("server");
        fs::create_dir(&folder).expect("a folder");
        let command = ["sh", "-c", "echo ready; echo trouble >&2; exec sleep 100"].map(str::to_owned);
        let kept = Kept::start(&folder, "KILL", &command).expect("it starts");
        while kept.said().is_empty() || kept.log().is_empty() {
            std::thread::yield_now();
        }
        assert_eq!((kept.said().trim(), kept.log().as_str(), kept.is_running()), ("ready", "trouble", true));
        let pid = kept.pid();
        drop(kept);
        assert!(!Path::new(&format!("/proc/{pid}")).exists() && !folder.exists());
    }

    #[test]
    fn a_server_that_does_not_hear_the_first_signal_ends_at_the_next() {
        let above = tempfile::tempdir().expect("a folder");
        let folder = above.path().join("server");
        fs::create_dir(&folder).expect("a folder");
        let deaf_at_first = "trap '' USR1; echo ready; sleep 0.5; trap - USR1; exec sleep 100";
        let kept = Kept::start(&folder, "USR1", &["sh", "-c", deaf_at_first].map(str::to_owned)).expect("it starts");
        while kept.said().is_empty() {
            std::thread::yield_now();
        }
        let pid = kept.pid();
        drop(kept);
        assert!(!Path::new(&format!("/proc/{pid}")).exists() && !folder.exists());
    }
}
