//! What is said, in both directions.
//!
//! The host keeps the meaning of a message and not its wire form: a rule, a page and a report should not have to know
//! how Meta spells things this year. Nothing here is public; all of it is sealed before it is written.

mod card;
mod interactive;
mod outgoing;
mod template;

use serde::{Deserialize, Serialize};

use crate::Time;
use crate::sealed::Personal;

pub use card::{Address, Card, CardName, CardPhone, Company, Email, Url};
pub use interactive::{
    Action, CarouselButtons, CarouselCard, FlowAction, FlowMode, Header, Interactive, ProductSection,
    Section, WhichFlow,
};
pub use outgoing::{Outgoing, OutgoingMedia, ReplyButton, Row, Source};
pub use template::{Component, Parameter, ParameterValue, Press, Reading, Template, TemplateCard};

/// What identifies a customer towards WhatsApp. At least one of the two is there.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Identity {
    /// Digits with the country code and no `+`, as Meta writes it in webhooks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The business-scoped user id (BSUID), for instance `CO.13491208655302741918`. Opaque and case-sensitive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    /// The same of the parent portfolio, for instance `CO.ENT.118…`; only businesses that Meta manages have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_user_id: Option<String>,
}

impl Identity {
    /// Whether it names nobody.
    pub fn is_empty(&self) -> bool {
        self.phone.is_none() && self.user_id.is_none() && self.parent_user_id.is_none()
    }
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
    /// The name by which others find them, without `@`; empty if they have none or Meta did not tell. It may change.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub username: String,
    /// The country of their account, as `CO`; empty if Meta did not tell.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub country: String,
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
    /// What came with it.
    #[serde(default, skip_serializing_if = "Beside::is_empty")]
    pub beside: Beside,
}

impl Personal for Inbound {
    const LABEL: &'static str = "message.inbound";
}

/// Who of the two sides of a conversation did something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// The customer.
    Customer,
    /// The company, from this host or from another device.
    Company,
}

/// What comes with a message and is not the message (Meta, *Webhooks: messages*, `context` and `referral`). Most
/// messages have nothing of it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Beside {
    /// Who wrote the message that this one answers, as Meta spells it: a phone or the id of our number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answers_whom: Option<String>,
    /// Whether it was written for somebody else.
    #[serde(default, skip_serializing_if = "Forwarded::is_not")]
    pub forwarded: Forwarded,
    /// The product that the customer asks about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<Product>,
    /// The advertisement or post that led the customer here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referral: Option<Box<Referral>>,
    /// The group that it was written in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The hash of the customer's identity key, where the identity-change check is on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity_key: Option<String>,
}

impl Beside {
    /// Whether nothing came with the message.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// How often a message was passed on before it reached us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Forwarded {
    /// It was written for us.
    #[default]
    No,
    /// It was passed on.
    Once,
    /// It was passed on more than five times.
    Often,
}

impl Forwarded {
    fn is_not(&self) -> bool {
        *self == Self::No
    }
}

/// A product of one of our catalogues.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// Meta's identifier of the catalogue.
    pub catalog: String,
    /// Our identifier of the product in it.
    pub id: String,
}

/// The advertisement or post from which a customer began to write (Meta, *Click to WhatsApp*). What Meta left out is
/// empty.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Referral {
    /// Where it can be seen.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub source_url: String,
    /// Meta's identifier of it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub source_id: String,
    /// `ad` or `post`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub source_type: String,
    /// Its title.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub headline: String,
    /// Its words.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub body: String,
    /// `image` or `video`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub media_type: String,
    /// Its picture.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub image_url: String,
    /// Its film.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub video_url: String,
    /// A small picture of its film.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub thumbnail_url: String,
    /// The click, for reports to Meta; left out for advertisements in WhatsApp's status.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub click: String,
    /// The greeting that the customer was shown.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub welcome: String,
}

/// A message that was changed after it was sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Edit {
    /// The wamid of the message that was changed.
    pub original: String,
    /// The wamid of the change itself.
    pub wamid: String,
    /// What the message says now.
    pub content: Content,
}

