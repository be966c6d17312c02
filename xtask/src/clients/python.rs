//! Python.

use super::model::{Answer, Api, Body, Given, Operation, Verb};
use super::names::{lines, pascal, snake};
use super::schema::{Field, Type};
use std::fmt::Write as _;

const WRITTEN: &str = "# Written from clients/openapi.json by `cargo run -p xtask -- codegen`. Do not edit.\n";
const WORDS: &[&str] =
    &["from", "as", "in", "is", "not", "or", "and", "if", "for", "class", "global", "pass", "with", "None"];

/// The types that are written, in the order of their need: unions name their cases.
struct Types {
    out: String,
}

/// One type for each schema. An object is a dictionary with known keys.
pub(crate) fn types(api: &Api) -> String {
    let mut types = Types { out: WRITTEN.to_owned() };
    types.out += "\"\"\"The types of the API: plain dictionaries with known keys.\"\"\"\n\nfrom __future__ import annotations\n\n";
    types.out += "from typing import Any, Literal, NotRequired, TypeAlias, TypedDict, Union\n";
    for named in &api.types {
        types.define(&named.name, &named.about, &named.of, api);
    }
    types.out
}

impl Types {
    /// Writes a type under a name, and before it those that have no name of their own.
    fn define(&mut self, name: &str, about: &str, of: &Type, api: &Api) {
        let fields = if let Type::Both(parts) = of { merged(parts, api) } else { of.fields().map(<[Field]>::to_vec) };
        if let Some(fields) = fields {
            let fields: Vec<(Field, String)> = fields
                .into_iter()
                .map(|field| {
                    let of = self.written(&field.of, &format!("{name}{}", pascal(&field.name)), api);
                    (field, of)
                })
                .collect();
            self.dictionary(name, about, &fields);
            return;
        }
        let of = self.written(of, name, api);
        self.out += "\n";
        self.out += &lines(about, "# ", 110);
        let _ = writeln!(self.out, "{name}: TypeAlias = \"{of}\"");
    }

    fn dictionary(&mut self, name: &str, about: &str, fields: &[(Field, String)]) {
        // the form with a call takes every key, also those that are words of the language
        let is_call = fields.iter().any(|(field, _)| WORDS.contains(&field.name.as_str()) || !is_name(&field.name));
        let mut entries = String::new();
        for (field, of) in fields {
            let of = if field.required { of.clone() } else { format!("NotRequired[{of}]") };
            if !field.about.is_empty() {
                entries += &lines(&field.about, "    # ", 110);
            }
            let _ = if is_call {
                writeln!(entries, "    \"{}\": {of:?},", field.name)
            } else {
                writeln!(entries, "    {}: {of}", field.name)
            };
        }
        self.out += "\n\n";
        if is_call {
            self.out += &lines(about, "# ", 110);
            let _ = writeln!(self.out, "{name} = TypedDict(\"{name}\", {{\n{entries}}})");
            return;
        }
        let _ = writeln!(self.out, "class {name}(TypedDict):");
        let _ = writeln!(self.out, "    \"\"\"{}\"\"\"\n", about.replace('\\', "\\\\").replace('"', "'"));
        self.out += if entries.is_empty() { "    pass\n" } else { &entries };
    }

    /// A type as it is written within another.
    fn written(&mut self, of: &Type, name: &str, api: &Api) -> String {
        match of {
            Type::Any => "Any".into(),
            Type::Boolean => "bool".into(),
            Type::Integer(_) => "int".into(),
            Type::Text => "str".into(),
            Type::Scalar => "str | int | bool | None".into(),
            Type::Words(words) => {
                let words: Vec<String> = words.iter().map(|word| format!("'{}'", word.text)).collect();
                format!("Literal[{}]", words.join(", "))
            }
            Type::Named(name) => name.clone(),
            Type::List(of) => format!("list[{}]", self.written(of, &format!("{name}Item"), api)),
            Type::Tuple(_) => "list[Any]".into(),
            Type::Map(of) => format!("dict[str, {}]", self.written(of, &format!("{name}Value"), api)),
            Type::Maybe(of) => format!("{} | None", self.written(of, name, api)),
            Type::Object(_) | Type::Both(_) => {
                self.define(name, "", of, api);
                name.to_owned()
            }
            Type::Union(cases) => {
                let cases: Vec<String> = (1..)
                    .zip(cases)
                    .map(|(number, case)| {
                        let own = format!("{name}{}", case.of.mark().map_or(format!("Case{number}"), pascal));
                        if matches!(case.of, Type::Object(_) | Type::Both(_)) {
                            self.define(&own, &case.about, &case.of, api);
                            own
                        } else {
                            self.written(&case.of, &own, api)
                        }
                    })
                    .collect();
                cases.join(" | ")
            }
        }
    }
}

