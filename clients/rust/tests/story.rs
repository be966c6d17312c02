//! A business, from its pricing to its next bill, over the real server.

use counterfoil_client::types::{Closing, Customer, Event, NewSubscription, Touch};
use counterfoil_client::{
    Client, Error, GetSubscriptionQuery, GetUsageQuery, ListCustomersQuery, ListSubscriptionsQuery, PreviewInvoiceQuery,
};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

const PRICING: &str = r#"
meters:
  calls: { event: call, aggregate: count }
plans:
  basic:
    currency: EUR
    every: month
    prices:
      fee: { flat: "30.00", in: advance }
      calls: { meter: calls, per_unit: "0.10" }
"#;

/// `counterfoil serve` over a directory of its own.
struct Server {
    process: Child,
    address: String,
    _dir: tempfile::TempDir,
}

impl Server {
    fn start() -> Self {
        let program = std::env::var_os("COUNTERFOIL_PROGRAM").map_or_else(
            || {
                // beside the tests in the target folder
                let test = std::env::current_exe().expect("this test");
                test.ancestors().nth(2).expect("a folder").join("counterfoil")
            },
            PathBuf::from,
        );
        let dir = tempfile::tempdir().expect("a directory");
        let mut process = Command::new(&program)
            .args(["serve", "--open", "--listen", "127.0.0.1:0", "--data"])
            .arg(dir.path().join("data"))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}; run `cargo build -p counterfoil`", program.display()));
        let said = BufReader::new(process.stdout.take().expect("its output"));
        let address = said.lines().map_while(Result::ok).find_map(|line| {
            let (_, rest) = line.split_once("http://")?;
            let end = rest.find(|c: char| c != '.' && c != ':' && !c.is_ascii_digit()).unwrap_or(rest.len());
            Some(rest[..end].to_owned())
        });
        Self { process, address: address.expect("it serves"), _dir: dir }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Hands each connection on; the answer to the first is thrown away once the server has given it.
fn losing(to: String) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    let count = Arc::new(AtomicUsize::new(0));
    let connections = count.clone();
    thread::spawn(move || {
        for near in listener.incoming().map_while(Result::ok) {
            let lose = connections.fetch_add(1, Ordering::SeqCst) == 0;
            let Ok(far) = TcpStream::connect(&to) else { return };
            let (Ok(from), Ok(back)) = (near.try_clone(), far.try_clone()) else { return };
            thread::spawn(move || pump(from, far, false));
            thread::spawn(move || pump(back, near, lose));
        }
    });
    (address, count)
}

fn pump(mut from: TcpStream, mut to: TcpStream, lose: bool) {
    let mut bytes = [0; 8_192];
    while let Ok(count @ 1..) = from.read(&mut bytes) {
        if lose || to.write_all(&bytes[..count]).is_err() {
            break;
        }
    }
    let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
}

fn now(client: &Client) -> String {
    client.get_clock().send().expect("the time").value.now
}

#[test]
fn a_business_from_its_pricing_to_its_next_bill() {
    let server = Server::start();
    let direct = Client::new(&format!("http://{}", server.address));
    let (address, connections) = losing(server.address.clone());
    let client = Client::new(&address).with_tries(5, Duration::from_millis(10));
    // the first answer is lost: the request is sent again with the same key, and done once
    let applied = client.apply_pricing(PRICING).send().expect("applied");
    assert_eq!((applied.value.version, applied.replayed), (1, true));
    let customer = |key: &str| Customer { zone: Some("UTC".into()), ..Customer::new(key.into(), String::new()) };
    let made = client.add_customer(&customer("acme")).reason("a test").send().expect("added");
    assert_eq!((made.value.key.as_str(), made.etag.as_deref()), ("acme", Some("\"1\"")));
    let now = now(&direct);
    let start = now[..10].to_owned();
    let wish = NewSubscription { start: Some(start.clone()), ..NewSubscription::new("acme".into(), "basic".into()) };
    let tried = client.subscribe(&wish).dry_run().send().expect("tried");
    assert_eq!(tried.impact.map(|impact| impact.money), Some(Touch::Changed));
    let all = ListSubscriptionsQuery::default();
    assert_eq!(client.list_subscriptions(&all).send().expect("listed").value.items, []);
    client.subscribe(&wish).send().expect("subscribed");

    let events = (0..1_500).map(|number| Event {
        properties: Some([("n".to_owned(), number.into())].into()),
        ..Event::new(now.clone(), number.to_string(), "call".into(), "test".into(), "acme".into())
    });
    connections.store(0, Ordering::SeqCst);
    let fresh = Client::new(&address).with_tries(5, Duration::from_millis(10));
    let sent = fresh.send_all_events(events).expect("sent");
    // of the first batch the answer was lost: its events were taken once
    assert_eq!((sent.accepted, sent.duplicates, sent.outcomes.len()), (500, 1_000, 1_500));
    let asked = GetUsageQuery {
        customer: Some("acme".into()),
        meter: "calls".into(),
        from: start,
        to: "2099-01-01".into(),
        ..GetUsageQuery::default()
    };
    let usage = client.get_usage(&asked).send().expect("usage").value;
    assert_eq!(usage.usage[0].measured.quantity, "1500");
    let preview = client.preview_invoice("acme", &PreviewInvoiceQuery::default()).send().expect("a preview").value;
    let lines = preview.documents.iter().flat_map(|document| &document.lines);
    let calls: Vec<&str> =
        lines.filter(|line| line.key.price.price == "calls").map(|line| line.amount.amount.as_str()).collect();
    assert_eq!(calls, ["150.00"]);

    for number in 0..7 {
        client.add_customer(&customer(&format!("c{number}"))).send().expect("added");
    }
    let pages = client.list_customers_all(&ListCustomersQuery { limit: Some(3), ..ListCustomersQuery::default() });
    let keys: Vec<String> = pages.map(|found| found.expect("a customer").key).collect();
    assert_eq!(keys, ["acme", "c0", "c1", "c2", "c3", "c4", "c5", "c6"]);

    let taken = client.add_customer(&customer("acme")).send().expect_err("taken");
    assert_eq!(taken.code(), Some("already_exists"));
    let tag =
        client.get_subscription("acme", &GetSubscriptionQuery::default()).send().expect("there").etag.expect("a tag");
    let end = |day: &str| Closing { effective: Some(day.into()), ..Closing::default() };
    client.end_subscription("acme", &end("2099-01-01")).if_match(&tag).send().expect("ended");
    let stale = client.end_subscription("acme", &end("2099-02-01")).if_match(&tag).send().expect_err("stale");
    assert_eq!(stale.code(), Some("changed_meanwhile"));
    let unknown = client.get_clock().if_match(&tag).send().expect_err("not known");
    assert!(matches!(unknown, Error::Unknown("if-match")), "{unknown}");
}

#[test]
fn where_nobody_answers_it_is_told_after_the_last_try() {
    let client = Client::new("http://127.0.0.1:9").with_tries(2, Duration::from_millis(1));
    assert!(matches!(client.get_clock().send(), Err(Error::Unreachable(_))));
}
