//! Whole elections made by other programs verify and give their result.

use mandate_ballot::{Audit, AuditOptions};
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

fn audit(path: &Path) -> Audit<BufReader<File>> {
    let file = BufReader::new(File::open(path).expect("the archive opens"));
    let mut audit = Audit::open(file, AuditOptions { threads: 2, trusted_bytes: 0 }).expect("an archive");
    audit.run(&mut |_| {});
    audit
}

#[test]
fn belenios_2_5_1() {
    for folder in std::fs::read_dir("testdata/belenios-2.5.1").unwrap() {
        let folder = folder.unwrap().path();
        if !folder.is_dir() {
            continue;
        }
        for file in std::fs::read_dir(&folder).unwrap() {
            let file = file.unwrap().path();
            if file.extension().is_some_and(|e| e == "bel") {
                let audit = audit(&file);
                println!("{file:?} {:?} {:?} {:?}", audit.counts(), audit.failures(), audit.outcome());
            }
        }
    }
}
