//! `[oidc]`: by which identity provider people sign in.

use std::collections::BTreeSet;

use domain::id::PersonId;
use domain::network::Network;
use domain::raci::Raci;
use governance::{Claims, ProviderSettings};
use hyper::Uri;
use serde::Deserialize;

use super::{Secret, SettingsError};

/// The table, as it is written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Written {
    name: Option<String>,
    issuer: String,
    client_id: String,
    pub(super) client_secret: Option<Secret>,
    scopes: Option<Vec<String>>,
    person: Option<String>,
    groups: Option<String>,
    #[serde(default)]
    second_factor: Vec<String>,
    passwords_of: Option<BTreeSet<PersonId>>,
    #[serde(default)]
    allow: Vec<Network>,
}

/// By which identity provider people sign in.
#[derive(Debug)]
pub(crate) struct Oidc {
    pub(crate) provider: ProviderSettings,
    /// Whose passwords are taken besides; everybody's if it is not said.
    pub(crate) passwords_of: Option<BTreeSet<PersonId>>,
    /// The company's own networks, where the provider may be.
    pub(crate) allow: Vec<Network>,
}

impl Oidc {
    /// Those whose passwords would be taken and whom the matrix does not know.
    pub(crate) fn strangers<'a>(&'a self, raci: &'a Raci) -> impl Iterator<Item = &'a PersonId> {
        self.passwords_of.iter().flatten().filter(|id| raci.by_id(id).is_none())
    }

    /// What a table says.
    pub(super) fn read(written: Written, secret: Option<Secret>) -> Result<Self, SettingsError> {
        let wrong = |key: &str, value: &str, expected| SettingsError::Value {
            key: format!("oidc.{key}"),
            value: value.to_owned(),
            expected,
        };
        let issuer = written.issuer.parse::<Uri>().ok();
        // What is said of people is not said in the open, but on this machine.
        let here = |host: &str| matches!(host, "localhost" | "127.0.0.1" | "[::1]");
        let trusted = issuer.as_ref().is_some_and(|uri| match (uri.scheme_str(), uri.host()) {
            (Some("https"), Some(_)) => true,
            (Some("http"), Some(host)) => here(host),
            _ => false,
        });
        if !trusted || issuer.is_some_and(|uri| uri.query().is_some()) {
            let expected = "the provider's address, letter by letter as it says it itself, with https://,";
            return Err(wrong("issuer", &written.issuer, expected));
        }
        if written.client_id.is_empty() {
            return Err(wrong("client-id", "", "what the provider calls Timonel"));
        }
        if written.passwords_of.as_ref().is_some_and(BTreeSet::is_empty) {
            let expected = "somebody who gets in on the day on which the provider does not answer";
            return Err(wrong("passwords-of", "[]", expected));
        }
        let given = Claims::default();
        let claims = Claims {
            person: written.person.unwrap_or(given.person),
            groups: written.groups.unwrap_or(given.groups),
            second_factor: written.second_factor,
        };
        let provider = ProviderSettings {
            name: written.name.unwrap_or_else(|| written.issuer.clone()),
            issuer: written.issuer,
            client: written.client_id,
            secret: secret.map(|secret| secret.reveal().to_owned()),
            scopes: written.scopes.unwrap_or_else(|| vec!["email".to_owned(), "profile".to_owned()]),
            claims,
        };
        Ok(Self { provider, passwords_of: written.passwords_of, allow: written.allow })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Oidc, String> {
        let text = format!("client-id = \"timonel\"\n{text}");
        let written: Written = toml::from_str(&text).map_err(|error| error.to_string())?;
        Oidc::read(written, Some("hush".into())).map_err(|error| error.to_string())
    }

    #[test]
    fn an_address_makes_a_provider_whose_word_for_people_is_their_address() {
        let oidc = read("issuer = \"https://id.example.com/realms/empresa\"").unwrap();
        assert_eq!(oidc.provider.name, "https://id.example.com/realms/empresa");
        assert_eq!(oidc.provider.claims, Claims::default());
        assert!(oidc.passwords_of.is_none() && !format!("{oidc:?}").contains("hush"));
    }

    #[test]
    fn what_makes_no_sense_is_told_with_its_key() {
        for issuer in
            ["id.example.com", "http://id.example.com", "ftp://id.example.com", "https://id.example.com/?a"]
        {
            assert!(
                read(&format!("issuer = \"{issuer}\"")).unwrap_err().contains("`oidc.issuer` is"),
                "{issuer}"
            );
        }
        let locked = read("issuer = \"http://127.0.0.1:9\"\npasswords-of = []").unwrap_err();
        assert!(locked.contains("`oidc.passwords-of`"), "{locked}");
        assert!(read("issuer = \"https://id.example.com\"\nallow = [\"here\"]").is_err());
        assert!(
            read("issuer = \"https://id.example.com\"\nroles = [\"admin\"]").unwrap_err().contains("roles")
        );
    }
}
