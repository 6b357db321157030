//! Names of rules and methods as users type them.

use thiserror::Error;

/// A name that stands for nothing known, with the known one that is nearest to it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("there is no {kind} called \"{given}\"; did you mean \"{nearest}\"?")]
pub struct UnknownName {
    /// What was named: a rule, a method.
    pub kind: &'static str,
    /// The name that was given.
    pub given: String,
    /// The nearest known name.
    pub nearest: &'static str,
}

impl UnknownName {
    pub(crate) fn new(kind: &'static str, given: &str, known: impl Iterator<Item = &'static str>) -> Self {
        let lowercase = given.to_lowercase();
        let nearest = known.min_by_key(|name| strsim::damerau_levenshtein(name, &lowercase));
        // What users type can be megabytes of anything; an error message repeats only its beginning.
        Self { kind, given: given.chars().take(60).collect(), nearest: nearest.unwrap_or_default() }
    }
}

/// Gives a fieldless enum its names: `name`, `FromStr`, `Display`, and serde as the name.
macro_rules! named {
    ($type:ident, $kind:literal) => {
        impl $type {
            /// The value with this name or alias.
            pub fn from_name(name: &str) -> Result<Self, $crate::UnknownName> {
                let known = Self::ALL.iter().find(|it| it.name() == name || it.aliases().contains(&name));
                known.copied().ok_or_else(|| {
                    let names = Self::ALL.iter();
                    let names =
                        names.flat_map(|it| std::iter::once(it.name()).chain(it.aliases().iter().copied()));
                    $crate::UnknownName::new($kind, name, names)
                })
            }
        }

        impl std::str::FromStr for $type {
            type Err = $crate::UnknownName;

            fn from_str(name: &str) -> Result<Self, Self::Err> {
                Self::from_name(name)
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.name())
            }
        }

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.name())
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let name = String::deserialize(deserializer)?;
                Self::from_name(&name).map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(crate) use named;
