//! Checksums made right again, so that what stands behind them is read too. As far as the bytes have the form of their file; the rest
//! stays as it is. The forms are those of `docs/usage-store-format.md` and of the head of `shell/usage/src/wal.rs`.

const PAGE: usize = 64 << 10;
const TRAILER: usize = 32;
/// Bytes of a block in the footer.
const BLOCK: usize = 60;

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(at..at.checked_add(8)?)?.try_into().ok()?))
}

fn put(bytes: &mut [u8], at: usize, value: u32) -> Option<()> {
    bytes.get_mut(at..at.checked_add(4)?)?.copy_from_slice(&value.to_le_bytes());
    Some(())
}

fn sum(bytes: &[u8], from: usize, to: usize) -> Option<u32> {
    Some(crc32c::crc32c(bytes.get(from..to)?))
}

/// Text, and its checksum under it: the manifest and side files.
pub fn text(bytes: &[u8]) -> Vec<u8> {
    let mut sealed = bytes.to_vec();
    sealed.extend_from_slice(format!("\n{:08x}\n", crc32c::crc32c(bytes)).as_bytes());
    sealed
}

/// A log file with this number.
pub fn log(bytes: &mut [u8], number: u64) {
    let _ = log_head(bytes, number);
    let (mut at, mut record) = (20, 1_u64);
    while log_record(bytes, &mut at, record).is_some() {
        record += 1;
    }
}

fn log_head(bytes: &mut [u8], number: u64) -> Option<()> {
    bytes.get_mut(..8)?.copy_from_slice(b"CFUSAGE\x02");
    bytes.get_mut(8..16)?.copy_from_slice(&number.to_le_bytes());
    let crc = sum(bytes, 0, 16)?;
    put(bytes, 16, crc)
}

fn log_record(bytes: &mut [u8], at: &mut usize, number: u64) -> Option<()> {
    let start = *at;
    (bytes.get(start..start + 4)? == b"CFR\x02").then_some(())?;
    let end = (start + 28).checked_add(usize::try_from(u64_at(bytes, start + 4)?).ok()?)?;
    *bytes.get_mut(end)? = 0xED;
    bytes.get_mut(start + 12..start + 20)?.copy_from_slice(&number.to_le_bytes());
    let payload = sum(bytes, start + 28, end)?;
    put(bytes, start + 20, payload)?;
    let head = sum(bytes, start, start + 24)?;
    put(bytes, start + 24, head)?;
    *at = end + 1;
    Some(())
}

/// A segment.
pub fn segment(bytes: &mut [u8]) {
    let _ = segment_parts(bytes);
    let _ = segment_ends(bytes);
}

/// Where the footer begins and ends.
fn footer_of(bytes: &[u8]) -> Option<(usize, usize)> {
    let end = bytes.len().checked_sub(TRAILER)?;
    let start = usize::try_from(u64_at(bytes, end)?).ok()?;
    (start <= end).then_some((start, end))
}

fn segment_ends(bytes: &mut [u8]) -> Option<()> {
    let (start, end) = footer_of(bytes)?;
    let footer = sum(bytes, start, end)?;
    put(bytes, end + 16, footer)?;
    let own = sum(bytes, end, end + 20)?;
    put(bytes, end + 20, own)
}

fn segment_parts(bytes: &mut [u8]) -> Option<()> {
    let (start, end) = footer_of(bytes)?;
    let mut at = start + 4;
    for _ in 0..3 {
        let count = u32_at(bytes, at)? as usize;
        at = at.checked_add(4)?.checked_add(count.checked_mul(4)?)?;
        at = at.checked_add(4)?.checked_add(u32_at(bytes, at)? as usize)?;
    }
    at = at.checked_add(4)?.checked_add((u32_at(bytes, at)? as usize).checked_mul(16)?)?;
    let blocks = u32_at(bytes, at)? as usize;
    at += 4;
    for _ in 0..blocks {
        let (offset, header) = (usize::try_from(u64_at(bytes, at)?).ok()?, u32_at(bytes, at + 8)? as usize);
        let data = offset.checked_add(header)?;
        let _ = columns(bytes, offset, data);
        let crc = sum(bytes, offset, data)?;
        put(bytes, at + 12, crc)?;
        at = at.checked_add(BLOCK)?;
    }
    let identities = usize::try_from(u64_at(bytes, at)?).ok()?;
    let pages = u32_at(bytes, at + 8)? as usize;
    for page in 0..pages {
        let from = identities.checked_add(page.checked_mul(PAGE)?)?;
        let crc = sum(bytes, from, from.checked_add(PAGE)?.min(start))?;
        put(bytes, at + 12 + page * 4, crc)?;
        if at + 12 + page * 4 >= end {
            return None;
        }
    }
    Some(())
}

/// The checksums of the columns in the header of a block.
fn columns(bytes: &mut [u8], header: usize, data: usize) -> Option<()> {
    let count = u32_at(bytes, header + 4)?;
    let mut at = header + 8;
    for _ in 0..count {
        let role = *bytes.get(at)?;
        at += 1;
        if role == 6 {
            at = at.checked_add(4)?.checked_add(u32_at(bytes, at)? as usize)?;
        }
        let from = data.checked_add(u32_at(bytes, at)? as usize)?;
        let to = from.checked_add(u32_at(bytes, at + 4)? as usize)?;
        let crc = sum(bytes, from, to)?;
        put(bytes, at + 8, crc)?;
        at += 13
            + match bytes.get(at + 12)? {
                0 => 39,
                1 => 5,
                _ => 0,
            };
    }
    Some(())
}
