//! What a guest does after it has answered: every export may bring a function that tidies up, and that is the guest's code as well.

use domain::decision::{Fault, Kind, Outcome};
use domain::proposal::judgement::Verdict;
use domain::raci::Raci;
use rules::contract::Proposal;
use rules::{Refusal, Unmeasured};

use crate::support::{Bench, company, component, input, start};

/// Both deeds, and whose fault they are.
const DEEDS: [(&str, Fault); 2] = [("loops", Fault::OutOfFuel), ("traps", Fault::Trap)];

/// The outcome of asking a guest of a kind of rule.
fn outcome(bench: &Bench, guest: &str, of: &str) -> Outcome {
    let rule = bench.rule(guest);
    let unmeasured = |failed: Unmeasured| failed.outcome;
    let conversation = |kind| {
        let answer = bench.host.ask(&rule, kind, &input(), &company());
        assert!(answer.verdict.is_none() && answer.effects.is_empty(), "{guest}: nothing has happened");
        answer.asked.outcome
    };
    match of {
        "routing" => conversation(Kind::Routing),
        "responding" => conversation(Kind::Responding),
        "approving" => {
            let judgement = bench.host.judge(&rule, &proposal(), &Raci::default());
            let Verdict::Failed { outcome, .. } = judgement.verdict else { panic!("{guest}: {judgement:?}") };
            outcome
        }
        "figures" => unmeasured(bench.host.figures(&rule).unwrap_err()),
        "measuring" => {
            let figures = bench.host.figures(&rule).unwrap();
            unmeasured(bench.host.measure(&rule, &figures, &[]).samples.unwrap_err())
        }
        "watches" => unmeasured(bench.host.watches(&rule).unwrap_err()),
        "alerting" => unmeasured(bench.host.judge_figures(&rule, &[], 0, &[]).named.unwrap_err()),
        other => panic!("{other}"),
    }
}

fn proposal() -> Proposal {
    Proposal {
        id: "1".to_owned(),
        kind: "template".to_owned(),
        title: String::new(),
        reason: String::new(),
        rows: vec![],
        roles: vec![],
        content: "{}".to_owned(),
        facts: vec![],
        now: 0,
        attrs: vec![],
    }
}

#[test]
fn whoever_answers_and_fails_to_tidy_up_has_answered_nothing_and_is_to_blame() {
    let bench = start();
    for (deed, fault) in DEEDS {
        for of in ["routing", "responding", "approving", "figures", "measuring", "watches", "alerting"] {
            let guest = match (deed, of) {
                ("loops", "routing") => "loops_in_post_return".to_owned(),
                ("traps", "responding") => "traps_in_post_return".to_owned(),
                _ => format!("{deed}_behind_{of}"),
            };
            assert_eq!(outcome(&bench, &guest, of), Outcome::GuestFault { fault }, "{guest}");
            let honest = bench.host.ask(&bench.rule("places"), Kind::Routing, &input(), &company());
            assert_eq!(honest.asked.outcome, Outcome::Placed, "after {guest}: {}", honest.reason);
        }
    }
}

#[test]
fn whoever_cannot_even_introduce_itself_without_that_is_not_taken() {
    let bench = start();
    for (deed, _) in DEEDS {
        for of in ["describe", "prepare"] {
            let guest = format!("{deed}_behind_{of}");
            let refusal = bench.host.admit(&component(&guest)).unwrap_err();
            let Refusal::Trial { function, detail } = &refusal else { panic!("{guest}: {refusal}") };
            assert_eq!(function, of, "{guest}: {detail}");
        }
    }
    bench.rule("places");
}
