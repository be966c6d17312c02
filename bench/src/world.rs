//! A company with as many customers as are wanted: one is made through the API, and its rows are copied under other keys, which is a
//! thousand times faster. Their usage is put into the store as a server does.

use crate::client::{Client, request};
use crate::cluster::{Cluster, told};
use crate::events::mix;
use crate::held::tenant;
use crate::run::progress;
use crate::server::Server;
use calendar::{Date, Instant, Zone};
use rusqlite::Connection;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};
use usage::{JsonForm, LogStore, Outcome, UsageStore};

/// What is sold: a fee, seats, and two metered prices with tiers, all billed after the month.
const PRICING: &str = r#"
meters:
  tokens: { event: llm.completion, aggregate: { sum: "properties.tokens" } }
  calls: { event: api.call, aggregate: count }
plans:
  hybrid:
    currency: EUR
    every: month
    prices:
      fee: { flat: "49.00", in: arrears, prorate: day }
      seats: { per_unit: "12.00", quantity: seats, in: arrears, prorate: day }
      tokens:
        meter: tokens
        graduated: [ { up_to: 10_000, each: "0" }, { up_to: 100_000, each: "0.0004" }, { each: "0.00025" } ]
      calls:
        meter: calls
        graduated: [ { up_to: 20, each: "0.10" }, { each: "0.08" } ]
"#;
/// The customer that is copied. A word that stands nowhere else in its rows.
const TEMPLATE: &str = "template";
/// Days of usage.
pub(crate) const DAYS: i64 = 30;
const DAY: i64 = 86_400_000_000;

/// Where facts are.
#[derive(Debug, Clone)]
pub(crate) enum Facts {
    /// In the data directory.
    Sqlite,
    /// In a database of a server; its address and its name.
    Postgres(String, String),
}

/// A data directory and what belongs to it.
pub(crate) struct World {
    /// The folder of the server, with `data` in it.
    pub(crate) folder: PathBuf,
    pub(crate) facts: Facts,
    /// A key of an owner.
    pub(crate) key: String,
    /// The day on which all subscribed.
    start: Date,
}

/// How a customer of a number is named.
pub(crate) fn name(number: u64) -> String {
    format!("c{number:07}")
}

/// Now, as a server sees it.
pub(crate) fn now() -> Result<Instant, String> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).map_err(|error| error.to_string())?;
    let micros = i64::try_from(since.as_micros()).map_err(|error| error.to_string())?;
    Instant::from_micros(micros).map_err(|error| error.to_string())
}

impl Facts {
    /// A database of its own on a server.
    pub(crate) fn on(cluster: &Cluster, name: &str) -> Result<Self, String> {
        cluster.connect()?.batch_execute(&format!("CREATE DATABASE {name}")).map_err(told)?;
        Ok(Self::Postgres(cluster.url(name), name.to_owned()))
    }

    /// What the program is told of it.
    pub(crate) fn words(&self) -> Vec<String> {
        match self {
            Self::Sqlite => Vec::new(),
            Self::Postgres(url, _) => vec!["--database".to_owned(), url.clone()],
        }
    }
}

impl World {
    /// One that has a pricing and the customer that is copied, who subscribed some days ago, and is not served.
    pub(crate) fn new(program: &Path, folder: &Path, facts: Facts, days_ago: i64) -> Result<Self, String> {
        let start = Zone::utc().date_of(now()?).plus_days(-days_ago).map_err(|error| error.to_string())?;
        let mut world = Self { folder: folder.to_owned(), facts, start, key: String::new() };
        std::fs::create_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let server = Server::start_at(program, &folder.join("run"), &world.data(), &world.facts.words(), None)?;
        let mut client = Client::open(server.address)?;
        let mut post = |path: &str, media: &str, body: &str| {
            client.ask(&request(&server.token, "POST", path, media, body)).map(drop)
        };
        post("/v1/pricing", "application/yaml", PRICING)?;
        post("/v1/customers", "application/json", &json!({ "key": TEMPLATE, "name": TEMPLATE }).to_string())?;
        let subscription = json!({
            "key": TEMPLATE, "customer": TEMPLATE, "plan": "hybrid", "quantities": { "seats": "7" }, "start": start.to_string(),
        });
        post("/v1/subscriptions", "application/json", &subscription.to_string())?;
        world.key.clone_from(&server.token);
        Ok(world)
    }

    /// Serves it.
    pub(crate) fn serve(&self, program: &Path, more: &[&str]) -> Result<Server, String> {
        let words: Vec<String> =
            self.facts.words().into_iter().chain(more.iter().map(|word| (*word).to_owned())).collect();
        Server::start_at(program, &self.folder.join("run"), &self.data(), &words, Some(&self.key))
    }

    /// The data directory.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// Copies the customer under so many other keys, as if all had subscribed when they began. So there are one more.
    pub(crate) fn fill(&self, cluster: Option<&Cluster>, count: u64) -> Result<(), String> {
        progress(&format!("making {count} customers"));
        match (&self.facts, cluster) {
            (Facts::Sqlite, _) => self.fill_sqlite(count).map_err(|error| error.to_string()),
            (Facts::Postgres(_, name), Some(cluster)) => self.fill_postgres(cluster, name, count),
            (Facts::Postgres(..), None) => Err("there is no server to fill".to_owned()),
        }
    }

