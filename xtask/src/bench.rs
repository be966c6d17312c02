//! Every benchmark of the workspace, one crate after the other: two that run at once measure each other.

use crate::tree::{Tree, root};
use std::process::Command;

/// Runs the benchmarks of every crate that has a `benches` folder, or of the crates that are named. `Ok(false)`: one of
/// them failed.
pub fn run(only: &[String]) -> Result<bool, String> {
    let root = root();
    let tree = Tree::read(&root)?;
    let crates = measured(&tree);
    if let Some(unknown) = only.iter().find(|name| !crates.contains(&name.as_str())) {
        return Err(format!("`{unknown}` has no benchmark; these have: {}", crates.join(", ")));
    }
    let mut well = true;
    for name in crates.into_iter().filter(|name| only.is_empty() || only.iter().any(|one| one == name)) {
        println!("{name}");
        let status = Command::new(env!("CARGO")).args(["bench", "-p", name]).current_dir(&root).status();
        well &= status.map_err(|e| format!("cargo bench cannot be started: {e}"))?.success();
    }
    Ok(well)
}

fn measured(tree: &Tree) -> Vec<&str> {
    let with_benches = |half: &'static str| {
        tree.folders(half).into_iter().filter(move |name| tree.has(&format!("{half}{name}/benches")))
    };
    with_benches("crates/").chain(with_benches("shell/")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_is_measured_when_it_has_benches() {
        let tree = Tree::from([
            ("crates/rating/benches/models.rs", ""),
            ("crates/money/src/lib.rs", ""),
            ("shell/usage/benches/a.rs", ""),
        ]);
        assert_eq!(measured(&tree), ["rating", "usage"]);
    }
}
