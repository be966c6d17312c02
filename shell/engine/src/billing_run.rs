//! A billing run: everything that falls due, of all customers.
//!
//! Customers are taken in the order of their keys, a batch at a time: while the bills of one batch are posted in one transaction, those
//! of the next are read, measured and drawn by other threads. So the order of posting, and with it each number, is that of one
//! customer after the other. A batch is posted whole or not at all, and a customer whose bill is posted has nothing due any more:
//! a run that was cut off goes on where it was, with the numbers that it would have given.

use crate::audit::{Deed, Kept};
use crate::bills::{Past, Payer};
use crate::observe::seconds;
use crate::turns::{Turns, Whom};
use crate::usage_data::answer_of;
use crate::{ActorKind, Engine, EngineError, News, Settings};
use billing::{Account, BillPlan, Catalogs, Detail, Invoice, Note, Stays, UsageAnswer, UsageNeed, needs, stays};
use calendar::Instant;
use contracts::{Customer, Entity, Issuing};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use std::num::NonZero;
use std::thread;
use stdx::{Key, Problem};
use store::documents::{self, Document};
use store::due::{self, Place};
use store::{Tx, facts};
use usage::{Query, Subjects, Transactions, Window, metric_count as count};

const RUN: &str = "billing_run";
/// So many customers are read at a time where nothing is posted.
const PAGE: usize = 500;
/// So many customers' bills are posted in one transaction. Other writers wait as long as it takes.
const BATCH: usize = 100;

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

/// What a billing run did, with the documents counted and not kept: there may be more than fit into memory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BillCounts {
    /// How many documents became claims.
    pub issued: usize,
    /// How many drafts were computed anew.
    pub drafts: usize,
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

    fn refused(&mut self, customer: &Key, refused: &EngineError) {
        self.failures.push(Failure { customer: customer.clone(), problems: refused.problems() });
    }
}

/// Looks on while something long is done.
pub(crate) trait Watch {
    /// So many steps of so many are done; an error stops it.
    fn step(&mut self, done: u64, total: u64) -> Result<(), EngineError>;
}

impl<F: FnMut(u64, u64)> Watch for F {
    fn step(&mut self, done: u64, total: u64) -> Result<(), EngineError> {
        self(done, total);
        Ok(())
    }
}

/// What becomes of the documents of a run.
trait Keep: Default {
    /// One batch of one step.
    fn add(&mut self, batch: BillRun);
    /// A later step follows: what was issued stays, of everything else that one knows better.
    fn next_step(&mut self);
    fn issued(&self) -> usize;
    fn failures(&self) -> usize;
}

impl Keep for BillRun {
    fn add(&mut self, batch: BillRun) {
        Self::add(self, batch);
    }
    fn next_step(&mut self) {
        *self = Self { issued: std::mem::take(&mut self.issued), ..Self::default() };
    }
    fn issued(&self) -> usize {
        self.issued.len()
    }
    fn failures(&self) -> usize {
        self.failures.len()
    }
}

impl Keep for BillCounts {
    fn add(&mut self, batch: BillRun) {
        self.issued += batch.issued.len();
        self.drafts += batch.drafts.len();
        self.failures.extend(batch.failures);
        self.notes.extend(batch.notes);
    }
    fn next_step(&mut self) {
        *self = Self { issued: self.issued, ..Self::default() };
    }
    fn issued(&self) -> usize {
        self.issued
    }
    fn failures(&self) -> usize {
        self.failures.len()
    }
}

/// A customer whose bill is to be drawn.
struct Open {
    customer: Customer,
    account: Result<Account, EngineError>,
    drafts: Vec<Document<Invoice>>,
    /// Where the customer has one.
    place: Option<Place>,
}

/// A customer whose bill was drawn, or cannot be.
struct Drawn {
    customer: Customer,
    drafts: Vec<Document<Invoice>>,
    place: Option<Place>,
    bill: Result<Bill, EngineError>,
}

