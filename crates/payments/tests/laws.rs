//! The laws, over any order of documents, payments, credit notes, refunds, reversals and write-offs; beside a model in which every cent is a coin
//! that lies somewhere.

use calendar::{Date, DateRange, Instant, Zone};
use ledger::{Account as Role, Entry, EntryDraft, Side, balances};
use money::{Currency, Money};
use payments::{Account, Change, Claim, Finding, Method, Payment, Pays, Refunding, SettleError, Share};
use proptest::prelude::*;
use stdx::Key;

fn cents(minor: i128) -> Money {
    Money::new(minor, Currency::parse("EUR").expect("euro"))
}
fn key(text: &str) -> Key {
    Key::try_from(text).expect("a key")
}
fn day(number: i64) -> Date {
    "2026-01-01".parse::<Date>().expect("a day").plus_days(number).expect("a day")
}
fn at(number: i64) -> Instant {
    Zone::utc().start_of(day(number))
}

/// Something that happens on a day of its own.
#[derive(Debug, Clone)]
enum Act {
    Invoice { total: i128, days: i64, settle: bool },
    Pay { amount: i128, fee: i128, days_ago: i64, whom: Whom, card: bool },
    Allocate { payment: usize, whom: Whom },
    TakeOff { payment: usize, invoice: Option<usize> },
    Apply { invoice: usize, amount: Option<i128> },
    Refund { amount: i128 },
    Reverse { payment: usize },
    WriteOff { invoice: usize, amount: Option<i128> },
    Credit { amount: i128, corrects: Option<usize> },
    Release { invoice: usize },
}

#[derive(Debug, Clone)]
enum Whom {
    Oldest,
    Nobody,
    One(usize, Option<i128>),
}

fn whom() -> impl Strategy<Value = Whom> {
    prop_oneof![
        3 => Just(Whom::Oldest),
        1 => Just(Whom::Nobody),
        3 => (0usize..6, prop::option::of(-2i128..40)).prop_map(|(invoice, amount)| Whom::One(invoice, amount)),
    ]
}

fn act() -> impl Strategy<Value = Act> {
    let some = || prop::option::of(-2i128..40);
    prop_oneof![
        4 => (0i128..40, 0i64..40, any::<bool>()).prop_map(|(total, days, settle)| Act::Invoice { total, days, settle }),
        4 => (0i128..60, 0i128..4, 0i64..4, whom(), any::<bool>())
            .prop_map(|(amount, fee, days_ago, whom, card)| Act::Pay { amount, fee, days_ago, whom, card }),
        2 => (0usize..8, whom()).prop_map(|(payment, whom)| Act::Allocate { payment, whom }),
        2 => (0usize..8, prop::option::of(0usize..6)).prop_map(|(payment, invoice)| Act::TakeOff { payment, invoice }),
        2 => (0usize..6, some()).prop_map(|(invoice, amount)| Act::Apply { invoice, amount }),
        2 => (-2i128..50).prop_map(|amount| Act::Refund { amount }),
        2 => (0usize..8).prop_map(|payment| Act::Reverse { payment }),
        2 => (0usize..6, some()).prop_map(|(invoice, amount)| Act::WriteOff { invoice, amount }),
        2 => (0i128..40, prop::option::of(0usize..6)).prop_map(|(amount, corrects)| Act::Credit { amount, corrects }),
        1 => (0usize..6).prop_map(|invoice| Act::Release { invoice }),
    ]
}

/// Where a coin lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Balance,
    Invoice(usize),
    GoneBack,
    /// The payment was reversed.
    Nowhere,
    /// It went back, and the payment was reversed: the customer owes it.
    Owed,
}

struct Bag {
    key: Key,
    sort: Sort,
    received: i64,
    reversed: bool,
    coins: Vec<Place>,
}

#[derive(PartialEq, Eq, Clone, Copy)]
enum Sort {
    Money,
    Credit,
    Loss,
}

