//! Every way in which a command is refused: a named value with the charter's article and plain words.
//!
//! The words say what was found and what would be needed, and end with the article in brackets. Each refusal has a
//! row in the tables under `tests/tables`.

use crate::ids::*;
use crate::retention::Attached;
use crate::roll::Standing;
use jiff::Timestamp;
use mandate_charter::{Duty, Fraction};
use serde::Serialize;
use std::fmt;

macro_rules! refusals {
    ($($name:ident { $($field:ident: $type:ty),* } [$article:literal] $words:literal;)*) => {
        /// Why a command was refused.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Refusal {
            $(
                #[doc = $words]
                $name { $($field: $type),* },
            )*
        }

        impl Refusal {
            /// The name of every refusal.
            pub const NAMES: &'static [&'static str] = &[$(stringify!($name)),*];

            /// The name of this one.
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$name { .. } => stringify!($name),)*
                }
            }

            /// The charter's article that it rests on.
            #[allow(unused_variables)]
            pub fn article(&self) -> String {
                match self {
                    $(Self::$name { $($field),* } => format!($article),)*
                }
            }

            /// What was found and what would be needed, in plain words.
            #[allow(unused_variables)]
            pub fn words(&self) -> String {
                match self {
                    $(Self::$name { $($field),* } => format!($words),)*
                }
            }
        }
    };
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} [{}]", self.words(), self.article())
    }
}

impl std::error::Error for Refusal {}

/// As JSON: its name, article and words.
impl Serialize for Refusal {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut fields = serializer.serialize_struct("Refusal", 3)?;
        fields.serialize_field("refusal", self.name())?;
        fields.serialize_field("article", &self.article())?;
        fields.serialize_field("words", &self.words())?;
        fields.end()
    }
}

impl Refusal {
    pub(crate) fn no_such(what: &'static str, id: &dyn fmt::Display) -> Self {
        Self::NoSuch { what, id: id.to_string() }
    }

    pub(crate) fn not_on_the_roll(member: &MemberId) -> Self {
        Self::NotOnTheRoll { member: member.clone() }
    }
}

