//! Lists as they are read from outside: narrowed, sorted, in parts.

use crate::audit::AuditEntry;
use crate::{Alert, Changeset, Endpoint, Engine, EngineError, JournalEntry, NamedDiscount, Thing, Token, User};
use billing::Invoice;
use calendar::{Date, Zone};
use contracts::{Charge, Customer, Subscription};
use serde::de::DeserializeOwned;
use store::documents;
use store::facts;
use store::lists::{At, Direction, Field, Placed, Select};
use store::{StoreError, Tx, entries};

/// How many rows are looked at together where the store cannot narrow them.
const AT_ONCE: u32 = 500;
/// How many times that at most for one part of a list; then it ends, and says where it goes on.
const MOST_LOOKS: usize = 20;

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing<T> {
    /// Its items, in the order of the list. There can be fewer than were asked for, though the list goes on.
    pub items: Vec<T>,
    /// The place behind which the list goes on; none at its end.
    pub next: Option<At>,
}

impl<T> Listing<T> {
    /// What was found, of which one more than wanted was asked for.
    pub(crate) fn of(mut found: Vec<Placed<T>>, wanted: u32) -> Self {
        let wanted = usize::try_from(wanted).unwrap_or(usize::MAX);
        let more = found.len() > wanted;
        found.truncate(wanted);
        let next = found.last().filter(|_| more).map(|last| last.at.clone());
        Self { items: found.into_iter().map(|placed| placed.item).collect(), next }
    }

    pub(crate) fn map<U>(self, each: impl FnMut(T) -> U) -> Listing<U> {
        Listing { items: self.items.into_iter().map(each).collect(), next: self.next }
    }

    pub(crate) fn try_map<U>(self, each: impl FnMut(T) -> Result<U, EngineError>) -> Result<Listing<U>, EngineError> {
        Ok(Listing { items: self.items.into_iter().map(each).collect::<Result<_, _>>()?, next: self.next })
    }
}

/// One more than is wanted: it tells that the list goes on.
pub(crate) fn and_one(select: &Select) -> Select {
    Select { limit: select.limit.saturating_add(1), ..select.clone() }
}

/// What of an audit log is read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AuditFilter<'a> {
    /// Entries about this kind of thing.
    pub kind: Option<&'a str>,
    /// Entries about the thing of this key or id.
    pub object: Option<&'a str>,
    /// Entries that say that this was done.
    pub action: Option<&'a str>,
    /// Entries of what somebody of this id did.
    pub actor: Option<&'a str>,
}

impl AuditFilter<'_> {
    fn lets(&self, entry: &AuditEntry) -> bool {
        let is = |wanted: Option<&str>, found: &str| wanted.is_none_or(|wanted| wanted == found);
        is(self.kind, &entry.object.kind)
            && is(self.object, &entry.object.id)
            && is(self.action, &entry.action)
            && is(self.actor, &entry.actor.id)
    }
}

impl Engine {
    /// A part of the alerts.
    pub fn list_alerts(&self, select: &Select) -> Result<Listing<Alert>, EngineError> {
        self.list_things(Thing::Alert, select)
    }

    /// A part of the audit log. It is narrowed while it is read, so that a part can be short; a very long log is read in several.
    pub fn list_audit(&self, filter: &AuditFilter<'_>, select: &Select) -> Result<Listing<AuditEntry>, EngineError> {
        let read = |tx: &mut Tx<'_>, select: &Select| facts::audited::<AuditEntry>(tx, &self.tenant, select);
        let part = self.sift(select, |fact| filter.lets(&fact.body), read)?;
        Ok(part.map(|fact| fact.body))
    }

    /// A part of the changesets.
    pub fn list_changesets(&self, select: &Select) -> Result<Listing<Changeset>, EngineError> {
        self.list_things(Thing::Changeset, select)
    }

    /// A part of the charges of a customer.
    pub fn list_charges(&self, customer: &str, select: &Select) -> Result<Listing<Charge>, EngineError> {
        self.customer(customer)?;
        self.list_things(Thing::Charge, &select.clone().is(Field::Customer, Some(customer)))
    }

    /// A part of the customers, of all or of those to whom an entity sells.
    pub fn list_customers(&self, entity: Option<&str>, select: &Select) -> Result<Listing<Customer>, EngineError> {
        let (_, kind) = Thing::Customer.kept();
        let read = |tx: &mut Tx<'_>, select: &Select| facts::listed::<Customer>(tx, &self.tenant, kind, select);
        let Some(entity) = entity else {
            let found = self.store.read(|tx| read(tx, &and_one(select)))?;
            return Ok(Listing::of(found, select.limit).map(|fact| fact.body));
        };
        let unnamed = contracts::Entity::unnamed();
        let sells = |customer: &Customer| customer.entity.as_ref().unwrap_or(&unnamed.key).as_str() == entity;
        Ok(self.sift(select, |fact| sells(&fact.body), read)?.map(|fact| fact.body))
    }

