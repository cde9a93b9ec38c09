//! Reads `drills.csv`.

use std::collections::BTreeMap;

use super::shape::{self, Shaped, Wrong};
use super::sheet::{Row, Sheet};
use super::spelling::{did_you_mean, quoted};
use crate::model::{Digest, Instant};
use crate::policy::{Drill, Drills, Pattern, PositiveControl, PrincipalId, Principals, Problems};

/// Columns of `drills.csv`.
pub const DRILL_COLUMNS: [&str; 11] = [
    "id",
    "who",
    "action",
    "target",
    "code",
    "from",
    "until",
    "conductor",
    "control_who",
    "control_action",
    "control_target",
];

/// Longest window, in days. In a longer one a refusal that nobody planned would pass for the
/// drill's.
const LONGEST: i64 = 31;

impl Drills {
    /// What holds where there is no file.
    pub fn none() -> Self {
        Self { digest: Digest::of(b""), all: Vec::new() }
    }

    /// Reads `drills.csv`. `file` is its name in problems. Gives the drills only where the file is
    /// sound.
    ///
    /// Times without a zone are in `zone`. A date in `from` is its first moment; a date in `until`
    /// is the last day, which belongs to the window. Whoever is named must be in `principals`;
    /// where the registry could not be read that is not checked, and no drills are given.
    pub fn read(
        file: &str,
        text: &str,
        zone: chrono_tz::Tz,
        principals: Option<&Principals>,
        problems: &mut Problems,
    ) -> Option<Self> {
        let mut sheet = Sheet::new(file, DRILL_COLUMNS, problems);
        let mut ids = BTreeMap::new();
        let (mut all, mut rows) = (Vec::new(), 0);
        for row in sheet.rows(text) {
            rows += 1;
            check_id(&mut sheet, &row, &mut ids);
            all.extend(drill(&mut sheet, &row, zone, principals));
        }
        let whole = all.len() == rows;
        (sheet.sound() && whole).then(|| Self { digest: Digest::of(text.as_bytes()), all })
    }
}

fn drill(
    sheet: &mut Sheet<'_, 11>,
    row: &Row<11>,
    zone: chrono_tz::Tz,
    principals: Option<&Principals>,
) -> Option<Drill> {
    let id = sheet.need(row, "id", "write a short id such as `DR-2026-10-01`", id);
    let known = |text: &str| principal(text, principals);
    let who = sheet.need(row, "who", "write the id of the principal who tries it", known);
    let cure = "write what is tried, such as `aws:s3:PutBucketPolicy`";
    let action = sheet.need(row, "action", cure, action);
    let target = sheet.get(row, "target", shape::bare);
    let code = sheet.get(row, "code", shape::line);
    let window = window(sheet, row, zone);
    let cure = "write the id of the principal who answers for the drill";
    let conductor = sheet.need(row, "conductor", cure, known);
    let control = control(sheet, row, who.flatten(), principals);
    let (from, until) = window?;
    Some(Drill {
        id: id?,
        who: who??,
        action: action?,
        target,
        code,
        from,
        until,
        conductor: conductor??,
        control: control.ok()?,
        line: row.line,
    })
}

fn window(
    sheet: &mut Sheet<'_, 11>,
    row: &Row<11>,
    zone: chrono_tz::Tz,
) -> Option<(Instant, Instant)> {
    let cure = "write when it begins, such as `2026-10-22 10:00`";
    let from = sheet.need(row, "from", cure, |text| shape::start(text, zone));
    let cure = "write when it is over, such as `2026-10-22 12:00`";
    let until = sheet.need(row, "until", cure, |text| shape::end(text, zone));
    let (from, until) = (from?, until?);
    if until <= from {
        sheet.note(
            row.line,
            "`until` does not lie after `from`: the window is empty",
            "correct one of them",
        );
    } else if until > from.shifted(LONGEST * 86_400) {
        let fault = format!("the window is longer than {LONGEST} days");
        let cure = "shorten it: a refusal that nobody planned would pass for the drill's";
        sheet.note(row.line, fault, cure);
    }
    Some((from, until))
}

