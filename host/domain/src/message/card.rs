//! Cards of an address book, in both directions.
//!
//! Any part may be missing, the name too (seen in webhooks); what is missing is empty.

use serde::{Deserialize, Serialize};

/// A person or a company as an address book knows them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Card {
    /// What they are called.
    pub name: CardName,
    /// How to call them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub phones: Vec<CardPhone>,
    /// How to write to them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub emails: Vec<Email>,
    /// Where they live and work.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<Address>,
    /// Their pages.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub urls: Vec<Url>,
    /// Where they work.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company: Option<Company>,
    /// `YYYY-MM-DD`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birthday: Option<String>,
    /// The card as the device keeps it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vcard: Option<String>,
    /// Whether the customer sent it because we had asked for their number (Meta, `origin: contact_request`).
    #[serde(skip_serializing_if = "super::is_false")]
    pub asked_for: bool,
}

/// The parts of a name.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CardName {
    /// The whole as it is shown.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub formatted: String,
    /// First name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub first: String,
    /// Middle name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub middle: String,
    /// Last name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub last: String,
    /// `Dr.` and the like.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub prefix: String,
    /// `Jr.` and the like.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub suffix: String,
}

/// A phone.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CardPhone {
    /// As it was written down.
    pub phone: String,
    /// `CELL`, `WORK` …
    #[serde(skip_serializing_if = "String::is_empty")]
    pub kind: String,
    /// The WhatsApp account behind it, in digits.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub wa_id: String,
}

/// An address for mail.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Email {
    /// The address.
    pub email: String,
    /// `HOME`, `WORK`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub kind: String,
}

/// An address on earth.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Address {
    /// Street and number.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub street: String,
    /// City.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub city: String,
    /// State or department.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub state: String,
    /// Postal code.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub zip: String,
    /// Country.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub country: String,
    /// Its code, as `co`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub country_code: String,
    /// `HOME`, `WORK`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub kind: String,
}

/// A page.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Url {
    /// Where.
    pub url: String,
    /// `HOME`, `WORK`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub kind: String,
}

/// Where somebody works.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Company {
    /// The company.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The department.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub department: String,
    /// The position.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub title: String,
}
