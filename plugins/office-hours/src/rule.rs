//! When a customer is told that nobody is in, and in which words. Once is courteous; with each message it is noise.

use kit::speech::base;

use crate::calendar::Language;
use crate::contract::exports::timonel::rules::responding::Input;
use crate::settings::{RETURN, Settings};

const HOUR_IN_MS: u64 = 3_600_000;

/// Whether this rule has anything to say to what happened: a customer wrote and nobody is in.
pub fn applies(input: &Input) -> bool {
    input.why == "message" && !input.calendar.open
}

/// Whether the customer has not been told lately.
pub fn is_due(settings: &Settings<&str>, now: u64, last_told: Option<u64>) -> bool {
    let pause = u64::from(settings.repeat_hours) * HOUR_IN_MS;
    last_told.is_none_or(|told| now >= told.saturating_add(pause))
}

/// What the customer is told.
pub fn message(settings: &Settings<&str>, input: &Input) -> String {
    let wanted = base(&input.language);
    let spoken = if settings.messages.get(wanted).is_some() { wanted } else { settings.default_language };
    let template = settings.messages.in_language(spoken, settings.default_language);
    let Some(words) = Language::named(spoken) else {
        return template.to_owned();
    };
    let then = input.calendar.next_change_local.as_ref();
    let moment = then.and_then(|then| words.moment(&input.local, then));
    template.replace(RETURN, moment.as_deref().unwrap_or(words.soon()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::timonel::rules::types::{Calendar, CaseView, LocalTime};
    use crate::settings::prepare;

    const NOW: u64 = 1_795_000_000_000;

    /// A customer writes on Friday evening; the shop opens on Monday at eight.
    fn friday_evening(language: &str) -> Input {
        let local = |date: &str, weekday, minute| LocalTime {
            date: date.to_owned(),
            weekday,
            minute,
            zone: "America/Bogota".to_owned(),
        };
        Input {
            why: "message".to_owned(),
            now: NOW,
            local: local("2026-11-20", 5, 19 * 60),
            calendar: Calendar {
                open: false,
                next_change: Some(NOW + 61 * HOUR_IN_MS),
                next_change_local: Some(local("2026-11-23", 1, 8 * 60)),
            },
            number: "soporte".to_owned(),
            language: language.to_owned(),
            message: None,
            case: CaseView {
                id: "case-1".to_owned(),
                opened: NOW,
                queue: None,
                priority: 0,
                waiting_since: None,
                automatic_messages: 0,
                tags: vec![],
                attrs: vec![],
            },
            wake_note: None,
            attrs: vec![],
        }
    }

    fn told(settings: &str, input: &Input) -> String {
        let prepared = prepare(settings).unwrap();
        message(&kit::settings::unpack(&prepared).unwrap(), input)
    }

    #[test]
    fn the_promise_of_return_comes_in_the_customers_language() {
        assert!(told("{}", &friday_evening("es")).ends_with("Volvemos el lunes 23 de noviembre a las 8:00."));
        assert!(
            told("{}", &friday_evening("pt-BR"))
                .ends_with("Voltamos na segunda-feira, 23 de novembro, às 8:00.")
        );
        assert!(
            told("{}", &friday_evening("en")).ends_with("We will be back on Monday 23 November at 8:00.")
        );
    }

    #[test]
    fn a_language_without_message_hears_the_default_one() {
        assert!(told("{}", &friday_evening("fr")).contains("Volvemos el lunes"));
        let own = r#"{"default-language": "fr", "messages": {"fr": "Nous sommes fermés."}}"#;
        assert_eq!(told(own, &friday_evening("it")), "Nous sommes fermés.");
    }

    #[test]
    fn nothing_is_promised_when_no_return_is_known() {
        let mut input = friday_evening("es");
        input.calendar.next_change_local = None;
        assert!(told("{}", &input).ends_with("Volvemos pronto."));
    }

    #[test]
    fn the_same_evening_it_is_said_once() {
        let prepared = prepare(r#"{"repeat-hours": 12}"#).unwrap();
        let settings = kit::settings::unpack(&prepared).unwrap();
        assert!(is_due(&settings, NOW, None));
        assert!(!is_due(&settings, NOW, Some(NOW - HOUR_IN_MS)));
        assert!(is_due(&settings, NOW, Some(NOW - 12 * HOUR_IN_MS)));
    }

    #[test]
    fn while_people_attend_this_rule_is_silent() {
        let mut input = friday_evening("es");
        assert!(applies(&input));
        input.calendar.open = true;
        assert!(!applies(&input));
        input.calendar.open = false;
        input.why = "wake".to_owned();
        assert!(!applies(&input));
    }
}
