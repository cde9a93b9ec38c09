//! Reads `justifications.csv`.

use std::collections::BTreeMap;

use super::shape::{self, Shaped, Wrong};
use super::sheet::{Row, Sheet};
use super::spelling::quoted;
use crate::model::Digest;
use crate::policy::{Justification, Justifications, Problems};

pub(super) const COLUMNS: [&str; 8] = [
    "exception",
    "justification",
    "author",
    "approver",
    "at",
    "compensating_control",
    "ticket",
    "expires",
];

/// Douglas Crockford's base 32: no I, L, O and U, which are taken for other characters.
const BASE32: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

impl Justifications {
    /// What holds where there is no file.
    pub fn none() -> Self {
        Self { digest: Digest::of(b""), all: Vec::new() }
    }

    /// Reads `justifications.csv`. `file` is its name in problems. Gives the justifications only
    /// where the file is sound.
    ///
    /// Times without a zone are in `zone`. A date in `at` is its first moment; a date in `expires`
    /// is the last day on which the justification holds.
    ///
    /// A justification that is well formed but weak is kept, be it without text or approved by its
    /// author: whether it counts is for a rule to say, and the pack shows it.
    pub fn read(
        file: &str,
        text: &str,
        zone: chrono_tz::Tz,
        problems: &mut Problems,
    ) -> Option<Self> {
        let mut sheet = Sheet::new(file, COLUMNS, problems);
        let mut all = Vec::new();
        for row in sheet.rows(text) {
            all.extend(justification(&mut sheet, &row, zone));
        }
        check_overlaps(&mut sheet, &all);
        sheet.sound().then(|| Self { digest: Digest::of(text.as_bytes()), all })
    }
}

fn justification(
    sheet: &mut Sheet<'_, 8>,
    row: &Row<8>,
    zone: chrono_tz::Tz,
) -> Option<Justification> {
    let cure = "copy the id from the pack's list of exceptions";
    let exception = sheet.need(row, "exception", cure, exception);
    let cure = "write when it was approved, such as `2026-10-31 09:30`";
    let at = sheet.need(row, "at", cure, |text| shape::start(text, zone));
    let expires = sheet.get(row, "expires", |text| shape::end(text, zone));
    if let (Some(at), Some(expires)) = (at, expires)
        && expires <= at
    {
        sheet.note(row.line, "`expires` lies before `at`", "correct one of them");
    }
    let author = sheet.get(row, "author", shape::line).unwrap_or_default();
    let approver = sheet.get(row, "approver", shape::line).unwrap_or_default();
    let ticket = sheet.get(row, "ticket", shape::line);
    let control = sheet.text(row, "compensating_control");
    Some(Justification {
        exception: exception?,
        text: sheet.text(row, "justification").to_owned(),
        author,
        approver,
        at: at?,
        compensating_control: (!control.is_empty()).then(|| control.to_owned()),
        ticket,
        expires,
        line: row.line,
    })
}

/// The id of an exception: `EX-` and ten characters of [`BASE32`].
fn exception(text: &str) -> Shaped<String> {
    if well_formed(text) {
        return Ok(text.to_owned());
    }
    // What people make of it when they type it: small letters, and the letters it never holds.
    let upper = text.to_uppercase();
    let (prefix, rest) = upper.split_at_checked(3).unwrap_or((&upper, ""));
    let meant = format!("{prefix}{}", rest.replace(['I', 'L'], "1").replace('O', "0"));
    if well_formed(&meant) {
        let which =
            if meant == upper { "is not in capitals" } else { "holds a letter that no id has" };
        return Err(Wrong { which: which.to_owned(), cure: format!("write `{meant}`") });
    }
    Err(Wrong {
        which: "is no id of an exception".to_owned(),
        cure: "copy it from the pack's list of exceptions: it looks like `EX-7K3M9Q2R5T`"
            .to_owned(),
    })
}

fn well_formed(text: &str) -> bool {
    text.strip_prefix("EX-")
        .is_some_and(|id| id.len() == 10 && id.chars().all(|c| BASE32.contains(c)))
}

