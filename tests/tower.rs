//! The pages of whoever steers: written by the host, asked at the door of the API, and refused there.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::caller::{Caller, enter, html, invited};
use crate::message::SHOP;
use crate::program::{Company, NUMBER, Serve};
use crate::raci::governed_by;

/// What a hostile customer calls themselves, and what a hostile colleague gives as a reason.
const HOSTILE: &str = "<script>alert(1)</script>";

const PEOPLE: &str = "[[roles]]\nid = \"partner\"\nname = \"Proveedor\"\n\
    [[people]]\nid = \"ricardo\"\nname = \"Ricardo Salazar\"\nroles = [\"admin\"]\n\
    [[people]]\nid = \"marta\"\nname = \"Marta <b>Díaz</b>\"\nroles = [\"supervisor\"]\n\
    [[people]]\nid = \"luz\"\nname = \"Luz\"\nroles = [\"supervisor\"]\nlanguage = \"pt\"\nscope = { queues = [\"other\"] }\n\
    [[people]]\nid = \"ana\"\nname = \"Ana\"\nroles = [\"agent\"]\nlanguage = \"en\"\n\
    [[people]]\nid = \"nova\"\nname = \"Nova\"\nroles = [\"partner\"]\nexternal = true\nscope = { queues = [\"general\"] }\n";

const PAGES: [&str; 4] = ["/console/tower", "/console/rules", "/console/figures", "/console/approvals"];

