use jiff::SignedDuration;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::event::{
    ConsentChanged, ContactApproached, ContactCreated, CustomerReferred, Event, MessageReceived, ReplyQueued,
};
use crate::id::{ContactId, MessageId};
use crate::law::amount::Amount;
use crate::law::caps::{Cap, CapReached, Caps};
use crate::law::class::Category;
use crate::law::consent::{Consent, OptInStance, Source};
use crate::law::countries::Countries;
use crate::law::pricing::Bill;
use crate::law::{Contacting, prices::Prices};
use crate::message::{Content, Inbound, Outgoing, Profile};
use crate::outside::Entropy;
use crate::sealed::{Key, Lookup, Sealed};

const OWNER: ContactId = ContactId::from_bytes([1; 16]);
const KEY: [u8; 32] = [2; 32];
const MARKETING: Class = Class::Template(Category::Marketing);
const UTILITY: Class = Class::Template(Category::Utility);

struct Zeros;
impl Entropy for Zeros {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(0);
    }
}

/// A customer of a company in Bogotá, and all that the company knows.
#[derive(Debug)]
struct Story {
    law: Law,
    conversation: Conversation,
    contact: Contact,
    identity: Identity,
    spending: Spending,
}

fn time(text: &str) -> Time {
    text.parse().unwrap()
}

fn message(n: u8) -> MessageId {
    MessageId::from_bytes([n; 16])
}

impl Story {
    fn of(phone: &str) -> Self {
        let key = Key::from_bytes(KEY);
        let identity = Identity { phone: Some(phone.into()), ..Identity::default() };
        let contact = Contact::created(&ContactCreated {
            identity: Sealed::seal(&identity, OWNER, &key, &Zeros).unwrap(),
            profile: Sealed::seal(&Profile::default(), OWNER, &key, &Zeros).unwrap(),
            lookups: vec![],
            language: "es".into(),
        });
        let conversation = Conversation::started(OWNER, "1065".into());
        let mut story = Self {
            law: law(Caps::default()),
            conversation,
            contact,
            identity,
            spending: Spending::default(),
        };
        story.consents(Category::Marketing, Consent::OptIn, "2026-01-01T00:00:00Z");
        story
    }

    fn consents(&mut self, category: Category, consent: Consent, at: &str) {
        let said =
            ConsentChanged::new(category, consent, Source::Form, time(at), Time::MAX).naming_business();
        self.contact.fold(&said.into());
    }

    fn writes(&mut self, content: &Content, at: &str) {
        let inbound: Inbound =
            serde_json::from_value(serde_json::json!({ "wamid": "w", "content": content })).unwrap();
        let received = MessageReceived {
            message: message(0),
            sent_at: time(at),
            content: content.kind().into(),
            lookup: Lookup::of(&Key::from_bytes(KEY), "wamid", "w"),
            body: Sealed::seal(&inbound, OWNER, &Key::from_bytes(KEY), &Zeros).unwrap(),
            webhook: 1,
        };
        self.conversation.fold(time(at), &Actor::Customer, &received.into());
    }

    fn is_answered(&mut self, at: &str) {
        let outgoing = Outgoing::Text { body: "Buenas".into() };
        let queued = ReplyQueued {
            category: None,
            message: message(1),
            case: None,
            number: "1065".into(),
            content: "text".into(),
            campaign: None,
            body: Sealed::seal(&outgoing, OWNER, &Key::from_bytes(KEY), &Zeros).unwrap(),
        };
        self.conversation.fold(time(at), &Actor::Host, &queued.into());
    }

    fn is_approached(&mut self, n: u8, at: Time) {
        let approached = ContactApproached { message: message(n), category: Category::Marketing, at };
        self.contact.fold(&approached.into());
    }

    fn asks(&self, class: Class, who: &Actor, now: Time) -> Permission {
        let request = Request { message: message(9), class, who, tried: false, now };
        self.law.permits(&request, &self.known())
    }

