//! Who wrote a component: an Ed25519 key with a name, and what was signed with it.
//!
//! The forms are those of `c2sp.org/signed-note`, so that an author's key is written as any other key of a note is, and a
//! signature is checked with what others have. A signature is over the hash of a component, behind a line that nothing else
//! begins with: what an author signs elsewhere is no component.

use std::fmt;
use std::str::FromStr;

use data_encoding::{BASE64, HEXLOWER};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest as _, Sha256};

use crate::decision::Digest;
use crate::outside::Entropy;

/// The number that signed notes have for Ed25519.
const ED25519: u8 = 1;

/// What is signed begins with this line.
const CONTEXT: &str = "timonel/plugin/v1";

/// The longest name of an author, in bytes.
const NAME: usize = 64;

/// What an author's signatures are checked with, as it is written: `nova.example+1a2b3c4d+base64`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorKey {
    name: String,
    key: VerifyingKey,
}

/// By what a key is named: `nova.example+1a2b3c4d`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AuthorKeyId(String);

/// A text that is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "this is no key of an author: `name+8 hexadecimal digits+base64` was expected, as `timonel plugin key` prints it, and the \
     digits belong to the rest"
)]
pub struct NotAnAuthorKey;

/// That somebody signed a component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// With which key.
    pub by: AuthorKeyId,
    /// The SHA-256 of what was signed: all bytes before this signature.
    pub over: Digest,
    signature: [u8; 64],
}

impl AuthorKey {
    fn new(name: &str, key: VerifyingKey) -> Result<Self, NotAnAuthorKey> {
        let odd = |c: char| c.is_whitespace() || c.is_control() || c == '+';
        let sound = !name.is_empty() && name.len() <= NAME && !name.contains(odd) && !key.is_weak();
        if sound { Ok(Self { name: name.to_owned(), key }) } else { Err(NotAnAuthorKey) }
    }

    /// By what it is named.
    pub fn id(&self) -> AuthorKeyId {
        let hash =
            Sha256::new().chain_update(&self.name).chain_update([b'\n', ED25519]).chain_update(self.key);
        let hash: [u8; 32] = hash.finalize().into();
        AuthorKeyId(format!("{}+{}", self.name, HEXLOWER.encode(&hash[..4])))
    }

    /// Whether a mark is of this key, and holds.
    pub fn made(&self, mark: &Mark) -> bool {
        let signature = Signature::from_bytes(&mark.signature);
        mark.by == self.id() && self.key.verify_strict(&message(&mark.over), &signature).is_ok()
    }
}

fn message(over: &Digest) -> Vec<u8> {
    format!("{CONTEXT}\nsha256:{over}\n").into_bytes()
}

impl fmt::Display for AuthorKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = [&[ED25519], &self.key.as_bytes()[..]].concat();
        write!(f, "{}+{}", self.id(), BASE64.encode(&key))
    }
}

impl FromStr for AuthorKey {
    type Err = NotAnAuthorKey;

    fn from_str(text: &str) -> Result<Self, NotAnAuthorKey> {
        let key = || {
            // The base64 may hold a `+` of its own, a name may not.
            let mut parts = text.trim().splitn(3, '+');
            let (name, digits, key) = (parts.next()?, parts.next()?, parts.next()?);
            let key = BASE64.decode(key.as_bytes()).ok()?;
            let (algorithm, key) = key.split_first()?;
            let key =
                VerifyingKey::from_bytes(key.try_into().ok()?).ok().filter(|_| *algorithm == ED25519)?;
            let key = Self::new(name, key).ok()?;
            (key.id().0 == format!("{name}+{digits}")).then_some(key)
        };
        key().ok_or(NotAnAuthorKey)
    }
}

impl Serialize for AuthorKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for AuthorKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

impl fmt::Display for AuthorKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for AuthorKeyId {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl Mark {
    /// Reads the line of a signature: `— name base64`, where the first four bytes say of which key it is.
    pub fn read(line: &str, over: Digest) -> Option<Self> {
        let (name, signature) = line.strip_prefix("— ")?.strip_suffix('\n')?.split_once(' ')?;
        let signature = BASE64.decode(signature.as_bytes()).ok()?;
        let (id, signature) = signature.split_first_chunk::<4>()?;
        let by = AuthorKeyId(format!("{name}+{}", HEXLOWER.encode(id)));
        Some(Self { by, over, signature: signature.try_into().ok()? })
    }

