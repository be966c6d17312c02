//! A price as it is written.

use crate::{Every, Gather, Level, Price, Source, Timing, price::looks_at_transactions};
use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use calendar::Proration;
use formula::Formula;
use rating::{
    CostPlus, Dynamic, Kind, Matrix, Model, NonNegative, Package, PercentTiers, Percentage, Steps, Terms, TermsError,
    Tiers,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::{Key, NonEmpty, Problem, ToProblem};

/// A price as files and the API write it: exactly one price model, and what stands around it. In [`Price`] the one model is a value
/// of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(extend("examples" = [
    { "flat": "500.00", "in": "advance", "prorate": "day" },
    { "per_unit": "20.00", "quantity": "seats", "included": 5 },
    { "meter": "tokens", "graduated": [{ "up_to": 1_000_000, "each": "0" }, { "each": "0.0000018" }], "minimum": "100.00" }
]))]
pub struct PriceFields {
    /// What a person calls it on the invoice. Left out, its key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The product it is a price of: one of `products`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product: Option<Key>,
    /// Model: one amount per cycle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flat: Option<NonNegative>,
    /// Model: quantity times this price.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_unit: Option<NonNegative>,
    /// Model: each unit at the price of the tier in which it lies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub graduated: Option<Tiers>,
    /// Model: all units at the price of the tier that the quantity reaches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume: Option<Tiers>,
    /// Model: each started package of `size` units costs `price`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub package: Option<Package>,
    /// Model: the price of the step in which the quantity lies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stair_step: Option<Steps>,
    /// Model: a percentage of the metered amount, with what is charged, free and limited for each transaction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub percentage: Option<Percentage>,
    /// Model: each part of an amount at the percentage of the tier in which it lies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub graduated_percentage: Option<PercentTiers>,
    /// Model: quantity times the rate of its dimensions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matrix: Option<Matrix>,
    /// Model: the amount that the events carry, which the meter sums up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dynamic: Option<Dynamic>,
    /// Model: the cost that the events carry, which the meter sums up, with a markup.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_plus: Option<CostPlus>,
    /// Model: the result of a formula over `quantity`, `count` and `dimensions.<name>`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub formula: Option<Formula>,
    /// The quantity is what this meter measures: one of `meters`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meter: Option<Key>,
    /// The quantity is a number of the subscription that has this name. With neither `meter` nor `quantity` it is 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Key>,
    /// Quantity that costs nothing in each cycle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub included: Option<NonNegative>,
    /// The least that a cycle costs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum: Option<NonNegative>,
    /// The most that a cycle costs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maximum: Option<NonNegative>,
    /// The pricing unit of all amounts here: one of `units`. Left out, the plan's currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<Key>,
    /// When a cycle is due. Left out: metered prices at the end, all others at the beginning. A metered price in advance bills usage when it
    /// happens.
    #[serde(rename = "in", skip_serializing_if = "Option::is_none")]
    pub timing: Option<Timing>,
    /// Of usage in advance: what is billed together. Left out, the usage of each day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gather: Option<Gather>,
    /// How a quantity counts that changes within a cycle. Left out, as it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
    /// How a part of a cycle is charged. Left out, by the days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prorate: Option<Proration>,
    /// How often it is charged: `once`, or the length of its cycles. Left out, in each cycle of the plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub every: Option<Every>,
    /// Dimensions of the meter by which the lines are split.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<String>,
    /// What the tax rule looks at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax_category: Option<Key>,
}

