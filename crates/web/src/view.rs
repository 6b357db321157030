//! What a page is made from: the state at one moment, who asks, and in which language.

use crate::access::Access;
use crate::assets::Assets;
use crate::follower::{Followed, Kept};
use crate::names::NamesFor;
use crate::notice::Notices;
use crate::plans::Plans;
use crate::problem::Problem;
use crate::sending::Sending;
use crate::settings::Settings;
use crate::sheet::Cell;
use crate::words::{Languages, Words};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use mandate_assembly::ids::{AssemblyId, MemberId, OrganId, WorkplaceId};
use mandate_assembly::{Federation, State};
use mandate_booth::BoxFolder;
use mandate_record::Checkpoint;

/// The state at one moment as one reader sees it.
pub struct View<'a> {
    /// The whole state, for asking the core what it would say.
    pub state: &'a State,
    /// The federation.
    pub federation: &'a Federation,
    /// The record so far.
    pub checkpoint: &'a Checkpoint,
    /// When the last entry was written.
    pub as_of: Timestamp,
    /// Now.
    pub now: Timestamp,
    /// The reader's language.
    pub words: &'a Words,
    /// All languages.
    pub languages: &'a Languages,
    /// The federation's time zone [federation.time-zone].
    pub zone: TimeZone,
    /// The site's own address, such as `https://federation.example`.
    pub site: String,
    /// The address without its ending.
    pub path: &'a str,
    /// What the address asks for beside its path.
    pub query: &'a [(String, String)],
    /// Who is signed in.
    pub member: Option<&'a MemberId>,
    /// The token that forms of this reader carry, where one is signed in.
    pub form_token: Option<String>,
    /// The mark by which a form of this page that is sent twice is known.
    pub once: String,
    /// What became of the form that was sent just before.
    pub notice: Option<String>,
    /// Whether the site is a trial, where anybody may be anybody.
    pub trial: bool,
    /// Counts what happens beside the record and is shown at once: the floor of meetings.
    pub beside: u64,
    /// Names of styles and script.
    pub assets: &'a Assets,
    /// Names of members and branches.
    pub names: NamesFor<'a>,
    /// Plans read so far.
    pub plans: &'a Plans,
    /// Codes, sessions, tokens and invitations.
    pub access: &'a Access,
    /// Who was told of what.
    pub notices: &'a Notices,
    /// How letters and mails are sent.
    pub settings: &'a Settings,
    /// Mails that are being sent.
    pub sending: &'a Sending,
    /// What the provider is called by whom members may sign in, where there is one.
    pub provider: Option<&'a str>,
    /// Boxes of secret ballots that are kept here.
    pub boxes: Option<&'a BoxFolder>,
    /// Attachments of the record.
    pub files: Kept<'a>,
}

impl<'a> View<'a> {
    /// The same for a reader of another language.
    pub fn read_in<'b>(&'b self, words: &'b Words) -> View<'b> {
        View {
            words,
            site: self.site.clone(),
            zone: self.zone.clone(),
            form_token: self.form_token.clone(),
            once: self.once.clone(),
            notice: self.notice.clone(),
            files: Kept(self.files.0),
            ..*self
        }
    }

    /// The state behind a page.
    ///
    /// # Errors
    /// Nothing is founded yet.
    pub fn federation_of(followed: &'a Followed) -> Result<&'a Federation, Problem> {
        Ok(followed.federation.state().federation()?)
    }

    /// A value that the address asks for.
    pub fn asked(&self, key: &str) -> Option<&str> {
        self.query.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// A day in the federation's zone.
    pub fn day(&self, moment: Timestamp) -> String {
        self.words.day(moment, &self.zone)
    }

    /// A day and hour in the federation's zone.
    pub fn hour(&self, moment: Timestamp) -> String {
        self.words.hour(moment, &self.zone)
    }

    /// The time of day in the federation's zone.
    pub fn clock(&self, moment: Timestamp) -> String {
        let local = moment.to_zoned_datetime(self.zone.clone()).datetime();
        format!("{:02}:{:02}:{:02}", local.hour(), local.minute(), local.second())
    }

    /// A moment as a form's field has it, in the federation's zone.
    pub fn local(&self, moment: Timestamp) -> String {
        let local = moment.to_zoned_datetime(self.zone.clone()).datetime();
        format!("{}T{:02}:{:02}", local.date(), local.hour(), local.minute())
    }

    /// The same, of the minute after: a field has no seconds, and a deadline must not come before the moment.
    pub fn local_after(&self, moment: Timestamp) -> String {
        self.local(moment + jiff::SignedDuration::from_secs(60))
    }

    /// A cell with a day.
    pub fn day_cell(&self, moment: Timestamp) -> Cell {
        Cell::Time(self.day(moment), moment.to_string())
    }

    /// The title that the charter gives a level, in the reader's language.
    pub fn level_title(&self, level: usize) -> String {
        let Some(level) = self.federation.charter.levels.get(level) else { return String::new() };
        self.titled(&level.title).unwrap_or(&level.id).to_owned()
    }

    /// The title that the charter gives a kind of organ, in the reader's language.
    pub fn organ_title(&self, kind: &str) -> String {
        let organ = self.federation.charter.organs.iter().find(|organ| organ.id == kind);
        organ.and_then(|organ| self.titled(&organ.title)).unwrap_or(kind).to_owned()
    }

    fn titled<'t>(&self, titles: &'t std::collections::BTreeMap<String, String>) -> Option<&'t str> {
        titles.get(&self.words.tag).or_else(|| titles.values().next()).map(String::as_str)
    }

    /// What an assembly is called: its level's title and what it groups.
    pub fn assembly_name(&self, id: &AssemblyId) -> String {
        let Some(assembly) = self.federation.assemblies.get(id) else { return id.to_string() };
        let title = self.level_title(assembly.level);
        match id.as_str().split_once('/') {
            None => title,
            Some((_, group)) => {
                let named = group.split('/').find_map(|part| self.names.branch(part));
                let named = named.map_or(String::new(), |name| format!(" ({name})"));
                format!("{title} {group}{named}")
            }
        }
    }

    /// A link to an assembly.
    pub fn assembly(&self, id: &AssemblyId) -> Cell {
        Cell::Link(self.assembly_name(id), address("/assemblies/", id.as_str()))
    }

    /// What an organ is called.
    pub fn organ_name(&self, id: &OrganId) -> String {
        match self.federation.organs.get(id) {
            Some(organ) => {
                format!("{}, {}", self.organ_title(&organ.kind), self.assembly_name(&organ.assembly))
            }
            None => id.to_string(),
        }
    }

    /// A link to a member.
    pub fn member_cell(&self, id: &MemberId) -> Cell {
        Cell::Link(self.names.member(id).to_owned(), address("/members/", id.as_str()))
    }

    /// A link to a workplace.
    pub fn workplace_cell(&self, id: &WorkplaceId) -> Cell {
        Cell::Link(id.to_string(), address("/workplaces/", id.as_str()))
    }
}

/// An address of something with an identifier, which keeps its slashes and nothing else that has a meaning there.
pub fn address(place: &str, id: &str) -> String {
    let mut address = place.to_owned();
    for byte in id.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~/@:".contains(&byte) {
            address.push(char::from(byte));
        } else {
            address.push_str(&format!("%{byte:02X}"));
        }
    }
    address
}
