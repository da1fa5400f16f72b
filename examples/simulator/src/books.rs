//! What is counted for one number of the company: its throughput, and what it has to do with each person.
//!
//! Everything is one entry in a table and a few integers, because every message of both directions passes here.

use std::collections::HashMap;
use std::time::Duration;

use crate::clock::millis;
use crate::dice::Dice;
use crate::rules::{DAY, Pair, Rules};
use crate::templates::Quality;

/// A rate with a burst, kept as the one moment at which all that was taken is paid back.
#[derive(Debug, Clone, Copy, Default)]
struct Debt {
    /// Microseconds since 1970.
    paid: u64,
}

impl Debt {
    /// Whether one more fits; `every` in microseconds.
    fn fits(self, now: u64, every: u64, burst: u64) -> bool {
        self.paid.saturating_sub(now * 1_000) + every <= every.saturating_mul(burst)
    }

    fn take(&mut self, now: u64, every: u64) {
        self.paid = self.paid.max(now * 1_000) + every;
    }
}

/// What a number and a person had to do with each other.
#[derive(Debug, Clone, Copy, Default)]
struct Dealing {
    /// Requests to send, accepted or not; and what the customer wrote.
    asked: u32,
    written: u32,
    /// Milliseconds since 1970.
    wrote_at: Option<u64>,
    /// When the customer came by an advertisement that was not answered yet.
    clicked_at: Option<u64>,
    /// Until when everything is free, because that was answered in time.
    free_until: Option<u64>,
    debt: Debt,
}

/// The books of one number.
#[derive(Debug, Default)]
pub(crate) struct Books {
    debt: Debt,
    dealings: HashMap<Dice, Dealing>,
    /// Which month it is, and how many free messages it has had.
    month: (u64, u64),
    /// It was raised to 1,000 messages a second.
    pub(crate) raised: bool,
    pub(crate) quality: Quality,
    /// Milliseconds since 1970.
    pub(crate) maintenance_until: u64,
}

/// What is known of a message when it was asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked {
    /// Which request of this number to this person it is.
    pub(crate) nth: u64,
    /// Why it cannot be taken at this moment: a code of Meta's.
    pub(crate) refused: Option<i64>,
    /// Whether the customer wrote recently enough.
    pub(crate) window_open: bool,
    /// Until when everything is free, in milliseconds since 1970.
    pub(crate) free_until: Option<u64>,
}

/// For so long an advertisement may wait for its answer, and so long everything is free afterwards.
const ENTRY: (Duration, Duration) = (DAY, Duration::from_secs(72 * 3_600));
const RAISED: u64 = 1_000;

impl Books {
    /// A customer wrote. Gives which message of theirs it is. Not everything opens the window: a new phone number does not.
    pub(crate) fn wrote(&mut self, who: Dice, now: u64, rules: &Rules, opens: bool, clicked: bool) -> u64 {
        if let Some(throughput) = self.throughput(rules) {
            self.debt.take(now, 1_000_000 / throughput);
        }
        let dealing = self.dealings.entry(who).or_default();
        dealing.written += 1;
        if opens {
            dealing.wrote_at = Some(now);
        }
        if clicked {
            dealing.clicked_at = Some(now);
        }
        dealing.written.into()
    }

    /// The company wants to write.
    pub(crate) fn ask(&mut self, who: Dice, now: u64, rules: &Rules) -> Asked {
        let throughput = self.throughput(rules).map(|throughput| (1_000_000 / throughput, throughput));
        let dealing = self.dealings.entry(who).or_default();
        dealing.asked += 1;
        let age = |at: Option<u64>| at.map(|at| now.saturating_sub(at));
        let pair = rules.pair.map(|Pair { every, burst }| (millis(every) * 1_000, burst));
        let refused = if now < self.maintenance_until {
            Some(131_057)
        } else if throughput.is_some_and(|(every, burst)| !self.debt.fits(now, every, burst)) {
            Some(130_429)
        } else if pair.is_some_and(|(every, burst)| !dealing.debt.fits(now, every, burst)) {
            Some(131_056)
        } else {
            None
        };
        if refused.is_none() {
            throughput.inspect(|(every, _)| self.debt.take(now, *every));
            pair.inspect(|(every, _)| dealing.debt.take(now, *every));
            if age(dealing.clicked_at).is_some_and(|age| age <= millis(ENTRY.0)) {
                dealing.free_until = Some(now + millis(ENTRY.1));
            }
            dealing.clicked_at = None;
        }
        Asked {
            nth: dealing.asked.into(),
            refused,
            window_open: rules
                .window
                .is_none_or(|window| age(dealing.wrote_at).is_some_and(|age| age < millis(window))),
            free_until: dealing.free_until.filter(|until| *until > now),
        }
    }

