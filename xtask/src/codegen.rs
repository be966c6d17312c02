//! Files that are written from types, so that they cannot disagree with them.

use crate::clients;
use crate::finding::Finding;
use crate::tree::{Tree, root};
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Stdio};

/// One generated file: its path, and what belongs there.
type Generated = (&'static str, String);

/// Every generated file of the repository. The clients are written from the document of the API as the repository keeps it; that it is
/// what the server says is looked at by a test of the server.
fn files(tree: &Tree) -> Result<Vec<Generated>, String> {
    let mut files = vec![("docs/schema/pricing.schema.json", pretty(&catalog::schema()))];
    files.extend(clients::files(tree.get(clients::DOCUMENT).ok_or(format!("{} is missing", clients::DOCUMENT))?)?);
    Ok(files)
}

/// As a person reads it, with the line end that editors expect.
fn pretty(schema: &Value) -> String {
    format!("{schema:#}\n")
}

/// The generated files that do not hold what their types say.
pub fn stale(tree: &Tree) -> Result<Vec<Finding>, String> {
    Ok(differing(tree, &files(tree)?))
}

/// Says which generated files are stale. `Ok(false)`: some are.
pub fn check() -> Result<bool, String> {
    let stale = stale(&Tree::read(&root())?)?;
    for finding in &stale {
        println!("{finding}");
    }
    Ok(stale.is_empty())
}

/// Writes every generated file that is missing or stale, and says which.
pub fn write() -> Result<(), String> {
    let root = root();
    write_document(&root)?;
    let tree = Tree::read(&root)?;
    let files = files(&tree)?;
    for finding in differing(&tree, &files) {
        let path = root.join(&finding.place);
        let folder = path.parent().ok_or("a generated file lies at the root of the disk")?;
        std::fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        let text = files.iter().find(|(name, _)| *name == finding.place).map(|(_, text)| text.as_str());
        std::fs::write(&path, text.unwrap_or_default()).map_err(|e| format!("{}: {e}", path.display()))?;
        println!("wrote {}", finding.place);
    }
    Ok(())
}

/// Asks the server for its document.
fn write_document(root: &Path) -> Result<(), String> {
    let path = root.join(clients::DOCUMENT);
    let asked = Command::new("cargo")
        .args(["run", "--quiet", "--locked", "-p", "server", "--example", "openapi"])
        .current_dir(root)
        .stderr(Stdio::inherit())
        .output()
        .map_err(|e| format!("cargo cannot be started: {e}"))?;
    if !asked.status.success() {
        return Err("the server does not say its document".into());
    }
    if std::fs::read(&path).is_ok_and(|known| known == asked.stdout) {
        return Ok(());
    }
    std::fs::write(&path, asked.stdout).map_err(|e| format!("{}: {e}", path.display()))?;
    println!("wrote {}", clients::DOCUMENT);
    Ok(())
}

fn differing(tree: &Tree, files: &[Generated]) -> Vec<Finding> {
    let stale = files.iter().filter(|(path, text)| tree.get(path) != Some(text.as_str()));
    stale.map(|(path, _)| Finding::file(path, "is not what its types say", "cargo run -p xtask -- codegen")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_missing_or_was_edited_by_hand_is_stale() {
        let files: &[Generated] = &[("docs/a.json", "{}\n".to_owned())];
        assert_eq!(differing(&Tree::from([("docs/a.json", "{}\n")]), files), []);
        assert_eq!(differing(&Tree::from([("docs/a.json", "{ }\n")]), files).len(), 1);
        assert_eq!(differing(&Tree::from([]), files).len(), 1);
    }
}
