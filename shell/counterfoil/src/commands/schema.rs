//! `counterfoil schema`

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
    /// JSON Schema of the expectations of scenario files.
    Scenario,
    /// OpenAPI 3.1 document of the API.
    Openapi,
}

impl Schema {
    pub(crate) fn run(self) -> ExitCode {
        match self.of {
            Of::Pricing => println!("{:#}", catalog::schema()),
            Of::Scenario => println!("{:#}", engine::scenario::schema()),
            Of::Openapi => println!("{:#}", server::openapi()),
        }
        ExitCode::SUCCESS
    }
}
