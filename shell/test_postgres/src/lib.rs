//! A PostgreSQL server of this test's own, in a folder of its own, reached by a unix socket: it disturbs no other and needs no free port.

use postgres::{Client, NoTls};
use std::{
    io::{BufRead, BufReader},
    os::unix::fs::{MetadataExt, chown},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        LazyLock,
        atomic::{AtomicU32, Ordering},
    },
};
use tempfile::TempDir;

/// Starts the server and says that it did. When whoever started it ends, in whatever way, so do its standard input, the server and the folder.
const KEEPER: &str = r#"
trap '' INT TERM HUP
folder=$1; shift
"$@" > "$folder/log" 2>&1 &
server=$!
echo started
while read -r line; do :; done
kill -QUIT $server
wait $server
rm -rf "$folder"
"#;

/// A server of this process; none where there are no server programs.
static CLUSTER: LazyLock<Option<Cluster>> = LazyLock::new(|| {
    let Some(programs) = programs() else {
        eprintln!(
            "!!! NOT TESTED: no PostgreSQL server programs (initdb, postgres) on this machine; install `postgresql`"
        );
        return None;
    };
    Some(Cluster::start(&programs, &["-c", "fsync=off", "-c", "full_page_writes=off"]))
});

/// A running server.
pub struct Cluster {
    folder: PathBuf,
    keeper: Child,
}

impl Cluster {
    /// The server that the tests of this process share.
    pub fn shared() -> Option<&'static Self> {
        CLUSTER.as_ref()
    }

    /// Makes and starts a server, with settings of the form `-c name=value`.
    ///
    /// # Panics
    /// When it cannot be made or started: then there is nothing to test.
    pub fn start(programs: &Path, settings: &[&str]) -> Self {
        let folder = tempfile::Builder::new().prefix("postgres").tempdir().map(TempDir::keep).expect("a folder");
        let data = folder.join("data");
        let mut user = Vec::new();
        if std::fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0) {
            // the server refuses to run as root
            let postgres = std::fs::metadata("/var/lib/postgresql").expect("the home of the user postgres");
            chown(&folder, Some(postgres.uid()), Some(postgres.gid())).expect("the folder can be given away");
            user =
                ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"].map(PathBuf::from).into();
        }
        let as_user = |program: PathBuf| user.iter().cloned().chain([program]).collect::<Vec<_>>();
        let initdb = as_user(programs.join("initdb"));
        let made = Command::new(&initdb[0])
            .args(&initdb[1..])
            .args(["--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "-D"])
            .arg(&data)
            .current_dir("/")
            .output()
            .expect("initdb can be started");
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        let mut keeper = Command::new("sh")
            .args(["-c", KEEPER, "keeper"])
            .arg(&folder)
            .args(as_user(programs.join("postgres")))
            .arg("-D")
            .arg(&data)
            .arg("-k")
            .arg(&folder)
            .args(["-h", "", "-c", "max_connections=200"])
            .args(settings)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("sh can be started");
        let mut said = String::new();
        BufReader::new(keeper.stdout.take().expect("a pipe")).read_line(&mut said).expect("sh says something");
        Self { folder, keeper }
    }

    /// The address of the database, with a schema first on its search path.
    pub fn address(&self, schema: &str) -> String {
        format!("host={} user=postgres dbname=postgres options='-c search_path={schema}'", self.folder.display())
    }

    /// The same as a URL.
    pub fn url(&self, schema: &str) -> String {
        let folder = self.folder.display().to_string().replace('/', "%2F");
        format!("postgres://postgres@{folder}/postgres?options=-c%20search_path%3D{schema}")
    }

    /// A connection for the test itself; waits until the server is up.
    ///
    /// # Panics
    /// When the server does not come up.
    pub fn client(&self, schema: &str) -> Client {
        let mut error = None;
        for _ in 0..200 {
            match Client::connect(&self.address(schema), NoTls) {
                Ok(client) => return client,
                Err(failed) => error = Some(failed),
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        panic!("the server does not come up: {error:?}");
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// A schema of its own, which is gone when the test is.
pub struct Schema {
    /// Its server.
    pub cluster: &'static Cluster,
    /// Its name.
    pub name: String,
}

impl Schema {
    /// A new schema; none where there is no server.
    ///
    /// # Panics
    /// When the server refuses it.
    pub fn new() -> Option<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let cluster = Cluster::shared()?;
        let name = format!("place_{}", COUNT.fetch_add(1, Ordering::Relaxed));
        cluster.client("public").batch_execute(&format!("CREATE SCHEMA {name}")).expect("a schema");
        Some(Self { cluster, name })
    }

    /// Where it is, as words and values.
    pub fn address(&self) -> String {
        self.cluster.address(&self.name)
    }

    /// Where it is, as a URL.
    pub fn url(&self) -> String {
        self.cluster.url(&self.name)
    }
}

impl Drop for Schema {
    fn drop(&mut self) {
        let drop = format!("DROP SCHEMA {} CASCADE", self.name);
        let _ = self.cluster.client("public").batch_execute(&format!("SET client_min_messages = error; {drop}"));
    }
}

/// The newest server programs on this machine.
pub fn programs() -> Option<PathBuf> {
    let installed = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let elsewhere = ["/usr/local/pgsql/bin", "/usr/local/bin", "/opt/homebrew/bin", "/usr/bin"].map(PathBuf::from);
    let mut folders: Vec<PathBuf> = installed.map(|version| version.path().join("bin")).collect();
    folders.sort();
    folders.reverse();
    folders
        .into_iter()
        .chain(elsewhere)
        .find(|folder| folder.join("initdb").exists() && folder.join("postgres").exists())
}
