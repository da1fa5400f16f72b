//! How often something may be tried.
//!
//! Whoever is wrong waits, twice as long each time, and nobody is locked out for ever: an account that anybody can lock
//! is one more thing to attack. An attempt counts when it begins, so that a thousand at once are a thousand.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;

use domain::Time;
use domain::id::PersonId;
use jiff::SignedDuration;

/// The longest that somebody waits.
const LONGEST: SignedDuration = SignedDuration::from_mins(15);

/// After so long without an attempt all is forgotten.
const FORGOTTEN: SignedDuration = SignedDuration::from_hours(1);

/// How many are remembered. An attacker makes up names and addresses, and our memory is not theirs.
const MOST: usize = 10_000;

/// What attempts are counted of.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Tried {
    /// An account, whether there is one of that name or not.
    Account(PersonId),
    /// A machine; of IPv6 its network, which one machine has all of.
    Address(IpAddr),
}

impl Tried {
    pub(crate) fn address(address: IpAddr) -> Self {
        Self::Address(match address.to_canonical() {
            IpAddr::V6(v6) => {
                let [a, b, c, d, ..] = v6.segments();
                std::net::Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
            }
            v4 => v4,
        })
    }

    /// Attempts that cost nothing.
    fn free(&self) -> u32 {
        match self {
            Self::Account(_) => 5,
            Self::Address(_) => 20,
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Attempts {
    count: u32,
    last: Time,
    until: Time,
}

/// Attempts that were not right, until now.
#[derive(Debug, Default)]
pub(crate) struct Limits(HashMap<Tried, Attempts>);

impl Limits {
    /// Counts an attempt as a wrong one, or says how long to wait before the next.
    pub(crate) fn begin(&mut self, tried: &[Tried], now: Time) -> Result<(), SignedDuration> {
        self.0.retain(|_, attempts| now.duration_since(attempts.last) < FORGOTTEN);
        let until = tried.iter().filter_map(|one| Some(self.0.get(one)?.until)).max();
        if let Some(until) = until.filter(|until| *until > now) {
            return Err(until.duration_since(now));
        }
        for one in tried {
            make_room(&mut self.0, |attempts| attempts.last);
            let attempts = self.0.entry(one.clone()).or_insert(Attempts { count: 0, last: now, until: now });
            attempts.count += 1;
            attempts.last = now;
            let over = attempts.count.saturating_sub(one.free());
            if over > 0 {
                let wait = SignedDuration::from_secs(1 << over.min(12)).min(LONGEST);
                attempts.until = now.saturating_add(wait).unwrap_or(Time::MAX);
            }
        }
        Ok(())
    }

    /// An attempt was right: the account begins anew, and the address is as before it.
    pub(crate) fn was_right(&mut self, tried: &[Tried]) {
        self.take_back(tried);
        self.0.retain(|one, _| !matches!(one, Tried::Account(_)) || !tried.contains(one));
    }

    /// An attempt was neither right nor wrong: it does not count.
    pub(crate) fn take_back(&mut self, tried: &[Tried]) {
        for one in tried {
            if let Some(attempts) = self.0.get_mut(one) {
                attempts.count = attempts.count.saturating_sub(1);
            }
        }
    }
}

/// Lets the oldest go when there are too many.
fn make_room<K: Clone + Eq + Hash, V>(map: &mut HashMap<K, V>, last: impl Fn(&V) -> Time) {
    if map.len() < MOST {
        return;
    }
    if let Some(oldest) = map.iter().min_by_key(|(_, value)| last(value)).map(|(key, _)| key.clone()) {
        map.remove(&oldest);
    }
}

/// Requests of one credential: so many a second, and a few more at once.
#[derive(Debug, Default)]
pub struct Pace(HashMap<[u8; 16], (f64, Time)>);

impl Pace {
    const A_SECOND: f64 = 50.0;
    const AT_ONCE: f64 = 200.0;

    /// Whether one more may be made now.
    pub fn allows(&mut self, who: [u8; 16], now: Time) -> bool {
        make_room(&mut self.0, |(_, last)| *last);
        let (left, last) = self.0.entry(who).or_insert((Self::AT_ONCE, now));
        let passed = now.duration_since(*last).as_secs_f64().max(0.0);
        *left = (*left + passed * Self::A_SECOND).min(Self::AT_ONCE);
        *last = now;
        let allowed = *left >= 1.0;
        if allowed {
            *left -= 1.0;
        }
        allowed
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(millis: i64) -> Time {
        Time::from_millisecond(1_795_000_000_000 + millis).unwrap()
    }

    proptest! {
        #[test]
        fn whoever_guesses_gets_few_attempts_however_they_time_them(gaps in prop::collection::vec(0i64..2_000, 1..2_000)) {
            let (mut limits, mut now, mut made) = (Limits::default(), 0, 0u32);
            let tried = [Tried::Account("ana".into())];
            for gap in gaps {
                now += gap;
                made += u32::from(limits.begin(&tried, at(now)).is_ok());
            }
            // 2 + 4 + 8 … seconds between them after the first five.
            let doublings = (now as f64 / 1_000.0 + 2.0).log2().floor() as u32;
            let beyond = now as u32 / 900_000;
            prop_assert!(made <= 6 + doublings + beyond, "{} in {} ms", made, now);
        }
    }

    #[test]
    fn an_hour_later_it_is_forgotten_and_a_right_one_clears_the_account() {
        let mut limits = Limits::default();
        let tried = [Tried::Account("ana".into()), Tried::address("2001:db8::1".parse().unwrap())];
        for _ in 0..6 {
            limits.begin(&tried, at(0)).unwrap();
        }
        assert!(limits.begin(&tried, at(1)).is_err());
        assert!(limits.begin(&tried[1..], at(1)).is_ok(), "the address has attempts left");
        assert!(limits.begin(&tried, at(3_600_001)).is_ok());
        limits.was_right(&tried);
        assert_eq!(Tried::address("2001:db8::2".parse().unwrap()), tried[1]);
    }

    #[test]
    fn a_program_may_hurry_for_a_moment_and_not_for_ever() {
        let mut pace = Pace::default();
        let made = (0..10_000).filter(|n| pace.allows([1; 16], at(*n))).count();
        assert!((690..=710).contains(&made), "{made} in ten seconds");
        assert!(pace.allows([2; 16], at(9_999)));
    }
}
