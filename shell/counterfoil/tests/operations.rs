//! `backup`, `restore`, `verify`, `doctor` and `export` as a shell sees them, also beside a running server.

use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

/// A place for directories, and the program.
struct Desk(tempfile::TempDir);

/// A server that is stopped at the end of a test, also when the test fails.
struct Served {
    child: Child,
    address: String,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Desk {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a directory"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_counterfoil"))
            .args(arguments)
            .current_dir(self.0.path())
            .env_remove("COUNTERFOIL_DATA")
            .output()
            .expect("runs")
    }

    /// What it printed, after it ended with this status.
    fn told(&self, status: i32, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let told = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {told}");
        told
    }

    fn json(&self, status: i32, arguments: &[&str]) -> Value {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(status), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).expect("json")
    }

    /// `data` with three events of two subjects, none of which anybody pays for.
    fn with_events(&self) {
        let event = |id: &str, subject: &str, day: &str| {
            format!(
                r#"{{"source":"s","id":"{id}","type":"call","subject":"{subject}","time":"2026-04-{day}T10:00:00Z","data":{{"n":0.10000000000000000001}}}}"#
            )
        };
        let lines = [event("1", "acme", "01"), event("2", "acme", "20"), event("3", "other", "01")].join("\n");
        std::fs::write(self.path("calls.ndjson"), lines).expect("written");
        self.told(0, &["import", "events", "calls.ndjson", "--data", "data"]);
    }

    fn serve(&self, more: &[&str]) -> Served {
        let mut child = Command::new(env!("CARGO_BIN_EXE_counterfoil"))
            .args(["serve", "--listen", "127.0.0.1:0", "--data", "data", "--open"])
            .args(more)
            .current_dir(self.0.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("runs");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("a line");
        let address = line.split("http://").nth(1).and_then(|rest| rest.split('/').next()).expect("an address");
        Served { address: format!("http://{address}"), child }
    }
}

