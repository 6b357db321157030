//! The public board of one election: everything that its archive says, checked message by message.
//!
//! A board knows its group; whoever reads an archive does so through [`ElectionBoard`], which does not.

use crate::ballot::Ballot;
use crate::credential::PublicCredentials;
use crate::decryption::{self, PartialDecryption};
use crate::digest::Digest;
use crate::election::{Election, Parameters};
use crate::event::Owned;
use crate::fault::Fault;
use crate::group::Group;
use crate::membership;
use crate::outcome::Outcome;
use crate::proof::Checks;
use crate::shuffle::Shuffle;
use crate::tally::{EncryptedTally, SizedTally, TallyBuilder};
use crate::trustee::Trustees;
use crate::{Belenios2048, Ed25519, Rfc3526};
use indexmap::IndexMap;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

/// Ballots whose proofs are computed side by side.
const BALLOTS_SIDE_BY_SIDE: usize = 8;

/// Where a cast ballot can be read again: the byte of the archive and the length.
pub(crate) type BallotPlace = (u64, usize);

/// A ballot as it stands in the archive.
pub(crate) struct CastBallot {
    pub text: Vec<u8>,
    pub byte: u64,
    /// Its proofs were checked before; only what concerns the rest of the box is.
    pub trusted: bool,
}

/// An accepted ballot of the box.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BoxEntry {
    /// The tracking number.
    pub tracking_number: String,
    /// How many votes the credential has.
    pub weight: u64,
    /// Whether it counts: it is the last of its credential.
    pub counts: bool,
}

/// What became of a ballot.
pub(crate) enum Verdict {
    /// It counts.
    Accepted,
    /// It counts in place of the credential's ballot before.
    Replaces,
    /// It does not count.
    Refused(Vec<Fault>),
}

/// A board with its group hidden.
pub(crate) trait ElectionBoard: Send + Sync {
    fn parameters(&self) -> &Parameters;
    fn fingerprint(&self) -> &str;
    fn has_rankings(&self) -> bool;
    fn credentials(&self) -> &PublicCredentials;
    fn trustees(&self) -> usize;
    fn has_unbound_certificates(&self) -> bool;
    /// Ballots counted and their weight.
    fn counted(&self) -> (u64, u64);
    /// The accepted ballots.
    fn ballots(&self) -> Vec<BoxEntry>;
    /// The accepted ballot with this hash.
    fn find(&self, hash: &Digest) -> Option<BoxEntry>;
    fn cast(
        &mut self,
        ballots: &[CastBallot],
        threads: usize,
        take_back: &mut TakeBack<'_>,
    ) -> Result<Vec<Verdict>, Fault>;
    fn tally(&mut self, sized: &[u8], tally: &[u8]) -> Vec<Fault>;
    fn shuffle(&mut self, owned: &Owned, shuffle: &[u8]) -> Vec<Fault>;
    fn decryption(&mut self, owned: &Owned, decryption: &[u8]) -> Vec<Fault>;
    fn result(&mut self, result: &[u8]) -> Vec<Fault>;
    fn outcome(&self) -> Option<&Outcome>;
    /// For roles that make messages: see [`crate::roles`].
    fn roles(&self) -> &dyn crate::roles::Roles;
}

/// Reads a ballot of the archive again.
pub(crate) type TakeBack<'a> = dyn FnMut(BallotPlace) -> Result<Vec<u8>, Fault> + 'a;

/// A board and everything that is wrong with its setup, or why there is no board.
type Opened = Result<(Box<dyn ElectionBoard>, Vec<Fault>), Vec<Fault>>;

/// The board that the setup's three messages make, and everything that is wrong with them.
pub(crate) fn open(election: &[u8], trustees: &[u8], credentials: &[u8]) -> Opened {
    fn boxed<G: Group>(texts: [&[u8]; 3]) -> Opened {
        Board::<G>::open(texts).map(|(board, faults)| (Box::new(board) as Box<dyn ElectionBoard>, faults))
    }
    let parameters = Parameters::parse(election).map_err(|fault| vec![fault])?;
    let texts = [election, trustees, credentials];
    match parameters.group.as_str() {
        Ed25519::NAME => boxed::<Ed25519>(texts),
        Belenios2048::NAME => boxed::<Belenios2048>(texts),
        Rfc3526::NAME => boxed::<Rfc3526>(texts),
        _ => Err(vec![Fault::UnknownGroup { group: parameters.group }]),
    }
}

