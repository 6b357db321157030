//! What bad files get: a place, what was wrong, what to do. The messages are part of the interface.

mod economies;

use economies::{in_folder, united_states};
use mandate_plan::bea::Tiers;
use mandate_plan::{Economy, Files, Options, Plan, Shortage, SolveError, check, solve};

/// The example of docs/economy.md.
const FILES: [(&str, &str); 10] = [
    ("economy.csv", "key,value\nformat,mandate-economy-1\nlabour-unit,hours\nlabour-decimals,0\n"),
    ("products.csv", "product,unit,decimals\ngrain,tonnes,1\nbread,tonnes,1\n"),
    ("labour.csv", "grade,available\nall,1000\n"),
    ("workplaces.csv", "workplace,branch\nfarm,agriculture\nbakery,food\n"),
    ("activities.csv", "activity,workplace,group,capacity\nfarming,farm,grain,1\nbaking,bakery,bread,1\n"),
    ("outputs.csv", "activity,product,quantity\nfarming,grain,120\nbaking,bread,100\n"),
    ("inputs.csv", "activity,product,quantity\nfarming,grain,10\nbaking,grain,90\n"),
    ("hours.csv", "activity,grade,quantity\nfarming,all,400\nbaking,all,300\n"),
    ("needs.csv", "need,tier\nmeals,1\n"),
    ("bundles.csv", "need,product,quantity\nmeals,bread,80\n"),
];

fn files() -> Files {
    FILES.iter().map(|(name, text)| (name.to_string(), text.as_bytes().to_vec())).collect()
}

fn economy() -> Economy {
    Economy::read(&files()).unwrap()
}

/// What reading says when one file has other contents.
fn said(file: &str, text: impl AsRef<[u8]>) -> String {
    let mut files = files();
    files.insert(file.to_owned(), text.as_ref().to_vec());
    Economy::read(&files).unwrap_err().to_string()
}

/// The plan that docs/economy.md works out by hand.
#[test]
fn the_example_by_hand() {
    let economy = economy();
    let plan = solve(&economy, &Options::default()).unwrap();
    assert!(check(&economy, &plan).ok());
    assert_eq!(plan.fulfilments, [1_000_000_000]);
    let level = |id| plan.levels[economy.activity(id).unwrap()];
    assert_eq!((level("baking"), level("farming")), (800_000_000, 654_545_455));
    assert_eq!(plan.labour[0].to_string(), "501.818182");
}

