//! Forgetting a contact, and not forgetting one who must be kept.
//!
//! The event comes first and the key goes after it, so that a host that stops in between knows at its next start what
//! it owes: a contact without a key whose look-ups still led to it would swallow whatever the person writes. All of it is one
//! commit over every stream that is concerned, each at the version that was seen: whoever was about to write to one of
//! them decides again, and finds nobody.
//!
//! What names a contact and is not sealed with the contact's key are the raw bodies of the last 72 hours. They cannot be
//! forgotten in part, so the keys of all of them go, as soon as everything that came in before is events.

use std::collections::BTreeSet;
use std::time::Duration;

use domain::Time;
use domain::company::Company;
use domain::contact::{Contact, Hold};
use domain::conversation::Holder;
use domain::delivery::Sending;
use domain::event::{
    CapacityReleased, CaseClosed, ContactErased, ContactHeld, ContactReleased, ConversationErased, Event,
    Refused, SendWithheld,
};
use domain::id::{ContactId, ConversationId};
use domain::masking;
use domain::message::{Identity, Profile};
use domain::stream::{Actor, Stream};
use store::{Closed, CommitError, Draft, Erasure, KeyStore, Store};

use crate::assemble::Desk;
use crate::bill;
use crate::command::DeskError;
use crate::escalation;
use crate::people;
use crate::shared::Shared;

/// The longest reason, in bytes.
const REASON: usize = 300;

/// By what an operator names a contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// The phone, in any spelling.
    Phone(String),
    /// The business-scoped user id.
    UserId(String),
    /// Our own.
    Id(ContactId),
}

/// Why a contact is to be forgotten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// The ground, in words that are kept for ever.
    pub reason: String,
    /// The term that is over; none if a person asks for it.
    pub term: Option<Term>,
}

/// A term of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// The policy, as `contacts = "5y"`.
    pub policy: String,
    /// It is over for whoever was last active before this moment.
    pub before: Time,
}

/// What was forgotten.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erased {
    /// Who.
    pub contact: ContactId,
    /// How many conversations.
    pub conversations: usize,
    /// How many messages were waiting to be sent, and are not any more.
    pub cancelled: usize,
}

