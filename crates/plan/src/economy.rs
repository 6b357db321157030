//! What could be done in one planning period: products, activities, labour, imports, needs.

use crate::decimal::Decimal;
use std::fmt;

/// Decimals of activity levels, capacities and fulfilments.
pub const LEVEL_DECIMALS: u32 = 9;
/// Level 1, an activity as in the base year, in units of 10^−9.
pub const LEVEL_ONE: i64 = 1_000_000_000;
/// Fulfilment 1, a need met in full, in units of 10^−9.
pub const FULFILMENT_ONE: i64 = LEVEL_ONE;
/// Decimals of the weights of needs and of the prices that imports are added up at.
pub const WEIGHT_DECIMALS: u32 = 6;
/// The largest quantity, in units of its last decimal. Fifteen digits are exact in a double, and sums of
/// products of two such numbers fit 128 bits with room for ten million terms.
pub const LARGEST_MANTISSA: i64 = 1_000_000_000_000_000;

/// What could be done in one planning period.
///
/// Every list is sorted by id in byte order, so that the order of rows in files means nothing. Quantities are
/// whole numbers in units of the last decimal of their product, grade or satellite row. Indices (`workplace`,
/// `product` …) point into the lists of the same economy.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Economy {
    /// What it is called, for people.
    pub name: String,
    /// The unit that labour is counted in, one for all grades: `hours`, or money where hours are not known.
    pub labour_unit: String,
    /// Decimals of quantities of labour.
    pub labour_decimals: u32,
    /// Everything that is made, used, imported or needed.
    pub products: Vec<Product>,
    /// Labour by grade.
    pub grades: Vec<Grade>,
    /// Rows that are counted beside: emissions, water, land; with a ceiling or without.
    pub satellites: Vec<Satellite>,
    /// Codes of the branches that workplaces belong to, as in the charter's classification.
    pub branches: Vec<String>,
    /// Names of the districts that workplaces lie in.
    pub districts: Vec<String>,
    /// Codes of product groups; a branch proposes one column for each that it makes.
    pub groups: Vec<String>,
    /// Who acts.
    pub workplaces: Vec<Workplace>,
    /// What workplaces can do.
    pub activities: Vec<Activity>,
    /// Final demand that assemblies ask for.
    pub needs: Vec<Need>,
}

/// A product, and where it comes from other than from activities.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    /// Unique among products.
    pub id: String,
    /// For people.
    pub name: String,
    /// Physical unit, or money at base-year prices.
    pub unit: String,
    /// Decimals to which quantities of it are rounded, in files and plans.
    pub decimals: u32,
    /// Imports of it are at most this much.
    pub import_limit: i64,
    /// What a unit of imports counts when imports are added up (the least-imports goal), in units of 10^−6.
    pub import_price: i64,
    /// Stock that may be drawn in the period.
    pub stock: i64,
    /// Deliveries outward that are owed whatever happens, before every need.
    pub exports: i64,
}

/// Labour of one grade.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grade {
    /// Unique among grades.
    pub id: String,
    /// For people.
    pub name: String,
    /// Labour there is in the period.
    pub available: i64,
}

/// A row that is counted beside the products.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Satellite {
    /// Unique among satellite rows.
    pub id: String,
    /// For people.
    pub name: String,
    /// Physical unit.
    pub unit: String,
    /// Decimals to which quantities of it are rounded.
    pub decimals: u32,
    /// The sum over all activities is at most this much; none: counted only.
    pub ceiling: Option<i64>,
}

/// Where members work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workplace {
    /// Unique among workplaces.
    pub id: String,
    /// For people.
    pub name: String,
    /// Index into [`Economy::branches`].
    pub branch: u32,
    /// Index into [`Economy::districts`].
    pub district: u32,
}

/// So much of something: an index, and a quantity in units of its last decimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Flow {
    /// Index into the list that the field holding this flow names.
    pub of: u32,
    /// Above nought.
    pub quantity: i64,
}

/// What a workplace can do: at level 1 so much out, so much in, so many hours.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Activity {
    /// Unique among activities.
    pub id: String,
    /// Index into [`Economy::workplaces`].
    pub workplace: u32,
    /// Index into [`Economy::groups`].
    pub group: u32,
    /// The highest level, in units of 10^−9.
    pub capacity: i64,
    /// Products that come out, sorted by index; several where they come jointly.
    pub outputs: Vec<Flow>,
    /// Products that go in, sorted by index.
    pub inputs: Vec<Flow>,
    /// Labour by grade, sorted by index.
    pub labour: Vec<Flow>,
    /// Satellite rows, sorted by index.
    pub satellites: Vec<Flow>,
}

/// Final demand: a bundle of products that somebody asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// Unique among needs.
    pub id: String,
    /// Priority: tier 1 comes before tier 2.
    pub tier: u8,
    /// The assembly that asked, or any other name.
    pub asked_by: String,
    /// How much its fulfilment counts among the needs of its tier, in units of 10^−6.
    pub weight: i64,
    /// The least fulfilment that a plan may give it, in units of 10^−9.
    pub minimum: i64,
    /// Products that meet it in full, sorted by index.
    pub bundle: Vec<Flow>,
}

/// The SHA-256 of an economy's files in canonical form.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Digest(pub [u8; 32]);

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Economy {
    /// The tiers that occur, the first first.
    pub fn tiers(&self) -> Vec<u8> {
        let mut tiers: Vec<u8> = self.needs.iter().map(|need| need.tier).collect();
        tiers.sort_unstable();
        tiers.dedup();
        tiers
    }

    /// Index of a product by its id.
    pub fn product(&self, id: &str) -> Option<usize> {
        self.products.binary_search_by(|product| product.id.as_str().cmp(id)).ok()
    }

    /// Index of a workplace by its id.
    pub fn workplace(&self, id: &str) -> Option<usize> {
        self.workplaces.binary_search_by(|workplace| workplace.id.as_str().cmp(id)).ok()
    }

    /// Index of an activity by its id.
    pub fn activity(&self, id: &str) -> Option<usize> {
        self.activities.binary_search_by(|activity| activity.id.as_str().cmp(id)).ok()
    }

    /// Index of a need by its id.
    pub fn need(&self, id: &str) -> Option<usize> {
        self.needs.binary_search_by(|need| need.id.as_str().cmp(id)).ok()
    }

    /// A quantity of a product as a decimal number.
    pub fn quantity(&self, product: usize, mantissa: i64) -> Decimal {
        Decimal::new(mantissa, self.products[product].decimals)
    }

    /// How many numbers stand in the activities: outputs, inputs, labour and satellite rows.
    pub fn non_zeros(&self) -> usize {
        let entries = |activity: &Activity| {
            activity.outputs.len() + activity.inputs.len() + activity.labour.len() + activity.satellites.len()
        };
        self.activities.iter().map(entries).sum()
    }
}
