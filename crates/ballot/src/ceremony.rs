//! The key ceremony of a threshold group (specification, "Threshold decryption support"): Pedersen's distributed
//! key generation in six steps, all messages of which pass through the election officer.
//!
//! 1. every trustee makes a seed and a certificate ([`certify`]);
//! 2. everybody checks the certificates ([`Certificates::parse`]);
//! 3. every trustee makes a polynomial ([`Certificates::polynomial`]);
//! 4. the officer routes the shares ([`Certificates::route`]);
//! 5. every trustee checks its shares and makes its key ([`Certificates::trustee_key`]);
//! 6. the officer publishes the group's parameters ([`Certificates::finish`]).

use crate::fault::Fault;
use crate::group::{Element, Group, Scalar, SecretExponent};
use crate::proof::Proof;
use crate::randomness::Randomness;
use crate::signing::{self, Seed, SignedMessage};
use crate::trustee::{ThresholdParameters, TrusteeKey, is_proper};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use zeroize::Zeroizing;

/// The largest threshold group.
pub const GROUP_LIMIT: usize = 1_000;

/// What a certificate of version 2.1 and later is bound to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CeremonyContext {
    /// The group's name.
    pub group: String,
    /// The number of trustees.
    pub size: usize,
    /// How many of them are needed.
    pub threshold: usize,
    /// The trustee's place, from 1.
    pub index: usize,
}

#[derive(Serialize, Deserialize)]
#[serde(bound = "")]
struct CertificateKeys<G: Group> {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    context: Option<CeremonyContext>,
    verification: Element<G>,
    encryption: Element<G>,
}

#[derive(Serialize, Deserialize)]
#[serde(bound = "")]
struct Coefficients<G: Group> {
    coefexps: Vec<Element<G>>,
}

#[derive(Serialize)]
#[serde(bound = "")]
struct SignedCertificates<'a, G: Group> {
    certs: &'a [SignedMessage<G>],
    coefexps: &'a [Element<G>],
}

#[derive(Serialize, Deserialize)]
#[serde(bound = "")]
struct RawPolynomial<G: Group> {
    polynomial: Vec<SealedExponent<G>>,
}

#[derive(Serialize, Deserialize)]
#[serde(bound = "")]
struct Share<G: Group> {
    secret: SealedExponent<G>,
}

#[derive(Serialize, Deserialize)]
#[serde(bound = "")]
struct DecryptionKey<G: Group> {
    decryption_key: SealedExponent<G>,
}

/// A secret exponent inside a sealed message. Version 2.0 writes sums that it has not reduced modulo q.
struct SealedExponent<G: Group>(SecretExponent<G>);

/// The longest decimal number read there: sums of numbers of 617 digits.
const SEALED_DIGITS_LIMIT: usize = 640;

impl<G: Group> SealedExponent<G> {
    fn of(secret: &SecretExponent<G>) -> Self {
        Self(SecretExponent(secret.0))
    }
}

impl<G: Group> Serialize for SealedExponent<G> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&Zeroizing::new(self.0.0.encode()))
    }
}

impl<'de, G: Group> Deserialize<'de> for SealedExponent<G> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Zeroizing::new(String::deserialize(deserializer)?);
        let decimal = text.bytes().all(|byte| byte.is_ascii_digit());
        if !decimal || text.is_empty() || text.len() > SEALED_DIGITS_LIMIT {
            return Err(de::Error::custom("not a decimal number"));
        }
        let ten = G::Scalar::from_u64(10);
        let digits = text.bytes().map(|byte| G::Scalar::from_u64(u64::from(byte - b'0')));
        Ok(Self(SecretExponent(digits.fold(G::Scalar::ZERO, |number, digit| number * ten + digit))))
    }
}

/// What a trustee publishes in step 3 (`polynomial`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Polynomial<G: Group> {
    polynomial: String,
    secrets: Vec<String>,
    coefexps: SignedMessage<G>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    signature: Option<Proof<G>>,
}

/// What a trustee gets in step 4 (`vinput`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Shares<G: Group> {
    polynomial: String,
    secrets: Vec<String>,
    coefexps: Vec<SignedMessage<G>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    signatures: Option<Vec<Proof<G>>>,
}

