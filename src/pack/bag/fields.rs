//! Typed fields out of the lines of `bag-info.txt`, with all that cannot be read.

use crate::model::Digest;
use crate::pack::bag::{
    BagInfo,
    info::{LABELS, PackInfo, Supersedes},
    period::Period,
};

/// Takes typed fields out of a bag-info, collecting what is wrong.
pub(crate) struct Fields<'a> {
    bag: &'a BagInfo,
    problems: Vec<String>,
}

impl Fields<'_> {
    /// Reads all fields; what cannot be read is replaced and named in the problems.
    pub(crate) fn read(bag: &BagInfo) -> (PackInfo, Vec<String>) {
        let mut fields = Fields { bag, problems: Vec::new() };
        let info = fields.all();
        (info, fields.problems)
    }

    fn all(&mut self) -> PackInfo {
        let (payload_bytes, payload_files) = self.oxum();
        let previous = match self.bag.get("Previous-Pack-SHA256") {
            Some("none") => None,
            _ => Some(self.parsed("Previous-Pack-SHA256", Digest::of(b""))),
        };
        let supersedes = self.bag.get("Supersedes").is_some().then(|| Supersedes {
            sha256: self.parsed("Supersedes", Digest::of(b"")),
            reason: self.text("Supersedes-Reason"),
        });
        let agent = self.text("Bag-Software-Agent");
        PackInfo {
            organisation: self.text("Source-Organization"),
            slug: self.text("Pack-Series"),
            payload_bytes,
            payload_files,
            tool_version: agent.strip_prefix("sodpack ").unwrap_or(&agent).to_owned(),
            sequence: self.parsed("Pack-Sequence", 0),
            period: Period {
                label: self.text("Pack-Period"),
                from: self.text("Pack-Period-From"),
                until: self.text("Pack-Period-Until"),
            },
            as_of: self.text("Pack-As-Of"),
            previous,
            signer_identity: self.text("Signer-Identity"),
            signer_fingerprint: self.text("Signer-Fingerprint"),
            next_pack_due: self.text("Next-Pack-Due"),
            inputs: self.parsed("Inputs-SHA256", Digest::of(b"")),
            supersedes,
            period_gap: self.bag.get("Period-Gap").map(str::to_owned),
            extra: self
                .bag
                .lines()
                .iter()
                .filter(|(l, _)| !LABELS.contains(&l.as_str()))
                .cloned()
                .collect(),
        }
    }

    fn text(&mut self, label: &str) -> String {
        let value = self.bag.get(label);
        if value.is_none() {
            self.problems.push(format!("bag-info.txt: {label} is missing"));
        }
        value.unwrap_or_default().to_owned()
    }

    fn parsed<T: std::str::FromStr>(&mut self, label: &str, placeholder: T) -> T {
        let text = self.text(label);
        text.parse().unwrap_or_else(|_| {
            self.problems.push(format!("bag-info.txt: {label}: {text:?} cannot be read"));
            placeholder
        })
    }

    fn oxum(&mut self) -> (u64, u64) {
        let text = self.text("Payload-Oxum");
        let parts =
            text.split_once('.').and_then(|(b, n)| Some((b.parse().ok()?, n.parse().ok()?)));
        parts.unwrap_or_else(|| {
            self.problems.push(format!("bag-info.txt: Payload-Oxum: {text:?} cannot be read"));
            (0, 0)
        })
    }
}
