//! Invitations: made and revoked by whoever convenes an assembly, used and narrowed by whoever holds one.

use crate::invitation::{InvitationError, Invitations, Narrowing, NotGood, Operation};
use crate::news;
use crate::page::{Page, section};
use crate::problem::Problem;
use crate::sheet::{Cell, Sheet};
use crate::view::View;
use mandate_assembly::ids::{AssemblyId, MeetingId};
use mandate_assembly::{Context, duty};
use mandate_charter::Duty;
use maud::{Markup, html};

/// How long an invitation is good where nothing else is said, in days.
const GOOD_DAYS: i64 = 14;

/// Whether the reader may invite to an assembly's meetings: whoever may convene them may.
pub fn may_invite(view: &View<'_>, assembly: &AssemblyId) -> bool {
    let Some(member) = view.member else { return false };
    let context = Context { at: view.now.max(view.as_of), by: member, files: &view.files };
    duty::require(view.federation, &context, Duty::Convene, assembly).is_ok()
}

/// The invitations to an assembly's meetings, and the form to make one.
///
/// # Errors
/// The reader may not invite there.
pub fn list(view: &View<'_>) -> Result<Page, Problem> {
    let words = view.words;
    view.member.ok_or(Problem::SignedOut)?;
    let assembly: AssemblyId = view.asked("assembly").unwrap_or_default().into();
    view.federation.assembly(&assembly)?;
    if !may_invite(view, &assembly) {
        return Err(Problem::Unreadable("invitations-not-yours"));
    }
    let mut page = Page::new(words.say("invitations"))
        .lead(words.say("invitations-lead"))
        .under(view.assembly_name(&assembly), crate::view::address("/assemblies/", assembly.as_str()));
    let until = view.now + jiff::SignedDuration::from_hours(24 * GOOD_DAYS);
    page.prose(section(&words.say("invitation-make"), form(view, "/invitations", html! {
        input type="hidden" name="assembly" value=(assembly);
        label for="uses" { (words.say("invitation-uses")) }
        input id="uses" name="uses" type="number" min="1" max=(crate::invitation::USES) value="20" required inputmode="numeric";
        label for="until" { (words.say("until")) }
        input id="until" name="until" type="datetime-local" required value=(view.local(until));
        button.act name="way" value="make" { (words.say("invitation-make")) }
    })));
    let columns = vec![
        ("id", words.say("invitation")),
        ("by", words.say("by")),
        ("since", words.say("since")),
        ("until", words.say("until")),
        ("used", words.say("invitation-used")),
        ("state", words.say("state")),
    ];
    let mut sheet = Sheet::new("invitations", words.say("invitations"), columns);
    let mut good = Vec::new();
    for made in Invitations::of(view.access)?.all()?.into_iter().filter(|made| made.assembly == assembly) {
        let state = match made.revoked {
            Some(_) => words.say("invitation-revoked"),
            None if made.until < view.now => words.say("invitation-over"),
            None => words.say("invitation-good"),
        };
        if made.revoked.is_none() && made.until >= view.now {
            good.push(made.id.clone());
        }
        sheet.row(vec![
            Cell::Text(short(&made.id).to_owned()),
            view.member_cell(&made.by),
            view.day_cell(made.at),
            view.day_cell(made.until),
            Cell::Share(made.used.into(), made.uses.into()),
            Cell::Text(state),
        ]);
    }
    page.sheet(sheet);
    page.prose(html! {
        @if !good.is_empty() {
            section.do {
                h2 { (words.say("invitation-revoke")) }
                (form(view, "/invitations", html! {
                    input type="hidden" name="assembly" value=(assembly);
                    label for="block" { (words.say("invitation-which")) }
                    select id="block" name="block" { @for id in &good { option value=(id) { (short(id)) } } }
                    button.act name="way" value="revoke" { (words.say("invitation-revoke")) }
                }))
            }
        }
    });
    page.data = false;
    Ok(page)
}

/// The part of an identifier by which people tell invitations apart.
fn short(id: &str) -> &str {
    id.get(..8).unwrap_or(id)
}

/// An invitation as it is passed on.
pub fn made(view: &View<'_>, text: &str) -> Page {
    let words = view.words;
    let site = view.settings.address.as_ref().unwrap_or(&view.site);
    let link = format!("{site}/invitation#token={text}");
    let mut page = Page::new(words.say("invitation")).lead(words.say("invitation-pass-on"));
    page.prose(html! {
        label for="link" { (words.say("invitation-link")) }
        textarea id="link" readonly rows="8" { (link) }
    });
    page
}