/// Why the fields of a price make none, in the order of checking.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PriceError {
    /// No model.
    #[error("the price has no model, so nothing says what it costs")]
    NoModel,
    /// More than one model.
    #[error("the price has {} models ({}), and only one can say what it costs", models.len(), names(models))]
    SeveralModels {
        /// Those that are given.
        models: Vec<Kind>,
    },
    /// A meter and a quantity.
    #[error("the price counts both the meter `{meter}` and the quantity `{quantity}`")]
    TwoSources {
        /// The meter.
        meter: Key,
        /// The quantity.
        quantity: Key,
    },
    /// Usage is gathered that is not charged in advance.
    #[error("`gather` says what of usage in advance is billed together, and this price has none")]
    NothingToGather,
    /// A level without a quantity that could have one.
    #[error("`level` says how a `quantity` counts that changes within a cycle, and this price has none")]
    LevelWithoutQuantity,
    /// A flat price with a quantity that it does not look at.
    #[error("a flat price costs the same whatever the {source_name} `{key}` says")]
    FlatCountsNothing {
        /// `meter` or `quantity`.
        source_name: &'static str,
        /// The meter or quantity.
        key: Key,
    },
    /// A model that needs events, without a meter.
    #[error("a {} price {needs}, and without a `meter` there are no events", model.name())]
    NeedsMeter {
        /// The model.
        model: Kind,
        /// What it needs events for.
        needs: &'static str,
    },
    /// `by` without a meter.
    #[error("lines are split by dimensions of events, and without a `meter` there are no events")]
    ByWithoutMeter,
    /// A dimension twice in `by`.
    #[error("`{dimension}` stands twice in `by`")]
    SameDimension {
        /// The dimension.
        dimension: String,
    },
    /// Charged once, with what only cycles can have.
    #[error("a price that is charged once has no cycles, so `{field}` says nothing")]
    OnceHasNoCycles {
        /// `meter`, `in` or `prorate`.
        field: &'static str,
    },
    /// A name in a formula that has no meaning there.
    #[error("the formula knows no `{name}`")]
    FormulaName {
        /// The name.
        name: String,
    },
    /// Parts that contradict each other.
    #[error(transparent)]
    Terms(#[from] TermsError),
}

fn names(models: &[Kind]) -> String {
    models.iter().map(|model| model.name()).collect::<Vec<_>>().join(", ")
}

impl ToProblem for PriceError {
    fn problem(&self) -> Problem {
        let (code, title, at, mend) = match self {
            Self::NoModel => (
                "price_without_model",
                "A price without a model",
                None,
                "add one of: flat, per_unit, graduated, volume, package, stair_step, percentage, graduated_percentage, matrix, dynamic, \
                 cost_plus, formula"
                    .into(),
            ),
            Self::SeveralModels { models } => (
                "price_with_several_models",
                "A price with several models",
                models.get(1).map(|model| model.name()),
                "keep one, and make a price of its own of each other".into(),
            ),
            Self::TwoSources { .. } => (
                "meter_and_quantity",
                "A price with a meter and a quantity",
                Some("quantity"),
                "keep `meter` for what is measured, or `quantity` for what the subscription has".into(),
            ),
            Self::NothingToGather => (
                "nothing_to_gather",
                "There is no usage in advance to gather",
                Some("gather"),
                "add `meter: …` and `in: advance`, or remove `gather`".into(),
            ),
            Self::LevelWithoutQuantity => (
                "level_without_quantity",
                "A level without a quantity",
                Some("level"),
                "add `quantity: …`, or remove `level`; the most that a meter saw is what `aggregate: { max: … }` measures".into(),
            ),
            Self::FlatCountsNothing { source_name, .. } => (
                "flat_counts_nothing",
                "A flat price with a quantity",
                Some(*source_name),
                format!("use `per_unit` to charge each unit, or remove `{source_name}`"),
            ),
            Self::NeedsMeter { model, .. } => {
                ("price_needs_meter", "The price needs a meter", Some(model.name()), "add `meter: …`".into())
            }
            Self::ByWithoutMeter => ("by_without_meter", "Dimensions without a meter", Some("by"), "add `meter: …`, or remove `by`".into()),
            Self::SameDimension { .. } => ("same_dimension", "A dimension twice", Some("by"), "name each dimension once".into()),
            Self::OnceHasNoCycles { field } => (
                "once_has_no_cycles",
                "What is charged once has no cycles",
                Some(*field),
                format!("remove `{field}`, or `every: once`"),
            ),
            Self::FormulaName { .. } => (
                "formula_unknown_name",
                "A name that a formula does not know",
                Some("formula"),
                "use `quantity`, `count` or `dimensions.<name>`".into(),
            ),
            Self::Terms(error) => return error.problem(),
        };
        let problem = Problem::new(code, title).detail(self.to_string()).mend(mend);
        match at {
            Some(field) => problem.at(format!("/{field}")),
            None => problem,
        }
    }
}

