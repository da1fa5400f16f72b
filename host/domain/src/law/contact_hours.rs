//! When a customer may be written to without having asked for it.
//!
//! A country with several zones has a calendar in each of them, and a message may leave when all of them are open: the
//! phone number does not tell where in the country somebody is.

use crate::Time;
use crate::calendar::Calendar;

/// How many times a change of some calendar is waited for. Zones that are never open together are found out by then.
const PATIENCE: usize = 2_000;

/// The first moment, not before `now`, at which all calendars are open. `now` itself if they are; none if they are not
/// within a year.
pub fn open_from(calendars: &[Calendar], now: Time) -> Option<Time> {
    let mut at = now;
    for _ in 0..PATIENCE {
        let mut later = at;
        for calendar in calendars {
            let state = calendar.state(later);
            if !state.open {
                later = state.next_change?;
            }
        }
        if later == at {
            return Some(at);
        }
        at = later;
    }
    None
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use proptest::prelude::*;

    use super::*;
    use crate::law::countries::Countries;
    use crate::message::Identity;

    fn calendars(phone: &str) -> Vec<Calendar> {
        let countries = Countries::shipped("America/Bogota").unwrap();
        let identity = Identity { phone: Some(phone.into()), ..Identity::default() };
        countries.of(&identity).calendars.clone()
    }

    fn bogota(now: &str) -> String {
        let from = open_from(&calendars("573001234567"), now.parse().unwrap()).unwrap();
        from.in_tz("America/Bogota").unwrap().strftime("%a %F %H:%M").to_string()
    }

    #[test]
    fn in_colombia_nobody_is_written_to_at_night_on_sundays_or_holidays() {
        // Friday at 18:59, and at 19:00.
        assert_eq!(bogota("2026-11-20T23:59:00Z"), "Fri 2026-11-20 18:59");
        assert_eq!(bogota("2026-11-21T00:00:00Z"), "Sat 2026-11-21 08:00");
        // Saturday at 15:00: Sunday is closed.
        assert_eq!(bogota("2026-11-21T20:00:00Z"), "Mon 2026-11-23 07:00");
        // The eve of a Monday that is a holiday by the Ley Emiliani.
        assert_eq!(bogota("2026-11-14T21:00:00Z"), "Tue 2026-11-17 07:00");
        // Wednesday evening of Holy Week.
        assert_eq!(bogota("2027-03-25T01:00:00Z"), "Sat 2027-03-27 08:00");
    }

    #[test]
    fn calendars_that_are_never_open_together_are_no_endless_question() {
        use crate::calendar::{Day, Hours};
        let at = |hours: &str| {
            let week = [(Day::Monday, vec![hours.parse().unwrap()])].into();
            Calendar::new(Hours { zone: "UTC".into(), week, ..Hours::default() }).unwrap()
        };
        assert_eq!(open_from(&[at("08:00-09:00"), at("09:00-10:00")], Time::UNIX_EPOCH), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn the_moment_that_is_named_is_open_and_no_minute_before_it_is(
            phone in prop::sample::select(vec!["573001234567", "5511987654321", "5215512345678", "56912345678",
                "34600123456", "14165550123", "18095550123", "593991234567", "4915112345678"]),
            minute in 0i64..60 * 24 * 366 * 3,
        ) {
            let calendars = calendars(phone);
            let now: Time = "2026-01-01T00:00:30Z".parse::<Time>().unwrap() + SignedDuration::from_mins(minute);
            let from = open_from(&calendars, now).unwrap();
            let open = |at: Time| calendars.iter().all(|calendar| calendar.state(at).open);
            prop_assert!(now <= from && open(from));
            let mut at = now;
            while at < from {
                prop_assert!(!open(at), "{at}");
                at += SignedDuration::from_mins(1);
            }
            prop_assert_eq!(open_from(&calendars, from), Some(from));
        }
    }
}
