//! Access as it passes: with a clock in the hand, and with many who try at once. The store, the disk and the hashes are real.

#![allow(clippy::unwrap_used)] // The helpers of tests are no #[test] themselves.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use domain::Time;
use domain::outside::{Clock, Entropy};
use domain::raci::Raci;
use domain::sealed::Key;
use domain::stream::Actor;
use governance::{AccessError, Again, Origin, People, Proof, Second, SignedIn, WeakPassword};
use hmac::{Hmac, KeyInit as _, Mac as _};
use journal::RealDisk;
use sha1::Sha1;
use store::{Drive, KeyStore, Paths, Store};

const PASSWORD: &str = "un caballo de bastos";

/// A clock that goes when it is told to.
struct Hand(AtomicI64);

impl Clock for Hand {
    fn now(&self) -> Time {
        Time::from_second(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

struct Counting(AtomicU64);

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let n = self.0.fetch_add(1, Ordering::SeqCst).to_le_bytes();
            chunk.copy_from_slice(&n[..chunk.len()]);
        }
    }
}

struct House {
    people: People,
    clock: Arc<Hand>,
    raci: Raci,
    _data: tempfile::TempDir,
}

impl House {
    fn new() -> Self {
        let data = tempfile::tempdir().unwrap();
        let clock = Arc::new(Hand(AtomicI64::new(1_795_000_000)));
        let entropy = Arc::new(Counting(AtomicU64::new(1)));
        let (disk, paths) = (Arc::new(RealDisk), Paths::within(data.path()));
        let opened = Store::open(disk.clone(), &paths, clock.clone(), "boot", Drive::Threads, &mut |_, _| {});
        let keys =
            KeyStore::open(disk, &data.path().join("keys"), &Key::from_bytes([1; 32]), entropy.clone());
        let list = data.path().join("breached.txt");
        std::fs::write(&list, "correct horse battery\n").unwrap();
        let (store, keys) = (opened.unwrap().0, Arc::new(keys.unwrap()));
        let people = People::new(store, keys, clock.clone(), entropy, Some(list), None);
        let raci = Raci::parse(
            "[[people]]\nid = \"marta\"\nname = \"Marta Díaz\"\nroles = [\"supervisor\"]\n\
             [[people]]\nid = \"andrea\"\nname = \"Andrea Rincón\"\nroles = [\"agent\"]",
        );
        Self { people, clock, raci: raci.unwrap(), _data: data }
    }

    fn passes(&self, minutes: i64) {
        self.clock.0.fetch_add(60 * minutes, Ordering::SeqCst);
    }

    async fn invited(&self, person: &str) -> Result<SignedIn, AccessError> {
        let link = self.people.invite(&person.into(), &self.raci, Actor::Host, None).await?;
        self.people.accept(&link.secret, PASSWORD.to_owned(), &self.raci, &origin(1)).await
    }

    async fn sign_in(&self, person: &str, second: Option<Second>, from: u8) -> Result<SignedIn, AccessError> {
        let proof = Proof { person: person.into(), password: PASSWORD.to_owned(), second };
        self.people.sign_in(proof, None, &self.raci, &origin(from)).await
    }

    fn counts(&self, signed_in: &SignedIn) -> bool {
        self.people.by_session(&signed_in.keep, &self.raci, &origin(1)).unwrap().is_ok()
    }
}

fn origin(n: u8) -> Origin {
    Origin { address: [10, 0, 0, n].into(), device: "test".to_owned() }
}

/// What an authenticator app shows.
fn code(secret: &str, now: Time) -> String {
    let secret = data_encoding::BASE32_NOPAD.decode(secret.as_bytes()).unwrap();
    let mut mac = Hmac::<Sha1>::new_from_slice(&secret).unwrap();
    mac.update(&(now.as_second() as u64 / 30).to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let offset = usize::from(hash[19] & 0xf);
    let four = u32::from_be_bytes(hash[offset..offset + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", four % 1_000_000)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_used_ends_and_what_is_used_ends_too() {
    let house = House::new();
    let idle = house.invited("andrea").await.unwrap();
    house.passes(29);
    assert!(house.counts(&idle));
    house.passes(29);
    assert!(house.counts(&idle), "it was used half an hour ago");
    house.passes(30);
    assert!(!house.counts(&idle));

    let used = house.sign_in("andrea", None, 1).await.unwrap();
    for _ in 0..24 * 2 - 1 {
        house.passes(15);
        assert!(house.counts(&used));
    }
    house.passes(15);
    assert!(!house.counts(&used), "twelve hours are over");
    assert!(house.people.summary(&"andrea".into()).unwrap().access.sessions.is_empty());

    let andrea = house.raci.by_id(&"andrea".into()).unwrap();
    let issued = house.people.issue_token(andrea, None, "guion", vec!["audit".into()], 2, &house.raci).await;
    let token = issued.unwrap().1;
    house.passes(2 * 24 * 60 - 1);
    assert!(house.people.by_token(&token, &house.raci).unwrap().is_ok());
    house.passes(1);
    assert!(house.people.by_token(&token, &house.raci).unwrap().is_err());

    let link = house.people.invite(&"marta".into(), &house.raci, Actor::Host, None).await.unwrap();
    let stolen = "correct horse battery".to_owned();
    let weak = house.people.accept(&link.secret, stolen, &house.raci, &origin(1)).await;
    assert!(matches!(weak, Err(AccessError::Weak(WeakPassword::Breached))), "{weak:?}");
    house.passes(60);
    let late = house.people.accept(&link.secret, PASSWORD.to_owned(), &house.raci, &origin(1)).await;
    assert!(matches!(late, Err(AccessError::NoInvitation)), "{late:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_show_one_code_or_one_link_at_once_one_comes_in() {
    let house = Arc::new(House::new());
    let half = house.invited("marta").await.unwrap();
    assert!(half.half);
    let marta = house.raci.by_id(&"marta".into()).unwrap();
    let begun = house
        .people
        .begin_second_factor(marta, Again::Password(PASSWORD.to_owned()), &house.raci, &origin(1))
        .await;
    let secret = begun.unwrap().secret;
    let first = code(&secret, house.clock.now());
    let set = house.people.set_second_factor(marta, half.session, &first, &origin(1)).await.unwrap();
    assert!(!house.counts(&half) && house.counts(&set.signed_in));

    house.passes(1);
    let shown = code(&secret, house.clock.now());
    let mut trying = Vec::new();
    for n in 0..4 {
        let (house, shown) = (Arc::clone(&house), shown.clone());
        let second = Some(Second::Code(shown));
        trying.push(tokio::spawn(async move { house.sign_in("marta", second, n).await.is_ok() }));
    }
    let mut came_in = 0;
    for one in trying {
        came_in += u32::from(one.await.unwrap());
    }
    assert_eq!(came_in, 1);

    let link = house.people.invite(&"andrea".into(), &house.raci, Actor::Host, None).await.unwrap();
    let mut trying = Vec::new();
    for n in 0..4 {
        let (house, link) = (Arc::clone(&house), link.secret.clone());
        trying.push(tokio::spawn(async move {
            let from = origin(n);
            house.people.accept(&link, PASSWORD.to_owned(), &house.raci, &from).await.is_ok()
        }));
    }
    let mut came_in = 0;
    for one in trying {
        came_in += u32::from(one.await.unwrap());
    }
    assert_eq!(came_in, 1);
}
