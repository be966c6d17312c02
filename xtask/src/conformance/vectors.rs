//! Finding vectors: files below a directory, in any of the shapes in which sets of them come.

use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The peer of a vector that says nothing about where it is from.
pub(super) const UNKNOWN: &str = "unknown";

/// How ids begin and how sources begin, by peer: a set keeps them wherever it lies.
const SIGNS: &[(&str, &str, &str)] = &[
    ("killbill", "kb-", "killbill"),
    ("lago", "lago.", "lago"),
    ("meteroid", "me-", "meteroid"),
    ("openmeter", "om-", "openmeter"),
];

/// Folders that name what is in them, where the vectors themselves do not.
const FOLDERS: &[&str] = &["killbill", "lago", "meteroid", "openmeter", "revrec", "tax"];

/// Subjects whose cases are flat: the answer stands among the facts, under this name.
const ANSWERS: &[(&str, &str)] = &[("vat-standard-rates", "rate")];

/// What a vector remarks about the peer's test, and no result of an account: the names under `final` that are not compared.
const REMARKS: [&str; 4] = [
    "after_credit_deletion_modified_invoices",
    "billing_notifications_processed",
    "overdue",
    "repair_amount_comment_in_test",
];

/// One golden vector.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Vector {
    pub peer: String,
    pub kind: String,
    pub id: String,
    /// Path of its file, as it was found.
    pub file: String,
    pub input: Value,
    /// What must come out; `consistent_expected` already stands over the peer's own artefacts.
    pub expected: Value,
    /// What the peer published, where the vector holds something else to be right.
    pub published: Option<Value>,
    pub standing: Standing,
}

/// How much a vector's expectation is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// It follows from the input by stated rules.
    Recomputed,
    /// It is kept as published: the rule or part of the input is not known.
    Stated,
}

/// Everything that lay below the directories.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub vectors: Vec<Vector>,
    /// JSON files without a vector, such as an index.
    pub without: Vec<String>,
    /// Files that cannot be read, with the reason.
    pub unreadable: Vec<(String, String)>,
}

/// Reads every `*.json` below the directories, each file once, in the order of their paths.
pub(super) fn find(directories: &[PathBuf]) -> Result<Found, String> {
    let mut files = BTreeSet::new();
    for directory in directories {
        collect(directory, &mut files).map_err(|e| format!("{}: {e}", directory.display()))?;
    }
    let mut found = Found::default();
    let mut seen = BTreeSet::new();
    for file in files {
        if !seen.insert(file.canonicalize().unwrap_or_else(|_| file.clone())) {
            continue;
        }
        let name = file.display().to_string();
        let text = std::fs::read_to_string(&file).map_err(|e| e.to_string());
        match text.and_then(|text| serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|e| e.to_string()))
        {
            Ok(document) => match vectors(&document, &file) {
                vectors if vectors.is_empty() => found.without.push(name),
                vectors => found.vectors.extend(vectors),
            },
            Err(reason) => found.unreadable.push((name, reason)),
        }
    }
    Ok(found)
}

fn collect(path: &Path, files: &mut BTreeSet<PathBuf>) -> std::io::Result<()> {
    if !path.is_dir() {
        files.insert(path.to_owned());
        return path.metadata().map(drop);
    }
    for entry in std::fs::read_dir(path)? {
        let inner = entry?.path();
        if inner.is_dir() {
            collect(&inner, files)?;
        } else if inner.extension().is_some_and(|extension| extension == "json") {
            files.insert(inner);
        }
    }
    Ok(())
}

/// The vectors of one document: a list of them, a list under `vectors`, cases of one subject, or one vector alone.
fn vectors(document: &Value, file: &Path) -> Vec<Vector> {
    let listed = document.as_array().or_else(|| document["vectors"].as_array());
    if let Some(listed) = listed {
        return listed.iter().filter_map(Value::as_object).filter_map(|entry| vector(entry, file)).collect();
    }
    let Some(whole) = document.as_object() else { return Vec::new() };
    let Some(cases) = document["cases"].as_array() else {
        return alone(whole, file).into_iter().collect();
    };
    let subject = document["id"].as_str().unwrap_or("cases");
    let numbered = cases.iter().filter_map(Value::as_object).enumerate();
    numbered.map(|(index, case)| subject_case(subject, index, case, file)).collect()
}

