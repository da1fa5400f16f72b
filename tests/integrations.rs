//! A company whose rules ask another system: the program, a real service, and services that mean no good.

use std::net::SocketAddr;

use serde_json::Value;
use simulator::Orders;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::program::{Company, NUMBER, Serve, Starting, files_with};
use crate::raci::run;

const TOKEN: &str = "tok-91f0c2e7";

const PEOPLE: &str =
    "[[people]]\nid = \"ricardo\"\nname = \"Ricardo\"\nroles = [\"admin\"]\naccount = \"{me}\"\n";

/// A shop whose orders another system knows. `allow` names its network.
fn shop(url: &str, allow: &str) -> String {
    format!(
        r#"
        [company]
        raci = "raci.toml"
        [[company.queues]]
        id = "general"
        [[company.queues]]
        id = "pedidos"
        [company.requests]
        allow = [{allow}]
        [[company.requests.secrets]]
        id = "crm"
        secret.file = "crm.token"
        prefix = "Bearer "
        to = ["{url}"]
        [[rule-sets]]
        name = "attention"
        [[rule-sets.rules]]
        id = "orders"
        plugin = "crm-lookup"
        [[rule-sets.rules.requests]]
        to = "{url}/orders/"
        secrets = ["crm"]
        [rule-sets.rules.settings]
        url = "{url}/orders/"
        secret = "crm"
        prefix = "ET-"
        words = ["mi pedido"]
        ask.es = "¿Qué número?"
        states.on-the-way.es = "{{number}} va en camino."
        unknown.es = "No encuentro {{number}}."
        down.es = "No puedo consultar {{number}}."
        [[rule-sets]]
        name = "routing"
        [[rule-sets.rules]]
        id = "router"
        plugin = "skills-router"
        [rule-sets.rules.settings]
        otherwise = {{ queue = "general" }}
        [[rule-sets.rules.settings.routes]]
        when = {{ words = ["et-9999"] }}
        queue = "pedidos"
        "#
    )
}

const OWN: &str = "\"127.0.0.0/8\"";

async fn at(url: &str, allow: &str) -> (Company, Serve) {
    let company = Company::new().await;
    std::fs::write(company.dir.path().join("crm.token"), format!("{TOKEN}\n")).unwrap();
    company.configure(&shop(url, allow));
    crate::raci::write(&company, PEOPLE);
    let serve = company.start();
    (company, serve)
}

/// What the company wrote so far, when it is so much.
async fn replies(company: &Company, count: usize) -> Vec<String> {
    let queued = company.until("reply-queued", count).await;
    queued.iter().map(|event| event["data"]["body"]["body"].as_str().unwrap_or_default().to_owned()).collect()
}

