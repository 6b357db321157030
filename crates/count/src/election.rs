//! An election as it is counted: candidates, seats, and ballots in compact form.

use std::fmt;
use thiserror::Error;

/// The most candidates that a ballot can name.
pub const MAXIMUM_CANDIDATES: usize = 0x7fff;

/// What is counted: who stands, how many seats, and the ballots as they were cast.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Election {
    /// What the election is called; may be empty.
    pub title: String,
    /// The candidates in the order of the ballot paper: the first has number 1.
    pub candidates: Vec<Candidate>,
    /// How many are to be elected.
    pub seats: u32,
    /// The ballots.
    pub ballots: Ballots,
}

/// Somebody, or something, that stands for election.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Candidate {
    /// The name as on the ballot paper.
    pub name: String,
    /// Withdrawn candidates keep their number; preferences for them are passed over.
    pub withdrawn: bool,
}

impl Election {
    /// An election without ballots between candidates of these names.
    pub fn new<N: Into<String>>(seats: u32, names: impl IntoIterator<Item = N>) -> Self {
        let candidates =
            names.into_iter().map(|name| Candidate { name: name.into(), withdrawn: false }).collect();
        Self { title: String::new(), candidates, seats, ballots: Ballots::default() }
    }

    /// The name of a candidate by number, or an empty text where there is no such candidate.
    pub fn name(&self, candidate: u16) -> &str {
        let index = usize::from(candidate).wrapping_sub(1);
        self.candidates.get(index).map_or("", |candidate| &candidate.name)
    }

    /// The numbers of those who stand and have not withdrawn.
    pub fn standing(&self) -> Vec<u16> {
        (1u16..).zip(&self.candidates).filter(|(_, c)| !c.withdrawn).map(|(number, _)| number).collect()
    }

    /// Adds a ballot that ranks candidates by number without ties, `weight` times.
    pub fn push(&mut self, ranking: &[u16], weight: u64) -> Result<(), BallotError> {
        self.push_ranks(ranking.chunks(1), weight)
    }

    /// Adds a ballot of ranks, best first, `weight` times. Candidates in one rank are tied; an empty rank was
    /// skipped by the voter.
    pub fn push_ranks<'a>(
        &mut self,
        ranks: impl IntoIterator<Item = &'a [u16]>,
        weight: u64,
    ) -> Result<(), BallotError> {
        let start = self.ballots.marks.len();
        for rank in ranks {
            self.ballots.open_rank(rank);
        }
        match self.check_marks(start) {
            Ok(()) => self.ballots.close(weight),
            Err(error) => Err(error),
        }
        .inspect_err(|_| self.ballots.marks.truncate(start))
    }

    fn check_marks(&self, start: usize) -> Result<(), BallotError> {
        let marks = &self.ballots.marks[start..];
        for (place, mark) in marks.iter().enumerate() {
            let Some(candidate) = mark.candidate() else { continue };
            if usize::from(candidate) > self.candidates.len() {
                return Err(BallotError::NoSuchCandidate { candidate, candidates: self.candidates.len() });
            }
            if marks[..place].iter().any(|earlier| earlier.candidate() == Some(candidate)) {
                return Err(BallotError::Repeated { candidate });
            }
        }
        Ok(())
    }
}

/// Why a ballot could not be added to an election.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BallotError {
    /// The ballot names a candidate who is not on the paper.
    #[error("candidate {candidate} is not on the ballot paper, which has {candidates}")]
    NoSuchCandidate {
        /// The number on the ballot.
        candidate: u16,
        /// How many candidates there are.
        candidates: usize,
    },
    /// The ballot names a candidate twice.
    #[error("candidate {candidate} appears twice on one ballot")]
    Repeated {
        /// The number that is repeated.
        candidate: u16,
    },
    /// A ballot counts at least once, or it is no ballot.
    #[error("a ballot's weight must be greater than zero")]
    ZeroWeight,
    /// All weights together must stay within 2^63 − 1 units.
    #[error("the weights of all ballots together exceed 9223372036854775807")]
    WeightTooLarge,
    /// All ballots together hold at most 2^32 − 1 marks.
    #[error("the ballots together hold more than 4294967295 marks")]
    TooManyMarks,
    /// Fractions of votes need a common denominator that fits 32 bits.
    #[error("the weights' common denominator exceeds 4294967295")]
    DenominatorTooLarge,
}

/// One entry of a ballot: a candidate, or a rank that the voter left empty.
///
/// The top bit says that the next entry shares this one's rank.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Mark(pub(crate) u16);

impl Mark {
    pub(crate) const SKIPPED: Self = Self(0);
    pub(crate) const TIED: u16 = 0x8000;

    /// The candidate's number, or `None` for a skipped rank.
    pub fn candidate(self) -> Option<u16> {
        Some(self.0 & !Self::TIED).filter(|number| *number > 0)
    }

    /// Whether the next mark has the same rank.
    pub fn tied_with_next(self) -> bool {
        self.0 & Self::TIED != 0
    }
}

/// Ballots in one block of memory: two bytes a preference, four a ballot, eight for a weight where weights differ.
#[derive(Clone, PartialEq, Eq)]
pub struct Ballots {
    pub(crate) marks: Vec<Mark>,
    ends: Vec<u32>,
    /// Empty as long as every ballot weighs `uniform_weight`.
    weights: Vec<u64>,
    uniform_weight: u64,
    denominator: u32,
    total_weight: u64,
}

