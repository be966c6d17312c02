//! Every golden vector of the repository is computed or named as not yet supported; none fails.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn conformance(arguments: &[&Path]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.arg("conformance").args(arguments).output().expect("the tool was built with this test")
}

fn last_line(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).lines().last().unwrap_or_default().to_owned()
}

#[test]
fn no_vector_of_the_repository_fails() {
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("../conformance");
    let output = conformance(&[&ours]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert!(!last_line(&output).starts_with("0 passed"), "nothing was computed");
}

/// A folder of its own for one test, under the folder that cargo keeps for them.
fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&path).expect("cargo's folder for tests can be written");
    path
}

#[test]
fn a_wrong_answer_is_exit_status_1_and_a_missing_folder_2() {
    let path = folder("wrong");
    let vector = r#"[{"id": "me-wrong", "kind": "proration_factor", "expected": {"factor": [1, 3]},
        "input": {"part": ["2025-01-01", "2025-01-16"], "full": ["2025-01-01", "2025-02-01"]}}]"#;
    std::fs::write(path.join("set.json"), vector).expect("the folder is there");
    let output = conformance(&[&path]);
    assert_eq!((output.status.code(), last_line(&output)), (Some(1), "0 passed, 1 failed, 0 skipped".to_owned()));
    assert_eq!(conformance(&[&path.join("nowhere")]).status.code(), Some(2));
}

#[test]
fn what_cannot_be_read_is_named_and_exit_status_1() {
    let path = folder("unreadable");
    std::fs::write(path.join("set.json"), "{").expect("the folder is there");
    let output = conformance(&[&path]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).contains("UNREADABLE"));
}

#[test]
fn a_kind_that_nothing_computes_yet_is_counted_and_named() {
    let path = folder("unknown-kind");
    std::fs::write(path.join("set.json"), r#"[{"id": "om-x", "kind": "no_such_kind", "expected": {}}]"#)
        .expect("the folder is there");
    let output = conformance(&[&path]);
    assert_eq!((output.status.code(), last_line(&output)), (Some(0), "0 passed, 0 failed, 1 skipped".to_owned()));
    assert!(String::from_utf8_lossy(&output.stdout).contains("no_such_kind"));
}
