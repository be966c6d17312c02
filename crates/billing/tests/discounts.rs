//! What discounts take off, by example and by law.

use billing::{
    Discount, Discountable, Discounted, Ended, LineKey, PriceRef, Redemption, Spent, Stacking, at_average, discounts,
};
use calendar::{Instant, Period};
use metering::Dimensions;
use money::{Currency, Money, Ratio};
use proptest::prelude::*;
use stdx::Key;

fn key(text: &str) -> Key {
    Key::try_from(text).expect(text)
}

/// The first instant of a month of 2026; 13 is January 2027.
fn month(number: u32) -> Instant {
    let (year, month) = if number > 12 { (2027, number - 12) } else { (2026, number) };
    format!("{year}-{month:02}-01T00:00:00Z").parse().expect("instant")
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum In {
    Advance,
    Arrears,
}

/// A line of a monthly price for a month.
fn line(subscription: &str, price: &str, of: u32, timing: In, cents: i128) -> Discountable {
    let cycle = Period::new(month(of), month(of + 1)).expect("month");
    let price = PriceRef { plan: key("basic"), version: 1, price: key(price) };
    let currency = Currency::parse("EUR").expect("euro");
    Discountable {
        meter: (timing == In::Arrears).then(|| price.price.clone()),
        key: LineKey { subscription: key(subscription), price, cycle, dimensions: Dimensions::new(), currency },
        amount: Money::new(cents, currency),
        due_at: if timing == In::Advance { month(of) } else { month(of + 1) },
        quantity: Ratio::from_int(cents.max(0) / 10),
    }
}

fn redeemed(name: &str, discount: &str) -> Redemption {
    let discount: Discount = serde_json::from_str(discount).expect(discount);
    Redemption {
        key: key(name),
        customer: key("acme"),
        subscription: None,
        discount,
        effective_at: month(1),
        recorded_at: month(1),
        ended: None,
        before: Spent::default(),
    }
}

fn applied(lines: &[Discountable], redemptions: &[Redemption]) -> Discounted {
    discounts(lines, redemptions, Stacking::NarrowFirst, &at_average).expect("applied")
}

/// What is taken off, as `price month redemption cents`.
fn shown(found: &Discounted) -> Vec<String> {
    let share = |one: &billing::Share| {
        let month = &one.line.cycle.from().to_string()[5..7];
        format!("{} {month} {} {}", one.line.price.price, one.redemption, one.amount.minor())
    };
    found.shares.iter().map(share).collect()
}

#[test]
fn a_percentage_is_rounded_once_for_a_bill_and_shared() {
    let lines = [
        line("s", "a", 2, In::Advance, 33),
        line("s", "b", 2, In::Advance, 33),
        line("s", "c", 2, In::Advance, 34),
        line("s", "a", 3, In::Advance, 33),
    ];
    let found = applied(&lines, &[redeemed("r", r#"{"off": {"percent": "10"}, "lasts": "forever"}"#)]);
    assert_eq!(shown(&found), ["a 02 r 3", "a 03 r 3", "b 02 r 3", "c 02 r 4"]);
    assert_eq!(found.used[0].amounts[0].minor(), 13);
}

#[test]
fn an_amount_once_goes_on_until_it_is_used_up() {
    let fees: Vec<_> = (2..5).map(|of| line("s", "fee", of, In::Advance, 2000)).collect();
    let fifty = redeemed("r", r#"{"off": {"amount": {"amount": "50.00", "currency": "EUR"}}}"#);
    let found = applied(&fees, &[fifty]);
    assert_eq!(shown(&found), ["fee 02 r 2000", "fee 03 r 2000", "fee 04 r 1000"]);
    assert_eq!(found.used[0].left.map(Money::minor), Some(0));
}

#[test]
fn an_amount_for_periods_is_there_again_in_each_and_its_rest_is_lost() {
    let fees: Vec<_> = (2..6).map(|of| line("s", "fee", of, In::Advance, if of == 3 { 500 } else { 2000 })).collect();
    let three = r#"{"off": {"amount": {"amount": "10.00", "currency": "EUR"}}, "lasts": {"periods": 3}}"#;
    let found = applied(&fees, &[redeemed("r", three)]);
    assert_eq!(shown(&found), ["fee 02 r 1000", "fee 03 r 500", "fee 04 r 1000"]);
    assert_eq!(found.used[0].periods_left, Some(0));
}

#[test]
fn a_period_is_a_cycle_of_service_whenever_it_falls_due() {
    // the usage of March falls due in April, and is a part of March
    let lines: Vec<_> = (2..6)
        .flat_map(|of| [line("s", "fee", of, In::Advance, 1000), line("s", "calls", of, In::Arrears, 200)])
        .collect();
    let two = r#"{"off": {"percent": "50"}, "lasts": {"periods": 2}}"#;
    let found = applied(&lines, &[redeemed("r", two)]);
    assert_eq!(shown(&found), ["calls 02 r 100", "calls 03 r 100", "fee 02 r 500", "fee 03 r 500"]);
}

#[test]
fn a_percentage_once_is_off_the_first_bill_with_something_on_it() {
    let lines = [
        line("s", "fee", 2, In::Advance, 0),
        line("s", "fee", 3, In::Advance, 1000),
        line("s", "fee", 4, In::Advance, 1000),
    ];
    assert_eq!(shown(&applied(&lines, &[redeemed("r", r#"{"off": {"percent": "20"}}"#)])), ["fee 03 r 200"]);
}

#[test]
fn free_units_come_first_and_only_as_many_as_there_are() {
    // 50 units at 0.10 each
    let lines = [line("s", "calls", 2, In::Arrears, 500), line("s", "calls", 3, In::Arrears, 500)];
    let half = redeemed("a", r#"{"off": {"percent": "50"}, "lasts": "forever"}"#);
    let free = r#"{"off": {"units": "70"}, "on": {"meters": ["calls"]}, "lasts": "once"}"#;
    let found = applied(&lines, &[half.clone(), redeemed("b", free)]);
    assert_eq!(shown(&found), ["calls 02 b 500", "calls 03 a 250"], "once is one bill");
    let each = free.replace("once", "forever").replace("70", "20");
    let found = applied(&lines, &[half, redeemed("b", &each)]);
    assert_eq!(shown(&found), ["calls 02 b 200", "calls 02 a 150", "calls 03 b 200", "calls 03 a 150"]);
}

#[test]
fn the_narrow_comes_first_or_the_percentage_does() {
    let lines = [line("s", "fee", 2, In::Advance, 10_000), line("s", "seats", 2, In::Advance, 10_000)];
    let all = redeemed("a", r#"{"off": {"percent": "10"}}"#);
    let fee = r#"{"off": {"amount": {"amount": "20.00", "currency": "EUR"}}, "on": {"prices": [{"plan": "basic", "price": "fee"}]}}"#;
    let both = [all, redeemed("b", fee)];
    let taken = |stacking| shown(&discounts(&lines, &both, stacking, &at_average).expect("applied"));
    assert_eq!(taken(Stacking::NarrowFirst), ["fee 02 b 2000", "fee 02 a 800", "seats 02 a 1000"]);
    assert_eq!(taken(Stacking::PercentFirst), ["fee 02 a 1000", "fee 02 b 2000", "seats 02 a 1000"]);
}

#[test]
fn a_line_is_discounted_from_when_the_redemption_begins_until_it_ends() {
    let fees: Vec<_> = (1..6).map(|of| line("s", "fee", of, In::Advance, 1000)).collect();
    let mut redemption = redeemed("r", r#"{"off": {"percent": "10"}, "lasts": "forever"}"#);
    redemption.effective_at = month(2);
    redemption.ended = Some(Ended { effective_at: month(4), recorded_at: month(4) });
    assert_eq!(shown(&applied(&fees, &[redemption.clone()])), ["fee 02 r 100", "fee 03 r 100"]);
    redemption.subscription = Some(key("other"));
    assert_eq!(applied(&fees, &[redemption]).shares, []);
}

#[test]
fn a_corrected_line_moves_what_is_left_of_an_amount_to_the_next_bill() {
    let fifty = [redeemed("r", r#"{"off": {"amount": {"amount": "50.00", "currency": "EUR"}}}"#)];
    let before = applied(&[line("s", "fee", 2, In::Advance, 6000), line("s", "fee", 3, In::Advance, 6000)], &fifty);
    assert_eq!(shown(&before), ["fee 02 r 5000"]);
    // half of February is given back: its discount shrinks with it, and March has the rest
    let after = applied(&[line("s", "fee", 2, In::Advance, 3000), line("s", "fee", 3, In::Advance, 6000)], &fifty);
    assert_eq!(shown(&after), ["fee 02 r 3000", "fee 03 r 2000"]);
}

#[test]
fn what_was_used_elsewhere_is_not_used_again() {
    let fees: Vec<_> = (2..5).map(|of| line("s", "fee", of, In::Advance, 2000)).collect();
    let mut amount = redeemed("r", r#"{"off": {"amount": {"amount": "50.00", "currency": "EUR"}}}"#);
    amount.before.amount = Some(Money::new(4500, Currency::parse("EUR").expect("euro")));
    assert_eq!(shown(&applied(&fees, &[amount])), ["fee 02 r 500"]);
    let mut three = redeemed("r", r#"{"off": {"percent": "10"}, "lasts": {"periods": 3}}"#);
    three.before.periods = 2;
    assert_eq!(shown(&applied(&fees, &[three])), ["fee 02 r 200"]);
}

fn lines() -> impl Strategy<Value = Vec<Discountable>> {
    let one = (0u8..2, 0u8..3, 1u32..7, any::<bool>(), -500i128..20_000).prop_map(|(s, p, of, advance, cents)| {
        let timing = if advance { In::Advance } else { In::Arrears };
        // a price is billed in one way
        let price = format!("{}{p}", if advance { "fee" } else { "calls" });
        line(&format!("s{s}"), &price, of, timing, cents)
    });
    prop::collection::vec(one, 0..14).prop_map(|mut lines| {
        lines.sort_by(|a, b| a.key.cmp(&b.key));
        lines.dedup_by(|a, b| a.key == b.key);
        lines
    })
}

fn redemptions() -> impl Strategy<Value = Vec<Redemption>> {
    let off = prop::sample::select(vec![
        r#"{"percent": "10"}"#,
        r#"{"percent": "33.3"}"#,
        r#"{"percent": "100"}"#,
        r#"{"amount": {"amount": "25.00", "currency": "EUR"}}"#,
        r#"{"amount": {"amount": "250.00", "currency": "EUR"}}"#,
        r#"{"amount": {"amount": "5.00", "currency": "USD"}}"#,
        r#"{"units": "300"}"#,
    ]);
    let lasts = prop::sample::select(vec![r#""once""#, r#"{"periods": 2}"#, r#""forever""#]);
    let on = prop::sample::select(vec![r#""document""#, r#"{"meters": ["calls0"]}"#, r#"{"plans": ["basic"]}"#]);
    let one = (off, lasts, on, 1u32..5, prop::option::of(0u8..2));
    prop::collection::vec(one, 0..5).prop_map(|all| {
        let one = |(n, (off, lasts, on, from, of)): (usize, (&str, &str, &str, u32, Option<u8>))| {
            let on = if off.contains("units") { r#"{"meters": ["calls0", "calls1"]}"# } else { on };
            let discount = format!(r#"{{"off": {off}, "lasts": {lasts}, "on": {on}}}"#);
            let subscription = of.map(|s| key(&format!("s{s}")));
            Redemption { effective_at: month(from), subscription, ..redeemed(&format!("r{n}"), &discount) }
        };
        all.into_iter().enumerate().map(one).collect()
    })
}

fn stacking() -> impl Strategy<Value = Stacking> {
    prop::sample::select(vec![Stacking::NarrowFirst, Stacking::PercentFirst])
}

proptest! {
    #[test]
    fn no_line_goes_below_zero_and_no_amount_is_exceeded(lines in lines(), redemptions in redemptions(), stacking in stacking()) {
        let found = discounts(&lines, &redemptions, stacking, &at_average)?;
        for line in &lines {
            let of: Vec<_> = found.shares.iter().filter(|share| share.line == line.key).collect();
            let off: i128 = of.iter().map(|share| share.amount.minor()).sum();
            prop_assert!(off <= line.amount.minor().max(0));
            prop_assert!(of.iter().all(|share| share.amount.minor() > 0));
        }
        for used in &found.used {
            let redemption = redemptions.iter().find(|one| one.key == used.redemption).expect("known");
            let taken: i128 = found.shares.iter().filter(|one| one.redemption == used.redemption).map(|one| one.amount.minor()).sum();
            prop_assert_eq!(used.amounts.iter().map(|one| one.minor()).sum::<i128>(), taken);
            if let (billing::Off::Amount(amount), billing::Lasts::Once) = (redemption.discount.off, redemption.discount.lasts) {
                prop_assert_eq!(used.left.map(Money::minor), Some(amount.minor() - taken));
            }
        }
    }

    #[test]
    fn the_order_of_lines_and_redemptions_does_not_matter(
        (lines, mixed) in lines().prop_flat_map(|lines| (Just(lines.clone()), Just(lines).prop_shuffle())),
        (redemptions, turned) in redemptions().prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
        stacking in stacking(),
    ) {
        prop_assert_eq!(
            discounts(&lines, &redemptions, stacking, &at_average)?,
            discounts(&mixed, &turned, stacking, &at_average)?
        );
    }

    #[test]
    fn what_falls_due_later_changes_nothing_before(
        lines in lines(), redemptions in redemptions(), stacking in stacking(), until in 1u32..8,
    ) {
        let due = |one: &Discountable| one.due_at <= month(until);
        let early: Vec<_> = lines.iter().filter(|one| due(one)).cloned().collect();
        let then = discounts(&early, &redemptions, stacking, &at_average)?.shares;
        let now = discounts(&lines, &redemptions, stacking, &at_average)?.shares;
        let known: Vec<_> = now.into_iter().filter(|share| early.iter().any(|line| line.key == share.line)).collect();
        prop_assert_eq!(then, known);
    }

    #[test]
    fn two_discounts_of_one_kind_take_what_they_take_together(cents in 1i128..100_000, first in 1i128..50_000, second in 1i128..50_000) {
        let fee = [line("s", "fee", 2, In::Advance, cents)];
        let amount = |name: &str, cents: i128| {
            let euros = Money::new(cents, Currency::parse("EUR").expect("euro")).amount_text();
            redeemed(name, &format!(r#"{{"off": {{"amount": {{"amount": "{euros}", "currency": "EUR"}}}}}}"#))
        };
        let taken = |all: &[Redemption]| applied(&fee, all).shares.iter().map(|one| one.amount.minor()).sum::<i128>();
        prop_assert_eq!(taken(&[amount("a", first), amount("b", second)]), taken(&[amount("c", first + second)]));
    }
}
