//! The tools that auditors have: each must accept what we make, and we what they make.
//!
//! These tests need ssh-keygen, ssh-agent, ssh-add, sha256sum, openssl and unzip. They fail when
//! one is missing: a pack whose promise was not tried is not tested.
#![cfg(unix)]

use std::process::{Child, Command, Output, Stdio};

use zeroize::Zeroizing;

use super::*;

fn run(command: &mut Command) -> Output {
    let output = command.stdin(Stdio::null()).output();
    output.unwrap_or_else(|fault| panic!("{command:?}: {fault}; these tests need it installed"))
}

fn succeed(command: &mut Command) -> String {
    let output = run(command);
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    assert!(output.status.success(), "{command:?}: {said}");
    said
}

/// Runs a line in the pack's folder as VERIFY.txt says.
fn shell(folder: &Path, allowed: &Path, line: &str) -> Output {
    run(Command::new("sh").arg("-c").arg(line).current_dir(folder).env("ALLOWED", allowed))
}

/// The allowed_signers file of an auditor who trusts the key of a seed.
fn allowed_file(place: &Path, seed: u8) -> PathBuf {
    let path = place.join(format!("allowed-{seed}"));
    put(&path, allowed::line_for(WHO, key(seed).public_key()).unwrap().as_bytes());
    path
}

/// The commands of VERIFY.txt, each with all it needs set.
fn commands(folder: &Path) -> Vec<String> {
    let text = fs::read_to_string(folder.join(INSTRUCTIONS)).unwrap();
    text.lines().filter_map(|line| line.strip_prefix("$ ")).map(str::to_owned).collect()
}

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
fn ssh_keygen_signs_the_same_bytes_as_we_do() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("key");
    keys::generate(&path, WHO, None).unwrap();
    let key = keys::load(&path, || Err(std::io::Error::other("not encrypted"))).unwrap();
    let ours = Signer::from_key(key).unwrap().sign(b"message\n").unwrap();
    let message = place.path().join("message");
    put(&message, b"message\n");
    succeed(
        Command::new("ssh-keygen")
            .args(["-Y", "sign", "-n", NAMESPACE, "-f"])
            .arg(&path)
            .arg(&message),
    );
    assert_eq!(fs::read_to_string(place.path().join("message.sig")).unwrap(), ours);
    let public = succeed(Command::new("ssh-keygen").arg("-y").arg("-f").arg(&path));
    let ours = fs::read_to_string(place.path().join("key.pub")).unwrap();
    assert_eq!(public.split_whitespace().nth(1), ours.split_whitespace().nth(1));
}

#[test]
fn encrypted_keys_open_on_both_sides() {
    let place = tempfile::tempdir().unwrap();
    let ours = place.path().join("ours");
    let made = keys::generate(&ours, WHO, Some("pass phrase")).unwrap();
    let public =
        succeed(Command::new("ssh-keygen").args(["-y", "-P", "pass phrase", "-f"]).arg(&ours));
    assert_eq!(public.split_whitespace().nth(1), made.public_key.split_whitespace().nth(1));
    assert!(
        !run(Command::new("ssh-keygen").args(["-y", "-P", "wrong", "-f"]).arg(&ours))
            .status
            .success()
    );

    for cipher in
        ["aes256-ctr", "aes256-cbc", "aes256-gcm@openssh.com", "chacha20-poly1305@openssh.com"]
    {
        let theirs = place.path().join(cipher);
        succeed(
            Command::new("ssh-keygen")
                .args(["-q", "-t", "ed25519", "-a", "2", "-Z", cipher, "-N", "pass phrase", "-f"])
                .arg(&theirs),
        );
        let load = |phrase: &str| {
            let phrase = Zeroizing::new(phrase.to_owned());
            keys::load(&theirs, move || Ok(phrase))
        };
        assert!(
            Signer::from_key(load("pass phrase").unwrap()).unwrap().sign(b"m").is_ok(),
            "{cipher}"
        );
        assert!(matches!(load("wrong"), Err(KeyError::WrongPassphrase(_))), "{cipher}");
    }
}

