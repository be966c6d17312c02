//! Real usage, end to end: two production LLM services, every request of an afternoon, billed by the program as a user runs it.
//!
//! The trace (AzurePublicDataset, `AzureLLMInferenceTrace_{code,conv}.csv`, CC-BY 4.0) is not part of the repository. Where it lies beside it, or in
//! the directory that `COUNTERFOIL_TRACE_DIR` names, the test bills it; else it bills rows of the same shape that it makes itself.

use billing::Invoice;
use calendar::Zone;
use contracts::Customer;
use engine::{DocumentCursor, Engine, NewSubscription, Settings, Which};
use money::Ratio;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// One service of the trace: its file, and what the file adds up to.
struct Service {
    name: &'static str,
    file: PathBuf,
    requests: u64,
    context_tokens: i128,
    generated_tokens: i128,
}

/// The services of the real trace with the totals that come with it.
fn real() -> Option<Vec<Service>> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/azure-llm-2023");
    let dir = std::env::var_os("COUNTERFOIL_TRACE_DIR").map_or(beside, PathBuf::from);
    let totals: serde_json::Value =
        serde_json::from_slice(&std::fs::read(dir.join("totals.json")).ok()?).expect("totals");
    let service = |name: &'static str| {
        let total = |field: &str| totals[name][field].as_u64().expect("a total");
        Service {
            name,
            file: dir.join(format!("{name}.csv")),
            requests: total("requests"),
            context_tokens: total("context_tokens").into(),
            generated_tokens: total("generated_tokens").into(),
        }
    };
    Some(vec![service("code"), service("conv")])
}

/// Services of the same shape: 28,185 requests within an hour, with seven digits after the second and carriage returns.
fn made(dir: &Path) -> Vec<Service> {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut next = move |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    };
    let mut make = |name: &'static str, requests: u64, most: u64| {
        let (mut text, mut context_tokens, mut generated_tokens) =
            (String::from("TIMESTAMP,ContextTokens,GeneratedTokens\r\n"), 0, 0);
        for number in 0..requests {
            let tenths = number * 3_600 * 10_000_000 / requests + next(1_000_000);
            let (seconds, fraction) = (tenths / 10_000_000, tenths % 10_000_000);
            let (context, generated) = (1 + next(14_000), 1 + next(most));
            context_tokens += i128::from(context);
            generated_tokens += i128::from(generated);
            let (minute, second) = (seconds / 60 % 60, seconds % 60);
            let hour = 18 + seconds / 3_600;
            writeln!(text, "2023-11-16 {hour}:{minute:02}:{second:02}.{fraction:07},{context},{generated}\r")
                .expect("written");
        }
        let file = dir.join(format!("{name}.csv"));
        std::fs::write(&file, text).expect("written");
        Service { name, file, requests, context_tokens, generated_tokens }
    };
    vec![make("code", 8_819, 60), make("conv", 19_366, 400)]
}

fn counterfoil(arguments: &[&str]) {
    let done = Command::new(env!("CARGO_BIN_EXE_counterfoil")).args(arguments).output().expect("runs");
    let told = String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "counterfoil {}: {told}", arguments.join(" "));
}

fn subscribe(engine: &Engine, name: &str) {
    let key: stdx::Key = name.try_into().expect("key");
    engine.add_customer(Customer::new(key.clone(), name, Zone::utc())).expect("customer");
    let start = Some("2023-11-01".parse().expect("day"));
    engine
        .subscribe(NewSubscription { start, ..NewSubscription::to(key, "tokens".try_into().expect("key")) })
        .expect("subscribed");
    engine.end_subscription(name, "2023-12-01".parse().expect("day"), contracts::Credit::Unused).expect("ended");
}

/// The invoices of both services, after the program has imported the files into a fresh directory.
fn billed(services: &[Service]) -> Vec<Invoice> {
    let data = tempfile::tempdir().expect("a directory");
    let dir = data.path().to_str().expect("a path");
    let pricing = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/recipes/azure-llm-trace.pricing.yaml");
    counterfoil(&["apply", pricing, "--data", dir]);
    for service in services {
        let file = service.file.to_str().expect("a path");
        let columns = ["time=TIMESTAMP", "context_tokens=ContextTokens", "generated_tokens=GeneratedTokens"];
        let mut arguments =
            vec!["import", "events", file, "--data", dir, "--type", "llm.request", "--subject", service.name];
        for column in columns {
            arguments.extend(["--map", column]);
        }
        counterfoil(&arguments);
        // again: every event is known
        counterfoil(&arguments);
    }
    let engine = Engine::open(data.path(), Settings::default()).expect("opens");
    for service in services {
        subscribe(&engine, service.name);
    }
    let run = engine.bill().expect("bills");
    assert!(run.failures.is_empty() && run.notes.is_empty(), "{run:?}");
    let page = engine.invoices(Which::All, &DocumentCursor::start(), 10).expect("invoices");
    page.into_iter().map(|found| found.body).collect()
}

#[test]
fn quantities_equal_the_totals_of_the_trace() {
    let made_here = tempfile::tempdir().expect("a directory");
    let services = real().unwrap_or_else(|| made(made_here.path()));
    let invoices = billed(&services);
    assert_eq!(invoices.len(), services.len());
    for service in &services {
        let invoice = invoices.iter().find(|invoice| invoice.customer.as_str() == service.name).expect("an invoice");
        let line =
            |price: &str| invoice.lines.iter().find(|line| line.key.price.price.as_str() == price).expect("a line");
        assert_eq!(line("context").quantity, Ratio::from_int(service.context_tokens));
        assert_eq!(line("generated").quantity, Ratio::from_int(service.generated_tokens));
        let measured = line("context").worth.parts[0].measured.as_ref().expect("measured");
        assert_eq!(measured.events, service.requests);
        // independently: cents of the graduated price, rounded half away from zero
        let expected = cents(service.context_tokens, &[(1_000_000, 25), (20_000_000, 20)], 15)
            + cents(service.generated_tokens, &[(1_000_000, 100)], 80);
        assert_eq!(invoice.total.minor(), expected, "{}", service.name);
    }
}

/// Tokens at graduated prices in ten-millionths of a dollar, in cents.
fn cents(tokens: i128, tiers: &[(i128, i128)], rest: i128) -> i128 {
    let (mut below, mut sum) = (0, 0);
    for (up_to, each) in tiers {
        sum += (tokens.min(*up_to) - below).max(0) * each;
        below = *up_to;
    }
    sum += (tokens - below).max(0) * rest;
    (sum + 50_000) / 100_000
}
