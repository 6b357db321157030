//! Setting up an election: keys, credentials and parameters as the texts that their files hold, whatever the group.

use crate::ceremony::{self, CeremonyContext, Certificates, Polynomial, Shares, TrusteeOutput};
use crate::credential::{self, CredentialStyle, PublicCredentials, Weight};
use crate::digest::Digest;
use crate::election::{Template, check_uuid};
use crate::fault::Fault;
use crate::group::{Element, Group, SecretExponent};
use crate::randomness::Randomness;
use crate::signing::{Seed, SignedMessage};
use crate::trustee::{self, ThresholdParameters, TrusteeKey, TrusteeKind, Trustees};
use crate::{Belenios2048, Ed25519, Rfc3526};
use serde::de::DeserializeOwned;
use std::str::FromStr;
use zeroize::Zeroizing;

/// A group by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum GroupName {
    /// The default, for speed.
    #[default]
    Ed25519,
    /// 2,048 bits, with ranked and graded questions; known to version 2.0.
    Rfc3526,
    /// 2,048 bits, without them; known to version 2.0.
    Belenios2048,
}

impl FromStr for GroupName {
    type Err = Fault;

    fn from_str(name: &str) -> Result<Self, Fault> {
        match name {
            Ed25519::NAME => Ok(Self::Ed25519),
            Rfc3526::NAME => Ok(Self::Rfc3526),
            Belenios2048::NAME => Ok(Self::Belenios2048),
            _ => Err(Fault::UnknownGroup { group: name.to_owned() }),
        }
    }
}

/// Evaluates an expression with a type name standing for the group.
macro_rules! in_group {
    ($group:expr, $G:ident => $body:expr) => {
        match $group {
            GroupName::Ed25519 => {
                type $G = Ed25519;
                $body
            }
            GroupName::Rfc3526 => {
                type $G = Rfc3526;
                $body
            }
            GroupName::Belenios2048 => {
                type $G = Belenios2048;
                $body
            }
        }
    };
}

/// A trustee's new key.
pub struct TrusteeKeyFiles {
    /// Eight hexadecimal digits of the public key's hash, to name the files.
    pub id: String,
    /// The private key, for the trustee alone.
    pub private_key: Zeroizing<String>,
    /// The public key with its proof.
    pub public_key: String,
}

/// A threshold trustee's seed and certificate.
pub struct CertificateFiles {
    /// The hash of the certificate's content, to name the files.
    pub id: String,
    /// The seed, for the trustee alone.
    pub seed: Zeroizing<String>,
    /// The certificate.
    pub certificate: String,
}

/// The end of a ceremony.
pub struct CeremonyFiles {
    /// The parameters to publish.
    pub parameters: String,
    /// For each trustee the id of the certificate and its decryption key, sealed for its seed.
    pub sealed_keys: Vec<(String, String)>,
}

/// A voter to whom a credential goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voter {
    /// Who it is: known to the credential authority alone.
    pub name: String,
    /// How many votes.
    pub weight: Weight,
}

/// The credentials of an election.
pub struct CredentialFiles {
    /// For each voter the private credential, for the credential authority and this voter alone.
    pub private: Vec<(String, Zeroizing<String>)>,
    /// The public list.
    pub public: Vec<u8>,
}

fn lines<T: DeserializeOwned>(message: &'static str, text: &str) -> Result<Vec<T>, Fault> {
    text.lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| serde_json::from_str(line).map_err(|error| Fault::unreadable(message, &error)))
        .collect()
}

fn json(message: &impl serde::Serialize) -> String {
    String::from_utf8(crate::canonical(message)).expect("JSON is UTF-8")
}

fn certificates<G: Group>(text: &str) -> Result<Certificates<G>, Vec<Fault>> {
    Certificates::parse(lines("a certificate", text).map_err(|fault| vec![fault])?)
}

fn one<T>(result: Result<T, Fault>) -> Result<T, Vec<Fault>> {
    result.map_err(|fault| vec![fault])
}

impl GroupName {
    /// A new key of a single trustee.
    pub fn trustee_key(self, randomness: &mut dyn Randomness) -> Result<TrusteeKeyFiles, Fault> {
        in_group!(self, G => {
            let secret = SecretExponent::<G>::random(randomness)?;
            let public = TrusteeKey::prove(&secret, randomness)?;
            let hash = Digest::of(public.public_key.text().as_bytes()).to_string();
            Ok(TrusteeKeyFiles {
                id: hash[..8].to_uppercase(),
                private_key: trustee::expose_private_key(&secret),
                public_key: json(&public),
            })
        })
    }

    /// Step 1 of a ceremony: a trustee's seed and certificate. Without `place` it is one of version 2.0.
    pub fn certify(
        self,
        place: Option<CeremonyPlace>,
        randomness: &mut dyn Randomness,
    ) -> Result<CertificateFiles, Fault> {
        in_group!(self, G => {
            let context = place.map(|place| place.context::<G>()).transpose()?;
            let seed = Seed::generate(randomness)?;
            let certificate: SignedMessage<G> = ceremony::certify(&seed, context, randomness)?;
            Ok(CertificateFiles {
                id: Digest::of(certificate.message.as_bytes()).to_string(),
                seed: Zeroizing::new(seed.expose().to_owned()),
                certificate: json(&certificate),
            })
        })
    }

    /// Step 2: checks the certificates, one a line, and says what threshold they are bound to.
    pub fn check_certificates(self, text: &str) -> Result<Option<usize>, Vec<Fault>> {
        in_group!(self, G => certificates::<G>(text).map(|certificates| certificates.threshold()))
    }

