//! What customers want to hear from us, wherever they say it: in a message, with WhatsApp's switch, by a refusal.

use domain::Time;
use domain::event::ConsentChanged;
use domain::id::ContactId;
use domain::law::consent::{Evidence, hear};
use domain::law::language::Language;
use domain::message::{Inbound, Outgoing};
use domain::stream::{Actor, Stream};
use store::Draft;

use crate::attend;
use crate::command::DeskError;
use crate::shared::Shared;
use crate::work::Work;

/// Hears an opt-out, or that somebody wants to be back. Then the message asks for nothing else, and there is one
/// confirmation in the commit that makes it known, and so never a second.
pub(crate) fn heard(work: &mut Work<'_>, inbound: &Inbound, sent_at: Time) -> Result<bool, DeskError> {
    let contact = work.conversation.contact;
    let (version, known) = work.shared.contact(contact)?;
    let (language, company) = (Language::of(&known.language), work.active.company.name());
    let heard = hear(&known.consent, &inbound.content, language, company, sent_at, work.now);
    let Some(heard) = heard else { return Ok(false) };
    for change in heard.changes {
        let evidence = work.seal(&Evidence(inbound.content.words().to_owned()))?;
        work.record_in(Stream::Contact(contact), version, Actor::Customer, change.on(evidence))?;
    }
    if let Some(body) = heard.confirmation {
        attend::reply(work, Actor::Host, &Outgoing::Text { body })?;
    }
    Ok(true)
}

/// Something that a customer said of messages, with the version of the contact at which it is news.
pub(crate) fn news(
    shared: &Shared,
    contact: ContactId,
    changed: ConsentChanged,
    words: &str,
) -> Result<Option<(u64, Draft)>, DeskError> {
    let (version, known) = shared.contact(contact)?;
    let known = known.consent;
    let mut after = known.clone();
    after.fold(&changed);
    if after == known {
        return Ok(None);
    }
    let changed = match words {
        "" => changed,
        words => {
            let key = shared.key(contact)?;
            changed.on(shared.seal(&Evidence(words.to_owned()), contact, &key)?)
        }
    };
    Ok(Some((version, Draft::new(Stream::Contact(contact), Actor::Customer, changed)?)))
}

/// Keeps that a customer wants no marketing, as the answer to a send told it (131050).
pub(crate) async fn keep_refusal(shared: &Shared, contact: ContactId, at: Time) -> Result<(), DeskError> {
    let refused = || news(shared, contact, ConsentChanged::by_refusal(at, shared.now()), "");
    shared.decide(Stream::Contact(contact), refused).await?;
    Ok(())
}
