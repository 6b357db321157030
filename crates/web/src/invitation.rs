//! Invitations that are passed on by word of mouth: Biscuit tokens (version 3 of the format, Ed25519), made for the
//! meetings of one assembly. Whoever holds one can narrow it (fewer uses, an earlier end, one meeting, reading only)
//! without asking anybody, and pass it on; nobody can widen one, because each narrowing is signed on top of what it
//! narrows and only adds conditions. Each use is counted against every narrowing that it came through, and each can be
//! revoked with all that came of it.
//!
//! An invitation gives nothing that the record knows: a guest reads and is expected at the desk, and has no vote.

use crate::access::{Access, AccessError};
use biscuit_auth::builder::{Algorithm, BlockBuilder, string};
use biscuit_auth::error::{FailedCheck, Logic, Token as TokenError};
use biscuit_auth::{AuthorizerBuilder, AuthorizerLimits, Biscuit, KeyPair, PrivateKey, PublicKey};
use jiff::Timestamp;
use mandate_assembly::ids::{AssemblyId, MeetingId, MemberId};
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use std::collections::HashMap;
use std::time::Duration;

/// The longest invitation that is read, in characters.
const LONGEST: usize = 4000;
/// So often an invitation may be narrowed.
const NARROWINGS: usize = 10;
/// The most uses that an invitation may have.
pub const USES: u32 = 10_000;

/// What a guest asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// To read what the meeting is about.
    Read,
    /// To be expected at the desk.
    CheckIn,
}

impl Operation {
    fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::CheckIn => "check-in",
        }
    }
}

/// Conditions that are put on an invitation; what is left out stays as it was.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Narrowing {
    /// At most so many uses from now on.
    pub uses: Option<u32>,
    /// Not after this.
    pub until: Option<Timestamp>,
    /// For this meeting only.
    pub meeting: Option<MeetingId>,
    /// For reading only.
    pub read_only: bool,
}

/// Why an invitation is not good, for what was asked with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotGood {
    /// It was not made here, was changed, or is no invitation.
    #[error("this is no invitation of this federation, or it was changed")]
    Unreadable,
    /// It, or what it came from, was revoked.
    #[error("this invitation was revoked")]
    Revoked,
    /// Its time is over.
    #[error("the time of this invitation is over")]
    Over,
    /// It was used as often as it may be.
    #[error("this invitation was used as often as it may be")]
    UsedUp,
    /// It is for another meeting.
    #[error("this invitation is for another meeting")]
    OtherMeeting,
    /// It does not let its holder do this.
    #[error("this invitation is for reading only")]
    NotThis,
    /// It was narrowed too often already.
    #[error("this invitation was narrowed ten times already")]
    TooOften,
}

/// Why nothing became of an invitation.
#[derive(Debug, thiserror::Error)]
pub enum InvitationError {
    /// It is not good.
    #[error(transparent)]
    NotGood(#[from] NotGood),
    /// A fault of the machine.
    #[error(transparent)]
    Machine(#[from] AccessError),
}

/// An invitation that was made, as the list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// By what it is revoked: the identifier of its first block.
    pub id: String,
    /// For which assembly.
    pub assembly: AssemblyId,
    /// Who made it.
    pub by: MemberId,
    /// When.
    pub at: Timestamp,
    /// Until when it is good.
    pub until: Timestamp,
    /// How often it may be used.
    pub uses: u32,
    /// How often it was.
    pub used: u32,
    /// When it was revoked.
    pub revoked: Option<Timestamp>,
}

/// A guest who is expected at a desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guest {
    /// As they called themselves.
    pub name: String,
    /// When they said that they come.
    pub at: Timestamp,
    /// The invitation that they came by, as it was made.
    pub id: String,
}

/// All invitations of a federation, beside its codes and sessions.
pub struct Invitations<'a>(&'a Access);

