//! `mandate audit`: is the outcome right, by looking at a few papers.

use crate::count::{read_ballots, written};
use crate::failure::Failure;
use mandate_count::audit::{
    Assertion, Comparison, Poll, assertions, draw, draws_without_difference, of_most_votes,
};
use mandate_count::{Election, Mark, Rule};
use num_bigint::BigInt;
use num_rational::BigRational;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The search for the assertions that need fewest papers looks at no more ends of orders of elimination than this.
const MOST_NODES: usize = 50_000;

/// At most so many papers are listed unless more are asked for.
const MOST_LISTED: u64 = 10_000;

/// Check an outcome by hand: which papers to draw, and whether those seen are enough.
///
/// A wrong outcome passes with at most the chance of the risk limit, whatever made it wrong. The ballots of the file are
/// numbered in its order; a line for several ballots has several numbers.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  \
    mandate audit instant-runoff chair.blt --seed 84930275610394857261\n  \
    mandate audit instant-runoff chair.blt --seed 84930275610394857261 --seen seen.csv\n  \
    mandate audit plurality delegates.blt --seed 84930275610394857261 --seen seen.csv --polling")]
pub struct Args {
    /// `plurality`, `approval`, `instant-runoff` or `maine`.
    rule: String,
    /// The ballots as they were counted.
    file: PathBuf,
    /// The seed of the sample, made in public after the count was published: for example twenty digits by dice.
    #[arg(long)]
    seed: String,
    /// The chance that a wrong outcome may have to pass, in per cent.
    #[arg(long, value_name = "PERCENT", default_value = "5")]
    risk_limit: String,
    /// What was seen: a CSV file with the columns `ballot` and `ranking`, such as `17,3 1 2`; `missing` where a paper
    /// was not found, nothing where it is blank.
    #[arg(long, value_name = "FILE")]
    seen: Option<PathBuf>,
    /// The papers cannot be matched to the ballots of the file: only read them, in the order of the draws.
    #[arg(long)]
    polling: bool,
    /// How many papers to draw, instead of as many as suffice if nothing differs.
    #[arg(long, value_name = "N")]
    draws: Option<u64>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(args: Args) -> Result<(), Failure> {
    let rule: Rule = args.rule.parse().map_err(Failure::input)?;
    let limit = risk_limit(&args.risk_limit)?;
    if args.seed.is_empty() {
        return Err(Failure::input("--seed is empty; make one in public, for example twenty digits by dice"));
    }
    let (election, sha256) = read_ballots(&args.file)?;
    let audit = Audit::new(rule, &election, &args.file, limit)?;
    let mut out = io::BufWriter::new(io::stdout().lock());
    match &args.seen {
        None => audit.plan(&args, &sha256, &mut out),
        Some(seen) => audit.evaluate(&args, seen, &mut out),
    }
}

/// A percentage as a fraction.
fn risk_limit(text: &str) -> Result<BigRational, Failure> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let digits = format!("{whole}{decimals}");
    let is_number = !digits.is_empty() && digits.len() < 12 && digits.chars().all(|c| c.is_ascii_digit());
    let numerator: u64 = if is_number { digits.parse().unwrap_or(0) } else { 0 };
    let denominator = 100 * 10u64.pow(decimals.len().min(12) as u32);
    if numerator == 0 || numerator >= denominator {
        return Err(Failure::input(format!(
            "--risk-limit \"{text}\": expected a number of per cent above 0 and below 100"
        )));
    }
    Ok(BigRational::new(BigInt::from(numerator), BigInt::from(denominator)))
}

struct Audit<'a> {
    election: &'a Election,
    limit: BigRational,
    /// Each assertion with its votes for winner and loser.
    assertions: Vec<(Assertion, (u64, u64))>,
    is_best: bool,
    /// The number of ballots up to and with each line of the file.
    ends: Vec<u64>,
}

impl<'a> Audit<'a> {
    fn new(rule: Rule, election: &'a Election, file: &Path, limit: BigRational) -> Result<Self, Failure> {
        let at_file = |message: String| format!("{}: {message}", file.display());
        if election.ballots.denominator() > 1 {
            let message = "fractions of votes cannot be drawn as papers; audit the papers they stand for";
            return Err(Failure::input(at_file(message.to_owned())));
        }
        let count = mandate_count::count(rule, election, None).map_err(|error| {
            let message = at_file(format!("{error}; a tie has no margin that a sample could confirm"));
            if matches!(error, mandate_count::CountError::LotNeeded { .. }) {
                Failure::check(message)
            } else {
                Failure::input(at_file(error.to_string()))
            }
        })?;
        let elected = count.winners();
        let (found, is_best) = match rule {
            Rule::Plurality | Rule::Approval => {
                (of_most_votes(&elected, &count.runners_up, rule == Rule::Approval), true)
            }
            Rule::InstantRunoff | Rule::Maine => {
                let found = assertions(election, elected[0], MOST_NODES).ok_or_else(|| {
                    let message =
                        "another order of elimination is as good as the counted one; count all by hand";
                    Failure::check(at_file(message.to_owned()))
                })?;
                (found.assertions.into_iter().map(|(assertion, _)| assertion).collect(), found.is_best)
            }
            _ => {
                return Err(Failure::input(format!(
                    "{rule}: an audit knows plurality, approval, instant-runoff and maine; for others count all by hand"
                )));
            }
        };
        let tallied = found.into_iter().map(|assertion| {
            let votes = assertion.tally(&election.ballots);
            (assertion, votes)
        });
        let mut ends = Vec::with_capacity(election.ballots.len());
        let mut end = 0;
        for ballot in election.ballots.iter() {
            end += ballot.weight;
            ends.push(end);
        }
        Ok(Self { election, limit, assertions: tallied.collect(), is_best, ends })
    }

