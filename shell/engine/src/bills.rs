//! Billing: plan, inspect, post.

use crate::audit::{Deed, Kept};
use crate::observe::seconds;
use crate::{ActorKind, Engine, EngineError, Issuing, Topic};
use billing::{
    Account, BillPlan, Catalogs, DocumentPlan, Invoice, InvoiceId, Line, Note, Posted, Stacking, Status, Terms,
    UsageAnswer, UsageNeed, inspect, needs, next_due, plan, postings,
};
use calendar::Instant;
use contracts::{Customer, Entity};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeMap;
use stdx::{Key, Problem};
use store::documents::{Cursor, Document, Which};
use store::{Tx, counters, documents, lines};
use usage::metric_count as count;

pub(crate) const KIND: &str = "invoice";
const RUN: &str = "billing_run";
const PAGE: u32 = 500;

/// What a billing run did. One customer's failure is a note here, never the end of the run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BillRun {
    /// Documents that became claims, in the order of their numbers.
    pub issued: Vec<Invoice>,
    /// Drafts that were computed anew.
    pub drafts: Vec<Invoice>,
    /// Customers who could not be billed, and why.
    pub failures: Vec<Failure>,
    /// What somebody should look at, by customer.
    pub notes: Vec<(Key, Note)>,
}

/// A customer who could not be billed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Failure {
    /// Who.
    pub customer: Key,
    /// What is wrong; nothing was posted for this customer.
    pub problems: Vec<Problem>,
}

impl BillRun {
    /// One customer's part of a run.
    fn add(&mut self, other: Self) {
        self.issued.extend(other.issued);
        self.drafts.extend(other.drafts);
        self.failures.extend(other.failures);
        self.notes.extend(other.notes);
    }

    /// A later run: what was issued stays, of everything else the later one knows better.
    fn then(&mut self, later: Self) {
        let issued = core::mem::take(&mut self.issued);
        *self = later;
        self.issued.splice(0..0, issued);
    }
}

/// Looks on while something long is done.
pub(crate) trait Watch {
    /// So many steps of so many are done; an error stops it.
    fn step(&mut self, done: u64, total: u64) -> Result<(), EngineError>;
}

/// Nobody looks on.
struct Unwatched;

impl Watch for Unwatched {
    fn step(&mut self, _: u64, _: u64) -> Result<(), EngineError> {
        Ok(())
    }
}

impl Engine {
    /// Bills every customer for what is due. What was missed since the last run is billed due date by due date, so that it gets
    /// the documents and dates that it would have had. A second run posts nothing.
    ///
    /// A clock that was set back does not bring back the past: nothing is billed as of before the last run.
    pub fn bill(&self) -> Result<BillRun, EngineError> {
        self.bill_watched(&mut Unwatched)
    }

    /// The same, while somebody watches who may stop it after any customer. What was billed until then stays billed.
    pub(crate) fn bill_watched(&self, watch: &mut dyn Watch) -> Result<BillRun, EngineError> {
        let _alone = self.command()?;
        let _span = tracing::info_span!("billing run").entered();
        let started = std::time::Instant::now();
        let since = self.billed_to()?;
        let now = self.now().max(since);
        let mut run = BillRun::default();
        let (customers, dues) = self.due_between(since, now)?;
        let total = customers + dues.values().map(|customers| customers.len() as u64).sum::<u64>();
        let mut done = 0;
        let mut watched = || {
            done += 1;
            watch.step(done, total)
        };
        for (due, customers) in dues {
            let mut step = BillRun::default();
            for customer in customers {
                self.bill_one(self.customer(customer.as_str())?, due, &mut step)?;
                watched()?;
            }
            self.set_billed_to(due)?;
            run.then(step);
        }
        let mut last = BillRun::default();
        self.each_customer(|customer| {
            self.bill_one(customer, now, &mut last)?;
            watched()
        })?;
        self.set_billed_to(now)?;
        run.then(last);
        metrics::histogram!("billing_run_seconds").record(started.elapsed());
        metrics::counter!("billing_invoices_total").increment(run.issued.len() as u64);
        metrics::gauge!("billing_failed_customers").set(count(run.failures.len()));
        metrics::gauge!("billing_billed_to_timestamp_seconds").set(seconds(now));
        Ok(run)
    }

