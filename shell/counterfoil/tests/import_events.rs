//! `counterfoil import events`: everything that can be wrong with a file, as the program answers it.

use engine::{Engine, EventFilter, Settings};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A place for files and data, and the program.
struct Desk(tempfile::TempDir);

/// How a run of the program ended.
struct Run {
    status: Option<i32>,
    told: String,
}

impl Desk {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a directory"))
    }

    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, bytes).expect("written");
        path
    }

    fn import(&self, file: &Path, more: &[&str]) -> Run {
        let done = Command::new(env!("CARGO_BIN_EXE_counterfoil"))
            .args(["import", "events"])
            .arg(file)
            .arg("--data")
            .arg(self.0.path().join("data"))
            .args(more)
            .output()
            .expect("runs");
        let told = String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
        Run { status: done.status.code(), told }
    }

    /// The accepted events: when, and one property.
    fn events(&self, property: &str) -> Vec<(String, Option<String>)> {
        let engine = Engine::open(&self.0.path().join("data"), Settings::default()).expect("opens");
        let found = engine.events(&EventFilter::default(), None, 1_000).expect("events");
        let value = |event: &metering::Event| event.properties.get(property).map(metering::Value::to_text);
        found.into_iter().map(|stored| (stored.event.at.to_string(), value(&stored.event))).collect()
    }

    /// The code of each refused row, by its line.
    fn rejects(file: &Path) -> Vec<(u64, String)> {
        let mut path = file.as_os_str().to_owned();
        path.push(".rejects.ndjson");
        let text = std::fs::read_to_string(path).expect("a rejects file");
        let row = |line: &str| -> (u64, String) {
            let row: serde_json::Value = serde_json::from_str(line).expect("json");
            assert!(row["mend"].as_str().is_some_and(|mend| !mend.is_empty()), "no way to mend it: {row}");
            (row["line"].as_u64().expect("a line"), row["code"].as_str().expect("a code").to_owned())
        };
        text.lines().map(row).collect()
    }
}

const TYPE: [&str; 4] = ["--type", "call", "--subject", "acme"];

#[test]
fn a_file_that_is_imported_twice_counts_once() {
    let desk = Desk::new();
    let file = desk.file("calls.csv", b"time,tokens\n2026-04-01T10:00:00Z,5\n2026-04-01T10:00:01Z,7\n");
    assert_eq!(desk.import(&file, &TYPE).status, Some(0));
    assert_eq!(desk.import(&file, &TYPE).status, Some(0));
    assert_eq!(desk.events("tokens").len(), 2);
}

#[test]
fn a_byte_order_mark_and_carriage_returns_are_no_part_of_the_values() {
    let desk = Desk::new();
    let file = desk.file("calls.csv", b"\xEF\xBB\xBFtime,tokens\r\n2026-04-01T10:00:00Z,0.10000000000000000001\r\n");
    let run = desk.import(&file, &TYPE);
    assert_eq!(run.status, Some(0), "{}", run.told);
    assert_eq!(desk.events("tokens"), [("2026-04-01T10:00:00Z".into(), Some("0.10000000000000000001".into()))]);
}

#[test]
fn times_without_an_offset_are_those_of_the_zone_and_finer_than_a_microsecond_is_cut() {
    let desk = Desk::new();
    let file = desk.file("calls.csv", b"time,tokens\n2023-11-16 18:15:46.6805909,1\n");
    let berlin = [&TYPE[..], &["--zone", "Europe/Berlin"]].concat();
    assert_eq!(desk.import(&file, &berlin).status, Some(0));
    assert_eq!(desk.events("tokens")[0].0, "2023-11-16T17:15:46.68059Z");
}

