//! What is to be booked when what should be has changed: the difference per component and unit price.
//!
//! Where component and unit price are the same, the figures are subtracted. A line whose price changed is booked anew, and the
//! old one is reversed in full, so that every line on paper is quantity × price. What nets to no money is not booked.

use crate::line::{Component, Line};
use alloc::vec::Vec;
use money::{NumError, Ratio};

/// The figures of a line that add up over runs. Credits are no part of them: they pay what is due and do not change it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figures {
    /// Units.
    pub quantity: Ratio,
    /// Units × price.
    pub amount: Ratio,
    /// What a commitment asks for.
    pub commitment: Ratio,
    /// What discounts take off.
    pub discounts: Ratio,
}

impl Figures {
    /// Amount + commitment − discounts.
    pub fn total(&self) -> Result<Ratio, NumError> {
        self.amount.plus(self.commitment)?.minus(self.discounts)
    }

    fn plus(self, other: Self) -> Result<Self, NumError> {
        Ok(Self {
            quantity: self.quantity.plus(other.quantity)?,
            amount: self.amount.plus(other.amount)?,
            commitment: self.commitment.plus(other.commitment)?,
            discounts: self.discounts.plus(other.discounts)?,
        })
    }

    fn negated(self) -> Self {
        Self {
            quantity: self.quantity.negated(),
            amount: self.amount.negated(),
            commitment: self.commitment.negated(),
            discounts: self.discounts.negated(),
        }
    }

    fn is_no_money(&self) -> bool {
        self.amount.is_zero() && self.commitment.is_zero() && self.discounts.is_zero()
    }
}

/// Where a line was booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Number of the run, from 1.
    pub run: u32,
    /// Number of the line in the run, from 1.
    pub line: u32,
}

/// A line that was booked or is to be booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Which component of the price.
    pub component: Component,
    /// Price of one unit.
    pub each: Ratio,
    /// Its figures.
    pub figures: Figures,
    /// Number of the period to which it belongs, from 1.
    pub period: u32,
    /// Where it is booked.
    pub place: Place,
    /// The line that it takes back in full.
    pub reverses: Option<Place>,
}

impl Entry {
    /// The earlier period that the entry corrects; `None` when it belongs to its own run.
    pub fn corrects(&self) -> Option<u32> {
        (self.period < self.place.run).then_some(self.period)
    }
}

/// What run `run` has to book, all of it in its own period, when everything up to now comes to `worth`.
pub fn in_current_period(worth: &[Line], booked: &[Entry], run: u32) -> Result<Vec<Entry>, NumError> {
    let mut entries = subtract(&entries(worth, run, run)?, booked)?;
    for entry in &mut entries {
        entry.period = run;
    }
    entries.sort_by_key(|e| (e.place.line, e.component, e.reverses.is_some()));
    Ok(placed(entries, run))
}

/// What the run after `worth.len() - 1` others has to book, each difference in the period to which it belongs.
///
/// `worth` holds, for each period up to the one of this run, what everything up to the end of that period comes to, as it is
/// known today. What a period adds to the ones before it belongs to it; a line that vanishes is taken back in the period
/// that carries it.
pub fn in_own_periods(worth: &[Vec<Line>], booked: &[Entry]) -> Result<Vec<Entry>, NumError> {
    let run = u32::try_from(worth.len()).map_err(|_| NumError::Overflow)?;
    let mut due: Vec<Entry> = Vec::new();
    for (period, lines) in (1u32..).zip(worth) {
        let added = subtract(&entries(lines, period, run)?, &due)?;
        due.extend(added);
    }
    let mut all = Vec::new();
    for period in 1..=run {
        let of_period = |list: &[Entry]| list.iter().filter(|e| e.period == period).copied().collect::<Vec<_>>();
        // what was taken back between periods is plain arithmetic: it reverses no booked line
        let mut due = of_period(&due);
        for entry in &mut due {
            entry.reverses = None;
        }
        all.extend(subtract(&due, &of_period(booked))?);
    }
    all.sort_by_key(|e| (e.period, e.place.line, e.component, e.reverses.is_none()));
    Ok(placed(all, run))
}