impl Personal for Edit {
    const LABEL: &'static str = "message.edit";
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
        /// What stood under it, in a list.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        description: Option<String>,
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
        /// A page about it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        url: Option<String>,
    },
    /// A reaction to another message.
    Reaction {
        /// The wamid of that message.
        to: String,
        /// None when the reaction was taken back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        emoji: Option<String>,
    },
    /// Cards of an address book.
    Contacts {
        /// At least one.
        cards: Vec<Card>,
    },
    /// What was filled in: a flow, an address.
    Form {
        /// `flow`, `address_message` …
        name: String,
        /// What the customer saw as sent.
        body: String,
        /// What was filled in, as JSON. The customer controls every byte of it, and it need not be an object.
        response: String,
    },
    /// Whether we may call.
    CallPermission {
        /// Whether it was given.
        given: bool,
        /// Until when it holds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Time>,
        /// Whether it holds until it is withdrawn.
        #[serde(default)]
        permanent: bool,
        /// How it came about: `user_action` or `automatic`.
        #[serde(default)]
        source: String,
    },
    /// Products of a catalogue that the customer wants.
    Order {
        /// Meta's identifier of the catalogue.
        catalog: String,
        /// Words with it.
        #[serde(default)]
        text: String,
        /// What is wanted.
        items: Vec<Item>,
    },
    /// The customer opened the chat for the first time and wrote nothing. Meta has not sent it since March 2026.
    Welcome,
    /// A medium of the past, of which only the place is known until Meta sends it.
    Placeholder,
    /// Something that WhatsApp does not pass on to businesses: a poll, a pinned message, a message seen once.
    Unsupported {
        /// WhatsApp's word for it: `poll_creation`; empty if it did not tell.
        #[serde(default)]
        what: String,
        /// Meta's error code, mostly 131051; 0 if there was none.
        #[serde(default)]
        code: i64,
        /// Meta's words for it.
        #[serde(default)]
        details: String,
    },
}

/// A line of an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// Our identifier of the product.
    pub product: String,
    /// How many.
    pub quantity: f64,
    /// What one costs, in units of the currency.
    pub price: f64,
    /// The currency, as `COP`.
    pub currency: String,
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
    /// A sticker that moves.
    #[serde(default, skip_serializing_if = "is_false")]
    pub animated: bool,
    /// Where its bytes can be fetched for five minutes, with our token and from Meta's hosts only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

fn is_false(value: &bool) -> bool {
    !value
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
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Image, Self::Video, Self::Audio, Self::Document, Self::Sticker];

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
            Self::Contacts { .. } => "contacts",
            Self::Form { .. } => "form",
            Self::CallPermission { .. } => "call-permission",
            Self::Order { .. } => "order",
            Self::Welcome => "welcome",
            Self::Placeholder => "placeholder",
            Self::Unsupported { .. } => "unsupported",
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
            Self::Contacts { cards } => cards.first().map_or("", |card| &card.name.formatted),
            Self::Form { body, .. } => body,
            Self::Order { text, .. } => text,
            Self::CallPermission { .. } | Self::Welcome | Self::Placeholder | Self::Unsupported { .. } => "",
        }
    }

    /// The identifier of what was pressed, the JSON of what was filled in; empty for everything else.
    pub fn payload(&self) -> &str {
        match self {
            Self::Choice { id, .. } => id,
            Self::Button { payload, .. } => payload,
            Self::Form { response, .. } => response,
            _ => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Journals keep these for ever.
    #[test]
    fn what_an_older_host_wrote_is_still_read() {
        let inbound: Inbound = serde_json::from_str(
            r#"{"wamid":"wamid.1","content":{"type":"media","kind":"image","id":"7","mime_type":"image/jpeg","sha256":"a=","voice":false},"answers":"wamid.0"}"#,
        )
        .unwrap();
        assert!(inbound.beside.is_empty());
        assert_eq!((inbound.content.kind(), inbound.answers.as_deref()), ("image", Some("wamid.0")));
        let choice: Content = serde_json::from_str(r#"{"type":"choice","id":"si","title":"Sí"}"#).unwrap();
        assert_eq!((choice.payload(), choice.words()), ("si", "Sí"));
        let identity: Identity = serde_json::from_str(r#"{"phone":"573001234567"}"#).unwrap();
        assert_eq!(identity.parent_user_id, None);
        let profile: Profile = serde_json::from_str(r#"{"name":"Lucía"}"#).unwrap();
        assert_eq!(profile.username, "");
    }

    #[test]
    fn what_an_older_host_meant_to_send_is_still_sent() {
        let written = [
            r#"{"type":"text","body":"Hola"}"#,
            r#"{"type":"buttons","body":"¿Seguimos?","buttons":[{"id":"si","title":"Sí"}]}"#,
            r#"{"type":"menu","body":"Elija","label":"Ver","rows":[{"id":"1","title":"Uno","description":""}]}"#,
        ];
        for text in written {
            let outgoing: Outgoing = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&outgoing).unwrap(), text);
        }
    }

    #[test]
    fn only_a_template_may_be_said_outside_of_the_window() {
        let template =
            Template { name: "pedido".to_owned(), language: "es".to_owned(), components: Vec::new() };
        let text = Outgoing::Text { body: "Hola".to_owned() };
        let answer =
            |message: Outgoing| Outgoing::Answer { to: "wamid.1".to_owned(), message: Box::new(message) };
        assert!(text.needs_window() && answer(text.clone()).needs_window());
        let template = Outgoing::Template(template);
        assert!(!template.needs_window() && !answer(template.clone()).needs_window());
        for outgoing in [answer(text), answer(template)] {
            let text = serde_json::to_string(&outgoing).unwrap();
            assert_eq!(serde_json::from_str::<Outgoing>(&text).unwrap(), outgoing);
        }
    }
}
