//! Time as a bill sees it: instants, local days, half-open periods, and the cycles of a recurring price.
//!
//! A subscription that starts on 16 September and bills on the 25th of each month has cycles from the 25th to the 25th. Its first
//! service is a stub of 9 days in a cycle of 31:
//!
//! ```
//! use calendar::{Cadence, DateRange, Proration, Schedule, Zone};
//!
//! let berlin = Zone::parse("Europe/Berlin")?;
//! let start = "2026-09-16".parse()?;
//! let schedule = Schedule::on_day(Cadence::MONTH, start, 25.try_into()?, berlin.clone())?;
//! assert_eq!(schedule.cycle(0)?.to_string(), "2026-08-25..2026-09-25");
//!
//! // service time is cut at the boundaries of the cycles; each part is worth its share of the cycle around it
//! let service = "2026-09-16..2026-11-01".parse::<DateRange>()?.to_period(&berlin)?;
//! let parts = schedule.parts(service)?;
//! let shares: Vec<String> = parts
//!     .iter()
//!     .map(|part| Ok(schedule.share(part.service, Proration::Day)?.to_string()))
//!     .collect::<Result<_, calendar::ProrationError>>()?;
//! assert_eq!(shares, ["9/31", "1", "7/31"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A cycle is always derived from the anchor, so a month that is too short moves nothing:
//!
//! ```
//! use calendar::{Cadence, Schedule, Zone};
//!
//! let schedule = Schedule::new(Cadence::MONTH, "2026-01-31".parse()?, Zone::utc());
//! let starts: Vec<String> =
//!     (0..4).map(|n| Ok(schedule.boundary(n)?.to_string())).collect::<Result<_, calendar::ScheduleError>>()?;
//! assert_eq!(starts, ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A day begins where its zone says, also where there is no midnight, and the database of zones is compiled in.
#![no_std]
extern crate alloc;

mod text;

mod instant;

pub use instant::{Instant, InstantError};

mod date;
mod zone;

pub use date::{Date, DateError, DayOfMonth, DayOfMonthError, Weekday};
pub use zone::{Zone, ZoneError};

mod period;

pub use period::{DateRange, Period, PeriodError};

mod cadence;
mod schedule;

pub use cadence::{Cadence, CadenceError, CadenceUnit, Step};
pub use schedule::{Alignment, Part, Schedule, ScheduleError};

mod proration;

pub use proration::{Proration, ProrationError};

pub mod profiles;
