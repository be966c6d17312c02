//! Who buys.

use super::chance::Chance;
use calendar::Zone;
use contracts::{Customer, Quantities};
use stdx::{Key, Problem};

/// How much a customer uses, and what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Plan {
    Free,
    Starter,
    Scale,
}

impl Plan {
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Starter => "starter",
            Self::Scale => "scale",
        }
    }

    /// What the plan counts.
    pub(crate) fn quantities(self, seats: u64) -> Result<Quantities, Problem> {
        match self {
            Self::Free => Ok(Quantities::new()),
            Self::Starter | Self::Scale => Ok([(key("seats")?, seats.into())].into()),
        }
    }
}

/// A customer of the story.
#[derive(Debug)]
pub(crate) struct Buyer {
    pub customer: Customer,
    pub plan: Plan,
    pub seats: u64,
    /// Days after the beginning of the story.
    pub joins: i64,
}

const NAMES: [&str; 50] = [
    "Alder Robotics",
    "Basalt Legal",
    "Cobalt Health",
    "Driftwood Media",
    "Ember Finance",
    "Fathom Research",
    "Granite Games",
    "Harbor Parcels",
    "Indigo Travel",
    "Juniper Schools",
    "Kestrel Maps",
    "Lantern Readers",
    "Meadow Power",
    "Nimbus Retail",
    "Orchard Foods",
    "Pinecone Insurance",
    "Quartz Audio",
    "Ripple Chat",
    "Saffron Kitchens",
    "Tidal Biotech",
    "Umber Design",
    "Vertex Motors",
    "Willow Clinics",
    "Xenon Optics",
    "Yarrow Gardens",
    "Zephyr Airlines",
    "Amber Notes",
    "Birch Payments",
    "Cinder Labs",
    "Dune Logistics",
    "Echo Studios",
    "Fern Analytics",
    "Glacier Data",
    "Heron Mobility",
    "Iris Security",
    "Jade Textiles",
    "Koi Commerce",
    "Lumen Tutors",
    "Moss Housing",
    "Nectar Pets",
    "Onyx Trading",
    "Pebble Kids",
    "Quill Writers",
    "Raven News",
    "Slate Builders",
    "Thistle Events",
    "Urchin Marine",
    "Velvet Fashion",
    "Wren Recruiting",
    "Yonder Outdoors",
];

const ZONES: [&str; 7] = [
    "America/New_York",
    "America/Los_Angeles",
    "Europe/Berlin",
    "Europe/London",
    "Asia/Tokyo",
    "Asia/Kolkata",
    "Australia/Sydney",
];

/// The fifty, in the order in which they join.
pub(crate) fn buyers(seed: u64) -> Result<Vec<Buyer>, Problem> {
    let mut buyers = Vec::with_capacity(NAMES.len());
    for (place, name) in (0_u64..).zip(NAMES) {
        let mut chance = Chance::of(seed, place);
        let plan = match place % 10 {
            0 | 5 => Plan::Scale,
            1..=4 => Plan::Starter,
            _ => Plan::Free,
        };
        let seats = match plan {
            Plan::Free => 1,
            Plan::Starter => chance.between(2, 9),
            Plan::Scale => chance.between(8, 60),
        };
        let zone = Zone::parse(chance.one_of(ZONES)).map_err(|error| stdx::ToProblem::problem(&error))?;
        let customer = Customer::new(key(&name.to_lowercase().replace(' ', "-"))?, name, zone);
        // most are there from the beginning, the others join while it goes on
        let joins = if place < 38 { 0 } else { i64::try_from(chance.between(3, 55)).unwrap_or(3) };
        buyers.push(Buyer { customer, plan, seats, joins });
    }
    buyers.sort_by_key(|buyer| buyer.joins);
    Ok(buyers)
}

pub(crate) fn key(text: &str) -> Result<Key, Problem> {
    Key::try_from(text).map_err(|error| Problem::new("invalid_key", "Not a name").detail(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn fifty_customers_in_several_zones_on_three_plans() {
        let buyers = buyers(1).expect("buyers");
        let keys: BTreeSet<&str> = buyers.iter().map(|buyer| buyer.customer.key.as_str()).collect();
        let zones: BTreeSet<&str> = buyers.iter().map(|buyer| buyer.customer.zone.name()).collect();
        assert_eq!(keys.len(), 50);
        assert!(zones.len() >= 5, "{zones:?}");
        for plan in [Plan::Free, Plan::Starter, Plan::Scale] {
            assert!(buyers.iter().any(|buyer| buyer.plan == plan), "{plan:?}");
        }
        assert!(buyers.iter().any(|buyer| buyer.joins > 0));
    }
}
