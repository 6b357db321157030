//! Rounds among participants: layers change nothing, no file tells a technique, and who says what is not so is named.

mod economies;

use economies::{in_26_branches, in_folder, united_states};
use mandate_plan::bea::Tiers;
use mandate_plan::generate::{Splitting, split};
use mandate_plan::{
    Activity, Agreement, Commitment, CongressOptions, Economy, Fault, LEVEL_ONE, Layers, Named, PriceList,
    Proposal, Quantities, Ratio, RoundOptions, Sealing, Standing, Unadopted, adopt, balance_words, check,
    judge, rounds, rounds_among, seal,
};
use std::collections::{BTreeMap, BTreeSet};

/// The economy of 2017, oil halved and labour short, in 26 branches and nine districts.
fn economy(workplaces: usize) -> Economy {
    let mut economy = united_states("summary", Tiers::Three).0;
    assert!(economy.scale_import_limit("211", Ratio::new(1, 2)));
    economy.scale_labour(Ratio::new(19, 20));
    let districts = (1..=9).map(|number| format!("d{number}")).collect();
    in_26_branches(split(&economy, &Splitting { workplaces, seed: 7, districts }).unwrap())
}

/// So few workplaces a group that the seal is left open: 26 branches of 710 under the seal are tested as processes.
fn agree(economy: &Economy, layers: Layers) -> Agreement {
    let open = Sealing { hold: 1, apart: 1 };
    rounds_among(economy, layers, open, &CongressOptions::default(), &mut |_| {}).unwrap()
}

/// Workplace, district, branch, congress: however many layers, the plan is the same to the last byte, it holds, and
/// it is as near to the best as that of the rounds without participants.
#[test]
fn layers_change_nothing_and_the_plan_holds() {
    let economy = economy(142);
    let branches = agree(&economy, Layers::Branches);
    let checked = check(&economy, &branches.plan);
    assert!(checked.ok(), "{:?}", checked.failures);
    assert!(checked.gap_shown() < 1e-3, "{}", checked.gap_shown());
    assert_eq!(branches.named, []);
    for layers in [Layers::Districts, Layers::Workplaces] {
        let other = agree(&economy, layers);
        assert_eq!(other.plan, branches.plan, "{layers:?}");
        assert_eq!(other.rounds, branches.rounds, "{layers:?}");
    }
    let solve = CongressOptions::default().solve;
    let options = RoundOptions { solve, gap: 1e-4, ..RoundOptions::default() };
    let plain = rounds(&economy, &options, &mut |_| {}).unwrap();
    for (own, plain) in branches.plan.stages.iter().zip(&plain.stages) {
        let (own, plain) = (own.value.to_f64(), plain.value.to_f64());
        assert!((own - plain).abs() <= 1e-3 * plain.abs(), "{own} {plain}");
    }
    assert_eq!(in_folder(&economy).python_check(&branches.plan.write(&economy), &[]), "ok\n");
}

/// Bounds never cross values, and neither gets worse for the first stage, whose bound rests on nothing else.
#[test]
fn the_first_stage_closes_in_from_both_sides() {
    let economy = economy(142);
    let agreed = agree(&economy, Layers::Branches);
    for round in &agreed.rounds {
        let first = &round.stages[0];
        assert!(first.bound >= first.value - 1e-9);
    }
    for pair in agreed.rounds.windows(2) {
        assert!(pair[1].stages[0].value >= pair[0].stages[0].value - 1e-7);
        assert!(pair[1].stages[0].bound <= pair[0].stages[0].bound + 1e-9);
    }
}

/// One branch at a table, for tests that look at files.
struct Table {
    frame: Economy,
    parts: Vec<(String, Economy)>,
    roll: BTreeSet<String>,
    words: BTreeMap<String, Vec<Proposal>>,
    lists: Vec<PriceList>,
    files: BTreeMap<String, Vec<u8>>,
}

impl Table {
    fn new(economy: &Economy) -> Self {
        let part = |(index, name): (usize, &String)| {
            let own = |place: usize| economy.workplaces[place].branch as usize == index;
            (name.clone(), economy.part(own))
        };
        Self {
            frame: economy.frame(),
            parts: economy.branches.iter().enumerate().map(part).collect(),
            roll: economy.branches.iter().cloned().collect(),
            words: BTreeMap::new(),
            lists: Vec::new(),
            files: BTreeMap::new(),
        }
    }

