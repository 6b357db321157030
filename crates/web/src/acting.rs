//! Acting: a form becomes a command, and the core answers it. What is offered on a page was put to the core before,
//! so that a reader learns there what they may do, or why not and by which article.

use crate::problem::Problem;
use crate::view::View;
use jiff::tz::TimeZone;
use jiff::{Timestamp, civil};
use mandate_assembly::Context;
use mandate_assembly::duty;
use mandate_assembly::ids::{AssemblyId, Blob, MemberId};
use mandate_assembly::{
    Action, Command, ballot, circular, decide, election, meeting, membership, motion, plan, recall, theses,
    vacancy, vote,
};
use mandate_charter::Duty;
use maud::{Markup, html};
use std::collections::BTreeMap;

/// The fields of a form that was sent.
pub struct Sent(Vec<(String, String)>);

impl Sent {
    /// A form's fields.
    pub fn new(fields: Vec<(String, String)>) -> Self {
        Self(fields)
    }

    /// A field, empty where it was not sent.
    pub fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.as_str())
    }

    /// A number.
    ///
    /// # Errors
    /// It is missing, or none.
    pub fn number<N: std::str::FromStr>(&self, name: &str) -> Result<N, Problem> {
        self.text(name).trim().parse().map_err(|_| Problem::Unreadable("expected-number"))
    }

    /// A text with line ends as files have them: browsers send CR LF (HTML Standard, form submission).
    pub fn plain(&self, name: &str) -> String {
        self.text(name).replace('\r', "")
    }

    /// Members named in a field, one a line or divided by commas or spaces.
    pub fn members(&self, name: &str) -> Vec<MemberId> {
        let ids = self.text(name).split(|sign: char| sign == ',' || sign.is_whitespace());
        ids.filter(|id| !id.is_empty()).map(Into::into).collect()
    }

    /// A day and hour as a form's field gives it (HTML Standard, local date and time), in the federation's zone.
    ///
    /// # Errors
    /// It is missing, or none.
    pub fn moment(&self, name: &str, zone: &TimeZone) -> Result<Timestamp, Problem> {
        let unreadable = Problem::Unreadable("expected-hour");
        let local: civil::DateTime = self.text(name).trim().parse().map_err(|_| unreadable.clone())?;
        Ok(local.to_zoned_datetime(zone.clone()).map_err(|_| unreadable)?.timestamp())
    }

    /// Which seats or posts.
    pub fn office(&self) -> election::Office {
        match self.text("organ") {
            "" => election::Office::Delegates { to: self.text("assembly").into() },
            organ => election::Office::Posts { organ: organ.into() },
        }
    }

    fn lines(&self, name: &str) -> Vec<String> {
        let text = self.plain(name);
        let lines = text.trim_end().split('\n').map(|line| line.trim_end().to_owned());
        lines.collect()
    }

    /// All fields whose name begins so, by the rest of it, in the order in which they were sent.
    fn starting(&self, start: &str) -> Vec<(&str, &str)> {
        self.0.iter().filter_map(|(name, value)| Some((name.strip_prefix(start)?, value.as_str()))).collect()
    }
}