refusals! {
    // The record.
    NotFounded {} ["founding"] "there is no federation yet; found one with a charter and two rolls";
    AlreadyFounded {} ["founding"] "the federation is founded already; a record holds one";
    FounderNotOnCommission { member: MemberId } ["founding"] "{member} founds but is not on the founding commission; name them among its members";
    TimeRunsBackward { at: Timestamp, last: Timestamp } ["record"] "the command is dated {at}, the last entry {last}; send it again with the present time";
    NoSuch { what: &'static str, id: String } ["record"] "there is no {what} {id}";
    Unreadable { what: String, problem: String } ["record"] "the {what} cannot be read: {problem}";
    AttachmentMissing { hash: Hash } ["record"] "the attachment {hash} is not kept any more, so nothing can be decided from it";
    NeverErased { what: Attached } ["record.retention"] "an attachment of kind {what:?} is never erased; only ballots and marked rolls are, after their time";
    RetentionRuns { until: Timestamp } ["record.retention"] "it is kept until {until}; erase it after that";

    // The rolls.
    NotOnTheRoll { member: MemberId } ["members"] "{member} is on the roll of no workplace; whoever keeps the roll can enter them";
    AlreadyOnTheRoll { member: MemberId } ["members"] "{member} is on the roll already; move them instead";
    AlreadyThere { member: MemberId, workplace: WorkplaceId } ["members"] "{member} is at {workplace} already";
    BadIdentifier { what: &'static str, id: String } ["members"] "the {what} {id:?} must have 1 to 64 letters, digits, or - _ . :";
    NoOrganisations { member: MemberId } ["members.organisations"] "{member} is an organisation, and the charter admits persons only";
    StandingForbids { member: MemberId, standing: Standing, what: &'static str } ["members"] "{member} may not {what} while {standing:?}";
    StandingIsSo { member: MemberId, standing: Standing } ["members"] "{member} is {standing:?} already";
    WorkplaceExists { workplace: WorkplaceId } ["members"] "there is a workplace {workplace} already; choose another id";
    WorkplaceClosed { workplace: WorkplaceId } ["members"] "{workplace} is closed";
    LastWorkplace { workplace: WorkplaceId } ["members"] "{workplace} is the last open workplace; open another before closing it";
    OwnSuccessor { workplace: WorkplaceId } ["members"] "{workplace} cannot follow itself; name another workplace or none";
    WrongTerritories { given: usize, asked: usize, headings: String } ["level.group-by"] "{given} territories are given; the roll has {asked}: {headings}";

    // Who may act.
    NotYourDuty { duty: Duty, assembly: AssemblyId, organ: String } ["organ.duties"] "the duty {duty:?} for {assembly} is with {organ}";
    NotEntitled { body: AssemblyId, member: MemberId } ["level.group-by"] "{member} did not belong to {body} at the cut-off, or may not vote there";
    NobodyEntitled { body: AssemblyId } ["members.cut-off"] "nobody in {body} is entitled to vote";

    // Seats.
    FormedByMembers { assembly: AssemblyId } ["level.elected-by"] "{assembly} is formed by the members themselves and has no seats to fill";
    TermAlreadyOpen { assembly: AssemblyId, term: u32 } ["level.term"] "the seats of term {term} of {assembly} are apportioned and none is filled yet; hold its elections first";
    TermStillRuns { assembly: AssemblyId, until: Timestamp, earliest: Timestamp } ["level.term"] "the term of {assembly} runs until {until}; the next can be opened from {earliest}";
    TermNotOpen { assembly: AssemblyId } ["level.seats"] "no seats of {assembly} are apportioned yet; open its term first";
    CannotApportion { assembly: AssemblyId, problem: String } ["level.seats"] "the seats of {assembly} cannot be apportioned: {problem}";
    NoVacancy { office: String } ["level.seats"] "no place is vacant among the {office}";
    DoesNotHold { member: MemberId, office: String } ["level.seats"] "{member} is not among the {office}";
    AlreadyHolds { member: MemberId, office: String } ["level.seats"] "{member} is among the {office} already";
    NotAnElector { body: AssemblyId, office: String } ["level.elected-by"] "{body} does not elect {office}";
    SubstituteFirst { member: MemberId } ["level.substitutes"] "{member} follows from the ballots of the last election; fill the vacancy before calling a by-election";
    ByElectionNeeded { office: String } ["level.substitutes"] "a vacancy among the {office} is filled by a by-election; call one";
    NoSubstituteLeft { office: String } ["level.substitutes"] "nobody is left from the last election to follow among the {office}; call a by-election";
    NotTheSubstitute { delegate: MemberId, substitute: MemberId } ["level.substitutes"] "{substitute} is no substitute of {delegate}: the ballots that elected the one must have named the other";

    // Elections.
    AlreadyCalled { election: ElectionId } ["election"] "election {election} for the same places is not finished";
    ElectionTooShort { closes_at: Timestamp, least: Timestamp } ["election.period"] "the vote would close at {closes_at}; the charter lets it close from {least} on";
    NominationsOutsideElection { nominations_until: Timestamp } ["election.period"] "nominations would end at {nominations_until}; they must end after the call and before the vote closes";
    NominationsClosed { until: Timestamp } ["election.nomination"] "nominations closed at {until}";
    NominationsOpen { until: Timestamp } ["election.nomination"] "nominations are open until {until}; vote after that";
    AlreadyNominated { candidate: MemberId } ["election.nomination"] "{candidate} is nominated already; endorse the nomination instead";
    NotNominated { candidate: MemberId } ["election.nomination"] "{candidate} is not nominated";
    AlreadyAnswered { candidate: MemberId } ["election.nomination"] "{candidate} has answered already";
    AlreadySigned { member: MemberId } ["right.sign"] "{member} has signed already";
    TooFewSignatures { have: u64, need: u64, article: &'static str } ["{article}"] "{have} signatures are there, {need} are needed";
    TermLimit { member: MemberId, limit: u32 } ["level.consecutive-terms"] "{member} has served {limit} terms in a row, as many as the charter allows; they may stand again after a pause";
    NotASecretBallot { on: String, article: &'static str } ["{article}"] "{on} is not voted on in secret; the charter has another way";
    BallotNotSetUp { on: String, article: &'static str } ["{article}"] "the secret ballot of {on} is not set up yet; enter its archive with election, trustees and credentials";
    BallotSetUpAlready { on: String, article: &'static str } ["{article}"] "the secret ballot of {on} is set up already";
    ArchiveUsedBefore { other: String, article: &'static str } ["{article}"] "the archive is that of {other}; make keys, credentials and an identifier of its own for each ballot";
    ArchiveFails { failures: usize, first: String, article: &'static str } ["{article}"] "the archive does not verify; failures: {failures}, the first: {first}; mandate ballot verify names them all";
    ArchiveEndsWith { found: &'static str, wanted: &'static str, article: &'static str } ["{article}"] "the archive ends with {found}; here it must end with {wanted}";
    ArchiveDoesNotGoOn { bytes: u64, before: Hash, article: &'static str } ["{article}"] "the archive does not begin with the {bytes} bytes recorded before, whose hash is {before}";
    WrongQuestion { found: String, wanted: String, article: &'static str } ["{article}"] "the ballot asks to {found}; it must ask to {wanted}";
    WrongCredentials { credentials: u64, on_paper: u64, entitled: u64, article: &'static str } ["{article}"] "the archive has {credentials} credentials and {on_paper} vote on paper; together they must be the {entitled} entitled at the cut-off";
    UnequalWeights { weight: u64, article: &'static str } ["{article}"] "a credential has the weight {weight}; here each counts once";
    BallotNotSealed { on: String, article: &'static str } ["{article}"] "the box of {on} is not sealed yet; enter the archive with the encrypted tally first";
    BallotSealed { on: String, article: &'static str } ["{article}"] "the box of {on} is sealed already";
    BallotOpened { on: String, article: &'static str } ["{article}"] "the box of {on} is opened already";
    SecretBallotNeedsArchive { on: String, article: &'static str } ["{article}"] "the secret ballot of {on} is not opened; enter the archive with its result first";
    VotesInSecret { member: MemberId, article: &'static str } ["{article}"] "{member} is not among those who were named to vote on paper; whoever has a credential votes with it";
    WrongBallotWay { election: ElectionId, way: &'static str } ["election.ballot"] "election {election} is held with {way}";
    AlreadyVoted { member: MemberId } ["election.ballot"] "{member} has voted already";
    NotACandidate { candidate: MemberId } ["election.nomination"] "{candidate} does not stand in this election";
    RankedTwice { candidate: MemberId } ["election.ballot"] "{candidate} appears twice on the ballot";
    WrongBallotPaper { on_paper: String, standing: String } ["election.ballot"] "the paper lists {on_paper}; those who stand are, in order, {standing}";
    BoxAlreadyCounted { election: ElectionId } ["election.ballot"] "the box of election {election} is counted already";
    BoxNotCounted { office: String } ["election.ballot"] "the box for {office} is not counted; tellers enter it first";
    BoxDisagreesWithRoll { ballots: u64, marked: u64 } ["election.ballot"] "{ballots} papers are in the box and {marked} members are marked as having voted; the two must agree";
    VotingOver { closed_at: Timestamp } ["election.period"] "the vote closed at {closed_at}";
    VotingNotOver { closes_at: Timestamp } ["election.period"] "the vote is open until {closes_at}, and not everybody has voted";
    VotingNotClosed { election: ElectionId } ["election.period"] "election {election} is not closed; close it before counting";
    AlreadyClosed { election: ElectionId } ["election.period"] "election {election} is closed";
    AlreadyCounted { election: ElectionId } ["election.rule"] "election {election} is counted already";
    NotCounted { election: ElectionId } ["election.rule"] "election {election} is not counted yet";
    AlreadyDeclared { election: ElectionId } ["election.rule"] "election {election} is declared already";
    ObserverKeptOut { observer: MemberId } ["election.observers"] "the observer {observer} was named and not let in; nothing is counted without them";
    SeedDoesNotMatch { commitment: Hash } ["election.lots"] "the seed does not open the commitment {commitment} that was made when the election was called";
    LotNeeded { tied: String } ["election.lots"] "a lot decides between {tied}; reveal the seed that was committed to";
    CannotCount { problem: String } ["election.rule"] "the ballots cannot be counted: {problem}";

    // Organs.
    NothingToAppoint { organ: OrganId } ["organ.posts"] "no post of {organ} is appointed; all are elected by those they answer to";
    NotTheAppointer { organ: OrganId, appointer: String } ["organ.posts.appointed-by"] "posts of {organ} are appointed by {appointer}";
    PostsFull { organ: OrganId, posts: u32 } ["organ.posts"] "all {posts} appointed posts of {organ} are taken";
    NoFurtherStep { organ: OrganId } ["organ.transition"] "{organ} is at the last step of its transition, or has none";
    CriterionUnmet { organ: OrganId, step: String, found: String } ["organ.transition"] "{organ} cannot become {step} yet: {found}";

    // Meetings.
    NoticeTooShort { scheduled: Timestamp, earliest: Timestamp } ["level.meeting.notice"] "a meeting convened now can open from {earliest}, not at {scheduled}";
    BeforeTheHour { scheduled: Timestamp } ["level.meeting.notice"] "the meeting was convened for {scheduled}; open it then";
    AlreadyOpen { meeting: MeetingId } ["level.meeting"] "meeting {meeting} is open already";
    NotInSession { meeting: MeetingId } ["level.meeting"] "meeting {meeting} is not in session";
    MeetingClosed { meeting: MeetingId } ["level.meeting"] "meeting {meeting} is closed";
    AlreadyPresent { member: MemberId } ["level.meeting"] "{member} is noted as present already";
    NotPresent { member: MemberId } ["level.meeting"] "{member} is not in the meeting; note their arrival first";
    SeatIsSwapped { member: MemberId } ["level.substitutes"] "the seat of {member} or the substitute's place is swapped for this meeting already";
    NoQuorum { present: u64, entitled: u64, needed: u64, article: String } ["{article}"] "quorum: {present} of {entitled} are present, the charter asks for {needed}";
    NoProxies { level: String } ["level.{level}.meeting.proxies"] "nobody votes for another here: the charter gives this body no proxies";
    ProxyToOneself { member: MemberId } ["level.meeting.proxies"] "{member} cannot hold their own proxy";
    ProxyAlreadyGiven { member: MemberId } ["level.meeting.proxies"] "{member} has given a proxy for this meeting already";
    TooManyProxies { holder: MemberId, level: String, limit: u32 } ["level.{level}.meeting.proxies"] "{holder} holds {limit} proxies, as many as one person may";
    GiverIsPresent { member: MemberId } ["level.meeting.proxies"] "{member} is present and votes in person";
    NotTheProxy { giver: MemberId, holder: MemberId } ["level.meeting.proxies"] "{holder} holds no proxy of {giver} that is valid now";
    WrongMeeting { meeting: MeetingId, assembly: AssemblyId } ["level.meeting"] "minutes are approved in a later meeting of {assembly}; {meeting} is none";
    NoMinutes { meeting: MeetingId } ["level.meeting"] "no minutes of meeting {meeting} are written yet";
    MinutesApproved { meeting: MeetingId } ["level.meeting"] "the minutes of meeting {meeting} are approved and stand";

    // Motions.
    UnknownKind { kind: String, known: String } ["motion"] "there is no kind of motion {kind:?}; the charter has {known}";
    EmptyText {} ["right.propose"] "there is no text; say what you mean in at least one line";
    LevelCannotDecide { level: String, kind: String, levels: String } ["motion.levels"] "assemblies of level {level} do not decide motions of kind {kind}; these do: {levels}";
    KindAsksFor { kind: String, missing: String } ["motion.effect"] "a motion of kind {kind} needs {missing}";
    WrongKindFor { kind: String, what: &'static str } ["motion.effect"] "a motion of kind {kind} cannot {what}";
    MotionDecided { motion: MotionId } ["motion"] "motion {motion} is decided or withdrawn";
    MotionElsewhere { motion: MotionId, assembly: AssemblyId } ["motion"] "motion {motion} is before {assembly}";
    NotTheMover { mover: MemberId } ["right.propose"] "only {mover}, who moved it, can withdraw it";
    BeingVotedOn { motion: MotionId } ["motion"] "motion {motion} is being voted on; neither withdraw nor amend it until that vote is closed";
    LinesAmended { motion: MotionId, amendment: u32 } ["right.propose"] "the adopted amendment {amendment} of motion {motion} changes the same lines; amend others, or move a new motion";
    SentByAssembly { motion: MotionId, from: AssemblyId } ["forwarding"] "motion {motion} was adopted and sent by {from}; one member cannot withdraw it";
    LinesOutOfRange { first: u32, lines: u32, length: u32 } ["right.propose"] "lines {first} and {lines} from there are not in a text of {length} lines, or nothing would change";
    NotAdopted { motion: MotionId } ["motion"] "motion {motion} is not adopted";
    NotOnTheWay { from: AssemblyId, to: AssemblyId } ["forwarding"] "{to} is neither above nor below {from}";
    AlreadyForwarded { motion: MotionId, forwarded_as: MotionId } ["forwarding"] "motion {motion} was forwarded there already, as motion {forwarded_as}";
    NotForwarded { motion: MotionId } ["forwarding"] "motion {motion} was not forwarded here; put it to the vote";
    AnswerGiven { motion: MotionId } ["forwarding"] "motion {motion} is answered already";
    NotCirculated { motion: MotionId, level: String } ["motion.circulate-to"] "motion {motion} must be circulated to the delegates of level {level} before it is put";
    MotionTooFresh { motion: MotionId, earliest: Timestamp } ["motion.notice"] "motion {motion} can be put from {earliest} on";
    NotOnAgenda { motion: MotionId } ["level.meeting"] "motion {motion} is not on the agenda of this meeting";
    NothingChanged {} ["charter"] "the text changes nothing in the charter";
    CharterUnfit { problem: String } ["charter"] "the text is no charter for this federation: {problem}";
    Entrenched { articles: String } ["entrenched.articles"] "it would change {articles}, which only a vote of all members, workplace by workplace, can change";

    // Votes.
    VoteStillOpen { vote: VoteId } ["motion.vote"] "vote {vote} is still open; close it first";
    VoteClosed { vote: VoteId } ["motion.vote"] "vote {vote} is closed";
    OutOfOrder { motion: MotionId, next: String } ["motion"] "on motion {motion} the next question is {next}; put that first";
    ByHand { vote: VoteId } ["motion.vote"] "vote {vote} is by show of hands; tellers enter the count";
    ByName { vote: VoteId } ["motion.vote"] "vote {vote} is by name or card; each answer is entered with its voter";
    HandsAlreadyCounted { vote: VoteId } ["motion.vote"] "the hands of vote {vote} are counted already";
    HandsNotCounted { vote: VoteId } ["motion.vote"] "the hands of vote {vote} are not counted yet";
    WrongNumberOfCounts { given: usize, choices: usize } ["motion.vote"] "{given} counts are given for {choices} choices";
    MoreHandsThanPresent { hands: u64, present: u64 } ["motion.vote"] "{hands} hands were counted and {present} are present";
    CannotSplit { member: MemberId } ["motion.vote"] "{member} gives one answer: votes are split in a vote by card only";
    MoreThanCarried { member: MemberId, given: u64, carried: u64 } ["motion.vote"] "{member} gives {given} votes and carries {carried}";
    WrongAnswer { choices: usize } ["motion.vote"] "the answer does not fit the question, which has {choices} choices";

    // Theses and circulars.
    NotASignatory { member: MemberId } ["right.sign"] "{member} is not among the signatories";
    PlatformStands { theses: ThesesId } ["motion.theses"] "theses {theses} are a platform, and a signature under it stands";
    NotAPlatform { theses: ThesesId } ["motion.theses.signatures"] "theses {theses} have not the signatures of a platform";
    PlatformProtected { theses: ThesesId, act: &'static str } ["motion.theses.cannot-be"] "theses {theses} cannot be {act}: what was signed and circulated stays, and no majority can switch that off";
    PlatformsElsewhere { level: String } ["platform.heard-by"] "platforms are heard and put to the vote by the assembly of level {level}";
    PlatformUnheard { theses: ThesesId } ["platform.heard-by"] "platform {theses} has not been heard; hear every platform before voting on any";
    PlatformLeftOut { theses: ThesesId } ["platform"] "platform {theses} is left out of the vote; put all that have their signatures";
    PlatformsDecided { theses: ThesesId } ["platform"] "platform {theses} was voted on already";
    NoPlatforms {} ["platform"] "no platform is named";
    HeardTooShortly { theses: ThesesId, minutes: u32, least: u32 } ["platform.speaking-minutes"] "platform {theses} was given {minutes} minutes; each has at least {least}";
    AllotmentTakenBack { resource: String, before: u32 } ["platform"] "{before} of {resource} were given to each platform and are not taken back";
    OverAllotment { pages: u32, used: u32, limit: u32 } ["platform.pages"] "{pages} pages are asked for and {used} are used; each platform has {limit}";
    NobodyToReach { levels: String } ["right.circulate"] "no delegate sits in an assembly of {levels} now; name other levels, or send it when they are elected";
    NotARecipient { member: MemberId } ["right.circulate"] "the circular is not addressed to {member}";

    // Recall and the vote of the members.
    NoRecall { office: String } ["level.recall"] "the charter has no recall for {office}";
    RecallRunning { recall: RecallId } ["recall"] "recall {recall} is running already";
    RecallNotCalled { recall: RecallId } ["recall.petition"] "the vote on recall {recall} is not called yet";
    RecallDecided { recall: RecallId } ["recall"] "recall {recall} is decided";
    JudgeInOwnCause { member: MemberId } ["recall"] "{member} cannot count the vote on their own recall; another teller does";
    ReferendumCalled { referendum: ReferendumId } ["entrenched"] "the vote of the members on this is number {referendum}";
    ReferendumClosed { referendum: ReferendumId } ["entrenched"] "the vote of the members {referendum} is closed";
    WorkplaceCounted { workplace: WorkplaceId } ["entrenched"] "the box of {workplace} is entered already";

    // The plan.
    NoPlanOpen {} ["plan"] "no planning period is open";
    PeriodExists { period: String } ["plan"] "the period {period} was opened before";
    PlanDecidedElsewhere { level: String } ["plan.decided-by"] "variants are decided by the assembly of level {level}";
    NotThisLevel { level: String, levels: String } ["plan"] "assemblies of level {level} do not do this; those of {levels} do";
    NoSuchTier { tier: u32, tiers: u32 } ["plan.tiers"] "there is no tier {tier}; the charter has 1 to {tiers}";
    BadQuantity { product: String, quantity: String, problem: String } ["plan"] "the quantity {quantity:?} of {product}: {problem}";
    PlanForStrangers { workplace: WorkplaceId } ["plan"] "the plan has a workplace {workplace} that is not on the roll";
    CertificateFails { failure: String } ["plan"] "the certificate does not hold: {failure}";
    GapTooWide { gap_ppm: u64, limit: Fraction } ["plan.rounds.gap"] "the plan may be {gap_ppm} millionths from the best; the charter allows {limit}";
    TooFewVariants { have: u64, need: u64 } ["plan.variants.minimum"] "{have} variants are put; the charter asks for a choice of {need} at least";
    VariantNotOpen { variant: VariantId } ["plan.variants"] "variant {variant} belongs to another period, was there before the last decision, or is named twice";
    NoMandate { workplace: WorkplaceId } ["plan"] "the adopted plan gives {workplace} no mandate to report on";
    NotInMandate { workplace: WorkplaceId, product: String } ["plan"] "the mandate of {workplace} does not name {product}";
    BadPart { part: String } ["plan"] "the part of the period {part:?} must be a fraction above 0 and up to 1, such as 1/4";
    ReportedAlready { workplace: WorkplaceId, part: Fraction } ["plan"] "{workplace} has reported on {part} of the period; the next report covers more";
}
