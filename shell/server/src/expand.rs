//! What an answer refers to, besides it: `?expand=customer,plan`.
//!
//! A route says where its answer refers to what; the rest is the same for all. Whatever a page refers to is read at once, each object once.

use crate::Refusal;
use crate::answer::besides;
use crate::asked::Received;
use crate::route::{Desk, Route};
use axum::body::{Body, to_bytes};
use axum::http::{StatusCode, header};
use axum::response::Response;
use billing::{Invoice, PriceRef};
use catalog::{Plan, Price};
use contracts::{Customer, Entity, PlanRef, Subscription};
use engine::{AccessError, Action, Alert, Engine, EngineError, Permission, Principal, Resource};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use stdx::{Key, Problem};
use tokio::runtime::Handle;

pub(crate) const PARAMETER: &str = "expand";

/// What can be told besides an answer that refers to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Expand {
    Alert,
    Customer,
    Entity,
    Invoice,
    Plan,
    Price,
    Subscription,
}

impl Expand {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Alert => "alert",
            Self::Customer => "customer",
            Self::Entity => "entity",
            Self::Invoice => "invoice",
            Self::Plan => "plan",
            Self::Price => "price",
            Self::Subscription => "subscription",
        }
    }

    /// What one must be permitted to read.
    const fn resource(self) -> Resource {
        match self {
            Self::Alert => Resource::Usage,
            Self::Customer => Resource::Customers,
            Self::Entity => Resource::Books,
            Self::Invoice => Resource::Invoices,
            Self::Plan | Self::Price => Resource::Pricing,
            Self::Subscription => Resource::Subscriptions,
        }
    }

    /// Whether a customer sees those that are theirs.
    const fn is_for_customers(self) -> bool {
        match self {
            Self::Customer | Self::Invoice | Self::Subscription => true,
            Self::Alert | Self::Entity | Self::Plan | Self::Price => false,
        }
    }
}

/// A place in an answer that refers to something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reference {
    pub what: Expand,
    /// Names of fields with points between them, from the object on; `*` is each element or each field.
    at: &'static str,
    /// What stands there before the name; something else refers to something else.
    behind: &'static str,
}

/// A place in an answer where the name of something stands.
pub(crate) const fn to(what: Expand, at: &'static str) -> Reference {
    Reference { what, at, behind: "" }
}

impl Reference {
    /// The name stands behind this.
    pub(crate) const fn behind(mut self, text: &'static str) -> Self {
        self.behind = text;
        self
    }
}

/// What an answer has besides where it is asked to.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct WithExpanded {
    /// What the answer refers to, as far as it was asked for.
    pub expanded: Expanded,
}

/// What an answer refers to, each object once, by the name that stands in the answer. What was asked for is there, be it empty; a name that
/// leads nowhere is left out.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(crate) struct Expanded {
    /// Alerts, by id.
    #[serde(skip_serializing_if = "Option::is_none")]
    alerts: Option<BTreeMap<String, Alert>>,
    /// Customers, by key.
    #[serde(skip_serializing_if = "Option::is_none")]
    customers: Option<BTreeMap<String, Customer>>,
    /// Legal entities, by key.
    #[serde(skip_serializing_if = "Option::is_none")]
    entities: Option<BTreeMap<String, Entity>>,
    /// Invoices, by id.
    #[serde(skip_serializing_if = "Option::is_none")]
    invoices: Option<BTreeMap<String, Invoice>>,
    /// Plans as the catalog had them in a version, by `plan@version`.
    #[serde(skip_serializing_if = "Option::is_none")]
    plans: Option<BTreeMap<String, Plan>>,
    /// Prices as the catalog had them in a version, by `plan@version.price`.
    #[serde(skip_serializing_if = "Option::is_none")]
    prices: Option<BTreeMap<String, Price>>,
    /// Subscriptions, by key.
    #[serde(skip_serializing_if = "Option::is_none")]
    subscriptions: Option<BTreeMap<String, Subscription>>,
}

/// The names in the order of the table, each once.
pub(crate) fn names(references: &[Reference]) -> Vec<&'static str> {
    let known: BTreeSet<Expand> = references.iter().map(|reference| reference.what).collect();
    known.into_iter().map(Expand::word).collect()
}

