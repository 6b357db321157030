//! The meeting desk: the chair's page, the screen at the front of the hall, and the forms of both.

use crate::acting::{Sent, form, offer, offer_blank};
use crate::page::{Page, section};
use crate::pages;
use crate::picture;
use crate::problem::Problem;
use crate::sheet::{Cell, Sheet};
use crate::view::View;
use mandate_assembly::ids::{Blob, MeetingId, MemberId, VoteId};
use mandate_assembly::majority::Tally;
use mandate_assembly::meeting::Meeting;
use mandate_assembly::vote::{Answer, Instructed, Part, Question, Vote};
use mandate_assembly::{Action, meeting, vote};
use mandate_charter::VoteWay;
use maud::{Markup, PreEscaped, html};

/// What a form of the desk asks for.
///
/// # Errors
/// Fields that cannot be understood. None where the desk has no such form.
pub fn action(sent: &Sent) -> Result<Option<Action>, Problem> {
    let meeting = || sent.number("meeting");
    let vote = || sent.number("vote");
    Ok(Some(match sent.text("do") {
        "open-meeting" => Action::Meeting(meeting::Action::Open { meeting: meeting()? }),
        "close-meeting" => Action::Meeting(meeting::Action::Close { meeting: meeting()? }),
        "hear" => Action::Meeting(meeting::Action::Hear {
            meeting: meeting()?,
            theses: sent.number("theses")?,
            minutes: sent.number("minutes")?,
        }),
        "write-minutes" => Action::Meeting(meeting::Action::WriteMinutes {
            meeting: meeting()?,
            text: Blob::from(sent.plain("text").as_str()),
        }),
        "approve-minutes" => Action::Meeting(meeting::Action::ApproveMinutes {
            meeting: meeting()?,
            in_meeting: sent.number("in-meeting")?,
        }),
        "put" => Action::Vote(vote::Action::Put { meeting: meeting()?, question: question(sent)? }),
        "count-hands" => {
            let counts = ["hands-for", "hands-against"].map(|field| sent.number(field));
            let [pro, contra] = counts;
            let tally = Tally { counts: vec![pro?, contra?], abstain: sent.number("hands-abstain")? };
            Action::Vote(vote::Action::CountHands { vote: vote()?, tally })
        }
        "enter" => {
            let answer = match sent.text("answer") {
                "for" => Answer::For,
                "against" => Answer::Against,
                "abstain" => Answer::Abstain,
                _ => return Err(Problem::Unreadable("expected-answer")),
            };
            let answers = sent
                .members("members")
                .into_iter()
                .map(|member| (member, vec![Part { answer: answer.clone(), votes: None }]))
                .collect();
            Action::Vote(vote::Action::Enter { vote: vote()?, answers })
        }
        "close-vote" => Action::Vote(vote::Action::Close { vote: vote()? }),
        _ => return Ok(None),
    }))
}

/// What is put, as the desk's list names it: `motion 3`, `amendment 3 2`, `platforms 1 2`, `variants 1 2 3`,
/// `instruction 3 for`.
fn question(sent: &Sent) -> Result<Question, Problem> {
    let words: Vec<&str> = sent.text("question").split_whitespace().collect();
    let unknown = Problem::Unreadable("expected-question");
    let n = |text: &str| text.parse::<u32>().map_err(|_| Problem::Unreadable("expected-question"));
    Ok(match words.as_slice() {
        ["motion", id] => Question::Motion(mandate_assembly::ids::MotionId(n(id)?)),
        ["amendment", id, place] => {
            Question::Amendment { motion: mandate_assembly::ids::MotionId(n(id)?), amendment: n(place)? }
        }
        ["platforms", ids @ ..] => {
            let ids = ids.iter().map(|id| n(id).map(mandate_assembly::ids::ThesesId));
            Question::Platforms(ids.collect::<Result<_, _>>()?)
        }
        ["variants", ids @ ..] => {
            let ids = ids.iter().map(|id| n(id).map(mandate_assembly::ids::VariantId));
            Question::Variants(ids.collect::<Result<_, _>>()?)
        }
        ["instruction", id, answer] => {
            let answer = match *answer {
                "for" => Instructed::For,
                "against" => Instructed::Against,
                "abstain" => Instructed::Abstain,
                _ => return Err(unknown),
            };
            Question::Instruction { on: mandate_assembly::ids::MotionId(n(id)?), answer }
        }
        _ => return Err(unknown),
    })
}

