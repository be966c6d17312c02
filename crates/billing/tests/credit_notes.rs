//! Credit and debit notes, by example and by law.

use billing::{
    Issued, IssuedLine, IssuedNote, NoteError, NoteKind, NotePlan, Paid, PaidFrom, Payment, Pick, Settle, plan_credit,
    plan_debit, void,
};
use money::{Currency, Dec, Money, Ratio};
use proptest::prelude::*;
use stdx::Key;
use tax::{Percent, Prices, Tax, TaxPolicy, Taxable, assess};

fn euro() -> Currency {
    Currency::parse("EUR").expect("euro")
}

fn cents(minor: i128) -> Money {
    Money::new(minor, euro())
}

fn vat(percent: i64) -> Tax {
    let percent = Percent::try_from(Dec::from(percent)).expect("rate");
    Tax::of(Key::try_from("vat").expect("key"), percent)
}

/// A line of an issued document: amount, discount, quantity and rate.
type Given = (i128, i128, i128, i64);

fn issued(prices: Prices, lines: &[Given]) -> Issued {
    let taxable: Vec<Taxable> = lines
        .iter()
        .map(|(amount, discount, _, rate)| Taxable::new(cents(amount - discount), prices, vec![vat(*rate)]))
        .collect();
    let taxed = assess(euro(), &taxable, TaxPolicy::default()).expect("taxed");
    let mut document = Issued { currency: euro(), lines: Vec::new(), notes: Vec::new(), payments: Vec::new() };
    for ((number, (amount, discount, quantity, _)), line) in (1u32..).zip(lines).zip(taxed.lines) {
        document.lines.push(IssuedLine {
            number,
            quantity: Ratio::from_int(*quantity),
            amount: cents(*amount),
            discount: cents(*discount),
            prices,
            taxes: line.taxes,
        });
    }
    document
}

fn note(issued: &mut Issued, picks: &[(u32, Pick)]) -> Result<NotePlan, NoteError> {
    let plan = plan_credit(issued, picks, Settle::ToBalance)?;
    issued.notes.push(IssuedNote::issued(plan.clone()));
    Ok(plan)
}

fn figures(plan: &NotePlan) -> [i128; 5] {
    [plan.amount, plan.discount, plan.net, plan.tax, plan.gross].map(Money::minor)
}

#[test]
fn a_part_of_a_line_takes_its_share_of_discount_and_tax() {
    // 100.00 less 10.00, with 20 % on 90.00; 50.00 without discount
    let mut document = issued(Prices::Exclusive, &[(10_000, 1_000, 4, 20), (5_000, 0, 1, 20)]);
    let third = note(&mut document, &[(1, Pick::Amount(cents(3_333)))]).expect("noted");
    assert_eq!(figures(&third), [3_333, 333, 3_000, 600, 3_600]);
    let unit = note(&mut document, &[(1, Pick::Quantity(Ratio::ONE))]).expect("noted");
    assert_eq!(figures(&unit), [2_500, 250, 2_250, 450, 2_700]);
    let rest = note(&mut document, &[(1, Pick::Rest), (2, Pick::LeaveAmount(cents(2_000)))]).expect("noted");
    assert_eq!(figures(&rest), [4_167 + 3_000, 417, 3_750 + 3_000, 750 + 600, 8_100]);
    assert_eq!(rest.taxes.len(), 1, "one tax, one row");
    assert_eq!(rest.taxes[0].base, cents(6_750));
}

#[test]
fn the_taxes_of_several_credits_are_the_tax_of_the_line() {
    // three thirds of 0.99 with 0.19 tax: 0.06 + 0.07 + 0.06
    let mut document = issued(Prices::Exclusive, &[(99, 0, 3, 19)]);
    let taxes: Vec<i128> =
        (0..3).map(|_| note(&mut document, &[(1, Pick::Amount(cents(33)))]).expect("noted").tax.minor()).collect();
    assert_eq!(taxes, [6, 7, 6]);
    assert_eq!(note(&mut document, &[(1, Pick::Rest)]), Err(NoteError::Nothing));
}

#[test]
fn more_than_is_left_is_refused() {
    let mut document = issued(Prices::Exclusive, &[(10_000, 0, 4, 20)]);
    note(&mut document, &[(1, Pick::Quantity(Ratio::from_int(3)))]).expect("noted");
    let refused = |pick| plan_credit(&document, &[(1, pick)], Settle::ToBalance);
    assert_eq!(
        refused(Pick::Amount(cents(2_501))),
        Err(NoteError::ExceedsLeft { number: 1, asked: cents(2_501), left: cents(2_500) })
    );
    assert!(matches!(refused(Pick::Quantity(Ratio::from_int(2))), Err(NoteError::ExceedsQuantity { .. })));
    assert!(matches!(refused(Pick::Amount(cents(-1))), Err(NoteError::WrongSign { .. })));
    assert!(matches!(refused(Pick::Amount(cents(0))), Err(NoteError::WrongSign { .. })));
    let of = |picks: &[(u32, Pick)]| plan_credit(&document, picks, Settle::ToBalance);
    assert_eq!(of(&[(2, Pick::Rest)]), Err(NoteError::UnknownLine { number: 2 }));
    assert_eq!(of(&[(1, Pick::Rest), (1, Pick::Rest)]), Err(NoteError::LineTwice { number: 1 }));
}