#[test]
fn messages() {
    let cases: [(&str, &[u8], &str); 21] = [
        (
            "products.csv",
            b"",
            "products.csv: the file is empty; its first line must name the columns product,unit,decimals,name,import_limit,import_price,stock,exports",
        ),
        (
            "products.csv",
            b"product;unit;decimals\n",
            "products.csv, line 1: fields are divided by semicolons; save the file with commas",
        ),
        (
            "products.csv",
            b"product,units,decimals\n",
            "products.csv, line 1, field 2: unknown column `units`; known are product, unit, decimals, name, import_limit, import_price, stock, exports",
        ),
        ("products.csv", b"product,decimals\n", "products.csv, line 1: column `unit` is missing"),
        (
            "products.csv",
            b"product,unit,decimals,unit\n",
            "products.csv, line 1, field 4: column `unit` stands twice",
        ),
        (
            "products.csv",
            b"product,unit,decimals\ngrain,t,1\ngrain,t,1\n",
            "products.csv, line 3, field 1: product `grain` stands twice",
        ),
        (
            "products.csv",
            b"product,unit,decimals\ngrain,t\n",
            "products.csv, line 2: 2 fields, the first line has 3",
        ),
        (
            "products.csv",
            b"product,unit,decimals\nbl\xe9,t,1\n",
            "products.csv, line 2, field 1: `product` is not UTF-8; save the file as UTF-8",
        ),
        (
            "products.csv",
            b"product,unit,decimals\ngrain,t,15\n",
            "products.csv, line 2, field 3: 15 decimals, the limit is 12",
        ),
        (
            "products.csv",
            b"product,unit,decimals,stock\ngrain,t,1,1000000000000000\n",
            "products.csv, line 2, field 4: `stock`: `1000000000000000` is too large; the limit is 15 digits at the decimals of its unit, so choose a larger unit",
        ),
        (
            "inputs.csv",
            b"activity,product,quantity\nfarming,grain,NaN\n",
            "inputs.csv, line 2, field 3: `quantity`: `NaN` is not a plain decimal number; write it like 1234.5, without exponent or separators",
        ),
        (
            "inputs.csv",
            b"activity,product,quantity\nfarming,grain,1e3\n",
            "inputs.csv, line 2, field 3: `quantity`: `1e3` is not a plain decimal number; write it like 1234.5, without exponent or separators",
        ),
        (
            "inputs.csv",
            b"activity,product,quantity\nfarming,grain,-4\n",
            "inputs.csv, line 2, field 3: `quantity` is -4, below nought; what is given back instead of used belongs on the other side (an output, a stock)",
        ),
        (
            "inputs.csv",
            b"activity,product,quantity\nfarming,grain,1.25\n",
            "inputs.csv, line 2, field 3: `quantity`: `1.25` has more than 1 decimals; round it, or raise the decimals of its unit",
        ),
        (
            "inputs.csv",
            b"activity,product,quantity\nfarming,rye,1\n",
            "inputs.csv, line 2, field 2: product `rye` is not known",
        ),
        (
            "inputs.csv",
            b"activity,product,quantity\nfarming,grain,1\nfarming,grain,2\n",
            "inputs.csv, line 3, field 2: `grain` stands twice for `farming`",
        ),
        (
            "inputs.csv",
            b"activity,product,quantity,unit\nfarming,grain,1,kg\n",
            "inputs.csv, line 2, field 4: `grain` is counted in tonnes, here in kg; convert it",
        ),
        (
            "activities.csv",
            b"activity,workplace,group,capacity\nfarming,mill,grain,1\n",
            "activities.csv, line 2, field 2: `mill` is not in workplaces.csv",
        ),
        (
            "activities.csv",
            b"activity,workplace,group,capacity\nfarming,farm,grain,-1\n",
            "activities.csv, line 2, field 4: `capacity` is -1, below nought; what is given back instead of used belongs on the other side (an output, a stock)",
        ),
        (
            "needs.csv",
            b"need,tier,minimum\nmeals,1,1.5\n",
            "needs.csv, line 2, field 3: the least fulfilment is above 1; 1 means the whole need",
        ),
        (
            "economy.csv",
            b"key,value\nformat,mandate-economy-9\n",
            "economy.csv, line 2, field 2: the form is `mandate-economy-9`, this version reads `mandate-economy-1`",
        ),
    ];
    for (file, text, expected) in cases {
        assert_eq!(said(file, text), expected);
    }
    let mut without = files();
    without.remove("hours.csv");
    let error = Economy::read(&without).unwrap_err().to_string();
    assert_eq!(error, "hours.csv: the file is missing; it needs the columns activity,grade,quantity");
}

#[test]
fn ten_megabytes_in_a_field_give_a_short_message() {
    let long = format!("product,unit,decimals\n\"{},t,1\n", "x".repeat(10_000_000));
    let message = said("products.csv", long);
    assert!(message.len() < 300, "{}", message.len());
}

#[test]
fn a_byte_order_mark_other_orders_and_trailing_noughts_change_nothing() {
    let mut files = files();
    files.insert(
        "products.csv".to_owned(),
        b"\xef\xbb\xbfdecimals,product,unit\r\n1,bread,tonnes\r\n1,grain,tonnes\r\n".to_vec(),
    );
    files.insert("bundles.csv".to_owned(), b"quantity,product,need\n80.000,bread,meals\n".to_vec());
    assert_eq!(Economy::read(&files).unwrap().digest(), economy().digest());
}

/// Nobody makes it and nobody has it: a plan all the same, in which the need goes without, and a proof.
#[test]
fn what_nobody_supplies_is_named_and_planned_around() {
    let mut files = files();
    files.insert("outputs.csv".to_owned(), b"activity,product,quantity\nfarming,grain,120\n".to_vec());
    let economy = Economy::read(&files).unwrap();
    let unsupplied: Vec<&str> =
        economy.unsupplied().iter().map(|&at| economy.products[at].id.as_str()).collect();
    assert_eq!(unsupplied, ["bread"]);
    let plan = solve(&economy, &Options::default()).unwrap();
    assert_eq!(plan.fulfilments, [0]);
    assert!(check(&economy, &plan).stages[0].bound.to_f64() < 1e-6);
}

