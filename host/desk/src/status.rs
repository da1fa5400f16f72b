//! Statuses of our messages, as WhatsApp tells them.

use domain::Time;
use domain::delivery::{Delivery, Status};
use domain::event::{
    ConsentChanged, DuplicateDetected, EntryPointOpened, Event, MessageNotUnderstood, Problem, StatusChanged,
    Strange, Wamid,
};
use domain::id::MessageId;
use domain::sealed::SealedBody;
use domain::stream::{Actor, Stream};
use store::{Draft, Referent, Ticket};
use whatsapp::{Action, PricedConversation};

use crate::bill;
use crate::command::{DeskError, Done};
use crate::consent;
use crate::halt;
use crate::shared::Shared;

/// A status, as it came.
pub(crate) struct Told {
    /// The message of ours that it speaks of, by its reference or its wamid. None if it is not ours.
    pub(crate) message: Option<MessageId>,
    /// The attempt, by its reference.
    pub(crate) attempt: Option<u32>,
    pub(crate) wamid: String,
    pub(crate) status: Status,
    pub(crate) at: Time,
    pub(crate) problems: Vec<Problem>,
    pub(crate) pricing: Option<whatsapp::Pricing>,
    pub(crate) priced: Option<PricedConversation>,
    pub(crate) webhook: u64,
}

/// What Meta calls a conversation that an advertisement began: all that is said in it is free.
const ENTRY_POINT: &str = "referral_conversion";

/// Takes in a status. The ticket is none if it says nothing new.
pub(crate) fn status(shared: &Shared, told: &Told) -> Result<(Option<Ticket>, Done), DeskError> {
    let found = match told.message {
        Some(message) => shared.store.delivery(message)?,
        None => (0, None),
    };
    let (version, Some(delivery)) = found else { return foreign(shared, told) };
    let mut news = News { expect: Vec::new(), drafts: Vec::new() };
    let mut events: Vec<Event> = changes(shared, told, &delivery)?;
    let fails =
        events.iter().any(|event| matches!(event, Event::StatusChanged(_))) && told.status == Status::Failed;
    if fails {
        events.extend(bill::voided(&delivery).map(Event::from));
    } else if let Some(pricing) = &told.pricing {
        events.extend(bill::reported(shared, &delivery, pricing, told.at)?.map(Event::from));
    }
    if !events.is_empty() {
        let stream = Stream::Message(delivery.message);
        for event in events {
            news.drafts.push(Draft::new(stream.clone(), Actor::Meta, event)?);
        }
        news.expect.push((stream, version));
    }
    // Who was forgotten is written nothing any more.
    if !delivery.erased {
        entry_point(shared, told, &delivery, &mut news)?;
    }
    problems(shared, told, &delivery, &mut news)?;
    let News { expect, drafts } = news;
    if drafts.is_empty() {
        return Ok((None, Done::Repeated));
    }
    Ok((Some(shared.store.commit(expect, drafts)), Done::Recorded))
}

/// What a status makes known, over several streams.
struct News {
    expect: Vec<(Stream, u64)>,
    drafts: Vec<Draft>,
}

/// What of the message itself is new.
fn changes(shared: &Shared, told: &Told, delivery: &Delivery) -> Result<Vec<Event>, DeskError> {
    let failed = told.status == Status::Failed;
    // That an attempt failed which was made again since says nothing of the message.
    if failed && told.attempt.is_some_and(|attempt| attempt < delivery.attempts) {
        return Ok(Vec::new());
    }
    let doubled = match told.attempt {
        Some(attempt) if !failed && delivery.status != Some(Status::Failed) => {
            delivery.doubled_by(attempt).map(|beside| DuplicateDetected { attempt, beside })
        }
        _ => None,
    };
    if !delivery.advances(told.status) && doubled.is_none() {
        return Ok(Vec::new());
    }
    let (wamid, lookup) =
        if delivery.erased || delivery.taken.contains(&told.attempt.unwrap_or(delivery.attempts)) {
            (None, None)
        } else {
            let contact = shared.conversation(delivery.conversation)?.1.contact;
            let key = shared.key(contact)?;
            let wamid = shared.seal(&Wamid(told.wamid.clone()), contact, &key)?;
            (Some(wamid), Some(shared.keys.lookup("wamid", &told.wamid)))
        };
    let changed = StatusChanged {
        status: told.status,
        attempt: told.attempt,
        at: told.at,
        problems: told.problems.clone(),
        wamid,
        lookup,
        webhook: told.webhook,
    };
    let mut events = vec![changed.into()];
    if let Some(doubled) = doubled {
        shared.meters.duplicate();
        tracing::warn!(message = %delivery.message, "a customer has a message twice: an attempt of which nothing was heard had arrived");
        events.push(doubled.into());
    }
    Ok(events)
}

