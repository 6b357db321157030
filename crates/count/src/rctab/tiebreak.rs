//! How RCTab breaks ties: by an order of candidates, by earlier rounds, by drawing.

use super::configuration::{Parameters, Tiebreak};
use super::java_random::{self, JavaRandom};
use crate::lot::Seed;
use crate::sheet::draw_one;
use crate::{CountError, Election, Stage, Tie, TieBreak, Votes};

/// How ties are broken in one count.
pub(crate) struct Lots<'a> {
    tiebreak: &'a Tiebreak,
    random: Option<JavaRandom>,
    order: Vec<u16>,
    seed: Option<&'a Seed>,
}

impl<'a> Lots<'a> {
    pub fn new(parameters: &'a Parameters, election: &Election, seed: Option<&'a Seed>) -> Self {
        let mut lots = Self { tiebreak: &parameters.tiebreak, random: None, order: Vec::new(), seed };
        match &parameters.tiebreak {
            Tiebreak::Order(order) => lots.order.clone_from(order),
            Tiebreak::ShuffledOrder(seed) => {
                // RCTab sorts the names before it shuffles them, and write-ins are not among them.
                let mut order: Vec<u16> = (1..=election.candidates.len() as u16).collect();
                order.retain(|candidate| election.name(*candidate) != super::UNDECLARED_WRITE_INS);
                order.sort_by_key(|candidate| java_random::sort_key(election.name(*candidate)));
                JavaRandom::new(*seed).shuffle(&mut order);
                lots.order = order;
            }
            Tiebreak::Random(seed) | Tiebreak::PreviousRoundsThenRandom(seed) => {
                lots.random = Some(JavaRandom::new(*seed));
            }
            Tiebreak::PreviousRoundsThenLot => {}
        }
        lots
    }

    /// Breaks a tie for an election (`winner`) or an elimination, after these stages.
    pub fn break_tie(
        &mut self,
        election: &Election,
        stages: &[Stage],
        tied: Vec<u16>,
        winner: bool,
        round: u32,
    ) -> Result<Tie, CountError> {
        let purpose = if winner { "election" } else { "exclusion" };
        let mut left = tied.clone();
        // RCTab draws from the names in the order in which Java sorts texts.
        left.sort_by_key(|candidate| java_random::sort_key(election.name(*candidate)));
        let mut broken_by = TieBreak::Lot;
        let looks_back =
            matches!(self.tiebreak, Tiebreak::PreviousRoundsThenRandom(_) | Tiebreak::PreviousRoundsThenLot);
        for stage in stages.iter().rev().take_while(|_| looks_back) {
            // Here it draws from them in the order of a Java set.
            let keys = left.len();
            left.sort_by_key(|candidate| java_random::bucket(election.name(*candidate), keys));
            left = extreme(left, winner, |candidate| &stage.totals[usize::from(candidate) - 1]);
            if left.len() == 1 {
                broken_by = TieBreak::EarlierStage(stage.number);
                break;
            }
        }
        let taken = match (&left[..], &mut self.random) {
            ([only], _) => *only,
            (several, Some(random)) => several[random.choose(several.len())],
            (several, None) if !self.order.is_empty() => {
                broken_by = TieBreak::Order;
                self.first_in_order(several, winner)
            }
            (several, None) => draw_one(election, self.seed, round, purpose, several)?,
        };
        Ok(Tie { stage: round, tied, purpose: purpose.to_owned(), taken: vec![taken], broken_by })
    }

    /// The strongest of these by the order for a seat, the weakest for an elimination.
    fn first_in_order(&self, candidates: &[u16], winner: bool) -> u16 {
        let place = |candidate: &&u16| self.order.iter().position(|it| it == *candidate);
        let ordered = candidates.iter().filter(|candidate| place(candidate).is_some());
        let found = if winner { ordered.min_by_key(place) } else { ordered.max_by_key(place) };
        found.copied().unwrap_or(candidates[0])
    }
}

/// Those with most votes, or with fewest.
fn extreme<'a>(candidates: Vec<u16>, most: bool, votes: impl Fn(u16) -> &'a Votes) -> Vec<u16> {
    let all = candidates.iter().map(|candidate| votes(*candidate));
    let extreme = if most { all.max() } else { all.min() }.cloned();
    candidates.into_iter().filter(|candidate| Some(votes(*candidate)) == extreme.as_ref()).collect()
}
