//! What goes up: proposals, commitments, and at the top the plan.

use super::desk::{Desk, Session, file_name, write_into};
use crate::failure::Failure;
use crate::plan::folder::write_beside;
use mandate_plan::{
    CongressOptions, Decimal, Fault, LEVEL_DECIMALS, Proposal, Sealing, Unadopted, add_up, pass_down, seal,
};
use serde_json::json;
use std::path::PathBuf;

/// Answer the last prices of those above, or open: what could be made and taken, group by group.
#[derive(clap::Args)]
#[command(after_help = "Example, a branch to the congress, and a district inside its branch:\n  \
    mandate plan propose shared/branches/11 --to shared/congress\n  \
    mandate plan propose shared/branches/11/below/north --to shared/branches/11 --inside")]
pub struct Propose {
    /// Folder of the participant.
    participant: PathBuf,
    /// Folder of the participant above it.
    #[arg(long, value_name = "ABOVE")]
    to: PathBuf,
    /// Inside a branch: the words are not sealed, and say which activities run.
    #[arg(long, conflicts_with_all = ["hold", "apart"])]
    inside: bool,
    /// Every sum holds at least so many workplaces.
    #[arg(long, value_name = "N", default_value_t = Sealing::default().hold)]
    hold: usize,
    /// Any two sums of a group differ in at least so many workplaces.
    #[arg(long, value_name = "N", default_value_t = Sealing::default().apart)]
    apart: usize,
}

impl Propose {
    /// Runs the command.
    pub fn run(self) -> Result<(), Failure> {
        let desk = Desk::open(&self.participant)?;
        let above = Desk::open(&self.to)?;
        let prices = above.lists()?.pop();
        let round = prices.as_ref().map_or(0, |prices| prices.round);
        let mut words = desk.kept()?;
        if let Some(last) = words.last().filter(|last| last.round >= round) {
            let (name, last) = (&desk.name, last.round);
            return Err(Failure::check(format!(
                "{name} has spoken in round {last} already; what was said is said. The next prices are not there yet"
            )));
        }
        let word = if desk.speaks_for_others() {
            sum_of_those_below(&desk, round)?
        } else {
            match &prices {
                None => Proposal::opening(&desk.economy, &desk.name),
                Some(prices) => Proposal::answer(&desk.economy, &desk.name, prices).ok_or_else(|| {
                    Failure::input(format!("prices of round {round} are too large to multiply in 128 bits"))
                })?,
            }
        };
        words.push(word.clone());
        let said = if self.inside {
            word.clone()
        } else {
            let sealing = Sealing { hold: self.hold, apart: self.apart };
            match desk.sealing()? {
                Some(before) if before != sealing && words.len() > 1 => {
                    return Err(Failure::input(format!(
                        "--hold {} --apart {}: the words so far were sealed with --hold {} --apart {}; keep to that",
                        sealing.hold, sealing.apart, before.hold, before.apart
                    )));
                }
                _ => desk.keep_sealing(sealing)?,
            }
            let sealed = seal(&words, sealing).map_err(Failure::check)?;
            sealed.into_iter().next_back().map(Proposal::without_names).unwrap_or(word.clone())
        };
        write_into(&desk.folder.join("kept"), &format!("{round:03}.json"), &word.write(&desk.economy))?;
        let file = format!("{}-{round:03}.json", file_name(&desk.name));
        write_into(&above.folder.join("proposals"), &file, &said.write(&above.economy))?;
        let columns: usize = said.groups.values().map(|group| group.columns.len()).sum();
        println!("{}: round {round}, {columns} columns in {} groups", desk.name, said.groups.len());
        Ok(())
    }
}

/// The word of a participant for those below it; all must have spoken, and be believed.
fn sum_of_those_below(desk: &Desk, round: u32) -> Result<Proposal, Failure> {
    let lists = desk.lists()?;
    if lists.len() as u32 != round {
        return Err(Failure::check(format!(
            "{} has not passed down the prices of round {round} yet: mandate plan prices {} --from ABOVE",
            desk.name,
            desk.folder.display()
        )));
    }
    let judgement = desk.judge_below(&lists)?;
    // The prices rest on the sums of branches; of words below a branch they cannot say which were heard in time, and no
    // sum goes up before all are there.
    let named: Vec<String> = judgement
        .named
        .iter()
        .filter(|named| named.fault != Fault::Late)
        .map(|named| format!("- {named}"))
        .collect();
    if !named.is_empty() {
        return Err(Failure::check(format!(
            "{} answers for all who are below it, and cannot:\n{}",
            desk.name,
            named.join("\n")
        )));
    }
    let words: Vec<Proposal> = judgement.words.into_iter().filter(|word| word.round == round).collect();
    Ok(add_up(&desk.economy, &desk.name, &words))
}

/// Commit to the last targets: levels where there are own activities, else the sum of what those below commit to.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  mandate plan commit shared/branches/11 --to shared/congress")]
pub struct Commit {
    /// Folder of the participant.
    participant: PathBuf,
    /// Folder of the participant above it.
    #[arg(long, value_name = "ABOVE")]
    to: PathBuf,
}

