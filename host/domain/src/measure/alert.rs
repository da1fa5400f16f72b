//! What people should look at.
//!
//! A rule that watches figures says so in one call and knows nothing of earlier ones. What makes an alert of it is here: it begins
//! when a rule names it, goes on while it is named and a little longer, and ends. Each is about one place, and each is an event, because
//! rule sets are moved by them and changes of rules taken back: whoever asks why finds the figures that were shown.

use std::collections::BTreeMap;
use std::fmt;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::figure::{By, Place, is_name};
use super::sum::is_zero;
use crate::Time;
use crate::decision::Digest;
use crate::id::{NumberId, QueueId, RuleId};
use crate::law::language::Language;
use crate::raci::person::Target;

/// The most figures that one rule watches.
pub const MOST_WATCHES: usize = 64;

/// The most alerts that one rule has at once.
pub const MOST_ALERTS: usize = 256;

/// The longest past that is looked at: a week.
pub const MOST_HOURS: u32 = 168;

/// How long an alert goes on when its rule does not name it any more.
pub const QUIET: SignedDuration = SignedDuration::from_mins(2);

/// A figure that a rule wants to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watch {
    /// The rule that counts it.
    pub rule: RuleId,
    /// Its name.
    pub figure: String,
    /// How its places are grouped.
    pub by: By,
    /// Over how many hours of the clock, the running one included.
    pub hours: u32,
}

/// How much it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Somebody should look.
    Warning,
    /// Somebody should act.
    Critical,
}

impl Level {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::Warning, Self::Critical];

    /// Its word in the contract.
    pub fn word(self) -> String {
        crate::text::word(&self)
    }
}

/// What a rule named: of which window, how much it matters, and in which words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// For programs.
    pub name: String,
    /// The place of its window among those that were shown.
    pub window: usize,
    /// How much it matters.
    pub level: Level,
    /// For people, by language.
    pub words: BTreeMap<String, String>,
}

/// Which alert: whose, what it is called, and where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Which {
    /// The rule that named it.
    pub rule: RuleId,
    /// What the rule calls it.
    pub alert: String,
    /// Where. Nothing of it stands for the whole company.
    pub place: Place,
}

impl Which {
    /// Whether the company's files call it so, as `watch/slow-answers`.
    pub fn is_called(&self, name: &str) -> bool {
        self.to_string() == name
    }

    /// Whom one has to reach to be told of it.
    pub fn target(&self) -> Target {
        let Place { number, queue, agent, .. } = self.place.clone();
        Target { number, queue, agent }
    }
}

impl fmt::Display for Which {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.rule, self.alert)
    }
}

/// `alert-raised`, in `measures`: a rule has named it, or finds that it matters otherwise than before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct AlertRaised {
    /// Which.
    #[serde(flatten)]
    pub which: Which,
    /// How much it matters.
    pub level: Level,
    /// What the rule says to people, by language.
    pub words: BTreeMap<String, String>,
    /// The SHA-256 of the rule's component.
    pub component: Digest,
    /// The SHA-256 of its settings.
    pub settings: Digest,
    /// What it was shown.
    pub seen: Seen,
}

/// A figure as it was when an alert was raised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Seen {
    /// By what the figure is known.
    pub series: Digest,
    /// When the first of its hours began.
    pub since: Time,
    /// How many samples there were.
    pub samples: u64,
    /// Their values, added.
    pub value: u64,
    /// What they are a part of, added.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub of: u64,
}

/// `alert-ended`, in `measures`: there is nothing to look at any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct AlertEnded {
    /// Which.
    #[serde(flatten)]
    pub which: Which,
    /// Whether nobody watches it any more, rather than that it is over.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unwatched: bool,
}

/// An alert, folded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Alert {
    /// As it was raised last.
    pub raised: AlertRaised,
    /// Since when it goes on.
    pub since: Time,
    /// When it ended; none while it goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Time>,
}

impl Alert {
    /// The alert after one more event of it.
    pub fn raised(known: Option<Self>, at: Time, raised: &AlertRaised) -> Self {
        let since = known.filter(|known| known.ended.is_none()).map_or(at, |known| known.since);
        Self { raised: raised.clone(), since, ended: None }
    }

    /// Whether it goes on.
    pub fn goes_on(&self) -> bool {
        self.ended.is_none()
    }

    /// What the rule says to people who read a language.
    pub fn words(&self, language: Language) -> &str {
        words(&self.raised.words, language)
    }

