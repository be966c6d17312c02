//! What each key is worth: slices rated, and rounded once.

use crate::cover::{Slice, Stretch};
use crate::explain::{Measurement, PartWorth, Source, Worth};
use crate::{Detail, LineKey, PlanError, UsageAnswer, UsageNeed};
use alloc::{string::String, vec::Vec};
use calendar::Period;
use catalog::{Source as PriceSource, Takes};
use metering::{Dimensions, Measured};
use money::{Currency, Dec, Money, Ratio, Rounding};
use rating::{Basis, Usage, rate};
use stdx::Key;

/// A key and what it is worth.
#[derive(Debug, Clone)]
pub(crate) struct Due {
    pub(crate) key: LineKey,
    pub(crate) worth: Worth,
}

impl Due {
    /// What a key is worth that is covered in several stretches: a plan that was left and taken up again within one cycle.
    pub(crate) fn and(mut self, other: Self) -> Result<Self, PlanError> {
        self.worth.parts.extend(other.worth.parts);
        self.worth.parts.sort_by_key(|part| part.period.from());
        let (exact, amount) = total(&self.worth.parts, self.key.currency)?;
        Ok(Self { worth: Worth { exact, amount, ..self.worth }, ..self })
    }
}

/// The exact sum of the parts, and the one rounding.
fn total(parts: &[PartWorth], currency: Currency) -> Result<(Ratio, Money), PlanError> {
    let exact = parts.iter().try_fold(Ratio::ZERO, |sum, part| sum.plus(part.amount))?;
    Ok((exact, Money::round_from(exact, currency, Rounding::HalfUp)?))
}

impl Slice<'_> {
    /// The question that a metered slice asks of the usage store.
    pub(crate) fn need(&self) -> Option<UsageNeed> {
        let PriceSource::Meter(meter) = &self.price.source else { return None };
        Some(UsageNeed {
            subject: self.subscription.customer.clone(),
            version: self.price_ref.version,
            meter: meter.clone(),
            period: self.cover,
            by: self.price.dimensions(),
            detail: match self.price.takes() {
                Takes::Transactions => Detail::Transactions,
                Takes::Quantity | Takes::Amount => Detail::Quantity,
            },
        })
    }

    fn key(&self, dimensions: Dimensions) -> LineKey {
        LineKey {
            subscription: self.subscription.key.clone(),
            price: self.price_ref.clone(),
            cycle: self.cycle,
            dimensions,
            currency: self.currency,
        }
    }

    /// What the slice is worth, key by key.
    pub(crate) fn due(&self, answer: Option<&UsageAnswer>) -> Result<Vec<Due>, PlanError> {
        match (&self.price.source, answer) {
            (PriceSource::Meter(meter), Some(answer)) => self.metered(meter, answer),
            (PriceSource::Meter(_), None) => Err(PlanError::UsageNotAnswered { price: self.price_ref.clone() }),
            (PriceSource::One | PriceSource::Quantity(_), _) => self.held().map(|due| alloc::vec![due]),
        }
    }

    fn share(&self, part: Period) -> Result<Ratio, PlanError> {
        Ok(self.price.prorate.share(self.cycle, part, &self.subscription.zone)?)
    }

    fn rated(&self, usage: &Usage<'_>, part: Period, share: Ratio) -> Result<PartWorth, PlanError> {
        let rated = rate(&self.terms, usage, share).map_err(|error| PlanError::Rating {
            price: self.price_ref.clone(),
            subscription: self.subscription.key.clone(),
            error,
        })?;
        Ok(PartWorth {
            period: part,
            quantity: usage.quantity,
            share,
            measured: None,
            amount: rated.amount,
            why: rated.explanation,
        })
    }

    fn held(&self) -> Result<Due, PlanError> {
        let part = |stretch: &Stretch| {
            let quantity = stretch.held.map_or(Ratio::ONE, Ratio::from);
            let share = self.share(stretch.period)?;
            self.rated(&Usage::held(quantity), stretch.period, share)
        };
        let parts = self.stretches.iter().map(part).collect::<Result<Vec<_>, _>>()?;
        let source = match &self.price.source {
            PriceSource::Quantity(name) => Source::Quantity { name: name.clone() },
            PriceSource::One | PriceSource::Meter(_) => Source::Constant,
        };
        self.worth(self.key(Dimensions::new()), source, parts)
    }

    fn metered(&self, meter: &Key, answer: &UsageAnswer) -> Result<Vec<Due>, PlanError> {
        let share = self.share(self.cover)?;
        let group = |(dimensions, measured): &(Dimensions, Measured)| {
            let usage = Usage {
                quantity: measured.quantity,
                count: measured.count,
                transactions: &measured.transactions,
                carried: self.carried(measured)?,
                dimensions,
                basis: Basis::Metered,
            };
            let mut part = self.rated(&usage, self.cover, share)?;
            part.measured = Some(Measurement {
                period: self.cover,
                raw: measured.raw,
                quantity: measured.quantity,
                events: measured.count,
                watermark: answer.watermark,
            });
            self.worth(self.key(dimensions.clone()), Source::Meter { meter: meter.clone() }, alloc::vec![part])
        };
        answer.groups.iter().map(group).collect()
    }

    /// The meter of a dynamic or cost-plus price sums the amounts that the events carry.
    fn carried(&self, measured: &Measured) -> Result<Option<Dec>, PlanError> {
        match self.price.takes() {
            Takes::Quantity | Takes::Transactions => Ok(None),
            Takes::Amount => match measured.quantity.to_dec() {
                Some(amount) => Ok(Some(amount)),
                None => Err(PlanError::NotAnAmount { price: self.price_ref.clone(), quantity: measured.quantity }),
            },
        }
    }

    fn worth(&self, key: LineKey, source: Source, parts: Vec<PartWorth>) -> Result<Due, PlanError> {
        let (exact, amount) = total(&parts, self.currency)?;
        let name = self.price.name.clone().unwrap_or_else(|| String::from(self.price_ref.price.as_str()));
        let (timing, prorate) = (self.price.timing, self.price.prorate);
        Ok(Due { key, worth: Worth { name, timing, prorate, source, exact, amount, parts } })
    }
}
