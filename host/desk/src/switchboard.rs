//! Switches rule sets by the clock and by alerts, where the company's files say so (`domain::rule::switch`).
//!
//! It does what a person would, by the same commit, and says why. It looks every two seconds: a set that is for the night is asked two
//! seconds after eight.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::event::RuleSetMoved;
use domain::measure::alert::{Alert, state_of};
use domain::rule::moving::Unmoved;
use domain::rule::switch::{Switch, turned};
use domain::stream::Actor;
use tokio::sync::watch;

use crate::assemble::Desk;
use crate::helm::{self, Change, HelmError};

/// How often it looks.
const NAP: Duration = Duration::from_secs(2);

/// A set that has to be switched: whether on, and why.
struct Turn {
    on: bool,
    why: String,
}

/// Switches what has to be.
async fn step(desk: &Desk) -> Result<(), HelmError> {
    let active = desk.active();
    let switches = active.company.switches();
    if switches.is_empty() {
        return Ok(());
    }
    let shared = desk.shared();
    let by_alert = switches.values().any(|switch| matches!(switch, Switch::Alarm(_)));
    let alerts: Vec<Alert> = if by_alert { shared.store.alerts()? } else { Vec::new() };
    let (_, book) = shared.store.rule_book()?;
    let mut turns: BTreeMap<&str, Turn> = BTreeMap::new();
    for (set, switch) in switches {
        let moved = book.switched.get(set).copied();
        let (wants, since, why) = match switch {
            Switch::Clock(clock) => {
                let Some(calendar) = active.company.calendar_named(&clock.calendar) else { continue };
                let (wants, since) = clock.wants(calendar, shared.now(), moved);
                (wants, since, format!("calendar {}", clock.calendar))
            }
            Switch::Alarm(alarm) => {
                let state = state_of(&alerts, &alarm.alert);
                let why = format!("alert {}", alarm.alert);
                state.map_or((false, None, why.clone()), |(on, since)| (on, Some(since), why))
            }
        };
        if let Some(on) = turned(wants, since, moved, !book.off.contains_key(set)) {
            turns.insert(set, Turn { on, why });
        }
    }
    for (set, Turn { on, why }) in turns {
        let switched = helm::steer(shared, Actor::Host, |book, stands| {
            let first = stands.iter().find(|one| one.signed.set == set);
            let first = first.ok_or_else(|| HelmError::NoSet(set.to_owned()))?;
            // Somebody was faster.
            if book.off.contains_key(set) != on {
                return Err(HelmError::Unmoved(first.rule.clone(), Unmoved::Nothing));
            }
            let moved = RuleSetMoved { set: set.to_owned(), on, why: why.clone() };
            Ok(Change { events: vec![moved.into()], ..Change::default() })
        });
        match switched.await {
            Ok(generation) => tracing::info!(set, on, why, generation, "a rule set was switched"),
            Err(HelmError::Unmoved(_, Unmoved::Nothing)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Switches sets until it is stopped.
pub(crate) async fn switching(desk: Desk, mut stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        if let Err(error) = step(&desk).await {
            tracing::error!(%error, part = "switchboard", "a part of the desk failed: trying again");
        }
        tokio::select! {
            _ = stopped.changed() => {}
            () = tokio::time::sleep(NAP) => {}
        }
    }
}
