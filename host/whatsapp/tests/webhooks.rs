//! Webhooks as they come, in the shapes that Meta documents and that people have met.

#![allow(clippy::unwrap_used, clippy::panic)] // The helpers of tests are no #[test] themselves.

use domain::id::NumberId;
use domain::message::{Content, Identity, MediaKind};
use whatsapp::{Status, Strange, Update, read};

fn updates(name: &str) -> Vec<Update> {
    read(&std::fs::read(format!("tests/webhooks/{name}.json")).unwrap()).unwrap()
}

fn person(phone: &str, user_id: &str) -> Identity {
    let said = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Identity { phone: said(phone), user_id: said(user_id) }
}

/// Who wrote, the name, what was said, in words.
fn said(update: &Update) -> (Identity, Option<&str>, &str) {
    match update {
        Update::Message { sender, name, content, .. } => (sender.clone(), name.as_deref(), content.words()),
        other => panic!("not a message: {other:?}"),
    }
}

fn strange(update: &Update) -> &Strange {
    match update {
        Update::Strange(strange) => strange,
        other => panic!("understood: {other:?}"),
    }
}

#[test]
fn a_customer_writes() {
    let [update] = &updates("text")[..] else { panic!("one update") };
    assert_eq!(
        *update,
        Update::Message {
            number: NumberId::from("106540352242922"),
            sender: person("573001234567", "CO.13491208655302741918"),
            name: Some("Lucía Gómez".to_owned()),
            wamid: "wamid.HBgMNTczMDAxMjM0NTY3FQIAEhgSRTFCM0Y2QjM5N0I1QTMyRDAxAA==".to_owned(),
            sent_at: "2026-10-31T12:00:00Z".parse().unwrap(),
            content: Content::Text { body: "Hola 👋🏽, ¿abren hoy? https://ejemplo.co".to_owned() },
            answers: None,
        }
    );
}

#[test]
fn the_order_of_members_is_not_metas_to_promise() {
    assert_eq!(said(&updates("keys-reversed")[0]), (person("573001234567", ""), Some("Lucía"), "al revés"));
}

#[test]
fn every_level_of_a_batch_is_walked_and_people_are_paired_by_what_identifies_them() {
    let updates = updates("batch");
    let [uno, dos, sent, delivered, failed, voice] = &updates[..] else { panic!("{updates:#?}") };

    assert_eq!(said(uno), (person("573009990001", "CO.1"), Some("Ana"), "uno"));
    assert_eq!(said(dos), (person("573009990002", "CO.2"), Some("Pedro"), "dos"));

    let Update::Status { number, wamid, status: Status::Sent, opaque, pricing: Some(pricing), .. } = sent
    else {
        panic!("{sent:?}")
    };
    assert_eq!((number.as_str(), wamid.as_str()), ("106540352242922", "wamid.S1"));
    assert_eq!(opaque.as_deref(), Some("m1:1"));
    assert_eq!((pricing.billable, pricing.kind.as_str()), (Some(true), "regular"));
    assert!(matches!(delivered, Update::Status { status: Status::Delivered, pricing: None, .. }));

    let Update::Status { number, status: Status::Failed, errors, recipient, .. } = failed else {
        panic!("{failed:?}")
    };
    assert_eq!(number.as_str(), "106540352242923");
    assert_eq!(errors[0].code, 131_047);
    assert!(errors[0].details.contains("24 hours"));
    assert_eq!(*recipient, person("573009990003", ""));

    let Update::Message { number, name, content: Content::Media(media), .. } = voice else {
        panic!("{voice:?}")
    };
    assert_eq!((number.as_str(), name.as_deref()), ("106540352242924", Some("Sofía")));
    assert_eq!((media.kind, media.voice), (MediaKind::Audio, true));
    assert_eq!(media.mime_type, "audio/ogg; codecs=opus");
}

#[test]
fn a_missing_name_is_no_name_and_a_time_may_be_a_number() {
    let updates = updates("no-names");
    let bodies: Vec<_> = updates.iter().map(|update| (said(update).1, said(update).2)).collect();
    assert_eq!(bodies, [(None, "a"), (None, "b"), (None, "c"), (None, "d")]);
}

#[test]
fn a_customer_without_a_phone_is_known_by_the_user_id_in_all_three_shapes() {
    let updates = updates("no-phone");
    assert_eq!(said(&updates[0]), (person("", "CO.111AbC"), Some("Ausente"), "a"));
    assert_eq!(said(&updates[1]), (person("", "CO.222"), Some("Vacío"), "b"));
    assert_eq!(said(&updates[2]), (person("", "CO.333"), Some("Otro lugar"), "c"));
    let Update::Status { recipient, status: Status::Read, .. } = &updates[3] else { panic!("a status") };
    assert_eq!(*recipient, person("", "CO.111AbC"));
}

