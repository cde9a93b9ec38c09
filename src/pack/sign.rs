//! SSHSIG signatures: what `ssh-keygen -Y sign` makes and `ssh-keygen -Y verify` checks.
//!
//! The format (PROTOCOL.sshsig of OpenSSH) signs a hash of the message together with a namespace,
//! so that a signature made for another purpose never passes for a pack's. The reader accepts only
//! the one armour that the parsed values give again: the parser below it skips bytes after nested
//! fields and does not insist on version 1, both of which are outside the signed part.

use ssh_encoding::{
    Encode,
    base64::{Base64, Encoding},
};
use ssh_key::{
    Algorithm, EcdsaCurve, HashAlg, PrivateKey, PublicKey, Signature, SshSig, public::KeyData,
};

use super::{agent::Agent, keys::KeyError};

/// The namespace of every pack's signature; it never changes.
pub const NAMESPACE: &str = "sod-evidence-pack@sodpack.dev";

const BEGIN: &str = "-----BEGIN SSH SIGNATURE-----\n";
const END: &str = "-----END SSH SIGNATURE-----\n";
/// Base64 characters in a line of the armour.
const WIDTH: usize = 70;
/// Largest signature file looked at; real ones are under 1 KiB.
const MAX_ARMOUR: usize = 16 * 1024;

/// Somebody who can sign: a loaded key, or a key that an agent holds.
#[derive(Debug)]
pub struct Signer {
    public: PublicKey,
    how: How,
}

#[derive(Debug)]
enum How {
    Key(Box<PrivateKey>),
    Agent(Agent),
}

impl Signer {
    /// Signs with a key that was loaded from a file.
    ///
    /// # Errors
    /// When keys of this type cannot sign packs.
    pub fn from_key(key: PrivateKey) -> Result<Self, KeyError> {
        check_algorithm(key.public_key().key_data())?;
        Ok(Self { public: key.public_key().clone(), how: How::Key(Box::new(key)) })
    }

    /// Signs through an agent with the private half of `public`.
    ///
    /// # Errors
    /// When the agent cannot be reached or does not hold the key, and when keys of this type
    /// cannot sign packs.
    pub fn from_agent(agent: Agent, public: &PublicKey) -> Result<Self, KeyError> {
        check_algorithm(public.key_data())?;
        agent.require(public.key_data())?;
        Ok(Self { public: public.clone(), how: How::Agent(agent) })
    }

    /// The public key.
    pub fn public_key(&self) -> &PublicKey {
        &self.public
    }

    /// `SHA256:…` of the public key.
    pub fn fingerprint(&self) -> String {
        self.public.fingerprint(HashAlg::Sha256).to_string()
    }

    /// Whether signing the same bytes gives the same signature: only plain Ed25519 promises it.
    pub fn reproducible(&self) -> bool {
        matches!(self.public.key_data(), KeyData::Ed25519(_))
    }

    /// Signs `message` for [`NAMESPACE`] and gives the text of the `.sig` file.
    ///
    /// # Errors
    /// When the agent fails, or what was made does not verify.
    pub fn sign(&self, message: &[u8]) -> Result<String, KeyError> {
        let fault = |fault: ssh_key::Error| KeyError::Signing(fault.to_string());
        let key = self.public.key_data();
        let signature = match &self.how {
            How::Key(private) => private
                .sign(NAMESPACE, HashAlg::Sha512, message)
                .map_err(fault)?
                .signature()
                .clone(),
            How::Agent(agent) => {
                let data =
                    SshSig::signed_data(NAMESPACE, HashAlg::Sha512, message).map_err(fault)?;
                agent.sign(key, &data)?
            }
        };
        let armour = armour(key, &signature).map_err(|f| fault(f.into()))?;
        match verify(armour.as_bytes(), message) {
            Ok(_) => Ok(armour),
            Err(why) => Err(KeyError::Signing(format!("the new signature does not verify: {why}"))),
        }
    }
}

/// Refuses types whose signatures we could not check ourselves next month.
pub(super) fn check_algorithm(key: &KeyData) -> Result<(), KeyError> {
    match key.algorithm() {
        Algorithm::Ed25519
        | Algorithm::SkEd25519
        | Algorithm::SkEcdsaSha2NistP256
        | Algorithm::Ecdsa { curve: EcdsaCurve::NistP256 } => Ok(()),
        other => Err(KeyError::Unsupported(other.to_string())),
    }
}

