//! The tenant's chart of accounts.

use crate::{Account, Posting};
use alloc::{collections::BTreeMap, format, string::String, vec::Vec};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One line of a chart: the code that a role has in the general ledger, for legs with these dimensions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChartLine {
    /// The role.
    pub account: Account,
    /// Dimensions that a leg must have, each with this value; none: every leg of the role.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub when: BTreeMap<String, String>,
    /// The code of the account in the general ledger: `4000`, `DE-8400`…
    pub code: String,
}

/// Which code of the general ledger each leg is exported to. The line with the most dimensions that fit decides.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "Vec<ChartLine>", into = "Vec<ChartLine>")]
pub struct Chart(Vec<ChartLine>);

/// Why a chart cannot be used, or a leg has no code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChartError {
    /// A code is empty.
    #[error("the code of {} is empty", .0.name())]
    NoCode(Account),
    /// Two lines can fit one leg equally well.
    #[error("two lines of {} can fit one posting equally well: {first} and {second}", account.name())]
    Ambiguous {
        /// The role.
        account: Account,
        /// One code.
        first: String,
        /// The other one.
        second: String,
    },
    /// No line fits a leg.
    #[error("the chart has no code for {}", .0.name())]
    Unmapped(Account),
}

impl stdx::ToProblem for ChartError {
    fn problem(&self) -> stdx::Problem {
        let (plain, mend) = match self {
            Self::NoCode(_) | Self::Ambiguous { .. } => (
                stdx::Problem::new("bad_chart", "The chart of accounts cannot be used"),
                "give each role and set of dimensions one code, and no two that fit the same posting equally well",
            ),
            Self::Unmapped(_) => (
                stdx::Problem::new("account_not_mapped", "An account has no code"),
                "add a line for the role without dimensions, which catches what no other line does",
            ),
        };
        plain.detail(format!("{self}")).mend(mend)
    }
}

impl Chart {
    /// A chart of these lines.
    pub fn new(lines: Vec<ChartLine>) -> Result<Self, ChartError> {
        for (at, line) in lines.iter().enumerate() {
            if line.code.is_empty() {
                return Err(ChartError::NoCode(line.account));
            }
            let rival = lines[..at].iter().find(|other| other.account == line.account && other.rivals(line));
            if let Some(other) = rival {
                let (first, second) = (other.code.clone(), line.code.clone());
                return Err(ChartError::Ambiguous { account: line.account, first, second });
            }
        }
        Ok(Self(lines))
    }

    /// The code of a leg.
    pub fn code(&self, posting: &Posting) -> Result<&str, ChartError> {
        let fits = |line: &&ChartLine| line.account == posting.account && line.fits(posting);
        let best = self.0.iter().filter(fits).max_by_key(|line| line.when.len());
        best.map(|line| line.code.as_str()).ok_or(ChartError::Unmapped(posting.account))
    }
}

impl ChartLine {
    fn fits(&self, posting: &Posting) -> bool {
        self.when.iter().all(|(name, value)| posting.dimensions.get(name) == Some(value))
    }

    /// Whether a leg can fit both, with as many dimensions.
    fn rivals(&self, other: &Self) -> bool {
        let agree = self.when.iter().all(|(name, value)| other.when.get(name).is_none_or(|wanted| wanted == value));
        agree && self.when.len() == other.when.len()
    }
}

impl TryFrom<Vec<ChartLine>> for Chart {
    type Error = ChartError;
    fn try_from(lines: Vec<ChartLine>) -> Result<Self, ChartError> {
        Self::new(lines)
    }
}
impl From<Chart> for Vec<ChartLine> {
    fn from(chart: Chart) -> Self {
        chart.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Side;
    use money::{Currency, Money};

    fn line(account: Account, when: &[(&str, &str)], code: &str) -> ChartLine {
        ChartLine { account, when: dimensions(when), code: code.into() }
    }
    fn dimensions(of: &[(&str, &str)]) -> BTreeMap<String, String> {
        of.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
    }
    fn sale(of: &[(&str, &str)]) -> Posting {
        let amount = Money::new(1, Currency::parse("EUR").expect("euro"));
        let (account, side) = (Account::Revenue, Side::Credit);
        Posting { account, side, amount, functional: None, dimensions: dimensions(of) }
    }

    #[test]
    fn the_line_with_the_most_dimensions_that_fit_decides() {
        let chart = Chart::new(alloc::vec![
            line(Account::Revenue, &[], "4000"),
            line(Account::Revenue, &[("product", "api")], "4100"),
            line(Account::Revenue, &[("product", "api"), ("region", "de")], "4110"),
        ])
        .expect("chart");
        assert_eq!(chart.code(&sale(&[])), Ok("4000"));
        assert_eq!(chart.code(&sale(&[("product", "api"), ("region", "fr")])), Ok("4100"));
        assert_eq!(chart.code(&sale(&[("product", "api"), ("region", "de")])), Ok("4110"));
        let cash = Posting { account: Account::Cash, ..sale(&[]) };
        assert_eq!(chart.code(&cash), Err(ChartError::Unmapped(Account::Cash)));
    }

    #[test]
    fn a_chart_that_could_be_read_in_two_ways_is_refused() {
        let two = alloc::vec![
            line(Account::Revenue, &[("product", "api")], "4100"),
            line(Account::Revenue, &[("region", "de")], "4200"),
        ];
        assert!(matches!(Chart::new(two), Err(ChartError::Ambiguous { .. })));
        assert_eq!(
            Chart::new(alloc::vec![line(Account::TaxPayable, &[], "")]),
            Err(ChartError::NoCode(Account::TaxPayable))
        );
    }
}
