//! Verifying an archive: every record, every event, every proof, in one pass that goes on after failures.
//!
//! The pass reads the file once and keeps of each ballot only its place, so that memory grows with the number of
//! voters and not with the size of their ballots (those of ranked and graded questions excepted, which the shuffle
//! needs). Running it again after the file has grown checks what is new.

use crate::archive::{Position, Record, RecordKind, RecordReader};
use crate::board::{self, BoxEntry, CastBallot, ElectionBoard, Verdict};
use crate::digest::Digest;
use crate::event::{Chain, Event, EventKind, Owned, Setup};
use crate::fault::Fault;
use crate::outcome::Outcome;
use serde::Serialize;
use std::io::{Read, Seek, SeekFrom};

/// Ballots that are checked together on one thread.
const BALLOTS_PER_THREAD: usize = 512;

/// One thing that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Failure {
    /// The record.
    pub position: Position,
    /// The event that it belongs to, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<u64>,
    /// The tracking number, where it is about a ballot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ballot: Option<String>,
    /// What is wrong.
    #[serde(flatten)]
    pub fault: Fault,
}

/// How to verify.
#[derive(Debug, Clone, Copy)]
pub struct AuditOptions {
    /// Threads that check ballots.
    pub threads: usize,
    /// The proofs of ballots that end before this byte were checked before and are not checked again.
    pub trusted_bytes: u64,
}

impl Default for AuditOptions {
    fn default() -> Self {
        Self { threads: 1, trusted_bytes: 0 }
    }
}

/// What an archive holds, as far as it was read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Records.
    pub records: u64,
    /// Events.
    pub events: u64,
    /// Ballots in the box, refused ones included.
    pub ballots: u64,
    /// Ballots that another of the same credential replaced.
    pub replaced: u64,
    /// Ballots refused.
    pub refused: u64,
    /// Ballots whose proofs were taken as checked before.
    pub trusted: u64,
    /// Shuffles.
    pub shuffles: u64,
    /// Partial decryptions.
    pub decryptions: u64,
}

/// An archive being verified.
pub struct Audit<R> {
    reader: RecordReader<R>,
    options: AuditOptions,
    board: Option<Box<dyn ElectionBoard>>,
    chain: Chain,
    /// Data records that no event has used yet.
    pending: Vec<Record>,
    /// Ballots that are not checked yet.
    ballots: Vec<(CastBallot, Position, u64)>,
    failures: Vec<Failure>,
    counts: Counts,
    broken: bool,
}

impl<R: Read + Seek> Audit<R> {
    /// Reads the archive's header. Fails where there is no archive at all.
    pub fn open(input: R, options: AuditOptions) -> Result<Self, Fault> {
        Ok(Self {
            reader: RecordReader::new(input)?,
            options,
            board: None,
            chain: Chain::default(),
            pending: Vec::new(),
            ballots: Vec::new(),
            failures: Vec::new(),
            counts: Counts::default(),
            broken: false,
        })
    }

    /// Verifies everything up to the end of the file. `progress` hears after each batch how many bytes are done.
    pub fn run(&mut self, progress: &mut dyn FnMut(u64)) {
        while !self.broken {
            match self.reader.next_record() {
                Ok(Some(record)) => self.record(record, progress),
                Ok(None) => break,
                Err(fault) => {
                    self.broken = true;
                    self.fail(self.reader.position(), None, fault);
                }
            }
        }
        self.check_ballots();
        for stray in std::mem::take(&mut self.pending) {
            self.fail(stray.position, None, Fault::StrayRecord { hash: stray.hash });
        }
        if self.chain.events() == 0 && !self.broken {
            self.broken = true;
            self.fail(
                self.reader.position(),
                None,
                Fault::EventOrder {
                    event: "nothing",
                    after: "at the beginning: the archive has no event".to_owned(),
                },
            );
        }
        progress(self.reader.position().byte);
    }

    /// Everything that is wrong, in the order of the file.
    pub fn failures(&self) -> Vec<Failure> {
        let mut failures = self.failures.clone();
        failures.sort_by_key(|failure| failure.position);
        failures
    }