struct Bill {
    number: String,
    total: i128,
    due_on: i64,
}

/// Every cent by itself.
#[derive(Default)]
struct Model {
    bills: Vec<Bill>,
    payments: Vec<Bag>,
}

impl Model {
    fn due(&self, bill: usize) -> i128 {
        let here = self.payments.iter().flat_map(|one| &one.coins).filter(|place| **place == Place::Invoice(bill));
        self.bills[bill].total - here.count() as i128
    }
    fn balance(&self) -> i128 {
        let coins = self.payments.iter().flat_map(|one| &one.coins);
        coins
            .map(|place| match place {
                Place::Balance => 1,
                Place::Owed => -1,
                Place::Invoice(_) | Place::GoneBack | Place::Nowhere => 0,
            })
            .sum()
    }
    fn first_open(&self) -> Option<usize> {
        let open = (0..self.bills.len()).filter(|bill| self.due(*bill) > 0);
        open.min_by(|a, b| {
            let order = |at: usize| (self.bills[at].due_on, at, self.bills[at].number.clone());
            order(*a).cmp(&order(*b))
        })
    }
    /// Puts coins of a payment that lie in the balance on documents, one by one; `None` where it cannot.
    fn put(&mut self, payment: usize, whom: &Whom) -> Option<()> {
        let left = self.payments[payment].coins.iter().filter(|place| **place == Place::Balance).count();
        match whom {
            Whom::Nobody => {}
            Whom::Oldest => {
                for _ in 0..left {
                    let Some(bill) = self.first_open() else { break };
                    self.move_one(payment, Place::Invoice(bill));
                }
            }
            Whom::One(bill, amount) => {
                if *bill >= self.bills.len() {
                    return None;
                }
                let due = self.due(*bill);
                let amount = amount.unwrap_or(due.min(left as i128));
                if amount <= 0 || amount > due || amount > left as i128 {
                    return None;
                }
                for _ in 0..amount {
                    self.move_one(payment, Place::Invoice(*bill));
                }
            }
        }
        Some(())
    }
    fn move_one(&mut self, payment: usize, to: Place) {
        let coins = &mut self.payments[payment].coins;
        let coin = coins.iter_mut().find(|place| **place == Place::Balance).expect("a coin in the balance");
        *coin = to;
    }
    /// Takes coins out of the balance, of the oldest payment first.
    fn take(&mut self, amount: i128, to: Place) {
        for _ in 0..amount {
            let with_some = (0..self.payments.len()).filter(|at| self.payments[*at].coins.contains(&Place::Balance));
            let oldest = with_some.min_by(|a, b| {
                let order = |at: usize| (self.payments[at].received, self.payments[at].key.clone());
                order(*a).cmp(&order(*b))
            });
            self.move_one(oldest.expect("a payment with a coin in the balance"), to);
        }
    }
    fn new_coins(&mut self, key: Key, sort: Sort, received: i64, worth: i128) {
        let coins = vec![Place::Balance; usize::try_from(worth).expect("not below zero")];
        self.payments.push(Bag { key, sort, received, reversed: false, coins });
    }
    fn undo(&mut self, payment: usize) {
        let one = &mut self.payments[payment];
        one.reversed = true;
        for coin in &mut one.coins {
            *coin = if *coin == Place::GoneBack { Place::Owed } else { Place::Nowhere };
        }
    }
}

struct World {
    account: Account,
    claims: Vec<Claim>,
    entries: Vec<Entry>,
    model: Model,
    today: i64,
    credits: usize,
    refunds: usize,
}

impl World {
    fn new() -> Self {
        let account = Account::new(key("acme"), key("default"), cents(0).currency(), Vec::new(), Vec::new());
        let (claims, entries) = (Vec::new(), Vec::new());
        Self { account, claims, entries, model: Model::default(), today: 10, credits: 0, refunds: 0 }
    }

