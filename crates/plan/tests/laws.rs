//! Laws that hold for every economy, tried on random small ones.

mod economies;

use economies::{glpk_objective, in_folder};
use mandate_plan::export::StageModel;
use mandate_plan::{
    Activity, Commitment, CongressOptions, Decimal, Economy, Flow, Goal, Grade, LEVEL_DECIMALS, Levels, Need,
    Options, Plan, PriceList, Product, Proposal, Quantities, Ratio, RoundOptions, Satellite, Sealing,
    Shortfall, SolveError, Workplace, add_up, adopt, balance_words, check, pass_down, rounds, seal, solve,
};
use proptest::prelude::*;
use std::collections::BTreeMap;

const PRODUCTS: usize = 5;

/// Product made, output, inputs, hours, load, capacity.
type DrawnActivity = (usize, i64, Vec<i64>, i64, i64, i64);

/// Random economies of five products and up to twelve workplaces in three groups, needs in two tiers, a ceiling on
/// emissions. Each activity gives more of its own product than it takes of all together, so that there is
/// something to plan.
fn economies() -> impl Strategy<Value = Economy> {
    let product = (0..400i64, 0..200i64, 0..50i64);
    let inputs = proptest::collection::vec(0..160i64, PRODUCTS);
    let activity = (0..PRODUCTS, 500..1_500i64, inputs, 1..90i64, 0..30i64, 200_000_000..1_300_000_000i64);
    let need = (1..=2u8, 1..5_000_000i64, proptest::collection::vec(0..900i64, PRODUCTS));
    (
        proptest::collection::vec(product, PRODUCTS),
        proptest::collection::vec(activity, 4..12),
        proptest::collection::vec(need, 1..6),
        100..600i64,
        50..400i64,
    )
        .prop_map(drawn)
}

/// Imports' limit, price and stock of each product; activities; needs by tier, weight and bundle; hours of labour; the
/// ceiling on emissions.
type Drawn = (Vec<(i64, i64, i64)>, Vec<DrawnActivity>, Vec<(u8, i64, Vec<i64>)>, i64, i64);

fn drawn((products, activities, needs, labour, ceiling): Drawn) -> Economy {
    let flows = |quantities: &[i64]| {
        let numbered = (0..).zip(quantities).filter(|(_, quantity)| **quantity > 0);
        numbered.map(|(of, &quantity)| Flow { of, quantity }).collect::<Vec<_>>()
    };
    let product = |(index, (imports, price, stock)): (usize, &(i64, i64, i64))| Product {
        id: format!("p{index}"),
        name: String::new(),
        unit: "t".to_owned(),
        decimals: index as u32 % 3,
        import_limit: *imports,
        import_price: price * 10_000,
        stock: *stock,
        exports: 0,
    };
    let count = activities.len();
    let activity = |(index, drawn): (usize, DrawnActivity)| {
        let (made, output, inputs, hours, load, capacity) = drawn;
        Activity {
            id: format!("a{index:02}"),
            workplace: index as u32,
            group: index as u32 % 3,
            capacity,
            outputs: vec![Flow { of: made as u32, quantity: output }],
            inputs: flows(&inputs),
            labour: vec![Flow { of: 0, quantity: hours }],
            satellites: flows(&[load]),
        }
    };
    let need = |(index, (tier, weight, bundle)): (usize, (u8, i64, Vec<i64>))| Need {
        id: format!("n{index}"),
        tier,
        asked_by: "assembly".to_owned(),
        weight,
        minimum: 0,
        bundle: flows(&bundle),
    };
    Economy {
        name: "random".to_owned(),
        labour_unit: "h".to_owned(),
        labour_decimals: 0,
        products: products.iter().enumerate().map(product).collect(),
        grades: vec![Grade { id: "all".to_owned(), name: String::new(), available: labour }],
        satellites: vec![Satellite {
            id: "co2".to_owned(),
            name: String::new(),
            unit: "t".to_owned(),
            decimals: 1,
            ceiling: Some(ceiling),
        }],
        branches: vec!["b".to_owned()],
        districts: vec![String::new()],
        groups: (0..3).map(|group| format!("g{group}")).collect(),
        workplaces: (0..count)
            .map(|index| Workplace {
                id: format!("w{index:02}"),
                name: String::new(),
                branch: 0,
                district: 0,
            })
            .collect(),
        activities: activities.into_iter().enumerate().map(activity).collect(),
        needs: needs.into_iter().enumerate().map(need).collect(),
    }
}

