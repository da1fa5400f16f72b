//! Guests that mean no good: each ends as it should, nothing of it happens, and the next honest call works.

use std::sync::Arc;

use crate::support::{Bench, asking, company, component, input, queues, start};
use domain::decision::{Effect, Elsewhere, Fault, Kind, Outcome, Skipped, Verdict, Why};
use domain::id::RuleId;
use domain::message::Outgoing;
use rules::{Definition, Generation, Rule, Seen};

/// Asks a guest, then an honest one.
fn ask(bench: &Bench, guest: &str, kind: Kind) -> rules::Answer {
    let answer = bench.host.ask(&bench.rule(guest), kind, &input(), &company());
    println!("{guest}: {:?}: {}", answer.asked.outcome, answer.reason);
    let honest = bench.host.ask(&bench.rule("places"), Kind::Routing, &input(), &company());
    assert_eq!(honest.asked.outcome, Outcome::Placed, "after {guest}: {}", honest.reason);
    answer
}

#[test]
fn every_fault_has_its_name() {
    let bench = start();
    for (guest, kind, fault) in [
        ("loops_in_call", Kind::Routing, Fault::OutOfFuel),
        ("loops_in_realloc", Kind::Routing, Fault::OutOfFuel),
        ("loops_in_post_return", Kind::Routing, Fault::OutOfFuel),
        ("traps_in_post_return", Kind::Responding, Fault::Trap),
        ("loops_after_reply", Kind::Responding, Fault::OutOfFuel),
        ("traps", Kind::Routing, Fault::Trap),
        ("traps_after_reply", Kind::Responding, Fault::Trap),
        ("follows_forever", Kind::Following, Fault::OutOfFuel),
        ("grows", Kind::Routing, Fault::OutOfMemory),
        ("grows_tables", Kind::Routing, Fault::OutOfMemory),
        ("recurses", Kind::Routing, Fault::StackOverflow),
        ("errs", Kind::Routing, Fault::Error),
        ("claims_priority_200", Kind::Routing, Fault::Nonsense),
        ("prefers_for_a_year", Kind::Routing, Fault::Nonsense),
        ("bad_utf8_result", Kind::Routing, Fault::Nonsense),
        ("bad_utf8_argument", Kind::Routing, Fault::Nonsense),
        ("bad_pointer", Kind::Routing, Fault::Nonsense),
        ("realloc_lies", Kind::Routing, Fault::Nonsense),
        ("realloc_calls_back", Kind::Routing, Fault::Trap),
        ("long_reason", Kind::Routing, Fault::TooMuchOutput),
        ("giant_result", Kind::Routing, Fault::TooMuchOutput),
        ("giant_argument", Kind::Routing, Fault::TooManyCalls),
        ("giant_list", Kind::Routing, Fault::TooManyCalls),
        ("floods_calls", Kind::Routing, Fault::TooManyCalls),
        ("floods_bytes", Kind::Routing, Fault::TooManyCalls),
    ] {
        let answer = ask(&bench, guest, kind);
        assert_eq!(answer.asked.outcome, Outcome::GuestFault { fault }, "{guest}: {}", answer.reason);
        assert_eq!(answer.verdict, None, "{guest}");
        assert!(answer.effects.is_empty(), "{guest}: after a fault nothing has happened");
        assert!(!answer.reason.is_empty(), "{guest}");
    }
}

#[test]
fn an_error_keeps_the_words_of_the_rule() {
    assert_eq!(ask(&start(), "errs", Kind::Routing).reason, "not my fault");
}

#[test]
fn a_router_that_acts_is_denied() {
    let answer = ask(&start(), "acts_as_router", Kind::Routing);
    assert_eq!(answer.asked.outcome, Outcome::Denied { function: "reply.text".to_owned() });
}

