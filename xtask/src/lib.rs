//! The house's own tools, none of which a customer runs:
//!
//! ```text
//! cargo run -p xtask -- tidy                           the laws that no compiler checks
//! cargo run -p xtask -- conformance [--json] [DIR…]    golden vectors through the public API of the pure crates
//! cargo run -p xtask -- codegen [--check]              files that are written from types
//! cargo run -p xtask -- bench [CRATE…]                 the benchmarks of the workspace
//! cargo run -p xtask -- core                           the names of the pure crates, for scripts
//! ```

pub mod bench;
mod clients;
pub mod codegen;
pub mod conformance;
pub mod finding;
pub mod layers;
pub mod tidy;
pub mod tree;

use conformance::Form;
use std::path::PathBuf;

/// What the command line may say.
const USAGE: &str =
    "usage: cargo run -p xtask -- tidy | conformance [--json] [DIR…] | codegen [--check] | bench [CRATE…] | core";

/// Does what the arguments say. `Ok(false)`: it was done and something is wrong (exit status 1). `Err`: it could not be done
/// (exit status 2), and why.
pub fn run(arguments: &[String]) -> Result<bool, String> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["tidy"] => tidy::run(),
        ["conformance", "--json", directories @ ..] => conformance::run(&paths(directories), Form::Json),
        ["conformance", directories @ ..] => conformance::run(&paths(directories), Form::Text),
        ["codegen"] => codegen::write().map(|()| true),
        ["codegen", "--check"] => codegen::check(),
        ["bench", ..] => bench::run(&arguments[1..]),
        ["core"] => {
            layers::core_crates().for_each(|name| println!("{name}"));
            Ok(true)
        }
        _ => Err(USAGE.to_owned()),
    }
}

/// The directories that were named, or the vectors of this repository.
fn paths(named: &[&str]) -> Vec<PathBuf> {
    if named.is_empty() { vec![tree::root().join("conformance")] } else { named.iter().map(PathBuf::from).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_a_command_gets_the_usage() {
        for words in [vec![], vec!["tidy", "up"], vec!["deploy"]] {
            let words: Vec<String> = words.into_iter().map(str::to_owned).collect();
            assert_eq!(run(&words), Err(USAGE.to_owned()));
        }
    }
}
