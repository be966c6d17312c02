//! Changes of a contract: the decision tree of ASC 606-10-25-10 to 13.

use crate::{RevenueError, Share, Weight, by_weight};
use alloc::{string::String, vec::Vec};
use money::{Currency, Money, Ratio};
use stdx::Key;

/// What the change is for, as it was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intent {
    /// More goods, or the same for longer.
    Extend,
    /// More of a service that runs.
    Upsell,
    /// Other goods in place of some.
    Swap,
    /// The end.
    Terminate,
    /// What was typed wrong; not a change of what was agreed.
    Correct,
}

/// Something that is or is not so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    /// It is.
    Yes,
    /// It is not.
    No,
}

/// How what is still to be rendered relates to what was rendered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remaining {
    /// Each part could stand alone: every service by the month.
    Distinct,
    /// It is the rest of one thing: a project.
    NotDistinct,
    /// Some of each.
    Mixed,
    /// Nothing is left to do.
    Nothing,
}

/// What was found about a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Findings {
    /// What it is for.
    pub intent: Intent,
    /// Goods are added, and they are distinct from the promised ones.
    pub adds_distinct: Finding,
    /// What is added costs its standalone selling price, adjusted for the circumstances.
    pub at_selling_price: Finding,
    /// What is still to be rendered.
    pub remaining: Remaining,
}

/// How a change is accounted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// The contract is what it was; what is added is a contract of its own.
    SeparateContract,
    /// What was not yet recognised and what is added are spread over what is still to be rendered.
    Prospective,
    /// The progress counts for the new price from the beginning; the difference is recognised at once.
    CatchUp,
    /// The parts that are distinct go on prospectively, the others catch up.
    Mixed,
    /// What cannot be refunded is recognised, the rest goes back.
    Termination,
    /// The contract is computed anew as if it had been typed right.
    Correction,
}

/// A route that a person chose against the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// The route.
    pub route: Route,
    /// Why.
    pub reason: String,
    /// Who.
    pub by: Key,
}

/// The route that is taken, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The route.
    pub route: Route,
    /// The route of the tree.
    pub by_tree: Route,
    /// The paragraph by which the tree went.
    pub because: &'static str,
    /// Why another one is taken.
    pub overridden: Option<Override>,
}

/// Goes down the tree. An override needs a reason.
pub fn decide(contract: &Key, findings: Findings, overridden: Option<Override>) -> Result<Decision, RevenueError> {
    let (by_tree, because) = match findings {
        Findings { intent: Intent::Correct, .. } => (Route::Correction, "not a modification: the facts were wrong"),
        Findings { intent: Intent::Terminate, .. } => (Route::Termination, "nothing more will be rendered"),
        Findings { adds_distinct: Finding::Yes, at_selling_price: Finding::Yes, .. } => {
            (Route::SeparateContract, "606-10-25-12: distinct, and at its standalone selling price")
        }
        Findings { remaining: Remaining::Distinct, .. } => {
            (Route::Prospective, "606-10-25-13(a): the rest is distinct from what was rendered")
        }
        Findings { remaining: Remaining::NotDistinct, .. } => {
            (Route::CatchUp, "606-10-25-13(b): the rest is part of what was rendered")
        }
        Findings { remaining: Remaining::Mixed, .. } => (Route::Mixed, "606-10-25-13(c): some of each"),
        Findings { remaining: Remaining::Nothing, .. } => {
            (Route::CatchUp, "606-10-32-43: a price that changes after everything was rendered")
        }
    };
    if overridden.as_ref().is_some_and(|other| other.reason.trim().is_empty()) {
        return Err(RevenueError::NoReason { contract: contract.as_str().into() });
    }
    let route = overridden.as_ref().map_or(by_tree, |other| other.route);
    Ok(Decision { route, by_tree, because, overridden })
}

