//! What rules ask of services outside, and what they are answered.
//!
//! A rule says what it wants asked; the host asks when that is durable, and calls the rule again with the answer. Where a rule may
//! ask is part of what was signed of it ([`Destination`]), what proves the company there stays with the host (`company`), and
//! what is asked and answered is about a customer: it is sealed.

mod address;
mod hiding;
mod pending;
mod tally;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::sealed::Personal;
use crate::text::as_text;

pub use address::{Address, NotAnAddress};
pub use hiding::hide;
pub use pending::{Ended, Leg, Pending};
pub use tally::Tally;

/// Requests that a rule may make in one call.
pub const AT_ONCE: usize = 3;

/// Requests in a conversation since the customer last wrote. A rule that asks because it was answered comes to an end.
pub const SINCE_MESSAGE: u32 = 10;

/// The longest body of a request, in bytes.
pub const BODY: usize = 16 << 10;

/// The longest body of an answer, in bytes.
pub const ANSWER: usize = 64 << 10;

/// Headers of a request, and the longest of them in bytes.
const HEADERS: usize = 16;
const HEADER: usize = 1 << 10;

/// The longest word on what a request is for, in bytes.
const PURPOSE: usize = 64;

/// Headers that are the host's to write, or that prove something: those come from secrets alone.
const NOT_THEIRS: [&str; 20] = [
    "authorization",
    "connection",
    "content-length",
    "cookie",
    "expect",
    "forwarded",
    "host",
    "idempotency-key",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "via",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
];

/// Headers of an answer that a rule is told.
pub const TOLD: [&str; 6] =
    ["content-type", "content-language", "etag", "last-modified", "location", "retry-after"];

/// What is done to what an address names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// Read.
    Get,
    /// Read its headers.
    Head,
    /// Do something.
    Post,
    /// Put in its place.
    Put,
    /// Change.
    Patch,
    /// Remove.
    Delete,
}

impl Method {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Get, Self::Head, Self::Post, Self::Put, Self::Patch, Self::Delete];

    /// Its word in HTTP.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    /// The method of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.word() == word)
    }

    /// Whether twice is as good as once (RFC 9110, section 9.2.2).
    pub const fn is_repeatable(self) -> bool {
        matches!(self, Self::Get | Self::Head | Self::Put | Self::Delete)
    }
}

/// The name of a secret of the company: it says nothing of what the secret is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SecretName(String);

impl SecretName {
    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for SecretName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for SecretName {
    type Err = NotAName;

    fn from_str(text: &str) -> Result<Self, NotAName> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if (1..=40).contains(&text.len()) && text.chars().all(plain) {
            return Ok(Self(text.to_owned()));
        }
        Err(NotAName)
    }
}

/// A text that is no name of a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the name of a secret was expected: 1 to 40 small letters, digits and hyphens")]
pub struct NotAName;

as_text! { SecretName }

/// Where a rule may ask: part of what is signed of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Destination {
    /// What addresses begin with, as `https://crm.example.com/orders/`.
    pub to: Address,
    /// How.
    #[serde(default = "Destination::reading")]
    pub methods: BTreeSet<Method>,
    /// The company's secrets that it may have put into a request.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub secrets: BTreeSet<SecretName>,
}

impl Destination {
    fn reading() -> BTreeSet<Method> {
        [Method::Get].into()
    }

    /// What is wrong with it, if anything is, with the field that it is wrong in.
    pub fn check(&self) -> Result<(), (&'static str, String)> {
        if self.to.query().is_some() {
            return Err(("to", "it has a `?`: say what addresses begin with, without a query".to_owned()));
        }
        if self.methods.is_empty() {
            return Err(("methods", "none is named: leave it out for GET alone".to_owned()));
        }
        Ok(())
    }

    /// Whether it is about this.
    fn covers(&self, method: Method, to: &Address) -> bool {
        self.methods.contains(&method) && to.is_within(&self.to)
    }
}

impl std::fmt::Display for Destination {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let methods: Vec<&str> = self.methods.iter().map(|method| method.word()).collect();
        write!(f, "{} {}", methods.join("/"), self.to)
    }
}

/// What a rule wants asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// What for: handed back with the answer.
    pub purpose: String,
    /// How.
    pub method: Method,
    /// Where.
    pub to: Address,
    /// Headers, by their names in small letters.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<(String, String)>,
    /// Headers that the host fills with a secret: their names, and those of the secrets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<(String, SecretName)>,
    /// What is sent with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// Whether the service takes it twice without harm.
    pub repeatable: bool,
}

