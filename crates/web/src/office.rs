//! What those who hold a duty do on the pages: open a term, call an election, count and declare, keep the roll. Each
//! is shown to those whom the core would let do it now, and to nobody else.

use crate::acting::{Sent, form, offer_allowed};
use crate::pages;
use crate::problem::Problem;
use crate::view::View;
use jiff::tz::TimeZone;
use mandate_assembly::election::{Election, Office};
use mandate_assembly::ids::{AssemblyId, Blob, ElectionId, Hash, RecallId, WorkplaceId};
use mandate_assembly::majority::Tally;
use mandate_assembly::roll::{Kind, Standing};
use mandate_assembly::{Action, assembly, ballot, election, membership, recall, vacancy};
use maud::{Markup, html};

/// What a form of an office asks for.
///
/// # Errors
/// Fields that cannot be understood, or a form that there is not.
pub fn action(sent: &Sent, zone: &TimeZone) -> Result<Action, Problem> {
    let id = |name: &str| sent.text(name).trim();
    Ok(match sent.text("do") {
        "open-term" => Action::Assembly(assembly::Action::OpenTerm { assembly: id("assembly").into() }),
        "call-election" => Action::Election(election::Action::Call {
            body: id("body").into(),
            office: sent.office(),
            nominations_until: sent.moment("nominations-until", zone)?,
            closes_at: sent.moment("closes-at", zone)?,
            lot_commitment: commitment(id("lot"))?,
        }),
        "close-election" => Action::Ballot(ballot::Action::Close { election: sent.number("election")? }),
        "count-box" => Action::Ballot(ballot::Action::CountBox {
            election: sent.number("election")?,
            blt: Blob::from(sent.plain("blt").as_str()),
            spoiled: sent.number("spoiled")?,
            marked_roll: Blob::from(sent.plain("marked-roll").trim_end()),
        }),
        "count-election" => Action::Ballot(ballot::Action::Count {
            election: sent.number("election")?,
            admitted: sent.members("admitted"),
            seed: (!id("lot").is_empty()).then(|| seed(id("lot"))),
        }),
        "declare" => Action::Ballot(ballot::Action::Declare { election: sent.number("election")? }),
        "fill" => Action::Vacancy(vacancy::Action::Fill { body: id("body").into(), office: sent.office() }),
        "count-recall" => Action::Recall(recall::Action::Count {
            recall: sent.number("recall")?,
            found: Tally {
                counts: vec![sent.number("found-for")?, sent.number("found-against")?],
                abstain: sent.number("found-abstain")?,
            },
            spoiled: sent.number("spoiled")?,
            marked_roll: Blob::from(sent.plain("marked-roll").trim_end()),
            admitted: sent.members("admitted"),
        }),
        "join" => Action::Membership(membership::Action::Join {
            member: id("member").into(),
            workplace: id("workplace").into(),
            kind: Kind::Person,
        }),
        "take-off" => Action::Membership(membership::Action::TakeOff { member: id("member").into() }),
        "move" => Action::Membership(membership::Action::Move {
            member: id("member").into(),
            to: id("workplace").into(),
        }),
        "standing" => Action::Membership(membership::Action::SetStanding {
            member: id("member").into(),
            standing: match id("standing") {
                "active" => Standing::Active,
                "arrears" => Standing::Arrears,
                "suspended" => Standing::Suspended,
                _ => return Err(Problem::Unreadable("expected-answer")),
            },
        }),
        _ => return Err(Problem::Unreadable("unknown-form")),
    })
}

/// The seed that a sentence of the tellers stands for.
fn seed(words: &str) -> Hash {
    Hash::of(words.as_bytes())
}

/// What is published of the tellers' sentence before anybody votes.
fn commitment(words: &str) -> Result<Hash, Problem> {
    match words {
        "" => Err(Problem::Unreadable("expected-lot")),
        words => Ok(Hash::of(&seed(words).0)),
    }
}

/// On the page of an assembly: opening its next term, calling what it elects, filling what fell vacant.
pub fn of_assembly(view: &View<'_>, id: &AssemblyId) -> Markup {
    let words = view.words;
    if view.member.is_none() {
        return html! {};
    }
    let open = Action::Assembly(assembly::Action::OpenTerm { assembly: id.clone() });
    let fixed = [("assembly", id.to_string())];
    html! {
        (offer_allowed(view, &open, &words.say("open-term"), form(view, "open-term", &fixed, html! {}, &words.say("open-term"))))
        @for office in offices(view, id) { (call(view, id, &office)) (fill(view, id, &office)) }
    }
}

