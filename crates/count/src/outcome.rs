//! The result of a count, as a value: what happened at each stage, and which paragraph made it so.

use crate::{Rule, Totals, Votes};
use serde::Serialize;

/// A finished count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Count {
    /// The rule that was followed.
    pub rule: Rule,
    /// How many were to be elected.
    pub seats: u32,
    /// The votes on valid ballots.
    pub valid: Votes,
    /// The votes on ballots that the rule's own text sets aside; with [`Count::valid`] all that were cast.
    pub invalid: Votes,
    /// The votes that elect, as last computed; `None` where the rule knows no quota.
    pub quota: Option<Votes>,
    /// Who is elected, in order of election.
    pub elected: Vec<Elected>,
    /// Who is not elected, nearest to election first.
    pub runners_up: Vec<u16>,
    /// Ties that had to be broken.
    pub ties: Vec<Tie>,
    /// What was done, in order; the first entry is the first stage.
    pub stages: Vec<Stage>,
    /// For rules that compare candidates in pairs: who is preferred to whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pairwise: Option<Pairwise>,
}

/// Somebody who is elected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Elected {
    /// The number on the ballot paper.
    pub candidate: u16,
    /// The stage at the end of which the candidate was elected; 1 is the first.
    pub stage: u32,
}

/// One stage of a count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stage {
    /// 1 is the first stage.
    pub number: u32,
    /// What was done.
    pub action: Action,
    /// The paragraph of the rule's text under which it was done.
    pub paragraph: &'static str,
    /// Votes that moved.
    pub transfers: Vec<Transfer>,
    /// Votes of each candidate at the end of the stage, in the order of the ballot paper.
    pub totals: Totals,
    /// Votes on papers that can no longer be transferred, at the end of the stage.
    pub non_transferable: Votes,
    /// Votes lost by cutting off decimal places, at the end of the stage; with totals and non-transferable votes,
    /// all valid votes.
    pub rounding: Votes,
    /// The quota where it changes from stage to stage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quota: Option<Votes>,
    /// Who was deemed elected at the end of the stage, and by which paragraph.
    pub elected: Vec<Decision>,
    /// Who was excluded in the stage.
    pub excluded: Vec<u16>,
}

/// A candidate deemed elected, and the paragraph that says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Decision {
    /// The number on the ballot paper.
    pub candidate: u16,
    /// The paragraph of the rule's text.
    pub paragraph: &'static str,
}

/// What was done in a stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// First preferences, approvals or points were counted.
    FirstCount,
    /// A surplus was transferred.
    Surplus(u16),
    /// The surpluses of several who were elected together were transferred.
    Surpluses(Vec<u16>),
    /// Candidates were excluded, and their papers transferred.
    Exclusion(Vec<u16>),
    /// The last seats were filled without a further transfer.
    LastVacancies,
    /// Keep values were computed anew until the surplus was small enough.
    Iteration,
    /// A further round of voting or counting between these.
    Runoff(Vec<u16>),
    /// Candidates were compared in pairs.
    Comparison,
    /// A seat was given to this candidate, in a sequence of seats.
    Seat(u16),
}

/// Votes that moved from one candidate to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Transfer {
    /// From whom.
    pub from: u16,
    /// To whom; `None` for papers with no further preference.
    pub to: Option<u16>,
    /// How many papers (votes at full weight).
    pub papers: Votes,
    /// The value that each of them carries.
    pub value: Votes,
    /// The votes credited.
    pub votes: Votes,
}

/// A tie and how it was broken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tie {
    /// The stage in which it had to be broken.
    pub stage: u32,
    /// Who was tied.
    pub tied: Vec<u16>,
    /// What for, in words.
    pub purpose: String,
    /// Whom the decision took.
    pub taken: Vec<u16>,
    /// How.
    pub broken_by: TieBreak,
}

/// How a tie was broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TieBreak {
    /// By the votes at the end of this earlier stage.
    EarlierStage(u32),
    /// By an order of the candidates that was fixed before the count.
    Order,
    /// By lot, from the seed that was passed.
    Lot,
}

/// Candidates compared two by two. Row and column 0 stand for candidate 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pairwise {
    /// The numbers below are in units of one vote divided by this.
    pub denominator: u32,
    /// `preferred[a][b]`: the votes that prefer candidate a + 1 to candidate b + 1.
    pub preferred: Vec<Vec<u64>>,
    /// For rules that compute them: the votes of the weakest link on the strongest path of victories from a + 1 to
    /// b + 1, 0 where there is no such path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path_strengths: Option<Vec<Vec<u64>>>,
}

impl Count {
    /// The numbers of those elected, in order of election.
    pub fn winners(&self) -> Vec<u16> {
        self.elected.iter().map(|elected| elected.candidate).collect()
    }
}
