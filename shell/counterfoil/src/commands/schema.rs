//! `counterfoil schema`

use super::serve::Serve;
use clap::{Args, ValueEnum};
use std::process::ExitCode;

/// Print the schema of a file format, or of the API.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  counterfoil schema pricing > pricing.schema.json")]
pub(crate) struct Schema {
    /// Of what.
    of: Of,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Of {
    /// JSON Schema of pricing files.
    Pricing,
    /// JSON Schema of scenario files: what is offered, what happens, and what must come out.
    Scenario,
    /// JSON Schema of files with the settings of `serve`.
    Config,
    /// OpenAPI 3.1 document of the API.
    Openapi,
}

impl Schema {
    pub(crate) fn run(self) -> ExitCode {
        match self.of {
            Of::Pricing => println!("{:#}", catalog::schema()),
            Of::Scenario => println!("{:#}", engine::scenario::schema()),
            Of::Config => println!("{:#}", crate::config::schema::<Serve>()),
            Of::Openapi => println!("{:#}", server::openapi()),
        }
        ExitCode::SUCCESS
    }
}
