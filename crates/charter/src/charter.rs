//! The charter's articles as values. Code knows mechanisms; every number, majority, deadline and right is here.
//!
//! [`parse`](crate::parse()) makes a [`Charter`] from TOML and refuses whatever it does not know;
//! [`check`](crate::check()) finds what no single key shows (levels that do not coarsen, majorities that cannot be
//! reached). A `Charter` that the core receives has passed both.

use crate::fraction::Fraction;
use crate::period::Period;
use mandate_count::{ApportionmentMethod, Rule};
use std::collections::{BTreeMap, BTreeSet};

/// A federation's rules.
#[derive(Debug, Clone, PartialEq)]
pub struct Charter {
    /// What it is called.
    pub federation: Federation,
    /// The time before organs are elected.
    pub founding: Founding,
    /// Standing, and whose vote counts.
    pub members: Membership,
    /// How long everything is kept.
    pub record: RecordArticle,
    /// The hierarchy's layers, in the order of the file.
    pub levels: Vec<Level>,
    /// Executive bodies.
    pub organs: Vec<Organ>,
    /// Kinds of motions.
    pub motions: Vec<MotionKind>,
    /// What every platform receives.
    pub platform: PlatformArticle,
    /// Motions that go up or down.
    pub forwarding: Forwarding,
    /// How the common plan is made.
    pub plan: PlanArticle,
    /// What no majority can switch off.
    pub entrenched: Entrenched,
}

/// `[federation]`: what it is called and how its branches are classed.
#[derive(Debug, Clone, PartialEq)]
pub struct Federation {
    /// Its name, as it calls itself.
    pub name: String,
    /// IANA name. For showing times only: deadlines are reckoned in UTC, so that a change of the time zone
    /// tables never changes what an old record means.
    pub time_zone: String,
    /// BCP 47 tags, the first is the default.
    pub languages: Vec<String>,
    /// How the roll's column `branch` is read.
    pub branches: Classification,
}

/// How the roll's column `branch` is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Classification {
    /// ISIC Rev. 4 (United Nations, 2008): section letter, then up to four digits; `C2511`.
    Isic4,
    /// The federation's own codes: a path of at most four parts divided by `/`, for example
    /// `manufacturing/331`; `section` is the first part, `division` the first two, and so on.
    Own,
}

/// `[founding]`: who holds the duties of organs that have not been elected yet, and until when.
#[derive(Debug, Clone, PartialEq)]
pub struct Founding {
    /// How long after founding the commission may act for an assembly whose organ was never elected.
    pub commission_term: Period,
}

/// `[members]`: standing, and whose vote counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Membership {
    /// The electorate of every vote is the roll as it stood this long before the vote was called.
    pub cut_off: Period,
    /// What a member in arrears may do.
    pub arrears: StandingRights,
    /// What a suspended member may do.
    pub suspended: StandingRights,
    /// Whether organisations (a co-operative, say) may be members beside persons; each has one vote.
    pub organisations: bool,
}

/// What a standing other than `active` leaves a member. Signing and recall of one's own delegates are rights
/// of every member who may vote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StandingRights {
    /// Vote.
    pub vote: bool,
    /// Stand for seats and posts.
    pub stand: bool,
    /// Sign motions, theses and petitions.
    pub sign: bool,
}

/// `[record]`: how long everything is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordArticle {
    /// No attachment may be erased before this long after it entered the record. Entries never are.
    pub retention: Period,
}

