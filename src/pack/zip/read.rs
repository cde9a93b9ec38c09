//! Reading a pack's archive: only the canonical form passes, in bounded memory, unpacking nothing.
//!
//! Every header is rebuilt from what was read and compared with the bytes found. That refuses in
//! one stroke compressed or encrypted members, bombs, overlaps, descriptors, zip64, extra fields,
//! comments, and bytes before, between or after the members.

use std::io::{self, BufReader, Read};

use crate::pack::{
    name::{self, NameSet},
    zip::{CENTRAL_LEN, END_LEN, LOCAL_LEN, LOCAL_MARK, MAX_MEMBERS, Member, end},
};

/// Most bytes of a name: the pack's folder, a slash and the longest path in it.
const MAX_NAME: usize = 2 * name::MAX_PATH + 1;

/// Why an archive is not the archive of a pack.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UnzipError {
    #[error("cannot read the archive: {0}")]
    Io(io::Error),
    #[error("the archive is cut off")]
    Truncated,
    #[error(
        "not an archive in a pack's canonical form at byte {0}: re-zipped, edited, compressed, or bytes added"
    )]
    Form(u64),
    #[error("the member {0:?} has {1}")]
    Name(String, name::NameFault),
    #[error("the member {0:?} is out of order or repeated")]
    Order(String),
    #[error("the member {0:?} does not lie in the folder {1:?}")]
    Folder(String, String),
    #[error("the member {0:?} does not have the checksum its header says")]
    Checksum(String),
    #[error("more than {MAX_MEMBERS} members")]
    TooMany,
}

impl From<io::Error> for UnzipError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::Truncated,
            _ => Self::Io(error),
        }
    }
}

/// Reads a whole archive, giving each member's path below the pack's folder, size and content to
/// `sink`, which need not read all of it.
///
/// Gives the folder's name once everything was found in order; what `sink` saw before an error
/// must not be used.
pub(crate) fn read(
    archive: impl Read,
    mut sink: impl FnMut(&str, u64, &mut dyn Read) -> io::Result<()>,
) -> Result<String, UnzipError> {
    let mut input = Input { inner: BufReader::with_capacity(1 << 18, archive), at: 0 };
    let mut seen = Seen::default();
    loop {
        let mut mark = [0; 4];
        let offset = input.at;
        input.exactly(&mut mark)?;
        if mark != LOCAL_MARK {
            return finish(input, &seen, offset, mark);
        }
        if seen.members.len() == MAX_MEMBERS {
            return Err(UnzipError::TooMany);
        }
        let member = local(&mut input, offset)?;
        let path = seen.admit(&member)?;
        let mut content = Content {
            input: &mut input,
            left: u64::from(member.size),
            crc: crc32fast::Hasher::new(),
        };
        sink(path, u64::from(member.size), &mut content)?;
        io::copy(&mut content, &mut io::sink())?;
        if content.left > 0 {
            return Err(UnzipError::Truncated);
        }
        if content.crc.finalize() != member.crc {
            return Err(UnzipError::Checksum(member.name));
        }
        seen.members.push(member);
    }
}

/// Reads a local header whose mark was read, and demands its one form.
fn local(input: &mut Input<impl Read>, offset: u64) -> Result<Member, UnzipError> {
    let form = || UnzipError::Form(offset);
    let mut header = [0; LOCAL_LEN];
    header[..4].copy_from_slice(&LOCAL_MARK);
    input.exactly(&mut header[4..])?;
    let u16_at = |at: usize| u16::from_le_bytes([header[at], header[at + 1]]);
    let u32_at = |at: usize| {
        u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]])
    };
    let length = usize::from(u16_at(26));
    if length == 0 || length > MAX_NAME {
        return Err(form());
    }
    let mut name = vec![0; length];
    input.exactly(&mut name)?;
    let name = String::from_utf8(name).map_err(|_| form())?;
    let offset = u32::try_from(offset).map_err(|_| form())?;
    let member = Member { name, crc: u32_at(14), size: u32_at(22), offset };
    if member.local()[..LOCAL_LEN] != header || member.size == u32::MAX || offset == u32::MAX {
        return Err(form());
    }
    Ok(member)
}

