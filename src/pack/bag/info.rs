//! What a pack says about itself in `bag-info.txt`, as checked values.
//!
//! One type is written and read: a file is accepted only when what was understood from it gives
//! the very same bytes again.

use crate::model::Digest;
use crate::pack::{
    bag::{
        self, BagInfo,
        fields::Fields,
        period::{Period, date, instant, part},
    },
    line, trust,
};

/// The format of the packs this version makes and checks.
pub const PACK_FORMAT: &str = "sodpack/1";

/// The earlier pack that a pack corrects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Supersedes {
    /// SHA-256 of the corrected pack's `tagmanifest-sha256.txt`.
    pub sha256: Digest,
    /// Why it had to be corrected.
    pub reason: String,
}

/// The fields of `bag-info.txt`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackInfo {
    /// Whose duties the pack shows.
    pub organisation: String,
    /// Short name that all packs of one chain share.
    pub slug: String,
    /// Bytes under `data/`.
    pub payload_bytes: u64,
    /// Files under `data/`.
    pub payload_files: u64,
    /// Version of the program that made it.
    pub tool_version: String,
    /// 1 for the first pack of the chain.
    pub sequence: u32,
    /// The time covered.
    pub period: Period,
    /// The moment the pack was made for, RFC 3339; not a wall clock.
    pub as_of: String,
    /// SHA-256 of the previous pack's tagmanifest; none for the first.
    pub previous: Option<Digest>,
    /// Who signs, as named in allowed_signers.
    pub signer_identity: String,
    /// `SHA256:…` of the signing key.
    pub signer_fingerprint: String,
    /// Day by which the next pack should arrive, `YYYY-MM-DD`.
    pub next_pack_due: String,
    /// SHA-256 over all inputs.
    pub inputs: Digest,
    /// The pack corrected by this one.
    pub supersedes: Option<Supersedes>,
    /// Why the time before this period is in no pack.
    pub period_gap: Option<String>,
    /// Further lines.
    pub extra: Vec<(String, String)>,
}

/// Every label with a meaning; extra lines may not use them.
pub(crate) const LABELS: [&str; 22] = [
    "Bag-Software-Agent",
    "External-Identifier",
    "Inputs-SHA256",
    "Next-Pack-Due",
    "Pack-As-Of",
    "Pack-Format",
    "Pack-Period",
    "Pack-Period-From",
    "Pack-Period-Until",
    "Pack-Sequence",
    "Pack-Series",
    "Payload-Oxum",
    "Period-Gap",
    "Previous-Pack-SHA256",
    "Signer-Fingerprint",
    "Signer-Identity",
    "Source-Organization",
    "Supersedes",
    "Supersedes-Reason",
    // Meanings given by RFC 8493, which a signed pack without a clock must not carry by accident
    "Bag-Size",
    "Bagging-Date",
    "Bag-Group-Identifier",
];

impl PackInfo {
    /// The text of `bag-info.txt`.
    pub(crate) fn to_text(&self) -> String {
        let mut info = BagInfo::default();
        let period = &self.period;
        let oxum = format!("{}.{}", self.payload_bytes, self.payload_files);
        let previous = self.previous.map_or_else(|| "none".to_owned(), |d| d.to_string());
        info.push("Source-Organization", &self.organisation);
        info.push("External-Identifier", &self.external_identifier());
        info.push("Payload-Oxum", &oxum);
        info.push("Bag-Software-Agent", &format!("sodpack {}", self.tool_version));
        info.push("Pack-Format", PACK_FORMAT);
        info.push("Pack-Series", &self.slug);
        info.push("Pack-Sequence", &self.sequence.to_string());
        info.push("Pack-Period", &period.label);
        info.push("Pack-Period-From", &period.from);
        info.push("Pack-Period-Until", &period.until);
        info.push("Pack-As-Of", &self.as_of);
        info.push("Previous-Pack-SHA256", &previous);
        info.push("Signer-Identity", &self.signer_identity);
        info.push("Signer-Fingerprint", &self.signer_fingerprint);
        info.push("Next-Pack-Due", &self.next_pack_due);
        info.push("Inputs-SHA256", &self.inputs.to_string());
        if let Some(supersedes) = &self.supersedes {
            info.push("Supersedes", &supersedes.sha256.to_string());
            info.push("Supersedes-Reason", &supersedes.reason);
        }
        if let Some(reason) = &self.period_gap {
            info.push("Period-Gap", reason);
        }
        for (label, value) in &self.extra {
            info.push(label, value);
        }
        info.to_text()
    }

    /// Name of this pack among all packs of all organisations.
    pub(crate) fn external_identifier(&self) -> String {
        format!("{}/{}/{}", self.slug, self.period.label, self.sequence)
    }

