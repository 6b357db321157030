//! All participants in one process: the same words as in files, passed from hand to hand.

use super::adoption::{Adoption, Unadopted, adopt};
use super::congress::{CongressOptions, Master, Standing};
use super::judging::Named;
use super::price_list::PriceList;
use super::proposal::{Proposal, Question, sum};
use super::sealing::{SealError, Sealing, seal};
use super::targets::{Commitment, Levels, TargetError, Targets, pass_down};
use crate::economy::{Digest, Economy};
use crate::plan::Plan;
use crate::rounds::Round;
use crate::solve::SolveError;

/// Who stands between a workplace and the congress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layers {
    /// Branches, each knowing its workplaces' activities.
    Branches,
    /// Branches over districts, each district knowing its workplaces' activities.
    Districts,
    /// Branches over districts over workplaces, each knowing its own activities alone.
    Workplaces,
}

/// What was agreed upon.
#[derive(Debug, Clone)]
pub struct Agreement {
    /// The whole plan, with its certificate.
    pub plan: Plan,
    /// How the rounds converged.
    pub rounds: Vec<Round>,
    /// Who was named, and for what.
    pub named: Vec<Named>,
}

/// Why there is no agreement.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Disagreement {
    /// The words cannot be balanced.
    #[error(transparent)]
    Solve(#[from] SolveError),
    /// A branch is too small to be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// Targets that do not follow from the words.
    #[error(transparent)]
    Targets(#[from] TargetError),
    /// Commitments that are no plan.
    #[error(transparent)]
    Unadopted(#[from] Unadopted),
    /// Prices beyond exact arithmetic.
    #[error("prices of round {0} are too large to multiply in 128 bits")]
    TooLarge(u32),
}

/// Balances `economy` in rounds between participants, sealed at the branches (see [`seal`](super::seal())),
/// and tells `report` of each round.
///
/// # Errors
///
/// A named reason, see [`Disagreement`].
pub fn rounds_among(
    economy: &Economy,
    layers: Layers,
    sealing: Sealing,
    options: &CongressOptions,
    report: &mut dyn FnMut(&Round),
) -> Result<Agreement, Disagreement> {
    let frame = economy.frame();
    let mut branches = branches(economy, layers);
    let mut lists: Vec<PriceList> = Vec::new();
    // Nobody could have changed a word on its way, and all who speak here answer truly: nothing is judged.
    let mut words: Vec<Proposal> = Vec::new();
    let mut rounds = Vec::new();
    let mut master: Option<Master> = None;
    let digest = frame.digest();
    let standing = loop {
        let question = match lists.last() {
            Some(prices) => {
                let question = Question::of(&frame, prices);
                Some(question.ok_or(Disagreement::TooLarge(prices.round))?)
            }
            None => None,
        };
        for branch in &mut branches {
            let word = branch.speak(digest, question.as_ref())?;
            branch.words.push(word);
            let sealed = seal(&branch.words, sealing)?.pop().expect("a word was just said");
            words.push(sealed.without_names());
        }
        words.sort_by(|left, right| (left.round, &left.from).cmp(&(right.round, &right.from)));
        let on_the_table: Vec<&Proposal> = words.iter().collect();
        let mut kept = match master.take() {
            Some(master) => master,
            None => Master::new(&frame, &on_the_table, &[], options)?,
        };
        kept.lay(&on_the_table);
        let standing = kept.stand(&lists, &words)?;
        master = Some(kept);
        if !lists.is_empty() {
            let round =
                Round { number: lists.len(), stages: standing.stages.clone(), columns: standing.columns };
            report(&round);
            rounds.push(round);
        }
        if standing.is_over() {
            break standing;
        }
        lists.push(standing.next);
    };
    let (adoption, levels) = conclude(&frame, &lists, &words, &standing, &branches, sealing)?;
    let plan = adoption.balance.whole(economy, &levels);
    Ok(Agreement { plan, rounds, named: adoption.named })
}

fn conclude(
    frame: &Economy,
    lists: &[PriceList],
    words: &[Proposal],
    standing: &Standing,
    branches: &[Participant],
    sealing: Sealing,
) -> Result<(Adoption, Levels), Disagreement> {
    let targets = standing.targets(frame, words, 1);
    let (mut commitments, mut levels) = (Vec::new(), Levels::new());
    for branch in branches {
        if let Some(targets) = targets.get(&branch.name) {
            commitments.push(branch.follow(frame, targets, Some(sealing), &mut levels)?);
        }
    }
    Ok((adopt(frame, lists, words, standing, &targets, &commitments, &[])?, levels))
}

/// A participant: either with activities of its own, or with others below it.
struct Participant {
    name: String,
    own: Option<Economy>,
    below: Vec<Participant>,
    words: Vec<Proposal>,
}

fn branches(economy: &Economy, layers: Layers) -> Vec<Participant> {
    let branch = |(index, name): (usize, &String)| {
        let part = economy.part(|place| economy.workplaces[place].branch as usize == index);
        if layers == Layers::Branches {
            Participant::with_own(name, part)
        } else {
            districts(name, &part, layers)
        }
    };
    economy.branches.iter().enumerate().map(branch).collect()
}

fn districts(branch: &str, economy: &Economy, layers: Layers) -> Participant {
    let district = |(index, name): (usize, &String)| {
        let part = economy.part(|place| economy.workplaces[place].district as usize == index);
        if layers == Layers::Districts {
            return Participant::with_own(name, part);
        }
        let workplace =
            |place: usize| Participant::with_own(&part.workplaces[place].id, part.part(|own| own == place));
        Participant::over(name, (0..part.workplaces.len()).map(workplace).collect())
    };
    Participant::over(branch, economy.districts.iter().enumerate().map(district).collect())
}

impl Participant {
    fn with_own(name: &str, own: Economy) -> Self {
        Self { name: name.to_owned(), own: Some(own), below: Vec::new(), words: Vec::new() }
    }

    fn over(name: &str, below: Vec<Participant>) -> Self {
        Self { name: name.to_owned(), own: None, below, words: Vec::new() }
    }

    /// The answer to a price list, or the opening. In one process no words are hashed on their way up: nobody could
    /// have changed them.
    fn speak(&mut self, frame: Digest, question: Option<&Question<'_>>) -> Result<Proposal, Disagreement> {
        if let Some(own) = &self.own {
            return match question {
                None => Ok(Proposal::opening_in(own, &self.name, frame)),
                Some(question) => {
                    let answer = Proposal::answer_to(own, &self.name, question);
                    answer.ok_or(Disagreement::TooLarge(question.round()))
                }
            };
        }
        let mut words = Vec::new();
        for below in &mut self.below {
            let word = below.speak(frame, question)?;
            below.words.push(word.clone());
            words.push(word);
        }
        Ok(sum(&self.name, &words))
    }

    /// What it commits itself to; the levels of its activities are entered into `levels`.
    fn follow(
        &self,
        frame: &Economy,
        targets: &Targets,
        sealing: Option<Sealing>,
        levels: &mut Levels,
    ) -> Result<Commitment, TargetError> {
        if let Some(own) = &self.own {
            let (own_levels, commitment) = targets.follow(own, &self.words, sealing)?;
            levels.extend(own_levels);
            return Ok(commitment);
        }
        let words: Vec<Proposal> = self.below.iter().flat_map(|below| below.words.iter().cloned()).collect();
        let down = pass_down(targets, frame, &self.words, &words, sealing)?;
        let mut commitments = Vec::new();
        for below in &self.below {
            commitments.push(below.follow(frame, &down[&below.name], None, levels)?);
        }
        targets.add_up(frame, &commitments, &self.words, sealing)
    }
}
