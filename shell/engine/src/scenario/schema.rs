//! The JSON Schema of a scenario file, for editors: made from the types that it is read with.

use super::action::{ChargeFields, Closing, Counting, CustomerFields, EntityFields, SubscribeFields};
use super::expect::Expect;
use super::paying::{For, PayFields, Sum, WriteOffFields};
use crate::{DraftEdit, GiveUp, NewChange, NewCreditNote, NewDebitNote, NewRedemption, NewTransfer, NewVoid, Settings};
use billing::Discount;
use calendar::Zone;
use catalog::{Catalog, Price};
use contracts::{Anchor, Effective, Term, When};
use money::Dec;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};
use stdx::Key;

/// What makes the schema of what stands behind a phrase.
type Says = fn(&mut SchemaGenerator) -> Value;

/// The phrases of a timeline: their words, `*` for a name, and what stands behind them.
const PHRASES: &[(&[&str], Says)] = &[
    (&["bill"], |_| json!(true)),
    (&["pricing"], of::<Catalog>),
    (&["issue"], of::<Key>),
    (&["credit", "*"], of::<NewCreditNote>),
    (&["debit", "*"], of::<NewDebitNote>),
    (&["void", "*"], of::<NewVoid>),
    (&["edit", "draft", "of", "*"], of::<DraftEdit>),
    (&["release", "differences", "of", "*"], |_| json!({ "type": "null" })),
    (&["give", "up", "differences", "of", "*"], of::<GiveUp>),
    (&["*", "pays"], either::<Sum, PayFields>),
    (&["*", "is", "refunded"], either::<Sum, PayFields>),
    (&["payment", "*", "pays"], of::<Option<For>>),
    (&["payment", "*", "is", "taken", "off"], of::<Option<Key>>),
    (&["payment", "*", "is", "reversed"], |_| json!({ "type": "string", "description": "Why." })),
    (&["invoice", "*", "takes", "balance"], of::<Option<Sum>>),
    (&["invoice", "*", "is", "written", "off"], either::<String, WriteOffFields>),
    (&["customer", "*"], of::<CustomerFields>),
    (&["*", "becomes"], of::<CustomerFields>),
    (&["entity", "*"], of::<EntityFields>),
    (&["discount", "*"], of::<Discount>),
    (&["*", "pays", "for", "*"], of::<ChargeFields>),
    (&["charge", "*", "is", "withdrawn"], |_| json!({ "type": "null" })),
    (&["*", "redeems"], either::<Key, NewRedemption>),
    (&["redemption", "*", "ends"], of::<Effective>),
    (&["*", "subscribes", "to"], either::<Key, SubscribeFields>),
    (&["*", "changes", "to"], either::<Key, NewChange>),
    (&["*", "sets"], beside_effective::<Dec>),
    (&["*", "agrees"], beside_effective::<Option<Price>>),
    (&["*", "ends"], either::<Effective, Closing>),
    (&["*", "pauses"], either::<Effective, Closing>),
    (&["*", "resumes"], of::<Effective>),
    (&["*", "reactivates"], of::<Effective>),
    (&["*", "renews"], of::<Term>),
    (&["*", "counts"], either::<Anchor, Counting>),
    (&["*", "withdraws"], of::<usize>),
    (&["*", "goes", "to"], either::<Key, NewTransfer>),
    (&["*", "uses", "*"], |generator| {
        let one = event(generator, &[]);
        json!({ "anyOf": [one, { "type": "array", "items": one }] })
    }),
    (&["*", "amends", "*"], |generator| event(generator, &["id"])),
    (&["*", "retracts"], |_| json!({ "type": "string" })),
    (&["changeset", "*"], |_| json!({ "type": "array", "items": { "$ref": "#/$defs/Action" } })),
    (&["revert"], of::<Key>),
    (
        &["fails"],
        |_| json!({ "type": "string", "description": "The code of the problem with which the action is refused." }),
    ),
];

fn of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Value {
    generator.subschema_for::<T>().to_value()
}

fn either<A: JsonSchema, B: JsonSchema>(generator: &mut SchemaGenerator) -> Value {
    json!({ "anyOf": [of::<A>(generator), of::<B>(generator)] })
}

/// Values by name, and from when they count.
fn beside_effective<T: JsonSchema>(generator: &mut SchemaGenerator) -> Value {
    json!({
        "type": "object",
        "properties": { "effective": of::<Effective>(generator) },
        "additionalProperties": of::<T>(generator),
    })
}

