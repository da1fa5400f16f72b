//! What Meta would refuse, told before it leaves.
//!
//! A refusal that comes back from Meta names neither the field nor the limit. The numbers are those of Meta's pages
//! (Cloud API, *Messages* and *Templates*); a character is a Unicode scalar value. A field is named as it is spelt in
//! the body that is sent, so that what stands here can be compared with what stands there.

use domain::message::Source;
use serde_json::{Value, json};

/// A message that WhatsApp would not take.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// Too long or too many.
    #[error("{field}: {given} {unit}, at most {most}")]
    TooMany {
        /// Which field: `interactive.action.buttons[1].reply.title`.
        field: String,
        /// How many there were.
        given: usize,
        /// The limit.
        most: usize,
        /// What is counted.
        unit: &'static str,
    },
    /// Too short or too few.
    #[error("{field}: {given} {unit}, at least {least}")]
    TooFew {
        /// Which field.
        field: String,
        /// How many there were.
        given: usize,
        /// The limit.
        least: usize,
        /// What is counted.
        unit: &'static str,
    },
    /// Two things that have to differ.
    #[error("{field}: the same as {other}, and they have to differ")]
    Twice {
        /// The later one.
        field: String,
        /// The earlier one.
        other: String,
    },
    /// Something of another form.
    #[error("{field}: {expected} was expected")]
    Other {
        /// Which field.
        field: String,
        /// What should be there.
        expected: &'static str,
    },
    /// Nobody to send it to.
    #[error("to: a phone of digits alone or a user id was expected and there is neither")]
    Recipient,
}

/// What is sent, or why it would not be taken.
pub(crate) type Checked = Result<Value, Invalid>;

/// A text of a number of characters.
pub(crate) fn characters(field: &str, text: &str, least: usize, most: usize) -> Checked {
    size(field, text.chars().count(), least, most, "characters")?;
    Ok(text.into())
}

/// A text of a number of bytes.
pub(super) fn bytes(field: &str, text: &str, least: usize, most: usize) -> Checked {
    size(field, text.len(), least, most, "bytes")?;
    Ok(text.into())
}

/// A text that is there, of a length that Meta does not limit in its documents.
pub(super) fn filled(field: &str, text: &str) -> Checked {
    characters(field, text, 1, usize::MAX)
}

/// A number of things.
pub(crate) fn size(
    field: &str,
    given: usize,
    least: usize,
    most: usize,
    unit: &'static str,
) -> Result<(), Invalid> {
    let field = || field.to_owned();
    if given > most {
        return Err(Invalid::TooMany { field: field(), given, most, unit });
    }
    if given < least {
        return Err(Invalid::TooFew { field: field(), given, least, unit });
    }
    Ok(())
}

/// Something of another form.
pub(crate) fn other(field: impl Into<String>, expected: &'static str) -> Invalid {
    Invalid::Other { field: field.into(), expected }
}

/// Things of a list that have to differ: `list[n].name`.
pub(super) fn different<'a>(
    list: &str,
    name: &str,
    values: impl Iterator<Item = &'a str>,
) -> Result<(), Invalid> {
    let mut seen: Vec<&str> = Vec::new();
    for (n, value) in values.enumerate() {
        if let Some(earlier) = seen.iter().position(|other| *other == value) {
            let field = format!("{list}[{n}].{name}");
            return Err(Invalid::Twice { field, other: format!("{list}[{earlier}].{name}") });
        }
        seen.push(value);
    }
    Ok(())
}

/// The address of a page or a file.
pub(super) fn address(field: &str, address: &str) -> Checked {
    let host = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
    let is_address = host.is_some_and(|host| !host.is_empty() && !host.contains(char::is_whitespace));
    if is_address { Ok(address.into()) } else { Err(other(field, "an address with https:// or http://")) }
}

/// Where the bytes of a medium are.
pub(super) fn source(field: &str, source: &Source) -> Checked {
    Ok(match source {
        Source::Id(id) => json!({"id": filled(&format!("{field}.id"), id)?}),
        Source::Link(link) => json!({"link": address(&format!("{field}.link"), link)?}),
    })
}

/// A place on earth.
pub(super) fn degrees(field: &str, degrees: f64, most: f64) -> Checked {
    if degrees.abs() <= most {
        return Ok(degrees.into());
    }
    Err(other(field, if most > 90.0 { "a number from -180 to 180" } else { "a number from -90 to 90" }))
}

/// Each thing of a list, with the name of its place.
pub(super) fn each<T>(
    field: &str,
    list: &[T],
    mut read: impl FnMut(&str, &T) -> Checked,
) -> Result<Vec<Value>, Invalid> {
    list.iter().enumerate().map(|(n, thing)| read(&format!("{field}[{n}]"), thing)).collect()
}
