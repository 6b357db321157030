//! ElGamal ciphertexts (specification, "Common structures").

use crate::group::{Element, Group};
use serde::{Deserialize, Serialize};

/// An encryption (g^r, y^r · m) as it stands in messages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound = "", deny_unknown_fields)]
pub struct Ciphertext<G: Group> {
    /// g^r
    pub alpha: Element<G>,
    /// y^r · m
    pub beta: Element<G>,
}

/// The two points of a ciphertext, to compute with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CipherPoints<G: Group> {
    /// g^r
    pub alpha: G::Point,
    /// y^r · m
    pub beta: G::Point,
}

impl<G: Group> Ciphertext<G> {
    /// Its points.
    pub fn points(&self) -> CipherPoints<G> {
        CipherPoints { alpha: *self.alpha.point(), beta: *self.beta.point() }
    }

    /// The ciphertexts of several pairs of points.
    pub fn all(points: &[CipherPoints<G>]) -> Vec<Self> {
        let flat: Vec<G::Point> = points.iter().flat_map(|pair| [pair.alpha, pair.beta]).collect();
        let mut elements = Element::all(&flat).into_iter();
        let mut ciphertexts = Vec::with_capacity(points.len());
        while let (Some(alpha), Some(beta)) = (elements.next(), elements.next()) {
            ciphertexts.push(Self { alpha, beta });
        }
        ciphertexts
    }

    /// `alpha,beta`
    pub(crate) fn text(&self) -> String {
        format!("{},{}", self.alpha.text(), self.beta.text())
    }
}

impl<G: Group> CipherPoints<G> {
    /// The encryption of the neutral element with r = 0.
    pub fn neutral() -> Self {
        Self { alpha: G::identity(), beta: G::identity() }
    }

    /// The product of two ciphertexts, which encrypts the product of what they encrypt.
    pub fn multiply(&self, other: &Self) -> Self {
        Self { alpha: G::multiply(&self.alpha, &other.alpha), beta: G::multiply(&self.beta, &other.beta) }
    }

    /// The quotient of two ciphertexts.
    pub fn divide(&self, other: &Self) -> Self {
        Self { alpha: G::divide(&self.alpha, &other.alpha), beta: G::divide(&self.beta, &other.beta) }
    }

    /// self^exponent for a public exponent.
    pub fn weigh(&self, exponent: u64) -> Self {
        let mut power = Self::neutral();
        for bit in (0..64 - exponent.leading_zeros()).rev() {
            power = power.multiply(&power);
            if exponent >> bit & 1 == 1 {
                power = power.multiply(self);
            }
        }
        power
    }
}
