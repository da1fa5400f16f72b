//! Rules that are asked and do not count, or count for some.

use domain::decision::{Digest, Kind, Outcome, Skipped, Why};
use domain::id::{ConversationId, RuleId};
use domain::rule::mode::Mode;
use rules::{Definition, Generation, Question, Rule};

use crate::support::{Bench, asking, company, input, queues, start};

fn rule(bench: &Bench, guest: &str, mode: Mode) -> Rule {
    called(bench, guest, guest, mode)
}

fn called(bench: &Bench, name: &str, guest: &str, mode: Mode) -> Rule {
    let definition = Definition { id: RuleId::from(name), mode, ..bench.rule(guest).definition().clone() };
    bench.host.prepare(definition).unwrap()
}

#[test]
fn what_a_rule_says_in_the_shadow_is_kept_and_changes_nothing() {
    let bench = start();
    let of = |shadow: &str, live: &[&str]| {
        let mut rules = vec![rule(&bench, shadow, Mode::Shadow)];
        rules.extend(live.iter().map(|guest| rule(&bench, guest, Mode::Live)));
        Generation::new(1, rules, queues())
    };
    let alone = of("places", &[]);
    let round = alone.route(&bench.host, Why::Message, &asking(&input(), &company()));
    assert!(round.decided.is_none() && round.asked.is_empty());
    assert_eq!(round.shadowed[0].asked.outcome, Outcome::Placed);
    assert!(!round.shadowed[0].agrees, "nobody placed it, and this one would have");
    assert_eq!(round.traces.0[0].reason, "test", "why is kept too");

    let quiet = of("abstains", &["places"]);
    let round = quiet.route(&bench.host, Why::Message, &asking(&input(), &company()));
    assert_eq!(round.decided.unwrap().rule.as_str(), "places");
    assert!(round.shadowed[0].agrees, "whoever abstains leaves it to the others");
    assert_eq!(round.traces.0.len(), 2);
    assert_eq!(round.traces.0[1].rule.as_str(), "abstains", "those who do not count come last");

    let behind = Generation::new(
        1,
        vec![rule(&bench, "answers", Mode::Live), called(&bench, "other", "answers", Mode::Shadow)],
        queues(),
    );
    let round = behind.respond(&bench.host, Why::Message, &asking(&input(), &company()));
    assert_eq!(round.decided.unwrap().rule.as_str(), "answers");
    assert_eq!(round.shadowed.len(), 1, "also behind one that decided");
    let now = input().now;
    let counts: Vec<_> = behind.rules().map(|rule| rule.lately(now)).collect();
    assert_eq!((counts[0].asked, counts[0].decided, counts[1].asked), (1, 1, 1));
}

#[test]
fn a_rule_that_fails_in_the_shadow_rests_as_any_other() {
    let bench = start();
    let generation = Generation::new(1, vec![rule(&bench, "traps", Mode::Shadow)], queues());
    for _ in 0..5 {
        let round = generation.route(&bench.host, Why::Message, &asking(&input(), &company()));
        assert!(round.shadowed[0].asked.outcome.failed() && round.shadowed[0].agrees);
    }
    let round = generation.route(&bench.host, Why::Message, &asking(&input(), &company()));
    assert_eq!(round.not_asked[0].because, Skipped::BreakerOpen);
    assert!(generation.rules().all(Rule::rests));
}

#[test]
fn a_canary_counts_for_its_conversations_and_for_the_same_ones_always() {
    let bench = start();
    let generation = Generation::new(1, vec![rule(&bench, "places", Mode::Canary(30))], queues());
    let (input, company) = (input(), company());
    let chosen = |n: u8| {
        let conversation = ConversationId::from_bytes(*Digest::of(&[n]).as_bytes().first_chunk().unwrap());
        let question = Question { conversation, input: &input, snapshot: &company };
        let round = generation.route(&bench.host, Why::Message, &question);
        match round.not_asked.first() {
            None => round.decided.is_some(),
            Some(not) => {
                assert_eq!(not.because, Skipped::NotInCanary);
                false
            }
        }
    };
    let first: Vec<bool> = (0..=255).map(chosen).collect();
    let count = first.iter().filter(|chosen| **chosen).count();
    assert!((50..105).contains(&count), "{count} of 256");
    assert_eq!(first, (0..=255).map(chosen).collect::<Vec<_>>());
}

#[test]
fn what_was_signed_until_a_day_is_not_asked_after_it_and_a_move_keeps_what_a_rule_is() {
    let bench = start();
    let traps = rule(&bench, "traps", Mode::Live);
    let until = domain::Time::from_millisecond(i64::try_from(input().now).unwrap()).unwrap();
    let ended = Definition { until: Some(until), ..traps.definition().clone() };
    let ended = Generation::new(1, vec![traps.under(ended).unwrap()], queues());
    let round = ended.route(&bench.host, Why::Message, &asking(&input(), &company()));
    assert_eq!(round.not_asked[0].because, Skipped::EnvelopeOver);

    let generation = Generation::new(2, vec![traps.clone()], queues());
    for _ in 0..5 {
        generation.route(&bench.host, Why::Message, &asking(&input(), &company()));
    }
    let shadow = Definition { mode: Mode::Shadow, ..traps.definition().clone() };
    let moved = traps.under(shadow).unwrap();
    assert!(moved.rests() && moved.is(Kind::Routing), "a move mends nothing");
    let other = Definition { settings: "other".to_owned(), ..traps.definition().clone() };
    assert!(traps.under(other).is_none(), "other settings are read anew");
}
