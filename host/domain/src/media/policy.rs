//! What the company's file says of media.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a customer can send at most, in bytes (Meta, *Media*: a larger one is told as 131052).
pub const LARGEST: u64 = 100 << 20;

/// When media are fetched, and how large they may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct MediaPolicy {
    /// When.
    pub fetch: Fetching,
    /// What is larger stays with Meta.
    pub largest: Size,
}

/// When media are fetched from Meta, which keeps them for seven days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fetching {
    /// When somebody asks for one.
    #[default]
    OnDemand,
    /// As soon as a customer's message has one.
    Always,
}

/// A number of bytes, written as `16 MiB`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Size(u64);

impl Size {
    /// In bytes.
    pub const fn bytes(self) -> u64 {
        self.0
    }
}

impl Default for Size {
    fn default() -> Self {
        Self(16 << 20)
    }
}

/// A text that is no size that a medium can have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no size of a medium: 1 KiB to 100 MiB was expected, written as `16 MiB` or `500 KiB`")]
pub struct NotASize(String);

impl FromStr for Size {
    type Err = NotASize;

    fn from_str(text: &str) -> Result<Self, NotASize> {
        let units = [(" KiB", 10), (" MiB", 20)];
        units
            .iter()
            .find_map(|(unit, shift)| text.strip_suffix(unit)?.parse::<u64>().ok()?.checked_mul(1 << shift))
            .filter(|bytes| (1 << 10..=LARGEST).contains(bytes))
            .map(Self)
            .ok_or_else(|| NotASize(text.to_owned()))
    }
}

impl TryFrom<String> for Size {
    type Error = NotASize;

    fn try_from(text: String) -> Result<Self, NotASize> {
        text.parse()
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_multiple_of(1 << 20) {
            write!(f, "{} MiB", self.0 >> 20)
        } else {
            write!(f, "{} KiB", self.0 >> 10)
        }
    }
}

impl From<Size> for String {
    fn from(size: Size) -> Self {
        size.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_read_as_it_is_written_and_what_is_none_is_told() {
        for text in ["1 KiB", "500 KiB", "16 MiB", "100 MiB"] {
            assert_eq!(text.parse::<Size>().unwrap().to_string(), text);
        }
        for text in ["", "16", "16MiB", "0 KiB", "101 MiB", "-1 MiB", "18446744073709551615 MiB", "1 GiB"] {
            let told = text.parse::<Size>().unwrap_err().to_string();
            assert!(told.contains(&format!("`{text}`")) && told.contains("16 MiB"), "{told}");
        }
        let policy: MediaPolicy = toml::from_str("fetch = \"always\"\nlargest = \"2 MiB\"").unwrap();
        assert_eq!((policy.fetch, policy.largest.bytes()), (Fetching::Always, 2 << 20));
        let wrong = toml::from_str::<MediaPolicy>("largest = \"2 GB\"").unwrap_err().to_string();
        assert!(wrong.contains("largest") && wrong.contains("`2 GB`"), "{wrong}");
    }
}