/// What is asked for besides, if whoever asks may see it. The parameter is that of every route that refers to something, so it is taken away
/// before the route reads its own.
pub(crate) fn asked(route: &Route, received: &mut Received, who: &Principal) -> Result<BTreeSet<Expand>, Refusal> {
    if route.references.is_empty() {
        return Ok(BTreeSet::new());
    }
    let given = received.take(PARAMETER);
    let [given] = given.as_slice() else {
        if given.is_empty() {
            return Ok(BTreeSet::new());
        }
        let problem = Problem::new("repeated_parameter", "A parameter is given twice")
            .detail("`expand` is given twice")
            .at("?expand")
            .mend("give it once, with commas between the names");
        return Err(Refusal::one(StatusCode::UNPROCESSABLE_ENTITY, problem));
    };
    let wanted = given.split(',').map(str::trim).filter(|name| !name.is_empty());
    let wanted = wanted.map(|name| find(route, name)).collect::<Result<BTreeSet<Expand>, Refusal>>()?;
    wanted.iter().try_for_each(|what| may(who, *what))?;
    Ok(wanted)
}

fn find(route: &Route, name: &str) -> Result<Expand, Refusal> {
    if let Some(known) = route.references.iter().find(|reference| reference.what.word() == name) {
        return Ok(known.what);
    }
    let known = names(&route.references);
    let guess = stdx::nearest(name, known.iter().copied()).map(|near| format!("did you mean `{near}`? "));
    let problem = Problem::new("unknown_expand", "This is nothing that the answer refers to")
        .detail(format!("`{name}` cannot be expanded in answers of `{}`", route.id))
        .at("?expand")
        .mend(format!("{}The names here are: {}", guess.unwrap_or_default(), known.join(", ")));
    Err(Refusal::one(StatusCode::UNPROCESSABLE_ENTITY, problem))
}

fn may(who: &Principal, what: Expand) -> Result<(), Refusal> {
    match &who.customer {
        None => Ok(who.may(Permission { resource: what.resource(), action: Action::Read })?),
        Some(_) if what.is_for_customers() => Ok(()),
        Some(_) => Err(AccessError::NotForCustomers.into()),
    }
}

/// The answer with what it refers to.
pub(crate) fn add(
    desk: &Desk<'_>,
    route: &Route,
    wanted: &BTreeSet<Expand>,
    response: Response,
) -> Result<Response, Refusal> {
    if wanted.is_empty() {
        return Ok(response);
    }
    let (mut head, body) = response.into_parts();
    // the body is in memory already
    let bytes = Handle::current().block_on(to_bytes(body, usize::MAX)).map_err(|_| Refusal::defect())?;
    let answer: Value = serde_json::from_slice(&bytes).map_err(|_| Refusal::defect())?;
    let mut found = Found::default();
    for reference in route.references.iter().filter(|reference| wanted.contains(&reference.what)) {
        match answer.get("items").and_then(Value::as_array) {
            Some(items) => items.iter().for_each(|item| found.look(*reference, item)),
            None => found.look(*reference, &answer),
        }
    }
    let expanded = found.read(desk.engine, wanted, desk.who.customer.as_ref())?;
    let added = serde_json::to_string(&WithExpanded { expanded }).map_err(|_| Refusal::defect())?;
    let whole = besides(&added, &bytes).ok_or_else(Refusal::defect)?;
    head.headers.remove(header::CONTENT_LENGTH);
    Ok(Response::from_parts(head, Body::from(whole)))
}

/// The names that an answer refers to.
#[derive(Debug, Default)]
struct Found {
    named: BTreeMap<Expand, BTreeSet<String>>,
    plans: BTreeSet<PlanRef>,
    prices: BTreeSet<PriceRef>,
}

impl Found {
    fn look(&mut self, reference: Reference, object: &Value) {
        each(object, reference.at, &mut |value| self.note(reference, value));
    }

    fn note(&mut self, reference: Reference, value: &Value) {
        match reference.what {
            Expand::Plan => self.plans.extend(serde_json::from_value::<PlanRef>(value.clone())),
            Expand::Price => self.prices.extend(serde_json::from_value::<PriceRef>(value.clone())),
            what @ (Expand::Alert | Expand::Customer | Expand::Entity | Expand::Invoice | Expand::Subscription) => {
                let name = value.as_str().and_then(|text| text.strip_prefix(reference.behind));
                self.named.entry(what).or_default().extend(name.map(str::to_owned));
            }
        }
    }

