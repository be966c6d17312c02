//! Who drew what from which grant.

use crate::order::standard_order;
use crate::timeline::{What, stretches, timeline};
use crate::{CreditError, DrawOrder, Grant, Target};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use calendar::{Instant, Period};
use money::Dec;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::Key;

/// Something that draws.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Use {
    /// When.
    pub at: Instant,
    /// How much, in the unit of the wallet; 0 or more.
    pub amount: Dec,
    /// What for.
    #[serde(default)]
    pub target: Target,
}

impl Use {
    /// A use of something that is not named.
    pub fn new(at: Instant, amount: Dec) -> Self {
        Self { at, amount, target: Target::default() }
    }
}

/// The instant at which all grants of a wallet begin anew with what [`Rollover`](crate::Rollover) leaves them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reset {
    /// When.
    pub at: Instant,
    /// What becomes of what no grant has covered by then.
    pub overage: Overage,
}

/// What becomes of uncovered use at a reset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Overage {
    /// It is forgotten.
    #[default]
    Dropped,
    /// It draws from what the reset leaves.
    Kept,
}

/// What becomes of a use that no grant covers when it happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Uncovered {
    /// It is billed; a grant that begins later does not pay for it.
    #[default]
    Stays,
    /// It waits, and draws from the next grant that may be used for it.
    Waits,
}

/// How grants are drawn from.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    /// Which grant is used first.
    pub order: DrawOrder,
    /// What becomes of a use that no grant covers.
    pub uncovered: Uncovered,
}

impl Default for Rules {
    fn default() -> Self {
        Self { order: standard_order, uncovered: Uncovered::default() }
    }
}

/// What is known at the beginning of a replay, so that it need not begin with the first grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// The beginning.
    pub at: Instant,
    /// What each grant held then, by its name; each grant has one.
    pub balances: BTreeMap<Key, Dec>,
    /// What had been used and not covered.
    pub overage: Dec,
}

/// A change of one grant's balance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Movement {
    /// When.
    pub at: Instant,
    /// The place of the grant among those that were given.
    pub grant: usize,
    /// What happened.
    pub change: Change,
    /// By how much its balance rose, or fell where it is below 0.
    pub amount: Dec,
}

/// Why a balance changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It was held at the beginning of the replay.
    Opened,
    /// The grant began.
    Granted,
    /// It was filled again.
    Refilled,
    /// A use drew from it: its place among those that were given; none where it had been waiting at the beginning.
    Drawn(Option<usize>),
    /// What was left when it ended, was filled or was reset: breakage.
    Lapsed,
    /// What was left when it was taken back.
    Voided,
    /// It was filled up to the least that a reset leaves.
    RolledOver,
}

/// A use, or a part of one, that no grant has covered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Its place among the uses that were given; none where it had been waiting at the beginning.
    pub used: Option<usize>,
    /// How much of it.
    pub amount: Dec,
    target: Target,
}

/// What became of grants and uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replay {
    /// What each grant holds at the end, in the order of the grants.
    pub balances: Vec<Dec>,
    /// What no grant has covered.
    pub uncovered: Vec<Waiting>,
    /// Every change of a balance, in the order of time. The changes of a grant sum to its balance.
    pub movements: Vec<Movement>,
    /// The stretches in which the same grants hold.
    pub stretches: Vec<Period>,
}

impl Replay {
    /// How much no grant has covered.
    pub fn overage(&self) -> Result<Dec, CreditError> {
        Ok(self.uncovered.iter().try_fold(Dec::ZERO, |sum, waiting| sum.plus(waiting.amount))?)
    }

    /// How much all grants hold.
    pub fn balance(&self) -> Result<Dec, CreditError> {
        Ok(self.balances.iter().try_fold(Dec::ZERO, |sum, balance| sum.plus(*balance))?)
    }

    /// What each grant held when an instant began: with what began then, and without what was drawn then.
    pub fn balances_at(&self, at: Instant) -> Result<Vec<Dec>, CreditError> {
        let mut balances = alloc::vec![Dec::ZERO; self.balances.len()];
        for moved in &self.movements {
            let drawn = matches!(moved.change, Change::Drawn(_));
            if moved.at < at || (moved.at == at && !drawn) {
                balances[moved.grant] = balances[moved.grant].plus(moved.amount)?;
            }
        }
        Ok(balances)
    }
}

