//! Somebody asks why, and the host can say it, show that it comes out the same, and answer the customer.

use serde_json::{Value, json};

use crate::caller::{Caller, PASSWORD, invite, invited, token};
use crate::message::SHOP;
use crate::program::{Company, NUMBER};
use crate::raci::{governed_by, run};

fn shop() -> String {
    SHOP.replace("[company]", "[company]\nraci = \"raci.toml\"")
}

const PEOPLE: &str = "[[people]]\nid = \"ricardo\"\nname = \"Ricardo Salazar\"\nroles = [\"admin\"]\naccount = \"{me}\"\n\
    [[people]]\nid = \"marta\"\nname = \"Marta Díaz\"\nroles = [\"supervisor\"]\n\
    [[people]]\nid = \"andrea\"\nname = \"Andrea\"\nroles = [\"agent\"]\n\
    [[people]]\nid = \"norte\"\nname = \"Norte\"\nroles = [\"supervisor\"]\nexternal = true\nscope = { numbers = [\"1\"] }\n";

fn does(company: &Company, arguments: &[&str]) -> String {
    let (ran, told) = run(company, arguments);
    assert!(ran, "{arguments:?}: {told}");
    told
}

fn first<'a>(events: &'a [Value], kind: &str) -> &'a Value {
    events.iter().find(|event| event["kind"] == kind).unwrap_or_else(|| panic!("no {kind}: {events:?}"))
}

