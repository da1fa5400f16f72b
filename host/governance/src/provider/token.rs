//! Whether a token is a provider's: its signature (RFC 7515), of the kinds that OpenID providers use, and nothing of what it
//! says.
//!
//! The key says what it is a key of, and the token's own word for it has to agree: so a public key is never taken for a
//! shared secret, and a token that says that it is not signed is not looked at.

use data_encoding::BASE64URL_NOPAD;
use ring::signature::{
    self, RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm,
};
use serde::Deserialize;
use serde_json::{Map, Value};

/// Why a token is nobody's.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unsigned {
    #[error("the token is not one of three parts in base64url")]
    Malformed,
    #[error("the token is signed with `{0}`, which is not accepted")]
    Algorithm(String),
    /// The provider may have another key by now.
    #[error("the token is signed with a key that the provider does not show")]
    UnknownKey,
    #[error("the token's signature is wrong")]
    Wrong,
}

/// The keys that a provider shows (RFC 7517).
#[derive(Debug, Default)]
pub(super) struct Keys(Vec<Key>);

#[derive(Debug)]
struct Key {
    id: Option<String>,
    algorithm: Option<String>,
    public: Public,
}

#[derive(Debug)]
enum Public {
    Rsa(RsaPublicKeyComponents<Vec<u8>>),
    P256(Vec<u8>),
    P384(Vec<u8>),
    Ed25519(Vec<u8>),
}

#[derive(Deserialize)]
struct Shown {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    crit: Option<Value>,
}

impl Keys {
    /// Reads what a provider shows. A key that is none of ours to use is left out: providers show others, too.
    pub(super) fn parse(shown: &[u8]) -> Option<Self> {
        let shown: Value = serde_json::from_slice(shown).ok()?;
        let keys = shown.get("keys")?.as_array()?.iter();
        Some(Self(keys.filter_map(|key| Key::parse(Shown::deserialize(key).ok()?)).collect()))
    }

    /// What a token says, if one of these keys signed it.
    pub(super) fn open(&self, token: &str) -> Result<Map<String, Value>, Unsigned> {
        let (signed, signature) = token.rsplit_once('.').ok_or(Unsigned::Malformed)?;
        let (header, payload) = signed.split_once('.').ok_or(Unsigned::Malformed)?;
        let bytes = |part: &str| BASE64URL_NOPAD.decode(part.as_bytes()).map_err(|_| Unsigned::Malformed);
        let header: Header = serde_json::from_slice(&bytes(header)?).map_err(|_| Unsigned::Malformed)?;
        // What it says has to be understood we do not.
        if header.crit.is_some() {
            return Err(Unsigned::Malformed);
        }
        let signature = bytes(signature)?;
        let mut tried = Err(Unsigned::UnknownKey);
        for key in &self.0 {
            let named = header.kid.is_none() || header.kid == key.id;
            if named && key.algorithm.as_ref().is_none_or(|its| *its == header.alg) {
                match key.public.verify(&header.alg, signed.as_bytes(), &signature) {
                    Some(true) => tried = Ok(()),
                    Some(false) if tried.is_err() => tried = Err(Unsigned::Wrong),
                    Some(false) | None => {}
                }
            }
        }
        if !ALGORITHMS.contains(&header.alg.as_str()) {
            return Err(Unsigned::Algorithm(header.alg.chars().take(20).collect()));
        }
        tried?;
        serde_json::from_slice(&bytes(payload)?).map_err(|_| Unsigned::Malformed)
    }
}

/// All of them are signatures: a shared secret would let whoever knows it, us too, make tokens.
const ALGORITHMS: [&str; 9] =
    ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"];

impl Key {
    fn parse(shown: Shown) -> Option<Self> {
        if shown.purpose.as_deref().is_some_and(|purpose| purpose != "sig") {
            return None;
        }
        let bytes = |part: &Option<String>| BASE64URL_NOPAD.decode(part.as_ref()?.as_bytes()).ok();
        // An uncompressed point (SEC 1, 2.3.3).
        let point = |length| {
            let (x, y) = (bytes(&shown.x)?, bytes(&shown.y)?);
            (x.len() == length && y.len() == length).then(|| [&[4][..], &x, &y].concat())
        };
        let public = match (shown.kty.as_str(), shown.crv.as_deref()) {
            ("RSA", _) => Public::Rsa(RsaPublicKeyComponents { n: bytes(&shown.n)?, e: bytes(&shown.e)? }),
            ("EC", Some("P-256")) => Public::P256(point(32)?),
            ("EC", Some("P-384")) => Public::P384(point(48)?),
            ("OKP", Some("Ed25519")) => Public::Ed25519(bytes(&shown.x)?),
            _ => return None,
        };
        Some(Self { id: shown.kid, algorithm: shown.alg, public })
    }
}

impl Public {
    /// Whether it signed something by an algorithm; none if it is no key of that algorithm.
    fn verify(&self, algorithm: &str, signed: &[u8], signature: &[u8]) -> Option<bool> {
        let plain = |algorithm: &'static dyn VerificationAlgorithm, key: &Vec<u8>| {
            UnparsedPublicKey::new(algorithm, key).verify(signed, signature).is_ok()
        };
        Some(match (self, algorithm) {
            (Self::Rsa(key), algorithm) => key.verify(rsa(algorithm)?, signed, signature).is_ok(),
            (Self::P256(key), "ES256") => plain(&signature::ECDSA_P256_SHA256_FIXED, key),
            (Self::P384(key), "ES384") => plain(&signature::ECDSA_P384_SHA384_FIXED, key),
            (Self::Ed25519(key), "EdDSA") => plain(&signature::ED25519, key),
            _ => return None,
        })
    }
}

/// Keys of less than 2,048 bits verify nothing.
fn rsa(algorithm: &str) -> Option<&'static RsaParameters> {
    Some(match algorithm {
        "RS256" => &signature::RSA_PKCS1_2048_8192_SHA256,
        "RS384" => &signature::RSA_PKCS1_2048_8192_SHA384,
        "RS512" => &signature::RSA_PKCS1_2048_8192_SHA512,
        "PS256" => &signature::RSA_PSS_2048_8192_SHA256,
        "PS384" => &signature::RSA_PSS_2048_8192_SHA384,
        "PS512" => &signature::RSA_PSS_2048_8192_SHA512,
        _ => return None,
    })
}
