//! The laws of earning, over contracts that nobody thought of.

use calendar::{Date, DateRange, Instant, Zone};
use ledger::{Account, Book, Calendars, Journal, Month, Periods, Posted, Poster, Side, View};
use money::{Currency, Money, Ratio, Rounding};
use proptest::prelude::*;
use revenue::disclose::{by_band, disaggregate, roll_forward};
use revenue::{
    Billed, Contract, Desk, Earning, Measure, Method, Obligation, Over, Recognised, Share, Spread, by_month, by_weight,
};
use std::collections::BTreeMap;
use stdx::Key;

fn key(text: &str) -> Key {
    text.parse().expect(text)
}
fn euro() -> Currency {
    Currency::parse("EUR").expect("euro")
}
fn month(text: &str) -> Month {
    text.parse().expect(text)
}
fn day(offset: i64) -> Date {
    month("2026-01").first().plus_days(offset).expect("day")
}
fn at(on: Date) -> Instant {
    Zone::utc().start_of(on)
}
fn cents(minor: i128) -> Ratio {
    Ratio::new(minor, 100).expect("cents")
}
fn desk() -> Desk {
    Desk::new(Book::UsGaap, Zone::utc()).expect("desk")
}

fn over() -> impl Strategy<Value = Over> {
    (0i64..400, 1i64..900, 0usize..7).prop_map(|(from, length, convention)| {
        let days = DateRange::new(day(from), day(from + length)).expect("days");
        let period = days.to_period(&Zone::utc()).expect("period");
        match convention {
            0 => Over::Days(days),
            1 => Over::MonthsEven(days),
            2 => Over::MonthsByDay(days),
            3 => Over::MidMonth(days),
            4 => Over::FromStartMonth(days),
            5 => Over::Seconds(period, Zone::utc()),
            _ => Over::EdgesProrated(period, Zone::utc()),
        }
    })
}

fn measure() -> impl Strategy<Value = Measure> {
    prop_oneof![
        over().prop_map(Measure::Over),
        (0i64..500).prop_map(|on| Measure::At(Some(day(on)))),
        prop::collection::vec((0i64..500, 1i128..50), 1..8).prop_map(|done| {
            let expected = Ratio::from_int(done.iter().map(|(_, quantity)| quantity).sum());
            let mut by_day: BTreeMap<Date, Ratio> = BTreeMap::new();
            for (on, quantity) in done {
                let so_far = by_day.entry(day(on)).or_insert(Ratio::ZERO);
                *so_far = so_far.plus(Ratio::from_int(quantity)).expect("sum");
            }
            Measure::Units { expected, done: by_day }
        }),
    ]
}

fn contract(prices: &[(i128, Measure)]) -> Contract {
    let mut contract = Contract::new(key("c1"), euro());
    for (index, (price, measure)) in prices.iter().enumerate() {
        let share = Share::stated(cents(*price), euro()).expect("share");
        let earning = Earning::Allocated { share, measure: measure.clone(), spread: Spread::Cumulative };
        contract.obligations.push(Obligation::new(key(&format!("o{index}")), earning, euro()));
    }
    contract
}

/// Whatever is served is served by then.
const LAST: &str = "2030-12";

fn revenue(journal: &Journal, through: Month) -> Money {
    let view = View { entity: None, book: Book::UsGaap, through: Some(through), known_at: None };
    journal.balances(view).expect("sums").of(Account::Revenue, euro())
}

/// Posts what is due, and gives how many entries that were.
fn run(journal: &mut Journal, calendars: &Calendars, contract: &Contract, through: Month, on: Date) -> usize {
    let posted = Recognised::of(contract, Book::UsGaap, journal.booked()).expect("read");
    let entries = desk().recognise(contract, &posted, through).expect("entries");
    for entry in &entries {
        let posted = journal.post(entry.clone(), &Zone::utc(), calendars, Poster::Engine, at(on)).expect("posted");
        assert!(matches!(posted, Posted::New(_)), "{}", entry.event());
    }
    entries.len()
}

