//! Examples worked out in statutes, papers and encyclopedias, each with its place.

use mandate_count::{Arithmetic, Conditions, Count, Election, Rule, Votes, count, count_under};

/// An election from ballots such as `"8 acdb, 2 bac"`: weight, then candidates by letter, `a` being number 1.
fn election(seats: u32, candidates: usize, ballots: &str) -> Election {
    let names = ('a'..).take(candidates).map(String::from);
    let mut election = Election::new(seats, names);
    for ballot in ballots.split(',') {
        let (weight, ranking) = ballot.trim().split_once(' ').unwrap();
        let ranking: Vec<u16> = ranking.trim().bytes().map(|letter| u16::from(letter - b'a') + 1).collect();
        election.push(&ranking, weight.parse().unwrap()).unwrap();
    }
    election
}

fn letters(candidates: &[u16]) -> String {
    candidates.iter().map(|candidate| (b'a' + *candidate as u8 - 1) as char).collect()
}

fn totals(count: &Count, stage: usize) -> String {
    count.stages[stage].totals.iter().map(Votes::to_string).collect::<Vec<_>>().join(" ")
}

/// Winner first, then the runners-up in the order of the rule.
fn order(count: &Count) -> String {
    letters(&count.winners()) + &letters(&count.runners_up)
}

#[test]
fn schulze() {
    // Schulze (2011), example 1: d is the unique winner.
    let example = election(1, 4, "8 acdb, 2 badc, 4 cdba, 4 dbac, 3 dcba");
    let result = count(Rule::Schulze, &example, None).unwrap();
    assert_eq!(letters(&result.winners()), "d");
    let pairwise = result.pairwise.unwrap();
    assert_eq!(pairwise.preferred, [[0, 8, 14, 10], [13, 0, 6, 2], [7, 15, 0, 12], [11, 19, 9, 0]]);
    let strengths = pairwise.path_strengths.unwrap();
    assert_eq!(strengths[0][1], 14); // a–c–b is 14 and 15, p[a, b] = 14
    assert_eq!(strengths[3][0], 13); // d–b–a is 19 and 13

    // Wikipedia, "Schulze method": 45 ballots, ranking E > A > C > B > D, with its table of strengths.
    let ballots = "5 acbed, 5 adecb, 8 bedac, 3 cabed, 7 caebd, 2 cbade, 7 dceba, 8 ebadc";
    let result = count(Rule::Schulze, &election(1, 5, ballots), None).unwrap();
    assert_eq!(order(&result), "eacbd");
    let strengths = result.pairwise.unwrap().path_strengths.unwrap();
    let expected = [
        [0, 28, 28, 30, 24],
        [25, 0, 28, 33, 24],
        [25, 29, 0, 29, 24],
        [25, 28, 28, 0, 24],
        [25, 28, 28, 31, 0],
    ];
    for (row, expected) in expected.iter().enumerate() {
        for (column, strength) in expected.iter().enumerate().filter(|(column, _)| *column != row) {
            assert_eq!(strengths[row][column], *strength, "{row} {column}");
        }
    }
}

/// Wikipedia, "Tennessee capital election": Memphis, Nashville, Chattanooga, Knoxville.
const TENNESSEE: &str = "42 abcd, 26 bcda, 15 cdba, 17 dcba";

#[test]
fn tennessee_under_the_rules_for_one_seat() {
    for (rule, winner) in [
        (Rule::Plurality, "a"),
        (Rule::TwoRounds, "b"),
        (Rule::Schulze, "b"),
        (Rule::InstantRunoff, "d"),
        (Rule::Maine, "d"),
        (Rule::Minneapolis, "d"),
        (Rule::ScottishStv, "d"),
        (Rule::Ers97, "d"),
        (Rule::NorthernIreland, "d"),
        (Rule::Meek, "d"),
        (Rule::RankedPairs, "b"),
        (Rule::Copeland, "b"),
        (Rule::Borda, "b"),
    ] {
        let result = count(rule, &election(1, 4, TENNESSEE), None).unwrap();
        assert_eq!(letters(&result.winners()), winner, "{rule}");
    }
    // Wikipedia's table: 126, 194, 173, 107 points.
    let result = count(Rule::Borda, &election(1, 4, TENNESSEE), None).unwrap();
    assert_eq!(totals(&result, 0), "126 194 173 107");
    let result = count(Rule::TwoRounds, &election(1, 4, TENNESSEE), None).unwrap();
    assert_eq!(totals(&result, 0), "42 26 15 17");
    assert_eq!(totals(&result, 1), "42 58 0 0");
}

