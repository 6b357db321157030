//! Laws of the core under random commands and altered entries.
//!
//! Commands are made from the state, so that many are in order, at random times and by random people. After every
//! accepted one the fixture has already seen that its entry comes back from JSON byte for byte, passes the audit and
//! fits; here come the laws about what may never happen.

mod fixture;
mod random;
mod table;

use fixture::Record;
use jiff::{SignedDuration, Timestamp};
use mandate_assembly::ids::AssemblyId;
use mandate_assembly::{Event, Federation, assembly, organ};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// Seats apportioned, by assembly and term.
type Apportioned = BTreeMap<(AssemblyId, u32), BTreeMap<AssemblyId, u32>>;

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_sequence_of_commands_breaks_a_law(
        begun in any::<bool>(),
        steps in prop::collection::vec((any::<[u32; 6]>(), prop_oneof![6 => 0i64..4_000, 1 => 0i64..200_000]), 1..400),
    ) {
        let (mut record, mut now) = if begun { elected() } else { founded() };
        let mut apportioned = apportioned(&record);
        for (dice, seconds) in steps {
            now += SignedDuration::from_secs(seconds);
            let command = random::command(record.state.federation().unwrap(), now, dice);
            let (entries, kept) = (record.entries.len(), Kept::of(record.state.federation().unwrap()));
            match record.say(&command) {
                Err(_) => prop_assert_eq!(record.entries.len(), entries),
                Ok(()) => {
                    let federation = record.state.federation().unwrap();
                    for entry in &record.entries[entries..] {
                        appointed_only_where_the_charter_says(federation, &entry.event, now);
                        note_seats(&mut apportioned, &entry.event);
                    }
                    kept.is_still_in(federation);
                    seats_add_up(federation, &apportioned, now);
                }
            }
        }
        votes_are_conserved(record.state.federation().unwrap());
        prop_assert!(record.replayed() == record.state, "replay gives another state");
    }
}

fn elected() -> (Record, Timestamp) {
    static ELECTED: OnceLock<(Record, Timestamp)> = OnceLock::new();
    let (record, now) = ELECTED.get_or_init(table::elected);
    (record.again(), *now)
}

fn founded() -> (Record, Timestamp) {
    let now = "2026-01-01T00:00:00Z".parse().unwrap();
    (Record::founded(now), now)
}

fn apportioned(record: &Record) -> Apportioned {
    let mut apportioned = Apportioned::new();
    record.entries.iter().for_each(|entry| note_seats(&mut apportioned, &entry.event));
    apportioned
}

fn note_seats(apportioned: &mut Apportioned, event: &Event) {
    let Event::Assembly(assembly::Happened::TermOpened { assembly, term, seats }) = event else { return };
    // The houses of the fixture's charter: [level.region.seats] and [level.congress.seats].
    let house = match assembly.as_str().split('/').next() {
        Some("region") => 6,
        Some("congress") => 9,
        _ => seats.values().sum(),
    };
    assert_eq!(seats.values().sum::<u32>(), house, "seats of {assembly}: {seats:?}");
    apportioned.insert((assembly.clone(), *term), seats.clone());
}

/// Nobody sits twice in an assembly, and no elector has more delegates than seats of their term.
fn seats_add_up(federation: &Federation, apportioned: &Apportioned, now: Timestamp) {
    for (id, body) in &federation.assemblies {
        let mut held: BTreeMap<(u32, &AssemblyId), u32> = BTreeMap::new();
        let mut members = std::collections::BTreeSet::new();
        for seat in body.seated(now) {
            assert!(members.insert(&seat.member), "{} sits twice in {id}", seat.member);
            *held.entry((seat.term, &seat.elector)).or_default() += 1;
        }
        for ((term, elector), held) in held {
            let seats = apportioned[&(id.clone(), term)].get(elector).copied().unwrap_or(0);
            assert!(held <= seats, "{elector} holds {held} of {seats} seats of {id} in term {term}");
        }
    }
}

/// Votes given come to no more than was there, and each seat gave no more than it carried.
fn votes_are_conserved(federation: &Federation) {
    for vote in &federation.votes {
        let meeting = federation.meeting(vote.meeting).unwrap();
        for (seat, answers) in &vote.answers {
            let given: u64 = answers.iter().map(|(_, votes)| votes).sum();
            let carried = meeting.carried.get(seat).copied().unwrap_or(1).max(1);
            assert!(given <= carried, "{seat} gave {given} of {carried}");
        }
        if let Some(result) = &vote.result {
            let given = result.tally.total().unwrap();
            assert!(given <= result.present, "{given} votes of {}", result.present);
        }
    }
    for election in &federation.elections {
        assert!(election.ballots.voted() <= election.entitled, "more ballots than members");
    }
}

fn appointed_only_where_the_charter_says(federation: &Federation, event: &Event, now: Timestamp) {
    let Event::Organ(organ::Happened::Appointed { organ: id, .. }) = event else { return };
    let posts = federation.posts_of(id).unwrap();
    let held = federation.organ(id).unwrap().seated(now).filter(|post| post.appointed_by.is_some()).count();
    assert!(posts.appointed_by.is_some() && held <= posts.appointed as usize, "{held} appointed to {id}");
}

/// What can never go: theses, signatures under a platform, circulars and their recipients, motions.
struct Kept {
    theses: Vec<mandate_assembly::theses::Theses>,
    circulars: usize,
    motions: usize,
}

impl Kept {
    fn of(federation: &Federation) -> Self {
        let theses = federation.platforms.all().map(|(_, theses)| theses.clone()).collect();
        Self { theses, circulars: federation.circulars.len(), motions: federation.motions.len() }
    }

    fn is_still_in(&self, federation: &Federation) {
        let now: Vec<_> = federation.platforms.all().map(|(_, theses)| theses).collect();
        assert!(now.len() >= self.theses.len());
        for (before, now) in self.theses.iter().zip(now) {
            assert_eq!((&before.title, &before.text), (&now.title, &now.text));
            assert!(before.recognised.is_none() || before.recognised == now.recognised);
            assert!(before.recognised.is_none() || before.signatories.is_subset(&now.signatories));
        }
        assert!(federation.circulars.len() >= self.circulars);
        assert!(federation.motions.len() >= self.motions);
    }
}
