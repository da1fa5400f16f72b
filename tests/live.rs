//! Whoever listens to what changes: over real sockets, with connections that break and people who leave.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::caller::{Caller, PASSWORD, invite, opened, token};

/// A stream of events, as a browser reads it.
pub struct Listening {
    stream: TcpStream,
    text: String,
}

impl Listening {
    pub async fn open(caller: &Caller, last: Option<u64>) -> Self {
        let mut stream = TcpStream::connect(&caller.address).await.unwrap();
        let mut head = format!("GET /api/v1/events HTTP/1.1\r\nHost: {}\r\n", caller.address);
        if let Some(last) = last {
            head += &format!("Last-Event-ID: {last}\r\n");
        }
        for (name, value) in &caller.headers {
            head += &format!("{name}: {value}\r\n");
        }
        if let Some(cookie) = &caller.cookie {
            head += &format!("Cookie: {cookie}\r\n");
        }
        stream.write_all(format!("{head}\r\n").as_bytes()).await.unwrap();
        let mut listening = Self { stream, text: String::new() };
        listening
            .until(|text| text.contains("\r\n\r\n") && (text.contains("id: ") || !text.contains(" 200 ")))
            .await;
        listening
    }

    /// Until what came is enough.
    pub async fn until(&mut self, enough: impl Fn(&str) -> bool) {
        let deadline = Instant::now() + Duration::from_secs(20);
        while !enough(&self.text) {
            let mut part = [0; 4_096];
            let left = deadline.saturating_duration_since(Instant::now());
            let read = tokio::time::timeout(left, self.stream.read(&mut part)).await;
            let read = read.unwrap_or_else(|_| panic!("not enough: {}", self.text)).unwrap();
            assert!(read > 0, "it ended: {}", self.text);
            self.text += &String::from_utf8_lossy(&part[..read]);
        }
    }

    /// How long until it ends by itself.
    async fn ends(self) -> Duration {
        let begun = Instant::now();
        self.whole().await;
        begun.elapsed()
    }

    /// All of it, when it has ended.
    pub async fn whole(mut self) -> String {
        // The last chunk, or the end of the connection.
        while !self.text.ends_with("\r\n0\r\n\r\n") {
            let mut part = [0; 4_096];
            let read = tokio::time::timeout(Duration::from_secs(20), self.stream.read(&mut part)).await;
            match read.unwrap().unwrap() {
                0 => break,
                read => self.text += &String::from_utf8_lossy(&part[..read]),
            }
        }
        self.text
    }

    /// All that was told: the id, the name, the data.
    fn told(&self) -> Vec<(u64, String, Value)> {
        let blocks = self.text.split("\n\n").filter(|block| block.contains("event: "));
        let line = |block: &str, name: &str| {
            block.lines().find_map(|line| Some(line.strip_prefix(name)?.to_owned()))
        };
        blocks
            .map(|block| {
                let data = serde_json::from_str(&line(block, "data: ").unwrap()).unwrap();
                (line(block, "id: ").unwrap().parse().unwrap(), line(block, "event: ").unwrap(), data)
            })
            .collect()
    }
}

async fn pause(ricardo: &mut Caller, n: usize) {
    let asked = json!({ "reason": format!("prueba {n}"), "number": format!("{n}") });
    assert_eq!(ricardo.post("/outbound/pause", asked).await.status, 200);
}

