//! What the language means, case by case.

use formula::{EvalError, Formula, FormulaError, Lookup, Value};
use money::Ratio;
use proptest::prelude::*;
use std::collections::BTreeMap;
use stdx::ToProblem;

fn num(text: &str) -> Value {
    Value::Num(text.parse().expect(text))
}

fn text(text: &str) -> Value {
    Value::Text(text.into())
}

/// An event with flattened properties, a bare name, and a map.
fn variables() -> BTreeMap<String, Value> {
    let inner = BTreeMap::from([("deep".to_string(), num("7")), ("a.b".to_string(), num("8"))]);
    BTreeMap::from([
        ("properties.a".to_string(), num("2")),
        ("properties.b.c".to_string(), num("0.5")),
        ("properties.cpu-hours".to_string(), num("3")),
        ("properties.status".to_string(), text("ok")),
        ("properties.amount".to_string(), text("12.5")),
        ("properties.none".to_string(), Value::Null),
        ("quantity".to_string(), num("10")),
        ("paid".to_string(), Value::Bool(true)),
        ("map".to_string(), Value::Map(inner)),
        ("list".to_string(), Value::List(vec![num("1"), num("2")])),
    ])
}

fn value(formula: &str) -> Result<Value, EvalError> {
    Formula::parse(formula).unwrap_or_else(|error| panic!("{formula}: {error}")).eval(&variables())
}

#[test]
fn numbers_are_exact() {
    for (formula, result) in [
        ("0.1 + 0.2", "0.3"),
        ("0.1 + 0.2 - 0.3", "0"),
        ("1e30", "1000000000000000000000000000000"),
        ("-1.5", "-1.5"),
        ("quantity -1.5", "8.5"),
        ("-0.1 * -3", "0.3"),
        ("9007199254740993.0", "9007199254740993"),
        ("0.12345678901234567890123456789012345678", "0.12345678901234567890123456789012345678"),
        ("7 / 2", "3.5"),
        ("1 / 3 * 3", "1"),
        ("2.50e-2", "0.025"),
        ("0x10 + 5u", "21"),
        ("-7 % 3", "-1"),
        ("7 % -3", "1"),
        ("7.5 % 2", "1.5"),
        ("2 + 3 * 4", "14"),
        ("(2 + 3) * 4", "20"),
        ("-properties.a", "-2"),
    ] {
        assert_eq!(value(formula), Ok(num(result)), "{formula}");
    }
    assert_eq!(value("1 / 3"), Ok(Value::Num(Ratio::new(1, 3).expect("third"))));
}

