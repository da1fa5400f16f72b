//! Business hours.
//!
//! A calendar has any number of blocks a day, because lunch is real, days of its own, and holidays by rule. It is asked
//! in UTC and thinks in its own zone, so that a change of the clocks moves the blocks and not the customers.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use jiff::ToSpan;
use jiff::civil::{Date, Time as Clock, Weekday};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::Time;
use crate::holiday::Holiday;
use crate::text::as_text;

/// The days that are looked at for the next change of a calendar. Whatever is closed for longer is closed for good.
const HORIZON: i32 = 366;

/// A stretch of a day in which people attend: `08:00-12:00`. It ends at `24:00` at the latest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Block {
    from: u16,
    to: u16,
}

impl Block {
    /// Minutes since midnight, the end excluded. None unless `from < to <= 1440`.
    pub fn new(from: u16, to: u16) -> Option<Self> {
        (from < to && to <= 24 * 60).then_some(Self { from, to })
    }
}

impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [from, to] = [self.from, self.to].map(|m| (m / 60, m % 60));
        write!(f, "{:02}:{:02}-{:02}:{:02}", from.0, from.1, to.0, to.1)
    }
}

impl FromStr for Block {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let minute = |text: &str| -> Option<u16> {
            let (hour, minute) = text.trim().split_once(':')?;
            let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
            (minute < 60 && hour <= 24).then_some(hour * 60 + minute)
        };
        text.split_once('-')
            .and_then(|(from, to)| Self::new(minute(from)?, minute(to)?))
            .ok_or_else(|| format!("`{text}` is not a stretch of a day: `08:00-12:00` was expected"))
    }
}

as_text! { Block }

/// Business hours as the company's files write them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Hours {
    /// The IANA name of the zone, as `America/Bogota`.
    pub zone: String,
    /// The blocks of each day of the week, `monday` to `sunday`. A day without blocks is closed.
    #[serde(default)]
    pub week: BTreeMap<Day, Vec<Block>>,
    /// Days that have blocks of their own; none for a holiday.
    #[serde(default)]
    pub days: BTreeMap<Date, Vec<Block>>,
    /// Days of every year that are closed, by rule. A day of `days` goes before it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holidays: Vec<Holiday>,
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum Day {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl From<Weekday> for Day {
    fn from(day: Weekday) -> Self {
        match day {
            Weekday::Monday => Self::Monday,
            Weekday::Tuesday => Self::Tuesday,
            Weekday::Wednesday => Self::Wednesday,
            Weekday::Thursday => Self::Thursday,
            Weekday::Friday => Self::Friday,
            Weekday::Saturday => Self::Saturday,
            Weekday::Sunday => Self::Sunday,
        }
    }
}

/// A calendar that can be asked.
#[derive(Debug, Clone)]
pub struct Calendar {
    zone: TimeZone,
    hours: Option<Hours>,
}

/// What a calendar says of a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State {
    /// Whether people attend.
    pub open: bool,
    /// When that changes; none if it does not within a year.
    pub next_change: Option<Time>,
}

/// A calendar that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a time zone: an IANA name such as `America/Bogota` was expected")]
pub struct UnknownZone(pub String);

impl Calendar {
    /// The calendar with these hours.
    pub fn new(mut hours: Hours) -> Result<Self, UnknownZone> {
        // A file may name the afternoon before the morning.
        hours.week.values_mut().chain(hours.days.values_mut()).for_each(|blocks| blocks.sort_unstable());
        Ok(Self { zone: zone(&hours.zone)?, hours: Some(hours) })
    }

    /// A calendar that is always open.
    pub fn always(zone_name: &str) -> Result<Self, UnknownZone> {
        Ok(Self { zone: zone(zone_name)?, hours: None })
    }

    /// The zone in which it thinks.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// The wall clock of the calendar.
    pub fn local(&self, at: Time) -> jiff::Zoned {
        at.to_zoned(self.zone.clone())
    }

    /// Whether people attend at a moment, and when that changes.
    pub fn state(&self, at: Time) -> State {
        let Some(hours) = &self.hours else { return State { open: true, next_change: None } };
        let today = self.local(at).date();
        let mut open = false;
        for offset in 0..HORIZON {
            let Ok(date) = today.checked_add(offset.days()) else { break };
            for (from, to) in self.blocks(hours, date) {
                if to <= at {
                    continue;
                }
                if from <= at {
                    open = true;
                } else if !open {
                    return State { open, next_change: Some(from) };
                } else if !self.touches(hours, from) {
                    break;
                }
                if open && !self.touches(hours, to) {
                    return State { open, next_change: Some(to) };
                }
            }
        }
        State { open, next_change: None }
    }