#[test]
fn approval_counts_all_who_are_named() {
    let result = count(Rule::Approval, &election(2, 3, "5 ab, 3 c, 4 bc"), None).unwrap();
    assert_eq!(totals(&result, 0), "5 9 7");
    assert_eq!(letters(&result.winners()), "bc");
}

#[test]
fn a_tie_needs_a_lot_and_the_lot_is_the_same_for_all_orders_of_ballots() {
    let error = count(Rule::Plurality, &election(1, 3, "5 a, 5 b, 4 c"), None).unwrap_err();
    assert_eq!(
        error.to_string(),
        "a lot is needed at stage 1 (last seats) between a, b; pass a seed that was agreed beforehand"
    );
    let seed = [3; 32];
    let first = count(Rule::Plurality, &election(1, 3, "5 a, 5 b, 4 c"), Some(&seed)).unwrap();
    let second = count(Rule::Plurality, &election(1, 3, "4 c, 5 b, 5 a"), Some(&seed)).unwrap();
    assert_eq!(first.winners(), second.winners());
    assert_eq!(first.ties[0].tied, [1, 2]);
}

/// An election from ballots by rank, such as `"3 ab|c|-|d"`: `a` and `b` in the first rank, nobody in the third.
fn graded(candidates: usize, ballots: &str) -> Election {
    let mut election = Election::new(1, ('a'..).take(candidates).map(String::from));
    for ballot in ballots.split(',') {
        let (weight, ranks) = ballot.trim().split_once(' ').unwrap();
        let rank = |rank: &str| -> Vec<u16> {
            rank.bytes().filter(|letter| *letter != b'-').map(|letter| u16::from(letter - b'a') + 1).collect()
        };
        let ranks: Vec<Vec<u16>> = ranks.split('|').map(rank).collect();
        election.push_ranks(ranks.iter().map(Vec::as_slice), weight.parse().unwrap()).unwrap();
    }
    election
}

#[test]
fn majority_judgement() {
    // Wikipedia, "Majority judgment": the Tennessee example with grades excellent, good, fair, poor by distance.
    // Medians: Memphis poor+, Nashville fair+, Chattanooga fair−, Knoxville fair−; Nashville wins.
    let ballots = "42 a|b|c|d, 26 b|cd|-|a, 15 c|d|b|a, 17 d|c|b|a";
    let result = count(Rule::MajorityJudgement, &graded(4, ballots), None).unwrap();
    assert_eq!(letters(&result.winners()), "b");
    // Equal medians throughout, so the ballots around them decide: a has more above, b more below the median.
    let result = count(Rule::MajorityJudgement, &graded(2, "2 a|b, 1 -|ab, 2 -|b|a, 1 a|-|b"), None).unwrap();
    assert_eq!(order(&result), "ab");
}

#[test]
fn star() {
    // Wikipedia, "STAR voting": Tennessee; scores 210, 293, 233, 170, runoff Nashville 68, Chattanooga 32.
    let ballots = "42 a|-|-|b|c, 26 b|-|-|c|d, 15 c|-|bd, 17 d|-|c|b";
    let result = count(Rule::Star, &graded(4, ballots), None).unwrap();
    let [first, second] = [0, 1].map(|stage| totals(&result, stage));
    assert_eq!(letters(&result.winners()), "b");
    // 42 × 5; 42 × 2 + 26 × 5 + 15 × 3 + 17 × 2; 42 + 26 × 2 + 15 × 5 + 17 × 3; 26 + 15 × 3 + 17 × 5.
    assert_eq!(first, "210 293 220 156");
    assert_eq!(second, "0 68 32 0");
}

