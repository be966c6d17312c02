//! Settings by flag, environment and file.
//!
//! The flags of a command are the one list of its settings: a setting's name in a file is its long flag with `_` for `-`, its variable
//! is `COUNTERFOIL_` with the same name in capitals, and what it means and takes is what the flag means and takes.

use crate::failure::Failure;
use clap::builder::Resettable;
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Args, Command};
use serde_json::{Map, Value, json};
use std::any::TypeId;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};
use stdx::{NonEmpty, Problem};
use yaml::{Document, Mistake, Node, ReadError, Reason, Segment};

/// Where settings are, and what they come to.
#[derive(Debug, Args)]
pub(crate) struct Config {
    /// A YAML file with settings: each is a flag without its hyphens, such as `private_webhooks: true`. A flag counts before a variable
    /// of the environment, and that before the file. `counterfoil schema config` says what may stand in it.
    #[arg(long, value_name = "FILE", env = "COUNTERFOIL_CONFIG")]
    config: Option<PathBuf>,
    /// Print every setting, secrets masked, with where its value came from; serve nothing.
    #[arg(long)]
    pub print_config: bool,
}

/// What is about the settings, and no setting itself.
const ABOUT: [&str; 2] = ["config", "print_config"];

/// What a command was told, after all places where it could be told were looked at.
pub(crate) struct Effective<T> {
    /// The settings.
    pub settings: T,
    /// Each with where it came from.
    pub told: Vec<Setting>,
}

/// A setting, as `--print-config` tells it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Setting {
    name: String,
    value: Option<String>,
    from: String,
}

impl fmt::Display for Setting {
    /// A line of a file of settings.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.value {
            Some(value) => write!(f, "{}: {}  # {}", self.name, json!(value), self.from),
            None => write!(f, "# {}:  # not set", self.name),
        }
    }
}

/// Lets every secret of a command and its subcommands be in a file that `…_FILE` names: containers and service managers hand them over so.
pub(crate) fn with_secret_files(command: Command) -> Result<Command, Failure> {
    let mut read = BTreeMap::new();
    secrets_of(&command, &mut read)?;
    Ok(give(command, &read))
}

/// The settings of this process's command: what the command line and the environment say, and its file where they say nothing.
pub(crate) fn effective<T: Args>() -> Result<Effective<T>, Failure> {
    settle(std::env::args_os().skip(1).collect())
}

/// JSON Schema of a file with the settings of a command.
pub(crate) fn schema<T: Args>() -> Value {
    let command = command_of::<T>();
    let properties: Map<String, Value> = settings(&command).map(|arg| (name(arg), shape(arg))).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Settings of `counterfoil serve`",
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
    })
}

fn command_of<T: Args>() -> Command {
    T::augment_args(Command::new("counterfoil serve"))
}

/// The arguments of a command that are settings.
fn settings(command: &Command) -> impl Iterator<Item = &Arg> {
    command.get_arguments().filter(|arg| arg.get_long().is_some() && !ABOUT.contains(&name(arg).as_str()))
}

fn name(arg: &Arg) -> String {
    arg.get_long().unwrap_or_default().replace('-', "_")
}

/// A secret is what is hidden in the help.
fn is_secret(arg: &Arg) -> bool {
    arg.is_hide_env_values_set()
}

fn variable(arg: &Arg) -> Option<String> {
    arg.get_env().map(|name| name.to_string_lossy().into_owned())
}

fn shape(arg: &Arg) -> Value {
    let kind = arg.get_value_parser().type_id();
    let numbers = [TypeId::of::<u64>(), TypeId::of::<usize>(), TypeId::of::<u16>(), TypeId::of::<u32>()];
    let words: Vec<String> = arg.get_possible_values().iter().map(|word| word.get_name().to_owned()).collect();
    let mut shape = if kind == TypeId::of::<bool>() {
        json!({ "type": "boolean" })
    } else if numbers.iter().any(|number| kind == *number) {
        json!({ "type": "integer", "minimum": 0 })
    } else if words.is_empty() {
        json!({ "type": "string" })
    } else {
        json!({ "enum": words })
    };
    shape["description"] = arg.get_help().map(ToString::to_string).into();
    if let Some(usual) = arg.get_default_values().first().filter(|_| !is_secret(arg)) {
        shape["description"] =
            format!("{} Usually `{}`.", shape["description"].as_str().unwrap_or_default(), usual.to_string_lossy())
                .into();
    }
    shape
}

