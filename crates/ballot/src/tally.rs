//! The encrypted tally (specification, "Encrypted tally").

use crate::ballot::Ballot;
use crate::ciphertext::{CipherPoints, Ciphertext};
use crate::credential::Weight;
use crate::digest::Digest;
use crate::fault::Fault;
use crate::group::Group;
use crate::question::Question;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// For each question its ciphertexts: the sums of a homomorphic one, the ballots of a non-homomorphic one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent, bound = "")]
pub struct EncryptedTally<G: Group>(pub Vec<Vec<Ciphertext<G>>>);

impl<G: Group> EncryptedTally<G> {
    /// Reads a published tally.
    pub fn parse(text: &[u8]) -> Result<Self, Fault> {
        serde_json::from_slice(text).map_err(|error| Fault::unreadable("the encrypted tally", &error))
    }

    /// The ciphertexts of the ranked and graded questions, to be shuffled.
    pub fn rankings(&self, questions: &[Question]) -> Vec<Vec<Ciphertext<G>>> {
        let pairs = self.0.iter().zip(questions);
        pairs
            .filter(|(_, question)| question.is_ranking())
            .map(|(ciphertexts, _)| ciphertexts.clone())
            .collect()
    }

    /// The tally with the ciphertexts of the ranked and graded questions replaced by shuffled ones.
    pub fn with_rankings(&self, questions: &[Question], shuffled: &[Vec<Ciphertext<G>>]) -> Self {
        let mut shuffled = shuffled.iter();
        let merged = self.0.iter().zip(questions).map(|(own, question)| {
            let replacement = if question.is_ranking() { shuffled.next() } else { None };
            replacement.unwrap_or(own).clone()
        });
        Self(merged.collect())
    }
}

/// The number of ballots tallied: the payload of the event `EncryptedTally`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SizedTally {
    /// Ballots, the last of each credential.
    pub num_tallied: u64,
    /// The sum of their weights.
    pub total_weight: Weight,
    /// The hash of the tally.
    pub encrypted_tally: Digest,
}

/// A tally that grows with the box: a new ballot of a credential takes the place of the one before.
pub struct TallyBuilder<G: Group> {
    sums: Vec<Vec<CipherPoints<G>>>,
    rankings: IndexMap<usize, Vec<Ciphertext<G>>>,
    count: u64,
    weight: u64,
}

impl<G: Group> TallyBuilder<G> {
    /// The tally of an empty box.
    pub fn new(questions: &[Question]) -> Self {
        let neutral = |question: &Question| match question {
            Question::Homomorphic(choice) => vec![CipherPoints::neutral(); choice.ciphertexts()],
            Question::NonHomomorphic(_) => Vec::new(),
        };
        Self { sums: questions.iter().map(neutral).collect(), rankings: IndexMap::new(), count: 0, weight: 0 }
    }

    /// Counts a verified ballot of the credential at `place` with its weight.
    pub fn add(&mut self, place: usize, weight: u64, ballot: &Ballot<G>) {
        self.sum(weight, ballot, CipherPoints::multiply);
        let rankings: Vec<Ciphertext<G>> = ballot
            .answers()
            .iter()
            .zip(&self.sums)
            .filter(|(_, sums)| sums.is_empty())
            .flat_map(|(answer, _)| answer.ciphertexts().to_vec())
            .collect();
        if !rankings.is_empty() {
            self.rankings.insert(place, rankings);
        }
        self.count += 1;
        self.weight += weight;
    }

    /// Takes back a ballot that was counted before.
    pub fn remove(&mut self, place: usize, weight: u64, ballot: &Ballot<G>) {
        self.sum(weight, ballot, CipherPoints::divide);
        self.rankings.swap_remove(&place);
        self.count -= 1;
        self.weight -= weight;
    }

    fn sum(
        &mut self,
        weight: u64,
        ballot: &Ballot<G>,
        combine: fn(&CipherPoints<G>, &CipherPoints<G>) -> CipherPoints<G>,
    ) {
        for (sums, answer) in self.sums.iter_mut().zip(ballot.answers()) {
            for (sum, ciphertext) in sums.iter_mut().zip(answer.ciphertexts()) {
                *sum = combine(sum, &ciphertext.points().weigh(weight));
            }
        }
    }

    /// How many ballots are counted.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The sum of their weights.
    pub fn weight(&self) -> u64 {
        self.weight
    }

    /// The tally. The ciphertexts of ranked and graded questions are sorted, as the reference implementation does.
    pub fn tally(&self) -> EncryptedTally<G> {
        let mut ranking = 0;
        let questions = self.sums.iter().map(|sums| {
            if !sums.is_empty() {
                return Ciphertext::all(sums);
            }
            let mut ciphertexts: Vec<Ciphertext<G>> =
                self.rankings.values().map(|own| own[ranking].clone()).collect();
            ranking += 1;
            ciphertexts.sort_by(|left, right| {
                G::order(left.alpha.text(), right.alpha.text())
                    .then_with(|| G::order(left.beta.text(), right.beta.text()))
            });
            ciphertexts
        });
        EncryptedTally(questions.collect())
    }

    /// The tally's size, with its hash.
    pub fn sized(&self, tally: &EncryptedTally<G>) -> SizedTally {
        SizedTally {
            num_tallied: self.count,
            total_weight: Weight(self.weight),
            encrypted_tally: Digest::of(&crate::canonical(tally)),
        }
    }
}
