//! Assemblies and seats: the worked example by hand, laws for any roll, and time that grows with the roll.

use mandate_charter::{Charter, Hierarchy, Workplace, WorkplaceRoll, read, read_workplaces};
use proptest::prelude::*;
use std::collections::BTreeSet;

const CHARTER: &str = include_str!("../testdata/worked-example/charter.toml");
const ROLL: &str = include_str!("../testdata/worked-example/workplaces.csv");

fn build(charter: &Charter, roll: &WorkplaceRoll) -> Hierarchy {
    Hierarchy::build(charter, roll, &roll.stated_members()).unwrap()
}

/// Assembly, members, and each electing assembly with its seats.
fn table(charter: &Charter, hierarchy: &Hierarchy, level: &str) -> Vec<String> {
    let of_level = hierarchy.assemblies.iter().filter(|assembly| charter.levels[assembly.level].id == level);
    let row = |assembly: &mandate_charter::Assembly| {
        let seats = hierarchy.seats(charter, assembly).unwrap();
        let electors = assembly.electors.iter().zip(seats);
        let electors =
            electors.map(|(body, seats)| format!("{} {seats}", hierarchy.assemblies[body.assembly].id));
        format!("{} | {} | {}", assembly.id, assembly.members, electors.collect::<Vec<_>>().join(", "))
    };
    of_level.map(row).collect()
}

/// One delegate for 250 members: 600/250 = 2.4 gives 2, 700/250 = 2.8 gives 3, the others 1. By hand.
#[test]
fn one_delegate_for_250_members() {
    let charter = read(CHARTER).unwrap();
    let roll = read_workplaces(ROLL.as_bytes(), &charter).unwrap();
    let hierarchy = build(&charter, &roll);
    assert_eq!(
        table(&charter, &hierarchy, "branch-district"),
        [
            "branch-district/B07/south | 310 | workplace/W4 1",
            "branch-district/C13/east | 260 | workplace/W6 1",
            "branch-district/C13/north | 700 | workplace/W5 3",
            "branch-district/C25/north | 600 | workplace/W1 1, workplace/W2 1",
            "branch-district/C25/south | 95 | workplace/W3 1",
            "branch-district/H49/east | 35 | workplace/W7 1",
        ]
    );
    assert!(hierarchy.skipped.is_empty());
}

/// C13: 960/100 = 9.6, 10 seats, quotas 2.71 and 7.29: 3 and 7. C25: 695/100 = 6.95, 7 seats, quotas 6.04 and
/// 0.96: 6 and 1. Regions: 1005/200 and 995/200, 5 seats each. Congress, 12 seats: 8 by branches with quotas
/// B07 1.24, C13 3.84, C25 2.78 and H49 0.14. H49's is under the minimum, so it takes 1 and the other three share 7
/// for 1965 members: 1.10, 3.42, 2.48, so 1, 3 and 2, and the last seat goes to C25. Regions, 4 seats, quotas 2.01
/// and 1.99: 2 and 2. All by hand.
#[test]
fn two_chains_meet_in_the_congress() {
    let charter = read(CHARTER).unwrap();
    let roll = read_workplaces(ROLL.as_bytes(), &charter).unwrap();
    let hierarchy = build(&charter, &roll);
    assert_eq!(
        table(&charter, &hierarchy, "branch")[1..3],
        [
            "branch/C13 | 960 | branch-district/C13/east 3, branch-district/C13/north 7",
            "branch/C25 | 695 | branch-district/C25/north 6, branch-district/C25/south 1",
        ]
    );
    assert_eq!(
        table(&charter, &hierarchy, "congress"),
        ["congress | 2000 | branch/B07 1, branch/C13 3, branch/C25 3, branch/H49 1, region/A 2, region/B 2"]
    );
}

#[test]
fn without_single_an_assembly_of_one_elector_is_skipped() {
    let charter = read(&CHARTER.replace("single = true\n", "")).unwrap();
    let roll = read_workplaces(ROLL.as_bytes(), &charter).unwrap();
    let hierarchy = build(&charter, &roll);
    let skipped: Vec<_> = hierarchy
        .skipped
        .iter()
        .map(|group| format!("{} for {}", hierarchy.assemblies[group.sole].id, group.id))
        .collect();
    assert_eq!(
        skipped,
        [
            "workplace/W4 for branch-district/B07/south",
            "workplace/W6 for branch-district/C13/east",
            "workplace/W5 for branch-district/C13/north",
            "workplace/W3 for branch-district/C25/south",
            "workplace/W7 for branch-district/H49/east",
            "workplace/W4 for branch/B07",
            "workplace/W7 for branch/H49",
        ]
    );
    assert_eq!(
        table(&charter, &hierarchy, "branch"),
        [
            "branch/C13 | 960 | workplace/W5 7, workplace/W6 3",
            "branch/C25 | 695 | workplace/W3 1, branch-district/C25/north 6",
        ]
    );
    assert!(
        table(&charter, &hierarchy, "congress")[0].contains("| workplace/W4 1, workplace/W7 1, branch/C13 3")
    );
}

