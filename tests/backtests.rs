//! A supervisor tries a rule on what really happened before she asks anybody to sign it.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::caller::{Caller, invite, invited};
use crate::message::SHOP;
use crate::program::{Company, NUMBER, Serve};
use crate::raci::{governed_by, run};

/// Who works there, and who of them sits at the machine.
fn people(chair: &str) -> String {
    let one = |id: &str, role: &str, more: &str| {
        let account = if id == chair { "account = \"{me}\"\n" } else { "" };
        format!("[[people]]\nid = \"{id}\"\nname = \"{id}\"\nroles = [\"{role}\"]\n{account}{more}")
    };
    [
        "[matrix]\nadjust-routing-rules = { agent = \"I\", supervisor = \"R\", admin = \"A\", planner = \"C\" }\n".to_owned(),
        one("ricardo", "admin", ""),
        one("marta", "supervisor", ""),
        one("sara", "supervisor", ""),
        one("luz", "supervisor", "scope = { queues = [\"ventas\"] }\n"),
        one("norte", "partner", "external = true\n"),
        one("iris", "planner", ""),
        "[[roles]]\nid = \"partner\"\nname = \"Proveedor\"\n".to_owned(),
        "[[roles]]\nid = \"planner\"\nname = \"Planeación\"\n".to_owned(),
    ]
    .concat()
}

/// A shop in which six customers have written: three were answered by a rule, one of them twice, and three wait for a person.
async fn of_a_morning(chair: &str) -> (Company, Serve) {
    let shop = SHOP
        .replace("[company]", "[company]\nraci = \"raci.toml\"\napprovals.hearing = \"0s\"")
        .replace("[[company.queues]]", "[[company.queues]]\nid = \"ventas\"\n[[company.queues]]");
    let (company, serve) = governed_by(&shop, &people(chair)).await;
    let customer = |n: usize| company.whatsapp.customer(&format!("57300{n:07}"), "Lucía Restrepo");
    for n in 0..6 {
        let words = if n < 3 { "¿Qué horario tienen?" } else { "Quiero una persona, por favor" };
        customer(n).say(NUMBER, words).unwrap();
    }
    company.until("send-accepted", 3).await;
    company.until("case-queued", 3).await;
    customer(0).say(NUMBER, "¿Y el horario del domingo?").unwrap();
    company.until("send-accepted", 4).await;
    (company, serve)
}

fn tries(company: &Company, arguments: &[&str]) -> Value {
    let (ran, told) = run(company, &[&["rules", "backtest"], arguments, &["--json"]].concat());
    assert!(ran, "{arguments:?}: {told}");
    serde_json::from_str(&told).unwrap()
}

fn file(company: &Company, name: &str, settings: &Value) -> String {
    let path = company.dir.path().join(name);
    std::fs::write(&path, settings.to_string()).unwrap();
    path.display().to_string()
}