/// Checks the signature file `armour` over `message` and gives the key that made it.
///
/// Whether that key is trusted is another question.
pub(super) fn verify(armour_bytes: &[u8], message: &[u8]) -> Result<KeyData, String> {
    if armour_bytes.len() > MAX_ARMOUR {
        return Err("the signature file is far too large to be one".to_owned());
    }
    let signature = SshSig::from_pem(armour_bytes)
        .map_err(|fault| format!("not an ssh signature that can be read ({fault})"))?;
    if signature.namespace() != NAMESPACE {
        return Err(format!("made for the namespace {:?}, not {NAMESPACE}", signature.namespace()));
    }
    let key = signature.public_key();
    let canonical = armour(key, signature.signature()).map_err(|fault| fault.to_string())?;
    if canonical.as_bytes() != armour_bytes {
        return Err(
            "not in the form ssh-keygen writes: edited, or its line ends converted".to_owned()
        );
    }
    PublicKey::from(key.clone()).verify(NAMESPACE, message, &signature).map_err(|_| {
        "it does not belong to this tagmanifest: one of the two was changed".to_owned()
    })?;
    Ok(key.clone())
}

/// The text of a signature file in our namespace.
fn armour(key: &KeyData, signature: &Signature) -> Result<String, ssh_encoding::Error> {
    let mut blob = b"SSHSIG".to_vec();
    1_u32.encode(&mut blob)?;
    key.encode_prefixed(&mut blob)?;
    NAMESPACE.encode(&mut blob)?;
    "".encode(&mut blob)?;
    "sha512".encode(&mut blob)?;
    signature_blob(signature)?.encode(&mut blob)?;

    let text = Base64::encode_string(&blob);
    let mut armour = BEGIN.to_owned();
    for line in text.as_bytes().chunks(WIDTH) {
        armour.extend(line.iter().copied().map(char::from));
        armour.push('\n');
    }
    armour.push_str(END);
    Ok(armour)
}

/// `string algorithm, string signature`, and for security keys `byte flags, uint32 counter` after
/// the string (PROTOCOL.u2f); the crate's own encoder does that for Ed25519 only.
fn signature_blob(signature: &Signature) -> Result<Vec<u8>, ssh_encoding::Error> {
    let algorithm = signature.algorithm();
    let bytes = signature.as_bytes();
    let trailer = match algorithm {
        Algorithm::SkEd25519 | Algorithm::SkEcdsaSha2NistP256 => 5,
        _ => 0,
    };
    let split = bytes.len().checked_sub(trailer).ok_or(ssh_encoding::Error::Length)?;
    let mut blob = Vec::new();
    algorithm.as_str().encode(&mut blob)?;
    bytes[..split].encode(&mut blob)?;
    blob.extend_from_slice(&bytes[split..]);
    Ok(blob)
}

#[cfg(test)]
mod tests {
    use ssh_key::private::{Ed25519Keypair, KeypairData};

    use super::*;

    pub(in super::super) fn signer(seed: u8) -> Signer {
        let pair = KeypairData::Ed25519(Ed25519Keypair::from_seed(&[seed; 32]));
        Signer::from_key(PrivateKey::new(pair, "test").unwrap()).unwrap()
    }

    #[test]
    fn the_same_bytes_give_the_same_signature() {
        let text = signer(1).sign(b"message").unwrap();
        assert_eq!(text, signer(1).sign(b"message").unwrap());
        assert_eq!(
            &verify(text.as_bytes(), b"message").unwrap(),
            signer(1).public_key().key_data()
        );
        assert!(verify(text.as_bytes(), b"massage").is_err());
    }

    #[test]
    fn every_changed_byte_is_refused() {
        let text = signer(1).sign(b"message").unwrap();
        for at in 0..text.len() {
            for bit in 0..8 {
                let mut changed = text.clone().into_bytes();
                changed[at] ^= 1 << bit;
                assert!(verify(&changed, b"message").is_err(), "byte {at} bit {bit}");
            }
        }
    }

    #[test]
    fn fields_outside_the_signed_part_are_fixed() {
        let text = signer(1).sign(b"m").unwrap();
        let body: String = text.lines().filter(|l| !l.starts_with('-')).collect();
        let blob = Base64::decode_vec(&body).unwrap();
        let wrap = |blob: &[u8]| format!("{BEGIN}{}\n{END}", Base64::encode_string(blob));
        assert!(SshSig::from_pem(text.as_bytes()).is_ok());
        let mut version = blob.clone();
        version[9] = 0;
        let mut longer = blob.clone();
        longer.push(0);
        for changed in [version, longer] {
            assert!(verify(wrap(&changed).as_bytes(), b"m").is_err());
        }
        assert!(verify(text.replace('\n', "\r\n").as_bytes(), b"m").is_err());
        assert!(verify(format!("\n{text}").as_bytes(), b"m").is_err());
    }

    #[test]
    fn another_namespace_is_refused() {
        let pair = KeypairData::Ed25519(Ed25519Keypair::from_seed(&[1; 32]));
        let key = PrivateKey::new(pair, "").unwrap();
        let sig = key.sign("git", HashAlg::Sha512, b"m").unwrap();
        let text = sig.to_pem(ssh_key::LineEnding::LF).unwrap();
        assert!(verify(text.as_bytes(), b"m").unwrap_err().contains("namespace"));
    }
}
