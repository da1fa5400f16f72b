//! What Meta tells besides messages and statuses, and what is kept of it.
//!
//! Edits, revocations, echoes and calls are events of their conversation and open no case: nobody asks for anything by
//! them. What becomes of templates, numbers and accounts is the company's. Everything else is a notice. Each is kept
//! once, however often it is told: what has a wamid is known by it, what has a time by its words and that time, and the
//! rest by the body that it came in, which is read again after a crash.

use std::sync::Arc;

use domain::Time;
use domain::event::{
    AccountChanged, CallChanged, ConsentChanged, Event, HandoverChanged, MessageEchoed, MessageEdited,
    MessageRevoked, Noticed, NumberChanged, PlatformNotice, Raw, Strange, TemplateChanged,
};
use domain::id::{ContactId, ConversationId, MessageId, NumberId};
use domain::message::{Edit, Identity, Inbound, Profile, Side};
use domain::platform::{CallStep, MARKETING};
use domain::sealed::Lookup;
use domain::stream::{Actor, Stream};
use serde_json::json;
use store::{Draft, KeyStore, Ticket};
use whatsapp::{Notice, Update};

use crate::command::{Command, DeskError, Done};
use crate::consent;
use crate::people;
use crate::shared::Shared;
use crate::status::seal_for_today;

/// Something that Meta told, and where it belongs.
pub(crate) struct Told {
    pub(crate) update: Update,
    /// The customer and the conversation, where the update is something of a conversation.
    pub(crate) party: Option<(ContactId, ConversationId)>,
    pub(crate) webhook: u64,
}

/// The customer without whom an update cannot be kept in its place: who is not known yet becomes a contact.
pub(crate) fn party(update: &Update) -> Option<(&NumberId, &Identity, Option<&Profile>)> {
    match update {
        Update::Message { number, sender, profile, beside, .. } if beside.group.is_none() => {
            Some((number, sender, Some(profile)))
        }
        Update::Strange(strange) => Some((strange.number.as_ref()?, strange.contact.as_ref()?, None)),
        Update::Edit { number, customer, .. }
        | Update::Revoke { number, customer, .. }
        | Update::Echo { number, customer, .. }
        | Update::Call { number, customer, .. }
        | Update::Preference { number: Some(number), customer, .. } => Some((number, customer, None)),
        _ => None,
    }
}

/// By what something that a customer did is known again, if it is told once more.
pub(crate) fn told_by(keys: &KeyStore, webhook: u64, update: &Update) -> Option<Lookup> {
    match update {
        Update::Message { wamid, .. } | Update::Revoke { wamid, .. } => Some(keys.lookup("wamid", wamid)),
        Update::Echo { inbound, .. } => Some(keys.lookup("wamid", &inbound.wamid)),
        Update::Edit { edit, .. } => Some(edit_by(keys, edit)),
        Update::Call { id, step, at, .. } => Some(call_by(keys, id, step, *at)),
        Update::Strange(strange) => Some(strange_by(keys, webhook, strange)),
        _ => None,
    }
}

/// The medium of a placeholder comes under the wamid of the placeholder: an edit is known by its own name.
fn edit_by(keys: &KeyStore, edit: &Edit) -> Lookup {
    keys.lookup("edit", &edit.wamid)
}

fn call_by(keys: &KeyStore, id: &str, step: &CallStep, at: Time) -> Lookup {
    keys.lookup("call-step", &format!("{id}\0{}\0{}\0{at}", step.event, step.status))
}

/// By what something that is not understood is known again. Not by its wamid: that may be a message's whose status nobody
/// understands.
pub(crate) fn strange_by(keys: &KeyStore, webhook: u64, strange: &whatsapp::Strange) -> Lookup {
    let told = strange.wamid.as_ref().map_or_else(|| webhook.to_string(), ToOwned::to_owned);
    keys.lookup("strange", &format!("{told}\0{}", strange.raw))
}

