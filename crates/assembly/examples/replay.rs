//! How long founding and replay take: `replay [MEMBERS] [ENTRIES]`, 7,000,000 and 1,000,000 where not said.
//!
//! Makes rolls of 30,000 workplaces, founds a federation from them, has as many people join as entries are asked for,
//! and applies it all again to an empty state.

use jiff::{SignedDuration, Timestamp};
use mandate_assembly::ids::{Blob, Hash, MemberId};
use mandate_assembly::{
    Action, Command, Entry, Event, State, apply, decide, event, founding, membership, theses,
};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Instant;

const WORKPLACES: usize = 30_000;

fn main() {
    let mut sizes = std::env::args().skip(1).map(|size| size.parse::<usize>().expect("a number"));
    let (members, entries) = (sizes.next().unwrap_or(7_000_000), sizes.next().unwrap_or(1_000_000));
    let (mut files, mut state) = (BTreeMap::new(), State::default());
    let at: Timestamp = "2026-01-01T00:00:00Z".parse().expect("a moment");
    let mut record = found(&mut state, &mut files, members, at);
    let started = Instant::now();
    apply(&mut state, &record[0], &files).expect("the founding applies");
    println!("founding applied: {members} members, {WORKPLACES} workplaces, {:.2?}", started.elapsed());
    record.extend((0..entries).map(|number| entry(number, members, at)));
    let started = Instant::now();
    for entry in &record[1..] {
        apply(&mut state, entry, &files).expect("an entry applies");
    }
    let each = started.elapsed() / u32::try_from(entries.max(1)).expect("fewer entries");
    println!("{entries} entries applied: {:.2?}, {each:.2?} an entry", started.elapsed());
}

fn found(
    state: &mut State,
    files: &mut BTreeMap<Hash, Vec<u8>>,
    members: usize,
    at: Timestamp,
) -> Vec<Entry> {
    let mut places = String::from("workplace,branch,region\n");
    for place in 0..WORKPLACES {
        let branch = ["C2511", "C1071", "H4912", "B0710"][place % 4];
        writeln!(places, "w{place},{branch},r{}", place % 50).expect("memory");
    }
    let mut people = String::from("member,workplace\n");
    for member in 0..members {
        writeln!(people, "m{member},w{}", member % WORKPLACES).expect("memory");
    }
    let charter = include_str!("../tests/fixture/charter.toml");
    let blobs = [Blob::from(charter), Blob::from(places.as_str()), Blob::from(people.as_str())];
    let commission = vec![MemberId::from("m0")];
    let [charter, workplaces, people] = blobs;
    let found = founding::Action::Found { charter, workplaces, members: people, commission };
    let command = Command { at, by: "m0".into(), action: Action::Founding(found) };
    let started = Instant::now();
    let decision = decide(state, &command, files).expect("the rolls found a federation");
    println!("founding decided: {:.2?}", started.elapsed());
    for blob in decision.attachments {
        files.insert(blob.hash(), blob.0);
    }
    let written = |event| Entry { v: event::VERSION, at, by: "m0".into(), event };
    decision.events.into_iter().map(written).collect()
}

/// A mixture: people move, sign and come and go.
fn entry(number: usize, members: usize, founded: Timestamp) -> Entry {
    let at = founded + SignedDuration::from_secs(number as i64);
    let member: MemberId = format!("m{}", (number / 2 * 7919) % members).as_str().into();
    let place = |number: usize| format!("w{}", number % WORKPLACES).as_str().into();
    let event = match number {
        0 => Event::Theses(theses::Happened::Published {
            author: member.clone(),
            title: "T".into(),
            text: vec!["t".into()],
        }),
        _ if number.is_multiple_of(2) => Event::Theses(theses::Happened::Signed {
            theses: mandate_assembly::ids::ThesesId(1),
            member: member.clone(),
        }),
        _ => {
            Event::Membership(membership::Happened::Moved { member: member.clone(), to: place(number * 31) })
        }
    };
    Entry { v: event::VERSION, at, by: member, event }
}
