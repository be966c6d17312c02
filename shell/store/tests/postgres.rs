//! What only a server can get into: other processes, cut connections, a commit whose answer is lost, encryption.

use postgres::{Client, NoTls};
use std::{
    collections::BTreeMap,
    fs::Permissions,
    io::{Read, Write},
    net::TcpListener,
    os::unix::{
        fs::{MetadataExt, PermissionsExt, chown},
        net::{UnixListener, UnixStream},
    },
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    thread,
    time::Duration,
};
use stdx::Key;
use store::{
    Notice, Place, Store, StoreError, Tx, counters,
    entries::{self, Entry, Posted, Posting, Side},
    facts::{self, Times},
    jobs,
};
use test_postgres::{Cluster, Schema};

fn us() -> Key {
    Key::try_from("us").unwrap()
}

fn place(url: &str) -> Place {
    url.parse().unwrap()
}

/// Two stores on one database, as two processes have them.
fn two(schema: &Schema) -> [Store; 2] {
    [Store::open(place(&schema.url())).unwrap(), Store::open(place(&schema.url())).unwrap()]
}

fn sale(n: i64, who: usize) -> Entry {
    let leg = |account: &str, side| Posting {
        account: account.into(),
        side,
        amount_minor: 100 + n,
        currency: "EUR".into(),
        dimensions: BTreeMap::new(),
    };
    Entry {
        id: format!("e{n}-{who}"),
        book: "ifrs".into(),
        entity: "main".into(),
        business_event: format!("invoice:{n}"),
        rule_version: 1,
        effective_at: n,
        recorded_at: n,
        postings: vec![leg("receivable", Side::Debit), leg("revenue", Side::Credit)],
    }
}

/// Runs the work of eight threads, four in each of two processes.
fn race<T: Send>(stores: &[Store; 2], work: impl Fn(&Store, usize) -> T + Sync) -> Vec<T> {
    thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|thread| {
                let (store, work) = (&stores[thread % 2], &work);
                scope.spawn(move || work(store, thread))
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

#[test]
fn two_processes_take_every_number_once_and_post_every_event_once() {
    let Some(schema) = Schema::new() else { return };
    let stores = two(&schema);
    let done = race(&stores, |store, thread| {
        let post = |n| {
            store.write(|tx| {
                let posted = entries::post(tx, &us(), &sale(n, thread))?;
                match posted {
                    Posted::New(_) => Ok(Some(counters::next(tx, &us(), "invoice")?)),
                    Posted::Already(_) => Ok::<_, StoreError>(None),
                }
            })
        };
        (1..=12).map(|n| post(n).unwrap()).collect::<Vec<_>>()
    });
    let mut numbers: Vec<i64> = done.into_iter().flatten().flatten().collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=12).collect::<Vec<_>>());
    let journal = stores[0].read(|tx| entries::journal(tx, &us(), 0, 100)).unwrap();
    assert_eq!(journal.iter().map(|booked| booked.seq).collect::<Vec<_>>(), (1..=12).collect::<Vec<_>>());
}

#[test]
fn facts_of_two_processes_about_one_thing_get_different_versions() {
    let Some(schema) = Schema::new() else { return };
    let stores = two(&schema);
    let times = Times { effective_at: 0, recorded_at: 0 };
    let versions = race(&stores, |store, thread| {
        (0..8)
            .map(|_| store.write(|tx| facts::append(tx, &us(), "plan", "scale", times, &thread)).unwrap())
            .collect::<Vec<_>>()
    });
    let mut versions: Vec<i64> = versions.into_iter().flatten().collect();
    versions.sort_unstable();
    assert_eq!(versions, (1..=64).collect::<Vec<_>>());
}

