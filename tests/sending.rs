//! What becomes of a message when WhatsApp does not answer, or answers no.

use domain::delivery::{Delivery, Sending, Unseen};
use domain::event::{Event, ReplyQueued};
use domain::id::{ContactId, ConversationId, MessageId};
use domain::law::class::Category;
use domain::message::{Outgoing, Template};
use domain::stream::{Actor, Stream};
use store::Draft;

use crate::assembled::{House, Open, block_on, of_kind};

/// A company that answers for the consents of its customers.
pub const SHOP: &str = r#"
[[queues]]
id = "general"
[contacting]
marketing-opt-in = "company-vouches"
"#;

pub const ANSWERS: &[(&str, &str, &str)] =
    &[("answers", "quick-answers", r#"{"answers": [{"words": ["horario"], "text": {"es": "A las 8."}}]}"#)];

pub const LUCIA: &str = "573001112233";

/// A house with a customer who asked something and was answered, as often as asked.
pub fn house(seed: u64) -> (House, Open) {
    let house = House::new(seed, SHOP, ANSWERS);
    let open = house.open().unwrap();
    (house, open)
}

/// A customer asks, and the answer is queued; nothing is sent yet.
pub fn asks(house: &House, open: &mut Open, wamid: &str, phone: &str) {
    house.post(&open.desk, &house.text(wamid, phone, "horario")).unwrap();
    for _ in 0..3 {
        open.parts.dispatcher.step().unwrap();
        assert!(open.parts.workers.iter_mut().all(|worker| worker.step()));
    }
}

/// The conversation of the last reply, and with whom.
pub fn conversation(open: &Open) -> (ConversationId, ContactId) {
    let (id, known) = open.desk.store().conversations().unwrap().pop_first().unwrap();
    (id, known.contact)
}

/// Queues a template, as whoever makes campaigns does.
pub fn offers(house: &House, open: &Open, category: Category, who: Actor) -> MessageId {
    let (conversation, contact) = conversation(open);
    let template = Template { name: "oferta".into(), language: "es".into(), components: vec![] };
    queues(house, open, conversation, contact, &Outgoing::Template(template), Some(category), who)
}

pub fn queues(
    house: &House,
    open: &Open,
    conversation: ConversationId,
    contact: ContactId,
    said: &Outgoing,
    category: Option<Category>,
    who: Actor,
) -> MessageId {
    let message = MessageId::random(&*house.entropy);
    let key = open.desk.keys().contact(contact).unwrap().unwrap();
    let queued = ReplyQueued {
        message,
        case: None,
        number: "1".into(),
        content: said.kind().into(),
        category,
        campaign: None,
        body: domain::sealed::Sealed::seal(said, contact, &key, &*house.entropy).unwrap(),
    };
    let draft = Draft::new(Stream::Conversation(conversation), who, queued).unwrap();
    block_on(open.desk.store().commit(vec![], vec![draft])).unwrap();
    message
}

pub fn delivery(open: &Open, message: MessageId) -> Delivery {
    open.desk.store().delivery(message).unwrap().1.unwrap()
}

pub fn promo() -> Actor {
    Actor::Rule("promo".into())
}

/// The references of all that WhatsApp took.
pub fn taken(house: &House) -> Vec<String> {
    house.whatsapp.taken.lock().unwrap().iter().map(|send| send.opaque.clone()).collect()
}

#[test]
fn an_answer_of_which_nothing_is_heard_is_sent_once_again_and_a_duplicate_is_found_out() {
    let (house, mut open) = house(31);
    house.whatsapp.loses_the_answer();
    house.whatsapp.loses_the_answer();
    asks(&house, &mut open, "wamid.1", LUCIA);
    open.settle();
    house.clock.advance(119);
    open.settle();
    assert_eq!(taken(&house).len(), 1);
    house.clock.advance(1);
    open.settle();
    let [first, second] = &taken(&house)[..] else { panic!("it was sent once again") };
    assert!(first.ends_with(":1") && second.ends_with(":2"));
    let metric = |open: &Open, line: &str| open.desk.meters().text(0, 0).contains(line);
    assert!(metric(&open, "timonel_resends_total 1") && metric(&open, "timonel_duplicates_total 0"));

    // The second attempt arrived. Then it turns out that the first one had too.
    house.post(&open.desk, &house.status("wamid.out.2", second, "delivered")).unwrap();
    open.settle();
    for _ in 0..2 {
        house.post(&open.desk, &house.status("wamid.out.1", first, "sent")).unwrap();
        open.settle();
    }
    let found = of_kind(&open.desk, "duplicate-detected");
    let [Event::DuplicateDetected(found)] = &found[..] else { panic!("{found:?}") };
    assert_eq!((found.attempt, found.beside), (1, 2));
    assert!(metric(&open, "timonel_duplicates_total 1"));
    // Both of its names are known now, and nothing is ever sent a third time.
    house.post(&open.desk, &house.status("wamid.out.1", "", "read")).unwrap();
    house.clock.advance(1_000);
    open.settle();
    assert_eq!(of_kind(&open.desk, "status-changed").len(), 3);
    assert_eq!(taken(&house).len(), 2);
}

#[test]
fn a_host_that_is_behind_with_its_webhooks_does_not_take_silence_for_an_answer() {
    let (house, mut open) = house(32);
    house.whatsapp.loses_the_answer();
    asks(&house, &mut open, "wamid.1", LUCIA);
    assert!(open.send());
    let status = house.status("wamid.out.1", &taken(&house)[0], "delivered");
    house.post(&open.desk, &status).unwrap();
    house.clock.advance(10_000);
    for _ in 0..3 {
        assert!(open.send());
    }
    assert_eq!(taken(&house).len(), 1);
    open.settle();
    assert_eq!(taken(&house).len(), 1);
    assert!(of_kind(&open.desk, "send-unseen").is_empty());
}

#[test]
fn while_an_answer_is_in_doubt_the_next_one_waits_even_if_the_host_is_started_anew() {
    let (house, mut open) = house(33);
    house.whatsapp.loses_the_answer();
    asks(&house, &mut open, "wamid.1", LUCIA);
    open.settle();
    asks(&house, &mut open, "wamid.2", LUCIA);
    drop(open);
    house.clock.advance(10_000);
    let mut open = house.open().unwrap();
    open.settle();
    assert_eq!(taken(&house).len(), 1, "what was not heard while nobody listened does not count");
    house.clock.advance(121);
    open.settle();
    let attempts: Vec<_> = taken(&house).iter().map(|taken| taken[taken.len() - 2..].to_owned()).collect();
    assert_eq!(attempts, [":1", ":2", ":1"]);
}

#[test]
fn an_offer_is_never_sent_again_and_a_code_expires() {
    for (category, then) in [
        (Category::Marketing, Unseen::Leave),
        (Category::Authentication, Unseen::Expire),
        (Category::Utility, Unseen::Resend),
    ] {
        let (house, mut open) = house(34);
        asks(&house, &mut open, "wamid.1", LUCIA);
        open.settle();
        house.whatsapp.loses_the_answer();
        let message = offers(&house, &open, category, promo());
        open.settle();
        house.clock.advance(121);
        open.settle();
        let unseen = of_kind(&open.desk, "send-unseen");
        let [Event::SendUnseen(unseen)] = &unseen[..] else { panic!("{unseen:?}") };
        assert_eq!(unseen.then, then);
        let again = usize::from(then == Unseen::Resend);
        assert_eq!(taken(&house).len(), 2 + again);
        let state = delivery(&open, message).state;
        assert_eq!(state, if again == 1 { Sending::Accepted } else { Sending::Unknown });
        // A status that comes after all is believed.
        let told = house.status("wamid.late", &taken(&house)[1], "delivered");
        house.post(&open.desk, &told).unwrap();
        open.settle();
        assert_eq!(delivery(&open, message).state, Sending::Accepted);
        assert_eq!(of_kind(&open.desk, "duplicate-detected").len(), again);
    }
}

#[test]
fn too_many_messages_are_tried_again_and_nothing_overtakes_them() {
    for (code, seconds) in [(130_429, 1), (131_056, 1)] {
        let (house, mut open) = house(35);
        house.whatsapp.refuses(code);
        asks(&house, &mut open, "wamid.1", LUCIA);
        open.send();
        asks(&house, &mut open, "wamid.2", LUCIA);
        open.send();
        assert!(taken(&house).is_empty());
        house.clock.advance(seconds);
        open.settle();
        house.clock.advance(5);
        open.settle();
        let sent = taken(&house);
        assert!(sent.len() == 2 && sent[0].ends_with(":2") && sent[1].ends_with(":1"), "{sent:?}");
    }
}

#[test]
fn what_has_to_wait_for_a_day_holds_up_no_answer_and_is_not_tried_for_ever() {
    let (house, mut open) = house(36);
    asks(&house, &mut open, "wamid.1", LUCIA);
    open.settle();
    let message = offers(&house, &open, Category::Marketing, promo());
    for tried in 1..=3 {
        house.whatsapp.refuses(131_049);
        open.settle();
        assert_eq!(delivery(&open, message).attempts, tried);
        house.clock.advance(24 * 3_600 - 10);
        asks(&house, &mut open, &format!("wamid.{}", tried + 1), LUCIA);
        open.settle();
        assert_eq!(taken(&house).len(), 1 + tried as usize, "the answer left");
        house.clock.advance(10);
    }
    assert_eq!(delivery(&open, message).state, Sending::Refused { code: 131_049 });
}

#[test]
fn a_code_of_the_account_stops_everything_until_a_person_resumes_it() {
    let (house, mut open) = house(37);
    house.whatsapp.refuses(190);
    asks(&house, &mut open, "wamid.1", LUCIA);
    asks(&house, &mut open, "wamid.2", "573009998877");
    open.settle();
    house.clock.advance(1_000);
    open.settle();
    let stopped = of_kind(&open.desk, "sending-stopped");
    let [Event::SendingStopped(stopped)] = &stopped[..] else { panic!("{stopped:?}") };
    assert_eq!(stopped.code, Some(190));
    drop(open);
    house.lose_projections();
    let mut open = house.open().unwrap();
    open.settle();
    let first = taken(&house).len();
    assert!(first <= 1, "one could have been on its way");
    assert!(block_on(open.desk.resume(Actor::Operator("maria".into()), None)).unwrap());
    house.clock.advance(100);
    open.settle();
    assert_eq!(taken(&house).len(), 2);
    assert!(!block_on(open.desk.resume(Actor::Operator("maria".into()), None)).unwrap());
}

#[test]
fn an_unpaid_bill_stops_templates_and_no_answers_also_if_a_status_tells_of_it() {
    let (house, mut open) = house(38);
    asks(&house, &mut open, "wamid.1", LUCIA);
    open.settle();
    let problem =
        serde_json::json!({"errors": [{"code": 131042, "title": "Business eligibility payment issue"}]});
    let failed = house.status_with("wamid.out.1", &taken(&house)[0], "failed", problem);
    for _ in 0..2 {
        house.post(&open.desk, &failed).unwrap();
        open.settle();
    }
    assert_eq!(of_kind(&open.desk, "sending-stopped").len(), 1);
    let offer = offers(&house, &open, Category::Utility, promo());
    asks(&house, &mut open, "wamid.2", LUCIA);
    open.settle();
    assert_eq!((taken(&house).len(), delivery(&open, offer).state), (2, Sending::Queued));
    block_on(open.desk.resume(Actor::Operator("maria".into()), None)).unwrap();
    open.settle();
    assert_eq!(taken(&house).len(), 3);
}

#[test]
fn a_template_that_is_gone_calls_a_person_once_and_stops_nothing() {
    let (house, mut open) = house(39);
    asks(&house, &mut open, "wamid.1", LUCIA);
    open.settle();
    for _ in 0..3 {
        house.whatsapp.refuses(132_001);
        offers(&house, &open, Category::Utility, promo());
    }
    open.settle();
    assert_eq!(of_kind(&open.desk, "person-called").len(), 1);
    assert_eq!(open.desk.stops().unwrap().calls.len(), 1);
    assert!(open.desk.meters().text(0, 0).contains("timonel_calls_total 1"));
    asks(&house, &mut open, "wamid.2", LUCIA);
    open.settle();
    assert_eq!(taken(&house).len(), 2);
}

#[test]
fn while_somebody_pauses_it_nothing_leaves_and_nothing_is_lost() {
    let (house, mut open) = house(40);
    let maria = || Actor::Operator("maria".into());
    asks(&house, &mut open, "wamid.1", LUCIA);
    // Picked, and not yet announced in the journal, when somebody pauses it: it does not leave.
    let job = open.parts.sender.pick().unwrap()[0];
    let pause = |open: &Open, number: Option<&str>| {
        block_on(open.desk.pause(maria(), number.map(Into::into), "migration".to_owned())).unwrap()
    };
    assert!(pause(&open, None) && !pause(&open, None));
    let ended = block_on(open.parts.sender.deliver(job));
    open.parts.sender.settle(job, ended);
    open.settle();
    assert!(taken(&house).is_empty());
    drop(open);
    let mut open = house.open().unwrap();
    open.settle();
    assert!(taken(&house).is_empty());
    assert!(block_on(open.desk.resume(maria(), None)).unwrap());
    open.settle();
    assert_eq!(taken(&house).len(), 1);

    assert!(pause(&open, Some("2")));
    asks(&house, &mut open, "wamid.2", LUCIA);
    open.settle();
    assert_eq!(taken(&house).len(), 2, "another number is paused");
    assert!(pause(&open, Some("1")));
    asks(&house, &mut open, "wamid.3", LUCIA);
    open.settle();
    assert_eq!(taken(&house).len(), 2);
    assert!(block_on(open.desk.resume(maria(), Some("1".into()))).unwrap());
    open.settle();
    assert_eq!(taken(&house).len(), 3);
}
