//! How fast ballots are verified, against the group operations that their equations need.
//!
//!     cargo bench -p mandate-ballot -- [BALLOTS] [RANKINGS] [GROUP]
//!     cargo bench -p mandate-ballot -- make FILE BALLOTS
//!     cargo bench -p mandate-ballot -- tally FILE THREADS
//!
//! One question of five answers, choose 0 or 1; a shuffle of rankings of five. Prints one JSON object a line.
//! Times are of the processor, summed over the threads, where the system tells them; else of the clock.

use mandate_ballot::{
    Audit, AuditOptions, Belenios2048, CredentialStyle, Ed25519, Group, GroupName, Job, PrivateKey, Rfc3526,
    Scalar, SeededRandomness, Term, Voter, Weight, begin_archive,
};
use std::hint::black_box;
use std::io::{Cursor, Write};
use std::time::Instant;

const UUID: &str = "BenchBenchBench";
const CHOICES: &str = r#"{"description":"","name":"Bench","questions":[{"answers":["A","B","C","D","E"],"min":0,"max":1,"question":"?"}]}"#;
const RANKING: &str = r#"{"description":"","name":"Bench","questions":[{"type":"NonHomomorphic","value":{"answers":["A","B","C","D","E"],"question":"?"}}]}"#;

/// Processor time of this process so far, in seconds; the clock's where the system does not tell.
fn processor_seconds(began: Instant) -> f64 {
    let ticks = || -> Option<f64> {
        let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
        let fields: Vec<&str> = stat.rsplit(')').next()?.split_whitespace().collect();
        Some(fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?)
    };
    // Linux counts in hundredths of a second on every architecture that Rust supports.
    ticks().map_or_else(|| began.elapsed().as_secs_f64(), |ticks| ticks / 100.0)
}

struct Stopwatch {
    began: Instant,
    processor: f64,
}

impl Stopwatch {
    fn start() -> Self {
        let began = Instant::now();
        Self { began, processor: processor_seconds(began) }
    }

    /// Seconds of the clock and of the processor.
    fn stop(&self) -> (f64, f64) {
        (self.began.elapsed().as_secs_f64(), processor_seconds(self.began) - self.processor)
    }
}

struct Election {
    archive: Vec<u8>,
    key: String,
    credentials: Vec<String>,
}

fn election(group: GroupName, template: &str, voters: usize) -> Election {
    let mut randomness = SeededRandomness::new(1);
    let key = group.trustee_key(&mut randomness).unwrap();
    let trustees = group.trustees(std::slice::from_ref(&key.public_key), &[]).unwrap();
    let voters: Vec<Voter> = (0..voters).map(|n| Voter { name: n.to_string(), weight: Weight(1) }).collect();
    let made = group.credentials(UUID, &voters, CredentialStyle::Full, &mut randomness).unwrap();
    let election = group.election(template, &trustees, UUID).unwrap();
    let archive = begin_archive(1_700_000_000, &election, &trustees, &made.public).unwrap();
    Election {
        archive,
        key: key.private_key.to_string(),
        credentials: made.private.iter().map(|(_, credential)| credential.to_string()).collect(),
    }
}

fn audit(bytes: &[u8], threads: usize) -> Audit<Cursor<Vec<u8>>> {
    let options = AuditOptions { threads, ..AuditOptions::default() };
    let mut audit = Audit::open(Cursor::new(bytes.to_vec()), options).unwrap();
    audit.run(&mut |_| {});
    assert!(audit.holds(), "{:?}", audit.failures());
    audit
}

