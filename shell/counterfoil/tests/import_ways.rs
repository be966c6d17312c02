//! `counterfoil import events`: ways to say what a file means and where it goes.

use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// What a command said.
struct Said {
    pub status: i32,
    pub out: String,
    pub err: String,
}

/// A directory of its own, in which commands are run.
struct Place {
    pub dir: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self { dir: tempfile::tempdir().expect("a directory") }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        std::fs::write(self.path(name), content).expect("written");
        self.path(name)
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).expect("a text")
    }

    /// Runs `counterfoil` here, with its data in `data`.
    fn run(&self, arguments: &[&str]) -> Said {
        self.run_with(arguments, &[])
    }

    fn run_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Said {
        let Output { status, stdout, stderr } = Command::new(env!("CARGO_BIN_EXE_counterfoil"))
            .args(arguments)
            .current_dir(self.dir.path())
            .env_remove("UPDATE")
            .env_remove("COUNTERFOIL_LISTEN")
            .env("COUNTERFOIL_DATA", "data")
            .envs(variables.iter().copied())
            .output()
            .expect("the program runs");
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        Said { status: status.code().expect("it ended by itself"), out: text(stdout), err: text(stderr) }
    }

    /// The rejects beside a file, by line and code.
    fn rejects(&self, file: &str) -> Vec<(u64, String)> {
        let rejects: Vec<Value> = self
            .read(&format!("{file}.rejects.ndjson"))
            .lines()
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect();
        for reject in &rejects {
            assert!(reject["mend"].as_str().is_some_and(|mend| !mend.is_empty()), "{reject}");
            assert!(reject["detail"].is_string() && reject["row"].is_string(), "{reject}");
        }
        rejects
            .iter()
            .map(|one| (one["line"].as_u64().expect("a line"), one["code"].as_str().expect("a code").to_owned()))
            .collect()
    }

    /// The engine over what the commands left.
    fn engine(&self) -> engine::Engine {
        engine::Engine::open(&self.path("data"), engine::Settings::default()).expect("an engine")
    }
}

impl Said {
    /// The standard output of a command that ended well.
    fn ok(self) -> String {
        assert_eq!(self.status, 0, "{}{}", self.out, self.err);
        self.out
    }
    /// The standard error of a command that could not do what it was asked.
    fn failed(self) -> String {
        assert_eq!(self.status, 1, "{}{}", self.out, self.err);
        assert!(self.err.starts_with("error: ") && self.err.contains("\n  mend: "), "{}", self.err);
        self.err
    }
    /// The numbers of the summary's only row.
    fn summary(&self) -> Vec<u64> {
        let row = self.out.lines().nth(1).unwrap_or_else(|| panic!("{}{}", self.out, self.err));
        row.split_whitespace().skip(1).take(4).map(|number| number.replace(',', "").parse().expect(row)).collect()
    }
}

const CSV: &str = "time,customer,tokens,model\n2026-04-01 00:00:00,acme,5,large\n2026-04-01 00:00:01Z,acme,7,\n";

fn import<'a>(file: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["import", "events", file, "--type", "call"], more].concat()
}

#[test]
fn a_changed_file_under_the_same_name_is_a_contradiction() {
    let place = Place::new();
    place.write("u.csv", CSV);
    place.run(&import("u.csv", &[])).ok();
    place.write("u.csv", CSV.replace(",7,", ",8,"));
    let said = place.run(&import("u.csv", &[]));
    assert_eq!((said.status, said.summary()), (2, vec![2, 0, 1, 1]));
    assert_eq!(place.rejects("u.csv"), [(3, "event_conflict".to_owned())]);
    place.write("u.csv", CSV);
    place.run(&import("u.csv", &[])).ok();
    assert!(!place.path("u.csv.rejects.ndjson").exists(), "what an earlier import refused is gone");
}

#[test]
fn columns_are_mapped_and_ids_taken_from_a_column() {
    let place = Place::new();
    place.write("calls.csv", "request;account;when;ContextTokens\nr-1;acme;2026-07-01 00:00:00;5\n");
    let maps = ["--map", "subject=account", "--map", "time=when", "--map", "tokens=ContextTokens"];
    let more =
        [&maps[..], &["--id-column", "request", "--zone", "Europe/Berlin", "--source", "gate", "--delimiter", ";"]]
            .concat();
    place.run(&import("calls.csv", &more)).ok();
    let event = place.engine().event("gate", "r-1").expect("by its id").event;
    assert_eq!(event.at.to_string(), "2026-06-30T22:00:00Z");
    assert_eq!(event.properties.keys().collect::<Vec<_>>(), ["tokens"]);
}

