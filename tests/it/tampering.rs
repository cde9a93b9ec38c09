//! Whatever is done to a pack after it was signed is refused.

use std::{fs, path::Path};

use crate::company::{Company, files};

fn verifies(company: &Company, pack: &Path) -> bool {
    let trusted = company.path().join("keys/evidence.allowed_signers");
    let output = company.sodpack(&[
        "verify",
        pack.to_str().unwrap(),
        "--allowed-signers",
        trusted.to_str().unwrap(),
        "--period",
        "2026-10",
    ]);
    let code = output.status.code().unwrap();
    assert_ne!(code, 2, "{}", String::from_utf8_lossy(&output.stderr));
    code == 0
}

#[test]
fn a_flipped_byte_anywhere_is_refused() {
    let company = Company::copy("clean");
    let (pack, _) = company.build();
    assert!(verifies(&company, &pack));
    // Each byte of each file of a small pack is flipped in the tests of `pack`; here the real
    // pack's files, at their beginning, middle and end.
    for (path, bytes) in files(&pack) {
        for at in [0, bytes.len() / 2, bytes.len().saturating_sub(1)] {
            let Some(byte) = bytes.get(at) else { continue };
            let mut changed = bytes.clone();
            changed[at] = byte ^ 1;
            fs::write(pack.join(&path), changed).unwrap();
            assert!(!verifies(&company, &pack), "{path} byte {at}");
        }
        fs::write(pack.join(&path), bytes).unwrap();
    }
    assert!(verifies(&company, &pack));
}

#[test]
fn added_files_and_other_periods_are_refused() {
    let company = Company::copy("clean");
    let (pack, _) = company.build();
    let archive = pack.with_extension("zip");
    assert!(verifies(&company, &archive));
    for added in ["READ-ME-FIRST.html", "data/extra.csv", "data/tables/extra/x"] {
        let file = pack.join(added);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, "x").unwrap();
        assert!(!verifies(&company, &pack), "{added}");
        fs::remove_file(&file).unwrap();
    }
    let output = company.sodpack(&[
        "verify",
        archive.to_str().unwrap(),
        "-a",
        "keys/evidence.allowed_signers",
        "--period",
        "2026-09",
    ]);
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn packs_are_never_overwritten_and_broken_chains_not_extended() {
    let company = Company::copy("clean");
    let build = |period: &str, as_of: &str, more: &[&str]| {
        let args = [&["build", "-q", "--period", period, "--as-of", as_of], more].concat();
        let output = company.sodpack(&args);
        (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let (pack, _) = company.build();
    let (code, told) = build("2026-10", "2026-11-06", &[]);
    assert_eq!(code, 2, "{told}");
    assert!(told.starts_with("error: no pack was made"), "{told}");
    // A month with no records at all has its pack where somebody says so, and it is incomplete.
    company.exported("2026-12-02");
    assert_eq!(build("2026-11", "2026-12-02", &["--empty-period"]).0, 3);
    let (code, told) = build("2027-01", "2027-02-02", &["--empty-period"]);
    assert_eq!(code, 2, "a gap: {told}");
    fs::write(pack.join("data/report.html"), "another").unwrap();
    let (code, told) = build("2026-12", "2027-01-02", &["--empty-period"]);
    assert_eq!(code, 2, "a broken link: {told}");
}
