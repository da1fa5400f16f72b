//! The process is killed under load, again and again. What was acknowledged is there.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::program::{Company, post_signed, text_body};

const ROUNDS: usize = 20;
const POSTERS: usize = 16;

#[tokio::test(flavor = "multi_thread")]
async fn twenty_kills_under_load_lose_no_acknowledged_webhook_and_double_none() {
    let company = Company::new().await;
    company.configure("");
    let next = Arc::new(AtomicU64::new(0));
    let mut acknowledged = Vec::new();
    for round in 0..ROUNDS {
        let serve = company.start();
        let stop = Arc::new(AtomicBool::new(false));
        let posters: Vec<_> = (0..POSTERS)
            .map(|_| {
                let (address, next, stop) = (serve.address.clone(), Arc::clone(&next), Arc::clone(&stop));
                tokio::spawn(async move {
                    let mut acknowledged = Vec::new();
                    while !stop.load(Ordering::Relaxed) {
                        let n = next.fetch_add(1, Ordering::Relaxed);
                        let wamid = format!("wamid.{n}");
                        let body = text_body(&wamid, &format!("5730{:08}", n % 97), "hola");
                        if post_signed(&address, body.as_bytes()).await == Some(200) {
                            acknowledged.push(wamid);
                        }
                    }
                    acknowledged
                })
            })
            .collect();
        // Another moment each time, from the first fsync to a full pipeline.
        tokio::time::sleep(Duration::from_millis(20 + 17 * round as u64)).await;
        serve.kill();
        stop.store(true, Ordering::Relaxed);
        for poster in posters {
            acknowledged.extend(poster.await.unwrap());
        }
    }
    assert!(acknowledged.len() > ROUNDS, "only {} webhooks were taken at all", acknowledged.len());

    let serve = company.start();
    let deadline = Instant::now() + Duration::from_secs(60);
    while open_webhooks(&company) > 0 {
        assert!(Instant::now() < deadline, "{} webhooks stay open", open_webhooks(&company));
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    serve.stop();
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    for event in company.journal(&["--open", "--kind", "message-received"]) {
        *found.entry(event["data"]["body"]["wamid"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    for wamid in &acknowledged {
        assert!(found.contains_key(wamid), "{wamid} was acknowledged and is gone");
    }
    assert!(found.values().all(|count| *count == 1), "a message is there twice");
}

fn open_webhooks(company: &Company) -> usize {
    let received = company.journal(&["--kind", "webhook-received"]).len();
    let processed: std::collections::BTreeSet<u64> = company
        .journal(&["--kind", "webhook-processed"])
        .iter()
        .flat_map(|event| event["data"]["webhooks"].as_array().unwrap().clone())
        .map(|webhook| webhook["seq"].as_u64().unwrap())
        .collect();
    received - processed.len()
}