/// The board of an election in group `G`.
pub(crate) struct Board<G: Group> {
    pub election: Election<G>,
    pub trustees: Trustees<G>,
    credentials: PublicCredentials,
    /// Tables of g and y, made when the first proof of a ballot is checked.
    bases: OnceLock<G::Bases>,
    /// The ballot that counts of each credential, by its place in the list.
    last: Vec<Option<BallotPlace>>,
    /// The ballots accepted, in their order, each with its credential's place in the list.
    accepted: IndexMap<Digest, usize>,
    pub builder: TallyBuilder<G>,
    /// The tally of the box, with the last shuffle's ciphertexts in it.
    pub tallied: Option<EncryptedTally<G>>,
    /// The trustees who shuffled, by number.
    shufflers: BTreeSet<usize>,
    pub decryptions: BTreeMap<usize, PartialDecryption<G>>,
    outcome: Option<Outcome>,
}

/// A ballot and what is wrong with it.
struct Checked<G: Group> {
    ballot: Option<Ballot<G>>,
    faults: Vec<Fault>,
}

impl<G: Group> Board<G> {
    fn open([election, trustees, credentials]: [&[u8]; 3]) -> Result<(Self, Vec<Fault>), Vec<Fault>> {
        let election = Election::<G>::parse(election).map_err(|fault| vec![fault])?;
        let trustees = Trustees::<G>::parse(trustees).map_err(|fault| vec![fault])?;
        let mut faults = trustees.verify();
        if trustees.public_key() != Some(*election.public_key().point()) {
            faults.push(Fault::PublicKey);
        }
        let (credentials, unfit) = PublicCredentials::parse::<G>(credentials, election.has_rankings())
            .map_err(|fault| vec![fault])?;
        faults.extend(unfit);
        let board = Self {
            bases: OnceLock::new(),
            last: vec![None; credentials.len()],
            accepted: IndexMap::new(),
            builder: TallyBuilder::new(election.questions()),
            tallied: None,
            shufflers: BTreeSet::new(),
            decryptions: BTreeMap::new(),
            outcome: None,
            election,
            trustees,
            credentials,
        };
        Ok((board, faults))
    }

    /// Checks ballots on several threads: each of them on its own, and the membership of their points together.
    fn check(&self, ballots: &[CastBallot], threads: usize) -> Vec<Checked<G>> {
        let share = ballots.len().div_ceil(threads.max(1)).max(1);
        if share >= ballots.len() {
            return self.check_share(ballots);
        }
        std::thread::scope(|scope| {
            let workers: Vec<_> =
                ballots.chunks(share).map(|share| scope.spawn(|| self.check_share(share))).collect();
            // A panic of a worker is a bug of ours and goes on as one.
            workers.into_iter().flat_map(|worker| worker.join().expect("checking does not panic")).collect()
        })
    }

    fn check_share(&self, ballots: &[CastBallot]) -> Vec<Checked<G>> {
        let mut checked: Vec<Checked<G>> =
            ballots.chunks(BALLOTS_SIDE_BY_SIDE).flat_map(|few| self.check_few(few)).collect();
        let mut points = Vec::new();
        for (index, (own, cast)) in checked.iter().zip(ballots).enumerate() {
            let Some(ballot) = own.ballot.as_ref().filter(|_| !cast.trusted) else {
                continue;
            };
            for (question, answer) in ballot.answers().iter().enumerate() {
                for (choice, ciphertext) in answer.ciphertexts().iter().enumerate() {
                    let label = (index, question + 1, choice + 1);
                    points.push((label, *ciphertext.alpha.point()));
                    points.push((label, *ciphertext.beta.point()));
                }
            }
        }
        for (index, question, choice) in membership::outsiders::<G, _>(&points) {
            let fault = Fault::ChoiceOutside { question, choice };
            if !checked[index].faults.contains(&fault) {
                checked[index].faults.push(fault);
            }
        }
        checked
    }

    fn check_few(&self, ballots: &[CastBallot]) -> Vec<Checked<G>> {
        let mut checks = Checks::new();
        let mut checked = Vec::with_capacity(ballots.len());
        for (index, cast) in ballots.iter().enumerate() {
            checks.begin(index);
            checked.push(self.check_alone(cast, &mut checks));
        }
        if !checks.is_empty() {
            for (index, fault) in checks.faults(self.bases()) {
                checked[index].faults.push(fault);
            }
        }
        checked
    }