#[test]
fn a_literal_is_read_from_the_text_also_after_other_letters() {
    assert_eq!(value(r#""ü€𝄞" == "x" ? 0.25 : 0.1234567890123456789"#), Ok(num("0.1234567890123456789")));
    assert_eq!(value("// größer\n 2.25 + 1"), Ok(num("3.25")));
}

#[test]
fn names_may_be_dotted_indexed_or_fields_of_a_map() {
    for (formula, result) in [
        ("properties.a", "2"),
        ("properties.b.c", "0.5"),
        (r#"properties["cpu-hours"] * 2"#, "6"),
        (r#"properties["b"].c"#, "0.5"),
        ("map.deep", "7"),
        (r#"map["a.b"]"#, "8"),
        ("list[1]", "2"),
        ("[5, 6][0]", "5"),
        (r#"{"k": 9}.k"#, "9"),
        (r#"{"k": 9}["k"]"#, "9"),
    ] {
        assert_eq!(value(formula), Ok(num(result)), "{formula}");
    }
}

#[test]
fn logic_looks_at_what_it_needs() {
    for (formula, result) in [
        ("paid && quantity > 9", true),
        ("!paid || quantity <= 9", false),
        ("false && nowhere", false),
        ("true || nowhere", true),
        ("has(properties.a)", true),
        ("has(properties.nothing)", false),
        ("has(properties.none)", true),
        ("has(map.deep) && !has(map.other)", true),
        (r#"has({"k": 1}.k)"#, true),
        (r#"properties.status in ["ok", "done"]"#, true),
        (r#""k" in {"k": 1}"#, true),
        ("3 in list", false),
        ("properties.none == null", true),
        ("properties.a != null", true),
        ("0.1 + 0.2 == 0.3", true),
        ("1 == 1.0", true),
        (r#""a" < "b""#, true),
        ("[1, 2] == list", true),
        ("[1] + [2] == list", true),
        (r#""a" + "b" == "ab""#, true),
    ] {
        assert_eq!(value(formula), Ok(Value::Bool(result)), "{formula}");
    }
    assert_eq!(value("quantity > 5 ? 1 : nowhere"), Ok(num("1")));
}

#[test]
fn functions_do_what_they_say() {
    for (formula, result) in [
        ("min(3, 1, 2)", "1"),
        ("max([3, 1, 2])", "3"),
        ("round(2.5)", "3"),
        ("round(-2.5)", "-3"),
        ("round(1 / 3, 4)", "0.3333"),
        ("round(150, -2)", "200"),
        ("ceil(1.1) + floor(1.9) + abs(-1)", "4"),
        ("ceil(-1.1)", "-1"),
        (r#"number("12.5") + number(1)"#, "13.5"),
        ("number(properties.amount) * 2", "25"),
        (r#"double("1e3")"#, "1000"),
        (r#"int("12.9")"#, "12"),
        ("int(-12.9)", "-12"),
        (r#"size("größe") + size(list) + size({"a": 1})"#, "8"),
    ] {
        assert_eq!(value(formula), Ok(num(result)), "{formula}");
    }
    for formula in [
        r#"properties.status.startsWith("o")"#,
        r#"endsWith(properties.status, "k")"#,
        r#""abc".contains("b")"#,
        r#"string(1.50) == "1.5" && string(true) == "true""#,
    ] {
        assert_eq!(value(formula), Ok(Value::Bool(true)), "{formula}");
    }
}

#[test]
fn what_is_wrong_with_a_text_is_said_with_its_place() {
    for (formula, message) in [
        ("  ", "the formula is empty"),
        ("1 +", "line 1, column 4: "),
        ("1 + b\n + )", "line 2, column 4: "),
        ("sume(1)", "line 1, column 5: there is no function `sume`"),
        ("rond(1)", "there is no function `rond`; did you mean `round`?"),
        ("round(1, 2, 3)", "`round` takes a number and, if wanted, decimal places, not 3 argument(s)"),
        ("[1].map(x, x)", "a loop (`all`, `exists`, `exists_one`, `map`, `filter`) cannot be used in a formula"),
        ("b\"ab\"", "a byte string cannot be used"),
        ("T{a: 1}", "a message cannot be used"),
        ("1e39", "line 1, column 1: `1e39` has more digits than can be kept exactly"),
        ("0.1e-40", "has more digits"),
        ("99999999999999999999", "invalid int literal"),
    ] {
        let error = Formula::parse(formula).expect_err(formula);
        assert!(error.to_string().contains(message), "{formula}: {error}");
        assert!(!error.problem().mend.is_empty());
    }
    assert!(matches!(Formula::parse(&"1 ".repeat(4000)), Err(FormulaError::TooLong { .. })));
    let nested = |depth: usize| format!("{}1{}", "(".repeat(depth), ")".repeat(depth));
    assert_eq!(value(&nested(30)), Ok(num("1")));
    assert!(matches!(Formula::parse(&nested(100)), Err(FormulaError::TooComplex { .. })));
    assert!(matches!(Formula::parse(&nested(500)), Err(FormulaError::TooComplex { .. })));
}

#[test]
fn the_longest_formulas_do_not_exhaust_the_stack() {
    for link in
        ["+1", "-1", "*1", "/1", "%2", "==1", "<1", " in 1", "&&true", "||false", "?1:1", "[0]", ".a", ".size()"]
    {
        for count in [10, 49, 74, 149, 150, 151, 1000] {
            if let Ok(formula) = Formula::parse(&format!("1{}", link.repeat(count))) {
                let _ = formula.eval(&variables());
            }
        }
    }
    let sum = |terms: usize| value(&(0..terms).map(|_| "1").collect::<Vec<_>>().join("+"));
    assert_eq!(sum(Formula::MAX_OPERATORS + 1), Ok(num("151")));
    for prefix in ["-", "!", "-!", "[", "{1:", "f(", "size("] {
        assert!(Formula::parse(&prefix.repeat(1000)).is_err(), "{prefix}");
    }
}

#[test]
fn what_goes_wrong_with_values_is_said_with_its_place() {
    for (formula, message) in [
        ("1 + nowhere", "line 1, column 5: there is no `nowhere`"),
        ("properties.status.length", "there is no `properties.status.length`"),
        ("1 / (quantity - 10)", "line 1, column 3: division by zero"),
        ("1 % 0", "division by zero"),
        ("properties.status * 2", "`*` needs a number, not text (\"ok\")"),
        ("properties.amount * 2", "`*` needs a number, not text (\"12.5\")"),
        ("properties.none + 1", "`+` needs a number, not null"),
        ("paid + 1", "not a truth value (true)"),
        ("properties.amount == 12.5", "`==` needs two values of one kind"),
        (r#"1 in ["1"]"#, "`in` needs two values of one kind"),
        (r#"number("a lot")"#, "`a lot` is not a decimal number"),
        (r#"number("NaN")"#, "`NaN` is not a decimal number"),
        ("1e30 * 1e30", "the exact result is too large"),
        ("quantity && true", "`&&` needs a truth value, not a number (10)"),
        ("quantity ? 1 : 2", "`?:` needs a truth value"),
        ("list[2]", "there is no element 2"),
        ("list[0.5]", "there is no element 0.5"),
        ("list < 1", "`<` needs two numbers or two texts, not a list"),
        ("round(1, 0.5)", "a whole number of places"),
        ("max([])", "max needs at least one number"),
    ] {
        let error = value(formula).expect_err(formula);
        assert!(error.to_string().contains(message), "{formula}: {error}");
        assert!(!error.problem().mend.is_empty());
    }
    assert_eq!(
        Formula::parse("properties.status").map(|it| it.number(&variables()).expect_err("text").to_string()),
        Ok("line 1, column 1: the result needs a number, not \"ok\"".to_string())
    );
}

#[test]
fn a_formula_is_its_text_in_json_and_names_its_variables() {
    let formula: Formula =
        serde_json::from_str(r#""properties.a * number(b.c) + (has(properties.d) ? 1 : 0)""#).expect("formula");
    assert_eq!(formula.variables(), ["b.c", "properties.a", "properties.d"]);
    assert_eq!(formula.as_variable(), None);
    assert_eq!(
        Formula::parse("properties.a").map(|it| it.as_variable().map(String::from)),
        Ok(Some("properties.a".into()))
    );
    let json = serde_json::to_string(&formula).expect("json");
    assert_eq!(serde_json::from_str::<Formula>(&json).expect("again"), formula);
    let error = serde_json::from_str::<Formula>(r#""1 +""#).expect_err("syntax").to_string();
    assert!(error.contains("line 1, column 4") && error.contains("mend:"), "{error}");
}

/// A variable for each single letter.
struct Letters(i64, i64, i64);

impl Lookup for Letters {
    fn lookup(&self, name: &str) -> Option<Value> {
        let number = match name {
            "a" => self.0,
            "b" => self.1,
            "c" => self.2,
            _ => return None,
        };
        Some(Value::Num(Ratio::from_int(i128::from(number))))
    }
}

proptest! {
    #[test]
    fn arithmetic_obeys_its_laws(a in -1_000_000i64..1_000_000, b in -1_000_000i64..1_000_000, c in 1i64..1_000_000) {
        let letters = Letters(a, b, c);
        for law in ["a + b == b + a", "(a + b) * c == a * c + b * c", "a / c * c == a", "a - b == -(b - a)",
                    "a == c * floor(a / c) + (a - c * floor(a / c))", "a % c + int(a / c) * c == a", "min(a, b) + max(a, b) == a + b"] {
            prop_assert_eq!(Formula::parse(law).unwrap().eval(&letters), Ok(Value::Bool(true)), "{}", law);
        }
    }

    #[test]
    fn any_text_is_read_or_refused_and_never_more(text in "[a-c0-9.+*/()<>=&|?:!\\[\\]{}\"' -]{0,40}") {
        if let Ok(formula) = Formula::parse(&text) {
            let _ = formula.eval(&Letters(1, 2, 3));
        }
    }
}
