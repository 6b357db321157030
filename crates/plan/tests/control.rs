//! Control: reports against mandates, what is left planned anew, what holds a plan back.

mod economies;

use economies::{in_folder, united_states};
use mandate_plan::bea::Tiers;
use mandate_plan::generate::{Splitting, split};
use mandate_plan::{
    Economy, Files, Goal, Limit, Options, Plan, Report, Reported, Reports, check, revise, solve,
};

/// A mill and two bakeries; the second one needs twice the hours.
const BREAD: [(&str, &str); 10] = [
    ("economy.csv", "key,value\nformat,mandate-economy-1\nlabour-unit,hours\nlabour-decimals,0\n"),
    (
        "products.csv",
        "product,unit,decimals,import_limit\nflour,tonnes,1,0\nbread,tonnes,1,0\ncloth,metres,0,50\n",
    ),
    ("labour.csv", "grade,available\nall,1000\n"),
    ("workplaces.csv", "workplace,branch\nmill,food\nnorth,food\nsouth,food\n"),
    (
        "activities.csv",
        "activity,workplace,group,capacity\nmilling,mill,flour,1\nnorth,north,bread,1\nsouth,south,bread,1\n",
    ),
    ("outputs.csv", "activity,product,quantity\nmilling,flour,100\nnorth,bread,60\nsouth,bread,60\n"),
    ("inputs.csv", "activity,product,quantity\nnorth,flour,60\nsouth,flour,60\n"),
    ("hours.csv", "activity,grade,quantity\nmilling,all,100\nnorth,all,120\nsouth,all,240\n"),
    ("needs.csv", "need,tier\nmeals,1\nclothing,1\n"),
    ("bundles.csv", "need,product,quantity\nmeals,bread,80\nclothing,cloth,50\n"),
];

fn economy() -> Economy {
    let files: Files =
        BREAD.iter().map(|(name, text)| (name.to_string(), text.as_bytes().to_vec())).collect();
    Economy::read(&files).unwrap()
}

fn level(economy: &Economy, plan: &Plan, id: &str) -> i64 {
    plan.levels[economy.activity(id).unwrap()]
}

/// The north bakery burns down half way. By hand: 30 t are baked of 30 t of flour in 60 hours; 50 t are left to bake in
/// the south instead of 20 t, so 0.5 × 120 hours are not worked in the north and 0.5 × 240 are added in the south.
#[test]
fn a_workplace_drops_out() {
    let economy = economy();
    let plan = solve(&economy, &Options::default()).unwrap();
    assert_eq!(
        (level(&economy, &plan, "north"), level(&economy, &plan, "south")),
        (1_000_000_000, 333_333_334)
    );
    let reports =
        b"activity,kind,of,quantity,unit\nnorth,output,bread,30,tonnes\nnorth,input,flour,30,tonnes\n\
        north,labour,all,60,hours\nnorth,remaining,,0,\n";
    let reports = Reports::read("reports.csv", reports, &economy).unwrap();
    let compared = reports.compare(&economy, &plan);
    let words: Vec<String> = compared
        .iter()
        .map(|row| format!("{} {} {} {}", row.of.word(), row.id, row.mandate, row.done))
        .collect();
    assert_eq!(words, ["output bread 60 30", "input flour 60 30", "labour all 120 60"]);

    let left = reports.economy_left(&economy).unwrap();
    let outstanding = reports.outstanding(&economy, &plan);
    let revised = revise(&left, &outstanding, &Options::default()).unwrap();
    let checked = check(&left, &revised);
    assert!(checked.ok(), "{:?}", checked.failures);
    assert!(checked.gap_shown() < 1e-5, "{}", checked.gap_shown());
    assert_eq!(revised.fulfilments, [1_000_000_000, 1_000_000_000]);
    assert_eq!(level(&left, &revised, "north"), 0);
    assert!((level(&left, &revised, "south") - 833_333_333).abs() < 2_000);
    let change = revised.stages.iter().find(|stage| stage.goal == Goal::Change).unwrap();
    assert!((change.value.to_f64() - (60.0 + 120.0)).abs() < 1e-3, "{}", change.value);
    // The mill's flour is what it was: nobody's mandate is turned over who has nothing to do with it.
    assert!((level(&left, &revised, "milling") - level(&economy, &plan, "milling")).abs() < 2_000);

    let folder = in_folder(&left);
    assert_eq!(folder.python_check(&revised.write(&left), &[]), "ok\n");
    let read = Plan::read(&revised.write(&left), &left).unwrap();
    assert_eq!(read.write(&left), revised.write(&left));
}

/// The same certificate with another past is another claim, and fails.
#[test]
fn levels_before_are_part_of_the_certificate() {
    let economy = economy();
    let plan = solve(&economy, &Options::default()).unwrap();
    let mut revised = revise(&economy, &plan.levels, &Options::default()).unwrap();
    assert!(check(&economy, &revised).ok());
    revised.before.as_mut().unwrap()[0] -= 1_000;
    let failures = check(&economy, &revised).failures;
    assert!(failures[0].to_string().starts_with("value of least change: the plan states"), "{failures:?}");
    revised.before = None;
    let failures = check(&economy, &revised).failures;
    assert_eq!(failures[0].to_string(), "the plan says of no levels before, so least change is no stage");
}