    /// Takes over what was done. Both must have done it, or neither.
    fn settle(&mut self, done: Result<Change, SettleError>, model: Option<()>) {
        assert_eq!(done.is_ok(), model.is_some(), "{done:?}");
        if let Ok(change) = done {
            self.account.adopt(&change);
            self.entries.extend(change.entries);
        }
    }

    fn post(&mut self, event: String, amount: i128) {
        let draft = EntryDraft::new(event, at(self.today))
            .debit(Role::Receivable, cents(amount))
            .credit(Role::ContractLiability, cents(amount));
        if !draft.is_empty() {
            self.entries.push(draft.balanced().expect("an entry"));
        }
    }

    fn bill(&self, at: usize) -> Key {
        self.claims.get(at).map_or_else(|| key("inv_none"), |claim| claim.document.clone())
    }

    fn pay_key(&self, at: usize) -> Key {
        self.model.payments.get(at).map_or_else(|| key("none"), |one| one.key.clone())
    }

    fn shares(&self, whom: &Whom) -> Option<Vec<Share>> {
        match whom {
            Whom::Oldest => None,
            Whom::Nobody => Some(Vec::new()),
            Whom::One(bill, amount) => Some(vec![Share { document: self.bill(*bill), amount: amount.map(cents) }]),
        }
    }

    fn act(&mut self, act: &Act) {
        self.today += 1;
        let now = at(self.today);
        match act {
            Act::Invoice { total, days, settle } => self.invoice(*total, *days, *settle),
            Act::Pay { amount, fee, days_ago, whom, card } => self.pay(*amount, *fee, *days_ago, whom, *card),
            Act::Allocate { payment, whom } => {
                let shares = self.shares(whom);
                let pays = shares.as_deref().map_or(Pays::OldestDueFirst, Pays::These);
                let done = self.account.allocate(&self.pay_key(*payment), pays, now);
                let usable =
                    self.model.payments.get(*payment).is_some_and(|one| {
                        !one.reversed && one.sort != Sort::Loss && one.coins.contains(&Place::Balance)
                    });
                let model = if usable { self.model.put(*payment, whom) } else { None };
                self.settle(done, model);
            }
            Act::TakeOff { payment, invoice } => {
                let document = invoice.map(|invoice| self.bill(invoice));
                let done = self.account.take_off(&self.pay_key(*payment), document.as_ref(), now);
                let is_there = |place: &Place| match place {
                    Place::Invoice(bill) => invoice.is_none_or(|wanted| wanted == *bill),
                    Place::Balance | Place::GoneBack | Place::Nowhere | Place::Owed => false,
                };
                let one = self.model.payments.get_mut(*payment).filter(|one| one.sort != Sort::Loss);
                let model = one.filter(|one| one.coins.iter().any(is_there)).map(|one| {
                    one.coins.iter_mut().filter(|place| is_there(place)).for_each(|place| *place = Place::Balance);
                });
                self.settle(done, model);
            }
            Act::Apply { invoice, amount } => {
                let done = self.account.apply_balance(&self.bill(*invoice), amount.map(cents), now);
                let (balance, known) = (self.model.balance(), *invoice < self.model.bills.len());
                let due = if known { self.model.due(*invoice) } else { 0 };
                let wanted = amount.unwrap_or(due.min(balance));
                let model = (wanted > 0 && wanted <= due && wanted <= balance)
                    .then(|| self.model.take(wanted, Place::Invoice(*invoice)));
                self.settle(done, model);
            }
            Act::Refund { amount } => {
                self.refunds += 1;
                let refund =
                    Refunding { key: key(&format!("r{}", self.refunds)), amount: cents(*amount), method: Method::Cash };
                let done = self.account.refund(&refund, now);
                let fits = *amount > 0 && *amount <= self.model.balance();
                let model = fits.then(|| self.model.take(*amount, Place::GoneBack));
                self.settle(done, model);
            }
            Act::Reverse { payment } => {
                let done = self.account.reverse(&self.pay_key(*payment), "it bounced", now);
                let one = self.model.payments.get(*payment);
                let model = one.is_some_and(|one| !one.reversed && one.sort != Sort::Credit);
                let model = model.then(|| self.model.undo(*payment));
                self.settle(done, model);
            }
            Act::WriteOff { invoice, amount } => self.write_off(*invoice, *amount),
            Act::Credit { amount, corrects } => self.credit(*amount, *corrects),
            Act::Release { invoice } => self.release(*invoice),
        }
    }