    fn fill_sqlite(&self, count: u64) -> Result<(), Box<dyn std::error::Error>> {
        let mut database = Connection::open(self.data().join("facts.db"))?;
        let body: String = database.query_row(SUBSCRIPTION, [], |row| row.get(0))?;
        let body = backdated(&body)?;
        let tx = database.transaction()?;
        let numbers = format!("WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {count})");
        let key = "printf('c%07d', i)";
        tx.execute(&customers(&numbers, "n", key, ""), [])?;
        tx.execute(&subscriptions(&numbers, "n", key, "", "?1"), [body])?;
        tx.execute(&places(&numbers, "n", key, self.over()?), [])?;
        tx.commit()?;
        Ok(())
    }

    /// When nobody's first month is over yet, in microseconds since 1970.
    fn over(&self) -> Result<i64, String> {
        let at = Zone::utc().start_of(self.start).plus_micros(28 * DAY);
        at.map(Instant::micros).map_err(|error| error.to_string())
    }

    fn fill_postgres(&self, cluster: &Cluster, name: &str, count: u64) -> Result<(), String> {
        let mut client = cluster.connect_to(name)?;
        let row = client.query_one(&SUBSCRIPTION.replace("SELECT body", "SELECT body::text"), &[]).map_err(told)?;
        let body = backdated(row.get(0)).map_err(|error| error.to_string())?;
        let numbers = format!("WITH n AS (SELECT generate_series(0, {}) AS i)", count - 1);
        let key = "('c' || lpad(i::text, 7, '0'))";
        client.execute(&customers(&numbers, "n", key, "::json"), &[]).map_err(told)?;
        client.execute(&subscriptions(&numbers, "n", key, "::json", "$1::text"), &[&body]).map_err(told)?;
        client.execute(&places(&numbers, "n", key, self.over()?), &[]).map_err(told)?;
        client.batch_execute("VACUUM ANALYZE").map_err(told)
    }

    /// Puts usage into the store: each customer one event of each meter on each of 30 days.
    pub(crate) fn use_up(&self, count: u64) -> Result<u64, String> {
        progress(&format!("taking {} events", count * 60));
        let store = LogStore::open(self.data().join("usage")).map_err(|error| error.to_string())?;
        let start = Zone::utc().start_of(self.start);
        let received_at = now()?;
        let (tenant, mut events, mut lines) = (tenant()?, 0, String::new());
        for day in 0..DAYS {
            for customer in 0..count {
                crate::stop::check()?;
                let at = start.plus_micros(day * DAY + i64::try_from(customer % 86_000).unwrap_or(0) * 1_000_000);
                let at = at.map_err(|error| error.to_string())?;
                let (subject, tokens) = (name(customer), mix(customer * 31 + day.unsigned_abs()) % 20_000);
                let _ = writeln!(
                    lines,
                    r#"{{"source":"b","id":"t{customer}-{day}","type":"llm.completion","subject":"{subject}","time":"{at}","data":{{"tokens":{tokens}}}}}"#
                );
                let _ = writeln!(
                    lines,
                    r#"{{"source":"b","id":"c{customer}-{day}","type":"api.call","subject":"{subject}","time":"{at}","data":{{}}}}"#
                );
                if lines.len() > 1 << 20 || (day + 1 == DAYS && customer + 1 == count) {
                    let taken = store.ingest_json(&tenant, lines.as_bytes(), JsonForm::Lines, received_at);
                    let taken = taken.map_err(|error| error.to_string())?;
                    events += taken.iter().filter(|outcome| matches!(outcome, Outcome::Accepted { .. })).count() as u64;
                    lines.clear();
                }
            }
        }
        if events == count * DAYS.unsigned_abs() * 2 {
            Ok(events)
        } else {
            Err(format!("{events} of {} events were accepted", count * DAYS.unsigned_abs() * 2))
        }
    }
}

const SUBSCRIPTION: &str =
    "SELECT body FROM document WHERE tenant = 'default' AND kind = 'subscription' AND id = 'template'";

fn customers(numbers: &str, table: &str, key: &str, cast: &str) -> String {
    format!(
        "{numbers} INSERT INTO fact (tenant, kind, key, version, effective_at, recorded_at, body)
         SELECT 'default', 'customer', {key}, 1, t.effective_at, t.recorded_at, replace(CAST(t.body AS TEXT), 'template', {key}){cast}
         FROM fact t, {table} WHERE t.tenant = 'default' AND t.kind = 'customer' AND t.key = 'template'"
    )
}

fn subscriptions(numbers: &str, table: &str, key: &str, cast: &str, body: &str) -> String {
    format!(
        "{numbers} INSERT INTO document (tenant, kind, id, customer, status, sort_at, version, body)
         SELECT 'default', 'subscription', {key}, {key}, t.status, t.sort_at, 1, replace({body}, 'template', {key}){cast}
         FROM document t, {table} WHERE t.tenant = 'default' AND t.kind = 'subscription' AND t.id = 'template'"
    )
}

/// When the bill of each is to be drawn.
fn places(numbers: &str, table: &str, key: &str, at: i64) -> String {
    format!(
        "{numbers} INSERT INTO bill_due (tenant, customer, at, counts_to, touched)
         SELECT 'default', {key}, {at}, -9223372036854775807, 1 FROM {table}"
    )
}

/// The subscription as if it had been recorded when it began.
fn backdated(body: &str) -> Result<String, serde_json::Error> {
    let mut subscription: Value = serde_json::from_str(body)?;
    for change in subscription["changes"].as_array_mut().into_iter().flatten() {
        change["recorded_at"] = change["effective_at"].clone();
    }
    serde_json::to_string(&subscription)
}
