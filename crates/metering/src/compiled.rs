//! A meter in use.

use crate::{
    Dimensions, Event, EventProblem, MeasureError, Measured, Meter, Properties, State, Value,
    aggregations::{Fold, Mark},
    state::Transaction,
};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use calendar::Period;
use formula::{EvalError, Formula, Lookup};
use money::{NumError, Ratio};

/// A meter that was checked, ready to look at events.
#[derive(Debug, Clone)]
pub struct CompiledMeter {
    meter: Meter,
    pub(crate) input: Input,
    pub(crate) removed_when: Option<Formula>,
}

/// Where the value of an event comes from.
#[derive(Debug, Clone)]
pub(crate) enum Input {
    /// Each event is one.
    One,
    Property(String),
    Formula(Formula),
}

/// The name of a property without the `properties.` that may stand before it.
pub(crate) fn property_name(name: &str) -> &str {
    name.strip_prefix("properties.").unwrap_or(name)
}

/// The values of these properties of an event. A property that is not there, or is null, has no entry.
pub fn dimensions(event: &Event, by: &[String]) -> Dimensions {
    let entry = |name: &String| {
        let name = property_name(name);
        let value = event.properties.get(name).filter(|value| **value != Value::Null)?;
        Some((name.to_string(), value.to_text()))
    };
    by.iter().filter_map(entry).collect()
}

impl CompiledMeter {
    pub(crate) fn of(meter: &Meter) -> Self {
        let input = match meter.aggregate.formula() {
            None => Input::One,
            Some(formula) => match formula.as_variable() {
                Some(name) => Input::Property(property_name(name).to_string()),
                None => Input::Formula(formula.clone()),
            },
        };
        let removed_when = match &meter.aggregate {
            crate::Aggregation::Unique { removed_when, .. } => removed_when.clone(),
            crate::Aggregation::Count
            | crate::Aggregation::Sum(_)
            | crate::Aggregation::Max(_)
            | crate::Aggregation::Min(_)
            | crate::Aggregation::Latest(_)
            | crate::Aggregation::Average(_)
            | crate::Aggregation::TimeWeighted { .. }
            | crate::Aggregation::Percentile { .. } => None,
        };
        Self { meter: meter.clone(), input, removed_when }
    }

    /// The meter as it was written.
    pub fn meter(&self) -> &Meter {
        &self.meter
    }

    /// The name of the events that it looks at.
    pub fn event(&self) -> &str {
        &self.meter.event
    }

    /// Whether the quantity of a period also rests on events before it. If so, those are added to the same state.
    pub fn needs_history(&self) -> bool {
        self.meter.needs_history()
    }

    /// Whether the meter looks at this event. An event that it looks at may still have a problem, which
    /// [`add`](Self::add) tells.
    pub fn accepts(&self, event: &Event) -> bool {
        event.name == self.meter.event && self.meter.filter.accepts(event)
    }

    /// By which values the event's quantity is split, according to the meter's `group_by`.
    pub fn group(&self, event: &Event) -> Dimensions {
        dimensions(event, &self.meter.group_by)
    }

    /// The state without events.
    pub fn state(&self) -> State {
        State { fold: Fold::empty(&self.meter.aggregate), count: 0, transactions: None }
    }

    /// The state without events that also keeps each event's value, for price models that look at each.
    pub fn state_with_transactions(&self) -> State {
        State { transactions: Some(Vec::new()), ..self.state() }
    }

    /// Adds an event that the meter [`accepts`](Self::accepts), in any order. On an error the state is as before.
    pub fn add(&self, state: &mut State, event: &Event) -> Result<(), EventProblem> {
        self.meter.filter.check(event)?;
        let count = state.count.checked_add(1).ok_or(NumError::Overflow)?;
        let transaction = match state.transactions {
            None => None,
            Some(_) => Some(self.transaction(event)?),
        };
        match &mut state.fold {
            Fold::Count(fold) => fold.add()?,
            Fold::Sum(fold) => fold.add(self.number(event)?)?,
            Fold::Max(fold) => fold.add(self.number(event)?),
            Fold::Min(fold) => fold.add(self.number(event)?),
            Fold::Latest(fold) => fold.add(event, self.number(event)?),
            Fold::Unique(fold) => fold.add(event, self.text(event)?, self.mark(event)?),
            Fold::Average(fold) => fold.add(self.number(event)?)?,
            Fold::TimeWeighted(fold) => fold.add(event, self.number(event)?),
            Fold::Percentile(fold) => fold.add(self.number(event)?),
        }
        state.count = count;
        state.transactions.iter_mut().for_each(|events| events.extend(transaction.clone()));
        Ok(())
    }

