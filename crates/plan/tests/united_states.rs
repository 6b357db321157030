//! The economy of the United States in 2017: tables in, plans out, and what another solver says of them.
//!
//! Needs `glpsol` (Debian: glpk-utils) and `python3`.

mod economies;

use economies::{glpk_objective, in_folder, united_states};
use mandate_plan::bea::Tiers;
use mandate_plan::export::StageModel;
use mandate_plan::generate::{Splitting, split};
use mandate_plan::{
    Binding, CheckFailure, Decimal, Economy, Goal, Options, Plan, Ratio, RoundOptions, Subject, Variant,
    check, compare, rounds, solve,
};

/// Half the oil, and 5 % less labour.
fn shocked(mut economy: Economy) -> Economy {
    assert!(economy.scale_import_limit("211", Ratio::new(1, 2)));
    economy.scale_labour(Ratio::new(19, 20));
    economy
}

fn split_into(economy: &Economy, workplaces: usize) -> Economy {
    split(economy, &Splitting { workplaces, seed: 7, districts: Vec::new() }).unwrap()
}

/// Totals that the tables print themselves: `Total Industry Output` and `V001` of use.csv, imports F050.
#[test]
fn tables_add_up_to_their_own_totals() {
    let (economy, treatments) = united_states("summary", Tiers::Three);
    assert_eq!((economy.products.len(), economy.activities.len()), (73, 71));
    let farms = &economy.activities[economy.activity("111CA").unwrap()];
    let output: i64 = farms.outputs.iter().map(|flow| flow.quantity).sum();
    // 395,529 million in the table's total, and 18 of scrap sold, which the table books as negative use.
    assert_eq!(output, 395_529_000_000 + 18_000_000);
    assert_eq!(farms.labour[0].quantity, 30_860_000_000);
    assert_eq!(economy.products[economy.product("211").unwrap()].import_limit, 146_746_000_000);
    // Final uses of 2017 add up to 19,612,108 million (README of the data): needs less what was negative.
    let million = |sum: i64| sum / 1_000_000;
    let needs: i64 = economy.needs.iter().map(|need| need.weight).sum();
    let imports: i64 = economy.products.iter().map(|product| product.import_limit).sum();
    let differences = treatments.iter().find(|treatment| treatment.what.starts_with("statistical")).unwrap();
    let stock: i64 = economy.products.iter().map(|product| product.stock).sum();
    let net = million(needs) - million(imports) - million(stock);
    assert!((net - 19_612_108).abs() <= differences.million_usd, "{net}");
    let sales = treatments.iter().find(|treatment| treatment.what.starts_with("sales")).unwrap();
    assert_eq!((sales.entries, sales.million_usd), (5, 482));
}

#[test]
fn detail_has_402_of_each_and_no_row_gets_lost() {
    let (economy, _) = united_states("detail", Tiers::One);
    assert_eq!((economy.products.len(), economy.activities.len()), (402, 402));
    assert_eq!(economy.tiers(), [1]);
    assert!(economy.unsupplied().is_empty());
    assert_eq!(Economy::read(&economy.write()).unwrap(), economy);
}

#[test]
fn workplaces_add_up_exactly_to_their_industry() {
    let (source, _) = united_states("summary", Tiers::Three);
    let economy = split_into(&source, 2_100);
    assert_eq!(economy.workplaces.len(), 2_100);
    for (index, industry) in source.activities.iter().enumerate() {
        let parts = || economy.activities.iter().filter(|part| part.group as usize == index);
        for (of, whole) in [(0, &industry.outputs), (1, &industry.inputs), (2, &industry.labour)] {
            for flow in whole {
                let flows = parts().flat_map(|part| [&part.outputs, &part.inputs, &part.labour][of]);
                let sum: i64 = flows.filter(|part| part.of == flow.of).map(|part| part.quantity).sum();
                assert_eq!(sum, flow.quantity, "{} of {}", flow.of, industry.id);
            }
        }
    }
    assert_eq!(split_into(&source, 2_100).digest(), economy.digest(), "the same seed gives the same economy");
}

/// Every stage's exported program, solved by GLPK: its optimum lies between our value and our bound, and both are
/// within 10^−6 of it (least labour within 10^−5: its prices are steep, see the gap).
#[test]
fn glpk_finds_the_same_optimum_at_every_stage() {
    let economy = shocked(united_states("summary", Tiers::Three).0);
    let plan = solve(&economy, &Options::default()).unwrap();
    let checked = check(&economy, &plan);
    assert!(checked.ok(), "{:?}", checked.failures);
    for (at, stage) in checked.stages.iter().enumerate() {
        let held = checked.stages[..at].iter().map(|stage| (stage.goal, stage.value.clone())).collect();
        let mut mps = Vec::new();
        StageModel::new(&economy, stage.goal, held).write_mps(&mut mps).unwrap();
        let minimum = glpk_objective(&mps, "--freemps");
        let optimum = if stage.goal.is_least() { minimum } else { -minimum };
        let (value, bound) = (stage.value.to_f64(), stage.bound.to_f64());
        let near = if stage.goal == Goal::Labour { 1e-5 } else { 1e-6 };
        assert!((optimum - value).abs() <= near * optimum.abs(), "{}: {value}, GLPK {optimum}", stage.goal);
        assert!((optimum - bound).abs() <= near * optimum.abs(), "{}: {bound}, GLPK {optimum}", stage.goal);
    }
}

