//! The other end of [`held`](crate::held): starts the process, gives orders, hears answers, kills it.

use crate::held::{Order, Told};
use crate::stop;
use std::io::{BufRead, BufReader, Lines, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

/// A process that holds a store.
pub(crate) struct Holder {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    /// How long it took to open the store.
    pub(crate) opened_seconds: f64,
    /// Events that were there then.
    pub(crate) events: u64,
}

impl Holder {
    /// Opens the store of a folder in a process of its own.
    ///
    /// # Errors
    /// Why it cannot be opened.
    pub(crate) fn open(folder: &Path) -> Result<Self, String> {
        let own = std::env::current_exe().map_err(|error| format!("this program does not know its place: {error}"))?;
        let mut child = Command::new(own)
            .arg("held")
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("cannot be started: {error}"))?;
        let out = child.stdout.take().ok_or("no pipe")?;
        let mut holder = Self { child, lines: BufReader::new(out).lines(), opened_seconds: 0.0, events: 0 };
        let told = holder.hear()?;
        let Told::Opened { seconds, events } = told else { return Err(format!("{told:?} instead of an open store")) };
        (holder.opened_seconds, holder.events) = (seconds, events);
        Ok(holder)
    }

    /// Gives an order.
    pub(crate) fn order(&mut self, order: &Order) -> Result<(), String> {
        let line = serde_json::to_string(order).map_err(|error| error.to_string())?;
        let input = self.child.stdin.as_mut().ok_or("no pipe")?;
        writeln!(input, "{line}").map_err(|error| format!("the store's process is gone: {error}"))
    }

    /// The next answer.
    pub(crate) fn hear(&mut self) -> Result<Told, String> {
        stop::check()?;
        let Some(line) = self.lines.next() else {
            // Ctrl-C of a terminal ends both
            stop::check()?;
            return Err("the store's process ended".to_owned());
        };
        let line = line.map_err(|error| error.to_string())?;
        let told: Told = serde_json::from_str(&line).map_err(|error| format!("`{line}`: {error}"))?;
        if let Told::Failed(why) = told { Err(why) } else { Ok(told) }
    }

    /// Gives an order and hears its one answer.
    pub(crate) fn ask(&mut self, order: &Order) -> Result<Told, String> {
        self.order(order)?;
        self.hear()
    }

    /// Kills it as a crash would, so long after it was told to take events; gives how many it had answered for.
    pub(crate) fn kill_under_load(mut self, order: &Order, after: Duration) -> Result<u64, String> {
        self.order(order)?;
        let (began, mut answered) = (Instant::now(), 0);
        while began.elapsed() < after {
            if let Told::Progress { events, .. } = self.hear()? {
                answered = answered.max(events);
            }
        }
        self.child.kill().map_err(|error| format!("cannot be killed: {error}"))?;
        self.child.wait().map_err(|error| error.to_string())?;
        // what it said before it was killed, but for a line that was cut off
        for line in self.lines.by_ref().map_while(Result::ok) {
            if let Ok(Told::Progress { events, .. }) = serde_json::from_str(&line) {
                answered = answered.max(events);
            }
        }
        Ok(answered)
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
