//! The evidence pack: a signed BagIt bag that stock tools verify.
//!
//! What the report says is worth as much as the proof that nobody changed it since. A pack is a
//! folder whose every file is hashed by a manifest, whose manifests are hashed by one tagmanifest,
//! which is signed; each pack also lists what all earlier packs were, so that none can be removed
//! or replaced without notice. The formats are BagIt 1.0 (RFC 8493), `sha256sum` lines, OpenSSH
//! signatures and RFC 3161 time stamps: an auditor checks all of it without this program, with the
//! commands in `VERIFY.txt`, and [`verify`] runs the same steps.
//!
//! Making a pack: [`Chain::open`] verifies the earlier packs, a [`Builder`] takes the payload, and
//! [`Builder::seal`] signs and puts the folder into place in one step. The bytes depend on the
//! payload, the [`Plan`], the earlier packs and the key alone; there is no clock, no environment
//! and no prompt in here.

mod bag;
mod chain;
mod digest;
mod disk;
mod error;
mod instructions;
mod inventory;
pub mod keys;
mod line;
mod member;
pub mod name;
mod sign;
mod stamp;
#[cfg(test)]
mod tests;
mod timestamp;
mod trust;
mod verify;
mod write;
mod zip;

pub use self::{
    bag::{
        info::{PACK_FORMAT, PackInfo, Supersedes},
        period::Period,
    },
    chain::{
        Chain, ChainProblem, EarlierPack, LatestSigned, Slot, earlier_packs, has_packs,
        latest_signed,
    },
    error::PackError,
    keys::{KeyError, agent::Agent},
    member::Member,
    sign::{NAMESPACE, Signer},
    stamp::attach_timestamp,
    trust::{AllowedSigners, AllowedSignersError, IdentityFault, check_identity},
    verify::{Check, Expect, Outcome, Step, Verification, verify},
    write::{Builder, Plan, Sealed},
    zip::write::{Archive, archive, archive_free},
};

/// The signed file: it hashes all other tag files.
pub const TAGMANIFEST: &str = "tagmanifest-sha256.txt";
/// The signature of [`TAGMANIFEST`].
pub const SIGNATURE: &str = "tagmanifest-sha256.txt.sig";
/// The RFC 3161 time stamp of [`SIGNATURE`], which may come later.
pub const TIMESTAMP: &str = "tagmanifest-sha256.txt.sig.tsr";
/// A second person's signature of [`TAGMANIFEST`], which may come later.
pub const COUNTERSIGNATURE: &str = "tagmanifest-sha256.txt.reviewer.sig";
const BAGIT: &str = "bagit.txt";
const BAG_INFO: &str = "bag-info.txt";
const MANIFEST: &str = "manifest-sha256.txt";
const CHAIN: &str = "chain-sha256.txt";
const INSTRUCTIONS: &str = "VERIFY.txt";

/// The files that the tagmanifest lists: exactly these.
const TAG_FILES: [&str; 5] = [INSTRUCTIONS, BAG_INFO, BAGIT, CHAIN, MANIFEST];
