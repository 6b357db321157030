//! What goes down: the economy shared out, prices, targets; and in the end the whole plan for all to check.

use super::desk::{Desk, Session, file_name, write_into};
use super::up::pass_targets_down;
use crate::failure::Failure;
use crate::plan::folder::{read_economy, write_beside, write_economy};
use mandate_plan::{Balance, CongressOptions, Economy, Layers, Levels, check};
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};

/// Share an economy out into folders, one for each participant, that know no more than it may know.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  mandate plan share us-2100 --out shared --layers districts")]
pub struct Share {
    /// Folder of the economy.
    economy: PathBuf,
    /// Folder to make; it must not exist.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Down to which participants: branches, districts below them, or workplaces below those.
    #[arg(long, value_enum, default_value = "branches")]
    layers: LayersArg,
}

/// [`Layers`] as an option.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LayersArg {
    /// Congress and branches
    Branches,
    /// Congress, branches and districts
    Districts,
    /// Congress, branches, districts and workplaces
    Workplaces,
}

impl From<LayersArg> for Layers {
    fn from(layers: LayersArg) -> Self {
        match layers {
            LayersArg::Branches => Self::Branches,
            LayersArg::Districts => Self::Districts,
            LayersArg::Workplaces => Self::Workplaces,
        }
    }
}

impl Share {
    /// Runs the command.
    pub fn run(self) -> Result<(), Failure> {
        let economy = read_economy(&self.economy)?;
        if self.out.exists() {
            return Err(Failure::input(format!(
                "{} exists already; name another folder",
                self.out.display()
            )));
        }
        speaker(&self.out.join("congress"), "congress", &economy.frame(), &economy.branches)?;
        let mut participants = 1;
        for (index, branch) in economy.branches.iter().enumerate() {
            let part = economy.part(|place| economy.workplaces[place].branch as usize == index);
            let folder = self.out.join("branches").join(file_name(branch));
            participants += share_branch(&folder, branch, &part, self.layers)?;
        }
        println!("{participants} participants in {}", self.out.display());
        Ok(())
    }
}

fn share_branch(folder: &Path, name: &str, part: &Economy, layers: LayersArg) -> Result<usize, Failure> {
    if layers == LayersArg::Branches {
        return owner(folder, name, part);
    }
    speaker(folder, name, &part.frame(), &part.districts)?;
    let mut participants = 1;
    for (index, district) in part.districts.iter().enumerate() {
        let own = part.part(|place| part.workplaces[place].district as usize == index);
        let folder = folder.join("below").join(file_name(district));
        if layers == LayersArg::Districts {
            participants += owner(&folder, district, &own)?;
            continue;
        }
        let workplaces: Vec<String> = own.workplaces.iter().map(|workplace| workplace.id.clone()).collect();
        speaker(&folder, district, &own.frame(), &workplaces)?;
        for (place, id) in workplaces.iter().enumerate() {
            let workplace = own.part(|other| other == place);
            participants += owner(&folder.join("below").join(file_name(id)), id, &workplace)?;
        }
        participants += 1;
    }
    Ok(participants)
}

/// The folder of a participant with activities of its own.
fn owner(folder: &Path, name: &str, own: &Economy) -> Result<usize, Failure> {
    write_into(folder, "name.txt", format!("{name}\n").as_bytes())?;
    write_economy(own, &folder.join("economy"))?;
    Ok(1)
}

/// The folder of a participant that speaks for others.
fn speaker(folder: &Path, name: &str, frame: &Economy, below: &[String]) -> Result<(), Failure> {
    write_into(folder, "name.txt", format!("{name}\n").as_bytes())?;
    let roll: String = below.iter().map(|name| format!("{name}\n")).collect();
    write_into(folder, "roll.csv", format!("participant\n{roll}").as_bytes())?;
    write_economy(frame, &folder.join("frame"))
}

/// Balance what was said and send the prices of the next round down; or pass down those from above.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  mandate plan prices shared/congress\n  \
    mandate plan prices shared/branches/11 --from shared/congress")]
