//! Forgetting a customer: that nothing leads to them any more, whatever is asked and whichever byte is looked at.

use std::collections::BTreeSet;
use std::time::Duration;

use desk::{Cause, ErasureError, Named};
use domain::agent::Presence;
use domain::conversation::Holder;
use domain::delivery::{Sending, Status};
use domain::event::{Event, SendAttempted, SendRefused};
use domain::id::{AgentId, ContactId};
use domain::law::class::Category;
use domain::message::Outgoing;
use domain::outside::Clock as _;
use domain::stream::{Actor, Stream};
use serde_json::Value;
use store::{Draft, Referent};

use crate::accounts::work_off;
use crate::assembled::{House, Open, SHOP, block_on, events, of_kind};
use crate::program::{Company, NUMBER, files_named, files_with, post_signed, said, text_body, timonel};
use crate::sending;

const LUCIA: &str = "573001112233";

fn house(seed: u64) -> (House, Open) {
    let house = House::new(seed, SHOP, &[]);
    let open = house.open().unwrap();
    (house, open)
}

fn cause() -> Cause {
    Cause { reason: "solicitud del titular, radicado 118".to_owned(), term: None }
}

fn operator() -> Actor {
    Actor::Operator("root".into())
}

fn contacts(open: &Open) -> Vec<ContactId> {
    let mut seen = BTreeSet::new();
    let of = |stream: Stream| match stream {
        Stream::Contact(id) => Some(id),
        _ => None,
    };
    events(&open.desk).into_iter().filter_map(|e| of(e.stream)).filter(|id| seen.insert(*id)).collect()
}

#[test]
fn a_customer_who_is_forgotten_leaves_no_look_up_no_line_and_nothing_that_waits() {
    let (house, mut open) = house(1);
    house.post(&open.desk, &house.text("wamid.1", LUCIA, "hola")).unwrap();
    open.settle();
    let ana = AgentId::from("ana");
    block_on(open.desk.set_presence(&ana, Presence::Available, None)).unwrap();
    open.settle();
    let (id, conversation) = open.desk.store().conversations().unwrap().pop_first().unwrap();
    assert!(matches!(conversation.case.unwrap().holder, Holder::Agent { .. }));

    // Ana writes, and is not sent yet when the erasure comes.
    let desk = open.desk.clone();
    let rest = std::thread::spawn(move || {
        let ana = AgentId::from("ana");
        block_on(desk.reply(&ana, id, Outgoing::Text { body: "buenas tardes".to_owned() }))
    });
    while !rest.is_finished() {
        assert!(open.parts.workers.iter_mut().all(|worker| worker.step()));
    }
    rest.join().unwrap().unwrap();

    let lucia = open.desk.find(&Named::Phone("+57 300 111-2233".to_owned())).unwrap();
    let erased = block_on(open.desk.erase(lucia, &cause(), &operator())).unwrap();
    assert_eq!((erased.conversations, erased.cancelled), (1, 1));
    assert!(block_on(open.desk.forget_bodies(Duration::ZERO)).unwrap());
    open.settle();
    assert!(house.whatsapp.taken.lock().unwrap().is_empty(), "what waited was sent");

    let (store, keys) = (open.desk.store(), open.desk.keys());
    assert!(store.contact(lucia).unwrap().1.is_none() && store.conversation(id).unwrap().1.is_none());
    assert!(store.conversations().unwrap().is_empty() && store.contacts().unwrap().is_empty());
    assert!(store.history(id, None, 10).unwrap().is_empty());
    assert!(keys.contact(lucia).unwrap().is_none());
    assert!(store.agent(&ana).unwrap().1.has_room(1), "the place of the agent is not free again");
    assert_eq!(store.erasure(lucia).unwrap().unwrap().by, operator());
    assert!(matches!(
        open.desk.find(&Named::Id(lucia)),
        Err(ErasureError::Already(erasure)) if erasure.reason == cause().reason
    ));
    assert!(matches!(open.desk.find(&Named::Phone(LUCIA.to_owned())), Err(ErasureError::NoContact)));

    // What Meta tells once more makes nobody a contact; what the person writes from now on makes a new one.
    house.post(&open.desk, &house.text("wamid.1", LUCIA, "hola")).unwrap();
    open.settle();
    assert_eq!(contacts(&open), [lucia]);
    assert_eq!(store_of(&open, "wamid.1"), Some(Referent::Erased));
    house.post(&open.desk, &house.text("wamid.2", LUCIA, "soy yo otra vez")).unwrap();
    house.post(&open.desk, &house.text("wamid.1", LUCIA, "hola")).unwrap();
    open.settle();
    assert_eq!(contacts(&open).len(), 2);
    assert_eq!(of_kind(&open.desk, "message-received").len(), 2);
    let again = open.desk.find(&Named::Phone(LUCIA.to_owned())).unwrap();
    assert_ne!(again, lucia);

    // A rebuild forgets the same.
    drop(open);
    house.lose_projections();
    let open = house.open().unwrap();
    assert!(open.desk.store().conversation(id).unwrap().1.is_none());
    assert_eq!(open.desk.find(&Named::Phone(LUCIA.to_owned())).unwrap(), again);
    assert_eq!(store_of(&open, "wamid.1"), Some(Referent::Erased));
    assert_eq!(open.desk.store().contacts().unwrap(), BTreeSet::from([again]));
}

