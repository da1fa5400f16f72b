//! A text that customers see exists in the languages of the customers. In settings it is a table from language to text;
//! which one is spoken is decided here, the same for every plugin.

use serde::{Deserialize, Serialize};

use crate::settings::Field;

/// The same text in several languages, as `{"es": "Hola", "pt": "Olá"}`.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub struct Spoken<S>(pub Vec<(S, S)>);

impl<S: AsRef<str>> Spoken<S> {
    /// The text in exactly this language.
    pub fn get(&self, language: &str) -> Option<&str> {
        self.0.iter().find(|(of, _)| of.as_ref() == language).map(|(_, text)| text.as_ref())
    }

    /// The text in this language, or in the fallback's, or in whatever there is: silence helps nobody.
    pub fn in_language(&self, language: &str, fallback: &str) -> &str {
        let first = || self.0.first().map(|(_, text)| text.as_ref());
        self.get(base(language)).or_else(|| self.get(fallback)).or_else(first).unwrap_or("")
    }
}

impl Spoken<String> {
    /// Reads a text that WhatsApp would take: 1 to `longest` characters in each language.
    pub fn read(field: &Field, longest: usize) -> Result<Self, String> {
        let expected = format!("1 to {longest} characters");
        let spoken = field.entries()?.into_iter().map(|(language, field)| {
            let text = field.ensure(field.text()?, |text| text.chars().count() <= longest, &expected)?;
            let is_language = |name: &String| name.len() == 2 && base(name) == name;
            Ok((field.ensure(language, is_language, "a language of two letters as its name")?, text))
        });
        field.ensure(
            Self(spoken.collect::<Result<_, String>>()?),
            |spoken| !spoken.0.is_empty(),
            "a text in at least one language",
        )
    }
}

/// The language without its country: `pt` of `pt-BR`.
pub fn base(language: &str) -> &str {
    language.split(['-', '_']).next().unwrap_or(language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_customer_is_spoken_to_in_a_language_they_may_read() {
        let hello = Spoken(vec![("es", "Hola"), ("pt", "Olá")]);
        assert_eq!(hello.in_language("pt-BR", "es"), "Olá");
        assert_eq!(hello.in_language("fr", "es"), "Hola");
        assert_eq!(hello.in_language("fr", "de"), "Hola");
    }

    #[test]
    fn a_text_that_whatsapp_would_refuse_is_named() {
        let read =
            |json: &str| Spoken::read(&Field::top(&crate::settings::parse(json).unwrap()), 20).map(|_| ());
        assert!(read(r#"{"es": "Horario", "pt": "Horário"}"#).is_ok());
        assert_eq!(
            read(r#"{"es": "Hablar con una persona"}"#).unwrap_err(),
            "es: got \"Hablar con una persona\", expected 1 to 20 characters"
        );
        assert!(read(r#"{"es": ""}"#).is_err());
        assert!(read(r#"{"spanish": "Hola"}"#).is_err());
        assert!(read("{}").is_err());
    }
}