fn is_name(name: &str) -> bool {
    name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// The fields of several types as those of one; none where one of them has no fields of its own.
fn merged(parts: &[Type], api: &Api) -> Option<Vec<Field>> {
    let mut all: Vec<Field> = Vec::new();
    for part in parts {
        let fields = if let Type::Union(cases) = part {
            // each case has its own: they are all there, and none must be
            let own = cases.iter().flat_map(|case| case.of.fields().unwrap_or_default().to_vec());
            own.map(|field| Field { required: false, ..field }).collect()
        } else {
            let of = part.name().and_then(|name| api.named(name)).map_or(part, |named| &named.of);
            of.fields()?.to_vec()
        };
        for field in fields {
            match all.iter_mut().find(|known| known.name == field.name) {
                Some(known) => known.of = either(&known.of, &field.of),
                None => all.push(field),
            }
        }
    }
    Some(all)
}

/// What a field is that several cases have: any of their words.
fn either(one: &Type, other: &Type) -> Type {
    if let (Type::Words(one), Type::Words(other)) = (one, other) {
        return Type::Words(one.iter().chain(other).cloned().collect());
    }
    one.clone()
}

/// One method for each operation.
pub(crate) fn operations(api: &Api) -> String {
    let mut out = WRITTEN.to_owned();
    out += "\"\"\"Every operation of the API.\"\"\"\n\nfrom __future__ import annotations\n\nfrom collections.abc import Iterator\nfrom typing import Any, Literal\n\n";
    out += "from . import types\nfrom .transport import Reply, Transport, path_of\n\n\n";
    out += "class Operations(Transport):\n    \"\"\"One method for each operation.\"\"\"\n";
    out + &api.operations.iter().map(method).collect::<String>()
}

fn plain(of: &Type) -> String {
    match of {
        Type::Named(name) => format!("types.{name}"),
        Type::List(of) => format!("list[{}]", plain(of)),
        Type::Boolean => "bool".into(),
        Type::Integer(_) => "int".into(),
        Type::Text => "str".into(),
        Type::Words(words) => {
            let words: Vec<String> = words.iter().map(|word| format!("\"{}\"", word.text)).collect();
            format!("Literal[{}]", words.join(", "))
        }
        Type::Any
        | Type::Scalar
        | Type::Tuple(_)
        | Type::Map(_)
        | Type::Maybe(_)
        | Type::Object(_)
        | Type::Union(_)
        | Type::Both(_) => "Any".into(),
    }
}

fn argument(name: &str) -> String {
    let name = snake(name);
    if WORDS.contains(&name.as_str()) { name + "_" } else { name }
}

fn method(operation: &Operation) -> String {
    let answer = match &operation.answer {
        Answer::Json(of) => plain(of),
        Answer::Page(of) => format!("types.PageOf{}", plain(of).trim_start_matches("types.")),
        Answer::Text => "str".into(),
        Answer::Nothing => "None".into(),
    };
    let (arguments, sent) = arguments(operation);
    let mut out = format!("\n    def {}({}) -> Reply[{answer}]:\n", operation.id, arguments.join(", "));
    let _ = writeln!(out, "        \"\"\"{}\"\"\"", operation.about.replace('"', "'"));
    let _ = writeln!(out, "        return self._send({})", sent.join(", "));
    if let Answer::Page(item) = &operation.answer {
        let given = operation.names.iter().map(|one| argument(&one.name));
        let named = operation.query.iter().filter(|one| one.name != "after").map(|one| argument(&one.name));
        let given: Vec<String> =
            given.chain(named.map(|name| format!("{name}={name}"))).chain(["after=place".into()]).collect();
        let _ = writeln!(out, "\n    def {}_all({}) -> Iterator[{}]:", operation.id, arguments.join(", "), plain(item));
        out += "        \"\"\"The same as a whole: pages are asked for as they are needed.\"\"\"\n";
        let _ = writeln!(
            out,
            "        return self._walk(after, lambda place: self.{}({}))",
            operation.id,
            given.join(", ")
        );
    }
    out
}

/// What a method takes, and what it hands on.
fn arguments(operation: &Operation) -> (Vec<String>, Vec<String>) {
    let mut taken = vec!["self".to_owned()];
    taken.extend(operation.names.iter().map(|one| format!("{}: {}", argument(&one.name), plain(&one.of))));
    let names: Vec<String> =
        operation.names.iter().map(|one| format!("{}={}", one.name, argument(&one.name))).collect();
    let path = if names.is_empty() {
        format!("\"{}\"", operation.path)
    } else {
        format!("path_of(\"{}\", {})", operation.path, names.join(", "))
    };
    let mut sent = vec![format!("\"{}\"", operation.verb.word()), path];
    if let Some(body) = &operation.body {
        taken.push(match body {
            Body::Json(of) => format!("body: {}", plain(of)),
            Body::Pricing => "body: str | types.Catalog".into(),
            Body::Events => "body: types.Event | list[types.Event]".into(),
        });
        sent.push("body=body".into());
    }
    let mut options: Vec<String> = Vec::new();
    options.extend(operation.query.iter().map(|one| {
        let (of, name) = (plain(&one.of), argument(&one.name));
        if one.required { format!("{name}: {of}") } else { format!("{name}: {of} | None = None") }
    }));
    if !operation.query.is_empty() {
        let query: Vec<String> =
            operation.query.iter().map(|one| format!("\"{}\": {}", one.name, argument(&one.name))).collect();
        sent.push(format!("query={{{}}}", query.join(", ")));
    }
    let known = operation.takes;
    if operation.verb == Verb::Post {
        options.push("reason: str | None = None".into());
        sent.push("reason=reason".into());
    }
    for (given, name, of, default) in [
        (known.key, "idempotency_key", "str | None", "None"),
        (known.seen, "if_match", "str | None", "None"),
        (known.dry_run, "dry_run", "bool", "False"),
    ] {
        if given == Given::Yes {
            options.push(format!("{name}: {of} = {default}"));
            sent.push(format!("{name}={name}"));
        }
    }
    if operation.verb == Verb::Get || matches!(operation.body, Some(Body::Events)) {
        sent.push("repeats=True".into());
    }
    if known.key == Given::Yes {
        sent.push("keyed=True".into());
    }
    if !options.is_empty() {
        taken.push("*".into());
        taken.extend(options);
    }
    (taken, sent)
}