fn decided(company: &Company) -> usize {
    company.journal(&["--kind", "rule-decided"]).len()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_force_comes_out_the_same_and_what_is_not_is_told_by_what_it_means() {
    let (company, serve) = of_a_morning("marta").await;
    let (before, sent) = (decided(&company), company.journal(&["--kind", "reply-queued"]).len());

    // As it is: nothing differs, and what rules noted is there when they are asked next.
    for rule in ["answers", "router"] {
        let told = tries(&company, &[rule]);
        let report = &told["report"];
        assert_eq!(report["decisions"], before, "{told:#}");
        assert_eq!(report["same"], report["decisions"], "{told:#}");
        assert_eq!((&report["simulated"], &report["by-others"]), (&json!(0), &json!(0)), "{told:#}");
        assert_eq!(told["state"], "done");
    }

    // Another place.
    let ventas = file(&company, "ventas.json", &json!({ "otherwise": { "queue": "ventas" } }));
    let told = tries(&company, &["router", "--settings", &ventas]);
    let report = &told["report"];
    assert_eq!(report["differences"], json!({ "elsewhere": 3 }), "{told:#}");
    assert_eq!(report["queues"], json!([{ "from": "general", "to": "ventas", "cases": 3 }]));
    assert_eq!(report["wait"]["unknown"], 3, "nobody has been given any of them: {told:#}");
    assert_eq!(report["rules"]["router"]["asked"], 3, "{told:#}");
    let example = report["examples"]["elsewhere"][0]["event"].to_string();
    let (ran, why) = run(&company, &["why", &example]);
    assert!(ran && why.contains("espera en general"), "the examples lead to why: {why}");

    // Without the rule that answers, people have more to do, and it is told where.
    let told = tries(&company, &["answers", "--mode", "off"]);
    let report = &told["report"];
    assert_eq!(report["differences"], json!({ "left-to-people": 4 }), "{told:#}");
    assert_eq!(report["queues"], json!([{ "to": "general", "cases": 3 }]), "{told:#}");
    assert_eq!(report["simulated"], 1, "what came next of the first is a simulation: {told:#}");

    // With another one, a rule deals with what went to people.
    let more = file(
        &company,
        "more.json",
        &json!({ "answers": [
            { "words": ["horario*"], "text": { "es": "Abrimos a las 8." } },
            { "words": ["persona"], "text": { "es": "Ya viene." } },
        ], "person-words": ["asesora"] }),
    );
    let told = tries(&company, &["answers", "--settings", &more]);
    let report = &told["report"];
    assert_eq!(report["differences"], json!({ "answered-by-rule": 3 }), "{told:#}");
    assert_eq!(report["not-asked"], 3, "no place is asked for then: {told:#}");
    assert_eq!(report["queues"], json!([{ "from": "general", "cases": 3 }]), "{told:#}");

    // For people.
    let (ran, told) = run(&company, &["rules", "backtest", "answers", "--settings", &more, "--since", "1d"]);
    assert!(ran, "{told}");
    for words in [
        "7 decisions, 4 of them the same",
        "3 would have been dealt with by a rule",
        "general → a rule",
        "answers: asked 7",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }

    // Nobody was written to, nothing was decided, and nothing counts for the rules in force.
    assert_eq!((decided(&company), company.journal(&["--kind", "reply-queued"]).len()), (before, sent));
    let (_, rules) = run(&company, &["rules", "list", "--json"]);
    let rules: Value = serde_json::from_str(&rules).unwrap();
    let asked: Vec<&Value> =
        rules["rules"].as_array().unwrap().iter().map(|one| &one["hour"]["asked"]).collect();
    assert_eq!(asked, [&json!(7), &json!(3)], "{rules:#}");
    assert_eq!(company.journal(&["--kind", "rule-backtested"]).len(), 6);
    let kept = serde_json::to_string(&company.journal(&["--kind", "rule-backtested"])).unwrap();
    assert!(!kept.contains("Lucía") && !kept.contains("57300") && !kept.contains("persona"), "{kept}");
    serve.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_tried_stands_beside_the_proposal_of_the_same_and_of_nothing_else() {
    let (company, serve) = of_a_morning("marta").await;
    let settings = json!({ "answers": [{ "words": ["persona"], "text": { "es": "Ya viene." } }] });
    let wish = |settings: &Value| json!({ "rule": "people", "set": "attention", "plugin": "quick-answers", "settings": settings });
    // A rule that there is not yet, in front of nobody and behind the others.
    let (ran, told) = run(&company, &["rules", "backtest", "people"]);
    assert!(!ran && told.contains("`plugin`: there is no rule `people` yet"), "{told}");
    let path = file(&company, "people.json", &settings);
    let told =
        tries(&company, &["people", "--plugin", "quick-answers", "--set", "attention", "--settings", &path]);
    assert_eq!(told["kept"], true, "{told:#}");
    let propose = |settings: &Value, name: &str| {
        let path = file(&company, name, &wish(settings));
        let (ran, told) = run(&company, &["proposal", "rule", &path, "--reason", "Piden personas"]);
        assert!(ran, "{told}");
        let id = told.split_whitespace().next().unwrap();
        let (_, shown) = run(&company, &["proposal", "show", id, "--json"]);
        serde_json::from_str::<Value>(&shown).unwrap()
    };
    let proposal = propose(&settings, "wish.json");
    assert_eq!(proposal["backtest"]["report"], told["report"], "{proposal:#}");
    assert_eq!(proposal["backtest"]["by"], "person/marta");
    let (_, shown) = run(&company, &["proposal", "list"]);
    assert!(shown.contains("tried on") && shown.contains("decisions,"), "{shown}");
    let other = json!({ "answers": [{ "words": ["persona"], "text": { "es": "Un momento." } }] });
    assert_eq!(propose(&other, "other.json")["backtest"], Value::Null, "nobody has tried that");
    serve.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn each_is_shown_what_they_reach_and_whoever_may_see_no_rules_tries_none() {
    let (company, serve) = of_a_morning("ricardo").await;
    let mut ricardo = Caller::new(&serve);
    ricardo.settle(&invited(&company, "ricardo")).await;
    let (mut luz, mut norte) = (Caller::new(&serve), Caller::new(&serve));
    luz.settle(&invite(&mut ricardo, "luz").await).await;
    norte.settle(&invite(&mut ricardo, "norte").await).await;
    let told = norte.post("/backtests", json!({ "rule": "answers" })).await;
    assert_eq!(told.status, 403, "{told:?}");

    // Who is asked about rules and may not see the team tries none that reads it, and is told whom to ask.
    let mut iris = Caller::new(&serve);
    iris.settle(&invite(&mut ricardo, "iris").await).await;
    let told = iris.post("/backtests", json!({ "rule": "router" })).await;
    assert_eq!((told.status, told.problem()), (403, "not-yours-to-do"), "{told:?}");
    assert!(told.body["who-could"].to_string().contains("ricardo"), "{told:?}");
    assert_eq!(iris.get("/rules").await.status, 200);

    // Who steers one queue sees what happens there: nothing did.
    let told = luz.post("/backtests", json!({ "rule": "answers" })).await;
    assert_eq!(told.status, 202, "{told:?}");
    let number = told.body["backtest"].to_string();
    let deadline = Instant::now() + Duration::from_secs(30);
    let done = loop {
        let told = luz.get(&format!("/backtests/{number}")).await;
        if told.body["state"] == "done" {
            break told.body;
        }
        assert!(Instant::now() < deadline, "{told:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    assert_eq!((&done["report"]["decisions"], &done["kept"]), (&json!(0), &json!(false)), "{done:#}");
    // It is nobody else's.
    assert_eq!(ricardo.get(&format!("/backtests/{number}")).await.status, 404);
    let told = ricardo.post("/backtests", json!({ "rule": "answers", "settings": { "answers": 3 } })).await;
    assert_eq!(told.status, 422, "{told:?}");
    let told = ricardo
        .post(
            "/backtests",
            json!({ "rule": "answers", "from": "2026-01-02T00:00:00Z", "to": "2026-01-01T00:00:00Z" }),
        )
        .await;
    let number = told.body["backtest"].to_string();
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let told = ricardo.get(&format!("/backtests/{number}")).await.body;
        if told["state"] == "failed" {
            assert!(told["why"].as_str().unwrap().contains("`to`: it lies before `from`"), "{told:#}");
            break;
        }
        assert!(Instant::now() < deadline, "{told:#}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    serve.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn of_whom_was_forgotten_nothing_is_asked_again_and_that_is_counted() {
    let company = Company::new().await;
    company.configure(SHOP);
    let serve = company.start();
    for n in 0..2 {
        company
            .whatsapp
            .customer(&format!("57300{n:07}"), "Lucía")
            .say(NUMBER, "¿Qué horario tienen?")
            .unwrap();
    }
    company.until("send-accepted", 2).await;
    assert_eq!(tries(&company, &["answers"])["report"]["decisions"], 2);
    let (erased, told) =
        run(&company, &["contact", "erase", "--phone", "573000000000", "--reason", "Lo pidió", "--yes"]);
    assert!(erased, "{told}");
    let told = tries(&company, &["answers"]);
    assert_eq!(told["report"]["decisions"], 1, "{told:#}");
    assert_eq!(told["report"]["erased"], 1, "{told:#}");
    serve.stop();
}

/// A supervisor has a spreadsheet: she is told what is wrong with it, sees what it would have done, and asks for it; the admin
/// signs, it counts, and it is taken back.
#[tokio::test(flavor = "multi_thread")]
async fn a_spreadsheet_becomes_a_rule_and_goes_back() {
    let shop = "[company]\nname = \"Ferretería\"\nraci = \"raci.toml\"\napprovals.hearing = \"0s\"\n\
        [[company.queues]]\nid = \"general\"\n[[company.queues]]\nid = \"cobranza\"\n[[company.queues]]\nid = \"ventas\"\n[[rule-sets]]\nname = \"attention\"\n[[rule-sets.rules]]\nid = \"answers\"\nplugin = \"quick-answers\"\n\
        [[rule-sets.rules.settings.answers]]\nwords = [\"horario*\"]\ntext = { es = \"Abrimos a las 8.\" }\n";
    let (company, serve) = governed_by(shop, &people("marta")).await;
    let says = |n: usize, words: &str| {
        company.whatsapp.customer(&format!("57300{n:07}"), "Lucía").say(NUMBER, words).unwrap();
    };
    for n in 0..4 {
        says(n, if n < 3 { "Una persona: no me llegó la factura" } else { "Una persona" });
    }
    company.until("case-queued", 4).await;
    let csv = |name: &str, text: &str| {
        let path = company.dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };

    // Wrong by a letter, told as her spreadsheet shows it.
    let wrong = csv("wrong.csv", "Palabras;Cola;Prioridad\nfactura;cobranza;alta\n");
    let new = ["--plugin", "decision-table", "--set", "routing"];
    let (ran, told) =
        run(&company, &[&["rules", "backtest", "tabla", "--settings", &wrong], &new[..]].concat());
    assert!(!ran && told.contains("line 2, Prioridad: got \"alta\", expected 0 (normal) to 9"), "{told}");

    // What it would have done, though no routing rule was ever there to be asked.
    let table = csv("tabla.csv", "Palabras;Cola;Prioridad\nfactur*;cobranza;2\nfactura;general;\n");
    let told = tries(&company, &[&["tabla", "--settings", &table], &new[..]].concat());
    assert!(told["advice"][0].as_str().unwrap().contains("line 3: it is never reached"), "{told:#}");
    assert_eq!(told["report"]["differences"], json!({ "elsewhere": 3 }), "{told:#}");
    assert_eq!(told["report"]["queues"], json!([{ "from": "general", "to": "cobranza", "cases": 3 }]));

    // She proposes it as far as live; the admin reads both, and signs.
    let wish = file(
        &company,
        "wish.json",
        &json!({
            "rule": "tabla", "set": "routing", "plugin": "decision-table", "mode": "shadow", "envelope": { "highest": "live" },
        }),
    );
    let (ran, told) =
        run(&company, &["proposal", "rule", &wish, "--settings", &table, "--reason", "La hoja de Ana"]);
    assert!(ran, "{told}");
    assert!(told.contains("! line 3") && told.contains("3 would have gone to another queue"), "{told}");
    let id = told.split_whitespace().next().unwrap().to_owned();
    // Its warnings are a log, and whoever answers for those who attend signs that a rule writes one.
    for chair in ["ricardo", "sara"] {
        crate::raci::change(&company, &serve, &people(chair));
        let (_, shown) = run(&company, &["proposal", "show", &id, "--json"]);
        let shown: Value = serde_json::from_str(&shown).unwrap();
        let (ran, told) = run(&company, &["proposal", "sign", &id, "--of", shown["of"].as_str().unwrap()]);
        assert!(ran, "{told}");
    }
    company.until("rule-agreed", 1).await;

    // She turns it on in the middle of the day, and off again.
    crate::raci::change(&company, &serve, &people("marta"));
    let (ran, told) = run(&company, &["rules", "move", "tabla", "--mode", "live", "--why", "Ya se probó"]);
    assert!(ran, "{told}");
    says(7, "Una persona: ¿y mi factura?");
    let queued = company.until("case-queued", 5).await;
    assert_eq!(queued[4]["data"]["place"]["queue"], "cobranza", "{}", queued[4]);
    let (ran, told) = run(&company, &["rules", "return", "tabla", "--why", "Mejor mañana"]);
    assert!(ran, "{told}");
    says(8, "Una persona: ¿y mi factura?");
    let queued = company.until("case-queued", 6).await;
    assert_eq!(queued[5]["data"]["place"]["queue"], "general", "{}", queued[5]);
    serve.stop();
}
