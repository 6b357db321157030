//! The pages' words in a language: one Fluent file each, all with the same messages.
//!
//! A third language is one more file, in `words/` here or in the federation's directory. A file that lacks a message
//! is refused when the site starts: a language is complete or not offered.

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use jiff::tz::TimeZone;
use jiff::{Timestamp, civil};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;
use unic_langid::LanguageIdentifier;

const SHIPPED: [(&str, &str); 2] =
    [("en", include_str!("../words/en.ftl")), ("es", include_str!("../words/es.ftl"))];

/// One language.
pub struct Words {
    /// Its tag, such as `es`.
    pub tag: String,
    bundle: FluentBundle<FluentResource>,
    ids: BTreeSet<String>,
    grouping: String,
    decimal: String,
}

/// All languages that a site offers, the shipped ones first.
pub struct Languages(BTreeMap<String, Words>);

/// Why a language cannot be offered.
#[derive(Debug, thiserror::Error)]
pub enum WordsError {
    /// A file that cannot be read as Fluent.
    #[error("{file}: {problem}")]
    Unreadable { file: String, problem: String },
    /// Messages that English has and it has not.
    #[error("{file} lacks {count} messages, the first: {first}; a language is offered when it is complete")]
    Incomplete { file: String, count: usize, first: String },
}

impl Words {
    fn read(tag: &str, file: &str, text: &str) -> Result<Self, WordsError> {
        let unreadable = |problem: String| WordsError::Unreadable { file: file.to_owned(), problem };
        let language: LanguageIdentifier =
            tag.parse().map_err(|_| unreadable(format!("{tag:?} is no language tag, such as pt-BR")))?;
        let resource = FluentResource::try_new(text.to_owned())
            .map_err(|(_, errors)| unreadable(format!("{:?}", errors.first())))?;
        let ids = text.lines().filter_map(message_id).map(str::to_owned).collect();
        let mut bundle = FluentBundle::new_concurrent(vec![language]);
        // Isolation marks are put around text that people wrote, by the pages; not around numbers and links.
        bundle.set_use_isolating(false);
        bundle.add_resource(resource).map_err(|errors| unreadable(format!("{:?}", errors.first())))?;
        let mut words =
            Self { tag: tag.to_owned(), bundle, ids, grouping: String::new(), decimal: String::new() };
        words.grouping = words.say("number-grouping").replace('_', "\u{202f}");
        words.decimal = words.say("number-decimal");
        Ok(words)
    }

    /// A message.
    pub fn say(&self, id: &str) -> String {
        self.say_with(id, &[])
    }

    /// A message with its variables. A message that does not exist is shown by its name, which the tests refuse.
    pub fn say_with(&self, id: &str, variables: &[(&str, Said)]) -> String {
        let Some(pattern) = self.bundle.get_message(id).and_then(|message| message.value()) else {
            return format!("⟨{id}⟩");
        };
        let mut args = FluentArgs::new();
        for (name, value) in variables {
            match value {
                // Fluent chooses the plural by the number and shows the text as this language writes it.
                Said::Number(number) => {
                    args.set(*name, FluentValue::from(*number as f64));
                    args.set(format!("{name}-shown"), self.number(*number));
                }
                Said::Text(text) => args.set(*name, text.clone()),
            }
        }
        let mut errors = Vec::new();
        self.bundle.format_pattern(pattern, Some(&args), &mut errors).into_owned()
    }

    /// Whether there is such a message.
    pub fn has(&self, id: &str) -> bool {
        self.ids.contains(id)
    }

    /// A text that begins a line.
    pub fn capital(&self, text: &str) -> String {
        let mut signs = text.chars();
        let first = signs.next().map(|first| first.to_uppercase().collect::<String>());
        first.unwrap_or_default() + signs.as_str()
    }

    /// A whole number, grouped as this language does.
    pub fn number(&self, number: u64) -> String {
        grouped(&number.to_string(), &self.grouping)
    }

    /// A decimal as it is written in files (`-1234.50`), as this language writes it.
    pub fn decimal(&self, text: &str) -> String {
        let (sign, rest) = text.strip_prefix('-').map_or(("", text), |rest| ("−", rest));
        let (whole, part) = rest.split_once('.').map_or((rest, None), |(whole, part)| (whole, Some(part)));
        let whole = grouped(whole, &self.grouping);
        match part {
            Some(part) => format!("{sign}{whole}{}{part}", self.decimal),
            None => format!("{sign}{whole}"),
        }
    }

