//! Lists in parts: how many items, behind which, in which order.
//!
//! Every list is asked for by a type that `list!` declares: its own filters, `sort`, `limit` and `after`.

use crate::Refusal;
use crate::answer::Found;
use crate::asked::Asked;
use axum::http::StatusCode;
use engine::{At, Direction, Field, Listing, Select, part_of};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt::Write as _;
use std::marker::PhantomData;
use stdx::Problem;

/// A part of a list. The next part begins at `next`, given as `?after=`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "PageOf{T}")]
pub(crate) struct Page<T> {
    /// The items, in the order of the list. There can be fewer than `limit` though the list goes on.
    pub items: Vec<T>,
    /// Where the list goes on; absent at its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Place>,
}

/// What a handler of a list answers.
pub(crate) type Paged<T> = Result<Found<Page<T>>, Refusal>;

/// By what a list can be sorted: the names of fields in its answers. The first is the usual one.
pub(crate) trait Order {
    const FIELDS: &'static [(&'static str, Field)];
    const WAYS: Ways;
}

/// Which ways a list can be sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ways {
    /// Both, usually the least first.
    Up,
    /// Both, usually the greatest first.
    Down,
    /// The least first, and not otherwise.
    UpOnly,
}

/// The query of a list.
pub(crate) trait Listed {
    /// How many items, behind which place, sorted by what and which way.
    fn turn(&self) -> (Limit, Option<&Place>, Field, Direction);
}

/// Declares the query of a list, with its own filters and what every list has.
macro_rules! list {
    (
        $(#[$about:meta])* $name:ident by $order:ident $ways:ident [$($word:literal => $by:ident),+ $(,)?] {
            $($(#[$doc:meta])* $filter:ident: $of:ty),* $(,)?
        }
    ) => {
        /// By what the list can be sorted.
        struct $order;
        impl $crate::page::Order for $order {
            const FIELDS: &'static [(&'static str, engine::Field)] = &[$(($word, engine::Field::$by)),+];
            const WAYS: $crate::page::Ways = $crate::page::Ways::$ways;
        }
        $(#[$about])*
        #[derive(serde::Deserialize, schemars::JsonSchema)]
        #[serde(deny_unknown_fields)]
        struct $name {
            $($(#[$doc])* $filter: $of,)*
            /// By what it is sorted: the name of a field, with `-` before it for the greatest first.
            #[serde(default)]
            sort: $crate::page::Sort<$order>,
            /// How many at most.
            #[serde(default)]
            limit: $crate::page::Limit,
            /// `next` of the page before, with the same other parameters.
            after: Option<$crate::page::Place>,
        }
        impl $crate::page::Listed for $name {
            fn turn(&self) -> ($crate::page::Limit, Option<&$crate::page::Place>, engine::Field, engine::Direction) {
                (self.limit, self.after.as_ref(), self.sort.field, self.sort.direction)
            }
        }
    };
}
pub(crate) use list;

impl<P, Q: Listed, B> Asked<P, Q, B> {
    /// Which part of the list is read, before it is narrowed.
    pub(crate) fn select(&self) -> Result<Select, Refusal> {
        let (limit, _, sort, direction) = self.query.turn();
        Ok(Select { conditions: Vec::new(), sort, direction, after: self.after::<At>()?, limit: limit.0.into() })
    }

    /// What the list is sorted by, behind which it goes on.
    pub(crate) fn after<T: DeserializeOwned>(&self) -> Result<Option<T>, Refusal> {
        let (_, after, ..) = self.query.turn();
        after.map(|place| place.read(&self.list)).transpose()
    }

    /// The page of a part of the list.
    #[expect(clippy::unnecessary_wraps, reason = "it is what the handler of a list answers")]
    pub(crate) fn page<T>(&self, part: Listing<T>) -> Paged<T> {
        let Listing { items, next } = part;
        Ok(Found(Page { items, next: next.map(|at| Place::of(&self.list, &at)) }))
    }

    /// The page of a list of which one item more than wanted was asked for, by the place of an item.
    pub(crate) fn page_by<T, K: Serialize>(&self, mut items: Vec<T>, place: impl FnOnce(&T) -> K) -> Found<Page<T>> {
        let (limit, ..) = self.query.turn();
        let more = items.len() > limit.items();
        items.truncate(limit.items());
        let next = items.last().filter(|_| more).map(|last| Place::of(&self.list, &place(last)));
        Found(Page { items, next })
    }

    /// The page of a list that is in memory as a whole.
    pub(crate) fn page_of<T>(&self, all: Vec<T>, place: impl Fn(&T) -> At) -> Paged<T> {
        self.page(part_of(all, &self.select()?, place))
    }
}

/// By what a list is sorted, and which way.
pub(crate) struct Sort<O> {
    pub field: Field,
    pub direction: Direction,
    order: PhantomData<O>,
}

impl<O: Order> Sort<O> {
    fn words() -> Vec<String> {
        let both = |word: &str| match O::WAYS {
            Ways::Up | Ways::Down => vec![word.to_owned(), format!("-{word}")],
            Ways::UpOnly => vec![word.to_owned()],
        };
        O::FIELDS.iter().flat_map(|(word, _)| both(word)).collect()
    }

    fn usual() -> (&'static str, Field, Direction) {
        let (word, field) = O::FIELDS.first().copied().unwrap_or(("id", Field::Id));
        match O::WAYS {
            Ways::Up | Ways::UpOnly => (word, field, Direction::Up),
            Ways::Down => (word, field, Direction::Down),
        }
    }
}

impl<O: Order> Default for Sort<O> {
    fn default() -> Self {
        let (_, field, direction) = Self::usual();
        Self { field, direction, order: PhantomData }
    }
}

impl<'de, O: Order> Deserialize<'de> for Sort<O> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::try_from(text).map_err(serde::de::Error::custom)
    }
}

impl<O: Order> TryFrom<String> for Sort<O> {
    type Error = Problem;
    fn try_from(text: String) -> Result<Self, Problem> {
        let (word, direction) = match text.strip_prefix('-') {
            Some(word) => (word, Direction::Down),
            None => (text.as_str(), Direction::Up),
        };
        let known = O::FIELDS.iter().find(|(known, _)| *known == word && Self::words().contains(&text));
        let Some((_, field)) = known else {
            let words = Self::words();
            let guess = stdx::nearest(&text, words.iter().map(String::as_str));
            let guess = guess.map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
            return Err(Problem::new("unknown_sort", "This list cannot be sorted so")
                .detail(format!("`{text}` is nothing that this list can be sorted by"))
                .mend(format!("{guess}It can be sorted by: {}", words.join(", "))));
        };
        Ok(Self { field: *field, direction, order: PhantomData })
    }
}

impl<O: Order> JsonSchema for Sort<O> {
    fn schema_name() -> Cow<'static, str> {
        "Sort".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let (word, _, direction) = Self::usual();
        let usual = if direction == Direction::Down { format!("-{word}") } else { word.to_owned() };
        json_schema!({ "type": "string", "enum": Self::words(), "default": usual })
    }
}