/// The command that keeps an update. What belongs to a conversation keeps its order there.
pub(crate) fn command(
    update: Update,
    party: Option<(ContactId, ConversationId)>,
    webhook: u64,
) -> ([u8; 16], Command) {
    let key = match (&update, party) {
        (Update::Preference { .. }, Some((contact, _))) => contact.to_bytes(),
        (_, Some((_, conversation))) => conversation.to_bytes(),
        (_, None) => [0; 16],
    };
    (key, Command::Platform(Arc::new(Told { update, party, webhook })))
}

/// Keeps what was told. The ticket is none if it says nothing new.
pub(crate) fn told(shared: &Shared, told: &Told) -> Result<(Option<Ticket>, Done), DeskError> {
    let keep = Keep { shared, webhook: told.webhook };
    match (&told.update, told.party) {
        (update @ Update::Preference { .. }, Some((contact, _))) => keep.preference(contact, update),
        (update @ Update::Preference { customer, .. }, None) => match people::find(shared, customer)? {
            Some(contact) => keep.preference(contact, update),
            None => keep.of_company(update),
        },
        (update, Some(party)) => keep.of_conversation(update, party),
        (update, None) => keep.of_company(update),
    }
}

struct Keep<'a> {
    shared: &'a Shared,
    webhook: u64,
}

type Kept = Result<(Option<Ticket>, Done), DeskError>;