#[test]
fn lp_and_mps_say_the_same() {
    let economy = shocked(united_states("summary", Tiers::One).0);
    let model = StageModel::new(&economy, Goal::Common(1), Vec::new());
    let (mut mps, mut lp) = (Vec::new(), Vec::new());
    model.write_mps(&mut mps).unwrap();
    model.write_lp(&mut lp).unwrap();
    let (from_mps, from_lp) = (glpk_objective(&mps, "--freemps"), glpk_objective(&lp, "--lp"));
    assert!((from_mps - from_lp).abs() < 1e-9, "{from_mps} {from_lp}");
    assert!(String::from_utf8(lp).unwrap().contains("level.111CA"), "names are kept");
}

/// One unit of the product more or less in one workplace, and the check names what no longer holds.
#[test]
fn one_activity_changed_by_a_unit_fails_by_name() {
    let economy = split_into(&shocked(united_states("summary", Tiers::Three).0), 710);
    let plan = solve(&economy, &Options::default()).unwrap();
    let steel = economy.product("331").unwrap();
    let makes_steel = |at: &usize| economy.activities[*at].id.starts_with("331-");
    let maker = (0..plan.levels.len()).filter(makes_steel).max_by_key(|&at| plan.levels[at]).unwrap();
    let output = economy.activities[maker].outputs.iter().find(|flow| flow.of as usize == steel);
    // One million dollars of steel, the product's unit, as a level of this workplace.
    let unit = 1_000_000i128 * 1_000_000_000 / i128::from(output.unwrap().quantity);
    let changed = |by: i64| Plan { levels: with(&plan.levels, maker, by), ..plan.clone() };

    let less = check(&economy, &changed(-(unit as i64)));
    let rows: Vec<String> = less.failures.iter().map(ToString::to_string).collect();
    assert!(rows.iter().any(|row| row.starts_with("balance of 331 is violated by")), "{rows:?}");
    assert!(less.largest_violation.unwrap().row.starts_with("balance of"));

    let more = check(&economy, &changed(unit as i64));
    assert!(!more.ok());
    let labour =
        |failure: &CheckFailure| failure.to_string().starts_with("labour of employees: the plan states");
    assert!(more.failures.iter().any(labour), "{:?}", more.failures);
}

fn with(levels: &[i64], at: usize, by: i64) -> Vec<i64> {
    let mut levels = levels.to_vec();
    levels[at] += by;
    levels
}

/// The setting of the measured rounds: one tier, every seventh product's imports halved.
#[test]
fn rounds_reach_a_thousandth_in_six_rounds() {
    let (mut source, _) = united_states("detail", Tiers::One);
    source.products.iter_mut().step_by(7).for_each(|product| product.import_limit /= 2);
    let economy = split_into(&source, 4_020);
    let goals = Some(vec![Goal::Common(1)]);
    let options = RoundOptions {
        solve: Options { goals, ..RoundOptions::default().solve },
        maximum: 6,
        ..RoundOptions::default()
    };
    let mut seen = Vec::new();
    let plan = rounds(&economy, &options, &mut |round| seen.push(round.clone())).unwrap();
    let checked = check(&economy, &plan);
    assert!(checked.ok(), "{:?}", checked.failures);
    assert!(checked.gap_shown() <= 1e-3, "{}", checked.gap_shown());
    assert!(seen.len() <= 6);
    for pair in seen.windows(2) {
        assert!(pair[1].stages[0].value >= pair[0].stages[0].value - 1e-9, "values do not fall");
        assert!(pair[1].stages[0].bound <= pair[0].stages[0].bound + 1e-9, "bounds do not rise");
    }
}

/// All stages in the same rounds, and the same plan from one thread and from three.
#[test]
fn rounds_carry_every_stage() {
    let economy = split_into(&shocked(united_states("summary", Tiers::Three).0), 1_420);
    let plan_with = |threads| {
        let options = RoundOptions { threads, ..RoundOptions::default() };
        rounds(&economy, &options, &mut |_| {}).unwrap()
    };
    let plan = plan_with(1);
    let checked = check(&economy, &plan);
    assert!(checked.ok(), "{:?}", checked.failures);
    assert!(checked.gap_shown() <= 2e-3, "{}", checked.gap_shown());
    assert_eq!(plan_with(3).write(&economy), plan.write(&economy));
}

