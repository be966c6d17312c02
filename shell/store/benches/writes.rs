//! Small writes at a time, by 1, 16 and 64 threads, in an SQLite file and in PostgreSQL, both of which wait for the disk.
//! `cargo bench -p store`; the folder for the data is `TMPDIR`.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};
use stdx::Key;
use store::{
    Place, Store, StoreError, Tx, counters,
    entries::{self, Entry, Posting, Side},
    facts::{self, Times},
};
use test_postgres::Cluster;

const FOR: Duration = Duration::from_secs(3);

type Work = fn(&mut Tx<'_>, &Key, usize) -> Result<(), StoreError>;

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    measure("SQLite", &Place::File(folder.path().join("facts.db")));
    let Some(programs) = test_postgres::programs() else {
        eprintln!("!!! NOT MEASURED: no PostgreSQL server programs on this machine; install `postgresql`");
        return;
    };
    let cluster = Cluster::start(&programs, &[]);
    drop(cluster.client("public"));
    measure("PostgreSQL", &Place::Postgres(cluster.url("public")));
}

fn measure(name: &str, place: &Place) {
    let store = Store::open(place).expect("a store");
    let works: [(&str, Work); 3] =
        [("a fact each", fact), ("numbers of one series", number), ("entries in one journal", entry)];
    for (what, work) in works {
        for threads in [1, 16, 64] {
            println!("{name}, {what}, {threads} threads: {}", run(&store, work, threads));
        }
    }
}

/// Writes per second, and how long one takes.
fn run(store: &Store, work: Work, threads: usize) -> String {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let tenant = Key::try_from("us").expect("a key");
    let begin = Instant::now();
    let mut took: Vec<Duration> = thread::scope(|scope| {
        let running: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    let mut took = Vec::new();
                    while begin.elapsed() < FOR {
                        let (n, from) = (COUNT.fetch_add(1, Ordering::Relaxed), Instant::now());
                        store.write(|tx| work(tx, &tenant, n)).expect("written");
                        took.push(from.elapsed());
                    }
                    took
                })
            })
            .collect();
        running.into_iter().flat_map(|thread| thread.join().expect("no panic")).collect()
    });
    let seconds = begin.elapsed().as_millis() as usize;
    took.sort_unstable();
    let at = |percent: usize| took[(took.len() - 1) * percent / 100];
    format!("{} writes/s, median {:.1?}, 99 % {:.1?}", took.len() * 1_000 / seconds, at(50), at(99))
}

fn fact(tx: &mut Tx<'_>, tenant: &Key, n: usize) -> Result<(), StoreError> {
    let times = Times { effective_at: 0, recorded_at: 0 };
    facts::append(tx, tenant, "customer", &format!("c{n}"), times, &"a small body").map(drop)
}

fn number(tx: &mut Tx<'_>, tenant: &Key, n: usize) -> Result<(), StoreError> {
    counters::next(tx, tenant, "invoice")?;
    fact(tx, tenant, n)
}

fn entry(tx: &mut Tx<'_>, tenant: &Key, n: usize) -> Result<(), StoreError> {
    let leg = |account: &str, side| Posting {
        account: account.into(),
        side,
        amount_minor: 500,
        currency: "EUR".into(),
        dimensions: BTreeMap::new(),
    };
    let entry = Entry {
        id: format!("e{n}"),
        book: "ifrs".into(),
        entity: "main".into(),
        business_event: format!("invoice:{n}"),
        rule_version: 1,
        effective_at: 0,
        recorded_at: 0,
        postings: vec![leg("receivable", Side::Debit), leg("revenue", Side::Credit)],
    };
    entries::post(tx, tenant, &entry).map(drop)
}
