//! Who really sent a webhook.
//!
//! Meta signs the raw bytes of the body with the secret of the app (Meta, Webhooks: validating payloads). The body is
//! never parsed before this and never serialised again for it: `\u00e9` and `é` are the same JSON and not the same
//! signature. The signature carries no time, so a replay is as genuine as the original; dropping duplicates is the
//! business of whoever reads on.

use std::fmt;

use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

const SCHEME: &str = "sha256=";

/// The secret of the Meta app; two of them while one is being replaced.
#[derive(Clone)]
pub struct AppSecrets {
    current: Hmac<Sha256>,
    accepted: Vec<Hmac<Sha256>>,
}

impl AppSecrets {
    /// An empty text is no secret: nothing is ever genuine under it.
    pub fn new(current: &str, previous: Option<&str>) -> Self {
        let accepted = [Some(current), previous].into_iter().flatten();
        Self { current: keyed(current), accepted: accepted.filter(|s| !s.is_empty()).map(keyed).collect() }
    }

    /// Checks the header `X-Hub-Signature-256` against the raw body, in constant time.
    pub fn verify(&self, header: Option<&str>, body: &[u8]) -> Result<(), SignatureError> {
        let header = header.ok_or(SignatureError::Missing)?;
        let given = header
            .strip_prefix(SCHEME)
            .and_then(|hex| HEXLOWER_PERMISSIVE.decode(hex.as_bytes()).ok())
            .filter(|tag| tag.len() == 32)
            .ok_or(SignatureError::Malformed)?;
        let genuine = |key: &Hmac<Sha256>| key.clone().chain_update(body).verify_slice(&given).is_ok();
        if self.accepted.iter().any(genuine) { Ok(()) } else { Err(SignatureError::Wrong) }
    }

    /// The header that Meta would send with this body, for simulators and tests.
    pub fn sign(&self, body: &[u8]) -> String {
        let tag = self.current.clone().chain_update(body).finalize().into_bytes();
        format!("{SCHEME}{}", HEXLOWER.encode(&tag))
    }
}

impl fmt::Debug for AppSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AppSecrets({} of them)", self.accepted.len())
    }
}

fn keyed(secret: &str) -> Hmac<Sha256> {
    let Ok(key) = Hmac::new_from_slice(secret.as_bytes()) else {
        unreachable!("HMAC takes keys of every length")
    };
    key
}

/// Why a webhook is not known to come from Meta.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// There was no header.
    #[error("the request has no X-Hub-Signature-256 header: it does not come from Meta")]
    Missing,
    /// The header is not `sha256=` and 64 hexadecimal digits.
    #[error("X-Hub-Signature-256 is not `sha256=` followed by 64 hexadecimal digits")]
    Malformed,
    /// Another secret, or another body.
    #[error(
        "X-Hub-Signature-256 does not fit the body: either the app secret in the configuration is not that of the \
         app, or something between Meta and this host rewrites bodies"
    )]
    Wrong,
}

#[cfg(test)]
mod tests {
    use super::*;

    // Computed with another implementation.
    const EMPTY: (&[u8], &str) = (
        br#"{"object":"whatsapp_business_account","entry":[]}"#,
        "sha256=dec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c633756",
    );
    const ESCAPED: (&[u8], &str) = (
        br#"{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{"messages":[{"text":{"body":"caf\u00e9 \ud83d\udc4d a\u0040b.c http:\/\/x"}}]}}]}]}"#,
        "sha256=d86737d6bfe205e5194d90710673eec6dd7b9e917b3b5d161023d72e21552ea5",
    );

    #[test]
    fn the_bytes_are_signed_as_they_stand_escapes_included() {
        let secrets = AppSecrets::new("test_app_secret", None);
        for (body, header) in [EMPTY, ESCAPED] {
            assert_eq!(secrets.verify(Some(header), body), Ok(()));
            assert_eq!(secrets.sign(body), header);
        }
        let unescaped = String::from_utf8(ESCAPED.0.to_vec()).unwrap().replace(r"\u0040", "@");
        assert_eq!(secrets.verify(Some(ESCAPED.1), unescaped.as_bytes()), Err(SignatureError::Wrong));
    }

    #[test]
    fn while_a_secret_is_replaced_both_are_good_and_afterwards_one_is() {
        let old = AppSecrets::new("old", None).sign(b"{}");
        let new = AppSecrets::new("new", None).sign(b"{}");
        let both = AppSecrets::new("new", Some("old"));
        assert_eq!(both.verify(Some(&old), b"{}"), Ok(()));
        assert_eq!(both.verify(Some(&new), b"{}"), Ok(()));
        assert_eq!(AppSecrets::new("new", None).verify(Some(&old), b"{}"), Err(SignatureError::Wrong));
    }

    #[test]
    fn whoever_is_not_meta_is_told_what_was_missing() {
        let secrets = AppSecrets::new("test_app_secret", None);
        assert_eq!(secrets.verify(None, EMPTY.0), Err(SignatureError::Missing));
        let sha1 = "sha1=dec6a680679a968e7e0319355b23599cbfc54502";
        let odd = &EMPTY.1[..EMPTY.1.len() - 1];
        let short = &EMPTY.1[..EMPTY.1.len() - 2];
        for header in ["", "sha256=", sha1, odd, short, &format!("{}00", EMPTY.1), &EMPTY.1.replace('d', "x")]
        {
            assert_eq!(secrets.verify(Some(header), EMPTY.0), Err(SignatureError::Malformed), "{header}");
        }
    }

    #[test]
    fn an_empty_secret_opens_no_door() {
        let forgotten = AppSecrets::new("", Some(""));
        let forged = forgotten.sign(b"{}");
        assert_eq!(forgotten.verify(Some(&forged), b"{}"), Err(SignatureError::Wrong));
    }
}
