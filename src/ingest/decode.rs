//! From stored bytes to UTF-8 text: hashing, inflating and transcoding, all while reading.
//!
//! What the digest covers is what lies on disk. Everything after it looks at the content, never at
//! the file's name: PowerShell writes UTF-16 into `.json`, and log shippers name gzip as they like.

use std::io::{self, BufReader, Read};

use flate2::bufread::MultiGzDecoder;
use sha2::{Digest as _, Sha256};

use super::utf16::{Order, Utf16};
use crate::model::Digest;

/// How much one gzipped file may expand to: 64 GiB. DEFLATE reaches 1032:1 at most, so a bomb of
/// 64 MiB stops here; it costs time but no memory, because nothing is kept of what is read.
pub(super) const MAX_INFLATED: u64 = 64 << 30;

/// Why the bytes of a file could not be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Trouble {
    /// The disk, or whatever the bytes come from, failed.
    #[error("cannot be read: {0} (check that the file is there and may be read)")]
    Read(#[source] io::Error),
    /// The file says it is gzip, but does not inflate to its end.
    #[error("its gzip data is cut off or damaged: {0} (fetch the file again)")]
    Gzip(String),
    /// The file inflates to more than any export.
    #[error("it inflates to more than {} GiB (split the export)", .0 >> 30)]
    TooLarge(u64),
    /// An encoding that no export of ours uses.
    #[error("it is UTF-32 text (save it as UTF-8)")]
    Utf32,
}

/// How text was written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Encoding {
    Utf8,
    Utf8WithBom,
    Utf16(Order),
}

impl Encoding {
    /// Its name for people.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf8WithBom => "UTF-8 with a byte order mark",
            Self::Utf16(Order::Little) => "UTF-16LE",
            Self::Utf16(Order::Big) => "UTF-16BE",
        }
    }
}

/// A file's text as UTF-8 bytes. Where the text is broken, so are these bytes: whoever splits them
/// into records rejects the record that is not UTF-8.
pub(super) struct Decoded {
    body: Body,
    /// Bytes that were looked at to tell the encoding and are still to be given out.
    pending: Vec<u8>,
    served: usize,
    encoding: Encoding,
    utf16: Option<Utf16>,
    chunk: Vec<u8>,
}

impl Decoded {
    /// Starts to read. `limit` is [`MAX_INFLATED`], except in tests.
    pub(super) fn new(source: Box<dyn Read + Send>, limit: u64) -> Result<Self, Trouble> {
        let mut body = Body::new(source, limit)?;
        let mut pending = vec![0; SNIFFED];
        let mut len = 0;
        while len < pending.len() {
            match body.read(&mut pending[len..])? {
                0 => break,
                read => len += read,
            }
        }
        pending.truncate(len);
        let (encoding, mark) = sniff(&pending)?;
        let utf16 = match encoding {
            Encoding::Utf16(order) => Some(Utf16::new(order)),
            Encoding::Utf8 | Encoding::Utf8WithBom => None,
        };
        Ok(Self { body, pending, served: mark, encoding, utf16, chunk: Vec::new() })
    }

    /// How the text was written.
    pub(super) fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Whether the stored bytes are gzip.
    pub(super) fn gzipped(&self) -> bool {
        matches!(self.body, Body::Gzip { .. })
    }

    /// Appends some more text to `out`. Returns whether there was any.
    pub(super) fn read_into(&mut self, out: &mut Vec<u8>) -> Result<bool, Trouble> {
        let before = out.len();
        while out.len() == before {
            if self.utf16.is_none() {
                return self.read_plain(out);
            }
            let mut raw = Vec::new();
            let more = self.read_plain(&mut raw)?;
            let Some(utf16) = &mut self.utf16 else { return Ok(false) };
            if !more {
                utf16.end(out);
                return Ok(out.len() > before);
            }
            utf16.push(&raw, out);
        }
        Ok(true)
    }

