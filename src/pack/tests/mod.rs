//! Packs made, attacked, and handed to the tools that auditors have.

mod attacks;
mod building;
mod following;
mod interop;
mod signing;
mod tools;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use ssh_key::{
    PrivateKey,
    private::{Ed25519Keypair, KeypairData},
};

use super::*;
use crate::model::Digest;

const WHO: &str = "evidence@acme.example";

/// A key that is the same in every run.
fn key(seed: u8) -> PrivateKey {
    PrivateKey::new(KeypairData::Ed25519(Ed25519Keypair::from_seed(&[seed; 32])), "test").unwrap()
}

fn signer(seed: u8) -> Signer {
    Signer::from_key(key(seed)).unwrap()
}

fn trust(seed: u8) -> AllowedSigners {
    AllowedSigners::of_key(WHO, key(seed).public_key())
}

/// The slot of a month of 2026.
fn month(number: u32) -> Slot {
    Slot {
        slug: "acme".into(),
        period: Period {
            label: format!("2026-{number:02}"),
            from: format!("2026-{number:02}-01T00:00:00Z"),
            until: format!("2026-{:02}-01T00:00:00Z", number + 1),
        },
        supersedes: None,
        gap_reason: None,
    }
}

fn plan() -> Plan {
    Plan {
        organisation: "Acme GmbH & Söhne".into(),
        tool_version: "0.1.0".into(),
        as_of: "2026-11-02T09:00:00+01:00".into(),
        inputs: Digest::of(b"inputs"),
        next_pack_due: "2026-12-05".into(),
        signer_identity: WHO.into(),
        extra: vec![("Contact-Email".into(), "ciso@acme.example".into())],
    }
}

/// Builds a tiny pack into `place/folder` for a slot.
fn build_as(place: &Path, folder: &str, slot: Slot, seed: u8) -> Result<Sealed, PackError> {
    let content = format!("{} {folder}", slot.period.label);
    let chain = Chain::open(place, slot, &trust(seed))?;
    let builder = Builder::create(place, folder)?;
    builder.add("data/report.html", content.as_bytes())?;
    builder.add("data/tables/empty.csv", b"")?;
    builder.seal(&plan(), &chain, &signer(seed))
}

/// Builds the pack of a month under its usual name.
fn build(place: &Path, number: u32) -> Sealed {
    build_as(place, &folder(number), month(number), 1).unwrap()
}

fn folder(number: u32) -> String {
    format!("acme-sod-2026-{number:02}")
}

fn expect(number: u32) -> Expect {
    Expect { period: Some(format!("2026-{number:02}")), identity: Some(WHO.into()), earlier: true }
}

/// The checks that failed.
fn failed(verification: &Verification) -> Vec<Check> {
    verification.failures().map(|step| step.check).collect()
}

/// All files below a folder with their content.
fn contents(root: &Path) -> BTreeMap<String, Vec<u8>> {
    fn walk(root: &Path, at: PathBuf, out: &mut BTreeMap<String, Vec<u8>>) {
        for entry in fs::read_dir(at).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(root, path, out);
            } else {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                out.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    let mut out = BTreeMap::new();
    walk(root, root.to_owned(), &mut out);
    out
}

/// Overwrites a file: only tests do.
fn put(path: &Path, bytes: &[u8]) {
    use std::io::Write;
    fs::File::create(path).unwrap().write_all(bytes).unwrap();
}
