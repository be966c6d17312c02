//! Any catalog is written as a pricing file that is read as the same catalog, and differs from itself in nothing.

use calendar::{Alignment, Cadence, Proration};
use catalog::{
    Catalog, CatalogVersion, Every, Feature, Grant, Phase, Plan, Price, PriceFields, PricingFile, Product, Timing,
    Unit, diff,
};
use metering::{Aggregation, Conversion, Meter};
use money::{Currency, Dec, Rounding};
use proptest::{collection::btree_map, collection::vec, option, prelude::*, sample::select};
use rating::{
    Bands, CostPlus, Dynamic, Matrix, MatrixRate, Model, NonNegative, Package, PercentTier, Percentage, Positive, Step,
    Tier,
};
use std::collections::BTreeMap;
use stdx::Key;

fn key() -> impl Strategy<Value = Key> {
    "[A-Za-z0-9][A-Za-z0-9_.:-]{0,8}".prop_map(|text| Key::try_from(text).expect("a key"))
}

/// Words that a reader of YAML could take for something else.
fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{1,8}",
        select(vec![
            "null",
            "true",
            "no",
            "~",
            "1_000",
            "2026-04-01",
            "- a",
            "a: b",
            "<<",
            "*x",
            "é€😀",
            "'",
            "\"",
            "#",
            "a\nb",
            " x "
        ])
        .prop_map(String::from),
    ]
}

fn number() -> impl Strategy<Value = NonNegative> {
    (0..=i128::from(u64::MAX), 0u8..=20).prop_map(|(digits, scale)| {
        NonNegative::try_from(Dec::new(digits, scale).expect("small")).expect("not negative")
    })
}

fn positive() -> impl Strategy<Value = Positive> {
    (1..=i128::from(u64::MAX), 0u8..=20)
        .prop_map(|(digits, scale)| Positive::try_from(Dec::new(digits, scale).expect("small")).expect("above zero"))
}

/// Rising bounds, and an open end.
fn bounds() -> impl Strategy<Value = Vec<Option<NonNegative>>> {
    proptest::collection::btree_set(0u32..1_000_000, 0..4).prop_map(|ends| {
        let closed = ends.into_iter().map(|end| Some(NonNegative::try_from(Dec::from(end)).expect("not negative")));
        closed.chain([None]).collect()
    })
}

fn tiers() -> impl Strategy<Value = Bands<Tier>> {
    (bounds(), number(), option::of(number()), option::of(number())).prop_map(|(bounds, each, flat, maximum)| {
        Bands::new(bounds.into_iter().map(|up_to| Tier { up_to, each: Some(each), flat, maximum }).collect())
            .expect("tiers")
    })
}

fn matrix() -> impl Strategy<Value = Matrix> {
    (proptest::collection::btree_set(words(), 1..4), number(), option::of(number())).prop_map(
        |(values, each, default)| {
            let rates = values.into_iter().map(|value| MatrixRate { of: vec![value], each }).collect();
            Matrix::new(vec!["region".into()], rates, default).expect("a matrix")
        },
    )
}

fn percentage() -> impl Strategy<Value = Percentage> {
    (number(), option::of(number()), option::of(0u64..100), option::of(number()), option::of(number())).prop_map(
        |(percent, fixed, free_transactions, free_amount, minimum)| Percentage {
            percent,
            fixed,
            free_transactions,
            free_amount,
            minimum,
            maximum: None,
        },
    )
}

fn model() -> impl Strategy<Value = Model> {
    prop_oneof![
        number().prop_map(Model::PerUnit),
        tiers().prop_map(Model::Graduated),
        tiers().prop_map(Model::Volume),
        (positive(), number()).prop_map(|(size, price)| Model::Package(Package { size, price })),
        (bounds(), number()).prop_map(|(bounds, price)| {
            Model::StairStep(
                Bands::new(bounds.into_iter().map(|up_to| Step { up_to, price }).collect()).expect("steps"),
            )
        }),
        percentage().prop_map(Model::Percentage),
        (bounds(), number(), option::of(number())).prop_map(|(bounds, percent, flat)| {
            let bands = bounds.into_iter().map(|up_to| PercentTier { up_to, percent, flat }).collect();
            Model::GraduatedPercentage(Bands::new(bands).expect("tiers"))
        }),
        matrix().prop_map(Model::Matrix),
        option::of(number()).prop_map(|multiplier| Model::Dynamic(Dynamic { multiplier })),
        (number(), option::of(number())).prop_map(|(markup, fixed)| Model::CostPlus(CostPlus { markup, fixed })),
        select(vec![
            "quantity * 2",
            "quantity > 10 ? quantity - 10 : 0",
            "count + 1",
            "dimensions.region == 'eu' ? 1 : 2"
        ])
        .prop_map(|text| Model::Formula(text.parse().expect(text))),
    ]
}

fn cadence() -> impl Strategy<Value = Cadence> {
    select(vec![Cadence::DAY, Cadence::MONTH, Cadence::YEAR])
}

