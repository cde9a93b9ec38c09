//! `chain-sha256.txt`: what every earlier pack was when this one was signed.
//!
//! With a dozen packs a year the whole list is the proof that none was removed or replaced, and
//! `sha256sum -c` checks it. Lines are `<sha-256>  ../<folder>/<file>`, packs in their order, and
//! of each pack its tagmanifest, the signature and, where there was one, the time stamp.

use std::collections::BTreeSet;

use crate::model::Digest;
use crate::pack::{
    SIGNATURE, TAGMANIFEST, TIMESTAMP,
    bag::manifest::{self, Problems},
    name,
};

/// What the chain keeps of one earlier pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) folder: String,
    pub(crate) tagmanifest: Digest,
    pub(crate) signature: Digest,
    pub(crate) timestamp: Option<Digest>,
}

impl Link {
    /// The files listed, with their digests.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&'static str, Digest)> {
        let files = [
            (TAGMANIFEST, Some(self.tagmanifest)),
            (SIGNATURE, Some(self.signature)),
            (TIMESTAMP, self.timestamp),
        ];
        files.into_iter().filter_map(|(file, digest)| Some((file, digest?)))
    }
}

/// The text for earlier packs in order; empty for the first pack.
pub(crate) fn to_text(links: &[Link]) -> String {
    let line = |link: &Link| {
        let folder = link.folder.clone();
        link.files()
            .map(move |(file, digest)| format!("{digest}  ../{folder}/{file}\n"))
            .collect::<String>()
    };
    links.iter().map(line).collect()
}

/// Reads the one accepted form, with all problems.
pub(crate) fn parse(bytes: &[u8]) -> Result<Vec<Link>, Vec<String>> {
    let mut problems = Problems::default();
    let mut links: Vec<Link> = Vec::new();
    let text = String::from_utf8_lossy(bytes);
    for (index, line) in text.split_terminator('\n').enumerate() {
        if let Err(fault) = read_line(line, &mut links) {
            problems.push(format!("chain-sha256.txt:{}: {fault}", index + 1));
        }
    }
    let folders: BTreeSet<_> = links.iter().map(|l| l.folder.to_ascii_lowercase()).collect();
    if folders.len() != links.len() {
        problems.push("chain-sha256.txt: names one pack twice".to_owned());
    }
    let links = problems.into_result(links)?;
    if to_text(&links).as_bytes() != bytes {
        return Err(vec![
            "chain-sha256.txt: a line is missing, added, or out of its place".to_owned(),
        ]);
    }
    Ok(links)
}

fn read_line(line: &str, links: &mut Vec<Link>) -> Result<(), String> {
    let (digest, path) = manifest::entry(line)?;
    let place = path.strip_prefix("../").and_then(|path| path.split_once('/'));
    let (folder, file) = place.ok_or_else(|| format!("{path:?} is not ../folder/file"))?;
    name::check_part(folder).map_err(|fault| format!("{folder:?} has {fault}"))?;
    match (file, links.last_mut()) {
        (TAGMANIFEST, _) => links.push(Link {
            folder: folder.to_owned(),
            tagmanifest: digest,
            // Until the next line says it; without one the text will not come out the same
            signature: digest,
            timestamp: None,
        }),
        (SIGNATURE, Some(last)) if last.folder == folder => last.signature = digest,
        (TIMESTAMP, Some(last)) if last.folder == folder => last.timestamp = Some(digest),
        _ => return Err(format!("{path:?} is not expected here")),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links() -> Vec<Link> {
        let of = |n: u8| Digest::of(&[n]);
        vec![
            Link {
                folder: "acme-08".into(),
                tagmanifest: of(1),
                signature: of(2),
                timestamp: None,
            },
            Link {
                folder: "acme-09".into(),
                tagmanifest: of(3),
                signature: of(4),
                timestamp: Some(of(5)),
            },
        ]
    }

    #[test]
    fn what_is_written_is_read_back() {
        assert_eq!(parse(to_text(&links()).as_bytes()), Ok(links()));
        assert_eq!(parse(b""), Ok(vec![]));
    }

    #[test]
    fn other_forms_are_refused() {
        let text = to_text(&links());
        let lines: Vec<_> = text.lines().collect();
        for bad in [
            text.replace('\n', "\r\n"),
            text.trim_end().to_owned(),
            format!("{}\n", lines[1..].join("\n")),
            format!("{}\n{}\n", lines[0], lines[2]),
            format!("{text}{text}"),
            text.replace("../acme-08/", "../../acme-08/"),
            text.replace("../acme-08/", "/acme-08/"),
            text.replace("acme-09", "ACME-08"),
            text.replace(".sig.tsr", ".sig.other"),
            lines.iter().rev().map(|line| format!("{line}\n")).collect(),
        ] {
            assert!(parse(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
