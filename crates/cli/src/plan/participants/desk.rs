//! A participant's folder: what it knows, what it was sent, and what it keeps to itself.

use crate::failure::Failure;
use crate::plan::folder::{read_part, write_beside};
use mandate_plan::{
    Commitment, CongressOptions, Economy, Judgement, MessageError, PriceList, Proposal, Sealing, Standing,
    Targets, Unadopted, adopt, balance_words, judge, judge_below,
};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// A participant's folder.
///
/// `name.txt`; `economy/` with its own activities, or `frame/` and `roll.csv` where it speaks for others; `prices/`,
/// `proposals/`, `targets/`, `commitments/` with what went down from it and came up to it; `kept/` with its own words
/// as they were before sealing; `levels.csv`.
pub struct Desk {
    pub folder: PathBuf,
    pub name: String,
    /// Its own activities, or the frame alone.
    pub economy: Economy,
    /// Whom it speaks for; empty where it has activities of its own.
    pub roll: BTreeSet<String>,
}

/// A file name for any name: what is no letter, digit, point, dash or underscore becomes its bytes.
pub fn file_name(name: &str) -> String {
    let mut file = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b".-_".contains(&byte) {
            file.push(char::from(byte));
        } else {
            file.push_str(&format!("%{byte:02X}"));
        }
    }
    file
}

/// Writes a file of a folder that is made if need be.
pub fn write_into(folder: &Path, file: &str, bytes: &[u8]) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(|error| Failure::machine(format!("{}: {error}", folder.display())))?;
    write_beside(&folder.join(file), |out| out.write_all(bytes))
}

/// All JSON files of a folder by name; none where there is no folder.
pub fn files_in(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>, Failure> {
    let mut files = BTreeMap::new();
    if !folder.is_dir() {
        return Ok(files);
    }
    let wrong = |path: &Path, error: std::io::Error| Failure::input(format!("{}: {error}", path.display()));
    for entry in fs::read_dir(folder).map_err(|error| wrong(folder, error))? {
        let path = entry.map_err(|error| wrong(folder, error))?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            files.insert(name, fs::read(&path).map_err(|error| wrong(&path, error))?);
        }
    }
    Ok(files)
}

/// Reads all files of a folder as messages of one kind; the first that cannot be read is named.
fn messages<T>(folder: &Path, read: impl Fn(&[u8]) -> Result<T, MessageError>) -> Result<Vec<T>, Failure> {
    let message = |(name, bytes): (String, Vec<u8>)| {
        read(&bytes).map_err(|error| Failure::input(format!("{}: {error}", folder.join(name).display())))
    };
    files_in(folder)?.into_iter().map(message).collect()
}

impl Desk {
    /// Opens a participant's folder.
    pub fn open(folder: &Path) -> Result<Self, Failure> {
        let read = |file: &str| {
            let path = folder.join(file);
            fs::read_to_string(&path).map_err(|error| {
                Failure::input(format!(
                    "{}: {error}; `mandate plan share` makes such folders",
                    path.display()
                ))
            })
        };
        let name = read("name.txt")?.trim().to_owned();
        if folder.join("economy").is_dir() {
            let economy = read_part(&folder.join("economy"))?;
            return Ok(Self { folder: folder.to_owned(), name, economy, roll: BTreeSet::new() });
        }
        let economy = read_part(&folder.join("frame"))?;
        let roll = read("roll.csv")?;
        let mut lines = roll.lines();
        if lines.next() != Some("participant") {
            let path = folder.join("roll.csv");
            return Err(Failure::input(format!(
                "{}, line 1: expected the column `participant`",
                path.display()
            )));
        }
        let roll =
            lines.map(|line| line.trim_matches('"').to_owned()).filter(|line| !line.is_empty()).collect();
        Ok(Self { folder: folder.to_owned(), name, economy, roll })
    }

    pub fn speaks_for_others(&self) -> bool {
        !self.roll.is_empty()
    }

    /// The price lists that went down from here, the first first.
    pub fn lists(&self) -> Result<Vec<PriceList>, Failure> {
        let folder = self.folder.join("prices");
        let mut lists = messages(&folder, |bytes| PriceList::read(bytes, &self.economy))?;
        lists.sort_by_key(|list| list.round);
        for (list, round) in lists.iter().zip(1..) {
            if list.round != round {
                let folder = folder.display();
                return Err(Failure::input(format!("{folder}: round {round} is missing or stands twice")));
            }
        }
        Ok(lists)
    }

    /// Puts a price list among those that go down from here.
    pub fn send_down(&self, list: &PriceList) -> Result<PathBuf, Failure> {
        let file = format!("{:03}.json", list.round);
        write_into(&self.folder.join("prices"), &file, &list.write(&self.economy))?;
        Ok(self.folder.join("prices").join(file))
    }

    /// Its own words so far, as they were before sealing.
    pub fn kept(&self) -> Result<Vec<Proposal>, Failure> {
        let mut words = messages(&self.folder.join("kept"), |bytes| Proposal::read(bytes, &self.economy))?;
        words.sort_by_key(|word| word.round);
        Ok(words)
    }