proptest! {
    #[test]
    fn recognised_over_the_life_is_the_consideration(price in -1_000_000i128..10_000_000, measure in measure()) {
        let contract = contract(&[(price, measure)]);
        let (first, last) = (month("2026-01"), month(LAST));
        let amounts = by_month(first.to(last), |on| contract.recognised(on))?;
        let sum = amounts.values().try_fold(Money::zero(euro()), |sum, amount| sum.plus(*amount))?;
        prop_assert_eq!(sum, Money::new(price, euro()));
        // no month turns round: what is earned is not taken back
        let signs = |amount: &Money| amount.minor().signum() * price.signum() >= 0;
        prop_assert!(amounts.values().all(signs));
    }

    #[test]
    fn no_month_is_a_plug(price in 1i128..10_000_000, over in over()) {
        let contract = contract(&[(price, Measure::Over(over.clone()))]);
        for (month, amount) in by_month(over.months()?, |on| contract.recognised(on))? {
            let before = month.first().plus_days(-1)?;
            let share = over.progress(month.last())?.minus(over.progress(before)?)?;
            let exact = cents(price).times(share)?;
            let off = Ratio::from(amount.to_dec()).minus(exact)?.abs();
            prop_assert!(off <= cents(1), "{month}: {amount} for {exact}");
        }
    }

    #[test]
    fn cut_and_plugged_months_sum_to_the_whole_too(price in 1i128..10_000_000, over in over()) {
        let months = over.cut_and_plugged(cents(price), 2)?;
        let sum = months.iter().try_fold(Ratio::ZERO, |sum, (_, amount)| sum.plus(*amount))?;
        prop_assert_eq!(sum, cents(price));
    }

    #[test]
    fn an_allocation_sums_to_the_price_whatever_the_order(
        price in -1_000_000i128..10_000_000,
        prices in prop::collection::vec(1i128..1_000_000, 1..8),
        variable in 0i128..1_000_000,
        measure in measure(),
    ) {
        let mut weights: Vec<(Key, Ratio)> =
            prices.iter().enumerate().map(|(index, ssp)| (key(&format!("o{index}")), cents(*ssp))).collect();
        let shares = by_weight(cents(price), euro(), &weights)?;
        let sum = shares.iter().try_fold(Money::zero(euro()), |sum, (_, share)| sum.plus(share.posted))?;
        prop_assert_eq!(sum, Money::new(price, euro()));
        // what is earned in the end is the allocated amount, where rounding the exact share would give another one too
        let mut contract = Contract::new(key("c1"), euro());
        for (name, share) in &shares {
            let earning = Earning::Allocated { share: *share, measure: measure.clone(), spread: Spread::Cumulative };
            contract.obligations.push(Obligation::new(name.clone(), earning, euro()));
        }
        prop_assert_eq!(contract.recognised(month(LAST).last())?, Money::new(price, euro()));
        let by_key: BTreeMap<Key, Share> = shares.into_iter().collect();
        let method = Method { variable: vec![(key("o0"), cents(variable))], ..Method::default() };
        let with = method.allocate(cents(price), euro(), &weights)?;
        let sum = with.shares.iter().try_fold(Money::zero(euro()), |sum, (_, share)| sum.plus(share.posted))?;
        prop_assert_eq!(sum, Money::new(price, euro()));
        weights.reverse();
        prop_assert_eq!(by_weight(cents(price), euro(), &weights)?.into_iter().collect::<BTreeMap<_, _>>(), by_key);
    }

    #[test]
    fn facts_in_any_order_give_the_same_revenue_and_leave_locked_months_alone(
        facts in prop::collection::vec((0i64..360, 1i128..20), 1..12),
        order in any::<prop::sample::Index>(),
        locks in prop::collection::vec(any::<bool>(), 12),
    ) {
        let through = month("2026-12");
        let expected = Ratio::from_int(facts.iter().map(|(_, quantity)| quantity).sum());
        let mut totals = Vec::new();
        for shift in [0, order.index(facts.len())] {
            let mut arrived = facts.clone();
            arrived.rotate_left(shift);
            let (mut journal, mut calendars, mut done) = (Journal::default(), Calendars::new(), BTreeMap::new());
            let mut locked: BTreeMap<Month, Money> = BTreeMap::new();
            for (index, (on, quantity)) in arrived.into_iter().enumerate() {
                let so_far = done.entry(day(on)).or_insert(Ratio::ZERO);
                *so_far = so_far.plus(Ratio::from_int(quantity))?;
                let contract = contract(&[(77_777, Measure::Units { expected, done: done.clone() })]);
                let now = day(400 + i64::try_from(index).unwrap_or_default());
                run(&mut journal, &calendars, &contract, through, now);
                prop_assert_eq!(run(&mut journal, &calendars, &contract, through, now), 0, "posted twice");
                let next = locked.keys().next_back().map_or(Ok(month("2026-01")), |last| last.plus(1))?;
                if locks[index] && next < month("2026-12") {
                    let periods: &mut Periods = calendars.entry((None, Book::UsGaap)).or_default();
                    periods.soft_close(next, key("ada"))?;
                    periods.lock(next, key("ada"), "")?;
                    locked.insert(next, revenue(&journal, next));
                }
                for (month, stood) in &locked {
                    prop_assert_eq!(revenue(&journal, *month), *stood, "{} was locked", month);
                }
            }
            prop_assert_eq!(ledger::verify(journal.booked()), Ok(()));
            totals.push(revenue(&journal, month("2030-01")));
        }
        prop_assert_eq!(totals[0], Money::new(77_777, euro()));
        prop_assert_eq!(totals[0], totals[1]);
    }

    #[test]
    fn a_contract_is_never_asset_and_liability_at_once_and_ties_out(
        prices in prop::collection::vec((1i128..1_000_000, measure()), 1..4),
        bills in prop::collection::vec((0i64..700, 1i128..500_000), 0..6),
    ) {
        let mut contract = contract(&prices);
        let bill = |(on, minor): &(i64, i128)| Billed { on: day(*on), amount: Money::new(*minor, euro()), obligation: None };
        contract.billed = bills.iter().map(bill).collect();
        let months: Vec<Month> = month("2026-01").to(month("2027-12")).collect();
        for end in contract.month_ends(&months)?.values() {
            let position = end.position;
            let assets = position.contract_asset.plus(position.unbilled)?;
            prop_assert!(assets.is_zero() || position.contract_liability.is_zero());
            prop_assert_eq!(end.billed.plus(assets)?, end.recognised.plus(position.contract_liability)?);
        }
        let entries = desk().preview(&contract, &months)?;
        let books = ledger::balances(&entries)?;
        let last = contract.position(month("2027-12").last())?;
        prop_assert_eq!(books.of(Account::ContractLiability, euro()), last.contract_liability);
        prop_assert_eq!(books.of(Account::Unbilled, euro()), last.unbilled);
        let (mut debits, mut credits) = (0, 0);
        for posting in entries.iter().flat_map(|entry| entry.postings().iter()) {
            match posting.side {
                Side::Debit => debits += posting.amount.minor(),
                Side::Credit => credits += posting.amount.minor(),
            }
        }
        prop_assert_eq!(debits, credits);
    }

    #[test]
    fn what_is_disclosed_adds_up(prices in prop::collection::vec((1i128..1_000_000, measure()), 1..4), cut in 0i32..30) {
        let contract = contract(&prices);
        let as_of = month("2026-01").plus(cut)?;
        let band = |name: &str, after: Month, until: Month| revenue::disclose::Band {
            name: name.into(), after: after.last(), until: until.last(),
        };
        let bands = [band("first", as_of, as_of.plus(12)?), band("rest", as_of.plus(12)?, month(LAST))];
        let sum = by_band(&contract, &bands)?.into_iter().try_fold(Money::zero(euro()), |sum, (_, part)| sum.plus(part))?;
        prop_assert_eq!(sum, contract.remaining(as_of.last())?);
        let first = roll_forward(&contract, month("2026-01"), as_of, Money::zero(euro()))?;
        let second = roll_forward(&contract, as_of.plus(1)?, month(LAST), Money::zero(euro()))?;
        prop_assert_eq!(first.closing, second.opening);
        let mut journal = Journal::default();
        run(&mut journal, &Calendars::new(), &contract, month(LAST), day(3000));
        let sliced = disaggregate(journal.booked(), month("2026-01"), month(LAST), "obligation")?;
        let sum = sliced.values().try_fold(Money::zero(euro()), |sum, part| sum.plus(*part))?;
        prop_assert_eq!(sum, contract.recognised(month(LAST).last())?);
    }
}

