//! The single checks of a verification: each looks at the whole case and answers one question.

use chrono::{DateTime, Utc};
use ssh_key::{HashAlg, public::KeyData};

use super::{
    AllowedSigners, BAG_INFO, BAGIT, CHAIN, COUNTERSIGNATURE, Expect, MANIFEST, SIGNATURE,
    TAG_FILES, TAGMANIFEST, TIMESTAMP,
    bag::BAGIT_TXT,
    chain_file::{self, Link},
    info::{self, PackInfo},
    inventory::Inventory,
    manifest::{Manifest, Problems},
    shelf::Sibling,
    sign, timestamp,
    timestamp::Stamp,
    verify::{Check, Outcome},
};

/// Every check, in the order of the report.
pub(super) const ALL: [(Check, fn(&Case<'_>) -> Finding); 14] = [
    (Check::Form, form),
    (Check::Signature, signature),
    (Check::TagFiles, tag_files),
    (Check::Payload, payload),
    (Check::Oxum, oxum),
    (Check::NothingAdded, nothing_added),
    (Check::Bagit, bagit),
    (Check::Info, bag_info),
    (Check::Signer, signer),
    (Check::Period, period),
    (Check::Sequence, sequence),
    (Check::Earlier, earlier),
    (Check::Timestamp, time_stamp),
    (Check::Countersignature, countersignature),
];

/// What one check found.
#[derive(Debug)]
pub(super) struct Finding {
    pub(super) outcome: Outcome,
    pub(super) detail: String,
    pub(super) problems: Vec<String>,
}

impl Finding {
    fn ok(detail: impl Into<String>) -> Self {
        Self { outcome: Outcome::Ok, detail: detail.into(), problems: Vec::new() }
    }

    fn failed(detail: impl Into<String>) -> Self {
        Self { outcome: Outcome::Failed, ..Self::ok(detail) }
    }

    fn not_checked(why: impl Into<String>) -> Self {
        Self { outcome: Outcome::NotChecked, ..Self::ok(why) }
    }

    /// Failed when there is any problem.
    fn unless(problems: Vec<String>, good: impl Into<String>, bad: &str) -> Self {
        if problems.is_empty() { Self::ok(good) } else { Self { problems, ..Self::failed(bad) } }
    }
}

/// A pack under examination, with its tag files understood once.
pub(super) struct Case<'a> {
    inventory: &'a Inventory,
    trust: &'a AllowedSigners,
    expect: &'a Expect,
    look: &'a dyn Fn(&str) -> Sibling,
    tagmanifest: Result<Manifest, Vec<String>>,
    manifest: Result<Manifest, Vec<String>>,
    pub(super) info: Result<PackInfo, Vec<String>>,
    chain: Result<Vec<Link>, Vec<String>>,
    /// The key that signed the tagmanifest, trusted or not.
    key: Result<KeyData, String>,
    /// The time stamp, where there is one.
    stamp: Option<Result<Stamp, String>>,
}

impl<'a> Case<'a> {
    pub(super) fn new(
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
            chain: tag(CHAIN).and_then(chain_file::parse),
            key,
            stamp,
        }
    }

    /// The time at which the signer must have been allowed, and where it comes from.
    fn signed_at(&self) -> Option<(DateTime<Utc>, &'static str)> {
        match (&self.stamp, &self.info) {
            (Some(Ok(stamp)), _) => {
                Some((stamp.time, "the time stamp, itself to be checked below"))
            }
            (_, Ok(info)) => {
                let at = info::instant(&info.as_of).ok()?;
                Some((at.to_utc(), "the pack's own as-of, the signer's word"))
            }
            _ => None,
        }
    }

    /// The files of a manifest that are missing or differ.
    fn differences(&self, manifest: &Manifest) -> Vec<String> {
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

    fn payload_files(&self) -> impl Iterator<Item = u64> {
        let payload = self.inventory.files.iter().filter(|(path, _)| path.starts_with("data/"));
        payload.map(|(_, found)| found.size)
    }
}

fn form(case: &Case<'_>) -> Finding {
    let files = case.inventory.files.len();
    Finding::unless(
        case.inventory.problems.clone(),
        format!("{files} plain files with safe names"),
        "what was found is not the form of a pack",
    )
}

fn signature(case: &Case<'_>) -> Finding {
    let key = match &case.key {
        Ok(key) => key,
        Err(fault) => return Finding::failed(format!("the signature is not good: {fault}")),
    };
    let claimed = case.info.as_ref().ok().map(|info| info.signer_identity.as_str());
    let Some(identity) = case.expect.identity.as_deref().or(claimed) else {
        return Finding::failed("bag-info.txt cannot be read, so nobody is known to have signed");
    };
    let Some((at, source)) = case.signed_at() else {
        return Finding::failed("bag-info.txt cannot be read, so the time of signing is unknown");
    };
    match case.trust.permit(key, identity, at) {
        Ok(place) => Finding::ok(format!(
            "good, by {identity} with {} ({place}), for {}, allowed at {at} ({source})",
            key.fingerprint(HashAlg::Sha256),
            sign::NAMESPACE,
        )),
        Err(reasons) => Finding {
            problems: reasons,
            ..Finding::failed(format!(
                "made by nobody who may sign as {identity} at {at} ({source})"
            ))
        },
    }
}

fn tag_files(case: &Case<'_>) -> Finding {
    let tagmanifest = match &case.tagmanifest {
        Ok(tagmanifest) => tagmanifest,
        Err(problems) => {
            return Finding::unless(problems.clone(), "", "the tagmanifest cannot be read");
        }
    };
    let mut problems = case.differences(tagmanifest);
    if !tagmanifest.0.keys().map(String::as_str).eq(TAG_FILES) {
        problems.push(format!("{TAGMANIFEST} must list exactly {}", TAG_FILES.join(", ")));
    }
    let good = format!("{} files are as signed", TAG_FILES.len());
    Finding::unless(problems, good, "not what was signed")
}

fn payload(case: &Case<'_>) -> Finding {
    let manifest = match &case.manifest {
        Ok(manifest) => manifest,
        Err(problems) => {
            return Finding::unless(problems.clone(), "", "the manifest cannot be read");
        }
    };
    let mut problems = case.differences(manifest);
    if manifest.0.is_empty() {
        problems.push(format!("{MANIFEST} lists nothing"));
    }
    if let Some(path) = manifest.0.keys().find(|path| !path.starts_with("data/")) {
        problems.push(format!("{MANIFEST} lists {path}, which is no payload"));
    }
    let good = format!("{} files are as in the manifest", manifest.0.len());
    Finding::unless(problems, good, "not what was packed")
}

fn oxum(case: &Case<'_>) -> Finding {
    let Ok(info) = &case.info else {
        return Finding::not_checked("bag-info.txt cannot be read");
    };
    let (bytes, files) = (case.payload_files().sum::<u64>(), case.payload_files().count() as u64);
    if (bytes, files) == (info.payload_bytes, info.payload_files) {
        Finding::ok(format!("{bytes} bytes in {files} files, as declared"))
    } else {
        Finding::failed(format!(
            "{bytes} bytes in {files} files, but {} in {} are declared",
            info.payload_bytes, info.payload_files
        ))
    }
}

fn nothing_added(case: &Case<'_>) -> Finding {
    let (Ok(tagmanifest), Ok(manifest)) = (&case.tagmanifest, &case.manifest) else {
        return Finding::not_checked("a manifest cannot be read");
    };
    let outside = [TAGMANIFEST, SIGNATURE, TIMESTAMP, COUNTERSIGNATURE];
    let listed = |path: &str| {
        outside.contains(&path) || manifest.0.contains_key(path) || tagmanifest.0.contains_key(path)
    };
    let mut problems = Problems::default();
    for path in case.inventory.files.keys().filter(|path| !listed(path)) {
        problems.push(format!("{path} is in no manifest"));
    }
    for path in &case.inventory.hollow {
        problems.push(format!("{path}/ is an empty folder"));
    }
    Finding::unless(problems.into_vec(), "every file is listed", "something was added")
}

fn bagit(case: &Case<'_>) -> Finding {
    match case.inventory.tags.get(BAGIT) {
        Some(bytes) if bytes == BAGIT_TXT.as_bytes() => Finding::ok("BagIt 1.0, UTF-8"),
        Some(_) => Finding::failed("bagit.txt does not declare BagIt 1.0 in its exact words"),
        None => Finding::failed("bagit.txt is missing"),
    }
}

fn bag_info(case: &Case<'_>) -> Finding {
    match &case.info {
        Ok(info) => Finding::ok(format!(
            "{}, pack {} of {}, as of {}",
            info.organisation, info.sequence, info.slug, info.as_of
        )),
        Err(problems) => Finding::unless(problems.clone(), "", "cannot be understood"),
    }
}

fn signer(case: &Case<'_>) -> Finding {
    let (Ok(info), Ok(key)) = (&case.info, &case.key) else {
        return Finding::not_checked("bag-info.txt or the signature cannot be read");
    };
    let print = key.fingerprint(HashAlg::Sha256).to_string();
    let mut problems = Vec::new();
    if info.signer_fingerprint != print {
        problems.push(format!(
            "the pack names the key {}, but {print} signed",
            info.signer_fingerprint
        ));
    }
    if let Some(expected) = case.expect.identity.as_ref().filter(|e| **e != info.signer_identity) {
        problems
            .push(format!("the pack names {}, but {expected} was expected", info.signer_identity));
    }
    let good = format!("{} with {print}, as the pack says", info.signer_identity);
    Finding::unless(problems, good, "not the signer the pack names")
}

fn period(case: &Case<'_>) -> Finding {
    let Ok(info) = &case.info else {
        return Finding::not_checked("bag-info.txt cannot be read");
    };
    let period = &info.period;
    let span = format!("{}, from {} until {}", period.label, period.from, period.until);
    match &case.expect.period {
        Some(expected) if *expected == period.label => Finding::ok(span),
        Some(expected) => Finding::failed(format!("{span}; {expected} was expected")),
        None => Finding::not_checked(format!(
            "{span}; say which period you expect, or an old pack can pass for a new one"
        )),
    }
}

fn sequence(case: &Case<'_>) -> Finding {
    let (Ok(info), Ok(chain)) = (&case.info, &case.chain) else {
        let problems = case.chain.as_ref().err().cloned().unwrap_or_default();
        return Finding::unless(problems, "", "the chain cannot be read").or_not_checked();
    };
    let mut problems = Vec::new();
    if info.sequence as usize != chain.len() + 1 {
        problems.push(format!("pack {} lists {} earlier packs", info.sequence, chain.len()));
    }
    if info.previous != chain.last().map(|link| link.tagmanifest) {
        problems.push("Previous-Pack-SHA256 is not the last pack listed".to_owned());
    }
    if chain.iter().any(|link| link.folder == case.inventory.folder) {
        problems.push("the pack lists itself among the earlier ones".to_owned());
    }
    if let Some(old) = &info.supersedes
        && !chain.iter().any(|link| link.tagmanifest == old.sha256)
    {
        problems.push("it supersedes a pack that is not in its chain".to_owned());
    }
    let good = format!("pack {}, after {} earlier", info.sequence, chain.len());
    Finding::unless(problems, good, "its place in the chain is not consistent")
}

impl Finding {
    /// A finding without any problem where the question could not be asked.
    fn or_not_checked(self) -> Self {
        match self.outcome {
            Outcome::Ok => Self::not_checked("bag-info.txt cannot be read"),
            _ => self,
        }
    }
}

fn earlier(case: &Case<'_>) -> Finding {
    let Ok(chain) = &case.chain else {
        return Finding::not_checked("chain-sha256.txt cannot be read");
    };
    if chain.is_empty() {
        return Finding::ok("this is the first pack");
    }
    let (mut problems, mut absent) = (Problems::default(), Vec::new());
    for link in chain {
        match (case.look)(&link.folder) {
            Sibling::Absent => absent.push(link.folder.as_str()),
            Sibling::Unreadable(fault) => problems.push(format!("{}: {fault}", link.folder)),
            Sibling::Found(files) => {
                for (file, digest) in link.files() {
                    match files.get(file) {
                        Some(found) if *found == digest => {}
                        Some(_) => problems.push(format!("{}/{file} was changed", link.folder)),
                        None => problems.push(format!("{}/{file} is missing", link.folder)),
                    }
                }
            }
        }
    }
    let missing = format!(
        "{} of {} earlier packs do not lie beside this one: {}",
        absent.len(),
        chain.len(),
        absent.join(", ")
    );
    if case.expect.earlier && !absent.is_empty() {
        problems.push(missing.clone());
    }
    let problems = problems.into_vec();
    if problems.is_empty() && !absent.is_empty() {
        return Finding::not_checked(missing);
    }
    let good = format!("{} earlier packs are as this one lists them", chain.len());
    Finding::unless(problems, good, "not the packs this one was signed after")
}

fn time_stamp(case: &Case<'_>) -> Finding {
    let stamp = match &case.stamp {
        None => {
            return Finding::not_checked(
                "there is none: only the signer's word says when this was signed",
            );
        }
        Some(Err(fault)) => return Finding::failed(fault.clone()),
        Some(Ok(stamp)) => stamp,
    };
    let end = case.info.as_ref().ok().and_then(|info| info.period.ends().ok());
    let after = end.map_or_else(String::new, |(_, until)| {
        format!(", {} days after the period's end", (stamp.time - until.to_utc()).num_days())
    });
    Finding::not_checked(format!(
        "it is for this signature and claims {}{after}; whether an authority gave it, check with: \
         openssl ts -verify -attime {} -data {SIGNATURE} -in {TIMESTAMP} -CAfile tsa-ca.pem",
        stamp.time,
        stamp.time.timestamp(),
    ))
}

fn countersignature(case: &Case<'_>) -> Finding {
    let Some(armour) = case.inventory.tags.get(COUNTERSIGNATURE) else {
        return Finding::not_checked("there is none");
    };
    let message = case.inventory.tags.get(TAGMANIFEST).map(Vec::as_slice).unwrap_or_default();
    let key = match sign::verify(armour, message) {
        Ok(key) => key,
        Err(fault) => return Finding::failed(format!("the countersignature is not good: {fault}")),
    };
    let print = key.fingerprint(HashAlg::Sha256);
    if case.key.as_ref().is_ok_and(|signer| *signer == key) {
        return Finding::failed(format!(
            "made with the signer's own key {print}: no second person"
        ));
    }
    let at = case.signed_at().map(|(at, _)| at);
    if let (Ok(info), Some(at)) = (&case.info, at)
        && case.trust.permit(&key, &info.signer_identity, at).is_ok()
    {
        let signer = &info.signer_identity;
        return Finding::failed(format!("{print} may sign as {signer} too: no second person"));
    }
    match at.map(|at| case.trust.principals_of(&key, at)).as_deref() {
        Some([first, ..]) => Finding::ok(format!("good, by {first} with {print}")),
        _ => Finding::not_checked(format!("the key {print} belongs to no allowed signer")),
    }
}
