//! Shares, majorities and periods that can be met at all.

use super::Findings;
use crate::Fraction;
use crate::charter::*;
use crate::period::Period;
use jiff::Timestamp;

pub(super) fn check(charter: &Charter, f: &mut Findings<'_>) {
    for level in &charter.levels {
        let path = format!("level.{}", level.id);
        quorum(f, &format!("{path}.meeting.quorum"), level.meeting.quorum);
        petition(f, &format!("{path}.meeting.petition"), level.meeting.petition);
        if let Some(proxies) = &level.meeting.proxies {
            at_least_one(f, &format!("{path}.meeting.proxies.per-person"), proxies.per_person);
        }
        if let (Some(article), Some(term)) = (&level.election, level.term) {
            election(f, &path, article, term);
        }
        if let Some(article) = &level.recall {
            recall(f, &path, article);
        }
        if let Some(article) = &level.seats {
            seats(f, &format!("{path}.seats"), article);
        }
        if let Some(terms) = level.consecutive_terms {
            at_least_one(f, &format!("{path}.consecutive-terms"), terms);
        }
    }
    for organ in &charter.organs {
        let path = format!("organ.{}", organ.id);
        election(f, &path, &organ.election, organ.term);
        if let Some(article) = &organ.recall {
            recall(f, &path, article);
        }
        if let Some(terms) = organ.consecutive_terms {
            at_least_one(f, &format!("{path}.consecutive-terms"), terms);
        }
    }
    for motion in &charter.motions {
        let path = format!("motion.{}", motion.kind);
        majority(f, &format!("{path}.majority"), &motion.majority);
        at_least_one(f, &format!("{path}.signatures"), motion.signatures);
        if let Some(share) = motion.quorum {
            quorum(f, &format!("{path}.quorum"), share);
        }
    }
    at_least_one(f, "plan.rounds.maximum", charter.plan.rounds);
    at_least_one(f, "plan.variants.minimum", charter.plan.variants);
    at_most_all(f, "plan.rounds.gap", charter.plan.gap);
    at_most_all(f, "plan.deviation", charter.plan.deviation);
    majority(f, "entrenched.members", &charter.entrenched.members);
    at_most_all(f, "entrenched.workplaces", charter.entrenched.workplaces);
}

fn quorum(f: &mut Findings<'_>, article: &str, share: Fraction) {
    at_most_all(f, article, share);
}

/// A share that has to be met by people who exist.
pub(super) fn at_most_all(f: &mut Findings<'_>, article: &str, share: Fraction) {
    if share > Fraction::ONE {
        let remedy = "write a fraction whose numerator is at most its denominator";
        f.add(article, share.to_string(), "at most 1, which is all of them", remedy);
    }
}

fn petition(f: &mut Findings<'_>, article: &str, share: Fraction) {
    at_most_all(f, article, share);
    if share == Fraction::ZERO {
        f.add(article, "0", "more than 0: a petition has signatures", "write a share such as \"1/5\"");
    }
}

fn majority(f: &mut Findings<'_>, article: &str, majority: &Majority) {
    at_most_all(f, article, majority.share);
    if majority.strict && majority.share == Fraction::ONE {
        let remedy = "write { share = \"1\", strict = false } for unanimity";
        f.add(article, "more than 1/1, more than all", "a majority that can be reached", remedy);
    }
    if !majority.strict && majority.share == Fraction::ZERO {
        let remedy = "write \"1/2\" for more than half";
        f.add(article, "at least 0, which no vote at all also reaches", "a share above 0", remedy);
    }
}

fn recall(f: &mut Findings<'_>, path: &str, recall: &RecallArticle) {
    petition(f, &format!("{path}.recall.petition"), recall.petition);
    quorum(f, &format!("{path}.recall.quorum"), recall.quorum);
    majority(f, &format!("{path}.recall.majority"), &recall.majority);
    if recall.ballot == BallotWay::Open {
        let expected = "\"box\" or \"secret\": whoever recalls must not fear whom they recall";
        f.add(&format!("{path}.recall.ballot"), "\"open\"", expected, "write ballot = \"box\"");
    }
}

fn election(f: &mut Findings<'_>, path: &str, election: &ElectionArticle, term: Period) {
    at_least_one(f, &format!("{path}.election.nomination"), election.nomination);
    let end = |period: Period| period.after(Timestamp::UNIX_EPOCH);
    if end(term) <= end(election.period) {
        f.add(
            &format!("{path}.term"),
            format!("a term of {term} with elections of {}", election.period),
            "a term longer than an election",
            "lengthen term or shorten election.period",
        );
    }
}

fn seats(f: &mut Findings<'_>, article: &str, seats: &Seats) {
    match seats.house {
        House::Total(total) => at_least_one(f, &format!("{article}.total"), total),
        House::Per { members, .. } => at_least_one(f, &format!("{article}.per"), members),
    }
    if let Some(maximum) = seats.maximum {
        at_least_one(f, &format!("{article}.maximum"), maximum);
        if maximum < seats.minimum {
            let found = format!("minimum = {}, maximum = {maximum}", seats.minimum);
            f.add(article, found, "a minimum that is at most the maximum", "change one of the two");
        }
    }
}

fn at_least_one(f: &mut Findings<'_>, article: &str, number: u32) {
    if number == 0 {
        f.add(article, "0", "1 or more", "write a number from 1 on");
    }
}
