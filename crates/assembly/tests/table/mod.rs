//! Runs a table: reads its rows, says the commands, looks at what they led to.

#![allow(dead_code)] // Each of the tests that share it uses its part.

mod look;
mod value;

use crate::fixture::Record;
use jiff::{SignedDuration, Timestamp};
use mandate_assembly::{Action, Command, Refusal};
use serde_json::{Value, json};

/// The moment at which every scenario's federation is founded.
const START: &str = "2026-01-01T00:00:00Z";

struct Scenario {
    record: Record,
    now: Timestamp,
}

/// Runs every scenario of a table and returns the refusals in the order of their rows. A scenario ends at its first
/// row that is not as expected; the others run all the same, so that one run shows everything.
pub fn run(name: &str, text: &str) -> Result<Vec<Refusal>, String> {
    let rows: Vec<(usize, &str)> = text.lines().map(str::trim).enumerate().collect();
    let (mut refusals, mut failed) = (Vec::new(), Vec::new());
    for rows in rows.chunk_by(|_, (_, next)| !next.starts_with("## ")) {
        match std::panic::catch_unwind(|| scenario(name, rows)) {
            Ok(found) => refusals.extend(found),
            Err(_) => failed.push(rows[0].1),
        }
    }
    if failed.is_empty() { Ok(refusals) } else { Err(format!("{name}: {failed:?}")) }
}

/// The record that every scenario of a table leads to.
pub fn records(name: &str, text: &str) -> Vec<Record> {
    let rows: Vec<(usize, &str)> = text.lines().map(str::trim).enumerate().collect();
    let scenarios = rows.chunk_by(|_, (_, next)| !next.starts_with("## "));
    scenarios.map(|rows| play(name, rows).0.record).collect()
}

/// A federation with everybody elected, and the time it is there.
pub fn elected() -> (Record, Timestamp) {
    let scenario = play("elected", &[(0, "## Elected"), (1, "everybody")]).0;
    (scenario.record, scenario.now)
}

fn scenario(name: &str, rows: &[(usize, &str)]) -> Vec<Refusal> {
    let (scenario, refusals) = play(name, rows);
    assert!(scenario.record.replayed() == scenario.record.state, "{name}: replay gives another state");
    refusals
}

fn play(name: &str, rows: &[(usize, &str)]) -> (Scenario, Vec<Refusal>) {
    let mut scenario = Scenario::nothing();
    let mut refusals = Vec::new();
    let mut at = 0;
    while at < rows.len() {
        let (line, row) = rows[at];
        let place = format!("{name}:{}", line + 1);
        at += 1;
        match row.split_whitespace().next() {
            None | Some("#") => {}
            Some("##") if row.contains("before the founding") => {}
            Some("##") => scenario = Scenario::founded(),
            Some("?") => look::look(&scenario.record.state, scenario.now, &row[1..])
                .unwrap_or_else(|problem| panic!("{place}: {row}\n{problem}")),
            Some("elect") => {
                let more = rows[at..].iter().take_while(|(_, row)| row.starts_with("elect "));
                let together: Vec<&str> = std::iter::once(row).chain(more.map(|(_, row)| *row)).collect();
                at += together.len() - 1;
                scenario.elect(&place, &together);
            }
            Some("everybody") => scenario.elect_everybody(&place),
            Some(_) => refusals.extend(scenario.row(&place, row)),
        }
    }
    (scenario, refusals)
}

impl Scenario {
    fn nothing() -> Self {
        Self { record: Record::default(), now: START.parse().unwrap() }
    }

    fn founded() -> Self {
        let now = START.parse().unwrap();
        Self { record: Record::founded(now), now }
    }

    /// One command and how it ends.
    fn row(&mut self, place: &str, row: &str) -> Option<Refusal> {
        let (command, expected) =
            row.rsplit_once("=>").unwrap_or_else(|| panic!("{place}: no => and what is expected: {row}"));
        let words = value::words(command);
        let [time, by, action, fields @ ..] = words.as_slice() else {
            panic!("{place}: a row is a time, a member, a command: {row}")
        };
        self.pass(place, time);
        let fields = value::fields(fields, self.now).unwrap_or_else(|problem| panic!("{place}: {problem}"));
        let found = self.say(place, by, action, fields);
        let name = found.as_ref().map_or("ok", Refusal::name);
        let message = found.as_ref().map(ToString::to_string).unwrap_or_default();
        assert_eq!(name, expected.trim(), "{place}: {row}\n{message}");
        found
    }

