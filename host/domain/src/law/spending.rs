//! What was spent in a month: a sum that is kept by differences.
//!
//! Folded from `message-charged`, each of which says what a message was charged before and what it is now. A tally is of
//! one number and one month, so that the state that is read and written with each message stays small however long the
//! company lives; the spending of a month is all its numbers' tallies together.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::amount::Amount;
use super::pricing::{Billed, Charge, FREE_SERVICE, Tier};
use crate::Time;
use crate::event::MessageCharged;
use crate::id::{NumberId, RuleId};
use crate::stream::Actor;
use crate::text::as_text;

/// A calendar month. Of which zone is said nowhere by Meta; here it is the company's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    year: i16,
    month: i8,
}

impl Month {
    /// The month of a moment.
    pub fn of(at: Time, zone: &TimeZone) -> Self {
        let date = at.to_zoned(zone.clone()).date();
        Self { year: date.year(), month: date.month() }
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

/// A text that is no month.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no month: `2026-11` was expected")]
pub struct NotAMonth(String);

impl FromStr for Month {
    type Err = NotAMonth;

    fn from_str(text: &str) -> Result<Self, NotAMonth> {
        let read = || -> Option<Self> {
            let (year, month) = text.split_once('-')?;
            let (year, month) = (year.parse().ok()?, month.parse().ok()?);
            (1..=12).contains(&month).then_some(Self { year, month })
        };
        read().ok_or_else(|| NotAMonth(text.to_owned()))
    }
}

as_text! { Month }

/// Messages of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Sum {
    /// Those that are paid for.
    #[serde(default)]
    pub paid: u64,
    /// Those of the free service messages.
    #[serde(default)]
    pub free_service: u64,
    /// Those that are free for another reason.
    #[serde(default)]
    pub free_otherwise: u64,
    /// What they cost.
    #[serde(default)]
    pub amount: Amount,
}

impl Sum {
    fn count(&mut self, tier: Tier) -> &mut u64 {
        match tier {
            Tier::Regular => &mut self.paid,
            Tier::FreeService => &mut self.free_service,
            Tier::FreeEntryPoint | Tier::FreeOther => &mut self.free_otherwise,
        }
    }
}

/// What one number spent in one month.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tally {
    /// By what the messages are billed as.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    kinds: BTreeMap<Billed, Sum>,
    /// What rules had sent, of that.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    rules: BTreeMap<RuleId, Amount>,
}

impl Tally {
    /// Takes in one event of its number and month.
    pub fn fold(&mut self, charged: &MessageCharged) {
        if let Some(Charge { billed, tier, amount }) = charged.was {
            let sum = self.kinds.entry(billed).or_default();
            *sum.count(tier) = sum.count(tier).saturating_sub(1);
            sum.amount = sum.amount.without(amount);
        }
        if let Some(Charge { billed, tier, amount }) = charged.is {
            let sum = self.kinds.entry(billed).or_default();
            *sum.count(tier) += 1;
            sum.amount += amount;
        }
        if let Actor::Rule(rule) = &charged.by {
            let of_rule = self.rules.entry(rule.clone()).or_default();
            let amount = |charge: Option<Charge>| charge.map_or(Amount::ZERO, |charge| charge.amount);
            *of_rule = (*of_rule + amount(charged.is)).without(amount(charged.was));
        }
    }

    /// The messages of one kind.
    pub fn kind(&self, billed: Billed) -> Sum {
        self.kinds.get(&billed).copied().unwrap_or_default()
    }

    /// The messages by what they are billed as.
    pub fn kinds(&self) -> impl Iterator<Item = (Billed, Sum)> {
        self.kinds.iter().map(|(billed, sum)| (*billed, *sum))
    }

    /// The rules that had anything sent.
    pub fn rules(&self) -> impl Iterator<Item = &RuleId> {
        self.rules.keys()
    }

    /// All that was spent.
    pub fn spent(&self) -> Amount {
        self.kinds.values().map(|sum| sum.amount).sum()
    }

    /// What a rule spent.
    pub fn spent_by(&self, rule: &RuleId) -> Amount {
        self.rules.get(rule).copied().unwrap_or_default()
    }

    /// The service messages that are still free. What came by an advertisement takes nothing from them.
    pub fn free_service_left(&self) -> u64 {
        let service = self.kind(Billed::Service);
        FREE_SERVICE.saturating_sub(service.free_service + service.paid)
    }
}

/// What all numbers spent in one month.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Spending(BTreeMap<NumberId, Tally>);

impl Spending {
    /// Takes in one event of the month.
    pub fn fold(&mut self, charged: &MessageCharged) {
        self.0.entry(charged.number.clone()).or_default().fold(charged);
    }

    /// All numbers that spent anything.
    pub fn numbers(&self) -> impl Iterator<Item = (&NumberId, &Tally)> {
        self.0.iter()
    }

