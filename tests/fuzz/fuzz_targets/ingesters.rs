//! Any text given to one ingester, which the first byte chooses.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sodpack::ingest::INGESTERS;

mod memory;
use memory::{Memory, read, settings};

fuzz_target!(|bytes: &[u8]| {
    let Some((choice, text)) = bytes.split_first() else { return };
    let ingester = INGESTERS[usize::from(*choice) % INGESTERS.len()];
    let _ = read(&Memory(text.to_vec()), &settings(Some(ingester.id)));
});
