//! Checkpoints in the form of C2SP: a signed note (`c2sp.org/signed-note`) that holds a `c2sp.org/tlog-checkpoint`.
//!
//! ```text
//! ferreteria.example/audit
//! 4711
//! CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
//!
//! — ferreteria.example/audit Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
//! ```

use std::fmt;
use std::str::FromStr;

use data_encoding::{BASE64, HEXLOWER};
use ed25519_dalek::{Signature, VerifyingKey};
use sha2::{Digest as _, Sha256};

use crate::tree::Hash;

/// The number that signed notes have for Ed25519.
const ED25519: u8 = 1;

/// A key that checks, as it is written: `name+1a2b3c4d+base64`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    name: String,
    key: VerifyingKey,
}

/// A text that is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "this is no key of a checkpoint: `name+8 hexadecimal digits+base64` was expected, with digits that belong to the rest"
)]
pub struct NotAKey;

impl Key {
    /// The key of a name.
    pub fn new(name: &str, key: VerifyingKey) -> Result<Self, NotAKey> {
        let sound = !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c == '+');
        if sound { Ok(Self { name: name.to_owned(), key }) } else { Err(NotAKey) }
    }

    /// Whose it is: the origin of its checkpoints.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// By what signatures say that they are of it.
    pub fn id(&self) -> [u8; 4] {
        let hash =
            Sha256::new().chain_update(&self.name).chain_update([b'\n', ED25519]).chain_update(self.key);
        let [a, b, c, d, ..]: [u8; 32] = hash.finalize().into();
        [a, b, c, d]
    }

    /// The line of a signature of it.
    pub fn line(&self, signature: &Signature) -> String {
        let signature = [&self.id()[..], &signature.to_bytes()].concat();
        format!("— {} {}\n", self.name, BASE64.encode(&signature))
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = [&[ED25519], &self.key.as_bytes()[..]].concat();
        write!(f, "{}+{}+{}", self.name, HEXLOWER.encode(&self.id()), BASE64.encode(&key))
    }
}

impl FromStr for Key {
    type Err = NotAKey;

    fn from_str(text: &str) -> Result<Self, NotAKey> {
        let parts = || {
            let (name, rest) = text.trim().split_once('+')?;
            let (id, key) = rest.split_once('+')?;
            let key = BASE64.decode(key.as_bytes()).ok()?;
            let (algorithm, key) = key.split_first()?;
            let key =
                VerifyingKey::from_bytes(key.try_into().ok()?).ok().filter(|_| *algorithm == ED25519)?;
            let key = Self::new(name, key).ok()?;
            (HEXLOWER.decode(id.as_bytes()).ok()? == key.id()).then_some(key)
        };
        parts().ok_or(NotAKey)
    }
}

/// What a checkpoint says: so many leaves, and the root over them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Of which log.
    pub origin: String,
    /// Leaves.
    pub size: u64,
    /// The root.
    pub root: Hash,
}

impl fmt::Display for Checkpoint {
    /// What is signed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}\n{}\n", self.origin, self.size, BASE64.encode(&self.root))
    }
}

/// Why a text is no checkpoint that a key vouches for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotSigned {
    /// It has another shape.
    #[error("it is no checkpoint: three lines, an empty one and a signature were expected")]
    Form,
    /// It is of another log.
    #[error("it is of `{0}`, and the key is of `{1}`")]
    Origin(String, String),
    /// The key did not sign it.
    #[error("none of its signatures is of this key")]
    Signature,
}

impl Checkpoint {
    /// Reads a signed note, and believes it only if the key signed exactly this.
    pub fn open(note: &str, key: &Key) -> Result<Self, NotSigned> {
        let (text, signatures) = note.rsplit_once("\n\n").ok_or(NotSigned::Form)?;
        let text = format!("{text}\n");
        let checkpoint = Self::read(&text).ok_or(NotSigned::Form)?;
        if checkpoint.origin != key.name {
            return Err(NotSigned::Origin(checkpoint.origin, key.name.clone()));
        }
        let signed = signatures.lines().any(|line| {
            let parts = || {
                let (name, signature) = line.strip_prefix("— ")?.split_once(' ')?;
                let signature = BASE64.decode(signature.as_bytes()).ok()?;
                let (id, signature) = signature.split_first_chunk::<4>()?;
                let signature = Signature::from_slice(signature).ok()?;
                (name == key.name && *id == key.id()).then_some(signature)
            };
            parts().is_some_and(|signature| key.key.verify_strict(text.as_bytes(), &signature).is_ok())
        });
        if signed { Ok(checkpoint) } else { Err(NotSigned::Signature) }
    }

    /// The first three lines; further ones are allowed, and signed with them.
    fn read(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let (origin, size, root) = (lines.next()?.to_owned(), number(lines.next()?)?, lines.next()?);
        let root = BASE64.decode(root.as_bytes()).ok()?.try_into().ok()?;
        Some(Self { origin, size, root })
    }
}

/// A number in the one way in which it is written.
pub(crate) fn number(text: &str) -> Option<u64> {
    text.parse().ok().filter(|number: &u64| number.to_string() == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of c2sp.org/signed-note (from golang.org/x/mod/sumdb/note).
    const KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    const NOTE: &str = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem \
                        is.\n\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

    #[test]
    fn a_key_and_a_note_of_others_are_understood() {
        let key: Key = KEY.parse().unwrap();
        assert_eq!((key.name(), key.to_string().as_str()), ("PeterNeumann", KEY));
        let (text, signature) = NOTE.rsplit_once("\n\n").unwrap();
        let signature = BASE64.decode(signature.trim().rsplit_once(' ').unwrap().1.as_bytes()).unwrap();
        assert_eq!(signature[..4], key.id());
        let signature = Signature::from_slice(&signature[4..]).unwrap();
        assert!(key.key.verify_strict(format!("{text}\n").as_bytes(), &signature).is_ok());
        assert!(KEY.replace("c74f", "c74e").parse::<Key>().is_err());
    }
}
