//! Bills: plan, inspect, post. Runs over all customers are in `billing_run`.

use crate::audit::{Deed, Kept};
use crate::billing_run::BillRun;
use crate::{Engine, EngineError, Issuing, Topic};
use billing::{
    Account, BillPlan, Catalogs, DocumentKind, DocumentPlan, Invoice, InvoiceId, Line, Posted, Stacking, Status, Terms,
    UsageAnswer, UsageNeed, inspect, needs, next_due, plan, postings,
};
use calendar::{Date, Instant, Zone};
use contracts::{Customer, Entity, PaymentDays};
use serde_json::json;
use stdx::{Key, Problem};
use store::documents::{Cursor, Document, Which};
use store::{Tx, counters, documents, lines};

pub(crate) const KIND: &str = "invoice";
const PAGE: u32 = 500;

/// Whose document it is, and by whose days it is dated.
pub(crate) struct Payer<'a> {
    pub(crate) customer: &'a Key,
    pub(crate) zone: &'a Zone,
    /// Who sells.
    pub(crate) entity: &'a Entity,
    /// The customer's own terms.
    pub(crate) payment_days: Option<PaymentDays>,
}

impl Engine {
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
        self.inspected(account, catalogs, as_of, &answers)
    }

    /// Draws a bill from what was measured, and inspects it.
    pub(crate) fn inspected(
        &self,
        account: &Account,
        catalogs: &Catalogs,
        as_of: Instant,
        answers: &[(UsageNeed, UsageAnswer)],
    ) -> Result<BillPlan, EngineError> {
        let corrections = self.settings_at(as_of).settings.corrections;
        let terms = Terms { as_of, corrections, stacking: Stacking::default() };
        let plan = plan(account, catalogs, terms, answers)?;
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
        self.store.read(|tx| self.account_of(tx, customer, posted))
    }

    /// A customer with what was agreed.
    pub(crate) fn account_of(
        &self,
        tx: &mut Tx<'_>,
        customer: Customer,
        posted: Posted,
    ) -> Result<Account, EngineError> {
        let subscriptions = self.subscriptions_in(tx, customer.key.as_str())?;
        let redeemed = self.redemptions_in(tx, customer.key.as_str())?;
        let redemptions = redeemed.into_iter().map(|kept| kept.redemption).collect();
        let charges = self.charges_in(tx, customer.key.as_str())?;
        Ok(Account { entity: self.entity_in(tx, &customer)?, customer, subscriptions, charges, redemptions, posted })
    }

    pub(crate) fn account_with_posted(&self, customer: Customer) -> Result<Account, EngineError> {
        self.store.read(|tx| self.account_in(tx, customer))
    }

    /// A customer with what was agreed and what was posted.
    pub(crate) fn account_in(&self, tx: &mut Tx<'_>, customer: Customer) -> Result<Account, EngineError> {
        let stored = lines::of_customer::<Line>(tx, &self.tenant, customer.key.as_str())?;
        let posted = Posted::from_lines(stored.into_iter().map(|line| line.body))?;
        self.account_of(tx, customer, posted)
    }

    /// Posts a plan: the customer's drafts are replaced, and issued unless a person does that.
    pub(crate) fn post(
        &self,
        tx: &mut Tx<'_>,
        payer: &Payer<'_>,
        plan: &BillPlan,
        drafts: &[Document<Invoice>],
    ) -> Result<BillRun, EngineError> {
        let issuing = self.settings_at(plan.as_of).settings.issuing;
        let mut run = BillRun::default();
        let mut open: Vec<&Document<Invoice>> = drafts.iter().collect();
        for document in &plan.documents {
            let known =
                open.iter().position(|draft| draft.body.currency == document.currency).map(|at| open.swap_remove(at));
            match issuing {
                Issuing::Automatic => run.issued.push(self.issue_document(tx, payer, document, known)?),
                Issuing::ByHand => run.drafts.push(self.save_draft(tx, payer, document, known)?),
            }
        }
        for stale in open {
            documents::delete(tx, &self.tenant, KIND, &stale.id, stale.version)?;
        }
        Ok(run)
    }

    /// The open drafts of a customer: at most one per currency.
    pub(crate) fn drafts_in(&self, tx: &mut Tx<'_>, customer: &str) -> Result<Vec<Document<Invoice>>, EngineError> {
        let which = Which::CustomerStatus(customer, Status::Draft.word());
        Ok(documents::page::<Invoice>(tx, &self.tenant, KIND, which, &Cursor::start(), PAGE)?)
    }

    fn save_draft(
        &self,
        tx: &mut Tx<'_>,
        payer: &Payer<'_>,
        document: &DocumentPlan,
        known: Option<&Document<Invoice>>,
    ) -> Result<Invoice, EngineError> {
        let id = known.map_or_else(|| InvoiceId::from_u128(self.ids.next()), |draft| draft.body.id);
        let invoice = Invoice::draft(id, payer.entity.key.clone(), payer.customer.clone(), document.clone());
        self.save(tx, payer, &invoice, known.map(|draft| draft.version))?;
        Ok(invoice)
    }

    /// Makes a claim of a document: number, lines and entries.
    fn issue_document(
        &self,
        tx: &mut Tx<'_>,
        payer: &Payer<'_>,
        document: &DocumentPlan,
        known: Option<&Document<Invoice>>,
    ) -> Result<Invoice, EngineError> {
        let id = known.map_or_else(|| InvoiceId::from_u128(self.ids.next()), |draft| draft.body.id);
        let series = document.kind.series(&payer.entity.series);
        let number = format!("{series}-{:06}", counters::next(tx, &self.tenant, series.as_str())?);
        // an issue date is a day; its books are kept at the first instant of that day
        let effective_at = payer.zone.start_of(document.on);
        let mut invoice = Invoice::draft(id, payer.entity.key.clone(), payer.customer.clone(), document.clone());
        invoice.status = Status::Issued { number: number.clone(), issued_at: self.now() };
        invoice.due_on = self.due_on(payer, document)?;
        self.save(tx, payer, &invoice, known.map(|draft| draft.version))?;
        for (position, line) in (0i64..).zip(&document.lines) {
            lines::append(tx, &self.tenant, &posted_line(&invoice, position, line)?)?;
        }
        for entry in postings(payer.customer, &number, document, effective_at)? {
            self.post_entry(tx, &entry)?;
        }
        let told = json!({
            "id": invoice.id, "number": number, "customer": payer.customer, "on": invoice.on, "total": invoice.total, "kind": invoice.kind,
        });
        self.announce(tx, Topic::InvoiceIssued, &format!("{KIND}/{}", invoice.id), &told)?;
        self.settle_issued(tx, payer, &invoice)?;
        Ok(invoice)
    }

    /// The last day on which a document can be paid without being late.
    fn due_on(&self, payer: &Payer<'_>, document: &DocumentPlan) -> Result<Option<Date>, EngineError> {
        match document.kind {
            DocumentKind::CreditNote => Ok(None),
            DocumentKind::Invoice => {
                let usual = || self.settings_at(payer.zone.start_of(document.on)).settings.payment_days;
                let PaymentDays(days) = payer.payment_days.or(payer.entity.payment_days).unwrap_or_else(usual);
                document.on.plus_days(i64::from(days)).map(Some).map_err(|error| EngineError::invalid(&error))
            }
        }
    }

    fn save(
        &self,
        tx: &mut Tx<'_>,
        payer: &Payer<'_>,
        invoice: &Invoice,
        version: Option<i64>,
    ) -> Result<(), EngineError> {
        if let Some(request) = &self.request {
            request.concerns(invoice.customer.as_str());
        }
        let document = Document {
            id: invoice.id.to_string(),
            customer: Some(invoice.customer.to_string()),
            status: invoice.status.word().into(),
            sort_at: payer.zone.start_of(invoice.on).micros(),
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
                    let Customer { zone, payment_days, .. } = self.customer_in(tx, &customer)?;
                    let payer = Payer { customer: &customer, zone: &zone, entity: &entity, payment_days };
                    self.issue_document(tx, &payer, &document, Some(&draft))
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

fn posted_line<'a>(
    invoice: &Invoice,
    position: i64,
    line: &'a Line,
) -> Result<lines::PostedLine<&'a Line>, EngineError> {
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
        body: line,
    })
}
