//! Electing bodies bind their delegates; the congress hears the platforms, decides on motions and between variants.

use crate::elect::leaning;
use crate::example::Example;
use crate::propose::own_answer;
use crate::session;
use crate::year::{LabError, Stage, Year};
use mandate_assembly::Action;
use mandate_assembly::ids::{AssemblyId, MeetingId, MemberId, MotionId, ThesesId, VariantId};
use mandate_assembly::meeting::{self, Item};
use mandate_assembly::vote::{Answer, Instructed, Part, Question};
use mandate_charter::Duty;
use serde_json::json;

/// Delegates in a hundred who keep to a mandate that goes against their own mind.
const KEEP_MANDATE: u64 = 93;

/// Binds delegates, then holds the congress.
///
/// # Errors
/// Where the core refuses a step.
pub fn deliberate(year: &mut Year<'_>, example: &Example) -> Result<Stage, LabError> {
    let top = year.federation()?.top().cloned();
    let top = top.ok_or_else(|| LabError::Example("there is no congress".into()))?;
    let electors = year.federation()?.assemblies[&top].electors.clone();
    year.watch.begin("deliberate", electors.len() as u64 + 3);
    let agenda = year
        .policies
        .iter()
        .map(|(id, number)| Item { title: example.motions[*number].title.into(), motion: Some(*id) });
    let agenda: Vec<Item> = agenda.chain([point("Platforms"), point("The plan")]).collect();
    let congress = session::convene(year, &top, agenda)?;
    let mandates = bind_delegates(year, example, electors)?;
    year.now = year.now.max(year.federation()?.meetings[congress.index()].scheduled);
    let present = session::open(year, congress, 91)?.len();
    let platforms = between_platforms(year, congress)?;
    year.watch.advance(1);
    let adopted = on_motions(year, example, congress)?;
    year.watch.advance(1);
    let chosen = between_variants(year, congress)?;
    year.watch.advance(1);
    session::close(
        year,
        congress,
        "The congress heard every platform, decided on every motion, and chose the plan.",
    )?;
    let federation = year.federation()?;
    let kept = federation.mandates_kept();
    let broken = kept.iter().filter(|kept| kept.kept == Some(false)).count();
    let given = kept.iter().filter(|kept| kept.kept.is_some()).count();
    let entitled = federation.meetings[congress.index()].entitled;
    let motions = year.policies.len();
    let stage = Stage {
        stage: "deliberate",
        lines: vec![
            format!(
                "{mandates} mandates given by electing bodies; {present} of {entitled} delegates at the congress"
            ),
            platforms,
            format!(
                "{adopted} of {motions} motions from below adopted; {broken} of {given} votes under a mandate broke it"
            ),
            format!("the plan: {chosen}"),
        ],
        figures: json!({
            "mandates": mandates, "present": present, "entitled": entitled, "motions": motions, "adopted": adopted,
            "mandated_votes": given, "broken": broken, "plan": chosen,
        }),
    };
    year.watch.end(&stage);
    Ok(stage)
}

fn point(title: &str) -> Item {
    Item { title: title.into(), motion: None }
}

/// Each body that elects the congress meets and binds its delegates on each motion. Returns how many mandates.
fn bind_delegates(
    year: &mut Year<'_>,
    example: &Example,
    electors: Vec<AssemblyId>,
) -> Result<usize, LabError> {
    let mut meetings = Vec::new();
    let mut hour = year.now;
    for body in electors {
        let now = year.now;
        if crate::year::sitting(year.federation()?, &body, now).is_empty() {
            continue;
        }
        let id = session::convene(year, &body, vec![point("Mandates for the congress")])?;
        hour = hour.max(year.federation()?.meetings[id.index()].scheduled);
        meetings.push(id);
    }
    year.now = hour;
    let policies = year.policies.clone();
    for id in meetings {
        session::open(year, id, 80)?;
        for (motion, number) in &policies {
            bind(year, id, *motion, *number, example.motions[*number].support)?;
        }
        session::close(year, id, "Mandates for the congress")?;
        year.watch.advance(1);
    }
    Ok(year.federation()?.mandates.len())
}

fn bind(
    year: &mut Year<'_>,
    meeting: MeetingId,
    on: MotionId,
    number: usize,
    support: u64,
) -> Result<(), LabError> {
    let here: Vec<MemberId> = year.federation()?.meetings[meeting.index()].present.iter().cloned().collect();
    let mut balance = 0i64;
    for member in &here {
        match own_answer(year, member, number, support) {
            Answer::For => balance += 1,
            Answer::Against => balance -= 1,
            _ => {}
        }
    }
    let answer = if balance >= 0 { Instructed::For } else { Instructed::Against };
    let question = Question::Instruction { on, answer };
    session::ask(year, meeting, question, &mut |year, member| {
        let own = own_answer(year, member, number, support);
        let agrees = (own == Answer::For) == (answer == Instructed::For);
        session::whole(if agrees { Answer::For } else { Answer::Against })
    })?;
    Ok(())
}

