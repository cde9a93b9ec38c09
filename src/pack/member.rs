//! One file of payload on its way into a pack.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::{self, BufWriter, Write},
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::pack::{
    digest::HashingWriter,
    error::{PackError, at},
    inventory::Found,
    name::NameSet,
};

/// What was written so far.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    pub(crate) names: NameSet,
    pub(crate) open: BTreeSet<String>,
    pub(crate) done: BTreeMap<String, Found>,
}

/// A member being written; it counts only once [`Member::finish`] succeeded.
#[derive(Debug)]
#[must_use = "a member that is not finished keeps the pack from being sealed"]
pub struct Member {
    name: String,
    path: PathBuf,
    out: HashingWriter<BufWriter<File>>,
    ledger: Arc<Mutex<Ledger>>,
}

impl Member {
    pub(crate) fn new(name: &str, path: PathBuf, file: File, ledger: Arc<Mutex<Ledger>>) -> Self {
        let out = HashingWriter::new(BufWriter::with_capacity(1 << 16, file));
        Self { name: name.to_owned(), path, out, ledger }
    }

    /// Writes out the rest of the member and counts it; sealing flushes it to disk.
    ///
    /// # Errors
    /// When the disk refuses; the pack cannot be sealed then.
    pub fn finish(self) -> Result<(), PackError> {
        let (out, digest, size) = self.out.finish();
        out.into_inner().map_err(|e| at(&self.path, "write")(e.into_error()))?;
        let mut ledger = lock(&self.ledger);
        ledger.open.remove(&self.name);
        ledger.done.insert(self.name, Found { digest, size });
        Ok(())
    }
}

impl Write for Member {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// The ledger is consistent after every statement, so a panic elsewhere does not spoil it.
pub(crate) fn lock(ledger: &Mutex<Ledger>) -> MutexGuard<'_, Ledger> {
    ledger.lock().unwrap_or_else(PoisonError::into_inner)
}
