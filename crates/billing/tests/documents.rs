//! The laws of *due − posted* when persons take part: drafts that are edited, notes by hand, documents that are voided, small differences that are
//! written off, in random timelines.

mod world;

use billing::{
    Account, Adjustment, By, Corrections, DocumentPlan, Early, Effect, Gathers, Invoice, InvoiceId, Issued, IssuedNote,
    LineKey, NoteOf, Pick, Posted, Settle, Status, Terms, Voided, VoidedLines, absorbed_entry, adjust, given_up,
    inspect, key_of_line, next_due, note_document, plan_credit, plan_debit, postings, void_entry,
};
use calendar::Instant;
use ledger::{Account as Role, Entry};
use money::{Currency, Dec, Money, Ratio};
use proptest::prelude::*;
use std::collections::BTreeMap;
use world::{Arrival, account, catalogs, day, draw_by, key, moves, subscription};

const GRACE: u16 = 4;

/// What a person does on a day; the numbers choose among what is there.
#[derive(Debug, Clone)]
enum Deed {
    /// Bills are drawn.
    Bill,
    /// So many hundredths of a line are given back.
    Credit { document: usize, line: usize, percent: i128 },
    /// So many cents more are charged on a line.
    Debit { document: usize, line: usize, cents: i128 },
    /// A document is taken back.
    Void { document: usize, lines: VoidedLines },
    /// A line of a draft is changed by so many cents, or left out.
    Edit { line: usize, cents: Option<i128> },
    /// A draft is issued before its time.
    Issue { draft: usize },
}

fn deeds() -> impl Strategy<Value = Vec<(i64, Deed)>> {
    let deed = prop_oneof![
        3 => Just(Deed::Bill),
        2 => (any::<prop::sample::Index>(), any::<prop::sample::Index>(), 1i128..120)
            .prop_map(|(document, line, percent)| Deed::Credit { document: document.index(1000), line: line.index(1000), percent }),
        1 => (any::<prop::sample::Index>(), any::<prop::sample::Index>(), 1i128..5_000)
            .prop_map(|(document, line, cents)| Deed::Debit { document: document.index(1000), line: line.index(1000), cents }),
        2 => (any::<prop::sample::Index>(), any::<bool>()).prop_map(|(document, again)| Deed::Void {
            document: document.index(1000),
            lines: if again { VoidedLines::BilledAgain } else { VoidedLines::GivenUp },
        }),
        2 => (any::<prop::sample::Index>(), prop::option::of(-3_000i128..3_000))
            .prop_map(|(line, cents)| Deed::Edit { line: line.index(1000), cents }),
        1 => any::<prop::sample::Index>().prop_map(|draft| Deed::Issue { draft: draft.index(1000) }),
    ];
    prop::collection::vec((1i64..180, deed), 0..24).prop_map(|mut deeds| {
        deeds.sort_by_key(|(at, _)| *at);
        deeds
    })
}

/// What a program keeps: the facts, the documents and the books.
struct Office {
    account: Account,
    events: Vec<Arrival>,
    corrections: Corrections,
    absorb_below: Option<Dec>,
    documents: Vec<Invoice>,
    entries: Vec<Entry>,
    count: usize,
}

impl Office {
    fn terms(&self, as_of: Instant) -> Terms {
        let absorb_below = self.absorb_below.map(|below| below.try_into().expect("an amount"));
        Terms { corrections: self.corrections, absorb_below, grace_days: GRACE, ..Terms::usual(as_of) }
    }

    fn number(&mut self) -> String {
        self.count += 1;
        format!("D-{}", self.count)
    }

