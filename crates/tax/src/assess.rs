//! The tax of a document.

use crate::{Extraction, Level, Tax, TaxError, TaxPolicy, shares};
use alloc::{collections::BTreeMap, vec::Vec};
use money::{Currency, Money, NumError, Ratio, Rounding, apportion, round_together};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is taxed: one line of a document, after its discounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taxable {
    /// The exact amount in major units. Lines of a bill are whole minor units; other systems keep more digits.
    pub amount: Ratio,
    /// Whether the amount contains the taxes.
    pub prices: Prices,
    /// The taxes, in the order in which one stands on another. None: the line is not taxed, and in no group.
    pub taxes: Vec<Tax>,
}

/// Whether prices contain their taxes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Prices {
    /// Taxes come on top.
    #[default]
    Exclusive,
    /// Taxes are inside.
    Inclusive,
}

/// The taxes of a document. `net + tax = gross`, for the document and each line; the lines sum to the subtotals and the document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Assessment {
    /// The lines, in the order in which they were given.
    pub lines: Vec<AssessedLine>,
    /// One for each tax, in the order of taxes: what an electronic invoice shows as its tax breakdown.
    pub subtotals: Vec<Subtotal>,
    /// The sum without tax.
    pub net: Money,
    /// The sum of the subtotals.
    pub tax: Money,
    /// What is to be paid.
    pub gross: Money,
}

/// The taxes of one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AssessedLine {
    /// Without tax.
    pub net: Money,
    /// Each tax with its part of the line, in the order of the line's taxes.
    pub taxes: Vec<LineTax>,
    /// The sum of them.
    pub tax: Money,
    /// With tax.
    pub gross: Money,
}

/// One tax of one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LineTax {
    /// The tax.
    pub tax: Tax,
    /// The line's part of what the document owes of it.
    pub amount: Money,
}

/// What a document owes of one tax.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Subtotal {
    /// The tax.
    pub tax: Tax,
    /// What it is on: the net amounts of its lines, with the taxes below it where it stands on them.
    pub base: Money,
    /// The exact tax in major units, before it was rounded.
    pub exact: Ratio,
    /// The tax.
    pub amount: Money,
}

impl Taxable {
    /// A line of a bill.
    pub fn new(amount: Money, prices: Prices, taxes: Vec<Tax>) -> Self {
        Self { amount: Ratio::from(amount.to_dec()), prices, taxes }
    }
}

/// The taxes of the lines of a document, rounded by the policy. Totals and subtotals do not depend on the order of lines; where two lines have
/// equal claims on a last minor unit, the earlier gets it, so give lines in the order of their keys.
pub fn assess(currency: Currency, lines: &[Taxable], policy: TaxPolicy) -> Result<Assessment, TaxError> {
    for tax in lines.iter().flat_map(|line| &line.taxes) {
        tax.check()?;
    }
    let exact = lines.iter().map(|line| Exact::of(line, currency)).collect::<Result<Vec<_>, _>>()?;
    let sheet = Sheet { lines: &exact, policy };
    let stated = sheet.stated()?;
    let cells = sheet.cells(&stated)?;
    total(currency, lines, &sheet, &stated, &cells)
}

/// A line in exact minor units.
struct Exact<'a> {
    /// As it is written: without tax or with it.
    stated: Ratio,
    prices: Prices,
    /// Without tax.
    net: Ratio,
    taxes: &'a [Tax],
    /// Of each tax.
    due: Vec<Ratio>,
}

impl<'a> Exact<'a> {
    fn of(line: &'a Taxable, currency: Currency) -> Result<Self, NumError> {
        let unit = Ratio::from_int(10i128.pow(u32::from(currency.scale())));
        let stated = line.amount.times(unit)?;
        let shares = shares(&line.taxes)?;
        let net = match line.prices {
            Prices::Exclusive => stated,
            Prices::Inclusive => stated.over(shares.iter().try_fold(Ratio::ONE, |sum, share| sum.plus(*share))?)?,
        };
        let due = shares.into_iter().map(|share| net.times(share)).collect::<Result<_, _>>()?;
        Ok(Self { stated, prices: line.prices, net, taxes: &line.taxes, due })
    }
}

