//! What a rule says its settings look like: JSON Schema, read by the host before the rule is.
//!
//! A schema comes from whoever wrote the rule, who may be a stranger, and is applied by the host, outside the sandbox. So the host
//! knows the part of draft 2020-12 that describes a form, and refuses the rest by name when the component is admitted: without
//! `anyOf`, `pattern` and schemas that contain themselves, whatever the schema says, looking at settings costs no more than reading
//! them. What a schema cannot say, `prepare` does.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::{Map, Value};

/// The most parts that a schema may have, with what it refers to written out each time: schemas, and the values that stand in them.
const PARTS: usize = 2_000;

/// Words of draft 2020-12 that are for readers, and say nothing that settings could go against.
const ANNOTATIONS: [&str; 7] =
    ["$schema", "$id", "$comment", "examples", "deprecated", "format", "contentMediaType"];

/// What a value may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Type {
    /// `null`
    Null,
    /// `true` or `false`.
    Boolean,
    /// A number without a part behind the point.
    Integer,
    /// Any number.
    Number,
    /// A text.
    String,
    /// A list.
    Array,
    /// Names with values.
    Object,
}

impl Type {
    const ALL: [(&'static str, Self); 7] = [
        ("null", Self::Null),
        ("boolean", Self::Boolean),
        ("integer", Self::Integer),
        ("number", Self::Number),
        ("string", Self::String),
        ("array", Self::Array),
        ("object", Self::Object),
    ];

    fn fits(self, value: &Value) -> bool {
        match self {
            Self::Null => value.is_null(),
            Self::Boolean => value.is_boolean(),
            Self::Integer => {
                value.is_u64() || value.is_i64() || value.as_f64().is_some_and(|number| number.fract() == 0.0)
            }
            Self::Number => value.is_number(),
            Self::String => value.is_string(),
            Self::Array => value.is_array(),
            Self::Object => value.is_object(),
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "true or false",
            Self::Integer => "a whole number",
            Self::Number => "a number",
            Self::String => "a text",
            Self::Array => "a list",
            Self::Object => "an object",
        }
    }
}

/// What one value should be, and what people read about it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Schema {
    /// Its name, for people.
    pub title: Option<String>,
    /// What it is for, for people.
    pub description: Option<String>,
    /// What holds where nothing is said.
    pub default: Option<Value>,
    /// Whether a text is more than a line, as `"contentMediaType": "text/csv"` says.
    pub has_lines: bool,
    /// Any of these; every type, if it names none.
    pub types: BTreeSet<Type>,
    /// One of these, if it names some.
    pub choices: Vec<Value>,
    /// The bounds of a number.
    pub number: (Option<f64>, Option<f64>),
    /// The bounds of a text, in characters.
    pub length: (Option<u64>, Option<u64>),
    /// The bounds of a list, in items.
    pub count: (Option<u64>, Option<u64>),
    /// What each item of a list is.
    pub items: Option<Box<Schema>>,
    /// What an object has, by name.
    pub properties: BTreeMap<String, Schema>,
    /// Names that have to be there.
    pub required: BTreeSet<String>,
    /// What an object may have under other names.
    pub others: Others,
}

/// What an object may have under names that are not among its properties.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Others {
    /// Anything.
    #[default]
    Any,
    /// Nothing.
    None,
    /// Values like this.
    Like(Box<Schema>),
}

impl Schema {
    /// Reads a schema. The empty text says nothing of settings, and anything goes.
    ///
    /// # Errors
    ///
    /// In words for the author: where in the schema, as a path, and what was expected.
    pub fn read(text: &str) -> Result<Self, String> {
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        let json: Value = serde_json::from_str(text).map_err(|error| format!("it is not JSON: {error}"))?;
        let none = Map::new();
        let shared = match json.get("$defs") {
            Some(Value::Object(shared)) => shared,
            Some(other) => return Err(format!("$defs: got {}, expected an object", brief(other))),
            None => &none,
        };
        let mut reader = Reader { shared, inside: Vec::new(), parts: 0 };
        let schema = reader.schema(&Path::Top, &json)?;
        match json.get("type") {
            Some(Value::String(is)) if is == "object" => Ok(schema),
            _ => Err("settings are an object: `\"type\": \"object\"` was expected at the top".to_owned()),
        }
    }

    /// Whether it says nothing.
    pub fn is_silent(&self) -> bool {
        *self == Self::default()
    }