impl PriceFields {
    /// The price, or all that keeps the fields from being one.
    pub(crate) fn price(self) -> Result<Price, NonEmpty<PriceError>> {
        let mut models = self.models();
        let model = if models.len() == 1 { models.pop() } else { None };
        let mut wrong = Vec::new();
        if model.is_none() {
            wrong.push(match models.as_slice() {
                [] => PriceError::NoModel,
                several => PriceError::SeveralModels { models: several.iter().map(Model::kind).collect() },
            });
        }
        let source = match (&self.meter, &self.quantity) {
            (Some(meter), Some(quantity)) => {
                wrong.push(PriceError::TwoSources { meter: meter.clone(), quantity: quantity.clone() });
                Source::Meter(meter.clone())
            }
            (Some(meter), None) => Source::Meter(meter.clone()),
            (None, Some(quantity)) => Source::Quantity(quantity.clone()),
            (None, None) => Source::One,
        };
        let timing = self.timing.unwrap_or_else(|| Timing::usual(&source));
        if self.gather.is_some() && !matches!((&source, timing), (Source::Meter(_), Timing::Advance)) {
            wrong.push(PriceError::NothingToGather);
        }
        if self.level.is_some() && !matches!(source, Source::Quantity(_)) {
            wrong.push(PriceError::LevelWithoutQuantity);
        }
        wrong.extend(model.as_ref().and_then(|model| unfit(model, &source)));
        wrong.extend(self.of_cycles().map(|field| PriceError::OnceHasNoCycles { field }));
        wrong.extend(self.wrong_dimensions(&source));
        if let Some(model) = &model {
            wrong.extend(wrong_names(model).map(|name| PriceError::FormulaName { name }));
            let Self { included, minimum, maximum, .. } = self;
            let terms = Terms { model: model.clone(), included, minimum, maximum, unit: None };
            wrong.extend(terms.check().err().map(PriceError::Terms));
        }
        match (NonEmpty::try_from(wrong), model) {
            (Ok(wrong), _) => Err(wrong),
            (Err(_), None) => Err(NonEmpty::of(PriceError::NoModel)),
            (Err(_), Some(model)) => Ok(self.with(model, source, timing)),
        }
    }

    fn with(self, model: Model, source: Source, timing: Timing) -> Price {
        Price {
            name: self.name,
            product: self.product,
            source,
            model,
            included: self.included,
            minimum: self.minimum,
            maximum: self.maximum,
            unit: self.unit,
            timing,
            gather: self.gather.unwrap_or_default(),
            level: self.level.unwrap_or_default(),
            prorate: match self.every {
                // there is no part of what is charged once
                Some(Every::Once) => Proration::Full,
                Some(Every::Cycle(_)) | None => self.prorate.unwrap_or_default(),
            },
            every: self.every,
            by: self.by,
            tax_category: self.tax_category,
        }
    }

