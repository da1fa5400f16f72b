//! What is random and is shown once: sessions, invitations, tokens, recovery codes.
//!
//! Each has bits enough that a plain SHA-256 of it can lie in the journal.

use data_encoding::{BASE32_DNSSEC, BASE32_NOPAD, BASE64URL_NOPAD};
use domain::decision::Digest;
use domain::id::TokenId;
use domain::outside::Entropy;

/// How many recovery codes somebody has.
const CODES: usize = 10;

/// 256 random bits, as whoever is given them keeps them.
pub(crate) fn random(entropy: &dyn Entropy) -> String {
    let mut bytes = [0; 32];
    entropy.fill(&mut bytes);
    BASE64URL_NOPAD.encode(&bytes)
}

/// A token as its program keeps it. The beginning is for those who look for secrets in places where none should be.
pub(crate) fn token(id: TokenId, secret: &str) -> String {
    format!("tml_{id}_{secret}")
}

/// The two parts of a token.
pub(crate) fn parts(token: &str) -> Option<(TokenId, &str)> {
    let (id, secret) = token.strip_prefix("tml_")?.split_once('_')?;
    Some((id.parse().ok()?, secret))
}

/// The codes for whoever loses their second factor, as they are written down: four groups of four.
pub(crate) fn recovery_codes(entropy: &dyn Entropy) -> Vec<String> {
    let code = |_| {
        let mut bytes = [0; 10];
        entropy.fill(&mut bytes);
        let text = BASE32_DNSSEC.encode(&bytes);
        let groups = text.as_bytes().chunks(4).map(String::from_utf8_lossy);
        groups.collect::<Vec<_>>().join("-")
    };
    (0..CODES).map(code).collect()
}

/// By what a recovery code is known, however it was typed.
pub(crate) fn recovery_digest(code: &str) -> Digest {
    let code: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    Digest::of(code.to_ascii_lowercase().as_bytes())
}

/// The secret of a second factor as authenticator apps take it.
pub(crate) fn base32(secret: &[u8]) -> String {
    BASE32_NOPAD.encode(secret)
}