    /// Looks at settings as they were written.
    ///
    /// # Errors
    ///
    /// In words for whoever wrote them, as `routes[1].priority: got 12, expected a whole number from 0 to 9`.
    pub fn check(&self, settings: &str) -> Result<(), String> {
        if self.is_silent() {
            return Ok(());
        }
        let value =
            serde_json::from_str(settings).map_err(|error| format!("the settings are not JSON: {error}"))?;
        self.fits(&Path::Top, &value)
    }

    fn fits(&self, at: &Path<'_>, value: &Value) -> Result<(), String> {
        if !self.takes(value) {
            return Err(format!("{at}: got {}, expected {}", brief(value), self.expected()));
        }
        match value {
            Value::Array(list) => {
                let Some(like) = &self.items else { return Ok(()) };
                list.iter().enumerate().try_for_each(|(index, item)| like.fits(&Path::Item(at, index), item))
            }
            Value::Object(object) => self.fits_object(at, object),
            _ => Ok(()),
        }
    }

    fn fits_object(&self, at: &Path<'_>, object: &Map<String, Value>) -> Result<(), String> {
        for (name, value) in object {
            let at = Path::Name(at, name);
            match (self.properties.get(name), &self.others) {
                (Some(like), _) => like.fits(&at, value)?,
                (None, Others::Like(like)) => like.fits(&at, value)?,
                (None, Others::Any) => {}
                (None, Others::None) => {
                    let names: Vec<&str> = self.properties.keys().map(String::as_str).collect();
                    let names = names.join(", ");
                    return Err(format!("{at}: got {}, expected one of the names {names}", brief(value)));
                }
            }
        }
        match self.required.iter().find(|name| !object.contains_key(*name)) {
            Some(missing) => Err(format!("{}: got nothing, expected a value", Path::Name(at, missing))),
            None => Ok(()),
        }
    }

    /// Whether a value is one of those that it wants, whatever is within.
    fn takes(&self, value: &Value) -> bool {
        let within = |bounds: (Option<u64>, Option<u64>), size: usize| {
            let size = size as u64;
            bounds.0.is_none_or(|least| size >= least) && bounds.1.is_none_or(|most| size <= most)
        };
        let is = self.types.is_empty() || self.types.iter().any(|one| one.fits(value));
        let chosen = self.choices.is_empty() || self.choices.contains(value);
        is && chosen
            && match value {
                Value::Number(number) => {
                    let number = number.as_f64().unwrap_or(f64::NAN);
                    self.number.0.is_none_or(|least| number >= least)
                        && self.number.1.is_none_or(|most| number <= most)
                }
                Value::String(text) => {
                    self.length == (None, None) || within(self.length, text.chars().count())
                }
                Value::Array(list) => within(self.count, list.len()),
                _ => true,
            }
    }

    /// What was expected, in words.
    fn expected(&self) -> String {
        if !self.choices.is_empty() {
            let choices: Vec<String> = self.choices.iter().map(ToString::to_string).collect();
            return format!("one of {}", choices.join(", "));
        }
        let words = self.types.iter().map(|one| {
            let bounds = match one {
                Type::Integer | Type::Number => bounds(self.number, ""),
                Type::String if self.length == (Some(1), None) => " that is not empty".to_owned(),
                Type::String => bounds(self.length, " characters"),
                Type::Array => bounds(self.count, " items"),
                _ => String::new(),
            };
            format!("{}{bounds}", one.words())
        });
        let words: Vec<String> = words.collect();
        if words.is_empty() { "something else".to_owned() } else { words.join(" or ") }
    }
}

fn bounds<N: fmt::Display>(bounds: (Option<N>, Option<N>), of: &str) -> String {
    let before = if of.is_empty() { "" } else { " of" };
    match bounds {
        (Some(least), Some(most)) if of.is_empty() => format!(" from {least} to {most}"),
        (Some(least), Some(most)) => format!("{before} {least} to {most}{of}"),
        (Some(least), None) => format!("{before} at least {least}{of}"),
        (None, Some(most)) => format!("{before} at most {most}{of}"),
        (None, None) => String::new(),
    }
}