pub struct Prices {
    /// Folder of the congress, or of a participant that speaks for others.
    participant: PathBuf,
    /// Folder of the participant above it, whose prices are passed down.
    #[arg(long, value_name = "ABOVE")]
    from: Option<PathBuf>,
    /// The rounds are over when no stage's gap is wider than this share.
    #[arg(long, value_name = "FRACTION", default_value = "1/1000", value_parser = crate::plan::economy::parse_ratio)]
    gap: mandate_plan::Ratio<i64>,
    /// The rounds are over after so many.
    #[arg(long, value_name = "N", default_value_t = CongressOptions::default().maximum)]
    maximum: u32,
    /// Go on without those who are silent or not believed, with their last good word.
    #[arg(long)]
    go_on: bool,
    /// One JSON object: {"round", "columns", "stages", "gap", "over", "named"}.
    #[arg(long)]
    json: bool,
}

impl Prices {
    /// Runs the command. Exit 1 where somebody is named and `--go-on` was not given.
    pub fn run(self) -> Result<(), Failure> {
        if let Some(above) = &self.from {
            let (desk, above) = (Desk::open(&self.participant)?, Desk::open(above)?);
            for list in above.lists()? {
                desk.send_down(&list)?;
            }
            println!("{}: {} price lists passed down", desk.name, desk.lists()?.len());
            return Ok(());
        }
        let session = Session::open(&self.participant)?;
        session.name(self.go_on)?;
        let gap = *self.gap.numer() as f64 / *self.gap.denom() as f64;
        let options = CongressOptions { gap, maximum: self.maximum, ..CongressOptions::default() };
        let standing = session.balance(&[], &options)?;
        if !standing.unproven.is_empty() {
            let names: Vec<&str> = standing.unproven.iter().map(String::as_str).collect();
            eprintln!("bounds rest on the last good word of: {}", names.join(", "));
        }
        if !standing.is_over() {
            session.desk.send_down(&standing.next)?;
        }
        let widest = standing.widest();
        if self.json {
            let stages: Vec<_> = standing
                .stages
                .iter()
                .map(|stage| {
                    json!({ "stage": stage.goal.to_string(), "value": stage.value,
                        "bound": stage.bound.is_finite().then_some(stage.bound),
                        "gap": stage.gap.is_finite().then_some(stage.gap) })
                })
                .collect();
            let named: Vec<String> = session.judgement.named.iter().map(ToString::to_string).collect();
            let gap = widest.map(|stage| stage.gap).filter(|gap| gap.is_finite());
            let line = json!({ "round": standing.round, "columns": standing.columns, "stages": stages, "gap": gap,
                "over": standing.is_over(), "named": named });
            println!("{line}");
            return Ok(());
        }
        if let Some(widest) = widest.filter(|_| standing.round > 0) {
            println!(
                "round {}: {} proposals, widest gap {:.4} % ({})",
                standing.round,
                standing.columns,
                widest.gap * 100.0,
                widest.goal
            );
        }
        if standing.is_over() {
            println!("the rounds are over; next: mandate plan target {}", self.participant.display());
        } else {
            println!("prices of round {} went down", standing.next.round);
        }
        Ok(())
    }
}

/// Send targets down: at the congress from what was said, elsewhere from the targets that came from above.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  mandate plan target shared/congress\n  \
    mandate plan target shared/branches/11 --from shared/congress")]
pub struct Target {
    /// Folder of the congress, or of a participant that speaks for others.
    participant: PathBuf,
    /// Folder of the participant above it.
    #[arg(long, value_name = "ABOVE")]
    from: Option<PathBuf>,
    /// Go on without those who are silent or not believed, with their last good word.
    #[arg(long)]
    go_on: bool,
}

