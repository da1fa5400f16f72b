//! Holidays as the laws write them: by rule, so that no list has to be kept up every year.
//!
//! A rule is a day and, where a law moves it, how:
//!
//! | Text | Meaning |
//! |---|---|
//! | `12-25` | this day of every year |
//! | `easter-2`, `easter+60` | so many days before or after Easter Sunday |
//! | `3rd mon 01`, `last mon 05` | a weekday of a month, by its number in it |
//! | `01-06 next monday` | moved to the Monday that follows, unless it is one (Colombia, Ley 51 de 1983, "Ley Emiliani") |
//! | `06-29 tue-1 wed-2 fri+3` | moved by so many days when it falls on one of these weekdays |
//! | `09-17 only mon` | in the years in which it falls on this weekday |

use std::fmt;
use std::str::FromStr;

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use crate::text::as_text;

/// A day that comes back every year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holiday {
    text: String,
    anchor: Anchor,
    /// By how many days it is moved, by the weekday that it falls on, from Monday.
    moved: [i8; 7],
    /// The only weekday on which it is one.
    only: Option<Weekday>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Anchor {
    Fixed { month: i8, day: i8 },
    Easter(i16),
    Weekday { month: i8, weekday: Weekday, nth: i8 },
}

/// A text that is no rule for a holiday.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no rule for a holiday: `12-25`, `easter-2`, `3rd mon 01`, `01-06 next monday`, `06-29 tue-1 fri+3` or \
     `09-17 only mon` was expected"
)]
pub struct NotAHoliday(String);

impl Holiday {
    /// Whether a day is this holiday.
    pub fn falls_on(&self, date: Date) -> bool {
        // What is moved may be moved into the next year, or the one before.
        (date.year() - 1..=date.year() + 1).any(|year| self.of(year) == Some(date))
    }

    /// The day of a year; none in a year that has none.
    pub fn of(&self, year: i16) -> Option<Date> {
        let date = match self.anchor {
            Anchor::Fixed { month, day } => Date::new(year, month, day).ok()?,
            Anchor::Easter(days) => easter(year)?.checked_add(days.days()).ok()?,
            Anchor::Weekday { month, weekday, nth } => {
                Date::new(year, month, 1).ok()?.nth_weekday_of_month(nth, weekday).ok()?
            }
        };
        if self.only.is_some_and(|only| only != date.weekday()) {
            return None;
        }
        let days = self.moved.get(position(date.weekday()))?;
        date.checked_add(days.days()).ok()
    }
}

/// Easter Sunday of the western churches (the Gregorian computus as J. Meeus gives it, *Astronomical Algorithms*, ch. 8).
fn easter(year: i16) -> Option<Date> {
    let year_number = i32::from(year);
    let (golden, century, of_century) = (year_number % 19, year_number / 100, year_number % 100);
    let correction = (century - (century + 8) / 25 + 1) / 3;
    let epact = (19 * golden + century - century / 4 - correction + 15) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (of_century / 4) - epact - of_century % 4) % 7;
    let late = (golden + 11 * epact + 22 * weekday) / 451;
    let day = epact + weekday - 7 * late + 114;
    Date::new(year, i8::try_from(day / 31).ok()?, i8::try_from(day % 31 + 1).ok()?).ok()
}

fn position(weekday: Weekday) -> usize {
    usize::from(weekday.to_monday_zero_offset().unsigned_abs())
}

fn weekday(text: &str) -> Option<Weekday> {
    let position = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].iter().position(|name| *name == text)?;
    Weekday::from_monday_zero_offset(i8::try_from(position).ok()?).ok()
}

impl FromStr for Holiday {
    type Err = NotAHoliday;

    fn from_str(text: &str) -> Result<Self, NotAHoliday> {
        read(text).ok_or_else(|| NotAHoliday(text.to_owned()))
    }
}

fn read(text: &str) -> Option<Holiday> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let (anchor, rest) = match words.as_slice() {
        [nth, day, month, rest @ ..]
            if nth.starts_with(|c: char| c.is_ascii_digit()) && weekday(day).is_some() =>
        {
            let nth = nth.strip_suffix("st").or(nth.strip_suffix("nd")).or(nth.strip_suffix("rd"));
            let nth =
                nth.or(words.first()?.strip_suffix("th"))?.parse().ok().filter(|n| (1..=5).contains(n))?;
            (Anchor::Weekday { month: month_number(month)?, weekday: weekday(day)?, nth }, rest)
        }
        ["last", day, month, rest @ ..] => {
            (Anchor::Weekday { month: month_number(month)?, weekday: weekday(day)?, nth: -1 }, rest)
        }
        [day, rest @ ..] => match day.strip_prefix("easter") {
            Some("") => (Anchor::Easter(0), rest),
            Some(days) => (Anchor::Easter(signed(days)?.into()), rest),
            None => {
                let (month, day) = day.split_once('-')?;
                let (month, day) = (month_number(month)?, day.parse().ok()?);
                // 2024 had every day there is.
                Date::new(2024, month, day).ok()?;
                (Anchor::Fixed { month, day }, rest)
            }
        },
        [] => return None,
    };
    let (mut moved, mut only) = ([0; 7], None);
    match rest {
        ["next", "monday"] => moved = [0, 6, 5, 4, 3, 2, 1],
        ["only", day] => only = Some(weekday(day)?),
        shifts => {
            for shift in shifts {
                let (day, days) = shift.split_at_checked(3)?;
                *moved.get_mut(position(weekday(day)?))? = signed(days)?;
            }
        }
    }
    Some(Holiday { text: text.to_owned(), anchor, moved, only })
}

