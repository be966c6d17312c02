//! Why credits cannot be computed.

use alloc::format;
use calendar::Instant;
use money::{Currency, Dec, Money};
use stdx::{Key, Problem, ToProblem};

/// Why credits cannot be computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CreditError {
    /// A grant of nothing.
    #[error("grant `{grant}`: {amount} is not more than 0")]
    NoAmount {
        /// The grant.
        grant: Key,
        /// Its amount.
        amount: Dec,
    },
    /// A grant that cost less than nothing.
    #[error("grant `{grant}`: it cannot have cost {cost}")]
    NegativeCost {
        /// The grant.
        grant: Key,
        /// Its cost.
        cost: Money,
    },
    /// A grant that can never be used.
    #[error("grant `{grant}` begins at {effective_at} and ends at {expires_at}")]
    EndsBeforeItBegins {
        /// The grant.
        grant: Key,
        /// From when on it may be used.
        effective_at: Instant,
        /// Its end.
        expires_at: Instant,
    },
    /// What stays cannot be less than nothing, nor the least be more than the most.
    #[error("grant `{grant}`: at least {at_least} and at most {at_most} cannot stay, nor {keeps} on top of a refill")]
    BadRollover {
        /// The grant.
        grant: Key,
        /// The least that stays.
        at_least: Dec,
        /// The most that stays.
        at_most: Dec,
        /// What stays on top of a refill.
        keeps: Dec,
    },
    /// Two grants of one name.
    #[error("there are two grants `{0}`")]
    DoubledGrant(Key),
    /// The balances to begin with are not those of the grants.
    #[error("`{0}` has a balance and is no grant, or is a grant and has no balance")]
    OpeningDoesNotMatch(Key),
    /// A use of less than nothing.
    #[error("the use at {at} is {amount}")]
    NegativeUse {
        /// When.
        at: Instant,
        /// How much.
        amount: Dec,
    },
    /// A reset that lies before the time that is asked about, or after it.
    #[error("the reset at {at} does not lie after {from} and not after {to}")]
    ResetOutside {
        /// When.
        at: Instant,
        /// The beginning.
        from: Instant,
        /// The end.
        to: Instant,
    },
    /// A rate that is not above 0.
    #[error("a credit cannot be worth {0}")]
    BadRate(Dec),
    /// A hold that is there already, with other terms.
    #[error("hold `{0}` is there already and is not the same")]
    DoubledHold(Key),
    /// Nobody knows the hold.
    #[error("there is no hold `{0}`")]
    NoSuchHold(Key),
    /// A hold that has ended.
    #[error("hold `{hold}` ended at {ended_at}, and cannot be used at {at}")]
    HoldEnded {
        /// The hold.
        hold: Key,
        /// When it ended.
        ended_at: Instant,
        /// When it was to be used.
        at: Instant,
    },
    /// More is to be captured than is held.
    #[error("hold `{hold}` holds {held}, and {asked} was to be captured")]
    MoreThanHeld {
        /// The hold.
        hold: Key,
        /// What it holds.
        held: Dec,
        /// What was asked for.
        asked: Dec,
    },
    /// More is to be held than is there.
    #[error("{asked} was to be held, and {free} is free")]
    NotEnough {
        /// What was asked for.
        asked: Dec,
        /// What is there and not held yet.
        free: Dec,
    },
    /// Two currencies meet.
    #[error("{0} and {1} do not add up")]
    Currencies(Currency, Currency),
    /// Before the year 1 or after the year 9999.
    #[error("an instant lies outside the calendar")]
    OutOfTime,
    /// Periods cannot be had.
    #[error(transparent)]
    Schedule(#[from] calendar::ScheduleError),
    /// A number is too large.
    #[error(transparent)]
    Number(#[from] money::NumError),
    /// An amount cannot be had.
    #[error(transparent)]
    Money(#[from] money::MoneyError),
}

impl ToProblem for CreditError {
    fn problem(&self) -> Problem {
        let (problem, mend) = match self {
            Self::NoAmount { .. } => {
                (Problem::new("grant_without_amount", "The grant holds nothing"), "give an amount above 0")
            }
            Self::NegativeCost { .. } => (
                Problem::new("negative_cost", "The grant cost less than nothing"),
                "leave the cost out for a promotion",
            ),
            Self::EndsBeforeItBegins { .. } => (
                Problem::new("grant_ends_before_it_begins", "The grant ends before it begins"),
                "give an end after its beginning, or none",
            ),
            Self::BadRollover { .. } => (
                Problem::new("bad_rollover", "What stays is no range"),
                "give 0 or more, and the least not above the most",
            ),
            Self::DoubledGrant(_) => {
                (Problem::new("doubled_grant", "Two grants have one name"), "give each grant a name of its own")
            }
            Self::OpeningDoesNotMatch(_) => (
                Problem::new("balances_do_not_match_grants", "The balances are not those of the grants"),
                "give one balance for each grant, 0 where it has none",
            ),
            Self::NegativeUse { .. } => (
                Problem::new("negative_use", "A use is less than nothing"),
                "take the use back that is wrong instead of using less than nothing",
            ),
            Self::ResetOutside { .. } => (
                Problem::new("reset_outside", "A reset lies outside the time that is asked about"),
                "ask about a time that holds the reset",
            ),
            Self::BadRate(_) => (Problem::new("bad_credit_rate", "A credit has no worth"), "give a rate above 0"),
            Self::DoubledHold(_) => {
                (Problem::new("doubled_hold", "The hold is there already"), "give each hold a name of its own")
            }
            Self::NoSuchHold(_) => (
                Problem::new("unknown_hold", "There is no such hold"),
                "authorise it before it is captured or released",
            ),
            Self::HoldEnded { .. } => (
                Problem::new("hold_ended", "The hold has ended"),
                "a hold is captured or released once, and before its time is over; authorise another one",
            ),
            Self::MoreThanHeld { .. } => (
                Problem::new("more_than_held", "More is captured than is held"),
                "capture at most what is held, and send the rest as usage",
            ),
            Self::NotEnough { .. } => {
                (Problem::new("not_enough_credit", "There is not enough credit"), "ask for less, or buy more")
            }
            Self::Currencies(..) => {
                (Problem::new("currency_mix", "Two currencies meet"), "convert one of them by a recorded rate first")
            }
            Self::OutOfTime => {
                (Problem::new("out_of_calendar", "A date lies outside of the calendar"), "use the years 1 to 9999")
            }
            Self::Schedule(error) => return error.problem(),
            Self::Number(error) => return error.problem(),
            Self::Money(error) => return error.problem(),
        };
        problem.detail(format!("{self}")).mend(mend)
    }
}