#[test]
fn thiele_and_phragmen() {
    // Ballots of Phragmén (1899) as Janson (2016) quotes them, computed by hand. Phragmén: A at 1/1171; Q at
    // (1 + 137/1171)/656 = 327/192044, before B at (1 + 1124/1171)/1124; then B. Thiele in sequence: A adds 1171,
    // Q 519 + 137/2, B 1034/2 + 90/3.
    let ballots = "1034 abc, 519 def, 90 abe, 47 ade";
    let result = count(Rule::SequentialPhragmen, &election(3, 6, ballots), None).unwrap();
    assert_eq!(letters(&result.winners()), "aeb");
    assert_eq!(totals(&result, 0), "1/1171 0 0 0 0 0");
    let result = count(Rule::SequentialProportionalApproval, &election(3, 6, ballots), None).unwrap();
    assert_eq!(letters(&result.winners()), "aeb");
    assert_eq!([totals(&result, 1), totals(&result, 2)], ["0 0 0 0 587.5 0", "0 547 0 0 0 0"]);
    // A third of the voters who agree get a third of the seats.
    for rule in [Rule::ProportionalApproval, Rule::SequentialPhragmen, Rule::EqualShares] {
        let result = count(rule, &election(3, 6, "20 abc, 10 def"), Some(&[0; 32])).unwrap();
        let from_first = result.winners().iter().filter(|winner| **winner <= 3).count();
        assert_eq!(from_first, 2, "{rule}");
    }
    // Chamberlin and Courant cover all three groups.
    let result = count(Rule::ChamberlinCourant, &election(3, 5, "9 ab, 2 c, 1 d"), Some(&[0; 32])).unwrap();
    let winners = letters(&result.winners());
    assert!(winners.contains('c') && winners.contains('d'), "{winners}");
}

/// Computed by hand from sections 119 to 124 of the Electoral Act 1992. Papers of one parcel are alike, so that no lot
/// decides.
#[test]
fn irish() {
    // Quota ⌊20 / 3⌋ + 1 = 7. Four of the eleven papers of a go to b; d is lowest and elects c.
    let result = count(Rule::Irish, &election(2, 4, "11 ab, 5 c, 3 dc, 1 bc"), None).unwrap();
    assert_eq!(totals(&result, 0), "11 1 5 3");
    assert_eq!(totals(&result, 1), "7 5 5 3");
    assert_eq!(totals(&result, 2), "7 5 8 0");
    assert_eq!(letters(&result.winners()), "ac");
    // The surplus of 5 falls to b as 7 × 5 / 12 = 2 11/12 and to c as 5 × 5 / 12 = 2 1/12: the larger fraction is b's.
    let result = count(Rule::Irish, &election(2, 4, "7 ab, 5 ac, 4 d, 3 c, 1 b"), None).unwrap();
    assert_eq!(totals(&result, 1), "7 4 5 4");
    // Which papers of a go on decides what is below b on them.
    let error = count(Rule::Irish, &election(2, 4, "6 abc, 6 abd, 4 d, 4 c"), None).unwrap_err();
    assert_eq!(
        error.to_string(),
        "a lot is needed at stage 2 (which papers go on from) between a; pass a seed that was agreed beforehand"
    );
}

/// Computed by hand from section 9 and the city's description of the Cincinnati method.
#[test]
fn cambridge() {
    // Quota ⌊200 / 3⌋ + 1 = 67. 43 papers of a go to b. b and d have fewer than fifty and are defeated together, d
    // first: seven of their papers fill the quota of c, which takes no more.
    let result = count(Rule::Cambridge, &election(2, 4, "110 ab, 60 c, 30 dc"), None).unwrap();
    assert_eq!(totals(&result, 1), "67 43 60 30");
    assert_eq!(totals(&result, 2), "67 0 67 0");
    assert_eq!(result.stages[2].non_transferable, Votes::from(66u64));
    assert_eq!(letters(&result.winners()), "ac");
}