/// Whole minor units for each tax of each line.
type Cells = Vec<Vec<i128>>;

struct Sheet<'a> {
    lines: &'a [Exact<'a>],
    policy: TaxPolicy,
}

impl Sheet<'_> {
    /// The amounts as they are written, in whole minor units that sum to the rounded sum of each kind.
    fn stated(&self) -> Result<Vec<i128>, TaxError> {
        let mut whole = alloc::vec![0; self.lines.len()];
        for prices in [Prices::Exclusive, Prices::Inclusive] {
            let at = self.of(prices);
            let exact: Vec<Ratio> = at.iter().map(|n| self.lines[*n].stated).collect();
            for (n, units) in at.into_iter().zip(round_together(&exact, self.policy.rounding)?) {
                whole[n] = units;
            }
        }
        Ok(whole)
    }

    /// The lines of a kind.
    fn of(&self, prices: Prices) -> Vec<usize> {
        (0..self.lines.len()).filter(|n| self.lines[*n].prices == prices).collect()
    }

    fn cells(&self, stated: &[i128]) -> Result<Cells, TaxError> {
        match self.policy.inclusive {
            Extraction::TaxFirst => self.taxed((0..self.lines.len()).collect()),
            Extraction::NetFirst => {
                let mut cells = self.taxed(self.of(Prices::Exclusive))?;
                self.extracted(stated, &mut cells)?;
                Ok(cells)
            }
        }
    }

    /// The tax of some lines, rounded at the level of the policy.
    fn taxed(&self, of: Vec<usize>) -> Result<Cells, TaxError> {
        let mut cells: Cells = self.lines.iter().map(|line| alloc::vec![0; line.taxes.len()]).collect();
        match self.policy.level {
            Level::LineTax => {
                for n in of {
                    for (cell, due) in cells[n].iter_mut().zip(&self.lines[n].due) {
                        *cell = rounded(*due, self.policy.rounding)?;
                    }
                }
            }
            Level::Line => {
                for n in of {
                    cells[n] = round_together(&self.lines[n].due, self.policy.rounding)?;
                }
            }
            Level::Category => {
                for places in self.groups(&of).into_values() {
                    let due = self.due(&places);
                    fill(&mut cells, &places, round_together(&due, self.policy.rounding)?);
                }
            }
            Level::Document => {
                let groups: Vec<_> = self.groups(&of).into_values().collect();
                let sums = groups.iter().map(|places| sum(&self.due(places))).collect::<Result<Vec<_>, _>>()?;
                let subtotals = round_together(&sums, self.policy.rounding)?;
                for (places, subtotal) in groups.iter().zip(subtotals) {
                    fill(&mut cells, places, apportion(subtotal, &self.due(places))?);
                }
            }
        }
        Ok(cells)
    }

    /// The tax inside of prices whose net amount is rounded: what the net amount leaves of the price.
    fn extracted(&self, stated: &[i128], cells: &mut Cells) -> Result<(), TaxError> {
        let mut sets: BTreeMap<&[Tax], Vec<usize>> = BTreeMap::new();
        let inclusive = self.of(Prices::Inclusive);
        match self.policy.level {
            Level::LineTax | Level::Line => {
                for n in inclusive {
                    cells[n] = self.left_of(n, stated[n], rounded(self.lines[n].net, self.policy.rounding)?)?;
                }
                return Ok(());
            }
            Level::Category => {
                for n in inclusive {
                    sets.entry(self.lines[n].taxes).or_default().push(n);
                }
            }
            Level::Document => {
                sets.insert(&[], inclusive);
            }
        }
        for set in sets.into_values() {
            let nets: Vec<Ratio> = set.iter().map(|n| self.lines[*n].net).collect();
            for (n, net) in set.iter().zip(round_together(&nets, self.policy.rounding)?) {
                cells[*n] = self.left_of(*n, stated[*n], net)?;
            }
        }
        Ok(())
    }

    fn left_of(&self, n: usize, gross: i128, net: i128) -> Result<Vec<i128>, TaxError> {
        Ok(apportion(gross - net, &self.lines[n].due)?)
    }

    /// Where each tax stands: line and place in the line.
    fn groups(&self, of: &[usize]) -> BTreeMap<&Tax, Vec<(usize, usize)>> {
        let mut groups: BTreeMap<&Tax, Vec<(usize, usize)>> = BTreeMap::new();
        for n in of {
            for (at, tax) in self.lines[*n].taxes.iter().enumerate() {
                groups.entry(tax).or_default().push((*n, at));
            }
        }
        groups
    }

    fn due(&self, places: &[(usize, usize)]) -> Vec<Ratio> {
        places.iter().map(|(n, at)| self.lines[*n].due[*at]).collect()
    }
}