impl Target {
    /// Runs the command.
    pub fn run(self) -> Result<(), Failure> {
        if let Some(above) = &self.from {
            let (desk, above) = (Desk::open(&self.participant)?, Desk::open(above)?);
            if !desk.speaks_for_others() {
                return Err(Failure::input(format!(
                    "{} has activities of its own, and nobody below it; next: mandate plan commit {} --to {}",
                    desk.name,
                    desk.folder.display(),
                    above.folder.display()
                )));
            }
            let below = pass_targets_down(&desk, &above)?;
            println!("{}: targets for {below} passed down", desk.name);
            return Ok(());
        }
        let session = Session::open(&self.participant)?;
        session.name(self.go_on)?;
        let options = CongressOptions::default();
        let (number, given) = match session.last_turn(&options)? {
            None => (1, Vec::new()),
            Some(turn) => {
                let given = session.broken(&turn)?;
                if given.len() == turn.given.len() {
                    return Err(Failure::check(format!(
                        "the targets of turn {} stand: nobody has broken its word; next: mandate plan adopt {}",
                        turn.number,
                        self.participant.display()
                    )));
                }
                (turn.number + 1, given)
            }
        };
        let standing = session.balance(&given, &options)?;
        let frame = &session.desk.economy;
        let targets = standing.targets(frame, &session.judgement.words, number);
        for (name, targets) in &targets {
            let file = format!("{}-{number}.json", file_name(name));
            write_into(&session.desk.folder.join("targets"), &file, &targets.write(frame))?;
        }
        for commitment in &given {
            println!("{} does what it committed itself to; the rest is planned around it", commitment.from);
        }
        println!("turn {number}: targets for {} participants", targets.len());
        Ok(())
    }
}

/// Put the levels of all workplaces to the congress's balance: the whole plan, for everybody to check.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  \
    mandate plan assemble us-2100 balance.json shared/branches/*/levels.csv --out plan.json")]
pub struct Assemble {
    /// Folder of the whole economy.
    economy: PathBuf,
    /// The congress's balance.
    balance: PathBuf,
    /// Levels of every participant that has activities.
    #[arg(required = true, value_name = "LEVELS")]
    levels: Vec<PathBuf>,
    /// File to write the plan to.
    #[arg(long, value_name = "PLAN")]
    out: PathBuf,
}

impl Assemble {
    /// Runs the command. Exit 1 where levels, balance and economy do not make a plan that holds.
    pub fn run(self) -> Result<(), Failure> {
        let economy = read_economy(&self.economy)?;
        let wrong =
            |path: &Path, what: &dyn std::fmt::Display| Failure::input(format!("{}: {what}", path.display()));
        let bytes = fs::read(&self.balance).map_err(|error| wrong(&self.balance, &error))?;
        let balance = Balance::read(&bytes, &economy).map_err(|error| wrong(&self.balance, &error))?;
        let mut levels = Levels::new();
        for path in &self.levels {
            read_levels(path, &economy, &mut levels)?;
        }
        if let Some(missing) = economy.activities.iter().find(|activity| !levels.contains_key(&activity.id)) {
            return Err(Failure::input(format!("no file has the level of activity `{}`", missing.id)));
        }
        let plan = balance.whole(&economy, &levels);
        let check = check(&economy, &plan);
        write_beside(&self.out, |out| out.write_all(&plan.write(&economy)))?;
        if !check.ok() {
            let failures: Vec<String> =
                check.failures.iter().take(20).map(|failure| format!("- {failure}")).collect();
            return Err(Failure::check(format!("the plan does not hold:\n{}", failures.join("\n"))));
        }
        println!(
            "the plan holds, widest gap {:.4} %; written to {}",
            check.gap_shown() * 100.0,
            self.out.display()
        );
        Ok(())
    }
}

fn read_levels(path: &Path, economy: &Economy, levels: &mut Levels) -> Result<(), Failure> {
    let wrong = |line: u64, what: String| Failure::input(format!("{}, line {line}: {what}", path.display()));
    let mut reader = csv::Reader::from_path(path)
        .map_err(|error| Failure::input(format!("{}: {error}", path.display())))?;
    for (row, line) in reader.records().zip(2..) {
        let row = row.map_err(|error| wrong(line, error.to_string()))?;
        let (id, text) = (row.get(0).unwrap_or_default(), row.get(1).unwrap_or_default());
        if economy.activity(id).is_none() {
            return Err(wrong(line, format!("the economy has no activity `{id}`")));
        }
        let level: mandate_plan::Decimal =
            text.parse().map_err(|error| wrong(line, format!("level of `{id}`: {error}")))?;
        let mantissa =
            level.mantissa_at(mandate_plan::LEVEL_DECIMALS).and_then(|level| i64::try_from(level).ok());
        let mantissa = mantissa
            .ok_or_else(|| wrong(line, format!("level of `{id}`: {text} has more than 9 decimals")))?;
        if levels.insert(id.to_owned(), mantissa).is_some() {
            return Err(wrong(line, format!("activity `{id}` has a level already")));
        }
    }
    Ok(())
}
