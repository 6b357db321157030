//! Two thousand alterations of valid elections, all refused by name.
//!
//! An alteration changes one thing in one message, or removes, repeats or exchanges events. Afterwards every hash
//! and every link of the chain is made right again, as somebody would who controls the server, so that nothing but
//! the alteration itself is wrong. What remains is what only the messages' own meaning and proofs can refuse.

mod support;

use mandate_ballot::{Digest, Ed25519, Fault, Group, GroupName, Randomness, SeededRandomness};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use support::{Plan, archive, failures, set_up};

const MUTATIONS: usize = 2_000;

const QUESTIONS: &str = r#"[
    {"answers":["A","B"],"min":0,"max":1,"question":"?"},
    {"answers":["A","B"],"blank":true,"min":1,"max":1,"question":"?"}]"#;
const MIXED: &str = r#"[
    {"answers":["A","B"],"min":1,"max":1,"question":"?"},
    {"type":"NonHomomorphic","value":{"answers":["A","B","C"],"question":"?"}}]"#;

/// A record: whether it is an event, and its content.
#[derive(Clone, PartialEq)]
struct Record {
    event: bool,
    content: String,
}

/// An archive taken apart.
#[derive(Clone)]
struct Parts {
    header: Vec<u8>,
    timestamp: String,
    records: Vec<Record>,
}

fn take_apart(bytes: &[u8]) -> Parts {
    let mut blocks = bytes;
    let mut files = Vec::new();
    while !blocks.is_empty() {
        let header = &blocks[..512];
        let name = String::from_utf8_lossy(&header[..100]).trim_end_matches('\0').to_owned();
        let octal = std::str::from_utf8(&header[124..135]).expect("octal");
        let length = usize::from_str_radix(octal, 8).expect("octal");
        let content = String::from_utf8(blocks[512..512 + length].to_vec()).expect("JSON");
        files.push((name, content));
        blocks = &blocks[512 + length.next_multiple_of(512)..];
    }
    let header_bytes = bytes[..1024].to_vec();
    Parts {
        timestamp: std::str::from_utf8(&bytes[136..147]).expect("octal").to_owned(),
        header: header_bytes,
        records: files
            .into_iter()
            .skip(1)
            .map(|(name, content)| Record { event: name.ends_with(".event.json"), content })
            .collect(),
    }
}

/// The archive of these records, each named by its hash.
fn put_together(parts: &Parts) -> Vec<u8> {
    let mut bytes = parts.header.clone();
    for record in &parts.records {
        let kind = if record.event { "event" } else { "data" };
        let name = format!("{}.{kind}.json", Digest::of(record.content.as_bytes()));
        let mut block = vec![0u8; 512];
        let mut put = |position: usize, text: &str| {
            block[position..position + text.len()].copy_from_slice(text.as_bytes());
        };
        put(0, &name);
        put(100, "0000644");
        put(108, "0000000");
        put(116, "0000000");
        put(124, &format!("{:011o}", record.content.len()));
        put(136, &parts.timestamp);
        put(148, "        ");
        put(156, "0");
        let sum: u32 = block.iter().map(|&byte| u32::from(byte)).sum();
        block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        bytes.extend(&block);
        bytes.extend(record.content.as_bytes());
        bytes.resize(bytes.len().next_multiple_of(512), 0);
    }
    bytes
}

fn hash(content: &str) -> String {
    Digest::of(content.as_bytes()).to_string()
}

/// Makes every reference to a changed record right: those by hash, record by record.
fn follow(before: &[Record], after: &mut [Record], altered: usize) {
    let mut renamed: BTreeMap<String, String> = BTreeMap::new();
    for (index, (old, new)) in before.iter().zip(after.iter_mut()).enumerate() {
        if index != altered {
            for (from, to) in &renamed {
                if new.content.contains(from) {
                    new.content = new.content.replace(from, to);
                }
            }
        }
        if old.content != new.content {
            renamed.insert(hash(&old.content), hash(&new.content));
        }
    }
}

