//! What messages cost, as the company's table says.
//!
//! Meta's rates differ by currency, market and contract, and the invoice is Meta's; what is reckoned here is an estimate,
//! good enough to stop before money is gone. A category that the table does not know costs as much as marketing, the
//! dearest: an estimate that is too high stops a rule too early, one that is too low stops it too late.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::amount::Amount;
use super::pricing::Billed;
use super::table::TableError;
use crate::company::Mistake;

/// The market of all countries that have none.
const OTHER: &str = "other";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Table {
    currency: String,
    markets: BTreeMap<String, Market>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Market {
    #[serde(default)]
    countries: Vec<String>,
    marketing: Amount,
    utility: Amount,
    service: Option<Amount>,
    authentication: Option<Amount>,
    authentication_international: Option<Amount>,
}

impl Market {
    fn rate(&self, billed: Billed) -> Amount {
        let authentication = self.authentication.unwrap_or(self.utility);
        match billed {
            Billed::Service => self.service.unwrap_or(self.utility),
            Billed::Utility => self.utility,
            Billed::Authentication => authentication,
            Billed::AuthenticationInternational => {
                self.authentication_international.unwrap_or(authentication)
            }
            Billed::Marketing | Billed::Other => self.marketing,
        }
    }
}

/// The company's rates.
#[derive(Debug, Clone)]
pub struct Prices {
    currency: String,
    markets: BTreeMap<String, Market>,
    other: Market,
}

impl Prices {
    /// Reads a table.
    pub fn parse(text: &str) -> Result<Self, TableError> {
        let mut table: Table = toml::from_str(text)?;
        let mistake = |key: String, value: &str, expected: &str| Mistake {
            key,
            value: value.to_owned(),
            expected: expected.to_owned(),
        };
        let Some(other) = table.markets.remove(OTHER) else {
            let expected = "a market for the countries that have none of their own was expected";
            return Err(mistake("markets.other".into(), "", expected).into());
        };
        let is_code =
            |text: &str, length| text.len() == length && text.bytes().all(|byte| byte.is_ascii_uppercase());
        if !is_code(&table.currency, 3) {
            let expected = "the three letters of a currency (ISO 4217) were expected, as `USD`";
            return Err(mistake("currency".into(), &table.currency, expected).into());
        }
        let mut markets = BTreeMap::new();
        for (name, market) in table.markets {
            for country in &market.countries {
                let key = || format!("markets.{name}.countries");
                if !is_code(country, 2) {
                    let expected = "the two letters of a country (ISO 3166) were expected, as `CO`";
                    return Err(mistake(key(), country, expected).into());
                }
                if markets.insert(country.clone(), market.clone()).is_some() {
                    let expected = "a country that is in no other market was expected";
                    return Err(mistake(key(), country, expected).into());
                }
            }
        }
        Ok(Self { currency: table.currency, markets, other })
    }

    /// The currency of all amounts, as `USD`.
    pub fn currency(&self) -> &str {
        &self.currency
    }

    /// What a message costs that is not free, to a customer of a country (ISO 3166).
    pub fn rate(&self, country: &str, billed: Billed) -> Amount {
        self.markets.get(country).unwrap_or(&self.other).rate(billed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = include_str!("../../../../examples/company/prices.toml");

    #[test]
    fn the_example_reads_and_says_of_itself_that_its_amounts_are_invented() {
        let prices = Prices::parse(EXAMPLE).unwrap();
        assert!(EXAMPLE.contains("INVENTED"));
        assert_eq!(prices.currency(), "USD");
        assert_eq!(prices.rate("CO", Billed::Marketing).to_string(), "0.02");
        assert_eq!(prices.rate("CO", Billed::Service), prices.rate("CO", Billed::Utility));
        assert_eq!(prices.rate("CO", Billed::Other), prices.rate("CO", Billed::Marketing));
        assert_eq!(prices.rate("DE", Billed::AuthenticationInternational).to_string(), "0.05");
        assert_eq!(prices.rate("default", Billed::Utility).to_string(), "0.03");
    }

    #[test]
    fn what_makes_no_sense_is_told_with_key_value_and_what_was_expected() {
        let other = "[markets.other]\nmarketing = \"0.1\"\nutility = \"0.1\"\n";
        let market = "[markets.a]\ncountries = [\"CO\"]\nmarketing = \"1\"\nutility = \"1\"\n";
        for (text, told) in [
            (format!("currency = \"dollars\"\n{other}"), "`currency` is `dollars`"),
            (format!("currency = \"USD\"\n{market}"), "`markets.other` is ``"),
            (
                format!("currency = \"USD\"\n{other}{market}{}", market.replace(".a", ".b")),
                "`markets.b.countries` is `CO`",
            ),
            (format!("currency = \"USD\"\n{}", other.replace("0.1", "ten")), "`ten` is no amount"),
            (
                "currency = \"USD\"\n[markets.other]\nmarketing = 0.1\nutility = \"0.1\"".to_owned(),
                "invalid type: floating",
            ),
        ] {
            let error = Prices::parse(&text).unwrap_err().to_string();
            assert!(error.contains(told), "{error}");
        }
    }
}
