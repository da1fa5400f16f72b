//! Webhooks as they come, in the shapes that Meta documents and that people have met.

#![allow(clippy::unwrap_used, clippy::panic)] // The helpers of tests are no #[test] themselves.

use domain::event::IdentityPart;
use domain::id::NumberId;
use domain::message::{Beside, Content, Forwarded, Identity, MediaKind, Product, Profile, Side};
use whatsapp::{Status, Strange, Update, read};

fn updates(name: &str) -> Vec<Update> {
    read(&std::fs::read(format!("tests/webhooks/{name}.json")).unwrap()).unwrap()
}

fn person(phone: &str, user_id: &str) -> Identity {
    let said = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Identity { phone: said(phone), user_id: said(user_id), parent_user_id: None }
}

/// Who wrote, the name, what was said, in words.
fn said(update: &Update) -> (Identity, &str, &str) {
    match update {
        Update::Message { sender, profile, content, .. } => (sender.clone(), &profile.name, content.words()),
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
            profile: Profile {
                name: "Lucía Gómez".to_owned(),
                username: "lucia.gomez".to_owned(),
                country: String::new(),
            },
            wamid: "wamid.HBgMNTczMDAxMjM0NTY3FQIAEhgSRTFCM0Y2QjM5N0I1QTMyRDAxAA==".to_owned(),
            sent_at: "2026-10-31T12:00:00Z".parse().unwrap(),
            content: Content::Text { body: "Hola 👋🏽, ¿abren hoy? https://ejemplo.co".to_owned() },
            answers: None,
            beside: Box::default(),
        }
    );
}

#[test]
fn the_order_of_members_is_not_metas_to_promise() {
    assert_eq!(said(&updates("keys-reversed")[0]), (person("573001234567", ""), "Lucía", "al revés"));
}

#[test]
fn every_level_of_a_batch_is_walked_and_people_are_paired_by_what_identifies_them() {
    let updates = updates("batch");
    let [uno, dos, sent, delivered, failed, voice] = &updates[..] else { panic!("{updates:#?}") };

    assert_eq!(said(uno), (person("573009990001", "CO.1"), "Ana", "uno"));
    assert_eq!(said(dos), (person("573009990002", "CO.2"), "Pedro", "dos"));

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

    let Update::Message { number, profile, content: Content::Media(media), .. } = voice else {
        panic!("{voice:?}")
    };
    assert_eq!((number.as_str(), profile.name.as_str()), ("106540352242924", "Sofía"));
    assert_eq!((media.kind, media.voice), (MediaKind::Audio, true));
    assert_eq!(media.mime_type, "audio/ogg; codecs=opus");
}

#[test]
fn a_missing_name_is_no_name_and_a_time_may_be_a_number() {
    let updates = updates("no-names");
    let bodies: Vec<_> = updates.iter().map(|update| (said(update).1, said(update).2)).collect();
    assert_eq!(bodies, [("", "a"), ("", "b"), ("", "c"), ("", "d")]);
}

