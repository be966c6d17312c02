//! Bills: plan, inspect, post. Runs over all customers are in `billing_run`.

use crate::billing_run::BillRun;
use crate::discounts::{self, Redeemed};
use crate::{Engine, EngineError, Issuing, Settings, Topic, adjustments, charges, subscriptions};
use billing::{
    Account, Adjustment, BillPlan, Catalogs, DocumentKind, DocumentPlan, Gathers, Invoice, InvoiceId, Line, Posted,
    Status, Terms, UsageAnswer, UsageNeed, inspect, needs, next_due, plan, postings,
};
use calendar::{Date, Instant, Zone};
use contracts::{Charge, Customer, Entity, PaymentDays, Subscription};
use serde::de::DeserializeOwned;
use serde_json::json;
use std::collections::HashMap;
use stdx::{Key, Problem};
use store::documents::{Cursor, Document, Which};
use store::{Tx, counters, documents, lines};

pub(crate) const KIND: &str = "invoice";

/// Whose document it is, and by whose days it is dated.
pub(crate) struct Payer<'a> {
    pub(crate) customer: &'a Key,
    pub(crate) zone: &'a Zone,
    /// Who sells.
    pub(crate) entity: &'a Entity,
    /// How it is billed.
    pub(crate) settings: Settings,
    /// The customer's own terms.
    pub(crate) payment_days: Option<PaymentDays>,
}

impl<'a> Payer<'a> {
    pub(crate) const fn of(customer: &'a Customer, entity: &'a Entity, settings: Settings) -> Self {
        let (key, zone, payment_days) = (&customer.key, &customer.zone, customer.payment_days);
        Self { customer: key, zone, entity, settings, payment_days }
    }
}

/// A customer, and all that is known of them or why that cannot be said.
pub(crate) type Read = (Customer, Result<Account, EngineError>);

