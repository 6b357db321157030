//! Looks at a state: the rows that begin with `?`, and what the runner needs to know for itself.

use jiff::Timestamp;
use mandate_assembly::ids::{
    AssemblyId, ElectionId, MeetingId, MemberId, MotionId, RecallId, ThesesId, VoteId,
};
use mandate_assembly::motion::Outcome;
use mandate_assembly::{Federation, State, duty};
use mandate_charter::{BallotWay, Duty};

fn federation(state: &State) -> &Federation {
    state.federation().expect("a founded federation")
}

/// Somebody who holds every duty for an assembly.
pub fn officer(state: &State, body: &str, at: Timestamp) -> String {
    match duty::holders(federation(state), Duty::Tell, &body.into(), at) {
        duty::Holders::Of(_, members) => members.into_iter().next().expect("a holder").to_string(),
        _ => "m11".into(),
    }
}

/// How many elections there are: the number of the last one.
pub fn elections(state: &State) -> usize {
    federation(state).elections.len()
}

/// Whether an election is held with a box.
pub fn is_box(state: &State, election: usize) -> bool {
    federation(state).elections[election - 1].way == BallotWay::Box
}

/// The first members who may vote in an election.
pub fn voters(state: &State, election: usize, number: usize) -> Vec<String> {
    let federation = federation(state);
    let election = &federation.elections[election - 1];
    let members = federation.roll.members().map(|(id, _)| id);
    let voters = members.filter(|member| election.electorate.has(federation, member));
    voters.take(number).map(|member| member.to_string()).collect()
}

/// A row `elect BODY OFFICE CANDIDATE…` for every seat of these assemblies.
pub fn seats_to_fill(state: &State, assemblies: &[&str], at: Timestamp) -> Vec<String> {
    let federation = federation(state);
    let mut rows = Vec::new();
    for to in assemblies {
        for (body, seats) in &federation.assemblies[&AssemblyId::from(*to)].apportioned {
            let mut candidates: Vec<String> = federation
                .roll
                .members()
                .map(|(id, _)| id)
                .filter(|id| federation.sits_in(body, id, at))
                .map(ToString::to_string)
                .collect();
            // The members of the two chains are others, as far as there are enough.
            if to.starts_with("region") {
                candidates.reverse();
            }
            candidates.truncate(*seats as usize);
            rows.push(format!("elect {body} {to} {}", candidates.join(" ")));
        }
    }
    rows
}

/// Holds a row against the state.
pub fn look(state: &State, now: Timestamp, row: &str) -> Result<(), String> {
    let federation = federation(state);
    let words: Vec<&str> = row.split_whitespace().collect();
    let number = |place: usize| words[place].parse::<u32>().map_err(|error| error.to_string());
    let (found, expected) = match words[0] {
        "seats" => {
            let seats = &federation.assemblies[&AssemblyId::from(words[1])].apportioned;
            let seats: Vec<String> = seats.iter().map(|(body, seats)| format!("{body}={seats}")).collect();
            (seats.join(" "), words[2..].join(" "))
        }
        "sit" => {
            let seated: Vec<String> = match words[1].contains('@') {
                true => {
                    let organ = federation.organs.iter().find(|(id, _)| id.as_str() == words[1]);
                    let (_, organ) = organ.ok_or("no such organ")?;
                    organ.seated(now).map(|post| post.member.to_string()).collect()
                }
                false => {
                    let body = &federation.assemblies[&AssemblyId::from(words[1])];
                    body.seated(now).map(|seat| seat.member.to_string()).collect()
                }
            };
            (seated.join(" "), words[2..].join(" "))
        }
        "carries" => {
            let body = &federation.assemblies[&AssemblyId::from(words[1])];
            let seat = body.delegate(&words[2].into(), now).ok_or("no such delegate")?;
            (seat.carries.to_string(), words[3].into())
        }
        "motion" => {
            let outcome = federation.motion(MotionId(number(1)?)).map_err(|r| r.to_string())?.outcome;
            let word = match outcome.map(|(_, outcome)| outcome) {
                None => "open",
                Some(Outcome::Adopted) => "adopted",
                Some(Outcome::Rejected) => "rejected",
                Some(Outcome::Withdrawn) => "withdrawn",
            };
            (word.into(), words[2].into())
        }
        "text" => {
            let motion = federation.motion(MotionId(number(1)?)).map_err(|r| r.to_string())?;
            (motion.current_text().join("|"), words[2..].join(" "))
        }
        "present" => {
            let meeting = federation.meeting(MeetingId(number(1)?)).map_err(|r| r.to_string())?;
            (
                meeting.represented().map(MemberId::to_string).collect::<Vec<_>>().join(" "),
                words[2..].join(" "),
            )
        }
        "vote" => {
            let vote = federation.vote(VoteId(number(1)?)).map_err(|r| r.to_string())?;
            let result = vote.result.as_ref().ok_or("the vote is open")?;
            let counts: Vec<String> = result.tally.counts.iter().map(u64::to_string).collect();
            let word = if result.adopted { "adopted" } else { "not" };
            let found = format!("{} {} of {} {word}", counts.join(":"), result.tally.abstain, result.present);
            (found, words[2..].join(" "))
        }
        "platform" => {
            let theses = federation.platforms.get(ThesesId(number(1)?)).map_err(|r| r.to_string())?;
            (format!("{} {:?}", theses.recognised.is_some(), theses.result), words[2..].join(" "))
        }
        "home" => {
            let home = federation.home_of(&words[1].into());
            (home.map_or("none".into(), |home| home.to_string()), words[2].into())
        }
        "step" => {
            let organ = federation.organs.iter().find(|(id, _)| id.as_str() == words[1]);
            (organ.ok_or("no such organ")?.1.step.to_string(), words[2].into())
        }
        "elected" => {
            let election = federation.election(ElectionId(number(1)?)).map_err(|r| r.to_string())?;
            let outcome = election.outcome.as_ref().ok_or("not counted")?;
            (
                outcome.elected.iter().map(MemberId::to_string).collect::<Vec<_>>().join(" "),
                words[2..].join(" "),
            )
        }
        "recall" => {
            let recall = federation.recall(RecallId(number(1)?)).map_err(|r| r.to_string())?;
            let count = recall.count.as_ref().ok_or("not counted")?;
            let word = if recall.recalled == Some(true) { "recalled" } else { "stays" };
            let found = &count.found.counts;
            (format!("{}:{} {} {word}", found[0], found[1], count.voted), words[2..].join(" "))
        }
        "entrenched" => {
            let agreed = federation.referenda.last().and_then(|referendum| referendum.agreed);
            (format!("{agreed:?}"), words[1].into())
        }
        "charter" => {
            let found = federation.charter.levels.iter().map(|level| level.id.as_str()).collect::<Vec<_>>();
            (found.join(" "), words[1..].join(" "))
        }
        "mandates" => {
            let period = federation.planning.current().map_err(|r| r.to_string())?;
            (period.mandates.len().to_string(), words[1].into())
        }
        other => return Err(format!("nothing is looked at by {other:?}")),
    };
    if found == expected { Ok(()) } else { Err(format!("found    {found}\nexpected {expected}")) }
}
