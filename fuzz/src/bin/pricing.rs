//! Any text as a pricing file: it is read, or every mistake is said; what is read is written and read as the same.
#![no_main]

use catalog::PricingFile;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    match PricingFile::from_bytes(input, "pricing.yaml") {
        Ok(catalog) => {
            let text = serde_json::to_string(&catalog).expect("a catalog is JSON");
            let again = PricingFile::parse(&text, "pricing.json");
            assert_eq!(again.ok().as_ref(), Some(&catalog), "{text}");
        }
        Err(mistakes) => {
            for mistake in mistakes.iter() {
                assert!(!mistake.to_string().is_empty());
            }
        }
    }
});