/// Why a contact was not forgotten, held or handed out.
#[derive(Debug, thiserror::Error)]
pub enum ErasureError {
    /// Nobody.
    #[error("no contact is known by that: check the phone, the user id or the id")]
    NoContact,
    /// It was done before.
    #[error("the contact was erased already: on {} by {}, because: {}", .0.at, .0.by, .0.reason)]
    Already(Erasure),
    /// It must not be.
    #[error(
        "the contact is held since {} by {}, because: {}. Nothing was erased; release the hold first",
        .0.since, .0.by, .0.reason
    )]
    Held(Hold),
    /// The term is not over.
    #[error("the contact has been active: the term is not over")]
    Active,
    /// There is nothing to release.
    #[error("the contact is not held")]
    NotHeld,
    /// Without a ground nothing is forgotten.
    #[error(
        "`reason` is empty or longer than {REASON} bytes: say on what ground, as `solicitud del titular, radicado 123`"
    )]
    NoReason,
    /// The reason would outlive what is forgotten.
    #[error("`reason` names the customer ({0}): it is kept for ever, so say it without that")]
    ReasonNames(&'static str),
    /// The host failed.
    #[error(transparent)]
    Desk(#[from] DeskError),
}

impl From<CommitError> for ErasureError {
    fn from(error: CommitError) -> Self {
        Self::Desk(error.into())
    }
}

/// What is to be written, and at which versions.
struct Plan {
    expect: Vec<(Stream, u64)>,
    drafts: Vec<Draft>,
    erased: Erased,
}

impl Plan {
    /// What waits to be sent in a conversation is not sent. One that is on its way, and one of which nobody knows, can only
    /// be waited for: what is told of it leads to nobody.
    fn withhold(&mut self, store: &Store, id: ConversationId, by: &Actor) -> Result<(), ErasureError> {
        for message in store.outgoing(id).map_err(DeskError::from)? {
            let (version, delivery) = store.delivery(message).map_err(DeskError::from)?;
            let Some(delivery) = delivery.filter(|delivery| {
                matches!(
                    delivery.state,
                    Sending::Queued | Sending::Waiting { .. } | Sending::Postponed { .. }
                )
            }) else {
                continue;
            };
            let stream = Stream::Message(message);
            let withheld = SendWithheld { because: Refused::ContactErased }.into();
            // What may have arrived before it was to be sent again may be charged.
            let voided = bill::voided(&delivery).filter(|_| delivery.resends == 0);
            for event in std::iter::once(withheld).chain(voided.map(Event::from)) {
                self.drafts.push(Draft::new(stream.clone(), by.clone(), event)?);
            }
            self.expect.push((stream, version));
            self.erased.cancelled += 1;
        }
        Ok(())
    }
}

impl Desk {
    /// The contact that an operator means.
    pub fn find(&self, named: &Named) -> Result<ContactId, ErasureError> {
        let shared = self.shared();
        let found = match named {
            Named::Id(id) => Some(*id),
            Named::Phone(phone) => {
                let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
                shared.store.contact_by(&people::by_phone(&shared.keys, &digits)).map_err(DeskError::from)?
            }
            Named::UserId(id) => {
                shared.store.contact_by(&shared.keys.lookup("user-id", id)).map_err(DeskError::from)?
            }
        };
        let found = found.ok_or(ErasureError::NoContact)?;
        living(&shared.store, found)?;
        Ok(found)
    }

    /// Whether a contact may be forgotten on some ground, as far as it can be told now.
    pub fn may_erase(&self, contact: ContactId, reason: &str) -> Result<(), ErasureError> {
        let shared = self.shared();
        check(&shared.store, &shared.keys, contact, reason)?;
        match living(&shared.store, contact)?.1.hold {
            Some(hold) => Err(ErasureError::Held(hold)),
            None => Ok(()),
        }
    }

    /// Whether something may be said about a contact and kept for ever: it says something and does not name them.
    pub fn may_say(&self, contact: ContactId, words: &str) -> Result<(), ErasureError> {
        check(&self.shared().store, &self.shared().keys, contact, words)
    }

    /// Forgets a contact for ever. When this returns the key is destroyed, and those of the raw bodies are closed: they go
    /// with `forget_bodies`.
    pub async fn erase(&self, contact: ContactId, cause: &Cause, by: &Actor) -> Result<Erased, ErasureError> {
        let shared = self.shared();
        check(&shared.store, &shared.keys, contact, &cause.reason)?;
        let erased = self.end(contact, cause, by).await?;
        self.destroy(BTreeSet::from([contact])).await?;
        Ok(erased)
    }

    /// Writes that a contact is forgotten. The key is still to be destroyed.
    pub(crate) async fn end(
        &self,
        contact: ContactId,
        cause: &Cause,
        by: &Actor,
    ) -> Result<Erased, ErasureError> {
        let store = &self.shared().store;
        loop {
            let active = self.shared.active.load_full();
            let plan = plan(store, Some((&active.company, self.shared.now())), contact, cause, by)?;
            match store.commit(plan.expect, plan.drafts).await {
                Ok(_) => return Ok(plan.erased),
                Err(CommitError::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Destroys the keys of contacts who were forgotten, and closes those of the raw bodies.
    pub(crate) async fn destroy(&self, contacts: BTreeSet<ContactId>) -> Result<(), DeskError> {
        let (desk, today) = (self.clone(), self.today());
        blocking(move || {
            let Shared { keys, .. } = &**desk.shared();
            // The key last, because by it a host that stopped in between knows what it owes. And media once more, for one that
            // was being fetched.
            desk.remove_media(&contacts)?;
            keys.close_days(today)?;
            keys.destroy(&contacts)?;
            desk.remove_media(&contacts)
        })
        .await
    }

    /// Keeps a contact from being forgotten.
    pub async fn hold(&self, contact: ContactId, reason: &str, by: &Actor) -> Result<(), ErasureError> {
        let shared = self.shared();
        check(&shared.store, &shared.keys, contact, reason)?;
        self.say(contact, by, |_| Ok(ContactHeld { reason: reason.to_owned() }.into())).await
    }

    /// Lets a contact be forgotten again.
    pub async fn release(&self, contact: ContactId, reason: &str, by: &Actor) -> Result<(), ErasureError> {
        let shared = self.shared();
        check(&shared.store, &shared.keys, contact, reason)?;
        let released = |known: &Contact| match known.hold {
            Some(_) => Ok(ContactReleased { reason: reason.to_owned() }.into()),
            None => Err(ErasureError::NotHeld),
        };
        self.say(contact, by, released).await
    }

    pub(crate) async fn say(
        &self,
        contact: ContactId,
        by: &Actor,
        event: impl Fn(&Contact) -> Result<Event, ErasureError>,
    ) -> Result<(), ErasureError> {
        let store = &self.shared().store;
        let stream = Stream::Contact(contact);
        loop {
            let (version, known) = living(store, contact)?;
            let draft = Draft::new(stream.clone(), by.clone(), event(&known)?)?;
            match store.commit(vec![(stream.clone(), version)], vec![draft]).await {
                Ok(_) => return Ok(()),
                Err(CommitError::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Finishes what a host that stopped had begun: no key is left of anybody who was forgotten. Also of use against a copy of
    /// the keys that somebody put back.
    pub fn finish_erasures(&self) -> Result<usize, DeskError> {
        let shared = self.shared();
        let mut late: BTreeSet<ContactId> = shared.store.erasures()?.into_keys().collect();
        late.retain(|contact| shared.keys.knows(*contact));
        if !late.is_empty() {
            self.remove_media(&late)?;
            shared.keys.close_days(self.today())?;
            shared.keys.destroy(&late)?;
        }
        Ok(late.len())
    }

    fn remove_media(&self, contacts: &BTreeSet<ContactId>) -> Result<(), DeskError> {
        for contact in contacts {
            self.shared().media.forget(*contact)?;
        }
        Ok(())
    }

    /// Destroys the closed keys of raw bodies once everything that they opened is events. False if that takes longer: then
    /// somebody has to ask again, and the host does so every hour.
    pub async fn forget_bodies(&self, patience: Duration) -> Result<bool, DeskError> {
        let shared = self.shared();
        let begun = std::time::Instant::now();
        let mut last = None;
        loop {
            match shared.keys.closed_days() {
                Closed::None => return Ok(true),
                Closed::InUse => {}
                // Whatever was sealed with them is in the journal by now.
                Closed::Idle => last = last.or_else(|| Some(shared.store.last_seq())),
            }
            if let Some(last) = last
                && shared.store.applied().borrow().seq >= last
                && shared.store.unprocessed(0, 1)?.first().is_none_or(|open| *open > last)
            {
                let keys = shared.keys.clone();
                blocking(move || Ok(keys.destroy_closed_days()?)).await?;
                return Ok(true);
            }
            if begun.elapsed() >= patience {
                return Ok(false);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// When a contact last did something, or we did something for them: what a retention counts from.
    pub fn last_activity(&self, contact: ContactId) -> Result<Option<Time>, DeskError> {
        last_activity(&self.shared().store, contact)
    }

    /// As much of a contact as tells whether it is the right one: parts of the name and of the phone.
    pub fn glimpse(&self, contact: ContactId) -> Result<Glimpse, DeskError> {
        let (_, known) = self.shared().contact(contact)?;
        let key = self.shared().key(contact)?;
        let (profile, identity) = (known.profile.open(&key)?, known.identity.open(&key)?);
        Ok(Glimpse {
            name: masking::name(&profile.name),
            phone: identity.phone.as_deref().map(masking::last_digits),
        })
    }

    fn today(&self) -> jiff::civil::Date {
        self.shared().now().to_zoned(jiff::tz::TimeZone::UTC).date()
    }
}

/// A contact, to be recognised by whoever knows them.
pub struct Glimpse {
    /// The first letters of the name; empty if there is none.
    pub name: String,
    /// The last digits of the phone; none if they have none.
    pub phone: Option<String>,
}

/// Forgets contacts in a store that nobody else uses, on the word of somebody else: a restore does. The keys are not there.
pub fn erase_now(
    store: &Store,
    contact: ContactId,
    cause: &Cause,
    by: &Actor,
) -> Result<Erased, ErasureError> {
    let plan = plan(store, None, contact, cause, by)?;
    store.commit(plan.expect, plan.drafts).wait()?;
    Ok(plan.erased)
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, DeskError> + Send + 'static,
) -> Result<T, DeskError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| DeskError::Stopping)?
}

/// A contact who was not forgotten.
fn living(store: &Store, contact: ContactId) -> Result<(u64, Contact), ErasureError> {
    match store.contact(contact).map_err(DeskError::from)? {
        (version, Some(known)) => Ok((version, known)),
        (_, None) => Err(match store.erasure(contact).map_err(DeskError::from)? {
            Some(erasure) => ErasureError::Already(erasure),
            None => ErasureError::NoContact,
        }),
    }
}

/// Everything that forgetting a contact takes.
///
/// What a queue had promised them is over too: `promised` says by whom, and what the time is.
fn plan(
    store: &Store,
    promised: Option<(&Company, Time)>,
    contact: ContactId,
    cause: &Cause,
    by: &Actor,
) -> Result<Plan, ErasureError> {
    let (version, known) = living(store, contact)?;
    if let Some(hold) = known.hold {
        return Err(ErasureError::Held(hold));
    }
    let conversations = store.conversations_of(contact).map_err(DeskError::from)?;
    let stream = Stream::Contact(contact);
    let mut plan = Plan {
        expect: vec![(stream.clone(), version)],
        drafts: Vec::new(),
        erased: Erased { contact, conversations: conversations.len(), cancelled: 0 },
    };
    for (_, id) in &conversations {
        let (version, conversation) = store.conversation(*id).map_err(DeskError::from)?;
        let Some(conversation) = conversation else { continue };
        plan.expect.push((Stream::Conversation(*id), version));
        let mut end = |stream: Stream, event: Event| -> Result<(), ErasureError> {
            plan.drafts.push(Draft::new(stream, by.clone(), event)?);
            Ok(())
        };
        if let Some(case) = &conversation.case {
            let closed = Event::from(CaseClosed { case: case.id, code: "contact-erased".to_owned() });
            let promise = promised
                .and_then(|(company, now)| escalation::ended(company, &conversation, now, by, &closed));
            end(Stream::Conversation(*id), closed)?;
            if let Some(promise) = promise {
                end(Stream::Conversation(*id), promise.into())?;
            }
            if let Holder::Agent { agent, .. } = &case.holder {
                let (version, _) = store.agent(agent).map_err(DeskError::from)?;
                let agent = Stream::Agent(agent.clone());
                end(agent.clone(), CapacityReleased { case: case.id }.into())?;
                if !plan.expect.iter().any(|(known, _)| *known == agent) {
                    plan.expect.push((agent, version));
                }
            }
        }
        plan.withhold(store, *id, by)?;
        let erased = ConversationErased { contact };
        plan.drafts.push(Draft::new(Stream::Conversation(*id), by.clone(), erased)?);
    }
    // After all versions were read: whoever writes from now on is a conflict, and it is looked at again.
    if let Some(term) = &cause.term
        && last_activity(store, contact)?.is_none_or(|last| last >= term.before)
    {
        return Err(ErasureError::Active);
    }
    let policy = cause.term.as_ref().map(|term| term.policy.clone());
    let erased = ContactErased { reason: cause.reason.clone(), policy };
    plan.drafts.push(Draft::new(stream, by.clone(), erased)?);
    Ok(plan)
}

/// Whether a reason says why, and does not say who.
fn check(store: &Store, keys: &KeyStore, contact: ContactId, reason: &str) -> Result<(), ErasureError> {
    if reason.trim().is_empty() || reason.len() > REASON {
        return Err(ErasureError::NoReason);
    }
    let (_, known) = living(store, contact)?;
    let Some(key) = keys.contact(contact).map_err(DeskError::from)? else { return Ok(()) };
    let identity = known.identity.open(&key).map_err(DeskError::from)?;
    let profile = known.profile.open(&key).map_err(DeskError::from)?;
    match names(reason, &identity, &profile) {
        Some(what) => Err(ErasureError::ReasonNames(what)),
        None => Ok(()),
    }
}

/// By what a text names somebody.
fn names(text: &str, identity: &Identity, profile: &Profile) -> Option<&'static str> {
    /// The last digits of a phone are those that tell people apart.
    const TELLING: usize = 7;
    let lower = text.to_lowercase();
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let has = |part: &str| part.chars().count() > 2 && lower.contains(&part.to_lowercase());
    let phone = identity.phone.as_deref().unwrap_or_default();
    let telling = phone.get(phone.len().saturating_sub(TELLING)..).unwrap_or_default();
    if telling.len() == TELLING && digits.contains(telling) {
        return Some("the phone");
    }
    if [&identity.user_id, &identity.parent_user_id].into_iter().flatten().any(|id| has(id)) {
        return Some("the user id");
    }
    (has(&profile.name) || has(&profile.username)).then_some("the name")
}

fn last_activity(store: &Store, contact: ContactId) -> Result<Option<Time>, DeskError> {
    let (_, Some(known)) = store.contact(contact)? else { return Ok(None) };
    let mut last = known.since;
    for (_, id) in store.conversations_of(contact)? {
        let (_, conversation) = store.conversation(id)?;
        last = last.max(conversation.and_then(|conversation| conversation.last_inbound));
        last = last.max(store.last_said(id)?);
    }
    Ok(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_that_names_the_customer_is_told_from_one_that_does_not() {
        let identity = Identity {
            phone: Some("573001112233".to_owned()),
            user_id: Some("CO.77".to_owned()),
            parent_user_id: None,
        };
        let profile = Profile { name: "Lucía".to_owned(), ..Profile::default() };
        let of = |text: &str| names(text, &identity, &profile);
        assert_eq!(of("lo pidió lucía"), Some("the name"));
        assert_eq!(of("titular de +57 300 111-2233"), Some("the phone"));
        assert_eq!(of("co.77"), Some("the user id"));
        assert_eq!(of("solicitud del titular, radicado 2026-118"), None);
    }
}
