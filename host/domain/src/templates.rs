//! The company's templates, as Meta has them: which may be sent, and as what they count.
//!
//! Meta decides about a template at any time: it pauses, rejects and disables, and puts it into another category, which
//! costs more and falls under another law. What is told of it comes by webhooks, late and in any order, and by looking
//! (a sync); each aspect keeps when it was told, and the latest counts. Whether a template may be offered is a pure
//! function of that, so it changes the moment that an event does.

mod why;
pub mod words;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Time;
use crate::event::Event;
use crate::law::class::Category;
use crate::platform::{TemplateChange, TemplateName};

pub use why::Why;

/// `templates-synced`, in `company`: what looking at an account showed that was not known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TemplatesSynced {
    /// The account (WABA).
    pub account: String,
    /// When it was looked: what Meta tells of a later moment counts more.
    pub at: Time,
    /// What is new, or different.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub found: Vec<TemplateFound>,
    /// What is not there any more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gone: Vec<TemplateName>,
}

/// A template as Meta's API tells it (Meta, *Business Management API: Message templates*).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TemplateFound {
    /// Which.
    pub template: TemplateName,
    /// `APPROVED`, `PAUSED` …
    pub status: String,
    /// Why it was rejected.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// `GREEN`, `YELLOW`, `RED`, `UNKNOWN`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub quality: String,
    /// `MARKETING`, `UTILITY`, `AUTHENTICATION`.
    pub category: String,
    /// What it says, as Meta spells it.
    #[serde(default)]
    pub components: Vec<Value>,
}

/// `template-submitted`, in `company`: Meta took what somebody wants of a template.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TemplateSubmitted {
    /// The account (WABA).
    pub account: String,
    /// Which.
    pub template: TemplateName,
    /// When Meta was asked.
    pub at: Time,
    /// What is wanted.
    pub what: Submission,
}

/// What somebody wants of a template.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Submission {
    /// A new one.
    Create {
        /// As what it is to count.
        category: String,
        /// What it is to say.
        components: Vec<Value>,
    },
    /// Other words.
    Edit {
        /// As what it is to count.
        category: String,
        /// What it is to say.
        components: Vec<Value>,
    },
    /// None of it.
    Delete,
    /// An end of its pause.
    Unpause,
    /// The category that Meta gave it is taken as it is.
    AcceptCategory {
        /// Which.
        category: Category,
    },
}

/// Something that was told, and when.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Told {
    /// Meta's word; empty if nothing was told.
    pub word: String,
    /// When it was told last; none if nothing was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Time>,
}

impl Told {
    /// Takes in a word, and says whether it counts: the latest does. Meta's clock tells seconds; of two words of one second
    /// the worse counts, and `PENDING`, with which everything begins, least.
    fn tell(&mut self, word: &str, at: Time) -> bool {
        let at = Time::from_second(at.as_second()).unwrap_or(at);
        let worse = |word: &str| match word {
            "PENDING" => 0,
            word if may_be_sent(word) => 1,
            "MARKETING" | "RED" => 3,
            _ => 2,
        };
        let rank = |word: &str, at: Option<Time>| (at, worse(word), word.to_owned());
        let news = !word.is_empty() && rank(word, Some(at)) > rank(&self.word, self.at);
        if news {
            *self = Self { word: word.to_owned(), at: Some(at) };
        }
        news
    }
}

/// A template of an account in one language, folded from events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Template {
    /// The account (WABA); empty if Meta did not tell.
    pub account: String,
    /// Which.
    pub template: TemplateName,
    /// Whether it may be sent.
    #[serde(default)]
    pub status: Told,
    /// Why it was rejected or paused, in Meta's words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// How its readers like it.
    #[serde(default)]
    pub quality: Told,
    /// As what it counts.
    #[serde(default)]
    pub category: Told,
    /// As what the company knows it to count: as it was made, first seen, or accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreed: Option<Category>,
    /// What Meta will make of it, announced a day before; empty for nothing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub coming: String,
    /// What it says; none if only a webhook told of it so far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub components: Option<Vec<Value>>,
}

/// Statuses in which Meta sends a template. A flagged one is only in danger (Meta, *Template quality rating*).
fn may_be_sent(status: &str) -> bool {
    matches!(status, "APPROVED" | "REINSTATED" | "UNARCHIVED" | "FLAGGED")
}

impl Template {
    /// One of which nothing but the name is known.
    pub fn named(account: &str, template: TemplateName) -> Self {
        Self {
            account: account.to_owned(),
            template,
            status: Told::default(),
            reason: String::new(),
            quality: Told::default(),
            category: Told::default(),
            agreed: None,
            coming: String::new(),
            components: None,
        }
    }

    /// Whether it is no more.
    pub fn is_deleted(&self) -> bool {
        self.status.word == "DELETED"
    }

    /// Whether looking at the account would show more of it than is known.
    pub fn is_incomplete(&self) -> bool {
        self.components.is_none() && !self.is_deleted()
    }

