//! OpenMeter's periods: recurrences with a time of day, and flat fees prorated by elapsed time.
//!
//! Source: rule 10 in `conformance/openmeter/README.md`.

use crate::{Cadence, Instant, Period, Schedule, ScheduleError, Zone};
use money::{NumError, Ratio};

/// The period of a recurrence that holds an instant. It begins at the anchor's time of day in UTC, on the anchor's day of the
/// month or the last day of a shorter month.
pub fn recurrence(anchor: Instant, cadence: Cadence, at: Instant) -> Result<Period, ScheduleError> {
    let utc = Zone::utc();
    let first = utc.date_of(anchor);
    let time_of_day = utc.start_of(first).micros_until(anchor);
    let shifted = |instant: Instant, micros| instant.plus_micros(micros).map_err(|_| ScheduleError::OutOfRange);
    let (_, cycle) = Schedule::new(cadence, first, utc).at(shifted(at, -time_of_day)?)?;
    Ok(Period::new(shifted(cycle.from(), time_of_day)?, shifted(cycle.to(), time_of_day)?)?)
}

/// What a flat fee is worth for service of so many microseconds in a full period of so many: 1 when the full period has no
/// length, the service has none, or it is not shorter.
pub fn flat_fee_share(service_micros: i64, full_micros: i64) -> Result<Ratio, NumError> {
    if full_micros > 0 && service_micros > 0 && service_micros < full_micros {
        Ratio::new(service_micros.into(), full_micros.into())
    } else {
        Ok(Ratio::ONE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn a_recurrence_keeps_its_day_and_hour() {
        let time = |text: &str| text.parse::<Instant>().expect(text);
        let period =
            recurrence(time("2025-01-31T15:00:00Z"), Cadence::MONTH, time("2025-09-30T14:59:59Z")).expect("near");
        assert_eq!(period.to_string(), "2025-08-31T15:00:00Z..2025-09-30T15:00:00Z");
    }

    #[test]
    fn only_a_shorter_service_is_prorated() {
        assert_eq!(flat_fee_share(15, 31), Ratio::new(15, 31));
        for (service, full) in [(31, 31), (40, 31), (15, 0), (0, 31)] {
            assert_eq!(flat_fee_share(service, full), Ok(Ratio::ONE), "{service} of {full}");
        }
    }
}
