//! A rule as people agree on it: which plugin, with what settings, for which cases, and how far it may be moved.
//!
//! What was signed is a version, known by its hash. It carries an envelope: the highest mode, who may move the rule within it,
//! which of its settings are operational and in what bounds, until when. Inside the envelope a rule is moved by one person on a
//! busy day (`moving`); whatever lies outside of it is another version, and a proposal. What was moved is held against the
//! version that it was moved of (`book`): another version begins as it was signed.

pub mod book;
pub mod falling;
pub mod mode;
pub mod moving;
pub mod schema;
pub mod switch;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::Time;
use crate::decision::Digest;
use crate::id::{QueueId, RoleId};
use crate::json::Json;
use crate::proposal;
use crate::request::Destination;
use mode::Mode;

/// Where a rule applies. An empty list is no restriction; a case has to satisfy all lists.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Scope {
    /// Names of the company's numbers.
    pub numbers: Vec<String>,
    /// Queues. A case that has no place yet is in none.
    pub queues: Vec<QueueId>,
    /// Languages, as `es`.
    pub languages: Vec<String>,
    /// Tags of the case, one of which is enough.
    pub tags: Vec<String>,
    /// Proposals that an approver judges, by their kinds. Of what is not named it judges nothing.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub kinds: BTreeSet<proposal::Kind>,
}

/// How far an operational setting may be moved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Bound {
    /// A number, both ends included.
    Between {
        /// The least.
        min: f64,
        /// The most.
        max: f64,
    },
    /// One of these values.
    OneOf {
        /// Which.
        one_of: Vec<serde_json::Value>,
    },
}

/// What a signature of a rule allows without another one.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Envelope {
    /// The highest mode that it may be moved to; the one that it begins in if absent.
    pub highest: Option<Mode>,
    /// The roles that may move it; whoever does or answers for routing rules if none is named.
    pub movers: Vec<RoleId>,
    /// It protects something: whoever may merely move rules does not move it down.
    pub guard: bool,
    /// After this it is not asked any more.
    pub until: Option<Time>,
    /// The settings that may be moved with it, by their JSON pointers (RFC 6901), as `/limit`.
    pub bounds: BTreeMap<String, Bound>,
}

/// What is signed of a rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Version {
    /// The rule set in which it stands.
    pub set: String,
    /// What people call its plugin.
    pub plugin: String,
    /// The SHA-256 of the component.
    pub component: Digest,
    /// What its `prepare` reads.
    pub settings: Json,
    /// Where it applies.
    #[serde(default)]
    pub scope: Scope,
    /// The mode in which it begins.
    pub mode: Mode,
    /// Where it may have something asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requests: Vec<Destination>,
    /// The names of the templates that it may send.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub templates: BTreeSet<String>,
    /// How far it may be moved.
    #[serde(default)]
    pub envelope: Envelope,
}

impl Version {
    /// By what it is known: the hash of all of it.
    pub fn digest(&self) -> Digest {
        Digest::of(Json::of(self).text().as_bytes())
    }

    /// By what it is known what it decides, whatever may be done with it: its component, settings, scope, and what it may ask and
    /// send.
    pub fn decides_as(&self) -> Digest {
        let decides = (self.component, &self.settings, &self.scope, &self.requests, &self.templates);
        Digest::of(Json::of(&decides).text().as_bytes())
    }

    /// The highest mode that it may be moved to.
    pub fn highest(&self) -> Mode {
        self.envelope.highest.unwrap_or(self.mode)
    }

    /// Whether it judges proposals: then it is moved by nobody alone, because it holds things for people.
    pub fn judges(&self) -> bool {
        !self.scope.kinds.is_empty()
    }

    /// Its settings with those that were moved in their places.
    pub fn settings_with(&self, moved: &BTreeMap<String, serde_json::Value>) -> Json {
        if moved.is_empty() {
            return self.settings.clone();
        }
        let mut settings = self.settings.value();
        for (pointer, value) in moved {
            if let Some(place) = settings.pointer_mut(pointer) {
                *place = value.clone();
            }
        }
        Json::of(&settings)
    }

    /// What is wrong with it, if anything is, with the field that it is wrong in.
    pub fn check(&self) -> Result<(), (String, String)> {
        let wrong = |field: &str, what: String| Err((field.to_owned(), what));
        if self.mode > self.highest() {
            return wrong(
                "mode",
                format!("`{}` is above `highest`, which is `{}`", self.mode, self.highest()),
            );
        }
        for (n, destination) in self.requests.iter().enumerate() {
            if let Err((field, what)) = destination.check() {
                return wrong(&format!("requests[{n}].{field}"), what);
            }
        }
        let settings = self.settings.value();
        for (pointer, bound) in &self.envelope.bounds {
            let field = format!("envelope.bounds.{pointer}");
            let Some(value) = settings.pointer(pointer) else {
                return wrong(
                    &field,
                    "there is no such setting: a JSON pointer was expected, as `/limit`".into(),
                );
            };
            if let Bound::Between { min, max } = bound
                && (!min.is_finite() || !max.is_finite() || min > max)
            {
                return wrong(&field, "`min` is above `max`".into());
            }
            if !bound.holds(value) {
                return wrong(&field, format!("what the setting begins with, {value}, lies outside of it"));
            }
        }
        Ok(())
    }
}

impl Bound {
    /// Whether a value lies within it.
    pub fn holds(&self, value: &serde_json::Value) -> bool {
        match self {
            Self::Between { min, max } => value.as_f64().is_some_and(|value| (*min..=*max).contains(&value)),
            Self::OneOf { one_of } => one_of.contains(value),
        }
    }
}

impl std::fmt::Display for Bound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Between { min, max } => write!(f, "{min} … {max}"),
            Self::OneOf { one_of } => {
                let values: Vec<String> = one_of.iter().map(ToString::to_string).collect();
                f.write_str(&values.join(" | "))
            }
        }
    }
}
