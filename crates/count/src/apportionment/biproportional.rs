//! Biproportional apportionment: seats by districts and by parties at once, so that every district has its seats and
//! every party has its share of the whole.
//!
//! M. L. Balinski and G. Demange, *Algorithms for proportional matrices in reals and integers*, Mathematical
//! Programming 45 (1989); F. Pukelsheim, *Proportional Representation* (2nd edition, 2017), chapters 14 and 15: the
//! divisor method with standard rounding, as the canton of Zurich legislates it (Gesetz über die politischen Rechte,
//! LS 161, sections 103 and 104).

use super::{ApportionError, ApportionmentMethod, apportion};
use crate::Votes;
use crate::lot::{self, Seed};
use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{One, Signed, Zero};
use thiserror::Error;

/// Votes of parties in districts, and how many seats each district has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Districts {
    /// A row a district, a column a party.
    pub votes: Vec<Vec<u64>>,
    /// Seats of each district.
    pub seats: Vec<u32>,
    /// Whether a voter has as many votes as the district has seats (Zurich), and not a single one.
    pub votes_by_seats: bool,
}

/// Seats of parties in districts, with divisors that prove them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Biproportional {
    /// Seats of each party in all districts together (section 103).
    pub party_seats: Vec<u32>,
    /// A row a district, a column a party (section 104): votes / (district divisor × party divisor), rounded to the
    /// nearest whole number.
    pub seats: Vec<Vec<u32>>,
    /// The divisor of each district, exactly.
    pub district_divisors: Vec<Votes>,
    /// The divisor of each party, exactly.
    pub party_divisors: Vec<Votes>,
}

/// Why seats could not be apportioned to districts and parties.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BiproportionalError {
    /// A row of votes has another length than the first, or there are other numbers of rows and of seats.
    #[error("district {district} has votes for {actual} parties, expected {expected}")]
    Ragged {
        /// The place of the district, from 1.
        district: usize,
        /// Columns in the row.
        actual: usize,
        /// Columns in the first row.
        expected: usize,
    },
    /// A district with seats in which nobody voted.
    #[error("district {district} has {seats} seats and no votes")]
    NobodyVoted {
        /// The place of the district, from 1.
        district: usize,
        /// Its seats.
        seats: u32,
    },
    /// The parties' seats could not be apportioned.
    #[error("seats of the parties: {0}")]
    Parties(#[from] ApportionError),
    /// The votes are zero in so many places that no matrix of seats has the sums.
    #[error(
        "no apportionment has these sums: parties {parties:?} are due more seats than the districts where they have votes \
         can give"
    )]
    Impossible {
        /// The parties, from 1, that are due too many.
        parties: Vec<usize>,
    },
    /// Several apportionments are equally proportional, and no seed was passed.
    #[error("a lot is needed between districts and parties {tied:?}; pass a seed that was agreed beforehand")]
    LotNeeded {
        /// District and party, each from 1, that may have a seat more or less.
        tied: Vec<(usize, usize)>,
    },
}

/// Apportions seats first to the parties (section 103), then to the parties in the districts (section 104).
pub fn biproportional(
    districts: &Districts,
    seed: Option<&Seed>,
) -> Result<Biproportional, BiproportionalError> {
    districts.check()?;
    let house = districts.seats.iter().sum();
    let weights = districts.voters();
    let party_seats = apportion(ApportionmentMethod::Webster, &weights, house, 0, None, seed)?;
    let mut matrix = Matrix::new(districts, &party_seats);
    matrix.scale_alternately();
    matrix.transfer_along_ties()?;
    matrix.break_ties(seed)?;
    let Matrix { seats, row_divisors, column_divisors, .. } = matrix;
    Ok(Biproportional {
        party_seats,
        seats,
        district_divisors: row_divisors.into_iter().map(Votes::from).collect(),
        party_divisors: column_divisors.into_iter().map(Votes::from).collect(),
    })
}

