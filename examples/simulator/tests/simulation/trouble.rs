//! What goes wrong on demand, and that it is counted exactly.

use std::collections::BTreeMap;

use crate::stage::*;

const PHONE: &str = "+573001234567";

fn sends(sends: Sends) -> Options {
    with(Rules::lenient(), Trouble { sends, ..Trouble::default() })
}

fn statuses(statuses: Statuses) -> Options {
    with(Rules::lenient(), Trouble { statuses, ..Trouble::default() })
}

fn webhooks(webhooks: Webhooks) -> Options {
    with(Rules::lenient(), Trouble { webhooks, ..Trouble::default() })
}

fn referred(reference: &str) -> Value {
    let mut body = text(PHONE, "Hola");
    body["biz_opaque_callback_data"] = reference.into();
    body
}

/// A request as a host would write it; the answer may be none.
fn request(body: &Value) -> String {
    let body = body.to_string();
    format!(
        "POST /v26.0/{NUMBER}/messages HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\nauthorization: Bearer t\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

#[tokio::test]
async fn an_answer_is_lost_and_the_message_is_not() {
    let (simulation, host) = started(sends(Sends { lost_answers: 1.0, ..Sends::default() })).await;
    assert_eq!(raw_http(&simulation, &request(&referred("m1:1"))).await, "");
    assert_eq!(raw_http(&simulation, &request(&referred("m1:1"))).await, "");
    until("the statuses", || host.statuses().len() == 6).await;
    assert!(host.raw("statuses").iter().all(|status| status["biz_opaque_callback_data"] == "m1:1"));
    let report = simulation.report();
    assert_eq!((report.requests.asked, report.requests.accepted, report.requests.lost_answers), (2, 2, 2));
    assert_eq!(report.duplicates, 1, "the host sent it twice, and the customer got it twice");
    let reference = &report.references["m1:1"];
    assert_eq!((reference.accepted, reference.untold, reference.wamids.len()), (2, 2, 2));
    assert_eq!(simulation.received(LUCIA).len(), 2);
}

#[tokio::test]
async fn an_answer_that_never_comes_lasts_until_the_host_gives_up() {
    let silent = Sends { lost_answers: 1.0, loss: Loss::Silence, ..Sends::default() };
    let (simulation, host) = started(sends(silent)).await;
    let body = request(&referred("m1:1"));
    let answer = tokio::time::timeout(Duration::from_millis(300), raw_http(&simulation, &body)).await;
    assert!(answer.is_err(), "{answer:?}");
    until("the statuses", || host.statuses().len() == 3).await;
}

#[tokio::test]
async fn a_request_is_lost_and_so_is_the_message() {
    let (simulation, _host) = started(sends(Sends { lost_requests: 1.0, ..Sends::default() })).await;
    assert_eq!(raw_http(&simulation, &request(&referred("m1:1"))).await, "");
    let report = simulation.report();
    assert_eq!((report.requests.lost, report.requests.accepted), (1, 0));
    assert!(report.references.is_empty());
}

#[tokio::test]
async fn an_error_may_be_a_lie() {
    let errors =
        Sends { errors: 1.0, codes: vec![1, 2, 131_000, 131_016], accepted: 0.5, ..Sends::default() };
    let (simulation, _host) = started(sends(errors)).await;
    let mut codes = BTreeMap::<i64, u64>::new();
    for n in 0..100 {
        *codes.entry(code(&simulation, &referred(&format!("m{n}:1"))).await).or_default() += 1;
    }
    assert_eq!(codes.keys().copied().collect::<Vec<_>>(), [1, 2, 131_000, 131_016]);
    let report = simulation.report().requests;
    assert_eq!(report.accepted, report.hidden_by_errors);
    assert!((30..70).contains(&report.accepted), "{report:?}");
    assert_eq!(report.accepted + report.refused.values().sum::<u64>(), 100);
}

#[tokio::test]
async fn statuses_come_scrambled_late_alone_and_from_strangers() {
    let (simulation, host) = started(statuses(Statuses { scrambled: 1.0, ..Statuses::default() })).await;
    let mut orders = std::collections::BTreeSet::new();
    for _ in 0..20 {
        let wamid = taken(&simulation, &text(PHONE, "Hola")).await;
        until("all three", || host.fate(&wamid).len() == 3).await;
        orders.insert(host.fate(&wamid));
    }
    assert!(orders.len() > 2, "{orders:?}");

    let late = Statuses { failed: 1.0, codes: vec![131_049], late_sent: 1.0, ..Statuses::default() };
    let (simulation, host) = started(statuses(late)).await;
    let wamid = taken(&simulation, &text(PHONE, "Hola")).await;
    until("both", || host.fate(&wamid) == ["failed", "sent"]).await;
    let failed = host.changes("messages")[0].clone();
    assert!(failed.get("contacts").is_none(), "{failed}");

    let (simulation, host) = started(statuses(Statuses { skipped: 1.0, ..Statuses::default() })).await;
    let wamid = taken(&simulation, &text(PHONE, "Hola")).await;
    until("both", || host.fate(&wamid) == ["sent", "read"]).await;
    assert_eq!(simulation.received(LUCIA).len(), 1);

    let (simulation, host) = started(statuses(Statuses { strangers: 1.0, ..Statuses::default() })).await;
    let wamid = taken(&simulation, &referred("m1:1")).await;
    until("ours and another", || host.raw("statuses").len() == 4).await;
    let stranger = host.raw("statuses").into_iter().find(|status| status["id"] != wamid).unwrap();
    assert_ne!(stranger["biz_opaque_callback_data"], "m1:1");

    let (simulation, host) = started(statuses(Statuses { silent: 1.0, ..Statuses::default() })).await;
    taken(&simulation, &text(PHONE, "Hola")).await;
    told(&simulation).await;
    assert!(host.raw("statuses").is_empty());
}

#[tokio::test]
async fn updates_come_twice_and_in_another_order_and_none_is_missing() {
    let trouble = Webhooks {
        delayed: 0.5,
        delay: Duration::from_millis(1)..=Duration::from_millis(200),
        repeated: 0.5,
        reposted: 0.3,
        again: Duration::from_millis(1)..=Duration::from_millis(100),
    };
    let (simulation, host) = started(Options { batch: 10, ..webhooks(trouble) }).await;
    let sent: Vec<_> = (0..200).map(|n| lucia(&simulation).say(NUMBER, &n.to_string()).unwrap()).collect();
    told(&simulation).await;
    let got: Vec<String> =
        host.raw("messages").iter().map(|message| message["id"].as_str().unwrap().to_owned()).collect();
    let mut firsts = Vec::new();
    got.iter().for_each(|wamid| {
        if !firsts.contains(wamid) {
            firsts.push(wamid.clone())
        }
    });
    assert_ne!(firsts, sent, "they came in order");
    firsts.sort();
    let mut sorted = sent.clone();
    sorted.sort();
    assert_eq!(firsts, sorted);
    let calls = simulation.report().webhooks;
    assert_eq!((calls.updates, calls.delivered), (200 + calls.repeated, 200 + calls.repeated));
    assert!((70..130).contains(&calls.repeated) && calls.reposted > 0, "{calls:?}");
    assert!(got.len() as u64 > calls.updates, "what is posted twice comes twice");
    assert_eq!(calls.posted, calls.acknowledged);
}

#[tokio::test]
async fn a_host_that_never_takes_it_loses_it_after_seven_days() {
    let slow =
        Options { retry: Duration::from_secs(60), longest_retry: Duration::from_secs(3_600), ..at_once() };
    let (simulation, host) = started(slow).await;
    host.answers.lock().unwrap().extend([StatusCode::BAD_GATEWAY; 1_000]);
    lucia(&simulation).say(NUMBER, "¿Hola?").unwrap();
    let posted = || simulation.report().webhooks.posted;
    for days in 0..7 {
        until("another try", || posted() > days).await;
        assert_eq!(simulation.waiting(), 1);
        simulation.advance(Duration::from_secs(86_400));
    }
    told(&simulation).await;
    let calls = simulation.report().webhooks;
    assert_eq!((calls.dropped, calls.delivered), (1, 0));
    assert_eq!(calls.retried, calls.posted - 1);
}

#[tokio::test]
async fn for_an_hour_nothing_is_there_and_then_everything_comes() {
    let (simulation, host) = started(at_once()).await;
    let hour = Duration::from_secs(3_600);
    for how in [Down::Lost(Loss::HangUp), Down::Error(131_016)] {
        host.bodies.lock().unwrap().clear();
        simulation.happen(Happening::Down { how, lasts: hour });
        lucia(&simulation).say(NUMBER, "¿Hola?").unwrap();
        let answer = raw_http(&simulation, &request(&text(PHONE, "Hola"))).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 500"), "{answer}");
        simulation.advance(hour - Duration::from_secs(1));
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert!(host.updates().is_empty());
        simulation.advance(Duration::from_secs(1));
        until("the message", || host.updates().len() == 1).await;
        taken(&simulation, &text(PHONE, "Hola")).await;
        told(&simulation).await;
    }
    assert_eq!(simulation.report().requests.asked, 2, "nobody asked while nobody was there");
}

#[tokio::test]
async fn an_outage_within_an_outage_does_not_end_it() {
    let (simulation, host) = started(at_once()).await;
    let down = |minutes: u64| {
        let (how, lasts) = (Down::Lost(Loss::HangUp), Duration::from_secs(minutes * 60));
        simulation.happen(Happening::Down { how, lasts });
    };
    down(60);
    down(10);
    lucia(&simulation).say(NUMBER, "¿Hola?").unwrap();
    simulation.advance(Duration::from_secs(3_599));
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(raw_http(&simulation, &request(&text(PHONE, "Hola"))).await, "");
    assert!(host.updates().is_empty());
    simulation.advance(Duration::from_secs(1));
    until("the message", || host.updates().len() == 1).await;
}

#[tokio::test]
async fn one_post_may_mix_accounts_numbers_and_a_thousand_updates() {
    let other = Number { account: "2".to_owned(), ..Number::new("22", "+57 601 555 0101", "B") };
    let numbers = vec![Number::new(NUMBER, "+57 601 555 0100", "A"), other];
    let gather = Duration::from_secs(60);
    let (simulation, host) = started(Options { numbers, batch: 1_000, gather, ..at_once() }).await;
    for n in 0..600 {
        lucia(&simulation).say(if n % 2 == 0 { NUMBER } else { "22" }, &n.to_string()).unwrap();
    }
    for _ in 0..200 {
        taken(&simulation, &text(PHONE, "Hola")).await;
    }
    until("everything to be due", || simulation.waiting() == 1_200).await;
    simulation.advance(gather);
    until("a post", || !host.bodies.lock().unwrap().is_empty()).await;
    let first: Value = serde_json::from_slice(&host.bodies.lock().unwrap()[0]).unwrap();
    let entries = first["entry"].as_array().unwrap();
    assert_eq!((entries.len(), &entries[0]["id"], &entries[1]["id"]), (2, &json!(ACCOUNT), &json!("2")));
    let value = &entries[0]["changes"][0]["value"];
    let count = |value: &Value, name: &str| value[name].as_array().map_or(0, Vec::len);
    assert_eq!((count(value, "contacts"), count(value, "messages")), (1, 300), "who is named once is named");
    assert_eq!(count(value, "statuses") + 300 + count(&entries[1]["changes"][0]["value"], "messages"), 1_000);
    until("the rest", || {
        simulation.advance(gather);
        simulation.waiting() == 0
    })
    .await;
    assert_eq!(host.updates().len(), 1_200);
}

#[tokio::test]
async fn the_report_is_served_to_this_machine_alone() {
    let (simulation, _host) = started(at_once()).await;
    taken(&simulation, &referred("m1:1")).await;
    told(&simulation).await;
    let get = |host: &str| format!("GET /_sim/report HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    let (status, report) = http(&simulation, &get("localhost:8090")).await;
    assert_eq!(status, 200);
    assert_eq!(report, serde_json::to_value(simulation.report()).unwrap());
    assert_eq!(report["references"]["m1:1"]["accepted"], 1);
    assert_eq!(report["statuses"]["delivered"], 1);
    for path in ["/", "/page/events", "/page/script.js", "/_sim/report"] {
        let request = get("evil.example:8090").replace("/_sim/report", path);
        assert!(raw_http(&simulation, &request).await.starts_with("HTTP/1.1 421"), "{path}");
    }
}

#[tokio::test]
async fn the_same_seed_does_the_same_again_and_another_one_does_not() {
    let trouble = Trouble {
        sends: Sends { lost_answers: 0.2, lost_requests: 0.1, errors: 0.2, ..Sends::default() },
        statuses: Statuses {
            failed: 0.2,
            late_sent: 0.5,
            scrambled: 0.3,
            skipped: 0.3,
            ..Statuses::default()
        },
        ..Trouble::default()
    };
    let run = async |seed: u64| {
        let options = Options { seed: Some(seed), ..with(Rules::lenient(), trouble.clone()) };
        let (simulation, host) = started(options).await;
        // At once, so that who comes first is chance.
        let asking = (0..60).map(|n| {
            let mut body = text(&format!("+5730000000{:02}", n % 20), &n.to_string());
            body["biz_opaque_callback_data"] = format!("m{n}").into();
            raw_http_owned(&simulation, request(&body))
        });
        for asked in asking.collect::<Vec<_>>() {
            asked.await.unwrap();
        }
        told(&simulation).await;
        let mut fates: Vec<_> = host
            .raw("statuses")
            .iter()
            .map(|status| {
                (status["id"].to_string(), status["status"].to_string(), status["errors"][0]["code"].as_i64())
            })
            .collect();
        fates.sort();
        let report = simulation.report();
        (report.requests, report.statuses, fates)
    };
    let (one, again, other) = (run(1).await, run(1).await, run(2).await);
    assert_eq!(one, again);
    assert_ne!(one, other);
}

fn raw_http_owned(simulation: &Handle, request: String) -> tokio::task::JoinHandle<String> {
    let address = simulation.address();
    tokio::spawn(async move {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    })
}
