//! What was measured, as a table and as JSON.

use crate::machine::Machine;
use crate::numbers::{Spread, shown};
use comfy_table::{CellAlignment, Table, presets::NOTHING};
use serde::Serialize;
use std::fmt::Write as _;

/// What a figure should be.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Target {
    /// More is better.
    AtLeast(f64),
    /// Less is better.
    AtMost(f64),
}

/// How the figure stands to its target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Verdict {
    /// As good as it should be, and as much better than the alternative.
    Met,
    /// Not so good.
    Missed,
    /// Nothing was asked for.
    Measured,
    /// There is no figure; the notes say why.
    NotMeasured,
}

/// The same work done by something else, in the same rounds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Alternative {
    /// What did it.
    pub(crate) what: String,
    /// How well, in the figure's unit.
    pub(crate) spread: Spread,
    /// How many times better the figure should be.
    pub(crate) ratio_target: Option<f64>,
}

/// One measured number.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Figure {
    /// By which `--only` finds it.
    pub(crate) name: &'static str,
    /// In words.
    pub(crate) what: String,
    /// Of the numbers.
    pub(crate) unit: &'static str,
    /// What it should be.
    pub(crate) target: Option<Target>,
    /// What it is.
    pub(crate) spread: Option<Spread>,
    /// What others do, the one to be compared with first.
    pub(crate) alternatives: Vec<Alternative>,
    /// What else was seen.
    pub(crate) notes: Vec<String>,
}

/// All of a run.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    /// The subcommand.
    pub(crate) benchmark: &'static str,
    /// Where it ran.
    pub(crate) machine: Machine,
    /// How it was called.
    pub(crate) settings: serde_json::Value,
    /// What was measured.
    pub(crate) figures: Vec<Figure>,
    /// Why the rest could not be measured.
    pub(crate) failed: Option<String>,
}

impl Target {
    fn is_met(self, number: f64) -> bool {
        match self {
            Self::AtLeast(least) => number >= least,
            Self::AtMost(most) => number <= most,
        }
    }

    fn words(self) -> String {
        match self {
            Self::AtLeast(least) => format!(">= {}", shown(least)),
            Self::AtMost(most) => format!("<= {}", shown(most)),
        }
    }
}

impl Figure {
    /// How many times the alternative it is; more is better.
    fn ratio(&self) -> Option<f64> {
        let (own, other) = (self.spread.as_ref()?.median, self.alternatives.first()?.spread.median);
        let is_less_better = matches!(self.target, Some(Target::AtMost(_)));
        let (more, less) = if is_less_better { (other, own) } else { (own, other) };
        (less > 0.0).then(|| more / less)
    }

    pub(crate) fn verdict(&self) -> Verdict {
        let Some(spread) = &self.spread else { return Verdict::NotMeasured };
        let ratio_target = self.alternatives.first().and_then(|alternative| alternative.ratio_target);
        if self.target.is_none() && ratio_target.is_none() {
            return Verdict::Measured;
        }
        let is_met = self.target.is_none_or(|target| target.is_met(spread.median))
            && ratio_target.is_none_or(|least| self.ratio().is_some_and(|ratio| ratio >= least));
        if is_met { Verdict::Met } else { Verdict::Missed }
    }
}

impl Serialize for Figure {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut out = serializer.serialize_struct("Figure", 9)?;
        out.serialize_field("name", self.name)?;
        out.serialize_field("what", &self.what)?;
        out.serialize_field("unit", self.unit)?;
        out.serialize_field("target", &self.target)?;
        out.serialize_field("result", &self.spread)?;
        out.serialize_field("alternatives", &self.alternatives)?;
        out.serialize_field("ratio", &self.ratio())?;
        out.serialize_field("verdict", &self.verdict())?;
        out.serialize_field("notes", &self.notes)?;
        out.end()
    }
}

const HEADINGS: [&str; 8] = ["", "figure", "least..most", "unit", "target", "alternative", "ratio", "verdict"];