/// Until when all is free, where an advertisement began it.
fn entry_point(shared: &Shared, told: &Told, delivery: &Delivery, news: &mut News) -> Result<(), DeskError> {
    let Some(PricedConversation { until: Some(until), origin, .. }) = &told.priced else { return Ok(()) };
    let known = shared.conversation(delivery.conversation)?.1.entry_point;
    let mut after = known;
    after.tell(*until);
    if origin == ENTRY_POINT && after != known {
        // It only ever moves the end further, whatever else happens in the conversation.
        let opened = EntryPointOpened { until: *until };
        news.drafts.push(Draft::new(Stream::Conversation(delivery.conversation), Actor::Meta, opened)?);
    }
    Ok(())
}

/// What follows from the codes with which a message failed, for the customer and for other messages.
fn problems(shared: &Shared, told: &Told, delivery: &Delivery, news: &mut News) -> Result<(), DeskError> {
    for problem in &told.problems {
        let found = match whatsapp::action(problem.code, 0) {
            Action::OptOut if delivery.erased => None,
            Action::OptOut => {
                let contact = shared.conversation(delivery.conversation)?.1.contact;
                let refusal = ConsentChanged::by_refusal(told.at, shared.now());
                consent::news(shared, contact, refusal, "")?.map(|news| (Stream::Contact(contact), news))
            }
            // Told again, it may have been resumed since.
            action if delivery.status != Some(Status::Failed) => {
                let stopped = halt::news(shared, delivery, problem.code, &problem.title, action)?;
                stopped.map(|news| (Stream::Company, news))
            }
            _ => None,
        };
        if let Some((stream, (version, draft))) = found
            && !news.expect.iter().any(|(known, _)| *known == stream)
        {
            news.expect.push((stream, version));
            news.drafts.push(draft);
        }
    }
    Ok(())
}

/// The status of a message that another system sent with the same number.
fn foreign(shared: &Shared, told: &Told) -> Result<(Option<Ticket>, Done), DeskError> {
    let raw = format!(
        r#"{{"id":{},"status":"{}"}}"#,
        serde_json::Value::from(told.wamid.as_str()),
        told.status.word()
    );
    let event = MessageNotUnderstood {
        field: "messages".to_owned(),
        why: "a status of a message that this host did not send".to_owned(),
        raw: Strange::Body(seal_for_today(shared, raw.as_bytes())?),
        lookup: Some(shared.keys.lookup("strange", &raw)),
        webhook: told.webhook,
    };
    strange(shared, Stream::Webhooks, &event)
}

/// Seals something that belongs to nobody with the key of today.
pub(crate) fn seal_for_today(shared: &Shared, plain: &[u8]) -> Result<SealedBody, DeskError> {
    let today = shared.now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let key = shared.keys.day(today, today)?.ok_or(DeskError::Missing("today's key"))?;
    Ok(SealedBody::seal(plain, today, &key, &*shared.entropy)?)
}

/// Keeps what was not understood, unless it is there already.
pub(crate) fn strange(
    shared: &Shared,
    stream: Stream,
    strange: &MessageNotUnderstood,
) -> Result<(Option<Ticket>, Done), DeskError> {
    if let Some(lookup) = &strange.lookup
        && shared.store.referent(lookup)?.is_some()
    {
        return Ok((None, Done::Repeated));
    }
    let draft = Draft::new(stream, Actor::Meta, strange.clone())?;
    Ok((Some(shared.store.commit(Vec::new(), vec![draft])), Done::Strange))
}

/// The message of ours behind a wamid.
pub(crate) fn by_wamid(shared: &Shared, wamid: &str) -> Result<Option<MessageId>, DeskError> {
    match shared.store.referent(&shared.keys.lookup("wamid", wamid))? {
        Some(Referent::Outgoing(message)) => Ok(Some(message)),
        Some(Referent::Inbound(_) | Referent::Strange | Referent::Told | Referent::Erased) | None => Ok(None),
    }
}
