//! Amounts that a person takes off a line or puts on it: what a credit or debit note leaves behind.
//!
//! A note by hand changes what a key is worth, or the next bill would charge again what the note gave back. So each of its lines is a
//! fact: what the key is worth is what was agreed and used, less its adjustments; the difference to what was posted is the note itself.

use crate::{Invoice, Line, LineKey, NoteKind, NotePlan, Worth};
use alloc::{string::String, vec::Vec};
use calendar::Instant;
use money::{Money, MoneyError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::{Key, Problem, ToProblem};

/// A change that a person makes to what a line is worth or says. Amounts are in the unit of the line's own amount (after discounts, with or without
/// tax as the line is written).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Adjustment {
    /// Its own key.
    pub key: Key,
    /// The line that it changes.
    pub line: LineKey,
    /// What is changed.
    pub effect: Effect,
    /// What left it behind.
    pub by: By,
    /// Why, as the customer reads it.
    pub reason: String,
    /// From when it is true.
    pub effective_at: Instant,
    /// When it became known.
    pub recorded_at: Instant,
    /// When it was taken back: it then counts for nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voided_at: Option<Instant>,
}

/// What an adjustment changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// So much is taken off, or put on when it is below zero. What the line becomes worth later counts beside it.
    Off(Money),
    /// The line is left out, whatever it becomes worth.
    LeaveOut,
    /// The line is called otherwise.
    Text(String),
}

impl Effect {
    /// What makes an amount another one.
    pub fn to(from: Money, wanted: Money) -> Result<Self, MoneyError> {
        Ok(Self::Off(from.minus(wanted)?))
    }
}

/// What left an adjustment behind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// A draft was edited.
    Draft,
    /// A note by hand, or a document that was voided with its lines given up: its number.
    Document(String),
    /// A difference was too small to be billed, or a person gave it up.
    Difference,
}

/// What an adjustment did to a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Adjusted {
    /// The adjustment.
    pub adjustment: Key,
    /// Why.
    pub reason: String,
    /// What it took off: its amount, or what was left of the line.
    pub amount: Money,
}

impl Adjustment {
    /// Whether it counts.
    pub const fn is_in_force(&self) -> bool {
        self.voided_at.is_none()
    }

    /// What writes a difference off: the line is then worth what was posted.
    pub fn absorbing(line: &Line, key: Key, reason: &str, at: Instant) -> Self {
        let (effect, by) = (Effect::Off(line.amount), By::Difference);
        let (line, reason) = (line.key.clone(), reason.into());
        Self { key, line, effect, by, reason, effective_at: at, recorded_at: at, voided_at: None }
    }
}

/// What a line is worth after its adjustments, which are those of its key that count, and what each took. They follow each other by when they became
/// known, then by key. None takes the line below zero: should the line become worth less than was given back by hand, no more than all of it is
/// given back.
pub fn adjust(worth: Money, line: &LineKey, adjustments: &[Adjustment]) -> Result<(Money, Vec<Adjusted>), MoneyError> {
    let (mut left, mut taken) = (worth, Vec::new());
    for one in in_order(line, adjustments) {
        let amount = match &one.effect {
            Effect::Text(_) => continue,
            Effect::LeaveOut => left,
            Effect::Off(amount) => {
                let most = Money::new(left.minor().max(0), left.currency());
                if amount.minus(most)?.is_negative() { *amount } else { most }
            }
        };
        left = left.minus(amount)?;
        if !amount.is_zero() {
            taken.push(Adjusted { adjustment: one.key.clone(), reason: one.reason.clone(), amount });
        }
    }
    Ok((left, taken))
}

fn in_order<'a>(line: &LineKey, adjustments: &'a [Adjustment]) -> Vec<&'a Adjustment> {
    let mut own: Vec<&Adjustment> = adjustments.iter().filter(|one| one.line == *line && one.is_in_force()).collect();
    own.sort_by(|a, b| (a.recorded_at, &a.key).cmp(&(b.recorded_at, &b.key)));
    own
}