/// What a customer is to be billed, and by whom.
struct Bill {
    plan: BillPlan,
    entity: Entity,
    /// How the customer is billed.
    settings: Settings,
    /// How long it stays so; nothing where that is not known.
    stays: Option<Stays>,
}

/// Which step of a run it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// One that draws what was due on an earlier day.
    CatchingUp,
    /// The one after which the bill stays as it is for a while.
    Last,
}

/// The customers of a run, some at a time.
struct Pages<'a> {
    turns: &'a Turns,
    /// Where the next ones begin.
    after: String,
    done: usize,
}

impl<'a> Pages<'a> {
    const fn of(turns: &'a Turns) -> Self {
        Self { turns, after: String::new(), done: 0 }
    }
}

impl Drawn {
    /// Whether something is to be written.
    fn is_due(&self) -> bool {
        self.bill.as_ref().is_ok_and(|bill| !bill.plan.is_empty() || !self.drafts.is_empty())
    }

    /// Whether the customer's place is to be another one after the last step of a run.
    fn moves(&self) -> bool {
        let next = self.next();
        let is_there = self.place.as_ref().map(|place| (place.at, place.counts_to));
        match (is_there, next) {
            (Some(is_there), Some(next)) => is_there != next,
            // it is at the front, or was never anywhere
            (Some((at, _)), None) => at != i64::MIN,
            (None, None) => true,
            (None, Some(_)) => false,
        }
    }

    /// Where the customer's place is to be after the last step of a run: at which time, and up to when usage is counted. Nothing where it
    /// stays at the front, so that the next run looks again.
    fn next(&self) -> Option<(i64, i64)> {
        let bill = self.bill.as_ref().ok()?;
        let Stays { until, counts_to } = bill.stays?;
        // a draft may have the date of the day
        let is_by_hand = bill.settings.issuing == Issuing::ByHand;
        let has_draft = bill.plan.documents.iter().any(|document| is_by_hand || document.gathers.opened_on().is_some());
        let zone = &self.customer.zone;
        let tomorrow = || zone.date_of(bill.plan.as_of).plus_days(1).map_or(Instant::MAX, |day| zone.start_of(day));
        let until = if has_draft { until.min(tomorrow()) } else { until };
        Some((until.micros(), counts_to.micros()))
    }
}

/// What is asked of the usage store about several customers at once.
struct Question {
    need: UsageNeed,
    /// Who is asked about.
    subjects: Vec<String>,
    /// Which need of which customer each of them is.
    places: Vec<(usize, usize)>,
}

impl Question {
    /// Whether it is the question of this need, about whomever.
    fn asks(&self, need: &UsageNeed) -> bool {
        let of = |need: &UsageNeed| (need.version, need.period, need.detail);
        of(&self.need) == of(need)
            && self.need.meter == need.meter
            && self.need.by == need.by
            && self.need.only == need.only
    }
}

/// How far a run is.
struct Steps<'a> {
    watch: &'a mut dyn Watch,
    done: u64,
    total: u64,
}

impl Steps<'_> {
    fn step(&mut self, more: usize) -> Result<(), EngineError> {
        if more == 0 {
            return Ok(());
        }
        self.done += more as u64;
        self.watch.step(self.done, self.total)
    }
}

impl Engine {
    /// Bills every customer for what is due. What was missed since the last run is billed due date by due date, so that it gets
    /// the documents and dates that it would have had. A second run posts nothing.
    ///
    /// A clock that was set back does not bring back the past: nothing is billed as of before the last run.
    pub fn bill(&self) -> Result<BillRun, EngineError> {
        self.run_billing(Whom::Everybody, &mut |_: u64, _: u64| {})
    }

    /// The same without drawing the bills of those for whom nothing changed and nothing fell due: what is done each minute.
    pub fn bill_whose_turn_it_is(&self) -> Result<BillRun, EngineError> {
        self.run_billing(Whom::WhoseTurnItIs, &mut |_: u64, _: u64| {})
    }

