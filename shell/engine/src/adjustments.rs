//! What persons changed on lines: kept as facts beside what was agreed, which every bill reads.

use crate::audit::{Deed, Kept};
use crate::{Engine, EngineError};
use billing::{Adjustment, By, Line, absorbed_entry};
use stdx::{Key, Problem};
use store::documents::{self, Cursor, Document, Which};
use store::{StoreError, Tx, due};

pub(crate) const KIND: &str = "adjustment";
const PAGE: u32 = 500;

stdx::typed_id!(
    /// Names an adjustment that no document names.
    AdjustmentId, "adj"
);

impl Engine {
    /// What was changed by hand on a customer's lines, what was taken back too, the newest first.
    pub fn adjustments(&self, customer: &str) -> Result<Vec<Adjustment>, EngineError> {
        self.customer(customer)?;
        let found = self.store.read(|tx| self.adjustments_in(tx, customer))?;
        Ok(found.into_iter().map(|document| document.body).collect())
    }

    /// The same in a transaction, with their versions.
    pub(crate) fn adjustments_in(
        &self,
        tx: &mut Tx<'_>,
        customer: &str,
    ) -> Result<Vec<Document<Adjustment>>, EngineError> {
        let mut all = Vec::new();
        let mut after = Cursor::start();
        loop {
            let which = Which::Customer(customer);
            let page = documents::page::<Adjustment>(tx, &self.tenant, KIND, which, &after, PAGE)?;
            let Some(last) = page.last() else { return Ok(all) };
            after = Cursor { sort_at: last.sort_at, id: last.id.clone() };
            let is_last = page.len() < PAGE as usize;
            all.extend(page);
            if is_last {
                return Ok(all);
            }
        }
    }

    pub(crate) fn add_adjustment(
        &self,
        tx: &mut Tx<'_>,
        customer: &Key,
        adjustment: &Adjustment,
    ) -> Result<(), EngineError> {
        match documents::insert(tx, &self.tenant, KIND, &document(customer.as_str(), adjustment, 1)) {
            Err(StoreError::Unique(_)) => Err(EngineError::taken("adjustment", adjustment.key.as_str())),
            done => Ok(done.and_then(|()| due::touch(tx, &self.tenant, customer.as_str()))?),
        }
    }

    /// A key for an adjustment that no document names.
    pub(crate) fn adjustment_key(&self) -> Result<Key, EngineError> {
        let id = AdjustmentId::from_u128(self.ids.next()).to_string();
        Key::try_from(id)
            .map_err(|error| EngineError::Failed(Problem::new("invalid_key", "Not a name").detail(error.to_string())))
    }

    /// Writes a difference off: the line is worth what was posted from now on, and the books say so.
    pub(crate) fn write_off(
        &self,
        tx: &mut Tx<'_>,
        customer: &Key,
        line: &Line,
        reason: &str,
    ) -> Result<Adjustment, EngineError> {
        let adjustment = Adjustment::absorbing(line, self.adjustment_key()?, reason, self.now());
        self.add_adjustment(tx, customer, &adjustment)?;
        let event = format!("adjustment:{}:absorbed", adjustment.key);
        self.post_entry(tx, &absorbed_entry(customer, line, &event, self.now())?)?;
        Ok(adjustment)
    }

    /// Takes back what a voided note left behind.
    pub(crate) fn void_adjustments(&self, tx: &mut Tx<'_>, customer: &Key, number: &str) -> Result<(), EngineError> {
        let own = By::Document(number.into());
        for found in self.adjustments_in(tx, customer.as_str())?.into_iter().filter(|found| found.body.by == own) {
            let voided = Adjustment { voided_at: Some(self.now()), ..found.body };
            documents::update(tx, &self.tenant, KIND, &document(customer.as_str(), &voided, found.version))?;
        }
        Ok(())
    }

    /// Takes back what was changed on a draft. Where the draft was issued meanwhile, what that makes is billed like any other difference.
    pub fn withdraw_adjustment(&self, key: &str) -> Result<Adjustment, EngineError> {
        let _alone = self.command()?;
        let found = self.store.read(|tx| documents::find::<Adjustment>(tx, &self.tenant, KIND, key))?;
        let Some(Document { body, version, customer: Some(customer), .. }) = found else {
            return Err(EngineError::no_such("adjustment", key, []));
        };
        if !body.is_in_force() {
            let problem = Problem::new("already_withdrawn", "It was taken back already")
                .detail(format!("the adjustment `{key}` counts no more"))
                .mend("edit the draft anew, if it should count after all");
            return Err(EngineError::Conflict(problem));
        }
        if body.by != By::Draft {
            let problem = Problem::new("adjustment_of_document", "A document or the books rest on this adjustment")
                .detail(format!("`{key}` was not left by an edit of a draft"))
                .mend("void the note that left it, or charge and credit by another note");
            return Err(EngineError::Conflict(problem));
        }
        let changed = Adjustment { voided_at: Some(self.now()), ..body };
        let deed = Deed { action: "adjustment.withdraw", kept: Kept::Document, kind: KIND, id: key };
        self.write(deed, |tx| {
            self.concerns(&customer);
            Ok(documents::update(tx, &self.tenant, KIND, &document(&customer, &changed, version)).map(drop)?)
        })?;
        self.redraw(&customer)?;
        Ok(changed)
    }

    /// Notes whose money a request is about.
    pub(crate) fn concerns(&self, customer: &str) {
        if let Some(request) = &self.request {
            request.concerns(customer);
        }
    }
}

fn document<'a>(customer: &str, adjustment: &'a Adjustment, version: i64) -> Document<&'a Adjustment> {
    Document {
        id: adjustment.key.to_string(),
        customer: Some(customer.to_owned()),
        status: if adjustment.is_in_force() { "in_force" } else { "void" }.into(),
        sort_at: adjustment.recorded_at.micros(),
        version,
        body: adjustment,
    }
}
