//! What somebody does to the record afterwards: to forge it, who has the key of the disk; to be forgotten, who has the right to
//! be. The one is found out by whoever kept a checkpoint outside, and the other breaks no proof.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use audit_verify::{Checkpoint, Difference, Report, Source, check, prove, verify};
use journal::{Journal, RealDisk};
use serde_json::Value;

use crate::audit::{audited, done, export, keep, rows, run};
use crate::program::NUMBER;
use crate::raci::account;

const LUCIA: &str = "573155550199";

#[tokio::test(flavor = "multi_thread")]
async fn forgetting_a_customer_breaks_no_proof_and_the_record_never_named_them() {
    let (company, signer, serve) = audited("\"outside\"").await;
    company.whatsapp.customer(LUCIA, "Lucía Marulanda").say(NUMBER, "¿Qué horario tienen?").unwrap();
    let queued = company.until("reply-queued", 1).await;
    let entry = queued[0]["seq"].to_string();
    let phone = format!("+{LUCIA}");
    let erase =
        |reason: &str| run(&company, &["contact", "erase", "--phone", &phone, "--reason", reason, "--yes"]);
    // A reason that names the customer is refused, and is in no event either.
    let (ran, told) = erase("pidió Lucía Marulanda");
    assert!(!ran && told.contains("names the customer"), "{told}");
    let early = keep(&company, "early");
    let before = done(&company, &["audit", "prove", &entry]);
    // It takes two where there are two: she is alone now, and her proposal is carried out.
    let alone = format!(
        "[[people]]\nid = \"ana\"\nname = \"Ana\"\nroles = [\"admin\"]\naccount = \"{}\"\n",
        account()
    );
    crate::raci::change(&company, &serve, &alone);
    assert!(erase("solicitud, radicado 118").0);
    company.until("contact-erased", 1).await;

    let report = verify(&export(&company, "export"), &signer.key, &[early]).unwrap();
    assert!(report.is_sound(), "{report:?}");
    for proof in [before, done(&company, &["audit", "prove", &entry])] {
        assert!(prove(&proof, &signer.key).unwrap().line.contains("\"kind\":\"reply-queued\""));
    }
    let text = std::fs::read_to_string(company.dir.path().join("export/entries")).unwrap();
    // What a rule was set to say is the company's, and kept in clear with its version.
    let of_customers = |line: &&str| !line.contains("\"kind\":\"rule-versioned\"");
    for word in [LUCIA, "Marulanda", "horario", "Abrimos"] {
        assert!(!text.lines().filter(of_customers).any(|line| line.contains(word)), "{word}");
    }
    let acts = rows(&company, &["list", "--what", "erase-contacts"]);
    let reasons: Vec<&Value> = acts.iter().map(|row| &row["act"]["reason"]).collect();
    assert_eq!(reasons, [&Value::Null, &"solicitud, radicado 118".into()]);
    let contact = acts[0]["act"]["about"]["contact"].as_str().unwrap();
    let about = rows(&company, &["list", "--about", &format!("contact/{contact}")]);
    let erased = about.iter().find(|row| row["kind"] == "contact-erased").unwrap();
    let begun = company.journal(&["--kind", "proposal-begun"]);
    assert_eq!(erased["cause"], begun[0]["seq"]);
    let made = rows(&company, &["list", "--what", "proposal-made"]);
    assert_eq!(made[0]["cause"], acts[1]["entry"]);
    serve.stop();
}

/// What an admin with the key of the disk can do: every entry anew, with every checksum right, and one of them another.
fn rewrite(data: &Path, change: impl Fn(&str) -> Option<String>) {
    let (old, new) = (data.join("journal"), data.join("rewritten"));
    let open = |dir: &Path| Journal::open(Arc::new(RealDisk), dir, journal::Options::default()).unwrap().0;
    let mut changed = 0;
    {
        let (from, mut to) = (open(&old), open(&new));
        for batch in from.reader().batches(1) {
            let batch = batch.unwrap();
            let entries = batch.entries().map(|(_, entry)| {
                let entry = std::str::from_utf8(entry).unwrap();
                change(entry).inspect(|_| changed += 1).unwrap_or_else(|| entry.to_owned())
            });
            to.append(&entries.collect::<Vec<_>>()).unwrap();
        }
    }
    assert_eq!(changed, 1);
    std::fs::remove_dir_all(&old).unwrap();
    std::fs::rename(&new, &old).unwrap();
    std::fs::remove_dir_all(data.join("projection")).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_who_rewrites_an_entry_with_every_checksum_right_is_found_out_and_nobody_signs_it() {
    let (company, signer, serve) = audited("\"outside\"").await;
    done(&company, &["outbound", "pause", "--reason", "mudanza"]);
    let kept = keep(&company, "kept");
    let size = Checkpoint::open(&std::fs::read_to_string(&kept).unwrap(), &signer.key).unwrap().size;
    serve.stop();
    rewrite(&company.data, |entry| {
        entry.contains("\"kind\":\"sending-stopped\"").then(|| entry.replace("mudanza", "avería!"))
    });
    let serve = company.start();
    // The host itself notices nothing: its journal is whole.
    assert!(company.run(&["verify"]).is_ok());
    let (ran, told) = run(&company, &["audit", "checkpoint"]);
    assert!(!ran && told.contains("are not those that were signed"), "{told}");
    let status = done(&company, &["status"]);
    assert!(status.contains("NOT SIGNED since"), "{status}");

    // Nor does it help to hand out what nobody signed.
    let exported = company.dir.path().join("export");
    let _ = run(&company, &["audit", "export", "--to", exported.to_str().unwrap()]);
    let report = verify(&exported, &signer.key, std::slice::from_ref(&kept)).unwrap();
    let differs =
        |source: &Source| report.differences.contains(&Difference::Root { size, source: source.clone() });
    assert!(differs(&Source::Outside(kept)), "{report:?}");
    let (good, bad) = report.between.unwrap();
    let text = std::fs::read_to_string(exported.join("entries")).unwrap();
    let forged = text.lines().position(|line| line.contains("avería!")).unwrap() as u64 + 1;
    assert!((good + 1..=bad).contains(&forged), "{forged} is not between {good} and {bad}");
    serve.stop();

    // A journal that was put back from an older copy is shorter than what was signed.
    let (other, _signer, serve) = audited("").await;
    serve.stop();
    let copy = other.dir.path().join("older");
    let copied = Command::new("cp").arg("-r").args([other.data.join("journal"), copy.clone()]).status();
    assert!(copied.unwrap().success());
    let serve = other.start();
    for _ in 0..5 {
        done(&other, &["outbound", "pause", "--reason", "mudanza"]);
        done(&other, &["outbound", "resume"]);
    }
    keep(&other, "late");
    serve.stop();
    for gone in ["journal", "projection"] {
        std::fs::remove_dir_all(other.data.join(gone)).unwrap();
    }
    std::fs::rename(copy, other.data.join("journal")).unwrap();
    let serve = other.start();
    let (ran, told) = run(&other, &["audit", "checkpoint"]);
    assert!(!ran && told.contains("the journal is older than it was"), "{told}");
    serve.stop();
}

/// Choices that follow from a seed (SplitMix64).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % n as u64).unwrap()
    }
}