async fn andrea(ricardo: &mut Caller) -> Caller {
    let mut andrea = ricardo.clone();
    andrea.cookie = None;
    let link = invite(ricardo, "andrea").await;
    let accepted = json!({"invitation": link, "password": PASSWORD});
    assert_eq!(andrea.post("/invitations/accept", accepted).await.status, 200);
    andrea
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_back_misses_nothing_and_is_told_nothing_twice_and_of_nobody_else() {
    let (company, serve, mut ricardo, _) = opened().await;
    let andrea = andrea(&mut ricardo).await;
    let mut first = Listening::open(&andrea, None).await;
    let (mut seen, mut last) = (Vec::new(), 0);
    for n in 0..4 {
        pause(&mut ricardo, n).await;
    }
    first.until(|text| text.matches("event: notice").count() >= 2).await;
    seen.extend(first.told());
    drop(first);
    // While nobody listens, and while somebody comes back.
    for n in 4..12 {
        pause(&mut ricardo, n).await;
        last = seen.last().unwrap().0;
        if n % 3 == 0 {
            let mut next = Listening::open(&andrea, Some(last)).await;
            next.until(|text| text.contains("event: notice")).await;
            seen.extend(next.told());
        }
    }
    let mut rest = Listening::open(&andrea, Some(seen.last().unwrap().0.max(last))).await;
    let given = company.until("notice-given", 12 * 2).await;
    let hers: Vec<u64> = loop {
        let given = company.journal(&["--kind", "notice-given"]);
        let of_stops =
            |event: &&Value| event["stream"] == "inbox/andrea" && event["data"]["matter"]["is"] == "stopped";
        let hers: Vec<u64> =
            given.iter().filter(of_stops).map(|event| event["seq"].as_u64().unwrap()).collect();
        if hers.len() == 12 {
            break hers;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    assert!(given.len() >= 24);
    let missing = hers.len() - seen.iter().filter(|(id, ..)| hers.contains(id)).count();
    rest.until(|text| text.matches("event: notice").count() >= missing).await;
    seen.extend(rest.told());
    let ids: Vec<u64> = seen.iter().map(|(id, ..)| *id).collect();
    assert!(ids.is_sorted_by(|a, b| a < b), "each once and in order: {ids:?}");
    let notices: Vec<u64> = seen.iter().filter(|(_, name, _)| name == "notice").map(|(id, ..)| *id).collect();
    assert_eq!(notices, hers);
    let stops = seen.iter().filter(|(_, name, _)| name == "outbound").count();
    assert_eq!(stops, 12, "an agent may look at what does not leave");
    assert!(!format!("{seen:?}").contains("prueba"), "what is in it is asked for");
    let wrong = andrea.with("Last-Event-ID", "yesterday").get("/events").await;
    assert_eq!((wrong.status, wrong.problem()), (400, "not-an-event"));
    serve.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_ends_with_what_opened_it_and_nobody_has_many() {
    let (_company, serve, mut ricardo, _) = opened().await;
    let mut andrea = andrea(&mut ricardo).await;
    let by_token = json!({"name": "tablero", "scopes": ["read-inbox"], "days": 1});
    let mut program = token(&mut andrea, by_token).await;
    let narrow = json!({"name": "otro", "scopes": ["read-status"], "days": 1});
    assert_eq!(token(&mut andrea, narrow).await.get("/events").await.status, 403);
    assert_eq!(Caller::new(&serve).get("/events").await.status, 401);

    // A token that is for the inbox alone is told of no stops.
    let mut of_program = Listening::open(&program, None).await;
    pause(&mut ricardo, 1).await;
    of_program.until(|text| text.contains("event: notice")).await;
    assert!(of_program.told().iter().all(|(_, name, _)| name == "notice"), "{}", of_program.text);

    let mut open = Vec::new();
    for _ in 0..7 {
        open.push(Listening::open(&andrea, None).await);
    }
    let more = program.get("/events").await;
    assert_eq!((more.status, more.problem()), (429, "too-many-streams"));
    let ended = open.pop().unwrap();
    assert_eq!(andrea.post("/sign-out", Value::Null).await.status, 204);
    assert!(ended.ends().await < Duration::from_secs(1));
    for stream in open {
        stream.ends().await;
    }
    let again = Listening::open(&program, None).await;
    assert_eq!(ricardo.post("/people/andrea/leave", Value::Null).await.status, 200);
    assert!(again.ends().await < Duration::from_secs(1));
    assert!(of_program.ends().await < Duration::from_secs(1));

    // Whoever listens holds up nobody who stops the host.
    let listening = Listening::open(&ricardo, None).await;
    let begun = Instant::now();
    serve.stop();
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
    listening.ends().await;
}
