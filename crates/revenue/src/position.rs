//! How a contract stands: liability, asset or unbilled receivable. ASC 606-10-45.

use crate::{RevenueError, Right};
use money::{Currency, Money};

/// What was recognised and billed of one part of a contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// The right to be paid where more is recognised than billed.
    pub right: Right,
    /// Recognised to date.
    pub recognised: Money,
    /// Billed to date.
    pub billed: Money,
}

/// How one contract, or one group of contracts that count as one, is presented. Never more than one side is above zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Billed and not earned.
    pub contract_liability: Money,
    /// Earned and not billed, on a condition.
    pub contract_asset: Money,
    /// Earned and not billed, where only time must pass.
    pub unbilled: Money,
}

impl Position {
    /// Nets the parts of one contract. `unassigned` was billed for the contract as a whole, and stands first against what is unconditionally
    /// earned. Contracts are never netted with each other.
    pub fn of(currency: Currency, parts: &[Part], unassigned: Money) -> Result<Self, RevenueError> {
        let zero = Money::zero(currency);
        let (mut net, mut owed) = (unassigned, zero.minus(unassigned)?);
        for part in parts {
            net = net.plus(part.billed)?.minus(part.recognised)?;
            let excess = part.recognised.minus(part.billed)?;
            if part.right == Right::Unconditional && excess.minor() > 0 {
                owed = owed.plus(excess)?;
            }
        }
        if !net.is_negative() {
            return Ok(Self { contract_liability: net, contract_asset: zero, unbilled: zero });
        }
        let short = net.negated();
        let unbilled = Money::new(short.minor().min(owed.minor()).max(0), currency);
        Ok(Self { contract_liability: zero, contract_asset: short.minus(unbilled)?, unbilled })
    }
}
