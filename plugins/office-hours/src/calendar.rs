//! A moment in the words of people: «mañana a las 8:00», «el lunes 23 de noviembre a las 8:00». Three languages are written
//! out here; the tables of a general library would weigh more than the rule.

use crate::contract::timonel::rules::types::LocalTime;

#[derive(Clone, Copy)]
pub enum Language {
    Es,
    Pt,
    En,
}

impl Language {
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "es" => Some(Self::Es),
            "pt" => Some(Self::Pt),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    // With the word that goes before it, which in Portuguese depends on the day.
    #[rustfmt::skip]
    fn weekdays(self) -> [&'static str; 7] {
        match self {
            Self::Es => [
                "el lunes", "el martes", "el miércoles", "el jueves",
                "el viernes", "el sábado", "el domingo",
            ],
            Self::Pt => [
                "na segunda-feira,", "na terça-feira,", "na quarta-feira,", "na quinta-feira,",
                "na sexta-feira,", "no sábado,", "no domingo,",
            ],
            Self::En => [
                "on Monday", "on Tuesday", "on Wednesday", "on Thursday",
                "on Friday", "on Saturday", "on Sunday",
            ],
        }
    }

    #[rustfmt::skip]
    fn months(self) -> [&'static str; 12] {
        match self {
            Self::Es => [
                "enero", "febrero", "marzo", "abril", "mayo", "junio",
                "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
            ],
            Self::Pt => [
                "janeiro", "fevereiro", "março", "abril", "maio", "junho",
                "julho", "agosto", "setembro", "outubro", "novembro", "dezembro",
            ],
            Self::En => [
                "January", "February", "March", "April", "May", "June",
                "July", "August", "September", "October", "November", "December",
            ],
        }
    }

    /// When nobody knows when.
    pub fn soon(self) -> &'static str {
        match self {
            Self::Es => "pronto",
            Self::Pt => "em breve",
            Self::En => "soon",
        }
    }

    /// A moment to come, as somebody says it who lives in `today`. None if the host's date is not one.
    pub fn moment(self, today: &LocalTime, then: &LocalTime) -> Option<String> {
        let days = days_between(&today.date, &then.date)?;
        let hour = then.minute / 60;
        let clock = format!("{hour}:{:02}", then.minute % 60);
        let at = match (self, hour) {
            (Self::Es, 1) => format!("a la {clock}"),
            (Self::Es, _) => format!("a las {clock}"),
            (Self::Pt, 1) => format!("à {clock}"),
            (Self::Pt, _) => format!("às {clock}"),
            (Self::En, _) => format!("at {clock}"),
        };
        let (_, month, day) = date(&then.date)?;
        let month = self.months().get(usize::from(month).checked_sub(1)?).copied()?;
        let weekday = self.weekdays().get(usize::from(then.weekday).checked_sub(1)?).copied()?;
        Some(match (self, days) {
            (Self::Es, 0) => format!("hoy {at}"),
            (Self::Es, 1) => format!("mañana {at}"),
            (Self::Es, _) => format!("{weekday} {day} de {month} {at}"),
            (Self::Pt, 0) => format!("hoje {at}"),
            (Self::Pt, 1) => format!("amanhã {at}"),
            (Self::Pt, _) => format!("{weekday} {day} de {month}, {at}"),
            (Self::En, 0) => format!("today {at}"),
            (Self::En, 1) => format!("tomorrow {at}"),
            (Self::En, _) => format!("{weekday} {day} {month} {at}"),
        })
    }
}

fn date(text: &str) -> Option<(i32, u8, u8)> {
    let (year, rest) = text.split_once('-')?;
    let (month, day) = rest.split_once('-')?;
    Some((year.parse().ok()?, month.parse().ok()?, day.parse().ok()?))
}

fn days_between(from: &str, to: &str) -> Option<i32> {
    // Days since some day long ago, with years that begin in March so that the leap day is the last.
    let number = |text| {
        let (year, month, day) = date(text)?;
        let (year, month) =
            if month > 2 { (year, i32::from(month) - 3) } else { (year - 1, i32::from(month) + 9) };
        Some(year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + i32::from(day))
    };
    Some(number(to)? - number(from)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn local(date: &str, weekday: u8, hour: u16, minute: u16) -> LocalTime {
        let zone = "America/Bogota".to_owned();
        LocalTime { date: date.to_owned(), weekday, minute: hour * 60 + minute, zone }
    }

    fn said(today: &LocalTime, then: &LocalTime) -> [String; 3] {
        [Language::Es, Language::Pt, Language::En].map(|language| language.moment(today, then).unwrap())
    }

    #[test]
    fn near_days_have_names_of_their_own() {
        let today = local("2026-12-31", 4, 23, 0);
        let later = said(&today, &local("2026-12-31", 4, 23, 30));
        assert_eq!(later, ["hoy a las 23:30", "hoje às 23:30", "today at 23:30"]);
        let tomorrow = said(&today, &local("2027-01-01", 5, 8, 0));
        assert_eq!(tomorrow, ["mañana a las 8:00", "amanhã às 8:00", "tomorrow at 8:00"]);
        let leap_day = said(&local("2028-02-28", 1, 20, 0), &local("2028-02-29", 2, 1, 5));
        assert_eq!(leap_day, ["mañana a la 1:05", "amanhã à 1:05", "tomorrow at 1:05"]);
    }

    #[test]
    fn other_days_are_said_in_full() {
        let then = local("2026-11-23", 1, 8, 0);
        assert_eq!(
            said(&local("2026-11-20", 5, 18, 0), &then),
            [
                "el lunes 23 de noviembre a las 8:00",
                "na segunda-feira, 23 de novembro, às 8:00",
                "on Monday 23 November at 8:00"
            ]
        );
        let march = local("2027-03-01", 1, 8, 0);
        assert!(said(&local("2027-02-27", 6, 18, 0), &march)[0].starts_with("el lunes 1 de marzo"));
    }

    #[test]
    fn a_date_that_is_none_is_not_said() {
        assert!(Language::Es.moment(&local("hoy", 1, 0, 0), &local("2026-11-23", 1, 8, 0)).is_none());
        assert!(Language::Es.moment(&local("2026-11-22", 7, 0, 0), &local("2026-13-23", 1, 8, 0)).is_none());
        assert!(Language::Es.moment(&local("2026-11-22", 7, 0, 0), &local("2026-11-23", 0, 8, 0)).is_none());
    }
}
