//! The program as an auditor runs it: what it says, and how it ends.

#![allow(clippy::unwrap_used)] // The helpers of tests are no #[test] themselves.

use std::path::Path;
use std::process::Command;

use audit_verify::{Checkpoint, Growing, Key, leaf};
use data_encoding::BASE64;
use ed25519_dalek::{Signer as _, SigningKey};

const ORIGIN: &str = "shop.example/audit";

fn secret() -> SigningKey {
    SigningKey::from_bytes(&[3; 32])
}

fn key() -> Key {
    Key::new(ORIGIN, secret().verifying_key()).unwrap()
}

fn lines() -> Vec<String> {
    (1..=10).map(|n| format!("{} {{\"kind\":\"acted\",\"n\":{n}}}", 3 * n)).collect()
}

fn signed(lines: &[String]) -> String {
    let mut tree = Growing::default();
    lines.iter().for_each(|line| tree.push(leaf(line.as_bytes())));
    let text = Checkpoint { origin: ORIGIN.to_owned(), size: tree.size(), root: tree.root() }.to_string();
    format!("{text}\n{}", key().line(&secret().sign(text.as_bytes())))
}

/// An export of these lines, with the checkpoint over those.
fn export(dir: &Path, lines: &[String], over: &[String]) {
    std::fs::write(dir.join("entries"), lines.iter().map(|line| format!("{line}\n")).collect::<String>())
        .unwrap();
    std::fs::write(dir.join("checkpoint"), signed(over)).unwrap();
    std::fs::write(dir.join("verifier-key"), format!("{}\n", key())).unwrap();
}

/// How the program ends in a directory, and what it says.
fn run(dir: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let out =
        Command::new(env!("CARGO_BIN_EXE_audit-verify")).args(arguments).current_dir(dir).output().unwrap();
    let words = format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    (out.status.code(), words)
}

#[test]
fn a_sound_export_ends_with_0_and_an_older_checkpoint_is_part_of_it() {
    let dir = tempfile::tempdir().unwrap();
    export(dir.path(), &lines(), &lines());
    std::fs::write(dir.path().join("older"), signed(&lines()[..4])).unwrap();
    let all = ["export", ".", "--key", "verifier-key", "--checkpoint", "older"];
    let (code, words) = run(dir.path(), &all);
    assert_eq!(code, Some(0), "{words}");
    assert!(words.contains("older: its 4 entries are here, unchanged"), "{words}");
    assert!(words.contains("All 10 entries are as `shop.example/audit` signed them"), "{words}");
    // The key itself does as well as a file.
    assert_eq!(run(dir.path(), &["export", ".", "--key", &key().to_string()]).0, Some(0));
}

#[test]
fn what_was_changed_ends_with_1_and_is_told_between_two_lines() {
    let dir = tempfile::tempdir().unwrap();
    let mut forged = lines();
    forged[6] = forged[6].replace("\"n\":7", "\"n\":8");
    // Whoever has the signer's key can sign what they forged; what was kept outside says otherwise.
    export(dir.path(), &forged, &forged);
    for (name, n) in [("march", 4), ("june", 9)] {
        std::fs::write(dir.path().join(name), signed(&lines()[..n])).unwrap();
    }
    assert_eq!(run(dir.path(), &["export", ".", "--key", "verifier-key"]).0, Some(0));
    let kept = ["export", ".", "--key", "verifier-key", "--checkpoint", "march", "--checkpoint", "june"];
    let (code, words) = run(dir.path(), &kept);
    assert_eq!(code, Some(1), "{words}");
    assert!(words.contains("DIFFERENT: the first 9 entries are not those that were signed: june"), "{words}");
    assert!(words.contains("the first difference lies in the lines 5 to 9"), "{words}");
    assert!(words.contains("the key signed both records"), "{words}");

    let short = &lines()[..8];
    export(dir.path(), short, short);
    let (code, words) = run(dir.path(), &kept);
    assert!(code == Some(1) && words.contains("june was signed over 9"), "{words}");
    export(dir.path(), &lines(), short);
    let (code, words) = run(dir.path(), &["export", ".", "--key", "verifier-key"]);
    assert!(code == Some(1) && words.contains("nobody vouches for the last 2 entries"), "{words}");
}

#[test]
fn what_cannot_be_told_ends_with_2_and_says_what_is_missing() {
    let dir = tempfile::tempdir().unwrap();
    let told = |arguments: &[&str], words: &str| {
        let (code, said) = run(dir.path(), arguments);
        assert!(code == Some(2) && said.contains(words), "{code:?}: {said}");
    };
    told(&["export", ".", "--key", "nowhere"], "`--key` is `nowhere`");
    export(dir.path(), &lines(), &lines());
    std::fs::write(dir.path().join("other"), signed(&lines()).replace("\n10\n", "\n11\n")).unwrap();
    told(
        &["export", ".", "--key", "verifier-key", "--checkpoint", "other"],
        "other is not signed by this key",
    );
    std::fs::remove_file(dir.path().join("checkpoint")).unwrap();
    told(&["export", ".", "--key", "verifier-key"], "nobody signed this record");
    told(&["entry", "entries", "--key", "verifier-key"], "it is no proof");
    told(&["export"], "--key");
}

#[test]
fn one_entry_is_proved_by_one_file_and_another_entry_is_not() {
    let dir = tempfile::tempdir().unwrap();
    export(dir.path(), &lines(), &lines());
    // Of three leaves the proof of the last one is the root of the first two.
    let three = &lines()[..3];
    let mut two = Growing::default();
    three[..2].iter().for_each(|line| two.push(leaf(line.as_bytes())));
    let proof = |line: &str| {
        let (line, hash) = (BASE64.encode(line.as_bytes()), BASE64.encode(&two.root()));
        format!("c2sp.org/tlog-proof@v1\nextra {line}\nindex 2\n{hash}\n\n{}", signed(three))
    };
    std::fs::write(dir.path().join("proof"), proof(&three[2])).unwrap();
    let (code, words) = run(dir.path(), &["entry", "proof", "--key", "verifier-key"]);
    assert!(code == Some(0) && words.contains(&three[2]) && words.contains("line 3 of the 3"), "{words}");
    std::fs::write(dir.path().join("proof"), proof(&three[1])).unwrap();
    let (code, words) = run(dir.path(), &["entry", "proof", "--key", "verifier-key"]);
    assert!(code == Some(1) && words.contains("lead to another root"), "{words}");
}
