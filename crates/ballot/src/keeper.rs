//! Keeping the box: beginning an archive and appending to it. Nothing is appended that the audit would refuse.
//!
//! Every function returns the bytes to append. They must reach the file, after its last byte, before the audit is
//! used again.

use crate::archive::{self, ArchiveHeader, Position, Record, RecordKind};
use crate::audit::Audit;
use crate::board;
use crate::digest::Digest;
use crate::event::{Chain, EventKind, Setup};
use crate::fault::Fault;
use crate::opened::OpenedVote;
use crate::randomness::Randomness;
use crate::roles::{OwnedMessage, PrivateKey};
use std::io::{Read, Seek};

/// The bytes of a new archive, begun at `timestamp` (seconds since 1970), if its three messages are right.
pub fn begin_archive(
    timestamp: u64,
    election: &[u8],
    trustees: &[u8],
    credentials: &[u8],
) -> Result<Vec<u8>, Vec<Fault>> {
    let (_, faults) = board::open(election, trustees, credentials)?;
    if !faults.is_empty() {
        return Err(faults);
    }
    let setup = crate::canonical(&Setup {
        election: Digest::of(election),
        trustees: Digest::of(trustees),
        credentials: Digest::of(credentials),
    });
    let mut bytes = Vec::new();
    let io = |error: std::io::Error| vec![Fault::from(error)];
    archive::write_header(&mut bytes, &ArchiveHeader::new(timestamp)).map_err(io)?;
    for message in [election, trustees, credentials, &setup] {
        archive::write_record(&mut bytes, RecordKind::Data, message, timestamp).map_err(io)?;
    }
    let event = crate::canonical(&Chain::default().link(EventKind::Setup, Some(Digest::of(&setup))));
    archive::write_record(&mut bytes, RecordKind::Event, &event, timestamp).map_err(io)?;
    Ok(bytes)
}

impl<R: Read + Seek> Audit<R> {
    /// Casts a ballot, checked as the audit checks it.
    pub fn cast(&mut self, ballot: &[u8]) -> Result<Vec<u8>, Vec<Fault>> {
        self.append(EventKind::Ballot, &[ballot])
    }

    /// The bytes of ballots appended after `chain` without a look at them, for benches that audit them afterwards.
    #[cfg(any(test, feature = "seeded-randomness"))]
    pub fn unchecked_ballots(&self, chain: &mut Chain, ballots: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for ballot in ballots {
            let event = chain.link(EventKind::Ballot, Some(Digest::of(ballot)));
            let text = crate::canonical(&event);
            chain.push(&event, Digest::of(&text), false);
            for (kind, content) in [(RecordKind::Data, ballot), (RecordKind::Event, &text)] {
                archive::write_record(&mut bytes, kind, content, self.timestamp())
                    .expect("memory is written to");
            }
        }
        bytes
    }

    /// Closes the box and tallies it in encrypted form.
    pub fn close(&mut self) -> Result<Vec<u8>, Vec<Fault>> {
        let mut bytes = self.append(EventKind::EndBallots, &[])?;
        let (tally, sized) = self.roles().map_err(|fault| vec![fault])?.make_tally();
        bytes.extend(self.append(EventKind::EncryptedTally, &[&tally, &sized])?);
        Ok(bytes)
    }

    /// Appends a trustee's shuffle.
    pub fn add_shuffle(&mut self, shuffle: &OwnedMessage) -> Result<Vec<u8>, Vec<Fault>> {
        self.append(EventKind::Shuffle, &[&shuffle.message, &shuffle.owned])
    }

    /// Ends the shuffles.
    pub fn end_shuffles(&mut self) -> Result<Vec<u8>, Vec<Fault>> {
        self.append(EventKind::EndShuffles, &[])
    }

    /// Appends a trustee's partial decryption.
    pub fn add_decryption(&mut self, decryption: &OwnedMessage) -> Result<Vec<u8>, Vec<Fault>> {
        self.append(EventKind::PartialDecryption, &[&decryption.message, &decryption.owned])
    }

