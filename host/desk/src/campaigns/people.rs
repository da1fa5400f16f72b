//! People whom the company names by their phones: who is a contact, and who becomes one.
//!
//! Nobody becomes a contact to whom nothing may be sent: without an opt-in of theirs the company has no reason to keep them. What
//! an opt-in rests on is sealed with it, and what a customer said later counts more.

use std::collections::BTreeMap;

use domain::Time;
use domain::campaign::audience::LeftOut;
use domain::event::ConsentChanged;
use domain::id::{ContactId, NumberId};
use domain::law::class::Category;
use domain::law::consent::{Consent, Evidence, Ledger, Source};
use domain::message::{Identity, Profile};
use domain::stream::{Actor, Stream};
use store::Draft;

use super::CampaignError;
use crate::dispatcher::introduce;
use crate::people::by_phone;
use crate::shared::Shared;

/// People who are looked at together: the new contacts among them share an fsync.
const TOGETHER: usize = 500;

/// The longest evidence that is kept, in bytes.
const LONGEST: usize = 1_000;

/// The digits of a phone, with the country code (E.164).
const DIGITS: std::ops::RangeInclusive<usize> = 8..=15;

/// Somebody in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The phone with the country code, in any spelling.
    pub phone: String,
    /// What they are called; empty if it is not known.
    pub name: String,
    /// That they agreed to such messages of the company.
    pub opted_in: Option<OptedIn>,
}

/// That somebody agreed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptedIn {
    /// When they said so.
    pub at: Time,
    /// What it rests on: the address of a form, the row of a file.
    pub evidence: String,
}

/// How many are left out, by why.
pub(super) type LeftOuts = BTreeMap<LeftOut, u32>;

/// What a list comes to.
pub(super) struct Found {
    pub(super) contacts: Vec<ContactId>,
    pub(super) left_out: LeftOuts,
}

/// Finds the contacts of a list and makes those who may become one.
pub(super) async fn find(
    shared: &Shared,
    by: &Actor,
    number: &NumberId,
    category: Category,
    people: Vec<Listed>,
) -> Result<Found, CampaignError> {
    let mut found = Found { contacts: Vec::with_capacity(people.len()), left_out: LeftOuts::new() };
    // Whom the law would let write to without any word of theirs.
    let stance = shared.active.load().company.law().stance();
    let without = Ledger::default().allows(category, stance).is_ok();
    for some in people.chunks(TOGETHER) {
        let mut fit = Vec::with_capacity(some.len());
        for one in some {
            let digits: String = one.phone.chars().filter(char::is_ascii_digit).collect();
            let is_one = DIGITS.contains(&digits.len());
            let known = is_one && shared.store.contact_by(&by_phone(&shared.keys, &digits))?.is_some();
            if !is_one {
                *found.left_out.entry(LeftOut::NoPhone).or_default() += 1;
            } else if known || one.opted_in.is_some() || without {
                fit.push((digits, known, one));
            } else {
                *found.left_out.entry(LeftOut::NoOptIn).or_default() += 1;
            }
        }
        let named: Vec<(Identity, Option<Profile>)> = fit
            .iter()
            .map(|(digits, known, one)| {
                let identity = Identity { phone: Some(digits.clone()), ..Identity::default() };
                // What a contact calls themselves counts more than what a file calls them.
                let profile = (!known).then(|| Profile { name: one.name.clone(), ..Profile::default() });
                (identity, profile)
            })
            .collect();
        let contacts = introduce(shared, by, number, &named).await?;
        let mut drafts = Vec::new();
        for (contact, (_, _, one)) in contacts.iter().zip(&fit) {
            drafts.extend(consent(shared, by, *contact, category, one)?);
        }
        if !drafts.is_empty() {
            // The ledger takes what is said in any order, so no version of it is expected.
            shared.store.commit(Vec::new(), drafts).await?;
        }
        found.contacts.extend(contacts);
    }
    Ok(found)
}

/// What a row says of a consent, if it is news.
fn consent(
    shared: &Shared,
    by: &Actor,
    contact: ContactId,
    category: Category,
    one: &Listed,
) -> Result<Option<Draft>, CampaignError> {
    let Some(OptedIn { at, evidence }) = &one.opted_in else { return Ok(None) };
    let (_, known) = shared.contact(contact)?;
    let changed = ConsentChanged::new(category, Consent::OptIn, Source::Import, *at, shared.now());
    let changed = changed.naming_business();
    let mut after = known.consent.clone();
    after.fold(&changed);
    if after == known.consent {
        return Ok(None);
    }
    let end = (0..=evidence.len().min(LONGEST)).rev().find(|end| evidence.is_char_boundary(*end));
    let evidence = Evidence(evidence.get(..end.unwrap_or(0)).unwrap_or_default().to_owned());
    let evidence = shared.seal(&evidence, contact, &shared.key(contact).map_err(CampaignError::Desk)?)?;
    Ok(Some(Draft::new(Stream::Contact(contact), by.clone(), changed.on(evidence))?))
}