    /// Whether nothing is wrong.
    pub fn holds(&self) -> bool {
        self.failures.is_empty()
    }

    /// What was read.
    pub fn counts(&self) -> Counts {
        Counts { records: self.reader.position().record, events: self.chain.events(), ..self.counts.clone() }
    }

    /// When the archive was begun, in seconds since 1970.
    pub fn timestamp(&self) -> u64 {
        self.reader.timestamp()
    }

    /// How many bytes of the file were read, up to the end of the last record.
    pub fn verified_bytes(&self) -> u64 {
        self.reader.end()
    }

    /// The chain of events.
    pub fn chain(&self) -> &Chain {
        &self.chain
    }

    pub(crate) fn board(&self) -> Option<&dyn ElectionBoard> {
        self.board.as_deref()
    }

    /// The election's published parameters; none before the setup was read.
    pub fn parameters(&self) -> Option<&crate::election::Parameters> {
        self.board().map(ElectionBoard::parameters)
    }

    /// The election's fingerprint φ.
    pub fn fingerprint(&self) -> Option<&str> {
        self.board().map(ElectionBoard::fingerprint)
    }

    /// The public credentials; none before the setup was read.
    pub fn credentials(&self) -> Option<&crate::credential::PublicCredentials> {
        self.board().map(ElectionBoard::credentials)
    }

    /// The number of trustees.
    pub fn trustees(&self) -> usize {
        self.board().map_or(0, ElectionBoard::trustees)
    }

    /// Whether a threshold group was made by version 2.0, whose certificates are not bound to their ceremony.
    pub fn has_unbound_certificates(&self) -> bool {
        self.board().is_some_and(ElectionBoard::has_unbound_certificates)
    }

    /// Ballots counted, the last of each credential, and their weight.
    pub fn counted(&self) -> (u64, u64) {
        self.board().map_or((0, 0), ElectionBoard::counted)
    }

    /// The accepted ballots in the order of the box, with their tracking numbers.
    pub fn ballots(&self) -> Vec<BoxEntry> {
        self.board().map_or_else(Vec::new, ElectionBoard::ballots)
    }

    /// The accepted ballot with this hash.
    pub fn find_ballot(&self, hash: &Digest) -> Option<BoxEntry> {
        self.board().and_then(|board| board.find(hash))
    }

    /// The verified result; none where there is none yet or it is wrong.
    pub fn outcome(&self) -> Option<&Outcome> {
        self.board().and_then(ElectionBoard::outcome)
    }

    pub(crate) fn next_position(&self) -> Position {
        self.reader.position()
    }

    /// Takes records that are about to be appended, `bytes` of them. Leaves everything as it was where one is wrong.
    pub(crate) fn accept(&mut self, records: Vec<Record>, bytes: u64) -> Result<(), Vec<Fault>> {
        let (chain, counts, taken) = (self.chain.clone(), self.counts.clone(), records.len() as u64);
        for record in records {
            self.record(record, &mut |_| {});
        }
        self.check_ballots();
        let mut faults: Vec<Fault> =
            std::mem::take(&mut self.failures).into_iter().map(|failure| failure.fault).collect();
        if faults.is_empty() {
            faults.extend(self.reader.skip(taken, bytes).err());
        }
        if !faults.is_empty() {
            (self.chain, self.counts) = (chain, counts);
            return Err(faults);
        }
        Ok(())
    }

    fn fail(&mut self, position: Position, event: Option<u64>, fault: Fault) {
        self.failures.push(Failure { position, event, ballot: None, fault });
    }

    fn fail_all(&mut self, position: Position, event: u64, faults: Vec<Fault>) {
        for fault in faults {
            self.fail(position, Some(event), fault);
        }
    }

    fn record(&mut self, record: Record, progress: &mut dyn FnMut(u64)) {
        if let Some(fault) = record.fault.clone() {
            self.fail(record.position, None, fault);
        }
        match record.kind {
            RecordKind::Data => self.pending.push(record),
            RecordKind::Event => self.event(&record),
        }
        if self.ballots.len() >= BALLOTS_PER_THREAD * self.options.threads.max(1) {
            self.check_ballots();
            progress(self.reader.position().byte);
        }
    }

