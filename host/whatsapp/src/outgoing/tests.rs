//! What is sent, kind by kind, as Meta's pages show it; and what Meta would refuse.

use domain::id::NumberId;
use domain::message::{
    Action, Card, CardName, CardPhone, CarouselButtons, CarouselCard, Component, FlowAction, FlowMode,
    Header, Identity, Interactive, MediaKind, Outgoing, OutgoingMedia, Parameter, ParameterValue, Press,
    ProductSection, ReplyButton, Row, Section, Source, Template, TemplateCard, WhichFlow,
};
use serde_json::{Value, json};

use super::{Invalid, Send, check};

fn body(to: Identity, message: &Outgoing) -> Value {
    let number = NumberId::from("106540352242922");
    let send = Send { number: &number, to: &to, message, opaque: "m1:1" };
    serde_json::from_str(&send.body().unwrap()).unwrap()
}

fn phone() -> Identity {
    Identity {
        phone: Some("573001234567".to_owned()),
        user_id: Some("CO.1".to_owned()),
        ..Identity::default()
    }
}

/// The type, and what stands under it.
fn said(message: &Outgoing) -> (String, Value) {
    let body = body(phone(), message);
    let kind = body["type"].as_str().unwrap().to_owned();
    let content = body[&kind].clone();
    (kind, content)
}

fn refused(message: &Outgoing) -> String {
    check(message).unwrap_err().to_string()
}

fn reply_buttons(titles: &[&str]) -> Vec<ReplyButton> {
    let button = |title: &&str| ReplyButton { id: format!("id of {title}"), title: (*title).to_owned() };
    titles.iter().map(button).collect()
}

fn buttons(titles: &[&str]) -> Outgoing {
    Outgoing::Buttons { body: "¿Seguimos?".to_owned(), buttons: reply_buttons(titles) }
}

fn rows(from: usize, to: usize) -> Vec<Row> {
    let row = |n: usize| Row { id: n.to_string(), title: format!("Fila {n}"), description: String::new() };
    (from..to).map(row).collect()
}

fn menu(count: usize) -> Outgoing {
    Outgoing::Menu { body: "Elija".to_owned(), label: "Ver".to_owned(), rows: rows(0, count) }
}

fn media(kind: MediaKind) -> OutgoingMedia {
    let source = Source::Link("https://ejemplo.co/a".to_owned());
    OutgoingMedia { kind, source, caption: None, filename: None, voice: false }
}

fn interactive(action: Action) -> Interactive {
    Interactive { header: None, body: "Palabras".to_owned(), footer: String::new(), action }
}

fn pressed(action: Action) -> Outgoing {
    Outgoing::Interactive(Box::new(interactive(action)))
}

#[test]
fn a_text_goes_to_the_phone_with_its_plus_and_carries_our_word() {
    assert_eq!(
        body(phone(), &Outgoing::Text { body: "¡Hola! 👋".to_owned() }),
        json!({
            "messaging_product": "whatsapp", "recipient_type": "individual", "to": "+573001234567",
            "type": "text", "text": {"body": "¡Hola! 👋"}, "biz_opaque_callback_data": "m1:1",
        })
    );
    let (_, text) = said(&Outgoing::TextWithPreview { body: "https://ejemplo.co".to_owned() });
    assert_eq!(text, json!({"body": "https://ejemplo.co", "preview_url": true}));
}

#[test]
fn who_has_no_phone_is_reached_by_the_user_id() {
    let user_id = Some("CO.13491208655302741918".to_owned());
    let body = body(Identity { user_id, ..Identity::default() }, &buttons(&["Sí", "No"]));
    assert_eq!(body["recipient"], "CO.13491208655302741918");
    assert_eq!(body.get("to"), None);
    assert_eq!(
        body["interactive"]["action"]["buttons"][1]["reply"],
        json!({"id": "id of No", "title": "No"})
    );
}