/// A place in a list: text that is only handed back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct Place(String);

impl Place {
    /// The place of an item, by what the list is sorted by; the list is told apart from others.
    pub(crate) fn of(list: &str, key: &impl Serialize) -> Self {
        // hexadecimal, so that it stands in an address as it is; a sort key of texts and integers is always JSON
        let bytes = serde_json::to_vec(&(list, key)).unwrap_or_default();
        Self(bytes.iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        }))
    }

    /// What the list is sorted by, at this place.
    pub(crate) fn read<T: DeserializeOwned>(&self, list: &str) -> Result<T, Refusal> {
        let pairs = self.0.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).ok());
        let bytes: Option<Vec<u8>> = pairs.map(|pair| u8::from_str_radix(pair?, 16).ok()).collect();
        let read = bytes.and_then(|bytes| serde_json::from_slice::<(String, serde_json::Value)>(&bytes).ok());
        let Some((of, key)) = read else { return Err(self.refused()) };
        if of != list {
            let problem = Problem::new("place_of_another_list", "This is a place in another list")
                .detail("it was given out by another list, or by this one with other filters or another order")
                .at("?after")
                .mend("give `next` back with the same other parameters; leave it out to begin anew with new ones");
            return Err(Refusal::one(StatusCode::UNPROCESSABLE_ENTITY, problem));
        }
        serde_json::from_value(key).map_err(|_| self.refused())
    }

    fn refused(&self) -> Refusal {
        let problem = Problem::new("invalid_place", "This is not a place in the list")
            .detail(format!("`{}` was not given out by this list", self.0))
            .at("?after")
            .mend("give back `next` of the page before, or leave it out to begin anew");
        Refusal::one(StatusCode::UNPROCESSABLE_ENTITY, problem)
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
    fn a_place_comes_back_as_it_was_given_out_and_in_its_list_alone() {
        let key = (7_i64, "a/ü b".to_owned());
        let place = Place::of("one", &key);
        assert!(place.0.bytes().all(|byte| byte.is_ascii_hexdigit()));
        assert_eq!(place.read::<(i64, String)>("one").expect("a place"), key);
        let code = |place: &Place, list: &str| {
            place.read::<(i64, String)>(list).expect_err("refused").problems.first().code.clone()
        };
        assert_eq!(code(&place, "other"), "place_of_another_list");
        for wrong in ["xyz", "7", "é", "", "7b7d"] {
            assert_eq!(code(&Place(wrong.into()), "one"), "invalid_place");
        }
        assert_eq!(code(&Place::of("one", &("text", 7)), "one"), "invalid_place");
    }

    list! {
        /// One that has both ways.
        Both by ByTime Down ["created_at" => Time, "id" => Id] {}
    }
    list! {
        /// One that has a way.
        Way by ByPlace UpOnly ["place" => Id] {}
    }

    #[test]
    fn a_list_is_sorted_by_what_it_says_and_nothing_else() {
        let usual = Sort::<ByTime>::default();
        assert_eq!((usual.field, usual.direction), (Field::Time, Direction::Down));
        let sort = Sort::<ByTime>::try_from("id".to_owned()).expect("known");
        assert_eq!((sort.field, sort.direction), (Field::Id, Direction::Up));
        let mistake = Sort::<ByTime>::try_from("-creatd_at".to_owned()).err().expect("a slip");
        assert!(mistake.code == "unknown_sort" && mistake.mend.contains("did you mean `-created_at`?"), "{mistake:?}");
        assert!(Sort::<ByPlace>::try_from("-place".to_owned()).is_err());
        assert!(Sort::<ByPlace>::try_from("--place".to_owned()).is_err());
        let _ = (Both::turn, Way::turn);
    }

    #[test]
    fn a_limit_is_from_one_to_five_hundred() {
        for wrong in ["0", "501", "-1", "ten", ""] {
            assert!(Limit::try_from(wrong.to_owned()).is_err(), "{wrong}");
        }
    }
}
