//! The people of the company, and how far each of them reaches.

use serde::{Deserialize, Serialize};

use crate::id::{AgentId, NumberId, OperatorId, PersonId, QueueId, RoleId};
use crate::law::language::Language;

/// Somebody who works for the company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Short and stable, as `marta`. Whoever is an agent too has the same one there.
    pub id: PersonId,
    /// What colleagues read.
    pub name: String,
    /// What they are. Letters of several roles add up.
    #[serde(default)]
    pub roles: Vec<RoleId>,
    /// Their account on the host's machine, if they have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<OperatorId>,
    /// The language that the host speaks to them, as `pt`; the company's if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Works for another company: reaches only their scope, exports nothing, and never has the last word.
    #[serde(default)]
    pub external: bool,
    /// How far they reach.
    #[serde(default)]
    pub scope: Scope,
    /// A program and no person: it has tokens, no password and no sessions.
    #[serde(default)]
    pub service: bool,
    /// Who answers for the program. When they leave, its tokens count no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<PersonId>,
    /// What the company's identity provider calls them, as `marta@example.com`, if they sign in by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<String>,
}

impl Person {
    /// Whether they reach a target. Whoever is external and was given no scope reaches none.
    pub fn reaches(&self, target: &Target) -> bool {
        if self.scope.is_empty() { !self.external } else { self.scope.covers(target) }
    }

    /// Something that they reach: for what shows each of them another part. Whoever reaches nothing gets the company.
    pub fn somewhere(&self) -> Target {
        let Scope { numbers, queues, team } = &self.scope;
        Target {
            number: numbers.first().cloned(),
            queue: queues.first().cloned(),
            agent: team.first().cloned(),
        }
    }

    /// The language that the host speaks to them.
    pub fn language(&self, company: Language) -> Language {
        self.language.as_deref().map_or(company, Language::of)
    }
}

/// What somebody's work is limited to. An empty list limits nothing; of several, each has to fit.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Scope {
    /// These numbers of the company.
    pub numbers: Vec<NumberId>,
    /// Cases in these queues.
    pub queues: Vec<QueueId>,
    /// Cases of these agents.
    pub team: Vec<AgentId>,
}

impl Scope {
    /// Whether it limits nothing.
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty() && self.queues.is_empty() && self.team.is_empty()
    }

    /// Whether a target lies within it. A target that does not say where it is lies in no scope.
    pub fn covers(&self, target: &Target) -> bool {
        fn fits<T: PartialEq>(list: &[T], one: Option<&T>) -> bool {
            list.is_empty() || one.is_some_and(|one| list.contains(one))
        }
        fits(&self.numbers, target.number.as_ref())
            && fits(&self.queues, target.queue.as_ref())
            && fits(&self.team, target.agent.as_ref())
    }

    /// What it is limited to; none if to nothing.
    pub fn words(&self, language: Language) -> Option<String> {
        let part =
            |name: &str, ids: Vec<&str>| (!ids.is_empty()).then(|| format!("{name} {}", ids.join(", ")));
        let parts = [
            part(
                language.pick("números", "números", "numbers"),
                self.numbers.iter().map(NumberId::as_str).collect(),
            ),
            part(
                language.pick("colas", "filas", "queues"),
                self.queues.iter().map(QueueId::as_str).collect(),
            ),
            part(language.pick("equipo", "equipe", "team"), self.team.iter().map(AgentId::as_str).collect()),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join("; "))
    }
}

/// What something is done to. With nothing in it, to the whole company.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Target {
    /// One number.
    pub number: Option<NumberId>,
    /// One queue: a case's.
    pub queue: Option<QueueId>,
    /// One agent: whose case it is.
    pub agent: Option<AgentId>,
}
