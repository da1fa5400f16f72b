//! What became of rules after they were signed: which ones were agreed on beside the company's files, how each was moved, and
//! what was uploaded. The state of the stream `rules`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Time;
use crate::author::{AuthorKey, AuthorKeyId, Mark};
use crate::decision::Digest;
use crate::event::{Event, PluginUploaded, RuleAgreed};
use crate::id::RuleId;
use crate::rule::mode::Mode;
use crate::stream::Actor;

/// How a rule was moved within what was signed of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Moved {
    /// The version that was signed then. When another one is, the move says nothing any more.
    pub of: Digest,
    /// Another mode than it began with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
    /// Operational settings, by their JSON pointers.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub settings: BTreeMap<String, serde_json::Value>,
    /// An earlier version that runs instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead: Option<Digest>,
    /// Who did it last.
    pub by: String,
    /// When.
    pub at: Time,
    /// Why.
    pub why: String,
}

/// How a whole set was switched last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Switched {
    /// Whether it is asked since.
    pub on: bool,
    /// Who did it.
    pub by: String,
    /// When.
    pub at: Time,
    /// Why.
    pub why: String,
}

/// A component that somebody handed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uploaded {
    /// What it is.
    pub plugin: PluginUploaded,
    /// Who handed it in first.
    pub by: String,
    /// When.
    pub at: Time,
}

/// An author whose signatures are known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    /// What their signatures are checked with.
    pub key: AuthorKey,
    /// Who they are, in words.
    pub who: String,
    /// Who registered them.
    pub by: String,
    /// When.
    pub at: Time,
    /// That their key is trusted no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked: Option<Revoked>,
}

/// That a key is trusted no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revoked {
    /// Who did it.
    pub by: String,
    /// When.
    pub at: Time,
    /// Why.
    pub why: String,
}

/// The stream, folded.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct RuleBook {
    /// The rules that were agreed on and that no file names.
    #[serde(default)]
    pub agreed: BTreeMap<RuleId, RuleAgreed>,
    /// The rules that are not as they were signed.
    #[serde(default)]
    pub moved: BTreeMap<RuleId, Moved>,
    /// The sets that somebody or something ever switched.
    #[serde(default)]
    pub switched: BTreeMap<String, Switched>,
    /// What was uploaded.
    #[serde(default)]
    pub plugins: BTreeMap<Digest, Uploaded>,
    /// Whose signatures are known.
    #[serde(default)]
    pub authors: BTreeMap<AuthorKeyId, Author>,
}

impl Switched {
    /// Whether a set is asked that was switched like that last, or never.
    pub fn is_on(last: Option<&Self>) -> bool {
        last.is_none_or(|last| last.on)
    }
}

impl RuleBook {
    /// Whether a set is asked.
    pub fn is_on(&self, set: &str) -> bool {
        Switched::is_on(self.switched.get(set))
    }

    /// Takes in one event.
    pub fn fold(&mut self, at: Time, actor: &Actor, event: &Event) {
        let by = actor.to_string();
        match event {
            Event::RuleAgreed(agreed) => {
                self.agreed.insert(agreed.rule.clone(), agreed.clone());
            }
            Event::RuleWithdrawn(withdrawn) => {
                self.agreed.remove(&withdrawn.rule);
                self.moved.remove(&withdrawn.rule);
            }
            Event::RuleMoved(wish) => {
                let known = self.moved.remove(&wish.rule).filter(|known| known.of == wish.of);
                let (mode, mut settings, instead) =
                    known.map_or_else(Default::default, |known| (known.mode, known.settings, known.instead));
                settings.extend(wish.settings.clone());
                let (of, why, mode) = (wish.of, wish.why.clone(), wish.mode.or(mode));
                self.moved.insert(wish.rule.clone(), Moved { of, mode, settings, instead, by, at, why });
            }
            Event::RuleReturned(returned) => {
                self.moved.remove(&returned.rule);
                if returned.to.is_some() {
                    let moved = Moved {
                        of: returned.of,
                        mode: None,
                        settings: BTreeMap::new(),
                        instead: returned.to,
                        by,
                        at,
                        why: returned.why.clone(),
                    };
                    self.moved.insert(returned.rule.clone(), moved);
                }
            }
            Event::RuleSetMoved(moved) => {
                let switched = Switched { on: moved.on, by, at, why: moved.why.clone() };
                self.switched.insert(moved.set.clone(), switched);
            }
            Event::PluginUploaded(plugin) => {
                let uploaded = || Uploaded { plugin: plugin.clone(), by, at };
                self.plugins.entry(plugin.component).or_insert_with(uploaded);
            }
            Event::AuthorRegistered(author) => {
                let (key, who) = (author.key.clone(), author.who.clone());
                let known = || Author { key, who, by, at, revoked: None };
                self.authors.entry(author.key.id()).or_insert_with(known);
            }
            Event::AuthorRevoked(revoked) => {
                if let Some(author) = self.authors.get_mut(&revoked.key) {
                    author.revoked.get_or_insert(Revoked { by, at, why: revoked.why.clone() });
                }
            }
            _ => {}
        }
    }

    /// The authors whose signature a component has, and it holds.
    pub fn authors_of<'a>(&'a self, marks: &'a [Mark]) -> impl Iterator<Item = &'a Author> {
        marks.iter().filter_map(|mark| self.authors.get(&mark.by).filter(|author| author.key.made(mark)))
    }

    /// The author because of whose key a component may not run. One revoked key is enough: nobody can tell what whoever has it
    /// now signed.
    pub fn stopped_by<'a>(&'a self, marks: &'a [Mark]) -> Option<&'a Author> {
        self.authors_of(marks).find(|author| author.revoked.is_some())
    }

    /// How a rule was moved of the version that is signed now, if it was.
    pub fn moved_of(&self, rule: &RuleId, signed: &Digest) -> Option<&Moved> {
        self.moved.get(rule).filter(|moved| moved.of == *signed)
    }
}
