//! Any bytes as a segment, a manifest or a side file of a store: it opens, or says what is damaged; what it then says agrees with itself.
//!
//! Input: a byte for the file and for whether checksums are made right, then the file.
#![no_main]

use fuzz::Checksums;
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;
use tempfile::TempDir;

const MANIFEST: &[u8] = br#"{"format":2,"first_wal":1,"next_file":3,"segments":[{"file":"1.seg","level":0}],"sides":["2.side"],"tenants":{"acme":9,"zeta":9}}"#;
const SIDE: &[u8] = br#"{"corrections":[],"quarantined":[]}"#;

static PLACE: LazyLock<TempDir> = LazyLock::new(fuzz::place);
static SEGMENT: LazyLock<Vec<u8>> = LazyLock::new(|| fuzz::file("shell/usage/tests/golden/segment-2.bin"));

fn write(name: &str, bytes: &[u8]) {
    std::fs::write(PLACE.path().join(name), bytes).expect("written");
}

fuzz_target!(|input: &[u8]| {
    let [mode, bytes @ ..] = input else { return };
    let is_raw = mode & 0x80 != 0;
    let sealed = |bytes: &[u8]| if is_raw { bytes.to_vec() } else { fuzz::reseal::text(bytes) };
    let (mut manifest, mut side) = (fuzz::reseal::text(MANIFEST), fuzz::reseal::text(SIDE));
    let mut segment = SEGMENT.clone();
    match mode % 4 {
        0 | 1 => {
            segment = bytes.to_vec();
            if !is_raw {
                fuzz::reseal::segment(&mut segment);
            }
        }
        2 => manifest = sealed(bytes),
        _ => side = sealed(bytes),
    }
    write("1.seg", &segment);
    write("2.side", &side);
    write("manifest", &manifest);
    // also a raw segment may stand beside a manifest that was never its own
    fuzz::ask(PLACE.path(), Checksums::MadeRight);
});
