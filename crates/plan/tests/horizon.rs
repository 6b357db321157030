//! Economies of several periods: what unfolds, what carries over, what is owed at the end.

mod economies;

use economies::{files_in_folder, glpk_objective, in_folder};
use mandate_plan::export::StageModel;
use mandate_plan::{Economy, Files, Goal, Options, Plan, check, period_of, solve};

/// Seed corn and a granary: a farm that can be enlarged, three years, and a granary that loses a tenth a year.
const FARM: [(&str, &str); 14] = [
    ("economy.csv", "key,value\nformat,mandate-economy-1\nname,Farm\nlabour-unit,hours\nlabour-decimals,0\n"),
    ("products.csv", "product,unit,decimals,stock\nfield,hectares,0,10\ngrain,tonnes,3,20\n"),
    ("labour.csv", "grade,available\nall,1000\n"),
    ("workplaces.csv", "workplace,branch\nfarm,agriculture\ngranary,storage\n"),
    ("activities.csv", "activity,workplace,group,capacity\nclearing,farm,land,1\nfarming,farm,grain,1\n"),
    ("outputs.csv", "activity,product,quantity\nfarming,grain,50\n"),
    ("inputs.csv", "activity,product,quantity\nclearing,grain,10\nfarming,field,5\n"),
    ("hours.csv", "activity,grade,quantity\nclearing,all,200\nfarming,all,400\n"),
    ("needs.csv", "need,tier\nmeals,1\n"),
    ("bundles.csv", "need,product,quantity\nmeals,grain,60\n"),
    ("periods.csv", "period,needs\n1,1\n2,1\n3,1.5\n"),
    ("stores.csv", "product,workplace,limit,kept,closing\ngrain,granary,100,0.9,18\n"),
    ("wear.csv", "activity,kept\nfarming,0.8\n"),
    ("gains.csv", "activity,gains,quantity\nclearing,farming,0.5\n"),
];

fn files(of: &[(&str, &str)]) -> Files {
    of.iter().map(|(name, text)| (name.to_string(), text.as_bytes().to_vec())).collect()
}

/// What reading says when one file of the farm has other contents.
fn said(file: &str, text: &str) -> String {
    let mut files = files(&FARM);
    files.insert(file.to_owned(), text.as_bytes().to_vec());
    Economy::read(&files).unwrap_err().to_string()
}

fn level(economy: &Economy, plan: &Plan, id: &str) -> i64 {
    plan.levels[economy.activity(id).unwrap()]
}

#[test]
fn rows_stand_once_a_period() {
    let economy = Economy::read(&files(&FARM)).unwrap();
    let products: Vec<&str> = economy.products.iter().map(|product| product.id.as_str()).collect();
    assert_eq!(
        products,
        [
            "capacity/farming@01",
            "capacity/farming@02",
            "capacity/farming@03",
            "field@01",
            "field@02",
            "field@03",
            "grain@01",
            "grain@02",
            "grain@03",
            "grain@end",
        ]
    );
    let stock = |id: &str| economy.products[economy.product(id).unwrap()].stock;
    // The capacity of the beginning wears by a fifth a year; grain lies there once, fields are there every year.
    assert_eq!(stock("capacity/farming@03"), 640_000_000);
    assert_eq!((stock("grain@01"), stock("grain@02")), (20_000, 0));
    assert_eq!((stock("field@01"), stock("field@03")), (10, 10));
    let clearing = &economy.activities[economy.activity("clearing@01").unwrap()];
    let gains: Vec<(&str, i64)> = clearing
        .outputs
        .iter()
        .map(|flow| (economy.products[flow.of as usize].id.as_str(), flow.quantity))
        .collect();
    assert_eq!(gains, [("capacity/farming@02", 500_000_000), ("capacity/farming@03", 400_000_000)]);
    // What could be built at most bounds the level: 0.64 of old, 0.4 and 0.5 of new.
    assert_eq!(economy.activities[economy.activity("farming@03").unwrap()].capacity, 1_540_000_000);
    assert_eq!(period_of("grain@end"), Some("end"));
    assert_eq!(period_of("grain@02"), Some("02"));
    assert_eq!(period_of("someone@example"), None);
}

