//! Problems of H. P. Williams, *Model Building in Mathematical Programming* (5th edition, 2013), whose optima are
//! published, written down as economies: see `testdata/README.md`.

mod economies;

use economies::in_folder;
use mandate_plan::{Economy, FILE_NAMES, Files, Options, check, solve};
use std::path::Path;

/// The profit in pounds: what there is of money in the end, less the capital of a million that all begins with.
fn profit(name: &str) -> f64 {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/williams").join(name);
    let read = |file: &&str| std::fs::read(folder.join(file)).ok().map(|bytes| (file.to_string(), bytes));
    let files: Files = FILE_NAMES.iter().filter_map(read).collect();
    let economy = Economy::read(&files).unwrap();
    let plan = solve(&economy, &Options::default()).unwrap();
    let checked = check(&economy, &plan);
    assert!(checked.ok(), "{:?}", checked.failures);
    assert_eq!(in_folder(&economy).python_check(&plan.write(&economy), &[]), "ok\n");
    plan.fulfilments[0] as f64 * 1e-9 * 1_200_000.0 - 1_000_000.0
}

/// Problem 12.1: buy, store, refine and blend five oils over six months; 107,843 pounds.
#[test]
fn food_manufacture() {
    let profit = profit("food-manufacture");
    assert!((profit - 107_843.0).abs() < 1.0, "{profit}");
}

/// Problem 12.3: seven products, five kinds of machines, maintenance, storage; 93,715 pounds.
#[test]
fn factory_planning() {
    let profit = profit("factory-planning");
    assert!((profit - 93_715.0).abs() < 1.0, "{profit}");
}
