//! Questions (specification, "Questions").

use crate::fault::Fault;
use crate::group::Group;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::Value;

/// The largest number of answers to one question.
pub const ANSWERS_LIMIT: usize = 1_000;

/// A question, in one of two kinds.
#[derive(Debug, Clone, PartialEq)]
pub enum Question {
    /// Choose between `min` and `max` answers; only the sums become known.
    Homomorphic(Choice),
    /// Give every answer a number: a rank or a grade; the shuffled ballots become known.
    NonHomomorphic(Ranking),
}

/// A homomorphic question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// The texts of the answers.
    pub answers: Vec<String>,
    /// Whether a blank vote is possible.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blank: Option<bool>,
    /// The least number of answers to choose.
    pub min: u64,
    /// The greatest number of answers to choose.
    pub max: u64,
    /// The question's text.
    pub question: String,
}

/// A non-homomorphic question.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranking {
    /// The texts of the answers.
    pub answers: Vec<String>,
    /// The question's text.
    pub question: String,
    /// A hint on the counting rule, as the election states it.
    pub extra: Option<Value>,
}

#[derive(Serialize, Deserialize)]
struct RankingValue {
    answers: Vec<String>,
    question: String,
}

#[derive(Serialize, Deserialize)]
struct Typed<V> {
    r#type: String,
    value: V,
    #[serde(skip_serializing_if = "Option::is_none")]
    extra: Option<Value>,
}

impl Serialize for Question {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Homomorphic(choice) => choice.serialize(serializer),
            Self::NonHomomorphic(ranking) => Typed {
                r#type: "NonHomomorphic".to_owned(),
                value: RankingValue { answers: ranking.answers.clone(), question: ranking.question.clone() },
                extra: ranking.extra.clone(),
            }
            .serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Question {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        if value.get("type").is_none() {
            return serde_json::from_value(value).map(Self::Homomorphic).map_err(de::Error::custom);
        }
        let typed: Typed<Value> = serde_json::from_value(value).map_err(de::Error::custom)?;
        match typed.r#type.as_str() {
            "Homomorphic" => {
                serde_json::from_value(typed.value).map(Self::Homomorphic).map_err(de::Error::custom)
            }
            "NonHomomorphic" => {
                let value: RankingValue = serde_json::from_value(typed.value).map_err(de::Error::custom)?;
                Ok(Self::NonHomomorphic(Ranking {
                    answers: value.answers,
                    question: value.question,
                    extra: typed.extra,
                }))
            }
            other => Err(de::Error::custom(format!(
                "questions of type {other:?} are not supported: use Homomorphic or NonHomomorphic"
            ))),
        }
    }
}

impl Choice {
    /// Whether a blank vote is possible.
    pub fn allows_blank(&self) -> bool {
        self.blank == Some(true)
    }

    /// The number of ciphertexts of an answer: one for each answer, and one before them for blank.
    pub fn ciphertexts(&self) -> usize {
        self.answers.len() + usize::from(self.allows_blank())
    }

    /// min, …, max
    pub(crate) fn allowed_sums(&self) -> Vec<u64> {
        (self.min..=self.max).collect()
    }
}

impl Question {
    /// The texts of the answers.
    pub fn answers(&self) -> &[String] {
        match self {
            Self::Homomorphic(choice) => &choice.answers,
            Self::NonHomomorphic(ranking) => &ranking.answers,
        }
    }

    /// The question's text.
    pub fn text(&self) -> &str {
        match self {
            Self::Homomorphic(choice) => &choice.question,
            Self::NonHomomorphic(ranking) => &ranking.question,
        }
    }

    /// Whether it is ranked or graded.
    pub fn is_ranking(&self) -> bool {
        matches!(self, Self::NonHomomorphic(_))
    }

    /// Checks that the question can be asked in group `G`; `number` counts from 1.
    pub(crate) fn check<G: Group>(&self, number: usize) -> Result<(), Fault> {
        let fault = |reason: String| Err(Fault::Question { question: number, reason });
        let answers = self.answers().len();
        if answers == 0 || answers > ANSWERS_LIMIT {
            return fault(format!("{answers} answers; between 1 and {ANSWERS_LIMIT} are possible"));
        }
        match self {
            Self::Homomorphic(choice) if choice.min > choice.max || choice.max > answers as u64 => {
                fault(format!(
                    "choosing between {} and {} of {answers} answers is impossible",
                    choice.min, choice.max
                ))
            }
            Self::Homomorphic(_) => Ok(()),
            Self::NonHomomorphic(_) => match G::EMBEDDING {
                None => fault(format!(
                    "group {} cannot carry ranked or graded answers: use Ed25519 or RFC-3526-2048",
                    G::NAME
                )),
                Some(embedding) if answers > embedding.integers => fault(format!(
                    "{answers} ranked or graded answers; group {} carries {}",
                    G::NAME,
                    embedding.integers
                )),
                Some(_) => Ok(()),
            },
        }
    }
}