/// The ceiling on emissions binds, and what rounding takes from the balances is made good by those who emit: what is
/// kept back for the last decimals must be kept back under the ceiling too. (Found by the law on rounds below.)
#[test]
fn a_ceiling_that_binds_holds_when_rounded() {
    let activities = vec![
        (0, 1294, vec![131, 24, 70, 10, 94], 1, 21, 332_971_755),
        (3, 784, vec![60, 148, 132, 91, 150], 1, 14, 1_063_960_923),
        (4, 893, vec![0; PRODUCTS], 1, 20, 200_000_000),
        (2, 608, vec![0, 0, 0, 0, 28], 65, 11, 200_000_000),
        (3, 599, vec![85, 17, 157, 84, 130], 67, 7, 360_095_407),
        (4, 1398, vec![149, 117, 143, 18, 128], 1, 16, 391_637_675),
        (1, 1389, vec![39, 81, 74, 157, 26], 1, 21, 728_702_584),
        (4, 862, vec![0, 0, 0, 1, 116], 32, 17, 200_000_000),
        (1, 954, vec![0, 0, 20, 44, 17], 5, 24, 220_524_326),
        (2, 1403, vec![65, 9, 19, 146, 68], 1, 4, 200_000_000),
        (0, 954, vec![63, 110, 7, 17, 62], 1, 16, 238_498_920),
    ];
    let needs = vec![
        (2, 3_407_505, vec![634, 429, 318, 499, 629]),
        (1, 1, vec![341, 867, 187, 796, 161]),
        (2, 1_656_351, vec![208, 219, 14, 105, 831]),
    ];
    let products = vec![(55, 98, 19), (1, 0, 1), (292, 0, 40), (248, 0, 38), (140, 0, 6)];
    let economy = drawn((products, activities, needs, 100, 54));
    let options = RoundOptions { maximum: 30, ..RoundOptions::default() };
    let plan = rounds(&economy, &options, &mut |_| {}).unwrap();
    assert!(check(&economy, &plan).ok());
}

fn first_common(economy: &Economy) -> Goal {
    Goal::Common(economy.tiers()[0])
}

