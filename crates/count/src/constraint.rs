//! Constraints: at least so many of a group among those elected.
//!
//! As I. D. Hill describes it (*STV with constraints*, Voting matters 9, May 1998, pages 2 to 4) and J. Otten after him
//! (*STV with multiple constraints*, Voting matters 13, April 2001): a candidate whose exclusion would leave too few of the
//! group is *guarded* and not excluded; a candidate whose election would leave too few places for the group is *doomed* and
//! excluded at once. It is followed here for one group. Several groups that overlap need Otten's search, which is not here.
//! Hill himself thinks that the voters should decide and not a constraint; whoever sets one should know his reasons.

use crate::contest::Contest;
use crate::count::{Conditions, count_under};
use crate::lot::Seed;
use crate::{Count, CountError, Election, Rule};

/// The paragraph that stages name in which the doomed are excluded.
pub(crate) const DOOMED: &str = "constraint, doomed (Hill 1998)";

/// At least so many of a group among those elected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constraint {
    /// Who belongs to the group, by number.
    pub members: Vec<u16>,
    /// How many of them must be elected.
    pub at_least: u32,
}

/// Whether a constraint can be counted with under this rule.
pub fn takes_constraint(rule: Rule) -> bool {
    matches!(rule, Rule::ScottishStv | Rule::Meek | Rule::Warren)
}

/// Counts with a constraint. The result differs from that of [`crate::count`] only where somebody is guarded or doomed.
pub fn count_with_constraint(
    rule: Rule,
    election: &Election,
    constraint: &Constraint,
    seed: Option<&Seed>,
) -> Result<Count, CountError> {
    count_under(rule, election, &Conditions { constraint: Some(constraint), ..Conditions::default() }, seed)
}

impl Constraint {
    /// Whether the contest can meet the constraint, by a rule that takes one.
    pub(crate) fn check(&self, contest: &Contest) -> Result<(), CountError> {
        let refused = |reason| Err(CountError::Constraint { reason });
        let Contest { rule, election, .. } = contest;
        if !takes_constraint(*rule) {
            return refused(format!("a rule that takes it, not {rule}; scottish-stv, meek and warren do"));
        }
        let standing = contest.eligible.iter().filter(|candidate| self.members.contains(candidate)).count();
        let at_least = self.at_least;
        if at_least > election.seats {
            return refused(format!(
                "{at_least} of the group for {} seats; ask for no more than there are seats",
                election.seats
            ));
        }
        if at_least as usize > standing {
            return refused(format!(
                "{at_least} of the group, of whom {standing} stand; ask for no more than stand"
            ));
        }
        Ok(())
    }
}
