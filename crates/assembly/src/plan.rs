//! The common plan: needs stated, proposals made, variants with their certificates, the one adopted, the mandates
//! that follow from it, and reports against them (article `plan`).
//!
//! A variant whose certificate does not hold is refused, whoever sends it; the vote between variants is in `vote`.

use crate::decision::{Context, Decided, Decision, Files, Misfit};
use crate::duty;
use crate::event::Event;
use crate::ids::{AssemblyId, Blob, Hash, VariantId, WorkplaceId};
use crate::refusal::Refusal;
use crate::state::Federation;
use jiff::Timestamp;
use mandate_charter::{Duty, Fraction};
use mandate_plan::{Decimal, Economy, Plan};
use num_bigint::BigInt;
use num_rational::BigRational;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An economy's files by name.
pub type EconomyFiles<T> = BTreeMap<String, T>;

/// Everything about the plan: the period that is being planned or carried out, and those before.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Planning {
    pub periods: Vec<Period>,
    pub variants: Vec<Variant>,
}

/// One planning period.
#[derive(Debug, Clone, PartialEq)]
pub struct Period {
    /// For example a year.
    pub name: String,
    pub opened: Timestamp,
    /// What could be done, before anybody proposes to do it differently.
    pub economy: EconomyFiles<Hash>,
    pub needs: Vec<StatedNeed>,
    pub proposals: Vec<Proposal>,
    pub adopted: Option<(VariantId, Timestamp)>,
    /// Products of the adopted plan: id, unit, decimals.
    pub products: Vec<(String, String, u32)>,
    pub mandates: BTreeMap<WorkplaceId, Vec<Target>>,
    pub reports: BTreeMap<WorkplaceId, Vec<Report>>,
}

/// What an assembly asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct StatedNeed {
    pub assembly: AssemblyId,
    pub tier: u32,
    pub bundle: BTreeMap<String, String>,
}

/// What a branch says that it can do, by content hash.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    pub assembly: AssemblyId,
    pub text: Hash,
}

/// A feasible plan put before the deciding assembly.
#[derive(Debug, Clone, PartialEq)]
pub struct Variant {
    /// Index of its period.
    pub period: usize,
    pub title: String,
    pub summary: String,
    pub economy: EconomyFiles<Hash>,
    pub plan: Hash,
    pub figures: Figures,
    pub submitted: Timestamp,
}

/// What a variant gives and takes, as its checked certificate says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Figures {
    /// Common and weighted fulfilment by tier, between 0 and 1.
    pub fulfilment: BTreeMap<u8, (String, String)>,
    pub labour: String,
    pub labour_unit: String,
    /// Largest gap of all stages, in millionths, rounded up.
    pub gap_ppm: u64,
}

/// What an adopted plan binds a workplace to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// Index in the period's products.
    pub product: u32,
    /// In units of the product's last decimal.
    pub quantity: i128,
}

/// What a workplace says it has done since the plan began.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    pub at: Timestamp,
    /// How much of the period is over.
    pub part: Fraction,
    /// In units of each product's last decimal, in the order of the mandate.
    pub made: Vec<i128>,
}

/// A product that a workplace is behind with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shortfall {
    pub workplace: WorkplaceId,
    /// Index in the period's products.
    pub product: u32,
    /// What the mandate asks for by the time of the report.
    pub due: i128,
    pub made: i128,
}

impl Planning {
    /// The period that is planned or carried out now.
    ///
    /// # Errors
    /// Refused before one was opened.
    pub fn current(&self) -> Result<&Period, Refusal> {
        self.periods.last().ok_or(Refusal::NoPlanOpen {})
    }

    /// A variant.
    ///
    /// # Errors
    /// Refused where there is none of that number.
    pub fn variant(&self, id: VariantId) -> Result<&Variant, Refusal> {
        self.variants.get(id.index()).ok_or_else(|| Refusal::no_such("variant", &id))
    }