/// Who drew what from which grant, from the first grant until an instant, by the rules of the house.
///
/// The cost grows with uses and grants, and with the grants that hold something when a use happens.
pub fn replay(grants: &[Grant], uses: &[Use], resets: &[Reset], until: Instant) -> Result<Replay, CreditError> {
    let facts = grants.iter().map(|grant| grant.effective_at).chain(uses.iter().map(|one| one.at));
    let opening = Opening {
        at: facts.min().unwrap_or(until).min(until),
        balances: grants.iter().map(|grant| (grant.key.clone(), Dec::ZERO)).collect(),
        overage: Dec::ZERO,
    };
    replay_from(&opening, grants, uses, resets, until, Rules::default())
}

/// The same from what is known at an instant on. A grant that begins at that very instant is whole, whatever was held; one that may not be used then holds
/// nothing.
pub fn replay_from(
    opening: &Opening,
    grants: &[Grant],
    uses: &[Use],
    resets: &[Reset],
    until: Instant,
    rules: Rules,
) -> Result<Replay, CreditError> {
    check(grants, opening)?;
    let happens = timeline(grants, uses, resets, (opening.at, until))?;
    let mut desk = Desk::open(opening, grants, uses, rules)?;
    for (place, (at, what)) in happens.iter().enumerate() {
        desk.at = *at;
        match *what {
            What::Ends(grant) => desk.end(grant)?,
            What::Filled(grant) => desk.fill(grant)?,
            What::Reset(reset) => desk.reset(&resets[reset])?,
            What::Begins(grant) => desk.begin(grant)?,
            What::Used(index) => desk.take(index)?,
        }
        // what waits meets everything that begins at one instant together, whichever was written first
        let is_same_instant = happens.get(place + 1).is_some_and(|(next, what)| next == at && !what.is_use());
        if !what.is_use() && !is_same_instant {
            desk.catch_up()?;
        }
    }
    let stretches = stretches(&happens, opening.at, until);
    Ok(Replay { balances: desk.balances, uncovered: desk.waiting, movements: desk.movements, stretches })
}

fn check(grants: &[Grant], opening: &Opening) -> Result<(), CreditError> {
    let mut keys = BTreeSet::new();
    for grant in grants {
        grant.check()?;
        if !keys.insert(&grant.key) {
            return Err(CreditError::DoubledGrant(grant.key.clone()));
        }
        if !opening.balances.contains_key(&grant.key) {
            return Err(CreditError::OpeningDoesNotMatch(grant.key.clone()));
        }
    }
    let stray = opening.balances.keys().find(|key| !keys.contains(key));
    stray.map_or(Ok(()), |key| Err(CreditError::OpeningDoesNotMatch(key.clone())))
}

/// Grants while time passes.
struct Desk<'a> {
    grants: &'a [Grant],
    uses: &'a [Use],
    uncovered: Uncovered,
    ranks: Vec<usize>,
    /// Grants that hold something and may be used, by rank.
    ready: BTreeSet<(usize, usize)>,
    balances: Vec<Dec>,
    waiting: Vec<Waiting>,
    movements: Vec<Movement>,
    at: Instant,
}

impl<'a> Desk<'a> {
    fn open(opening: &Opening, grants: &'a [Grant], uses: &'a [Use], rules: Rules) -> Result<Self, CreditError> {
        let waiting = Waiting { used: None, amount: opening.overage, target: Target::default() };
        let mut desk = Self {
            ranks: (rules.order)(grants)?,
            grants,
            uses,
            uncovered: rules.uncovered,
            ready: BTreeSet::new(),
            balances: alloc::vec![Dec::ZERO; grants.len()],
            waiting: if opening.overage.is_positive() { alloc::vec![waiting] } else { Vec::new() },
            movements: Vec::new(),
            at: opening.at,
        };
        for (index, grant) in grants.iter().enumerate() {
            if grant.effective_at < opening.at && grant.is_active_at(opening.at) {
                desk.moved(index, Change::Opened, opening.balances[&grant.key])?;
            }
        }
        desk.catch_up()?;
        Ok(desk)
    }