/// Whether a line is worth nothing because it was left out or given up: nobody has to see that it would have been there.
pub(crate) fn is_given_up(worth: &Worth, line: &LineKey, adjustments: &[Adjustment]) -> bool {
    worth.amount.is_zero()
        && in_order(line, adjustments).iter().any(|one| match one.effect {
            Effect::LeaveOut => true,
            Effect::Off(_) => one.by != By::Draft,
            Effect::Text(_) => false,
        })
}

/// Puts the adjustments of a key upon what it is worth.
pub(crate) fn adjust_worth(worth: &mut Worth, line: &LineKey, adjustments: &[Adjustment]) -> Result<(), MoneyError> {
    if adjustments.is_empty() {
        return Ok(());
    }
    let (amount, adjusted) = adjust(worth.amount, line, adjustments)?;
    (worth.amount, worth.adjusted) = (amount, adjusted);
    for one in in_order(line, adjustments) {
        match &one.effect {
            Effect::Text(text) => worth.name.clone_from(text),
            Effect::Off(_) | Effect::LeaveOut => {}
        }
    }
    Ok(())
}

impl NotePlan {
    /// The adjustments that the note leaves behind: one for each line whose key is known. `number`: that of the note, with which their keys begin; the
    /// number of the line follows.
    pub fn adjustments(
        &self,
        number: &str,
        reason: &str,
        at: Instant,
        of: impl Fn(u32) -> Option<LineKey>,
    ) -> Result<Vec<Adjustment>, AdjustmentError> {
        let mut out = Vec::with_capacity(self.lines.len());
        for line in &self.lines {
            let Some(about) = of(line.number) else { continue };
            let stated = line.amount.minus(line.discount)?;
            let amount = match self.kind {
                NoteKind::Credit => stated,
                NoteKind::Debit => stated.negated(),
            };
            let key = Key::try_from(alloc::format!("{number}:{}", line.number))?;
            out.push(Adjustment {
                key,
                line: about,
                effect: Effect::Off(amount),
                by: By::Document(number.into()),
                reason: reason.into(),
                effective_at: at,
                recorded_at: at,
                voided_at: None,
            });
        }
        Ok(out)
    }
}

/// What a document leaves behind that is voided with its lines given up: nobody is billed for them again.
pub fn given_up(
    document: &Invoice,
    number: &str,
    reason: &str,
    at: Instant,
) -> Result<Vec<Adjustment>, AdjustmentError> {
    let one = |(position, line): (u32, &Line)| {
        Ok(Adjustment {
            key: Key::try_from(alloc::format!("{number}:void:{position}"))?,
            line: line.key.clone(),
            effect: Effect::Off(line.amount),
            by: By::Document(number.into()),
            reason: reason.into(),
            effective_at: at,
            recorded_at: at,
            voided_at: None,
        })
    };
    (1..).zip(&document.lines).map(one).collect()
}

