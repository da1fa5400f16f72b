//! A contact: who a customer is, whatever number or name they write from.

use serde::{Deserialize, Serialize};

use crate::event::{ContactCreated, Event};
use crate::law::consent::Ledger;
use crate::law::frequency::Approaches;
use crate::message::{Identity, Profile};
use crate::sealed::Sealed;

/// A contact, folded from its events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contact {
    /// All identifiers that are known.
    pub identity: Sealed<Identity>,
    /// What they call themselves.
    pub profile: Sealed<Profile>,
    /// The language to speak with them, as `es`.
    pub language: String,
    /// What they want to hear of.
    #[serde(default, skip_serializing_if = "Ledger::is_empty")]
    pub consent: Ledger,
    /// When they were lately written to without having asked for it.
    #[serde(default, skip_serializing_if = "Approaches::is_empty")]
    pub approaches: Approaches,
}

impl Contact {
    /// The contact as it was created.
    pub fn created(created: &ContactCreated) -> Self {
        Self {
            identity: created.identity.clone(),
            profile: created.profile.clone(),
            language: created.language.clone(),
            consent: Ledger::default(),
            approaches: Approaches::default(),
        }
    }

    /// Takes in one event of the stream.
    pub fn fold(&mut self, event: &Event) {
        match event {
            Event::ContactUpdated(updated) => {
                if let Some(profile) = &updated.profile {
                    self.profile = profile.clone();
                }
                if let Some(identity) = &updated.identity {
                    self.identity = identity.clone();
                }
            }
            Event::ContactIdentityChanged(changed) => {
                if let Some(identity) = &changed.identity {
                    self.identity = identity.clone();
                }
            }
            Event::ConsentChanged(changed) => self.consent.fold(changed),
            Event::ContactApproached(approached) => self.approaches.fold(approached),
            _ => {}
        }
    }
}
