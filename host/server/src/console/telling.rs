//! How amounts and moments are written for people, in their language and on the company's wall clock.

use domain::Time;
use domain::law::language::Language;
use jiff::tz::TimeZone;

/// Tells somebody.
pub(super) struct Teller {
    pub(super) language: Language,
    pub(super) zone: TimeZone,
    pub(super) now: Time,
}

impl Teller {
    /// A moment of which the day counts, also if it is today.
    pub(super) fn day(&self, time: Time) -> String {
        time.to_zoned(self.zone.clone()).strftime("%d/%m/%Y %H:%M").to_string()
    }

    /// A moment: the hour alone if it is today.
    pub(super) fn at(&self, time: Time) -> String {
        let (then, now) = (time.to_zoned(self.zone.clone()), self.now.to_zoned(self.zone.clone()));
        let clock = then.strftime("%H:%M");
        if then.date() == now.date() {
            clock.to_string()
        } else {
            then.strftime("%d/%m/%Y %H:%M").to_string()
        }
    }

    /// For how long something has lasted.
    pub(super) fn ago(&self, time: Time) -> String {
        lasting(self.now.duration_since(time).as_secs())
    }

    /// A number with so many decimals.
    pub(super) fn number(&self, number: f64, decimals: usize) -> String {
        let text = format!("{number:.decimals$}");
        if self.language == Language::En { text } else { text.replace('.', ",") }
    }

    /// A part of one.
    pub(super) fn part(&self, part: f64) -> String {
        let decimals = usize::from(part > 0.0 && part < 0.1);
        format!("{} %", self.number(part * 100.0, decimals))
    }

    /// An amount of a figure in its unit.
    pub(super) fn amount(&self, value: f64, unit: &str) -> String {
        match unit {
            "ms" if value.abs() < 60_000.0 => format!("{} s", self.short(value / 1_000.0)),
            // Whole seconds are as fine as anybody reads minutes.
            "ms" => lasting((value / 1_000.0).round() as i64),
            "ratio" => self.part(value),
            _ => self.short(value),
        }
    }

    /// A number with a decimal if it says something.
    fn short(&self, number: f64) -> String {
        let tenths = (number * 10.0).round();
        self.number(tenths / 10.0, usize::from(tenths % 10.0 != 0.0))
    }
}

/// So many seconds, in the two largest units.
pub(super) fn lasting(seconds: i64) -> String {
    let sign = if seconds < 0 { "−" } else { "" };
    let seconds = seconds.unsigned_abs();
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    let told = match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, minutes) if minutes < 10 && !seconds.is_multiple_of(60) => {
            format!("{minutes} min {} s", seconds % 60)
        }
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, minutes) => format!("{hours} h {} min", minutes % 60),
        (days, hours, _) => format!("{days} d {} h", hours % 24),
    };
    format!("{sign}{told}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_as_people_read_them() {
        let teller = |language| Teller { language, zone: TimeZone::UTC, now: Time::UNIX_EPOCH };
        let (es, en) = (teller(Language::Es), teller(Language::En));
        assert_eq!((es.amount(1_240.0, "ms"), en.amount(1_240.0, "ms")), ("1,2 s".into(), "1.2 s".into()));
        assert_eq!(es.amount(125_000.0, "ms"), "2 min 5 s");
        assert_eq!((es.part(0.875), es.part(0.031)), ("88 %".into(), "3,1 %".into()));
        assert_eq!((es.amount(12.0, "cases"), es.amount(1.5, "cases")), ("12".into(), "1,5".into()));
        assert_eq!(
            (lasting(3_725), lasting(90_000), lasting(-90)),
            ("1 h 2 min".into(), "1 d 1 h".into(), "−1 min 30 s".into())
        );
    }
}
