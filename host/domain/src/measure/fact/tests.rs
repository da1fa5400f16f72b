use proptest::prelude::*;

use super::*;
use crate::event::{
    CaseAssigned, CaseClosed, CaseOpened, CaseQueued, CaseSettled, Chooser, ConversationStarted,
};
use crate::event::{MessageReceived, PresenceSet, ReplyQueued, StatusChanged};
use crate::id::{ContactId, MessageId};
use crate::message::{Inbound, Outgoing};
use crate::outside::Entropy;
use crate::sealed::{Key, Lookup, Sealed};

const OWNER: ContactId = ContactId::from_bytes([1; 16]);
const TALK: ConversationId = ConversationId::from_bytes([2; 16]);

struct Zeros;
impl Entropy for Zeros {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(0);
    }
}

/// One customer's conversation, told in seconds.
struct Story {
    events: Vec<Recorded>,
    cases: u8,
}

impl Story {
    fn new() -> Self {
        let mut story = Self { events: vec![], cases: 0 };
        story.tell(0, Actor::Host, ConversationStarted { contact: OWNER, number: "1065".into() });
        story
    }

    fn tell(&mut self, second: i64, actor: Actor, event: impl Into<Event>) {
        self.put(Stream::Conversation(TALK), second, actor, event.into());
    }

    fn put(&mut self, stream: Stream, second: i64, actor: Actor, event: Event) {
        let seq = self.events.len() as u64 + 1;
        let time = Time::from_second(second).unwrap();
        self.events.push(Recorded { seq, time, stream, version: seq, actor, event });
    }

    fn case(&self) -> CaseId {
        CaseId::from_bytes([self.cases; 16])
    }

    fn writes(&mut self, second: i64) {
        let content = serde_json::json!({ "wamid": "w", "content": { "type": "text", "body": "Hola" } });
        let inbound: Inbound = serde_json::from_value(content).unwrap();
        let key = Key::from_bytes([3; 32]);
        let received = MessageReceived {
            message: MessageId::from_bytes([4; 16]),
            sent_at: Time::from_second(second).unwrap(),
            content: "text".into(),
            lookup: Lookup::of(&key, "wamid", "w"),
            body: Sealed::seal(&inbound, OWNER, &key, &Zeros).unwrap(),
            webhook: 1,
        };
        self.tell(second, Actor::Customer, received);
    }

    fn opens(&mut self, second: i64) {
        self.cases += 1;
        self.tell(second, Actor::Host, CaseOpened { case: self.case() });
    }

    fn queued(&mut self, second: i64) {
        let place = serde_json::from_value(serde_json::json!({ "queue": "ventas" })).unwrap();
        let since = Time::from_second(second).unwrap();
        self.tell(second, Actor::Host, CaseQueued { case: self.case(), place, since, by: Chooser::Default });
    }

    fn assigned(&mut self, second: i64, agent: &str) {
        let given = CaseAssigned { case: self.case(), agent: agent.into(), queue: "ventas".into() };
        self.tell(second, Actor::Host, given);
    }

    fn answers(&mut self, second: i64, who: Actor) {
        let key = Key::from_bytes([3; 32]);
        let body = Outgoing::Text { body: "Buenas".into() };
        let queued = ReplyQueued {
            message: MessageId::from_bytes([5; 16]),
            case: Some(self.case()),
            number: "1065".into(),
            content: "text".into(),
            category: None,
            campaign: None,
            body: Sealed::seal(&body, OWNER, &key, &Zeros).unwrap(),
        };
        self.tell(second, who, queued);
    }

    fn closed(&mut self, second: i64) {
        self.tell(second, Actor::Host, CaseClosed { case: self.case(), code: "solved".into() });
    }

    fn settled(&mut self, second: i64) {
        self.tell(second, Actor::Host, CaseSettled { case: self.case() });
    }

    fn facts(&self) -> Vec<What> {
        let mut facts = Facts::default();
        self.events.iter().flat_map(|event| facts.take(event)).map(|fact| fact.what).collect()
    }
}

fn agent(name: &str) -> Actor {
    Actor::Agent(name.into())
}

#[test]
fn a_rule_answers_at_once_and_the_customer_still_waits_for_a_person() {
    let mut story = Story::new();
    story.writes(100);
    story.opens(100);
    story.answers(101, Actor::Rule("horario".into()));
    story.queued(110);
    story.writes(115);
    story.assigned(130, "ana");
    story.answers(160, agent("ana"));
    story.answers(165, agent("ana"));
    story.assigned(170, "beto");
    story.writes(200);
    story.answers(230, agent("beto"));
    story.closed(300);
    let at =
        At { conversation: TALK, case: story.case(), number: "1065".into(), queue: Some("ventas".into()) };
    let (ana, beto) = (AgentId::from("ana"), AgentId::from("beto"));
    assert_eq!(
        story.facts(),
        [
            What::CaseQueued { at: at.clone(), again: false },
            What::CaseAssigned { at: at.clone(), agent: ana.clone(), waited: Some(20_000) },
            What::CaseAnswered {
                at: at.clone(),
                agent: Some(ana.clone()),
                since_queued: Some(50_000),
                since_written: Some(60_000),
            },
            What::TurnAnswered { at: at.clone(), agent: Some(ana), waited: 60_000 },
            What::CaseAssigned { at: at.clone(), agent: beto.clone(), waited: None },
            What::TurnAnswered { at: at.clone(), agent: Some(beto.clone()), waited: 30_000 },
            What::CaseResolved {
                at,
                agent: Some(beto),
                code: "solved".into(),
                lasted: 200_000,
                answers: 3,
                transfers: 1,
            },
        ]
    );
}

