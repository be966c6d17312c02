//! The JSON Schema of the pricing file, for editors.

use crate::Catalog;
use alloc::{string::String, vec::Vec};
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

/// The JSON Schema (2020-12) of a pricing file. The same bytes on every build: names are in alphabetical order.
pub fn schema() -> Value {
    let schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<Catalog>();
    let mut schema = schema.to_value();
    if let Some(root) = schema.as_object_mut() {
        root.insert("title".into(), json!("Counterfoil pricing file"));
        root.insert(
            "description".into(),
            json!("What is offered: meters, features, products, units and plans with their prices."),
        );
    }
    bare_decimals(&mut schema);
    sorted(schema)
}

/// A pricing file may write a decimal without quotes, which an editor takes for a number; it is read digit by digit all the same.
fn bare_decimals(schema: &mut Value) {
    let is = |kind: &Value, name: &str| kind.get("type") == Some(&json!(name));
    if let Some(kinds) = schema.get_mut("anyOf").and_then(Value::as_array_mut)
        && kinds.iter().any(|kind| is(kind, "string"))
    {
        kinds.iter_mut().filter(|kind| is(kind, "integer")).for_each(|kind| kind["type"] = json!("number"));
    }
    match schema {
        Value::Object(map) => map.values_mut().for_each(bare_decimals),
        Value::Array(items) => items.iter_mut().for_each(bare_decimals),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Maps in alphabetical order, whichever way this build of `serde_json` keeps them.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<(String, Value)> = map.into_iter().collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(entries.into_iter().map(|(key, value)| (key, sorted(value))).collect::<Map<_, _>>())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{format, string::ToString};

    #[test]
    fn every_field_of_the_file_is_described() {
        let schema = schema();
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
        let mut silent = Vec::new();
        let sections = [("", &schema)]
            .into_iter()
            .chain(["Plan", "Price", "Unit", "Feature", "Product"].map(|name| (name, &schema["$defs"][name])));
        for (name, part) in sections {
            let fields = part["properties"].as_object().unwrap_or_else(|| panic!("`{name}` has no fields: {part}"));
            assert!(!fields.is_empty());
            silent.extend(
                fields
                    .iter()
                    .filter(|(_, field)| field["description"].as_str().is_none())
                    .map(|(field, _)| format!("{name}/{field}")),
            );
            assert_eq!(part["additionalProperties"], json!(false), "{name}");
        }
        assert!(silent.is_empty(), "without a description: {silent:?}");
    }

    #[test]
    fn a_price_has_every_model_and_plain_examples() {
        let price = &schema()["$defs"]["Price"];
        for model in [
            "flat",
            "per_unit",
            "graduated",
            "volume",
            "package",
            "stair_step",
            "percentage",
            "graduated_percentage",
            "matrix",
            "dynamic",
            "cost_plus",
            "formula",
        ] {
            assert!(price["properties"][model].is_object(), "{model}");
        }
        assert!(price["examples"].as_array().is_some_and(|examples| examples.len() >= 3));
    }

    #[test]
    fn a_bare_decimal_is_no_mistake_in_an_editor() {
        for name in ["Dec", "NonNegative", "Positive"] {
            let kinds = schema()["$defs"][name]["anyOf"].to_string();
            assert!(kinds.contains(r#""type":"number""#) && !kinds.contains("integer"), "{name}: {kinds}");
        }
    }

    #[test]
    fn names_are_in_order() {
        let text = schema().to_string();
        assert_eq!(text, sorted(serde_json::from_str(&text).expect("JSON")).to_string());
        let defs: Vec<String> =
            schema()["$defs"].as_object().expect("definitions").keys().map(ToString::to_string).collect();
        assert!(defs.is_sorted(), "{defs:?}");
    }
}