    /// Posts what is not a draft.
    fn bill(&mut self, as_of: Instant, early: Option<Early>) {
        let plan = draw_by(&self.account, &catalogs(), &self.events, Terms { early, ..self.terms(as_of) });
        for document in plan.documents {
            let is_early = early.is_some_and(|early| document.gathers.opened_on() == Some(early.opened_on));
            if document.gathers.opened_on().is_none() || is_early {
                self.post(document, as_of, None);
            }
        }
        for line in plan.absorbed {
            let name = key(&format!("absorbed-{}", self.number()));
            self.entries.push(absorbed_entry(&key("acme"), &line, name.as_str(), as_of).expect("balances"));
            self.account.adjustments.push(Adjustment::absorbing(&line, name, "small", as_of));
        }
    }

    fn post(&mut self, document: DocumentPlan, at: Instant, note: Option<NoteOf>) {
        let number = self.number();
        self.entries.extend(postings(&key("acme"), &number, &document, at).expect("balances"));
        for line in &document.lines {
            self.account.posted.add(line.clone()).expect("adds");
        }
        let mut invoice = Invoice::draft(InvoiceId::from_u128(1), key("default"), key("acme"), document);
        (invoice.status, invoice.note) = (Status::Issued { number, issued_at: at }, note);
        self.documents.push(invoice);
    }

    fn issued(&self, document: usize) -> Option<Invoice> {
        let there = !self.documents.is_empty();
        let found = there.then(|| &self.documents[document % self.documents.len()])?;
        (matches!(found.status, Status::Issued { .. }) && found.note.is_none()).then(|| found.clone())
    }

    fn notes(&self, of: &str) -> Vec<IssuedNote> {
        let about = |one: &&Invoice| one.note.as_ref().is_some_and(|note| note.number == of);
        let in_force = self.documents.iter().filter(about).filter(|one| matches!(one.status, Status::Issued { .. }));
        in_force.filter_map(|one| Some(IssuedNote::issued(one.note.as_ref()?.plan.clone()))).collect()
    }

    /// A note by hand; what is refused did not happen.
    fn note(&mut self, document: usize, line: usize, percent: Option<i128>, cents: i128, at: Instant) {
        let Some(of) = self.issued(document) else { return };
        let of_number = of.number().expect("issued").to_owned();
        let line = u32::try_from(line % of.lines.len()).expect("few") + 1;
        let issued = Issued::of(&of, self.notes(&of_number), Vec::new());
        let planned = match percent {
            Some(percent) => {
                let share = Ratio::new(percent, 100).expect("a share");
                plan_credit(&issued, &[(line, Pick::Share(share))], Settle::ToBalance)
            }
            None => plan_debit(&issued, &[(line, Money::new(cents, of.currency))]),
        };
        let Ok(plan) = planned else { return };
        let number = format!("D-{}", self.count + 1);
        let on = self.account.customer.zone.date_of(at);
        let Ok(document) = note_document(&of, &plan, &self.account.posted, &number, "why", on) else { return };
        let judged = billing::BillPlan::only(key("acme"), at, document.clone());
        assert_eq!(inspect(&judged), [], "a note by hand keeps the invariants of a plan");
        let left = plan.adjustments(&number, "why", at, |line| key_of_line(&of, line).cloned()).expect("names");
        self.account.adjustments.extend(left);
        self.post(document, at, Some(NoteOf { document: of.id, number: of_number, reason: "why".into(), plan }));
    }

    fn void(&mut self, document: usize, lines: VoidedLines, at: Instant) {
        if self.documents.is_empty() {
            return;
        }
        let place = document % self.documents.len();
        let found = self.documents[place].clone();
        let Status::Issued { number, issued_at } = &found.status else { return };
        if !self.notes(number).is_empty() {
            return;
        }
        self.entries.extend(void_entry(&key("acme"), number, &found.plan(), at).expect("balances"));
        if found.note.is_some() {
            let own = By::Document(number.clone());
            for one in self.account.adjustments.iter_mut().filter(|one| one.by == own) {
                one.voided_at = Some(at);
            }
        } else if lines == VoidedLines::GivenUp {
            self.account.adjustments.extend(given_up(&found, number, "void", at).expect("names"));
        }
        let lines = found.note.is_none().then_some(lines);
        let voided = Voided { at, reason: "void".into(), lines };
        self.documents[place].status = Status::Void { number: number.clone(), issued_at: *issued_at, voided };
        let standing = self.documents.iter().filter(|one| matches!(one.status, Status::Issued { .. }));
        let lines = standing.flat_map(|one| one.lines.clone());
        self.account.posted = Posted::from_lines(lines).expect("adds");
    }