    /// Changes a balance and says so.
    fn moved(&mut self, grant: usize, change: Change, amount: Dec) -> Result<(), CreditError> {
        if amount.is_zero() {
            return Ok(());
        }
        let balance = self.balances[grant].plus(amount)?;
        self.balances[grant] = balance;
        self.movements.push(Movement { at: self.at, grant, change, amount });
        let place = (self.ranks[grant], grant);
        if balance.is_positive() {
            self.ready.insert(place)
        } else {
            self.ready.remove(&place)
        };
        Ok(())
    }

    fn begin(&mut self, grant: usize) -> Result<(), CreditError> {
        self.moved(grant, Change::Granted, self.grants[grant].amount)
    }

    fn end(&mut self, grant: usize) -> Result<(), CreditError> {
        let taken_back = self.grants[grant].voided_at == Some(self.at);
        let change = if taken_back { Change::Voided } else { Change::Lapsed };
        self.moved(grant, change, self.balances[grant].negated())
    }

    fn fill(&mut self, grant: usize) -> Result<(), CreditError> {
        let keeps = self.grants[grant].refill.as_ref().map_or(Dec::ZERO, |refill| refill.keeps);
        self.lapse_above(grant, keeps)?;
        self.moved(grant, Change::Refilled, self.grants[grant].amount)
    }

    fn lapse_above(&mut self, grant: usize, limit: Dec) -> Result<(), CreditError> {
        let above = self.balances[grant].minus(limit)?;
        if above.is_positive() { self.moved(grant, Change::Lapsed, above.negated()) } else { Ok(()) }
    }

    fn reset(&mut self, reset: &Reset) -> Result<(), CreditError> {
        if reset.overage == Overage::Dropped {
            self.waiting.clear();
        }
        for grant in 0..self.grants.len() {
            if !self.grants[grant].is_active_at(self.at) {
                // one that ends with the reset leaves nothing
                self.end(grant)?;
                continue;
            }
            let filled_now = matches!(&self.grants[grant].refill, Some(refill) if refill.falls_on(self.at)?);
            if filled_now || self.grants[grant].effective_at == self.at {
                continue;
            }
            let rollover = self.grants[grant].rollover;
            self.lapse_above(grant, rollover.at_most)?;
            let short = rollover.at_least.minus(self.balances[grant])?;
            if short.is_positive() {
                self.moved(grant, Change::RolledOver, short)?;
            }
        }
        Ok(())
    }

    fn take(&mut self, used: usize) -> Result<(), CreditError> {
        let Use { amount, target, .. } = &self.uses[used];
        let left = self.draw(Some(used), *amount, target)?;
        if left.is_positive() {
            self.waiting.push(Waiting { used: Some(used), amount: left, target: target.clone() });
        }
        Ok(())
    }

    /// Draws in order of rank; what is left when nothing more can be drawn.
    fn draw(&mut self, used: Option<usize>, amount: Dec, target: &Target) -> Result<Dec, CreditError> {
        let mut left = amount;
        let mut after = None;
        while left.is_positive() {
            let from = after.map_or(core::ops::Bound::Unbounded, core::ops::Bound::Excluded);
            let grants = self.grants;
            let next = self.ready.range((from, core::ops::Bound::Unbounded));
            let Some(place) = next.copied().find(|(_, grant)| grants[*grant].scope.admits(target)) else { break };
            let drawn = left.min(self.balances[place.1]);
            self.moved(place.1, Change::Drawn(used), drawn.negated())?;
            left = left.minus(drawn)?;
            after = Some(place);
        }
        Ok(left)
    }

    /// Lets what waits draw, the oldest first.
    fn catch_up(&mut self) -> Result<(), CreditError> {
        if self.uncovered == Uncovered::Stays || self.ready.is_empty() || self.waiting.is_empty() {
            return Ok(());
        }
        for mut waiting in core::mem::take(&mut self.waiting) {
            waiting.amount = self.draw(waiting.used, waiting.amount, &waiting.target)?;
            if waiting.amount.is_positive() {
                self.waiting.push(waiting);
            }
        }
        Ok(())
    }
}
