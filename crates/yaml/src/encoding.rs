//! From bytes to text.

use crate::{Pos, SyntaxError};

/// The text that bytes hold; a byte order mark of UTF-8 is taken off.
pub(crate) fn decode(bytes: &[u8]) -> Result<&str, (Pos, SyntaxError)> {
    let found = match bytes {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => Some("UTF-32"),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, 1..=0x7f, ..] | [1..=0x7f, 0, ..] => Some("UTF-16"),
        _ => None,
    };
    if let Some(found) = found {
        return Err((Pos::START, SyntaxError::Encoding { found }));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    core::str::from_utf8(bytes).map_err(|error| {
        let good = core::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or("");
        let line_start = good.rfind('\n').map_or(0, |at| at + 1);
        let pos = Pos { line: good.matches('\n').count() + 1, column: good[line_start..].chars().count() + 1 };
        (pos, SyntaxError::NotUtf8 { byte: bytes[error.valid_up_to()] })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn a_byte_order_mark_is_taken_off() {
        assert_eq!(decode(b"\xef\xbb\xbfa: 1"), Ok("a: 1"));
    }

    #[test]
    fn utf_16_is_recognised_with_and_without_a_mark() {
        let little: Vec<u8> = "a: 1".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = "\u{feff}a: 1".encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in [little, big] {
            assert_eq!(decode(&bytes), Err((Pos::START, SyntaxError::Encoding { found: "UTF-16" })));
        }
    }

    #[test]
    fn a_byte_of_another_encoding_is_placed() {
        let latin1 = b"name: ok\nname2: Caf\xe9";
        assert_eq!(decode(latin1), Err((Pos { line: 2, column: 11 }, SyntaxError::NotUtf8 { byte: 0xe9 })));
    }
}
