//! Who gets a campaign, who does not, and why.
//!
//! Whoever is left out here would be refused when it is their turn, or waited for too long; leaving them out before anybody
//! signs makes the number that is signed the number that is sent. The law is asked again at every message all the same.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Cost, Reach, digest};
use crate::Time;
use crate::contact::Contact;
use crate::conversation::Conversation;
use crate::id::{ContactId, MessageId, NumberId};
use crate::law::Law;
use crate::law::amount::Amount;
use crate::law::class::{Category, Class};
use crate::law::consent::Consent;
use crate::law::contact_hours::open_from;
use crate::law::countries::Country;
use crate::law::frequency;
use crate::law::language::Language;
use crate::law::reason::Reason;
use crate::message::Identity;

/// Which contacts. What is absent limits nothing; of several, each has to fit.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Query {
    /// Whose open case has one of these tags.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub tags: BTreeSet<String>,
    /// With whom one of these languages is spoken, as `es`.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub languages: BTreeSet<String>,
    /// Who is of one of these countries (ISO 3166).
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub countries: BTreeSet<String>,
    /// Who has a conversation on this number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<NumberId>,
    /// Who has written since then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub written_since: Option<Time>,
    /// Who has not written since then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub written_before: Option<Time>,
    /// Who has opted in to this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opted_in: Option<Category>,
}

/// Somebody who could get a campaign, opened.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The contact as it is kept.
    pub contact: Contact,
    /// Who they are.
    pub identity: Identity,
    /// Their conversations.
    pub conversations: Vec<Conversation>,
    /// The tags of their open cases.
    pub tags: BTreeSet<String>,
    /// Whether the template can be filled for them.
    pub filled: bool,
}

impl Query {
    /// Whether somebody is asked for.
    pub fn fits(&self, candidate: &Candidate, law: &Law) -> bool {
        let none = |set: &BTreeSet<String>| set.is_empty();
        let Candidate { contact, identity, conversations, tags, .. } = candidate;
        let written = conversations.iter().filter_map(|conversation| conversation.last_inbound).max();
        let opted_in = |category| is_opted_in(contact, category);
        (none(&self.tags) || !self.tags.is_disjoint(tags))
            && (none(&self.languages) || self.languages.contains(&contact.language))
            && (none(&self.countries) || self.countries.contains(&law.countries().of(identity).code))
            && self.number.as_ref().is_none_or(|number| conversations.iter().any(|one| one.number == *number))
            && self.written_since.is_none_or(|since| written.is_some_and(|written| written >= since))
            && self.written_before.is_none_or(|before| written.is_none_or(|written| written < before))
            && self.opted_in.is_none_or(opted_in)
    }
}

fn is_opted_in(contact: &Contact, category: Category) -> bool {
    contact.consent.entry(category).is_some_and(|entry| entry.consent == Consent::OptIn)
}

/// Why somebody is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LeftOut {
    /// They stand in the list twice.
    Duplicate,
    /// They were forgotten.
    Erased,
    /// Their data are kept for a duty, and for nothing else.
    Held,
    /// No phone is known, or none that is one.
    NoPhone,
    /// They want no such messages.
    OptedOut,
    /// They have not agreed to any.
    NoOptIn,
    /// Such messages are not sent to their country.
    CountryClosed,
    /// They were written to as often as is allowed.
    Frequency,
    /// The template wants something that is not known of them.
    NotFilled,
}

impl LeftOut {
    /// What a person reads.
    pub fn words(self, language: Language) -> &'static str {
        #[rustfmt::skip] // A table is read in rows.
        let [es, pt, en] = match self {
            Self::Duplicate => ["repetidos", "repetidos", "twice in the list"],
            Self::Erased => ["suprimidos", "eliminados", "erased"],
            Self::Held => ["retenidos", "retidos", "on hold"],
            Self::NoPhone => ["sin teléfono", "sem telefone", "without a phone"],
            Self::OptedOut => ["no quieren estos mensajes", "não querem estas mensagens", "opted out"],
            Self::NoOptIn => ["no consta que aceptaran", "não consta que aceitaram", "no opt-in on record"],
            Self::CountryClosed => ["su país no los admite", "seu país não os admite", "closed country"],
            Self::Frequency => ["ya se les escribió lo permitido", "já receberam o permitido", "written to often enough"],
            Self::NotFilled => ["falta un dato para la plantilla", "falta um dado para o modelo", "the template lacks something"],
        };
        language.pick(es, pt, en)
    }
}