impl Keep<'_> {
    fn of_conversation(&self, update: &Update, party: (ContactId, ConversationId)) -> Kept {
        let (contact, conversation) = party;
        let key = self.shared.key(contact)?;
        let (shared, webhook) = (self.shared, self.webhook);
        let lookup = |kind: &str, value: &str| shared.keys.lookup(kind, value);
        let (by, known, event): (Side, Lookup, Event) = match update {
            Update::Edit { by, edit, at, .. } => {
                let known = edit_by(&shared.keys, edit);
                let edited = MessageEdited {
                    by: *by,
                    original: lookup("wamid", &edit.original),
                    at: *at,
                    content: edit.content.kind().to_owned(),
                    lookup: known,
                    body: shared.seal(edit, contact, &key)?,
                    webhook,
                };
                (*by, known, edited.into())
            }
            Update::Revoke { by, wamid, original, at, .. } => {
                let known = lookup("wamid", wamid);
                let original = lookup("wamid", original);
                (*by, known, MessageRevoked { by: *by, original, at: *at, lookup: known, webhook }.into())
            }
            Update::Echo { by, origin, inbound, sent_at, .. } => {
                let known = lookup("wamid", &inbound.wamid);
                let echoed = MessageEchoed {
                    message: MessageId::new(shared.now(), &*shared.entropy),
                    by: *by,
                    origin: origin.clone(),
                    sent_at: *sent_at,
                    content: inbound.content.kind().to_owned(),
                    lookup: known,
                    body: shared.seal::<Inbound>(inbound, contact, &key)?,
                    webhook,
                };
                (*by, known, echoed.into())
            }
            Update::Call { id, step, at, raw, .. } => {
                let known = call_by(&shared.keys, id, step, *at);
                let changed = CallChanged {
                    call: lookup("call", id),
                    step: step.clone(),
                    at: *at,
                    raw: shared.seal(&Raw(raw.clone()), contact, &key)?,
                    lookup: known,
                    webhook,
                };
                let by = if step.is_customers_call() { Side::Customer } else { Side::Company };
                (by, known, changed.into())
            }
            other => return self.of_company(other),
        };
        let actor = match by {
            Side::Customer => Actor::Customer,
            Side::Company => Actor::Meta,
        };
        self.once(known, Stream::Conversation(conversation), actor, event)
    }

    fn of_company(&self, update: &Update) -> Kept {
        let webhook = self.webhook;
        let company = |known, event| self.once(known, Stream::Company, Actor::Meta, event);
        match update {
            Update::Template { account, template, change, at } => {
                let lookup = self.known("template", *at, &format!("{account:?}{template:?}{change:?}"));
                let (account, template, change) = (account.clone(), template.clone(), change.clone());
                let at = *at;
                company(lookup, TemplateChanged { account, template, change, at, lookup, webhook }.into())
            }
            Update::Number { account, display, change, at } => {
                let lookup = self.known("number", *at, &format!("{account:?}{display}{change:?}"));
                let (account, display, change) = (account.clone(), display.clone(), change.clone());
                let at = *at;
                company(lookup, NumberChanged { account, display, change, at, lookup, webhook }.into())
            }
            Update::Account { account, change, at } => {
                let lookup = self.known("account", *at, &format!("{account:?}{change:?}"));
                let (account, change, at) = (account.clone(), change.clone(), *at);
                company(lookup, AccountChanged { account, change, at, lookup, webhook }.into())
            }
            Update::Handover { number, customer, handover, at, raw } => {
                let (stream, of) = self.place(number.as_ref(), customer.as_ref())?;
                let lookup = self.known("handover", Some(*at), raw);
                let changed = HandoverChanged {
                    number: number.clone(),
                    handover: handover.clone(),
                    at: *at,
                    raw: self.sealed(of, raw)?,
                    lookup,
                    webhook,
                };
                self.once(lookup, stream, Actor::Meta, changed.into())
            }
            Update::Notice(notice) => self.notice(notice),
            other => {
                self.notice(&as_notice(other).ok_or(DeskError::Missing("the conversation of an update"))?)
            }
        }
    }

    /// Keeps a notice where the customer whom it names, if it does, already has a conversation.
    fn notice(&self, notice: &Notice) -> Kept {
        let (stream, of) = self.place(notice.number.as_ref(), notice.contact.as_ref())?;
        let at = notice.at.filter(|_| notice.wamid.is_none());
        let lookup = match &notice.wamid {
            Some(wamid) => {
                self.shared.keys.lookup("notice", &format!("{}\0{wamid}\0{}", notice.field, notice.raw))
            }
            None => self.known(&notice.field, at, &notice.raw),
        };
        let kept = PlatformNotice {
            field: notice.field.clone(),
            what: notice.what.clone(),
            account: notice.account.clone(),
            number: notice.number.clone(),
            at: notice.at,
            value: self.noticed(of, notice.personal, &notice.raw)?,
            lookup,
            webhook: self.webhook,
        };
        self.once(lookup, stream, Actor::Meta, kept.into())
    }

    /// What WhatsApp's own switch says. A word of which this version has not heard is a notice.
    fn preference(&self, contact: ContactId, update: &Update) -> Kept {
        let Update::Preference { preference, detail, at, .. } = update else {
            return self.of_company(update);
        };
        let said = Some(preference).filter(|preference| preference.category == MARKETING);
        let said = said.and_then(|said| ConsentChanged::by_preference(&said.value, *at, self.shared.now()));
        let Some(said) = said else { return self.of_company(update) };
        Ok(match consent::news(self.shared, contact, said, detail)? {
            Some((version, draft)) => {
                let expect = vec![(Stream::Contact(contact), version)];
                (Some(self.shared.store.commit(expect, vec![draft])), Done::Recorded)
            }
            None => (None, Done::Repeated),
        })
    }

    /// The stream of something that may name a customer, and whose it is. Nobody becomes a contact by it.
    fn place(
        &self,
        number: Option<&NumberId>,
        customer: Option<&Identity>,
    ) -> Result<(Stream, Option<ContactId>), DeskError> {
        let contact = match customer {
            Some(customer) => people::find(self.shared, customer)?,
            None => None,
        };
        if let (Some(contact), Some(number)) = (contact, number)
            && let Some(conversation) = self.shared.store.conversation_of(contact, number)?
        {
            return Ok((Stream::Conversation(conversation), Some(contact)));
        }
        Ok((Stream::Company, contact))
    }

    fn noticed(&self, of: Option<ContactId>, personal: bool, raw: &str) -> Result<Noticed, DeskError> {
        if of.is_none() && !personal {
            return Ok(Noticed::Company(raw.to_owned()));
        }
        Ok(match self.sealed(of, raw)? {
            Strange::Of(sealed) => Noticed::Of(sealed),
            Strange::Body(body) => Noticed::Body(body),
        })
    }

    fn sealed(&self, of: Option<ContactId>, raw: &str) -> Result<Strange, DeskError> {
        let Some(contact) = of else {
            return Ok(Strange::Body(seal_for_today(self.shared, raw.as_bytes())?));
        };
        let key = self.shared.key(contact)?;
        Ok(Strange::Of(self.shared.seal(&Raw(raw.to_owned()), contact, &key)?))
    }

    /// By what something without a wamid is known again.
    fn known(&self, kind: &str, at: Option<Time>, words: &str) -> Lookup {
        let when = at.map_or_else(|| format!("webhook {}", self.webhook), |at| at.to_string());
        self.shared.keys.lookup("told", &format!("{kind}\0{when}\0{words}"))
    }

    fn once(&self, known: Lookup, stream: Stream, actor: Actor, event: Event) -> Kept {
        if self.shared.store.referent(&known)?.is_some() {
            return Ok((None, Done::Repeated));
        }
        let draft = Draft::new(stream, actor, event)?;
        Ok((Some(self.shared.store.commit(Vec::new(), vec![draft])), Done::Recorded))
    }
}

