//! A charter on trial: the same people live the same year under another charter, and who governs is set side by side.
//!
//! A year under a changed charter is not a forecast: the lab's people do not change their minds with the rules. It
//! shows what the rules themselves let through: who holds posts and by whom, what comes up from below, what fails
//! for want of a quorum or of signatures.

use crate::desk::MemoryDesk;
use crate::example::Example;
use crate::whole_year;
use crate::year::{LabError, Unwatched, Year};
use mandate_assembly::Federation;
use mandate_assembly::governing::MotionFigures;

/// Who governed in a year under one charter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Governing {
    /// The charter's name in the trial.
    pub charter: String,
    /// Posts held at the end of the year by those elected to them.
    pub elected_posts: u64,
    /// Posts held at the end of the year by those appointed from above.
    pub appointed_posts: u64,
    /// Votes given in the elections of delegates, and votes that could have been given.
    pub turnout: (u64, u64),
    /// Theses with the signatures of a platform.
    pub platforms: u64,
    /// Motions, those adopted that came from below among them.
    pub motions: MotionFigures,
    /// Meetings that were held, and those of them that had a quorum for a vote.
    pub meetings: (u64, u64),
    /// Votes of delegates under a mandate, and those of them that broke it.
    pub mandated_votes: (u64, u64),
    /// Recalls that were carried.
    pub recalls: u64,
    /// Whether a plan was adopted.
    pub plan_adopted: bool,
}

/// Runs the example's year once for each charter, by name and text, with the same seed.
///
/// # Errors
/// Where a charter is refused for this roll, or the year cannot be run under it.
pub fn compare(
    mut example: Example,
    seed: u64,
    charters: &[(&str, String)],
) -> Result<Vec<Governing>, LabError> {
    let mut governing = Vec::with_capacity(charters.len());
    for (name, text) in charters {
        example.charter.clone_from(text);
        let mut desk = MemoryDesk::default();
        let mut watch = Unwatched;
        let mut year = Year::new(&mut desk, seed, example.start, &mut watch);
        whole_year::run(&mut year, &example)?;
        let end = year.now;
        governing.push(figures(name, year.federation()?, end));
    }
    Ok(governing)
}

fn figures(charter: &str, federation: &Federation, end: jiff::Timestamp) -> Governing {
    let posts = federation.posts_by_organ(end);
    let levels = federation.level_figures(end);
    let held = federation.meetings.iter().filter(|meeting| meeting.opened.is_some());
    let (held, quorate) =
        held.fold((0, 0), |(held, quorate), meeting| (held + 1, quorate + u64::from(meeting.had_quorum)));
    let kept = federation.mandates_kept();
    let decided = kept.iter().filter_map(|kept| kept.kept);
    let (voted, broken) =
        decided.fold((0, 0), |(voted, broken), kept| (voted + 1, broken + u64::from(!kept)));
    Governing {
        charter: charter.to_owned(),
        elected_posts: posts.values().map(|posts| posts.elected).sum(),
        appointed_posts: posts.values().map(|posts| posts.appointed).sum(),
        turnout: levels
            .iter()
            .fold((0, 0), |(voted, entitled), level| (voted + level.voted, entitled + level.entitled)),
        platforms: federation.platforms.recognised().count() as u64,
        motions: federation.motion_figures(end),
        meetings: (held, quorate),
        mandated_votes: (voted, broken),
        recalls: federation.recalls.iter().filter(|recall| recall.recalled == Some(true)).count() as u64,
        plan_adopted: federation.planning.current().is_ok_and(|period| period.adopted.is_some()),
    }
}
