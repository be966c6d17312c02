//! Crossings: a limit that was reached, told once.

use super::alert::{Alert, AlertId, KIND as ALERT, Watched};
use crate::news::News;
use crate::webhooks::Content;
use crate::{Engine, EngineError, Listing, Topic};
use calendar::Instant;
use money::{Dec, Ratio};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use stdx::Key;
use store::deliveries::{self, Delivery, State};
use store::documents::{self, Document};
use store::lists::{Field, Select};
use store::{StoreError, Tx};

const KIND: &str = "alert_crossing";
/// So many are kept in one transaction.
pub(super) const AT_ONCE: usize = 50;
/// What deliveries by e-mail have before the address, where those of webhooks have the id of an endpoint.
pub(crate) const MAILTO: &str = "mailto:";

/// A limit that was reached: once for each alert, threshold, customer and billing period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Crossing {
    /// The alert.
    pub alert: AlertId,
    /// The alert's name.
    pub name: String,
    /// Whose usage or spend it is.
    pub customer: Key,
    /// What is watched.
    pub on: Watched,
    /// The threshold, as the alert has it: a value, or per cent.
    pub threshold: Dec,
    /// What the threshold comes to.
    pub limit: Ratio,
    /// How much it was when that was seen.
    pub value: Ratio,
    /// When the cycle began, of usage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Instant>,
    /// When the cycle ends, of usage; when the invoice is due, of spend.
    pub to: Instant,
    /// When it was seen.
    pub at: Instant,
}

/// An e-mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// The address of the recipient.
    pub to: String,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub text: String,
}

impl Crossing {
    /// What makes it one: it is told once under this name.
    pub(super) fn id(&self) -> String {
        let Self { alert, threshold, customer, from, to, .. } = self;
        let from = from.map_or_else(String::new, |from| from.to_string());
        format!("{alert}/{threshold}/{customer}/{from}..{to}")
    }

    fn mail(&self, to: &str) -> Mail {
        let Self { name, customer, threshold, limit, value, at, .. } = self;
        let (what, unit) = match &self.on {
            Watched::Usage { meter } => (format!("Usage of {meter}"), String::new()),
            Watched::Spend { currency, of: None } => ("Spend".into(), format!(" {}", currency.code())),
            Watched::Spend { currency, of: Some(part) } => {
                let price = part.price.as_ref().map_or_else(String::new, |price| format!(".{price}"));
                (format!("Spend on {}{price}", part.plan), format!(" {}", currency.code()))
            }
        };
        let text = format!(
            "{what} of the customer {customer} reached {value}{unit}.\n\nAlert:     {name} ({})\nThreshold: {threshold}\nLimit:     {limit}{unit}\nPeriod:    until {}\nSeen:      {at}\n",
            self.alert, self.to
        );
        Mail { to: to.into(), subject: format!("{name}: {customer} reached {limit}{unit}"), text }
    }
}

impl Engine {
    /// Keeps and promises to tell what was not told yet. Each is told by one of all who see it.
    pub(super) fn tell_crossings(&self, found: &[Crossing]) -> Result<(), EngineError> {
        for some in found.chunks(AT_ONCE) {
            match self.store.write(|tx| some.iter().try_for_each(|crossing| self.tell_crossing(tx, crossing))) {
                // another process was first with one of them: the others are told one by one
                Err(EngineError::Conflict(_)) if some.len() > 1 => {
                    some.chunks(1).try_for_each(|one| self.tell_crossings(one))?;
                }
                Ok(()) | Err(EngineError::Conflict(_)) => {}
                Err(error) => return Err(error),
            }
        }
        if !found.is_empty() {
            self.bell.ring(&self.tenant, News::Messages);
        }
        Ok(())
    }

    fn tell_crossing(&self, tx: &mut Tx<'_>, crossing: &Crossing) -> Result<(), EngineError> {
        let id = crossing.id();
        let alert = documents::find::<Alert>(tx, &self.tenant, ALERT, &crossing.alert.to_string())?;
        let known = documents::find::<serde::de::IgnoredAny>(tx, &self.tenant, KIND, &id)?;
        // of an alert that was removed meanwhile nothing is told
        let (Some(alert), None) = (alert, known) else { return Ok(()) };
        let document = Document {
            id: id.clone(),
            customer: Some(crossing.customer.to_string()),
            // those of one alert are listed by it
            status: crossing.alert.to_string(),
            sort_at: crossing.at.micros(),
            version: 1,
            body: crossing,
        };
        documents::insert(tx, &self.tenant, KIND, &document)?;
        for recipient in &alert.body.recipients {
            self.promise_mail(tx, &crossing.mail(recipient), &id)?;
        }
        let told = store_json(crossing)?;
        let object = format!("{ALERT}/{}/{}", crossing.alert, crossing.customer);
        self.announce(tx, Topic::AlertCrossed, &object, &told)?;
        metrics::counter!("alert_crossings_total").increment(1);
        Ok(())
    }

    fn promise_mail(&self, tx: &mut Tx<'_>, mail: &Mail, crossing: &str) -> Result<(), EngineError> {
        let now = self.world.now().micros();
        let bits = uuid::Uuid::now_v7().as_u128();
        let delivery = Delivery {
            id: format!("dlv_{bits:032x}"),
            endpoint: format!("{MAILTO}{}", mail.to),
            object: format!("{KIND}/{crossing}"),
            seq: 1,
            body: Content { message: format!("msg_{bits:032x}"), body: store_json(mail)?.to_string(), trace: None },
            state: State::Waiting,
            next_at: now,
            attempts: 0,
            answer: Value::Null,
            created_at: now,
        };
        Ok(deliveries::add(tx, &self.tenant, &delivery)?)
    }

    /// A part of the crossings of an alert.
    pub fn list_crossings(&self, id: AlertId, select: &Select) -> Result<Listing<Crossing>, EngineError> {
        let id = self.alert(id)?.id.to_string();
        self.list_documents(KIND, &select.clone().is(Field::State, Some(&id)))
    }
}

fn store_json(value: &impl Serialize) -> Result<Value, StoreError> {
    serde_json::to_value(value).map_err(|error| StoreError::Other(error.to_string()))
}