    /// How many of the milliseconds before a moment people attended. Of more than a year, the last one counts.
    pub fn open_before(&self, to: Time, millis: u64) -> u64 {
        let Some(hours) = &self.hours else { return millis };
        let longest = i64::from(HORIZON) * 86_400_000;
        let from = to.as_millisecond() - i64::try_from(millis).map_or(longest, |millis| millis.min(longest));
        let Ok(from) = Time::from_millisecond(from) else { return 0 };
        let (mut day, last) = (self.local(from).date(), self.local(to).date());
        // Blocks that overlap count once.
        let (mut counted, mut open) = (from, 0);
        while day <= last {
            for (begins, ends) in self.blocks(hours, day) {
                let (begins, ends) = (begins.max(counted), ends.min(to));
                if begins < ends {
                    open += ends.as_millisecond() - begins.as_millisecond();
                    counted = ends;
                }
            }
            let Ok(next) = day.tomorrow() else { break };
            day = next;
        }
        u64::try_from(open).unwrap_or(0)
    }

    /// The moment at which people will have attended for so many milliseconds, from another one on. None if they do not within a
    /// year.
    pub fn open_after(&self, from: Time, millis: u64) -> Option<Time> {
        let plus = |at: Time, millis: u64| {
            at.checked_add(jiff::SignedDuration::from_millis(i64::try_from(millis).ok()?)).ok()
        };
        let Some(hours) = &self.hours else { return plus(from, millis) };
        let today = self.local(from).date();
        // Blocks that overlap count once.
        let (mut counted, mut left) = (from, millis);
        for offset in 0..HORIZON {
            for (begins, ends) in self.blocks(hours, today.checked_add(offset.days()).ok()?) {
                let begins = begins.max(counted);
                if begins >= ends {
                    continue;
                }
                let open = u64::try_from(ends.as_millisecond() - begins.as_millisecond()).ok()?;
                if left <= open {
                    return plus(begins, left);
                }
                (left, counted) = (left - open, ends);
            }
        }
        None
    }

    /// Whether a block begins at the moment at which another one ended: midnight is no closing time.
    fn touches(&self, hours: &Hours, moment: Time) -> bool {
        let date = self.local(moment).date();
        self.blocks(hours, date).any(|(from, to)| from <= moment && moment < to)
    }

    fn blocks<'a>(&'a self, hours: &'a Hours, date: Date) -> impl Iterator<Item = (Time, Time)> + 'a {
        let blocks = match hours.days.get(&date) {
            Some(own) => own.as_slice(),
            None if hours.holidays.iter().any(|holiday| holiday.falls_on(date)) => &[],
            None => hours.week.get(&date.weekday().into()).map_or(&[][..], Vec::as_slice),
        };
        blocks
            .iter()
            .filter_map(move |block| Some((self.moment(date, block.from)?, self.moment(date, block.to)?)))
            .filter(|(from, to)| from < to)
    }

    fn moment(&self, date: Date, minute: u16) -> Option<Time> {
        let (date, minute) = if minute == 24 * 60 { (date.tomorrow().ok()?, 0) } else { (date, minute) };
        let clock = Clock::new((minute / 60) as i8, (minute % 60) as i8, 0, 0).ok()?;
        Some(self.zone.to_ambiguous_zoned(date.to_datetime(clock)).compatible().ok()?.timestamp())
    }
}