    /// Reads each object once; of a customer's those alone that are theirs.
    fn read(
        mut self,
        engine: &Engine,
        wanted: &BTreeSet<Expand>,
        customer: Option<&Key>,
    ) -> Result<Expanded, EngineError> {
        let is_theirs = |owner: &Key| customer.is_none_or(|customer| customer == owner);
        let mut expanded = Expanded::default();
        for what in wanted {
            let names = self.named.remove(what).unwrap_or_default();
            match what {
                Expand::Alert => expanded.alerts = Some(engine.alerts_named(&names)?),
                Expand::Customer => {
                    let mut found = engine.customers_named(&names)?;
                    found.retain(|_, one| is_theirs(&one.key));
                    expanded.customers = Some(found);
                }
                Expand::Entity => {
                    let all = engine.entities()?.into_iter().map(|one| (one.key.to_string(), one));
                    expanded.entities = Some(all.filter(|(key, _)| names.contains(key)).collect());
                }
                Expand::Invoice => {
                    let mut found = engine.invoices_named(&names)?;
                    found.retain(|_, one| is_theirs(&one.customer));
                    expanded.invoices = Some(found);
                }
                Expand::Plan => expanded.plans = Some(self.plans(engine)),
                Expand::Price => expanded.prices = Some(self.prices(engine)),
                Expand::Subscription => {
                    let mut found = engine.subscriptions_named(&names)?;
                    found.retain(|_, one| is_theirs(&one.customer));
                    expanded.subscriptions = Some(found);
                }
            }
        }
        Ok(expanded)
    }

    fn plans(&self, engine: &Engine) -> BTreeMap<String, Plan> {
        let catalogs = engine.catalogs();
        let found = |one: &PlanRef| Some((one.to_string(), catalogs.get(&one.version)?.plans.get(&one.plan)?.clone()));
        self.plans.iter().filter_map(found).collect()
    }

    fn prices(&self, engine: &Engine) -> BTreeMap<String, Price> {
        let catalogs = engine.catalogs();
        let found = |one: &PriceRef| {
            let plan = catalogs.get(&one.version)?.plans.get(&one.plan)?;
            let (_, price) = plan.all_prices().find(|(key, _)| **key == one.price)?;
            Some((format!("{}@{}.{}", one.plan, one.version, one.price), price.clone()))
        };
        self.prices.iter().filter_map(found).collect()
    }
}

/// Gives every value at a place to `seen`.
fn each(value: &Value, at: &str, seen: &mut dyn FnMut(&Value)) {
    let (step, rest) = match at.split_once('.') {
        Some((step, rest)) => (step, Some(rest)),
        None => (at, None),
    };
    let mut go = |value: &Value| match rest {
        Some(rest) => each(value, rest, seen),
        None => seen(value),
    };
    match (step, value) {
        ("*", Value::Array(elements)) => elements.iter().for_each(&mut go),
        ("*", Value::Object(fields)) => fields.values().for_each(&mut go),
        (name, Value::Object(fields)) => fields.get(name).into_iter().for_each(&mut go),
        (_, Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_)) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn seen(value: &Value, at: &str) -> Vec<String> {
        let mut found = Vec::new();
        each(value, at, &mut |value| found.push(value.to_string()));
        found
    }

    #[test]
    fn a_place_leads_through_elements_and_fields() {
        let value = json!({ "a": [{ "b": { "c": 1 } }, { "b": { "c": 2 } }, 3], "d": { "x": { "c": 4 }, "y": {} } });
        assert_eq!(seen(&value, "a.*.b.c"), ["1", "2"]);
        assert_eq!(seen(&value, "d.*.c"), ["4"]);
        assert_eq!(seen(&value, "a.*"), ["{\"b\":{\"c\":1}}", "{\"b\":{\"c\":2}}", "3"]);
        assert!(seen(&value, "a.b").is_empty() && seen(&value, "none.*").is_empty());
    }

    #[test]
    fn a_name_behind_something_else_is_not_one() {
        let mut found = Found::default();
        let reference = to(Expand::Customer, "object").behind("customer/");
        for object in ["customer/acme", "invoice/inv_1", "customer/acme", "acme"] {
            found.look(reference, &json!({ "object": object }));
        }
        assert_eq!(found.named[&Expand::Customer], BTreeSet::from(["acme".to_owned()]));
    }
}