    /// How many of an assembly's workplaces have reported, of how many that have a mandate.
    pub fn reported_by(&self, federation: &Federation, assembly: &AssemblyId) -> (u64, u64) {
        let (Ok(period), Ok(body)) = (self.current(), federation.assembly(assembly)) else { return (0, 0) };
        let ids = body.workplaces.iter().filter_map(|index| federation.roll.workplace_id(*index));
        let mandated: Vec<_> = ids.filter(|id| period.mandates.contains_key(*id)).collect();
        let reported = mandated.iter().filter(|id| period.reports.contains_key(**id)).count();
        (reported as u64, mandated.len() as u64)
    }
}

impl Period {
    /// Where the last report of each workplace is further under its mandate than the charter lets pass.
    pub fn shortfalls(&self, deviation: Fraction) -> Vec<Shortfall> {
        let mut found = Vec::new();
        for (workplace, reports) in &self.reports {
            let (Some(report), Some(targets)) = (reports.last(), self.mandates.get(workplace)) else {
                continue;
            };
            for (target, made) in targets.iter().zip(&report.made) {
                let due = scaled(target.quantity, report.part);
                if is_missed(due, *made, deviation) {
                    let workplace = workplace.clone();
                    found.push(Shortfall { workplace, product: target.product, due, made: *made });
                }
            }
        }
        found
    }
}

/// A quantity's share, rounded down.
fn scaled(quantity: i128, share: Fraction) -> i128 {
    let exact = BigInt::from(quantity) * share.numerator() / share.denominator();
    i128::try_from(exact).unwrap_or(i128::MAX)
}

fn is_missed(due: i128, made: i128, deviation: Fraction) -> bool {
    let (numerator, denominator) =
        (BigInt::from(deviation.numerator()), BigInt::from(deviation.denominator()));
    BigInt::from(made) * &denominator < BigInt::from(due) * (&denominator - numerator)
}

/// What may be asked about the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Opens a period with the economy as it stands.
    Open { period: String, economy: EconomyFiles<Blob> },
    /// States a need of an assembly: a bundle of products, in a tier from 1.
    StateNeed { assembly: AssemblyId, tier: u32, bundle: BTreeMap<String, String> },
    /// Sends up what a branch proposes.
    Propose { assembly: AssemblyId, text: Blob },
    /// Puts a variant before the deciding assembly, with its certificate. `economy` holds only the files that
    /// differ from the period's.
    Submit { title: String, summary: String, economy: EconomyFiles<Blob>, plan: Blob },
    /// Reports what a workplace has made since the plan began, when `part` of the period is over.
    Report { workplace: WorkplaceId, part: String, made: BTreeMap<String, String> },
}

/// What happened about the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Happened {
    Opened {
        period: String,
        economy: EconomyFiles<Hash>,
    },
    NeedStated {
        assembly: AssemblyId,
        tier: u32,
        bundle: BTreeMap<String, String>,
    },
    Proposed {
        assembly: AssemblyId,
        text: Hash,
    },
    Submitted {
        title: String,
        summary: String,
        economy: EconomyFiles<Hash>,
        plan: Hash,
        figures: Figures,
    },
    /// By the vote between variants. Mandates follow from the plan.
    Adopted {
        variant: VariantId,
    },
    Reported {
        workplace: WorkplaceId,
        part: String,
        made: BTreeMap<String, String>,
    },
}

impl Federation {
    fn deciding_assembly(&self) -> Result<&AssemblyId, Refusal> {
        let level = &self.charter.plan.decided_by;
        self.first_of_level(level).ok_or_else(|| Refusal::no_such("level", level))
    }

