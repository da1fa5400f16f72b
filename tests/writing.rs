//! What an agent writes with: the company's quick replies, filled in for whoever they attend, and its templates.

use serde_json::{Value, json};

use crate::caller::{Caller, enter, invited};
use crate::campaigns::company;
use crate::message::SHOP;
use crate::program::NUMBER;
use crate::raci::governed_by;

const LUCIA: &str = "573001112233";

const PEOPLE: &str = "[[people]]\nid = \"ricardo\"\nname = \"Ricardo Salazar\"\nroles = [\"admin\"]\n\
    [[people]]\nid = \"sofia\"\nname = \"Sofía\"\nroles = [\"supervisor\"]\n\
    [[people]]\nid = \"ana\"\nname = \"Ana\"\nroles = [\"agent\"]\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_supervisor_writes_what_everybody_says_and_an_agent_says_it_to_one() {
    let agent = "[[company.agents]]\nid = \"ana\"\nname = \"Ana\"\nqueues = [\"general\"]\n";
    let shop = SHOP.replace("[company]", "[company]\nraci = \"raci.toml\"").replace(
        "id = \"general\"\n",
        &format!("id = \"general\"\n[[company.queues]]\nid = \"other\"\n{agent}"),
    );
    let (company, serve) = governed_by(&shop, PEOPLE).await;
    let mut ricardo = Caller::new(&serve);
    ricardo.settle(&invited(&company, "ricardo")).await;
    let mut sofia = enter(&mut ricardo, &serve, "sofia").await;
    let mut ana = enter(&mut ricardo, &serve, "ana").await;

    // Whoever attends is asked about them, and writes none.
    let hello =
        json!({ "name": "saludo", "texts": { "es": "¡Hola {customer}! Soy {agent}, de {company}." } });
    assert_eq!(ana.post("/quick-replies", hello.clone()).await.problem(), "not-yours-to-do");
    assert_eq!(sofia.post("/quick-replies", hello).await.status, 200);
    let wrong = json!({ "name": "horario", "texts": { "es": "Abrimos {dia}" } });
    let told = sofia.post("/quick-replies", wrong).await;
    assert_eq!(told.problem(), "not-a-quick-reply");
    assert!(told.body["detail"].as_str().unwrap().starts_with("`texts.es`"), "{told:?}");
    for (name, queue) in [("horario", "general"), ("devolver", "other")] {
        let kept = json!({ "name": name, "texts": { "es": "Sí", "pt": "Sim" }, "queues": [queue] });
        assert_eq!(sofia.post("/quick-replies", kept).await.status, 200);
    }

    company.whatsapp.customer(LUCIA, "Lucía Peña").say(NUMBER, "Quiero hablar con una persona").unwrap();
    company.until("case-queued", 1).await;
    let waiting = ana.get("/conversations?which=waiting").await;
    let at = format!("/conversations/{}", waiting.body["conversations"][0]["conversation"].as_str().unwrap());
    let filled = format!("{at}/quick-replies");
    assert_eq!(ana.get(&filled).await.problem(), "not-your-case", "the customer's name is in them");
    assert_eq!(ana.post("/me/presence", json!({ "presence": "available" })).await.status, 200);
    assert_eq!(ana.post(&format!("{at}/accept"), Value::Null).await.status, 200);
    let replies = ana.get(&filled).await.body["replies"].clone();
    let hello = "¡Hola Lucía Peña! Soy Ana, de Ferretería.";
    assert_eq!(replies, json!([{ "name": "horario", "text": "Sí" }, { "name": "saludo", "text": hello }]));

    // It is another from now on, and then it is gone.
    let shorter = json!({ "name": "saludo", "texts": { "es": "Hola" } });
    assert_eq!(sofia.post("/quick-replies", shorter).await.status, 200);
    assert_eq!(ana.get(&filled).await.body["replies"][1]["text"], "Hola");
    assert_eq!(sofia.ask("DELETE", "/quick-replies/saludo", Value::Null).await.status, 200);
    assert_eq!(sofia.ask("DELETE", "/quick-replies/saludo", Value::Null).await.problem(), "not-there");
    assert_eq!(ana.get(&filled).await.body["replies"].as_array().unwrap().len(), 1);
    let kept = company.journal(&["--kind", "quick-reply-kept"]);
    assert_eq!(kept.len(), 4);
    assert_eq!(kept[0]["actor"], "person/sofia");
    serve.stop();

    // They outlive the host.
    let serve = company.start();
    let mut ana = Caller::new(&serve);
    assert_eq!(ana.sign_in("ana", json!({})).await.status, 200);
    assert_eq!(ana.get("/quick-replies").await.body["replies"][1]["name"], "horario");
    serve.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn of_the_templates_an_agent_is_offered_what_meta_lets_be_sent_and_words_fill() {
    let people = "[[people]]\nid = \"ricardo\"\nname = \"Ricardo\"\nroles = [\"admin\", \"agent\"]\n";
    let (company, serve) = company(people, "").await;
    let mut ricardo = Caller::new(&serve);
    ricardo.settle(&invited(&company, "ricardo")).await;
    company.whatsapp.customer(LUCIA, "Lucía Peña").say(NUMBER, "Hola").unwrap();
    let started = company.until("conversation-started", 1).await;
    let conversation =
        started[0]["stream"].as_str().unwrap().strip_prefix("conversation/").unwrap().to_owned();
    let told = ricardo.get(&format!("/conversations/{conversation}/templates")).await;
    let templates = told.body["templates"].as_array().unwrap();
    let names: Vec<&str> = templates.iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["aviso", "aviso_dos"], "she never said that she wants to hear of a `feria`");
    let body = json!({ "text": "Su pedido {{1}} llega mañana.", "gaps": ["1"], "named": false });
    assert_eq!((&templates[0]["body"], &templates[0]["header"]), (&body, &Value::Null));
    serve.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_goes_to_the_customer_for_whom_it_was_handed_in_and_to_no_other() {
    let agents: String = ["ana", "beto"]
        .map(|id| format!("[[company.agents]]\nid = \"{id}\"\nname = \"{id}\"\nqueues = [\"general\"]\n"))
        .concat();
    let shop = SHOP
        .replace("[company]", "[company]\nraci = \"raci.toml\"")
        .replace("id = \"general\"\n", &format!("id = \"general\"\n{agents}"));
    let people = format!("{PEOPLE}[[people]]\nid = \"beto\"\nname = \"Beto\"\nroles = [\"agent\"]\n");
    let (company, serve) = governed_by(&shop, &people).await;
    let mut ricardo = Caller::new(&serve);
    ricardo.settle(&invited(&company, "ricardo")).await;
    let mut of = Vec::new();
    for (person, phone) in [("ana", LUCIA), ("beto", "573004445566")] {
        let mut agent = enter(&mut ricardo, &serve, person).await;
        assert_eq!(agent.post("/me/presence", json!({ "presence": "available" })).await.status, 200);
        company.whatsapp.customer(phone, "Cliente").say(NUMBER, "Quiero hablar con una persona").unwrap();
        company.until("case-assigned", of.len() + 1).await;
        let mine = agent.get("/conversations?which=mine").await.body["conversations"][0].clone();
        let at = format!("/conversations/{}", mine["conversation"].as_str().unwrap());
        assert_eq!(agent.post(&format!("{at}/accept"), Value::Null).await.status, 200);
        of.push((agent, at));
    }
    let [(ana, hers), (beto, his)] = &mut of[..] else { unreachable!() };

    let picture = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0";
    let handed = ana.hand_in(&format!("{hers}/files?kind=image"), picture).await;
    assert_eq!((handed.status, &handed.body["mime-type"]), (200, &json!("image/png")), "{handed:?}");
    let lies = ana.hand_in(&format!("{hers}/files?kind=video"), picture).await;
    assert_eq!(lies.problem(), "not-a-file");
    assert_eq!(beto.hand_in(&format!("{hers}/files?kind=image"), picture).await.problem(), "not-your-case");

    let file = json!({ "text": "Así queda", "file": { "id": handed.body["id"] } });
    assert_eq!(beto.post(&format!("{his}/replies"), file.clone()).await.problem(), "not-a-file");
    assert_eq!(ana.post(&format!("{hers}/replies"), file).await.status, 200);
    company.until("send-accepted", 1).await;
    let got = company.whatsapp.received(LUCIA);
    assert!(got.last().unwrap().words().contains("Así queda"), "{got:?}");
    serve.stop();
}
