//! Parts of a weight: several credentials for one holder, so that the votes carried can be divided.
//!
//! The protocol gives a ballot the weight of its credential, and one credential counts once. Whoever carries 45 votes
//! and wants to give 30 and 15 therefore holds several credentials, whose weights are the parts, and casts a ballot
//! for each. Nothing in the protocol changes: to its tools these are voters like any other.

/// Into which parts weights are cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parts {
    /// Single votes: every division is possible, no weight can be seen in the list, and questions that rank are
    /// possible too. One ballot a vote.
    Single,
    /// 1, 2, 4, 8 and so on, and what is left: every division in two is possible, with some log2(weight) ballots.
    Doubling,
}

impl Parts {
    /// The parts of a weight; their sum is the weight.
    pub fn of(self, weight: u64) -> Vec<u64> {
        match self {
            Self::Single => (0..weight).map(|_| 1).collect(),
            Self::Doubling => {
                let (mut parts, mut rest, mut part) = (Vec::new(), weight, 1);
                while part <= rest {
                    parts.push(part);
                    rest -= part;
                    part = part.saturating_mul(2);
                }
                parts.extend((rest > 0).then_some(rest));
                parts
            }
        }
    }
}

/// Divides parts so that they add up to the amounts: for each part the place of its amount, none for those that are
/// left over. None where these parts cannot be divided so.
///
/// The largest part goes where most is still to be filled, and so on. With single votes and with doubling parts this
/// finds every division into one amount and a rest or into two.
pub fn divide(parts: &[u64], amounts: &[u64]) -> Option<Vec<Option<usize>>> {
    let total = parts.iter().try_fold(0u64, |sum, part| sum.checked_add(*part))?;
    let asked = amounts.iter().try_fold(0u64, |sum, amount| sum.checked_add(*amount))?;
    let mut open: Vec<u64> = amounts.iter().copied().chain([total.checked_sub(asked)?]).collect();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|place| std::cmp::Reverse(parts[*place]));
    let mut given = vec![None; parts.len()];
    for place in order {
        let widest = (0..open.len()).max_by_key(|amount| open[*amount])?;
        open[widest] = open[widest].checked_sub(parts[place])?;
        given[place] = (widest < amounts.len()).then_some(widest);
    }
    Some(given)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_add_up_and_divide_in_two_in_every_way() {
        for parts in [Parts::Single, Parts::Doubling] {
            for weight in 0..=200 {
                let cut = parts.of(weight);
                assert_eq!(cut.iter().sum::<u64>(), weight);
                for first in 0..=weight {
                    for amounts in [vec![first, weight - first], vec![first]] {
                        let given =
                            divide(&cut, &amounts).unwrap_or_else(|| panic!("{weight} as {amounts:?}"));
                        for (place, amount) in amounts.iter().enumerate() {
                            let own = cut.iter().zip(&given).filter(|(_, given)| **given == Some(place));
                            assert_eq!(own.map(|(part, _)| part).sum::<u64>(), *amount);
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn forty_five_votes() {
        assert_eq!(Parts::Doubling.of(45), [1, 2, 4, 8, 16, 14]);
        assert!(divide(&Parts::Doubling.of(45), &[30, 15]).is_some());
        assert!(divide(&Parts::Single.of(45), &[20, 20, 5]).is_some());
        assert_eq!(divide(&Parts::Doubling.of(3), &[1, 1, 1]), None, "1 and 2 are no three equal parts");
        assert_eq!(divide(&[1, 2], &[4]), None, "more than there is");
    }
}
