//! The host's law on writing to customers.
//!
//! Rules and people want messages sent; whether they may is decided here, in the last moment before one leaves, and
//! nothing that a plugin returns gets around it. The parts are values and pure functions: the windows
//! (`crate::window`), consent, contact hours, frequency, money. `Law::permits` puts them together and is what the sender
//! asks.

pub mod amount;
pub mod caps;
pub mod class;
pub mod consent;
pub mod contact_hours;
pub mod countries;
pub mod frequency;
pub mod keywords;
pub mod language;
pub mod permission;
pub mod prices;
pub mod pricing;
pub mod reason;
pub mod spending;
pub mod table;

#[cfg(test)]
mod forms;

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::Time;
use crate::company::Mistake;
use crate::contact::Contact;
use crate::message::Identity;
use crate::stream::Actor;
use amount::Amount;
use caps::Caps;
use class::Category;
use consent::OptInStance;
use countries::Countries;
use prices::Prices;
use pricing::Billed;
use reason::Reason;
use spending::Month;

/// What the company's file says of writing to customers.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Contacting {
    /// Whose word is taken for a consent to marketing.
    pub marketing_opt_in: OptInStance,
    /// How much may be spent in a month.
    pub caps: Caps,
    /// How many of one template somebody may send within an hour before others have to agree.
    pub mass_threshold: MassThreshold,
    /// The file with the countries' rules, relative to the company's; those that are built in if absent.
    pub countries: Option<String>,
    /// The file with the prices, relative to the company's.
    pub prices: Option<String>,
}

/// How many of one template somebody may send within an hour before others have to agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MassThreshold(pub usize);

impl Default for MassThreshold {
    fn default() -> Self {
        Self(50)
    }
}

/// The law of one company.
#[derive(Debug, Clone)]
pub struct Law {
    countries: Countries,
    prices: Option<Prices>,
    caps: Caps,
    opt_in: OptInStance,
    mass: MassThreshold,
    zone: TimeZone,
}

impl Law {
    /// From what the company's file says and its tables. `zone` is the company's. Caps need prices: without them nothing
    /// would ever be spent.
    pub fn new(
        contacting: &Contacting,
        zone: &str,
        countries: Countries,
        prices: Option<Prices>,
    ) -> Result<Self, Mistake> {
        if prices.is_none() && !contacting.caps.is_empty() {
            return Err(Mistake {
                key: "contacting.prices".into(),
                value: String::new(),
                expected: "the name of a table of prices was expected, as `prices.toml`: caps need one"
                    .into(),
            });
        }
        let zone = TimeZone::get(zone).map_err(|_| Mistake {
            key: "zone".into(),
            value: zone.to_owned(),
            expected: "the IANA name of a time zone was expected, as `America/Bogota`".into(),
        })?;
        Ok(Self {
            countries,
            prices,
            caps: contacting.caps.clone(),
            opt_in: contacting.marketing_opt_in,
            mass: contacting.mass_threshold,
            zone,
        })
    }

    /// The month in which a moment is counted.
    pub fn month(&self, at: Time) -> Month {
        Month::of(at, &self.zone)
    }

    /// What a message costs that is not free; nothing without a table of prices.
    pub fn rate(&self, to: &Identity, billed: Billed) -> Amount {
        self.prices.as_ref().map_or(Amount::ZERO, |prices| prices.rate(&self.countries.of(to).code, billed))
    }

    /// The countries' rules.
    pub fn countries(&self) -> &Countries {
        &self.countries
    }

    /// Whether a cap may keep somebody from sending. Whoever it may has to be asked after all that was sent before.
    pub fn may_stop(&self, who: &Actor) -> bool {
        matches!(who, Actor::Rule(_)) && !self.caps.is_empty()
    }

    /// Whether somebody lets templates of a category be sent to them.
    pub fn consents(&self, contact: &Contact, category: Category) -> Result<(), Reason> {
        contact.consent.allows(category, self.opt_in)
    }

    /// Whose word is taken for a consent to marketing.
    pub fn stance(&self) -> OptInStance {
        self.opt_in
    }

    /// How many of one template somebody may send within an hour before others have to agree.
    pub fn mass_threshold(&self) -> usize {
        self.mass.0
    }

    /// What may be spent in a month: on all numbers, by single ones, by single rules.
    pub fn caps(&self) -> &Caps {
        &self.caps
    }

    /// What may be spent in a month on all numbers together.
    pub fn month_cap(&self) -> Option<Amount> {
        self.caps.month
    }

    /// The currency of all amounts, as `USD`; none without a table of prices.
    pub fn currency(&self) -> Option<&str> {
        self.prices.as_ref().map(Prices::currency)
    }
}