/// What a form asks for.
///
/// # Errors
/// Fields that cannot be understood.
pub fn action(sent: &Sent, zone: &TimeZone) -> Result<Action, Problem> {
    let id = |name: &str| sent.text(name).trim();
    Ok(match sent.text("do") {
        "sign-motion" => Action::Motion(motion::Action::Sign { motion: sent.number("motion")? }),
        "withdraw-motion" => Action::Motion(motion::Action::Withdraw { motion: sent.number("motion")? }),
        "file-motion" => Action::Motion(motion::Action::File {
            assembly: id("assembly").into(),
            kind: id("kind").to_owned(),
            title: id("title").to_owned(),
            text: sent.lines("text"),
            seeks: None,
        }),
        "amend" => {
            let (before, after) = (sent.lines("before"), sent.lines("text"));
            let (first, lines, text) =
                changed(&before, &after).ok_or(Problem::Unreadable("nothing-changed"))?;
            Action::Motion(motion::Action::Amend { motion: sent.number("motion")?, first, lines, text })
        }
        "publish-theses" => Action::Theses(theses::Action::Publish {
            title: id("title").to_owned(),
            text: sent.lines("text"),
        }),
        "sign-theses" => Action::Theses(theses::Action::Sign { theses: sent.number("theses")? }),
        "unsign-theses" => Action::Theses(theses::Action::Unsign { theses: sent.number("theses")? }),
        "circulate" => {
            let about = match (id("motion"), id("theses")) {
                ("", "") => circular::About::Other,
                ("", _) => circular::About::Theses(sent.number("theses")?),
                _ => circular::About::Motion(sent.number("motion")?),
            };
            let levels = sent.starting("level-").into_iter().map(|(level, _)| level.to_owned()).collect();
            let text = Blob::from(sent.lines("text").join("\n").as_str());
            Action::Circular(circular::Action::Send { about, text, pages: sent.number("pages")?, levels })
        }
        "nominate" => Action::Election(election::Action::Nominate {
            election: sent.number("election")?,
            candidate: id("candidate").into(),
            with: Vec::new(),
        }),
        "endorse" => Action::Election(election::Action::Endorse {
            election: sent.number("election")?,
            candidate: id("candidate").into(),
        }),
        "answer-nomination" => Action::Election(election::Action::Answer {
            election: sent.number("election")?,
            stands: id("stands") == "yes",
        }),
        "cast" => Action::Ballot(ballot::Action::Cast {
            election: sent.number("election")?,
            ranking: ranked(sent)?.into_iter().map(|(candidate, _)| candidate.as_str().into()).collect(),
        }),
        "answer" => Action::Vote(vote::Action::Answer {
            vote: sent.number("vote")?,
            parts: parts(sent)?,
            for_absent: None,
        }),
        "answer-for-absent" => Action::Vote(vote::Action::Answer {
            vote: sent.number("vote")?,
            parts: parts(sent)?,
            for_absent: Some(id("absent").into()),
        }),
        "start-recall" => Action::Recall(recall::Action::Start {
            office: sent.office(),
            member: id("member").into(),
            reason: id("reason").to_owned(),
        }),
        "sign-recall" => Action::Recall(recall::Action::Sign { recall: sent.number("recall")? }),
        "call-recall" => Action::Recall(recall::Action::Call { recall: sent.number("recall")? }),
        "resign" => Action::Vacancy(vacancy::Action::Resign { office: sent.office() }),
        "leave" => Action::Membership(membership::Action::Leave {}),
        "report" => Action::Plan(plan::Action::Report {
            workplace: id("workplace").into(),
            part: id("part").to_owned(),
            made: quantities(sent),
        }),
        "petition" => Action::Meeting(meeting::Action::Petition { assembly: id("assembly").into() }),
        "convene" => Action::Meeting(meeting::Action::Convene {
            assembly: id("assembly").into(),
            scheduled: sent.moment("scheduled", zone)?,
            agenda: sent
                .lines("agenda")
                .iter()
                .filter(|line| !line.is_empty())
                .map(|line| item(line))
                .collect(),
        }),
        "arrive" => Action::Meeting(meeting::Action::Arrive {
            meeting: sent.number("meeting")?,
            members: sent.members("members"),
        }),
        "depart" => Action::Meeting(meeting::Action::Depart {
            meeting: sent.number("meeting")?,
            members: sent.members("members"),
        }),
        "give-proxy" => Action::Meeting(meeting::Action::GiveProxy {
            meeting: sent.number("meeting")?,
            holder: id("holder").into(),
        }),
        "swap" => Action::Meeting(meeting::Action::Swap {
            meeting: sent.number("meeting")?,
            substitute: id("substitute").into(),
        }),
        // As a program hands it in: see the page of the interface.
        "command" => {
            serde_json::from_str(sent.text("action")).map_err(|error| Problem::Unparsed(error.to_string()))?
        }
        _ => match crate::desk::action(sent)? {
            Some(action) => action,
            None => return crate::office::action(sent, zone),
        },
    })
}

