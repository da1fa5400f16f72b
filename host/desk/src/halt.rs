//! Stops what would not leave anyway, or what somebody does not want to leave, and calls people.
//!
//! Meta's codes stop a number or the account; people pause and resume. Both are events of the company, so they outlive the
//! process, and whoever is about to send has seen them (`domain::stops`).

use domain::delivery::Delivery;
use domain::event::{Event, PersonCalled, SendingResumed, SendingStopped};
use domain::id::NumberId;
use domain::stops::{Scope, Stops, Traffic};
use domain::stream::{Actor, Stream};
use store::Draft;
use whatsapp::Action;

use crate::command::DeskError;
use crate::shared::Shared;

/// The bill is not paid: Meta goes on taking answers, as far as they are free.
const UNPAID: i64 = 131_042;

/// What follows for other messages from the code that one ran into, with the version of the company at which it is news.
pub(crate) fn news(
    shared: &Shared,
    delivery: &Delivery,
    code: i64,
    title: &str,
    action: Action,
) -> Result<Option<(u64, Draft)>, DeskError> {
    let (version, stops) = shared.store.stops()?;
    let why = whatsapp::meaning(code).unwrap_or(title).to_owned();
    let number = delivery.number.clone();
    let event: Event = match action {
        Action::CallPerson if stops.is_called(&number, code) => return Ok(None),
        Action::CallPerson => PersonCalled { number, message: delivery.message, code, why }.into(),
        Action::StopNumber | Action::StopAccount => {
            let scope = match action {
                Action::StopNumber => Scope::Number(number),
                _ => Scope::Account,
            };
            let traffic = if code == UNPAID { Traffic::BusinessInitiated } else { Traffic::All };
            let stopped = SendingStopped { scope, traffic, code: Some(code), why };
            if stops.knows(&stopped) {
                return Ok(None);
            }
            stopped.into()
        }
        _ => return Ok(None),
    };
    shared.meters.call();
    Ok(Some((version, Draft::new(Stream::Company, Actor::Meta, event)?)))
}

/// Keeps what follows from the answer to a send.
pub(crate) async fn keep(
    shared: &Shared,
    delivery: &Delivery,
    code: i64,
    title: &str,
    action: Action,
) -> Result<(), DeskError> {
    let called = shared.decide(Stream::Company, || news(shared, delivery, code, title, action)).await?;
    if called {
        tracing::warn!(code, number = %delivery.number, "WhatsApp refuses messages until a person acts: see `timonel outbound`");
    }
    Ok(())
}

/// Somebody pauses a number, or everything. False if it was paused already.
pub(crate) async fn pause(
    shared: &Shared,
    actor: Actor,
    number: Option<NumberId>,
    reason: String,
) -> Result<bool, DeskError> {
    let scope = number.map_or(Scope::Account, Scope::Number);
    let stopped = SendingStopped { scope, traffic: Traffic::All, code: None, why: reason };
    decide(shared, actor, |stops| (!stops.knows(&stopped)).then(|| stopped.clone().into())).await
}

/// Somebody resumes a number, or everything, whatever stopped it, and answers the calls. False if nothing was stopped.
pub(crate) async fn resume(
    shared: &Shared,
    actor: Actor,
    number: Option<NumberId>,
) -> Result<bool, DeskError> {
    let scope = number.map_or(Scope::Account, Scope::Number);
    let resumed = Event::from(SendingResumed { scope });
    let now = shared.now();
    decide(shared, actor, |stops| {
        let mut after = stops.clone();
        after.fold(now, &Actor::Host, &resumed);
        (after != *stops).then(|| resumed.clone())
    })
    .await
}

async fn decide(
    shared: &Shared,
    actor: Actor,
    event: impl Fn(&Stops) -> Option<Event>,
) -> Result<bool, DeskError> {
    let wanted = || {
        let (version, stops) = shared.store.stops()?;
        let draft = event(&stops).map(|event| Draft::new(Stream::Company, actor.clone(), event));
        Ok(draft.transpose()?.map(|draft| (version, draft)))
    };
    shared.decide(Stream::Company, wanted).await
}