    /// Refuses a vote between variants that are too few, too old, or put elsewhere than before the deciding
    /// assembly.
    pub(crate) fn variants_may_be_put(
        &self,
        assembly: &AssemblyId,
        chosen: &[VariantId],
    ) -> Result<(), Refusal> {
        if self.deciding_assembly()? != assembly {
            return Err(Refusal::PlanDecidedElsewhere { level: self.charter.plan.decided_by.clone() });
        }
        let (have, need) = (chosen.len() as u64, u64::from(self.charter.plan.variants));
        if have < need {
            return Err(Refusal::TooFewVariants { have, need });
        }
        let period = self.planning.current()?;
        let since = period.adopted.map_or(period.opened, |(_, at)| at);
        let current = self.planning.periods.len() - 1;
        for (place, id) in chosen.iter().enumerate() {
            let variant = self.planning.variant(*id)?;
            if variant.period != current || variant.submitted < since || chosen[..place].contains(id) {
                return Err(Refusal::VariantNotOpen { variant: *id });
            }
        }
        Ok(())
    }

    fn at_level(&self, assembly: &AssemblyId, levels: &[String]) -> Result<(), Refusal> {
        let level = &self.level_of(assembly)?.id;
        if levels.contains(level) {
            return Ok(());
        }
        Err(Refusal::NotThisLevel { level: level.clone(), levels: levels.join(", ") })
    }
}

pub(crate) fn decide(federation: &Federation, context: &Context<'_>, action: &Action) -> Decided {
    match action {
        Action::Open { period, economy } => {
            duty::require(federation, context, Duty::Plan, federation.deciding_assembly()?)?;
            if federation.planning.periods.iter().any(|other| other.name == *period) {
                return Err(Refusal::PeriodExists { period: period.clone() });
            }
            read_economy(economy.iter().map(|(name, blob)| (name.clone(), blob.0.clone())).collect())?;
            let hashes = economy.iter().map(|(name, blob)| (name.clone(), blob.hash())).collect();
            let opened = Happened::Opened { period: period.clone(), economy: hashes };
            let attachments = economy.values().cloned().collect();
            Ok(Decision { events: vec![Event::Plan(opened)], attachments })
        }
        Action::StateNeed { assembly, tier, bundle } => {
            federation.at_level(assembly, &federation.charter.plan.needs_by)?;
            duty::require(federation, context, Duty::Plan, assembly)?;
            let tiers = federation.charter.plan.tiers.len() as u32;
            if *tier == 0 || *tier > tiers {
                return Err(Refusal::NoSuchTier { tier: *tier, tiers });
            }
            federation.planning.current()?;
            for (product, quantity) in bundle {
                positive(product, quantity)?;
            }
            let (assembly, bundle) = (assembly.clone(), bundle.clone());
            Ok(Event::Plan(Happened::NeedStated { assembly, tier: *tier, bundle }).into())
        }
        Action::Propose { assembly, text } => {
            let levels = std::slice::from_ref(&federation.charter.plan.proposals_by);
            federation.at_level(assembly, levels)?;
            duty::require(federation, context, Duty::Plan, assembly)?;
            federation.planning.current()?;
            if text.0.is_empty() {
                return Err(Refusal::EmptyText {});
            }
            let proposed = Happened::Proposed { assembly: assembly.clone(), text: text.hash() };
            Ok(Decision::from(Event::Plan(proposed)).with(text))
        }
        Action::Submit { title, summary, economy, plan } => {
            duty::require(federation, context, Duty::Plan, federation.deciding_assembly()?)?;
            submit(federation, context, title, summary, economy, plan)
        }
        Action::Report { workplace, part, made } => report(federation, context, workplace, part, made),
    }
}

