//! What Meta tells besides messages and statuses: that each is kept once and in its place, and that a customer stays one
//! contact whatever changes about them.

use std::collections::BTreeSet;

use domain::contact::Contact;
use domain::event::{Event, IdentityPart, Noticed};
use domain::law::class::Category;
use domain::law::consent::{Consent, Source};
use domain::message::Side;
use domain::platform::MARKETING;
use domain::stream::Stream;
use serde_json::{Value, json};

use crate::assembled::{House, Open, SHOP, events, of_kind};

const LUCIA: &str = "573001112233";
const NEW: &str = "573009998877";

fn house(seed: u64) -> (House, Open) {
    let house = House::new(seed, SHOP, &[]);
    let open = house.open().unwrap();
    (house, open)
}

fn body(house: &House, field: &str, members: &Value) -> String {
    let mut value = json!({
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "576015550100", "phone_number_id": "1"},
    });
    value.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    let time = domain::outside::Clock::now(&*house.clock).as_second();
    json!({
        "object": "whatsapp_business_account",
        "entry": [{"id": "2", "time": time, "changes": [{"field": field, "value": value}]}],
    })
    .to_string()
}

/// A message of Lucía's, by phone, with members of its own.
fn message(house: &House, phone: &str, id: &str, members: Value) -> String {
    let mut message = json!({"from": phone, "id": id, "timestamp": "1795446000"});
    message.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    body(house, "messages", &json!({"messages": [message]}))
}

fn said(house: &House, phone: &str, id: &str, text: &str) -> String {
    message(house, phone, id, json!({"type": "text", "text": {"body": text}}))
}

fn moved(house: &House, id: &str) -> String {
    let system = json!({"type": "user_changed_number", "body": "x", "wa_id": NEW, "user_id": "CO.NEW"});
    message(house, LUCIA, id, json!({"from_user_id": "CO.OLD", "type": "system", "system": system}))
}

fn conversations(open: &Open) -> BTreeSet<String> {
    let of = |stream: &Stream| matches!(stream, Stream::Conversation(_)).then(|| stream.to_string());
    events(&open.desk)
        .iter()
        .filter(|event| event.event.kind() == "message-received")
        .filter_map(|event| of(&event.stream))
        .collect()
}

fn contact(open: &Open) -> Contact {
    let created = events(&open.desk).into_iter().find_map(|event| match event.stream {
        Stream::Contact(id) => Some(id),
        _ => None,
    });
    open.desk.store().contact(created.unwrap()).unwrap().1.unwrap()
}

#[test]
fn a_customer_who_changes_the_number_goes_on_in_the_same_conversation_in_one_batch_or_in_many() {
    for together in [true, false] {
        let (house, mut open) = house(1);
        let bodies = [
            said(&house, LUCIA, "wamid.1", "Hola"),
            moved(&house, "wamid.2"),
            said(&house, NEW, "wamid.3", "Sigo aquí"),
            // All of it is told again, as Meta does.
            said(&house, LUCIA, "wamid.1", "Hola"),
            moved(&house, "wamid.2"),
            said(&house, NEW, "wamid.3", "Sigo aquí"),
        ];
        for body in &bodies {
            house.post(&open.desk, body).unwrap();
            if !together {
                open.settle();
            }
        }
        open.settle();
        assert_eq!(of_kind(&open.desk, "contact-created").len(), 1);
        assert_eq!(of_kind(&open.desk, "message-received").len(), 2);
        assert_eq!(conversations(&open).len(), 1);
        let changes = of_kind(&open.desk, "contact-identity-changed");
        let [Event::ContactIdentityChanged(changed)] = &changes[..] else { panic!("{changes:?}") };
        assert_eq!((changed.change, changed.gone.len()), (IdentityPart::Phone, 1));

        // The old phone is somebody else's one day.
        house.post(&open.desk, &said(&house, LUCIA, "wamid.4", "Soy otra persona")).unwrap();
        open.settle();
        assert_eq!(of_kind(&open.desk, "contact-created").len(), 2);
    }
}

