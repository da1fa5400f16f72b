//! The record of one person: what they did, and what others did that concerns them.

use std::collections::BTreeSet;

use crate::event::{CaseAssigned, Event, Recorded};
use crate::id::{AgentId, ConversationId, OperatorId, PersonId};
use crate::law::language::Language;
use crate::stream::{Actor, Stream};

/// Why an entry is somebody's business.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Concern {
    /// They did it.
    Did,
    /// A case of theirs, or they themselves, were looked at or worked on by somebody else.
    Touched,
    /// A case was given to them.
    Given,
    /// A case of theirs was given to somebody else, or closed by somebody else.
    Taken,
    /// Their presence or their access was changed by somebody else.
    Changed,
}

impl Concern {
    /// What somebody reads of it.
    pub fn words(self, language: Language) -> &'static str {
        match self {
            Self::Did => language.pick("usted", "você", "you"),
            Self::Touched => {
                language.pick("sobre un caso suyo", "sobre um caso seu", "about a case of yours")
            }
            Self::Given => language.pick("le dieron un caso", "deram-lhe um caso", "you were given a case"),
            Self::Taken => {
                language.pick("le quitaron un caso", "tiraram-lhe um caso", "a case was taken from you")
            }
            Self::Changed => {
                let words = ["cambiaron su presencia o acceso", "mudaram sua presença ou acesso"];
                language.pick(words[0], words[1], "your presence or access was changed")
            }
        }
    }
}

/// The record of one person: entries are taken in their order, from the first, and those that concern them are told.
#[derive(Debug)]
pub struct Mine {
    agent: AgentId,
    account: Option<OperatorId>,
    /// Conversations of which the case is theirs.
    holding: BTreeSet<ConversationId>,
}

impl Mine {
    /// Of a person; as an agent they have the same name.
    pub fn of(person: &PersonId, account: Option<&OperatorId>) -> Self {
        Self { agent: person.as_str().into(), account: account.cloned(), holding: BTreeSet::new() }
    }

    /// Takes the next entry, and says whether it concerns them.
    pub fn take(&mut self, recorded: &Recorded) -> Option<Concern> {
        let held = match recorded.stream {
            Stream::Conversation(conversation) => self.hold(conversation, &recorded.event),
            _ => false,
        };
        let did = match &recorded.actor {
            Actor::Agent(agent) => *agent == self.agent,
            Actor::Person(person) => person.as_str() == self.agent.as_str(),
            Actor::Operator(account) => self.account.as_ref() == Some(account),
            _ => false,
        };
        let own_stream = match &recorded.stream {
            Stream::Agent(agent) => *agent == self.agent,
            Stream::Person(person) => person.as_str() == self.agent.as_str(),
            _ => false,
        };
        match &recorded.event {
            _ if did => Some(Concern::Did),
            Event::Acted(acted) if acted.about.agent.as_ref() == Some(&self.agent) => Some(Concern::Touched),
            Event::CaseAssigned(assigned) if assigned.agent == self.agent => Some(Concern::Given),
            Event::CaseOffered(offered) if offered.to == self.agent => Some(Concern::Touched),
            Event::CaseLabelled(labelled)
                if labelled.mentions.iter().any(|one| one.as_str() == self.agent.as_str()) =>
            {
                Some(Concern::Touched)
            }
            Event::CaseAssigned(_) | Event::CaseAccepted(_) | Event::CaseMoved(_) | Event::CaseClosed(_)
                if held =>
            {
                Some(Concern::Taken)
            }
            Event::CaseLabelled(_)
            | Event::HelpEnded(_)
            | Event::ReplyQueued(_)
            | Event::MediaUploaded(_)
                if held =>
            {
                Some(Concern::Touched)
            }
            _ if own_stream => Some(Concern::Changed),
            _ => None,
        }
    }

    /// Whether the case was theirs before, and whose it is now.
    fn hold(&mut self, conversation: ConversationId, event: &Event) -> bool {
        let held = self.holding.contains(&conversation);
        match event {
            Event::CaseAssigned(CaseAssigned { agent, .. }) if *agent == self.agent => {
                self.holding.insert(conversation);
            }
            Event::CaseAccepted(accepted) if accepted.agent == self.agent => {
                self.holding.insert(conversation);
            }
            Event::CaseAssigned(_)
            | Event::CaseAccepted(_)
            | Event::CaseMoved(_)
            | Event::CaseClosed(_)
            | Event::ConversationErased(_) => {
                self.holding.remove(&conversation);
            }
            _ => {}
        }
        held
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Time;
    use crate::event::{About, Acted, CaseClosed, Device, PresenceSet};
    use crate::id::CaseId;
    use crate::raci::action::Action;

    const HERE: ConversationId = ConversationId::from_bytes([1; 16]);
    const CASE: CaseId = CaseId::from_bytes([2; 16]);

    fn recorded(stream: Stream, actor: &str, event: impl Into<Event>) -> Recorded {
        let actor = actor.parse().unwrap();
        Recorded { seq: 1, time: Time::UNIX_EPOCH, stream, version: 1, actor, event: event.into() }
    }

    fn assigned(to: &str) -> CaseAssigned {
        CaseAssigned { case: CASE, agent: to.into(), queue: "ventas".into() }
    }

    fn opened(about: About) -> Acted {
        Acted {
            action: Action::ReadMedium.word(),
            person: Some("ricardo".into()),
            account: Some("ricardo".into()),
            right: None,
            refused: None,
            device: Device::Socket { process: None },
            about,
            reason: None,
        }
    }

    #[test]
    fn somebody_s_record_is_what_they_did_and_what_others_did_to_them_and_to_their_cases() {
        let mut marta = Mine::of(&"marta".into(), Some(&"mlopez".into()));
        let mut told =
            |stream: Stream, actor: &str, event: Event| marta.take(&recorded(stream, actor, event));
        let here = || Stream::Conversation(HERE);
        let close = || CaseClosed { case: CASE, code: "resolved".to_owned() };
        assert_eq!(told(here(), "agent/marta", close().into()), Some(Concern::Did));
        assert_eq!(
            told(Stream::Audit, "operator/mlopez", opened(About::default()).into()),
            Some(Concern::Did)
        );
        assert_eq!(told(here(), "agent/leo", close().into()), None, "it is not hers");
        assert_eq!(told(here(), "host", assigned("marta").into()), Some(Concern::Given));
        let about = About { agent: Some("marta".into()), ..About::default() };
        assert_eq!(told(Stream::Audit, "operator/ricardo", opened(about).into()), Some(Concern::Touched));
        assert_eq!(told(Stream::Audit, "operator/ricardo", opened(About::default()).into()), None);
        assert_eq!(told(here(), "agent/leo", assigned("leo").into()), Some(Concern::Taken));
        assert_eq!(told(here(), "agent/leo", close().into()), None, "it is hers no more");
        let presence = || PresenceSet { presence: crate::agent::Presence::Break, code: None };
        assert_eq!(
            told(Stream::Agent("marta".into()), "operator/ricardo", presence().into()),
            Some(Concern::Changed)
        );
        assert_eq!(told(Stream::Agent("leo".into()), "operator/ricardo", presence().into()), None);
    }
}
