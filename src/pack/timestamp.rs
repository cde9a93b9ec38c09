//! RFC 3161 replies: what they stamp and when, read without trusting them.
//!
//! The time stamp is the one thing that the holder of the signing key cannot make up. Whether the
//! authority's signature is good is for `openssl ts -verify`, which auditors have; here only the
//! imprint and the time are read, so that a reply for other data is noticed and the exact command
//! can be printed. The DER reader is bounded, takes definite lengths only, and never recurses.

use chrono::{DateTime, NaiveDateTime, Utc};
use sha2::{Digest as _, Sha256, Sha384, Sha512};

const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const INTEGER: u8 = 0x02;
const OCTETS: u8 = 0x04;
const OID: u8 = 0x06;
const TIME: u8 = 0x18;
const EXPLICIT_0: u8 = 0xa0;

/// id-ct-TSTInfo, 1.2.840.113549.1.9.16.1.4.
const TST_INFO: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x04];
/// Largest reply looked at.
pub(super) const MAX_REPLY: usize = 256 * 1024;

/// What a reply claims.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stamp {
    /// genTime, whole seconds.
    pub(super) time: DateTime<Utc>,
    hash: Hash,
    imprint: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

impl Stamp {
    /// Whether the imprint is of `data`.
    pub(super) fn is_of(&self, data: &[u8]) -> bool {
        let digest = match self.hash {
            Hash::Sha256 => Sha256::digest(data).to_vec(),
            Hash::Sha384 => Sha384::digest(data).to_vec(),
            Hash::Sha512 => Sha512::digest(data).to_vec(),
        };
        digest == self.imprint
    }
}

/// Reads a TimeStampResp (RFC 3161 section 2.4.2) as far as its TSTInfo.
pub(super) fn read(reply: &[u8]) -> Result<Stamp, String> {
    if reply.len() > MAX_REPLY {
        return Err("the reply is far too large to be one".to_owned());
    }
    let (response, rest) = want(reply, SEQUENCE)?;
    if !rest.is_empty() {
        return Err("bytes follow the reply".to_owned());
    }
    let (status, token) = want(response, SEQUENCE)?;
    let (code, _) = want(status, INTEGER)?;
    if code != [0] && code != [1] {
        return Err(format!("the authority did not grant it (status {code:?})"));
    }
    // ContentInfo { oid, [0] SignedData { version, algorithms, EncapsulatedContentInfo … } }
    let (content, _) = want(token, SEQUENCE)?;
    let (_, content) = want(content, OID)?;
    let (content, _) = want(content, EXPLICIT_0)?;
    let (signed, _) = want(content, SEQUENCE)?;
    let (_, signed) = want(signed, INTEGER)?;
    let (_, signed) = want(signed, SET)?;
    let (inner, _) = want(signed, SEQUENCE)?;
    let (kind, inner) = want(inner, OID)?;
    if kind != TST_INFO {
        return Err("it holds no time stamp".to_owned());
    }
    let (inner, _) = want(inner, EXPLICIT_0)?;
    let (inner, _) = want(inner, OCTETS)?;
    tst_info(inner)
}

/// `TSTInfo ::= SEQUENCE { version, policy, messageImprint, serialNumber, genTime, … }`
fn tst_info(bytes: &[u8]) -> Result<Stamp, String> {
    let (info, _) = want(bytes, SEQUENCE)?;
    let (_, info) = want(info, INTEGER)?;
    let (_, info) = want(info, OID)?;
    let (imprint, info) = want(info, SEQUENCE)?;
    let (algorithm, imprint) = want(imprint, SEQUENCE)?;
    let (algorithm, _) = want(algorithm, OID)?;
    let (imprint, _) = want(imprint, OCTETS)?;
    let (_, info) = want(info, INTEGER)?;
    let (time, _) = want(info, TIME)?;
    // 2.16.840.1.101.3.4.2.{1,2,3}
    let hash = match algorithm {
        [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, last] => match last {
            1 => Some(Hash::Sha256),
            2 => Some(Hash::Sha384),
            3 => Some(Hash::Sha512),
            _ => None,
        },
        _ => None,
    };
    let hash = hash.ok_or("its hash is not sha-256, sha-384 or sha-512; ask for one of them")?;
    Ok(Stamp { time: generalized(time)?, hash, imprint: imprint.to_vec() })
}