/// What a trustee publishes in step 5 (`voutput`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct TrusteeOutput<G: Group> {
    /// The decryption key, sealed for the trustee's own seed.
    pub private_key: String,
    /// The verification key.
    pub public_key: TrusteeKey<G>,
}

/// Step 1: the certificate of a seed. Without a context it is one of version 2.0.
pub fn certify<G: Group>(
    seed: &Seed,
    context: Option<CeremonyContext>,
    randomness: &mut dyn Randomness,
) -> Result<SignedMessage<G>, Fault> {
    let signing_key = seed.signing_key::<G>();
    let mut keys = Element::all(&[signing_key.public(), seed.decryption_key::<G>().public()]);
    let (encryption, verification) = (keys.remove(1), keys.remove(0));
    let keys = CertificateKeys::<G> { context, verification, encryption };
    SignedMessage::sign(json(&keys), &signing_key, randomness)
}

fn json(message: &impl Serialize) -> String {
    String::from_utf8(crate::canonical(message)).expect("JSON is UTF-8")
}

/// Step 2: the certificates of all trustees, checked.
pub struct Certificates<G: Group> {
    signed: Vec<SignedMessage<G>>,
    keys: Vec<CertificateKeys<G>>,
}

impl<G: Group> Certificates<G> {
    /// Checks certificates; their order is that of the trustees.
    pub fn parse(signed: Vec<SignedMessage<G>>) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        if signed.is_empty() || signed.len() > GROUP_LIMIT {
            return Err(vec![Fault::Threshold { threshold: 1, size: signed.len() }]);
        }
        let mut keys = Vec::new();
        for (index, certificate) in signed.iter().enumerate() {
            match certificate_keys(certificate, index + 1) {
                Ok(own) => keys.push(own),
                Err(fault) => faults.push(fault),
            }
        }
        if faults.is_empty() {
            faults.extend(context_faults(&keys));
        }
        if faults.is_empty() { Ok(Self { signed, keys }) } else { Err(faults) }
    }

    /// The threshold that the certificates are bound to; none for version 2.0.
    pub fn threshold(&self) -> Option<usize> {
        self.keys[0].context.as_ref().map(|context| context.threshold)
    }

    fn is_bound(&self) -> bool {
        self.threshold().is_some()
    }

    /// The place of a seed's certificate, from 0.
    fn place(&self, seed: &Seed) -> Result<usize, Fault> {
        let verification = seed.signing_key::<G>().public();
        let encryption = seed.decryption_key::<G>().public();
        self.keys
            .iter()
            .position(|keys| {
                *keys.verification.point() == verification && *keys.encryption.point() == encryption
            })
            .ok_or(Fault::NotMyCeremony)
    }

    /// The threshold of the certificates or, for those of version 2.0, the one given.
    fn agreed_threshold(&self, threshold: Option<usize>) -> Result<usize, Fault> {
        let size = self.keys.len();
        match (self.threshold(), threshold) {
            (Some(bound), Some(given)) if bound != given => Err(Fault::Threshold { threshold: given, size }),
            (Some(agreed), _) | (None, Some(agreed)) if (1..=size).contains(&agreed) => Ok(agreed),
            (_, given) => Err(Fault::Threshold { threshold: given.unwrap_or(0), size }),
        }
    }

    /// Step 3: a random polynomial, its shares sealed for each trustee. `threshold` is needed for certificates of
    /// version 2.0 only.
    pub fn polynomial(
        &self,
        seed: &Seed,
        threshold: Option<usize>,
        randomness: &mut dyn Randomness,
    ) -> Result<Polynomial<G>, Fault> {
        let threshold = self.agreed_threshold(threshold)?;
        let own = &self.keys[self.place(seed)?];
        let signing_key = seed.signing_key::<G>();
        let coefficients: Vec<SecretExponent<G>> =
            (0..threshold).map(|_| SecretExponent::random(randomness)).collect::<Result<_, _>>()?;
        let public: Vec<G::Point> = coefficients.iter().map(SecretExponent::public).collect();
        let coefexps = Element::all(&public);
        let raw = RawPolynomial::<G> { polynomial: coefficients.iter().map(SealedExponent::of).collect() };
        let polynomial = signing::send(&raw, &signing_key, &own.encryption, randomness)?;
        let mut secrets = Vec::with_capacity(self.keys.len());
        for (index, recipient) in self.keys.iter().enumerate() {
            let message = Share { secret: SealedExponent(evaluate(&coefficients, index as u64 + 1)) };
            secrets.push(signing::send(&message, &signing_key, &recipient.encryption, randomness)?);
        }
        let signature = match self.is_bound() {
            true => {
                let message = self.binding(&coefexps);
                Some(SignedMessage::sign(message, &signing_key, randomness)?.signature)
            }
            false => None,
        };
        let coefexps = SignedMessage::sign(json(&Coefficients { coefexps }), &signing_key, randomness)?;
        Ok(Polynomial { polynomial, secrets, coefexps, signature })
    }

    /// What a trustee signs to bind itself to all certificates and its own commitments.
    fn binding(&self, coefexps: &[Element<G>]) -> String {
        format!("certs_sig|{}", json(&SignedCertificates { certs: &self.signed, coefexps }))
    }

    /// Step 4: what each trustee needs of all polynomials.
    pub fn route(&self, polynomials: &[Polynomial<G>]) -> Result<Vec<Shares<G>>, Fault> {
        self.check_polynomials(polynomials)?;
        let signatures =
            polynomials.iter().map(|polynomial| polynomial.signature).collect::<Option<Vec<_>>>();
        let coefexps: Vec<_> = polynomials.iter().map(|polynomial| polynomial.coefexps.clone()).collect();
        let shares = polynomials.iter().enumerate().map(|(index, own)| Shares {
            polynomial: own.polynomial.clone(),
            secrets: polynomials.iter().map(|polynomial| polynomial.secrets[index].clone()).collect(),
            coefexps: coefexps.clone(),
            signatures: signatures.clone(),
        });
        Ok(shares.collect())
    }

    fn check_polynomials(&self, polynomials: &[Polynomial<G>]) -> Result<(), Fault> {
        self.check_length("polynomials", polynomials.len())?;
        let mut threshold = self.threshold();
        for (index, polynomial) in polynomials.iter().enumerate() {
            self.check_length("shares", polynomial.secrets.len())?;
            let signature = polynomial.signature.as_ref();
            let own = self.coefficients(index, &polynomial.coefexps, signature, threshold)?;
            threshold.get_or_insert(own.len());
        }
        Ok(())
    }

    fn check_length(&self, list: &'static str, actual: usize) -> Result<(), Fault> {
        let expected = self.keys.len();
        if expected == actual { Ok(()) } else { Err(Fault::ThresholdShape { list, expected, actual }) }
    }

    /// A trustee's commitments, with all its signatures checked.
    fn coefficients(
        &self,
        index: usize,
        signed: &SignedMessage<G>,
        signature: Option<&Proof<G>>,
        threshold: Option<usize>,
    ) -> Result<Vec<Element<G>>, Fault> {
        let member = index + 1;
        let verification = &self.keys[index].verification;
        let fault = Fault::Coefficients { member };
        if !signed.is_by(verification) {
            return Err(fault);
        }
        let coefficients: Coefficients<G> = serde_json::from_str(&signed.message)
            .map_err(|error| Fault::unreadable("the coefficients of a threshold trustee", &error))?;
        let coefexps = coefficients.coefexps;
        let length = threshold.unwrap_or(coefexps.len());
        if coefexps.len() != length || length == 0 || length > self.keys.len() {
            return Err(Fault::Threshold { threshold: coefexps.len(), size: self.keys.len() });
        }
        if !coefexps.iter().all(|coefficient| G::is_member(coefficient.point())) {
            return Err(fault);
        }
        if self.is_bound() {
            let bound = signature.is_some_and(|&signature| {
                SignedMessage { message: self.binding(&coefexps), signature }.is_by(verification)
            });
            if !bound {
                return Err(Fault::CertificatesSignature { member });
            }
        }
        Ok(coefexps)
    }

    /// Step 5: a trustee opens and checks its shares and makes its key.
    pub fn trustee_key(
        &self,
        seed: &Seed,
        shares: &Shares<G>,
        randomness: &mut dyn Randomness,
    ) -> Result<TrusteeOutput<G>, Fault> {
        let place = self.place(seed)?;
        let (signing_key, decryption_key) = (seed.signing_key::<G>(), seed.decryption_key::<G>());
        self.check_length("shares", shares.secrets.len())?;
        self.check_length("commitments", shares.coefexps.len())?;
        let own: RawPolynomial<G> =
            signing::receive(&shares.polynomial, &decryption_key, &self.keys[place].verification)?;
        let threshold = self.agreed_threshold(Some(own.polynomial.len()))?;
        let mut key = SecretExponent::<G>(G::Scalar::ZERO);
        for (index, sealed) in shares.secrets.iter().enumerate() {
            let sender = &self.keys[index].verification;
            let share: Share<G> = signing::receive(sealed, &decryption_key, sender)?;
            let share = share.secret.0;
            let signature = shares.signatures.as_ref().and_then(|signatures| signatures.get(index));
            let coefexps = self.coefficients(index, &shares.coefexps[index], signature, Some(threshold))?;
            let points: Vec<G::Point> = coefexps.iter().map(|element| *element.point()).collect();
            if share.public() != evaluate_public::<G>(&points, place as u64 + 1) {
                return Err(Fault::Share { member: index + 1 });
            }
            key.0 = key.0 + share.0;
        }
        let message = DecryptionKey { decryption_key: SealedExponent::of(&key) };
        let private_key = signing::send(&message, &signing_key, &self.keys[place].encryption, randomness)?;
        Ok(TrusteeOutput { private_key, public_key: TrusteeKey::prove(&key, randomness)? })
    }

    /// Step 6: the parameters to publish, once every trustee's key is there and follows from the commitments.
    pub fn finish(
        &self,
        polynomials: &[Polynomial<G>],
        outputs: &[TrusteeOutput<G>],
    ) -> Result<ThresholdParameters<G>, Vec<Fault>> {
        self.check_polynomials(polynomials).map_err(|fault| vec![fault])?;
        self.check_length("keys", outputs.len()).map_err(|fault| vec![fault])?;
        let coefexps: Vec<_> = polynomials.iter().map(|polynomial| polynomial.coefexps.clone()).collect();
        let parameters = ThresholdParameters {
            threshold: coefficients_of(&coefexps).and_then(|all| all.first().map(Vec::len)).unwrap_or(0),
            certs: self.signed.clone(),
            coefexps,
            signatures: polynomials.iter().map(|polynomial| polynomial.signature).collect(),
            verification_keys: outputs.iter().map(|output| output.public_key.clone()).collect(),
        };
        let faults = verify_parameters(&parameters, 1);
        if faults.is_empty() { Ok(parameters) } else { Err(faults) }
    }
}