#[test]
fn a_credit_reduces_what_is_open_before_it_gives_back() {
    let mut document = issued(Prices::Exclusive, &[(10_000, 0, 1, 20)]);
    let payment = |key: &str, from, minor| Payment {
        key: Key::try_from(key).expect("key"),
        from,
        amount: cents(minor),
        refunded: cents(0),
    };
    document.payments = vec![payment("card", PaidFrom::Outside, 5_000), payment("balance", PaidFrom::Balance, 3_000)];
    assert_eq!(document.open(), Ok(cents(4_000)));
    let plan =
        plan_credit(&document, &[(1, Pick::Share("1/2".parse().expect("half")))], Settle::Refund).expect("noted");
    assert_eq!((plan.gross, plan.settlement.reduces_open), (cents(6_000), cents(4_000)));
    assert_eq!(plan.settlement.refunded(), Ok(cents(2_000)));
    document.notes.push(IssuedNote::issued(plan));
    assert_eq!(document.open(), Ok(cents(0)));
    document.payments[0].refunded = cents(2_000);
    let rest = plan_credit(&document, &[(1, Pick::Rest)], Settle::Refund).expect("noted").settlement;
    assert_eq!((rest.refunded(), rest.to_balance), (Ok(cents(3_000)), cents(3_000)), "the balance gets its own back");
}

#[test]
fn a_voided_note_counts_for_nothing() {
    let mut document = issued(Prices::Exclusive, &[(10_000, 0, 1, 20)]);
    let plan = note(&mut document, &[(1, Pick::Rest)]).expect("noted");
    let first = document.notes[0].clone();
    let undone = void(&first, cents(0), |_| Paid::NotYet).expect("voided");
    assert_eq!((undone.open, undone.from_balance), (plan.gross, cents(0)));
    document.notes[0].voided_at = Some("2026-04-01T00:00:00Z".parse().expect("instant"));
    assert_eq!(document.open(), Ok(cents(12_000)));
    assert_eq!(void(&document.notes[0], cents(0), |_| Paid::NotYet), Err(NoteError::VoidAlready));
    assert_eq!(note(&mut document, &[(1, Pick::Rest)]).expect("noted"), plan);
}

#[test]
fn a_note_whose_money_is_gone_cannot_be_voided() {
    let mut document = issued(Prices::Exclusive, &[(10_000, 0, 1, 20)]);
    let card = Payment {
        key: Key::try_from("card").expect("key"),
        from: PaidFrom::Outside,
        amount: cents(12_000),
        refunded: cents(0),
    };
    document.payments = vec![card];
    let kept = IssuedNote::issued(plan_credit(&document, &[(1, Pick::Rest)], Settle::ToBalance).expect("noted"));
    assert!(matches!(void(&kept, cents(11_999), |_| Paid::NotYet), Err(NoteError::BalanceUsed { .. })));
    assert!(void(&kept, cents(12_000), |_| Paid::NotYet).is_ok());
    let back = IssuedNote::issued(plan_credit(&document, &[(1, Pick::Rest)], Settle::Refund).expect("noted"));
    assert!(matches!(void(&back, cents(0), |_| Paid::Yes), Err(NoteError::Refunded { .. })));
}

#[test]
fn a_debit_note_charges_more_in_proportion_and_can_be_credited() {
    let mut document = issued(Prices::Exclusive, &[(10_000, 1_000, 1, 20)]);
    let debit = plan_debit(&document, &[(1, cents(1_000))]).expect("noted");
    assert_eq!((debit.kind, figures(&debit)), (NoteKind::Debit, [1_000, 100, 900, 180, 1_080]));
    document.notes.push(IssuedNote::issued(debit));
    assert_eq!(document.open(), Ok(cents(10_800 + 1_080)));
    let rest = note(&mut document, &[(1, Pick::Rest)]).expect("noted");
    assert_eq!(figures(&rest), [11_000, 1_100, 9_900, 1_980, 11_880]);
    assert_eq!(document.open(), Ok(cents(0)));
}

#[test]
fn a_price_that_contains_its_tax_is_credited_as_it_was_written() {
    let mut document = issued(Prices::Inclusive, &[(999, 0, 1, 20)]);
    let half = note(&mut document, &[(1, Pick::Amount(cents(500)))]).expect("noted");
    assert_eq!(figures(&half), [500, 0, 416, 84, 500]);
    assert_eq!(figures(&note(&mut document, &[(1, Pick::Rest)]).expect("noted")), [499, 0, 416, 83, 499]);
}

