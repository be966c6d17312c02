//! TypeScript.

use super::model::{Answer, Api, Body, Given, Operation, Parameter, Verb};
use super::names::{camel, pascal};
use super::schema::{Field, Type};
use std::fmt::Write as _;

const WRITTEN: &str = "// Written from clients/openapi.json by `cargo run -p xtask -- codegen`. Do not edit.\n";

/// One type for each schema.
pub(crate) fn types(api: &Api) -> String {
    let mut out = WRITTEN.to_owned();
    for named in &api.types {
        out.push('\n');
        out += &comment(&named.about, "");
        let name = &named.name;
        let _ = match named.of.fields() {
            Some(fields) => writeln!(out, "export interface {name} {}", object(fields, "", "")),
            None => writeln!(out, "export type {name} = {};", written(&named.of, "", "")),
        };
    }
    out
}

fn comment(text: &str, indent: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let text = text.replace("*/", "* /");
    let text: Vec<&str> = text.lines().map(str::trim).collect();
    format!("{indent}/** {} */\n", text.join(&format!("\n{indent} * ")))
}

fn object(fields: &[Field], indent: &str, prefix: &str) -> String {
    let deeper = format!("{indent}  ");
    let mut out = "{\n".to_owned();
    for field in fields {
        out += &comment(&field.about, &deeper);
        let mark = if field.required { "" } else { "?" };
        let name = if field.name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            field.name.clone()
        } else {
            format!("{:?}", field.name)
        };
        let _ = writeln!(out, "{deeper}{name}{mark}: {};", written(&field.of, &deeper, prefix));
    }
    out + indent + "}"
}

/// A type as it is written; named ones after a prefix.
fn written(of: &Type, indent: &str, prefix: &str) -> String {
    let all = |types: &mut dyn Iterator<Item = &Type>, between: &str| {
        types.map(|of| written(of, indent, prefix)).collect::<Vec<_>>().join(between)
    };
    match of {
        Type::Any => "unknown".into(),
        Type::Boolean => "boolean".into(),
        Type::Integer(_) => "number".into(),
        Type::Text => "string".into(),
        Type::Scalar => "string | number | boolean | null".into(),
        Type::Words(words) => words.iter().map(|word| format!("{:?}", word.text)).collect::<Vec<_>>().join(" | "),
        Type::Named(name) => format!("{prefix}{name}"),
        Type::List(of) => format!("Array<{}>", written(of, indent, prefix)),
        Type::Tuple(each) => format!("[{}]", all(&mut each.iter(), ", ")),
        Type::Map(of) => format!("Record<string, {}>", written(of, indent, prefix)),
        Type::Maybe(of) => format!("{} | null", written(of, indent, prefix)),
        Type::Object(fields) => object(fields, indent, prefix),
        Type::Union(cases) => all(&mut cases.iter().map(|case| &case.of), " | "),
        Type::Both(parts) => {
            let parts: Vec<String> = parts.iter().map(|part| format!("({})", written(part, indent, prefix))).collect();
            parts.join(" & ")
        }
    }
}

/// One method for each operation.
pub(crate) fn operations(api: &Api) -> String {
    let mut out = WRITTEN.to_owned();
    out += "\nimport { Transport } from \"./transport.js\";\n";
    out += "import type { Conditional, Idempotent, Options, ReadOptions, Reply, Tryable } from \"./transport.js\";\n";
    out += "import type * as T from \"./types.js\";\n\n";
    for operation in api.operations.iter().filter(|operation| !operation.query.is_empty()) {
        let _ = writeln!(out, "/** What {} can be asked. */", camel(&operation.id));
        let _ = writeln!(out, "export interface {}Query {}\n", pascal(&operation.id), query(&operation.query));
    }
    out += "/** Every operation of the API. */\nexport class Operations extends Transport {\n";
    let methods: Vec<String> = api.operations.iter().map(method).collect();
    out + &methods.join("\n") + "}\n"
}

fn query(parameters: &[Parameter]) -> String {
    let field = |one: &Parameter| Field {
        name: one.name.clone(),
        about: one.about.clone(),
        of: one.of.clone(),
        required: one.required,
    };
    object(&parameters.iter().map(field).collect::<Vec<_>>(), "", "T.")
}

fn method(operation: &Operation) -> String {
    let name = camel(&operation.id);
    let answer = match &operation.answer {
        Answer::Json(of) => written(of, "  ", "T."),
        Answer::Page(of) => format!("T.PageOf{}", written(of, "  ", "")),
        Answer::Text => "string".into(),
        Answer::Nothing => "undefined".into(),
    };
    let mut arguments: Vec<String> =
        operation.names.iter().map(|one| format!("{}: {}", camel(&one.name), written(&one.of, "  ", "T."))).collect();
    let body = match &operation.body {
        None => None,
        Some(Body::Json(of)) => Some(written(of, "  ", "T.")),
        Some(Body::Pricing) => Some("string | T.Catalog".into()),
        Some(Body::Events) => Some("T.Event | Array<T.Event>".into()),
    };
    arguments.extend(body.as_ref().map(|of| format!("body: {of}")));
    if !operation.query.is_empty() {
        let default = if operation.query.iter().any(|one| one.required) { "" } else { " = {}" };
        arguments.push(format!("query: {}Query{default}", pascal(&operation.id)));
    }
    arguments.push(format!("options: {} = {{}}", options(operation)));
    let path = operation.names.iter().fold(operation.path.clone(), |path, one| {
        path.replace(&format!("{{{}}}", one.name), &format!("${{encodeURIComponent({})}}", camel(&one.name)))
    });
    let repeats = operation.verb == Verb::Get || matches!(operation.body, Some(Body::Events));
    let mut request = format!("method: \"{}\", path: `{path}`, options", operation.verb.word());
    request += if body.is_some() { ", body" } else { "" };
    request += if operation.query.is_empty() { "" } else { ", query: { ...query }" };
    request += if repeats { ", repeats: true" } else { "" };
    request += if operation.takes.key == Given::Yes { ", keyed: true" } else { "" };
    let mut out = comment(&operation.about, "  ");
    let _ = writeln!(out, "  {name}({}): Promise<Reply<{answer}>> {{", arguments.join(", "));
    let _ = writeln!(out, "    return this.send<{answer}>({{ {request} }});\n  }}");
    if let Answer::Page(item) = &operation.answer {
        out += &walk(operation, &name, &written(item, "  ", "T."), &arguments);
    }
    out
}

/// The whole list, page by page.
fn walk(operation: &Operation, name: &str, item: &str, arguments: &[String]) -> String {
    let given: Vec<String> = operation.names.iter().map(|one| camel(&one.name)).collect();
    let given =
        given.into_iter().chain(["{ ...query, after }".into(), "options".into()]).collect::<Vec<_>>().join(", ");
    let mut out = String::from("\n  /** The same as a whole: pages are asked for as they are needed. */\n");
    let _ = writeln!(out, "  {name}All({}): AsyncGenerator<{item}> {{", arguments.join(", "));
    let _ = writeln!(out, "    return this.walk(query.after ?? undefined, (after) => this.{name}({given}));\n  }}");
    out
}

fn options(operation: &Operation) -> String {
    if operation.verb == Verb::Get {
        return "ReadOptions".into();
    }
    let takes = operation.takes;
    let known = [(takes.key, "Idempotent"), (takes.seen, "Conditional"), (takes.dry_run, "Tryable")];
    let known = known.into_iter().filter(|(given, _)| *given == Given::Yes).map(|(_, name)| name);
    ["Options"].into_iter().chain(known).collect::<Vec<_>>().join(" & ")
}
