//! Tables of other offices, by the examples of `docs/tables.md`: what comes out of them, and what is refused.

use mandate_plan::tables::{Layout, TableSetting, import_tables};
use mandate_plan::{Economy, Files, Options, Ratio, check, solve};

fn setting(layout: Layout) -> TableSetting {
    TableSetting {
        layout,
        name: "test".to_owned(),
        unit: "million EUR".to_owned(),
        decimals: 3,
        labour_unit: "hours".to_owned(),
        capacity: Ratio::new(11, 10),
    }
}

fn files(files: &[(&str, &str)]) -> Files {
    files.iter().map(|(name, text)| (name.to_string(), text.as_bytes().to_vec())).collect()
}

fn imported(layout: Layout, tables: &[(&str, &str)]) -> (Economy, Vec<String>) {
    let (economy, treatments) = import_tables(&files(tables), &setting(layout)).unwrap();
    assert_eq!(Economy::read(&economy.write()).unwrap(), economy, "what is written reads back");
    (economy, treatments.iter().map(ToString::to_string).collect())
}

const SUPPLY: &str = "product,farms,mills,P7,D21X31\nCPA_grain,100,4,0,2\nCPA_bread,0,80,10,1\n";
const USE: &str = "code,farms,mills,P3_S14,P3_S13,P52,P6\nCPA_grain,10,70,15,0,-1,9\nCPA_bread,0,0,70,10,0,10\n\
                   D1,30,20,0,0,0,0\nB2A3G,60,-6,0,0,0,0\n";

#[test]
fn supply_and_use_with_codes_of_the_european_system() {
    let (economy, treatments) = imported(Layout::Eurostat, &[("supply.csv", SUPPLY), ("use.csv", USE)]);
    assert_eq!((economy.products.len(), economy.activities.len()), (2, 2));
    let bread = &economy.products[economy.product("CPA_bread").unwrap()];
    // 80 baked and 10 imported, 70, 10 and 10 used: nothing is missing.
    assert_eq!((bread.import_limit, bread.stock), (10_000, 0));
    // 104 grown, 80 ground or sown, 15 and 9 used, 1 drawn from the barn.
    assert_eq!(economy.products[economy.product("CPA_grain").unwrap()].stock, 1_000);
    let mills = &economy.activities[economy.activity("mills").unwrap()];
    assert_eq!((mills.outputs.len(), mills.inputs.len(), mills.labour[0].quantity), (2, 1, 20_000));
    let tiers: Vec<(&str, u8)> = economy.needs.iter().map(|need| (need.id.as_str(), need.tier)).collect();
    let expected = [
        ("P3_S13/CPA_bread", 2),
        ("P3_S14/CPA_bread", 1),
        ("P3_S14/CPA_grain", 1),
        ("P6/CPA_bread", 3),
        ("P6/CPA_grain", 3),
    ];
    assert_eq!(tiers, expected);
    let plan = solve(&economy, &Options::default()).unwrap();
    assert!(check(&economy, &plan).ok());
    assert_eq!(plan.fulfilments, [1_000_000_000; 5], "the year of the tables can be repeated");
    let expected = [
        "negative final uses (stocks run down, secondhand sales) (1 entries, 1 million EUR): a stock that may be drawn once",
        "imports (1 entries, 10 million EUR): may be had up to their amount in the tables",
        "supply of a product that exceeds its uses (1 entries, 1 million EUR): slack",
        "rows and columns left out (sums, taxes less subsidies, operating surplus, price layers) (4 entries, 69 million EUR): nothing",
    ];
    assert_eq!(treatments, expected);
}

const TABLE: &str = "code,coal,steel,households,exports,imports\ncoal,5,40,10,0,-5\nsteel,10,10,20,30,0\n\
                     hours,20,25,0,0,0\nco2,3,50,0,0,0\nsurplus,15,-55,0,0,0\n";
const ROLES: &str = "code,role,tier\nhouseholds,need,1\nexports,need,2\nimports,imports,\nhours,labour,\n\
                     co2,satellite,\nsurplus,left-out,\n";

#[test]
fn a_symmetric_table_with_roles() {
    let (economy, _) = imported(Layout::Plain, &[("table.csv", TABLE), ("roles.csv", ROLES)]);
    let coal = &economy.activities[economy.activity("coal").unwrap()];
    // 55 used, 5 of them imported.
    assert_eq!(coal.outputs[0].quantity, 50_000);
    assert_eq!((economy.grades[0].available, economy.satellites[0].id.as_str()), (45_000, "co2"));
    let plan = solve(&economy, &Options::default()).unwrap();
    assert!(plan.fulfilments.iter().all(|fulfilment| *fulfilment == 1_000_000_000));
}