/// `YYYYMMDDhhmmss[.fraction]Z`; the fraction is dropped.
fn generalized(bytes: &[u8]) -> Result<DateTime<Utc>, String> {
    let read = || {
        let text = std::str::from_utf8(bytes).ok()?.strip_suffix('Z')?;
        let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
        NaiveDateTime::parse_from_str(whole, "%Y%m%d%H%M%S").ok()
    };
    read().map(|time| time.and_utc()).ok_or_else(|| "its time cannot be read".to_owned())
}

/// The content of an element with the given tag, and what follows it.
fn want(bytes: &[u8], tag: u8) -> Result<(&[u8], &[u8]), String> {
    let damaged = || "not an rfc 3161 reply, or a damaged one".to_owned();
    let (&found, rest) = bytes.split_first().ok_or_else(damaged)?;
    let (&first, mut rest) = rest.split_first().ok_or_else(damaged)?;
    let length = if first < 0x80 {
        usize::from(first)
    } else {
        let size = usize::from(first & 0x7f);
        if size == 0 || size > 3 || rest.len() < size {
            return Err(damaged());
        }
        let (digits, after) = rest.split_at(size);
        rest = after;
        digits.iter().fold(0, |length, &digit| length << 8 | usize::from(digit))
    };
    if found != tag || rest.len() < length {
        return Err(damaged());
    }
    Ok(rest.split_at(length))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
        let body = parts.concat();
        let mut out = vec![tag];
        match u8::try_from(body.len()) {
            Ok(short @ 0..0x80) => out.push(short),
            Ok(long) => out.extend([0x81, long]),
            Err(_) => out
                .extend([&[0x82][..], &u16::try_from(body.len()).unwrap().to_be_bytes()].concat()),
        }
        out.extend(body);
        out
    }

    /// A reply whose authority's signature is missing: enough for what is read here.
    pub(in super::super) fn reply_for(data: &[u8], time: &str) -> Vec<u8> {
        let sha256 = tlv(OID, &[&[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01]]);
        let imprint =
            tlv(SEQUENCE, &[&tlv(SEQUENCE, &[&sha256]), &tlv(OCTETS, &[&Sha256::digest(data)])]);
        let one = tlv(INTEGER, &[&[1]]);
        let info = tlv(
            SEQUENCE,
            &[&one, &tlv(OID, &[&[0x2a, 3]]), &imprint, &one, &tlv(TIME, &[time.as_bytes()])],
        );
        let inner =
            tlv(SEQUENCE, &[&tlv(OID, &[TST_INFO]), &tlv(EXPLICIT_0, &[&tlv(OCTETS, &[&info])])]);
        let signed = tlv(SEQUENCE, &[&one, &tlv(SET, &[]), &inner]);
        let token = tlv(SEQUENCE, &[&tlv(OID, &[&[0x2a]]), &tlv(EXPLICIT_0, &[&signed])]);
        tlv(SEQUENCE, &[&tlv(SEQUENCE, &[&tlv(INTEGER, &[&[0]])]), &token])
    }

    #[test]
    fn imprint_and_time_are_read() {
        let stamp = read(&reply_for(b"sig", "20261102090000.25Z")).unwrap();
        assert_eq!(stamp.time.to_rfc3339(), "2026-11-02T09:00:00+00:00");
        assert!(stamp.is_of(b"sig") && !stamp.is_of(b"other"));
    }

    #[test]
    fn damage_is_an_error_and_never_a_panic() {
        let reply = reply_for(b"sig", "20261102090000Z");
        for cut in 0..reply.len() {
            assert!(read(&reply[..cut]).is_err(), "{cut}");
        }
        for at in 0..reply.len() {
            let mut changed = reply.clone();
            changed[at] ^= 0xff;
            let _ = read(&changed);
        }
        assert!(read(&[&reply[..], b"x"].concat()).is_err());
        assert!(read(b"<html>").is_err());
        assert!(read(&reply_for(b"sig", "2026")).is_err());
    }
}