/// `[[level]]`: one layer of the hierarchy.
#[derive(Debug, Clone, PartialEq)]
pub struct Level {
    /// Its name in the charter: lower-case letters, digits and hyphens.
    pub id: String,
    /// The federation's own word for it by language; the id where there is none.
    pub title: BTreeMap<String, String>,
    /// Which columns of the workplace roll make one assembly. Empty: one assembly of all (the congress).
    pub group_by: Vec<Column>,
    /// Levels whose assemblies elect this one; empty for the level that the members themselves form.
    pub elected_by: Vec<String>,
    /// With two chains, the share of the seats that each elects; adds up to one.
    pub shares: BTreeMap<String, Fraction>,
    /// Absent exactly where `elected_by` is empty.
    pub seats: Option<Seats>,
    /// How its seats are filled; absent exactly where `elected_by` is empty.
    pub election: Option<ElectionArticle>,
    /// How long a delegate sits; absent exactly where `elected_by` is empty.
    pub term: Option<Period>,
    /// Terms in a row that one person may serve; none: no limit.
    pub consecutive_terms: Option<u32>,
    /// Who takes a seat that falls vacant.
    pub substitutes: Substitutes,
    /// How delegates are recalled; absent exactly where `elected_by` is empty.
    pub recall: Option<RecallArticle>,
    /// How it comes together.
    pub meeting: MeetingArticle,
    /// Whether an assembly with a single electing assembly is made; else its electors elect straight upward.
    pub single: bool,
    /// What becomes of a delegate whose workplace closes.
    pub on_closing: OnClosing,
}

/// One part of a group-by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    /// The workplace itself: the finest grouping.
    Workplace,
    /// The column `branch`, cut at a depth of the classification.
    Branch(Depth),
    /// Any territorial column of the roll, by its heading.
    Territory(String),
}

/// Depth of the classification, coarse to fine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// `C`, or the first part of a path.
    Section,
    /// `C25`, or the first two parts.
    Division,
    /// `C251`, or the first three parts.
    Group,
    /// `C2511`, or all four parts.
    Class,
}

/// `seats`: how many delegates each electing assembly sends.
#[derive(Debug, Clone, PartialEq)]
pub struct Seats {
    /// How the seats are shared among the electing assemblies, by their members.
    pub method: ApportionmentMethod,
    /// How many seats there are.
    pub house: House,
    /// Seats for every electing assembly at the least.
    pub minimum: u32,
    /// Seats for every electing assembly at the most; none: no limit.
    pub maximum: Option<u32>,
}

/// The size of an assembly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum House {
    /// A fixed number of seats.
    Total(u32),
    /// One seat for so many members, rounded as said.
    Per {
        /// Members to a seat.
        members: u32,
        /// What becomes of a part of a seat.
        round: Round,
    },
}

/// How a number of seats that is no whole number is rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Round {
    /// To the nearest whole number, halves up.
    Nearest,
    /// Up.
    Up,
    /// Down.
    Down,
}

/// `election`: how a seat or a post is filled.
#[derive(Debug, Clone, PartialEq)]
pub struct ElectionArticle {
    /// How ballots are counted.
    pub rule: Rule,
    /// How they are cast.
    pub ballot: BallotWay,
    /// Signatures that a nomination needs, the nominator's among them.
    pub nomination: u32,
    /// Least time between call and close.
    pub period: Period,
}

/// How votes are cast in an election.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BallotWay {
    /// Each ballot stands in the record with its voter.
    Open,
    /// A box of paper ballots counted by tellers; the box is kept as a BLT attachment, who voted is kept apart.
    Box,
    /// The Belenios protocol.
    Secret,
}

/// Who takes a seat that falls vacant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Substitutes {
    /// All ballots of the election are counted again without the leaver; nobody who sits is excluded (ERS97, 7.1).
    Countback,
    /// The next in the order of the count.
    RunnersUp,
    /// A by-election.
    ByElection,
}

/// `recall`: how those who sent a delegate end the term.
#[derive(Debug, Clone, PartialEq)]
pub struct RecallArticle {
    /// Share of the electing body that must sign.
    pub petition: Fraction,
    /// Share of the electing body that must vote.
    pub quorum: Fraction,
    /// What the vote for recall needs.
    pub majority: Majority,
    /// How votes are cast: in a box, or in secret.
    pub ballot: BallotWay,
}

