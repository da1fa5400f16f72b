//! What a supervisor writes down for this rule: where orders are asked for, how their numbers begin, and what customers read.

use kit::settings::{Field, pack, parse};
use kit::speech::Spoken;
use kit::words::needles;
use serde::{Deserialize, Serialize};

/// Stands for the number of the order in a text.
pub const NUMBER: &str = "{number}";

#[derive(Serialize, Deserialize)]
pub struct Settings<S> {
    /// What stands before the number. The grant has to say the same.
    pub url: S,
    /// The company's secret that proves it there; none if the service wants none.
    pub secret: Option<S>,
    /// How numbers begin, in capital letters.
    pub prefix: S,
    /// Words that ask for an order without its number.
    pub words: Vec<S>,
    pub default_language: S,
    /// Asks for the number.
    pub ask: Spoken<S>,
    /// What is said by the word that the service has for the state.
    pub states: Vec<(S, Spoken<S>)>,
    /// The service does not know the order; then a person comes.
    pub unknown: Spoken<S>,
    /// The service does not answer, or not in a way that this rule knows; then a person comes.
    pub down: Spoken<S>,
}

/// What `prepare` answers.
pub fn prepare(json: &str) -> Result<Vec<u8>, String> {
    pack(&Settings::read(&Field::top(&parse(json)?))?)
}

impl Settings<String> {
    fn read(field: &Field) -> Result<Self, String> {
        let names =
            ["url", "secret", "prefix", "words", "default-language", "ask", "states", "unknown", "down"];
        let of = field.object(&names)?;
        let sentence = |field: &Field| Spoken::read(field, 1024);
        let is_url =
            |url: &String| (url.starts_with("https://") || url.starts_with("http://")) && url.ends_with('/');
        let is_prefix = |prefix: &String| {
            prefix.len() <= 8 && prefix.bytes().all(|byte| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b'-'))
        };
        let states = of.required("states", |states| {
            states.entries()?.into_iter().map(|(word, text)| Ok((word, sentence(&text)?))).collect()
        })?;
        Ok(Self {
            url: of.required("url", |url| {
                url.ensure(
                    url.text()?,
                    is_url,
                    "an address that ends with a slash, as https://crm.example.com/orders/",
                )
            })?,
            secret: of.optional("secret", Field::text)?,
            prefix: of.required("prefix", |prefix| {
                prefix.ensure(
                    prefix.text()?,
                    is_prefix,
                    "at most 8 capital letters, digits and hyphens, as ET-",
                )
            })?,
            words: of.optional("words", needles)?.unwrap_or_default(),
            default_language: of
                .optional("default-language", Field::text)?
                .unwrap_or_else(|| "es".to_owned()),
            ask: of.required("ask", sentence)?,
            states,
            unknown: of.required("unknown", sentence)?,
            down: of.required("down", sentence)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_is_accepted_and_what_makes_no_sense_is_named() {
        let example = include_str!("example.json");
        prepare(example).unwrap();
        for (from, to, error) in [
            ("/orders/\"", "/orders\"", "url: got"),
            ("\"ET-\"", "\"pedido \"", "prefix: got"),
            ("\"down\"", "\"dwon\"", "dwon"),
        ] {
            let got = prepare(&example.replacen(from, to, 1)).unwrap_err();
            assert!(got.contains(error), "{got}");
        }
    }
}
