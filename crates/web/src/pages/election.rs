//! Elections and their counts: who stands, who may vote until when, the count stage by stage.

use crate::acting::{form, offer, offer_blank};
use crate::page::{Page, picture, section};
use crate::problem::Problem;
use crate::sheet::{Cell, Sheet};
use crate::view::View;
use mandate_assembly::Action;
use mandate_assembly::ballot::Ballots;
use mandate_assembly::election::{Election, Office};
use mandate_assembly::ids::{ElectionId, MemberId};
use mandate_assembly::secret::Subject;
use maud::{Markup, html};

/// How many elections a page shows.
const PAGE_ROWS: usize = 200;

/// All elections, the newest first.
pub fn list(view: &View<'_>) -> Page {
    let words = view.words;
    let from: usize = view.asked("from").and_then(|from| from.parse().ok()).unwrap_or(0);
    let mut page = Page::new(words.say("nav-elections")).lead(words.say("elections-lead"));
    let all = view.federation.elections.len();
    let range = all.saturating_sub(from + PAGE_ROWS)..all.saturating_sub(from);
    page.sheet(sheet(view, |id, _| range.contains(&id.index())));
    page.prose(super::record::further(view, from, PAGE_ROWS, all));
    page
}

/// Elections that are looked for, the newest first.
pub fn sheet(view: &View<'_>, wanted: impl Fn(ElectionId, &Election) -> bool) -> Sheet {
    let words = view.words;
    let columns = vec![
        ("election", words.say("election")),
        ("body", words.say("electing-body")),
        ("seats", words.say("seats")),
        ("turnout", words.say("turnout")),
        ("closes", words.say("closes")),
        ("state", words.say("state")),
    ];
    let mut sheet = Sheet::new("elections", words.say("nav-elections"), columns);
    for (place, election) in view.federation.elections.iter().enumerate().rev() {
        let id = ElectionId::next(place);
        if !wanted(id, election) {
            continue;
        }
        sheet.row(vec![
            Cell::Link(format!("{id} {}", office(view, &election.office)), format!("/elections/{id}")),
            view.assembly(&election.body),
            Cell::Number(election.seats.into()),
            Cell::Share(election.ballots.voted(), election.entitled),
            view.day_cell(election.closes_at),
            Cell::Text(state(view, election)),
        ]);
    }
    sheet
}

/// What is elected, in words.
pub fn office(view: &View<'_>, office: &Office) -> String {
    match office {
        Office::Delegates { to } => {
            view.words.say_with("office-delegates", &[("assembly", view.assembly_name(to).into())])
        }
        Office::Posts { organ } => {
            view.words.say_with("office-posts", &[("organ", view.organ_name(organ).into())])
        }
    }
}

fn state(view: &View<'_>, election: &Election) -> String {
    let words = view.words;
    if election.declared.is_some() {
        words.say("declared")
    } else if election.outcome.is_some() {
        words.say("counted")
    } else if election.closed.is_some() {
        words.say("closed")
    } else if view.now <= election.nominations_until {
        words.say("nominations-open")
    } else if view.now <= election.closes_at {
        words.say("voting-open")
    } else {
        words.say("to-be-counted")
    }
}

/// One election.
pub fn page(view: &View<'_>, id: ElectionId) -> Result<Page, Problem> {
    let words = view.words;
    let election = view.federation.election(id)?;
    let lead = words.say_with(
        "election-lead",
        &[
            ("seats", election.seats.into()),
            ("body", view.assembly_name(&election.body).into()),
            ("rule", election.rule.name().into()),
            ("state", state(view, election).into()),
        ],
    );
    let mut page = Page::new(format!("{id}. {}", words.capital(&office(view, &election.office))))
        .lead(lead)
        .under(words.say("nav-elections"), "/elections");
    page.facts(vec![
        ("nominations", words.say("nominations-until"), html! { (view.hour(election.nominations_until)) }),
        ("closes", words.say("closes"), html! { (view.hour(election.closes_at)) }),
        ("entitled", words.say("entitled"), html! { (words.number(election.entitled)) }),
        (
            "turnout",
            words.say("turnout"),
            html! { (words.share(election.ballots.voted(), election.entitled)) },
        ),
        ("lot", words.say("lot-commitment"), html! { code { (election.lot_commitment) } }),
    ]);
    page.prose(crate::booth::way(view, Subject::Election(id)));
    page.prose(acts(view, id, election));
    page.prose(crate::office::of_election(view, id, election));
    page.sheet(candidates(view, election));
    if election.outcome.is_some() {
        count(view, election, &mut page);
    }
    Ok(page)
}