/// A majority: more than (strict) or at least a fraction of a base.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Majority {
    /// The fraction.
    pub share: Fraction,
    /// Whether more than the fraction is needed, and not just as much.
    pub strict: bool,
    /// What the fraction is taken of.
    pub of: Base,
}

/// What a majority is reckoned of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Base {
    /// Votes for and against; abstentions do not count.
    Cast,
    /// All who are present, abstaining or not.
    Present,
    /// All who are entitled to vote, there or not.
    Entitled,
}

/// `meeting`: how an assembly comes together.
#[derive(Debug, Clone, PartialEq)]
pub struct MeetingArticle {
    /// Least time between the convening and the opening.
    pub notice: Period,
    /// Share of those entitled that must be present, looked at for every vote.
    pub quorum: Fraction,
    /// Share of those entitled whose signatures convene a meeting without any officer.
    pub petition: Fraction,
    /// Whether one may vote for another; none: nobody may.
    pub proxies: Option<Proxies>,
}

/// Where a body allows one member to vote for another. Void while the giver attends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proxies {
    /// The most that one person may hold.
    pub per_person: u32,
}

/// What becomes of a delegate whose workplace closes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnClosing {
    /// Sits out the term.
    SitOut,
    /// Leaves at once; the substitute takes the seat.
    Go,
}

/// `[[organ]]`: an executive body that each assembly of a level elects.
#[derive(Debug, Clone, PartialEq)]
pub struct Organ {
    /// Its name in the charter: lower-case letters, digits and hyphens.
    pub id: String,
    /// The federation's own word for it by language; the id where there is none.
    pub title: BTreeMap<String, String>,
    /// The level whose assemblies elect it, one organ each.
    pub elected_by: String,
    /// Ids of the only assemblies that have it, such as `branch/mining/211`; empty: every assembly of the level.
    pub assemblies: BTreeSet<String>,
    /// Its posts; with a transition, those of the first step.
    pub posts: Posts,
    /// How posts are filled.
    pub election: ElectionArticle,
    /// How long a post is held.
    pub term: Period,
    /// Terms in a row that one person may serve; none: no limit.
    pub consecutive_terms: Option<u32>,
    /// Who takes a post that falls vacant.
    pub substitutes: Substitutes,
    /// How holders are recalled. Every charter that was read has it.
    pub recall: Option<RecallArticle>,
    /// What its holders may do for the assembly.
    pub duties: BTreeSet<Duty>,
    /// A wage that pay may not exceed, as text.
    pub pay_ceiling: Option<String>,
    /// For a branch's management that was appointed: the way to one that is elected.
    pub transition: Option<Transition>,
}

/// How many posts an organ has of each sort.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posts {
    /// Posts that the assembly elects.
    pub elected: u32,
    /// Posts that another organ appoints.
    pub appointed: u32,
    /// The organ that may appoint; present exactly where `appointed` is above zero.
    pub appointed_by: Option<String>,
}

/// What the holder of a post may do for the organ's assembly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Duty {
    /// Convene meetings, call elections.
    Convene,
    /// Open and close meetings, keep the agenda and attendance, put questions to the vote.
    Chair,
    /// Count boxes and hands.
    Tell,
    /// Keep the rolls: members and workplaces.
    Roll,
    /// Draw up the plan: economy, variants.
    Plan,
    /// Report for a workplace.
    Report,
}

/// `[organ.transition]`: appointed, then joint, then elected management.
#[derive(Debug, Clone, PartialEq)]
pub struct Transition {
    /// The first step is where a founded federation starts and has no criteria.
    pub steps: Vec<TransitionStep>,
}

/// One step of a transition.
#[derive(Debug, Clone, PartialEq)]
pub struct TransitionStep {
    /// What it is called, for example `joint`.
    pub name: String,
    /// The organ's posts from this step on.
    pub posts: Posts,
    /// All must hold before the assembly may take this step.
    pub criteria: Vec<Criterion>,
}