    /// Bills every customer; the documents are only counted. `told` is told how many steps of how many are done.
    pub fn bill_counting(&self, mut told: impl FnMut(u64, u64)) -> Result<BillCounts, EngineError> {
        self.run_billing(Whom::Everybody, &mut told)
    }

    /// The same, while somebody watches who may stop it after any batch. What was billed until then stays billed.
    pub(crate) fn bill_watched(&self, whom: Whom, watch: &mut dyn Watch) -> Result<BillCounts, EngineError> {
        self.run_billing(whom, watch)
    }

    fn run_billing<K: Keep>(&self, whom: Whom, watch: &mut dyn Watch) -> Result<K, EngineError> {
        let _alone = self.command()?;
        let _span = tracing::info_span!("billing run").entered();
        let started = std::time::Instant::now();
        let since = self.billed_to()?;
        let now = self.now().max(since);
        let mut kept = K::default();
        let (turns, seen) = self.turns(whom, now)?;
        let (customers, dues) = self.due_between(&turns, since, now)?;
        let total = customers + dues.values().map(|customers| customers.len() as u64).sum::<u64>();
        let mut steps = Steps { watch, done: 0, total };
        for (due, customers) in dues {
            let of_this_day = Turns::Of(customers);
            kept.next_step();
            self.bill_step(Step::CatchingUp, due, &of_this_day, &mut kept, &mut steps)?;
            self.set_billed_to(due)?;
        }
        kept.next_step();
        self.bill_step(Step::Last, now, &turns, &mut kept, &mut steps)?;
        self.have_seen(&seen)?;
        self.set_billed_to(now)?;
        metrics::histogram!("billing_run_seconds").record(started.elapsed());
        metrics::counter!("billing_invoices_total").increment(kept.issued() as u64);
        metrics::gauge!("billing_failed_customers").set(count(kept.failures()));
        metrics::gauge!("billing_billed_to_timestamp_seconds").set(seconds(now));
        Ok(kept)
    }

    /// The next customers of a run; none when there are no more.
    fn next_page(&self, pages: &mut Pages<'_>, limit: usize) -> Result<Vec<Customer>, EngineError> {
        match pages.turns {
            Turns::Everybody => {
                let page = self.customers(&pages.after, u32::try_from(limit).unwrap_or(u32::MAX))?;
                if let Some(last) = page.last() {
                    pages.after = last.key.to_string();
                }
                Ok(page)
            }
            Turns::Of(all) => {
                let mut page = Vec::new();
                // of whom there is a place and no customer there is nothing to bill
                while page.is_empty() && pages.done < all.len() {
                    let names: Vec<&str> = all[pages.done..].iter().take(limit).map(String::as_str).collect();
                    pages.done += names.len();
                    let found = self.store.read(|tx| facts::named(tx, &self.tenant, "customer", &names))?;
                    page = found.into_iter().map(|fact| fact.body).collect();
                    page.sort_by(|a: &Customer, b| a.key.cmp(&b.key));
                }
                Ok(page)
            }
        }
    }

    /// How many customers there are, and what falls due after `since` and before `now`: whose, and when.
    fn due_between(
        &self,
        turns: &Turns,
        since: Instant,
        now: Instant,
    ) -> Result<(u64, BTreeMap<Instant, Vec<String>>), EngineError> {
        let catalogs = self.catalogs();
        let (mut all, mut found) = (0, BTreeMap::<Instant, Vec<String>>::new());
        self.each_account_of(turns, |account| {
            all += 1;
            let mut at = since;
            // a customer whose terms cannot be read is named by the run itself
            while let Some(due) = self.next_due_of(&account, &catalogs, at).unwrap_or(None).filter(|due| *due < now) {
                found.entry(due).or_default().push(account.customer.key.to_string());
                at = due;
            }
        })?;
        Ok((all, found))
    }

