//! Which crate may use which: the table of the house, and the test that it is the truth.
//!
//! It is exact both ways. A crate that uses another one must say so here, and what is said here must be used, so
//! that this table can be read instead of 16 manifests.

use crate::finding::Finding;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

/// What one crate may use.
struct Row {
    name: &'static str,
    /// Crates of this house, directly.
    house: &'static [&'static str],
    /// Crates from outside, directly. For the core this is a promise (pure, `no_std` where it can be, few);
    /// `None`: the shell takes what it needs.
    outside: Option<&'static [&'static str]>,
}

const fn core(name: &'static str, house: &'static [&'static str], outside: &'static [&'static str]) -> Row {
    Row { name, house, outside: Some(outside) }
}

const fn shell(name: &'static str, house: &'static [&'static str]) -> Row {
    Row { name, house, outside: None }
}

/// The pure half, in the order in which value flows.
const CORE: &[Row] = &[
    core("stdx", &[], &["schemars", "serde", "thiserror"]),
    core("money", &["stdx"], &["schemars", "serde", "thiserror"]),
    core("calendar", &["money", "stdx"], &["jiff", "schemars", "serde", "thiserror"]),
    core("formula", &["money", "stdx"], &["cel", "schemars", "serde", "thiserror"]),
    core("metering", &["calendar", "formula", "money", "stdx"], &["schemars", "serde", "serde_json", "thiserror"]),
    core("rating", &["calendar", "formula", "money", "stdx"], &["schemars", "serde", "thiserror"]),
    core("tax", &["calendar", "money", "stdx"], &["schemars", "serde", "thiserror"]),
    core("credits", &["calendar", "money", "stdx"], &["schemars", "serde", "thiserror"]),
    core("entitlements", &["calendar", "money", "stdx"], &["schemars", "serde", "thiserror"]),
    core("yaml", &["stdx"], &["granit-parser", "schemars", "serde", "thiserror"]),
    core(
        "catalog",
        &["calendar", "formula", "metering", "money", "rating", "stdx", "tax", "yaml"],
        &["schemars", "serde", "serde_json", "thiserror"],
    ),
    core("contracts", &["calendar", "catalog", "money", "rating", "stdx", "tax"], &["schemars", "serde", "thiserror"]),
    core("ledger", &["calendar", "money", "stdx"], &["schemars", "serde", "sha2", "thiserror"]),
    core("reports", &["calendar", "ledger", "money", "stdx"], &["schemars", "serde", "thiserror"]),
    core("revenue", &["calendar", "ledger", "money", "stdx"], &["thiserror"]),
    core(
        "billing",
        &["calendar", "catalog", "contracts", "ledger", "metering", "money", "rating", "stdx", "tax"],
        &["schemars", "serde", "thiserror"],
    ),
    core("payments", &["calendar", "ledger", "money", "stdx"], &["schemars", "serde", "thiserror"]),
];

/// The half with the effects, and the tools.
const SHELL: &[Row] = &[
    shell("test_postgres", &[]),
    shell("usage", &["calendar", "metering", "money", "stdx"]),
    shell("usage_postgres", &["calendar", "metering", "money", "stdx", "usage"]),
    shell("store", &["stdx"]),
    shell(
        "engine",
        &[
            "billing",
            "calendar",
            "catalog",
            "contracts",
            "ledger",
            "metering",
            "money",
            "payments",
            "rating",
            "reports",
            "stdx",
            "store",
            "tax",
            "usage",
            "usage_postgres",
            "yaml",
        ],
    ),
    shell("transport", &["engine", "stdx"]),
    shell(
        "server",
        &[
            "billing",
            "calendar",
            "catalog",
            "contracts",
            "engine",
            "ledger",
            "metering",
            "money",
            "payments",
            "reports",
            "stdx",
            "yaml",
        ],
    ),
    shell(
        "counterfoil",
        &[
            "billing",
            "calendar",
            "catalog",
            "contracts",
            "engine",
            "metering",
            "server",
            "stdx",
            "store",
            "transport",
            "yaml",
        ],
    ),
    shell(
        "xtask",
        &[
            "billing",
            "calendar",
            "catalog",
            "credits",
            "entitlements",
            "formula",
            "ledger",
            "metering",
            "money",
            "rating",
            "revenue",
            "stdx",
            "tax",
        ],
    ),
    shell("bench", &["billing", "calendar", "contracts", "metering", "money", "stdx", "usage"]),
    shell("counterfoil-client", &[]),
];

/// The tools and what others build upon, which lie in no half of the house.
const TOOLS: &[&str] = &["bench", "counterfoil-client", "xtask"];

/// Directions that no later row may open, each with its reason.
const NEVER: &[(&str, &str, &str)] = &[
    ("revenue", "billing", "earning does not depend on invoicing; they meet in the ledger"),
    ("billing", "revenue", "invoicing does not depend on earning; they meet in the ledger"),
    ("ledger", "catalog", "the books know no business"),
    ("ledger", "contracts", "the books know no business"),
    ("ledger", "billing", "the books know no business"),
    ("rating", "catalog", "a price model receives its terms"),
    ("metering", "rating", "usage knows no price"),
    ("server", "store", "the engine is the one write path"),
    ("connectors", "store", "connectors only describe requests"),
    ("connectors", "transport", "connectors only describe requests"),
];

/// What the tests of a core crate may use from outside: nothing with a clock or a network.
const CORE_TESTS: &[&str] = &["divan", "iso_currency", "proptest", "serde_json"];

/// Asks cargo for the workspace and compares it with the table.
pub fn check(root: &Path) -> Result<Vec<Finding>, String> {
    let told = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--locked"])
        .current_dir(root)
        .output()
        .map_err(|e| format!("cargo metadata cannot be started: {e}"))?;
    if !told.status.success() {
        return Err(format!("cargo metadata: {}", String::from_utf8_lossy(&told.stderr)));
    }
    let metadata = serde_json::from_slice(&told.stdout).map_err(|e| format!("cargo metadata is not JSON: {e}"))?;
    Ok(compare(&metadata, CORE, SHELL))
}

/// The names of the pure crates, in the order in which value flows.
pub fn core_crates() -> impl Iterator<Item = &'static str> {
    CORE.iter().map(|row| row.name)
}

fn compare(metadata: &Value, core: &[Row], shell: &[Row]) -> Vec<Finding> {
    let house: BTreeSet<&str> = core.iter().chain(shell).map(|row| row.name).collect();
    let packages: Vec<Package> = metadata["packages"].as_array().into_iter().flatten().map(Package::read).collect();
    let mut findings = never(core, shell);
    let mut above = Vec::new();
    for row in core.iter().chain(shell) {
        match packages.iter().find(|package| package.name == row.name) {
            Some(package) => findings.extend(row.compare(package, &house, &above)),
            None => findings.push(Finding::file(
                HERE,
                format!("`{}` is not in the workspace", row.name),
                "take its row out",
            )),
        }
        above.push(row.name);
    }
    for package in packages.iter().filter(|package| !house.contains(package.name)) {
        findings.push(Finding::file(
            &package.manifest(),
            format!("`{}` has no row in the table of layers", package.name),
            format!("give it a row in {HERE}, and a reason in DECISIONS.md"),
        ));
    }
    findings
}

const HERE: &str = "xtask/src/layers.rs";

/// The laws that the table itself must keep.
fn never(core: &[Row], shell: &[Row]) -> Vec<Finding> {
    let pure: BTreeSet<&str> = core.iter().map(|row| row.name).collect();
    let mut findings = Vec::new();
    for row in core {
        for used in row.house.iter().filter(|used| !pure.contains(*used)) {
            findings.push(Finding::file(
                HERE,
                format!("the pure crate `{}` would use `{used}` of the shell", row.name),
                "turn it round: the shell calls the core with values",
            ));
        }
    }
    for (from, to, why) in NEVER {
        if core.iter().chain(shell).any(|row| row.name == *from && row.house.contains(to)) {
            findings.push(Finding::file(HERE, format!("`{from}` would use `{to}`"), *why));
        }
    }
    findings
}

impl Row {
    /// `above`: the crates before this one in the table, which its tests may use too.
    fn compare(&self, package: &Package, house: &BTreeSet<&str>, above: &[&str]) -> Vec<Finding> {
        let mut findings = Vec::new();
        let manifest = package.manifest();
        let is_house = |name: &&str| house.contains(name);
        let (used, foreign): (BTreeSet<&str>, BTreeSet<&str>) = package.normal.iter().copied().partition(is_house);
        findings.extend(exact(&manifest, self.house, &used));
        let (tested, foreign_tested): (BTreeSet<&str>, BTreeSet<&str>) =
            package.tests.iter().copied().partition(is_house);
        for name in tested.iter().filter(|name| !above.contains(*name)) {
            findings.push(Finding::file(
                &manifest,
                format!("the tests use `{name}`, which stands below `{}`", self.name),
                "move the test to the crate that may use both",
            ));
        }
        if let Some(outside) = self.outside {
            findings.extend(exact(&manifest, outside, &foreign));
            for name in foreign_tested.iter().filter(|name| !CORE_TESTS.contains(name) && !outside.contains(name)) {
                findings.push(Finding::file(
                    &manifest,
                    format!("the tests of the core may not use `{name}`"),
                    format!("do without it, or add it to CORE_TESTS in {HERE}"),
                ));
            }
        }
        let folder = if self.outside.is_some() { "crates" } else { "shell" };
        if !TOOLS.contains(&self.name) && package.folder != format!("{folder}/{}", self.name) {
            findings.push(Finding::file(
                &manifest,
                "this crate lies in the wrong half of the house",
                format!("move it to {folder}/"),
            ));
        }
        findings
    }
}

fn exact(manifest: &str, table: &[&str], used: &BTreeSet<&str>) -> Vec<Finding> {
    let allowed: BTreeSet<&str> = table.iter().copied().collect();
    let more = used.difference(&allowed).map(|name| {
        let mend = format!("do without it, or write it into the table in {HERE} with a reason in DECISIONS.md");
        Finding::file(manifest, format!("uses `{name}`, which the table does not allow"), mend)
    });
    let fewer = allowed.difference(used).map(|name| {
        Finding::file(
            manifest,
            format!("the table allows `{name}`, which is not used"),
            format!("take it out of {HERE}"),
        )
    });
    more.chain(fewer).collect()
}

/// What cargo says about one crate of the workspace.
struct Package<'a> {
    name: &'a str,
    /// `crates/money`.
    folder: String,
    normal: BTreeSet<&'a str>,
    tests: BTreeSet<&'a str>,
}

impl<'a> Package<'a> {
    fn read(value: &'a Value) -> Self {
        let dependencies = || value["dependencies"].as_array().into_iter().flatten();
        let named = |kind: Option<&str>| {
            dependencies()
                .filter(|d| d["kind"].as_str() == kind)
                .filter_map(|d| d["name"].as_str())
                .collect::<BTreeSet<_>>()
        };
        let mut normal = named(None);
        normal.extend(named(Some("build")));
        let manifest = Path::new(value["manifest_path"].as_str().unwrap_or_default());
        let parts: Vec<String> = manifest
            .parent()
            .into_iter()
            .flat_map(Path::components)
            .map(|part| part.as_os_str().to_string_lossy().into_owned())
            .collect();
        let folder = parts[parts.len().saturating_sub(2)..].join("/");
        Self { name: value["name"].as_str().unwrap_or_default(), folder, normal, tests: named(Some("dev")) }
    }

    fn manifest(&self) -> String {
        if TOOLS.contains(&self.name) {
            format!("{}/Cargo.toml", self.name)
        } else {
            format!("{}/Cargo.toml", self.folder)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_workspace_is_what_the_table_says() {
        let findings = check(&crate::tree::root()).expect("cargo knows the workspace");
        assert!(findings.is_empty(), "{}", findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"));
    }

    fn package(name: &str, half: &str, normal: &[&str], tests: &[&str]) -> Value {
        let dependencies: Vec<Value> = normal
            .iter()
            .map(|name| json!({"name": name, "kind": null}))
            .chain(tests.iter().map(|name| json!({"name": name, "kind": "dev"})))
            .collect();
        json!({"name": name, "manifest_path": format!("/x/{half}/{name}/Cargo.toml"), "dependencies": dependencies})
    }

    fn whats(packages: &[Value], core: &[Row], shell: &[Row]) -> Vec<String> {
        compare(&json!({ "packages": packages }), core, shell).into_iter().map(|finding| finding.what).collect()
    }

    #[test]
    fn a_use_that_the_table_does_not_know_is_found() {
        let packages = [package("a", "crates", &["b", "rand"], &[]), package("b", "crates", &[], &[])];
        let rows = [core("a", &[], &[]), core("b", &[], &[])];
        assert_eq!(
            whats(&packages, &rows, &[]),
            ["uses `b`, which the table does not allow", "uses `rand`, which the table does not allow"]
        );
    }

    #[test]
    fn a_row_that_promises_more_than_is_used_is_found() {
        let packages = [package("a", "crates", &[], &[]), package("b", "crates", &[], &[])];
        let rows = [core("a", &["b"], &["serde"]), core("b", &[], &[])];
        assert_eq!(
            whats(&packages, &rows, &[]),
            ["the table allows `b`, which is not used", "the table allows `serde`, which is not used"]
        );
    }

    #[test]
    fn a_crate_without_a_row_and_a_row_without_a_crate_are_found() {
        let packages = [package("new", "crates", &[], &[])];
        let rows = [core("old", &[], &[])];
        assert_eq!(
            whats(&packages, &rows, &[]),
            ["`old` is not in the workspace", "`new` has no row in the table of layers"]
        );
    }

    #[test]
    fn the_core_never_uses_the_shell_nor_a_forbidden_direction() {
        let packages = [
            package("rating", "crates", &["catalog", "store"], &[]),
            package("catalog", "crates", &[], &[]),
            package("store", "shell", &[], &[]),
        ];
        let rows = [core("rating", &["catalog", "store"], &[]), core("catalog", &[], &[])];
        assert_eq!(
            whats(&packages, &rows, &[shell("store", &[])]),
            ["the pure crate `rating` would use `store` of the shell", "`rating` would use `catalog`"]
        );
    }

    #[test]
    fn tests_keep_the_layers_and_the_core_tests_have_no_clock() {
        let packages = [package("a", "crates", &[], &["b", "tokio", "proptest"]), package("b", "crates", &[], &[])];
        let rows = [core("a", &[], &[]), core("b", &[], &[])];
        assert_eq!(
            whats(&packages, &rows, &[]),
            ["the tests use `b`, which stands below `a`", "the tests of the core may not use `tokio`"]
        );
    }

    #[test]
    fn a_pure_crate_in_the_shell_is_found() {
        assert_eq!(
            whats(&[package("a", "shell", &[], &[])], &[core("a", &[], &[])], &[]),
            ["this crate lies in the wrong half of the house"]
        );
    }
}
