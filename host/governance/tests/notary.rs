//! The notary has signed what is new and nothing else, and asks a place that is out of reach again and again, but not at once.

#![allow(clippy::unwrap_used)] // The helpers of tests are no #[test] themselves.

use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use data_encoding::BASE64;
use domain::Time;
use domain::agent::Presence;
use domain::event::PresenceSet;
use domain::outside::Clock;
use domain::stream::{Actor, Stream};
use governance::{Notary, Outlet, Signed, Signer};
use journal::RealDisk;
use store::{Draft, Drive, Hash, Paths, Store};

struct Hand(AtomicI64);

impl Clock for Hand {
    fn now(&self) -> Time {
        Time::from_second(self.0.load(Ordering::Relaxed)).unwrap()
    }
}

/// A signer that signs whatever it is asked to, and keeps the sizes; or one that is not there.
#[derive(Clone, Default)]
struct Willing(Arc<Mutex<(Vec<u64>, bool)>>);

impl Signer for Willing {
    fn state(&mut self) -> Result<Signed, String> {
        let (sizes, away) = &*self.0.lock().unwrap();
        let size = sizes.last().copied().unwrap_or(0);
        if *away { Err("nobody answers".to_owned()) } else { Ok(Signed { key: "key".to_owned(), size }) }
    }

    fn sign(&mut self, _: u64, size: u64, root: &Hash, _: &[Hash]) -> Result<String, String> {
        self.0.lock().unwrap().0.push(size);
        Ok(format!("origin\n{size}\n{}\n\n— origin AAAA\n", BASE64.encode(root)))
    }
}

/// A place that takes nothing as long as it is closed, and keeps when it was asked.
#[derive(Clone, Default)]
struct Place(Arc<Mutex<(Vec<u64>, u32, bool)>>);

impl Outlet for Place {
    fn name(&self) -> &'static str {
        "elsewhere"
    }

    fn hand(&mut self, size: u64, note: &str) -> Result<(), String> {
        assert!(note.starts_with(&format!("origin\n{size}\n")), "{note}");
        let (taken, asked, open) = &mut *self.0.lock().unwrap();
        *asked += 1;
        if !*open {
            return Err("closed".to_owned());
        }
        taken.push(size);
        Ok(())
    }
}

struct World {
    clock: Arc<Hand>,
    store: Store,
    signer: Willing,
    place: Place,
    notary: Notary,
}

impl World {
    fn new(dir: &Path) -> Self {
        let clock = Arc::new(Hand(AtomicI64::new(1_000)));
        let (disk, paths) = (Arc::new(RealDisk), Paths::within(dir));
        let opened = Store::open(disk, &paths, clock.clone(), "boot", Drive::Threads, &mut |_, _| {});
        let (store, signer, place) = (opened.unwrap().0, Willing::default(), Place::default());
        let (signing, outlets) = (Box::new(signer.clone()), vec![Box::new(place.clone()) as Box<dyn Outlet>]);
        let notary = Notary::new(store.clone(), clock.clone(), signing, outlets, Duration::from_secs(300));
        Self { clock, store, signer, place, notary }
    }

    fn something_happens(&self) {
        let event = PresenceSet { presence: Presence::Available, code: None };
        let draft = Draft::new(Stream::Agent("ana".into()), Actor::Agent("ana".into()), event).unwrap();
        self.store.commit(vec![], vec![draft]).wait().unwrap();
    }

    /// Lets seconds go by, in each of which the notary may do something.
    fn pass(&mut self, seconds: u32) {
        for _ in 0..seconds {
            self.clock.0.fetch_add(1, Ordering::Relaxed);
            if self.notary.next() <= self.clock.now() {
                let _ = self.notary.step(false);
            }
        }
    }

    fn signed(&self) -> Vec<u64> {
        self.signer.0.lock().unwrap().0.clone()
    }
}

#[test]
fn what_is_new_is_signed_on_time_or_when_asked_and_an_idle_host_has_nothing_signed() {
    let dir = tempfile::tempdir().unwrap();
    let mut world = World::new(dir.path());
    world.place.0.lock().unwrap().2 = true;
    world.something_happens();
    world.pass(1);
    assert_eq!(world.signed(), [1]);
    // The signature and its handing out are entries, too, and no reason for another one.
    world.pass(3_000);
    assert_eq!((world.signed(), world.store.record_size().unwrap().entries), (vec![1], 3));
    world.something_happens();
    world.pass(301);
    assert_eq!(world.signed(), [1, 4]);
    world.something_happens();
    assert_eq!(world.notary.step(true).unwrap().size, 7);
    // Asked again with nothing new, it gives what there is.
    assert_eq!(world.notary.step(true).unwrap().size, 7);
    assert_eq!((world.signed(), world.place.0.lock().unwrap().0.clone()), (vec![1, 4, 7], vec![1, 4, 7]));
}

#[test]
fn a_place_out_of_reach_is_asked_less_and_less_often_and_gets_the_last_one_also_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let mut world = World::new(dir.path());
    world.something_happens();
    world.pass(1);
    world.pass(3_600);
    let asked = world.place.0.lock().unwrap().1;
    assert!((8..14).contains(&asked), "{asked} times in an hour");
    assert_eq!(world.store.handed("elsewhere").unwrap(), 0);
    world.something_happens();
    world.pass(300);
    let World { store, place, signer, clock, .. } = world;
    place.0.lock().unwrap().2 = true;
    let (signing, outlets) = (Box::new(signer), vec![Box::new(place.clone()) as Box<dyn Outlet>]);
    let mut notary = Notary::new(store.clone(), clock, signing, outlets, Duration::from_secs(300));
    notary.step(false).unwrap();
    assert_eq!(place.0.lock().unwrap().0, [3], "the last one, and not those that it missed");
    assert_eq!(store.handed("elsewhere").unwrap(), 3);
}

#[test]
fn a_signer_that_is_away_is_asked_again_within_a_minute() {
    let dir = tempfile::tempdir().unwrap();
    let mut world = World::new(dir.path());
    world.signer.0.lock().unwrap().1 = true;
    world.something_happens();
    assert_eq!(world.notary.step(true).unwrap_err(), "nobody answers");
    world.signer.0.lock().unwrap().1 = false;
    world.pass(61);
    assert_eq!(world.signed(), [1]);
}
