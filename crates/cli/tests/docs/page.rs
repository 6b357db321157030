//! A page of Markdown and its fenced blocks.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// A page.
pub struct Page {
    pub path: PathBuf,
    pub text: String,
}

/// A fenced block.
pub struct Block {
    /// The words after the fence: `console`, `csv workplaces.csv`.
    pub info: String,
    /// Where its lines are in the page's text.
    pub lines: Range<usize>,
}

/// Every page of Markdown in a folder and below, in order.
pub fn below(folder: &Path) -> Vec<PathBuf> {
    let is_page = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "md");
    below_all(folder).into_iter().filter(is_page).collect()
}

/// Every file in a folder and below, in order.
pub fn below_all(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("a readable folder").path()).collect();
    paths.sort();
    let open = |path: PathBuf| if path.is_dir() { below_all(&path) } else { vec![path] };
    paths.into_iter().flat_map(open).collect()
}

impl Page {
    pub fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Self { path: path.to_owned(), text }
    }

    /// The fenced blocks, in order.
    pub fn blocks(&self) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut open: Option<(String, usize)> = None;
        let mut at = 0;
        for line in self.text.split_inclusive('\n') {
            let next = at + line.len();
            if let Some(info) = line.strip_prefix("```") {
                open = match open {
                    None => Some((info.trim().to_owned(), next)),
                    Some((info, start)) => {
                        blocks.push(Block { info, lines: start..at });
                        None
                    }
                };
            }
            at = next;
        }
        assert!(open.is_none(), "{}: a block is not closed", self.path.display());
        blocks
    }

    /// The lines of a block.
    pub fn lines(&self, block: &Block) -> &str {
        &self.text[block.lines.clone()]
    }

    /// Holds the page against the blocks as they should be: the lines of each block that is not as it should be. The
    /// page is written anew where that is asked for, else it fails.
    pub fn settle(mut self, mut wrong: Vec<(Range<usize>, String)>) {
        if wrong.is_empty() {
            return;
        }
        wrong.sort_by_key(|(lines, _)| std::cmp::Reverse(lines.start));
        let mut report = String::new();
        for (lines, right) in wrong {
            let number = 1 + self.text[..lines.start].matches('\n').count();
            let shown = format!(
                "{}, line {number}: the page says\n{}\nbut it is\n{right}\n",
                self.path.display(),
                &self.text[lines.clone()]
            );
            report.insert_str(0, &shown);
            self.text.replace_range(lines, &right);
        }
        if updating() {
            write(&self.path, &self.text);
        } else {
            panic!("{report}UPDATE_DOCS=1 writes it into the page");
        }
    }
}

/// Whether what is out of date is to be written anew.
pub fn updating() -> bool {
    std::env::var_os("UPDATE_DOCS").is_some()
}

/// Holds a file against what it should be, or writes it.
pub fn settle_file(path: &Path, right: &[u8]) {
    let is = fs::read(path).unwrap_or_default();
    if is == right {
        return;
    }
    assert!(updating(), "{} is out of date; UPDATE_DOCS=1 writes it anew", path.display());
    fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("a folder can be made");
    fs::write(path, right).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

fn write(path: &Path, text: &str) {
    fs::write(path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}