fn certificate_keys<G: Group>(
    certificate: &SignedMessage<G>,
    member: usize,
) -> Result<CertificateKeys<G>, Fault> {
    let keys: CertificateKeys<G> = serde_json::from_str(&certificate.message)
        .map_err(|error| Fault::unreadable("the certificate of a threshold trustee", &error))?;
    let proper = is_proper::<G>(keys.verification.point()) && is_proper::<G>(keys.encryption.point());
    if !proper || !certificate.is_by(&keys.verification) {
        return Err(Fault::Certificate { member });
    }
    Ok(keys)
}

/// All certificates are bound to the same ceremony, each to its place; or none is bound (version 2.0).
fn context_faults<G: Group>(keys: &[CertificateKeys<G>]) -> Vec<Fault> {
    if keys.iter().all(|keys| keys.context.is_none()) {
        return Vec::new();
    }
    let threshold = keys[0].context.as_ref().map_or(0, |context| context.threshold);
    let mut faults = Vec::new();
    for (index, own) in keys.iter().enumerate() {
        let expected =
            CeremonyContext { group: G::NAME.to_owned(), size: keys.len(), threshold, index: index + 1 };
        if own.context.as_ref() != Some(&expected) {
            faults.push(Fault::CertificateContext { member: index + 1 });
        }
    }
    if !(1..=keys.len()).contains(&threshold) {
        faults.push(Fault::Threshold { threshold, size: keys.len() });
    }
    faults
}

