//! Calendars (RFC 5545): meetings, and the days until which one may stand and vote, for the reader's own calendar.

use jiff::Timestamp;
use std::fmt::Write as _;

/// A line may have so many bytes before it is folded (RFC 5545, section 3.1).
const LINE_BYTES: usize = 75;

/// What a calendar shows.
#[derive(Debug, Clone, Default)]
pub struct Calendar {
    /// What it is called.
    pub name: String,
    /// Its language, such as `es`.
    pub language: String,
    /// When what it says was true: the time of the record's last entry.
    pub as_of: Option<Timestamp>,
    /// What happens when.
    pub appointments: Vec<Appointment>,
}

/// Something that happens at an hour.
#[derive(Debug, Clone)]
pub struct Appointment {
    /// The same for ever, and nobody else's (section 3.8.4.7).
    pub id: String,
    /// When it begins.
    pub begins: Timestamp,
    /// When it was over, where that is known.
    pub ends: Option<Timestamp>,
    /// What it is.
    pub title: String,
    /// More about it, such as the agenda.
    pub text: String,
    /// Where it can be read on.
    pub address: String,
}

impl Calendar {
    /// The file. Times are in UTC, so that no table of time zones has to come along.
    pub fn text(&self) -> String {
        let mut file = String::new();
        line(&mut file, "BEGIN", "VCALENDAR");
        line(&mut file, "VERSION", "2.0");
        line(&mut file, "PRODID", "-//Mandate//Pages//EN");
        line(&mut file, "METHOD", "PUBLISH");
        line(&mut file, "NAME", &escaped(&self.name));
        // Calendars older than RFC 7986 know the name by this property.
        line(&mut file, "X-WR-CALNAME", &escaped(&self.name));
        for appointment in &self.appointments {
            line(&mut file, "BEGIN", "VEVENT");
            line(&mut file, "UID", &escaped(&appointment.id));
            line(&mut file, "DTSTAMP", &utc(self.as_of.unwrap_or(appointment.begins)));
            line(&mut file, "DTSTART", &utc(appointment.begins));
            if let Some(ends) = appointment.ends.filter(|ends| *ends > appointment.begins) {
                line(&mut file, "DTEND", &utc(ends));
            }
            let language = format!(";LANGUAGE={}", self.language);
            line(&mut file, &format!("SUMMARY{language}"), &escaped(&appointment.title));
            if !appointment.text.is_empty() {
                line(&mut file, &format!("DESCRIPTION{language}"), &escaped(&appointment.text));
            }
            line(&mut file, "URL", &appointment.address);
            line(&mut file, "END", "VEVENT");
        }
        line(&mut file, "END", "VCALENDAR");
        file
    }
}

/// A property, folded.
fn line(file: &mut String, name: &str, value: &str) {
    let mut width = 0;
    for sign in name.chars().chain([':']).chain(value.chars()) {
        if width + sign.len_utf8() > LINE_BYTES {
            file.push_str("\r\n ");
            width = 1;
        }
        file.push(sign);
        width += sign.len_utf8();
    }
    file.push_str("\r\n");
}

/// A text as a value (section 3.3.11). Signs that steer a terminal or a line have no place in one.
fn escaped(text: &str) -> String {
    let mut value = String::new();
    for sign in text.chars() {
        match sign {
            '\\' | ';' | ',' => value.extend(['\\', sign]),
            '\n' => value.push_str("\\n"),
            sign if sign.is_control() => {}
            sign => value.push(sign),
        }
    }
    value
}

fn utc(moment: Timestamp) -> String {
    let at = moment.to_zoned_datetime(jiff::tz::TimeZone::UTC).datetime();
    let mut text = String::new();
    let (year, month, day) = (at.year(), at.month(), at.day());
    // Writing to a string cannot fail.
    let _ = write!(text, "{year:04}{month:02}{day:02}T{:02}{:02}{:02}Z", at.hour(), at.minute(), at.second());
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use icalendar::{CalendarComponent, Component};

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn another_program_reads_what_stands_in_the_file() {
        let title =
            "Bread; roses, and \\ more \u{2014} «ünï¢ødé» for everybody in all the mills of the valley";
        let calendar = Calendar {
            name: "Foundry, coast".into(),
            language: "en".into(),
            as_of: Some(at("2027-02-01T08:00:00Z")),
            appointments: vec![Appointment {
                id: "meeting-3@mandate.local".into(),
                begins: at("2027-03-01T17:30:00Z"),
                ends: None,
                title: title.into(),
                text: "1. Wages\n2. Hours\r\nBEGIN:VEVENT".into(),
                address: "https://federation.example/meetings/3".into(),
            }],
        };
        let text = calendar.text();
        assert!(text.split("\r\n").all(|line| line.len() <= LINE_BYTES && !line.contains(['\r', '\n'])));
        let read: icalendar::Calendar = text.parse().unwrap();
        assert_eq!(read.get_name().map(unescaped).as_deref(), Some("Foundry, coast"));
        let events: Vec<_> = read.iter().filter_map(CalendarComponent::as_event).collect();
        assert_eq!(events.len(), 1, "a title makes no event of its own");
        assert_eq!(events[0].get_uid(), Some("meeting-3@mandate.local"));
        assert_eq!(events[0].get_summary(), Some(title));
        assert_eq!(events[0].get_description(), Some("1. Wages\n2. Hours\nBEGIN:VEVENT"));
        let start = events[0].get_start().unwrap();
        let icalendar::DatePerhapsTime::DateTime(icalendar::CalendarDateTime::Utc(start)) = start else {
            panic!("{start:?}")
        };
        assert_eq!(start.timestamp(), at("2027-03-01T17:30:00Z").as_second());
    }

    /// The reader gives the name of a calendar as it stands in the file.
    fn unescaped(text: &str) -> String {
        let mut plain = String::new();
        let mut signs = text.chars();
        while let Some(sign) = signs.next() {
            match sign {
                '\\' => plain.push(signs.next().map_or('\\', |next| if next == 'n' { '\n' } else { next })),
                sign => plain.push(sign),
            }
        }
        plain
    }
}
