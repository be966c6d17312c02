//! A price: what is charged for one thing.

use crate::{
    Every,
    catalog::Catalog,
    fields::{PriceError, PriceFields},
};
use alloc::{
    borrow::{Cow, ToOwned},
    collections::BTreeSet,
    string::String,
    vec::Vec,
};
use calendar::Proration;
use rating::{Model, NonNegative, Terms};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use stdx::{Key, NonEmpty, ToProblem};

/// What is charged for one thing: a model with all that stands around it. Files and the API write it as [`PriceFields`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Price {
    /// What a person calls it on the invoice; its key when absent.
    pub name: Option<String>,
    /// The product it is a price of.
    pub product: Option<Key>,
    /// Where its quantity comes from.
    pub source: Source,
    /// How a quantity becomes an amount.
    pub model: Model,
    /// Quantity that costs nothing in each cycle.
    pub included: Option<NonNegative>,
    /// The least that a cycle costs, in the unit of the price.
    pub minimum: Option<NonNegative>,
    /// The most that a cycle costs, in the unit of the price.
    pub maximum: Option<NonNegative>,
    /// The pricing unit in which all amounts are written; the plan's currency when absent.
    pub unit: Option<Key>,
    /// When a cycle is due.
    pub timing: Timing,
    /// Of usage that is charged in advance: what is billed together.
    pub gather: Gather,
    /// How a quantity counts that changes within a cycle.
    pub level: Level,
    /// How the share of a part of a cycle is measured.
    pub prorate: Proration,
    /// How often it is charged; in each cycle of the plan when absent.
    pub every: Option<Every>,
    /// Dimensions of the meter by which its lines are split.
    pub by: Vec<String>,
    /// What the tax rule looks at.
    pub tax_category: Option<Key>,
}

/// Where the quantity of a price comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// What a meter measured in the cycle.
    Meter(Key),
    /// A named quantity of the subscription, such as its seats.
    Quantity(Key),
    /// Always 1: a platform fee.
    One,
}

/// When a cycle is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Timing {
    /// At its beginning; usage, when it happens.
    Advance,
    /// At its end.
    Arrears,
}

/// What of usage in advance is billed together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Gather {
    /// The usage of whole days: on the day after.
    #[default]
    Day,
    /// Whatever happened since the last billing run.
    Run,
}

/// How a quantity of a subscription counts that changes within a cycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// As it stands: what falls is given back.
    #[default]
    Current,
    /// The most so far in the cycle: what rises is billed when it does, and what falls counts from the next cycle on.
    Peak,
}

/// What a price takes from its meter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// The quantity and the number of events.
    Quantity,
    /// The value of each event too, in order of time: limits and free parts per transaction.
    Transactions,
    /// The quantity as the amount that the events carry: dynamic and cost-plus prices.
    Amount,
}

/// The price is written in a pricing unit that the catalog does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no pricing unit `{0}`")]
pub struct UnknownUnit(pub Key);

impl Price {
    /// What it takes from its meter.
    pub fn takes(&self) -> Takes {
        match &self.model {
            Model::Percentage(percentage) if looks_at_transactions(percentage) => Takes::Transactions,
            Model::Dynamic(_) | Model::CostPlus(_) => Takes::Amount,
            Model::Flat(_)
            | Model::PerUnit(_)
            | Model::Graduated(_)
            | Model::Volume(_)
            | Model::Package(_)
            | Model::StairStep(_)
            | Model::Percentage(_)
            | Model::GraduatedPercentage(_)
            | Model::Matrix(_)
            | Model::Formula(_) => Takes::Quantity,
        }
    }

    /// The dimensions by which its usage is split, sorted: those of `by`, and those that its model looks at. Each combination of
    /// values is rated on its own, with its own allowance and limits.
    pub fn dimensions(&self) -> Vec<String> {
        let mut names: BTreeSet<String> = self.by.iter().cloned().collect();
        match &self.model {
            Model::Matrix(matrix) => names.extend(matrix.dimensions().iter().cloned()),
            Model::Formula(formula) => {
                names.extend(
                    formula
                        .variables()
                        .iter()
                        .filter_map(|name| name.strip_prefix("dimensions."))
                        .map(ToOwned::to_owned),
                );
            }
            Model::Flat(_)
            | Model::PerUnit(_)
            | Model::Graduated(_)
            | Model::Volume(_)
            | Model::Package(_)
            | Model::StairStep(_)
            | Model::Percentage(_)
            | Model::GraduatedPercentage(_)
            | Model::Dynamic(_)
            | Model::CostPlus(_) => {}
        }
        names.into_iter().collect()
    }

    /// The terms by which `rating` prices a quantity, with the rate of the pricing unit as the catalog has it.
    pub fn terms(&self, catalog: &Catalog) -> Result<Terms, UnknownUnit> {
        let unit = match &self.unit {
            Some(code) => Some(catalog.pricing_unit(code).ok_or_else(|| UnknownUnit(code.clone()))?),
            None => None,
        };
        let Self { model, included, minimum, maximum, .. } = self;
        Ok(Terms { model: model.clone(), included: *included, minimum: *minimum, maximum: *maximum, unit })
    }

    /// The meter that it is measured by, if any.
    pub fn meter(&self) -> Option<&Key> {
        match &self.source {
            Source::Meter(meter) => Some(meter),
            Source::Quantity(_) | Source::One => None,
        }
    }
}

pub(crate) fn looks_at_transactions(percentage: &rating::Percentage) -> bool {
    percentage.free_transactions.is_some()
        || percentage.free_amount.is_some()
        || percentage.minimum.is_some()
        || percentage.maximum.is_some()
}

impl Timing {
    /// When a price with this source is due unless it says otherwise: what is measured can only be charged afterwards.
    pub fn usual(source: &Source) -> Self {
        match source {
            Source::Meter(_) => Self::Arrears,
            Source::Quantity(_) | Source::One => Self::Advance,
        }
    }
}

impl TryFrom<PriceFields> for Price {
    type Error = NonEmpty<PriceError>;

    /// All that is wrong with the fields together.
    fn try_from(fields: PriceFields) -> Result<Self, NonEmpty<PriceError>> {
        fields.price()
    }
}

impl Serialize for Price {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        PriceFields::from(self.clone()).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Price {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = PriceFields::deserialize(deserializer)?;
        fields.price().map_err(|errors| D::Error::custom(errors.first().problem()))
    }
}

impl JsonSchema for Price {
    fn schema_name() -> Cow<'static, str> {
        "Price".into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        PriceFields::json_schema(generator)
    }
}