    fn read_plain(&mut self, out: &mut Vec<u8>) -> Result<bool, Trouble> {
        if self.served < self.pending.len() {
            out.extend_from_slice(&self.pending[self.served..]);
            self.served = self.pending.len();
            return Ok(true);
        }
        self.chunk.resize(CHUNK, 0);
        let len = self.body.read(&mut self.chunk)?;
        out.extend_from_slice(&self.chunk[..len]);
        Ok(len > 0)
    }

    /// Reads what is left and returns the digest and the number of the stored bytes.
    pub(super) fn finish(mut self) -> Result<(Digest, u64), Trouble> {
        let mut rest = vec![0; CHUNK];
        while self.body.read(&mut rest)? > 0 {}
        let raw = match self.body {
            Body::Plain(raw) => raw,
            Body::Gzip { inflater, .. } => inflater.into_inner().into_inner(),
        };
        Ok((Digest::from(raw.hasher), raw.bytes))
    }

    /// Stored bytes read so far.
    pub(super) fn position(&self) -> u64 {
        match &self.body {
            Body::Plain(raw) => raw.bytes,
            Body::Gzip { inflater, .. } => inflater.get_ref().get_ref().bytes,
        }
    }
}

const CHUNK: usize = 128 << 10;
const SNIFFED: usize = 64;

enum Body {
    Plain(Raw),
    Gzip { inflater: Box<MultiGzDecoder<BufReader<Raw>>>, left: u64, limit: u64 },
}

impl Body {
    fn new(source: Box<dyn Read + Send>, limit: u64) -> Result<Self, Trouble> {
        let mut raw = Raw::new(source);
        raw.look_ahead().map_err(Trouble::Read)?;
        if raw.head.starts_with(&[0x1f, 0x8b]) {
            let inflater = MultiGzDecoder::new(BufReader::with_capacity(CHUNK, raw));
            Ok(Self::Gzip { inflater: Box::new(inflater), left: limit, limit })
        } else {
            Ok(Self::Plain(raw))
        }
    }

    fn read(&mut self, buf: &mut [u8]) -> Result<usize, Trouble> {
        match self {
            Self::Plain(raw) => raw.read(buf).map_err(Trouble::Read),
            Self::Gzip { inflater, left, limit } => {
                let result = inflater.read(buf);
                let disk = inflater.get_ref().get_ref().failed;
                let len = result.map_err(|error| {
                    if disk { Trouble::Read(error) } else { Trouble::Gzip(error.to_string()) }
                })?;
                *left = left.checked_sub(len as u64).ok_or(Trouble::TooLarge(*limit))?;
                Ok(len)
            }
        }
    }
}

/// Hashes what it reads, so that a digest costs no second pass.
struct Raw {
    source: Box<dyn Read + Send>,
    head: Vec<u8>,
    served: usize,
    hasher: Sha256,
    bytes: u64,
    failed: bool,
}

impl Raw {
    fn new(source: Box<dyn Read + Send>) -> Self {
        Self { source, head: Vec::new(), served: 0, hasher: Sha256::new(), bytes: 0, failed: false }
    }

    fn look_ahead(&mut self) -> io::Result<()> {
        let mut one = [0];
        while self.head.len() < 2 && self.fetch(&mut one)? == 1 {
            self.head.push(one[0]);
        }
        Ok(())
    }

    fn fetch(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.source.read(buf) {
                Ok(len) => {
                    self.hasher.update(&buf[..len]);
                    self.bytes += len as u64;
                    return Ok(len);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.failed = true;
                    return Err(error);
                }
            }
        }
    }
}

impl Read for Raw {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let ahead = &self.head[self.served..];
        if ahead.is_empty() {
            return self.fetch(buf);
        }
        let len = ahead.len().min(buf.len());
        buf[..len].copy_from_slice(&ahead[..len]);
        self.served += len;
        Ok(len)
    }
}

