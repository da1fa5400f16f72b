//! The demo as a newcomer starts it: a process, two addresses, and a customer who writes.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::caller::Caller;

/// A running demo. Stopped when dropped.
struct Demo {
    process: Child,
    host: String,
    phones: String,
}

impl Demo {
    fn start(arguments: &[&str]) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_timonel"))
            .args(["demo", "--listen", "127.0.0.1:0", "--simulator", "127.0.0.1:0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut told = BufReader::new(process.stdout.take().unwrap()).lines().map(Result::unwrap);
        let mut address = |name: &str| {
            let line = told.find(|line| line.contains(name)).expect("it says what to open");
            line.split("http://").nth(1).and_then(|rest| rest.split('/').next()).unwrap().to_owned()
        };
        let (host, phones) = (address("The company"), address("The phones"));
        // Whoever prints into a closed pipe dies of it.
        std::thread::spawn(move || told.for_each(drop));
        Self { process, host, phones }
    }

    /// A conversation that looks as expected, within a minute.
    fn conversation(&self, expected: impl Fn(&Value) -> bool) -> Value {
        let end = Instant::now() + Duration::from_secs(60);
        loop {
            let state = get(&self.host, "/demo/state");
            for summary in state["conversations"].as_array().unwrap() {
                let id = summary["id"].as_str().unwrap();
                let conversation = get(&self.host, &format!("/demo/conversations/{id}"));
                if expected(&conversation) {
                    return conversation;
                }
            }
            assert!(Instant::now() < end, "never seen: {state:#}");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    fn say(&self, phone: &str, number: &str, text: &str) {
        let act = json!({ "phone": phone, "number": number, "act": "say", "text": text });
        let (status, _) = ask(&self.phones, "POST", "/page/act", &act.to_string(), &self.phones);
        assert_eq!(status, 204);
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn get(address: &str, path: &str) -> Value {
    let (status, body) = ask(address, "GET", path, "", address);
    assert_eq!(status, 200, "{path}: {body}");
    serde_json::from_str(&body).unwrap()
}

fn ask(address: &str, method: &str, path: &str, body: &str, host: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

fn of<'a>(conversation: &'a Value, kind: &str) -> Vec<&'a Value> {
    conversation["entries"].as_array().unwrap().iter().filter(|entry| entry["is"] == kind).collect()
}

#[test]
fn a_newcomer_writes_and_sees_why_the_rules_answered_as_they_did() {
    let mut demo = Demo::start(&["--no-players"]);
    demo.say("573105550199", "106540352242922", "¿A qué hora abren?");
    let conversation = demo.conversation(|conversation| !of(conversation, "decision").is_empty());
    let decision = of(&conversation, "decision")[0];
    let asked = decision["asked"].as_array().unwrap();
    assert_eq!(asked[0]["rule"], "horario");
    assert_eq!(asked[0]["outcome"]["is"], "abstained");
    assert_eq!(asked[1]["rule"], "pedidos");
    assert_eq!(asked[2]["rule"], "respuestas");
    assert_eq!(asked[2]["reason"], "Palabra «a que hora»");
    assert_eq!(asked[2]["reads"][0]["function"], "memory.get");
    assert!(asked.iter().all(|asked| asked["fuel"].as_u64() > Some(0)));
    let not_asked: Vec<_> =
        decision["notAsked"].as_array().unwrap().iter().map(|not| &not["because"]).collect();
    assert_eq!(not_asked, ["out-of-scope", "off"]);
    assert!(of(&conversation, "message").iter().any(|message| message["by"]["is"] == "rule"));

    // A rule has another system asked.
    demo.say("573105550199", "106540352242922", "¿Cómo va mi pedido ET-2041?");
    demo.conversation(|conversation| conversation.to_string().contains("ET-2041 va en camino"));

    // São Paulo is at lunch when the demo begins.
    demo.say("5511955500188", "106540352242955", "Oi");
    let closed = demo.conversation(|conversation| {
        // Whose it is comes from what is folded, and may be there before the page has followed the journal so far.
        let followed = !of(conversation, "decision").is_empty();
        followed && conversation["holder"]["is"] == "queue" && conversation["language"] == "pt"
    });
    assert_eq!(of(&closed, "decision")[0]["asked"][0]["outcome"]["is"], "answered-and-route");
    assert_eq!(closed["holder"]["queue"], "brasil");

    let stranger = ask(&demo.host, "GET", "/demo/state", "", "evil.example:8080");
    assert_eq!(stranger.0, 421);

    let interrupted = Command::new("kill").args(["-INT", &demo.process.id().to_string()]).status();
    assert!(interrupted.unwrap().success());
    assert!(demo.process.wait().unwrap().success());
}

/// Somebody of the company, by one click.
async fn signed_in(demo: &Demo, who: &str) -> Caller {
    let mut caller = Caller { address: demo.host.clone(), cookie: None, headers: vec![] };
    let told = caller.send("POST", &format!("/demo/sign-in/{who}"), "application/json", &[]).await;
    assert_eq!(told.status, 204, "{told:?}");
    caller
}

#[tokio::test(flavor = "multi_thread")]
async fn the_company_has_days_behind_it_and_is_in_the_middle_of_its_work() {
    let data = tempfile::tempdir().unwrap();
    let directory = data.path().to_str().unwrap();
    // A Wednesday.
    let arguments = ["--no-players", "--past", "2", "--data", directory, "--at", "2026-11-25T15:55:00Z"];
    let demo = Demo::start(&arguments);
    let mut marta = signed_in(&demo, "marta").await;

    // Some wait, some of them for too long: the agents of that queue are at a training.
    let board = marta.get("/board").await.body;
    let of = |all: &str, which: &str, name: &str| {
        let all = board[all].as_array().unwrap();
        all.iter().find(|one| one[which] == name).unwrap_or_else(|| panic!("{board:#}")).clone()
    };
    let ventas = of("queues", "queue", "ventas");
    assert!(ventas["waiting"].as_u64() >= Some(4) && ventas["late"].as_u64() >= Some(1), "{ventas:#}");
    // Somebody has just ended the early shift, others attend.
    let ended = board["agents"].as_array().unwrap().iter().filter(|one| one["ended"] == true);
    assert_eq!(ended.map(|one| one["cases"].as_u64()).collect::<Vec<_>>(), [Some(0)], "{board:#}");
    let attended: u64 =
        board["queues"].as_array().unwrap().iter().map(|one| one["attended"].as_u64().unwrap()).sum();
    assert!(attended >= 3, "{board:#}");
    let camilo = of("agents", "agent", "camilo");
    assert_eq!((&camilo["presence"], &camilo["code"]), (&json!("break"), &json!("capacitacion")));
    // What was asked for yesterday sleeps until the window is about to close, or has closed.
    let mut ricardo = signed_in(&demo, "ricardo").await;
    let open = ricardo.get("/conversations?which=open").await.body["conversations"].clone();
    let asleep: Vec<&Value> =
        open.as_array().unwrap().iter().filter(|one| !one["asleep"].is_null()).collect();
    assert!(asleep.iter().any(|one| one["window-until"].is_null()), "{open:#}");
    assert!(asleep.iter().any(|one| one["window-until"].is_string()), "{open:#}");
    // Whatever was decided in those days comes out the same.
    let mut again = 0;
    for one in open.as_array().unwrap() {
        let of = one["conversation"].as_str().unwrap();
        let why = ricardo.get(&format!("/why?of={of}&again=true")).await.body;
        for step in why["steps"].as_array().unwrap().iter().filter(|step| !step["decision"].is_null()) {
            for asked in step["decision"]["asked"].as_array().unwrap() {
                assert_eq!(asked["again"]["is"], "same", "{asked:#}");
                again += 1;
            }
        }
    }
    assert!(again >= 30, "{again}");

    // What happened was counted, day by day, and a rule in the shadow was asked.
    let resolved = marta.get("/kpis/cases-resolved").await.body;
    assert!(resolved["figures"][0]["rows"].as_array().unwrap().len() >= 2, "{resolved:#}");
    let rule = marta.get("/rules/campa%C3%B1a-diciembre").await.body;
    assert_eq!(rule["mode"], "shadow", "{rule:#}");
    drop(demo);

    // Whoever starts it again on the same data goes on with it.
    let again = Demo::start(&arguments);
    let mut marta = signed_in(&again, "marta").await;
    let later = marta.get("/board").await.body;
    assert_eq!(later["queues"][0]["waiting"], ventas["waiting"], "{later:#}");
    drop(again);

    // Customers write. Another rule names a queue that nobody has made: in the shadow it fails, says at what, and rests.
    let lively = Demo::start(&["--speed", "10", "--data", directory, "--at", "2026-11-25T15:55:00Z"]);
    let mut marta = signed_in(&lively, "marta").await;
    let end = Instant::now() + Duration::from_secs(60);
    let rule = loop {
        let rule = marta.get("/rules/mostrador-%C3%BAnico").await.body;
        if rule["rests"] == true {
            break rule;
        }
        assert!(Instant::now() < end, "{rule:#}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    assert!(rule["failure"]["text"].as_str().unwrap().contains("`mostrador`"), "{rule:#}");
}

#[test]
fn other_machines_are_not_served() {
    let output = Command::new(env!("CARGO_BIN_EXE_timonel"))
        .args(["demo", "--listen", "0.0.0.0:8080"])
        .output()
        .unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success());
    assert!(error.contains("--listen") && error.contains("this machine"), "{error}");
}
