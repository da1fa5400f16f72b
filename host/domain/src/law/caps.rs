//! How much may be spent in a month.
//!
//! At a cap rules stop, and people do not: a machine that is wrong spends fast, and a customer who waits for a person is
//! not to learn of the budget. What people send counts all the same. A message that costs nothing passes every cap.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::amount::Amount;
use super::spending::Spending;
use crate::id::{NumberId, RuleId};
use crate::stream::Actor;

/// The company's caps, for each calendar month.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Caps {
    /// For all numbers together.
    pub month: Option<Amount>,
    /// For single numbers.
    pub numbers: BTreeMap<NumberId, Amount>,
    /// For single rules, on all numbers together.
    pub rules: BTreeMap<RuleId, Amount>,
}

impl Caps {
    /// Whether nothing is capped.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Which cap was reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cap {
    /// The company's.
    Month,
    /// A number's.
    Number(NumberId),
    /// A rule's.
    Rule(RuleId),
}

/// A cap that a message would go beyond.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CapReached {
    /// Which.
    pub which: Cap,
    /// What was spent of it already this month.
    pub spent: Amount,
    /// How much it is.
    pub cap: Amount,
}

/// Whether somebody may spend so much more from a number this month. Only rules are ever stopped.
pub fn may_spend(
    spending: &Spending,
    caps: &Caps,
    who: &Actor,
    number: &NumberId,
    estimate: Amount,
) -> Result<(), CapReached> {
    let Actor::Rule(rule) = who else { return Ok(()) };
    if estimate == Amount::ZERO {
        return Ok(());
    }
    let of_number = || spending.of(number).map_or(Amount::ZERO, |tally| tally.spent());
    let narrowest_first = [
        caps.rules.get(rule).map(|cap| (Cap::Rule(rule.clone()), spending.spent_by(rule), *cap)),
        caps.numbers.get(number).map(|cap| (Cap::Number(number.clone()), of_number(), *cap)),
        caps.month.map(|cap| (Cap::Month, spending.spent(), cap)),
    ];
    match narrowest_first.into_iter().flatten().find(|(_, spent, cap)| *spent + estimate > *cap) {
        Some((which, spent, cap)) => Err(CapReached { which, spent, cap }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;
    use crate::law::pricing::{Bill, Billed, Charge, Tier};

    fn amount(text: &str) -> Amount {
        text.parse().unwrap()
    }

    fn sent(number: &str, by: Actor, amount: Amount) -> crate::event::MessageCharged {
        let charge = Charge { billed: Billed::Marketing, tier: Tier::Regular, amount };
        Bill::open(number.into(), "2026-11".parse().unwrap(), by, charge)
    }

    fn promo() -> Actor {
        Actor::Rule("promo".into())
    }

    #[test]
    fn at_a_cap_the_rule_stops_and_the_person_goes_on() {
        let caps = Caps { month: Some(amount("1.00")), ..Caps::default() };
        let mut spending = Spending::default();
        spending.fold(&sent("1", Actor::Agent("ana".into()), amount("0.99")));
        let reached = CapReached { which: Cap::Month, spent: amount("0.99"), cap: amount("1.00") };
        let may = |who: &Actor, more| may_spend(&spending, &caps, who, &"2".into(), amount(more));
        assert_eq!(may(&promo(), "0.02"), Err(reached));
        assert_eq!(may(&promo(), "0.01"), Ok(()));
        assert_eq!(may(&promo(), "0"), Ok(()));
        assert_eq!(may(&Actor::Agent("ana".into()), "0.02"), Ok(()));
        assert_eq!(may(&Actor::Host, "0.02"), Ok(()));
    }

    #[test]
    fn the_narrowest_cap_is_named() {
        let caps = Caps {
            month: Some(amount("1")),
            numbers: [("1".into(), amount("1"))].into(),
            rules: [("promo".into(), amount("1"))].into(),
        };
        let mut spending = Spending::default();
        spending.fold(&sent("1", Actor::Host, amount("1")));
        let which = |who: &Actor, number: &str| {
            may_spend(&spending, &caps, who, &number.into(), amount("0.01")).unwrap_err().which
        };
        assert_eq!(which(&promo(), "1"), Cap::Number("1".into()));
        assert_eq!(which(&promo(), "2"), Cap::Month);
        spending.fold(&sent("2", promo(), amount("1")));
        let reached = may_spend(&spending, &caps, &promo(), &"1".into(), amount("0.01")).unwrap_err();
        assert_eq!(reached.which, Cap::Rule("promo".into()));
    }

    proptest! {
        #[test]
        fn rules_never_spend_beyond_a_cap(
            wants in prop::collection::vec((select(vec!["1", "2"]), select(vec!["a", "b"]), 0u64..50), 1..60),
            month in 0u64..1_000, number in 0u64..500, rule in 0u64..500,
        ) {
            let caps = Caps {
                month: Some(Amount::from_millionths(month)),
                numbers: [("1".into(), Amount::from_millionths(number))].into(),
                rules: [("a".into(), Amount::from_millionths(rule))].into(),
            };
            let mut spending = Spending::default();
            for (number, rule, millionths) in wants {
                let (who, estimate) = (Actor::Rule(rule.into()), Amount::from_millionths(millionths));
                if may_spend(&spending, &caps, &who, &number.into(), estimate).is_ok() {
                    spending.fold(&sent(number, who, estimate));
                }
            }
            prop_assert!(spending.spent().millionths() <= month);
            prop_assert!(spending.of(&"1".into()).is_none_or(|tally| tally.spent().millionths() <= number));
            prop_assert!(spending.spent_by(&"a".into()).millionths() <= rule);
        }
    }
}
