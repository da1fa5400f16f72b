//! The watchman: undoes a change of a rule that does not do well.
//!
//! For a while after somebody moved a rule, or another version of it came in force, he counts how often it failed and what it
//! took. When it leaves the company's bounds (`domain::rule::falling`) he puts it back to how it was before that change, by the
//! same commit by which a person would. What he did himself he does not undo: a rule that fails before and after a change is
//! for people. The same becomes of the last change before an alert by which the company wants that: of one, because a figure says that
//! something is wrong and not what.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::decision::{Digest, Kind};
use domain::event::{Event, Recorded, RuleMoved, RuleReturned};
use domain::id::RuleId;
use domain::rule::Version;
use domain::rule::book::{Moved, RuleBook};
use domain::rule::falling::{Left, Since};
use domain::rule::mode::Mode;
use domain::rule::moving::Unmoved;
use domain::stream::Actor;
use rules::Rule;
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
        let mut young: Vec<(&Rule, Recorded)> = Vec::new();
        for rule in active.generation.rules() {
            let definition = rule.definition();
            if definition.version.is_none() {
                continue;
            }
            let Some(change) = self.last_change(&definition.id)? else { continue };
            if now.duration_since(change.time) >= bounds.within {
                continue;
            }
            if definition.mode <= Mode::Shadow || is_undoing(&change) {
                young.push((rule, change));
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
            } else {
                young.push((rule, change));
            }
        }
        self.heed(&bounds.alerts, &young).await
    }

    /// Takes back the last of some changes before an alert that wants it.
    async fn heed(&self, named: &[String], young: &[(&Rule, Recorded)]) -> Result<(), HelmError> {
        if named.is_empty() || young.is_empty() {
            return Ok(());
        }
        let mut alerts = self.desk.store().alerts()?;
        alerts.retain(|alert| alert.goes_on());
        for name in named {
            for alert in alerts.iter().filter(|alert| alert.raised.which.is_called(name)) {
                let queue = &alert.raised.which.place.queue;
                let concerned = |(rule, change): &&(&Rule, Recorded)| {
                    let queues = &rule.definition().scope.queues;
                    (rule.is(Kind::Routing) || rule.is(Kind::Responding))
                        && !self.began(rule, change)
                        && (queues.is_empty() || queue.as_ref().is_none_or(|queue| queues.contains(queue)))
                };
                let concerned = young.iter().filter(concerned);
                // Somebody has heeded it already.
                if concerned.clone().any(|(_, change)| change.time >= alert.since) {
                    continue;
                }
                let last = concerned.max_by_key(|(_, change)| change.seq);
                if let Some((rule, change)) = last.filter(|(_, change)| !is_undoing(change)) {
                    return self.undo(&rule.definition().id, change, Left::Alarming(name.clone())).await;
                }
            }
        }
        Ok(())
    }

    /// Whether a change is how the company began, or began with a rule of its files: nothing that an alert can be about.
    fn began(&self, rule: &Rule, change: &Recorded) -> bool {
        matches!(change.event, Event::RuleVersioned(_))
            && self.desk.store().rule_versions(&rule.definition().id).is_ok_and(|versions| versions.len() < 2)
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
            let last = self.last_change(rule)?;
            // Somebody was faster.
            if last.is_none_or(|last| last.seq != change.seq) || one.signed.judges() {
                return Err(HelmError::Unmoved(rule.clone(), Unmoved::Nothing));
            }
            Ok(Change { events: back(one, &book, change, &versions, &why), ..Change::default() })
        });
        match undone.await {
            Ok(generation) => {
                tracing::error!(%rule, why, generation, "a change of a rule went badly and was undone");
                Ok(())
            }
            Err(HelmError::Unmoved(_, Unmoved::Nothing)) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// Whether the host itself moved a rule, rather than put another version of it in force.
fn is_undoing(change: &Recorded) -> bool {
    change.actor == Actor::Host && !matches!(change.event, Event::RuleVersioned(_) | Event::RuleAgreed(_))
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
