//! docs/walkthrough.md: one operation through all parts, held against the parts themselves.
//!
//! The smallest federation, docs/harbour, is founded from its charter and rolls and led to an open vote by the commands
//! in commands.jsonl. Then the page speaks: each block `json command` is handed in, and what comes of it must be the
//! block after it, `json refusal` or `json entry`. In the end the record is exported; docs/harbour/record is that export.

use crate::page::{Page, below_all, settle_file, updating};
use mandate_assembly::ids::{Blob, MemberId};
use mandate_assembly::{Action, Command, founding};
use mandate_record::{Federation, Keeper, Reader, Record, SubmitError, export};
use std::fs;
use std::path::Path;

pub fn check(root: &Path) {
    let harbour = root.join("docs/harbour");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (directory, exported) = (folder.path().join("harbour"), folder.path().join("record"));
    let record = Record::create(&directory, "harbour.example/record").expect("a record");
    let mut keeper = Keeper::open(record, Federation::default).expect("a keeper");
    accept(&mut keeper, founding(&harbour));
    let commands = fs::read_to_string(harbour.join("commands.jsonl")).expect("the commands");
    for line in commands.lines() {
        accept(&mut keeper, parse(line));
    }
    follow_page(Page::read(&root.join("docs/walkthrough.md")), &mut keeper, &directory);
    drop(keeper);
    export(&directory, &exported, &mut |_, _| {}).expect("an export");
    hold_against(&exported, &harbour.join("record"));
}

fn founding(harbour: &Path) -> Command {
    let file = |name: &str| Blob(fs::read(harbour.join(name)).expect("charter and rolls"));
    let founder = MemberId::from("shipyard-01");
    let action = founding::Action::Found {
        charter: file("charter.toml"),
        workplaces: file("workplaces.csv"),
        members: file("members.csv"),
        commission: vec![founder.clone()],
    };
    let at = "2027-01-04T09:00:00Z".parse().expect("a time");
    Command { at, by: founder, action: Action::Founding(action) }
}

fn parse(text: &str) -> Command {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("no command: {error}\n{text}"))
}

fn accept(keeper: &mut Keeper<Federation>, command: Command) {
    let shown = serde_json::to_string(&command).expect("a command has a JSON form");
    keeper.submit(command).unwrap_or_else(|error| panic!("{error}\n{shown}"));
    keeper.commit().expect("a commit");
}

fn follow_page(page: Page, keeper: &mut Keeper<Federation>, directory: &Path) {
    let blocks = page.blocks();
    let told: Vec<_> = blocks.iter().filter(|block| block.info.starts_with("json ")).collect();
    assert!(told.len() >= 4, "the page shows a command, its refusal, a command, its entry");
    let mut wrong = Vec::new();
    for pair in told.chunks(2) {
        let [asked, answered] = pair else { panic!("a command has no answer on the page") };
        assert_eq!(asked.info, "json command");
        let came = match keeper.submit(parse(page.lines(asked))) {
            Ok(accepted) => {
                assert_eq!(answered.info, "json entry", "the command was accepted");
                keeper.commit().expect("a commit");
                let reader = Reader::open(directory).expect("a record");
                let line =
                    |number| String::from_utf8(reader.entry(number).expect("the entry")).expect("UTF-8");
                accepted.entries.map(|number| line(number) + "\n").collect()
            }
            Err(SubmitError::Refused(refusal)) => {
                assert_eq!(answered.info, "json refusal", "the command was refused: {refusal}");
                serde_json::to_string_pretty(&refusal).expect("a refusal has a JSON form") + "\n"
            }
            Err(error) => panic!("{error}"),
        };
        if page.lines(answered) != came {
            wrong.push((answered.lines.clone(), came));
        }
    }
    page.settle(wrong);
}

/// Holds the folder in the book against the exported one, file by file.
fn hold_against(exported: &Path, kept: &Path) {
    let names = |folder: &Path| -> Vec<String> {
        let name = |path: &Path| path.strip_prefix(folder).expect("below").display().to_string();
        below_all(folder).iter().map(|path| name(path)).collect()
    };
    let right = names(exported);
    if updating() && kept.exists() {
        fs::remove_dir_all(kept).expect("the old export can be removed");
    }
    for name in &right {
        settle_file(&kept.join(name), &fs::read(exported.join(name)).expect("the export"));
    }
    assert_eq!(names(kept), right, "{} holds the export and nothing else", kept.display());
}