    /// Computes the result from the partial decryptions and publishes it.
    pub fn publish_result(&mut self) -> Result<Vec<u8>, Vec<Fault>> {
        let result = self.roles().and_then(|roles| roles.make_result()).map_err(|fault| vec![fault])?;
        self.append(EventKind::Result, &[&result])
    }

    /// A voter's ballot, encrypted and signed with the private credential. For each question: 0 or 1 for each
    /// answer, before them 0 or 1 for blank where that is possible; or a number for each answer to rank or grade.
    pub fn encrypt(
        &self,
        credential: &str,
        votes: &[Vec<u64>],
        randomness: &mut dyn Randomness,
    ) -> Result<Vec<u8>, Fault> {
        self.roles()?.encrypt(credential, votes, randomness)
    }

    /// Everything that is wrong with a ballot that is not in the box.
    pub fn check_ballot(&self, ballot: &[u8]) -> Vec<Fault> {
        self.roles().map_or_else(|fault| vec![fault], |roles| roles.check_ballot(ballot))
    }

    /// What a vote says that a booth opened for its voter, in the form that the booth writes: the ballot without its
    /// signature and the random numbers of its ciphertexts.
    pub fn read_opened(&self, opened: &[u8]) -> Result<OpenedVote, Vec<Fault>> {
        self.roles().map_err(|fault| vec![fault])?.open_vote(opened)
    }

    /// A trustee's shuffle of the ranked and graded ballots.
    pub fn shuffle(&self, trustee: usize, randomness: &mut dyn Randomness) -> Result<OwnedMessage, Fault> {
        self.order(EventKind::Shuffle)?;
        self.roles()?.make_shuffle(trustee, randomness)
    }

    /// A trustee's partial decryption.
    pub fn decrypt(
        &self,
        trustee: usize,
        key: &PrivateKey<'_>,
        randomness: &mut dyn Randomness,
    ) -> Result<OwnedMessage, Fault> {
        self.order(EventKind::PartialDecryption)?;
        self.roles()?.decrypt(trustee, key, randomness)
    }

    fn roles(&self) -> Result<&dyn crate::roles::Roles, Fault> {
        self.board()
            .map(|board| board.roles())
            .ok_or(Fault::EventOrder { event: "nothing", after: "before the setup".to_owned() })
    }

    fn order(&self, kind: EventKind) -> Result<(), Fault> {
        let has_rankings = self.board().is_some_and(|board| board.has_rankings());
        self.chain().order_fault(kind, has_rankings).map_or(Ok(()), Err)
    }

    /// Checks an event and its messages, the payload last, and returns their records.
    fn append(&mut self, kind: EventKind, messages: &[&[u8]]) -> Result<Vec<u8>, Vec<Fault>> {
        if !self.holds() {
            return Err(self.failures().into_iter().map(|failure| failure.fault).collect());
        }
        self.order(kind).map_err(|fault| vec![fault])?;
        let payload = messages.last().map(|message| Digest::of(message));
        let event = crate::canonical(&self.chain().link(kind, payload));
        let mut bytes = Vec::new();
        let mut records = Vec::new();
        let contents = messages.iter().map(|&message| (RecordKind::Data, message));
        for (kind, content) in contents.chain([(RecordKind::Event, event.as_slice())]) {
            let position = Position {
                record: self.next_position().record + records.len() as u64,
                byte: self.next_position().byte + bytes.len() as u64,
            };
            archive::write_record(&mut bytes, kind, content, self.timestamp())
                .map_err(|error| vec![Fault::from(error)])?;
            records.push(Record {
                kind,
                hash: Digest::of(content),
                content: content.to_vec(),
                position,
                fault: None,
            });
        }
        self.accept(records, bytes.len() as u64)?;
        Ok(bytes)
    }
}
