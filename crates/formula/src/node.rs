//! The expression after reading: names resolved, numbers exact, nothing in it that cannot be computed.

use crate::{At, Value};
use alloc::{boxed::Box, collections::BTreeSet, string::String, vec::Vec};

/// A part of an expression and where it was written.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) at: At,
    pub(crate) kind: Kind,
}

/// A variable with the fields taken from it: `a.b.c`, or `a["b"].c`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name {
    /// All of it, with dots.
    pub(crate) whole: String,
    /// Where a field begins, as the byte of its dot, in order.
    pub(crate) dots: Vec<usize>,
}

impl Name {
    pub(crate) fn with_field(mut self, field: &str) -> Self {
        self.dots.push(self.whole.len());
        self.whole.push('.');
        self.whole.push_str(field);
        self
    }
}

/// What a part of an expression does.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    Constant(Value),
    Name(Name),
    /// Is there such a variable?
    HasName(Name),
    Field(Box<Node>, String),
    HasField(Box<Node>, String),
    Index(Box<Node>, Box<Node>),
    List(Vec<Node>),
    Map(Vec<(Node, Node)>),
    Not(Box<Node>),
    Negate(Box<Node>),
    And(Box<Node>, Box<Node>),
    Or(Box<Node>, Box<Node>),
    Choice(Box<[Node; 3]>),
    Binary(Binary, Box<Node>, Box<Node>),
    Call(Function, Vec<Node>),
}

/// An operator that needs both its sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Binary {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
}

impl Binary {
    pub(crate) fn sign(self) -> &'static str {
        match self {
            Self::Add => "`+`",
            Self::Subtract => "`-`",
            Self::Multiply => "`*`",
            Self::Divide => "`/`",
            Self::Remainder => "`%`",
            Self::Equal => "`==`",
            Self::NotEqual => "`!=`",
            Self::Less => "`<`",
            Self::LessOrEqual => "`<=`",
            Self::Greater => "`>`",
            Self::GreaterOrEqual => "`>=`",
            Self::In => "`in`",
        }
    }
}

/// A function that a formula may call. `text.startsWith(x)` is `startsWith(text, x)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Function {
    Size,
    StartsWith,
    EndsWith,
    Contains,
    Min,
    Max,
    Round,
    Ceil,
    Floor,
    Abs,
    Number,
    Int,
    Text,
}

impl Function {
    pub(crate) const ALL: [Self; 13] = [
        Self::Size,
        Self::StartsWith,
        Self::EndsWith,
        Self::Contains,
        Self::Min,
        Self::Max,
        Self::Round,
        Self::Ceil,
        Self::Floor,
        Self::Abs,
        Self::Number,
        Self::Int,
        Self::Text,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Size => "size",
            Self::StartsWith => "startsWith",
            Self::EndsWith => "endsWith",
            Self::Contains => "contains",
            Self::Min => "min",
            Self::Max => "max",
            Self::Round => "round",
            Self::Ceil => "ceil",
            Self::Floor => "floor",
            Self::Abs => "abs",
            Self::Number => "number",
            Self::Int => "int",
            Self::Text => "string",
        }
    }

    /// Whether that many arguments fit, and what to say when they do not.
    pub(crate) fn takes(self, arguments: usize) -> Result<(), &'static str> {
        let (fits, takes) = match self {
            Self::Size | Self::Ceil | Self::Floor | Self::Abs | Self::Number | Self::Int | Self::Text => {
                (arguments == 1, "one argument")
            }
            Self::StartsWith | Self::EndsWith | Self::Contains => (arguments == 2, "two arguments"),
            Self::Min | Self::Max => (arguments >= 1, "at least one argument"),
            Self::Round => (arguments == 1 || arguments == 2, "a number and, if wanted, decimal places"),
        };
        if fits { Ok(()) } else { Err(takes) }
    }
}

impl Node {
    /// Adds the names of all variables below.
    pub(crate) fn names<'a>(&'a self, found: &mut BTreeSet<&'a str>) {
        match &self.kind {
            Kind::Constant(_) => {}
            Kind::Name(name) | Kind::HasName(name) => {
                found.insert(&name.whole);
            }
            Kind::Field(node, _) | Kind::HasField(node, _) | Kind::Not(node) | Kind::Negate(node) => node.names(found),
            Kind::Index(left, right)
            | Kind::And(left, right)
            | Kind::Or(left, right)
            | Kind::Binary(_, left, right) => {
                left.names(found);
                right.names(found);
            }
            Kind::List(nodes) | Kind::Call(_, nodes) => nodes.iter().for_each(|node| node.names(found)),
            Kind::Choice(nodes) => nodes.iter().for_each(|node| node.names(found)),
            Kind::Map(entries) => entries.iter().for_each(|(key, value)| {
                key.names(found);
                value.names(found);
            }),
        }
    }
}