impl Personal for Request {
    const LABEL: &'static str = "request.asked";
}

impl Request {
    /// What is wrong with it, for the author of the rule.
    pub fn check(&self) -> Result<(), String> {
        if self.purpose.is_empty() || self.purpose.len() > PURPOSE {
            return Err(format!("the purpose has {} bytes, 1 to {PURPOSE} are possible", self.purpose.len()));
        }
        let names =
            || self.headers.iter().map(|(name, _)| name).chain(self.secrets.iter().map(|(name, _)| name));
        if names().count() > HEADERS {
            return Err(format!("there are {} headers, at most {HEADERS} are possible", names().count()));
        }
        let mut seen = BTreeSet::new();
        for name in names() {
            if !is_header_name(name) {
                return Err(
                    "the name of a header has other signs than small letters, digits and hyphens".to_owned()
                );
            }
            if !seen.insert(name) {
                return Err(format!("the header `{name}` is there twice"));
            }
        }
        for (name, value) in &self.headers {
            if NOT_THEIRS.contains(&name.as_str()) {
                return Err(format!(
                    "the header `{name}` is not a rule's to write: what proves something is a secret"
                ));
            }
            if value.len() > HEADER || !value.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
                return Err(format!(
                    "the header `{name}` is longer than {HEADER} bytes, or has other signs than printable ASCII"
                ));
            }
        }
        let own = |name: &&String| {
            NOT_THEIRS.contains(&name.as_str()) && *name != "authorization" && *name != "cookie"
        };
        if let Some(name) = self.secrets.iter().map(|(name, _)| name).find(own) {
            return Err(format!("the header `{name}` is the host's to write"));
        }
        let body = self.body.as_ref().map_or(0, String::len);
        if body > BODY {
            return Err(format!("the body has {body} bytes, at most {BODY} are possible"));
        }
        if body > 0 && matches!(self.method, Method::Get | Method::Head) {
            return Err(format!("{} goes without a body", self.method.word()));
        }
        Ok(())
    }

    /// What of it lies outside of what was signed.
    pub fn denied<'a>(&'a self, allowed: &[Destination]) -> Option<Denied<'a>> {
        let covering: Vec<&Destination> =
            allowed.iter().filter(|one| one.covers(self.method, &self.to)).collect();
        if covering.is_empty() {
            return Some(Denied::Address(&self.to));
        }
        let lets = |name: &SecretName| covering.iter().any(|one| one.secrets.contains(name));
        self.secrets.iter().map(|(_, name)| name).find(|name| !lets(name)).map(Denied::Secret)
    }
}

/// What lies outside of what was signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denied<'a> {
    /// Asking there, or like this.
    Address(&'a Address),
    /// A secret there.
    Secret(&'a SecretName),
}

impl std::fmt::Display for Denied<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Address(to) => write!(f, "this rule was not granted to ask {} like this", to.origin()),
            Self::Secret(name) => write!(f, "this rule was not granted the secret `{name}` there"),
        }
    }
}

/// The token of RFC 9110, in small letters.
fn is_header_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_';
    (1..=64).contains(&name.len()) && name.bytes().all(plain)
}

/// What a service answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// What it was for, as the rule gave it.
    pub purpose: String,
    /// The status of HTTP; 0 if nothing was answered.
    pub status: u16,
    /// The headers that a rule is told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<(String, String)>,
    /// What came with it.
    pub body: String,
}

impl Answer {
    /// In place of one that did not come.
    pub fn none(purpose: String) -> Self {
        Self { purpose, status: 0, headers: Vec::new(), body: String::new() }
    }

    /// The seconds after which the service would like to be asked again, if it says so.
    pub fn retry_after(&self) -> Option<i64> {
        let header = self.headers.iter().find(|(name, _)| name == "retry-after");
        header.and_then(|(_, value)| value.trim().parse().ok()).filter(|seconds| *seconds >= 0)
    }
}

