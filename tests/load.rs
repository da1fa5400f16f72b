//! Customers who write without end, and a Meta that does not let go.
//!
//! What is not answered with 200 is posted again, after the next start too, and some of what was is posted again as well.
//! Whatever becomes of the host, this side knows for sure what was acknowledged.

use std::collections::{BTreeSet, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use simulator::{Options, Sends, Trouble, Webhooks};
use tokio::task::JoinHandle;

use crate::program::{post_signed, text_body};

/// How many post at once.
const POSTERS: usize = 64;

/// Customers, so that most conversations have several messages and new ones begin all the time.
const CUSTOMERS: u64 = 997;

/// One in so many posts comes a second time although it was taken.
const AGAIN: u64 = 20;

/// A WhatsApp that loses one answer in twenty, and tells one thing in twenty twice.
pub fn hostile(seed: u64) -> Options {
    let millis = Duration::from_millis;
    let webhooks =
        Webhooks { repeated: 0.05, reposted: 0.05, again: millis(5)..=millis(500), ..Webhooks::default() };
    let sends = Sends { lost_answers: 0.05, ..Sends::default() };
    Options {
        seed: Some(seed),
        longest_retry: Duration::from_secs(1),
        phones: Vec::new(),
        remember: 0,
        trouble: Trouble { sends, webhooks, ..Trouble::default() },
        ..Options::default()
    }
}

/// What was written to the company so far.
#[derive(Default)]
pub struct Mail {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    written: u64,
    acknowledged: BTreeSet<String>,
    /// The body of a message, and the message. Nobody knows whether the host has it.
    unanswered: VecDeque<(String, String)>,
}

impl Mail {
    pub fn acknowledged(&self) -> BTreeSet<String> {
        self.state.lock().unwrap().acknowledged.clone()
    }

    fn next(&self) -> (String, String) {
        let mut state = self.state.lock().unwrap();
        if let Some(again) = state.unanswered.pop_front() {
            return again;
        }
        let n = state.written;
        state.written += 1;
        let wamid = format!("wamid.{n}");
        (text_body(&wamid, &format!("5730{:08}", n % CUSTOMERS), "¿Qué horario tienen?"), wamid)
    }

    /// Posts one message. False if nobody is there.
    async fn post(&self, address: &str) -> bool {
        let (body, wamid) = self.next();
        let answer = post_signed(address, body.as_bytes()).await;
        if answer != Some(200) {
            self.state.lock().unwrap().unanswered.push_back((body, wamid));
            return answer.is_some();
        }
        let nth = {
            let mut state = self.state.lock().unwrap();
            state.acknowledged.insert(wamid);
            state.acknowledged.len() as u64
        };
        if nth.is_multiple_of(AGAIN) {
            post_signed(address, body.as_bytes()).await;
        }
        true
    }
}

/// Posters at work on one start of a host.
pub struct Load {
    stop: Arc<AtomicBool>,
    posters: Vec<JoinHandle<()>>,
}

impl Load {
    pub fn start(mail: &Arc<Mail>, address: &str) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let post = || {
            let (mail, address, stop) = (Arc::clone(mail), address.to_owned(), Arc::clone(&stop));
            async move {
                while !stop.load(Ordering::Relaxed) {
                    if !mail.post(&address).await {
                        tokio::time::sleep(Duration::from_millis(5)).await;
                    }
                }
            }
        };
        let posters = (0..POSTERS).map(|_| tokio::spawn(post())).collect();
        Self { stop, posters }
    }

    /// Waits until all of them know how their last post ended.
    pub async fn stop(self) {
        self.stop.store(true, Ordering::Relaxed);
        for poster in self.posters {
            poster.await.unwrap();
        }
    }
}
