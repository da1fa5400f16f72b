//! The way of an outgoing message.
//!
//! Only some answers of WhatsApp are final. The states say what is known and nothing more: above all, an attempt without
//! an answer is *in doubt* and not failed, because a second attempt may be a second message.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::Time;
use crate::event::{Event, Refused};
use crate::id::{CampaignId, ConversationId, MessageId, NumberId};
use crate::law::class::{Category, Class};
use crate::law::pricing::Bill;
use crate::sealed::Lookup;

/// How a message fares after WhatsApp took it. Later ones include the earlier, and `failed` is final: that is the whole
/// order, and a message is where the furthest status that was ever told puts it (Meta, *Webhooks: statuses*).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// It left WhatsApp.
    Sent,
    /// It is on the customer's device.
    Delivered,
    /// The customer saw it.
    Read,
    /// The customer played the voice note.
    Played,
    /// It will never arrive.
    Failed,
}

impl Status {
    /// The word that WhatsApp and the journal use.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Played => "played",
            Self::Failed => "failed",
        }
    }
}

/// One outgoing message, folded from its events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Delivery {
    /// The message.
    pub message: MessageId,
    /// The conversation it belongs to.
    pub conversation: ConversationId,
    /// The number it leaves from.
    pub number: NumberId,
    /// The number of its `reply-queued`, which holds what is said and orders the outbox.
    pub queued: u64,
    /// What it is before the law.
    pub class: Class,
    /// When a template was last tried: it reads as Meta had it then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tried: Option<Time>,
    /// Attempts so far.
    pub attempts: u32,
    /// How often it was sent again although it may have arrived.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub resends: u32,
    /// The attempts of which it is known that WhatsApp took them. More than one is a duplicate.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taken: Vec<u32>,
    /// Where it is.
    pub state: Sending,
    /// What WhatsApp told last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// What it costs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bill: Option<Bill>,
    /// By what it is found: a wamid for each attempt that arrived.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub lookups: BTreeSet<Lookup>,
    /// The campaign that it is part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign: Option<CampaignId>,
    /// Why the host did not send it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withheld: Option<Refused>,
    /// Whether the customer was forgotten: what is told of it from then on leads to nobody.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub erased: bool,
}

/// Where an outgoing message is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Sending {
    /// Not yet tried.
    Queued,
    /// On its way, or it was when the host stopped.
    Attempting,
    /// To be tried again, before anything that was queued behind it in its conversation.
    Waiting {
        /// Not before this moment.
        until: Time,
    },
    /// To be sent later, while the conversation goes on.
    Postponed {
        /// Not before this moment.
        until: Time,
    },
    /// WhatsApp has it.
    Accepted,
    /// Nobody knows.
    InDoubt {
        /// Since when.
        since: Time,
    },
    /// WhatsApp refused it for good.
    Refused {
        /// Meta's code.
        code: i64,
    },
    /// Nobody knows, and nobody will: it is not sent again.
    Unknown,
    /// The host did not send it.
    Withheld,
}

/// What follows when nothing is heard of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unseen {
    /// It is sent once again: a customer who waits for an answer would rather have it twice than not at all.
    Resend,
    /// It has lost its meaning: whoever still wants a one-time code asks for another.
    Expire,
    /// It stays unknown: an offer is not worth a second one, and nothing is worth a third.
    Leave,
}

impl Sending {
    /// Whether the sender still has to do something.
    pub fn pending(&self) -> bool {
        matches!(
            self,
            Self::Queued
                | Self::Attempting
                | Self::Waiting { .. }
                | Self::Postponed { .. }
                | Self::InDoubt { .. }
        )
    }

    /// Whether it is settled, so that the next message of the conversation may leave.
    pub fn settled(&self) -> bool {
        matches!(self, Self::Accepted | Self::Refused { .. } | Self::Unknown | Self::Withheld)
    }
}

fn is_zero(n: &u32) -> bool {
    *n == 0
}

