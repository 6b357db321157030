//! Charters on trial in the valley: each change shows in the figure that it is about.

use mandate_lab::trial::{Governing, compare};
use mandate_lab::valley;

const SEED: u64 = 7;

fn on_trial(changes: &[(&str, &str, &str)]) -> Vec<Governing> {
    let example = valley::example(SEED).unwrap();
    let shipped = example.charter.clone();
    let mut charters = vec![("as shipped", shipped.clone())];
    for (name, article, otherwise) in changes {
        assert!(shipped.contains(article), "{article}");
        charters.push((name, shipped.replacen(article, otherwise, 1)));
    }
    compare(example, SEED, &charters).unwrap()
}

#[test]
fn the_same_charter_gives_the_same_figures() {
    let figures = on_trial(&[("the same", "posts = { elected = 7 }", "posts = { elected = 7 }")]);
    let named = Governing { charter: "as shipped".into(), ..figures[1].clone() };
    assert_eq!(figures[0], named);
    assert_eq!(figures[0].appointed_posts, 0);
    assert!(figures[0].plan_adopted);
}

#[test]
fn each_change_shows_where_it_bites() {
    let figures = on_trial(&[
        (
            "councils appointed",
            "elected-by = \"branch\"\nposts = { elected = 3 }",
            "elected-by = \"branch\"\nposts = { elected = 0, appointed = 3, appointed-by = \"economic-council\" }",
        ),
        ("high quorum", "quorum = \"1/4\"", "quorum = \"9/10\""),
        ("many signatures", "signatures = 15", "signatures = 60"),
    ]);
    let [shipped, appointed, quorum, signatures] = &figures[..] else { panic!("{figures:?}") };
    // Fifteen branches with three posts each, in a council that members elected before.
    assert!(appointed.appointed_posts > 0 && appointed.elected_posts < shipped.elected_posts);
    // Seven in ten come to a meeting of their workplace: nine in ten are never there.
    assert!(shipped.motions.adopted_from_below > 0);
    assert_eq!(quorum.motions.adopted_from_below, 0);
    assert!(quorum.meetings.1 < quorum.meetings.0);
    assert_eq!((shipped.platforms, signatures.platforms), (3, 0));
}