impl Districts {
    fn check(&self) -> Result<(), BiproportionalError> {
        let expected = self.votes.first().map_or(0, Vec::len);
        for (place, row) in self.votes.iter().enumerate() {
            let (district, actual) = (place + 1, row.len());
            if actual != expected || self.seats.len() != self.votes.len() {
                return Err(BiproportionalError::Ragged { district, actual, expected });
            }
            let seats = self.seats[place];
            if seats > 0 && row.iter().all(|votes| *votes == 0) {
                return Err(BiproportionalError::NobodyVoted { district, seats });
            }
        }
        Ok(())
    }

    /// Section 103(1) and (2): how many voters each party has. Where voters have as many votes as there are seats,
    /// votes / seats, rounded to whole voters, district by district.
    fn voters(&self) -> Vec<u64> {
        let parties = self.votes.first().map_or(0, Vec::len);
        let mut voters = vec![0u64; parties];
        for (row, seats) in self.votes.iter().zip(&self.seats) {
            let divisor = if self.votes_by_seats { u64::from(*seats).max(1) } else { 1 };
            for (voters, votes) in voters.iter_mut().zip(row) {
                *voters = voters.saturating_add(votes / divisor + u64::from(votes % divisor * 2 >= divisor));
            }
        }
        voters
    }
}

/// The matrix as the algorithms work on it: at every moment each cell is a rounding of its quotient, each row has its
/// seats, and the columns come nearer to theirs.
struct Matrix<'a> {
    votes: &'a [Vec<u64>],
    row_seats: &'a [u32],
    column_seats: &'a [u32],
    seats: Vec<Vec<u32>>,
    row_divisors: Vec<BigRational>,
    column_divisors: Vec<BigRational>,
}

/// After so many rounds of scaling, what is left is done along ties.
const MOST_ROUNDS: usize = 60;

/// A row or a column, as a node of the graph of ties.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Line {
    Row(usize),
    Column(usize),
}

impl<'a> Matrix<'a> {
    fn new(districts: &'a Districts, column_seats: &'a [u32]) -> Self {
        let mut matrix = Self {
            votes: &districts.votes,
            row_seats: &districts.seats,
            column_seats,
            seats: vec![vec![0; column_seats.len()]; districts.seats.len()],
            row_divisors: vec![BigRational::one(); districts.seats.len()],
            column_divisors: vec![BigRational::one(); column_seats.len()],
        };
        matrix.scale_rows();
        matrix
    }

    fn quotient(&self, row: usize, column: usize) -> BigRational {
        let votes = BigRational::from_integer(BigInt::from(self.votes[row][column]));
        votes / (&self.row_divisors[row] * &self.column_divisors[column])
    }

    fn column_sum(&self, column: usize) -> u32 {
        self.seats.iter().map(|row| row[column]).sum()
    }

    /// Seats that columns have and should not have; as many are missing elsewhere.
    fn flaw(&self) -> u32 {
        let excess = |column: usize| self.column_sum(column).saturating_sub(self.column_seats[column]);
        (0..self.column_seats.len()).map(excess).sum()
    }

    /// Pukelsheim, section 15.2: divisors of columns and of rows in turn, until both sums fit or nothing changes.
    fn scale_alternately(&mut self) {
        for _ in 0..MOST_ROUNDS {
            let before = self.flaw();
            if before == 0 {
                return;
            }
            let (rows, columns) = (self.row_divisors.clone(), self.column_divisors.clone());
            let seats = self.seats.clone();
            self.scale_columns();
            self.scale_rows();
            // Near the end scaling can turn in a circle.
            if self.flaw() >= before {
                (self.row_divisors, self.column_divisors, self.seats) = (rows, columns, seats);
                return;
            }
        }
    }

    fn scale_rows(&mut self) {
        for row in 0..self.row_seats.len() {
            let weights: Vec<BigRational> = (0..self.column_seats.len())
                .map(|column| {
                    BigRational::from_integer(self.votes[row][column].into()) / &self.column_divisors[column]
                })
                .collect();
            let Some((divisor, seats)) = divide(&weights, self.row_seats[row]) else { continue };
            self.row_divisors[row] = divisor;
            self.seats[row] = seats;
        }
    }

