//! The client against a server on a real socket that answers, refuses, breaks off or says nothing.

#![allow(clippy::unwrap_used, clippy::panic)] // The helpers of tests are no #[test] themselves.

use std::time::Duration;

use domain::id::NumberId;
use domain::message::{Identity, Outgoing};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use whatsapp::{Action, Answer, Graph, GraphConfig, GraphError, MarkRead, Network, OwnedSend};

/// What the server does once it has read the request.
enum Server {
    Says(&'static str, &'static str),
    /// Promises more bytes than it sends and closes.
    BreaksOff,
    Closes,
    SaysNothing,
}

async fn serve(server: Server) -> (String, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let task = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let request = read_request(&mut stream).await;
        match server {
            Server::Says(status, body) => {
                let length = body.len();
                let head = format!(
                    "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n"
                );
                stream.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
            }
            Server::BreaksOff => {
                stream
                    .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{\"messages\":[{")
                    .await
                    .unwrap();
            }
            Server::Closes => {}
            Server::SaysNothing => tokio::time::sleep(Duration::from_secs(60)).await,
        }
        request
    });
    (address, task)
}

async fn read_request(stream: &mut TcpStream) -> String {
    let mut request = String::new();
    let mut buffer = [0; 4096];
    loop {
        let count = stream.read(&mut buffer).await.unwrap();
        request.push_str(std::str::from_utf8(&buffer[..count]).unwrap());
        let length = |head: &str| {
            let line = head.lines().find(|line| line.to_lowercase().starts_with("content-length:"));
            line.map_or(0, |line| line.split_once(": ").unwrap().1.parse::<usize>().unwrap())
        };
        if let Some((head, body)) = request.split_once("\r\n\r\n")
            && body.len() >= length(head)
        {
            return request;
        }
    }
}

fn graph(base_url: String) -> Graph {
    let short = GraphConfig {
        base_url,
        connect_timeout: Duration::from_millis(400),
        timeout: Duration::from_millis(800),
        ..GraphConfig::new("a-secret-token")
    };
    Graph::new(short).unwrap()
}

fn hello() -> OwnedSend {
    OwnedSend {
        number: NumberId::from("106540352242922"),
        to: Identity { phone: Some("573001234567".to_owned()), ..Identity::default() },
        message: Outgoing::Text { body: "Hola, Lucía".to_owned() },
        opaque: "m1:1".to_owned(),
    }
}

async fn answer(server: Server) -> Answer {
    let (address, _task) = serve(server).await;
    Network::send(&graph(address), hello()).await
}

