//! Notices: who was told of what is called and who was not. For those who keep the roll of a workplace that it
//! concerns, because names and addresses stand here, and because letters carry codes.

use crate::notice::{Notice, State};
use crate::occasion::{Occasion, may_write_to};
use crate::page::{Page, section};
use crate::problem::Problem;
use crate::sheet::{Cell, Sheet};
use crate::view::View;
use mandate_assembly::ids::{MemberId, WorkplaceId};
use mandate_record::{Directory, Register};
use maud::{Markup, html};
use std::collections::BTreeMap;

/// How many occasions are listed.
const SHOWN: usize = 50;

type Entitled = BTreeMap<WorkplaceId, Vec<MemberId>>;

/// What is called now, and how many were told.
///
/// # Errors
/// Nobody is signed in.
pub fn list(view: &View<'_>) -> Result<Page, Problem> {
    let words = view.words;
    view.member.ok_or(Problem::SignedOut)?;
    let columns = vec![
        ("occasion", words.say("occasion")),
        ("entitled", words.say("entitled")),
        ("told", words.say("told")),
        ("not-reached", words.say("not-reached")),
    ];
    let mut sheet = Sheet::new("notices", words.say("notices"), columns);
    let open = Occasion::all(view.federation).into_iter().filter(|one| one.is_open(view.federation));
    for occasion in open {
        let Some(mine) = mine(view, occasion) else { continue };
        let notices = view.notices.of(&occasion.to_string())?;
        let (all, told) = sums(&mine, &notices);
        sheet.row(vec![
            Cell::Link(occasion.title(view), format!("/notices/{occasion}")),
            Cell::Number(all),
            Cell::Share(told, all),
            Cell::Number(all - told),
        ]);
        if sheet.rows.len() == SHOWN {
            break;
        }
    }
    let mut page = Page::new(words.say("notices")).lead(words.say("notices-lead"));
    if sheet.rows.is_empty() {
        page.prose(html! { p { (words.say("notices-none")) } });
    }
    page.sheet(sheet);
    Ok(page)
}

/// Whom the reader may write to about an occasion, by workplace; none where that is nobody.
fn mine(view: &View<'_>, occasion: Occasion) -> Option<Entitled> {
    let mut entitled = occasion.entitled(view.federation)?;
    entitled.retain(|workplace, _| may_write_to(view, workplace));
    (!entitled.is_empty()).then_some(entitled)
}

fn sums(entitled: &Entitled, notices: &BTreeMap<MemberId, Notice>) -> (u64, u64) {
    let members = entitled.values().flatten();
    let (mut all, mut told) = (0, 0);
    for member in members {
        all += 1;
        told += u64::from(notices.get(member).is_some_and(|notice| notice.state.is_told()));
    }
    (all, told)
}

/// One occasion.
///
/// # Errors
/// There is no such occasion, or it is not the reader's to tell of.
pub fn page(view: &View<'_>, id: &str) -> Result<Page, Problem> {
    let words = view.words;
    view.member.ok_or(Problem::SignedOut)?;
    let occasion: Occasion = id.parse().map_err(|_| Problem::NoSuch(id.to_owned()))?;
    if occasion.entitled(view.federation).is_none() {
        return Err(Problem::NoSuch(id.to_owned()));
    }
    let entitled = mine(view, occasion).ok_or(Problem::Unreadable("notices-not-yours"))?;
    let notices = view.notices.of(id)?;
    let (all, told) = sums(&entitled, &notices);
    let lead = words.say_with(
        "notices-sum",
        &[("told", told.into()), ("missing", (all - told).into()), ("all", all.into())],
    );
    let mut page = Page::new(occasion.title(view)).lead(lead).under(words.say("notices"), "/notices");
    for workplace in entitled.keys() {
        page.prose(sending(view, occasion, workplace));
    }
    page.sheet(by_workplace(view, &entitled, &notices));
    page.sheet(not_reached(view, &entitled, &notices)?);
    page.prose(write(view, occasion, &entitled, &notices)?);
    page.prose(html! { p { a href=(occasion.path()) { (words.say("to-what-is-called")) } } });
    Ok(page)
}

/// How far a sending has come that runs now, or how the last one ended.
fn sending(view: &View<'_>, occasion: Occasion, workplace: &WorkplaceId) -> Markup {
    let words = view.words;
    let Some(progress) = view.sending.of(&(occasion, workplace.clone())) else { return html! {} };
    let figures = [
        ("all", progress.all.into()),
        ("taken", progress.taken.into()),
        ("refused", progress.refused.into()),
        ("unclear", progress.unclear.into()),
        ("without", progress.without.into()),
    ];
    let text = words.say_with(if progress.over { "sending-over" } else { "sending-goes-on" }, &figures);
    html! {
        p.notice role="status" {
            bdi { (workplace) } ": " (text)
            @if let Some(problem) = &progress.stopped { " " (words.say("sending-stopped")) " " bdi { (problem) } }
        }
    }
}

