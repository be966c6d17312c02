//! The laws of an account of Kill Bill, whatever happens to it.

use billing::profiles::killbill::{
    Account, Alignment, BilledAt, Book, Category, Charge, Item, Join, Payments, Phase, PhaseKind, Plan, Profile,
    Section, State, UsagePrice, Whose, check_history, difference, net_items, propose,
};
use billing::profiles::killbill::{Billed, Delegation, Event, Family, ItemId, Once, Recurring};
use calendar::profiles::killbill::{BillingMode, MonthLength};
use calendar::{Cadence, CadenceUnit, Date, DateRange};
use money::{Currency, Dec, Money};
use proptest::prelude::*;
use rating::profiles::killbill::{BlockTier, Policy};
use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU16;

const PLANS: [&str; 4] = ["monthly", "yearly", "arrears", "metered"];

fn usd() -> Currency {
    Currency::parse("USD").expect("a currency")
}

fn dec(text: &str) -> Dec {
    text.parse().expect(text)
}

fn start() -> Date {
    "2024-01-10".parse().expect("a date")
}

fn phase(kind: PhaseKind, days: u16, fixed: Option<&str>, recurring: Option<(Cadence, &str)>) -> Phase {
    let lasts = NonZeroU16::new(days).map(|days| Cadence::new(days, CadenceUnit::Day));
    let recurring = recurring.map(|(every, price)| (every, dec(price)));
    Phase { kind, lasts, fixed: fixed.map(dec), recurring, usage: Vec::new() }
}

fn plans() -> BTreeMap<String, Plan> {
    let plan = |billed, phases| Plan { category: Category::Standalone, billed, alignment: Alignment::Account, phases };
    let trial = phase(PhaseKind::Trial, 20, Some("1"), None);
    let month = phase(PhaseKind::Evergreen, 0, None, Some((Cadence::MONTH, "29.95")));
    let year = phase(PhaseKind::Evergreen, 0, None, Some((Cadence::YEAR, "333.33")));
    let later = phase(PhaseKind::Evergreen, 0, None, Some((Cadence::MONTH, "17.77")));
    let mut metered = phase(PhaseKind::Evergreen, 0, None, None);
    let tier = BlockTier {
        block_size: dec("10").try_into().expect("above 0"),
        max_blocks: None,
        price: dec("0.75").try_into().expect("not below 0"),
    };
    let price = UsagePrice::Consumable { units: [("call".to_owned(), vec![tier])].into(), policy: Policy::AllTiers };
    metered.usage.push(Section { name: "calls".to_owned(), every: Cadence::MONTH, price });
    let all = [
        plan(BilledAt::InAdvance, vec![trial, month]),
        plan(BilledAt::InAdvance, vec![year]),
        plan(BilledAt::InArrear, vec![later]),
        plan(BilledAt::InArrear, vec![metered]),
    ];
    PLANS.iter().map(|name| (*name).to_owned()).zip(all).collect()
}

/// Something that happens so many days after what happened before, and counts from so many days earlier or later.
#[derive(Debug, Clone)]
struct Happening {
    after: u16,
    counts_from: i64,
    to: u8,
    what: What,
}

#[derive(Debug, Clone)]
enum What {
    Change(usize),
    Cancel,
    Uncancel,
    Pause,
    Resume,
    CycleDay(u8),
    Quantity(u32),
    Use(u32),
    Grant(u32),
    Pay,
}

fn happenings() -> impl Strategy<Value = Vec<Happening>> {
    let what = prop_oneof![
        (0..PLANS.len()).prop_map(What::Change),
        Just(What::Cancel),
        Just(What::Uncancel),
        Just(What::Pause),
        Just(What::Resume),
        (1u8..=31).prop_map(What::CycleDay),
        (1u32..5).prop_map(What::Quantity),
        (0u32..500).prop_map(What::Use),
        (1u32..100).prop_map(What::Grant),
        Just(What::Pay),
    ];
    let one = (0u16..40, -50i64..30, 0u8..2, what);
    let one = one.prop_map(|(after, counts_from, to, what)| Happening { after, counts_from, to, what });
    prop::collection::vec(one, 0..12)
}

fn account(payments: Payments) -> Account {
    let mut account = Account::new(Book::new(Profile::default(), usd(), plans(), 15.try_into().ok()), start());
    account.payments = payments;
    for (name, plan) in [("a", "monthly"), ("b", "yearly")] {
        join(&mut account, name, plan);
    }
    account
}

fn join(account: &mut Account, name: &str, plan: &str) {
    let from = account.today();
    let (name, plan) = (name.to_owned(), plan.to_owned());
    let (bundle, phases_from, cycle_day, alignment) = (None, None, None, None);
    let join = Join { name, plan, from, bundle, phases_from, quantity: 1, cycle_day, alignment };
    account.subscribe(join).expect("new");
    account.took_effect(from).expect("runs");
}

