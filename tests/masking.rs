//! Who sees what of a customer, while a rule that reads all of it writes it wherever it can.

use domain::raci::action::Belongs;
use serde_json::{Value, json};
use server::Route;

use crate::caller::{Caller, PASSWORD, invite, invited, token};
use crate::guests::component;
use crate::live::Listening;
use crate::program::{Company, NUMBER, Serve, Starting, files_with, get};

/// Small letters and hyphens, so that it passes for a code.
const NAME: &str = "zacarias-marcador";
const PHONE: &str = "573007654321";
const USER_ID: &str = "CO.40710293846501987234";
const WORDS: &str = "marca secreta noventa y cuatro";

/// What may stand nowhere: a phone without its country, too.
const MARKS: [&str; 5] = [NAME, PHONE, "3007654321", USER_ID, "marca secreta"];

/// All else in which a customer's words come: the name of a file, a card, a place, an answer to a form, and what no host understands.
fn in_other_forms() -> [Value; 6] {
    let sha256 = data_encoding::BASE64.encode(&[7; 32]);
    let card = json!({
        "name": {"formatted_name": "marca secreta del primo", "first_name": NAME},
        "phones": [{"phone": "+57 300 765 4321", "wa_id": PHONE, "type": "CELL"}],
        "emails": [{"email": "primo@marca-secreta.example"}],
    });
    let place = json!({"latitude": 4.65, "longitude": -74.05, "name": "marca secreta", "address": WORDS});
    let form =
        json!({"name": "flow", "body": "Sent", "response_json": format!("{{\"cedula\":\"{WORDS}\"}}")});
    [
        json!({"type": "document", "document": {
            "id": "7", "mime_type": "application/pdf", "sha256": sha256, "filename": "marca secreta.pdf", "caption": WORDS,
        }}),
        json!({"type": "contacts", "contacts": [card]}),
        json!({"type": "location", "location": place}),
        json!({"type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": form}}),
        json!({"type": "location", "location": {"latitude": WORDS, "longitude": NAME, "name": WORDS}}),
        json!({"type": "hologram", "hologram": {"words": WORDS, "of": NAME}}),
    ]
}

const PEOPLE: &str = "[[roles]]\nid = \"partner\"\nname = \"Proveedor\"\n\
    [[people]]\nid = \"ricardo\"\nname = \"Ricardo\"\nroles = [\"admin\"]\naccount = \"{me}\"\n\
    [[people]]\nid = \"paula\"\nname = \"Paula\"\nroles = [\"admin\"]\n\
    [[people]]\nid = \"marta\"\nname = \"Marta\"\nroles = [\"supervisor\"]\n\
    [[people]]\nid = \"ana\"\nname = \"Ana\"\nroles = [\"agent\"]\n\
    [[people]]\nid = \"nova\"\nname = \"Nova\"\nroles = [\"partner\"]\nexternal = true\n";

fn rule(id: &str) -> String {
    format!("[[rule-sets.rules]]\nid = \"{id}\"\nplugin = \"{id}.wasm\"\n")
}

fn file(rules: &[&str]) -> String {
    let rules: String = rules.iter().map(|id| rule(id)).collect();
    format!(
        "[company]\nraci = \"raci.toml\"\n[[company.queues]]\nid = \"general\"\n\
         [[company.agents]]\nid = \"ana\"\nname = \"Ana\"\nqueues = [\"general\"]\nskills = [\"es\"]\n\
         [[rule-sets]]\nname = \"partners\"\n{rules}"
    )
}

fn none_of_it(what: &str, text: &str) {
    for mark in MARKS {
        assert!(!text.contains(mark), "`{mark}` in {what}: {text}");
    }
}

async fn sign_in(ricardo: &mut Caller, serve: &Serve, person: &str) -> Caller {
    let mut caller = Caller::new(serve);
    let accepted = json!({ "invitation": invite(ricardo, person).await, "password": PASSWORD });
    let told = caller.post("/invitations/accept", accepted).await;
    assert_eq!(told.status, 200, "{told:?}");
    caller
}