/// Makes the chain of events right after records were removed, repeated or exchanged.
fn chain_anew(records: &mut [Record]) {
    let mut parent: Option<String> = None;
    for (height, record) in records.iter_mut().filter(|record| record.event).enumerate() {
        let event: Value = serde_json::from_str(&record.content).expect("an event");
        let mut fields = Vec::new();
        if let Some(parent) = &parent {
            fields.push(format!("\"parent\":\"{parent}\""));
        }
        fields.push(format!("\"height\":{height}"));
        fields.push(format!("\"type\":{}", event["type"]));
        if let Some(payload) = event.get("payload") {
            fields.push(format!("\"payload\":{payload}"));
        }
        record.content = format!("{{{}}}", fields.join(","));
        parent = Some(hash(&record.content));
    }
}

/// Random choices from a seed.
struct Dice(SeededRandomness);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes).expect("seeded");
        (u64::from_be_bytes(bytes) % bound as u64) as usize
    }

    fn one_of<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len())]
    }
}

/// Spellings that a careless reader takes for points or numbers: of small order, not canonical, off the curve, and
/// numbers beside the order's ends.
const SPECIAL: [&str; 12] = [
    "0000000000000000000000000000000000000000000000000000000000000001",
    "8000000000000000000000000000000000000000000000000000000000000001",
    "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffec",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7",
    "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffee",
    "0000000000000000000000000000000000000000000000000000000000000002",
    "7237005577332262213973186563042994240857116359379907606001950938285454250989",
    "7237005577332262213973186563042994240857116359379907606001950938285454250990",
    "0",
    "-1",
    "",
];

/// The places in a JSON value, as paths.
fn paths(value: &Value, path: &mut Vec<String>, out: &mut Vec<Vec<String>>) {
    out.push(path.clone());
    let mut step = |key: String, child: &Value| {
        path.push(key);
        paths(child, path, out);
        path.pop();
    };
    match value {
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, child)| step(index.to_string(), child))
        }
        Value::Object(fields) => fields.iter().for_each(|(key, child)| step(key.clone(), child)),
        _ => {}
    }
}

fn at<'a>(value: &'a mut Value, path: &[String]) -> &'a mut Value {
    path.iter().fold(value, |value, key| match value {
        Value::Array(items) => &mut items[key.parse::<usize>().expect("an index")],
        other => &mut other[key.as_str()],
    })
}

/// One change to one value.
fn alter(value: &mut Value, dice: &mut Dice) {
    match value {
        Value::String(text) => {
            *text = match dice.below(5) {
                0 if !text.is_empty() => {
                    let place = dice.below(text.len());
                    let digit = (b'0' + dice.below(10) as u8) as char;
                    if text.is_char_boundary(place) && text.is_char_boundary(place + 1) {
                        text.replace_range(place..=place, &digit.to_string());
                    }
                    text.clone()
                }
                1 => format!("{text}0"),
                2 => format!("0{text}"),
                3 => text.to_uppercase() + " ",
                _ => (*dice.one_of(&SPECIAL)).to_owned(),
            }
        }
        Value::Number(number) => {
            let number = number.as_i64().unwrap_or(0);
            *value = dice
                .one_of(&[json!(number + 1), json!(number - 1), json!(-7), json!(u64::MAX), json!(0.5)])
                .clone();
        }
        Value::Bool(truth) => *truth = !*truth,
        Value::Array(items) => match (dice.below(4), items.len()) {
            (0, 1..) => drop(items.remove(dice.below(items.len()))),
            (1, 1..) => {
                let copy = items[dice.below(items.len())].clone();
                items.insert(dice.below(items.len() + 1), copy);
            }
            (2, 2..) => {
                let (first, second) = (dice.below(items.len()), dice.below(items.len()));
                items.swap(first, second);
            }
            _ => items.clear(),
        },
        Value::Object(fields) => {
            let keys: Vec<String> = fields.keys().cloned().collect();
            let key = dice.one_of(&keys).clone();
            match dice.below(3) {
                0 => drop(fields.shift_remove(&key)),
                1 => drop(fields.insert("extra".to_owned(), json!(1))),
                _ => {
                    let own = fields.shift_remove(&key).expect("the key is there");
                    fields.insert(format!("{key}_"), own);
                }
            }
        }
        Value::Null => *value = json!(1),
    }
}