/// Worked out by hand. Let g, c be farming and clearing by year, s what is carried: 50 g + drawn − 10 c − s = 60 f.
/// Clearing pays in every year but the last; all is built, nothing is idle, and the need of 60, 60, 90 is met alike.
/// Year 1: 20 + 50 − 10 = 60 f + s1. Year 2: 0.9 s1 + 50 (0.8 + 0.5) − 10 = 60 f + s2. Year 3: 0.9 s2 +
/// 50 (0.64 + 0.4 + 0.5) = 90 f + s3, 0.9 s3 = 18. Hence f = (0.81 · 60 + 0.9 · 55 + 77 − 20) / (0.81 · 60 +
/// 0.9 · 60 + 90) = 155.1 / 192.6.
#[test]
fn a_farm_that_clears_land_and_fills_its_granary() {
    let economy = Economy::read(&files(&FARM)).unwrap();
    let plan = solve(&economy, &Options::default()).unwrap();
    let checked = check(&economy, &plan);
    assert!(checked.ok(), "{:?}", checked.failures);
    let common = checked.stages[0].value.to_f64();
    assert!((common - 155.1 / 192.6).abs() < 1e-6, "{common}");
    assert!(checked.gap_shown() < 1e-5, "{}", checked.gap_shown());
    assert!(level(&economy, &plan, "clearing@01") > 999_990_000);
    assert_eq!(level(&economy, &plan, "clearing@03"), 0, "nothing is built for years that are not planned");
    assert!(
        level(&economy, &plan, "store/grain@03") >= 200_000_000,
        "20 t of 100 t are kept for the year after"
    );
    assert_eq!(in_folder(&economy).python_check(&plan.write(&economy), &[]), "ok\n");
}

/// An orchard with all there is in several periods: trees that bear two years later, a store that loses nothing, a
/// budget over the years, capacity owed at the end, and multiples that do not come out even.
const ORCHARD: [(&str, &str); 17] = [
    (
        "economy.csv",
        "key,value\nformat,mandate-economy-1\nname,\"Orchard, large\"\nlabour-unit,hours\nlabour-decimals,0\n",
    ),
    (
        "products.csv",
        "product,unit,decimals,stock,import_limit,exports\nfield,hectares,0,10,,\ngrain,tonnes,3,20,7,1.5\n\
         wine,litres,1,15,0,0\n",
    ),
    ("labour.csv", "grade,available\nall,1000\n"),
    ("workplaces.csv", "workplace,branch\nfarm,agriculture\ngranary,storage\n"),
    (
        "activities.csv",
        "activity,workplace,group,capacity\nclearing,farm,land,1\nfarming,farm,grain,1\nwine,farm,wine,0.5\n",
    ),
    ("outputs.csv", "activity,product,quantity\nfarming,grain,50\n"),
    ("inputs.csv", "activity,product,quantity\nclearing,grain,10\nfarming,field,5\nwine,field,1\n"),
    ("hours.csv", "activity,grade,quantity\nclearing,all,200\nfarming,all,400\n"),
    ("satellites.csv", "satellite,unit,decimals,ceiling\nco2,tonnes,1,\nnitrate,tonnes,1,4\n"),
    ("loads.csv", "activity,satellite,quantity\nfarming,co2,3\nwine,nitrate,1.5\n"),
    ("needs.csv", "need,tier,weight,minimum\nfeast,2,2.5,\nmeals,1,,0.1\n"),
    ("bundles.csv", "need,product,quantity\nfeast,wine,9.9\nmeals,grain,60\n"),
    (
        "periods.csv",
        "period,needs,labour,weight,imports,exports\n1,1,1,1,1,1\n3,1.5,1.013,0.333333333,0.5,1.7\n2,1,1.0077,,,\n",
    ),
    ("stores.csv", "product,workplace,limit,kept,closing\ngrain,granary,100,0.9,18\nwine,farm,33.3,,1.1\n"),
    ("wear.csv", "activity,kept,closing\nfarming,0.8333,0.3\n"),
    ("gains.csv", "activity,gains,quantity,after\nclearing,farming,0.5,\nwine,farming,0.1,2\n"),
    ("later.csv", "activity,product,quantity,after\nwine,wine,20,2\nwine,grain,0.5,1\n"),
];

