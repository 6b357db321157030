//! A meeting from its convening to its closing, as the lab's people hold it.

use crate::year::{LabError, Year, sitting};
use mandate_assembly::Action;
use mandate_assembly::ids::{AssemblyId, Blob, MeetingId, MemberId, VoteId};
use mandate_assembly::majority::Tally;
use mandate_assembly::meeting::{self, Item};
use mandate_assembly::vote::{self, Answer, Part, Question, VoteResult};
use mandate_charter::{Duty, VoteWay};

/// Convenes an assembly at the earliest hour that the charter allows.
///
/// # Errors
/// Where it is refused.
pub fn convene(year: &mut Year<'_>, assembly: &AssemblyId, agenda: Vec<Item>) -> Result<MeetingId, LabError> {
    let convener = year.officer(Duty::Convene, assembly)?;
    let now = year.now;
    let level =
        year.federation()?.level_of(assembly).map_err(|refusal| LabError::Example(refusal.to_string()))?;
    let scheduled = level.meeting.notice.after(now);
    let convene = meeting::Action::Convene { assembly: assembly.clone(), scheduled, agenda };
    year.say(&convener, Action::Meeting(convene))?;
    Ok(MeetingId::next(year.federation()?.meetings.len() - 1))
}

/// Opens a meeting whose hour has come, with so many in a hundred of those entitled there.
///
/// # Errors
/// Where it is refused.
pub fn open(year: &mut Year<'_>, id: MeetingId, attendance: u64) -> Result<Vec<MemberId>, LabError> {
    let assembly = year.federation()?.meetings[id.index()].assembly.clone();
    let chair = year.officer(Duty::Chair, &assembly)?;
    year.say(&chair, Action::Meeting(meeting::Action::Open { meeting: id }))?;
    let now = year.now;
    let all = sitting(year.federation()?, &assembly, now);
    let here: Vec<MemberId> = all.into_iter().filter(|_| year.dice.percent(attendance)).collect();
    if !here.is_empty() {
        year.say(&chair, Action::Meeting(meeting::Action::Arrive { meeting: id, members: here.clone() }))?;
    }
    Ok(here)
}

/// Puts a question and takes the answers of all who are there. None where no quorum is.
///
/// # Errors
/// Where a step is refused for another reason.
pub fn ask(
    year: &mut Year<'_>,
    id: MeetingId,
    question: Question,
    answer: &mut dyn FnMut(&mut Year<'_>, &MemberId) -> Vec<Part>,
) -> Result<Option<VoteResult>, LabError> {
    let assembly = year.federation()?.meetings[id.index()].assembly.clone();
    let chair = year.officer(Duty::Chair, &assembly)?;
    let put = vote::Action::Put { meeting: id, question };
    match year.try_to_say(&chair, Action::Vote(put.clone()))? {
        Ok(()) => {}
        Err(mandate_assembly::Refusal::NoQuorum { .. }) => return Ok(None),
        Err(refusal) => {
            let action = format!("{put:?}");
            return Err(LabError::Refused { refusal: Box::new(refusal), at: year.now, by: chair, action });
        }
    }
    let vote = VoteId::next(year.federation()?.votes.len() - 1);
    let way = year.federation()?.votes[vote.index()].way;
    let here: Vec<MemberId> = year.federation()?.meetings[id.index()].present.iter().cloned().collect();
    let mut answers = Vec::with_capacity(here.len());
    for member in here {
        let parts = answer(year, &member);
        answers.push((member, parts));
    }
    match way {
        VoteWay::Hand => count_hands(year, &assembly, vote, &answers)?,
        VoteWay::Card | VoteWay::RollCall => {
            let is_large = year.federation()?.top() == Some(&assembly);
            enter(year, &assembly, vote, answers, is_large)?;
        }
    }
    year.say(&chair, Action::Vote(vote::Action::Close { vote }))?;
    Ok(year.federation()?.votes[vote.index()].result.clone())
}

fn count_hands(
    year: &mut Year<'_>,
    assembly: &AssemblyId,
    vote: VoteId,
    answers: &[(MemberId, Vec<Part>)],
) -> Result<(), LabError> {
    let parts: Vec<(Answer, u64)> =
        answers.iter().flat_map(|(_, parts)| parts).map(|part| (part.answer.clone(), 1)).collect();
    let choices = match &year.federation()?.votes[vote.index()].question {
        Question::Platforms(theses) => theses.len(),
        _ => 2,
    };
    let teller = year.officer(Duty::Tell, assembly)?;
    let tally = Tally::of(choices, &parts);
    year.say(&teller, Action::Vote(vote::Action::CountHands { vote, tally }))
}

/// In the congress each delegate answers; elsewhere tellers enter the answers together.
fn enter(
    year: &mut Year<'_>,
    assembly: &AssemblyId,
    vote: VoteId,
    answers: Vec<(MemberId, Vec<Part>)>,
    each_alone: bool,
) -> Result<(), LabError> {
    if each_alone {
        for (member, parts) in answers {
            year.say(&member, Action::Vote(vote::Action::Answer { vote, parts, for_absent: None }))?;
        }
        return Ok(());
    }
    let teller = year.officer(Duty::Tell, assembly)?;
    year.say(&teller, Action::Vote(vote::Action::Enter { vote, answers }))
}

/// Closes and writes minutes.
///
/// # Errors
/// Where a step is refused.
pub fn close(year: &mut Year<'_>, id: MeetingId, minutes: &str) -> Result<(), LabError> {
    let assembly = year.federation()?.meetings[id.index()].assembly.clone();
    let chair = year.officer(Duty::Chair, &assembly)?;
    year.say(&chair, Action::Meeting(meeting::Action::Close { meeting: id }))?;
    let text = Blob(minutes.as_bytes().to_vec());
    year.say(&chair, Action::Meeting(meeting::Action::WriteMinutes { meeting: id, text }))
}

/// A plain answer with all that one carries.
pub fn whole(answer: Answer) -> Vec<Part> {
    vec![Part { answer, votes: None }]
}
