//! What an agent writes with: the company's quick replies, filled in for whoever they attend, and its templates.

use serde_json::{Value, json};
use simulator::{Category, Options, Template};

use crate::caller::{Caller, enter, given, invite, invited};
use crate::campaigns::company;
use crate::message::SHOP;
use crate::program::{Company, NUMBER, Serve};
use crate::raci::{governed_by, write};

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
    let body =
        json!({ "text": "Su pedido {{1}} llega mañana.", "gaps": ["1"], "named": false, "examples": [] });
    assert_eq!((&templates[0]["body"], &templates[0]["header"]), (&body, &Value::Null));
    serve.stop();
}

/// Two agents of one queue.
fn agents() -> String {
    ["ana", "beto"]
        .map(|id| format!("[[company.agents]]\nid = \"{id}\"\nname = \"{id}\"\nqueues = [\"general\"]\n"))
        .concat()
}

/// The same at work, each with a customer's case and where that is.
async fn attending(company: &Company, serve: &Serve, ricardo: &mut Caller) -> Vec<(Caller, String)> {
    let mut of = Vec::new();
    for (person, phone) in [("ana", LUCIA), ("beto", "573004445566")] {
        let mut agent = enter(ricardo, serve, person).await;
        assert_eq!(agent.post("/me/presence", json!({ "presence": "available" })).await.status, 200);
        company.whatsapp.customer(phone, "Cliente").say(NUMBER, "Quiero hablar con una persona").unwrap();
        let at = given(&mut agent).await;
        assert_eq!(agent.post(&format!("{at}/accept"), Value::Null).await.status, 200);
        of.push((agent, at));
    }
    of
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_goes_to_the_customer_for_whom_it_was_handed_in_and_to_no_other() {
    let agents = agents();
    let shop = SHOP
        .replace("[company]", "[company]\nraci = \"raci.toml\"")
        .replace("id = \"general\"\n", &format!("id = \"general\"\n{agents}"));
    let people = format!("{PEOPLE}[[people]]\nid = \"beto\"\nname = \"Beto\"\nroles = [\"agent\"]\n");
    let (company, serve) = governed_by(&shop, &people).await;
    let mut ricardo = Caller::new(&serve);
    ricardo.settle(&invited(&company, "ricardo")).await;
    let mut of = attending(&company, &serve, &mut ricardo).await;
    let [(ana, hers), (beto, his)] = &mut of[..] else { unreachable!() };

    let picture = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0";
    let handed = ana.hand_in(&format!("{hers}/files?kind=image"), picture).await;
    assert_eq!((handed.status, &handed.body["mime-type"]), (200, &json!("image/png")), "{handed:?}");
    let lies = ana.hand_in(&format!("{hers}/files?kind=video"), picture).await;
    assert_eq!(lies.problem(), "not-a-file");
    assert_eq!(beto.hand_in(&format!("{hers}/files?kind=image"), picture).await.problem(), "not-your-case");
    // What people cannot do they read in their language, also when it is tried with a key.
    beto.headers.push(("Idempotency-Key".to_owned(), "mine".to_owned()));
    let taken = beto.post(&format!("{hers}/accept"), Value::Null).await;
    assert_eq!(taken.body["detail"], "Este caso ya lo tiene otra persona.", "{taken:?}");
    beto.headers.clear();

    let file = json!({ "text": "Así queda", "file": { "id": handed.body["id"] } });
    assert_eq!(beto.post(&format!("{his}/replies"), file.clone()).await.problem(), "not-a-file");
    assert_eq!(ana.post(&format!("{hers}/replies"), file).await.status, 200);
    company.until("send-accepted", 1).await;
    let got = company.whatsapp.received(LUCIA);
    assert!(got.last().unwrap().words().contains("Así queda"), "{got:?}");
    serve.stop();
}

/// A template with a picture above, a link that is each customer's own, and a button.
fn with_a_picture(body: &str) -> Value {
    json!([
        { "type": "HEADER", "format": "IMAGE", "example": { "header_handle": ["4::aW1hZ2U"] } },
        { "type": "BODY", "text": body, "example": { "body_text": [["Lucía"]] } },
        { "type": "FOOTER", "text": "Ferretería" },
        { "type": "BUTTONS", "buttons": [
            { "type": "URL", "text": "Ver pedido", "url": "https://ferreteria.example/p/{{1}}", "example": ["https://ferreteria.example/p/1"] },
            { "type": "QUICK_REPLY", "text": "Gracias" },
        ] },
    ])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_template_with_a_picture_and_a_link_is_filled_by_an_agent_and_stays_as_the_customer_read_it() {
    let said = "Hola {{1}}, así va su pedido.";
    let template = Template {
        components: serde_json::from_value(with_a_picture(said)).unwrap(),
        ..Template::new("pedido_va", "es_CO", Category::Utility, said)
    };
    let company = Company::with(Options { templates: vec![template], ..Options::default() }).await;
    let agents = agents();
    let shop = SHOP
        .replace("[company]", "[company]\nraci = \"raci.toml\"\napprovals.hearing = \"0s\"")
        .replace("id = \"general\"\n", &format!("id = \"general\"\n{agents}"));
    company.configure(&format!(
        "{shop}\n[[company.numbers]]\nid = \"{NUMBER}\"\nname = \"x\"\nqueue = \"general\"\nwaba = \"102290129340398\"\n"
    ));
    let more = "[[people]]\nid = \"beto\"\nname = \"Beto\"\nroles = [\"agent\"]\n\
        [[people]]\nid = \"patricia\"\nname = \"Patricia\"\nroles = [\"admin\"]\n";
    write(&company, &format!("{PEOPLE}{more}"));
    let serve = company.start();
    company.until("templates-synced", 1).await;
    let mut ricardo = Caller::new(&serve);
    ricardo.settle(&invited(&company, "ricardo")).await;
    let mut of = attending(&company, &serve, &mut ricardo).await;
    let [(ana, hers), (beto, his)] = &mut of[..] else { unreachable!() };

    // What has to be filled in is told.
    let offered = ana.get(&format!("{hers}/templates")).await.body["templates"][0].clone();
    assert_eq!(
        (&offered["above"], &offered["footer"]),
        (&json!("image"), &json!("Ferretería")),
        "{offered:#}"
    );
    assert_eq!(offered["body"]["examples"], json!(["Lucía"]), "{offered:#}");
    let link = json!([{ "index": 0, "press": "url", "label": "Ver pedido", "address": "https://ferreteria.example/p/{{1}}" }]);
    assert_eq!(offered["fills"], link);

    let picture = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0";
    let handed = ana.hand_in(&format!("{hers}/files?kind=image"), picture).await.body["id"].clone();
    let filled = json!({ "template": { "name": "pedido_va", "language": "es_CO", "components": [
        { "is": "header", "parameters": [{ "value": { "media": { "kind": "image", "source": { "id": handed } } } }] },
        { "is": "body", "parameters": [{ "value": { "text": "Lucía" } }] },
        { "is": "button", "index": 0, "press": "url", "parameters": [{ "value": { "text": "2041" } }] },
    ] } });
    let elsewhere = beto.post(&format!("{his}/templates"), filled.clone()).await;
    assert_eq!(elsewhere.problem(), "not-a-file", "{elsewhere:?}");
    let sent = ana.post(&format!("{hers}/templates"), filled).await;
    assert_eq!(sent.status, 200, "{sent:?}");
    company.until("send-accepted", 1).await;
    assert!(
        company.whatsapp.received(LUCIA).last().unwrap().words().contains("Hola Lucía, así va su pedido.")
    );

    let last = ana.get(&format!("{hers}/messages")).await.body["messages"]
        .as_array()
        .unwrap()
        .last()
        .unwrap()
        .clone();
    assert_eq!(last["text"], "Hola Lucía, así va su pedido.", "{last:#}");
    assert_eq!(last["choices"], json!(["Ver pedido", "Gracias"]));
    // The picture is where what was said is read, and nowhere else.
    let medium = last["media"].as_str().unwrap().strip_prefix("/api/v1").unwrap().to_owned();
    assert_eq!((&last["mime-type"], ana.get(&medium).await.status), (&json!("image/png"), 200), "{last:#}");
    assert_eq!(beto.get(&medium).await.problem(), "not-your-case");

    // Other words from now on: what she read stays what it was.
    let mut patricia = Caller::new(&serve);
    patricia.settle(&invite(&mut ricardo, "patricia").await).await;
    let wish = json!({ "do": "edit", "account": "102290129340398", "reason": "Más claro", "form": {
        "name": "pedido_va", "language": "es_CO", "category": "UTILITY",
        "components": with_a_picture("Buenas, {{1}}: otra cosa.") } });
    let asked = patricia.post("/templates", wish).await;
    assert_eq!(asked.status, 202, "{asked:?}");
    let path = format!("/proposals/{}", asked.body["proposal"]["proposal"].as_str().unwrap());
    let of = ricardo.get(&path).await.body["of"].clone();
    assert_eq!(ricardo.post(&format!("{path}/words"), json!({ "do": "sign", "of": of })).await.status, 200);
    company.until("template-submitted", 1).await;
    let words = |told: &Value| told["messages"].as_array().unwrap().last().unwrap()["text"].clone();
    assert_eq!(words(&ana.get(&format!("{hers}/messages")).await.body), "Hola Lucía, así va su pedido.");
    serve.stop();
    let serve = company.start();
    let mut ana = Caller::new(&serve);
    assert_eq!(ana.sign_in("ana", json!({})).await.status, 200);
    assert_eq!(words(&ana.get(&format!("{hers}/messages")).await.body), "Hola Lucía, así va su pedido.");
    serve.stop();
}