    /// A percentage with one decimal, from thousandths.
    pub fn percent(&self, thousandths: u64) -> String {
        format!("{}{}{}\u{a0}%", thousandths / 10, self.decimal, thousandths % 10)
    }

    /// A part of a whole: both numbers and the percentage.
    pub fn share(&self, part: u64, of: u64) -> String {
        if of == 0 {
            return self.say("share-of-none");
        }
        let tenths = (u128::from(part) * 1000 + u128::from(of) / 2) / u128::from(of);
        // Nearly all is not all, and hardly any is not none.
        let tenths = if part > 0 && part < of { tenths.clamp(1, 999) } else { tenths };
        let percent = self.percent(u64::try_from(tenths).unwrap_or(u64::MAX));
        let (part, of) = (self.number(part), self.number(of));
        self.say_with("share", &[("part", part.into()), ("of", of.into()), ("percent", percent.into())])
    }

    /// A day with its weekday.
    pub fn day(&self, moment: Timestamp, zone: &TimeZone) -> String {
        self.date("date-long", moment.to_zoned_datetime(zone.clone()).datetime())
    }

    /// A day with its weekday, and the hour.
    pub fn hour(&self, moment: Timestamp, zone: &TimeZone) -> String {
        self.date("date-hour", moment.to_zoned_datetime(zone.clone()).datetime())
    }

    fn date(&self, form: &str, date: civil::DateTime) -> String {
        let weekday = self.say(&format!("weekday-{}", date.weekday().to_monday_one_offset()));
        let month = self.say(&format!("month-{}", date.month()));
        let time = format!("{:02}:{:02}", date.hour(), date.minute());
        self.say_with(
            form,
            &[
                ("weekday", weekday.into()),
                ("day", date.day().to_string().into()),
                ("month", month.into()),
                ("year", date.year().to_string().into()),
                ("time", time.into()),
            ],
        )
    }

    /// The direction of writing, as HTML names it.
    pub fn direction(&self) -> String {
        self.say("direction")
    }
}

/// The name of the message that a line of a Fluent file begins.
fn message_id(line: &str) -> Option<&str> {
    let (id, _) = line.split_once('=')?;
    let id = id.strip_suffix(' ').unwrap_or(id);
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    (!id.is_empty() && id.starts_with(|c: char| c.is_ascii_alphabetic()) && id.chars().all(plain))
        .then_some(id)
}

fn grouped(digits: &str, grouping: &str) -> String {
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        // Four digits stand better without a sign between them.
        if place > 0 && digits.len() > 4 && (digits.len() - place).is_multiple_of(3) {
            text.push_str(grouping);
        }
        text.push(digit);
    }
    text
}

/// What a variable of a message is.
pub enum Said {
    /// A number: chooses the plural; `{ $name-shown }` shows it.
    Number(u64),
    /// Anything else.
    Text(String),
}

impl From<u64> for Said {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

impl From<u32> for Said {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl From<usize> for Said {
    fn from(number: usize) -> Self {
        Self::Number(number as u64)
    }
}

impl From<String> for Said {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Said {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl Languages {
    /// The shipped languages, and those of `words/*.ftl` in a federation's directory.
    ///
    /// # Errors
    /// A file that is no Fluent, or that lacks messages.
    pub fn read(directory: &Path) -> Result<Self, WordsError> {
        let mut languages = BTreeMap::new();
        for (tag, text) in SHIPPED {
            languages.insert(tag.to_owned(), Words::read(tag, &format!("{tag}.ftl"), text)?);
        }
        if let Ok(files) = std::fs::read_dir(directory.join("words")) {
            let mut files: Vec<_> = files.flatten().map(|file| file.path()).collect();
            files.sort();
            for file in files.iter().filter(|file| file.extension().is_some_and(|end| end == "ftl")) {
                let name = file.display().to_string();
                let tag = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
                let text = std::fs::read_to_string(file).map_err(|error| WordsError::Unreadable {
                    file: name.clone(),
                    problem: error.to_string(),
                })?;
                languages.insert(tag.to_owned(), Words::read(tag, &name, &text)?);
            }
        }
        let languages = Self(languages);
        languages.all_complete()?;
        Ok(languages)
    }

