//! The laws of cycles: they tile time, they never drift, and the parts of a cycle are worth the cycle.

use calendar::{Alignment, Cadence, Date, DateRange, DayOfMonth, Instant, Period, Proration, Schedule, Step, Zone};
use money::Ratio;
use proptest::prelude::*;

/// Zones with clock changes, a missing midnight, a repeated midnight, a skipped day, half-hour changes, and odd offsets.
const ZONES: [&str; 11] = [
    "UTC",
    "America/New_York",
    "Europe/Berlin",
    "Asia/Beirut",
    "Pacific/Apia",
    "America/Juneau",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "Pacific/Kiritimati",
];

fn zone(name: &str) -> Zone {
    Zone::parse(name).expect(name)
}

fn date(text: &str) -> Date {
    text.parse().expect(text)
}

fn cadences() -> Vec<Cadence> {
    let texts = [
        "day",
        "week",
        "2 weeks",
        "30 days",
        "month",
        "2 months",
        "quarter",
        "5 months",
        "half-year",
        "year",
        "18 months",
        "2 years",
    ];
    texts.iter().map(|text| text.parse().expect(text)).collect()
}

fn any_cadence() -> impl Strategy<Value = Cadence> {
    prop::sample::select(cadences())
}

fn any_date() -> impl Strategy<Value = Date> {
    (0i64..40_000).prop_map(|days| date("1970-01-01").plus_days(days).expect("near"))
}

fn any_zone() -> impl Strategy<Value = Zone> {
    prop::sample::select(ZONES.to_vec()).prop_map(zone)
}

#[test]
fn all_anchors_and_cadences_tile_six_years_without_drift() {
    let first = date("2023-01-01");
    for cadence in cadences() {
        for offset in 0..366 {
            let anchor = first.plus_days(offset).expect("near");
            let schedule = Schedule::new(cadence, anchor, Zone::utc());
            let mut previous = schedule.boundary(-1).expect("near");
            let mut n = -1;
            while previous < date("2029-01-01") {
                let cycle = schedule.cycle(n).expect("near");
                assert_eq!(cycle.from(), previous, "{cadence} from {anchor}: cycle {n} leaves a gap");
                if let Step::Months(_) = cadence.step() {
                    let wanted = anchor.day().min(cycle.from().days_in_month());
                    assert_eq!(cycle.from().day(), wanted, "{cadence} from {anchor}: cycle {n} has drifted");
                }
                for day in [cycle.from(), cycle.to().plus_days(-1).expect("near")] {
                    assert_eq!(schedule.containing(day), Ok((n, cycle)), "{cadence} from {anchor}: {day}");
                }
                previous = cycle.to();
                n += 1;
            }
        }
    }
}

#[test]
fn every_day_of_the_month_comes_back_after_short_months() {
    for day in 1..=31u8 {
        let day_of_month = DayOfMonth::try_from(day).expect("1 to 31");
        for start in ["2023-02-28", "2024-02-29", "2025-04-30", "2026-12-31", "2026-01-01"] {
            let schedule = Schedule::on_day(Cadence::MONTH, date(start), day_of_month, Zone::utc()).expect("near");
            assert!(schedule.cycle(0).expect("near").contains(date(start)), "day {day}: cycle 0 holds {start}");
            for n in 0..72 {
                let from = schedule.boundary(n).expect("near");
                assert_eq!(i16::from(from.day()), i16::from(day).min(from.days_in_month().into()), "day {day}: {from}");
            }
        }
    }
}

#[test]
fn the_first_boundary_is_the_next_such_day() {
    let at = |cadence: Cadence, start: &str, day: u8| {
        let day = day.try_into().expect("day");
        Schedule::on_day(cadence, date(start), day, Zone::utc()).expect("near").cycle(0).expect("near").to_string()
    };
    assert_eq!(at(Cadence::MONTH, "2026-09-16", 25), "2026-08-25..2026-09-25");
    assert_eq!(at(Cadence::MONTH, "2026-09-26", 25), "2026-09-25..2026-10-25");
    assert_eq!(at(Cadence::MONTH, "2026-09-25", 25), "2026-09-25..2026-10-25");
    assert_eq!(at(Cadence::YEAR, "2026-09-16", 25), "2025-09-25..2026-09-25");
    assert_eq!(at(Cadence::QUARTER, "2026-09-26", 25), "2026-07-25..2026-10-25");
    assert_eq!(at(Cadence::MONTH, "2026-02-28", 31), "2026-02-28..2026-03-31");
    assert!(Schedule::on_day(Cadence::WEEK, date("2026-02-28"), 3.try_into().expect("day"), Zone::utc()).is_err());
}