    /// Whether what was found says something that is not known.
    pub fn differs(&self, found: &TemplateFound) -> bool {
        // What a webhook calls `REINSTATED` is called `APPROVED` when one looks.
        let same_status = self.status.word == found.status
            || (found.status == "APPROVED" && may_be_sent(&self.status.word));
        self.template.id != found.template.id
            || !same_status
            || (!found.quality.is_empty() && self.quality.word != found.quality)
            || self.category.word != found.category
            || self.components.as_ref() != Some(&found.components)
    }

    /// Takes in an event that names it.
    pub fn fold(&mut self, time: Time, event: &Event) {
        match event {
            Event::TemplateChanged(changed) => {
                self.told(changed.at.unwrap_or(time), &changed.template, &changed.change);
            }
            Event::TemplatesSynced(synced) => {
                let same = |template: &TemplateName| {
                    template.name == self.template.name && template.language == self.template.language
                };
                if let Some(found) = synced.found.iter().find(|found| same(&found.template)) {
                    self.found(synced.at, found);
                } else if synced.gone.iter().any(same) {
                    self.status.tell("DELETED", synced.at);
                }
            }
            Event::TemplateSubmitted(submitted) => self.submitted(submitted),
            _ => {}
        }
    }

    fn told(&mut self, at: Time, template: &TemplateName, change: &TemplateChange) {
        self.identify(template, at);
        match change {
            TemplateChange::Status { status, reason, category, title, rejection, .. } => {
                if self.status.tell(status, at) {
                    let told = [rejection, title, reason].into_iter().find(|told| !told.is_empty());
                    self.reason = told.filter(|told| *told != "NONE").cloned().unwrap_or_default();
                }
                self.categorise(category, at);
            }
            TemplateChange::Quality { now, .. } => {
                self.quality.tell(now, at);
            }
            TemplateChange::Category { now, coming, .. } => {
                self.categorise(now, at);
                self.coming.clone_from(coming);
            }
            // Only some of the parts: looking at the account shows all of them.
            TemplateChange::Components { .. } => self.components = None,
        }
    }

    fn found(&mut self, at: Time, found: &TemplateFound) {
        self.identify(&found.template, at);
        if self.status.tell(&found.status, at) {
            self.reason.clone_from(&found.reason);
        }
        self.quality.tell(&found.quality, at);
        self.categorise(&found.category, at);
        self.components = Some(found.components.clone());
    }

    fn submitted(&mut self, submitted: &TemplateSubmitted) {
        let at = submitted.at;
        match &submitted.what {
            Submission::Create { category, components } => {
                *self = Self::named(&submitted.account, submitted.template.clone());
                self.status.tell("PENDING", at);
                self.categorise(category, at);
                self.components = Some(components.clone());
            }
            Submission::Edit { category, components } => {
                self.status.tell("PENDING", at);
                self.category.tell(category, at);
                self.agreed = Category::of(category);
                self.components = Some(components.clone());
            }
            Submission::Delete => {
                self.status.tell("DELETED", at);
            }
            // Meta tells when the pause has ended.
            Submission::Unpause => {}
            Submission::AcceptCategory { category } => self.agreed = Some(*category),
        }
    }

    /// Another identifier under the same name is another template: what was known of the old one holds no more.
    fn identify(&mut self, template: &TemplateName, at: Time) {
        if template.id.is_empty() || template.id == self.template.id {
            return;
        }
        if self.template.id.is_empty() {
            self.template.id.clone_from(&template.id);
        } else if self.status.at.is_none_or(|told| told <= at) {
            *self =
                Self::named(&self.account, TemplateName { id: template.id.clone(), ..self.template.clone() });
        }
    }

    fn categorise(&mut self, category: &str, at: Time) {
        self.category.tell(category, at);
        if self.agreed.is_none() {
            self.agreed = Category::of(&self.category.word);
        }
    }
}

/// A part of a template as Meta spells it: its `HEADER`, its `BODY` …
pub fn part<'a>(components: &'a [Value], kind: &str) -> Option<&'a Value> {
    components.iter().find(|one| one["type"] == kind)
}

/// Its buttons, in their order.
pub fn buttons(components: &[Value]) -> &[Value] {
    part(components, "BUTTONS").and_then(|one| one["buttons"].as_array()).map_or(&[], Vec::as_slice)
}

/// Whether a template may be offered and sent, and as what it counts.
pub fn offerable(template: &Template) -> Result<Category, Why> {
    let reason = || template.reason.clone();
    match template.status.word.as_str() {
        "PENDING" | "IN_APPEAL" => return Err(Why::Pending),
        "REJECTED" => return Err(Why::Rejected { reason: reason() }),
        "PAUSED" => return Err(Why::Paused { reason: reason() }),
        "DISABLED" => return Err(Why::Disabled),
        "DELETED" | "PENDING_DELETION" => return Err(Why::Deleted),
        status if may_be_sent(status) => {}
        status => return Err(Why::Status { status: status.to_owned() }),
    }
    let word = &template.category.word;
    let category = Category::of(word).ok_or_else(|| Why::Category { category: word.clone() })?;
    match template.agreed {
        Some(was) if was != category => Err(Why::Recategorised { was, is: category }),
        _ => Ok(category),
    }
}

