//! Measures a federation's record: `measure found MEMBERS` or `measure replay ENTRIES`, one JSON line each.
//!
//! `found` reads rolls of 30,000 workplaces and so many members and founds a federation durably. `replay` writes a
//! record of so many entries (people sign, move, fall into arrears and out of them) and replays it with hashing.

use jiff::{SignedDuration, Timestamp};
use mandate_assembly::ids::{Blob, MemberId};
use mandate_assembly::roll::Standing;
use mandate_assembly::{Action, Command, founding, membership, theses};
use mandate_lab::{Desk, RecordDesk};
use mandate_record::federation::Federation;
use mandate_record::replay;
use serde_json::json;
use std::fmt::Write;
use std::path::Path;
use std::time::Instant;

const CHARTER: &str = include_str!("../../../examples/valley/charter.toml");
const WORKPLACES: usize = 30_000;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let what = arguments.next().unwrap_or_default();
    let size: usize =
        arguments.next().and_then(|size| size.parse().ok()).expect("measure found|replay NUMBER");
    let scratch = std::env::temp_dir().join(format!("mandate-measure-{}", std::process::id()));
    let line = match what.as_str() {
        "found" => {
            let seconds = found(&scratch, size, WORKPLACES);
            json!({"members": size, "workplaces": WORKPLACES, "seconds": seconds})
        }
        "replay" => {
            found(&scratch, 100_000, 300);
            let entries = write_entries(&scratch, size);
            let started = Instant::now();
            let mut federation = Federation::default();
            replay(&scratch, &mut federation, &mut |_, _| {}).expect("the record replays");
            assert_eq!(federation.state().entries, entries);
            json!({"entries": entries, "seconds": started.elapsed().as_secs_f64()})
        }
        _ => panic!("measure found|replay NUMBER"),
    };
    println!("{line}");
    std::fs::remove_dir_all(&scratch).expect("the scratch directory is ours");
}

fn founded_at() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().expect("a moment")
}

/// Founds durably; the seconds from the CSV bytes to the acknowledgement.
fn found(dir: &Path, members: usize, workplaces: usize) -> f64 {
    let mut places = String::from("workplace,branch,district,region\n");
    for place in 0..workplaces {
        let branch = ["C2511", "C1071", "H4923", "A0113"][place % 4];
        writeln!(places, "w{place},{branch},d{},r{}", place % 200, place % 10).expect("memory");
    }
    let mut people = String::from("member,workplace\n");
    for member in 0..members {
        writeln!(people, "m{member},w{}", member % workplaces).expect("memory");
    }
    let action = founding::Action::Found {
        charter: CHARTER.into(),
        workplaces: Blob(places.into_bytes()),
        members: Blob(people.into_bytes()),
        commission: vec!["m0".into()],
    };
    let command = Command { at: founded_at(), by: "m0".into(), action: Action::Founding(action) };
    let started = Instant::now();
    let mut desk = RecordDesk::open(dir, "mandate.example/measure").expect("a record");
    desk.submit(command).expect("the rolls found a federation");
    desk.commit().expect("it is durable");
    started.elapsed().as_secs_f64()
}

/// Writes entries until there are `size`; returns how many there are.
fn write_entries(dir: &Path, size: usize) -> u64 {
    let mut desk = RecordDesk::open(dir, "mandate.example/measure").expect("the record opens");
    let publish = theses::Action::Publish { title: "T".into(), text: vec!["t".into()] };
    say(&mut desk, 0, "m0".into(), Action::Theses(publish));
    let (mut number, mut signed) = (0, 0);
    while desk.state().expect("a state").entries < size as u64 {
        number += 1;
        let member = |index: usize| MemberId::from(format!("m{}", index % 100_000).as_str());
        let keeper = "m0".into();
        match number % 4 {
            0 if signed < 99_000 => {
                signed += 1;
                let sign = theses::Action::Sign { theses: mandate_assembly::ids::ThesesId(1) };
                say(&mut desk, number, member(signed), Action::Theses(sign));
            }
            1 => {
                let (who, to) = (member(number * 7919), format!("w{}", number % 300));
                let moved = membership::Action::Move { member: who, to: to.as_str().into() };
                say(&mut desk, number, keeper, Action::Membership(moved));
            }
            _ => {
                let standing = if number / 100_000 % 2 == 0 { Standing::Arrears } else { Standing::Active };
                let set = membership::Action::SetStanding { member: member(number), standing };
                say(&mut desk, number, keeper, Action::Membership(set));
            }
        }
    }
    desk.commit().expect("it is durable");
    desk.state().expect("a state").entries
}

/// Hands in a command; what is refused (somebody is there already) leaves no entry.
fn say(desk: &mut RecordDesk, number: usize, by: MemberId, action: Action) {
    let at = founded_at() + SignedDuration::from_secs(60 + number as i64);
    let _ = desk.submit(Command { at, by, action });
}