impl<'a> Invitations<'a> {
    /// Those kept with codes and sessions.
    ///
    /// # Errors
    /// A fault of the machine.
    pub fn of(access: &'a Access) -> Result<Self, AccessError> {
        access.with(|connection| {
            connection.execute_batch(
                "CREATE TABLE IF NOT EXISTS invitation_key (one INTEGER PRIMARY KEY CHECK (one = 1), secret BLOB NOT NULL);
                 CREATE TABLE IF NOT EXISTS invitation (
                     id TEXT PRIMARY KEY, assembly TEXT NOT NULL, by TEXT NOT NULL, at INTEGER NOT NULL,
                     until INTEGER NOT NULL, uses INTEGER NOT NULL
                 ) WITHOUT ROWID;
                 CREATE TABLE IF NOT EXISTS invitation_use (
                     block TEXT NOT NULL, at INTEGER NOT NULL
                 );
                 CREATE INDEX IF NOT EXISTS invitation_use_of ON invitation_use (block);
                 CREATE TABLE IF NOT EXISTS invitation_revoked (block TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
                 CREATE TABLE IF NOT EXISTS guest (
                     meeting INTEGER NOT NULL, name TEXT NOT NULL, at INTEGER NOT NULL, id TEXT NOT NULL
                 );",
            )
        })?;
        Ok(Self(access))
    }

    /// The federation's key for invitations, made when it is first needed.
    fn key(&self) -> Result<KeyPair, AccessError> {
        let fresh = KeyPair::new_with_algorithm(Algorithm::Ed25519);
        let secret: Vec<u8> = self.0.with(|connection| {
            let bytes = fresh.private().to_bytes();
            connection.execute("INSERT OR IGNORE INTO invitation_key VALUES (1, ?1)", [bytes.as_slice()])?;
            connection.query_row("SELECT secret FROM invitation_key", [], |row| row.get(0))
        })?;
        let private = PrivateKey::from_bytes(&secret, Algorithm::Ed25519)
            .map_err(|error| self.0.fault(format!("the key of invitations: {error}")))?;
        Ok(KeyPair::from(&private))
    }

    /// Makes an invitation to the meetings of an assembly. Whether its maker may is for the caller to see.
    ///
    /// # Errors
    /// A fault of the machine.
    pub fn make(
        &self,
        assembly: &AssemblyId,
        by: &MemberId,
        uses: u32,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<String, AccessError> {
        let uses = uses.clamp(1, USES);
        let fault = |error: TokenError| self.0.fault(format!("an invitation: {error}"));
        let narrowing = Narrowing { uses: Some(uses), until: Some(until), ..Narrowing::default() };
        let rights = "right(\"read\"); right(\"check-in\"); check if assembly({id});\n";
        let id = [("id".to_owned(), string(assembly.as_str()))].into_iter().collect();
        let block = BlockBuilder::new()
            .code_with_params(format!("{rights}{}", conditions(0, &narrowing)), id, HashMap::new())
            .map_err(fault)?;
        let token = Biscuit::builder().merge(block).build(&self.key()?).map_err(fault)?;
        let id = blocks_of(&token).swap_remove(0);
        self.0.with(|connection| {
            let row = params![id, assembly.as_str(), by.as_str(), now.as_second(), until.as_second(), uses];
            connection.execute("INSERT INTO invitation VALUES (?1, ?2, ?3, ?4, ?5, ?6)", row)
        })?;
        token.to_base64().map_err(fault)
    }

    /// Uses an invitation once, where it is good for what is asked: counted against each of its narrowings.
    ///
    /// # Errors
    /// It is not good, and says why; or a fault of the machine.
    pub fn take(
        &self,
        text: &str,
        operation: Operation,
        (meeting, assembly): (MeetingId, &AssemblyId),
        guest: &str,
        now: Timestamp,
    ) -> Result<(), InvitationError> {
        let token = read(text, self.key()?.public())?;
        let blocks = blocks_of(&token);
        let taken = self.0.with_mut(|connection| {
            // One at a time: the last use is given once.
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let counts = counts(&transaction, &blocks)?;
            let Some(counts) = counts else { return Ok(Err(NotGood::Revoked)) };
            if let Err(why) = authorize(&token, operation, meeting, assembly, &counts, now) {
                return Ok(Err(why));
            }
            for block in &blocks {
                transaction
                    .execute("INSERT INTO invitation_use VALUES (?1, ?2)", params![block, now.as_second()])?;
            }
            if operation == Operation::CheckIn {
                let row = params![meeting.0, guest, now.as_second(), blocks[0]];
                transaction.execute("INSERT INTO guest VALUES (?1, ?2, ?3, ?4)", row)?;
            }
            transaction.commit()?;
            Ok(Ok(()))
        })?;
        Ok(taken?)
    }

    /// Revokes an invitation by the identifier of a block: it, and whatever was made of it by narrowing.
    ///
    /// # Errors
    /// A fault of the machine.
    pub fn revoke(&self, block: &str, now: Timestamp) -> Result<(), AccessError> {
        self.0.with(|connection| {
            let row = params![block, now.as_second()];
            connection.execute("INSERT OR IGNORE INTO invitation_revoked VALUES (?1, ?2)", row).map(drop)
        })
    }

    /// All that were made, the newest first.
    ///
    /// # Errors
    /// A fault of the machine.
    pub fn all(&self) -> Result<Vec<Made>, AccessError> {
        self.0.with(|connection| {
            let mut found = connection.prepare_cached(
                "SELECT id, assembly, by, at, until, uses,
                     (SELECT count(*) FROM invitation_use WHERE block = id),
                     (SELECT at FROM invitation_revoked WHERE block = id)
                 FROM invitation ORDER BY at DESC, id",
            )?;
            let moment = |second: i64| Timestamp::from_second(second).unwrap_or_default();
            let rows = found.query_map([], |row| {
                let (assembly, by): (String, String) = (row.get(1)?, row.get(2)?);
                Ok(Made {
                    id: row.get(0)?,
                    assembly: assembly.as_str().into(),
                    by: by.as_str().into(),
                    at: moment(row.get(3)?),
                    until: moment(row.get(4)?),
                    uses: row.get(5)?,
                    used: row.get(6)?,
                    revoked: row.get::<_, Option<i64>>(7)?.map(moment),
                })
            })?;
            rows.collect()
        })
    }

    /// Who is expected at a meeting's desk by invitation.
    ///
    /// # Errors
    /// A fault of the machine.
    pub fn guests(&self, meeting: MeetingId) -> Result<Vec<Guest>, AccessError> {
        self.0.with(|connection| {
            let mut found = connection
                .prepare_cached("SELECT name, at, id FROM guest WHERE meeting = ?1 ORDER BY at, name")?;
            let rows = found.query_map([meeting.0], |row| {
                let at = Timestamp::from_second(row.get(1)?).unwrap_or_default();
                Ok(Guest { name: row.get(0)?, at, id: row.get(2)? })
            })?;
            rows.collect()
        })
    }

    /// An invitation with further conditions, signed on top of it.
    ///
    /// # Errors
    /// It is none of this federation's, or was narrowed too often.
    pub fn narrow(&self, text: &str, narrowing: &Narrowing) -> Result<(String, String), InvitationError> {
        let token = read(text, self.key()?.public())?;
        let place = token.block_count();
        if place > NARROWINGS {
            return Err(NotGood::TooOften.into());
        }
        let narrowed = BlockBuilder::new()
            .code(conditions(place, narrowing))
            .and_then(|block| token.append(block))
            .map_err(|_| NotGood::Unreadable)?;
        let text = narrowed.to_base64().map_err(|_| NotGood::Unreadable)?;
        Ok((text, blocks_of(&narrowed).pop().unwrap_or_default()))
    }
}

/// What the block at a place asks for, in Biscuit's Datalog. Numbers and moments only: nothing that somebody typed.
fn conditions(place: usize, narrowing: &Narrowing) -> String {
    let mut code = String::new();
    if let Some(uses) = narrowing.uses {
        code.push_str(&format!("check if used({place}, $count), $count < {uses};\n"));
    }
    if let Some(until) = narrowing.until {
        code.push_str(&format!("check if time($now), $now <= {until};\n"));
    }
    if let Some(meeting) = narrowing.meeting {
        code.push_str(&format!("check if meeting({meeting});\n"));
    }
    if narrowing.read_only {
        code.push_str("check if operation(\"read\");\n");
    }
    code
}

fn read(text: &str, key: PublicKey) -> Result<Biscuit, NotGood> {
    let text = text.trim();
    if text.len() > LONGEST {
        return Err(NotGood::Unreadable);
    }
    Biscuit::from_base64(text, key).map_err(|_| NotGood::Unreadable)
}

fn blocks_of(token: &Biscuit) -> Vec<String> {
    token.revocation_identifiers().iter().map(hex::encode).collect()
}

/// How often each block was used; none where one is revoked.
fn counts(connection: &Connection, blocks: &[String]) -> rusqlite::Result<Option<Vec<i64>>> {
    let mut counts = Vec::new();
    for block in blocks {
        let revoked: Option<i64> = connection
            .query_row("SELECT at FROM invitation_revoked WHERE block = ?1", [block], |row| row.get(0))
            .optional()?;
        if revoked.is_some() {
            return Ok(None);
        }
        let used = "SELECT count(*) FROM invitation_use WHERE block = ?1";
        counts.push(connection.query_row(used, [block], |row| row.get(0))?);
    }
    Ok(Some(counts))
}

/// Whether all conditions hold. Rights count where the federation's own block gives them, and nowhere else.
fn authorize(
    token: &Biscuit,
    operation: Operation,
    meeting: MeetingId,
    assembly: &AssemblyId,
    counts: &[i64],
    now: Timestamp,
) -> Result<(), NotGood> {
    let mut code =
        format!("time({now}); meeting({meeting}); operation(\"{}\"); assembly({{id}});\n", operation.name());
    for (place, count) in counts.iter().enumerate() {
        code.push_str(&format!("used({place}, {count});\n"));
    }
    code.push_str("allow if operation($asked), right($asked);");
    let parameters = [("id".to_owned(), string(assembly.as_str()))].into_iter().collect();
    // A busy machine must not turn a guest away: the library's own limit is a thousandth of a second.
    let limits = AuthorizerLimits { max_facts: 1000, max_iterations: 100, max_time: Duration::from_secs(2) };
    let decided = AuthorizerBuilder::new()
        .code_with_params(code, parameters, HashMap::new())
        .and_then(|builder| builder.set_limits(limits).build(token))
        .and_then(|mut authorizer| authorizer.authorize());
    match decided {
        Ok(_) => Ok(()),
        Err(TokenError::FailedLogic(
            Logic::Unauthorized { checks, .. } | Logic::NoMatchingPolicy { checks },
        )) => Err(reason(&checks)),
        Err(_) => Err(NotGood::Unreadable),
    }
}

/// The first condition that does not hold.
fn reason(checks: &[FailedCheck]) -> NotGood {
    let rules = checks.iter().map(|check| match check {
        FailedCheck::Block(check) => check.rule.as_str(),
        FailedCheck::Authorizer(check) => check.rule.as_str(),
    });
    let named = [
        ("time(", NotGood::Over),
        ("used(", NotGood::UsedUp),
        ("meeting(", NotGood::OtherMeeting),
        ("assembly(", NotGood::OtherMeeting),
    ];
    for rule in rules {
        if let Some((_, why)) = named.iter().find(|(name, _)| rule.contains(name)) {
            return *why;
        }
    }
    NotGood::NotThis
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    struct Hall {
        _dir: tempfile::TempDir,
        access: Access,
    }

    impl Hall {
        fn open() -> Self {
            let dir = tempfile::tempdir().unwrap();
            let access = Access::open(dir.path()).unwrap();
            Self { _dir: dir, access }
        }

        fn invitations(&self) -> Invitations<'_> {
            Invitations::of(&self.access).unwrap()
        }

        fn make(&self, uses: u32) -> String {
            self.invitations().make(&"congress".into(), &"M1".into(), uses, at(1000), at(0)).unwrap()
        }

        fn take(&self, text: &str, operation: Operation, meeting: u32, second: i64) -> Result<(), NotGood> {
            self.take_for(text, operation, meeting, "congress", second)
        }

        fn take_for(
            &self,
            text: &str,
            operation: Operation,
            meeting: u32,
            assembly: &str,
            second: i64,
        ) -> Result<(), NotGood> {
            let whereto = (MeetingId(meeting), &AssemblyId::from(assembly));
            match self.invitations().take(text, operation, whereto, "Guest", at(second)) {
                Ok(()) => Ok(()),
                Err(InvitationError::NotGood(why)) => Err(why),
                Err(InvitationError::Machine(error)) => panic!("{error}"),
            }
        }
    }

    use Operation::{CheckIn, Read};

    #[test]
    fn it_is_good_for_its_assembly_its_time_and_its_uses() {
        let hall = Hall::open();
        let text = hall.make(3);
        assert_eq!(hall.take(&text, Read, 1, 10), Ok(()));
        assert_eq!(hall.take_for(&text, Read, 1, "branch/C24", 10), Err(NotGood::OtherMeeting));
        assert_eq!(hall.take(&text, Read, 1, 1001), Err(NotGood::Over));
        assert_eq!(hall.take(&text, CheckIn, 1, 20), Ok(()));
        assert_eq!(hall.take(&text, CheckIn, 2, 1000), Ok(()));
        assert_eq!(hall.take(&text, Read, 1, 30), Err(NotGood::UsedUp));
        let made = &hall.invitations().all().unwrap()[0];
        assert_eq!((made.uses, made.used), (3, 3), "what was refused is no use");
        assert_eq!(hall.invitations().guests(MeetingId(1)).unwrap().len(), 1);
    }

    #[test]
    fn it_can_be_narrowed_and_never_widened() {
        let hall = Hall::open();
        let text = hall.make(5);
        let narrow = |text: &str, narrowing| hall.invitations().narrow(text, &narrowing).unwrap().0;
        let less = narrow(
            &text,
            Narrowing { uses: Some(1), until: Some(at(500)), meeting: Some(MeetingId(2)), read_only: true },
        );
        // Whoever narrows on may write what they like; it counts as well, and takes nothing away from before.
        let more = narrow(
            &less,
            Narrowing {
                uses: Some(100),
                until: Some(at(9000)),
                meeting: Some(MeetingId(2)),
                read_only: false,
            },
        );
        for text in [&less, &more] {
            assert_eq!(hall.take(text, CheckIn, 2, 10), Err(NotGood::NotThis));
            assert_eq!(hall.take(text, Read, 1, 10), Err(NotGood::OtherMeeting));
            assert_eq!(hall.take(text, Read, 2, 501), Err(NotGood::Over));
        }
        assert_eq!(hall.take(&more, Read, 2, 10), Ok(()));
        assert_eq!(
            hall.take(&less, Read, 2, 10),
            Err(NotGood::UsedUp),
            "the one use is gone, by whichever way"
        );
        assert_eq!(hall.take(&text, CheckIn, 1, 10), Ok(()), "the first one has four left");
    }

    #[test]
    fn a_block_that_gives_itself_rights_gives_none() {
        let hall = Hall::open();
        let invitations = hall.invitations();
        let text = invitations
            .narrow(&hall.make(5), &Narrowing { read_only: true, ..Narrowing::default() })
            .unwrap()
            .0;
        let token = Biscuit::from_base64(&text, invitations.key().unwrap().public()).unwrap();
        let forged = "right(\"check-in\"); operation(\"read\"); time(2020-01-01T00:00:00Z); used(0, 0); assembly(\"congress\");";
        let forged = token.append(BlockBuilder::new().code(forged).unwrap()).unwrap().to_base64().unwrap();
        assert_eq!(hall.take(&forged, CheckIn, 1, 10), Err(NotGood::NotThis));
        assert_eq!(hall.take(&forged, Read, 1, 1001), Err(NotGood::Over));
        assert_eq!(hall.take_for(&forged, Read, 1, "branch/C24", 10), Err(NotGood::OtherMeeting));
        // Another federation's key signs as well as ours, and opens nothing here.
        let other = Hall::open().make(5);
        assert_eq!(hall.take(&other, Read, 1, 10), Err(NotGood::Unreadable));
        for text in ["", "x", &forged[1..], "A".repeat(LONGEST + 1).as_str()] {
            assert_eq!(hall.take(text, Read, 1, 10), Err(NotGood::Unreadable));
        }
    }

    #[test]
    fn what_is_revoked_is_good_no_longer_with_all_that_came_of_it() {
        let hall = Hall::open();
        let invitations = hall.invitations();
        let text = hall.make(9);
        let (one, one_id) = invitations.narrow(&text, &Narrowing::default()).unwrap();
        let (two, _) = invitations.narrow(&one, &Narrowing::default()).unwrap();
        invitations.revoke(&one_id, at(5)).unwrap();
        assert_eq!(hall.take(&one, Read, 1, 10), Err(NotGood::Revoked));
        assert_eq!(hall.take(&two, Read, 1, 10), Err(NotGood::Revoked));
        assert_eq!(hall.take(&text, Read, 1, 10), Ok(()));
        let id = invitations.all().unwrap()[0].id.clone();
        invitations.revoke(&id, at(11)).unwrap();
        assert_eq!(hall.take(&text, Read, 1, 12), Err(NotGood::Revoked));
        assert_eq!(invitations.all().unwrap()[0].revoked, Some(at(11)));
    }
}
