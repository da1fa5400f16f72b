//! Templates: that Meta's decisions count at once, and that people's wishes reach Meta and the journal.

use std::process::Output;
use std::time::{Duration, Instant};

use desk::{CommandError, Desk};
use domain::agent::Presence;
use domain::event::{Event, Refused};
use domain::id::ConversationId;
use domain::law::class::Category;
use domain::message::{Outgoing, Template};
use domain::stream::Stream;
use domain::templates::Why;
use serde_json::{Value, json};
use simulator::{Happening, TemplateChange};

use crate::assembled::{House, Open, SHOP, block_on, events, of_kind};
use crate::program::{Company, timonel};

const WABA: &str = "102290129340398";

fn template(company: &Company, arguments: &[&str]) -> Output {
    timonel().arg("template").args(arguments).arg("--config").arg(company.config()).output().unwrap()
}

fn done(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn all(company: &Company) -> Vec<Value> {
    let answer: Value = serde_json::from_str(&done(&template(company, &["list", "--json"]))).unwrap();
    answer["templates"].as_array().unwrap().clone()
}

/// Waits until the registry says something of its only template.
async fn until(company: &Company, what: impl Fn(&Value) -> bool) -> Value {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let all = all(company);
        if let [one] = &all[..]
            && what(one)
        {
            return one.clone();
        }
        assert!(Instant::now() < deadline, "{all:#?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn waba() -> String {
    format!(
        "[company]\n[[company.queues]]\nid = \"general\"\n[[company.numbers]]\nid = \"{}\"\nname = \"x\"\n\
         queue = \"general\"\nwaba = \"{WABA}\"\n",
        crate::program::NUMBER
    )
}

pub const READY: &str = r#"
name = "pedido_listo"
language = "es"
category = "UTILITY"
[[components]]
type = "BODY"
text = "Su pedido {{1}} está listo."
example = { body_text = [["77"]] }
"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_template_is_made_reviewed_paused_and_deleted_and_the_registry_follows() {
    let company = Company::new().await;
    company.configure(&waba());
    let file = company.dir.path().join("listo.toml");
    let file = file.to_str().unwrap();
    let serve = company.start();

    std::fs::write(file, READY.replace("{{1}}", "{{2}}")).unwrap();
    let wrong = template(&company, &["create", file]);
    let told = String::from_utf8_lossy(&wrong.stderr).into_owned();
    assert!(!wrong.status.success() && told.contains("components[0].text"), "{told}");
    assert!(all(&company).is_empty());

    std::fs::write(file, READY).unwrap();
    assert!(done(&template(&company, &["create", file])).contains("pedido_listo (es)"));
    let submitted = company.until("template-submitted", 1).await;
    assert!(submitted[0]["actor"].as_str().unwrap().starts_with("operator/"));
    // Meta has one of this name now.
    let twice = template(&company, &["create", file]);
    assert!(!twice.status.success() && String::from_utf8_lossy(&twice.stderr).contains("2388024"));

    until(&company, |template| template["offered-as"] == "utility").await;
    let change = |change| Happening::Template { name: "pedido_listo".to_owned(), language: None, change };
    // Meta's clock tells seconds.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    company.whatsapp.happen(change(TemplateChange::Paused));
    let paused = until(&company, |template| template["status"] == "PAUSED").await;
    assert!(paused["offered-as"].is_null());
    assert!(paused["not-offered-because"]["es"].as_str().unwrap().contains("pausó"));
    assert!(done(&template(&company, &["list"])).contains("FIRST_PAUSE"));

    tokio::time::sleep(Duration::from_millis(1_100)).await;
    done(&template(&company, &["unpause", "pedido_listo"]));
    until(&company, |template| template["offered-as"] == "utility").await;

    company.whatsapp.happen(change(TemplateChange::Moved(simulator::Category::Marketing)));
    let moved = until(&company, |template| template["offered-as"].is_null()).await;
    assert!(moved["not-offered-because"]["pt"].as_str().unwrap().contains("avisos"));
    assert!(done(&template(&company, &["accept", "pedido_listo"])).contains("marketing"));
    until(&company, |template| template["offered-as"] == "marketing").await;

    assert!(done(&template(&company, &["delete", "pedido_listo"])).contains("deleted"));
    until(&company, |template| template["status"] == "DELETED").await;
    assert!(!template(&company, &["delete", "pedido_listo"]).status.success());
    serve.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_meta_has_is_seen_at_the_start_and_only_differences_are_kept() {
    let templates = vec![
        simulator::Template::new("uno", "es", simulator::Category::Utility, "Hola, buenos días."),
        simulator::Template::new("dos", "pt_BR", simulator::Category::Marketing, "Olá, bom dia."),
    ];
    let company = Company::with(simulator::Options { templates, ..simulator::Options::default() }).await;
    company.configure(&waba());
    let serve = company.start();
    let synced = company.until("templates-synced", 1).await;
    assert_eq!(synced[0]["data"]["found"].as_array().unwrap().len(), 2);
    assert_eq!(synced[0]["actor"], "host");
    let told = done(&template(&company, &["sync"]));
    assert!(told.contains("2 templates, 0 new or different, 0 gone"), "{told}");
    assert_eq!(company.journal(&["--kind", "templates-synced"]).len(), 1);
    let shown = done(&template(&company, &["show", "dos"]));
    assert!(shown.contains("Olá, bom dia.") && shown.contains("\"offered-as\": \"marketing\""), "{shown}");
    serve.stop();
}

fn told(house: &House, field: &str, members: &Value) -> String {
    let time = domain::outside::Clock::now(&*house.clock).as_second();
    let mut value = json!({"message_template_id": 1, "message_template_name": "pedido",
        "message_template_language": "es"});
    value.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    json!({"object": "whatsapp_business_account",
        "entry": [{"id": "2", "time": time, "changes": [{"field": field, "value": value}]}]})
    .to_string()
}

fn status(house: &House, event: &str) -> String {
    let members = json!({"event": event, "message_template_category": "UTILITY", "reason": "NONE"});
    told(house, "message_template_status_update", &members)
}

/// Ana has Lucía's case.
fn attended(seed: u64) -> (House, Open, ConversationId) {
    let house = House::new(seed, SHOP, &[]);
    let mut open = house.open().unwrap();
    house.post(&open.desk, &house.text("wamid.1", "573001112233", "Hola")).unwrap();
    open.settle();
    let stream = events(&open.desk).into_iter().find_map(|event| match event.stream {
        Stream::Conversation(id) => Some(id),
        _ => None,
    });
    block_on(open.desk.set_presence(&"ana".into(), Presence::Available, None)).unwrap();
    open.settle();
    (house, open, stream.unwrap())
}

/// What comes of a command that the workers have to carry out.
fn send(open: &mut Open, conversation: ConversationId) -> Result<desk::Done, CommandError> {
    let filled = Template { name: "pedido".into(), language: "es".into(), components: Vec::new() };
    let desk: Desk = open.desk.clone();
    let (caller, answer) = std::sync::mpsc::channel();
    let thread = std::thread::spawn(move || {
        let sent = block_on(desk.send_template(&"ana".into(), conversation, filled));
        caller.send(sent).unwrap();
    });
    let answer = loop {
        for worker in &mut open.parts.workers {
            worker.step();
        }
        if let Ok(answer) = answer.recv_timeout(Duration::from_millis(1)) {
            break answer;
        }
    };
    thread.join().unwrap();
    answer
}

fn accept(open: &mut Open, conversation: ConversationId) {
    let desk = open.desk.clone();
    let thread = std::thread::spawn(move || block_on(desk.accept(&"ana".into(), conversation)));
    while !thread.is_finished() {
        for worker in &mut open.parts.workers {
            worker.step();
        }
    }
    thread.join().unwrap().unwrap();
}

#[test]
fn a_template_goes_out_when_the_window_is_closed_and_counts_as_meta_says() {
    let (house, mut open, conversation) = attended(21);
    accept(&mut open, conversation);
    let unknown = send(&mut open, conversation);
    assert!(matches!(unknown, Err(CommandError::Template(Why::Unknown { .. }))), "{unknown:?}");
    house.post(&open.desk, &status(&house, "APPROVED")).unwrap();
    open.settle();
    house.clock.advance(30 * 3_600);
    send(&mut open, conversation).unwrap();
    open.settle();
    let queued = of_kind(&open.desk, "reply-queued");
    let [Event::ReplyQueued(queued)] = &queued[..] else { panic!("{queued:?}") };
    assert_eq!(queued.category, Some(Category::Utility));
    assert!(matches!(house.whatsapp.taken.lock().unwrap()[0].message, Outgoing::Template(_)));
}

#[test]
fn a_template_that_meta_pauses_or_moves_stops_being_offered_at_once_also_for_what_is_queued() {
    for (field, members, why) in [
        (
            "message_template_status_update",
            json!({"event": "PAUSED", "other_info": {"title": "FIRST_PAUSE"}}),
            Why::Paused { reason: "FIRST_PAUSE".to_owned() },
        ),
        (
            "template_category_update",
            json!({"previous_category": "UTILITY", "new_category": "MARKETING"}),
            Why::Recategorised { was: Category::Utility, is: Category::Marketing },
        ),
    ] {
        let (house, mut open, conversation) = attended(22);
        accept(&mut open, conversation);
        house.post(&open.desk, &status(&house, "APPROVED")).unwrap();
        open.settle();
        send(&mut open, conversation).unwrap();
        // It lies in the outbox when Meta decides.
        house.clock.advance(1);
        house.post(&open.desk, &told(&house, field, &members)).unwrap();
        open.parts.dispatcher.step().unwrap();
        for worker in &mut open.parts.workers {
            worker.step();
        }
        open.settle();
        let withheld = of_kind(&open.desk, "send-withheld");
        let [Event::SendWithheld(withheld)] = &withheld[..] else { panic!("{withheld:?}") };
        assert_eq!(withheld.because, Refused::TemplateNotOffered);
        assert!(house.whatsapp.taken.lock().unwrap().is_empty());
        match send(&mut open, conversation) {
            Err(CommandError::Template(told)) => assert_eq!(told, why),
            other => panic!("{other:?}"),
        }
        // A rebuild knows it too.
        drop(open);
        house.lose_projections();
        let mut open = house.open().unwrap();
        assert!(matches!(send(&mut open, conversation), Err(CommandError::Template(_))));
    }
}