/// Ballots can be millions: this shows the first ones and how many there are.
impl fmt::Debug for Ballots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first: Vec<Ballot> = self.iter().take(8).collect();
        f.debug_struct("Ballots")
            .field("len", &self.len())
            .field("total_weight", &self.total_weight)
            .field("denominator", &self.denominator)
            .field("first", &first)
            .finish()
    }
}

impl Default for Ballots {
    fn default() -> Self {
        Self {
            marks: Vec::new(),
            ends: Vec::new(),
            weights: Vec::new(),
            uniform_weight: 1,
            denominator: 1,
            total_weight: 0,
        }
    }
}

/// One ballot: ranks, and how much it weighs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Ballot<'a> {
    /// The entries in order of preference.
    pub marks: &'a [Mark],
    /// The weight, in units of one vote divided by [`Ballots::denominator`].
    pub weight: u64,
}

/// Weight and ranking, such as `3 2>1=4>->5`.
impl fmt::Debug for Ballot<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.weight)?;
        let mut separator = " ";
        for mark in self.marks {
            match mark.candidate() {
                Some(candidate) => write!(f, "{separator}{candidate}")?,
                None => write!(f, "{separator}-")?,
            }
            separator = if mark.tied_with_next() { "=" } else { ">" };
        }
        Ok(())
    }
}

impl<'a> Ballot<'a> {
    /// The ranks, best first: tied candidates together, an empty slice for a skipped rank.
    pub fn ranks(self) -> impl Iterator<Item = &'a [Mark]> {
        self.marks.chunk_by(|mark, _| mark.tied_with_next()).map(|rank| match rank {
            [Mark::SKIPPED] => &[],
            rank => rank,
        })
    }

    /// The candidates in order, without regard to ties and skipped ranks.
    pub fn candidates(self) -> impl Iterator<Item = u16> {
        self.marks.iter().filter_map(|mark| mark.candidate())
    }
}

impl Ballots {
    /// How many ballots are held; a ballot of weight 3 is one.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no ballot at all.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// A weight of this many units is one vote; 1 unless votes were split into fractions.
    pub fn denominator(&self) -> u32 {
        self.denominator
    }

    /// All weights together, in units of one vote divided by [`Ballots::denominator`].
    pub fn total_weight(&self) -> u64 {
        self.total_weight
    }

    /// The ballot at this index. Panics where there is none.
    pub fn get(&self, index: usize) -> Ballot<'_> {
        Ballot { marks: self.marks(index), weight: self.weight(index) }
    }

    /// All ballots in the order in which they came.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Ballot<'_>> {
        (0..self.len()).map(|index| self.get(index))
    }

    pub(crate) fn marks(&self, index: usize) -> &[Mark] {
        let start = if index == 0 { 0 } else { self.ends[index - 1] as usize };
        &self.marks[start..self.ends[index] as usize]
    }

    pub(crate) fn weight(&self, index: usize) -> u64 {
        if self.weights.is_empty() { self.uniform_weight } else { self.weights[index] }
    }

    /// The weight that all ballots share, where they do.
    pub(crate) fn uniform_weight(&self) -> Option<u64> {
        self.weights.is_empty().then_some(self.uniform_weight)
    }

    /// Says that a weight of `denominator` units is one vote from now on, scaling the weights that are there:
    /// for card votes that a delegate splits into fractions.
    pub fn split_votes(&mut self, denominator: u32) -> Result<(), BallotError> {
        let common = num_integer::lcm(u64::from(self.denominator), u64::from(denominator));
        let common = u32::try_from(common).map_err(|_| BallotError::DenominatorTooLarge)?;
        if common == 0 {
            return Err(BallotError::ZeroWeight);
        }
        let factor = u64::from(common / self.denominator);
        let total = self.total_weight.checked_mul(factor).filter(|total| *total <= i64::MAX as u64);
        self.total_weight = total.ok_or(BallotError::WeightTooLarge)?;
        self.weights.iter_mut().for_each(|weight| *weight *= factor);
        self.uniform_weight *= factor;
        self.denominator = common;
        Ok(())
    }

    /// Writes a rank of the ballot that is being added; [`Ballots::close`] ends it.
    fn open_rank(&mut self, rank: &[u16]) {
        if rank.is_empty() {
            self.marks.push(Mark::SKIPPED);
        }
        for (place, candidate) in rank.iter().enumerate() {
            let tied = if place + 1 < rank.len() { Mark::TIED } else { 0 };
            self.marks.push(Mark(candidate | tied));
        }
    }

    /// Ends the ballot whose marks were written after those of the ballot before.
    pub(crate) fn close(&mut self, weight: u64) -> Result<(), BallotError> {
        if weight == 0 {
            return Err(BallotError::ZeroWeight);
        }
        let end = u32::try_from(self.marks.len()).map_err(|_| BallotError::TooManyMarks)?;
        let total = self.total_weight.checked_add(weight).filter(|total| *total <= i64::MAX as u64);
        self.total_weight = total.ok_or(BallotError::WeightTooLarge)?;
        if self.ends.is_empty() {
            self.uniform_weight = weight;
        } else if self.weights.is_empty() && weight != self.uniform_weight {
            self.weights = vec![self.uniform_weight; self.ends.len()];
        }
        if !self.weights.is_empty() {
            self.weights.push(weight);
        }
        self.ends.push(end);
        Ok(())
    }
}
