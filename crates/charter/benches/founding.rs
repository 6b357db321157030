//! Founding from rolls: 30,000 workplaces, and 1, 2, 4 and 7 million members, from CSV made on the way.
//!
//! `cargo bench -p mandate-charter --bench founding` prints a line each; time has to grow with the roll, and no
//! faster.

use mandate_charter::{Hierarchy, read, read_members, read_workplaces};
use std::io::{self, BufRead, Read};
use std::time::Instant;

const CHARTER: &str = include_str!("../testdata/worked-example/charter.toml");
const WORKPLACES: u32 = 30_000;

fn main() {
    // Twelve seats, as in the worked example, are too few for all branches.
    let charter = read(&CHARTER.replace("total = 12", "total = 1000")).expect("the charter is good");
    let started = Instant::now();
    let source = Csv::new("workplace,branch,district,region,members\n", WORKPLACES, workplace);
    let workplaces = read_workplaces(source, &charter).expect("the roll is good");
    println!("{WORKPLACES} workplaces read: {:.3} s", started.elapsed().as_secs_f64());

    let started = Instant::now();
    let hierarchy = Hierarchy::build(&charter, &workplaces, &workplaces.stated_members()).expect("levels");
    println!("{} assemblies made: {:.3} s", hierarchy.assemblies.len(), started.elapsed().as_secs_f64());

    let started = Instant::now();
    let electing = hierarchy.assemblies.iter().filter(|assembly| !assembly.electors.is_empty());
    let seats: u64 = electing
        .map(|assembly| {
            hierarchy.seats(&charter, assembly).expect("seats").into_iter().map(u64::from).sum::<u64>()
        })
        .sum();
    println!("{seats} seats apportioned: {:.3} s", started.elapsed().as_secs_f64());

    for millions in [1, 2, 4, 7] {
        let started = Instant::now();
        let source = Csv::new("member,workplace,standing,kind\n", millions * 1_000_000, member);
        let members = read_members(source, &workplaces, &charter).expect("the roll is good");
        let seconds = started.elapsed().as_secs_f64();
        println!("{} members read: {seconds:.3} s, peak {} MB", members.members.len(), peak_megabytes());
    }
}

fn workplace(number: u32, line: &mut String) {
    const BRANCHES: [&str; 8] = ["C2511", "C2599", "B0710", "C1311", "C1312", "H4912", "Q8610", "A0111"];
    let branch = BRANCHES[number as usize % BRANCHES.len()];
    let district = number / 8 % 400;
    line.push_str(&format!("W{number},{branch},D{district},R{},{}\n", district % 20, 20 + number % 400));
}

fn member(number: u32, line: &mut String) {
    line.push_str(&format!(
        "m{number:08},W{},active,person\n",
        number.wrapping_mul(2_654_435_761) % WORKPLACES
    ));
}

/// Lines made as they are read, so that the measured memory is the roll's.
struct Csv {
    buffer: String,
    read: usize,
    next: u32,
    lines: u32,
    line: fn(u32, &mut String),
}

impl Csv {
    fn new(headings: &str, lines: u32, line: fn(u32, &mut String)) -> Self {
        Self { buffer: headings.to_owned(), read: 0, next: 0, lines, line }
    }
}

impl BufRead for Csv {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.read == self.buffer.len() {
            self.buffer.clear();
            self.read = 0;
            let until = self.lines.min(self.next + 1000);
            (self.next..until).for_each(|number| (self.line)(number, &mut self.buffer));
            self.next = until;
        }
        Ok(&self.buffer.as_bytes()[self.read..])
    }

    fn consume(&mut self, amount: usize) {
        self.read += amount;
    }
}

impl Read for Csv {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        let length = self.fill_buf()?.read(target)?;
        self.consume(length);
        Ok(length)
    }
}

/// The process's greatest memory so far, where the system tells.
fn peak_megabytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.and_then(|peak| peak.trim().trim_end_matches(" kB").parse::<u64>().ok())
        .map_or(0, |kilobytes| kilobytes / 1000)
}