/// Without any report the plan in force is the nearest one: nothing changes but last digits.
#[test]
fn no_report_no_change() {
    let economy = economy();
    let plan = solve(&economy, &Options::default()).unwrap();
    let revised = revise(&economy, &plan.levels, &Options::default()).unwrap();
    let moved = plan.levels.iter().zip(&revised.levels).map(|(before, now)| (before - now).abs()).max();
    assert!(moved.unwrap() < 2_000, "{moved:?}");
}

/// The workplace of middle size among those that work stops: what can still be reached is what planning anew reaches,
/// and few mandates move.
#[test]
fn one_of_many_drops_out() {
    let mut source = united_states("summary", Tiers::One).0;
    source.products.iter_mut().step_by(7).for_each(|product| product.import_limit /= 2);
    let splitting = Splitting { workplaces: 1_420, seed: 7, districts: Vec::new() };
    let economy = split(&source, &splitting).unwrap();
    let plan = solve(&economy, &Options::default()).unwrap();
    let mut working: Vec<usize> = (0..economy.activities.len()).filter(|&at| plan.levels[at] > 0).collect();
    working.sort_by_key(|&at| economy.activities[at].labour.iter().map(|flow| flow.quantity).sum::<i64>());
    let stopped = working[working.len() / 2];
    let report = Report { remaining: Some(0), ..Report::default() };
    let reports = Reports { by_activity: [(stopped, report)].into() };
    let left = reports.economy_left(&economy).unwrap();
    let revised = revise(&left, &plan.levels, &Options::default()).unwrap();
    let checked = check(&left, &revised);
    assert!(checked.ok(), "{:?}", checked.failures);
    assert!(checked.gap_shown() < 1e-3, "{}", checked.gap_shown());
    let goals = Some(vec![Goal::Common(1), Goal::Weighted(1)]);
    let anew = check(&left, &solve(&left, &Options { goals, ..Options::default() }).unwrap());
    for (revised, anew) in checked.stages.iter().take(2).zip(&anew.stages) {
        let (revised, anew) = (revised.value.to_f64(), anew.value.to_f64());
        assert!((revised - anew).abs() < 1e-5 * anew, "{revised} {anew}");
    }
    let moved = plan.levels.iter().zip(&revised.levels);
    let moved = moved.filter(|(before, now)| (*now - *before).abs() * 100 > **before.max(now)).count();
    assert!(moved * 20 < economy.activities.len(), "{moved} of {} mandates move", economy.activities.len());
}

/// Bread is short of flour: the mill's capacity is what one more unit of would give most.
#[test]
fn bottlenecks_have_a_price() {
    let mut economy = economy();
    let milling = economy.activity("milling").unwrap();
    economy.activities[milling].capacity = 400_000_000;
    let plan = solve(&economy, &Options::default()).unwrap();
    let stage = plan.tight_stage(&economy).unwrap();
    assert_eq!(plan.stages[stage].goal, Goal::Common(1));
    let tight = plan.bottlenecks(&economy, stage);
    assert_eq!((tight[0].limit, tight[0].id.as_str()), (Limit::Capacity, "milling"));
    // 100 t of flour more at level 1 would make 100 t of bread, of which all meals take 80 t.
    assert!((tight[0].price.to_f64() - 1.25).abs() < 1e-6, "{}", tight[0].price);
    assert!((tight[0].worth.to_f64() - 0.5).abs() < 1e-6, "{}", tight[0].worth);
}

#[test]
fn messages() {
    let economy = economy();
    let said = |text: &str| Reports::read("spring.csv", text.as_bytes(), &economy).unwrap_err().to_string();
    let cases = [
        ("activity,kind,of\n", "spring.csv, line 1: column `quantity` is missing"),
        (
            "activity,kind,of,quantity\neast,output,bread,1\n",
            "spring.csv, line 2, field 1: `east` is not in activities.csv",
        ),
        (
            "activity,kind,of,quantity\nnorth,outputs,bread,1\n",
            "spring.csv, line 2, field 2: `outputs` is no kind; known are output, input, labour, load, remaining",
        ),
        (
            "activity,kind,of,quantity\nnorth,output,rye,1\n",
            "spring.csv, line 2, field 3: `rye` is not in products.csv",
        ),
        (
            "activity,kind,of,quantity\nnorth,output,bread,1\nnorth,output,bread,2\n",
            "spring.csv, line 3, field 3: output of `bread` stands twice for `north`",
        ),
        (
            "activity,kind,of,quantity\nnorth,output,bread,-1\n",
            "spring.csv, line 2, field 4: `quantity` is -1, below nought; what is given back instead of used belongs on the other side (an output, a stock)",
        ),
        (
            "activity,kind,of,quantity\nnorth,remaining,bread,1\n",
            "spring.csv, line 2, field 3: `bread`: what remains is a level of the activity; leave it empty",
        ),
        (
            "activity,kind,of,quantity,unit\nnorth,output,bread,1,loaves\n",
            "spring.csv, line 2, field 5: `bread` is counted in tonnes, here in loaves; convert it",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(said(text), expected);
    }
    let of = Reported::Output(economy.product("bread").unwrap());
    assert_eq!(of.word(), "output");
}
