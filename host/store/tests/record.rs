//! The record of the audit: what the projections say of it is what its lines give, and the verifier, which shares no code with
//! the store, believes its proofs.

#![allow(clippy::unwrap_used)] // The helpers of tests are no #[test] themselves.

use std::path::Path;
use std::sync::Arc;

use audit_verify::{Growing, extends, includes};
use domain::Time;
use domain::agent::Presence;
use domain::event::{CheckpointHanded, PresenceSet, WebhooksProcessed};
use domain::outside::Clock;
use domain::stream::{Actor, Stream};
use journal::RealDisk;
use store::{Draft, Drive, Paths, RecordSize, Store, difference, rebuild};

struct Still;

impl Clock for Still {
    fn now(&self) -> Time {
        "2026-11-23T15:00:00Z".parse().unwrap()
    }
}

fn open(data: &Path) -> Store {
    let (disk, paths) = (Arc::new(RealDisk), Paths::within(data));
    Store::open(disk, &paths, Arc::new(Still), "this boot", Drive::Inline, &mut |_, _| {}).unwrap().0
}

fn came(agent: &str) -> Draft {
    let presence = PresenceSet { presence: Presence::Available, code: None };
    Draft::new(Stream::Agent(agent.into()), Actor::Agent(agent.into()), presence).unwrap()
}

fn unrecorded() -> Draft {
    Draft::new(Stream::Webhooks, Actor::Host, WebhooksProcessed { webhooks: vec![] }).unwrap()
}

fn handed() -> Draft {
    let handed = CheckpointHanded { size: 3, to: "outside".to_owned() };
    Draft::new(Stream::Audit, Actor::Host, handed).unwrap()
}

/// The lines of the record, as an export has them.
fn lines(store: &Store) -> Vec<(u64, String)> {
    let mut lines = Vec::new();
    while let [first, ..] = store.record_numbers(lines.len() as u64).unwrap()[..] {
        let entry = String::from_utf8(store.entry(first).unwrap().unwrap()).unwrap();
        lines.push((first, format!("{first} {entry}")));
    }
    lines
}

#[test]
fn roots_and_proofs_are_those_of_the_lines_and_a_rebuilt_tree_is_the_same() {
    let data = tempfile::tempdir().unwrap();
    let store = open(data.path());
    // More than two levels of tiles, in batches of all sizes, with events between them that are not of record.
    let mut written = 0;
    for n in 1..=100 {
        let drafts = (0..n).flat_map(|n| [came(&format!("agent-{n}")), unrecorded()]).collect();
        store.commit(vec![], drafts).now().unwrap();
        written += n;
    }
    assert_eq!(store.record_size().unwrap(), RecordSize { entries: written, news: written });
    let lines = lines(&store);
    assert_eq!(lines.len() as u64, written);
    let mut tree = Growing::default();
    let roots: Vec<_> = std::iter::once(tree.root())
        .chain(lines.iter().map(|(_, line)| {
            tree.push(audit_verify::leaf(line.as_bytes()));
            tree.root()
        }))
        .collect();
    for (size, root) in roots.iter().enumerate().step_by(37) {
        assert_eq!(store.record_root(size as u64).unwrap(), *root, "the root of {size}");
    }
    for size in [1, 2, 63, 64, 65, 100, 4_095, 4_096, 4_097, written] {
        let root = roots[usize::try_from(size).unwrap()];
        for index in (0..size).step_by(61).chain([size - 1]) {
            let (seq, line) = &lines[usize::try_from(index).unwrap()];
            assert_eq!(store.record_index(*seq).unwrap(), Some(index));
            assert_eq!(store.record_index(*seq + 1).unwrap(), None, "it is not of record");
            let proof = store.inclusion_proof(index, size).unwrap();
            assert!(includes(&audit_verify::leaf(line.as_bytes()), index, size, &proof, &root));
            let proof = store.consistency_proof(index, size).unwrap();
            let old = roots[usize::try_from(index).unwrap()];
            assert!(extends((index, &old), (size, &root), &proof), "{index} to {size}");
        }
    }
    store.close().unwrap();
    drop(store);
    let (journal, fresh) = (data.path().join("journal"), data.path().join("fresh"));
    rebuild(Arc::new(RealDisk), &journal, &fresh, "this boot", &mut |_, _| {}).unwrap();
    assert_eq!(difference(&data.path().join("projection"), &fresh).unwrap(), None);
}

#[test]
fn a_checkpoint_alone_is_no_news_and_an_entry_is_found_by_its_number_and_by_no_other() {
    let data = tempfile::tempdir().unwrap();
    let store = open(data.path());
    assert_eq!(store.record_size().unwrap(), RecordSize::default());
    assert_eq!(store.record_index(1).unwrap(), None);
    store.commit(vec![], vec![unrecorded(), came("ana"), handed()]).now().unwrap();
    assert_eq!(store.record_size().unwrap(), RecordSize { entries: 2, news: 1 });
    let found = (1..5).map(|seq| store.record_index(seq).unwrap());
    assert_eq!(found.collect::<Vec<_>>(), [None, Some(0), Some(1), None]);
    assert_eq!((store.handed("outside").unwrap(), store.handed("elsewhere").unwrap()), (3, 0));
}
