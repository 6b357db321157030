//! Control: workplaces report, the roll changes, a delegate who broke a mandate is recalled by those who sent them,
//! and a branch's appointed management takes its first step to an elected one.

use crate::elect;
use crate::example::Example;
use crate::session;
use crate::year::{LabError, Stage, Year, sitting};
use mandate_assembly::election::Office;
use mandate_assembly::ids::{AssemblyId, Blob, MemberId, MotionId, OrganId, RecallId, WorkplaceId};
use mandate_assembly::majority::Tally;
use mandate_assembly::meeting::Item;
use mandate_assembly::motion::Seeks;
use mandate_assembly::plan::Target;
use mandate_assembly::roll::{Kind, Standing};
use mandate_assembly::secret::Subject;
use mandate_assembly::vote::{Answer, Question};
use mandate_assembly::{Action, membership, motion, organ, plan, recall, secret, vacancy};
use mandate_charter::{BallotWay, Duty, Effect};
use mandate_plan::Decimal;
use serde_json::json;
use std::collections::BTreeMap;

/// Appoints where the charter lets it, at the beginning of the year: the management of a branch in transition.
///
/// # Errors
/// Where the core refuses an appointment that the charter allows.
pub fn appoint(year: &mut Year<'_>) -> Result<u64, LabError> {
    let federation = year.federation()?;
    let to_appoint = federation.organs.iter().filter_map(|(id, organ)| {
        let posts = federation.posts_of(id).ok()?;
        let by = posts.appointed_by.clone()?;
        Some((id.clone(), organ.assembly.clone(), posts.appointed, by))
    });
    let to_appoint: Vec<(OrganId, AssemblyId, u32, String)> = to_appoint.collect();
    let now = year.now;
    let mut appointed = 0;
    for (organ, assembly, posts, by) in to_appoint {
        let federation = year.federation()?;
        let appointer = federation.organs.values().find(|organ| organ.kind == by);
        let appointer = appointer.and_then(|organ| organ.seated(now).next()).map(|post| post.member.clone());
        let pool = sitting(federation, &assembly, now);
        let Some(appointer) = appointer else { continue };
        for member in year.dice.draw(&pool, posts as usize) {
            let appoint = organ::Action::Appoint { organ: organ.clone(), member };
            year.say(&appointer, Action::Organ(appoint))?;
            appointed += 1;
        }
    }
    Ok(appointed)
}

/// The months after the congress.
///
/// # Errors
/// Where the core refuses a step.
pub fn control(year: &mut Year<'_>, example: &Example) -> Result<Stage, LabError> {
    year.watch.begin("control", 6);
    year.pass_days(85);
    let mut reports = report_all(year, "1/4")?;
    year.watch.advance(1);
    let changed = change_rolls(year, example)?;
    year.watch.advance(1);
    let recalled = recall_who_broke_mandate(year)?;
    year.watch.advance(1);
    let transition = take_first_step(year)?;
    year.watch.advance(1);
    year.pass_days(50);
    reports += report_all(year, "1/2")?;
    year.watch.advance(1);
    year.pass_days(60);
    reports += report_all(year, "3/4")?;
    year.watch.advance(1);
    let federation = year.federation()?;
    let (kept, missed) = kept_and_missed(federation);
    let mut lines = vec![
        format!(
            "{reports} reports by workplaces; three quarters through the year {kept} mandates are kept, {missed} missed"
        ),
        format!("the roll changed: {changed}"),
    ];
    lines.extend(recalled.lines);
    lines.extend(transition);
    let stage = Stage {
        stage: "control",
        lines,
        figures: json!({"reports": reports, "kept": kept, "missed": missed, "recalls": recalled.decided}),
    };
    year.watch.end(&stage);
    Ok(stage)
}

/// Workplaces that keep to their mandate by their last report, and those that are behind with some product.
pub fn kept_and_missed(federation: &mandate_assembly::Federation) -> (usize, usize) {
    let Ok(period) = federation.planning.current() else { return (0, 0) };
    let behind = period.shortfalls(federation.charter.plan.deviation);
    let behind: std::collections::BTreeSet<&WorkplaceId> =
        behind.iter().map(|short| &short.workplace).collect();
    (period.reports.len() - behind.len(), behind.len())
}

