//! Why somebody was elected or not, answered from the stages of the count in plain words, with the paragraphs.

use super::text::{action, tie_line};
use crate::{Action, Count, Election, Stage, Transfer, Votes};
use std::fmt::Write;

/// The number of the candidate whom a text names: a number on the ballot paper, a whole name, or a part of one name
/// only, in upper or lower case. The error says what else it could be.
pub fn find(election: &Election, text: &str) -> Result<u16, String> {
    let numbers = || 1..=election.candidates.len() as u16;
    if let Some(number) = text.parse().ok().filter(|number| numbers().contains(number)) {
        return Ok(number);
    }
    let wanted = text.to_lowercase();
    let named = |whole: bool| -> Vec<u16> {
        let fits = |number: &u16| {
            let name = election.name(*number).to_lowercase();
            if whole { name == wanted } else { name.contains(&wanted) }
        };
        numbers().filter(fits).collect()
    };
    let mut found = named(true);
    if found.is_empty() && !wanted.is_empty() {
        found = named(false);
    }
    match found[..] {
        [number] => Ok(number),
        [] => Err(format!(
            "nobody on the ballot paper is called \"{}\"; name one of the {} candidates, or give a number",
            text.chars().take(60).collect::<String>(),
            election.candidates.len()
        )),
        _ => {
            let names: Vec<String> = found.iter().take(6).map(|number| numbered(election, *number)).collect();
            Err(format!("{} candidates fit: {}; give the number", found.len(), names.join(", ")))
        }
    }
}

/// The answer, a sentence or two a stage.
pub fn answer(election: &Election, count: &Count, candidate: u16) -> String {
    let mut text = String::new();
    let name = numbered(election, candidate);
    let elected = count.elected.iter().find(|it| it.candidate == candidate);
    match elected {
        Some(it) => _ = writeln!(text, "{name} was elected at stage {}.", it.stage),
        None if election.candidates.get(usize::from(candidate) - 1).is_some_and(|it| it.withdrawn) => {
            let _ = writeln!(
                text,
                "{name} was not elected: withdrawn, so that preferences for {name} were passed over."
            );
            return text;
        }
        None => _ = writeln!(text, "{name} was not elected."),
    }
    if let Some(quota) = &count.quota {
        let _ = writeln!(text, "Seats: {}. Votes that elect (quota): {quota:.9}.", count.seats);
    }
    let mut before: Option<&Stage> = None;
    let last = elected.map_or(u32::MAX, |it| it.stage);
    for stage in count.stages.iter().take_while(|stage| stage.number <= last) {
        let lines = Line { election, count, stage, before, candidate };
        text += &lines.stage();
        before = Some(stage);
        if stage.excluded.contains(&candidate) {
            break;
        }
    }
    if elected.is_none() {
        text += &end(election, count, candidate);
    }
    for tie in count.ties.iter().filter(|tie| tie.tied.contains(&candidate)) {
        let _ = writeln!(text, "{}.", capital(&tie_line(election, tie)));
    }
    text
}

