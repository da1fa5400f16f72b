//! Many cases that go somewhere else at once: a queue that drowns, an agent who is not there.
//!
//! A move is a list and a cursor, as a campaign is. The list says of each case where it was seen, so that one that was closed or
//! went elsewhere meanwhile is left alone; what is signed binds to the digest of the list. Each case is moved in the commit that
//! moves the cursor: a host that stops in between moves none twice and forgets none.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Time;
use crate::conversation::{Case, Holder};
use crate::decision::Digest;
use crate::event::Event;
use crate::id::{AgentId, CaseId, ConversationId, MoveId, ProposalId, QueueId};
use crate::json::Json;
use crate::law::language::Language;
use crate::stream::Actor;

/// The most cases of one move.
pub const LARGEST: usize = 2_000;

/// The most letters of a reason.
pub const LONGEST_REASON: usize = 1_000;

/// Where cases go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Destination {
    /// To wait in a queue, for somebody with these skills.
    Queue {
        /// Which.
        queue: QueueId,
        /// Which; any if there are none.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        skills: Vec<String>,
    },
    /// To an agent, as far as there is room.
    Agent(AgentId),
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Queue { queue, skills } if skills.is_empty() => write!(f, "{queue}"),
            Self::Queue { queue, skills } => write!(f, "{queue} ({})", skills.join(", ")),
            Self::Agent(agent) => write!(f, "{agent}"),
        }
    }
}

/// Where a case was when it was listed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Seat {
    /// The queue that it waited in or came from; none if rules attended it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<QueueId>,
    /// Who had it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<AgentId>,
}

impl Seat {
    /// Where a case is.
    pub fn of(case: &Case) -> Self {
        let agent = match &case.holder {
            Holder::Agent { agent, .. } => Some(agent.clone()),
            Holder::Rules | Holder::Queue { .. } => None,
        };
        Self { queue: case.queue().cloned(), agent }
    }
}

/// A case of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// In which conversation.
    pub conversation: ConversationId,
    /// The case.
    pub case: CaseId,
    /// Where it was.
    #[serde(flatten)]
    pub seat: Seat,
}

/// `move-asked`, in `move/…`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoveAsked {
    /// Where to.
    pub to: Destination,
    /// Why. It names no customer.
    pub reason: String,
    /// Which, in the order in which they go.
    pub cases: Vec<Listed>,
}

/// `move-proposed`, in `move/…`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoveProposed {
    /// In which proposal.
    pub proposal: ProposalId,
}

/// `move-begun`, in `move/…`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoveBegun {
    /// How many cases are in its list.
    pub cases: u32,
    /// Who agreed to it; none if it was one person's to decide.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposal: Option<ProposalId>,
}

/// `move-advanced`, in `move/…`: in the commit that moves the case, so that none is moved twice and none is forgotten.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoveAdvanced {
    /// How many of the list are done with.
    pub to: u32,
    /// Why the last of them was left where it is; it was moved if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<Left>,
}

/// Why a case was left where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Left {
    /// It was closed.
    Closed,
    /// It had gone elsewhere.
    Elsewhere,
    /// It is there already.
    There,
    /// The agent has no room.
    Full,
    /// The agent is not available.
    NotAvailable,
    /// The agent serves none of the queues that it could be attended in.
    NotServing,
    /// The company has no such queue, skill or agent any more.
    NoSuchPlace,
    /// The customer was forgotten.
    Erased,
}

impl Left {
    /// In the words of those who read it.
    pub fn words(self, language: Language) -> &'static str {
        match self {
            Self::Closed => language.pick("ya estaba cerrado", "já estava encerrado", "closed meanwhile"),
            Self::Elsewhere => language.pick(
                "ya estaba en otro lugar",
                "já estava em outro lugar",
                "gone elsewhere meanwhile",
            ),
            Self::There => language.pick("ya estaba allí", "já estava lá", "there already"),
            Self::Full => language.pick("sin cupo", "sem vaga", "no room"),
            Self::NotAvailable => language.pick("no disponible", "não disponível", "not available"),
            Self::NotServing => {
                language.pick("no atiende colas", "não atende filas", "serves no queue that it could be in")
            }
            Self::NoSuchPlace => language.pick(
                "el destino ya no existe",
                "o destino já não existe",
                "the destination is no more",
            ),
            Self::Erased => {
                language.pick("cliente suprimido", "cliente eliminado", "the customer was forgotten")
            }
        }
    }
}

/// How far a move is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "is")]
pub enum Stage {
    /// It was written down, and nobody was asked yet.
    Asked,
    /// Others are asked to agree.
    Proposed {
        /// In which proposal.
        proposal: ProposalId,
    },
    /// Its cases are being moved.
    Running,
    /// All of them are done with.
    Done,
}

impl Stage {
    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Proposed { .. } => "proposed",
            Self::Running => "running",
            Self::Done => "done",
        }
    }
}

