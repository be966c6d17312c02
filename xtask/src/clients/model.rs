//! The document as a client sees it.

use super::schema::{Type, about, read};
use serde_json::Value;

/// Types and operations.
#[derive(Debug)]
pub(crate) struct Api {
    pub(crate) types: Vec<Named>,
    pub(crate) operations: Vec<Operation>,
}

/// A named type.
#[derive(Debug)]
pub(crate) struct Named {
    pub(crate) name: String,
    pub(crate) about: String,
    pub(crate) of: Type,
}

/// One operation.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) id: String,
    pub(crate) verb: Verb,
    pub(crate) path: String,
    pub(crate) about: String,
    /// Names in the path, in its order.
    pub(crate) names: Vec<Parameter>,
    pub(crate) query: Vec<Parameter>,
    pub(crate) body: Option<Body>,
    pub(crate) answer: Answer,
    pub(crate) takes: Takes,
}

/// How it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    Get,
    Post,
}

impl Verb {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

/// What a request may say besides, of all that any may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Takes {
    pub(crate) key: Given,
    pub(crate) seen: Given,
    pub(crate) dry_run: Given,
}

/// Whether an operation knows something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Given {
    #[default]
    No,
    Yes,
}

/// A parameter.
#[derive(Debug)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) about: String,
    pub(crate) of: Type,
    pub(crate) required: bool,
}

/// What is sent.
#[derive(Debug)]
pub(crate) enum Body {
    /// A value as JSON.
    Json(Type),
    /// A pricing file: text or a value.
    Pricing,
    /// Events.
    Events,
}

/// What comes back.
#[derive(Debug)]
pub(crate) enum Answer {
    Json(Type),
    Text,
    /// A part of a list of these.
    Page(Type),
    Nothing,
}

impl Api {
    /// Reads a document.
    pub(crate) fn read(document: &Value) -> Result<Self, String> {
        let schemas = document["components"]["schemas"].as_object().ok_or("the document has no schemas")?;
        // the answer to a dry run, and one with what it refers to, is the answer, with what is read from it besides
        let types = schemas.iter().filter(|(name, _)| !name.starts_with("DryRunOf") && !name.starts_with("ExpandedOf"));
        let types: Vec<Named> =
            types.map(|(name, schema)| Named { name: name.clone(), about: about(schema), of: read(schema) }).collect();
        let mut operations = Vec::new();
        for (path, item) in document["paths"].as_object().ok_or("the document has no paths")? {
            for (verb, operation) in item.as_object().into_iter().flatten() {
                let verb = match verb.as_str() {
                    "get" => Verb::Get,
                    "post" => Verb::Post,
                    other => return Err(format!("{path}: clients do not know how to {other}")),
                };
                if path.starts_with("/v1/") {
                    operations.push(Operation::read(path, verb, operation, &types)?);
                }
            }
        }
        Ok(Self { types, operations })
    }

    /// A type by name.
    pub(crate) fn named(&self, name: &str) -> Option<&Named> {
        self.types.iter().find(|named| named.name == name)
    }
}

impl Operation {
    fn read(path: &str, verb: Verb, operation: &Value, types: &[Named]) -> Result<Self, String> {
        let id = operation["operationId"].as_str().ok_or(format!("{path}: an operation has no id"))?.to_owned();
        let all = operation["parameters"].as_array().cloned().unwrap_or_default();
        let of_place =
            |place: &str| -> Vec<Parameter> { all.iter().filter(|one| one["in"] == place).map(parameter).collect() };
        let has = |name: &str| if all.iter().any(|one| one["name"] == name) { Given::Yes } else { Given::No };
        let mut names = of_place("path");
        names.sort_by_key(|one| path.find(&format!("{{{}}}", one.name)));
        let query = of_place("query").into_iter().filter(|one| one.name != "dry_run").collect();
        let parts = [&operation["summary"], &operation["description"]];
        let about = parts.iter().filter_map(|part| part.as_str()).collect::<Vec<_>>().join(". ");
        Ok(Self {
            verb,
            path: path.to_owned(),
            about: about.trim_end_matches('.').to_owned() + ".",
            names,
            query,
            body: body(&id, &operation["requestBody"]["content"]),
            answer: answer(&operation["responses"], types),
            takes: Takes { key: has("Idempotency-Key"), seen: has("If-Match"), dry_run: has("dry_run") },
            id,
        })
    }
}

fn parameter(one: &Value) -> Parameter {
    // what may be null is left out instead
    let of = read(&one["schema"]).present().clone();
    Parameter {
        name: one["name"].as_str().unwrap_or_default().to_owned(),
        about: about(one),
        of,
        required: one["required"] == true,
    }
}

fn body(id: &str, content: &Value) -> Option<Body> {
    let content = content.as_object()?;
    if id == "send_events" {
        return Some(Body::Events);
    }
    if content.contains_key("application/yaml") {
        return Some(Body::Pricing);
    }
    Some(Body::Json(read(&content.get("application/json")?["schema"])))
}

fn answer(responses: &Value, types: &[Named]) -> Answer {
    let done = responses.as_object().into_iter().flatten().find(|(status, _)| status.starts_with('2'));
    let Some((_, done)) = done else { return Answer::Nothing };
    let Some(schema) = done["content"].get("application/json").map(|content| &content["schema"]) else {
        return if done["content"].is_object() { Answer::Text } else { Answer::Nothing };
    };
    let mut of = read(schema);
    if let Type::Union(cases) = &of {
        of = cases.first().map_or(Type::Any, |case| case.of.clone());
    }
    let page = of.name().filter(|name| name.starts_with("PageOf"));
    let page = page.and_then(|name| types.iter().find(|named| named.name == name)?.of.fields());
    let items = page.and_then(|fields| fields.iter().find(|field| field.name == "items"));
    if let Some(Type::List(item)) = items.map(|field| &field.of) {
        return Answer::Page((**item).clone());
    }
    Answer::Json(of)
}