#[test]
fn a_customer_without_a_phone_is_known_by_the_user_id_in_all_three_shapes() {
    let updates = updates("no-phone");
    assert_eq!(said(&updates[0]), (person("", "CO.111AbC"), "Ausente", "a"));
    assert_eq!(said(&updates[1]), (person("", "CO.222"), "Vacío", "b"));
    assert_eq!(said(&updates[2]), (person("", "CO.333"), "Otro lugar", "c"));
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
    let choice = |id: &str, title: &str, under: Option<&str>| Content::Choice {
        id: id.into(),
        title: title.into(),
        description: under.map(Into::into),
    };
    assert_eq!(contents[0], (choice("si", "Sí, gracias", None), Some("wamid.S1".to_owned())));
    assert_eq!(contents[1], (choice("ventas", "Ventas", Some("Precios")), Some("wamid.S2".to_owned())));
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
fn every_type_of_message_says_what_it_says() {
    let updates = updates("types");
    let contents: Vec<&Content> = updates
        .iter()
        .filter_map(|update| match update {
            Update::Message { content, .. } => Some(content),
            _ => None,
        })
        .collect();

    let Content::Contacts { cards } = contents[0] else { panic!("cards") };
    assert_eq!((cards[0].name.formatted.as_str(), cards[0].name.prefix.as_str()), ("Dra. Luz Mora", "Dra."));
    assert_eq!(cards[0].phones[0].wa_id, "573009990007");
    assert_eq!((cards[0].emails.len(), cards[0].addresses.len(), cards[0].urls.len()), (1, 1, 1));
    assert_eq!(cards[0].company.as_ref().unwrap().title, "Jefa");
    assert_eq!(cards[0].birthday.as_deref(), Some("1980-02-29"));
    // A card without a name is the answer to our question for the number.
    assert_eq!((cards[1].name.formatted.as_str(), cards[1].asked_for), ("", true));

    let Content::Order { catalog, text, items } = contents[1] else { panic!("an order") };
    assert_eq!((catalog.as_str(), text.as_str()), ("CAT1", "para hoy"));
    let told: Vec<_> = items.iter().map(|item| (item.product.as_str(), item.quantity, item.price)).collect();
    assert_eq!(told, [("P1", 2.0, 12500.5), ("P2", 1.0, 7000.0)]);

    let Content::Form { name, response, .. } = contents[2] else { panic!("a form") };
    assert_eq!((name.as_str(), response.as_str()), ("flow", r#"{"flow_token":"abc","clave":"valor"}"#));
    // What the customer's device sends as JSON need not be an object.
    assert!(matches!(contents[3], Content::Form { response, .. } if response == r#""no es un objeto""#));

    let until = Some("2026-11-07T12:00:00Z".parse().unwrap());
    let asked = |given, until, source: &str| Content::CallPermission {
        given,
        until,
        permanent: false,
        source: source.to_owned(),
    };
    assert_eq!(*contents[4], asked(true, until, "user_action"));
    assert_eq!(*contents[5], asked(false, None, "automatic"));

    let unsupported = |what: &str, code, details: &str| Content::Unsupported {
        what: what.to_owned(),
        code,
        details: details.to_owned(),
    };
    assert_eq!(
        *contents[6],
        unsupported("poll_creation", 131_051, "Message type is currently not supported.")
    );
    assert_eq!(*contents[7], unsupported("", 501, "Message type is not currently supported"));
    assert_eq!(*contents[8], Content::Welcome);
    let Content::Media(sticker) = contents[9] else { panic!("a sticker") };
    assert_eq!((sticker.id.as_str(), sticker.animated), ("791", true));
    assert_eq!(sticker.url.as_deref(), Some("https://lookaside.fbsbx.com/x"));
    assert!(matches!(contents[16], Content::Location { latitude: 4.711, url: Some(_), name: None, .. }));
}

#[test]
fn what_comes_with_a_message_is_kept_with_it() {
    let updates = updates("types");
    let beside = |wamid: &str| {
        let found = updates.iter().find_map(|update| match update {
            Update::Message { wamid: of, beside, .. } if of == wamid => Some(&**beside),
            _ => None,
        });
        found.unwrap()
    };
    assert_eq!(beside("wamid.T11").forwarded, Forwarded::Once);
    assert_eq!(beside("wamid.T12").forwarded, Forwarded::Often);
    assert_eq!(
        *beside("wamid.T13"),
        Beside {
            answers_whom: Some("576015550100".to_owned()),
            product: Some(Product { catalog: "CAT1".to_owned(), id: "P1".to_owned() }),
            identity_key: Some("key+1=".to_owned()),
            ..Beside::default()
        }
    );
    let referral = beside("wamid.T14").referral.as_ref().unwrap();
    assert_eq!((referral.source_type.as_str(), referral.click.as_str()), ("ad", "clid"));
    assert_eq!((referral.video_url.as_str(), referral.welcome.as_str()), ("", "¡Hola!"));
    assert_eq!(beside("wamid.T15").group.as_deref(), Some("Y2FwaV9ncm91cDox"));
    // What the message itself says of the key is newer than what stands beside it.
    assert_eq!(beside("wamid.T16").identity_key.as_deref(), Some("key+2="));

    let Update::Message { sender, profile, .. } = &updates[0] else { panic!("a message") };
    let known = Identity { parent_user_id: Some("CO.ENT.1".to_owned()), ..person("573009990001", "CO.1") };
    assert_eq!(*sender, known);
    assert_eq!((profile.username.as_str(), profile.country.as_str()), ("ana", "CO"));
}

#[test]
fn a_customer_corrects_and_takes_back_what_they_said() {
    let updates = updates("types");
    let edit = updates.iter().find_map(|update| match update {
        Update::Edit { edit, by: Side::Customer, .. } => Some(edit),
        _ => None,
    });
    let edit = edit.unwrap();
    assert_eq!((edit.original.as_str(), edit.wamid.as_str()), ("wamid.T11", "wamid.T17"));
    assert_eq!(edit.content.words(), "corregido");
    let revoked = |update: &Update| matches!(update, Update::Revoke { original, wamid, .. } if original == "wamid.T12" && wamid == "wamid.T18");
    assert!(updates.iter().any(revoked));
}

#[test]
fn a_customer_who_changes_number_user_id_or_device_is_told_of_in_the_spellings_of_three_generations() {
    let updates = updates("system");
    let changes: Vec<_> = updates
        .iter()
        .filter_map(|update| match update {
            Update::Identity { part, was, now, detail, .. } => Some((*part, was, now, detail.as_str())),
            _ => None,
        })
        .collect();
    let phone = |place: usize| {
        let (part, was, now, _) = changes[place];
        assert_eq!((part, was.phone.as_deref()), (IdentityPart::Phone, Some("573009990001")));
        assert_eq!(now.phone.as_deref(), Some("573009990009"));
        now.user_id.as_deref()
    };
    assert_eq!((phone(0), phone(1), phone(2)), (Some("CO.9"), None, None));
    let (part, was, now, _) = changes[3];
    assert_eq!((part, was.user_id.as_deref()), (IdentityPart::UserId, Some("CO.1")));
    assert_eq!((now.user_id.as_deref(), now.phone.as_deref()), (Some("CO.10"), None));
    for (place, key) in [(4, "key+2="), (5, "key+3=")] {
        let (part, was, now, detail) = changes[place];
        assert_eq!((part, was.phone.as_deref()), (IdentityPart::Key, Some("573009990001")));
        assert!(now.is_empty() && detail == key);
    }
    // A type that nobody knows is nobody's words either.
    let Update::Notice(notice) = &updates[6] else { panic!("{:?}", updates[6]) };
    assert_eq!((notice.what.as_str(), notice.wamid.as_deref()), ("chat_moved", Some("wamid.Y7")));
    assert_eq!(strange(&updates[7]).why, "`system` was expected to hold the new phone in `wa_id`");
}

#[test]
fn a_status_tells_what_became_of_a_message_for_whom_and_at_what_price() {
    let updates = updates("statuses");
    let status = |place: usize| match &updates[place] {
        Update::Status { status, recipient, errors, more, .. } => {
            (*status, recipient, errors, more.as_deref())
        }
        other => panic!("{other:?}"),
    };
    let (played, ana, _, more) = status(0);
    let known = Identity { parent_user_id: Some("CO.ENT.1".to_owned()), ..person("573009990001", "CO.1") };
    assert_eq!((played, ana), (Status::Played, &known));
    assert_eq!(more.unwrap().identity_key.as_deref(), Some("key+1="));
    for place in [1, 2] {
        let conversation = status(place).3.unwrap().conversation.clone().unwrap();
        assert_eq!(conversation.until, Some("2026-11-01T12:00:00Z".parse().unwrap()));
    }
    // In a group the same status comes once for each of them.
    let groups: Vec<_> =
        [3, 4].map(|place| (status(place).1.user_id.clone(), status(place).3.unwrap())).into();
    assert_eq!(groups[0].0.as_deref(), Some("CO.1"));
    assert_eq!(groups[1].0.as_deref(), Some("CO.2"));
    assert!(groups.iter().all(|(_, more)| more.group.as_deref() == Some("Y2FwaV9ncm91cDox")));

    let (failed, nobody, errors, _) = status(5);
    assert_eq!((failed, nobody), (Status::Failed, &Identity::default()));
    let told: Vec<_> = errors.iter().map(|error| (error.code, error.details.as_str())).collect();
    assert_eq!(told, [(131_026, ""), (131_050, "stopped")]);
    // Some write the user id in the place of the phone.
    assert_eq!(status(6).1.user_id.as_deref(), Some("CO.1"));
}

#[test]
fn what_is_not_understood_is_kept_whole_says_why_and_says_nothing_personal() {
    let updates = updates("strange");
    // In the order of the names in `value`: errors, messages, novelty, statuses.
    let expected = [
        ("messages", "Meta reports an error without a code beside the messages"),
        ("messages", "`interactive` was expected and is missing"),
        ("messages", "a message of the type `hologram` is not understood yet"),
        ("messages", "`system` was expected and is missing"),
        ("messages", "an interactive answer of the type `payment_reply` is not understood yet"),
        ("messages", "`edit.original_message_id` was expected to be a text"),
        ("messages", "`timestamp` was expected to be seconds since 1970"),
        ("messages", "an object was expected and this is a string"),
        ("messages", "`contacts` was expected to be an array of cards"),
        (
            "messages",
            "`order.product_items` was expected to be an array of products with their quantities and prices",
        ),
        ("messages", "the member `novelty` of `value` is not understood yet"),
        ("messages", "the status `warped` is not understood yet"),
        (
            "message_template_status_update",
            "`message_template_id` or `message_template_name` was expected and both are missing",
        ),
        ("account_update", "`event` was expected and is missing"),
        ("something_new", "the `value` of a change was expected to be an object and is an array"),
        ("something_newer", "the field `something_newer` is not understood yet"),
        ("", "an entry was expected to be an object with an array `changes` and is not"),
    ];
    let understood = |update: &Update| matches!(update, Update::Message { .. });
    let (understood, rest): (Vec<_>, Vec<_>) = updates.iter().partition(|update| understood(update));
    assert_eq!(said(understood[0]).2, "yo sí");
    let found: Vec<_> = rest.iter().map(|u| (strange(u).field.as_str(), strange(u).why.as_str())).collect();
    assert_eq!(found, expected);

    let payment = strange(rest[4]);
    assert_eq!(payment.contact, Some(person("573009990001", "CO.1")));
    assert_eq!(payment.wamid.as_deref(), Some("wamid.U4"));
    assert!(payment.raw.starts_with('{') && payment.raw.contains(r#""clave": "secreto""#));
    assert_eq!(strange(rest[10]).contact, Some(person("573009990001", "CO.1")));
    assert_eq!(strange(rest[12]).contact, None);
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
