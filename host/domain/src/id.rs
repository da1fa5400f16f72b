//! Identifiers.
//!
//! All are random, so that none says anything about the person behind it and none has to be forgotten when that person
//! is; those of messages begin with their moment. Names that people gave (an agent, a queue, a rule) are identifiers of their own kind: short words from the
//! company's files.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use data_encoding::BASE32_DNSSEC;
use serde::{Deserialize, Serialize};

use crate::Time;
use crate::outside::Entropy;
use crate::text::as_text;

/// A text that is not an identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an identifier: 26 characters of 0-9 and a-v were expected")]
pub struct NotAnId {
    /// What was read.
    pub text: String,
}

macro_rules! random_id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 16]);

        impl $name {
            /// A new one, made of 128 random bits.
            pub fn random(entropy: &dyn Entropy) -> Self {
                let mut bytes = [0; 16];
                entropy.fill(&mut bytes);
                Self(bytes)
            }

            /// The same bits as bytes.
            pub const fn to_bytes(self) -> [u8; 16] {
                self.0
            }

            /// From the bits of `to_bytes`.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&BASE32_DNSSEC.encode(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                BASE32_DNSSEC
                    .decode(text.as_bytes())
                    .ok()
                    .and_then(|bytes| bytes.try_into().ok())
                    .map(Self)
                    .ok_or_else(|| NotAnId { text: text.to_owned() })
            }
        }

        as_text! { $name }
    )*};
}

random_id! {
    /// One of our customers: a person who writes to the company, whatever number or name they use.
    ContactId;
    /// One of our numbers and one contact, for ever.
    ConversationId;
    /// A stretch of a conversation that opens and is resolved.
    CaseId;
    /// A message, in either direction. Ours before WhatsApp gives it a wamid.
    MessageId;
    /// A durable timer.
    TimerId;
    /// A change that waits for its approvals.
    ProposalId;
    /// One template to many customers.
    CampaignId;
    /// A move of many cases.
    MoveId;
    /// What a rule asks of a service outside.
    RequestId;
    /// A word that somebody has lent.
    LoanId;
    /// Somebody signed in on a device. It names the session and does not open it.
    SessionId;
    /// What a program proves itself with. It names the token and is no secret.
    TokenId;
}

impl MessageId {
    /// A new one: the milliseconds since 1970 in 48 bits, and 80 random ones. So messages lie in the order in which they were
    /// made, and the newest, which nearly everything asks for, are neighbours wherever they are kept.
    pub fn new(now: Time, entropy: &dyn Entropy) -> Self {
        let mut id = Self::random(entropy);
        let moment = now.as_millisecond().max(0).to_be_bytes();
        for (byte, of_moment) in id.0.iter_mut().zip(moment.into_iter().skip(2)) {
            *byte = of_moment;
        }
        id
    }
}

macro_rules! name {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The name as it stands in the company's files.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(name: &str) -> Self {
                Self(name.into())
            }
        }

        impl From<String> for $name {
            fn from(name: String) -> Self {
                Self(name.into())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", &*self.0)
            }
        }
    )*};
}

name! {
    /// An agent of the company.
    AgentId;
    /// A queue of the company.
    QueueId;
    /// A rule: a granted plugin with its settings and scope.
    RuleId;
    /// Somebody who runs the host, by the name of their account on its machine.
    OperatorId;
    /// Meta's identifier of one of the company's phone numbers (`phone_number_id`).
    NumberId;
    /// Somebody who works for the company.
    PersonId;
    /// A role: a column of the responsibility matrix.
    RoleId;
    /// An address of the company's that is told what happens.
    SubscriberId;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_from_its_text() {
        let id = ContactId::from_bytes(*b"0123456789abcdef");
        assert_eq!(id.to_string().len(), 26);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert!("0123".parse::<ContactId>().is_err());
    }

    struct Ones;
    impl Entropy for Ones {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(u8::MAX);
        }
    }

    #[test]
    fn messages_lie_in_the_order_in_which_they_were_made_also_as_texts() {
        let at = |millis| MessageId::new(Time::from_millisecond(millis).unwrap(), &Ones);
        let moments = [-1, 1, 255, 256, 1_795_446_000_000, 1_795_446_000_001, 100_000_000_000_000];
        let ids = moments.map(at);
        assert!(ids.is_sorted() && ids.map(|id| id.to_string()).is_sorted());
        assert_eq!(at(256).to_bytes()[..6], [0, 0, 0, 0, 1, 0]);
        assert!(at(256).to_bytes()[6..].iter().all(|byte| *byte == u8::MAX));
    }
}
