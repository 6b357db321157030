//! Credentials (specification, "Credentials"): the secret that a voter gets, and the public list.

use crate::digest::sha256;
use crate::fault::Fault;
use crate::group::{Element, Group, Scalar, SecretExponent};
use crate::membership;
use crate::randomness::{self, Randomness};
use indexmap::IndexMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::Sha256;
use zeroize::{Zeroize, Zeroizing};

/// How a private credential looks and how its exponent is derived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialStyle {
    /// `XXXXX-XXXXXX-XXXXX-XXXXXX`, 22 Base58 characters: specification 2.1 and later.
    Full,
    /// `XXX-XXX-XXX-XXX-XXX`, 14 Base58 characters and a check digit: specification 2.0, which its tool needs.
    Checked,
}

const FULL_GROUPS: [usize; 4] = [5, 6, 5, 6];
const CHECKED_GROUPS: [usize; 5] = [3; 5];
const CHECKED_MODULUS: u64 = 53;
/// Iterations of PBKDF2 for the style of version 2.0.
const ITERATIONS: u32 = 1_000;

/// A fresh private credential.
pub fn generate(style: CredentialStyle, randomness: &mut dyn Randomness) -> Result<Zeroizing<String>, Fault> {
    match style {
        CredentialStyle::Full => Ok(hyphenate(&randomness::base58(22, randomness)?, &FULL_GROUPS)),
        CredentialStyle::Checked => {
            let mut text = randomness::base58(14, randomness)?;
            let check = CHECKED_MODULUS - check_sum(text.as_bytes()).unwrap_or(0);
            let digit =
                (b'1'..=b'z').filter(|&byte| randomness::base58_digit(byte).is_some()).nth(check as usize);
            text.push(digit.map_or('1', char::from));
            Ok(hyphenate(&text, &CHECKED_GROUPS))
        }
    }
}

fn hyphenate(text: &str, groups: &[usize]) -> Zeroizing<String> {
    let mut hyphenated = Zeroizing::new(String::with_capacity(text.len() + groups.len()));
    let mut rest = text;
    for &length in groups {
        if !hyphenated.is_empty() {
            hyphenated.push('-');
        }
        let (group, others) = rest.split_at(length);
        hyphenated.push_str(group);
        rest = others;
    }
    hyphenated
}

/// The number that Base58 digits write, modulo 53; none where one is no digit.
fn check_sum(digits: &[u8]) -> Option<u64> {
    digits
        .iter()
        .try_fold(0, |sum, &byte| Some((sum * 58 + randomness::base58_digit(byte)?) % CHECKED_MODULUS))
}

/// The style of a private credential; none where it is neither, in practice a typing error.
pub fn style(credential: &str) -> Option<CredentialStyle> {
    let groups: Vec<usize> = credential.split('-').map(str::len).collect();
    let digits = Zeroizing::new(credential.replace('-', ""));
    let base58 = digits.bytes().all(|byte| randomness::base58_digit(byte).is_some());
    if base58 && groups == FULL_GROUPS {
        return Some(CredentialStyle::Full);
    }
    let shaped = groups == CHECKED_GROUPS || groups == [15];
    if !base58 || !shaped {
        return None;
    }
    let (number, check) = digits.as_bytes().split_at(14);
    let sum = check_sum(number)? + randomness::base58_digit(check[0])?;
    sum.is_multiple_of(CHECKED_MODULUS).then_some(CredentialStyle::Checked)
}

/// The secret exponent of a private credential in the election `uuid`.
pub fn derive<G: Group>(uuid: &str, credential: &str) -> Result<SecretExponent<G>, Fault> {
    match style(credential).ok_or(Fault::PrivateCredential)? {
        CredentialStyle::Full => {
            let mut wide = Zeroizing::new([0; 64]);
            for (index, half) in wide.chunks_mut(32).enumerate() {
                let text = Zeroizing::new(format!("derive_credential|{uuid}|{index}|{credential}"));
                let mut hash = sha256(&[text.as_bytes()]);
                half.copy_from_slice(&hash);
                hash.zeroize();
            }
            Ok(SecretExponent(G::Scalar::reduce(wide.as_ref())))
        }
        CredentialStyle::Checked => {
            let mut key = Zeroizing::new([0; 32]);
            pbkdf2::pbkdf2_hmac::<Sha256>(credential.as_bytes(), uuid.as_bytes(), ITERATIONS, key.as_mut());
            Ok(SecretExponent(G::Scalar::reduce(key.as_ref())))
        }
    }
}

/// How many votes a ballot counts for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Weight(pub u64);

/// The largest weight that is written as a JSON number; above it stands a string.
const LARGEST_JSON_NUMBER: u64 = (1 << 30) - 1;