/// Why there are no adjustments.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AdjustmentError {
    /// The key would be too long.
    #[error(transparent)]
    Key(#[from] stdx::KeyError),
    /// An amount cannot be had.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

impl ToProblem for AdjustmentError {
    fn problem(&self) -> Problem {
        match self {
            Self::Key(error) => Problem::new("invalid_key", "Not a name")
                .detail(alloc::format!("{error}"))
                .mend("use letters, digits and _ . : -"),
            Self::Money(error) => error.problem(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Issued, IssuedLine, Pick, PriceRef, Settle, plan_credit};
    use calendar::Period;
    use metering::Dimensions;
    use money::{Currency, Ratio};
    use proptest::prelude::*;
    use tax::Prices;

    fn cents(minor: i128) -> Money {
        Money::new(minor, Currency::parse("EUR").expect("euro"))
    }

    fn at(text: &str) -> Instant {
        text.parse().expect(text)
    }

    fn key(text: &str) -> Key {
        Key::try_from(text).expect(text)
    }

    fn line() -> LineKey {
        let cycle = Period::new(at("2026-04-01T00:00:00Z"), at("2026-05-01T00:00:00Z")).expect("month");
        let price = PriceRef { plan: key("basic"), version: 1, price: key("fee") };
        let currency = Currency::parse("EUR").expect("euro");
        LineKey { subscription: key("s"), price, cycle, dimensions: Dimensions::new(), currency }
    }

    fn adjustment(name: &str, minor: i128) -> Adjustment {
        let recorded_at = at("2026-04-10T00:00:00Z");
        Adjustment {
            key: key(name),
            line: line(),
            effect: Effect::Off(cents(minor)),
            by: By::Draft,
            reason: "Outage".into(),
            effective_at: recorded_at,
            recorded_at,
            voided_at: None,
        }
    }

    fn after(worth: i128, all: &[Adjustment]) -> (i128, Vec<i128>) {
        let (left, taken) = adjust(cents(worth), &line(), all).expect("adjusted");
        (left.minor(), taken.iter().map(|one| one.amount.minor()).collect())
    }

    #[test]
    fn a_line_is_worth_what_is_left_after_its_adjustments() {
        let all = [adjustment("a", 2_000), adjustment("b", -500)];
        assert_eq!(after(10_000, &all), (8_500, alloc::vec![2_000, -500]));
        let other = Adjustment { line: LineKey { subscription: key("other"), ..line() }, ..adjustment("c", 100) };
        assert_eq!(after(10_000, &[other]), (10_000, alloc::vec![]));
        let voided = Adjustment { voided_at: Some(at("2026-04-20T00:00:00Z")), ..adjustment("a", 2_000) };
        assert_eq!(after(10_000, &[voided]), (10_000, alloc::vec![]));
    }

    #[test]
    fn a_line_that_becomes_worth_less_gives_back_all_of_it_and_no_more() {
        assert_eq!(after(1_500, &[adjustment("a", 2_000)]), (0, alloc::vec![1_500]));
        assert_eq!(
            after(-100, &[adjustment("a", 2_000)]),
            (-100, alloc::vec![]),
            "a line that gives back has nothing left"
        );
    }

    #[test]
    fn a_line_that_is_left_out_is_worth_nothing_whatever_it_becomes_worth() {
        let out = Adjustment { effect: Effect::LeaveOut, ..adjustment("a", 0) };
        assert_eq!(after(1_500, core::slice::from_ref(&out)), (0, alloc::vec![1_500]));
        assert_eq!(after(-300, &[out]), (0, alloc::vec![-300]));
        let text = Adjustment { effect: Effect::Text("Support".into()), ..adjustment("a", 0) };
        assert_eq!(after(1_500, &[text]), (1_500, alloc::vec![]), "a text is worth nothing");
    }

    #[test]
    fn a_note_leaves_what_it_gave_back() {
        let issued = Issued {
            currency: line().currency,
            lines: alloc::vec![IssuedLine {
                number: 1,
                quantity: Ratio::ONE,
                amount: cents(10_000),
                discount: cents(1_000),
                prices: Prices::Exclusive,
                taxes: Vec::new(),
            }],
            notes: Vec::new(),
            payments: Vec::new(),
        };
        let plan = plan_credit(&issued, &[(1, Pick::Amount(cents(5_000)))], Settle::ToBalance).expect("planned");
        let left = plan.adjustments("CN-1", "Outage", at("2026-04-10T00:00:00Z"), |_| Some(line())).expect("left");
        assert_eq!((left[0].key.as_str(), &left[0].effect), ("CN-1:1", &Effect::Off(cents(4_500))));
        assert_eq!(after(9_000, &left), (4_500, alloc::vec![4_500]));
    }

    proptest! {
        #[test]
        fn what_is_taken_and_what_is_left_are_the_whole_in_any_order(
            worth in -1_000i128..10_000,
            (all, mixed) in prop::collection::vec(-2_000i128..5_000, 0..6).prop_flat_map(|amounts| {
                let all: Vec<_> = amounts.iter().enumerate().map(|(n, minor)| adjustment(&alloc::format!("a{n}"), *minor)).collect();
                (Just(all.clone()), Just(all).prop_shuffle())
            }),
        ) {
            let (left, taken) = after(worth, &all);
            prop_assert_eq!(left + taken.iter().sum::<i128>(), worth);
            prop_assert!(left >= worth.min(0));
            prop_assert_eq!(after(worth, &mixed), (left, taken));
        }
    }
}
