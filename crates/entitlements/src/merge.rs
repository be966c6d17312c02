//! One right from all that gives it.

use crate::EntitlementError;
use alloc::{collections::BTreeSet, string::String, vec::Vec};
use money::Dec;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who gives it. What is nearer to the customer counts more; what a plan and its versions say is on one level each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// The product or plan in general.
    Plan,
    /// The version of the plan that is subscribed to, and what is added to it.
    AddOn,
    /// The subscription or contract of this customer.
    Contract,
}

/// How it meets what lower levels give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Merge {
    /// It counts beside it.
    #[default]
    Stack,
    /// It takes the place of everything below it. On one level it is as good as another.
    Override,
}

/// How a limit meets others that count beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Counts {
    /// The larger of both counts.
    #[default]
    Once,
    /// It is added to others that are added: so many times an add-on, so many times its limit.
    Each,
}

/// What becomes of use beyond a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Beyond {
    /// It is refused.
    #[default]
    Denied,
    /// It is allowed, and told.
    Allowed,
}

/// How much may be used in a window of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// So much; none is without a limit.
    pub upto: Option<Dec>,
    /// What becomes of more.
    #[serde(default)]
    pub beyond: Beyond,
}

impl Limit {
    /// So much and no more.
    pub const fn hard(upto: Dec) -> Self {
        Self { upto: Some(upto), beyond: Beyond::Denied }
    }
    /// More is allowed, and told.
    pub const fn soft(upto: Dec) -> Self {
        Self { upto: Some(upto), beyond: Beyond::Allowed }
    }
    /// As much as one likes.
    pub const UNLIMITED: Self = Self { upto: None, beyond: Beyond::Allowed };
}

/// What is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "kind", content = "is")]
pub enum Value {
    /// On or off, and nothing else.
    Switch,
    /// So much of it.
    Limit(Limit),
    /// A value that the product reads: a region, a support level.
    Setting(String),
}

impl Value {
    const fn kind(&self) -> &'static str {
        match self {
            Self::Switch => "a switch",
            Self::Limit(_) => "a limit",
            Self::Setting(_) => "a setting",
        }
    }
}

/// What one plan, add-on or contract gives of one feature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Entitlement {
    /// Who gives it.
    pub level: Level,
    /// How it meets what others give.
    #[serde(default)]
    pub merge: Merge,
    /// How its limit meets others that count beside it.
    #[serde(default)]
    pub counts: Counts,
    /// Whether the feature is on or off.
    pub state: State,
    /// What is given.
    pub value: Value,
}

/// Whether a feature is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It is not: what is given is told, and cannot be used.
    Off,
    /// It is.
    On,
}

impl Entitlement {
    /// A feature that is on and has a limit.
    pub const fn metered(level: Level, limit: Limit) -> Self {
        Self { level, merge: Merge::Stack, counts: Counts::Once, state: State::On, value: Value::Limit(limit) }
    }
    /// A feature that is on or off.
    pub const fn switch(level: Level, state: State) -> Self {
        Self { level, merge: Merge::Stack, counts: Counts::Once, state, value: Value::Switch }
    }
    /// The same in the place of what lower levels give.
    #[must_use]
    pub fn overriding(self) -> Self {
        Self { merge: Merge::Override, ..self }
    }
}

/// What a customer has of one feature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Right {
    /// Whether it is on.
    pub state: State,
    /// What it is.
    pub value: Value,
}