/// What was altered, in words, and the archive that came of it.
type Alteration = (String, Vec<u8>);

/// Alters one value in one message; none where nothing came of it.
fn alter_message(parts: &Parts, dice: &mut Dice) -> Option<Alteration> {
    // The four messages of the setup are few among many: a third of the alterations goes to them.
    let bound = if dice.below(3) == 0 { 4 } else { parts.records.len() };
    let index = dice.below(bound);
    let before = &parts.records[index].content;
    let mut value: Value = serde_json::from_str(before).expect("JSON");
    let mut places = Vec::new();
    paths(&value, &mut Vec::new(), &mut places);
    let place = dice.one_of(&places).clone();
    alter(at(&mut value, &place), dice);
    let mut altered = parts.clone();
    altered.records[index].content = value.to_string();
    // The order of the list of credentials is of no importance, and a shorter list is another election.
    let is_list = value.as_array().is_some_and(|list| list.first().is_some_and(Value::is_string));
    if is_list && place.is_empty() || altered.records[index].content == *before {
        return None;
    }
    let words = format!("record {index} at {place:?}: {before}\nbecame {}", altered.records[index].content);
    follow(&parts.records, &mut altered.records, index);
    Some((words, put_together(&altered)))
}

/// The records of each event, its own last.
fn events(records: &[Record]) -> Vec<Vec<Record>> {
    records.split_inclusive(|record| record.event).map(<[Record]>::to_vec).collect()
}

fn kind(event: &[Record]) -> String {
    let value: Value = serde_json::from_str(&event[event.len() - 1].content).expect("an event");
    value["type"].as_str().unwrap_or_default().to_owned()
}

fn credential(event: &[Record]) -> Option<String> {
    let value: Value = serde_json::from_str(&event[0].content).ok()?;
    Some(value.get("credential")?.to_string())
}

fn is_replaced(events: &[Vec<Record>], index: usize) -> bool {
    let own = credential(&events[index]);
    own.is_some() && events[index + 1..].iter().any(|later| credential(later) == own)
}

/// Removes, repeats or exchanges events, or takes a single record away.
fn alter_events(parts: &Parts, dice: &mut Dice) -> Option<Alteration> {
    let mut events = events(&parts.records);
    let (index, operation) = (dice.below(events.len() - 1), dice.below(4));
    // Whoever makes the whole chain anew can leave out a ballot that was replaced: only an earlier copy shows it.
    if operation == 0 && is_replaced(&events, index) {
        return None;
    }
    match operation {
        0 => drop(events.remove(index)),
        1 => events.insert(index + 1, events[index].clone()),
        // Two ballots, or two decryptions, may come in either order.
        2 if kind(&events[index]) != kind(&events[index + 1]) => events.swap(index, index + 1),
        3 => drop(events[index].remove(0)),
        _ => return None,
    }
    let mut altered = parts.clone();
    altered.records = events.concat();
    chain_anew(&mut altered.records);
    let words = ["removed", "repeated", "exchanged with the next", "robbed of its first record"][operation];
    Some((format!("event {index} {words}"), put_together(&altered)))
}

/// Alters bytes without making anything right, or cuts the file.
fn alter_bytes(bytes: &[u8], dice: &mut Dice) -> Option<Alteration> {
    let mut altered = bytes.to_vec();
    let place = dice.below(altered.len());
    match dice.below(3) {
        0 => altered[place] ^= 1 << dice.below(8),
        1 => altered.truncate(place / 512 * 512 + 1 + dice.below(511)),
        _ => drop(altered.drain(place..(place + 512).min(bytes.len()))),
    }
    let torn = !altered.len().is_multiple_of(512);
    let real = torn || (altered != bytes && !bytes.starts_with(&altered));
    real.then(|| (format!("bytes at {place}"), altered))
}

