//! From an agreement to obligations, and what changes of it do.

use calendar::{Date, DateRange, Zone};
use ledger::{Account, Amounts, Book, Measure as Posted, Month, Valued};
use money::{Currency, Money, Ratio};
use revenue::{
    Billed, Bundle, Continuation, Contra, Contract, Desk, DiscountEvidence, Estimate, EstimateMethod, Estimates,
    Finding, Findings, Fulfilment, Happening, Inception, Intent, Invoice, Measure, Method, Obligation, OutOfRange,
    Over, Override, Pattern, PricedDays, Promise, Ramp, Rate, RateKind, Rates, Remaining, RevenueError, Right, Route,
    SellingPrice, SellingPrices, Template, Transfer, UsageMethod, UsageTerms, decide, usage_method,
};
use std::collections::BTreeMap;
use stdx::{Key, NonEmpty};

fn key(text: &str) -> Key {
    text.parse().expect(text)
}
fn usd() -> Currency {
    Currency::parse("USD").expect("dollar")
}
fn dollars(amount: i128) -> Money {
    Money::new(amount * 100, usd())
}
fn day(text: &str) -> Date {
    text.parse().expect(text)
}
fn whole(number: i128) -> Ratio {
    Ratio::from_int(number)
}
fn days(from: &str, to: &str) -> DateRange {
    DateRange::new(day(from), day(to)).expect("days")
}
fn year(year: i16) -> DateRange {
    days(&format!("{year}-01-01"), &format!("{}-01-01", year + 1))
}

fn template(pattern: Pattern, transfer: Transfer) -> Template {
    Template { pattern, transfer, right: Right::Unconditional, performed_by: None, life_months: 36 }
}
fn templates() -> BTreeMap<Key, Template> {
    [
        ("service", template(Pattern::MonthsEven, Transfer::Distinct)),
        ("training", template(Pattern::ByUnits, Transfer::Distinct)),
        ("setup", template(Pattern::AtOnce, Transfer::Nothing)),
        ("entry-fee", template(Pattern::AtOnce, Transfer::RightToRenew)),
        ("calls", template(Pattern::AsInvoiced, Transfer::Distinct)),
    ]
    .map(|(product, template)| (key(product), template))
    .into()
}
fn prices() -> SellingPrices {
    let mut prices = SellingPrices::default();
    let fixed = |mid| SellingPrice { low: whole(mid), mid: whole(mid), high: whole(mid) };
    prices.add(key("service"), day("2025-01-01"), fixed(132_000));
    prices.add(key("training"), day("2025-01-01"), fixed(18_000));
    prices
}
fn promise(product: &str, price: i128, fulfilment: Fulfilment) -> Promise {
    Promise {
        key: key(product),
        product: key(product),
        priced: NonEmpty::of(PricedDays { days: year(2026), price: whole(price) }),
        ramp: Ramp::Even,
        fulfilment,
        dimensions: BTreeMap::new(),
    }
}
fn sign(promises: &[Promise]) -> Result<Contract, RevenueError> {
    let (templates, selling_prices, method, zone) = (templates(), prices(), Method::default(), Zone::utc());
    let inception = Inception {
        on: day("2026-01-01"),
        templates: &templates,
        selling_prices: &selling_prices,
        outside: OutOfRange::Mid,
        method: &method,
        zone: &zone,
    };
    inception.contract(key("c1"), usd(), promises)
}
fn hours(done: &[(&str, i128)]) -> Fulfilment {
    let done = done.iter().map(|(on, hours)| (day(on), whole(*hours))).collect();
    Fulfilment::Units { expected: whole(500), done }
}
fn recognised(contract: &Contract, on: &str) -> Money {
    contract.recognised(day(on)).expect("sum")
}

#[test]
fn templates_and_selling_prices_make_obligations_of_an_agreement() {
    let training = hours(&[("2026-01-31", 200), ("2026-02-28", 300)]);
    let contract = sign(&[promise("service", 120_000, Fulfilment::Time), promise("training", 15_000, training)])
        .expect("contract");
    let allocated = |name: &str| contract.obligation(&key(name)).and_then(|it| it.allocated(day("2026-01-01")));
    assert_eq!(allocated("service"), Ok(Some(dollars(118_800))));
    assert_eq!(allocated("training"), Ok(Some(dollars(16_200))));
    assert_eq!(recognised(&contract, "2026-01-31"), dollars(16_380));
}

