//! What Meta has approved beforehand, with its gaps filled in (Meta, *Templates: sending*).

use serde::{Deserialize, Serialize};
use serde_json::value::Value;

use super::{MediaKind, Source};
use crate::Time;

/// A template with its gaps filled in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Template {
    /// Its name: small letters, digits and `_`.
    pub name: String,
    /// Its language, as `es_CO`.
    pub language: String,
    /// What its parts are filled with. Parts without gaps are left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub components: Vec<Component>,
}

impl Template {
    /// A text of it as Meta has it (`Hola {{1}}`), with its gaps filled in. What nothing is known of stays a gap.
    pub fn reads(&self, body: &str) -> String {
        let parameters = self.components.iter().find_map(|one| match one {
            Component::Body { parameters } => Some(parameters.as_slice()),
            _ => None,
        });
        let parameters = parameters.unwrap_or_default();
        let mut parts = body.split("{{");
        let mut words = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let filled = part.split_once("}}").and_then(|(gap, rest)| {
                let gap = gap.trim();
                let counted =
                    gap.parse::<usize>().ok().and_then(|place| parameters.get(place.checked_sub(1)?));
                let named = parameters.iter().find(|one| one.name.as_deref() == Some(gap));
                Some((named.or(counted)?.value.words()?, rest))
            });
            match filled {
                Some((value, rest)) => words.extend([value, rest]),
                None => words.extend(["{{", part]),
            }
        }
        words
    }
}

impl ParameterValue {
    /// What a reader sees in the gap, if that is words.
    fn words(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::DateTime(text) | Self::Currency { fallback: text, .. } => Some(text),
            Self::Media { .. }
            | Self::Location { .. }
            | Self::Payload(_)
            | Self::CouponCode(_)
            | Self::Action(_) => None,
        }
    }
}

/// What a part of a template is filled with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Component {
    /// What stands above: one text, medium or place.
    Header {
        /// The gaps.
        parameters: Vec<Parameter>,
    },
    /// The words.
    Body {
        /// The gaps: by name all of them, or by place all of them.
        parameters: Vec<Parameter>,
    },
    /// A button.
    Button {
        /// Which: 0 to 9, counted over all buttons.
        index: u8,
        /// What it does.
        press: Press,
        /// The gaps.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        parameters: Vec<Parameter>,
    },
    /// Cards side by side.
    Carousel {
        /// In their order.
        cards: Vec<TemplateCard>,
    },
    /// An offer with a clock.
    LimitedTimeOffer {
        /// When it ends.
        until: Time,
    },
}

/// A card of a template.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TemplateCard {
    /// Which, from 0.
    pub index: u8,
    /// What its parts are filled with. A card has no carousel and no offer of its own.
    pub components: Vec<Component>,
}

/// What a button of a template does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Press {
    /// It comes back to us with a payload.
    QuickReply,
    /// It opens a page whose address ends as the parameter says.
    Url,
    /// It copies a code.
    CopyCode,
    /// It opens a form.
    Flow,
    /// It opens the catalogue.
    Catalog,
    /// It opens several products.
    Mpm,
    /// It opens an order to be paid.
    OrderDetails,
    /// It calls us in WhatsApp.
    VoiceCall,
    /// It sends us the customer's number.
    RequestContactInfo,
}

/// A gap and what fills it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Parameter {
    /// The name of the gap; none where gaps are counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What fills it.
    pub value: ParameterValue,
}

/// What fills a gap.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ParameterValue {
    /// Words.
    Text(String),
    /// An amount of money.
    Currency {
        /// What is shown where WhatsApp cannot write the amount itself.
        fallback: String,
        /// ISO 4217, as `COP`.
        code: String,
        /// The amount times 1,000.
        thousandths: i64,
    },
    /// A date, as it is to be read.
    DateTime(String),
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
    /// A place on earth, in degrees.
    Location {
        /// North is positive.
        latitude: f64,
        /// East is positive.
        longitude: f64,
        /// What the place is called.
        name: String,
        /// Where it is.
        address: String,
    },
    /// What comes back when the button is pressed.
    Payload(String),
    /// A code to be copied.
    CouponCode(String),
    /// What Meta takes as an object of its own: a form's token and data, the products to show.
    Action(Value),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reads_as_its_customer_reads_it() {
        let filled = |parameters: &[(Option<&str>, &str)]| Template {
            name: "pedido".to_owned(),
            language: "es".to_owned(),
            components: vec![Component::Body {
                parameters: parameters
                    .iter()
                    .map(|(name, text)| Parameter {
                        name: name.map(str::to_owned),
                        value: ParameterValue::Text((*text).to_owned()),
                    })
                    .collect(),
            }],
        };
        let counted = filled(&[(None, "Lucía"), (None, "{{1}} ET-2041")]);
        assert_eq!(
            counted.reads("Hola {{1}}: {{ 2 }} salió, {{1}}. {{3}} {"),
            "Hola Lucía: {{1}} ET-2041 salió, Lucía. {{3}} {"
        );
        let named = filled(&[(Some("pedido"), "ET-2041")]);
        assert_eq!(named.reads("{{pedido}} de {{nombre}} {{0}}"), "ET-2041 de {{nombre}} {{0}}");
        assert_eq!(filled(&[]).reads("Sin huecos"), "Sin huecos");
    }
}
