//! What may be set otherwise in Kill Bill.

use super::KillBillError;
use calendar::profiles::killbill::{BillingMode, MonthLength};
use calendar::{Cadence, Date, Schedule, Zone};

/// When the open cycle of a plan in arrears is billed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Arrears {
    /// When it ends; a cut one on the day of the cut.
    #[default]
    AtItsEnd,
    /// Before it ends.
    Greedy,
}

impl Arrears {
    /// The mode of a plan in arrears.
    pub const fn mode(self) -> BillingMode {
        match self {
            Self::AtItsEnd => BillingMode::InArrear,
            Self::Greedy => BillingMode::InArrearGreedy,
        }
    }
}

/// Whether a period without usage stands on the invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ZeroUsage {
    /// With an item of 0.
    #[default]
    Written,
    /// Not at all.
    LeftOut,
}

/// The options of a Kill Bill system. [`Default`] is what it does when nothing is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Profile {
    /// How long a month is in a ratio (`invoice.proration.fixed.days`).
    pub months: MonthLength,
    /// How arrears are billed (`invoice.inArrear.mode`).
    pub arrears: Arrears,
    /// Whether usage of 0 is written (`invoice.disable.usage.zero.amount`).
    pub zero_usage: ZeroUsage,
    /// In how many billed periods late usage is looked for (`invoice.readMaxRawUsagePreviousPeriod`).
    pub usage_look_back: usize,
    /// The most items that a run may bill for a subscription on a day (`invoice.maxDailyNumberOfItemsSafetyBound`).
    pub daily_items: usize,
    /// How many months ahead a run may look (`invoice.maxNumberOfMonthsInFuture`).
    pub months_ahead: u16,
}

impl Default for Profile {
    fn default() -> Self {
        Self {
            months: MonthLength::Calendar,
            arrears: Arrears::default(),
            zero_usage: ZeroUsage::default(),
            usage_look_back: 2,
            daily_items: 15,
            months_ahead: 36,
        }
    }
}

impl Profile {
    /// Refuses a run too far ahead of `today`.
    pub fn check_target(&self, today: Date, target: Date) -> Result<(), KillBillError> {
        let ahead = Schedule::new(Cadence::MONTH, today, Zone::utc()).boundary(self.months_ahead.into())?;
        if target > ahead {
            return Err(KillBillError::TargetTooFar { target, months: self.months_ahead });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_looks_three_years_ahead_and_no_further() {
        let date = |text: &str| text.parse::<Date>().expect(text);
        let profile = Profile::default();
        assert_eq!(profile.check_target(date("2026-01-31"), date("2029-01-31")), Ok(()));
        let far = date("2029-02-01");
        assert_eq!(
            profile.check_target(date("2026-01-31"), far),
            Err(KillBillError::TargetTooFar { target: far, months: 36 })
        );
    }
}