    fn check_alone(&self, cast: &CastBallot, checks: &mut Checks<G>) -> Checked<G> {
        match Ballot::parse(&self.election, &cast.text) {
            Err(fault) => Checked { ballot: None, faults: vec![fault] },
            Ok(ballot) => {
                let mut faults = Vec::new();
                if self.credentials.find(ballot.credential().text()).is_none() {
                    faults.push(Fault::CredentialUnknown);
                } else if !cast.trusted {
                    faults = ballot.check(&self.election, &cast.text, checks);
                }
                Checked { ballot: Some(ballot), faults }
            }
        }
    }

    /// Checks one ballot as the box keeper does before casting it.
    pub fn check_one(&self, text: &[u8]) -> Vec<Fault> {
        let cast = CastBallot { text: text.to_vec(), byte: 0, trusted: false };
        let mut faults = self.check_share(&[cast]).remove(0).faults;
        if self.accepted.contains_key(&Digest::of(text)) {
            faults.push(Fault::BallotRepeated);
        }
        faults
    }

    fn count(
        &mut self,
        cast: &CastBallot,
        checked: Checked<G>,
        take_back: &mut TakeBack<'_>,
    ) -> Result<Verdict, Fault> {
        let Checked { ballot: Some(ballot), mut faults } = checked else {
            return Ok(Verdict::Refused(checked.faults));
        };
        if self.accepted.contains_key(&Digest::of(&cast.text)) {
            faults.push(Fault::BallotRepeated);
        }
        let found = self.credentials.find(ballot.credential().text());
        let (Some((place, weight)), true) = (found, faults.is_empty()) else {
            return Ok(Verdict::Refused(faults));
        };
        self.accepted.insert(Digest::of(&cast.text), place);
        let before = self.last[place].replace((cast.byte, cast.text.len()));
        if let Some(before) = before {
            let replaced = Ballot::parse(&self.election, &take_back(before)?)?;
            self.builder.remove(place, weight, &replaced);
        }
        self.builder.add(place, weight, &ballot);
        Ok(if before.is_some() { Verdict::Replaces } else { Verdict::Accepted })
    }

    /// The tables of g and y.
    pub(crate) fn bases(&self) -> &G::Bases {
        self.bases.get_or_init(|| {
            let questions = self.election.questions().iter();
            let powers: usize = questions.map(|question| question.answers().len() + 1).sum();
            G::bases(self.election.public_key().point(), self.credentials.len() * powers)
        })
    }

    /// The trustee's number as an index, if there is such a trustee.
    fn owner(&self, owner: u64) -> Result<usize, Fault> {
        let trustees = self.trustees.keys().len();
        match usize::try_from(owner) {
            Ok(number) if (1..=trustees).contains(&number) => Ok(number),
            _ => Err(Fault::Owner { owner, trustees }),
        }
    }

    /// The tally to decrypt: there is one in an archive whose events are in order.
    pub fn tallied(&self) -> Result<&EncryptedTally<G>, Fault> {
        self.tallied.as_ref().ok_or(Fault::Shuffle { reason: "the box is not tallied yet: close it first" })
    }

    fn try_tally(&mut self, sized: &[u8], tally: &[u8]) -> Result<Vec<Fault>, Fault> {
        let sized: SizedTally = serde_json::from_slice(sized)
            .map_err(|error| Fault::unreadable("the size of the encrypted tally", &error))?;
        let own = self.builder.tally();
        let published = EncryptedTally::<G>::parse(tally)?;
        let mut faults = Vec::new();
        let expected = (self.builder.count(), self.builder.weight());
        let actual = (sized.num_tallied, sized.total_weight.0);
        if expected != actual {
            faults.push(Fault::TallyCount {
                expected: expected.0,
                actual: actual.0,
                expected_weight: expected.1,
                actual_weight: actual.1,
            });
        }
        let questions = own.0.len().max(published.0.len());
        let differing = (0..questions).filter(|&index| own.0.get(index) != published.0.get(index));
        faults.extend(differing.map(|index| Fault::TallyDiffers { question: index + 1 }));
        if faults.is_empty() && crate::canonical(&published) != tally {
            faults.push(Fault::NotCanonical { message: "the encrypted tally" });
        }
        self.tallied = Some(own);
        Ok(faults)
    }

