//! The whole year of an example, stage after stage.

use crate::elect::{self, Held};
use crate::example::{Example, found};
use crate::year::{LabError, Stage, Year};
use crate::{control, deliberate, planning, propose};
use mandate_charter::Charter;
use serde_json::json;

/// Runs an example's year from the founding to the last report.
///
/// # Errors
/// Where the core refuses what the example does, a variant cannot be solved, or the record fails.
pub fn run(year: &mut Year<'_>, example: &Example) -> Result<Vec<Stage>, LabError> {
    let mut stages = vec![found(year, example)?];
    year.pass_days(7);
    stages.push(elect_all(year)?);
    stages.push(propose::propose(year, example)?);
    stages.push(planning::plan(year, example)?);
    stages.push(deliberate::deliberate(year, example)?);
    stages.push(control::control(year, example)?);
    Ok(stages)
}

/// Elections from the workplaces upward: every level's delegates and every level's organs.
fn elect_all(year: &mut Year<'_>) -> Result<Stage, LabError> {
    let charter = year.federation()?.charter.clone();
    let expected = expected_elections(year)?;
    year.watch.begin("elect", 3 * expected);
    let mut held = Held::default();
    let mut lines = Vec::new();
    for wave in waves(&charter) {
        let mut offices = Vec::new();
        for step in &wave {
            offices.extend(match step {
                Step::Level(level) => elect::open_terms(year, level)?,
                Step::Organ(kind) => elect::organs(year, kind)?,
            });
        }
        let now = elect::hold(year, offices)?;
        let names: Vec<&str> = wave.iter().map(Step::name).collect();
        lines.push(format!(
            "{}: {} elections, {} of {} places filled, {} of {} voted",
            names.join(", "),
            now.elections,
            now.filled,
            now.seats,
            now.voted,
            now.entitled
        ));
        held += now;
        year.pass_days(1);
    }
    let appointed = control::appoint(year)?;
    if appointed > 0 {
        lines.push(format!(
            "{appointed} posts appointed, where the charter lets a branch's management begin so"
        ));
    }
    if held.lots > 0 {
        lines
            .push(format!("{} ties broken by lot, each from a seed committed to before the vote", held.lots));
    }
    let stage = Stage {
        stage: "elect",
        lines,
        figures: json!({
            "elections": held.elections, "places": held.seats, "filled": held.filled, "voted": held.voted,
            "entitled": held.entitled, "lots": held.lots, "appointed": appointed,
        }),
    };
    year.watch.end(&stage);
    Ok(stage)
}

enum Step {
    Level(String),
    Organ(String),
}

impl Step {
    fn name(&self) -> &str {
        match self {
            Self::Level(name) | Self::Organ(name) => name,
        }
    }
}

/// What is elected side by side: a level as soon as those that elect it sit, an organ with the level above its own.
fn waves(charter: &Charter) -> Vec<Vec<Step>> {
    let mut seated: Vec<&str> = charter
        .levels
        .iter()
        .filter(|level| level.elected_by.is_empty())
        .map(|level| level.id.as_str())
        .collect();
    let mut waves = Vec::new();
    let mut organs: Vec<_> = charter.organs.iter().collect();
    loop {
        let ready = charter.levels.iter().filter(|level| {
            !seated.contains(&level.id.as_str())
                && level.elected_by.iter().all(|id| seated.contains(&id.as_str()))
        });
        let ready: Vec<&str> = ready.map(|level| level.id.as_str()).collect();
        let (now, later): (Vec<_>, Vec<_>) =
            organs.into_iter().partition(|organ| seated.contains(&organ.elected_by.as_str()));
        organs = later;
        if ready.is_empty() && now.is_empty() {
            return waves;
        }
        let levels = ready.iter().map(|id| Step::Level((*id).to_owned()));
        waves.push(levels.chain(now.iter().map(|organ| Step::Organ(organ.id.clone()))).collect());
        seated.extend(ready);
    }
}

fn expected_elections(year: &mut Year<'_>) -> Result<u64, LabError> {
    let federation = year.federation()?;
    let delegates: usize = federation.assemblies.values().map(|body| body.electors.len()).sum();
    Ok((delegates + federation.organs.len()) as u64)
}
