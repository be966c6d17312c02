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

/// What an upcoming bill comes to without what is `due` already and only waits to be posted. Both are plans of one customer.
pub fn spend_to_date(
    upcoming: &BillPlan,
    due: &BillPlan,
    currency: Currency,
    counts: impl Fn(&Line) -> bool,
) -> Result<Money, MoneyError> {
    let total =
        |plan: &BillPlan| line_total(plan.documents.iter().flat_map(|document| &document.lines), currency, &counts);
    total(upcoming)?.minus(total(due)?)
}
