//! Why a command did not do what it was asked, as a person reads it.

use engine::EngineError;
use server::ServeError;
use std::fmt::Display;
use std::io;
use std::path::Path;
use std::process::ExitCode;
use stdx::{NonEmpty, Problem, ToProblem};
use store::StoreError;
use yaml::Mistake;

/// Everything that is wrong, each with what, where and how to mend it.
#[derive(Debug)]
pub(crate) struct Failure {
    told: Vec<String>,
}

impl Failure {
    /// Tells it on the standard error; the exit status is 1.
    pub(crate) fn told(self) -> ExitCode {
        for (at, one) in self.told.iter().enumerate() {
            eprintln!("{}{one}", if at == 0 { "error: " } else { "\nerror: " });
        }
        ExitCode::FAILURE
    }

    /// A file that cannot be read or written.
    pub(crate) fn file(path: &Path, why: &io::Error) -> Self {
        let problem = Problem::new("file_unusable", "The file cannot be used")
            .detail(format!("{}: {why}", path.display()))
            .mend("check the path and its permissions");
        problem.into()
    }

    fn all<T: Display>(told: impl IntoIterator<Item = T>) -> Self {
        Self { told: told.into_iter().map(|one| one.to_string()).collect() }
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::all([problem])
    }
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        Self::all(error.problems())
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        error.problem().into()
    }
}

impl From<ServeError> for Failure {
    fn from(error: ServeError) -> Self {
        error.problem().into()
    }
}

impl From<NonEmpty<Mistake>> for Failure {
    fn from(mistakes: NonEmpty<Mistake>) -> Self {
        Self::all(mistakes)
    }
}

/// What a command does in the end: an exit status, or what is wrong.
pub(crate) type Done = Result<ExitCode, Failure>;
