//! The judgement of an account, and of several beside the books.

use crate::account::due_of;
use crate::{Account, Did};
use alloc::{collections::BTreeMap, vec::Vec};
use ledger::{Account as Role, Balances};
use money::{Currency, Money, MoneyError};
use stdx::Key;

/// An invariant that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// More is paid of a document than it claims.
    PaidTooMuch {
        /// The document.
        document: Key,
        /// What is left to pay; below zero.
        due: Money,
    },
    /// A payment pays a document that is no claim of the account.
    PaysNothing {
        /// The payment.
        payment: Key,
        /// The document.
        document: Key,
    },
    /// More is taken from a payment than it is worth, without that it was reversed.
    UsedTooMuch {
        /// The payment.
        payment: Key,
        /// What is left; below zero.
        left: Money,
    },
    /// A step moves nothing, or less.
    StepOfNothing {
        /// The payment.
        payment: Key,
        /// Which of its steps, from 1.
        step: usize,
    },
    /// What accounts say is not what the books say.
    NotInTheBooks {
        /// The account of the books.
        account: Role,
        /// What the books say.
        books: Money,
        /// What documents and payments say.
        accounts: Money,
    },
}

impl Account {
    /// Everything that is wrong with the account; nothing when all invariants hold.
    pub fn inspect(&self) -> Result<Vec<Finding>, MoneyError> {
        let (paid, mut found) = (self.paid()?, Vec::new());
        for claim in &self.claims {
            let due = due_of(claim, &paid)?;
            if due.is_negative() {
                found.push(Finding::PaidTooMuch { document: claim.document.clone(), due });
            }
        }
        for payment in &self.payments {
            let (uses, key) = (payment.uses()?, || payment.key.clone());
            let used_too_much = uses.left.is_negative() && !uses.reversed;
            if used_too_much || uses.applied.values().any(|amount| amount.is_negative()) {
                found.push(Finding::UsedTooMuch { payment: key(), left: uses.left });
            }
            let known = |document: &Key| self.claims.iter().any(|claim| claim.document == *document);
            let stray = uses.applied.keys().filter(|document| !known(document));
            found.extend(stray.map(|document| Finding::PaysNothing { payment: key(), document: document.clone() }));
            for (at, step) in payment.steps.iter().enumerate() {
                let moves = match &step.did {
                    Did::Applied { amount, .. } | Did::TakenOff { amount, .. } | Did::Refunded { amount, .. } => {
                        amount.minor() > 0
                    }
                    Did::Reversed { .. } => true,
                };
                if !moves {
                    found.push(Finding::StepOfNothing { payment: key(), step: at + 1 });
                }
            }
        }
        Ok(found)
    }
}

impl Finding {
    /// What does not tie out between all accounts of a tenant and its books: the receivable is what is left to pay, and the balance account what
    /// customers have to their credit.
    pub fn beside_the_books<'a>(
        accounts: impl IntoIterator<Item = &'a Account>,
        books: &Balances,
    ) -> Result<Vec<Self>, MoneyError> {
        let mut sums: BTreeMap<(Role, Currency), Money> = BTreeMap::new();
        for account in accounts {
            for (role, amount) in [(Role::Receivable, account.due()?), (Role::Wallet, account.balance()?)] {
                let sum = sums.entry((role, account.currency)).or_insert(account.zero());
                *sum = sum.plus(amount)?;
            }
        }
        for (role, amount) in books.iter().filter(|(role, _)| [Role::Receivable, Role::Wallet].contains(role)) {
            sums.entry((role, amount.currency())).or_insert(Money::zero(amount.currency()));
        }
        let found = sums.into_iter().filter_map(|((account, currency), accounts)| {
            let books = books.of(account, currency);
            (books != accounts).then_some(Self::NotInTheBooks { account, books, accounts })
        });
        Ok(found.collect())
    }
}
