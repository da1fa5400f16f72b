//! Somebody at a browser, or a program, as the API sees them.

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha1::Sha1;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::message::SHOP;
use crate::program::{Company, Serve, until};
use crate::raci::{governed_by, run};

pub const PASSWORD: &str = "un caballo de bastos";

pub const PEOPLE: &str = "[[people]]\nid = \"ricardo\"\nname = \"Ricardo Salazar\"\nroles = [\"admin\"]\n\
    [[people]]\nid = \"patricia\"\nname = \"Patricia Gómez\"\nroles = [\"admin\"]\n\
    [[people]]\nid = \"andrea\"\nname = \"Andrea Rincón\"\nroles = [\"agent\"]\nlanguage = \"pt\"\n\
    [[people]]\nid = \"bi\"\nname = \"Tablero\"\nroles = [\"supervisor\"]\nservice = true\nowner = \"ricardo\"\n";

/// An answer.
#[derive(Debug)]
pub struct Told {
    pub status: u16,
    pub head: String,
    pub body: Value,
}

impl Told {
    pub fn header(&self, name: &str) -> Option<&str> {
        let of =
            |line: &'_ &str| line.split_once(": ").is_some_and(|(its, _)| its.eq_ignore_ascii_case(name));
        Some(self.head.lines().find(of)?.split_once(": ")?.1)
    }

    /// The word of a problem.
    pub fn problem(&self) -> &str {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self:?}");
        assert_eq!(self.body["status"], self.status, "{self:?}");
        self.body["type"].as_str().unwrap().strip_prefix("urn:timonel:").unwrap()
    }
}

/// Somebody at a browser, or a program: what they send with every request.
#[derive(Clone)]
pub struct Caller {
    pub address: String,
    pub cookie: Option<String>,
    pub headers: Vec<(String, String)>,
}

impl Caller {
    pub fn new(serve: &Serve) -> Self {
        Self { address: serve.address.clone(), cookie: None, headers: vec![] }
    }

    pub fn with(&self, name: &str, value: &str) -> Self {
        let mut caller = self.clone();
        caller.headers.push((name.to_owned(), value.to_owned()));
        caller
    }

    /// Sends a request, and keeps the cookie that comes back.
    pub async fn ask(&mut self, method: &str, path: &str, body: Value) -> Told {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.send(method, &format!("/api/v1{path}"), "application/json", body.as_bytes()).await
    }

    /// Sends a file.
    pub async fn hand_in(&mut self, path: &str, file: &[u8]) -> Told {
        self.send("POST", &format!("/api/v1{path}"), "application/octet-stream", file).await
    }

    /// Looks at a page for people.
    pub async fn page(&mut self, path: &str) -> Told {
        self.send("GET", path, "text/html", &[]).await
    }

    /// Asks for anything.
    pub async fn send(&mut self, method: &str, path: &str, kind: &str, body: &[u8]) -> Told {
        let mut stream = TcpStream::connect(&self.address).await.unwrap();
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", self.address);
        if !body.is_empty() {
            head += &format!("Content-Type: {kind}\r\n");
        }
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        if let Some(cookie) = &self.cookie {
            head += &format!("Cookie: other=1; {cookie}\r\n");
        }
        head += &format!("Content-Length: {}\r\n\r\n", body.len());
        stream.write_all(head.as_bytes()).await.unwrap();
        // Whoever is refused for the size of what they send is not listened to until its end.
        let _ = stream.write_all(body).await;
        let mut answer = Vec::new();
        // A stream of events has no end: that it begins is its answer.
        let streams = |answer: &[u8]| {
            let answer = String::from_utf8_lossy(answer);
            answer.split_once("\r\n\r\n").is_some_and(|(head, _)| head.contains("text/event-stream"))
        };
        while stream.read_buf(&mut answer).await.unwrap() > 0 && !streams(&answer) {}
        let answer = String::from_utf8_lossy(&answer).into_owned() + "\r\n\r\n";
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let body = body.trim_end_matches("\r\n\r\n");
        let told = Told {
            status: head.split(' ').nth(1).unwrap().parse().unwrap(),
            head: head.to_owned(),
            body: serde_json::from_str(body).unwrap_or(Value::String(body.to_owned())),
        };
        if let Some(cookie) = told.header("set-cookie") {
            self.cookie = Some(cookie.split(';').next().unwrap().to_owned());
        }
        told
    }

    pub async fn get(&mut self, path: &str) -> Told {
        self.ask("GET", path, Value::Null).await
    }

    pub async fn post(&mut self, path: &str, body: Value) -> Told {
        self.ask("POST", path, body).await
    }

    /// Opens an invitation and sets up an authenticator app. Gives its secret, with which step, and the recovery codes.
    pub async fn settle(&mut self, invitation: &str) -> App {
        let told =
            self.post("/invitations/accept", json!({"invitation": invitation, "password": PASSWORD})).await;
        assert_eq!(told.status, 200, "{told:?}");
        let begun = self.post("/me/second-factor", json!({"password": PASSWORD})).await;
        let mut app = App::new(begun.body["secret"].as_str().unwrap());
        let set = self.post("/me/second-factor/confirm", json!({"code": app.code()})).await;
        assert_eq!(set.status, 200, "{set:?}");
        let codes = set.body["recovery-codes"].as_array().unwrap();
        app.recovery = codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect();
        app
    }