/// The chair's page.
///
/// # Errors
/// There is no such meeting.
pub fn page(view: &View<'_>, id: MeetingId) -> Result<Page, Problem> {
    let words = view.words;
    let meeting = view.federation.meeting(id)?;
    let name = view.assembly_name(&meeting.assembly);
    let mut page = Page::new(words.say_with("desk-of", &[("assembly", name.into())]))
        .under(words.say("meetings"), "/meetings")
        .under(id.to_string(), format!("/meetings/{id}"));
    page.prose(quorum(view, meeting));
    page.prose(steps(view, id, meeting));
    if meeting.opened.is_some() && meeting.closed.is_none() {
        page.prose(pages::floor::desk(view, id, meeting)?);
    }
    if meeting.opened.is_some() && meeting.closed.is_none() {
        page.prose(vote_desk(view, id, meeting));
        page.prose(check_in(view, id, meeting));
    }
    if meeting.opened.is_some() {
        page.prose(minutes(view, id, meeting));
    }
    page.sheet(present(view, meeting));
    // Guests' names are for those who invited them.
    if pages::invitations::may_invite(view, &meeting.assembly) {
        page.sheet(pages::invitations::guests(view, id));
    }
    page.prose(html! { p { a href={ "/meetings/" (id) "/screen" } { (words.say("hall-screen")) } } });
    Ok(page)
}

/// How many are there and how many must be; kept up to date.
fn quorum(view: &View<'_>, meeting: &Meeting) -> Markup {
    let words = view.words;
    let present = meeting.present.len() as u64;
    let needed = needed(view, meeting);
    let state = if present >= needed { words.say("quorum-there") } else { words.say("quorum-lacking") };
    html! {
        p.quorum data-live="quorum" role="status" {
            b { (words.number(present)) } " "
            (words.say_with("quorum-of", &[("entitled", meeting.entitled.into()), ("needed", needed.into())])) " · " b { (state) }
        }
    }
}

/// How many must be there [level.meeting.quorum].
fn needed(view: &View<'_>, meeting: &Meeting) -> u64 {
    let level = view.federation.level_of(&meeting.assembly);
    level.map_or(0, |level| level.meeting.quorum.at_least(meeting.entitled).max(1))
}

/// Opening and closing the meeting.
fn steps(view: &View<'_>, id: MeetingId, meeting: &Meeting) -> Markup {
    let words = view.words;
    let fixed = [("meeting", id.to_string())];
    match (meeting.opened, meeting.closed) {
        (None, None) => offer(
            view,
            &Action::Meeting(meeting::Action::Open { meeting: id }),
            &words.say("open-meeting"),
            form(view, "open-meeting", &fixed, html! {}, &words.say("open-meeting")),
        ),
        (Some(_), None) if view.federation.open_vote(id).is_none() => offer(
            view,
            &Action::Meeting(meeting::Action::Close { meeting: id }),
            &words.say("close-meeting"),
            form(view, "close-meeting", &fixed, html! {}, &words.say("close-meeting")),
        ),
        _ => html! {},
    }
}

