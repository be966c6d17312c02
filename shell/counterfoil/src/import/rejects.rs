//! What was refused, beside the file.

use crate::failure::Failure;
use serde::Serialize;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use stdx::Problem;

/// `FILE.rejects.ndjson`: it is there only when something was refused.
pub(crate) struct Rejects {
    path: PathBuf,
    file: Option<BufWriter<File>>,
    count: u64,
}

#[derive(Serialize)]
struct Reject<'a> {
    line: u64,
    #[serde(flatten)]
    problem: &'a Problem,
    row: &'a str,
}

impl Rejects {
    /// Begins anew: what an earlier import of the file refused is gone.
    pub(crate) fn beside(file: &Path) -> Result<Self, Failure> {
        let mut name = file.file_name().unwrap_or_default().to_owned();
        name.push(".rejects.ndjson");
        let path = file.with_file_name(name);
        match std::fs::remove_file(&path) {
            Err(why) if why.kind() != std::io::ErrorKind::NotFound => Err(Failure::file(&path, &why)),
            Ok(()) | Err(_) => Ok(Self { path, file: None, count: 0 }),
        }
    }

    pub(crate) fn add(&mut self, line: u64, problem: &Problem, row: &str) -> Result<(), Failure> {
        self.count += 1;
        let path = &self.path;
        let failed = |why: std::io::Error| Failure::file(path, &why);
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(BufWriter::new(File::create(path).map_err(failed)?)),
        };
        serde_json::to_writer(&mut *file, &Reject { line, problem, row }).map_err(|error| failed(error.into()))?;
        file.write_all(b"\n").map_err(failed)
    }

    /// How many were refused, and where they are listed.
    pub(crate) fn finish(self) -> Result<(u64, PathBuf), Failure> {
        if let Some(mut file) = self.file {
            file.flush().map_err(|why| Failure::file(&self.path, &why))?;
        }
        Ok((self.count, self.path))
    }
}
