//! The example congress-1921: the count as quoted, every refusal by name and article, and the same record twice.

use mandate_assembly::ids::ThesesId;
use mandate_assembly::{Entry, State, apply, audit};
use mandate_lab::{MemoryDesk, Stage, Unwatched, Year, congress_1921};

/// Runs the example and returns its record, its stages, and the refusals it met, by name and article.
fn run(seed: u64) -> (MemoryDesk, Vec<Stage>, Vec<(&'static str, String)>) {
    let mut desk = MemoryDesk::default();
    let mut watch = Unwatched;
    let mut year = Year::new(&mut desk, seed, congress_1921::start().unwrap(), &mut watch);
    let stages = congress_1921::run(&mut year).unwrap();
    let shown = year.shown.iter().map(|refusal| (refusal.name(), refusal.article())).collect();
    for stage in &stages {
        println!("{}", stage.stage);
        stage.lines.iter().for_each(|line| println!("  {line}"));
    }
    (desk, stages, shown)
}

#[test]
fn the_count_is_as_quoted_and_stands() {
    let (desk, ..) = run(7);
    let mut state = State::default();
    for entry in &desk.entries {
        let line = serde_json::to_string(entry).unwrap();
        let read: Entry = serde_json::from_str(&line).unwrap();
        audit::audit(&state, &read, &desk.files).unwrap_or_else(|difference| panic!("{difference}"));
        apply(&mut state, &read, &desk.files).unwrap();
    }
    let federation = state.federation.unwrap();
    let result = |number| federation.platforms.get(ThesesId(number)).unwrap().result;
    // Commonly quoted: 336 for the ten, 50 for Trotsky and Bukharin, 18 for the Workers' Opposition, 2 abstentions.
    assert_eq!([result(1), result(2), result(3)], [Some((336, true)), Some((50, false)), Some((18, false))]);
    let vote = federation.votes.last().unwrap();
    assert_eq!(vote.result.as_ref().unwrap().tally.abstain, 2);
    assert!(vote.answers.is_empty(), "nobody knows who voted how");
    // Note 47 in volume 32 of Lenin's Collected Works: 694 delegates with a vote.
    assert_eq!(vote.entitled, 694);
    assert!(federation.platforms.all().all(|(_, theses)| theses.signatories.len() == 38));
    let opposition = federation.platforms.get(ThesesId(3)).unwrap();
    let unions = federation.signatories_by_branch(opposition);
    assert!(unions["metal-trades"] > 38 / 2, "most signatories were metalworkers");
    assert!(federation.circulars.iter().all(|circular| circular.not_reached().count() == 0));
}

#[test]
fn every_attempt_is_refused_with_its_article() {
    let (_, _, shown) = run(7);
    let shown: Vec<(&str, &str)> = shown.iter().map(|(name, article)| (*name, article.as_str())).collect();
    let expected = [
        ("AllotmentTakenBack", "platform"),
        ("OverAllotment", "platform.pages"),
        ("PlatformUnheard", "platform.heard-by"),
        ("PlatformLeftOut", "platform"),
        ("HeardTooShortly", "platform.speaking-minutes"),
        ("PlatformProtected", "motion.theses.cannot-be"),
        ("PlatformProtected", "motion.theses.cannot-be"),
        ("PlatformProtected", "motion.theses.cannot-be"),
        ("PlatformProtected", "motion.theses.cannot-be"),
        ("WrongKindFor", "motion.effect"),
        ("NothingToAppoint", "organ.posts"),
        ("CharterUnfit", "charter"),
        ("Entrenched", "entrenched.articles"),
        ("NeverErased", "record.retention"),
    ];
    assert_eq!(shown, expected);
}

#[test]
fn the_same_seed_gives_the_same_record_and_other_seeds_the_same_count() {
    let (desk, stages, _) = run(7);
    let (again, ..) = run(7);
    let text = |desk: &MemoryDesk| serde_json::to_string(&desk.entries).unwrap();
    assert_eq!(text(&desk), text(&again));
    for seed in [1, 2] {
        let (_, others, _) = run(seed);
        for name in ["sign", "vote", "protect"] {
            let of = |stages: &[Stage]| stages.iter().find(|stage| stage.stage == name).cloned();
            assert_eq!(of(&stages), of(&others));
        }
    }
}

#[test]
fn lines_fit_a_terminal() {
    let (_, stages, _) = run(7);
    for line in stages.iter().flat_map(|stage| &stage.lines) {
        assert!(line.chars().count() <= 110, "{} characters: {line}", line.chars().count());
    }
}
