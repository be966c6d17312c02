//! Charges that stand by themselves, as something due.

use crate::due::Due;
use crate::{LineKey, PlanError, PriceRef};
use alloc::rc::Rc;
use calendar::{Period, Zone};
use contracts::Charge;
use metering::Dimensions;
use money::Ratio;
use rating::{Model, Terms};
use stdx::Key;

/// The plan under whose name charges stand; no plan of a catalog has version 0.
const PLAN: &str = "charge";

/// What a charge is worth, under a key of its own: the day on which it is due.
pub(crate) fn charged(charge: &Charge, zone: &Zone) -> Result<Due, PlanError> {
    let today = zone.date_of(charge.due_at);
    let tomorrow = today.plus_days(1).map_err(|_| calendar::ScheduleError::OutOfRange)?;
    let cycle = Period::new(zone.start_of(today), zone.start_of(tomorrow))?;
    let plan = Key::try_from(PLAN).map_err(|_| PlanError::NoName)?;
    let key = LineKey {
        subscription: charge.key.clone(),
        price: PriceRef { plan, version: 0, price: charge.key.clone() },
        cycle,
        dimensions: Dimensions::new(),
        currency: charge.currency,
    };
    let model = Model::PerUnit(charge.each);
    let terms = Rc::new(Terms { model, included: None, minimum: None, maximum: None, unit: None });
    let part = Period::new(charge.due_at, cycle.to())?;
    let mut due = Due::standing(key, &terms, part, Ratio::from(charge.number()))?;
    due.worth.name.clone_from(&charge.name);
    due.worth.tax_category.clone_from(&charge.tax_category);
    Ok(due)
}
