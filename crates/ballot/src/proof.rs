//! Zero-knowledge proofs: knowledge of a logarithm, and disjunctions of statements about ciphertexts
//! (specification, "Proofs of interval membership" and "Proofs of possibly-blank votes").
//!
//! A proof carries challenge and response; who checks it computes the commitments anew and hashes them.

use crate::ciphertext::CipherPoints;
use crate::digest::sha256;
use crate::fault::Fault;
use crate::group::{Exponent, Group, Job, Scalar, Term, challenge};
use crate::randomness::Randomness;
use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

/// A non-interactive proof (specification, "Common structures").
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(bound = "", deny_unknown_fields)]
pub struct Proof<G: Group> {
    /// The challenge.
    pub challenge: Exponent<G>,
    /// The response.
    pub response: Exponent<G>,
}

/// Proves knowledge of x with base^x for every base: the same x for all of them. `prefix` is what the challenge
/// hashes before the commitments.
pub(crate) fn prove_logarithm<G: Group>(
    prefix: &[&str],
    bases: &[G::Point],
    x: &G::Scalar,
    randomness: &mut dyn Randomness,
) -> Result<Proof<G>, Fault> {
    let mut w = G::Scalar::random(randomness)?;
    let generator = G::generator();
    let commitments: Vec<G::Point> = bases
        .iter()
        .map(|base| if *base == generator { G::power_of_generator(&w) } else { G::power(base, &w) })
        .collect();
    let challenge = challenge::<G>(prefix, &commitments);
    let response = w - *x * challenge;
    w.zeroize();
    Ok(Proof { challenge: Exponent(challenge), response: Exponent(response) })
}

/// Checks a proof of x = log_base(power) for each pair (base, power).
pub(crate) fn verify_logarithm<G: Group>(
    prefix: &[&str],
    pairs: &[(G::Point, G::Point)],
    proof: &Proof<G>,
) -> bool {
    let commitments: Vec<G::Point> = pairs
        .iter()
        .map(|(base, power)| G::product(&[*base, *power], &[proof.response.0, proof.challenge.0]))
        .collect();
    challenge::<G>(prefix, &commitments) == proof.challenge.0
}

/// "This ciphertext encrypts g^m for one of these messages m": one part of a disjunction.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Statement<'a, G: Group> {
    pub ciphertext: &'a CipherPoints<G>,
    pub messages: &'a [u64],
}

/// The true one among the messages of all statements, counted through, and the randomness r of its ciphertext.
pub(crate) struct Truth<'a, G: Group> {
    pub index: usize,
    pub r: &'a G::Scalar,
}