#[test]
fn ids_are_fit_for_addresses_and_never_the_same_for_different_values() {
    let charter = read(CHARTER).unwrap();
    let roll = "workplace,branch,district,region,members\n\
                a b,C2511,Río Alto,..,1\na%20b,C2511,río/alto,.,1\na/b,C2511,x,A B,1\n";
    let roll = read_workplaces(roll.as_bytes(), &charter).unwrap();
    let hierarchy = build(&charter, &roll);
    let ids: Vec<_> = hierarchy.assemblies.iter().map(|assembly| assembly.id.as_str()).collect();
    let expected = [
        "workplace/a%20b",
        "workplace/a%2520b",
        "workplace/a%2Fb",
        "branch-district/C25/Río%20Alto",
        "branch-district/C25/río%2Falto",
        "branch-district/C25/x",
    ];
    assert_eq!(ids[..3].iter().collect::<BTreeSet<_>>(), expected[..3].iter().collect::<BTreeSet<_>>());
    assert_eq!(ids[3..6].iter().collect::<BTreeSet<_>>(), expected[3..].iter().collect::<BTreeSet<_>>());
}

#[test]
fn the_valley_has_its_assemblies() {
    let source = include_str!("../../../examples/valley/charter.toml");
    let charter = read(source).unwrap();
    let roll = include_str!("../../../examples/valley/workplaces.csv");
    let roll = read_workplaces(roll.as_bytes(), &charter).unwrap();
    assert_eq!(roll.workplaces.len(), 60);
    let hierarchy = build(&charter, &roll);
    let congress = hierarchy.assemblies.last().unwrap();
    let seats: u32 = hierarchy.seats(&charter, congress).unwrap().iter().sum();
    // One seat for 50 members, rounded up.
    assert_eq!(u64::from(seats), congress.members.div_ceil(50));
}

fn any_roll() -> impl Strategy<Value = WorkplaceRoll> {
    let branches = ["C2511", "C2512", "C1311", "B0710", "H4912", "A0111"];
    let workplace = (0..branches.len(), 0..4usize, 0..3usize, 0..900u32);
    let make = move |rows: Vec<(usize, usize, usize, u32)>| WorkplaceRoll {
        columns: vec!["district".into(), "region".into()],
        workplaces: rows
            .into_iter()
            .enumerate()
            .map(|(index, (branch, district, region, members))| Workplace {
                id: format!("W{index}").into(),
                branch: branches[branch].into(),
                territories: vec![["n", "s", "e", "w"][district].into(), ["A", "B", "C"][region].into()],
                members: Some(members),
            })
            .collect(),
        ..WorkplaceRoll::default()
    };
    proptest::collection::vec(workplace, 0..60).prop_map(make)
}

proptest! {
    /// Each member stands in exactly one electing body of each chain, with or without skipped assemblies.
    #[test]
    fn electing_bodies_divide_an_assembly(roll in any_roll(), single in any::<bool>()) {
        let source = if single { CHARTER.to_owned() } else { CHARTER.replace("single = true\n", "") };
        let charter = read(&source).unwrap();
        let hierarchy = build(&charter, &roll);
        for assembly in &hierarchy.assemblies {
            let level = &charter.levels[assembly.level];
            for chain in 0..level.elected_by.len() {
                let bodies = assembly.electors.iter().filter(|body| body.chain == chain);
                let mut workplaces: Vec<u32> =
                    bodies.flat_map(|body| hierarchy.assemblies[body.assembly].workplaces.clone()).collect();
                workplaces.sort_unstable();
                prop_assert_eq!(&workplaces, &assembly.workplaces, "{} chain {}", &assembly.id, chain);
            }
        }
        let ids: BTreeSet<_> = hierarchy.assemblies.iter().map(|assembly| &assembly.id).collect();
        prop_assert_eq!(ids.len(), hierarchy.assemblies.len());
    }

    /// Seats add up to the house; nobody with members goes without, nobody without members sends anyone.
    #[test]
    fn seats_add_up(roll in any_roll()) {
        let charter = read(CHARTER).unwrap();
        let hierarchy = build(&charter, &roll);
        for assembly in hierarchy.assemblies.iter().filter(|assembly| !assembly.electors.is_empty()) {
            let Ok(seats) = hierarchy.seats(&charter, assembly) else {
                // Twelve seats can be too few for one each where many branches meet.
                prop_assert_eq!(assembly.id.as_str(), "congress");
                continue;
            };
            for (body, seats) in assembly.electors.iter().zip(&seats) {
                prop_assert_eq!(hierarchy.assemblies[body.assembly].members > 0, *seats > 0);
            }
            let total: u32 = seats.iter().sum();
            match assembly.id.as_str() {
                "congress" if assembly.members > 0 => prop_assert_eq!(total, 12),
                id if id.starts_with("branch-district") => {
                    let electors = assembly.electors.iter();
                    let with_members = electors.filter(|body| hierarchy.assemblies[body.assembly].members > 0);
                    let nearest = (assembly.members + 125) / 250;
                    prop_assert_eq!(u64::from(total), nearest.max(with_members.count() as u64));
                }
                _ => {}
            }
        }
    }
}
