//! One customer's use of a discount.

use super::{Discount, Off, RedeemError};
use calendar::Instant;
use money::{Currency, Money};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::Key;

/// A discount that a customer has. It keeps the offer as it was: an offer that changes later changes nothing here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Redemption {
    /// Its own key.
    pub key: Key,
    /// Who has it.
    pub customer: Key,
    /// The one subscription that it is for; all of the customer's when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subscription: Option<Key>,
    /// The offer as it was redeemed.
    pub discount: Discount,
    /// From when it takes off: lines that fall due then or later.
    pub effective_at: Instant,
    /// When it became known.
    pub recorded_at: Instant,
    /// When it was taken away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Ended>,
    /// What of it was used elsewhere, before it came here.
    #[serde(default, skip_serializing_if = "Spent::is_nothing")]
    pub before: Spent,
}

/// The end of a redemption.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ended {
    /// Lines that fall due then or later keep their amount.
    pub effective_at: Instant,
    /// When that became known.
    pub recorded_at: Instant,
}

/// What was used of a redemption.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Spent {
    /// Of an amount that is redeemed once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// How many periods of each subscription.
    pub periods: u32,
}

impl Spent {
    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
    fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// The wish to redeem a discount.
#[derive(Debug, Clone)]
pub struct Redeem {
    /// The key that the redemption shall have.
    pub key: Key,
    /// Who redeems.
    pub customer: Key,
    /// For one subscription, or all.
    pub subscription: Option<Key>,
    /// The code that was entered; a seller who gives a discount enters none.
    pub code: Option<Key>,
    /// The currency in which the customer is billed, where it is one.
    pub currency: Option<Currency>,
    /// From when it shall take off.
    pub effective_at: Instant,
    /// Now: what the discount's dates are compared with.
    pub recorded_at: Instant,
}

/// How often a discount was redeemed before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// By all.
    pub all: u32,
    /// By the customer who asks.
    pub by_customer: u32,
}

impl Discount {
    /// Redeems it, or says why not.
    pub fn redeem(&self, wish: Redeem, counts: Counts) -> Result<Redemption, RedeemError> {
        self.check()?;
        let right =
            |given: &Key| self.code.as_ref().is_some_and(|code| code.as_str().eq_ignore_ascii_case(given.as_str()));
        if let Some(given) = wish.code.filter(|given| !right(given)) {
            return Err(RedeemError::WrongCode { given });
        }
        let at = wish.recorded_at;
        if let Some(from) = self.from.filter(|from| at < *from) {
            return Err(RedeemError::NotYet { from, at });
        }
        if let Some(until) = self.until.filter(|until| at >= *until) {
            return Err(RedeemError::Expired { until, at });
        }
        if let Some(limit) = self.limits.redemptions.filter(|limit| counts.all >= limit.get()) {
            return Err(RedeemError::UsedUp { limit });
        }
        if let Some(limit) = self.limits.per_customer.filter(|limit| counts.by_customer >= limit.get()) {
            return Err(RedeemError::UsedUpByCustomer { limit, customer: wish.customer });
        }
        if let (Off::Amount(amount), Some(billed)) = (self.off, wish.currency)
            && amount.currency() != billed
        {
            return Err(RedeemError::OtherCurrency { discount: amount.currency(), billed });
        }
        Ok(Redemption {
            key: wish.key,
            customer: wish.customer,
            subscription: wish.subscription,
            discount: self.clone(),
            effective_at: wish.effective_at,
            recorded_at: wish.recorded_at,
            ended: None,
            before: Spent::default(),
        })
    }
}

impl Redemption {
    /// What was known of it at an instant; `None` when it was not.
    pub fn known_at(&self, at: Instant) -> Option<Self> {
        let ended = self.ended.filter(|ended| ended.recorded_at <= at);
        (self.recorded_at <= at).then(|| Self { ended, ..self.clone() })
    }

    /// Whether it takes off what falls due at an instant.
    pub(super) fn is_on(&self, due_at: Instant) -> bool {
        self.effective_at <= due_at && self.ended.is_none_or(|ended| due_at < ended.effective_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        text.parse().expect(text)
    }

    fn wish(code: Option<&str>, now: &str) -> Redeem {
        Redeem {
            key: "r1".try_into().expect("key"),
            customer: "acme".try_into().expect("key"),
            subscription: None,
            code: code.map(|code| code.try_into().expect("key")),
            currency: Some(Currency::parse("USD").expect("dollar")),
            effective_at: at(now),
            recorded_at: at(now),
        }
    }

    #[test]
    fn a_discount_is_given_within_its_dates_and_limits_for_its_code() {
        let discount: Discount = serde_json::from_str(
            r#"{"off": {"percent": "20"}, "code": "LAUNCH20", "limits": {"redemptions": 100, "per_customer": 1},
                "from": "2026-02-01T00:00:00Z", "until": "2026-03-01T00:00:00Z"}"#,
        )
        .expect("discount");
        let ask = |code, now, all, by_customer| discount.redeem(wish(code, now), Counts { all, by_customer });
        let day = "2026-02-10T12:00:00Z";
        let got = ask(Some("launch20"), day, 99, 0).expect("redeemed");
        assert_eq!((got.effective_at, got.ended, got.discount.clone()), (at(day), None, discount.clone()));
        assert!(ask(None, day, 0, 0).is_ok(), "the seller needs no code");
        assert!(matches!(ask(Some("LAUNCH21"), day, 0, 0), Err(RedeemError::WrongCode { .. })));
        assert!(matches!(ask(None, "2026-01-31T23:59:59Z", 0, 0), Err(RedeemError::NotYet { .. })));
        assert!(matches!(ask(None, "2026-03-01T00:00:00Z", 0, 0), Err(RedeemError::Expired { .. })));
        assert!(matches!(ask(None, day, 100, 0), Err(RedeemError::UsedUp { .. })));
        assert!(matches!(ask(None, day, 5, 1), Err(RedeemError::UsedUpByCustomer { .. })));
        let euros = serde_json::from_str::<Discount>(r#"{"off": {"amount": {"amount": "5.00", "currency": "EUR"}}}"#);
        let refused = euros.expect("discount").redeem(wish(None, day), Counts::default());
        assert!(matches!(refused, Err(RedeemError::OtherCurrency { .. })));
    }

    #[test]
    fn a_redemption_is_known_from_when_it_was_recorded() {
        let discount: Discount = serde_json::from_str(r#"{"off": {"percent": "20"}}"#).expect("discount");
        let mut got = discount.redeem(wish(None, "2026-02-10T00:00:00Z"), Counts::default()).expect("redeemed");
        got.ended = Some(Ended { effective_at: at("2026-02-15T00:00:00Z"), recorded_at: at("2026-04-01T00:00:00Z") });
        assert_eq!(got.known_at(at("2026-02-09T00:00:00Z")), None);
        assert_eq!(got.known_at(at("2026-03-01T00:00:00Z")).and_then(|known| known.ended), None);
        assert_eq!(got.known_at(at("2026-04-01T00:00:00Z")).as_ref(), Some(&got));
        assert!(got.is_on(at("2026-02-10T00:00:00Z")) && !got.is_on(at("2026-02-15T00:00:00Z")));
    }
}