/// Proves that one of the statements is true without showing which.
pub(crate) fn prove_disjunction<G: Group>(
    prefix: &[&str],
    y: &G::Point,
    statements: &[Statement<'_, G>],
    truth: &Truth<'_, G>,
    randomness: &mut dyn Randomness,
) -> Result<Vec<Proof<G>>, Fault> {
    let mut proofs = Vec::new();
    let mut commitments = Vec::new();
    let mut simulated = G::Scalar::ZERO;
    let mut w = G::Scalar::random(randomness)?;
    for statement in statements {
        for &message in statement.messages {
            let (challenge, response) = if proofs.len() == truth.index {
                commitments.extend([G::power_of_generator(&w), G::power(y, &w)]);
                (G::Scalar::ZERO, G::Scalar::ZERO)
            } else {
                let challenge = G::Scalar::random(randomness)?;
                let response = G::Scalar::random(randomness)?;
                commitments.extend(simulate(y, statement.ciphertext, message, &challenge, &response));
                (challenge, response)
            };
            simulated = simulated + challenge;
            proofs.push(Proof { challenge: Exponent(challenge), response: Exponent(response) });
        }
    }
    let challenge = challenge::<G>(prefix, &commitments) - simulated;
    let response = w - *truth.r * challenge;
    w.zeroize();
    proofs[truth.index] = Proof { challenge: Exponent(challenge), response: Exponent(response) };
    Ok(proofs)
}

/// The commitments that a chosen challenge and response determine, in constant time: which of the statements is
/// simulated is the voter's secret.
fn simulate<G: Group>(
    y: &G::Point,
    ciphertext: &CipherPoints<G>,
    message: u64,
    challenge: &G::Scalar,
    response: &G::Scalar,
) -> [G::Point; 2] {
    let shift = G::power_of_generator(&G::Scalar::from_u64(message));
    let beta = G::divide(&ciphertext.beta, &shift);
    [
        G::multiply(&G::power_of_generator(response), &G::power(&ciphertext.alpha, challenge)),
        G::multiply(&G::power(y, response), &G::power(&beta, challenge)),
    ]
}

/// Proofs to be checked together, in practice those of a few ballots, so that their powers are computed side by side
/// and their commitments spelled with one inversion.
pub(crate) struct Checks<G: Group> {
    jobs: Vec<Job<G>>,
    checks: Vec<Check<G>>,
    owner: usize,
}

struct Check<G: Group> {
    prefix: String,
    /// How many jobs are this proof's, and whether their results alternate: α, β, α, β, …
    jobs: usize,
    /// The sum of the challenges, which the hash must give.
    challenge: G::Scalar,
    /// Which ballot it is of.
    owner: usize,
    fault: Fault,
}

impl<G: Group> Checks<G> {
    /// Nothing to check yet.
    pub fn new() -> Self {
        Self { jobs: Vec::new(), checks: Vec::new(), owner: 0 }
    }

    /// Whether there is nothing to check.
    pub fn is_empty(&self) -> bool {
        self.checks.is_empty()
    }

    /// What is added from now on is of this ballot.
    pub fn begin(&mut self, owner: usize) {
        self.owner = owner;
    }

    /// A proof made by [`prove_logarithm`] over g alone.
    pub fn logarithm(&mut self, prefix: String, power: &G::Point, proof: &Proof<G>, fault: Fault) {
        let term = Term { g: Some(proof.response.0), y: None, variable: proof.challenge.0 };
        self.jobs.push(Job { variable: *power, terms: vec![term], sum: None });
        let challenge = proof.challenge.0;
        self.checks.push(Check { prefix, jobs: 1, challenge, owner: self.owner, fault });
    }

    /// A proof made by [`prove_disjunction`]. The number of proofs must be that of all messages.
    pub fn disjunction(
        &mut self,
        prefix: String,
        statements: &[Statement<'_, G>],
        proofs: &[Proof<G>],
        fault: Fault,
    ) {
        let challenge = proofs.iter().fold(G::Scalar::ZERO, |sum, proof| sum + proof.challenge.0);
        let sum = (statements.len() == 1 && proofs.len() > 1).then_some(challenge);
        let mut rest = proofs;
        for statement in statements {
            let (own, others) = rest.split_at(statement.messages.len());
            rest = others;
            self.jobs.extend(commitments_of(statement, own, sum));
        }
        let jobs = 2 * statements.len();
        self.checks.push(Check { prefix, jobs, challenge, owner: self.owner, fault });
    }

    /// The faults of those proofs that are wrong, each with its ballot.
    pub fn faults(self, bases: &G::Bases) -> Vec<(usize, Fault)> {
        let mut results = G::combine(bases, &self.jobs).into_iter();
        let mut commitments = Vec::new();
        let mut ends = Vec::with_capacity(self.checks.len());
        for check in &self.checks {
            let own: Vec<Vec<G::Point>> = results.by_ref().take(check.jobs).collect();
            match own.as_slice() {
                [single] => commitments.extend(single),
                pairs => {
                    commitments.extend(pairs.chunks(2).flat_map(|pair| {
                        pair[0].iter().zip(&pair[1]).flat_map(|(alpha, beta)| [*alpha, *beta])
                    }))
                }
            }
            ends.push(commitments.len());
        }
        let texts = G::encode(&commitments);
        let mut first = 0;
        let mut faults = Vec::new();
        for (check, end) in self.checks.into_iter().zip(ends) {
            let text = texts[first..end].join(",");
            first = end;
            let hash = sha256(&[check.prefix.as_bytes(), text.as_bytes()]);
            if G::Scalar::reduce(&hash) != check.challenge {
                faults.push((check.owner, check.fault));
            }
        }
        faults
    }
}

/// A_j = g^response · α^challenge and B_j = y^response · (β / g^m)^challenge for each message m.
fn commitments_of<G: Group>(
    statement: &Statement<'_, G>,
    proofs: &[Proof<G>],
    sum: Option<G::Scalar>,
) -> [Job<G>; 2] {
    let on_alpha =
        proofs.iter().map(|proof| Term { g: Some(proof.response.0), y: None, variable: proof.challenge.0 });
    let on_beta = proofs.iter().zip(statement.messages).map(|(proof, &message)| Term {
        g: (message != 0).then(|| -(G::Scalar::from_u64(message) * proof.challenge.0)),
        y: Some(proof.response.0),
        variable: proof.challenge.0,
    });
    [
        Job { variable: statement.ciphertext.alpha, terms: on_alpha.collect(), sum },
        Job { variable: statement.ciphertext.beta, terms: on_beta.collect(), sum },
    ]
}