    fn scale_columns(&mut self) {
        for column in 0..self.column_seats.len() {
            let weights: Vec<BigRational> = (0..self.row_seats.len())
                .map(|row| {
                    BigRational::from_integer(self.votes[row][column].into()) / &self.row_divisors[row]
                })
                .collect();
            let Some((divisor, seats)) = divide(&weights, self.column_seats[column]) else { continue };
            self.column_divisors[column] = divisor;
            seats.into_iter().enumerate().for_each(|(row, seats)| self.seats[row][column] = seats);
        }
    }

    /// Pukelsheim, section 15.7, tie and transfer: seats move from columns with too many to columns with too few along
    /// cells whose quotient lies just between two roundings; where no such way exists, divisors change until one does.
    fn transfer_along_ties(&mut self) -> Result<(), BiproportionalError> {
        while self.flaw() > 0 {
            let search = self.search();
            let deficient = |column: &usize| self.column_sum(*column) < self.column_seats[*column];
            let goal = (0..self.column_seats.len()).filter(deficient).find(|c| search.columns[*c].is_some());
            match goal {
                Some(column) => self.transfer(&search, Line::Column(column)),
                None => self.update_divisors(&search)?,
            }
        }
        Ok(())
    }

    /// Who can be reached from the columns that have too many seats.
    fn search(&self) -> Search {
        let excessive = |column: usize| self.column_sum(column) > self.column_seats[column];
        let start: Vec<Line> =
            (0..self.column_seats.len()).filter(|column| excessive(*column)).map(Line::Column).collect();
        self.search_from(&start, |_, _| true)
    }

    /// Breadth first, over cells for which `open` is true.
    fn search_from(&self, start: &[Line], open: impl Fn(usize, usize) -> bool) -> Search {
        let mut search =
            Search { rows: vec![None; self.row_seats.len()], columns: vec![None; self.column_seats.len()] };
        let mut queue: Vec<Line> = start.to_vec();
        start.iter().for_each(|line| *search.entry(*line) = Some(*line));
        let mut next = 0;
        while let Some(line) = queue.get(next).copied() {
            next += 1;
            let neighbours: Vec<Line> = match line {
                Line::Column(column) => (0..self.row_seats.len())
                    .filter(|row| open(*row, column) && self.may_lose(*row, column))
                    .map(Line::Row)
                    .collect(),
                Line::Row(row) => (0..self.column_seats.len())
                    .filter(|column| open(row, *column) && self.may_gain(row, *column))
                    .map(Line::Column)
                    .collect(),
            };
            for neighbour in neighbours {
                let entry = search.entry(neighbour);
                if entry.is_none() {
                    *entry = Some(line);
                    queue.push(neighbour);
                }
            }
        }
        search
    }

    /// Whether the quotient is seats − 1/2: one seat less is a rounding too.
    fn may_lose(&self, row: usize, column: usize) -> bool {
        let seats = self.seats[row][column];
        seats > 0 && self.quotient(row, column) == half(2 * u64::from(seats) - 1)
    }

    /// Whether the quotient is seats + 1/2: one seat more is a rounding too.
    fn may_gain(&self, row: usize, column: usize) -> bool {
        let seats = self.seats[row][column];
        self.votes[row][column] > 0 && self.quotient(row, column) == half(2 * u64::from(seats) + 1)
    }

    /// Moves a seat along the way by which a line was reached.
    fn transfer(&mut self, search: &Search, goal: Line) {
        let mut line = goal;
        while let Some(before) = search.before(line).filter(|before| *before != line) {
            match (before, line) {
                (Line::Row(row), Line::Column(column)) => self.seats[row][column] += 1,
                (Line::Column(column), Line::Row(row)) => self.seats[row][column] -= 1,
                _ => unreachable!("rows and columns alternate"),
            }
            line = before;
        }
    }

