//! The events that are sent: bodies that are made once, in which only what differs from event to event is written anew.
//!
//! Making JSON would cost the load generator more than the server needs to take it, and both share the machine.

/// Customers that the events are of.
pub(crate) const CUSTOMERS: u64 = 50_000;
/// Names of events; there is a meter for each.
pub(crate) const NAMES: [&str; 5] = ["api.call", "gpu.second", "llm.completion", "storage.write", "video.minute"];
/// Values of the property `model`.
pub(crate) const MODELS: [&str; 8] =
    ["a-large", "a-small", "b-large", "b-small", "c-large", "c-small", "d-large", "d-small"];
/// Values of the property `region`.
pub(crate) const REGIONS: [&str; 5] = ["ap-1", "eu-1", "eu-2", "us-1", "us-2"];
/// When the first event happened.
pub(crate) const FROM: &str = "2025-01-01T00:00:00Z";
/// 90 days later; all of it is in the past of any server.
pub(crate) const TO: &str = "2025-04-01T00:00:00Z";
/// Who the events are of, where a store is asked without a server.
pub(crate) const TENANT: &str = "default";

const DAYS: u64 = 90;
const DAY: u64 = 86_400_000_000;
const MONTHS: [u64; 3] = [31, 28, 31];
const SALT: u64 = 0x5851_f42d_4c95_7f2d;

/// A number that looks like chance. No two numbers give the same one, so that ids made of it never repeat.
pub(crate) const fn mix(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// The number of an event's customer: few customers have most of the events.
pub(crate) fn customer(chance: u64) -> u64 {
    let draw = u128::from(chance & 0xf_ffff);
    u64::try_from((draw.pow(3) * u128::from(CUSTOMERS)) >> 60).unwrap_or(0)
}

/// How a customer is named.
pub(crate) fn subject(customer: u64) -> String {
    format!("customer-{customer:05}")
}

/// How the events of a body stand in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// One event alone.
    One,
    /// A JSON array.
    Array,
    /// One on each line.
    Lines,
}

/// Where in the body an event's own values are.
#[derive(Debug, Clone, Copy)]
struct Places {
    id: usize,
    subject: usize,
    time: usize,
    latency: usize,
    tokens: usize,
}

/// A body that is stamped again and again with the values of the next events.
#[derive(Debug, Clone)]
pub(crate) struct Mold {
    bytes: Vec<u8>,
    head: usize,
    events: Vec<Places>,
    /// Microseconds from one event to the next.
    step: u64,
}

impl Mold {
    /// A body of so many events, whose models, regions and names follow from `seed`; `total` events fill the 90 days.
    pub(crate) fn new(shape: Shape, count: u64, seed: u64, total: u64) -> Self {
        let mut mold =
            Self { bytes: Vec::new(), head: 0, events: Vec::new(), step: (DAYS * DAY / total.max(1)).max(1) };
        let (open, between, close) = match shape {
            Shape::One => ("", "", ""),
            Shape::Array => ("[", ",", "]"),
            Shape::Lines => ("", "\n", "\n"),
        };
        mold.push(open);
        for number in 0..count {
            if number > 0 {
                mold.push(between);
            }
            mold.push_event(mix(mix(seed) ^ number));
        }
        mold.push(close);
        mold.stamp(0);
        mold
    }

    fn push(&mut self, text: &str) -> usize {
        self.bytes.extend_from_slice(text.as_bytes());
        self.bytes.len()
    }

