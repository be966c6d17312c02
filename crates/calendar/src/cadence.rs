//! How often.

use crate::text::{as_text, excerpt};
use alloc::string::String;
use core::{fmt, num::NonZeroU16, str::FromStr};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::{Problem, ToProblem, nearest};

/// How often a cycle begins: every so many days, weeks, months or years. Text and JSON form `day`, `week`, `month`, `quarter`,
/// `half-year`, `year`, or a number of them: `2 weeks`, `18 months`. Twelve months are a year; seven days are not a week,
/// because only weeks can begin on a Monday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cadence {
    every: NonZeroU16,
    unit: CadenceUnit,
}

/// What a [`Cadence`] counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the names say it")]
pub enum CadenceUnit {
    Day,
    Week,
    Month,
    Year,
}

/// The length of a cycle as the calendar counts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// So many days, above 0.
    Days(i64),
    /// So many months, above 0.
    Months(i64),
}

/// Why a text is not a cadence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CadenceError {
    /// Not a number and a unit.
    #[error("`{text}` is not a cadence")]
    NotACadence {
        /// What was given.
        text: String,
        /// The word that it may stand for.
        nearest: Option<&'static str>,
    },
    /// 0 or more than 65535.
    #[error("`{text}`: a cadence counts from 1 to 65535")]
    BadCount {
        /// What was given.
        text: String,
    },
}

const TWELVE: NonZeroU16 = NonZeroU16::new(12).expect("12 is not 0");
const SIX: NonZeroU16 = NonZeroU16::new(6).expect("6 is not 0");
const THREE: NonZeroU16 = NonZeroU16::new(3).expect("3 is not 0");

/// Every word for a unit, with the unit and how many of it the word means.
const WORDS: [(&str, CadenceUnit, NonZeroU16); 6] = [
    ("day", CadenceUnit::Day, NonZeroU16::MIN),
    ("week", CadenceUnit::Week, NonZeroU16::MIN),
    ("month", CadenceUnit::Month, NonZeroU16::MIN),
    ("quarter", CadenceUnit::Month, THREE),
    ("half-year", CadenceUnit::Month, SIX),
    ("year", CadenceUnit::Year, NonZeroU16::MIN),
];

/// What people write instead, with what they mean.
const OTHER_WORDS: [(&str, &str); 12] = [
    ("daily", "day"),
    ("weekly", "week"),
    ("monthly", "month"),
    ("quarterly", "quarter"),
    ("semiannual", "half-year"),
    ("semi-annual", "half-year"),
    ("half year", "half-year"),
    ("biannual", "half-year"),
    ("annual", "year"),
    ("annually", "year"),
    ("yearly", "year"),
    ("biweekly", "2 weeks"),
];

impl Cadence {
    /// Every day.
    pub const DAY: Self = Self { every: NonZeroU16::MIN, unit: CadenceUnit::Day };
    /// Every week.
    pub const WEEK: Self = Self { every: NonZeroU16::MIN, unit: CadenceUnit::Week };
    /// Every month.
    pub const MONTH: Self = Self { every: NonZeroU16::MIN, unit: CadenceUnit::Month };
    /// Every three months.
    pub const QUARTER: Self = Self { every: THREE, unit: CadenceUnit::Month };
    /// Every six months.
    pub const HALF_YEAR: Self = Self { every: SIX, unit: CadenceUnit::Month };
    /// Every year.
    pub const YEAR: Self = Self { every: NonZeroU16::MIN, unit: CadenceUnit::Year };

    /// Every so many units. Twelve months become a year, so that equal cadences are equal values.
    pub fn new(every: NonZeroU16, unit: CadenceUnit) -> Self {
        let years = NonZeroU16::new(every.get() / TWELVE);
        match (unit, years) {
            (CadenceUnit::Month, Some(years)) if every.get() % TWELVE == 0 => {
                Self { every: years, unit: CadenceUnit::Year }
            }
            (CadenceUnit::Day | CadenceUnit::Week | CadenceUnit::Month | CadenceUnit::Year, _) => Self { every, unit },
        }
    }

    /// How many units.
    pub const fn every(self) -> NonZeroU16 {
        self.every
    }
    /// The unit.
    pub const fn unit(self) -> CadenceUnit {
        self.unit
    }
    /// The length of a cycle in days or months.
    pub fn step(self) -> Step {
        let every = i64::from(self.every.get());
        match self.unit {
            CadenceUnit::Day => Step::Days(every),
            CadenceUnit::Week => Step::Days(every * 7),
            CadenceUnit::Month => Step::Months(every),
            CadenceUnit::Year => Step::Months(every * 12),
        }
    }
}

