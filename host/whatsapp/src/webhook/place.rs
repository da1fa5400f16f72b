//! Where an element stands, and who is named there.
//!
//! (Meta, *Webhooks: messages*, `metadata` and `contacts`; *Business-scoped user ids*.) A customer is named by a phone,
//! by a user id, or by both, and not every place that names them names all of it: what stands beside the elements
//! completes what stands in them.

use domain::Time;
use domain::id::NumberId;
use domain::message::{Identity, Profile};
use serde_json::Value;
use serde_json::value::RawValue;

use super::loose::{self, own, owned, text};
use super::{Members, elements, members, text_of};
use crate::update::{Notice, Strange, Update};

/// What an element shares with its neighbours.
pub(super) struct Place {
    pub(super) field: String,
    /// The id of the entry: the account (WABA), or a portfolio for some fields.
    pub(super) entry: Option<String>,
    /// When the entry was made; only on fields about accounts and templates.
    pub(super) at: Option<Time>,
    pub(super) number: Option<NumberId>,
    /// The digits of our number.
    pub(super) display: Option<String>,
    pub(super) contacts: Vec<Contact>,
}

/// A customer as described beside the messages.
pub(super) struct Contact {
    pub(super) identity: Identity,
    pub(super) profile: Profile,
    /// The hash of the identity key.
    pub(super) key: Option<String>,
}

impl Contact {
    /// None for what names nobody.
    fn read(value: &Value) -> Option<Self> {
        let identity = identity(value, "wa_id", "user_id", "parent_user_id")?;
        let profile = value.get("profile").map(profile).unwrap_or_default();
        Some(Self { identity, profile, key: own(value, "identity_key_hash") })
    }
}

/// A username comes with and without its `@`.
fn profile(value: &Value) -> Profile {
    let username = text(value, "username").unwrap_or_default();
    Profile {
        name: owned(value, "name"),
        username: username.strip_prefix('@').unwrap_or(username).to_owned(),
        country: owned(value, "country_code"),
    }
}

impl Place {
    pub(super) fn new(field: String, entry: Option<String>, at: Option<Time>, value: &Members<'_>) -> Self {
        let metadata = value.get("metadata").and_then(|raw| members(raw));
        let of_metadata = |name| metadata.as_ref().and_then(|metadata| text_of(metadata, name));
        let contacts = value.get("contacts").and_then(|raw| elements(raw)).unwrap_or_default();
        let contact = |raw: &RawValue| Contact::read(&serde_json::from_str(raw.get()).ok()?);
        Self {
            field,
            entry,
            at,
            number: of_metadata("phone_number_id").filter(|id| !id.is_empty()).map(NumberId::from),
            display: of_metadata("display_phone_number").and_then(|shown| loose::displayed_phone(&shown)),
            contacts: contacts.into_iter().filter_map(contact).collect(),
        }
    }

    /// The number, without which nothing that a customer does can be placed.
    pub(super) fn number(&self) -> Result<NumberId, String> {
        self.number.clone().ok_or_else(|| "`metadata.phone_number_id` was expected and is missing".to_owned())
    }

    /// Adds what stands beside the elements about the same person, who is found by what identifies them: the order of
    /// the two arrays means nothing. The user id is the surer one, phones wander.
    pub(super) fn complete(&self, named: Identity) -> (Identity, Option<&Contact>) {
        let same = |one: &Option<String>, other: &Option<String>| one.is_some() && one == other;
        let found = self
            .contacts
            .iter()
            .find(|contact| same(&contact.identity.user_id, &named.user_id))
            .or_else(|| self.contacts.iter().find(|contact| same(&contact.identity.phone, &named.phone)));
        let Some(contact) = found else { return (named, None) };
        let Identity { phone, user_id, parent_user_id } = contact.identity.clone();
        let whole = Identity {
            phone: named.phone.or(phone),
            user_id: named.user_id.or(user_id),
            parent_user_id: named.parent_user_id.or(parent_user_id),
        };
        (whole, Some(contact))
    }

    /// The same for somebody who may not be named in the element at all: then the only one beside it is meant.
    pub(super) fn whom(&self, named: Option<Identity>) -> Option<(Identity, Option<&Contact>)> {
        match (named, self.contacts.as_slice()) {
            (Some(named), _) => Some(self.complete(named)),
            (None, [contact]) => Some((contact.identity.clone(), Some(contact))),
            (None, _) => None,
        }
    }

    /// Something that is kept and acted on by nothing.
    pub(super) fn notice(&self, what: String, raw: &str) -> Notice {
        Notice {
            field: self.field.clone(),
            what,
            account: self.entry.clone(),
            number: self.number.clone(),
            contact: self.whom(None).map(|(contact, _)| contact),
            wamid: None,
            at: self.at,
            personal: true,
            raw: raw.to_owned(),
        }
    }

    /// An element that is not understood, with the customer it names, or else the only one that its place names.
    pub(super) fn strange(
        &self,
        why: String,
        raw: &str,
        contact: Option<Identity>,
        wamid: Option<String>,
    ) -> Update {
        let contact = contact.or_else(|| self.whom(None).map(|(contact, _)| contact));
        let (field, number) = (self.field.clone(), self.number.clone());
        Update::Strange(Strange { field, number, contact, wamid, why, raw: raw.to_owned() })
    }
}

/// A phone that Meta does not tell is left out, or `""`; and some write the user id in its place.
pub(super) fn identity(value: &Value, phone: &str, user_id: &str, parent: &str) -> Option<Identity> {
    let place_of_phone = text(value, phone);
    let user_id = text(value, user_id).or(place_of_phone.filter(|text| loose::looks_like_user_id(text)));
    let identity = Identity {
        phone: place_of_phone.and_then(loose::phone),
        user_id: user_id.map(str::to_owned),
        parent_user_id: own(value, parent),
    };
    (!identity.is_empty()).then_some(identity)
}