#[test]
fn a_menu_has_one_section_and_leaves_out_what_is_empty() {
    assert_eq!(
        body(phone(), &menu(2))["interactive"],
        json!({
            "type": "list", "body": {"text": "Elija"},
            "action": {"button": "Ver", "sections": [
                {"rows": [{"id": "0", "title": "Fila 0"}, {"id": "1", "title": "Fila 1"}]}
            ]},
        })
    );
}

#[test]
fn media_are_sent_by_id_or_link_with_what_each_kind_may_have() {
    let link = json!({"link": "https://ejemplo.co/a"});
    assert_eq!(said(&Outgoing::Media(media(MediaKind::Sticker))), ("sticker".to_owned(), link));
    let document = OutgoingMedia {
        source: Source::Id("790".to_owned()),
        caption: Some("La factura".to_owned()),
        filename: Some("factura.pdf".to_owned()),
        ..media(MediaKind::Document)
    };
    let expected = json!({"id": "790", "caption": "La factura", "filename": "factura.pdf"});
    assert_eq!(said(&Outgoing::Media(document.clone())), ("document".to_owned(), expected));
    let voice = OutgoingMedia { voice: true, ..media(MediaKind::Audio) };
    assert_eq!(said(&Outgoing::Media(voice)).1["voice"], true);

    let told = |media| refused(&Outgoing::Media(media));
    assert_eq!(
        told(OutgoingMedia { kind: MediaKind::Audio, ..document.clone() }),
        "audio.caption: nothing was expected"
    );
    let long = OutgoingMedia { caption: Some("ñ".repeat(1025)), ..document.clone() };
    assert_eq!(told(long), "document.caption: 1025 characters, at most 1024");
    let image = OutgoingMedia { kind: MediaKind::Image, ..document };
    assert_eq!(told(image), "image.filename: nothing was expected");
    let nowhere = OutgoingMedia { source: Source::Link("ejemplo.co".to_owned()), ..media(MediaKind::Image) };
    assert_eq!(told(nowhere), "image.link: an address with https:// or http:// was expected");
}

#[test]
fn places_cards_and_reactions_are_sent() {
    let place = Outgoing::Location {
        latitude: 4.711,
        longitude: -74.0721,
        name: Some("Tienda".to_owned()),
        address: None,
    };
    let expected = json!({"latitude": 4.711, "longitude": -74.0721, "name": "Tienda"});
    assert_eq!(said(&place), ("location".to_owned(), expected));
    let nowhere = Outgoing::Location { latitude: 91.0, longitude: 0.0, name: None, address: None };
    assert_eq!(refused(&nowhere), "location.latitude: a number from -90 to 90 was expected");
    let nan = Outgoing::Location { latitude: 0.0, longitude: f64::NAN, name: None, address: None };
    assert_eq!(refused(&nan), "location.longitude: a number from -180 to 180 was expected");

    let card = Card {
        name: CardName { formatted: "Luz Mora".to_owned(), first: "Luz".to_owned(), ..CardName::default() },
        phones: vec![CardPhone { phone: "+57 300 999 0007".to_owned(), ..CardPhone::default() }],
        ..Card::default()
    };
    let contacts = Outgoing::Contacts { cards: vec![card.clone()] };
    let expected = json!([{
        "name": {"formatted_name": "Luz Mora", "first_name": "Luz"}, "phones": [{"phone": "+57 300 999 0007"}],
    }]);
    assert_eq!(said(&contacts), ("contacts".to_owned(), expected));
    let nameless = Card { name: CardName { first: "Luz".to_owned(), ..CardName::default() }, ..card.clone() };
    let cards = vec![card.clone(), nameless];
    assert_eq!(
        refused(&Outgoing::Contacts { cards }),
        "contacts[1].name.formatted_name: 0 characters, at least 1"
    );
    let born = Card { birthday: Some("ayer".to_owned()), ..card };
    assert_eq!(
        refused(&Outgoing::Contacts { cards: vec![born] }),
        "contacts[0].birthday: YYYY-MM-DD was expected"
    );

    let reaction = |emoji: Option<&str>| Outgoing::Reaction {
        to: "wamid.A1".to_owned(),
        emoji: emoji.map(ToOwned::to_owned),
    };
    assert_eq!(said(&reaction(Some("👍🏽"))).1, json!({"message_id": "wamid.A1", "emoji": "👍🏽"}));
    assert_eq!(said(&reaction(None)).1["emoji"], "");
}