/// One change of the lines of an export, and its name.
fn damage(dice: &mut Dice, whole: &[u8]) -> (&'static str, Vec<u8>) {
    let mut bytes = whole.to_vec();
    let lines: Vec<&[u8]> = whole.split_inclusive(|byte| *byte == b'\n').collect();
    let (one, other) = (dice.below(lines.len()), dice.below(lines.len()));
    let joined = |lines: Vec<&[u8]>| lines.concat();
    match dice.below(8) {
        0 => {
            let at = dice.below(bytes.len());
            bytes[at] ^= 1 << dice.below(8);
            ("a bit", bytes)
        }
        1 => {
            let at = dice.below(bytes.len());
            bytes[at] = u8::try_from(dice.below(256)).unwrap();
            ("a byte", bytes)
        }
        2 => {
            bytes.remove(dice.below(bytes.len()));
            ("a byte gone", bytes)
        }
        3 => {
            bytes.insert(dice.below(bytes.len() + 1), u8::try_from(dice.below(256)).unwrap());
            ("a byte more", bytes)
        }
        4 => {
            bytes.truncate(dice.below(bytes.len()));
            ("truncated", bytes)
        }
        5 => {
            let mut lines = lines;
            lines.remove(one);
            ("an entry gone", joined(lines))
        }
        6 => {
            let mut lines = lines;
            lines.swap(one, other);
            ("two entries swapped", joined(lines))
        }
        _ => {
            // The entry of another line under a number of its own, as a forger would insert it.
            let entry = lines[other].splitn(2, |byte| *byte == b' ').nth(1).unwrap();
            let number = lines[one].split(|byte| *byte == b' ').next().unwrap();
            let line = [number, b" ", entry].concat();
            let mut lines = lines;
            lines.insert(one, &line);
            ("an entry more", joined(lines))
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_changes_of_an_export_are_all_found_by_a_checkpoint_that_was_kept_outside() {
    let (company, signer, serve) = audited("\"outside\"").await;
    for n in 0..3 {
        company
            .whatsapp
            .customer(&format!("57300111220{n}"), "Lucía")
            .say(NUMBER, "¿Qué horario tienen?")
            .unwrap();
        done(&company, &["outbound", "pause", "--reason", &format!("mudanza {n}")]);
        done(&company, &["outbound", "resume"]);
    }
    company.until("reply-queued", 3).await;
    let exported = export(&company, "export");
    serve.stop();
    let whole = std::fs::read(exported.join("entries")).unwrap();
    let note = std::fs::read_to_string(exported.join("checkpoint")).unwrap();
    let kept = || {
        let checkpoint = Checkpoint::open(&note, &signer.key).unwrap();
        vec![(Source::Outside("kept".into()), checkpoint)]
    };
    let checked = |bytes: &[u8]| -> Report { check(bytes, &signer.key, kept()).unwrap() };
    let sound = checked(&whole);
    assert!(sound.is_sound() && sound.entries > 20, "{sound:?}");

    let seed = std::env::var("TIMONEL_SEED").map_or_else(
        |_| u64::try_from(jiff::Timestamp::now().as_nanosecond() & i128::from(u64::MAX)).unwrap(),
        |seed| seed.parse().unwrap(),
    );
    println!("TIMONEL_SEED={seed}");
    let (mut dice, mut changed) = (Dice(seed), 0);
    while changed < 10_000 {
        let (what, bytes) = damage(&mut dice, &whole);
        if bytes == whole {
            continue;
        }
        changed += 1;
        assert!(!checked(&bytes).is_sound(), "change {changed}, {what}, was not found: TIMONEL_SEED={seed}");
    }
}