#[test]
fn a_job_is_claimed_by_one_of_many_runners() {
    let Some(schema) = Schema::new() else { return };
    let stores = two(&schema);
    for n in 0..40 {
        let (id, key) = (format!("j{n}"), format!("k{n}"));
        let new = jobs::New { id: &id, kind: "bill", key: &key, args: &n, run_at: 0, now: 0 };
        stores[0].write(|tx| jobs::add(tx, &us(), &new)).unwrap();
    }
    let claimed = race(&stores, |store, _| {
        let mut mine = Vec::new();
        loop {
            let found = store.write(|tx| jobs::claim::<i64>(tx, &us(), ["bill", "none"], 1, 100, 2)).unwrap();
            if found.is_empty() {
                return mine;
            }
            mine.extend(found.into_iter().map(|job| job.args));
        }
    });
    let mut claimed: Vec<i64> = claimed.into_iter().flatten().collect();
    claimed.sort_unstable();
    assert_eq!(claimed, (0..40).collect::<Vec<_>>());
}

#[test]
fn one_has_the_tenant_at_a_time_among_threads_and_processes() {
    let Some(schema) = Schema::new() else { return };
    let stores = two(&schema);
    let inside = AtomicU32::new(0);
    race(&stores, |store, _| {
        for _ in 0..5 {
            let alone = store.exclusive(&us()).unwrap();
            assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0, "somebody else is inside");
            // what was read in one transaction is still so in the next
            let before = store.read(|tx| facts::latest::<i64>(tx, &us(), "count", "count")).unwrap();
            let next = before.map_or(1, |fact| fact.body + 1);
            let times = Times { effective_at: 0, recorded_at: 0 };
            let version = store.write(|tx| facts::append(tx, &us(), "count", "count", times, &next)).unwrap();
            assert_eq!(version, next);
            assert!(matches!(store.exclusive(&us()), Err(StoreError::Other(_))), "a thread does not wait for itself");
            inside.fetch_sub(1, Ordering::SeqCst);
            drop(alone);
        }
    });
    // another tenant does not wait
    let _ours = stores[0].exclusive(&us()).unwrap();
    thread::scope(|scope| {
        let other = scope.spawn(|| stores[1].exclusive(&Key::try_from("them").unwrap()).map(drop));
        assert_eq!(other.join().unwrap(), Ok(()));
    });
}

/// Ends the connections of the program to a schema, as an administrator or a restart does.
fn cut(schema: &Schema) {
    let mut client = schema.cluster.client(&schema.name);
    // others of this test binary use the same server
    let mine = "SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN pg_stat_activity a USING (pid)
                WHERE a.application_name = 'counterfoil' AND l.locktype = 'advisory'
                AND (l.classid::bigint << 32 | l.objid::bigint) = hashtextextended('counterfoil:' || current_schema() || ':us', 0)";
    assert_eq!(client.query(mine, &[]).unwrap().len(), 1);
}

#[test]
fn who_lost_the_tenant_with_the_connection_writes_nothing_more() {
    let Some(schema) = Schema::new() else { return };
    let [store, other] = two(&schema);
    let alone = store.exclusive(&us()).unwrap();
    assert_eq!(store.write(|tx| counters::next(tx, &us(), "invoice")), Ok(1));
    cut(&schema);
    // now another process may have it
    drop(other.exclusive(&us()).unwrap());
    for _ in 0..2 {
        let late = store.write(|tx| counters::next(tx, &us(), "invoice"));
        assert!(matches!(late, Err(StoreError::Unreachable(_))), "{late:?}");
        let late = store.read(|tx| facts::latest::<i64>(tx, &us(), "a", "a"));
        assert!(matches!(late, Err(StoreError::Unreachable(_))), "{late:?}");
    }
    drop(alone);
    let _again = store.exclusive(&us()).unwrap();
    assert_eq!(store.write(|tx| counters::next(tx, &us(), "invoice")), Ok(2));
}

/// What a go-between does with the first COMMIT that passes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Commit {
    /// The server gets it and its answer is lost.
    Arrives,
    /// The server never gets it.
    IsLost,
}

/// Stands between the program and the server, and cuts the line once, at a commit.
fn go_between(folder: &Path, server: PathBuf, commit: Commit) -> Arc<AtomicBool> {
    let listener = UnixListener::bind(folder.join(".s.PGSQL.5432")).unwrap();
    let is_armed = Arc::new(AtomicBool::new(false));
    let armed = Arc::clone(&is_armed);
    thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            let server = UnixStream::connect(&server).unwrap();
            let (mut from_server, mut to_client) = (server.try_clone().unwrap(), client.try_clone().unwrap());
            thread::spawn(move || std::io::copy(&mut from_server, &mut to_client));
            let armed = Arc::clone(&armed);
            thread::spawn(move || pass_on(client, server, commit, &armed));
        }
    });
    is_armed
}