    /// What a branch says now, sealed.
    fn word(&mut self, branch: &str) -> Proposal {
        let own = &self.parts.iter().find(|(name, _)| name == branch).unwrap().1;
        let word = match self.lists.last() {
            None => Proposal::opening(own, branch),
            Some(prices) => Proposal::answer(own, branch, prices).unwrap(),
        };
        let words = self.words.entry(branch.to_owned()).or_default();
        words.push(word);
        let mut sealed = seal(words, Sealing::default()).unwrap().pop().unwrap();
        sealed
            .groups
            .values_mut()
            .flat_map(|group| &mut group.columns)
            .for_each(|column| column.runs.clear());
        sealed
    }

    fn hand_in(&mut self, word: &Proposal) {
        let file = format!("{}-{}.json", word.from, word.round);
        self.files.insert(file, word.write(&self.frame));
    }

    /// Everybody speaks, but one branch says what `change` makes of its word; nothing where that is none.
    fn hear(&mut self, branch: &str, change: impl Fn(Proposal) -> Option<Proposal>) {
        for name in self.roll.clone() {
            let word = self.word(&name);
            let said = if name == branch { change(word) } else { Some(word) };
            if let Some(word) = said {
                self.hand_in(&word);
            }
        }
    }

    fn named(&self) -> Vec<Named> {
        judge(&self.frame, &self.roll, &self.lists, &self.files).named
    }

    fn balance(&self, given: &[Commitment]) -> (Vec<Proposal>, Standing) {
        let words = judge(&self.frame, &self.roll, &self.lists, &self.files).words;
        let options = CongressOptions::default();
        let standing = balance_words(&self.frame, &self.lists, &words, given, &options).unwrap();
        (words, standing)
    }

    fn next_round(&mut self) {
        let next = self.balance(&[]).1.next;
        self.lists.push(next);
    }
}

/// Whether `sum` is a multiple of what an activity does: the same rows, all in one ratio.
fn is_multiple(sum: &Quantities, activity: &Activity) -> bool {
    let mut own = Quantities::default();
    own.add_activity(activity, LEVEL_ONE);
    let rows = |quantities: &Quantities| -> Vec<(u8, u32, i128)> {
        let kinds = [&quantities.outputs, &quantities.inputs, &quantities.labour, &quantities.loads];
        let rows =
            (0..).zip(kinds).flat_map(|(kind, sums)| sums.iter().map(move |(&of, &sum)| (kind, of, sum)));
        rows.filter(|(.., sum)| *sum != 0).collect()
    };
    let (sum, own) = (rows(sum), rows(&own));
    let share = |at: usize| sum[at].2 as f64 / own[at].2 as f64;
    sum.len() == own.len()
        && (0..sum.len()).all(|at| (sum[at].0, sum[at].1) == (own[at].0, own[at].1))
        && (0..sum.len()).all(|at| (share(at) / share(0) - 1.0).abs() < 1e-6)
}

/// No file that leaves a branch holds what one workplace does: not as a column, and not the name of one. The same
/// search finds the techniques in what is said inside a branch, so it can find them.
#[test]
fn no_file_to_the_congress_holds_a_technique() {
    let economy = economy(213);
    let mut table = Table::new(&economy);
    let mut found_inside = 0;
    for _ in 0..4 {
        table.hear("", Some);
        table.next_round();
    }
    let mut columns = 0;
    for (name, bytes) in &table.files {
        let text = String::from_utf8(bytes.clone()).unwrap();
        for workplace in &economy.workplaces {
            assert!(!text.contains(&format!("\"{}\"", workplace.id)), "{name} names {}", workplace.id);
        }
        let word = Proposal::read(bytes, &table.frame).unwrap();
        for column in word.groups.values().flat_map(|group| &group.columns) {
            columns += 1;
            let told = economy.activities.iter().find(|activity| is_multiple(&column.quantities, activity));
            assert_eq!(told.map(|activity| &activity.id), None, "{name}");
        }
    }
    for column in
        table.words.values().flatten().flat_map(|word| word.groups.values()).flat_map(|g| &g.columns)
    {
        let told = economy.activities.iter().any(|activity| is_multiple(&column.quantities, activity));
        found_inside += usize::from(told);
    }
    assert!(columns > 50 && found_inside > 0, "{columns} {found_inside}");
}