/// A value in a message: settings may be long.
fn brief(value: &Value) -> String {
    const MOST: usize = 80;
    let text = value.to_string();
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// The way to a value, which is only written where something is wrong.
enum Path<'a> {
    Top,
    Name(&'a Path<'a>, &'a str),
    Item(&'a Path<'a>, usize),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Top => f.write_str("settings"),
            Self::Name(Self::Top, name) => f.write_str(name),
            Self::Name(before, name) => write!(f, "{before}.{name}"),
            Self::Item(before, index) => write!(f, "{before}[{index}]"),
        }
    }
}

/// Writes out what a schema refers to, so that what is kept is a tree, and counts its parts meanwhile.
struct Reader<'a> {
    shared: &'a Map<String, Value>,
    /// The shared schemas that are being read.
    inside: Vec<&'a str>,
    parts: usize,
}

impl<'a> Reader<'a> {
    fn schema(&mut self, at: &Path<'_>, json: &'a Value) -> Result<Schema, String> {
        self.count(1)?;
        let wrong = |at: &Path<'_>, value: &Value, expected: &str| {
            Err(format!("{at}: got {}, expected {expected}", brief(value)))
        };
        let Value::Object(words) = json else { return wrong(at, json, "a schema, which is an object") };
        let mut schema = match words.get("$ref") {
            Some(shared) => self.referred(&Path::Name(at, "$ref"), shared)?,
            None => Schema::default(),
        };
        let refers = words.contains_key("$ref");
        for (word, value) in words {
            let at = &Path::Name(at, word);
            if ["default", "enum", "const", "required"].contains(&word.as_str()) {
                self.count(nodes(value))?;
            }
            match word.as_str() {
                "title" => schema.title = Some(text(at, value)?),
                "description" => schema.description = Some(text(at, value)?),
                "default" => schema.default = Some(value.clone()),
                "contentMediaType" => schema.has_lines = text(at, value)?.starts_with("text/"),
                "$ref" => {}
                "$defs" if matches!(at, Path::Name(Path::Top, _)) => {}
                annotation if ANNOTATIONS.contains(&annotation) => {}
                other if refers => {
                    return Err(format!("{at}: `{other}` cannot stand beside `$ref`, which says all"));
                }
                "type" => schema.types = types(at, value)?,
                "enum" => match value {
                    Value::Array(choices) if !choices.is_empty() => schema.choices.clone_from(choices),
                    _ => return wrong(at, value, "a list of values"),
                },
                "const" => schema.choices = vec![value.clone()],
                "minimum" => schema.number.0 = Some(number(at, value)?),
                "maximum" => schema.number.1 = Some(number(at, value)?),
                "minLength" => schema.length.0 = Some(size(at, value)?),
                "maxLength" => schema.length.1 = Some(size(at, value)?),
                "minItems" => schema.count.0 = Some(size(at, value)?),
                "maxItems" => schema.count.1 = Some(size(at, value)?),
                "items" => schema.items = Some(Box::new(self.schema(at, value)?)),
                "properties" => {
                    let Value::Object(properties) = value else { return wrong(at, value, "an object") };
                    for (name, like) in properties {
                        let like = self.schema(&Path::Name(at, name), like)?;
                        schema.properties.insert(name.clone(), like);
                    }
                }
                "required" => {
                    let names = value.as_array().map(|names| names.iter().map(Value::as_str));
                    match names.and_then(Iterator::collect::<Option<Vec<_>>>) {
                        Some(names) => schema.required = names.into_iter().map(str::to_owned).collect(),
                        None => return wrong(at, value, "a list of names"),
                    }
                }
                "additionalProperties" => {
                    schema.others = match value {
                        Value::Bool(true) => Others::Any,
                        Value::Bool(false) => Others::None,
                        like => Others::Like(Box::new(self.schema(at, like)?)),
                    };
                }
                _ => {
                    return Err(format!(
                        "{at}: this host does not read this word of JSON Schema: leave it out, and let `prepare` see to it"
                    ));
                }
            }
        }
        match schema.default.take() {
            Some(default) => {
                schema.fits(&Path::Name(at, "default"), &default)?;
                Ok(Schema { default: Some(default), ..schema })
            }
            None => Ok(schema),
        }
    }

    fn count(&mut self, parts: usize) -> Result<(), String> {
        self.parts += parts;
        if self.parts > PARTS {
            return Err(format!("it has more than {PARTS} parts, with what it refers to written out"));
        }
        Ok(())
    }

    fn referred(&mut self, at: &Path<'_>, to: &'a Value) -> Result<Schema, String> {
        let name = to.as_str().and_then(|to| to.strip_prefix("#/$defs/"));
        let found = name.and_then(|name| Some((name, self.shared.get(name)?)));
        let Some((name, shared)) = found else {
            return Err(format!("{at}: got {}, expected `#/$defs/` and a name that is there", brief(to)));
        };
        if self.inside.contains(&name) {
            return Err(format!("{at}: `{name}` contains itself, and the host would not know where to stop"));
        }
        self.inside.push(name);
        let schema = self.schema(&Path::Name(&Path::Name(&Path::Top, "$defs"), name), shared);
        self.inside.pop();
        schema
    }
}

