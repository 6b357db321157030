//! A plan as a file: JSON, every number a decimal string, everything by id and in order.
//!
//! What is nought is left out. The same plan is always written with the same bytes.

use crate::decimal::{Decimal, NumberError, parse_fixed, shortened};
use crate::economy::{Digest, Economy, LEVEL_DECIMALS};
use crate::plan::{Goal, Plan, Prices, Stage};
use crate::shortage::Shortage;
use num_traits::ToPrimitive;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// The first field of every plan file: what it is, and the version of its form.
const FORMAT: &str = "mandate-plan-1";

/// The same of a proof that what is owed cannot be met together.
const SHORTAGE_FORMAT: &str = "mandate-shortage-1";

/// The most decimals that prices may have, so that a hostile file cannot ask for numbers of a gigabyte.
const MOST_PRICE_DECIMALS: u32 = 60;

/// Why a file is not a plan for the economy at hand.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// Not JSON, or JSON of another shape.
    #[error("line {line}, column {column}: {message}; expected a plan file ({FORMAT})")]
    Shape {
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
        /// What the parser found.
        message: String,
    },
    /// A plan file of a form that this version does not know.
    #[error("the file says it is `{found}`, this version reads `{expected}`")]
    Format {
        /// What the file says.
        found: String,
        /// What is read here.
        expected: String,
    },
    /// A plan for another economy.
    #[error(
        "the plan is for economy {found}, this one is {expected}; check it against the economy it was made for"
    )]
    OtherEconomy {
        /// The digest in the plan.
        found: String,
        /// The digest of the economy at hand.
        expected: Digest,
    },
    /// A name that the economy does not have.
    #[error("{section}: the economy has no `{id}`")]
    Unknown {
        /// Where in the file.
        section: String,
        /// The name.
        id: String,
    },
    /// A text that is not the number its place asks for.
    #[error("{section} `{id}`: {error}")]
    Number {
        /// Where in the file.
        section: String,
        /// Which row.
        id: String,
        /// What is wrong with it.
        error: NumberError,
    },
    /// A stage whose prices of earlier stages are more or fewer than the stages before it.
    #[error("stage {stage}: {found} prices of earlier stages, expected {expected}")]
    Earlier {
        /// From 1.
        stage: usize,
        /// How many there are.
        found: usize,
        /// How many stages come before.
        expected: usize,
    },
}

/// Numbers by id, as text. Noughts are left out. An id that stands twice is refused, since two readers might
/// each believe another one of the two.
#[derive(Serialize)]
#[serde(transparent)]
struct Column(BTreeMap<String, String>);

