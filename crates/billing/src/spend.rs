//! Spend to date: what lines come to, all of them or a part.

use crate::{BillPlan, Line};
use money::{Currency, Money, MoneyError};

/// What those of the lines come to that are in a currency and that `counts` lets through.
pub fn line_total<'a>(
    lines: impl IntoIterator<Item = &'a Line>,
    currency: Currency,
    counts: impl Fn(&Line) -> bool,
) -> Result<Money, MoneyError> {
    let counted = lines.into_iter().filter(|line| line.key.currency == currency && counts(line));
    counted.map(|line| line.amount).try_fold(Money::zero(currency), Money::plus)
}

/// What an upcoming bill comes to without what is `due` already and only waits to be posted. Both are plans of one customer. What was billed
/// of a cycle before it was over counts: it was spent in it.
pub fn spend_to_date(
    upcoming: &BillPlan,
    due: &BillPlan,
    currency: Currency,
    counts: impl Fn(&Line) -> bool,
) -> Result<Money, MoneyError> {
    let total = |plan: &BillPlan| {
        let lines = || plan.documents.iter().flat_map(|document| &document.lines);
        let before =
            lines().filter(|line| line.billed_until.is_some() && line.key.currency == currency && counts(line));
        let before = before.map(|line| line.posted).try_fold(Money::zero(currency), Money::plus)?;
        line_total(lines(), currency, &counts)?.plus(before)
    };
    total(upcoming)?.minus(total(due)?)
}
