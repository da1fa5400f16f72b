//! A contact: who a customer is, whatever number or name they write from.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::Time;
use crate::event::{ContactCreated, Event};
use crate::law::consent::Ledger;
use crate::law::frequency::Approaches;
use crate::message::{Identity, Profile};
use crate::sealed::{Lookup, Sealed};
use crate::stream::Actor;

/// A contact, folded from its events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contact {
    /// All identifiers that are known.
    pub identity: Sealed<Identity>,
    /// What they call themselves.
    pub profile: Sealed<Profile>,
    /// The language to speak with them, as `es`.
    pub language: String,
    /// By what they are found, so that nothing of it stays when they are forgotten.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub lookups: BTreeSet<Lookup>,
    /// When they became a contact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Time>,
    /// Why they must not be forgotten for now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<Hold>,
    /// What they want to hear of.
    #[serde(default, skip_serializing_if = "Ledger::is_empty")]
    pub consent: Ledger,
    /// When they were lately written to without having asked for it.
    #[serde(default, skip_serializing_if = "Approaches::is_empty")]
    pub approaches: Approaches,
    /// When they were last asked how it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub surveyed: Option<Time>,
}

/// How long after a customer was asked how it was nobody asks again.
pub const SURVEYED_EVERY: SignedDuration = SignedDuration::from_hours(24 * 30);

/// A duty to keep the data of a contact: a lawsuit, an order of an authority.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Why.
    pub reason: String,
    /// Who said so.
    pub by: Actor,
    /// Since when.
    pub since: Time,
}

impl Contact {
    /// The contact as it was created.
    pub fn created(created: &ContactCreated) -> Self {
        Self {
            identity: created.identity.clone(),
            profile: created.profile.clone(),
            language: created.language.clone(),
            lookups: created.lookups.iter().copied().collect(),
            since: None,
            hold: None,
            consent: Ledger::default(),
            approaches: Approaches::default(),
            surveyed: None,
        }
    }

    /// Whether they were asked lately how it was.
    pub fn was_surveyed_lately(&self, now: Time) -> bool {
        self.surveyed.is_some_and(|at| now.duration_since(at) < SURVEYED_EVERY)
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
                self.lookups.extend(&updated.lookups);
            }
            Event::ContactIdentityChanged(changed) => {
                if let Some(identity) = &changed.identity {
                    self.identity = identity.clone();
                }
                self.lookups.retain(|lookup| !changed.gone.contains(lookup));
                self.lookups.extend(&changed.lookups);
            }
            Event::ConsentChanged(changed) => self.consent.fold(changed),
            Event::ContactApproached(approached) => self.approaches.fold(approached),
            Event::ContactSurveyed(surveyed) => self.surveyed = self.surveyed.max(Some(surveyed.at)),
            _ => {}
        }
    }

    /// Takes in what an event says of how long the contact is kept: who said so and when belongs to that.
    pub fn keep(&mut self, time: Time, actor: &Actor, event: &Event) {
        match event {
            Event::ContactCreated(_) => self.since = Some(time),
            Event::ContactHeld(held) => {
                self.hold = Some(Hold { reason: held.reason.clone(), by: actor.clone(), since: time });
            }
            Event::ContactReleased(_) => self.hold = None,
            _ => {}
        }
    }
}