/// Lines as entries of one period, at the places at which they were rated.
fn entries(lines: &[Line], period: u32, run: u32) -> Result<Vec<Entry>, NumError> {
    let entry = |(line, number): (&Line, u32)| {
        let figures = Figures {
            quantity: line.quantity,
            amount: line.amount,
            commitment: line.commitment,
            discounts: line.discounted()?,
        };
        let place = Place { run, line: number };
        Ok(Entry { component: line.component, each: line.each, figures, period, place, reverses: None })
    };
    lines.iter().zip(1u32..).map(entry).collect()
}

fn placed(mut entries: Vec<Entry>, run: u32) -> Vec<Entry> {
    for (line, entry) in (1u32..).zip(&mut entries) {
        entry.place = Place { run, line };
    }
    entries
}

/// Current − previous per component and unit price; what nets to no money is left out.
fn subtract(current: &[Entry], previous: &[Entry]) -> Result<Vec<Entry>, NumError> {
    let (current, previous) = (summed(current)?, summed(previous)?);
    let same = |a: &Entry, b: &Entry| a.component == b.component && a.each == b.each;
    let mut out = Vec::with_capacity(current.len() + previous.len());
    for entry in &current {
        let before = previous.iter().find(|p| same(p, entry)).map(|p| p.figures.negated());
        let figures = before.map_or(Ok(entry.figures), |before| entry.figures.plus(before))?;
        out.push(Entry { figures, ..*entry });
    }
    for entry in previous.iter().filter(|p| !current.iter().any(|c| same(p, c))) {
        out.push(Entry { figures: entry.figures.negated(), reverses: Some(entry.place), ..*entry });
    }
    out.retain(|entry| !entry.figures.is_no_money());
    Ok(out)
}

/// One entry per component and unit price, at the place of the first.
fn summed(entries: &[Entry]) -> Result<Vec<Entry>, NumError> {
    let mut out: Vec<Entry> = Vec::with_capacity(entries.len());
    for entry in entries {
        match out.iter_mut().find(|e| e.component == entry.component && e.each == entry.each) {
            Some(sum) => sum.figures = sum.figures.plus(entry.figures)?,
            None => out.push(*entry),
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{vec, vec::Vec};

    fn usage(quantity: i128, each: i128) -> Line {
        let n = Ratio::from_int;
        Line::of_usage(Component::VolumeUsage, n(quantity), n(each), n(quantity * each))
    }

    fn shown(entries: &[Entry]) -> Vec<(i128, i128, u32, Option<u32>)> {
        let whole = |r: Ratio| r.numerator();
        entries
            .iter()
            .map(|e| (whole(e.figures.quantity), whole(e.each), e.period, e.reverses.map(|r| r.line)))
            .collect()
    }

    #[test]
    fn the_same_price_gives_a_difference_and_another_price_a_reversal() {
        let first = in_current_period(&[usage(12, 10)], &[], 1).expect("small");
        let second = in_current_period(&[usage(14, 10)], &first, 2).expect("small");
        assert_eq!(shown(&second), [(2, 10, 2, None)]);
        let third = in_current_period(&[usage(16, 5)], &[first, second].concat(), 3).expect("small");
        assert_eq!(shown(&third), [(16, 5, 3, None), (-14, 10, 3, Some(1))]);
    }

    #[test]
    fn a_second_run_has_nothing_to_book() {
        let first = in_current_period(&[usage(16, 5)], &[], 1).expect("small");
        assert_eq!(in_current_period(&[usage(16, 5)], &first, 2), Ok(vec![]));
    }

    /// Trap: late usage booked on the current run and not on the period to which it belongs (OpenMeter O6).
    #[test]
    fn late_usage_is_booked_in_its_period() {
        let first = in_own_periods(&[vec![usage(15, 10)]], &[]).expect("small");
        let late = in_own_periods(&[vec![usage(16, 5)], vec![usage(16, 5)]], &first).expect("small");
        assert_eq!(shown(&late), [(-15, 10, 1, Some(1)), (16, 5, 1, None)]);
        assert_eq!(late.iter().map(Entry::corrects).collect::<Vec<_>>(), [Some(1), Some(1)]);
    }
}
