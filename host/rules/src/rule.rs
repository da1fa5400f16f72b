//! A rule: a granted component with its settings, where it applies, and whether it is on.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::decision::{Digest, Kind};
use domain::id::{QueueId, RuleId};
use domain::proposal;
use serde::{Deserialize, Serialize};

use crate::contract::Input;
use crate::link::Linked;

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
    /// Whether it is asked.
    pub mode: Mode,
}

/// Where a rule applies. An empty list is no restriction; a case has to satisfy all lists.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Scope {
    /// Names of the company's numbers.
    pub numbers: Vec<String>,
    /// Queues. A case that has no place yet is in none.
    pub queues: Vec<QueueId>,
    /// Languages, as `es`.
    pub languages: Vec<String>,
    /// Tags of the case, one of which is enough.
    pub tags: Vec<String>,
    /// Proposals that an approver judges, by their kinds. Of what is not named it judges nothing.
    pub kinds: BTreeSet<proposal::Kind>,
}

impl Scope {
    /// Whether a rule with this scope has a say on that.
    pub fn covers(&self, input: &Input) -> bool {
        fn any<T>(list: &[T], matches: impl FnMut(&T) -> bool) -> bool {
            list.is_empty() || list.iter().any(matches)
        }
        any(&self.numbers, |number| *number == input.number)
            && any(&self.queues, |queue| input.case.queue.as_deref() == Some(queue.as_str()))
            && any(&self.languages, |language| *language == input.language)
            && any(&self.tags, |tag| input.case.tags.contains(tag))
    }
}

/// Whether a rule is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Not.
    Off,
    /// Yes, and what it decides happens.
    #[default]
    Live,
}

/// A definition whose settings the component has read.
#[derive(Debug, Clone)]
pub struct Rule {
    pub(crate) definition: Definition,
    pub(crate) settings: Digest,
    pub(crate) prepared: Arc<[u8]>,
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
        let covers = |scope: Scope| scope.covers(&input());
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
