//! The law on writing to customers, in a host that runs: what it keeps back, what it writes down, what it charges.

use domain::conversation::Conversation;
use domain::delivery::Sending;
use domain::event::{Event, Refused};
use domain::law::class::Category;
use domain::law::consent::{Consent, Source};
use domain::stream::Actor;
use serde_json::json;

use crate::assembled::{House, Open, events, of_kind};
use crate::sending::{ANSWERS, LUCIA, asks, delivery, house, offers, promo, taken};

const PRICES: &str = include_str!("../examples/company/prices.toml");

/// A rule of it may spend three cents: one offer in Colombia, and not two.
const FRUGAL: &str = r#"
[[queues]]
id = "general"
[contacting]
marketing-opt-in = "company-vouches"
prices = "prices.toml"
caps.rules.promo = "0.03"
"#;

fn says(house: &House, open: &mut Open, wamid: &str, text: &str) {
    house.post(&open.desk, &house.text(wamid, LUCIA, text)).unwrap();
    open.settle();
}

fn withheld(open: &Open) -> Vec<Refused> {
    let because = |event| match event {
        Event::SendWithheld(withheld) => withheld.because,
        _ => unreachable!(),
    };
    of_kind(&open.desk, "send-withheld").into_iter().map(because).collect()
}

#[test]
fn whoever_wants_no_more_is_told_so_once_and_gets_no_more() {
    let (house, mut open) = house(51);
    for wamid in ["wamid.1", "wamid.2"] {
        says(&house, &mut open, wamid, "BAJA, por favor");
    }
    // The same webhook once more.
    says(&house, &mut open, "wamid.1", "BAJA, por favor");
    let changes = of_kind(&open.desk, "consent-changed");
    assert_eq!((changes.len(), of_kind(&open.desk, "message-received").len()), (2, 2));
    let Event::ConsentChanged(change) = &changes[0] else { unreachable!() };
    assert_eq!((change.consent, change.source), (Consent::OptOut, Source::Keyword));
    let evidence = change.evidence.as_ref().unwrap();
    let key = open.desk.keys().contact(evidence.owner()).unwrap().unwrap();
    assert_eq!(evidence.open(&key).unwrap().0, "BAJA, por favor");
    let confirmations: Vec<_> =
        events(&open.desk).into_iter().filter(|event| event.event.kind() == "reply-queued").collect();
    assert_eq!((confirmations.len(), &confirmations[0].actor), (1, &Actor::Host));
    assert_eq!(taken(&house).len(), 1);
    for kind in ["rule-decided", "case-opened", "case-queued"] {
        assert!(of_kind(&open.desk, kind).is_empty(), "{kind}");
    }

    offers(&house, &open, Category::Marketing, promo());
    open.settle();
    assert_eq!(withheld(&open), [Refused::OptedOut]);
    // An answer is an answer all the same.
    asks(&house, &mut open, "wamid.3", LUCIA);
    open.settle();
    assert_eq!(taken(&house).len(), 2);
    house.clock.advance(60);
    says(&house, &mut open, "wamid.4", "ALTA");
    offers(&house, &open, Category::Marketing, promo());
    open.settle();
    assert_eq!(taken(&house).len(), 4);
}

#[test]
fn without_an_opt_in_there_is_no_marketing_and_what_nobody_knows_counts_as_marketing() {
    let house = House::new(52, "[[queues]]\nid = \"general\"", ANSWERS);
    let mut open = house.open().unwrap();
    asks(&house, &mut open, "wamid.1", LUCIA);
    open.settle();
    offers(&house, &open, Category::Marketing, promo());
    let (conversation, contact) = crate::sending::conversation(&open);
    let template = domain::message::Template { name: "x".into(), language: "es".into(), components: vec![] };
    let said = domain::message::Outgoing::Template(template);
    crate::sending::queues(&house, &open, conversation, contact, &said, None, promo());
    let useful = offers(&house, &open, Category::Utility, promo());
    open.settle();
    assert_eq!(withheld(&open), [Refused::NoOptIn, Refused::NoOptIn]);
    assert_eq!(delivery(&open, useful).state, Sending::Accepted);
    assert!(of_kind(&open.desk, "contact-approached").is_empty(), "it was asked for");
    assert!(of_kind(&open.desk, "message-charged").is_empty(), "without prices nothing is reckoned");
}

#[test]
fn a_second_offer_waits_for_tomorrow_and_answers_do_not_wait_for_it() {
    let (house, mut open) = house(53);
    asks(&house, &mut open, "wamid.1", LUCIA);
    open.settle();
    offers(&house, &open, Category::Marketing, promo());
    let second = offers(&house, &open, Category::Marketing, promo());
    open.settle();
    assert_eq!(of_kind(&open.desk, "contact-approached").len(), 1);
    // Tuesday at seven in Bogotá.
    let until = "2026-11-24T12:00:00Z".parse().unwrap();
    assert_eq!(delivery(&open, second).state, Sending::Postponed { until });
    asks(&house, &mut open, "wamid.2", LUCIA);
    open.settle();
    assert_eq!(taken(&house).len(), 3, "two answers and the first offer");
    drop(open);
    house.clock.advance(21 * 3_600 - 1);
    let mut open = house.open().unwrap();
    open.settle();
    assert_eq!(taken(&house).len(), 3);
    house.clock.advance(1);
    open.settle();
    assert_eq!(taken(&house).len(), 4);
    assert_eq!(of_kind(&open.desk, "send-postponed").len(), 1);
}

