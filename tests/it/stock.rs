//! A pack is checked with tools that an auditor has: none of these tests uses our own verifier.
//!
//! They need `ssh-keygen`, `sha256sum`, `bagit.py`, poppler and Chromium, which `tests/run`
//! installs, and fail where one of them is missing.

use std::{fs, path::Path, process::Command};

use crate::company::{Company, run};

fn acme() -> (Company, std::path::PathBuf) {
    let company = Company::copy("acme");
    let (pack, code) = company.build();
    assert_eq!(code, 1);
    (company, pack)
}

#[test]
fn openssh_accepts_the_signature() {
    let (company, pack) = acme();
    let trusted = company.path().join("keys/evidence.allowed_signers");
    let verify = |message: &str| {
        let script = format!(
            "ssh-keygen -Y verify -f {} -I evidence@acme.example -n {} -s \
             tagmanifest-sha256.txt.sig < {message}",
            trusted.display(),
            sodpack::pack::NAMESPACE,
        );
        Command::new("sh").args(["-c", &script]).current_dir(&pack).output().unwrap()
    };
    let output = verify("tagmanifest-sha256.txt");
    assert!(output.status.success(), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stdout).starts_with("Good "));
    assert!(!verify("manifest-sha256.txt").status.success());
}

#[test]
fn coreutils_and_bagit_accept_the_hashes() {
    let (_company, pack) = acme();
    for manifest in ["tagmanifest-sha256.txt", "manifest-sha256.txt"] {
        run("sha256sum", &["--strict", "--quiet", "-c", manifest], &pack);
    }
    let bagit = std::env::var("BAGIT").unwrap_or_else(|_| "bagit.py".to_owned());
    run(&bagit, &["--validate", "."], &pack);
}

#[test]
fn the_commands_in_the_pack_work_as_printed() {
    let (company, pack) = acme();
    let text = fs::read_to_string(pack.join("VERIFY.txt")).unwrap();
    let commands: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("$ ")).collect();
    assert!(commands.len() >= 6, "{text}");
    let trusted = company.path().join("keys/evidence.allowed_signers");
    let script = format!("set -e\nALLOWED={}\n{}\n", trusted.display(), commands.join("\n"));
    let told = run("sh", &["-c", &script], &pack);
    assert!(told.contains("nothing added") && told.contains("Good "), "{told}");
}

#[test]
fn poppler_reads_the_report_back() {
    let (_company, pack) = acme();
    let text = run("pdftotext", &["-layout", "data/report.pdf", "-"], &pack);
    for wanted in ["Acme Payments GmbH", "김다니엘", "فاطمة", "EX-", "self-approval", "page 2 of"]
    {
        assert!(text.to_lowercase().contains(&wanted.to_lowercase()), "{wanted}");
    }
    let facts = run("pdfinfo", &["data/report.pdf"], &pack);
    assert!(facts.contains("A4"), "{facts}");
    let fonts = run("pdffonts", &["data/report.pdf"], &pack);
    for line in fonts.lines().skip(2) {
        assert!(line.contains(" yes yes "), "a font is not embedded and subset: {line}");
    }
}

#[test]
fn a_browser_opens_the_report_without_a_request_or_an_error() {
    let (company, pack) = acme();
    let page = format!("file://{}", pack.join("data/report.html").display());
    let log = company.path().join("net.json");
    let profile = company.path().join("profile");
    let output = Command::new(chromium())
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .args(["--enable-logging=stderr", "--v=0", "--dump-dom"])
        .arg(format!("--user-data-dir={}", profile.display()))
        .arg(format!("--log-net-log={}", log.display()))
        .arg(&page)
        .output()
        .unwrap_or_else(|error| panic!("chromium is needed for this test: {error}"));
    assert!(output.status.success());
    let dom = String::from_utf8(output.stdout).unwrap();
    assert!(dom.contains("Acme Payments GmbH"));
    assert!(!dom.contains("<script>alert"), "a title was not escaped");
    let told = String::from_utf8_lossy(&output.stderr);
    let errors: Vec<_> = told.lines().filter(|line| line.contains("CONSOLE")).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let asked: Vec<_> =
        requests(&log).into_iter().filter(|host| dom.contains(host.as_str())).collect();
    assert!(asked.is_empty(), "the page made requests to {asked:?}");
}

/// Hosts that a browser's network log shows requests to. The browser asks its maker's servers on
/// its own; what the page asks for must be written in the page.
fn requests(log: &Path) -> Vec<String> {
    let text = fs::read_to_string(log).unwrap();
    let addresses = text.split("\"url\":\"").skip(1).filter_map(|rest| rest.split('"').next());
    addresses
        .filter(|url| url.starts_with("http"))
        .filter_map(|url| url.split('/').nth(2))
        .map(str::to_owned)
        .collect()
}

fn chromium() -> String {
    std::env::var("CHROMIUM").unwrap_or_else(|_| "chromium".to_owned())
}