/// How many values there are in one.
fn nodes(value: &Value) -> usize {
    match value {
        Value::Array(list) => 1 + list.iter().map(nodes).sum::<usize>(),
        Value::Object(object) => 1 + object.values().map(nodes).sum::<usize>(),
        _ => 1,
    }
}

fn types(at: &Path<'_>, value: &Value) -> Result<BTreeSet<Type>, String> {
    let known =
        |word: &Value| Type::ALL.iter().find(|(name, _)| word.as_str() == Some(name)).map(|(_, is)| *is);
    let types = match value {
        Value::Array(words) => words.iter().map(known).collect::<Option<BTreeSet<_>>>(),
        word => known(word).map(|is| [is].into()),
    };
    types.filter(|types| !types.is_empty()).ok_or_else(|| {
        let names: Vec<&str> = Type::ALL.iter().map(|(name, _)| *name).collect();
        format!("{at}: got {}, expected one or more of {}", brief(value), names.join(", "))
    })
}

/// What people read may not draw on their screen.
fn text(at: &Path<'_>, value: &Value) -> Result<String, String> {
    const MOST: usize = 400;
    let plain = |text: &&str| text.chars().count() <= MOST && !text.chars().any(char::is_control);
    value.as_str().filter(plain).map(str::to_owned).ok_or_else(|| {
        format!("{at}: got {}, expected a text of at most {MOST} characters in one line", brief(value))
    })
}

fn number(at: &Path<'_>, value: &Value) -> Result<f64, String> {
    value.as_f64().ok_or_else(|| format!("{at}: got {}, expected a number", brief(value)))
}