/// The checker is given the files of several periods, not what they unfold into: it unfolds them itself, comes to the
/// same digest, and refuses plans in which a number was changed.
#[test]
fn the_checker_in_python_unfolds_periods_itself() {
    let mut with_budget = files(&ORCHARD);
    with_budget.insert("budgets.csv".to_owned(), b"satellite,ceiling\nco2,7\n".to_vec());
    for files in [files(&FARM), files(&ORCHARD), with_budget] {
        let economy = Economy::read(&files).unwrap();
        let plan = solve(&economy, &Options::default()).unwrap();
        let said = files_in_folder(&files).python_check(&plan.write(&economy), &["--disturb", "100", "5"]);
        assert!(said.starts_with("ok\n"), "{said}");
        // A price that changes no bound is as true as another, and to store a hair more of what is left over is a plan too.
        let accepted: Vec<&str> = said.lines().filter(|line| line.starts_with("accepted:")).collect();
        assert!(
            accepted.len() < 20
                && accepted.iter().all(|line| line.contains("'prices'") || line.contains("store/")),
            "{said}"
        );
    }
}

#[test]
fn other_solvers_read_it_with_its_names() {
    let economy = Economy::read(&files(&FARM)).unwrap();
    let plan = solve(&economy, &Options::default()).unwrap();
    let stage = &plan.stages[0];
    let model = StageModel::new(&economy, stage.goal, Vec::new());
    let (mut mps, mut lp) = (Vec::new(), Vec::new());
    model.write_mps(&mut mps).unwrap();
    model.write_lp(&mut lp).unwrap();
    let text = String::from_utf8(lp.clone()).unwrap();
    assert!(text.contains("level.farming@02") && text.contains("balance.capacity%2Ffarming@02"), "{text}");
    for found in [glpk_objective(&mps, "--freemps"), glpk_objective(&lp, "--lp")] {
        assert!((-found - stage.value.to_f64()).abs() < 1e-6, "{found}");
    }
}

#[test]
fn one_period_is_read_as_ever() {
    let one: Vec<_> = FARM[..10].to_vec();
    let economy = Economy::read(&files(&one)).unwrap();
    assert_eq!(economy.products.len(), 2);
    assert_eq!(Goal::lexicographic(&economy).len(), 4);
}

/// Tenths of manpower that a unit takes: of coal, steel, transport, then of building capacity for a unit of each.
const LABOUR: [u32; 6] = [6, 3, 2, 4, 2, 1];