#[test]
fn a_rule_that_talks_is_cut_and_not_punished() {
    let answer = ask(&start(), "talks", Kind::Routing);
    assert_eq!(answer.asked.outcome, Outcome::Abstained);
    assert_eq!(answer.asked.calls["log.write"], 100);
    let log = answer.trace(&Seen::of(&input())).log;
    assert_eq!(log.iter().map(|line| line.text.len()).sum::<usize>(), 8192);
    assert_eq!(log[0].level, "info");
}

#[test]
fn a_rule_that_writes_too_often_is_told_so() {
    let answer = ask(&start(), "floods_replies", Kind::Responding);
    assert_eq!(answer.asked.outcome, Outcome::Answered);
    assert_eq!(answer.effects.len(), 3);
    let calls = answer.trace(&Seen::of(&input())).calls;
    assert_eq!(calls.len(), 5);
    assert_eq!(calls[4].answer.value()["failed"]["code"], "limit");
}

#[test]
fn a_rule_that_tags_and_wakes_without_end_has_done_what_fits_and_no_more() {
    let bench = start();
    let tagged = ask(&bench, "floods_tags", Kind::Responding);
    assert_eq!((&tagged.asked.outcome, tagged.effects.len()), (&Outcome::Answered, 20));
    let woken = ask(&bench, "floods_wakes", Kind::Responding);
    assert_eq!(woken.asked.outcome, Outcome::Answered);
    assert_eq!(woken.effects, [Effect::WakeAfter { seconds: 1, note: "Hello".to_owned() }], "the last word");
}

#[test]
fn a_rule_that_moves_or_asks_twice_has_done_it_once() {
    let bench = start();
    let codes = |answer: &rules::Answer| -> Vec<String> {
        let calls = answer.trace(&Seen::of(&input())).calls;
        let code = |call: &domain::decision::Call| {
            call.answer.value()["failed"]["code"].as_str().unwrap_or("ok").to_owned()
        };
        calls.iter().map(code).collect()
    };
    let moved = ask(&bench, "passes_on", Kind::Responding);
    let to = Elsewhere::Queue { queue: "refuerzo".into(), skills: Vec::new() };
    assert_eq!(
        (codes(&moved), moved.effects.as_slice()),
        (vec!["ok".into(), "limit".into()], &[Effect::Reassign { to }][..])
    );
    let asked = ask(&bench, "asks_how_it_was", Kind::Responding);
    assert_eq!(codes(&asked), ["invalid", "ok", "limit"], "two choices that look the same are one");
    assert_eq!(asked.effects.len(), 1);
}

#[test]
fn a_template_that_was_not_granted_is_not_sent() {
    let bench = start();
    let answer = ask(&bench, "invites", Kind::Responding);
    let calls = answer.trace(&Seen::of(&input())).calls;
    assert_eq!(calls[0].answer.value()["failed"]["code"], "denied");
    assert!(answer.effects.is_empty());
    let rule = bench.rule("invites");
    let definition = rule.definition().clone();
    let grant = definition.linked.grant().clone().sending(&["invitacion".to_owned()].into());
    let linked = bench.host.link(definition.linked.admitted(), &grant).unwrap();
    let granted = bench.host.prepare(Definition { linked, ..definition }).unwrap();
    let answer = bench.host.ask(&granted, Kind::Responding, &input(), &company());
    let [Effect::Reply { message: Outgoing::Template(template) }] = answer.effects.as_slice() else {
        panic!("{:?}", answer.effects)
    };
    assert_eq!((template.name.as_str(), template.language.as_str()), ("invitacion", "es_CO"));
}

#[test]
fn a_rule_that_looks_after_cases_names_few_moments_that_will_come() {
    let bench = start();
    for (guest, says) in [
        ("follows_everything", "1000 moments, at most 16 are possible"),
        ("follows_next_year", "a moment after 31536000 seconds, at most 2592000 are possible"),
    ] {
        let component = component(guest);
        let admitted = bench.host.admit(&component).unwrap();
        let linked = bench.host.link(&admitted, &rules::Grant::all_of(&admitted)).unwrap();
        let definition = Definition { linked, ..bench.rule("places").definition().clone() };
        let refused = bench.host.prepare(definition).unwrap_err().to_string();
        assert!(refused.contains(says), "{guest}: {refused}");
    }
}