/// A line of an agenda. One that begins with `#12` is about motion 12.
fn item(line: &str) -> meeting::Item {
    let number = line.strip_prefix('#').and_then(|rest| rest.split_whitespace().next());
    let motion = number.and_then(|number| number.trim_end_matches([':', '.', ',']).parse().ok());
    meeting::Item { title: line.trim_start_matches('#').to_owned(), motion }
}

fn quantities(sent: &Sent) -> BTreeMap<String, String> {
    let given = sent.starting("made-").into_iter().filter(|(_, quantity)| !quantity.trim().is_empty());
    given.map(|(product, quantity)| (product.to_owned(), quantity.trim().replace(',', "."))).collect()
}

/// What was ranked, in order of preference. A choice without a rank is left out; one rank twice is refused.
fn ranked(sent: &Sent) -> Result<Vec<(String, u32)>, Problem> {
    let mut ranked: Vec<(String, u32)> = Vec::new();
    for (choice, rank) in sent.starting("rank-") {
        let rank = rank.trim();
        if !rank.is_empty() {
            let rank: u32 = rank.parse().map_err(|_| Problem::Unreadable("expected-rank"))?;
            ranked.push((choice.to_owned(), rank));
        }
    }
    ranked.sort_by_key(|(_, rank)| *rank);
    if ranked.windows(2).any(|pair| pair[0].1 == pair[1].1) {
        return Err(Problem::Unreadable("rank-twice"));
    }
    Ok(ranked)
}

/// The answer to a vote; a card may be split.
fn parts(sent: &Sent) -> Result<Vec<vote::Part>, Problem> {
    let split: Vec<vote::Part> = [
        ("votes-for", vote::Answer::For),
        ("votes-against", vote::Answer::Against),
        ("votes-abstain", vote::Answer::Abstain),
    ]
    .into_iter()
    .filter(|(field, _)| !sent.text(field).trim().is_empty())
    .map(|(field, answer)| Ok(vote::Part { answer, votes: Some(sent.number(field)?) }))
    .collect::<Result<_, Problem>>()?;
    if !split.is_empty() {
        return Ok(split);
    }
    let answer = match sent.text("answer") {
        "for" => vote::Answer::For,
        "against" => vote::Answer::Against,
        "abstain" => vote::Answer::Abstain,
        "choice" => vote::Answer::Choice(sent.number("choice")?),
        "ranking" => {
            let places = ranked(sent)?.into_iter().map(|(place, _)| place.parse::<u16>());
            let places = places.collect::<Result<Vec<_>, _>>();
            vote::Answer::Ranking(places.map_err(|_| Problem::Unreadable("expected-rank"))?)
        }
        _ => return Err(Problem::Unreadable("expected-answer")),
    };
    Ok(vec![vote::Part { answer, votes: None }])
}

/// The smallest run of lines in which two texts differ: the first line changed, how many go, what comes. One that is
/// only added stands before the line that it pushes down.
fn changed(before: &[String], after: &[String]) -> Option<(u32, u32, Vec<String>)> {
    if before == after {
        return None;
    }
    let shorter = before.len().min(after.len());
    let start = before.iter().zip(after).take_while(|(old, new)| old == new).count();
    let end = before
        .iter()
        .rev()
        .zip(after.iter().rev())
        .take(shorter - start)
        .take_while(|(old, new)| old == new)
        .count();
    let gone = before.len() - start - end;
    Some((start as u32 + 1, gone as u32, after[start..after.len() - end].to_vec()))
}

/// Offers something to whoever is signed in: a form where the core would take it, else why not. Nothing for those
/// who are signed out. `probe` is what would be asked for, or close to it.
pub fn offer(view: &View<'_>, probe: &Action, title: &str, form: Markup) -> Markup {
    let Some(member) = view.member else { return html! {} };
    let state = view.state;
    let at = view.now.max(view.as_of);
    let command = Command { at, by: member.clone(), action: probe.clone() };
    match decide(state, &command, &view.files) {
        Ok(_) => html! { section.do { h2 { (title) } (form) } },
        Err(refusal) => html! {
            p.cannot { b { (title) ": " } (view.words.say("cannot-now")) " " (refusal.words()) " [" (refusal.article()) "]" }
        },
    }
}

