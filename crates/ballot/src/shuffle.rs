//! Verifiable shuffles of ranked and graded ballots (specification, "Shuffle algorithms", after CHVote 1.3.2).

use crate::ciphertext::{CipherPoints, Ciphertext};
use crate::digest::{Digest, sha256};
use crate::election::Election;
use crate::fault::Fault;
use crate::group::{Element, Exponent, Group, Scalar, SecretExponent, challenge};
use crate::randomness::{self, Randomness};
use serde::{Deserialize, Serialize};

/// The shuffled ciphertexts of every ranked or graded question, with a proof for each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound = "", deny_unknown_fields)]
pub struct Shuffle<G: Group> {
    /// For each such question the ciphertexts, permuted and encrypted anew.
    pub ciphertexts: Vec<Vec<Ciphertext<G>>>,
    /// For each of them the proof.
    pub proofs: Vec<ShuffleProof<G>>,
}

/// A proof that two lists of ciphertexts encrypt the same multiset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct ShuffleProof<G: Group>(Commitments<G>, Responses<G>, Vec<Element<G>>, Vec<Element<G>>);

/// t = (t_1, t_2, t_3, (t_4,1, t_4,2), t̂)
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound = "")]
struct Commitments<G: Group>(Element<G>, Element<G>, Element<G>, (Element<G>, Element<G>), Vec<Element<G>>);

/// s = (s_1, s_2, s_3, s_4, ŝ, s')
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound = "")]
struct Responses<G: Group>(
    Exponent<G>,
    Exponent<G>,
    Exponent<G>,
    Exponent<G>,
    Vec<Exponent<G>>,
    Vec<Exponent<G>>,
);

impl<G: Group> Shuffle<G> {
    /// Shuffles the ciphertexts of every ranked or graded question.
    pub fn generate(
        election: &Election<G>,
        ciphertexts: &[Vec<Ciphertext<G>>],
        randomness: &mut dyn Randomness,
    ) -> Result<Self, Fault> {
        let mut shuffle = Self { ciphertexts: Vec::new(), proofs: Vec::new() };
        for list in ciphertexts {
            let (shuffled, proof) = shuffle_list(election, list, randomness)?;
            shuffle.ciphertexts.push(shuffled);
            shuffle.proofs.push(proof);
        }
        Ok(shuffle)
    }

    /// Reads a published shuffle.
    pub fn parse(text: &[u8]) -> Result<Self, Fault> {
        serde_json::from_slice(text).map_err(|error| Fault::unreadable("the shuffle", &error))
    }

    /// Everything that is wrong with this shuffle of `before`, whose points must be in the group.
    pub fn verify(&self, election: &Election<G>, before: &[Vec<Ciphertext<G>>]) -> Vec<Fault> {
        let expected = before.len();
        for (list, actual) in [("ciphertexts", self.ciphertexts.len()), ("proofs", self.proofs.len())] {
            if actual != expected {
                return vec![Fault::ShuffleShape { list, expected, actual }];
            }
        }
        let lists = before.iter().zip(&self.ciphertexts).zip(&self.proofs).enumerate();
        lists
            .flat_map(|(index, ((before, after), proof))| proof.verify(election, index + 1, before, after))
            .collect()
    }
}

/// What both sides compute from the public lists.
struct Setting<G: Group> {
    /// The secondary generator.
    h: G::Point,
    /// Independent generators h_1, …, h_N.
    generators: Vec<G::Point>,
}

impl<G: Group> Setting<G> {
    fn new(size: usize) -> Self {
        Self {
            h: G::independent_generator(-1),
            generators: (0..size as i64).map(G::independent_generator).collect(),
        }
    }
}

/// str_c: the two lists of ciphertexts and the permutation commitments.
fn statement_text<G: Group>(
    before: &[Ciphertext<G>],
    after: &[Ciphertext<G>],
    commitments: &[Element<G>],
) -> String {
    let mut text = String::new();
    for ciphertext in before.iter().chain(after) {
        text.push_str(&ciphertext.text());
        text.push(',');
    }
    push_elements(&mut text, commitments);
    text
}

fn push_elements<G: Group>(text: &mut String, elements: &[Element<G>]) {
    for element in elements {
        text.push_str(element.text());
        text.push(',');
    }
}

/// GetNIZKPChallenges: one exponent for each ciphertext.
fn list_challenges<G: Group>(election: &Election<G>, size: usize, statement: &str) -> Vec<G::Scalar> {
    let seed = Digest(sha256(&[
        b"shuffle-challenges|",
        election.fingerprint().as_bytes(),
        b"|",
        statement.as_bytes(),
    ]))
    .to_string();
    (0..size)
        .map(|index| {
            let number = Digest::of(index.to_string().as_bytes()).to_string();
            G::Scalar::reduce(&sha256(&[seed.as_bytes(), number.as_bytes()]))
        })
        .collect()
}

