//! What was approved for one component.
//!
//! A grant is one value, read in one place: where a component is linked. Nothing else in the host may let a guest do
//! something, so whoever wants to know why a rule could do a thing has one line to look at.

use std::collections::BTreeSet;

use domain::decision::Digest;
use serde::{Deserialize, Serialize};

use crate::admission::Admitted;
use crate::functions::Function;

/// The functions that one component may import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// The component that it was given to: other bytes need another grant.
    pub digest: Digest,
    /// What it may import.
    pub functions: BTreeSet<Function>,
}

impl Grant {
    /// Everything that a component asks for, by the word of whoever wrote the configuration.
    pub fn all_of(admitted: &Admitted) -> Self {
        Self { digest: admitted.digest, functions: admitted.functions.clone() }
    }
}
