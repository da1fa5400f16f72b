//! Whoever follows the store sees everything once, in order, while others write and the projections move to the disk.

#![allow(clippy::unwrap_used)] // The helpers of tests are no #[test] themselves.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use domain::Time;
use domain::event::{Processed, WebhookReceived, WebhooksProcessed};
use domain::outside::{Clock, Entropy};
use domain::sealed::{Key, SealedBody};
use domain::stream::{Actor, Stream};
use journal::RealDisk;
use store::{Draft, Drive, Paths, Store};

const WRITERS: u64 = 4;
const EACH: u64 = 6_000;

struct Still;

impl Clock for Still {
    fn now(&self) -> Time {
        "2026-11-23T15:00:00Z".parse().unwrap()
    }
}

struct Counting(AtomicU64);

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let n = self.0.fetch_add(1, Ordering::Relaxed).to_le_bytes();
            chunk.copy_from_slice(&n[..chunk.len()]);
        }
    }
}

fn open(data: &std::path::Path) -> Store {
    let paths = Paths::within(data);
    let disk = Arc::new(RealDisk);
    Store::open(disk, &paths, Arc::new(Still), "this boot", Drive::Threads, &mut |_, _| {}).unwrap().0
}

fn webhook(entropy: &dyn Entropy, key: &Key) -> Draft {
    let day = "2026-11-23".parse().unwrap();
    let body = SealedBody::seal(b"{}", day, key, entropy).unwrap();
    Draft::new(Stream::Webhooks, Actor::Meta, WebhookReceived { bytes: 2, body }).unwrap()
}

#[test]
fn no_body_is_passed_over_however_many_write() {
    let data = tempfile::tempdir().unwrap();
    let store = open(data.path());
    let entropy = Arc::new(Counting(AtomicU64::new(0)));
    let writers: Vec<_> = (0..WRITERS)
        .map(|_| {
            let (store, entropy) = (store.clone(), Arc::clone(&entropy));
            std::thread::spawn(move || {
                let key = Key::random(&*entropy);
                for _ in 0..EACH / 20 {
                    let tickets: Vec<_> = (0..20).map(|_| store.append(webhook(&*entropy, &key))).collect();
                    tickets.into_iter().for_each(|ticket| assert!(ticket.wait().is_ok()));
                }
            })
        })
        .collect();
    let (mut cursor, mut seen) = (0, 0);
    loop {
        let over = writers.iter().all(std::thread::JoinHandle::is_finished)
            && store.applied().borrow().seq == store.last_seq();
        let bodies = store.unprocessed(cursor, 97).unwrap();
        let Some(last) = bodies.last().copied() else {
            if over {
                break;
            }
            continue;
        };
        assert!(bodies.is_sorted() && bodies.iter().all(|seq| *seq > cursor));
        seen += bodies.len() as u64;
        cursor = last;
        // Some stay open, so that a run of bodies is never empty and never full.
        let closed = bodies.iter().filter(|seq| **seq % 3 != 0);
        let webhooks = closed.map(|seq| Processed { seq: *seq, taken: 1, repeated: 0, strange: 0 }).collect();
        let draft = Draft::new(Stream::Webhooks, Actor::Host, WebhooksProcessed { webhooks }).unwrap();
        store.commit(Vec::new(), vec![draft]).wait().unwrap();
    }
    writers.into_iter().for_each(|writer| writer.join().unwrap());
    assert_eq!(seen, WRITERS * EACH);
    let open_at_the_end = store.unprocessed(0, usize::MAX).unwrap();
    assert!(open_at_the_end.iter().all(|seq| seq % 3 == 0));

    store.close().unwrap();
    drop(store);
    assert_eq!(open(data.path()).unprocessed(0, usize::MAX).unwrap(), open_at_the_end, "after a restart");
}