/// Every workplace with a mandate reports. Most make about what was asked, some fall behind.
fn report_all(year: &mut Year<'_>, part: &str) -> Result<u64, LabError> {
    let Ok(period) = year.federation()?.planning.current() else { return Ok(0) };
    let products = period.products.clone();
    let mandates: Vec<(WorkplaceId, Vec<Target>)> =
        period.mandates.iter().map(|(workplace, targets)| (workplace.clone(), targets.clone())).collect();
    let (numerator, denominator) = part.split_once('/').unwrap_or((part, "1"));
    let numbers = (numerator.parse::<i128>().unwrap_or(1), denominator.parse::<i128>().unwrap_or(1));
    let mut reports = 0;
    for (workplace, targets) in mandates {
        let open =
            year.federation()?.roll.workplace(&workplace).is_some_and(|(_, line)| line.closed.is_none());
        // One in fifty is late and reports with the next quarter.
        if !open || year.dice.percent(2) {
            continue;
        }
        let trouble = year.dice.trait_of(&MemberId(workplace.0.clone()), "trouble", 100) < 9;
        let mut made = BTreeMap::new();
        for target in &targets {
            let thousandths = if trouble { 780 + year.dice.below(200) } else { 985 + year.dice.below(30) };
            let quantity = target.quantity * numbers.0 / numbers.1 * i128::from(thousandths) / 1000;
            let (id, _, decimals) = &products[target.product as usize];
            made.insert(id.clone(), Decimal::new(quantity, *decimals).to_string());
        }
        let assembly = assembly_of(year, &workplace)?;
        let reporter = year.officer(Duty::Report, &assembly)?;
        let report = plan::Action::Report { workplace, part: part.into(), made };
        year.say(&reporter, Action::Plan(report))?;
        reports += 1;
    }
    Ok(reports)
}

fn assembly_of(year: &mut Year<'_>, workplace: &WorkplaceId) -> Result<AssemblyId, LabError> {
    let found = year.federation()?.assembly_of_workplace(workplace).cloned();
    found.map_err(|refusal| LabError::Example(refusal.to_string()))
}

/// Members move, join, leave and fall into arrears; a workplace closes into another. Seats stay until the next term.
fn change_rolls(year: &mut Year<'_>, example: &Example) -> Result<String, LabError> {
    let changes = &example.changes;
    let members = year.federation()?.roll.members().filter(|(_, line)| line.workplace.is_some());
    let members: Vec<MemberId> = members.map(|(id, _)| id.clone()).collect();
    let workplaces = year.federation()?.roll.workplaces().filter(|(_, _, line)| line.closed.is_none());
    let workplaces: Vec<WorkplaceId> = workplaces.map(|(_, id, _)| id.clone()).collect();
    let chosen = year.dice.draw(&members, changes.moves + changes.leaves + changes.arrears);
    let (moving, rest) = chosen.split_at(changes.moves.min(chosen.len()));
    let (leaving, behind) = rest.split_at(changes.leaves.min(rest.len()));
    for member in moving {
        let Some(to) = year.dice.pick(&workplaces).cloned() else { continue };
        let assembly = assembly_of(year, &to)?;
        let keeper = year.officer(Duty::Roll, &assembly)?;
        let moved = Action::Membership(membership::Action::Move { member: member.clone(), to });
        match year.try_to_say(&keeper, moved)? {
            Ok(()) | Err(mandate_assembly::Refusal::AlreadyThere { .. }) => {}
            Err(refusal) => return Err(LabError::Example(refusal.to_string())),
        }
    }
    for member in leaving {
        year.say(member, Action::Membership(membership::Action::Leave {}))?;
    }
    for member in behind {
        let home = year.federation()?.home_of(member).map_err(|r| LabError::Example(r.to_string()))?;
        let keeper = year.officer(Duty::Roll, &home)?;
        let set = membership::Action::SetStanding { member: member.clone(), standing: Standing::Arrears };
        match year.try_to_say(&keeper, Action::Membership(set))? {
            Ok(()) | Err(mandate_assembly::Refusal::StandingIsSo { .. }) => {}
            Err(refusal) => return Err(LabError::Example(refusal.to_string())),
        }
    }
    for number in 0..changes.joins {
        let Some(workplace) = year.dice.pick(&workplaces).cloned() else { continue };
        let assembly = assembly_of(year, &workplace)?;
        let keeper = year.officer(Duty::Roll, &assembly)?;
        let member = MemberId::from(format!("N{:05}", number + 1).as_str());
        let join = membership::Action::Join { member, workplace, kind: Kind::Person };
        year.say(&keeper, Action::Membership(join))?;
    }
    let merged = merge_two(year, &workplaces)?;
    let Changes { moves, leaves, arrears, joins } = Changes::of(changes);
    Ok(format!("{moves} moved, {joins} joined, {leaves} left, {arrears} fell into arrears, {merged}"))
}