/// The open vote, or what may be put next.
fn vote_desk(view: &View<'_>, id: MeetingId, meeting: &Meeting) -> Markup {
    let words = view.words;
    match view.federation.open_vote(id) {
        Some(vote_id) => {
            let Ok(vote) = view.federation.vote(vote_id) else { return html! {} };
            running_vote(view, vote_id, vote)
        }
        None => {
            let questions = questions(view, meeting);
            if questions.is_empty() {
                return html! { p { (words.say("nothing-to-put")) } };
            }
            let fields = html! {
                fieldset {
                    legend { (words.say("put-what")) }
                    @for (place, (value, label)) in questions.iter().enumerate() {
                        label.choice { input type="radio" name="question" value=(value) required checked[place == 0];
                            span { (label) } }
                    }
                }
            };
            let fixed = [("meeting", id.to_string())];
            offer_blank(
                view,
                &words.say("put-question"),
                form(view, "put", &fixed, fields, &words.say("put-question")),
            )
        }
    }
}

/// What can be put: amendments before their motion, platforms together, variants together, mandates for motions
/// above.
fn questions(view: &View<'_>, meeting: &Meeting) -> Vec<(String, String)> {
    let federation = view.federation;
    let mut questions = Vec::new();
    let on_agenda = meeting.agenda.iter().filter_map(|item| item.motion);
    for id in on_agenda {
        let Ok(motion) = federation.motion(id) else { continue };
        if !motion.is_open() {
            continue;
        }
        if let Some(place) = motion.next_amendment() {
            let question = Question::Amendment { motion: id, amendment: place as u32 + 1 };
            questions.push((format!("amendment {id} {}", place + 1), pages::vote::question(view, &question)));
        } else {
            questions.push((format!("motion {id}"), pages::vote::question(view, &Question::Motion(id))));
        }
    }
    let undecided: Vec<String> = federation
        .platforms
        .recognised()
        .filter(|(_, theses)| theses.result.is_none())
        .map(|(id, _)| id.to_string())
        .collect();
    let hears = federation.first_of_level(&federation.charter.platform.heard_by);
    if !undecided.is_empty() && hears == Some(&meeting.assembly) {
        questions.push((format!("platforms {}", undecided.join(" ")), view.words.say("question-platforms")));
    }
    let decides = federation.first_of_level(&federation.charter.plan.decided_by);
    let period = federation.planning.periods.len().wrapping_sub(1);
    let open = federation.planning.periods.last().is_some_and(|period| period.adopted.is_none());
    let variants: Vec<String> = (1..)
        .zip(&federation.planning.variants)
        .filter(|(_, variant)| variant.period == period)
        .map(|(place, _): (u32, _)| place.to_string())
        .collect();
    if open && !variants.is_empty() && decides == Some(&meeting.assembly) {
        questions.push((format!("variants {}", variants.join(" ")), view.words.say("question-variants")));
    }
    let above: Vec<_> =
        federation.assemblies.get(&meeting.assembly).map_or(Vec::new(), |body| body.elects.clone());
    for (place, motion) in (1..).zip(&federation.motions) {
        if motion.is_open() && above.contains(&motion.assembly) {
            for (word, answer) in [("for", Instructed::For), ("against", Instructed::Against)] {
                let on = mandate_assembly::ids::MotionId(place);
                let question = Question::Instruction { on, answer };
                let label = format!(
                    "{} {}",
                    pages::vote::question(view, &question),
                    pages::motion::instructed(view, answer)
                );
                questions.push((format!("instruction {place} {word}"), label));
            }
        }
    }
    questions
}

fn running_vote(view: &View<'_>, id: VoteId, vote: &Vote) -> Markup {
    let words = view.words;
    let fixed = [("vote", id.to_string())];
    let asked = pages::vote::question(view, &vote.question);
    let count = |name: &'static str, label: String| {
        html! { label for=(name) { (label) } input id=(name) name=(name) type="number" min="0" inputmode="numeric" required; }
    };
    html! {
        section.vote {
            h2 { (words.say("vote-open")) }
            p.lead { (asked) }
            p data-live="answers" role="status" {
                (words.say_with("answers-in", &[("count", vote.answers.len().into())]))
            }
        }
        @if vote.way == VoteWay::Hand {
            (offer_blank(view, &words.say("count-hands"), form(view, "count-hands", &fixed, html! {
                (count("hands-for", words.say("for")))
                (count("hands-against", words.say("against")))
                (count("hands-abstain", words.say("abstain")))
            }, &words.say("count-hands"))))
        } @else {
            (offer_blank(view, &words.say("enter-answers"), form(view, "enter", &fixed, html! {
                label for="members" { (words.say("members-one-a-line")) }
                textarea id="members" name="members" required {}
                (answers(view, "enter"))
            }, &words.say("enter-answers"))))
        }
        (offer(view, &Action::Vote(vote::Action::Close { vote: id }), &words.say("close-vote"),
            form(view, "close-vote", &fixed, html! {}, &words.say("close-vote"))))
    }
}

