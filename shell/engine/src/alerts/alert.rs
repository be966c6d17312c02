//! Alerts themselves: what is watched, and from where on it is told.

use crate::audit::{Deed, Kept};
use crate::{Engine, EngineError};
use calendar::Instant;
use money::{Currency, Dec, Money, Ratio};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use stdx::{Key, NonEmpty, Problem};
use store::documents::{self, Cursor, Document, Which};

pub(super) const KIND: &str = "alert";
const PAGE: u32 = 500;
/// Thresholds and recipients of one alert.
const MOST: usize = 20;
const LONGEST_NAME: usize = 200;
const LONGEST_ADDRESS: usize = 254;

stdx::typed_id!(
    /// An alert.
    AlertId, "alr"
);

/// Tells when usage or spend to date of an open billing period reaches limits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Alert {
    /// Its id.
    pub id: AlertId,
    /// Its name, for people.
    pub name: String,
    /// Whose usage or spend is watched; each customer's, one by one, when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<Key>,
    /// What is watched.
    pub on: Watched,
    /// From where on it is told.
    pub limit: Limit,
    /// Who gets an e-mail, besides the webhooks.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub recipients: BTreeSet<String>,
    /// When it was added.
    pub created_at: Instant,
}

/// An alert that is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAlert {
    /// Its name, for people.
    pub name: String,
    /// Whose usage or spend is watched; each customer's, one by one, when it is left out.
    #[serde(default)]
    pub customer: Option<Key>,
    /// What is watched.
    pub on: Watched,
    /// From where on it is told.
    pub limit: Limit,
    /// Who gets an e-mail, besides the webhooks.
    #[serde(default)]
    pub recipients: BTreeSet<String>,
}

/// What is watched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Watched {
    /// How much was used on a meter in an open billing period of a price that counts it.
    Usage {
        /// The meter.
        meter: Key,
    },
    /// What the upcoming invoice comes to so far.
    Spend {
        /// In which currency.
        currency: Currency,
        /// What of a part of it alone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        of: Option<SpendOn>,
    },
}

/// A part of an invoice: the lines of a plan, or of one of its prices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SpendOn {
    /// The plan.
    pub plan: Key,
    /// The price; all of the plan when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Key>,
}

/// From where on it is told: quantities of a meter, or amounts in the currency of a spend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Limit {
    /// At these values.
    Absolute {
        /// Each is told by itself.
        at: BTreeSet<Dec>,
    },
    /// At these shares of a budget.
    Budget {
        /// The budget for a billing period.
        amount: Dec,
        /// In per cent; each is told by itself.
        percent: BTreeSet<Dec>,
    },
    /// At these shares of what the last closed period came to. Where there is none, or it came to nothing, nothing is told.
    LastPeriod {
        /// In per cent; each is told by itself.
        percent: BTreeSet<Dec>,
    },
}

impl Limit {
    const fn thresholds(&self) -> (&'static str, &BTreeSet<Dec>) {
        match self {
            Self::Absolute { at } => ("/limit/absolute/at", at),
            Self::Budget { percent, .. } => ("/limit/budget/percent", percent),
            Self::LastPeriod { percent } => ("/limit/last_period/percent", percent),
        }
    }

    /// The thresholds that a value has reached, each with what it comes to. `last` says what the last closed period came to.
    pub(super) fn reached(
        &self,
        value: Ratio,
        last: impl FnOnce() -> Result<Option<Ratio>, EngineError>,
    ) -> Result<Vec<(Dec, Ratio)>, EngineError> {
        let whole = match self {
            Self::Absolute { at } => {
                let each = at.iter().map(|threshold| (*threshold, Ratio::from(*threshold)));
                return Ok(each.filter(|(_, limit)| value >= *limit).collect());
            }
            Self::Budget { amount, .. } => Some(Ratio::from(*amount)),
            Self::LastPeriod { .. } => last()?,
        };
        // so much per cent of nothing is no limit
        let Some(whole) = whole.filter(|whole| whole.is_positive()) else { return Ok(Vec::new()) };
        let hundred = Ratio::from_int(100);
        let each = self.thresholds().1.iter().map(|percent| {
            let limit = whole.times((*percent).into()).and_then(|limit| limit.over(hundred));
            Ok((*percent, limit.map_err(|error| EngineError::invalid(&error))?))
        });
        Ok(each.collect::<Result<Vec<_>, EngineError>>()?.into_iter().filter(|(_, limit)| value >= *limit).collect())
    }

    /// Every amount in it.
    fn amounts(&self) -> Vec<Dec> {
        match self {
            Self::Absolute { at } => at.iter().copied().collect(),
            Self::Budget { amount, .. } => vec![*amount],
            Self::LastPeriod { .. } => Vec::new(),
        }
    }
}

fn wrong(at: &str, detail: String) -> Problem {
    Problem::new("invalid_alert", "This cannot be watched")
        .detail(detail)
        .at(at)
        .mend("a name, what is watched, 1 to 20 thresholds above zero, and at most 20 e-mail addresses; docs/alerts.md has examples")
}

fn is_address(text: &str) -> bool {
    let Some((name, host)) = text.rsplit_once('@') else { return false };
    let is_plain = |c: char| c.is_ascii_graphic() && !"<>()[],;:\\\"@".contains(c);
    text.len() <= LONGEST_ADDRESS && [name, host].iter().all(|part| !part.is_empty() && part.chars().all(is_plain))
}