impl Personal for Answer {
    const LABEL: &'static str = "request.answer";
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Failed {
    /// There was no connection: nothing was asked.
    NotReached,
    /// The name leads to a network that the company has not named: nothing was asked.
    NotAllowed,
    /// No whole answer came in time. It may have been done.
    NoAnswer,
    /// The answer was longer than a rule may be told. It may have been done.
    TooLarge,
    /// The host stopped before the answer came. It may have been done.
    InDoubt,
    /// The rule's limits kept it back for too long: nothing was asked.
    TooLate,
    /// The rule does not count any more, or was not granted it any more: nothing was asked.
    Withdrawn,
    /// The company has not got the secret, or it may not go there: nothing was asked.
    NoSecret,
}

impl Failed {
    /// Its word, as rules and journals know it.
    pub fn word(self) -> String {
        crate::text::word(&self)
    }

    /// Whether it may have been done all the same.
    pub const fn may_be_done(self) -> bool {
        matches!(self, Self::NoAnswer | Self::TooLarge | Self::InDoubt)
    }

    /// Whether another attempt may fare better.
    pub const fn may_pass(self) -> bool {
        matches!(self, Self::NotReached | Self::NoAnswer | Self::InDoubt)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn granted() -> Vec<Destination> {
        toml::from_str::<std::collections::BTreeMap<String, Vec<Destination>>>(
            r#"
            requests = [
                { to = "https://crm.example/orders/", secrets = ["crm"] },
                { to = "https://tickets.example", methods = ["POST"] },
            ]"#,
        )
        .unwrap()
        .remove("requests")
        .unwrap()
    }

    fn request(method: Method, to: &str) -> Request {
        Request {
            purpose: "order".into(),
            method,
            to: to.parse().unwrap(),
            headers: vec![("accept".into(), "application/json".into())],
            secrets: Vec::new(),
            body: None,
            repeatable: false,
        }
    }

    #[test]
    fn a_rule_asks_where_and_how_it_was_granted_and_nowhere_else() {
        let granted = granted();
        for (method, to, may) in [
            (Method::Get, "https://crm.example/orders/4711?full=1", true),
            (Method::Post, "https://crm.example/orders/4711", false),
            (Method::Get, "https://crm.example/customers/1", false),
            (Method::Get, "https://crm.example:8443/orders/1", false),
            (Method::Get, "http://crm.example/orders/1", false),
            (Method::Get, "https://crm.example.evil.example/orders/1", false),
            (Method::Post, "https://tickets.example/new", true),
            (Method::Get, "https://tickets.example/new", false),
        ] {
            assert_eq!(request(method, to).denied(&granted).is_none(), may, "{method:?} {to}");
        }
    }

    #[test]
    fn a_secret_goes_where_it_was_granted_and_not_to_another_service() {
        let granted = granted();
        let with = |to: &str, method| Request {
            secrets: vec![("authorization".into(), "crm".parse().unwrap())],
            ..request(method, to)
        };
        assert_eq!(with("https://crm.example/orders/1", Method::Get).denied(&granted), None);
        let elsewhere = with("https://tickets.example/new", Method::Post);
        assert!(matches!(elsewhere.denied(&granted), Some(Denied::Secret(_))));
    }

    #[test]
    fn headers_cannot_carry_another_request_or_a_proof_in_clear() {
        let good = request(Method::Get, "https://crm.example/orders/1");
        assert_eq!(good.check(), Ok(()));
        for (name, value) in [
            ("x-a", "1\r\nx-b: 2"),
            ("x-a", "1\nx-b: 2"),
            ("x-a", "1\0"),
            ("x-a", "ñ"),
            ("x-a\r\nx-b", "1"),
            ("x a", "1"),
            ("", "1"),
            ("X-A", "1"),
            ("host", "other.example"),
            ("content-length", "0"),
            ("transfer-encoding", "chunked"),
            ("authorization", "Bearer mine"),
            ("idempotency-key", "1"),
            ("accept", "twice"),
        ] {
            let mut bad = good.clone();
            bad.headers.push((name.into(), value.into()));
            assert!(bad.check().is_err(), "{name:?}: {value:?}");
        }
        let filled =
            |name: &str| Request { secrets: vec![(name.into(), "crm".parse().unwrap())], ..good.clone() };
        assert_eq!(filled("authorization").check(), Ok(()));
        assert!(filled("host").check().is_err());
        assert!(Request { body: Some("x".into()), ..good.clone() }.check().is_err(), "GET with a body");
        let long = Request { method: Method::Post, body: Some("x".repeat(BODY + 1)), ..good };
        assert!(long.check().is_err());
    }
}
