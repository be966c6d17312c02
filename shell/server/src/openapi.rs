//! The OpenAPI 3.1 document, made from the table of routes.

use crate::ProblemDocument;
use crate::route::{Needs, Portal, Route, Shape, Verb};
use crate::routes::{Noun, nouns};
use schemars::generate::SchemaSettings;
use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value, json};
use std::sync::LazyLock;

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| make(&nouns()));

/// The document: every route of the server, with everything that it takes and gives.
pub fn document() -> &'static Value {
    &DOCUMENT
}

fn make(nouns: &[Noun]) -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.meta_schema = None;
        settings.definitions_path = "/components/schemas".into();
    });
    let mut generator = settings.into_generator();
    let problem = generator.subschema_for::<ProblemDocument>();
    let mut paths = Map::new();
    for (noun, route) in nouns.iter().flat_map(|noun| noun.routes.iter().map(move |route| (noun, route))) {
        let item = paths.entry(route.path).or_insert_with(|| json!({}));
        item[verb(route.verb)] = operation(noun, route, &problem, &mut generator);
    }
    let tags: Vec<Value> = nouns.iter().map(|noun| json!({ "name": noun.name, "description": noun.about })).collect();
    json!({
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {
            "title": "Counterfoil",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "Usage in, explained invoices out.",
            "description": "Amounts and quantities are exact decimals, written as text. Every refusal is a problem document (RFC 9457) with a code that is explained at /docs/errors.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" }
        },
        "servers": [{ "url": "/" }],
        "tags": tags,
        "paths": paths,
        "security": [{ "token": [] }],
        "components": {
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer", "description": "An API key, a session or a customer's token: `cf_…`." } },
            "schemas": generator.take_definitions(true)
        }
    })
}

fn verb(verb: Verb) -> &'static str {
    match verb {
        Verb::Get => "get",
        Verb::Post => "post",
    }
}

fn operation(noun: &Noun, route: &Route, problem: &Schema, generator: &mut SchemaGenerator) -> Value {
    let Shape { path, query, body, answer } = (route.shape)(generator);
    let mut parameters = parameters("path", &path);
    parameters.extend(self::parameters("query", &query));
    let mut operation = json!({
        "operationId": route.id,
        "tags": [noun.name],
        "summary": route.summary,
        "responses": {
            route.status.as_str(): response(route.status.canonical_reason().unwrap_or("Done"), &answer),
            "default": { "description": "Refused: what is wrong, where, and how to mend it.", "content": { "application/problem+json": { "schema": problem } } }
        }
    });
    match (route.needs, route.permission()) {
        (Needs::Nothing, _) => operation["security"] = json!([]),
        (Needs::Token | Needs::Action(_), None) => {}
        (Needs::Token | Needs::Action(_), Some(permission)) => {
            operation["x-permission"] = permission.to_string().into();
            let portal =
                if route.portal == Portal::Never { "" } else { "; a customer's token sees what is the customer's" };
            operation["description"] = format!("Needs `{permission}`{portal}.").into();
        }
    }
    if !parameters.is_empty() {
        operation["parameters"] = parameters.into();
    }
    if !body.is_empty() {
        let mut content = content(&body);
        for (media, described) in content.as_object_mut().into_iter().flatten() {
            if let Some(example) = (route.example)(media) {
                described["example"] = example;
            }
        }
        operation["requestBody"] = json!({ "required": true, "content": content });
    }
    operation
}

fn response(description: &str, answer: &[(&str, Schema)]) -> Value {
    let mut response = json!({ "description": description });
    if !answer.is_empty() {
        response["content"] = content(answer);
    }
    response
}

fn content(schemas: &[(&str, Schema)]) -> Value {
    schemas
        .iter()
        .map(|(media, schema)| ((*media).to_owned(), json!({ "schema": schema })))
        .collect::<Map<_, _>>()
        .into()
}

/// The fields of a type as parameters.
fn parameters(place: &str, schema: &Schema) -> Vec<Value> {
    let fields = schema.get("properties").and_then(Value::as_object);
    let required = |name: &str| {
        schema.get("required").and_then(Value::as_array).is_some_and(|names| names.iter().any(|one| one == name))
    };
    let parameter = |(name, field): (&String, &Value)| {
        let mut field = field.clone();
        let description = field.as_object_mut().and_then(|field| field.remove("description"));
        let mut parameter = json!({ "name": name, "in": place, "required": required(name), "schema": field });
        if let Some(description) = description {
            parameter["description"] = description;
        }
        parameter
    };
    fields.into_iter().flatten().map(parameter).collect()
}
