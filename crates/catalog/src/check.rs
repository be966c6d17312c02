//! Whether the names in a catalog lead somewhere, and what they lead to fits.

use crate::{Catalog, Grant, Plan, Price, Takes};
use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use calendar::{Cadence, Step};
use metering::{Aggregation, Meter, Over};
use money::Currency;
use rating::Kind;
use stdx::{Key, NonEmpty, Problem, ToProblem, nearest};

/// What a name can stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    /// One of `meters`.
    Meter,
    /// One of `features`.
    Feature,
    /// One of `products`.
    Product,
    /// One of `units`.
    Unit,
}

/// Why a catalog does not hold together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckError {
    /// A name that leads nowhere.
    #[error("there is no {} `{key}`", named.word())]
    Unknown {
        /// What it should stand for.
        named: Named,
        /// The name.
        key: Key,
        /// The names that there are.
        known: Vec<String>,
    },
    /// A plan without prices.
    #[error("the plan has no prices, so nothing says what it costs")]
    EmptyPlan,
    /// A number for a feature that is only granted or withheld.
    #[error("the feature `{feature}` has no unit, so a limit counts nothing")]
    LimitWithoutUnit {
        /// The feature.
        feature: Key,
    },
    /// A pricing unit that is worth another currency than the plan's.
    #[error("the unit `{unit}` is worth {unit_currency}, and the plan is in {plan_currency}")]
    UnitInOtherCurrency {
        /// The unit.
        unit: Key,
        /// Its currency.
        unit_currency: Currency,
        /// The plan's.
        plan_currency: Currency,
    },
    /// Cycles of a price that do not fit into those of the plan, nor the plan's into them.
    #[error("cycles of {price} and of {plan} do not begin together")]
    CadenceDoesNotDivide {
        /// The price's.
        price: Cadence,
        /// The plan's.
        plan: Cadence,
    },
    /// Two phases of one name.
    #[error("the plan has two phases called `{name}`")]
    SamePhase {
        /// The name.
        name: Key,
    },
    /// A dimension by which the meter does not group.
    #[error("the meter `{meter}` is not grouped by `{dimension}`")]
    UnknownDimension {
        /// The dimension.
        dimension: String,
        /// The meter.
        meter: Key,
        /// Its dimensions.
        known: Vec<String>,
    },
    /// A price that takes the value of each event from a meter that has none.
    #[error("a {} price of this kind takes {takes_what}, and the meter `{meter}` is not a plain `sum`", model.name())]
    NeedsSum {
        /// The model.
        model: Kind,
        /// What it takes.
        takes_what: &'static str,
        /// The meter.
        meter: Key,
    },
}

impl Named {
    const fn word(self) -> &'static str {
        match self {
            Self::Meter => "meter",
            Self::Feature => "feature",
            Self::Product => "product",
            Self::Unit => "pricing unit",
        }
    }
    /// The part of the file where it is defined.
    const fn section(self) -> &'static str {
        match self {
            Self::Meter => "meters",
            Self::Feature => "features",
            Self::Product => "products",
            Self::Unit => "units",
        }
    }
}

