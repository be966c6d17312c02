//! Lists in pages.

use crate::Refusal;
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt::Write as _;
use stdx::Problem;

/// A part of a list. The next part begins at `next`, given as `?after=`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "PageOf{T}")]
pub(crate) struct Page<T> {
    /// The items, in the order of the list.
    pub items: Vec<T>,
    /// Where the list goes on; absent at its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Place>,
}

/// Which part of a list is asked for.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Turn {
    /// How many at most.
    #[serde(default)]
    pub limit: Limit,
    /// `next` of the page before.
    pub after: Option<Place>,
}

impl<T> Page<T> {
    /// The first `limit` of the items. One more than that must have been asked for: it tells that the list goes on.
    pub(crate) fn of(mut items: Vec<T>, limit: Limit, place: impl FnOnce(&T) -> Place) -> Self {
        let more = items.len() > limit.items();
        items.truncate(limit.items());
        let next = items.last().filter(|_| more).map(place);
        Self { items, next }
    }

    /// The same place in the list, with other items.
    pub(crate) fn map<U>(self, each: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(each).collect(), next: self.next }
    }
}

/// A place in a list: text that is only handed back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct Place(String);

impl Place {
    /// The place of an item, by what the list is sorted by.
    pub(crate) fn of(key: &impl Serialize) -> Self {
        // hexadecimal, so that it stands in an address as it is; a sort key of texts and integers is always JSON
        let bytes = serde_json::to_vec(key).unwrap_or_default();
        Self(bytes.iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        }))
    }

    /// What the list is sorted by, at this place.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        let pairs = self.0.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).ok());
        let bytes: Option<Vec<u8>> = pairs.map(|pair| u8::from_str_radix(pair?, 16).ok()).collect();
        bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).ok_or_else(|| {
            let problem = Problem::new("invalid_place", "This is not a place in the list")
                .detail(format!("`{}` was not given out by this list", self.0))
                .at("?after")
                .mend("give back `next` of the page before, or leave it out to begin anew");
            Refusal::one(StatusCode::UNPROCESSABLE_ENTITY, problem)
        })
    }
}

/// How many items a page has at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Limit(u16);

impl Limit {
    const MOST: u16 = 500;

    /// The number of items.
    pub(crate) fn items(self) -> usize {
        self.0.into()
    }

    /// One more than that, to see whether the list goes on.
    pub(crate) fn and_one(self) -> u32 {
        u32::from(self.0) + 1
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(50)
    }
}

impl TryFrom<String> for Limit {
    type Error = Problem;
    fn try_from(text: String) -> Result<Self, Problem> {
        match text.parse() {
            Ok(limit @ 1..=Self::MOST) => Ok(Self(limit)),
            Ok(_) | Err(_) => Err(Problem::new("invalid_limit", "A page cannot have this size")
                .detail(format!("`{text}` is not a number from 1 to {}", Self::MOST))
                .mend("ask for 1 to 500 items; `next` leads to the others")),
        }
    }
}

impl JsonSchema for Limit {
    fn schema_name() -> Cow<'static, str> {
        "Limit".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "integer", "minimum": 1, "maximum": Self::MOST, "default": Self::default().0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_comes_back_as_it_was_given_out() {
        let key = (7_i64, "a/ü b".to_owned());
        let place = Place::of(&key);
        assert!(place.0.bytes().all(|byte| byte.is_ascii_hexdigit()));
        assert_eq!(place.read::<(i64, String)>().expect("a place"), key);
        for wrong in ["xyz", "7", "é", ""] {
            let refusal = Place(wrong.into()).read::<(i64, String)>().expect_err(wrong);
            assert_eq!(refusal.problems.first().code, "invalid_place");
        }
    }

    #[test]
    fn a_page_names_a_next_place_only_when_there_is_more() {
        let two = Limit::try_from("2".to_owned()).expect("two");
        let place = |item: &i32| Place::of(item);
        assert_eq!(Page::of(vec![1, 2], two, place).next, None);
        let page = Page::of(vec![1, 2, 3], two, place);
        assert_eq!((page.items, page.next), (vec![1, 2], Some(Place::of(&2))));
    }

    #[test]
    fn a_limit_is_from_one_to_five_hundred() {
        for wrong in ["0", "501", "-1", "ten", ""] {
            assert!(Limit::try_from(wrong.to_owned()).is_err(), "{wrong}");
        }
    }
}
