//! Plans that pages read: an economy and its plan are long files, read once and kept.

use mandate_assembly::Files;
use mandate_assembly::Refusal;
use mandate_assembly::ids::Hash;
use mandate_assembly::plan::{Variant, read_variant};
use mandate_plan::{Economy, Plan};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// How many plans are kept in memory: the variants of one vote.
const KEPT_PLANS: usize = 8;

/// An economy and a plan for it.
pub type Read = Arc<(Economy, Plan)>;

/// The plans read so far, by the hash of the plan.
#[derive(Debug, Default)]
pub struct Plans(Mutex<BTreeMap<Hash, Read>>);

impl Plans {
    /// A variant's economy and plan.
    ///
    /// # Errors
    /// Files that are not kept any more.
    pub fn get(&self, files: &dyn Files, variant: &Variant) -> Result<Read, Refusal> {
        let kept = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(read) = kept().get(&variant.plan) {
            return Ok(Arc::clone(read));
        }
        let read = Arc::new(read_variant(files, variant)?);
        let mut plans = kept();
        if plans.len() >= KEPT_PLANS {
            plans.clear();
        }
        plans.insert(variant.plan, Arc::clone(&read));
        Ok(read)
    }
}