#[test]
fn both_books_are_kept_from_one_stream() {
    let measure = Measure::Over(Over::Days(DateRange::new(day(0), day(90)).expect("days")));
    let contract = contract(&[(9_000, measure)]);
    let mut journal = Journal::default();
    for book in [Book::UsGaap, Book::Ifrs] {
        let desk = Desk::new(book, Zone::utc()).expect("desk");
        for entry in desk.recognise(&contract, &Recognised::default(), month("2026-01")).expect("entries") {
            journal.post(entry, &Zone::utc(), &Calendars::new(), Poster::Engine, at(day(40))).expect("posted");
        }
        let view = View { entity: None, book, through: None, known_at: None };
        let revenue = journal.balances(view).expect("sums").of(Account::Revenue, euro());
        assert_eq!(revenue, Money::round_from(cents(3_100), euro(), Rounding::HalfUp).expect("euro"));
    }
}

#[test]
fn a_contract_is_presented_once_and_anew_when_a_late_invoice_changes_it() {
    let measure = Measure::Over(Over::Days(DateRange::new(day(0), day(90)).expect("days")));
    let mut contract = contract(&[(9_000, measure)]);
    let (january, february) = (month("2026-01"), month("2026-02"));
    let (mut journal, open) = (Journal::default(), Calendars::new());
    let mut present = |contract: &Contract| {
        let posted = Recognised::of(contract, Book::UsGaap, journal.booked()).expect("read");
        let position = contract.position(january.last()).expect("position");
        let entries = desk().present(contract, january, &position, &posted).expect("entries");
        for entry in &entries {
            journal.post(entry.clone(), &Zone::utc(), &open, Poster::Engine, at(day(40))).expect("posted");
        }
        let unbilled = |through| {
            let view = View { entity: None, book: Book::UsGaap, through: Some(through), known_at: None };
            journal.balances(view).expect("sums").of(Account::Unbilled, euro()).minor()
        };
        (entries.len(), unbilled(january), unbilled(february))
    };
    assert_eq!(present(&contract), (2, 3_100, 0));
    assert_eq!(present(&contract), (0, 3_100, 0), "posted twice");
    contract.billed.push(Billed { on: day(20), amount: Money::new(2_000, euro()), obligation: None });
    assert_eq!(present(&contract), (2, 1_100, 0));
    assert_eq!(present(&contract), (0, 1_100, 0));
}