#[test]
fn a_set_up_fee_is_earned_with_the_service_or_over_the_expected_life() {
    let handed = Fulfilment::HandedOver(Some(day("2026-01-01")));
    let fee = promise("setup", 12_000, handed.clone());
    let with_service = sign(&[promise("service", 120_000, Fulfilment::Time), fee]).expect("contract");
    assert_eq!(with_service.obligations.len(), 1);
    assert_eq!(recognised(&with_service, "2026-01-31"), dollars(11_000));
    let life = promise("entry-fee", 3_600, handed);
    let over_life = sign(&[promise("service", 120_000, Fulfilment::Time), life]).expect("contract");
    assert_eq!(recognised(&over_life, "2026-01-31"), dollars(10_100));
    assert_eq!(recognised(&over_life, "2028-12-31"), dollars(123_600));
}

#[test]
fn what_is_missing_is_refused_before_anything_is_earned() {
    let unknown = sign(&[promise("hosting", 1, Fulfilment::Time)]);
    assert_eq!(unknown, Err(RevenueError::NoTemplate { product: "hosting".into() }));
    let unfit = sign(&[promise("service", 1, Fulfilment::HandedOver(None))]);
    assert!(matches!(unfit, Err(RevenueError::NoProgress { .. })));
    let negative = sign(&[promise("service", -1, Fulfilment::Time)]);
    assert!(matches!(negative, Err(RevenueError::NegativeConsideration { .. })));
    let early = prices().price(&key("service"), day("2024-01-01"), whole(1), OutOfRange::Mid);
    assert!(matches!(early, Err(RevenueError::NoSellingPrice { .. })));
}

#[test]
fn a_selling_price_is_the_agreed_one_inside_its_range() {
    let mut prices = SellingPrices::default();
    prices.add(key("p"), day("2026-01-01"), SellingPrice { low: whole(90), mid: whole(100), high: whole(120) });
    let price = |agreed, outside| prices.price(&key("p"), day("2026-06-01"), whole(agreed), outside);
    assert_eq!(price(95, OutOfRange::Mid), Ok(whole(95)));
    assert_eq!(price(80, OutOfRange::Mid), Ok(whole(100)));
    assert_eq!(price(80, OutOfRange::NearestBound), Ok(whole(90)));
}

#[test]
fn a_discount_for_some_needs_all_three_tests() {
    let evidence = DiscountEvidence { bundle_sold_at_discount: false, ..DiscountEvidence::FULL };
    let selling = [(key("a"), whole(40)), (key("b"), whole(55)), (key("c"), whole(45))];
    let bundle = Bundle { members: [key("b"), key("c")].into(), price: whole(60), evidence };
    let method = Method { bundle: Some(bundle.clone()), ..Method::default() };
    let refused = method.allocate(whole(100), usd(), &selling);
    assert!(matches!(refused, Err(RevenueError::DiscountNotEvidenced { .. })));
    let full = Method { bundle: Some(Bundle { evidence: DiscountEvidence::FULL, ..bundle }), ..Method::default() };
    let shares = full.allocate(whole(100), usd(), &selling).expect("allocation").shares;
    assert_eq!(shares[0].1.posted, dollars(40));
    assert!(full.allocate(whole(99), usd(), &selling).is_err(), "that bundle does not explain the price");
}

#[test]
fn a_ramp_is_earned_evenly_unless_it_follows_the_value() {
    let mut ramp = promise("service", 100_000, Fulfilment::Time);
    ramp.priced.push(PricedDays { days: year(2027), price: whole(140_000) });
    let even = sign(&ramp.steps().expect("steps")).expect("contract");
    assert_eq!(recognised(&even, "2026-12-31"), dollars(120_000));
    assert_eq!(even.obligations[0].right, Right::Conditional);
    ramp.ramp = Ramp::FollowsValue("twice the seats from 2027 on".into());
    assert_eq!(ramp.steps().expect("steps").len(), 2);
    ramp.ramp = Ramp::FollowsValue(String::new());
    assert!(ramp.steps().is_err());
}

