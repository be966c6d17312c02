//! Where imported events go.

use crate::failure::Failure;
use engine::{Engine, Incoming, Outcome};
use metering::Event;
use serde::Deserialize;
use stdx::Problem;

/// A data directory, or a server.
pub(crate) enum Target {
    /// The directory that this process has open.
    Directory(Box<Engine>),
    /// A server, by the address of its events.
    Server {
        /// `http://…/v1/events`
        events: String,
        token: Option<String>,
        agent: ureq::Agent,
    },
}

/// The part of the server's answer that is looked at.
#[derive(Deserialize)]
struct Ingested {
    outcomes: Vec<Outcome>,
}

impl Target {
    /// The server at an address.
    pub(crate) fn server(url: &str, token: Option<String>) -> Result<Self, Problem> {
        if !url.starts_with("http://") {
            return Err(Problem::new("invalid_url", "This is not the address of a server")
                .detail(format!("`{url}` does not begin with http://"))
                .at("--url")
                .mend("give an address such as http://127.0.0.1:8080; reach a server behind TLS through a tunnel"));
        }
        let agent = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
        Ok(Self::Server { events: format!("{}/v1/events", url.trim_end_matches('/')), token, agent })
    }

    /// Takes a batch; the answer has one outcome for each event, in order.
    pub(crate) fn ingest(&self, batch: Vec<Event>) -> Result<Vec<Outcome>, Failure> {
        match self {
            Self::Directory(engine) => Ok(engine.ingest(batch.into_iter().map(Incoming::Event).collect())?.outcomes),
            Self::Server { events, token, agent } => send(events, token.as_deref(), agent, &batch),
        }
    }
}

fn send(url: &str, token: Option<&str>, agent: &ureq::Agent, batch: &[Event]) -> Result<Vec<Outcome>, Failure> {
    let failed = |what: String| {
        Failure::from(
            Problem::new("server_unreachable", "The server does not take the events")
                .detail(format!("{url}: {what}"))
                .mend("check the address and the server, and run the import again: what it has is not counted twice"),
        )
    };
    let lines: Vec<String> =
        batch.iter().map(serde_json::to_string).collect::<Result<_, _>>().map_err(|error| failed(error.to_string()))?;
    let mut request = agent.post(url).header("content-type", "application/x-ndjson");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let mut response = request.send(lines.join("\n")).map_err(|error| failed(error.to_string()))?;
    let text =
        response.body_mut().with_config().limit(1 << 28).read_to_string().map_err(|error| failed(error.to_string()))?;
    if !response.status().is_success() {
        let told = serde_json::from_str::<Problem>(&text).map_or(text, |problem| problem.to_string());
        return Err(failed(format!("{}: {told}", response.status())));
    }
    let Ingested { outcomes } = serde_json::from_str(&text).map_err(|error| failed(error.to_string()))?;
    if outcomes.len() == batch.len() {
        return Ok(outcomes);
    }
    Err(failed(format!("it answered to {} of {} events", outcomes.len(), batch.len())))
}
