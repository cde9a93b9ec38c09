//! Hashing of streams, in constant memory.

use std::io::{self, Read, Write};

use sha2::{Digest as _, Sha256};

use crate::model::Digest;

/// Digest and length of all that `reader` still gives.
///
/// # Errors
/// What `reader` reports.
pub(crate) fn of_reader(reader: &mut dyn Read) -> io::Result<(Digest, u64)> {
    let mut sink = HashingWriter::new(io::sink());
    io::copy(reader, &mut sink)?;
    let (_, digest, length) = sink.finish();
    Ok((digest, length))
}

/// Passes what is written on to `W`, and hashes and counts it.
#[derive(Debug)]
pub(crate) struct HashingWriter<W> {
    inner: W,
    hasher: Sha256,
    length: u64,
}

impl<W: Write> HashingWriter<W> {
    pub(crate) fn new(inner: W) -> Self {
        Self { inner, hasher: Sha256::new(), length: 0 }
    }

    /// Gives back the writer with the digest and the number of bytes that went through.
    pub(crate) fn finish(self) -> (W, Digest, u64) {
        (self.inner, Digest::from(self.hasher), self.length)
    }
}

impl<W: Write> Write for HashingWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        self.length += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_and_bytes_agree() {
        assert_eq!(of_reader(&mut &b"abc"[..]).unwrap(), (Digest::of(b"abc"), 3));
    }
}
