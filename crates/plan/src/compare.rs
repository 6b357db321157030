//! Plans side by side: what each gives and takes against the first.
//!
//! Variants may be of different economies (other limits, other hours), as long as products, branches, needs and
//! satellite rows bear the same names: rows are matched by name, and what one variant lacks counts as nought.

use crate::decimal::Decimal;
use crate::economy::{Economy, LEVEL_DECIMALS};
use crate::plan::{Goal, Plan};
use std::collections::BTreeMap;

/// One plan with its name and its economy.
#[derive(Debug, Clone, Copy)]
pub struct Variant<'a> {
    /// How people call it.
    pub name: &'a str,
    /// The economy it is for.
    pub economy: &'a Economy,
    /// The plan.
    pub plan: &'a Plan,
}

/// What a row of a comparison is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// Common fulfilment of a tier, as a share.
    Tier,
    /// Fulfilment of one need, as a share.
    Need,
    /// Labour of one grade, in the economy's unit of labour.
    Labour,
    /// Labour of one branch, all grades, in the economy's unit of labour.
    Branch,
    /// Imports of one product, in its unit.
    Imports,
    /// One satellite row, in its unit.
    Satellite,
}

impl Subject {
    /// The word for it, as it stands in tables and files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Tier => "tier",
            Self::Need => "need",
            Self::Labour => "labour",
            Self::Branch => "branch",
            Self::Imports => "imports",
            Self::Satellite => "satellite",
        }
    }
}

/// One figure of all variants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComparisonRow {
    /// What it is about.
    pub subject: Subject,
    /// Which tier, need, grade, branch, product or satellite row.
    pub id: String,
    /// Its unit.
    pub unit: String,
    /// One figure for each variant, in their order.
    pub values: Vec<Decimal>,
}

impl ComparisonRow {
    /// Whether all variants agree.
    pub fn is_same(&self) -> bool {
        self.values.windows(2).all(|pair| pair[0] == pair[1])
    }
}

/// Compares variants figure by figure: tiers, needs, grades, branches, imports, satellite rows, each by id.
pub fn compare(variants: &[Variant]) -> Vec<ComparisonRow> {
    let mut rows: BTreeMap<(Subject, String), ComparisonRow> = BTreeMap::new();
    for (at, variant) in variants.iter().enumerate() {
        for (subject, id, unit, value) in figures(variant) {
            let row = rows.entry((subject, id.clone())).or_insert_with(|| ComparisonRow {
                subject,
                id,
                unit,
                values: vec![Decimal::zero(); variants.len()],
            });
            row.values[at] = value;
        }
    }
    rows.into_values().collect()
}

type Figure = (Subject, String, String, Decimal);

fn figures(variant: &Variant) -> Vec<Figure> {
    let Variant { economy, plan, .. } = variant;
    let mut figures = Vec::new();
    let share = || "share".to_owned();
    for tier in economy.tiers() {
        figures.push((Subject::Tier, tier.to_string(), share(), Goal::Common(tier).value(economy, plan)));
    }
    for (need, &fulfilment) in economy.needs.iter().zip(&plan.fulfilments) {
        figures.push((Subject::Need, need.id.clone(), share(), Decimal::new(fulfilment, LEVEL_DECIMALS)));
    }
    for (grade, used) in economy.grades.iter().zip(plan.labour_used(economy)) {
        figures.push((Subject::Labour, grade.id.clone(), economy.labour_unit.clone(), used));
    }
    let by_branch = plan.labour_by_branch(economy);
    for (branch, used) in economy.branches.iter().zip(by_branch) {
        figures.push((Subject::Branch, branch.clone(), economy.labour_unit.clone(), used));
    }
    for (index, product) in economy.products.iter().enumerate() {
        let imports = economy.quantity(index, plan.imports[index]);
        figures.push((Subject::Imports, product.id.clone(), product.unit.clone(), imports));
    }
    for (index, row) in economy.satellites.iter().enumerate() {
        figures.push((
            Subject::Satellite,
            row.id.clone(),
            row.unit.clone(),
            economy.satellite_load(plan, index),
        ));
    }
    figures
}