    /// Step 3: a trustee's polynomial.
    pub fn polynomial(
        self,
        certs: &str,
        seed: &Seed,
        threshold: Option<usize>,
        randomness: &mut dyn Randomness,
    ) -> Result<String, Vec<Fault>> {
        in_group!(self, G => {
            one(certificates::<G>(certs)?.polynomial(seed, threshold, randomness)).map(|polynomial| json(&polynomial))
        })
    }

    /// Step 4: for each certificate its id and the trustee's input for step 5.
    pub fn route(self, certs: &str, polynomials: &str) -> Result<Vec<(String, String)>, Vec<Fault>> {
        in_group!(self, G => {
            let polynomials: Vec<Polynomial<G>> = one(lines("a polynomial", polynomials))?;
            let shares = one(certificates::<G>(certs)?.route(&polynomials))?;
            Ok(one(certificate_ids::<G>(certs))?.into_iter().zip(shares.iter().map(json)).collect())
        })
    }

    /// Step 5: a trustee checks its shares and makes its key.
    pub fn ceremony_key(
        self,
        certs: &str,
        seed: &Seed,
        shares: &str,
        randomness: &mut dyn Randomness,
    ) -> Result<String, Vec<Fault>> {
        in_group!(self, G => {
            let shares: Shares<G> = one(serde_json::from_str(shares)
                .map_err(|error| Fault::unreadable("the shares", &error)))?;
            one(certificates::<G>(certs)?.trustee_key(seed, &shares, randomness)).map(|output| json(&output))
        })
    }

    /// Step 6: the parameters to publish and the trustees' sealed keys.
    pub fn finish_ceremony(
        self,
        certs: &str,
        polynomials: &str,
        outputs: &str,
    ) -> Result<CeremonyFiles, Vec<Fault>> {
        in_group!(self, G => {
            let polynomials: Vec<Polynomial<G>> = one(lines("a polynomial", polynomials))?;
            let outputs: Vec<TrusteeOutput<G>> = one(lines("a trustee's key", outputs))?;
            let parameters = certificates::<G>(certs)?.finish(&polynomials, &outputs)?;
            let keys = outputs.into_iter().map(|output| output.private_key);
            Ok(CeremonyFiles {
                parameters: json(&parameters),
                sealed_keys: one(certificate_ids::<G>(certs))?.into_iter().zip(keys).collect(),
            })
        })
    }

    /// The list of trustees: single keys, then threshold groups, each checked.
    pub fn trustees(self, singles: &[String], groups: &[String]) -> Result<Vec<u8>, Vec<Fault>> {
        in_group!(self, G => {
            let mut kinds = Vec::new();
            for text in singles {
                for key in one(lines::<TrusteeKey<G>>("a trustee's public key", text))? {
                    kinds.push(TrusteeKind::Single(key));
                }
            }
            for text in groups {
                for group in one(lines::<ThresholdParameters<G>>("the threshold group", text))? {
                    kinds.push(TrusteeKind::Pedersen(Box::new(group)));
                }
            }
            let trustees = Trustees(kinds);
            let faults = trustees.verify();
            if faults.is_empty() { Ok(crate::canonical(&trustees)) } else { Err(faults) }
        })
    }

    /// The election's published text, from its template and trustees.
    pub fn election(self, template: &str, trustees: &[u8], uuid: &str) -> Result<Vec<u8>, Vec<Fault>> {
        in_group!(self, G => {
            one(check_uuid(uuid))?;
            let template: Template = one(serde_json::from_str(template)
                .map_err(|error| Fault::unreadable("the election's template", &error)))?;
            let trustees = one(Trustees::<G>::parse(trustees))?;
            let faults = trustees.verify();
            let (true, Some(key)) = (faults.is_empty(), trustees.public_key()) else {
                return Err(faults);
            };
            one(template.publish(uuid, &Element::<G>::new(key)))
        })
    }

    /// Credentials for voters.
    pub fn credentials(
        self,
        uuid: &str,
        voters: &[Voter],
        style: CredentialStyle,
        randomness: &mut dyn Randomness,
    ) -> Result<CredentialFiles, Fault> {
        in_group!(self, G => {
            check_uuid(uuid)?;
            let (mut private, mut public) = (Vec::new(), Vec::new());
            for voter in voters {
                let credential = credential::generate(style, randomness)?;
                let secret = credential::derive::<G>(uuid, &credential)?;
                public.push((Element::<G>::new(secret.public()), voter.weight));
                private.push((voter.name.clone(), credential));
            }
            Ok(CredentialFiles { private, public: PublicCredentials::publish(&public) })
        })
    }

    /// The public part of a private credential.
    pub fn public_credential(self, uuid: &str, credential: &str) -> Result<String, Fault> {
        in_group!(self, G => {
            let secret = credential::derive::<G>(uuid, credential)?;
            Ok(Element::<G>::new(secret.public()).text().to_owned())
        })
    }
}

fn certificate_ids<G: Group>(text: &str) -> Result<Vec<String>, Fault> {
    let certs: Vec<SignedMessage<G>> = lines("a certificate", text)?;
    Ok(certs.iter().map(|cert| Digest::of(cert.message.as_bytes()).to_string()).collect())
}

/// A trustee's place in a ceremony to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CeremonyPlace {
    /// The number of trustees.
    pub size: usize,
    /// How many of them decrypt.
    pub threshold: usize,
    /// This trustee's number, from 1.
    pub index: usize,
}

impl CeremonyPlace {
    fn context<G: Group>(self) -> Result<CeremonyContext, Fault> {
        let Self { size, threshold, index } = self;
        if !(1..=size).contains(&threshold) || !(1..=size).contains(&index) || size > ceremony::GROUP_LIMIT {
            return Err(Fault::Threshold { threshold, size });
        }
        Ok(CeremonyContext { group: G::NAME.to_owned(), size, threshold, index })
    }
}
