//! The part of a file's text that is in memory: from the current record to where reading stands.

use super::decode::{Decoded, Encoding, Trouble};
use crate::model::Digest;

/// A sliding view of a file's text.
pub(super) struct Window {
    source: Decoded,
    buffer: Vec<u8>,
    start: usize,
    ended: bool,
    line: u64,
}

impl Window {
    pub(super) fn new(source: Decoded) -> Self {
        Self { source, buffer: Vec::new(), start: 0, ended: false, line: 1 }
    }

    /// The text in memory that was not passed yet.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.buffer[self.start..]
    }

    /// The line, from 1, on which [`bytes`](Self::bytes) begins.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// Brings more text into memory. Returns whether there was any.
    pub(super) fn more(&mut self) -> Result<bool, Trouble> {
        if self.ended {
            return Ok(false);
        }
        if self.start > 0 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        self.ended = !self.source.read_into(&mut self.buffer)?;
        Ok(!self.ended)
    }

    /// Brings at least `len` bytes into memory, unless the file ends before.
    pub(super) fn fill(&mut self, len: usize) -> Result<(), Trouble> {
        while self.bytes().len() < len && self.more()? {}
        Ok(())
    }

    /// The next byte, if there is one.
    pub(super) fn peek(&mut self) -> Result<Option<u8>, Trouble> {
        while self.bytes().is_empty() {
            if !self.more()? {
                return Ok(None);
            }
        }
        Ok(self.bytes().first().copied())
    }

    /// Passes the next `len` bytes.
    pub(super) fn pass(&mut self, len: usize) {
        let end = (self.start + len).min(self.buffer.len());
        let passed = &self.buffer[self.start..end];
        self.line += memchr::memchr_iter(b'\n', passed).count() as u64;
        self.start = end;
    }

    /// Passes bytes while `is` holds.
    pub(super) fn pass_while(&mut self, is: impl Fn(u8) -> bool) -> Result<(), Trouble> {
        while self.peek()?.is_some() {
            let bytes = self.bytes();
            let len = bytes.iter().position(|&byte| !is(byte)).unwrap_or(bytes.len());
            let stop = len < bytes.len();
            self.pass(len);
            if stop {
                break;
            }
        }
        Ok(())
    }

    /// Whether all text is in memory or passed.
    pub(super) fn ended(&self) -> bool {
        self.ended
    }

    /// How the text was written.
    pub(super) fn encoding(&self) -> Encoding {
        self.source.encoding()
    }

    /// Whether the stored bytes are gzip.
    pub(super) fn gzipped(&self) -> bool {
        self.source.gzipped()
    }

    /// Stored bytes read so far.
    pub(super) fn position(&self) -> u64 {
        self.source.position()
    }

    /// Reads to the end and returns the digest and number of the stored bytes.
    pub(super) fn finish(self) -> Result<(Digest, u64), Trouble> {
        self.source.finish()
    }
}