    fn try_shuffle(&mut self, owned: &Owned, text: &[u8]) -> Result<Vec<Fault>, Fault> {
        let trustee = self.owner(owned.owner)?;
        let mut faults = Vec::new();
        if self.shufflers.contains(&trustee) {
            faults.push(Fault::ShuffleRepeated { trustee });
        }
        let shuffle = Shuffle::<G>::parse(text)?;
        let tallied = self.tallied()?;
        let questions = self.election.questions();
        faults.extend(shuffle.verify(&self.election, &tallied.rankings(questions)));
        if faults.is_empty() {
            self.tallied = Some(tallied.with_rankings(questions, &shuffle.ciphertexts));
            self.shufflers.insert(trustee);
        }
        Ok(faults)
    }

    fn try_decryption(&mut self, owned: &Owned, text: &[u8]) -> Result<Vec<Fault>, Fault> {
        let trustee = self.owner(owned.owner)?;
        let decryption = PartialDecryption::<G>::parse(text)?;
        let public = &self.trustees.keys()[trustee - 1].public_key;
        let mut faults = decryption.verify(&self.election, self.tallied()?, trustee, public);
        if self.decryptions.contains_key(&trustee) {
            faults.push(Fault::DecryptionRepeated { trustee });
        }
        if faults.is_empty() {
            self.decryptions.insert(trustee, decryption);
        }
        Ok(faults)
    }

    fn try_result(&mut self, text: &[u8]) -> Result<Vec<Fault>, Fault> {
        let outcome = Outcome::parse(text)?;
        let factors = decryption::combine(&self.trustees, &self.decryptions)?;
        let faults = outcome.verify::<G>(self.election.questions(), self.tallied()?, &factors);
        if faults.is_empty() {
            self.outcome = Some(outcome);
        }
        Ok(faults)
    }
}

fn flatten(result: Result<Vec<Fault>, Fault>) -> Vec<Fault> {
    result.unwrap_or_else(|fault| vec![fault])
}

impl<G: Group> ElectionBoard for Board<G> {
    fn parameters(&self) -> &Parameters {
        self.election.parameters()
    }

    fn fingerprint(&self) -> &str {
        self.election.fingerprint()
    }

    fn has_rankings(&self) -> bool {
        self.election.has_rankings()
    }

    fn credentials(&self) -> &PublicCredentials {
        &self.credentials
    }

    fn trustees(&self) -> usize {
        self.trustees.keys().len()
    }

    fn has_unbound_certificates(&self) -> bool {
        self.trustees.has_unbound_certificates()
    }

    fn counted(&self) -> (u64, u64) {
        (self.builder.count(), self.builder.weight())
    }

    fn ballots(&self) -> Vec<BoxEntry> {
        let mut replaced = vec![false; self.last.len()];
        let mut entries: Vec<BoxEntry> = self
            .accepted
            .iter()
            .rev()
            .map(|(hash, &place)| BoxEntry {
                tracking_number: hash.to_base64(),
                weight: self.credentials.weight(place),
                counts: !std::mem::replace(&mut replaced[place], true),
            })
            .collect();
        entries.reverse();
        entries
    }

    fn find(&self, hash: &Digest) -> Option<BoxEntry> {
        let (index, _, &place) = self.accepted.get_full(hash)?;
        let is_last = self.accepted.values().rposition(|&other| other == place) == Some(index);
        Some(BoxEntry {
            tracking_number: hash.to_base64(),
            weight: self.credentials.weight(place),
            counts: is_last,
        })
    }

    fn cast(
        &mut self,
        ballots: &[CastBallot],
        threads: usize,
        take_back: &mut TakeBack<'_>,
    ) -> Result<Vec<Verdict>, Fault> {
        let checked = self.check(ballots, threads);
        ballots.iter().zip(checked).map(|(cast, checked)| self.count(cast, checked, take_back)).collect()
    }

    fn tally(&mut self, sized: &[u8], tally: &[u8]) -> Vec<Fault> {
        flatten(self.try_tally(sized, tally))
    }

    fn shuffle(&mut self, owned: &Owned, shuffle: &[u8]) -> Vec<Fault> {
        flatten(self.try_shuffle(owned, shuffle))
    }

    fn decryption(&mut self, owned: &Owned, decryption: &[u8]) -> Vec<Fault> {
        flatten(self.try_decryption(owned, decryption))
    }

    fn result(&mut self, result: &[u8]) -> Vec<Fault> {
        flatten(self.try_result(result))
    }

    fn outcome(&self) -> Option<&Outcome> {
        self.outcome.as_ref()
    }

    fn roles(&self) -> &dyn crate::roles::Roles {
        self
    }
}
