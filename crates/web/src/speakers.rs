//! Who wants to speak in a meeting, in which order, and until when the one who speaks may. It decides nothing and is not
//! in the record; it is kept beside it, so that it is there after a restart.
//!
//! Whoever has spoken less in the meeting comes first; among equals, whoever asked first.

use crate::access::{Access, AccessError};
use jiff::Timestamp;
use mandate_assembly::ids::{MeetingId, MemberId};
use rusqlite::{Connection, params};

/// The longest time for one speech, in minutes.
pub const LONGEST_MINUTES: u32 = 120;

/// One who asked for the floor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Speaker {
    /// Who.
    pub member: MemberId,
    /// How often they have spoken in this meeting.
    pub before: u64,
}

/// The floor of a meeting.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Floor {
    /// Who speaks, and until when.
    pub speaks: Option<(MemberId, Timestamp)>,
    /// Who comes next, in order.
    pub waiting: Vec<Speaker>,
}

/// Why the list did not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unchanged {
    /// They wait already.
    WaitsAlready,
    /// Nobody waits.
    NobodyWaits,
}

pub(crate) const TABLE: &str = "CREATE TABLE IF NOT EXISTS speaker (
     id INTEGER PRIMARY KEY, meeting INTEGER NOT NULL, member TEXT NOT NULL, began INTEGER, until INTEGER, ended INTEGER
 );";

impl Access {
    /// The floor of a meeting.
    ///
    /// # Errors
    /// A fault of the machine.
    pub fn floor(&self, meeting: MeetingId) -> Result<Floor, AccessError> {
        self.with(|connection| floor(connection, meeting))
    }

    /// Puts somebody on the list.
    ///
    /// # Errors
    /// A fault of the machine.
    pub fn ask_to_speak(
        &self,
        meeting: MeetingId,
        member: &MemberId,
    ) -> Result<Result<(), Unchanged>, AccessError> {
        self.with(|connection| {
            if floor(connection, meeting)?.waiting.iter().any(|waiting| waiting.member == *member) {
                return Ok(Err(Unchanged::WaitsAlready));
            }
            let sql = "INSERT INTO speaker (meeting, member) VALUES (?1, ?2)";
            connection.execute(sql, params![meeting.0, member.as_str()])?;
            Ok(Ok(()))
        })
    }

    /// Takes somebody off the list.
    ///
    /// # Errors
    /// A fault of the machine.
    pub fn no_longer_speak(&self, meeting: MeetingId, member: &MemberId) -> Result<(), AccessError> {
        let sql = "DELETE FROM speaker WHERE meeting = ?1 AND member = ?2 AND began IS NULL";
        self.with(|connection| connection.execute(sql, params![meeting.0, member.as_str()])).map(drop)
    }

    /// Gives the floor to the next on the list for so many minutes; whoever spoke has ended.
    ///
    /// # Errors
    /// A fault of the machine.
    pub fn next_speaker(
        &self,
        meeting: MeetingId,
        minutes: u32,
        now: Timestamp,
    ) -> Result<Result<(), Unchanged>, AccessError> {
        let until = now.as_second() + 60 * i64::from(minutes);
        self.with(|connection| {
            let transaction = connection.unchecked_transaction()?;
            let Some(next) = floor(&transaction, meeting)?.waiting.into_iter().next() else {
                return Ok(Err(Unchanged::NobodyWaits));
            };
            end(&transaction, meeting, now)?;
            transaction.execute(
                "UPDATE speaker SET began = ?3, until = ?4 WHERE meeting = ?1 AND member = ?2 AND began IS NULL",
                params![meeting.0, next.member.as_str(), now.as_second(), until],
            )?;
            transaction.commit()?;
            Ok(Ok(()))
        })
    }

    /// Ends the speech.
    ///
    /// # Errors
    /// A fault of the machine.
    pub fn end_speech(&self, meeting: MeetingId, now: Timestamp) -> Result<(), AccessError> {
        self.with(|connection| end(connection, meeting, now))
    }
}

