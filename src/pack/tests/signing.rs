//! Keys and agents of OpenSSH: what we make it takes, and what it makes we take.
#![cfg(unix)]

use std::process::{Child, Command, Stdio};

use zeroize::Zeroizing;

use super::{
    tools::{commands, run, shell, succeed},
    *,
};

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
    put(&allowed, trust::line_for(WHO, &ec_public).unwrap().as_bytes());
    assert!(shell(&sealed.path, &allowed, &commands(&sealed.path)[1]).status.success());
}

#[test]
fn no_agent_is_said_plainly() {
    let fault = Agent::at(Path::new("/nonexistent/agent.sock")).identities().unwrap_err();
    assert!(fault.to_string().contains("cannot reach ssh-agent"), "{fault}");
}