fn pass_on(mut client: UnixStream, mut server: UnixStream, commit: Commit, armed: &AtomicBool) {
    let mut buffer = vec![0; 65_536];
    while let Ok(length) = client.read(&mut buffer) {
        let message = &buffer[..length];
        let is_commit = message.windows(6).any(|word| word == b"COMMIT");
        if length == 0 || (is_commit && armed.swap(false, Ordering::SeqCst)) {
            if is_commit {
                client.shutdown(std::net::Shutdown::Both).unwrap();
            }
            if is_commit && commit == Commit::Arrives {
                server.write_all(message).unwrap();
                // the server ends the transaction before it sees that nobody is there
                thread::sleep(Duration::from_millis(200));
            }
            let _ = server.shutdown(std::net::Shutdown::Both);
            return;
        }
        if server.write_all(message).is_err() {
            return;
        }
    }
}

#[test]
fn a_write_happens_once_when_the_answer_to_its_commit_is_lost() {
    for commit in [Commit::Arrives, Commit::IsLost] {
        let Some(schema) = Schema::new() else { return };
        let folder = tempfile::tempdir().unwrap();
        let address = schema.address();
        let server = address.split_whitespace().next().and_then(|host| host.strip_prefix("host=")).unwrap();
        let armed = go_between(folder.path(), Path::new(server).join(".s.PGSQL.5432"), commit);
        let here = folder.path().display().to_string().replace('/', "%2F");
        let url = format!("postgres://postgres@{here}/postgres?options=-c%20search_path%3D{}", schema.name);
        let store = Store::open(place(&url)).unwrap();
        assert_eq!(store.write(|tx| counters::next(tx, &us(), "invoice")), Ok(1));
        armed.store(true, Ordering::SeqCst);
        let runs = AtomicU32::new(0);
        let number = store.write(|tx| {
            runs.fetch_add(1, Ordering::SeqCst);
            counters::next(tx, &us(), "invoice")
        });
        assert_eq!(number, Ok(2), "{commit:?}");
        let expected = if commit == Commit::Arrives { 1 } else { 2 };
        assert_eq!(runs.load(Ordering::SeqCst), expected, "{commit:?}");
        assert_eq!(store.write(|tx| counters::next(tx, &us(), "invoice")), Ok(3), "{commit:?}");
    }
}

#[test]
fn connections_that_were_cut_are_made_again() {
    let Some(schema) = Schema::new() else { return };
    let store = Store::open(place(&schema.url())).unwrap();
    for round in 1..=3 {
        let pid = store.exclusive(&us()).map(|_alone| cut(&schema));
        assert_eq!(pid, Ok(()));
        assert_eq!(store.write(|tx| counters::next(tx, &us(), "invoice")), Ok(round));
    }
}

#[test]
fn an_address_where_no_server_is_says_so() {
    let nowhere = Store::open(place("postgres://nobody@127.0.0.1:1/nothing?connect_timeout=1"));
    let error = nowhere.map(drop).unwrap_err();
    assert!(matches!(&error, StoreError::Unreachable(why) if why.contains("refused")), "{error:?}");
    if let Some(schema) = Schema::new() {
        let url = schema.url().replace("/postgres?", "/no_such_database?");
        assert!(matches!(Store::open(place(&url)), Err(StoreError::Other(why)) if why.contains("no_such_database")));
    }
}

#[test]
fn a_store_may_be_dropped_where_waiting_is_not_allowed() {
    let Some(schema) = Schema::new() else { return };
    let store = Store::open(place(&schema.url())).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async move { drop(store) });
}