fn store_of(open: &Open, wamid: &str) -> Option<Referent> {
    open.desk.store().referent(&open.desk.keys().lookup("wamid", wamid)).unwrap()
}

#[test]
fn a_host_that_stopped_between_the_event_and_the_key_destroys_the_key_when_it_starts() {
    let (house, mut open) = house(2);
    house.post(&open.desk, &house.text("wamid.1", LUCIA, "hola")).unwrap();
    open.settle();
    let lucia = open.desk.find(&Named::Phone(LUCIA.to_owned())).unwrap();
    // The event alone, as a crash leaves it. (A restore writes it in the same way.)
    let before = events(&open.desk).len();
    std::thread::scope(|scope| {
        scope.spawn(|| desk::erase_now(open.desk.store(), lucia, &cause(), &operator()).unwrap());
    });
    assert!(events(&open.desk).len() > before && open.desk.keys().knows(lucia));
    drop(open);
    let open = house.open().unwrap();
    assert_eq!(open.desk.finish_erasures().unwrap(), 1);
    assert!(!open.desk.keys().knows(lucia));
    assert_eq!(open.desk.finish_erasures().unwrap(), 0);
}

#[test]
fn a_customer_who_is_held_is_not_forgotten_until_the_hold_is_released() {
    let (house, mut open) = house(3);
    house.post(&open.desk, &house.text("wamid.1", LUCIA, "hola")).unwrap();
    open.settle();
    let lucia = open.desk.find(&Named::Phone(LUCIA.to_owned())).unwrap();
    let desk = &open.desk;
    assert!(matches!(block_on(desk.release(lucia, "nada", &operator())), Err(ErasureError::NotHeld)));
    block_on(desk.hold(lucia, "requerimiento de la SIC", &operator())).unwrap();
    let refused = block_on(desk.erase(lucia, &cause(), &operator())).unwrap_err().to_string();
    assert!(refused.contains("operator/root") && refused.contains("requerimiento de la SIC"), "{refused}");
    assert!(of_kind(desk, "contact-erased").is_empty() && desk.keys().knows(lucia));
    block_on(desk.release(lucia, "archivado", &operator())).unwrap();
    block_on(desk.erase(lucia, &cause(), &operator())).unwrap();
    assert_eq!(of_kind(desk, "contact-held").len(), 1);
    assert!(matches!(&of_kind(desk, "contact-erased")[..], [Event::ContactErased(_)]));

    let named = Cause { reason: "lo pidió 300 111 2233".to_owned(), term: None };
    house.post(&open.desk, &house.text("wamid.2", LUCIA, "hola")).unwrap();
    open.settle();
    let again = open.desk.find(&Named::Phone(LUCIA.to_owned())).unwrap();
    let refused = block_on(open.desk.erase(again, &named, &operator())).unwrap_err();
    assert!(matches!(refused, ErasureError::ReasonNames("the phone")));
}

