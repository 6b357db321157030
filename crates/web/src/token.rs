//! Tokens for programs: made by a member for a program of theirs, limited in right and in time, taken back at any
//! time. A program with a token sees and does at most what its member may.

use crate::access::{Access, AccessError, hash};
use jiff::Timestamp;
use mandate_assembly::Action;
use mandate_assembly::ids::MemberId;
use rusqlite::{OptionalExtension, params};

/// What every token begins with, so that one that was published by mistake is found by a search.
pub const START: &str = "mandate_";

/// The longest life of a token, in days.
pub const LONGEST_DAYS: i64 = 366;

/// The kinds of action that a right may name, as commands name them.
pub const KINDS: [&str; 17] = [
    "founding",
    "membership",
    "assembly",
    "election",
    "ballot",
    "vacancy",
    "organ",
    "meeting",
    "motion",
    "vote",
    "theses",
    "circular",
    "recall",
    "referendum",
    "plan",
    "retention",
    "secret",
];

/// What a token may do: read what its member may, and hand in commands of these kinds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rights(Vec<&'static str>);

impl Rights {
    /// Rights to hand in commands of these kinds; none for reading only. Kinds that there are not are left out.
    pub fn new<'a>(kinds: impl IntoIterator<Item = &'a str>) -> Self {
        let asked: Vec<&str> = kinds.into_iter().collect();
        Self(KINDS.into_iter().filter(|kind| asked.contains(kind)).collect())
    }

    /// Whether a command may be handed in.
    pub fn allow(&self, action: &Action) -> bool {
        self.0.contains(&kind(action))
    }

    /// The kinds.
    pub fn kinds(&self) -> &[&'static str] {
        &self.0
    }
}

/// The kind of an action, as commands name it.
pub fn kind(action: &Action) -> &'static str {
    match action {
        Action::Founding(_) => "founding",
        Action::Membership(_) => "membership",
        Action::Assembly(_) => "assembly",
        Action::Election(_) => "election",
        Action::Ballot(_) => "ballot",
        Action::Vacancy(_) => "vacancy",
        Action::Organ(_) => "organ",
        Action::Meeting(_) => "meeting",
        Action::Motion(_) => "motion",
        Action::Vote(_) => "vote",
        Action::Theses(_) => "theses",
        Action::Circular(_) => "circular",
        Action::Recall(_) => "recall",
        Action::Referendum(_) => "referendum",
        Action::Plan(_) => "plan",
        Action::Retention(_) => "retention",
        Action::Secret(_) => "secret",
    }
}

/// A token as its member sees it: never its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issued {
    /// By which it is taken back.
    pub id: i64,
    /// What the member called it.
    pub name: String,
    /// What it may do.
    pub rights: Rights,
    /// Until when.
    pub until: Timestamp,
    /// When a program last came with it.
    pub used: Option<Timestamp>,
}

impl Access {
    /// Makes a token. Its text is given once and cannot be read back.
    ///
    /// # Errors
    /// A fault of the machine.
    pub fn issue(
        &self,
        member: &MemberId,
        name: &str,
        rights: &Rights,
        until: Timestamp,
    ) -> Result<String, AccessError> {
        let text = format!("{START}{}", hex::encode(self.random::<32>()?));
        self.with(|connection| {
            connection.execute(
                "INSERT INTO token (hash, member, name, rights, until) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![hash(&text), member.as_str(), name, rights.0.join(" "), until.as_second()],
            )
        })?;
        Ok(text)
    }