    /// The moment from which on it is as it is now.
    pub fn turned(&self) -> Time {
        self.ended.unwrap_or(self.since)
    }
}

/// Whether a text can name an alert in the company's files: the rule that raises it, and what that calls it.
pub fn is_called(text: &str) -> bool {
    text.split_once('/').is_some_and(|(rule, name)| !rule.is_empty() && is_name(name))
}

/// What a rule says to people who read a language.
pub fn words(words: &BTreeMap<String, String>, language: Language) -> &str {
    let own = words.get(language.pick("es", "pt", "en"));
    own.or_else(|| words.values().next()).map_or("", String::as_str)
}

/// Whether an alert with a name goes on anywhere, and since when it is so. None if it never was.
pub fn state_of<'a>(alerts: impl IntoIterator<Item = &'a Alert>, name: &str) -> Option<(bool, Time)> {
    let named: Vec<&Alert> = alerts.into_iter().filter(|one| one.raised.which.is_called(name)).collect();
    let first = named.iter().filter(|one| one.goes_on()).map(|one| one.since).min();
    match first {
        Some(since) => Some((true, since)),
        None => named.iter().filter_map(|one| one.ended).max().map(|ended| (false, ended)),
    }
}

impl Place {
    /// The place of a group; none if it is no place of this kind.
    pub fn of_group(by: By, group: Option<&str>) -> Self {
        let Some(group) = group else { return Self::default() };
        match by {
            By::All => Self::default(),
            By::Queue => Self { queue: Some(QueueId::from(group)), ..Self::default() },
            By::Agent => Self { agent: Some(group.into()), ..Self::default() },
            By::Number => Self { number: Some(NumberId::from(group)), ..Self::default() },
            By::Label => Self { label: group.to_owned(), ..Self::default() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Time {
        Time::from_second(second).unwrap()
    }

    fn raised(queue: &str, level: Level) -> AlertRaised {
        AlertRaised {
            which: Which {
                rule: "watch".into(),
                alert: "slow".into(),
                place: Place::of_group(By::Queue, Some(queue)),
            },
            level,
            words: [("es".to_owned(), "lento".to_owned())].into(),
            component: Digest::of(b"component"),
            settings: Digest::of(b"settings"),
            seen: Seen { series: Digest::of(b"series"), since: at(0), samples: 9, value: 3, of: 9 },
        }
    }

    #[test]
    fn what_matters_more_goes_on_and_what_comes_again_begins_anew() {
        let first = Alert::raised(None, at(10), &raised("ventas", Level::Warning));
        let worse = Alert::raised(Some(first), at(20), &raised("ventas", Level::Critical));
        assert_eq!((worse.since, worse.raised.level), (at(10), Level::Critical));
        let over = Alert { ended: Some(at(30)), ..worse };
        assert_eq!(over.turned(), at(30));
        assert_eq!(Alert::raised(Some(over), at(40), &raised("ventas", Level::Warning)).since, at(40));
    }

    #[test]
    fn an_alert_of_the_company_goes_on_while_it_does_in_any_place() {
        let sales = Alert::raised(None, at(10), &raised("ventas", Level::Warning));
        let orders = Alert::raised(None, at(20), &raised("pedidos", Level::Warning));
        let state = |alerts: &[Alert]| state_of(alerts, "watch/slow");
        assert_eq!(state(&[]), None);
        assert_eq!(state(&[orders.clone(), sales.clone()]), Some((true, at(10))));
        let ended = |alert: &Alert, second| Alert { ended: Some(at(second)), ..alert.clone() };
        assert_eq!(state(&[ended(&sales, 30), orders.clone()]), Some((true, at(20))));
        assert_eq!(state(&[ended(&sales, 30), ended(&orders, 40)]), Some((false, at(40))));
        assert_eq!(state_of(&[sales], "other/slow"), None);
    }

    #[test]
    fn an_alert_is_called_by_its_rule_and_its_name() {
        assert!(is_called("watch/slow-answers"));
        for wrong in ["slow", "/slow", "watch/", "watch/Slow"] {
            assert!(!is_called(wrong), "{wrong}");
        }
    }

    #[test]
    fn words_are_read_in_ones_language_or_in_one_that_there_is() {
        let alert = Alert::raised(None, at(0), &raised("ventas", Level::Warning));
        assert_eq!(alert.words(Language::Es), "lento");
        assert_eq!(alert.words(Language::Pt), "lento");
    }
}
