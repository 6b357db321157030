//! The example `valley`: 60 workplaces whose rolls, economy and charter one can read whole.
//!
//! Everything in it is invented; `examples/valley/README.md` explains its files column by column. Only the members
//! are generated here, from the number of members that stands beside each workplace on the roll.

use crate::dice::Dice;
use crate::example::{Changes, Example, MotionSpec, PlatformSpec, VariantSpec};
use crate::year::LabError;
use mandate_assembly::ids::MemberId;
use mandate_plan::{Economy, Files, Layers, Ratio, Sealing};

const CHARTER: &str = include_str!("../../../examples/valley/charter.toml");
const WORKPLACES: &str = include_str!("../../../examples/valley/workplaces.csv");

/// The economy's files, as shipped.
const ECONOMY: [(&str, &str); 12] = [
    ("activities.csv", include_str!("../../../examples/valley/economy/activities.csv")),
    ("bundles.csv", include_str!("../../../examples/valley/economy/bundles.csv")),
    ("economy.csv", include_str!("../../../examples/valley/economy/economy.csv")),
    ("hours.csv", include_str!("../../../examples/valley/economy/hours.csv")),
    ("inputs.csv", include_str!("../../../examples/valley/economy/inputs.csv")),
    ("labour.csv", include_str!("../../../examples/valley/economy/labour.csv")),
    ("loads.csv", include_str!("../../../examples/valley/economy/loads.csv")),
    ("needs.csv", include_str!("../../../examples/valley/economy/needs.csv")),
    ("outputs.csv", include_str!("../../../examples/valley/economy/outputs.csv")),
    ("products.csv", include_str!("../../../examples/valley/economy/products.csv")),
    ("satellites.csv", include_str!("../../../examples/valley/economy/satellites.csv")),
    ("workplaces.csv", include_str!("../../../examples/valley/economy/workplaces.csv")),
];

/// Co-operatives that are members beside persons, with one vote each, and the workplace on whose roll they are.
const CO_OPERATIVES: [(&str, &str); 2] = [("C0001", "market-garden-2"), ("C0002", "haulage-yard-1")];

/// One workplace in so many sends its first member to the founding commission.
const WORKPLACES_A_COMMISSIONER: usize = 12;

/// Carbon dioxide that the variant "Clean air" allows, in tonnes.
const CLEAN_AIR_CEILING_TONNES: i64 = 7_800;

/// The economy of a usual year, before the shock.
///
/// # Errors
/// Where the shipped files are no economy.
pub fn economy() -> Result<Economy, LabError> {
    let files: Files =
        ECONOMY.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect();
    Economy::read(&files).map_err(|error| LabError::Example(error.to_string()))
}

/// The example, its members generated from this seed.
///
/// # Errors
/// Where the shipped files cannot be read.
pub fn example(seed: u64) -> Result<Example, LabError> {
    let mut economy = economy()?;
    economy.scale_import_limit("fuel", Ratio::new(4, 5));
    economy.scale_labour(Ratio::new(97, 100));
    let (members, commission) = members(&mut Dice::new(seed))?;
    Ok(Example {
        name: "valley",
        about: "the valley, its economy and its members are invented",
        charter: CHARTER.to_owned(),
        workplaces: WORKPLACES.to_owned(),
        members,
        commission,
        start: "2027-01-11T09:00:00Z"
            .parse()
            .map_err(|error: jiff::Error| LabError::Example(error.to_string()))?,
        period: "2027".into(),
        economy,
        shock: "a fifth less diesel oil can be imported, labour is 3 % shorter".into(),
        layers: Layers::Workplaces,
        // Branches of one to twelve workplaces, who know each other, keep nothing from each other.
        sealing: Sealing { hold: 1, apart: 1 },
        variants: variants(),
        platforms: platforms(),
        motions: motions(),
        policy_kind: "policy",
        changes: Changes { moves: 24, joins: 12, leaves: 8, arrears: 15 },
    })
}