fn zone(name: &str) -> Result<TimeZone, UnknownZone> {
    TimeZone::get(name).map_err(|_| UnknownZone(name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bogota() -> Calendar {
        let blocks: Vec<Block> = ["08:00-12:00", "14:00-18:00"].iter().map(|b| b.parse().unwrap()).collect();
        let week = [Day::Monday, Day::Tuesday, Day::Wednesday, Day::Thursday, Day::Friday]
            .map(|day| (day, blocks.clone()))
            .into();
        let days = [("2026-12-25".parse().unwrap(), vec![])].into();
        Calendar::new(Hours { zone: "America/Bogota".into(), week, days, holidays: vec![] }).unwrap()
    }

    fn state(at: &str) -> (bool, Option<String>) {
        let calendar = bogota();
        let state = calendar.state(at.parse().unwrap());
        (state.open, state.next_change.map(|at| calendar.local(at).strftime("%a %d %H:%M").to_string()))
    }

    #[test]
    fn lunch_is_closed_and_ends_the_same_day() {
        assert_eq!(state("2026-11-23T15:00:00Z"), (true, Some("Mon 23 12:00".into())));
        assert_eq!(state("2026-11-23T17:30:00Z"), (false, Some("Mon 23 14:00".into())));
    }

    #[test]
    fn an_afternoon_that_is_written_before_the_morning_comes_after_it() {
        let blocks = ["14:00-18:00", "08:00-12:00"].map(|block| block.parse().unwrap()).to_vec();
        let hours = Hours { zone: "UTC".into(), week: [(Day::Monday, blocks)].into(), ..Hours::default() };
        let state = Calendar::new(hours).unwrap().state("2026-11-23T09:00:00Z".parse().unwrap());
        assert_eq!(state, State { open: true, next_change: Some("2026-11-23T12:00:00Z".parse().unwrap()) });
    }

    #[test]
    fn business_time_leaves_out_lunch_nights_and_christmas_and_its_parts_add_up() {
        let (calendar, hour) = (bogota(), 3_600_000);
        let at = |text: &str| text.parse::<Time>().unwrap();
        // Monday 15:00 in Bogotá: an hour of the afternoon, and the morning before lunch.
        let afternoon = at("2026-11-23T20:00:00Z");
        assert_eq!(calendar.open_before(afternoon, hour), hour);
        assert_eq!(calendar.open_before(afternoon, 4 * hour), 2 * hour);
        assert_eq!(calendar.open_before(afternoon, 100 * hour), 18 * hour);
        assert_eq!(calendar.open_before(at("2026-12-28T05:00:00Z"), 72 * hour), 0, "Christmas and a weekend");
        assert_eq!(calendar.open_before(afternoon, u64::MAX) % hour, 0);
        for minutes in (0..10_000_u64).step_by(77) {
            let millis = minutes * 60_000;
            let middle = at("2026-11-23T20:00:00Z") - jiff::SignedDuration::from_millis(millis as i64);
            let parts = calendar.open_before(afternoon, millis) + calendar.open_before(middle, 10 * hour);
            assert_eq!(parts, calendar.open_before(afternoon, millis + 10 * hour));
        }
    }

    #[test]
    fn what_is_promised_on_a_friday_evening_is_due_on_monday_and_agrees_with_what_was_open_until_then() {
        let (calendar, minute) = (bogota(), 60_000);
        let due = |from: &str, minutes: u64| {
            let at = calendar.open_after(from.parse().unwrap(), minutes * minute).unwrap();
            calendar.local(at).strftime("%a %d %H:%M").to_string()
        };
        assert_eq!(due("2026-11-20T22:50:00Z", 15), "Mon 23 08:05", "ten minutes before closing on Friday");
        assert_eq!(due("2026-11-23T16:50:00Z", 15), "Mon 23 14:05", "ten minutes before lunch");
        assert_eq!(due("2026-11-23T16:50:00Z", 10), "Mon 23 12:00", "to the minute");
        assert_eq!(due("2026-12-25T15:00:00Z", 0), "Mon 28 08:00", "at once is when somebody is there");
        let from: Time = "2026-11-20T03:00:00Z".parse().unwrap();
        for minutes in (1..3_000_u64).step_by(77) {
            let until = calendar.open_after(from, minutes * minute).unwrap();
            let passed = u64::try_from(until.as_millisecond() - from.as_millisecond()).unwrap();
            assert_eq!(calendar.open_before(until, passed), minutes * minute);
        }
        let never = Calendar::new(Hours { zone: "UTC".into(), ..Hours::default() }).unwrap();
        assert_eq!(never.open_after(from, minute), None);
        let always = Calendar::always("UTC").unwrap();
        assert_eq!(always.open_after(from, minute), Some(from + jiff::SignedDuration::from_mins(1)));
    }

    #[test]
    fn friday_evening_leads_to_monday_and_christmas_to_the_week_after() {
        assert_eq!(state("2026-11-21T00:00:00Z"), (false, Some("Mon 23 08:00".into())));
        assert_eq!(state("2026-12-25T15:00:00Z"), (false, Some("Mon 28 08:00".into())));
    }

    #[test]
    fn a_shift_over_midnight_is_one_shift() {
        let all_day = vec!["00:00-24:00".parse::<Block>().unwrap()];
        let week = [(Day::Monday, all_day.clone()), (Day::Tuesday, all_day)].into();
        let calendar =
            Calendar::new(Hours { zone: "America/Sao_Paulo".into(), week, ..Hours::default() }).unwrap();
        let monday_noon = "2026-11-23T15:00:00Z".parse().unwrap();
        assert_eq!(
            calendar.state(monday_noon),
            State { open: true, next_change: Some("2026-11-25T03:00:00Z".parse().unwrap()) }
        );
    }

    #[test]
    fn a_company_that_never_closes_never_changes() {
        let calendar = Calendar::always("America/Santiago").unwrap();
        assert_eq!(calendar.state(Time::UNIX_EPOCH), State { open: true, next_change: None });
        assert!(Calendar::always("Bogotá").is_err());
    }
}