    /// The line, as it is read.
    pub fn line(&self) -> String {
        let (name, id) = self.by.0.split_once('+').unwrap_or_default();
        let id = HEXLOWER.decode(id.as_bytes()).unwrap_or_default();
        format!("— {name} {}\n", BASE64.encode(&[&id[..], &self.signature[..]].concat()))
    }
}

/// What an author signs with.
pub struct AuthorSecret {
    key: AuthorKey,
    secret: SigningKey,
}

impl AuthorSecret {
    /// A new one.
    pub fn random(name: &str, entropy: &dyn Entropy) -> Result<Self, NotAnAuthorKey> {
        let mut seed = zeroize::Zeroizing::new([0; 32]);
        entropy.fill(&mut *seed);
        Self::of(name, &seed)
    }

    /// The one that is kept as `name` and 64 hexadecimal digits, a line each.
    pub fn read(text: &str) -> Option<Self> {
        let (name, seed) = text.trim_end().split_once('\n')?;
        let seed = zeroize::Zeroizing::new(HEXLOWER.decode(seed.as_bytes()).ok()?);
        Self::of(name, seed.as_slice().try_into().ok()?).ok()
    }

    fn of(name: &str, seed: &[u8; 32]) -> Result<Self, NotAnAuthorKey> {
        let secret = SigningKey::from_bytes(seed);
        Ok(Self { key: AuthorKey::new(name, secret.verifying_key())?, secret })
    }

    /// As it is kept.
    pub fn text(&self) -> zeroize::Zeroizing<String> {
        zeroize::Zeroizing::new(format!("{}\n{}\n", self.key.name, HEXLOWER.encode(self.secret.as_bytes())))
    }

    /// What its signatures are checked with.
    pub fn key(&self) -> &AuthorKey {
        &self.key
    }

    /// Signs the hash of a component.
    pub fn sign(&self, over: Digest) -> Mark {
        let signature = self.secret.sign(&message(&over)).to_bytes();
        Mark { by: self.key.id(), over, signature }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outside::Entropy;

    struct Counting(std::sync::atomic::AtomicU8);

    impl Entropy for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
        }
    }

    /// The example of c2sp.org/signed-note (from golang.org/x/mod/sumdb/note).
    const NEUMANN: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

    #[test]
    fn keys_are_written_as_those_of_signed_notes_are() {
        let key: AuthorKey = NEUMANN.parse().unwrap();
        assert_eq!(
            (key.to_string().as_str(), key.id().to_string().as_str()),
            (NEUMANN, "PeterNeumann+c74f20a3")
        );
        for other in
            ["", "nova", "nova+c74f20a3", &NEUMANN.replace("c74f", "c74e"), &NEUMANN.replace("Peter", "P ")]
        {
            assert_eq!(other.parse::<AuthorKey>(), Err(NotAnAuthorKey), "{other}");
        }
    }

    #[test]
    fn a_mark_is_of_one_key_and_of_one_component() {
        let entropy = Counting(1.into());
        // Enough keys that some have a `+` in their base64.
        for _ in 0..64 {
            let nova = AuthorSecret::random("nova.example", &entropy).unwrap();
            let vega = AuthorSecret::random("nova.example", &entropy).unwrap();
            let mark = nova.sign(Digest::of(b"component"));
            let read = Mark::read(&mark.line(), mark.over).unwrap();
            assert_eq!(read, mark);
            let key: AuthorKey = nova.key().to_string().parse().unwrap();
            assert!(key.made(&read) && !vega.key().made(&read));
            assert!(!key.made(&Mark::read(&mark.line(), Digest::of(b"another")).unwrap()));
            assert_eq!(AuthorSecret::read(&nova.text()).unwrap().key(), nova.key());
        }
        for odd in ["", "a b", "a+b", "a\n", &"n".repeat(65)] {
            assert!(AuthorSecret::random(odd, &entropy).is_err(), "{odd:?}");
        }
    }
}
