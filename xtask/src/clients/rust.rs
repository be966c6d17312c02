//! Rust.

use super::model::{Answer, Api, Body, Given, Operation, Parameter, Verb};
use super::names::{lines, pascal, snake};
use super::schema::{Case, Field, Type, Word};
use std::fmt::Write as _;

const WRITTEN: &str = "// Written from clients/openapi.json by `cargo run -p xtask -- codegen`. Do not edit.\n";
const DERIVES: &str = "#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]\n";
const WORDS: &[&str] = &[
    "type", "as", "in", "match", "ref", "where", "use", "for", "if", "else", "move", "static", "const", "enum",
    "struct",
];

struct Types {
    out: String,
}

/// One type for each schema, and for each part of one that has no name of its own.
pub(crate) fn types(api: &Api) -> String {
    let mut types = Types { out: WRITTEN.to_owned() };
    types.out += "//! The types of the API. Exact numbers, times and ids are text.\n\n";
    types.out += "use serde::{Deserialize, Serialize};\nuse std::collections::BTreeMap;\n";
    for named in &api.types {
        types.define(&named.name.replace('_', ""), &named.about, &named.of);
    }
    types.out
}

fn docs(about: &str, indent: &str, otherwise: &str) -> String {
    let about = if about.is_empty() { otherwise } else { about };
    // what looks like a link or markup is meant as itself
    let about = about.replace('[', "\\[").replace(']', "\\]").replace('<', "\\<").replace('>', "\\>");
    lines(&about, &format!("{indent}/// "), 130)
}

fn field_name(name: &str) -> String {
    let name = snake(name);
    if WORDS.contains(&name.as_str()) { format!("r#{name}") } else { name }
}

impl Types {
    fn define(&mut self, name: &str, about: &str, of: &Type) {
        match of {
            Type::Object(fields) => self.structure(name, about, fields, &[]),
            Type::Words(words) => self.words(name, about, words),
            Type::Union(cases) => self.union(name, about, cases),
            Type::Both(parts) => self.both(name, about, parts),
            Type::Any
            | Type::Boolean
            | Type::Integer(_)
            | Type::Text
            | Type::Scalar
            | Type::Named(_)
            | Type::List(_)
            | Type::Tuple(_)
            | Type::Map(_)
            | Type::Maybe(_) => {
                let of = self.written(of, &format!("{name}Inner"));
                let _ = write!(self.out, "\n{}pub type {name} = {of};\n", docs(about, "", name));
            }
        }
    }

    fn structure(&mut self, name: &str, about: &str, fields: &[Field], flat: &[(String, String)]) {
        let (mut body, mut needed, mut made) = (String::new(), Vec::new(), Vec::new());
        for field in fields {
            let of = if field.required { &field.of } else { field.of.present() };
            let of = self.written(of, &format!("{name}{}", pascal(&field.name)));
            let own = field_name(&field.name);
            body += &docs(&field.about, "    ", &format!("`{}`.", field.name));
            let rename = if own.trim_start_matches("r#") == field.name {
                String::new()
            } else {
                format!("rename = {:?}", field.name)
            };
            let optional = if field.required { "" } else { "default, skip_serializing_if = \"Option::is_none\"" };
            let attributes: Vec<&str> =
                [rename.as_str(), optional].into_iter().filter(|text| !text.is_empty()).collect();
            if !attributes.is_empty() {
                let _ = writeln!(body, "    #[serde({})]", attributes.join(", "));
            }
            let of = if field.required { of } else { format!("Option<{of}>") };
            let _ = writeln!(body, "    pub {own}: {of},");
            if field.required {
                needed.push(format!("{own}: {of}"));
            }
            made.push(if field.required { own } else { format!("{own}: None") });
        }
        for (own, of) in flat {
            let _ = writeln!(body, "    /// What it is besides.\n    #[serde(flatten)]\n    pub {own}: {of},");
            needed.push(format!("{own}: {of}"));
            made.push(own.clone());
        }
        let derives = if needed.is_empty() { DERIVES.replace("Debug,", "Debug, Default,") } else { DERIVES.to_owned() };
        let _ =
            write!(self.out, "\n{}{derives}pub struct {name} {{\n{body}}}\n", docs(about, "", &format!("`{name}`.")));
        if !needed.is_empty() && needed.len() < fields.len() + flat.len() && needed.len() <= 7 {
            let (needed, made) = (needed.join(", "), made.join(", "));
            let _ = write!(
                self.out,
                "\nimpl {name} {{\n    /// With what it must have; the rest is left out.\n    pub fn new({needed}) -> Self {{\n        Self {{ {made} }}\n    }}\n}}\n"
            );
        }
    }