/// What is made of something that nobody makes cannot be made, and the proof needs no more than that.
#[test]
fn an_input_that_no_one_makes_stops_its_users_alone() {
    let mut files = files();
    files.insert(
        "products.csv".to_owned(),
        b"product,unit,decimals\ngrain,tonnes,1\nbread,tonnes,1\nyeast,kg,1\n".to_vec(),
    );
    files.insert(
        "inputs.csv".to_owned(),
        b"activity,product,quantity\nfarming,grain,10\nbaking,grain,90\nbaking,yeast,2\n".to_vec(),
    );
    files.insert("needs.csv".to_owned(), b"need,tier\nmeals,1\nporridge,2\n".to_vec());
    files.insert(
        "bundles.csv".to_owned(),
        b"need,product,quantity\nmeals,bread,80\nporridge,grain,20\n".to_vec(),
    );
    let economy = Economy::read(&files).unwrap();
    let unsupplied: Vec<&str> =
        economy.unsupplied().iter().map(|&at| economy.products[at].id.as_str()).collect();
    assert_eq!(unsupplied, ["yeast"]);
    let plan = solve(&economy, &Options::default()).unwrap();
    let checked = check(&economy, &plan);
    assert!(checked.ok(), "{:?}", checked.failures);
    assert_eq!(plan.fulfilments, [0, 1_000_000_000]);
    assert!(checked.stages[0].bound.to_f64() < 1e-6);
}

/// Numbers beyond what a double holds are numbers of too many digits, in an economy as in a plan.
#[test]
fn numbers_outside_the_range_of_doubles() {
    let digits = "9".repeat(400);
    let message = said("inputs.csv", format!("activity,product,quantity\nfarming,grain,{digits}\n"));
    assert!(message.starts_with("inputs.csv, line 2, field 3: `quantity`: `999"), "{message}");
    assert!(message.contains("is too large; the limit is 15 digits"), "{message}");
    let tiny =
        said("inputs.csv", format!("activity,product,quantity\nfarming,grain,0.{}1\n", "0".repeat(400)));
    assert!(tiny.contains("has more than 1 decimals"), "{tiny}");
    let level = plan_said(|text| text.replace("\"0.654545455\"", &format!("\"{digits}\"")));
    assert!(level.starts_with("levels `farming`:") && level.contains("too large"), "{level}");
    let price = plan_said(|text| {
        let from = text.find("\"bread\": \"").unwrap();
        format!("{}\"bread\": \"{digits}{}", &text[..from], &text[from + "\"bread\": \"".len()..])
    });
    assert!(price.contains("too large"), "{price}");
}

/// A farm that sows more than it reaps gives nothing, and the prices prove that nothing can be had.
#[test]
fn an_economy_that_consumes_itself_gives_nothing() {
    let mut files = files();
    files.insert(
        "inputs.csv".to_owned(),
        b"activity,product,quantity\nfarming,grain,130\nbaking,grain,90\n".to_vec(),
    );
    let economy = Economy::read(&files).unwrap();
    let error = solve(&economy, &Options::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the economy consumes itself: making `bread`, `grain` takes at least as much of it as there comes out, \
         whatever the capacities; no part of the needs of tier 1 can be met"
    );
    let SolveError::NotProductive { plan, .. } = error else { panic!("{error}") };
    let checked = check(&economy, &plan);
    assert!(checked.ok(), "{:?}", checked.failures);
    assert!(checked.stages[0].bound.is_zero(), "not a crumb, whatever the capacities");
    assert_eq!(in_folder(&economy).python_check(&plan.write(&economy), &[]), "ok\n");
}

/// A baker owes 130 t abroad and has flour for 100 t; bread for the school is owed too. The proof says so, and falls with
/// any of its numbers.
#[test]
fn what_is_owed_and_cannot_be_met_is_proven() {
    let mut files = files();
    files.insert(
        "products.csv".to_owned(),
        b"product,unit,decimals,exports\ngrain,tonnes,1,0\nbread,tonnes,1,60\n".to_vec(),
    );
    files.insert("needs.csv".to_owned(), b"need,tier,minimum\nmeals,1,0.75\n".to_vec());
    let economy = Economy::read(&files).unwrap();
    let error = solve(&economy, &Options::default()).unwrap_err();
    let SolveError::Infeasible { shortfalls, proof } = &error else { panic!("{error}") };
    // 100 t of 60 + 60 t can be baked: five sixths of each.
    let owed: Vec<&str> = shortfalls.iter().map(|shortfall| shortfall.owed.as_str()).collect();
    assert_eq!(owed, ["exports of bread", "meals"]);
    assert!(shortfalls.iter().all(|shortfall| (shortfall.attainable - 833_333_333).abs() < 2_000));
    assert!(proof.proves(), "{:?}", proof.check().failures);
    let file = proof.write(&economy);
    assert!(Shortage::is_one(&file));
    let read = Shortage::read(&file, &economy).unwrap();
    assert!(read.proves());
    assert!(
        Plan::read(&file, &economy)
            .unwrap_err()
            .to_string()
            .contains("the file says it is `mandate-shortage-1`")
    );
    let folder = in_folder(&economy);
    assert_eq!(folder.python_check(&file, &[]), "ok\n");
    assert!(
        folder.python_check(&file, &["--disturb", "200", "7"]).contains("200 of 200 disturbed plans refused")
    );
}

