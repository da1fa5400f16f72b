//! What is said, in both directions.
//!
//! The host keeps the meaning of a message and not its wire form: a rule, a page and a report should not have to know
//! how Meta spells things this year. Nothing here is public; all of it is sealed before it is written.

use serde::{Deserialize, Serialize};

use crate::sealed::Personal;

/// What identifies a customer towards WhatsApp. At least one of the two is there.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Identity {
    /// Digits with the country code and no `+`, as Meta writes it in webhooks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The business-scoped user id (BSUID), for instance `CO.13491208655302741918`. Opaque and case-sensitive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
}

impl Personal for Identity {
    const LABEL: &'static str = "contact.identity";
}

/// What a customer says of themselves.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Profile {
    /// The name shown in WhatsApp; empty if none was given.
    #[serde(default)]
    pub name: String,
}

impl Personal for Profile {
    const LABEL: &'static str = "contact.profile";
}

/// A customer's message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Inbound {
    /// WhatsApp's identifier. It contains the phone number.
    pub wamid: String,
    /// What was said.
    pub content: Content,
    /// The wamid of the message that this one answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answers: Option<String>,
}

impl Personal for Inbound {
    const LABEL: &'static str = "message.inbound";
}

/// What a customer's message says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Content {
    /// Words.
    Text {
        /// At most 4,096 characters; may hold any of them, U+0000 too.
        body: String,
    },
    /// An image, a voice note, a document …
    Media(Media),
    /// A button or a row of a list that we had sent was chosen.
    Choice {
        /// The identifier that we gave it.
        id: String,
        /// What the customer saw.
        title: String,
    },
    /// A quick-reply button of a template was pressed.
    Button {
        /// The payload that we gave it.
        payload: String,
        /// What the customer saw.
        text: String,
    },
    /// A place on earth, in degrees.
    Location {
        /// North is positive.
        latitude: f64,
        /// East is positive.
        longitude: f64,
        /// What the place is called.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// Where it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        address: Option<String>,
    },
    /// A reaction to another message.
    Reaction {
        /// The wamid of that message.
        to: String,
        /// None when the reaction was taken back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        emoji: Option<String>,
    },
}

/// A medium, by reference: its bytes stay with Meta until they are fetched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    /// What it is.
    pub kind: MediaKind,
    /// Meta's identifier, valid for 7 days.
    pub id: String,
    /// As sent, parameters included: `audio/ogg; codecs=opus`.
    #[serde(default)]
    pub mime_type: String,
    /// Base64 of the SHA-256 of its bytes.
    #[serde(default)]
    pub sha256: String,
    /// Words under it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
    /// The name that the customer's device gave a document. Never to be trusted as a path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
    /// A voice note, recorded on the spot.
    #[serde(default)]
    pub voice: bool,
}

/// The kinds of media.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MediaKind {
    /// A picture.
    Image,
    /// A film.
    Video,
    /// A sound or a voice note.
    Audio,
    /// A file.
    Document,
    /// A sticker.
    Sticker,
}

impl MediaKind {
    /// WhatsApp's word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Video => "video",
            Self::Audio => "audio",
            Self::Document => "document",
            Self::Sticker => "sticker",
        }
    }
}

impl Content {
    /// The kind in one word, as rules and reports know it. Says nothing personal.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text",
            Self::Media(media) => media.kind.word(),
            Self::Choice { .. } => "choice",
            Self::Button { .. } => "button",
            Self::Location { .. } => "location",
            Self::Reaction { .. } => "reaction",
        }
    }

    /// The words in it, if any: a body, a caption, the title of what was pressed.
    pub fn words(&self) -> &str {
        match self {
            Self::Text { body } => body,
            Self::Media(media) => media.caption.as_deref().unwrap_or_default(),
            Self::Choice { title, .. } => title,
            Self::Button { text, .. } => text,
            Self::Location { name, .. } => name.as_deref().unwrap_or_default(),
            Self::Reaction { emoji, .. } => emoji.as_deref().unwrap_or_default(),
        }
    }

    /// The identifier of what was pressed; empty for everything else.
    pub fn payload(&self) -> &str {
        match self {
            Self::Choice { id, .. } => id,
            Self::Button { payload, .. } => payload,
            _ => "",
        }
    }
}

/// What we say to a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Outgoing {
    /// Words: 1 to 4,096 characters.
    Text {
        /// The words.
        body: String,
    },
    /// A text of 1 to 1,024 characters with 1 to 3 buttons.
    Buttons {
        /// The words above the buttons.
        body: String,
        /// The buttons, with different ids and titles.
        buttons: Vec<ReplyButton>,
    },
    /// A text of 1 to 4,096 characters with a list that opens on a tap.
    Menu {
        /// The words above it.
        body: String,
        /// What opens the list: 1 to 20 characters.
        label: String,
        /// 1 to 10 rows.
        rows: Vec<Row>,
    },
}

impl Outgoing {
    /// The words that the customer reads.
    pub fn words(&self) -> &str {
        match self {
            Self::Text { body } | Self::Buttons { body, .. } | Self::Menu { body, .. } => body,
        }
    }

    /// The kind in one word. Says nothing personal.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text",
            Self::Buttons { .. } => "buttons",
            Self::Menu { .. } => "menu",
        }
    }
}

impl Personal for Outgoing {
    const LABEL: &'static str = "message.outgoing";
}

/// A button under a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplyButton {
    /// Comes back when it is pressed: 1 to 256 bytes.
    pub id: String,
    /// 1 to 20 characters.
    pub title: String,
}

/// A row of a menu.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Comes back when it is chosen: 1 to 200 bytes.
    pub id: String,
    /// 1 to 24 characters.
    pub title: String,
    /// At most 72 characters; empty for none.
    #[serde(default)]
    pub description: String,
}
