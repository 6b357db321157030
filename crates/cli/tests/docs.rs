//! The documentation is run: README.md and every page of docs/.
//!
//! - A block of ```` ```console ```` holds commands after `$ ` and what they print (standard error among it). The
//!   blocks of a page run in order, in one empty directory that holds the repository's `docs` and `examples`. A line
//!   `...` stands for any lines; measured times and sizes may differ.
//! - A block whose second word has a dot (```` ```csv rolls/workplaces.csv ````) is a file, written before what follows.
//! - The page of the walkthrough is held against the core itself (`walkthrough`), the page of refusals is made from
//!   their definition (`refusals`).
//!
//! With `UPDATE_DOCS=1` what is out of date is written anew instead of failing; the difference is then for the
//! author to read.

#[path = "docs/console.rs"]
mod console;
#[path = "docs/page.rs"]
mod page;
#[path = "docs/refusals.rs"]
mod refusals;
#[path = "docs/walkthrough.rs"]
mod walkthrough;

use page::Page;
use std::path::{Path, PathBuf};

/// The repository's root.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the repository's root")
}

#[test]
fn the_examples_of_the_readme_print_what_it_shows() {
    console::check(Page::read(&root().join("README.md")));
}

#[test]
fn the_examples_of_the_book_print_what_it_shows() {
    let pages = page::below(&root().join("docs"));
    assert!(pages.len() > 10, "only {} pages were found", pages.len());
    for path in pages {
        console::check(Page::read(&path));
    }
}

#[test]
fn the_walkthrough_is_what_the_core_says_and_the_record_keeps() {
    walkthrough::check(&root());
}

#[test]
fn the_page_of_refusals_is_their_definition() {
    refusals::check(&root());
}
