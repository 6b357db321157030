//! Rounds by files: every participant is a process of its own, and the plan is the same as in one process.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn mandate(folder: &Path, arguments: &[&str]) -> Output {
    let binary = env!("CARGO_BIN_EXE_mandate");
    Command::new(binary).arg("plan").args(arguments).current_dir(folder).output().expect("the program runs")
}

/// What a command printed; it must succeed.
fn said(folder: &Path, arguments: &[&str]) -> String {
    let output = mandate(folder, arguments);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{arguments:?}: {error}");
    String::from_utf8(output.stdout).unwrap()
}

/// What a command said on standard error; it must exit with `code`.
fn refused(folder: &Path, arguments: &[&str], code: i32) -> String {
    let output = mandate(folder, arguments);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {error}");
    error
}

fn text(path: PathBuf) -> String {
    path.to_str().unwrap().to_owned()
}

/// Folders of those below a participant, in order of their names.
fn below(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    folders
}

/// Runs commands for all folders at once, each a process of its own.
fn all_at_once(folder: &Path, commands: Vec<Vec<String>>) {
    let binary = env!("CARGO_BIN_EXE_mandate");
    let children: Vec<_> = commands
        .iter()
        .map(|arguments| {
            let mut command = Command::new(binary);
            command.arg("plan").args(arguments).current_dir(folder);
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    for (child, arguments) in children.into_iter().zip(&commands) {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

/// One participant answers, after those below it. `hold` is how many workplaces a sum that leaves a branch holds.
fn propose(folder: &Path, participant: &Path, above: &Path, inside: bool, hold: &str) {
    let (own, to) = (text(participant.to_owned()), text(above.to_owned()));
    let under = below(&participant.join("below"));
    if !under.is_empty() {
        said(folder, &["prices", &own, "--from", &to]);
        under.iter().for_each(|lower| propose(folder, lower, participant, true, hold));
    }
    let how: &[&str] = if inside { &["--inside"] } else { &["--hold", hold] };
    said(folder, &[&["propose", &own, "--to", &to], how].concat());
}

/// One participant commits itself, after those below it.
fn commit(folder: &Path, participant: &Path, above: &Path) {
    let (own, to) = (text(participant.to_owned()), text(above.to_owned()));
    let under = below(&participant.join("below"));
    if !under.is_empty() {
        said(folder, &["target", &own, "--from", &to]);
        under.iter().for_each(|lower| commit(folder, lower, participant));
    }
    said(folder, &["commit", &own, "--to", &to]);
}

fn levels(folder: &Path, found: &mut Vec<String>) {
    if folder.join("levels.csv").is_file() {
        found.push(text(folder.join("levels.csv")));
    }
    below(&folder.join("below")).iter().for_each(|lower| levels(lower, found));
}

/// The whole rounds by files; returns the plan that all levels and the congress's balance make.
fn by_files(folder: &Path, economy: &str, shared: &str, layers: &str, hold: &str) -> Vec<u8> {
    said(folder, &["share", economy, "--out", shared, "--layers", layers]);
    let congress = text(folder.join(shared).join("congress"));
    let branches = below(&folder.join(shared).join("branches"));
    for _ in 0..20 {
        if layers == "branches" {
            let propose = |branch: &PathBuf| {
                ["propose", &text(branch.clone()), "--to", &congress, "--hold", hold]
                    .map(str::to_owned)
                    .to_vec()
            };
            all_at_once(folder, branches.iter().map(propose).collect());
        } else {
            branches.iter().for_each(|branch| propose(folder, branch, Path::new(&congress), false, hold));
        }
        if said(folder, &["prices", &congress]).contains("the rounds are over") {
            break;
        }
    }
    said(folder, &["target", &congress]);
    branches.iter().for_each(|branch| commit(folder, branch, Path::new(&congress)));
    let balance = format!("{shared}-balance.json");
    said(folder, &["adopt", &congress, "--out", &balance]);
    let mut files = Vec::new();
    branches.iter().for_each(|branch| levels(branch, &mut files));
    let out = format!("{shared}-plan.json");
    let mut arguments = vec!["assemble", economy, &balance, "--out", &out];
    arguments.extend(files.iter().map(String::as_str));
    said(folder, &arguments);
    fs::read(folder.join(out)).unwrap()
}

/// The tables of 2017 in 26 branches, 710 workplaces, oil halved and labour short.
fn in_26_branches(folder: &Path) {
    let tables = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/us-2017/bea");
    said(folder, &["import", "bea", &text(tables), "--out", "us"]);
    said(folder, &["vary", "us", "--imports", "211=1/2", "--labour", "19/20", "--out", "short"]);
    let path = folder.join("short/workplaces.csv");
    let rows = fs::read_to_string(&path).unwrap();
    let mut lines = rows.lines();
    let mut renamed = vec![lines.next().unwrap().to_owned()];
    for line in lines {
        let mut fields: Vec<&str> = line.splitn(3, ',').collect();
        let class = &fields[0][..2];
        fields[1] = if ["HS", "OR"].contains(&class) { "53" } else { class };
        renamed.push(fields.join(","));
    }
    fs::write(&path, renamed.join("\n")).unwrap();
    said(folder, &["generate", "--from", "short", "--workplaces", "710", "--seed", "7", "--out", "economy"]);
}

#[test]
fn twenty_six_processes_give_the_plan_of_one() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    in_26_branches(folder);
    let by_files = by_files(folder, "economy", "shared", "branches", "3");
    assert_eq!(below(&folder.join("shared/branches")).len(), 26);
    let in_one = said(folder, &["rounds", "economy", "--among", "branches", "--out", "one.json", "--json"]);
    assert!(fs::read(folder.join("one.json")).unwrap() == by_files, "the plans differ");
    let gap: serde_json::Value = serde_json::from_str(&in_one).unwrap();
    let checked = said(folder, &["check", "economy", "shared-plan.json", "--json"]);
    let checked: serde_json::Value = serde_json::from_str(&checked).unwrap();
    assert_eq!(checked["gap"], gap["gap"]);
    assert!(checked["gap"].as_f64().unwrap() < 1e-3);
}

/// The village of docs/planning.md, with a district that bears the name of a branch.
fn village(folder: &Path) {
    let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/planning.md");
    let guide = fs::read_to_string(guide).unwrap();
    fs::create_dir(folder.join("village")).unwrap();
    for block in guide.split("\n```csv village/").skip(1) {
        let (name, rest) = block.split_once('\n').unwrap();
        let text = rest.split("\n```").next().unwrap();
        fs::write(folder.join("village").join(name), format!("{}\n", text.replace(",north,", ",food,")))
            .unwrap();
    }
}

/// Nine workplaces, each a process, below districts, below branches.
#[test]
fn workplaces_districts_and_branches_by_files_give_the_plan_of_one_process() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    village(folder);
    let nested = by_files(folder, "village", "shared", "workplaces", "1");
    assert!(folder.join("shared/branches/food/below/food/below/old-bakery").is_dir());
    for layers in ["workplaces", "districts", "branches"] {
        said(folder, &["rounds", "village", "--among", layers, "--hold", "1", "--out", "one.json"]);
        assert!(fs::read(folder.join("one.json")).unwrap() == nested, "the plans differ: {layers}");
    }
    let checked = said(folder, &["check", "village", "shared-plan.json", "--json"]);
    let checked: serde_json::Value = serde_json::from_str(&checked).unwrap();
    assert!(checked["ok"] == true && checked["gap"].as_f64().unwrap() < 1e-3, "{checked}");
}

/// The valley's products that nobody imports are asked for with a margin too, so that rounding leaves enough of them.
#[test]
fn the_valley_is_balanced_by_its_workplaces() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let valley = text(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/valley/economy"));
    said(folder, &["rounds", &valley, "--among", "workplaces", "--hold", "1", "--out", "plan.json"]);
    said(folder, &["check", &valley, "plan.json"]);
}

/// Files that do not fit are refused by what is wrong with them; a silent branch is planned around on demand only.
#[test]
fn what_does_not_fit_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    in_26_branches(folder);
    said(folder, &["share", "economy", "--out", "shared"]);
    let congress = "shared/congress";
    let branches = below(&folder.join("shared/branches"));
    for branch in &branches[1..] {
        said(folder, &["propose", &text(branch.clone()), "--to", congress]);
    }
    let silent = refused(folder, &["prices", congress], 1);
    assert!(silent.contains("- 11 in its opening is silent") && silent.contains("--go-on"), "{silent}");
    let first = text(branches[0].clone());
    said(folder, &["propose", &first, "--to", congress]);
    let again = refused(folder, &["propose", &first, "--to", congress], 1);
    assert!(again.contains("11 has spoken in round 0 already"), "{again}");
    said(folder, &["prices", congress]);
    assert!(
        refused(folder, &["adopt", congress, "--out", "x.json"], 1).contains("no targets have gone out yet")
    );
    // Another economy's prices.
    said(folder, &["vary", "us", "--labour", "1/2", "--out", "other"]);
    said(folder, &["share", "other", "--out", "others"]);
    fs::create_dir_all(folder.join("others/congress/prices")).unwrap();
    fs::copy(folder.join("shared/congress/prices/001.json"), folder.join("others/congress/prices/001.json"))
        .unwrap();
    let other = text(below(&folder.join("others/branches"))[0].clone());
    let refusal = refused(folder, &["propose", &other, "--to", "others/congress"], 2);
    assert!(refusal.contains("001.json: it is for economy"), "{refusal}");
    assert!(refused(folder, &["share", "economy", "--out", "shared"], 2).contains("exists already"));
    assert!(refused(folder, &["propose", "economy", "--to", congress], 2).contains("mandate plan share"));
}