/// Computed by hand from section 273: every paper of b goes on at one value, those that came from a too.
#[test]
fn australian_senate() {
    // Quota ⌊100 / 4⌋ + 1 = 26. a: 40 papers at 14 / 40, b gets ⌊30 × 0.35⌋ = 10, c ⌊10 × 0.35⌋ = 3, one half vote
    // each is lost. b: 35 votes on 55 papers; surplus 9 at 9 / 55: d gets ⌊25 × 9 / 55⌋ = 4, c ⌊30 × 9 / 55⌋ = 4.
    let ballots = "30 abc, 10 ac, 25 bd, 20 c, 15 d";
    let result = count(Rule::AustralianSenate, &election(3, 4, ballots), None).unwrap();
    assert_eq!(totals(&result, 0), "40 25 20 15");
    assert_eq!(totals(&result, 1), "26 35 23 15");
    assert_eq!(result.stages[1].rounding, Votes::from(1u64));
    assert_eq!(totals(&result, 2), "26 26 27 19");
    assert_eq!(letters(&result.winners()), "abc");
}

#[test]
fn bottoms_up() {
    let result = count(Rule::BottomsUp, &election(2, 4, TENNESSEE), None).unwrap();
    assert_eq!(totals(&result, 1), "42 26 0 32");
    assert_eq!(totals(&result, 2), "42 0 0 58");
    assert_eq!(letters(&result.winners()), "da");
}

/// M. Lackner and P. Skowron, *Multi-Winner Voting with Approval Preferences* (2023): the running example and what its rules
/// elect, as the authors' own scripts state it; then Thiele's example as S. Janson quotes it (2016, example 13.3).
#[test]
fn lackner_and_skowron() {
    let committee = |rule, seats, candidates, ballots: &str| {
        let mut winners =
            count(rule, &election(seats, candidates, ballots), Some(&[3; 32])).unwrap().winners();
        winners.sort_unstable();
        letters(&winners)
    };
    let running = "3 ab, 3 ac, 2 ad, 1 bcf, 1 e, 1 f, 1 g";
    // Approval leaves d and f level for the fourth seat.
    assert!(["abcd", "abcf"].contains(&committee(Rule::Approval, 4, 7, running).as_str()));
    assert_eq!(committee(Rule::ChamberlinCourant, 4, 7, running), "aefg");
    assert_eq!(committee(Rule::ProportionalApproval, 4, 7, running), "abcf");
    assert_eq!(committee(Rule::SequentialPhragmen, 4, 7, running), "abcd");
    assert_eq!(committee(Rule::EqualShares, 4, 7, running), "abcd");

    let sequence_differs = "3 ab, 6 ad, 4 b, 5 c, 5 cd";
    assert_eq!(committee(Rule::ProportionalApproval, 2, 4, sequence_differs), "ac");
    assert_eq!(committee(Rule::SequentialProportionalApproval, 2, 4, sequence_differs), "cd");

    let thiele = "960 acd, 3000 bcd, 520 bc, 1620 ab, 1081 ad, 1240 ac, 360 bd, 360 d, 120 c, 60 b";
    assert_eq!(committee(Rule::ProportionalApproval, 2, 4, thiele), "ab");
    assert_eq!(committee(Rule::SequentialProportionalApproval, 2, 4, thiele), "ac");
}

/// Computed by hand after Warren (1994): a has 12 of 18 votes, the quota is 6, so a keeps half a vote of each paper; the other
/// half goes to b on eight of them and to c on four. In nine decimal places the half is rounded up, in fractions it is not.
#[test]
fn warren_keeps_amounts() {
    let ballots = "8 ab, 4 ac, 3 c, 2 d, 1 b";
    let result = count(Rule::Warren, &election(2, 4, ballots), None).unwrap();
    assert_eq!(totals(&result, 0), "12 1 3 2");
    assert_eq!(totals(&result, 1), "6.000000012 4.999999992 4.999999996 2");
    assert_eq!(result.winners()[0], 1);
    let fractions = Conditions { arithmetic: Arithmetic::Rational, ..Conditions::default() };
    let result = count_under(Rule::Warren, &election(2, 4, ballots), &fractions, None).unwrap();
    assert_eq!(totals(&result, 1), "6 5 5 2");
}