#[test]
fn sums_that_must_lie_apart_cannot_be_subtracted() {
    let economy = economy(710);
    let own = economy.part(|place| economy.branches[economy.workplaces[place].branch as usize] == "11");
    let mut table = Table::new(&economy);
    let mut words = vec![Proposal::opening(&own, "11")];
    for _ in 0..3 {
        table.hear("", Some);
        table.next_round();
        words.push(Proposal::answer(&own, "11", table.lists.last().unwrap()).unwrap());
    }
    let sealing = Sealing { hold: 3, apart: 3 };
    let sealed = seal(&words, sealing).unwrap();
    let columns: Vec<&BTreeMap<String, String>> =
        sealed.iter().flat_map(|word| &word.groups["111CA"].columns).map(|column| &column.runs).collect();
    assert!(columns.len() > 1);
    for (at, one) in columns.iter().enumerate() {
        for other in columns[..at].iter().filter(|other| *other != one) {
            let differ = one.keys().filter(|key| !other.contains_key(*key)).count()
                + other.keys().filter(|key| !one.contains_key(*key)).count();
            assert!(differ >= 3);
        }
    }
    let few = economy.part(|place| place < 2);
    let error = seal(&[Proposal::opening(&few, "11")], sealing).unwrap_err().to_string();
    assert!(error.starts_with("11 has 2 workplaces, and every sum must hold at least 3"), "{error}");
}

/// A branch that says nothing in round 2 is named; its opening and its first answer stay on the table, and the
/// bound that its word is missing from says so.
#[test]
fn a_silent_branch_is_named_and_planned_around() {
    let mut table = Table::new(&economy(213));
    table.hear("", Some);
    table.next_round();
    table.hear("", Some);
    table.next_round();
    table.hear("33", |_| None);
    assert_eq!(table.named(), [Named { from: "33".to_owned(), round: 2, fault: Fault::Silent }]);
    let (words, standing) = table.balance(&[]);
    assert_eq!(words.iter().filter(|word| word.from == "33").count(), 2);
    assert_eq!(standing.unproven.iter().collect::<Vec<_>>(), ["33"]);
    assert!(standing.parts["33"].iter().all(|part| part.round < 2));
    assert!(!standing.parts["33"].is_empty());
    // When it answers after the next prices have gone out, it is named again, and its word counts.
    table.next_round();
    let own = table.words["33"][2].clone();
    let sealed = seal(&table.words["33"], Sealing::default()).unwrap().pop().unwrap();
    assert_eq!((own.round, sealed.round), (2, 2));
    table.hand_in(&sealed);
    table.hear("", Some);
    assert_eq!(table.named(), [Named { from: "33".to_owned(), round: 2, fault: Fault::Late }]);
    assert_eq!(table.balance(&[]).1.unproven.len(), 0);
}

#[test]
fn a_false_word_is_named_by_what_is_wrong_with_it() {
    type Change = Box<dyn Fn(Proposal) -> Option<Proposal>>;
    let column = |change: fn(&mut Quantities)| -> Change {
        Box::new(move |mut word: Proposal| {
            let group = word.groups.values_mut().find(|group| !group.columns.is_empty()).unwrap();
            change(&mut group.columns[0].quantities);
            Some(word)
        })
    };
    let cases: Vec<(Change, &str)> = vec![
        // Far more than with all at capacity.
        (
            column(|quantities| quantities.outputs.values_mut().for_each(|sum| *sum *= 1000)),
            "33 in round 2 is out of its capacity:",
        ),
        // A tenth of the labour that it really takes.
        (
            column(|quantities| quantities.labour.values_mut().for_each(|sum| *sum /= 10)),
            "33 in round 2 contradicts itself: it states that group",
        ),
        // Less than it could gain, to look worse than it is.
        (
            Box::new(|mut word| {
                let group = word.groups.values_mut().next().unwrap();
                group.gains.iter_mut().for_each(|gain| *gain = mandate_plan::Decimal::zero());
                Some(word)
            }),
            "33 in round 2 contradicts itself: it states that group",
        ),
        (
            Box::new(|word| Some(Proposal { answers: None, ..word })),
            "33 in round 2 answers other prices than those that were sent down",
        ),
        (
            Box::new(|word| Some(Proposal { round: 7, ..word })),
            "33 in round 7 answers a round that has no prices yet",
        ),
        (
            Box::new(|mut word| {
                word.groups.pop_first();
                Some(word)
            }),
            "33 in round 2 has other groups than in its opening",
        ),
        (
            Box::new(|word| Some(Proposal { from: "99".to_owned(), ..word })),
            "99 in round 2 is not among those who are heard",
        ),
    ];
    let mut table = Table::new(&economy(426));
    for _ in 0..2 {
        table.hear("", Some);
        table.next_round();
    }
    table.hear("33", |_| None);
    let honest = seal(&table.words["33"], Sealing::default()).unwrap().pop().unwrap();
    for (change, expected) in cases {
        let changed = change(honest.clone()).unwrap();
        table.files.insert("33-2.json".to_owned(), changed.write(&table.frame));
        let named = table.named();
        assert!(
            named[0].to_string().starts_with(expected)
                || named.last().unwrap().to_string().starts_with(expected),
            "{named:?}"
        );
        // What was said before stays on the table.
        let words = judge(&table.frame, &table.roll, &table.lists, &table.files).words;
        assert_eq!(words.iter().filter(|word| word.from == "33").count(), 2);
    }
    table.files.insert("33-2.json".to_owned(), b"{".to_vec());
    let named = table.named();
    assert!(
        named[0].to_string().starts_with("33-2.json in round 2 cannot be read: line 1, column 1"),
        "{}",
        named[0]
    );
    table.hand_in(&honest);
    assert_eq!(table.named(), []);
    // Changed after it was heard.
    let (_, standing) = table.balance(&[]);
    table.lists.push(standing.next);
    let mut altered = honest.clone();
    altered.groups.values_mut().flat_map(|group| &mut group.gains).for_each(|gain| *gain = &*gain + &*gain);
    table.hand_in(&altered);
    assert!(table.named().iter().any(|named| named.fault == Fault::Altered && named.round == 2));
}

