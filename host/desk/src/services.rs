//! Services outside, as the desk sees them: something that can be asked, and may be slow, wrong, hostile or gone.
//!
//! What a name leads to, and whether that may be reached, is seen where the connection is made.

use std::fmt;
use std::pin::Pin;

use domain::network::Network;
use domain::request::{Address, Failed, Method};
use domain::subscriber::SecretAt;

/// Something that is asked.
#[derive(Debug)]
pub struct Call {
    /// How.
    pub method: Method,
    /// Where.
    pub to: Address,
    /// All headers but those that follow from the rest.
    pub headers: Vec<(String, HeaderValue)>,
    /// What goes with it.
    pub body: String,
    /// Networks of the company's own that may be reached.
    pub allow: Vec<Network>,
}

/// The value of a header. It may be a secret, so it is not printed.
#[derive(Clone, PartialEq, Eq)]
pub struct HeaderValue(String);

impl HeaderValue {
    /// As it is sent.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl From<String> for HeaderValue {
    fn from(value: String) -> Self {
        Self(value)
    }
}

impl fmt::Debug for HeaderValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// What came back.
#[derive(Clone, PartialEq, Eq)]
pub struct Reply {
    /// The status of HTTP.
    pub status: u16,
    /// Headers, their names in small letters.
    pub headers: Vec<(String, String)>,
    /// The body: whole, and within `domain::request::ANSWER`.
    pub body: Vec<u8>,
}

/// Why nothing came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// Why, for whoever decides on it.
    pub failed: Failed,
    /// The same for whoever runs the host. It says nothing of what was asked.
    pub why: String,
}

/// An answer that will come.
pub type Called<'a> = Pin<Box<dyn Future<Output = Result<Reply, Lost>> + Send + 'a>>;

/// Services outside.
pub trait Services: Send + Sync {
    /// Asks, once, and follows nothing.
    fn ask<'a>(&'a self, call: &'a Call) -> Called<'a>;

    /// A secret of the company. It is read each time, so that it can be changed while the host runs. The words say why there is
    /// none.
    fn secret(&self, at: &SecretAt) -> Result<String, String>;
}
