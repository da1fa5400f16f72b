//! What becomes of a medium: fetched from Meta and kept, or not to be had; uploaded, and good for thirty days.
//!
//! A message names a medium, and its bytes stay with Meta for seven days (Meta, *Cloud API: Media*). Whether they are
//! fetched at once or when somebody wants them is the company's choice. What its bytes are is decided by the bytes alone
//! (`kinds`): the sender's word for it is never believed.

mod kinds;
mod policy;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::Time;
use crate::event::Event;
use crate::id::{ConversationId, MessageId, NumberId};
use crate::message::MediaKind;
use crate::sealed::Lookup;

pub use kinds::{NotSendable, file_name, is_shown, sendable, sniff};
pub use policy::{Fetching, LARGEST, MediaPolicy, Size};

/// How long the id of a medium is good that came with a message (Meta, *Media*).
pub const RECEIVED_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How long the id of a medium is good that was uploaded (Meta, *Media*).
pub const UPLOADED_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Attempts after which bytes that do not fit their hash, or are not where Meta says, are given up.
const STUBBORN: u32 = 3;

/// The longest pause between two attempts.
const LONGEST: SignedDuration = SignedDuration::from_hours(1);

/// `media-wanted`, in `conversation/…`: somebody asks for the bytes, or the company wants all of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaWanted {
    /// The message that they came with.
    pub message: MessageId,
}

/// `media-stored`, in `conversation/…`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaStored {
    /// The message that they came with.
    pub message: MessageId,
    /// What the file is called: a keyed hash of the bytes and the contact.
    pub file: Lookup,
    /// How many bytes.
    pub bytes: u64,
    /// What they are, by their own beginning.
    pub mime_type: String,
}

/// `media-unavailable`, in `conversation/…`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaUnavailable {
    /// The message that they came with.
    pub message: MessageId,
    /// 1 for the first attempt since they were wanted.
    pub attempt: u32,
    /// Why.
    pub why: NoMedium,
    /// When it is tried again; none if it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again_at: Option<Time>,
}

/// `media-uploaded`, in `conversation/…`: Meta holds bytes of ours that this customer is to get.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaUploaded {
    /// Meta's identifier.
    pub id: String,
    /// The number that it was uploaded for.
    pub number: NumberId,
    /// What it is sent as.
    pub media: MediaKind,
    /// Until when the identifier is good.
    pub until: Time,
    /// Our own copy, to upload it again.
    pub file: Lookup,
    /// How many bytes.
    pub bytes: u64,
    /// What they are.
    pub mime_type: String,
    /// The identifier that this one replaces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renews: Option<String>,
}

/// Why the bytes of a medium are not to be had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum NoMedium {
    /// Meta does not have it (any more).
    Gone,
    /// Its seven days are over.
    Expired,
    /// It is larger than the company takes.
    TooLarge {
        /// How large, in bytes; none if it only turned out to be more.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        bytes: Option<u64>,
        /// How large it may be.
        most: u64,
    },
    /// Its bytes are not those that the customer sent: another hash.
    Altered,
    /// Meta's answer led to a host that is not Meta's. Nothing was asked there.
    Elsewhere,
    /// Meta refused for good.
    Refused {
        /// Meta's code.
        code: i64,
    },
    /// Meta refused for now: too many calls, a token that has expired.
    NotNow {
        /// Meta's code.
        code: i64,
    },
    /// Meta could not be reached, or broke off.
    Unreachable,
    /// The disk of the host did not take it.
    NotKept,
    /// The message has none (yet): a placeholder of the past.
    Nothing,
    /// The customer was erased.
    Erased,
}

impl NoMedium {
    /// In a sentence, with what can be done.
    pub fn words(&self) -> String {
        match self {
            Self::Gone => "Meta does not have this medium any more".to_owned(),
            Self::Expired => "Meta keeps a medium for 7 days, and they are over".to_owned(),
            Self::TooLarge { bytes, most } => {
                let has = bytes.map_or_else(String::new, |bytes| format!(" of {bytes} bytes"));
                format!(
                    "this medium{has} is larger than `company.media.largest` allows ({most} bytes): raise it and \
                     ask again"
                )
            }
            Self::Altered => {
                "the bytes are not those that the customer sent: their SHA-256 is another".to_owned()
            }
            Self::Elsewhere => {
                "Meta's answer led to a host that is not Meta's, and was not followed".to_owned()
            }
            Self::Refused { code } => format!("Meta refused with code {code}"),
            Self::NotNow { code } => {
                format!("Meta refused for now with code {code}: it is tried again by itself")
            }
            Self::Unreachable => "Meta cannot be reached: it is tried again by itself".to_owned(),
            Self::NotKept => "the disk of the host did not take it: it is tried again by itself".to_owned(),
            Self::Nothing => "this message has no medium".to_owned(),
            Self::Erased => "the customer was erased, and the medium with them".to_owned(),
        }
    }