/// A shop with people, and with more rules.
async fn shop(more: &str) -> (Company, Serve, Caller) {
    let agents = "[[company.queues]]\nid = \"other\"\n\
        [[company.agents]]\nid = \"ana\"\nname = \"Ana <i>\"\nqueues = [\"general\"]\n\
        [[company.agents]]\nid = \"olga\"\nname = \"Olga\"\nqueues = [\"other\"]\n";
    let shop = SHOP
        .replace("[company]", "[company]\nraci = \"raci.toml\"")
        .replace("id = \"general\"\n", &format!("id = \"general\"\n{agents}"))
        + more;
    let (company, serve) = governed_by(&shop, PEOPLE).await;
    let mut ricardo = Caller::new(&serve);
    ricardo.settle(&invited(&company, "ricardo")).await;
    (company, serve, ricardo)
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_reaches_one_number_stops_that_one_from_any_page_and_resumes_it() {
    let bea = format!(
        "[[people]]\nid = \"bea\"\nname = \"Bea\"\nroles = [\"supervisor\"]\nscope = {{ numbers = [\"{NUMBER}\"] }}\n"
    );
    let number = format!("[[company.numbers]]\nid = \"{NUMBER}\"\nname = \"Tienda\"\nqueue = \"general\"\n");
    let shop = SHOP.replace("[company]", "[company]\nraci = \"raci.toml\"").replace(
        "[[company.queues]]",
        &format!("{number}[[company.queues]]\nid = \"other\"\n[[company.queues]]"),
    );
    let (company, serve) = governed_by(&shop, &format!("{PEOPLE}{bea}")).await;
    let mut ricardo = Caller::new(&serve);
    ricardo.settle(&invited(&company, "ricardo")).await;
    let mut bea = enter(&mut ricardo, &serve, "bea").await;
    let offers =
        |what: &str| format!("data-open=\"{what}\" data-title=\"Tienda\" data-sets=\"number={NUMBER}\"");

    let page = html(&mut bea, "/console/rules").await;
    assert!(page.contains(&offers("halting")) && !page.contains(&offers("resuming")), "{page}");
    let everything = bea.post("/outbound/pause", json!({ "reason": "Prueba" })).await;
    assert_eq!(everything.problem(), "not-yours-to-do");
    let stopped = bea.post("/outbound/pause", json!({ "number": NUMBER, "reason": "Prueba" })).await;
    assert_eq!(stopped.status, 200, "{stopped:?}");
    let page = html(&mut bea, "/console/rules").await;
    assert!(!page.contains(&offers("halting")) && page.contains(&offers("resuming")), "{page}");
    assert!(page.contains("Tienda · Prueba · Bea"), "it is told which one, by whom and why: {page}");
    // Whoever reaches all of them resumes that one too, and may still stop everything.
    let page = html(&mut ricardo, "/console/rules").await;
    assert!(page.contains(&offers("resuming")) && page.contains("data-sets=\"number=\""), "{page}");
    assert_eq!(bea.post("/outbound/resume", json!({ "number": NUMBER })).await.status, 200);
    serve.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_steers_sees_the_company_and_nobody_s_words_become_part_of_a_page() {
    let (company, serve, mut ricardo) = shop("").await;
    let mut marta = enter(&mut ricardo, &serve, "marta").await;
    let mut luz = enter(&mut ricardo, &serve, "luz").await;

    company.whatsapp.customer("573001112233", HOSTILE).say(NUMBER, "Quiero una persona, por favor").unwrap();
    company.until("case-queued", 1).await;
    let moved = marta.post("/rules/answers/moves", json!({ "mode": "shadow", "why": HOSTILE })).await;
    assert_eq!(moved.status, 200, "{moved:?}");

    let board = html(&mut marta, "/console/tower").await;
    assert!(board.contains("data-waiting=\"general\">1<"), "{board}");
    assert!(board.contains("Ana &#60;i&#62;") && board.contains("Marta &#60;b&#62;"), "{board}");
    assert!(board.contains("••• 2233") && !board.contains("573001112233"), "a customer is masked: {board}");
    let rules = html(&mut marta, "/console/rules").await;
    assert!(rules.contains("en sombra") && rules.contains("&#60;script&#62;alert(1)"), "{rules}");
    let rule = html(&mut marta, "/console/rules/answers").await;
    assert!(rule.contains("Volver a lo firmado") && rule.contains("value=\"live\""), "{rule}");
    for path in PAGES {
        let page = html(&mut marta, path).await;
        assert!(!page.contains(HOSTILE) && !page.contains("<b>Díaz"), "{path}: {page}");
        assert!(page.contains("aria-current=\"page\""), "{path}");
    }

    // One case, as a link from its conversation leads to it, is chosen already; what is no case chooses none.
    let (_, case) = board.split_once("name=\"conversations\" value=\"").unwrap();
    let case = case.split('"').next().unwrap();
    let one = html(&mut marta, &format!("/console/tower?conversation={case}")).await;
    assert!(one.contains(&format!("value=\"{case}\" checked")), "{one}");
    let none = html(&mut marta, "/console/tower?conversation=x").await;
    assert!(none.contains(case) && !none.contains(" checked"), "{none}");

    // The same for a screen on a wall.
    let told = marta.get("/board").await;
    assert_eq!(
        (&told.body["queues"][0]["queue"], &told.body["queues"][0]["waiting"]),
        (&json!("general"), &json!(1))
    );
    assert!(told.body["queues"][0]["oldest"].is_string(), "{told:?}");

    // Since when somebody is how they are.
    let mut ana = enter(&mut ricardo, &serve, "ana").await;
    ana.post("/me/presence", json!({ "presence": "busy" })).await;
    let agents = marta.get("/board").await.body["agents"].clone();
    assert_eq!((&agents[0]["presence"], agents[0]["since"].is_string()), (&json!("busy"), true), "{agents}");
    assert!(agents[1]["since"].is_null(), "nothing happened to Olga yet: {agents}");
    ana.post("/me/presence", json!({ "presence": "busy" })).await;
    assert_eq!(marta.get("/board").await.body["agents"][0]["since"], agents[0]["since"], "it is as it was");

    // Whose scope is another queue sees that one, in her language, and moves nothing that is for all.
    let board = html(&mut luz, "/console/tower").await;
    assert!(
        board.contains("data-waiting=\"other\">0<") && !board.contains("data-waiting=\"general\""),
        "{board}"
    );
    assert!(board.contains("<html lang=\"pt\">") && !board.contains("••• 2233"), "{board}");
    assert!(!board.contains("id=\"halting\""), "stopping everything is not hers: {board}");
    serve.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_direct_link_says_which_row_refuses_and_who_could_and_what_is_not_theirs_is_not_on_the_page() {
    let (_company, serve, mut ricardo) = shop("").await;
    let mut nova = enter(&mut ricardo, &serve, "nova").await;
    let mut ana = enter(&mut ricardo, &serve, "ana").await;

    // Nobody: to where one signs in.
    let told = Caller::new(&serve).page("/console/tower").await;
    assert_eq!((told.status, told.header("location")), (303, Some("/sign-in")), "{told:?}");

    for (path, row) in [
        ("/console/tower", "Vigilar el SLA"),
        ("/console/rules", "Ajustar reglas de enrutamiento"),
        ("/console/figures", "Informes"),
    ] {
        let told = nova.page(path).await;
        let page = told.body.as_str().unwrap();
        assert_eq!(
            (told.status, told.header("content-type")),
            (403, Some("text/html; charset=utf-8")),
            "{path}"
        );
        assert!(page.contains(row), "{path}: {page}");
        assert!(
            page.contains("Quién podría") && !page.contains("Marta"),
            "who works here is nothing of theirs: {page}"
        );
    }
    let told = ana.page("/console/spending").await;
    let page = told.body.as_str().unwrap();
    assert!(page.contains("Quién podría") && page.contains("Marta &#60;b&#62;Díaz"), "{page}");
    // A program is told as programs are.
    assert_eq!(nova.get("/board").await.problem(), "not-yours-to-do");

    // Whoever is told of the rules sees them and finds nothing to move; who attends has no list of cases to move either.
    let rules = html(&mut ana, "/console/rules").await;
    assert!(
        rules.contains("answers") && !rules.contains("role=\"switch\"") && rules.contains("You may see"),
        "{rules}"
    );
    let rule = html(&mut ana, "/console/rules/answers").await;
    assert!(!rule.contains("data-post=\"/rules"), "{rule}");
    let board = html(&mut ana, "/console/tower").await;
    assert!(!board.contains("id=\"mover\"") && !board.contains("Stop sending"), "{board}");

    // What there is none of is said in words too.
    for path in ["/console/rules/nothing", "/console/figures/nothing", "/console/approvals/b"] {
        let told = ricardo.page(path).await;
        assert_eq!(
            (told.status, told.header("content-type")),
            (404, Some("text/html; charset=utf-8")),
            "{path}"
        );
    }
    let told = ricardo.page("/console/figures/cases-queued?since=never").await;
    assert!([404, 422].contains(&told.status), "{told:?}");
    serve.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_proposed_is_read_whole_and_offered_to_whoever_may_sign_it() {
    let (_company, serve, mut ricardo) = shop("").await;
    let mut marta = enter(&mut ricardo, &serve, "marta").await;

    let wish = json!({ "kind": "rule", "reason": "Que cuente lo que pasa", "content": {
        "rule": "counts", "set": "figures", "plugin": "kpi-core", "mode": "live",
        "settings": { "service-level-seconds": 120 },
    } });
    let proposed = ricardo.post("/proposals", wish).await;
    assert_eq!(proposed.status, 202, "{proposed:?}");
    let id = proposed.body["proposal"].as_str().unwrap().to_owned();
    let list = html(&mut marta, "/console/approvals").await;
    assert!(list.contains(&id), "{list}");
    let page = html(&mut marta, &format!("/console/approvals/{id}")).await;
    for words in ["Que cuente lo que pasa", "service-level-seconds", "Ricardo Salazar", "Nadie la ha probado"]
    {
        assert!(page.contains(words), "{words}: {page}");
    }
    let of = proposed.body["of"].as_str().unwrap();
    assert!(page.contains(of), "what is signed is what is shown: {page}");
    let offered = page.contains("name=\"do\" value=\"sign\"");
    let yours = marta.get(&format!("/proposals/{id}")).await.body["yours"].clone();
    assert_eq!(offered, yours.as_array().unwrap().contains(&json!("sign")), "{yours}");
    // Whoever wrote it does not sign it alone, so it is not offered.
    let own = html(&mut ricardo, &format!("/console/approvals/{id}")).await;
    assert!(!own.contains("value=\"sign\"") && own.contains("value=\"withdraw\""), "{own}");
    serve.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_counted_is_a_picture_a_table_and_a_definition() {
    let counts = "[[rule-sets]]\nname = \"figures\"\n[[rule-sets.rules]]\nid = \"counts\"\nplugin = \"kpi-core\"\n\
        [rule-sets.rules.settings]\nservice-level-seconds = 120\n";
    let (company, serve, mut ricardo) = shop(counts).await;
    let mut marta = enter(&mut ricardo, &serve, "marta").await;
    company.whatsapp.customer("573001112233", "Lucía").say(NUMBER, "Quiero una persona, por favor").unwrap();
    company.until("case-queued", 1).await;

    let deadline = Instant::now() + Duration::from_secs(30);
    let page = loop {
        let told = marta.page("/console/figures/cases-queued?every=hour&by=queue").await;
        let page = told.body.as_str().unwrap().to_owned();
        if told.status == 200 && page.contains("<svg class=\"chart\"") {
            break page;
        }
        assert!(Instant::now() < deadline, "{page}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    };
    for words in
        ["<desc id=", "general", "Cómo se cuenta", "Fórmula", "format=csv", "every=hour&#38;by=queue"]
    {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(html(&mut marta, "/console/figures").await.contains("/console/figures/cases-queued"));
    assert_eq!(marta.get("/board").await.body["promise"], 120);
    let csv = marta.get("/kpis/cases-queued?every=hour&by=queue&format=csv").await;
    assert!(csv.body.as_str().unwrap().starts_with("metric,"), "{csv:?}");
    serve.stop();
}
