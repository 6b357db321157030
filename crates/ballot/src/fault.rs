//! Everything that can be wrong with an election's data, by name.

use crate::digest::Digest;
use crate::randomness::RandomnessFailure;
use serde::Serialize;

/// One thing that is wrong. Numbers of questions, choices, trustees and lines count from 1, as people do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "fault", rename_all = "kebab-case")]
pub enum Fault {
    /// The file does not begin as a `.bel` archive does.
    #[error("this is no election archive: {reason}")]
    NotAnArchive {
        /// What stands there instead.
        reason: String,
    },
    /// The file ends within a record.
    #[error("the archive ends within a record: {missing_bytes} bytes are missing; fetch the file again")]
    Truncated {
        /// How many bytes the record announces and the file does not have.
        missing_bytes: u64,
    },
    /// A record's header differs from the one that its name, length and the archive's time determine.
    #[error("the record's tar header is not the one that its content determines")]
    RecordHeader,
    /// A record is not named by the hash of its content.
    #[error("the record is named {name}, but the hash of its content is {hash}: the content was altered")]
    RecordName {
        /// The name in the header.
        name: String,
        /// The content's hash.
        hash: Digest,
    },
    /// A record is longer than allowed.
    #[error("{message} of {actual_bytes} bytes is longer than the limit of {limit_bytes} bytes")]
    TooLarge {
        /// Which message.
        message: &'static str,
        /// The limit.
        limit_bytes: u64,
        /// The record's length.
        actual_bytes: u64,
    },
    /// A record that no event refers to stands where it must not.
    #[error("record {hash} belongs to no event, or stands in the wrong place")]
    StrayRecord {
        /// The record's hash.
        hash: Digest,
    },
    /// An event refers to a record that does not stand where it must.
    #[error("the event refers to {message} {hash}, which does not stand before it")]
    MissingRecord {
        /// Which message.
        message: &'static str,
        /// The hash that is referred to.
        hash: Digest,
    },
    /// A message cannot be read.
    #[error("{message} cannot be read: {detail}")]
    Unreadable {
        /// Which message.
        message: &'static str,
        /// What the reader expected and where.
        detail: String,
    },
    /// A message is not spelled as the specification says: compact, in the order of fields, nothing else in it.
    #[error("{message} is not in canonical form")]
    NotCanonical {
        /// Which message.
        message: &'static str,
    },
    /// An event does not name the event before it as its parent.
    #[error("the event's parent is {actual}, but the event before it is {expected}: the chain is broken")]
    EventParent {
        /// The hash of the event before it, or "none".
        expected: String,
        /// What the event says.
        actual: String,
    },
    /// An event's height is not one more than its parent's.
    #[error("the event's height is {actual} instead of {expected}")]
    EventHeight {
        /// The height that it should have.
        expected: u64,
        /// What the event says.
        actual: u64,
    },
    /// An event cannot come at this point of an election.
    #[error("event {event} cannot come {after}")]
    EventOrder {
        /// The event.
        event: &'static str,
        /// What came before.
        after: String,
    },
    /// An event has a payload that it must not have, or lacks one.
    #[error("event {event} must {must} a payload")]
    EventPayload {
        /// The event.
        event: &'static str,
        /// "have" or "not have".
        must: &'static str,
    },
    /// The election's group is none of those supported.
    #[error("group {group:?} is not supported: use Ed25519, RFC-3526-2048 or BELENIOS-2048")]
    UnknownGroup {
        /// The election's field `group`.
        group: String,
    },
    /// The election follows another version of the protocol.
    #[error(
        "protocol version {version} is not supported: this program implements version 1 (Belenios 2 and 3)"
    )]
    UnknownVersion {
        /// The election's field `version`.
        version: u64,
    },
    /// The identifier is not at least 14 Base58 characters.
    #[error("{uuid:?} is no election identifier: at least 14 Base58 characters are needed")]
    Uuid {
        /// What was given.
        uuid: String,
    },
    /// A question contradicts itself or cannot be asked in this group.
    #[error("question {question}: {reason}")]
    Question {
        /// Which question.
        question: usize,
        /// Why not.
        reason: String,
    },
    /// The election has no question.
    #[error("the election asks no question")]
    NoQuestion,
    /// The election's public key is not the product of the trustees' keys.
    #[error("the election's public key is not the product of its trustees' keys")]
    PublicKey,
    /// The election has no trustee.
    #[error("the election has no trustee")]
    NoTrustee,
    /// A trustee's public key is outside the group.
    #[error("trustee {trustee}: the public key is not in the group")]
    TrusteeKeyOutside {
        /// Which trustee.
        trustee: usize,
    },
    /// A trustee's proof of knowledge fails.
    #[error("trustee {trustee}: the proof that the trustee knows the private key is wrong")]
    TrusteeProof {
        /// Which trustee.
        trustee: usize,
    },
    /// The threshold is not between 1 and the number of trustees.
    #[error("a threshold of {threshold} of {size} trustees is impossible")]
    Threshold {
        /// Partial decryptions needed.
        threshold: usize,
        /// Trustees of the threshold group.
        size: usize,
    },
    /// The threshold group's lists have different lengths.
    #[error("the threshold group has {expected} certificates but {actual} {list}")]
    ThresholdShape {
        /// Which list.
        list: &'static str,
        /// The number of certificates.
        expected: usize,
        /// The list's length.
        actual: usize,
    },
    /// A trustee's certificate is not signed by its own key.
    #[error("trustee {member} of the threshold group: the certificate's signature is wrong")]
    Certificate {
        /// Which trustee of the group.
        member: usize,
    },
    /// A trustee's certificate was made for another group, size, threshold or place.
    #[error("trustee {member} of the threshold group: the certificate is for another ceremony")]
    CertificateContext {
        /// Which trustee of the group.
        member: usize,
    },
    /// A trustee's commitments are not signed by its certificate.
    #[error("trustee {member} of the threshold group: the signature of the coefficients is wrong")]
    Coefficients {
        /// Which trustee of the group.
        member: usize,
    },
    /// A trustee did not sign the list of certificates.
    #[error("trustee {member} of the threshold group: the signature of all certificates is wrong")]
    CertificatesSignature {
        /// Which trustee of the group.
        member: usize,
    },
    /// A trustee's verification key does not follow from the committed polynomials.
    #[error(
        "trustee {member} of the threshold group: the verification key does not follow from the ceremony"
    )]
    VerificationKey {
        /// Which trustee of the group.
        member: usize,
    },
    /// A share sent during the ceremony is not the one committed to.
    #[error("trustee {member} of the threshold group sent a share that does not match the coefficients")]
    Share {
        /// Who sent it.
        member: usize,
    },
    /// A message of the ceremony is not for this key, or was altered.
    #[error("the sealed message cannot be opened: {reason}")]
    Sealed {
        /// Which check failed.
        reason: &'static str,
    },
    /// The key is none of the ceremony's.
    #[error("this key belongs to none of the certificates")]
    NotMyCeremony,
    /// A public credential cannot be read.
    #[error("public credential {line} is not readable: {detail}")]
    CredentialUnreadable {
        /// Its place in the list.
        line: usize,
        /// What is wrong.
        detail: String,
    },
    /// A public credential is outside the group.
    #[error("public credential {line} is not in the group")]
    CredentialOutside {
        /// Its place in the list.
        line: usize,
    },
    /// A public credential is listed twice.
    #[error("public credential {line} is the same as credential {first}")]
    CredentialRepeated {
        /// Its place in the list.
        line: usize,
        /// The place of the same credential before.
        first: usize,
    },
    /// The weights add up to more than a tally can be decrypted for.
    #[error("the weights add up to {total}, more than {limit}")]
    TotalWeight {
        /// The sum.
        total: u128,
        /// The limit.
        limit: u64,
    },
    /// A weight other than 1 in an election with ranked or graded questions.
    #[error(
        "credential {line} has weight {weight}: only weight 1 is possible with ranked or graded questions"
    )]
    WeightWithRanking {
        /// Its place in the list.
        line: usize,
        /// Its weight.
        weight: u64,
    },
    /// The text is no private credential.
    #[error(
        "this is no private credential: a credential looks like XXXXX-XXXXXX-XXXXX-XXXXXX; check for typing errors"
    )]
    PrivateCredential,
    /// The ballot is for another election.
    #[error("the ballot is for another election: its {field} differs")]
    OtherElection {
        /// The field that differs.
        field: &'static str,
    },
    /// The ballot's credential is not in the list.
    #[error("the ballot's credential is not in the list of public credentials")]
    CredentialUnknown,
    /// The same ballot was cast before.
    #[error("this very ballot is already in the box")]
    BallotRepeated,
    /// The signature is over something else than this ballot.
    #[error("the signature is for a different ballot: its hash differs")]
    SignatureHash,
    /// The signature is wrong.
    #[error("the ballot's signature is wrong")]
    Signature,
    /// There are more or fewer answers than questions.
    #[error("{actual} answers to {expected} questions")]
    AnswerCount {
        /// Questions.
        expected: usize,
        /// Answers.
        actual: usize,
    },
    /// An answer cannot be read as one to its question.
    #[error("question {question}: the answer cannot be read: {detail}")]
    AnswerUnreadable {
        /// Which question.
        question: usize,
        /// What the reader expected.
        detail: String,
    },
    /// A list of the answer has another length than the question asks for.
    #[error("question {question}: {actual} {list} instead of {expected}")]
    AnswerShape {
        /// Which question.
        question: usize,
        /// Which list.
        list: &'static str,
        /// The length that the question determines.
        expected: usize,
        /// The list's length.
        actual: usize,
    },
    /// A ciphertext is outside the group.
    #[error("question {question}, choice {choice}: the ciphertext is not in the group")]
    ChoiceOutside {
        /// Which question.
        question: usize,
        /// Which choice.
        choice: usize,
    },
    /// The proof that a choice is 0 or 1 fails.
    #[error("question {question}, choice {choice}: the proof that it is 0 or 1 is wrong")]
    IndividualProof {
        /// Which question.
        question: usize,
        /// Which choice.
        choice: usize,
    },
    /// The proof on the number of choices fails.
    #[error("question {question}: the proof of the number of choices is wrong")]
    OverallProof {
        /// Which question.
        question: usize,
    },
    /// The proof that a blank answer chooses nothing fails, or there is one where no blank is allowed, or none.
    #[error("question {question}: the proof about the blank vote is wrong or missing")]
    BlankProof {
        /// Which question.
        question: usize,
    },
    /// The proof that the voter knows the ranked or graded answer fails.
    #[error("question {question}: the proof that the voter knows the answer is wrong")]
    AnswerProof {
        /// Which question.
        question: usize,
    },
    /// A vote that the question does not allow.
    #[error("question {question}: {reason}")]
    Vote {
        /// Which question.
        question: usize,
        /// Why not.
        reason: String,
    },
    /// The encrypted tally counts another number of ballots.
    #[error(
        "the encrypted tally is of {actual} ballots of weight {actual_weight}; the box holds {expected} of weight {expected_weight}"
    )]
    TallyCount {
        /// Ballots in the box, the last of each credential.
        expected: u64,
        /// Ballots according to the tally.
        actual: u64,
        /// Their weight.
        expected_weight: u64,
        /// Their weight according to the tally.
        actual_weight: u64,
    },
    /// The encrypted tally is not that of the box.
    #[error("question {question}: the encrypted tally is not that of the ballots in the box")]
    TallyDiffers {
        /// Which question.
        question: usize,
    },
    /// A trustee number that does not exist.
    #[error("there is no trustee {owner}: the election has {trustees}")]
    Owner {
        /// The number given.
        owner: u64,
        /// How many trustees there are.
        trustees: usize,
    },
    /// A shuffle has lists of wrong lengths.
    #[error("the shuffle's {list} has {actual} entries instead of {expected}")]
    ShuffleShape {
        /// Which list.
        list: &'static str,
        /// The length it should have.
        expected: usize,
        /// Its length.
        actual: usize,
    },
    /// A shuffle contains something outside the group.
    #[error("the shuffle's {list} holds a point that is not in the group")]
    ShuffleOutside {
        /// Which list.
        list: &'static str,
    },
    /// A shuffle's proof fails.
    #[error("the shuffle's proof for ranked question {question} is wrong: {equation}")]
    ShuffleProof {
        /// Which of the ranked or graded questions.
        question: usize,
        /// The equation that does not hold.
        equation: &'static str,
    },
    /// A trustee shuffled twice.
    #[error("trustee {trustee} shuffled already")]
    ShuffleRepeated {
        /// Which trustee.
        trustee: usize,
    },
    /// The election has no ranked or graded question, or the box is not tallied.
    #[error("{reason}")]
    Shuffle {
        /// Why not.
        reason: &'static str,
    },
    /// A trustee decrypted twice.
    #[error("trustee {trustee} decrypted already")]
    DecryptionRepeated {
        /// Which trustee.
        trustee: usize,
    },
    /// A partial decryption has another shape than the tally.
    #[error("trustee {trustee}: the partial decryption has not the shape of the encrypted tally")]
    DecryptionShape {
        /// Which trustee.
        trustee: usize,
    },
    /// A decryption factor is outside the group.
    #[error(
        "trustee {trustee}, question {question}, place {place}: the decryption factor is not in the group"
    )]
    DecryptionOutside {
        /// Which trustee.
        trustee: usize,
        /// Which question.
        question: usize,
        /// Which ciphertext of it.
        place: usize,
    },
    /// The proof of a decryption factor fails.
    #[error("trustee {trustee}, question {question}, place {place}: the proof of decryption is wrong")]
    DecryptionProof {
        /// Which trustee.
        trustee: usize,
        /// Which question.
        question: usize,
        /// Which ciphertext of it.
        place: usize,
    },
    /// The private key is not that of the trustee named.
    #[error("this private key is not that of trustee {trustee}")]
    PrivateKey {
        /// Which trustee.
        trustee: usize,
    },
    /// Too few partial decryptions.
    #[error("{given} of the {needed} partial decryptions needed {from} are there")]
    DecryptionsMissing {
        /// Whose.
        from: String,
        /// How many are needed.
        needed: usize,
        /// How many there are.
        given: usize,
    },
    /// The result has another shape than the questions.
    #[error("question {question}: the result has not the shape of the question")]
    ResultShape {
        /// Which question.
        question: usize,
    },
    /// The result is not what the decryptions give.
    #[error("question {question}, place {place}: the result is not what the partial decryptions give")]
    ResultDiffers {
        /// Which question.
        question: usize,
        /// Which answer, or which ballot of a ranked question.
        place: usize,
    },
    /// No number of votes up to the total weight explains the decrypted sum.
    #[error("question {question}, answer {answer}: the decrypted sum is no number up to {limit}")]
    Undecodable {
        /// Which question.
        question: usize,
        /// Which answer.
        answer: usize,
        /// The total weight.
        limit: u64,
    },
    /// An opened vote is not the encryption that its randomness determines.
    #[error(
        "question {question}, choice {choice}: the random number does not open the encrypted choice to an allowed one: \
         the booth did not encrypt what it showed"
    )]
    Opening {
        /// Which question.
        question: usize,
        /// Which ciphertext of the answer.
        choice: usize,
    },
    /// An opened vote carries a signature, with which it could be cast.
    #[error("the opened vote carries a signature, with which anybody could cast it: remove the signature")]
    OpenedIsSigned,
    /// The earlier archive is not the beginning of this one.
    #[error(
        "the earlier archive is not the beginning of this one: something was removed or altered (first at byte {byte})"
    )]
    NotAnExtension {
        /// The first byte that differs.
        byte: u64,
    },
    /// The operating system gave no randomness.
    #[error("{reason}")]
    Randomness {
        /// What it said.
        reason: String,
    },
    /// Reading or writing failed.
    #[error("reading or writing failed: {reason}")]
    Io {
        /// What the operating system said.
        reason: String,
    },
}

impl Fault {
    /// The fault's name, as in JSON: `individual-proof`.
    pub fn name(&self) -> String {
        match serde_json::to_value(self) {
            Ok(value) => value["fault"].as_str().unwrap_or_default().to_owned(),
            Err(_) => String::new(),
        }
    }

    /// Something cannot be read as this message. It may be a secret file taken by mistake, so that nothing of its
    /// content is said.
    pub(crate) fn unreadable(message: &'static str, error: &serde_json::Error) -> Self {
        let what = match error.classify() {
            serde_json::error::Category::Data => "it does not have the fields expected",
            serde_json::error::Category::Eof => "it ends too early",
            _ => "it is not JSON",
        };
        let detail =
            format!("{what} (line {}, column {}): is it the right file?", error.line(), error.column());
        Self::Unreadable { message, detail }
    }
}

impl From<RandomnessFailure> for Fault {
    fn from(failure: RandomnessFailure) -> Self {
        Self::Randomness { reason: failure.to_string() }
    }
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Self {
        Self::Io { reason: error.to_string() }
    }
}
