//! Text files line by line, in memory that does not grow with the file.

use crate::{ReadError, ReadFailure};
use std::io::Read;

/// Longer lines are refused: no ballot is that long, and a file without line ends would fill the memory.
pub(crate) const LONGEST_LINE_BYTES: usize = 16 << 20;

const BLOCK_BYTES: usize = 1 << 20;

/// Calls `each` with the number and the bytes of every line, without its line end (LF or CR LF), and without a byte
/// order mark at the beginning. UTF-16 is refused.
pub(crate) fn for_each(
    mut source: impl Read,
    mut each: impl FnMut(u64, &[u8]) -> Result<(), ReadError>,
) -> Result<(), ReadFailure> {
    let mut buffer = vec![0; BLOCK_BYTES];
    let mut held = 0;
    let mut line = 1;
    let mut at_start = true;
    loop {
        if held == buffer.len() {
            if held >= LONGEST_LINE_BYTES {
                return Err(too_long(line).into());
            }
            buffer.resize(held * 2, 0);
        }
        let read = match source.read(&mut buffer[held..]) {
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            result => result?,
        };
        let filled = held + read;
        // A byte order mark can only be judged once its three bytes are there.
        if at_start && filled < 3 && read > 0 {
            held = filled;
            continue;
        }
        let mut start = if at_start { after_byte_order_mark(&buffer[..filled])? } else { 0 };
        // What was held over from the block before is known to hold no line end.
        let mut searched = if at_start { start } else { held };
        at_start = false;
        while let Some(length) = memchr::memchr(b'\n', &buffer[searched..filled]) {
            let end = searched + length;
            each(line, without_carriage_return(&buffer[start..end]))?;
            line += 1;
            start = end + 1;
            searched = start;
        }
        if read == 0 {
            if start < filled {
                each(line, without_carriage_return(&buffer[start..filled]))?;
            }
            return Ok(());
        }
        buffer.copy_within(start..filled, 0);
        held = filled - start;
    }
}

fn without_carriage_return(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn after_byte_order_mark(beginning: &[u8]) -> Result<usize, ReadError> {
    match beginning {
        [0xef, 0xbb, 0xbf, ..] => Ok(3),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Err(ReadError {
            line: 1,
            column: 1,
            message: "the file is in UTF-16, expected UTF-8".to_owned(),
            remedy: "save it again as UTF-8".to_owned(),
        }),
        _ => Ok(0),
    }
}

fn too_long(line: u64) -> ReadError {
    ReadError {
        line,
        column: 1,
        message: format!("the line is longer than {LONGEST_LINE_BYTES} bytes"),
        remedy: "write one ballot on a line".to_owned(),
    }
}

/// Passes bytes on, but ends with an error at a line that is longer than [`LONGEST_LINE_BYTES`] or a beginning that is
/// UTF-16: for readers that would hold a whole line in memory.
pub(crate) struct Bounded<R> {
    source: R,
    line: u64,
    /// Bytes of the line under way.
    length: usize,
    at_start: bool,
}

impl<R: Read> Bounded<R> {
    pub fn new(source: R) -> Self {
        Self { source, line: 1, length: 0, at_start: true }
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.source.read(buffer)?;
        let refuse = |error: ReadError| std::io::Error::new(std::io::ErrorKind::InvalidData, error);
        if self.at_start && read > 0 {
            self.at_start = false;
            after_byte_order_mark(&buffer[..read]).map_err(refuse)?;
        }
        for part in buffer[..read].split_inclusive(|byte| *byte == b'\n') {
            self.length += part.len();
            if self.length > LONGEST_LINE_BYTES {
                return Err(refuse(too_long(self.line)));
            }
            if part.ends_with(b"\n") {
                self.line += 1;
                self.length = 0;
            }
        }
        Ok(read)
    }
}

/// The error of a table: of its content where a line or a beginning was refused, of the machine otherwise.
pub(crate) fn failure_of_table(error: csv::Error, remedy: &str) -> ReadFailure {
    let line = error.position().map_or(1, csv::Position::line);
    let message = error.to_string();
    match error.into_kind() {
        csv::ErrorKind::Io(error) if error.kind() == std::io::ErrorKind::InvalidData => {
            match error.downcast::<ReadError>() {
                Ok(content) => content.into(),
                Err(error) => ReadFailure::Machine(error),
            }
        }
        csv::ErrorKind::Io(error) => error.into(),
        _ => ReadError { line, column: 1, message, remedy: remedy.to_owned() }.into(),
    }
}

/// The text of a line, or where it stops being UTF-8.
pub(crate) fn text(line_number: u64, line: &[u8]) -> Result<&str, ReadError> {
    std::str::from_utf8(line).map_err(|error| ReadError {
        line: line_number,
        column: error.valid_up_to() as u64 + 1,
        message: format!("byte {:#04x} is not UTF-8", line[error.valid_up_to()]),
        remedy: "save the file again as UTF-8 (it may be in Windows-1252 or Latin-1)".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives out its bytes a few at a time, as pipes do.
    struct Trickle<'a>(&'a [u8], usize);

    impl Read for Trickle<'_> {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            let count = self.1.min(self.0.len()).min(into.len());
            into[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    #[test]
    fn lines_are_the_same_however_they_arrive() {
        let text = b"\xef\xbb\xbfone\r\n\ntwo \n  three";
        for portion in [1, 2, 3, 7, 100] {
            let mut lines = Vec::new();
            for_each(Trickle(text, portion), |number, line| {
                lines.push((number, String::from_utf8_lossy(line).into_owned()));
                Ok(())
            })
            .unwrap();
            let expected = [(1, "one"), (2, ""), (3, "two "), (4, "  three")];
            assert_eq!(lines, expected.map(|(number, line)| (number, line.to_owned())));
        }
    }

    #[test]
    fn a_line_without_end_is_refused_before_it_fills_the_memory() {
        let endless = std::io::repeat(b'1');
        let error = for_each(endless, |_, _| Ok(())).unwrap_err().to_string();
        assert_eq!(
            error,
            "line 1, column 1: the line is longer than 16777216 bytes; write one ballot on a line"
        );
    }
}