    /// Messages a second.
    pub(crate) fn throughput(&self, rules: &Rules) -> Option<u64> {
        let throughput = rules.throughput?;
        Some(if self.raised { throughput.max(RAISED) } else { throughput }.clamp(1, 1_000_000))
    }

    /// Whether a service message would still be free in this month.
    pub(crate) fn has_free(&self, now: u64, rules: &Rules) -> bool {
        self.month.0 != month(now) || self.month.1 < rules.free_per_month
    }

    /// Counts a service message, and says whether it is free.
    pub(crate) fn service(&mut self, now: u64, rules: &Rules) -> bool {
        let free = self.has_free(now, rules);
        if self.month.0 != month(now) {
            self.month = (month(now), 0);
        }
        self.month.1 += u64::from(free);
        free
    }
}

/// A month as one number. Meta's months are those of the account's own time zone; these are those of UTC.
fn month(now: u64) -> u64 {
    // Civil from days (Howard Hinnant), as far as the month.
    let days = now / 86_400_000 + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let of_year = day - (365 * year + year / 4 - year / 100);
    (era * 400 + year) * 12 + (5 * of_year + 2) / 153
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHO: Dice = Dice::new(1);
    const START: u64 = 1_764_000_000_000;

    fn refused(books: &mut Books, at: u64) -> Option<i64> {
        books.ask(WHO, at, &Rules::meta()).refused
    }

    #[test]
    fn forty_five_may_be_sent_at_once_and_are_paid_back_one_in_six_seconds() {
        let mut books = Books::default();
        assert!((0..45).all(|_| refused(&mut books, START).is_none()));
        assert_eq!(refused(&mut books, START), Some(131_056));
        assert_eq!(refused(&mut books, START + 5_999), Some(131_056));
        assert_eq!(refused(&mut books, START + 6_000), None);
        assert_eq!(refused(&mut books, START + 6_000), Some(131_056));
        assert!((0..45).all(|_| refused(&mut books, START + 300_000).is_none()));
    }

    #[test]
    fn a_number_has_eighty_a_second_and_what_customers_write_counts() {
        let (mut books, rules) = (Books::default(), Rules::meta());
        for n in 0..40 {
            books.wrote(WHO, START, &rules, true, false);
            assert_eq!(books.ask(WHO.nth(n), START, &rules).refused, None);
        }
        assert_eq!(books.ask(WHO, START, &rules).refused, Some(130_429));
        assert_eq!(books.ask(WHO, START + 13, &rules).refused, None);
        books.raised = true;
        assert!((0..900).all(|n| books.ask(WHO.nth(n), START + 1_000, &rules).refused.is_none()));
    }

    #[test]
    fn the_window_is_open_for_a_day_after_the_last_message() {
        let (mut books, rules) = (Books::default(), Rules::meta());
        let open = |books: &mut Books, at| books.ask(WHO, at, &rules).window_open;
        assert!(!open(&mut books, START));
        books.wrote(WHO, START, &rules, true, false);
        books.wrote(WHO, START + 1, &rules, false, false);
        assert!(open(&mut books, START + 86_399_999));
        assert!(!open(&mut books, START + 86_400_000));
    }

    #[test]
    fn an_advertisement_that_is_answered_in_time_makes_three_days_free() {
        let (mut books, rules) = (Books::default(), Rules::meta());
        books.wrote(WHO, START, &rules, true, true);
        let until = START + 3_600_000 + 72 * 3_600_000;
        assert_eq!(books.ask(WHO, START + 3_600_000, &rules).free_until, Some(until));
        assert_eq!(books.ask(WHO, until - 1, &rules).free_until, Some(until));
        assert_eq!(books.ask(WHO, until, &rules).free_until, None);
        books.wrote(WHO, until, &rules, true, true);
        assert_eq!(books.ask(WHO, until + 86_400_001, &rules).free_until, None);
    }

    #[test]
    fn each_month_begins_with_what_is_free() {
        let (mut books, rules) = (Books::default(), Rules { free_per_month: 2, ..Rules::meta() });
        let (october, november) = (1_793_491_199_000, 1_793_491_200_000); // 2026-10-31T23:59:59Z and a second later
        let free: Vec<_> = (0..3).map(|_| books.service(october, &rules)).collect();
        assert_eq!(free, [true, true, false]);
        assert!(books.service(november, &rules));
    }
}
