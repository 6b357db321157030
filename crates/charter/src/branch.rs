//! Codes of branches: ISIC Rev. 4, and a federation's own.
//!
//! Source: United Nations, International Standard Industrial Classification of All Economic Activities, Revision 4,
//! Statistical Papers, Series M No. 4/Rev. 4 (2008), part two: the detailed structure. Facts of a public standard;
//! only the codes are here.

use crate::charter::{Classification, Depth};

/// Sections with their classes, as numbers of up to four digits: a class's leading digits are its division and group.
#[rustfmt::skip]
const SECTIONS: [(char, &[u16]); 21] = [
    ('A', &[111, 112, 113, 114, 115, 116, 119, 121, 122, 123, 124, 125, 126, 127, 128, 129, 130, 141, 142, 143, 144, 145, 146, 149, 150, 161, 162, 163, 164, 170, 210, 220, 230, 240, 311, 312, 321, 322]),
    ('B', &[510, 520, 610, 620, 710, 721, 729, 810, 891, 892, 893, 899, 910, 990]),
    ('C', &[1010, 1020, 1030, 1040, 1050, 1061, 1062, 1071, 1072, 1073, 1074, 1075, 1079, 1080, 1101, 1102, 1103, 1104, 1200, 1311, 1312, 1313, 1391, 1392, 1393, 1394, 1399, 1410, 1420, 1430, 1511, 1512, 1520, 1610, 1621, 1622, 1623, 1629, 1701, 1702, 1709, 1811, 1812, 1820, 1910, 1920, 2011, 2012, 2013, 2021, 2022, 2023, 2029, 2030, 2100, 2211, 2219, 2220, 2310, 2391, 2392, 2393, 2394, 2395, 2396, 2399, 2410, 2420, 2431, 2432, 2511, 2512, 2513, 2520, 2591, 2592, 2593, 2599, 2610, 2620, 2630, 2640, 2651, 2652, 2660, 2670, 2680, 2710, 2720, 2731, 2732, 2733, 2740, 2750, 2790, 2811, 2812, 2813, 2814, 2815, 2816, 2817, 2818, 2819, 2821, 2822, 2823, 2824, 2825, 2826, 2829, 2910, 2920, 2930, 3011, 3012, 3020, 3030, 3040, 3091, 3092, 3099, 3100, 3211, 3212, 3220, 3230, 3240, 3250, 3290, 3311, 3312, 3313, 3314, 3315, 3319, 3320]),
    ('D', &[3510, 3520, 3530]),
    ('E', &[3600, 3700, 3811, 3812, 3821, 3822, 3830, 3900]),
    ('F', &[4100, 4210, 4220, 4290, 4311, 4312, 4321, 4322, 4329, 4330, 4390]),
    ('G', &[4510, 4520, 4530, 4540, 4610, 4620, 4630, 4641, 4649, 4651, 4652, 4653, 4659, 4661, 4662, 4663, 4669, 4690, 4711, 4719, 4721, 4722, 4723, 4730, 4741, 4742, 4751, 4752, 4753, 4759, 4761, 4762, 4763, 4764, 4771, 4772, 4773, 4774, 4781, 4782, 4789, 4791, 4799]),
    ('H', &[4911, 4912, 4921, 4922, 4923, 4930, 5011, 5012, 5021, 5022, 5110, 5120, 5210, 5221, 5222, 5223, 5224, 5229, 5310, 5320]),
    ('I', &[5510, 5520, 5590, 5610, 5621, 5629, 5630]),
    ('J', &[5811, 5812, 5813, 5819, 5820, 5911, 5912, 5913, 5914, 5920, 6010, 6020, 6110, 6120, 6130, 6190, 6201, 6202, 6209, 6311, 6312, 6391, 6399]),
    ('K', &[6411, 6419, 6420, 6430, 6491, 6492, 6499, 6511, 6512, 6520, 6530, 6611, 6612, 6619, 6621, 6622, 6629, 6630]),
    ('L', &[6810, 6820]),
    ('M', &[6910, 6920, 7010, 7020, 7110, 7120, 7210, 7220, 7310, 7320, 7410, 7420, 7490, 7500]),
    ('N', &[7710, 7721, 7722, 7729, 7730, 7740, 7810, 7820, 7830, 7911, 7912, 7990, 8010, 8020, 8030, 8110, 8121, 8129, 8130, 8211, 8219, 8220, 8230, 8291, 8292, 8299]),
    ('O', &[8411, 8412, 8413, 8421, 8422, 8423, 8430]),
    ('P', &[8510, 8521, 8522, 8530, 8541, 8542, 8549, 8550]),
    ('Q', &[8610, 8620, 8690, 8710, 8720, 8730, 8790, 8810, 8890]),
    ('R', &[9000, 9101, 9102, 9103, 9200, 9311, 9312, 9319, 9321, 9329]),
    ('S', &[9411, 9412, 9420, 9491, 9492, 9499, 9511, 9512, 9521, 9522, 9523, 9524, 9529, 9601, 9602, 9603, 9609]),
    ('T', &[9700, 9810, 9820]),
    ('U', &[9900]),
];

/// Why a code names no branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NoBranch {
    pub expected: String,
    pub remedy: String,
}