/// Asks every route of the API, with ids that there are, and gives all answers.
async fn everything(caller: &mut Caller, ids: &[(&str, String)]) -> Vec<(String, u16, String)> {
    let mut answers = vec![];
    for Route { method, path, action, .. } in server::api_routes().list() {
        // They would end the session, or the link that lets in.
        if action.belongs() == Belongs::Public || path.contains("sign-out") || path.ends_with("/password") {
            continue;
        }
        let mut asked = path.strip_prefix("/api/v1").unwrap().to_owned();
        for (name, id) in ids {
            asked = asked.replace(&format!("{{{name}}}"), id);
        }
        assert!(!asked.contains('{'), "an id for {asked} is wanted here");
        let bodies = match method.as_str() {
            "GET" => vec![Value::Null],
            "DELETE" => continue,
            _ => vec![json!({}), json!({ "phone": PHONE, "reason": "x", "why": "x" })],
        };
        for body in bodies {
            let told = caller.ask(method.as_str(), &asked, body).await;
            answers.push((format!("{method} {asked}"), told.status, format!("{}\n{}", told.head, told.body)));
        }
    }
    answers
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_s_rule_reads_a_customer_and_the_partner_reads_nothing_of_it() {
    let guests = ["errs_with_name", "tells_all", "routes_by_name", "closes_by_name"];
    let company = Company::new().await;
    for guest in guests {
        std::fs::write(company.dir.path().join(format!("{guest}.wasm")), component(guest)).unwrap();
    }
    company.configure(&file(&guests[..3]));
    crate::raci::write(&company, PEOPLE);
    let ours = ["timonel", "server", "desk", "rules", "governance", "store", "whatsapp", "domain", "journal"];
    let level = ours.map(|ours| format!("{ours}=trace")).join(",");
    let serve = Starting::spawn(&company.config(), &[("RUST_LOG".to_owned(), level)]).open().unwrap();
    company.whatsapp.set_webhook(&serve.webhook()).unwrap();
    let mut log = serve.log();
    let mut ricardo = Caller::new(&serve);
    ricardo.settle(&invited(&company, "ricardo")).await;
    let mut nova = sign_in(&mut ricardo, &serve, "nova").await;
    // The rules are Nova's own.
    for guest in guests {
        let told = nova.hand_in("/plugins", &component(guest)).await;
        assert_eq!(told.status, 200, "{told:?}");
    }

    let mut listening = Vec::new();
    for caller in [&nova, &ricardo] {
        listening.push(Listening::open(caller, None).await);
    }
    let customer = company.whatsapp.customer(PHONE, NAME).with(|person| person.user_id = USER_ID.to_owned());
    customer.say(NUMBER, WORDS).unwrap();
    let queued = company.until("case-queued", 1).await;
    let decided = company.until("rule-decided", 2).await;
    // It did read all of it, and wrote it where it is sealed: whoever may open the journal sees that.
    let opened = serde_json::to_string(&decided).unwrap();
    for part in [NAME, PHONE, WORDS] {
        assert!(opened.contains(part), "{part} in {opened}");
    }
    assert_eq!(decided[1]["data"]["refused"], json!(["unknown-skill", "unknown-agent"]), "{opened}");
    assert_eq!(queued[0]["data"]["place"], json!({ "queue": "general", "priority": 0 }), "{queued:?}");
    let replied = company.until("reply-queued", 1).await;
    assert!(replied[0].to_string().contains(WORDS), "the customer has it: {replied:?}");

    // The next one is resolved with a name for a code.
    company.configure(&file(&guests[3..]));
    while !log.iter().any(|line| line.contains("other rules are in force")) {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        log.extend(serve.log());
    }
    company.whatsapp.customer("573007654322", NAME).say(NUMBER, WORDS).unwrap();
    let closed = company.until("case-closed", 1).await;
    assert_eq!(closed[0]["data"]["code"], "other", "{closed:?}");

    // Nova asks for everything there is, signed in and with a token.
    let stream = decided[0]["stream"].as_str().unwrap();
    let conversation = stream.strip_prefix("conversation/").unwrap().to_owned();
    let message =
        company.journal(&["--kind", "reply-queued"])[0]["data"]["message"].as_str().unwrap().to_owned();
    let ids = [
        ("reply", "saludo".to_owned()),
        ("conversation", conversation),
        ("message", message),
        ("metric", "cases-queued".to_owned()),
        ("rule", "tells_all".to_owned()),
        ("set", "partners".to_owned()),
        ("person", "ana".to_owned()),
        ("proposal", "b".repeat(26)),
        ("campaign", "b".repeat(26)),
        ("move", "b".repeat(26)),
        ("backtest", "1".to_owned()),
        ("session", "b".repeat(26)),
        ("token", "b".repeat(26)),
        ("key", "nova.example+00000000".to_owned()),
        ("delegation", "b".repeat(26)),
        ("notice", "1".to_owned()),
        ("entry", "1".to_owned()),
        ("plugin", domain::decision::Digest::of(&component("tells_all")).to_string()),
    ];
    let plugins = nova.get("/plugins").await;
    let plugins = plugins.body["plugins"].as_array().unwrap();
    assert_eq!(plugins.len(), 4);
    // Of what runs it reads how often it was asked, and no word.
    let running: Vec<&Value> = plugins.iter().flat_map(|one| one["rules"].as_array().unwrap()).collect();
    assert_eq!((running.len(), &running[0]["rule"]), (1, &json!("closes_by_name")));
    assert_eq!((&running[0]["hour"]["asked"], &running[0]["hour"]["decided"]), (&json!(1), &json!(1)));
    // The customer goes on in every form there is.
    for message in in_other_forms() {
        customer.send_raw(NUMBER, message).unwrap();
    }
    let received = company.until("message-received", 2 + 4).await;
    let strange = company.until("message-not-understood", 2).await;
    let opened = format!("{received:?}{strange:?}{:?}", company.journal(&["--open"]));
    for part in [USER_ID, "marca secreta.pdf", "marca secreta del primo", "primo@marca-secreta", "cedula"] {
        assert!(opened.contains(part), "{part} in {opened}");
    }
    let all: Vec<String> = domain::raci::action::Action::ALL.iter().map(|action| action.word()).collect();
    let mut by_token = token(&mut nova, json!({ "name": "x", "scopes": all, "days": 1 })).await;
    let mut reached = 0;
    for caller in [&mut nova, &mut by_token] {
        for (route, status, answer) in everything(caller, &ids).await {
            assert!(status < 500, "{route}: {answer}");
            reached += usize::from(status < 400);
            none_of_it(&route, &answer);
        }
    }
    assert!(reached > 10, "{reached} routes let a partner in");

    // What the host tells of itself, and what it keeps where no key of the customer's is needed.
    none_of_it("metrics", &get(&serve.address, "/metrics").await.unwrap());
    for entry in company.journal(&[]) {
        none_of_it("the journal", &entry.to_string());
    }
    // Whoever looks after customers' data knows them again, and is told no more.
    let told = ricardo.post("/contacts/find", json!({ "phone": PHONE })).await;
    assert_eq!(
        (told.status, &told.body["name"], &told.body["phone"]),
        (200, &json!("z••• m•••"), &json!("••• 4321"))
    );
    none_of_it("what is found", &told.body.to_string());
    log.extend(serve.log());
    serve.stop();
    for (listening, who) in listening.into_iter().zip(["nova", "ricardo"]) {
        let told = listening.whole().await;
        assert!(told.contains(" 200 ") && told.contains("id: "), "{who} listens: {told}");
        none_of_it("what is told to whoever listens", &told);
    }
    assert!(log.iter().any(|line| line.contains("DEBUG")), "it says more than usual: {log:?}");
    for line in log {
        none_of_it("what the host logs", &line);
    }
    for mark in MARKS {
        assert_eq!(files_with(&company.data, mark.as_bytes()), Vec::<std::path::PathBuf>::new(), "{mark}");
    }
}
