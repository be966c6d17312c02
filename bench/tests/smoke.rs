//! The whole command, so small that it says nothing about speed.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The server's program beside this benchmark's; it is built where only this crate was.
fn built() -> PathBuf {
    let own = Path::new(env!("CARGO_BIN_EXE_bench"));
    let program = own.with_file_name(format!("counterfoil{}", std::env::consts::EXE_SUFFIX));
    if !program.exists() {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "-p", "counterfoil"]);
        if own.parent().is_some_and(|folder| folder.ends_with("release")) {
            cargo.arg("--release");
        }
        assert!(cargo.status().expect("cargo starts").success(), "the server is built");
    }
    program
}

#[test]
fn a_quick_run_measures_every_figure_and_leaves_nothing() {
    assert!(built().exists());
    let folder = tempfile::tempdir().expect("a folder");
    let (data, json) = (folder.path().join("data"), folder.path().join("report.json"));
    std::fs::create_dir(&data).expect("a folder");
    // the server of PostgreSQL runs as another user, and must reach its own folder below
    #[cfg(unix)]
    std::fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o711)).expect("permissions");
    let run = Command::new(env!("CARGO_BIN_EXE_bench"))
        .args(["metering", "--quick", "--dir"])
        .arg(&data)
        .arg("--json")
        .arg(&json)
        .output()
        .expect("it starts");
    let (out, told) = (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success(), "{out}\n{told}");
    let report: serde_json::Value = serde_json::from_slice(&std::fs::read(&json).expect("JSON")).expect("JSON");
    let figures = report["figures"].as_array().expect("figures");
    assert_eq!(figures.len(), 18, "{out}");
    for figure in figures {
        let is_measured = figure["result"]["median"].as_f64().is_some_and(f64::is_finite);
        assert!(is_measured, "{figure}");
        assert!(out.contains(figure["what"].as_str().expect("words")), "{figure}");
    }
    if told.contains("!!! NOT MEASURED: PostgreSQL") {
        eprintln!("!!! NOT TESTED: PostgreSQL as the alternative, because its server programs are not on this machine");
    } else {
        assert_eq!(figures[0]["alternatives"].as_array().map(Vec::len), Some(2), "{}", figures[0]);
    }
    assert_eq!(std::fs::read_dir(&data).expect("a folder").count(), 0, "everything was removed");
}

#[test]
fn what_is_not_wanted_is_not_measured() {
    let folder = tempfile::tempdir().expect("a folder");
    let json = folder.path().join("report.json");
    let run = Command::new(env!("CARGO_BIN_EXE_bench"))
        .args(["metering", "--quick", "--only", "in-process", "--dir"])
        .arg(folder.path())
        .arg("--json")
        .arg(&json)
        .output()
        .expect("it starts");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let report: serde_json::Value = serde_json::from_slice(&std::fs::read(&json).expect("JSON")).expect("JSON");
    assert_eq!(report["figures"].as_array().map(Vec::len), Some(1));
    assert_eq!(report["figures"][0]["name"], "in-process");
}