    /// One number's.
    pub fn of(&self, number: &NumberId) -> Option<&Tally> {
        self.0.get(number)
    }

    /// All that was spent.
    pub fn spent(&self) -> Amount {
        self.0.values().map(Tally::spent).sum()
    }

    /// What a rule spent, on all numbers.
    pub fn spent_by(&self, rule: &RuleId) -> Amount {
        self.0.values().map(|tally| tally.spent_by(rule)).sum()
    }
}

impl FromIterator<(NumberId, Tally)> for Spending {
    fn from_iter<I: IntoIterator<Item = (NumberId, Tally)>>(tallies: I) -> Self {
        Self(tallies.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;
    use crate::law::pricing::{Bill, Pricing};

    fn month() -> Month {
        "2026-11".parse().unwrap()
    }

    #[test]
    fn a_month_begins_at_the_companys_midnight() {
        let bogota = TimeZone::get("America/Bogota").unwrap();
        assert_eq!(Month::of("2026-12-01T04:59:59Z".parse().unwrap(), &bogota), month());
        assert_eq!(Month::of("2026-12-01T05:00:00Z".parse().unwrap(), &bogota).to_string(), "2026-12");
        for wrong in ["2026", "2026-13", "2026-00", "x-1"] {
            assert!(wrong.parse::<Month>().is_err());
        }
    }

    /// What Meta may say of one message: its one price, several times, and that it failed.
    #[derive(Debug, Clone)]
    enum Told {
        Price,
        Failed,
    }

    #[derive(Debug, Clone)]
    struct Sent {
        number: &'static str,
        rule: Option<&'static str>,
        estimate: Charge,
        price: Charge,
        told: Vec<Told>,
    }

    fn charge() -> impl Strategy<Value = Charge> {
        let kind = select(vec!["regular", "free_customer_service", "free_entry_point"]);
        let category = select(vec!["service", "marketing", "utility", "authentication"]);
        (kind, category, 1u64..100_000).prop_map(|(kind, category, millionths)| {
            Pricing { billable: None, kind, category }.charge(|_| Amount::from_millionths(millionths))
        })
    }

    fn sent() -> impl Strategy<Value = Sent> {
        let told = prop::collection::vec(prop_oneof![4 => Just(Told::Price), 1 => Just(Told::Failed)], 0..5);
        let rule = prop::option::of(select(vec!["promo", "reminders"]));
        (select(vec!["1", "2"]), rule, charge(), charge(), told)
            .prop_map(|(number, rule, estimate, price, told)| Sent { number, rule, estimate, price, told })
    }

    proptest! {
        #[test]
        fn each_message_is_counted_once_at_what_is_last_known_of_it(messages in prop::collection::vec(sent(), 1..30)) {
            let mut spending = Spending::default();
            let mut expected: BTreeMap<Option<&str>, u64> = BTreeMap::new();
            for message in &messages {
                let by = message.rule.map_or(Actor::Agent("ana".into()), |rule| Actor::Rule(rule.into()));
                let opened = Bill::open(message.number.into(), month(), by, message.estimate);
                spending.fold(&opened);
                let mut bill = Bill::from(&opened);
                for told in &message.told {
                    let event = match told {
                        Told::Price => bill.report(message.price),
                        Told::Failed => bill.void(),
                    };
                    if let Some(event) = event {
                        spending.fold(&event);
                        bill = Bill::from(&event);
                    }
                }
                let failed = message.told.iter().any(|told| matches!(told, Told::Failed));
                let last = if message.told.is_empty() { message.estimate } else { message.price };
                let amount = if failed { 0 } else { last.amount.millionths() };
                *expected.entry(message.rule).or_default() += amount;
            }
            prop_assert_eq!(spending.spent().millionths(), expected.values().sum::<u64>());
            for rule in ["promo", "reminders"] {
                let of_rule = expected.get(&Some(rule)).copied().unwrap_or_default();
                prop_assert_eq!(spending.spent_by(&rule.into()).millionths(), of_rule);
            }
        }
    }

    #[test]
    fn a_thousand_answers_are_free_and_what_came_by_an_advertisement_is_beside_them() {
        let mut tally = Tally::default();
        let answer = |tier| Charge { billed: Billed::Service, tier, amount: Amount::ZERO };
        for (tier, times) in [(Tier::FreeService, 990), (Tier::FreeEntryPoint, 50)] {
            for _ in 0..times {
                tally.fold(&Bill::open("1".into(), month(), Actor::Host, answer(tier)));
            }
        }
        assert_eq!(tally.free_service_left(), 10);
        let json = serde_json::to_string(&tally).unwrap();
        assert_eq!(serde_json::from_str::<Tally>(&json).unwrap(), tally);
    }
}