    fn push_event(&mut self, chance: u64) {
        let pick = |list: &[&'static str], shift: u32| {
            let place = usize::try_from((chance >> shift) % 1_000_003).unwrap_or(0);
            list[place % list.len()]
        };
        self.push(r#"{"source":"gateway","id":""#);
        let id = self.bytes.len();
        self.push(r#"00000000-0000-0000-0000-000000000000","type":""#);
        self.push(pick(&NAMES, 0));
        let subject = self.push(r#"","subject":"customer-"#);
        let time = self.push(r#"00000","time":""#);
        self.push(r#"2025-01-01T00:00:00.000000Z","properties":{"model":""#);
        self.push(pick(&MODELS, 20));
        self.push(r#"","region":""#);
        self.push(pick(&REGIONS, 40));
        let latency = self.push(r#"","status":"ok","latency":"#);
        let tokens = self.push(r#"1000,"tokens":"#);
        self.push("10000}}");
        self.events.push(Places { id, subject, time, latency, tokens });
    }

    /// Puts the head of a request before the body, with the length of the body in it.
    pub(crate) fn after_head(mut self, head: impl FnOnce(usize) -> String) -> Self {
        let head = head(self.bytes.len()).into_bytes();
        for places in &mut self.events {
            for place in
                [&mut places.id, &mut places.subject, &mut places.time, &mut places.latency, &mut places.tokens]
            {
                *place += head.len();
            }
        }
        self.head = head.len();
        self.bytes.splice(0..0, head);
        self
    }

    /// How many events it has.
    pub(crate) fn count(&self) -> u64 {
        self.events.len() as u64
    }

    /// Makes it the events from number `first` on.
    pub(crate) fn stamp(&mut self, first: u64) -> &[u8] {
        for (number, places) in (first..).zip(&self.events) {
            let chance = mix(number ^ SALT);
            write_id(&mut self.bytes[places.id..places.id + 36], number);
            write_digits(&mut self.bytes[places.subject..places.subject + 5], customer(chance));
            write_time(&mut self.bytes[places.time..places.time + 27], number.wrapping_mul(self.step) % (DAYS * DAY));
            write_digits(&mut self.bytes[places.latency..places.latency + 4], 1_000 + (chance >> 20) % 9_000);
            write_digits(&mut self.bytes[places.tokens..places.tokens + 5], 10_000 + (chance >> 36) % 60_000);
        }
        &self.bytes
    }
}

/// The two digits of each byte.
const PAIRS: [[u8; 2]; 256] = {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let mut pairs = [[0; 2]; 256];
    let mut byte = 0;
    while byte < 256 {
        pairs[byte] = [HEX[byte >> 4], HEX[byte & 15]];
        byte += 1;
    }
    pairs
};

/// Writes the id of an event: a UUID whose first half no other event has.
fn write_id(out: &mut [u8], number: u64) {
    const PLACES: [usize; 16] = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];
    let halves = [mix(number), mix(number ^ SALT.rotate_left(17))];
    for (byte, place) in halves.iter().flat_map(|half| half.to_be_bytes()).zip(PLACES) {
        out[place..place + 2].copy_from_slice(&PAIRS[usize::from(byte)]);
    }
}

/// Writes a number into all of the places, with zeros before it.
fn write_digits(out: &mut [u8], mut number: u64) {
    for letter in out.iter_mut().rev() {
        *letter = b'0' + u8::try_from(number % 10).unwrap_or(0);
        number /= 10;
    }
}

/// Writes the instant so many microseconds after [`FROM`].
fn write_time(out: &mut [u8], micros: u64) {
    let (mut day, of_day) = (micros / DAY, micros % DAY);
    let mut month = 1;
    for days in MONTHS {
        if day >= days {
            day -= days;
            month += 1;
        } else {
            break;
        }
    }
    let seconds = of_day / 1_000_000;
    write_digits(&mut out[5..7], month);
    write_digits(&mut out[8..10], day + 1);
    write_digits(&mut out[11..13], seconds / 3_600);
    write_digits(&mut out[14..16], seconds / 60 % 60);
    write_digits(&mut out[17..19], seconds % 60);
    write_digits(&mut out[20..26], of_day % 1_000_000);
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn events(body: &[u8]) -> Vec<serde_json::Value> {
        serde_json::from_slice(body).expect("a JSON array")
    }

    #[test]
    fn the_mixer_does_not_repeat_itself() {
        let numbers = (0..200_000_u64).chain((0..1_000).map(|n| u64::MAX - n));
        let mixed: BTreeSet<u64> = numbers.clone().map(mix).collect();
        assert_eq!(mixed.len(), numbers.count());
    }

    #[test]
    fn ids_of_molds_that_are_stamped_in_turn_do_not_repeat() {
        let mut molds = [Mold::new(Shape::Array, 100, 1, 1_000), Mold::new(Shape::Array, 100, 2, 1_000)];
        let mut ids = BTreeSet::new();
        for turn in 0..50 {
            let body = events(molds[turn % 2].stamp(turn as u64 * 100));
            ids.extend(body.iter().map(|event| event["id"].as_str().expect("an id").to_owned()));
        }
        assert_eq!(ids.len(), 5_000);
    }

    #[test]
    fn what_a_mold_gives_is_an_event_that_metering_takes() {
        let mut mold = Mold::new(Shape::Array, 10, 7, 20);
        for event in events(mold.stamp(10)) {
            let event = metering::Event::from_json(&event.to_string()).expect("an event");
            assert_eq!((event.source.as_str(), event.id.len(), event.subject.len()), ("gateway", 36, 14));
            assert!(NAMES.contains(&event.name.as_str()));
            assert!(event.at.to_string().as_str() > "2025-02-14" && event.at.to_string().as_str() < TO);
            let names: Vec<&str> = event.properties.keys().map(String::as_str).collect();
            assert_eq!(names, ["latency", "model", "region", "status", "tokens"]);
        }
    }

    #[test]
    fn the_last_event_lies_in_the_last_day() {
        let mut mold = Mold::new(Shape::One, 1, 0, 1_000_000);
        let event: serde_json::Value = serde_json::from_slice(mold.stamp(999_999)).expect("an event");
        assert_eq!(event["time"], "2025-03-31T23:59:52.224000Z");
        let event: serde_json::Value = serde_json::from_slice(mold.stamp(1_000_000)).expect("an event");
        assert_eq!(event["time"], "2025-01-01T00:00:00.000000Z");
    }

    #[test]
    fn a_head_before_the_body_says_how_long_the_body_is() {
        let mut mold = Mold::new(Shape::Lines, 3, 0, 10).after_head(|length| format!("POST {length}\r\n\r\n"));
        let text = String::from_utf8(mold.stamp(5).to_vec()).expect("text");
        let (head, body) = text.split_once("\r\n\r\n").expect("a head");
        assert_eq!(head, format!("POST {}", body.len()));
        assert_eq!(body.lines().filter(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()).count(), 3);
    }

    #[test]
    fn few_customers_have_most_of_the_events() {
        let of_first = (0..100_000).filter(|n| customer(mix(*n)) == 0).count();
        assert!((2_000..3_500).contains(&of_first), "{of_first}");
        assert!((0..100_000).all(|n| customer(mix(n)) < CUSTOMERS));
    }
}
