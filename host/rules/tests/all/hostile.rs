//! Guests that mean no good: each ends as it should, nothing of it happens, and the next honest call works.

use std::sync::Arc;

use crate::support::{Bench, asking, company, input, queues, start};
use domain::decision::{Effect, Fault, Kind, Outcome, Skipped, Verdict, Why};
use domain::id::RuleId;
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