impl<'de> Deserialize<'de> for Column {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Rows;
        impl<'de> Visitor<'de> for Rows {
            type Value = Column;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("decimal numbers as strings, by id")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Column, A::Error> {
                let mut rows = BTreeMap::new();
                while let Some((id, text)) = map.next_entry::<String, String>()? {
                    if rows.contains_key(&id) {
                        return Err(A::Error::custom(format!("`{}` stands twice", shortened(&id))));
                    }
                    rows.insert(id, text);
                }
                Ok(Column(rows))
            }
        }
        deserializer.deserialize_map(Rows)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredPlan {
    format: String,
    economy: String,
    levels: Column,
    imports: Column,
    stock: Column,
    needs: Column,
    labour: Column,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    before: Option<Column>,
    stages: Vec<StoredStage>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredStage {
    goal: StoredGoal,
    #[serde(skip_serializing_if = "Option::is_none")]
    tier: Option<u8>,
    value: String,
    bound: String,
    prices: StoredPrices,
}

#[derive(Serialize, Deserialize, Clone, Copy, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum StoredGoal {
    Common,
    Weighted,
    Change,
    Labour,
    Imports,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StoredPrices {
    products: Column,
    labour: Column,
    satellites: Column,
    earlier: Vec<String>,
}

impl Plan {
    /// Reads a plan file for `economy`.
    ///
    /// # Errors
    ///
    /// Whatever is malformed, unknown to the economy, or meant for another one. That the numbers hold is another
    /// question: [`check`](crate::check) answers it.
    pub fn read(bytes: &[u8], economy: &Economy) -> Result<Plan, PlanError> {
        Self::read_as(FORMAT, bytes, economy, economy.digest())
    }

    /// Reads a file of the given form that names the economy `digest` and the rows of `economy`.
    fn read_as(format: &str, bytes: &[u8], economy: &Economy, digest: Digest) -> Result<Plan, PlanError> {
        let stored: StoredPlan = serde_json::from_slice(bytes).map_err(|error| PlanError::Shape {
            line: error.line(),
            column: error.column(),
            message: shape_message(&error),
        })?;
        if stored.format != format {
            return Err(PlanError::Format { found: shortened(&stored.format), expected: format.to_owned() });
        }
        if stored.economy != digest.to_string() {
            return Err(PlanError::OtherEconomy { found: shortened(&stored.economy), expected: digest });
        }
        let product_decimals = |index: usize| economy.products[index].decimals;
        let product = |id: &str| economy.product(id);
        let level = |_: usize| LEVEL_DECIMALS;
        let stages = stored.stages.iter().enumerate();
        Ok(Plan {
            economy: digest,
            levels: levels("levels", &stored.levels, economy)?,
            imports: quantities(
                "imports",
                &stored.imports,
                economy.products.len(),
                product,
                product_decimals,
            )?,
            stock: quantities("stock", &stored.stock, economy.products.len(), product, product_decimals)?,
            fulfilments: quantities(
                "needs",
                &stored.needs,
                economy.needs.len(),
                |id| economy.need(id),
                level,
            )?,
            before: stored.before.as_ref().map(|before| levels("before", before, economy)).transpose()?,
            labour: decimals("labour", &stored.labour, economy.grades.len(), |id| grade(economy, id))?,
            stages: stages.map(|(at, stage)| read_stage(at, stage, economy)).collect::<Result<_, _>>()?,
        })
    }

    /// The plan as a file: the same bytes for the same plan.
    pub fn write(&self, economy: &Economy) -> Vec<u8> {
        self.write_as(FORMAT, economy, self.economy)
    }

    fn write_as(&self, format: &str, economy: &Economy, digest: Digest) -> Vec<u8> {
        let level = |mantissa: &i64| Decimal::new(*mantissa, LEVEL_DECIMALS);
        let of_product = |quantities: &[i64]| {
            let numbers = economy.products.iter().zip(quantities);
            column(
                numbers.map(|(product, &quantity)| (&product.id, Decimal::new(quantity, product.decimals))),
            )
        };
        let stored = StoredPlan {
            format: format.to_owned(),
            economy: digest.to_string(),
            levels: column(
                economy.activities.iter().map(|activity| &activity.id).zip(self.levels.iter().map(level)),
            ),
            imports: of_product(&self.imports),
            stock: of_product(&self.stock),
            before: self.before.as_ref().map(|before| {
                column(economy.activities.iter().map(|activity| &activity.id).zip(before.iter().map(level)))
            }),
            needs: column(economy.needs.iter().map(|need| &need.id).zip(self.fulfilments.iter().map(level))),
            labour: column(economy.grades.iter().map(|grade| &grade.id).zip(self.labour.iter().cloned())),
            stages: self.stages.iter().map(|stage| store_stage(stage, economy)).collect(),
        };
        let mut bytes = serde_json::to_vec_pretty(&stored).expect("maps of strings are JSON");
        bytes.push(b'\n');
        bytes
    }
}

impl Shortage {
    /// Whether a file says of itself that it is such a proof.
    pub fn is_one(bytes: &[u8]) -> bool {
        #[derive(Deserialize)]
        struct Heading {
            format: String,
        }
        serde_json::from_slice(bytes).is_ok_and(|Heading { format }| format == SHORTAGE_FORMAT)
    }

    /// Reads the file of a proof about `economy`. Whether it proves anything is another question:
    /// [`Shortage::proves`] answers it.
    ///
    /// # Errors
    ///
    /// Whatever is malformed, unknown to the economy of what is owed, or about another economy.
    pub fn read(bytes: &[u8], economy: &Economy) -> Result<Shortage, PlanError> {
        let owed = economy.of_what_is_owed();
        let plan = Plan::read_as(SHORTAGE_FORMAT, bytes, &owed, economy.digest())?;
        Ok(Shortage { owed, plan })
    }

    /// The proof as a file: the form of a plan, with `economy` naming the economy that it is about.
    pub fn write(&self, economy: &Economy) -> Vec<u8> {
        self.plan.write_as(SHORTAGE_FORMAT, &self.owed, economy.digest())
    }
}

/// The parser's message without the position that it appends.
fn shape_message(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let end = message.rfind(" at line ").unwrap_or(message.len());
    message[..end].chars().take(200).collect()
}

fn grade(economy: &Economy, id: &str) -> Option<usize> {
    economy.grades.binary_search_by(|grade| grade.id.as_str().cmp(id)).ok()
}

fn satellite(economy: &Economy, id: &str) -> Option<usize> {
    economy.satellites.binary_search_by(|row| row.id.as_str().cmp(id)).ok()
}

fn column<'a>(numbers: impl Iterator<Item = (&'a String, Decimal)>) -> Column {
    let written = numbers.filter(|(_, number)| !number.is_zero());
    Column(written.map(|(id, number)| (id.clone(), number.to_string())).collect())
}

