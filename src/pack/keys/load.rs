//! Loading key files as carefully as OpenSSH does.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use ssh_key::{PrivateKey, PublicKey};
use zeroize::Zeroizing;

use crate::pack::{keys::KeyError, sign};

/// Key files are a few kilobytes; more is something else.
const MAX_KEY_FILE: u64 = 64 * 1024;

/// Loads an OpenSSH private key, asking `passphrase` only when the key is encrypted.
///
/// # Errors
/// When the file cannot be read, is readable by others although it is ours, is no OpenSSH private
/// key, is of a type that cannot sign, or the passphrase is missing or wrong.
pub fn load(
    path: &Path,
    passphrase: impl FnOnce() -> io::Result<Zeroizing<String>>,
) -> Result<PrivateKey, KeyError> {
    let format = |fault: String| KeyError::Format { path: path.to_owned(), fault };
    let file = File::open(path).map_err(KeyError::io(path, "open"))?;
    check_permissions(path, &file)?;
    let bytes = read_key_file(path, file)?;
    let key =
        PrivateKey::from_openssh(&*bytes).map_err(|fault| format(diagnose(&bytes, &fault)))?;
    sign::check_algorithm(key.public_key().key_data())?;
    let key = if key.is_encrypted() {
        let secret = passphrase()
            .map_err(|source| KeyError::NoPassphrase { path: path.to_owned(), source })?;
        key.decrypt(secret.as_bytes()).map_err(|_| KeyError::WrongPassphrase(path.to_owned()))?
    } else {
        key
    };
    match key.key_data() {
        ssh_key::private::KeypairData::Ed25519(_) | ssh_key::private::KeypairData::Ecdsa(_) => {
            Ok(key)
        }
        _ => Err(format(
            "the private part stays in a security key; sign through ssh-agent instead".to_owned(),
        )),
    }
}

/// Loads a public key file (`….pub`).
///
/// # Errors
/// When it cannot be read or is no public key in OpenSSH's one-line form.
pub fn load_public(path: &Path) -> Result<PublicKey, KeyError> {
    let file = File::open(path).map_err(KeyError::io(path, "open"))?;
    let bytes = read_key_file(path, file)?;
    let text = String::from_utf8_lossy(&bytes);
    PublicKey::from_openssh(text.trim()).map_err(|fault| KeyError::Format {
        path: path.to_owned(),
        fault: format!("not an openssh public key ({fault}); name the .pub file"),
    })
}

fn read_key_file(path: &Path, file: File) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let mut bytes = Zeroizing::new(Vec::new());
    file.take(MAX_KEY_FILE).read_to_end(&mut bytes).map_err(KeyError::io(path, "read"))?;
    Ok(bytes)
}

/// Says which other kind of file it is, with the command that converts it.
fn diagnose(bytes: &[u8], fault: &ssh_key::Error) -> String {
    let text = String::from_utf8_lossy(bytes);
    let cure = if text.starts_with("PuTTY-User-Key-File") {
        "a putty key; convert it with `puttygen KEY -O private-openssh-new -o NEW`"
    } else if text.starts_with("ssh-") || text.starts_with("ecdsa-") {
        "a public key; name the private one, or sign through ssh-agent"
    } else if text.contains("BEGIN OPENSSH PRIVATE KEY") {
        return format!("a damaged or unsupported openssh key ({fault}); restore it from a backup");
    } else if text.contains("PRIVATE KEY-----") {
        "a pem key; convert a copy with `ssh-keygen -p -f COPY`"
    } else {
        "not an openssh private key; make one with `sodpack keygen` or `ssh-keygen -t ed25519`"
    };
    cure.to_owned()
}

/// Refuses what others can read, but only of a file that is ours: secret mounts of containers are
/// often owned by another user and readable by a group, which OpenSSH accepts for the same reason.
#[cfg(unix)]
fn check_permissions(path: &Path, file: &File) -> Result<(), KeyError> {
    use std::os::unix::fs::MetadataExt;
    let meta = file.metadata().map_err(KeyError::io(path, "read the permissions"))?;
    let mode = meta.mode() & 0o777;
    if meta.uid() == rustix::process::geteuid().as_raw() && mode & 0o077 != 0 {
        return Err(KeyError::Permissions { path: path.to_owned(), mode });
    }
    Ok(())
}

#[cfg(not(unix))]
fn check_permissions(_: &Path, _: &File) -> Result<(), KeyError> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use ssh_key::HashAlg;

    use super::*;
    use crate::pack::keys::generate;

    fn nobody() -> io::Result<Zeroizing<String>> {
        Err(io::Error::other("no terminal"))
    }

    #[test]
    fn a_new_key_is_private_and_never_overwritten() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("key");
        let made = generate(&path, "evidence@acme.example", None).unwrap();
        let key = load(&path, nobody).unwrap();
        assert_eq!(key.fingerprint(HashAlg::Sha256).to_string(), made.fingerprint);
        let line = fs::read_to_string(&made.allowed_signers_path).unwrap();
        assert!(
            line.starts_with("evidence@acme.example namespaces=\"") && line.lines().count() == 1
        );
        assert!(matches!(generate(&path, "a@b", None), Err(KeyError::Exists(_))));

        fs::remove_file(&path).unwrap();
        assert!(matches!(generate(&path, "a@b", None), Err(KeyError::Exists(_))));
        assert!(!path.exists(), "nothing is made when one of the three names is taken");
    }

    #[cfg(unix)]
    #[test]
    fn what_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("key");
        generate(&path, "a@b", None).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let refused = load(&path, nobody).unwrap_err();
        assert!(matches!(refused, KeyError::Permissions { mode: 0o640, .. }), "{refused}");
    }

    #[test]
    fn a_passphrase_is_needed_and_checked() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("key");
        generate(&path, "a@b", Some("right")).unwrap();
        let with = |text: &str| {
            let text = Zeroizing::new(text.to_owned());
            load(&path, move || Ok(text))
        };
        assert!(with("right").is_ok());
        assert!(matches!(with("wrong").unwrap_err(), KeyError::WrongPassphrase(_)));
        assert!(matches!(load(&path, nobody).unwrap_err(), KeyError::NoPassphrase { .. }));
    }

    #[test]
    fn other_files_are_told_apart() {
        for (text, word) in [
            ("-----BEGIN RSA PRIVATE KEY-----\n", "pem key"),
            ("PuTTY-User-Key-File-3: ssh-ed25519\n", "puttygen"),
            ("ssh-ed25519 AAAA\n", "public key"),
            ("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n", "damaged"),
            ("hello", "keygen"),
        ] {
            let said = diagnose(text.as_bytes(), &ssh_key::Error::FormatEncoding);
            assert!(said.contains(word), "{said}");
        }
    }
}
