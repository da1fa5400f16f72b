//! What we say to a customer.
//!
//! What WhatsApp allows of each is checked where it is spelt out (`whatsapp::check`); here stands what is meant. The
//! short forms `Text`, `Buttons` and `Menu` are what most rules and people say.

use serde::{Deserialize, Serialize};

use super::{Card, Interactive, MediaKind, Template};
use crate::sealed::Personal;

/// What we say to a customer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Outgoing {
    /// Words: 1 to 4,096 characters.
    Text {
        /// The words.
        body: String,
    },
    /// Words of which the first link is shown with a preview: 1 to 4,096 characters.
    TextWithPreview {
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
    /// An image, a voice note, a document …
    Media(OutgoingMedia),
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
    /// Cards of an address book: 1 to 257.
    Contacts {
        /// The cards.
        cards: Vec<Card>,
    },
    /// A reaction to a message of the customer's.
    Reaction {
        /// The wamid of that message.
        to: String,
        /// None takes the reaction back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        emoji: Option<String>,
    },
    /// What Meta has approved beforehand: the only thing that may be said outside of the 24-hour window.
    Template(Template),
    /// Words with something to press.
    Interactive(Box<Interactive>),
    /// Any of the others, as an answer to one message.
    Answer {
        /// The wamid of that message.
        to: String,
        /// What is said. Not an answer itself, and no reaction.
        message: Box<Outgoing>,
    },
}

impl Outgoing {
    /// What it offers to press, in the customer's words.
    pub fn choices(&self) -> Vec<&str> {
        match self {
            Self::Buttons { buttons, .. } => buttons.iter().map(|button| button.title.as_str()).collect(),
            Self::Menu { rows, .. } => rows.iter().map(|row| row.title.as_str()).collect(),
            _ => Vec::new(),
        }
    }

    /// The words that the customer reads.
    pub fn words(&self) -> &str {
        match self {
            Self::Text { body }
            | Self::TextWithPreview { body }
            | Self::Buttons { body, .. }
            | Self::Menu { body, .. } => body,
            Self::Media(media) => media.caption.as_deref().unwrap_or_default(),
            Self::Location { name, .. } => name.as_deref().unwrap_or_default(),
            Self::Contacts { cards } => cards.first().map_or("", |card| &card.name.formatted),
            Self::Reaction { emoji, .. } => emoji.as_deref().unwrap_or_default(),
            Self::Template(template) => &template.name,
            Self::Interactive(interactive) => &interactive.body,
            Self::Answer { message, .. } => message.words(),
        }
    }

    /// The kind in one word. Says nothing personal.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Text { .. } | Self::TextWithPreview { .. } => "text",
            Self::Buttons { .. } => "buttons",
            Self::Menu { .. } => "menu",
            Self::Media(media) => media.kind.word(),
            Self::Location { .. } => "location",
            Self::Contacts { .. } => "contacts",
            Self::Reaction { .. } => "reaction",
            Self::Template(_) => "template",
            Self::Interactive(interactive) => interactive.action.kind(),
            Self::Answer { message, .. } => message.kind(),
        }
    }

    /// The template that it is, or answers with.
    pub fn template(&self) -> Option<&Template> {
        match self {
            Self::Template(template) => Some(template),
            Self::Answer { message, .. } => message.template(),
            _ => None,
        }
    }

    /// The medium that it shows, or the first of them, and what the customer sees it called.
    pub fn medium(&self) -> Option<(&Source, Option<&str>)> {
        match self {
            Self::Media(media) => Some((&media.source, media.filename.as_deref())),
            Self::Template(template) => template.media().into_iter().next(),
            Self::Answer { message, .. } => message.medium(),
            _ => None,
        }
    }

    /// Whether it may only be said inside the 24-hour window (Meta, *Messaging windows*).
    pub fn needs_window(&self) -> bool {
        match self {
            Self::Template(_) => false,
            Self::Answer { message, .. } => message.needs_window(),
            _ => true,
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

/// A medium on its way to a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutgoingMedia {
    /// What it is.
    pub kind: MediaKind,
    /// Where its bytes are.
    pub source: Source,
    /// Words under an image, a video or a document: at most 1,024 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
    /// What the customer sees a document called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
    /// Whether a sound is shown as a voice note.
    #[serde(default)]
    pub voice: bool,
}

/// Where the bytes of a medium are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// With Meta, under this identifier: 30 days after an upload, 7 days after a webhook.
    Id(String),
    /// At this address, from which Meta fetches them and keeps them for 10 minutes.
    Link(String),
}
