//! Statuses of our messages, as WhatsApp tells them.

use domain::Time;
use domain::delivery::{Sending, Status};
use domain::event::{MessageNotUnderstood, Problem, StatusChanged, Strange, Wamid};
use domain::id::MessageId;
use domain::sealed::SealedBody;
use domain::stream::{Actor, Stream};
use store::{Draft, Referent, Ticket};

use crate::command::{DeskError, Done};
use crate::platform;
use crate::shared::Shared;

/// A status, as it came.
pub(crate) struct Told {
    /// The message of ours that it speaks of, by its reference or its wamid. None if it is not ours.
    pub(crate) message: Option<MessageId>,
    pub(crate) wamid: String,
    pub(crate) status: Status,
    pub(crate) at: Time,
    pub(crate) problems: Vec<Problem>,
    pub(crate) webhook: u64,
}

/// Takes in a status. The ticket is none if it says nothing new.
pub(crate) fn status(shared: &Shared, told: &Told) -> Result<(Option<Ticket>, Done), DeskError> {
    let found = match told.message {
        Some(message) => shared.store.delivery(message)?,
        None => (0, None),
    };
    let (version, Some(delivery)) = found else { return foreign(shared, told) };
    if !delivery.advances(told.status) {
        return Ok((None, Done::Repeated));
    }
    let (wamid, lookup) = if delivery.state == Sending::Accepted {
        (None, None)
    } else {
        let (_, conversation) = shared.store.conversation(delivery.conversation)?;
        let contact = conversation.ok_or(DeskError::Missing("the conversation"))?.contact;
        let key = shared.key(contact)?;
        let wamid = shared.seal(&Wamid(told.wamid.clone()), contact, &key)?;
        (Some(wamid), Some(shared.keys.lookup("wamid", &told.wamid)))
    };
    let changed = StatusChanged {
        status: told.status,
        at: told.at,
        problems: told.problems.clone(),
        wamid,
        lookup,
        webhook: told.webhook,
    };
    let stream = Stream::Message(delivery.message);
    let mut drafts = vec![Draft::new(stream.clone(), Actor::Meta, changed)?];
    let mut expect = vec![(stream, version)];
    if told.problems.iter().any(|problem| platform::is_opt_out(problem.code)) {
        let (_, conversation) = shared.store.conversation(delivery.conversation)?;
        let contact = conversation.ok_or(DeskError::Missing("the conversation"))?.contact;
        if let Some((version, stop)) = platform::opt_out(shared, contact, told.at, Some(told.webhook))? {
            expect.push((Stream::Contact(contact), version));
            drafts.push(stop);
        }
    }
    Ok((Some(shared.store.commit(expect, drafts)), Done::Recorded))
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
        Some(Referent::Inbound(_) | Referent::Strange | Referent::Told) | None => Ok(None),
    }
}