    fn known(&self) -> Known<'_> {
        let Self { conversation, contact, identity, spending, .. } = self;
        Known { conversation, contact, identity, spending }
    }

    fn rule_asks(&self, class: Class, now: &str) -> Permission {
        self.asks(class, &promo(), time(now))
    }
}

fn law(caps: Caps) -> Law {
    let contacting = Contacting { caps, ..Contacting::default() };
    let prices = Prices::parse(include_str!("../../../../../examples/company/prices.toml")).unwrap();
    let zone = "America/Bogota";
    Law::new(&contacting, zone, Countries::shipped(zone).unwrap(), Some(prices)).unwrap()
}

fn promo() -> Actor {
    Actor::Rule("promo".into())
}

fn text() -> Content {
    Content::Text { body: "¿Tienen taladros?".into() }
}

fn tier(permission: &Permission) -> Tier {
    match permission {
        Permission::Send(charge) => charge.tier,
        refused => panic!("{refused:?}"),
    }
}

#[test]
fn an_answer_leaves_within_a_day_and_a_thumb_does_not_lengthen_it() {
    let mut lucia = Story::of("573001234567");
    assert_eq!(
        lucia.rule_asks(Class::Service, "2026-11-22T03:00:00Z"),
        Permission::Withhold(Reason::WindowClosed { since: None })
    );
    lucia.writes(&text(), "2026-11-22T03:00:00Z");
    // In the middle of a Saturday night: she asked.
    assert_eq!(tier(&lucia.rule_asks(Class::Service, "2026-11-22T03:00:05Z")), Tier::FreeService);
    lucia.writes(&Content::Reaction { to: "w".into(), emoji: Some("👍".into()) }, "2026-11-22T20:00:00Z");
    let closed = Permission::Withhold(Reason::WindowClosed { since: Some(time("2026-11-23T02:59:00Z")) });
    assert_eq!(lucia.rule_asks(Class::Service, "2026-11-23T03:00:00Z"), closed);
}

#[test]
fn marketing_waits_for_colombias_hours_and_says_which_law_it_waits_for() {
    let lucia = Story::of("573001234567");
    // Sunday at noon in Bogotá, the day before no holiday.
    let answer = lucia.rule_asks(MARKETING, "2026-11-22T17:00:00Z");
    let Permission::NotBefore(at, reason) = answer else { panic!("{answer:?}") };
    assert_eq!(at, time("2026-11-23T12:00:00Z"));
    assert!(reason.words(super::super::language::Language::Es).contains("Colombia: Ley 2300 de 2023"));
    assert_eq!(tier(&lucia.asks(MARKETING, &promo(), at)), Tier::Regular);
    // Her order is announced on Sundays too.
    assert_eq!(tier(&lucia.rule_asks(UTILITY, "2026-11-22T17:00:00Z")), Tier::Regular);
}

#[test]
fn a_second_offer_waits_for_another_day_and_a_fourth_for_another_week() {
    let mut lucia = Story::of("573001234567");
    lucia.is_approached(1, time("2026-11-23T14:00:00Z"));
    let answer = lucia.rule_asks(MARKETING, "2026-11-23T20:00:00Z");
    let Permission::NotBefore(at, Reason::ContactFrequency { limit, .. }) = answer else {
        panic!("{answer:?}")
    };
    assert_eq!((at, limit.messages, limit.days), (time("2026-11-24T12:00:00Z"), 1, 1));
    lucia.is_approached(2, time("2026-11-24T14:00:00Z"));
    lucia.is_approached(3, time("2026-11-25T14:00:00Z"));
    let answer = lucia.rule_asks(MARKETING, "2026-11-26T14:00:00Z");
    let Permission::NotBefore(at, Reason::ContactFrequency { limit, .. }) = answer else {
        panic!("{answer:?}")
    };
    assert_eq!((at, limit.messages, limit.days), (time("2026-11-30T12:00:00Z"), 3, 7));
    // The third one itself may be tried again.
    let who = promo();
    let again = Request {
        message: message(3),
        class: MARKETING,
        who: &who,
        tried: true,
        now: time("2026-11-25T14:01:00Z"),
    };
    assert!(matches!(lucia.law.permits(&again, &lucia.known()), Permission::Send(_)));
}