    fn all_complete(&self) -> Result<(), WordsError> {
        let all: BTreeSet<&String> = self.0.values().flat_map(|words| &words.ids).collect();
        for (tag, words) in &self.0 {
            let missing: Vec<_> = all.iter().filter(|id| !words.ids.contains(**id)).collect();
            if let Some(first) = missing.first() {
                let (file, first) = (format!("{tag}.ftl"), (**first).clone());
                return Err(WordsError::Incomplete { file, count: missing.len(), first });
            }
        }
        Ok(())
    }

    /// A language by its tag, or by the first part of it.
    pub fn get(&self, tag: &str) -> Option<&Words> {
        let main = tag.split('-').next().unwrap_or(tag);
        self.0.get(tag).or_else(|| self.0.get(main))
    }

    /// The language of a request: what was chosen, else the first of `Accept-Language` that is there, else the
    /// federation's own first, else English.
    pub fn choose(&self, chosen: Option<&str>, accepted: Option<&str>, own: &[String]) -> &Words {
        let listed = accepted.unwrap_or_default().split(',');
        let accepted = listed.map(|part| part.split(';').next().unwrap_or_default().trim());
        chosen
            .into_iter()
            .chain(accepted)
            .chain(own.iter().map(String::as_str))
            .find_map(|tag| self.get(tag))
            .unwrap_or(&self.0["en"])
    }

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = &Words> {
        self.0.values()
    }
}

impl fmt::Debug for Languages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn languages() -> Languages {
        Languages::read(Path::new("/nonexistent")).unwrap()
    }

    #[test]
    fn numbers_and_dates_are_written_as_each_language_does() {
        let languages = languages();
        let (en, es) = (languages.get("en").unwrap(), languages.get("es-MX").unwrap());
        assert_eq!(en.number(84_030), "84,030");
        assert_eq!(es.number(84_030), "84\u{202f}030");
        assert_eq!(en.number(2017), "2017");
        assert_eq!(es.decimal("-1234567.50"), "−1\u{202f}234\u{202f}567,50");
        assert_eq!(en.share(38, 694), "38 of 694, 5.5\u{a0}%");
        assert_eq!(en.share(693, 694), "693 of 694, 99.9\u{a0}%");
        let moment: Timestamp = "2026-11-24T23:30:00Z".parse().unwrap();
        let madrid = TimeZone::get("Europe/Madrid").unwrap();
        assert_eq!(es.hour(moment, &madrid), "miércoles 25 de noviembre de 2026, 00:30");
        assert_eq!(en.day(moment, &TimeZone::UTC), "Tuesday 24 November 2026");
    }

    #[test]
    fn every_message_that_the_pages_say_exists() {
        let languages = languages();
        let mut files = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
        let mut said = 0;
        while let Some(path) = files.pop() {
            if path.is_dir() {
                files.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            for piece in text.split(".say").skip(1) {
                let Some(rest) = piece.strip_prefix("(\"").or_else(|| {
                    piece.strip_prefix("_with(").and_then(|rest| rest.trim_start().strip_prefix('"'))
                }) else {
                    continue;
                };
                let id = rest.split('"').next().unwrap();
                said += 1;
                for words in languages.all() {
                    assert!(
                        words.has(id),
                        "{}: {} says {id:?}, which is not there",
                        words.tag,
                        path.display()
                    );
                }
            }
        }
        assert!(said > 50, "only {said} messages were found in the sources");
    }

    #[test]
    fn a_language_in_the_directory_is_offered_when_it_is_complete() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("words")).unwrap();
        let file = dir.path().join("words/ca.ftl");
        fs::write(&file, SHIPPED[1].1).unwrap();
        assert!(Languages::read(dir.path()).unwrap().get("ca").is_some());
        fs::write(&file, "direction = ltr\n").unwrap();
        let error = Languages::read(dir.path()).unwrap_err().to_string();
        assert!(error.starts_with("ca.ftl lacks "), "{error}");
    }
}
