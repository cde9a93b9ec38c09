//! The key that packs are signed with, wherever it is.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::{
    environment::{self, PASSPHRASE, PASSPHRASE_FILE},
    exit::{Consequence as _, Failure},
    workspace::Workspace,
};
use crate::pack::{
    Agent, AllowedSigners, KeyError, LatestSigned, Signer, has_packs, keys, latest_signed,
};

/// The signer, and whom earlier packs may be signed by.
pub(super) struct Signing {
    pub(super) signer: Signer,
    pub(super) trust: AllowedSigners,
}

/// Finds the key: `--key`, else the configured key file, else the configured key of a running
/// ssh-agent. A configured key file that does not exist is made, and said to be, for the first pack
/// in `packs`; where there are packs, it went missing.
pub(super) fn open(
    workspace: &Workspace,
    key: Option<&Path>,
    packs: &Path,
    consequence: &str,
) -> Result<Signing, Failure> {
    let signing = &workspace.config.signing;
    let configured = signing.key.as_deref().map(|path| workspace.path(path));
    let (signer, beside) = match (key.map(Path::to_owned).or(configured), &signing.agent) {
        (Some(path), _) => {
            if key.is_none() && !path.exists() {
                gone(workspace, &path, packs).or_fail(consequence)?;
                make(&path, &signing.identity).or_fail(consequence)?;
            }
            let loaded = keys::load(&path, || passphrase(&path)).or_fail(consequence)?;
            (Signer::from_key(loaded).or_fail(consequence)?, path)
        }
        (None, Some(public)) => {
            let path = workspace.path(public);
            let public = keys::load_public(&path).or_fail(consequence)?;
            let Some(socket) = environment::agent_socket() else {
                let cause = "no ssh-agent is running: SSH_AUTH_SOCK is not set";
                return Err(Failure::new(consequence, cause));
            };
            let signer = Signer::from_agent(Agent::at(&socket), &public).or_fail(consequence)?;
            (signer, path.with_extension(""))
        }
        (None, None) => {
            let cause = "no signing key is configured; write `key` below [signing] in sodpack.toml \
                         or give --key";
            return Err(Failure::new(consequence, cause));
        }
    };
    let trust = trust(&beside, &signing.identity, &signer).or_fail(consequence)?;
    Ok(Signing { signer, trust })
}

/// Refuses to go on without a key that signed packs, or of which the public half is still there: a
/// new one would be one that nobody trusts.
fn gone(workspace: &Workspace, key: &Path, packs: &Path) -> anyhow::Result<()> {
    let shown = key.display();
    if let Some(last) = latest_signed(packs, &workspace.config.slug)? {
        let LatestSigned { sequence, folder, fingerprint } = last;
        anyhow::bail!(
            "the key {fingerprint} that signed pack {sequence}, {folder}, is not at {shown}; restore \
             it, or name it with --key"
        );
    }
    if has_packs(packs, &workspace.config.slug)? {
        anyhow::bail!(
            "the key that signed the packs in {} is not at {shown}; restore it, or name it with --key",
            packs.display()
        );
    }
    for suffix in [".pub", ".allowed_signers"] {
        let mut half = key.as_os_str().to_owned();
        half.push(suffix);
        let half = PathBuf::from(half);
        if half.exists() {
            let half = half.display();
            anyhow::bail!(
                "{shown}: the private key is missing, though {half} of it is there; restore it from a \
                 backup, or move {half} away and a new key is made"
            );
        }
    }
    Ok(())
}

/// The signers that earlier packs of one's own may have: what lies beside the key, which holds its
/// history, else the key itself.
fn trust(key: &Path, identity: &str, signer: &Signer) -> anyhow::Result<AllowedSigners> {
    Ok(history_of(key)?.unwrap_or_else(|| AllowedSigners::of_key(identity, signer.public_key())))
}