/// GetNIZKPChallenge over the commitments t and the whole statement.
fn proof_challenge<G: Group>(
    election: &Election<G>,
    commitments: &Commitments<G>,
    statement: &str,
    chain: &[Element<G>],
) -> G::Scalar {
    let Commitments(t1, t2, t3, (t41, t42), t_hat) = commitments;
    let mut text = String::new();
    push_elements(&mut text, &[t1.clone(), t2.clone(), t3.clone(), t41.clone(), t42.clone()]);
    push_elements(&mut text, t_hat);
    text.push_str(statement);
    push_elements(&mut text, chain);
    text.push_str(election.public_key().text());
    challenge::<G>(&["shuffle-challenge|", election.fingerprint(), "|", &text], &[])
}

/// GenPermutation: the place in the old list of each element of the new one.
fn permutation(size: usize, randomness: &mut dyn Randomness) -> Result<Vec<usize>, Fault> {
    let mut places: Vec<usize> = (0..size).collect();
    for index in 0..size {
        let chosen = index + randomness::below((size - index) as u64, randomness)? as usize;
        places.swap(index, chosen);
    }
    Ok(places)
}

fn secrets<G: Group>(size: usize, randomness: &mut dyn Randomness) -> Result<Vec<SecretExponent<G>>, Fault> {
    (0..size).map(|_| SecretExponent::random(randomness).map_err(Fault::from)).collect()
}

/// GenShuffle and its proof for one question.
fn shuffle_list<G: Group>(
    election: &Election<G>,
    before: &[Ciphertext<G>],
    randomness: &mut dyn Randomness,
) -> Result<(Vec<Ciphertext<G>>, ShuffleProof<G>), Fault> {
    let y = election.public_key().point();
    let permutation = permutation(before.len(), randomness)?;
    let reencryption = secrets::<G>(before.len(), randomness)?;
    let renewed: Vec<CipherPoints<G>> = before
        .iter()
        .zip(&reencryption)
        .map(|(old, r)| old.points().multiply(&CipherPoints { alpha: r.public(), beta: G::power(y, &r.0) }))
        .collect();
    let permuted: Vec<CipherPoints<G>> = permutation.iter().map(|&place| renewed[place]).collect();
    let after = Ciphertext::all(&permuted);
    let witness = Witness { permutation, reencryption };
    let proof = witness.prove(election, before, &after, randomness)?;
    Ok((after, proof))
}

/// Commitments and the exponents that open them.
type Committed<G> = (Vec<Element<G>>, Vec<SecretExponent<G>>);

/// What the shuffler alone knows.
struct Witness<G: Group> {
    permutation: Vec<usize>,
    reencryption: Vec<SecretExponent<G>>,
}

/// The random exponents ω of the commitments.
struct Blinding<G: Group> {
    single: Vec<SecretExponent<G>>,
    hat: Vec<SecretExponent<G>>,
    prime: Vec<SecretExponent<G>>,
}

impl<G: Group> Witness<G> {
    /// GenShuffleProof; the steps are those of its table.
    fn prove(
        &self,
        election: &Election<G>,
        before: &[Ciphertext<G>],
        after: &[Ciphertext<G>],
        randomness: &mut dyn Randomness,
    ) -> Result<ShuffleProof<G>, Fault> {
        let size = before.len();
        let setting = Setting::<G>::new(size);
        let (commitments, r) = self.commit(&setting, randomness)?;
        let statement = statement_text(before, after, &commitments);
        let u = list_challenges(election, size, &statement);
        let u_prime: Vec<G::Scalar> = self.permutation.iter().map(|&place| u[place]).collect();
        let (chain, r_hat) = commit_chain(&setting.h, &u_prime, randomness)?;
        let blinding = Blinding {
            single: secrets(4, randomness)?,
            hat: secrets(size, randomness)?,
            prime: secrets(size, randomness)?,
        };
        let t = blinding.commitments(election, &setting, after, &chain);
        let c = proof_challenge(election, &t, &statement, &chain);
        let s = self.responses(&blinding, &c, &u, &u_prime, &r, &r_hat);
        Ok(ShuffleProof(t, s, commitments, chain))
    }

    /// GenPermutationCommitment
    fn commit(&self, setting: &Setting<G>, randomness: &mut dyn Randomness) -> Result<Committed<G>, Fault> {
        let r = secrets::<G>(self.permutation.len(), randomness)?;
        let mut points = vec![G::identity(); r.len()];
        for (&place, generator) in self.permutation.iter().zip(&setting.generators) {
            points[place] = G::multiply(&r[place].public(), generator);
        }
        Ok((Element::all(&points), r))
    }