/// One right from all that gives it: none where nothing does. From the lowest level to the highest: what overrides takes the place of what is below;
/// else the feature is on where one of both is; limits that are added are added; and of that sum and the other limits the largest counts, and no limit more
/// than any. Of two settings the one of the higher level counts. The order in which they are given does not matter.
pub fn merged(given: &[Entitlement]) -> Result<Option<Right>, EntitlementError> {
    let mut by_level: Vec<&Entitlement> = given.iter().collect();
    by_level.sort_by_key(|one| one.level);
    let mut counted: Vec<&Entitlement> = Vec::new();
    for level in by_level.chunk_by(|a, b| a.level == b.level) {
        check(level)?;
        if level.iter().any(|one| one.merge == Merge::Override) {
            counted.clear();
        }
        counted.extend(level);
    }
    let Some(state) = counted.iter().map(|one| one.state).max() else { return Ok(None) };
    let (each, once): (Vec<&Value>, Vec<&Value>) = (values(&counted, Counts::Each), values(&counted, Counts::Once));
    let sum = each.into_iter().cloned().map(Ok).reduce(|a, b| meet(&a?, &b?, Limit::plus));
    let all = sum.into_iter().chain(once.into_iter().cloned().map(Ok));
    let value = all.reduce(|a, b| meet(&a?, &b?, |x, y| Ok(x.or_larger(y)))).transpose()?;
    Ok(value.map(|value| Right { state, value }))
}

fn values<'a>(counted: &[&'a Entitlement], counts: Counts) -> Vec<&'a Value> {
    counted.iter().filter(|one| one.counts == counts).map(|one| &one.value).collect()
}

/// Refuses what one level cannot say.
fn check(level: &[&Entitlement]) -> Result<(), EntitlementError> {
    let mut settings = BTreeSet::new();
    for one in level {
        match &one.value {
            Value::Limit(Limit { upto: Some(upto), .. }) if upto.is_negative() => {
                return Err(EntitlementError::Negative { what: "a limit", amount: *upto });
            }
            Value::Setting(setting) => {
                settings.insert(setting);
            }
            Value::Limit(_) | Value::Switch => {}
        }
    }
    let mut settings = settings.into_iter();
    match (settings.next(), settings.next()) {
        (Some(a), Some(b)) => Err(EntitlementError::SaysTwoThings(a.clone(), b.clone())),
        _ => Ok(()),
    }
}

/// What a lower and a higher value, or two of one level, make together.
fn meet(
    low: &Value,
    high: &Value,
    limits: impl Fn(Limit, Limit) -> Result<Limit, EntitlementError>,
) -> Result<Value, EntitlementError> {
    match (low, high) {
        (Value::Switch, Value::Switch) => Ok(Value::Switch),
        (Value::Limit(x), Value::Limit(y)) => limits(*x, *y).map(Value::Limit),
        (Value::Setting(_), Value::Setting(high)) => Ok(Value::Setting(high.clone())),
        (x, y) => {
            let (first, second) = if x.kind() <= y.kind() { (x, y) } else { (y, x) };
            Err(EntitlementError::KindsDiffer(first.kind(), second.kind()))
        }
    }
}

impl Limit {
    fn plus(self, other: Self) -> Result<Self, EntitlementError> {
        let upto = self.upto.zip(other.upto).map(|(x, y)| x.plus(y)).transpose()?;
        Ok(Self { upto, beyond: self.softer(other) })
    }

    fn or_larger(self, other: Self) -> Self {
        Self { upto: self.upto.zip(other.upto).map(|(x, y)| x.max(y)), beyond: self.softer(other) }
    }

