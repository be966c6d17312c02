//! Files that are written from types, so that they cannot disagree with them.

use crate::finding::Finding;
use crate::tree::{Tree, root};
use serde_json::Value;

/// One generated file: its path, and what belongs there.
type Generated = (&'static str, fn() -> String);

/// Every generated file of the repository.
const FILES: &[Generated] = &[("docs/schema/pricing.schema.json", || pretty(&catalog::schema()))];

/// As a person reads it, with the line end that editors expect.
fn pretty(schema: &Value) -> String {
    format!("{schema:#}\n")
}

/// The generated files that do not hold what their types say.
pub fn stale(tree: &Tree) -> Result<Vec<Finding>, String> {
    Ok(differing(tree, FILES))
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
    for finding in stale(&Tree::read(&root)?)? {
        let path = root.join(&finding.place);
        let folder = path.parent().ok_or("a generated file lies at the root of the disk")?;
        std::fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        let text = FILES.iter().find(|(name, _)| *name == finding.place).map(|(_, text)| text()).unwrap_or_default();
        std::fs::write(&path, text).map_err(|e| format!("{}: {e}", path.display()))?;
        println!("wrote {}", finding.place);
    }
    Ok(())
}

fn differing(tree: &Tree, files: &[Generated]) -> Vec<Finding> {
    let stale = files.iter().filter(|(path, text)| tree.get(path) != Some(text().as_str()));
    stale.map(|(path, _)| Finding::file(path, "is not what its types say", "cargo run -p xtask -- codegen")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_missing_or_was_edited_by_hand_is_stale() {
        let files: &[Generated] = &[("docs/a.json", || "{}\n".to_owned())];
        assert_eq!(differing(&Tree::from([("docs/a.json", "{}\n")]), files), []);
        assert_eq!(differing(&Tree::from([("docs/a.json", "{ }\n")]), files).len(), 1);
        assert_eq!(differing(&Tree::from([]), files).len(), 1);
    }
}
