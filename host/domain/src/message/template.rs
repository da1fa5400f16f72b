//! What Meta has approved beforehand, with its gaps filled in (Meta, *Templates: sending*).

use serde::{Deserialize, Serialize};
use serde_json::value::Value;

use super::{MediaKind, Source};
use crate::Time;
use crate::templates::{buttons, part};

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

/// A template as its customer reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// What stands above in words; empty for nothing, and for a medium or a place.
    pub header: String,
    /// What it says.
    pub body: String,
    /// What stands below; empty for nothing.
    pub footer: String,
    /// What its buttons say.
    pub buttons: Vec<String>,
    /// Where those lead that open a page, in their order.
    pub leads: Vec<String>,
}

impl Template {
    /// The words of it as Meta has them (`Hola {{1}}`), with their gaps filled in. A gap that nothing fills stays one. None if
    /// they are not known: those of a one-time code are Meta's own.
    pub fn reads(&self, components: &[Value]) -> Option<Reading> {
        let words = |kind: &str| part(components, kind).and_then(|one| one["text"].as_str());
        let mut header: &[Parameter] = &[];
        let mut body: &[Parameter] = &[];
        for one in &self.components {
            match one {
                Component::Header { parameters } => header = parameters,
                Component::Body { parameters } => body = parameters,
                Component::Button { .. }
                | Component::Carousel { .. }
                | Component::LimitedTimeOffer { .. } => {}
            }
        }
        let buttons = buttons(components);
        let given = |place: usize| {
            self.components.iter().find_map(|one| match one {
                Component::Button { index, parameters, .. } if usize::from(*index) == place => {
                    Some(parameters.as_slice())
                }
                _ => None,
            })
        };
        let leads = buttons
            .iter()
            .enumerate()
            .filter_map(|(place, one)| Some(filled(one["url"].as_str()?, given(place).unwrap_or_default())));
        let label = |one: &Value| Some(one["text"].as_str()?.to_owned());
        Some(Reading {
            header: filled(words("HEADER").unwrap_or_default(), header),
            body: filled(words("BODY")?, body),
            footer: words("FOOTER").unwrap_or_default().to_owned(),
            leads: leads.collect(),
            buttons: buttons.iter().filter_map(label).collect(),
        })
    }

    /// The media in it, above it or on its cards, and what the customer sees each called.
    pub fn media(&self) -> Vec<(&Source, Option<&str>)> {
        media(&self.components)
    }
}

fn media(components: &[Component]) -> Vec<(&Source, Option<&str>)> {
    let mut found = Vec::new();
    for component in components {
        match component {
            Component::Header { parameters } => {
                found.extend(parameters.iter().filter_map(|one| match &one.value {
                    ParameterValue::Media { source, filename, .. } => Some((source, filename.as_deref())),
                    _ => None,
                }))
            }
            Component::Carousel { cards } => {
                found.extend(cards.iter().flat_map(|card| media(&card.components)))
            }
            Component::Body { .. } | Component::Button { .. } | Component::LimitedTimeOffer { .. } => {}
        }
    }
    found
}

fn filled(text: &str, parameters: &[Parameter]) -> String {
    let mut parts = text.split("{{");
    let mut words = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let filled = part.split_once("}}").and_then(|(gap, rest)| {
            let gap = gap.trim();
            let counted = gap.parse::<usize>().ok().and_then(|place| parameters.get(place.checked_sub(1)?));
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
    use serde_json::json;

    use super::*;

    fn texts(parameters: &[(Option<&str>, &str)]) -> Vec<Parameter> {
        let parameter = |(name, text): &(Option<&str>, &str)| Parameter {
            name: name.map(str::to_owned),
            value: ParameterValue::Text((*text).to_owned()),
        };
        parameters.iter().map(parameter).collect()
    }

    fn body(text: &str, parameters: &[(Option<&str>, &str)]) -> String {
        let components = vec![Component::Body { parameters: texts(parameters) }];
        let template = Template { name: "pedido".to_owned(), language: "es".to_owned(), components };
        template.reads(&[json!({ "type": "BODY", "text": text })]).unwrap().body
    }

    #[test]
    fn it_reads_as_its_customer_reads_it() {
        let counted = [(None, "Lucía"), (None, "{{1}} ET-2041")];
        assert_eq!(
            body("Hola {{1}}: {{ 2 }} salió, {{1}}. {{3}} {", &counted),
            "Hola Lucía: {{1}} ET-2041 salió, Lucía. {{3}} {"
        );
        let named = [(Some("pedido"), "ET-2041")];
        assert_eq!(body("{{pedido}} de {{nombre}} {{0}}", &named), "ET-2041 de {{nombre}} {{0}}");
        assert_eq!(body("Sin huecos", &[]), "Sin huecos");
    }

    #[test]
    fn each_part_of_it_is_filled_with_its_own() {
        let template = Template {
            name: "pedido".to_owned(),
            language: "es".to_owned(),
            components: vec![
                Component::Body { parameters: texts(&[(None, "Lucía")]) },
                Component::Header { parameters: texts(&[(None, "ET-2041")]) },
                Component::Button { index: 1, press: Press::Url, parameters: texts(&[(None, "2041")]) },
            ],
        };
        let components = [
            json!({ "type": "HEADER", "format": "TEXT", "text": "Pedido {{1}}" }),
            json!({ "type": "BODY", "text": "Hola {{1}}" }),
            json!({ "type": "FOOTER", "text": "Ferretería" }),
            json!({ "type": "BUTTONS", "buttons": [{ "type": "QUICK_REPLY", "text": "Gracias" },
                { "type": "URL", "text": "Ver", "url": "https://x.example/{{1}}" }] }),
        ];
        let reads = template.reads(&components).unwrap();
        assert_eq!(
            (&*reads.header, &*reads.body, &*reads.footer),
            ("Pedido ET-2041", "Hola Lucía", "Ferretería")
        );
        assert_eq!(
            (reads.buttons, reads.leads),
            (vec!["Gracias".into(), "Ver".into()], vec!["https://x.example/2041".into()])
        );
        // What Meta says in a one-time code is not told.
        assert_eq!(template.reads(&[json!({ "type": "BODY" })]), None);
    }
}