/// Tells the encoding and how many bytes its mark takes. Without a mark, text is UTF-16 only where
/// every other one of its first bytes is NUL and no other is: JSON and CSV begin with ASCII.
fn sniff(head: &[u8]) -> Result<(Encoding, usize), Trouble> {
    Ok(match head {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => return Err(Trouble::Utf32),
        [0xef, 0xbb, 0xbf, ..] => (Encoding::Utf8WithBom, 3),
        [0xff, 0xfe, ..] => (Encoding::Utf16(Order::Little), 2),
        [0xfe, 0xff, ..] => (Encoding::Utf16(Order::Big), 2),
        _ => {
            let pairs: Vec<_> = head.chunks_exact(2).take(8).collect();
            let all = |zero: usize, text: usize| {
                pairs.len() >= 2 && pairs.iter().all(|pair| pair[zero] == 0 && pair[text] != 0)
            };
            match (all(1, 0), all(0, 1)) {
                (true, _) => (Encoding::Utf16(Order::Little), 0),
                (_, true) => (Encoding::Utf16(Order::Big), 0),
                _ => (Encoding::Utf8, 0),
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::{Compression, write::GzEncoder};

    use super::*;
    use crate::ingest::testing::Drip;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn decode(bytes: &[u8], step: usize, limit: u64) -> Result<(Vec<u8>, Digest, u64), Trouble> {
        let mut decoded = Decoded::new(Box::new(Drip::new(bytes, step)), limit)?;
        let mut out = Vec::new();
        while decoded.read_into(&mut out)? {}
        let (digest, len) = decoded.finish()?;
        Ok((out, digest, len))
    }

    fn utf16(text: &str, bytes: impl Fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn every_encoding_gives_the_same_text_and_the_digest_of_the_stored_bytes() {
        let text = "[{\"a\":\"ä😀\"}]\r\n";
        let marked = format!("\u{feff}{text}");
        let twice = [gzip(&text.as_bytes()[..5]), gzip(&text.as_bytes()[5..])].concat();
        for stored in [
            text.as_bytes().to_vec(),
            marked.as_bytes().to_vec(),
            utf16(&marked, u16::to_le_bytes),
            utf16(&marked, u16::to_be_bytes),
            utf16(text, u16::to_le_bytes),
            utf16(text, u16::to_be_bytes),
            gzip(text.as_bytes()),
            gzip(&utf16(&marked, u16::to_le_bytes)),
            twice,
        ] {
            for step in [1, 2, 3, 7, 1 << 20] {
                let (out, digest, len) = decode(&stored, step, MAX_INFLATED).unwrap();
                assert_eq!(String::from_utf8_lossy(&out), text, "{stored:?} by {step}");
                assert_eq!((digest, len), (Digest::of(&stored), stored.len() as u64));
            }
        }
    }

    #[test]
    fn empty_and_tiny_files() {
        for stored in [&b""[..], b"[", b"\x1f", b"[]"] {
            assert_eq!(decode(stored, 1, 9).unwrap().0, stored);
        }
    }

    #[test]
    fn damaged_gzip_is_an_error() {
        let whole = gzip(b"[{\"a\":1}]");
        let mut flipped = whole.clone();
        let last = flipped.len() - 5;
        flipped[last] ^= 0xff;
        let trailing = [whole.clone(), b"rubbish".to_vec()].concat();
        for bad in [&whole[..whole.len() - 3], &whole[..12], &flipped, &trailing] {
            assert!(matches!(decode(bad, 7, MAX_INFLATED), Err(Trouble::Gzip(_))), "{bad:?}");
        }
    }

    #[test]
    fn a_bomb_stops_at_the_limit() {
        let bomb = gzip(&vec![b' '; 1 << 20]);
        assert!(bomb.len() < 4096);
        assert!(matches!(decode(&bomb, 1 << 20, 1 << 19), Err(Trouble::TooLarge(_))));
    }

    #[test]
    fn broken_text_stays_broken() {
        let lone = [0xff, 0xfe, b'"', 0, 0x00, 0xd8, b'"', 0];
        assert!(String::from_utf8(decode(&lone, 3, 9).unwrap().0).is_err());
        let odd = [0xff, 0xfe, b'"', 0, b'a'];
        assert!(String::from_utf8(decode(&odd, 3, 9).unwrap().0).is_err());
        assert!(matches!(decode(&[0xff, 0xfe, 0, 0], 9, 9), Err(Trouble::Utf32)));
    }
}