#[test]
fn the_tree_decides_and_an_override_says_why() {
    use Finding::{No, Yes};
    let findings = |intent, adds_distinct, at_selling_price, remaining| Findings {
        intent,
        adds_distinct,
        at_selling_price,
        remaining,
    };
    let route = |findings| decide(&key("c1"), findings, None).expect("route").route;
    assert_eq!(route(findings(Intent::Upsell, Yes, Yes, Remaining::NotDistinct)), Route::SeparateContract);
    assert_eq!(route(findings(Intent::Upsell, Yes, No, Remaining::Distinct)), Route::Prospective);
    assert_eq!(route(findings(Intent::Swap, No, Yes, Remaining::NotDistinct)), Route::CatchUp);
    assert_eq!(route(findings(Intent::Extend, Yes, No, Remaining::Mixed)), Route::Mixed);
    assert_eq!(route(findings(Intent::Swap, No, No, Remaining::Nothing)), Route::CatchUp);
    assert_eq!(route(findings(Intent::Terminate, No, No, Remaining::Distinct)), Route::Termination);
    assert_eq!(route(findings(Intent::Correct, Yes, Yes, Remaining::Distinct)), Route::Correction);
    let by_hand = |reason: &str| Override { route: Route::CatchUp, reason: reason.into(), by: key("ada") };
    let upsell = findings(Intent::Upsell, Yes, No, Remaining::Distinct);
    let decided = decide(&key("c1"), upsell, Some(by_hand("one project, see clause 4"))).expect("decision");
    assert_eq!((decided.route, decided.by_tree), (Route::CatchUp, Route::Prospective));
    assert!(matches!(decide(&key("c1"), upsell, Some(by_hand(" "))), Err(RevenueError::NoReason { .. })));
}

#[test]
fn a_prospective_change_leaves_the_past_and_spreads_the_rest() {
    let mut contract = sign(&[promise("service", 120_000, Fulfilment::Time)]).expect("contract");
    let rest = days("2026-07-01", "2027-07-01");
    let more = |key: &str, selling_price, added| Continuation {
        key: key.parse().expect("key"),
        product: key.parse().expect("key"),
        selling_price: whole(selling_price),
        added: whole(added),
        measure: Measure::Over(Over::MonthsEven(rest)),
    };
    contract.go_on(day("2026-07-01"), &[more("service", 60_000, 0), more("seats", 30_000, 30_000)]).expect("change");
    assert_eq!(recognised(&contract, "2026-06-30"), dollars(60_000));
    assert_eq!(recognised(&contract, "2026-07-31"), dollars(67_500));
    assert_eq!(recognised(&contract, "2027-06-30"), dollars(150_000));
    let lost = contract.go_on(day("2026-09-01"), &[more("seats", 1, 0)]);
    assert!(matches!(lost, Err(RevenueError::BadChange { .. })), "the service has something left");
    assert_eq!(recognised(&contract, "2027-06-30"), dollars(150_000), "what is refused changes nothing");
}

#[test]
fn a_price_that_counts_from_the_beginning_is_caught_up_and_told_apart() {
    let mut contract = sign(&[promise("service", 120_000, Fulfilment::Time)]).expect("contract");
    contract.catch_up(&key("service"), day("2026-07-15"), whole(108_000), None).expect("change");
    let july: Month = "2026-07".parse().expect("month");
    assert_eq!(recognised(&contract, "2026-07-31"), dollars(63_000));
    assert_eq!(contract.prior_performance(july), Ok(whole(-6_000)));
}

#[test]
fn a_contract_that_ends_keeps_what_is_not_refunded() {
    let mut contract = sign(&[promise("service", 120_000, Fulfilment::Time)]).expect("contract");
    contract.billed.push(Billed { on: day("2026-01-01"), amount: dollars(120_000), obligation: None });
    assert!(contract.clone().end(day("2026-07-01"), dollars(60_001)).is_err(), "that is earned");
    contract.end(day("2026-07-01"), dollars(45_000)).expect("end");
    assert_eq!(recognised(&contract, "2026-06-30"), dollars(60_000));
    assert_eq!(recognised(&contract, "2026-07-01"), dollars(75_000));
    assert_eq!(recognised(&contract, "2027-12-31"), dollars(75_000));
    let position = contract.position(day("2026-12-31")).expect("position");
    assert!(position.contract_liability.is_zero() && position.unbilled.is_zero() && position.contract_asset.is_zero());
}

fn estimate(version: u32, known_from: &str, amount: i128) -> Estimate {
    Estimate {
        key: key("overage"),
        version,
        method: EstimateMethod::ExpectedValue,
        outcomes: vec![
            (Ratio::new(1, 2).expect("half"), whole(2 * amount)),
            (Ratio::new(1, 2).expect("half"), whole(0)),
        ],
        constraint: [(Book::Ifrs, Ratio::new(1, 2).expect("half"))].into(),
        evidence: "run rate of the pilot".into(),
        approved_by: key("ada"),
        known_from: day(known_from),
    }
}