#[test]
fn a_nul_is_a_character_like_others_and_half_a_character_costs_only_its_own_message() {
    let updates = updates("nul");
    assert_eq!(said(&updates[0]).2, "antes\0después");
    assert_eq!(strange(&updates[1]).number, Some(NumberId::from("106540352242922")));
    assert!(strange(&updates[1]).raw.contains(r"medio emoji \ud83d"));
    assert_eq!(said(&updates[2]).2, "sigo aquí");
}

#[test]
fn what_customers_press_send_and_take_back() {
    let contents: Vec<_> = updates("answers")
        .into_iter()
        .map(|update| match update {
            Update::Message { content, answers, .. } => (content, answers),
            other => panic!("{other:?}"),
        })
        .collect();
    let choice = |id: &str, title: &str| Content::Choice { id: id.into(), title: title.into() };
    assert_eq!(contents[0], (choice("si", "Sí, gracias"), Some("wamid.S1".to_owned())));
    assert_eq!(contents[1], (choice("ventas", "Ventas"), Some("wamid.S2".to_owned())));
    assert_eq!(contents[2], (Content::Button { payload: "cancelar".into(), text: "Cancelar".into() }, None));
    let reaction =
        |emoji: Option<&str>| Content::Reaction { to: "wamid.S1".into(), emoji: emoji.map(Into::into) };
    assert_eq!(contents[3].0, reaction(Some("❤️")));
    assert_eq!(contents[4].0, reaction(None));
    assert_eq!(contents[5].0, reaction(None));
    assert!(matches!(contents[6].0, Content::Location { latitude: 4.711, longitude: -74.0721, .. }));
    let Content::Media(document) = &contents[7].0 else { panic!("a document") };
    assert_eq!(document.filename.as_deref(), Some("../../etc/passwd"));
    assert!(matches!(&contents[8].0, Content::Media(media) if media.kind == MediaKind::Sticker));
}

#[test]
fn what_is_not_understood_is_kept_whole_says_why_and_says_nothing_personal() {
    let updates = updates("strange");
    // In the order of the names in `value`: errors, messages, statuses, user_actions.
    let expected = [
        ("messages", "Meta reports the error 131000 beside the messages"),
        ("messages", "`interactive` was expected and is missing"),
        ("messages", "a message of the type `unsupported` is not understood yet"),
        ("messages", "a message of the type `system` is not understood yet"),
        ("messages", "an interactive answer of the type `nfm_reply` is not understood yet"),
        ("messages", "a message in a group is not understood yet"),
        ("messages", "`timestamp` was expected to be seconds since 1970"),
        ("messages", "an object was expected and this is a string"),
        ("messages", "the status `warped` is not understood yet"),
        ("messages", "the member `user_actions` of `value` is not understood yet"),
        ("user_preferences", "the field `user_preferences` is not understood yet"),
        (
            "message_template_status_update",
            "the field `message_template_status_update` is not understood yet",
        ),
        ("something_new", "the `value` of a change was expected to be an object and is an array"),
        ("", "an entry was expected to be an object with an array `changes` and is not"),
    ];
    let understood = |update: &Update| matches!(update, Update::Message { .. });
    let (understood, rest): (Vec<_>, Vec<_>) = updates.iter().partition(|update| understood(update));
    assert_eq!(said(understood[0]).2, "yo sí");
    let found: Vec<_> = rest.iter().map(|u| (strange(u).field.as_str(), strange(u).why.as_str())).collect();
    assert_eq!(found, expected);

    let flow = strange(rest[4]);
    assert_eq!(flow.contact, Some(person("573009990001", "CO.1")));
    assert_eq!(flow.wamid.as_deref(), Some("wamid.U4"));
    assert!(flow.raw.starts_with('{') && flow.raw.contains(r#""response_json":"{\"clave\":\"secreto\"}""#));
    assert_eq!(strange(rest[10]).contact, Some(person("573009990001", "CO.1")));
    assert_eq!(strange(rest[11]).contact, None);
}

#[test]
fn what_is_json_is_never_lost_and_what_is_not_is_an_error() {
    for body in ["[]", "null", "7", "\"a\"", "{}", r#"{"entry":{}}"#, r#"{"entry":[1]}"#] {
        let updates = read(body.as_bytes()).unwrap();
        assert_eq!(updates.len(), 1, "{body}");
        strange(&updates[0]);
    }
    for body in [&b""[..], b"{", b"{}}", b"hola", b"{\"entry\":[\xff]}"] {
        assert!(read(body).is_err());
    }
}

#[test]
fn a_nesting_without_end_stays_inside_its_element() {
    let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
    let good = r#"{"from":"573001234567","id":"wamid.1","timestamp":"1793448000","type":"text","text":{"body":"a"}}"#;
    let body = format!(
        r#"{{"entry":[{{"changes":[{{"field":"messages","value":{{"metadata":{{"phone_number_id":"1"}},"messages":[{deep},{good}]}}}}]}}]}}"#
    );
    let updates = read(body.as_bytes()).unwrap();
    assert!(strange(&updates[0]).why.contains("recursion limit"));
    assert_eq!(said(&updates[1]).2, "a");
}