impl NewAlert {
    /// What is wrong with it by itself.
    fn problems(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        if self.name.trim().is_empty()
            || self.name.chars().count() > LONGEST_NAME
            || self.name.contains(char::is_control)
        {
            found.push(wrong("/name", format!("a name has 1 to {LONGEST_NAME} characters, on one line")));
        }
        let (at, thresholds) = self.limit.thresholds();
        if thresholds.is_empty() || thresholds.len() > MOST {
            found.push(wrong(at, format!("there are {} thresholds", thresholds.len())));
        }
        for number in thresholds.iter().copied().chain(self.limit.amounts()).collect::<BTreeSet<Dec>>() {
            if !number.is_positive() {
                found.push(wrong(at, format!("{number} is not above zero")));
            }
        }
        if let Watched::Spend { currency, .. } = &self.on {
            let inexact =
                self.limit.amounts().into_iter().filter_map(|amount| Money::from_dec(amount, *currency).err());
            found.extend(inexact.map(|error| stdx::ToProblem::problem(&error).at("/limit")));
        }
        if self.recipients.len() > MOST {
            found.push(wrong("/recipients", format!("there are {} recipients", self.recipients.len())));
        }
        let no_address = self.recipients.iter().filter(|recipient| !is_address(recipient));
        found.extend(no_address.map(|text| wrong("/recipients", format!("`{text}` is not an e-mail address"))));
        found
    }
}

pub(super) fn document(alert: &Alert) -> Document<&Alert> {
    Document {
        id: alert.id.to_string(),
        customer: alert.customer.as_ref().map(Key::to_string),
        status: "on".into(),
        sort_at: alert.created_at.micros(),
        version: 1,
        body: alert,
    }
}

impl Engine {
    /// Adds an alert. What it watches is looked at at once: a limit that was reached before in an open period is told, too.
    pub fn add_alert(&self, new: NewAlert) -> Result<Alert, EngineError> {
        if let Ok(problems) = NonEmpty::try_from(new.problems()) {
            return Err(EngineError::Invalid(problems));
        }
        self.check_watched(&new)?;
        let NewAlert { name, customer, on, limit, recipients } = new;
        let id = AlertId::from_u128(uuid::Uuid::now_v7().as_u128());
        let alert = Alert { id, name, customer, on, limit, recipients, created_at: self.now() };
        let name = alert.id.to_string();
        let deed = Deed { action: "alert.add", kept: Kept::Document, kind: KIND, id: &name };
        self.write(deed, |tx| Ok(documents::insert(tx, &self.tenant, KIND, &document(&alert))?))?;
        self.alerts_changed();
        Ok(alert)
    }

    /// What is watched must be there.
    fn check_watched(&self, new: &NewAlert) -> Result<(), EngineError> {
        if let Some(customer) = &new.customer {
            self.customer(customer.as_str())?;
        }
        let (_, catalog) = self.newest_catalog()?;
        match &new.on {
            Watched::Usage { meter } if !catalog.meters.contains_key(meter) => {
                Err(EngineError::no_such("meter", meter.as_str(), catalog.meters.keys().map(Key::as_str)))
            }
            Watched::Spend { of: Some(SpendOn { plan, price }), .. } => {
                let Some(found) = catalog.plans.get(plan) else {
                    return Err(EngineError::no_such("plan", plan.as_str(), catalog.plans.keys().map(Key::as_str)));
                };
                match price {
                    Some(price) if !found.prices.contains_key(price) => {
                        Err(EngineError::no_such("price", price.as_str(), found.prices.keys().map(Key::as_str)))
                    }
                    Some(_) | None => Ok(()),
                }
            }
            Watched::Usage { .. } | Watched::Spend { of: None, .. } => Ok(()),
        }
    }

    /// Removes an alert: nothing is told of it any more.
    pub fn remove_alert(&self, id: AlertId) -> Result<Alert, EngineError> {
        let found = self.find_alert(id)?;
        let name = id.to_string();
        let deed = Deed { action: "alert.remove", kept: Kept::Document, kind: KIND, id: &name };
        self.write(deed, |tx| Ok(documents::delete(tx, &self.tenant, KIND, &name, found.version)?))?;
        self.alerts_changed();
        Ok(found.body)
    }

    fn find_alert(&self, id: AlertId) -> Result<Document<Alert>, EngineError> {
        let found = self.store.read(|tx| documents::find::<Alert>(tx, &self.tenant, KIND, &id.to_string()))?;
        found.ok_or_else(|| EngineError::no_such("alert", &id.to_string(), []))
    }

    /// An alert by id.
    pub fn alert(&self, id: AlertId) -> Result<Alert, EngineError> {
        Ok(self.find_alert(id)?.body)
    }

    /// At most `limit` alerts after a place, the newest first.
    pub fn alerts(&self, after: &Cursor, limit: u32) -> Result<Vec<Document<Alert>>, EngineError> {
        Ok(self.store.read(|tx| documents::page(tx, &self.tenant, KIND, Which::All, after, limit))?)
    }

    pub(super) fn all_alerts(&self) -> Result<Vec<Alert>, EngineError> {
        let (mut found, mut after) = (Vec::new(), Cursor::start());
        loop {
            let page = self.alerts(&after, PAGE)?;
            let Some(last) = page.last() else { return Ok(found) };
            after = Cursor { sort_at: last.sort_at, id: last.id.clone() };
            found.extend(page.into_iter().map(|document| document.body));
        }
    }
}
