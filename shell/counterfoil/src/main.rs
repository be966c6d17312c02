//! `counterfoil`: the whole system in one program. Each command is a file in `commands`.

mod commands;
mod config;
mod demo;
mod failure;
mod import;
mod text;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use failure::Failure;
use std::process::ExitCode;

/// Usage in, explained invoices out.
#[derive(Debug, Parser)]
#[command(version, about, propagate_version = true, arg_required_else_help = true, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  counterfoil demo                                     a company with 50 customers, to look around in
  counterfoil apply pricing.yaml                       put a pricing file in force
  counterfoil import events usage.csv --type api.request --map subject=account
  counterfoil serve                                    the API at http://127.0.0.1:8080/docs
  counterfoil key create gateway --permission events:write   a key for whoever sends usage
  counterfoil backup --server http://127.0.0.1:8080    a copy of everything, while it is served
  counterfoil doctor                                   what is in the data directory, and whether it is well
  counterfoil run scenarios                            run scenario files and compare what comes out";

#[derive(Debug, Subcommand)]
enum Command {
    Serve(commands::serve::Serve),
    Demo(commands::demo::Demo),
    Import(commands::import::Import),
    Export(commands::export::Export),
    Plan(commands::plan::Plan),
    Apply(commands::apply::Apply),
    Bill(commands::bill::Bill),
    Migrate(commands::migrate::Migrate),
    Copy(commands::copy::Copy),
    Run(commands::run::Run),
    Backup(commands::backup::Backup),
    Restore(commands::restore::Restore),
    Verify(commands::verify::Verify),
    Doctor(commands::doctor::Doctor),
    Schema(commands::schema::Schema),
    Key(commands::key::Key),
}

fn main() -> ExitCode {
    let mut command = match config::with_secret_files(Cli::command()) {
        Ok(command) => command,
        Err(failure) => return failure.told(),
    };
    let parsed = command.try_get_matches_from_mut(std::env::args_os());
    let cli = match parsed.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(usage) => {
            // help that was asked for is no failure; where the terminal is gone, nobody reads it
            let _ = usage.print();
            return ExitCode::from(u8::from(usage.use_stderr()));
        }
    };
    let done = match cli.command {
        Command::Serve(_) => commands::serve::run(),
        Command::Demo(demo) => demo.run(),
        Command::Import(import) => import.run(),
        Command::Export(export) => export.run(),
        Command::Plan(plan) => plan.run(),
        Command::Apply(apply) => apply.run(),
        Command::Bill(bill) => bill.run(),
        Command::Migrate(migrate) => migrate.run(),
        Command::Copy(copy) => copy.run(),
        Command::Run(run) => run.run(),
        Command::Backup(backup) => backup.run(),
        Command::Restore(restore) => restore.run(),
        Command::Verify(verify) => verify.run(),
        Command::Doctor(doctor) => doctor.run(),
        Command::Schema(schema) => Ok(schema.run()),
        Command::Key(key) => key.run(),
    };
    done.unwrap_or_else(Failure::told)
}
