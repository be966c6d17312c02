//! JSON pointers (RFC 6901).

use alloc::{
    string::{String, ToString},
    vec::Vec,
};

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Segment {
    /// An entry of a map.
    Key(String),
    /// An element of a list, from 0.
    Index(usize),
}

/// The pointer of a path: `/plans/scale/prices/tokens/graduated/1/up_to`.
pub fn pointer(path: &[Segment]) -> String {
    path.iter().fold(String::new(), |mut text, segment| {
        text.push('/');
        match segment {
            Segment::Key(key) => text.push_str(&key.replace('~', "~0").replace('/', "~1")),
            Segment::Index(index) => text.push_str(&index.to_string()),
        }
        text
    })
}

/// The path of a pointer. A number is an index; a map looks it up as a key all the same.
pub(crate) fn segments(pointer: &str) -> Vec<Segment> {
    pointer
        .split('/')
        .skip(1)
        .map(|part| match part.parse::<usize>() {
            Ok(index) if part == "0" || !part.starts_with(['0', '+']) => Segment::Index(index),
            Ok(_) | Err(_) => Segment::Key(part.replace("~1", "/").replace("~0", "~")),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_pointer_says_the_same_path_back(keys in proptest::collection::vec("[a-z~/]{1,6}", 0..5)) {
            let path: Vec<Segment> = keys.into_iter().map(Segment::Key).collect();
            prop_assert_eq!(segments(&pointer(&path)), path);
        }
    }
}
