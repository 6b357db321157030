//! How many delegates each electing assembly sends.
//!
//! The house has the charter's fixed number of seats, or one for so many members, rounded as the charter says, and
//! at least so many that the minimum of every electing assembly fits in. With two chains it is first divided between
//! them by `shares`, then within each chain by members. An electing assembly without members sends nobody.
//!
//! Equal claims to a last seat are settled by a lot whose seed is made of the level's name and the members of each
//! electing assembly: anybody can draw it again, and it can be steered only by changing the roll.

use crate::Fraction;
use crate::charter::{House, Level, Round, Seats};
use mandate_count::{ApportionmentMethod, apportion as share_out};
use sha2::{Digest, Sha256};
use thiserror::Error;

/// An electing assembly as the apportionment sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Elector<'a> {
    /// The chain that it belongs to, by the level in `elected-by`: where assemblies between were skipped this is not
    /// the elector's own level. With a single chain it does not matter.
    pub level: &'a str,
    /// Members of its workplaces.
    pub members: u64,
}

/// Why seats could not be apportioned.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SeatsError {
    /// The level has no delegates.
    #[error("level {level} has no seats: its assemblies are formed by the members [level.{level}.seats]")]
    FormedByMembers {
        /// The level.
        level: String,
    },
    /// An elector stands for a level that does not elect this one.
    #[error("level {level} is not elected by {elector} [level.{level}.elected-by]")]
    ForeignElector {
        /// The level.
        level: String,
        /// The elector's level.
        elector: String,
    },
    /// The house would be too large to write down.
    #[error("level {level}: a house of {seats} seats; at most {} can be [level.{level}.seats]", u32::MAX)]
    HouseTooLarge {
        /// The level.
        level: String,
        /// The seats asked for.
        seats: u64,
    },
    /// The house cannot be shared out within the article's bounds.
    #[error("level {level}: {problem} [level.{level}.seats]")]
    CannotShareOut {
        /// The level.
        level: String,
        /// What stands in the way.
        problem: String,
    },
}

/// Seats of each elector of an assembly, in the order of `electors`.
///
/// # Errors
/// Where the level has no seats, or they cannot be shared out within its minimum and maximum.
pub fn apportion(level: &Level, electors: &[Elector<'_>]) -> Result<Vec<u32>, SeatsError> {
    let article =
        level.seats.as_ref().ok_or_else(|| SeatsError::FormedByMembers { level: level.id.clone() })?;
    let chains = chains(level, electors)?;
    let house = house(level, article, &chains)?;
    let houses = divide(level, house, &chains)?;
    let mut seats = vec![0; electors.len()];
    for (chain, house) in chains.iter().zip(houses) {
        let members: Vec<u64> = chain.electors.iter().map(|index| electors[*index].members).collect();
        let seed = seed(level, chain.level, &members);
        let (minimum, maximum) = (article.minimum, article.maximum);
        let shared = share_out(article.method, &members, house, minimum, maximum, Some(&seed));
        let shared = shared.map_err(|problem| cannot_share_out(level, problem))?;
        for (index, number) in chain.electors.iter().zip(shared) {
            seats[*index] = number;
        }
    }
    Ok(seats)
}

/// The electors with members of one level that elects.
struct Chain<'l> {
    level: &'l str,
    /// Indices of its electors.
    electors: Vec<usize>,
    members: u64,
}

