//! `counterfoil demo`

use super::Database;
use super::serve::{Listen, Log};
use crate::demo::{Story, tell};
use crate::failure::{Done, Failure};
use crate::text::table;
use billing::{Invoice, Line, render_line};
use clap::Args;
use engine::{Clock, Engine, Platform, Settings, SystemClock};
use indicatif::HumanCount;
use server::{Access, Server};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use stdx::Problem;

/// Serve a company to look around in: an AI company with three plans, fifty customers and three months of usage until now.
///
/// It is built in a few seconds, in a temporary directory that is removed at the end, or in the directory that is given.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  counterfoil demo\n  counterfoil demo --data ./demo-data --exit")]
pub(crate) struct Demo {
    /// An empty directory to build it in, which is kept.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    #[command(flatten)]
    facts: Database,
    #[command(flatten)]
    listen: Listen,
    /// Build it, print it, and serve nothing.
    #[arg(long)]
    exit: bool,
}

impl Demo {
    pub(crate) fn run(self) -> Done {
        let temporary = tempfile::Builder::new().prefix("counterfoil-demo-").tempdir();
        let temporary = temporary.map_err(|why| Failure::file(&std::env::temp_dir(), &why))?;
        let dir = self.data.as_deref().unwrap_or(temporary.path());
        println!("Building a company …");
        let place = self.facts.beside(dir)?;
        let story = tell(&place, SystemClock.now())?;
        println!("{}", told(&story));
        let platform = Arc::new(Platform::open(place, Settings::default())?);
        let engine = platform.engine(&Platform::default_tenant())?;
        print_line(&engine, &story)?;
        if self.exit {
            return Ok(ExitCode::SUCCESS);
        }
        Log::WARNINGS.begin();
        let server = Server::bind(platform, self.listen.listen, Access::Open)?;
        println!("{}", to_try(server.address(), &story)?);
        server.run()?;
        Ok(ExitCode::SUCCESS)
    }
}

/// What there is, and the first invoices.
fn told(story: &Story) -> String {
    let Story { customers, events, invoices, from, until } = story;
    let (events, count) = (HumanCount(*events as u64), HumanCount(invoices.len() as u64));
    let rows = invoices.iter().filter(|invoice| !invoice.total.is_zero()).take(8).map(|invoice| {
        let lines = invoice.lines.len().to_string();
        let number = invoice.number().unwrap_or("draft").to_owned();
        vec![number, invoice.on.to_string(), invoice.customer.to_string(), lines, invoice.total.to_string()]
    });
    let rows = table(&["number", "date", "customer", "lines", "total"], &["lines", "total"], rows);
    format!(
        "{customers} customers on 3 plans, {events} events since {from}, {count} invoices up to {until}. The first of them:\n\n{rows}\n"
    )
}

/// The invoice with the most to explain.
fn richest(story: &Story) -> Option<&Invoice> {
    let plain = story.invoices.iter().filter(|invoice| !invoice.lines.iter().any(Line::is_correction));
    plain.max_by_key(|invoice| (invoice.lines.len(), invoice.total.minor()))
}

/// One line, down to the events.
fn print_line(engine: &Engine, story: &Story) -> Result<(), Failure> {
    let Some(invoice) = richest(story) else { return Ok(()) };
    let tiered = invoice.lines.iter().find(|line| line.key.price.price.as_str() == "output_large");
    if let Some(line) = tiered.or(invoice.lines.last()) {
        let zone = engine.customer(invoice.customer.as_str())?.zone;
        println!("A line of {} explains itself:\n\n{}", invoice.number().unwrap_or_default(), render_line(line, &zone));
    }
    Ok(())
}

fn to_try(address: SocketAddr, story: &Story) -> Result<String, Problem> {
    let invoice = richest(story).ok_or_else(|| {
        Problem::new("demo_without_invoice", "The demo has no invoice")
            .detail("nothing was billed")
            .mend("report this as a defect")
    })?;
    let Invoice { customer, id, .. } = invoice;
    let time = story.until;
    let month = &story.invoices.last().map_or(story.from, |last| last.on).to_string()[..7];
    Ok(format!(
        "Open  http://{address}/docs\n\n\
         Try   curl 'http://{address}/v1/invoices/{id}/explanation'\n\
         \u{20}     curl 'http://{address}/v1/customers/{customer}/preview?as=text'\n\
         \u{20}     curl 'http://{address}/v1/usage?meter=requests&customer={customer}&from={month}-01&to={time}&by=model'\n\
         \u{20}     curl 'http://{address}/v1/balances'\n\
         \u{20}     curl 'http://{address}/v1/events' -H 'Content-Type: application/json' -d \
         '{{\"source\":\"me\",\"id\":\"1\",\"type\":\"llm.completion\",\"subject\":\"{customer}\",\"time\":\"{time}\",\"data\":{{\"model\":\"large\",\"input_tokens\":1000,\"output_tokens\":2000000}}}}'\n\
         \u{20}     … and the preview again: what was used is on it\n\n\
         Ctrl-C stops it."
    ))
}