    /// Raises the divisors of the columns reached and lowers those of the rows reached, by the least factor that makes
    /// a new tie.
    fn update_divisors(&mut self, search: &Search) -> Result<(), BiproportionalError> {
        let mut least: Option<BigRational> = None;
        let mut offer = |factor: BigRational| {
            if least.as_ref().is_none_or(|least| factor < *least) {
                least = Some(factor);
            }
        };
        for row in 0..self.row_seats.len() {
            for column in (0..self.column_seats.len()).filter(|column| self.votes[row][*column] > 0) {
                let seats = u64::from(self.seats[row][column]);
                match (search.rows[row].is_some(), search.columns[column].is_some()) {
                    // The quotient falls towards seats − 1/2.
                    (false, true) if seats > 0 => {
                        offer(self.quotient(row, column) / half(2 * seats - 1));
                    }
                    // It rises towards seats + 1/2.
                    (true, false) => offer(half(2 * seats + 1) / self.quotient(row, column)),
                    _ => {}
                }
            }
        }
        let Some(factor) = least else {
            let reached = (0..self.column_seats.len()).filter(|column| search.columns[*column].is_none());
            return Err(BiproportionalError::Impossible {
                parties: reached.map(|column| column + 1).collect(),
            });
        };
        for (divisor, _) in self.column_divisors.iter_mut().zip(&search.columns).filter(|(_, r)| r.is_some())
        {
            *divisor *= &factor;
        }
        for (divisor, _) in self.row_divisors.iter_mut().zip(&search.rows).filter(|(_, r)| r.is_some()) {
            *divisor /= &factor;
        }
        Ok(())
    }

    /// Where a seat can move round a circle of ties, other apportionments are as good: each such cell in the order of
    /// the lot gets its seat where it can.
    fn break_ties(&mut self, seed: Option<&Seed>) -> Result<(), BiproportionalError> {
        let columns = self.column_seats.len();
        let cells = (0..self.row_seats.len()).flat_map(|row| (0..columns).map(move |column| (row, column)));
        let tied: Vec<(usize, usize)> =
            cells.filter(|(row, column)| self.circle(*row, *column, |_, _| true).is_some()).collect();
        if tied.is_empty() {
            return Ok(());
        }
        let Some(seed) = seed else {
            let tied = tied.into_iter().map(|(row, column)| (row + 1, column + 1)).collect();
            return Err(BiproportionalError::LotNeeded { tied });
        };
        let numbers: Vec<u32> = tied.iter().map(|(row, column)| (row * columns + column) as u32).collect();
        let mut settled = vec![vec![false; columns]; self.row_seats.len()];
        for number in lot::draw(seed, "seats of parties in districts", &numbers) {
            let (row, column) = (number as usize / columns, number as usize % columns);
            if self.may_gain(row, column)
                && let Some(search) = self.circle(row, column, |row, column| !settled[row][column])
            {
                self.transfer(&search, Line::Row(row));
                self.seats[row][column] += 1;
            }
            settled[row][column] = true;
        }
        Ok(())
    }

    /// A circle of ties through a cell: the way from its column to its row, or from its row to its column, by other
    /// cells.
    fn circle(&self, row: usize, column: usize, open: impl Fn(usize, usize) -> bool) -> Option<Search> {
        let other = |r: usize, c: usize| (r, c) != (row, column) && open(r, c);
        if self.may_gain(row, column) {
            let search = self.search_from(&[Line::Column(column)], other);
            search.rows[row].is_some().then_some(search)
        } else if self.may_lose(row, column) {
            let search = self.search_from(&[Line::Row(row)], other);
            search.columns[column].is_some().then_some(search)
        } else {
            None
        }
    }
}

/// For each line that was reached, the line before it; a line that is its own predecessor is a start.
struct Search {
    rows: Vec<Option<Line>>,
    columns: Vec<Option<Line>>,
}

