//! What each key is worth: slices rated, and rounded once.

use crate::cover::{Slice, Stretch};
use crate::explain::{Measurement, PartWorth, Source, Worth};
use crate::{Detail, LineKey, PlanError, UsageAnswer, UsageNeed};
use alloc::{rc::Rc, string::String, vec::Vec};
use calendar::{Instant, Period};
use catalog::{Level, Source as PriceSource, Takes};
use metering::{Dimensions, Measured};
use money::{Currency, Dec, Money, NumError, Ratio, Rounding};
use rating::{Basis, RateError, Usage, rate};
use stdx::Key;

/// A key and what it is worth.
#[derive(Debug, Clone)]
pub(crate) struct Due {
    pub(crate) key: LineKey,
    pub(crate) worth: Worth,
    /// When the first of it falls due.
    pub(crate) at: Instant,
    /// Whether what is more than was billed is billed as soon as it is known, and does not wait for the next invoice.
    pub(crate) rises: bool,
    /// What the parts were rated by, in their order.
    rated: Vec<Rated>,
}

/// What a part was rated by.
#[derive(Debug, Clone)]
struct Rated {
    from: Instant,
    terms: Rc<rating::Terms>,
    takes: Takes,
    basis: Basis,
    share: Ratio,
    quantity: Ratio,
    amount: Ratio,
    dimensions: Dimensions,
}

impl Due {
    /// What a key is worth that is covered in several stretches: a plan that was left and taken up again within one cycle.
    pub(crate) fn and(mut self, other: Self) -> Result<Self, PlanError> {
        self.worth.parts.extend(other.worth.parts);
        self.worth.parts.sort_by_key(|part| part.period.from());
        let (exact, amount) = total(&self.worth.parts, self.key.currency)?;
        let parts = self.worth.parts;
        self.rated.extend(other.rated);
        self.rated.sort_by_key(|part| part.from);
        let at = self.at.min(other.at);
        // the price as it is called and charged at last
        Ok(Self { worth: Worth { exact, amount, parts, ..other.worth }, at, ..self })
    }
}

impl Due {
    /// What so many of a thing are worth that stands by itself, outside of any plan.
    pub(crate) fn standing(
        key: LineKey,
        terms: &Rc<rating::Terms>,
        part: Period,
        quantity: Ratio,
    ) -> Result<Self, PlanError> {
        let (price, subscription) = (key.price.clone(), key.subscription.clone());
        let rated = rate(terms, &Usage::held(quantity), Ratio::ONE).map_err(|error| PlanError::Rating {
            price,
            subscription,
            error,
        })?;
        let parts = alloc::vec![PartWorth {
            period: part,
            quantity,
            share: Ratio::ONE,
            measured: None,
            amount: rated.amount,
            why: rated.explanation,
        }];
        let (exact, amount) = total(&parts, key.currency)?;
        let rated = alloc::vec![Rated {
            from: part.from(),
            terms: terms.clone(),
            takes: Takes::Quantity,
            basis: Basis::Held,
            share: Ratio::ONE,
            quantity,
            amount: exact,
            dimensions: Dimensions::new(),
        }];
        let worth = Worth {
            name: String::new(),
            timing: catalog::Timing::Advance,
            prorate: calendar::Proration::Full,
            source: Source::Constant,
            tax_category: None,
            tax_in_price: tax::Prices::Exclusive,
            exact,
            amount,
            discounts: Vec::new(),
            to_date: None,
            adjusted: Vec::new(),
            parts,
        };
        Ok(Self { key, worth, at: part.from(), rises: false, rated })
    }

    /// How many units the key is about: all that were counted, or the most that stood at a time.
    pub(crate) fn quantity(&self) -> Result<Ratio, NumError> {
        self.rated.iter().try_fold(Ratio::ZERO, |sum, part| match part.basis {
            Basis::Metered => sum.plus(part.quantity),
            Basis::Held => Ok(sum.max(part.quantity)),
        })
    }