    fn papers(&self) -> u64 {
        self.election.ballots.total_weight()
    }

    fn marks(&self, paper: u64) -> &[Mark] {
        let line = self.ends.partition_point(|end| *end < paper);
        self.election.ballots.get(line).marks
    }

    /// The assertions, how many papers they need, and which ones.
    fn plan(&self, args: &Args, sha256: &str, out: &mut impl Write) -> Result<(), Failure> {
        let margins = self.assertions.iter().map(|(_, votes)| votes.0 - votes.1);
        let closest = margins.min().unwrap_or(self.papers());
        let needed = draws_without_difference(closest, self.papers(), &self.limit).map(u64::from);
        let draws =
            args.draws.or(needed).unwrap_or(self.papers()).min(MOST_LISTED.max(args.draws.unwrap_or(0)));
        let drawn: Vec<u64> = (1..=draws).map(|number| draw(&args.seed, number, self.papers())).collect();
        if args.json {
            let plan = Plan {
                ballots_sha256: sha256,
                papers: self.papers(),
                seed: &args.seed,
                risk_limit_percent: &args.risk_limit,
                assertions: self.assertions.iter().map(|it| self.line(it)).collect(),
                draws_without_difference: needed,
                drawn,
            };
            return print(out, &serde_json::to_string(&plan).expect("a plan is JSON"));
        }
        let mut text = format!("{} papers. The outcome is right if all of this is:\n\n", self.papers());
        for (assertion, votes) in &self.assertions {
            let sentence = assertion.sentence(self.election);
            text += &format!("  {sentence}: {} against {}, margin {}\n", votes.0, votes.1, votes.0 - votes.1);
        }
        if !self.is_best {
            text += "\nThe search for other comparisons with larger margins ended at its limit.\n";
        }
        text += &match needed {
            Some(needed) => format!(
                "\nA risk limit of {} % is met by {needed} draws if no paper differs from how it was counted.\n",
                args.risk_limit
            ),
            None => "\nThe margin is so small that counting all papers by hand is less work.\n".to_owned(),
        };
        text += &format!(
            "Drawn with the seed \"{}\" (ballot numbers, in the order of the draws):\n\n",
            args.seed
        );
        for line in drawn.chunks(10) {
            text += &format!("  {}\n", line.iter().map(u64::to_string).collect::<Vec<_>>().join(" "));
        }
        print(out, text.trim_end())
    }

    fn line(&self, (assertion, votes): &(Assertion, (u64, u64))) -> AssertionLine {
        AssertionLine {
            assertion: assertion.sentence(self.election),
            winner: assertion.winner,
            loser: assertion.loser,
            votes_for_winner: votes.0,
            votes_for_loser: votes.1,
        }
    }

    /// The risk of each assertion after what was seen; exit code 1 as long as one is above the limit.
    fn evaluate(&self, args: &Args, file: &Path, out: &mut impl Write) -> Result<(), Failure> {
        let seen = self.read_seen(file)?;
        // In the order of the draws, as far as papers were seen without a gap.
        let mut draws = Vec::new();
        for number in 1.. {
            let paper = draw(&args.seed, number, self.papers());
            match seen.get(&paper) {
                Some(marks) => draws.push((paper, marks)),
                None => break,
            }
            if number > 1 << 22 || (seen.len() as u64 >= self.papers() && number >= 4 * self.papers()) {
                break;
            }
        }
        let used: std::collections::BTreeSet<u64> = draws.iter().map(|(paper, _)| *paper).collect();
        if let Some(stranger) = seen.keys().find(|paper| !used.contains(paper)) {
            return Err(Failure::input(format!(
                "{}: ballot {stranger} was seen, but the seed has not drawn it after {} draws; see the papers in the order \
                 of the draws, the next is {}",
                file.display(),
                draws.len(),
                draw(&args.seed, draws.len() as u64 + 1, self.papers())
            )));
        }
        let mut open = 0;
        let mut text =
            format!("{} draws, {} different papers seen of {}\n\n", draws.len(), used.len(), self.papers());
        for (assertion, votes) in &self.assertions {
            let (risk, note) = self.risk(args.polling, assertion, *votes, &draws);
            let is_met = risk <= self.limit;
            open += usize::from(!is_met);
            let verdict = if is_met { "confirmed" } else { "open" };
            let sentence = assertion.sentence(self.election);
            text += &format!("  {verdict:9}  risk {} %  {sentence}{note}\n", percent(&risk));
        }
        text.push('\n');
        if open == 0 {
            text += &format!("All confirmed at a risk limit of {} %: the audit can stop.", args.risk_limit);
            return print(out, &text);
        }
        print(out, text.trim_end())?;
        Err(Failure::check(format!(
            "{open} of {} comparisons are open at a risk limit of {} %; draw more papers, the next is ballot {}, or count all \
             by hand",
            self.assertions.len(),
            args.risk_limit,
            draw(&args.seed, draws.len() as u64 + 1, self.papers())
        )))
    }