    /// The quantity of a period. The state has the events of the period, and those before it when the meter
    /// [`needs_history`](Self::needs_history).
    pub fn finish(&self, state: State, period: Period) -> Result<Measured, MeasureError> {
        let State { fold, count, transactions } = state;
        let mut transactions = transactions.unwrap_or_default();
        let count = if let Fold::TimeWeighted(points) = &fold {
            transactions.retain(|transaction| period.contains(transaction.at));
            u64::try_from(points.count_in(period)).map_err(|_| NumError::Overflow)?
        } else {
            count
        };
        transactions.sort_by(|a, b| a.identity.as_place(a.at).cmp(&b.identity.as_place(b.at)));
        let raw = fold.finish(&self.meter.aggregate, period)?;
        let converted = self.meter.convert.map_or(Ok(raw), |conversion| conversion.apply(raw))?;
        let quantity = self.meter.round.map_or(Ok(converted), |rounding| rounding.apply(converted))?;
        let transactions = transactions.into_iter().map(|transaction| transaction.value).collect();
        Ok(Measured { quantity, raw, count, transactions })
    }

    /// The value of an event as a number.
    fn number(&self, event: &Event) -> Result<Ratio, EventProblem> {
        match &self.input {
            Input::One => Ok(Ratio::ONE),
            Input::Property(property) => {
                let value = present(event, property)?;
                value
                    .as_number()
                    .map(Ratio::from)
                    .ok_or_else(|| EventProblem::NotANumber { property: property.clone(), found: value.shown() })
            }
            Input::Formula(formula) => {
                formula.number(&Values(&event.properties)).map_err(|error| in_formula(formula, error))
            }
        }
    }

    /// The value of an event as text, by which it is told from others.
    fn text(&self, event: &Event) -> Result<String, EventProblem> {
        match &self.input {
            Input::One => Ok(String::new()),
            Input::Property(property) => present(event, property).map(Value::to_text),
            Input::Formula(formula) => {
                let value = formula.eval(&Values(&event.properties)).map_err(|error| in_formula(formula, error))?;
                match value {
                    formula::Value::Text(text) => Ok(text),
                    formula::Value::Num(number) => Ok(number.to_string()),
                    formula::Value::Bool(truth) => Ok(truth.to_string()),
                    other @ (formula::Value::Null | formula::Value::List(_) | formula::Value::Map(_)) => {
                        Err(EventProblem::Uncountable { formula: formula.to_string(), found: other.kind() })
                    }
                }
            }
        }
    }

    fn mark(&self, event: &Event) -> Result<Mark, EventProblem> {
        let Some(formula) = &self.removed_when else { return Ok(Mark::Brought) };
        match formula.eval(&Values(&event.properties)).map_err(|error| in_formula(formula, error))? {
            formula::Value::Bool(true) => Ok(Mark::TakenAway),
            formula::Value::Bool(false) => Ok(Mark::Brought),
            other @ (formula::Value::Null
            | formula::Value::Num(_)
            | formula::Value::Text(_)
            | formula::Value::List(_)
            | formula::Value::Map(_)) => {
                Err(EventProblem::NotATruth { formula: formula.to_string(), found: other.kind() })
            }
        }
    }

    fn transaction(&self, event: &Event) -> Result<Transaction, EventProblem> {
        let value =
            if let crate::Aggregation::Unique { .. } = self.meter.aggregate { Ratio::ONE } else { self.number(event)? };
        let value = value.to_dec().ok_or_else(|| EventProblem::NotADecimal { value: value.to_string() })?;
        Ok(Transaction { at: event.at, identity: event.identity(), value })
    }
}

/// The properties of an event as the variables of a formula.
struct Values<'a>(&'a Properties);

impl Lookup for Values<'_> {
    fn lookup(&self, name: &str) -> Option<formula::Value> {
        self.0.get(property_name(name)).cloned().map(formula::Value::from)
    }
}

fn present<'a>(event: &'a Event, property: &str) -> Result<&'a Value, EventProblem> {
    event
        .properties
        .get(property)
        .filter(|value| **value != Value::Null)
        .ok_or_else(|| EventProblem::Missing { property: property.to_string() })
}

fn in_formula(formula: &Formula, error: EvalError) -> EventProblem {
    if let EvalError::Unknown { name, .. } = error {
        return EventProblem::Missing { property: property_name(&name).to_string() };
    }
    EventProblem::Formula { formula: formula.to_string(), error }
}
