//! The example `congress-1921`: the trade-union question of March 1921, under a charter that no majority can switch
//! off.
//!
//! What is sure, what is commonly quoted and what is made up stands in `examples/congress-1921/README.md`, fact by
//! fact. Nobody knows who voted how, so nothing here lets people vote: the count is entered as it is quoted, and
//! what the lab draws is only who is elected.

mod roll;

use crate::elect::{self, Held};
use crate::session;
use crate::year::{LabError, Stage, Year};
use jiff::Timestamp;
use mandate_assembly::circular::{self, About};
use mandate_assembly::election::Office;
use mandate_assembly::ids::{
    AssemblyId, Blob, CircularId, Hash, MeetingId, MemberId, OrganId, ThesesId, VoteId,
};
use mandate_assembly::majority::Tally;
use mandate_assembly::meeting::{self, Item};
use mandate_assembly::motion::{self, Seeks};
use mandate_assembly::vote::{self, Question};
use mandate_assembly::{Action, Refusal, founding, organ, retention, theses};
use mandate_charter::Duty;
use serde_json::json;

/// The example's name.
pub const NAME: &str = "congress-1921";
/// Says what is real and what is made up.
pub const ABOUT: &str =
    "unions, delegates, signatures and count as handed down; the roll and who was elected are generated";

const CHARTER: &str = include_str!("../../../examples/congress-1921/charter.toml");

/// When the federation is founded. Made up: early enough to elect upwards before the congress.
const FOUNDING: &str = "1920-11-15T09:00:00Z";
/// December 1920 is sure; the day is made up.
const THESES: &str = "1920-12-18T09:00:00Z";
const ELECTIONS_TO_CONGRESS: &str = "1920-12-27T09:00:00Z";
/// Thirty days before the congress, as the charter asks.
const CONVENING: &str = "1921-02-06T09:00:00Z";
/// The congress opened on 8 March and closed on 16 March 1921.
const OPENING: &str = "1921-03-08T09:00:00Z";
const VOTE: &str = "1921-03-14T18:00:00Z";
const LAST_DAY: &str = "1921-03-16T09:00:00Z";

/// The count as commonly quoted: for each platform in the order of [`PLATFORMS`], and abstentions.
const COUNT: [u64; 3] = [336, 50, 18];
const ABSTENTIONS: u64 = 2;
/// Signatures of the theses of December 1920, and the threshold of the charter.
const SIGNATORIES: usize = 38;

