//! The one form of ZIP that a pack travels in: stored, sorted, without anything optional.
//!
//! Compressed bytes depend on the version of a library, and every optional part of the format
//! (extra fields, descriptors, comments, zip64) is a place where two readers can see different
//! files. So members are stored in the order of their names with one fixed set of header fields,
//! and a reader can demand exactly the bytes that the writer would have written (APPNOTE 6.3.10,
//! sections 4.3.7, 4.3.12 and 4.3.16).

/// Members at most: 65 535 is zip64's mark.
pub(super) const MAX_MEMBERS: usize = 65_534;
/// Largest offset or size: 4 294 967 295 is zip64's mark.
pub(super) const MAX_SIZE: u64 = 0xffff_fffe;

pub(super) const LOCAL_LEN: usize = 30;
pub(super) const CENTRAL_LEN: usize = 46;
pub(super) const END_LEN: usize = 22;
pub(super) const LOCAL_MARK: [u8; 4] = *b"PK\x03\x04";
const CENTRAL_MARK: [u8; 4] = *b"PK\x01\x02";
const END_MARK: [u8; 4] = *b"PK\x05\x06";

/// 1 January 1980, the format's first day: archives hold no clock.
const DOS_DATE: u16 = 33;
/// Version 1.0 suffices to unpack stored members.
const NEEDS: u16 = 10;
/// Made on Unix, so that the mode below counts.
const MADE_BY: u16 = 3 << 8 | 20;
/// A plain file, `rw-r--r--`.
const MODE: u32 = 0o100_644 << 16;

/// What the headers say about one member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) name: String,
    pub(super) crc: u32,
    pub(super) size: u32,
    /// Where its local header begins.
    pub(super) offset: u32,
}

impl Member {
    /// The local header, name included.
    pub(super) fn local(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(LOCAL_LEN + self.name.len());
        out.extend(LOCAL_MARK);
        self.shared(&mut out);
        out.extend(self.name.as_bytes());
        out
    }

    /// The record in the central directory, name included.
    pub(super) fn central(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(CENTRAL_LEN + self.name.len());
        out.extend(CENTRAL_MARK);
        out.extend(MADE_BY.to_le_bytes());
        self.shared(&mut out);
        // No comment, first disk, no internal attributes
        out.extend([0; 6]);
        out.extend(MODE.to_le_bytes());
        out.extend(self.offset.to_le_bytes());
        out.extend(self.name.as_bytes());
        out
    }

    /// The fields both headers have: no flags, stored, at midnight, no extra field.
    fn shared(&self, out: &mut Vec<u8>) {
        out.extend(NEEDS.to_le_bytes());
        out.extend([0; 6]);
        out.extend(DOS_DATE.to_le_bytes());
        out.extend(self.crc.to_le_bytes());
        out.extend(self.size.to_le_bytes());
        out.extend(self.size.to_le_bytes());
        // Safe names are far below 65 536 bytes
        out.extend((self.name.len() as u16).to_le_bytes());
        out.extend([0; 2]);
    }
}

/// The record that closes the archive: `count` members, the directory's size and offset.
pub(super) fn end(count: u16, directory_size: u32, directory_offset: u32) -> Vec<u8> {
    let mut out = Vec::with_capacity(END_LEN);
    out.extend(END_MARK);
    out.extend([0; 4]);
    out.extend(count.to_le_bytes());
    out.extend(count.to_le_bytes());
    out.extend(directory_size.to_le_bytes());
    out.extend(directory_offset.to_le_bytes());
    out.extend([0; 2]);
    out
}