/// Encrypts all ballots on all threads and appends them unchecked: the audit is what is measured.
fn fill(made: &mut Election, votes: impl Fn(usize) -> Vec<Vec<u64>> + Sync) {
    let audit = audit(&made.archive, 1);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let share = made.credentials.len().div_ceil(threads).max(1);
    let ballots: Vec<Vec<u8>> = std::thread::scope(|scope| {
        let workers: Vec<_> = made
            .credentials
            .chunks(share)
            .enumerate()
            .map(|(worker, credentials)| {
                let (audit, votes) = (&audit, &votes);
                scope.spawn(move || {
                    let mut randomness = SeededRandomness::new(worker as u64 + 2);
                    let encrypt = |(index, credential): (usize, &String)| {
                        audit.encrypt(credential, &votes(index), &mut randomness).unwrap()
                    };
                    credentials.iter().enumerate().map(encrypt).collect::<Vec<_>>()
                })
            })
            .collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    let mut chain = audit.chain().clone();
    made.archive.extend(audit.unchecked_ballots(&mut chain, &ballots));
}

fn microbench<G: Group>(runs: usize) -> (f64, f64) {
    let mut randomness = SeededRandomness::new(9);
    let mut scalar = || G::Scalar::random(&mut randomness).unwrap();
    let point = G::power_of_generator(&scalar());
    let bases = G::bases(&G::power_of_generator(&scalar()), 1 << 20);
    let pairs: Vec<_> = (0..2).map(|_| (scalar(), scalar())).collect();
    let terms = |on_y: bool| -> Vec<Term<G::Scalar>> {
        pairs
            .iter()
            .map(|&(r, c)| Term { g: (!on_y).then_some(r), y: on_y.then_some(r), variable: c })
            .collect()
    };
    let time = |run: &dyn Fn()| {
        let watch = Stopwatch::start();
        (0..runs).for_each(|_| run());
        watch.stop().1 / runs as f64
    };
    // Two commitments on one ciphertext's point: what a proof of 0 or 1 needs, once for alpha and once for beta.
    // Four jobs at a time, as many as the groups modulo a prime compute side by side.
    let jobs = |on_y: bool| vec![Job::<G> { variable: point, terms: terms(on_y), sum: None }; 4];
    let (jobs_on_g, jobs_on_y) = (jobs(false), jobs(true));
    let on_g = time(&|| drop(black_box(G::combine(&bases, black_box(&jobs_on_g)))));
    let on_y = time(&|| drop(black_box(G::combine(&bases, black_box(&jobs_on_y)))));
    (on_g / 4.0, on_y / 4.0)
}

fn verification<G: Group>(group: GroupName, ballots: usize) {
    let mut made = election(group, CHOICES, ballots);
    let watch = Stopwatch::start();
    fill(&mut made, |index| vec![(0..5).map(|answer| u64::from(index % 6 == answer)).collect()]);
    let (_, encrypting) = watch.stop();
    let watch = Stopwatch::start();
    audit(&made.archive, 1);
    let (clock, processor) = watch.stop();
    let watch = Stopwatch::start();
    audit(&made.archive, 2);
    let (clock_of_two, _) = watch.stop();
    let (on_g, on_y) = microbench::<G>(if G::NAME == Ed25519::NAME { 500 } else { 5 });
    // Five answers and their sum, two commitments on each of alpha and beta; the signature is half a pair on g.
    let operations = 6.0 * (on_g + on_y) + on_g / 2.0;
    let each = processor / ballots as f64;
    println!(
        r#"{{"bench":"verify","group":"{}","ballots":{ballots},"milliseconds_a_ballot":{:.3},"ballots_a_second_and_core":{:.0},"ratio_to_group_operations":{:.2},"encrypting_milliseconds":{:.3},"seconds_one_thread":{clock:.2},"seconds_two_threads":{clock_of_two:.2}}}"#,
        G::NAME,
        each * 1e3,
        1.0 / each,
        each / operations,
        encrypting / ballots as f64 * 1e3,
    );
}

fn shuffle(group: GroupName, name: &str, rankings: usize) {
    let mut made = election(group, RANKING, rankings);
    fill(&mut made, |index| vec![(0..5).map(|answer| (index as u64 + answer) % 5 + 1).collect()]);
    let mut closed = audit(&made.archive, 2);
    made.archive.extend(closed.close().unwrap());
    let mut randomness = SeededRandomness::new(5);
    let watch = Stopwatch::start();
    let shuffle = closed.shuffle(1, &mut randomness).unwrap();
    let (proving, _) = watch.stop();
    let watch = Stopwatch::start();
    made.archive.extend(closed.add_shuffle(&shuffle).unwrap());
    let (verifying, _) = watch.stop();
    made.archive.extend(closed.end_shuffles().unwrap());
    let watch = Stopwatch::start();
    let decryption = closed.decrypt(1, &PrivateKey::Single(&made.key), &mut randomness).unwrap();
    closed.add_decryption(&decryption).unwrap();
    closed.publish_result().unwrap();
    let (opening, _) = watch.stop();
    println!(
        r#"{{"bench":"shuffle","group":"{name}","rankings":{rankings},"proving_seconds":{proving:.2},"verifying_seconds":{verifying:.2},"decrypting_and_result_seconds":{opening:.2}}}"#
    );
}

/// Ballots that are written together when a large box is made.
const BATCH: usize = 2_000;

/// Writes an archive over Ed25519 with so many ballots, batch by batch, and beside it the trustee's key, which
/// anybody may know: the votes are invented.
fn make(path: &str, ballots: usize) -> std::io::Result<()> {
    let made = election(GroupName::Ed25519, CHOICES, ballots);
    let empty = audit(&made.archive, 1);
    let mut chain = empty.chain().clone();
    let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
    file.write_all(&made.archive)?;
    for (batch, credentials) in made.credentials.chunks(BATCH).enumerate() {
        let share = credentials.len().div_ceil(std::thread::available_parallelism().map_or(1, usize::from));
        let encrypted: Vec<Vec<u8>> = std::thread::scope(|scope| {
            let workers: Vec<_> = credentials
                .chunks(share)
                .enumerate()
                .map(|(worker, credentials)| {
                    let empty = &empty;
                    scope.spawn(move || {
                        let mut randomness = SeededRandomness::new(1_000 + (batch * 64 + worker) as u64);
                        let mut encrypt = |(index, credential): (usize, &String)| {
                            let vote = (0..5).map(|answer| u64::from(index % 6 == answer)).collect();
                            empty.encrypt(credential, &[vote], &mut randomness).unwrap()
                        };
                        credentials.iter().enumerate().map(&mut encrypt).collect::<Vec<_>>()
                    })
                })
                .collect();
            workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
        });
        file.write_all(&empty.unchecked_ballots(&mut chain, &encrypted))?;
    }
    file.flush()?;
    std::fs::write(format!("{path}.privkey"), made.key)
}

/// Verifies a box from its file, closes it, decrypts and publishes the result.
fn tally(path: &str, threads: usize) -> std::io::Result<()> {
    let watch = Stopwatch::start();
    let options = AuditOptions { threads, ..AuditOptions::default() };
    let file = std::fs::File::open(path)?;
    let bytes = file.metadata()?.len();
    let mut audit = Audit::open(file, options).unwrap();
    let mut shown = 0;
    audit.run(&mut |done| {
        // Twentieths of the file, to standard error.
        let done = done * 20 / bytes.max(1);
        if done > shown {
            shown = done;
            eprintln!("{path}: {} % after {:.0} s", 5 * done, watch.stop().0);
        }
    });
    assert!(audit.holds(), "{:?}", audit.failures().first());
    let (verifying, processor) = watch.stop();
    let key = std::fs::read_to_string(format!("{path}.privkey"))?;
    let after = Stopwatch::start();
    audit.close().unwrap();
    let decryption =
        audit.decrypt(1, &PrivateKey::Single(&key), &mut mandate_ballot::SystemRandomness).unwrap();
    audit.add_decryption(&decryption).unwrap();
    audit.publish_result().unwrap();
    let (tallying, tallying_processor) = after.stop();
    let (ballots, _) = audit.counted();
    println!(
        r#"{{"bench":"box","group":"Ed25519","ballots":{ballots},"threads":{threads},"verifying_seconds":{verifying:.1},"verifying_processor_seconds":{processor:.1},"tallying_seconds":{tallying:.1},"tallying_processor_seconds":{tallying_processor:.1},"peak_memory_bytes":{},"result":{:?}}}"#,
        peak_memory_bytes(),
        audit.outcome().map(|outcome| serde_json::to_string(outcome).unwrap()).unwrap_or_default(),
    );
    Ok(())
}

/// The most memory that this process had, as Linux says; 0 elsewhere.
fn peak_memory_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok())
        .map_or(0, |kibibytes| kibibytes * 1024)
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let done = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["make", path, ballots] => Some(make(path, ballots.parse().expect("a number of ballots"))),
        ["tally", path, threads] => Some(tally(path, threads.parse().expect("a number of threads"))),
        _ => None,
    };
    if let Some(done) = done {
        return done.expect("the archive's file");
    }
    let number =
        |index: usize, default| arguments.get(index).and_then(|text| text.parse().ok()).unwrap_or(default);
    let wanted = arguments.get(2).map(String::as_str);
    let (ballots, rankings) = (number(0, 1000), number(1, 1000));
    if wanted.is_none_or(|name| name == Ed25519::NAME) {
        verification::<Ed25519>(GroupName::Ed25519, ballots);
        shuffle(GroupName::Ed25519, Ed25519::NAME, rankings);
    }
    if wanted.is_none_or(|name| name == Belenios2048::NAME) {
        verification::<Belenios2048>(GroupName::Belenios2048, (ballots / 20).max(20));
    }
    if wanted.is_none_or(|name| name == Rfc3526::NAME) {
        verification::<Rfc3526>(GroupName::Rfc3526, (ballots / 50).max(20));
    }
}
