//! Building a pack: payload first, then the tag files, the signature, and into place in one step.
//!
//! Everything happens in a hidden folder beside the destination and is flushed to disk before the
//! rename, so a crash leaves either the whole pack or none. Before the rename the new pack goes
//! through our own verifier: what it would refuse is never let out.

use std::{
    fs::{self, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use crate::model::Digest;
use crate::pack::{
    AllowedSigners, BAG_INFO, BAGIT, CHAIN, Chain, INSTRUCTIONS, MANIFEST, SIGNATURE, Signer,
    TAGMANIFEST,
    bag::{BAGIT_TXT, info::PackInfo, manifest::Manifest},
    chain::shelf,
    disk,
    error::{PackError, at},
    instructions,
    inventory::Inventory,
    member::{Ledger, Member, lock},
    name,
    verify::{Expect, examine},
    zip::write::{Archive, archive},
};

/// What a pack says about itself beyond its place in the chain.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Whose duties the pack shows.
    pub organisation: String,
    /// Version of the program.
    pub tool_version: String,
    /// The moment the pack is made for, RFC 3339; never the wall clock unless the user said so.
    pub as_of: String,
    /// SHA-256 over all inputs, so that two packs of different inputs are told apart at once.
    pub inputs: Digest,
    /// Day by which the next pack should arrive, `YYYY-MM-DD`.
    pub next_pack_due: String,
    /// Who signs, as named in allowed_signers.
    pub signer_identity: String,
    /// Further lines of bag-info.
    pub extra: Vec<(String, String)>,
}

/// A pack in the making; dropped unsealed, it leaves nothing behind.
#[derive(Debug)]
pub struct Builder {
    temporary: tempfile::TempDir,
    parent: PathBuf,
    folder: String,
    ledger: Arc<Mutex<Ledger>>,
}

/// A pack that is signed and in its place.
#[derive(Debug, Clone)]
pub struct Sealed {
    /// The pack's folder.
    pub path: PathBuf,
    /// Its number in the chain.
    pub sequence: u32,
    /// SHA-256 of its tagmanifest: the name of this pack for ever.
    pub tagmanifest_sha256: Digest,
    /// `SHA256:…` of the key that signed it.
    pub fingerprint: String,
    /// Whether building it again gives the same signature too.
    pub reproducible: bool,
    /// Files of payload.
    pub files: u64,
    /// Bytes of payload.
    pub bytes: u64,
}

impl Builder {
    /// Begins a pack that will be the folder `folder` in `parent`, which is made if it is missing.
    ///
    /// # Errors
    /// When the name is unsafe, something of that name exists, or the disk refuses.
    pub fn create(parent: &Path, folder: &str) -> Result<Self, PackError> {
        check_part(folder)?;
        let destination = parent.join(folder);
        if destination.symlink_metadata().is_ok() {
            return Err(match destination.join(TAGMANIFEST).exists() {
                true => PackError::Exists(destination),
                false => PackError::Taken(destination),
            });
        }
        fs::create_dir_all(parent).map_err(at(parent, "create the folder"))?;
        let temporary = tempfile::Builder::new()
            .prefix(&format!(".{folder}-"))
            .suffix(".partial")
            .tempdir_in(parent)
            .map_err(at(parent, "create a folder"))?;
        // The temporary folder is closed to others; the one inside gets the user's usual mode
        let inner = temporary.path().join(folder);
        fs::create_dir(&inner).map_err(at(&inner, "create the folder"))?;
        let ledger = Arc::default();
        Ok(Self { temporary, parent: parent.to_owned(), folder: folder.to_owned(), ledger })
    }

    /// Begins a member under `data/`, to be written and then finished.
    ///
    /// Several members may be written at once, from several threads.
    ///
    /// # Errors
    /// When the name is unsafe, not under `data/`, or taken.
    pub fn file(&self, name: &str) -> Result<Member, PackError> {
        let unsafe_name = |fault| PackError::Name { name: name.to_owned(), fault };
        name::check(name).map_err(unsafe_name)?;
        if !name.starts_with("data/") {
            return Err(PackError::NotPayload(name.to_owned()));
        }
        let mut ledger = lock(&self.ledger);
        ledger.names.insert(name).map_err(unsafe_name)?;
        let path = self.inner().join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(at(folder, "create the folder"))?;
        }
        let file = OpenOptions::new().write(true).create_new(true).open(&path);
        let file = file.map_err(at(&path, "create"))?;
        ledger.open.insert(name.to_owned());
        Ok(Member::new(name, path, file, Arc::clone(&self.ledger)))
    }

    /// Adds a whole member under `data/`.
    ///
    /// # Errors
    /// As [`Self::file`] and [`Member::finish`].
    pub fn add(&self, name: &str, bytes: &[u8]) -> Result<(), PackError> {
        let mut member = self.file(name)?;
        member.write_all(bytes).map_err(at(&self.inner().join(name), "write"))?;
        member.finish()
    }

    /// Writes the tag files, signs, verifies, and puts the pack into its place.
    ///
    /// # Errors
    /// When members are unfinished or missing, the plan is not usable, signing fails, the earlier
    /// packs changed meanwhile, something took the pack's name, or the disk refuses. Nothing is
    /// left behind then.
    pub fn seal(self, plan: &Plan, chain: &Chain, signer: &Signer) -> Result<Sealed, PackError> {
        let manifest = self.payload()?;
        let info = self.describe(plan, chain, signer)?;
        let tagmanifest = self.write_tags(&info, chain, &manifest)?;
        disk::create(&self.inner().join(TAGMANIFEST), tagmanifest.as_bytes())?;
        let signature = signer.sign(tagmanifest.as_bytes())?;
        disk::create(&self.inner().join(SIGNATURE), signature.as_bytes())?;
        self.check_self(&info, chain, signer)?;
        disk::sync_tree(&self.inner())?;
        let path = self.put_into_place(chain)?;
        Ok(Sealed {
            path,
            sequence: info.sequence,
            tagmanifest_sha256: Digest::of(tagmanifest.as_bytes()),
            fingerprint: info.signer_fingerprint,
            reproducible: signer.reproducible(),
            files: info.payload_files,
            bytes: info.payload_bytes,
        })
    }

    fn inner(&self) -> PathBuf {
        self.temporary.path().join(&self.folder)
    }

    /// The manifest of the finished members.
    fn payload(&self) -> Result<Manifest, PackError> {
        let ledger = lock(&self.ledger);
        if !ledger.open.is_empty() {
            return Err(PackError::Unfinished(ledger.open.iter().cloned().collect()));
        }
        if ledger.done.is_empty() {
            return Err(PackError::Empty);
        }
        Ok(Manifest(ledger.done.iter().map(|(name, f)| (name.clone(), f.digest)).collect()))
    }

    fn describe(&self, plan: &Plan, chain: &Chain, signer: &Signer) -> Result<PackInfo, PackError> {
        let ledger = lock(&self.ledger);
        let slot = chain.slot();
        let info = PackInfo {
            organisation: plan.organisation.clone(),
            slug: slot.slug.clone(),
            payload_bytes: ledger.done.values().map(|found| found.size).sum(),
            payload_files: ledger.done.len() as u64,
            tool_version: plan.tool_version.clone(),
            sequence: chain.next_sequence(),
            period: slot.period.clone(),
            as_of: plan.as_of.clone(),
            previous: chain.previous(),
            signer_identity: plan.signer_identity.clone(),
            signer_fingerprint: signer.fingerprint(),
            next_pack_due: plan.next_pack_due.clone(),
            inputs: plan.inputs,
            supersedes: slot.supersedes.clone(),
            period_gap: chain.gap().map(str::to_owned),
            extra: plan.extra.clone(),
        };
        let mut faults = info.faults();
        let same = |a: &Path, b: &Path| a.canonicalize().ok() == b.canonicalize().ok();
        if chain.place().exists() && !same(chain.place(), &self.parent) {
            let (read, to) = (chain.place().display(), self.parent.display());
            faults
                .push(format!("the earlier packs were read in {read}, but this one goes to {to}"));
        }
        if faults.is_empty() { Ok(info) } else { Err(PackError::Plan(faults)) }
    }

    /// Writes the five tag files and gives the text of the tagmanifest over them.
    fn write_tags(
        &self,
        info: &PackInfo,
        chain: &Chain,
        manifest: &Manifest,
    ) -> Result<String, PackError> {
        let mut tags = Manifest::default();
        for (name, text) in [
            (BAGIT, BAGIT_TXT.to_owned()),
            (BAG_INFO, info.to_text()),
            (CHAIN, chain.to_text()),
            (INSTRUCTIONS, instructions::text(&self.folder, info)),
            (MANIFEST, manifest.to_text()),
        ] {
            disk::create(&self.inner().join(name), text.as_bytes())?;
            tags.0.insert(name.to_owned(), Digest::of(text.as_bytes()));
        }
        Ok(tags.to_text())
    }

    /// Verifies what lies on the disk as an auditor would, trusting the signer alone.
    fn check_self(&self, info: &PackInfo, chain: &Chain, signer: &Signer) -> Result<(), PackError> {
        let trust = AllowedSigners::of_key(&info.signer_identity, signer.public_key());
        let expect = Expect {
            period: Some(info.period.label.clone()),
            identity: Some(info.signer_identity.clone()),
            earlier: true,
        };
        let inventory = Inventory::of_folder(&self.inner());
        let look = |folder: &str| shelf::look(chain.place(), folder);
        let verification = examine(&inventory, &trust, &expect, &look);
        if verification.passed() {
            Ok(())
        } else {
            Err(PackError::SelfCheck(verification.faults()))
        }
    }

    fn put_into_place(self, chain: &Chain) -> Result<PathBuf, PackError> {
        let destination = self.parent.join(&self.folder);
        chain.recheck()?;
        if destination.symlink_metadata().is_ok() {
            return Err(PackError::Exists(destination));
        }
        // Should another process be faster, renaming over anything but an empty folder fails
        fs::rename(self.inner(), &destination).map_err(at(&destination, "put into place"))?;
        disk::sync_folder(&self.parent)?;
        Ok(destination)
    }
}

impl Sealed {
    /// Writes the archive beside the folder; see [`archive`].
    ///
    /// # Errors
    /// As [`archive`].
    pub fn archive(&self) -> Result<Archive, PackError> {
        archive(&self.path, false)
    }
}

fn check_part(folder: &str) -> Result<(), PackError> {
    name::check_part(folder).map_err(|fault| PackError::Name { name: folder.to_owned(), fault })
}
