//! The forms in which the journal holds what the law decided. They are for ever: a test that fails here says that a
//! journal could not be read any more.

use crate::Time;
use crate::delivery::{Delivery, Sending};
use crate::event::{
    ConsentChanged, ContactApproached, CustomerReferred, EntryPointOpened, Event, MessageCharged, Refused,
    SendPostponed,
};
use crate::id::{ConversationId, MessageId};
use crate::law::amount::Amount;
use crate::law::class::{Category, Class};
use crate::law::consent::{Consent, Source};
use crate::law::pricing::{Bill, Billed, Charge, Tier};
use crate::stream::Actor;

fn at() -> Time {
    "2026-11-24T15:00:00Z".parse().unwrap()
}

fn charged() -> MessageCharged {
    let amount = Amount::from_millionths(12_500);
    let charge = Charge { billed: Billed::Marketing, tier: Tier::Regular, amount };
    Bill::open("1065".into(), "2026-11".parse().unwrap(), Actor::Rule("promo".into()), charge)
}

#[test]
fn events_read_back_from_the_bytes_of_today() {
    let message = MessageId::from_bytes([0; 16]);
    let told = ConsentChanged::new(Category::Marketing, Consent::OptOut, Source::Keyword, at(), at());
    let id = "00000000000000000000000000";
    let cases: [(Event, String); 6] = [
        (
            told.into(),
            r#"{"category":"marketing","consent":"opt-out","names_business":false,"source":"keyword","at":"2026-11-24T15:00:00Z"}"#
                .into(),
        ),
        (
            charged().into(),
            r#"{"number":"1065","month":"2026-11","by":"rule/promo","is":{"as":"marketing","tier":"regular","amount":"0.0125"},"reported":false}"#
                .into(),
        ),
        (
            ContactApproached { message, category: Category::Marketing, at: at() }.into(),
            format!(r#"{{"message":"{id}","category":"marketing","at":"2026-11-24T15:00:00Z"}}"#),
        ),
        (
            SendPostponed { until: at(), because: Refused::ContactHours }.into(),
            r#"{"until":"2026-11-24T15:00:00Z","because":"contact-hours"}"#.into(),
        ),
        (CustomerReferred { at: at() }.into(), r#"{"at":"2026-11-24T15:00:00Z"}"#.into()),
        (EntryPointOpened { until: at() }.into(), r#"{"until":"2026-11-24T15:00:00Z"}"#.into()),
    ];
    for (event, written) in cases {
        assert_eq!(event.data().unwrap().get(), written);
        let raw = serde_json::value::RawValue::from_string(written).unwrap();
        assert_eq!(Event::lift(event.kind(), event.form(), &raw).unwrap(), event);
    }
}

#[test]
fn a_message_that_is_postponed_lets_others_pass_and_keeps_its_bill() {
    let (message, conversation) = (MessageId::from_bytes([1; 16]), ConversationId::from_bytes([2; 16]));
    let mut delivery = Delivery::new(message, conversation, "1065".into(), Class::Service, 1);
    delivery.fold(at(), &SendPostponed { until: at(), because: Refused::ContactHours }.into());
    assert_eq!(delivery.state, Sending::Postponed { until: at() });
    delivery.fold(at(), &charged().into());
    let bill = delivery.bill.as_ref().unwrap();
    // Meta says the same price with `sent` and with `delivered`: the second says nothing new.
    let reported = bill.report(bill.charge.unwrap()).unwrap();
    assert_eq!((reported.was, reported.reported), (bill.charge, true));
    delivery.fold(at(), &reported.into());
    assert_eq!(delivery.bill.unwrap().report(charged().is.unwrap()), None);
}
