//! Periods: terms, notices and deadlines as ISO 8601 durations, reckoned in the UTC calendar.

use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use std::fmt;
use std::str::FromStr;

/// A duration of ISO 8601 in whole units. A month is a calendar month: a month after 31 January is the last day
/// of February. Two periods are equal where they are written with the same units; `P7D` is not `P1W`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Period {
    /// Calendar years.
    pub years: u16,
    /// Calendar months.
    pub months: u16,
    /// Weeks of seven days.
    pub weeks: u16,
    /// Days of 24 hours, as the UTC calendar has no others.
    pub days: u16,
    /// Hours.
    pub hours: u32,
    /// Minutes.
    pub minutes: u32,
    /// Seconds.
    pub seconds: u32,
}

impl Period {
    /// No time at all, `PT0S`.
    pub const ZERO: Self = Self { years: 0, months: 0, weeks: 0, days: 0, hours: 0, minutes: 0, seconds: 0 };

    /// A period of whole days.
    pub const fn days(days: u16) -> Self {
        Self { days, ..Self::ZERO }
    }

    /// A period of whole months.
    pub const fn months(months: u16) -> Self {
        Self { months, ..Self::ZERO }
    }

    /// A period of whole years.
    pub const fn years(years: u16) -> Self {
        Self { years, ..Self::ZERO }
    }

    /// Whether it lasts no time.
    pub fn is_zero(self) -> bool {
        self == Self::ZERO
    }

    /// The moment this long after `start` in the UTC calendar: years and months first, then weeks and days, then
    /// the clock. Stops at the last moment that can be written (in the year 9999).
    pub fn after(self, start: Timestamp) -> Timestamp {
        self.shift(start, false).unwrap_or(Timestamp::MAX)
    }

    /// The moment this long before `end`, reckoned as in [`after`](Self::after). Stops at the first moment that
    /// can be written (in the year -9999).
    pub fn before(self, end: Timestamp) -> Timestamp {
        self.shift(end, true).unwrap_or(Timestamp::MIN)
    }

    fn shift(self, from: Timestamp, backward: bool) -> Option<Timestamp> {
        let span = Span::new()
            .try_years(self.years)
            .and_then(|span| span.try_months(self.months))
            .and_then(|span| span.try_weeks(self.weeks))
            .and_then(|span| span.try_days(self.days))
            .and_then(|span| span.try_hours(self.hours))
            .and_then(|span| span.try_minutes(self.minutes))
            .and_then(|span| span.try_seconds(self.seconds))
            .ok()?;
        let from = from.to_zoned_datetime(TimeZone::UTC);
        let moved = if backward { from.checked_sub(span) } else { from.checked_add(span) };
        Some(moved.ok()?.timestamp())
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_zero() {
            return f.write_str("PT0S");
        }
        let write = |f: &mut fmt::Formatter<'_>, amount: u32, unit: char| match amount {
            0 => Ok(()),
            _ => write!(f, "{amount}{unit}"),
        };
        f.write_str("P")?;
        write(f, self.years.into(), 'Y')?;
        write(f, self.months.into(), 'M')?;
        write(f, self.weeks.into(), 'W')?;
        write(f, self.days.into(), 'D')?;
        if (self.hours, self.minutes, self.seconds) != (0, 0, 0) {
            f.write_str("T")?;
            write(f, self.hours, 'H')?;
            write(f, self.minutes, 'M')?;
            write(f, self.seconds, 'S')?;
        }
        Ok(())
    }
}

/// The text is no ISO 8601 duration in whole units.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "found {0:?}, expected an ISO 8601 duration in whole units, such as \"P1Y\", \"P14D\" or \"PT6H\" \
     (at most 65535 of a calendar unit)"
)]
pub struct NotAPeriod(String);

impl FromStr for Period {
    type Err = NotAPeriod;

    /// Reads `PnYnMnWnDTnHnMnS`: upper case, whole numbers, each unit at most once and in this order, at least
    /// one unit, `T` exactly where a unit of the clock follows.
    fn from_str(text: &str) -> Result<Self, NotAPeriod> {
        read(text).ok_or_else(|| NotAPeriod(text.to_owned()))
    }
}

fn read(text: &str) -> Option<Period> {
    let body = text.strip_prefix('P')?;
    let (calendar, clock) = match body.split_once('T') {
        Some((calendar, clock)) if !clock.is_empty() => (calendar, clock),
        Some(_) => return None,
        None if body.is_empty() => return None,
        None => (body, ""),
    };
    let [years, months, weeks, days] = amounts(calendar, ['Y', 'M', 'W', 'D'])?;
    let [hours, minutes, seconds] = amounts(clock, ['H', 'M', 'S'])?;
    Some(Period {
        years: years.try_into().ok()?,
        months: months.try_into().ok()?,
        weeks: weeks.try_into().ok()?,
        days: days.try_into().ok()?,
        hours,
        minutes,
        seconds,
    })
}

/// The amounts before each of `units`, which come in this order, each at most once.
fn amounts<const N: usize>(mut text: &str, units: [char; N]) -> Option<[u32; N]> {
    let mut amounts = [0; N];
    for (amount, unit) in amounts.iter_mut().zip(units) {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        if let Some(rest) = text[digits..].strip_prefix(unit) {
            *amount = text[..digits].parse().ok()?;
            text = rest;
        }
    }
    text.is_empty().then_some(amounts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn refuses_what_iso_8601_does_not_write() {
        for text in
            ["", "P", "PT", "1Y", "P1", "P1M1Y", "P1Y1Y", "P1.5D", "-P1D", "p1y", "P1DT", "PT1D", "P70000Y"]
        {
            assert!(text.parse::<Period>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn months_and_years_follow_the_calendar() {
        let cases = [
            ("2024-01-31T10:00:00Z", "P1M", "2024-02-29T10:00:00Z"),
            ("2023-01-31T10:00:00Z", "P1M", "2023-02-28T10:00:00Z"),
            ("2024-02-29T00:00:00Z", "P1Y", "2025-02-28T00:00:00Z"),
            ("2024-12-30T23:00:00Z", "P1W2DT2H", "2025-01-09T01:00:00Z"),
            ("2024-01-01T00:00:00Z", "PT36H", "2024-01-02T12:00:00Z"),
        ];
        for (start, period, end) in cases {
            let after = period.parse::<Period>().unwrap().after(start.parse().unwrap());
            assert_eq!(after, end.parse().unwrap(), "{start} + {period}");
        }
    }

    #[test]
    fn stops_at_the_ends_of_the_calendar() {
        assert_eq!(Period::years(65535).after(Timestamp::UNIX_EPOCH), Timestamp::MAX);
        assert_eq!(Period::years(65535).before(Timestamp::UNIX_EPOCH), Timestamp::MIN);
    }

    proptest! {
        #[test]
        fn display_reads_back(
            calendar in any::<[u16; 4]>(), clock in any::<[u32; 3]>(),
        ) {
            let [years, months, weeks, days] = calendar;
            let [hours, minutes, seconds] = clock;
            let period = Period { years, months, weeks, days, hours, minutes, seconds };
            prop_assert_eq!(period.to_string().parse::<Period>(), Ok(period));
        }

        #[test]
        fn days_and_clock_go_back_whence_they_came(days in 0..5000u16, seconds in 0..100_000u32, at in 0..2_000_000_000i64) {
            let period = Period { days, seconds, ..Period::ZERO };
            let start = Timestamp::from_second(at).unwrap();
            prop_assert_eq!(period.before(period.after(start)), start);
        }
    }
}