#[test]
fn whoever_opted_out_is_not_written_to_on_monday_either() {
    let mut lucia = Story::of("573001234567");
    lucia.consents(Category::Marketing, Consent::OptOut, "2026-11-20T00:00:00Z");
    // Not "not before": there is nothing to wait for.
    let answer = lucia.rule_asks(MARKETING, "2026-11-22T17:00:00Z");
    let at = time("2026-11-20T00:00:00Z");
    assert_eq!(answer, Permission::Withhold(Reason::OptedOut { category: Category::Marketing, at }));
}

#[test]
fn no_marketing_is_tried_on_american_phones() {
    let john = Story::of("13055550123");
    let answer = john.rule_asks(MARKETING, "2026-11-24T21:00:00Z");
    assert!(matches!(answer, Permission::Withhold(Reason::CountryClosed { .. })), "{answer:?}");
    assert!(matches!(john.rule_asks(UTILITY, "2026-11-24T21:00:00Z"), Permission::Send(_)));
}

#[test]
fn an_advertisement_that_was_answered_makes_templates_free_but_opens_no_window() {
    let mut lucia = Story::of("573001234567");
    lucia.writes(&text(), "2026-11-23T14:00:00Z");
    lucia.conversation.fold(
        time("2026-11-23T14:00:01Z"),
        &Actor::Customer,
        &Event::from(CustomerReferred { at: time("2026-11-23T14:00:00Z") }),
    );
    assert_eq!(tier(&lucia.rule_asks(UTILITY, "2026-11-23T14:00:02Z")), Tier::Regular);
    lucia.is_answered("2026-11-23T14:00:05Z");
    assert_eq!(tier(&lucia.rule_asks(UTILITY, "2026-11-25T14:00:00Z")), Tier::FreeEntryPoint);
    let answer = lucia.rule_asks(Class::Service, "2026-11-25T14:00:00Z");
    assert!(matches!(answer, Permission::Withhold(Reason::WindowClosed { .. })), "{answer:?}");
    assert_eq!(tier(&lucia.rule_asks(UTILITY, "2026-11-26T14:00:00Z")), Tier::Regular);
}

#[test]
fn the_thousand_and_first_answer_costs_money_and_at_the_cap_only_people_give_it() {
    let mut lucia = Story::of("573001234567");
    lucia.law = law(Caps { month: Some("0.0015".parse().unwrap()), ..Caps::default() });
    lucia.writes(&text(), "2026-11-23T14:00:00Z");
    let now = "2026-11-23T15:00:00Z";
    let month = lucia.law.month(time(now));
    for _ in 0..1_000 {
        let Permission::Send(charge) = lucia.rule_asks(Class::Service, now) else { panic!("withheld") };
        assert_eq!((charge.tier, charge.amount), (Tier::FreeService, Amount::ZERO));
        lucia.spending.fold(&Bill::open("1065".into(), month, promo(), charge));
    }
    let Permission::Send(charge) = lucia.rule_asks(Class::Service, now) else { panic!("withheld") };
    assert_eq!((charge.tier, charge.amount), (Tier::Regular, "0.001".parse().unwrap()));
    lucia.spending.fold(&Bill::open("1065".into(), month, promo(), charge));
    let (spent, cap) = (charge.amount, "0.0015".parse().unwrap());
    let reached = Reason::CapReached(CapReached { which: Cap::Month, spent, cap });
    assert_eq!(lucia.rule_asks(Class::Service, now), Permission::Withhold(reached));
    assert!(matches!(
        lucia.asks(Class::Service, &Actor::Agent("ana".into()), time(now)),
        Permission::Send(_)
    ));
}

fn class() -> impl Strategy<Value = Class> {
    select(vec![Class::Service, MARKETING, UTILITY, Class::Template(Category::Authentication)])
}

