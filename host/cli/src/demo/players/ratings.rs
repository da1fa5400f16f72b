//! Customers who are asked how it was: most tap an answer, and most of them a good one.

use std::sync::Arc;

use desk::TAPPED;
use simulator::{Event, Handle, Said, Side};
use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinSet;

use super::Pace;
use super::stories::PEOPLE;

/// Of a hundred who are asked, so many tap the best answer, and so many the one behind it; then so many leave it.
const BEST: f64 = 55.0;
const FAIR: f64 = 75.0;
const NONE: f64 = 90.0;

/// Taps for as long as the demo runs. Whoever tries the demo answers for themselves.
pub(super) async fn tap(phones: Arc<Handle>, pace: Pace) {
    let (mut heard, mut dice, mut tapping) = (phones.events(), pace.dice("ratings"), JoinSet::new());
    loop {
        let (phone, message) = match heard.recv().await {
            Ok(Event::Message { phone, message }) if message.from == Side::Company => (phone, message),
            Ok(_) | Err(RecvError::Lagged(_)) => continue,
            Err(RecvError::Closed) => return,
        };
        let Said::Buttons { buttons, .. } = message.said else { continue };
        let Some(person) = PEOPLE.iter().find(|person| person.phone == phone) else { continue };
        if !buttons.first().is_some_and(|button| button.id.starts_with(TAPPED)) {
            continue;
        }
        let which = match dice.between(0.0, 100.0) {
            luck if luck < BEST => 0,
            luck if luck < FAIR => 1,
            luck if luck < NONE => continue,
            _ => buttons.len() - 1,
        };
        let (Some(button), thinks) = (buttons.get(which).cloned(), dice.between(4.0, 20.0)) else { continue };
        let customer = phones.customer(person.phone, person.name);
        tapping.spawn(async move {
            tokio::time::sleep(pace.seconds(thinks)).await;
            customer.press(&message.number, &button.id, &button.title).is_ok()
        });
        while tapping.try_join_next().is_some() {}
    }
}
