//! Who may act for an assembly: holders of posts whose organ has the duty [organ.*.duties].
//!
//! Where no organ of the assembly has a holder of the duty, the nearest assembly above that has one acts; where
//! none has, the founding commission, until its term ends; after that any member of the assembly, so that no
//! assembly can be left without a way to meet and elect.

use crate::decision::Context;
use crate::ids::{AssemblyId, MemberId};
use crate::refusal::Refusal;
use crate::state::Federation;
use jiff::Timestamp;
use mandate_charter::Duty;
use std::collections::BTreeSet;

/// Refuses unless the sender holds a duty for an assembly.
///
/// # Errors
/// Names the organ whose holders may act, or says that nobody may.
pub fn require(
    federation: &Federation,
    context: &Context<'_>,
    duty: Duty,
    assembly: &AssemblyId,
) -> Result<(), Refusal> {
    federation.assembly(assembly)?;
    let holders = holders(federation, duty, assembly, context.at);
    let allowed = match &holders {
        Holders::Of(_, members) => members.contains(context.by),
        Holders::Commission => federation.commission.contains(context.by),
        Holders::Anybody => federation.sits_in(assembly, context.by, context.at),
    };
    if allowed {
        return Ok(());
    }
    let organ = match holders {
        Holders::Of(organ, _) => organ,
        Holders::Commission => "the founding commission".to_owned(),
        Holders::Anybody => format!("nobody now, so any member of {assembly}"),
    };
    Err(Refusal::NotYourDuty { duty, assembly: assembly.clone(), organ })
}

/// Who holds a duty for an assembly.
pub enum Holders {
    /// The holders of posts of this organ.
    Of(String, BTreeSet<MemberId>),
    /// No organ was elected yet.
    Commission,
    /// Nobody holds it; any member of the assembly may act.
    Anybody,
}

/// Finds who holds a duty for an assembly at a moment.
pub fn holders(federation: &Federation, duty: Duty, assembly: &AssemblyId, at: Timestamp) -> Holders {
    let mut tier = vec![assembly.clone()];
    while !tier.is_empty() {
        for id in &tier {
            for organ in federation.charter.organs.iter().filter(|organ| organ.duties.contains(&duty)) {
                let of = crate::ids::OrganId::of(&organ.id, id);
                let Some(instance) = federation.organs.get(&of) else { continue };
                let members: BTreeSet<_> = instance.seated(at).map(|post| post.member.clone()).collect();
                if !members.is_empty() {
                    return Holders::Of(of.to_string(), members);
                }
            }
        }
        let above = tier.iter().filter_map(|id| federation.assemblies.get(id));
        tier = above.flat_map(|body| body.elects.iter().cloned()).collect();
    }
    let commission_ends = federation.charter.founding.commission_term.after(federation.founded_at);
    if at < commission_ends { Holders::Commission } else { Holders::Anybody }
}
