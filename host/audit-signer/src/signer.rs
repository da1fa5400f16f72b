//! What is signed and what is not.

use audit_verify::{Checkpoint, Hash, Key, extends};
use ed25519_dalek::Signer as _;

use crate::keep::{Keep, KeepError};

/// Why a checkpoint is not signed.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Less than was signed before.
    #[error(
        "{asked} entries were signed for already, or more: {signed}. The record is shorter than it was: it was cut, or put back \
         from an older copy"
    )]
    Shorter {
        /// What is asked for.
        asked: u64,
        /// What was signed.
        signed: u64,
    },
    /// The proof begins elsewhere.
    #[error("the proof begins at {told} entries, and {signed} were signed last: prove the growth from there")]
    Elsewhere {
        /// Where the proof begins.
        told: u64,
        /// What was signed.
        signed: u64,
    },
    /// It does not begin with what was signed.
    #[error(
        "the record of {asked} entries does not begin with the {signed} that were signed: something of them was changed"
    )]
    Fork {
        /// What is asked for.
        asked: u64,
        /// What was signed.
        signed: u64,
    },
    /// What is signed could not be remembered, so it is not.
    #[error("nothing was signed: {0}")]
    Keep(#[from] KeepError),
}

/// The key and what it signed last.
pub struct Signer {
    keep: Keep,
    last: Option<(Checkpoint, String)>,
}

impl Signer {
    /// Takes up where it left off.
    pub fn new(keep: Keep) -> Result<Self, KeepError> {
        let last = keep.signed()?.map(|note| match Checkpoint::open(&note, &keep.key) {
            Ok(checkpoint) => Ok((checkpoint, note)),
            Err(_) => Err(keep.damaged("signed", "a checkpoint of this key was expected")),
        });
        Ok(Self { last: last.transpose()?, keep })
    }

    /// The key by which its signatures are checked.
    pub fn key(&self) -> &Key {
        &self.keep.key
    }

    /// The checkpoint that was signed last, as a signed note.
    pub fn last(&self) -> Option<&str> {
        self.last.as_ref().map(|(_, note)| note.as_str())
    }

    /// Signs that a record has grown to a size and a root, if a proof from what was signed last shows that it only grew.
    pub fn sign(&mut self, from: u64, size: u64, root: Hash, proof: &[Hash]) -> Result<&str, Refused> {
        if let Some((last, _)) = &self.last {
            let signed = last.size;
            if size < signed {
                return Err(Refused::Shorter { asked: size, signed });
            }
            if from != signed {
                return Err(Refused::Elsewhere { told: from, signed });
            }
            if !extends((signed, &last.root), (size, &root), proof) {
                return Err(Refused::Fork { asked: size, signed });
            }
        } else if from != 0 {
            return Err(Refused::Elsewhere { told: from, signed: 0 });
        }
        let checkpoint = Checkpoint { origin: self.keep.key.name().to_owned(), size, root };
        let text = checkpoint.to_string();
        let signature = self.keep.secret.sign(text.as_bytes());
        let note = format!("{text}\n{}", self.keep.key.line(&signature));
        self.keep.remember(&note)?;
        let (_, note) = self.last.insert((checkpoint, note));
        Ok(note)
    }
}