#[test]
fn an_answer_names_the_message_that_it_answers() {
    let answer = |message| Outgoing::Answer { to: "wamid.A1".to_owned(), message: Box::new(message) };
    let body = body(phone(), &answer(Outgoing::Text { body: "Sí".to_owned() }));
    assert_eq!((&body["context"], &body["type"]), (&json!({"message_id": "wamid.A1"}), &json!("text")));
    let reaction = Outgoing::Reaction { to: "wamid.A1".to_owned(), emoji: None };
    assert_eq!(refused(&answer(reaction)), "context: nothing was expected");
    assert_eq!(refused(&answer(answer(menu(1)))), "context: nothing was expected");
}

#[test]
fn a_template_is_filled_by_place_or_by_name() {
    let parameter = |name: Option<&str>, value| Parameter { name: name.map(ToOwned::to_owned), value };
    let text = |text: &str| ParameterValue::Text(text.to_owned());
    let filled = |components| {
        Outgoing::Template(Template { name: "pedido".to_owned(), language: "es_CO".to_owned(), components })
    };
    let image = ParameterValue::Media {
        kind: MediaKind::Image,
        source: Source::Id("790".to_owned()),
        filename: None,
    };
    let button = |index, press, value: Option<ParameterValue>| Component::Button {
        index,
        press,
        parameters: value.map(|value| parameter(None, value)).into_iter().collect(),
    };
    let money =
        ParameterValue::Currency { fallback: "$ 12.500".into(), code: "COP".into(), thousandths: 12_500_000 };
    let whole = filled(vec![
        Component::Header { parameters: vec![parameter(None, image)] },
        Component::Body {
            parameters: vec![
                parameter(None, text("Lucía")),
                parameter(None, money),
                parameter(None, ParameterValue::DateTime("el lunes".into())),
            ],
        },
        button(0, Press::QuickReply, Some(ParameterValue::Payload("si".into()))),
        button(1, Press::Url, Some(text("7"))),
        button(2, Press::CopyCode, Some(ParameterValue::CouponCode("AHORA".into()))),
        button(3, Press::Flow, Some(ParameterValue::Action(json!({"flow_token": "t"})))),
        button(4, Press::RequestContactInfo, None),
        Component::LimitedTimeOffer { until: "2026-11-01T12:00:00Z".parse().unwrap() },
    ]);
    let (kind, json) = said(&whole);
    assert_eq!(kind, "template");
    assert_eq!(
        json,
        json!({"name": "pedido", "language": {"code": "es_CO"}, "components": [
            {"type": "header", "parameters": [{"type": "image", "image": {"id": "790"}}]},
            {"type": "body", "parameters": [
                {"type": "text", "text": "Lucía"},
                {"type": "currency",
                 "currency": {"fallback_value": "$ 12.500", "code": "COP", "amount_1000": 12_500_000}},
                {"type": "date_time", "date_time": {"fallback_value": "el lunes"}},
            ]},
            {"type": "button", "sub_type": "quick_reply", "index": "0",
             "parameters": [{"type": "payload", "payload": "si"}]},
            {"type": "button", "sub_type": "url", "index": "1", "parameters": [{"type": "text", "text": "7"}]},
            {"type": "button", "sub_type": "copy_code", "index": "2",
             "parameters": [{"type": "coupon_code", "coupon_code": "AHORA"}]},
            {"type": "button", "sub_type": "flow", "index": "3",
             "parameters": [{"type": "action", "action": {"flow_token": "t"}}]},
            {"type": "button", "sub_type": "request_contact_info", "index": "4"},
            {"type": "limited_time_offer", "parameters": [
                {"type": "limited_time_offer", "limited_time_offer": {"expiration_time_ms": 1_793_534_400_000_i64}},
            ]},
        ]})
    );

    let named = filled(vec![Component::Body { parameters: vec![parameter(Some("nombre"), text("Lucía"))] }]);
    assert_eq!(
        said(&named).1["components"][0]["parameters"],
        json!([{"type": "text", "parameter_name": "nombre", "text": "Lucía"}])
    );
    let card = |index| TemplateCard {
        index,
        components: vec![Component::Body { parameters: vec![parameter(None, text("x"))] }],
    };
    let carousel = filled(vec![Component::Carousel { cards: vec![card(0), card(1)] }]);
    assert_eq!(said(&carousel).1["components"][0]["cards"][1]["card_index"], 1);

    let mixed = vec![parameter(Some("nombre"), text("a")), parameter(None, text("b"))];
    let refusals = [
        (
            filled(vec![Component::Body { parameters: mixed }]),
            "template.components[0].parameters[1].parameter_name: a name, as the others have one, was expected",
        ),
        (
            filled(vec![button(0, Press::Url, Some(ParameterValue::Payload("x".into())))]),
            "template.components[0].parameters[0].type: the one that goes with the button's sub_type was expected",
        ),
        (
            filled(vec![button(1, Press::Flow, None), button(1, Press::Catalog, None)]),
            "template.components[1]: the same as template.components[0], and they have to differ",
        ),
        (
            filled(vec![button(0, Press::QuickReply, None)]),
            "template.components[0].parameters: 0 parameters, at least 1",
        ),
        (
            filled(vec![button(10, Press::Flow, None)]),
            "template.components[0].index: a number from 0 to 9 was expected",
        ),
    ];
    for (message, refusal) in refusals {
        assert_eq!(refused(&message), refusal);
    }
    let name = Template { name: "Pedido".to_owned(), language: "es".to_owned(), components: Vec::new() };
    assert_eq!(
        refused(&Outgoing::Template(name)),
        "template.name: a name of small letters, digits and `_` was expected"
    );
}

