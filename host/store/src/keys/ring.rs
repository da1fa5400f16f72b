//! What wraps the keys that lie on the disk: a key derived from the master key, which the operator keeps.

use std::path::Path;
use std::sync::Arc;

use domain::outside::Entropy;
use domain::sealed::{Key, SealError};
use hkdf::Hkdf;
use sha2::Sha256;

use super::KeyError;

/// A wrapped key: nonce, key, tag.
pub(crate) const WRAPPED: usize = 24 + 32 + 16;

/// Wraps and unwraps.
pub(crate) struct Ring {
    wrap: Key,
    pub(crate) entropy: Arc<dyn Entropy>,
}

impl Ring {
    pub(crate) fn new(master: &Key, entropy: Arc<dyn Entropy>) -> Self {
        Self { wrap: derive(master, b"timonel wrap 1"), entropy }
    }

    pub(crate) fn random(&self) -> Key {
        Key::random(&*self.entropy)
    }

    /// `context` has to be given again to unwrap it: a wrapped key fits in one place only.
    pub(crate) fn wrap(&self, context: &[u8], key: &Key) -> Result<[u8; WRAPPED], KeyError> {
        let wrapped = self.wrap.seal(context, key.as_bytes(), &*self.entropy)?;
        wrapped.try_into().map_err(|_| KeyError::Seal(SealError::Forged))
    }

    pub(crate) fn unwrap(
        &self,
        context: &[u8],
        wrapped: &[u8; WRAPPED],
        path: &Path,
    ) -> Result<Key, KeyError> {
        self.wrap
            .open(context, wrapped)
            .ok()
            .and_then(|key| key.try_into().ok())
            .map(Key::from_bytes)
            .ok_or_else(|| KeyError::Wrapped { path: path.to_owned() })
    }
}

/// A key for one purpose, from the master key.
pub(crate) fn derive(master: &Key, purpose: &[u8]) -> Key {
    let mut bytes = [0; 32];
    // 32 bytes are within what HKDF can give, so this cannot fail.
    let _ = Hkdf::<Sha256>::new(None, master.as_bytes()).expand(purpose, &mut bytes);
    Key::from_bytes(bytes)
}
