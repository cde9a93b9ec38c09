//! A minimal client of ssh-agent: list the keys, sign with one.
//!
//! Through an agent a pack can be signed by a key that never lies in a file: FIDO tokens, PKCS#11
//! modules, password managers. The protocol is draft-ietf-sshm-ssh-agent; two requests suffice.

use std::path::{Path, PathBuf};

use ssh_encoding::{Decode, Encode, Reader};
use ssh_key::{HashAlg, PublicKey, Signature, public::KeyData};

use super::keys::KeyError;

const REQUEST_IDENTITIES: u8 = 11;
const IDENTITIES_ANSWER: u8 = 12;
const SIGN_REQUEST: u8 = 13;
const SIGN_RESPONSE: u8 = 14;
const FAILURE: u8 = 5;
/// The largest message OpenSSH's own agent sends.
#[cfg(unix)]
const MAX_MESSAGE: usize = 256 * 1024;
/// A person may have to touch a token.
#[cfg(unix)]
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(120);

/// An ssh-agent behind a Unix socket.
#[derive(Debug, Clone)]
pub struct Agent {
    socket: PathBuf,
}

impl Agent {
    /// Names the agent's socket (the value of `SSH_AUTH_SOCK`); nothing is opened yet.
    pub fn at(socket: &Path) -> Self {
        Self { socket: socket.to_owned() }
    }

    /// The keys the agent holds, without those of unknown types.
    ///
    /// # Errors
    /// When the agent cannot be reached or answers with something else.
    pub fn identities(&self) -> Result<Vec<PublicKey>, KeyError> {
        let reply = self.call(&[REQUEST_IDENTITIES])?;
        let Some((&IDENTITIES_ANSWER, mut body)) = reply.split_first() else {
            return Err(self.refusal(&reply, "list its keys"));
        };
        self.keys(&mut body)
            .map_err(|fault| self.fault(format!("its list of keys cannot be read ({fault})")))
    }

    fn keys(&self, body: &mut &[u8]) -> Result<Vec<PublicKey>, ssh_encoding::Error> {
        let count = u32::decode(body)?;
        let mut keys = Vec::new();
        for _ in 0..count {
            let blob = Vec::<u8>::decode(body)?;
            let comment = Vec::<u8>::decode(body)?;
            if let Ok(mut key) = PublicKey::from_bytes(&blob) {
                key.set_comment(String::from_utf8_lossy(&comment));
                keys.push(key);
            }
        }
        if body.is_finished() { Ok(keys) } else { Err(ssh_encoding::Error::Length) }
    }

    /// Fails with the agent's keys named unless it holds `key`.
    pub(super) fn require(&self, key: &KeyData) -> Result<(), KeyError> {
        let held = self.identities()?;
        if held.iter().any(|other| other.key_data() == key) {
            return Ok(());
        }
        let print = |key: &KeyData| key.fingerprint(HashAlg::Sha256).to_string();
        let held = match held.as_slice() {
            [] => "nothing".to_owned(),
            keys => keys.iter().map(|k| print(k.key_data())).collect::<Vec<_>>().join(", "),
        };
        Err(self.fault(format!(
            "does not hold the key {}, but {held}; add it with `ssh-add KEY`",
            print(key)
        )))
    }

    /// Has `data` signed by the private half of `key`.
    pub(super) fn sign(&self, key: &KeyData, data: &[u8]) -> Result<Signature, KeyError> {
        let request = sign_request(key, data).map_err(|f| KeyError::Signing(f.to_string()))?;
        let reply = self.call(&request)?;
        let Some((&SIGN_RESPONSE, mut body)) = reply.split_first() else {
            return Err(self.refusal(&reply, "sign"));
        };
        let signature =
            Vec::<u8>::decode(&mut body).map_err(ssh_key::Error::from).and_then(|blob| {
                let mut rest = blob.as_slice();
                let signature = Signature::decode(&mut rest)?;
                Ok(rest.finish(signature)?)
            });
        signature.map_err(|fault| self.fault(format!("its signature cannot be read ({fault})")))
    }

    fn refusal(&self, reply: &[u8], action: &str) -> KeyError {
        let why = match reply.first() {
            Some(&FAILURE) => "it was locked, the key is gone, or somebody declined".to_owned(),
            Some(other) => format!("it answered with message {other}"),
            None => "it answered nothing".to_owned(),
        };
        self.fault(format!("refused to {action}; {why}; check it with `ssh-add -l`"))
    }

    fn fault(&self, fault: String) -> KeyError {
        KeyError::Agent { socket: self.socket.clone(), fault }
    }

    #[cfg(unix)]
    fn call(&self, body: &[u8]) -> Result<Vec<u8>, KeyError> {
        use std::{
            io::{Read as _, Write as _},
            os::unix::net::UnixStream,
        };
        let io = |action| KeyError::io(&self.socket, action);
        let mut stream = UnixStream::connect(&self.socket).map_err(io("reach ssh-agent"))?;
        stream
            .set_read_timeout(Some(PATIENCE))
            .and_then(|()| stream.set_write_timeout(Some(PATIENCE)))
            .map_err(io("set a time limit"))?;
        let length =
            u32::try_from(body.len()).map_err(|_| self.fault("too much to sign".into()))?;
        stream.write_all(&[&length.to_be_bytes(), body].concat()).map_err(io("ask ssh-agent"))?;
        let mut length = [0; 4];
        stream.read_exact(&mut length).map_err(io("hear from ssh-agent"))?;
        let length = u32::from_be_bytes(length) as usize;
        if length == 0 || length > MAX_MESSAGE {
            return Err(
                self.fault(format!("sent a message of {length} bytes; is it an ssh-agent?"))
            );
        }
        let mut reply = vec![0; length];
        stream.read_exact(&mut reply).map_err(io("hear from ssh-agent"))?;
        Ok(reply)
    }

    #[cfg(not(unix))]
    fn call(&self, _: &[u8]) -> Result<Vec<u8>, KeyError> {
        Err(self.fault("is reachable on unix only; sign with a key file".to_owned()))
    }
}

/// `byte 13, string key, string data, uint32 flags`.
fn sign_request(key: &KeyData, data: &[u8]) -> Result<Vec<u8>, ssh_encoding::Error> {
    let mut request = vec![SIGN_REQUEST];
    key.encode_prefixed(&mut request)?;
    data.encode(&mut request)?;
    0_u32.encode(&mut request)?;
    Ok(request)
}