impl ToProblem for CheckError {
    fn problem(&self) -> Problem {
        let (code, title, mend) = match self {
            Self::Unknown { named, key, known } => {
                let (code, title) = match named {
                    Named::Meter => ("unknown_meter", "There is no such meter"),
                    Named::Feature => ("unknown_feature", "There is no such feature"),
                    Named::Product => ("unknown_product", "There is no such product"),
                    Named::Unit => ("unknown_unit", "There is no such pricing unit"),
                };
                (code, title, choose(key.as_str(), known, &format!("add it under `{}`", named.section())))
            }
            Self::EmptyPlan => (
                "empty_plan",
                "A plan without prices",
                "add a price under `prices`; a free plan has one too: `fee: { flat: \"0\" }`".into(),
            ),
            Self::SamePhase { .. } => {
                ("same_phase", "Two phases of one name", "give each phase a name of its own".into())
            }
            Self::LimitWithoutUnit { feature } => (
                "limit_without_unit",
                "A limit without a unit",
                format!("write true or false, or give the feature a unit: `{feature}: {{ unit: … }}`"),
            ),
            Self::UnitInOtherCurrency { plan_currency, .. } => (
                "unit_in_other_currency",
                "A pricing unit of another currency",
                format!("use a unit that is worth {plan_currency}, or define one under `units`"),
            ),
            Self::CadenceDoesNotDivide { plan, .. } => (
                "cadence_does_not_divide",
                "Cycles that do not begin together",
                format!("choose cycles that divide {plan}, or that {plan} divides"),
            ),
            Self::UnknownDimension { dimension, known, meter } => (
                "unknown_dimension",
                "The meter has no such dimension",
                choose(dimension, known, &format!("add it to `group_by` of the meter `{meter}`")),
            ),
            Self::NeedsSum { meter, .. } => (
                "price_needs_sum",
                "The price needs the value of each event",
                format!(
                    "let the meter `{meter}` be `aggregate: {{ sum: … }}` without `convert`, `round` and `over`, or use another meter"
                ),
            ),
        };
        Problem::new(code, title).detail(self.to_string()).mend(mend)
    }
}

fn choose(word: &str, known: &[String], add: &str) -> String {
    match nearest(word, known.iter().map(String::as_str)) {
        Some(guess) => format!("did you mean `{guess}`? Else {add}"),
        None if known.is_empty() => add.into(),
        None => format!("use one of: {}; or {add}", known.join(", ")),
    }
}

/// Whether there is something at a pointer of the file that could not be read: what depends on it is not judged.
type Unread<'a> = &'a dyn Fn(&str) -> bool;

impl Catalog {
    /// Whether the catalog holds together.
    ///
    /// # Errors
    /// All that does not, each with its JSON pointer.
    pub fn check(&self) -> Result<(), NonEmpty<Problem>> {
        match NonEmpty::try_from(self.problems(&|_| false)) {
            Ok(problems) => Err(problems),
            Err(_) => Ok(()),
        }
    }

    pub(crate) fn problems(&self, unread: Unread<'_>) -> Vec<Problem> {
        let mut found = Findings { catalog: self, unread, problems: Vec::new() };
        for (key, meter) in &self.meters {
            if let Err(error) = meter.compile() {
                found.problems.push(error.problem().under(&format!("/meters/{key}")));
            }
        }
        for (key, plan) in &self.plans {
            found.plan(&format!("/plans/{key}"), plan);
        }
        found.problems
    }
}

struct Findings<'a> {
    catalog: &'a Catalog,
    unread: Unread<'a>,
    problems: Vec<Problem>,
}