    /// When to try again after the `attempt`th failure; none for never. `since` is when the message came.
    pub fn again(&self, attempt: u32, since: Time, now: Time) -> Option<Time> {
        let worth_it = match self {
            Self::Unreachable | Self::NotKept | Self::NotNow { .. } => true,
            Self::Altered => attempt < STUBBORN,
            Self::Gone
            | Self::Expired
            | Self::TooLarge { .. }
            | Self::Elsewhere
            | Self::Refused { .. }
            | Self::Nothing
            | Self::Erased => false,
        };
        let pause = SignedDuration::from_secs(2 * 4_i64.saturating_pow(attempt.saturating_sub(1).min(10)));
        let again = now.saturating_add(pause.min(LONGEST)).ok()?;
        (worth_it && again < since.saturating_add(RECEIVED_FOR).ok()?).then_some(again)
    }
}

/// A medium that came with a message, folded from the events of its conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Medium {
    /// The conversation of the message.
    pub conversation: ConversationId,
    /// The version of the conversation at which the message stands.
    pub line: u64,
    /// When the message came.
    pub since: Time,
    /// Where its bytes are.
    pub fate: Fate,
}

/// Where the bytes of a medium are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    /// With Meta, and nobody has asked for them.
    Known,
    /// Being fetched.
    Wanted {
        /// Attempts that failed.
        attempts: u32,
        /// Not before this moment.
        not_before: Time,
        /// Why the last attempt failed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        why: Option<NoMedium>,
    },
    /// Here.
    Stored(MediaStored),
    /// Nowhere.
    Unavailable(NoMedium),
}

impl Medium {
    /// Whether a kind of message, in one word, brings a medium, or may later.
    pub fn comes_with(content: &str) -> bool {
        matches!(content, "image" | "video" | "audio" | "document" | "sticker" | "placeholder")
    }

    /// Takes in an event about it.
    pub fn fold(&mut self, time: Time, event: &Event) {
        match event {
            Event::MediaWanted(_) => match &mut self.fate {
                // What is here need not be wanted again.
                Fate::Stored(_) => {}
                // Whoever asks does not wait for the pause to end.
                Fate::Wanted { not_before, .. } => *not_before = time.min(*not_before),
                Fate::Known | Fate::Unavailable(_) => {
                    self.fate = Fate::Wanted { attempts: 0, not_before: time, why: None };
                }
            },
            Event::MediaStored(stored) => self.fate = Fate::Stored(stored.clone()),
            Event::MediaUnavailable(failed) if !matches!(self.fate, Fate::Stored(_)) => {
                self.fate = match failed.again_at {
                    Some(not_before) => {
                        Fate::Wanted { attempts: failed.attempt, not_before, why: Some(failed.why.clone()) }
                    }
                    None => Fate::Unavailable(failed.why.clone()),
                };
            }
            _ => {}
        }
    }

    /// When something is to be done about it.
    pub fn due(&self) -> Option<Time> {
        match self.fate {
            Fate::Wanted { not_before, .. } => Some(not_before),
            _ => None,
        }
    }
}

/// The message that an event of a medium is about.
pub fn message_of(event: &Event) -> Option<MessageId> {
    match event {
        Event::MediaWanted(MediaWanted { message })
        | Event::MediaStored(MediaStored { message, .. })
        | Event::MediaUnavailable(MediaUnavailable { message, .. }) => Some(*message),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Time {
        Time::from_second(seconds).unwrap()
    }

    #[test]
    fn pauses_grow_to_an_hour_and_nothing_is_tried_after_seven_days() {
        let pause = |attempt| NoMedium::Unreachable.again(attempt, at(0), at(0)).map(Time::as_second);
        assert_eq!([1, 2, 3, 9, 90].map(pause), [Some(2), Some(8), Some(32), Some(3_600), Some(3_600)]);
        let week = RECEIVED_FOR.as_secs();
        assert_eq!(NoMedium::Unreachable.again(1, at(0), at(week - 2)), None);
        assert!(NoMedium::Altered.again(2, at(0), at(0)).is_some());
        assert_eq!(NoMedium::Altered.again(3, at(0), at(0)), None);
        assert_eq!(NoMedium::Elsewhere.again(1, at(0), at(0)), None);
    }

    #[test]
    fn what_is_kept_stays_kept_whatever_is_told_later() {
        let message = MessageId::from_bytes([1; 16]);
        let mut medium = Medium {
            conversation: ConversationId::from_bytes([2; 16]),
            line: 3,
            since: at(0),
            fate: Fate::Known,
        };
        assert_eq!(medium.due(), None);
        medium.fold(at(5), &MediaWanted { message }.into());
        assert_eq!(medium.due(), Some(at(5)));
        let failed =
            |again_at| MediaUnavailable { message, attempt: 1, why: NoMedium::Unreachable, again_at };
        medium.fold(at(6), &failed(Some(at(8))).into());
        assert_eq!(medium.due(), Some(at(8)));
        medium.fold(at(7), &MediaWanted { message }.into());
        assert_eq!(medium.due(), Some(at(7)));
        let file = Lookup::of(&crate::sealed::Key::from_bytes([1; 32]), "media", "x");
        medium.fold(at(8), &MediaStored { message, file, bytes: 1, mime_type: String::new() }.into());
        let stored = medium.clone();
        for fate in [Fate::Known, stored.fate.clone(), Fate::Unavailable(NoMedium::Refused { code: 1 })] {
            let text = serde_json::to_string(&fate).unwrap();
            assert_eq!(serde_json::from_str::<Fate>(&text).unwrap(), fate);
        }
        medium.fold(at(9), &failed(None).into());
        medium.fold(at(9), &MediaWanted { message }.into());
        assert_eq!(medium, stored);
    }
}