/// H. P. Williams, Model Building in Mathematical Programming, "Economic planning": coal, steel and transport over six
/// years. What is put in in one year comes out in the next; capacity that is begun in one year is there in the one
/// after the next. `permit` is a licence to build: there is none in the last two years. `made` counts output of the
/// year after the last; the book asks for the steady state's there. The token is what a need asks for, in the
/// years in which it counts.
fn economic_planning(exports: &str, manpower: &str, token: [u32; 6], weights: [u8; 6]) -> Economy {
    const INDUSTRIES: [&str; 3] = ["coal", "steel", "transport"];
    // Tenths of a unit that a unit of each industry takes, in its making and in building capacity for it.
    const INPUTS: [[u32; 3]; 3] = [[1, 1, 2], [5, 1, 1], [4, 2, 2]];
    const TO_BUILD: [[u32; 3]; 3] = [[0, 1, 2], [7, 1, 1], [9, 2, 2]];
    const STOCK: [u16; 3] = [150, 80, 100];
    // Level 1 makes, or builds capacity for, this much.
    const CAPACITY: [u32; 3] = [300, 350, 280];
    const DEMAND: [u16; 3] = [60, 60, 30];
    // Solution of the static model, to the nearest 10^-6 above.
    const STEADY: [&str; 3] = ["166.396762", "105.668017", "92.307693"];
    let mut text: std::collections::BTreeMap<&str, String> = FARM[..10]
        .iter()
        .chain(&[("later.csv", "activity,product,quantity\n"), ("gains.csv", "activity,gains,quantity\n")])
        .map(|(name, text)| (*name, format!("{}\n", text.lines().next().unwrap())))
        .collect();
    text.insert(
        "economy.csv",
        "key,value\nformat,mandate-economy-1\nlabour-unit,m\nlabour-decimals,1\n".into(),
    );
    text.insert(
        "products.csv",
        "product,unit,decimals,stock,exports,import_limit\n\
        permit,piece,0,0,0,30\ntoken,piece,6,0,0,0\n"
            .into(),
    );
    text.insert("stores.csv", "product,workplace,limit,closing\n".into());
    text.get_mut("labour.csv").unwrap().push_str(&format!("all,{manpower}\n"));
    text.get_mut("workplaces.csv").unwrap().push_str("nation,all\n");
    text.insert("needs.csv", "need,tier,weight\nwish,1,4000\n".into());
    text.get_mut("bundles.csv").unwrap().push_str("wish,token,4000\n");
    let mut periods = "period,exports,imports,weight\n".to_owned();
    for (at, weight) in weights.iter().enumerate() {
        let export = if at == 0 { "0" } else { exports };
        periods.push_str(&format!("{},{export},{},{weight}\n", at + 1, u8::from(at < 4)));
    }
    text.insert("periods.csv", periods);
    for (at, name) in INDUSTRIES.into_iter().enumerate() {
        let mut add = |file: &str, row: String| text.get_mut(file).unwrap().push_str(&format!("{row}\n"));
        add("products.csv", format!("{name},m,6,{},{},0", STOCK[at], DEMAND[at]));
        add("products.csv", format!("made/{name},m,6,0,0,0"));
        add("stores.csv", format!("{name},nation,100000,0"));
        add("stores.csv", format!("made/{name},nation,0,{}", STEADY[at]));
        let tenths = |tenths: u32| format!("{}.{}", CAPACITY[at] * tenths / 10, CAPACITY[at] * tenths % 10);
        add("activities.csv", format!("{name},nation,{name},1"));
        add("activities.csv", format!("build/{name},nation,{name},10"));
        add("later.csv", format!("{name},{name},{0}\n{name},made/{name},{0}", CAPACITY[at]));
        add("gains.csv", format!("build/{name},{name},1"));
        add("inputs.csv", format!("build/{name},permit,1"));
        for (from, input) in INDUSTRIES.into_iter().enumerate() {
            add("inputs.csv", format!("{name},{input},{}", tenths(INPUTS[at][from])));
            add("inputs.csv", format!("build/{name},{input},{}", tenths(TO_BUILD[at][from])));
        }
        add("hours.csv", format!("{name},all,{}", tenths(LABOUR[at])));
        add("hours.csv", format!("build/{name},all,{}", tenths(LABOUR[3 + at])));
        add("outputs.csv", format!("{name},token,{}", tenths(token[at])));
        add("outputs.csv", format!("build/{name},token,{}", tenths(token[3 + at])));
    }
    let text: Vec<(&str, &str)> = text.iter().map(|(name, text)| (*name, text.as_str())).collect();
    Economy::read(&files(&text)).unwrap()
}

