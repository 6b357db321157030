//! What is owed comes before all goals: least fulfilments and exports.

use super::block::{Answers, Block, answers, opening};
use super::{Congress, RoundOptions};
use crate::economy::Economy;
use crate::plan::Goal;
use crate::shortage::Shortage;
use crate::solve::{Duals, Options, Scales, SolveError};

/// What is owed is met where no more than this share of it is lacking: a solver's last digits.
const NOISE: f64 = 1e-9;

/// What is owed is met as evenly as it can be when the bound is so near.
const NEAR_ENOUGH: f64 = 1e-6;

/// Nobody sits through more, and no economy was seen to need more than a few.
const MOST_ROUNDS: usize = 60;

/// Blocks that can meet what is owed, and after how many rounds. The opening blocks may be too coarse for it: when
/// all of a group runs alike, those who make much of little are held back by the others. Then rounds are held about
/// what is owed alone, as if it were what is needed, until the blocks are fine enough.
///
/// # Errors
///
/// [`SolveError::Infeasible`] with its proof, where it cannot be met together.
pub(super) fn blocks_that_meet_it(
    economy: &Economy,
    options: &RoundOptions,
) -> Result<(Vec<Vec<Block>>, usize), SolveError> {
    let owed = economy.of_what_is_owed();
    let Some(tier) = owed.tiers().first().copied() else { return Ok((opening(economy), 0)) };
    let goals = [Goal::Common(tier), Goal::Weighted(tier)];
    let scales = Scales::of(&owed);
    let closely = Options { give: Options::default().give, ..options.solve.clone() };
    let options = RoundOptions { solve: closely, ..options.clone() };
    let mut congress = Congress::new(&owed, &scales, &goals, &options, opening(economy), 0);
    loop {
        let stages = congress.balance()?;
        if stages[0].solution.value >= 1.0 - NOISE {
            return Ok((congress.blocks, congress.rounds));
        }
        let duals: Vec<&Duals> = stages.iter().map(|stage| &stage.solution.duals).collect();
        let parts = congress.parts(&stages);
        let Answers { blocks, gains } =
            answers(&owed, &scales, &congress.blocks, &parts, &goals, &duals, options.threads);
        let round = congress.close_round(&stages, &gains);
        let settled = round.widest().is_none_or(|stage| stage.gap <= NEAR_ENOUGH);
        if settled || round.number >= MOST_ROUNDS || !congress.take(blocks) {
            let reached = (congress.blocks.clone(), congress.rounds);
            let plan = congress.adopt(stages)?;
            let proof = Shortage { owed: owed.clone(), plan };
            if proof.proves() {
                let shortfalls = proof.shortfalls();
                return Err(SolveError::Infeasible { shortfalls, proof: Box::new(proof) });
            }
            return Ok(reached);
        }
    }
}
