//! What a rule may have asked of services outside, and what the host answers it while it runs.

use domain::decision::{Effect, Kind, Outcome};
use domain::request::Destination;
use rules::contract::Response;
use rules::{Answer, Answered, Definition, Grant, Rule, Seen, Snapshot, Then, Unavailable};
use serde_json::{Value, json};
use std::sync::Arc;

use crate::support::{Bench, company, component, input, start};

/// A rule that was granted to read orders with one secret.
fn granted(bench: &Bench, guest: &str, settings: &str) -> Rule {
    let admitted = bench.host.admit(&component(guest)).unwrap_or_else(|refusal| panic!("{guest}: {refusal}"));
    let destination: Destination =
        serde_json::from_value(json!({ "to": "https://crm.example/orders/", "secrets": ["crm"] })).unwrap();
    let linked = bench.host.link(&admitted, &Grant::all_of(&admitted).asking(&[destination])).unwrap();
    let definition = bench.try_rule(&component(guest), settings).unwrap().definition().clone();
    bench.host.prepare(Definition { linked, ..definition }).unwrap()
}

fn ask(bench: &Bench, rule: &Rule) -> (Answer, Vec<Value>) {
    let answer = bench.host.ask(rule, Kind::Responding, &input(), &company());
    let calls = answer.trace(&Seen::of(&input())).calls;
    (answer, calls.iter().map(|call| call.answer.value()).collect())
}

#[test]
fn a_rule_has_asked_what_it_was_granted_and_nothing_else_however_it_is_written() {
    let bench = start();
    let (answer, told) = ask(&bench, &granted(&bench, "asks", "https://crm.example/orders/4711?full=1"));
    assert_eq!(answer.asked.outcome, Outcome::Answered);
    let [Effect::Request { request }] = &answer.effects[..] else { panic!("{:?}", answer.effects) };
    assert_eq!(request.to.to_string(), "https://crm.example/orders/4711?full=1");
    assert!(request.repeatable, "GET always is");
    assert_eq!(told[0], json!({ "ok": null }));
    assert_eq!(told[1], json!({ "ok": null }), "nothing was answered yet");

    for (url, code) in [
        ("https://crm.example/customers/1", "denied"),
        ("https://crm.example:8443/orders/1", "denied"),
        ("http://crm.example/orders/1", "denied"),
        ("https://other.example/orders/1", "denied"),
        ("http://169.254.169.254/latest/meta-data/", "denied"),
        ("https://127.0.0.1/orders/1", "denied"),
        ("https://[::1]/orders/1", "denied"),
        ("https://[::ffff:127.0.0.1]/orders/1", "denied"),
        ("https://2130706433/orders/1", "invalid"),
        ("https://0x7f000001/orders/1", "invalid"),
        ("https://0177.0.0.1/orders/1", "invalid"),
        ("https://127.1/orders/1", "invalid"),
        ("https://crm.example./orders/1", "invalid"),
        ("https://crm.example@evil.example/orders/1", "invalid"),
        ("https://crm.example:x@evil.example/orders/1", "invalid"),
        ("https://crm.example\\@evil.example/orders/1", "invalid"),
        ("https://crm.example/orders/../customers/1", "invalid"),
        ("https://crm.example/orders/%2e%2e/customers/1", "invalid"),
        ("https://crm.example/orders/1\r\nHost: evil.example", "invalid"),
        ("file:///etc/passwd", "invalid"),
        ("", "invalid"),
    ] {
        let (answer, told) = ask(&bench, &granted(&bench, "asks", url));
        assert_eq!(answer.asked.outcome, Outcome::Answered, "{url}: it is told so, and goes on");
        assert_eq!(answer.effects, [], "{url}");
        assert_eq!(told[0]["failed"]["code"], code, "{url}: {}", told[0]);
    }
}

#[test]
fn a_secret_of_another_service_and_a_request_in_a_header_are_refused() {
    let bench = start();
    let (answer, told) = ask(&bench, &granted(&bench, "smuggles", ""));
    assert_eq!((answer.asked.outcome, answer.effects.len()), (Outcome::Answered, 0));
    assert_eq!(told[0]["failed"]["code"], "denied");
    assert!(told[0]["failed"]["text"].as_str().unwrap().contains("`payments`"), "{}", told[0]);
    assert_eq!(told[1]["failed"]["code"], "invalid");
}

#[test]
fn a_rule_that_asks_too_much_at_once_is_told_so() {
    let bench = start();
    let (answer, told) = ask(&bench, &granted(&bench, "floods_requests", ""));
    assert_eq!((answer.asked.outcome, answer.effects.len()), (Outcome::Answered, 3));
    assert_eq!(told[4]["failed"]["code"], "limit");
}

/// A conversation in which a service has answered.
struct Heard(Response);

impl Snapshot for Heard {
    fn history(&self, _: u32) -> Result<Vec<rules::Remembered>, Unavailable> {
        Err(Unavailable { because: "not here".to_owned() })
    }
    fn profile(&self) -> Result<rules::contract::Customer, Unavailable> {
        Err(Unavailable { because: "not here".to_owned() })
    }
    fn identity(&self) -> Result<rules::contract::Who, Unavailable> {
        Err(Unavailable { because: "not here".to_owned() })
    }
    fn team(
        &self,
        _: &domain::id::QueueId,
        _: &[String],
    ) -> Result<Vec<rules::contract::Agent>, Unavailable> {
        Err(Unavailable { because: "not here".to_owned() })
    }
    fn memory(
        &self,
        _: &domain::id::RuleId,
        _: domain::decision::MemoryScope,
        _: &str,
    ) -> Result<Option<String>, Unavailable> {
        Ok(None)
    }
    fn answer(&self) -> Result<Option<Answered>, Unavailable> {
        Ok(Some(Answered { version: 9, answer: self.0.clone() }))
    }
}

#[test]
fn an_answer_is_kept_by_reference_and_read_again_the_same() {
    let bench = start();
    let response = Response {
        purpose: "order".to_owned(),
        outcome: "answered".to_owned(),
        status: 200,
        headers: vec![],
        body: "{\"state\":\"on-the-way\"}".to_owned(),
        attempts: 1,
        attrs: vec![],
    };
    let rule = granted(&bench, "asks", "https://crm.example/orders/1");
    let heard: Arc<dyn Snapshot> = Arc::new(Heard(response.clone()));
    let first = bench.host.ask(&rule, Kind::Responding, &input(), &heard);
    let trace = first.trace(&Seen::of(&input()));
    assert_eq!(trace.calls[1].answer.value(), json!({ "ok": 9 }), "the answer is an event already");
    assert!(!serde_json::to_string(&trace).unwrap().contains("on-the-way"));

    let then = Then::new(&trace.calls, |_| None)
        .answered_by(move |version| (version == 9).then(|| response.clone()));
    let again = bench.host.ask(&rule, Kind::Responding, &input(), &(Arc::new(then) as Arc<dyn Snapshot>));
    assert_eq!(again.differs(&first.asked, &trace), Vec::<&str>::new());
}
