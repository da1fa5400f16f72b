//! For how long something is kept, and what is made later of what was kept without being understood.

use domain::event::{Event, MessageNotUnderstood, Raw, Strange};
use domain::sealed::Sealed;
use domain::stream::{Actor, Stream};
use serde_json::Value;
use store::Draft;

use crate::assembled::{House, block_on, of_kind};
use crate::program::{Company, post_signed, said, text_body, timonel};

const SHOP: &str =
    "name = \"Ferretería\"\nretention = { contacts = \"18m\" }\n[[queues]]\nid = \"general\"\n";

fn operator() -> Actor {
    Actor::Operator("root".into())
}

#[test]
fn whose_term_is_over_is_forgotten_by_policy_and_whoever_is_held_or_active_stays() {
    let house = House::new(1, SHOP, &[]);
    let mut open = house.open().unwrap();
    let day = 86_400;
    for (phone, wamid) in
        [("573001110001", "wamid.1"), ("573001110002", "wamid.2"), ("573001110003", "wamid.3")]
    {
        house.post(&open.desk, &house.text(wamid, phone, "hola")).unwrap();
        open.settle();
    }
    let of = |open: &crate::assembled::Open, phone: &str| {
        open.desk.find(&desk::Named::Phone(phone.to_owned())).unwrap()
    };
    let (silent, held, active) =
        (of(&open, "573001110001"), of(&open, "573001110002"), of(&open, "573001110003"));
    block_on(open.desk.hold(held, "proceso judicial", &operator())).unwrap();
    house.clock.advance(300 * day);
    house.post(&open.desk, &house.text("wamid.4", "573001110003", "sigo aquí")).unwrap();
    open.settle();
    assert_eq!(open.desk.retention_due().unwrap().unwrap().expired, []);

    house.clock.advance(300 * day);
    let due = open.desk.retention_due().unwrap().unwrap();
    let expired: Vec<_> = due.expired.iter().map(|expired| (expired.contact, expired.held)).collect();
    let mut expected = [(silent, false), (held, true)];
    expected.sort();
    assert_eq!((expired, due.count(), due.of), (expected.to_vec(), 1, 3));
    assert_eq!(block_on(open.desk.retain(&due, &Actor::Host)).unwrap(), 1);
    assert!(!open.desk.keys().knows(silent));
    assert!(open.desk.keys().knows(held) && open.desk.keys().knows(active));
    let erased = of_kind(&open.desk, "contact-erased");
    let [Event::ContactErased(erased)] = &erased[..] else { panic!("{erased:?}") };
    assert_eq!(erased.policy.as_deref(), Some("contacts = \"18m\""));
    // Nothing is done twice.
    let due = open.desk.retention_due().unwrap().unwrap();
    assert_eq!(block_on(open.desk.retain(&due, &Actor::Host)).unwrap(), 0);
}

#[test]
fn whoever_writes_between_the_look_and_the_erasure_stays() {
    let house = House::new(3, SHOP, &[]);
    let mut open = house.open().unwrap();
    house.post(&open.desk, &house.text("wamid.1", "573001110001", "hola")).unwrap();
    open.settle();
    house.clock.advance(600 * 86_400);
    let due = open.desk.retention_due().unwrap().unwrap();
    assert_eq!(due.count(), 1);
    house.post(&open.desk, &house.text("wamid.2", "573001110001", "sigo aquí")).unwrap();
    open.settle();
    assert_eq!(block_on(open.desk.retain(&due, &Actor::Host)).unwrap(), 0);
    assert!(of_kind(&open.desk, "contact-erased").is_empty());
}