/// What an assembly elects: delegates to those above it, and the posts of its organs.
fn offices(view: &View<'_>, id: &AssemblyId) -> Vec<Office> {
    let federation = view.federation;
    let Some(body) = federation.assemblies.get(id) else { return Vec::new() };
    let delegates = body.elects.iter().map(|to| Office::Delegates { to: to.clone() });
    let posts = federation
        .organs
        .iter()
        .filter(|(_, organ)| organ.assembly == *id)
        .map(|(organ, _)| Office::Posts { organ: organ.clone() });
    delegates.chain(posts).collect()
}

/// An office as a form carries it.
fn fixed_office(body: &AssemblyId, office: &Office) -> [(&'static str, String); 3] {
    let none = String::new();
    let (assembly, organ) = match office {
        Office::Delegates { to } => (to.to_string(), none),
        Office::Posts { organ } => (none, organ.to_string()),
    };
    [("body", body.to_string()), ("assembly", assembly), ("organ", organ)]
}

fn call(view: &View<'_>, body: &AssemblyId, office: &Office) -> Markup {
    let words = view.words;
    let Ok(article) = view.federation.election_article(office) else { return html! {} };
    // The earliest hour at which the charter lets it close; the core is asked with it.
    let closes_at = article.period.after(view.now.max(view.as_of));
    let half = (closes_at.as_second() + view.now.as_second()) / 2;
    let nominations_until = jiff::Timestamp::from_second(half).unwrap_or(closes_at);
    let probe = Action::Election(election::Action::Call {
        body: body.clone(),
        office: office.clone(),
        nominations_until,
        closes_at,
        lot_commitment: Hash::of(b""),
    });
    let title = words.say_with("call-election", &[("office", pages::election::office(view, office).into())]);
    let about = format!("{office:?}");
    let fields = html! {
        label for={ "nominations-" (about) } { (words.say("nominations-until")) }
        input id={ "nominations-" (about) } name="nominations-until" type="datetime-local" required value=(view.local(nominations_until));
        label for={ "closes-" (about) } { (words.say("closes")) }
        input id={ "closes-" (about) } name="closes-at" type="datetime-local" required value=(view.local_after(closes_at));
        label for={ "lot-" (about) } { (words.say("lot-sentence")) }
        input id={ "lot-" (about) } name="lot" type="text" required autocomplete="off" maxlength="200";
    };
    offer_allowed(
        view,
        &probe,
        &title,
        form(view, "call-election", &fixed_office(body, office), fields, &words.say("call-it")),
    )
}

fn fill(view: &View<'_>, body: &AssemblyId, office: &Office) -> Markup {
    let words = view.words;
    let probe = Action::Vacancy(vacancy::Action::Fill { body: body.clone(), office: office.clone() });
    let title = words.say_with("fill-vacancy", &[("office", pages::election::office(view, office).into())]);
    let seat = form(view, "fill", &fixed_office(body, office), html! {}, &words.say("fill-it"));
    offer_allowed(view, &probe, &title, seat)
}

/// On the page of an election: closing, entering the box, counting, declaring.
pub fn of_election(view: &View<'_>, id: ElectionId, running: &Election) -> Markup {
    let words = view.words;
    if view.member.is_none() || running.declared.is_some() {
        return html! {};
    }
    let fixed = [("election", id.to_string())];
    let is_box = running.way == mandate_charter::BallotWay::Box && running.ballots.voted() == 0;
    let blt = blank_box(running);
    html! {
        @if is_box && running.closed.is_none() && view.now > running.nominations_until {
            (crate::acting::offer_duty(view, mandate_charter::Duty::Tell, &running.body, &words.say("count-box"),
                form(view, "count-box", &fixed, html! {
                    label for="blt" { (words.say("box-ballots")) }
                    textarea id="blt" name="blt" rows="10" required { (blt) }
                    label for="spoiled" { (words.say("box-spoiled")) }
                    input id="spoiled" name="spoiled" type="number" min="0" value="0" required;
                    label for="marked-roll" { (words.say("box-marked")) }
                    textarea id="marked-roll" name="marked-roll" rows="6" required {}
                }, &words.say("count-box"))))
        }
        (offer_allowed(view, &Action::Ballot(ballot::Action::Close { election: id }), &words.say("close-election"),
            form(view, "close-election", &fixed, html! {}, &words.say("close-election"))))
        @if running.closed.is_some() && running.outcome.is_none() {
            (crate::acting::offer_duty(view, mandate_charter::Duty::Tell, &running.body, &words.say("count-election"),
                form(view, "count-election", &fixed, html! {
                    label for="lot" { (words.say("lot-reveal")) }
                    input id="lot" name="lot" type="text" autocomplete="off" maxlength="200";
                    label for="admitted" { (words.say("observers-admitted")) }
                    textarea id="admitted" name="admitted" rows="3" { @for observer in &running.observers { (observer) "\n" } }
                }, &words.say("count-election"))))
        }
        (offer_allowed(view, &Action::Ballot(ballot::Action::Declare { election: id }), &words.say("declare"),
            form(view, "declare", &fixed, html! {}, &words.say("declare"))))
    }
}

/// A BLT file of the election without ballots, into which they are entered.
fn blank_box(running: &Election) -> String {
    let standing = running.standing();
    let names: Vec<String> = standing.iter().map(|member| format!("\"{member}\"")).collect();
    format!("{} {}\n0\n{}\n\"\"\n", standing.len(), running.seats, names.join("\n"))
}

/// On the page of a recall whose vote was called: entering the box.
pub fn of_recall(view: &View<'_>, id: RecallId) -> Markup {
    let words = view.words;
    let Ok(called) = view.federation.recall(id) else { return html! {} };
    if called.called.is_none() || called.count.is_some() {
        return html! {};
    }
    let fixed = [("recall", id.to_string())];
    let count = |name: &'static str, label: String| {
        html! { label for=(name) { (label) } input id=(name) name=(name) type="number" min="0" required inputmode="numeric"; }
    };
    crate::acting::offer_duty(
        view,
        mandate_charter::Duty::Tell,
        &called.body,
        &words.say("count-box"),
        form(
            view,
            "count-recall",
            &fixed,
            html! {
                (count("found-for", words.say("for")))
                (count("found-against", words.say("against")))
                (count("found-abstain", words.say("abstain")))
                (count("spoiled", words.say("box-spoiled")))
                label for="marked-roll" { (words.say("box-marked")) }
                textarea id="marked-roll" name="marked-roll" rows="6" required {}
                label for="admitted" { (words.say("observers-admitted")) }
                textarea id="admitted" name="admitted" rows="3" { @for observer in &called.observers { (observer) "\n" } }
            },
            &words.say("count-box"),
        ),
    )
}

