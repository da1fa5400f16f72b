//! Keys on a disk whose power may go at any moment.
//!
//! One law: a key that was handed out opens after every crash, because something acknowledged may be sealed with it. And
//! whatever a crash leaves, keys can be had again: nothing was sealed with one that nobody got.

#![allow(clippy::unwrap_used)] // The helpers of tests are no #[test] themselves.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::id::ContactId;
use domain::outside::Entropy;
use domain::sealed::{Key, SealedBody};
use jiff::civil::{Date, date};
use journal::SimDisk;
use store::{KeyError, KeyStore};

const TODAY: Date = date(2026, 11, 24);

struct Counting(std::sync::atomic::AtomicU8);

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
    }
}

fn open(disk: &SimDisk, run: u8) -> Result<KeyStore, KeyError> {
    let entropy = Arc::new(Counting((run.wrapping_mul(100)).into()));
    KeyStore::open(Arc::new(disk.clone()), "/data/keys".as_ref(), &Key::from_bytes([7; 32]), entropy)
}

fn of_today(keys: &KeyStore) -> Result<[u8; 32], KeyError> {
    Ok(*keys.day(TODAY, TODAY)?.unwrap().as_bytes())
}

#[test]
fn a_crash_at_any_operation_takes_no_key_that_was_handed_out_and_leaves_none_that_cannot_be_had() {
    let contacts: Vec<_> = (1..=120).map(|n| ContactId::from_bytes([n; 16])).collect();
    for seed in 0..400 {
        for crash_at in 1..=12 {
            let disk = SimDisk::new(seed);
            disk.fail_after(crash_at);
            let (mut day, mut created) = (None, false);
            if let Ok(keys) = open(&disk, 1) {
                day = of_today(&keys).ok();
                created = keys.create(&contacts).is_ok();
            }
            disk.crash();
            let keys = open(&disk, 2).unwrap();
            let now = of_today(&keys);
            assert!(now.is_ok(), "seed {seed}, crash at {crash_at}: {now:?}");
            assert!(
                day.is_none() || now.ok() == day,
                "seed {seed}, crash at {crash_at}: another key of the day"
            );
            keys.create(&[ContactId::from_bytes([200; 16])]).unwrap();
            drop(keys);
            disk.crash();
            let keys = open(&disk, 3).unwrap();
            assert!(keys.contact(ContactId::from_bytes([200; 16])).unwrap().is_some());
            assert!(!created || contacts.iter().all(|id| keys.contact(*id).unwrap().is_some()));
        }
    }
}

#[test]
fn a_crash_while_keys_are_destroyed_costs_no_other_brings_none_back_and_keeps_nobody_from_starting() {
    let contacts: Vec<_> = (1..=40).map(|n| ContactId::from_bytes([n; 16])).collect();
    let (forgotten, others) = contacts.split_first().unwrap();
    for seed in 0..200 {
        for crash_at in 1..=40 {
            let disk = SimDisk::new(seed);
            let keys = open(&disk, 1).unwrap();
            keys.create(&contacts).unwrap();
            let day = keys.day(TODAY, TODAY).unwrap().unwrap();
            let body = SealedBody::seal(b"a body", TODAY, &day, &Counting(9.into())).unwrap();
            drop(day);
            disk.fail_after(crash_at);
            let closed = keys.close_days(TODAY).is_ok();
            let destroyed = closed && keys.destroy(&BTreeSet::from([*forgotten])).is_ok();
            let over = destroyed && keys.destroy_closed_days().is_ok();
            drop(keys);
            disk.crash();
            let place = format!("seed {seed}, crash at {crash_at}");
            let keys = open(&disk, 2).unwrap_or_else(|error| panic!("{place}: {error}"));
            assert!(
                others.iter().all(|id| keys.contact(*id).unwrap().is_some()),
                "{place}: another key is gone"
            );
            assert!(!destroyed || !keys.knows(*forgotten), "{place}: the key is back");
            let opened = keys.open_body(&body, TODAY).unwrap_or_else(|error| panic!("{place}: {error}"));
            assert!(destroyed || opened.is_some(), "{place}: the body was still to be worked on");
            assert!(!over || opened.is_none(), "{place}: the key of the body is back");
            // Whoever finds the key of a contact who was forgotten does it all again.
            keys.close_days(TODAY).unwrap();
            keys.destroy(&BTreeSet::from([*forgotten])).unwrap();
            keys.destroy_closed_days().unwrap();
            assert!(!keys.knows(*forgotten) && keys.open_body(&body, TODAY).unwrap().is_none(), "{place}");
            assert!(of_today(&keys).is_ok(), "{place}");
        }
    }
}

/// A sync that failed, or a process that was killed before it, leaves the key in the cache of the system, where it can be
/// read and from where it can go.
#[test]
fn a_key_that_is_only_in_the_cache_is_not_handed_out() {
    for seed in 0..100 {
        for same_process in [true, false] {
            let disk = SimDisk::new(seed);
            let mut keys = open(&disk, 1).unwrap();
            disk.fail_syncs(true);
            assert!(of_today(&keys).is_err());
            disk.fail_syncs(false);
            if !same_process {
                keys = open(&disk, 2).unwrap();
            }
            let handed_out = of_today(&keys).unwrap();
            drop(keys);
            disk.crash();
            assert_eq!(of_today(&open(&disk, 3).unwrap()).unwrap(), handed_out, "seed {seed}");
        }
    }
}