/// What the files of secrets say, by the variable of the secret.
fn secrets_of(command: &Command, read: &mut BTreeMap<String, &'static str>) -> Result<(), Failure> {
    for arg in command.get_arguments().filter(|arg| is_secret(arg)) {
        let Some(variable) = variable(arg).filter(|variable| !read.contains_key(variable)) else { continue };
        let Some(file) = std::env::var_os(format!("{variable}_FILE")).map(PathBuf::from) else { continue };
        if std::env::var_os(&variable).is_some() {
            let problem = Problem::new("told_twice", "A secret is given twice")
                .detail(format!("both {variable} and {variable}_FILE are set"))
                .mend("leave one of them out");
            return Err(problem.into());
        }
        let text = std::fs::read_to_string(&file).map_err(|why| Failure::file(&file, &why))?;
        // it is read once, and needed for as long as the process runs
        read.insert(variable, Box::leak(text.trim_end_matches(['\r', '\n']).into()));
    }
    command.get_subcommands().try_for_each(|command| secrets_of(command, read))
}

fn give(command: Command, read: &BTreeMap<String, &'static str>) -> Command {
    let command = command.mut_args(|arg| match variable(&arg).and_then(|variable| read.get(&variable)) {
        Some(secret) if is_secret(&arg) => arg.default_value(*secret).hide_default_value(true),
        Some(_) | None => arg,
    });
    command.mut_subcommands(|command| give(command, read))
}

fn settle<T: Args>(mut given: Vec<OsString>) -> Result<Effective<T>, Failure> {
    let command = with_secret_files(command_of::<T>())?;
    let first = parsed(&command, &given)?;
    let mut from_file = BTreeMap::new();
    if let Some(file) = first.get_one::<PathBuf>("config") {
        for (arg, text, line) in entries(file, &command)? {
            if matches!(origin(arg, &first), Origin::Nowhere | Origin::Usual) {
                given.push(format!("--{}={text}", arg.get_long().unwrap_or_default()).into());
                from_file.insert(arg.get_id().clone(), format!("{}:{line}", file.display()));
            }
        }
    }
    let last = parsed(&command, &given)?;
    let told = settings(&command).map(|arg| {
        let from = match (from_file.get(arg.get_id()), origin(arg, &first)) {
            (Some(place), _) => place.clone(),
            (None, origin) => origin.to_string(),
        };
        Setting { name: name(arg), value: value(arg, &last), from }
    });
    let settings = T::from_arg_matches(&last).map_err(|error| misused(&error))?;
    Ok(Effective { settings, told: told.collect() })
}

fn parsed(command: &Command, given: &[OsString]) -> Result<ArgMatches, Failure> {
    command.clone().try_get_matches_from(given).map_err(|error| misused(&error))
}

/// Where a value came from, before a file was looked at.
enum Origin {
    Nowhere,
    Usual,
    Flag,
    Variable(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nowhere => f.write_str("not set"),
            Self::Usual => f.write_str("default"),
            Self::Flag => f.write_str("flag"),
            Self::Variable(name) => f.write_str(name),
        }
    }
}

fn origin(arg: &Arg, matches: &ArgMatches) -> Origin {
    let variable = variable(arg).unwrap_or_default();
    match matches.value_source(arg.get_id().as_str()) {
        Some(ValueSource::CommandLine) => Origin::Flag,
        Some(ValueSource::EnvVariable) => Origin::Variable(variable),
        // a secret has no usual value: it was in a file
        Some(_) if is_secret(arg) => Origin::Variable(format!("{variable}_FILE")),
        Some(_) => Origin::Usual,
        None => Origin::Nowhere,
    }
}

fn value(arg: &Arg, matches: &ArgMatches) -> Option<String> {
    let text = matches.get_raw(arg.get_id().as_str())?.next()?.to_string_lossy().into_owned();
    Some(if is_secret(arg) { "***".into() } else { text })
}

