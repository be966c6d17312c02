//! From the rows of a file to events.

mod file;
mod mapping;
mod rejects;
mod row;
mod rows;
mod target;

pub(crate) use file::{Summary, import_file};
pub(crate) use mapping::{Defaults, Mapping};
pub(crate) use rows::Format;
pub(crate) use target::Target;
