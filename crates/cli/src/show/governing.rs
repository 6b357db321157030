//! Who governs: posts, and the figures by which members see whether power runs from below.

use super::share;
use crate::table::Table;
use jiff::Timestamp;
use mandate_assembly::Federation;

/// Posts by kind of organ.
pub fn posts(federation: &Federation, at: Timestamp) -> Table {
    let columns = ["organ", "elected ■", "appointed □", "appointed by"];
    let mut table = Table::new("Posts held: elected against appointed", &columns);
    for (kind, posts) in federation.posts_by_organ(at) {
        let holders = federation
            .post_holders(at)
            .filter(|(organ, _, _)| federation.organs.get(*organ).is_some_and(|organ| organ.kind == kind));
        let mut appointers: Vec<String> =
            holders.filter_map(|(_, _, by)| by.map(ToString::to_string)).collect();
        appointers.sort();
        appointers.dedup();
        table.row(vec![
            kind.into(),
            posts.elected.into(),
            posts.appointed.into(),
            appointers.join(", ").into(),
        ]);
    }
    table
}

/// The figures, a line each.
pub fn figures(federation: &Federation, at: Timestamp) -> Table {
    let mut table = Table::new("Who governs", &["what", "figure"]);
    let mut say = |what: &str, figure: String| table.row(vec![what.into(), figure.into()]);
    let posts = federation.posts_by_organ(at).into_values();
    let (elected, appointed) = posts.fold((0, 0), |(e, a), posts| (e + posts.elected, a + posts.appointed));
    say("posts elected", share(elected, elected + appointed));
    let terms: Vec<String> = federation
        .terms_served(at)
        .iter()
        .map(|(term, holders)| format!("{holders} in term {term}"))
        .collect();
    say("terms in a row of those who hold a seat or post", terms.join(", "));
    let motions = federation.motion_figures(at);
    say("motions adopted", share(motions.adopted, motions.filed));
    say("adopted motions that came from below", share(motions.adopted_from_below, motions.adopted));
    let decided = motions.adopted + motions.rejected;
    let days = motions.days_to_decision.checked_div(decided);
    let days = days.map_or("none decided".into(), |days| days.to_string());
    say("days from filing to decision, mean", days);
    say("forwarded motions without the answer that is due", motions.overdue.to_string());
    let kept = federation.mandates_kept();
    let voted = kept.iter().filter(|kept| kept.kept.is_some()).count() as u64;
    let broken = kept.iter().filter(|kept| kept.kept == Some(false)).count() as u64;
    say("delegates' votes under a mandate that broke it", share(broken, voted));
    let recalled = federation.recalls.iter().filter(|recall| recall.recalled == Some(true)).count();
    say("recalls that ended a term", share(recalled as u64, federation.recalls.len() as u64));
    table
}
