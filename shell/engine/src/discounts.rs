//! Discounts: what is offered, and who has redeemed it.

use crate::audit::{Deed, Kept};
use crate::{Engine, EngineError, Listing};
use billing::{Counts, Discount, Ended, Redeem, Redemption};
use contracts::{Effective, When};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::{Key, NonEmpty, Problem};
use store::documents::{self, Cursor, Document, Which};
use store::facts::{self, Times};
use store::lists::{Field, Select};
use store::{StoreError, Tx, counters};

const KIND: &str = "discount";
pub(crate) const REDEMPTION: &str = "redemption";
const PAGE: u32 = 500;

/// A discount under its key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NamedDiscount {
    /// Its key.
    pub key: Key,
    /// The offer.
    pub discount: Discount,
}

/// A discount that is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRedemption {
    /// The key that the redemption gets; made of customer and discount when absent.
    #[serde(default)]
    pub key: Option<Key>,
    /// Which discount, by its key.
    #[serde(default)]
    pub discount: Option<Key>,
    /// Which discount, by the code that the customer entered; instead of its key.
    #[serde(default)]
    pub code: Option<Key>,
    /// The one subscription that it is for; all of the customer's when absent.
    #[serde(default)]
    pub subscription: Option<Key>,
    /// From when it takes off: lines that fall due then or later. From the beginning of today when absent.
    #[serde(default)]
    pub effective: Option<When>,
}

impl Engine {
    /// Offers a discount, or says it anew; who has redeemed it keeps it as it was.
    pub fn set_discount(&self, key: Key, discount: Discount) -> Result<NamedDiscount, EngineError> {
        let _alone = self.command()?;
        discount.check().map_err(|error| EngineError::invalid(&error))?;
        if let Some(code) = &discount.code {
            let same = |one: &NamedDiscount| one.key != key && has_code(&one.discount, code);
            if let Some(other) = self.discounts()?.iter().find(|one| same(one)) {
                let problem = Problem::new("code_taken", "Another discount has this code")
                    .detail(format!("`{code}` is the code of `{}`", other.key))
                    .at("/code")
                    .mend("choose another code");
                return Err(EngineError::Conflict(problem));
            }
        }
        let now = self.now().micros();
        let times = Times { effective_at: now, recorded_at: now };
        let named = NamedDiscount { key, discount };
        let deed = Deed { action: "discount.set", kept: Kept::Fact, kind: KIND, id: named.key.as_str() };
        self.write(deed, |tx| {
            facts::append(tx, &self.tenant, KIND, named.key.as_str(), times, &named)?;
            Ok(())
        })?;
        Ok(named)
    }

    /// Every discount that is offered, by key.
    pub fn discounts(&self) -> Result<Vec<NamedDiscount>, EngineError> {
        let mut all: Vec<NamedDiscount> = Vec::new();
        loop {
            let after = all.last().map_or("", |last| last.key.as_str());
            let found = self.store.read(|tx| facts::current::<NamedDiscount>(tx, &self.tenant, KIND, after, PAGE))?;
            if found.is_empty() {
                return Ok(all);
            }
            all.extend(found.into_iter().map(|fact| fact.body));
        }
    }

    /// A discount by key.
    pub fn discount(&self, key: &str) -> Result<NamedDiscount, EngineError> {
        match self.store.read(|tx| facts::latest::<NamedDiscount>(tx, &self.tenant, KIND, key))? {
            Some(found) => Ok(found.body),
            None => Err(EngineError::no_such("discount", key, self.discounts()?.iter().map(|one| one.key.as_str()))),
        }
    }

    /// A customer redeems a discount.
    pub fn redeem(&self, customer: &str, new: NewRedemption) -> Result<Redemption, EngineError> {
        let _alone = self.command()?;
        let customer = self.customer(customer)?;
        let NewRedemption { key, discount, code, subscription, effective } = new;
        if let Some(subscription) = &subscription {
            let found = self.subscription(subscription.as_str())?;
            if found.customer != customer.key {
                return Err(EngineError::no_such("subscription", subscription.as_str(), []));
            }
        }
        let named = self.wanted(discount.as_ref(), code.as_ref())?;
        let theirs = self.redemptions_of(customer.key.as_str())?;
        let by_customer = theirs.iter().filter(|one| one.of == named.key).count();
        let now = self.now();
        let key = match key {
            Some(key) => key,
            None => Self::usual_key(&customer.key, &named.key, by_customer)?,
        };
        let wish = Redeem {
            key,
            customer: customer.key.clone(),
            subscription,
            code,
            currency: None,
            effective_at: effective.unwrap_or(When::Day(customer.zone.date_of(now))).instant(&customer.zone),
            recorded_at: now,
        };
        let by_customer = u32::try_from(by_customer).unwrap_or(u32::MAX);
        let id = wish.key.to_string();
        let deed = Deed { action: "discount.redeem", kept: Kept::Document, kind: REDEMPTION, id: &id };
        self.write(deed, |tx| {
            // taken back with the transaction when it is refused
            let number = counters::next(tx, &self.tenant, &format!("redemptions of {}", named.key))?;
            let counts = Counts { all: u32::try_from(number - 1).unwrap_or(u32::MAX), by_customer };
            let redeemed = named.discount.redeem(wish.clone(), counts).map_err(|error| EngineError::invalid(&error))?;
            let kept = Redeemed { of: named.key.clone(), redemption: redeemed.clone() };
            match documents::insert(tx, &self.tenant, REDEMPTION, &document(&kept, 1)) {
                Err(StoreError::Unique(_)) => Err(EngineError::taken("redemption", &id)),
                done => Ok(done.map(|()| redeemed)?),
            }
        })
    }

