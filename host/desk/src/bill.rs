//! The bill of a message, where the company has a table of prices. Without one nothing is reckoned, and nothing written.

use domain::Time;
use domain::delivery::Delivery;
use domain::event::MessageCharged;
use domain::law::Law;
use domain::law::pricing::{Bill, Charge, Pricing};
use domain::stream::Actor;

use crate::command::DeskError;
use crate::shared::Shared;

/// A message that is about to leave for the first time goes on its bill, so that it counts against the caps.
pub(crate) fn opened(
    law: &Law,
    delivery: &Delivery,
    who: Actor,
    charge: Charge,
    now: Time,
) -> Option<MessageCharged> {
    law.currency()?;
    delivery.bill.is_none().then(|| Bill::open(delivery.number.clone(), law.month(now), who, charge))
}

/// A message that will never arrive is not charged.
pub(crate) fn voided(delivery: &Delivery) -> Option<MessageCharged> {
    delivery.bill.as_ref()?.void()
}

/// What Meta reports of a price, if that is news.
pub(crate) fn reported(
    shared: &Shared,
    delivery: &Delivery,
    pricing: &whatsapp::Pricing,
    at: Time,
) -> Result<Option<MessageCharged>, DeskError> {
    let active = shared.active.load();
    let law = active.company.law();
    if law.currency().is_none() {
        return Ok(None);
    }
    // The price depends on the country, and of who was forgotten nobody knows it.
    if delivery.erased {
        return Ok(None);
    }
    let (_, conversation) = shared.conversation(delivery.conversation)?;
    let (_, known) = shared.contact(conversation.contact)?;
    let identity = known.identity.open(&shared.key(conversation.contact)?)?;
    let told = Pricing { billable: pricing.billable, kind: &pricing.kind, category: &pricing.category };
    let charge = told.charge(|billed| law.rate(&identity, billed));
    if let Some(bill) = &delivery.bill {
        return Ok(bill.report(charge));
    }
    let queued = shared.store.event(delivery.queued)?.ok_or(DeskError::Missing("a queued message"))?;
    Ok(Some(Bill::open_reported(delivery.number.clone(), law.month(at), queued.actor, charge)))
}
