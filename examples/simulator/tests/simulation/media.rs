//! Media: uploaded, sent, told of, fetched.

use data_encoding::{BASE64, HEXLOWER};
use sha2::{Digest as _, Sha256};

use crate::stage::*;

const PHONE: &str = "+573001234567";

async fn upload(simulation: &Handle, mime_type: &str, bytes: &str) -> (u16, Value) {
    let body = format!(
        "--b\r\ncontent-disposition: form-data; name=\"messaging_product\"\r\n\r\nwhatsapp\r\n--b\r\n\
         content-disposition: form-data; name=\"file\"; filename=\"a\"\r\ncontent-type: {mime_type}\r\n\r\n{bytes}\r\n--b--\r\n"
    );
    let request = format!(
        "POST /v26.0/{NUMBER}/media HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\nauthorization: Bearer t\r\n\
         content-type: multipart/form-data; boundary=b\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    http(simulation, &request).await
}

/// The answer to a request for an address, with a token or without.
async fn fetch(simulation: &Handle, url: &str, authorization: &str) -> String {
    let path = url.strip_prefix("http://127.0.0.1").unwrap();
    let head = format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n{authorization}\r\n");
    raw_http(simulation, &format!("{head}\r\n").replace("\r\n\r\n\r\n", "\r\n\r\n")).await
}

#[tokio::test]
async fn what_was_uploaded_can_be_sent_for_thirty_days_and_fetched_for_five_minutes() {
    let (simulation, _host) = started(at_once()).await;
    let (http, answer) = upload(&simulation, "image/png", "a picture").await;
    assert_eq!(http, 200, "{answer}");
    let id = answer["id"].as_str().unwrap().to_owned();
    let (_, info) = graph(&simulation, "GET", &format!("{id}?phone_number_id={NUMBER}"), &Value::Null).await;
    assert_eq!((&info["mime_type"], info["file_size"].as_u64()), (&json!("image/png"), Some(9)));
    assert_eq!(info["sha256"], HEXLOWER.encode(&Sha256::digest("a picture")));
    let url = info["url"].as_str().unwrap().to_owned();
    let fetched = fetch(&simulation, &url, "authorization: Bearer t").await;
    assert!(
        fetched.contains("content-type: image/png") && fetched.ends_with("\r\n\r\na picture"),
        "{fetched}"
    );
    assert!(fetch(&simulation, &url, "x: y").await.starts_with("HTTP/1.1 401"));
    assert!(
        fetch(&simulation, &format!("{url}0"), "authorization: Bearer t").await.starts_with("HTTP/1.1 404")
    );

    let image = |id: &str| json!({"messaging_product": "whatsapp", "to": PHONE, "type": "image", "image": {"id": id}});
    let sticker =
        json!({"messaging_product": "whatsapp", "to": PHONE, "type": "sticker", "sticker": {"id": id}});
    taken(&simulation, &image(&id)).await;
    assert_eq!(code(&simulation, &sticker).await, 131_053);
    simulation.advance(Duration::from_secs(301));
    assert!(fetch(&simulation, &url, "authorization: Bearer t").await.starts_with("HTTP/1.1 404"));
    simulation.advance(Duration::from_secs(30 * 86_400));
    assert_eq!(code(&simulation, &image(&id)).await, 131_009);
}

#[tokio::test]
async fn what_may_not_be_uploaded_is_refused_and_what_was_can_be_deleted() {
    let (simulation, _host) = started(at_once()).await;
    let (http, answer) = upload(&simulation, "application/x-msdownload", "MZ").await;
    assert_eq!((http, answer["error"]["code"].as_i64()), (400, Some(100)));
    assert!(answer["error"]["message"].as_str().unwrap().contains("application/x-msdownload"), "{answer}");
    let (_, answer) = upload(&simulation, "image/webp", &"a".repeat((500 << 10) + 1)).await;
    assert_eq!(answer["error"]["code"], 131_053);
    let (_, answer) = upload(&simulation, "image/webp", "a").await;
    let id = answer["id"].as_str().unwrap();
    assert_eq!(graph(&simulation, "DELETE", id, &Value::Null).await, (200, json!({"success": true})));
    assert_eq!(graph(&simulation, "GET", id, &Value::Null).await.1["error"]["error_subcode"], 33);
}

#[tokio::test]
async fn what_a_customer_sends_can_be_fetched_for_a_week() {
    let (simulation, host) = started(at_once()).await;
    lucia(&simulation).attach(NUMBER, Attachment::Voice, "a voice", "").unwrap();
    until("the message", || !host.raw("messages").is_empty()).await;
    let audio = host.raw("messages")[0]["audio"].clone();
    assert_eq!((&audio["voice"], &audio["mime_type"]), (&json!(true), &json!("audio/ogg; codecs=opus")));
    assert_eq!(audio["sha256"], BASE64.encode(&Sha256::digest("a voice")));
    let id = audio["id"].as_str().unwrap();
    let (_, info) = graph(&simulation, "GET", id, &Value::Null).await;
    let fetched = fetch(&simulation, info["url"].as_str().unwrap(), "authorization: Bearer t").await;
    assert!(fetched.ends_with("a voice"), "{fetched}");
    simulation.advance(Duration::from_secs(7 * 86_400));
    assert_eq!(graph(&simulation, "GET", id, &Value::Null).await.0, 400);
}