impl Serialize for Weight {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 <= LARGEST_JSON_NUMBER {
            serializer.serialize_u64(self.0)
        } else {
            serializer.collect_str(&self.0)
        }
    }
}

impl<'de> Deserialize<'de> for Weight {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Text {
            Number(u64),
            Decimal(String),
        }
        match Text::deserialize(deserializer)? {
            Text::Number(number) => Ok(Self(number)),
            Text::Decimal(text) => parse_weight(&text)
                .ok_or_else(|| de::Error::custom(format!("{text:?} is no weight: a whole number is needed"))),
        }
    }
}

fn parse_weight(text: &str) -> Option<Weight> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && (text.len() == 1 || !text.starts_with('0'));
    plain.then(|| text.parse().ok().map(Weight)).flatten()
}

/// The greatest sum of weights: the sums in a tally are found by a search that takes its square root of steps.
pub const TOTAL_WEIGHT_LIMIT: u64 = 1 << 44;

/// The public credentials of an election, in their order.
#[derive(Debug, Clone, Default)]
pub struct PublicCredentials {
    weights: IndexMap<Box<str>, u64>,
    weighted: bool,
}

impl PublicCredentials {
    /// Reads and checks the list: everything that is wrong is in the second value, and what is wrong is left out.
    pub fn parse<G: Group>(text: &[u8], has_rankings: bool) -> Result<(Self, Vec<Fault>), Fault> {
        let lines: Vec<String> = serde_json::from_slice(text)
            .map_err(|error| Fault::unreadable("the list of public credentials", &error))?;
        let mut credentials = Self::default();
        let (mut faults, mut points, mut total) = (Vec::new(), Vec::new(), 0u128);
        for (index, content) in lines.iter().enumerate() {
            let line = index + 1;
            match parse_line::<G>(content) {
                Err(detail) => faults.push(Fault::CredentialUnreadable { line, detail }),
                Ok((element, weight)) => {
                    let number = weight.unwrap_or(Weight(1)).0;
                    if has_rankings && number != 1 {
                        faults.push(Fault::WeightWithRanking { line, weight: number });
                    }
                    credentials.weighted |= weight.is_some();
                    total += u128::from(number);
                    if let (first, Some(_)) = credentials.weights.insert_full(element.text().into(), number) {
                        faults.push(Fault::CredentialRepeated { line, first: first + 1 });
                    }
                    points.push((line, *element.point()));
                }
            }
        }
        for line in membership::outsiders::<G, _>(&points) {
            faults.push(Fault::CredentialOutside { line });
            credentials.weights.shift_remove(lines[line - 1].split(',').next().unwrap_or_default());
        }
        if total > u128::from(TOTAL_WEIGHT_LIMIT) {
            return Err(Fault::TotalWeight { total, limit: TOTAL_WEIGHT_LIMIT });
        }
        Ok((credentials, faults))
    }

    /// The list as published. Weights are written where one differs from 1.
    pub fn publish<G: Group>(credentials: &[(Element<G>, Weight)]) -> Vec<u8> {
        let weighted = credentials.iter().any(|(_, weight)| weight.0 != 1);
        let mut lines: Vec<(&str, String)> = credentials
            .iter()
            .map(|(element, weight)| {
                let text = element.text();
                (text, if weighted { format!("{text},{}", weight.0) } else { text.to_owned() })
            })
            .collect();
        lines.sort_by(|left, right| G::order(left.0, right.0));
        crate::canonical(&lines.into_iter().map(|(_, line)| line).collect::<Vec<_>>())
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.weights.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.weights.is_empty()
    }

    /// Whether weights are in use.
    pub fn is_weighted(&self) -> bool {
        self.weighted
    }

    /// The weights in the order of the list.
    pub fn weights(&self) -> impl ExactSizeIterator<Item = u64> {
        self.weights.values().copied()
    }

    /// The weight of the credential at a place; 0 where there is none.
    pub(crate) fn weight(&self, place: usize) -> u64 {
        self.weights.get_index(place).map_or(0, |(_, &weight)| weight)
    }

    /// The place in the list and the weight of a public credential.
    pub fn find(&self, credential: &str) -> Option<(usize, u64)> {
        self.weights.get_full(credential).map(|(index, _, &weight)| (index, weight))
    }
}

fn parse_line<G: Group>(line: &str) -> Result<(Element<G>, Option<Weight>), String> {
    let mut fields = line.split(',');
    let credential = fields.next().unwrap_or_default();
    let element = Element::decode(credential).map_err(|fault| format!("the credential {fault}"))?;
    let weight = match fields.next() {
        None => None,
        Some(text) => Some(parse_weight(text).ok_or_else(|| format!("{text:?} is no weight"))?),
    };
    match fields.next() {
        None => Ok((element, weight)),
        Some(_) => Err("there is more than a credential and a weight".to_owned()),
    }
}