#[test]
fn words_with_something_to_press_have_a_header_and_a_footer() {
    let whole = Interactive {
        header: Some(Header::Text("Arriba".to_owned())),
        footer: "Abajo".to_owned(),
        ..interactive(Action::Buttons { buttons: reply_buttons(&["Sí"]) })
    };
    assert_eq!(
        said(&Outgoing::Interactive(Box::new(whole.clone()))).1,
        json!({
            "type": "button", "header": {"type": "text", "text": "Arriba"}, "body": {"text": "Palabras"},
            "footer": {"text": "Abajo"},
            "action": {"buttons": [{"type": "reply", "reply": {"id": "id of Sí", "title": "Sí"}}]},
        })
    );
    let header = |kind| {
        let (source, filename) = (Source::Id("7".to_owned()), None);
        Some(Header::Media { kind, source, filename })
    };
    let pictured = Interactive { header: header(MediaKind::Video), ..whole.clone() };
    assert_eq!(
        said(&Outgoing::Interactive(Box::new(pictured))).1["header"],
        json!({"type": "video", "video": {"id": "7"}})
    );
    let told = |interactive| refused(&Outgoing::Interactive(Box::new(interactive)));
    assert_eq!(
        told(Interactive { header: header(MediaKind::Audio), ..whole.clone() }),
        "interactive.header.type: image, video or document was expected"
    );
    let long = Interactive { footer: "x".repeat(61), ..whole };
    assert_eq!(told(long), "interactive.footer.text: 61 characters, at most 60");
    let sections = vec![Section { title: String::new(), rows: rows(0, 1) }];
    let list = interactive(Action::List { label: "Ver".to_owned(), sections });
    assert_eq!(
        told(Interactive { header: header(MediaKind::Image), ..list }),
        "interactive.header: a text was expected"
    );
    let bare = Interactive { footer: "x".to_owned(), ..interactive(Action::AskLocation) };
    assert_eq!(told(bare), "interactive.footer: nothing was expected");
}

