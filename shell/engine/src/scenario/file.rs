//! The file.

use super::action::{TimedAction, read as read_actions, take};
use super::expect::Expect;
use crate::Settings;
use calendar::Zone;
use catalog::{Catalog, PricingFile};
use contracts::When;
use stdx::{NonEmpty, Problem};
use yaml::{Document, Mistake, Node};

/// A scenario as it was read, with the document for the places of later mistakes.
#[derive(Debug)]
pub struct Scenario {
    /// What it shows: its first line, a comment.
    pub about: String,
    /// How the tenant bills.
    pub settings: Settings,
    /// The zone of customers who have none of their own.
    pub zone: Zone,
    /// What is offered from the beginning; or what is wrong with it.
    pub pricing: Result<Catalog, NonEmpty<Mistake>>,
    /// What happens.
    pub timeline: Vec<(When, Vec<TimedAction>)>,
    /// What must come out.
    pub expect: Expect,
    /// The text, with places.
    pub document: Document,
}

const FIELDS: [&str; 5] = ["settings", "zone", "pricing", "timeline", "expect"];

impl Scenario {
    /// Reads a scenario. A pricing that is refused is not a mistake of the scenario: it may be what is to be shown.
    pub fn parse(text: &str, file: &str) -> Result<Self, NonEmpty<Mistake>> {
        let document = Document::parse(text, file)?;
        Self::read(text, document).map_err(|error| match error {
            Either::One(mistake) => NonEmpty::of(mistake),
            Either::Many(mistakes) => mistakes,
        })
    }

    fn read(text: &str, document: Document) -> Result<Self, Either> {
        let root = document.root();
        for (key, _) in root.entries() {
            let name = key.text().unwrap_or_default();
            if !FIELDS.contains(&name) {
                let near = stdx::nearest(name, FIELDS).map_or(String::new(), |near| format!("did you mean `{near}`? "));
                let problem = Problem::new("unknown_field", "There is no such field")
                    .detail(format!("there is no field `{name}` in a scenario"))
                    .mend(format!("{near}the fields are: {}", FIELDS.join(", ")));
                return Err(document.mistake_at(key.pos, problem).into());
            }
        }
        let about = about(text);
        let settings = root.get("settings").map(|node| take(&document, node)).transpose()?.unwrap_or_default();
        let zone = root.get("zone").map(|node| take(&document, node)).transpose()?.unwrap_or_else(Zone::utc);
        let pricing = root.get("pricing").map_or(Ok(Catalog::default()), |_| PricingFile::read(&document, "/pricing"));
        let timeline = timeline(&document, root)?;
        let expect = match root.get("expect") {
            Some(node) => take(&document, node)?,
            None => Expect::default(),
        };
        Ok(Self { about, settings, zone, pricing, timeline, expect, document })
    }
}

/// The first line, when it is a comment.
fn about(text: &str) -> String {
    text.lines().next().and_then(|line| line.strip_prefix('#')).map(|line| line.trim().to_owned()).unwrap_or_default()
}

/// A mistake, or several.
enum Either {
    One(Mistake),
    Many(NonEmpty<Mistake>),
}

impl From<Mistake> for Either {
    fn from(mistake: Mistake) -> Self {
        Self::One(mistake)
    }
}
impl From<NonEmpty<Mistake>> for Either {
    fn from(mistakes: NonEmpty<Mistake>) -> Self {
        Self::Many(mistakes)
    }
}

fn timeline(document: &Document, root: &Node) -> Result<Vec<(When, Vec<TimedAction>)>, Mistake> {
    let Some(list) = root.get("timeline") else { return Ok(Vec::new()) };
    let mut timeline = Vec::new();
    for (at, item) in list.items().iter().enumerate() {
        for (moment, what) in item.entries() {
            let when: When = take(document, moment)?;
            let pointer = format!("/timeline/{at}/{}", moment.text().unwrap_or_default());
            timeline.push((when, read_actions(document, what, &pointer)?));
        }
    }
    Ok(timeline)
}
