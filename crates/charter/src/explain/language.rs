//! The languages of the prose: one Fluent file each, `en.ftl` being the one that the others follow.

use crate::charter::{Base, Majority};
use crate::period::Period;
use fluent_bundle::{FluentArgs, FluentBundle, FluentResource, FluentValue};
use thiserror::Error;
use unic_langid::LanguageIdentifier;

/// The languages in which a charter can be explained, as tags of BCP 47.
pub const LANGUAGES: [&str; 2] = ["en", "es"];

const SOURCES: [&str; 2] = [include_str!("en.ftl"), include_str!("es.ftl")];

/// A language in which there is no prose.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("there is no prose in the language {given:?}; there is {}", LANGUAGES.join(", "))]
pub struct UnknownLanguage {
    /// The tag that was given.
    pub given: String,
}

/// One language's sentences.
pub(super) struct Language {
    pub tag: &'static str,
    bundle: FluentBundle<FluentResource>,
}

/// A sentence's variables.
pub(super) type Args<'a> = [(&'static str, FluentValue<'a>)];

impl Language {
    /// The language of a tag; a region's tag (`es-MX`) stands for its language.
    pub fn new(tag: &str) -> Result<Self, UnknownLanguage> {
        let language = tag.split('-').next().unwrap_or_default().to_lowercase();
        let unknown = || UnknownLanguage { given: tag.to_owned() };
        let index = LANGUAGES.iter().position(|known| *known == language).ok_or_else(unknown)?;
        let identifier: LanguageIdentifier = LANGUAGES[index].parse().map_err(|_| unknown())?;
        let mut bundle = FluentBundle::new(vec![identifier]);
        // Marks that isolate the direction of inserted text are for screens; this is plain text.
        bundle.set_use_isolating(false);
        let resource =
            FluentResource::try_new(SOURCES[index].to_owned()).unwrap_or_else(|(resource, _)| resource);
        bundle.add_resource_overriding(resource);
        Ok(Self { tag: LANGUAGES[index], bundle })
    }

    /// A message with its variables filled in. A message that is missing, which a test rules out, shows its name.
    pub fn say(&self, message: &str, args: &Args<'_>) -> String {
        let mut fluent_args = FluentArgs::with_capacity(args.len());
        for (name, value) in args {
            fluent_args.set(*name, value.clone());
        }
        let pattern = self.bundle.get_message(message).and_then(|message| message.value());
        let Some(pattern) = pattern else { return message.to_owned() };
        let mut errors = Vec::new();
        let text = self.bundle.format_pattern(pattern, Some(&fluent_args), &mut errors);
        text.into_owned()
    }

    /// `a, b and c`.
    pub fn list(&self, parts: &[String]) -> String {
        match parts {
            [] => String::new(),
            [only] => only.clone(),
            [first @ .., last] => format!("{} {} {last}", first.join(", "), self.say("and", &[])),
        }
    }

    /// `fourteen days` and the like, in digits.
    pub fn period(&self, period: Period) -> String {
        let units = [
            ("years", u32::from(period.years)),
            ("months", period.months.into()),
            ("weeks", period.weeks.into()),
            ("days", period.days.into()),
            ("hours", period.hours),
            ("minutes", period.minutes),
            ("seconds", period.seconds),
        ];
        let said = units.into_iter().filter(|(_, number)| *number > 0);
        let said: Vec<String> =
            said.map(|(unit, number)| self.say(unit, &[("number", number.into())])).collect();
        if said.is_empty() { self.say("no-time", &[]) } else { self.list(&said) }
    }

    /// `more than 1/2 of the votes cast`.
    pub fn majority(&self, majority: &Majority) -> String {
        let message = match majority.of {
            Base::Cast => "majority-cast",
            Base::Present => "majority-present",
            Base::Entitled => "majority-entitled",
        };
        let strict = if majority.strict { "yes" } else { "no" };
        self.say(message, &[("share", majority.share.to_string().into()), ("strict", strict.into())])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};

    /// Messages by name with the variables that they use.
    fn messages(source: &str) -> BTreeMap<String, BTreeSet<String>> {
        let mut messages: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut current = String::new();
        for line in source.lines().filter(|line| !line.starts_with('#')) {
            if let Some((name, _)) = line.split_once(" = ").filter(|_| !line.starts_with(' ')) {
                current = name.to_owned();
            }
            let variables = line.split("{ $").skip(1).filter_map(|rest| rest.split(' ').next());
            messages.entry(current.clone()).or_default().extend(variables.map(str::to_owned));
        }
        messages
    }

    #[test]
    fn every_language_has_the_same_messages_with_the_same_variables() {
        for source in SOURCES {
            assert!(FluentResource::try_new(source.to_owned()).is_ok());
            assert_eq!(messages(source), messages(SOURCES[0]));
        }
    }

    #[test]
    fn periods_are_said_with_their_units() {
        let period: Period = "P1Y2M14DT1H".parse().unwrap();
        assert_eq!(Language::new("en").unwrap().period(period), "one year, 2 months, 14 days and one hour");
        assert_eq!(Language::new("es-MX").unwrap().period(period), "un año, 2 meses, 14 días y una hora");
        assert_eq!(Language::new("en").unwrap().period(Period::ZERO), "no time");
        assert!(Language::new("xx").is_err());
    }
}
