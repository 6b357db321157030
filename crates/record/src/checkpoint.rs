//! A checkpoint: origin, size and root of the tree in the text form of C2SP's tlog-checkpoint, which
//! transparency-log clients and witnesses read.

use crate::digest::Digest;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::fmt;

/// The state of a record at one size. Whoever holds a checkpoint can prove later whether the record still
/// continues what it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which record this is: a name such as `valley.example/record`, neither empty nor with spaces or plus signs.
    pub origin: String,
    /// The number of entries.
    pub size: u64,
    /// The root over these entries.
    pub root: Digest,
}

/// The most bytes of an origin: what fits beside a key's hash in a line that people still read.
const ORIGIN_BYTES_MAX: usize = 255;

/// Whether a record may have this name.
///
/// # Errors
/// What is wrong with it and what a name may look like.
pub fn check_origin(origin: &str) -> Result<(), String> {
    let forbidden = |c: char| c.is_whitespace() || c.is_control() || c == '+';
    if origin.is_empty() || origin.len() > ORIGIN_BYTES_MAX || origin.contains(forbidden) {
        return Err(format!(
            "\"{origin}\" cannot name a record: a name has 1 to {ORIGIN_BYTES_MAX} bytes and neither spaces nor \
             plus signs, as in valley.example/record"
        ));
    }
    Ok(())
}

impl Checkpoint {
    /// Reads a checkpoint, whether bare or inside a signed note; extension lines are passed over.
    /// Signatures are not looked at: see [`crate::note::Note`].
    ///
    /// # Errors
    /// The line at fault and what was expected there.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut lines = text.lines();
        let origin =
            lines.next().filter(|line| !line.is_empty()).ok_or("line 1: expected the record's name")?;
        let size = lines.next().unwrap_or_default();
        let plain = !size.is_empty()
            && size.bytes().all(|b| b.is_ascii_digit())
            && (size == "0" || !size.starts_with('0'));
        let size = size
            .parse()
            .ok()
            .filter(|_| plain)
            .ok_or_else(|| format!("line 2: expected the number of entries, found \"{size}\""))?;
        let root = lines.next().unwrap_or_default();
        let root = decode_hash(root)
            .ok_or_else(|| format!("line 3: expected the root, 32 bytes in base64, found \"{root}\""))?;
        Ok(Self { origin: origin.to_owned(), size, root })
    }
}

/// A hash from base64 with padding (RFC 4648 section 4); nothing unless it has 32 bytes.
pub(crate) fn decode_hash(text: &str) -> Option<Digest> {
    Digest::from_slice(&STANDARD.decode(text).ok()?)
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let root = STANDARD.encode(self.root.as_bytes());
        write!(f, "{}\n{}\n{root}\n", self.origin, self.size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of C2SP's tlog-checkpoint.
    const EXAMPLE: &str =
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

    #[test]
    fn the_example_of_the_specification_reads_and_prints() {
        let checkpoint = Checkpoint::parse(EXAMPLE).unwrap();
        assert_eq!(checkpoint.origin, "example.com/behind-the-sofa");
        assert_eq!(checkpoint.size, 20_852_163);
        assert_eq!(checkpoint.to_string(), EXAMPLE);
        let signed = format!(
            "{EXAMPLE}\n— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
        );
        assert_eq!(Checkpoint::parse(&signed), Ok(checkpoint));
    }

    #[test]
    fn what_is_no_checkpoint_is_refused_with_its_line() {
        let cases = [
            ("", "line 1: expected the record's name"),
            ("valley\n", "line 2: expected the number of entries, found \"\""),
            ("valley\n07\n", "line 2: expected the number of entries, found \"07\""),
            ("valley\n+7\n", "line 2: expected the number of entries, found \"+7\""),
            ("valley\n7\nCsUY\n", "line 3: expected the root, 32 bytes in base64, found \"CsUY\""),
        ];
        for (text, message) in cases {
            assert_eq!(Checkpoint::parse(text), Err(message.to_owned()), "{text:?}");
        }
    }

    #[test]
    fn names_are_checked() {
        assert_eq!(check_origin("valley.example/record"), Ok(()));
        for bad in ["", "two words", "a+b", "line\nbreak", &"x".repeat(256)] {
            assert!(check_origin(bad).is_err(), "{bad:?}");
        }
    }
}
