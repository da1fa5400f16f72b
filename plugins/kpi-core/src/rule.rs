//! What there is to count of a fact, as a pure function of it.

use crate::settings::Settings;

/// A fact, as this rule reads it.
pub struct Fact<'a> {
    pub kind: &'a str,
    pub queue: Option<&'a str>,
    pub agent: Option<&'a str>,
    pub numbers: &'a [(String, u64)],
    pub words: &'a [(String, String)],
}

/// What was measured of it.
#[derive(Debug, PartialEq, Eq)]
pub struct Sample<'a> {
    pub figure: &'static str,
    pub value: u64,
    pub of: u64,
    pub label: &'a str,
}

impl<'a> Fact<'a> {
    fn number(&self, name: &str) -> Option<u64> {
        self.numbers.iter().find(|(is, _)| is == name).map(|(_, number)| *number)
    }

    fn word(&self, name: &str) -> &'a str {
        self.words.iter().find(|(is, _)| is == name).map_or("", |(_, word)| word)
    }

    fn is_none(&self, count: &str) -> bool {
        self.number(count) == Some(0)
    }
}

/// From which score on a customer is satisfied, of 1 to 5.
const SATISFIED: u64 = 4;

/// Measures one fact.
pub fn measure<'a>(fact: &Fact<'a>, settings: &Settings) -> Vec<Sample<'a>> {
    let mut samples = vec![];
    let mut add = |figure, value, of, label| samples.push(Sample { figure, value, of, label });
    match fact.kind {
        "case-queued" if fact.is_none("again") => add("cases-queued", 1, 0, ""),
        "case-assigned" => fact.number("waited").into_iter().for_each(|ms| add("speed-of-answer", ms, 0, "")),
        "case-answered" => {
            for (figure, number) in [
                ("first-response", "since-queued"),
                ("first-response-business", "since-queued-business"),
                ("first-response-from-customer", "since-written"),
            ] {
                fact.number(number).into_iter().for_each(|ms| add(figure, ms, 0, ""));
            }
            if let Some(ms) = fact.number("since-queued") {
                let in_time = ms <= settings.service_level_seconds.saturating_mul(1_000);
                add("service-level", u64::from(in_time), 1, "");
            }
        }
        "turn-answered" => {
            for (figure, number) in
                [("response-time", "waited"), ("response-time-business", "waited-business")]
            {
                fact.number(number).into_iter().for_each(|ms| add(figure, ms, 0, ""));
            }
        }
        "promise-ended" => {
            add("sla-compliance", fact.number("kept").unwrap_or(0), 1, fact.word("answer"));
        }
        "case-resolved" => {
            add("cases-resolved", 1, 0, fact.word("code"));
            for (figure, number) in
                [("resolution-time", "lasted"), ("resolution-time-business", "lasted-business")]
            {
                fact.number(number).into_iter().for_each(|ms| add(figure, ms, 0, ""));
            }
            let unanswered = fact.is_none("answers");
            add("containment", u64::from(unanswered && fact.agent.is_none()), 1, "");
            if fact.agent.is_some() {
                add("transfer-rate", u64::from(!fact.is_none("transfers")), 1, "");
            }
            // Where it never waited, nobody was to answer it.
            if fact.queue.is_some() {
                add("unanswered-rate", u64::from(unanswered), 1, "");
                if unanswered {
                    add("service-level", 0, 1, "");
                }
            }
        }
        "case-settled" | "case-returned" => {
            let returned = fact.kind == "case-returned";
            add("return-rate", u64::from(returned), 1, "");
            add("first-contact-resolution", u64::from(!returned && fact.is_none("transfers")), 1, "");
        }
        "message-reached" => {
            for (step, figure) in
                [("delivered", "delivery-rate"), ("read", "read-rate"), ("failed", "failure-rate")]
            {
                if fact.word("step") == step {
                    add(figure, 1, 0, fact.word("class"));
                }
                let of = if step == "read" { "delivered" } else { "sent" };
                if fact.word("step") == of {
                    add(figure, 0, 1, fact.word("class"));
                }
            }
        }
        "presence-ended" => {
            let (state, lasted) = (fact.word("presence"), fact.number("lasted").unwrap_or(0));
            add("time-in-state", lasted, 0, state);
            if state == "break" {
                add("break-time", lasted, 0, fact.word("code"));
            }
            if state != "away" {
                add("available-share", if state == "available" { lasted } else { 0 }, lasted, "");
            }
        }
        "case-rated" => {
            let score = fact.number("score").unwrap_or(0);
            add("satisfaction", u64::from(score >= SATISFIED), 1, "");
        }
        "case-moved" => add("cases-moved", 1, 0, fact.word("how")),
        // What is new to this rule is not counted by it.
        _ => {}
    }
    samples
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures;

    const SETTINGS: Settings = Settings { service_level_seconds: 60 };

    /// A fact of agent Ana in the queue of sales.
    fn samples(
        kind: &str,
        numbers: &[(&str, u64)],
        words: &[(&str, &str)],
    ) -> Vec<(&'static str, u64, u64, String)> {
        of(kind, Some("ventas"), Some("ana"), numbers, words)
    }

    fn of(
        kind: &str,
        queue: Option<&str>,
        agent: Option<&str>,
        numbers: &[(&str, u64)],
        words: &[(&str, &str)],
    ) -> Vec<(&'static str, u64, u64, String)> {
        let numbers: Vec<_> = numbers.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect();
        let words: Vec<_> =
            words.iter().map(|(name, word)| ((*name).to_owned(), (*word).to_owned())).collect();
        let fact = Fact { kind, queue, agent, numbers: &numbers, words: &words };
        let known = figures::all(&SETTINGS);
        measure(&fact, &SETTINGS)
            .into_iter()
            .map(|sample| {
                assert!(known.iter().any(|figure| figure.name == sample.figure), "{sample:?}");
                (sample.figure, sample.value, sample.of, sample.label.to_owned())
            })
            .collect()
    }

    fn value(samples: &[(&'static str, u64, u64, String)], figure: &str) -> Option<(u64, u64)> {
        samples.iter().find(|(name, ..)| *name == figure).map(|(_, value, of, _)| (*value, *of))
    }

    #[test]
    fn an_answer_after_a_minute_and_a_second_is_late_by_one_second() {
        let numbers = [("since-queued", 61_000), ("since-queued-business", 1_000), ("since-written", 70_000)];
        let late = samples("case-answered", &numbers, &[]);
        assert_eq!(value(&late, "first-response"), Some((61_000, 0)));
        assert_eq!(value(&late, "first-response-business"), Some((1_000, 0)));
        assert_eq!(value(&late, "first-response-from-customer"), Some((70_000, 0)));
        assert_eq!(value(&late, "service-level"), Some((0, 1)));
        let in_time = samples("case-answered", &[("since-queued", 60_000)], &[]);
        assert_eq!(value(&in_time, "service-level"), Some((1, 1)));
        // Whoever wrote first, before the case waited, kept no promise and broke none.
        assert!(
            samples("case-answered", &[("since-written", 1)], &[]).iter().all(|one| one.0 != "service-level")
        );
    }

    #[test]
    fn a_case_that_waited_and_that_nobody_answered_counts_against_the_promise_and_one_that_a_rule_solved_does_not()
     {
        let numbers = [("lasted", 9_000), ("answers", 0), ("transfers", 0)];
        let left = of("case-resolved", Some("ventas"), None, &numbers, &[("code", "other")]);
        assert_eq!(value(&left, "service-level"), Some((0, 1)));
        assert_eq!(value(&left, "unanswered-rate"), Some((1, 1)));
        assert_eq!(value(&left, "containment"), Some((1, 1)));
        let contained = of("case-resolved", None, None, &numbers, &[("code", "answered")]);
        assert_eq!(value(&contained, "service-level"), None);
        assert_eq!(value(&contained, "containment"), Some((1, 1)));
        let attended = samples("case-resolved", &[("answers", 2), ("transfers", 1)], &[("code", "sale")]);
        assert_eq!(value(&attended, "containment"), Some((0, 1)));
        assert_eq!(value(&attended, "transfer-rate"), Some((1, 1)));
        assert!(attended.contains(&("cases-resolved", 1, 0, "sale".to_owned())));
    }

    #[test]
    fn of_two_promises_one_is_kept_and_first_answers_are_counted_apart_from_later_ones() {
        let ended = |kept, answer| samples("promise-ended", &[("kept", kept)], &[("answer", answer)]);
        assert_eq!(ended(1, "first"), [("sla-compliance", 1, 1, "first".to_owned())]);
        assert_eq!(ended(0, "next"), [("sla-compliance", 0, 1, "next".to_owned())]);
    }

    #[test]
    fn a_case_is_solved_at_first_contact_if_nobody_passed_it_on_and_nobody_came_back() {
        let fcr = |kind: &str, transfers| {
            value(&samples(kind, &[("transfers", transfers)], &[]), "first-contact-resolution")
        };
        assert_eq!(fcr("case-settled", 0), Some((1, 1)));
        assert_eq!(fcr("case-settled", 1), Some((0, 1)));
        assert_eq!(fcr("case-returned", 0), Some((0, 1)));
        assert_eq!(value(&samples("case-returned", &[], &[]), "return-rate"), Some((1, 1)));
    }

    #[test]
    fn of_three_messages_that_left_two_arrive_one_is_read_and_one_fails() {
        let reached = |step: &'static str| {
            samples("message-reached", &[("campaign", 0)], &[("class", "utility"), ("step", step)])
        };
        let steps = ["sent", "sent", "sent", "delivered", "delivered", "read", "failed"];
        let all: Vec<_> = steps.into_iter().flat_map(reached).collect();
        let rate = |figure: &str| {
            let of = all.iter().filter(|(name, ..)| *name == figure);
            of.fold((0, 0), |sum, (_, value, of, _)| (sum.0 + value, sum.1 + of))
        };
        assert_eq!(
            (rate("delivery-rate"), rate("read-rate"), rate("failure-rate")),
            ((2, 3), (1, 2), (1, 3))
        );
        assert!(all.iter().all(|(.., label)| label == "utility"));
    }

    #[test]
    fn a_shift_is_all_but_the_time_away_and_what_is_new_is_not_counted() {
        let share = |state| {
            value(&samples("presence-ended", &[("lasted", 500)], &[("presence", state)]), "available-share")
        };
        assert_eq!(
            (share("available"), share("break"), share("away")),
            (Some((500, 500)), Some((0, 500)), None)
        );
        let lunch =
            samples("presence-ended", &[("lasted", 500)], &[("presence", "break"), ("code", "almuerzo")]);
        assert!(lunch.contains(&("break-time", 500, 0, "almuerzo".to_owned())), "{lunch:?}");
        assert_eq!(
            value(&samples("presence-ended", &[("lasted", 5)], &[("presence", "busy")]), "break-time"),
            None
        );
        assert_eq!(
            samples("case-moved", &[("held", 9)], &[("how", "rescued")]),
            [("cases-moved", 1, 0, "rescued".to_owned())]
        );
        assert!(samples("something-new", &[("lasted", 1)], &[]).is_empty());
        assert!(samples("case-queued", &[("again", 1)], &[]).is_empty());
    }
}