    fn softer(self, other: Self) -> Beyond {
        if self.beyond == Beyond::Denied { other.beyond } else { self.beyond }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use proptest::prelude::*;
    use stdx::ToProblem;

    fn limit(level: Level, merge: Merge, upto: Option<i128>) -> Entitlement {
        let limit = Limit { upto: upto.map(Dec::from_int), beyond: Beyond::Denied };
        Entitlement { merge, ..Entitlement::metered(level, limit) }
    }

    /// The limit; none where there is none.
    fn upto(given: &[Entitlement]) -> Option<i128> {
        let right = merged(given).expect("no contradiction").expect("a right");
        let Value::Limit(limit) = right.value else { panic!("{right:?}") };
        limit.upto.map(Dec::floor)
    }

    #[test]
    fn limits_meet_as_they_say() {
        use Level::{AddOn, Contract, Plan};
        let stack = |level, upto| limit(level, Merge::Stack, upto);
        let each = |upto| Entitlement { counts: Counts::Each, ..stack(AddOn, Some(upto)) };
        assert_eq!(merged(&[]), Ok(None));
        assert_eq!(upto(&[stack(Plan, Some(100)), stack(AddOn, Some(50))]), Some(100));
        assert_eq!(upto(&[stack(Plan, Some(100)), stack(AddOn, None)]), None);
        assert_eq!(upto(&[stack(Plan, Some(900)), limit(Contract, Merge::Override, Some(500))]), Some(500));
        assert_eq!(upto(&[each(1000), each(50)]), Some(1050));
        let sum_against_plan = [stack(Plan, Some(60)), each(40), each(40)];
        assert_eq!(upto(&sum_against_plan), Some(80), "what is added together is compared as a whole");
    }

    #[test]
    fn it_is_on_where_one_of_both_is_and_off_stays_to_be_seen() {
        let switch = Entitlement::switch;
        let state = |given: &[Entitlement]| merged(given).expect("a right").map(|right| right.state);
        assert_eq!(state(&[switch(Level::Plan, State::Off), switch(Level::Contract, State::On)]), Some(State::On));
        let off = switch(Level::Contract, State::Off).overriding();
        assert_eq!(state(&[switch(Level::Plan, State::On), off]), Some(State::Off));
    }

    #[test]
    fn what_contradicts_itself_is_refused() {
        let setting = |level, text: &str| Entitlement {
            value: Value::Setting(text.into()),
            ..Entitlement::switch(level, State::On)
        };
        let code = |given: &[Entitlement]| merged(given).expect_err("refused").problem().code;
        assert_eq!(code(&[setting(Level::Plan, "eu"), setting(Level::Plan, "us")]), "entitlement_says_two_things");
        let over = merged(&[setting(Level::Plan, "eu"), setting(Level::Contract, "us")]).expect("a right");
        assert_eq!(over.map(|right| right.value), Some(Value::Setting("us".into())));
        assert_eq!(
            code(&[setting(Level::Plan, "eu"), limit(Level::Plan, Merge::Stack, None)]),
            "entitlement_kinds_differ"
        );
        assert_eq!(code(&[limit(Level::Plan, Merge::Stack, Some(-1))]), "negative_entitlement");
    }

    fn any_entitlement() -> impl Strategy<Value = Entitlement> {
        let levels = prop::sample::select(vec![Level::Plan, Level::AddOn, Level::Contract]);
        let merges = prop::sample::select(vec![Merge::Stack, Merge::Override]);
        let counts = prop::sample::select(vec![Counts::Once, Counts::Each]);
        let states = prop::sample::select(vec![State::Off, State::On]);
        (levels, merges, counts, states, prop::option::of(0..100_i128))
            .prop_map(|(level, merge, counts, state, upto)| Entitlement { counts, state, ..limit(level, merge, upto) })
    }

    proptest! {
        #[test]
        fn the_order_does_not_matter(given in prop::collection::vec(any_entitlement(), 0..7), by in 0..7_usize) {
            let mut turned = given.clone();
            turned.rotate_left(by % given.len().max(1));
            prop_assert_eq!(merged(&turned), merged(&given));
            turned.reverse();
            prop_assert_eq!(merged(&turned), merged(&given));
        }

        #[test]
        fn more_that_stacks_is_never_less(given in prop::collection::vec(any_entitlement(), 1..7), more in any_entitlement()) {
            let more = Entitlement { merge: Merge::Stack, ..more };
            let with: Vec<_> = given.iter().cloned().chain([more.clone()]).collect();
            // it may be hidden by what overrides it, and then it changes nothing
            let order = |given: &[Entitlement]| upto(given).unwrap_or(i128::MAX);
            prop_assert!(order(&with) >= order(&given));
        }
    }
}