#[test]
fn a_new_user_id_and_the_two_spellings_of_a_phone_are_the_same_customer() {
    let (house, mut open) = house(2);
    let by_id = |id: &str, wamid: &str| {
        let text = json!({"from_user_id": id, "type": "text", "text": {"body": "Hola"}});
        let mut body: Value = serde_json::from_str(&message(&house, "", wamid, text)).unwrap();
        body["entry"][0]["changes"][0]["value"]["messages"][0].as_object_mut().unwrap().remove("from");
        body.to_string()
    };
    let update = json!({"user_id_update": [
        {"user_id": {"previous": "BR.1", "current": "BR.2"}, "timestamp": "1795446000"}]});
    for body in [by_id("BR.1", "wamid.1"), body(&house, "user_id_update", &update), by_id("BR.2", "wamid.2")]
    {
        house.post(&open.desk, &body).unwrap();
    }
    open.settle();
    assert_eq!(conversations(&open).len(), 1);

    for (phone, wamid) in [("551187654321", "wamid.3"), ("5511987654321", "wamid.4")] {
        house.post(&open.desk, &said(&house, phone, wamid, "Oi")).unwrap();
        open.settle();
    }
    assert_eq!(of_kind(&open.desk, "contact-created").len(), 2);
    assert_eq!(conversations(&open).len(), 2);
}

#[test]
fn what_is_corrected_or_taken_back_before_it_came_is_found_when_it_comes() {
    let (house, mut open) = house(3);
    let edit = |id: &str, of: &str, text: &str| {
        let edit = json!({"original_message_id": of,
            "message": {"type": "text", "text": {"body": text}}});
        message(&house, LUCIA, id, json!({"type": "edit", "edit": edit}))
    };
    let revoke = message(
        &house,
        LUCIA,
        "wamid.r",
        json!({"type": "revoke", "revoke": {"original_message_id": "wamid.2"}}),
    );
    let bodies = [
        edit("wamid.e", "wamid.1", "corregido"),
        revoke,
        said(&house, LUCIA, "wamid.1", "coregido"),
        said(&house, LUCIA, "wamid.2", "secreto"),
    ];
    for body in bodies.iter().chain(&bodies) {
        house.post(&open.desk, body).unwrap();
        open.settle();
    }
    let (edits, revocations) =
        (of_kind(&open.desk, "message-edited"), of_kind(&open.desk, "message-revoked"));
    assert_eq!((edits.len(), revocations.len()), (1, 1));
    let keys = open.desk.keys();
    let store = open.desk.store();
    let amended = |wamid: &str| store.amended(&keys.lookup("wamid", wamid)).unwrap();
    let edited = amended("wamid.1").edited.unwrap();
    let key = keys.contact(edited.body.owner()).unwrap().unwrap();
    assert_eq!(edited.body.open(&key).unwrap().content.words(), "corregido");
    assert!(amended("wamid.1").revoked.is_none() && amended("wamid.2").revoked.is_some());
    // Only what was said opened a case, and it opened one.
    assert_eq!(of_kind(&open.desk, "case-opened").len(), 1);
}