/// A branch that proposed what its workplaces cannot do: the files fit together, since it lied in all of them alike.
/// The targets show it, and the next turn plans with what its workplaces commit themselves to.
#[test]
fn who_cannot_keep_its_word_is_planned_around_with_what_it_can() {
    let economy = economy(213);
    let mut table = Table::new(&economy);
    // Branch 33 claims in every round that its workplaces need a third less labour.
    let (_, own) = table.parts.iter_mut().find(|(name, _)| name == "33").unwrap();
    let honest = own.clone();
    for activity in &mut own.activities {
        activity.labour.iter_mut().for_each(|flow| flow.quantity = flow.quantity * 2 / 3);
    }
    for _ in 0..4 {
        table.hear("", Some);
        table.next_round();
    }
    assert_eq!(table.named().iter().filter(|named| named.fault != Fault::Silent).count(), 0);
    let (words, standing) = table.balance(&[]);
    let targets = standing.targets(&table.frame, &words, 1);
    let commit = |targets: &BTreeMap<String, mandate_plan::Targets>, table: &Table| -> Vec<Commitment> {
        let follow = |(name, targets): (&String, &mandate_plan::Targets)| {
            let own = &table.parts.iter().find(|(own, _)| own == name).unwrap().1;
            let commitment = targets.follow(own, &table.words[name], Some(Sealing::default())).unwrap().1;
            let mut truth = commitment.clone();
            if name == "33" {
                // Its workplaces work the hours that they have, and make what these hours give.
                let spent: i128 = honest
                    .activities
                    .iter()
                    .flat_map(|activity| &activity.labour)
                    .map(|flow| i128::from(flow.quantity))
                    .sum();
                assert!(spent > 0);
                for quantities in truth.groups.values_mut() {
                    let sums = [&mut quantities.outputs, &mut quantities.inputs, &mut quantities.loads];
                    sums.into_iter().flat_map(|sums| sums.values_mut()).for_each(|sum| *sum = *sum * 2 / 3);
                }
            }
            truth
        };
        targets.iter().map(follow).collect()
    };
    let commitments = commit(&targets, &table);
    let broken =
        adopt(&table.frame, &table.lists, &words, &standing, &targets, &commitments, &[]).unwrap_err();
    let Unadopted::Broken(named) = broken else { panic!("{broken:?}") };
    assert_eq!(named.len(), 1);
    assert!(
        named[0].to_string().starts_with("33 in round 4 cannot keep its word: it commits itself to"),
        "{}",
        named[0]
    );
    // The next turn.
    let given: Vec<Commitment> =
        commitments.into_iter().filter(|commitment| commitment.from == "33").collect();
    let (words, standing) = table.balance(&given);
    let targets = standing.targets(&table.frame, &words, 2);
    assert!(!targets.contains_key("33"));
    let commitments = commit(&targets, &table);
    let adopted =
        adopt(&table.frame, &table.lists, &words, &standing, &targets, &commitments, &given).unwrap();
    assert_eq!(adopted.named, []);
    // It is a plan: less than before, and every row closes with what the branch does.
    assert!(adopted.balance.plan.fulfilments.iter().sum::<i64>() > 0);
}
