//! OpenMeter: a price becomes lines, one for each component, each rounded; the parts of a period are billed as they pass.

use crate::{
    Component, CreditsError, Kind, Line, LineRounding, Model, NonNegative, Terms, Tier, Tiers, apply_credits,
    discount_percent, maximum_spend, minimum_spend, take_included,
};
use alloc::vec::Vec;
use money::{NumError, Ratio};
use stdx::{Problem, ToProblem};

/// Where a part lies in its period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Position {
    /// The whole period.
    Whole,
    /// The first of several parts.
    First,
    /// Neither the first nor the last.
    Middle,
    /// The last of several parts.
    Last,
}

impl Position {
    const fn is_first(self) -> bool {
        matches!(self, Self::Whole | Self::First)
    }
    const fn is_last(self) -> bool {
        matches!(self, Self::Whole | Self::Last)
    }
}

/// When a flat price is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlatDue {
    /// With the first part.
    InAdvance,
    /// With the last part.
    InArrears,
}

/// One part of a period and what surrounds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part<'a> {
    /// Where it lies.
    pub position: Position,
    /// When a flat price is due.
    pub flat_due: FlatDue,
    /// Units of the part.
    pub quantity: Ratio,
    /// Units of the period before it.
    pub before: Ratio,
    /// What was billed for the period before it.
    pub billed_before: Ratio,
    /// Percentage that is taken off each line.
    pub discount: Option<NonNegative>,
    /// Credits that pay the lines.
    pub credits: &'a [Ratio],
    /// How each line is rounded.
    pub rounding: LineRounding,
}