    /// A part of the discounts that are offered.
    pub fn list_discounts(&self, select: &Select) -> Result<Listing<NamedDiscount>, EngineError> {
        let (_, kind) = Thing::Discount.kept();
        let found = self.store.read(|tx| facts::listed::<NamedDiscount>(tx, &self.tenant, kind, &and_one(select)))?;
        Ok(Listing::of(found, select.limit).map(|fact| fact.body))
    }

    /// A part of the webhook endpoints.
    pub fn list_endpoints(&self, select: &Select) -> Result<Listing<Endpoint>, EngineError> {
        self.list_things(Thing::Endpoint, select)
    }

    /// A part of the invoices and credit notes, of all days or from one on and before another: days as they are where each customer is.
    pub fn list_invoices(
        &self,
        (from, to): (Option<Date>, Option<Date>),
        select: &Select,
    ) -> Result<Listing<Invoice>, EngineError> {
        if from.is_none() && to.is_none() {
            return self.list_things(Thing::Invoice, select);
        }
        // a day begins somewhere on Earth up to a day before or after it begins in UTC
        let utc = Zone::utc();
        let edge = |day: Option<Date>, more: i64, open: i64| {
            day.map_or(open, |day| day.plus_days(more).map_or(open, |day| utc.start_of(day).micros()))
        };
        let select = select.clone().within(Field::Time, Some((edge(from, -1, i64::MIN), edge(to, 1, i64::MAX))));
        let (_, kind) = Thing::Invoice.kept();
        let read = |tx: &mut Tx<'_>, select: &Select| documents::listed::<Invoice>(tx, &self.tenant, kind, select);
        let lets = |on: Date| from.is_none_or(|from| from <= on) && to.is_none_or(|to| on < to);
        Ok(self.sift(&select, |document| lets(document.body.on), read)?.map(|document| document.body))
    }

    /// A part of the journal.
    pub fn list_journal(&self, select: &Select) -> Result<Listing<JournalEntry>, EngineError> {
        let found = self.store.read(|tx| entries::listed(tx, &self.tenant, &and_one(select)))?;
        Listing::of(found, select.limit).try_map(crate::books::journal_entry)
    }

    /// A part of the subscriptions.
    pub fn list_subscriptions(&self, select: &Select) -> Result<Listing<Subscription>, EngineError> {
        self.list_things(Thing::Subscription, select)
    }

    /// A part of the tokens, without their secrets.
    pub fn list_tokens(&self, select: &Select) -> Result<Listing<Token>, EngineError> {
        self.list_things(Thing::Token, select)
    }

    /// A part of the users.
    pub fn list_users(&self, select: &Select) -> Result<Listing<User>, EngineError> {
        self.list_things(Thing::User, select)
    }

    fn list_things<T: DeserializeOwned>(&self, thing: Thing, select: &Select) -> Result<Listing<T>, EngineError> {
        let (_, kind) = thing.kept();
        self.list_documents(kind, select)
    }

    pub(crate) fn list_documents<T: DeserializeOwned>(
        &self,
        kind: &str,
        select: &Select,
    ) -> Result<Listing<T>, EngineError> {
        let found = self.store.read(|tx| documents::listed::<T>(tx, &self.tenant, kind, &and_one(select)))?;
        Ok(Listing::of(found, select.limit).map(|document| document.body))
    }

    /// A part of those rows that are let through. After many that are not, the part ends before it is full.
    fn sift<T>(
        &self,
        select: &Select,
        lets: impl Fn(&T) -> bool,
        read: impl Fn(&mut Tx<'_>, &Select) -> Result<Vec<Placed<T>>, StoreError>,
    ) -> Result<Listing<T>, EngineError> {
        let wanted = usize::try_from(select.limit).unwrap_or(usize::MAX);
        let (mut items, mut last, mut passed) = (Vec::new(), None, select.after.clone());
        for _ in 0..MOST_LOOKS {
            let look = Select { limit: AT_ONCE, after: passed.clone(), ..select.clone() };
            let found = self.store.read(|tx| read(tx, &look))?;
            let is_end = found.len() < AT_ONCE as usize;
            for Placed { at, item } in found {
                if lets(&item) {
                    if items.len() == wanted {
                        return Ok(Listing { items, next: last });
                    }
                    items.push(item);
                    last = Some(at.clone());
                }
                passed = Some(at);
            }
            if is_end {
                return Ok(Listing { items, next: None });
            }
        }
        Ok(Listing { items, next: passed })
    }
}

/// A list that is small enough to be in memory, as the store would read it.
pub fn part_of<T>(mut all: Vec<T>, select: &Select, place: impl Fn(&T) -> At) -> Listing<T> {
    let is_up = select.direction == Direction::Up;
    all.sort_by(|one, other| {
        let (one, other) = (place(one), place(other));
        if is_up { one.cmp(&other) } else { other.cmp(&one) }
    });
    let is_behind = |at: &At| select.after.as_ref().is_none_or(|after| if is_up { at > after } else { at < after });
    let placed = all.into_iter().map(|item| Placed { at: place(&item), item }).filter(|placed| is_behind(&placed.at));
    Listing::of(
        placed.take(usize::try_from(select.limit).unwrap_or(usize::MAX).saturating_add(1)).collect(),
        select.limit,
    )
}
