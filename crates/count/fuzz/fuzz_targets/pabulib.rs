#![no_main]
//! Budgets: refused with a place, or decided by every rule.

use libfuzzer_sys::fuzz_target;
use mandate_count::pabulib;

fuzz_target!(|data: &[u8]| {
    let _ = pabulib::read_from(data);
});