    /// Bills customers, batch by batch, as of one instant.
    fn bill_step(
        &self,
        step: Step,
        as_of: Instant,
        turns: &Turns,
        kept: &mut impl Keep,
        steps: &mut Steps<'_>,
    ) -> Result<(), EngineError> {
        let catalogs = self.catalogs();
        let mut pages = Pages::of(turns);
        let mut drawn: Vec<Drawn> = Vec::new();
        loop {
            // no customer is in two batches, so what is read of these is not what is being posted
            let open = self.opened(self.next_page(&mut pages, BATCH)?)?;
            let is_last = open.is_empty();
            let (posted, following) = thread::scope(|scope| {
                let drawing = scope.spawn(|| self.draw_all(open, &catalogs, as_of));
                (self.post_batch(step, &drawn), drawing.join())
            });
            kept.add(posted?);
            steps.step(drawn.len())?;
            drawn = following.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
            if is_last {
                return Ok(());
            }
        }
    }

    /// Reads all that a bill is drawn from but usage.
    fn opened(&self, customers: Vec<Customer>) -> Result<Vec<Open>, EngineError> {
        if customers.is_empty() {
            return Ok(Vec::new());
        }
        self.store.read(|tx| {
            let keys: Vec<Key> = customers.iter().map(|customer| customer.key.clone()).collect();
            let names: Vec<&str> = keys.iter().map(Key::as_str).collect();
            let mut drafts = self.drafts_of(tx, &names)?;
            let places = due::of(tx, &self.tenant, &names)?;
            let mut places: HashMap<String, Place> =
                places.into_iter().map(|place| (place.customer.clone(), place)).collect();
            let open = self.accounts_of(tx, customers, Past::Read)?.into_iter().map(|(customer, account)| {
                let name = customer.key.as_str();
                let (drafts, place) = (drafts.remove(name).unwrap_or_default(), places.remove(name));
                Open { customer, account, drafts, place }
            });
            Ok(open.collect())
        })
    }

