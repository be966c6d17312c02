//! The server on a real port: it answers, and bills what falls due by itself.

use engine::Platform;
use server::Access;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

fn ask(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("it listens");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
    stream.write_all(request.as_bytes()).expect("it takes the request");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    answer
}

fn get(address: SocketAddr, path: &str) -> String {
    ask(address, &format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"))
}

fn platform() -> Arc<Platform> {
    Arc::new(Platform::in_memory("2026-04-01T00:00:00Z".parse().expect("an instant")).expect("a platform"))
}

fn bind(platform: &Arc<Platform>, address: SocketAddr) -> Result<server::Server, server::ServeError> {
    server::Server::bind(platform.clone(), address, Access::Open)
}

#[test]
fn an_open_server_is_for_this_machine_alone() {
    let refused = bind(&platform(), "0.0.0.0:0".parse().expect("an address")).err().expect("refused");
    assert_eq!(stdx::ToProblem::problem(&refused).code, "open_to_others");
}

#[test]
fn a_server_answers_and_bills_by_itself() {
    let platform = platform();
    let engine = platform.engine(&Platform::default_tenant()).expect("an engine");
    let pricing = "plans: { basic: { currency: EUR, every: month, prices: { fee: { flat: 30 } } } }";
    engine.apply_pricing(&catalog::PricingFile::parse(pricing, "p").expect("a pricing")).expect("applied");
    let key = || "acme".try_into().expect("a key");
    engine.add_customer(contracts::Customer::new(key(), "Acme", calendar::Zone::utc())).expect("added");
    engine.subscribe(engine::NewSubscription::to(key(), "basic".try_into().expect("a key"))).expect("subscribed");

    let server = bind(&platform, "127.0.0.1:0".parse().expect("an address")).expect("a free port");
    let address = server.address();
    // it serves until the process ends
    std::thread::spawn(move || server.run());

    assert!(get(address, "/healthz").starts_with("HTTP/1.1 200 OK\r\n"));
    let deadline = Instant::now() + Duration::from_secs(20);
    while !get(address, "/v1/invoices").contains("INV-000001") {
        assert!(Instant::now() < deadline, "nothing was billed");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn an_address_that_is_taken_is_told() {
    let first = bind(&platform(), "127.0.0.1:0".parse().expect("an address")).expect("a free port");
    let second = bind(&platform(), first.address()).err().expect("taken");
    let problem = stdx::ToProblem::problem(&second);
    assert_eq!(problem.code, "cannot_listen");
    assert!(problem.detail.contains(&first.address().to_string()), "{problem}");
}
