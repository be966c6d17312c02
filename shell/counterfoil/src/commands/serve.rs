//! `counterfoil serve`

use super::DataDir;
use crate::config::{Config, Effective, effective};
use crate::failure::{Done, Failure};
use clap::{ArgAction, Args, ValueEnum};
use engine::{Platform, SecretKey, Settings};
use server::{Access, Connections, Rates, SECONDS, Server, Tls, measured_besides_by};
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use stdx::{Problem, ToProblem};
use store::Place;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::prelude::*;
use transport::{Http, Measures, Outside, Reach, Smtp, SmtpError, Traces, TracesError};

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
    config: Config,
    #[command(flatten)]
    dir: DataDir,
    #[command(flatten)]
    listen: Listen,
    #[command(flatten)]
    log: Log,
    #[command(flatten)]
    lines: Lines,
    #[command(flatten)]
    often: Often,
    /// Ask for no token: whoever reaches the address can do everything. Only at an address of this machine.
    #[arg(long, value_name = "BOOL", env = "COUNTERFOIL_OPEN", default_value_t, action = ArgAction::Set, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    open: bool,
    /// The key with which secrets are sealed, such as those of webhooks: 32 bytes in base64. It is never kept with the data.
    #[arg(long, value_name = "KEY", env = "COUNTERFOIL_SECRET_KEY", hide_env_values = true)]
    secret_key: Option<String>,
    /// Let webhooks be at addresses of this machine and its networks.
    #[arg(long, value_name = "BOOL", env = "COUNTERFOIL_PRIVATE_WEBHOOKS", default_value_t, action = ArgAction::Set, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    private_webhooks: bool,
    /// Let identity providers be at addresses of this machine and its networks.
    #[arg(long, value_name = "BOOL", env = "COUNTERFOIL_PRIVATE_IDENTITY_PROVIDERS", default_value_t, action = ArgAction::Set, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    private_identity_providers: bool,
    #[command(flatten)]
    mail: MailSettings,
    /// Send traces and metrics to an OpenTelemetry collector by OTLP over HTTP: http://127.0.0.1:4318. Without it none are sent.
    #[arg(long, value_name = "URL", env = "COUNTERFOIL_OTLP")]
    otlp: Option<String>,
    /// Where backups are put that are asked for with `counterfoil backup --server` or POST /v1/backups; without it none are made.
    #[arg(long, value_name = "DIR", env = "COUNTERFOIL_BACKUPS")]
    backups: Option<PathBuf>,
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

/// How connections are encrypted, and what they may take.
#[derive(Debug, Args)]
struct Lines {
    /// Speak TLS with this certificate: a PEM file, the server's own first. It is read anew on SIGHUP. Together with --tls-key.
    #[arg(long, value_name = "FILE", env = "COUNTERFOIL_TLS_CERT")]
    tls_cert: Option<PathBuf>,
    /// The private key of the certificate: a PEM file.
    #[arg(long, value_name = "FILE", env = "COUNTERFOIL_TLS_KEY")]
    tls_key: Option<PathBuf>,
    /// So many connections at once; others wait. Each takes one of the files that the process may have open.
    #[arg(long, value_name = "COUNT", env = "COUNTERFOIL_CONNECTIONS", default_value_t = 800, value_parser = clap::value_parser!(u32).range(1..))]
    connections: u32,
    /// A connection on which no whole request came for so many seconds is closed, idle or slow. Longer than a proxy before it keeps its own.
    #[arg(long, value_name = "SECONDS", env = "COUNTERFOIL_IDLE_TIMEOUT", default_value_t = 75, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    idle_timeout: u64,
}

impl Lines {
    fn tls(&self) -> Result<Option<Tls>, Failure> {
        match (&self.tls_cert, &self.tls_key) {
            (Some(certificate), Some(key)) => Ok(Some(Tls::load(certificate, key).map_err(|error| error.problem())?)),
            (None, None) => Ok(None),
            (Some(_), None) | (None, Some(_)) => {
                let problem = Problem::new("tls_incomplete", "TLS needs a certificate and its key")
                    .detail("one of --tls-cert and --tls-key is not given")
                    .mend("give both, or neither where TLS ends at a proxy");
                Err(problem.into())
            }
        }
    }

    fn connections(&self) -> Connections {
        Connections {
            most: self.connections.try_into().unwrap_or(usize::MAX),
            idle: Duration::from_secs(self.idle_timeout),
        }
    }
}