    /// Draws bills, on as many threads as there are processors.
    fn draw_all(&self, open: Vec<Open>, catalogs: &Catalogs, as_of: Instant) -> Result<Vec<Drawn>, EngineError> {
        let threads = thread::available_parallelism().map_or(1, NonZero::get);
        let share = open.len().div_ceil(threads).max(1);
        let mut rest = open.into_iter();
        let mut parts: Vec<Vec<Open>> = Vec::new();
        while rest.len() > 0 {
            parts.push(rest.by_ref().take(share).collect());
        }
        let drawn = thread::scope(|scope| {
            let drawing: Vec<_> =
                parts.into_iter().map(|part| scope.spawn(move || self.draw(part, catalogs, as_of))).collect();
            drawing
                .into_iter()
                .map(|part| part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
                .collect::<Result<Vec<_>, _>>()
        });
        Ok(drawn?.into_iter().flatten().collect())
    }

    fn draw(&self, open: Vec<Open>, catalogs: &Catalogs, as_of: Instant) -> Result<Vec<Drawn>, EngineError> {
        let (mut wanted, mut refusals) = (Vec::new(), Vec::new());
        let found = open.iter().map(|open| {
            let account = open.account.as_ref().map_err(EngineError::clone)?;
            Ok::<_, EngineError>(needs(account, catalogs, as_of)?)
        });
        for found in found {
            let (needs, refused) = found.map_or_else(|error| (Vec::new(), Some(error)), |needs| (needs, None));
            wanted.push(needs);
            refusals.push(refused);
        }
        let answers = self.answers(&wanted)?;
        let all = open.into_iter().zip(wanted).zip(answers).zip(refusals);
        let drawn = all.map(|(((open, wanted), answers), refused)| {
            let Open { customer, account, drafts, place } = open;
            let bill = refused.map_or(Ok(()), Err).and(account).and_then(|account| {
                let answers = answers.into_iter().collect::<Result<Vec<_>, _>>()?;
                let answers: Vec<_> = wanted.into_iter().zip(answers).collect();
                let plan = self.inspected(&account, catalogs, as_of, &answers)?;
                let needs: Vec<_> = answers.into_iter().map(|(need, _)| need).collect();
                let settings = self.settings_of(&account.customer, as_of);
                let stays = stays(&account, catalogs, as_of, &needs, settings.grace_days)?;
                Ok(Bill { plan, entity: account.entity, settings, stays })
            });
            match bill {
                Err(EngineError::Failed(problem)) => Err(EngineError::Failed(problem)),
                bill => Ok(Drawn { customer, drafts, place, bill }),
            }
        });
        drawn.collect()
    }

    /// The answers to the needs of several customers, each question asked once about all of them.
    fn answers(&self, wanted: &[Vec<UsageNeed>]) -> Result<Vec<Vec<Result<UsageAnswer, EngineError>>>, EngineError> {
        let mut questions: Vec<Question> = Vec::new();
        for (customer, needs) in wanted.iter().enumerate() {
            for (at, need) in needs.iter().enumerate() {
                let place = questions.iter().position(|question| question.asks(need)).unwrap_or(questions.len());
                if place == questions.len() {
                    questions.push(Question { need: need.clone(), subjects: Vec::new(), places: Vec::new() });
                }
                let question = &mut questions[place];
                question.subjects.push(need.subject.to_string());
                question.places.push((customer, at));
            }
        }
        let nothing = || Err(EngineError::Failed(Problem::new("store_corrupt", "The store says something impossible")));
        let mut answers: Vec<Vec<_>> = wanted.iter().map(|needs| needs.iter().map(|_| nothing()).collect()).collect();
        for question in &questions {
            for ((customer, at), answer) in question.places.iter().zip(self.ask(question)?) {
                answers[*customer][*at] = answer;
            }
        }
        Ok(answers)
    }

    /// One answer for each subject of a question. What is wrong with a subject is its own answer; what is wrong with a store ends all.
    fn ask(&self, question: &Question) -> Result<Vec<Result<UsageAnswer, EngineError>>, EngineError> {
        let need = &question.need;
        let about = |subject: &String| Ok::<_, EngineError>(UsageNeed { subject: key_of(subject)?, ..need.clone() });
        let meter = match self.meter_for(need) {
            Ok(meter) => meter,
            Err(error) => return Ok(question.subjects.iter().map(|_| Err(error.clone())).collect()),
        };
        let watermark = self.usage.watermark(&self.tenant)?;
        let measured = self.usage.measure(&Query {
            tenant: &self.tenant,
            subjects: Subjects::Many(&question.subjects),
            meter: &meter,
            period: need.period,
            window: Window::Whole,
            by: &need.by,
            transactions: match need.detail {
                Detail::Quantity => Transactions::Leave,
                Detail::Transactions => Transactions::Collect,
            },
            as_of: watermark,
        });
        let groups = match measured.map_err(EngineError::from) {
            Ok(groups) => groups,
            Err(EngineError::Failed(problem)) => return Err(EngineError::Failed(problem)),
            // the quantity of one of them is at fault: each is asked about by itself
            Err(_) => {
                return Ok(question.subjects.iter().map(|subject| self.answer(&about(subject)?)).collect());
            }
        };
        let mut by_subject: HashMap<String, Vec<usage::Group>> = HashMap::new();
        for group in groups {
            by_subject.entry(group.subject.clone()).or_default().push(group);
        }
        let answer = |subject: &String| {
            answer_of(&meter, &about(subject)?, by_subject.remove(subject).unwrap_or_default(), watermark)
        };
        Ok(question.subjects.iter().map(answer).collect())
    }

    /// Posts the bills of a batch in one transaction, one after the other. What is wrong with a customer is noted and undoes that
    /// customer's bill alone.
    fn post_batch(&self, step: Step, drawn: &[Drawn]) -> Result<BillRun, EngineError> {
        let mut noted = BillRun::default();
        for one in drawn {
            match &one.bill {
                Ok(Bill { plan, .. }) => {
                    noted.notes.extend(plan.notes.iter().map(|note| (plan.customer.clone(), note.clone())));
                }
                Err(refused) => noted.refused(&one.customer.key, refused),
            }
        }
        let moved = |one: &Drawn| step == Step::Last && one.moves();
        if !drawn.iter().any(|one| one.is_due() || moved(one)) {
            return Ok(noted);
        }
        let mut run = self.store.write(|tx| {
            let mut run = BillRun::default();
            for one in drawn {
                match self.post_one(tx, one, &mut run) {
                    Ok(()) if moved(one) => self.move_place(tx, one)?,
                    Ok(()) => {}
                    Err(EngineError::Failed(problem)) => return Err(EngineError::Failed(problem)),
                    Err(refused) => {
                        run.refused(&one.customer.key, &refused);
                        // whatever it is, the next run looks again
                        due::touch(tx, &self.tenant, one.customer.key.as_str())?;
                    }
                }
            }
            Ok::<_, EngineError>(run)
        })?;
        if drawn.iter().any(Drawn::is_due) {
            self.bell.ring(&self.tenant, News::Messages);
        }
        run.add(noted);
        Ok(run)
    }

    /// Posts what is due of one customer, or nothing of it.
    fn post_one(&self, tx: &mut Tx<'_>, one: &Drawn, run: &mut BillRun) -> Result<(), EngineError> {
        let (true, Ok(Bill { plan, entity, settings, .. })) = (one.is_due(), &one.bill) else { return Ok(()) };
        let payer = Payer::of(&one.customer, entity, *settings);
        run.add(tx.savepoint(|tx| self.post(tx, &payer, plan, &one.drafts))?);
        Ok(())
    }

    /// Lets a customer wait until something falls due; one who could not be billed waits for nothing.
    fn move_place(&self, tx: &mut Tx<'_>, one: &Drawn) -> Result<(), EngineError> {
        match (&one.place, one.next()) {
            (Some(place), Some((at, counts_to))) => Ok(due::settle(tx, &self.tenant, place, at, counts_to)?),
            (_, None) => Ok(due::touch(tx, &self.tenant, one.customer.key.as_str())?),
            (None, Some(_)) => Ok(()),
        }
    }

    /// As of when everything was billed.
    pub(crate) fn billed_to(&self) -> Result<Instant, EngineError> {
        let last = self.store.read(|tx| documents::find::<Instant>(tx, &self.tenant, RUN, RUN))?;
        Ok(last.map_or(Instant::MIN, |document| document.body))
    }

    /// The first instant after `after` at which something of some customer falls due.
    pub fn next_due(&self, after: Instant) -> Result<Option<Instant>, EngineError> {
        let catalogs = self.catalogs();
        let mut first: Option<Instant> = None;
        self.each_account(|account| {
            // a customer whose terms cannot be read is named by the run itself
            let due = self.next_due_of(&account, &catalogs, after).unwrap_or(None);
            first = first.into_iter().chain(due).min();
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

    /// Every customer with what was agreed, and without what was posted.
    pub(crate) fn each_account(&self, each: impl FnMut(Account)) -> Result<(), EngineError> {
        self.each_account_of(&Turns::Everybody, each)
    }

    fn each_account_of(&self, turns: &Turns, mut each: impl FnMut(Account)) -> Result<(), EngineError> {
        let mut pages = Pages::of(turns);
        loop {
            let page = self.next_page(&mut pages, PAGE)?;
            if page.is_empty() {
                return Ok(());
            }
            // one who cannot be read is named by the run itself
            let accounts = self.store.read(|tx| self.accounts_of(tx, page, Past::Left))?;
            accounts.into_iter().filter_map(|(_, account)| account.ok()).for_each(&mut each);
        }
    }
}

fn key_of(subject: &str) -> Result<Key, EngineError> {
    Key::try_from(subject).map_err(|error| {
        EngineError::Failed(
            Problem::new("store_corrupt", "The store says something impossible").detail(error.to_string()),
        )
    })
}