impl Report {
    /// The table, the machine above it and the notes below.
    pub(crate) fn text(&self) -> String {
        let mut table = Table::new();
        table.load_style(NOTHING).set_header(HEADINGS);
        for figure in &self.figures {
            table.add_row(row(figure));
        }
        for (column, heading) in table.column_iter_mut().zip(HEADINGS) {
            column.set_padding((0, 2));
            if !matches!(heading, "" | "unit" | "verdict") {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        let mut text = format!("{}\n{table}\n", self.machine.text());
        for figure in self.figures.iter().filter(|figure| !figure.notes.is_empty()) {
            let _ = writeln!(text, "\n{}", figure.what);
            for note in &figure.notes {
                let _ = writeln!(text, "  {note}");
            }
        }
        text
    }
}

fn row(figure: &Figure) -> Vec<String> {
    let span = |spread: &Spread| format!("{}..{}", shown(spread.min), shown(spread.max));
    let (number, range) = match &figure.spread {
        Some(spread) => (shown(spread.median), span(spread)),
        None => ("-".to_owned(), String::new()),
    };
    let other = figure.alternatives.first();
    let ratio_target = other.and_then(|other| other.ratio_target);
    let ratio = figure.ratio().map(|ratio| match ratio_target {
        Some(least) => format!("{ratio:.1} (>= {})", shown(least)),
        None => format!("{ratio:.1}"),
    });
    let verdict = match figure.verdict() {
        Verdict::Met => "met",
        Verdict::Missed => "MISSED",
        Verdict::Measured => "",
        Verdict::NotMeasured => "not measured",
    };
    vec![
        figure.what.clone(),
        number,
        range,
        figure.unit.to_owned(),
        figure.target.map(Target::words).unwrap_or_default(),
        other.map(|other| format!("{} {}", other.what, shown(other.spread.median))).unwrap_or_default(),
        ratio.unwrap_or_default(),
        verdict.to_owned(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(target: Option<Target>, rounds: &[f64], other: Option<(f64, Option<f64>)>) -> Figure {
        let alternatives = other.map(|(median, ratio_target)| Alternative {
            what: "PostgreSQL".to_owned(),
            spread: Spread::of(vec![median]).expect("a round"),
            ratio_target,
        });
        Figure {
            name: "http-1000",
            what: "HTTP, 1,000 at a time".to_owned(),
            unit: "events/s",
            target,
            spread: Spread::of(rounds.to_vec()),
            alternatives: alternatives.into_iter().collect(),
            notes: vec!["server 1.2 s, generator 0.4 s of CPU time".to_owned()],
        }
    }

    #[test]
    fn a_figure_is_met_when_target_and_ratio_are() {
        let at_least = Some(Target::AtLeast(10.0));
        assert_eq!(figure(at_least, &[9.0, 10.0, 50.0], None).verdict(), Verdict::Met);
        assert_eq!(figure(at_least, &[9.0, 9.0, 50.0], None).verdict(), Verdict::Missed);
        assert_eq!(figure(at_least, &[30.0], Some((3.0, Some(10.0)))).verdict(), Verdict::Met);
        assert_eq!(figure(at_least, &[30.0], Some((3.1, Some(10.0)))).verdict(), Verdict::Missed);
        assert_eq!(figure(Some(Target::AtMost(10.0)), &[10.1], None).verdict(), Verdict::Missed);
        assert_eq!(figure(Some(Target::AtMost(10.0)), &[5.0], Some((50.0, Some(10.0)))).verdict(), Verdict::Met);
        assert_eq!(figure(None, &[1.0], Some((2.0, None))).verdict(), Verdict::Measured);
        assert_eq!(figure(at_least, &[], None).verdict(), Verdict::NotMeasured);
    }

    fn report() -> Report {
        let figures = vec![
            figure(Some(Target::AtLeast(500_000.0)), &[612_000.0, 598_000.0], Some((50_000.0, Some(10.0)))),
            figure(None, &[], None),
        ];
        Report {
            benchmark: "metering",
            machine: Machine::default(),
            settings: serde_json::json!({}),
            figures,
            failed: None,
        }
    }

    #[test]
    fn the_table_shows_figure_target_alternative_and_verdict() {
        let text = report().text();
        for part in
            ["605,000", "598,000..612,000", ">= 500,000", "PostgreSQL 50,000", "12.1 (>= 10.0)", "met", "not measured"]
        {
            assert!(text.contains(part), "{part} in {text}");
        }
        assert!(text.contains("server 1.2 s, generator 0.4 s of CPU time"));
    }

    #[test]
    fn the_json_has_each_round_and_the_verdict() {
        let json = serde_json::to_value(report()).expect("JSON");
        let figure = &json["figures"][0];
        assert_eq!(figure["result"]["rounds"], serde_json::json!([612_000.0, 598_000.0]));
        assert_eq!(figure["target"], serde_json::json!({ "at_least": 500_000.0 }));
        assert_eq!((&figure["verdict"], &figure["ratio"]), (&"met".into(), &12.1.into()));
        assert_eq!(json["figures"][1]["verdict"], "not_measured");
        assert!(json["machine"]["cores"].is_number() && json["benchmark"] == "metering");
    }
}
