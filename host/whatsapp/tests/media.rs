//! Fetching media against servers on real sockets, one of which is a stranger's.

#![allow(clippy::unwrap_used, clippy::panic)] // The helpers of tests are no #[test] themselves.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use domain::id::NumberId;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use whatsapp::{CallError, Graph, GraphConfig, Media as _};

/// A server that answers everything alike, and what it was asked.
struct Server {
    address: String,
    asked: Arc<Mutex<Vec<String>>>,
}

/// `answers` are used in turn, the last one for ever.
async fn serve(answers: Vec<String>) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let asked = Arc::<Mutex<Vec<String>>>::default();
    let (kept, nth) = (Arc::clone(&asked), AtomicUsize::new(0));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut buffer = vec![0; 16 * 1024];
            let count = stream.read(&mut buffer).await.unwrap();
            kept.lock().unwrap().push(String::from_utf8_lossy(&buffer[..count]).into_owned());
            let answer = &answers[nth.fetch_add(1, Ordering::Relaxed).min(answers.len() - 1)];
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    Server { address, asked }
}

impl Server {
    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn says(status: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}")
}

fn graph(server: &Server) -> Graph {
    let config = GraphConfig {
        base_url: server.address.clone(),
        connect_timeout: Duration::from_millis(400),
        timeout: Duration::from_millis(800),
        ..GraphConfig::new("a-secret-token")
    };
    Graph::new(config).unwrap()
}

#[tokio::test]
async fn the_address_is_asked_for_with_our_number_and_the_bytes_with_the_token() {
    let info = r#"{"url":"http://x","mime_type":"image/png","sha256":"00","file_size":"7","id":"1"}"#;
    let meta = serve(vec![says("200 OK", "", info), says("200 OK", "", "a photo")]).await;
    let graph = graph(&meta);
    let info = graph.info(&NumberId::from("55"), "1").await.unwrap();
    assert_eq!((info.bytes, info.mime_type.as_str()), (Some(7), "image/png"));
    let bytes = graph.download(&format!("{}/m?mid=1", meta.address), 7).await.unwrap();
    assert_eq!(&bytes[..], b"a photo");
    let asked = meta.asked();
    assert!(asked[0].starts_with("GET /v26.0/1?phone_number_id=55 "), "{}", asked[0]);
    assert!(asked[1].to_lowercase().contains("authorization: bearer a-secret-token"), "{}", asked[1]);
}

#[tokio::test]
async fn a_stranger_gets_no_token_and_is_not_so_much_as_asked() {
    let stranger = serve(vec![says("200 OK", "", "whatever you like")]).await;
    let redirect = says("302 Found", &format!("location: {}/steal\r\n", stranger.address), "");
    let meta = serve(vec![redirect]).await;
    let graph = graph(&meta);
    for url in [format!("{}/m", meta.address), format!("{}/m", stranger.address)] {
        let refused = graph.download(&url, 1_000).await.unwrap_err();
        assert!(matches!(refused, CallError::Elsewhere { .. }), "{refused}");
    }
    assert_eq!(meta.asked().len(), 1);
    assert!(stranger.asked().is_empty());
}

#[tokio::test]
async fn a_redirect_to_itself_is_followed_and_not_for_ever() {
    let meta = serve(vec![says("302 Found", "location: /relative\r\n", "")]).await;
    let refused = graph(&meta).download(&format!("{}/m", meta.address), 10).await.unwrap_err();
    assert!(matches!(refused, CallError::Elsewhere { .. }), "a path names nobody: {refused}");

    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let meta = serve(vec![says("302 Found", &format!("location: {address}/m\r\n"), "")]).await;
    assert!(graph(&meta).download(&format!("{}/m", meta.address), 10).await.is_err());
}

#[tokio::test]
async fn more_than_was_allowed_is_not_taken_in() {
    let meta = serve(vec![says("200 OK", "", &"x".repeat(11))]).await;
    let refused = graph(&meta).download(&format!("{}/m", meta.address), 10).await.unwrap_err();
    assert_eq!(refused, CallError::TooLong { most: 10 });
}

#[tokio::test]
async fn what_is_gone_is_known_by_its_code_and_by_its_status() {
    let missing = r#"{"error":{"message":"(#100) x","code":100,"error_subcode":33}}"#;
    let meta = serve(vec![says("400 Bad Request", "", missing), says("404 Not Found", "", "")]).await;
    let graph = graph(&meta);
    assert!(graph.info(&NumberId::from("55"), "1").await.unwrap_err().is_gone());
    assert!(graph.download(&format!("{}/m", meta.address), 10).await.unwrap_err().is_gone());
    // An identifier that would be another path is not asked for.
    assert!(graph.info(&NumberId::from("55"), "1/../2").await.unwrap_err().is_gone());
    assert_eq!(meta.asked().len(), 2);
}
