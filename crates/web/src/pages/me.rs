//! A member's own page: my workplace, my delegates, what they decided for me, what I can do now.

use super::{election, member, vote, workplace};
use crate::acting::{form, offer, offer_blank};
use crate::news::When;
use crate::occasion::may_write_to;
use crate::page::{Page, section};
use crate::problem::Problem;
use crate::sheet::{Cell, Sheet};
use crate::view::{View, address};
use mandate_assembly::ids::{ElectionId, MeetingId, MemberId, RecallId, VoteId, WorkplaceId};
use mandate_assembly::{Action, plan};
use maud::{Markup, html};
use std::collections::BTreeSet;

/// How many decisions are shown.
const DECISIONS: usize = 12;

/// The page of whoever is signed in.
///
/// # Errors
/// Nobody is, or who is has left.
pub fn page(view: &View<'_>) -> Result<Page, Problem> {
    let words = view.words;
    let federation = view.federation;
    let me = view.member.ok_or(Problem::SignedOut)?;
    let Some((_, line)) = federation.roll.member(me) else { return Err(Problem::NoSuch(me.to_string())) };
    let mut page = Page::new(words.say_with("me-title", &[("name", view.names.member(me).into())]));
    let Some(id) = line.workplace.and_then(|index| federation.roll.workplace_id(index)) else {
        return Ok(page.lead(words.say("me-left")));
    };
    page = page.lead(words.say_with("member-lead", &[("workplace", id.to_string().into())]));
    page.prose(section(&words.say("me-now"), now(view, me)));
    page.calendar = Some(When::Member(me.clone()));
    page.prose(can_do(view));
    page.sheet(delegates(view, me));
    page.sheet(decided(view, me));
    page.sheet(member::offices(view, me));
    page.prose(report(view, id));
    page.sheet(workplace::mandate(view, id));
    page.prose(html! {
        p {
            a href="/members/me/sign-in" { (words.say("ways")) } " · "
            a href="/members/me/second-factor" { (words.say("second")) } " · "
            a href="/members/me/tokens" { (words.say("tokens")) }
        }
        form method="post" action="/sign-out" {
            input type="hidden" name="token" value=(view.form_token.as_deref().unwrap_or_default());
            button.plain name="everywhere" value="no" { (words.say("sign-out")) } " "
            button.plain name="everywhere" value="yes" { (words.say("sign-out-everywhere")) }
        }
    });
    Ok(page)
}

/// Every assembly that speaks for a member: their workplace's own and all above it.
fn mine(view: &View<'_>, me: &MemberId) -> BTreeSet<mandate_assembly::ids::AssemblyId> {
    let workplace = view.federation.roll.member(me).and_then(|(_, line)| line.workplace);
    let Some(workplace) = workplace else { return BTreeSet::new() };
    let bodies = view.federation.assemblies.iter();
    bodies
        .filter(|(_, body)| body.dissolved.is_none() && body.workplaces.binary_search(&workplace).is_ok())
        .map(|(id, _)| id.clone())
        .collect()
}

fn own_workplace<'a>(view: &View<'a>, me: &MemberId) -> Option<&'a WorkplaceId> {
    let (_, line) = view.federation.roll.member(me)?;
    line.workplace.and_then(|index| view.federation.roll.workplace_id(index))
}

/// What waits for this member: votes to answer, elections to vote or stand in, meetings to go to, recalls.
fn now(view: &View<'_>, me: &MemberId) -> Markup {
    let words = view.words;
    let federation = view.federation;
    let mut waits: Vec<(String, String, String)> = Vec::new();
    for (place, meeting) in
        federation.meetings.iter().enumerate().filter(|(_, meeting)| meeting.closed.is_none())
    {
        if federation.sits_in(&meeting.assembly, me, view.now) {
            let name = view.assembly_name(&meeting.assembly);
            let text = match meeting.opened {
                Some(_) => words.say_with("now-meeting-open", &[("assembly", name.into())]),
                None => words.say_with("now-meeting", &[("assembly", name.into())]),
            };
            waits.push((text, format!("/meetings/{}", MeetingId::next(place)), view.hour(meeting.scheduled)));
        }
    }
    for id in &federation.running {
        let Ok(running) = federation.election(*id) else { continue };
        if running.electorate.has(federation, me) {
            waits.push((election_waits(view, *id), format!("/elections/{id}"), view.hour(running.closes_at)));
        }
    }
    for (place, recall) in
        federation.recalls.iter().enumerate().filter(|(_, recall)| recall.recalled.is_none())
    {
        if federation.sits_in(&recall.body, me, view.now) || recall.member == *me {
            let member = view.names.member(&recall.member);
            let text = words.say_with("now-recall", &[("member", member.into())]);
            waits.push((text, format!("/recalls/{}", RecallId::next(place)), view.hour(recall.started)));
        }
    }
    html! {
        div data-live="now" {
            @if waits.is_empty() { p { (words.say("me-nothing")) } }
            @else {
                ul.now { @for (text, to, until) in &waits { li { a href=(to) { (text) } span.until { (until) } } } }
            }
        }
    }
}

fn election_waits(view: &View<'_>, id: ElectionId) -> String {
    let Ok(running) = view.federation.election(id) else { return String::new() };
    let office = election::office(view, &running.office);
    let body = view.assembly_name(&running.body);
    view.words.say_with("now-election", &[("office", office.into()), ("body", body.into())])
}

/// What a member may begin at any time.
fn can_do(view: &View<'_>) -> Markup {
    let words = view.words;
    let home = view.member.and_then(|me| view.federation.home_of(me).ok());
    html! {
        ul.can {
            @if let Some(home) = &home {
                li { a href={ (address("/assemblies/", home.as_str())) "#file" } { (words.say("can-move")) } }
            }
            @if view.member.and_then(|me| own_workplace(view, me)).is_some_and(|id| may_write_to(view, id)) {
                li { a href="/notices" { (words.say("can-notify")) } }
            }
            li { a href="/theses#publish" { (words.say("can-publish")) } }
            li { a href="/recalls" { (words.say("can-recall")) } }
        }
    }
}

