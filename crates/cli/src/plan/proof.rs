//! Proofs that no plan is possible: written where a plan was asked for, and checked like one.

use super::folder::write_beside;
use crate::failure::Failure;
use mandate_plan::{Decimal, Economy, Shortage, SolveError};
use std::fs;
use std::path::{Path, PathBuf};

/// Where the proof of why there is no plan goes: beside the plan that was asked for.
fn beside(plan: &Path) -> PathBuf {
    plan.with_extension("proof.json")
}

/// What a failed solution amounts to: where it comes with a proof, that is written beside the plan's place.
pub fn refused(error: SolveError, economy: &Economy, plan: &Path) -> Failure {
    let proof = match &error {
        SolveError::Infeasible { proof, .. } => proof.write(economy),
        SolveError::NotProductive { plan, .. } => plan.write(economy),
        _ => return Failure::check(error),
    };
    let file = beside(plan);
    match write_beside(&file, |out| out.write_all(&proof)) {
        Ok(()) => Failure::check(format!(
            "{error}\nThe proof is in {}; `mandate plan check ECONOMY {0}` multiplies it through",
            file.display()
        )),
        Err(failure) => failure,
    }
}

/// Checks the file if it is a proof that what is owed cannot be met; none if it says of itself that it is something
/// else.
pub fn check(file: &Path, economy: &Economy, json: bool) -> Option<Result<(), Failure>> {
    let bytes = fs::read(file).ok().filter(|bytes| Shortage::is_one(bytes))?;
    let shortage = match Shortage::read(&bytes, economy) {
        Ok(shortage) => shortage,
        Err(error) => return Some(Err(Failure::input(format!("{}: {error}", file.display())))),
    };
    let check = shortage.check();
    let at_most = check.stages.first().map(|stage| stage.bound.clone()).unwrap_or_else(Decimal::zero);
    let proven = shortage.proves();
    if json {
        let failures: Vec<String> = check.failures.iter().map(ToString::to_string).collect();
        let shortfalls = shortage.shortfalls();
        let attainable = |shortfall: &mandate_plan::Shortfall| {
            let share = Decimal::new(shortfall.attainable, mandate_plan::LEVEL_DECIMALS).to_f64();
            serde_json::json!({ "owed": shortfall.owed, "attainable": share })
        };
        println!(
            "{}",
            serde_json::json!({
                "ok": proven,
                "proves": "what is owed cannot be met together",
                "at_most": at_most.to_f64(),
                "shortfalls": shortfalls.iter().map(attainable).collect::<Vec<_>>(),
                "failures": failures,
            })
        );
    } else if proven {
        println!("proven: of what is owed no plan meets more than {:.6} everywhere", at_most.to_f64());
        println!("what can be met instead, evenly first:");
        shortage.shortfalls().iter().for_each(|shortfall| println!("- {shortfall}"));
    }
    if proven {
        return Some(Ok(()));
    }
    let why = check.failures.first().map_or_else(
        || {
            format!(
                "its first stage lets {} of what is owed be met, a proof must stay below 1",
                at_most.to_f64()
            )
        },
        ToString::to_string,
    );
    Some(Err(Failure::check(format!("the file proves nothing: {why}"))))
}
