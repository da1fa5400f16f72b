//! What rules may ask of services outside, as the company's file bounds it: `[company.requests]`.
//!
//! A rule's own grant says where it may ask. Here stands what holds for all of them: which networks of the company's own may be
//! reached, what proves the company to which service, and how much. The secrets themselves stand elsewhere, because the company's
//! files are in the journal.

use serde::{Deserialize, Serialize};

use super::Mistake;
use crate::network::Network;
use crate::request::{Address, SecretName};
use crate::subscriber::SecretAt;

/// What rules may ask of services outside.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Requests {
    /// Networks that are not public and may be reached nevertheless. Without TLS only these are.
    pub allow: Vec<Network>,
    /// Requests that one rule may make in a minute; what is more waits.
    pub per_minute: u32,
    /// Requests of one rule on their way at once.
    pub at_once: u32,
    /// What proves the company.
    pub secrets: Vec<ServiceSecret>,
}

impl Default for Requests {
    fn default() -> Self {
        Self { allow: Vec::new(), per_minute: 60, at_once: 4, secrets: Vec::new() }
    }
}

/// What proves the company to a service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ServiceSecret {
    /// What rules call it.
    pub id: SecretName,
    /// Where it is.
    pub secret: SecretAt,
    /// What stands before it in the header, as `Bearer `.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub prefix: String,
    /// The services that it may go to, as `https://crm.example.com`.
    pub to: Vec<Address>,
}

impl ServiceSecret {
    /// Whether it may go there.
    pub fn goes_to(&self, address: &Address) -> bool {
        self.to.iter().any(|service| service.is_of(address))
    }
}

impl Requests {
    /// A secret by its name.
    pub fn secret(&self, name: &SecretName) -> Option<&ServiceSecret> {
        self.secrets.iter().find(|secret| secret.id == *name)
    }

    /// Whether all of it makes sense.
    pub(super) fn check(&self) -> Result<(), Mistake> {
        let wrong = |key: String, value: String, expected: &str| {
            Err(Mistake {
                key: format!("requests.{key}"),
                value,
                expected: format!("{expected} was expected"),
            })
        };
        for (key, value) in [("per-minute", self.per_minute), ("at-once", self.at_once)] {
            if !(1..=10_000).contains(&value) {
                return wrong(key.to_owned(), value.to_string(), "a number from 1 to 10000");
            }
        }
        for (n, secret) in self.secrets.iter().enumerate() {
            let key = |key: &str| format!("secrets[{n}].{key}");
            if self.secrets.iter().take(n).any(|other| other.id == secret.id) {
                return wrong(key("id"), secret.id.to_string(), "a name that no other secret has");
            }
            if secret.to.is_empty() {
                return wrong(key("to"), "[]".to_owned(), "a service, as `https://crm.example.com`,");
            }
            if let Some(address) = secret.to.iter().find(|address| address.path() != "/") {
                let expected = "a service without a path, as `https://crm.example.com`,";
                return wrong(key("to"), address.to_string(), expected);
            }
            // What everybody on the way can read is no secret.
            let plain = secret.to.iter().find(|address| !address.is_secure());
            if let Some(plain) = plain.filter(|_| self.allow.is_empty()) {
                let expected =
                    "a service with https://, or with http:// and its network in `requests.allow`,";
                return wrong(key("to"), plain.to_string(), expected);
            }
            if !secret.prefix.bytes().all(|byte| matches!(byte, b' '..=b'~')) || secret.prefix.len() > 40 {
                return wrong(key("prefix"), "…".to_owned(), "at most 40 printable signs, as `Bearer `,");
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_makes_no_sense_is_told_with_its_key() {
        let read = |text: &str| {
            let requests: Requests = toml::from_str(text).map_err(|error| error.to_string())?;
            requests.check().map_err(|mistake| mistake.to_string()).map(|()| requests)
        };
        let secret = |more: &str| format!("[[secrets]]\nid = \"crm\"\nsecret.env = \"CRM\"\n{more}");
        let good = read(&secret("to = [\"https://crm.example\"]\nprefix = \"Bearer \"")).unwrap();
        let crm = good.secret(&"crm".parse().unwrap()).unwrap();
        assert!(crm.goes_to(&"https://crm.example/orders/1".parse().unwrap()));
        assert!(!crm.goes_to(&"https://crm.example:8443/".parse().unwrap()));
        assert!(!crm.goes_to(&"http://crm.example/".parse().unwrap()));
        for (text, told) in [
            ("per-minute = 0".to_owned(), "requests.per-minute"),
            ("at-once = 0".to_owned(), "requests.at-once"),
            (secret("to = []"), "requests.secrets[0].to"),
            (secret("to = [\"https://crm.example/orders\"]"), "requests.secrets[0].to"),
            (secret("to = [\"http://crm.example\"]"), "requests.allow"),
            (secret("to = [\"https://user@crm.example\"]"), "name of a machine"),
            (secret("secret = \"hush\"\nto = [\"https://crm.example\"]"), "secret"),
        ] {
            let error = read(&text).unwrap_err();
            assert!(error.contains(told), "{told} in {error}");
        }
    }
}
