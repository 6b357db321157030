//! The example `us-2017`: the economy of the United States in 2017, run by its workplaces.
//!
//! The economy is real (see `examples/us-2017/README.md`); the roll is generated, and the output says so.

use crate::dice::Dice;
use crate::example::{Changes, Example, MotionSpec, PlatformSpec, VariantSpec};
use crate::year::LabError;
use mandate_assembly::ids::MemberId;
use mandate_plan::bea::{self, Setting};
use mandate_plan::generate::{Splitting, split};
use mandate_plan::{Economy, Files, Layers, Sealing};
use num_rational::Ratio;

const CHARTER: &str = include_str!("../../../examples/us-2017/charter.toml");

/// The summary tables of the Bureau of Economic Analysis, as shipped.
const TABLES: [(&str, &str); 6] = [
    ("make.csv", include_str!("../../../examples/us-2017/bea/make.csv")),
    ("use.csv", include_str!("../../../examples/us-2017/bea/use.csv")),
    ("industry-names.csv", include_str!("../../../examples/us-2017/bea/industry-names.csv")),
    ("commodity-names.csv", include_str!("../../../examples/us-2017/bea/commodity-names.csv")),
    ("finaldemand-names.csv", include_str!("../../../examples/us-2017/bea/finaldemand-names.csv")),
    ("valueadded-names.csv", include_str!("../../../examples/us-2017/bea/valueadded-names.csv")),
];

/// The divisions of the United States Census Bureau.
const DIVISIONS: [&str; 9] = [
    "east-north-central",
    "east-south-central",
    "middle-atlantic",
    "mountain",
    "new-england",
    "pacific",
    "south-atlantic",
    "west-north-central",
    "west-south-central",
];

const WORKPLACES: usize = 2_100;
const MEMBERS: u64 = 200_000;
/// Fewer could not fill a works committee.
const LEAST_MEMBERS: u64 = 4;

/// The example, its roll generated from this seed.
///
/// # Errors
/// Where the shipped tables cannot be read.
pub fn example(seed: u64) -> Result<Example, LabError> {
    let broken = |problem: &dyn std::fmt::Display| LabError::Example(problem.to_string());
    let files: Files =
        TABLES.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect();
    let (whole, _) = bea::import(&files, Setting::default()).map_err(|error| broken(&error))?;
    let districts = DIVISIONS.map(str::to_owned).to_vec();
    let splitting = Splitting { workplaces: WORKPLACES, seed, districts };
    let mut economy = split(&whole, &splitting).map_err(|error| broken(&error))?;
    let mut dice = Dice::new(seed);
    let (workplaces, members) = rolls(&economy, &mut dice);
    economy.scale_import_limit("211", Ratio::new(1, 2));
    economy.scale_labour(Ratio::new(19, 20));
    Ok(Example {
        name: "us-2017",
        about: "the economy is that of the United States in 2017; the roll of workplaces and members is generated",
        charter: CHARTER.to_owned(),
        workplaces,
        members,
        commission: (1..=9).map(|number| MemberId::from(format!("M{number:06}").as_str())).collect(),
        start: "2018-01-08T09:00:00Z".parse().map_err(|error: jiff::Error| broken(&error))?,
        period: "2018".into(),
        economy,
        shock: "imports of oil and gas halved, labour 5 % shorter than in 2017".into(),
        layers: Layers::Workplaces,
        sealing: Sealing::default(),
        variants: variants(),
        platforms: platforms(),
        motions: motions(),
        policy_kind: "policy",
        changes: Changes { moves: 150, joins: 60, leaves: 40, arrears: 90 },
    })
}

/// The rolls as CSV: members in proportion to the compensation of employees of each workplace.
fn rolls(economy: &Economy, dice: &mut Dice) -> (String, String) {
    let labour: Vec<i128> = economy
        .activities
        .iter()
        .map(|activity| activity.labour.iter().map(|hours| i128::from(hours.quantity)).sum())
        .collect();
    let total: i128 = labour.iter().sum::<i128>().max(1);
    let mut workplaces = String::from("workplace,branch,region\n");
    let mut members = String::from("member,workplace,standing\n");
    let mut number = 0;
    for (activity, labour) in economy.activities.iter().zip(labour) {
        let workplace = &economy.workplaces[activity.workplace as usize];
        let industry = workplace.id.rsplit_once('-').map_or(workplace.id.as_str(), |(industry, _)| industry);
        let region = &economy.districts[workplace.district as usize];
        workplaces.push_str(&format!("{},{}/{industry},{region}\n", workplace.id, sector(industry)));
        let share = labour * i128::from(MEMBERS) / total;
        let count = u64::try_from(share).unwrap_or(0).max(LEAST_MEMBERS);
        for _ in 0..count {
            number += 1;
            // The commission comes first on the roll and is in good standing.
            let standing = match dice.below(1000) {
                _ if number <= 9 => "active",
                0..20 => "arrears",
                20..23 => "suspended",
                _ => "active",
            };
            members.push_str(&format!("M{number:06},{},{standing}\n", workplace.id));
        }
    }
    (workplaces, members)
}

