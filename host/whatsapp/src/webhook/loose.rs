//! Members as they really come.
//!
//! Meta's own examples write one and the same member as a string here and as a number there, leave out what their
//! schema requires, and send `""` or `null` for nothing. Whoever reads through these functions need not know.

use domain::Time;
use serde_json::Value;

/// A text that is there and is not empty.
pub(super) fn text<'a>(object: &'a Value, name: &str) -> Option<&'a str> {
    object.get(name)?.as_str().filter(|text| !text.is_empty())
}

/// The same, as a value of its own.
pub(super) fn own(object: &Value, name: &str) -> Option<String> {
    text(object, name).map(str::to_owned)
}

/// The same; empty if it is not there.
pub(super) fn owned(object: &Value, name: &str) -> String {
    text(object, name).unwrap_or_default().to_owned()
}

/// A text, or a number as the text that it is written as: identifiers and limits come as either.
pub(super) fn id(object: &Value, name: &str) -> Option<String> {
    match object.get(name)? {
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        _ => None,
    }
}

/// A whole number, written as a number or as a string.
pub(super) fn integer(object: &Value, name: &str) -> Option<i64> {
    match object.get(name)? {
        Value::String(text) => text.parse().ok(),
        value => value.as_i64(),
    }
}

/// A number, written as a number or as a string.
pub(super) fn number(object: &Value, name: &str) -> Option<f64> {
    match object.get(name)? {
        Value::String(text) => text.parse().ok().filter(|number: &f64| number.is_finite()),
        value => value.as_f64(),
    }
}

/// Seconds since 1970, written as a number or as a string.
pub(super) fn time(object: &Value, name: &str) -> Option<Time> {
    Time::from_second(integer(object, name)?).ok()
}

/// Whether something is so; what is not told is not so.
pub(super) fn flag(object: &Value, name: &str) -> bool {
    match object.get(name) {
        Some(Value::String(text)) => text == "true",
        Some(value) => value.as_bool().unwrap_or_default(),
        None => false,
    }
}

/// The elements of an array; none if it is not there.
pub(super) fn list<'a>(object: &'a Value, name: &str) -> &'a [Value] {
    object.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A part that may be missing as a whole.
pub(super) fn part<'a>(object: &'a Value, name: &str) -> Option<&'a Value> {
    object.get(name).filter(|part| part.is_object())
}

/// An object that is there, or what was found in its place.
pub(super) fn object<'a>(parent: &'a Value, name: &str) -> Result<&'a Value, String> {
    match parent.get(name) {
        Some(value @ Value::Object(_)) => Ok(value),
        Some(value) => Err(format!("`{name}` was expected to be an object and is {}", kind(value))),
        None => Err(format!("`{name}` was expected and is missing")),
    }
}

/// A text of a part without which nothing is understood.
pub(super) fn needed(object: &Value, parent: &str, name: &str) -> Result<String, String> {
    own(object, name).ok_or_else(|| format!("`{parent}.{name}` was expected to be a text"))
}

/// What a value is, without saying what it holds.
pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// The same for a JSON text that nobody has read.
pub(super) fn kind_of_text(raw: &str) -> &'static str {
    match raw.as_bytes().first() {
        Some(b'{') => "an object",
        Some(b'[') => "an array",
        Some(b'"') => "a string",
        Some(b't' | b'f') => "true or false",
        Some(b'n') => "null",
        _ => "a number",
    }
}

/// A name of Meta's, quoted; anything that could be more than a name stays unsaid.
pub(super) fn word(name: &str) -> String {
    let is_word =
        (1..=40).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphabetic() || b == b'_');
    if is_word { format!("`{name}`") } else { "(not a word)".to_owned() }
}

/// A word of Meta's that is kept in clear; empty if it could be anything else.
pub(super) fn metas_word(object: &Value, name: &str) -> String {
    let is_word = |text: &&str| {
        text.len() <= 64
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
            && text.starts_with(|first: char| first.is_ascii_alphabetic())
    };
    text(object, name).filter(is_word).unwrap_or_default().to_owned()
}

/// The digits of a phone number, with or without `+`.
pub(super) fn phone(text: &str) -> Option<String> {
    let digits = text.strip_prefix('+').unwrap_or(text);
    let is_phone = (1..=20).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    is_phone.then(|| digits.to_owned())
}

/// The digits of a phone number as it is displayed: `+57 (601) 555-0100`.
pub(super) fn displayed_phone(text: &str) -> Option<String> {
    phone(&text.chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')' | '.' | '\u{a0}')).collect::<String>())
}

/// Two letters of a country, a dot and more: what a business-scoped user id looks like.
pub(super) fn looks_like_user_id(text: &str) -> bool {
    matches!(text.as_bytes(), [a, b, b'.', _, ..] if a.is_ascii_uppercase() && b.is_ascii_uppercase())
}
