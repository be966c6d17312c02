//! Meters that can be asked of many values at once: for stores that keep the values of a property beside each other.

use crate::{
    Aggregation, CompiledMeter, Condition, MeasureError, State, Value,
    aggregations::Fold,
    compiled::{Input, property_name},
    condition::Verdict,
};
use alloc::{collections::BTreeSet, string::String, vec, vec::Vec};
use money::{Dec, Ratio};

/// A meter as a question about columns of values. It gives the same state as [`CompiledMeter::add`] over the same events.
///
/// An event may be taken by its columns when every property of [`values`](Self::values) is a number in it (for
/// [`Wanted::Texts`]: is there and not null) and all [`conditions`](Self::conditions) are [`Reads::Holds`]; it is left out when
/// one is [`Reads::Fails`]. Every other event is given to `accepts` and `add` itself, which know what is wrong with it.
#[derive(Debug, Clone)]
pub struct Columns<'a> {
    meter: &'a CompiledMeter,
    values: Vec<&'a str>,
    wanted: Wanted,
}

/// What a meter wants to know of the events that it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// How many there are.
    Count,
    /// Also the sum of their values.
    Sum,
    /// Also the smallest and the largest of their values.
    Bounds,
    /// Also the different texts of their values.
    Texts,
}

/// What a condition says of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reads {
    /// It holds.
    Holds,
    /// It does not.
    Fails,
    /// The value cannot be compared.
    Incomparable,
}

/// What is known of some events of a meter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partial {
    /// How many they are.
    pub count: u64,
    /// The sum of their values, for [`Wanted::Sum`].
    pub sum: Dec,
    /// The smallest and the largest value, for [`Wanted::Bounds`].
    pub bounds: Option<(Dec, Dec)>,
    /// The texts of the values, for [`Wanted::Texts`].
    pub texts: BTreeSet<String>,
}

impl CompiledMeter {
    /// The meter as a question about columns; none where each event must be looked at by itself.
    pub fn columns(&self) -> Option<Columns<'_>> {
        let values = match &self.input {
            Input::One => Vec::new(),
            Input::Property(property) => vec![property.as_str()],
            Input::Formula(formula) => formula.as_sum()?.into_iter().map(property_name).collect(),
        };
        let wanted = match &self.meter().aggregate {
            Aggregation::Count => Wanted::Count,
            Aggregation::Sum(_) | Aggregation::Average(_) => Wanted::Sum,
            Aggregation::Max(_) | Aggregation::Min(_) => Wanted::Bounds,
            Aggregation::Unique { removed_when: None, .. } => Wanted::Texts,
            Aggregation::Unique { removed_when: Some(_), .. }
            | Aggregation::Latest(_)
            | Aggregation::TimeWeighted { .. }
            | Aggregation::Percentile { .. } => return None,
        };
        let single = matches!(wanted, Wanted::Bounds | Wanted::Texts);
        (!single || values.len() == 1).then_some(Columns { meter: self, values, wanted })
    }

    /// The properties that the meter looks at, without those that split its quantity; none where that cannot be told.
    pub fn properties(&self) -> Option<BTreeSet<&str>> {
        let mut found: BTreeSet<&str> = self.meter().filter.0.keys().map(|name| property_name(name)).collect();
        match &self.input {
            Input::One => {}
            Input::Property(property) => {
                found.insert(property);
            }
            Input::Formula(_) => return None,
        }
        self.removed_when.is_none().then_some(found)
    }
}

impl<'a> Columns<'a> {
    /// The properties whose sum is the value of an event; without any, an event is one.
    pub fn values(&self) -> &[&'a str] {
        &self.values
    }

    /// What is wanted of the values.
    pub fn wanted(&self) -> Wanted {
        self.wanted
    }