#[test]
fn a_list_has_sections_with_ten_rows_in_all() {
    let list = |sections: Vec<(&str, Vec<Row>)>| {
        let section = |(title, rows): (&str, Vec<Row>)| Section { title: title.to_owned(), rows };
        let sections = sections.into_iter().map(section).collect();
        pressed(Action::List { label: "Ver".to_owned(), sections })
    };
    let (_, json) = said(&list(vec![("A", rows(0, 2)), ("B", rows(2, 3))]));
    assert_eq!(json["type"], "list");
    assert_eq!(
        json["action"]["sections"][1],
        json!({"title": "B", "rows": [{"id": "2", "title": "Fila 2"}]})
    );
    let refusals = [
        (
            list(vec![("A", rows(0, 6)), ("B", rows(6, 11))]),
            "interactive.action.sections[*].rows: 11 rows, at most 10",
        ),
        (
            list(vec![("A", rows(0, 2)), ("", rows(2, 3))]),
            "interactive.action.sections[1].title: 0 characters, at least 1",
        ),
        (
            list(vec![("A", rows(0, 2)), ("B", rows(1, 2))]),
            "interactive.action.sections[1].rows[0].id: the same as interactive.action.sections[0].rows[1].id, \
             and they have to differ",
        ),
    ];
    for (message, refusal) in refusals {
        assert_eq!(refused(&message), refusal);
    }
}

#[test]
fn links_flows_questions_calls_and_products_are_spelt_as_meta_does() {
    let action = |action| said(&pressed(action)).1;
    let link = Action::Link { label: "Ver".to_owned(), url: "https://ejemplo.co".to_owned() };
    assert_eq!(
        action(link),
        json!({"type": "cta_url", "body": {"text": "Palabras"}, "action": {
            "name": "cta_url", "parameters": {"display_text": "Ver", "url": "https://ejemplo.co"},
        }})
    );
    let flow = FlowAction {
        flow: WhichFlow::Id("F1".to_owned()),
        label: "Llenar".to_owned(),
        token: Some("t".to_owned()),
        screen: Some("UNO".to_owned()),
        data: Some(json!({"a": 1})),
        mode: FlowMode::Draft,
    };
    assert_eq!(
        action(Action::Flow(flow.clone()))["action"],
        json!({"name": "flow", "parameters": {
            "flow_message_version": "3", "flow_id": "F1", "flow_cta": "Llenar", "flow_token": "t",
            "mode": "draft", "flow_action": "navigate",
            "flow_action_payload": {"screen": "UNO", "data": {"a": 1}},
        }})
    );
    let asked =
        FlowAction { screen: None, data: None, token: None, mode: FlowMode::Published, ..flow.clone() };
    assert_eq!(action(Action::Flow(asked))["action"]["parameters"]["flow_action"], "data_exchange");
    let empty = FlowAction { data: Some(json!({})), ..flow };
    assert_eq!(
        refused(&pressed(Action::Flow(empty))),
        "interactive.action.parameters.flow_action_payload.data: an object with members was expected"
    );

    for (asks, kind, name) in [
        (Action::AskLocation, "location_request_message", "send_location"),
        (Action::AskContact, "request_contact_info", "request_contact_info"),
        (Action::AskCallPermission, "call_permission_request", "call_permission_request"),
        (Action::Call { label: String::new(), minutes: None }, "voice_call", "voice_call"),
    ] {
        let json = action(asks);
        assert_eq!((&json["type"], &json["action"]), (&json!(kind), &json!({"name": name})));
    }
    let call = Action::Call { label: "Llamar".to_owned(), minutes: Some(0) };
    assert_eq!(refused(&pressed(call)), "interactive.action.parameters.ttl_minutes: 0 minutes, at least 1");

    let product = Action::Product { catalog: "C".to_owned(), product: "P".to_owned() };
    assert_eq!(action(product)["action"], json!({"catalog_id": "C", "product_retailer_id": "P"}));
    let section = ProductSection { title: String::new(), products: vec!["P".to_owned()] };
    let products = Interactive {
        header: Some(Header::Text("Arriba".to_owned())),
        ..interactive(Action::Products { catalog: "C".to_owned(), sections: vec![section] })
    };
    assert_eq!(
        said(&Outgoing::Interactive(Box::new(products))).1["action"]["sections"],
        json!([{"product_items": [{"product_retailer_id": "P"}]}])
    );
    let catalog = action(Action::Catalog { thumbnail: Some("P".to_owned()) });
    assert_eq!(catalog["action"]["parameters"], json!({"thumbnail_product_retailer_id": "P"}));
}

