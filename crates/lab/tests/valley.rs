//! The example valley: its economy can be met before the shock, and its year runs, the same twice, computed anew.

use mandate_assembly::roll::Kind;
use mandate_assembly::{Entry, State, apply, audit};
use mandate_lab::{MemoryDesk, Unwatched, Year, valley, whole_year};
use mandate_plan::{Economy, FULFILMENT_ONE, Options, check, solve};

fn run(seed: u64) -> MemoryDesk {
    let example = valley::example(seed).unwrap();
    let mut desk = MemoryDesk::default();
    let mut watch = Unwatched;
    let mut year = Year::new(&mut desk, seed, example.start, &mut watch);
    for stage in whole_year::run(&mut year, &example).unwrap() {
        println!("{}", stage.stage);
        for line in stage.lines {
            println!("  {line}");
        }
    }
    desk
}

#[test]
fn a_usual_year_meets_every_need() {
    let economy = valley::economy().unwrap();
    let plan = solve(&economy, &Options::default()).unwrap();
    assert!(check(&economy, &plan).ok());
    for (need, fulfilment) in economy.needs.iter().zip(&plan.fulfilments) {
        // Within the millionth by which a stage may give way to the next.
        assert!(*fulfilment > FULFILMENT_ONE - 2_000, "{} {fulfilment}", need.id);
    }
}

/// Each answer to the shock must cost something, or the congress would have nothing to choose between.
#[test]
fn the_variants_differ_in_what_they_leave_for_development() {
    let example = valley::example(7).unwrap();
    let least_of_tier = |economy: &Economy, tier: u8| {
        let plan = solve(economy, &Options::default()).unwrap();
        let of_tier = economy.needs.iter().zip(plan.fulfilments).filter(|(need, _)| need.tier == tier);
        of_tier.map(|(_, fulfilment)| fulfilment / (FULFILMENT_ONE / 1_000)).min().unwrap()
    };
    let development: Vec<i64> = example
        .variants
        .iter()
        .map(|variant| {
            let mut economy = example.economy.clone();
            (variant.change)(&mut economy);
            // What people live on and what all share is met in each of them, but for a thousandth.
            assert!(least_of_tier(&economy, 1) >= 999 && least_of_tier(&economy, 2) >= 999);
            least_of_tier(&economy, 3)
        })
        .collect();
    assert!(development[0] > development[1] + 50 && development[1] > development[2] + 50, "{development:?}");
}

#[test]
fn the_year_of_the_valley_is_the_same_twice_and_computed_anew() {
    let desk = run(7);
    let again = run(7);
    assert_eq!(again.entries.len(), desk.entries.len());
    let mut state = State::default();
    for (entry, other) in desk.entries.iter().zip(&again.entries) {
        let line = serde_json::to_string(entry).unwrap();
        assert_eq!(line, serde_json::to_string(other).unwrap());
        let read: Entry = serde_json::from_str(&line).unwrap();
        audit::audit(&state, &read, &desk.files).unwrap_or_else(|difference| panic!("{difference}"));
        apply(&mut state, &read, &desk.files).unwrap();
    }
    let federation = state.federation.unwrap();
    let co_operatives = federation.roll.members().filter(|(_, line)| line.kind == Kind::Organisation);
    assert_eq!(co_operatives.count(), 2);
    assert!(federation.planning.current().unwrap().adopted.is_some());
    assert_eq!(federation.platforms.recognised().count(), 3);
    assert_eq!(federation.overdue(state.last_at.unwrap()).count(), 0);
}

#[test]
fn other_seeds_run_to_the_end_too() {
    for seed in [1, 2, 3] {
        run(seed);
    }
}