    fn edit(&mut self, line: usize, cents: Option<i128>, at: Instant) {
        let plan = draw_by(&self.account, &catalogs(), &self.events, self.terms(at));
        let drafts = plan.documents.iter().filter(|one| one.gathers.opened_on().is_some());
        let lines: Vec<_> = drafts.flat_map(|one| &one.lines).collect();
        if lines.is_empty() {
            return;
        }
        let chosen = lines[line % lines.len()];
        let euro = chosen.key.currency;
        let effect = cents.map_or(Effect::LeaveOut, |cents| Effect::Off(Money::new(cents, euro)));
        self.account.adjustments.push(Adjustment {
            key: key(&format!("edit-{}", self.account.adjustments.len())),
            line: chosen.key.clone(),
            effect,
            by: By::Draft,
            reason: "why".into(),
            effective_at: at,
            recorded_at: at,
            voided_at: None,
        });
    }

    fn act(&mut self, deed: &Deed, at: Instant) {
        match deed {
            Deed::Bill => self.bill(at, None),
            Deed::Credit { document, line, percent } => self.note(*document, *line, Some(*percent), 0, at),
            Deed::Debit { document, line, cents } => self.note(*document, *line, None, *cents, at),
            Deed::Void { document, lines } => self.void(*document, *lines, at),
            Deed::Edit { line, cents } => self.edit(*line, *cents, at),
            Deed::Issue { draft } => {
                let plan = draw_by(&self.account, &catalogs(), &self.events, self.terms(at));
                let drafts: Vec<_> =
                    plan.documents.iter().filter_map(|one| Some((one.currency, one.gathers.opened_on()?))).collect();
                if let Some((currency, opened_on)) = drafts.get(draft % drafts.len().max(1)) {
                    self.bill(at, Some(Early { currency: *currency, opened_on: *opened_on }));
                }
            }
        }
    }
}