    /// The properties that an event must have, and what they must be.
    pub fn conditions(&self) -> impl Iterator<Item = (&'a str, &'a Condition)> + use<'a> {
        self.meter.meter().filter.0.iter().map(|(name, condition)| (property_name(name), condition))
    }

    /// What a condition says of a property, or of its absence.
    pub fn reads(condition: &Condition, value: Option<&Value>) -> Reads {
        match condition.verdict(value) {
            Verdict::Holds => Reads::Holds,
            Verdict::Fails => Reads::Fails,
            Verdict::Incomparable => Reads::Incomparable,
        }
    }

    /// The state of the events of which this is known.
    pub fn state(&self, partial: Partial) -> Result<State, MeasureError> {
        let mut state = self.meter.state();
        if partial.count == 0 {
            return Ok(state);
        }
        state.count = partial.count;
        match &mut state.fold {
            Fold::Count(count) => count.add_many(partial.count)?,
            Fold::Sum(sum) => sum.add(Ratio::from(partial.sum))?,
            Fold::Average(average) => average.add_many(Ratio::from(partial.sum), partial.count)?,
            Fold::Max(max) => partial.bounds.into_iter().for_each(|(_, most)| max.add(Ratio::from(most))),
            Fold::Min(min) => partial.bounds.into_iter().for_each(|(least, _)| min.add(Ratio::from(least))),
            Fold::Unique(unique) => unique.add_seen(partial.texts)?,
            Fold::Latest(_) | Fold::TimeWeighted(_) | Fold::Percentile(_) => return Err(MeasureError::OtherMeter),
        }
        Ok(state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Event, Meter};
    use alloc::{format, string::ToString};

    fn meter(json: &str) -> CompiledMeter {
        serde_json::from_str::<Meter>(json).expect("meter").compile().expect("meter")
    }

    #[test]
    fn what_columns_say_is_what_the_events_say() {
        for aggregate in [
            r#""count""#,
            r#"{"sum": "properties.a"}"#,
            r#"{"average": "a"}"#,
            r#"{"max": "a"}"#,
            r#"{"min": "a"}"#,
            r#"{"unique": "a"}"#,
        ] {
            let meter = meter(&format!(r#"{{"event": "e", "aggregate": {aggregate}}}"#));
            let columns = meter.columns().expect(aggregate);
            let mut one_by_one = meter.state();
            for (id, a) in ["3", "-1.5", "3"].into_iter().enumerate() {
                let event = Event::from_json(&format!(
                    r#"{{"source":"s","id":"{id}","type":"e","subject":"c","time":"2026-04-16T10:00:00Z","properties":{{"a":{a}}}}}"#
                ))
                .expect("event");
                meter.add(&mut one_by_one, &event).expect("number");
            }
            let dec = |text: &str| text.parse::<Dec>().expect(text);
            let partial = Partial {
                count: 3,
                sum: dec("4.5"),
                bounds: Some((dec("-1.5"), dec("3"))),
                texts: ["3", "-1.5"].map(ToString::to_string).into(),
            };
            let period = calendar::Period::new(
                "2026-04-01T00:00:00Z".parse().expect("instant"),
                "2026-05-01T00:00:00Z".parse().expect("instant"),
            )
            .expect("period");
            let at_once = columns.state(partial).expect("state");
            assert_eq!(meter.finish(at_once, period), meter.finish(one_by_one, period), "{aggregate}");
        }
    }

    #[test]
    fn a_meter_that_needs_each_event_has_no_columns() {
        let columns = |aggregate: &str| {
            meter(&format!(r#"{{"event": "e", "aggregate": {aggregate}}}"#))
                .columns()
                .map(|columns| columns.values.len())
        };
        assert_eq!(columns(r#"{"sum": "properties.a + properties.b"}"#), Some(2));
        assert_eq!(columns(r#"{"sum": "a * b"}"#), None);
        assert_eq!(columns(r#"{"max": "a + b"}"#), None);
        assert_eq!(columns(r#"{"latest": "a"}"#), None);
        assert_eq!(columns(r#"{"time_weighted": "a", "per": "hour"}"#), None);
    }
}