/// The signers that earlier packs of one's own may have, where nothing is to be signed. The public
/// halves are enough; the key itself is opened only where nothing else is left.
pub(super) fn trusted(workspace: &Workspace) -> anyhow::Result<AllowedSigners> {
    let signing = &workspace.config.signing;
    let (beside, public) = match (&signing.key, &signing.agent) {
        (Some(key), _) => {
            let key = workspace.path(key);
            let mut public = key.as_os_str().to_owned();
            public.push(".pub");
            (key, PathBuf::from(public))
        }
        (None, Some(public)) => {
            let public = workspace.path(public);
            (public.with_extension(""), public)
        }
        (None, None) => anyhow::bail!(
            "no signing key is configured, so earlier packs cannot be verified; write `key` below \
             [signing] in sodpack.toml"
        ),
    };
    match history_of(&beside)? {
        Some(signers) => Ok(signers),
        None if public.exists() => {
            Ok(AllowedSigners::of_key(&signing.identity, &keys::load_public(&public)?))
        }
        None => {
            let loaded = keys::load(&beside, || passphrase(&beside))?;
            let signer = Signer::from_key(loaded)?;
            Ok(AllowedSigners::of_key(&signing.identity, signer.public_key()))
        }
    }
}

/// Every key that ever signed, as the file beside the key says, if there is one.
fn history_of(key: &Path) -> anyhow::Result<Option<AllowedSigners>> {
    let mut name = key.as_os_str().to_owned();
    name.push(".allowed_signers");
    let file = PathBuf::from(name);
    match fs::read(&file) {
        Ok(bytes) => Ok(Some(AllowedSigners::parse(&bytes, &file.display().to_string())?)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(anyhow::Error::new(error).context(file.display().to_string())),
    }
}

fn make(path: &Path, identity: &str) -> Result<(), KeyError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|source| KeyError::Io {
            path: folder.to_owned(),
            action: "create",
            source,
        })?;
    }
    let made = keys::generate(path, identity, None)?;
    environment::remark(&format!(
        "no signing key was at {}, so one was made: {}\n  keep the key private and backed up; tell \
         the auditor the fingerprint by another way than the pack,\n  and give them {}",
        path.display(),
        made.fingerprint,
        made.allowed_signers_path.display(),
    ));
    Ok(())
}

/// A key's passphrase: from the file or variable that the environment names, else from whoever
/// sits at the terminal.
pub(super) fn passphrase(key: &Path) -> io::Result<zeroize::Zeroizing<String>> {
    if let Some(file) = environment::variable(PASSPHRASE_FILE) {
        let text = fs::read_to_string(&file).map_err(|fault| {
            let file = Path::new(&file).display();
            io::Error::new(fault.kind(), format!("{PASSPHRASE_FILE} names {file}: {fault}"))
        })?;
        let text = zeroize::Zeroizing::new(text);
        return Ok(zeroize::Zeroizing::new(text.lines().next().unwrap_or_default().to_owned()));
    }
    if let Some(text) = environment::variable(PASSPHRASE) {
        let text =
            text.into_string().map_err(|_| io::Error::other("the passphrase is not UTF-8"))?;
        return Ok(zeroize::Zeroizing::new(text));
    }
    if !environment::can_ask() {
        return Err(io::Error::other(format!(
            "nobody can be asked; set {PASSPHRASE_FILE} to a file that holds the passphrase"
        )));
    }
    rpassword::prompt_password(format!("passphrase of {}: ", key.display()))
        .map(zeroize::Zeroizing::new)
}

/// A passphrase for a new key, typed twice where it is typed.
pub(super) fn new_passphrase(key: &Path) -> io::Result<zeroize::Zeroizing<String>> {
    let first = passphrase(key)?;
    if first.is_empty() {
        return Err(io::Error::other("the passphrase is empty"));
    }
    let typed = environment::variable(PASSPHRASE_FILE).is_none()
        && environment::variable(PASSPHRASE).is_none();
    if typed {
        let again = rpassword::prompt_password("the same again: ").map(zeroize::Zeroizing::new)?;
        if *again != *first {
            return Err(io::Error::other("the two passphrases differ"));
        }
    }
    Ok(first)
}
