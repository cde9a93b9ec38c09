//! Key files: making a signing key, and loading one as carefully as OpenSSH does.
//!
//! The formats are OpenSSH's own, so that `ssh-keygen`, `ssh-add` and hardware agents work with
//! our keys and we with theirs. A passphrase is never asked for here: the caller supplies it.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use rand_core::{OsRng, RngCore};
use ssh_key::{Algorithm, Cipher, HashAlg, Kdf, LineEnding, PrivateKey, PublicKey};
use zeroize::Zeroizing;

use super::allowed::{self, IdentityFault};

/// bcrypt rounds of new passphrases, as OpenSSH uses since 9.4.
const ROUNDS: u32 = 24;
/// Key files are a few kilobytes; more is something else.
const MAX_KEY_FILE: u64 = 64 * 1024;

/// Why a key could not be made, loaded or used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// A file or socket could not be read or written.
    #[error("{path}: cannot {action}: {source}")]
    Io {
        /// Where.
        path: PathBuf,
        /// What was tried.
        action: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// A key is never overwritten.
    #[error(
        "{0}: exists already and a key is never overwritten; choose another name or move it away"
    )]
    Exists(PathBuf),
    /// Others can read the private key.
    #[error("{path}: mode {mode:04o} lets others read the private key; run `chmod 600 {path}`")]
    Permissions {
        /// The key file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// Not a key in OpenSSH's format.
    #[error("{path}: {fault}")]
    Format {
        /// The key file.
        path: PathBuf,
        /// Fault and cure.
        fault: String,
    },
    /// The passphrase could not be had.
    #[error("{path}: the key is encrypted and its passphrase cannot be had: {source}")]
    NoPassphrase {
        /// The key file.
        path: PathBuf,
        /// What kept the caller from supplying it.
        source: io::Error,
    },
    /// The passphrase does not open the key.
    #[error("{0}: the passphrase does not open this key; try again, or check which key it is for")]
    WrongPassphrase(PathBuf),
    /// The identity cannot be used.
    #[error(transparent)]
    Identity(#[from] IdentityFault),
    /// A kind of key that cannot sign packs.
    #[error(
        "a key of type {0} cannot sign packs; use ed25519 (or ecdsa p-256 and fido keys through ssh-agent)"
    )]
    Unsupported(String),
    /// ssh-agent does not do what is asked.
    #[error("ssh-agent at {socket}: {fault}")]
    Agent {
        /// The agent's socket.
        socket: PathBuf,
        /// Fault and cure.
        fault: String,
    },
    /// Making the signature failed.
    #[error("signing failed: {0}")]
    Signing(String),
}

impl KeyError {
    pub(super) fn io(path: &Path, action: &'static str) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, action, source }
    }
}

/// A key that was just made.
#[derive(Debug, Clone)]
pub struct Generated {
    /// `SHA256:…`, to be told to the auditor by another way than the pack.
    pub fingerprint: String,
    /// The public key in OpenSSH's one-line form.
    pub public_key: String,
    /// The private key, mode 0600.
    pub key_path: PathBuf,
    /// The public key.
    pub public_path: PathBuf,
    /// The line an auditor puts into their own allowed_signers.
    pub allowed_signers_path: PathBuf,
}

/// Makes an Ed25519 key: `path`, `path.pub` and `path.allowed_signers`.
///
/// Randomness comes from the operating system.
///
/// # Errors
/// When one of the files exists, cannot be written, or the identity is not usable; then none of
/// them is left behind.
pub fn generate(
    path: &Path,
    identity: &str,
    passphrase: Option<&str>,
) -> Result<Generated, KeyError> {
    allowed::check_identity(identity)?;
    let signing = |fault: ssh_key::Error| KeyError::Signing(fault.to_string());
    let beside = |suffix: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    };
    let (public_path, allowed_path) = (beside(".pub"), beside(".allowed_signers"));
    for taken in [path, &public_path, &allowed_path] {
        if taken.symlink_metadata().is_ok() {
            return Err(KeyError::Exists(taken.to_owned()));
        }
    }

    let mut key = PrivateKey::random(&mut OsRng, Algorithm::Ed25519).map_err(signing)?;
    key.set_comment(identity);
    let public = key.public_key().clone();
    let public_key = public.to_openssh().map_err(signing)?;
    if let Some(passphrase) = passphrase {
        let mut salt = vec![0; 16];
        OsRng.fill_bytes(&mut salt);
        let kdf = Kdf::Bcrypt { salt, rounds: ROUNDS };
        let check = OsRng.next_u32();
        key = key.encrypt_with(Cipher::Aes256Ctr, kdf, check, passphrase).map_err(signing)?;
    }
    let private = key.to_openssh(LineEnding::LF).map_err(signing)?;
    let line = allowed::line_for(identity, &public).map_err(signing)?;

    let mut written = Written(Vec::new());
    written.create(path, 0o600, private.as_bytes())?;
    written.create(&public_path, 0o644, format!("{public_key}\n").as_bytes())?;
    written.create(&allowed_path, 0o644, line.as_bytes())?;
    written.keep();
    Ok(Generated {
        fingerprint: public.fingerprint(HashAlg::Sha256).to_string(),
        public_key,
        key_path: path.to_owned(),
        public_path,
        allowed_signers_path: allowed_path,
    })
}

/// Files just created; removed again unless kept.
struct Written(Vec<PathBuf>);

impl Written {
    fn create(&mut self, path: &Path, mode: u32, bytes: &[u8]) -> Result<(), KeyError> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        restrict(&mut options, mode);
        let mut file = options.open(path).map_err(|source| match source.kind() {
            io::ErrorKind::AlreadyExists => KeyError::Exists(path.to_owned()),
            _ => KeyError::Io { path: path.to_owned(), action: "create", source },
        })?;
        self.0.push(path.to_owned());
        file.write_all(bytes).and_then(|()| file.sync_all()).map_err(KeyError::io(path, "write"))
    }

    fn keep(mut self) {
        self.0.clear();
    }
}

impl Drop for Written {
    fn drop(&mut self) {
        for path in &self.0 {
            // Nothing better can be done when even removing fails
            let _ = fs::remove_file(path);
        }
    }
}

#[cfg(unix)]
fn restrict(options: &mut OpenOptions, mode: u32) {
    use std::os::unix::fs::OpenOptionsExt;
    options.mode(mode);
}

#[cfg(not(unix))]
fn restrict(_: &mut OpenOptions, _: u32) {}

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
    super::sign::check_algorithm(key.public_key().key_data())?;
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
        "a damaged or unsupported openssh key"
    } else if text.contains("PRIVATE KEY-----") {
        "a pem key; convert a copy with `ssh-keygen -p -f COPY`"
    } else {
        "not an openssh private key; make one with `sodpack keygen` or `ssh-keygen -t ed25519`"
    };
    format!("{cure} ({fault})")
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
    use super::*;

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
