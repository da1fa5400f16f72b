//! At what time the demo takes place.
//!
//! Whoever tries it on a Sunday night should see people at work and not one closed door after the other. So the demo has
//! a clock of its own, which starts on the next working day shortly before eleven in Bogotá: Bogotá and Santiago attend,
//! and São Paulo comes back from lunch in five minutes. Page and terminal say that it is not the real time.

use domain::Time;
use domain::calendar::State;
use domain::company::Company;
use jiff::civil::time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan as _};

/// São Paulo is back within so much time.
const SOON: SignedDuration = SignedDuration::from_mins(15);

/// The first moment from today on that suits. None if there is none within a month: then the real time has to do.
pub(super) fn morning(company: &Company, real: Time) -> Option<Time> {
    let zone = TimeZone::get("America/Bogota").ok()?;
    let today = real.to_zoned(zone.clone()).date();
    (0..31).find_map(|days| {
        let date = today.checked_add(days.days()).ok()?;
        let at = date.to_datetime(time(10, 55, 0, 0)).to_zoned(zone.clone()).ok()?.timestamp();
        suits(company, at).then_some(at)
    })
}

/// Whether everybody attends, but for those who are about to come back.
fn suits(company: &Company, at: Time) -> bool {
    let Some(number) = company.numbers().first() else { return false };
    let states = company.queues().iter().map(|queue| company.calendar(&number.id, Some(&queue.id)).state(at));
    let (open, closed): (Vec<State>, Vec<State>) = states.partition(|state| state.open);
    let soon = |state: &State| state.next_change.is_some_and(|next| next.duration_since(at) <= SOON);
    open.len() >= 3 && closed.len() == 1 && closed.iter().all(soon)
}

/// A moment on the company's own wall clock.
pub(super) fn local(company: &Company, at: Time) -> jiff::Zoned {
    // What belongs to no number and no queue goes by the company's zone.
    company.calendar(&"".into(), None).local(at)
}

/// The same as people say it.
pub(super) fn in_words(company: &Company, at: Time) -> String {
    let local = local(company, at);
    let zone = local.time_zone().iana_name().unwrap_or("UTC");
    format!("{} ({zone})", local.strftime("%A %-d %B %Y, %H:%M"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Policy;

    #[test]
    fn on_a_sunday_night_the_demo_begins_on_monday_morning_while_sao_paulo_is_at_lunch() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("timonel.toml");
        std::fs::write(&file, super::super::COMPANY).unwrap();
        let company = Policy::read(&file).unwrap().company;
        let sunday: Time = "2026-11-23T02:00:00Z".parse().unwrap();
        let morning = morning(&company, sunday).unwrap();
        assert_eq!(morning.to_string(), "2026-11-23T15:55:00Z");
        let state =
            |queue: &str| company.calendar(&"106540352242955".into(), Some(&queue.into())).state(morning);
        assert!(state("ventas").open && state("postventa").open);
        let brasil = state("brasil");
        assert!(!brasil.open);
        assert_eq!(brasil.next_change.unwrap().to_string(), "2026-11-23T16:00:00Z");
    }
}
