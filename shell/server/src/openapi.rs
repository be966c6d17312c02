//! The OpenAPI 3.1 document, made from the table of routes.

use crate::ProblemDocument;
use crate::dry_run::{self, DryRun};
use crate::expand::{self, Expanded, WithExpanded};
use crate::hold::can_wait;
use crate::rates;
use crate::route::{Needs, Portal, Rehearsal, Repeats, Route, Shape, Verb, Versioned};
use crate::routes::{Noun, nouns};
use crate::versions;
use engine::{Approval, Impact};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator};
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
    let mut tried = Map::new();
    for (noun, route) in nouns.iter().flat_map(|noun| noun.routes.iter().map(move |route| (noun, route))) {
        let item = paths.entry(route.path).or_insert_with(|| json!({}));
        item[verb(route.verb)] = operation(noun, route, &problem, &mut generator, &mut tried);
    }
    let mut schemas = generator.take_definitions(true);
    schemas.extend(tried);
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
            "schemas": schemas
        }
    })
}

fn verb(verb: Verb) -> &'static str {
    match verb {
        Verb::Get => "get",
        Verb::Post => "post",
    }
}

fn operation(
    noun: &Noun,
    route: &Route,
    problem: &Schema,
    generator: &mut SchemaGenerator,
    tried: &mut Map<String, Value>,
) -> Value {
    let Shape { path, query, body, mut answer } = (route.shape)(generator);
    let mut parameters = parameters("path", &path);
    parameters.extend(self::parameters("query", &query));
    parameters.extend(conventions(route));
    if route.rehearsal == Rehearsal::Possible {
        let mut or_tried = |schema| or_with::<DryRun>(schema, "DryRunOf", generator, tried);
        answer = answer.into_iter().map(|(media, schema)| (media, or_tried(schema))).collect();
    }
    if !route.references.is_empty() {
        let mut or_expanded = |schema| or_with::<WithExpanded>(schema, "ExpandedOf", generator, tried);
        answer = answer.into_iter().map(|(media, schema)| (media, or_expanded(schema))).collect();
    }
    let mut operation = json!({
        "operationId": route.id,
        "tags": [noun.name],
        "summary": route.summary,
        "responses": {
            route.status.as_str(): response(route.status.canonical_reason().unwrap_or("Done"), &answer),
            "default": { "description": "Refused: what is wrong, where, and how to mend it.", "content": { "application/problem+json": { "schema": problem } } }
        }
    });
    describe_versions(route, &mut operation);
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
    if can_wait(route) {
        let waits = [("application/json", generator.subschema_for::<Approval>())];
        operation["responses"]["202"] =
            response("Kept until a second person approves it, where the tenant says so", &waits);
    }
    describe_rates(&mut operation, problem);
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

/// The headers and parameters that a route has because of what it is.
fn conventions(route: &Route) -> Vec<Value> {
    let header = |name: &str, about: &str, schema: Value| json!({ "name": name, "in": "header", "required": false, "description": about, "schema": schema });
    let mut found = Vec::new();
    if !route.references.is_empty() {
        let about = "What the answer refers to and is told besides, in `expanded`: names with commas between them.";
        found.push(json!({
            "name": expand::PARAMETER, "in": "query", "required": false, "description": about, "style": "form", "explode": false,
            "schema": { "type": "array", "uniqueItems": true, "items": { "type": "string", "enum": expand::names(&route.references) } }
        }));
    }
    if route.verb == Verb::Get {
        if matches!(route.object, Some(Versioned::Named(..) | Versioned::Only(_))) {
            let about = "Tags of answers that you have: `304` says that one of them is what would be answered.";
            found.push(header("If-None-Match", about, json!({ "type": "string" })));
        }
        return found;
    }
    if route.repeats == Repeats::Answered && route.rehearsal == Rehearsal::Possible {
        let about = "Names this request, so that it is done once however often it is sent; the answer is given again for two days.";
        found.push(header("Idempotency-Key", about, json!({ "type": "string", "minLength": 1, "maxLength": 255 })));
    }
    if versions::changes(route) {
        let about = "The `ETag` of the object as you saw it: where it is another one by now, nothing is done, and the answer is `412`.";
        found.push(header("If-Match", about, json!({ "type": "string" })));
    }
    if route.rehearsal == Rehearsal::Possible {
        let about = "Everything is done as far as the commit, and nothing is stored: the answer has `dry_run` and `impact` besides.";
        found.push(json!({
            "name": dry_run::PARAMETER, "in": "query", "required": false, "description": about,
            "schema": { "type": "boolean", "default": false }
        }));
    }
    found
}

/// Says that every answer tells how often may be asked, and what is answered beyond it.
fn describe_rates(operation: &mut Value, problem: &Schema) {
    operation["responses"]["429"] = json!({
        "description": "Asked too often, or more is being sent than can be taken: nothing was done.",
        "headers": rates::described_wait(),
        "content": { "application/problem+json": { "schema": problem } }
    });
    let told = rates::described();
    for response in operation["responses"].as_object_mut().into_iter().flat_map(Map::values_mut) {
        for (name, header) in told.as_object().into_iter().flatten() {
            response["headers"][name] = header.clone();
        }
    }
}

/// Says that an answer has a tag, and that it may be left out.
fn describe_versions(route: &Route, operation: &mut Value) {
    if route.object.is_none() {
        return;
    }
    let tag = json!({ "ETag": { "description": "The version of the object.", "schema": { "type": "string" } } });
    operation["responses"][route.status.as_str()]["headers"] = tag.clone();
    if route.verb == Verb::Get {
        operation["responses"]["304"] =
            json!({ "description": "It is what one of the tags in `If-None-Match` names.", "headers": tag });
    }
}

/// An answer, or the same with the fields of another type more.
fn or_with<T: JsonSchema>(
    schema: Schema,
    prefix: &str,
    generator: &mut SchemaGenerator,
    named: &mut Map<String, Value>,
) -> Schema {
    let added = generator.root_schema_for::<T>();
    let Some(name) = schema.get("$ref").and_then(Value::as_str).and_then(|name| name.rsplit('/').next()) else {
        return schema;
    };
    let _ = (generator.subschema_for::<Impact>(), generator.subschema_for::<Expanded>());
    let Some(Value::Object(mut whole)) = generator.definitions().get(name).cloned() else { return schema };
    whole.remove("additionalProperties");
    for (list, value) in [("properties", added.get("properties")), ("required", added.get("required"))] {
        match (whole.get_mut(list), value) {
            (Some(Value::Object(own)), Some(Value::Object(more))) => own.extend(more.clone()),
            (Some(Value::Array(own)), Some(Value::Array(more))) => own.extend(more.clone()),
            (None, Some(more)) => drop(whole.insert(list.into(), more.clone())),
            (Some(_), _) | (None, None) => {}
        }
    }
    let own = format!("{prefix}{name}");
    let reference = format!("#/components/schemas/{own}");
    named.insert(own, whole.into());
    let Ok(either) = Schema::try_from(json!({ "anyOf": [schema, { "$ref": reference }] })) else { return schema };
    either
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