    fn usual_key(customer: &Key, discount: &Key, before: usize) -> Result<Key, EngineError> {
        let name = match before {
            0 => format!("{customer}.{discount}"),
            before => format!("{customer}.{discount}.{}", before + 1),
        };
        Key::try_from(name.as_str()).map_err(|error| {
            let problem = Problem::new("invalid_key", "Not a name").detail(error.to_string()).at("/key");
            EngineError::Invalid(NonEmpty::of(problem.mend("give the redemption a shorter key")))
        })
    }

    /// The discount that is meant by key or code.
    fn wanted(&self, key: Option<&Key>, code: Option<&Key>) -> Result<NamedDiscount, EngineError> {
        match (key, code) {
            (Some(key), _) => self.discount(key.as_str()),
            (None, Some(code)) => {
                let found = self.discounts()?.into_iter().find(|one| has_code(&one.discount, code));
                found.ok_or_else(|| EngineError::no_such("code", code.as_str(), []))
            }
            (None, None) => {
                let problem = Problem::new("no_discount_named", "No discount is named")
                    .detail("neither a discount nor a code is given")
                    .mend("give `discount`, or the `code` that the customer entered");
                Err(EngineError::Invalid(NonEmpty::of(problem)))
            }
        }
    }

    /// Takes a redemption away: lines that fall due from then on keep their amount.
    pub fn end_redemption(&self, key: &str, effective: Effective) -> Result<Redemption, EngineError> {
        let _alone = self.command()?;
        let found = self.store.read(|tx| documents::find::<Redeemed>(tx, &self.tenant, REDEMPTION, key))?;
        let Some(Document { body: mut kept, version, .. }) = found else {
            return Err(EngineError::no_such("redemption", key, []));
        };
        let zone = self.customer(kept.redemption.customer.as_str())?.zone;
        let now = self.now();
        let effective_at = match effective {
            Effective::Now => now,
            Effective::At(when) => when.instant(&zone),
            Effective::EndOfPeriod | Effective::EndOfTerm => {
                let problem = Problem::new("no_period", "There is no period that could end")
                    .detail("a discount may be about several subscriptions with periods of their own")
                    .at("/effective")
                    .mend("give a day, such as 2026-05-01");
                return Err(EngineError::Invalid(NonEmpty::of(problem)));
            }
        };
        if let Some(ended) = kept.redemption.ended {
            let problem = Problem::new("already_ended", "It was taken away already")
                .detail(format!("the redemption `{key}` ended at {}", ended.effective_at))
                .mend("redeem the discount again where it is to go on");
            return Err(EngineError::Conflict(problem));
        }
        kept.redemption.ended = Some(Ended { effective_at, recorded_at: now });
        let changed = document(&kept, version);
        let deed = Deed { action: "discount.end", kept: Kept::Document, kind: REDEMPTION, id: key };
        self.write(deed, |tx| Ok(documents::update(tx, &self.tenant, REDEMPTION, &changed).map(drop)?))?;
        Ok(kept.redemption)
    }

    /// A part of the discounts of a customer, those that ended too.
    pub fn list_redemptions(&self, customer: &str, select: &Select) -> Result<Listing<Redemption>, EngineError> {
        self.customer(customer)?;
        let select = select.clone().is(Field::Customer, Some(customer));
        Ok(self.list_documents::<Redeemed>(REDEMPTION, &select)?.map(|kept| kept.redemption))
    }

    pub(crate) fn redemptions_of(&self, customer: &str) -> Result<Vec<Redeemed>, EngineError> {
        self.store.read(|tx| self.redemptions_in(tx, customer))
    }

    /// The same in a transaction.
    pub(crate) fn redemptions_in(&self, tx: &mut Tx<'_>, customer: &str) -> Result<Vec<Redeemed>, EngineError> {
        let mut all = Vec::new();
        let mut after = Cursor::start();
        loop {
            let which = Which::Customer(customer);
            let page = documents::page::<Redeemed>(tx, &self.tenant, REDEMPTION, which, &after, PAGE)?;
            let Some(last) = page.last() else { return Ok(all) };
            after = Cursor { sort_at: last.sort_at, id: last.id.clone() };
            all.extend(page.into_iter().map(|document| document.body));
        }
    }
}

/// A redemption as it is kept: with the discount that it is of.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Redeemed {
    of: Key,
    pub(crate) redemption: Redemption,
}

fn has_code(discount: &Discount, code: &Key) -> bool {
    discount.code.as_ref().is_some_and(|known| known.as_str().eq_ignore_ascii_case(code.as_str()))
}

fn document(kept: &Redeemed, version: i64) -> Document<&Redeemed> {
    Document {
        id: kept.redemption.key.to_string(),
        customer: Some(kept.redemption.customer.to_string()),
        status: if kept.redemption.ended.is_some() { "ended" } else { "open" }.into(),
        sort_at: kept.redemption.recorded_at.micros(),
        version,
        body: kept,
    }
}