impl fmt::Display for Cadence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word =
            |every| WORDS.iter().find(|(_, unit, each)| (*unit, *each) == (self.unit, every)).map(|(word, _, _)| *word);
        match (word(self.every), word(NonZeroU16::MIN)) {
            (Some(word), _) => f.write_str(word),
            (None, one) => write!(f, "{} {}s", self.every, one.unwrap_or_default()),
        }
    }
}

impl FromStr for Cadence {
    type Err = CadenceError;
    fn from_str(text: &str) -> Result<Self, CadenceError> {
        let bad_count = || CadenceError::BadCount { text: excerpt(text) };
        let (count, name) = match text.split_once(' ') {
            Some((count, name)) if count.bytes().all(|byte| byte.is_ascii_digit()) && !count.is_empty() => {
                (count.parse::<NonZeroU16>().map_err(|_| bad_count())?, name)
            }
            Some(_) | None => (NonZeroU16::MIN, text),
        };
        let singular = if count == NonZeroU16::MIN { name } else { name.strip_suffix('s').unwrap_or(name) };
        let (_, unit, each) = WORDS.iter().find(|(word, _, _)| *word == singular).ok_or_else(|| {
            let lower = name.to_lowercase();
            let meant = OTHER_WORDS.iter().find(|(other, _)| *other == lower).map(|(_, word)| *word);
            CadenceError::NotACadence {
                text: excerpt(text),
                nearest: meant.or_else(|| nearest(&lower, WORDS.iter().map(|(word, _, _)| *word))),
            }
        })?;
        Ok(Self::new(count.checked_mul(*each).ok_or_else(bad_count)?, *unit))
    }
}

as_text!(Cadence, "a cadence such as month or 2 weeks", {
    "type": "string", "pattern": r"^(\d+ )?(day|week|month|quarter|half-year|year)s?$",
    "description": "How often: day, week, month, quarter, half-year, year, or a number of them such as 2 weeks",
    "examples": ["month", "quarter", "year", "2 weeks", "18 months"]
});

impl ToProblem for CadenceError {
    fn problem(&self) -> Problem {
        let mend = match self {
            Self::NotACadence { nearest: Some(word), .. } => alloc::format!("did you mean `{word}`?"),
            Self::NotACadence { nearest: None, .. } => {
                "write day, week, month, quarter, half-year or year, or a number of them such as `2 weeks`".into()
            }
            Self::BadCount { .. } => "write a count from 1, such as `2 weeks`".into(),
        };
        Problem::new("invalid_cadence", "This is not a cadence").detail(alloc::format!("{self}")).mend(mend)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use proptest::prelude::*;

    #[test]
    fn plain_words() {
        for (text, step) in [
            ("day", Step::Days(1)),
            ("2 weeks", Step::Days(14)),
            ("month", Step::Months(1)),
            ("quarter", Step::Months(3)),
            ("half-year", Step::Months(6)),
            ("18 months", Step::Months(18)),
            ("2 years", Step::Months(24)),
        ] {
            let cadence: Cadence = text.parse().expect(text);
            assert_eq!((cadence.step(), cadence.to_string().as_str()), (step, text));
        }
        for (text, written) in
            [("1 month", "month"), ("3 months", "quarter"), ("2 quarters", "half-year"), ("12 months", "year")]
        {
            assert_eq!(text.parse::<Cadence>().expect(text).to_string(), written);
        }
    }

    #[test]
    fn the_error_says_what_may_be_meant() {
        for (text, meant) in
            [("monthly", Some("month")), ("biweekly", Some("2 weeks")), ("moth", Some("month")), ("fortnight", None)]
        {
            let Err(CadenceError::NotACadence { nearest, .. }) = text.parse::<Cadence>() else { panic!("{text}") };
            assert_eq!(nearest, meant, "{text}");
        }
        for text in ["0 months", "65536 days", "40000 quarters"] {
            assert!(matches!(text.parse::<Cadence>(), Err(CadenceError::BadCount { .. })), "{text}");
        }
        for text in ["", " month", "-1 months", "1.5 months", "2  weeks", "months"] {
            assert!(matches!(text.parse::<Cadence>(), Err(CadenceError::NotACadence { .. })), "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_cadence_comes_back_from_its_text(every in 1u16.., unit in prop::sample::select(alloc::vec![
            CadenceUnit::Day, CadenceUnit::Week, CadenceUnit::Month, CadenceUnit::Year,
        ])) {
            let cadence = Cadence::new(NonZeroU16::new(every).expect("from 1"), unit);
            prop_assert_eq!(cadence.to_string().parse(), Ok(cadence));
        }
    }
}
