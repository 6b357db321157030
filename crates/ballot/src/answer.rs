//! Encrypted answers (specification, "Encrypted answers").

use crate::ciphertext::{CipherPoints, Ciphertext};
use crate::election::Election;
use crate::fault::Fault;
use crate::group::{Element, Group, Scalar, SecretExponent};
use crate::proof::{self, Checks, Proof, Statement, Truth};
use crate::question::{Choice, Question, Ranking};
use crate::randomness::Randomness;
use serde::{Deserialize, Serialize};

/// An answer to a question of either kind.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged, bound = "")]
pub enum Answer<G: Group> {
    /// To a homomorphic question.
    Choices(ChoicesAnswer<G>),
    /// To a non-homomorphic question.
    Ranking(RankingAnswer<G>),
}

/// An answer to a homomorphic question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound = "", deny_unknown_fields)]
pub struct ChoicesAnswer<G: Group> {
    /// One encrypted 0 or 1 for each answer, and one before them for blank where that is allowed.
    pub choices: Vec<Ciphertext<G>>,
    /// That each of them is 0 or 1.
    pub individual_proofs: Vec<Vec<Proof<G>>>,
    /// That their sum is allowed, or the vote blank.
    pub overall_proof: Vec<Proof<G>>,
    /// That a blank vote chooses nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blank_proof: Option<Vec<Proof<G>>>,
}

/// An answer to a non-homomorphic question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound = "", deny_unknown_fields)]
pub struct RankingAnswer<G: Group> {
    /// The embedded numbers, encrypted.
    pub choices: Ciphertext<G>,
    /// That the voter knows the randomness of the ciphertext.
    pub proof: Proof<G>,
}

/// What every proof of a ballot hashes: the election's fingerprint φ and the public credential.
pub(crate) struct Context<'a, G: Group> {
    pub election: &'a Election<G>,
    /// S_0 = φ|credential
    pub prefix: String,
}

impl<'a, G: Group> Context<'a, G> {
    pub fn new(election: &'a Election<G>, credential: &Element<G>) -> Self {
        Self { election, prefix: format!("{}|{}", election.fingerprint(), credential.text()) }
    }

    fn y(&self) -> &G::Point {
        self.election.public_key().point()
    }

    /// S = S_0|α,β,α,β,…
    fn with_choices(&self, choices: &[Ciphertext<G>]) -> String {
        let texts: Vec<String> = choices.iter().map(Ciphertext::text).collect();
        format!("{}|{}", self.prefix, texts.join(","))
    }
}

impl<G: Group> Answer<G> {
    /// Reads an answer to `question`, which is number `number` (from 1).
    pub(crate) fn parse(question: &Question, number: usize, text: &str) -> Result<Self, Fault> {
        match question {
            Question::Homomorphic(_) => serde_json::from_str(text).map(Self::Choices),
            Question::NonHomomorphic(_) => serde_json::from_str(text).map(Self::Ranking),
        }
        .map_err(|error| Fault::AnswerUnreadable { question: number, detail: error.to_string() })
    }

    /// Encrypts a vote: for a homomorphic question 0 or 1 for each answer (and before them for blank, where that
    /// is allowed), for a non-homomorphic one a number for each answer.
    pub(crate) fn encrypt(
        context: &Context<'_, G>,
        question: &Question,
        number: usize,
        vote: &[u64],
        randomness: &mut dyn Randomness,
    ) -> Result<Self, Fault> {
        match question {
            Question::Homomorphic(choice) => {
                check_choices(choice, number, vote)?;
                encrypt_choices(context, choice, vote, randomness).map(Self::Choices)
            }
            Question::NonHomomorphic(ranking) => {
                encrypt_ranking(context, ranking, number, vote, randomness).map(Self::Ranking)
            }
        }
    }

    /// Its ciphertexts, in order.
    pub fn ciphertexts(&self) -> &[Ciphertext<G>] {
        match self {
            Self::Choices(answer) => &answer.choices,
            Self::Ranking(answer) => std::slice::from_ref(&answer.choices),
        }
    }

    /// Everything that is wrong with its shape; where nothing is, its proofs go into `checks`. Whether its points
    /// are in the group is checked elsewhere, for many ballots together.
    pub(crate) fn check(
        &self,
        context: &Context<'_, G>,
        question: &Question,
        number: usize,
        checks: &mut Checks<G>,
    ) -> Vec<Fault> {
        match (self, question) {
            (Self::Choices(answer), Question::Homomorphic(choice)) => {
                let shape = answer.shape_faults(choice, number);
                if shape.is_empty() {
                    answer.check_proofs(context, choice, number, checks);
                }
                shape
            }
            (Self::Ranking(answer), Question::NonHomomorphic(_)) => {
                let fault = Fault::AnswerProof { question: number };
                let prefix = ranking_prefix(context, &answer.choices);
                checks.logarithm(prefix, answer.choices.alpha.point(), &answer.proof, fault);
                Vec::new()
            }
            _ => vec![Fault::AnswerUnreadable {
                question: number,
                detail: "the answer is of the other kind of question".to_owned(),
            }],
        }
    }
}