fn positive(product: &str, quantity: &str) -> Result<Decimal, Refusal> {
    let number: Decimal =
        quantity.parse().map_err(|error: mandate_plan::NumberError| Refusal::BadQuantity {
            product: product.to_owned(),
            quantity: quantity.chars().take(40).collect(),
            problem: error.to_string(),
        })?;
    if number.is_negative() {
        let (product, quantity) = (product.to_owned(), quantity.to_owned());
        return Err(Refusal::BadQuantity { product, quantity, problem: "it is below nought".into() });
    }
    if units(&number, 0).and_then(|units| i64::try_from(units).ok()).is_none() {
        let problem = "it is above 2^63, more than any workplace makes".into();
        let (product, quantity) = (product.to_owned(), quantity.chars().take(40).collect());
        return Err(Refusal::BadQuantity { product, quantity, problem });
    }
    Ok(number)
}

fn read_economy(files: mandate_plan::Files) -> Result<Economy, Refusal> {
    Economy::read(&files)
        .map_err(|problem| Refusal::Unreadable { what: "economy".into(), problem: problem.to_string() })
}

/// Reads an economy from attachments.
fn economy_of(files: &dyn Files, hashes: &EconomyFiles<Hash>) -> Result<Economy, Refusal> {
    let mut bytes = mandate_plan::Files::new();
    for (name, hash) in hashes {
        let content = files.get(hash).ok_or(Refusal::AttachmentMissing { hash: *hash })?;
        bytes.insert(name.clone(), content.into_owned());
    }
    read_economy(bytes)
}

/// An economy and a plan for it, read from a variant's attachments.
///
/// # Errors
/// Refused where an attachment is gone or cannot be read.
pub fn read_variant(files: &dyn Files, variant: &Variant) -> Result<(Economy, Plan), Refusal> {
    read_files(files, &variant.economy, &variant.plan)
}

/// An economy and a plan for it, by the hashes of their files.
pub(crate) fn read_files(
    files: &dyn Files,
    economy: &EconomyFiles<Hash>,
    plan: &Hash,
) -> Result<(Economy, Plan), Refusal> {
    let economy = economy_of(files, economy)?;
    let bytes = files.get(plan).ok_or(Refusal::AttachmentMissing { hash: *plan })?;
    let plan = read_plan(&bytes, &economy)?;
    Ok((economy, plan))
}

fn read_plan(bytes: &[u8], economy: &Economy) -> Result<Plan, Refusal> {
    Plan::read(bytes, economy)
        .map_err(|problem| Refusal::Unreadable { what: "plan".into(), problem: problem.to_string() })
}

fn submit(
    federation: &Federation,
    context: &Context<'_>,
    title: &str,
    summary: &str,
    changed: &EconomyFiles<Blob>,
    plan: &Blob,
) -> Decided {
    let period = federation.planning.current()?;
    let mut hashes = period.economy.clone();
    let mut bytes = mandate_plan::Files::new();
    for (name, hash) in &period.economy {
        if !changed.contains_key(name) {
            bytes.insert(name.clone(), context.file(hash)?.into_owned());
        }
    }
    for (name, blob) in changed {
        hashes.insert(name.clone(), blob.hash());
        bytes.insert(name.clone(), blob.0.clone());
    }
    let economy = read_economy(bytes)?;
    let unknown = |workplace: &&mandate_plan::Workplace| {
        federation.roll.workplace(&workplace.id.as_str().into()).is_none()
    };
    if let Some(workplace) = economy.workplaces.iter().find(unknown) {
        return Err(Refusal::PlanForStrangers { workplace: workplace.id.as_str().into() });
    }
    let figures = checked_figures(federation, &economy, &read_plan(&plan.0, &economy)?)?;
    let submitted = Happened::Submitted {
        title: title.to_owned(),
        summary: summary.to_owned(),
        economy: hashes,
        plan: plan.hash(),
        figures,
    };
    let mut attachments: Vec<Blob> = changed.values().cloned().collect();
    attachments.push(plan.clone());
    Ok(Decision { events: vec![Event::Plan(submitted)], attachments })
}

