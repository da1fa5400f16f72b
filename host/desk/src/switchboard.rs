//! Switches rule sets by the clock and by alerts, where the company's files say so (`domain::rule::switch`).
//!
//! It does what a person would, by the same commit, and says why. It looks every two seconds: a set that is for the night is asked two
//! seconds after eight.

use std::sync::Arc;
use std::time::Duration;

use domain::Time;
use domain::company::Company;
use domain::event::RuleSetMoved;
use domain::measure::alert::{Alert, state_of};
use domain::rule::book::RuleBook;
use domain::rule::moving::Unmoved;
use domain::rule::switch::{Switch, turned};
use domain::stream::Actor;
use tokio::sync::watch;

use crate::helm::{self, Change, HelmError};
use crate::shared::Shared;

/// How often it looks.
const NAP: Duration = Duration::from_secs(2);

/// Switches rule sets.
pub struct Switchboard {
    shared: Arc<Shared>,
}

/// A set that has to be switched: whether on, and why.
struct Turn<'a> {
    set: &'a str,
    on: bool,
    why: String,
}

impl Switchboard {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    /// Switches what has to be.
    pub async fn step(&self) -> Result<(), HelmError> {
        let active = self.shared.active.load_full();
        let switches = active.company.switches();
        if switches.is_empty() {
            return Ok(());
        }
        let (_, book) = self.shared.store.rule_book()?;
        let alerts = self.shared.store.alerts()?;
        let turns = switches.iter().filter_map(|(set, switch)| {
            turn(set, switch, &active.company, &alerts, &book, self.shared.now())
        });
        for turn in turns {
            self.switch(&turn).await?;
        }
        Ok(())
    }

    async fn switch(&self, Turn { set, on, why }: &Turn<'_>) -> Result<(), HelmError> {
        let switched = helm::steer(&self.shared, Actor::Host, |book, stands| {
            let first = stands.iter().find(|one| one.signed.set == *set);
            let first = first.ok_or_else(|| HelmError::NoSet((*set).to_owned()))?;
            // Somebody was faster.
            if book.is_on(set) == *on {
                return Err(HelmError::Unmoved(first.rule.clone(), Unmoved::Nothing));
            }
            let moved = RuleSetMoved { set: (*set).to_owned(), on: *on, why: why.clone() };
            Ok(Change { events: vec![moved.into()], ..Change::default() })
        });
        match switched.await {
            Ok(generation) => tracing::info!(set, on, why, generation, "a rule set was switched"),
            Err(HelmError::Unmoved(_, Unmoved::Nothing)) => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }
}

/// How a set has to be switched now, if it has to.
fn turn<'a>(
    set: &'a str,
    switch: &Switch,
    company: &Company,
    alerts: &[Alert],
    book: &RuleBook,
    now: Time,
) -> Option<Turn<'a>> {
    let moved = book.switched.get(set).map(|last| last.at);
    let (wants, since, why) = match switch {
        Switch::Clock(clock) => {
            let (wants, since) = clock.wants(company.calendar_named(&clock.calendar)?, now, moved);
            (wants, since, format!("calendar {}", clock.calendar))
        }
        Switch::Alarm(alarm) => {
            let state = state_of(alerts, &alarm.alert);
            let (wants, since) = state.map_or((false, None), |(on, since)| (on, Some(since)));
            (wants, since, format!("alert {}", alarm.alert))
        }
    };
    let on = turned(wants, since, moved, book.is_on(set))?;
    Some(Turn { set, on, why })
}

/// Drives the switchboard until it is stopped.
pub(crate) async fn switching(switchboard: Switchboard, mut stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        if let Err(error) = switchboard.step().await {
            tracing::error!(%error, part = "switchboard", "a part of the desk failed: trying again");
        }
        tokio::select! {
            _ = stopped.changed() => {}
            () = tokio::time::sleep(NAP) => {}
        }
    }
}
