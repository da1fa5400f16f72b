//! The templates that one person or rule sends one by one, counted: a loop of single sends is a campaign too.
//!
//! One stream for each of them, whatever token, program or agent's seat they send by. So two sends at once cannot both be the
//! last that needs nobody's agreement: the one that comes second sees the first. What counts is what a template says, and not
//! its name: the same words under three names are one campaign.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::Time;
use crate::decision::Digest;
use crate::event::{Event, Refused};
use crate::id::{ConversationId, MessageId, NumberId, PersonId};
use crate::law::class::Category;
use crate::message::Outgoing;
use crate::platform::TemplateName;
use crate::raci::Raci;
use crate::sealed::Sealed;
use crate::stream::Actor;

/// The stretch of time over which sends are counted.
pub const SPAN: SignedDuration = SignedDuration::from_hours(1);

/// How many may wait for an agreement. Whoever wants more wants a campaign.
pub const HELD: usize = 1_000;

/// `template-counted`, in `sends/…`: in the commit that queues the message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateCounted {
    /// The digest of the template's words.
    pub words: Digest,
    /// The message.
    pub message: MessageId,
}

/// `template-held`, in `sends/…`: there were too many of these words within the hour, so others have to agree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateHeld {
    /// The digest of the template's words.
    pub words: Digest,
    /// Which template.
    pub template: TemplateName,
    /// The message.
    pub message: MessageId,
    /// Where it would go.
    pub conversation: ConversationId,
}

/// `send-held`, in `conversation/…`: what would be said, in the same commit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SendHeld {
    /// The message.
    pub message: MessageId,
    /// The number it would leave from.
    pub number: NumberId,
    /// As what the template counts.
    pub category: Category,
    /// What would be said.
    pub body: Sealed<Outgoing>,
}

/// `template-released`, in `sends/…`: what others agreed on is queued in the same commit, or it never is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateReleased {
    /// The digest of the template's words.
    pub words: Digest,
    /// The messages.
    pub messages: Vec<MessageId>,
    /// Why they are not sent; none if they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dropped: Option<Refused>,
}

/// Who answers for what somebody sends: a program's owner, an agent's person, or whoever it is.
pub fn owner(by: &Actor, raci: &Raci) -> Actor {
    let person = |id: &PersonId| {
        let owner = raci.by_id(id).and_then(|person| person.owner.clone());
        Actor::Person(owner.unwrap_or_else(|| id.clone()))
    };
    match by {
        Actor::Person(id) => person(id),
        Actor::Agent(agent) => person(&agent.as_str().into()),
        other => other.clone(),
    }
}

/// What somebody sent lately, folded.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Sends {
    /// When, within the hour, by the digest of the words.
    #[serde(default)]
    lately: BTreeMap<Digest, Vec<Time>>,
    /// What waits.
    #[serde(default)]
    pub held: BTreeMap<MessageId, Held>,
}

/// A message that waits until others have agreed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// The digest of the template's words.
    pub words: Digest,
    /// Which template.
    pub template: TemplateName,
    /// Where it would go.
    pub conversation: ConversationId,
    /// Since when.
    pub since: Time,
}

impl Sends {
    /// What an event makes of it.
    pub fn fold(&mut self, at: Time, event: &Event) {
        match event {
            Event::TemplateCounted(counted) => {
                self.lately.retain(|_, times| {
                    times.retain(|time| at.duration_since(*time) < SPAN);
                    !times.is_empty()
                });
                self.lately.entry(counted.words).or_default().push(at);
            }
            Event::TemplateHeld(TemplateHeld { words, template, message, conversation }) => {
                let (words, template, conversation) = (*words, template.clone(), *conversation);
                self.held.insert(*message, Held { words, template, conversation, since: at });
            }
            Event::TemplateReleased(released) => {
                released.messages.iter().for_each(|message| drop(self.held.remove(message)));
            }
            _ => {}
        }
    }

    /// How many of some words were sent within the hour.
    pub fn lately(&self, words: &Digest, now: Time) -> usize {
        let times = self.lately.get(words).map_or(&[][..], Vec::as_slice);
        times.iter().filter(|time| now.duration_since(**time) < SPAN).count()
    }
}

/// What those agree on who let held messages go: the content of a proposal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    /// Whose they are.
    pub owner: Actor,
    /// The digest of the template's words.
    pub words: Digest,
    /// The template, as it was called first.
    pub template: TemplateName,
    /// How many contacts it would reach.
    pub contacts: usize,
    /// Which messages.
    pub messages: Vec<MessageId>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(n: u8) -> Digest {
        Digest::of(&[n])
    }

    fn message(n: usize) -> MessageId {
        MessageId::from_bytes((n as u128).to_be_bytes())
    }

    proptest! {
        #[test]
        fn in_no_hour_more_leave_than_the_threshold_whatever_the_rhythm(
            gaps in prop::collection::vec((0i64..1_200, 0u8..2), 1..120), threshold in 1usize..12,
        ) {
            let (mut sends, mut now, mut sent) = (Sends::default(), Time::UNIX_EPOCH, Vec::new());
            for (n, (gap, which)) in gaps.into_iter().enumerate() {
                now += SignedDuration::from_secs(gap);
                if sends.lately(&words(which), now) < threshold {
                    sends.fold(now, &TemplateCounted { words: words(which), message: message(n) }.into());
                    sent.push((now, which));
                }
            }
            for (end, which) in &sent {
                let within = |(at, of): &&(Time, u8)| of == which && at <= end && end.duration_since(*at) < SPAN;
                prop_assert!(sent.iter().filter(within).count() <= threshold);
            }
        }
    }

    #[test]
    fn a_program_an_agent_and_a_person_are_one_and_a_rule_is_itself() {
        let people = "[[people]]\nid = \"ana\"\nname = \"Ana\"\nroles = [\"agent\"]\n[[people]]\nid = \"crm\"\n\
                      name = \"CRM\"\nroles = [\"agent\"]\nservice = true\nowner = \"ana\"\n";
        let raci = Raci::parse(people).unwrap();
        let ana = Actor::Person("ana".into());
        for by in [ana.clone(), Actor::Person("crm".into()), Actor::Agent("ana".into())] {
            assert_eq!(owner(&by, &raci), ana);
        }
        assert_eq!(owner(&Actor::Rule("ana".into()), &raci), Actor::Rule("ana".into()));
    }
}