fn vector(entry: &Map<String, Value>, file: &Path) -> Option<Vector> {
    let id = entry.get("id")?.as_str()?;
    let kind = entry.get("kind").and_then(Value::as_str).unwrap_or("(no kind)");
    let source = entry.get("source").and_then(Value::as_str).unwrap_or_default();
    let published = entry.get("expected").cloned().unwrap_or_default();
    let mut expected = published.clone();
    let consistent = entry.get("consistent_expected").and_then(Value::as_object);
    if let (Some(expected), Some(consistent)) = (expected.as_object_mut(), consistent) {
        expected.extend(consistent.clone());
    }
    // a remark in words beside the numbers that are compared
    if let Some(expected) = expected.as_object_mut().filter(|expected| expected.len() > 1) {
        expected.remove("note");
    }
    if let Some(last) = expected.get_mut("final").and_then(Value::as_object_mut) {
        last.retain(|name, _| !REMARKS.contains(&name.as_str()));
        if last.is_empty() {
            expected.as_object_mut().map(|expected| expected.remove("final"));
        }
    }
    let stated = entry.get("recomputed") == Some(&Value::Bool(false)) && consistent.is_none();
    Some(Vector {
        peer: peer(id, source, file).to_owned(),
        kind: kind.to_owned(),
        id: id.to_owned(),
        file: file.display().to_string(),
        input: entry.get("input").cloned().unwrap_or_default(),
        expected,
        published: consistent.map(|_| published),
        standing: if stated { Standing::Stated } else { Standing::Recomputed },
    })
}

/// A document that is one vector; the `model` of its input is its kind, or else its `topic`.
fn alone(whole: &Map<String, Value>, file: &Path) -> Option<Vector> {
    let id = whole.get("id")?.as_str()?;
    let model = whole.get("input").and_then(|input| input["model"].as_str());
    let kind = model.or_else(|| ["kind", "topic", "id"].iter().find_map(|key| whole.get(*key)?.as_str()))?;
    whole.get("expected")?;
    Some(Vector { kind: kind.to_owned(), ..vector(whole, file)? }).map(|vector| Vector { id: id.to_owned(), ..vector })
}

/// One case of a document that has one subject; the case's `model` is its kind.
fn subject_case(subject: &str, index: usize, case: &Map<String, Value>, file: &Path) -> Vector {
    let text = |key: &str| case.get(key).and_then(Value::as_str);
    let id = text("id").map_or_else(|| format!("{subject}/{}", index + 1), |id| format!("{subject}/{id}"));
    let mut facts = case.clone();
    let answer = ANSWERS.iter().find(|(name, _)| *name == subject).and_then(|(_, key)| facts.remove_entry(*key));
    let flat = answer.map(|(key, value)| Value::Object(Map::from_iter([(key, value)])));
    Vector {
        peer: peer(&id, "", file).to_owned(),
        kind: text("kind").or(text("model")).unwrap_or(subject).to_owned(),
        id,
        file: file.display().to_string(),
        input: case.get("input").cloned().unwrap_or(Value::Object(facts)),
        expected: case.get("expected").cloned().or(flat).unwrap_or_default(),
        published: None,
        standing: Standing::Recomputed,
    }
}