/// The form for whoever was given an invitation.
pub fn guest(view: &View<'_>) -> Page {
    let words = view.words;
    let open = view.federation.meetings.iter().enumerate().filter(|(_, meeting)| meeting.closed.is_none());
    let meetings: Vec<(MeetingId, String)> = open
        .map(|(place, meeting)| {
            let name = view.assembly_name(&meeting.assembly);
            (MeetingId::next(place), format!("{name}, {}", view.hour(meeting.scheduled)))
        })
        .collect();
    let choice = |id: &'static str, empty: bool| {
        html! {
            label for=(id) { (words.say("meeting")) }
            select id=(id) name=(id) {
                @if empty { option value="" { (words.say("all")) } }
                @for (meeting, name) in &meetings { option value=(meeting) { (meeting) ". " (name) } }
            }
        }
    };
    let mut page = Page::new(words.say("invitation")).lead(words.say("invitation-lead"));
    page.prose(form(view, "/invitation", html! {
        label for="token" { (words.say("invitation")) }
        textarea id="token" name="invitation" rows="6" required maxlength="4000" spellcheck="false" {}
        (choice("meeting", false))
        label for="guest" { (words.say("invitation-guest")) }
        input id="guest" name="guest" type="text" maxlength="80" autocomplete="name";
        button.act name="way" value="check-in" { (words.say("invitation-check-in")) } " "
        button.plain name="way" value="read" { (words.say("invitation-read")) }
        section.do {
            h2 { (words.say("invitation-narrow")) }
            p { (words.say("invitation-narrow-how")) }
            label for="fewer" { (words.say("invitation-uses")) }
            input id="fewer" name="uses" type="number" min="1" max=(crate::invitation::USES) inputmode="numeric";
            label for="earlier" { (words.say("until")) }
            input id="earlier" name="until" type="datetime-local";
            (choice("only", true))
            label.choice { input type="checkbox" name="read-only" value="yes"; span { (words.say("invitation-read-only")) } }
            button.act name="way" value="narrow" { (words.say("invitation-narrow")) }
        }
    }));
    page
}

/// What a guest may read of a meeting, once the invitation was counted.
///
/// # Errors
/// There is no such meeting, or the invitation is not good for it.
pub fn taken(
    view: &View<'_>,
    text: &str,
    meeting: MeetingId,
    operation: Operation,
    name: &str,
) -> Result<Page, Problem> {
    let words = view.words;
    let held = view.federation.meeting(meeting)?;
    let name = name.trim();
    if operation == Operation::CheckIn && (name.is_empty() || name.chars().count() > 80) {
        return Err(Problem::Unreadable("invitation-no-name"));
    }
    Invitations::of(view.access)?.take(text, operation, (meeting, &held.assembly), name, view.now)?;
    let mut page = Page::new(view.assembly_name(&held.assembly)).lead(view.hour(held.scheduled));
    if operation == Operation::CheckIn {
        page.prose(html! { p.notice role="status" { (words.say("invitation-expected")) } });
    }
    let place = view.notices.place(&format!("meeting-{meeting}"))?;
    page.prose(html! {
        @if !place.is_empty() { p { (words.say("letter-place")) ": " bdi { (place) } } }
        h2 { (words.say("agenda")) }
        @for line in news::agenda(held).lines() { p { bdi { (line) } } }
        p { a href={ "/meetings/" (meeting) } { (words.say("meeting")) } }
    });
    Ok(page)
}

/// An invitation with further conditions.
///
/// # Errors
/// It is none of this federation's.
pub fn narrowed(view: &View<'_>, text: &str, narrowing: &Narrowing) -> Result<Page, Problem> {
    let (text, _) = Invitations::of(view.access)?.narrow(text, narrowing)?;
    Ok(made(view, &text))
}

/// At the desk: guests who are expected by invitation.
pub fn guests(view: &View<'_>, meeting: MeetingId) -> Sheet {
    let words = view.words;
    let columns = vec![
        ("guest", words.say("guest")),
        ("since", words.say("since")),
        ("invitation", words.say("invitation")),
    ];
    let mut sheet = Sheet::new("guests", words.say("guests"), columns);
    // A desk goes on without its guests where these cannot be looked up; whoever runs the machine learns of it there.
    let guests = Invitations::of(view.access).and_then(|invitations| invitations.guests(meeting));
    for guest in guests.unwrap_or_default() {
        sheet.row(vec![
            Cell::Text(guest.name),
            Cell::Time(view.hour(guest.at), guest.at.to_string()),
            Cell::Text(short(&guest.id).to_owned()),
        ]);
    }
    sheet
}

fn form(view: &View<'_>, action: &str, fields: Markup) -> Markup {
    html! {
        form.do method="post" action=(action) {
            input type="hidden" name="token" value=(view.form_token.as_deref().unwrap_or_default());
            (fields)
        }
    }
}

impl From<InvitationError> for Problem {
    fn from(error: InvitationError) -> Self {
        match error {
            InvitationError::Machine(error) => error.into(),
            InvitationError::NotGood(why) => Self::Unreadable(match why {
                NotGood::Unreadable => "invitation-unreadable",
                NotGood::Revoked => "invitation-was-revoked",
                NotGood::Over => "invitation-is-over",
                NotGood::UsedUp => "invitation-used-up",
                NotGood::OtherMeeting => "invitation-other-meeting",
                NotGood::NotThis => "invitation-not-this",
                NotGood::TooOften => "invitation-too-often",
            }),
        }
    }
}