fn end(connection: &Connection, meeting: MeetingId, now: Timestamp) -> rusqlite::Result<()> {
    let sql = "UPDATE speaker SET ended = ?2 WHERE meeting = ?1 AND began IS NOT NULL AND ended IS NULL";
    connection.execute(sql, params![meeting.0, now.as_second()]).map(drop)
}

fn floor(connection: &Connection, meeting: MeetingId) -> rusqlite::Result<Floor> {
    let mut statement = connection
        .prepare_cached("SELECT member, began, until, ended FROM speaker WHERE meeting = ?1 ORDER BY id")?;
    let mut rows = statement.query([meeting.0])?;
    let mut floor = Floor::default();
    let mut spoken: Vec<MemberId> = Vec::new();
    while let Some(row) = rows.next()? {
        let member: MemberId = row.get::<_, String>(0)?.as_str().into();
        let (began, until, ended): (Option<i64>, Option<i64>, Option<i64>) =
            (row.get(1)?, row.get(2)?, row.get(3)?);
        match (began, ended) {
            (None, _) => floor.waiting.push(Speaker { member, before: 0 }),
            (Some(_), None) => {
                let until = Timestamp::from_second(until.unwrap_or_default()).unwrap_or_default();
                spoken.push(member.clone());
                floor.speaks = Some((member, until));
            }
            (Some(_), Some(_)) => spoken.push(member),
        }
    }
    for waiting in &mut floor.waiting {
        waiting.before = spoken.iter().filter(|member| **member == waiting.member).count() as u64;
    }
    // Stable: among those who spoke equally often, the order of asking stays.
    floor.waiting.sort_by_key(|waiting| waiting.before);
    Ok(floor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_spoken_less_comes_first_then_who_asked_first() {
        let dir = tempfile::tempdir().unwrap();
        let access = Access::open(dir.path()).unwrap();
        let (meeting, other) = (MeetingId(1), MeetingId(2));
        let at = |second| Timestamp::from_second(second).unwrap();
        let waiting = || -> Vec<String> {
            access.floor(meeting).unwrap().waiting.iter().map(|one| one.member.to_string()).collect()
        };
        assert_eq!(access.next_speaker(meeting, 3, at(0)).unwrap(), Err(Unchanged::NobodyWaits));
        for member in ["A", "B", "C"] {
            access.ask_to_speak(meeting, &member.into()).unwrap().unwrap();
        }
        assert_eq!(access.ask_to_speak(meeting, &"B".into()).unwrap(), Err(Unchanged::WaitsAlready));
        access.ask_to_speak(other, &"Z".into()).unwrap().unwrap();
        access.next_speaker(meeting, 3, at(100)).unwrap().unwrap();
        assert_eq!(access.floor(meeting).unwrap().speaks, Some(("A".into(), at(280))));
        // A asks again and comes after those who have not spoken, also after D who asks later.
        access.ask_to_speak(meeting, &"A".into()).unwrap().unwrap();
        access.ask_to_speak(meeting, &"D".into()).unwrap().unwrap();
        assert_eq!(waiting(), ["B", "C", "D", "A"]);
        access.no_longer_speak(meeting, &"C".into()).unwrap();
        access.next_speaker(meeting, 3, at(200)).unwrap().unwrap();
        assert_eq!(access.floor(meeting).unwrap().speaks.unwrap().0, "B".into(), "who spoke has ended");
        access.end_speech(meeting, at(210)).unwrap();
        assert_eq!(access.floor(meeting).unwrap().speaks, None);
        assert_eq!(waiting(), ["D", "A"]);
        drop(access);
        let again = Access::open(dir.path()).unwrap();
        assert_eq!(again.floor(meeting).unwrap().waiting.len(), 2, "after a restart");
    }
}