fn happen(account: &mut Account, Happening { counts_from, to, what, .. }: &Happening) {
    let from = account.today().plus_days(*counts_from).expect("near").max(start());
    let name = if *to == 0 { "a" } else { "b" };
    // what makes no sense is refused and changes nothing
    let _ = match what {
        What::Change(plan) => account.change(name, PLANS[*plan], from, None),
        What::Cancel => account.cancel(name, from),
        What::Uncancel => account.uncancel(name),
        What::Pause => account.pause(Whose::Of(name), from),
        What::Resume => account.resume(Whose::Of(name), from),
        What::CycleDay(day) => account.set_cycle_day(name, (*day).try_into().expect("a day"), from),
        What::Quantity(number) => account.set_quantity(name, *number, from),
        What::Use(calls) => {
            account.book.used(name, from, "call", Dec::from(*calls));
            Ok(())
        }
        What::Grant(amount) => account.grant(Money::new(i128::from(*amount) * 100, usd())),
        What::Pay => account.pay_all(),
    };
    account.took_effect(from).expect("runs");
}

fn live(account: &mut Account, happenings: &[Happening]) {
    for happening in happenings {
        let today = account.today().plus_days(i64::from(happening.after)).expect("near");
        account.pass(today).expect("runs");
        happen(account, happening);
    }
    let end = account.today().plus_days(45).expect("near");
    account.pass(end).expect("runs");
    account.run(end).expect("runs");
}