/// Every platform is heard for as long; then the delegates choose. Returns the result in words.
fn between_platforms(year: &mut Year<'_>, congress: MeetingId) -> Result<String, LabError> {
    let assembly = year.federation()?.meetings[congress.index()].assembly.clone();
    let chair = year.officer(Duty::Chair, &assembly)?;
    let platforms: Vec<ThesesId> = year.federation()?.platforms.recognised().map(|(id, _)| id).collect();
    if platforms.is_empty() {
        return Ok("no theses had the signatures of a platform".into());
    }
    // Voting before all are heard is refused.
    let put = mandate_assembly::vote::Action::Put {
        meeting: congress,
        question: Question::Platforms(platforms.clone()),
    };
    year.must_be_refused(&chair, Action::Vote(put))?;
    let minutes = year.federation()?.charter.platform.speaking_minutes;
    for theses in &platforms {
        let hear = meeting::Action::Hear { meeting: congress, theses: *theses, minutes };
        year.say(&chair, Action::Meeting(hear))?;
    }
    let directions = directions_of(year, &platforms)?;
    let question = Question::Platforms(platforms.clone());
    let result = session::ask(year, congress, question, &mut |year, member| {
        let own = leaning(year, member);
        let place = directions.iter().position(|direction| *direction == own);
        let place = place.unwrap_or_else(|| year.dice.below(directions.len() as u64) as usize);
        session::whole(Answer::Choice(place as u32 + 1))
    })?;
    let Some(result) = result else { return Ok("no quorum for the platforms".into()) };
    let federation = year.federation()?;
    let votes = platforms.iter().zip(&result.tally.counts).map(|(id, votes)| {
        let title = federation.platforms.get(*id).map_or("", |theses| theses.title.as_str());
        format!("{title} {votes}")
    });
    Ok(format!("platforms: {}", votes.collect::<Vec<_>>().join(", ")))
}

/// The direction that most signatories of each platform lean to.
fn directions_of(year: &mut Year<'_>, platforms: &[ThesesId]) -> Result<Vec<u64>, LabError> {
    let mut directions = Vec::new();
    for id in platforms {
        let theses = year.federation()?.platforms.get(*id).map_err(|r| LabError::Example(r.to_string()))?;
        let signatories: Vec<MemberId> = theses.signatories.iter().cloned().collect();
        let mut counts = [0u64; 3];
        for member in &signatories {
            counts[leaning(year, member) as usize] += 1;
        }
        let most = (0..3).max_by_key(|direction| counts[*direction as usize]);
        directions.push(most.unwrap_or(0));
    }
    Ok(directions)
}

/// Votes on every motion that came up. Returns how many were adopted.
fn on_motions(year: &mut Year<'_>, example: &Example, congress: MeetingId) -> Result<usize, LabError> {
    let policies = year.policies.clone();
    for (id, number) in &policies {
        let support = example.motions[*number].support;
        session::ask(year, congress, Question::Motion(*id), &mut |year, member| {
            answer_under_mandate(year, congress, member, *id, *number, support)
        })?;
    }
    let federation = year.federation()?;
    Ok(policies.iter().filter(|(id, _)| federation.motions[id.index()].is_adopted()).count())
}

/// A delegate's vote: as instructed by those who sent them, with a few who go by their own mind, and a few who split
/// what they carry.
fn answer_under_mandate(
    year: &mut Year<'_>,
    congress: MeetingId,
    member: &MemberId,
    motion: MotionId,
    number: usize,
    support: u64,
) -> Vec<Part> {
    let own = own_answer(year, member, number, support);
    let now = year.now;
    let Ok(federation) = year.federation() else { return session::whole(own) };
    let assembly = &federation.meetings[congress.index()].assembly;
    let seat = federation.assemblies[assembly].delegate(member, now);
    let (mandate, carries) = match seat {
        Some(seat) => {
            (federation.mandate_on(&seat.elector, motion, now).map(|mandate| mandate.answer), seat.carries)
        }
        None => (None, 0),
    };
    let is_card = federation.votes.last().is_some_and(|vote| vote.way == mandate_charter::VoteWay::Card);
    match mandate {
        Some(_) if !year.dice.percent(KEEP_MANDATE) => session::whole(own),
        Some(Instructed::For) => session::whole(Answer::For),
        Some(Instructed::Against) => session::whole(Answer::Against),
        Some(Instructed::Abstain) => session::whole(Answer::Abstain),
        // Without a mandate a delegate by card may speak for both sides of those who sent them.
        None if is_card && carries >= 3 && year.dice.percent(10) => {
            let minority = carries / 3;
            let other = if own == Answer::For { Answer::Against } else { Answer::For };
            let parts = [(own, carries - minority), (other, minority)];
            parts.into_iter().map(|(answer, votes)| Part { answer, votes: Some(votes) }).collect()
        }
        None => session::whole(own),
    }
}

/// The delegates rank the variants; the charter's rule decides. Returns the title of the plan.
fn between_variants(year: &mut Year<'_>, congress: MeetingId) -> Result<String, LabError> {
    let period = year.federation()?.planning.periods.len().saturating_sub(1);
    let federation = year.federation()?;
    let of_period =
        federation.planning.variants.iter().enumerate().filter(|(_, variant)| variant.period == period);
    let variants: Vec<VariantId> = of_period.map(|(place, _)| VariantId::next(place)).collect();
    let question = Question::Variants(variants.clone());
    let count = variants.len() as u64;
    let result = session::ask(year, congress, question, &mut |year, member| {
        let own = leaning(year, member);
        let mut liked: Vec<(u64, u16)> = (0..count)
            .map(|place| {
                let bonus = if place == own { 70 } else { 0 };
                (bonus + year.dice.below(100), place as u16 + 1)
            })
            .collect();
        liked.sort_unstable_by(|a, b| b.cmp(a));
        session::whole(Answer::Ranking(liked.into_iter().map(|(_, place)| place).collect()))
    })?;
    let choice = result.and_then(|result| result.choice).and_then(|place| variants.get(place as usize - 1));
    let federation = year.federation()?;
    Ok(match choice.and_then(|id| federation.planning.variant(*id).ok()) {
        Some(variant) => variant.title.clone(),
        None => "undecided".into(),
    })
}
