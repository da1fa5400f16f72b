//! A contact: who a customer is, whatever number or name they write from.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Time;
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
    /// What they said last of each category of messages, and when.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub preferences: BTreeMap<String, Wish>,
    /// What they want to hear of.
    #[serde(default, skip_serializing_if = "Ledger::is_empty")]
    pub consent: Ledger,
    /// When they were lately written to without having asked for it.
    #[serde(default, skip_serializing_if = "Approaches::is_empty")]
    pub approaches: Approaches,
}

/// What a contact wants of one category of messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    /// `stop`, `resume`, `signup`.
    pub value: String,
    /// When they said so, by Meta's clock.
    pub at: Time,
}

impl Contact {
    /// The contact as it was created.
    pub fn created(created: &ContactCreated) -> Self {
        Self {
            identity: created.identity.clone(),
            profile: created.profile.clone(),
            language: created.language.clone(),
            preferences: BTreeMap::new(),
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
            Event::PreferenceChanged(changed) => {
                let told = Wish { value: changed.preference.value.clone(), at: changed.at };
                if self.news(&changed.preference.category, &told) {
                    self.preferences.insert(changed.preference.category.clone(), told);
                }
            }
            Event::ConsentChanged(changed) => self.consent.fold(changed),
            Event::ContactApproached(approached) => self.approaches.fold(approached),
            _ => {}
        }
    }

    /// Whether a wish is later than what is known. Meta tells them late, twice and in any order; of two of the same
    /// second the refusal counts, because writing to somebody who said no is the worse mistake.
    pub fn news(&self, category: &str, told: &Wish) -> bool {
        let rank = |wish: &Wish| (wish.at, wish.value == STOP, wish.value.clone());
        self.preferences.get(category).is_none_or(|known| rank(told) > rank(known))
    }

    /// Whether they want no messages of a category.
    pub fn refuses(&self, category: &str) -> bool {
        self.preferences.get(category).is_some_and(|wish| wish.value == STOP)
    }
}

/// The word for no more messages (Meta, *Webhooks: user_preferences*).
pub const STOP: &str = "stop";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::event::PreferenceChanged;
    use crate::id::ContactId;
    use crate::message::{Identity, Profile};
    use crate::outside::Entropy;
    use crate::platform::{MARKETING, Preference};
    use crate::sealed::Key;

    struct Zeros;
    impl Entropy for Zeros {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(0);
        }
    }

    fn after(wishes: &[(String, i64)]) -> Contact {
        let (owner, key) = (ContactId::from_bytes([1; 16]), Key::from_bytes([2; 32]));
        let mut contact = Contact::created(&ContactCreated {
            identity: Sealed::seal(&Identity::default(), owner, &key, &Zeros).unwrap(),
            profile: Sealed::seal(&Profile::default(), owner, &key, &Zeros).unwrap(),
            lookups: Vec::new(),
            language: "es".to_owned(),
        });
        for (value, second) in wishes {
            let preference =
                Preference { category: MARKETING.to_owned(), value: value.clone(), signup: String::new() };
            let at = Time::from_second(*second).unwrap();
            contact.fold(&PreferenceChanged { preference, at, detail: None, webhook: Some(1) }.into());
        }
        contact
    }

    proptest! {
        #[test]
        fn what_a_customer_said_last_counts_in_whatever_order_it_is_told(
            (wishes, shuffled) in prop::collection::vec(("stop|resume|signup", 0i64..4), 1..8)
                .prop_flat_map(|wishes| (Just(wishes.clone()), Just([wishes.clone(), wishes].concat()).prop_shuffle()))
        ) {
            prop_assert_eq!(after(&wishes), after(&shuffled));
        }
    }

    #[test]
    fn a_stop_is_a_stop_until_the_customer_wants_to_hear_from_us_again() {
        let said = |value: &str, second| (value.to_owned(), second);
        assert!(!after(&[]).refuses(MARKETING));
        assert!(after(&[said("stop", 10)]).refuses(MARKETING));
        assert!(after(&[said("stop", 10), said("resume", 9)]).refuses(MARKETING));
        assert!(!after(&[said("stop", 10), said("resume", 11)]).refuses(MARKETING));
        assert!(after(&[said("resume", 10), said("stop", 10)]).refuses(MARKETING));
    }
}