#[test]
fn the_cards_of_a_carousel_have_the_same_buttons() {
    let card = |buttons| CarouselCard {
        kind: MediaKind::Image,
        source: Source::Id("7".to_owned()),
        body: "Taladro".to_owned(),
        buttons,
    };
    let link = || CarouselButtons::Link { label: "Ver".to_owned(), url: "https://ejemplo.co".to_owned() };
    let replies = |titles: &[&str]| CarouselButtons::Replies(reply_buttons(titles));
    let carousel = |cards| pressed(Action::Carousel { cards });
    let (_, json) = said(&carousel(vec![card(link()), card(link())]));
    assert_eq!(
        json["action"]["cards"][1],
        json!({
            "card_index": 1, "type": "cta_url", "header": {"type": "image", "image": {"id": "7"}},
            "body": {"text": "Taladro"},
            "action": {"name": "cta_url", "parameters": {"display_text": "Ver", "url": "https://ejemplo.co"}},
        })
    );
    let (_, json) = said(&carousel(vec![card(replies(&["Sí"])), card(replies(&["No"]))]));
    assert_eq!(json["action"]["cards"][0]["action"]["buttons"][0]["quick_reply"]["title"], "Sí");
    let cards = "interactive.action.cards";
    assert_eq!(refused(&carousel(vec![card(link())])), format!("{cards}: 1 cards, at least 2"));
    assert_eq!(
        refused(&carousel(vec![card(replies(&["Sí"])), card(replies(&["Sí", "No"]))])),
        format!("{cards}[1].action: the same kind and number of buttons as on the first card was expected")
    );
    let long = CarouselCard { body: "x".repeat(161), ..card(link()) };
    assert_eq!(
        refused(&carousel(vec![card(link()), long])),
        format!("{cards}[1].body.text: 161 characters, at most 160")
    );
}

#[test]
fn a_limit_counts_characters_and_a_refusal_names_the_field_the_limit_and_what_was_given() {
    let text = |length: usize| Outgoing::Text { body: "ñ".repeat(length) };
    assert_eq!(check(&text(4096)), Ok(()));
    let refusals = [
        (text(4097), "text.body: 4097 characters, at most 4096"),
        (text(0), "text.body: 0 characters, at least 1"),
        (buttons(&[]), "interactive.action.buttons: 0 buttons, at least 1"),
        (buttons(&["1", "2", "3", "4"]), "interactive.action.buttons: 4 buttons, at most 3"),
        (
            buttons(&["Sí", "Un título demasiado largo"]),
            "interactive.action.buttons[1].reply.title: 25 characters, at most 20",
        ),
        (
            buttons(&["Sí", "No", "Sí"]),
            "interactive.action.buttons[2].reply.id: the same as interactive.action.buttons[0].reply.id, \
             and they have to differ",
        ),
        (menu(11), "interactive.action.sections[0].rows: 11 rows, at most 10"),
    ];
    for (message, refusal) in refusals {
        assert_eq!(refused(&message), refusal);
    }
}

#[test]
fn nobody_is_no_recipient_and_neither_is_a_phone_that_is_none() {
    let number = NumberId::from("1");
    for phone in [None, Some(String::new()), Some("+57300".to_owned()), Some("57 300".to_owned())] {
        let to = Identity { phone, ..Identity::default() };
        let send = Send { number: &number, to: &to, message: &menu(1), opaque: "" };
        assert_eq!(send.body(), Err(Invalid::Recipient));
    }
}
