//! Schemas of JSON as types that each language can write.

use serde_json::{Map, Value};

/// A type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Type {
    /// Anything that JSON can say.
    Any,
    /// True or false.
    Boolean,
    /// A whole number, with the format that the document names.
    Integer(String),
    /// Text; exact numbers and times are text, too.
    Text,
    /// Text, number, true, false or null.
    Scalar,
    /// One of these texts.
    Words(Vec<Word>),
    /// A named type.
    Named(String),
    /// A list.
    List(Box<Type>),
    /// As many things as there are types, in this order.
    Tuple(Vec<Type>),
    /// Values by name.
    Map(Box<Type>),
    /// It or null.
    Maybe(Box<Type>),
    /// Fields.
    Object(Vec<Field>),
    /// One of these.
    Union(Vec<Case>),
    /// All of these at once: the fields of one and of the others.
    Both(Vec<Type>),
}

impl Type {
    /// Its fields, where it has some of its own.
    pub(crate) fn fields(&self) -> Option<&[Field]> {
        if let Self::Object(fields) = self { Some(fields) } else { None }
    }

    /// Its name, where it has one.
    pub(crate) fn name(&self) -> Option<&str> {
        if let Self::Named(name) = self { Some(name) } else { None }
    }

    /// The text that it must be, where it is one alone.
    pub(crate) fn only_word(&self) -> Option<&str> {
        if let Self::Words(words) = self {
            words.first().filter(|_| words.len() == 1).map(|word| word.text.as_str())
        } else {
            None
        }
    }

    /// What it is where it is not null.
    pub(crate) fn present(&self) -> &Self {
        if let Self::Maybe(of) = self { of } else { self }
    }

    /// The text by which a case of a union is told from the others, or the name of its only field.
    pub(crate) fn mark(&self) -> Option<&str> {
        let fields = self.fields()?;
        let word = fields.iter().filter(|field| field.required).find_map(|field| field.of.only_word());
        word.or(if let [only] = fields { Some(&only.name) } else { None })
    }
}

/// A text that is meant as itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    pub(crate) text: String,
    pub(crate) about: String,
}

/// A field of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) about: String,
    pub(crate) of: Type,
    pub(crate) required: bool,
}

/// A case of a union.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Case {
    pub(crate) about: String,
    pub(crate) of: Type,
}

/// What is said about a schema.
pub(crate) fn about(schema: &Value) -> String {
    schema["description"].as_str().unwrap_or_default().to_owned()
}

/// Reads a schema.
pub(crate) fn read(schema: &Value) -> Type {
    let Some(fields) = schema.as_object() else { return Type::Any };
    let mut parts = Vec::new();
    if let Some(reference) = fields.get("$ref").and_then(Value::as_str) {
        parts.push(Type::Named(reference.rsplit('/').next().unwrap_or_default().to_owned()));
    }
    if let Some(properties) = fields.get("properties").and_then(Value::as_object) {
        parts.push(object(properties, fields.get("required")));
    }
    for either in ["oneOf", "anyOf"] {
        // formats of one text are that text
        if let Some(cases) =
            fields.get(either).and_then(Value::as_array).filter(|_| fields.get("type") != Some(&"string".into()))
        {
            parts.push(union(cases));
        }
    }
    match parts.len() {
        0 => plain(fields),
        1 => parts.remove(0),
        _ => Type::Both(parts),
    }
}

fn object(properties: &Map<String, Value>, required: Option<&Value>) -> Type {
    let is_required = |name: &str| {
        required.and_then(Value::as_array).is_some_and(|names| names.iter().any(|required| required == name))
    };
    let field = |(name, schema): (&String, &Value)| Field {
        name: name.clone(),
        about: about(schema),
        of: read(schema),
        required: is_required(name),
    };
    Type::Object(properties.iter().map(field).collect())
}

