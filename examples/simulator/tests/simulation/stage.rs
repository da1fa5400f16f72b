//! A small host, and what it takes to talk to the simulation.

pub(crate) use std::sync::Arc;
pub(crate) use std::time::Duration;

pub(crate) use axum::http::StatusCode;
pub(crate) use serde_json::{Value, json};
pub(crate) use simulator::*;

use std::collections::VecDeque;
use std::future::IntoFuture;
use std::sync::Mutex;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::post;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use whatsapp::AppSecrets;

pub(crate) const NUMBER: &str = "106540352242922";
pub(crate) const ACCOUNT: &str = "102290129340398";
pub(crate) const LUCIA: &str = "573001234567";

/// What the host got, and how it answers before it answers 200.
#[derive(Default)]
pub(crate) struct Host {
    pub(crate) bodies: Mutex<Vec<Bytes>>,
    pub(crate) answers: Mutex<VecDeque<StatusCode>>,
}

impl Host {
    /// As the host's reader understands it.
    pub(crate) fn updates(&self) -> Vec<whatsapp::Update> {
        self.bodies.lock().unwrap().iter().flat_map(|body| whatsapp::read(body).unwrap()).collect()
    }

    pub(crate) fn statuses(&self) -> Vec<whatsapp::Status> {
        let status = |update| match update {
            whatsapp::Update::Status { status, .. } => Some(status),
            _ => None,
        };
        self.updates().into_iter().filter_map(status).collect()
    }

    /// The values of all changes of a field, as they came.
    pub(crate) fn changes(&self, field: &str) -> Vec<Value> {
        let changes = |body: &Bytes| -> Vec<Value> {
            let body: Value = serde_json::from_slice(body).unwrap();
            let entries = body["entry"].as_array().unwrap().clone();
            entries.iter().flat_map(|entry| entry["changes"].as_array().unwrap().clone()).collect()
        };
        let all = self.bodies.lock().unwrap().iter().flat_map(changes).collect::<Vec<_>>();
        all.into_iter()
            .filter(|change| change["field"] == field)
            .map(|change| change["value"].clone())
            .collect()
    }

    /// All elements of `messages` or `statuses`, as they came.
    pub(crate) fn raw(&self, name: &str) -> Vec<Value> {
        let values = self.changes("messages");
        values.iter().flat_map(|value| value[name].as_array().cloned().unwrap_or_default()).collect()
    }

    /// The statuses of a message, in the order in which they came.
    pub(crate) fn fate(&self, wamid: &Value) -> Vec<String> {
        let of = self.raw("statuses").into_iter().filter(|status| status["id"] == *wamid);
        of.map(|status| status["status"].as_str().unwrap().to_owned()).collect()
    }
}

async fn webhook(State(host): State<Arc<Host>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let signature = headers.get("x-hub-signature-256").unwrap().to_str().unwrap();
    AppSecrets::new("s", None).verify(Some(signature), &body).unwrap();
    if let Some(answer) = host.answers.lock().unwrap().pop_front() {
        return answer;
    }
    host.bodies.lock().unwrap().push(body);
    StatusCode::OK
}

pub(crate) async fn started(options: Options) -> (Handle, Arc<Host>) {
    let host = Arc::new(Host::default());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/webhook", listener.local_addr().unwrap());
    let app = Router::new().route("/webhook", post(webhook)).with_state(host.clone());
    tokio::spawn(axum::serve(listener, app).into_future());
    let options = Options { webhook: Some(url), app_secret: "s".to_owned(), ..options };
    (simulator::start(options).await.unwrap(), host)
}

pub(crate) fn at_once() -> Options {
    Options { delays: Delays::NONE, retry: Duration::from_millis(5), concurrency: 1, ..Options::default() }
}

/// With one rule of Meta's, or some trouble.
pub(crate) fn with(rules: Rules, trouble: Trouble) -> Options {
    Options { rules, trouble, seed: Some(1), ..at_once() }
}

pub(crate) async fn until(what: &str, mut done: impl FnMut() -> bool) {
    for _ in 0..2_000 {
        if done() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("never came: {what}");
}

/// Until everything was told that there is to tell.
pub(crate) async fn told(simulation: &Handle) {
    until("an empty queue", || simulation.waiting() == 0).await;
}

pub(crate) fn lucia(simulation: &Handle) -> Customer {
    simulation.customer("+57 300 123 4567", "Lucía Gómez")
}

/// A text to somebody.
pub(crate) fn text(to: &str, body: &str) -> Value {
    json!({"messaging_product": "whatsapp", "to": to, "type": "text", "text": {"body": body}})
}

/// A template to somebody, with the parameters of its body.
pub(crate) fn template(to: &str, name: &str, parameters: &[&str]) -> Value {
    let parameters: Vec<_> = parameters.iter().map(|text| json!({"type": "text", "text": text})).collect();
    json!({"messaging_product": "whatsapp", "to": to, "type": "template", "template": {
        "name": name, "language": {"code": "es"},
        "components": [{"type": "body", "parameters": parameters}],
    }})
}

/// Sends something, and gives the HTTP status and the answer.
pub(crate) async fn send(simulation: &Handle, body: &Value) -> (u16, Value) {
    asked(simulation, "Bearer t", NUMBER, body).await
}

/// Sends something that has to be taken, and gives its wamid.
pub(crate) async fn taken(simulation: &Handle, body: &Value) -> Value {
    let (http, answer) = send(simulation, body).await;
    assert_eq!(http, 200, "{answer}");
    answer["messages"][0]["id"].clone()
}

/// The code of a refusal; 0 if there was none.
pub(crate) async fn code(simulation: &Handle, body: &Value) -> i64 {
    send(simulation, body).await.1["error"]["code"].as_i64().unwrap_or_default()
}

/// Asks the Graph API for something else than a message.
pub(crate) async fn graph(simulation: &Handle, method: &str, path: &str, body: &Value) -> (u16, Value) {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let request = format!(
        "{method} /v26.0/{path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\nauthorization: Bearer t\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    http(simulation, &request).await
}

/// Posts to the Graph API as it stands, past the client that would refuse before sending.
pub(crate) async fn asked(
    simulation: &Handle,
    authorization: &str,
    number: &str,
    body: &Value,
) -> (u16, Value) {
    let body = body.to_string();
    let length = body.len();
    let request = format!(
        "POST /v26.0/{number}/messages HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\nauthorization: {authorization}\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    http(simulation, &request).await
}

pub(crate) async fn http(simulation: &Handle, request: &str) -> (u16, Value) {
    let answer = raw_http(simulation, request).await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), serde_json::from_str(body).unwrap_or_default())
}

pub(crate) async fn raw_http(simulation: &Handle, request: &str) -> String {
    let mut stream = tokio::net::TcpStream::connect(simulation.address()).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}