/// Notes a justification that was approved while another one for the same exception still held:
/// at any time at most one may answer an exception.
fn check_overlaps(sheet: &mut Sheet<'_, 8>, all: &[Justification]) {
    let mut by_exception: BTreeMap<&str, Vec<&Justification>> = BTreeMap::new();
    for one in all {
        by_exception.entry(&one.exception).or_default().push(one);
    }
    for (exception, mut answers) in by_exception {
        answers.sort_by_key(|one| (one.at, one.line));
        for pair in answers.windows(2) {
            let [before, after] = pair else { continue };
            if before.expires.is_none_or(|expires| expires > after.at) {
                let fault =
                    format!("{} is answered on line {} already", quoted(exception), before.line);
                let cure = "remove one, or let the earlier one expire before the later is approved";
                sheet.note(after.line, fault, cure);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str =
        "exception;justification;author;approver;at;compensating_control;ticket;expires\n";

    fn read(rows: &str) -> Result<Vec<Justification>, Vec<String>> {
        let mut problems = Problems::default();
        let zone = chrono_tz::Europe::Berlin;
        let read = Justifications::read("j.csv", &format!("{HEAD}{rows}"), zone, &mut problems);
        assert_eq!(read.is_some(), problems.0.is_empty());
        problems.0.sort();
        read.map(|read| read.all)
            .ok_or_else(|| problems.0.iter().map(ToString::to_string).collect())
    }

    #[track_caller]
    fn one(rows: &str, want: &str) {
        let have = read(rows).err().unwrap_or_default();
        assert!(have.len() == 1 && have[0].starts_with(want), "want {want}\nhave {have:#?}");
    }

    #[test]
    fn weak_ones_are_kept() {
        let all = read(
            "EX-7K3M9Q2R5T;;;;2026-10-31 09:30;;;\nEX-0000000000;'=why;a;a;2026-10-01;;T-1;2026-10-31",
        )
        .unwrap();
        assert_eq!((all[0].text.as_str(), all[0].author.as_str()), ("", ""));
        assert_eq!(all[0].at.to_string(), "2026-10-31T08:30:00Z");
        assert_eq!((all[1].text.as_str(), all[1].approver.as_str()), ("=why", "a"));
        assert_eq!(all[1].expires.unwrap().to_string(), "2026-10-31T23:00:00Z");
        assert_eq!((all[1].ticket.as_deref(), all[1].line), (Some("T-1"), 3));
    }

    #[test]
    fn single_faults() {
        let row = |id: &str| format!("{id};x;a;b;2026-10-01;;;");
        one(&row(""), "j.csv:2: `exception` is empty");
        one(
            &row("ex-7k3m9q2r5t"),
            "j.csv:2: `exception` holds `ex-7k3m9q2r5t`, which is not in capitals; write `EX-7K3M9Q2R5T`",
        );
        one(
            &row("EX-OK3M9Q2R5l"),
            "j.csv:2: `exception` holds `EX-OK3M9Q2R5l`, which holds a letter that no id has; write `EX-0K3M9Q2R51`",
        );
        for id in ["EX-7K3M9Q2R5", "EX-7K3M9Q2R5U", "7K3M9Q2R5T", "éx", "EX-7K3M9Q2R5TR"] {
            one(&row(id), &format!("j.csv:2: `exception` holds `{id}`, which is no id"));
        }
        one("EX-7K3M9Q2R5T;x;a;b;;;;", "j.csv:2: `at` is empty");
        one("EX-7K3M9Q2R5T;x;a;b;2026-10-02;;;2026-10-01", "j.csv:2: `expires` lies before `at`");
        one("EX-7K3M9Q2R5T;x;a;b;1.10.26;;;", "j.csv:2: `at` holds `1.10.26`, which is not a time");
    }

    #[test]
    fn one_answer_at_a_time() {
        let early = "EX-7K3M9Q2R5T;x;a;b;2026-10-01;;;2026-10-31\n";
        let late = |at: &str| format!("{early}EX-7K3M9Q2R5T;y;a;b;{at};;;\n");
        one(&late("2026-10-31"), "j.csv:3: `EX-7K3M9Q2R5T` is answered on line 2 already");
        assert_eq!(read(&late("2026-11-01")).unwrap().len(), 2);
        one(
            &format!(
                "EX-7K3M9Q2R5T;y;a;b;2026-11-05;;;\n{early}EX-7K3M9Q2R5T;y;a;b;2026-11-06;;;\n"
            ),
            "j.csv:4: `EX-7K3M9Q2R5T` is answered on line 2 already",
        );
    }
}
