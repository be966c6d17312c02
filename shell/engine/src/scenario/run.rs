//! Running a scenario on the real engine.

use super::action::{Action, Closing, Correction, Counting, Move, Paperwork, TimedAction, UsedEvents};
use super::compare::{Difference, compare};
use super::file::Scenario;
use super::observed::{Observed, observe};
use super::paying;
use crate::{ChangesetId, Engine, EngineError, Failure, SetClock};
use billing::InvoiceId;
use calendar::{Instant, Zone};
use contracts::Customer;
use metering::Event;
use std::collections::BTreeMap;
use std::sync::Arc;
use stdx::{Key, Problem};
use usage::{Change, Incoming, Outcome as EventOutcome};

/// The source of all events of a scenario.
pub(crate) const SOURCE: &str = "scenario";
/// Why events are corrected in a scenario.
const REASON: &str = "the scenario says so";

/// What came of a scenario.
#[derive(Debug)]
pub struct Outcome {
    /// What was not as expected; nothing when the scenario holds.
    pub differences: Vec<Difference>,
    /// What came out.
    pub observed: Observed,
}

/// Runs a scenario from its first moment to its last.
///
/// # Errors
/// Only when the engine itself fails; what the scenario does wrong is a difference.
pub fn run(scenario: &Scenario) -> Result<Outcome, EngineError> {
    play(scenario).map(|(outcome, _)| outcome)
}

/// The same, and the engine as it stands at the end.
///
/// # Errors
/// Only when the engine itself fails.
pub fn play(scenario: &Scenario) -> Result<(Outcome, Engine), EngineError> {
    let start = scenario.timeline.first().map_or(Instant::MIN, |(when, _)| when.instant(&scenario.zone));
    let clock = Arc::new(SetClock::at(start));
    let engine = Engine::with_clock(clock.clone(), scenario.settings)?;
    let mut runner = Runner {
        scenario,
        engine,
        clock,
        now: start,
        sent: BTreeMap::new(),
        changesets: BTreeMap::new(),
        counted: paying::Counted::default(),
        failures: Vec::new(),
        differences: Vec::new(),
    };
    runner.play()?;
    let Runner { engine, failures, mut differences, .. } = runner;
    // whatever happened: the receivable is what is left to pay, and the account of balances what customers have to their credit
    differences.extend(engine.tie_out()?.into_iter().map(|finding| Difference::Value {
        at: scenario.document.file().to_owned(),
        path: "/accounts".into(),
        expected: "documents and payments that are what the books say".into(),
        actual: format!("{finding:?}"),
    }));
    let observed = observe(&engine, scenario, failures)?;
    differences.extend(compare(scenario, &observed.actual));
    Ok((Outcome { differences, observed }, engine))
}

struct Runner<'a> {
    scenario: &'a Scenario,
    engine: Engine,
    clock: Arc<SetClock>,
    now: Instant,
    /// How many events of each name were sent, for their ids.
    sent: BTreeMap<String, u64>,
    /// Changesets by the name that the scenario gives them.
    changesets: BTreeMap<Key, ChangesetId>,
    /// How many payments and refunds had no key of their own.
    counted: paying::Counted,
    /// Customers whom the last run could not bill.
    failures: Vec<Failure>,
    differences: Vec<Difference>,
}