/// f(x) for a polynomial by its coefficients, lowest first.
fn evaluate<G: Group>(coefficients: &[SecretExponent<G>], x: u64) -> SecretExponent<G> {
    let x = G::Scalar::from_u64(x);
    let value =
        coefficients.iter().rev().fold(G::Scalar::ZERO, |value, coefficient| value * x + coefficient.0);
    SecretExponent(value)
}

/// g^f(x) from the commitments g^coefficient.
fn evaluate_public<G: Group>(commitments: &[G::Point], x: u64) -> G::Point {
    let x = G::Scalar::from_u64(x);
    let mut power = G::Scalar::ONE;
    let mut powers = Vec::with_capacity(commitments.len());
    for _ in commitments {
        powers.push(power);
        power = power * x;
    }
    G::product(commitments, &powers)
}

/// The commitments of all trustees, as far as they can be read.
fn coefficients_of<G: Group>(signed: &[SignedMessage<G>]) -> Option<Vec<Vec<G::Point>>> {
    signed
        .iter()
        .map(|signed| {
            let coefficients: Coefficients<G> = serde_json::from_str(&signed.message).ok()?;
            Some(coefficients.coefexps.iter().map(|element| *element.point()).collect())
        })
        .collect()
}

/// The public key of a threshold group: the product of the constant terms.
pub(crate) fn group_key<G: Group>(parameters: &ThresholdParameters<G>) -> Option<G::Point> {
    coefficients_of(&parameters.coefexps)?
        .iter()
        .try_fold(G::identity(), |product, own| Some(G::multiply(&product, own.first()?)))
}

