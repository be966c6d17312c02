//! Clients of the API in three languages, written from the OpenAPI document. What each of them does by hand (sending, trying again,
//! pages, batches) lies beside the written files; these hold the types and one method for each operation.

mod model;
mod names;
mod python;
mod rust;
mod schema;
mod typescript;

use model::Api;
use serde_json::Value;

/// The document that the server answers with, as the repository keeps it.
pub(crate) const DOCUMENT: &str = "clients/openapi.json";

/// Every file that is written from the document: its path, and what belongs there.
pub(crate) fn files(document: &str) -> Result<Vec<(&'static str, String)>, String> {
    let document: Value = serde_json::from_str(document).map_err(|error| format!("{DOCUMENT}: {error}"))?;
    let api = Api::read(&document)?;
    Ok(vec![
        ("clients/rust/src/types.rs", rust::types(&api)),
        ("clients/rust/src/operations.rs", rust::operations(&api)),
        ("clients/typescript/src/types.ts", typescript::types(&api)),
        ("clients/typescript/src/operations.ts", typescript::operations(&api)),
        ("clients/python/src/counterfoil_client/types.py", python::types(&api)),
        ("clients/python/src/counterfoil_client/operations.py", python::operations(&api)),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = r##"{
        "paths": {
            "/v1/things/{key}": { "get": {
                "operationId": "get_thing", "summary": "A thing",
                "parameters": [{ "name": "key", "in": "path", "required": true, "schema": { "type": "string" } }],
                "responses": { "200": { "description": "OK", "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Thing" } } } } }
            } }
        },
        "components": { "schemas": {
            "Thing": { "type": "object", "description": "What there is.", "required": ["from"], "properties": {
                "from": { "type": "string", "description": "Since when." },
                "kind": { "anyOf": [{ "$ref": "#/components/schemas/Kind" }, { "type": "null" }] }
            } },
            "Kind": { "oneOf": [{ "type": "string", "const": "small" }, { "type": "string", "const": "very.large" }] }
        } }
    }"##;

    fn file(path: &str) -> String {
        let files = files(SMALL).expect("written");
        files.into_iter().find(|(known, _)| known.ends_with(path)).expect(path).1
    }

    #[test]
    fn a_schema_is_a_type_and_an_operation_a_method_in_each_language() {
        let rust = file("types.rs");
        assert!(rust.contains("pub struct Thing") && rust.contains("pub kind: Option<Kind>"), "{rust}");
        assert!(rust.contains("#[serde(rename = \"very.large\")]"), "{rust}");
        assert!(file("operations.rs").contains("pub fn get_thing(&self, key: &str) -> Call<'_, types::Thing>"));
        let typescript = file("types.ts");
        assert!(
            typescript.contains("export interface Thing") && typescript.contains("kind?: Kind | null;"),
            "{typescript}"
        );
        assert!(
            file("operations.ts").contains("getThing(key: string, options: ReadOptions = {}): Promise<Reply<T.Thing>>")
        );
        let python = file("types.py");
        assert!(python.contains("\"from\": \"str\"") && python.contains("NotRequired[Kind | None]"), "{python}");
        assert!(file("operations.py").contains("def get_thing(self, key: str) -> Reply[types.Thing]:"));
    }
}