/// A text of its own, so that what a row says can be asked of the server.
#[test]
fn a_body_lies_in_the_server_as_it_was_written() {
    let Some(schema) = Schema::new() else { return };
    let store = Store::open(place(&schema.url())).unwrap();
    let body = serde_json::json!({"z": 1, "a": "1.10"});
    let append =
        |tx: &mut Tx<'_>| facts::append(tx, &us(), "plan", "scale", Times { effective_at: 0, recorded_at: 0 }, &body);
    store.write(append).unwrap();
    let mut client: Client = Client::connect(&schema.address(), NoTls).unwrap();
    let row = client.query_one("SELECT body::text, body ->> 'a', pg_typeof(recorded_at)::text FROM fact", &[]).unwrap();
    assert_eq!(row.get::<_, String>(0), body.to_string());
    assert_eq!((row.get::<_, String>(1), row.get::<_, String>(2)), ("1.10".into(), "bigint".into()));
}

/// A server that speaks TLS on a port, with a certificate that it signed itself; and the file of that certificate.
fn encrypted(folder: &Path) -> Option<(Cluster, u16, PathBuf)> {
    let programs = test_postgres::programs()?;
    let made = rcgen::generate_simple_self_signed(vec!["127.0.0.1".into()]).unwrap();
    let (certificate, key) = (folder.join("server.crt"), folder.join("server.key"));
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    std::fs::set_permissions(folder, Permissions::from_mode(0o755)).unwrap();
    std::fs::set_permissions(&key, Permissions::from_mode(0o600)).unwrap();
    if let Ok(postgres) = std::fs::metadata("/var/lib/postgresql") {
        // where the test is root, the server runs as another user; where it is not, the key is the server's already
        let _ = chown(&key, Some(postgres.uid()), Some(postgres.gid()));
    }
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let settings = [
        "fsync=off".to_owned(),
        "listen_addresses=127.0.0.1".to_owned(),
        format!("port={port}"),
        "ssl=on".to_owned(),
        format!("ssl_cert_file={}", certificate.display()),
        format!("ssl_key_file={}", key.display()),
    ];
    let settings: Vec<&str> = settings.iter().flat_map(|setting| ["-c", setting]).collect();
    Some((Cluster::start(&programs, &settings), port, certificate))
}

#[test]
fn the_way_is_encrypted_and_the_certificate_is_verified() {
    let folder = tempfile::tempdir().unwrap();
    let Some((_cluster, port, certificate)) = encrypted(folder.path()) else { return };
    let at = |query: &str| Store::open(place(&format!("postgres://postgres@127.0.0.1:{port}/postgres?{query}")));
    let trusted = format!("sslmode=verify-full&sslrootcert={}", certificate.display());
    let store = at(&trusted).unwrap();
    assert_eq!(store.write(|tx| counters::next(tx, &us(), "invoice")), Ok(1));
    let stranger = at("sslmode=require").map(drop).unwrap_err();
    assert!(stranger.to_string().contains("certificate"), "{stranger}");
    assert!(at("sslmode=disable").is_ok(), "the server takes both");
}

#[test]
fn a_process_hears_what_others_changed_and_not_what_it_told_itself() {
    let Some(schema) = Schema::new() else { return };
    let stores = two(&schema);
    let [mut one, mut two] = [&stores[0], &stores[1]].map(|store| store.notices().unwrap().unwrap());
    let told: Vec<Notice> = (0..900)
        .map(|n| Notice { tenant: Key::try_from(format!("t{n}").as_str()).unwrap(), what: "catalog".into() })
        .collect();
    one.tell(&told).unwrap();
    let mut heard = Vec::new();
    while heard.len() < told.len() {
        let more = two.heard(Duration::from_secs(10)).unwrap();
        assert!(!more.is_empty(), "{} of {} were heard", heard.len(), told.len());
        heard.extend(more);
    }
    assert_eq!(heard, told);
    assert_eq!(one.heard(Duration::from_millis(50)).unwrap(), []);
    // another installation in the same database hears nothing of it
    let other = Schema::new().unwrap();
    let mut third = Store::open(place(&other.url())).unwrap().notices().unwrap().unwrap();
    one.tell(&told[..1]).unwrap();
    assert_eq!(third.heard(Duration::from_millis(200)).unwrap(), []);
    assert!(Store::memory().unwrap().notices().unwrap().is_none());
}