impl Findings<'_> {
    fn add(&mut self, pointer: &str, error: &CheckError) {
        self.problems.push(error.problem().at(pointer));
    }

    /// Whether a name leads somewhere; what could not be read counts as there.
    fn name<'k>(&mut self, pointer: &str, named: Named, key: &Key, mut keys: impl Iterator<Item = &'k Key> + Clone) {
        if keys.clone().any(|known| known == key) || (self.unread)(&format!("/{}/{key}", named.section())) {
            return;
        }
        let known = keys.by_ref().map(ToString::to_string).collect();
        self.add(pointer, &CheckError::Unknown { named, key: key.clone(), known });
    }

    fn plan(&mut self, at: &str, plan: &Plan) {
        let catalog = self.catalog;
        if plan.prices.is_empty() && !(self.unread)(&format!("{at}/prices")) {
            self.add(&format!("{at}/prices"), &CheckError::EmptyPlan);
        }
        for (key, grant) in &plan.features {
            let pointer = format!("{at}/features/{key}");
            self.name(&pointer, Named::Feature, key, catalog.features.keys());
            match (grant, catalog.features.get(key)) {
                (Grant::Limit(_), Some(feature)) if feature.unit.is_none() => {
                    self.add(&pointer, &CheckError::LimitWithoutUnit { feature: key.clone() });
                }
                (Grant::Limit(_) | Grant::Switch(_), _) => {}
            }
        }
        for (key, price) in &plan.prices {
            self.price(&format!("{at}/prices/{key}"), plan, price);
        }
        for (number, phase) in plan.phases.iter().enumerate() {
            if plan.phases.iter().take(number).any(|before| before.name == phase.name) {
                self.add(&format!("{at}/phases/{number}/name"), &CheckError::SamePhase { name: phase.name.clone() });
            }
            for (key, price) in &phase.prices {
                self.price(&format!("{at}/phases/{number}/prices/{key}"), plan, price);
            }
        }
    }

    fn price(&mut self, at: &str, plan: &Plan, price: &Price) {
        let catalog = self.catalog;
        if let Some(product) = &price.product {
            self.name(&format!("{at}/product"), Named::Product, product, catalog.products.keys());
        }
        if let Some(key) = &price.unit {
            let pointer = format!("{at}/unit");
            self.name(&pointer, Named::Unit, key, catalog.units.keys());
            if let Some(unit) = catalog.units.get(key).filter(|unit| unit.currency != plan.currency) {
                let (unit_currency, plan_currency) = (unit.currency, plan.currency);
                self.add(
                    &pointer,
                    &CheckError::UnitInOtherCurrency { unit: key.clone(), unit_currency, plan_currency },
                );
            }
        }
        if let Some(every) = plan.cadence_of(price).filter(|every| !begin_together(*every, plan.every)) {
            self.add(&format!("{at}/every"), &CheckError::CadenceDoesNotDivide { price: every, plan: plan.every });
        }
        if let Some(key) = price.meter() {
            self.name(&format!("{at}/meter"), Named::Meter, key, catalog.meters.keys());
            if let Some(meter) = catalog.meters.get(key) {
                self.metered(at, price, key, meter);
            }
        }
    }

    fn metered(&mut self, at: &str, price: &Price, key: &Key, meter: &Meter) {
        let model = price.model.kind();
        let known: Vec<String> = meter.group_by.iter().map(|name| plain(name).to_string()).collect();
        for dimension in price.dimensions() {
            if !known.contains(&dimension) {
                let field = if price.by.contains(&dimension) { "by" } else { model.name() };
                let error = CheckError::UnknownDimension { dimension, meter: key.clone(), known: known.clone() };
                self.add(&format!("{at}/{field}"), &error);
            }
        }
        let takes_what = match price.takes() {
            Takes::Quantity => return,
            Takes::Transactions => "the amount of each transaction",
            Takes::Amount => "the amount that events carry",
        };
        if !is_plain_sum(meter) {
            let error = CheckError::NeedsSum { model, takes_what, meter: key.clone() };
            self.add(&format!("{at}/meter"), &error);
        }
    }
}

/// The name of a dimension: that of the property, which a meter may also write as `properties.<name>`.
fn plain(property: &str) -> &str {
    property.strip_prefix("properties.").unwrap_or(property)
}

/// Whether the quantity is the sum of the values of the events of the period, unchanged.
fn is_plain_sum(meter: &Meter) -> bool {
    matches!(meter.aggregate, Aggregation::Sum(_))
        && meter.over == Over::Period
        && meter.convert.is_none()
        && meter.round.is_none()
}

/// Whether each cycle of the longer cadence is made of whole cycles of the shorter one. Months are made of days, but not of
/// weeks.
fn begin_together(a: Cadence, b: Cadence) -> bool {
    let divides = |a: i64, b: i64| a % b == 0 || b % a == 0;
    match (a.step(), b.step()) {
        (Step::Days(a), Step::Days(b)) | (Step::Months(a), Step::Months(b)) => divides(a, b),
        (Step::Days(days), Step::Months(_)) | (Step::Months(_), Step::Days(days)) => days == 1,
    }
}
