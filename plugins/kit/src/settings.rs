//! Settings are written by people and read by machines, and the two want different forms. People write JSON and get an
//! error that names the field, what it holds and what was expected; a decision gets the same structure as postcard, whose
//! strings are borrowed from the bytes, so that reading it costs no more than walking over it.
//!
//! One type serves both: `Settings<String>` is what JSON becomes, `Settings<&str>` is what a decision sees. The JSON is
//! read by hand, because the readers that serde derives are most of a component and know nothing of bounds.

use std::fmt::Display;
use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The form that a decision reads.
pub fn pack<T: Serialize>(settings: &T) -> Result<Vec<u8>, String> {
    postcard::to_allocvec(settings).map_err(|wrong| format!("the settings cannot be packed: {wrong}"))
}

/// Reads what `pack` wrote.
pub fn unpack<'a, T: Deserialize<'a>>(prepared: &'a [u8]) -> Result<T, String> {
    postcard::from_bytes(prepared).map_err(|_| "this is not what `prepare` returned".to_owned())
}

/// Many of a kind, one behind the other: of a long list a decision mostly needs the beginning.
pub fn pack_each<T: Serialize>(all: impl IntoIterator<Item = T>) -> Result<Vec<u8>, String> {
    all.into_iter().try_fold(Vec::new(), |mut packed, one| {
        packed.append(&mut pack(&one)?);
        Ok(packed)
    })
}

/// Reads what `pack_each` wrote, each when it is asked for.
pub fn each<'a, T: Deserialize<'a>>(mut packed: &'a [u8]) -> impl Iterator<Item = Result<T, String>> {
    std::iter::from_fn(move || {
        let (one, rest) = match packed {
            [] => return None,
            packed => postcard::take_from_bytes(packed).ok().unzip(),
        };
        // Behind what cannot be read nothing can.
        packed = rest.unwrap_or_default();
        Some(one.ok_or_else(|| "this is not what `prepare` returned".to_owned()))
    })
}

/// Parses JSON.
pub fn parse(json: &str) -> Result<Value, String> {
    serde_json::from_str(json).map_err(|wrong| format!("the settings are not JSON: {wrong}"))
}

/// A value and the way to it, as `routes[1].queue`.
pub struct Field<'a> {
    path: String,
    value: &'a Value,
}

impl<'a> Field<'a> {
    pub fn top(value: &'a Value) -> Self {
        Self { path: String::new(), value }
    }

    fn inside(&self, path: String, value: &'a Value) -> Self {
        Self { path: format!("{}{path}", self.path), value }
    }

    /// The error about this field.
    pub fn wrong(&self, expected: impl Display) -> String {
        let path = self.path.trim_start_matches('.');
        format!(
            "{}: got {}, expected {expected}",
            if path.is_empty() { "settings" } else { path },
            self.value
        )
    }

    /// Passes what is good and refuses what is not.
    pub fn ensure<T>(&self, value: T, good: impl FnOnce(&T) -> bool, expected: &str) -> Result<T, String> {
        if good(&value) { Ok(value) } else { Err(self.wrong(expected)) }
    }

    pub fn text(&self) -> Result<String, String> {
        let text = self.value.as_str().filter(|text| !text.is_empty());
        text.map(str::to_owned).ok_or_else(|| self.wrong("a text that is not empty"))
    }

    pub fn flag(&self) -> Result<bool, String> {
        self.value.as_bool().ok_or_else(|| self.wrong("true or false"))
    }

    pub fn number<T: TryFrom<u64>>(&self, bounds: RangeInclusive<u64>) -> Result<T, String> {
        let number = self.value.as_u64().filter(|number| bounds.contains(number));
        let expected =
            || self.wrong(format_args!("a whole number from {} to {}", bounds.start(), bounds.end()));
        number.and_then(|number| T::try_from(number).ok()).ok_or_else(expected)
    }