/// What stands in a file of settings, each with its line.
fn entries<'a>(file: &Path, command: &'a Command) -> Result<Vec<(&'a Arg, String, usize)>, Failure> {
    let bytes = std::fs::read(file).map_err(|why| Failure::file(file, &why))?;
    let document = Document::from_bytes(&bytes, &file.display().to_string())?;
    let (mut found, mut mistakes) = (Vec::new(), Vec::new());
    let root = document.root();
    if root.entries().is_empty() && root.text().is_some() || !root.items().is_empty() {
        mistakes.push(document.misread(&wrong_kind(root, &[], "settings, one on each line")));
    }
    for (key, value) in root.entries() {
        match entry(&document, command, key, value) {
            Ok(entry) => found.extend(entry),
            Err(mistake) => mistakes.push(mistake),
        }
    }
    match NonEmpty::try_from(mistakes) {
        Ok(mistakes) => Err(mistakes.into()),
        Err(_) => Ok(found),
    }
}

/// A setting that is there without a value is not set.
fn entry<'a>(
    document: &Document,
    command: &'a Command,
    key: &Node,
    value: &Node,
) -> Result<Option<(&'a Arg, String, usize)>, Mistake> {
    let field = key.text().unwrap_or_default();
    let path = [Segment::Key(field.into())];
    let Some(arg) = settings(command).find(|arg| name(arg) == field) else {
        let known = settings(command).map(name).collect();
        let reason = Reason::UnknownField { field: field.into(), known };
        return Err(document.misread(&ReadError { path: path.to_vec(), pos: key.pos, reason }));
    };
    if matches!(value.value, yaml::Value::Null) {
        return Ok(None);
    }
    let number = value.number().filter(|_| arg.get_value_parser().type_id() != TypeId::of::<String>());
    let Some(text) = number.or_else(|| value.text().map(str::to_owned)) else {
        return Err(document.misread(&wrong_kind(value, &path, "one value")));
    };
    match refused(command, arg, &text) {
        Some(problem) => Err(document.mistake_at(value.pos, problem)),
        None => Ok(Some((arg, text, value.pos.line))),
    }
}

fn wrong_kind(node: &Node, path: &[Segment], expected: &str) -> ReadError {
    let reason = Reason::WrongKind { expected: expected.into(), found: node.describe() };
    ReadError { path: path.to_vec(), pos: node.pos, reason }
}

/// Why a flag does not take a value, whatever else is given.
fn refused(command: &Command, arg: &Arg, text: &str) -> Option<Problem> {
    let alone = command.clone().mut_args(|arg| arg.env(Resettable::Reset));
    let flag = format!("--{}={text}", arg.get_long().unwrap_or_default());
    let error = alone.try_get_matches_from(["serve", flag.as_str()]).err()?;
    let kind = error.kind();
    let is_about_value = matches!(kind, ErrorKind::InvalidValue | ErrorKind::ValueValidation | ErrorKind::InvalidUtf8);
    is_about_value.then(|| usage_problem(&error))
}

fn misused(error: &clap::Error) -> Failure {
    usage_problem(error).into()
}

/// What is wrong stands in the first line of a message, and what helps in the others.
fn usage_problem(error: &clap::Error) -> Problem {
    let text = error.to_string();
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("For more"));
    let what = lines.next().unwrap_or_default().trim_start_matches("error: ").to_owned();
    let mend = lines.collect::<Vec<_>>().join("; ");
    let mend = if mend.is_empty() { "see `counterfoil serve --help`".to_owned() } else { mend };
    Problem::new("wrong_setting", "The setting does not take this").detail(what).mend(mend)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::serve::Serve;

    #[test]
    fn every_setting_can_be_given_in_all_three_places_under_one_name() {
        let command = command_of::<Serve>();
        for arg in settings(&command) {
            let expected = format!("COUNTERFOIL_{}", name(arg).to_uppercase());
            assert_eq!(variable(arg).as_deref(), Some(expected.as_str()), "the variable of --{}", name(arg));
            assert!(arg.get_action().takes_values(), "--{} could be set in a file and not unset by a flag", name(arg));
        }
    }

    #[test]
    fn the_schema_says_what_flags_take() {
        let schema = schema::<Serve>();
        let of = |name: &str| &schema["properties"][name];
        assert_eq!(of("private_webhooks")["type"], "boolean");
        assert_eq!(of("connections")["type"], "integer");
        assert_eq!(of("log_form")["enum"], json!(["text", "json"]));
        assert!(of("listen")["description"].as_str().is_some_and(|text| text.contains("127.0.0.1:8080")));
        assert_eq!(of("config"), &Value::Null);
    }
}