    /// How many customers there are, and what falls due after `since` and before `now`: whose, and when.
    fn due_between(&self, since: Instant, now: Instant) -> Result<(u64, BTreeMap<Instant, Vec<Key>>), EngineError> {
        let catalogs = self.catalogs();
        let (mut all, mut found) = (0, BTreeMap::<Instant, Vec<Key>>::new());
        self.each_customer(|customer| {
            all += 1;
            let key = customer.key.clone();
            let account = self.account(customer, Posted::default())?;
            let mut at = since;
            // a customer whose terms cannot be read is named by the run itself
            while let Some(due) = next_due(&account, &catalogs, at).unwrap_or(None).filter(|due| *due < now) {
                found.entry(due).or_default().push(key.clone());
                at = due;
            }
            Ok(())
        })?;
        Ok((all, found))
    }

    /// Bills one customer. What is wrong with the customer is noted; what is wrong with a store ends the run.
    fn bill_one(&self, customer: Customer, as_of: Instant, run: &mut BillRun) -> Result<(), EngineError> {
        let key = customer.key.clone();
        match self.bill_customer(customer, as_of) {
            Ok(posted) => run.add(posted),
            Err(EngineError::Failed(problem)) => return Err(EngineError::Failed(problem)),
            Err(refused) => run.failures.push(Failure { customer: key, problems: refused.problems() }),
        }
        Ok(())
    }

    /// As of when everything was billed.
    fn billed_to(&self) -> Result<Instant, EngineError> {
        let last = self.store.read(|tx| documents::find::<Instant>(tx, &self.tenant, RUN, RUN))?;
        Ok(last.map_or(Instant::MIN, |document| document.body))
    }

    /// The first instant after `after` at which something of some customer falls due.
    pub fn next_due(&self, after: Instant) -> Result<Option<Instant>, EngineError> {
        let catalogs = self.catalogs();
        let mut first: Option<Instant> = None;
        self.each_customer(|customer| {
            let account = self.account(customer, Posted::default())?;
            // a customer whose terms cannot be read is named by the run itself
            let due = next_due(&account, &catalogs, after).unwrap_or(None);
            first = first.into_iter().chain(due).min();
            Ok(())
        })?;
        Ok(first)
    }

