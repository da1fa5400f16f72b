//! A rule: a granted component with its settings, where it applies, and whether it is on.

use std::sync::Arc;

use domain::Time;
use domain::decision::{Digest, Kind, Moment};
use domain::id::RuleId;
use domain::rule::Scope;
use domain::rule::mode::Mode;

use crate::breaker::Breaker;
use crate::contract::Input;
use crate::lately::{Counts, Failure, Lately};
use crate::link::Linked;
use crate::session::Asking;
use crate::snapshot::Snapshot;

/// What makes a component a rule.
#[derive(Debug, Clone)]
pub struct Definition {
    /// The name of the rule. What it remembers belongs to this name, whatever component stands behind it.
    pub id: RuleId,
    /// The rule set it belongs to.
    pub set: String,
    /// The component with its grant.
    pub linked: Arc<Linked>,
    /// What its `prepare` reads.
    pub settings: String,
    /// Where it applies.
    pub scope: Scope,
    /// Whether it is asked, and for whom it counts.
    pub mode: Mode,
    /// What was signed of it; none for whoever only tries it.
    pub version: Option<Digest>,
    /// After this it is not asked any more.
    pub until: Option<Time>,
}

/// Whether a rule with this scope has a say on that.
pub(crate) fn covers(scope: &Scope, input: &Input) -> bool {
    fn any<T>(list: &[T], matches: impl FnMut(&T) -> bool) -> bool {
        list.is_empty() || list.iter().any(matches)
    }
    any(&scope.numbers, |number| *number == input.number)
        && any(&scope.queues, |queue| input.case.queue.as_deref() == Some(queue.as_str()))
        && any(&scope.languages, |language| *language == input.language)
        && any(&scope.tags, |tag| input.case.tags.contains(tag))
}

/// A definition whose settings the component has read.
#[derive(Debug, Clone)]
pub struct Rule {
    pub(crate) definition: Definition,
    pub(crate) settings: Digest,
    pub(crate) prepared: Arc<[u8]>,
    pub(crate) advice: Arc<[String]>,
    pub(crate) moments: Arc<[Moment]>,
    pub(crate) breaker: Arc<Breaker>,
    pub(crate) lately: Arc<Lately>,
}

impl Rule {
    /// What it was made from.
    pub fn definition(&self) -> &Definition {
        &self.definition
    }

    /// The SHA-256 of its settings.
    pub fn settings(&self) -> Digest {
        self.settings
    }

    /// What its component warned of when it read the settings: they work, and may not do what they seem to.
    pub fn advice(&self) -> &[String] {
        &self.advice
    }

    /// When it wants to look after cases: nothing of a rule that does not.
    pub fn moments(&self) -> &[Moment] {
        &self.moments
    }

    /// The same rule under another definition, if nothing is different that the component has read: what it prepared, whether
    /// it rests and what it did lately stay with it.
    pub fn under(&self, definition: Definition) -> Option<Self> {
        let (old, new) = (&self.definition, &definition);
        let component = |definition: &Definition| definition.linked.admitted().digest;
        let same = old.id == new.id
            && old.settings == new.settings
            && component(old) == component(new)
            && old.linked.grant() == new.linked.grant();
        same.then(|| Self { definition, ..self.clone() })
    }

    /// What it did within the hour before `now`, in milliseconds since 1970.
    pub fn lately(&self, now: u64) -> Counts {
        self.lately.hour(now)
    }

    /// How it failed last, since this host runs it.
    pub fn failure(&self) -> Option<Failure> {
        self.lately.failure()
    }

    /// The same of the minutes from `from` on, in the same form.
    pub fn since(&self, from: u64, now: u64) -> Counts {
        self.lately.since(from, now)
    }

    /// What a call of it may ask, and of whom.
    pub(crate) fn asking(&self, kind: Kind, snapshot: &Arc<dyn Snapshot>) -> Asking {
        let Definition { id, linked, .. } = &self.definition;
        Asking { rule: id.clone(), kind, linked: Arc::clone(linked), snapshot: Arc::clone(snapshot) }
    }

    /// Whether it failed too often of late and rests.
    pub fn rests(&self) -> bool {
        self.breaker.rests()
    }

    /// Whether it can be asked for this.
    pub fn is(&self, kind: Kind) -> bool {
        self.definition.linked.admitted().kinds.contains(&kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::{Calendar, CaseView, LocalTime};

    fn input() -> Input {
        Input {
            why: "message".to_owned(),
            now: 0,
            local: LocalTime {
                date: "2026-11-22".to_owned(),
                weekday: 7,
                minute: 600,
                zone: "America/Bogota".to_owned(),
            },
            calendar: Calendar { open: true, next_change: None, next_change_local: None },
            number: "main".to_owned(),
            language: "es".to_owned(),
            message: None,
            case: CaseView {
                id: "1".to_owned(),
                opened: 0,
                queue: None,
                priority: 0,
                waiting_since: None,
                automatic_messages: 0,
                tags: vec!["vip".to_owned()],
                attrs: vec![],
            },
            wake_note: None,
            attrs: vec![],
        }
    }

    #[test]
    fn every_list_that_says_something_has_to_agree() {
        let covers = |scope: Scope| covers(&scope, &input());
        assert!(covers(Scope::default()));
        assert!(covers(Scope {
            numbers: vec!["main".into()],
            languages: vec!["pt".into(), "es".into()],
            ..Scope::default()
        }));
        assert!(!covers(Scope {
            numbers: vec!["main".into()],
            languages: vec!["pt".into()],
            ..Scope::default()
        }));
        assert!(!covers(Scope { queues: vec!["sales".into()], ..Scope::default() }), "it is in no queue yet");
        assert!(covers(Scope { tags: vec!["new".into(), "vip".into()], ..Scope::default() }));
    }
}
