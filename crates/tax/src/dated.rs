//! What changes from a date on.

use alloc::{borrow::Cow, collections::BTreeMap, vec::Vec};
use calendar::{Date, DateRange, PeriodError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A value that changes on dates: each holds from its local date until the next. At least one. A tax changes at the midnight of the place
/// that asks for it, so it is kept by local date and never by instant. Written `{2024-01-01: "22", 2025-07-01: "24"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    try_from = "BTreeMap<Date, T>",
    into = "BTreeMap<Date, T>",
    bound(serialize = "T: Serialize + Clone", deserialize = "T: Deserialize<'de>")
)]
pub struct Dated<T>(BTreeMap<Date, T>);

/// There was no value at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no date from which a value holds; write at least one")]
pub struct NoDate;

impl<T> Dated<T> {
    /// One value from a date on.
    pub fn since(from: Date, value: T) -> Self {
        Self([(from, value)].into())
    }

    /// The value that holds on a day; `None` before the first.
    pub fn on(&self, day: Date) -> Option<&T> {
        self.0.range(..=day).next_back().map(|(_, value)| value)
    }

    /// The values in order of their dates.
    pub fn iter(&self) -> impl Iterator<Item = (Date, &T)> {
        self.0.iter().map(|(from, value)| (*from, value))
    }

    /// The first day on which a value holds.
    pub fn first_day(&self) -> Date {
        // never empty
        self.0.keys().next().copied().unwrap_or(Date::MIN)
    }

    /// The days of a range, cut where the value changes. Days before the first value are in no part.
    pub fn parts(&self, days: DateRange) -> Result<Vec<(DateRange, &T)>, PeriodError> {
        let mut cuts: Vec<Date> = [days.from()].into();
        cuts.extend(self.0.keys().copied().filter(|date| days.from() < *date && *date < days.to()));
        cuts.push(days.to());
        let mut parts = Vec::new();
        for pair in cuts.windows(2) {
            if let Some(value) = self.on(pair[0]) {
                parts.push((DateRange::new(pair[0], pair[1])?, value));
            }
        }
        Ok(parts)
    }
}

impl<T> TryFrom<BTreeMap<Date, T>> for Dated<T> {
    type Error = NoDate;
    fn try_from(values: BTreeMap<Date, T>) -> Result<Self, NoDate> {
        if values.is_empty() { Err(NoDate) } else { Ok(Self(values)) }
    }
}

impl<T> From<Dated<T>> for BTreeMap<Date, T> {
    fn from(dated: Dated<T>) -> Self {
        dated.0
    }
}

impl<T: JsonSchema> JsonSchema for Dated<T> {
    fn schema_name() -> Cow<'static, str> {
        alloc::format!("Dated_{}", T::schema_name()).into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "object", "minProperties": 1, "additionalProperties": generator.subschema_for::<T>(),
            "description": "Values by the local date from which each holds."
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        text.parse().expect(text)
    }

    #[test]
    fn a_value_holds_from_its_local_date() {
        let rates: Dated<u8> = serde_json::from_str(r#"{"2024-01-01": 22, "2025-07-01": 24}"#).expect("dated");
        assert_eq!(rates.on(date("2023-12-31")), None);
        assert_eq!(rates.on(date("2025-06-30")), Some(&22));
        assert_eq!(rates.on(date("2025-07-01")), Some(&24));
        assert!(serde_json::from_str::<Dated<u8>>("{}").is_err(), "no value at all");
    }

    #[test]
    fn a_range_is_cut_where_the_value_changes() {
        let rates: Dated<u8> = serde_json::from_str(r#"{"2024-01-01": 22, "2025-07-01": 24}"#).expect("dated");
        let range = DateRange::new(date("2025-06-15"), date("2025-07-15")).expect("range");
        let parts: Vec<_> = rates.parts(range).expect("parts").into_iter().map(|(days, v)| (days.days(), *v)).collect();
        assert_eq!(parts, [(16, 22), (14, 24)]);
    }
}
