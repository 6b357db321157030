//! How many ballots would have to be different for somebody else to be elected, in a sentence.

use mandate_count::margin::{Margin, of_instant_runoff, of_most_votes};
use mandate_count::{Count, Election, Rule, Votes};
use std::collections::BTreeMap;

/// The search looks at no more ends of orders of elimination than this.
const MOST_NODES: usize = 200_000;

/// The margin of a count, and whether it is exact or a bound. The error says for which rules there is none.
pub fn sentence(election: &Election, count: &Count) -> Result<String, String> {
    let denominator = election.ballots.denominator();
    let margin = match count.rule {
        Rule::Plurality | Rule::Approval => {
            of_most_votes(&units(election, count, denominator), &count.winners())
        }
        Rule::InstantRunoff | Rule::Maine => of_instant_runoff(election, count, MOST_NODES),
        rule => {
            return Err(format!(
                "no margin is computed for {rule}; it is for plurality, approval, instant-runoff and maine"
            ));
        }
    };
    let votes = |units: u64| Votes::new(i128::from(units), i128::from(denominator));
    Ok(match margin {
        None => "margin: none, nobody is left who could be elected instead".to_owned(),
        Some(margin) if margin.is_exact() => {
            let votes = votes(margin.at_least);
            format!("margin: exactly {votes} ballots would have to be different for a tie or another winner")
        }
        Some(Margin { at_least, at_most }) => format!(
            "margin: at least {} and at most {} ballots would have to be different for a tie or another winner",
            votes(at_least),
            votes(at_most)
        ),
    })
}

/// The votes of the only stage, by candidate, in units of the ballots' weights.
fn units(election: &Election, count: &Count, denominator: u32) -> BTreeMap<u16, u64> {
    let totals = count.stages.last().into_iter().flat_map(|stage| stage.totals.iter());
    let numbered = (1u16..).zip(totals).filter(|(number, _)| {
        !election.candidates.get(usize::from(*number) - 1).is_none_or(|candidate| candidate.withdrawn)
    });
    let in_units = |votes: &Votes| Votes::from(votes.to_rational() * num_bigint::BigInt::from(denominator));
    let units =
        |votes: &Votes| in_units(votes).to_integer().and_then(|it| u64::try_from(it).ok()).unwrap_or(0);
    numbered.map(|(number, votes)| (number, units(votes))).collect()
}
