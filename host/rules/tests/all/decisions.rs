//! What honest rules decide, and what is recorded of it.

use crate::support::{company, input, start};
use domain::decision::{Effect, Kind, MemoryScope, Outcome, Verdict};
use domain::message::Outgoing;
use rules::Seen;
use serde_json::json;

#[test]
fn a_reply_is_an_effect_of_a_call_that_returned() {
    let bench = start();
    let answer = bench.host.ask(&bench.rule("answers"), Kind::Responding, &input(), &company());
    assert_eq!(answer.verdict, Some(Verdict::Answered));
    assert_eq!(answer.effects, [Effect::Reply { message: Outgoing::Text { body: "Hello".to_owned() } }]);
    assert_eq!(answer.asked.calls["reply.text"], 1);
    assert!(answer.asked.fuel > 0);
}

#[test]
fn a_rule_reads_what_it_has_just_noted() {
    let bench = start();
    let answer = bench.host.ask(&bench.rule("remembers"), Kind::Responding, &input(), &company());
    assert_eq!((answer.asked.outcome, answer.reason.as_str()), (Outcome::Answered, "value"));
    let noted = Effect::Remember {
        scope: MemoryScope::Conversation,
        key: "key".to_owned(),
        value: Some("value".to_owned()),
    };
    assert_eq!(answer.effects, [noted]);
}

#[test]
fn a_trace_refers_to_what_is_on_record_and_copies_the_rest() {
    let bench = start();
    let answer = bench.host.ask(&bench.rule("reads_all"), Kind::Routing, &input(), &company());
    assert_eq!(answer.asked.outcome, Outcome::Abstained, "{}", answer.reason);
    let trace = answer.trace(&Seen::of(&input()));
    let calls: Vec<_> = trace
        .calls
        .iter()
        .map(|call| (call.function.as_str(), call.arguments.value(), call.answer.value()))
        .collect();
    let ana = json!({
        "id": "ana", "skills": ["es", "pt"], "presence": "available", "load": 1, "capacity": 4,
        "last_attended": null, "attrs": [],
    });
    let joao = json!({
        "id": "joao", "skills": ["pt"], "presence": "away", "load": 0, "capacity": 4,
        "last_attended": null, "attrs": [],
    });
    assert_eq!(
        calls,
        [
            ("history.recent", json!({ "limit": 20 }), json!({ "ok": [3, 7] })),
            (
                "profile.get",
                json!(null),
                json!({ "ok": { "name": "Lucía", "language": "es", "tags": ["vip"], "attrs": [] } }),
            ),
            (
                "identity.get",
                json!(null),
                json!({ "failed": { "code": "unavailable", "text": "not in this test" } }),
            ),
            ("team.candidates", json!({ "queue": "sales", "skills": ["pt"] }), json!({ "ok": [ana, joao] })),
            ("memory.get", json!({ "key": "sales" }), json!({ "ok": "asked for a price" })),
            (
                "memory.get",
                json!({ "key": "" }),
                json!({ "failed": {
                    "code": "invalid", "text": "the key has 0 bytes, 1 to 64 are possible",
                } }),
            ),
        ]
    );
    assert_eq!(
        trace.input.value()["message"],
        json!({ "at": 1_795_352_400_000_u64, "author": "customer", "kind": "text" })
    );
    assert_eq!(trace.input.value()["language"], "es");
}

#[test]
fn the_same_input_gives_the_same_answer() {
    let bench = start();
    for (guest, kind) in [
        ("places", Kind::Routing),
        ("reads_all", Kind::Routing),
        ("talks", Kind::Routing),
        ("loops_in_call", Kind::Routing),
        ("recurses", Kind::Routing),
        ("floods_calls", Kind::Routing),
        ("answers", Kind::Responding),
        ("traps_after_reply", Kind::Responding),
        ("remembers", Kind::Responding),
    ] {
        let rule = bench.rule(guest);
        let once = || {
            let mut answer = bench.host.ask(&rule, kind, &input(), &company());
            answer.asked.micros = 0;
            let trace = serde_json::to_vec(&answer.trace(&Seen::of(&input()))).unwrap();
            (answer.asked, answer.verdict, answer.effects, answer.reason, trace)
        };
        let first = once();
        for _ in 0..5 {
            assert_eq!(once(), first, "{guest}");
        }
    }
}
