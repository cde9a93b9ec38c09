//! A file that lies in memory.

use std::io::{self, Cursor, Read};
use std::sync::Arc;

use sodpack::ingest::{self, Input, Open};
use sodpack::model::{Dataset, Settings};

pub struct Memory {
    path: &'static str,
    bytes: Arc<[u8]>,
    settings: Settings,
}

impl Memory {
    pub fn new(path: &'static str, text: String, settings: Settings) -> Self {
        Self { path, bytes: text.into_bytes().into(), settings }
    }
}

impl Open for Memory {
    fn path(&self) -> &str {
        self.path
    }

    fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        Ok(Box::new(Cursor::new(Arc::clone(&self.bytes))))
    }
}

/// Reads the files. Every account is watched, so that allowed writes are lowered too.
pub fn read(files: &[Memory]) -> Dataset {
    let inputs: Vec<_> =
        files.iter().map(|file| Input { open: file, settings: &file.settings }).collect();
    let data = ingest::read(&inputs, &|_: &str| true, &|_| ()).expect("a sound export");
    assert!(data.rejects().is_empty(), "{:?}", data.rejects()[0]);
    data
}