#[test]
fn calendar_alignment_begins_with_the_block_of_the_calendar() {
    let block = |cadence: &str, start: &str| {
        let cadence = cadence.parse().expect(cadence);
        let schedule = Schedule::aligned(cadence, date(start), Alignment::Calendar, Zone::utc()).expect("near");
        schedule.cycle(0).expect("near").to_string()
    };
    for (cadence, cycle) in [
        ("day", "2026-08-19..2026-08-20"),
        ("week", "2026-08-17..2026-08-24"),
        ("2 weeks", "2026-08-17..2026-08-31"),
        ("month", "2026-08-01..2026-09-01"),
        ("quarter", "2026-07-01..2026-10-01"),
        ("half-year", "2026-07-01..2027-01-01"),
        ("4 months", "2026-05-01..2026-09-01"),
        ("18 months", "2026-08-01..2028-02-01"),
        ("year", "2026-01-01..2027-01-01"),
        ("2 years", "2026-01-01..2028-01-01"),
    ] {
        assert_eq!(block(cadence, "2026-08-19"), cycle, "{cadence}");
    }
    let anniversary = Schedule::aligned(Cadence::YEAR, date("2026-08-19"), Alignment::Anniversary, Zone::utc());
    assert_eq!(anniversary.expect("near").anchor(), date("2026-08-19"));
}

