//! Example years through the binary: the same root wherever they run, a record that anybody can check, copy and
//! bring back, and a plan that holds outside of it.

use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};

fn mandate(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mandate"));
    command.args(arguments);
    command
}

fn text(path: &Path) -> &str {
    path.to_str().expect("temporary paths are UTF-8")
}

fn succeed(mut command: Command) -> String {
    let Output { status, stdout, stderr } = command.output().expect("the binary starts");
    assert!(status.success(), "{command:?}: {}", String::from_utf8_lossy(&stderr));
    String::from_utf8(stdout).expect("UTF-8")
}

fn fail(arguments: &[&str], code: i32) -> String {
    let Output { status, stdout, stderr } = mandate(arguments).output().expect("the binary starts");
    let said = format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    assert_eq!(status.code(), Some(code), "{arguments:?}: {said}");
    said
}

/// Runs an example; returns its root.
fn demo(example: &str, dir: &Path, zone: &str, locale: &str) -> String {
    let mut command = mandate(&["demo", example, "--no-serve", "--json", "--seed", "7", "--dir", text(dir)]);
    command.env("TZ", zone).env("LC_ALL", locale).env("LANG", locale);
    let lines = succeed(command);
    let last: Value = serde_json::from_str(lines.lines().last().expect("a line a stage")).expect("JSON");
    assert_eq!(last["ok"], true);
    last["root"].as_str().expect("a root").to_owned()
}

fn verify(dir: &Path) -> Value {
    let said = succeed(mandate(&["record", "verify", text(dir), "--json"]));
    serde_json::from_str(&said).expect("JSON")
}

#[test]
fn the_same_root_in_every_place_time_zone_and_locale() {
    let scratch = tempfile::tempdir().unwrap();
    for example in ["us-2017", "valley", "congress-1921"] {
        let here = scratch.path().join(format!("{example}-here"));
        let there = scratch.path().join("elsewhere").join(example);
        std::fs::create_dir_all(there.parent().unwrap()).unwrap();
        let root = demo(example, &here, "Asia/Kathmandu", "de_DE.UTF-8");
        assert_eq!(root, demo(example, &there, "America/St_Johns", "tr_TR.UTF-8"), "{example}");
        let verified = verify(&here);
        assert_eq!((&verified["ok"], &verified["first_difference"]), (&Value::Bool(true), &Value::Null));
        assert_eq!(verified["root"], root.as_str());
    }
}

#[test]
fn a_record_goes_out_as_files_and_comes_back_with_the_same_root() {
    let scratch = tempfile::tempdir().unwrap();
    let at = |name: &str| scratch.path().join(name);
    let root = demo("valley", &at("valley"), "UTC", "C");
    succeed(mandate(&["record", "export", text(&at("valley")), "--out", text(&at("files"))]));
    succeed(mandate(&["record", "import", text(&at("files")), text(&at("again"))]));
    assert_eq!(verify(&at("again"))["root"], root.as_str());
    // A digit of one entry, then a byte of one attachment: the import says where and makes nothing.
    let entries = at("files").join("entries.jsonl");
    let whole = std::fs::read(&entries).unwrap();
    let mut altered = whole.clone();
    let middle = altered.len() / 2;
    altered[middle] ^= 1;
    std::fs::write(&entries, &altered).unwrap();
    let said = fail(&["record", "import", text(&at("files")), text(&at("bad"))], 2);
    assert!(said.contains("line") || said.contains("entry"), "{said}");
    assert!(!at("bad").exists());
    std::fs::write(&entries, whole).unwrap();
    let attachment =
        std::fs::read_dir(at("files").join("attachments")).unwrap().next().unwrap().unwrap().path();
    let mut bytes = std::fs::read(&attachment).unwrap();
    bytes[0] ^= 0x20;
    std::fs::write(&attachment, bytes).unwrap();
    let said = fail(&["record", "import", text(&at("files")), text(&at("bad"))], 2);
    assert!(said.contains(attachment.file_name().unwrap().to_str().unwrap()), "{said}");
}

#[test]
fn a_demo_never_writes_over_what_is_there() {
    let scratch = tempfile::tempdir().unwrap();
    let said = fail(&["demo", "valley", "--dir", text(scratch.path())], 2);
    assert!(said.contains("exists already"), "{said}");
    assert_eq!(std::fs::read_dir(scratch.path()).unwrap().count(), 0);
}

#[test]
fn everything_can_be_shown_later_and_as_json() {
    let scratch = tempfile::tempdir().unwrap();
    let dir = scratch.path().join("valley");
    demo("valley", &dir, "UTC", "C");
    let names =
        ["assemblies", "motions", "theses", "circulars", "plan", "mandates", "recalls", "posts", "governing"];
    for what in names {
        let shown = succeed(mandate(&["show", text(&dir), what]));
        assert!(shown.contains("as of entry"), "{what}: {shown}");
        let json = succeed(mandate(&["show", text(&dir), what, "--json"]));
        let json: Value = serde_json::from_str(&json).expect("JSON");
        let tables = json["tables"].as_object().expect("tables");
        assert!(tables.values().any(|table| !table.as_array().unwrap().is_empty()), "{what}");
    }
    let missing = fail(&["show", text(&scratch.path().join("nowhere"))], 2);
    assert!(missing.contains("no record here"), "{missing}");
}

#[test]
fn the_adopted_plan_is_checked_outside_the_record_and_fails_when_disturbed() {
    let scratch = tempfile::tempdir().unwrap();
    let at = |name: &str| scratch.path().join(name);
    demo("us-2017", &at("year"), "UTC", "C");
    succeed(mandate(&["show", text(&at("year")), "--plan-files", text(&at("plan"))]));
    let (economy, plan) = (at("plan").join("economy"), at("plan").join("plan.json"));
    let said = succeed(mandate(&["plan", "check", text(&economy), text(&plan), "--json"]));
    let check: Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!(check["ok"], true, "{check}");
    // One activity runs one unit of its level more than the plan says.
    let mut stored: Value = serde_json::from_slice(&std::fs::read(&plan).unwrap()).unwrap();
    let levels = stored["levels"].as_object_mut().expect("levels by activity");
    let (activity, level) =
        levels.iter_mut().find(|(_, level)| level.as_str() != Some("0")).expect("an activity");
    let activity = activity.clone();
    let more = level.as_str().expect("decimals as text").parse::<f64>().unwrap() + 1.0;
    *level = Value::String(format!("{more:.6}"));
    let disturbed = at("disturbed.json");
    std::fs::write(&disturbed, serde_json::to_vec(&stored).unwrap()).unwrap();
    let said = fail(&["plan", "check", text(&economy), text(&disturbed), "--json"], 1);
    let check: Value = serde_json::from_str(said.lines().next().unwrap()).expect("JSON");
    assert_eq!(check["ok"], false);
    let row = check["largest_violation"]["row"].as_str().expect("the row is named");
    assert!(row.contains(&activity) || row.contains("balance") || row.contains("labour"), "{row}");
}
