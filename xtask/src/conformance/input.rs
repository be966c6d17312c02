//! What every adapter does with the input of a vector.

use serde::de::DeserializeOwned;
use serde_json::Value;

/// The input as a type.
pub(crate) fn read<T: DeserializeOwned>(input: &Value) -> Result<T, String> {
    T::deserialize(input).map_err(said)
}

/// An error in words.
#[allow(clippy::needless_pass_by_value, reason = "it is handed to map_err")]
pub(crate) fn said(error: impl ToString) -> String {
    error.to_string()
}
