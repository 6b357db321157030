//! Theses and their signatories, circulars to every delegate, and motions that begin in workplaces and go up.

use crate::elect::leaning;
use crate::example::{Example, MotionSpec};
use crate::session;
use crate::year::{LabError, Stage, Year, sitting};
use mandate_assembly::circular::{self, About};
use mandate_assembly::ids::{AssemblyId, Blob, CircularId, MeetingId, MemberId, MotionId, ThesesId};
use mandate_assembly::meeting::Item;
use mandate_assembly::vote::{Answer, Question};
use mandate_assembly::{Action, motion, theses};
use mandate_charter::{Duty, Effect};
use serde_json::json;

/// Publishes the example's theses, has them signed, and circulates those that became platforms.
///
/// # Errors
/// Where the core refuses a step.
pub fn propose(year: &mut Year<'_>, example: &Example) -> Result<Stage, LabError> {
    let steps = example.platforms.len() + example.motions.len();
    year.watch.begin("propose", steps as u64);
    let mut signed = 0;
    for spec in &example.platforms {
        let signers = signers(year, spec.leaning, spec.signatories + 1)?;
        let Some((author, others)) = signers.split_first() else { continue };
        let text = spec.text.iter().map(ToString::to_string).collect();
        let publish = theses::Action::Publish { title: spec.title.into(), text };
        year.say(author, Action::Theses(publish))?;
        let id = ThesesId::next(year.federation()?.platforms.all().count() - 1);
        for signer in others {
            year.say(signer, Action::Theses(theses::Action::Sign { theses: id }))?;
        }
        signed += signers.len();
        year.watch.advance(1);
    }
    give_each_the_same(year)?;
    let reached = circulate(year)?;
    year.pass_days(3);
    let forwarded = motions_from_below(year, example)?;
    let federation = year.federation()?;
    let platforms = federation.platforms.recognised().count();
    let published = federation.platforms.all().count();
    let stage = Stage {
        stage: "propose",
        lines: vec![
            format!("{published} theses with {signed} signatures; {platforms} have enough to be platforms"),
            format!(
                "their circulars reached {} of {} delegates; each had the same pages",
                reached.0, reached.1
            ),
            format!("{} motions from workplaces, {forwarded} sent up to the congress", example.motions.len()),
        ],
        figures: json!({
            "theses": published, "platforms": platforms, "signatures": signed,
            "reached": reached.0, "recipients": reached.1, "motions": example.motions.len(), "forwarded": forwarded,
        }),
    };
    year.watch.end(&stage);
    Ok(stage)
}

/// Members who lean to a direction and may sign, drawn from the whole roll.
fn signers(year: &mut Year<'_>, direction: u64, count: usize) -> Result<Vec<MemberId>, LabError> {
    let federation = year.federation()?;
    let rights = &federation.charter.members;
    let can_sign = |standing| mandate_assembly::roll::rights_of(rights, standing).sign;
    let members = federation.roll.members();
    let able = members.filter(|(_, line)| line.workplace.is_some() && can_sign(line.standing));
    let able: Vec<MemberId> = able.map(|(id, _)| id.clone()).collect();
    let drawn = year.dice.draw(&able, (count * 6).min(able.len()));
    Ok(drawn
        .into_iter()
        .filter(|member| direction > 2 || leaning(year, member) == direction)
        .take(count)
        .collect())
}

/// Every platform is given the same: speakers and journeys.
fn give_each_the_same(year: &mut Year<'_>) -> Result<(), LabError> {
    let Some(hears) = hearing_assembly(year)? else { return Ok(()) };
    let convener = year.officer(Duty::Convene, &hears)?;
    for (resource, amount) in [("speakers", 12), ("journeys", 40)] {
        let allot = theses::Action::Allot { resource: resource.into(), amount };
        year.say(&convener, Action::Theses(allot))?;
    }
    Ok(())
}

fn hearing_assembly(year: &mut Year<'_>) -> Result<Option<AssemblyId>, LabError> {
    let federation = year.federation()?;
    Ok(federation.first_of_level(&federation.charter.platform.heard_by).cloned())
}

