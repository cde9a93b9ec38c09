//! Any text given to one ingester, which the first line names: a corpus outlives new ingesters.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use sodpack::ingest::INGESTERS;

mod memory;
use memory::{Memory, read, settings};

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let Some(end) = bytes.iter().position(|&byte| byte == b'\n') else { return Corpus::Reject };
    let (id, text) = (&bytes[..end], &bytes[end + 1..]);
    let Some(ingester) = INGESTERS.iter().find(|ingester| ingester.id.as_bytes() == id) else {
        return Corpus::Reject;
    };
    let _ = read(&Memory(text.to_vec()), &settings(Some(ingester.id)));
    Corpus::Keep
});