/// Whether what was posted is read with an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Past {
    Read,
    Left,
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
            None => self.next_due_of(&account, &catalogs, self.now())?.unwrap_or(self.now()),
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
        let terms = self.settings_of(&account.customer, as_of).terms(as_of);
        plan_by(account, catalogs, terms, answer)
    }

    /// When something of a customer falls due next, or a draft is ready.
    pub(crate) fn next_due_of(
        &self,
        account: &Account,
        catalogs: &Catalogs,
        after: Instant,
    ) -> Result<Option<Instant>, EngineError> {
        let grace_days = self.settings_of(&account.customer, after).grace_days;
        Ok(next_due(account, catalogs, after, grace_days)?)
    }

    /// Draws a bill from what was measured, and inspects it.
    pub(crate) fn inspected(
        &self,
        account: &Account,
        catalogs: &Catalogs,
        as_of: Instant,
        answers: &[(UsageNeed, UsageAnswer)],
    ) -> Result<BillPlan, EngineError> {
        let terms = self.settings_of(&account.customer, as_of).terms(as_of);
        drawn(account, catalogs, terms, answers)
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
        let account = self.accounts_of(tx, vec![customer], Past::Left)?.pop();
        Ok(Account { posted, ..account.map_or_else(|| Err(nobody()), |(_, account)| account)? })
    }

    pub(crate) fn account_with_posted(&self, customer: Customer) -> Result<Account, EngineError> {
        let account = self.store.read(|tx| self.accounts_of(tx, vec![customer], Past::Read))?.pop();
        account.map_or_else(|| Err(nobody()), |(_, account)| account)
    }

    /// Customers with what was agreed, all read at once. What is wrong with one of them is that one's.
    pub(crate) fn accounts_of(
        &self,
        tx: &mut Tx<'_>,
        customers: Vec<Customer>,
        past: Past,
    ) -> Result<Vec<Read>, EngineError> {
        let names: Vec<&str> = customers.iter().map(|customer| customer.key.as_str()).collect();
        let mut subscriptions = self.documents_of::<Subscription>(tx, subscriptions::KIND, &names)?;
        let mut redeemed = self.documents_of::<Redeemed>(tx, discounts::REDEMPTION, &names)?;
        let mut charges = self.documents_of::<Charge>(tx, charges::KIND, &names)?;
        let mut adjusted = self.documents_of::<Adjustment>(tx, adjustments::KIND, &names)?;
        let mut posted: HashMap<String, Vec<Line>> = HashMap::new();
        if past == Past::Read {
            for line in lines::of_customers::<Line>(tx, &self.tenant, &names)? {
                posted.entry(line.customer).or_default().push(line.body);
            }
        }
        let mut entities: HashMap<Option<Key>, Result<Entity, EngineError>> = HashMap::new();
        let mut accounts = Vec::with_capacity(customers.len());
        for customer in customers {
            let name = customer.key.as_str();
            let entity = match entities.get(&customer.entity) {
                Some(known) => known.clone(),
                None => match self.entity_in(tx, &customer) {
                    Err(EngineError::Failed(problem)) => return Err(EngineError::Failed(problem)),
                    found => entities.entry(customer.entity.clone()).or_insert(found).clone(),
                },
            };
            let (subscriptions, charges) = (taken(&mut subscriptions, name), taken(&mut charges, name));
            let adjustments = taken(&mut adjusted, name);
            let redemptions = taken(&mut redeemed, name).into_iter().map(|kept| kept.redemption).collect();
            let posted = Posted::from_lines(posted.remove(name).unwrap_or_default());
            let of = customer.clone();
            let account = entity.and_then(|entity| {
                Ok(Account { entity, customer: of, subscriptions, charges, redemptions, adjustments, posted: posted? })
            });
            accounts.push((customer, account));
        }
        Ok(accounts)
    }

    /// The documents of a kind that customers have, by customer.
    fn documents_of<T: DeserializeOwned>(
        &self,
        tx: &mut Tx<'_>,
        kind: &str,
        customers: &[&str],
    ) -> Result<HashMap<String, Vec<T>>, EngineError> {
        let mut all: HashMap<String, Vec<T>> = HashMap::new();
        for document in documents::of_customers::<T>(tx, &self.tenant, kind, customers)? {
            all.entry(document.customer.unwrap_or_default()).or_default().push(document.body);
        }
        Ok(all)
    }

    /// Posts a plan: the customer's drafts are replaced, and what is ready is issued unless a person does that. Small differences are written off.
    pub(crate) fn post(
        &self,
        tx: &mut Tx<'_>,
        payer: &Payer<'_>,
        plan: &BillPlan,
        drafts: &[Document<Invoice>],
    ) -> Result<BillRun, EngineError> {
        let mut run = BillRun::default();
        let mut open: Vec<&Document<Invoice>> = drafts.iter().collect();
        for document in &plan.documents {
            let known = take_draft(&mut open, document, plan.as_of);
            match (document.gathers.opened_on(), payer.settings.issuing) {
                (None, Issuing::Automatic) => run.issued.push(self.issue_document(tx, payer, document, known)?),
                (Some(_), _) | (None, Issuing::ByHand) => {
                    run.drafts.push(self.save_draft(tx, payer, document, known)?);
                }
            }
        }
        for stale in open {
            documents::delete(tx, &self.tenant, KIND, &stale.id, stale.version)?;
        }
        for line in &plan.absorbed {
            self.write_off(tx, payer.customer, line, "too small to be billed")?;
        }
        Ok(run)
    }

    /// The open drafts of a customer.
    pub(crate) fn drafts_in(&self, tx: &mut Tx<'_>, customer: &str) -> Result<Vec<Document<Invoice>>, EngineError> {
        Ok(self.drafts_of(tx, &[customer])?.remove(customer).unwrap_or_default())
    }

    /// The open drafts of customers.
    pub(crate) fn drafts_of(
        &self,
        tx: &mut Tx<'_>,
        customers: &[&str],
    ) -> Result<HashMap<String, Vec<Document<Invoice>>>, EngineError> {
        let mut drafts: HashMap<String, Vec<Document<Invoice>>> = HashMap::new();
        let status = Status::Draft.word();
        for draft in documents::of_customers_with::<Invoice>(tx, &self.tenant, KIND, customers, status)? {
            drafts.entry(draft.body.customer.to_string()).or_default().push(draft);
        }
        Ok(drafts)
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
    pub(crate) fn issue_document(
        &self,
        tx: &mut Tx<'_>,
        payer: &Payer<'_>,
        document: &DocumentPlan,
        known: Option<&Document<Invoice>>,
    ) -> Result<Invoice, EngineError> {
        let id = known.map_or_else(|| InvoiceId::from_u128(self.ids.next()), |draft| draft.body.id);
        let number = self.number(tx, payer, document.kind)?;
        let draft = Invoice::draft(id, payer.entity.key.clone(), payer.customer.clone(), document.clone());
        self.issue_as(tx, payer, draft, &number, known.map(|draft| draft.version))
    }

    /// The next number of a kind of documents.
    pub(crate) fn number(&self, tx: &mut Tx<'_>, payer: &Payer<'_>, kind: DocumentKind) -> Result<String, EngineError> {
        let series = kind.series(&payer.entity.series);
        Ok(format!("{series}-{:06}", counters::next(tx, &self.tenant, series.as_str())?))
    }

    /// Issues a draft under a number that was taken for it.
    pub(crate) fn issue_as(
        &self,
        tx: &mut Tx<'_>,
        payer: &Payer<'_>,
        mut invoice: Invoice,
        number: &str,
        version: Option<i64>,
    ) -> Result<Invoice, EngineError> {
        // an issue date is a day; its books are kept at the first instant of that day
        let effective_at = payer.zone.start_of(invoice.on);
        invoice.status = Status::Issued { number: number.to_owned(), issued_at: self.now() };
        invoice.due_on = self.due_on(payer, &invoice)?;
        self.save(tx, payer, &invoice, version)?;
        for (position, line) in (0i64..).zip(&invoice.lines) {
            lines::append(tx, &self.tenant, &posted_line(&invoice, position, line, self.now())?)?;
        }
        for entry in postings(payer.customer, number, &invoice.plan(), effective_at)? {
            self.post_new_entry(tx, &entry)?;
        }
        self.tell_of(tx, Topic::InvoiceIssued, &invoice)?;
        self.settle_issued(tx, payer, &invoice)?;
        Ok(invoice)
    }

    /// The last day on which a document can be paid without being late.
    fn due_on(&self, payer: &Payer<'_>, invoice: &Invoice) -> Result<Option<Date>, EngineError> {
        match invoice.kind {
            DocumentKind::CreditNote => Ok(None),
            DocumentKind::Invoice | DocumentKind::DebitNote => {
                let usual = || self.settings_at(payer.zone.start_of(invoice.on)).settings.payment_days;
                let PaymentDays(days) = payer.payment_days.or(payer.entity.payment_days).unwrap_or_else(usual);
                invoice.on.plus_days(i64::from(days)).map(Some).map_err(|error| EngineError::invalid(&error))
            }
        }
    }

    /// Promises to tell what became of a document.
    pub(crate) fn tell_of(&self, tx: &mut Tx<'_>, topic: Topic, invoice: &Invoice) -> Result<(), EngineError> {
        let told = json!({
            "id": invoice.id, "number": invoice.number(), "customer": invoice.customer, "on": invoice.on,
            "total": invoice.total, "kind": invoice.kind,
        });
        self.announce(tx, topic, &format!("{KIND}/{}", invoice.id), &told)
    }

    pub(crate) fn save(
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
            None => documents::insert_later(tx, &self.tenant, KIND, &document)?,
        }
        Ok(())
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

/// What somebody has of what was read for several.
fn taken<T>(all: &mut HashMap<String, Vec<T>>, name: &str) -> Vec<T> {
    all.remove(name).unwrap_or_default()
}

/// Whoever is asked about is among the accounts.
fn nobody() -> EngineError {
    EngineError::Failed(Problem::new("store_corrupt", "The store says something impossible"))
}

/// Draws a bill under terms that may not be those of the day, and inspects it.
pub(crate) fn plan_by(
    account: &Account,
    catalogs: &Catalogs,
    terms: Terms,
    answer: impl Fn(&UsageNeed) -> Result<UsageAnswer, EngineError>,
) -> Result<BillPlan, EngineError> {
    let answers = needs(account, catalogs, terms.as_of)?
        .into_iter()
        .map(|need| Ok((need.clone(), answer(&need)?)))
        .collect::<Result<Vec<(UsageNeed, UsageAnswer)>, EngineError>>()?;
    drawn(account, catalogs, terms, &answers)
}

/// Draws a bill and inspects it.
fn drawn(
    account: &Account,
    catalogs: &Catalogs,
    terms: Terms,
    answers: &[(UsageNeed, UsageAnswer)],
) -> Result<BillPlan, EngineError> {
    let plan = plan(account, catalogs, terms, answers)?;
    judged(&plan)?;
    Ok(plan)
}

/// Refuses what breaks an invariant.
pub(crate) fn judged(plan: &BillPlan) -> Result<(), EngineError> {
    let findings = inspect(plan);
    if findings.is_empty() {
        return Ok(());
    }
    let problem = Problem::new("plan_breaks_invariant", "The bill plan breaks an invariant")
        .detail(format!("customer `{}`: {findings:?}", plan.customer))
        .mend("nothing was posted; report this as a defect, with the finding");
    Err(EngineError::Conflict(problem))
}

/// The draft that a document becomes of, taken out of those that are open.
fn take_draft<'a>(
    open: &mut Vec<&'a Document<Invoice>>,
    document: &DocumentPlan,
    as_of: Instant,
) -> Option<&'a Document<Invoice>> {
    let is_it = |draft: &Invoice| match (document.gathers, draft.gathers) {
        (Gathers::Opened { on, .. }, Gathers::Opened { on: known, .. }) => on == known,
        (Gathers::Due, Gathers::Opened { ready_at, .. }) => ready_at <= as_of,
        (Gathers::Due, Gathers::Due) | (Gathers::Differences, Gathers::Differences) => true,
        (Gathers::Opened { .. } | Gathers::Due | Gathers::Differences, _) => false,
    };
    let at = open.iter().position(|draft| draft.body.currency == document.currency && is_it(&draft.body))?;
    Some(open.swap_remove(at))
}

fn posted_line<'a>(
    invoice: &Invoice,
    position: i64,
    line: &'a Line,
    at: Instant,
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
        posted_at: at.micros(),
        served: line.worth.parts.iter().map(|part| [part.period.from().micros(), part.period.to().micros()]).collect(),
    })
}
