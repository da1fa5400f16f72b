//! Addresses of the company's own, which are told what happens: real sockets, some of which do not behave.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use data_encoding::BASE64;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::Value;
use sha2::Sha256;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::proposals::{file, people};
use crate::raci::{governed_by, run};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// What came to an address: its head and its body.
type Came = Arc<Mutex<Vec<(String, Value)>>>;

/// An address that answers what `answer` says to the n-th request; with nothing it never answers.
async fn address(answer: impl Fn(usize) -> Option<u16> + Send + 'static) -> (String, Came) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/in", listener.local_addr().unwrap());
    let came = Came::default();
    let kept = Arc::clone(&came);
    tokio::spawn(async move {
        let mut hanging = Vec::new();
        for n in 0.. {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut bytes = Vec::new();
            let (head, body) = loop {
                let mut part = [0; 4_096];
                let read = stream.read(&mut part).await.unwrap();
                bytes.extend(&part[..read]);
                let text = String::from_utf8_lossy(&bytes).into_owned();
                let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
                let length: usize = header(head, "content-length").unwrap().parse().unwrap();
                if body.len() >= length {
                    break (head.to_owned(), body.to_owned());
                }
            };
            signed(&head, &body);
            kept.lock().unwrap().push((head, serde_json::from_str(&body).unwrap()));
            match answer(n) {
                Some(status) => {
                    let answer =
                        format!("HTTP/1.1 {status} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                    stream.write_all(answer.as_bytes()).await.unwrap();
                }
                None => hanging.push(stream),
            }
        }
    });
    (url, came)
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let lines = head.lines().filter_map(|line| line.split_once(": "));
    lines.filter(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value).next()
}

/// What whoever receives it checks, by the standard.
fn signed(head: &str, body: &str) {
    let [id, timestamp, signature] =
        ["webhook-id", "webhook-timestamp", "webhook-signature"].map(|name| header(head, name).unwrap());
    let key = BASE64.decode(SECRET.strip_prefix("whsec_").unwrap().as_bytes()).unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
    assert_eq!(signature, format!("v1,{}", BASE64.encode(&mac.finalize().into_bytes())));
    let age = jiff::Timestamp::now().as_second() - timestamp.parse::<i64>().unwrap();
    assert!(age.abs() < 10, "{timestamp}");
}

async fn until(came: &Came, count: usize) -> Vec<(String, Value)> {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let known = came.lock().unwrap().clone();
        if known.len() >= count {
            return known;
        }
        assert!(Instant::now() < deadline, "{} of {count}: {known:#?}", known.len());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn webhook(id: &str, url: &str, more: &str) -> String {
    format!(
        "[[company.webhooks]]\nid = \"{id}\"\nurl = \"{url}\"\nsecret.file = \"secret\"\nallow = [\"127.0.0.0/8\"]\n{more}\n"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn each_address_is_told_what_it_asked_for_in_order_until_it_takes_it_and_none_waits_for_another() {
    // One does not answer twice, one never, one is told of Paula's notices alone.
    let (erp, to_erp) = address(|n| Some([500, 302].get(n).copied().unwrap_or(204))).await;
    let (deaf, to_deaf) = address(|_| None).await;
    let (paula, to_paula) = address(|_| Some(200)).await;
    let hooks = [
        webhook("erp", &erp, "kinds = [\"sending-stopped\", \"sending-resumed\"]"),
        webhook("deaf", &deaf, "kinds = [\"sending-stopped\"]"),
        webhook("paula", &paula, "for = [\"paula\"]"),
    ];
    let (company, serve) = governed_by(&format!("{}{}", file(), hooks.concat()), &people("ricardo")).await;
    serve.says(&["`secret` is at", "a webhook of the company is not told anything"]);
    serve.stop();
    std::fs::write(company.dir.path().join("secret"), SECRET).unwrap();
    let serve = company.start();
    company.until("subscriber-joined", 3).await;

    assert!(run(&company, &["outbound", "pause", "--reason", "Lucía llamó"]).0);
    assert!(run(&company, &["outbound", "resume"]).0);
    let told = until(&to_paula, 2).await;
    let (_, first) = &told[0];
    assert_eq!(first["type"], "notice-given");
    assert_eq!(first["data"]["words"], "envíos detenidos: todos los números (Ricardo Salazar)");
    assert_eq!(first["data"]["person"], "paula");

    // It is asked again later, with the same id, and the next one only after it.
    let told = until(&to_erp, 4).await;
    let kinds: Vec<_> = told.iter().map(|(_, body)| body["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["sending-stopped", "sending-stopped", "sending-stopped", "sending-resumed"]);
    let ids: Vec<_> = told.iter().map(|(head, _)| header(head, "webhook-id").unwrap()).collect();
    assert!(ids[0] == ids[2] && ids[2] != ids[3], "{ids:?}");
    assert!(!format!("{told:?}").contains("Lucía"), "what people write stays in the house");
    // Who does not answer is asked the same again, however often that was meanwhile, and kept nobody waiting.
    let told = until(&to_deaf, 1).await;
    let ids: Vec<_> = told.iter().map(|(head, _)| header(head, "webhook-id").unwrap()).collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");

    // What was taken is taken, also when the machine stops.
    company.until("subscriber-told", 4).await;
    serve.kill();
    let serve = company.start();
    assert!(run(&company, &["outbound", "pause", "--reason", "otra vez"]).0);
    let told = until(&to_erp, 5).await;
    assert_eq!(told.len(), 5);
    assert_eq!(told[4].1["type"], "sending-stopped");
    let journal = company.journal(&[]);
    assert!(!format!("{journal:?}").contains(SECRET));
    serve.stop();
}