impl Served {
    fn send(&self, id: u32) {
        let event =
            format!(r#"{{"source":"t","id":"{id}","type":"call","subject":"acme","time":"2026-04-02T00:00:00Z"}}"#);
        let sent =
            ureq::post(format!("{}/v1/events", self.address)).header("content-type", "application/json").send(event);
        assert!(sent.expect("answered").status().is_success());
    }
}

fn has(told: &str, parts: &[&str]) {
    for part in parts {
        assert!(told.contains(part), "`{part}` is missing: {told}");
    }
}

fn flip(file: &Path, at: usize) {
    let mut bytes = std::fs::read(file).expect("read");
    bytes[at] ^= 1;
    std::fs::write(file, bytes).expect("written");
}

#[test]
fn a_server_makes_a_backup_of_what_it_serves_and_the_backup_is_put_back() {
    let desk = Desk::new();
    desk.with_events();
    let served = desk.serve(&["--backups", "kept"]);
    served.send(1);
    let told = desk.told(0, &["backup", "--server", &served.address, "--name", "nightly"]);
    has(&told, &["kept/nightly is complete", "position 4"]);
    served.send(2);
    let again = desk.told(1, &["backup", "--server", &served.address, "--name", "nightly"]);
    has(&again, &["[backup_exists]", "mend:"]);
    let unnamed = desk.told(0, &["backup", "--server", &served.address]);
    has(&unnamed, &["Z is complete", "position 5"]);
    for name in ["../up", "/etc/x", "a/b", ".hidden"] {
        has(&desk.told(1, &["backup", "--server", &served.address, "--name", name]), &["[invalid_backup_name]"]);
    }
    let in_use = desk.told(1, &["backup", "elsewhere", "--data", "data"]);
    has(&in_use, &["[usage_store_in_use]", "--server"]);
    has(&desk.told(1, &["verify", "data"]), &["[usage_store_in_use]", "make a backup"]);
    drop(served);
    has(&desk.told(0, &["verify", "kept/nightly"]), &["backup kept/nightly", "positions 4", "all is well"]);
    desk.told(0, &["restore", "kept/nightly", "--data", "back"]);
    has(&desk.told(0, &["verify", "back"]), &["data directory back", "positions 4", "all is well"]);
    has(&desk.told(1, &["restore", "kept/nightly", "--data", "back"]), &["[restore_target_not_empty]"]);
    assert!(!desk.path("up").exists() && !desk.path("elsewhere").exists());
}

#[test]
fn a_server_that_was_not_told_where_makes_no_backup() {
    let desk = Desk::new();
    let served = desk.serve(&[]);
    let told = desk.told(1, &["backup", "--server", &served.address]);
    has(&told, &["[no_backups_here]", "--backups DIR"]);
    drop(served);
    has(&desk.told(1, &["backup", "--server", "http://127.0.0.1:1"]), &["[backup_not_made]"]);
    has(&desk.told(1, &["backup", "--server", "127.0.0.1"]), &["[invalid_url]"]);
    has(&desk.told(1, &["backup"]), &["<TO>"]);
}

#[test]
fn without_a_server_the_directory_itself_is_backed_up_and_doctor_knows_of_it() {
    let desk = Desk::new();
    desk.with_events();
    has(&desk.told(0, &["doctor", "--data", "data"]), &["no backup of this directory is known"]);
    desk.told(0, &["backup", "one", "--data", "data"]);
    has(&desk.told(0, &["doctor", "--data", "data"]), &["the last one is", "one, complete"]);
    has(&desk.told(1, &["backup", "two", "--data", "missing"]), &["[no_data]"]);
    assert!(!desk.path("missing").exists() && !desk.path("two").exists() && !desk.path("two.partial").exists());
}

#[test]
fn verify_names_file_and_place_of_damage_and_a_damaged_backup_is_not_restored() {
    let desk = Desk::new();
    desk.with_events();
    desk.told(0, &["backup", "copy", "--data", "data"]);
    let log = desk.path("copy/usage/00000001.wal");
    flip(&log, 60);
    let told = desk.told(1, &["verify", "copy"]);
    has(&told, &["00000001.wal", "at byte 20", "[backup_damaged]", "[usage_log_damaged]", "WRONG", "2 problems found"]);
    let json = desk.json(1, &["verify", "copy", "--json"]);
    assert_eq!(json["is_sound"], false);
    assert_eq!(json["verification"]["checks"][0]["findings"][0]["code"], "backup_damaged");
    has(&desk.told(1, &["restore", "copy", "--data", "back"]), &["[backup_damaged]"]);
    assert!(!desk.path("back").exists());
    flip(&log, 60);
    assert_eq!(desk.json(0, &["verify", "copy", "--json"])["is_sound"], true);
}

#[test]
fn doctor_explains_a_directory_to_somebody_who_has_never_seen_it() {
    let desk = Desk::new();
    desk.with_events();
    let told = desk.told(0, &["doctor", "--data", "data"]);
    has(
        &told,
        &[
            "no process",
            "ok      log",
            "the next start reads 1 records",
            "3 events, position 3",
            "2026-04-20",
            "no customer has the key",
            "schema ",
            "0 broken",
        ],
    );
    let served = desk.serve(&[]);
    let told = desk.told(0, &["doctor", "--data", "data"]);
    has(&told, &["has the directory open", "3 events, position 3"]);
    if cfg!(target_os = "linux") {
        has(&told, &[&format!("process {}", served.child.id())]);
    }
    drop(served);
    let json = desk.json(0, &["doctor", "--data", "data", "--json"]);
    assert_eq!(json["survey"]["usage"]["tenants"][0]["position"], 3);
    flip(&desk.path("data/usage/00000001.wal"), 60);
    let told = desk.told(1, &["doctor", "--data", "data"]);
    has(&told, &["BROKEN  damage", "00000001.wal at byte 20", "mend:", "1 broken"]);
    has(&desk.told(1, &["doctor", "--data", "missing"]), &["[no_data]"]);
    assert!(!desk.path("missing").exists());
}

#[test]
fn events_are_exported_while_they_are_served() {
    let desk = Desk::new();
    desk.with_events();
    let _served = desk.serve(&[]);
    let told = desk.told(0, &["export", "events", "all.ndjson", "--data", "data"]);
    has(&told, &["3 versions, up to position 3"]);
    let text = std::fs::read_to_string(desk.path("all.ndjson")).expect("written");
    assert_eq!(text.lines().count(), 3);
    assert!(text.contains("0.10000000000000000001"), "digits are lost: {text}");
    has(&desk.told(1, &["export", "events", "all.ndjson", "--data", "data"]), &["[file_unusable]"]);
    let april =
        ["export", "events", "-", "--data", "data", "--from", "2026-04-02", "--to", "2026-05-01", "--subject", "acme"];
    let output = desk.run(&april);
    let lines = String::from_utf8(output.stdout).expect("text");
    assert_eq!((lines.lines().count(), output.status.code()), (1, Some(0)), "{lines}");
    desk.told(0, &["export", "events", "all.parquet", "--data", "data", "--name", "call"]);
    assert!(std::fs::read(desk.path("all.parquet")).expect("written").starts_with(b"PAR1"));
    has(&desk.told(1, &["export", "events", "all.csv", "--data", "data"]), &["[unknown_export_format]"]);
    assert!(!desk.path("all.csv").exists());
}

#[test]
fn each_command_shows_an_example() {
    let desk = Desk::new();
    for command in [&["backup"][..], &["restore"], &["verify"], &["doctor"], &["export", "events"]] {
        let told = desk.told(0, &[command, &["--help"]].concat());
        has(&told, &["Example", &format!("  counterfoil {}", command.join(" "))]);
    }
}
