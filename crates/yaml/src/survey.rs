//! All that is wrong, not only the first.

use crate::{
    Node, Segment, Value,
    deserialize::NodeReader,
    load::measure,
    read_error::{ReadError, Reason},
};
use alloc::vec::Vec;
use serde::de::DeserializeOwned;
use stdx::NonEmpty;

/// What was read from a value, and what was wrong with it.
///
/// serde stops at the first error. So what does not fit is taken out of the tree and the rest is read again, until it fits or
/// nothing is left; what only follows from the taking out is not reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Survey<T> {
    /// It fits.
    Whole(T),
    /// It fits but for some entries, which were left out.
    Partly(T, NonEmpty<ReadError>),
    /// Nothing could be read.
    Nothing(NonEmpty<ReadError>),
}

/// After so many errors the rest of a file is not looked at.
const ENOUGH: usize = 100;
/// How much is read in all, in the measure of [`crate::MAX_ALIASED`]: a large file with many errors must not take minutes. The first
/// errors are told in any case.
const WORK: usize = 256 << 20;

pub(crate) fn survey<T: DeserializeOwned>(node: &Node) -> Survey<T> {
    let first = match read(node) {
        Ok(whole) => return Survey::Whole(whole),
        Err(error) => error,
    };
    let mut rest = node.clone();
    let mut taken: Vec<Vec<Segment>> = Vec::new();
    let mut errors = NonEmpty::of(first.clone());
    let mut error = first;
    let mut rounds = (WORK / measure(node).0).max(3);
    loop {
        rounds -= 1;
        if rounds == 0 || errors.len() >= ENOUGH || take_out(&mut rest, &error.path).is_none() {
            return Survey::Nothing(errors);
        }
        taken.push(original(&error.path, &taken));
        error = match read(&rest) {
            Ok(part) => return Survey::Partly(part, errors),
            Err(error) => error,
        };
        let told = ReadError { path: original(&error.path, &taken), ..error.clone() };
        if !follows(&told, &taken) {
            errors.push(told);
        }
    }
}

fn read<T: DeserializeOwned>(node: &Node) -> Result<T, ReadError> {
    T::deserialize(NodeReader::new(node)).map_err(|raised| raised.finish(node.pos))
}

/// Whether an error only says that something was taken out: a field that is missing because it was, or a judgement about a whole
/// of which a part was.
fn follows(error: &ReadError, taken: &[Vec<Segment>]) -> bool {
    let beneath = |path: &[Segment]| taken.iter().any(|one| one.starts_with(path));
    match &error.reason {
        Reason::MissingField { field } => {
            let mut path = error.path.clone();
            path.push(Segment::Key(field.clone()));
            beneath(&path)
        }
        Reason::Invalid { .. } | Reason::Problem(_) | Reason::WrongKind { .. } => beneath(&error.path),
        Reason::UnknownField { .. } | Reason::UnknownWord { .. } => false,
    }
}

/// Takes what a path leads to out of its list or map; nothing when it is the root.
fn take_out(root: &mut Node, path: &[Segment]) -> Option<()> {
    let (last, way) = path.split_last()?;
    let mut node = root;
    for segment in way {
        node = match (&mut node.value, segment) {
            (Value::Map(entries), Segment::Key(key)) => {
                &mut entries.iter_mut().find(|(name, _)| name.text() == Some(key))?.1
            }
            (Value::List(items), Segment::Index(index)) => items.get_mut(*index)?,
            (_, _) => return None,
        };
    }
    match (&mut node.value, last) {
        (Value::Map(entries), Segment::Key(key)) => {
            let at = entries.iter().position(|(name, _)| name.text() == Some(key))?;
            entries.remove(at);
        }
        (Value::List(items), Segment::Index(index)) if *index < items.len() => {
            items.remove(*index);
        }
        (_, _) => return None,
    }
    Some(())
}

/// The path in the text: elements that were taken out of a list before it count again.
fn original(path: &[Segment], taken: &[Vec<Segment>]) -> Vec<Segment> {
    path.iter().fold(Vec::new(), |mut way, segment| {
        let mut index = match segment {
            Segment::Index(index) => *index,
            Segment::Key(_) => {
                way.push(segment.clone());
                return way;
            }
        };
        let mut gone: Vec<usize> = taken.iter().filter_map(|one| element(one, &way)).collect();
        gone.sort_unstable();
        for one in gone {
            index += usize::from(one <= index);
        }
        way.push(Segment::Index(index));
        way
    })
}

/// The number of the element, when a path is that of an element of the list.
fn element(path: &[Segment], list: &[Segment]) -> Option<usize> {
    match path.strip_prefix(list) {
        Some([Segment::Index(index)]) => Some(*index),
        Some(_) | None => None,
    }
}
