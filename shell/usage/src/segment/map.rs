//! The bytes of a segment.

use std::{fs::File, io, ops::Deref};

/// All bytes of a file: mapped, so that the system keeps in memory what is read, or held.
#[derive(Debug)]
pub(crate) enum Bytes {
    /// A mapped file.
    Mapped(memmap2::Mmap),
    /// In memory.
    Held(Vec<u8>),
}

impl Bytes {
    /// Maps a file that nobody will change.
    pub(crate) fn map(file: &File) -> io::Result<Self> {
        #[expect(
            unsafe_code,
            reason = "a segment is never written again once it has its name, and its checksums are compared before it is read"
        )]
        // SAFETY: the program changes and shortens no segment; somebody else who does so while it is mapped is outside of what a
        // program can defend itself against
        let map = unsafe { memmap2::Mmap::map(file)? };
        Ok(Self::Mapped(map))
    }
}

#[cfg(test)]
impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Held(bytes)
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Mapped(map) => map,
            Self::Held(bytes) => bytes,
        }
    }
}