/// Offers something where the core would take it now, and says nothing where not.
pub fn offer_allowed(view: &View<'_>, probe: &Action, title: &str, form: Markup) -> Markup {
    let Some(member) = view.member else { return html! {} };
    let command = Command { at: view.now.max(view.as_of), by: member.clone(), action: probe.clone() };
    match decide(view.state, &command, &view.files) {
        Ok(_) => html! { section.do { h2 { (title) } (form) } },
        Err(_) => html! {},
    }
}

/// Offers a form whose fields are still empty to those who hold the duty, and says nothing to others.
pub fn offer_duty(view: &View<'_>, duty: Duty, assembly: &AssemblyId, title: &str, form: Markup) -> Markup {
    let Some(member) = view.member else { return html! {} };
    let context = Context { at: view.now.max(view.as_of), by: member, files: &view.files };
    match duty::require(view.federation, &context, duty, assembly) {
        Ok(()) => html! { section.do { h2 { (title) } (form) } },
        Err(_) => html! {},
    }
}

/// Offers a form whose fields are still empty, so that the core cannot be asked yet.
pub fn offer_blank(view: &View<'_>, title: &str, form: Markup) -> Markup {
    match view.member {
        Some(_) => html! { section.do { h2 { (title) } (form) } },
        None => html! {},
    }
}

/// A form that does something, with what is fixed in it, and its button.
pub fn form(view: &View<'_>, does: &str, fixed: &[(&str, String)], fields: Markup, button: &str) -> Markup {
    html! {
        form method="post" action="/act" data-draft=(does) {
            input type="hidden" name="do" value=(does);
            input type="hidden" name="token" value=(view.form_token.as_deref().unwrap_or_default());
            input type="hidden" name="once" value=(view.once);
            input type="hidden" name="back" value=(view.path);
            @for (name, value) in fixed { input type="hidden" name=(name) value=(value); }
            (fields)
            button.act { (button) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.split('|').map(str::to_owned).collect()
    }

    #[test]
    fn an_edited_text_is_the_smallest_amendment() {
        let before = lines("a|b|c|d");
        let amended = |after: &str| changed(&before, &lines(after));
        assert_eq!(amended("a|b|c|d"), None);
        assert_eq!(amended("a|x|c|d"), Some((2, 1, lines("x"))));
        assert_eq!(amended("a|b|n|c|d"), Some((3, 0, lines("n"))));
        assert_eq!(amended("a|b|c|d|e"), Some((5, 0, lines("e"))));
        assert_eq!(amended("a|d"), Some((2, 2, vec![])));
        assert_eq!(amended("a|b|b|c|d"), Some((3, 0, lines("b"))));
        assert_eq!(amended("x|b|c|y"), Some((1, 4, lines("x|b|c|y"))));
    }

    #[test]
    fn every_form_that_cannot_be_understood_says_what_was_expected() {
        let sent = |text: &str| Sent::new(crate::body::fields(text));
        for (text, expected) in [
            ("do=sign-motion&motion=x", "expected-number"),
            ("do=answer&vote=1", "expected-answer"),
            ("do=cast&election=1&rank-M1=1&rank-M2=1", "rank-twice"),
            ("do=cast&election=1&rank-M1=first", "expected-rank"),
            ("do=convene&assembly=congress&scheduled=tomorrow", "expected-hour"),
            ("do=amend&motion=1&before=a&text=a", "nothing-changed"),
            ("do=rule", "unknown-form"),
        ] {
            match action(&sent(text), &TimeZone::UTC) {
                Err(Problem::Unreadable(what)) => assert_eq!(what, expected, "{text}"),
                other => panic!("{text}: {other:?}"),
            }
        }
    }

    #[test]
    fn a_card_may_be_split() {
        let sent =
            Sent::new(crate::body::fields("do=answer&vote=3&votes-for=30&votes-against=15&votes-abstain="));
        let Ok(Action::Vote(vote::Action::Answer { parts, .. })) = action(&sent, &TimeZone::UTC) else {
            panic!("not an answer")
        };
        assert_eq!(parts.iter().map(|part| part.votes).collect::<Vec<_>>(), [Some(30), Some(15)]);
    }
}
