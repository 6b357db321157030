//! The rolls of the example: unions in proportion to their members of 1919.

use crate::year::LabError;
use mandate_assembly::ids::MemberId;

const UNIONS: &str = include_str!("../../../../examples/congress-1921/unions.csv");

/// One line on the roll of members stands for so many of 1919.
pub(super) const MEMBERS_PER_LINE: u64 = 200;
/// About so many lines make a workplace: the works of one union in one place.
const LINES_PER_WORKPLACE: u64 = 60;

/// The rolls as CSV, and what they were made from.
pub(super) struct Rolls {
    pub workplaces: String,
    pub members: String,
    /// The first member of each union's first workplace.
    pub commission: Vec<MemberId>,
    pub unions: usize,
    pub members_of_1919: u64,
}

/// Rolls from the unions' figures. Nothing is drawn: every line is numbered and in good standing.
pub(super) fn generate() -> Result<Rolls, LabError> {
    let mut rolls = Rolls {
        workplaces: "workplace,branch\n".into(),
        members: "member,workplace\n".into(),
        commission: Vec::new(),
        unions: 0,
        members_of_1919: 0,
    };
    let mut number = 0;
    for line in UNIONS.lines().skip(1) {
        let mut fields = line.split(',');
        let count = |field: Option<&str>| field.and_then(|field| field.parse::<u64>().ok());
        let (Some(union), Some(members)) = (fields.next(), count(fields.next())) else {
            return Err(LabError::Example(format!(
                "unions.csv: no union with a number of members in {line:?}"
            )));
        };
        let branch = union.to_lowercase().replace(' ', "-");
        let lines = members.div_ceil(MEMBERS_PER_LINE);
        let workplaces = (lines / LINES_PER_WORKPLACE).max(1);
        rolls.commission.push(member(number + 1));
        for workplace in 0..workplaces {
            let id = format!("{branch}-{:02}", workplace + 1);
            rolls.workplaces.push_str(&format!("{id},{branch}\n"));
            // Lines that do not go up evenly go to the first workplaces.
            for _ in 0..lines / workplaces + u64::from(workplace < lines % workplaces) {
                number += 1;
                rolls.members.push_str(&format!("{},{id}\n", member(number)));
            }
        }
        rolls.unions += 1;
        rolls.members_of_1919 += members;
    }
    Ok(rolls)
}

fn member(number: u64) -> MemberId {
    MemberId::from(format!("M{number:05}").as_str())
}
