//! The end of an archive after a crash: a record that was being appended when the machine stopped.
//!
//! An archive grows by messages and the event that they belong to, written together. What stands after the last whole
//! event was never acknowledged to anybody.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

pub(crate) const BLOCK_BYTES: u64 = 512;

/// The length of the archive up to the end of its last whole event; none where the file is no sequence of records.
pub(crate) fn whole_bytes(file: &mut File) -> io::Result<Option<u64>> {
    let length = file.metadata()?.len();
    let (mut position, mut whole) = (0, None);
    file.seek(SeekFrom::Start(0))?;
    while position + BLOCK_BYTES <= length {
        let mut header = [0; BLOCK_BYTES as usize];
        file.read_exact(&mut header)?;
        let Some(content) = content_bytes(&header) else {
            return Ok(None);
        };
        let end = position + BLOCK_BYTES + content.next_multiple_of(BLOCK_BYTES);
        if end > length {
            break;
        }
        if name(&header).ends_with(b".event.json") {
            whole = Some(end);
        }
        position = file.seek(SeekFrom::Start(end))?;
    }
    Ok(whole)
}

fn name(header: &[u8]) -> &[u8] {
    header[..100].split(|&byte| byte == 0).next().unwrap_or_default()
}

/// The record's length, eleven octal digits of the tar header.
pub(crate) fn content_bytes(header: &[u8]) -> Option<u64> {
    std::str::from_utf8(&header[124..135]).ok().and_then(|text| u64::from_str_radix(text, 8).ok())
}
