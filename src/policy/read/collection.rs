//! Reads `collected.csv`.

use super::shape::{self, Shaped, Wrong};
use super::sheet::{Row, Sheet};
use crate::model::{Digest, Export};
use crate::policy::{Collected, Collection, Problems};

const COLUMNS: [&str; 5] = ["path", "sha256", "exported_by", "exported_at", "command"];

impl Collection {
    /// Reads `collected.csv`. `file` is its name in problems. Gives the collection only where the
    /// file is sound. Times without a zone are in `zone`.
    pub fn read(
        file: &str,
        text: &str,
        zone: chrono_tz::Tz,
        problems: &mut Problems,
    ) -> Option<Self> {
        let mut sheet = Sheet::new(file, COLUMNS, problems);
        let mut this = Self::default();
        for row in sheet.rows(text) {
            let Some((path, collected)) = collected(&mut sheet, &row, zone) else { continue };
            let earlier = this.files.get(&path);
            if earlier.is_none_or(|earlier| earlier.export.at <= collected.export.at) {
                this.files.insert(path, collected);
            }
        }
        sheet.sound().then_some(this)
    }
}

fn collected(
    sheet: &mut Sheet<'_, 5>,
    row: &Row<5>,
    zone: chrono_tz::Tz,
) -> Option<(String, Collected)> {
    let path = sheet.need(row, "path", "write the path of the file that was exported", inside);
    let cure = "write the file's SHA-256, as `sha256sum` prints it";
    let digest = sheet.need(row, "sha256", cure, digest);
    let by = sheet.need(row, "exported_by", "write who exported it", shape::line);
    let cure = "write when it was exported, such as `2026-11-01T06:00:00Z`";
    let at = sheet.need(row, "exported_at", cure, |text| shape::start(text, zone));
    let command = sheet.need(row, "command", "write the command that made it", shape::prose);
    let export = Export { by: Some(by?), at: Some(at?), command: Some(command?), digest };
    digest?;
    Some((path?, Collected { export, line: row.line }))
}

/// A path below the configuration's folder, written as `sodpack.toml` writes it.
fn inside(text: &str) -> Shaped<String> {
    let text = shape::line(text)?;
    let plain = |part: &str| !matches!(part, "" | "." | "..");
    if text.split('/').all(plain) && !text.contains('\\') {
        return Ok(text);
    }
    Err(Wrong {
        which: "is no path below the folder of sodpack.toml".to_owned(),
        cure: "write it relative to that folder, with `/`: `exports/2026-11/okta-log.json`"
            .to_owned(),
    })
}

fn digest(text: &str) -> Shaped<Digest> {
    text.to_ascii_lowercase().parse().map_err(|_| Wrong {
        which: "is no SHA-256".to_owned(),
        cure: "write its 64 hexadecimal digits".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "path,sha256,exported_by,exported_at,command\n";

    fn read(rows: &str) -> Result<Collection, String> {
        let mut problems = Problems::default();
        let text = format!("{HEADER}{rows}");
        let collection = Collection::read("c.csv", &text, chrono_tz::Europe::Berlin, &mut problems);
        collection.ok_or_else(|| problems.to_string())
    }

    #[test]
    fn the_latest_row_of_a_file_counts() {
        let (a, b) = (Digest::of(b"a"), Digest::of(b"b"));
        let collection = read(&format!(
            "exports/x.json,{b},fay,2026-11-01T06:00:00Z,\"gh api, again\"\n\
             exports/x.json,{a},ann,2026-10-01 06:00,gh api\n"
        ))
        .unwrap();
        let export = &collection.files["exports/x.json"].export;
        assert_eq!((export.by.as_deref(), export.digest), (Some("fay"), Some(b)));
        assert_eq!(export.command.as_deref(), Some("gh api, again"));
        assert!(read("").unwrap().files.is_empty());
    }

    #[test]
    fn faults_are_told_at_once() {
        let told = read("../x.json,00,,yesterday,\n").unwrap_err();
        for want in [
            "c.csv:2: `path` holds `../x.json`, which is no path below",
            "c.csv:2: `sha256` holds `00`, which is no SHA-256",
            "c.csv:2: `exported_by` is empty",
            "c.csv:2: `exported_at` holds `yesterday`",
            "c.csv:2: `command` is empty",
        ] {
            assert!(told.contains(want), "{told}");
        }
    }
}