    /// How its words were sealed; none inside a branch.
    pub fn sealing(&self) -> Result<Option<Sealing>, Failure> {
        let path = self.folder.join("kept/sealing.csv");
        let Ok(text) = fs::read_to_string(&path) else { return Ok(None) };
        let numbers: Option<Vec<usize>> =
            text.lines().nth(1).and_then(|line| line.split(',').map(|number| number.parse().ok()).collect());
        match numbers.as_deref() {
            Some(&[hold, apart]) => Ok(Some(Sealing { hold, apart })),
            _ => Err(Failure::input(format!("{}, line 2: expected two numbers, hold,apart", path.display()))),
        }
    }

    pub fn keep_sealing(&self, sealing: Sealing) -> Result<(), Failure> {
        let text = format!("hold,apart\n{},{}\n", sealing.hold, sealing.apart);
        write_into(&self.folder.join("kept"), "sealing.csv", text.as_bytes())
    }

    /// What was handed in here by those below a branch or district, judged.
    pub fn judge_below(&self, lists: &[PriceList]) -> Result<Judgement, Failure> {
        Ok(judge_below(&self.economy, &self.roll, lists, &files_in(&self.folder.join("proposals"))?))
    }

    /// The targets that went down from here in a turn, by participant.
    pub fn targets(&self, turn: u32) -> Result<BTreeMap<String, Targets>, Failure> {
        let all = messages(&self.folder.join("targets"), |bytes| Targets::read(bytes, &self.economy))?;
        let of_turn = all.into_iter().filter(|targets| targets.turn == turn);
        Ok(of_turn.map(|targets| (targets.to.clone(), targets)).collect())
    }

    /// What those below committed themselves to in a turn.
    pub fn commitments(&self, turn: u32) -> Result<Vec<Commitment>, Failure> {
        let all = messages(&self.folder.join("commitments"), |bytes| Commitment::read(bytes, &self.economy))?;
        Ok(all.into_iter().filter(|commitment| commitment.turn == turn).collect())
    }
}

/// What the congress has on its table.
pub struct Session {
    pub desk: Desk,
    pub lists: Vec<PriceList>,
    pub judgement: Judgement,
}

/// A turn of targets at the congress: what it was planned from, and what came of it.
pub struct Turn {
    pub number: u32,
    pub given: Vec<Commitment>,
    pub standing: Standing,
    pub targets: BTreeMap<String, Targets>,
}

impl Session {
    pub fn open(folder: &Path) -> Result<Self, Failure> {
        let desk = Desk::open(folder)?;
        if !desk.speaks_for_others() {
            return Err(Failure::input(format!("{}: nobody is on its roll.csv", folder.display())));
        }
        let lists = desk.lists()?;
        let judgement = judge(&desk.economy, &desk.roll, &lists, &files_in(&folder.join("proposals"))?);
        Ok(Self { desk, lists, judgement })
    }

    /// Names on standard error whoever is silent, late or not believed. Without `go_on` that ends it, where it is
    /// about the round that is being answered.
    pub fn name(&self, go_on: bool) -> Result<(), Failure> {
        let round = self.lists.len() as u32;
        let now = self.judgement.named_in(round);
        if !go_on && !now.is_empty() {
            let named: Vec<String> = now.iter().map(|named| format!("- {named}")).collect();
            return Err(Failure::check(format!(
                "{}\nnothing was written; hear them again, or plan with their last good word: --go-on",
                named.join("\n")
            )));
        }
        self.judgement.named.iter().for_each(|named| eprintln!("{named}"));
        Ok(())
    }

    pub fn balance(&self, given: &[Commitment], options: &CongressOptions) -> Result<Standing, Failure> {
        let goals = self.lists.first().map(|list| list.stages.iter().map(|stage| stage.goal).collect());
        let mut options = options.clone();
        options.solve.goals = goals.or(options.solve.goals);
        balance_words(&self.desk.economy, &self.lists, &self.judgement.words, given, &options)
            .map_err(Failure::check)
    }

    /// The last turn of targets that went out; none before the first. Each turn after the first plans around those
    /// who could not keep their word in the turns before.
    pub fn last_turn(&self, options: &CongressOptions) -> Result<Option<Turn>, Failure> {
        let mut last: Option<Turn> = None;
        for number in 1.. {
            let targets = self.desk.targets(number)?;
            if targets.is_empty() {
                break;
            }
            let given = match &last {
                Some(turn) => self.broken(turn)?,
                None => Vec::new(),
            };
            let standing = self.balance(&given, options)?;
            last = Some(Turn { number, given, standing, targets });
        }
        Ok(last)
    }

    /// The commitments to plan around after a turn: those given before, and those that fell short in it.
    pub fn broken(&self, turn: &Turn) -> Result<Vec<Commitment>, Failure> {
        let commitments = self.desk.commitments(turn.number)?;
        let mut given = turn.given.clone();
        if let Err(Unadopted::Broken(named)) = self.adopt(turn, &commitments) {
            let short = |commitment: &&Commitment| named.iter().any(|named| named.from == commitment.from);
            given.extend(commitments.iter().filter(short).cloned());
        }
        Ok(given)
    }

    pub fn adopt(
        &self,
        turn: &Turn,
        commitments: &[Commitment],
    ) -> Result<mandate_plan::Adoption, Unadopted> {
        let Self { desk, lists, judgement } = self;
        let words = &judgement.words;
        adopt(&desk.economy, lists, words, &turn.standing, &turn.targets, commitments, &turn.given)
    }
}
