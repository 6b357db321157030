//! UTF-16 as UTF-8: spreadsheets and some counting programs write it.

use crate::ReadError;
use std::io::{self, BufReader, Read};

/// A source that gives UTF-8: what begins with a byte order mark of UTF-16 is decoded, all else passes as it is.
pub(crate) fn decoded<'a>(source: impl Read + 'a) -> io::Result<Box<dyn Read + 'a>> {
    let mut source = BufReader::with_capacity(1 << 16, source);
    let mut mark = Vec::new();
    source.by_ref().take(2).read_to_end(&mut mark)?;
    let little_endian = match mark[..] {
        [0xff, 0xfe] => true,
        [0xfe, 0xff] => false,
        _ => return Ok(Box::new(io::Cursor::new(mark).chain(source))),
    };
    Ok(Box::new(Decoder {
        source,
        little_endian,
        line: 1,
        high: None,
        ready: Vec::new(),
        given: 0,
        ended: false,
    }))
}

struct Decoder<R> {
    source: R,
    little_endian: bool,
    line: u64,
    /// The first half of a pair whose second is still to come.
    high: Option<u16>,
    /// UTF-8 that was not given out yet.
    ready: Vec<u8>,
    given: usize,
    ended: bool,
}

/// Units decoded at a time.
const BLOCK_BYTES: usize = 1 << 15;

impl<R: Read> Decoder<R> {
    fn fill(&mut self) -> io::Result<()> {
        let mut block = Vec::with_capacity(BLOCK_BYTES);
        self.source.by_ref().take(BLOCK_BYTES as u64).read_to_end(&mut block)?;
        self.ended = block.is_empty();
        if block.len() % 2 == 1 {
            return Err(self.broken("the file ends in the middle of a character"));
        }
        self.ready.clear();
        self.given = 0;
        for pair in block.chunks_exact(2) {
            let bytes = [pair[0], pair[1]];
            let unit = if self.little_endian { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) };
            let units: Vec<u16> = self.high.take().into_iter().chain([unit]).collect();
            if units.len() == 1 && (0xd800..0xdc00).contains(&unit) {
                self.high = Some(unit);
                continue;
            }
            for decoded in char::decode_utf16(units) {
                let Ok(character) = decoded else {
                    return Err(self.broken("half a character (a lone surrogate)"));
                };
                self.line += u64::from(character == '\n');
                self.ready.extend(character.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
        if self.ended && self.high.is_some() {
            return Err(self.broken("half a character (a lone surrogate)"));
        }
        Ok(())
    }

    fn broken(&self, message: &str) -> io::Error {
        let error = ReadError {
            line: self.line,
            column: 1,
            message: format!("{message} in UTF-16"),
            remedy: "get the whole file, or save it again as UTF-8".to_owned(),
        };
        io::Error::new(io::ErrorKind::InvalidData, error)
    }
}

impl<R: Read> Read for Decoder<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.given == self.ready.len() && !self.ended {
            self.fill()?;
        }
        let count = into.len().min(self.ready.len() - self.given);
        into[..count].copy_from_slice(&self.ready[self.given..self.given + count]);
        self.given += count;
        Ok(count)
    }
}