/// Multiplies a plan through and takes its figures, or says where it does not hold [plan.rounds.gap].
///
/// # Errors
/// Names the row that is violated, or the gap that is too wide.
pub fn checked_figures(federation: &Federation, economy: &Economy, plan: &Plan) -> Result<Figures, Refusal> {
    let check = mandate_plan::check(economy, plan);
    if !check.ok() {
        let failure =
            check.failures.first().map_or_else(|| "it does not hold".to_owned(), ToString::to_string);
        return Err(Refusal::CertificateFails { failure });
    }
    let (gap, limit) = (check.gap(), federation.charter.plan.gap);
    let asked = BigRational::new(limit.numerator().into(), limit.denominator().into());
    let gap_ppm = (gap.clone() * BigRational::from_integer(1_000_000.into())).ceil().to_integer();
    let gap_ppm = u64::try_from(gap_ppm).unwrap_or(u64::MAX);
    if gap > asked {
        return Err(Refusal::GapTooWide { gap_ppm, limit });
    }
    let fulfilment = plan.fulfilment(economy).into_iter();
    let fulfilment = fulfilment.map(|tier| (tier.tier, (tier.common.to_string(), share(&tier)))).collect();
    let labour = plan.labour_used(economy).iter().fold(Decimal::zero(), |sum, hours| &sum + hours);
    let labour_unit = economy.labour_unit.clone();
    Ok(Figures { fulfilment, labour: labour.to_string(), labour_unit, gap_ppm })
}

/// Weighted fulfilment as a share of the weights, to six decimals, rounded down.
fn share(tier: &mandate_plan::TierFulfilment) -> String {
    if tier.weights.is_zero() {
        return "1".into();
    }
    let exact = tier.weighted.to_rational() / tier.weights.to_rational();
    let millionths = (exact * BigRational::from_integer(1_000_000.into())).floor().to_integer();
    Decimal::new(millionths, 6).to_string()
}

fn report(
    federation: &Federation,
    context: &Context<'_>,
    workplace: &WorkplaceId,
    part: &str,
    made: &BTreeMap<String, String>,
) -> Decided {
    duty::require(federation, context, Duty::Report, federation.assembly_of_workplace(workplace)?)?;
    let period = federation.planning.current()?;
    let Some(targets) = period.mandates.get(workplace) else {
        return Err(Refusal::NoMandate { workplace: workplace.clone() });
    };
    let fraction = part_of_period(part)?;
    let last = period.reports.get(workplace).and_then(|reports| reports.last());
    if let Some(last) = last.filter(|last| last.part >= fraction) {
        return Err(Refusal::ReportedAlready { workplace: workplace.clone(), part: last.part });
    }
    for (product, quantity) in made {
        let known = targets.iter().any(|target| period.products[target.product as usize].0 == *product);
        if !known {
            return Err(Refusal::NotInMandate { workplace: workplace.clone(), product: product.clone() });
        }
        positive(product, quantity)?;
    }
    let (workplace, part) = (workplace.clone(), fraction.to_string());
    Ok(Event::Plan(Happened::Reported { workplace, part, made: made.clone() }).into())
}

fn part_of_period(part: &str) -> Result<Fraction, Refusal> {
    let fraction: Option<Fraction> = part.parse().ok();
    fraction
        .filter(|fraction| *fraction > Fraction::ZERO && *fraction <= Fraction::ONE)
        .ok_or_else(|| Refusal::BadPart { part: part.chars().take(40).collect() })
}

