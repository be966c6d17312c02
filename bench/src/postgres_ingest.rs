//! What one writes first with PostgreSQL: a table with a unique index on the identity, and batches of which what is there already is left out.

use crate::cluster::{Cluster, told};
use crate::events::{Mold, Shape, TENANT};
use crate::load::{Load, Numbers};
use crate::process::{Children, cpu_millis};
use crate::stop;
use metering::Event;
use postgres::{Client, Statement};
use std::io::Write;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

const BATCH: u64 = 1_000;

const TABLES: &str = "
    CREATE TABLE event (tenant text, source text, id text, name text, subject text, at timestamptz, received_at timestamptz,
                        properties jsonb, PRIMARY KEY (tenant, source, id))";
const INSERT: &str = "
    INSERT INTO event (tenant, source, id, name, subject, at, received_at, properties)
    SELECT $1, source, id, name, subject, at, now(), properties::jsonb
    FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::text[])
         AS new (source, id, name, subject, at, properties)
    ON CONFLICT DO NOTHING";
const TEMPORARY: &str = "
    CREATE TEMP TABLE new (source text, id text, name text, subject text, at timestamptz, properties jsonb)
    ON COMMIT DELETE ROWS";
const COPY: &str = "COPY new (source, id, name, subject, at, properties) FROM STDIN";
const TAKE: &str = "
    INSERT INTO event (tenant, source, id, name, subject, at, received_at, properties)
    SELECT $1, source, id, name, subject, at, now(), properties FROM new ON CONFLICT DO NOTHING";

/// How a batch comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// One statement with arrays.
    Insert,
    /// COPY into a temporary table, and from there.
    Copy,
}

/// The events of a batch, as the statements take them.
#[derive(Default)]
struct Columns {
    source: Vec<String>,
    id: Vec<String>,
    name: Vec<String>,
    subject: Vec<String>,
    at: Vec<SystemTime>,
    time: Vec<String>,
    properties: Vec<String>,
}

impl Columns {
    fn of(mold: &mut Mold, first: u64) -> Result<Self, String> {
        let events: Vec<serde_json::Value> =
            serde_json::from_slice(mold.stamp(first)).map_err(|error| format!("own events are no JSON: {error}"))?;
        let mut columns = Self::default();
        for value in events {
            let event = Event::from_json(&value.to_string()).map_err(|problem| format!("own event: {problem:?}"))?;
            let micros = u64::try_from(event.at.micros()).unwrap_or(0);
            columns.at.push(UNIX_EPOCH + Duration::from_micros(micros));
            columns.time.push(event.at.to_string());
            columns.properties.push(value["properties"].to_string());
            columns.source.push(event.source);
            columns.id.push(event.id);
            columns.name.push(event.name);
            columns.subject.push(event.subject);
        }
        Ok(columns)
    }

    /// As lines of COPY; none of the values has a tab, a line break or a backslash.
    fn lines(&self) -> String {
        let mut text = String::new();
        for row in 0..self.id.len() {
            let fields = [&self.source, &self.id, &self.name, &self.subject, &self.time, &self.properties]
                .map(|column| column[row].as_str());
            text.push_str(&fields.join("\t"));
            text.push('\n');
        }
        text
    }
}

/// Batches that are ready to be sent, of one connection.
enum Ready {
    Arrays(Vec<Columns>),
    Texts(Vec<String>),
}

/// Makes the table anew.
pub(crate) fn empty_table(cluster: &Cluster) -> Result<(), String> {
    cluster.connect()?.batch_execute(&format!("DROP TABLE IF EXISTS event; {TABLES}")).map_err(told)
}

/// Sends batches over so many connections, until the time is over or what was made before is sent.
///
/// # Errors
/// What the server says; a batch of which not every event was new.
pub(crate) fn run(
    cluster: &Cluster,
    way: Way,
    connections: u64,
    numbers: &Numbers,
    (time, most): (Duration, u64),
) -> Result<Load, String> {
    let senders = (0..connections)
        .map(|_| Ok((prepare(way, (most / connections).div_ceil(BATCH).max(1), numbers)?, session(cluster, way)?)))
        .collect::<Result<Vec<_>, String>>()?;
    let start = Barrier::new(senders.len() + 1);
    let (pid, own) = (cluster.pid(), std::process::id());
    let cpu = || (cpu_millis(pid, Children::Counted), cpu_millis(own, Children::LeftOut));
    // the connections stay until the computing time of their processes is read
    let (before, began, parts) = thread::scope(|scope| {
        let threads: Vec<_> = senders
            .into_iter()
            .map(|(ready, session)| {
                let start = &start;
                scope.spawn(move || {
                    start.wait();
                    send(ready, session, time)
                })
            })
            .collect();
        let (before, began) = (cpu(), Instant::now());
        start.wait();
        let parts: Vec<_> =
            threads.into_iter().map(|one| one.join().map_err(|_| "a sender failed".to_owned())).collect();
        (before, began, parts)
    });
    let mut load = Load { time: began.elapsed(), ..Load::default() };
    let after = cpu();
    (load.server_millis, load.own_millis) = (after.0 - before.0, after.1 - before.1);
    for part in parts {
        load.events += part??.0;
    }
    Ok(load)
}

fn prepare(way: Way, batches: u64, numbers: &Numbers) -> Result<Ready, String> {
    let mut mold = Mold::new(Shape::Array, BATCH, numbers.take(1), 100_000_000);
    let made = (0..batches).map(|_| Columns::of(&mut mold, numbers.take(BATCH))).collect::<Result<Vec<_>, _>>()?;
    Ok(match way {
        Way::Insert => Ready::Arrays(made),
        Way::Copy => Ready::Texts(made.iter().map(Columns::lines).collect()),
    })
}

fn session(cluster: &Cluster, way: Way) -> Result<(Client, Statement), String> {
    let mut client = cluster.connect()?;
    let statement = match way {
        Way::Insert => client.prepare(INSERT),
        Way::Copy => client.batch_execute(TEMPORARY).and_then(|()| client.prepare(TAKE)),
    };
    Ok((client, statement.map_err(told)?))
}

/// The events that were sent, and the connection, so that it stays open.
fn send(ready: Ready, (mut client, statement): (Client, Statement), time: Duration) -> Result<(u64, Client), String> {
    let began = Instant::now();
    let mut events = 0;
    let mut count = |taken: Result<u64, postgres::Error>| {
        stop::check()?;
        match taken.map_err(told)? {
            BATCH => events += BATCH,
            other => return Err(format!("{BATCH} new events were sent to PostgreSQL and {other} taken")),
        }
        Ok(began.elapsed() < time)
    };
    match ready {
        Ready::Arrays(batches) => {
            for Columns { source, id, name, subject, at, properties, .. } in batches {
                if !count(client.execute(&statement, &[&TENANT, &source, &id, &name, &subject, &at, &properties]))? {
                    break;
                }
            }
        }
        Ready::Texts(batches) => {
            for lines in batches {
                if !count(copy(&mut client, &statement, &lines))? {
                    break;
                }
            }
        }
    }
    Ok((events, client))
}

fn copy(client: &mut Client, take: &Statement, lines: &str) -> Result<u64, postgres::Error> {
    let mut transaction = client.transaction()?;
    let mut writer = transaction.copy_in(COPY)?;
    // an error of the connection is told by what follows
    let _ = writer.write_all(lines.as_bytes());
    writer.finish()?;
    let taken = transaction.execute(take, &[&TENANT])?;
    transaction.commit()?;
    Ok(taken)
}