    fn words(&mut self, name: &str, about: &str, words: &[Word]) {
        let mut body = String::new();
        for word in words {
            body += &docs(&word.about, "    ", &format!("`{}`.", word.text));
            let _ = writeln!(body, "    #[serde(rename = {:?})]\n    {},", word.text, pascal(&word.text));
        }
        let derives = DERIVES.replace("PartialEq,", "Copy, PartialEq, Eq,");
        let _ = write!(self.out, "\n{}{derives}pub enum {name} {{\n{body}}}\n", docs(about, "", &format!("`{name}`.")));
    }

    fn union(&mut self, name: &str, about: &str, cases: &[Case]) {
        let mut body = String::new();
        for (number, case) in (1..).zip(cases) {
            let own = case_name(&case.of).unwrap_or_else(|| format!("Case{number}"));
            body += &docs(&case.about, "    ", &format!("`{own}`."));
            let of = self.written_about(&case.of, &format!("{name}{own}"), &case.about);
            let _ = writeln!(body, "    {own}({of}),");
        }
        let _ = write!(
            self.out,
            "\n{}{DERIVES}#[serde(untagged)]\npub enum {name} {{\n{body}}}\n",
            docs(about, "", &format!("`{name}`."))
        );
    }

    fn both(&mut self, name: &str, about: &str, parts: &[Type]) {
        let (mut fields, mut flat) = (Vec::new(), Vec::new());
        for part in parts {
            if let Some(own) = part.fields() {
                fields.extend(own.iter().cloned());
            } else if let Some(other) = part.name() {
                flat.push((snake(other), other.replace('_', "")));
            } else {
                let own = format!("{name}Case");
                self.define(&own, "", part);
                flat.push(("case".into(), own));
            }
        }
        self.structure(name, about, &fields, &flat);
    }

    fn written(&mut self, of: &Type, name: &str) -> String {
        self.written_about(of, name, "")
    }

    /// A type as it is written within another; what has no name gets one.
    fn written_about(&mut self, of: &Type, name: &str, about: &str) -> String {
        match of {
            Type::Any | Type::Scalar => "serde_json::Value".into(),
            Type::Boolean => "bool".into(),
            Type::Integer(format) => integer(format).into(),
            Type::Text => "String".into(),
            Type::Named(name) => name.replace('_', ""),
            Type::List(of) => format!("Vec<{}>", self.written(of, &format!("{name}Item"))),
            Type::Tuple(each) => {
                let each: Vec<String> =
                    (1..).zip(each).map(|(number, of)| self.written(of, &format!("{name}{number}"))).collect();
                format!("({})", each.join(", "))
            }
            Type::Map(of) => format!("BTreeMap<String, {}>", self.written(of, &format!("{name}Value"))),
            Type::Maybe(of) => format!("Option<{}>", self.written(of, name)),
            Type::Words(_) | Type::Object(_) | Type::Union(_) | Type::Both(_) => {
                self.define(name, about, of);
                name.to_owned()
            }
        }
    }
}

fn integer(format: &str) -> &'static str {
    match format {
        "uint64" | "uint" => "u64",
        "uint32" => "u32",
        "uint16" => "u16",
        "uint8" => "u8",
        "int32" => "i32",
        _ => "i64",
    }
}

/// What a case of a union is called: by its word, by its only field, or by its type.
fn case_name(of: &Type) -> Option<String> {
    if let Type::Both(parts) = of {
        return parts.iter().find_map(|part| part.mark().map(pascal));
    }
    if matches!(of, Type::List(_)) {
        return Some("List".into());
    }
    of.name().or(of.only_word()).or(of.mark()).map(pascal)
}

/// One method for each operation.
pub(crate) fn operations(api: &Api) -> String {
    let mut out = WRITTEN.to_owned();
    out += "//! Every operation of the API.\n\nuse crate::types;\nuse crate::{Call, Client, Pages, part};\nuse serde::Serialize;\n";
    for operation in api.operations.iter().filter(|operation| !operation.query.is_empty()) {
        out += &query(api, operation);
    }
    out += "\nimpl Client {\n";
    let methods: Vec<String> = api.operations.iter().map(method).collect();
    out + &methods.join("\n") + "}\n"
}

fn plain(of: &Type) -> String {
    match of {
        Type::Named(name) => format!("types::{}", name.replace('_', "")),
        Type::List(of) => format!("Vec<{}>", plain(of)),
        // a text, or one word, or words of a parameter with commas between them
        Type::Text | Type::Words(_) => "String".into(),
        Type::Integer(format) => integer(format).into(),
        Type::Boolean => "bool".into(),
        Type::Any
        | Type::Scalar
        | Type::Tuple(_)
        | Type::Map(_)
        | Type::Maybe(_)
        | Type::Object(_)
        | Type::Union(_)
        | Type::Both(_) => "serde_json::Value".into(),
    }
}