#[test]
fn a_rule_stops_at_its_cap_and_every_price_is_counted_once() {
    let mut house = House::new(54, FRUGAL, ANSWERS);
    house.prices = Some(PRICES);
    let mut open = house.open().unwrap();
    asks(&house, &mut open, "wamid.1", LUCIA);
    open.settle();
    // Both are picked before either has left: what is on its way counts.
    let first = offers(&house, &open, Category::Utility, promo());
    let offer = offers(&house, &open, Category::Marketing, promo());
    open.settle();
    house.clock.advance(24 * 3_600);
    asks(&house, &mut open, "wamid.2", LUCIA);
    offers(&house, &open, Category::Marketing, promo());
    open.settle();
    assert_eq!(withheld(&open), [Refused::RuleCap]);
    offers(&house, &open, Category::Marketing, Actor::Agent("ana".into()));
    open.settle();
    assert_eq!(withheld(&open).len(), 1, "people are not stopped");
    let month = || "2026-11".parse().unwrap();
    let spent = |open: &Open| open.desk.store().spending(month()).unwrap().spent().to_string();
    assert_eq!(spent(&open), "0.041");

    let opaque = |message| format!("tml1:{message}:1");
    let pricing = json!({"pricing": {"billable": true, "pricing_model": "PMP", "type": "regular", "category": "utility"}});
    let charged = |open: &Open| of_kind(&open.desk, "message-charged").len();
    let before = charged(&open);
    for status in ["sent", "delivered", "sent"] {
        let told = house.status_with("wamid.a", &opaque(first), status, pricing.clone());
        house.post(&open.desk, &told).unwrap();
        open.settle();
    }
    assert_eq!((charged(&open) - before, spent(&open)), (1, "0.041".to_owned()));
    // Told late and of another category: the status says nothing new, its price does.
    let dearer = json!({"pricing": {"pricing_model": "PMP", "type": "regular", "category": "marketing"}});
    house.post(&open.desk, &house.status_with("wamid.a", &opaque(first), "sent", dearer)).unwrap();
    open.settle();
    assert_eq!((charged(&open) - before, spent(&open)), (2, "0.06".to_owned()));
    // What fails costs nothing, however often it is told.
    for _ in 0..2 {
        let errors = json!({"errors": [{"code": 131026, "title": "undeliverable"}]});
        house.post(&open.desk, &house.status_with("wamid.b", &opaque(offer), "failed", errors)).unwrap();
        open.settle();
    }
    assert_eq!((charged(&open) - before, spent(&open)), (3, "0.04".to_owned()));
    drop(open);
    house.lose_projections();
    let open = house.open().unwrap();
    assert_eq!(spent(&open), "0.04");
}

#[test]
fn what_whatsapp_refuses_for_good_is_not_charged() {
    let mut house = House::new(55, FRUGAL, ANSWERS);
    house.prices = Some(PRICES);
    let mut open = house.open().unwrap();
    asks(&house, &mut open, "wamid.1", LUCIA);
    open.settle();
    house.whatsapp.refuses(131_050);
    offers(&house, &open, Category::Marketing, promo());
    open.settle();
    assert_eq!(open.desk.store().spending("2026-11".parse().unwrap()).unwrap().spent().to_string(), "0.00");
    let told = of_kind(&open.desk, "consent-changed");
    let [Event::ConsentChanged(told)] = &told[..] else { panic!("{told:?}") };
    assert_eq!((told.consent, told.source), (Consent::OptOut, Source::Refusal));
}

#[test]
fn whoever_comes_by_an_advertisement_is_free_until_meta_says() {
    let (house, mut open) = house(56);
    let now = domain::outside::Clock::now(&*house.clock).as_second();
    let message = json!({"from": LUCIA, "id": "wamid.1", "timestamp": now.to_string(), "type": "text",
        "text": {"body": "horario"}, "referral": {"source_url": "https://fb.me/x", "source_type": "ad",
        "source_id": "1", "headline": "Martillos", "body": "", "ctwa_clid": "c"}});
    house.post(&open.desk, &house.body(&json!({"messages": [message]}))).unwrap();
    open.settle();
    assert_eq!(of_kind(&open.desk, "customer-referred").len(), 1);
    let known =
        |open: &Open| -> Conversation { open.desk.store().conversations().unwrap().pop_first().unwrap().1 };
    let time = domain::outside::Clock::now(&*house.clock);
    assert!(known(&open).windows(time).free_entry_point.is_some());
    let until = now + 80 * 3_600;
    let priced = json!({"conversation": {"id": "x", "expiration_timestamp": until.to_string(),
        "origin": {"type": "referral_conversion"}}});
    for _ in 0..2 {
        let told = house.status_with("wamid.out.1", &taken(&house)[0], "sent", priced.clone());
        house.post(&open.desk, &told).unwrap();
        open.settle();
    }
    let opened = of_kind(&open.desk, "entry-point-opened");
    let [Event::EntryPointOpened(opened)] = &opened[..] else { panic!("{opened:?}") };
    assert_eq!(opened.until.as_second(), until);
}
