//! Threads that ask: each has a connection of its own, so that whoever calls the store may be anywhere, also in an async runtime.

use crate::{
    row::At,
    session::{Server, Session},
};
use bytes::BytesMut;
use calendar::Instant;
use postgres::{
    Row,
    types::{IsNull, ToSql, Type, to_sql_checked},
};
use std::{
    error::Error,
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread::{self, JoinHandle},
};
use usage::UsageError;

/// Rows that are sent from thread to thread at once.
const PART: i32 = 2_048;

/// A value of a question.
#[derive(Debug, Clone)]
pub(crate) enum Param {
    Text(String),
    Texts(Vec<String>),
    Bytes(Vec<u8>),
    Int(i64),
    At(Instant),
}

impl ToSql for Param {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Text(text) => text.to_sql_checked(ty, out),
            Self::Texts(texts) => texts.to_sql_checked(ty, out),
            Self::Bytes(bytes) => bytes.to_sql_checked(ty, out),
            Self::Int(number) => number.to_sql_checked(ty, out),
            Self::At(at) => At(*at).to_sql_checked(ty, out),
        }
    }
    fn accepts(_: &Type) -> bool {
        // each kind says so itself
        true
    }
    to_sql_checked!();
}

/// A statement and its values, `$1` first.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    pub(crate) sql: String,
    pub(crate) params: Vec<Param>,
}

impl Question {
    pub(crate) fn new(sql: impl Into<String>, params: Vec<Param>) -> Self {
        Self { sql: sql.into(), params }
    }

    /// Adds a condition; `$` in it stands for the value.
    pub(crate) fn and(&mut self, condition: &str, value: Param) {
        let value = self.value(value);
        self.sql.push_str(" AND ");
        self.sql.push_str(&condition.replace('$', &value));
    }

    /// Adds a value; the answer is its name in the statement.
    pub(crate) fn value(&mut self, value: Param) -> String {
        self.params.push(value);
        format!("${}", self.params.len())
    }

    fn values(&self) -> Vec<&(dyn ToSql + Sync)> {
        self.params.iter().map(|param| param as &(dyn ToSql + Sync)).collect()
    }
}

type Answer = mpsc::SyncSender<Result<Vec<Row>, UsageError>>;

/// What a thread of the pool does.
enum Task {
    /// All rows at once: for short answers.
    All(Question, Answer),
    /// Part by part: for answers of any length.
    Parts(Question, Answer),
}

/// The threads that ask.
pub(crate) struct Pool {
    tasks: Option<mpsc::Sender<Task>>,
    threads: Vec<JoinHandle<()>>,
}

impl Pool {
    /// Threads with connections that are made when they are first needed.
    pub(crate) fn new(server: &Server, size: usize) -> Self {
        let (tasks, waiting) = mpsc::channel();
        let waiting = Arc::new(Mutex::new(waiting));
        let one = |_| {
            let (waiting, mut session) = (Arc::clone(&waiting), Session::new(server.clone()));
            thread::spawn(move || {
                while let Some(task) = next(&waiting) {
                    work(&mut session, task);
                }
            })
        };
        Self { tasks: Some(tasks), threads: (0..size).map(one).collect() }
    }

    /// The rows of a short answer.
    pub(crate) fn all(&self, question: Question) -> Result<Vec<Row>, UsageError> {
        self.ask(|answer| Task::All(question, answer)).into_iter().next().unwrap_or_else(|| Err(gone()))
    }

    /// Looks at each row of an answer of any length, which is never in memory as a whole.
    pub(crate) fn each(
        &self,
        question: Question,
        mut look: impl FnMut(&Row) -> Result<(), UsageError>,
    ) -> Result<(), UsageError> {
        for part in self.ask(|answer| Task::Parts(question, answer)) {
            part?.iter().try_for_each(&mut look)?;
        }
        Ok(())
    }

    fn ask(&self, task: impl FnOnce(Answer) -> Task) -> mpsc::Receiver<Result<Vec<Row>, UsageError>> {
        let (answer, answers) = mpsc::sync_channel(2);
        if let Some(tasks) = &self.tasks {
            // where no thread is left, nobody answers either
            let _ = tasks.send(task(answer));
        }
        answers
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.tasks = None;
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

/// The threads of the store are gone, which only a bug can do.
pub(crate) fn gone() -> UsageError {
    UsageError::Stopped { why: "a thread of the store panicked".into() }
}

fn next(waiting: &Mutex<mpsc::Receiver<Task>>) -> Option<Task> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

/// Answers. Where nobody waits for the answer any more, the rest of it is not asked for.
fn work(session: &mut Session, task: Task) {
    match task {
        Task::All(question, answer) => {
            let _ = answer.send(session.all(&question.sql, &question.values()));
        }
        Task::Parts(question, answer) => {
            let done = session.parts(&question.sql, &question.values(), PART, |rows| answer.send(Ok(rows)).is_ok());
            if let Err(error) = done {
                let _ = answer.send(Err(error));
            }
        }
    }
}
