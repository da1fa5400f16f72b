//! What an older version did not understand, read again by this one.
//!
//! What is understood now is put into a body of its own and appended as if Meta had posted it, in one commit with the word
//! that the element is taken up. So it goes the way of every webhook: contacts, order, deduplication by wamid and a crash
//! in between are what they always are, and it is taken up once.

use domain::event::{ElementReread, Event, MessageNotUnderstood, Strange, WebhookReceived};
use domain::sealed::SealedBody;
use domain::stream::{Actor, Stream};
use store::Draft;
use whatsapp::Update;

use crate::assemble::Desk;
use crate::command::DeskError;
use crate::shared::Shared;

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reparsed {
    /// Elements that had not been understood and were not taken up before.
    pub of: u64,
    /// Elements that are understood now.
    pub understood: u64,
    /// Elements that nobody can open any more: their contact was erased, or the key of their day is destroyed.
    pub gone: u64,
}

impl Desk {
    /// Reads again everything that was not understood. Reads the whole journal: seconds for a large one.
    pub async fn reparse(&self, by: &Actor) -> Result<Reparsed, DeskError> {
        let (desk, by) = (self.clone(), by.clone());
        let read = tokio::task::spawn_blocking(move || reparse(desk.shared(), &by));
        read.await.map_err(|_| DeskError::Stopping)?
    }
}

fn reparse(shared: &Shared, by: &Actor) -> Result<Reparsed, DeskError> {
    let mut reparsed = Reparsed::default();
    for recorded in shared.store.events(1) {
        let recorded = recorded?;
        let Event::MessageNotUnderstood(strange) = &recorded.event else { continue };
        if shared.store.is_reread(recorded.seq)? {
            continue;
        }
        reparsed.of += 1;
        let Some(raw) = open(shared, &strange.raw)? else {
            reparsed.gone += 1;
            continue;
        };
        let number = match recorded.stream {
            Stream::Conversation(id) => shared.store.conversation(id)?.1.map(|known| known.number),
            _ => None,
        };
        let number = number.as_ref().map(|number| number.as_str());
        let Some(body) = whatsapp::body_of(&strange.field, number, &raw).filter(|body| understood(body))
        else {
            continue;
        };
        take_up(shared, recorded.seq, strange, &body, by)?;
        reparsed.understood += 1;
    }
    Ok(reparsed)
}

/// The element, if there is a key to it.
fn open(shared: &Shared, raw: &Strange) -> Result<Option<String>, DeskError> {
    Ok(match raw {
        Strange::Of(sealed) => match shared.keys.contact(sealed.owner())? {
            Some(key) => Some(sealed.open(&key)?.0),
            None => None,
        },
        Strange::Body(body) => {
            let today = shared.now().to_zoned(jiff::tz::TimeZone::UTC).date();
            shared.keys.open_body(body, today)?.map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        }
    })
}

fn understood(body: &str) -> bool {
    whatsapp::read(body.as_bytes()).is_ok_and(|updates| {
        !updates.is_empty() && !updates.iter().any(|update| matches!(update, Update::Strange(_)))
    })
}

fn take_up(
    shared: &Shared,
    element: u64,
    strange: &MessageNotUnderstood,
    body: &str,
    by: &Actor,
) -> Result<(), DeskError> {
    let today = shared.now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let key = shared.keys.day(today, today)?.ok_or(DeskError::Missing("today's key"))?;
    let received = WebhookReceived {
        bytes: body.len() as u64,
        body: SealedBody::seal(body.as_bytes(), today, &key, &*shared.entropy)?,
    };
    let reread = ElementReread { element, field: strange.field.clone() };
    let drafts = vec![
        Draft::new(Stream::Webhooks, by.clone(), received)?,
        Draft::new(Stream::Webhooks, by.clone(), reread)?,
    ];
    shared.store.commit(Vec::new(), drafts).wait()?;
    Ok(())
}