fn by_workplace(view: &View<'_>, entitled: &Entitled, notices: &BTreeMap<MemberId, Notice>) -> Sheet {
    let words = view.words;
    let mut columns = vec![("workplace", words.say("workplace")), ("entitled", words.say("entitled"))];
    columns.extend(State::ALL.map(|state| (state.name(), words.say(&state_word(state)))));
    columns.extend([("told", words.say("told")), ("not-reached", words.say("not-reached"))]);
    let mut sheet = Sheet::new("by-workplace", words.say("notices-by-workplace"), columns);
    for (workplace, members) in entitled {
        let mut counts: BTreeMap<State, u64> = BTreeMap::new();
        for member in members {
            *counts.entry(notices.get(member).map_or(State::None, |notice| notice.state)).or_default() += 1;
        }
        let count = |state| counts.get(&state).copied().unwrap_or(0);
        let told = State::ALL.into_iter().filter(|state| state.is_told()).map(count).sum::<u64>();
        let all = members.len() as u64;
        let mut row = vec![view.workplace_cell(workplace), Cell::Number(all)];
        row.extend(State::ALL.map(|state| Cell::Number(count(state))));
        row.extend([Cell::Number(told), Cell::Number(all - told)]);
        sheet.row(row);
    }
    sheet
}

/// The word for a state.
fn state_word(state: State) -> String {
    format!("notice-{}", state.name())
}

fn not_reached(
    view: &View<'_>,
    entitled: &Entitled,
    notices: &BTreeMap<MemberId, Notice>,
) -> Result<Sheet, Problem> {
    let words = view.words;
    let register = Register::open(&Directory::new(view.files.0))?;
    let columns = vec![
        ("member", words.say("member")),
        ("workplace", words.say("workplace")),
        ("state", words.say("state")),
        ("since", words.say("since")),
        ("attempts", words.say("notice-attempts")),
        ("words", words.say("notice-words")),
        ("e-mail", words.say("e-mail")),
    ];
    let mut sheet = Sheet::new("not-reached", words.say("not-reached-title"), columns);
    for (workplace, members) in entitled {
        for member in members {
            let notice = notices.get(member);
            if notice.is_some_and(|notice| notice.state.is_told()) {
                continue;
            }
            let mail = register.fields(member.as_str())?.remove("e-mail").filter(|mail| !mail.is_empty());
            sheet.row(vec![
                view.member_cell(member),
                view.workplace_cell(workplace),
                Cell::Text(words.say(&state_word(notice.map_or(State::None, |notice| notice.state)))),
                notice
                    .map_or(Cell::Nothing, |notice| Cell::Time(view.hour(notice.at), notice.at.to_string())),
                notice.map_or(Cell::Nothing, |notice| Cell::Number(notice.attempts.into())),
                notice.map_or(Cell::Nothing, |notice| Cell::Text(notice.words.clone())),
                mail.map_or(Cell::Nothing, Cell::Text),
            ]);
        }
    }
    Ok(sheet)
}

/// Letters, cards, mails, and what came back.
fn write(
    view: &View<'_>,
    occasion: Occasion,
    entitled: &Entitled,
    notices: &BTreeMap<MemberId, Notice>,
) -> Result<Markup, Problem> {
    let words = view.words;
    let place = view.notices.place(&occasion.to_string())?;
    let ways: Vec<(&str, String)> = [
        Some(("letters", words.say("print-letters"))),
        Some(("cards", words.say("print-cards"))),
        view.settings.mail.as_ref().map(|_| ("mail", words.say("send-mails"))),
    ]
    .into_iter()
    .flatten()
    .collect();
    let workplaces = entitled.iter().map(|(workplace, members)| {
        let is_told = |member: &&MemberId| notices.get(*member).is_some_and(|notice| notice.state.is_told());
        (workplace, members.len() - members.iter().filter(is_told).count())
    });
    let fields = html! {
        label for="workplace" { (words.say("workplace")) }
        select id="workplace" name="workplace" {
            @for (workplace, left) in workplaces {
                option value=(workplace) { (workplace) " (" (words.say_with("not-told-yet", &[("count", left.into())])) ")" }
            }
        }
        label for="place" { (words.say("letter-place")) }
        input id="place" name="place" type="text" maxlength="120" value=(place) autocomplete="off";
        label.choice { input type="checkbox" name="again" value="yes"; span { (words.say("write-again")) } }
    };
    let plain = |fields: Markup, buttons: Markup| {
        html! {
            form method="post" action="/letters" {
                input type="hidden" name="token" value=(view.form_token.as_deref().unwrap_or_default());
                input type="hidden" name="occasion" value=(occasion);
                (fields) (buttons)
            }
        }
    };
    Ok(html! {
        section.do {
            h2 { (words.say("write-letters")) }
            p { (words.say("write-letters-how")) }
            (plain(fields, html! { @for (way, word) in &ways { button.act name="way" value=(way) { (word) } " " } }))
            @if view.settings.mail.is_none() { p.cannot { (words.say("no-mail-server")) } }
        }
        (section(&words.say("came-back"), plain(html! {
            label for="returned" { (words.say("came-back-whose")) }
            input id="returned" name="member" type="text" required maxlength="64" autocomplete="off";
            label for="why" { (words.say("came-back-why")) }
            input id="why" name="why" type="text" maxlength="120" autocomplete="off";
        }, html! { button.act name="way" value="returned" { (words.say("note-came-back")) } })))
    })
}