    fn invoice(&mut self, total: i128, days: i64, settle: bool) {
        let number = format!("INV-{:06}", self.claims.len() + 1);
        let (document, now) = (key(&format!("inv_{}", self.claims.len())), at(self.today));
        let (on, due_on) = (day(self.today), day(self.today + days));
        let claim = Claim { document: document.clone(), number, at: now, on, due_on, total: cents(total) };
        self.model.bills.push(Bill { number: claim.number.clone(), total, due_on: self.today + days });
        self.claims.push(claim);
        self.post(format!("document:{document}"), total);
        let known = self.account.payments().to_vec();
        self.account = Account::new(key("acme"), key("default"), cents(0).currency(), self.claims.clone(), known);
        if settle {
            let change = self.account.settle_new(&document, now);
            let bill = self.model.bills.len() - 1;
            let amount = self.model.balance().min(total).max(0);
            self.model.take(amount, Place::Invoice(bill));
            self.settle(change, Some(()));
        }
    }

    fn pay(&mut self, amount: i128, fee: i128, days_ago: i64, whom: &Whom, card: bool) {
        let payment = Payment {
            key: key(&format!("pay-{:03}", self.model.payments.len())),
            customer: key("acme"),
            entity: key("default"),
            method: if card { Method::Card } else { Method::BankTransfer },
            amount: cents(amount),
            fee: (fee > 0).then(|| cents(fee)),
            received_at: at(self.today - days_ago),
            recorded_at: at(self.today),
            reference: None,
            steps: Vec::new(),
        };
        let shares = self.shares(whom);
        let name = payment.key.clone();
        let done = self.account.record(payment, shares.as_deref().map_or(Pays::OldestDueFirst, Pays::These));
        let model = if amount > 0 {
            self.model.new_coins(name, Sort::Money, self.today - days_ago, amount + fee);
            let put = self.model.put(self.model.payments.len() - 1, whom);
            if put.is_none() {
                self.model.payments.pop();
            }
            put
        } else {
            None
        };
        self.settle(done, model);
    }

    fn write_off(&mut self, invoice: usize, amount: Option<i128>) {
        let done =
            self.account.write_off(&self.bill(invoice), amount.map(cents), "it will not be paid", at(self.today));
        let due = if invoice < self.model.bills.len() { self.model.due(invoice) } else { 0 };
        let wanted = amount.unwrap_or(due);
        let model = if wanted > 0 && wanted <= due {
            let name = done.as_ref().map_or_else(|_| key("none"), |change| change.payments[0].key.clone());
            self.model.new_coins(name, Sort::Loss, self.today, wanted);
            self.model.put(self.model.payments.len() - 1, &Whom::One(invoice, Some(wanted)))
        } else {
            None
        };
        self.settle(done, model);
    }

    fn credit(&mut self, amount: i128, corrects: Option<usize>) {
        self.credits += 1;
        let (number, now) = (format!("CN-{:06}", self.credits), at(self.today));
        let document = corrects.map(|bill| self.bill(bill));
        let done = self.account.credit(&number, cents(-amount), (now, now), document.as_ref());
        let known = corrects.is_none_or(|bill| bill < self.model.bills.len());
        let model = if amount > 0 && known {
            self.post(format!("document:{number}"), -amount);
            self.model.new_coins(key(&format!("credit:{number}")), Sort::Credit, self.today, amount);
            let whom = match corrects {
                None => Whom::Oldest,
                Some(bill) if self.model.due(bill) == 0 => Whom::Nobody,
                Some(bill) => Whom::One(bill, None),
            };
            self.model.put(self.model.payments.len() - 1, &whom)
        } else {
            None
        };
        self.settle(done, model);
    }