/// Why a part has no lines.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LinesError {
    /// A model that has no such lines.
    #[error("a {} price has no component lines", model.name())]
    Model {
        /// The model.
        model: Kind,
    },
    /// The credits do not fit.
    #[error(transparent)]
    Credits(#[from] CreditsError),
    /// A number that is too large.
    #[error(transparent)]
    Number(#[from] NumError),
}

impl ToProblem for LinesError {
    fn problem(&self) -> Problem {
        match self {
            Self::Model { .. } => Problem::new("no_component_lines", "A price without component lines")
                .detail(alloc::format!("{self}"))
                .mend("use a flat, per-unit, dynamic, package, volume or graduated price"),
            Self::Credits(error) => error.problem(),
            Self::Number(error) => error.problem(),
        }
    }
}

/// The lines of one part of a period: allowance → model → discount → maximum → minimum (with the last part) → credits.
pub fn lines(terms: &Terms, part: &Part<'_>) -> Result<Vec<Line>, LinesError> {
    let included = terms.included.map_or(Ratio::ZERO, NonNegative::ratio);
    let net = take_included(included, part.before, part.quantity)?;
    let part = Part { quantity: net.net, before: net.net_before, ..*part };
    let mut lines = components(&terms.model, &part)?;
    if let Some(percent) = part.discount {
        discount_percent(&mut lines, percent, part.rounding)?;
    }
    if let Some(maximum) = terms.maximum {
        maximum_spend(&mut lines, maximum.ratio(), part.billed_before)?;
    }
    if let Some(minimum) = terms.minimum
        && part.position.is_last()
    {
        minimum_spend(&mut lines, minimum.ratio(), part.billed_before)?;
    }
    apply_credits(&mut lines, part.credits)?;
    Ok(lines)
}

fn components(model: &Model, part: &Part<'_>) -> Result<Vec<Line>, LinesError> {
    let line = |component, quantity: Ratio, each: Ratio| -> Result<Line, NumError> {
        Ok(Line::of_usage(component, quantity, each, part.rounding.apply(quantity.times(each)?)?))
    };
    let some = |line: Option<Line>| line.into_iter().collect::<Vec<_>>();
    match model {
        Model::Flat(price) => {
            let due = match part.flat_due {
                FlatDue::InAdvance => part.position.is_first(),
                FlatDue::InArrears => part.position.is_last(),
            };
            Ok(some(due.then(|| line(Component::Flat, Ratio::ONE, price.ratio())).transpose()?))
        }
        Model::PerUnit(each) => {
            let used = part.quantity.is_positive();
            Ok(some(used.then(|| line(Component::Usage, part.quantity, each.ratio())).transpose()?))
        }
        Model::Dynamic(dynamic) if part.quantity.is_positive() => {
            let multiplier = dynamic.multiplier.map_or(Ratio::ONE, NonNegative::ratio);
            let each = part.rounding.apply(part.quantity.times(multiplier)?)?;
            Ok(some(Some(line(Component::Usage, Ratio::ONE, each)?)))
        }
        Model::Dynamic(_) => Ok(Vec::new()),
        Model::Package(package) => {
            let earlier = if part.position.is_first() { 0 } else { package.count(part.before)? };
            let started = package.count(part.before.plus(part.quantity)?)?.checked_sub(earlier);
            let started = Ratio::from_int(started.ok_or(NumError::Overflow)?);
            let charged = started.is_positive();
            Ok(some(charged.then(|| line(Component::Usage, started, package.price.ratio())).transpose()?))
        }
        Model::Volume(tiers) => Ok(volume(tiers, part, line)?),
        Model::Graduated(tiers) => Ok(graduated(tiers, part, line)?),
        Model::StairStep(_)
        | Model::Percentage(_)
        | Model::GraduatedPercentage(_)
        | Model::Matrix(_)
        | Model::CostPlus(_)
        | Model::Formula(_) => Err(LinesError::Model { model: model.kind() }),
    }
}

/// All units of the period at the price of the tier that they reach, with the last part.
fn volume(
    tiers: &Tiers,
    part: &Part<'_>,
    line: impl Fn(Component, Ratio, Ratio) -> Result<Line, NumError>,
) -> Result<Vec<Line>, NumError> {
    if !part.position.is_last() {
        return Ok(Vec::new());
    }
    let total = part.before.plus(part.quantity)?;
    let Tier { each, flat, .. } = *tiers.reached(total).band;
    let flat = flat.map(|flat| line(Component::VolumeFlat, Ratio::ONE, flat.ratio()));
    let units = each.filter(|_| !total.is_zero()).map(|each| line(Component::VolumeUsage, total, each.ratio()));
    flat.into_iter().chain(units).collect()
}

/// The units of the part at the prices of their tiers, and the fees of the tiers that it opens. Without any usage tier 1 is
/// shown.
fn graduated(
    tiers: &Tiers,
    part: &Part<'_>,
    line: impl Fn(Component, Ratio, Ratio) -> Result<Line, NumError>,
) -> Result<Vec<Line>, NumError> {
    let total = part.before.plus(part.quantity)?;
    let mut out = Vec::new();
    let mut add = |tier: u32, band: &Tier, quantity: Ratio, opens: bool| -> Result<(), NumError> {
        if let Some(each) = band.each {
            out.push(line(Component::TierUsage(tier), quantity, each.ratio())?);
        }
        // the fee of tier 1 belongs to the first part, whether or not that part had usage
        if let Some(flat) = band.flat.filter(|_| opens && (tier > 1 || part.position.is_first())) {
            out.push(line(Component::TierFlat(tier), Ratio::ONE, flat.ratio())?);
        }
        Ok(())
    };
    if total.is_zero() {
        let first = tiers.reached(total);
        add(first.tier, first.band, Ratio::ZERO, true)?;
    }
    for slice in tiers.slices(part.before, total) {
        let slice = slice?;
        add(slice.tier, slice.band, slice.quantity, slice.opens)?;
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::{String, ToString};
    use money::Rounding;

    fn shown(json: &str, position: Position, before: i128, quantity: i128) -> Vec<String> {
        let terms = Terms::of(serde_json::from_str(json).expect("model"));
        let part = Part {
            position,
            flat_due: FlatDue::InArrears,
            quantity: Ratio::from_int(quantity),
            before: Ratio::from_int(before),
            billed_before: Ratio::ZERO,
            discount: None,
            credits: &[],
            rounding: LineRounding { scale: 2, rounding: Rounding::HalfUp },
        };
        let lines = lines(&terms, &part).expect("lines");
        lines.iter().map(|l| alloc::format!("{} {} {}", l.component, l.quantity, l.amount)).collect()
    }

    #[test]
    fn a_part_shows_the_tiers_it_fills_and_the_fees_it_opens() {
        let json = r#"{"graduated": [{"up_to": 5, "each": "1", "flat": "100"}, {"each": "0.001", "flat": "50"}]}"#;
        assert_eq!(shown(json, Position::First, 0, 0), ["tier1_usage 0 0", "tier1_flat 1 100"]);
        assert_eq!(shown(json, Position::Last, 0, 8), ["tier1_usage 5 5", "tier2_usage 3 0", "tier2_flat 1 50"]);
        assert_eq!(shown(json, Position::Last, 6, 5), ["tier2_usage 5 0.01"]);
    }

    #[test]
    fn a_volume_price_waits_for_the_last_part() {
        let json = r#"{"volume": [{"up_to": 5, "flat": "100"}, {"each": "2"}]}"#;
        assert!(shown(json, Position::Middle, 0, 8).is_empty());
        assert_eq!(shown(json, Position::Last, 3, 5), ["volume_usage 8 16"]);
        assert_eq!(shown(json, Position::Last, 3, 2), ["volume_flat 1 100"]);
    }

    #[test]
    fn a_model_without_components_is_an_error() {
        let terms = Terms::of(serde_json::from_str(r#"{"cost_plus": {"markup": "1"}}"#).expect("model"));
        let Err(error) = components(&terms.model, &PART) else { panic!("lines of a cost-plus price") };
        assert_eq!(error.to_string(), "a cost_plus price has no component lines");
    }

    const PART: Part<'static> = Part {
        position: Position::Whole,
        flat_due: FlatDue::InAdvance,
        quantity: Ratio::ONE,
        before: Ratio::ZERO,
        billed_before: Ratio::ZERO,
        discount: None,
        credits: &[],
        rounding: LineRounding { scale: 2, rounding: Rounding::HalfUp },
    };
}
