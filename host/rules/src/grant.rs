//! What was approved for one component.
//!
//! A grant is one value, read in one place: where a component is linked. Nothing else in the host may let a guest do
//! something, so whoever wants to know why a rule could do a thing has one line to look at.

use std::collections::BTreeSet;

use domain::decision::Digest;
use domain::request::Destination;
use serde::{Deserialize, Serialize};

use crate::admission::Admitted;
use crate::functions::Function;

/// What one component may do: the functions that it may import, and how far they reach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// The component that it was given to: other bytes need another grant.
    pub digest: Digest,
    /// What it may import.
    pub functions: BTreeSet<Function>,
    /// Where it may have something asked, if it may at all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requests: Vec<Destination>,
    /// The names of the templates that it may send, if it may at all.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub templates: BTreeSet<String>,
}

impl Grant {
    /// Everything that a component asks for, by the word of whoever wrote the configuration.
    pub fn all_of(admitted: &Admitted) -> Self {
        let (digest, functions) = (admitted.digest, admitted.functions.clone());
        Self { digest, functions, requests: Vec::new(), templates: BTreeSet::new() }
    }

    /// The same, to ask at these places.
    pub fn asking(self, requests: &[Destination]) -> Self {
        Self { requests: requests.to_vec(), ..self }
    }

    /// The same, to send these templates.
    pub fn sending(self, templates: &BTreeSet<String>) -> Self {
        Self { templates: templates.clone(), ..self }
    }
}
