//! What an event must be to be measured. (What its properties may be is checked where they are read: `metering`.)

use calendar::Instant;
use metering::Event;
use stdx::Problem;

/// Longest source, id, name and subject, in bytes.
pub const MAX_NAME_BYTES: usize = 512;
/// How far after its arrival an event may say that it happened, because clocks differ: one day, in microseconds.
pub const MAX_AHEAD_MICROS: i64 = 86_400_000_000;

/// What is wrong with an event, if anything: every store asks this before it accepts one.
///
/// # Errors
/// The problem with which the event goes to the quarantine.
pub fn check(event: &Event, received_at: Instant) -> Result<(), Problem> {
    let Event { source, id, name, subject, at, properties: _ } = event;
    check_parts(source, id, name, subject, *at, received_at)
}

/// What is wrong with an event that says this, if anything.
pub(crate) fn check_parts(
    source: &str,
    id: &str,
    name: &str,
    subject: &str,
    at: Instant,
    received_at: Instant,
) -> Result<(), Problem> {
    for (field, text) in [("source", source), ("id", id), ("type", name), ("subject", subject)] {
        check_name(field, text)?;
    }
    if received_at.micros_until(at) > MAX_AHEAD_MICROS {
        return Err(Problem::new("event_in_future", "The event has not happened yet")
            .detail(format!("it says that it happened at {at}, and it was received at {received_at}"))
            .at("/time")
            .mend("send the time at which it happened; it may be at most one day ahead"));
    }
    Ok(())
}

fn check_name(field: &str, text: &str) -> Result<(), Problem> {
    let problem = |detail: String, mend: &str| {
        Problem::new("event_invalid", "The event is not valid").detail(detail).at(format!("/{field}")).mend(mend)
    };
    let is_plain = text.bytes().fold(true, |plain, byte| plain & byte.is_ascii_graphic());
    if is_plain && !text.is_empty() && text.len() <= MAX_NAME_BYTES {
        return Ok(());
    }
    if text.trim().is_empty() {
        return Err(problem(
            format!("`{field}` is empty"),
            "every event names its source, its id, its type and its subject",
        ));
    }
    if text.len() > MAX_NAME_BYTES {
        let detail = format!("`{field}` has {} bytes; {MAX_NAME_BYTES} are allowed", text.len());
        return Err(problem(detail, "put long texts into the properties"));
    }
    match text.chars().find(|c| c.is_control()) {
        Some(found) => Err(problem(format!("`{field}` has the control character {found:?}"), "remove it")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use metering::Properties;

    fn event() -> Event {
        let text = |text: &str| text.to_owned();
        let at = "2026-04-16T00:00:00Z".parse().unwrap();
        Event {
            source: text("s"),
            id: text("1"),
            name: text("call"),
            subject: text("c"),
            at,
            properties: Properties::new(),
        }
    }

    fn refused(event: &Event) -> (String, String) {
        let problem = check(event, "2026-04-16T12:00:00Z".parse().unwrap()).unwrap_err();
        (problem.pointer.unwrap(), problem.detail)
    }

    #[test]
    fn every_event_names_its_source_id_type_and_subject() {
        assert_eq!(check(&event(), event().at), Ok(()));
        assert_eq!(refused(&Event { source: " ".into(), ..event() }).0, "/source");
        assert_eq!(refused(&Event { id: String::new(), ..event() }).0, "/id");
        assert_eq!(refused(&Event { name: "a\nb".into(), ..event() }).0, "/type");
        assert_eq!(
            refused(&Event { subject: "x".repeat(513), ..event() }).1,
            "`subject` has 513 bytes; 512 are allowed"
        );
    }

    #[test]
    fn an_event_is_at_most_a_day_ahead_of_its_arrival() {
        let ahead = |time: &str| Event { at: time.parse().unwrap(), ..event() };
        assert_eq!(check(&ahead("2026-04-17T12:00:00Z"), "2026-04-16T12:00:00Z".parse().unwrap()), Ok(()));
        assert_eq!(refused(&ahead("2026-04-17T12:00:00.000001Z")).0, "/time");
        assert_eq!(refused(&ahead("9999-12-31T23:59:59Z")).0, "/time");
    }
}
