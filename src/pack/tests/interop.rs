//! The tools that auditors have: each must accept what we make, and we what they make.
//!
//! These tests need ssh-keygen, ssh-agent, ssh-add, sha256sum, openssl and unzip. They fail when
//! one is missing: a pack whose promise was not tried is not tested.
#![cfg(unix)]

use std::process::Command;

use super::{
    tools::{allowed_file, commands, shell, succeed},
    *,
};

#[test]
fn the_commands_of_verify_txt_accept_the_pack_and_refuse_a_changed_one() {
    let place = tempfile::tempdir().unwrap();
    build(place.path(), 9);
    let sealed = build(place.path(), 10);
    let allowed = allowed_file(place.path(), 1);
    let verdicts = |path: &Path, allowed: &Path| -> Vec<bool> {
        let run = |line: &String| shell(path, allowed, line).status.success();
        commands(path).iter().map(run).collect()
    };
    // Set ALLOWED, signature, tag files, payload, nothing added, period, earlier packs
    assert_eq!(verdicts(&sealed.path, &allowed), [true; 7]);
    assert_eq!(verdicts(&place.path().join(folder(9)), &allowed), [true; 7], "the first pack");
    let stranger = allowed_file(place.path(), 66);
    let refused = [true, false, true, true, true, true, true];
    assert_eq!(verdicts(&sealed.path, &stranger), refused);

    put(&sealed.path.join("data/extra.csv"), b"x");
    assert_eq!(verdicts(&sealed.path, &allowed), [true, true, true, true, false, true, true]);
    fs::remove_file(sealed.path.join("data/extra.csv")).unwrap();
    put(&sealed.path.join("data/report.html"), b"changed");
    assert_eq!(verdicts(&sealed.path, &allowed), [true, true, true, false, true, true, true]);
    put(&place.path().join(folder(9)).join(TAGMANIFEST), b"changed");
    assert_eq!(verdicts(&sealed.path, &allowed), [true, true, true, false, true, true, false]);
    put(&sealed.path.join(BAG_INFO), b"changed");
    assert_eq!(verdicts(&sealed.path, &allowed), [true, true, false, false, true, false, false]);
}

#[test]
fn ssh_keygen_says_good_and_names_the_signer() {
    let place = tempfile::tempdir().unwrap();
    let sealed = build(place.path(), 10);
    let allowed = allowed_file(place.path(), 1);
    let verify = commands(&sealed.path).remove(1);
    let output = shell(&sealed.path, &allowed, &verify);
    let said = String::from_utf8(output.stdout).unwrap();
    let good = format!(
        "Good \"{NAMESPACE}\" signature for {WHO} with ED25519 key {}\n",
        sealed.fingerprint
    );
    assert_eq!(said, good);
    // It checks the time too, as we do
    let key = key(1).public_key().to_openssh().unwrap();
    put(&allowed, format!("{WHO} valid-before=\"20260101Z\" {key}\n").as_bytes());
    assert!(!shell(&sealed.path, &allowed, &verify).status.success());
}

#[test]
fn a_reviewer_countersigns_with_ssh_keygen() {
    let place = tempfile::tempdir().unwrap();
    let sealed = build(place.path(), 10);
    let reviewer = place.path().join("reviewer");
    let made = keys::generate(&reviewer, "reviewer@acme.example", None).unwrap();
    let message = place.path().join("m.reviewer");
    put(&message, &fs::read(sealed.path.join(TAGMANIFEST)).unwrap());
    succeed(
        Command::new("ssh-keygen")
            .args(["-Y", "sign", "-n", NAMESPACE, "-f"])
            .arg(&reviewer)
            .arg(&message),
    );
    put(
        &sealed.path.join(COUNTERSIGNATURE),
        &fs::read(place.path().join("m.reviewer.sig")).unwrap(),
    );
    let lines = [
        fs::read(allowed_file(place.path(), 1)).unwrap(),
        fs::read(made.allowed_signers_path).unwrap(),
    ]
    .concat();
    let trust = AllowedSigners::parse(&lines, "as").unwrap();
    let verification = verify(&sealed.path, &trust, &expect(10));
    assert_eq!(verification.steps.last().unwrap().outcome, Outcome::Ok, "{verification:?}");
    assert!(verification.passed());
    let allowed = place.path().join("allowed");
    put(&allowed, &lines);
    assert!(
        commands(&sealed.path).iter().all(|c| shell(&sealed.path, &allowed, c).status.success())
    );
}

#[test]
fn a_real_time_stamp_is_read_and_openssl_accepts_it() {
    let place = tempfile::tempdir().unwrap();
    let sealed = build(place.path(), 10);
    let at = |name: &str| place.path().join(name);
    put(&at("tsa.cnf"), b"[req]\ndistinguished_name=dn\nprompt=no\nx509_extensions=ext\n[dn]\nCN=tsa\n[ext]\nextendedKeyUsage=critical,timeStamping\n\
        [tsa]\ndefault_tsa=conf\n[conf]\nserial=serial\ndefault_policy=1.2.3\ndigests=sha256,sha512\nsigner_digest=sha256\n");
    let openssl = |args: &[&str]| {
        let mut command = Command::new("openssl");
        command.args(args).current_dir(place.path()).env("OPENSSL_CONF", at("tsa.cnf"));
        succeed(&mut command)
    };
    openssl(&[
        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "k.pem", "-out", "c.pem",
        "-days", "30", "-config", "tsa.cnf",
    ]);
    let signature = sealed.path.join(SIGNATURE);
    openssl(&[
        "ts",
        "-query",
        "-data",
        signature.to_str().unwrap(),
        "-sha512",
        "-cert",
        "-out",
        "q",
    ]);
    openssl(&[
        "ts",
        "-reply",
        "-queryfile",
        "q",
        "-signer",
        "c.pem",
        "-inkey",
        "k.pem",
        "-config",
        "tsa.cnf",
        "-section",
        "conf",
        "-out",
        "r",
    ]);
    attach_timestamp(&sealed.path, &fs::read(at("r")).unwrap()).unwrap();

    let verification = verify(&sealed.path, &trust(1), &expect(10));
    assert!(verification.passed(), "{:?}", verification.steps);
    let step = verification.unchecked().find(|step| step.check == Check::Timestamp).unwrap();
    let command =
        step.detail.split("check with: ").nth(1).unwrap().replace("tsa-ca.pem", "../c.pem");
    let output = shell(&sealed.path, Path::new(""), &command);
    assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
    // The lines of VERIFY.txt find the same time
    let text = fs::read_to_string(sealed.path.join(INSTRUCTIONS)).unwrap();
    let lines: Vec<_> =
        text.lines().skip_while(|l| !l.starts_with("    T=$(openssl")).take(2).collect();
    let script = lines.join("\n").replace("tsa-ca.pem", "../c.pem");
    let output = shell(&sealed.path, Path::new(""), &script);
    assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn unzip_unpacks_the_archive_to_the_same_files() {
    let place = tempfile::tempdir().unwrap();
    let sealed = build(place.path(), 10);
    let archive = sealed.archive().unwrap();
    let out = place.path().join("out");
    succeed(Command::new("unzip").arg("-q").arg(&archive.path).arg("-d").arg(&out));
    assert_eq!(contents(&out.join(folder(10))), contents(&sealed.path));
}
