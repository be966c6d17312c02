//! `counterfoil serve`

use super::DataDir;
use crate::failure::Done;
use billing::Corrections;
use clap::{Args, ValueEnum};
use engine::{Issuing, Platform, SecretKey, Settings};
use serde::de::DeserializeOwned;
use server::{Access, Server};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use stdx::ToProblem;
use store::Place;
use tracing_subscriber::filter::LevelFilter;
use transport::{Http, Outside, Reach, Smtp, SmtpError};

/// Serve the API, and bill what falls due.
///
/// Whoever asks needs a token: `Authorization: Bearer cf_…`. The first one, an owner's, is made and shown when there is none. Stops on
/// Ctrl-C or SIGTERM, after what has begun is finished.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  counterfoil serve\n  counterfoil serve --data /var/lib/counterfoil --backups /var/backups/counterfoil --listen 127.0.0.1:9000"
)]
pub(crate) struct Serve {
    #[command(flatten)]
    dir: DataDir,
    #[command(flatten)]
    listen: Listen,
    #[command(flatten)]
    log: Log,
    /// Ask for no token: whoever reaches the address can do everything. Only at an address of this machine.
    #[arg(long)]
    open: bool,
    /// The key with which secrets are sealed, such as those of webhooks: 32 bytes in base64. It is never kept with the data.
    #[arg(long, value_name = "KEY", env = "COUNTERFOIL_SECRET_KEY", hide_env_values = true)]
    secret_key: Option<String>,
    /// Let webhooks be at addresses of this machine and its networks.
    #[arg(long)]
    private_webhooks: bool,
    #[command(flatten)]
    mail: MailSettings,
    /// Who makes a claim of a draft: `automatic`, the billing run; or `by-hand`, a person with POST /v1/invoices/{id}/issue.
    #[arg(long, value_name = "WHO", default_value = "automatic", value_parser = setting::<Issuing>)]
    issuing: Issuing,
    /// When a difference on a billed cycle is billed: with the `next-invoice`, or `at-once`.
    #[arg(long, value_name = "WHEN", default_value = "next-invoice", value_parser = setting::<Corrections>)]
    corrections: Corrections,
    /// Where backups are put that are asked for with `counterfoil backup --server` or POST /v1/backups; without it none are made.
    #[arg(long, value_name = "DIR", env = "COUNTERFOIL_BACKUPS")]
    backups: Option<PathBuf>,
}

/// Reads a setting by the word that files and the API use, with hyphens as on a command line.
fn setting<T: DeserializeOwned>(word: &str) -> Result<T, String> {
    serde_json::from_value(word.replace('-', "_").into()).map_err(|error| error.to_string())
}

/// Where the API is.
#[derive(Debug, Args)]
pub(crate) struct Listen {
    /// The address of the API; port 0 is any free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080", env = "COUNTERFOIL_LISTEN")]
    pub listen: SocketAddr,
}

/// How e-mail is sent.
#[derive(Debug, Args)]
struct MailSettings {
    /// The mail server: smtps://user:password@host:465, or smtp://user:password@host:587 for STARTTLS. Without it no e-mail is sent.
    #[arg(long, value_name = "SERVER", env = "COUNTERFOIL_SMTP", hide_env_values = true, requires = "mail_from")]
    smtp: Option<String>,
    /// From whom e-mail is: billing@example.com, or "Billing <billing@example.com>".
    #[arg(long, value_name = "SENDER", env = "COUNTERFOIL_MAIL_FROM")]
    mail_from: Option<String>,
}

impl MailSettings {
    fn smtp(&self) -> Result<Option<Smtp>, SmtpError> {
        self.smtp.as_ref().zip(self.mail_from.as_ref()).map(|(server, from)| Smtp::new(server, from)).transpose()
    }
}

/// What the log says, and how.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Log {
    /// From which level on: `error`, `warn`, `info`, `debug` (each request), `trace`.
    #[arg(long = "log", value_name = "LEVEL", default_value = "info", env = "COUNTERFOIL_LOG")]
    level: LevelFilter,
    /// Lines for people, or one JSON object on each line for a collector.
    #[arg(long, value_name = "FORM", value_enum, default_value_t = LogForm::Text, env = "COUNTERFOIL_LOG_FORM")]
    log_form: LogForm,
}

/// How a line of the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LogForm {
    Text,
    Json,
}

impl Log {
    /// Only what somebody should look at.
    pub(crate) const WARNINGS: Self = Self { level: LevelFilter::WARN, log_form: LogForm::Text };

    /// Begins a log on the standard error.
    pub(crate) fn begin(self) {
        let log = tracing_subscriber::fmt().with_max_level(self.level).with_writer(std::io::stderr);
        match self.log_form {
            LogForm::Text => log.init(),
            LogForm::Json => log.json().init(),
        }
    }
}

impl Serve {
    pub(crate) fn run(self) -> Done {
        self.log.begin();
        let settings = Settings { corrections: self.corrections, issuing: self.issuing };
        let access = if self.open { Access::Open } else { Access::Tokens };
        let place = self.dir.place()?;
        let elsewhere = Some(place.facts.clone()).filter(|facts| matches!(facts, Place::Postgres(_)));
        let mut platform = Platform::open(place, settings)?;
        if let Some(backups) = &self.backups {
            platform = platform.keeping_backups_in(backups);
        }
        if let Some(key) = &self.secret_key {
            platform = platform.with_secret_key(SecretKey::parse(key).map_err(|problem| problem.at("--secret-key"))?);
        }
        let platform = Arc::new(platform);
        let reach = if self.private_webhooks { Reach::Private } else { Reach::Public };
        let outside = Outside { http: Http::new(reach), smtp: self.mail.smtp().map_err(|error| error.problem())? };
        let server = Server::bind(platform.clone(), self.listen.listen, access)?.telling_by(Arc::new(outside));
        println!("Counterfoil at http://{}/docs, data in {}", server.address(), self.dir.data.display());
        if let Some(facts) = &elsewhere {
            println!("Facts and books in {facts}");
        }
        if access == Access::Tokens
            && let Some(first) = platform.first_key()?
        {
            println!("The first key, an owner's, shown this once: {}", first.secret);
        }
        server.run()?;
        Ok(ExitCode::SUCCESS)
    }
}