/// How often may be asked.
#[derive(Debug, Args)]
struct Often {
    /// So many requests a second by each user and key, on average over ten seconds; 0 is as many as they like. Events are counted apart.
    #[arg(long, value_name = "COUNT", env = "COUNTERFOIL_RATE_LIMIT", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(..=10_000_000))]
    rate_limit: u32,
    /// So many requests with events a second by each user and key; 0 is as many as they like.
    #[arg(long, value_name = "COUNT", env = "COUNTERFOIL_RATE_LIMIT_EVENTS", default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(..=10_000_000))]
    rate_limit_events: u32,
    /// So many requests a second without a good token by each address; 0 is as many as they like.
    #[arg(long, value_name = "COUNT", env = "COUNTERFOIL_RATE_LIMIT_STRANGERS", default_value_t = 50, value_parser = clap::value_parser!(u32).range(..=10_000_000))]
    rate_limit_strangers: u32,
    /// So many proxies stand before the server and add to X-Forwarded-For who asked them; what is further to the left is not believed.
    #[arg(long, value_name = "COUNT", env = "COUNTERFOIL_PROXIES", default_value_t = 0, value_parser = clap::value_parser!(u32).range(..=100))]
    proxies: u32,
}

impl Often {
    fn rates(&self) -> Rates {
        Rates {
            requests: NonZeroU32::new(self.rate_limit),
            events: NonZeroU32::new(self.rate_limit_events),
            strangers: NonZeroU32::new(self.rate_limit_strangers),
            proxies: self.proxies.try_into().unwrap_or(usize::MAX),
        }
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

    /// Begins a log on the standard error, and traces where they are sent somewhere.
    pub(crate) fn begin_with(self, traces: Option<&Traces>) {
        let Some(traces) = traces else { return self.begin() };
        let log = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
        let log = match self.log_form {
            LogForm::Text => log.boxed(),
            LogForm::Json => log.json().boxed(),
        };
        let spans = traces.layer().with_filter(LevelFilter::INFO);
        tracing_subscriber::registry().with(spans).with(log.with_filter(self.level)).init();
    }

    /// Begins a log on the standard error.
    pub(crate) fn begin(self) {
        let log = tracing_subscriber::fmt().with_max_level(self.level).with_writer(std::io::stderr);
        match self.log_form {
            LogForm::Text => log.init(),
            LogForm::Json => log.json().init(),
        }
    }
}

/// Serves as the command line, the environment and the file of settings say.
pub(crate) fn run() -> Done {
    let Effective { settings, told } = effective::<Serve>()?;
    if settings.config.print_config {
        for setting in &told {
            println!("{setting}");
        }
        return Ok(ExitCode::SUCCESS);
    }
    settings.run()
}

impl Serve {
    fn run(self) -> Done {
        let otlp = self.otlp.as_deref();
        let told = otlp.map(|address| Ok((Traces::to(address)?, Measures::to(address)?))).transpose();
        let told = told.map_err(|error: TracesError| error.problem().at("--otlp"))?;
        self.log.begin_with(told.as_ref().map(|(traces, _)| traces));
        if let Some((_, measures)) = &told {
            measured_besides_by(measures.recorder(&SECONDS));
        }
        let served = self.serve();
        // what was done until the end is told too
        if let Some((traces, measures)) = told {
            traces.finish();
            measures.finish();
        }
        served
    }

    fn serve(self) -> Done {
        let tls = self.lines.tls()?;
        let access = if self.open { Access::Open } else { Access::Tokens };
        let place = self.dir.place()?;
        let elsewhere = Some(place.facts.clone()).filter(|facts| matches!(facts, Place::Postgres(_)));
        let mut platform = Platform::open(place, Settings::default())?;
        if let Some(backups) = &self.backups {
            platform = platform.keeping_backups_in(backups);
        }
        if let Some(key) = &self.secret_key {
            platform = platform.with_secret_key(SecretKey::parse(key).map_err(|problem| problem.at("--secret-key"))?);
        }
        let reach = if self.private_identity_providers { Reach::Private } else { Reach::Public };
        let platform = Arc::new(platform.with_web(Arc::new(Http::new(reach))));
        let reach = if self.private_webhooks { Reach::Private } else { Reach::Public };
        let outside = Outside { http: Http::new(reach), smtp: self.mail.smtp().map_err(|error| error.problem())? };
        let scheme = if tls.is_some() { "https" } else { "http" };
        let server = Server::bind(platform.clone(), self.listen.listen, access)?.telling_by(Arc::new(outside));
        let server = server.with_connections(self.lines.connections()).with_rates(self.often.rates()).with_tls(tls);
        println!("Counterfoil at {scheme}://{}/docs, data in {}", server.address(), self.dir.data.display());
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
