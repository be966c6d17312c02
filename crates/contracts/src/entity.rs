//! Legal entities: who sells.

use crate::PaymentDays;
use alloc::{string::String, vec::Vec};
use calendar::Zone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stdx::Key;
use tax::{Rules, Seller, StatedAt, Tax, TaxPoint, TaxPolicy};

/// A company that sells: whose name is on the documents, whose numbers they have, and whose taxes are charged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("examples" = [{
    "key": "acme-gmbh", "name": "Acme GmbH", "zone": "Europe/Berlin", "series": { "invoices": "DE", "credit_notes": "DE-CN" },
    "tax": { "seller": { "country": "DE" }, "code": "vat",
             "rules": [{ "place": { "country": "DE" }, "class": "standard", "taxes": [{ "code": "vat", "rates": { "2021-01-01": "19" } }] }] }
}]))]
pub struct Entity {
    /// Its name among the tenant's entities.
    pub key: Key,
    /// The name on the documents.
    pub name: String,
    /// The zone of customers that come without one.
    #[serde(default = "Zone::utc")]
    pub zone: Zone,
    /// How its documents are numbered.
    #[serde(default)]
    pub series: Series,
    /// How its sales are taxed. Left out, its documents show no taxes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax: Option<EntityTax>,
    /// How many days its customers have to pay an invoice, where they have no terms of their own; as the settings say when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_days: Option<PaymentDays>,
}

/// What the numbers of an entity's documents begin with. No two series of a tenant begin alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Series {
    /// Of invoices: `INV` gives `INV-000001`.
    pub invoices: Key,
    /// Of credit notes.
    pub credit_notes: Key,
    /// Of debit notes; `DN` beside `INV`, and the series of invoices with `-DN` beside another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub debit_notes: Option<Key>,
}

impl Series {
    /// The series of debit notes, also where none is named.
    pub fn of_debit_notes(&self) -> Key {
        let beside = || match self.invoices.as_str() {
            "INV" => None,
            other => Key::try_from(alloc::format!("{other}-DN")).ok(),
        };
        self.debit_notes.clone().or_else(beside).unwrap_or_else(|| literal("DN"))
    }

    /// Each of them, so that none is forgotten where they are kept apart.
    pub fn all(&self) -> [Key; 3] {
        [self.invoices.clone(), self.credit_notes.clone(), self.of_debit_notes()]
    }
}

/// How the sales of an entity are taxed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EntityTax {
    /// Where it is established and registered.
    pub seller: Seller,
    /// The code of the tax that is shown where nothing is charged: `vat`.
    pub code: Key,
    /// The class of prices that name none.
    #[serde(default = "standard")]
    pub class: Key,
    /// The taxes of each place and class, by date.
    #[serde(default)]
    pub rules: Rules,
    /// Taxes that count whatever the rules say, unless the customer has others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taxes: Vec<Tax>,
    /// How tax is rounded.
    #[serde(default)]
    pub policy: TaxPolicy,
    /// Which day decides on the rate.
    #[serde(default)]
    pub point: TaxPoint,
}

impl Entity {
    /// The entity of customers that name none, as long as a tenant does not say more of it.
    pub fn unnamed() -> Self {
        Self {
            key: literal("default"),
            name: String::new(),
            zone: Zone::utc(),
            series: Series::default(),
            tax: None,
            payment_days: None,
        }
    }
}

impl EntityTax {
    /// The taxes that were stated by hand, for a customer with these of its own.
    pub fn stated(&self, of_customer: &[Tax]) -> Vec<(StatedAt, Tax)> {
        let customer = of_customer.iter().map(|tax| (StatedAt::Customer, tax.clone()));
        customer.chain(self.taxes.iter().map(|tax| (StatedAt::Entity, tax.clone()))).collect()
    }
}

impl Default for Series {
    fn default() -> Self {
        Self { invoices: literal("INV"), credit_notes: literal("CN"), debit_notes: None }
    }
}

fn standard() -> Key {
    literal("standard")
}

#[expect(clippy::expect_used, reason = "the texts above are names, as the test shows")]
fn literal(text: &str) -> Key {
    Key::try_from(text).expect("a name")
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString as _;

    #[test]
    fn what_is_left_out_has_a_usual_value() {
        let json = r#"{"key": "eu", "name": "EU", "tax": {"seller": {"country": "DE"}, "code": "vat"}}"#;
        let entity: Entity = serde_json::from_str(json).expect("entity");
        assert_eq!((&entity.series, entity.zone), (&Entity::unnamed().series, Zone::utc()));
        assert_eq!(entity.series.all().map(|series| series.to_string()), ["INV", "CN", "DN"]);
        let own = Series { invoices: literal("DE"), credit_notes: literal("DE-CN"), debit_notes: None };
        assert_eq!(own.of_debit_notes().as_str(), "DE-DN", "no two entities begin alike");
        assert_eq!(entity.tax.expect("tax").class.as_str(), "standard");
    }
}