fn chains<'l>(level: &'l Level, electors: &[Elector<'_>]) -> Result<Vec<Chain<'l>>, SeatsError> {
    // With a single chain there is nothing to tell apart, whatever level an elector stands on.
    let single = level.elected_by.len() == 1;
    let belongs = |elector: &Elector<'_>, chain: &str| single || elector.level == chain;
    let is_foreign = |elector: &&Elector<'_>| !level.elected_by.iter().any(|chain| belongs(elector, chain));
    if let Some(foreign) = electors.iter().find(is_foreign) {
        return Err(SeatsError::ForeignElector {
            level: level.id.clone(),
            elector: foreign.level.to_owned(),
        });
    }
    let chains = level.elected_by.iter().map(|id| {
        let of_chain =
            electors.iter().enumerate().filter(|(_, elector)| belongs(elector, id) && elector.members > 0);
        let indices: Vec<usize> = of_chain.map(|(index, _)| index).collect();
        let members = indices.iter().map(|index| electors[*index].members).fold(0, u64::saturating_add);
        Chain { level: id, electors: indices, members }
    });
    Ok(chains.filter(|chain| !chain.electors.is_empty()).collect())
}

/// The number of seats of all chains together.
fn house(level: &Level, article: &Seats, chains: &[Chain<'_>]) -> Result<u32, SeatsError> {
    // Every chain counts the same members; where a chain leaves some out, the fullest says how many there are.
    let members = chains.iter().map(|chain| chain.members).max().unwrap_or(0);
    let seats = match article.house {
        _ if chains.is_empty() => 0,
        // A fixed number is kept or refused, never stretched in silence.
        House::Total(total) => u64::from(total),
        House::Per { members: per, round } => {
            let wanted = divided(members, u64::from(per.max(1)), round);
            wanted.max(least_house(level, article, chains)).min(largest_house(level, article, chains))
        }
    };
    u32::try_from(seats).map_err(|_| SeatsError::HouseTooLarge { level: level.id.clone(), seats })
}

/// The smallest house in which the share of every chain holds its electors' minimum.
fn least_house(level: &Level, article: &Seats, chains: &[Chain<'_>]) -> u64 {
    let least = chains.iter().map(|chain| {
        let minimum = chain.electors.len() as u64 * u64::from(article.minimum);
        let share = share_of(level, chain, chains);
        Fraction::new(share.denominator(), share.numerator())
            .map_or(u64::MAX, |inverse| inverse.at_least(minimum))
    });
    least.max().unwrap_or(0)
}

/// The largest house in which the share of no chain exceeds its electors' maximum.
fn largest_house(level: &Level, article: &Seats, chains: &[Chain<'_>]) -> u64 {
    let Some(each) = article.maximum else { return u64::MAX };
    let largest = chains.iter().map(|chain| {
        let maximum = chain.electors.len() as u64 * u64::from(each);
        let share = share_of(level, chain, chains);
        Fraction::new(share.denominator(), share.numerator())
            .map_or(0, |inverse| inverse.more_than(maximum) - 1)
    });
    largest.min().unwrap_or(u64::MAX)
}

fn share_of(level: &Level, chain: &Chain<'_>, chains: &[Chain<'_>]) -> Fraction {
    if chains.len() < 2 {
        Fraction::ONE
    } else {
        level.shares.get(chain.level).copied().unwrap_or(Fraction::ZERO)
    }
}

fn divided(members: u64, per: u64, round: Round) -> u64 {
    match round {
        Round::Down => members / per,
        Round::Up => members.div_ceil(per),
        Round::Nearest => members / per + u64::from(members % per >= per.div_ceil(2)),
    }
}

/// The house divided between the chains by the charter's shares, each chain getting at least its minimum.
fn divide(level: &Level, house: u32, chains: &[Chain<'_>]) -> Result<Vec<u32>, SeatsError> {
    if chains.len() < 2 {
        return Ok(vec![house; chains.len()]);
    }
    let shares: Vec<_> = chains.iter().map(|chain| share_of(level, chain, chains)).collect();
    let common = shares.iter().try_fold(1u64, |product, share| product.checked_mul(share.denominator()));
    let weights: Option<Vec<u64>> = common.and_then(|common| {
        let weight = |share: &Fraction| share.numerator().checked_mul(common / share.denominator());
        shares.iter().map(weight).collect()
    });
    let weights = weights.ok_or_else(|| cannot_share_out(level, "the shares have too large denominators"))?;
    let seed = seed(level, "shares", &weights);
    let divided = share_out(ApportionmentMethod::LargestRemainder, &weights, house, 0, None, Some(&seed));
    divided.map_err(|problem| cannot_share_out(level, problem))
}

fn cannot_share_out(level: &Level, problem: impl ToString) -> SeatsError {
    SeatsError::CannotShareOut { level: level.id.clone(), problem: problem.to_string() }
}

fn seed(level: &Level, purpose: &str, members: &[u64]) -> [u8; 32] {
    let mut digest = Sha256::new();
    for text in ["mandate seats 1", &level.id, purpose] {
        digest.update((text.len() as u64).to_be_bytes());
        digest.update(text);
    }
    for number in members {
        digest.update(number.to_be_bytes());
    }
    digest.finalize().into()
}