/// Those who speak for this member, level by level.
fn delegates(view: &View<'_>, me: &MemberId) -> Sheet {
    let words = view.words;
    let columns = vec![
        ("assembly", words.say("assembly")),
        ("delegate", words.say("delegate")),
        ("sent-by", words.say("sent-by")),
        ("mandates", words.say("mandates-kept")),
    ];
    let mut sheet = Sheet::new("my-delegates", words.say("me-delegates"), columns);
    let mine = mine(view, me);
    for id in &mine {
        let Some(body) = view.federation.assemblies.get(id) else { continue };
        let kept = vote::mandates_by_delegate(view, id);
        for seat in body.seated(view.now).filter(|seat| mine.contains(&seat.elector)) {
            let (held, bound) = kept.get(&seat.member).copied().unwrap_or((0, 0));
            sheet.row(vec![
                view.assembly(id),
                view.member_cell(&seat.member),
                view.assembly(&seat.elector),
                if bound == 0 { Cell::Nothing } else { Cell::Share(held, bound) },
            ]);
        }
    }
    sheet
}

/// The last votes of the assemblies that speak for this member.
fn decided(view: &View<'_>, me: &MemberId) -> Sheet {
    let mine = mine(view, me);
    let of_mine = view.federation.votes.iter().enumerate().rev().filter(|(_, vote)| {
        view.federation.meeting(vote.meeting).is_ok_and(|meeting| mine.contains(&meeting.assembly))
    });
    let ids = of_mine.take(DECISIONS).map(|(place, _)| VoteId::next(place)).collect();
    let mut sheet = vote::sheet(view, ids);
    sheet.title = view.words.say("me-decided");
    sheet
}

/// The report of this member's workplace, where they may give it.
fn report(view: &View<'_>, id: &mandate_assembly::ids::WorkplaceId) -> Markup {
    let words = view.words;
    let Ok(period) = view.federation.planning.current() else { return html! {} };
    let Some(targets) = period.mandates.get(id) else { return html! {} };
    let products: Vec<(&String, &String)> = targets
        .iter()
        .filter_map(|target| period.products.get(target.product as usize))
        .map(|(product, unit, _)| (product, unit))
        .collect();
    let probe = Action::Plan(plan::Action::Report {
        workplace: id.clone(),
        part: "1".into(),
        made: products.iter().map(|(product, _)| ((*product).clone(), "0".into())).collect(),
    });
    let fields = html! {
        label for="part" { (words.say("report-part")) }
        input id="part" name="part" type="text" required placeholder="1/4" autocomplete="off";
        @for (product, unit) in &products {
            label for={ "made-" (product) } { (view.names.branch(product).unwrap_or(product)) " (" (unit) ")" }
            input id={ "made-" (product) } name={ "made-" (product) } type="text" inputmode="decimal" required autocomplete="off";
        }
    };
    offer(
        view,
        &probe,
        &words.say("report-title"),
        form(view, "report", &[("workplace", id.to_string())], fields, &words.say("report")),
    )
}

/// Forms to start a recall of those whom the reader's assemblies elected: delegates, and holders of posts.
pub fn start_recall(view: &View<'_>) -> Markup {
    let words = view.words;
    let Some(me) = view.member else { return html! {} };
    let mine = mine(view, me);
    let mut seats = Vec::new();
    for id in &mine {
        let Some(body) = view.federation.assemblies.get(id) else { continue };
        for seat in body.seated(view.now).filter(|seat| view.federation.sits_in(&seat.elector, me, view.now))
        {
            seats.push(("assembly", id.to_string(), seat.member.clone()));
        }
    }
    for (id, organ) in &view.federation.organs {
        let elected = organ.seated(view.now).filter(|post| post.election.is_some());
        let elected = elected.filter(|_| view.federation.sits_in(&organ.assembly, me, view.now));
        seats.extend(elected.map(|post| ("organ", id.to_string(), post.member.clone())));
    }
    if seats.is_empty() {
        return html! { p.cannot { (words.say("recall-nobody")) } };
    }
    html! {
        @for (place, (kind, id, member)) in seats.into_iter().enumerate() {
            (offer_blank(view, &words.say_with("recall-of", &[("member", view.names.member(&member).into())]),
                form(view, "start-recall", &[(kind, id), ("member", member.to_string())], html! {
                    label for={ "reason-" (place) } { (words.say("recall-reason")) }
                    textarea id={ "reason-" (place) } name="reason" required {}
                }, &words.say("start-recall"))))
        }
    }
}

/// Signing and calling a recall.
pub fn recall_forms(view: &View<'_>, id: RecallId) -> Markup {
    use mandate_assembly::recall::Action as Recall;
    let words = view.words;
    let fixed = [("recall", id.to_string())];
    let Ok(running) = view.federation.recall(id) else { return html! {} };
    if running.recalled.is_some() || running.called.is_some() {
        return html! {};
    }
    let signed = view.member.is_some_and(|me| running.signatures.contains(me));
    html! {
        @if !signed {
            (offer(view, &Action::Recall(Recall::Sign { recall: id }), &words.say("sign-recall"),
                form(view, "sign-recall", &fixed, html! {}, &words.say("sign-recall"))))
        } @else {
            (offer(view, &Action::Recall(Recall::Call { recall: id }), &words.say("call-recall"),
                form(view, "call-recall", &fixed, html! {}, &words.say("call-recall"))))
        }
    }
}
