//! Making a signing key, with all the files that go with it.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use rand_core::{OsRng, RngCore};
use ssh_key::{Algorithm, Cipher, HashAlg, Kdf, LineEnding, PrivateKey};

use crate::pack::{keys::KeyError, trust};

/// bcrypt rounds of new passphrases, as OpenSSH uses since 9.4.
const ROUNDS: u32 = 24;
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
    trust::check_identity(identity)?;
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
    let line = trust::line_for(identity, &public).map_err(signing)?;

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