/// Chooses who gets a template of a category that begins at a moment.
#[derive(Debug)]
pub struct Choice<'a> {
    law: &'a Law,
    category: Category,
    starts: Time,
    chosen: BTreeSet<ContactId>,
    seen: BTreeSet<ContactId>,
    reach: Reach,
    amount: Amount,
    /// Whether a country is inside its contact hours then.
    open: BTreeMap<String, bool>,
    opened: u32,
}

impl<'a> Choice<'a> {
    /// Of nobody yet.
    pub fn new(law: &'a Law, category: Category, starts: Time) -> Self {
        Self {
            law,
            category,
            starts,
            chosen: BTreeSet::new(),
            seen: BTreeSet::new(),
            reach: Reach::default(),
            amount: Amount::ZERO,
            open: BTreeMap::new(),
            opened: 0,
        }
    }

    /// Somebody whom it could go to; none of who was forgotten.
    pub fn consider(&mut self, id: ContactId, candidate: Option<&Candidate>) {
        if !self.seen.insert(id) {
            return self.leave_out(LeftOut::Duplicate);
        }
        let Some(candidate) = candidate else { return self.leave_out(LeftOut::Erased) };
        match self.may(candidate) {
            Ok(country) => self.take(id, candidate, &country.clone()),
            Err(why) => self.leave_out(why),
        }
    }

    /// Somebody who cannot even be looked at.
    pub fn leave_out(&mut self, why: LeftOut) {
        *self.reach.left_out.entry(why).or_default() += 1;
    }

    fn may(&self, candidate: &Candidate) -> Result<&'a Country, LeftOut> {
        let Candidate { contact, identity, filled, .. } = candidate;
        let country = self.law.countries().of(identity);
        if contact.hold.is_some() {
            return Err(LeftOut::Held);
        }
        if identity.phone.is_none() {
            return Err(LeftOut::NoPhone);
        }
        self.law.consents(contact, self.category).map_err(|reason| match reason {
            Reason::OptedOut { .. } => LeftOut::OptedOut,
            _ => LeftOut::NoOptIn,
        })?;
        if country.closed_to.contains(&self.category) {
            return Err(LeftOut::CountryClosed);
        }
        if country.governs.contains(&self.category) {
            let sent = contact.approaches.times(&country.governs, MessageId::from_bytes([0; 16]));
            if frequency::earliest(&country.limits, &country.calendars, &sent, self.starts).is_some() {
                return Err(LeftOut::Frequency);
            }
        }
        if *filled { Ok(country) } else { Err(LeftOut::NotFilled) }
    }

    fn take(&mut self, id: ContactId, candidate: &Candidate, country: &Country) {
        self.chosen.insert(id);
        *self.reach.countries.entry(country.code.clone()).or_default() += 1;
        self.reach.opted_in += u32::from(is_opted_in(&candidate.contact, self.category));
        let billed = Class::Template(self.category).into();
        self.amount += self.law.rate(&candidate.identity, billed);
        let governed = country.governs.contains(&self.category);
        let (starts, calendars) = (self.starts, &country.calendars);
        let open = self.open.entry(country.code.clone());
        let open = open.or_insert_with(|| !governed || open_from(calendars, starts) == Some(starts));
        self.opened += u32::from(*open);
    }

    /// Who it is, in the order of their ids, what that comes to and costs.
    pub fn made(self, cap: Option<Amount>, spent: Amount) -> (Vec<ContactId>, Reach, Cost) {
        let contacts: Vec<ContactId> = self.chosen.into_iter().collect();
        let count = u32::try_from(contacts.len()).unwrap_or(u32::MAX);
        let permille = u64::from(self.opened) * 1_000 / u64::from(count.max(1));
        let reach = Reach {
            contacts: count,
            digest: Some(digest(&contacts)),
            open_permille: u32::try_from(permille).unwrap_or(1_000),
            ..self.reach
        };
        let currency = self.law.currency().map(ToOwned::to_owned);
        (contacts, reach, Cost { amount: self.amount, currency, cap, spent })
    }
}