fn does(company: &Company, arguments: &[&str]) -> String {
    let (ran, told) = run(company, arguments);
    assert!(ran, "{arguments:?}: {told}");
    told
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_asks_for_an_order_and_another_system_knows_it() {
    let orders = Orders::start(SocketAddr::from(([127, 0, 0, 1], 0)), TOKEN, &[("ET-2041", "on-the-way")]);
    let orders = orders.await.unwrap();
    let (company, serve) = at(&orders.url(), OWN).await;
    let lucia = company.whatsapp.customer("573001112233", "Lucía");
    lucia.say(NUMBER, "¿Y mi pedido?").unwrap();
    assert_eq!(replies(&company, 1).await, ["¿Qué número?"]);
    lucia.say(NUMBER, "et-2041").unwrap();
    assert_eq!(replies(&company, 2).await[1], "ET-2041 va en camino.");

    // It is explained, and comes out the same again, with the answer of then.
    let answered = company.until("request-ended", 1).await.remove(0);
    assert_eq!(answered["data"]["ended"]["status"], 200, "{answered}");
    let stream = answered["stream"].as_str().unwrap().strip_prefix("conversation/").unwrap().to_owned();
    let asked_then = orders.asked();
    let told: Value = serde_json::from_str(&does(&company, &["why", &stream, "--again", "--json"])).unwrap();
    let steps = told["steps"].as_array().unwrap();
    let made: Vec<&Value> =
        steps.iter().filter_map(|step| step["decision"]["asked"].as_array()).flatten().collect();
    assert_eq!(made.len(), 3, "{told:#}");
    assert!(made.iter().all(|made| made["again"]["is"] == "same"), "{told:#}");
    assert_eq!(orders.asked(), asked_then, "nobody is asked for that");

    // An order that it does not know, and then it is down: a person comes, and knows why.
    lucia.say(NUMBER, "ET-9999").unwrap();
    assert_eq!(replies(&company, 3).await[2], "No encuentro ET-9999.");
    let queued = company.until("case-queued", 1).await;
    assert_eq!(queued[0]["data"]["place"]["queue"], "pedidos", "a router goes by what the customer wrote");
    orders.set_down(true);
    let mateo = company.whatsapp.customer("573001112244", "Mateo");
    mateo.say(NUMBER, "ET-2041").unwrap();
    assert_eq!(replies(&company, 4).await[3], "No puedo consultar ET-2041.");
    company.until("case-queued", 2).await;

    let told = does(&company, &["rules", "requests", "orders"]);
    for part in [
        format!("may ask GET {}/orders/", orders.url()),
        "2xx 1".into(),
        "4xx 1".into(),
        "5xx 1".into(),
        "open: 0".into(),
    ] {
        assert!(told.contains(&part), "{part} in {told}");
    }
    assert!(!told.contains("ET-2041"), "{told}");

    // The token is where it was put, and nowhere else; what was asked and answered is sealed.
    let log = serve.log().join("\n");
    assert!(!log.contains(TOKEN) && !log.contains("ET-2041"), "{log}");
    serve.stop();
    assert_eq!(files_with(&company.data, TOKEN.as_bytes()), Vec::<std::path::PathBuf>::new());
    assert_eq!(files_with(&company.data, b"ET-9999"), Vec::<std::path::PathBuf>::new());
    let whole = company.journal(&["--open"]);
    assert!(!serde_json::to_string(&whole).unwrap().contains(TOKEN));
}

/// A service that answers each connection with these bytes, after so many milliseconds, and says what it was sent.
async fn service(answer: Vec<u8>, millis: u64) -> (String, tokio::sync::mpsc::UnboundedReceiver<String>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (told, heard) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let (answer, told) = (answer.clone(), told.clone());
            tokio::spawn(async move {
                let mut sent = vec![0; 8_192];
                let read = stream.read(&mut sent).await.unwrap_or(0);
                let _ = told.send(String::from_utf8_lossy(&sent[..read]).into_owned());
                tokio::time::sleep(std::time::Duration::from_millis(millis)).await;
                for part in answer.chunks(4_096) {
                    if stream.write_all(part).await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    (url, heard)
}

/// How the first request of a customer ended.
async fn ends(url: &str, allow: &str) -> (Value, Serve) {
    let (company, serve) = at(url, allow).await;
    company.whatsapp.customer("573001112233", "Lucía").say(NUMBER, "ET-2041").unwrap();
    let ended = company.until("request-ended", 1).await.remove(0)["data"].clone();
    assert_eq!(replies(&company, 1).await, ["No puedo consultar ET-2041."]);
    company.until("case-queued", 1).await;
    (ended, serve)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_company_s_own_machines_are_not_reached_unless_it_names_them() {
    let (url, mut heard) = service(Vec::new(), 0).await;
    let by_name = url.replace("127.0.0.1", "localhost");
    for url in [&url, &by_name] {
        // Another network than that is named, so that its plain address is taken at all.
        let (ended, _serve) = ends(url, "\"10.9.8.0/24\"").await;
        assert_eq!(ended["ended"]["failed"], "not-allowed", "{url}: {ended}");
        assert_eq!(ended["attempts"], 1, "it is not tried again");
    }
    assert!(heard.try_recv().is_err(), "no byte came");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_is_an_answer_and_leads_nowhere() {
    let (elsewhere, mut heard) = service(Vec::new(), 0).await;
    let redirect =
        format!("HTTP/1.1 302 Found\r\nLocation: {elsewhere}/secrets\r\nContent-Length: 0\r\n\r\n");
    let (url, mut asked) = service(redirect.into_bytes(), 0).await;
    let (ended, _serve) = ends(&url, OWN).await;
    assert_eq!(ended["ended"]["status"], 302, "{ended}");
    let sent = asked.recv().await.unwrap().to_ascii_lowercase();
    assert!(sent.starts_with("get /orders/et-2041 http/1.1\r\n"), "{sent}");
    assert!(sent.contains(&format!("authorization: bearer {TOKEN}\r\n")), "{sent}");
    assert!(sent.contains(&format!("idempotency-key: {}\r\n", ended["request"].as_str().unwrap())), "{sent}");
    assert!(heard.try_recv().is_err(), "no byte came");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_giant_answer_and_one_that_is_none_cost_nobody_anything() {
    let giant = format!("HTTP/1.1 200 OK\r\nContent-Length: 900000000\r\n\r\n{}", "x".repeat(1 << 20));
    let (url, _asked) = service(giant.into_bytes(), 0).await;
    let (ended, serve) = ends(&url, OWN).await;
    assert_eq!(ended["ended"]["failed"], "too-large", "{ended}");
    drop(serve);
    let heads = format!("HTTP/1.1 200 OK\r\nX-Long: {}\r\n\r\n", "x".repeat(1 << 20));
    for answer in [heads.into_bytes(), b"\x16\x03\x01 this is no HTTP\r\n\r\n".to_vec(), Vec::new()] {
        let (url, _asked) = service(answer, 0).await;
        let (ended, _serve) = ends(&url, OWN).await;
        assert_eq!(ended["ended"]["failed"], "no-answer", "{ended}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_a_service_repeats_reaches_no_rule() {
    let body = format!(r#"{{"state":"{TOKEN}"}}"#);
    let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    let (url, _asked) = service(answer.into_bytes(), 0).await;
    let (company, serve) = at(&url, OWN).await;
    company.whatsapp.customer("573001112233", "Lucía").say(NUMBER, "ET-2041").unwrap();
    let ended = company.until("request-ended", 1).await.remove(0);
    assert_eq!(ended["data"]["body"]["body"], r#"{"state":"[secret]"}"#, "{ended}");
    serve.stop();
    assert_eq!(files_with(&company.data, TOKEN.as_bytes()), Vec::<std::path::PathBuf>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn in_the_shadow_nobody_is_asked_and_what_would_have_been_is_kept() {
    let (url, mut heard) = service(Vec::new(), 0).await;
    let company = Company::new().await;
    let shadow =
        shop(&url, OWN).replace("plugin = \"crm-lookup\"", "plugin = \"crm-lookup\"\nmode = \"shadow\"");
    company.configure(&shadow);
    crate::raci::write(&company, PEOPLE);
    let _serve = company.start();
    company.whatsapp.customer("573001112233", "Lucía").say(NUMBER, "ET-2041").unwrap();
    company.until("case-queued", 1).await;
    let decided = company.journal(&["--open", "--kind", "rule-decided"]).remove(0)["data"].clone();
    assert_eq!(decided["shadowed"][0]["calls"]["request.send"], 1, "{decided}");
    let effect = &decided["traces"][0]["effects"][0];
    assert_eq!(
        (&effect["do"], &effect["request"]["to"]),
        (&"request".into(), &format!("{url}/orders/ET-2041").into())
    );
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    assert_eq!(company.journal(&["--kind", "request-made"]).len(), 0);
    assert!(heard.try_recv().is_err(), "no byte came");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_goes_where_the_company_says_and_the_file_says_what_is_wrong() {
    let company = Company::new().await;
    crate::raci::write(&company, PEOPLE);
    let text = shop("https://crm.example", "");
    for (from, to, words) in [
        ("secrets = [\"crm\"]", "secrets = [\"erp\"]", "the company has no secret `erp`"),
        (
            "to = [\"https://crm.example\"]",
            "to = [\"https://erp.example\"]",
            "may not go to https://crm.example",
        ),
        ("https://crm.example/orders/", "https://crm.example/../", "a path without steps back"),
        ("https://crm.example/orders/", "https://2130706433/", "an IP address in its usual form"),
        ("https://crm.example", "http://crm.example", "its network in `requests.allow`"),
    ] {
        assert!(text.contains(from));
        company.configure(&text.replace(from, to));
        let said = Starting::spawn(&company.config(), &[]).open().err().unwrap_or_default();
        assert!(said.contains(words), "{words} in {said}");
    }
}
