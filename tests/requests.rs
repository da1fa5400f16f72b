//! What rules ask of services outside, whatever becomes of the services and of the host meanwhile.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use desk::{Call, Called, Cause, Lost, Reply, Services};
use domain::decision::Why;
use domain::event::{Event, Refused, RequestEnded, RuleDecided};
use domain::message::Outgoing;
use domain::request::{Destination, Ended, Failed};
use domain::stream::{Actor, Stream};
use domain::subscriber::SecretAt;
use serde_json::json;

use crate::assembled::{House, Open, block_on, events, of_kind};

const COMPANY: &str = r#"
[[queues]]
id = "general"
[[requests.secrets]]
id = "crm"
secret.env = "CRM"
prefix = "Bearer "
to = ["https://crm.example"]
"#;

const ORDERS: &str = r#"{"url": "https://crm.example/orders/", "secret": "crm", "prefix": "ET-",
    "ask": {"es": "¿Qué número?"}, "states": {"on-the-way": {"es": "{number} va en camino."}},
    "unknown": {"es": "No encuentro {number}."}, "down": {"es": "No puedo consultar {number}."}}"#;

const LOOKUP: &[(&str, &str, &str)] = &[("orders", "crm-lookup", ORDERS)];

const SECRET: &str = "hush-4f1c9e";

type Came = Result<Reply, Lost>;

/// A service that does what it is told, and remembers what it was asked.
#[derive(Default)]
struct Scripted {
    script: Mutex<VecDeque<Came>>,
    /// Where it was asked, with which key and which proof.
    asked: Mutex<Vec<[String; 3]>>,
}

impl Scripted {
    fn says(&self, came: impl IntoIterator<Item = Came>) {
        self.script.lock().unwrap().extend(came);
    }

    fn asked(&self) -> Vec<[String; 3]> {
        self.asked.lock().unwrap().clone()
    }
}

impl Services for Scripted {
    fn ask<'a>(&'a self, call: &'a Call) -> Called<'a> {
        let header = |name: &str| {
            let found = call.headers.iter().find(|(known, _)| known == name);
            found.map(|(_, value)| value.reveal().to_owned()).unwrap_or_default()
        };
        assert!(!format!("{call:?}").contains(SECRET), "what is printed is no secret");
        let asked = [call.to.to_string(), header("idempotency-key"), header("authorization")];
        self.asked.lock().unwrap().push(asked);
        let came = self.script.lock().unwrap().pop_front();
        Box::pin(std::future::ready(came.unwrap_or_else(|| lost(Failed::NotReached))))
    }

    fn secret(&self, at: &SecretAt) -> Result<String, String> {
        assert_eq!(*at, SecretAt::Env("CRM".to_owned()));
        Ok(format!("{SECRET}\n"))
    }
}

fn lost(failed: Failed) -> Came {
    Err(Lost { failed, why: "as the test wants".to_owned() })
}

fn answer(status: u16, body: &str) -> Came {
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    Ok(Reply { status, headers, body: body.as_bytes().to_vec() })
}