fn check_choices(choice: &Choice, question: usize, vote: &[u64]) -> Result<(), Fault> {
    let fault = |reason: String| Err(Fault::Vote { question, reason });
    if vote.len() != choice.ciphertexts() {
        return fault(format!("{} numbers given instead of {}", vote.len(), choice.ciphertexts()));
    }
    if vote.iter().any(|&number| number > 1) {
        return fault("each number must be 0 or 1".to_owned());
    }
    let (blank, answers) = vote.split_at(usize::from(choice.allows_blank()));
    let sum: u64 = answers.iter().sum();
    match blank {
        [1] if sum > 0 => fault("a blank vote cannot choose answers".to_owned()),
        [1] => Ok(()),
        _ if sum < choice.min || sum > choice.max => {
            fault(format!("{sum} answers chosen; between {} and {} are allowed", choice.min, choice.max))
        }
        _ => Ok(()),
    }
}

fn encrypt_choices<G: Group>(
    context: &Context<'_, G>,
    choice: &Choice,
    vote: &[u64],
    randomness: &mut dyn Randomness,
) -> Result<ChoicesAnswer<G>, Fault> {
    let y = context.y();
    let mut secrets: Vec<SecretExponent<G>> = Vec::with_capacity(vote.len());
    let mut points = Vec::with_capacity(vote.len());
    for &number in vote {
        let r = SecretExponent::random(randomness)?;
        let message = G::power_of_generator(&G::Scalar::from_u64(number));
        points.push(CipherPoints { alpha: r.public(), beta: G::multiply(&G::power(y, &r.0), &message) });
        secrets.push(r);
    }
    let choices = Ciphertext::all(&points);
    let mut individual_proofs = Vec::with_capacity(vote.len());
    for (((&number, r), pair), ciphertext) in vote.iter().zip(&secrets).zip(&points).zip(&choices) {
        let statement = Statement { ciphertext: pair, messages: &[0, 1] };
        let truth = Truth { index: number as usize, r: &r.0 };
        let prefix = ["prove|", &context.prefix, "|", &ciphertext.text(), "|"];
        individual_proofs.push(proof::prove_disjunction(&prefix, y, &[statement], &truth, randomness)?);
    }
    let sums = Sums::of(choice, vote, &secrets, &points);
    let s = context.with_choices(&choices);
    let (overall_proof, blank_proof) = sums.prove(context, choice, &s, randomness)?;
    Ok(ChoicesAnswer { choices, individual_proofs, overall_proof, blank_proof })
}

/// The overall proof and, where a blank vote is possible, the blank proof.
type SumProofs<G> = (Vec<Proof<G>>, Option<Vec<Proof<G>>>);

/// The sum of the answers (without blank), in the clear and encrypted, with what the voter alone knows of it.
struct Sums<'a, G: Group> {
    blank: Option<(u64, &'a SecretExponent<G>, CipherPoints<G>)>,
    sum: u64,
    r: SecretExponent<G>,
    ciphertext: CipherPoints<G>,
}

impl<'a, G: Group> Sums<'a, G> {
    fn of(
        choice: &Choice,
        vote: &[u64],
        secrets: &'a [SecretExponent<G>],
        points: &[CipherPoints<G>],
    ) -> Self {
        let first = usize::from(choice.allows_blank());
        let r = secrets[first..].iter().fold(G::Scalar::ZERO, |sum, r| sum + r.0);
        Self {
            blank: choice.allows_blank().then(|| (vote[0], &secrets[0], points[0])),
            sum: vote[first..].iter().sum(),
            r: SecretExponent(r),
            ciphertext: multiply_all(&points[first..]),
        }
    }

    fn prove(
        &self,
        context: &Context<'_, G>,
        choice: &Choice,
        s: &str,
        randomness: &mut dyn Randomness,
    ) -> Result<SumProofs<G>, Fault> {
        let y = context.y();
        let allowed = choice.allowed_sums();
        let total = Statement { ciphertext: &self.ciphertext, messages: &allowed };
        let Some((blank, blank_r, blank_ciphertext)) = &self.blank else {
            let text = Ciphertext::all(&[self.ciphertext])[0].text();
            let truth = Truth { index: (self.sum - choice.min) as usize, r: &self.r.0 };
            let prefix = ["prove|", s, "|", &text, "|"];
            return Ok((proof::prove_disjunction(&prefix, y, &[total], &truth, randomness)?, None));
        };
        let nothing = Statement { ciphertext: &self.ciphertext, messages: &[0] };
        let no_blank = Statement { ciphertext: blank_ciphertext, messages: &[0] };
        let is_blank = Statement { ciphertext: blank_ciphertext, messages: &[1] };
        let (blank_truth, overall_truth) = if *blank == 1 {
            (Truth { index: 1, r: &self.r.0 }, Truth { index: 0, r: &blank_r.0 })
        } else {
            let index = (self.sum - choice.min) as usize + 1;
            (Truth { index: 0, r: &blank_r.0 }, Truth { index, r: &self.r.0 })
        };
        let blank_proof = proof::prove_disjunction(
            &["bproof0|", s, "|"],
            y,
            &[no_blank, nothing],
            &blank_truth,
            randomness,
        )?;
        let overall_proof = proof::prove_disjunction(
            &["bproof1|", s, "|"],
            y,
            &[is_blank, total],
            &overall_truth,
            randomness,
        )?;
        Ok((overall_proof, Some(blank_proof)))
    }
}

