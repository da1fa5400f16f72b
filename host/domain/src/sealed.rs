//! Personal data at rest.
//!
//! Whatever says something about a customer is sealed with a key of that customer's own before it touches a disk: to
//! forget the customer is to destroy the key, in a journal that never changes. The label of the field and the owner are
//! authenticated along, so that no ciphertext can be moved to another place. What has to be found again (a phone, a
//! wamid, which contains the phone) is looked up by a keyed hash.

use std::fmt;
use std::marker::PhantomData;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use data_encoding::{BASE32_DNSSEC, BASE64};
use hmac::{Hmac, Mac};
use serde::de::{self, DeserializeOwned};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::id::ContactId;
use crate::outside::Entropy;

const NONCE: usize = 24;

/// A value that is personal, and the name of the field it is sealed as.
pub trait Personal: Serialize + DeserializeOwned {
    /// Authenticated with the ciphertext. Never change it: what was sealed under it could not be opened any more.
    const LABEL: &'static str;
}

/// A key of 256 bits. Forgotten from memory when dropped, never printed.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Key([u8; 32]);

impl Key {
    /// A new random key.
    pub fn random(entropy: &dyn Entropy) -> Self {
        let mut bytes = [0; 32];
        entropy.fill(&mut bytes);
        Self(bytes)
    }

    /// From the bytes of a key store.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// For the key store.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Seals bytes: a random nonce followed by the ciphertext. `context` has to be given again to open it.
    pub fn seal(&self, context: &[u8], plain: &[u8], entropy: &dyn Entropy) -> Result<Vec<u8>, SealError> {
        let mut nonce = [0; NONCE];
        entropy.fill(&mut nonce);
        let cipher = XChaCha20Poly1305::new((&self.0).into());
        let sealed = cipher
            .encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: context })
            .map_err(|_| SealError::TooLong)?;
        Ok([&nonce[..], &sealed].concat())
    }

    /// Opens what `seal` made.
    pub fn open(&self, context: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let (nonce, body) = sealed.split_first_chunk::<NONCE>().ok_or(SealError::Forged)?;
        XChaCha20Poly1305::new((&self.0).into())
            .decrypt(&XNonce::from(*nonce), Payload { msg: body, aad: context })
            .map_err(|_| SealError::Forged)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

/// Why something could not be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// Longer than the cipher can take (256 GiB).
    #[error("the value is too long to be sealed")]
    TooLong,
    /// The key is another one, or the bytes were changed.
    #[error("the key does not fit: it is another contact's or field's, or the bytes were altered")]
    Forged,
    /// The bytes are genuine, but this version does not know their form.
    #[error("the sealed value has a form that this version does not know: {0}")]
    Form(#[from] serde_json::Error),
}

/// A personal value of one contact, as it lies on the disk.
pub struct Sealed<T> {
    owner: ContactId,
    bytes: Vec<u8>,
    of: PhantomData<fn() -> T>,
}

impl<T: Personal> Sealed<T> {
    /// Seals a value with the key of its owner.
    pub fn seal(value: &T, owner: ContactId, key: &Key, entropy: &dyn Entropy) -> Result<Self, SealError> {
        let plain = serde_json::to_vec(value)?;
        Ok(Self { owner, bytes: key.seal(&context::<T>(owner), &plain, entropy)?, of: PhantomData })
    }

    /// Opens it with the key of its owner.
    pub fn open(&self, key: &Key) -> Result<T, SealError> {
        Ok(serde_json::from_slice(&key.open(&context::<T>(self.owner), &self.bytes)?)?)
    }

    /// Whose key opens it.
    pub fn owner(&self) -> ContactId {
        self.owner
    }
}

fn context<T: Personal>(owner: ContactId) -> Vec<u8> {
    [T::LABEL.as_bytes(), b"\0", &owner.to_bytes()].concat()
}

impl<T> Clone for Sealed<T> {
    fn clone(&self) -> Self {
        Self { owner: self.owner, bytes: self.bytes.clone(), of: PhantomData }
    }
}

impl<T> PartialEq for Sealed<T> {
    fn eq(&self, other: &Self) -> bool {
        self.owner == other.owner && self.bytes == other.bytes
    }
}

impl<T> fmt::Debug for Sealed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed(of {}, {} bytes)", self.owner, self.bytes.len())
    }
}

#[derive(Serialize, Deserialize)]
struct Wire<'a> {
    of: ContactId,
    sealed: std::borrow::Cow<'a, str>,
}

impl<T> Serialize for Sealed<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Wire { of: self.owner, sealed: BASE64.encode(&self.bytes).into() }.serialize(serializer)
    }
}