/// The sector of an industry, by the Bureau's own grouping of its codes.
fn sector(industry: &str) -> &'static str {
    match industry {
        "HS" | "ORE" | "532RL" => "real-estate",
        _ => match industry.get(..2).unwrap_or("") {
            "11" => "agriculture",
            "21" => "mining",
            "22" => "utilities",
            "23" => "construction",
            "31" | "32" | "33" => "manufacturing",
            "42" => "wholesale",
            "44" | "45" | "4A" => "retail",
            "48" | "49" => "transport",
            "51" => "information",
            "52" => "finance",
            "54" | "55" | "56" => "business-services",
            "61" | "62" => "education-health",
            "71" | "72" => "arts-hotels",
            "GF" | "GS" => "government",
            _ => "other-services",
        },
    }
}

/// Purposes of needs as the import names them: household consumption is tier 1, government 2, investment and
/// exports 3.
fn variants() -> Vec<VariantSpec> {
    vec![
        VariantSpec {
            title: "Keep consumption",
            summary: "What households consumed in 2017 comes first, government second, investment and exports take \
                      what is left. All the labour that the shock leaves is used where it is needed.",
            change: |_| {},
        },
        VariantSpec {
            title: "Shorter hours",
            summary: "Free time is a good: labour is a further tenth shorter for everybody, and what is not needed to \
                      live gives way.",
            change: |economy| economy.scale_labour(Ratio::new(9, 10)),
        },
        VariantSpec {
            title: "Build capacity",
            summary: "At least nine tenths of every need of investment and exports is secured before anything else, \
                      so that what is short this year can be made here in the next.",
            change: |economy| economy.secure_needs(|need| need.tier == 3, Ratio::new(9, 10)),
        },
    ]
}

fn platforms() -> Vec<PlatformSpec> {
    vec![
        PlatformSpec {
            title: "Bread first",
            text: &[
                "What everybody lives on is decided first and shared evenly.",
                "No branch draws on the common stock before the needs of the first tier are met.",
                "Every shortage is published by product and by branch in the week in which it shows.",
            ],
            signatories: 310,
            leaning: 0,
        },
        PlatformSpec {
            title: "Time to live",
            text: &[
                "Free time is a good like bread, and the plan counts it.",
                "What productivity gives is taken first as shorter hours.",
                "Nobody works overtime to meet another's mandate without a vote of their own workplace.",
            ],
            signatories: 240,
            leaning: 1,
        },
        PlatformSpec {
            title: "Build",
            text: &[
                "A federation that eats its capital is governed by its shortages.",
                "Investment is fixed before consumption, by the branches that will use it.",
                "Managements that are appointed are elected as soon as they have trained those who follow them.",
            ],
            signatories: 180,
            leaning: 2,
        },
        PlatformSpec {
            title: "One map of all skills",
            text: &[
                "A common register of skills, open to every workplace.",
                "Training is exchanged between branches.",
            ],
            signatories: 60,
            leaning: 3,
        },
    ]
}

fn motions() -> Vec<MotionSpec> {
    vec![
        MotionSpec {
            title: "Publish the ten tightest products every week",
            text: &[
                "The economic council publishes every week which ten products hold the plan back.",
                "Beside each stands what one more unit would give.",
                "The list is printed and hung up in every workplace.",
            ],
            amendment: Some((
                3,
                1,
                "The list is hung up in every workplace and read out at its next meeting.",
            )),
            support: 84,
        },
        MotionSpec {
            title: "Delegates report back within ten days",
            text: &[
                "A delegate reports to those who sent them within ten days of every meeting.",
                "The report says how they voted and on whose mandate.",
            ],
            amendment: None,
            support: 78,
        },
        MotionSpec {
            title: "No overtime without a vote",
            text: &["Overtime for another workplace's mandate needs a vote of one's own general assembly."],
            amendment: Some((1, 0, "The plan is met by more hands before it is met by longer days.")),
            support: 66,
        },
        MotionSpec {
            title: "A common fund for workplaces that merge",
            text: &[
                "Members whose workplace closes keep their grade for two years.",
                "The branch bears the cost.",
            ],
            amendment: None,
            support: 58,
        },
        MotionSpec {
            title: "Rotate the chair",
            text: &["Nobody chairs the same assembly three times in a row."],
            amendment: None,
            support: 52,
        },
        MotionSpec {
            title: "Sell surplus capacity abroad first",
            text: &["What capacity is left is offered for export before it is offered to other branches."],
            amendment: None,
            support: 31,
        },
    ]
}