fn number(event: &Value) -> String {
    event["seq"].as_u64().unwrap_or_else(|| panic!("{event}")).to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_says_who_was_asked_what_it_read_and_comes_out_the_same_again() {
    let (company, serve) = governed_by(&shop(), PEOPLE).await;
    let lucia = company.whatsapp.customer("573001112233", "Lucía");
    lucia.say(NUMBER, "¿Qué horario tienen?").unwrap();
    company.until("send-accepted", 1).await;
    lucia.say(NUMBER, "Quiero hablar con una persona").unwrap();
    company.until("case-queued", 1).await;
    let events = company.journal(&[]);
    let decided = number(first(&events, "rule-decided"));

    let told = does(&company, &["why", &decided, "--again"]);
    assert!(told.contains("el cliente escribió") && told.contains("se preguntó a las reglas"), "{told}");
    assert!(told.contains("✓ 1. answers · lo atendió"), "{told}");
    assert!(told.contains("está en los archivos de la empresa") && told.contains("horario"), "{told}");
    assert!(told.contains("otra vez: lo mismo") && !told.contains("DISTINTO"), "{told}");

    // The whole conversation, by a message of ours, by the case and by its own name.
    let stream = first(&events, "message-received")["stream"].as_str().unwrap();
    let conversation = stream.strip_prefix("conversation/").unwrap();
    let told = does(&company, &["why", conversation, "--again", "--json"]);
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!((&told["complete"], &told["words"]), (&json!(true), &json!(true)));
    let steps = told["steps"].as_array().unwrap();
    let kinds: Vec<&str> = steps.iter().map(|step| step["kind"].as_str().unwrap()).collect();
    assert_eq!(
        kinds,
        [
            "message-received",
            "case-opened",
            "rule-decided",
            "reply-queued",
            "message-received",
            "rule-decided",
            "rule-decided",
            "case-queued"
        ],
        "{told:#}"
    );
    let asked: Vec<&Value> =
        steps.iter().flat_map(|step| step["decision"]["asked"].as_array()).flatten().collect();
    assert_eq!(asked.len(), 3, "{told:#}");
    assert!(asked.iter().all(|made| made["again"]["is"] == "same"), "{told:#}");
    assert!(
        steps[7]["words"].as_str().unwrap().contains("espera en general, por la regla «router»"),
        "{told:#}"
    );
    let of_ours = first(&events, "reply-queued")["data"]["message"].as_str().unwrap();
    let told = does(&company, &["why", of_ours]);
    assert!(told.contains(&format!(">{:>9}", number(first(&events, "reply-queued")))), "{told}");

    // With something different in it.
    let instead = |text: &str| {
        does(
            &company,
            &["why", &decided, "--rule", "answers", "--instead", &format!("/message/text={}", json!(text))],
        )
    };
    assert!(instead("su horario, por favor").starts_with("answered"), "{}", instead("su horario"));
    let other = instead("nada de eso");
    assert!(other.contains("No se le entendió") && !other.contains("Abrimos"), "{other}");
    let (ran, wrong) = run(&company, &["why", &decided, "--rule", "answers", "--instead", "/message/size=1"]);
    assert!(!ran && wrong.contains("`/message/size` is nothing that the rule was told"), "{wrong}");
    let (ran, wrong) = run(&company, &["why", &decided, "--rule", "nobody", "--instead", "/now=1"]);
    assert!(!ran && wrong.contains("`nobody` was not asked there"), "{wrong}");
    assert_eq!(
        company.journal(&[]).iter().filter(|event| event["kind"] == "rule-decided").count(),
        3,
        "it is only asked"
    );

    // The customer's own answer.
    let letter = does(&company, &["why", &decided, "--letter"]);
    for words in [
        "en Ferretería, un programa decidió sobre su mensaje: se le respondió en automático.",
        "Lo decidió la regla «answers» (quick-answers",
        "está en los archivos de la empresa",
        "Para decidir leyó: su mensaje",
        "quiere que lo revise una persona",
    ] {
        assert!(letter.contains(words), "{words}: {letter}");
    }
    let (ran, told) = run(&company, &["why", "nothing-like-it"]);
    assert!(!ran && told.contains("`of` is no conversation"), "{told}");
    serve.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn whose_word_a_rule_had_is_told_as_it_was_then() {
    let (company, serve) =
        governed_by(&shop().replace("[company]\n", "[company]\napprovals.hearing = \"0s\"\n"), PEOPLE).await;
    let (mut ricardo, mut marta) = (Caller::new(&serve), Caller::new(&serve));
    ricardo.settle(&invited(&company, "ricardo")).await;
    marta.settle(&invite(&mut ricardo, "marta").await).await;
    // Andrea wants a rule that watches; Ricardo and Marta sign it.
    let mut andrea = Caller::new(&serve);
    let invitation = invite(&mut ricardo, "andrea").await;
    let body = json!({ "invitation": invitation, "password": PASSWORD });
    assert_eq!(andrea.post("/invitations/accept", body).await.status, 200);
    let wish = json!({
        "kind": "rule", "reason": "Preguntan por envíos",
        "content": {
            "rule": "shipping", "set": "attention", "plugin": "quick-answers", "mode": "live",
            "settings": { "answers": [{ "words": ["envío*"], "text": { "es": "Enviamos a todo el país." } }] },
        },
    });
    let made = andrea.post("/proposals", wish).await;
    assert_eq!(made.status, 202, "{made:?}");
    let (id, of) = (made.body["proposal"].as_str().unwrap(), made.body["of"].clone());
    for caller in [&mut ricardo, &mut marta] {
        let signed = caller.post(&format!("/proposals/{id}/words"), json!({ "do": "sign", "of": of })).await;
        assert_eq!(signed.status, 200, "{signed:?}");
    }
    company.until("rule-agreed", 1).await;
    let moved = json!({ "mode": "shadow", "why": "Primero miremos" });
    assert_eq!(marta.post("/rules/shipping/moves", moved).await.status, 200);
    company.whatsapp.customer("573001112233", "Lucía").say(NUMBER, "¿Hacen envíos?").unwrap();
    company.until("rule-decided", 1).await;
    // What is moved later is not of then.
    let moved = json!({ "mode": "off", "why": "Ya no" });
    assert_eq!(marta.post("/rules/shipping/moves", moved).await.status, 200);

    let decided = number(first(&company.journal(&[]), "rule-decided"));
    let told = ricardo.get(&format!("/why?of={decided}&again=true")).await;
    assert_eq!(told.status, 200, "{told:?}");
    let decision = &told.body["steps"]
        .as_array()
        .unwrap()
        .iter()
        .find(|step| step["decision"].is_object())
        .unwrap()["decision"];
    let asked = decision["asked"].as_array().unwrap();
    let shipping = asked.iter().find(|made| made["rule"] == "shipping").unwrap();
    assert_eq!(shipping["signed-words"], "propuesta por Andrea; firmada por Marta Díaz, Ricardo Salazar");
    assert!(
        shipping["moved-words"].as_str().unwrap().ends_with(": → en sombra. Primero miremos"),
        "{shipping}"
    );
    assert_eq!(
        (&shipping["mode"], &shipping["shadow-agrees"]),
        (&json!("shadow"), &json!(false)),
        "{shipping}"
    );
    assert_eq!(shipping["again"]["is"], "same", "{shipping}");

    // Who has to do with rules and not with customers' data sees who was asked, and no words.
    let told = andrea.get(&format!("/why?of={decided}")).await;
    assert_eq!((told.status, &told.body["words"]), (200, &json!(false)), "{told:?}");
    assert!(!told.body.to_string().contains("envío") && told.body["letter"].is_null(), "{told:?}");
    let told = marta.get(&format!("/why?of={decided}")).await;
    assert_eq!(told.status, 200, "{told:?}");
    let mut program =
        token(&mut ricardo, json!({ "name": "x", "scopes": ["explain-decisions"], "days": 1 })).await;
    assert_eq!(program.get(&format!("/why?of={decided}")).await.status, 200);
    let mut norte = Caller::new(&serve);
    norte.settle(&invite(&mut ricardo, "norte").await).await;
    assert_eq!(norte.get(&format!("/why?of={decided}")).await.status, 403, "out of scope");
    serve.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn of_whom_was_forgotten_it_is_said_that_what_was_read_is_gone() {
    let company = Company::new().await;
    company.configure(SHOP);
    let serve = company.start();
    company.whatsapp.customer("573001112233", "Lucía").say(NUMBER, "¿Qué horario tienen?").unwrap();
    company.until("send-accepted", 1).await;
    let decided = number(first(&company.journal(&[]), "rule-decided"));
    assert!(does(&company, &["why", &decided, "--again"]).contains("otra vez: lo mismo"));
    does(&company, &["contact", "erase", "--phone", "+57 300 111 2233", "--reason", "Lo pidió", "--yes"]);
    let told = does(&company, &["why", &decided, "--again"]);
    assert!(told.contains("lo que leyó fue suprimido") && !told.contains("horario"), "{told}");
    serve.stop();
}