/// A platform of the discussion, in our own words, and of which unions its signatories are here.
struct Platform {
    title: &'static str,
    text: &'static [&'static str],
    signatories: [(&'static str, usize); 3],
}

const PLATFORMS: [Platform; 3] = [
    Platform {
        title: "Platform of the ten",
        text: &[
            "The unions are a school: they teach and persuade, and stand apart from the state.",
            "One person answers for the management of a factory.",
        ],
        signatories: [("railroad-workers", 14), ("textile-workers", 14), ("metal-trades", 10)],
    },
    Platform {
        title: "Trotsky and Bukharin",
        text: &[
            "The unions grow together with the organs of the state that run production.",
            "Production comes first, in the unions too.",
        ],
        signatories: [
            ("railroad-workers", 14),
            ("water-transportation-workers", 14),
            ("trade-and-industrial-employees", 10),
        ],
    },
    Platform {
        title: "Workers' Opposition",
        text: &[
            "The management of the economy belongs to a congress of producers united in industrial unions.",
            "That congress elects the central organ that directs the economy.",
            "Each organ below is elected by its own union and answers to it.",
        ],
        signatories: [("metal-trades", 24), ("oil-miners-and-refiners", 8), ("chemists", 6)],
    },
];
/// The place of the Workers' Opposition among [`PLATFORMS`].
const OPPOSITION: usize = 2;

/// When the year begins.
///
/// # Errors
/// Only where the moment written here is none.
pub fn start() -> Result<Timestamp, LabError> {
    moment(FOUNDING)
}

fn moment(text: &str) -> Result<Timestamp, LabError> {
    text.parse().map_err(|error: jiff::Error| LabError::Example(error.to_string()))
}

/// Runs the example from the founding to the last day of the congress.
///
/// # Errors
/// Where the core refuses what should be in order, accepts what should be refused, or the record fails.
pub fn run(year: &mut Year<'_>) -> Result<Vec<Stage>, LabError> {
    let mut stages = vec![found(year)?, elect_conferences(year)?, sign(year)?, elect_congress(year)?];
    let pamphlet = circulate(year, &mut stages)?;
    year.now = moment(OPENING)?;
    let congress = MeetingId::next(year.federation()?.meetings.len() - 1);
    let chair = open(year, congress)?;
    stages.push(hear(year, congress, &chair)?);
    year.now = moment(VOTE)?;
    stages.push(count(year, congress, &chair)?);
    year.now = moment(LAST_DAY)?;
    stages.push(protect(year, &chair, pamphlet)?);
    session::close(
        year,
        congress,
        "Three platforms were heard and put to the vote; all three stand in the record.",
    )?;
    Ok(stages)
}

/// A stage that is told when it is over.
fn told(year: &mut Year<'_>, stage: &'static str, lines: Vec<String>, figures: serde_json::Value) -> Stage {
    let stage = Stage { stage, lines, figures };
    year.watch.end(&stage);
    stage
}

fn refused(refusal: &Refusal, what: &str) -> String {
    format!("refused [{}]: {what}", refusal.article())
}

fn found(year: &mut Year<'_>) -> Result<Stage, LabError> {
    year.watch.begin("found", 1);
    let rolls = roll::generate()?;
    let founder = rolls.commission.first().cloned();
    let founder = founder.ok_or_else(|| LabError::Example("unions.csv names no union".into()))?;
    let found = founding::Action::Found {
        charter: CHARTER.into(),
        workplaces: rolls.workplaces.as_str().into(),
        members: rolls.members.as_str().into(),
        commission: rolls.commission,
    };
    year.say(&founder, Action::Founding(found))?;
    let federation = year.federation()?;
    let (members, workplaces) = (federation.roll.members_count(), federation.roll.workplaces().count());
    let lines = vec![
        ABOUT.to_owned(),
        format!("{} unions with {} members in 1919", rolls.unions, rolls.members_of_1919),
        format!(
            "{members} members on the roll at {workplaces} workplaces: one for each {} of 1919",
            roll::MEMBERS_PER_LINE
        ),
    ];
    let figures = json!({
        "unions": rolls.unions, "members_of_1919": rolls.members_of_1919, "members": members, "workplaces": workplaces,
    });
    Ok(told(year, "found", lines, figures))
}

/// Factory committees and union conferences.
fn elect_conferences(year: &mut Year<'_>) -> Result<Stage, LabError> {
    year.pass_days(7);
    let mut offices = elect::organs(year, "works-committee")?;
    offices.extend(elect::open_terms(year, "union")?);
    year.watch.begin("elect", 3 * offices.len() as u64);
    let held = elect::hold(year, offices)?;
    let line = format!(
        "{} elections filled {} of {} places in factory committees and union conferences",
        held.elections, held.filled, held.seats
    );
    let figures = json!({"elections": held.elections, "places": held.seats, "filled": held.filled});
    Ok(told(year, "elect", vec![line], figures))
}

/// Each platform is published by its first signatory; the others sign one by one.
fn sign(year: &mut Year<'_>) -> Result<Stage, LabError> {
    year.watch.begin("sign", PLATFORMS.len() as u64);
    year.now = moment(THESES)?;
    let (mut lines, mut figures) = (Vec::new(), Vec::new());
    for platform in &PLATFORMS {
        let signers = signers(year, platform)?;
        let Some((author, others)) = signers.split_first() else { continue };
        let text = platform.text.iter().map(ToString::to_string).collect();
        year.say(author, Action::Theses(theses::Action::Publish { title: platform.title.into(), text }))?;
        let id = ThesesId::next(year.federation()?.platforms.all().count() - 1);
        for signer in others {
            if recognised(year, id)? {
                return Err(LabError::Example(format!("{} is a platform too early", platform.title)));
            }
            year.say(signer, Action::Theses(theses::Action::Sign { theses: id }))?;
        }
        if !recognised(year, id)? {
            return Err(LabError::Example(format!("{} is no platform", platform.title)));
        }
        let federation = year.federation()?;
        let signed = federation.platforms.get(id).map_err(|r| LabError::Example(r.to_string()))?;
        let unions = federation.signatories_by_branch(signed);
        let most = unions.iter().max_by_key(|(_, number)| **number);
        let most = most.map_or(String::new(), |(union, number)| format!("{number} of them {union}"));
        lines.push(format!("{} signed {}, {most}", signed.signatories.len(), platform.title));
        figures.push(json!({"platform": platform.title, "signatories": unions}));
        year.watch.advance(1);
    }
    lines.push(format!("{SIGNATORIES} make a platform; signature {} did not yet", SIGNATORIES - 1));
    Ok(told(year, "sign", lines, json!({"threshold": SIGNATORIES, "platforms": figures})))
}

fn recognised(year: &mut Year<'_>, id: ThesesId) -> Result<bool, LabError> {
    let theses = year.federation()?.platforms.get(id).map_err(|r| LabError::Example(r.to_string()))?;
    Ok(theses.recognised.is_some())
}

/// Numbered members of the unions that the platform's signatories are of here; nobody signs twice.
fn signers(year: &mut Year<'_>, platform: &Platform) -> Result<Vec<MemberId>, LabError> {
    let federation = year.federation()?;
    let taken =
        |member: &MemberId| federation.platforms.all().any(|(_, theses)| theses.signatories.contains(member));
    let mut signers = Vec::new();
    for (union, number) in platform.signatories {
        let of_union = federation.roll.members().filter(|(_, line)| {
            let workplace = line.workplace.and_then(|index| federation.roll.workplace_id(index));
            let workplace = workplace.and_then(|id| federation.roll.workplace(id));
            workplace.is_some_and(|(_, line)| line.branch == union)
        });
        let free = of_union.map(|(id, _)| id).filter(|id| !taken(id));
        signers.extend(free.take(number).cloned());
    }
    Ok(signers)
}

fn elect_congress(year: &mut Year<'_>) -> Result<Stage, LabError> {
    year.now = moment(ELECTIONS_TO_CONGRESS)?;
    let offices = elect::open_terms(year, "congress")?;
    year.watch.begin("elect", 3 * offices.len() as u64);
    let held = hold_until_full(year, offices)?;
    let congress = congress(year)?;
    let presidium = elect::organs(year, "presidium")?;
    let presidium = hold_until_full(year, presidium)?;
    let now = year.now;
    let federation = year.federation()?;
    let (seated, unions) = (
        federation.assemblies[&congress].seated(now).count(),
        federation.assemblies[&congress].electors.len(),
    );
    let lines = vec![
        format!("{seated} delegates elected by {unions} unions, each in proportion to its members"),
        format!("{} elected to the presidium by the delegates, none appointed", presidium.filled),
    ];
    let figures = json!({"delegates": seated, "elections": held.elections, "presidium": presidium.filled});
    Ok(told(year, "elect", lines, figures))
}

/// Holds elections, and again where too few stood to fill every place.
fn hold_until_full(year: &mut Year<'_>, offices: Vec<(AssemblyId, Office)>) -> Result<Held, LabError> {
    let mut held = elect::hold(year, offices.clone())?;
    while held.filled < held.seats {
        let again = elect::hold(year, offices.clone())?;
        if again.filled == 0 {
            return Err(LabError::Example("not enough members stand for election".into()));
        }
        held.elections += again.elections;
        held.filled += again.filled;
    }
    Ok(held)
}

fn congress(year: &mut Year<'_>) -> Result<AssemblyId, LabError> {
    let top = year.federation()?.top().cloned();
    top.ok_or_else(|| LabError::Example("the charter has no congress".into()))
}

/// Convenes the congress; every platform is given the same and sends its text to all delegates. Returns the
/// pamphlet of the Workers' Opposition.
fn circulate(year: &mut Year<'_>, stages: &mut Vec<Stage>) -> Result<CircularId, LabError> {
    year.watch.begin("circulate", PLATFORMS.len() as u64);
    year.now = moment(CONVENING)?;
    let congress = congress(year)?;
    let agenda = ["The trade unions: three platforms", "The unity of the congress"];
    let agenda = agenda.map(|title| Item { title: title.into(), motion: None }).to_vec();
    session::convene(year, &congress, agenda)?;
    let convener = year.officer(Duty::Convene, &congress)?;
    let allot = |amount| Action::Theses(theses::Action::Allot { resource: "speakers".into(), amount });
    year.say(&convener, allot(12))?;
    let less = year.must_be_refused(&convener, allot(6))?;
    let pages = year.federation()?.charter.platform.pages;
    let mut lines = Vec::new();
    for (place, platform) in PLATFORMS.iter().enumerate() {
        let author = author(year, place)?;
        year.say(&author, send(place, pages))?;
        let id = CircularId::next(year.federation()?.circulars.len() - 1);
        let members: Vec<MemberId> =
            year.federation()?.circulars[id.index()].recipients.iter().cloned().collect();
        year.say(&author, Action::Circular(circular::Action::Deliver { circular: id, members }))?;
        let sent = &year.federation()?.circulars[id.index()];
        let (reached, of, hash) = (sent.reached.len(), sent.recipients.len(), sent.text.to_string());
        let title = platform.title;
        lines.push(format!(
            "{reached} of {of} delegates reached, {pages} pages: {title}, sha256 {}…",
            &hash[..12]
        ));
        year.watch.advance(1);
    }
    let pamphlet = CircularId::next(year.federation()?.circulars.len() - 1);
    let more = author(year, 0)?;
    let more = year.must_be_refused(&more, send(0, 1))?;
    lines.push(refused(&more, "one page more for the platform of the ten"));
    lines.push(refused(&less, "6 of the 12 speakers of each platform taken back"));
    let figures = json!({"circulars": PLATFORMS.len(), "pages": pages, "refused": [more, less]});
    stages.push(told(year, "circulate", lines, figures));
    Ok(pamphlet)
}

fn author(year: &mut Year<'_>, place: usize) -> Result<MemberId, LabError> {
    let theses = year.federation()?.platforms.get(ThesesId::next(place));
    theses.map(|theses| theses.author.clone()).map_err(|refusal| LabError::Example(refusal.to_string()))
}

fn text_of(place: usize) -> Blob {
    let Platform { title, text, .. } = &PLATFORMS[place];
    Blob(format!("{title}\n\n{}\n", text.join("\n")).into_bytes())
}

fn send(place: usize, pages: u32) -> Action {
    let levels = vec!["union".to_owned(), "congress".to_owned()];
    let about = About::Theses(ThesesId::next(place));
    Action::Circular(circular::Action::Send { about, text: text_of(place), pages, levels })
}

fn open(year: &mut Year<'_>, congress: MeetingId) -> Result<MemberId, LabError> {
    session::open(year, congress, 100)?;
    let assembly = year.federation()?.meetings[congress.index()].assembly.clone();
    year.officer(Duty::Chair, &assembly)
}

fn put(congress: MeetingId, places: &[usize]) -> Action {
    let platforms = places.iter().map(|place| ThesesId::next(*place)).collect();
    Action::Vote(vote::Action::Put { meeting: congress, question: Question::Platforms(platforms) })
}

/// All three platforms are heard for as long; no vote comes before that, and none is left out.
fn hear(year: &mut Year<'_>, congress: MeetingId, chair: &MemberId) -> Result<Stage, LabError> {
    year.watch.begin("hear", PLATFORMS.len() as u64);
    let minutes = year.federation()?.charter.platform.speaking_minutes;
    let hear = |place, minutes| {
        let theses = ThesesId::next(place);
        Action::Meeting(meeting::Action::Hear { meeting: congress, theses, minutes })
    };
    for place in (0..PLATFORMS.len()).filter(|place| *place != OPPOSITION) {
        year.say(chair, hear(place, minutes))?;
        year.watch.advance(1);
    }
    let early = year.must_be_refused(chair, put(congress, &[0, 1, OPPOSITION]))?;
    let without = year.must_be_refused(chair, put(congress, &[0, 1]))?;
    let short = year.must_be_refused(chair, hear(OPPOSITION, minutes / 6))?;
    year.say(chair, hear(OPPOSITION, minutes))?;
    year.watch.advance(1);
    let entitled = year.federation()?.meetings[congress.index()].entitled;
    let lines = vec![
        refused(&early, "a vote before the third platform is heard"),
        refused(&without, "a vote between two platforms of three"),
        refused(&short, &format!("{} minutes for the third platform", minutes / 6)),
        format!("{minutes} minutes each: 3 platforms heard by the congress of {entitled}"),
    ];
    let figures = json!({"minutes": minutes, "entitled": entitled, "refused": [early, without, short]});
    Ok(told(year, "hear", lines, figures))
}

/// The count, entered by the tellers as it is commonly quoted.
fn count(year: &mut Year<'_>, congress: MeetingId, chair: &MemberId) -> Result<Stage, LabError> {
    year.watch.begin("vote", 1);
    year.say(chair, put(congress, &[0, 1, OPPOSITION]))?;
    let vote = VoteId::next(year.federation()?.votes.len() - 1);
    let assembly = year.federation()?.meetings[congress.index()].assembly.clone();
    let teller = year.officer(Duty::Tell, &assembly)?;
    let tally = Tally { counts: COUNT.to_vec(), abstain: ABSTENTIONS };
    year.say(&teller, Action::Vote(vote::Action::CountHands { vote, tally }))?;
    year.say(chair, Action::Vote(vote::Action::Close { vote }))?;
    let mut lines = Vec::new();
    for (place, platform) in PLATFORMS.iter().enumerate() {
        let theses = year.federation()?.platforms.get(ThesesId::next(place));
        let result = theses.map_err(|refusal| LabError::Example(refusal.to_string()))?.result;
        let (votes, adopted) = result.ok_or_else(|| LabError::Example("the vote has no result".into()))?;
        let end = if adopted { ", adopted" } else { "" };
        lines.push(format!("{votes} for {}{end}", platform.title));
    }
    lines.push(format!("{ABSTENTIONS} abstained; hands as commonly quoted, nobody knows whose"));
    Ok(told(year, "vote", lines, json!({"count": COUNT, "abstained": ABSTENTIONS})))
}

/// The motions of the last day, each refused with the article that it would break; and the pamphlet still proves
/// itself.
fn protect(year: &mut Year<'_>, chair: &MemberId, pamphlet: CircularId) -> Result<Stage, LabError> {
    year.watch.begin("protect", 9);
    let assembly = congress(year)?;
    let now = year.now;
    let mover = year.federation()?.assemblies[&assembly].seated(now).next().map(|seat| seat.member.clone());
    let mover = mover.ok_or_else(|| LabError::Example("nobody sits in the congress".into()))?;
    let opposition = ThesesId::next(OPPOSITION);
    let file = |kind: &str, title: &str, seeks| {
        let (assembly, text) = (assembly.clone(), vec![format!("{title}.")]);
        let (kind, title) = (kind.to_owned(), title.to_owned());
        Action::Motion(motion::Action::File { assembly, kind, title, text, seeks: Some(seeks) })
    };
    let mut attempts: Vec<(MemberId, Action, String)> = Vec::new();
    for (place, platform) in PLATFORMS.iter().enumerate() {
        let seeks = Seeks::Ban { theses: ThesesId::next(place) };
        let what = format!("dissolve the group {:?}", platform.title);
        attempts.push((
            mover.clone(),
            file("resolution", "All groups with a platform are dissolved", seeks),
            what,
        ));
    }
    let strike =
        file("resolution", "The theses are struck from the record", Seeks::Strike { theses: opposition });
    attempts.push((mover.clone(), strike, format!("strike the theses {:?}", PLATFORMS[OPPOSITION].title)));
    let appointing = Seeks::Charter { text: charter_with(ELECTED_COMMITTEE, APPOINTED_COMMITTEE)? };
    let by_motion = file("resolution", "Factory committees are appointed", appointing);
    attempts.push((mover.clone(), by_motion, "appoint factory committees, by a resolution".into()));
    let committee =
        year.federation()?.organs.keys().find(|organ| organ.as_str().starts_with("works-committee@"));
    let committee: OrganId =
        committee.cloned().ok_or_else(|| LabError::Example("no factory committee".into()))?;
    let appoint = Action::Organ(organ::Action::Appoint { organ: committee, member: mover.clone() });
    attempts.push((chair.clone(), appoint, "appoint to a factory committee, by the presidium".into()));
    let bans = Seeks::Charter { text: charter_with(PROTECTED, UNPROTECTED)? };
    let bans = file("charter", "Theses can be banned", bans);
    attempts.push((mover.clone(), bans, "let theses be banned, by amending the charter".into()));
    let silence = Seeks::Charter { text: charter_with(PAGES, FEWER_PAGES)? };
    let silence = file("charter", "Platforms have two pages", silence);
    attempts.push((
        mover,
        silence,
        "2 pages for each platform, by an ordinary amendment of the charter".into(),
    ));
    let text = year.federation()?.circulars[pamphlet.index()].text;
    let erase = Action::Retention(retention::Action::Erase { attachment: text });
    attempts.push((chair.clone(), erase, "erase the pamphlet".into()));
    let (mut lines, mut refusals) = (Vec::new(), Vec::new());
    for (by, action, what) in attempts {
        let refusal = year.must_be_refused(&by, action)?;
        lines.push(refused(&refusal, &what));
        refusals.push(refusal);
        year.watch.advance(1);
    }
    lines.push(prove(text)?);
    let platforms = year.federation()?.platforms.recognised().count();
    lines.push(format!("{platforms} platforms stand in the record, with all their signatures"));
    let figures = json!({"refused": refusals, "platforms": platforms, "pamphlet": text});
    Ok(told(year, "protect", lines, figures))
}

const ELECTED_COMMITTEE: &str = "posts = { elected = 3 }";
const APPOINTED_COMMITTEE: &str = r#"posts = { elected = 0, appointed = 3, appointed-by = "presidium" }"#;
const PROTECTED: &str = r#"cannot-be = ["struck", "banned"]"#;
const UNPROTECTED: &str = r#"cannot-be = ["struck"]"#;
const PAGES: &str = "pages = 16";
const FEWER_PAGES: &str = "pages = 2";

/// The charter with one article put otherwise.
fn charter_with(article: &str, otherwise: &str) -> Result<Blob, LabError> {
    if !CHARTER.contains(article) {
        return Err(LabError::Example(format!("the charter has no article {article:?}")));
    }
    Ok(CHARTER.replacen(article, otherwise, 1).as_str().into())
}

/// Whoever kept a copy of the pamphlet shows with its hash that it is the one that was circulated.
fn prove(recorded: Hash) -> Result<String, LabError> {
    let copy = text_of(OPPOSITION);
    let mut altered = copy.clone();
    altered.0.truncate(altered.0.len() - 2);
    if copy.hash() != recorded || altered.hash() == recorded {
        return Err(LabError::Example("the copy of the pamphlet does not prove itself".into()));
    }
    Ok(format!("{} bytes of a kept copy hash to what was circulated; one byte less does not", copy.0.len()))
}
