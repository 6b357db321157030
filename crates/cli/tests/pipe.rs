//! A reader that goes away ends the output, and nothing is wrong.

use std::process::Command;

#[test]
fn a_reader_that_goes_away_is_no_fault() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let commands = [
        "charter explain examples/us-2017/charter.toml",
        "charter explain examples/valley/charter.toml --lang es",
        "count --list",
        "count --list --json",
    ];
    for command in commands {
        // The pipe has no reader before the first byte is written.
        let script =
            format!("( sleep 0.1; {} {command}; echo $? >&2 ) | true", env!("CARGO_BIN_EXE_mandate"));
        let output = Command::new("bash").args(["-c", &script]).current_dir(root).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(said.trim(), "0", "{command}: {said}");
    }
}
