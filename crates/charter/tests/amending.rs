//! What an amendment changes: the table of rights in `docs/charter.md`, a row or more each.

use mandate_charter::{Charter, changed_articles, changed_entrenched, read};

const BASE: &str = include_str!("../testdata/base.toml");

fn amended(old: &str, new: &str) -> (Charter, Charter) {
    assert_eq!(BASE.matches(old).count(), 1, "{old:?} must stand exactly once");
    let read = |source: &str| read(source).unwrap_or_else(|errors| panic!("{errors:?}"));
    (read(BASE), read(&BASE.replace(old, new)))
}

#[test]
fn every_row_of_the_table_of_rights() {
    let rows: &[(&str, &str, &[&str])] = &[
        // Gains and ordinary changes touch no right.
        ("seats = { total = 60 }", "seats = { total = 90 }", &[]),
        ("term = \"P1Y\"", "term = \"P2Y\"", &[]),
        ("signatures = 38", "signatures = 20", &[]),
        ("recall = { petition = \"1/5\"", "recall = { petition = \"1/10\"", &[]),
        ("sign = true }", "sign = true, stand = true }", &[]),
        ("name = \"Base\"", "name = \"Other\"", &[]),
        // Losses do.
        ("signatures = 38", "signatures = 39", &["right.propose", "right.sign"]),
        ("levels = [\"branch\"]", "levels = [\"branch\"]\nnotice = \"P30D\"", &["right.propose"]),
        ("levels = [\"branch\"]", "levels = [\"region\"]", &["right.propose"]),
        ("petition = \"1/5\" }\n\n[[organ]]", "petition = \"1/2\" }\n\n[[organ]]", &["right.propose"]),
        ("sign = true }", "sign = false }", &["right.sign"]),
        ("circulate-to = [\"congress\"]", "circulate-to = []", &["right.circulate"]),
        ("[plan]", "[platform]\npages = 3\n[plan]", &["right.circulate"]),
        ("[plan]", "[platform]\nheard-by = \"region\"\n[plan]", &["right.circulate"]),
        ("[plan]", "[record]\nretention = \"P1Y\"\n[plan]", &["right.record"]),
        ("recall = { petition = \"1/5\"", "recall = { petition = \"1/4\"", &["right.recall"]),
        ("quorum = \"1/2\", majority", "quorum = \"2/3\", majority", &["right.recall"]),
        (
            "majority = \"1/2\" }",
            "majority = { share = \"1/2\", strict = true, of = \"present\" } }",
            &["right.recall"],
        ),
        // A level by another name would have another recall.
        (
            "id = \"council\"\nelected-by",
            "id = \"council\"\nrecall = { petition = \"1\" }\nelected-by",
            &["right.recall"],
        ),
    ];
    for (old, new, expected) in rows {
        let (before, after) = amended(old, new);
        let changed: Vec<String> = changed_entrenched(&before, &after).into_iter().collect();
        assert_eq!(changed, *expected, "{old} → {new}");
        assert_ne!(before, after, "{old} → {new}");
        assert!(!changed_articles(&before, &after).is_empty(), "{old} → {new}");
    }
}

#[test]
fn the_way_to_change_entrenched_articles_is_entrenched_with_them() {
    let (before, after) = amended("\"right.exit\"]", "\"right.exit\"]\nworkplaces = \"1/10\"");
    assert_eq!(changed_entrenched(&before, &after), before.entrenched.articles);
}

#[test]
fn an_entrenched_table_covers_what_stands_below_it() {
    let entrenched = BASE.replace("\"right.exit\"]", "\"right.exit\", \"level.congress.meeting\"]");
    let before = read(&entrenched).unwrap();
    let after = read(&entrenched.replace("quorum = \"2/3\"", "quorum = \"1/2\"")).unwrap();
    assert_eq!(Vec::from_iter(changed_articles(&before, &after)), ["level.congress.meeting.quorum"]);
    assert_eq!(Vec::from_iter(changed_entrenched(&before, &after)), ["level.congress.meeting"]);
    // Taking it off the list is a change of it too.
    assert_eq!(Vec::from_iter(changed_entrenched(&before, &read(BASE).unwrap())), ["level.congress.meeting"]);
}

#[test]
fn the_same_charter_changes_nothing() {
    let charter = read(BASE).unwrap();
    assert!(changed_articles(&charter, &charter).is_empty());
}
