//! The value of an expression.

use crate::{
    At, EvalError, Lookup, Value, functions,
    node::{Binary, Kind, Name, Node},
};
use alloc::{
    collections::BTreeMap,
    string::{String, ToString},
    vec::Vec,
};
use core::cmp::Ordering;
use money::{NumError, Ratio};

/// Computes a node. Terminates: there are no loops, and size and depth were bounded when the text was read.
///
/// The arms are functions of their own so that a frame of this recursion stays small.
pub(crate) fn eval<L: Lookup>(node: &Node, variables: &L) -> Result<Value, EvalError> {
    match &node.kind {
        Kind::Constant(value) => Ok(value.clone()),
        Kind::Name(name) => variable(name, variables, node.at),
        Kind::HasName(name) => Ok(Value::Bool(find(name, variables).is_some())),
        Kind::Field(operand, field) => field_of(eval(operand, variables)?, field, node.at),
        Kind::HasField(operand, field) => has_field(eval(operand, variables)?, field, node.at),
        Kind::Index(operand, index) => element(eval(operand, variables)?, &eval(index, variables)?, node.at),
        Kind::List(nodes) => all(nodes, variables).map(Value::List),
        Kind::Map(entries) => entries_of(entries, variables, node.at),
        Kind::Not(operand) => not(&eval(operand, variables)?, node.at),
        Kind::Negate(operand) => negate(&eval(operand, variables)?, node.at),
        Kind::And(left, right) => both(left, right, variables, node.at),
        Kind::Or(left, right) => either(left, right, variables, node.at),
        Kind::Choice(nodes) => choice(nodes, variables, node.at),
        Kind::Binary(operator, left, right) => {
            binary(*operator, eval(left, variables)?, eval(right, variables)?, node.at)
        }
        Kind::Call(function, nodes) => functions::call(*function, all(nodes, variables)?, node.at),
    }
}

fn all<L: Lookup>(nodes: &[Node], variables: &L) -> Result<Vec<Value>, EvalError> {
    nodes.iter().map(|node| eval(node, variables)).collect()
}

fn entries_of<L: Lookup>(entries: &[(Node, Node)], variables: &L, at: At) -> Result<Value, EvalError> {
    let mut map = BTreeMap::new();
    for (key, value) in entries {
        map.insert(text(eval(key, variables)?, "a map", at)?, eval(value, variables)?);
    }
    Ok(Value::Map(map))
}

fn both<L: Lookup>(left: &Node, right: &Node, variables: &L, at: At) -> Result<Value, EvalError> {
    let both = truth(&eval(left, variables)?, "`&&`", at)? && truth(&eval(right, variables)?, "`&&`", at)?;
    Ok(Value::Bool(both))
}

fn either<L: Lookup>(left: &Node, right: &Node, variables: &L, at: At) -> Result<Value, EvalError> {
    let either = truth(&eval(left, variables)?, "`||`", at)? || truth(&eval(right, variables)?, "`||`", at)?;
    Ok(Value::Bool(either))
}

fn choice<L: Lookup>(nodes: &[Node; 3], variables: &L, at: At) -> Result<Value, EvalError> {
    let [test, yes, no] = nodes;
    eval(if truth(&eval(test, variables)?, "`?:`", at)? { yes } else { no }, variables)
}

fn variable<L: Lookup>(name: &Name, variables: &L, at: At) -> Result<Value, EvalError> {
    find(name, variables).ok_or_else(|| EvalError::Unknown { at, name: name.whole.clone() })
}

fn field_of(operand: Value, field: &str, at: At) -> Result<Value, EvalError> {
    map(operand, at)?.remove(field).ok_or_else(|| EvalError::Unknown { at, name: field.to_string() })
}

fn has_field(operand: Value, field: &str, at: At) -> Result<Value, EvalError> {
    Ok(Value::Bool(map(operand, at)?.contains_key(field)))
}

fn not(operand: &Value, at: At) -> Result<Value, EvalError> {
    Ok(Value::Bool(!truth(operand, "`!`", at)?))
}

fn negate(operand: &Value, at: At) -> Result<Value, EvalError> {
    Ok(Value::Num(number(operand, "`-`", at)?.negated()))
}

/// The variable by its whole name, or as a field of the longest shorter name that there is.
fn find<L: Lookup>(name: &Name, variables: &L) -> Option<Value> {
    if let Some(value) = variables.lookup(&name.whole) {
        return Some(value);
    }
    for (index, dot) in name.dots.iter().enumerate().rev() {
        let Some(mut value) = variables.lookup(&name.whole[..*dot]) else { continue };
        let ends = name.dots[index + 1..].iter().copied().chain([name.whole.len()]);
        for (dot, end) in name.dots[index..].iter().zip(ends) {
            let Value::Map(mut fields) = value else { return None };
            value = fields.remove(&name.whole[dot + 1..end])?;
        }
        return Some(value);
    }
    None
}