    pub fn list<T>(&self, item: impl Fn(Field<'a>) -> Result<T, String>) -> Result<Vec<T>, String> {
        let list = self.value.as_array().ok_or_else(|| self.wrong("a list"))?;
        list.iter().enumerate().map(|(at, value)| item(self.inside(format!("[{at}]"), value))).collect()
    }

    pub fn texts(&self) -> Result<Vec<String>, String> {
        self.list(|item| item.text())
    }

    /// The names of an object whose names are free.
    pub fn entries(&self) -> Result<Vec<(String, Field<'a>)>, String> {
        let object = self.value.as_object().ok_or_else(|| self.wrong("an object"))?;
        Ok(object
            .iter()
            .map(|(name, value)| (name.clone(), self.inside(format!(".{name}"), value)))
            .collect())
    }

    /// An object with these names and no others: a name that nobody reads is a typing mistake.
    pub fn object(&self, names: &[&str]) -> Result<Object<'a>, String> {
        let fields = self.entries()?;
        match fields.iter().find(|(name, _)| !names.contains(&name.as_str())) {
            Some((_, unknown)) => Err(unknown.wrong(format_args!("one of the names {}", names.join(", ")))),
            None => Ok(Object { path: self.path.clone(), fields }),
        }
    }
}

pub struct Object<'a> {
    path: String,
    fields: Vec<(String, Field<'a>)>,
}

impl<'a> Object<'a> {
    /// A field that may be left out; null is as good as nothing.
    pub fn optional<T>(
        &self,
        name: &str,
        read: impl FnOnce(&Field<'a>) -> Result<T, String>,
    ) -> Result<Option<T>, String> {
        let field = self.fields.iter().find(|(is, field)| is == name && !field.value.is_null());
        field.map(|(_, field)| read(field)).transpose()
    }

    /// A field that has to be there.
    pub fn required<T>(
        &self,
        name: &str,
        read: impl FnOnce(&Field<'a>) -> Result<T, String>,
    ) -> Result<T, String> {
        let missing = Field { path: format!("{}.{name}", self.path), value: &Value::Null };
        self.optional(name, read)?.ok_or_else(|| missing.wrong("a value"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Room<S> {
        name: S,
        seats: u8,
    }

    fn rooms(json: &str) -> Result<Vec<Room<String>>, String> {
        Field::top(&parse(json)?).object(&["rooms"])?.required("rooms", |rooms| {
            rooms.list(|room| {
                let room = room.object(&["name", "seats"])?;
                let seats = room.optional("seats", |seats| seats.number(1..=50))?.unwrap_or(10);
                Ok(Room { name: room.required("name", Field::text)?, seats })
            })
        })
    }

    #[test]
    fn an_error_names_the_field_the_value_and_what_was_expected() {
        for (json, error) in [
            ("[]", "settings: got [], expected an object"),
            ("{}", "rooms: got null, expected a value"),
            (r#"{"rooms": 3}"#, "rooms: got 3, expected a list"),
            (r#"{"rooms": [{}]}"#, "rooms[0].name: got null, expected a value"),
            (r#"{"rooms": [{"name": ""}]}"#, "rooms[0].name: got \"\", expected a text that is not empty"),
            (
                r#"{"rooms": [{"name": "patio", "seats": "ten"}]}"#,
                "rooms[0].seats: got \"ten\", expected a whole number from 1 to 50",
            ),
            (r#"{"rooms": [{"seat": 3}]}"#, "rooms[0].seat: got 3, expected one of the names name, seats"),
            ("{", "the settings are not JSON: EOF while parsing an object at line 1 column 1"),
        ] {
            assert_eq!(rooms(json).unwrap_err(), error);
        }
    }

    #[test]
    fn a_decision_reads_what_was_packed() {
        let prepared = pack(&rooms(r#"{"rooms": [{"name": "caf\u00e9"}]}"#).unwrap()).unwrap();
        let seen: Vec<Room<&str>> = unpack(&prepared).unwrap();
        assert_eq!(seen, [Room { name: "café", seats: 10 }]);
        assert!(unpack::<Vec<Room<&str>>>(&[7]).is_err());
    }

    #[test]
    fn of_many_as_many_are_read_as_somebody_asks_for() {
        let json = r#"{"rooms": [{"name": "patio"}, {"name": "sala", "seats": 4}]}"#;
        let mut packed = pack_each(rooms(json).unwrap()).unwrap();
        let read = |packed: &[u8]| {
            each::<Room<&str>>(packed).map(|room| room.map(|room| room.seats)).collect::<Vec<_>>()
        };
        assert_eq!(read(&packed), [Ok(10), Ok(4)]);
        packed.push(7);
        assert_eq!(each::<Room<&str>>(&packed).take(2).filter(Result::is_ok).count(), 2);
        assert!(matches!(read(&packed)[..], [Ok(10), Ok(4), Err(_)]));
        assert_eq!(read(&[]), []);
    }
}