/// What an event says: its properties, beside what is about the event itself.
fn event(generator: &mut SchemaGenerator, required: &[&str]) -> Value {
    json!({
        "type": ["object", "null"],
        "properties": {
            "at": of::<When>(generator),
            "id": { "type": ["string", "number"] },
            "times": { "type": "integer", "minimum": 1, "description": "How many such events." },
        },
        "required": required,
        "additionalProperties": true,
    })
}

/// The regular expression of a phrase.
fn pattern(words: &[&str]) -> String {
    let words: Vec<&str> = words.iter().map(|word| if *word == "*" { r"\S+" } else { word }).collect();
    format!("^{}$", words.join(" +"))
}

/// The JSON Schema (2020-12) of a scenario file.
pub fn schema() -> Value {
    let mut generator = schemars::generate::SchemaSettings::draft2020_12().into_generator();
    let phrases: Map<String, Value> =
        PHRASES.iter().map(|(words, says)| (pattern(words), says(&mut generator))).collect();
    let action = json!({
        "type": "object",
        "description": "What happens, in words: `acme subscribes to: basic`.",
        "patternProperties": phrases,
        "additionalProperties": false,
    });
    let what = json!({
        "anyOf": [
            { "const": "bill" },
            { "$ref": "#/$defs/Action" },
            { "type": "array", "items": { "anyOf": [{ "const": "bill" }, { "$ref": "#/$defs/Action" }] } },
        ]
    });
    let (settings, zone) = (of::<Settings>(&mut generator), of::<Zone>(&mut generator));
    let (pricing, expect) = (of::<Catalog>(&mut generator), of::<Expect>(&mut generator));
    let mut defs = generator.take_definitions(true);
    defs.insert("Action".into(), action);
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Counterfoil scenario file",
        "description": "What is offered, what happens when, and what must come out.",
        "type": "object",
        "properties": {
            "settings": settings,
            "zone": zone,
            "pricing": pricing,
            "timeline": {
                "type": "array",
                "description": "What happens, by the day or instant at which it does.",
                "items": { "type": "object", "additionalProperties": what },
            },
            "expect": expect,
        },
        "additionalProperties": false,
        "$defs": defs,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;
    use yaml::{Document, Node};

    fn fits(words: &[&str], phrase: &str) -> bool {
        let said: Vec<&str> = phrase.split_whitespace().collect();
        said.len() == words.len() && said.iter().zip(words).all(|(said, word)| *word == "*" || said == word)
    }

    fn phrases(node: &Node, found: &mut Vec<String>) {
        node.items().iter().for_each(|item| phrases(item, found));
        // `bill` stands as a word by itself
        found.extend(node.text().map(String::from));
        found.extend(node.entries().iter().filter_map(|(key, _)| key.text().map(String::from)));
    }

    fn all_files(dir: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(dir).expect("a directory") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                all_files(&path, found);
                continue;
            }
            let text = std::fs::read_to_string(&path).expect("a text");
            let document = Document::parse(&text, "scenario").unwrap_or_else(|_| panic!("{}", path.display()));
            for (_, what) in document.root().get("timeline").into_iter().flat_map(Node::items).flat_map(Node::entries) {
                phrases(what, found);
            }
        }
    }

    #[test]
    fn every_phrase_that_a_scenario_uses_is_in_the_schema_and_each_is_used() {
        let mut found = Vec::new();
        all_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios"), &mut found);
        for phrase in &found {
            let fitting = PHRASES.iter().filter(|(words, _)| fits(words, phrase)).count();
            assert!(fitting >= 1, "`{phrase}` is not in the schema");
        }
        for (words, _) in PHRASES {
            assert!(found.iter().any(|phrase| fits(words, phrase)), "no scenario shows `{}`", words.join(" "));
        }
    }

    #[test]
    fn the_schema_names_what_the_file_has() {
        let schema = schema();
        let fields: Vec<&str> = schema["properties"].as_object().expect("fields").keys().map(String::as_str).collect();
        assert_eq!(fields.len(), 5);
        let action = &schema["$defs"]["Action"]["patternProperties"];
        assert_eq!(action.as_object().expect("phrases").len(), PHRASES.len());
        let names = schema["$defs"].as_object().expect("types");
        for name in ["Expect", "Catalog", "SubscribeFields", "NewChange", "Effective"] {
            assert!(names.contains_key(name), "{name}: {:?}", names.keys());
        }
    }
}