impl Runner<'_> {
    fn play(&mut self) -> Result<(), EngineError> {
        match &self.scenario.pricing {
            Ok(catalog) if catalog.plans.is_empty() && catalog.meters.is_empty() => {}
            Ok(catalog) => {
                self.engine.apply_pricing(catalog)?;
            }
            // a pricing that is refused is compared with `expect.problems`; without pricing nothing can happen
            Err(_) => return Ok(()),
        }
        for (when, actions) in &self.scenario.timeline {
            self.pass_to(when.instant(&self.scenario.zone))?;
            for timed in actions {
                self.act(timed)?;
            }
            self.bill()?;
        }
        Ok(())
    }

    /// Bills what falls due before a moment, each on its day.
    fn pass_to(&mut self, moment: Instant) -> Result<(), EngineError> {
        while let Some(due) = self.engine.next_due(self.now)?.filter(|due| *due < moment) {
            self.set(due);
            self.bill()?;
        }
        self.set(moment);
        Ok(())
    }

    fn set(&mut self, moment: Instant) {
        self.now = moment;
        self.clock.set(moment);
    }

    fn bill(&mut self) -> Result<(), EngineError> {
        self.failures = self.engine.bill()?.failures;
        Ok(())
    }

    fn act(&mut self, timed: &TimedAction) -> Result<(), EngineError> {
        let refused = match self.perform(&timed.action) {
            Ok(()) => None,
            Err(EngineError::Failed(problem)) => return Err(EngineError::Failed(problem)),
            Err(refused) => refused.problems().into_iter().next(),
        };
        let place = |problem| Difference::Action(self.scenario.document.mistake_at(timed.pos, problem));
        match (&timed.fails, refused) {
            (None, None) => {}
            (Some(code), Some(problem)) if *code == problem.code => {}
            (None, Some(problem)) => self.differences.push(place(problem)),
            (Some(code), found) => {
                let found =
                    found.map_or_else(|| "it was done".to_owned(), |problem| format!("it failed with {problem}"));
                let problem = Problem::new("expected_failure", "The action should have failed otherwise")
                    .detail(format!("expected to fail with `{code}`, but {found}"))
                    .mend("mend the scenario, or the program");
                self.differences.push(place(problem));
            }
        }
        Ok(())
    }

    fn perform(&mut self, action: &Action) -> Result<(), EngineError> {
        match action {
            Action::Bill => {}
            Action::Pricing(pricing) => match pricing.as_ref() {
                Ok(catalog) => drop(self.engine.apply_pricing(catalog)?),
                Err(mistakes) => {
                    let problems = mistakes.iter().map(|mistake| mistake.problem.clone()).collect::<Vec<_>>();
                    return Err(problems
                        .try_into()
                        .map_or_else(|_| EngineError::taken("pricing", ""), EngineError::Invalid));
                }
            },
            Action::Customer(customer) => drop(self.engine.add_customer(customer.clone())?),
            Action::Become(customer) => {
                let zone = self.engine.customer(customer.key.as_str())?.zone;
                self.engine.change_customer(Customer { zone, ..customer.clone() })?;
            }
            Action::Entity(entity) => drop(self.engine.set_entity(entity.as_ref().clone())?),
            Action::Discount(key, discount) => {
                self.engine.set_discount(key.clone(), discount.as_ref().clone())?;
            }
            Action::Charge(customer, charge) => {
                self.introduce(customer)?;
                self.engine.charge(customer.as_str(), charge.as_ref().clone())?;
            }
            Action::WithdrawCharge(key) => drop(self.engine.withdraw_charge(key.as_str())?),
            Action::Redeem(customer, redemption) => {
                self.introduce(customer)?;
                self.engine.redeem(customer.as_str(), redemption.clone())?;
            }
            Action::EndRedemption(key, effective) => {
                self.engine.end_redemption(key.as_str(), *effective)?;
            }
            Action::Subscribe(new) => {
                self.introduce(&new.customer)?;
                self.engine.subscribe(new.clone())?;
            }
            Action::Change(key, change) => drop(self.engine.change_subscription(key.as_str(), change.clone())?),
            Action::Take(key, moves) => self.take(key.as_str(), moves)?,
            Action::Use(events) => self.send(events)?,
            Action::Correct(correction) => self.correct(correction)?,
            Action::Changeset(name, corrections) => self.apply(name, corrections)?,
            Action::Revert(name) => {
                let known = self.changesets.keys().map(Key::as_str);
                let id = *self
                    .changesets
                    .get(name)
                    .ok_or_else(|| EngineError::no_such("changeset", name.as_str(), known))?;
                self.engine.revert_changeset(id, REASON)?;
            }
            Action::Document(paperwork) => self.document(paperwork)?,
            Action::Paying(paying) => paying::perform(&self.engine, paying, &mut self.counted)?,
        }
        Ok(())
    }

    /// What a person does with documents.
    fn document(&self, paperwork: &Paperwork) -> Result<(), EngineError> {
        let engine = &self.engine;
        match paperwork {
            Paperwork::Issue(customer) => {
                for draft in self.drafts(customer)? {
                    engine.issue(draft)?;
                }
            }
            Paperwork::Edit(customer, edit) => {
                let draft = self.drafts(customer)?.into_iter().next();
                let draft = draft.ok_or_else(|| EngineError::no_such("draft of", customer.as_str(), []))?;
                engine.edit_draft(draft, edit.as_ref().clone())?;
            }
            Paperwork::Credit(number, note) => drop(engine.credit(self.numbered(number)?, note)?),
            Paperwork::Debit(number, note) => drop(engine.debit(self.numbered(number)?, note)?),
            Paperwork::Void(number, void) => drop(engine.void(self.numbered(number)?, void)?),
            Paperwork::Release(customer) => drop(engine.release_differences(customer.as_str())?),
            Paperwork::GiveUp(customer, given) => drop(engine.give_up_differences(customer.as_str(), given)?),
        }
        Ok(())
    }

    /// The drafts of a customer, the one that was opened first in front.
    fn drafts(&self, customer: &Key) -> Result<Vec<InvoiceId>, EngineError> {
        let which = crate::Which::CustomerStatus(customer.as_str(), "draft");
        let mut found = self.engine.invoices(which, &crate::DocumentCursor::start(), 1_000)?;
        found.sort_by_key(|draft| (draft.body.on, draft.body.id));
        Ok(found.into_iter().map(|draft| draft.body.id).collect())
    }

    fn numbered(&self, number: &str) -> Result<InvoiceId, EngineError> {
        let all = super::observed::all_invoices(&self.engine)?;
        let known = all.iter().filter_map(|invoice| invoice.number());
        let found = all.iter().find(|invoice| invoice.number() == Some(number));
        found.map(|invoice| invoice.id).ok_or_else(|| EngineError::no_such("document", number, known))
    }

    fn take(&self, key: &str, moves: &Move) -> Result<(), EngineError> {
        let engine = &self.engine;
        drop(match moves {
            Move::End(Closing { effective, credit }) => engine.end_subscription(key, *effective, *credit)?,
            Move::Pause(Closing { effective, credit }) => engine.pause_subscription(key, *effective, *credit)?,
            Move::Resume(effective) => engine.resume_subscription(key, *effective)?,
            Move::Reactivate(effective) => engine.reactivate_subscription(key, *effective)?,
            Move::Renew(term) => engine.renew_subscription(key, *term)?,
            Move::Count(Counting { from, effective }) => engine.count_subscription(key, *from, *effective)?,
            Move::Withdraw(change) => engine.withdraw_change(key, *change)?,
            Move::Transfer(transfer) => {
                self.introduce(&transfer.customer)?;
                engine.transfer_subscription(key, transfer.clone())?
            }
        });
        Ok(())
    }

    /// A customer who is named for the first time is added, under its key and in the scenario's zone.
    fn introduce(&self, key: &Key) -> Result<(), EngineError> {
        if !self.engine.knows_customer(key.as_str())? {
            let zone = self.scenario.zone.clone();
            self.engine.add_customer(Customer::new(key.clone(), key.to_string(), zone))?;
        }
        Ok(())
    }

    fn send(&mut self, used: &[UsedEvents]) -> Result<(), EngineError> {
        let batch: Vec<Incoming> = used.iter().flat_map(|one| self.events(one)).map(Incoming::Event).collect();
        let problems = self.engine.ingest(batch)?.outcomes.into_iter().filter_map(refusal).collect::<Vec<_>>();
        problems.try_into().map_or(Ok(()), |problems| Err(EngineError::Invalid(problems)))
    }

    fn events(&mut self, used: &UsedEvents) -> Vec<Event> {
        let at = used.at.map_or(self.now, |when| when.instant(&self.zone_of(&used.subject)));
        let sent = self.sent.entry(used.name.clone()).or_default();
        let event = |_| {
            *sent += 1;
            Event {
                source: SOURCE.into(),
                id: used.id.clone().unwrap_or_else(|| format!("{}-{sent}", used.name)),
                name: used.name.clone(),
                subject: used.subject.clone(),
                at,
                properties: used.properties.clone(),
            }
        };
        (0..used.times).map(event).collect()
    }

    fn correct(&mut self, correction: &Correction) -> Result<(), EngineError> {
        for change in self.changes(correction)? {
            match change {
                Change::Add(event) => drop(self.engine.ingest(vec![Incoming::Event(event)])?),
                Change::Amend(event) => drop(self.engine.amend_event(event, REASON)?),
                Change::Retract { source, id } => drop(self.engine.retract_event(&source, &id, REASON)?),
            }
        }
        Ok(())
    }

    fn apply(&mut self, name: &Key, corrections: &[Correction]) -> Result<(), EngineError> {
        let mut changes = Vec::new();
        for correction in corrections {
            changes.extend(self.changes(correction)?);
        }
        let id = self.engine.open_changeset(REASON)?.id;
        let refused = self.engine.add_to_changeset(id, changes)?.refused;
        let problems: Vec<Problem> = refused.into_iter().map(|refused| refused.problem).collect();
        if let Ok(problems) = problems.try_into() {
            return Err(EngineError::Invalid(problems));
        }
        self.engine.seal_changeset(id)?;
        self.engine.apply_changeset(id)?;
        self.changesets.insert(name.clone(), id);
        Ok(())
    }

    fn changes(&mut self, correction: &Correction) -> Result<Vec<Change>, EngineError> {
        Ok(match correction {
            Correction::Add(used) => self.events(used).into_iter().map(Change::Add).collect(),
            Correction::Amend(used) => {
                let id = used.id.clone().unwrap_or_default();
                let at = match used.at {
                    Some(when) => when.instant(&self.zone_of(&used.subject)),
                    None => self.engine.event(SOURCE, &id).map_or(self.now, |stored| stored.event.at),
                };
                let (source, name, subject) = (SOURCE.into(), used.name.clone(), used.subject.clone());
                vec![Change::Amend(Event { source, id, name, subject, at, properties: used.properties.clone() })]
            }
            Correction::Retract { subject, id } => {
                if let Ok(stored) = self.engine.event(SOURCE, id)
                    && stored.event.subject != *subject
                {
                    return Err(EngineError::no_such(&format!("event of {subject}"), id, []));
                }
                vec![Change::Retract { source: SOURCE.into(), id: id.clone() }]
            }
        })
    }

    fn zone_of(&self, customer: &str) -> Zone {
        self.engine.customer(customer).map_or_else(|_| self.scenario.zone.clone(), |customer| customer.zone)
    }
}

/// A repeated event is no failure; an event with the id of another one, or one that is not valid, is.
fn refusal(outcome: EventOutcome) -> Option<Problem> {
    match outcome {
        EventOutcome::Accepted { .. } | EventOutcome::Duplicate { .. } => None,
        EventOutcome::Conflict { seq } => Some(
            Problem::new("event_conflict", "An event with this id says something else")
                .detail(format!("event number {} has the same source and id, and says something else", seq.0))
                .mend("send it under an id of its own"),
        ),
        EventOutcome::Quarantined { problem } => Some(problem),
    }
}