    /// Reads `bag-info.txt`, with all problems.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, Vec<String>> {
        let bag = BagInfo::parse(bytes)?;
        if bag.get("Pack-Format") != Some(PACK_FORMAT) {
            let found = bag.get("Pack-Format").unwrap_or("none");
            return Err(vec![format!("bag-info.txt: Pack-Format is {found}, not {PACK_FORMAT}")]);
        }
        let (info, mut problems) = Fields::read(&bag);
        problems.extend(info.faults().into_iter().map(|fault| format!("bag-info.txt: {fault}")));
        if problems.is_empty() && info.to_text().as_bytes() != bytes {
            problems.push("bag-info.txt: a line is missing, added, or out of its place".to_owned());
        }
        if problems.is_empty() { Ok(info) } else { Err(problems) }
    }

    /// Everything that keeps these values from being written, or believed.
    pub(crate) fn faults(&self) -> Vec<String> {
        let mut faults = self.period.faults();
        let mut check = |label: &str, fault: Option<String>| {
            faults.extend(fault.map(|fault| format!("{label}: {fault}")));
        };
        let plain = |text: &str| {
            let line = line::one_line(text, line::MAX_VALUE);
            line.is_empty().then(|| "is empty; give a value".to_owned())
        };
        check("Source-Organization", plain(&self.organisation));
        check("Pack-Series", part(&self.slug));
        check("Bag-Software-Agent", plain(&self.tool_version));
        check("Pack-As-Of", instant(&self.as_of).err());
        check(
            "Signer-Identity",
            trust::check_identity(&self.signer_identity).err().map(|e| e.to_string()),
        );
        check("Next-Pack-Due", date(&self.next_pack_due));
        if self.sequence == 0 || (self.sequence == 1) != self.previous.is_none() {
            check("Pack-Sequence", Some("does not agree with Previous-Pack-SHA256".to_owned()));
        }
        if let Some(supersedes) = &self.supersedes {
            check("Supersedes-Reason", plain(&supersedes.reason));
        }
        if let Some(reason) = &self.period_gap {
            check("Period-Gap", plain(reason));
        }
        for (index, (label, value)) in self.extra.iter().enumerate() {
            let known = LABELS.iter().any(|known| known.eq_ignore_ascii_case(label));
            let repeated = self.extra[..index].iter().any(|(l, _)| l.eq_ignore_ascii_case(label));
            if known || repeated || !bag::is_label(label) {
                check(label, Some("not a free label of letters, digits and dashes".to_owned()));
            }
            check(label, plain(value));
        }
        faults
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn sample() -> PackInfo {
        PackInfo {
            organisation: "Acme GmbH".into(),
            slug: "acme".into(),
            payload_bytes: 10,
            payload_files: 2,
            tool_version: "0.1.0".into(),
            sequence: 2,
            period: Period {
                label: "2026-10".into(),
                from: "2026-10-01T00:00:00+02:00".into(),
                until: "2026-11-01T00:00:00+01:00".into(),
            },
            as_of: "2026-11-02T09:00:00Z".into(),
            previous: Some(Digest::of(b"earlier")),
            signer_identity: "evidence@acme.example".into(),
            signer_fingerprint: "SHA256:abc".into(),
            next_pack_due: "2026-12-05".into(),
            inputs: Digest::of(b"inputs"),
            supersedes: Some(Supersedes {
                sha256: Digest::of(b"old"),
                reason: "wrong\nfile".into(),
            }),
            period_gap: Some("no production before".into()),
            extra: vec![("Contact-Name".into(), "Zoë".into())],
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let mut info = sample();
        let text = info.to_text();
        info.supersedes.as_mut().unwrap().reason = "wrong file".into();
        assert_eq!(PackInfo::parse(text.as_bytes()), Ok(info));
    }

    #[test]
    fn an_edited_line_is_refused() {
        let text = sample().to_text();
        for (old, new) in [
            ("Pack-Format: sodpack/1", "Pack-Format: sodpack/2"),
            ("Pack-Sequence: 2", "Pack-Sequence: 02"),
            ("Pack-Sequence: 2", "Pack-Sequence: 1"),
            ("Pack-Sequence: 2\n", ""),
            ("Pack-Period: 2026-10", "Pack-Period: 2026-09"),
            ("Pack-Period: 2026-10", "Pack-Period: ../x"),
            ("2026-11-01T00:00:00+01:00", "2026-09-01T00:00:00+01:00"),
            ("Payload-Oxum: 10.2", "Payload-Oxum: 10"),
            ("Next-Pack-Due: 2026-12-05", "Next-Pack-Due: soon"),
            ("evidence@acme.example", "evidence@acme.example,*"),
            ("External-Identifier: acme/", "External-Identifier: other/"),
            ("sodpack 0.1.0", "other 0.1.0"),
            ("Contact-Name: Zoë\n", "Contact-Name: Zoë\nBagging-Date: 2026-11-02\n"),
        ] {
            assert!(text.contains(old), "{old}");
            let edited = text.replacen(old, new, 1);
            assert!(PackInfo::parse(edited.as_bytes()).is_err(), "{new}");
        }
    }

    #[test]
    fn all_problems_are_told_at_once() {
        let mut info = sample();
        info.period.until = info.period.from.clone();
        info.slug = "a/b".into();
        info.as_of = "yesterday".into();
        info.extra.push(("pack-sequence".into(), "9".into()));
        assert_eq!(info.faults().len(), 4, "{:?}", info.faults());
    }
}