#[test]
fn what_a_person_sends_is_the_answer_of_the_agent_who_has_the_case_if_they_are_one() {
    let sent_by = |person: &str| {
        let mut story = Story::new();
        story.writes(100);
        story.opens(100);
        story.queued(110);
        story.assigned(130, "ana");
        story.answers(160, Actor::Person(person.into()));
        let answered = |what| match what {
            What::CaseAnswered { agent, .. } => Some(agent),
            _ => None,
        };
        story.facts().into_iter().find_map(answered)
    };
    assert_eq!(sent_by("ana"), Some(Some("ana".into())));
    assert_eq!(sent_by("marta"), Some(None));
}

#[test]
fn a_break_lasts_until_the_agent_is_something_else() {
    let mut story = Story::new();
    for (second, presence) in
        [(10, Presence::Available), (40, Presence::Break), (50, Presence::Break), (70, Presence::Away)]
    {
        story.put(
            Stream::Agent("ana".into()),
            second,
            agent("ana"),
            PresenceSet { presence, code: None }.into(),
        );
    }
    let ended = |presence, lasted| What::PresenceEnded { agent: "ana".into(), presence, code: None, lasted };
    assert_eq!(story.facts(), [ended(Presence::Available, 30_000), ended(Presence::Break, 30_000)]);
}

#[test]
fn a_case_that_was_resolved_settles_or_its_customer_comes_back_before() {
    let mut story = Story::new();
    story.opens(100);
    story.queued(100);
    story.assigned(110, "ana");
    story.closed(200);
    let first = story.case();
    story.opens(300);
    let at = |case| At { conversation: TALK, case, number: "1065".into(), queue: Some("ventas".into()) };
    let (agent, code) = (Some(AgentId::from("ana")), "solved".to_owned());
    let (answers, transfers) = (0, 0);
    let back =
        What::CaseReturned { at: at(first), agent, code: code.clone(), answers, transfers, after: 100_000 };
    assert_eq!(story.facts().last(), Some(&back));
    story.queued(300);
    story.closed(400);
    // Of the case before it is too late to say anything.
    story.tell(500, Actor::Host, CaseSettled { case: first });
    assert!(matches!(story.facts().last(), Some(What::CaseResolved { .. })));
    story.settled(600);
    story.opens(700);
    let settled =
        What::CaseSettled { at: at(CaseId::from_bytes([2; 16])), agent: None, code, answers, transfers };
    assert_eq!(story.facts().last(), Some(&settled), "who comes later has a new case and no old one");
}

#[test]
fn each_step_of_a_message_comes_once_in_whatever_order_whatsapp_tells_them() {
    use Status::{Delivered, Failed, Played, Read, Sent};
    let steps = |told: &[Status]| {
        let mut story = Story::new();
        story.opens(1);
        story.answers(2, agent("ana"));
        for status in told {
            let changed = serde_json::json!({ "status": status, "at": "2026-11-23T15:00:00Z", "webhook": 1 });
            let changed: StatusChanged = serde_json::from_value(changed).unwrap();
            let stream = Stream::Message(MessageId::from_bytes([5; 16]));
            story.put(stream, 3, Actor::Meta, changed.into());
        }
        let step = |what| match what {
            What::MessageReached { step, .. } => Some(step),
            _ => None,
        };
        story.facts().into_iter().filter_map(step).collect::<Vec<_>>()
    };
    assert_eq!(steps(&[Sent, Delivered, Read, Read]), [Sent, Delivered, Read]);
    assert_eq!(steps(&[Read, Delivered, Sent]), [Sent, Delivered, Read]);
    assert_eq!(steps(&[Delivered, Played]), [Sent, Delivered, Read]);
    assert_eq!(steps(&[Failed, Sent]), [Sent, Failed], "what WhatsApp took and could not bring was sent");
}

/// A day in which anything may follow anything, each step some seconds after the one before.
fn told(steps: &[(u8, i64)], with_rules: bool) -> Story {
    let (mut story, mut now) = (Story::new(), 0);
    for (step, later) in steps {
        now += later;
        match step {
            0 => story.writes(now),
            1 => story.opens(now),
            2 => story.queued(now),
            3 => story.assigned(now, "ana"),
            4 => story.assigned(now, "beto"),
            5 => story.answers(now, agent("ana")),
            6 if with_rules => story.answers(now, Actor::Rule("horario".into())),
            7 => story.closed(now),
            8 => story.settled(now),
            _ => {}
        }
    }
    story
}

proptest! {
    #[test]
    fn what_rules_write_changes_no_figure(steps in prop::collection::vec((0..8_u8, 0..100_i64), 0..60)) {
        prop_assert_eq!(told(&steps, true).facts(), told(&steps, false).facts());
    }

    #[test]
    fn a_case_is_answered_for_the_first_time_once_and_ends_once(
        steps in prop::collection::vec((0..9_u8, 0..100_i64), 0..60),
    ) {
        let (mut answered, mut resolved, mut over) = (vec![], vec![], vec![]);
        for what in told(&steps, true).facts() {
            match what {
                What::CaseAnswered { at, .. } => {
                    prop_assert!(!resolved.contains(&at.case) && !answered.contains(&at.case));
                    answered.push(at.case);
                }
                What::CaseResolved { at, answers, .. } => {
                    prop_assert!(!resolved.contains(&at.case));
                    prop_assert_eq!(answers > 0, answered.contains(&at.case));
                    resolved.push(at.case);
                }
                What::CaseReturned { at, .. } | What::CaseSettled { at, .. } => {
                    prop_assert!(resolved.contains(&at.case) && !over.contains(&at.case));
                    over.push(at.case);
                }
                _ => {}
            }
        }
    }
}