struct Changes {
    moves: usize,
    leaves: usize,
    arrears: usize,
    joins: usize,
}

impl Changes {
    fn of(changes: &crate::example::Changes) -> Self {
        Self { moves: changes.moves, leaves: changes.leaves, arrears: changes.arrears, joins: changes.joins }
    }
}

/// One workplace closes and its members go to another of the same branch.
fn merge_two(year: &mut Year<'_>, workplaces: &[WorkplaceId]) -> Result<String, LabError> {
    let roll = &year.federation()?.roll;
    let branch = |id: &WorkplaceId| roll.workplace(id).map(|(_, line)| line.branch.clone());
    let pair = workplaces.windows(2).find(|pair| branch(&pair[0]) == branch(&pair[1]));
    let Some([closing, successor]) = pair else { return Ok("no workplaces merged".into()) };
    let (closing, successor) = (closing.clone(), successor.clone());
    let Some(top) = year.federation()?.top().cloned() else { return Ok("no workplaces merged".into()) };
    let keeper = year.officer(Duty::Roll, &top)?;
    let close = membership::Action::Close { workplace: closing.clone(), successor: Some(successor.clone()) };
    year.say(&keeper, Action::Membership(close))?;
    Ok(format!("{closing} merged into {successor}"))
}

struct Recalled {
    lines: Vec<String>,
    decided: usize,
}

/// Those who sent a delegate that broke their mandate recall them; the substitute follows by counting back. Another
/// recall fails for want of a quorum.
fn recall_who_broke_mandate(year: &mut Year<'_>) -> Result<Recalled, LabError> {
    let now = year.now;
    let Some(top) = year.federation()?.top().cloned() else {
        return Ok(Recalled { lines: Vec::new(), decided: 0 });
    };
    let federation = year.federation()?;
    let still_sits = |member: &MemberId| federation.assemblies[&top].delegate(member, now).is_some();
    let broke: Vec<(MemberId, AssemblyId)> = federation
        .mandates_kept()
        .into_iter()
        .filter(|kept| kept.kept == Some(false) && still_sits(&kept.delegate))
        .filter(|kept| sitting(federation, &kept.elector, now).len() >= 5)
        .map(|kept| (kept.delegate, kept.elector))
        .collect();
    let mut lines = Vec::new();
    let mut decided = 0;
    for (turnout, (member, body)) in [84u64, 30].into_iter().zip(broke) {
        let office = Office::Delegates { to: top.clone() };
        let voted = recall_one(year, &office, &member, &body, turnout)?;
        decided += 1;
        let Some(recall) = year.federation()?.recalls.last() else { continue };
        if recall.recalled != Some(true) {
            lines.push(format!(
                "recall of {member} by {body} failed: {voted} voted, too few for the quorum or against"
            ));
            continue;
        }
        let teller = year.officer(Duty::Tell, &body)?;
        let fill = vacancy::Action::Fill { body: body.clone(), office: office.clone() };
        let follower = match year.try_to_say(&teller, Action::Vacancy(fill))? {
            Ok(()) => {
                let mut seats = year.federation()?.assemblies[&top].delegates.iter().rev();
                let seat = seats.find(|seat| seat.follows.as_ref() == Some(&member));
                seat.map(|seat| seat.member.to_string())
            }
            Err(mandate_assembly::Refusal::NoSubstituteLeft { .. }) => None,
            Err(refusal) => return Err(LabError::Example(refusal.to_string())),
        };
        let follower = follower.unwrap_or_else(|| "nobody left on the ballots, so a by-election".into());
        lines.push(format!("{member} broke a mandate and was recalled by {body}; {follower} follows"));
    }
    Ok(Recalled { lines, decided })
}

