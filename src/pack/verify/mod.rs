//! Checking a pack: the same steps as in its `VERIFY.txt`, in one go, over a folder or an archive.
//!
//! A pack passes only when every step that must hold was carried out and held. What could not be
//! carried out is said and never counts as good.

use std::{
    fmt,
    path::{Path, PathBuf},
};

mod case;
mod content;
mod origin;

use self::case::{Case, Finding};
use crate::model::Digest;
use crate::pack::{
    AllowedSigners, TAGMANIFEST,
    bag::info::PackInfo,
    chain::shelf::{self, Sibling},
    inventory::Inventory,
    line::one_line,
};

/// Answers one question about a pack.
type CarryOut = fn(&Case<'_>) -> Finding;

/// Every check, in the order of the report.
const ALL: [(Check, CarryOut); 14] = [
    (Check::Form, content::form),
    (Check::Signature, origin::signature),
    (Check::TagFiles, content::tag_files),
    (Check::Payload, content::payload),
    (Check::Oxum, content::oxum),
    (Check::NothingAdded, content::nothing_added),
    (Check::Bagit, content::bagit),
    (Check::Info, origin::bag_info),
    (Check::Signer, origin::signer),
    (Check::Period, origin::period),
    (Check::Sequence, origin::sequence),
    (Check::Earlier, origin::earlier),
    (Check::Timestamp, origin::time_stamp),
    (Check::Countersignature, origin::countersignature),
];

/// What whoever verifies knows beforehand.
#[derive(Debug, Clone, Default)]
pub struct Expect {
    /// The period's label, such as `2026-10`: without it an old pack could pass for a new one.
    pub period: Option<String>,
    /// Who must have signed; without it, whoever the pack names and the allowed signers permit.
    pub identity: Option<String>,
    /// Whether it is a failure when an earlier pack does not lie beside this one.
    pub earlier: bool,
}

/// One thing that is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Check {
    /// Safe names, plain files, and of an archive the canonical form.
    Form,
    /// The tagmanifest's signature by an allowed signer.
    Signature,
    /// The tag files are those the tagmanifest hashes.
    TagFiles,
    /// The payload is what the manifest hashes.
    Payload,
    /// Bytes and files of the payload are as many as declared.
    Oxum,
    /// Nothing lies in the pack that no manifest lists.
    NothingAdded,
    /// `bagit.txt` declares BagIt 1.0.
    Bagit,
    /// `bag-info.txt` can be understood in one way only.
    Info,
    /// The signer is the one the pack names.
    Signer,
    /// The period is consistent and the one asked for.
    Period,
    /// The place in the chain agrees with the packs listed.
    Sequence,
    /// The earlier packs are those this one was signed after.
    Earlier,
    /// The time stamp belongs to the signature.
    Timestamp,
    /// A second person signed too.
    Countersignature,
}

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was carried out and held.
    Ok,
    /// It was carried out and did not hold.
    Failed,
    /// It was not carried out; the detail says why.
    NotChecked,
}

/// One check with its outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What was checked.
    pub check: Check,
    /// How it came out.
    pub outcome: Outcome,
    /// What was found, on one line, fit for a terminal.
    pub detail: String,
    /// Each thing that is wrong, one line each, fit for a terminal.
    pub problems: Vec<String>,
}

/// All steps of a verification.
#[derive(Debug, Clone)]
pub struct Verification {
    /// What was verified.
    pub target: PathBuf,
    /// What the pack says about itself; believe it only when [`Self::passed`].
    pub info: Option<PackInfo>,
    /// SHA-256 of the tagmanifest: note it down, it names this pack for ever.
    pub tagmanifest_sha256: Option<Digest>,
    /// Every check, in order, whether carried out or not.
    pub steps: Vec<Step>,
    /// What the allowed signers' file says that was read in another way than expected.
    pub notes: Vec<String>,
}

impl Check {
    /// A few words for a list of steps.
    pub fn title(self) -> &'static str {
        match self {
            Self::Form => "plain files, safe names",
            Self::Signature => "signature",
            Self::TagFiles => "tag files",
            Self::Payload => "payload",
            Self::Oxum => "payload size",
            Self::NothingAdded => "nothing added",
            Self::Bagit => "bagit declaration",
            Self::Info => "bag-info",
            Self::Signer => "signer",
            Self::Period => "period",
            Self::Sequence => "sequence",
            Self::Earlier => "earlier packs",
            Self::Timestamp => "time stamp",
            Self::Countersignature => "countersignature",
        }
    }

    /// Whether a pack can pass without this check.
    pub fn may_be_left(self) -> bool {
        matches!(self, Self::Period | Self::Earlier | Self::Timestamp | Self::Countersignature)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Ok => "ok",
            Self::Failed => "FAILED",
            Self::NotChecked => "not checked",
        })
    }
}

impl Verification {
    /// Whether nothing failed and everything that must be checked was checked.
    pub fn passed(&self) -> bool {
        let held = |check: Check| {
            let mut steps = self.steps.iter().filter(|step| step.check == check);
            match (steps.next().map(|step| step.outcome), steps.next()) {
                (Some(Outcome::Ok), None) => true,
                (Some(Outcome::NotChecked), None) => check.may_be_left(),
                _ => false,
            }
        };
        ALL.iter().all(|(check, _)| held(*check))
    }

    /// The steps that did not hold.
    pub fn failures(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(|step| step.outcome == Outcome::Failed)
    }

    /// The steps that were not carried out.
    pub fn unchecked(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(|step| step.outcome == Outcome::NotChecked)
    }

    /// One line for each failure and for each step that must not be left and was.
    pub(crate) fn faults(&self) -> Vec<String> {
        let bad = |step: &&Step| match step.outcome {
            Outcome::Ok => false,
            Outcome::Failed => true,
            Outcome::NotChecked => !step.check.may_be_left(),
        };
        self.steps
            .iter()
            .filter(bad)
            .map(|step| {
                let detail =
                    [std::slice::from_ref(&step.detail), &step.problems[..]].concat().join("; ");
                format!("{}: {detail}", step.check.title())
            })
            .collect()
    }
}

/// Verifies the pack at `target`, a folder or a `.zip`, against the signers one trusts.
///
/// Never fails as such: what the disk refuses becomes a failed step.
pub fn verify(target: &Path, trust: &AllowedSigners, expect: &Expect) -> Verification {
    let real = target.canonicalize().unwrap_or_else(|_| target.to_owned());
    let place = real.parent().unwrap_or(Path::new(".")).to_owned();
    let inventory = Inventory::open(target);
    let verification = examine(&inventory, trust, expect, &|folder| shelf::look(&place, folder));
    Verification { target: target.to_owned(), ..verification }
}

/// Verifies an inventory; `look` finds the earlier packs.
pub(crate) fn examine(
    inventory: &Inventory,
    trust: &AllowedSigners,
    expect: &Expect,
    look: &dyn Fn(&str) -> Sibling,
) -> Verification {
    let case = Case::new(inventory, trust, expect, look);
    let steps = ALL.iter().map(|(check, carry_out)| {
        let finding = carry_out(&case);
        let plain = |text: String| one_line(&text, 600);
        Step {
            check: *check,
            outcome: finding.outcome,
            detail: plain(finding.detail),
            problems: finding.problems.into_iter().map(plain).collect(),
        }
    });
    Verification {
        target: PathBuf::new(),
        steps: steps.collect(),
        tagmanifest_sha256: inventory.files.get(TAGMANIFEST).map(|found| found.digest),
        info: case.info.ok(),
        notes: trust.notes().iter().map(|note| one_line(note, 600)).collect(),
    }
}