#[test]
fn regions_and_sectors_as_exiobase_has_them() {
    let z = "region\t\tAT\tDE\nsector\t\tSteel\tSteel\nregion\tsector\t\t\nAT\tSteel\t1.0\t2.5e-1\nDE\tSteel\t2.0\t3.00049\n";
    let households = "Final consumption expenditure by households";
    let y = format!(
        "region\t\tAT\tDE\ncategory\t\t{households}\t{households}\nregion\tcategory\t\t\nAT\tSteel\t4.0\t0.5\nDE\tSteel\t1.0\t6.0\n"
    );
    let f = "region\tAT\tDE\nsector\tSteel\tSteel\nstressor\t\t\nHours\t3.5\t2.25\nCO2\t1\t2\nLand\t7\t8\n";
    let roles = "code,role,tier\nHours,labour,\nCO2,satellite,\n";
    let tables = [("Z.txt", z), ("Y.txt", y.as_str()), ("F.txt", f), ("roles.csv", roles)];
    let (economy, treatments) = imported(Layout::Exiobase, &tables);
    assert_eq!((economy.branches.as_slice(), economy.districts.len()), (["Steel".to_owned()].as_slice(), 2));
    let austria = &economy.activities[economy.activity("AT/Steel").unwrap()];
    assert_eq!(
        (austria.outputs[0].quantity, austria.inputs.len(), austria.labour[0].quantity),
        (5_750, 2, 3_500)
    );
    assert_eq!(economy.satellites.len(), 1);
    assert!(
        treatments.iter().any(|line| line.starts_with("entries with more digits than are kept (1 entries"))
    );
    assert!(
        treatments
            .iter()
            .any(|line| line.starts_with("rows of F.txt that roles.csv does not name (1 entries"))
    );
}

#[test]
fn bad_tables() {
    let plain = |table: &str, roles: &str| {
        let tables = files(&[("table.csv", table), ("roles.csv", roles)]);
        import_tables(&tables, &setting(Layout::Plain)).unwrap_err().to_string()
    };
    let roles = "code,role,tier\nhouseholds,need,1\n";
    let cases = [
        (
            "code,coal,households\ncoal,NaN,10\n",
            roles,
            "table.csv, line 2, field 2: row `coal`, column `coal`: `NaN` is not a number; write it like 1234.5 or 1.2345e3",
        ),
        (
            "code,coal,households\ncoal,1e300,10\n",
            roles,
            "table.csv, line 2, field 2: row `coal`, column `coal`: `1e300` is too large; the limit is 15 digits at 3 decimals",
        ),
        (
            "code,coal,households\ncoal,1,10\ncoal,1,10\n",
            roles,
            "table.csv, line 3, field 1: row `coal` stands twice",
        ),
        (
            "code,coal,coal,households\ncoal,1,1,10\n",
            roles,
            "table.csv, line 1, field 3: column `coal` stands twice",
        ),
        ("code,coal,households\ncoal,1\n", roles, "table.csv, line 2: 2 fields, the header has 3"),
        (
            "code,coal,visitors,households\ncoal,1,2,10\n",
            roles,
            "table.csv, line 1, field 3: column `visitors` is not a row and has no role; give it one in roles.csv",
        ),
        (
            "code,coal,households\ncoal,1,10\nrent,4,0\n",
            roles,
            "table.csv, line 3, field 1: row `rent` is not a column and has no role; give it one in roles.csv",
        ),
        (
            "code,coal,households\ncoal,1,10\n",
            "code,role,tier\nhouseholds,need,first\n",
            "roles.csv, line 2, field 2: `first` is no tier; a need has a tier from 0 to 255",
        ),
        (
            "code,coal,households\ncoal,1,10\n",
            "code,role,tier\nhouseholds,need,1\nvisitors,need,1\n",
            "roles.csv: code `visitors` is in no table",
        ),
        (
            "code,coal,households\ncoal,1,10\n",
            "code,role\nhouseholds,need\n",
            "roles.csv, line 1: the first line must be code,role,tier",
        ),
        (
            "code,coal,households\ncoal,1,10\nhours,-4,0\n",
            "code,role,tier\nhouseholds,need,1\nhours,labour,\n",
            "table.csv, line 3: row `hours` is below nought for `coal`",
        ),
    ];
    for (table, roles, expected) in cases {
        assert_eq!(plain(table, roles), expected);
    }
    let missing = import_tables(&files(&[("use.csv", USE)]), &setting(Layout::Eurostat)).unwrap_err();
    assert_eq!(missing.to_string(), "supply.csv: the file is missing");
    let both = files(&[("table.csv", TABLE), ("supply.csv", SUPPLY), ("use.csv", USE)]);
    let both = import_tables(&both, &setting(Layout::Plain)).unwrap_err();
    assert!(both.to_string().starts_with("supply.csv: beside table.csv, a symmetric table"));
}
