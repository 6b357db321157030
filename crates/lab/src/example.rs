//! What an example federation is made of, and its founding.

use crate::year::{LabError, Stage, Year};
use jiff::Timestamp;
use mandate_assembly::Action;
use mandate_assembly::founding;
use mandate_assembly::ids::{Blob, MemberId};
use mandate_plan::{Economy, Layers, Sealing};
use serde_json::json;

/// A federation that can be run: charter, rolls, economy, and what its year brings.
pub struct Example {
    /// `us-2017`, `valley` …
    pub name: &'static str,
    /// Says what is real and what is made up.
    pub about: &'static str,
    pub charter: String,
    pub workplaces: String,
    pub members: String,
    /// Who acts until organs are elected.
    pub commission: Vec<MemberId>,
    pub start: Timestamp,
    /// Name of the planning period.
    pub period: String,
    /// What could be done in it, after the shock.
    pub economy: Economy,
    /// What the shock was, in words.
    pub shock: String,
    /// Who plans in rounds with whom.
    pub layers: Layers,
    /// How branches seal what they say.
    pub sealing: Sealing,
    pub variants: Vec<VariantSpec>,
    pub platforms: Vec<PlatformSpec>,
    pub motions: Vec<MotionSpec>,
    /// The kind of motion by which workplaces speak to the congress: decided by name, so that mandates show.
    pub policy_kind: &'static str,
    /// How much of the roll moves in the year.
    pub changes: Changes,
}

/// A variant: how the economy is changed, and what it is after.
pub struct VariantSpec {
    pub title: &'static str,
    pub summary: &'static str,
    pub change: fn(&mut Economy),
}

/// Theses to be published.
pub struct PlatformSpec {
    pub title: &'static str,
    pub text: &'static [&'static str],
    /// How many more than the author sign.
    pub signatories: usize,
    /// Which direction its signatories lean to; 3: any.
    pub leaning: u64,
}

/// A motion that begins in a workplace.
pub struct MotionSpec {
    pub title: &'static str,
    pub text: &'static [&'static str],
    /// First line replaced, lines replaced and the text of an amendment moved on the way.
    pub amendment: Option<(u32, u32, &'static str)>,
    /// How many in a hundred are for it.
    pub support: u64,
}

/// How much of the roll changes in the year.
pub struct Changes {
    pub moves: usize,
    pub joins: usize,
    pub leaves: usize,
    pub arrears: usize,
}

/// Founds the example's federation.
///
/// # Errors
/// Where its charter or rolls are refused.
pub fn found(year: &mut Year<'_>, example: &Example) -> Result<Stage, LabError> {
    year.watch.begin("found", 1);
    let founder = example.commission.first().cloned();
    let founder = founder.ok_or_else(|| LabError::Example("nobody is on the founding commission".into()))?;
    let found = founding::Action::Found {
        charter: example.charter.as_str().into(),
        workplaces: Blob(example.workplaces.clone().into_bytes()),
        members: Blob(example.members.clone().into_bytes()),
        commission: example.commission.clone(),
    };
    year.say(&founder, Action::Founding(found))?;
    let federation = year.federation()?;
    let (members, workplaces) = (federation.roll.members_count(), federation.roll.workplaces().count());
    let assemblies = federation.assemblies.len();
    let levels = federation.charter.levels.len();
    let stage = Stage {
        stage: "found",
        lines: vec![
            example.about.to_owned(),
            format!(
                "{members} members at {workplaces} workplaces make {assemblies} assemblies at {levels} levels"
            ),
        ],
        figures: json!({"members": members, "workplaces": workplaces, "assemblies": assemblies, "levels": levels}),
    };
    year.watch.end(&stage);
    Ok(stage)
}
