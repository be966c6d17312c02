//! What a type reads from a file, and what it is told when it does not fit.

use money::Dec;
use serde::{Deserialize, de::DeserializeOwned};
use std::collections::BTreeMap;
use yaml::{Document, Survey};

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tier {
    #[serde(default)]
    up_to: Option<Dec>,
    each: Dec,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Aggregate {
    Count,
    Sum(String),
    Percentile { p: u8 },
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Meter {
    event: String,
    aggregate: Aggregate,
    #[serde(default)]
    group_by: Vec<String>,
}

fn document(text: &str) -> Document {
    Document::parse(text, "f.yaml").expect("well-formed")
}

fn read<T: DeserializeOwned>(text: &str) -> T {
    document(text).read().unwrap_or_else(|mistakes| panic!("{}", mistakes.first()))
}

/// `line:column code pointer` of every mistake.
fn mistakes<T: DeserializeOwned + std::fmt::Debug>(text: &str) -> Vec<String> {
    let mistakes = document(text).read::<T>().expect_err(text);
    let show = |m: &yaml::Mistake| {
        format!("{}:{} {} {}", m.line, m.column, m.problem.code, m.problem.pointer.as_deref().unwrap_or(""))
    };
    mistakes.iter().map(show).collect()
}

fn first<T: DeserializeOwned + std::fmt::Debug>(text: &str) -> String {
    document(text).read::<T>().expect_err(text).first().to_string()
}

fn dec(text: &str) -> Dec {
    text.parse().expect("a decimal")
}

#[test]
fn decimals_arrive_digit_by_digit_with_and_without_quotes() {
    for text in
        ["0.1", "123456789012345678901234.000000000012", "-7", "1_000_000", "170141183460469231731687303715884105727"]
    {
        assert_eq!(read::<Vec<Dec>>(&format!("[{text}, '{text}']")), [dec(text), dec(text)], "{text}");
    }
    assert_eq!(
        mistakes::<Vec<Dec>>("[1.5, abc, .nan, 0x1F]"),
        ["1:7 invalid_value /1", "1:12 invalid_value /2", "1:18 invalid_value /3"]
    );
}

#[test]
fn whole_numbers_know_their_range() {
    assert_eq!(read::<Vec<u32>>("[0, 1_000_000, 4294967295]"), [0, 1_000_000, u32::MAX]);
    assert_eq!(read::<i128>("170141183460469231731687303715884105727"), i128::MAX);
    let message = first::<BTreeMap<String, u16>>("days: 70000");
    assert!(message.contains("expected a whole number from 0 to 65535, found integer `70000`"), "{message}");
    for bad in ["1.5", "-1", "'5'", "five", "[5]", "~"] {
        assert_eq!(mistakes::<BTreeMap<String, u16>>(&format!("days: {bad}")).len(), 1, "{bad}");
    }
}

#[test]
fn words_that_look_like_something_else_are_text_where_text_is_read() {
    assert_eq!(read::<Vec<String>>("[no, 5, 1.50, 2026-04-01, '']"), ["no", "5", "1.50", "2026-04-01", ""]);
    let message = first::<Vec<String>>("[true]");
    assert!(message.contains("expected text (in quotes), found `true`"), "{message}");
}

#[test]
fn a_choice_is_a_word_or_a_map_of_one_entry() {
    assert_eq!(read::<Aggregate>("count"), Aggregate::Count);
    assert_eq!(read::<Aggregate>("count:"), Aggregate::Count);
    assert_eq!(read::<Aggregate>("sum: a + b"), Aggregate::Sum("a + b".into()));
    assert_eq!(read::<Aggregate>("{percentile: {p: 95}}"), Aggregate::Percentile { p: 95 });
    assert_eq!(mistakes::<Meter>("event: e\naggregate: { sum: a, count: ~ }\n"), ["2:1 wrong_kind /aggregate"]);
    assert_eq!(mistakes::<Meter>("event: e\naggregate: sum\n"), ["2:12 wrong_kind /aggregate"]);
    assert_eq!(mistakes::<Meter>("event: e\naggregate: { smu: a }\n"), ["2:14 unknown_word /aggregate/smu"]);
    assert!(
        first::<Meter>("event: e\naggregate: cuont\n")
            .contains("did you mean `count`? The words here are: count, sum, percentile")
    );
}

#[test]
fn a_field_that_is_not_there_gets_a_guess() {
    let message = first::<Meter>("event: e\naggregate: count\ngroup_bye: [model]\n");
    assert!(
        message.starts_with(
            "f.yaml:3:1: there is no field `group_bye` here [unknown_field]\n  3 | group_bye: [model]\n    | ^\n"
        ),
        "{message}"
    );
    assert!(
        message.ends_with("mend: did you mean `group_by`? The fields here are: event, aggregate, group_by"),
        "{message}"
    );
    let far = first::<Meter>("event: e\naggregate: count\nzzzzzzzz: 1\n");
    assert!(far.ends_with("mend: the fields here are: event, aggregate, group_by"), "{far}");
}

#[test]
fn everything_that_does_not_fit_is_told_at_once() {
    let text = "\
tokens:
  event: llm
  agregate: count
calls:
  event: [a]
  aggregate: cuont
  group_by: model
good: { event: e, aggregate: count }
";
    assert_eq!(
        mistakes::<BTreeMap<String, Meter>>(text),
        [
            "3:3 unknown_field /tokens/agregate",
            "1:1 missing_field /tokens",
            "5:3 wrong_kind /calls/event",
            "6:14 unknown_word /calls/aggregate",
            "7:13 wrong_kind /calls/group_by",
        ]
    );
}

#[test]
fn what_can_be_read_is_read_and_consequences_are_not_told() {
    let root = document("tokens: { event: 'e', aggregate: { sum: [1] } }\ncalls: { event: e, aggregate: count }\n");
    match root.root().survey::<BTreeMap<String, Meter>>() {
        Survey::Partly(meters, errors) => {
            assert_eq!(meters.keys().collect::<Vec<_>>(), ["calls"]);
            assert_eq!(errors.len(), 1, "that `aggregate` is now missing follows from the error in it: {errors:?}");
        }
        other @ (Survey::Whole(_) | Survey::Nothing(_)) => panic!("{other:?}"),
    }
}

#[test]
fn a_judgement_about_a_list_is_not_made_when_a_part_of_it_is_wrong() {
    let text = "tiers: [{ each: x }, { each: '1' }, { each: y }, { each: '1', upto: 5 }]";
    assert_eq!(
        mistakes::<BTreeMap<String, [Tier; 4]>>(text),
        ["1:17 invalid_value /tiers/0/each", "1:45 invalid_value /tiers/2/each", "1:63 unknown_field /tiers/3/upto"],
        "and that there are no longer four elements is not told"
    );
}

#[test]
fn a_hundred_errors_are_enough() {
    let many = format!("[{}x]", "x, ".repeat(9_999));
    assert_eq!(mistakes::<Vec<u8>>(&many).len(), 100);
    let large = format!("[{}x]", "x, ".repeat(399_999));
    assert!((3..50).contains(&mistakes::<Vec<u8>>(&large).len()), "a large file is not read a hundred times");
}

#[test]
fn nothing_after_a_colon_is_not_an_empty_map() {
    let message = first::<BTreeMap<String, Vec<Tier>>>("tiers:\n");
    assert!(message.contains("f.yaml:1:1: expected a list, found nothing [wrong_kind]"), "{message}");
    assert_eq!(read::<BTreeMap<String, Option<Vec<Tier>>>>("tiers:\n")["tiers"], None);
}

#[test]
#[allow(clippy::disallowed_types, reason = "to show that it is refused")]
fn a_binary_fraction_is_never_read() {
    assert!(first::<Vec<f64>>("[1.5]").contains("use an exact decimal"));
}

#[test]
fn any_part_of_a_tree_is_read_on_its_own() {
    let document = document("timeline:\n  - 2026-04-01: { acme subscribes to: basic }\n  - 2026-05-01: bill\n");
    let steps = document.root().get("timeline").expect("a timeline").items();
    assert_eq!(
        steps[0].read::<BTreeMap<String, BTreeMap<String, String>>>().expect("a step")["2026-04-01"]["acme subscribes to"],
        "basic"
    );
    let errors = steps[1].read::<BTreeMap<String, u8>>().expect_err("a word");
    let mistake = document.misread(errors.first());
    assert_eq!((mistake.line, mistake.column, mistake.problem.pointer.as_deref()), (3, 17, Some("/2026-05-01")));
}

proptest::proptest! {
    /// Whatever the bytes are, there is an answer: a tree, or a place in the text.
    #[test]
    fn any_bytes_are_answered(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
        if let Err(mistakes) = Document::from_bytes(&bytes, "any") {
            proptest::prop_assert!(mistakes.iter().all(|m| m.line >= 1 && m.column >= 1 && !m.to_string().is_empty()));
        }
    }

    /// The same for text that is nearly YAML.
    #[test]
    fn any_text_is_answered(text in "([a-c&*!|>'\"%@#~]|[ \n\t:,\\[\\]{}?-]){0,60}") {
        if let Err(mistakes) = Document::parse(&text, "any") {
            proptest::prop_assert!(mistakes.iter().all(|m| m.line >= 1 && m.column >= 1 && !m.to_string().is_empty()));
        }
    }

    /// JSON is YAML: what serde writes as JSON is read back as the same.
    #[test]
    fn json_is_read_as_it_was_written(value in proptest::collection::btree_map("[ -~äß€😀\\n\\t]{0,8}", proptest::collection::vec("[ -~äß€😀\\n\\t]{0,12}", 0..4), 1..6)) {
        let text = serde_json::to_string(&value).expect("JSON");
        proptest::prop_assert_eq!(document(&text).read::<BTreeMap<String, Vec<String>>>().expect("the same"), value);
    }
}