/// What must be left behind the last period is named as what it is.
#[test]
fn a_closing_stock_that_cannot_be_left_is_named() {
    let mut files = files();
    files.insert("periods.csv".to_owned(), b"period\n1\n2\n".to_vec());
    files.insert("stores.csv".to_owned(), b"product,workplace,limit,closing\ngrain,farm,900,500\n".to_vec());
    files.insert("wear.csv".to_owned(), b"activity,kept,closing\nbaking,0.9,0.5\n".to_vec());
    let economy = Economy::read(&files).unwrap();
    let error = solve(&economy, &Options::default()).unwrap_err();
    let said = error.to_string();
    // Two harvests of 120 t less seed of 10 t: 220 t of 500 t.
    let expected =
        "what is owed cannot be met together; at best 44.0000 % of what is owed to `closing stock of grain`";
    assert_eq!(said, expected);
    let SolveError::Infeasible { proof, .. } = error else { panic!("{said}") };
    assert_eq!(in_folder(&economy).python_check(&proof.write(&economy), &[]), "ok\n");
}

#[test]
fn a_limit_of_time_is_a_named_result() {
    let (economy, _) = united_states("summary", Tiers::Three);
    let error = solve(&economy, &Options { limit_s: Some(0.0), ..Options::default() }).unwrap_err();
    assert_eq!(
        error.to_string(),
        "stage `common fulfilment of tier 1` was not solved within the limit of 0 s"
    );
}

fn plan_said(change: impl Fn(String) -> String) -> String {
    let economy = economy();
    let plan = solve(&economy, &Options::default()).unwrap();
    let text = String::from_utf8(plan.write(&economy)).unwrap();
    match Plan::read(change(text).as_bytes(), &economy) {
        Err(error) => error.to_string(),
        Ok(plan) => {
            check(&economy, &plan).failures.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
        }
    }
}

#[test]
fn bad_plans() {
    assert!(plan_said(|_| "{".to_owned()).starts_with("line 1, column 1: EOF"));
    assert!(
        plan_said(|text| text.replace("mandate-plan-1", "mandate-plan-2"))
            .contains("the file says it is `mandate-plan-2`")
    );
    let digest = economy().digest().to_string();
    let other = |text: String| text.replace(&digest, &"0".repeat(64));
    assert!(plan_said(other).starts_with("the plan is for economy 0000000000000000"));
    assert_eq!(
        plan_said(|text| text.replace("\"farming\"", "\"fishing\"")),
        "levels: the economy has no `fishing`"
    );
    assert!(
        plan_said(|text| text.replace("\"0.654545455\"", "\"1e1\""))
            .starts_with("levels `farming`: `1e1` is not a plain decimal number")
    );
    let twice =
        |text: String| text.replace("\"baking\": \"0.8\",", "\"baking\": \"0.8\", \"baking\": \"0.8\",");
    assert!(plan_said(twice).contains("`baking` stands twice"));
    let above = plan_said(|text| text.replace("\"0.654545455\"", "\"1.5\""));
    assert!(above.contains("capacity of farming is violated by 0.5 level"), "{above}");
    let less = plan_said(|text| text.replace("\"0.654545455\"", "\"0.654545454\""));
    assert!(less.starts_with("balance of grain is violated by 0.00000006 tonnes"), "{less}");
}

#[test]
fn a_price_below_nought_is_refused() {
    let economy = economy();
    let mut plan = solve(&economy, &Options::default()).unwrap();
    plan.stages[0].prices.products[0] = -1;
    let failures = check(&economy, &plan).failures;
    assert_eq!(failures[0].to_string(), "common fulfilment of tier 1: the price of bread is below nought");
}
