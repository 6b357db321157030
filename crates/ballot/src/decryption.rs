//! Partial decryptions and how they are combined (specification, "Partial decryptions" and "Election result").

use crate::election::Election;
use crate::fault::Fault;
use crate::group::{Element, Group, Scalar, SecretExponent};
use crate::proof::{self, Proof};
use crate::randomness::Randomness;
use crate::tally::EncryptedTally;
use crate::trustee::{TrusteeKind, Trustees};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A trustee's share of the decryption.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound = "", deny_unknown_fields)]
pub struct PartialDecryption<G: Group> {
    /// α^x for every ciphertext of the tally.
    pub decryption_factors: Vec<Vec<Element<G>>>,
    /// That the factors are made with the trustee's key.
    pub decryption_proofs: Vec<Vec<Proof<G>>>,
}

impl<G: Group> PartialDecryption<G> {
    /// Decrypts a tally, whose points must be in the group, with one trustee's key.
    pub fn decrypt(
        election: &Election<G>,
        tally: &EncryptedTally<G>,
        key: &SecretExponent<G>,
        randomness: &mut dyn Randomness,
    ) -> Result<Self, Fault> {
        let public = Element::<G>::new(key.public());
        let prefix = ["decrypt|", election.fingerprint(), "|", public.text(), "|"];
        let (mut decryption_factors, mut decryption_proofs) = (Vec::new(), Vec::new());
        for ciphertexts in &tally.0 {
            let alphas: Vec<G::Point> = ciphertexts.iter().map(|pair| *pair.alpha.point()).collect();
            let factors: Vec<G::Point> = alphas.iter().map(|alpha| G::power(alpha, &key.0)).collect();
            let proofs = alphas
                .iter()
                .map(|alpha| proof::prove_logarithm(&prefix, &[G::generator(), *alpha], &key.0, randomness));
            decryption_proofs.push(proofs.collect::<Result<Vec<_>, _>>()?);
            decryption_factors.push(Element::all(&factors));
        }
        Ok(Self { decryption_factors, decryption_proofs })
    }

    /// Reads a published partial decryption.
    pub fn parse(text: &[u8]) -> Result<Self, Fault> {
        serde_json::from_slice(text).map_err(|error| Fault::unreadable("the partial decryption", &error))
    }

    /// Everything that is wrong with the share of trustee number `trustee`, whose key is `public`.
    pub fn verify(
        &self,
        election: &Election<G>,
        tally: &EncryptedTally<G>,
        trustee: usize,
        public: &Element<G>,
    ) -> Vec<Fault> {
        let shape = lengths(&tally.0);
        if shape != lengths(&self.decryption_factors) || shape != lengths(&self.decryption_proofs) {
            return vec![Fault::DecryptionShape { trustee }];
        }
        let prefix = ["decrypt|", election.fingerprint(), "|", public.text(), "|"];
        let mut faults = Vec::new();
        for (question, ciphertexts) in tally.0.iter().enumerate() {
            for (place, ciphertext) in ciphertexts.iter().enumerate() {
                let factor = self.decryption_factors[question][place].point();
                let proof = &self.decryption_proofs[question][place];
                let pairs = [(G::generator(), *public.point()), (*ciphertext.alpha.point(), *factor)];
                let (question, place) = (question + 1, place + 1);
                if !G::is_member(factor) {
                    faults.push(Fault::DecryptionOutside { trustee, question, place });
                } else if !proof::verify_logarithm(&prefix, &pairs, proof) {
                    faults.push(Fault::DecryptionProof { trustee, question, place });
                }
            }
        }
        faults
    }
}

fn lengths<T>(lists: &[Vec<T>]) -> Vec<usize> {
    lists.iter().map(Vec::len).collect()
}

/// Multiplies verified partial decryptions (by trustee number, from 1) to the factors that open the tally.
pub fn combine<G: Group>(
    trustees: &Trustees<G>,
    decryptions: &BTreeMap<usize, PartialDecryption<G>>,
) -> Result<Vec<Vec<G::Point>>, Fault> {
    let mut combined: Option<Vec<Vec<G::Point>>> = None;
    let mut first = 1;
    for kind in &trustees.0 {
        let members = kind.keys().len();
        let given: Vec<usize> =
            (1..=members).filter(|member| decryptions.contains_key(&(first + member - 1))).collect();
        let needed = match kind {
            TrusteeKind::Single(_) => 1,
            TrusteeKind::Pedersen(parameters) => parameters.threshold,
        };
        if given.len() < needed {
            let from = match kind {
                TrusteeKind::Single(_) => format!("from trustee {first}"),
                TrusteeKind::Pedersen(_) => format!("from trustees {first} to {}", first + members - 1),
            };
            return Err(Fault::DecryptionsMissing { from, needed, given: given.len() });
        }
        let chosen = &given[..needed];
        for &member in chosen {
            let share = &decryptions[&(first + member - 1)];
            let coefficient = match kind {
                TrusteeKind::Single(_) => None,
                TrusteeKind::Pedersen(_) => Some(lagrange::<G>(chosen, member)),
            };
            multiply_into::<G>(&mut combined, &share.decryption_factors, coefficient);
        }
        first += members;
    }
    combined.ok_or(Fault::NoTrustee)
}

fn multiply_into<G: Group>(
    combined: &mut Option<Vec<Vec<G::Point>>>,
    factors: &[Vec<Element<G>>],
    coefficient: Option<G::Scalar>,
) {
    let weighed = |element: &Element<G>| match coefficient {
        Some(coefficient) => G::product(&[*element.point()], &[coefficient]),
        None => *element.point(),
    };
    match combined {
        None => *combined = Some(factors.iter().map(|own| own.iter().map(weighed).collect()).collect()),
        Some(combined) => {
            for (product, factor) in combined.iter_mut().flatten().zip(factors.iter().flatten()) {
                *product = G::multiply(product, &weighed(factor));
            }
        }
    }
}

/// The Lagrange coefficient at 0 of `member` among `chosen`: ∏ k / (k - member).
fn lagrange<G: Group>(chosen: &[usize], member: usize) -> G::Scalar {
    let number = |value: usize| G::Scalar::from_u64(value as u64);
    let mut numerator = G::Scalar::ONE;
    let mut denominator = G::Scalar::ONE;
    for &other in chosen.iter().filter(|&&other| other != member) {
        numerator = numerator * number(other);
        denominator = denominator * (number(other) - number(member));
    }
    // Members are different numbers far below q, so that the denominator is never 0.
    numerator * denominator.invert().unwrap_or(G::Scalar::ZERO)
}
