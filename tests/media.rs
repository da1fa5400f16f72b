//! Media: from a customer's telephone to a file that opens for its contact alone, and from a file of ours to the customer.

use std::path::PathBuf;
use std::process::Output;
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::agent::Presence;
use domain::event::Event;
use domain::message::{MediaKind, Outgoing, OutgoingMedia, Source};
use domain::stream::{Actor, Stream};
use serde_json::{Value, json};
use store::Drive;
use whatsapp::{Graph, GraphConfig};

use crate::assembled::{House, SHOP, events, of_kind};
use crate::program::{Company, NUMBER, files, timonel};

const PHOTO: &[u8] = include_bytes!("../examples/simulator/page/photo.png");
const LUCIA: &str = "573001112233";

fn media(company: &Company, arguments: &[&str]) -> Output {
    timonel().arg("media").args(arguments).arg("--config").arg(company.config()).output().unwrap()
}

/// Asks for the medium of a message; the words of the host if it does not have it.
fn get(company: &Company, message: &Value, name: &str) -> Result<Vec<u8>, String> {
    let out: PathBuf = company.dir.path().join(name);
    let message = message["data"]["message"].as_str().unwrap();
    let output = media(company, &["get", message, "--out", out.to_str().unwrap()]);
    if output.status.success() {
        return Ok(std::fs::read(out).unwrap());
    }
    Err(String::from_utf8(output.stderr).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_is_fetched_kept_sealed_and_read_back_by_its_message() {
    let company = Company::new().await;
    company.configure("[company]\nmedia = { fetch = \"always\" }");
    let serve = company.start();
    for (phone, name) in [(LUCIA, "Lucía"), (LUCIA, "Lucía"), ("573009998877", "Mateo")] {
        company.whatsapp.customer(phone, name).photo(NUMBER, "la fachada").unwrap();
    }
    let stored = company.until("media-stored", 3).await;
    assert_eq!(stored[0]["data"]["mime_type"], "image/png");
    assert_eq!(get(&company, &stored[0], "a.png").unwrap(), PHOTO);
    assert!(get(&company, &stored[0], "a.png").unwrap_err().contains("--out"), "nothing is overwritten");

    // One picture of two customers is two files, and of one customer one; what lies there is no picture.
    let kept = files(&company.dir.path().join("data/media"));
    assert_eq!(kept.len(), 2);
    for file in &kept {
        let bytes = std::fs::read(file).unwrap();
        assert!(bytes.len() > PHOTO.len());
        assert!(!bytes.windows(16).any(|part| part == &PHOTO[..16]), "{}", file.display());
    }
    serve.stop();
    let serve = company.start();
    assert_eq!(get(&company, &stored[2], "b.png").unwrap(), PHOTO);
    serve.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn without_being_told_to_the_host_fetches_what_somebody_asks_for_and_keeps_who() {
    let company = Company::new().await;
    company.configure("");
    let _serve = company.start();
    company.whatsapp.customer(LUCIA, "Lucía").photo(NUMBER, "").unwrap();
    let received = company.until("message-received", 1).await;
    assert!(company.journal(&["--kind", "media-wanted"]).is_empty());
    assert_eq!(get(&company, &received[0], "a.png").unwrap(), PHOTO);
    let wanted = company.journal(&["--kind", "media-wanted"]);
    assert!(wanted[0]["actor"].as_str().unwrap().starts_with("operator/"), "{wanted:?}");
    assert_eq!(get(&company, &received[0], "b.png").unwrap(), PHOTO);
    assert_eq!(company.journal(&["--kind", "media-wanted"]).len(), 1);

    let nobody = json!({"data": {"message": "0".repeat(26)}});
    assert!(get(&company, &nobody, "c.png").unwrap_err().contains("no message"));
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_are_not_those_that_were_sent_are_refused() {
    let company = Company::new().await;
    company.configure("");
    let _serve = company.start();
    let customer = company.whatsapp.customer(LUCIA, "Lucía");
    customer.photo(NUMBER, "").unwrap();
    let photo = company.until("message-received", 1).await;
    let id = photo[0]["data"]["body"]["content"]["id"].as_str().unwrap();
    let other = data_encoding::BASE64.encode(&[7; 32]);
    let image = json!({"id": id, "mime_type": "image/png", "sha256": other});
    customer.send_raw(NUMBER, json!({"type": "image", "image": image})).unwrap();
    let received = company.until("message-received", 2).await;
    let told = get(&company, &received[1], "a.png").unwrap_err();
    assert!(told.contains("SHA-256"), "{told}");
    let failed = company.until("media-unavailable", 1).await;
    assert_eq!(failed[0]["data"]["why"]["is"], "altered");
    assert!(files(&company.dir.path().join("data/media")).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_large_or_gone_is_told_and_a_higher_limit_is_in_force_at_once() {
    let company = Company::new().await;
    company.configure("[company]\nmedia = { largest = \"1 KiB\" }");
    let _serve = company.start();
    let customer = company.whatsapp.customer(LUCIA, "Lucía");
    customer.photo(NUMBER, "").unwrap();
    let gone = json!({"id": "7", "mime_type": "image/png", "sha256": ""});
    customer.send_raw(NUMBER, json!({"type": "image", "image": gone})).unwrap();
    let received = company.until("message-received", 2).await;
    let is_photo = |event: &&Value| event["data"]["body"]["content"]["id"] != "7";
    let photo = received.iter().find(is_photo).unwrap();
    let gone = received.iter().find(|event| !is_photo(event)).unwrap();
    let told = get(&company, gone, "a.png").unwrap_err();
    assert!(told.contains("does not have"), "{told}");
    let told = get(&company, photo, "a.png").unwrap_err();
    assert!(told.contains("company.media.largest") && told.contains("1024"), "{told}");

    company.configure("[company]\nmedia = { largest = \"1 MiB\" }");
    company.until("generation-activated", 2).await;
    assert_eq!(get(&company, photo, "a.png").unwrap(), PHOTO);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_of_ours_is_sent_and_handed_over_again_when_meta_does_not_have_it_any_more() {
    let whatsapp = simulator::start(simulator::Options {
        numbers: vec![simulator::Number::new("1", "+57 601 555 0100", "La empresa")],
        ..simulator::Options::default()
    });
    let whatsapp = whatsapp.await.unwrap();
    let graph = GraphConfig { base_url: whatsapp.base_url(), ..GraphConfig::new("token") };
    let mut house = House::new(11, SHOP, &[]);
    house.drive = Drive::Threads;
    house.network = Some(Arc::new(Graph::new(graph).unwrap()));
    let (open, house) = tokio::task::spawn_blocking(move || (house.open().unwrap(), house)).await.unwrap();
    let desk = open.desk;
    let running = open.parts.run(&tokio::runtime::Handle::current()).unwrap();
    let body = house.text("wamid.1", LUCIA, "¿Cómo se ve?");
    let (desk, house) = tokio::task::spawn_blocking(move || {
        house.post(&desk, &body).unwrap();
        (desk, house)
    })
    .await
    .unwrap();
    let until = async |kind: &str, count: usize| {
        let deadline = Instant::now() + Duration::from_secs(20);
        while of_kind(&desk, kind).len() < count {
            assert!(Instant::now() < deadline, "{kind}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    until("case-queued", 1).await;
    let conversation = events(&desk)
        .into_iter()
        .find_map(|event| match event.stream {
            Stream::Conversation(id) => Some(id),
            _ => None,
        })
        .unwrap();
    let ana = "ana".into();
    desk.set_presence(&ana, Presence::Available, None).await.unwrap();
    desk.accept(&ana, conversation).await.unwrap();

    let by = || Actor::Agent("ana".into());
    let as_video = desk.upload(by(), conversation, MediaKind::Video, PHOTO.into()).await;
    assert!(as_video.unwrap_err().to_string().contains("image/png"));
    let uploaded = desk.upload(by(), conversation, MediaKind::Image, PHOTO.into()).await.unwrap();
    assert_eq!(uploaded.until, domain::outside::Clock::now(&*house.clock) + domain::media::UPLOADED_FOR);
    let picture = || {
        let source = Source::Id(uploaded.id.clone());
        let (kind, voice) = (MediaKind::Image, false);
        Outgoing::Media(OutgoingMedia { kind, source, caption: None, filename: None, voice })
    };
    desk.reply(&ana, conversation, picture()).await.unwrap();
    until("send-accepted", 1).await;

    whatsapp.advance(Duration::from_secs(31 * 86_400));
    desk.reply(&ana, conversation, picture()).await.unwrap();
    until("send-accepted", 2).await;
    let uploads = of_kind(&desk, "media-uploaded");
    let [Event::MediaUploaded(first), Event::MediaUploaded(second)] = &uploads[..] else {
        panic!("{uploads:?}")
    };
    assert_eq!(second.renews.as_ref(), Some(&first.id));
    assert!(of_kind(&desk, "send-refused").is_empty());
    assert_eq!(whatsapp.sent()["1"], 2);
    // The message that names the old identifier goes out under the new one at once.
    desk.reply(&ana, conversation, picture()).await.unwrap();
    until("send-accepted", 3).await;
    assert_eq!(of_kind(&desk, "media-uploaded").len(), 2);
    // The workers end when nobody can give them commands.
    drop(desk);
    running.stop().await;
}
