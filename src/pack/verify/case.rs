//! A pack under examination: its tag files understood once, for all checks.

use chrono::{DateTime, Utc};
use ssh_key::public::KeyData;

use crate::pack::{
    AllowedSigners, BAG_INFO, CHAIN, MANIFEST, SIGNATURE, TAGMANIFEST, TIMESTAMP,
    bag::{
        info::PackInfo,
        manifest::{Manifest, Problems},
        period::instant,
    },
    chain::{
        file::{self, Link},
        shelf::Sibling,
    },
    inventory::Inventory,
    sign,
    timestamp::{self, Stamp},
    verify::{Expect, Outcome},
};

/// What one check found.
#[derive(Debug)]
pub(crate) struct Finding {
    pub(crate) outcome: Outcome,
    pub(crate) detail: String,
    pub(crate) problems: Vec<String>,
}

impl Finding {
    pub(crate) fn ok(detail: impl Into<String>) -> Self {
        Self { outcome: Outcome::Ok, detail: detail.into(), problems: Vec::new() }
    }

    pub(crate) fn failed(detail: impl Into<String>) -> Self {
        Self { outcome: Outcome::Failed, ..Self::ok(detail) }
    }

    pub(crate) fn not_checked(why: impl Into<String>) -> Self {
        Self { outcome: Outcome::NotChecked, ..Self::ok(why) }
    }

    /// Failed when there is any problem.
    pub(crate) fn unless(problems: Vec<String>, good: impl Into<String>, bad: &str) -> Self {
        if problems.is_empty() { Self::ok(good) } else { Self { problems, ..Self::failed(bad) } }
    }

    /// A finding without any problem where the question could not be asked.
    pub(crate) fn or_not_checked(self) -> Self {
        match self.outcome {
            Outcome::Ok => Self::not_checked("bag-info.txt cannot be read"),
            _ => self,
        }
    }
}

/// A pack under examination, with its tag files understood once.
pub(crate) struct Case<'a> {
    pub(crate) inventory: &'a Inventory,
    pub(crate) trust: &'a AllowedSigners,
    pub(crate) expect: &'a Expect,
    pub(crate) look: &'a dyn Fn(&str) -> Sibling,
    pub(crate) tagmanifest: Result<Manifest, Vec<String>>,
    pub(crate) manifest: Result<Manifest, Vec<String>>,
    pub(crate) info: Result<PackInfo, Vec<String>>,
    pub(crate) chain: Result<Vec<Link>, Vec<String>>,
    /// The key that signed the tagmanifest, trusted or not.
    pub(crate) key: Result<KeyData, String>,
    /// The time stamp, where there is one.
    pub(crate) stamp: Option<Result<Stamp, String>>,
}

impl<'a> Case<'a> {
    pub(crate) fn new(
        inventory: &'a Inventory,
        trust: &'a AllowedSigners,
        expect: &'a Expect,
        look: &'a dyn Fn(&str) -> Sibling,
    ) -> Self {
        let tag = |name: &str| {
            let bytes = inventory.tags.get(name).map(Vec::as_slice);
            bytes.ok_or_else(|| vec![format!("{name} is missing")])
        };
        let key = tag(TAGMANIFEST)
            .and_then(|message| Ok((message, tag(SIGNATURE)?)))
            .map_err(|missing| missing.join(", "))
            .and_then(|(message, signature)| sign::verify(signature, message));
        let stamp = inventory.tags.get(TIMESTAMP).map(|reply| {
            let stamp = timestamp::read(reply)?;
            let signed = inventory.tags.get(SIGNATURE).is_some_and(|sig| stamp.is_of(sig));
            if signed {
                Ok(stamp)
            } else {
                Err(format!("it was given for other data than {SIGNATURE}"))
            }
        });
        Self {
            inventory,
            trust,
            expect,
            look,
            tagmanifest: tag(TAGMANIFEST).and_then(|bytes| Manifest::parse(bytes, TAGMANIFEST)),
            manifest: tag(MANIFEST).and_then(|bytes| Manifest::parse(bytes, MANIFEST)),
            info: tag(BAG_INFO).and_then(PackInfo::parse),
            chain: tag(CHAIN).and_then(file::parse),
            key,
            stamp,
        }
    }

    /// The time at which the signer must have been allowed, and where it comes from.
    pub(crate) fn signed_at(&self) -> Option<(DateTime<Utc>, &'static str)> {
        match (&self.stamp, &self.info) {
            (Some(Ok(stamp)), _) => {
                Some((stamp.time, "the time stamp, itself to be checked below"))
            }
            (_, Ok(info)) => {
                let at = instant(&info.as_of).ok()?;
                Some((at.to_utc(), "the pack's own as-of, the signer's word"))
            }
            _ => None,
        }
    }

    /// The files of a manifest that are missing or differ.
    pub(crate) fn differences(&self, manifest: &Manifest) -> Vec<String> {
        let mut problems = Problems::default();
        for (path, digest) in &manifest.0 {
            match self.inventory.files.get(path) {
                None => problems.push(format!("{path} is missing")),
                Some(found) if found.digest != *digest => {
                    problems.push(format!("{path} was changed"))
                }
                Some(_) => {}
            }
        }
        problems.into_vec()
    }

    pub(crate) fn payload_files(&self) -> impl Iterator<Item = u64> {
        let payload = self.inventory.files.iter().filter(|(path, _)| path.starts_with("data/"));
        payload.map(|(_, found)| found.size)
    }
}
