//! What goes into a statement and what comes out: nothing, integers, text and bytes.

use crate::StoreError;
use serde::{Serialize, de::DeserializeOwned};
use stdx::Key;

/// One parameter or column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Val {
    Null,
    I64(i64),
    Text(String),
    Bytes(Vec<u8>),
}

impl From<i64> for Val {
    fn from(number: i64) -> Self {
        Self::I64(number)
    }
}
impl From<&str> for Val {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}
impl From<&String> for Val {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}
impl From<String> for Val {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}
impl From<&Key> for Val {
    fn from(key: &Key) -> Self {
        Self::Text(key.as_str().into())
    }
}
impl From<&[u8]> for Val {
    fn from(bytes: &[u8]) -> Self {
        Self::Bytes(bytes.into())
    }
}
impl From<Option<&str>> for Val {
    fn from(text: Option<&str>) -> Self {
        text.map_or(Self::Null, Self::from)
    }
}

impl From<Option<i64>> for Val {
    fn from(number: Option<i64>) -> Self {
        number.map_or(Self::Null, Self::from)
    }
}

/// The parameters of a statement, `$1` first.
macro_rules! args {
    ($($value:expr),* $(,)?) => { &[$($crate::value::Val::from($value)),*] };
}
pub(crate) use args;

/// The same as a list that is kept.
macro_rules! kept_args {
    ($($value:expr),* $(,)?) => { vec![$($crate::value::Val::from($value)),*] };
}
pub(crate) use kept_args;

/// A body as it is stored.
pub(crate) fn to_json<T: Serialize + ?Sized>(body: &T) -> Result<String, StoreError> {
    serde_json::to_string(body).map_err(|why| StoreError::Other(format!("the body cannot be written as JSON: {why}")))
}

/// One row of an answer; columns are taken by their place, each once.
pub(crate) struct Row<'a> {
    pub(crate) statement: &'a str,
    pub(crate) values: Vec<Val>,
}

impl Row<'_> {
    fn take(&mut self, column: usize) -> Val {
        self.values.get_mut(column).map_or(Val::Null, |value| std::mem::replace(value, Val::Null))
    }
    fn wrong<T>(&self, column: usize, why: &impl ToString) -> Result<T, StoreError> {
        Err(StoreError::Decode { what: format!("column {column} of {}", self.statement), why: why.to_string() })
    }
    pub(crate) fn int(&mut self, column: usize) -> Result<i64, StoreError> {
        match self.take(column) {
            Val::I64(number) => Ok(number),
            Val::Null | Val::Text(_) | Val::Bytes(_) => self.wrong(column, &"not an integer"),
        }
    }
    pub(crate) fn maybe_int(&mut self, column: usize) -> Result<Option<i64>, StoreError> {
        match self.take(column) {
            Val::Null => Ok(None),
            Val::I64(number) => Ok(Some(number)),
            Val::Text(_) | Val::Bytes(_) => self.wrong(column, &"not an integer"),
        }
    }
    pub(crate) fn text(&mut self, column: usize) -> Result<String, StoreError> {
        match self.take(column) {
            Val::Text(text) => Ok(text),
            Val::Null | Val::I64(_) | Val::Bytes(_) => self.wrong(column, &"not a text"),
        }
    }
    pub(crate) fn maybe_text(&mut self, column: usize) -> Result<Option<String>, StoreError> {
        match self.take(column) {
            Val::Null => Ok(None),
            Val::Text(text) => Ok(Some(text)),
            Val::I64(_) | Val::Bytes(_) => self.wrong(column, &"not a text"),
        }
    }
    pub(crate) fn bytes(&mut self, column: usize) -> Result<Vec<u8>, StoreError> {
        match self.take(column) {
            Val::Bytes(bytes) => Ok(bytes),
            Val::Null | Val::I64(_) | Val::Text(_) => self.wrong(column, &"not bytes"),
        }
    }
    pub(crate) fn json<T: DeserializeOwned>(&mut self, column: usize) -> Result<T, StoreError> {
        let text = self.text(column)?;
        serde_json::from_str(&text).or_else(|why| self.wrong(column, &why))
    }
}
