//! A second factor for signing in: six digits that a device of the member's makes anew every thirty seconds (RFC 6238).
//! Who holds a post acts on the pages only with one, so that a code that was found in the post opens no office.

use crate::access::{Access, AccessError};
use crate::problem::Problem;
use crate::site::Site;
use jiff::Timestamp;
use mandate_assembly::ids::MemberId;
use rusqlite::{OptionalExtension, params};
use totp_rs::{Builder, Secret, Totp};

/// Bytes of a secret (RFC 4226, section 4: at least 16, 20 recommended).
const SECRET_BYTES: usize = 20;

/// SHA-1, six digits, thirty seconds, one step of grace on either side: what every device makes.
fn totp(secret: &[u8]) -> Totp {
    Builder::new().with_secret(secret.to_vec()).build_noncompliant()
}

/// A secret as devices take it: base 32 (RFC 4648).
pub fn readable(secret: &[u8]) -> String {
    Secret::from(secret.to_vec()).to_base32()
}

impl Access {
    /// Makes a secret for a member, which counts once it is confirmed. A confirmed one is not put out of use by this.
    ///
    /// # Errors
    /// A fault of the machine.
    pub fn begin_second(&self, member: &MemberId) -> Result<Option<Vec<u8>>, AccessError> {
        let secret = self.random::<SECRET_BYTES>()?.to_vec();
        let made = self.with(|connection| {
            connection.execute(
                "INSERT INTO second_factor VALUES (?1, ?2, NULL, 0)
                 ON CONFLICT (member) DO UPDATE SET secret = ?2 WHERE confirmed IS NULL",
                params![member.as_str(), secret],
            )
        })?;
        Ok((made > 0).then_some(secret))
    }

    /// Whether a member has a second factor that counts.
    ///
    /// # Errors
    /// A fault of the machine.
    pub fn has_second(&self, member: &MemberId) -> Result<bool, AccessError> {
        let sql = "SELECT 1 FROM second_factor WHERE member = ?1 AND confirmed IS NOT NULL";
        let found = self.with(|connection| {
            connection.prepare_cached(sql)?.query_row([member.as_str()], |_| Ok(())).optional()
        })?;
        Ok(found.is_some())
    }

    /// Whether six digits are those of a member's device now. Each is taken once (RFC 6238, section 5.2). The first that
    /// is right confirms the secret.
    ///
    /// # Errors
    /// A fault of the machine.
    pub fn take_second(&self, member: &MemberId, digits: &str, now: Timestamp) -> Result<bool, AccessError> {
        let digits: String = digits.chars().filter(char::is_ascii_digit).collect();
        let second = u64::try_from(now.as_second()).unwrap_or_default();
        self.with(|connection| {
            let transaction = connection.unchecked_transaction()?;
            let row: Option<(Vec<u8>, i64)> = transaction
                .query_row(
                    "SELECT secret, last_step FROM second_factor WHERE member = ?1",
                    [member.as_str()],
                    |row| Ok((row.get(0)?, row.get(1)?)),
                )
                .optional()?;
            let step = row.and_then(|(secret, last)| {
                let step = i64::try_from(totp(&secret).check(&digits, second)?).ok()?;
                (step > last).then_some(step)
            });
            let Some(step) = step else { return Ok(false) };
            transaction.execute(
                "UPDATE second_factor SET last_step = ?2, confirmed = COALESCE(confirmed, ?3) WHERE member = ?1",
                params![member.as_str(), step, now.as_second()],
            )?;
            transaction.commit()?;
            Ok(true)
        })
    }

    /// Takes a member's second factor out of use.
    ///
    /// # Errors
    /// A fault of the machine.
    pub fn end_second(&self, member: &MemberId) -> Result<(), AccessError> {
        let sql = "DELETE FROM second_factor WHERE member = ?1";
        self.with(|connection| connection.execute(sql, [member.as_str()])).map(drop)
    }
}

impl Site {
    /// Takes digits of a member's device. After ten wrong ones no more are looked at for a day: whoever found a code in
    /// the post cannot go through a million of them while it is good.
    ///
    /// # Errors
    /// They are not right, or there were too many wrong ones; or a fault of the machine.
    pub fn check_digits(&self, member: &MemberId, digits: &str, now: Timestamp) -> Result<(), Problem> {
        if let Some(seconds) = self.guesses.wait(member) {
            return Err(Problem::TooMany(seconds));
        }
        if self.access.take_second(member, digits, now)? {
            self.guesses.forget(member);
            return Ok(());
        }
        // Who left the field empty has guessed nothing.
        if !digits.trim().is_empty() {
            self.guesses.failed(member.clone());
        }
        Err(Problem::Unreadable("second-wanted"))
    }
}

/// Takes a member's second factor out of use, where a device was lost. For whoever runs the machine.
///
/// # Errors
/// A fault of the machine.
pub fn end_second_factor(directory: &std::path::Path, member: &MemberId) -> Result<bool, AccessError> {
    let access = Access::open(directory)?;
    let had = access.has_second(member)?;
    access.end_second(member)?;
    Ok(had)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    /// RFC 6238, appendix B, for SHA-1: its eight digits end in the six that devices show.
    #[test]
    fn the_digits_are_those_of_the_standard() {
        let secret = b"12345678901234567890";
        for (second, digits) in
            [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (2_000_000_000, "279037")]
        {
            assert_eq!(totp(secret).generate(second).to_string(), digits);
        }
        assert_eq!(readable(secret), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    }

    #[test]
    fn digits_count_once_and_only_while_they_are_fresh() {
        let dir = tempfile::tempdir().unwrap();
        let access = Access::open(dir.path()).unwrap();
        let me: MemberId = "M1".into();
        let secret = access.begin_second(&me).unwrap().unwrap();
        let digits = |second: u64| totp(&secret).generate(second).to_string();
        assert!(!access.has_second(&me).unwrap(), "not confirmed yet");
        assert!(!access.take_second(&me, "", at(3000)).unwrap());
        assert!(!access.take_second(&me, &digits(3000), at(3100)).unwrap(), "stale");
        assert!(access.take_second(&me, &digits(3000), at(3010)).unwrap());
        assert!(access.has_second(&me).unwrap());
        assert!(!access.take_second(&me, &digits(3000), at(3011)).unwrap(), "taken once");
        assert!(access.take_second(&me, &digits(3030), at(3031)).unwrap());
        assert_eq!(access.begin_second(&me).unwrap(), None, "one that counts is not replaced");
        access.end_second(&me).unwrap();
        assert!(!access.has_second(&me).unwrap());
    }
}