    fn pass(&mut self, place: &str, time: &str) {
        self.now = match value::span(time) {
            Some(span) => self.now + span,
            None => time.parse().unwrap_or_else(|_| panic!("{place}: no time {time:?}")),
        };
    }

    fn say(&mut self, place: &str, by: &str, action: &str, fields: Value) -> Option<Refusal> {
        let (noun, verb) =
            action.split_once('.').unwrap_or_else(|| panic!("{place}: no noun.command: {action}"));
        let action: Action = serde_json::from_value(json!({ noun: { verb: fields } }))
            .unwrap_or_else(|error| panic!("{place}: {noun}.{verb}: {error}"));
        let command = Command { at: self.now, by: by.into(), action };
        let before = self.record.entries.len();
        let refused = self.record.say(&command).err();
        if refused.is_some() {
            assert_eq!(self.record.entries.len(), before, "{place}: a refused command leaves no entry");
        }
        refused
    }

    fn accept(&mut self, place: &str, by: &str, action: &str, fields: Value) {
        if let Some(refusal) = self.say(place, by, action, fields) {
            panic!("{place}: {action}: {refusal}");
        }
    }

    /// Elections side by side that nobody contests: `elect BODY OFFICE CANDIDATE…`, all by whoever has the duty.
    fn elect(&mut self, place: &str, rows: &[&str]) {
        let mut called = Vec::new();
        for row in rows {
            let words: Vec<&str> = row.split_whitespace().collect();
            let (body, office, candidates) = (words[1], words[2], words[3..].to_vec());
            let office = match office.contains('@') {
                true => json!({ "posts": { "organ": office } }),
                false => json!({ "delegates": { "to": office } }),
            };
            let officer = look::officer(&self.record.state, body, self.now);
            let fields = json!({ "body": body, "office": office, "nominations_until": self.now + days(2),
                "closes_at": self.now + days(5), "lot_commitment": value::commitment() });
            self.accept(place, &officer, "election.call", fields);
            called.push((look::elections(&self.record.state), body, candidates));
        }
        self.now += days(1);
        for (election, body, candidates) in &called {
            for candidate in candidates {
                let with = look::voters(&self.record.state, *election, 2);
                let officer = look::officer(&self.record.state, body, self.now);
                let nominate = json!({ "election": election, "candidate": candidate, "with": with });
                self.accept(place, &officer, "election.nominate", nominate);
                let answer = json!({ "election": election, "stands": true });
                self.accept(place, candidate, "election.answer", answer);
            }
        }
        self.now += days(5);
        for (election, body, candidates) in &called {
            let officer = look::officer(&self.record.state, body, self.now);
            if look::is_box(&self.record.state, *election) {
                let paper = value::blob(&format!("box:{}|1*{}", candidates.join(","), candidates.join(">")));
                let voters = look::voters(&self.record.state, *election, 1);
                let fields = json!({ "election": election, "blt": paper, "spoiled": 0,
                    "marked_roll": voters.join("\n") });
                self.accept(place, &officer, "ballot.count-box", fields);
            }
            for step in ["ballot.close", "ballot.count", "ballot.declare"] {
                self.accept(place, &officer, step, json!({ "election": election }));
            }
        }
    }

    /// The whole hierarchy: every seat of every assembly, filled with the first members of each electing body.
    fn elect_everybody(&mut self, place: &str) {
        for tier in
            [&["branch/C10", "branch/C25", "branch/H49", "region/north", "region/south"][..], &["congress"]]
        {
            for assembly in tier {
                self.accept(place, "m11", "assembly.open-term", json!({ "assembly": assembly }));
            }
            let rows = look::seats_to_fill(&self.record.state, tier, self.now);
            let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
            self.elect(place, &rows);
        }
    }
}

fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}