/// A move, folded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// Its name.
    pub id: MoveId,
    /// The number of the event with its list.
    pub listed: u64,
    /// Who wants it.
    pub by: Actor,
    /// Since when.
    pub asked: Time,
    /// Where to.
    pub to: Destination,
    /// Why.
    pub reason: String,
    /// How many cases.
    pub cases: u32,
    /// The digest of the list.
    pub digest: Digest,
    /// How far it is.
    pub stage: Stage,
    /// Who agreed to it, if others had to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposal: Option<ProposalId>,
    /// How many of the list are done with.
    pub done: u32,
    /// Those of them that were left where they are, and why.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub left: BTreeMap<Left, u32>,
    /// When the last of them was done with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Time>,
}

impl Move {
    /// From its first event, which has the number `seq`.
    pub fn new(id: MoveId, seq: u64, asked: &MoveAsked, by: &Actor, at: Time) -> Self {
        Self {
            id,
            listed: seq,
            by: by.clone(),
            asked: at,
            to: asked.to.clone(),
            reason: asked.reason.clone(),
            cases: u32::try_from(asked.cases.len()).unwrap_or(u32::MAX),
            digest: digest(&asked.cases),
            stage: Stage::Asked,
            proposal: None,
            done: 0,
            left: BTreeMap::new(),
            ended: None,
        }
    }

    /// Takes in one event of the stream.
    pub fn fold(&mut self, time: Time, event: &Event) {
        match event {
            Event::MoveProposed(proposed) if self.stage == Stage::Asked => {
                self.stage = Stage::Proposed { proposal: proposed.proposal };
            }
            Event::MoveBegun(begun) => {
                self.stage = Stage::Running;
                self.proposal = begun.proposal;
            }
            Event::MoveAdvanced(advanced) => {
                self.done = self.done.max(advanced.to);
                if let Some(why) = advanced.left {
                    *self.left.entry(why).or_default() += 1;
                }
            }
            _ => {}
        }
        if self.stage == Stage::Running && self.done >= self.cases {
            self.stage = Stage::Done;
            self.ended = Some(time);
        }
    }

    /// Whether the host has to do something about it.
    pub fn is_running(&self) -> bool {
        self.stage == Stage::Running
    }

    /// How many were moved.
    pub fn moved(&self) -> u32 {
        self.done.saturating_sub(self.left.values().sum())
    }
}

/// What is signed: a move whose list has this digest, and no other one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Terms {
    /// Which.
    #[serde(rename = "move")]
    pub id: MoveId,
    /// Where to.
    pub to: Destination,
    /// How many cases.
    pub cases: u32,
    /// The digest of the list.
    pub digest: Digest,
    /// From where, and how many from there: queues and agents.
    pub from: BTreeMap<String, u32>,
    /// How many more than there is room for, when it was looked at.
    pub beyond_capacity: u32,
}

/// The digest of a list.
pub fn digest(cases: &[Listed]) -> Digest {
    Digest::of(Json::of(&cases).text().as_bytes())
}

/// From where cases of a list come: how many by queue, or by agent.
pub fn from(cases: &[Listed]) -> BTreeMap<String, u32> {
    let mut from = BTreeMap::new();
    for listed in cases {
        let Seat { queue, agent } = &listed.seat;
        let name = match (agent, queue) {
            (Some(agent), _) => format!("agent {agent}"),
            (None, Some(queue)) => format!("queue {queue}"),
            (None, None) => "rules".to_owned(),
        };
        *from.entry(name).or_default() += 1;
    }
    from
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(n: u8, agent: Option<&str>) -> Listed {
        Listed {
            conversation: ConversationId::from_bytes([n; 16]),
            case: CaseId::from_bytes([n; 16]),
            seat: Seat { queue: Some("ventas".into()), agent: agent.map(Into::into) },
        }
    }

    fn asked(cases: Vec<Listed>) -> Move {
        let asked = MoveAsked { to: Destination::Agent("beto".into()), reason: "pico".into(), cases };
        Move::new(MoveId::from_bytes([9; 16]), 7, &asked, &Actor::Host, Time::UNIX_EPOCH)
    }

    #[test]
    fn a_move_is_done_when_each_of_its_cases_is_and_says_how_many_were_left() {
        let mut one = asked(vec![listed(1, None), listed(2, Some("ana")), listed(3, None)]);
        one.fold(Time::UNIX_EPOCH, &MoveBegun { cases: 3, proposal: None }.into());
        for (to, left) in [(1, None), (2, Some(Left::Full)), (3, Some(Left::Full))] {
            assert!(one.is_running());
            one.fold(Time::UNIX_EPOCH, &MoveAdvanced { to, left }.into());
        }
        assert_eq!((one.stage, one.moved(), one.left[&Left::Full]), (Stage::Done, 1, 2));
        assert!(one.ended.is_some());
    }

    #[test]
    fn another_list_and_another_order_have_another_digest() {
        let (a, b) = (listed(1, None), listed(2, Some("ana")));
        assert_ne!(digest(&[a.clone(), b.clone()]), digest(&[b.clone(), a.clone()]));
        assert_ne!(digest(std::slice::from_ref(&a)), digest(&[listed(1, Some("ana"))]));
        let from = from(&[a, b]);
        assert_eq!(
            from.into_iter().collect::<Vec<_>>(),
            [("agent ana".into(), 1), ("queue ventas".into(), 1)]
        );
    }
}
