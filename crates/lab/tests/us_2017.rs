//! The example us-2017 in memory: the same seed gives the same entries, and every result can be computed anew.

use mandate_assembly::{Entry, State, apply, audit};
use mandate_lab::{MemoryDesk, Unwatched, Year, us_2017, whole_year};

fn run(seed: u64) -> MemoryDesk {
    let example = us_2017::example(seed).unwrap();
    let mut desk = MemoryDesk::default();
    let mut watch = Unwatched;
    let mut year = Year::new(&mut desk, seed, example.start, &mut watch);
    let stages = whole_year::run(&mut year, &example).unwrap();
    assert_eq!(stages.len(), 6);
    for stage in stages {
        println!("{}", stage.stage);
        for line in stage.lines {
            println!("  {line}");
        }
    }
    desk
}

#[test]
fn the_year_of_us_2017_is_the_same_twice_and_computed_anew() {
    let desk = run(7);
    let entries: Vec<String> =
        desk.entries.iter().map(|entry| serde_json::to_string(entry).unwrap()).collect();
    let again = run(7);
    assert_eq!(again.entries.len(), entries.len());
    let mut state = State::default();
    for (line, entry) in entries.iter().zip(&again.entries) {
        assert_eq!(*line, serde_json::to_string(entry).unwrap());
        let read: Entry = serde_json::from_str(line).unwrap();
        audit::audit(&state, &read, &desk.files).unwrap_or_else(|difference| panic!("{difference}"));
        apply(&mut state, &read, &desk.files).unwrap();
    }
    let federation = state.federation.unwrap();
    assert!(federation.planning.current().unwrap().adopted.is_some());
    assert_eq!(federation.overdue(state.last_at.unwrap()).count(), 0);
}
