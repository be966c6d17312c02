//! One aggregation per file. Each is a value with the same four operations: empty (`default`), `add`, `merge`, `finish`.
//!
//! Merging is associative and commutative, and adding is merging with a state of one event: so the order and the grouping of
//! events change nothing.

mod average;
mod count;
mod latest;
mod max;
mod min;
mod percentile;
mod sum;
mod time_weighted;
mod unique;

pub(crate) use average::Average;
pub(crate) use count::Count;
pub(crate) use latest::Latest;
pub(crate) use max::Max;
pub(crate) use min::Min;
pub(crate) use percentile::Percentile;
pub(crate) use sum::Sum;
pub(crate) use time_weighted::TimeWeighted;
pub(crate) use unique::{Mark, Unique};

use crate::{Aggregation, MeasureError};
use calendar::Period;
use money::Ratio;

/// The state of any aggregation.
#[derive(Debug, Clone)]
pub(crate) enum Fold {
    Count(Count),
    Sum(Sum),
    Max(Max),
    Min(Min),
    Latest(Latest),
    Unique(Unique),
    Average(Average),
    TimeWeighted(TimeWeighted),
    Percentile(Percentile),
}

impl Fold {
    /// The state without events.
    pub(crate) fn empty(aggregation: &Aggregation) -> Self {
        match aggregation {
            Aggregation::Count => Self::Count(Count::default()),
            Aggregation::Sum(_) => Self::Sum(Sum::default()),
            Aggregation::Max(_) => Self::Max(Max::default()),
            Aggregation::Min(_) => Self::Min(Min::default()),
            Aggregation::Latest(_) => Self::Latest(Latest::default()),
            Aggregation::Unique { removed_when: None, .. } => Self::Unique(Unique::seen()),
            Aggregation::Unique { removed_when: Some(_), .. } => Self::Unique(Unique::marked()),
            Aggregation::Average(_) => Self::Average(Average::default()),
            Aggregation::TimeWeighted { levels, .. } => Self::TimeWeighted(TimeWeighted::empty(*levels)),
            Aggregation::Percentile { .. } => Self::Percentile(Percentile::default()),
        }
    }

    /// The state of the events of both.
    pub(crate) fn merge(self, other: Self) -> Result<Self, MeasureError> {
        Ok(match (self, other) {
            (Self::Count(a), Self::Count(b)) => Self::Count(a.merge(b)?),
            (Self::Sum(a), Self::Sum(b)) => Self::Sum(a.merge(b)?),
            (Self::Max(a), Self::Max(b)) => Self::Max(a.merge(b)),
            (Self::Min(a), Self::Min(b)) => Self::Min(a.merge(b)),
            (Self::Latest(a), Self::Latest(b)) => Self::Latest(a.merge(b)),
            (Self::Unique(a), Self::Unique(b)) => Self::Unique(a.merge(b)?),
            (Self::Average(a), Self::Average(b)) => Self::Average(a.merge(b)?),
            (Self::TimeWeighted(a), Self::TimeWeighted(b)) => Self::TimeWeighted(a.merge(b)?),
            (Self::Percentile(a), Self::Percentile(b)) => Self::Percentile(a.merge(b)),
            (
                Self::Count(_)
                | Self::Sum(_)
                | Self::Max(_)
                | Self::Min(_)
                | Self::Latest(_)
                | Self::Unique(_)
                | Self::Average(_)
                | Self::TimeWeighted(_)
                | Self::Percentile(_),
                _,
            ) => return Err(MeasureError::OtherMeter),
        })
    }

    /// The value of the aggregation over a period.
    pub(crate) fn finish(self, aggregation: &Aggregation, period: Period) -> Result<Ratio, MeasureError> {
        match (self, aggregation) {
            (Self::Count(count), Aggregation::Count) => Ok(count.finish()),
            (Self::Sum(sum), Aggregation::Sum(_)) => Ok(sum.finish()),
            (Self::Max(max), Aggregation::Max(_)) => Ok(max.finish()),
            (Self::Min(min), Aggregation::Min(_)) => Ok(min.finish()),
            (Self::Latest(latest), Aggregation::Latest(_)) => Ok(latest.finish()),
            (Self::Unique(unique), Aggregation::Unique { .. }) => Ok(unique.finish()),
            (Self::Average(average), Aggregation::Average(_)) => Ok(average.finish()?),
            (Self::TimeWeighted(state), Aggregation::TimeWeighted { per, .. }) => Ok(state.finish(period, *per)?),
            (Self::Percentile(state), Aggregation::Percentile { p, interpolation, .. }) => {
                Ok(state.finish(*p, *interpolation)?)
            }
            (
                Self::Count(_)
                | Self::Sum(_)
                | Self::Max(_)
                | Self::Min(_)
                | Self::Latest(_)
                | Self::Unique(_)
                | Self::Average(_)
                | Self::TimeWeighted(_)
                | Self::Percentile(_),
                _,
            ) => Err(MeasureError::OtherMeter),
        }
    }
}