impl Search {
    fn entry(&mut self, line: Line) -> &mut Option<Line> {
        match line {
            Line::Row(row) => &mut self.rows[row],
            Line::Column(column) => &mut self.columns[column],
        }
    }

    fn before(&self, line: Line) -> Option<Line> {
        match line {
            Line::Row(row) => self.rows[row],
            Line::Column(column) => self.columns[column],
        }
    }
}

fn half(numerator: u64) -> BigRational {
    BigRational::new(BigInt::from(numerator), BigInt::from(2))
}

/// Webster's method on exact weights, with a divisor as short as the interval of divisors allows; `None` where there
/// are seats and no weights. Of equal claims to the last seats, those further up have them: which of them keeps the
/// seat is settled by the columns' sums, and at the very end by lot.
fn divide(weights: &[BigRational], seats: u32) -> Option<(BigRational, Vec<u32>)> {
    let total: BigRational = weights.iter().sum();
    if total.is_zero() {
        return (seats == 0).then(|| (BigRational::one(), vec![0; weights.len()]));
    }
    let mut shares = vec![0u32; weights.len()];
    let average = |place: usize, share: u32| &weights[place] / half(2 * u64::from(share) + 1);
    // Whole quotients of a divisor that is certainly not too small: no more than all seats less one for each.
    let start = seats.saturating_sub(weights.len() as u32);
    for (share, weight) in shares.iter_mut().zip(weights) {
        let whole = (weight * BigInt::from(start) / &total).floor().to_integer();
        *share = u32::try_from(whole).unwrap_or(0);
    }
    let mut averages: Vec<BigRational> =
        (0..weights.len()).map(|place| average(place, shares[place])).collect();
    for _ in shares.iter().sum::<u32>()..seats {
        let mut best = 0;
        for place in 1..averages.len() {
            if averages[place] > averages[best] {
                best = place;
            }
        }
        shares[best] += 1;
        averages[best] = average(best, shares[best]);
    }
    let highest = averages.into_iter().max()?;
    let lowest = (0..weights.len())
        .filter(|place| shares[*place] > 0)
        .map(|place| average(place, shares[place] - 1))
        .min();
    let divisor = match lowest {
        Some(lowest) if lowest > highest => simplest_between(&highest, &lowest),
        Some(lowest) => lowest,
        None => highest + BigRational::one(),
    };
    Some((divisor, shares))
}