    fn risk(
        &self,
        polling: bool,
        assertion: &Assertion,
        votes: (u64, u64),
        draws: &[(u64, &Option<Vec<Mark>>)],
    ) -> (BigRational, String) {
        if polling {
            let mut poll = Poll::default();
            // A paper that is not there counts for the loser.
            draws
                .iter()
                .for_each(|(_, seen)| poll.add(seen.as_ref().map_or(-1, |marks| assertion.vote(marks))));
            let note = format!(" ({} papers for, {} against)", poll.winner, poll.loser);
            return (poll.risk(votes), note);
        }
        let mut comparison = Comparison::default();
        for (paper, seen) in draws {
            let counted = assertion.vote(self.marks(*paper));
            comparison.add(counted, seen.as_ref().map_or(-1, |marks| assertion.vote(marks)));
        }
        let over = comparison.one_vote_overstatements + 2 * comparison.two_vote_overstatements;
        let under = comparison.one_vote_understatements + 2 * comparison.two_vote_understatements;
        let note = if over + under == 0 {
            String::new()
        } else {
            format!(" ({over} votes too many, {under} too few were counted on the papers seen)")
        };
        (comparison.risk(votes.0 - votes.1, self.papers()), note)
    }

    /// Papers by their number; `None` for one that was not found.
    fn read_seen(&self, file: &Path) -> Result<BTreeMap<u64, Option<Vec<Mark>>>, Failure> {
        let text = std::fs::read_to_string(file)
            .map_err(|error| Failure::input(format!("{}: {error}", file.display())))?;
        let mut seen = BTreeMap::new();
        for (number, line) in (1..).zip(text.lines()) {
            let wrong = |what: String| Failure::input(format!("{}: line {number}: {what}", file.display()));
            if line.trim().is_empty() || (number == 1 && line.trim() == "ballot,ranking") {
                continue;
            }
            let (paper, ranking) = line.split_once(',').ok_or_else(|| {
                wrong(
                    "no comma; write the ballot's number, a comma and its ranking, such as 17,3 1 2"
                        .to_owned(),
                )
            })?;
            let papers = self.papers();
            let paper: u64 =
                paper.trim().parse().ok().filter(|it| (1..=papers).contains(it)).ok_or_else(|| {
                    wrong(format!(
                        "\"{}\" is no ballot's number from 1 to {papers}",
                        paper.chars().take(40).collect::<String>()
                    ))
                })?;
            let marks = match ranking.trim() {
                "missing" => None,
                ranking => Some(self.marks_of(ranking).map_err(wrong)?),
            };
            if seen.insert(paper, marks).is_some() {
                return Err(wrong(format!("ballot {paper} is there twice; write each paper once")));
            }
        }
        Ok(seen)
    }

    /// The marks of a ranking as BLT writes it: `3 1=2 - 4`.
    fn marks_of(&self, ranking: &str) -> Result<Vec<Mark>, String> {
        let mut ranks: Vec<Vec<u16>> = Vec::new();
        for rank in ranking.split_whitespace() {
            let candidates = match rank {
                "-" => Ok(Vec::new()),
                rank => rank.split('=').map(str::parse).collect(),
            };
            ranks.push(candidates.map_err(|_| format!("\"{rank}\" is no candidate's number"))?);
        }
        let mut one = Election { ballots: Default::default(), ..self.election.clone() };
        one.push_ranks(ranks.iter().map(Vec::as_slice), 1).map_err(|error| error.to_string())?;
        Ok(one.ballots.get(0).marks.to_vec())
    }
}

#[derive(Serialize)]
struct Plan<'a> {
    ballots_sha256: &'a str,
    papers: u64,
    seed: &'a str,
    risk_limit_percent: &'a str,
    assertions: Vec<AssertionLine>,
    draws_without_difference: Option<u64>,
    drawn: Vec<u64>,
}

#[derive(Serialize)]
struct AssertionLine {
    assertion: String,
    winner: u16,
    loser: u16,
    votes_for_winner: u64,
    votes_for_loser: u64,
}

/// Per cent with two decimal places, rounded up: a risk is never shown smaller than it is.
fn percent(risk: &BigRational) -> String {
    let hundredths = (risk * BigInt::from(10_000)).ceil().to_integer();
    let digits = format!("{hundredths:0>3}");
    let (whole, decimals) = digits.split_at(digits.len() - 2);
    format!("{whole}.{decimals}")
}

fn print(out: &mut impl Write, text: &str) -> Result<(), Failure> {
    written(writeln!(out, "{text}").and_then(|()| out.flush()))
}