/// Circulates every platform to the levels that the charter names; returns whom it reached, of how many.
fn circulate(year: &mut Year<'_>) -> Result<(usize, usize), LabError> {
    let federation = year.federation()?;
    let kind = federation.charter.motions.iter().find(|kind| kind.effect == Effect::Theses);
    let levels = kind.map(|kind| kind.circulate_to.clone()).unwrap_or_default();
    let pages = federation.charter.platform.pages;
    let platforms = federation.platforms.recognised();
    let platforms: Vec<(ThesesId, MemberId, String)> =
        platforms.map(|(id, theses)| (id, theses.author.clone(), theses.text.join("\n"))).collect();
    let (mut reached, mut recipients) = (0, 0);
    for (id, author, text) in platforms {
        let text = Blob(text.into_bytes());
        let send = circular::Action::Send { about: About::Theses(id), text, pages, levels: levels.clone() };
        year.say(&author, Action::Circular(send))?;
        let (there, of) = deliver(year, &author)?;
        reached += there;
        recipients += of;
    }
    Ok((reached, recipients))
}

/// Delivers the last circular to nearly everybody, in bundles.
fn deliver(year: &mut Year<'_>, sender: &MemberId) -> Result<(usize, usize), LabError> {
    let circular = CircularId::next(year.federation()?.circulars.len() - 1);
    let recipients: Vec<MemberId> =
        year.federation()?.circulars[circular.index()].recipients.iter().cloned().collect();
    let of = recipients.len();
    let there: Vec<MemberId> = recipients.into_iter().filter(|_| year.dice.percent(99)).collect();
    for members in there.chunks(250) {
        let deliver = circular::Action::Deliver { circular, members: members.to_vec() };
        year.say(sender, Action::Circular(deliver))?;
    }
    Ok((there.len(), of))
}

/// Motions filed in workplaces, decided there, and sent on upward where they are adopted. Returns how many reached
/// the congress.
fn motions_from_below(year: &mut Year<'_>, example: &Example) -> Result<u64, LabError> {
    let mut filed = Vec::new();
    for (number, spec) in example.motions.iter().enumerate() {
        let Some(home) = some_workplace(year)? else { continue };
        if let Some(motion) = file(year, &home, example.policy_kind, number, spec)? {
            filed.push((motion, number));
        }
        year.watch.advance(1);
    }
    let mut at_branches = Vec::new();
    for (motion, number) in decide_all(year, example, &filed, false)? {
        let home = year.federation()?.motions[motion.index()].assembly.clone();
        if let Some(branch) = above(year, &home)? {
            at_branches.push((forward(year, motion, &branch)?, number));
        }
    }
    let Some(top) = year.federation()?.top().cloned() else { return Ok(0) };
    for (motion, number) in decide_all(year, example, &at_branches, true)? {
        let sent = forward(year, motion, &top)?;
        year.policies.push((sent, number));
    }
    Ok(year.policies.len() as u64)
}

/// Every assembly that has one of these motions meets on it. Those that were adopted.
fn decide_all(
    year: &mut Year<'_>,
    example: &Example,
    motions: &[(MotionId, usize)],
    amend: bool,
) -> Result<Vec<(MotionId, usize)>, LabError> {
    let mut meetings = Vec::new();
    let mut hour = year.now;
    for (id, number) in motions {
        let spec = &example.motions[*number];
        let assembly = year.federation()?.motions[id.index()].assembly.clone();
        if amend {
            move_amendment(year, *id, &assembly, spec)?;
        }
        let item = Item { title: spec.title.into(), motion: Some(*id) };
        let meeting = session::convene(year, &assembly, vec![item])?;
        let federation = year.federation()?;
        let motion = &federation.motions[id.index()];
        let kind = federation.motion_kind(&motion.kind).map_err(|r| LabError::Example(r.to_string()))?;
        hour =
            hour.max(federation.meetings[meeting.index()].scheduled).max(kind.notice.after(motion.filed_at));
        meetings.push((meeting, *id, *number));
    }
    year.now = hour;
    let mut adopted = Vec::new();
    for (meeting, id, number) in meetings {
        session::open(year, meeting, 70)?;
        decide_in(year, meeting, id, number, &example.motions[number])?;
        session::close(year, meeting, &format!("On the motion: {}", example.motions[number].title))?;
        if year.federation()?.motions[id.index()].is_adopted() {
            adopted.push((id, number));
        }
    }
    Ok(adopted)
}

