//! The result of an election (specification, "Election result").

use crate::credential::Weight;
use crate::fault::Fault;
use crate::group::{Group, Scalar};
use crate::question::Question;
use crate::tally::EncryptedTally;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// The result of all questions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// In the order of the questions.
    pub result: Vec<QuestionOutcome>,
}

/// The result of one question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum QuestionOutcome {
    /// The votes of each answer, and before them the blank votes where those are possible.
    Sums(Vec<Weight>),
    /// The decrypted ballots in the order of the last shuffle.
    Ballots(Vec<Vec<u64>>),
}

impl Outcome {
    /// Reads a published result.
    pub fn parse(text: &[u8]) -> Result<Self, Fault> {
        serde_json::from_slice(text).map_err(|error| Fault::unreadable("the result", &error))
    }

    /// Opens a tally with the combined factors of its trustees.
    pub fn compute<G: Group>(
        questions: &[Question],
        tally: &EncryptedTally<G>,
        factors: &[Vec<G::Point>],
        total_weight: u64,
    ) -> Result<Self, Fault> {
        let mut steps = None;
        let mut result = Vec::with_capacity(questions.len());
        for (index, (question, plain)) in questions.iter().zip(open(tally, factors)).enumerate() {
            result.push(match question {
                Question::NonHomomorphic(ranking) => {
                    QuestionOutcome::Ballots(extract::<G>(ranking.answers.len(), &plain))
                }
                Question::Homomorphic(_) => {
                    let steps = steps.get_or_insert_with(|| BabySteps::<G>::new(total_weight));
                    let sums = plain.iter().enumerate().map(|(answer, point)| {
                        let fault = Fault::Undecodable {
                            question: index + 1,
                            answer: answer + 1,
                            limit: total_weight,
                        };
                        steps.logarithm(point).map(Weight).ok_or(fault)
                    });
                    QuestionOutcome::Sums(sums.collect::<Result<_, _>>()?)
                }
            });
        }
        Ok(Self { result })
    }

    /// Everything in which this result differs from what the factors open.
    pub fn verify<G: Group>(
        &self,
        questions: &[Question],
        tally: &EncryptedTally<G>,
        factors: &[Vec<G::Point>],
    ) -> Vec<Fault> {
        if self.result.len() != questions.len() {
            return vec![Fault::ResultShape { question: self.result.len().min(questions.len()) + 1 }];
        }
        let mut faults = Vec::new();
        let opened = open(tally, factors);
        for (index, ((question, plain), own)) in questions.iter().zip(opened).zip(&self.result).enumerate() {
            let number = index + 1;
            let differing: Option<Vec<usize>> = match (question, own) {
                (Question::Homomorphic(_), QuestionOutcome::Sums(sums)) if sums.len() == plain.len() => {
                    let equal = |(sum, point): (&Weight, &G::Point)| {
                        G::power_of_generator(&G::Scalar::from_u64(sum.0)) == *point
                    };
                    Some(
                        sums.iter()
                            .zip(&plain)
                            .map(equal)
                            .enumerate()
                            .filter(|(_, equal)| !equal)
                            .map(|(place, _)| place)
                            .collect(),
                    )
                }
                (Question::NonHomomorphic(ranking), own) => {
                    own.ballots().filter(|own| own.len() == plain.len()).map(|own| {
                        let expected = extract::<G>(ranking.answers.len(), &plain);
                        (0..own.len()).filter(|&place| own[place] != expected[place]).collect()
                    })
                }
                _ => None,
            };
            match differing {
                None => faults.push(Fault::ResultShape { question: number }),
                Some(places) => faults.extend(
                    places
                        .into_iter()
                        .map(|place| Fault::ResultDiffers { question: number, place: place + 1 }),
                ),
            }
        }
        faults
    }
}

impl QuestionOutcome {
    /// The ballots of a ranked or graded question; an empty list reads as either kind.
    pub fn ballots(&self) -> Option<&[Vec<u64>]> {
        match self {
            Self::Ballots(ballots) => Some(ballots),
            Self::Sums(sums) if sums.is_empty() => Some(&[]),
            Self::Sums(_) => None,
        }
    }
}

fn open<G: Group>(tally: &EncryptedTally<G>, factors: &[Vec<G::Point>]) -> Vec<Vec<G::Point>> {
    let pairs = tally.0.iter().zip(factors);
    pairs
        .map(|(ciphertexts, factors)| {
            ciphertexts
                .iter()
                .zip(factors)
                .map(|(pair, factor)| G::divide(pair.beta.point(), factor))
                .collect()
        })
        .collect()
}

fn extract<G: Group>(answers: usize, plain: &[G::Point]) -> Vec<Vec<u64>> {
    plain.iter().map(|point| G::extract(answers, point).into_iter().map(u64::from).collect()).collect()
}

/// Points whose keys are computed together.
const CHUNK: usize = 4096;

/// Finds logarithms up to a limit by Shanks' baby steps and giant steps.
struct BabySteps<G: Group> {
    limit: u64,
    count: u64,
    /// Looked up only, never iterated: its order cannot matter.
    steps: HashMap<u64, u64>,
    /// g^-count
    giant: G::Point,
}

impl<G: Group> BabySteps<G> {
    fn new(limit: u64) -> Self {
        let count = limit.isqrt() + 1;
        let mut steps = HashMap::with_capacity(count as usize);
        let mut point = G::identity();
        let mut chunk = Vec::with_capacity(CHUNK);
        for step in 1..=count {
            chunk.push(point);
            point = G::multiply(&point, &G::generator());
            if chunk.len() == CHUNK || step == count {
                let first = step - chunk.len() as u64;
                steps.extend(G::keys(&chunk).into_iter().zip(first..));
                chunk.clear();
            }
        }
        Self { limit, count, steps, giant: G::divide(&G::identity(), &point) }
    }

    fn logarithm(&self, target: &G::Point) -> Option<u64> {
        let mut rest = *target;
        for giant_step in 0..=self.limit / self.count {
            if let Some(baby_step) = self.steps.get(&G::keys(&[rest])[0]) {
                let logarithm = giant_step * self.count + baby_step;
                if G::power_of_generator(&G::Scalar::from_u64(logarithm)) == *target {
                    return Some(logarithm);
                }
            }
            rest = G::multiply(&rest, &self.giant);
        }
        None
    }
}
