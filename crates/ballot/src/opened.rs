//! Opened votes: how a voter checks that a booth encrypts what it shows (Benaloh's challenge, "Ballot casting
//! assurance via voter-initiated poll station auditing", 2007).
//!
//! The booth first shows the number of the encrypted vote. Only then does the voter decide to cast it or to have it
//! opened. An opened vote comes with the randomness of its ciphertexts, from which anybody computes what it says. It
//! carries no signature, so that nobody can cast it. This is no part of the specification.

use crate::answer::{Answer, Context};
use crate::ballot::Ballot;
use crate::board::Board;
use crate::ciphertext::Ciphertext;
use crate::digest::Digest;
use crate::fault::Fault;
use crate::group::{Exponent, Group, Scalar};
use crate::proof::Checks;
use crate::question::Question;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

const MESSAGE: &str = "the opened vote";

/// What an encrypted vote says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OpenedVote {
    /// The number that the booth showed before it opened the vote: the Base64 of the unsigned ballot's hash.
    pub number: String,
    /// For each question 0 or 1 for each answer, before them for blank where that is possible; or a number for each
    /// answer to rank or grade.
    pub votes: Vec<Vec<u64>>,
}

#[derive(Deserialize)]
#[serde(bound = "", deny_unknown_fields)]
struct OpenedText<'a, G: Group> {
    #[serde(borrow)]
    ballot: &'a RawValue,
    randomness: Vec<Vec<Exponent<G>>>,
}

impl<G: Group> Board<G> {
    /// Reads an opened vote and checks that it is an encryption of what it says, with right proofs.
    pub(crate) fn read_opened(&self, text: &[u8]) -> Result<OpenedVote, Vec<Fault>> {
        let one = |fault: Fault| vec![fault];
        let opened: OpenedText<'_, G> =
            serde_json::from_slice(text).map_err(|error| vec![Fault::unreadable(MESSAGE, &error)])?;
        let bytes = opened.ballot.get().as_bytes();
        let ballot = Ballot::parse_unsigned(&self.election, bytes).map_err(one)?;
        let mut faults = ballot.origin_faults(&self.election);
        let questions = self.election.questions();
        if opened.randomness.len() != questions.len() {
            faults.push(Fault::AnswerCount { expected: questions.len(), actual: opened.randomness.len() });
            return Err(faults);
        }
        let context = Context::new(&self.election, ballot.credential());
        let mut checks = Checks::new();
        let mut votes = Vec::with_capacity(questions.len());
        for (index, (question, answer)) in questions.iter().zip(ballot.answers()).enumerate() {
            let number = index + 1;
            faults.extend(answer.check(&context, question, number, &mut checks));
            match self.open_answer(question, number, answer, &opened.randomness[index]) {
                Ok(vote) => votes.push(vote),
                Err(fault) => faults.push(fault),
            }
        }
        faults.extend(checks.faults(self.bases()).into_iter().map(|(_, fault)| fault));
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(OpenedVote { number: Digest::of(bytes).to_base64(), votes })
    }

    fn open_answer(
        &self,
        question: &Question,
        number: usize,
        answer: &Answer<G>,
        randomness: &[Exponent<G>],
    ) -> Result<Vec<u64>, Fault> {
        let ciphertexts = answer.ciphertexts();
        if ciphertexts.len() != randomness.len() {
            let (expected, actual) = (ciphertexts.len(), randomness.len());
            return Err(Fault::AnswerShape { question: number, list: "random numbers", expected, actual });
        }
        let mut vote = Vec::new();
        for (index, (ciphertext, r)) in ciphertexts.iter().zip(randomness).enumerate() {
            let fault = Fault::Opening { question: number, choice: index + 1 };
            let message = self.message(ciphertext, &r.0).ok_or(fault.clone())?;
            match question {
                Question::Homomorphic(_) => {
                    let one = G::power_of_generator(&G::Scalar::ONE);
                    let found = [G::identity(), one].iter().position(|known| *known == message);
                    vote.push(found.ok_or(fault)? as u64);
                }
                Question::NonHomomorphic(ranking) => {
                    let integers = G::extract(ranking.answers.len(), &message);
                    if G::embed(&integers) != Some(message) {
                        return Err(fault);
                    }
                    vote.extend(integers.into_iter().map(u64::from));
                }
            }
        }
        Ok(vote)
    }

    /// What a ciphertext encrypts, if it is one with the randomness `r`: β / y^r where α = g^r.
    fn message(&self, ciphertext: &Ciphertext<G>, r: &G::Scalar) -> Option<G::Point> {
        let mask = G::power(self.election.public_key().point(), r);
        let is_made_with_r = *ciphertext.alpha.point() == G::power_of_generator(r);
        is_made_with_r.then(|| G::divide(ciphertext.beta.point(), &mask))
    }
}
