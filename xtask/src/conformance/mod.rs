//! Golden vectors through the public API of the pure crates.
//!
//! A vector says what another billing engine, a standard or a worked example gives for an input. An [`Adapter`] per kind
//! translates its JSON into our types and our answer back; every rule is in the crates, where a customer gets it too. What
//! no adapter knows yet is counted and named, never left out in silence.

mod compare;
mod input;
pub mod killbill;
pub mod lago;
mod lines;
pub mod meteroid;
pub mod openmeter;
mod report;
pub mod revrec;
mod run;
pub mod tax;
mod vectors;

use serde_json::Value;
use std::path::PathBuf;

/// Computes what a vector of one kind asks for: an object with at least the keys of `expected`, which is given only
/// so that an adapter knows which fields are asked for. An `Err` says why nothing could be computed.
pub type Adapter = fn(input: &Value, expected: &Value) -> Result<Value, String>;

/// The kinds of one topic, each with its adapter.
pub type Topic = &'static [(&'static str, Adapter)];

/// The peers whose vectors we can compute, each with the kinds of all its topics.
const PEERS: &[(&str, &[Topic])] = &[
    ("killbill", killbill::TOPICS),
    ("lago", lago::TOPICS),
    ("meteroid", meteroid::TOPICS),
    ("openmeter", openmeter::TOPICS),
    ("revrec", revrec::TOPICS),
    ("tax", tax::TOPICS),
];

/// How the result is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A table per peer for a person.
    Text,
    /// The same facts as one JSON object.
    Json,
}

/// Runs every vector below the directories and prints what came out. `Ok(false)`: at least one failed or could not be read.
/// `Err` when a directory is not there or holds no vector at all.
pub fn run(directories: &[PathBuf], form: Form) -> Result<bool, String> {
    let found = vectors::find(directories)?;
    if found.vectors.is_empty() && found.unreadable.is_empty() {
        let names: Vec<String> = directories.iter().map(|path| path.display().to_string()).collect();
        return Err(format!("no vector lies under {}", names.join(", ")));
    }
    // A panic is told in the report, with its vector; the hook's own words between the lines would say it twice.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let results: Vec<run::Result<'_>> = found.vectors.iter().map(|vector| run::run(vector, adapter(vector))).collect();
    std::panic::set_hook(hook);
    match form {
        Form::Text => print!("{}", report::text(&found, &results)),
        Form::Json => println!("{:#}", report::json(&found, &results)),
    }
    Ok(found.unreadable.is_empty() && !results.iter().any(run::Result::failed))
}

/// The adapter of a vector's peer and kind. A vector that does not say whose it is is computed when only one peer
/// knows its kind.
fn adapter(vector: &vectors::Vector) -> Option<Adapter> {
    let of = |topics: &[Topic]| {
        topics.iter().copied().flatten().find(|(kind, _)| *kind == vector.kind).map(|(_, adapter)| *adapter)
    };
    if let Some((_, topics)) = PEERS.iter().find(|(peer, _)| *peer == vector.peer) {
        return of(topics);
    }
    let mut known = PEERS.iter().filter_map(|(_, topics)| of(topics));
    known.next().filter(|_| vector.peer == vectors::UNKNOWN && known.next().is_none())
}
