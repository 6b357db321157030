//! Bad rolls: each file of `testdata/bad-rolls` gets exactly the messages beside it, and no line is lost.
//!
//! `NAME.csv` is read as a roll of workplaces, or of members where its name begins with `members`; `NAME.txt` holds
//! the messages. Set `BLESS` in the environment to write down what the messages are now, then read every one.

use mandate_charter::{Charter, RollError, WorkplaceRoll, read, read_members, read_workplaces, roll};
use std::fs;
use std::path::PathBuf;

fn charter() -> Charter {
    read(include_str!("../testdata/worked-example/charter.toml")).unwrap()
}

fn workplaces(charter: &Charter) -> WorkplaceRoll {
    read_workplaces(include_bytes!("../testdata/worked-example/workplaces.csv").as_slice(), charter).unwrap()
}

fn refused<T>(result: Result<T, RollError>) -> roll::Refusals {
    match result {
        Ok(_) => panic!("the roll was read"),
        Err(RollError::Refused(refusals)) => refusals,
        Err(RollError::Unreadable(error)) => panic!("{error}"),
    }
}

#[test]
fn every_bad_roll_gets_its_messages() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("testdata/bad-rolls");
    let mut files: Vec<PathBuf> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "csv"));
    files.sort();
    assert!(files.len() >= 15, "{files:?}");
    let charter = charter();
    let workplaces = workplaces(&charter);
    for path in files {
        let bytes = fs::read(&path).unwrap();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let refusals = match name.starts_with("members") {
            true => refused(read_members(bytes.as_slice(), &workplaces, &charter)),
            false => refused(read_workplaces(bytes.as_slice(), &charter)),
        };
        let messages = format!("{refusals}\n");
        let expected = path.with_extension("txt");
        if std::env::var_os("BLESS").is_some() {
            fs::write(&expected, &messages).unwrap();
        }
        assert_eq!(messages, fs::read_to_string(&expected).unwrap(), "{name}");
    }
}

/// What spreadsheets write is read: a byte order mark, semicolons or tabs, either line end, quotation marks, empty
/// lines (counted), capitals in headings, spaces around fields, no end to the last line.
#[test]
fn what_spreadsheets_write_is_read() {
    let charter = charter();
    let plain = workplaces(&charter);
    let source = include_str!("../testdata/worked-example/workplaces.csv");
    let variants = [
        (format!("\u{feff}{source}"), 0),
        (source.replace(',', ";"), 0),
        (source.replace(',', "\t"), 0),
        (source.replace('\n', "\r\n"), 0),
        (source.replace('\n', "\n\n"), 8),
        (source.replace('\n', "\n,,,,\n"), 8),
        (source.replace("C2511", "\"C2511\"").replace("W1,", " \"W1\" ,"), 0),
        (source.replace("workplace,branch", "Workplace,BRANCH").replace(",north", ", north "), 0),
        (source.trim_end().to_owned(), 0),
    ];
    for (variant, empty) in variants {
        let roll = read_workplaces(variant.as_bytes(), &charter)
            .unwrap_or_else(|error| panic!("{variant}\n{error}"));
        assert_eq!(roll.workplaces, plain.workplaces, "{variant}");
        assert_eq!((roll.lines.read, roll.lines.refused, roll.lines.empty), (7, 0, empty), "{variant}");
    }
}

#[test]
fn a_field_may_hold_the_separator_and_quotation_marks() {
    let charter = charter();
    let source = "workplace,branch,district,region\n\"Smith, Jones \"\"& Co\"\"\",C25,north,A\n";
    let roll = read_workplaces(source.as_bytes(), &charter).unwrap();
    assert_eq!(roll.workplaces[0].id, "Smith, Jones \"& Co\"");
    assert_eq!(roll.workplaces[0].members, None);
}

#[test]
fn a_line_of_ten_megabytes_is_refused_and_the_next_ones_are_still_read() {
    let charter = charter();
    let source = format!("workplace,branch,district,region\n{},C25,n,A\nW1,C25,n,A\n", "x".repeat(10 << 20));
    let refusals = refused(read_workplaces(source.as_bytes(), &charter));
    assert_eq!(
        refusals.to_string(),
        "line 2, column 1: found a line of 10485768 bytes; expected at most 65536 bytes in a line; look for a missing \
         line end or a quotation mark that is never closed [line]\n\
         errors: 1; lines: 1 good, 1 refused, 0 empty"
    );
}

#[test]
fn of_very_many_errors_the_first_hundred_are_shown_and_all_are_counted() {
    let charter = charter();
    let mut source = "workplace,branch,district,region\n".to_owned();
    source.extend((0..1000).map(|number| format!("W{number},X99,n,A\n\n")));
    let refusals = refused(read_workplaces(source.as_bytes(), &charter));
    assert_eq!((refusals.errors.len(), refusals.total), (100, 1000));
    assert_eq!((refusals.lines.read, refusals.lines.refused, refusals.lines.empty), (0, 1000, 1000));
}

#[test]
fn members_have_a_standing_and_organisations_come_in_where_the_charter_admits_them() {
    let source = include_str!("../testdata/worked-example/charter.toml");
    let charter = read(&format!("{source}\n[members]\norganisations = true\n")).unwrap();
    let workplaces = workplaces(&charter);
    let members =
        "member,workplace,standing,kind\nm1,W1,active,person\nm2,W1,,\nm3,W7,arrears,organisation\n";
    let roll = read_members(members.as_bytes(), &workplaces, &charter).unwrap();
    assert_eq!(roll.by_workplace(&workplaces), [2, 0, 0, 0, 0, 0, 1]);
    assert_eq!(roll.members[1].standing, roll::Standing::Active);
    assert_eq!(roll.members[2].kind, roll::MemberKind::Organisation);
}

proptest::proptest! {
    /// Read, refused and empty lines are all lines below the headings, whatever they hold; nothing panics.
    #[test]
    fn no_line_is_lost(lines in proptest::collection::vec("[,;\t \"W1-9C25néA\r\u{202e}]{0,24}", 0..40)) {
        let charter = charter();
        let workplaces = workplaces(&charter);
        let source = format!("member,workplace\n{}\n", lines.join("\n"));
        let below = source.matches('\n').count() as u64 - 1;
        let counted = match read_members(source.as_bytes(), &workplaces, &charter) {
            Ok(roll) => roll.lines,
            Err(RollError::Refused(refusals)) => refusals.lines,
            Err(RollError::Unreadable(error)) => panic!("{error}"),
        };
        proptest::prop_assert_eq!(counted.read + counted.refused + counted.empty, below);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
        let charter = charter();
        let _ = read_workplaces(bytes.as_slice(), &charter);
    }
}
