//! The charters that are shipped can be read, and mean what their comments say.

use mandate_charter::{Charter, Effect, House, LANGUAGES, explain, read};
use std::fs;
use std::path::PathBuf;

fn example(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(name)
}

fn charter(name: &str) -> Charter {
    let source = fs::read_to_string(example(name).join("charter.toml")).unwrap();
    read(&source).unwrap_or_else(|errors| {
        panic!("{name}:\n{}", errors.iter().map(|error| error.to_string()).collect::<Vec<_>>().join("\n"))
    })
}

#[test]
fn every_example_charter_is_good() {
    for name in ["valley", "us-2017", "congress-1921"] {
        charter(name);
    }
}

#[test]
fn nobody_on_the_economic_council_is_appointed() {
    let charter = charter("us-2017");
    let council = charter.organs.iter().find(|organ| organ.id == "economic-council").unwrap();
    assert_eq!((council.posts.elected, council.posts.appointed), (15, 0));
}

#[test]
fn the_congress_of_1921_has_694_delegates_and_theses_38_signatures() {
    let charter = charter("congress-1921");
    let congress = charter.levels.last().unwrap();
    assert_eq!(congress.seats.as_ref().unwrap().house, House::Total(694));
    let theses = charter.motions.iter().find(|motion| motion.effect == Effect::Theses).unwrap();
    assert_eq!(theses.signatures, 38);
}

/// The whole prose of this crate's base charter stands beside it, to be read by people who know the language. Set
/// `BLESS` in the environment to write it down anew.
#[test]
fn the_base_charter_reads_out_as_written_down() {
    let charter = read(include_str!("../testdata/base.toml")).unwrap();
    for language in LANGUAGES {
        let sentences = explain(&charter, language).unwrap();
        let lines = sentences.iter().map(|sentence| format!("{} [{}]\n", sentence.text, sentence.article));
        let prose: String = lines.collect();
        let path =
            PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("testdata/prose/base.{language}.txt"));
        if std::env::var_os("BLESS").is_some() {
            fs::write(&path, &prose).unwrap();
        }
        let written = fs::read_to_string(&path).unwrap();
        for (said, written) in prose.lines().zip(written.lines()) {
            assert_eq!(said, written);
        }
        assert_eq!(prose, written);
    }
}