/// Whose vector it is: by its id, else by its source, else by the nearest folder that names a set.
fn peer(id: &str, source: &str, file: &Path) -> &'static str {
    let by_id = SIGNS.iter().find(|(_, start, _)| id.starts_with(start));
    let by_source = || SIGNS.iter().find(|(_, _, start)| source.starts_with(start));
    if let Some((peer, _, _)) = by_id.or_else(by_source) {
        return peer;
    }
    let folders = file.components().rev().map(|part| part.as_os_str().to_string_lossy().to_lowercase());
    folders.skip(1).find_map(|folder| FOLDERS.iter().find(|name| folder == **name)).copied().unwrap_or(UNKNOWN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(document: &Value, file: &str) -> Vec<(String, String, String)> {
        vectors(document, Path::new(file)).into_iter().map(|vector| (vector.peer, vector.kind, vector.id)).collect()
    }

    fn three(peer: &str, kind: &str, id: &str) -> (String, String, String) {
        (peer.to_owned(), kind.to_owned(), id.to_owned())
    }

    #[test]
    fn vectors_come_in_a_list_or_under_a_key_and_are_known_by_their_ids() {
        let list = json!([{"id": "me-a", "kind": "mrr"}, {"id": "om-b", "kind": "rate_line"}]);
        assert_eq!(
            read(&list, "x/hidden.json"),
            [three("meteroid", "mrr", "me-a"), three("openmeter", "rate_line", "om-b")]
        );
        let keyed = json!({"vectors": [{"id": "lago.a", "kind": "price"}, {"id": "kb-a", "kind": "ratio"}]});
        assert_eq!(read(&keyed, "x/y.json"), [three("lago", "price", "lago.a"), three("killbill", "ratio", "kb-a")]);
    }

    #[test]
    fn a_vector_without_a_telling_id_is_known_by_its_source_or_its_folder() {
        let sourced = json!([{"id": "1", "kind": "ratio", "source": "killbill-docs: a.adoc"}]);
        assert_eq!(read(&sourced, "x/y.json"), [three("killbill", "ratio", "1")]);
        let bare = json!([{"id": "1", "kind": "price"}]);
        assert_eq!(read(&bare, "sets/Lago/extra/y.json"), [three("lago", "price", "1")]);
        assert_eq!(read(&bare, "sets/y.json"), [three(UNKNOWN, "price", "1")]);
    }

    #[test]
    fn the_other_shapes_are_read_so_that_their_kinds_can_be_named() {
        let topic = json!({"id": "round-thirds", "topic": "rounding", "input": {}, "expected": {}});
        assert_eq!(read(&topic, "revrec/a.json"), [three("revrec", "rounding", "round-thirds")]);
        let model = json!({"id": "round", "topic": "rounding", "input": {"model": "time"}, "expected": {}});
        assert_eq!(read(&model, "revrec/a.json"), [three("revrec", "time", "round")]);
        let cases = json!({"id": "calc", "cases": [{"id": "one", "model": "invoice"}, {"country": "EE"}]});
        assert_eq!(read(&cases, "tax/a.json"), [three("tax", "invoice", "calc/one"), three("tax", "calc", "calc/2")]);
        let flat = json!({"id": "vat-standard-rates", "cases": [{"country": "EE", "rate": "24"}]});
        let vector = &vectors(&flat, Path::new("tax/rates.json"))[0];
        assert_eq!((&vector.input, &vector.expected), (&json!({"country": "EE"}), &json!({"rate": "24"})));
        assert_eq!(read(&json!({"families": 25}), "killbill/index.json"), []);
    }

    #[test]
    fn the_consistent_value_stands_over_the_published_one() {
        let entry = json!([{"id": "lago.a", "kind": "k", "recomputed": false, "expected": {"a": 1, "b": 2}, "consistent_expected": {"b": 3}}]);
        let vector = &vectors(&entry, Path::new("a.json"))[0];
        assert_eq!(vector.expected, json!({"a": 1, "b": 3}));
        assert_eq!(vector.published, Some(json!({"a": 1, "b": 2})));
        assert_eq!(vector.standing, Standing::Recomputed);
    }

    #[test]
    fn a_directory_that_is_not_there_is_an_error() {
        let error = find(&[PathBuf::from("no/such/folder")]).expect_err("it is not there");
        assert!(error.starts_with("no/such/folder: "), "{error}");
    }
}
