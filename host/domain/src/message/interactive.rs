//! Words with something to press (Meta, *Interactive messages*).

use serde::{Deserialize, Serialize};
use serde_json::value::Value;

use super::{MediaKind, ReplyButton, Row, Source};

/// Words with something to press.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Interactive {
    /// What stands above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<Header>,
    /// The words. Only for a product they may be empty.
    #[serde(default)]
    pub body: String,
    /// Small words below: at most 60 characters; empty for none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub footer: String,
    /// What can be pressed.
    pub action: Action,
}

/// What stands above the words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Header {
    /// 1 to 60 characters.
    Text(String),
    /// An image, a video or a document.
    Media {
        /// Which of them.
        kind: MediaKind,
        /// Where its bytes are.
        source: Source,
        /// What the customer sees a document called.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        filename: Option<String>,
    },
}

/// What can be pressed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Action {
    /// 1 to 3 buttons that come back to us.
    Buttons {
        /// With different ids and titles.
        buttons: Vec<ReplyButton>,
    },
    /// A list that opens on a tap.
    List {
        /// What opens it: 1 to 20 characters.
        label: String,
        /// 1 to 10 sections with 10 rows in all.
        sections: Vec<Section>,
    },
    /// A button that opens a page.
    Link {
        /// 1 to 20 characters.
        label: String,
        /// The page, with `https://` or `http://`.
        url: String,
    },
    /// A form of Meta's.
    Flow(FlowAction),
    /// A button with which the customer sends where they are.
    AskLocation,
    /// A button with which the customer sends their number (Meta, `request_contact_info`).
    AskContact,
    /// A button with which the customer lets us call.
    AskCallPermission,
    /// A button with which the customer calls us.
    Call {
        /// 1 to 20 characters; empty for WhatsApp's own word.
        #[serde(default)]
        label: String,
        /// How long it can be pressed, in minutes: 1 to 43,200; none for seven days.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        minutes: Option<u32>,
    },
    /// 2 to 10 cards with a picture or a film each and the same kind of buttons.
    Carousel {
        /// The cards.
        cards: Vec<CarouselCard>,
    },
    /// One product of a catalogue.
    Product {
        /// Meta's identifier of the catalogue.
        catalog: String,
        /// Our identifier of the product.
        product: String,
    },
    /// Products of a catalogue: 1 to 10 sections with 30 products in all.
    Products {
        /// Meta's identifier of the catalogue.
        catalog: String,
        /// With different titles.
        sections: Vec<ProductSection>,
    },
    /// The catalogue of the number.
    Catalog {
        /// The product whose picture is shown; none for the first.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        thumbnail: Option<String>,
    },
}

impl Action {
    /// The kind in one word. Says nothing personal.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Buttons { .. } => "buttons",
            Self::List { .. } => "menu",
            Self::Link { .. } => "link",
            Self::Flow(_) => "flow",
            Self::AskLocation => "ask-location",
            Self::AskContact => "ask-contact",
            Self::AskCallPermission => "ask-call-permission",
            Self::Call { .. } => "call",
            Self::Carousel { .. } => "carousel",
            Self::Product { .. } => "product",
            Self::Products { .. } => "products",
            Self::Catalog { .. } => "catalog",
        }
    }
}

/// Some rows of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// At most 24 characters; may be empty if it is the only section.
    #[serde(default)]
    pub title: String,
    /// At least one.
    pub rows: Vec<Row>,
}

/// Some products of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductSection {
    /// At most 24 characters; may be empty if it is the only section.
    #[serde(default)]
    pub title: String,
    /// Our identifiers of the products: at least one.
    pub products: Vec<String>,
}

/// Opens a form of Meta's (Meta, *Flows: sending*).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FlowAction {
    /// Which one.
    pub flow: WhichFlow,
    /// The words of the button: 1 to 20 characters.
    pub label: String,
    /// Comes back with the answer; none for WhatsApp's `unused`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// The screen it begins with, and with what; none if our endpoint decides (`data_exchange`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub screen: Option<String>,
    /// What the first screen is given: an object, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<Value>,
    /// Whether it is published.
    #[serde(default)]
    pub mode: FlowMode,
}

/// How a form is named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WhichFlow {
    /// By Meta's identifier.
    Id(String),
    /// By our name for it.
    Name(String),
}

/// Whether a form is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FlowMode {
    /// It is.
    #[default]
    Published,
    /// It is being tried.
    Draft,
}

/// A card of a carousel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CarouselCard {
    /// Image or video.
    pub kind: MediaKind,
    /// Where its bytes are.
    pub source: Source,
    /// At most 160 characters; empty for none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub body: String,
    /// What can be pressed on it.
    pub buttons: CarouselButtons,
}

/// The buttons of a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CarouselButtons {
    /// One that opens a page: words of 1 to 20 characters, and the address.
    Link {
        /// The words.
        label: String,
        /// The page.
        url: String,
    },
    /// 1 to 3 that come back to us.
    Replies(Vec<ReplyButton>),
}
