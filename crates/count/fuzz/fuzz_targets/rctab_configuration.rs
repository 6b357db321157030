#![no_main]
//! Configurations of RCTab: refused with the key, or usable.

use libfuzzer_sys::fuzz_target;
use mandate_count::rctab::{Configuration, Records};

fuzz_target!(|data: &[u8]| {
    if let Ok(configuration) = Configuration::read(data) {
        let _ = configuration.tabulate(&Records::new(), None);
    }
});