#[test]
fn a_schedule_is_written_with_its_day_only_where_it_needs_one() {
    let plain = r#"{"cadence":"month","anchor":"2026-01-31","zone":"Europe/Berlin"}"#;
    let with_day = r#"{"cadence":"month","anchor":"2026-04-30","day":31,"zone":"Europe/Berlin"}"#;
    for json in [plain, with_day] {
        let schedule: Schedule = serde_json::from_str(json).expect(json);
        assert_eq!(serde_json::to_string(&schedule).expect("json"), json);
    }
    for (wrong, reason) in [
        (r#"{"cadence":"month","anchor":"2026-04-29","day":31,"zone":"UTC"}"#, "cannot begin on 2026-04-29"),
        (r#"{"cadence":"week","anchor":"2026-04-29","day":29,"zone":"UTC"}"#, "do not begin on a day of the month"),
        (r#"{"cadence":"month","anchor":"2026-04-29","zone":"Mars/Olympus"}"#, "there is no time zone `Mars/Olympus`"),
        (r#"{"cadence":"moth","anchor":"2026-04-29","zone":"UTC"}"#, "`moth` is not a cadence"),
    ] {
        let error = serde_json::from_str::<Schedule>(wrong).expect_err(wrong).to_string();
        assert!(error.contains(reason), "{error}");
    }
}

#[test]
fn cycles_end_with_the_calendar() {
    let schedule = Schedule::new(Cadence::MONTH, date("2026-01-31"), Zone::utc());
    assert!(schedule.containing(date("9999-11-30")).is_ok());
    for result in [
        schedule.containing(Date::MAX),
        schedule.cycle(i64::MAX).map(|cycle| (0, cycle)),
        schedule.cycle(i64::MIN).map(|cycle| (0, cycle)),
    ] {
        assert_eq!(result, Err(calendar::ScheduleError::OutOfRange));
    }
}

#[test]
fn a_daily_price_has_no_cycle_for_a_day_that_did_not_exist() {
    let apia = zone("Pacific/Apia");
    let service = "2011-12-28..2012-01-02".parse::<DateRange>().expect("range").to_period(&apia).expect("period");
    let schedule = Schedule::new(Cadence::DAY, date("2011-12-28"), apia);
    let days: Vec<i64> = schedule.parts(service).expect("near").iter().map(|part| part.index).collect();
    assert_eq!(days, [0, 1, 3, 4]);
}

#[test]
fn a_cycle_is_found_as_fast_far_from_the_anchor_as_near() {
    // 7,900 years of days: counting cycle by cycle would take minutes for the 100,000 questions
    let schedule = Schedule::new(Cadence::DAY, date("2026-01-01"), Zone::utc());
    let monthly = Schedule::new(Cadence::MONTH, date("2026-01-31"), Zone::utc());
    for back in 0..100_000 {
        let far = date("9998-01-01").plus_days(-back).expect("near");
        assert!(schedule.containing(far).expect("near").1.contains(far));
        assert!(monthly.containing(far).expect("near").1.contains(far));
    }
}

proptest! {
    #[test]
    fn every_day_lies_in_exactly_one_cycle(cadence in any_cadence(), anchor in any_date(), day in any_date()) {
        let schedule = Schedule::new(cadence, anchor, Zone::utc());
        let (n, cycle) = schedule.containing(day).expect("near");
        prop_assert!(cycle.contains(day));
        prop_assert_eq!(schedule.cycle(n - 1).expect("near").to(), cycle.from());
        prop_assert_eq!(schedule.cycle(n + 1).expect("near").from(), cycle.to());
    }

    #[test]
    fn every_instant_lies_in_exactly_one_cycle(
        cadence in any_cadence(), anchor in any_date(), zone in any_zone(), seconds in 0i64..3_000_000_000,
    ) {
        let at = Instant::from_micros(seconds * 1_000_000).expect("near");
        let schedule = Schedule::new(cadence, anchor, zone);
        let (_, cycle) = schedule.at(at).expect("near");
        prop_assert!(cycle.contains(at));
    }

    #[test]
    fn parts_tile_the_service(
        cadence in any_cadence(), anchor in any_date(), zone in any_zone(),
        from in 0i64..3_000_000_000, length in 1i64..100_000_000,
    ) {
        let time = |seconds: i64| Instant::from_micros(seconds * 1_000_000).expect("near");
        let service = Period::new(time(from), time(from + length)).expect("not empty");
        let schedule = Schedule::new(cadence, anchor, zone);
        let parts = schedule.parts(service).expect("near");
        prop_assert_eq!(parts.first().map(|part| part.service.from()), Some(service.from()));
        prop_assert_eq!(parts.last().map(|part| part.service.to()), Some(service.to()));
        for pair in parts.windows(2) {
            prop_assert_eq!(pair[0].service.to(), pair[1].service.from());
        }
        for part in parts {
            prop_assert!(part.cycle.covers(part.service));
        }
    }

    #[test]
    fn the_parts_of_a_cycle_are_worth_the_cycle(
        cadence in any_cadence(), anchor in any_date(), zone in any_zone(), n in -20i64..20,
        cuts in prop::collection::vec(1i64..1_000, 0..5),
        policy in prop::sample::select(vec![Proration::Second, Proration::Day, Proration::Thirty360]),
    ) {
        let schedule = Schedule::new(cadence, anchor, zone.clone());
        let days = schedule.cycle(n).expect("near");
        // a day that the zone skipped, or the 31st alone in 30/360, has nothing to divide
        let Ok(cycle) = days.to_period(&zone) else { return Ok(()) };
        prop_assume!(!(policy == Proration::Thirty360 && days.days() == 1 && days.to().day() == 31));
        let mut ends: Vec<i64> = cuts.iter().map(|per_mille| cycle.micros() / 1_000 * per_mille).collect();
        ends.extend([0, cycle.micros()]);
        ends.sort_unstable();
        ends.dedup();
        let mut sum = Ratio::ZERO;
        for pair in ends.windows(2) {
            let at = |micros| cycle.from().plus_micros(micros).expect("near");
            let part = Period::new(at(pair[0]), at(pair[1])).expect("not empty");
            let share = schedule.share(part, policy).expect("inside the cycle");
            prop_assert!(!share.is_negative());
            sum = sum.plus(share).expect("small");
        }
        prop_assert_eq!(sum, Ratio::ONE);
    }
}