    /// Whose a token is and what it may do, where it is good.
    ///
    /// # Errors
    /// A fault of the machine.
    pub fn present(&self, text: &str, now: Timestamp) -> Result<Option<(MemberId, Rights)>, AccessError> {
        self.with(|connection| {
            let found = connection
                .prepare_cached("SELECT id, member, rights, used FROM token WHERE hash = ?1 AND until > ?2")?
                .query_row(params![hash(text), now.as_second()], |row| {
                    let rights: String = row.get(2)?;
                    let used: Option<i64> = row.get(3)?;
                    Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?, rights, used))
                })
                .optional()?;
            let Some((id, member, rights, used)) = found else { return Ok(None) };
            // To the hour: enough to see which tokens are in use, and no write for every request.
            if used.is_none_or(|used| now.as_second() - used > 3600) {
                let sql = "UPDATE token SET used = ?2 WHERE id = ?1";
                connection.execute(sql, params![id, now.as_second()])?;
            }
            Ok(Some((member.as_str().into(), Rights::new(rights.split(' ')))))
        })
    }

    /// A member's tokens, the newest first; those whose time is over are dropped.
    ///
    /// # Errors
    /// A fault of the machine.
    pub fn issued(&self, member: &MemberId, now: Timestamp) -> Result<Vec<Issued>, AccessError> {
        self.with(|connection| {
            connection.execute("DELETE FROM token WHERE until <= ?1", [now.as_second()])?;
            let mut statement = connection.prepare_cached(
                "SELECT id, name, rights, until, used FROM token WHERE member = ?1 ORDER BY id DESC",
            )?;
            let moment = |second: i64| Timestamp::from_second(second).unwrap_or_default();
            let rows = statement.query_map([member.as_str()], |row| {
                Ok(Issued {
                    id: row.get(0)?,
                    name: row.get(1)?,
                    rights: Rights::new(row.get::<_, String>(2)?.split(' ')),
                    until: moment(row.get(3)?),
                    used: row.get::<_, Option<i64>>(4)?.map(moment),
                })
            })?;
            rows.collect()
        })
    }

    /// Takes a member's token back.
    ///
    /// # Errors
    /// A fault of the machine.
    pub fn revoke(&self, member: &MemberId, id: i64) -> Result<bool, AccessError> {
        let sql = "DELETE FROM token WHERE id = ?1 AND member = ?2";
        self.with(|connection| connection.execute(sql, params![id, member.as_str()])).map(|rows| rows > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn sign(motion: u32) -> Action {
        let motion = mandate_assembly::ids::MotionId(motion);
        Action::Motion(mandate_assembly::motion::Action::Sign { motion })
    }

    #[test]
    fn a_token_does_what_it_was_made_for_until_its_time_or_until_it_is_taken_back() {
        let dir = tempfile::tempdir().unwrap();
        let access = Access::open(dir.path()).unwrap();
        let me: MemberId = "M1".into();
        let rights = Rights::new(["motion", "everything", "vote"]);
        assert_eq!(rights.kinds(), ["motion", "vote"]);
        let text = access.issue(&me, "calendar", &rights, at(1000)).unwrap();
        let (whose, found) = access.present(&text, at(1)).unwrap().unwrap();
        assert_eq!((whose, &found), (me.clone(), &rights));
        assert!(found.allow(&sign(1)));
        assert!(!Rights::new([]).allow(&sign(1)), "reading only");
        assert_eq!(access.present(&text, at(1000)).unwrap(), None, "over");
        assert_eq!(access.present(&text[..20], at(1)).unwrap(), None, "cut");
        let issued = access.issued(&me, at(2)).unwrap();
        assert_eq!((issued[0].name.as_str(), issued[0].used), ("calendar", Some(at(1))));
        assert!(!access.revoke(&"M2".into(), issued[0].id).unwrap(), "another's");
        assert!(access.present(&text, at(1)).unwrap().is_some());
        assert!(access.revoke(&me, issued[0].id).unwrap());
        assert_eq!(access.present(&text, at(1)).unwrap(), None, "taken back");
    }

    #[test]
    fn a_kind_is_the_name_that_commands_use() {
        let written = serde_json::to_value(sign(1)).unwrap();
        assert_eq!(written.as_object().unwrap().keys().next().unwrap(), kind(&sign(1)));
        assert!(KINDS.contains(&kind(&sign(1))));
    }
}