    fn release(&mut self, invoice: usize) {
        let done = self.account.release(&self.bill(invoice), at(self.today));
        for payment in 0..self.model.payments.len() {
            let here = self.model.payments[payment].coins.contains(&Place::Invoice(invoice));
            match self.model.payments[payment].sort {
                Sort::Loss if here => self.model.undo(payment),
                Sort::Money | Sort::Credit | Sort::Loss => {
                    let coins = self.model.payments[payment].coins.iter_mut();
                    coins.filter(|place| **place == Place::Invoice(invoice)).for_each(|place| *place = Place::Balance);
                }
            }
        }
        self.settle(done, Some(()));
    }

    fn look(&self) {
        let (account, today) = (&self.account, day(self.today));
        assert_eq!(account.inspect().expect("sums"), []);
        let standings = account.standings(today).expect("sums");
        let (mut due, mut naive_due) = (0, 0);
        for standing in &standings {
            let bill = self.claims.iter().position(|claim| claim.document == standing.document).expect("a claim");
            assert_eq!(standing.due.minor(), self.model.due(bill), "{}", standing.number);
            assert!(standing.due.minor() >= 0 && standing.due.minor() <= standing.total.minor());
            due += standing.due.minor();
            naive_due += self.model.due(bill);
        }
        assert_eq!(due, naive_due);
        let balance = account.balance().expect("sums");
        assert_eq!(balance.minor(), self.model.balance());
        let owes = self.model.payments.iter().flat_map(|one| &one.coins).any(|place| *place == Place::Owed);
        assert!(owes || balance.minor() >= 0, "a balance is below zero and no fact says why");
        let ages = account.ages(today).expect("sums");
        assert_eq!(ages.total.minor(), due);
        let parts = [ages.not_due, ages.days_1_to_30, ages.days_31_to_60, ages.days_61_to_90, ages.over_90_days];
        assert_eq!(parts.iter().map(|part| part.minor()).sum::<i128>(), due);
        // the books
        let books = balances(&self.entries).expect("sums");
        let euro = cents(0).currency();
        assert_eq!(books.of(Role::Receivable, euro).minor(), due);
        assert_eq!(books.of(Role::Wallet, euro), balance);
        assert_eq!(Finding::beside_the_books([account], &books).expect("sums"), []);
        for side in [Side::Debit, Side::Credit] {
            for entry in &self.entries {
                assert!(entry.sums(side).expect("sums").values().all(|sum| sum.minor() > 0));
            }
        }
        // the statement
        let days = DateRange::new(day(5), day(self.today + 60)).expect("days");
        let statement = account.statement(days, &Zone::utc()).expect("sums");
        assert_eq!(statement.closing.minor(), due - balance.minor());
        let moved = statement.more.minor() - statement.less.minor();
        assert_eq!(statement.opening.minor() + moved, statement.closing.minor());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn every_cent_is_where_a_model_of_coins_has_it(acts in prop::collection::vec(act(), 1..40)) {
        let mut world = World::new();
        for act in &acts {
            world.act(act);
            world.look();
        }
    }

    #[test]
    fn a_statement_goes_on_where_the_one_before_ended(acts in prop::collection::vec(act(), 1..30), cut in 1i64..40) {
        let mut world = World::new();
        for act in &acts {
            world.act(act);
        }
        let statement = |from, to| {
            let days = DateRange::new(day(from), day(to)).expect("days");
            world.account.statement(days, &Zone::utc()).expect("sums")
        };
        let (first, second, whole) = (statement(0, cut + 5), statement(cut + 5, 100), statement(0, 100));
        prop_assert_eq!(first.closing, second.opening);
        prop_assert_eq!(second.closing, whole.closing);
        prop_assert_eq!(first.rows.len() + second.rows.len(), whole.rows.len());
    }
}