fn multiply_all<G: Group>(points: &[CipherPoints<G>]) -> CipherPoints<G> {
    points.iter().fold(CipherPoints::neutral(), |product, pair| product.multiply(pair))
}

fn encrypt_ranking<G: Group>(
    context: &Context<'_, G>,
    ranking: &Ranking,
    question: usize,
    vote: &[u64],
    randomness: &mut dyn Randomness,
) -> Result<RankingAnswer<G>, Fault> {
    let fault = |reason: String| Fault::Vote { question, reason };
    if vote.len() != ranking.answers.len() {
        return Err(fault(format!("{} numbers given instead of {}", vote.len(), ranking.answers.len())));
    }
    let integers: Vec<u8> = vote
        .iter()
        .map(|&number| u8::try_from(number).map_err(|_| fault(format!("{number} is above 255"))))
        .collect::<Result<_, _>>()?;
    let message = G::embed(&integers).ok_or_else(|| fault("the numbers do not fit the group".to_owned()))?;
    let r = SecretExponent::<G>::random(randomness)?;
    let y = context.y();
    let points = CipherPoints { alpha: r.public(), beta: G::multiply(&G::power(y, &r.0), &message) };
    let choices = Ciphertext::all(&[points]).remove(0);
    let prefix = ranking_prefix(context, &choices);
    let proof = proof::prove_logarithm(&[&prefix], &[G::generator()], &r.0, randomness)?;
    Ok(RankingAnswer { choices, proof })
}

/// raweg|S_0|y,α,β|
fn ranking_prefix<G: Group>(context: &Context<'_, G>, choices: &Ciphertext<G>) -> String {
    let y = context.election.public_key().text();
    format!("raweg|{}|{y},{}|", context.prefix, choices.text())
}

impl<G: Group> ChoicesAnswer<G> {
    fn shape_faults(&self, choice: &Choice, question: usize) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut check = |list, expected, actual| {
            if expected != actual {
                faults.push(Fault::AnswerShape { question, list, expected, actual });
            }
        };
        check("choices", choice.ciphertexts(), self.choices.len());
        check("individual proofs", choice.ciphertexts(), self.individual_proofs.len());
        for proofs in &self.individual_proofs {
            check("parts of an individual proof", 2, proofs.len());
        }
        let sums = (choice.max - choice.min + 1) as usize;
        check(
            "parts of the overall proof",
            sums + usize::from(choice.allows_blank()),
            self.overall_proof.len(),
        );
        match (&self.blank_proof, choice.allows_blank()) {
            (Some(proofs), true) => check("parts of the blank proof", 2, proofs.len()),
            (None, false) => {}
            _ => faults.push(Fault::BlankProof { question }),
        }
        faults
    }

    fn check_proofs(
        &self,
        context: &Context<'_, G>,
        choice: &Choice,
        question: usize,
        checks: &mut Checks<G>,
    ) {
        let points: Vec<CipherPoints<G>> = self.choices.iter().map(Ciphertext::points).collect();
        for (index, (ciphertext, proofs)) in self.choices.iter().zip(&self.individual_proofs).enumerate() {
            let statement = Statement { ciphertext: &points[index], messages: &[0, 1] };
            let prefix = format!("prove|{}|{}|", context.prefix, ciphertext.text());
            let fault = Fault::IndividualProof { question, choice: index + 1 };
            checks.disjunction(prefix, &[statement], proofs, fault);
        }
        let first = usize::from(choice.allows_blank());
        let sum = multiply_all(&points[first..]);
        let s = context.with_choices(&self.choices);
        let allowed = choice.allowed_sums();
        let total = Statement { ciphertext: &sum, messages: &allowed };
        let overall = Fault::OverallProof { question };
        let Some(blank_proof) = &self.blank_proof else {
            let text = Ciphertext::all(&[sum])[0].text();
            return checks.disjunction(format!("prove|{s}|{text}|"), &[total], &self.overall_proof, overall);
        };
        let nothing = Statement { ciphertext: &sum, messages: &[0] };
        let no_blank = Statement { ciphertext: &points[0], messages: &[0] };
        let is_blank = Statement { ciphertext: &points[0], messages: &[1] };
        let fault = Fault::BlankProof { question };
        checks.disjunction(format!("bproof0|{s}|"), &[no_blank, nothing], blank_proof, fault);
        checks.disjunction(format!("bproof1|{s}|"), &[is_blank, total], &self.overall_proof, overall);
    }
}