#[test]
fn usage_with_a_minimum_is_earned_by_estimate_and_each_book_has_its_constraint() {
    let mut estimates = Estimates::default();
    estimates.add(estimate(1, "2026-01-01", 24_000)).expect("first");
    estimates.add(estimate(2, "2026-07-01", 36_000)).expect("second");
    assert!(estimates.add(estimate(2, "2026-08-01", 1)).is_err(), "the version is there");
    let measure = Measure::Over(Over::MonthsEven(year(2026)));
    let of = |book| Obligation::estimated(key("calls"), whole(120_000), &estimates, &measure, book, usd()).expect("it");
    let us = of(Book::UsGaap);
    assert_eq!(us.recognised(day("2026-06-30")), Ok(dollars(72_000)));
    assert_eq!(us.recognised(day("2026-07-31")), Ok(dollars(91_000)));
    assert_eq!(of(Book::Ifrs).recognised(day("2026-06-30")), Ok(dollars(66_000)));
    assert_eq!(usage_method(UsageTerms::Linear), UsageMethod::AsInvoiced);
    assert_eq!(usage_method(UsageTerms::LongerPeriod), UsageMethod::Estimate);
}

#[test]
fn an_estimate_that_cannot_be_is_refused() {
    let good = estimate(1, "2026-01-01", 1);
    let chances = Estimate { outcomes: vec![(whole(2), whole(1))], ..good.clone() };
    let bare = Estimate { evidence: " ".into(), ..good.clone() };
    let beyond = Estimate { constraint: [(Book::Ifrs, whole(2))].into(), ..good };
    for bad in [chances, bare, beyond] {
        assert!(matches!(bad.amount(Book::UsGaap), Err(RevenueError::BadEstimate { .. })));
    }
}

#[test]
fn a_dispute_that_is_won_brings_revenue_back_and_what_is_given_up_is_a_loss() {
    let over = Over::Days(days("2019-01-01", "2019-04-01"));
    let life = |happened: Vec<(Date, Happening)>| {
        let invoice = Invoice { amount: whole(90), over: over.clone(), issued: day("2019-01-01"), happened };
        let movements = invoice.movements("2019-04".parse().expect("month"), Contra::PriceChange).expect("movements");
        move |account: Account| {
            let months = movements.get(&account).into_iter().flat_map(BTreeMap::values);
            months.fold(whole(0), |sum, amount| sum.plus(*amount).expect("sum"))
        }
    };
    let won = life(vec![
        (day("2019-02-01"), Happening::Disputed(whole(90))),
        (day("2019-03-01"), Happening::DisputeWon(whole(90))),
    ]);
    assert_eq!((won(Account::Revenue), won(Account::ContractLiability)), (whole(90), whole(0)));
    let lost = life(vec![(day("2019-02-01"), Happening::GivenUp(whole(90)))]);
    assert_eq!((lost(Account::Revenue), lost(Account::CreditLoss)), (whole(31), whole(31)));
    let beyond = life(vec![
        (day("2019-02-01"), Happening::Refunded(whole(90))),
        (day("2019-02-02"), Happening::Disputed(whole(90))),
    ]);
    assert_eq!((beyond(Account::Revenue), beyond(Account::Loss)), (whole(0), whole(90)));
}

#[test]
fn a_rate_that_is_not_recorded_is_an_error_and_a_difference_is_posted_without_an_amount() {
    let euro = Currency::parse("EUR").expect("euro");
    let mut rates = Rates::default();
    let rate = |value: i128| Rate { id: "ecb-2026-01-31".into(), value: Ratio::new(value, 100).expect("rate") };
    let january = day("2026-01-31");
    rates.record(euro, usd(), RateKind::Closing, january, rate(112)).expect("recorded");
    assert!(rates.record(euro, usd(), RateKind::Closing, january, rate(113)).is_err(), "it stays");
    let spot = rates.rate(euro, usd(), RateKind::Spot, january);
    assert!(matches!(spot, Err(RevenueError::NoRate { kind: "spot", .. })));
    let desk = Desk::new(Book::UsGaap, Zone::utc()).expect("desk");
    let gain = Valued { amount: Money::zero(euro), functional: Some(dollars(-3)) };
    let amounts: Amounts = [(Posted::Amount, gain)].into();
    let at = Zone::utc().start_of(january);
    let entry = desk.valued_entry(None, "receivable_remeasured", "fx:1", at, &amounts, &BTreeMap::new());
    let entry = entry.expect("entry").expect("it is worth something");
    let loss = entry.postings().iter().find(|posting| posting.account == Account::FxUnrealised).expect("leg");
    assert_eq!((loss.side, loss.worth(), loss.amount), (ledger::Side::Debit, dollars(3), Money::zero(euro)));
}
