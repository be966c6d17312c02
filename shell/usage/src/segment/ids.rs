//! The ids of a block: 16 bytes each where all are identifiers of the usual form, else texts.

use super::{
    bytes::{length, u32_at},
    column::Kind,
};

/// The ids of a block while it is filled.
#[derive(Debug, Default)]
pub(super) struct Ids {
    /// 16 bytes each, as long as all have the form.
    packed: Vec<u8>,
    texts: Vec<u8>,
    /// Where each text ends; empty as long as all have the form.
    ends: Vec<u32>,
}

impl Ids {
    pub(super) fn push(&mut self, id: &str) {
        if self.ends.is_empty() {
            if let Some(packed) = pack(id.as_bytes()) {
                self.packed.extend_from_slice(&packed);
                return;
            }
            self.spell_out();
        }
        self.push_text(id.as_bytes());
    }

    /// Takes the id of a row of another block, and gives its text to `read`.
    pub(super) fn push_from<T>(&mut self, ids: IdView<'_>, row: usize, read: impl FnOnce(&[u8]) -> T) -> Option<T> {
        match ids {
            IdView::Uuids(bytes) => {
                let packed = bytes.get(row * 16..)?.first_chunk::<16>()?;
                let text = unpack(*packed);
                if self.ends.is_empty() {
                    self.packed.extend_from_slice(packed);
                } else {
                    self.push_text(&text);
                }
                Some(read(&text))
            }
            IdView::Texts { .. } => {
                let text = ids.text(row)?;
                self.push(text);
                Some(read(text.as_bytes()))
            }
        }
    }

    fn push_text(&mut self, id: &[u8]) {
        self.texts.extend_from_slice(id);
        self.ends.push(length(self.texts.len()));
    }

    /// Makes texts of what was packed.
    fn spell_out(&mut self) {
        for packed in std::mem::take(&mut self.packed).as_chunks::<16>().0 {
            self.push_text(&unpack(*packed));
        }
    }

    pub(super) fn put(&self, out: &mut Vec<u8>) -> Kind {
        if self.ends.is_empty() {
            out.extend_from_slice(&self.packed);
            return Kind::Uuids;
        }
        out.extend_from_slice(&0_u32.to_le_bytes());
        for end in &self.ends {
            out.extend_from_slice(&end.to_le_bytes());
        }
        out.extend_from_slice(&self.texts);
        Kind::Texts
    }

    pub(super) fn clear(&mut self) {
        self.packed.clear();
        self.texts.clear();
        self.ends.clear();
    }
}

/// Where the hyphens of an identifier stand.
const HYPHENS: [usize; 4] = [8, 13, 18, 23];
/// Where the pairs of its digits begin.
const PAIRS: [usize; 16] = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];
const DIGITS: &[u8; 16] = b"0123456789abcdef";
/// What each byte is worth as a digit.
const WORTH: [u8; 256] = {
    let mut worth = [NONE; 256];
    let mut digit = 0_u8;
    while digit < 16 {
        worth[DIGITS[digit as usize] as usize] = digit;
        digit += 1;
    }
    worth
};
const NONE: u8 = 0x80;

fn pack(text: &[u8]) -> Option<[u8; 16]> {
    let text: &[u8; 36] = text.try_into().ok()?;
    let mut packed = [0; 16];
    let mut bad = 0;
    for (packed, place) in packed.iter_mut().zip(PAIRS) {
        let (high, low) = (WORTH[usize::from(text[place])], WORTH[usize::from(text[place + 1])]);
        bad |= high | low;
        *packed = (high << 4) | low;
    }
    let hyphens = HYPHENS.iter().all(|place| text[*place] == b'-');
    (hyphens && bad & NONE == 0).then_some(packed)
}

fn unpack(packed: [u8; 16]) -> [u8; 36] {
    let mut text = [b'-'; 36];
    for (byte, place) in packed.into_iter().zip(PAIRS) {
        text[place] = DIGITS[usize::from(byte >> 4)];
        text[place + 1] = DIGITS[usize::from(byte & 15)];
    }
    text
}

/// The ids of a block.
#[derive(Debug, Clone, Copy)]
pub(super) enum IdView<'a> {
    Uuids(&'a [u8]),
    Texts { starts: &'a [u8], texts: &'a [u8] },
}

impl<'a> IdView<'a> {
    /// None when the bytes are no such column.
    pub(super) fn new(kind: Kind, bytes: &'a [u8], rows: usize) -> Option<Self> {
        match kind {
            Kind::Uuids => (bytes.len() == rows * 16).then_some(Self::Uuids(bytes)),
            Kind::Texts => {
                let (starts, texts) = bytes.split_at_checked(4 * (rows + 1))?;
                let mut last = 0;
                for row in 0..=rows {
                    let start = u32_at(starts, row)?;
                    (start >= last).then_some(())?;
                    last = start;
                }
                (last as usize == texts.len()).then_some(Self::Texts { starts, texts })
            }
            Kind::Whole(_) | Kind::Listed { .. } | Kind::Sparse => None,
        }
    }

    /// Puts the id of a row in the place of a text; none when the bytes are no text.
    pub(super) fn read(&self, row: usize, out: &mut String) -> Option<()> {
        out.clear();
        match self {
            Self::Uuids(bytes) => {
                let text = unpack(*bytes.get(row * 16..)?.first_chunk::<16>()?);
                out.push_str(std::str::from_utf8(&text).ok()?);
            }
            Self::Texts { .. } => out.push_str(self.text(row)?),
        }
        Some(())
    }

    /// Whether a row has this id; none when the bytes are no text.
    pub(super) fn is(&self, row: usize, id: &str) -> Option<bool> {
        match self {
            Self::Uuids(bytes) => {
                Some(pack(id.as_bytes()).as_ref() == Some(bytes.get(row * 16..)?.first_chunk::<16>()?))
            }
            Self::Texts { .. } => Some(self.text(row)? == id),
        }
    }

    /// The text of a row where texts are kept.
    fn text(&self, row: usize) -> Option<&'a str> {
        let Self::Texts { starts, texts } = self else { return None };
        let (start, end) = (u32_at(starts, row)? as usize, u32_at(starts, row + 1)? as usize);
        std::str::from_utf8(texts.get(start..end)?).ok()
    }

    /// Bytes of the longest id as a text.
    pub(super) fn longest(&self, rows: usize) -> usize {
        match self {
            Self::Uuids(_) => 36,
            Self::Texts { starts, .. } => {
                let length = |row| Some(u32_at(starts, row + 1)? - u32_at(starts, row)?);
                (0..rows).filter_map(length).max().unwrap_or(0) as usize
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_canonical_form_of_an_identifier_is_packed() {
        let text = "0123abcd-4567-89ef-0000-ffffffffffff";
        assert_eq!(unpack(pack(text.as_bytes()).unwrap()), text.as_bytes());
        for other in [
            "0123ABCD-4567-89ef-0000-ffffffffffff",
            "0123abcd-4567-89ef-0000-fffffffffff",
            "0123abcd04567-89ef-0000-ffffffffffff",
        ] {
            assert_eq!(pack(other.as_bytes()), None, "{other}");
        }
    }
}
