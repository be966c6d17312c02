//! From the parser's tree to ours: names are joined, operators and functions resolved, numbers read from the text itself.

use crate::{
    At, Formula, FormulaError, Value,
    node::{Binary, Function, Kind, Name, Node},
};
use alloc::{
    boxed::Box,
    string::{String, ToString},
    vec::Vec,
};
use cel::{
    IdedExpr,
    common::ast::{CallExpr, EntryExpr, Expr, ListExpr, LiteralValue, MapExpr, SelectExpr, SourceInfo, operators},
    parser::Parser,
};
use money::{Dec, Ratio};

/// How deep an expression may be nested.
const MAX_DEPTH: u16 = 64;

/// Reads a text.
pub(crate) fn read(text: &str) -> Result<Node, FormulaError> {
    match Parser::new().max_recursion_depth(MAX_DEPTH).parse_with_source_info(text) {
        Ok((tree, places)) => Translation { text, places }.node(&tree),
        Err(errors) => Err(errors.errors.first().map_or(
            FormulaError::Syntax { at: At::START, message: "not an expression".into() },
            |error| {
                if error.msg.contains("Recursion limit") {
                    return FormulaError::TooComplex { limit: Formula::MAX_OPERATORS };
                }
                let at = At { line: place(error.pos.0), column: place(error.pos.1) };
                FormulaError::Syntax { at, message: error.msg.clone() }
            },
        )),
    }
}

/// A line or column of the parser; it counts from 1 and says 0 when it does not know.
fn place(number: isize) -> u32 {
    u32::try_from(number).unwrap_or(1).max(1)
}

struct Translation<'a> {
    text: &'a str,
    places: SourceInfo,
}

impl Translation<'_> {
    fn at(&self, tree: &IdedExpr) -> At {
        self.places.offset_for(tree.id).map_or(At::START, |(start, _)| At::of(self.text, usize_of(start)))
    }

    /// The arms are functions of their own so that a frame of this recursion stays small.
    fn node(&self, tree: &IdedExpr) -> Result<Node, FormulaError> {
        match &tree.expr {
            Expr::Ident(name) => Ok(self.ident(name, tree)),
            Expr::Select(select) => self.select(select, tree),
            Expr::Literal(literal) => self.literal(literal, tree),
            Expr::List(list) => self.list(list, tree),
            Expr::Map(map) => self.map(map, tree),
            Expr::Call(call) => self.call(call, tree),
            Expr::Comprehension(_) => self.unsupported("a loop (`all`, `exists`, `exists_one`, `map`, `filter`)", tree),
            Expr::Struct(_) => self.unsupported("a message", tree),
            Expr::Unspecified => self.unsupported("an empty expression", tree),
        }
    }

    fn unsupported<T>(&self, what: &str, tree: &IdedExpr) -> Result<T, FormulaError> {
        Err(FormulaError::Unsupported { at: self.at(tree), what: what.into() })
    }

    fn ident(&self, name: &str, tree: &IdedExpr) -> Node {
        let whole = name.trim_start_matches('.').to_string();
        Node { at: self.at(tree), kind: Kind::Name(Name { whole, dots: Vec::new() }) }
    }

    fn list(&self, list: &ListExpr, tree: &IdedExpr) -> Result<Node, FormulaError> {
        let nodes = list.elements.iter().map(|element| self.node(element)).collect::<Result<_, _>>()?;
        Ok(Node { at: self.at(tree), kind: Kind::List(nodes) })
    }

    fn map(&self, map: &MapExpr, tree: &IdedExpr) -> Result<Node, FormulaError> {
        let mut entries = Vec::with_capacity(map.entries.len());
        for entry in &map.entries {
            match &entry.expr {
                EntryExpr::MapEntry(entry) => entries.push((self.node(&entry.key)?, self.node(&entry.value)?)),
                EntryExpr::StructField(_) => return self.unsupported("a message field", tree),
            }
        }
        Ok(Node { at: self.at(tree), kind: Kind::Map(entries) })
    }

    /// `operand.field`, or `has(operand.field)`.
    fn select(&self, select: &SelectExpr, tree: &IdedExpr) -> Result<Node, FormulaError> {
        let operand = self.node(&select.operand)?;
        Ok(match (operand.kind, select.test) {
            (Kind::Name(name), false) => Node { at: operand.at, kind: Kind::Name(name.with_field(&select.field)) },
            (Kind::Name(name), true) => Node { at: operand.at, kind: Kind::HasName(name.with_field(&select.field)) },
            (kind, test) => {
                let operand = Box::new(Node { at: operand.at, kind });
                let field = select.field.clone();
                let kind = if test { Kind::HasField(operand, field) } else { Kind::Field(operand, field) };
                Node { at: self.at(tree), kind }
            }
        })
    }

    fn literal(&self, literal: &LiteralValue, tree: &IdedExpr) -> Result<Node, FormulaError> {
        let value = match literal {
            LiteralValue::Null => Value::Null,
            LiteralValue::Boolean(value) => Value::Bool(*value.inner()),
            LiteralValue::Int(value) => Value::Num(Ratio::from_int(i128::from(*value.inner()))),
            LiteralValue::UInt(value) => Value::Num(Ratio::from_int(i128::from(*value.inner()))),
            LiteralValue::String(value) => Value::Text(value.inner().to_string()),
            LiteralValue::Bytes(_) => return self.unsupported("a byte string", tree),
            LiteralValue::Double(value) => {
                let number = self.decimal(tree)?;
                Value::Num(if value.is_sign_negative() { number.negated() } else { number })
            }
        };
        Ok(Node { at: self.at(tree), kind: Kind::Constant(value) })
    }

    /// The digits of a number as they are written. The parser's own value is a binary float; it is only asked for the sign
    /// before the digits.
    fn decimal(&self, tree: &IdedExpr) -> Result<Ratio, FormulaError> {
        let place = self.places.offset_for(tree.id);
        let digits = place.and_then(|(start, stop)| self.text.get(usize_of(start)..=usize_of(stop)));
        let number = digits.unwrap_or_default().parse::<Dec>().map(Ratio::from);
        number.map_err(|error| FormulaError::Literal { at: self.at(tree), message: error.to_string() })
    }

    fn call(&self, call: &CallExpr, tree: &IdedExpr) -> Result<Node, FormulaError> {
        let arguments = call.target.as_deref().into_iter().chain(&call.args);
        let arguments = arguments.map(|argument| self.node(argument)).collect::<Result<Vec<_>, _>>()?;
        applied(&call.func_name, arguments, self.at(tree))
    }
}

