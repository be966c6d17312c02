//! The standard rates of value added tax in Europe, as dated data.
//!
//! A start for rules of one's own: rates change, so a seller reviews them. Dates are local, and only rates that
//! are in force in 2026 and the ones before them in recent years are here: a day before the first is an error, never a guess.

use crate::{Category, Country, Dated, On, Percent, Place, Rule, RuleTax, Rules, RulesError};
use alloc::{collections::BTreeMap, vec::Vec};
use calendar::Date;
use money::Dec;
use stdx::{Key, NonEmpty};

/// Country; then year, month, day, tenths of a per cent.
type Row = (&'static str, &'static [(i16, i8, i8, i64)]);

const STANDARD: &[Row] = &[
    ("AT", &[(1984, 1, 1, 200)]),
    ("BE", &[(1996, 1, 1, 210)]),
    ("BG", &[(1999, 1, 1, 200)]),
    ("CH", &[(2018, 1, 1, 77), (2024, 1, 1, 81)]),
    ("CY", &[(2014, 1, 13, 190)]),
    ("CZ", &[(2013, 1, 1, 210)]),
    ("DE", &[(2007, 1, 1, 190), (2020, 7, 1, 160), (2021, 1, 1, 190)]),
    ("DK", &[(1992, 1, 1, 250)]),
    ("EE", &[(2009, 7, 1, 200), (2024, 1, 1, 220), (2025, 7, 1, 240)]),
    ("ES", &[(2012, 9, 1, 210)]),
    ("FI", &[(2013, 1, 1, 240), (2024, 9, 1, 255)]),
    ("FR", &[(2014, 1, 1, 200)]),
    ("GB", &[(2011, 1, 4, 200)]),
    ("GR", &[(2016, 6, 1, 240)]),
    ("HR", &[(2012, 3, 1, 250)]),
    ("HU", &[(2012, 1, 1, 270)]),
    ("IE", &[(2012, 1, 1, 230), (2020, 9, 1, 210), (2021, 3, 1, 230)]),
    ("IT", &[(2013, 10, 1, 220)]),
    ("LT", &[(2009, 9, 1, 210)]),
    ("LU", &[(2015, 1, 1, 170), (2023, 1, 1, 160), (2024, 1, 1, 170)]),
    ("LV", &[(2012, 7, 1, 210)]),
    ("MT", &[(2004, 1, 1, 180)]),
    ("NL", &[(2012, 10, 1, 210)]),
    ("NO", &[(2005, 1, 1, 250)]),
    ("PL", &[(2011, 1, 1, 230)]),
    ("PT", &[(2011, 1, 1, 230)]),
    ("RO", &[(2017, 1, 1, 190), (2025, 8, 1, 210)]),
    ("SE", &[(1990, 7, 1, 250)]),
    ("SI", &[(2013, 7, 1, 220)]),
    ("SK", &[(2011, 1, 1, 200), (2025, 1, 1, 230)]),
];

/// The standard rate of a country on a day; `None` where it is not known.
pub fn standard_rate(country: Country, day: Date) -> Option<Percent> {
    let (_, rates) = STANDARD.iter().find(|(code, _)| *code == country.code())?;
    dated(rates)?.on(day).copied()
}

/// Rules of the standard rates of all countries that are known here, for one class of goods.
pub fn standard_vat(code: &Key, class: &Key) -> Result<Rules, RulesError> {
    let rule = |(country, rates): &Row| {
        let tax = RuleTax {
            code: code.clone(),
            category: Category::Standard,
            rates: dated(rates)?,
            on: On::Price,
            reason: None,
        };
        let place = Place::country(country.parse().ok()?);
        Some(Rule { place, class: class.clone(), taxes: NonEmpty::of(tax) })
    };
    STANDARD.iter().filter_map(rule).collect::<Vec<_>>().try_into()
}

/// `None` only for a row that is no row; the tests read each.
fn dated(rates: &[(i16, i8, i8, i64)]) -> Option<Dated<Percent>> {
    let mut values = BTreeMap::new();
    for (year, month, day, tenths) in rates {
        let percent = Percent::try_from(Dec::new(i128::from(*tenths), 1).ok()?).ok()?;
        values.insert(Date::new(*year, *month, *day).ok()?, percent);
    }
    Dated::try_from(values).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    fn rate(country: &str, day: &str) -> Option<alloc::string::String> {
        let found = standard_rate(country.parse().expect("country"), day.parse().expect("date"));
        found.map(|percent| percent.get().to_string())
    }

    #[test]
    fn each_row_is_read_and_a_rate_holds_from_its_local_date() {
        let key = |text: &str| Key::try_from(text).expect("key");
        assert_eq!(standard_vat(&key("vat"), &key("standard")).expect("rules").as_slice().len(), STANDARD.len());
        assert!(STANDARD.is_sorted_by_key(|(code, _)| *code));
        for (code, rates) in STANDARD {
            assert!(rates.is_sorted(), "{code}: dates ascend");
            assert_eq!(dated(rates).expect("dates and rates").iter().count(), rates.len(), "{code}");
        }
        assert_eq!(rate("RO", "2025-07-31").as_deref(), Some("19"));
        assert_eq!(rate("RO", "2025-08-01").as_deref(), Some("21"));
        assert_eq!(rate("FI", "2024-09-01").as_deref(), Some("25.5"));
        assert_eq!((rate("FI", "2012-12-31"), rate("US", "2026-01-01")), (None, None), "nothing is guessed");
    }
}