fn size(at: &Path<'_>, value: &Value) -> Result<u64, String> {
    value.as_u64().ok_or_else(|| format!("{at}: got {}, expected a whole number", brief(value)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ROUTES: &str = r##"{
        "type": "object",
        "properties": {
            "routes": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "properties": {
                        "queue": { "$ref": "#/$defs/name", "title": "Cola" },
                        "priority": { "type": "integer", "minimum": 0, "maximum": 9, "default": 0 }
                    },
                    "required": ["queue"],
                    "additionalProperties": false
                }
            },
            "said": { "type": "object", "additionalProperties": { "type": "string", "maxLength": 5 } },
            "survey": { "type": ["boolean", "object"], "properties": { "after": { "type": "number" } } },
            "level": { "enum": ["warning", "critical"] }
        },
        "required": ["routes"],
        "$defs": { "name": { "type": "string", "minLength": 1 } }
    }"##;

    #[test]
    fn settings_that_go_against_it_are_told_which_field_is_wrong_and_what_was_expected() {
        let schema = Schema::read(ROUTES).unwrap();
        schema
            .check(r#"{ "routes": [{ "queue": "x", "priority": 9.0 }], "said": { "es": "árbol" }, "survey": false, "own": 1 }"#)
            .unwrap();
        for (settings, error) in [
            ("{", "the settings are not JSON: EOF while parsing an object at line 1 column 1"),
            ("[]", "settings: got [], expected an object"),
            ("{}", "routes: got nothing, expected a value"),
            (r#"{ "routes": [] }"#, "routes: got [], expected a list of at least 1 items"),
            (r#"{ "routes": [{}] }"#, "routes[0].queue: got nothing, expected a value"),
            (
                r#"{ "routes": [{ "queue": "" }] }"#,
                "routes[0].queue: got \"\", expected a text that is not empty",
            ),
            (
                r#"{ "routes": [{ "queue": "x" }, { "queue": "x", "priority": 12 }] }"#,
                "routes[1].priority: got 12, expected a whole number from 0 to 9",
            ),
            (
                r#"{ "routes": [{ "queue": "x", "priority": 1.5 }] }"#,
                "routes[0].priority: got 1.5, expected a whole number from 0 to 9",
            ),
            (
                r#"{ "routes": [{ "queue": "x", "cola": "y" }] }"#,
                "routes[0].cola: got \"y\", expected one of the names priority, queue",
            ),
            (
                r#"{ "routes": [{ "queue": "x" }], "said": { "es": "árboles" } }"#,
                "said.es: got \"árboles\", expected a text of at most 5 characters",
            ),
            (
                r#"{ "routes": [{ "queue": "x" }], "survey": "no" }"#,
                "survey: got \"no\", expected true or false or an object",
            ),
            (
                r#"{ "routes": [{ "queue": "x" }], "level": "loud" }"#,
                r#"level: got "loud", expected one of "warning", "critical""#,
            ),
        ] {
            assert_eq!(schema.check(settings).unwrap_err(), error, "{settings}");
        }
    }

    #[test]
    fn what_it_refers_to_is_written_out_and_keeps_its_own_title() {
        let schema = Schema::read(ROUTES).unwrap();
        let route = schema.properties["routes"].items.as_ref().unwrap();
        assert_eq!(route.properties["queue"].title.as_deref(), Some("Cola"));
        assert_eq!(route.properties["queue"].length, (Some(1), None));
        assert_eq!(route.properties["priority"].default, Some(json!(0)));
    }

    #[test]
    fn a_rule_that_says_nothing_of_its_settings_takes_any() {
        Schema::read("").unwrap().check("not even JSON").unwrap();
    }

    #[test]
    fn a_schema_that_the_host_would_not_hold_to_is_refused_by_the_word_in_it() {
        for (schema, error) in [
            ("{", "it is not JSON: EOF while parsing an object at line 1 column 1"),
            ("{}", "settings are an object: `\"type\": \"object\"` was expected at the top"),
            (r#"{ "type": "text" }"#, "type: got \"text\", expected one or more of null, boolean, integer"),
            (
                r#"{ "type": "object", "properties": { "a": { "pattern": "(a+)+$" } } }"#,
                "properties.a.pattern: this host does not read this word of JSON Schema",
            ),
            (r#"{ "type": "object", "anyOf": [{}] }"#, "anyOf: this host does not read this word"),
            (
                r#"{ "type": "object", "properties": { "a": { "type": "integer", "default": "x" } } }"#,
                "properties.a.default: got \"x\", expected a whole number",
            ),
            (
                r#"{ "type": "object", "properties": { "a": { "$ref": "https://example.com/a.json" } } }"#,
                "properties.a.$ref: got \"https://example.com/a.json\", expected `#/$defs/`",
            ),
            (
                r##"{ "type": "object", "properties": { "a": { "$ref": "#/$defs/a" } },
                     "$defs": { "a": { "items": { "$ref": "#/$defs/a" } } } }"##,
                "$defs.a.items.$ref: `a` contains itself",
            ),
            (
                r#"{ "type": "object", "properties": { "a": { "title": "rojo" } } }"#,
                "properties.a.title: got \"rojo\\u001b[31m\"",
            ),
        ] {
            let schema = schema.replace("rojo", "rojo\\u001b[31m");
            let got = Schema::read(&schema).unwrap_err();
            assert!(got.starts_with(error), "{got}");
        }
    }

    #[test]
    fn one_that_grows_when_it_is_written_out_is_stopped() {
        let twice = |of: u32| {
            json!({ "properties": {
                "a": { "$ref": format!("#/$defs/d{of}") }, "b": { "$ref": format!("#/$defs/d{of}") } } })
        };
        let shared: Map<String, Value> = (0..40).map(|of| (format!("d{of}"), twice(of + 1))).collect();
        let mut schema = json!({ "type": "object", "properties": { "a": { "$ref": "#/$defs/d0" } } });
        schema["$defs"] = Value::Object(shared);
        schema["$defs"]["d40"] = json!({});
        let got = Schema::read(&schema.to_string()).unwrap_err();
        assert_eq!(got, "it has more than 2000 parts, with what it refers to written out");
        let choices = vec![1; 3_000];
        for word in ["enum", "default"] {
            let schema = json!({ "type": "object", "properties": { "a": { (word): choices } } });
            assert!(Schema::read(&schema.to_string()).unwrap_err().starts_with("it has more than 2000"));
        }
    }
}