    pub async fn sign_in(&mut self, person: &str, more: Value) -> Told {
        let mut body = json!({"person": person, "password": PASSWORD});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.post("/sign-in", body).await
    }
}

/// An authenticator app. Each code is of a later step, as the host asks for it, and as far ahead as it allows.
pub struct App {
    pub secret: Vec<u8>,
    pub used: u64,
    pub recovery: Vec<String>,
}

impl App {
    pub fn new(secret: &str) -> Self {
        let secret = data_encoding::BASE32_NOPAD.decode(secret.as_bytes()).unwrap();
        Self { secret, used: 0, recovery: vec![] }
    }

    pub fn code(&mut self) -> String {
        let now = u64::try_from(jiff::Timestamp::now().as_second()).unwrap() / 30;
        let step = (self.used + 1).max(now - 1);
        assert!(step <= now + 1, "the test wants more codes than there are");
        self.used = step;
        let mut mac = Hmac::<Sha1>::new_from_slice(&self.secret).unwrap();
        mac.update(&step.to_be_bytes());
        let hash = mac.finalize().into_bytes();
        let offset = usize::from(hash[19] & 0xf);
        let four = u32::from_be_bytes(hash[offset..offset + 4].try_into().unwrap()) & 0x7fff_ffff;
        format!("{:06}", four % 1_000_000)
    }
}

/// What stands behind `#` in the link that a command prints.
pub fn invited(company: &Company, person: &str) -> String {
    let (ran, told) = run(company, &["access", "invite", person]);
    assert!(ran, "{told}");
    told.lines().next().unwrap().split_once('#').unwrap().1.to_owned()
}

/// A company whose admin Ricardo is signed in.
pub async fn opened() -> (Company, Serve, Caller, App) {
    opened_by("", PEOPLE).await
}

/// The same with other people, and with more in its file.
pub async fn opened_by(more: &str, people: &str) -> (Company, Serve, Caller, App) {
    let shop = SHOP.replace("[company]", "[company]\nraci = \"raci.toml\"");
    let (company, serve) = governed_by(&format!("{more}{shop}"), people).await;
    let mut ricardo = Caller::new(&serve);
    let app = ricardo.settle(&invited(&company, "ricardo")).await;
    (company, serve, ricardo, app)
}

/// Lets Ricardo invite somebody from afar, and gives what is in the link.
pub async fn invite(ricardo: &mut Caller, person: &str) -> String {
    let told = ricardo.post(&format!("/people/{person}/invitation"), Value::Null).await;
    assert_eq!(told.status, 200, "{told:?}");
    told.body["link"].as_str().unwrap().split_once('#').unwrap().1.to_owned()
}

pub async fn token(ricardo: &mut Caller, body: Value) -> Caller {
    let told = ricardo.post("/me/tokens", body).await;
    assert_eq!(told.status, 200, "{told:?}");
    let mut caller =
        ricardo.with("Authorization", &format!("Bearer {}", told.body["secret"].as_str().unwrap()));
    caller.cookie = None;
    caller
}

/// Waits until somebody is given a case: where it is asked about.
pub async fn given(who: &mut Caller) -> String {
    let mut mine = Value::Null;
    until("a case is given", async || {
        mine = who.get("/conversations?which=mine").await.body["conversations"][0].clone();
        mine.is_object()
    })
    .await;
    format!("/conversations/{}", mine["conversation"].as_str().unwrap())
}

/// Signs somebody in by an invitation of their own, with a second factor where it is asked for.
pub async fn enter(ricardo: &mut Caller, serve: &Serve, person: &str) -> Caller {
    let mut caller = Caller::new(serve);
    let accepted = json!({ "invitation": invite(ricardo, person).await, "password": PASSWORD });
    let told = caller.post("/invitations/accept", accepted).await;
    assert_eq!(told.status, 200, "{told:?}");
    // Supervisors have a second factor too.
    if told.body["second-factor-first"] == true {
        let begun = caller.post("/me/second-factor", json!({ "password": PASSWORD })).await;
        let mut app = App::new(begun.body["secret"].as_str().unwrap());
        let set = caller.post("/me/second-factor/confirm", json!({ "code": app.code() })).await;
        assert_eq!(set.status, 200, "{set:?}");
    }
    caller
}

/// A page of the host, in which nothing stands in line.
pub async fn html(caller: &mut Caller, path: &str) -> String {
    let told = caller.page(path).await;
    assert_eq!(told.status, 200, "{path}: {told:?}");
    assert_eq!(told.header("content-type"), Some("text/html; charset=utf-8"), "{path}");
    let policy = told.header("content-security-policy").unwrap();
    assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe"), "{policy}");
    let Value::String(html) = told.body else { panic!("{path}") };
    let inline = html.matches("<script").count() - html.matches("<script type=\"module\" src=").count();
    assert_eq!((inline, html.contains(" style=")), (0, false), "{path}: nothing stands in line");
    html
}