fn on_the_way() -> Came {
    answer(200, r#"{"state":"on-the-way"}"#)
}

fn house(seed: u64, company: &'static str, rules: &'static [(&str, &str, &str)]) -> (House, Arc<Scripted>) {
    let mut house = House::new(seed, company, rules);
    let services = Arc::new(Scripted::default());
    house.services = services.clone();
    let granted =
        json!({ "to": "https://crm.example/orders/", "methods": ["GET", "POST"], "secrets": ["crm"] });
    house.asks = vec![serde_json::from_value::<Destination>(granted).unwrap()];
    (house, services)
}

fn writes(house: &House, open: &mut Open, phone: &str) {
    let wamid = format!("wamid.{phone}");
    house.post(&open.desk, &house.text(&wamid, phone, "¿Cómo va mi pedido ET-2041?")).unwrap();
    open.settle();
}

/// Lets time pass, a second after the other.
fn pass(house: &House, open: &mut Open, seconds: i64) {
    for _ in 0..seconds {
        house.clock.advance(1);
        open.settle();
    }
}

fn ended(open: &Open) -> Vec<RequestEnded> {
    let of = |event| match event {
        Event::RequestEnded(ended) => ended,
        _ => unreachable!(),
    };
    of_kind(&open.desk, "request-ended").into_iter().map(of).collect()
}

fn decided(open: &Open) -> Vec<RuleDecided> {
    let of = |event| match event {
        Event::RuleDecided(decided) => decided,
        _ => unreachable!(),
    };
    of_kind(&open.desk, "rule-decided").into_iter().map(of).collect()
}

/// What the customers were told, in order.
fn said(open: &Open) -> Vec<String> {
    let replies =
        events(&open.desk).into_iter().filter_map(|recorded| match (recorded.event, recorded.stream) {
            (Event::ReplyQueued(reply), Stream::Conversation(id)) => Some((id, reply)),
            _ => None,
        });
    let words = replies.map(|(id, reply)| {
        let (_, conversation) = open.desk.store().conversation(id).unwrap();
        let key = open.desk.keys().contact(conversation.unwrap().contact).unwrap().unwrap();
        match reply.body.open(&key).unwrap() {
            Outgoing::Text { body } => body,
            other => panic!("{other:?}"),
        }
    });
    words.collect()
}

#[test]
fn what_a_service_answers_is_an_event_and_asks_the_rule_again() {
    let (house, services) = house(1, COMPANY, LOOKUP);
    services.says([on_the_way()]);
    let mut open = house.open().unwrap();
    writes(&house, &mut open, "573000000001");
    assert_eq!(said(&open), ["ET-2041 va en camino."]);
    let [[url, key, proof]] = &services.asked()[..] else { panic!("{:?}", services.asked()) };
    assert_eq!(url, "https://crm.example/orders/ET-2041");
    assert_eq!(*proof, format!("Bearer {SECRET}"));
    assert_eq!(key.len(), 26, "{key}");
    let whys: Vec<Why> = decided(&open).iter().map(|decided| decided.why).collect();
    assert_eq!(whys, [Why::Message, Why::Answer]);
    let [end] = &ended(&open)[..] else { panic!() };
    assert_eq!((end.to.as_str(), end.attempts), ("https://crm.example", 1));
    assert!(matches!(end.ended, Ended::Answered { status: 200, .. }));
    // What was asked and answered is the customer's, and no secret is anywhere.
    let journal: String =
        events(&open.desk).iter().map(|recorded| recorded.event.data().unwrap().get().to_owned()).collect();
    for mark in ["ET-2041", "on-the-way", SECRET] {
        assert!(!journal.contains(mark), "{mark}");
    }
    let tally = open.desk.store().requests_since(&"orders".into(), "2026-11-01".parse().unwrap()).unwrap();
    assert_eq!((tally.requests(), tally.attempts, tally.ended["2xx"]), (1, 1, 1));
}

#[test]
fn a_service_that_is_away_for_a_moment_is_asked_again_by_the_same_key() {
    let (house, services) = house(2, COMPANY, LOOKUP);
    services.says([lost(Failed::NotReached), answer(503, ""), on_the_way()]);
    let mut open = house.open().unwrap();
    writes(&house, &mut open, "573000000001");
    assert_eq!((services.asked().len(), said(&open).len()), (1, 0));
    pass(&house, &mut open, 10);
    assert_eq!(said(&open), ["ET-2041 va en camino."]);
    let asked = services.asked();
    assert_eq!(asked.len(), 3);
    assert!(asked.iter().all(|one| one == &asked[0]), "{asked:?}");
    assert_eq!(ended(&open)[0].attempts, 3);
}

#[test]
fn what_the_customer_sees_when_it_stays_away_is_what_the_rule_says_and_a_person_comes() {
    let (house, services) = house(3, COMPANY, LOOKUP);
    let mut open = house.open().unwrap();
    writes(&house, &mut open, "573000000001");
    pass(&house, &mut open, 60);
    assert_eq!(said(&open), ["No puedo consultar ET-2041."]);
    assert_eq!(services.asked().len(), 4);
    assert_eq!(ended(&open)[0].ended, Ended::Failed { failed: Failed::NotReached });
    assert_eq!(of_kind(&open.desk, "case-queued").len(), 1);
}

#[test]
fn a_secret_that_comes_back_does_not_reach_the_rule() {
    let (house, services) = house(4, COMPANY, LOOKUP);
    services.says([answer(200, &format!(r#"{{"state":"on-the-way","you-sent":"Bearer {SECRET}"}}"#))]);
    let mut open = house.open().unwrap();
    writes(&house, &mut open, "573000000001");
    let (_, conversation) = open.desk.store().conversations().unwrap().pop_first().unwrap();
    let key = open.desk.keys().contact(conversation.contact).unwrap().unwrap();
    let body = ended(&open)[0].body.open(&key).unwrap().body;
    assert_eq!(body, r#"{"state":"on-the-way","you-sent":"Bearer [secret]"}"#);
}

/// Tries what is to be tried, and lets the host stop before anybody decided on what came of it.
fn stops_in_the_air(house: &House, open: Open) -> Open {
    let mut open = open;
    while open.parts.requester.next().unwrap().is_none() {
        assert!(open.parts.dispatcher.step().is_ok());
        assert!(open.parts.workers.iter_mut().all(|worker| worker.step()));
    }
    for errand in open.parts.requester.pick().unwrap() {
        assert!(block_on(open.parts.requester.deliver(errand)).is_some());
    }
    drop(open);
    house.disk.crash();
    house.lose_projections();
    house.open().unwrap()
}

#[test]
fn after_a_crash_what_may_be_repeated_is_by_the_same_key_and_nothing_is_lost() {
    let (house, services) = house(5, COMPANY, LOOKUP);
    services.says([on_the_way(), on_the_way()]);
    let open = house.open().unwrap();
    house.post(&open.desk, &house.text("wamid.1", "573000000001", "ET-2041")).unwrap();
    let mut open = stops_in_the_air(&house, open);
    open.settle();
    pass(&house, &mut open, 3);
    assert_eq!(said(&open), ["ET-2041 va en camino."]);
    let asked = services.asked();
    assert_eq!((asked.len(), &asked[0]), (2, &asked[1]));
}

#[test]
fn after_a_crash_what_may_not_be_repeated_is_not_and_the_rule_is_told_that_nobody_knows() {
    let (house, services) = house(6, COMPANY, &[("posts", "posts", "https://crm.example/orders/")]);
    services.says([answer(201, "")]);
    let open = house.open().unwrap();
    house.post(&open.desk, &house.text("wamid.1", "573000000001", "hola")).unwrap();
    let mut open = stops_in_the_air(&house, open);
    open.settle();
    let first = ended(&open).remove(0);
    assert_eq!((first.ended, first.attempts), (Ended::Failed { failed: Failed::InDoubt }, 1));
    let keys: Vec<String> = services.asked().into_iter().map(|[_, key, _]| key).collect();
    assert_eq!(keys.iter().filter(|key| **key == first.request.to_string()).count(), 1, "{keys:?}");
}

#[test]
fn a_rule_that_asks_because_it_was_answered_comes_to_an_end_and_a_person_comes() {
    let (house, services) = house(7, COMPANY, &[("posts", "posts", "https://crm.example/orders/")]);
    services.says((0..50).map(|_| answer(200, "")));
    let mut open = house.open().unwrap();
    writes(&house, &mut open, "573000000001");
    pass(&house, &mut open, 90);
    assert_eq!(services.asked().len(), 10);
    let last = decided(&open).into_iter().rfind(|decided| decided.why == Why::Answer).unwrap();
    assert_eq!(last.refused, [Refused::TooManyRequests]);
    assert_eq!(of_kind(&open.desk, "case-queued").len(), 1);
}

#[test]
fn a_flood_waits_for_its_turn_and_whoever_waits_too_long_gets_a_person() {
    const SLOW: &str = r#"
        [[queues]]
        id = "general"
        [requests]
        per-minute = 2
        [[requests.secrets]]
        id = "crm"
        secret.env = "CRM"
        to = ["https://crm.example"]
    "#;
    let (house, services) = house(8, SLOW, LOOKUP);
    services.says((0..50).map(|_| on_the_way()));
    let mut open = house.open().unwrap();
    for n in 0..5 {
        writes(&house, &mut open, &format!("57300000000{n}"));
    }
    assert_eq!(services.asked().len(), 2);
    pass(&house, &mut open, 59);
    assert_eq!((services.asked().len(), said(&open).len()), (2, 2));
    pass(&house, &mut open, 3);
    let late =
        ended(&open).iter().filter(|end| end.ended == Ended::Failed { failed: Failed::TooLate }).count();
    assert!(late >= 1 && late + services.asked().len() == 5, "{late} late, {:?}", services.asked());
    assert_eq!(said(&open).len(), 5, "all were told something");
}

#[test]
fn what_is_not_granted_any_more_is_not_asked() {
    let (mut house, services) = house(9, COMPANY, LOOKUP);
    let open = house.open().unwrap();
    house.post(&open.desk, &house.text("wamid.1", "573000000001", "ET-2041")).unwrap();
    let mut open = open;
    while open.parts.requester.next().unwrap().is_none() {
        assert!(open.parts.dispatcher.step().is_ok());
        assert!(open.parts.workers.iter_mut().all(|worker| worker.step()));
    }
    drop(open);
    house.asks = Vec::new();
    let mut open = house.open().unwrap();
    open.settle();
    assert_eq!(services.asked().len(), 0);
    assert_eq!(ended(&open)[0].ended, Ended::Failed { failed: Failed::Withdrawn });
    assert_eq!(said(&open), ["No puedo consultar ET-2041."]);
}

#[test]
fn a_customer_who_is_forgotten_while_a_service_is_asked_leaves_nothing_of_it() {
    let (house, services) = house(10, COMPANY, LOOKUP);
    services.says([on_the_way()]);
    let mut open = house.open().unwrap();
    house.post(&open.desk, &house.text("wamid.1", "573000000001", "ET-2041")).unwrap();
    while open.parts.requester.next().unwrap().is_none() {
        assert!(open.parts.dispatcher.step().is_ok());
        assert!(open.parts.workers.iter_mut().all(|worker| worker.step()));
    }
    let errands = open.parts.requester.pick().unwrap();
    let flown = block_on(open.parts.requester.deliver(errands[0].clone()));
    let (_, conversation) = open.desk.store().conversations().unwrap().pop_first().unwrap();
    let cause = Cause { reason: "solicitud del titular".to_owned(), term: None };
    block_on(open.desk.erase(conversation.contact, &cause, &Actor::Operator("root".into()))).unwrap();
    open.parts.requester.settle(&errands[0], flown).unwrap();
    open.settle();
    assert_eq!(ended(&open).len(), 0);
    assert_eq!(open.parts.requester.next().unwrap(), None);
    assert_eq!(open.desk.store().requests_open(&"orders".into(), 10).unwrap(), 0);
    // Nor is there anything of it after everything was folded anew.
    drop(open);
    house.lose_projections();
    let mut open = house.open().unwrap();
    open.settle();
    assert_eq!((open.parts.requester.next().unwrap(), services.asked().len()), (None, 1));
}