    fn set_billed_to(&self, as_of: Instant) -> Result<(), EngineError> {
        let set = |tx: &mut Tx<'_>| {
            let known = documents::find::<Instant>(tx, &self.tenant, RUN, RUN)?.map(|document| document.version);
            let (sort_at, status) = (as_of.micros(), "done".into());
            let document =
                Document { id: RUN.into(), customer: None, status, sort_at, version: known.unwrap_or(1), body: as_of };
            match known {
                Some(_) => documents::update(tx, &self.tenant, RUN, &document).map(drop)?,
                None => documents::insert(tx, &self.tenant, RUN, &document)?,
            }
            Ok(())
        };
        match self.actor.kind {
            // it does so every minute, and what comes of it stands in the documents
            ActorKind::Program => self.store.write(set),
            ActorKind::User | ActorKind::Key | ActorKind::Customer => {
                self.write(Deed { action: "billing.run", kept: Kept::Document, kind: RUN, id: RUN }, set)
            }
        }
    }

    pub(crate) fn each_customer(
        &self,
        mut each: impl FnMut(Customer) -> Result<(), EngineError>,
    ) -> Result<(), EngineError> {
        let mut after = String::new();
        loop {
            let page = self.customers(&after, PAGE)?;
            let Some(last) = page.last() else { return Ok(()) };
            after = last.key.to_string();
            for customer in page {
                each(customer)?;
            }
        }
    }

    /// What would be billed to a customer at an instant; by default at the next due date, with the usage so far. The same
    /// function as billing, without the post.
    pub fn preview(&self, customer: &str, as_of: Option<Instant>) -> Result<BillPlan, EngineError> {
        let customer = self.customer(customer)?;
        let catalogs = self.catalogs();
        let account = self.account_with_posted(customer)?;
        let as_of = match as_of {
            Some(instant) => instant,
            None => next_due(&account, &catalogs, self.now())?.unwrap_or(self.now()),
        };
        self.plan_for(&account, &catalogs, as_of, |need| self.answer_to_date(need))
    }

    /// Draws a bill and inspects it; `answer` says how much was used.
    pub(crate) fn plan_for(
        &self,
        account: &Account,
        catalogs: &Catalogs,
        as_of: Instant,
        answer: impl Fn(&UsageNeed) -> Result<UsageAnswer, EngineError>,
    ) -> Result<BillPlan, EngineError> {
        let answers = needs(account, catalogs, as_of)?
            .into_iter()
            .map(|need| Ok((need.clone(), answer(&need)?)))
            .collect::<Result<Vec<(UsageNeed, UsageAnswer)>, EngineError>>()?;
        let corrections = self.settings_at(as_of).settings.corrections;
        let terms = Terms { as_of, corrections, stacking: Stacking::default() };
        let plan = plan(account, catalogs, terms, &answers)?;
        let findings = inspect(&plan);
        if findings.is_empty() {
            return Ok(plan);
        }
        let problem = Problem::new("plan_breaks_invariant", "The bill plan breaks an invariant")
            .detail(format!("customer `{}`: {findings:?}", plan.customer))
            .mend("nothing was posted; report this as a defect, with the finding");
        Err(EngineError::Conflict(problem))
    }

    pub(crate) fn account(&self, customer: Customer, posted: Posted) -> Result<Account, EngineError> {
        let subscriptions = self.subscriptions_of(customer.key.as_str())?;
        let redemptions = self.redemptions_of(customer.key.as_str())?.into_iter().map(|kept| kept.redemption).collect();
        let charges = self.charges_of(customer.key.as_str())?;
        Ok(Account { entity: self.entity_of(&customer)?, customer, subscriptions, charges, redemptions, posted })
    }

    pub(crate) fn account_with_posted(&self, customer: Customer) -> Result<Account, EngineError> {
        let stored = self.store.read(|tx| lines::of_customer::<Line>(tx, &self.tenant, customer.key.as_str()))?;
        let posted = Posted::from_lines(stored.into_iter().map(|line| line.body))?;
        self.account(customer, posted)
    }

    fn bill_customer(&self, customer: Customer, as_of: Instant) -> Result<BillRun, EngineError> {
        let account = self.account_with_posted(customer)?;
        let plan = self.plan_for(&account, &self.catalogs(), as_of, |need| self.answer(need))?;
        let issuing = self.settings_at(as_of).settings.issuing;
        self.store.write(|tx| self.post(tx, &account.entity, &plan, issuing))
    }

    /// Posts a plan in one transaction: drafts are replaced, and issued unless a person does that.
    fn post(
        &self,
        tx: &mut Tx<'_>,
        entity: &Entity,
        plan: &BillPlan,
        issuing: Issuing,
    ) -> Result<BillRun, EngineError> {
        let notes = plan.notes.iter().map(|note| (plan.customer.clone(), note.clone())).collect();
        let mut run = BillRun { notes, ..BillRun::default() };
        let mut open = self.drafts_of(tx, plan.customer.as_str())?;
        for document in &plan.documents {
            let known =
                open.iter().position(|draft| draft.body.currency == document.currency).map(|at| open.swap_remove(at));
            match issuing {
                Issuing::Automatic => {
                    run.issued.push(self.issue_document(tx, entity, &plan.customer, document, known)?);
                }
                Issuing::ByHand => run.drafts.push(self.save_draft(tx, entity, &plan.customer, document, known)?),
            }
        }
        for stale in open {
            documents::delete(tx, &self.tenant, KIND, &stale.id, stale.version)?;
        }
        Ok(run)
    }

    pub(crate) fn drafts_of(&self, tx: &mut Tx<'_>, customer: &str) -> Result<Vec<Document<Invoice>>, EngineError> {
        // drafts are the newest of a customer's documents, and at most one per currency is open
        let newest =
            documents::page::<Invoice>(tx, &self.tenant, KIND, Which::Customer(customer), &Cursor::start(), PAGE)?;
        Ok(newest.into_iter().filter(|document| document.body.status == Status::Draft).collect())
    }

    fn save_draft(
        &self,
        tx: &mut Tx<'_>,
        entity: &Entity,
        customer: &Key,
        document: &DocumentPlan,
        known: Option<Document<Invoice>>,
    ) -> Result<Invoice, EngineError> {
        let id = known.as_ref().map_or_else(|| InvoiceId::from_u128(self.ids.next()), |draft| draft.body.id);
        let invoice = Invoice::draft(id, entity.key.clone(), customer.clone(), document.clone());
        self.save(tx, &invoice, known.map(|draft| draft.version))?;
        Ok(invoice)
    }

    /// Makes a claim of a document: number, lines and entries.
    fn issue_document(
        &self,
        tx: &mut Tx<'_>,
        entity: &Entity,
        customer: &Key,
        document: &DocumentPlan,
        known: Option<Document<Invoice>>,
    ) -> Result<Invoice, EngineError> {
        let id = known.as_ref().map_or_else(|| InvoiceId::from_u128(self.ids.next()), |draft| draft.body.id);
        let series = document.kind.series(&entity.series);
        let number = format!("{series}-{:06}", counters::next(tx, &self.tenant, series.as_str())?);
        let zone = self.customer_zone(tx, customer)?;
        // an issue date is a day; its books are kept at the first instant of that day
        let effective_at = zone.start_of(document.on);
        let mut invoice = Invoice::draft(id, entity.key.clone(), customer.clone(), document.clone());
        invoice.status = Status::Issued { number: number.clone(), issued_at: self.now() };
        self.save(tx, &invoice, known.map(|draft| draft.version))?;
        for (position, line) in (0i64..).zip(&document.lines) {
            lines::append(tx, &self.tenant, &posted_line(&invoice, position, line)?)?;
        }
        for entry in postings(customer, &number, document, effective_at)? {
            self.post_entry(tx, &entry)?;
        }
        let told = json!({
            "id": invoice.id, "number": number, "customer": customer, "on": invoice.on, "total": invoice.total, "kind": invoice.kind,
        });
        self.announce(tx, Topic::InvoiceIssued, &format!("{KIND}/{}", invoice.id), &told)?;
        Ok(invoice)
    }

    fn save(&self, tx: &mut Tx<'_>, invoice: &Invoice, version: Option<i64>) -> Result<(), EngineError> {
        if let Some(request) = &self.request {
            request.concerns(invoice.customer.as_str());
        }
        let document = Document {
            id: invoice.id.to_string(),
            customer: Some(invoice.customer.to_string()),
            status: invoice.status.word().into(),
            sort_at: self.customer_zone(tx, &invoice.customer)?.start_of(invoice.on).micros(),
            version: version.unwrap_or(1),
            body: invoice,
        };
        match version {
            Some(_) => documents::update(tx, &self.tenant, KIND, &document).map(|_| ())?,
            None => documents::insert(tx, &self.tenant, KIND, &document)?,
        }
        Ok(())
    }

    /// Issues a draft as it stands.
    pub fn issue(&self, id: InvoiceId) -> Result<Invoice, EngineError> {
        let _alone = self.command()?;
        let name = id.to_string();
        let entity = self.entity(&self.invoice(id)?.entity)?;
        self.write(Deed { action: "invoice.issue", kept: Kept::Document, kind: KIND, id: &name }, |tx| {
            let draft = documents::get::<Invoice>(tx, &self.tenant, KIND, &id.to_string())?;
            match draft.body.status {
                Status::Issued { .. } => {
                    let problem = Problem::new("already_issued", "The invoice is issued already")
                        .detail(format!("{id} has the number {}", draft.body.number().unwrap_or_default()))
                        .mend("an issued invoice is changed by another document");
                    Err(EngineError::Conflict(problem))
                }
                Status::Draft => {
                    let (customer, document) = (draft.body.customer.clone(), draft.body.plan());
                    self.issue_document(tx, &entity, &customer, &document, Some(draft))
                }
            }
        })
    }

    /// An invoice by id.
    pub fn invoice(&self, id: InvoiceId) -> Result<Invoice, EngineError> {
        let found = self.store.read(|tx| documents::find::<Invoice>(tx, &self.tenant, KIND, &id.to_string()))?;
        found.map(|document| document.body).ok_or_else(|| EngineError::no_such("invoice", &id.to_string(), []))
    }

    /// At most `limit` invoices after a place, the newest first.
    pub fn invoices(
        &self,
        which: Which<'_>,
        after: &Cursor,
        limit: u32,
    ) -> Result<Vec<Document<Invoice>>, EngineError> {
        Ok(self.store.read(|tx| documents::page(tx, &self.tenant, KIND, which, after, limit))?)
    }
}

fn posted_line(invoice: &Invoice, position: i64, line: &Line) -> Result<lines::PostedLine<Line>, EngineError> {
    let amount_minor =
        i64::try_from(line.amount.minor()).map_err(|_| EngineError::invalid(&money::NumError::Overflow))?;
    Ok(lines::PostedLine {
        invoice_id: invoice.id.to_string(),
        position,
        customer: invoice.customer.to_string(),
        line_key: line.key.text(),
        cycle_from: line.key.cycle.from().micros(),
        cycle_to: line.key.cycle.to().micros(),
        amount_minor,
        currency: line.key.currency.code().into(),
        body: line.clone(),
    })
}