/// Value and bound of the first stage, whose bound rests on nothing else.
fn first_stage(economy: &Economy, plan: &Plan) -> (f64, f64) {
    let checked = check(economy, plan);
    assert!(checked.ok(), "{:?}", checked.failures);
    (checked.stages[0].value.to_f64(), checked.stages[0].bound.to_f64())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn plans_hold_and_the_first_stage_is_optimal(economy in economies()) {
        let plan = solve(&economy, &Options::default()).unwrap();
        let (value, bound) = first_stage(&economy, &plan);
        prop_assert!(bound >= value, "weak duality: {bound} < {value}");
        prop_assert!(bound - value < 1e-5, "{bound} {value}");
        for stage in &plan.stages {
            let turned = if stage.goal.is_least() { -1.0 } else { 1.0 };
            prop_assert!(turned * (stage.bound.to_f64() - stage.value.to_f64()) >= 0.0, "{}", stage.goal);
        }
    }

    /// Any prices whatever give a bound that the best plan does not exceed.
    #[test]
    fn any_prices_bound(economy in economies(), other in economies()) {
        let plan = solve(&economy, &Options::default()).unwrap();
        let foreign = solve(&other, &Options::default()).unwrap();
        let mut stage = plan.stages[0].clone();
        stage.prices = foreign.stages[0].prices.clone();
        let mut changed = plan.clone();
        changed.stages = vec![stage];
        let recomputed = check(&economy, &changed).stages;
        prop_assert!(recomputed[0].bound >= recomputed[0].value);
    }

    #[test]
    fn more_capacity_never_lowers_the_optimum(economy in economies(), more in 1..9i64) {
        let goals = Some(vec![first_common(&economy)]);
        let options = Options { goals, ..Options::default() };
        let (before, _) = first_stage(&economy, &solve(&economy, &options).unwrap());
        let mut wider = economy.clone();
        wider.scale_capacities(Ratio::new(10 + more, 10));
        let (after, _) = first_stage(&wider, &solve(&wider, &options).unwrap());
        prop_assert!(after >= before - 1e-6, "{after} < {before}");
    }

    /// Values do not fall and bounds do not rise from round to round, and never cross; in the end they meet the
    /// optimum of the one program.
    #[test]
    fn rounds_close_in_on_the_optimum(economy in economies()) {
        let goals = Some(vec![first_common(&economy)]);
        let solve_options = Options { goals, ..Options::default() };
        let (optimum, _) = first_stage(&economy, &solve(&economy, &solve_options).unwrap());
        let options = RoundOptions { solve: solve_options, gap: 1e-6, maximum: 30, threads: 1 };
        let mut last: Option<(f64, f64)> = None;
        let plan = rounds(&economy, &options, &mut |round| {
            let stage = &round.stages[0];
            assert!(stage.bound >= stage.value - 1e-7, "bounds do not cross");
            if let Some((value, bound)) = last {
                assert!(stage.value >= value - 1e-7 && stage.bound <= bound + 1e-7);
            }
            last = Some((stage.value, stage.bound));
        }).unwrap();
        let (value, _) = first_stage(&economy, &plan);
        prop_assert!((value - optimum).abs() < 1e-5, "{value} {optimum}");
    }

    /// In every round each stage's bound is no worse than its value; the plan holds, and neither the order of rows in
    /// the files nor the number of threads changes a byte of it.
    #[test]
    fn every_stage_of_every_round_is_bounded_and_order_means_nothing(economy in economies(), seed in 0..1000usize) {
        let options = RoundOptions { maximum: 30, ..RoundOptions::default() };
        let plan = rounds(&economy, &options, &mut |round| {
            for stage in &round.stages {
                let turned = if stage.goal.is_least() { -1.0 } else { 1.0 };
                let noise = 1e-6 * stage.value.abs().max(1.0);
                assert!(turned * (stage.bound - stage.value) >= -noise, "{stage:?}");
            }
        }).unwrap();
        prop_assert!(check(&economy, &plan).ok());
        let files = economy.write().into_iter();
        let turned = files.map(|(name, bytes)| (name, rows_rotated(&bytes, seed))).collect();
        let turned = Economy::read(&turned).unwrap();
        let options = RoundOptions { threads: 3, ..options };
        let again = rounds(&turned, &options, &mut |_| {}).unwrap();
        prop_assert_eq!(again.write(&turned), plan.write(&economy));
    }

    /// What rounds say of an economy that owes exports is what the one program says: a plan, or that there is none.
    #[test]
    fn rounds_and_one_program_agree_on_what_can_be_met(
        economy in economies(),
        exports in proptest::collection::vec(0..300i64, PRODUCTS),
    ) {
        let mut economy = economy;
        economy.products.iter_mut().zip(exports).for_each(|(product, owed)| product.exports = owed);
        let in_one = solve(&economy, &Options::default());
        let in_rounds = rounds(&economy, &RoundOptions::default(), &mut |_| {});
        match (in_one, in_rounds) {
            (Ok(_), Ok(plan)) => prop_assert!(check(&economy, &plan).ok()),
            (
                Err(SolveError::Infeasible { shortfalls: one, .. }),
                Err(SolveError::Infeasible { shortfalls: other, .. }),
            ) => {
                let worst = |shortfalls: &[Shortfall]| shortfalls[0].attainable;
                prop_assert!((worst(&one) - worst(&other)).abs() < 100_000, "{one:?} {other:?}");
            }
            (one, other) => prop_assert!(false, "{one:?} {other:?}"),
        }
    }

    #[test]
    fn more_capacity_never_lowers_what_rounds_reach(economy in economies(), more in 1..9i64) {
        let goals = Some(vec![first_common(&economy)]);
        let solve = Options { goals, ..Options::default() };
        let options = RoundOptions { solve, gap: 1e-6, maximum: 30, threads: 1 };
        let (before, _) = first_stage(&economy, &rounds(&economy, &options, &mut |_| {}).unwrap());
        let mut wider = economy.clone();
        wider.scale_capacities(Ratio::new(10 + more, 10));
        let (after, _) = first_stage(&wider, &rounds(&wider, &options, &mut |_| {}).unwrap());
        prop_assert!(after >= before - 1e-5, "{after} < {before}");
    }

    /// Rounds between two branches and their workplaces, carried down to targets and up to commitments: what the
    /// workplaces of a branch are to do adds up to what the branch is to do, to the last decimal, and is what
    /// the branch would do if it knew all of its workplaces' activities itself.
    #[test]
    fn targets_of_workplaces_add_up_to_those_of_their_branch(economy in economies()) {
        let economy = in_two_branches(economy);
        let frame = economy.frame();
        let (branches, lists, sealed) = spoken(&economy, 3);
        let standing = balance_words(&frame, &lists, &sealed, &[], &CongressOptions::default()).unwrap();
        let targets = standing.targets(&frame, &sealed, 1);
        let mut commitments = Vec::new();
        let mut levels = Levels::new();
        for branch in branches.iter().filter(|branch| targets.contains_key(&branch.name)) {
            let target = &targets[&branch.name];
            let (of_branch, committed) = target.follow(&branch.own, &branch.words, Some(OPEN)).unwrap();
            let below: Vec<Proposal> = branch.places.iter().flat_map(|(_, words)| words.clone()).collect();
            let down = pass_down(target, &frame, &branch.words, &below, Some(OPEN)).unwrap();
            let mut of_places: Vec<Commitment> = Vec::new();
            let mut levels_of_places = Levels::new();
            for (place, words) in &branch.places {
                let (own, commitment) = down[&words[0].from].follow(place, words, None).unwrap();
                levels_of_places.extend(own);
                of_places.push(commitment);
            }
            prop_assert_eq!(&levels_of_places, &of_branch);
            let sum = target.add_up(&frame, &of_places, &branch.words, Some(OPEN)).unwrap();
            prop_assert_eq!(&sum.groups, &committed.groups);
            levels.extend(levels_of_places);
            commitments.push(sum);
        }
        let adopted = adopt(&frame, &lists, &sealed, &standing, &targets, &commitments, &[]);
        // A scarce product that rounding took the last of is named, and no plan.
        let Ok(adopted) = adopted else { return Ok(()) };
        let plan = adopted.balance.whole(&economy, &levels);
        for commitment in &commitments {
            prop_assert_eq!(targets_of_branch(&economy, &plan, &commitment.from), outputs(&economy, commitment));
        }
    }

    #[test]
    fn files_give_back_the_economy_and_the_order_of_rows_means_nothing(economy in economies(), seed in 0..1000usize) {
        let files = economy.write();
        let read = Economy::read(&files).unwrap();
        prop_assert_eq!(read.write(), files.clone());
        let turned = files.into_iter().map(|(name, bytes)| (name, rows_rotated(&bytes, seed))).collect();
        prop_assert_eq!(Economy::read(&turned).unwrap().digest(), economy.digest());
    }

    #[test]
    fn a_plan_file_gives_back_the_plan(economy in economies()) {
        let plan = solve(&economy, &Options::default()).unwrap();
        let bytes = plan.write(&economy);
        let back = Plan::read(&bytes, &economy).unwrap();
        prop_assert_eq!(back.write(&economy), bytes);
        prop_assert!(check(&economy, &back).ok());
    }
}