    fn responses(
        &self,
        blinding: &Blinding<G>,
        c: &G::Scalar,
        u: &[G::Scalar],
        u_prime: &[G::Scalar],
        r: &[SecretExponent<G>],
        r_hat: &[SecretExponent<G>],
    ) -> Responses<G> {
        let r_bar = r.iter().fold(G::Scalar::ZERO, |sum, r| sum + r.0);
        let mut v = G::Scalar::ONE;
        let mut r_chain = G::Scalar::ZERO;
        for (index, r_hat) in r_hat.iter().enumerate().rev() {
            r_chain = r_chain + r_hat.0 * v;
            v = v * u_prime[index];
        }
        let weighed = |secrets: &[SecretExponent<G>]| {
            secrets.iter().zip(u).fold(G::Scalar::ZERO, |sum, (secret, &u)| sum + secret.0 * u)
        };
        let sums = [r_bar, r_chain, weighed(r), weighed(&self.reencryption)];
        let single = |index: usize| Exponent(blinding.single[index].0 + *c * sums[index]);
        let hat = blinding.hat.iter().zip(r_hat).map(|(omega, r)| Exponent(omega.0 + *c * r.0));
        let prime = blinding.prime.iter().zip(u_prime).map(|(omega, &u)| Exponent(omega.0 + *c * u));
        Responses(single(0), single(1), single(2), single(3), hat.collect(), prime.collect())
    }
}

/// GenCommitmentChain: ĉ_i = g^{r̂_i} · ĉ_{i-1}^{u'_i}, beginning with h.
fn commit_chain<G: Group>(
    h: &G::Point,
    u_prime: &[G::Scalar],
    randomness: &mut dyn Randomness,
) -> Result<Committed<G>, Fault> {
    let r_hat = secrets::<G>(u_prime.len(), randomness)?;
    let mut points = Vec::with_capacity(u_prime.len());
    let mut last = *h;
    for (r, u) in r_hat.iter().zip(u_prime) {
        last = G::multiply(&r.public(), &G::power(&last, u));
        points.push(last);
    }
    Ok((Element::all(&points), r_hat))
}

impl<G: Group> Blinding<G> {
    fn commitments(
        &self,
        election: &Election<G>,
        setting: &Setting<G>,
        after: &[Ciphertext<G>],
        chain: &[Element<G>],
    ) -> Commitments<G> {
        let y = election.public_key().point();
        let omega4 = &self.single[3];
        let product = |start: G::Point, points: &mut dyn Iterator<Item = G::Point>| {
            points
                .zip(&self.prime)
                .fold(start, |product, (point, omega)| G::multiply(&product, &G::power(&point, &omega.0)))
        };
        let inverse = |point: G::Point| G::divide(&G::identity(), &point);
        let t3 = product(self.single[2].public(), &mut setting.generators.iter().copied());
        let t41 = product(inverse(G::power(y, &omega4.0)), &mut after.iter().map(|pair| *pair.beta.point()));
        let t42 = product(inverse(omega4.public()), &mut after.iter().map(|pair| *pair.alpha.point()));
        let previous = std::iter::once(&setting.h).chain(chain.iter().map(Element::point));
        let t_hat: Vec<G::Point> = self
            .hat
            .iter()
            .zip(&self.prime)
            .zip(previous)
            .map(|((hat, prime), previous)| G::multiply(&hat.public(), &G::power(previous, &prime.0)))
            .collect();
        let mut single =
            Element::all(&[self.single[0].public(), self.single[1].public(), t3, t41, t42]).into_iter();
        let mut next = || single.next().expect("five elements");
        Commitments(next(), next(), next(), (next(), next()), Element::all(&t_hat))
    }
}

impl<G: Group> ShuffleProof<G> {
    /// CheckShuffleProof, with the checks that all points are in the group.
    fn verify(
        &self,
        election: &Election<G>,
        question: usize,
        before: &[Ciphertext<G>],
        after: &[Ciphertext<G>],
    ) -> Vec<Fault> {
        let faults = self.shape_faults(before.len(), after);
        if !faults.is_empty() {
            return faults;
        }
        let setting = Setting::<G>::new(before.len());
        let statement = statement_text(before, after, &self.2);
        let u = list_challenges(election, before.len(), &statement);
        let c = proof_challenge(election, &self.0, &statement, &self.3);
        let check = Check { proof: self, y: *election.public_key().point(), setting, before, after, u, c };
        check
            .wrong_equation()
            .map(|equation| Fault::ShuffleProof { question, equation })
            .into_iter()
            .collect()
    }