/// An operator or function applied to what was read before.
fn applied(name: &str, arguments: Vec<Node>, at: At) -> Result<Node, FormulaError> {
    let arguments = match <[Node; 3]>::try_from(arguments) {
        Ok(three) if name == operators::CONDITIONAL => return Ok(Node { at, kind: Kind::Choice(Box::new(three)) }),
        Ok(three) => Vec::from(three),
        Err(other) => other,
    };
    let arguments = match <[Node; 2]>::try_from(arguments) {
        Ok([left, right]) => match name {
            operators::INDEX => return Ok(index(left, right, at)),
            name => match binary(name) {
                Some(kind) => return Ok(Node { at, kind: kind(Box::new(left), Box::new(right)) }),
                None => Vec::from([left, right]),
            },
        },
        Err(other) => other,
    };
    let arguments = match <[Node; 1]>::try_from(arguments) {
        Ok([operand]) if name == operators::LOGICAL_NOT => return Ok(Node { at, kind: Kind::Not(Box::new(operand)) }),
        Ok([operand]) if name == operators::NEGATE => return Ok(Node { at, kind: Kind::Negate(Box::new(operand)) }),
        Ok(one) => Vec::from(one),
        Err(other) => other,
    };
    function(name, arguments.len(), at).map(|function| Node { at, kind: Kind::Call(function, arguments) })
}

/// `operand[index]`; with a text that is written out it is the same as `operand.index`.
fn index(operand: Node, index: Node, at: At) -> Node {
    match (operand.kind, index.kind) {
        (Kind::Name(name), Kind::Constant(Value::Text(field))) => {
            Node { at: operand.at, kind: Kind::Name(name.with_field(&field)) }
        }
        (whole, part) => {
            let whole = Box::new(Node { at: operand.at, kind: whole });
            Node { at, kind: Kind::Index(whole, Box::new(Node { at: index.at, kind: part })) }
        }
    }
}

/// The function with this name, when it takes that many arguments.
fn function(name: &str, arguments: usize, at: At) -> Result<Function, FormulaError> {
    // CEL's own name for the conversion, kept so that expressions written elsewhere mean the same here
    let wanted = if name == "double" { "number" } else { name };
    let Some(function) = Function::ALL.into_iter().find(|function| function.name() == wanted) else {
        let hint = stdx::nearest(name, Function::ALL.map(Function::name));
        let hint = hint.and_then(|hint| Function::ALL.into_iter().map(Function::name).find(|name| *name == hint));
        return Err(FormulaError::UnknownFunction { at, name: String::from(name), hint });
    };
    match function.takes(arguments) {
        Ok(()) => Ok(function),
        Err(takes) => Err(FormulaError::Arguments { at, name: function.name(), takes, found: arguments }),
    }
}

type Sides = fn(Box<Node>, Box<Node>) -> Kind;

fn binary(name: &str) -> Option<Sides> {
    Some(match name {
        operators::LOGICAL_AND => Kind::And,
        operators::LOGICAL_OR => Kind::Or,
        operators::ADD => |left, right| Kind::Binary(Binary::Add, left, right),
        operators::SUBSTRACT => |left, right| Kind::Binary(Binary::Subtract, left, right),
        operators::MULTIPLY => |left, right| Kind::Binary(Binary::Multiply, left, right),
        operators::DIVIDE => |left, right| Kind::Binary(Binary::Divide, left, right),
        operators::MODULO => |left, right| Kind::Binary(Binary::Remainder, left, right),
        operators::EQUALS => |left, right| Kind::Binary(Binary::Equal, left, right),
        operators::NOT_EQUALS => |left, right| Kind::Binary(Binary::NotEqual, left, right),
        operators::LESS => |left, right| Kind::Binary(Binary::Less, left, right),
        operators::LESS_EQUALS => |left, right| Kind::Binary(Binary::LessOrEqual, left, right),
        operators::GREATER => |left, right| Kind::Binary(Binary::Greater, left, right),
        operators::GREATER_EQUALS => |left, right| Kind::Binary(Binary::GreaterOrEqual, left, right),
        operators::IN => |left, right| Kind::Binary(Binary::In, left, right),
        _ => return None,
    })
}

/// Offsets in a text of at most [`Formula::MAX_BYTES`](crate::Formula::MAX_BYTES) always fit.
fn usize_of(offset: u32) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}
