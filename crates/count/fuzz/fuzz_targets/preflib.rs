#![no_main]
//! Anything is either refused with a place or read; what was read is counted and written back without loss.

use libfuzzer_sys::fuzz_target;
use mandate_count::Format;
use mandate_count_fuzz::{comes_back, counts};

fuzz_target!(|data: &[u8]| {
    if let Ok(election) = mandate_count::preflib::read_from(data) {
        comes_back(&election, Format::PrefLib);
        counts(&election);
    }
});