#[test]
fn of_what_is_on_its_way_when_a_customer_is_forgotten_nothing_is_sent_again() {
    let (house, mut open) = sending::house(4);
    // Of the first answer nobody knows, the second is to be tried again, and an offer waits for the morning.
    sending::asks(&house, &mut open, "wamid.1", LUCIA);
    let offer = sending::offers(&house, &open, Category::Marketing, Actor::Host);
    house.whatsapp.loses_the_answer();
    assert!(open.send());
    let attempted = of_kind(&open.desk, "send-attempted").len();
    let (id, lucia) = sending::conversation(&open);
    let erased = block_on(open.desk.erase(lucia, &cause(), &operator())).unwrap();
    assert_eq!((attempted, erased.cancelled), (1, 1));
    assert_eq!(sending::delivery(&open, offer).state, Sending::Withheld);

    // What comes of the doubt is told to nobody: not by silence, and not by a status that is late.
    let [Event::ReplyQueued(answer), ..] = &of_kind(&open.desk, "reply-queued")[..] else { unreachable!() };
    for _ in 0..4 {
        house.clock.advance(300);
        open.settle();
    }
    assert_eq!(sending::delivery(&open, answer.message).state, Sending::Unknown);
    let opaque = format!("tml1:{}:1", answer.message);
    house.post(&open.desk, &house.status("wamid.out.late", &opaque, "delivered")).unwrap();
    open.settle();
    assert_eq!(sending::delivery(&open, answer.message).status, Some(Status::Delivered));
    assert_eq!(store_of(&open, "wamid.out.late"), None);
    assert_eq!(house.whatsapp.taken.lock().unwrap().len(), 1);
    assert!(open.desk.store().conversation(id).unwrap().1.is_none());
    assert!(open.desk.store().outbox_numbers().unwrap().is_empty());

    let before = (sending::delivery(&open, answer.message), sending::delivery(&open, offer));
    drop(open);
    house.lose_projections();
    let open = house.open().unwrap();
    assert_eq!((sending::delivery(&open, answer.message), sending::delivery(&open, offer)), before);
}

#[test]
fn what_whatsapp_wants_to_be_tried_again_is_not_tried_for_who_was_forgotten_meanwhile() {
    let (house, mut open) = sending::house(5);
    sending::asks(&house, &mut open, "wamid.1", LUCIA);
    let [Event::ReplyQueued(answer)] = &of_kind(&open.desk, "reply-queued")[..] else { unreachable!() };
    // It is on its way when the erasure comes, and WhatsApp answers afterwards.
    let says = |event: Event| {
        let draft = Draft::new(Stream::Message(answer.message), Actor::Host, event).unwrap();
        open.desk.store().commit(vec![], vec![draft]).now().unwrap();
    };
    says(SendAttempted { attempt: 1 }.into());
    let (_, lucia) = sending::conversation(&open);
    let erased = block_on(open.desk.erase(lucia, &cause(), &operator())).unwrap();
    let why = "too many".to_owned();
    let again_at = Some(house.clock.now());
    says(SendRefused { attempt: 1, code: 130_429, why, again_at, lets_pass: false }.into());
    open.settle();
    assert_eq!((erased.cancelled, sending::delivery(&open, answer.message).state), (0, Sending::Withheld));
    assert!(house.whatsapp.taken.lock().unwrap().is_empty());
    assert!(open.desk.store().outbox_numbers().unwrap().is_empty());
}