fn numbered(election: &Election, candidate: u16) -> String {
    match election.name(candidate) {
        "" => format!("candidate {candidate}"),
        name => format!("{candidate} {name}"),
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

/// What one stage means to one candidate.
struct Line<'a> {
    election: &'a Election,
    count: &'a Count,
    stage: &'a Stage,
    before: Option<&'a Stage>,
    candidate: u16,
}

impl Line<'_> {
    fn stage(&self) -> String {
        let Stage { number, paragraph, .. } = self.stage;
        let mut text = format!("Stage {number}, {} ({paragraph}): ", action(&self.stage.action));
        if let Action::Comparison = self.stage.action {
            text += &self.comparisons();
        } else if self.stage.excluded.contains(&self.candidate) {
            text += &self.exclusion();
        } else {
            text += &self.votes();
        }
        if let Some(decision) = self.stage.elected.iter().find(|it| it.candidate == self.candidate) {
            let _ = write!(text, " Elected ({}).", decision.paragraph);
        }
        for decision in self.stage.elected.iter().filter(|it| it.candidate != self.candidate) {
            let other = numbered(self.election, decision.candidate);
            let votes = total(self.stage, decision.candidate);
            let with = if matches!(self.stage.action, Action::Comparison) {
                String::new()
            } else {
                format!(" with {votes:.9}")
            };
            let _ = write!(text, " {other} elected{with} ({}).", decision.paragraph);
        }
        text.push('\n');
        text
    }

    /// Votes at the end of the stage, where they came from, and what is missing.
    fn votes(&self) -> String {
        let now = total(self.stage, self.candidate);
        let received = self.stage.transfers.iter().filter(|it| it.to == Some(self.candidate));
        let received: Vec<&Transfer> = received.filter(|it| it.votes != Votes::ZERO).collect();
        let mut text = match (self.before, received.is_empty()) {
            (None, _) => format!("{now:.9} votes"),
            (Some(_), true) => format!("nothing received, {now:.9} votes"),
            (Some(_), false) => format!("{:.9} received, now {now:.9} votes", sum(received.iter().copied())),
        };
        let quota = self.stage.quota.as_ref().or(self.count.quota.as_ref());
        if let Some(quota) = quota.filter(|quota| **quota > *now) {
            let missing = Votes::from(quota.to_rational() - now.to_rational());
            let _ = write!(text, ", {missing:.9} short of {quota:.9}");
        }
        text.push('.');
        text
    }

    /// With how many votes somebody was excluded, who had the next more, and where the votes went.
    fn exclusion(&self) -> String {
        let Some(before) = self.before else { return "excluded.".to_owned() };
        let had = total(before, self.candidate);
        let gone = |candidate: u16| self.stage.excluded.contains(&candidate);
        let left = (1u16..)
            .zip(before.totals.iter())
            .filter(|(other, votes)| !gone(*other) && **votes != Votes::ZERO && **votes >= *had)
            .min_by(|a, b| a.1.cmp(b.1));
        let mut text = match self.stage.excluded.len() {
            1 => format!("excluded, with {had:.9} votes fewest of those still in the count"),
            several => format!("excluded with {had:.9} votes, together with {} others", several - 1),
        };
        if let Some((other, votes)) = left {
            let _ = write!(text, " (next: {} with {votes:.9})", numbered(self.election, other));
        }
        let from = self.stage.transfers.iter().filter(|it| it.from == self.candidate);
        let mut ends: Vec<Option<u16>> = from.clone().map(|it| it.to).collect();
        ends.sort_unstable_by_key(|to| to.unwrap_or(u16::MAX));
        ends.dedup();
        let parts = ends.into_iter().map(|to| {
            let votes = sum(from.clone().filter(|it| it.to == to));
            match to {
                Some(to) => format!("{votes:.9} to {}", numbered(self.election, to)),
                None => format!("{votes:.9} to nobody (no further preference)"),
            }
        });
        let parts: Vec<String> = parts.collect();
        if !parts.is_empty() {
            let _ = write!(text, ". The votes went on: {}", parts.join(", "));
        }
        text.push('.');
        text
    }

    /// Each of the elected against the candidate, two by two.
    fn comparisons(&self) -> String {
        let Some(pairwise) = &self.count.pairwise else { return String::new() };
        let index = |candidate: u16| usize::from(candidate) - 1;
        let votes = |units: u64| Votes::new(i128::from(units), i128::from(pairwise.denominator));
        let me = index(self.candidate);
        let mut parts = Vec::new();
        for other in self.count.winners().into_iter().filter(|other| *other != self.candidate) {
            let them = index(other);
            let name = numbered(self.election, other);
            let for_me = votes(pairwise.preferred[me][them]);
            let against = votes(pairwise.preferred[them][me]);
            let mut part =
                format!("{for_me} votes prefer {} to {name}, {against} the other way round", self.name());
            if let Some(paths) = &pairwise.path_strengths {
                let (there, back) = (votes(paths[me][them]), votes(paths[them][me]));
                let _ = write!(part, " (strongest paths: {there} against {back})");
            }
            parts.push(part);
        }
        format!("{}.", parts.join("; "))
    }

    fn name(&self) -> String {
        numbered(self.election, self.candidate)
    }
}

fn total(stage: &Stage, candidate: u16) -> &Votes {
    stage.totals.get(usize::from(candidate) - 1).unwrap_or(&Votes::ZERO)
}

fn sum<'a>(transfers: impl Iterator<Item = &'a Transfer>) -> Votes {
    Votes::from(transfers.fold(Votes::ZERO.to_rational(), |sum, it| sum + it.votes.to_rational()))
}

/// Where somebody who was not excluded stood when the last seat was filled.
fn end(election: &Election, count: &Count, candidate: u16) -> String {
    let was_excluded = count.stages.iter().any(|stage| stage.excluded.contains(&candidate));
    let place = count.runners_up.iter().position(|it| *it == candidate).map_or(0, |place| place + 1);
    let (Some(last), Some(stage)) = (count.elected.last(), count.stages.last()) else { return String::new() };
    let mut text = format!("The last seat went to {}", numbered(election, last.candidate));
    let compares = matches!(stage.action, Action::Comparison);
    if !was_excluded && !compares {
        let (theirs, mine) = (total(stage, last.candidate), total(stage, candidate));
        let _ = write!(text, ", who had {theirs:.9} votes against {mine:.9}");
    }
    let _ =
        writeln!(text, ". Of those not elected, {} came {}.", numbered(election, candidate), ordinal(place));
    text
}

fn ordinal(place: usize) -> String {
    let ending = match (place % 10, place % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{place}{ending}")
}
