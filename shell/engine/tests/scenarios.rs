//! Every file under `scenarios/` holds on the real engine: the executable specification.

use engine::scenario::{Scenario, report, run};
use std::path::{Path, PathBuf};

fn files(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "yaml") {
            found.push(path);
        }
    }
}

fn failure(path: &Path, root: &Path) -> Option<String> {
    let name = path.strip_prefix(root).unwrap_or(path).display().to_string();
    let text = std::fs::read_to_string(path).expect("a text");
    let scenario = match Scenario::parse(&text, &name) {
        Ok(scenario) => scenario,
        Err(mistakes) => return Some(mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")),
    };
    match run(&scenario) {
        Ok(outcome) if outcome.differences.is_empty() => None,
        Ok(outcome) => Some(report(&scenario, &outcome)),
        Err(error) => Some(format!("{name}: {error}")),
    }
}

#[test]
fn every_scenario_holds() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios");
    let mut found = Vec::new();
    files(&root, &mut found);
    found.sort();
    assert!(found.len() >= 40, "the specification has shrunk to {} scenarios", found.len());
    let failures: Vec<String> = found.iter().filter_map(|path| failure(path, &root)).collect();
    assert!(failures.is_empty(), "{} of {} scenarios fail:\n\n{}", failures.len(), found.len(), failures.join("\n"));
}