/// Everything that is wrong with a published threshold group; its first trustee has number `first`.
pub(crate) fn verify_parameters<G: Group>(parameters: &ThresholdParameters<G>, first: usize) -> Vec<Fault> {
    let certificates = match Certificates::parse(parameters.certs.clone()) {
        Ok(certificates) => certificates,
        Err(faults) => return faults,
    };
    let shape = [
        certificates.check_length("commitments", parameters.coefexps.len()),
        certificates.check_length("verification keys", parameters.verification_keys.len()),
        parameters
            .signatures
            .as_ref()
            .map_or(Ok(()), |signatures| certificates.check_length("signatures", signatures.len())),
        certificates.agreed_threshold(Some(parameters.threshold)).map(|_| ()),
    ];
    let mut faults: Vec<Fault> = shape.into_iter().filter_map(Result::err).collect();
    if !faults.is_empty() {
        return faults;
    }
    let mut products = vec![G::identity(); parameters.threshold];
    for (index, signed) in parameters.coefexps.iter().enumerate() {
        let signature = parameters.signatures.as_ref().map(|signatures| &signatures[index]);
        match certificates.coefficients(index, signed, signature, Some(parameters.threshold)) {
            Ok(coefexps) => {
                for (product, element) in products.iter_mut().zip(&coefexps) {
                    *product = G::multiply(product, element.point());
                }
            }
            Err(fault) => faults.push(fault),
        }
    }
    for (index, key) in parameters.verification_keys.iter().enumerate() {
        faults.extend(key.verify(first + index).err());
        let expected = evaluate_public::<G>(&products, index as u64 + 1);
        if *key.public_key.point() != expected {
            faults.push(Fault::VerificationKey { member: index + 1 });
        }
    }
    faults
}

/// The decryption key that a trustee sealed for itself in step 5.
pub fn open_decryption_key<G: Group>(seed: &Seed, sealed: &str) -> Result<SecretExponent<G>, Fault> {
    let sender = Element::<G>::new(seed.signing_key::<G>().public());
    let key: DecryptionKey<G> = signing::receive(sealed, &seed.decryption_key(), &sender)?;
    Ok(key.decryption_key.0)
}