fn fill(cells: &mut Cells, places: &[(usize, usize)], parts: Vec<i128>) {
    for ((n, at), part) in places.iter().zip(parts) {
        cells[*n][*at] = part;
    }
}

fn sum(values: &[Ratio]) -> Result<Ratio, NumError> {
    values.iter().try_fold(Ratio::ZERO, |sum, value| sum.plus(*value))
}

pub(crate) fn rounded(exact: Ratio, rounding: Rounding) -> Result<i128, NumError> {
    Ok(exact.round(0, rounding)?.floor())
}

/// Sums the whole minor units up: everything above the cells is a sum of them.
fn total(
    currency: Currency,
    lines: &[Taxable],
    sheet: &Sheet<'_>,
    stated: &[i128],
    cells: &Cells,
) -> Result<Assessment, TaxError> {
    let money = |minor| Money::new(minor, currency);
    let assessed: Vec<AssessedLine> = lines
        .iter()
        .zip(stated)
        .zip(cells)
        .map(|((line, stated), parts)| {
            let tax: i128 = parts.iter().sum();
            let (net, gross) = match line.prices {
                Prices::Exclusive => (*stated, stated + tax),
                Prices::Inclusive => (stated - tax, *stated),
            };
            let of = |(tax, part): (&Tax, &i128)| LineTax { tax: tax.clone(), amount: money(*part) };
            let taxes = line.taxes.iter().zip(parts).map(of).collect();
            AssessedLine { net: money(net), taxes, tax: money(tax), gross: money(gross) }
        })
        .collect();
    let all: Vec<usize> = (0..lines.len()).collect();
    let unit = Ratio::from_int(10i128.pow(u32::from(currency.scale())));
    let mut subtotals = Vec::new();
    for (tax, places) in sheet.groups(&all) {
        let (mut base, mut amount) = (0, 0);
        for (n, at) in &places {
            let below: i128 = match tax.on {
                crate::On::Price => 0,
                crate::On::PriceAndTaxes => cells[*n][..*at].iter().sum(),
            };
            base += assessed[*n].net.minor() + below;
            amount += cells[*n][*at];
        }
        let exact = sum(&sheet.due(&places))?.over(unit)?;
        subtotals.push(Subtotal { tax: tax.clone(), base: money(base), exact, amount: money(amount) });
    }
    let zero = money(0);
    let net = assessed.iter().try_fold(zero, |sum, line| sum.plus(line.net))?;
    let tax = subtotals.iter().try_fold(zero, |sum, one| sum.plus(one.amount))?;
    let gross = net.plus(tax)?;
    Ok(Assessment { lines: assessed, subtotals, net, tax, gross })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{On, Percent};
    use alloc::string::ToString;

    fn euro() -> Currency {
        Currency::parse("EUR").expect("euro")
    }

    fn tax(code: &str, percent: &str) -> Tax {
        let percent = Percent::try_from(percent.parse::<money::Dec>().expect("number")).expect("rate");
        Tax::of(code.try_into().expect("key"), percent)
    }

    fn line(amount: &str, prices: Prices, taxes: &[Tax]) -> Taxable {
        Taxable { amount: amount.parse().expect("number"), prices, taxes: taxes.to_vec() }
    }

    fn amounts(assessed: &Assessment) -> [alloc::string::String; 3] {
        [assessed.net, assessed.tax, assessed.gross].map(Money::amount_text)
    }

    #[test]
    fn each_category_is_rounded_once_and_the_total_is_their_sum() {
        let (full, reduced) = (tax("vat", "19"), tax("vat", "7"));
        let small = || line("0.33", Prices::Exclusive, core::slice::from_ref(&full));
        let lines = [small(), small(), small(), line("1.50", Prices::Exclusive, &[reduced])];
        let assessed = assess(euro(), &lines, TaxPolicy::default()).expect("taxed");
        let shown: Vec<_> = assessed.subtotals.iter().map(|one| (one.base.minor(), one.amount.minor())).collect();
        assert_eq!(shown, [(150, 11), (99, 19)], "7 % of 1.50 is 0.105, 19 % of 0.99 is 0.1881");
        assert_eq!(amounts(&assessed), ["2.49", "0.30", "2.79"]);
        let parts: Vec<_> = assessed.lines.iter().map(|one| one.tax.minor()).collect();
        assert_eq!(parts, [7, 6, 6, 11], "each line keeps its part");
        let per_line = TaxPolicy { level: Level::LineTax, ..TaxPolicy::default() };
        assert_eq!(assess(euro(), &lines[..3], per_line).expect("taxed").tax.minor(), 18);
    }

    #[test]
    fn a_price_that_contains_its_tax_stays_what_it_is() {
        let vat = [tax("vat", "20")];
        let lines = [line("9.99", Prices::Inclusive, &vat)];
        let first = |inclusive| assess(euro(), &lines, TaxPolicy { inclusive, ..TaxPolicy::default() }).expect("taxed");
        assert_eq!(amounts(&first(Extraction::TaxFirst)), ["8.32", "1.67", "9.99"]);
        assert_eq!(amounts(&first(Extraction::NetFirst)), ["8.33", "1.66", "9.99"]);
    }

    #[test]
    fn prices_with_and_without_tax_share_a_category() {
        let vat = [tax("vat", "20")];
        let lines = [line("10.00", Prices::Exclusive, &vat), line("9.99", Prices::Inclusive, &vat)];
        let assessed = assess(euro(), &lines, TaxPolicy::default()).expect("taxed");
        assert_eq!(assessed.subtotals.len(), 1);
        assert_eq!(assessed.subtotals[0].exact.to_string(), "3.665");
        assert_eq!(amounts(&assessed), ["18.32", "3.67", "21.99"]);
    }

    #[test]
    fn a_tax_on_taxes_says_what_it_stands_on() {
        let above = Tax { on: On::PriceAndTaxes, ..tax("city", "10") };
        let lines = [line("100", Prices::Exclusive, &[tax("state", "5"), above])];
        let assessed = assess(euro(), &lines, TaxPolicy::default()).expect("taxed");
        let city = &assessed.subtotals[0];
        assert_eq!((city.base.minor(), city.amount.minor()), (10_500, 1050));
        assert_eq!(amounts(&assessed), ["100.00", "15.50", "115.50"]);
    }

    #[test]
    fn a_full_credit_mirrors_the_invoice() {
        let vat = [tax("vat", "25")];
        let assessed = |amount: &str| {
            assess(euro(), &[line(amount, Prices::Exclusive, &vat)], TaxPolicy::default()).expect("taxed")
        };
        assert_eq!(assessed("0.50").gross.negated(), assessed("-0.50").gross);
        assert_eq!(amounts(&assessed("-0.50")), ["-0.50", "-0.13", "-0.63"]);
    }

    #[test]
    fn a_category_that_does_not_fit_its_rate_is_refused() {
        let wrong = Tax { category: crate::Category::Export, ..tax("vat", "19") };
        let refused = assess(euro(), &[line("1", Prices::Exclusive, &[wrong])], TaxPolicy::default());
        assert!(matches!(refused, Err(TaxError::RateDoesNotFit { .. })));
    }
}