#[tokio::test]
async fn an_accepted_message_has_a_wamid_and_was_asked_for_as_meta_wants_it() {
    let (address, task) = serve(Server::Says(
        "200 OK",
        r#"{"messaging_product":"whatsapp","contacts":[{"input":"+573001234567","wa_id":"573001234567"}],"messages":[{"id":"wamid.X"}]}"#,
    ))
    .await;
    let answer = Network::send(&graph(address), hello()).await;
    assert_eq!(answer, Answer::Accepted { wamid: "wamid.X".to_owned() });
    let request = task.await.unwrap();
    assert!(request.starts_with("POST /v26.0/106540352242922/messages HTTP/1.1\r\n"), "{request}");
    assert!(request.contains("authorization: Bearer a-secret-token\r\n"), "{request}");
    assert!(request.contains(r#""to":"+573001234567""#), "{request}");
}

#[tokio::test]
async fn a_message_is_marked_as_read_and_the_customer_sees_somebody_typing() {
    let (address, task) = serve(Server::Says("200 OK", r#"{"success":true}"#)).await;
    let read = MarkRead { number: "106540352242922".into(), wamid: "wamid.A1".to_owned(), typing: true };
    assert_eq!(graph(address).mark_read(&read).await, Answer::Accepted { wamid: "wamid.A1".to_owned() });
    let request = task.await.unwrap();
    let body: serde_json::Value = serde_json::from_str(request.split_once("\r\n\r\n").unwrap().1).unwrap();
    let expected = serde_json::json!({
        "messaging_product": "whatsapp", "status": "read", "message_id": "wamid.A1",
        "typing_indicator": {"type": "text"},
    });
    assert_eq!(body, expected);

    let (address, _task) = serve(Server::Says("200 OK", r#"{"success":false}"#)).await;
    assert!(matches!(graph(address).mark_read(&read).await, Answer::InDoubt { .. }));
}

#[tokio::test]
async fn a_refusal_brings_its_code_its_words_and_what_to_do() {
    let answer = answer(Server::Says(
        "400 Bad Request",
        r#"{"error":{"message":"(#131056) Pair rate limit","type":"OAuthException","code":131056,"error_data":{"messaging_product":"whatsapp","details":"Too many messages to this recipient"},"fbtrace_id":"A"}}"#,
    ))
    .await;
    assert_eq!(
        answer,
        Answer::Refused {
            code: 131_056,
            http: 400,
            title: "(#131056) Pair rate limit".to_owned(),
            details: "Too many messages to this recipient".to_owned(),
            action: Action::RetryPair,
        }
    );
}

#[tokio::test]
async fn details_have_been_seen_as_a_bare_string() {
    let answer = answer(Server::Says(
        "401 Unauthorized",
        r#"{"error":{"message":"expired","code":190,"error_data":"Session has expired"}}"#,
    ))
    .await;
    let Answer::Refused { code: 190, details, action: Action::StopAccount, .. } = answer else {
        panic!("{answer:?}")
    };
    assert_eq!(details, "Session has expired");
}

#[tokio::test]
async fn a_refusal_without_a_body_of_metas_is_judged_by_its_status() {
    let proxy = answer(Server::Says("429 Too Many Requests", "<html>slow down</html>")).await;
    assert!(matches!(proxy, Answer::Refused { code: -1, http: 429, action: Action::Retry, .. }), "{proxy:?}");
}

#[tokio::test]
async fn whatever_leaves_open_whether_it_was_done_is_in_doubt() {
    let unknown = r#"{"error":{"message":"(#131000) Something went wrong","code":131000}}"#;
    for server in [
        Server::Says("500 Internal Server Error", ""),
        Server::Says("502 Bad Gateway", "<html></html>"),
        Server::Says("400 Bad Request", unknown),
        Server::Says("200 OK", "{}"),
        Server::BreaksOff,
        Server::Closes,
        Server::SaysNothing,
    ] {
        let answer = answer(server).await;
        assert!(matches!(answer, Answer::InDoubt { .. }), "{answer:?}");
    }
}

#[tokio::test]
async fn what_never_reached_a_server_was_not_sent() {
    let unused = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let refused = Network::send(&graph(format!("http://{unused}")), hello()).await;
    assert!(matches!(&refused, Answer::NotSent { why } if why.contains("refused")), "{refused:?}");

    // A server that accepts the connection and never finishes the handshake of TLS has not got the message either.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("https://{}", silent.local_addr().unwrap());
    let stuck = Network::send(&graph(address), hello()).await;
    assert!(matches!(&stuck, Answer::NotSent { why } if why.contains("no connection within")), "{stuck:?}");
}

#[tokio::test]
async fn what_meta_would_not_take_is_not_even_tried() {
    let invalid = OwnedSend { message: Outgoing::Text { body: String::new() }, ..hello() };
    let answer = Network::send(&graph("http://127.0.0.1:9".to_owned()), invalid).await;
    let Answer::Refused { http: 0, details, action: Action::Never, .. } = answer else {
        panic!("{answer:?}")
    };
    assert_eq!(details, "text.body: 0 characters, at least 1");
}

#[test]
fn a_configuration_under_which_nothing_could_be_sent_is_told_at_once_and_the_token_never() {
    let good = GraphConfig::new("a-secret-token");
    assert!(!format!("{good:?}{:?}", Graph::new(good.clone()).unwrap()).contains("secret"));
    let told = |config: GraphConfig| Graph::new(config).unwrap_err().to_string();
    assert!(
        told(GraphConfig { base_url: "graph.facebook.com".into(), ..good.clone() }).starts_with("base_url")
    );
    assert!(told(GraphConfig { version: "v26/x".into(), ..good.clone() }).starts_with("version"));
    assert!(told(GraphConfig { timeout: Duration::ZERO, ..good }).starts_with("connect_timeout"));
    assert!(matches!(Graph::new(GraphConfig::new("a\nb")), Err(GraphError::AccessToken)));
}

#[tokio::test]
async fn what_a_number_may_is_asked_of_meta_and_what_is_not_understood_is_not_known() {
    for (status, body, known) in [
        ("200 OK", r#"{"throughput":{"level":"STANDARD"},"id":"1"}"#, Some(80)),
        ("200 OK", r#"{"throughput":{"level":"HIGH"},"id":"1"}"#, Some(1_000)),
        ("200 OK", r#"{"throughput":{"level":"NOT_APPLICABLE"},"id":"1"}"#, None),
        ("400 Bad Request", r#"{"error":{"code":100}}"#, None),
    ] {
        let (address, task) = serve(Server::Says(status, body)).await;
        let number = NumberId::from("1065");
        assert_eq!(Network::throughput(&graph(address), &number).await, known);
        let request = task.await.unwrap();
        assert!(request.starts_with("GET /v26.0/1065?fields=throughput "), "{request}");
        assert!(request.contains("authorization: Bearer "));
    }
}