/// Words that hold nothing back.
const OPEN: Sealing = Sealing { hold: 1, apart: 1 };

/// Workplaces by turns in two branches.
fn in_two_branches(mut economy: Economy) -> Economy {
    economy.branches = vec!["east".to_owned(), "west".to_owned()];
    economy
        .workplaces
        .iter_mut()
        .zip((0..2).cycle())
        .for_each(|(workplace, branch)| workplace.branch = branch);
    economy
}

/// A branch that knows its workplaces' activities, beside workplaces that each know their own: with all that was said.
struct Branch {
    name: String,
    own: Economy,
    words: Vec<Proposal>,
    places: Vec<(Economy, Vec<Proposal>)>,
}

/// What was said in so many rounds, with the prices between and the words as they left the branches.
fn spoken(economy: &Economy, rounds: usize) -> (Vec<Branch>, Vec<PriceList>, Vec<Proposal>) {
    let frame = economy.frame();
    let branch = |(index, name): (usize, &String)| {
        let own = economy.part(|place| economy.workplaces[place].branch as usize == index);
        let place = |at: usize| (own.part(|other| other == at), Vec::new());
        let places = (0..own.workplaces.len()).map(place).collect();
        Branch { name: name.clone(), own, words: Vec::new(), places }
    };
    let mut branches: Vec<Branch> = economy.branches.iter().enumerate().map(branch).collect();
    let mut lists: Vec<PriceList> = Vec::new();
    let mut sealed = Vec::new();
    for round in 0..=rounds {
        let say = |part: &Economy, name: &str| match lists.last() {
            None => Proposal::opening(part, name),
            Some(list) => Proposal::answer(part, name, list).unwrap(),
        };
        for branch in &mut branches {
            let mut below = Vec::new();
            for (place, words) in &mut branch.places {
                let word = say(place, &place.workplaces[0].id);
                words.push(word.clone());
                below.push(word);
            }
            let sum = add_up(&frame, &branch.name, &below);
            let alone = say(&branch.own, &branch.name);
            assert_eq!(proposed(&sum), proposed(&alone), "a sum of words is the word of who knows all");
            branch.words.push(sum);
            sealed.extend(seal(&branch.words, OPEN).unwrap().pop().map(Proposal::without_names));
        }
        if round < rounds {
            let standing = balance_words(&frame, &lists, &sealed, &[], &CongressOptions::default()).unwrap();
            lists.push(standing.next);
        }
    }
    (branches, lists, sealed)
}