/// The rules of a generation under names of their own.
fn named(bench: &Bench, guests: &[&str]) -> Vec<Rule> {
    let rule = |guest: &&str| {
        let definition = Definition { id: RuleId::from(*guest), ..bench.rule(guest).definition().clone() };
        bench.host.prepare(definition).unwrap()
    };
    guests.iter().map(rule).collect()
}

#[test]
fn after_a_fault_the_next_rule_is_asked() {
    let bench = start();
    let rules = named(&bench, &["traps", "names_no_queue", "abstains", "places", "errs", "answers"]);
    let generation = Generation::new(4, rules, queues());
    let round = generation.route(&bench.host, Why::Message, &asking(&input(), &company()));

    assert_eq!((round.generation, round.kind), (4, Kind::Routing));
    let outcomes: Vec<_> =
        round.asked.iter().map(|asked| (asked.rule.as_str(), asked.outcome.clone())).collect();
    assert_eq!(
        outcomes,
        [
            ("traps", Outcome::GuestFault { fault: Fault::Trap }),
            ("names_no_queue", Outcome::GuestFault { fault: Fault::Nonsense }),
            ("abstains", Outcome::Abstained),
            ("places", Outcome::Placed),
        ]
    );
    assert_eq!(round.traces.0[1].reason, "there is no queue `moon`");
    let not_asked: Vec<_> = round.not_asked.iter().map(|rule| (rule.rule.as_str(), rule.because)).collect();
    assert_eq!(not_asked, [("errs", Skipped::Decided)], "a responder is no part of this round");
    let decided = round.decided.unwrap();
    assert_eq!((decided.rule.as_str(), decided.reason.as_str()), ("places", "test"));
    let Verdict::Place(place) = decided.verdict else { panic!() };
    assert_eq!((place.queue.as_str(), place.priority), ("sales", 7));

    let round = generation.respond(&bench.host, Why::Message, &asking(&input(), &company()));
    assert_eq!(round.asked.len(), 1);
    assert_eq!(round.decided.unwrap().verdict, Verdict::Answered);
}

#[test]
fn nobody_decides_when_all_fail_and_a_rule_that_keeps_failing_rests() {
    let bench = start();
    let generation = Generation::new(1, named(&bench, &["traps"]), queues());
    let at = |seconds: u64| {
        let mut input = input();
        input.now += seconds * 1000;
        generation.route(&bench.host, Why::Message, &asking(&input, &company()))
    };
    for second in 0..5 {
        let round = at(second);
        assert!(round.decided.is_none() && round.asked.len() == 1);
    }
    assert_eq!(at(6).not_asked[0].because, Skipped::BreakerOpen);
    assert_eq!(at(70).asked.len(), 1, "one trial after a rest");
    assert_eq!(at(71).not_asked[0].because, Skipped::BreakerOpen);
}

#[test]
fn a_hostile_neighbour_does_not_touch_honest_calls() {
    let bench = Arc::new(start());
    let (honest, hostile) = (bench.rule("answers"), bench.rule("grows"));
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (bench, honest, hostile) = (&bench, &honest, &hostile);
            scope.spawn(move || {
                for _ in 0..50 {
                    if thread % 2 == 0 {
                        let answer = bench.host.ask(hostile, Kind::Routing, &input(), &company());
                        assert_eq!(answer.asked.outcome, Outcome::GuestFault { fault: Fault::OutOfMemory });
                    } else {
                        let answer = bench.host.ask(honest, Kind::Responding, &input(), &company());
                        assert_eq!(answer.effects.len(), 1, "{}", answer.reason);
                    }
                }
            });
        }
    });
}
