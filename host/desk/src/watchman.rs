//! The watchman: undoes a change of a rule that does not do well.
//!
//! For a while after somebody moved a rule, or another version of it came in force, he counts how often it failed and what it
//! took. When it leaves the company's bounds (`domain::rule::falling`) he puts it back to how it was before that change, by the
//! same commit by which a person would. What he did himself he does not undo: a rule that fails before and after a change is
//! for people.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::decision::Digest;
use domain::event::{Event, Recorded, RuleMoved, RuleReturned};
use domain::id::RuleId;
use domain::rule::Version;
use domain::rule::book::{Moved, RuleBook};
use domain::rule::falling::{Left, Since};
use domain::rule::mode::Mode;
use domain::rule::moving::Unmoved;
use domain::stream::Actor;
use tokio::sync::watch;

use crate::assemble::Desk;
use crate::helm::{self, Change, HelmError, Stands};

/// How often he looks.
const NAP: Duration = Duration::from_secs(2);

/// Looks after rules that were changed.
pub struct Watchman {
    desk: Desk,
}

impl Watchman {
    pub(crate) fn new(desk: Desk) -> Self {
        Self { desk }
    }

    /// Undoes what has to be undone.
    pub async fn step(&self) -> Result<(), HelmError> {
        let active = self.desk.active();
        let bounds = active.company.fall_back();
        if bounds.within.is_zero() {
            return Ok(());
        }
        let now = self.desk.shared().now();
        for rule in active.generation.rules() {
            let definition = rule.definition();
            if definition.mode <= Mode::Shadow || definition.version.is_none() {
                continue;
            }
            let Some(change) = self.last_change(&definition.id)? else { continue };
            if change.actor == Actor::Host
                && !matches!(change.event, Event::RuleVersioned(_) | Event::RuleAgreed(_))
                || now.duration_since(change.time) >= bounds.within
            {
                continue;
            }
            let millis = |at: domain::Time| u64::try_from(at.as_millisecond()).unwrap_or(0);
            // One that rests is not asked, so that what it failed on before is all there is to see.
            let counts = match rule.rests() {
                true => rule.lately(millis(now)),
                false => rule.since(millis(change.time), millis(now)),
            };
            let since = Since { asked: counts.asked, failed: counts.failed, micros: counts.micros };
            if let Some(left) = bounds.left(since) {
                self.undo(&definition.id, &change, left).await?;
            }
        }
        Ok(())
    }

    /// What was changed of a rule last.
    fn last_change(&self, rule: &RuleId) -> Result<Option<Recorded>, HelmError> {
        Ok(self.desk.changes(&format!("rule/{rule}"), u64::MAX).next().transpose()?)
    }

    async fn undo(&self, rule: &RuleId, change: &Recorded, left: Left) -> Result<(), HelmError> {
        let why = left.words();
        let mut before: Vec<Recorded> =
            self.desk.changes(&format!("rule/{rule}"), change.seq).collect::<Result<_, _>>()?;
        before.reverse();
        let mut book = RuleBook::default();
        for recorded in &before {
            book.fold(recorded.time, &recorded.actor, &recorded.event);
        }
        let versions: Vec<(u64, Version)> = self.desk.store().rule_versions(rule)?;
        let undone = helm::steer(self.desk.shared(), Actor::Host, |_, stands| {
            let one = stands.iter().find(|one| one.rule == *rule);
            let one = one.ok_or_else(|| HelmError::NoRule(rule.clone()))?;
            // Somebody was faster.
            if one.mode <= Mode::Shadow || one.signed.judges() {
                return Err(HelmError::Unmoved(rule.clone(), Unmoved::Nothing));
            }
            Ok(Change { events: back(one, &book, change, &versions, &why), ..Change::default() })
        });
        match undone.await {
            Ok(generation) => {
                tracing::error!(%rule, why, generation, "a rule left its bounds after a change: the change was undone");
                Ok(())
            }
            Err(HelmError::Unmoved(_, Unmoved::Nothing)) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// The events that put a rule back to how it was before a change.
fn back(
    one: &Stands,
    book: &RuleBook,
    change: &Recorded,
    versions: &[(u64, Version)],
    why: &str,
) -> Vec<Event> {
    let (rule, of, why) = (one.rule.clone(), one.of, why.to_owned());
    let returned = |to: Option<Digest>| RuleReturned { rule: rule.clone(), of, to, why: why.clone() };
    match &change.event {
        Event::RuleMoved(_) | Event::RuleReturned(_) => {
            let known = book.moved_of(&rule, &of);
            let mut events: Vec<Event> = vec![returned(known.and_then(|moved| moved.instead)).into()];
            if let Some(Moved { mode, settings, .. }) = known
                && (mode.is_some() || !settings.is_empty())
            {
                let (mode, settings) = (*mode, settings.clone());
                events.push(RuleMoved { rule: rule.clone(), of, mode, settings, why: why.clone() }.into());
            }
            events
        }
        // Another version came in force.
        _ => {
            let earlier = versions.iter().rfind(|(seq, version)| *seq < change.seq && version.digest() != of);
            match earlier {
                Some((_, version)) => vec![returned(Some(version.digest())).into()],
                None => {
                    let off = RuleMoved {
                        rule: rule.clone(),
                        of,
                        mode: Some(Mode::Off),
                        settings: BTreeMap::new(),
                        why,
                    };
                    vec![off.into()]
                }
            }
        }
    }
}

/// Drives the watchman until he is stopped.
pub(crate) async fn watching(watchman: Watchman, mut stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        if let Err(error) = watchman.step().await {
            tracing::error!(%error, part = "watchman", "a part of the desk failed: trying again");
        }
        tokio::select! {
            _ = stopped.changed() => {}
            () = tokio::time::sleep(NAP) => {}
        }
    }
}
