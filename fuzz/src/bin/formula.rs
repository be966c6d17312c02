//! Any text as a formula: it is read, or what is wrong is said; what is read has a value, or says why not.
#![no_main]

use formula::{Formula, Value};
use libfuzzer_sys::fuzz_target;
use std::collections::BTreeMap;

fuzz_target!(|text: &str| {
    let Ok(formula) = Formula::parse(text) else { return };
    let known: BTreeMap<String, Value> = formula
        .variables()
        .into_iter()
        .enumerate()
        .map(|(at, name)| {
            let value = match at % 3 {
                0 => Formula::parse("3.25").and_then(|number| Ok(number.eval(&BTreeMap::<String, Value>::new()))),
                1 => Formula::parse("'12'").and_then(|text| Ok(text.eval(&BTreeMap::<String, Value>::new()))),
                _ => Formula::parse("true").and_then(|truth| Ok(truth.eval(&BTreeMap::<String, Value>::new()))),
            };
            (name.to_owned(), value.expect("a constant").expect("a value"))
        })
        .collect();
    if let Err(error) = formula.eval(&known) {
        assert!(!error.to_string().is_empty());
    }
    assert_eq!(Formula::parse(formula.as_str()).ok().as_ref(), Some(&formula));
});