/// The three objectives of the book, with its optima (2142, 2619, 2450 million) to the digits that the worked example
/// 9 in SAS/OR's Mathematical Programming Examples prints.
#[test]
fn economic_planning_of_williams() {
    const BUILT: [u32; 6] = [0, 0, 0, 10, 10, 10];
    const MADE: [u32; 6] = [10, 10, 10, 0, 0, 0];
    let cases = [
        (
            "capacity in year 5",
            economic_planning("1", "470", BUILT, [1, 1, 1, 1, 0, 0]),
            2141.8751967 - 930.0,
        ),
        ("output of years 4 and 5", economic_planning("0", "470", MADE, [0, 0, 0, 1, 1, 0]), 2618.5791147),
        ("employment", economic_planning("1", "10000", LABOUR, [0, 1, 1, 1, 1, 1]), 2450.0266228),
    ];
    for (what, economy, expected) in cases {
        let options = Options { goals: Some(vec![Goal::Weighted(1)]), ..Options::default() };
        let plan = solve(&economy, &options).unwrap();
        let checked = check(&economy, &plan);
        assert!(checked.ok(), "{:?}", checked.failures);
        let found = checked.stages[0].value.to_f64();
        let bound = checked.stages[0].bound.to_f64();
        assert!((bound - expected).abs() < 1e-6 * expected, "{what}: {bound}, not {expected}");
        assert!((found - expected).abs() < 1e-4 * expected, "{what}: {found}, not {expected}");
        assert!(checked.gap_shown() < 1e-4, "{what}: {}", checked.gap_shown());
    }
}

#[test]
fn messages() {
    let cases = [
        ("periods.csv", "period\n", "periods.csv: there is no period; number them from 1"),
        (
            "periods.csv",
            "period\n1\n3\n",
            "periods.csv: period 2 is missing, the last one is 3; number them without gaps",
        ),
        ("periods.csv", "period\n1\n1\n", "periods.csv, line 3, field 1: period 1 stands twice"),
        ("periods.csv", "period\n100\n", "periods.csv, line 2, field 1: period 100; periods go from 1 to 99"),
        (
            "periods.csv",
            "period,labor\n1,1\n",
            "periods.csv, line 1, field 2: unknown column `labor`; known are period, labour, needs, weight, imports, exports",
        ),
        (
            "stores.csv",
            "product,workplace,limit\nrye,granary,5\n",
            "stores.csv, line 2, field 1: `rye` is not in products.csv",
        ),
        (
            "stores.csv",
            "product,workplace,limit,kept\ngrain,granary,5,1.1\n",
            "stores.csv, line 2, field 4: the share kept is above 1; 1 means that nothing is lost from period to period",
        ),
        (
            "wear.csv",
            "activity,kept\nfishing,0.9\n",
            "wear.csv, line 2, field 1: `fishing` is not in activities.csv",
        ),
        (
            "gains.csv",
            "activity,gains,quantity\nclearing,farming,0.5\nclearing,farming,0.1\n",
            "gains.csv, line 3, field 2: `farming` stands twice for this activity",
        ),
        (
            "gains.csv",
            "activity,gains,quantity,after\nclearing,farming,0.5,0\n",
            "gains.csv, line 2, field 4: after 0 periods; the limits are 1 and 99",
        ),
        (
            "gains.csv",
            "activity,gains,quantity\nclearing,farming,900000\nfarming,clearing,900000\n",
            "periods.csv: the capacity of `clearing` could grow beyond 15 digits; lower the capacity of what builds it",
        ),
        (
            "later.csv",
            "activity,product,quantity,unit\nfarming,grain,5,kg\n",
            "later.csv, line 2, field 4: `grain` is counted in tonnes, here in kg; convert it",
        ),
        (
            "products.csv",
            "product,unit,decimals,stock\nfield,hectares,0,10\ngrain,tonnes,3,20\nrye@home,tonnes,3,20\n",
            "periods.csv: the id `rye@home` holds `@`, which marks the period; choose another id",
        ),
    ];
    for (file, text, expected) in cases {
        assert_eq!(said(file, text), expected);
    }
    let mut alone = files(&FARM);
    alone.remove("periods.csv");
    let error = Economy::read(&alone).unwrap_err().to_string();
    assert_eq!(
        error,
        "stores.csv: the file means nothing without periods.csv; add it, or take this one away"
    );
}