/// Demands the central directory and the end record that belong to the members, and nothing more.
fn finish(
    mut input: Input<impl Read>,
    seen: &Seen,
    offset: u64,
    mark: [u8; 4],
) -> Result<String, UnzipError> {
    let form = |at: u64| UnzipError::Form(at);
    let mut read = mark.to_vec();
    let mut found = vec![0; CENTRAL_LEN + MAX_NAME];
    for member in &seen.members {
        let expected = member.central();
        let here = &mut found[..expected.len()];
        here[..read.len()].copy_from_slice(&read);
        input.exactly(&mut here[read.len()..])?;
        if here != expected {
            return Err(form(input.at - expected.len() as u64));
        }
        read.clear();
    }
    let end_at = input.at - read.len() as u64;
    let narrow = |value: u64| u32::try_from(value).map_err(|_| form(offset));
    let count = u16::try_from(seen.members.len()).map_err(|_| UnzipError::TooMany)?;
    let expected = end(count, narrow(end_at - offset)?, narrow(offset)?);
    let here = &mut found[..END_LEN];
    here[..read.len()].copy_from_slice(&read);
    input.exactly(&mut here[read.len()..])?;
    if here != expected || seen.members.is_empty() {
        return Err(form(end_at));
    }
    if io::copy(&mut input.inner, &mut io::sink())? > 0 {
        return Err(form(input.at));
    }
    Ok(seen.folder.clone())
}

/// The members met so far.
#[derive(Default)]
struct Seen {
    folder: String,
    names: NameSet,
    members: Vec<Member>,
}

impl Seen {
    /// Checks a member's name against the rules and the members before it; gives its path.
    fn admit<'a>(&mut self, member: &'a Member) -> Result<&'a str, UnzipError> {
        let name = &member.name;
        let fault = |fault| UnzipError::Name(name.clone(), fault);
        let (folder, path) = name.split_once('/').ok_or_else(|| fault(name::NameFault::Empty))?;
        name::check_part(folder).map_err(fault)?;
        match self.members.last() {
            None => folder.clone_into(&mut self.folder),
            Some(_) if folder != self.folder => {
                return Err(UnzipError::Folder(name.clone(), self.folder.clone()));
            }
            Some(last) if last.name >= *name => return Err(UnzipError::Order(name.clone())),
            Some(_) => {}
        }
        self.names.insert(path).map_err(fault)?;
        Ok(path)
    }
}

/// A reader that knows how far it is.
struct Input<R> {
    inner: BufReader<R>,
    at: u64,
}

impl<R: Read> Input<R> {
    fn exactly(&mut self, bytes: &mut [u8]) -> io::Result<()> {
        self.inner.read_exact(bytes)?;
        self.at += bytes.len() as u64;
        Ok(())
    }
}

/// The content of one member, checksummed as it is read.
struct Content<'a, R> {
    input: &'a mut Input<R>,
    left: u64,
    crc: crc32fast::Hasher,
}