/// The roll of members as CSV, and the founding commission.
fn members(dice: &mut Dice) -> Result<(String, Vec<MemberId>), LabError> {
    let mut roll = String::from("member,workplace,standing,kind\n");
    let mut commission = Vec::new();
    let mut number = 0;
    for (place, line) in WORKPLACES.lines().skip(1).enumerate() {
        let fields = line.split_once(',').zip(line.rsplit_once(','));
        let found = fields.and_then(|((id, _), (_, count))| Some((id, count.parse::<u32>().ok()?)));
        let (workplace, count) = found
            .ok_or_else(|| LabError::Example(format!("workplaces.csv: no number of members in {line:?}")))?;
        for first_of_workplace in (0..count).map(|of_workplace| of_workplace == 0) {
            number += 1;
            let id = format!("M{number:04}");
            let commissioned = first_of_workplace && place % WORKPLACES_A_COMMISSIONER == 0;
            let standing = match dice.below(1000) {
                // Who founds is in good standing.
                _ if commissioned => "active",
                0..20 => "arrears",
                20..23 => "suspended",
                _ => "active",
            };
            roll.push_str(&format!("{id},{workplace},{standing},person\n"));
            if commissioned {
                commission.push(MemberId::from(id.as_str()));
            }
        }
    }
    for (id, workplace) in CO_OPERATIVES {
        roll.push_str(&format!("{id},{workplace},active,organisation\n"));
    }
    Ok((roll, commission))
}

fn variants() -> Vec<VariantSpec> {
    vec![
        VariantSpec {
            title: "Full baskets",
            summary: "Food, homes, clothes and the way to work come first, schools and health second; building and \
                      trade get what diesel oil and hands are left.",
            change: |_| {},
        },
        VariantSpec {
            title: "A shorter week",
            summary: "Free time is a good: there is a further 7 % less labour for everybody, and what is built and \
                      traded gives way to it.",
            change: |economy| economy.scale_labour(Ratio::new(93, 100)),
        },
        VariantSpec {
            title: "Clean air",
            summary: "Diesel oil may give off 7,800 tonnes of carbon dioxide and no more, so that buses, lorries and \
                      the second power station run less than they could.",
            change: |economy| {
                economy.set_ceiling("co2", CLEAN_AIR_CEILING_TONNES);
            },
        },
    ]
}

fn platforms() -> Vec<PlatformSpec> {
    vec![
        PlatformSpec {
            title: "Baskets first",
            text: &[
                "Nobody in the valley goes short of food, water, light or clothes.",
                "What is short is shared out evenly between the upper and the lower valley.",
                "The stores publish every week what they could not pack.",
            ],
            signatories: 34,
            leaning: 0,
        },
        PlatformSpec {
            title: "Time for the valley",
            text: &[
                "Who works less lives more, and the plan counts it.",
                "What the spinning and weaving mills gain in output they take as shorter shifts.",
                "Night shifts are worked only where the general assembly votes for them.",
            ],
            signatories: 27,
            leaning: 1,
        },
        PlatformSpec {
            title: "Less smoke",
            text: &[
                "The valley burns less diesel oil every year until it burns none.",
                "Wood chips that the sawmills leave go to the power station first.",
            ],
            signatories: 21,
            leaning: 2,
        },
        PlatformSpec {
            title: "A choir in every village",
            text: &["Singing is work too."],
            signatories: 6,
            leaning: 3,
        },
    ]
}

fn motions() -> Vec<MotionSpec> {
    vec![
        MotionSpec {
            title: "Hang up the plan",
            text: &[
                "Every workplace hangs up its mandate and what it waits for from others.",
                "The works committee brings the sheet up to date each month.",
            ],
            amendment: Some((2, 1, "The works committee brings the sheet up to date each week.")),
            support: 86,
        },
        MotionSpec {
            title: "Buses for the late shift",
            text: &["The last bus leaves after the late shift of the mills, not before it."],
            amendment: None,
            support: 74,
        },
        MotionSpec {
            title: "Repair before buying",
            text: &[
                "Parts for the repair shop come before parts for export.",
                "The secondary school teaches repair in its last year.",
            ],
            amendment: Some((3, 0, "The repair shop takes on two apprentices a year.")),
            support: 63,
        },
        MotionSpec {
            title: "One price list for the stores",
            text: &["All five stores pack the same basket."],
            amendment: None,
            support: 38,
        },
    ]
}
