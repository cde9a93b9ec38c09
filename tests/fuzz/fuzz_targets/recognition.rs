//! Bytes of any kind: recognised or refused, never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;

mod memory;
use memory::{Memory, read, settings};

fuzz_target!(|bytes: &[u8]| {
    let _ = read(&Memory(bytes.to_vec()), &settings(None));
});