impl Commit {
    /// Runs the command.
    pub fn run(self) -> Result<(), Failure> {
        let desk = Desk::open(&self.participant)?;
        let above = Desk::open(&self.to)?;
        let targets = last_targets(&above, &desk.name)?;
        let (words, sealing) = (desk.kept()?, desk.sealing()?);
        let commitment = if desk.speaks_for_others() {
            let below = desk.commitments(targets.turn)?;
            let silent: Vec<&str> = desk
                .roll
                .iter()
                .filter(|name| below.iter().all(|commitment| commitment.from != **name))
                .map(String::as_str)
                .collect();
            if !silent.is_empty() {
                let names = silent.join(", ");
                return Err(Failure::check(format!(
                    "{} answers for all who are below it; {names} did not commit in turn {}",
                    desk.name, targets.turn
                )));
            }
            targets.add_up(&desk.economy, &below, &words, sealing).map_err(Failure::check)?
        } else {
            let (levels, commitment) =
                targets.follow(&desk.economy, &words, sealing).map_err(Failure::check)?;
            let mut text = String::from("activity,level\n");
            for (activity, level) in levels {
                let quoted = activity.replace('"', "\"\"");
                text.push_str(&format!("\"{quoted}\",{}\n", Decimal::new(level, LEVEL_DECIMALS)));
            }
            write_into(&desk.folder, "levels.csv", text.as_bytes())?;
            commitment
        };
        let file = format!("{}-{}.json", file_name(&desk.name), targets.turn);
        write_into(&above.folder.join("commitments"), &file, &commitment.write(&above.economy))?;
        println!("{}: committed in turn {}", desk.name, targets.turn);
        Ok(())
    }
}

/// The targets of the last turn that `above` has for a participant.
pub fn last_targets(above: &Desk, name: &str) -> Result<mandate_plan::Targets, Failure> {
    let mut last = None;
    for turn in 1.. {
        let mut targets = above.targets(turn)?;
        if targets.is_empty() {
            break;
        }
        last = targets.remove(name).or(last);
    }
    last.ok_or_else(|| {
        let folder = above.folder.display();
        Failure::check(format!("{folder} has no targets for {name} yet: mandate plan target {folder}"))
    })
}

/// Passes targets down to those below a participant.
pub fn pass_targets_down(desk: &Desk, above: &Desk) -> Result<usize, Failure> {
    let targets = last_targets(above, &desk.name)?;
    let judgement = desk.judge_below(&desk.lists()?)?;
    let down = pass_down(&targets, &desk.economy, &desk.kept()?, &judgement.words, desk.sealing()?);
    let down = down.map_err(Failure::check)?;
    for (name, targets) in &down {
        let file = format!("{}-{}.json", file_name(name), targets.turn);
        write_into(&desk.folder.join("targets"), &file, &targets.write(&desk.economy))?;
    }
    Ok(down.len())
}

/// Add the commitments up to a plan, balanced to the last decimal, with its certificate.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  mandate plan adopt shared/congress --out balance.json")]
pub struct Adopt {
    /// Folder of the congress.
    congress: PathBuf,
    /// File to write what the congress knows of the plan to: everything but the levels.
    #[arg(long, value_name = "BALANCE")]
    out: PathBuf,
    /// Adopt though somebody did not commit: it is held to its targets.
    #[arg(long)]
    go_on: bool,
    /// One JSON object: {"turn", "gap", "stages", "named"}.
    #[arg(long)]
    json: bool,
}

impl Adopt {
    /// Runs the command. Exit 1 where somebody cannot keep its word, or did not commit.
    pub fn run(self) -> Result<(), Failure> {
        let session = Session::open(&self.congress)?;
        let folder = self.congress.display();
        let turn = session.last_turn(&CongressOptions::default())?;
        let turn = turn.ok_or_else(|| {
            Failure::check(format!("no targets have gone out yet: mandate plan target {folder}"))
        })?;
        let commitments = session.desk.commitments(turn.number)?;
        let adoption = session.adopt(&turn, &commitments).map_err(|unadopted| match unadopted {
            Unadopted::Broken(_) => Failure::check(format!("{unadopted}: mandate plan target {folder}")),
            other => Failure::check(other),
        })?;
        let named: Vec<String> = adoption.named.iter().map(ToString::to_string).collect();
        if !named.is_empty() && !self.go_on {
            return Err(Failure::check(format!(
                "{}\nnothing was written; wait for their commitment, or hold them to their targets: --go-on",
                named.join("\n")
            )));
        }
        named.iter().for_each(|named| eprintln!("{named}"));
        let frame = &session.desk.economy;
        write_beside(&self.out, |out| out.write_all(&adoption.balance.write(frame)))?;
        let stages = &adoption.balance.plan.stages;
        if self.json {
            let stage = |stage: &mandate_plan::Stage| json!({ "stage": stage.goal.to_string(), "value": stage.value.to_f64(), "bound": stage.bound.to_f64() });
            let stages: Vec<_> = stages.iter().map(stage).collect();
            println!(
                "{}",
                json!({ "turn": turn.number, "gap": adoption.gap, "stages": stages, "named": named })
            );
        } else {
            println!("{:<34} {:>20} {:>20}", "stage", "reached", "at best");
            for stage in stages {
                let (value, bound) = (stage.value.to_f64(), stage.bound.to_f64());
                println!("{:<34} {value:>20.6} {bound:>20.6}", stage.goal.to_string());
            }
            println!("\nwidest gap {:.4} %; written to {}", adoption.gap * 100.0, self.out.display());
        }
        Ok(())
    }
}
