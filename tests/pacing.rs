//! A campaign and the people who wait for an answer.

use domain::event::{ContactCreated, ConversationStarted, ReplyQueued};
use domain::id::{ContactId, ConversationId, MessageId};
use domain::law::class::Category;
use domain::message::{Identity, Outgoing, Profile, Template};
use domain::outside::Clock as _;
use domain::sealed::Sealed;
use domain::stream::{Actor, Stream};
use store::Draft;

use crate::assembled::{House, Open, block_on};
use crate::sending::{ANSWERS, SHOP, queues};

/// Where anybody may be written to at any hour: so it is the pace alone that counts.
const ANYTIME: &str = r#"
[default]
week.monday = ["00:00-24:00"]
governs = []
"#;

const CUSTOMERS: usize = 4_000;
const OFFERS: usize = 100_000;

/// A campaign to customers who are known and have not written.
fn campaign(house: &House, open: &Open) {
    let contacts: Vec<ContactId> = (0..CUSTOMERS).map(|_| ContactId::random(&*house.entropy)).collect();
    open.desk.keys().create(&contacts).unwrap();
    let template = Template { name: "oferta".into(), language: "es".into(), components: vec![] };
    let offer = Outgoing::Template(template);
    let mut customers = Vec::new();
    let mut drafts = Vec::new();
    for (n, contact) in contacts.into_iter().enumerate() {
        let key = open.desk.keys().contact(contact).unwrap().unwrap();
        let identity = Identity { phone: Some(format!("573{n:09}")), ..Identity::default() };
        let created = ContactCreated {
            identity: Sealed::seal(&identity, contact, &key, &*house.entropy).unwrap(),
            profile: Sealed::seal(&Profile::default(), contact, &key, &*house.entropy).unwrap(),
            lookups: vec![],
            language: "es".into(),
        };
        let conversation = ConversationId::random(&*house.entropy);
        let started = ConversationStarted { contact, number: "1".into() };
        let stream = Stream::Conversation(conversation);
        drafts.push(Draft::new(Stream::Contact(contact), Actor::Host, created).unwrap());
        drafts.push(Draft::new(stream.clone(), Actor::Host, started).unwrap());
        customers.push((stream, Sealed::seal(&offer, contact, &key, &*house.entropy).unwrap()));
    }
    block_on(open.desk.store().commit(vec![], drafts)).unwrap();
    for round in 0..OFFERS / CUSTOMERS {
        let queue = |(stream, body): &(Stream, Sealed<Outgoing>)| {
            let queued = ReplyQueued {
                message: MessageId::random(&*house.entropy),
                case: None,
                number: "1".into(),
                content: "template".into(),
                category: Some(Category::Marketing),
                campaign: None,
                body: body.clone(),
            };
            Draft::new(stream.clone(), Actor::Rule("promo".into()), queued).unwrap()
        };
        let drafts = customers.iter().map(queue).collect();
        block_on(open.desk.store().commit(vec![], drafts)).unwrap_or_else(|error| panic!("{round}: {error}"));
    }
}

#[test]
fn behind_a_hundred_thousand_offers_an_answer_waits_two_seconds_at_most_and_the_campaign_goes_on() {
    let mut house = House::new(61, SHOP, ANSWERS);
    house.countries = Some(ANYTIME);
    let mut open = house.open().unwrap();
    house.post(&open.desk, &house.text("wamid.1", "573001112233", "horario")).unwrap();
    open.settle();
    let (conversation, contact) = crate::sending::conversation(&open);
    campaign(&house, &open);

    let text = Outgoing::Text { body: "Ya le ayudo.".into() };
    let mut waiting: Vec<(MessageId, domain::Time)> = Vec::new();
    let (mut answered, start) = (0, house.whatsapp.taken.lock().unwrap().len());
    let seconds = 30;
    for step in 0..seconds * 20 {
        house.clock.0.fetch_add(50, std::sync::atomic::Ordering::Relaxed);
        let now = house.clock.now();
        if step % 40 == 0 {
            let agent = Actor::Agent("ana".into());
            let message = queues(&house, &open, conversation, contact, &text, None, agent);
            waiting.push((message, now));
        }
        open.send();
        let left = |message: &MessageId| {
            !matches!(crate::sending::delivery(&open, *message).state, domain::delivery::Sending::Queued)
        };
        answered += waiting.iter().filter(|(message, _)| left(message)).count();
        waiting.retain(|(message, since)| {
            let waits = now.duration_since(*since).as_millis();
            assert!(waits <= 2_000, "an answer has waited for {waits} ms");
            !left(message)
        });
    }
    let sent = house.whatsapp.taken.lock().unwrap().len() - start;
    assert!(answered >= 14, "{answered}");
    // 80 a second, of which a tenth is left unused: all that the pace allows has left, and no more.
    let allowed = 72 * seconds as usize;
    assert!((allowed * 95 / 100..=allowed + 72).contains(&sent), "{sent} of {allowed}");
}
