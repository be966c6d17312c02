//! The pricing file.

use crate::{Catalog, PriceFields};
use alloc::{format, vec::Vec};
use calendar::Cadence;
use core::str::FromStr;
use money::{Currency, Dec};
use rating::{Bands, Matrix, NonNegative, PercentTier, Positive, Step, Tier};
use stdx::{Key, NonEmpty, Problem, ToProblem};
use yaml::{Document, Mistake, Node, ReadError, Reason, Segment, Survey};

/// Reads pricing files. The grammar is that of [`Catalog`] in YAML or JSON; `docs/pricing-file.md` tells it by example.
#[derive(Debug, Clone, Copy)]
pub struct PricingFile;

impl PricingFile {
    /// The catalog that a text holds. `file` is the name used in messages.
    ///
    /// # Errors
    /// Everything that is wrong, in the order of the text, each with line, column and a way to mend it.
    pub fn parse(text: &str, file: &str) -> Result<Catalog, NonEmpty<Mistake>> {
        Self::read(&Document::parse(text, file)?, "")
    }

    /// The catalog that the bytes of a file hold.
    ///
    /// # Errors
    /// As [`parse`](Self::parse), and for bytes that are not UTF-8.
    pub fn from_bytes(bytes: &[u8], file: &str) -> Result<Catalog, NonEmpty<Mistake>> {
        Self::read(&Document::from_bytes(bytes, file)?, "")
    }

    /// The catalog at a JSON pointer of a larger document: `/pricing` of a scenario.
    ///
    /// # Errors
    /// As [`parse`](Self::parse), with pointers from the root of the document.
    pub fn read(document: &Document, at: &str) -> Result<Catalog, NonEmpty<Mistake>> {
        let Some(node) = document.root().at(at) else {
            let problem =
                Problem::new("missing_field", "A field is missing").detail(format!("there is nothing at {at}"));
            return Err(NonEmpty::of(document.mistake(problem.at(at).mend("add the prices there"))));
        };
        let (catalog, errors) = match node.survey::<Catalog>() {
            Survey::Whole(catalog) => (Some(catalog), Vec::new()),
            Survey::Partly(catalog, errors) => (Some(catalog), errors.into_vec()),
            Survey::Nothing(errors) => (None, errors.into_vec()),
        };
        let mut mistakes: Vec<Mistake> = errors.iter().flat_map(|error| misread(document, at, node, error)).collect();
        if let Some(catalog) = &catalog {
            let unread = |pointer: &str| node.at(pointer).is_some_and(|there| !is_empty(there));
            let problems = catalog.problems(&unread);
            mistakes.extend(problems.into_iter().map(|problem| document.mistake(problem.under(at))));
        }
        Mistake::sort(&mut mistakes);
        match (NonEmpty::try_from(mistakes), catalog) {
            (Ok(mistakes), _) => Err(mistakes),
            (Err(_), Some(catalog)) => Ok(catalog),
            (Err(_), None) => Err(NonEmpty::of(
                document.mistake(Problem::new("wrong_kind", "Another kind of value is needed").at(at)),
            )),
        }
    }
}

fn is_empty(node: &Node) -> bool {
    node.entries().is_empty() && node.items().is_empty() && node.text().is_none()
}

/// What the file is told about a value that could not be read.
fn misread(document: &Document, at: &str, node: &Node, error: &ReadError) -> Vec<Mistake> {
    let message = match &error.reason {
        Reason::Invalid { message } => message.as_str(),
        Reason::Problem(problem) => problem.detail.as_str(),
        Reason::UnknownField { .. }
        | Reason::UnknownWord { .. }
        | Reason::MissingField { .. }
        | Reason::WrongKind { .. } => "",
    };
    let pointer = error.pointer();
    let problems = match node.at(&pointer) {
        Some(value) if !message.is_empty() => refusals(&error.path, value, message),
        Some(_) | None => Vec::new(),
    };
    if problems.is_empty() {
        return [document.mistake_at(error.pos, error.problem().under(at))].into();
    }
    problems.into_iter().map(|problem| document.mistake(problem.under(&pointer).under(at))).collect()
}

fn is_price(path: &[Segment]) -> bool {
    match path {
        [Segment::Key(plans), _, Segment::Key(prices), _] => plans == "plans" && prices == "prices",
        _ => false,
    }
}

/// serde passes no more than the words of a type that refuses a value. The types that can stand in a pricing file are asked again,
/// for their error code, the place within the value and the way to mend it.
fn refusals(path: &[Segment], value: &Node, message: &str) -> Vec<Problem> {
    if is_price(path) {
        let errors = value.read::<PriceFields>().ok().and_then(|fields| fields.price().err());
        if let Some(errors) = errors {
            return errors.iter().map(ToProblem::problem).collect();
        }
    }
    let mut found: Vec<Option<Problem>> = Vec::new();
    if let Some(text) = value.text() {
        let number = Dec::from_str(text);
        found.push(refused(&number));
        if let Ok(number) = number {
            found.push(refused(&NonNegative::try_from(number)));
            found.push(refused(&Positive::try_from(number)));
        }
        found.push(refused(&Currency::parse(text)));
        found.push(refused(&Cadence::from_str(text)));
        found.push(bad_key(text));
    }
    if let Some(Segment::Key(key)) = path.last() {
        found.push(bad_key(key));
    }
    found.extend([
        value.read::<Vec<Tier>>().ok().and_then(|tiers| refused(&Bands::new(tiers))),
        value.read::<Vec<PercentTier>>().ok().and_then(|tiers| refused(&Bands::new(tiers))),
        value.read::<Vec<Step>>().ok().and_then(|steps| refused(&Bands::new(steps))),
        matrix(value),
    ]);
    found.into_iter().flatten().find(|problem| problem.detail == message).into_iter().collect()
}

fn refused<T, E: ToProblem>(result: &Result<T, E>) -> Option<Problem> {
    result.as_ref().err().map(ToProblem::problem)
}

fn bad_key(text: &str) -> Option<Problem> {
    let error = Key::try_from(text).err()?;
    let mend = "use letters, digits and _ . : - and begin with a letter or digit";
    Some(Problem::new("invalid_key", "Not a name").detail(format!("{error}")).mend(mend))
}

fn matrix(value: &Node) -> Option<Problem> {
    let by = value.get("by")?.read().ok()?;
    let rates = value.get("rates")?.read().ok()?;
    let default = value.get("default").and_then(|default| default.read().ok());
    refused(&Matrix::new(by, rates, default))
}