    fn models(&self) -> Vec<Model> {
        [
            self.flat.map(Model::Flat),
            self.per_unit.map(Model::PerUnit),
            self.graduated.clone().map(Model::Graduated),
            self.volume.clone().map(Model::Volume),
            self.package.map(Model::Package),
            self.stair_step.clone().map(Model::StairStep),
            self.percentage.map(Model::Percentage),
            self.graduated_percentage.clone().map(Model::GraduatedPercentage),
            self.matrix.clone().map(Model::Matrix),
            self.dynamic.map(Model::Dynamic),
            self.cost_plus.map(Model::CostPlus),
            self.formula.clone().map(Model::Formula),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// What only a price with cycles can have, where it is charged once.
    fn of_cycles(&self) -> Option<&'static str> {
        if self.every != Some(Every::Once) {
            return None;
        }
        let given = [
            (self.meter.is_some(), "meter"),
            (self.timing == Some(Timing::Arrears), "in"),
            (self.prorate.is_some_and(|prorate| prorate != Proration::Full), "prorate"),
        ];
        given.into_iter().find(|(is_given, _)| *is_given).map(|(_, field)| field)
    }

    fn wrong_dimensions(&self, source: &Source) -> Option<PriceError> {
        match source {
            Source::Quantity(_) | Source::One if !self.by.is_empty() => Some(PriceError::ByWithoutMeter),
            Source::Meter(_) | Source::Quantity(_) | Source::One => {
                let twice = (1..self.by.len()).find(|at| self.by[..*at].contains(&self.by[*at]));
                twice.map(|at| PriceError::SameDimension { dimension: self.by[at].clone() })
            }
        }
    }
}

/// Why a model cannot take its quantity from this source.
fn unfit(model: &Model, source: &Source) -> Option<PriceError> {
    let needs = |needs: &'static str| Some(PriceError::NeedsMeter { model: model.kind(), needs });
    match (model, source) {
        (Model::Flat(_), Source::Meter(key)) => {
            Some(PriceError::FlatCountsNothing { source_name: "meter", key: key.clone() })
        }
        (Model::Flat(_), Source::Quantity(key)) => {
            Some(PriceError::FlatCountsNothing { source_name: "quantity", key: key.clone() })
        }
        (_, Source::Meter(_)) => None,
        (Model::Matrix(_), _) => needs("looks at the dimensions of events"),
        (Model::Dynamic(_), _) => needs("takes the amount that events carry"),
        (Model::CostPlus(_), _) => needs("takes the cost that events carry"),
        (Model::Percentage(percentage), _) if looks_at_transactions(percentage) || percentage.fixed.is_some() => {
            needs("with a part per transaction looks at each event")
        }
        (Model::Percentage(_) | Model::GraduatedPercentage(_), Source::One) => needs("takes a part of an amount"),
        (Model::Formula(formula), _) if formula.variables().iter().any(|name| *name != "quantity") => {
            needs("that asks for more than `quantity` looks at events")
        }
        (
            Model::Flat(_)
            | Model::PerUnit(_)
            | Model::Graduated(_)
            | Model::Volume(_)
            | Model::Package(_)
            | Model::StairStep(_)
            | Model::Percentage(_)
            | Model::GraduatedPercentage(_)
            | Model::Formula(_),
            Source::Quantity(_) | Source::One,
        ) => None,
    }
}

/// Names in a formula other than `quantity`, `count` and `dimensions.<name>`.
fn wrong_names(model: &Model) -> Option<String> {
    let Model::Formula(formula) = model else { return None };
    let known = |name: &&str| !matches!(*name, "quantity" | "count") && !name.starts_with("dimensions.");
    formula.variables().into_iter().find(known).map(ToString::to_string)
}

impl From<Price> for PriceFields {
    fn from(price: Price) -> Self {
        let usual = Timing::usual(&price.source);
        let (meter, quantity) = match price.source {
            Source::Meter(meter) => (Some(meter), None),
            Source::Quantity(quantity) => (None, Some(quantity)),
            Source::One => (None, None),
        };
        let fields = Self {
            name: price.name,
            product: price.product,
            meter,
            quantity,
            included: price.included,
            minimum: price.minimum,
            maximum: price.maximum,
            unit: price.unit,
            timing: Some(price.timing).filter(|timing| *timing != usual),
            gather: Some(price.gather).filter(|gather| *gather != Gather::default()),
            level: Some(price.level).filter(|level| *level != Level::default()),
            prorate: Some(price.prorate)
                .filter(|prorate| *prorate != Proration::default() && price.every != Some(Every::Once)),
            every: price.every,
            by: price.by,
            tax_category: price.tax_category,
            ..Self::default()
        };
        match price.model {
            Model::Flat(flat) => Self { flat: Some(flat), ..fields },
            Model::PerUnit(per_unit) => Self { per_unit: Some(per_unit), ..fields },
            Model::Graduated(graduated) => Self { graduated: Some(graduated), ..fields },
            Model::Volume(volume) => Self { volume: Some(volume), ..fields },
            Model::Package(package) => Self { package: Some(package), ..fields },
            Model::StairStep(stair_step) => Self { stair_step: Some(stair_step), ..fields },
            Model::Percentage(percentage) => Self { percentage: Some(percentage), ..fields },
            Model::GraduatedPercentage(tiers) => Self { graduated_percentage: Some(tiers), ..fields },
            Model::Matrix(matrix) => Self { matrix: Some(matrix), ..fields },
            Model::Dynamic(dynamic) => Self { dynamic: Some(dynamic), ..fields },
            Model::CostPlus(cost_plus) => Self { cost_plus: Some(cost_plus), ..fields },
            Model::Formula(formula) => Self { formula: Some(formula), ..fields },
        }
    }
}