/// The checker that was written from the certificate's page alone accepts plans of both solvers.
#[test]
fn the_python_checker_accepts_real_plans() {
    let economy = split_into(&shocked(united_states("summary", Tiers::Three).0), 213);
    let folder = in_folder(&economy);
    for plan in [
        solve(&economy, &Options::default()).unwrap(),
        rounds(&economy, &RoundOptions::default(), &mut |_| {}).unwrap(),
    ] {
        let said = folder.python_check(&plan.write(&economy), &[]);
        assert_eq!(said, "ok\n");
    }
}

#[test]
fn needs_that_cannot_be_met_together_are_named() {
    let mut economy = united_states("summary", Tiers::Three).0;
    economy.scale_import_limit("211", Ratio::new(1, 2));
    economy.scale_labour(Ratio::new(1, 2));
    economy.secure_needs(|need| need.id.starts_with("investment/"), Ratio::from_integer(1));
    economy.secure_needs(|need| need.id.starts_with("consumption/"), Ratio::from_integer(1));
    let error = solve(&economy, &Options::default()).unwrap_err();
    let said = error.to_string();
    assert!(said.starts_with("what is owed cannot be met together; at best"), "{said}");
    assert!(said.contains("of what is owed to `"), "{said}");
}

#[test]
fn fulfilments_waits_and_tight_products_are_exact() {
    let economy = shocked(united_states("summary", Tiers::Three).0);
    let plan = solve(&economy, &Options::default()).unwrap();
    let tiers = plan.fulfilment(&economy);
    assert_eq!(tiers.len(), 3);
    assert_eq!(tiers[0].weights, Decimal::new(13_381_402, 0));
    // What holds the third tier back is the oil that was halved: it is tightest there.
    let third = plan.stages.iter().position(|stage| stage.goal == Goal::Common(3)).unwrap();
    let tight = plan.tightest(&economy, third, 3);
    assert_eq!(economy.products[tight[0].product].id, "211");
    let refining = economy.workplace("324").unwrap();
    let waits = plan.waits(&economy, refining);
    let oil = waits.iter().max_by_key(|wait| wait.quantity.clone()).unwrap();
    assert_eq!(economy.products[oil.product].id, "211");
    assert_eq!(economy.branches[oil.makers[0].0 as usize], "21/211");
    let made: Decimal =
        plan.targets(&economy, refining).iter().fold(Decimal::zero(), |sum, target| &sum + &target.quantity);
    assert!(made > Decimal::zero());
}

/// Two variants of one economy: the shorter year gives less, and nothing else differs than what follows from it.
#[test]
fn variants_are_compared_row_by_row() {
    let long = united_states("summary", Tiers::Three).0;
    let short = shocked(long.clone());
    let plans = [&long, &short].map(|economy| solve(economy, &Options::default()).unwrap());
    let variants = [
        Variant { name: "as 2017", economy: &long, plan: &plans[0] },
        Variant { name: "half the oil", economy: &short, plan: &plans[1] },
    ];
    let rows = compare(&variants);
    let row = |subject, id: &str| rows.iter().find(|row| row.subject == subject && row.id == id).unwrap();
    assert!(row(Subject::Tier, "1").is_same());
    let third = row(Subject::Tier, "3");
    assert!(third.values[1] < third.values[0], "{third:?}");
    let oil = row(Subject::Imports, "211");
    assert_eq!(oil.values[1], Decimal::new(146_746 / 2, 0), "all the oil that can be had is fetched");
    // Labour of the branches adds up to labour of the grades, in every variant.
    for at in 0..variants.len() {
        let branches = rows.iter().filter(|row| row.subject == Subject::Branch);
        let sum = branches.fold(Decimal::zero(), |sum, row| &sum + &row.values[at]);
        assert_eq!(sum, row(Subject::Labour, "employees").values[at]);
    }
}

/// What is said about a product adds up to what there is of it, and what binds an activity is what its level shows.
#[test]
fn explanations_agree_with_the_plan() {
    let economy = split_into(&shocked(united_states("summary", Tiers::Three).0), 710);
    let plan = solve(&economy, &Options::default()).unwrap();
    let oil = plan.explain_product(&economy, economy.product("211").unwrap());
    assert!(oil.imports_at_limit);
    let used = oil.users.iter().fold(Decimal::zero(), |sum, (_, used)| &sum + used);
    let met = oil.needs.iter().fold(used, |sum, (_, met)| &sum + met);
    let left = &oil.supply - &met;
    assert!(!left.is_negative() && left < Decimal::new(1, 3), "{left}");
    assert!(oil.prices.iter().any(|(goal, _)| *goal == Goal::Common(3)));
    // What is said to bind an activity is what its level shows.
    for (activity, &level) in plan.levels.iter().enumerate() {
        let reason = plan.explain_activity(&economy, activity);
        let at_capacity = level == economy.activities[activity].capacity;
        assert_eq!(reason.binding == Binding::Capacity, at_capacity);
        assert_eq!(reason.binding == Binding::Rests, level == 0);
    }
}