/// A price of any model on a meter, or a flat one.
fn price() -> impl Strategy<Value = Price> {
    let around = (option::of(words()), option::of(number()), option::of(cadence()), any::<bool>(), any::<bool>());
    (option::of(model()), around, number()).prop_map(|(model, (name, minimum, every, split, late), flat)| {
        let meter = model.as_ref().map(|_| Key::try_from("payments").expect("a key"));
        let fields = PriceFields {
            name,
            flat: if model.is_none() { Some(flat) } else { None },
            per_unit: Some(flat).filter(|_| model.is_some()),
            meter,
            minimum,
            every: every.map(Every::Cycle),
            timing: Some(Timing::Arrears).filter(|_| late),
            prorate: Some(Proration::Second).filter(|_| split),
            by: if split && model.is_some() { vec!["region".into()] } else { vec![] },
            ..PriceFields::default()
        };
        let price = Price::try_from(fields).expect("a price");
        match model {
            Some(model) => Price { model, ..price },
            None => price,
        }
    })
}

fn meter() -> impl Strategy<Value = Meter> {
    (words(), option::of(words())).prop_map(|(event, unit)| Meter {
        group_by: vec!["region".into()],
        unit,
        ..Meter::new(&format!("e{event}"), Aggregation::Sum("properties.amount".parse().expect("a formula")))
    })
}

fn catalog() -> impl Strategy<Value = Catalog> {
    let plans = btree_map(
        key(),
        (option::of(words()), btree_map(key(), price(), 1..4), any::<bool>(), number()).prop_map(
            |(name, prices, switch, limit)| Plan {
                bill_at: switch
                    .then(|| serde_json::from_str(r#"{"spend": ["5"], "then_each": "7.5"}"#).expect("steps")),
                name,
                currency: Currency::parse("EUR").expect("a currency"),
                every: Cadence::MONTH,
                align: if switch { Alignment::Calendar } else { Alignment::Anniversary },
                features: BTreeMap::from([(
                    Key::try_from("projects").expect("a key"),
                    if switch { Grant::Switch(switch) } else { Grant::Limit(limit) },
                )]),
                tax: if switch { tax::Prices::Inclusive } else { tax::Prices::Exclusive },
                phases: if switch {
                    vec![Phase {
                        name: Key::try_from("trial").expect("a key"),
                        lasts: Cadence::WEEK,
                        prices: prices.clone(),
                    }]
                } else {
                    vec![]
                },
                prices,
            },
        ),
        0..3,
    );
    (btree_map(key(), meter(), 0..2), meter(), option::of(words()), positive(), plans).prop_map(
        |(mut meters, payments, name, rate, plans)| {
            let key = |text: &str| Key::try_from(text).expect("a key");
            meters.insert(key("payments"), payments);
            Catalog {
                meters,
                features: BTreeMap::from([(
                    key("projects"),
                    Feature { name: name.clone(), unit: Some("project".into()) },
                )]),
                products: BTreeMap::from([(key("api"), Product { name: name.clone() })]),
                units: BTreeMap::from([(
                    key("credit"),
                    Unit { name, rate, currency: Currency::parse("EUR").expect("a currency"), scale: 2 },
                )]),
                plans,
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_catalog_is_read_as_it_was_written(catalog in catalog()) {
        let written = serde_json::to_string_pretty(&catalog).expect("JSON");
        let read = PricingFile::parse(&written, "written.json").map_err(|mistakes| TestCaseError::fail(mistakes.first().to_string()))?;
        prop_assert_eq!(diff(&catalog, &read), []);
        prop_assert_eq!(read, catalog);
    }

    #[test]
    fn a_version_is_stored_whole(catalog in catalog(), number in 1u32..) {
        let at = "2026-04-01T00:00:00Z".parse().expect("an instant");
        let version = CatalogVersion { number, effective_at: at, recorded_at: at, catalog };
        let written = serde_json::to_string(&version).expect("JSON");
        prop_assert_eq!(serde_json::from_str::<CatalogVersion>(&written).expect("the same"), version);
    }

    /// Whatever a person writes has an answer.
    #[test]
    fn any_text_in_a_price_is_answered(fields in vec((select(vec!["flat", "per_unit", "graduated", "meter", "quantity", "in", "every", "by", "minimum", "matrix", "formula"]), words()), 0..4)) {
        let fields: Vec<String> = fields.iter().map(|(field, word)| format!("{field}: {word}")).collect();
        let text = format!("plans: {{ p: {{ currency: EUR, every: month, prices: {{ x: {{ {} }} }} }} }}", fields.join(", "));
        if let Err(mistakes) = PricingFile::parse(&text, "p") {
            prop_assert!(mistakes.iter().all(|m| m.line >= 1 && !m.problem.code.is_empty() && !m.problem.mend.is_empty()));
        }
    }
}

#[test]
fn a_meter_keeps_its_conversion_and_rounding() {
    let text = "meters: { m: { event: e, aggregate: { sum: properties.bytes }, convert: { divide_by: 1_000 }, round: { to: 0, mode: up } } }";
    let catalog = PricingFile::parse(text, "p").expect("a meter");
    let meter = &catalog.meters["m"];
    assert!(matches!(meter.convert, Some(Conversion::DivideBy(factor)) if factor.get() == Dec::from(1000u32)));
    assert_eq!(meter.round.map(|round| (round.to, round.mode)), Some((0, Rounding::Up)));
}