/// What has no place of its own in this host: groups, and changes of people whom it does not know. None for what has one.
fn as_notice(update: &Update) -> Option<Notice> {
    let notice = |field: &str, what: &str, number: Option<&NumberId>, raw: String| Notice {
        field: field.to_owned(),
        what: what.to_owned(),
        account: None,
        number: number.cloned(),
        contact: None,
        wamid: None,
        at: None,
        personal: true,
        raw,
    };
    Some(match update {
        Update::Message { number, sender, wamid, sent_at, content, answers, beside, .. } => {
            let raw = json!({"content": content, "answers": answers, "beside": beside}).to_string();
            let (contact, wamid, at) = (Some(sender.clone()), Some(wamid.clone()), Some(*sent_at));
            Notice { contact, wamid, at, ..notice("messages", "group-message", Some(number), raw) }
        }
        Update::Status { number, wamid, status, at, recipient, errors, more, .. } => {
            let codes: Vec<i64> = errors.iter().map(|error| error.code).collect();
            let group = more.as_ref().and_then(|more| more.group.clone());
            let raw = json!({"status": status, "recipient": recipient, "group": group, "errors": codes});
            let (contact, wamid, at) = (Some(recipient.clone()), Some(wamid.clone()), Some(*at));
            let notice = notice("messages", "group-status", Some(number), raw.to_string());
            Notice { contact, wamid, at, ..notice }
        }
        Update::Identity { number, part, was, now, wamid, at, detail } => {
            let raw = json!({"part": part, "was": was, "now": now, "detail": detail}).to_string();
            let (wamid, at) = (wamid.clone(), Some(*at));
            Notice { wamid, at, ..notice("user_id_update", "unknown-customer", number.as_ref(), raw) }
        }
        Update::Preference { number, customer, preference, at, .. } => {
            let raw = json!({"customer": customer, "preference": preference}).to_string();
            let contact = Some(customer.clone());
            Notice {
                contact,
                at: Some(*at),
                ..notice("user_preferences", &preference.value, number.as_ref(), raw)
            }
        }
        Update::Group(group) => {
            let number = group.number.as_ref();
            Notice { at: group.at, ..notice(&group.field, &group.what, number, group.raw.clone()) }
        }
        _ => return None,
    })
}