fn document() -> impl Strategy<Value = Issued> {
    let line = (1i128..50_000, 0i128..100, 1i128..20, prop::sample::select(vec![7i64, 19, 20, 25]));
    let lines = prop::collection::vec(line, 1..5);
    (lines, any::<bool>()).prop_map(|(lines, inside)| {
        let lines: Vec<_> =
            lines.into_iter().map(|(amount, off, units, rate)| (amount, amount * off / 100, units, rate)).collect();
        issued(if inside { Prices::Inclusive } else { Prices::Exclusive }, &lines)
    })
}

/// What is asked for: a line, a pick, and which note to void afterwards.
fn wishes() -> impl Strategy<Value = Vec<(u32, Pick, Option<usize>)>> {
    let pick = prop_oneof![
        Just(Pick::Rest),
        (1i128..20_000).prop_map(|minor| Pick::Amount(cents(minor))),
        (1i128..5).prop_map(|units| Pick::Quantity(Ratio::from_int(units))),
        (1i128..10, 10i128..12).prop_map(|(n, d)| Pick::Share(Ratio::new(n, d).expect("share"))),
        (0i128..20_000).prop_map(|minor| Pick::LeaveAmount(cents(minor))),
    ];
    prop::collection::vec((1u32..5, pick, prop::option::weighted(0.2, 0usize..8)), 0..12)
}

fn sums(notes: &[IssuedNote], number: u32) -> [i128; 5] {
    let mut sums = [0; 5];
    for line in
        notes.iter().filter(|one| !one.is_void()).flat_map(|one| &one.plan.lines).filter(|one| one.number == number)
    {
        let tax: i128 = line.taxes.iter().map(|one| one.amount.minor()).sum();
        let of = [line.amount.minor(), line.discount.minor(), line.net.minor(), tax, line.gross.minor()];
        for (sum, one) in sums.iter_mut().zip(of) {
            *sum += one;
        }
    }
    sums
}

proptest! {
    #[test]
    fn credits_never_exceed_the_document_and_the_last_takes_what_is_left(mut document in document(), wishes in wishes()) {
        for (number, pick, voids) in wishes {
            match note(&mut document, &[(number, pick)]) {
                Ok(plan) => {
                    prop_assert_eq!(plan.net.plus(plan.tax)?, plan.gross);
                    let settled = &plan.settlement;
                    let parts = settled.reduces_open.plus(settled.refunded()?)?.plus(settled.to_balance)?.plus(settled.elsewhere)?;
                    prop_assert_eq!(parts, plan.gross);
                    prop_assert!(plan.lines.iter().flat_map(|line| &line.taxes).all(|one| !one.amount.is_negative()));
                    prop_assert!(plan.lines.iter().all(|line| !line.amount.is_negative() && !line.gross.is_negative()));
                }
                Err(NoteError::UnknownLine { .. } | NoteError::WrongSign { .. } | NoteError::ExceedsLeft { .. }
                    | NoteError::ExceedsQuantity { .. } | NoteError::Nothing) => {}
                Err(other) => return Err(TestCaseError::fail(other.to_string())),
            }
            if let Some(one) = voids.and_then(|at| document.notes.get_mut(at)) {
                one.voided_at = Some("2026-04-01T00:00:00Z".parse().expect("instant"));
            }
            for line in &document.lines {
                let [amount, _, _, tax, gross] = sums(&document.notes, line.number);
                prop_assert!(amount <= line.amount.minor() && tax <= line.tax()?.minor() && gross <= line.gross()?.minor());
            }
        }
        let all: Vec<(u32, Pick)> = document.lines.iter().map(|line| (line.number, Pick::Rest)).collect();
        match note(&mut document, &all) {
            Ok(_) | Err(NoteError::Nothing) => {}
            Err(other) => return Err(TestCaseError::fail(other.to_string())),
        }
        for line in &document.lines {
            let whole = [line.amount, line.discount, line.gross()?.minus(line.tax()?)?, line.tax()?, line.gross()?];
            prop_assert_eq!(sums(&document.notes, line.number), whole.map(Money::minor), "line {}", line.number);
        }
        prop_assert_eq!(document.open()?, cents(0));
    }

    #[test]
    fn one_note_over_all_lines_is_the_document(mut document in document()) {
        let all: Vec<(u32, Pick)> = document.lines.iter().rev().map(|line| (line.number, Pick::Rest)).collect();
        let total = document.total()?;
        let plan = note(&mut document, &all)?;
        prop_assert_eq!(plan.gross, total);
        let numbers: Vec<u32> = plan.lines.iter().map(|line| line.number).collect();
        prop_assert!(numbers.is_sorted(), "in the order of the document");
    }
}
