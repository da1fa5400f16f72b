//! By what customers are found again, and that they stay one contact whatever they change.
//!
//! A phone changes hands and is spelt in two ways in three countries; a business-scoped user id is new when the phone
//! is. Meta tells of either change (`system`, `user_id_update`), as late and as often as anything. So a change is taken
//! in by whoever makes contacts, in its turn: if it were taken in later, the next message could make a second contact.

use domain::event::IdentityPart;
use domain::id::ContactId;
use domain::message::Identity;
use domain::phone;
use domain::sealed::Lookup;
use store::KeyStore;

use crate::command::DeskError;
use crate::shared::Shared;

/// The look-ups of an identity. The user id first: a phone changes hands, a user id does not.
pub(crate) fn lookups(keys: &KeyStore, identity: &Identity) -> Vec<Lookup> {
    let Identity { phone, user_id, parent_user_id } = identity;
    let users = user_id.iter().chain(parent_user_id).map(|id| keys.lookup("user-id", id));
    users.chain(phone.iter().map(|phone| by_phone(keys, phone))).collect()
}

/// The look-up of a phone, in whichever of its spellings.
pub(crate) fn by_phone(keys: &KeyStore, phone: &str) -> Lookup {
    keys.lookup("phone", &phone::canonical(phone))
}

/// The contact that is known by any part of an identity.
pub(crate) fn find(shared: &Shared, identity: &Identity) -> Result<Option<ContactId>, DeskError> {
    for lookup in lookups(&shared.keys, identity) {
        if let Some(contact) = shared.store.contact_by(&lookup)? {
            return Ok(Some(contact));
        }
    }
    Ok(None)
}

/// Who somebody is after a change. A new phone ends the old one; a new user id the old one.
pub(crate) fn after(known: Identity, now: &Identity) -> Identity {
    Identity {
        phone: now.phone.clone().or(known.phone),
        user_id: now.user_id.clone().or(known.user_id),
        parent_user_id: now.parent_user_id.clone().or(known.parent_user_id),
    }
}

/// What somebody is no longer found by: the phone that they gave up, which will be somebody else's one day. A user id is
/// never given to another, and late messages still carry it.
pub(crate) fn given_up(
    keys: &KeyStore,
    part: IdentityPart,
    was: &Identity,
    now: &Identity,
) -> Option<Lookup> {
    let (IdentityPart::Phone, Some(old), Some(new)) = (part, &was.phone, &now.phone) else { return None };
    Some(by_phone(keys, old)).filter(|old| *old != by_phone(keys, new))
}