fn levels(section: &str, column: &Column, economy: &Economy) -> Result<Vec<i64>, PlanError> {
    let activity = |id: &str| economy.activity(id);
    quantities(section, column, economy.activities.len(), activity, |_| LEVEL_DECIMALS)
}

fn quantities(
    section: &str,
    column: &Column,
    length: usize,
    index: impl Fn(&str) -> Option<usize>,
    decimals: impl Fn(usize) -> u32,
) -> Result<Vec<i64>, PlanError> {
    let mut numbers = vec![0; length];
    for (id, text) in &column.0 {
        let at = index(id).ok_or_else(|| unknown(section, id))?;
        numbers[at] =
            parse_fixed(text.as_bytes(), decimals(at)).map_err(|error| wrong(section, id, error))?;
    }
    Ok(numbers)
}

fn decimals(
    section: &str,
    column: &Column,
    length: usize,
    index: impl Fn(&str) -> Option<usize>,
) -> Result<Vec<Decimal>, PlanError> {
    let mut numbers = vec![Decimal::zero(); length];
    for (id, text) in &column.0 {
        let at = index(id).ok_or_else(|| unknown(section, id))?;
        numbers[at] = text.parse().map_err(|error| wrong(section, id, error))?;
    }
    Ok(numbers)
}

fn unknown(section: &str, id: &str) -> PlanError {
    PlanError::Unknown { section: section.to_owned(), id: shortened(id) }
}

fn wrong(section: &str, id: &str, error: NumberError) -> PlanError {
    PlanError::Number { section: section.to_owned(), id: shortened(id), error }
}

/// The goal of the stage at place `at`.
pub(crate) fn read_goal(at: usize, goal: StoredGoal, tier: Option<u8>) -> Result<Goal, PlanError> {
    let section = format!("stage {}", at + 1);
    match (goal, tier) {
        (StoredGoal::Common, Some(tier)) => Ok(Goal::Common(tier)),
        (StoredGoal::Weighted, Some(tier)) => Ok(Goal::Weighted(tier)),
        (StoredGoal::Change, None) => Ok(Goal::Change),
        (StoredGoal::Labour, None) => Ok(Goal::Labour),
        (StoredGoal::Imports, None) => Ok(Goal::Imports),
        (StoredGoal::Common | StoredGoal::Weighted, None) => Err(unknown(&section, "tier (missing)")),
        (_, Some(tier)) => Err(unknown(&section, &format!("tier {tier} for a goal without tiers"))),
    }
}

fn read_stage(at: usize, stored: &StoredStage, economy: &Economy) -> Result<Stage, PlanError> {
    let section = format!("stage {}", at + 1);
    let goal = read_goal(at, stored.goal, stored.tier)?;
    let number = |name: &str, text: &str| -> Result<Decimal, PlanError> {
        text.parse().map_err(|error| wrong(&section, name, error))
    };
    Ok(Stage {
        goal,
        value: number("value", &stored.value)?,
        bound: number("bound", &stored.bound)?,
        prices: read_prices(at, &stored.prices, economy)?,
    })
}