fn month_number(text: &str) -> Option<i8> {
    text.parse().ok().filter(|month| (1..=12).contains(month))
}

/// A number of days with its sign.
fn signed(text: &str) -> Option<i8> {
    text.starts_with(['+', '-']).then(|| text.parse().ok())?
}

impl fmt::Display for Holiday {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

as_text! { Holiday }

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(rule: &str, year: i16) -> String {
        rule.parse::<Holiday>().unwrap().of(year).map_or_else(|| "none".into(), |date| date.to_string())
    }

    #[test]
    fn easter_is_where_the_almanacs_have_it() {
        // The earliest and the latest of three centuries, and those of this decade.
        for date in
            ["1818-03-22", "1943-04-25", "2024-03-31", "2025-04-20", "2026-04-05", "2027-03-28", "2038-04-25"]
        {
            let date: Date = date.parse().unwrap();
            assert_eq!(easter(date.year()), Some(date));
        }
    }

    #[test]
    fn each_country_moves_its_holidays_in_its_own_way() {
        // Colombia: Epiphany on the Monday that follows.
        assert_eq!(of("01-06 next monday", 2026), "2026-01-12");
        assert_eq!(of("01-06 next monday", 2025), "2025-01-06");
        // Chile: Saint Peter and Saint Paul, 2027 on a Tuesday, 2029 on a Friday, 2030 on a Saturday.
        let peter = "06-29 tue-1 wed-2 thu-3 fri+3";
        assert_eq!(
            [2027, 2029, 2030].map(|year| of(peter, year)),
            ["2027-06-28", "2029-07-02", "2030-06-29"]
        );
        // Mexico: Juárez on the third Monday of March. The United States: Memorial Day.
        assert_eq!(of("3rd mon 03", 2026), "2026-03-16");
        assert_eq!(of("last mon 05", 2026), "2026-05-25");
        assert_eq!(of("09-17 only mon", 2026), "none");
        assert_eq!(of("09-17 only mon", 2029), "2029-09-17");
        assert_eq!(of("02-29", 2027), "none");
    }

    #[test]
    fn a_holiday_that_is_moved_into_the_next_year_is_found_there() {
        let moved: Holiday = "12-31 next monday".parse().unwrap();
        assert!(moved.falls_on("2027-01-04".parse().unwrap()));
    }

    #[test]
    fn what_is_no_rule_is_told_with_what_was_expected() {
        for wrong in [
            "",
            "13-01",
            "02-30",
            "easter2",
            "6th mon 01",
            "01-06 next tuesday",
            "01-06 tue",
            "01-06 only",
            "é",
        ] {
            let error = wrong.parse::<Holiday>().unwrap_err().to_string();
            assert!(error.contains(&format!("`{wrong}`")) && error.contains("easter-2"), "{error}");
        }
    }

    proptest! {
        #[test]
        fn easter_is_a_sunday_of_march_or_april_in_every_year(year in 1583i16..=9999) {
            let easter = easter(year).unwrap();
            prop_assert_eq!(easter.weekday(), Weekday::Sunday);
            prop_assert!((3, 22) <= (easter.month(), easter.day()) && (easter.month(), easter.day()) <= (4, 25));
        }

        #[test]
        fn what_is_moved_to_the_next_monday_is_a_monday_within_the_week(
            year in 1984i16..2200, month in 1i8..=12, day in 1i8..=28
        ) {
            let rule: Holiday = format!("{month:02}-{day:02} next monday").parse().unwrap();
            let (kept, was) = (rule.of(year).unwrap(), Date::new(year, month, day).unwrap());
            prop_assert_eq!(kept.weekday(), Weekday::Monday);
            prop_assert!((0..7).contains(&was.until(kept).unwrap().get_days()));
            prop_assert!(rule.falls_on(kept));
        }

        #[test]
        fn no_text_breaks_the_reading_of_rules(text in "\\PC{0,20}") {
            let _ = text.parse::<Holiday>();
        }
    }
}
