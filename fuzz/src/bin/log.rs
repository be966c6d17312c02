//! Any bytes as the log file of a store: it opens, or says what is damaged; what it then says agrees with itself.
//!
//! Input: a byte that says whether checksums are made right, then the file.
#![no_main]

use fuzz::Checksums;
use libfuzzer_sys::fuzz_target;
use std::path::PathBuf;
use std::sync::LazyLock;

static PLACE: LazyLock<(tempfile::TempDir, PathBuf)> = LazyLock::new(|| {
    let dir = fuzz::place();
    let manifest = br#"{"format":2,"first_wal":1,"next_file":1,"segments":[],"sides":[],"tenants":{}}"#;
    std::fs::write(dir.path().join("manifest"), fuzz::reseal::text(manifest)).expect("written");
    let log = dir.path().join("00000001.wal");
    (dir, log)
});

fuzz_target!(|input: &[u8]| {
    let [mode, bytes @ ..] = input else { return };
    let mut bytes = bytes.to_vec();
    let checksums = if mode % 4 == 0 { Checksums::AsGiven } else { Checksums::MadeRight };
    if checksums == Checksums::MadeRight {
        fuzz::reseal::log(&mut bytes, 1);
    }
    std::fs::write(&PLACE.1, bytes).expect("written");
    fuzz::ask(PLACE.0.path(), checksums);
});
