//! Who wants to hear from the company, and of what.
//!
//! A ledger per contact and category of template. Service messages need no consent: they answer. What a customer said
//! last counts, by the moment at which they said it and not by the order in which we learned of it; of two things said in
//! the same second the refusal counts, because writing to somebody who said no is the worse mistake. What made the entry
//! (the words, the form, the row of a file) is evidence, sealed in the event; the state holds what the next message has
//! to know.
//!
//! Sources: Meta, *Get opt-in for WhatsApp* (an opt-in states that the person will receive messages from the business
//! and names it; every request to stop is respected, wherever it is made), *Webhooks: user_preferences*, error 131050.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::class::Category;
use super::keywords;
use super::language::Language;
use super::reason::Reason;
use crate::Time;
use crate::event::ConsentChanged;
use crate::message::Content;
use crate::sealed::{Personal, Sealed};

/// What a customer wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Consent {
    /// To hear from us.
    OptIn,
    /// Not to.
    OptOut,
}

/// How we know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// The customer wrote `BAJA`, `SAIR`, `STOP` or the like.
    Keyword,
    /// The customer used WhatsApp's own switch (`user_preferences`).
    Preference,
    /// WhatsApp refused a message because the customer had used it (131050).
    Refusal,
    /// The customer told an agent.
    Agent,
    /// The customer filled in a form.
    Form,
    /// The company brought it from another system.
    Import,
}

/// What an entry rests on: the words, the address of the form, the row of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence(pub String);

impl Personal for Evidence {
    const LABEL: &'static str = "consent.evidence";
}

/// Whose word the company takes for a customer's consent to marketing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OptInStance {
    /// An opt-in in the ledger that names the business.
    #[default]
    Recorded,
    /// The company's: it has the opt-ins elsewhere and answers for them. An opt-out counts all the same.
    CompanyVouches,
}

/// What a customer last said of one category.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Entry {
    // The order of the fields is the order of precedence.
    /// When they said so.
    pub at: Time,
    /// What.
    pub consent: Consent,
    /// Whether the opt-in named the business.
    pub names_business: bool,
    /// How we know.
    pub source: Source,
}

/// The consents of one contact, folded from `consent-changed`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Ledger(BTreeMap<Category, Entry>);

impl Ledger {
    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What was last said of a category.
    pub fn entry(&self, category: Category) -> Option<Entry> {
        self.0.get(&category).copied()
    }

    /// Takes in one event, in whatever order they come.
    pub fn fold(&mut self, changed: &ConsentChanged) {
        let told = Entry {
            at: changed.at,
            consent: changed.consent,
            names_business: changed.names_business,
            source: changed.source,
        };
        self.0.entry(changed.category).and_modify(|known| *known = told.max(*known)).or_insert(told);
    }

    /// Whether a template of a category may be sent. Marketing needs an opt-in; the others need that nobody opted out.
    pub fn allows(&self, category: Category, stance: OptInStance) -> Result<(), Reason> {
        match self.entry(category) {
            Some(Entry { consent: Consent::OptOut, at, .. }) => Err(Reason::OptedOut { category, at }),
            Some(Entry { consent: Consent::OptIn, names_business: true, .. }) => Ok(()),
            _ if category == Category::Marketing && stance == OptInStance::Recorded => Err(Reason::NoOptIn),
            _ => Ok(()),
        }
    }
}

impl ConsentChanged {
    /// Something that was said at a moment. It cannot have been said after `now`: a date in the future, from a file or a
    /// clock that is wrong, would outlive every later word of the customer.
    pub fn new(category: Category, consent: Consent, source: Source, at: Time, now: Time) -> Self {
        Self { category, consent, names_business: false, source, at: at.min(now), evidence: None }
    }

    /// The same, as an opt-in that named the business.
    pub fn naming_business(self) -> Self {
        Self { names_business: self.consent == Consent::OptIn, ..self }
    }

    /// The same, resting on something.
    pub fn on(self, evidence: Sealed<Evidence>) -> Self {
        Self { evidence: Some(evidence), ..self }
    }

    /// What WhatsApp's own switch says (`user_preferences`): `stop`, `resume` or `signup`, all of marketing. The customer
    /// used it in the chat with the business, so it names it. None for a value of which this version has not heard.
    pub fn by_preference(value: &str, at: Time, now: Time) -> Option<Self> {
        let consent = match value {
            "stop" => Consent::OptOut,
            "resume" | "signup" => Consent::OptIn,
            _ => return None,
        };
        Some(Self::new(Category::Marketing, consent, Source::Preference, at, now).naming_business())
    }

    /// What WhatsApp's refusal of a marketing message says (131050, "user stopped marketing").
    pub fn by_refusal(at: Time, now: Time) -> Self {
        Self::new(Category::Marketing, Consent::OptOut, Source::Refusal, at, now)
    }
}

/// The categories that a customer's word is about. A one-time code is left out: nobody gets one without having asked.
const ABOUT: [Category; 2] = [Category::Marketing, Category::Utility];

/// What a customer's message asks the ledger for.
#[derive(Debug, Clone, PartialEq)]
pub struct Heard {
    /// The entries to write; none if the ledger says so already.
    pub changes: Vec<ConsentChanged>,
    /// What to answer, once: none unless something changed.
    pub confirmation: Option<String>,
}

/// Hears an opt-out in a customer's message, or that a customer who had opted out wants to be back; none in any other.
/// `language` is the contact's, `at` when it was written by Meta's clock. The confirmation belongs into the same commit as
/// the changes: then there is exactly one.
///
/// The words for being back are no first opt-in: "start" also starts a bot, "voltar" also leaves a menu, and a consent
/// that nobody meant to give is none.
pub fn hear(
    ledger: &Ledger,
    content: &Content,
    language: Language,
    company: &str,
    at: Time,
    now: Time,
) -> Option<Heard> {
    let consent = match content {
        Content::Text { body } => keywords::heard(body, language)?,
        // A button of a template says what the template's author wrote on it. A row of a menu does not count: there
        // "salir" leaves the menu.
        Content::Button { text, .. } => keywords::heard(text, language)?,
        _ => return None,
    };
    let known = |category| ledger.entry(category).map(|entry| (entry.consent, entry.at));
    let changes: Vec<ConsentChanged> = ABOUT
        .into_iter()
        .map(|category| ConsentChanged::new(category, consent, Source::Keyword, at, now).naming_business())
        .filter(|change| match (consent, known(change.category)) {
            (Consent::OptOut, None) => true,
            (Consent::OptOut, Some((known, since))) => known == Consent::OptIn && change.at >= since,
            (Consent::OptIn, Some((known, since))) => known == Consent::OptOut && change.at > since,
            (Consent::OptIn, None) => false,
        })
        .collect();
    if consent == Consent::OptIn && changes.is_empty() {
        return None;
    }
    let confirmation = (!changes.is_empty()).then(|| keywords::confirmation(consent, language, company));
    Some(Heard { changes, confirmation })
}

#[cfg(test)]
mod tests;