/// What stands under each key of the documents that are in force.
fn standing(documents: &[Invoice]) -> BTreeMap<LineKey, Money> {
    let mut sums = BTreeMap::new();
    let standing = documents.iter().filter(|one| matches!(one.status, Status::Issued { .. }));
    for line in standing.flat_map(|one| &one.lines) {
        let sum = sums.entry(line.key.clone()).or_insert(Money::zero(line.key.currency));
        *sum = sum.plus(line.amount).expect("sums");
    }
    sums
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Whatever persons did: posting makes the next plan empty, the customer is billed what is due by all facts and nothing twice, and the books tie.
    #[test]
    fn whatever_persons_do_what_is_billed_is_what_is_due(
        moves in moves(),
        calls in prop::collection::vec((0i64..150, 0i64..30), 0..40),
        deeds in deeds(),
        policy in 0usize..3,
        absorb in prop::option::of(1i64..400),
    ) {
        let corrections = [Corrections::AtOnce, Corrections::Note, Corrections::NextInvoice][policy];
        let mut office = Office {
            account: account(subscription(&moves)),
            events: calls.into_iter().map(|(at, delay)| (at, at + delay)).collect(),
            corrections,
            absorb_below: absorb.map(|cents| Dec::new(i128::from(cents), 2).expect("an amount")),
            documents: Vec::new(),
            entries: Vec::new(),
            count: 0,
        };
        for (at, deed) in &deeds {
            office.act(deed, day(*at));
        }
        office.corrections = Corrections::AtOnce;
        office.bill(day(210), None);
        let again = draw_by(&office.account, &catalogs(), &office.events, office.terms(day(210)));
        let ready = again.documents.iter().filter(|one| one.gathers.opened_on().is_none()).count();
        prop_assert!(ready == 0 && again.waiting.is_empty() && again.absorbed.is_empty(), "{:?}", again);
        // the same facts, billed once and for all
        let fresh = Account { posted: Posted::default(), ..office.account.clone() };
        let once = draw_by(&fresh, &catalogs(), &office.events, Terms { absorb_below: None, ..office.terms(day(210)) });
        let ready = once.documents.iter().filter(|one| one.gathers.opened_on().is_none());
        let due: BTreeMap<_, _> = ready.flat_map(|one| &one.lines).map(|line| (&line.key, line.amount)).collect();
        for (key, billed) in standing(&office.documents) {
            // under a key of which nothing is due any more stands what persons put on it
            let gone = || adjust(Money::zero(key.currency), &key, &office.account.adjustments).expect("sums").0;
            prop_assert_eq!(billed, due.get(&key).copied().unwrap_or_else(gone), "{}", key);
        }
        for (key, amount) in &due {
            prop_assert_eq!(office.account.posted.amount(key), *amount);
        }
        let books = ledger::balances(&office.entries).expect("sums");
        let euro = Currency::parse("EUR").expect("euro");
        let of = |role| books.of(role, euro).minor();
        let stands = office.documents.iter().filter(|one| matches!(one.status, Status::Issued { .. }));
        prop_assert_eq!(of(Role::Receivable), stands.map(|one| one.total.minor()).sum::<i128>());
        prop_assert_eq!(
            of(Role::Receivable) + of(Role::Absorbed),
            of(Role::ContractLiability) + of(Role::Revenue) + of(Role::TaxPayable)
        );
    }

    /// What persons changed counts in whatever order it is told.
    #[test]
    fn the_order_of_facts_does_not_matter(moves in moves(), deeds in deeds(), seed in any::<u64>()) {
        let mut office = Office {
            account: account(subscription(&moves)),
            events: Vec::new(),
            corrections: Corrections::AtOnce,
            absorb_below: None,
            documents: Vec::new(),
            entries: Vec::new(),
            count: 0,
        };
        for (at, deed) in &deeds {
            office.act(deed, day(*at));
        }
        let mut mixed = office.account.clone();
        let length = mixed.adjustments.len();
        if length > 0 {
            mixed.adjustments.rotate_left(usize::try_from(seed % length as u64).expect("small"));
        }
        mixed.adjustments.reverse();
        let drawn = |account: &Account| draw_by(account, &catalogs(), &[], office.terms(day(200)));
        prop_assert_eq!(drawn(&office.account), drawn(&mixed));
    }

    /// Between one moment and the next nothing becomes due, and no draft ready.
    #[test]
    fn drafts_are_ready_when_it_is_said(start in 0i64..100) {
        let mut account = account(subscription(&[]));
        account.redemptions.clear();
        account.charges.clear();
        let (mut now, mut opened, mut issued) = (day(start), 0, 0);
        for _ in 0..6 {
            let terms = |as_of| Terms { grace_days: GRACE, ..Terms::usual(as_of) };
            let next = next_due(&account, &catalogs(), now, GRACE).expect("due").expect("goes on");
            let before = draw_by(&account, &catalogs(), &[], terms(next.plus_micros(-1).expect("in range")));
            let at = draw_by(&account, &catalogs(), &[], terms(next));
            let places = |plan: &billing::BillPlan| plan.documents.iter().map(|one| one.gathers).collect::<Vec<_>>();
            prop_assert!(now == day(start) || places(&before) != places(&at), "something changes at {}", next);
            for document in at.documents {
                match document.gathers {
                    Gathers::Opened { .. } => opened += 1,
                    Gathers::Due | Gathers::Differences => {
                        issued += 1;
                        for line in document.lines {
                            account.posted.add(line).expect("adds");
                        }
                    }
                }
            }
            now = next;
        }
        prop_assert!(opened >= 2 && issued >= 2);
    }
}