/// On the page of a workplace: keeping its roll.
pub fn of_workplace(view: &View<'_>, id: &WorkplaceId) -> Markup {
    let words = view.words;
    let Ok(home) = view.federation.assembly_of_workplace(id) else { return html! {} };
    let fixed = [("workplace", id.to_string())];
    let member = |of: &'static str| {
        html! { label for=(of) { (words.say("member-number")) } input id=(of) name="member" type="text" required maxlength="64" autocomplete="off"; }
    };
    let duty = |title: &str, form: Markup| {
        crate::acting::offer_duty(view, mandate_charter::Duty::Roll, home, title, form)
    };
    html! {
        (duty(&words.say("roll-join"), form(view, "join", &fixed, member("joins"), &words.say("roll-join"))))
        (duty(&words.say("roll-move"), form(view, "move", &fixed, member("moves"), &words.say("roll-move"))))
        (duty(&words.say("roll-standing"), form(view, "standing", &[], html! {
            (member("stands-so"))
            label for="standing" { (words.say("standing")) }
            select id="standing" name="standing" {
                option value="active" { (words.say("standing-active")) }
                option value="arrears" { (words.say("standing-arrears")) }
                option value="suspended" { (words.say("standing-suspended")) }
            }
        }, &words.say("roll-standing"))))
        (duty(&words.say("roll-take-off"), form(view, "take-off", &[], member("goes"), &words.say("roll-take-off"))))
    }
}