#[test]
fn what_is_nobodys_question_opens_no_case_and_a_call_opens_the_window() {
    let (house, mut open) = house(4);
    let echo = json!({"message_echoes": [{"from": "576015550100", "to": LUCIA, "id": "wamid.e",
        "timestamp": "1795446000", "type": "text", "text": {"body": "Desde el teléfono"}}]});
    let call = json!({"calls": [{"id": "wacid.1", "from": LUCIA, "to": "576015550100", "event": "connect",
        "direction": "USER_INITIATED", "timestamp": "1795446000"}]});
    let reaction = json!({"type": "reaction", "reaction": {"message_id": "wamid.e", "emoji": "👍"}});
    let echo = body(&house, "smb_message_echoes", &echo);
    for _ in 0..2 {
        house.post(&open.desk, &echo).unwrap();
        open.settle();
    }
    let conversation = |open: &Open| {
        let found = open.desk.store().conversations().unwrap().pop_first().unwrap();
        (found.0, found.1.last_inbound)
    };
    assert_eq!(conversation(&open).1, None);
    house.post(&open.desk, &body(&house, "calls", &call)).unwrap();
    open.settle();
    let (id, last) = conversation(&open);
    assert_eq!(last, "2026-11-23T15:00:00Z".parse().ok());
    house.post(&open.desk, &message(&house, LUCIA, "wamid.t", reaction)).unwrap();
    open.settle();
    assert!(of_kind(&open.desk, "case-opened").is_empty());
    let lines = open.desk.store().history(id, None, 10).unwrap();
    let echoed = of_kind(&open.desk, "message-echoed");
    let [Event::MessageEchoed(echoed)] = &echoed[..] else { panic!("{echoed:?}") };
    assert_eq!((echoed.by, lines[0].1.message()), (Side::Company, echoed.message));
}

#[test]
fn a_customer_who_says_stop_has_said_so_whichever_way_it_is_told() {
    let (house, mut open) = house(5);
    house.clock.advance(60);
    let wish = |value: &str, second: i64| {
        let wish = json!({"wa_id": LUCIA, "user_id": "CO.1", "category": MARKETING, "value": value,
            "detail": "palabras", "timestamp": second});
        body(&house, "user_preferences", &json!({"user_preferences": [wish]}))
    };
    for body in [wish("stop", 1_795_446_010), wish("resume", 1_795_446_000), wish("stop", 1_795_446_010)] {
        house.post(&open.desk, &body).unwrap();
        open.settle();
    }
    let said = |open: &Open| contact(open).consent.entry(Category::Marketing).unwrap().consent;
    assert_eq!(said(&open), Consent::OptOut);
    let told = of_kind(&open.desk, "consent-changed");
    let [Event::ConsentChanged(told)] = &told[..] else { panic!("{told:?}") };
    let evidence = told.evidence.as_ref().unwrap();
    let key = open.desk.keys().contact(evidence.owner()).unwrap().unwrap();
    assert_eq!((told.source, evidence.open(&key).unwrap().0), (Source::Preference, "palabras".to_owned()));
    house.post(&open.desk, &wish("resume", 1_795_446_020)).unwrap();
    open.settle();
    assert_eq!(said(&open), Consent::OptIn);
    // A word that nobody knows yet is kept all the same.
    house.post(&open.desk, &wish("less", 1_795_446_030)).unwrap();
    open.settle();
    assert_eq!(of_kind(&open.desk, "platform-notice").len(), 1);
}

