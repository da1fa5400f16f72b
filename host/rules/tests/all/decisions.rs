//! What honest rules decide, and what is recorded of it.

use crate::support::{company, input, start};
use std::sync::Arc;

use domain::decision::{Asked, Effect, Kind, MemoryScope, Outcome, Trace, Verdict};
use domain::message::Outgoing;
use rules::{Seen, Snapshot, Then};
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

#[test]
fn a_decision_comes_out_the_same_again_and_another_answer_to_what_it_read_is_told() {
    let bench = start();
    for (guest, kind) in [
        ("answers", Kind::Responding),
        ("remembers", Kind::Responding),
        ("reads_all", Kind::Routing),
        ("traps", Kind::Responding),
    ] {
        let (rule, input, company) = (bench.rule(guest), input(), company());
        let before = bench.host.ask(&rule, kind, &input, &company);
        // As it is kept, and read back.
        let trace: Trace =
            serde_json::from_str(&serde_json::to_string(&before.trace(&Seen::of(&input))).unwrap()).unwrap();
        let again = Seen::again(&trace.input, input.message.as_ref(), &[]).unwrap();
        assert_eq!(again, input, "{guest}");
        let lines = company.history(50).unwrap();
        let line =
            move |version| lines.iter().find(|line| line.version == version).map(|line| line.message.clone());
        let then: Arc<dyn Snapshot> = Arc::new(Then::new(&trace.calls, line.clone()));
        let answer = bench.host.ask(&rule, kind, &again, &then);
        assert_eq!(answer.differs(&before.asked, &trace), Vec::<&str>::new(), "{guest}");

        // A journal that says something else of what was read, said or spent.
        let mut other = trace.clone();
        other.reason += "!";
        assert_eq!(answer.differs(&before.asked, &other), ["reason"], "{guest}");
        let dearer = Asked { fuel: before.asked.fuel + 1, ..before.asked.clone() };
        assert_eq!(answer.differs(&dearer, &trace), ["fuel"], "{guest}");
        if !trace.calls.is_empty() && guest == "reads_all" {
            let then = Arc::new(Then::new(&trace.calls[1..], line));
            let snapshot: Arc<dyn Snapshot> = Arc::<Then>::clone(&then);
            let answer = bench.host.ask(&rule, kind, &again, &snapshot);
            assert!(answer.differs(&before.asked, &trace).contains(&"calls"), "{guest}");
            assert_eq!(then.strayed(), ["history.recent"]);
        }
    }
}

#[test]
fn what_a_rule_is_told_instead_stands_where_something_stood() {
    let seen = Seen::of(&input());
    let kept = seen.input();
    let message = input().message;
    let instead = [("/message/text".to_owned(), json!("adiós")), ("/calendar/open".to_owned(), json!(false))];
    let told = Seen::again(kept, message.as_ref(), &instead).unwrap();
    assert_eq!((told.message.unwrap().text.as_str(), told.calendar.open), ("adiós", false));
    for (pointer, value) in [("/message/words", json!("x")), ("/calendar/open", json!("yes"))] {
        let wrong = Seen::again(kept, message.as_ref(), &[(pointer.to_owned(), value)]);
        assert!(wrong.is_err(), "{pointer}");
    }
    assert!(Seen::again(kept, None, &[]).unwrap_err().contains("message"));
}
