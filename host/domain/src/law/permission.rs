//! Whether a message may leave: the one question that the sender asks.
//!
//! What cannot become right by waiting comes first and withholds the message; what can says until when. A service message
//! answers, so consent, hours and frequency do not concern it; a template opens a conversation, so the window does not
//! concern it.

use super::Law;
use super::caps::may_spend;
use super::class::Class;
use super::contact_hours::open_from;
use super::countries::Country;
use super::frequency;
use super::pricing::{Billed, Charge, Tier};
use super::reason::Reason;
use super::spending::Spending;
use crate::Time;
use crate::contact::Contact;
use crate::conversation::Conversation;
use crate::id::MessageId;
use crate::message::Identity;
use crate::stream::Actor;
use crate::window::Service;

/// What wants to leave.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The message: it does not count against itself when it is tried again.
    pub message: MessageId,
    /// What it is.
    pub class: Class,
    /// Who wants it sent.
    pub who: &'a Actor,
    /// Whether it was tried before. Then it is on its bill already, and no cap is asked again.
    pub tried: bool,
    /// Now.
    pub now: Time,
}

/// What is known.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// The conversation it belongs to: windows and number.
    pub conversation: &'a Conversation,
    /// The contact: consent, and when it was approached.
    pub contact: &'a Contact,
    /// The contact's identity, opened: it tells the country.
    pub identity: &'a Identity,
    /// What was spent in `Law::month(now)`.
    pub spending: &'a Spending,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Permission {
    /// It may leave, and this is what it will cost: what opens its bill.
    Send(Charge),
    /// It may not.
    Withhold(Reason),
    /// It may not yet, and may be asked about again at the moment.
    NotBefore(Time, Reason),
}

impl Law {
    /// Whether a message may leave now.
    pub fn permits(&self, request: &Request<'_>, known: &Known<'_>) -> Permission {
        let country = self.countries.of(known.identity);
        let estimate = self.estimate(request, known);
        if let Err(reason) = self.allows(request, known, country, estimate) {
            return Permission::Withhold(reason);
        }
        match timing(request, known, country) {
            Some((at, reason)) => Permission::NotBefore(at, reason),
            None => Permission::Send(estimate),
        }
    }

    /// What cannot become right by waiting.
    fn allows(
        &self,
        request: &Request<'_>,
        known: &Known<'_>,
        country: &Country,
        estimate: Charge,
    ) -> Result<(), Reason> {
        match request.class {
            Class::Service => {
                if let Service::Closed { since } = known.conversation.windows(request.now).service {
                    return Err(Reason::WindowClosed { since });
                }
            }
            Class::Template(category) => {
                known.contact.consent.allows(category, self.opt_in)?;
                if country.closed_to.contains(&category) {
                    let (country, law) = (country.name.clone(), country.law.clone());
                    return Err(Reason::CountryClosed { country, law });
                }
            }
        }
        if request.tried {
            return Ok(());
        }
        may_spend(known.spending, &self.caps, request.who, &known.conversation.number, estimate.amount)
            .map_err(Reason::CapReached)
    }

    /// What a message will cost if it leaves now.
    pub fn estimate(&self, request: &Request<'_>, known: &Known<'_>) -> Charge {
        let billed = Billed::from(request.class);
        let free_left = || {
            known.spending.of(&known.conversation.number).is_none_or(|tally| tally.free_service_left() > 0)
        };
        let tier = if known.conversation.windows(request.now).free_entry_point.is_some() {
            Tier::FreeEntryPoint
        } else if billed == Billed::Service && free_left() {
            Tier::FreeService
        } else {
            Tier::Regular
        };
        let amount =
            if tier == Tier::Regular { self.rate(known.identity, billed) } else { Default::default() };
        Charge { billed, tier, amount }
    }
}

/// From when on it may leave, and why not before; none if it may now.
fn timing(request: &Request<'_>, known: &Known<'_>, country: &Country) -> Option<(Time, Reason)> {
    let Class::Template(category) = request.class else { return None };
    if !country.governs.contains(&category) {
        return None;
    }
    let sent = known.contact.approaches.times(&country.governs, request.message);
    let often = frequency::earliest(&country.limits, &country.calendars, &sent, request.now);
    let from = often.map_or(request.now, |(at, _)| at);
    let law = country.law.clone();
    match (open_from(&country.calendars, from), often) {
        (Some(at), None) if at == request.now => None,
        // Hours that never come cannot be waited for: whoever looks again in a day finds the table put right, or waits on.
        (at, often) => {
            let at = at.unwrap_or_else(|| {
                from.saturating_add(jiff::SignedDuration::from_hours(24)).unwrap_or(Time::MAX)
            });
            let reason = match often {
                Some((_, limit)) => Reason::ContactFrequency { limit, law },
                None => Reason::ContactHours { country: country.name.clone(), law },
            };
            Some((at, reason))
        }
    }
}

#[cfg(test)]
mod tests;