/// For, against, abstain.
fn answers(view: &View<'_>, of: &str) -> Markup {
    let words = view.words;
    html! {
        fieldset {
            legend { (words.say("answer")) }
            @for (value, label) in [("for", words.say("for")), ("against", words.say("against")), ("abstain", words.say("abstain"))] {
                label.choice { input type="radio" name="answer" value=(value) required id={ (of) "-" (value) }; span { (label) } }
            }
        }
    }
}

fn check_in(view: &View<'_>, id: MeetingId, meeting: &Meeting) -> Markup {
    let words = view.words;
    let fixed = [("meeting", id.to_string())];
    let fields = |of: &'static str| {
        html! {
            label for=(of) { (words.say("members-one-a-line")) }
            textarea id=(of) name="members" required {}
        }
    };
    html! {
        (offer_blank(view, &words.say("check-in"), form(view, "arrive", &fixed, fields("arrive"), &words.say("note-arrival"))))
        @if !meeting.present.is_empty() {
            (offer_blank(view, &words.say("check-out"), form(view, "depart", &fixed, fields("depart"), &words.say("note-departure"))))
        }
    }
}

/// Minutes that write themselves from what the record says of the meeting, to be corrected before they are kept.
fn minutes(view: &View<'_>, id: MeetingId, meeting: &Meeting) -> Markup {
    let words = view.words;
    if meeting.approved_in.is_some() {
        return html! {};
    }
    let kept = meeting.minutes.last().and_then(|hash| mandate_assembly::Files::get(&view.files, hash));
    let text = match kept {
        Some(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        None => draft(view, meeting),
    };
    let fields = html! {
        label for="minutes" { (words.say("minutes-correct")) }
        textarea id="minutes" name="text" rows="16" required { (text) }
    };
    let fixed = [("meeting", id.to_string())];
    let probe = Action::Meeting(meeting::Action::WriteMinutes { meeting: id, text: Blob::from("draft") });
    offer(
        view,
        &probe,
        &words.say("minutes"),
        form(view, "write-minutes", &fixed, fields, &words.say("keep-minutes")),
    )
}

/// What the record says of a meeting, as minutes.
fn draft(view: &View<'_>, meeting: &Meeting) -> String {
    let words = view.words;
    let mut lines = vec![
        view.assembly_name(&meeting.assembly),
        words.say_with(
            "minutes-opened",
            &[
                ("hour", meeting.opened.map_or(String::new(), |opened| view.hour(opened)).into()),
                ("present", words.share(meeting.attended.len() as u64, meeting.entitled).into()),
            ],
        ),
        String::new(),
    ];
    lines.extend(
        (1..).zip(&meeting.agenda).map(|(place, item): (usize, _)| format!("{place}. {}", item.title)),
    );
    lines.push(String::new());
    for id in &meeting.votes {
        let Ok(vote) = view.federation.vote(*id) else { continue };
        let asked = pages::vote::question(view, &vote.question);
        let tally = vote.result.as_ref().map(|result| {
            let counts: Vec<String> = result.tally.counts.iter().map(u64::to_string).collect();
            format!("{} / {}", counts.join(" : "), result.tally.abstain)
        });
        lines.push(format!("{asked}: {} ({})", pages::vote::result(view, vote), tally.unwrap_or_default()));
    }
    if let Some(closed) = meeting.closed {
        lines.push(words.say_with("minutes-closed", &[("hour", view.hour(closed).into())]));
    }
    lines.join("\n")
}

fn present(view: &View<'_>, meeting: &Meeting) -> Sheet {
    let words = view.words;
    let columns = vec![("delegate", words.say("delegate")), ("carries", words.say("carries"))];
    let mut sheet = Sheet::new("present", words.say("who-is-here"), columns);
    for seat in &meeting.present {
        let carried = meeting.carried.get(seat).copied();
        sheet.row(vec![view.member_cell(seat), carried.map_or(Cell::Nothing, Cell::Number)]);
    }
    sheet
}

/// The screen at the front of the hall: one thing at a time, the quorum in a corner.
///
/// # Errors
/// There is no such meeting.
pub fn screen(view: &View<'_>, id: MeetingId) -> Result<Page, Problem> {
    let words = view.words;
    let meeting = view.federation.meeting(id)?;
    let mut page = Page::new(view.assembly_name(&meeting.assembly));
    page.bare = true;
    let floor = pages::floor::screen(view, id)?;
    let open = view.federation.open_vote(id).and_then(|vote| view.federation.vote(vote).ok());
    let last = meeting.votes.last().and_then(|vote| view.federation.vote(*vote).ok());
    page.prose(html! {
        div.screen data-live="screen" {
            @if let Some(vote) = open {
                p.says { (words.say("vote-open")) }
                p.asks { (pages::vote::question(view, &vote.question)) }
                p.figure { (words.number(vote.answers.len() as u64)) }
                p.says { (words.say("answers-given")) }
            } @else if let Some(floor) = &floor {
                (floor)
            } @else if let Some(vote) = last {
                p.says { (pages::vote::question(view, &vote.question)) }
                @if let Some(result) = &vote.result {
                    p.figures {
                        @for count in &result.tally.counts { span { (words.number(*count)) } }
                    }
                }
                p.asks { (pages::vote::result(view, vote)) }
            } @else {
                p.asks { (view.assembly_name(&meeting.assembly)) }
                p.says { (view.hour(meeting.scheduled)) }
            }
            @if meeting.opened.is_some() && meeting.closed.is_none() { (way_in(view, id)) }
            div.corner { (words.number(meeting.present.len() as u64)) " / " (words.number(needed(view, meeting))) }
        }
    });
    Ok(page)
}

/// For a telephone that is held up to the screen: the meeting's page, where whoever has a seat comes in by themselves.
fn way_in(view: &View<'_>, id: MeetingId) -> Markup {
    let address = format!("{}/meetings/{id}", view.site);
    let title = view.words.say("come-in-here");
    html! {
        @if let Some(code) = picture::qr::svg(&address, &title) {
            figure.way-in { (PreEscaped(code)) figcaption { (title) br; (address) } }
        }
    }
}

/// What a delegate can do in a meeting now: come in, answer the open vote, let another vote.
pub fn for_delegate(view: &View<'_>, id: MeetingId, meeting: &Meeting) -> Markup {
    let words = view.words;
    let Some(member) = view.member else { return html! {} };
    let fixed = [("meeting", id.to_string())];
    let here = meeting.present.contains(member);
    let arrive = |members: Vec<MemberId>| Action::Meeting(meeting::Action::Arrive { meeting: id, members });
    html! {
        div data-live="delegate" {
            @if meeting.opened.is_some() && meeting.closed.is_none() {
                @if let Some(vote) = view.federation.open_vote(id) { (answer(view, vote, member)) }
                @if !here {
                    (offer(view, &arrive(vec![member.clone()]), &words.say("come-in"),
                        form(view, "arrive", &[("meeting", id.to_string()), ("members", member.to_string())],
                            html! {}, &words.say("come-in"))))
                }
            }
            @if meeting.closed.is_none() && !here {
                (proxy(view, &fixed))
            }
        }
    }
}

fn proxy(view: &View<'_>, fixed: &[(&str, String)]) -> Markup {
    let words = view.words;
    html! {
        details {
            summary { (words.say("cannot-come")) }
            (form(view, "give-proxy", fixed, html! {
                label for="holder" { (words.say("who-votes-for-you")) }
                input id="holder" name="holder" type="text" required autocomplete="off";
            }, &words.say("give-proxy")))
            (form(view, "swap", fixed, html! {
                label for="substitute" { (words.say("who-sits-for-you")) }
                input id="substitute" name="substitute" type="text" required autocomplete="off";
            }, &words.say("send-substitute")))
        }
    }
}

/// The open vote for one who may answer it: what was received, or the form.
fn answer(view: &View<'_>, id: VoteId, member: &MemberId) -> Markup {
    let words = view.words;
    let Ok(vote) = view.federation.vote(id) else { return html! {} };
    let asked = pages::vote::question(view, &vote.question);
    if let Some(parts) = vote.answers.get(member) {
        let is_split = parts.len() > 1;
        let said = parts.iter().map(|(given, votes)| {
            let given = pages::vote::answer(view, &vote.question, given);
            if is_split { format!("{} {given}", words.number(*votes)) } else { given }
        });
        let said: Vec<String> = said.collect();
        return html! {
            p.notice role="status" { b { (asked) } " " (words.say_with("vote-received", &[("answer", said.join(", ").into())])) }
        };
    }
    let probe = Part { answer: Answer::Abstain, votes: None };
    let probe = Action::Vote(vote::Action::Answer { vote: id, parts: vec![probe], for_absent: None });
    let fields = html! {
        @match &vote.question {
            Question::Platforms(theses) => {
                fieldset {
                    legend { (words.say("answer")) }
                    input type="hidden" name="answer" value="choice";
                    @for place in 1..=theses.len() {
                        label.choice { input type="radio" name="choice" value=(place) required;
                            span { (pages::vote::choice(view, &vote.question, place as u32)) } }
                    }
                }
            }
            Question::Variants(variants) => {
                fieldset {
                    legend { (words.say("rank-them")) }
                    input type="hidden" name="answer" value="ranking";
                    @for place in 1..=variants.len() {
                        label.rank for={ "rank-" (place) } { (pages::vote::choice(view, &vote.question, place as u32)) }
                        input id={ "rank-" (place) } name={ "rank-" (place) } type="number" min="1" max=(variants.len()) inputmode="numeric";
                    }
                }
            }
            _ => { (answers(view, "answer")) }
        }
    };
    let fixed = [("vote", id.to_string())];
    let form = form(view, "answer", &fixed, fields, &words.say("give-vote"));
    let carried = view.federation.meeting(vote.meeting).ok().and_then(|meeting| meeting.carried.get(member));
    let may_split = vote.way == VoteWay::Card && pages::vote::is_yes_or_no(&vote.question);
    match carried.filter(|carried| may_split && **carried > 1) {
        Some(carried) => offer(view, &probe, &asked, html! { (form) (split(view, &fixed, *carried)) }),
        None => offer(view, &probe, &asked, form),
    }
}

/// For one who carries votes of members that are not of one mind: so many for, so many against.
fn split(view: &View<'_>, fixed: &[(&str, String)], carried: u64) -> Markup {
    let words = view.words;
    html! {
        details {
            summary { (words.say_with("split-card", &[("carried", carried.into())])) }
            (form(view, "answer", fixed, html! {
                @for (name, label) in [("votes-for", "for"), ("votes-against", "against"), ("votes-abstain", "abstain")] {
                    label for=(name) { (words.say(label)) }
                    input id=(name) name=(name) type="number" min="0" max=(carried) inputmode="numeric";
                }
            }, &words.say("split-give")))
        }
    }
}

/// What is said on the page of a meeting for those who run it.
pub fn link(view: &View<'_>, id: MeetingId, meeting: &Meeting) -> Markup {
    if view.member.is_none() || meeting.approved_in.is_some() {
        return html! {};
    }
    section(
        &view.words.say("desk"),
        html! { p { a href={ "/meetings/" (id) "/desk" } { (view.words.say("to-the-desk")) } } },
    )
}
