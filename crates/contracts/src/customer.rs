//! Customers.

use crate::{BillingPolicy, PaymentDays};
use alloc::{collections::BTreeMap, string::String, vec::Vec};
use calendar::{DayOfMonth, Zone};
use catalog::SpendSteps;
use money::Currency;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::Key;
use tax::{Buyer, Confirmation, Country, Exemption, Tax};

/// A buyer, who owns subscriptions and receivables. Events name the customer by its key as their `subject`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Customer {
    /// The name by which the sender's systems know the customer.
    pub key: Key,
    /// The name on the invoice.
    pub name: String,
    /// The zone whose days begin and end the customer's periods; UTC when absent.
    #[serde(default = "Zone::utc")]
    pub zone: Zone,
    /// The day of the month on which cycles of its subscriptions begin, unless they say otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub billing_day: Option<DayOfMonth>,
    /// The legal entity that sells to it; `default` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entity: Option<Key>,
    /// At which amounts of a period's spend it gets an invoice before the period ends, over all of its subscriptions in a currency and
    /// instead of what their plans say.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub bill_at: BTreeMap<Currency, SpendSteps>,
    /// What its taxes depend on.
    #[serde(default, skip_serializing_if = "CustomerTax::is_unknown")]
    pub tax: CustomerTax,
    /// How its bills are drawn, where that is not as the tenant says.
    #[serde(default, skip_serializing_if = "BillingPolicy::is_silent")]
    pub billing: BillingPolicy,
    /// How many days it has to pay an invoice; as the seller says when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_days: Option<PaymentDays>,
}

/// What the taxes of a customer depend on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CustomerTax {
    /// Where it is: a code of ISO 3166.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<Country>,
    /// The part of the country, where it has taxes of its own: `BC`, `CA`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Its VAT number, as it was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vat_number: Option<String>,
    /// What the register said of the number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirmation: Option<Confirmation>,
    /// What it does not pay tax on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exemptions: Vec<Exemption>,
    /// Its taxes whatever the rules say.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub taxes: Vec<Tax>,
}

impl Customer {
    /// A customer of whom no more is known.
    pub fn new(key: Key, name: impl Into<String>, zone: Zone) -> Self {
        Self {
            key,
            name: name.into(),
            zone,
            billing_day: None,
            entity: None,
            bill_at: BTreeMap::new(),
            tax: CustomerTax::default(),
            billing: BillingPolicy::default(),
            payment_days: None,
        }
    }
}

impl CustomerTax {
    fn is_unknown(&self) -> bool {
        *self == Self::default()
    }

    /// The buyer, as the treatment of a sale asks.
    pub fn buyer(&self) -> Buyer {
        Buyer { country: self.country, vat_number: self.vat_number.clone(), confirmation: self.confirmation.clone() }
    }
}
