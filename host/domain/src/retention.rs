//! For how long a company keeps what it knows of somebody who does not write any more.
//!
//! No law of the region names a number of years; all of them say that data is kept no longer than its purpose needs
//! (Ley 1581 of 2012 and Decreto 1377 of 2013, article 11; LGPD, articles 15 and 16; Ley 25.326, article 4.7). So the company
//! says it, counted from the last activity, and without a word of hers nothing is forgotten by itself.

use std::fmt;
use std::str::FromStr;

use jiff::Span;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::Time;
use crate::text::as_text;

/// What is kept, and for how long.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Retention {
    /// Contacts, since their last activity. For ever if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contacts: Option<Kept>,
}

/// A number of days, months or years, by the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    count: u16,
    unit: Unit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Days,
    Months,
    Years,
}

/// A text that is no such number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` was expected to be a number of days, months or years, as `400d`, `18m` or `5y`, and at least 1"
)]
pub struct NotKept(String);

impl Kept {
    /// What was last active before this moment is to be forgotten.
    pub fn until(self, now: Time) -> Time {
        let count = i64::from(self.count);
        let span = match self.unit {
            Unit::Days => Span::new().days(count),
            Unit::Months => Span::new().months(count),
            Unit::Years => Span::new().years(count),
        };
        now.to_zoned(TimeZone::UTC).saturating_sub(span).timestamp()
    }
}

impl FromStr for Kept {
    type Err = NotKept;

    fn from_str(text: &str) -> Result<Self, NotKept> {
        let parse = || {
            let (count, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
            let unit = match unit {
                "d" => Unit::Days,
                "m" => Unit::Months,
                "y" => Unit::Years,
                _ => return None,
            };
            let count = count.parse().ok().filter(|count| *count > 0)?;
            Some(Self { count, unit })
        };
        parse().ok_or_else(|| NotKept(text.to_owned()))
    }
}

impl fmt::Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.unit {
            Unit::Days => "d",
            Unit::Months => "m",
            Unit::Years => "y",
        };
        write!(f, "{}{unit}", self.count)
    }
}

as_text! { Kept }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_counts_by_the_calendar_and_is_written_as_it_was_read() {
        let until = |text: &str| text.parse::<Kept>().unwrap().until("2028-02-29T12:00:00Z".parse().unwrap());
        assert_eq!(until("5y").to_string(), "2023-02-28T12:00:00Z");
        assert_eq!(until("18m").to_string(), "2026-08-29T12:00:00Z");
        assert_eq!(until("60d").to_string(), "2027-12-31T12:00:00Z");
        for wrong in ["", "y", "0y", "5", "5 años", "-1y", "5w", "ñ"] {
            assert!(wrong.parse::<Kept>().is_err(), "{wrong}");
        }
        assert_eq!("18m".parse::<Kept>().unwrap().to_string(), "18m");
    }
}
