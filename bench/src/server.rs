//! The real server, as a process of its own.

use crate::keeper::Kept;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

/// `counterfoil serve`, in a folder of its own.
pub(crate) struct Server {
    kept: Kept,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// A key that may send events.
    pub(crate) token: String,
}

impl Server {
    /// Starts it, and waits until it listens.
    ///
    /// # Errors
    /// What it said instead.
    pub(crate) fn start(program: &Path, folder: &Path) -> Result<Self, String> {
        Self::start_at(program, folder, &folder.join("data"), &[], None)
    }

    /// The same on a data directory that may be elsewhere and so outlive it, with more arguments. A key is told by a new directory
    /// alone; of another one it must be known.
    ///
    /// # Errors
    /// What it said instead.
    pub(crate) fn start_at(
        program: &Path,
        folder: &Path,
        data: &Path,
        more: &[String],
        key: Option<&str>,
    ) -> Result<Self, String> {
        fs::create_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let words = ["serve", "--log", "warn", "--listen", "127.0.0.1:0", "--data"].map(str::to_owned);
        let program = std::iter::once(program.display().to_string());
        let command: Vec<String> =
            program.chain(words).chain([data.display().to_string()]).chain(more.iter().cloned()).collect();
        let kept = Kept::start(folder, "KILL", &command)?;
        for _ in 0..6_000 {
            if let Some((address, token)) = began(&kept.said(), key) {
                return Ok(Self { kept, address, token });
            }
            if !kept.is_running() {
                break;
            }
            crate::stop::check()?;
            sleep(Duration::from_millis(5));
        }
        Err(format!("`{}` does not serve:\n{}", command.join(" "), kept.log()))
    }

    /// Its process.
    pub(crate) const fn pid(&self) -> u32 {
        self.kept.pid()
    }

    /// What it logged last.
    pub(crate) fn log(&self) -> String {
        self.kept.log()
    }
}

/// The address and the first key, out of the lines with which a new server begins.
fn began(said: &str, key: Option<&str>) -> Option<(SocketAddr, String)> {
    // only whole lines: the last one may be half written
    let (whole, _) = said.rsplit_once('\n')?;
    let address = whole.split("http://").nth(1)?.split('/').next()?.parse().ok()?;
    if let Some(key) = key {
        return Some((address, key.to_owned()));
    }
    let token =
        whole.lines().find_map(|line| line.split_once("The first key").and_then(|(_, rest)| rest.rsplit_once(' ')));
    Some((address, token?.1.to_owned()))
}

/// The program beside this one, which cargo built with it.
///
/// # Errors
/// How to build it.
pub(crate) fn program() -> Result<PathBuf, String> {
    let own = std::env::current_exe().map_err(|error| format!("this program does not know its place: {error}"))?;
    let folder = own.parent().map(Path::to_owned).unwrap_or_default();
    let program = folder.join(format!("counterfoil{}", std::env::consts::EXE_SUFFIX));
    if program.exists() {
        return Ok(program);
    }
    let release = if folder.ends_with("release") { " --release" } else { "" };
    Err(format!("{} is not there; build it first: cargo build{release} -p counterfoil", program.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_and_key_are_read_once_their_lines_are_whole() {
        let lines = "Counterfoil at http://127.0.0.1:34567/docs, data in x\nThe first key, an owner's, shown this once: cf_abc\n";
        assert_eq!(began(lines, None), Some((([127, 0, 0, 1], 34_567).into(), "cf_abc".to_owned())));
        for end in 0..lines.len() {
            assert_eq!(began(&lines[..end], None), None);
        }
        let (first, _) = lines.split_once('\n').expect("a line");
        assert_eq!(began(first, Some("cf_x")), None);
        let again = format!("{first}\n");
        assert_eq!(began(&again, Some("cf_x")), Some((([127, 0, 0, 1], 34_567).into(), "cf_x".to_owned())));
    }
}