impl Delivery {
    /// How it fares, in one word for people and programs.
    pub fn fares(&self) -> &'static str {
        match (&self.state, self.status) {
            (Sending::Accepted, Some(status)) => status.word(),
            (Sending::Accepted, None) => "accepted",
            (Sending::Refused { .. }, _) => "refused",
            (Sending::Withheld, _) => "withheld",
            (Sending::InDoubt { .. } | Sending::Unknown, _) => "in-doubt",
            (Sending::Waiting { .. } | Sending::Postponed { .. }, _) => "waiting",
            (Sending::Queued | Sending::Attempting, _) => "queued",
        }
    }

    /// WhatsApp's code, if it refused it.
    pub fn refusal(&self) -> Option<i64> {
        match self.state {
            Sending::Refused { code } => Some(code),
            _ => None,
        }
    }

    /// A message that was just queued.
    pub fn new(
        message: MessageId,
        conversation: ConversationId,
        number: NumberId,
        class: Class,
        queued: u64,
    ) -> Self {
        Self {
            message,
            conversation,
            number,
            queued,
            class,
            tried: None,
            attempts: 0,
            resends: 0,
            taken: Vec::new(),
            state: Sending::Queued,
            status: None,
            bill: None,
            lookups: BTreeSet::new(),
            campaign: None,
            withheld: None,
            erased: false,
        }
    }

    /// Takes in one event of its stream.
    pub fn fold(&mut self, time: Time, event: &Event) {
        match event {
            Event::SendAttempted(sent) => {
                self.attempts = sent.attempt;
                self.tried = matches!(self.class, Class::Template(_)).then_some(time);
                self.state = Sending::Attempting;
            }
            Event::SendAccepted(accepted) => {
                self.take(accepted.attempt);
                self.state = Sending::Accepted;
                self.learn(Some(accepted.lookup));
            }
            // An earlier attempt has turned out to have arrived: then it does not matter how this one ended.
            Event::SendRefused(_) if !self.taken.is_empty() => self.state = Sending::Accepted,
            Event::SendRefused(refused) => {
                self.state = match refused.again_at {
                    Some(until) if refused.lets_pass => Sending::Postponed { until },
                    Some(until) => Sending::Waiting { until },
                    None => Sending::Refused { code: refused.code },
                }
            }
            // A status may overtake the answer to the send: then there is no doubt.
            Event::SendInDoubt(_) if self.status.is_some() => self.state = Sending::Accepted,
            Event::SendInDoubt(_) => self.state = Sending::InDoubt { since: time },
            Event::SendUnseen(unseen) => match unseen.then {
                Unseen::Resend => {
                    self.resends += 1;
                    self.state = Sending::Waiting { until: time };
                }
                Unseen::Expire | Unseen::Leave => self.state = Sending::Unknown,
            },
            Event::SendWithheld(withheld) => {
                self.state = Sending::Withheld;
                self.withheld = Some(withheld.because);
            }
            Event::SendPostponed(postponed) => self.state = Sending::Postponed { until: postponed.until },
            Event::MessageCharged(charged) => self.bill = Some(charged.into()),
            Event::StatusChanged(changed) => {
                self.status = self.status.max(Some(changed.status));
                self.state = Sending::Accepted;
                self.take(changed.attempt.unwrap_or(self.attempts));
                self.learn(changed.lookup);
            }
            _ => {}
        }
    }

    fn take(&mut self, attempt: u32) {
        if !self.taken.contains(&attempt) {
            self.taken.push(attempt);
        }
    }

    /// The attempt that is known to have arrived, if it is now told of another one: then the customer has it twice.
    pub fn doubled_by(&self, attempt: u32) -> Option<u32> {
        self.taken.first().copied().filter(|_| !self.taken.contains(&attempt))
    }

    /// What follows if nothing is heard of the attempt that is in doubt.
    pub fn unseen(&self) -> Unseen {
        match self.class {
            _ if self.erased => Unseen::Leave,
            Class::Service | Class::Template(Category::Utility) if self.resends == 0 => Unseen::Resend,
            Class::Template(Category::Authentication) => Unseen::Expire,
            Class::Service | Class::Template(_) => Unseen::Leave,
        }
    }

    fn learn(&mut self, lookup: Option<Lookup>) {
        if !self.erased {
            self.lookups.extend(lookup);
        }
    }

    /// Forgets whom it went to. Gives by what its attempts were found.
    pub fn forget(&mut self) -> BTreeSet<Lookup> {
        self.erased = true;
        std::mem::take(&mut self.lookups)
    }

    /// Whether a status tells something new. They come late, twice and in any order: only what is further along counts,
    /// and after `failed` nothing does.
    pub fn advances(&self, status: Status) -> bool {
        match self.status {
            None => true,
            Some(Status::Failed) => false,
            Some(known) => status > known,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::event::StatusChanged;

    fn status() -> impl Strategy<Value = Status> {
        prop_oneof![
            Just(Status::Sent),
            Just(Status::Delivered),
            Just(Status::Read),
            Just(Status::Played),
            Just(Status::Failed)
        ]
    }

    fn told(statuses: &[Status]) -> Delivery {
        let (message, conversation) = (MessageId::from_bytes([1; 16]), ConversationId::from_bytes([2; 16]));
        let mut delivery = Delivery::new(message, conversation, "1".into(), Class::Service, 1);
        for status in statuses {
            let changed = StatusChanged {
                status: *status,
                attempt: None,
                at: Time::UNIX_EPOCH,
                problems: vec![],
                wamid: None,
                lookup: None,
                webhook: 1,
            };
            delivery.fold(Time::UNIX_EPOCH, &changed.into());
        }
        delivery
    }

    /// A set of statuses, and two ways in which Meta may tell it: in any order, each at least once.
    fn two_tellings() -> impl Strategy<Value = (Vec<Status>, Vec<Status>)> {
        proptest::collection::hash_set(status(), 1..=5).prop_flat_map(|set| {
            let all: Vec<Status> = set.into_iter().collect();
            let telling = |all: Vec<Status>| {
                let again = proptest::collection::vec(proptest::sample::select(all.clone()), 0..8);
                again.prop_flat_map(move |again| Just([all.clone(), again].concat()).prop_shuffle())
            };
            (telling(all.clone()), telling(all))
        })
    }

    proptest! {
        #[test]
        fn the_order_and_the_repetition_of_statuses_change_nothing((one, other) in two_tellings()) {
            prop_assert_eq!(told(&one), told(&other));
            prop_assert_eq!(told(&one).status, one.iter().max().copied());
        }

        #[test]
        fn a_status_that_advances_nothing_could_as_well_not_have_been_told(
            statuses in proptest::collection::vec(status(), 1..12)
        ) {
            let mut kept: Vec<Status> = Vec::new();
            for status in &statuses {
                if told(&kept).advances(*status) {
                    kept.push(*status);
                }
            }
            prop_assert_eq!(told(&kept), told(&statuses));
            prop_assert!(kept.len() <= 5);
        }

        #[test]
        fn after_failed_nothing_revives_a_message(late in proptest::collection::vec(status(), 0..6)) {
            prop_assert_eq!(told(&[&[Status::Failed], &late[..]].concat()).status, Some(Status::Failed));
            prop_assert!(late.iter().all(|status| !told(&[Status::Failed]).advances(*status)));
        }
    }

    #[test]
    fn a_status_that_overtakes_the_answer_leaves_no_doubt() {
        let mut delivery = told(&[Status::Sent]);
        let doubt = crate::event::SendInDoubt { attempt: 1, why: "no answer within 40s".to_owned() };
        delivery.fold(Time::UNIX_EPOCH, &doubt.into());
        assert_eq!(delivery.state, Sending::Accepted);
    }
}
