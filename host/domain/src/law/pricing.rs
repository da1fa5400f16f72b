//! What a message costs: as estimated before it leaves, and as Meta reports it afterwards.
//!
//! Meta tells the price with a status, and tells it again with the next, late and in any order (Meta, *Webhooks:
//! statuses*, `pricing`). So each message has one bill. Its charge is estimated when the message is about to leave, so
//! that what is on its way counts against a cap; replaced by what Meta reports; and voided if the message fails, for what
//! is charged are delivered messages. Every change says what was charged before and what is now, and sums are kept by
//! the difference: nothing is counted twice.
//!
//! The rules are those in force since 1 October 2026 (Meta, *Pricing*): every message is priced singly, service messages
//! too, beyond the first 1,000 of a number and calendar month; utility templates in an open window are charged; all
//! messages are free while a free entry point window is open.

use serde::{Deserialize, Serialize};

use super::amount::Amount;
use super::class::{Category, Class};
use super::spending::Month;
use crate::event::MessageCharged;
use crate::id::NumberId;
use crate::stream::Actor;

/// The service messages of a number that are free in a calendar month.
pub const FREE_SERVICE: u64 = 1_000;

/// As what a message is billed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Billed {
    /// Free form.
    Service,
    /// Marketing, also by the marketing messages API (`marketing_lite`) and in groups.
    Marketing,
    /// Utility.
    Utility,
    /// A one-time code.
    Authentication,
    /// A one-time code across a border, where Meta has a rate for that.
    AuthenticationInternational,
    /// Something of which this version has not heard.
    Other,
}

impl Billed {
    /// Its word.
    pub fn word(self) -> String {
        crate::text::word(&self)
    }
}

impl Billed {
    /// From Meta's word (`pricing.category`), which is spelled with hyphens and with underscores.
    pub fn of(word: &str) -> Self {
        match word.replace('-', "_").to_ascii_lowercase().as_str() {
            // An answer to whoever came by an advertisement (`referral_conversion`) is an answer.
            "service" | "group_service" | "referral_conversion" => Self::Service,
            "marketing" | "marketing_lite" | "group_marketing" => Self::Marketing,
            "utility" | "group_utility" => Self::Utility,
            "authentication" => Self::Authentication,
            "authentication_international" => Self::AuthenticationInternational,
            _ => Self::Other,
        }
    }
}

impl From<Class> for Billed {
    fn from(class: Class) -> Self {
        match class {
            Class::Service => Self::Service,
            Class::Template(Category::Marketing) => Self::Marketing,
            Class::Template(Category::Utility) => Self::Utility,
            Class::Template(Category::Authentication) => Self::Authentication,
        }
    }
}

/// Whether a message is paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tier {
    /// It is.
    Regular,
    /// Within the free service messages of the month.
    FreeService,
    /// The customer came by an advertisement.
    FreeEntryPoint,
    /// Free for another reason.
    FreeOther,
}

/// What one message costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    /// As what.
    #[serde(rename = "as")]
    pub billed: Billed,
    /// Whether it is paid for.
    pub tier: Tier,
    /// How much, by the company's table; nothing if it is free, or if there is no table.
    pub amount: Amount,
}

/// What Meta reports (`statuses.pricing`), in Meta's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pricing<'a> {
    /// Whether it is charged; about to be dropped by Meta.
    pub billable: Option<bool>,
    /// `regular`, `free_customer_service`, `free_entry_point`, `free_group_customer_service`.
    pub kind: &'a str,
    /// `service`, `marketing` …
    pub category: &'a str,
}

impl Pricing<'_> {
    /// The charge, at the rate that the company's table has for `billed` (see `Law::rate`).
    pub fn charge(self, rate: impl FnOnce(Billed) -> Amount) -> Charge {
        let billed = Billed::of(self.category);
        let tier = match (self.kind, self.billable) {
            ("regular", _) => Tier::Regular,
            ("free_entry_point", _) => Tier::FreeEntryPoint,
            ("free_customer_service", _) if billed == Billed::Service => Tier::FreeService,
            (kind, billable) if kind.starts_with("free") || billable == Some(false) => Tier::FreeOther,
            _ => Tier::Regular,
        };
        let amount = if tier == Tier::Regular { rate(billed) } else { Amount::ZERO };
        Charge { billed, tier, amount }
    }
}

/// The bill of one message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bill {
    /// The number it left from.
    pub number: NumberId,
    /// The month it is counted in.
    pub month: Month,
    /// Who had it sent.
    pub by: Actor,
    /// What it costs; none if it costs nothing because it failed.
    pub charge: Option<Charge>,
    /// Whether Meta has said so.
    pub reported: bool,
}

impl Bill {
    /// An event that opens the bill of a message that is about to leave.
    pub fn open(number: NumberId, month: Month, by: Actor, estimate: Charge) -> MessageCharged {
        MessageCharged { number, month, by, was: None, is: Some(estimate), reported: false }
    }

    /// An event that opens the bill of a message that had none before Meta reported its price.
    pub fn open_reported(number: NumberId, month: Month, by: Actor, charge: Charge) -> MessageCharged {
        MessageCharged { number, month, by, was: None, is: Some(charge), reported: true }
    }

    /// The event for what Meta reports; none if it was known, or the message has failed.
    pub fn report(&self, charge: Charge) -> Option<MessageCharged> {
        let known = self.reported && self.charge.is_none_or(|known| known == charge);
        (!known).then(|| MessageCharged { is: Some(charge), reported: true, ..self.unchanged() })
    }

    /// The event for a message that failed or was refused for good; none if that was known.
    pub fn void(&self) -> Option<MessageCharged> {
        let known = self.reported && self.charge.is_none();
        (!known).then(|| MessageCharged { is: None, reported: true, ..self.unchanged() })
    }

    fn unchanged(&self) -> MessageCharged {
        MessageCharged {
            number: self.number.clone(),
            month: self.month,
            by: self.by.clone(),
            was: self.charge,
            is: self.charge,
            reported: self.reported,
        }
    }
}

impl From<&MessageCharged> for Bill {
    fn from(charged: &MessageCharged) -> Self {
        Self {
            number: charged.number.clone(),
            month: charged.month,
            by: charged.by.clone(),
            charge: charged.is,
            reported: charged.reported,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pricing(kind: &'static str, category: &'static str) -> Charge {
        Pricing { billable: None, kind, category }.charge(|_| Amount::from_millionths(20_000))
    }

    #[test]
    fn metas_words_are_understood_in_all_their_spellings() {
        let paid = pricing("regular", "authentication-international");
        assert_eq!((paid.billed, paid.tier), (Billed::AuthenticationInternational, Tier::Regular));
        assert_eq!(pricing("regular", "authentication_international"), paid);
        assert_eq!(paid.amount.to_string(), "0.02");
        let free = pricing("free_entry_point", "referral_conversion");
        assert_eq!((free.tier, free.amount), (Tier::FreeEntryPoint, Amount::ZERO));
        assert_eq!(pricing("free_customer_service", "service").tier, Tier::FreeService);
        // Until October 2026 it was said of utility too.
        assert_eq!(pricing("free_customer_service", "utility").tier, Tier::FreeOther);
    }

    #[test]
    fn what_is_not_understood_is_taken_for_paid() {
        assert_eq!(pricing("bulk", "general_purpose_ai").tier, Tier::Regular);
        let said = Pricing { billable: Some(false), kind: "bulk", category: "utility" };
        assert_eq!(said.charge(|_| Amount::from_millionths(1)).tier, Tier::FreeOther);
    }
}
