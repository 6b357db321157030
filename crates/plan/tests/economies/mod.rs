//! Economies to test with, and other programs to ask.
#![allow(dead_code, reason = "each test file uses a part of it")]

use mandate_plan::bea::{self, Setting, Tiers, Treatment};
use mandate_plan::{Economy, Files};
use std::path::{Path, PathBuf};
use std::process::Command;

/// `testdata/us-2017-…` as an economy.
pub fn united_states(tables: &str, tiers: Tiers) -> (Economy, Vec<Treatment>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("testdata/us-2017-{tables}"));
    let entries = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    let files: Files = entries
        .map(|entry| (entry.file_name().into_string().unwrap(), std::fs::read(entry.path()).unwrap()))
        .collect();
    bea::import(&files, Setting { tiers, ..Setting::default() }).unwrap()
}

/// An economy written out, for programs that read files. Removed when dropped.
pub struct Folder {
    path: tempfile::TempDir,
}

pub fn in_folder(economy: &Economy) -> Folder {
    files_in_folder(&economy.write())
}

/// Files as they are, canonical or not.
pub fn files_in_folder(files: &Files) -> Folder {
    let path = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        std::fs::write(path.path().join(name), bytes).unwrap();
    }
    Folder { path }
}

impl Folder {
    /// What the checker in Python prints about a plan.
    pub fn python_check(&self, plan: &[u8], more: &[&str]) -> String {
        let file = self.path.path().join("plan.json");
        std::fs::write(&file, plan).unwrap();
        let checker: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/checker/check_plan.py");
        let output = Command::new("python3").arg(checker).arg(self.path.path()).arg(file).args(more).output();
        let output = output.expect("python3 is needed for this test");
        assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }
}

/// The optimum that GLPK finds for a model file; `form` is its option for the file's format.
pub fn glpk_objective(model: &[u8], form: &str) -> f64 {
    let folder = tempfile::tempdir().unwrap();
    let (file, solution) = (folder.path().join("model"), folder.path().join("solution"));
    std::fs::write(&file, model).unwrap();
    let output = Command::new("glpsol").arg(form).arg(&file).arg("--write").arg(&solution).output();
    let output = output.expect("glpsol is needed for this test (Debian: apt install glpk-utils)");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let written =
        std::fs::read_to_string(&solution).unwrap_or_else(|_| panic!("GLPK wrote no solution: {said}"));
    // `s bas ROWS COLUMNS f f OBJECTIVE`: a basic solution, feasible and dual feasible.
    let line = written.lines().find(|line| line.starts_with("s bas")).unwrap();
    let fields: Vec<&str> = line.split_whitespace().collect();
    assert_eq!(&fields[4..6], ["f", "f"], "{said}");
    fields[6].parse().unwrap()
}

/// The summary economy in 26 branches: the two-digit classes of its industries, housing and other real estate
/// with rental and leasing.
pub fn in_26_branches(mut economy: Economy) -> Economy {
    let branch = |industry: &str| match &industry[..2] {
        "HS" | "OR" | "53" => "53".to_owned(),
        other => other.to_owned(),
    };
    let branches: Vec<String> = economy.workplaces.iter().map(|workplace| branch(&workplace.id)).collect();
    economy.branches = branches.clone();
    economy.branches.sort();
    economy.branches.dedup();
    assert_eq!(economy.branches.len(), 26);
    for (workplace, branch) in economy.workplaces.iter_mut().zip(branches) {
        workplace.branch = economy.branches.binary_search(&branch).unwrap() as u32;
    }
    economy
}
