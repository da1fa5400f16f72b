//! Rules that judge what people propose: what they say is taken if it makes sense, and whatever else they do holds nobody up.

use domain::decision::{Fault, Outcome};
use domain::json::Json;
use domain::proposal::judgement::{Demands, Verdict};
use domain::raci::Raci;
use domain::raci::task::Task;
use rules::contract::Proposal;
use serde_json::json;

use crate::support::start;

fn proposal(body: &str) -> Proposal {
    let form = json!({"name": "pedido", "language": "es", "category": "UTILITY",
        "components": [{"type": "BODY", "text": body}]});
    Proposal {
        id: "1".to_owned(),
        kind: "template".to_owned(),
        title: "create pedido es UTILITY".to_owned(),
        reason: "Avisar".to_owned(),
        rows: vec!["modify-templates".to_owned()],
        roles: vec!["supervisor".to_owned()],
        content: json!({"do": "create", "account": null, "form": form}).to_string(),
        facts: vec![("template.quality".to_owned(), "RED".to_owned())],
        now: 1_795_352_400_000,
        attrs: vec![],
    }
}

#[test]
fn whatever_a_hostile_approver_does_it_has_said_nothing_and_is_to_blame() {
    let (bench, raci) = (start(), Raci::default());
    for (guest, fault) in [
        ("judges_forever", Fault::OutOfFuel),
        ("judges_and_traps", Fault::Trap),
        ("judges_at_length", Fault::TooMuchOutput),
        ("wants_4_billion_signatures", Fault::Nonsense),
        ("wants_a_stranger", Fault::Nonsense),
        ("waits_for_a_century", Fault::Nonsense),
    ] {
        let judgement = bench.host.judge(&bench.rule(guest), &proposal("Su pedido llega hoy."), &raci);
        let Verdict::Failed { outcome, text } = &judgement.verdict else { panic!("{guest}: {judgement:?}") };
        assert_eq!(*outcome, Outcome::GuestFault { fault }, "{guest}: {text}");
        assert!(!text.is_empty() && text.chars().count() <= 500, "{guest}: {text}");
        assert!(judgement.reasons.is_empty() && !judgement.tightens(), "{guest}");
    }
    let judgement = bench.host.judge(&bench.rule("wants_two_audits"), &proposal("x"), &raci);
    let signatures = [(Task::Audit, 2)].into();
    assert_eq!(judgement.verdict, Verdict::Require(Demands { signatures, ..Demands::default() }));
}

#[test]
fn a_template_is_judged_by_its_words_and_the_same_again_from_what_was_kept() {
    let (bench, raci) = (start(), Raci::default());
    let rule = bench.plugin("template-lint");
    assert!(rule.definition().linked.admitted().functions.is_empty(), "it may do nothing");

    let shown = proposal("Vea su pedido en bit.ly/3xY hoy mismo.");
    let judgement = bench.host.judge(&rule, &shown, &raci);
    assert_eq!(judgement.verdict, Verdict::Reject);
    let codes: Vec<&str> = judgement.reasons.iter().map(|reason| reason.code.as_str()).collect();
    assert_eq!(codes, ["link-shortener", "readers-dislike-it"]);
    assert!(
        judgement
            .reasons
            .iter()
            .all(|reason| ["es", "pt", "en"].iter().all(|of| reason.words.contains_key(*of)))
    );

    // What the journal keeps is all that it followed from.
    let kept = Json::of(&shown);
    let again: Proposal = serde_json::from_str(kept.text()).unwrap();
    let again = bench.host.judge(&rule, &again, &raci);
    let lasting = |one: &domain::proposal::judgement::Judgement| {
        Json::of(&domain::proposal::judgement::Judgement { micros: 0, ..one.clone() }).text().to_owned()
    };
    assert_eq!(lasting(&again), lasting(&judgement));
    let other = bench.host.judge(&rule, &proposal("Su pedido llega hoy."), &raci);
    assert_eq!(other.verdict, Verdict::Approve);
    assert_ne!(other.input, judgement.input);
}