#[test]
fn each_bad_row_is_told_and_the_rest_is_kept() {
    let desk = Desk::new();
    let rows = "time,tokens,subject\n\
        2026-04-01T10:00:00Z,1,acme\n\
        yesterday,1,acme\n\
        9999-01-01T00:00:00Z,1,acme\n\
        12026-04-01T10:00:00Z,1,acme\n\
        2026-04-01T10:00:00Z,1,\n\
        2026-04-01T10:00:00Z,1\n\
        2026-04-01T10:00:00Z,1000000000000000000000000000000,acme\n\
        2026-04-01T10:00:01Z,-5,acme\n";
    let file = desk.file("calls.csv", rows.as_bytes());
    let run = desk.import(&file, &["--type", "call"]);
    assert_eq!(run.status, Some(2), "{}", run.told);
    let mut lines: Vec<u64> = Desk::rejects(&file).into_iter().map(|(line, _)| line).collect();
    // what the store refuses is told after what could not be read
    lines.sort_unstable();
    assert_eq!(lines, [3, 4, 5, 6, 7, 8], "{}", run.told);
    // a negative number is a correction, and is kept
    let kept: Vec<_> = desk.events("tokens").into_iter().filter_map(|(_, tokens)| tokens).collect();
    assert_eq!(kept, ["1", "-5"]);
}

#[test]
fn lines_of_json_are_read_one_by_one() {
    let desk = Desk::new();
    let rows = concat!(
        r#"{"source":"a","id":"1","type":"call","subject":"acme","time":"2026-04-01T10:00:00Z","data":{"n":1.25}}"#,
        "\n",
        r#"{"source":"a","id":"2","type":"call""#,
        "\n",
        r#"{"source":"a","id":"3","type":"call","subject":"acme","time":"2026-04-01T10:00:00Z","data":{"n":NaN}}"#,
        "\n",
        r#"{"source":"a","id":"1","type":"call","subject":"acme","time":"2026-04-01T10:00:00Z","data":{"n":2}}"#,
        "\n",
    );
    let file = desk.file("calls.ndjson", rows.as_bytes());
    let run = desk.import(&file, &[]);
    assert_eq!(run.status, Some(2), "{}", run.told);
    let refused = Desk::rejects(&file);
    assert_eq!(refused.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [2, 3, 4]);
    assert_eq!(refused[2].1, "event_conflict");
    assert_eq!(desk.events("n"), [("2026-04-01T10:00:00Z".into(), Some("1.25".into()))]);
}

#[test]
fn what_cannot_be_read_at_all_is_refused_with_a_reason_and_nothing_is_taken() {
    let cases: [(&str, &[u8], &[&str], &str); 6] = [
        ("empty.csv", b"", &TYPE, "empty_file"),
        ("calls.xlsx", b"PK", &TYPE, "unknown_format"),
        (
            "calls.csv",
            b"time,tokens\n2026-04-01T10:00:00Z,1\n",
            &["--type", "call", "--map", "subject=account"],
            "unknown_column",
        ),
        (
            "calls.csv",
            b"time,tokens\n2026-04-01T10:00:00Z,1\n",
            &["--type", "call", "--subject", "a", "--zone", "Europe/Berln"],
            "unknown_time_zone",
        ),
        ("calls.csv", b"\xFF\xFEt\0i\0m\0e\0\n\0", &TYPE, "not_utf8"),
        ("missing.csv", b"", &["--map", "tokens"], "invalid_mapping"),
    ];
    for (name, bytes, arguments, code) in cases {
        let desk = Desk::new();
        let file = desk.file(name, bytes);
        let run = desk.import(&file, arguments);
        assert_eq!(run.status, Some(1), "{name} {arguments:?}: {}", run.told);
        assert!(
            run.told.contains(&format!("[{code}]")) && run.told.contains("mend:"),
            "{code} is not told: {}",
            run.told
        );
        assert!(desk.events("tokens").is_empty());
    }
}

#[test]
fn a_row_in_another_encoding_is_refused_alone() {
    let desk = Desk::new();
    let file = desk.file("calls.csv", b"time,city\n2026-04-01T10:00:00Z,K\xF6ln\n2026-04-01T10:00:01Z,Bonn\n");
    let run = desk.import(&file, &TYPE);
    assert_eq!(run.status, Some(2), "{}", run.told);
    assert_eq!(Desk::rejects(&file), [(2, "not_utf8".to_owned())]);
    assert_eq!(desk.events("city").len(), 1);
}
