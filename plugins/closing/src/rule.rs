//! What is done with a customer who is gone, and when, as a pure function.
//!
//! Warned is who was told within this silence: whoever writes again begins anew. An agent who has just answered is given the time
//! between warning and closing before anybody is hurried, so the moments to warn come every half hour.

use crate::settings::Settings;

const MINUTE: u64 = 60_000;

/// How far apart the moments are at which somebody may be warned, in minutes.
const STEP: u32 = 30;

/// A moment of the contract: what it is counted from, and seconds.
pub type Moment = (&'static str, u32);

/// What the rule is told, as far as it goes by it.
#[derive(Clone, Copy)]
pub struct Seen<'a> {
    pub why: &'a str,
    pub now: u64,
    /// The seconds of the moment.
    pub seconds: u64,
    /// From when on they are counted.
    pub from: u64,
    /// When an agent last wrote.
    pub answered: Option<u64>,
    /// When this rule last warned.
    pub warned: Option<u64>,
    /// What the case was closed with.
    pub code: &'a str,
    /// Whether something can still be said.
    pub open_window: bool,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    Nothing,
    Warn,
    Close,
    /// Close, and say nothing: nothing can be said any more.
    CloseInSilence,
    Ask,
    Thank,
}

/// When the rule wants to be asked.
pub fn moments<S>(settings: &Settings<S>) -> Vec<Moment> {
    let quiet = |minutes: u32| ("quiet", minutes * 60);
    // Two of the sixteen are kept for closing, and two for the survey.
    let warnings = (0..12)
        .map(|n| settings.warn_after + n * STEP)
        .take_while(|at| *at == settings.warn_after || *at + STEP <= settings.close_after);
    let mut moments: Vec<Moment> = warnings.map(quiet).collect();
    moments.push(quiet(settings.close_after));
    moments.push(("quiet", settings.silent_after * 3_600));
    if let Some(survey) = &settings.survey {
        moments.push(("closed", survey.after * 60));
        moments.push(("rated", 0));
    }
    moments
}

/// What is to be done.
pub fn step<S: AsRef<str>>(settings: &Settings<S>, seen: &Seen) -> Step {
    let minutes = |minutes: u32| u64::from(minutes) * MINUTE;
    let grace = minutes(settings.close_after - settings.warn_after);
    let since = |then: u64| seen.now.saturating_sub(then);
    let warned = seen.warned.filter(|warned| *warned > seen.from);
    match seen.why {
        "quiet" if seen.seconds >= u64::from(settings.silent_after) * 3_600 => Step::CloseInSilence,
        "quiet" if !seen.open_window => Step::Nothing,
        "quiet" if seen.seconds >= u64::from(settings.close_after) * 60 => match warned {
            // Whom an agent wrote to after the warning was not left alone, and who was warned late has some time left.
            Some(warned)
                if seen.answered.is_none_or(|answered| answered < warned)
                    && since(warned) >= minutes(STEP) =>
            {
                Step::Close
            }
            _ => Step::Nothing,
        },
        "quiet" if warned.is_some() => Step::Nothing,
        "quiet" if seen.answered.is_some_and(|answered| since(answered) < grace) => Step::Nothing,
        "quiet" => Step::Warn,
        "closed" => match &settings.survey {
            Some(survey)
                if seen.open_window && survey.not_for.iter().all(|code| code.as_ref() != seen.code) =>
            {
                Step::Ask
            }
            _ => Step::Nothing,
        },
        "rated" if settings.survey.is_some() && seen.open_window => Step::Thank,
        _ => Step::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::prepare;

    const NOW: u64 = 1_795_000_000_000;
    const HOUR: u64 = 60 * MINUTE;

    fn settings(json: &str) -> Settings<String> {
        kit::settings::unpack(&prepare(json).unwrap()).unwrap()
    }

    /// A customer who wrote so many hours ago and was answered an hour later.
    fn quiet(hours: u64) -> Seen<'static> {
        let answered = Some(NOW - hours * HOUR + HOUR);
        Seen {
            why: "quiet",
            now: NOW,
            seconds: hours * 3_600,
            from: NOW - hours * HOUR,
            answered,
            warned: None,
            code: "",
            open_window: hours < 24,
        }
    }

    #[test]
    fn who_is_gone_is_warned_and_then_let_go() {
        let settings = settings("{}");
        assert_eq!(step(&settings, &quiet(20)), Step::Warn);
        let warned = Some(NOW - 3 * HOUR);
        assert_eq!(step(&settings, &Seen { warned, ..quiet(21) }), Step::Nothing, "once is enough");
        let late = Seen { seconds: 23 * 3_600 + 1_800, warned, ..quiet(23) };
        assert_eq!(step(&settings, &late), Step::Close);
        let just_now = Seen { warned: Some(NOW - 10 * MINUTE), ..late };
        assert_eq!(step(&settings, &just_now), Step::Nothing, "a host that was down warns late");
        assert_eq!(
            step(&settings, &Seen { warned: None, ..late }),
            Step::Nothing,
            "nobody is let go without a word"
        );
    }

    #[test]
    fn who_was_answered_late_is_not_hurried() {
        let settings = settings("{}");
        let answered = Some(NOW - HOUR);
        assert_eq!(step(&settings, &Seen { answered, ..quiet(20) }), Step::Nothing);
        // The agent wrote once more after the warning.
        let seen = Seen { answered, warned: Some(NOW - 2 * HOUR), seconds: 23 * 3_600 + 1_800, ..quiet(23) };
        assert_eq!(step(&settings, &seen), Step::Nothing);
        assert_eq!(step(&settings, &Seen { answered, ..quiet(72) }), Step::CloseInSilence);
    }

    #[test]
    fn a_warning_of_another_silence_counts_for_nothing() {
        let warned = Some(NOW - 30 * HOUR);
        assert_eq!(step(&settings("{}"), &Seen { warned, ..quiet(20) }), Step::Warn);
    }

    #[test]
    fn who_was_attended_is_asked_and_who_was_let_go_is_not() {
        let settings = settings("{}");
        let closed = |code| Seen { why: "closed", code, ..quiet(1) };
        assert_eq!(step(&settings, &closed("sale")), Step::Ask);
        assert_eq!(step(&settings, &closed("no-reply")), Step::Nothing);
        assert_eq!(step(&settings, &Seen { open_window: false, ..closed("sale") }), Step::Nothing);
        let silent = self::settings(r#"{"survey": false}"#);
        assert_eq!(step(&silent, &closed("sale")), Step::Nothing);
        assert!(moments(&silent).iter().all(|(since, _)| *since == "quiet"));
    }

    #[test]
    fn there_are_never_more_moments_than_a_host_takes() {
        for json in ["{}", r#"{"warn-after-minutes": 5, "close-after-minutes": 1435}"#] {
            let moments = moments(&settings(json));
            assert!(moments.len() <= 16, "{moments:?}");
            assert!(moments.contains(&("quiet", 72 * 3_600)));
        }
    }
}