/// What a transition's step waits for, each measured from the record.
#[derive(Debug, Clone, PartialEq)]
pub enum Criterion {
    /// The step before has lasted so long.
    Lasted(Period),
    /// Meetings of the assembly with a quorum since the step before.
    Meetings(u32),
    /// Share of the mandates of the assembly's workplaces that were reported on.
    Reported(Fraction),
    /// Turnout of the assembly's last election.
    Turnout(Fraction),
}

/// `[[motion]]`: a kind of motion and how it is decided.
#[derive(Debug, Clone, PartialEq)]
pub struct MotionKind {
    /// Its name in the charter: lower-case letters, digits and hyphens.
    pub kind: String,
    /// Levels whose assemblies may decide it; empty: all.
    pub levels: Vec<String>,
    /// Signatures it needs before it may be put, the mover's among them.
    pub signatures: u32,
    /// Least time between filing and vote.
    pub notice: Period,
    /// How it is put to the vote.
    pub vote: VoteWay,
    /// What it needs to be adopted.
    pub majority: Majority,
    /// Over the meeting's own, where the kind asks for more.
    pub quorum: Option<Fraction>,
    /// Levels whose delegates must all receive it.
    pub circulate_to: Vec<String>,
    /// `struck`, `banned`: decisions that can never be taken about it.
    pub cannot_be: BTreeSet<Protection>,
    /// What adopting it does.
    pub effect: Effect,
}

/// What adopting a motion of a kind does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// A resolution: its text.
    Resolution,
    /// Theses: a platform's text, open for signatures across the federation.
    Theses,
    /// Changes the charter, except entrenched articles.
    Charter,
    /// Changes entrenched articles, and only by a vote of the members, workplace by workplace.
    Entrenched,
    /// Takes the next step of an organ's transition.
    Transition,
}

/// A decision that can never be taken about theses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Protection {
    /// Struck out: taken from the record, the agenda or the circulars.
    Struck,
    /// Banned: its signatories or its circulation forbidden.
    Banned,
}

/// How a question is put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VoteWay {
    /// Show of hands, counted by tellers: numbers only.
    Hand,
    /// By card: each delegate carries the members that the electing body sent them for, and may split them.
    Card,
    /// Each answer by name, one each.
    RollCall,
}

/// `[platform]`: what every platform with its signatures receives, and all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlatformArticle {
    /// Pages in the federation's circulars for each.
    pub pages: u32,
    /// Minutes of speaking at the body that hears it.
    pub speaking_minutes: u32,
    /// Level whose assembly must hear every platform before it votes on any.
    pub heard_by: String,
}

/// `[forwarding]`: motions that go up or down.
#[derive(Debug, Clone, PartialEq)]
pub struct Forwarding {
    /// The receiving body's answer is due after this long.
    pub answer_within: Period,
}

/// `[plan]`: how the common plan is made.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanArticle {
    /// Names of the tiers of needs, first served first.
    pub tiers: Vec<String>,
    /// Levels whose assemblies state needs.
    pub needs_by: Vec<String>,
    /// Level whose assemblies make proposals.
    pub proposals_by: String,
    /// Level whose assembly decides.
    pub decided_by: String,
    /// The most rounds of proposals between branches and the deciding assembly.
    pub rounds: u32,
    /// The greatest distance from the optimum that a variant may have.
    pub gap: Fraction,
    /// Least number of variants put to the vote.
    pub variants: u32,
    /// How the variants are voted on.
    pub rule: Rule,
    /// A report this far under its mandate has missed it.
    pub deviation: Fraction,
}

/// `[entrenched]`: articles that no majority can switch off.
#[derive(Debug, Clone, PartialEq)]
pub struct Entrenched {
    /// Their names: the rights (`right.recall` …) and any article of the charter by its path in the file.
    pub articles: BTreeSet<String>,
    /// Of the members who vote, how many must agree to change one.
    pub members: Majority,
    /// And in how many of the workplaces.
    pub workplaces: Fraction,
}
