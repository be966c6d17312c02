//! The laws of tax, over random documents.

use money::{Currency, Dec, Money, Ratio, Rounding};
use proptest::prelude::*;
use tax::{Assessment, Extraction, Level, On, Percent, Prices, Tax, TaxPolicy, Taxable, assess};

fn currency() -> impl Strategy<Value = Currency> {
    prop::sample::select(vec!["EUR", "JPY", "KWD"]).prop_map(|code| Currency::parse(code).expect("currency"))
}

fn tax() -> impl Strategy<Value = Tax> {
    (0u8..3, prop::sample::select(vec![0i128, 55, 81, 190, 200, 250]), any::<bool>()).prop_map(
        |(code, tenths, above)| {
            let percent = Percent::try_from(Dec::new(tenths, 1).expect("rate")).expect("not negative");
            let on = if above { On::PriceAndTaxes } else { On::Price };
            Tax { on, ..Tax::of(format!("t{code}").parse().expect("key"), percent) }
        },
    )
}

fn line(currency: Currency) -> impl Strategy<Value = Taxable> {
    (-20_000i128..200_000, any::<bool>(), prop::collection::vec(tax(), 0..3)).prop_map(move |(minor, inside, taxes)| {
        let prices = if inside { Prices::Inclusive } else { Prices::Exclusive };
        Taxable::new(Money::new(minor, currency), prices, taxes)
    })
}

fn policy() -> impl Strategy<Value = TaxPolicy> {
    let level = prop::sample::select(vec![Level::Category, Level::LineTax, Level::Line, Level::Document]);
    let inclusive = prop::sample::select(vec![Extraction::TaxFirst, Extraction::NetFirst]);
    (level, inclusive).prop_map(|(level, inclusive)| TaxPolicy { level, inclusive, rounding: Rounding::HalfUp })
}

fn document() -> impl Strategy<Value = (Currency, Vec<Taxable>, TaxPolicy)> {
    (currency(), policy()).prop_flat_map(|(currency, policy)| {
        (Just(currency), prop::collection::vec(line(currency), 0..10), Just(policy))
    })
}

fn sum(parts: impl Iterator<Item = Money>, currency: Currency) -> Money {
    parts.fold(Money::zero(currency), |sum, part| sum.plus(part).expect("one currency"))
}

proptest! {
    #[test]
    fn parts_sum_to_the_whole_at_every_level((currency, lines, policy) in document()) {
        let found = assess(currency, &lines, policy)?;
        prop_assert_eq!(found.net.plus(found.tax)?, found.gross);
        prop_assert_eq!(sum(found.subtotals.iter().map(|one| one.amount), currency), found.tax);
        prop_assert_eq!(sum(found.lines.iter().map(|one| one.net), currency), found.net);
        prop_assert_eq!(sum(found.lines.iter().map(|one| one.tax), currency), found.tax);
        prop_assert_eq!(sum(found.lines.iter().map(|one| one.gross), currency), found.gross);
        for (line, given) in found.lines.iter().zip(&lines) {
            prop_assert_eq!(sum(line.taxes.iter().map(|one| one.amount), currency), line.tax);
            prop_assert_eq!(line.net.plus(line.tax)?, line.gross);
            let stated = match given.prices { Prices::Exclusive => line.net, Prices::Inclusive => line.gross };
            prop_assert_eq!(Ratio::from(stated.to_dec()), given.amount, "what was written stays");
        }
        for subtotal in &found.subtotals {
            let of = found.lines.iter().flat_map(|line| &line.taxes).filter(|one| one.tax == subtotal.tax);
            prop_assert_eq!(sum(of.map(|one| one.amount), currency), subtotal.amount);
        }
    }

    #[test]
    fn totals_do_not_depend_on_the_order_of_lines((currency, lines, policy) in document(), seed in any::<i64>()) {
        let mut shuffled = lines.clone();
        shuffled.sort_by_key(|line| line.amount.numerator() ^ i128::from(seed));
        let totals = |found: Assessment| (found.net, found.tax, found.gross, found.subtotals.into_iter().map(|one| (one.tax, one.amount)).collect::<Vec<_>>());
        prop_assert_eq!(totals(assess(currency, &lines, policy)?), totals(assess(currency, &shuffled, policy)?));
    }

    #[test]
    fn a_credit_of_everything_mirrors_the_document((currency, lines, policy) in document()) {
        let mirrored: Vec<Taxable> = lines.iter().map(|line| Taxable { amount: line.amount.negated(), ..line.clone() }).collect();
        let (found, back) = (assess(currency, &lines, policy)?, assess(currency, &mirrored, policy)?);
        prop_assert_eq!(back.tax.negated(), found.tax);
        prop_assert_eq!(back.gross.negated(), found.gross);
    }

    #[test]
    fn each_category_is_its_base_times_its_rate((currency, lines, _) in document()) {
        let plain: Vec<Taxable> = lines.into_iter().map(|mut line| {
            line.prices = Prices::Exclusive;
            for tax in &mut line.taxes {
                tax.on = On::Price;
            }
            line
        }).collect();
        let found = assess(currency, &plain, TaxPolicy::default())?;
        for one in &found.subtotals {
            // BR-CO-17, without its tolerance
            let exact = Ratio::from(one.base.to_dec()).times(one.tax.percent.share()?)?;
            prop_assert_eq!(Money::round_from(exact, currency, Rounding::HalfUp)?, one.amount);
        }
    }

    #[test]
    fn taking_tax_out_and_putting_it_on_again_agree_within_a_unit(minor in 0i128..1_000_000, tenths in 1i128..300) {
        let euro = Currency::parse("EUR").expect("euro");
        let percent = Percent::try_from(Dec::new(tenths, 1)?).expect("not negative");
        let taxes = vec![Tax::of("vat".parse()?, percent)];
        let gross = Money::new(minor, euro);
        let out = assess(euro, &[Taxable::new(gross, Prices::Inclusive, taxes.clone())], TaxPolicy::default())?;
        let on = assess(euro, &[Taxable::new(out.net, Prices::Exclusive, taxes)], TaxPolicy::default())?;
        prop_assert_eq!(out.gross, gross);
        prop_assert!(on.gross.minus(gross)?.minor().abs() <= 1, "{} became {}", gross, on.gross);
    }
}
