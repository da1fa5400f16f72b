//! Rule sets that are switched by the clock or by an alert.
//!
//! A set that is for the night, or for when customers wait too long, should not hang on somebody remembering it. The company's files
//! say what switches it; whoever may move the set still can, and what they did holds
//! until the switch turns the next time: nobody fights with a clock.

use serde::{Deserialize, Serialize};

use crate::Time;
use crate::calendar::Calendar;

/// What switches a set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Switch {
    /// A calendar of the company.
    Clock(Clock),
    /// An alert.
    Alarm(Alarm),
}

/// A set is asked while a calendar is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Clock {
    /// Its name.
    pub calendar: String,
    /// Whether it is asked while the calendar is open; while it is closed if not.
    #[serde(default = "open")]
    pub open: bool,
}

/// A set is asked while an alert goes on anywhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Alarm {
    /// The rule that raises it and its name, as `watch/slow-first-response`.
    pub alert: String,
}

const fn open() -> bool {
    true
}

/// How a set should be, if that changed since it was moved last.
pub fn turned(wants: bool, since: Option<Time>, moved: Option<Time>, is: bool) -> Option<bool> {
    let is_newer = match (since, moved) {
        (_, None) => true,
        (Some(since), Some(moved)) => since > moved,
        (None, Some(_)) => false,
    };
    (is_newer && wants != is).then_some(wants)
}

impl Clock {
    /// How the set should be at a moment, and since when that counts for a set that was moved at another: none if the calendar has not
    /// changed since.
    pub fn wants(&self, calendar: &Calendar, now: Time, moved: Option<Time>) -> (bool, Option<Time>) {
        let wants = calendar.state(now).open == self.open;
        let change = moved.and_then(|moved| calendar.state(moved).next_change);
        (wants, change.filter(|change| *change <= now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::{Day, Hours};

    fn night() -> Calendar {
        let block = ["00:00-06:00", "20:00-24:00"].map(|block| block.parse().unwrap()).to_vec();
        let days = [Day::Monday, Day::Tuesday, Day::Wednesday, Day::Thursday, Day::Friday];
        let week = days.into_iter().map(|day| (day, block.clone())).collect();
        Calendar::new(Hours { zone: "America/Bogota".into(), week, ..Hours::default() }).unwrap()
    }

    fn at(time: &str) -> Time {
        format!("2026-11-24T{time}:00-05:00").parse().unwrap()
    }

    fn step(now: &str, moved: Option<&str>, is: bool) -> Option<bool> {
        let clock = Clock { calendar: "night".into(), open: true };
        let moved = moved.map(at);
        let (wants, since) = clock.wants(&night(), at(now), moved);
        turned(wants, since, moved, is)
    }

    #[test]
    fn a_set_for_the_night_goes_on_at_eight_and_off_at_six() {
        assert_eq!(step("19:59", None, true), Some(false));
        assert_eq!(step("20:00", Some("06:00"), false), Some(true));
        assert_eq!(step("20:01", Some("20:00"), true), None);
    }

    #[test]
    fn what_a_person_did_holds_until_the_clock_turns() {
        // Somebody switched it off at nine in the evening.
        assert_eq!(step("21:30", Some("21:00"), false), None);
        assert_eq!(step("23:59", Some("21:00"), false), None);
        // And on at noon; at eight it is as it should be, and at six it goes off.
        assert_eq!(step("13:00", Some("12:00"), true), None);
        assert_eq!(step("20:00", Some("12:00"), true), None);
    }

    #[test]
    fn an_alert_that_began_before_somebody_looked_does_not_undo_what_they_did() {
        assert_eq!(turned(true, Some(at("10:00")), Some(at("10:05")), false), None);
        assert_eq!(turned(true, Some(at("10:10")), Some(at("10:05")), false), Some(true));
        assert_eq!(turned(false, None, None, true), Some(false));
        assert_eq!(turned(false, None, Some(at("10:05")), true), None);
    }

    #[test]
    fn a_file_says_one_of_the_two() {
        let read = |text: &str| serde_json::from_str::<Switch>(text);
        assert!(matches!(read(r#"{"calendar": "night"}"#), Ok(Switch::Clock(Clock { open: true, .. }))));
        assert!(matches!(read(r#"{"alert": "watch/slow"}"#), Ok(Switch::Alarm(_))));
        assert!(read(r#"{"alert": "watch/slow", "calendar": "night"}"#).is_err());
        assert!(read("{}").is_err());
    }
}