fn union(cases: &[Value]) -> Type {
    let is_null = |case: &&Value| case["type"] == "null";
    let others: Vec<&Value> = cases.iter().filter(|case| !is_null(case)).collect();
    let nullable = others.len() < cases.len();
    let read_all: Vec<Case> = others.iter().map(|case| Case { about: about(case), of: read(case) }).collect();
    let words: Option<Vec<Word>> =
        others.iter().map(|case| Some(Word { text: case["const"].as_str()?.to_owned(), about: about(case) })).collect();
    let is_scalar = |case: &Case| matches!(case.of, Type::Text | Type::Integer(_) | Type::Boolean | Type::Scalar);
    let is_named_scalar = |case: &Case| matches!(&case.of, Type::Named(name) if name == "Dec" || name == "NonNegative");
    let is_number = |case: &Case| matches!(case.of, Type::Text | Type::Integer(_));
    let of = match (words, read_all.as_slice()) {
        (Some(words), _) => Type::Words(words),
        (None, [_]) => read_all.into_iter().map(|case| case.of).next().unwrap_or(Type::Any),
        // an exact number: text, that may be written as a bare whole number
        (None, all) if all.iter().all(is_number) => Type::Text,
        (None, all) if all.iter().all(|case| is_scalar(case) || is_named_scalar(case)) => return Type::Scalar,
        (None, _) => Type::Union(read_all),
    };
    if nullable { Type::Maybe(Box::new(of)) } else { of }
}

fn plain(fields: &Map<String, Value>) -> Type {
    let words = |values: &[Value]| {
        let word = |value: &Value| Word { text: value.as_str().unwrap_or_default().to_owned(), about: String::new() };
        Type::Words(values.iter().map(word).collect())
    };
    if let Some(only) = fields.get("const") {
        return words(std::slice::from_ref(only));
    }
    if let Some(Value::Array(values)) = fields.get("enum") {
        return words(values);
    }
    match fields.get("type") {
        Some(Value::String(name)) => of_type(name, fields),
        Some(Value::Array(names)) => {
            let names: Vec<&str> = names.iter().filter_map(Value::as_str).collect();
            let others: Vec<&str> = names.iter().copied().filter(|name| *name != "null").collect();
            match others.as_slice() {
                [one] if others.len() < names.len() => Type::Maybe(Box::new(of_type(one, fields))),
                [one] => of_type(one, fields),
                _ => Type::Scalar,
            }
        }
        Some(_) | None => Type::Any,
    }
}

fn of_type(name: &str, fields: &Map<String, Value>) -> Type {
    let first = |map: &Value| map.as_object().and_then(|map| map.values().next().cloned());
    match name {
        "string" => Type::Text,
        "boolean" => Type::Boolean,
        "integer" => Type::Integer(fields.get("format").and_then(Value::as_str).unwrap_or("int64").to_owned()),
        "array" => match (fields.get("prefixItems").and_then(Value::as_array), fields.get("items")) {
            (Some(each), _) => Type::Tuple(each.iter().map(read).collect()),
            (None, items) => Type::List(Box::new(items.map_or(Type::Any, read))),
        },
        "object" => {
            let named = fields.get("patternProperties").and_then(first);
            let values =
                named.or_else(|| fields.get("additionalProperties").filter(|values| values.is_object()).cloned());
            Type::Map(Box::new(values.as_ref().map_or(Type::Any, read)))
        }
        _ => Type::Any,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_are_text_and_null_is_no_case() {
        let exact = json!({ "anyOf": [{ "type": "string" }, { "type": "integer" }] });
        assert_eq!(read(&exact), Type::Text);
        let maybe = json!({ "anyOf": [{ "$ref": "#/components/schemas/A" }, { "type": "null" }] });
        assert_eq!(read(&maybe), Type::Maybe(Box::new(Type::Named("A".into()))));
        let day_or_instant = json!({ "type": "string", "anyOf": [{ "format": "date" }, { "format": "date-time" }] });
        assert_eq!(read(&day_or_instant), Type::Text);
    }

    #[test]
    fn what_is_said_beside_a_reference_is_added_to_it() {
        let both = json!({ "$ref": "#/components/schemas/A", "properties": { "b": { "type": "boolean" } }, "required": ["b"] });
        let Type::Both(parts) = read(&both) else { panic!("both") };
        assert_eq!(parts.len(), 2);
    }
}
