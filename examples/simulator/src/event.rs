//! The feed of what happens here, for pages, players and tests.

use std::time::Duration;

use serde::Serialize;

use crate::options::Person;
use crate::phones::{Message, Tick};

/// Something that happened.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case", rename_all_fields = "kebab-case")]
#[non_exhaustive]
pub enum Event {
    /// The host asked for a message, and it was taken.
    Accepted {
        /// The company's number.
        number: String,
        /// The customer's phone; empty if only their user id is known.
        phone: String,
        /// The message.
        wamid: String,
        /// The host's `biz_opaque_callback_data`.
        opaque: String,
    },
    /// A message, of either side, is on a customer's phone.
    Message {
        /// The customer's phone.
        phone: String,
        /// The message.
        message: Message,
    },
    /// A customer's message got another tick.
    Tick {
        /// The customer's phone.
        phone: String,
        /// The message.
        wamid: String,
        /// The tick.
        tick: Tick,
    },
    /// A customer put an emoji on a message of the company, or took it off.
    Reaction {
        /// The customer's phone.
        phone: String,
        /// The message of the company.
        wamid: String,
        /// None when it was taken off.
        emoji: Option<String>,
    },
    /// The company is writing.
    Typing {
        /// The customer's phone.
        phone: String,
        /// The company's number.
        number: String,
    },
    /// A phone is shown that was not.
    Phone {
        /// Whose it is.
        person: Person,
    },
    /// The webhook was called.
    Posted {
        /// How many updates it carried.
        updates: usize,
        /// The HTTP status; None if there was none.
        http: Option<u16>,
        /// How long it took.
        took: Duration,
    },
}
