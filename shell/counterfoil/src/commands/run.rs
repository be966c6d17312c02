//! `counterfoil run`

use crate::failure::{Done, Failure};
use crate::text::counted;
use clap::Args;
use engine::EngineError;
use engine::scenario::{Difference, Expect, Outcome, Scenario, report, run, update};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use stdx::{NonEmpty, Problem};
use yaml::Mistake;

/// Run scenario files on the real engine, and compare what comes out with what they expect.
///
/// With the environment variable UPDATE=1 the expectations are written anew from what came out. The exit status is 1 when an expectation is
/// not met.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  counterfoil run scenarios\n  UPDATE=1 counterfoil run scenarios/prices/volume.yaml"
)]
pub(crate) struct Run {
    /// Scenario files, or directories in which every `.yaml` is one.
    #[arg(required = true, value_name = "FILE|DIR")]
    paths: Vec<PathBuf>,
    /// Print everything that came out as JSON.
    #[arg(long)]
    json: bool,
    /// Print only what is not as expected.
    #[arg(long, conflicts_with = "json")]
    quiet: bool,
    /// Write the expectations anew; the same as UPDATE=1.
    #[arg(long)]
    update: bool,
}

/// A scenario file and what came of it.
struct Tried {
    file: String,
    text: String,
    came: Came,
}

enum Came {
    Misread(NonEmpty<Mistake>),
    Failed(EngineError),
    Ran(Box<Scenario>, Box<Outcome>),
}

impl Run {
    pub(crate) fn run(self) -> Done {
        let mut files = Vec::new();
        for path in &self.paths {
            find(path, &mut files)?;
        }
        if files.is_empty() {
            let problem = Problem::new("no_scenarios", "There are no scenarios")
                .detail("no file that ends in .yaml was found")
                .mend("name a scenario file, or a directory with some");
            return Err(problem.into());
        }
        let updating = self.update || std::env::var_os("UPDATE").is_some_and(|value| value != "0" && !value.is_empty());
        let (mut passed, mut documents) = (0_usize, Vec::new());
        for file in &files {
            let tried = attempt(file)?;
            if updating && tried.update(file)? {
                passed += 1;
                continue;
            }
            passed += usize::from(tried.passed());
            if self.json {
                documents.push(tried.json());
            } else if !(self.quiet && tried.passed()) {
                println!("{}", tried.told());
            }
        }
        let failed = files.len() - passed;
        if self.json {
            println!("{:#}", Value::Array(documents));
        } else {
            println!("{}, {passed} passed, {failed} failed", counted(files.len(), "scenario"));
        }
        Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// The file, or every scenario below the directory in the order of names.
fn find(path: &Path, found: &mut Vec<PathBuf>) -> Result<(), Failure> {
    if !path.is_dir() {
        found.push(path.to_owned());
        return Ok(());
    }
    let entries = std::fs::read_dir(path).map_err(|why| Failure::file(path, &why))?;
    let mut below = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|why| Failure::file(path, &why))?;
    below.sort();
    below.retain(|path| path.is_dir() || path.extension().is_some_and(|ending| ending == "yaml"));
    below.iter().try_for_each(|path| find(path, found))
}

fn attempt(path: &Path) -> Result<Tried, Failure> {
    let file = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|why| Failure::file(path, &why))?;
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        // the reader says which encoding it is, and where it begins
        Err(error) => {
            let mistakes = yaml::Document::from_bytes(error.as_bytes(), &file).err();
            let lossy = String::from_utf8_lossy(error.as_bytes()).into_owned();
            match mistakes {
                Some(mistakes) => return Ok(Tried { file, text: lossy, came: Came::Misread(mistakes) }),
                None => lossy,
            }
        }
    };
    let came = match Scenario::parse(&text, &file) {
        Err(mistakes) => Came::Misread(mistakes),
        Ok(scenario) => match run(&scenario) {
            Ok(outcome) => Came::Ran(Box::new(scenario), Box::new(outcome)),
            Err(error) => Came::Failed(error),
        },
    };
    Ok(Tried { file, text, came })
}

impl Tried {
    fn passed(&self) -> bool {
        match &self.came {
            Came::Misread(_) | Came::Failed(_) => false,
            Came::Ran(_, outcome) => outcome.differences.is_empty(),
        }
    }

    /// Writes the expectations anew, where they are not met; `false` where something else is wrong.
    fn update(&self, path: &Path) -> Result<bool, Failure> {
        let Came::Ran(scenario, outcome) = &self.came else { return Ok(false) };
        if outcome.differences.is_empty() && scenario.expect != Expect::default() {
            return Ok(true);
        }
        let written = update(&self.text, scenario, outcome);
        if written != self.text {
            std::fs::write(path, written).map_err(|why| Failure::file(path, &why))?;
            println!("wrote {}", self.file);
        }
        Ok(outcome.differences.iter().all(|difference| matches!(difference, Difference::Value { .. })))
    }

    fn told(&self) -> String {
        match &self.came {
            Came::Misread(mistakes) => {
                mistakes.iter().map(|mistake| format!("{mistake}\n")).collect::<Vec<_>>().concat()
            }
            Came::Failed(error) => format!("{}: {error}\n", self.file),
            Came::Ran(scenario, outcome) => report(scenario, outcome),
        }
    }

    fn json(&self) -> Value {
        let mut document = json!({ "file": self.file, "passed": self.passed() });
        match &self.came {
            Came::Misread(mistakes) => document["mistakes"] = json!(mistakes.as_slice()),
            Came::Failed(error) => document["problems"] = json!(error.problems()),
            Came::Ran(scenario, outcome) => {
                document["about"] = json!(scenario.about);
                document["differences"] = outcome.differences.iter().map(ToString::to_string).collect();
                document["observed"] = json!(outcome.observed);
            }
        }
        document
    }
}
