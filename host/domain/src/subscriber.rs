//! Addresses of the company's own that are told what happens: `[[company.webhooks]]`.
//!
//! What is sent there says which event it was, of what, by whom and when, and of a notice its words: never what a customer
//! wrote or who they are. The secret that it is signed with stands elsewhere, because the company's files are in the journal.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::Time;
use crate::company::Mistake;
use crate::event::Event;
use crate::id::{PersonId, SubscriberId};
use crate::network::Network;

/// Kinds of events that can be asked for.
pub const KINDS: &[&str] = &[
    "notice-given",
    "proposal-made",
    "proposal-edited",
    "proposal-heard",
    "proposal-signed",
    "proposal-rejected",
    "proposal-withdrawn",
    "proposal-expired",
    "proposal-approved",
    "proposal-forced",
    "proposal-reviewed",
    "proposal-marked",
    "proposal-ratified",
    "proposal-done",
    "proposal-failed",
    "generation-activated",
    "sending-stopped",
    "sending-resumed",
    "person-called",
    "template-changed",
    "number-changed",
    "account-changed",
    "person-invited",
    "person-left",
    "person-returned",
    "sessions-overlapped",
    "case-opened",
    "case-queued",
    "case-assigned",
    "case-accepted",
    "case-moved",
    "case-closed",
    "case-rated",
    "case-escalated",
    "send-accepted",
    "send-refused",
    "duplicate-detected",
];

/// An address that is told what happens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Subscriber {
    /// Short and stable, as `erp`.
    pub id: SubscriberId,
    /// Where. It stands in the journal, so it holds no secret.
    pub url: String,
    /// Where the secret is that what is sent is signed with.
    pub secret: SecretAt,
    /// Kinds of events.
    #[serde(default = "Subscriber::default_kinds")]
    pub kinds: Vec<String>,
    /// Whose notices; everybody's if nobody is named.
    #[serde(default, rename = "for", skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<PersonId>,
    /// Networks that are not public and may be reached nevertheless.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allow: Vec<Network>,
}

/// Where a secret is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum SecretAt {
    /// In a variable of the host's environment.
    Env(String),
    /// In a file, relative to that of the settings.
    File(PathBuf),
}

impl Subscriber {
    fn default_kinds() -> Vec<String> {
        vec!["notice-given".to_owned()]
    }

    /// Whether all of them make sense.
    pub(crate) fn check(all: &[Self]) -> Result<(), Mistake> {
        for (n, one) in all.iter().enumerate() {
            let wrong = |key: &str, value: &str, expected: &str| {
                let (value, expected) = (value.to_owned(), format!("{expected} was expected"));
                Err(Mistake { key: format!("webhooks[{n}].{key}"), value, expected })
            };
            let named = |c: char| c.is_ascii_alphanumeric() || c == '-';
            let id = one.id.as_str();
            if id.is_empty() || id.len() > 40 || !id.chars().all(named) {
                return wrong("id", id, "a short name of letters, digits and `-`");
            }
            if all.iter().take(n).any(|other| other.id == one.id) {
                return wrong("id", id, "a name that no other webhook has");
            }
            // Without TLS only where the company says that the way is its own.
            let plain = one.url.starts_with("http://") && !one.allow.is_empty();
            if !one.url.starts_with("https://") && !plain {
                let expected =
                    "an address that begins with https://, or with http:// and its network in `allow`,";
                return wrong("url", &one.url, expected);
            }
            if one.url.contains('@') {
                return wrong("url", "…@…", "an address without a name and a password");
            }
            if let Some(kind) = one.kinds.iter().find(|kind| !KINDS.contains(&kind.as_str())) {
                return wrong("kinds", kind, &format!("one of {}", KINDS.join(", ")));
            }
        }
        Ok(())
    }

    /// Whether it wants to be told of an event that belongs to somebody, if it does.
    pub fn wants(&self, event: &Event, of: Option<&PersonId>) -> bool {
        let is_notice = matches!(event, Event::NoticeGiven(_));
        let theirs = || self.people.is_empty() || of.is_some_and(|person| self.people.contains(person));
        self.kinds.iter().any(|kind| kind == event.kind()) && (!is_notice || theirs())
    }
}

/// How far a subscriber is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Progress {
    /// Nothing up to this event is sent any more.
    pub after: u64,
    /// The last one that it took.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<(u64, Time)>,
    /// The last one that it did not take in time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_up: Option<(u64, Time)>,
}

impl Progress {
    /// Takes in one event of `subscriber/…`.
    pub fn fold(&mut self, time: Time, event: &Event) {
        match event {
            Event::SubscriberJoined(joined) => self.after = joined.after,
            Event::SubscriberTold(told) => (self.after, self.told) = (told.event, Some((told.event, time))),
            Event::SubscriberGivenUp(given) => {
                (self.after, self.given_up) = (given.event, Some((given.event, time)));
            }
            _ => {}
        }
    }
}

/// `subscriber-joined`, in `subscriber/…`: it is told of what comes after this.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriberJoined {
    /// The last event of which it is not told.
    pub after: u64,
}

/// `subscriber-told`, in `subscriber/…`: it took an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriberTold {
    /// Its number.
    pub event: u64,
}

/// `subscriber-given-up`, in `subscriber/…`: it did not take an event for a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriberGivenUp {
    /// Its number.
    pub event: u64,
    /// What it said the last time.
    pub why: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<Subscriber>, String> {
        #[derive(Deserialize)]
        struct File {
            webhooks: Vec<Subscriber>,
        }
        let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
        Subscriber::check(&file.webhooks).map_err(|mistake| mistake.to_string())?;
        Ok(file.webhooks)
    }

    #[test]
    fn what_makes_no_sense_is_told_with_its_key_and_a_secret_is_never_written_in_the_file() {
        let one = |more: &str| format!("[[webhooks]]\nid = \"erp\"\n{more}\n");
        let secret = "secret.env = \"ERP_SECRET\"";
        let good = read(&one(&format!("url = \"https://erp.example/in\"\n{secret}"))).unwrap();
        assert_eq!(good[0].kinds, ["notice-given"]);
        assert_eq!(good[0].secret, SecretAt::Env("ERP_SECRET".into()));
        for (more, told) in [
            (format!("url = \"http://erp.example\"\n{secret}"), "webhooks[0].url"),
            (format!("url = \"https://me:hush@erp.example\"\n{secret}"), "`…@…`"),
            (format!("url = \"https://x\"\nkinds = [\"message-received\"]\n{secret}"), "webhooks[0].kinds"),
            ("url = \"https://x\"\nsecret = \"hush\"".to_owned(), "secret"),
            (format!("url = \"https://x\"\nallow = [\"office\"]\n{secret}"), "10.0.0.0/8"),
        ] {
            let error = read(&one(&more)).unwrap_err();
            assert!(error.contains(told), "{told} in {error}");
        }
        let twice = one(&format!("url = \"https://x\"\n{secret}")).repeat(2);
        assert!(read(&twice).unwrap_err().contains("webhooks[1].id"));
    }

    #[test]
    fn every_kind_that_can_be_asked_for_is_one() {
        assert!(KINDS.iter().all(|kind| Event::KINDS.contains(kind)));
    }
}