    fn event(&mut self, record: &Record) {
        let event: Event = match serde_json::from_slice(&record.content) {
            Ok(event) => event,
            Err(error) => {
                return self.fail(record.position, None, Fault::unreadable("the event", &error));
            }
        };
        if crate::canonical(&event) != record.content {
            self.fail(record.position, None, Fault::NotCanonical { message: "the event" });
        }
        let height = self.chain.events();
        let has_rankings = self.board().is_some_and(ElectionBoard::has_rankings);
        let faults = self.chain.push(&event, record.hash, has_rankings);
        let in_order = !faults.iter().any(|fault| matches!(fault, Fault::EventOrder { .. }));
        self.fail_all(record.position, height, faults);
        if event.r#type != EventKind::Ballot {
            self.check_ballots();
        }
        let pending = std::mem::take(&mut self.pending);
        match event.payload {
            Some(payload) if in_order => self.payload(&event, payload, pending, record.position),
            _ => self.stray(pending),
        }
    }

    fn stray(&mut self, records: Vec<Record>) {
        for stray in records {
            self.fail(stray.position, None, Fault::StrayRecord { hash: stray.hash });
        }
    }

    /// Handles an event's payload: the last of the pending records, and those before it that it refers to.
    fn payload(&mut self, event: &Event, payload: Digest, mut pending: Vec<Record>, position: Position) {
        let message = event.r#type.name();
        let Some(record) = take_last(&mut pending, payload) else {
            self.fail(position, Some(event.height), Fault::MissingRecord { message, hash: payload });
            return self.stray(pending);
        };
        let height = self.chain.events() - 1;
        let rest = match event.r#type {
            EventKind::Setup => self.setup(&record, pending, height),
            EventKind::Ballot => {
                self.ballot(record, height);
                pending
            }
            EventKind::Result => {
                let faults = self.on_board(|board| board.result(&record.content));
                self.fail_all(record.position, height, faults);
                pending
            }
            EventKind::EncryptedTally => self.tally(&record, pending, height),
            EventKind::Shuffle | EventKind::PartialDecryption => {
                self.owned(event.r#type, &record, pending, height)
            }
            // Events without payload do not come here: a payload of theirs is a failure of the chain.
            EventKind::EndBallots | EventKind::EndShuffles => pending,
        };
        self.stray(rest);
    }

    fn on_board(&mut self, check: impl FnOnce(&mut dyn ElectionBoard) -> Vec<Fault>) -> Vec<Fault> {
        match &mut self.board {
            Some(board) => check(board.as_mut()),
            None => Vec::new(),
        }
    }

    fn setup(&mut self, record: &Record, mut pending: Vec<Record>, height: u64) -> Vec<Record> {
        let setup: Setup = match serde_json::from_slice(&record.content) {
            Ok(setup) => setup,
            Err(error) => {
                self.broken = true;
                self.fail(record.position, Some(height), Fault::unreadable("the setup", &error));
                return pending;
            }
        };
        let wanted = [
            ("election", setup.election),
            ("list of trustees", setup.trustees),
            ("list of credentials", setup.credentials),
        ];
        let mut found = Vec::new();
        for (message, hash) in wanted {
            match take_first(&mut pending, hash) {
                Some(own) => found.push(own),
                None => self.fail(record.position, Some(height), Fault::MissingRecord { message, hash }),
            }
        }
        let opened = match found.as_slice() {
            [election, trustees, credentials] => {
                board::open(&election.content, &trustees.content, &credentials.content)
            }
            _ => Err(Vec::new()),
        };
        match opened {
            Ok((board, faults)) => {
                self.board = Some(board);
                self.fail_all(record.position, height, faults);
            }
            Err(faults) => {
                // Without a readable setup nothing that follows can be understood.
                self.broken = true;
                self.fail_all(record.position, height, faults);
            }
        }
        pending
    }

    fn ballot(&mut self, record: Record, height: u64) {
        let end = record.position.byte + record.content.len() as u64;
        let trusted = end <= self.options.trusted_bytes;
        self.counts.ballots += 1;
        self.counts.trusted += u64::from(trusted);
        let cast = CastBallot { text: record.content, byte: record.position.byte, trusted };
        self.ballots.push((cast, record.position, height));
    }

    fn check_ballots(&mut self) {
        let Some(board) = self.board.as_deref_mut() else {
            return;
        };
        if self.ballots.is_empty() {
            return;
        }
        let (ballots, places): (Vec<CastBallot>, Vec<(Position, u64)>) = std::mem::take(&mut self.ballots)
            .into_iter()
            .map(|(cast, position, height)| (cast, (position, height)))
            .unzip();
        let input = self.reader.get_mut();
        let verdicts =
            board.cast(&ballots, self.options.threads, &mut |(byte, length)| read_again(input, byte, length));
        let verdicts = match verdicts {
            Ok(verdicts) => verdicts,
            Err(fault) => {
                self.broken = true;
                return self.fail(places[0].0, Some(places[0].1), fault);
            }
        };
        for ((cast, (position, height)), verdict) in ballots.iter().zip(places).zip(verdicts) {
            match verdict {
                Verdict::Accepted => {}
                Verdict::Replaces => self.counts.replaced += 1,
                Verdict::Refused(faults) => {
                    self.counts.refused += 1;
                    let ballot = Some(Digest::of(&cast.text).to_base64());
                    self.failures.extend(faults.into_iter().map(|fault| Failure {
                        position,
                        event: Some(height),
                        ballot: ballot.clone(),
                        fault,
                    }));
                }
            }
        }
    }

    fn tally(&mut self, record: &Record, mut pending: Vec<Record>, height: u64) -> Vec<Record> {
        #[derive(serde::Deserialize)]
        struct Reference {
            encrypted_tally: Digest,
        }
        match serde_json::from_slice::<Reference>(&record.content) {
            Err(error) => {
                let fault = Fault::unreadable("the size of the encrypted tally", &error);
                self.fail(record.position, Some(height), fault);
            }
            Ok(reference) => match take_first(&mut pending, reference.encrypted_tally) {
                None => {
                    let fault = Fault::MissingRecord {
                        message: "the encrypted tally",
                        hash: reference.encrypted_tally,
                    };
                    self.fail(record.position, Some(height), fault);
                }
                Some(tally) => {
                    let faults = self.on_board(|board| board.tally(&record.content, &tally.content));
                    self.fail_all(record.position, height, faults);
                }
            },
        }
        pending
    }

    fn owned(
        &mut self,
        kind: EventKind,
        record: &Record,
        mut pending: Vec<Record>,
        height: u64,
    ) -> Vec<Record> {
        let owned: Owned = match serde_json::from_slice(&record.content) {
            Ok(owned) => owned,
            Err(error) => {
                self.fail(record.position, Some(height), Fault::unreadable("the owner of a message", &error));
                return pending;
            }
        };
        let Some(message) = take_first(&mut pending, owned.payload) else {
            let fault = Fault::MissingRecord { message: kind.name(), hash: owned.payload };
            self.fail(record.position, Some(height), fault);
            return pending;
        };
        let faults = if kind == EventKind::Shuffle {
            self.counts.shuffles += 1;
            self.on_board(|board| board.shuffle(&owned, &message.content))
        } else {
            self.counts.decryptions += 1;
            self.on_board(|board| board.decryption(&owned, &message.content))
        };
        self.fail_all(message.position, height, faults);
        pending
    }
}

/// Takes the first of the pending records if it has this hash: the archive's order is fixed.
fn take_first(pending: &mut Vec<Record>, hash: Digest) -> Option<Record> {
    pending.first().is_some_and(|record| record.hash == hash).then(|| pending.remove(0))
}

/// Takes the last of the pending records if it has this hash.
fn take_last(pending: &mut Vec<Record>, hash: Digest) -> Option<Record> {
    pending.pop_if(|record| record.hash == hash)
}

fn read_again(input: &mut (impl Read + Seek), byte: u64, length: usize) -> Result<Vec<u8>, Fault> {
    let here = input.stream_position()?;
    let mut content = vec![0; length];
    input.seek(SeekFrom::Start(byte))?;
    input.read_exact(&mut content)?;
    input.seek(SeekFrom::Start(here))?;
    Ok(content)
}
