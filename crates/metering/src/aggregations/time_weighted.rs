//! A level times how long it lasted.

use crate::{Event, Identity, Levels, MeasureError, Per};
use alloc::vec::Vec;
use calendar::{Instant, Period};
use money::{NumError, Ratio};

/// The points at which the level is set or changes, in any order. What is before the period makes the level with which the
/// period begins.
#[derive(Debug, Clone)]
pub(crate) enum TimeWeighted {
    Absolute(Vec<(Instant, Identity, Ratio)>),
    Changes(Vec<(Instant, Ratio)>),
}

impl TimeWeighted {
    pub(crate) fn empty(levels: Levels) -> Self {
        match levels {
            Levels::Absolute => Self::Absolute(Vec::new()),
            Levels::Changes => Self::Changes(Vec::new()),
        }
    }

    pub(crate) fn add(&mut self, event: &Event, value: Ratio) {
        match self {
            Self::Absolute(points) => points.push((event.at, event.identity(), value)),
            Self::Changes(points) => points.push((event.at, value)),
        }
    }

    pub(crate) fn merge(self, other: Self) -> Result<Self, MeasureError> {
        match (self, other) {
            (Self::Absolute(mut points), Self::Absolute(more)) => {
                points.extend(more);
                Ok(Self::Absolute(points))
            }
            (Self::Changes(mut points), Self::Changes(more)) => {
                points.extend(more);
                Ok(Self::Changes(points))
            }
            (Self::Absolute(_) | Self::Changes(_), _) => Err(MeasureError::OtherMeter),
        }
    }

    /// How many of the points lie in the period.
    pub(crate) fn count_in(&self, period: Period) -> usize {
        match self {
            Self::Absolute(points) => points.iter().filter(|(at, _, _)| period.contains(*at)).count(),
            Self::Changes(points) => points.iter().filter(|(at, _)| period.contains(*at)).count(),
        }
    }

    pub(crate) fn finish(self, period: Period, per: Per) -> Result<Ratio, NumError> {
        let mut area = Area { period, at: period.from(), level: Ratio::ZERO, sum: Ratio::ZERO };
        match self {
            Self::Absolute(mut points) => {
                points.sort_unstable_by(|(a, i, _), (b, j, _)| (a, i).cmp(&(b, j)));
                for (at, _, level) in points {
                    area.reach(at)?;
                    if at < period.to() {
                        area.level = level;
                    }
                }
            }
            Self::Changes(mut points) => {
                points.sort_unstable_by_key(|(at, _)| *at);
                for (at, change) in points {
                    area.reach(at)?;
                    if at < period.to() {
                        area.level = area.level.plus(change)?;
                    }
                }
            }
        }
        area.reach(period.to())?;
        area.sum.over(Ratio::from_int(micros(per, period)))
    }
}

/// Microseconds of a unit of time.
fn micros(per: Per, period: Period) -> i128 {
    match per {
        Per::Second => 1_000_000,
        Per::Minute => 60_000_000,
        Per::Hour => 3_600_000_000,
        Per::Day => 86_400_000_000,
        Per::Period => i128::from(period.micros()),
    }
}

/// What lies under the level up to an instant of the period, in level × microseconds.
struct Area {
    period: Period,
    at: Instant,
    level: Ratio,
    sum: Ratio,
}

impl Area {
    /// Lets the level last until then, as far as that lies in the period.
    fn reach(&mut self, until: Instant) -> Result<(), NumError> {
        let until = until.clamp(self.at, self.period.to());
        if until > self.at {
            let lasted = Ratio::from_int(i128::from(self.at.micros_until(until)));
            self.sum = self.sum.plus(self.level.times(lasted)?)?;
            self.at = until;
        }
        Ok(())
    }
}