/// Checks a code, and that it is as deep as the charter's levels group.
pub(crate) fn check(
    classification: Classification,
    code: &str,
    needed: Option<Depth>,
) -> Result<(), NoBranch> {
    let depth = match classification {
        Classification::Isic4 => isic_depth(code)?,
        Classification::Own => own_depth(code)?,
    };
    match needed {
        Some(needed) if depth < needed => Err(NoBranch {
            expected: format!("a code down to the {}, by which a level groups", needed.name()),
            remedy: "write the longer code".to_owned(),
        }),
        _ => Ok(()),
    }
}

fn isic_depth(code: &str) -> Result<Depth, NoBranch> {
    let refuse =
        |expected: &str, remedy: &str| NoBranch { expected: expected.to_owned(), remedy: remedy.to_owned() };
    let mut characters = code.chars();
    let letter = characters.next().unwrap_or(' ');
    let digits = characters.as_str();
    let Some((_, classes)) = SECTIONS.iter().find(|(section, _)| *section == letter) else {
        let expected = "a code of ISIC Rev. 4: a section letter A to U, then up to four digits";
        return Err(refuse(expected, "write, for example, C2511"));
    };
    let depth = match digits.len() {
        _ if !digits.bytes().all(|byte| byte.is_ascii_digit()) => None,
        0 => return Ok(Depth::Section),
        2 => Some((Depth::Division, 100)),
        3 => Some((Depth::Group, 10)),
        4 => Some((Depth::Class, 1)),
        _ => None,
    };
    let Some((depth, classes_to_one)) = depth else {
        let expected =
            "two digits of the division, three of the group or four of the class behind the letter";
        return Err(refuse(expected, "a spreadsheet may have dropped a leading zero: write A01, not A1"));
    };
    let known = |digits: &str| {
        digits.parse().is_ok_and(|number: u16| classes.iter().any(|c| c / classes_to_one == number))
    };
    if !known(digits) {
        let division = |class: Option<&u16>| class.map_or(0, |class| class / 100);
        let (first, last) = (division(classes.first()), division(classes.last()));
        let depth = depth.name();
        let expected =
            format!("a {depth} of ISIC Rev. 4 in section {letter}, divisions {first:02} to {last:02}");
        return Err(refuse(&expected, "correct the letter or the digits, or write the division alone"));
    }
    Ok(depth)
}

fn own_depth(code: &str) -> Result<Depth, NoBranch> {
    let parts: Vec<&str> = code.split('/').collect();
    let is_part = |part: &&str| !part.is_empty() && part.trim() == *part;
    match parts.len() {
        _ if !parts.iter().all(is_part) => Err(NoBranch {
            expected: "a path of the federation's own classification without empty parts".to_owned(),
            remedy: "write, for example, manufacturing/331".to_owned(),
        }),
        1 => Ok(Depth::Section),
        2 => Ok(Depth::Division),
        3 => Ok(Depth::Group),
        4 => Ok(Depth::Class),
        parts => Err(NoBranch {
            expected: format!("at most four parts, and not {parts}"),
            remedy: "join the last parts".to_owned(),
        }),
    }
}

/// A code cut at a depth; the code itself where it is not that deep.
pub(crate) fn cut(classification: Classification, code: &str, depth: Depth) -> &str {
    match classification {
        Classification::Isic4 => {
            let length = match depth {
                Depth::Section => 1,
                Depth::Division => 3,
                Depth::Group => 4,
                Depth::Class => 5,
            };
            code.get(..length).unwrap_or(code)
        }
        Classification::Own => {
            let parts = match depth {
                Depth::Section => 1,
                Depth::Division => 2,
                Depth::Group => 3,
                Depth::Class => 4,
            };
            code.match_indices('/').nth(parts - 1).map_or(code, |(end, _)| &code[..end])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers that the classification's introduction gives: 21 sections, 88 divisions, 238 groups, 419 classes.
    #[test]
    fn the_structure_has_as_many_parts_as_the_classification_says() {
        let parts = |classes_to_one: u16| {
            let all = SECTIONS.iter().flat_map(|(_, classes)| *classes).map(|class| class / classes_to_one);
            all.collect::<std::collections::BTreeSet<u16>>().len()
        };
        assert_eq!((SECTIONS.len(), parts(100), parts(10), parts(1)), (21, 88, 238, 419));
    }

    #[test]
    fn codes_are_held_against_the_structure() {
        let isic = |code| check(Classification::Isic4, code, None).is_ok();
        for code in ["A", "A01", "A011", "A0111", "C2511", "F410", "F4100", "U9900", "K641", "H4912"] {
            assert!(isic(code), "{code}");
        }
        for code in [
            "", "c2511", "V01", "A04", "B10", "C34", "A1", "C25111", "C25x", "2511", "C 25", "É01", "C2515",
            "C+51",
        ] {
            assert!(!isic(code), "{code}");
        }
        assert!(check(Classification::Isic4, "C25", Some(Depth::Class)).is_err());
        assert!(check(Classification::Own, "mining/211", Some(Depth::Division)).is_ok());
        assert!(check(Classification::Own, "mining", Some(Depth::Division)).is_err());
        assert!(check(Classification::Own, "a//b", None).is_err());
        assert!(check(Classification::Own, "a/b/c/d/e", None).is_err());
    }

    #[test]
    fn codes_are_cut_at_a_depth() {
        assert_eq!(cut(Classification::Isic4, "C2511", Depth::Division), "C25");
        assert_eq!(cut(Classification::Isic4, "C25", Depth::Class), "C25");
        assert_eq!(cut(Classification::Own, "a/b/c", Depth::Division), "a/b");
        assert_eq!(cut(Classification::Own, "a/b", Depth::Class), "a/b");
    }
}
