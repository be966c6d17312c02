//! Numbers and texts in the byte order of the files: little-endian.

/// Reads from the front. Every method is none when there are too few bytes, or the bytes are no such thing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cut<'a>(pub(super) &'a [u8]);

impl<'a> Cut<'a> {
    pub(super) fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (front, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(front)
    }
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.bytes(N)?.try_into().ok()
    }
    pub(super) fn u8(&mut self) -> Option<u8> {
        self.array().map(u8::from_le_bytes)
    }
    pub(super) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }
    pub(super) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }
    pub(super) fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }
    pub(super) fn i64(&mut self) -> Option<i64> {
        self.array().map(i64::from_le_bytes)
    }
    pub(super) fn i128(&mut self) -> Option<i128> {
        self.array().map(i128::from_le_bytes)
    }
    /// A length as u32, then so many bytes of UTF-8.
    pub(super) fn text(&mut self) -> Option<&'a str> {
        let count = self.u32()?;
        std::str::from_utf8(self.bytes(count as usize)?).ok()
    }
}

/// The `index`-th u32 of a list of them.
pub(super) fn u32_at(list: &[u8], index: usize) -> Option<u32> {
    let start = index.checked_mul(4)?;
    Cut(list.get(start..)?).u32()
}

/// The length of something that is in memory and of which this format has at most 2^32.
pub(super) fn length(count: usize) -> u32 {
    u32::try_from(count).expect("the writer ends a block and a segment before they are as long as that")
}

pub(super) fn put_text(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(&length(text.len()).to_le_bytes());
    out.extend_from_slice(text.as_bytes());
}