/// The templates that an event is about, each with its account; empty where Meta did not tell.
pub fn named_in(event: &Event) -> Vec<(&str, &TemplateName)> {
    match event {
        Event::TemplateChanged(changed) => {
            vec![(changed.account.as_deref().unwrap_or_default(), &changed.template)]
        }
        Event::TemplateSubmitted(submitted) => vec![(&submitted.account, &submitted.template)],
        Event::TemplatesSynced(TemplatesSynced { account, found, gone, .. }) => {
            let found = found.iter().map(|found| &found.template);
            found.chain(gone).map(|template| (account.as_str(), template)).collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::law::language::Language;

    fn at(second: i64) -> Time {
        Time::from_second(second).unwrap()
    }

    fn name() -> TemplateName {
        TemplateName { id: "1".into(), name: "pedido".into(), language: "es".into() }
    }

    fn approved() -> Template {
        let mut template = Template::named("2", name());
        let found = TemplateFound {
            template: name(),
            status: "APPROVED".into(),
            reason: String::new(),
            quality: "GREEN".into(),
            category: "UTILITY".into(),
            components: Vec::new(),
        };
        assert!(template.differs(&found));
        template.found(at(0), &found);
        assert!(!template.differs(&found));
        template
    }

    fn status(word: &str) -> TemplateChange {
        TemplateChange::Status {
            status: word.to_owned(),
            reason: String::new(),
            category: String::new(),
            disabled_from: String::new(),
            title: String::new(),
            description: String::new(),
            rejection: String::new(),
            recommendation: String::new(),
        }
    }

    fn category(word: &str) -> TemplateChange {
        TemplateChange::Category {
            was: String::new(),
            now: word.to_owned(),
            coming: String::new(),
            from: None,
        }
    }

    #[test]
    fn only_what_meta_sends_is_offered_and_an_unknown_word_is_none_of_it() {
        assert_eq!(offerable(&approved()), Ok(Category::Utility));
        for word in ["REINSTATED", "UNARCHIVED", "FLAGGED", "APPROVED"] {
            let mut template = approved();
            template.told(at(1), &name(), &status(word));
            assert_eq!(offerable(&template), Ok(Category::Utility), "{word}");
        }
        for word in [
            "PENDING",
            "IN_APPEAL",
            "REJECTED",
            "PAUSED",
            "DISABLED",
            "DELETED",
            "PENDING_DELETION",
            "ARCHIVED",
            "LOCKED",
            "LIMIT_EXCEEDED",
            "SOMETHING_NEW",
        ] {
            let mut template = approved();
            template.told(at(1), &name(), &status(word));
            let why = offerable(&template).unwrap_err();
            let words = [Language::Es, Language::Pt, Language::En].map(|language| why.words(language));
            assert!(words[0] != words[1] && words[1] != words[2], "{word}: {words:?}");
        }
    }

    #[test]
    fn another_category_is_offered_only_when_somebody_has_taken_it_as_it_is() {
        let mut template = approved();
        template.told(at(1), &name(), &category("MARKETING"));
        let why = Why::Recategorised { was: Category::Utility, is: Category::Marketing };
        assert_eq!(offerable(&template), Err(why));
        let what = Submission::AcceptCategory { category: Category::Marketing };
        let (account, template_name) = ("2".into(), name());
        template.submitted(&TemplateSubmitted { account, template: template_name, at: at(2), what });
        assert_eq!(offerable(&template), Ok(Category::Marketing));
    }

    #[test]
    fn a_template_that_is_made_anew_under_its_name_begins_anew() {
        let mut template = approved();
        template.told(at(1), &name(), &status("DELETED"));
        let anew = TemplateName { id: "9".into(), ..name() };
        template.told(at(2), &anew, &status("APPROVED"));
        assert_eq!((template.template.id.as_str(), template.is_incomplete()), ("9", true));
    }

    proptest! {
        #[test]
        fn the_order_and_the_repetition_of_what_is_told_change_nothing(
            (told, shuffled) in prop::collection::vec(
                (prop_oneof![
                    "APPROVED|PAUSED|REJECTED|FLAGGED".prop_map(|word| status(&word)),
                    "UTILITY|MARKETING".prop_map(|word| category(&word)),
                ], 1i64..5), 1..8)
                .prop_flat_map(|told| (Just(told.clone()), Just([told.clone(), told].concat()).prop_shuffle()))
        ) {
            let after = |changes: &[(TemplateChange, i64)]| {
                let mut template = approved();
                changes.iter().for_each(|(change, second)| template.told(at(*second), &name(), change));
                (offerable(&template), template.status, template.category)
            };
            prop_assert_eq!(after(&told), after(&shuffled));
        }
    }
}