fn proposed(word: &Proposal) -> Vec<(&String, Vec<&Quantities>)> {
    word.groups
        .iter()
        .map(|(name, group)| (name, group.columns.iter().map(|column| &column.quantities).collect()))
        .collect()
}

/// What the workplaces of a branch are to make, added up by product: level × output of each activity.
fn targets_of_branch(economy: &Economy, plan: &Plan, branch: &str) -> BTreeMap<usize, Decimal> {
    let mut sums: BTreeMap<usize, Decimal> = BTreeMap::new();
    for (activity, &level) in economy.activities.iter().zip(&plan.levels) {
        let place = &economy.workplaces[activity.workplace as usize];
        if economy.branches[place.branch as usize] == branch {
            for output in &activity.outputs {
                let decimals = economy.products[output.of as usize].decimals + LEVEL_DECIMALS;
                let target = Decimal::new(i128::from(output.quantity) * i128::from(level), decimals);
                let sum = sums.entry(output.of as usize).or_insert_with(Decimal::zero);
                *sum = &*sum + &target;
            }
        }
    }
    sums.retain(|_, sum| !sum.is_zero());
    sums
}

/// What a branch committed itself to give, by product.
fn outputs(economy: &Economy, commitment: &Commitment) -> BTreeMap<usize, Decimal> {
    let mut sum = Quantities::default();
    commitment.groups.values().for_each(|quantities| sum.add(quantities));
    let output = |(&of, &quantity): (&u32, &i128)| {
        let decimals = economy.products[of as usize].decimals + LEVEL_DECIMALS;
        (of as usize, Decimal::new(quantity, decimals))
    };
    sum.outputs.iter().filter(|(_, quantity)| **quantity != 0).map(output).collect()
}

/// The rows of a CSV file behind its header, in another order.
fn rows_rotated(bytes: &[u8], by: usize) -> Vec<u8> {
    let text = std::str::from_utf8(bytes).unwrap();
    let mut lines: Vec<&str> = text.lines().collect();
    let rows = &mut lines[1..];
    if !rows.is_empty() {
        let by = by % rows.len();
        rows.rotate_left(by);
    }
    lines.join("\n").into_bytes()
}

/// The same economies in every run, for tests that are too slow for many.
fn samples(count: usize) -> Vec<Economy> {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::{Config, TestRunner};
    let mut runner = TestRunner::new_with_rng(
        Config::default(),
        proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
    );
    (0..count).map(|_| economies().new_tree(&mut runner).unwrap().current()).collect()
}

/// The checker written from docs/certificate.md refuses every plan in which one number was changed by one unit of
/// its last decimal.
#[test]
fn python_refuses_a_thousand_of_a_thousand_disturbed_plans() {
    let economies = samples(10);
    for (seed, economy) in economies.iter().enumerate() {
        let plan = solve(economy, &Options::default()).unwrap();
        let said =
            in_folder(economy).python_check(&plan.write(economy), &["--disturb", "100", &seed.to_string()]);
        assert_eq!(said, "ok\n100 of 100 disturbed plans refused\n");
    }
}