impl<R: Read> Read for Content<'_, R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let most = bytes.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let got = self.input.inner.read(&mut bytes[..most])?;
        self.crc.update(&bytes[..got]);
        self.left -= got as u64;
        self.input.at += got as u64;
        Ok(got)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Writes an archive of members as given: the canonical form when names are sorted and safe.
    pub(crate) fn archive(members: &[(&str, &[u8])]) -> Vec<u8> {
        let (mut out, mut directory) = (Vec::new(), Vec::new());
        for (name, data) in members {
            let member = Member {
                name: (*name).to_owned(),
                crc: crc32fast::hash(data),
                size: data.len() as u32,
                offset: out.len() as u32,
            };
            out.extend(member.local());
            out.extend(*data);
            directory.extend(member.central());
        }
        let closing = end(members.len() as u16, directory.len() as u32, out.len() as u32);
        [out, directory, closing].concat()
    }

    fn names(bytes: &[u8]) -> Result<Vec<String>, UnzipError> {
        let mut names = Vec::new();
        read(bytes, |name, _, _| {
            names.push(name.to_owned());
            Ok(())
        })?;
        Ok(names)
    }

    const GOOD: [(&str, &[u8]); 3] = [("p/a", b"one"), ("p/b/c", b""), ("p/d", b"three")];

    #[test]
    fn the_canonical_form_is_read() {
        assert_eq!(names(&archive(&GOOD)).unwrap(), ["a", "b/c", "d"]);
        assert_eq!(read(&archive(&GOOD)[..], |_, _, _| Ok(())).unwrap(), "p");
    }

    #[test]
    fn hostile_names_are_refused() {
        for members in [
            &["p/../../etc/passwd"][..],
            &["/etc/passwd"],
            &["p/..\\x"],
            &["C:/x"],
            &["p/a", "p/a"],
            &["p/A", "p/a"],
            &["p/b", "p/a"],
            &["p/a", "q/b"],
            &["a"],
            &["p/a/"],
            &["p/a", "p/a/b"],
            &["p/nul"],
            &["p//a"],
            &["../p/a"],
            &["p/\u{e9}"],
            &[],
        ] {
            let members: Vec<_> = members.iter().map(|name| (*name, &b"x"[..])).collect();
            assert!(names(&archive(&members)).is_err(), "{members:?}");
        }
    }

    #[test]
    fn every_cut_and_every_changed_byte_is_refused() {
        let good = archive(&GOOD);
        for cut in 0..good.len() {
            assert!(names(&good[..cut]).is_err(), "cut at {cut}");
        }
        for at in 0..good.len() {
            for bit in 0..8 {
                let mut changed = good.clone();
                changed[at] ^= 1 << bit;
                assert!(names(&changed).is_err(), "byte {at} bit {bit}");
            }
        }
    }

    #[test]
    fn bytes_around_and_between_are_refused() {
        let good = archive(&GOOD);
        assert!(names(&[b"#!/bin/sh\n", &good[..]].concat()).is_err(), "prefix");
        assert!(names(&[&good[..], b"x"].concat()).is_err(), "suffix");
        assert!(names(&[&good[..], &good[..]].concat()).is_err(), "two archives");
        let directory = good.len() - END_LEN - 3 * CENTRAL_LEN - 11;
        let between = [&good[..directory], b"hidden", &good[directory..]].concat();
        assert!(names(&between).is_err(), "between");
    }

    #[test]
    fn whatever_is_optional_in_the_format_is_refused() {
        // (byte of the local header, value): the same byte of the central record is 2 further on
        for (what, at, value) in [
            ("deflated", 8, 8),
            ("encrypted", 6, 1),
            ("with a descriptor", 6, 8),
            ("zip64", 4, 45),
            ("with a time", 10, 1),
            ("with an extra field", 28, 4),
        ] {
            let mut bytes = archive(&[("p/a", b"one")]);
            let directory = bytes.len() - END_LEN - CENTRAL_LEN - 3;
            bytes[at] = value;
            bytes[directory + at + 2] = value;
            assert!(matches!(names(&bytes), Err(UnzipError::Form(0))), "{what}");
        }
        let mut huge = archive(&[("p/a", b"one")]);
        huge[18..26].copy_from_slice(&[0xff; 8]);
        assert!(names(&huge).is_err(), "sizes kept in a zip64 field");
    }

    #[test]
    fn an_overlap_is_refused() {
        // The second record of the directory points at the first member again
        let mut bytes = archive(&[("p/a", b"one"), ("p/b", b"one")]);
        let second = bytes.len() - END_LEN - CENTRAL_LEN - 3;
        bytes[second + 42..second + 46].copy_from_slice(&[0; 4]);
        assert!(names(&bytes).is_err());
    }
}