    /// What the key would be worth, exactly, with `rest` instead of `all` units. Of what was counted the first units come off, of what
    /// stood as many all along. Where a price looks at more than the quantity, a unit is worth what they are on average.
    pub(crate) fn rerated(&self, all: Ratio, rest: Ratio) -> Result<Ratio, RateError> {
        let (mut free, mut sum) = (all.minus(rest)?, Ratio::ZERO);
        for part in &self.rated {
            let off = free.min(part.quantity);
            let left = part.quantity.minus(off)?;
            match part.basis {
                Basis::Metered => free = free.minus(off)?,
                Basis::Held => {}
            }
            sum = sum.plus(match part.takes {
                Takes::Quantity => {
                    let usage =
                        Usage { quantity: left, dimensions: &part.dimensions, basis: part.basis, ..Usage::held(left) };
                    rate(&part.terms, &usage, part.share)?.amount
                }
                Takes::Transactions | Takes::Amount if part.quantity.is_zero() => part.amount,
                Takes::Transactions | Takes::Amount => part.amount.times(left)?.over(part.quantity)?,
            })?;
        }
        Ok(sum)
    }
}

/// The exact sum of the parts, and the one rounding.
fn total(parts: &[PartWorth], currency: Currency) -> Result<(Ratio, Money), PlanError> {
    let exact = parts.iter().try_fold(Ratio::ZERO, |sum, part| sum.plus(part.amount))?;
    Ok((exact, Money::round_from(exact, currency, Rounding::HalfUp)?))
}