prop_compose! {
    /// Anything that may be known of a customer.
    fn story()(
        phone in select(vec!["573001234567", "5511987654321", "56912345678", "34600123456", "13055550123", "491511234567"]),
        opt_ins in prop::collection::vec((select(Category::ALL.to_vec()), any::<bool>(), 0i64..300), 0..4),
        wrote in prop::option::of(0i64..60 * 24 * 300),
        approached in prop::collection::vec(0i64..60 * 24 * 300, 0..40),
        vouches in any::<bool>(),
        cap in 0u64..100_000,
        spent in 0u64..100_000,
    ) -> Story {
        let mut story = Story::of(phone);
        let opt_in = if vouches { OptInStance::CompanyVouches } else { OptInStance::Recorded };
        story.law = law(Caps { month: Some(Amount::from_millionths(cap)), ..Caps::default() });
        story.law.opt_in = opt_in;
        let start = time("2026-01-01T00:00:00Z");
        for (category, out, day) in opt_ins {
            let consent = if out { Consent::OptOut } else { Consent::OptIn };
            story.consents(category, consent, &(start + SignedDuration::from_hours(24 * day)).to_string());
        }
        if let Some(minute) = wrote {
            story.writes(&text(), &(start + SignedDuration::from_mins(minute)).to_string());
        }
        for (n, minute) in (10u8..).zip(approached) {
            story.is_approached(n, start + SignedDuration::from_mins(minute));
        }
        let charge = Charge { billed: Billed::Marketing, tier: Tier::Regular, amount: Amount::from_millionths(spent) };
        story.spending.fold(&Bill::open("1065".into(), "2026-05".parse().unwrap(), Actor::Host, charge));
        story
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn what_leaves_breaks_no_law_whatever_is_known(
        story in story(), class in class(), person in any::<bool>(), minute in 0i64..60 * 24 * 300
    ) {
        let now = time("2026-01-01T00:00:00Z") + SignedDuration::from_mins(minute);
        let who = if person { Actor::Agent("ana".into()) } else { promo() };
        let Permission::Send(charge) = story.asks(class, &who, now) else { return Ok(()) };
        if class == Class::Service {
            prop_assert!(crate::window::is_open(story.conversation.last_inbound, now));
        }
        if let Class::Template(category) = class {
            let said = story.contact.consent.entry(category).map(|entry| entry.consent);
            prop_assert_ne!(said, Some(Consent::OptOut));
            prop_assert!(category != Category::Marketing || said.is_some() || story.law.opt_in == OptInStance::CompanyVouches);
        }
        let country = story.law.countries.of(&story.identity);
        if class == MARKETING {
            prop_assert_ne!(country.code.as_str(), "US");
            prop_assert!(country.calendars.iter().all(|calendar| calendar.state(now).open));
            let today = |at: &Time| country.calendars.iter().any(|c| c.local(*at).date() == c.local(now).date());
            let approached = story.contact.approaches.times(&[Category::Marketing], message(9));
            prop_assert!(!approached.iter().any(today));
        }
        if !person {
            prop_assert!(charge.amount == Amount::ZERO || story.spending.spent() + charge.amount <= story.law.caps.month.unwrap());
        }
    }

    #[test]
    fn what_may_not_leave_before_a_moment_may_leave_at_it(
        story in story(), person in any::<bool>(), minute in 0i64..60 * 24 * 300
    ) {
        let now = time("2026-01-01T00:00:00Z") + SignedDuration::from_mins(minute);
        let who = if person { Actor::Agent("ana".into()) } else { promo() };
        if let Permission::NotBefore(at, _) = story.asks(MARKETING, &who, now) {
            prop_assert!(now < at);
            prop_assert!(matches!(story.asks(MARKETING, &who, at), Permission::Send(_)));
            let just_before = (at - SignedDuration::from_secs(1)).max(now);
            prop_assert!(matches!(story.asks(MARKETING, &who, just_before), Permission::NotBefore(..)));
        }
    }
}
