//! The signer signs growth and nothing else, whatever it is told and however often it is started.

#![allow(clippy::unwrap_used)] // The helpers of tests are no #[test] themselves.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use audit_signer::{Keep, KeepError, Refused, Signer};
use audit_verify::{Checkpoint, Growing, Hash, leaf};

fn open(dir: &Path) -> Signer {
    Signer::new(Keep::open(dir, "shop.example/audit").unwrap()).unwrap()
}

fn grown(words: &[&str]) -> (u64, Hash) {
    let mut tree = Growing::default();
    words.iter().for_each(|word| tree.push(leaf(word.as_bytes())));
    (tree.size(), tree.root())
}

#[test]
fn growth_is_signed_and_what_was_signed_is_remembered_over_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let ((_, one), (_, two)) = (grown(&["a"]), grown(&["a", "b"]));
    let mut signer = open(dir.path());
    let key = signer.key().clone();
    let note = signer.sign(0, 1, one, &[]).unwrap().to_owned();
    assert_eq!(Checkpoint::open(&note, &key).unwrap().root, one);
    drop(signer);

    let mut signer = open(dir.path());
    assert_eq!((signer.key(), signer.last()), (&key, Some(note.as_str())));
    // The proof from one leaf to two is the second leaf.
    let signed = signer.sign(1, 2, two, &[leaf(b"b")]).unwrap().to_owned();
    assert_eq!(Checkpoint::open(&signed, &key).unwrap().size, 2);
    // The same again is the same again.
    assert_eq!(signer.sign(2, 2, two, &[]).unwrap(), signed);

    let mode = |name: &str| std::fs::metadata(dir.path().join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("key"), mode("signed")), (0o600, 0o600));
    let told = std::fs::read_to_string(dir.path().join("verifier-key")).unwrap();
    assert_eq!(told.trim(), key.to_string());
}

#[test]
fn a_record_that_was_cut_changed_or_replaced_is_not_signed_and_nothing_is_forgotten_by_it() {
    let dir = tempfile::tempdir().unwrap();
    let (size, root) = grown(&["a", "b", "c"]);
    let (_, other) = grown(&["a", "x", "c"]);
    let mut signer = open(dir.path());
    signer.sign(0, size, root, &[]).unwrap();
    let refused = signer.sign(0, 2, grown(&["a", "b"]).1, &[]).unwrap_err();
    assert!(matches!(refused, Refused::Shorter { asked: 2, signed: 3 }), "{refused}");
    assert!(matches!(signer.sign(3, 3, other, &[]).unwrap_err(), Refused::Fork { .. }));
    let (_, longer) = grown(&["a", "x", "c", "d"]);
    for proof in [vec![], vec![leaf(b"d")], vec![leaf(b"c"), leaf(b"d"), grown(&["a", "x"]).1]] {
        assert!(matches!(signer.sign(3, 4, longer, &proof).unwrap_err(), Refused::Fork { .. }));
    }
    // Whoever says that nothing was signed yet does not begin a new record by it.
    assert!(matches!(signer.sign(0, 4, longer, &[]).unwrap_err(), Refused::Elsewhere { signed: 3, .. }));
    let (_, right) = grown(&["a", "b", "c", "d"]);
    let proof = [leaf(b"c"), leaf(b"d"), grown(&["a", "b"]).1];
    assert!(signer.sign(3, 4, right, &proof).is_ok());
}

#[test]
fn a_directory_is_one_signer_s_and_one_record_s() {
    let dir = tempfile::tempdir().unwrap();
    let open = |origin: &str| Keep::open(dir.path(), origin).map(|_| ());
    assert!(matches!(open("with space"), Err(KeepError::Origin(_))));
    let keep = Keep::open(dir.path(), "shop.example/audit").unwrap();
    assert!(matches!(open("shop.example/audit"), Err(KeepError::Busy(_))));
    drop(keep);
    assert!(matches!(open("other.example"), Err(KeepError::OtherOrigin { .. })));
    std::fs::write(dir.path().join("signed"), "shop.example/audit\n9\nAAAA\n\n— nobody AAAA\n").unwrap();
    let damaged = Keep::open(dir.path(), "shop.example/audit").and_then(Signer::new).err().unwrap();
    assert!(damaged.to_string().contains("Bring back the copy"), "{damaged}");
}
