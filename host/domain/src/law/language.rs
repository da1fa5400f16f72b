//! The languages in which the host itself speaks to people.

/// A language in which the host has words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Spanish.
    Es,
    /// Portuguese.
    Pt,
    /// English.
    En,
}

impl Language {
    /// From a tag such as `pt`, `pt-BR` or `es_CO`. Who speaks another language gets English.
    pub fn of(tag: &str) -> Self {
        match tag.get(..2).map(str::to_ascii_lowercase).as_deref() {
            Some("es") => Self::Es,
            Some("pt") => Self::Pt,
            _ => Self::En,
        }
    }

    /// Its code, as `pt`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Es => "es",
            Self::Pt => "pt",
            Self::En => "en",
        }
    }

    /// One of three texts.
    pub fn pick<T>(self, es: T, pt: T, en: T) -> T {
        match self {
            Self::Es => es,
            Self::Pt => pt,
            Self::En => en,
        }
    }
}
