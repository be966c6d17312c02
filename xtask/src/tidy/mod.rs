//! The laws that no compiler checks, one module per law. Each check reads the repository as text and says what is
//! wrong, where and how to mend it; each has a test in which it fails.

mod codes;
mod core_is_pure;
mod examples;
mod links;
mod locks;
mod promises;
mod size;
mod taste;
mod unused;

use crate::finding::Finding;
use crate::tree::{Tree, root};
use crate::{codegen, layers};

type Check = fn(&Tree) -> Vec<Finding>;

/// Every law with the words in which a failing run names it.
const LAWS: &[(&str, Check)] = &[
    ("the core is no_std and has no float", core_is_pure::check),
    ("a README says what a crate owns, and each invariant names a test that exists", promises::check),
    ("every price model, aggregation and scenario explains itself", examples::check),
    ("every error code has its section in docs/errors.md", codes::check),
    ("files fit a reader, and clippy knows the length of a function", size::check),
    ("no machine's path, no unfinished work", taste::check),
    ("links between documents resolve, and README shows two commands", links::check),
    ("dependencies come from crates.io", locks::check),
    ("a declared dependency is used", unused::check),
];

/// Runs every law and prints what is broken. `Ok(true)`: the house is tidy.
pub fn run() -> Result<bool, String> {
    let root = root();
    let tree = Tree::read(&root)?;
    let mut broken = 0;
    let mut report = |law: &str, findings: &[Finding]| {
        if findings.is_empty() {
            println!("ok      {law}");
            return;
        }
        println!("BROKEN  {law}");
        for finding in findings {
            println!("  {finding}");
        }
        broken += findings.len();
    };
    report("the layers are what the table says", &layers::check(&root)?);
    for (law, check) in LAWS {
        report(law, &check(&tree));
    }
    report("generated files are current", &codegen::stale(&tree)?);
    println!("\n{broken} findings");
    Ok(broken == 0)
}