impl<'de, T> Deserialize<'de> for Sealed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wire = Wire::deserialize(deserializer)?;
        let bytes = BASE64.decode(wire.sealed.as_bytes()).map_err(de::Error::custom)?;
        Ok(Self { owner: wire.of, bytes, of: PhantomData })
    }
}

/// The raw body of a webhook, sealed with the key of the day on which it came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedBody {
    /// The day in UTC, whose key opens it.
    pub day: jiff::civil::Date,
    #[serde(with = "base64")]
    bytes: Vec<u8>,
}

impl SealedBody {
    const CONTEXT: &'static [u8] = b"webhook-body";

    /// Seals the body.
    pub fn seal(
        body: &[u8],
        day: jiff::civil::Date,
        key: &Key,
        entropy: &dyn Entropy,
    ) -> Result<Self, SealError> {
        Ok(Self { day, bytes: key.seal(Self::CONTEXT, body, entropy)? })
    }

    /// Opens it while the day's key lives.
    pub fn open(&self, key: &Key) -> Result<Vec<u8>, SealError> {
        key.open(Self::CONTEXT, &self.bytes)
    }
}

mod base64 {
    use super::{BASE64, Deserialize, Deserializer, Serializer, de};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        BASE64.decode(text.as_bytes()).map_err(de::Error::custom)
    }
}

/// A keyed hash by which a personal value is found again without being kept: 128 bits of HMAC-SHA-256.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lookup([u8; 16]);

impl Lookup {
    /// Of a value of one kind (`phone`, `user-id`, `wamid`), under the company's look-up key.
    pub fn of(key: &Key, kind: &str, value: &str) -> Self {
        let Ok(mut mac) = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(&key.0) else {
            unreachable!("HMAC takes keys of every length")
        };
        mac.update(kind.as_bytes());
        mac.update(b"\0");
        mac.update(value.as_bytes());
        let full = mac.finalize().into_bytes();
        let mut short = [0; 16];
        short.copy_from_slice(&full[..16]);
        Self(short)
    }

    /// For a key of the projections.
    pub const fn to_bytes(self) -> [u8; 16] {
        self.0
    }

    /// From the bits of `to_bytes`.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for Lookup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE32_DNSSEC.encode(&self.0))
    }
}

impl Serialize for Lookup {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE32_DNSSEC.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Lookup {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        let bytes = BASE32_DNSSEC.decode(text.as_bytes()).map_err(de::Error::custom)?;
        bytes.try_into().map(Self).map_err(|_| de::Error::custom("a look-up has 16 bytes"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Name(String);
    impl Personal for Name {
        const LABEL: &'static str = "test.name";
    }

    #[derive(Debug, Serialize, Deserialize)]
    struct Note(String);
    impl Personal for Note {
        const LABEL: &'static str = "test.note";
    }

    struct Counting;
    impl Entropy for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            (0u8..).zip(bytes).for_each(|(n, byte)| *byte = n);
        }
    }

    fn sealed() -> (Key, String) {
        let key = Key::random(&Counting);
        let owner = ContactId::from_bytes([7; 16]);
        let sealed = Sealed::seal(&Name("Lucía".into()), owner, &key, &Counting).unwrap();
        (key, serde_json::to_string(&sealed).unwrap())
    }

    #[test]
    fn a_name_opens_with_its_owners_key_and_with_no_other() {
        let (key, wire) = sealed();
        assert!(!wire.contains("Luc"));
        let sealed: Sealed<Name> = serde_json::from_str(&wire).unwrap();
        assert_eq!(sealed.open(&key).unwrap(), Name("Lucía".into()));
        assert!(matches!(sealed.open(&Key::from_bytes([9; 32])), Err(SealError::Forged)));
    }

    #[test]
    fn a_ciphertext_does_not_open_as_another_field_or_another_contact() {
        let (key, wire) = sealed();
        let as_note: Sealed<Note> = serde_json::from_str(&wire).unwrap();
        assert!(matches!(as_note.open(&key), Err(SealError::Forged)));
        let other = wire.replace(
            &ContactId::from_bytes([7; 16]).to_string(),
            &ContactId::from_bytes([8; 16]).to_string(),
        );
        let moved: Sealed<Name> = serde_json::from_str(&other).unwrap();
        assert!(matches!(moved.open(&key), Err(SealError::Forged)));
    }

    #[test]
    fn look_ups_of_different_kinds_never_meet() {
        let key = Key::from_bytes([1; 32]);
        assert_ne!(Lookup::of(&key, "phone", "573001234567"), Lookup::of(&key, "wamid", "573001234567"));
        assert_eq!(Lookup::of(&key, "phone", "573001234567"), Lookup::of(&key, "phone", "573001234567"));
    }
}