#[test]
fn what_is_asked_wrongly_is_told_before_anything_is_taken() {
    let place = Place::new();
    place.write("u.csv", CSV);
    let failed = |more: &[&str]| place.run(&import("u.csv", more)).failed();
    let zone = failed(&["--zone", "Europe/Berln"]);
    assert!(zone.contains("Europe/Berln") && zone.contains("did you mean") && zone.contains("Europe/Berlin"), "{zone}");
    let column = failed(&["--map", "tokens=tokns"]);
    assert!(column.contains("[unknown_column]") && column.contains("did you mean `tokens`?"), "{column}");
    assert!(failed(&["--map", "tokens"]).contains("[invalid_mapping]"));
    assert!(failed(&["--map", "a=tokens", "--map", "b=tokens"]).contains("[mapped_twice]"));
    assert!(failed(&["--delimiter", "ab"]).contains("[invalid_delimiter]"));
    assert!(place.run(&["import", "events", "u.csv", "--url", "ftp://x"]).failed().contains("[invalid_url]"));
    place.write("u.txt", CSV);
    assert!(place.run(&import("u.txt", &[])).failed().contains("[unknown_format]"));
    assert_eq!(place.engine().events(&engine::EventFilter::default(), None, 10).expect("a list"), []);
}

#[test]
fn lines_of_json_are_read_as_events_with_what_is_missing_filled_in() {
    let place = Place::new();
    let lines = [
        r#"{"id":"a","time":"2026-04-01T00:00:00Z","subject":"acme","properties":{"n":1}}"#,
        r#"{"time":"2026-04-01 10:00:00","account":"acme","tokens":9007199254740993.25}"#,
        r#"{"time":"2026-04-01T00:00:00Z","subject":"acme","tokns":1}"#,
        r#"{"time":"2026-04-01T00:00:00Z""#,
        r#"{"time":"2026-04-01T00:00:00Z","subject":"acme","properties":[1]}"#,
    ];
    place.write("u.ndjson", lines.join("\n"));
    let said = place.run(&import("u.ndjson", &["--map", "subject=account", "--map", "tokens=tokens"]));
    // `subject` is no longer a field when another column is it
    assert_eq!(said.status, 2, "{}{}", said.out, said.err);
    let rejects = place.rejects("u.ndjson");
    assert_eq!(rejects.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [1, 3, 4, 5], "{rejects:?}");
    let event = place.engine().event("import", "u.ndjson:2").expect("kept").event;
    assert_eq!(event.properties["tokens"].to_text(), "9007199254740993.25");

    let said = place.run(&import("u.ndjson", &["--map", "tokens=tokens", "--subject", "acme", "--source", "other"]));
    assert_eq!(said.summary(), [5, 1, 0, 4], "{}", place.read("u.ndjson.rejects.ndjson"));
}

#[test]
fn a_running_server_takes_an_import_and_the_directory_is_its_own() {
    let place = Place::new();
    place.write("u.csv", CSV);
    let mut server = Command::new(env!("CARGO_BIN_EXE_counterfoil"))
        .args(["serve", "--listen", "127.0.0.1:0", "--data", "data"])
        .current_dir(place.dir.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let mut lines = BufReader::new(server.stdout.as_mut().expect("an output")).lines();
    let mut line = || lines.next().expect("a line").expect("text");
    let (line, first) = (line(), line());
    let url = line
        .split_whitespace()
        .find(|word| word.starts_with("http://"))
        .expect("an address")
        .trim_end_matches("/docs,")
        .to_owned();

    let token = first.rsplit(' ').next().expect("the first key").to_owned();
    assert!(place.run(&import("u.csv", &["--url", &url])).failed().contains("[no_access]"));
    let sent = place.run(&import("u.csv", &["--url", &url, "--token", &token]));
    let held = place.run(&import("u.csv", &["--data", "data"]));
    server.kill().expect("it is stopped");
    server.wait().expect("it stopped");
    assert_eq!(sent.summary(), [2, 2, 0, 0], "{}", sent.err);
    assert!(held.failed().contains("[usage_store_in_use]"));
    assert!(place.run(&import("u.csv", &["--url", &url])).failed().contains("[server_unreachable]"));
    assert_eq!(place.run(&import("u.csv", &[])).summary(), [2, 0, 2, 0], "the directory has what the server took");
}