fn valid_elections() -> Vec<Vec<u8>> {
    let plan = Plan { singles: 1, threshold: Some((2, 3)) };
    let mut weighted = set_up(GroupName::Ed25519, QUESTIONS, &[1, 3], plan, 1);
    let blank = vec![vec![0, 1], vec![1, 0, 0]];
    weighted.vote(&[(0, vec![vec![1, 0], vec![0, 0, 1]]), (1, blank.clone()), (0, blank)]);
    weighted.tally(&[], &[1, 2, 4]).expect("a result");
    let mut shuffled = set_up(GroupName::Ed25519, MIXED, &[1, 1], Plan { singles: 2, threshold: None }, 2);
    shuffled.vote(&[(0, vec![vec![1, 0], vec![1, 2, 3]]), (1, vec![vec![0, 1], vec![3, 1, 2]])]);
    shuffled.tally(&[1, 2], &[1, 2]).expect("a result");
    vec![weighted.archive, shuffled.archive]
}

#[test]
fn two_thousand_alterations_are_refused_by_name() {
    let elections = valid_elections();
    let parts: Vec<Parts> = elections.iter().map(|bytes| take_apart(bytes)).collect();
    for (bytes, parts) in elections.iter().zip(&parts) {
        assert_eq!(&put_together(parts), bytes, "taking apart and putting together changes nothing");
        assert_eq!(failures(bytes), []);
    }
    let mut dice = Dice(SeededRandomness::new(2_000));
    let mut names: BTreeMap<String, usize> = BTreeMap::new();
    let mut made = 0;
    while made < MUTATIONS {
        let which = dice.below(elections.len());
        let altered = match dice.below(10) {
            0 => alter_bytes(&elections[which], &mut dice),
            1 | 2 => alter_events(&parts[which], &mut dice),
            _ => alter_message(&parts[which], &mut dice),
        };
        let Some((words, altered)) = altered else { continue };
        let faults = failures(&altered);
        assert!(!faults.is_empty(), "alteration {made} of election {which} is accepted: {words}");
        let own: BTreeSet<String> = faults.iter().map(Fault::name).collect();
        own.into_iter().for_each(|name| *names.entry(name).or_default() += 1);
        made += 1;
    }
    println!("{names:#?}");
    assert!(names.len() >= 40, "only {} kinds of faults were met: {names:?}", names.len());
}

/// An archive of 2.5.1 with one value replaced, everything else made right again.
fn replaced(folder: &str, kind_of_event: &str, message: usize, pointer: &str, new: Value) -> Vec<Fault> {
    let parts = take_apart(&archive(folder));
    let mut first = 0;
    for event in events(&parts.records) {
        if kind(&event) == kind_of_event {
            let index = first + message;
            let mut value: Value = serde_json::from_str(&parts.records[index].content).expect("JSON");
            *value.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer} is there")) = new;
            let mut altered = parts.clone();
            altered.records[index].content = value.to_string();
            follow(&parts.records, &mut altered.records, index);
            return failures(&put_together(&altered));
        }
        first += event.len();
    }
    panic!("there is an event {kind_of_event}")
}