fn recall_one(
    year: &mut Year<'_>,
    office: &Office,
    member: &MemberId,
    body: &AssemblyId,
    turnout: u64,
) -> Result<u64, LabError> {
    let now = year.now;
    let voters = sitting(year.federation()?, body, now);
    let signers: Vec<MemberId> = voters.iter().filter(|voter| *voter != member).cloned().collect();
    let article = year.federation()?.recall_article(office).cloned();
    let article = article.map_err(|r| LabError::Example(r.to_string()))?;
    let need = article.petition.at_least(voters.len() as u64).max(1) as usize;
    let Some((first, others)) = signers.split_first() else { return Ok(0) };
    let reason = "voted against the mandate of those who sent them".to_owned();
    let start = recall::Action::Start { office: office.clone(), member: member.clone(), reason };
    year.say(first, Action::Recall(start))?;
    let id = RecallId::next(year.federation()?.recalls.len() - 1);
    for signer in others.iter().take(need.saturating_sub(1)) {
        year.say(signer, Action::Recall(recall::Action::Sign { recall: id }))?;
    }
    year.say(first, Action::Recall(recall::Action::Call { recall: id }))?;
    let in_secret = article.ballot == BallotWay::Secret;
    let encrypted = if in_secret { Some(set_up_in_secret(year, id, body, member, &voters)?) } else { None };
    year.pass_days(8);
    let mut answers: Vec<(MemberId, usize)> = Vec::new();
    for voter in &voters {
        if year.dice.percent(turnout) {
            answers.push((voter.clone(), usize::from(!year.dice.percent(72))));
        }
    }
    let voted = answers.len() as u64;
    let teller = teller_other_than(year, body, member)?;
    if let Some(ballot) = encrypted {
        let vote = |place: usize| (0..2).map(|choice| u64::from(choice == place)).collect();
        let votes: Vec<_> = answers.drain(..).map(|(voter, place)| (voter, vote(place))).collect();
        let (sealed, opened) = ballot.vote(&votes)?;
        let on = Subject::Recall(id);
        year.say(&teller, Action::Secret(secret::Action::Seal { on, archive: sealed }))?;
        year.say(&teller, Action::Secret(secret::Action::Open { on, archive: opened }))?;
    }
    let (mut found, mut marked) = (Tally { counts: vec![0, 0], abstain: 0 }, String::new());
    for (voter, place) in &answers {
        found.counts[*place] += 1;
        marked.push_str(voter.as_str());
        marked.push('\n');
    }
    let marked_roll = Blob(marked.into_bytes());
    let count = recall::Action::Count { recall: id, found, spoiled: 0, marked_roll, admitted: Vec::new() };
    year.say(&teller, Action::Recall(count))?;
    Ok(voted)
}

/// Sets up encrypted ballots on a recall: for, or against.
fn set_up_in_secret(
    year: &mut Year<'_>,
    id: RecallId,
    body: &AssemblyId,
    member: &MemberId,
    voters: &[MemberId],
) -> Result<crate::secret::Held, LabError> {
    let (seed, now) = (year.dice.secret(), year.now);
    let asked = crate::secret::Asked::Choose(1, &["for", "against"]);
    let ballot = crate::secret::Held::set_up(seed, now, &format!("Recall {id} of {member}"), &asked, voters)?;
    let teller = teller_other_than(year, body, member)?;
    let set_up = secret::Action::SetUp {
        on: Subject::Recall(id),
        archive: ballot.archive(),
        holders: ballot.holders,
        paper_roll: None,
    };
    year.say(&teller, Action::Secret(set_up))?;
    Ok(ballot)
}

