//! A PostgreSQL server of the benchmark's own, as durable as it is by default and with more memory and log than that.

use crate::keeper::Kept;
use crate::stop;
use postgres::{Client, NoTls};
use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

/// What helps it and makes nothing less durable.
const SETTINGS: [&str; 4] = ["max_connections=100", "shared_buffers=1GB", "max_wal_size=8GB", "wal_compression=on"];

/// A running server.
pub(crate) struct Cluster {
    kept: Kept,
    folder: PathBuf,
    /// `15.18`.
    pub(crate) version: String,
}

impl Cluster {
    /// Makes and starts one in a folder that is created; none where the server's programs are not installed.
    ///
    /// # Errors
    /// Why it does not start.
    pub(crate) fn start(folder: &Path) -> Result<Option<Self>, String> {
        let Some(programs) = programs() else { return Ok(None) };
        let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
        fs::create_dir(folder).map_err(failed)?;
        let mut user = Vec::new();
        if fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0) {
            // the server refuses to run as root
            let postgres =
                fs::metadata("/var/lib/postgresql").map_err(|error| format!("the home of `postgres`: {error}"))?;
            chown(folder, Some(postgres.uid()), Some(postgres.gid())).map_err(failed)?;
            user =
                ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"].map(str::to_owned).into();
        }
        let data = folder.join("data").display().to_string();
        let command = |program: &str, words: &[&str]| {
            let program = programs.join(program).display().to_string();
            let words = words.iter().map(|word| (*word).to_owned());
            user.iter().cloned().chain([program]).chain(words).collect::<Vec<String>>()
        };
        let initdb =
            command("initdb", &["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "-D", &data]);
        let made = Command::new(&initdb[0]).args(&initdb[1..]).current_dir("/").output();
        let made = made.map_err(|error| format!("initdb cannot be started: {error}"))?;
        if !made.status.success() {
            return Err(format!("initdb: {}", String::from_utf8_lossy(&made.stderr)));
        }
        let place = folder.display().to_string();
        let mut words = vec!["-D", &data, "-k", &place, "-h", ""];
        words.extend(SETTINGS.iter().flat_map(|setting| ["-c", setting]));
        let kept = Kept::start(folder, "QUIT", &command("postgres", &words))?;
        let mut cluster = Self { kept, folder: folder.to_owned(), version: String::new() };
        let row = cluster.wait()?.query_one("SHOW server_version", &[]).map_err(told)?;
        let version: String = row.get(0);
        version.split(' ').next().unwrap_or_default().clone_into(&mut cluster.version);
        Ok(Some(cluster))
    }

    /// A connection.
    pub(crate) fn connect(&self) -> Result<Client, String> {
        self.connect_to("postgres")
    }

    /// A connection to one of its databases.
    pub(crate) fn connect_to(&self, database: &str) -> Result<Client, String> {
        let address = format!("host={} user=postgres dbname={database}", self.folder.display());
        Client::connect(&address, NoTls).map_err(told)
    }

    /// The address of one of its databases.
    pub(crate) fn url(&self, database: &str) -> String {
        format!("postgres://postgres@{}/{database}", self.folder.display().to_string().replace('/', "%2F"))
    }

    fn wait(&self) -> Result<Client, String> {
        for _ in 0..600 {
            stop::check()?;
            if let Ok(client) = self.connect() {
                return Ok(client);
            }
            if !self.kept.is_running() {
                break;
            }
            sleep(Duration::from_millis(50));
        }
        Err(format!("PostgreSQL does not come up:\n{}", self.kept.log()))
    }

    /// The server's first process.
    pub(crate) const fn pid(&self) -> u32 {
        self.kept.pid()
    }
}

/// What the server said, and not only that it said something.
#[allow(clippy::needless_pass_by_value, reason = "it is given to `map_err`")]
pub(crate) fn told(error: postgres::Error) -> String {
    let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
    format!("PostgreSQL: {error}{cause}")
}

/// The newest server programs on this machine.
fn programs() -> Option<PathBuf> {
    let installed = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let elsewhere = ["/usr/local/pgsql/bin", "/usr/local/bin", "/opt/homebrew/bin", "/usr/bin"].map(PathBuf::from);
    let mut folders: Vec<PathBuf> = installed.map(|version| version.path().join("bin")).collect();
    folders.sort();
    folders.reverse();
    folders
        .into_iter()
        .chain(elsewhere)
        .find(|folder| folder.join("initdb").exists() && folder.join("postgres").exists())
}