fn move_amendment(
    year: &mut Year<'_>,
    motion: MotionId,
    assembly: &AssemblyId,
    spec: &MotionSpec,
) -> Result<(), LabError> {
    let now = year.now;
    let sits = sitting(year.federation()?, assembly, now);
    let (Some((first, lines, text)), Some(mover)) = (spec.amendment, sits.first()) else { return Ok(()) };
    let amend = motion::Action::Amend { motion, first, lines, text: vec![text.into()] };
    year.say(mover, Action::Motion(amend))
}

/// Votes on the amendments, then on the motion.
fn decide_in(
    year: &mut Year<'_>,
    meeting: MeetingId,
    id: MotionId,
    number: usize,
    spec: &MotionSpec,
) -> Result<(), LabError> {
    let mut answer = |year: &mut Year<'_>, member: &MemberId| {
        session::whole(own_answer(year, member, number, spec.support))
    };
    while let Some(place) = year.federation()?.motions[id.index()].next_amendment() {
        let question = Question::Amendment { motion: id, amendment: place as u32 + 1 };
        if session::ask(year, meeting, question, &mut answer)?.is_none() {
            return Ok(());
        }
    }
    session::ask(year, meeting, Question::Motion(id), &mut answer)?;
    Ok(())
}

/// A workplace large enough to meet.
fn some_workplace(year: &mut Year<'_>) -> Result<Option<AssemblyId>, LabError> {
    let now = year.now;
    let federation = year.federation()?;
    let general = federation.assemblies.iter().filter(|(_, body)| body.electors.is_empty());
    let large = general.filter(|(id, _)| sitting(federation, id, now).len() >= 20);
    let large: Vec<AssemblyId> = large.map(|(id, _)| id.clone()).collect();
    Ok(year.dice.pick(&large).cloned())
}

/// The assembly next to the top on the way up from a workplace.
fn above(year: &mut Year<'_>, from: &AssemblyId) -> Result<Option<AssemblyId>, LabError> {
    let federation = year.federation()?;
    let Some(top) = federation.top() else { return Ok(None) };
    let below_top = &federation.assemblies[top].electors;
    Ok(below_top.iter().find(|id| federation.is_part_of(from, id)).cloned())
}

fn supports(year: &Year<'_>, member: &MemberId, number: usize, support: u64) -> bool {
    year.dice.trait_of(member, &format!("motion {number}"), 100) < support
}

/// How a member answers a motion when nobody has bound them.
pub fn own_answer(year: &mut Year<'_>, member: &MemberId, number: usize, support: u64) -> Answer {
    if year.dice.percent(4) {
        return Answer::Abstain;
    }
    if supports(year, member, number, support) { Answer::For } else { Answer::Against }
}

fn file(
    year: &mut Year<'_>,
    home: &AssemblyId,
    kind: &str,
    number: usize,
    spec: &MotionSpec,
) -> Result<Option<MotionId>, LabError> {
    let now = year.now;
    let members = sitting(year.federation()?, home, now);
    let Some(mover) = members.iter().find(|member| supports(year, member, number, spec.support)) else {
        return Ok(None);
    };
    let text = spec.text.iter().map(ToString::to_string).collect();
    let (assembly, kind, title) = (home.clone(), kind.to_owned(), spec.title.to_owned());
    let file = motion::Action::File { assembly, kind, title, text, seeks: None };
    year.say(mover, Action::Motion(file))?;
    let id = MotionId::next(year.federation()?.motions.len() - 1);
    let signatures = members.iter().filter(|member| *member != mover);
    let signatures: Vec<MemberId> =
        signatures.filter(|member| supports(year, member, number, spec.support)).take(5).cloned().collect();
    for signer in &signatures {
        year.say(signer, Action::Motion(motion::Action::Sign { motion: id }))?;
    }
    Ok(Some(id))
}

fn forward(year: &mut Year<'_>, motion: MotionId, to: &AssemblyId) -> Result<MotionId, LabError> {
    let mover = year.federation()?.motions[motion.index()].mover.clone();
    year.say(&mover, Action::Motion(motion::Action::Forward { motion, to: to.clone() }))?;
    Ok(MotionId::next(year.federation()?.motions.len() - 1))
}