/// The prices of the stage at place `at`.
pub(crate) fn read_prices(at: usize, stored: &StoredPrices, economy: &Economy) -> Result<Prices, PlanError> {
    if stored.earlier.len() != at {
        return Err(PlanError::Earlier { stage: at + 1, found: stored.earlier.len(), expected: at });
    }
    let section = |name: &str| format!("stage {}: prices of {name}", at + 1);
    let products =
        decimals(&section("products"), &stored.products, economy.products.len(), |id| economy.product(id))?;
    let labour = decimals(&section("labour"), &stored.labour, economy.grades.len(), |id| grade(economy, id))?;
    let rows = economy.satellites.len();
    let satellites = decimals(&section("satellites"), &stored.satellites, rows, |id| satellite(economy, id))?;
    let place = section("earlier stages");
    let earlier = stored.earlier.iter().map(|text| text.parse().map_err(|error| wrong(&place, "", error)));
    let earlier: Vec<Decimal> = earlier.collect::<Result<_, _>>()?;

    let all = || products.iter().chain(&labour).chain(&satellites).chain(&earlier);
    let most = all().map(Decimal::decimals).max().unwrap_or(0);
    if most > MOST_PRICE_DECIMALS {
        let error = NumberError::TooManyDecimals {
            text: format!("a price with {most}"),
            allowed: MOST_PRICE_DECIMALS,
        };
        return Err(wrong(&section("all rows"), "", error));
    }
    let mantissas = |prices: &[Decimal]| -> Result<Vec<i128>, PlanError> {
        let mantissa = |price: &Decimal| {
            let mantissa = price.mantissa_at(most).and_then(|mantissa| mantissa.to_i128());
            mantissa.ok_or_else(|| {
                wrong(&section("all rows"), "", NumberError::TooLarge(shortened(&price.to_string())))
            })
        };
        prices.iter().map(mantissa).collect()
    };
    Ok(Prices {
        decimals: most,
        products: mantissas(&products)?,
        labour: mantissas(&labour)?,
        satellites: mantissas(&satellites)?,
        earlier: mantissas(&earlier)?,
    })
}

fn store_stage(stage: &Stage, economy: &Economy) -> StoredStage {
    let (goal, tier) = store_goal(stage.goal);
    StoredStage {
        goal,
        tier,
        value: stage.value.to_string(),
        bound: stage.bound.to_string(),
        prices: store_prices(&stage.prices, economy),
    }
}

/// A goal as files have it.
pub(crate) fn store_goal(goal: Goal) -> (StoredGoal, Option<u8>) {
    match goal {
        Goal::Common(tier) => (StoredGoal::Common, Some(tier)),
        Goal::Weighted(tier) => (StoredGoal::Weighted, Some(tier)),
        Goal::Change => (StoredGoal::Change, None),
        Goal::Labour => (StoredGoal::Labour, None),
        Goal::Imports => (StoredGoal::Imports, None),
    }
}

/// Prices as files have them.
pub(crate) fn store_prices(prices: &Prices, economy: &Economy) -> StoredPrices {
    let price = |mantissa: &i128| Decimal::new(*mantissa, prices.decimals);
    let products = economy.products.iter().map(|product| &product.id).zip(prices.products.iter().map(price));
    let labour = economy.grades.iter().map(|grade| &grade.id).zip(prices.labour.iter().map(price));
    let satellites = economy.satellites.iter().map(|row| &row.id).zip(prices.satellites.iter().map(price));
    StoredPrices {
        products: column(products),
        labour: column(labour),
        satellites: column(satellites),
        earlier: prices.earlier.iter().map(|mantissa| price(mantissa).to_string()).collect(),
    }
}

/// The economy's digest as hexadecimal text, as plan files carry it.
impl std::str::FromStr for Digest {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{}` is not a SHA-256 in hexadecimal (64 digits)", shortened(text));
        if text.len() != 64 || !text.is_ascii() {
            return Err(wrong());
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| wrong())?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| wrong())?;
        }
        Ok(Self(bytes))
    }
}