#[test]
fn keys_of_other_types_are_told_apart() {
    let place = tempfile::tempdir().unwrap();
    for (kind, bits, usable) in
        [("ecdsa", "256", true), ("ecdsa", "384", false), ("rsa", "2048", false)]
    {
        let path = place.path().join(format!("{kind}{bits}"));
        succeed(
            Command::new("ssh-keygen")
                .args(["-q", "-t", kind, "-b", bits, "-N", "", "-f"])
                .arg(&path),
        );
        let loaded = keys::load(&path, || Err(std::io::Error::other("not encrypted")));
        match loaded {
            Ok(key) => {
                let signer = Signer::from_key(key).unwrap();
                assert!(
                    usable && !signer.reproducible() && signer.sign(b"m").is_ok(),
                    "{kind}{bits}"
                );
            }
            Err(KeyError::Unsupported(_)) => assert!(!usable, "{kind}{bits}"),
            Err(other) => panic!("{kind}{bits}: {other}"),
        }
    }
}

/// A stock agent that ends with the test.
struct RunningAgent(Child, PathBuf);

impl RunningAgent {
    fn start(place: &Path) -> Self {
        let socket = place.join("agent.sock");
        let child = Command::new("ssh-agent")
            .arg("-D")
            .arg("-a")
            .arg(&socket)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let child = child.unwrap_or_else(|fault| panic!("ssh-agent: {fault}; this test needs it"));
        for _ in 0..200 {
            if socket.exists() {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(25));
        }
        Self(child, socket)
    }

    fn add(&self, path: &Path) {
        succeed(Command::new("ssh-add").arg("-q").arg(path).env("SSH_AUTH_SOCK", &self.1));
    }
}

impl Drop for RunningAgent {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_stock_agent_signs_packs() {
    let place = tempfile::tempdir().unwrap();
    let (ed, ec, out) =
        (place.path().join("ed"), place.path().join("ec"), place.path().join("out"));
    let made = keys::generate(&ed, WHO, None).unwrap();
    succeed(Command::new("ssh-keygen").args(["-q", "-t", "ecdsa", "-N", "", "-f"]).arg(&ec));
    let running = RunningAgent::start(place.path());
    let agent = Agent::at(&running.1);
    let public = keys::load_public(&made.public_path).unwrap();
    assert!(agent.identities().unwrap().is_empty());
    let missing = Signer::from_agent(agent.clone(), &public).unwrap_err();
    assert!(missing.to_string().contains("does not hold"), "{missing}");
    running.add(&ed);
    running.add(&ec);
    assert_eq!(agent.identities().unwrap().len(), 2);

    let signer = Signer::from_agent(agent.clone(), &public).unwrap();
    let file =
        Signer::from_key(keys::load(&ed, || Err(std::io::Error::other("no"))).unwrap()).unwrap();
    assert_eq!(
        signer.sign(b"m").unwrap(),
        file.sign(b"m").unwrap(),
        "the same key, the same bytes"
    );

    // A whole pack, signed by the agent's P-256 key
    let ec_public = keys::load_public(&place.path().join("ec.pub")).unwrap();
    let signer = Signer::from_agent(agent, &ec_public).unwrap();
    assert!(!signer.reproducible());
    let trust = AllowedSigners::of_key(WHO, &ec_public);
    let chain = Chain::open(&out, month(10), &trust).unwrap();
    let builder = Builder::create(&out, "p").unwrap();
    builder.add("data/x", b"x").unwrap();
    let sealed = builder.seal(&plan(), &chain, &signer).unwrap();
    assert!(verify(&sealed.path, &trust, &expect(10)).passed());
    let allowed = place.path().join("allowed");
    put(&allowed, allowed::line_for(WHO, &ec_public).unwrap().as_bytes());
    assert!(shell(&sealed.path, &allowed, &commands(&sealed.path)[1]).status.success());
}

#[test]
fn no_agent_is_said_plainly() {
    let fault = Agent::at(Path::new("/nonexistent/agent.sock")).identities().unwrap_err();
    assert!(fault.to_string().contains("cannot reach ssh-agent"), "{fault}");
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