fn binary(operator: Binary, left: Value, right: Value, at: At) -> Result<Value, EvalError> {
    let sign = operator.sign();
    match operator {
        Binary::Add => match (left, right) {
            (Value::Text(left), Value::Text(right)) => Ok(Value::Text(left + &right)),
            (Value::List(mut left), Value::List(right)) => {
                left.extend(right);
                Ok(Value::List(left))
            }
            (left, right) => arithmetic(&left, &right, sign, at, Ratio::plus),
        },
        Binary::Subtract => arithmetic(&left, &right, sign, at, Ratio::minus),
        Binary::Multiply => arithmetic(&left, &right, sign, at, Ratio::times),
        Binary::Divide => arithmetic(&left, &right, sign, at, Ratio::over),
        Binary::Remainder => arithmetic(&left, &right, sign, at, remainder),
        Binary::Equal => equal(&left, &right, sign, at).map(Value::Bool),
        Binary::NotEqual => equal(&left, &right, sign, at).map(|equal| Value::Bool(!equal)),
        Binary::Less => order(&left, &right, sign, at).map(|order| Value::Bool(order.is_lt())),
        Binary::LessOrEqual => order(&left, &right, sign, at).map(|order| Value::Bool(order.is_le())),
        Binary::Greater => order(&left, &right, sign, at).map(|order| Value::Bool(order.is_gt())),
        Binary::GreaterOrEqual => order(&left, &right, sign, at).map(|order| Value::Bool(order.is_ge())),
        Binary::In => contains(&right, &left, at).map(Value::Bool),
    }
}

fn arithmetic(
    left: &Value,
    right: &Value,
    operation: &'static str,
    at: At,
    compute: fn(Ratio, Ratio) -> Result<Ratio, NumError>,
) -> Result<Value, EvalError> {
    let (left, right) = (number(left, operation, at)?, number(right, operation, at)?);
    compute(left, right).map(Value::Num).map_err(|error| EvalError::from_num(&error, at))
}

/// What division leaves, with the sign of the dividend: `-7 % 3` is `-1`, `7.5 % 2` is `1.5` (CEL's rule, for all numbers).
fn remainder(left: Ratio, right: Ratio) -> Result<Ratio, NumError> {
    let quotient = left.over(right)?;
    let whole = if quotient.is_negative() { quotient.ceil() } else { quotient.floor() };
    left.minus(right.times(Ratio::from_int(whole))?)
}

/// Values of different kinds are not compared, lest a filter quietly never match; only `null` may be asked of anything.
fn equal(left: &Value, right: &Value, operation: &'static str, at: At) -> Result<bool, EvalError> {
    let comparable = core::mem::discriminant(left) == core::mem::discriminant(right)
        || matches!(left, Value::Null)
        || matches!(right, Value::Null);
    if comparable { Ok(left == right) } else { Err(mismatch(operation, "two values of one kind", right, at)) }
}

fn order(left: &Value, right: &Value, operation: &'static str, at: At) -> Result<Ordering, EvalError> {
    match (left, right) {
        (Value::Num(left), Value::Num(right)) => Ok(left.cmp(right)),
        (Value::Text(left), Value::Text(right)) => Ok(left.cmp(right)),
        (Value::Num(_) | Value::Text(_), other) | (other, _) => {
            Err(mismatch(operation, "two numbers or two texts", other, at))
        }
    }
}

fn contains(whole: &Value, part: &Value, at: At) -> Result<bool, EvalError> {
    match (whole, part) {
        (Value::List(values), part) => {
            for value in values {
                if equal(value, part, "`in`", at)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        (Value::Map(values), Value::Text(key)) => Ok(values.contains_key(key)),
        (whole, _) => Err(mismatch("`in`", "a list, or a text and a map", whole, at)),
    }
}

fn element(whole: Value, index: &Value, at: At) -> Result<Value, EvalError> {
    let missing = || EvalError::NoElement { at, index: index.to_string() };
    match (whole, index) {
        (Value::List(mut values), Value::Num(position)) => {
            let whole = position.floor();
            let position = usize::try_from(whole).ok().filter(|_| Ratio::from_int(whole) == *position);
            position
                .filter(|position| *position < values.len())
                .map(|position| values.swap_remove(position))
                .ok_or_else(missing)
        }
        (Value::Map(mut values), Value::Text(key)) => values.remove(key).ok_or_else(missing),
        (whole, _) => Err(mismatch("`[…]`", "a list and a number, or a map and a text", &whole, at)),
    }
}

pub(crate) fn mismatch(operation: &'static str, needs: &'static str, found: &Value, at: At) -> EvalError {
    let kind = found.kind();
    let found = match found {
        Value::Text(_) | Value::Num(_) | Value::Bool(_) => alloc::format!("{kind} ({found})"),
        Value::Null | Value::List(_) | Value::Map(_) => kind.to_string(),
    };
    EvalError::Mismatch { at, operation, needs, found }
}

pub(crate) fn number(value: &Value, operation: &'static str, at: At) -> Result<Ratio, EvalError> {
    if let Value::Num(number) = value { Ok(*number) } else { Err(mismatch(operation, "a number", value, at)) }
}

pub(crate) fn text(value: Value, operation: &'static str, at: At) -> Result<String, EvalError> {
    if let Value::Text(text) = value { Ok(text) } else { Err(mismatch(operation, "text", &value, at)) }
}

fn truth(value: &Value, operation: &'static str, at: At) -> Result<bool, EvalError> {
    if let Value::Bool(truth) = value { Ok(*truth) } else { Err(mismatch(operation, "a truth value", value, at)) }
}

fn map(value: Value, at: At) -> Result<BTreeMap<String, Value>, EvalError> {
    if let Value::Map(map) = value { Ok(map) } else { Err(mismatch("`.`", "a map", &value, at)) }
}

/// Numbers from arguments, where one list may stand for several.
pub(crate) fn numbers(arguments: Vec<Value>, operation: &'static str, at: At) -> Result<Vec<Ratio>, EvalError> {
    let values = match <[Value; 1]>::try_from(arguments) {
        Ok([Value::List(values)]) => values,
        Ok(one) => Vec::from(one),
        Err(several) => several,
    };
    values.iter().map(|value| number(value, operation, at)).collect()
}