/// The fraction of the smallest denominator strictly between two positive ones, `low < high`.
fn simplest_between(low: &BigRational, high: &BigRational) -> BigRational {
    let whole = low.floor().to_integer();
    let next = BigRational::from_integer(&whole + 1);
    if next < *high {
        return next;
    }
    let whole = BigRational::from_integer(whole);
    let (low, high) = (low - &whole, high - &whole);
    debug_assert!(low.is_zero() || low.is_positive());
    if low.is_zero() {
        // Strictly between 0 and high: one over the next whole number beyond 1 / high.
        let beyond = high.denom().div_floor(high.numer()) + 1;
        return whole + BigRational::new(BigInt::one(), beyond);
    }
    whole + simplest_between(&high.recip(), &low.recip()).recip()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Municipal council of the city of Zurich, 9 February 2014: party votes, the districts' seats, and the seats as
    /// published by the city (Unterzuteilung der Sitze an die Listen).
    const ZURICH: [(&str, u32, [u64; 7], [u32; 7]); 9] = [
        ("1+2", 12, [30_933, 18_882, 24_403, 13_239, 12_202, 5_936, 5_650], [3, 2, 3, 1, 1, 1, 1]),
        ("3", 15, [54_797, 25_663, 17_918, 21_915, 17_746, 6_873, 16_680], [5, 2, 2, 2, 2, 1, 1]),
        ("4+5", 13, [40_953, 9_836, 10_238, 15_880, 12_416, 3_645, 17_323], [5, 1, 1, 2, 2, 0, 2]),
        ("6", 10, [29_882, 11_132, 15_090, 10_034, 11_024, 3_692, 6_650], [4, 1, 2, 1, 1, 0, 1]),
        ("7+8", 16, [62_554, 34_834, 69_163, 28_630, 26_498, 11_017, 10_082], [4, 2, 4, 2, 2, 1, 1]),
        ("9", 16, [46_248, 41_366, 21_307, 15_001, 14_738, 10_816, 8_020], [5, 4, 2, 2, 1, 1, 1]),
        ("10", 12, [40_979, 24_261, 21_957, 13_598, 13_901, 4_898, 8_543], [4, 2, 3, 1, 1, 0, 1]),
        ("11", 22, [79_160, 70_002, 37_123, 22_448, 29_648, 14_852, 11_655], [6, 6, 3, 2, 3, 1, 1]),
        ("12", 9, [11_448, 10_635, 3_412, 2_433, 2_151, 2_786, 1_061], [3, 3, 1, 1, 0, 1, 0]),
    ];

    fn zurich() -> Districts {
        Districts {
            votes: ZURICH.iter().map(|row| row.2.to_vec()).collect(),
            seats: ZURICH.iter().map(|row| row.1).collect(),
            votes_by_seats: true,
        }
    }

    #[test]
    fn the_council_of_zurich() {
        let result = biproportional(&zurich(), None).unwrap();
        assert_eq!(result.party_seats, [39, 23, 21, 14, 13, 6, 9]);
        for (row, (district, _, _, expected)) in result.seats.iter().zip(ZURICH) {
            assert_eq!(*row, expected, "{district}");
        }
    }

    #[test]
    fn zeros_that_leave_no_apportionment_are_named() {
        // Party 2 is due half of the seats and stands in a district with a quarter of them.
        let districts =
            Districts { votes: vec![vec![100, 0], vec![0, 100]], seats: vec![3, 1], votes_by_seats: false };
        let error = biproportional(&districts, None).unwrap_err();
        assert_eq!(error, BiproportionalError::Impossible { parties: vec![2] });
    }

    #[test]
    fn a_circle_of_ties_needs_a_lot() {
        let districts =
            Districts { votes: vec![vec![10, 10], vec![10, 10]], seats: vec![1, 1], votes_by_seats: false };
        let error = biproportional(&districts, None).unwrap_err();
        assert_eq!(error, BiproportionalError::LotNeeded { tied: vec![(1, 1), (1, 2), (2, 1), (2, 2)] });
        let outcomes: std::collections::BTreeSet<Vec<Vec<u32>>> =
            (0..30u8).map(|seed| biproportional(&districts, Some(&[seed; 32])).unwrap().seats).collect();
        assert_eq!(outcomes.len(), 2);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        /// Rows and columns have their sums, and every cell is a rounding of its quotient: that is the definition, and
        /// such a matrix is the only one where no circle of ties exists (Pukelsheim, section 14.5).
        #[test]
        fn divisors_prove_the_seats(
            votes in prop::collection::vec(prop::collection::vec(1u64..60, 4), 3),
            seats in prop::collection::vec(1u32..9, 3),
        ) {
            let districts = Districts { votes, seats, votes_by_seats: false };
            let result = biproportional(&districts, Some(&[7; 32])).unwrap();
            for (row, seats) in result.seats.iter().zip(&districts.seats) {
                prop_assert_eq!(row.iter().sum::<u32>(), *seats);
            }
            for (column, seats) in result.party_seats.iter().enumerate() {
                prop_assert_eq!(result.seats.iter().map(|row| row[column]).sum::<u32>(), *seats);
            }
            for (row, divisor) in result.district_divisors.iter().enumerate() {
                for (column, other) in result.party_divisors.iter().enumerate() {
                    let votes = BigRational::from_integer(districts.votes[row][column].into());
                    let distance = votes / (divisor.to_rational() * other.to_rational())
                        - BigRational::from_integer(result.seats[row][column].into());
                    prop_assert!(distance.abs() <= half(1));
                }
            }
        }
    }
}