pub(crate) fn apply(
    federation: &mut Federation,
    at: Timestamp,
    event: &Happened,
    files: &dyn Files,
) -> Result<(), Misfit> {
    if let Happened::Opened { period, economy } = event {
        federation.planning.periods.push(Period {
            name: period.clone(),
            opened: at,
            economy: economy.clone(),
            needs: Vec::new(),
            proposals: Vec::new(),
            adopted: None,
            products: Vec::new(),
            mandates: BTreeMap::new(),
            reports: BTreeMap::new(),
        });
        return Ok(());
    }
    let last = federation.planning.periods.len().checked_sub(1).ok_or(Misfit::because("no plan is open"))?;
    let period = &mut federation.planning.periods[last];
    match event {
        Happened::Opened { .. } => {}
        Happened::NeedStated { assembly, tier, bundle } => {
            period.needs.push(StatedNeed { assembly: assembly.clone(), tier: *tier, bundle: bundle.clone() });
        }
        Happened::Proposed { assembly, text } => {
            period.proposals.push(Proposal { assembly: assembly.clone(), text: *text });
        }
        Happened::Submitted { title, summary, economy, plan, figures } => {
            federation.planning.variants.push(Variant {
                period: last,
                title: title.clone(),
                summary: summary.clone(),
                economy: economy.clone(),
                plan: *plan,
                figures: figures.clone(),
                submitted: at,
            });
        }
        Happened::Adopted { variant } => {
            let chosen = federation.planning.variant(*variant).map_err(Misfit::because)?;
            let (economy, plan) = read_variant(files, chosen).map_err(Misfit::because)?;
            let period = &mut federation.planning.periods[last];
            period.adopted = Some((*variant, at));
            hand_down(period, &economy, &plan);
        }
        Happened::Reported { workplace, part, made } => {
            let report = read_report(period, workplace, at, part, made)?;
            period.reports.entry(workplace.clone()).or_default().push(report);
        }
    }
    Ok(())
}

/// Mandates of every workplace that the plan gives something to make. Several activities that make one product
/// give one mandate, their sum.
fn hand_down(period: &mut Period, economy: &Economy, plan: &Plan) {
    let products = economy.products.iter();
    period.products =
        products.map(|product| (product.id.clone(), product.unit.clone(), product.decimals)).collect();
    period.mandates.clear();
    // Reports speak of the mandates that were; a revised plan is reported on anew.
    period.reports.clear();
    for (index, workplace) in economy.workplaces.iter().enumerate() {
        let mut sums: BTreeMap<u32, i128> = BTreeMap::new();
        for target in plan.targets(economy, index) {
            let decimals = economy.products[target.product].decimals;
            let quantity =
                target.quantity.mantissa_at(decimals).and_then(|mantissa| i128::try_from(mantissa).ok());
            let sum = sums.entry(target.product as u32).or_default();
            *sum = sum.saturating_add(quantity.unwrap_or(i128::MAX));
        }
        let targets: Vec<Target> = sums
            .into_iter()
            .filter(|(_, quantity)| *quantity > 0)
            .map(|(product, quantity)| Target { product, quantity })
            .collect();
        if !targets.is_empty() {
            period.mandates.insert(workplace.id.as_str().into(), targets);
        }
    }
}

/// A number in units of a decimal. What is finer than that is cut off; none where it does not fit 128 bits.
fn units(number: &Decimal, decimals: u32) -> Option<i128> {
    let scale = BigRational::from_integer(BigInt::from(10).pow(decimals));
    i128::try_from((number.to_rational() * scale).floor().to_integer()).ok()
}

fn read_report(
    period: &Period,
    workplace: &WorkplaceId,
    at: Timestamp,
    part: &str,
    made: &BTreeMap<String, String>,
) -> Result<Report, Misfit> {
    let part = part_of_period(part).map_err(Misfit::because)?;
    let targets = period.mandates.get(workplace).ok_or(Misfit::no("mandate of", workplace))?;
    let quantity = |target: &Target| {
        let (product, _, decimals) = &period.products[target.product as usize];
        let Some(text) = made.get(product) else { return Ok(0) };
        let number: Decimal = text.parse().map_err(Misfit::because)?;
        units(&number, *decimals).ok_or_else(|| Misfit::because(format!("nobody makes {text} of {product}")))
    };
    let made = targets.iter().map(quantity).collect::<Result<_, Misfit>>()?;
    Ok(Report { at, part, made })
}