#[test]
fn what_an_older_version_did_not_understand_is_taken_up_once_in_the_way_of_every_webhook() {
    let house = House::new(2, SHOP, &[]);
    let mut open = house.open().unwrap();
    house.post(&open.desk, &house.text("wamid.1", "573001112233", "hola")).unwrap();
    open.settle();
    let (conversation, known) = open.desk.store().conversations().unwrap().pop_first().unwrap();
    let contact = known.contact;
    let key = open.desk.keys().contact(contact).unwrap().unwrap();
    // As a version wrote it that knew no messages of the kind `text`; and one that nobody understands yet.
    let texts = [
        r#"{"from":"573001112233","id":"wamid.2","timestamp":"1795446000","type":"text","text":{"body":"¿y el taladro?"}}"#,
        r#"{"from":"573001112233","id":"wamid.1","timestamp":"1795446000","type":"text","text":{"body":"hola"}}"#,
        r#"{"from":"573001112233","id":"wamid.3","timestamp":"1795446000","type":"text"}"#,
    ];
    for (n, text) in texts.iter().enumerate() {
        let strange = MessageNotUnderstood {
            field: "messages".to_owned(),
            why: "the kind `text` is not understood yet".to_owned(),
            raw: Strange::Of(Sealed::seal(&Raw((*text).to_owned()), contact, &key, &*house.entropy).unwrap()),
            lookup: Some(open.desk.keys().lookup("strange", &n.to_string())),
            webhook: 1,
        };
        let draft = Draft::new(Stream::Conversation(conversation), Actor::Meta, strange).unwrap();
        open.desk.store().commit(Vec::new(), vec![draft]).now().unwrap();
    }
    let unknown = |open: &crate::assembled::Open| open.desk.store().not_understood().unwrap()["messages"];
    assert_eq!(unknown(&open), 3);
    let reparse = |open: &crate::assembled::Open| block_on(open.desk.reparse(&operator())).unwrap();
    let done = reparse(&open);
    assert_eq!((done.understood, done.of, done.gone), (2, 3, 0));
    open.settle();
    // One had come in the meantime, and is not there twice.
    assert_eq!(of_kind(&open.desk, "message-received").len(), 2);
    assert_eq!(of_kind(&open.desk, "contact-created").len(), 1);
    assert_eq!(unknown(&open), 1);
    let again = reparse(&open);
    assert_eq!((again.understood, again.of), (0, 1));
    open.settle();
    assert_eq!(of_kind(&open.desk, "message-received").len(), 2);

    drop(open);
    house.lose_projections();
    let open = house.open().unwrap();
    assert_eq!(unknown(&open), 1);
    assert_eq!(reparse(&open).of, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn notices_are_listed_by_field_and_searched_and_commands_say_what_is_missing() {
    let company = Company::new().await;
    company.configure("[company]\nname = \"Ferretería\"\n[[company.queues]]\nid = \"general\"\n");
    let serve = company.start();
    let flow = serde_json::json!({"object": "whatsapp_business_account", "entry": [{"id": "1", "time": 1_795_446_000,
        "changes": [{"field": "flows", "value": {"event": "FLOW_STATUS_CHANGE", "flow_id": "777"}}]}]});
    assert_eq!(post_signed(&serve.address, flow.to_string().as_bytes()).await, Some(200));
    let strange = text_body("wamid.1", "573001112233", "hola").replace("\"body\":", "\"bodi\":");
    assert_eq!(post_signed(&serve.address, strange.as_bytes()).await, Some(200));
    company.until("message-not-understood", 1).await;
    company.until("platform-notice", 1).await;
    let run = |arguments: &[&str]| said(timonel().args(arguments).arg("--config").arg(company.config()));
    let (ok, words) = run(&["notices"]);
    assert!(ok && words.contains("flows") && words.contains("message-not-understood"), "{words}");
    let (ok, words) = run(&["notices", "--search", "777", "--json", "--open"]);
    assert!(ok, "{words}");
    let found: Vec<Value> = words.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((found.len(), found[0]["field"].as_str()), (1, Some("flows")));
    let (ok, words) = run(&["notices", "--field", "calls"]);
    assert!(ok && words.contains("nothing of the kind"), "{words}");
    let (ok, words) = run(&["journal", "reparse"]);
    assert!(ok && words.contains("0 of 1 element(s)"), "{words}");
    let (ok, words) = run(&["contact", "retention", "--dry-run"]);
    assert!(!ok && words.contains("[company.retention]"), "{words}");
    serve.stop();

    // A policy in the file, and a clock that is years ahead: the host forgets by itself.
    company.configure(
        "clock = \"2033-01-01T00:00:00Z\"\n[company]\nname = \"Ferretería\"\nretention = { contacts = \"5y\" }\n\
         [[company.queues]]\nid = \"general\"\n",
    );
    let serve = company.start();
    let erased = company.until("contact-erased", 1).await;
    assert_eq!(erased[0]["actor"], "host");
    assert_eq!(erased[0]["data"]["policy"], "contacts = \"5y\"");
    let (ok, words) = run(&["contact", "retention", "--dry-run"]);
    assert!(ok && words.contains("0 of 0 contact(s)"), "{words}");
    serve.stop();
}