/// What only Lucía's data holds, each in the forms in which it could lie on a disk.
fn markers(wamid: &str, phone: &str) -> Vec<Vec<u8>> {
    let base64 = |text: &str| data_encoding::BASE64_NOPAD.encode(text.as_bytes()).into_bytes();
    let plain = [wamid, phone, "Lucía", "taladro-rosado", "ZnVjc2lhLTczMQ"];
    let encoded = [base64(phone), base64("taladro-rosado")];
    plain.iter().map(|text| text.as_bytes().to_vec()).chain(encoded).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_an_erased_customer_is_in_any_byte_of_the_data_or_the_log() {
    let company = Company::new().await;
    company.configure(
        "[company]\nname = \"Ferretería\"\nmedia = { fetch = \"always\" }\n[[company.queues]]\nid = \"general\"\n",
    );
    let serve = company.start();
    let (phone, wamid) = ("573155550199", "wamid.SBEGZnVjc2lhLTczMQ");
    let body = text_body(wamid, phone, "busco un taladro-rosado");
    assert_eq!(post_signed(&serve.address, body.as_bytes()).await, Some(200));
    let other = text_body("wamid.other", "573100000001", "un martillo");
    assert_eq!(post_signed(&serve.address, other.as_bytes()).await, Some(200));
    for (phone, name) in [(phone, "Lucía"), ("573100000001", "Lucía")] {
        company.whatsapp.customer(phone, name).photo(NUMBER, "la fachada").unwrap();
    }
    company.until("message-received", 4).await;
    company.until("media-stored", 2).await;
    company.until("webhook-processed", 1).await;

    // What is to be forgotten can be read until then.
    let known = Value::from(company.journal(&["--open"])).to_string();
    for marker in ["taladro-rosado", phone, wamid, "Lucía"] {
        assert!(known.contains(marker), "`{marker}` is nowhere to be read");
    }
    let data = company.dir.path().join("data");
    let contact = company.journal(&["--kind", "contact-created"])[0]["stream"].as_str().unwrap().to_owned();
    let id: ContactId = contact.trim_start_matches("contact/").parse().unwrap();
    let keys = std::fs::read(data.join("keys/contacts")).unwrap();
    let record = keys.chunks(88).find(|record| record[..16] == id.to_bytes()).unwrap()[16..].to_vec();
    assert_eq!(files_with(&data, &record), [data.join("keys/contacts")]);
    let pictures = || files_named(&data.join("media"), "");
    assert_eq!((pictures().len(), files_named(&data.join("media"), &id.to_string()).len()), (2, 1));

    let contact_command = |arguments: &[&str]| {
        let mut command = timonel();
        command.arg("contact").args(arguments).arg("--config").arg(company.config());
        said(&mut command)
    };
    let spelt = "+57 315 555-0199";
    let (ok, words) = contact_command(&["erase", "--phone", spelt, "--reason", "solicitud del titular"]);
    assert!(!ok && words.contains("--yes") && words.contains(&contact), "{words}");
    let (ok, words) =
        contact_command(&["erase", "--phone", spelt, "--reason", "solicitud del titular", "--yes"]);
    assert!(ok && words.contains("is erased") && words.contains("raw webhook bodies"), "{words}");
    assert_eq!((pictures().len(), files_named(&data.join("media"), &id.to_string()).len()), (1, 0));
    let erased = company.journal(&["--kind", "contact-erased"]);
    assert_eq!(erased[0]["actor"].as_str().unwrap().split('/').next(), Some("operator"));
    assert_eq!(erased[0]["data"]["reason"], "solicitud del titular");
    let (ok, words) = contact_command(&["erase", "--id", &contact, "--reason", "otra vez", "--yes"]);
    assert!(!ok && words.contains("erased already"), "{words}");

    // The same person may come back, and is somebody new.
    let again = text_body("wamid.again", phone, "hola de nuevo");
    assert_eq!(post_signed(&serve.address, again.as_bytes()).await, Some(200));
    let created = company.until("contact-created", 3).await;
    assert_ne!(created[2]["stream"], contact.as_str());
    // What Meta tells after somebody was forgotten (here: that our answer was read) it has told anew.
    work_off(&company, &serve).await.unwrap();
    let (ok, _) = contact_command(&["erase", "--phone", phone, "--reason", "otra solicitud", "--yes"]);
    assert!(ok);

    let events = company.journal(&["--open"]);
    for marker in ["taladro-rosado", phone, wamid, "hola de nuevo"] {
        let holding: Vec<&Value> = events.iter().filter(|event| event.to_string().contains(marker)).collect();
        assert!(holding.is_empty(), "`{marker}` can still be opened: {holding:?}");
    }
    let opened = Value::from(events).to_string();
    assert!(opened.contains("input erased") && opened.contains("un martillo"));
    let log = serve.log().join("\n");
    serve.stop();
    assert!(files_with(&data, &record).is_empty(), "the key is still there");
    for marker in markers(wamid, phone) {
        assert!(files_with(&data, &marker).is_empty(), "{:?} is there", String::from_utf8_lossy(&marker));
        assert!(!log.contains(&*String::from_utf8_lossy(&marker)));
    }

    // No host runs: whoever asks is told so, and the projections forget the same when they are built anew.
    let (ok, words) = contact_command(&["erase", "--id", &contact, "--reason", "x", "--yes"]);
    assert!(!ok && words.contains("no host runs there"), "{words}");
    let (ok, words) = said(timonel().args(["journal", "rebuild", "--config"]).arg(company.config()));
    assert!(ok && words.contains("the same as those they replace"), "{words}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_is_handed_out_everything_that_is_known_and_held_on_command() {
    let company = Company::new().await;
    company.configure(
        "[company]\nname = \"Ferretería\"\nmedia = { fetch = \"always\" }\n[[company.queues]]\nid = \"general\"\n",
    );
    let serve = company.start();
    let body = text_body("wamid.1", LUCIA, "busco un taladro");
    assert_eq!(post_signed(&serve.address, body.as_bytes()).await, Some(200));
    company.whatsapp.customer(LUCIA, "Lucía").photo(NUMBER, "la fachada").unwrap();
    company.until("media-stored", 1).await;
    let other = text_body("wamid.2", "573100000001", "secreto ajeno");
    assert_eq!(post_signed(&serve.address, other.as_bytes()).await, Some(200));
    company.until("webhook-processed", 1).await;
    company.until("case-opened", 2).await;
    let command = |arguments: &[&str]| {
        let mut command = timonel();
        command.arg("contact").args(arguments).arg("--config").arg(company.config());
        said(&mut command)
    };
    let (out, media) = (company.dir.path().join("lucia.json"), company.dir.path().join("lucia"));
    let asked = ["export", "--phone", LUCIA, "--out", out.to_str().unwrap()];
    let (ok, words) = command(&[&asked[..], &["--media", media.to_str().unwrap()]].concat());
    assert!(ok && words.contains("1 file(s) of media"), "{words}");
    let pictures = files_named(&media, ".png");
    assert_eq!(std::fs::read(&pictures[0]).unwrap(), include_bytes!("../examples/simulator/page/photo.png"));
    let text = std::fs::read_to_string(&out).unwrap();
    let document: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(document["identifiers"]["phone"], LUCIA);
    assert_eq!(document["profile"]["name"], "Lucía");
    let said = &document["conversations"][0]["messages"][0]["body"]["content"];
    assert_eq!(said["body"], "busco un taladro", "{said}");
    assert!(!text.contains("secreto ajeno") && !text.contains("erased"));
    let kinds: BTreeSet<&str> =
        document["events"].as_array().unwrap().iter().map(|event| event["kind"].as_str().unwrap()).collect();
    assert!(kinds.is_superset(&["contact-created", "message-received", "case-opened"].into()));
    assert_eq!(company.journal(&["--kind", "contact-exported"]).len(), 1);
    // A file that is there is not written over.
    assert!(!command(&asked).0);

    assert!(command(&["hold", "--phone", LUCIA, "--reason", "requerimiento de la SIC"]).0);
    let (ok, words) = command(&["erase", "--phone", LUCIA, "--reason", "solicitud", "--yes"]);
    assert!(!ok && words.contains("held since") && words.contains("requerimiento de la SIC"), "{words}");
    assert!(command(&["release", "--phone", LUCIA, "--reason", "archivado"]).0);
    assert!(command(&["erase", "--phone", LUCIA, "--reason", "solicitud", "--yes"]).0);
    let (ok, words) = command(&["export", "--phone", "+1 555 000 0000", "--out", "-"]);
    assert!(!ok && words.contains("no contact is known"), "{words}");
    serve.stop();
}