/// The positive control; an error where one was begun and cannot be used.
fn control(
    sheet: &mut Sheet<'_, 11>,
    row: &Row<11>,
    tries: Option<PrincipalId>,
    principals: Option<&Principals>,
) -> Result<Option<PositiveControl>, ()> {
    let named = !sheet.text(row, "control_who").is_empty();
    let who = sheet.get(row, "control_who", |text| principal(text, principals));
    let written = sheet.get(row, "control_action", action);
    let target = sheet.get(row, "control_target", shape::bare);
    let begun = ["control_action", "control_target"];
    if !named && let Some(column) = begun.into_iter().find(|c| !sheet.text(row, c).is_empty()) {
        let cure = "write in `control_who` who is to succeed, or empty both";
        sheet.note(row.line, format!("`{column}` without `control_who`"), cure);
        return Err(());
    }
    let Some(who) = who.flatten() else { return if named { Err(()) } else { Ok(None) } };
    if Some(who) == tries {
        let cure = "name somebody who may do what is tried, or leave it empty";
        sheet.note(row.line, "`control_who` is `who`: nobody is refused and allowed alike", cure);
    }
    Ok(Some(PositiveControl { who, action: written, target }))
}

fn id(text: &str) -> Shaped<String> {
    if text.len() <= 100 && !text.contains(char::is_whitespace) {
        return shape::line(text);
    }
    let which = "holds a blank or is longer than 100 bytes".to_owned();
    Err(Wrong { which, cure: "write a short id such as `DR-2026-10-01`".to_owned() })
}

/// What is tried: `system:name`. One that takes in everything would be met by any refusal.
fn action(text: &str) -> Shaped<Pattern> {
    let pattern = shape::pattern(text)?;
    let (system, local) = text.split_once(':').unwrap_or_default();
    if system.contains(['*', '?']) || local.chars().all(|c| matches!(c, '*' | '?')) {
        let which = "any action would be".to_owned();
        let cure = "write the action as the log names it, such as `aws:s3:PutBucketPolicy`";
        return Err(Wrong { which, cure: cure.to_owned() });
    }
    Ok(pattern)
}

/// A principal of the registry; `None` where there is no registry to look it up in.
fn principal(text: &str, principals: Option<&Principals>) -> Shaped<Option<PrincipalId>> {
    let Some(principals) = principals else { return Ok(None) };
    if let Some(id) = principals.named(text) {
        return Ok(Some(id));
    }
    let ids = principals.all.iter().map(|principal| principal.id.as_str());
    let cure = did_you_mean(text, ids, "add it to the registry, or write one of");
    Err(Wrong { which: "is not in the registry".to_owned(), cure })
}