/// The days of recurring items with an amount, by subscription, plan, phase and rate.
fn days(items: &[Item]) -> BTreeSet<(String, String, String, Date)> {
    let mut out = BTreeSet::new();
    for item in items.iter().filter(|item| !item.amount.is_zero()) {
        let Charge::Recurring { days, terms } = &item.charge else { continue };
        let name = item.subscription.clone().unwrap_or_default();
        for day in 0..days.days() {
            let day = days.from().plus_days(day).expect("near");
            out.insert((name.clone(), format!("{} {}", terms.plan, terms.phase), terms.rate.to_string(), day));
        }
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_second_run_bills_nothing(what in happenings()) {
        let mut account = account(Payments::AtOnce);
        live(&mut account, &what);
        prop_assert_eq!(account.preview(account.today()), Ok(Vec::new()));
    }

    #[test]
    fn no_item_gives_back_more_than_it_billed_and_no_day_is_billed_twice(what in happenings()) {
        let mut account = account(Payments::AtOnce);
        live(&mut account, &what);
        prop_assert_eq!(check_history(&account.history()), Ok(()));
    }

    #[test]
    fn what_is_owed_is_what_was_charged_and_not_paid(what in happenings()) {
        for payments in [Payments::AtOnce, Payments::Off] {
            let mut account = account(payments);
            live(&mut account, &what);
            let mut owed = Money::zero(usd());
            for invoice in account.invoices() {
                prop_assert_eq!(invoice.state, State::Committed);
                prop_assert!(!invoice.balance()?.is_negative(), "what is too much becomes credit");
                owed = owed.plus(invoice.charged()?)?.minus(invoice.paid()?)?;
            }
            prop_assert_eq!(account.balance(), Ok(owed));
            prop_assert!(!account.credit()?.is_negative());
        }
    }

    #[test]
    fn what_happens_to_one_subscription_does_not_move_another(what in happenings()) {
        let of = |to: u8| -> Vec<Happening> {
            what.iter().map(|one| Happening { what: if one.to == to { one.what.clone() } else { What::Pay }, ..one.clone() }).collect()
        };
        let (mut both, mut alone) = (account(Payments::AtOnce), account(Payments::AtOnce));
        live(&mut both, &what);
        live(&mut alone, &of(0));
        let of_a = |account: &Account| -> Vec<Item> {
            let net = net_items(&account.history(), MonthLength::Calendar).expect("small");
            net.into_iter().filter(|item| item.subscription.as_deref() == Some("a")).collect()
        };
        prop_assert_eq!(days(&of_a(&both)), days(&of_a(&alone)));
    }

    #[test]
    fn a_parent_pays_what_its_child_owes(what in happenings()) {
        let own = Book::new(Profile::default(), usd(), BTreeMap::new(), None);
        let mut family = Family::new(Account::new(own, start()));
        let mut child = Account::new(Book::new(Profile::default(), usd(), plans(), 15.try_into().ok()), start());
        child.payments = Payments::Off;
        family.adopt("child", child, Delegation::ParentPays);
        family.with_child("child", |child| {
            join(child, "a", "monthly");
            join(child, "b", "yearly");
            Ok(())
        })?;
        for happening in what.iter().filter(|one| !matches!(one.what, What::Pay)) {
            family.pass(family.parent().today().plus_days(i64::from(happening.after))?)?;
            family.with_child("child", |child| {
                happen(child, happening);
                Ok(())
            })?;
        }
        family.pass(family.parent().today().plus_days(1)?)?;
        prop_assert!(family.parent().balance()?.is_zero(), "all is paid on the next day");
        let child = &family.children()[0].account;
        let (mut by_parent, mut for_child) = (Money::zero(usd()), Money::zero(usd()));
        for (place, invoice) in child.invoices().iter().enumerate() {
            prop_assert!(family.balance_of("child", place)?.minor() <= 0);
            for_child = for_child.plus(invoice.paid()?)?;
        }
        for invoice in family.parent().invoices() {
            by_parent = by_parent.plus(invoice.paid()?)?;
        }
        prop_assert_eq!(by_parent, for_child);
    }

    #[test]
    fn after_a_run_the_billed_days_are_those_of_the_last_proposal(first in spans(), second in spans()) {
        let propose = |spans: &[(u16, u16, u8)]| propose(&events(spans), "2025-06-01".parse().expect("a date"), &Profile::default(), usd());
        let (first, second) = (propose(&first)?, propose(&second)?);
        let mut history: Vec<Billed> = Vec::new();
        for proposed in [&first, &second] {
            for item in difference(&history, proposed, MonthLength::Calendar)? {
                let id = ItemId(u32::try_from(history.len())?);
                history.push(Billed { id, item });
            }
            prop_assert_eq!(days(&net_items(&history, MonthLength::Calendar)?), days(proposed));
            prop_assert_eq!(check_history(&history), Ok(()));
        }
    }
}

/// Stretches of a subscription: days until it begins, days that it lasts, and its price.
fn spans() -> impl Strategy<Value = Vec<(u16, u16, u8)>> {
    prop::collection::vec((0u16..90, 1u16..120, 1u8..4), 0..6)
}

fn events(spans: &[(u16, u16, u8)]) -> Vec<Event> {
    let (mut on, mut events) = (start(), Vec::new());
    for (after, lasts, price) in spans {
        let event = |on, recurring| Event {
            subscription: "a".to_owned(),
            on,
            plan: "p".to_owned(),
            phase: "ph".to_owned(),
            once: Once::Nothing,
            recurring,
        };
        on = on.plus_days(i64::from(*after)).expect("near");
        let rate = Dec::from(u32::from(*price) * 10);
        let recurring = Recurring {
            rate,
            every: Cadence::MONTH,
            mode: BillingMode::InAdvance,
            cycle_day: 31.try_into().expect("a day"),
        };
        events.push(event(on, Some(recurring)));
        on = on.plus_days(i64::from(*lasts)).expect("near");
        events.push(event(on, None));
    }
    events
}

/// A paused month is given back by its days and taken again by what is left of the cycle.
#[test]
fn a_pause_gives_back_days_and_its_end_bills_the_rest() {
    let mut account = account(Payments::AtOnce);
    account.pass("2024-02-20".parse().expect("a date")).expect("runs");
    account.pause(Whose::Of("a"), account.today()).expect("there");
    account.took_effect(account.today()).expect("runs");
    account.pass("2024-03-01".parse().expect("a date")).expect("runs");
    account.resume(Whose::Of("a"), account.today()).expect("paused");
    account.took_effect(account.today()).expect("runs");
    let rows: Vec<String> = account
        .history()
        .iter()
        .filter(|billed| billed.item.subscription.as_deref() == Some("a") && billed.item.end().is_some())
        .map(|billed| {
            let days = DateRange::new(billed.item.start(), billed.item.end().expect("filtered")).expect("some days");
            format!("{days} {}", billed.item.amount)
        })
        .collect();
    assert_eq!(
        rows,
        [
            "2024-01-10..2024-01-30 1.00 USD",  // the trial, charged once
            "2024-01-30..2024-02-15 15.46 USD", // 16/31
            "2024-02-15..2024-03-15 29.95 USD",
            "2024-02-20..2024-03-15 -24.79 USD", // 24/29
            "2024-03-01..2024-03-15 14.46 USD",  // 14/29
        ]
    );
    assert_eq!(account.credit().map(|credit| credit.to_string()), Ok("10.33 USD".to_owned()));
}

/// Usage is never given back, and a later cut of a billed period does not bill it again.
#[test]
fn usage_is_billed_once_however_its_period_is_cut_later() {
    let date = |text: &str| text.parse::<Date>().expect("a date");
    let mut account = account(Payments::AtOnce);
    join(&mut account, "calls", "metered");
    for day in ["2024-01-20", "2024-02-10", "2024-02-20"] {
        account.book.used("calls", date(day), "call", Dec::from(100_u32));
    }
    let billed = |account: &Account| -> Vec<String> {
        let usage = account.history().into_iter().filter(|billed| matches!(billed.item.charge, Charge::Usage { .. }));
        let row = |item: Item| {
            let to = item.end().expect("a period");
            format!("{}..{to} {}", item.start(), item.amount)
        };
        usage.map(|billed| row(billed.item)).collect()
    };
    account.pass(date("2024-03-20")).expect("runs");
    let months =
        ["2024-01-10..2024-01-15 0.00 USD", "2024-01-15..2024-02-15 15.00 USD", "2024-02-15..2024-03-15 7.50 USD"];
    assert_eq!(billed(&account), months);
    account.cancel("calls", date("2024-02-01")).expect("there");
    account.run(account.today()).expect("runs");
    assert_eq!(billed(&account), months);
}