/// Nominating, answering a nomination, endorsing, voting.
fn acts(view: &View<'_>, id: ElectionId, election: &Election) -> Markup {
    use mandate_assembly::election::Action as Act;
    let words = view.words;
    let Some(me) = view.member else { return html! {} };
    let fixed = [("election", id.to_string())];
    if view.now <= election.nominations_until {
        let asked = election.candidacies.iter().any(|c| c.member == *me && c.accepted.is_none());
        let nominate = form(
            view,
            "nominate",
            &fixed,
            html! {
                label for="candidate" { (words.say("nominate-whom")) }
                input id="candidate" name="candidate" type="text" required maxlength="64" autocomplete="off";
            },
            &words.say("nominate"),
        );
        return html! {
            @if asked {
                (offer(view, &Action::Election(Act::Answer { election: id, stands: false }), &words.say("you-are-nominated"),
                    form(view, "answer-nomination", &fixed, html! {
                        label.choice { input type="radio" name="stands" value="yes" required; span { (words.say("i-stand")) } }
                        label.choice { input type="radio" name="stands" value="no" required; span { (words.say("i-do-not-stand")) } }
                    }, &words.say("answer-it"))))
            }
            @if election.electorate.has(view.federation, me) {
                (offer_blank(view, &words.say("nominate"), nominate))
                @for candidacy in election.candidacies.iter().filter(|c| !c.signatures.contains(me)) {
                    (endorse(view, id, &candidacy.member))
                }
            } @else { p.cannot { (words.say("not-your-election")) } }
        };
    }
    if election.closed.is_some() {
        return html! {};
    }
    let cast = match &election.ballots {
        Ballots::Open(cast) => cast,
        Ballots::Secret { .. } => return html! {},
        Ballots::Uncounted | Ballots::Box(_) => return html! { p { (words.say("votes-on-paper")) } },
    };
    if let Some(ranking) = cast.get(me) {
        let names: Vec<&str> = ranking.iter().map(|member| view.names.member(member)).collect();
        let said = words.say_with("vote-received", &[("answer", names.join(" > ").into())]);
        return html! { p.notice role="status" { (said) } };
    }
    let fields = html! {
        fieldset {
            legend { (words.say("rank-them")) }
            @for candidate in election.standing() {
                label.rank for={ "rank-" (candidate) } { (view.names.member(candidate)) }
                input id={ "rank-" (candidate) } name={ "rank-" (candidate) } type="number" min="1" inputmode="numeric";
            }
        }
    };
    let probe = mandate_assembly::ballot::Action::Cast { election: id, ranking: Vec::new() };
    offer(
        view,
        &Action::Ballot(probe),
        &words.say("give-vote"),
        form(view, "cast", &fixed, fields, &words.say("give-vote")),
    )
}

fn endorse(view: &View<'_>, id: ElectionId, candidate: &MemberId) -> Markup {
    let words = view.words;
    let act = mandate_assembly::election::Action::Endorse { election: id, candidate: candidate.clone() };
    let title = words.say_with("endorse", &[("name", view.names.member(candidate).into())]);
    let fixed = [("election", id.to_string()), ("candidate", candidate.to_string())];
    offer(view, &Action::Election(act), &title, form(view, "endorse", &fixed, html! {}, &title))
}

fn candidates(view: &View<'_>, election: &Election) -> Sheet {
    let words = view.words;
    let columns = vec![
        ("candidate", words.say("candidate")),
        ("signatures", words.say("signatures")),
        ("stands", words.say("stands")),
        ("result", words.say("result")),
    ];
    let mut sheet = Sheet::new("candidates", words.say("candidates"), columns);
    for candidacy in &election.candidacies {
        let stands = match candidacy.accepted {
            Some(true) => words.say("yes"),
            Some(false) => words.say("no"),
            None => words.say("not-answered"),
        };
        let elected = election
            .outcome
            .as_ref()
            .and_then(|outcome| outcome.elected.iter().position(|member| *member == candidacy.member));
        let result = match elected {
            Some(place) => Cell::Text(words.say_with("elected-place", &[("place", (place + 1).into())])),
            None => Cell::Nothing,
        };
        sheet.row(vec![
            view.member_cell(&candidacy.member),
            Cell::Number(candidacy.signatures.len() as u64),
            Cell::Text(stands),
            result,
        ]);
    }
    sheet
}

/// The count by its stages and as a picture, computed again from the ballots that the record keeps.
fn count(view: &View<'_>, election: &Election, page: &mut Page) {
    let words = view.words;
    let Ok(ballots) = mandate_assembly::ballot::to_count(election, &view.files) else {
        page.prose(html! { p { (words.say("ballots-not-kept")) } });
        return;
    };
    let seed = election.outcome.as_ref().and_then(|outcome| outcome.seed).map(|seed| seed.0);
    let counted = match mandate_count::count(election.rule, &ballots, seed.as_ref()) {
        Ok(counted) if !counted.stages.is_empty() => counted,
        // Nobody opposed those who stood, so there was nothing to count.
        Ok(_) | Err(_) => {
            page.prose(html! { p { (words.say("no-stages")) } });
            return;
        }
    };
    page.prose(section(
        &words.say("count-flow"),
        picture(mandate_count::print::svg::flow(&ballots, &counted)),
    ));
    let sheet = mandate_count::print::text::sheet(&ballots, &counted);
    page.prose(section(&words.say("count-stages"), html! { pre.count tabindex="0" { (sheet) } }));
    page.prose(html! { p { (words.say("count-check")) } });
}