/// Two drills of one id would be taken for one by everybody who reads the pack.
fn check_id(sheet: &mut Sheet<'_, 11>, row: &Row<11>, ids: &mut BTreeMap<String, u32>) {
    let id = sheet.text(row, "id").to_owned();
    if id.is_empty() {
        return;
    }
    if let Some(first) = ids.insert(id.to_lowercase(), row.line) {
        let fault = format!("drill {} is on line {first} already", quoted(&id));
        sheet.note(row.line, fault, "give one of them another id");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "id,who,action,target,code,from,until,conductor,control_who,\
                        control_action,control_target\n";
    const REGISTRY: &str = "id,name,kind,sponsor,accounts,emails,tier,valid_from,valid_until\n\
                            ann,Ann,human,,,,,,\nbob,Bob,human,,,,,,\nfix,Fixer,agent,ann,,,,,\n";

    fn principals() -> Principals {
        let mut problems = Problems::default();
        let zone = chrono_tz::Europe::Berlin;
        Principals::read("p.csv", REGISTRY, zone, None, &mut problems).unwrap()
    }

    fn read(rows: &str) -> Result<Vec<Drill>, Vec<String>> {
        let mut problems = Problems::default();
        let zone = chrono_tz::Europe::Berlin;
        let text = format!("{HEAD}{rows}");
        let read = Drills::read("d.csv", &text, zone, Some(&principals()), &mut problems);
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

    const SOUND: &str = "D1,fix,aws:s3:Put*,arn:x,AccessDenied,2026-10-22 10:00,2026-10-22,ann";

    #[test]
    fn drills() {
        let all = read(&format!(
            "{SOUND},bob,,arn:y\nD2,fix,k8s:delete pods,,,2026-10-01,2026-10-01,bob,,,\n"
        ))
        .unwrap();
        let [first, second] = all.as_slice() else { panic!("{all:?}") };
        assert_eq!((first.id.as_str(), first.who.0, first.conductor.0), ("D1", 2, 0));
        assert_eq!(first.from.to_string(), "2026-10-22T08:00:00Z");
        // The last day belongs to the window.
        assert_eq!(first.until.to_string(), "2026-10-22T22:00:00Z");
        let control = first.control.as_ref().unwrap();
        assert_eq!((control.who.0, control.action.is_none()), (1, true));
        assert_eq!(control.target.as_ref().map(Pattern::text), Some("arn:y"));
        assert!(second.control.is_none() && second.target.is_none() && second.code.is_none());
        assert_eq!((first.line, second.line), (2, 3));
    }

    #[test]
    fn single_faults() {
        let with = |from: &str, to: &str| format!("{},,,\n", SOUND.replacen(from, to, 1));
        one(&with("D1", ""), "d.csv:2: `id` is empty");
        one(&with("D1", "a b"), "d.csv:2: `id` holds `a b`, which holds a blank");
        one(&with("fix", ""), "d.csv:2: `who` is empty");
        one(
            &with("fix", "fx"),
            "d.csv:2: `who` holds `fx`, which is not in the registry; did you mean `fix`?",
        );
        one(
            &with("ann", "zed"),
            "d.csv:2: `conductor` holds `zed`, which is not in the registry; add it to the registry, or write one of: `ann`, `bob` or `fix`",
        );
        one(&with(",ann", ","), "d.csv:2: `conductor` is empty");
        one(&with("aws:s3:Put*", ""), "d.csv:2: `action` is empty");
        one(
            &with("aws:s3:Put*", "PutBucketPolicy"),
            "d.csv:2: `action` holds `PutBucketPolicy`, which names no system",
        );
        for everything in ["aws:*", "*:s3:PutObject", "aws:**"] {
            one(
                &with("aws:s3:Put*", everything),
                &format!("d.csv:2: `action` holds `{everything}`, which any action would be"),
            );
        }
        one(&with("2026-10-22 10:00", ""), "d.csv:2: `from` is empty");
        one(&with("2026-10-22,", "yesterday,"), "d.csv:2: `until` holds `yesterday`, which is not");
        one(
            &with("2026-10-22,", "2026-10-22 10:00,"),
            "d.csv:2: `until` does not lie after `from`: the window is empty",
        );
        one(&with("2026-10-22,", "2027-10-22,"), "d.csv:2: the window is longer than 31 days");
        one(&format!("{SOUND},fix,,\n"), "d.csv:2: `control_who` is `who`");
        one(&format!("{SOUND},bo,,\n"), "d.csv:2: `control_who` holds `bo`, which is not in");
        one(&format!("{SOUND},,aws:a:b,\n"), "d.csv:2: `control_action` without `control_who`");
        one(&format!("{SOUND},,,x\n"), "d.csv:2: `control_target` without `control_who`");
        one(
            &format!("{SOUND},,,\n{},,,\n", SOUND.replace("D1", "d1")),
            "d.csv:3: drill `d1` is on line 2 already",
        );
    }

    #[test]
    fn all_faults_at_once() {
        let rows = format!("{SOUND},zed,,\n{SOUND},,,\n,no,x,,,,2026-10-01,,,,\n");
        let lines: Vec<String> = read(&rows)
            .unwrap_err()
            .iter()
            .map(|problem| problem.split(": ").next().unwrap().to_owned())
            .collect();
        assert_eq!(
            lines,
            ["d.csv:2", "d.csv:3"].into_iter().chain(["d.csv:4"; 5]).collect::<Vec<_>>()
        );
    }

    #[test]
    fn without_a_registry_nothing_is_given_and_nobody_is_blamed() {
        let mut problems = Problems::default();
        let text = format!("{HEAD}{SOUND},,,\n");
        let read = Drills::read("d.csv", &text, chrono_tz::UTC, None, &mut problems);
        assert!(read.is_none() && problems.0.is_empty());
        let empty = Drills::read("d.csv", HEAD, chrono_tz::UTC, None, &mut problems);
        assert!(empty.is_some_and(|drills| drills.all.is_empty()));
    }
}
