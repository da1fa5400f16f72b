//! Power loss at every single operation, with everything unsynced kept, lost or torn page by page.
//!
//! One law: after a restart the journal holds the acknowledged batches, in their order, and behind them at most the one that
//! was being appended; and what a restart has found, no later crash takes back.

#![allow(clippy::unwrap_used)] // The helpers of tests are no #[test] themselves.

mod common;

use common::{Entries, batches, cases, everything, open, segment_bytes};
use journal::{AppendError, SimDisk};
use proptest::prelude::*;

/// Appends until the machine goes off, and says how many batches were acknowledged.
fn work(disk: &SimDisk, appended: &[Entries], segment_bytes: u64) -> usize {
    let Ok((mut journal, _)) = open(disk, segment_bytes) else { return 0 };
    appended.iter().take_while(|batch| journal.append(batch).is_ok()).count()
}

/// Restarts, and checks that what is there is what was acknowledged, and perhaps the next.
fn restart(disk: &SimDisk, appended: &[Entries], acked: usize, segment_bytes: u64) -> usize {
    disk.crash();
    let (journal, recovery) = open(disk, segment_bytes).unwrap();
    let found = everything(&journal.reader());
    assert!(found.len() == acked || found.len() == acked + 1, "{acked} acknowledged, {} found", found.len());
    assert!(found == appended[..found.len()], "what is found is what was appended");
    assert_eq!(recovery.last_seq, found.iter().flatten().count() as u64);
    found.len()
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn a_crash_at_any_operation_loses_nothing_that_was_acknowledged_and_adds_nothing(
        appended in batches(1..7),
        segment_bytes in segment_bytes(),
        seed in any::<u64>(),
    ) {
        let disk = SimDisk::new(seed);
        prop_assert_eq!(work(&disk, &appended, segment_bytes), appended.len());
        for crash_at in 1..=disk.operations() {
            let disk = SimDisk::new(seed ^ crash_at);
            disk.fail_after(crash_at);
            let acked = work(&disk, &appended, segment_bytes);

            let found = restart(&disk, &appended, acked, segment_bytes);
            let (mut journal, recovery) = {
                disk.crash();
                open(&disk, segment_bytes).unwrap()
            };
            prop_assert_eq!(recovery.torn, None, "what was torn was cut for good");
            prop_assert_eq!(everything(&journal.reader()).len(), found, "what a restart has found stays");
            for batch in &appended[found..] {
                journal.append(batch).unwrap();
            }
            drop(journal);
            prop_assert_eq!(restart(&disk, &appended, appended.len(), segment_bytes), appended.len());
        }
    }

    #[test]
    fn a_crash_during_recovery_changes_nothing(
        appended in batches(2..6),
        segment_bytes in segment_bytes(),
        seed in any::<u64>(),
    ) {
        let disk = SimDisk::new(seed);
        work(&disk, &appended, segment_bytes);
        for crash_at in 1..=disk.operations() {
            for again_at in 1..=5 {
                let disk = SimDisk::new(seed ^ crash_at ^ (again_at << 32));
                disk.fail_after(crash_at);
                let mut acked = work(&disk, &appended, segment_bytes);
                disk.crash();
                disk.fail_after(again_at);
                if let Ok((_, recovery)) = open(&disk, segment_bytes) {
                    let shown = appended.iter().scan(0, |seq, batch| { *seq += batch.len() as u64; Some(*seq) });
                    acked = shown.take_while(|seq| *seq <= recovery.last_seq).count();
                }
                restart(&disk, &appended, acked, segment_bytes);
            }
        }
    }

    /// A killed process leaves a written batch in the page cache; and after a failed sync the page cache shows what the disk
    /// never got, with pages that no further sync would write. Neither may be shown today and be gone tomorrow.
    #[test]
    fn what_recovery_shows_is_durable_even_if_the_page_cache_lied(
        appended in batches(2..6),
        segment_bytes in segment_bytes(),
        seed in any::<u64>(),
        go_on in any::<bool>(),
    ) {
        for fail_at in 0..appended.len() {
            let disk = SimDisk::new(seed ^ fail_at as u64);
            let (mut journal, _) = open(&disk, segment_bytes).unwrap();
            for batch in &appended[..fail_at] {
                journal.append(batch).unwrap();
            }
            disk.fail_syncs(true);
            prop_assert!(matches!(journal.append(&appended[fail_at]), Err(AppendError::Fatal(_))));
            disk.fail_syncs(false);
            drop(journal);

            let (mut journal, _) = open(&disk, segment_bytes).unwrap();
            let shown = everything(&journal.reader()).len();
            prop_assert!(shown >= fail_at);
            if go_on {
                for batch in &appended[shown..] {
                    journal.append(batch).unwrap();
                }
            }
            drop(journal);
            let acked = if go_on { appended.len() } else { shown };
            disk.crash();
            prop_assert_eq!(everything(&open(&disk, segment_bytes).unwrap().0.reader()), &appended[..acked]);
        }
    }

    /// The caller of a refused batch was told that it is not kept, and may have told others.
    #[test]
    fn a_refused_batch_does_not_come_back_with_a_crash(
        appended in batches(2..6),
        segment_bytes in segment_bytes(),
        seed in any::<u64>(),
    ) {
        let disk = SimDisk::new(seed);
        let (mut journal, _) = open(&disk, segment_bytes).unwrap();
        for batch in &appended {
            journal.append(batch).unwrap();
        }
        disk.refuse_writes(true);
        for batch in &appended {
            prop_assert!(matches!(journal.append(batch), Err(AppendError::Refused(_))));
        }
        disk.refuse_writes(false);
        drop(journal);
        prop_assert_eq!(restart(&disk, &appended, appended.len(), segment_bytes), appended.len());
    }
}