#[test]
fn glpk_agrees_on_ten_random_economies() {
    for economy in samples(10) {
        let plan = solve(&economy, &Options::default()).unwrap();
        let (value, _) = first_stage(&economy, &plan);
        let mut mps = Vec::new();
        StageModel::new(&economy, plan.stages[0].goal, Vec::new()).write_mps(&mut mps).unwrap();
        let optimum = -glpk_objective(&mps, "--freemps");
        assert!((optimum - value).abs() <= 1e-6, "{value}, GLPK {optimum}");
    }
}

/// One group of two workplaces of the same size, of which the second needs all hours there are for half of what the
/// first makes with few. Run alike they cannot meet the export; the first alone can.
fn owing_exports(exports: i64) -> Economy {
    let workplace = |id: &str| Workplace { id: id.to_owned(), name: String::new(), branch: 0, district: 0 };
    let activity = |id: &str, workplace, hours| Activity {
        id: id.to_owned(),
        workplace,
        group: 0,
        capacity: 1_000_000_000,
        outputs: vec![Flow { of: 0, quantity: 100 }],
        inputs: Vec::new(),
        labour: vec![Flow { of: 0, quantity: hours }],
        satellites: Vec::new(),
    };
    Economy {
        name: "owing".to_owned(),
        labour_unit: "h".to_owned(),
        labour_decimals: 0,
        products: vec![Product {
            id: "bread".to_owned(),
            name: String::new(),
            unit: "t".to_owned(),
            decimals: 0,
            import_limit: 0,
            import_price: 0,
            stock: 0,
            exports,
        }],
        grades: vec![Grade { id: "all".to_owned(), name: String::new(), available: 100 }],
        satellites: Vec::new(),
        branches: vec!["b".to_owned()],
        districts: vec![String::new()],
        groups: vec!["bakeries".to_owned()],
        workplaces: vec![workplace("w1"), workplace("w2")],
        activities: vec![activity("a1", 0, 10), activity("a2", 1, 190)],
        needs: vec![Need {
            id: "town".to_owned(),
            tier: 1,
            asked_by: "assembly".to_owned(),
            weight: 1_000_000,
            minimum: 0,
            bundle: vec![Flow { of: 0, quantity: 100 }],
        }],
    }
}

/// All alike make 100 of 200 with the 100 hours there are. The first alone makes 100 in 10, and the second 47 in the
/// 90 that are left.
#[test]
fn rounds_go_on_where_the_opening_blocks_cannot_meet_what_is_owed() {
    let economy = owing_exports(140);
    let plan = rounds(&economy, &RoundOptions::default(), &mut |_| {}).unwrap();
    assert!(check(&economy, &plan).ok());
    assert!((plan.fulfilments[0] - 73_684_210).abs() < 100_000, "{}", plan.fulfilments[0]);
}

#[test]
fn rounds_name_what_is_owed_and_cannot_be_met() {
    let economy = owing_exports(160);
    let in_rounds = rounds(&economy, &RoundOptions::default(), &mut |_| {}).unwrap_err().to_string();
    let in_one = solve(&economy, &Options::default()).unwrap_err().to_string();
    assert_eq!(
        in_rounds,
        "what is owed cannot be met together; at best 92.1053 % of what is owed to `exports of bread`"
    );
    assert_eq!(in_rounds, in_one);
}

/// A row that holds an earlier stage is divided by a power of ten, so that its right side has one digit before the
/// point: HiGHS' presolve, whose tolerance is absolute, called the stages of the example year infeasible without.
#[test]
fn held_rows_are_near_one() {
    let mut economy = owing_exports(0);
    economy.needs[0].weight = 1_000_000_000_000;
    let plan = solve(&economy, &Options::default()).unwrap();
    let held = plan.stages[..2].iter().map(|stage| (stage.goal, stage.value.clone())).collect();
    let mut mps = Vec::new();
    StageModel::new(&economy, plan.stages[2].goal, held).write_mps(&mut mps).unwrap();
    let mps = String::from_utf8(mps).unwrap();
    let lines: Vec<&str> = mps.lines().filter(|line| line.contains("held.2")).collect();
    assert_eq!(plan.stages[1].value.to_string(), "1000000");
    assert_eq!(lines, [" L held.2", " need.town held.2 -1", " rhs held.2 -1"]);
}