/// Somebody with the duty to count who is not the one about whom it is.
fn teller_other_than(
    year: &mut Year<'_>,
    body: &AssemblyId,
    member: &MemberId,
) -> Result<MemberId, LabError> {
    use mandate_assembly::duty::{Holders, holders};
    let now = year.now;
    let federation = year.federation()?;
    let tellers = match holders(federation, Duty::Tell, body, now) {
        Holders::Of(_, members) => members,
        Holders::Commission => federation.commission.clone(),
        Holders::Anybody => sitting(federation, body, now).into_iter().collect(),
    };
    let other = tellers.into_iter().find(|teller| teller != member);
    other.ok_or_else(|| LabError::Example(format!("nobody but {member} can count for {body}")))
}

/// The branch whose management is appointed decides to elect part of it, once the charter's criteria are met.
fn take_first_step(year: &mut Year<'_>) -> Result<Vec<String>, LabError> {
    let federation = year.federation()?;
    let kinds = federation.charter.organs.iter().filter(|organ| organ.transition.is_some());
    let kinds: Vec<String> = kinds.map(|organ| organ.id.clone()).collect();
    let organs = federation.organs.iter().filter(|(_, organ)| kinds.contains(&organ.kind));
    let organs: Vec<(OrganId, AssemblyId)> =
        organs.map(|(id, organ)| (id.clone(), organ.assembly.clone())).collect();
    let kind = federation.charter.motions.iter().find(|kind| kind.effect == Effect::Transition);
    let Some((kind, signatures)) = kind.map(|kind| (kind.kind.clone(), kind.signatures)) else {
        return Ok(Vec::new());
    };
    let mut lines = Vec::new();
    for (organ, assembly) in organs {
        let Some(motion) = move_step(year, &organ, &assembly, &kind, signatures)? else { continue };
        let item = Item { title: "Our management, elected".into(), motion: Some(motion) };
        let meeting = session::convene(year, &assembly, vec![item])?;
        year.now = year.now.max(year.federation()?.meetings[meeting.index()].scheduled);
        session::open(year, meeting, 90)?;
        let answer = &mut |year: &mut Year<'_>, _: &MemberId| {
            session::whole(if year.dice.percent(85) { Answer::For } else { Answer::Against })
        };
        session::ask(year, meeting, Question::Motion(motion), answer)?;
        session::close(year, meeting, "On electing our management")?;
        let step = year.federation()?.organs[&organ].step;
        if step == 0 {
            lines.push(format!("{organ} stays appointed: the motion found no majority"));
            continue;
        }
        let held = elect::hold(year, vec![(assembly, Office::Posts { organ: organ.clone() })])?;
        lines.push(format!("{organ} took a step from appointed to elected: {} posts elected", held.filled));
    }
    Ok(lines)
}

fn move_step(
    year: &mut Year<'_>,
    organ: &OrganId,
    assembly: &AssemblyId,
    kind: &str,
    signatures: u32,
) -> Result<Option<MotionId>, LabError> {
    let now = year.now;
    let members = sitting(year.federation()?, assembly, now);
    let Some((mover, others)) = members.split_first() else { return Ok(None) };
    let file = motion::Action::File {
        assembly: assembly.clone(),
        kind: kind.to_owned(),
        title: "Our management, elected".into(),
        text: vec!["The next step of the transition of our management is taken.".into()],
        seeks: Some(Seeks::Transition { organ: organ.clone() }),
    };
    year.say(mover, Action::Motion(file))?;
    let id = MotionId::next(year.federation()?.motions.len() - 1);
    for signer in others.iter().take(signatures.saturating_sub(1) as usize) {
        year.say(signer, Action::Motion(motion::Action::Sign { motion: id }))?;
    }
    Ok(Some(id))
}
