//! Amending the charter: by a motion of a kind that may, and never an entrenched article by that way (article `entrenched`).

use crate::decision::{Context, Misfit};
use crate::event::Event;
use crate::ids::Hash;
use crate::refusal::Refusal;
use crate::state::Federation;
use crate::structure;
use jiff::Timestamp;
use mandate_charter::{Charter, Effect, changed_articles, changed_entrenched};
use serde::{Deserialize, Serialize};

/// What happened to the charter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Happened {
    /// A new text is in force.
    Amended { text: Hash, articles: Vec<String> },
}

/// Checks a proposed text: it is a charter, it changes something, and the kind of motion may change that.
///
/// # Errors
/// Names the entrenched articles that the motion's kind cannot change.
pub fn check(federation: &Federation, effect: Effect, text: &[u8]) -> Result<Charter, Refusal> {
    let charter = read(text)?;
    if changed_articles(&federation.charter, &charter).is_empty() {
        return Err(Refusal::NothingChanged {});
    }
    let entrenched = changed_entrenched(&federation.charter, &charter);
    if effect != Effect::Entrenched && !entrenched.is_empty() {
        let articles: Vec<String> = entrenched.into_iter().collect();
        return Err(Refusal::Entrenched { articles: articles.join(", ") });
    }
    if let Err(problem) = structure::assemblies(&charter, &federation.roll) {
        return Err(Refusal::CharterUnfit { problem });
    }
    Ok(charter)
}

fn read(text: &[u8]) -> Result<Charter, Refusal> {
    let text =
        std::str::from_utf8(text).map_err(|error| Refusal::CharterUnfit { problem: error.to_string() })?;
    mandate_charter::read(text).map_err(|errors| {
        let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
        Refusal::CharterUnfit { problem: errors.join("; ") }
    })
}

/// The event by which an adopted text comes into force. It is checked again: articles may have become entrenched
/// since it was filed.
pub(crate) fn amended(
    federation: &Federation,
    context: &Context<'_>,
    effect: Effect,
    text: Hash,
) -> Result<Event, Refusal> {
    let charter = check(federation, effect, &context.file(&text)?)?;
    let articles = changed_articles(&federation.charter, &charter).into_iter().collect();
    Ok(Event::Charter(Happened::Amended { text, articles }))
}

pub(crate) fn apply(
    federation: &mut Federation,
    at: Timestamp,
    event: &Happened,
    file: &[u8],
) -> Result<(), Misfit> {
    let Happened::Amended { text, .. } = event;
    let before = std::mem::replace(&mut federation.charter, read(file).map_err(Misfit::because)?);
    // Assemblies keep their level by its name; one whose level is gone keeps none.
    let place = |old: usize| {
        let id = &before.levels.get(old)?.id;
        federation.charter.levels.iter().position(|level| level.id == *id)
    };
    for body in federation.assemblies.values_mut() {
        body.level = place(body.level).unwrap_or(usize::MAX);
    }
    federation.charter_hash = *text;
    structure::renew(federation, at)
}