/// Each kind of point that must not be accepted, where a voter, a shuffler and a trustee could put it.
#[test]
fn points_outside_the_group() {
    let torsion =
        Ed25519::decode("7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffec").expect("(0, -1)");
    let twisted = |point: &Value| {
        let point = Ed25519::decode(point.as_str().expect("a point")).expect("a point");
        json!(Ed25519::encode(&[Ed25519::multiply(&point, &torsion)])[0])
    };
    let places = [
        ("few-voters", "Ballot", 0, "/answers/1/choices/2/beta", "choice-outside"),
        ("shuffled-stv", "Shuffle", 0, "/ciphertexts/0/3/alpha", "shuffle-outside"),
        ("shuffled-stv", "Shuffle", 0, "/proofs/0/2/5", "shuffle-outside"),
        ("few-voters", "PartialDecryption", 0, "/decryption_factors/0/0", "decryption-outside"),
        ("few-voters", "Setup", 1, "/0/1/public_key", "trustee-key-outside"),
    ];
    for (folder, event, message, pointer, name) in places {
        let parts = take_apart(&archive(folder));
        let own = events(&parts.records).into_iter().find(|own| kind(own) == event).expect("the event");
        let value: Value = serde_json::from_str(&own[message].content).expect("JSON");
        let point = value.pointer(pointer).expect("the point");
        let faults = replaced(folder, event, message, pointer, twisted(point));
        assert!(faults.iter().any(|fault| fault.name() == name), "{folder} {pointer}: {faults:?}");
        for special in &SPECIAL[..7] {
            let faults = replaced(folder, event, message, pointer, json!(special));
            assert!(!faults.is_empty(), "{folder} {pointer}: {special} is accepted");
        }
    }
}

/// What single alterations are called.
#[test]
fn names() {
    let other = json!("ByzantineElections");
    let table = [
        ("Ballot", 0, "/election_uuid", other, "other-election"),
        ("Ballot", 0, "/election_hash", json!("x"), "other-election"),
        ("Ballot", 0, "/signature/hash", json!("x"), "signature-hash"),
        ("Ballot", 0, "/signature/proof/response", json!("1"), "signature"),
        ("Ballot", 0, "/answers/0/individual_proofs/1/0/response", json!("1"), "individual-proof"),
        ("Ballot", 0, "/answers/0/overall_proof/0/challenge", json!("1"), "overall-proof"),
        ("Ballot", 0, "/answers/1/blank_proof/0/challenge", json!("1"), "blank-proof"),
        ("Ballot", 0, "/answers/1/blank_proof", json!([]), "answer-shape"),
        ("Ballot", 0, "/answers", json!([]), "answer-count"),
        ("Ballot", 0, "/signature/proof/response", json!("01"), "unreadable"),
        ("EncryptedTally", 1, "/num_tallied", json!(9), "tally-count"),
        ("EncryptedTally", 0, "/0", json!([]), "tally-differs"),
        ("PartialDecryption", 0, "/decryption_proofs/1/0/response", json!("1"), "decryption-proof"),
        ("PartialDecryption", 0, "/decryption_factors/1", json!([]), "decryption-shape"),
        ("PartialDecryption", 1, "/owner", json!(4), "owner"),
        ("Result", 0, "/result/0/0", json!(9), "result-differs"),
        ("Result", 0, "/result/1", json!([]), "result-shape"),
        ("Setup", 0, "/version", json!(2), "unknown-version"),
        ("Setup", 0, "/group", json!("Ed448"), "unknown-group"),
        ("Setup", 0, "/questions/0/max", json!(3), "question"),
        ("Setup", 1, "/2/1/pok/response", json!("1"), "trustee-proof"),
        ("Setup", 2, "/3", json!("x"), "credential-unreadable"),
    ];
    for (event, message, pointer, new, name) in table {
        let faults = replaced("few-voters", event, message, pointer, new);
        assert!(faults.iter().any(|fault| fault.name() == name), "{event} {pointer}: {faults:?}");
    }
}

/// A bad ballot harms no other: the ballots around it count.
#[test]
fn the_rest_of_the_box_is_unharmed() {
    let faults = replaced("few-voters", "Ballot", 0, "/signature/proof/response", json!("1"));
    let names: BTreeSet<String> = faults.iter().map(Fault::name).collect();
    let expected = [
        "decryption-proof",
        "decryptions-missing",
        "result-differs",
        "signature",
        "tally-count",
        "tally-differs",
    ];
    assert!(names.iter().all(|name| expected.contains(&name.as_str())), "{names:?}");
    let counts = faults.iter().find_map(|fault| match fault {
        Fault::TallyCount { expected, actual, .. } => Some((*expected, *actual)),
        _ => None,
    });
    assert_eq!(counts, Some((9, 10)));
}
