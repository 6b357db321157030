//! A random command that the state makes possible more often than not.

use jiff::{SignedDuration, Timestamp};
use mandate_assembly::duty::{self, Holders};
use mandate_assembly::ids::*;
use mandate_assembly::motion::Seeks;
use mandate_assembly::recall::Action as Recall;
use mandate_assembly::roll::{Kind, Standing};
use mandate_assembly::vote::{Answer, Instructed, Part, Question};
use mandate_assembly::{
    Action, Command, Federation, assembly, ballot, circular, election, meeting, membership, motion, organ,
    theses, vacancy, vote,
};
use mandate_charter::Duty;

/// How many kinds of command there are below.
const KINDS: u32 = 34;

/// Makes a command of six random numbers.
pub fn command(federation: &Federation, at: Timestamp, dice: [u32; 6]) -> Command {
    let pick = Pick { federation, at, dice };
    let by = pick.sender();
    Command { at, by: by.clone(), action: pick.action(&by) }
}

struct Pick<'a> {
    federation: &'a Federation,
    at: Timestamp,
    dice: [u32; 6],
}

impl Pick<'_> {
    /// Officers of the body that it is about half of the time, its members often, else anybody.
    fn sender(&self) -> MemberId {
        let (chance, number) = (self.dice[0] % 8, self.dice[0] / 8);
        let election = ElectionId(self.recent(self.federation.elections.len(), self.dice[2]));
        if let (10, Ok(election)) = (self.dice[1] % KINDS, self.federation.election(election))
            && let Some(candidacy) =
                election.candidacies.get(number as usize % election.candidacies.len().max(1))
        {
            return candidacy.member.clone();
        }
        let Some(body) = self.about().filter(|_| chance < 7) else { return self.member(number) };
        if chance < 4 {
            match duty::holders(self.federation, Duty::Tell, &body, self.at) {
                Holders::Of(_, members) => return members.into_iter().next().expect("a holder"),
                Holders::Commission => return "m11".into(),
                Holders::Anybody => {}
            }
        }
        let sitting = self.sitting(&body);
        sitting.get(number as usize % sitting.len().max(1)).cloned().unwrap_or_else(|| self.member(number))
    }

    fn sitting(&self, body: &AssemblyId) -> Vec<MemberId> {
        let members = self.federation.roll.members().map(|(member, _)| member);
        members.filter(|member| self.federation.sits_in(body, member, self.at)).cloned().collect()
    }

    /// The body that the command to come is about.
    fn about(&self) -> Option<AssemblyId> {
        let [_, kind, a, b, ..] = self.dice;
        let federation = self.federation;
        let of_meeting = |id: MeetingId| federation.meeting(id).ok().map(|meeting| meeting.assembly.clone());
        let meeting = MeetingId(self.recent(federation.meetings.len(), a));
        match kind % KINDS {
            0..=3 => Some("workplace/w1".into()),
            4 | 20 | 26 => Some(self.body(a)),
            5 | 6 | 18 => Some(self.office(a).0),
            7..=16 => {
                let election = ElectionId(self.recent(federation.elections.len(), a));
                federation.election(election).ok().map(|election| election.body.clone())
            }
            27 => {
                let motion = MotionId(self.recent(federation.motions.len(), b));
                federation.motion(motion).ok().map(|motion| motion.assembly.clone())
            }
            21..=25 | 28 => of_meeting(meeting),
            29..=31 => {
                let vote = VoteId(self.recent(federation.votes.len(), a));
                of_meeting(federation.vote(vote).ok()?.meeting)
            }
            _ => None,
        }
    }

    fn member(&self, number: u32) -> MemberId {
        let count = self.federation.roll.members().count() as u32;
        // One more than there are: a stranger.
        let id = self.federation.roll.member_id(number % (count + 1));
        id.cloned().unwrap_or_else(|| "m99".into())
    }

    fn voter(&self, election: ElectionId, number: u32) -> MemberId {
        let body = self.federation.election(election).map(|election| election.body.clone());
        let sitting = body.map(|body| self.sitting(&body)).unwrap_or_default();
        sitting.get(number as usize % sitting.len().max(1)).cloned().unwrap_or_else(|| self.member(number))
    }

    fn workplace(&self, number: u32) -> WorkplaceId {
        let count = self.federation.roll.workplaces().count() as u32;
        self.federation.roll.workplace_id(number % count).cloned().unwrap()
    }

    fn body(&self, number: u32) -> AssemblyId {
        // A few bodies are busy, so that one thing comes to another.
        if !number.is_multiple_of(4) {
            return ["workplace/w1", "branch/C25", "congress"][number as usize / 4 % 3].into();
        }
        let bodies: Vec<_> = self.federation.assemblies.keys().collect();
        bodies[number as usize % bodies.len()].clone()
    }

    /// A body, an office that it fills, as far as there is one.
    fn office(&self, number: u32) -> (AssemblyId, election::Office) {
        let organs: Vec<_> = self.federation.organs.iter().collect();
        if number.is_multiple_of(2) {
            let (organ, instance) = organs[number as usize / 2 % organs.len()];
            return (instance.assembly.clone(), election::Office::Posts { organ: organ.clone() });
        }
        let above: Vec<_> =
            self.federation.assemblies.iter().filter(|(_, body)| !body.electors.is_empty()).collect();
        let (to, body) = above[number as usize / 2 % above.len()];
        let elector = body.electors[self.dice[5] as usize % body.electors.len()].clone();
        (elector, election::Office::Delegates { to: to.clone() })
    }

    /// A number of one of the last things filed; sometimes one that is not there.
    fn recent(&self, filed: usize, number: u32) -> u32 {
        (filed as u32 + 1).saturating_sub(number % 4)
    }

    fn later(&self, number: u32) -> Timestamp {
        self.at + SignedDuration::from_hours(i64::from(number % 240))
    }

    fn action(&self, by: &MemberId) -> Action {
        let [_, kind, a, b, c, d] = self.dice;
        let federation = self.federation;
        let election = ElectionId(self.recent(federation.elections.len(), a));
        let meeting = MeetingId(self.recent(federation.meetings.len(), a));
        let motion = MotionId(self.recent(federation.motions.len(), b));
        let vote = VoteId(self.recent(federation.votes.len(), a));
        let theses = ThesesId(1 + a % 3);
        let recall = RecallId(self.recent(federation.recalls.len(), a));
        match kind % KINDS {
            0 => Action::Membership(membership::Action::Join {
                member: if b.is_multiple_of(3) {
                    self.member(a)
                } else {
                    format!("n{}", a % 1000).as_str().into()
                },
                workplace: self.workplace(b),
                kind: [Kind::Person, Kind::Organisation][c as usize % 2],
            }),
            1 => {
                Action::Membership(membership::Action::Move { member: self.member(a), to: self.workplace(b) })
            }
            2 if a.is_multiple_of(16) => Action::Membership(membership::Action::Leave {}),
            2 => Action::Membership(membership::Action::SetStanding {
                member: self.member(a),
                standing: [Standing::Active, Standing::Arrears, Standing::Suspended][b as usize % 3],
            }),
            3 if a.is_multiple_of(9) => Action::Membership(membership::Action::Close {
                workplace: self.workplace(b),
                successor: (!c.is_multiple_of(3)).then(|| self.workplace(c)),
            }),
            3 if a.is_multiple_of(4) => Action::Membership(membership::Action::Open {
                workplace: format!("v{}", b % 20).as_str().into(),
                branch: ["C2511", "H4912", "A0111"][c as usize % 3].into(),
                territories: vec![["north", "south"][d as usize % 2].into()],
            }),
            3 | 4 => Action::Assembly(assembly::Action::OpenTerm { assembly: self.body(a) }),
            5 | 6 => {
                let (body, office) = self.office(a);
                Action::Election(election::Action::Call {
                    body,
                    office,
                    nominations_until: self.later(24 + b % 48),
                    closes_at: self.later(96 + c % 96),
                    lot_commitment: Hash::of(&[7; 32]),
                })
            }
            7 | 8 => Action::Election(election::Action::Nominate {
                election,
                candidate: self.voter(election, b),
                with: if c.is_multiple_of(4) {
                    Vec::new()
                } else {
                    vec![self.voter(election, c), self.voter(election, d)]
                },
            }),
            9 => Action::Election(election::Action::Endorse { election, candidate: self.member(b) }),
            // The paper's candidates answer for themselves.
            10 => Action::Election(election::Action::Answer { election, stands: !b.is_multiple_of(4) }),
            11 | 12 => Action::Ballot(ballot::Action::Cast { election, ranking: self.ranking(election) }),
            13 => Action::Ballot(self.count_box(election)),
            14 => Action::Ballot(ballot::Action::Close { election }),
            15 => Action::Ballot(ballot::Action::Count {
                election,
                admitted: Vec::new(),
                seed: b.is_multiple_of(2).then_some(Hash([7; 32])),
            }),
            16 => Action::Ballot(ballot::Action::Declare { election }),
            17 => Action::Vacancy(vacancy::Action::Resign { office: self.office(a).1 }),
            18 => {
                let (body, office) = self.office(a);
                Action::Vacancy(vacancy::Action::Fill { body, office })
            }
            19 => Action::Organ(organ::Action::Appoint { organ: self.organ(a), member: self.member(b) }),
            20 => Action::Meeting(meeting::Action::Convene {
                assembly: self.body(a),
                scheduled: self.later(48 + b % 48),
                agenda: vec![meeting::Item { title: "A".into(), motion: self.agenda(&self.body(a)) }],
            }),
            21 => Action::Meeting(meeting::Action::Open { meeting }),
            22 | 23 => Action::Meeting(meeting::Action::Arrive { meeting, members: self.arriving(meeting) }),
            24 => Action::Meeting(match b % 5 {
                0 => meeting::Action::Depart { meeting, members: vec![by.clone()] },
                1 => meeting::Action::GiveProxy { meeting, holder: self.member(c) },
                2 => meeting::Action::Swap { meeting, substitute: self.member(c) },
                3 => meeting::Action::Hear { meeting, theses, minutes: c },
                _ => meeting::Action::AddItem {
                    meeting,
                    item: meeting::Item { title: "B".into(), motion: Some(motion) },
                },
            }),
            25 => Action::Meeting(match b % 4 {
                0 => meeting::Action::Close { meeting },
                _ => meeting::Action::Petition { assembly: self.body(c) },
            }),
            26 => Action::Motion(motion::Action::File {
                assembly: self.body(a),
                kind: federation.charter.motions[b as usize % federation.charter.motions.len()].kind.clone(),
                title: "T".into(),
                text: vec!["one".into(), "two".into(), "three".into()],
                seeks: match c % 8 {
                    0 => Some(Seeks::Strike { theses }),
                    1 => Some(Seeks::Ban { theses }),
                    2 => Some(Seeks::Transition { organ: self.organ(d) }),
                    _ => None,
                },
            }),
            27 => Action::Motion(match c % 5 {
                0 => motion::Action::Sign { motion },
                1 => motion::Action::Withdraw { motion },
                2 => motion::Action::Forward { motion, to: self.body(d) },
                _ => motion::Action::Amend {
                    motion,
                    first: c % 6,
                    lines: d % 4,
                    text: vec!["x".into(); a as usize % 3],
                },
            }),
            28 => Action::Vote(vote::Action::Put { meeting, question: self.question(meeting, motion) }),
            29 => Action::Vote(vote::Action::Answer {
                vote,
                parts: vec![Part {
                    answer: self.answer(),
                    votes: c.is_multiple_of(2).then_some(u64::from(d % 5)),
                }],
                for_absent: d.is_multiple_of(5).then(|| self.member(d)),
            }),
            30 => Action::Vote(vote::Action::CountHands {
                vote,
                tally: mandate_assembly::majority::Tally {
                    counts: vec![u64::from(b % 4), u64::from(c % 4)],
                    abstain: u64::from(d % 2),
                },
            }),
            31 => Action::Vote(vote::Action::Close { vote }),
            32 => match b % 4 {
                0 => Action::Theses(theses::Action::Publish { title: "T".into(), text: vec!["t".into()] }),
                1 => Action::Theses(theses::Action::Unsign { theses }),
                2 => Action::Circular(circular::Action::Send {
                    about: circular::About::Theses(theses),
                    text: "T".into(),
                    pages: c % 6,
                    levels: vec!["congress".into()],
                }),
                _ => Action::Theses(theses::Action::Sign { theses }),
            },
            _ => Action::Recall(match b % 4 {
                0 => Recall::Start { office: self.office(c).1, member: self.member(d), reason: "R".into() },
                1 => Recall::Sign { recall },
                2 => Recall::Call { recall },
                _ => Recall::Count {
                    recall,
                    found: mandate_assembly::majority::Tally { counts: vec![1, 0], abstain: 0 },
                    spoiled: 0,
                    marked_roll: self.member(d).as_str().into(),
                    admitted: Vec::new(),
                },
            }),
        }
    }

    fn organ(&self, number: u32) -> OrganId {
        let organs: Vec<_> = self.federation.organs.keys().collect();
        // The one organ with appointed posts comes up often.
        if number.is_multiple_of(2) {
            return OrganId::of("management", &"branch/H49".into());
        }
        organs[number as usize % organs.len()].clone()
    }

    fn ranking(&self, election: ElectionId) -> Vec<MemberId> {
        let Ok(election) = self.federation.election(election) else { return Vec::new() };
        let mut standing: Vec<MemberId> = election.standing().into_iter().cloned().collect();
        let turn = self.dice[3] as usize % (standing.len() + 1);
        standing.rotate_left(turn);
        standing.truncate(1 + self.dice[4] as usize % 3);
        standing
    }

    fn count_box(&self, id: ElectionId) -> ballot::Action {
        let mut standing: Vec<String> = Vec::new();
        let mut voters: Vec<String> = Vec::new();
        if let Ok(election) = self.federation.election(id) {
            standing.extend(election.standing().into_iter().map(ToString::to_string));
            let members = self.federation.roll.members().map(|(member, _)| member);
            let voters_of = members.filter(|member| election.electorate.has(self.federation, member));
            voters.extend(voters_of.map(ToString::to_string).take(self.dice[3] as usize % 4));
        }
        let ballots: String = voters.iter().map(|_| "1 1 0\n").collect();
        let names: String = standing.iter().map(|name| format!("\"{name}\"\n")).collect();
        let blt = format!("{} 1\n{ballots}0\n{names}\"box\"\n", standing.len());
        ballot::Action::CountBox {
            election: id,
            blt: blt.as_str().into(),
            spoiled: u64::from(self.dice[4].is_multiple_of(7)),
            marked_roll: voters.join("\n").as_str().into(),
        }
    }

    fn arriving(&self, meeting: MeetingId) -> Vec<MemberId> {
        let Ok(meeting) = self.federation.meeting(meeting) else { return Vec::new() };
        let members = self.federation.roll.members().map(|(member, _)| member);
        let able = members.filter(|member| meeting.electorate.has(self.federation, member));
        able.filter(|member| !meeting.present.contains(*member))
            .take([1, 3, 99][self.dice[3] as usize % 3])
            .cloned()
            .collect()
    }

    /// The last open motion before a body.
    fn agenda(&self, body: &AssemblyId) -> Option<MotionId> {
        let motions = self.federation.motions.iter().enumerate().rev();
        let mut open = motions.filter(|(_, motion)| motion.is_open() && motion.assembly == *body);
        open.next().map(|(place, _)| MotionId::next(place))
    }

    fn question(&self, meeting: MeetingId, motion: MotionId) -> Question {
        let listed = self.federation.meeting(meeting).ok().and_then(|meeting| meeting.agenda.first()?.motion);
        let motion = listed.unwrap_or(motion);
        let next = self.federation.motion(motion).ok().and_then(motion::Motion::next_amendment);
        match (self.dice[4] % 6, next) {
            (0, _) => Question::Platforms(vec![ThesesId(1), ThesesId(2)]),
            (1, _) => Question::Instruction { on: motion, answer: Instructed::For },
            (_, Some(place)) => Question::Amendment { motion, amendment: place as u32 + 1 },
            (_, None) => Question::Motion(motion),
        }
    }

    fn answer(&self) -> Answer {
        match self.dice[3] % 6 {
            0 => Answer::Abstain,
            1 => Answer::Against,
            2 => Answer::Choice(self.dice[4] % 4),
            3 => Answer::Ranking(vec![self.dice[4] as u16 % 4]),
            _ => Answer::For,
        }
    }
}