/// One promise that goes on after a prospective change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rest {
    /// Its name.
    pub key: Key,
    /// The standalone selling price of what is still to be rendered.
    pub selling_price: Ratio,
    /// What was allocated and not yet recognised; zero for what is added.
    pub unrecognised: Ratio,
    /// What is paid more, or less, for it.
    pub added: Ratio,
}

/// What is to be earned by the rest of a contract, and what each promise gets of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pool {
    /// Not yet recognised and added, in all.
    pub total: Ratio,
    /// The shares in proportion to what is still to be rendered.
    pub shares: Vec<(Key, Share)>,
}

/// Spreads what was not recognised and what is added over what is still to be rendered.
pub fn prospective(rest: &[Rest], currency: Currency) -> Result<Pool, RevenueError> {
    let mut total = Ratio::ZERO;
    for promise in rest {
        total = total.plus(promise.unrecognised)?.plus(promise.added)?;
    }
    let weights: Vec<Weight> = rest.iter().map(|promise| (promise.key.clone(), promise.selling_price)).collect();
    Ok(Pool { total, shares: by_weight(total, currency, &weights)? })
}

/// A promise that is rendered in part and not distinct from what is added to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// Its name.
    pub key: Key,
    /// What it got of the first price.
    pub allocated: Ratio,
    /// Recognised to date.
    pub recognised: Ratio,
    /// Progress before the change, as a share.
    pub progress: Ratio,
    /// Its standalone selling price at inception.
    pub selling_price: Ratio,
    /// The standalone selling price of what is added.
    pub added_selling_price: Ratio,
    /// What is paid more for it.
    pub added: Ratio,
    /// Progress after the change, as a share of the larger work.
    pub new_progress: Ratio,
}

/// What a mixed change gives a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mixed {
    /// The pool and the shares of all promises.
    pub pool: Pool,
    /// The weights by which it was split.
    pub weights: Vec<Weight>,
    /// What the project is worth now.
    pub allocated: Money,
    /// Recognised of it after the change, in all.
    pub cumulative: Ratio,
    /// Recognised of it at once.
    pub catch_up: Ratio,
}

/// A change of a project and of promises that are distinct from it: the pool is split over both, the project catches up.
pub fn mixed(project: &Project, distinct: &[Rest], currency: Currency) -> Result<Mixed, RevenueError> {
    let left = Ratio::ONE.minus(project.progress)?;
    let rest = Rest {
        key: project.key.clone(),
        selling_price: left.times(project.selling_price)?.plus(project.added_selling_price)?,
        unrecognised: project.allocated.minus(project.recognised)?,
        added: project.added,
    };
    let all: Vec<Rest> = core::iter::once(rest).chain(distinct.iter().cloned()).collect();
    let pool = prospective(&all, currency)?;
    let weights = all.into_iter().map(|rest| (rest.key, rest.selling_price)).collect();
    let share = pool.shares.first().map_or(Share::none(currency), |(_, share)| *share);
    let exact = project.recognised.plus(share.exact)?;
    let before = Share::stated(project.recognised, currency)?.posted;
    let cumulative = exact.times(project.new_progress)?;
    let catch_up = cumulative.minus(project.recognised)?;
    Ok(Mixed { pool, weights, allocated: before.plus(share.posted)?, cumulative, catch_up })
}

/// What the end of a contract leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Termination {
    /// Earned to the end, in all.
    pub revenue: Money,
    /// Of it earned in the last period.
    pub last_period: Money,
    /// Owed back to the customer.
    pub refund: Money,
}

/// Ends a service of equal periods after some of them, with a refund of what is left.
pub fn terminate(
    price: Ratio,
    periods: u32,
    served: u32,
    billed: Ratio,
    currency: Currency,
) -> Result<Termination, RevenueError> {
    let share = Share::stated(price, currency)?;
    let until = |done: u32| share.earned(Ratio::new(done.into(), periods.into())?);
    let revenue = until(served)?;
    let refund = Share::stated(billed, currency)?.posted.minus(revenue)?;
    Ok(Termination { revenue, last_period: revenue.minus(until(served.saturating_sub(1))?)?, refund })
}