    fn shape_faults(&self, expected: usize, after: &[Ciphertext<G>]) -> Vec<Fault> {
        let Self(Commitments(t1, t2, t3, (t41, t42), t_hat), Responses(_, _, _, _, s_hat, s_prime), c, c_hat) =
            self;
        let lengths = [
            ("ciphertexts", after.len()),
            ("permutation commitments", c.len()),
            ("chained commitments", c_hat.len()),
            ("commitments t̂", t_hat.len()),
            ("responses ŝ", s_hat.len()),
            ("responses s'", s_prime.len()),
        ];
        let wrong = lengths.into_iter().filter(|&(_, actual)| actual != expected);
        let mut faults: Vec<Fault> =
            wrong.map(|(list, actual)| Fault::ShuffleShape { list, expected, actual }).collect();
        let mut points: Vec<(&'static str, G::Point)> = Vec::new();
        for ciphertext in after {
            points.extend(
                [ciphertext.alpha.point(), ciphertext.beta.point()].map(|&point| ("ciphertexts", point)),
            );
        }
        let mut extend = |list, elements: &[&Element<G>]| {
            points.extend(elements.iter().map(|element| (list, *element.point())));
        };
        extend("commitments t", &[t1, t2, t3, t41, t42]);
        extend("permutation commitments", &c.iter().collect::<Vec<_>>());
        extend("chained commitments", &c_hat.iter().collect::<Vec<_>>());
        extend("commitments t̂", &t_hat.iter().collect::<Vec<_>>());
        let mut outside = crate::membership::outsiders::<G, _>(&points);
        outside.dedup();
        faults.extend(outside.into_iter().map(|list| Fault::ShuffleOutside { list }));
        faults
    }
}

/// The equations of CheckShuffleProof.
struct Check<'a, G: Group> {
    proof: &'a ShuffleProof<G>,
    y: G::Point,
    setting: Setting<G>,
    before: &'a [Ciphertext<G>],
    after: &'a [Ciphertext<G>],
    u: Vec<G::Scalar>,
    c: G::Scalar,
}

impl<G: Group> Check<'_, G> {
    /// The first equation that does not hold; none when the proof is right.
    fn wrong_equation(&self) -> Option<&'static str> {
        let ShuffleProof(
            Commitments(t1, t2, t3, (t41, t42), t_hat),
            Responses(s1, s2, s3, s4, s_hat, s_prime),
            c,
            c_hat,
        ) = self.proof;
        let g = G::generator();
        let minus_c = -self.c;
        let s_prime: Vec<G::Scalar> = s_prime.iter().map(|s| s.0).collect();
        let product =
            |points: &[G::Point]| points.iter().fold(G::identity(), |all, one| G::multiply(&all, one));
        let commitments: Vec<G::Point> = c.iter().map(|element| *element.point()).collect();
        let chain: Vec<G::Point> =
            std::iter::once(self.setting.h).chain(c_hat.iter().map(|element| *element.point())).collect();

        let c_bar = G::divide(&product(&commitments), &product(&self.setting.generators));
        if *t1.point() != G::product(&[c_bar, g], &[minus_c, s1.0]) {
            return Some("t1");
        }
        let u_product = self.u.iter().fold(G::Scalar::ONE, |all, &u| all * u);
        // ĉ = ĉ_N / h^u to the power -c.
        let last = chain[chain.len() - 1];
        if *t2.point() != G::product(&[last, self.setting.h, g], &[minus_c, self.c * u_product, s2.0]) {
            return Some("t2");
        }
        let c_tilde = G::product(&commitments, &self.u);
        let h_product = G::product(&self.setting.generators, &s_prime);
        if *t3.point() != G::multiply(&G::product(&[c_tilde, g], &[minus_c, s3.0]), &h_product) {
            return Some("t3");
        }
        let side = |points: fn(&CipherPoints<G>) -> G::Point, base: G::Point| {
            let all =
                |list: &[Ciphertext<G>]| list.iter().map(|pair| points(&pair.points())).collect::<Vec<_>>();
            let old = G::product(&all(self.before), &self.u);
            let new = G::product(&all(self.after), &s_prime);
            G::multiply(&G::product(&[old, base], &[minus_c, -s4.0]), &new)
        };
        if *t41.point() != side(|pair| pair.beta, self.y) {
            return Some("t4,1");
        }
        if *t42.point() != side(|pair| pair.alpha, g) {
            return Some("t4,2");
        }
        let linked = (0..t_hat.len()).all(|index| {
            let bases = [chain[index + 1], g, chain[index]];
            *t_hat[index].point() == G::product(&bases, &[minus_c, s_hat[index].0, s_prime[index]])
        });
        (!linked).then_some("t̂")
    }
}