impl Slice<'_> {
    /// The questions that a metered slice asks of the usage store, stretch by stretch.
    pub(crate) fn needs(&self) -> impl Iterator<Item = UsageNeed> {
        self.stretches.iter().filter_map(|stretch| self.need(stretch))
    }

    fn need(&self, stretch: &Stretch<'_>) -> Option<UsageNeed> {
        let PriceSource::Meter(meter) = &stretch.price.source else { return None };
        Some(UsageNeed {
            subject: self.subscription.customer.clone(),
            version: self.price_ref.version,
            meter: meter.clone(),
            only: self.subscription.usage.only().cloned().unwrap_or_default(),
            period: self.counted(stretch)?,
            by: stretch.price.dimensions(),
            detail: match stretch.price.takes() {
                Takes::Transactions => Detail::Transactions,
                Takes::Quantity | Takes::Amount => Detail::Quantity,
            },
        })
    }

    /// The part of a stretch of which usage counts.
    fn counted(&self, stretch: &Stretch<'_>) -> Option<Period> {
        let to = self.until.map_or(stretch.period.to(), |until| until.min(stretch.period.to()));
        Period::new(stretch.period.from(), to).ok()
    }

    pub(crate) fn key(&self, dimensions: Dimensions) -> LineKey {
        LineKey {
            subscription: self.subscription.key.clone(),
            price: self.price_ref.clone(),
            cycle: self.cycle,
            dimensions,
            currency: self.currency,
        }
    }

    /// What the slice is worth, stretch by stretch and key by key.
    pub(crate) fn due<'q>(
        &self,
        answer: impl Fn(&UsageNeed) -> Option<&'q UsageAnswer>,
    ) -> Result<Vec<Due>, PlanError> {
        let mut all = Vec::new();
        for stretch in &self.stretches {
            match (&stretch.price.source, self.need(stretch)) {
                (PriceSource::Meter(meter), Some(need)) => {
                    let answer =
                        answer(&need).ok_or_else(|| PlanError::UsageNotAnswered { price: self.price_ref.clone() })?;
                    self.metered(stretch, meter, answer, &mut all)?;
                }
                (PriceSource::One | PriceSource::Quantity(_) | PriceSource::Meter(_), _) => {
                    all.push(self.held(stretch)?);
                }
            }
        }
        Ok(all)
    }

    fn share(&self, stretch: &Stretch<'_>) -> Result<Ratio, PlanError> {
        Ok(stretch.price.prorate.share(self.cycle, stretch.period, &self.subscription.zone)?)
    }

    fn rated(&self, stretch: &Stretch<'_>, usage: &Usage<'_>) -> Result<PartWorth, PlanError> {
        let (share, period) = (self.share(stretch)?, self.counted(stretch).unwrap_or(stretch.period));
        let rated = rate(&stretch.terms, usage, share).map_err(|error| PlanError::Rating {
            price: self.price_ref.clone(),
            subscription: self.subscription.key.clone(),
            error,
        })?;
        Ok(PartWorth {
            period,
            quantity: usage.quantity,
            share,
            measured: None,
            amount: rated.amount,
            why: rated.explanation,
        })
    }

    fn held(&self, stretch: &Stretch<'_>) -> Result<Due, PlanError> {
        let quantity = stretch.held.map_or(Ratio::ONE, Ratio::from);
        let part = self.rated(stretch, &Usage::held(quantity))?;
        let source = match &stretch.price.source {
            PriceSource::Quantity(name) => Source::Quantity { name: name.clone() },
            PriceSource::One | PriceSource::Meter(_) => Source::Constant,
        };
        self.worth(stretch, self.key(Dimensions::new()), source, part)
    }

    fn metered(
        &self,
        stretch: &Stretch<'_>,
        meter: &Key,
        answer: &UsageAnswer,
        all: &mut Vec<Due>,
    ) -> Result<(), PlanError> {
        for (dimensions, measured) in &answer.groups {
            let usage = Usage {
                quantity: measured.quantity,
                count: measured.count,
                transactions: &measured.transactions,
                carried: self.carried(stretch, measured)?,
                dimensions,
                basis: Basis::Metered,
            };
            let mut part = self.rated(stretch, &usage)?;
            part.measured = Some(Measurement {
                period: part.period,
                raw: measured.raw,
                quantity: measured.quantity,
                events: measured.count,
                watermark: answer.watermark,
            });
            let source = Source::Meter { meter: meter.clone() };
            all.push(self.worth(stretch, self.key(dimensions.clone()), source, part)?);
        }
        Ok(())
    }

    /// The meter of a dynamic or cost-plus price sums the amounts that the events carry.
    fn carried(&self, stretch: &Stretch<'_>, measured: &Measured) -> Result<Option<Dec>, PlanError> {
        match stretch.price.takes() {
            Takes::Quantity | Takes::Transactions => Ok(None),
            Takes::Amount => match measured.quantity.to_dec() {
                Some(amount) => Ok(Some(amount)),
                None => Err(PlanError::NotAnAmount { price: self.price_ref.clone(), quantity: measured.quantity }),
            },
        }
    }

    fn worth(&self, stretch: &Stretch<'_>, key: LineKey, source: Source, part: PartWorth) -> Result<Due, PlanError> {
        let parts = alloc::vec![part];
        let (exact, amount) = total(&parts, self.currency)?;
        let rated = parts.iter().map(|part| rated_by(stretch, &key, part)).collect();
        let price = stretch.price;
        let name = price.name.clone().unwrap_or_else(|| String::from(self.price_ref.price.as_str()));
        let (timing, prorate) = (price.timing, price.prorate);
        let tax_category = price.tax_category.clone();
        let (discounts, adjusted) = (Vec::new(), Vec::new());
        let (tax_in_price, to_date) = (self.tax, self.until);
        let rises = price.level == Level::Peak;
        let worth = Worth {
            name,
            timing,
            prorate,
            source,
            tax_category,
            tax_in_price,
            exact,
            amount,
            discounts,
            to_date,
            adjusted,
            parts,
        };
        Ok(Due { key, worth, at: self.due_at, rises, rated })
    }
}

fn rated_by(stretch: &Stretch<'_>, key: &LineKey, part: &PartWorth) -> Rated {
    Rated {
        from: part.period.from(),
        terms: stretch.terms.clone(),
        takes: stretch.price.takes(),
        basis: if stretch.held.is_some() { Basis::Held } else { Basis::Metered },
        share: part.share,
        quantity: part.quantity,
        amount: part.amount,
        dimensions: key.dimensions.clone(),
    }
}