#[test]
fn what_concerns_the_company_is_kept_once_and_nothing_personal_of_it_in_clear() {
    let (house, mut open) = house(6);
    house.post(&open.desk, &said(&house, LUCIA, "wamid.1", "Hola")).unwrap();
    open.settle();
    let template = json!({"event": "PAUSED", "message_template_id": 1, "message_template_name": "pedido",
        "message_template_language": "es"});
    let account = json!({"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "DISABLE"}});
    let number = json!({"display_phone_number": "576015550100", "event": "FLAGGED"});
    let flow = json!({"event": "FLOW_STATUS_CHANGE", "flow_id": "77"});
    let group = json!({"groups": [{"timestamp": "1795446000", "group_id": "G1", "type": "group_create",
        "subject": "secreto de familia"}]});
    let link = json!({"contacts": [{"wa_id": LUCIA}], "user_actions": [
        {"action_type": "marketing_messages_link_click", "timestamp": "1795446000"}]});
    let in_group = json!({"type": "text", "text": {"body": "secreto del grupo"}, "group_id": "G1"});
    let bodies = [
        body(&house, "message_template_status_update", &template),
        body(&house, "account_update", &account),
        body(&house, "phone_number_quality_update", &number),
        body(&house, "flows", &flow),
        body(&house, "group_lifecycle_update", &group),
        body(&house, "messages", &link),
        message(&house, LUCIA, "wamid.g", in_group),
    ];
    for body in bodies.iter().chain(&bodies) {
        house.post(&open.desk, body).unwrap();
        open.settle();
    }
    for kind in ["template-changed", "account-changed", "number-changed"] {
        assert_eq!(of_kind(&open.desk, kind).len(), 1, "{kind}");
    }
    let all = events(&open.desk);
    let notices: Vec<_> = all
        .iter()
        .filter_map(|recorded| match &recorded.event {
            Event::PlatformNotice(notice) => Some((&recorded.stream, notice)),
            _ => None,
        })
        .collect();
    let told: Vec<_> = notices.iter().map(|(_, n)| (n.field.as_str(), n.what.as_str())).collect();
    let expected = [
        ("flows", "FLOW_STATUS_CHANGE"),
        ("group_lifecycle_update", "group_create"),
        ("messages", "marketing_messages_link_click"),
        ("messages", "group-message"),
    ];
    assert_eq!(told, expected);
    assert!(matches!(&notices[0].1.value, Noticed::Company(value) if value.contains("77")));
    assert!(matches!(&notices[1].1.value, Noticed::Body(_)));
    for place in [2, 3] {
        assert!(matches!(notices[place].0, Stream::Conversation(_)));
        assert!(matches!(&notices[place].1.value, Noticed::Of(_)));
    }
    // What is said in a group is no message of the conversation.
    assert_eq!(of_kind(&open.desk, "message-received").len(), 1);
    for recorded in &all {
        let text = recorded.event.data().unwrap().to_string();
        assert!(!text.contains("secreto") && !text.contains(LUCIA), "{text}");
    }
}

#[test]
fn a_rebuild_finds_customers_and_amendments_as_they_were() {
    let (house, mut open) = house(7);
    let revoke = json!({"type": "revoke", "revoke": {"original_message_id": "wamid.1"}});
    for body in [
        said(&house, LUCIA, "wamid.1", "Hola"),
        moved(&house, "wamid.2"),
        message(&house, NEW, "wamid.3", revoke),
    ] {
        house.post(&open.desk, &body).unwrap();
        open.settle();
    }
    drop(open);
    house.lose_projections();
    let mut open = house.open().unwrap();
    let lookup = open.desk.keys().lookup("wamid", "wamid.1");
    assert!(open.desk.store().amended(&lookup).unwrap().revoked.is_some());
    house.post(&open.desk, &said(&house, NEW, "wamid.4", "¿Siguen ahí?")).unwrap();
    open.settle();
    assert_eq!(of_kind(&open.desk, "contact-created").len(), 1);
    assert_eq!(conversations(&open).len(), 1);
}

#[test]
fn a_body_that_nothing_opens_is_kept_as_such_and_those_behind_it_are_taken() {
    let (house, mut open) = house(19);
    let another = domain::sealed::Key::random(&*house.entropy);
    house.post_under(&open.desk, &said(&house, LUCIA, "wamid.1", "hola"), &another).unwrap();
    house.post(&open.desk, &said(&house, LUCIA, "wamid.2", "hola")).unwrap();
    open.settle();
    assert!(open.desk.store().unprocessed(0, 1).unwrap().is_empty());
    let strange = of_kind(&open.desk, "message-not-understood");
    let [Event::MessageNotUnderstood(strange)] = &strange[..] else { panic!("{strange:?}") };
    assert!(strange.why.contains("no key opens"), "{}", strange.why);
    assert_eq!(of_kind(&open.desk, "message-received").len(), 1);
}
