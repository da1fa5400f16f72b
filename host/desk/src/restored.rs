//! What a host that comes back from a backup must know before it does anything.
//!
//! Time went on after the backup was made. People were forgotten, and must not come back with it. Messages that waited were
//! sent, and must not be sent again: of each it is not known, and no status will tell; a campaign stays stopped. And whoever became a contact
//! after the keys were saved has no key: nothing of them can be opened, and their look-ups would swallow what they write.

use std::collections::BTreeMap;

use domain::Time;
use domain::campaign::Stage;
use domain::campaign::event::{CampaignStopped, Why};
use domain::delivery::Unseen;
use domain::event::{ContactReleased, Event, Refused, SendInDoubt, SendUnseen};
use domain::id::{ContactId, MessageId};
use domain::lane::Lane;
use domain::sends::TemplateReleased;
use domain::stream::{Actor, Stream};
use store::{Draft, Erasure, KeyStore, Store};

use crate::command::DeskError;
use crate::erasure::{Cause, ErasureError, erase_now};

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Restored {
    /// Contacts who were erased after the backup was made, and now are again.
    pub erased: usize,
    /// Contacts of whom no key was saved.
    pub without_key: usize,
    /// Messages that waited to be sent when the backup was made.
    pub unknown: usize,
}

/// Settles what time did since the backup, in a store that nobody else uses yet. `erased` are all that are known to have
/// been forgotten.
pub fn settle_restored(
    store: &Store,
    keys: &KeyStore,
    erased: &BTreeMap<ContactId, Erasure>,
) -> Result<Restored, ErasureError> {
    let mut restored = Restored::default();
    for contact in store.contacts().map_err(DeskError::from)? {
        if let Some(erasure) = erased.get(&contact) {
            forget(store, contact, &erasure.reason, &erasure.by)?;
            restored.erased += 1;
        } else if !keys.knows(contact) {
            forget(store, contact, "restored from a backup that holds no key of the contact", &Actor::Host)?;
            restored.without_key += 1;
        }
    }
    for message in waiting(store)? {
        let (version, Some(delivery)) = store.delivery(message).map_err(DeskError::from)? else { continue };
        let attempt = delivery.attempts;
        let why = "the host was restored from a backup: it may have been sent since".to_owned();
        let stream = Stream::Message(message);
        let draft = |event| Draft::new(stream.clone(), Actor::Host, event).map_err(DeskError::from);
        let drafts = vec![
            draft(Event::from(SendInDoubt { attempt, why }))?,
            draft(SendUnseen { attempt, then: Unseen::Leave }.into())?,
        ];
        store.commit(vec![(stream, version)], drafts).wait().map_err(DeskError::from)?;
        restored.unknown += 1;
    }
    settle_campaigns(store)?;
    Ok(restored)
}

/// What was under way or agreed on went on after the backup, and would begin again where it was then. So did what was held.
fn settle_campaigns(store: &Store) -> Result<(), DeskError> {
    for campaign in store.campaigns(false)? {
        if campaign.stage.is_over() || campaign.stage == Stage::Draft {
            continue;
        }
        let stopped = CampaignStopped { why: Why::Restored, reason: String::new() };
        let draft = Draft::new(Stream::Campaign(campaign.id), Actor::Host, stopped)?;
        store.commit(Vec::new(), vec![draft]).wait()?;
    }
    for owner in store.held_back()? {
        let (_, sends) = store.sends(&owner)?;
        for (message, held) in sends.held {
            let dropped = Some(Refused::NotAgreed);
            let released = TemplateReleased { words: held.words, messages: vec![message], dropped };
            let draft = Draft::new(Stream::Sends(owner.clone()), Actor::Host, released)?;
            store.commit(Vec::new(), vec![draft]).wait()?;
        }
    }
    Ok(())
}

/// All messages that are still to be sent.
fn waiting(store: &Store) -> Result<Vec<MessageId>, DeskError> {
    let postponed = store.postponed(Time::MAX, usize::MAX)?;
    let mut waiting: Vec<_> = postponed.into_iter().map(|(_, _, waits)| waits.message).collect();
    for number in store.outbox_numbers()? {
        for lane in Lane::ALL {
            let queued = store.outbox(&number, lane, 0, usize::MAX)?;
            waiting.extend(queued.into_iter().map(|waits| waits.message));
        }
    }
    Ok(waiting)
}

/// A hold that a backup remembers does not stand against an erasure that came after it, nor can it keep what has no key.
fn forget(store: &Store, contact: ContactId, reason: &str, by: &Actor) -> Result<(), ErasureError> {
    let cause = Cause { reason: reason.to_owned(), term: None };
    match erase_now(store, contact, &cause, by) {
        Err(ErasureError::Held(_)) => {
            let released = ContactReleased { reason: reason.to_owned() };
            let draft =
                Draft::new(Stream::Contact(contact), by.clone(), released).map_err(DeskError::from)?;
            store.commit(Vec::new(), vec![draft]).wait().map_err(DeskError::from)?;
            erase_now(store, contact, &cause, by)?;
            Ok(())
        }
        done => done.map(|_| ()),
    }
}
