//! Joint products, labour by grade and ceilings on satellite rows: each binds somewhere, and other programs agree.

mod economies;

use economies::{glpk_objective, in_folder};
use mandate_plan::export::StageModel;
use mandate_plan::{Economy, Files, Goal, Limit, Options, check, solve};

/// Sheep give wool and meat together; weaving asks for skilled hands; both put out methane or use water.
const PASTURE: [(&str, &str); 12] = [
    (
        "economy.csv",
        "key,value\nformat,mandate-economy-1\nname,Pasture\nlabour-unit,hours\nlabour-decimals,0\n",
    ),
    ("products.csv", "product,unit,decimals\ncloth,metres,1\nmeat,tonnes,2\nwool,tonnes,2\n"),
    ("labour.csv", "grade,available\nskilled,120\nunskilled,500\n"),
    ("satellites.csv", "satellite,unit,decimals,ceiling\nmethane,tonnes,1,4\nwater,m3,0,\n"),
    ("workplaces.csv", "workplace,branch\npasture,farming\nloom,textiles\n"),
    ("activities.csv", "activity,workplace,group,capacity\nherding,pasture,sheep,1\nweaving,loom,cloth,2\n"),
    ("outputs.csv", "activity,product,quantity\nherding,meat,10\nherding,wool,4\nweaving,cloth,100\n"),
    ("inputs.csv", "activity,product,quantity\nweaving,wool,2\n"),
    (
        "hours.csv",
        "activity,grade,quantity\nherding,unskilled,200\nweaving,skilled,100\nweaving,unskilled,50\n",
    ),
    ("loads.csv", "activity,satellite,quantity\nherding,methane,5\nweaving,water,30\n"),
    ("needs.csv", "need,tier\nclothing,1\nfood,2\n"),
    ("bundles.csv", "need,product,quantity\nclothing,cloth,200\nfood,meat,10\n"),
];

fn economy() -> Economy {
    let files: Files =
        PASTURE.iter().map(|(name, text)| (name.to_string(), text.as_bytes().to_vec())).collect();
    Economy::read(&files).unwrap()
}

/// By hand. Cloth is short of skilled hands: 120 hours weave 1.2 × 100 m of 200 m, so 0.6 of tier 1. It takes 2.4 t of
/// wool, which 0.6 of the herd gives. Food is short of methane: 4 t of 5 t let 0.8 of the herd graze, which gives 8 t of
/// 10 t. Water is counted and limits nothing.
#[test]
fn each_limit_binds_where_it_should() {
    let economy = economy();
    let plan = solve(&economy, &Options::default()).unwrap();
    let checked = check(&economy, &plan);
    assert!(checked.ok(), "{:?}", checked.failures);
    assert!(checked.gap_shown() < 1e-5, "{}", checked.gap_shown());
    let value = |goal| checked.stages.iter().find(|stage| stage.goal == goal).unwrap().value.to_f64();
    assert!((value(Goal::Common(1)) - 0.6).abs() < 1e-6);
    assert!((value(Goal::Common(2)) - 0.8).abs() < 1e-6);
    assert!((value(Goal::Labour) - (1.2 * 150.0 + 0.8 * 200.0)).abs() < 1e-3);
    let water = economy.satellites.iter().position(|row| row.id == "water").unwrap();
    assert!((economy.satellite_load(&plan, water).to_f64() - 36.0).abs() < 1e-4);

    let tightest = |goal| {
        let stage = plan.stages.iter().position(|stage| stage.goal == goal).unwrap();
        let tight = plan.bottlenecks(&economy, stage);
        (tight[0].limit, tight[0].id.clone())
    };
    assert_eq!(tightest(Goal::Common(1)), (Limit::Labour, "skilled".to_owned()));
    assert_eq!(tightest(Goal::Common(2)), (Limit::Ceiling, "methane".to_owned()));
    let folder = in_folder(&economy);
    let said = folder.python_check(&plan.write(&economy), &["--disturb", "200", "3"]);
    assert!(said.starts_with("ok\n200 of 200 disturbed plans refused"), "{said}");
}

#[test]
fn glpk_finds_the_same_optimum_of_each_stage() {
    let economy = economy();
    let plan = solve(&economy, &Options::default()).unwrap();
    let mut held = Vec::new();
    for stage in &plan.stages {
        let mut mps = Vec::new();
        StageModel::new(&economy, stage.goal, held.clone()).write_mps(&mut mps).unwrap();
        let turned = if stage.goal.is_least() { 1.0 } else { -1.0 };
        let (found, value) = (turned * glpk_objective(&mps, "--freemps"), stage.value.to_f64());
        assert!((found - value).abs() <= 1e-6 * value.abs().max(1.0), "{}: {found} {value}", stage.goal);
        held.push((stage.goal, stage.value.clone()));
    }
}