fn query(api: &Api, operation: &Operation) -> String {
    let mut body = String::new();
    for one in &operation.query {
        body += &docs(&one.about, "    ", &format!("`{}`.", one.name));
        let of = plain(&one.of);
        if one.required {
            let _ = writeln!(body, "    pub {}: {of},", field_name(&one.name));
        } else {
            let _ = writeln!(
                body,
                "    #[serde(skip_serializing_if = \"Option::is_none\")]\n    pub {}: Option<{of}>,",
                field_name(&one.name)
            );
        }
    }
    let name = pascal(&operation.id);
    // what must be one of some words has none by default
    let of_words = |name: &str| api.types.iter().any(|named| named.name == name && matches!(named.of, Type::Words(_)));
    let must_be_said = |one: &Parameter| one.required && matches!(&one.of, Type::Named(name) if of_words(name));
    let must_be_said = operation.query.iter().any(must_be_said);
    let default = if must_be_said { "" } else { " Default," };
    let derives = format!("#[derive(Debug, Clone,{default} PartialEq, Serialize)]\n");
    format!("\n/// What `{}` can be asked.\n{derives}pub struct {name}Query {{\n{body}}}\n", operation.id)
}

fn method(operation: &Operation) -> String {
    let answer = match &operation.answer {
        Answer::Json(of) => plain(of),
        Answer::Page(of) => format!("types::PageOf{}", plain(of).trim_start_matches("types::")),
        Answer::Text => "String".into(),
        Answer::Nothing => "()".into(),
    };
    let name = |one: &Parameter| field_name(&one.name);
    let mut arguments: Vec<String> = operation.names.iter().map(|one| format!("{}: &str", name(one))).collect();
    let mut call = String::new();
    match &operation.body {
        None => {}
        Some(Body::Json(Type::List(of))) => {
            arguments.push(format!("body: &[{}]", plain(of)));
            call += ".json(body)";
        }
        Some(Body::Json(of)) => {
            arguments.push(format!("body: &{}", plain(of)));
            call += ".json(body)";
        }
        Some(Body::Pricing) => {
            arguments.push("yaml: &str".into());
            call += ".text(\"application/yaml\", yaml)";
        }
        Some(Body::Events) => {
            arguments.push("body: &[types::Event]".into());
            call += ".json(body)";
        }
    }
    if !operation.query.is_empty() {
        arguments.push(format!("query: &{}Query", pascal(&operation.id)));
        call += ".query(query)";
    }
    if operation.verb == Verb::Get || matches!(operation.body, Some(Body::Events)) {
        call += ".repeats()";
    }
    let takes = operation.takes;
    for (given, text) in [(takes.key, ".keyed()"), (takes.seen, ".conditional()"), (takes.dry_run, ".tryable()")] {
        call += if given == Given::Yes { text } else { "" };
    }
    let path = operation.path.clone();
    let parts: Vec<String> = operation.names.iter().map(|one| format!("part({})", name(one))).collect();
    let places = operation.names.iter().fold(path, |path, one| path.replace(&format!("{{{}}}", one.name), "{}"));
    let path = if parts.is_empty() {
        format!("{places:?}.to_owned()")
    } else {
        format!("format!({places:?}, {})", parts.join(", "))
    };
    let list = [vec!["&self".to_owned()], arguments].concat().join(", ");
    let mut out = docs(&operation.about, "    ", "");
    let _ = writeln!(out, "    pub fn {}({list}) -> Call<'_, {answer}> {{", operation.id);
    let _ = writeln!(out, "        Call::new(self, \"{}\", {path}){call}\n    }}", operation.verb.word());
    if let Answer::Page(item) = &operation.answer {
        let owned: Vec<String> =
            operation.names.iter().map(|one| format!("let {0} = {0}.to_owned();\n        ", name(one))).collect();
        let owned = owned.concat();
        let given: Vec<String> = operation.names.iter().map(|one| format!("&{}, ", name(one))).collect();
        let given = given.concat();
        let _ = writeln!(out, "\n    /// The same as a whole: pages are asked for as they are needed.");
        let _ = writeln!(out, "    pub fn {}_all({list}) -> Pages<'_, {}> {{", operation.id, plain(item));
        let _ = writeln!(out, "        let mut query = query.clone();\n        {owned}Pages::new(move |after| {{");
        let _ = writeln!(
            out,
            "            query.after = after.or_else(|| query.after.take());\n            let page = self.{}({given}&query).send()?.value;",
            operation.id
        );
        let _ = writeln!(out, "            Ok((page.items, page.next))\n        }})\n    }}");
    }
    out
}
