//! The pages about rules name them all.

use mandate_count::{ApportionmentMethod, Rule};

fn page(name: &str) -> String {
    let path = format!("{}/../../docs/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn every_rule_and_method_has_its_place_in_the_table() {
    let rules = page("rules.md");
    for rule in Rule::ALL {
        let one = if rule.fills_one_seat() { "one" } else { "any" };
        assert!(rules.contains(&format!("| `{rule}` | {one}")), "{rule}");
    }
    for method in ApportionmentMethod::ALL {
        assert!(rules.contains(&format!("`{method}`")), "{method}");
    }
}

#[test]
fn every_rule_is_compared_with_somebody_or_has_a_worked_example() {
    let pages = page("conformance.md") + include_str!("worked_examples.rs");
    for rule in Rule::ALL {
        assert!(pages.contains(&format!("`{rule}`")) || pages.contains(&format!("Rule::{rule:?}")), "{rule}");
    }
}
