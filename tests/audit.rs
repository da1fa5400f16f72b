//! The record of who did what, from the socket to the auditor's table: real host, real signer, and the verifier that shares no
//! code with the host.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use audit_verify::{Checkpoint, Difference, Key, Report, Source, Trouble, check, prove, verify};
use journal::{Journal, RealDisk};
use serde_json::Value;
use server::Server;
use store::Drive;

use crate::assembled::{House, Open};
use crate::message::SHOP;
use crate::program::{Company, NUMBER, Serve, said, timonel};
use crate::raci::ask;

const ORIGIN: &str = "ferreteria.example/audit";
const LUCIA: &str = "573155550199";

/// A signer beside a company, as a process of its own. Killed when dropped.
struct Signer {
    child: Child,
    key: Key,
}

impl Signer {
    fn start(company: &Company) -> Self {
        let dir = company.dir.path();
        let mut command: Command = timonel();
        command.args(["audit-signer", "--leash", "--origin", ORIGIN, "--dir"]).arg(dir.join("signer"));
        command.arg("--socket").arg(dir.join("signer.socket"));
        let mut child = command.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stderr.take().unwrap()).read_line(&mut line).unwrap();
        let key = line.strip_prefix("audit-signer: ").unwrap_or_else(|| panic!("{line}")).parse().unwrap();
        let deadline = Instant::now() + Duration::from_secs(10);
        while std::os::unix::net::UnixStream::connect(dir.join("signer.socket")).is_err() {
            assert!(Instant::now() < deadline, "the signer does not listen");
            std::thread::sleep(Duration::from_millis(10));
        }
        Self { child, key }
    }
}

impl Drop for Signer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn account() -> String {
    let out = Command::new("id").arg("-un").output().unwrap();
    String::from_utf8(out.stdout).unwrap().trim().to_owned()
}

/// Ana, who runs the tests, in a role; and Ricardo.
fn people(role: &str) -> String {
    let account = account();
    format!(
        "[[people]]\nid = \"ana\"\nname = \"Ana Ruiz\"\naccount = \"{account}\"\nroles = [\"{role}\"]\n\
         [[people]]\nid = \"ricardo\"\nname = \"Ricardo Salazar\"\nroles = [\"admin\"]\n"
    )
}

/// A company with people, whose record is signed once a second if it grew, and handed to `to`.
async fn audited(to: &str) -> (Company, Signer, Serve) {
    let company = Company::new().await;
    let signer = Signer::start(&company);
    let audit = format!("[audit]\nsigner = \"signer.socket\"\nevery = \"1s\"\nto = [{to}]\n");
    let raci = SHOP.replace("[company]", "[company]\nraci = \"raci.toml\"");
    company.configure(&format!("{audit}{raci}"));
    std::fs::write(company.dir.path().join("raci.toml"), people("admin")).unwrap();
    let serve = company.start();
    (company, signer, serve)
}

fn run(company: &Company, arguments: &[&str]) -> (bool, String) {
    said(timonel().args(arguments).arg("--config").arg(company.config()))
}

fn done(company: &Company, arguments: &[&str]) -> String {
    let (ran, told) = run(company, arguments);
    assert!(ran, "{arguments:?}: {told}");
    told
}

fn rows(company: &Company, arguments: &[&str]) -> Vec<Value> {
    let told = done(company, &[&["audit"], arguments, &["--json"]].concat());
    told.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn export(company: &Company, name: &str) -> PathBuf {
    let dir = company.dir.path().join(name);
    done(company, &["audit", "export", "--to", dir.to_str().unwrap()]);
    dir
}

/// Takes a checkpoint, and keeps it outside.
fn keep(company: &Company, name: &str) -> PathBuf {
    let path = company.dir.path().join(name);
    std::fs::write(&path, done(company, &["audit", "checkpoint"])).unwrap();
    path
}

fn outside(company: &Company) -> Vec<PathBuf> {
    let dir = company.dir.path().join("outside");
    let mut found: Vec<PathBuf> =
        std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.sort();
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn who_did_what_by_what_right_and_what_it_was_before_is_listed_and_checked_elsewhere() {
    let (company, signer, serve) = audited("\"outside\"").await;
    done(&company, &["outbound", "pause", "--reason", "mudanza"]);
    done(&company, &["outbound", "resume"]);
    let listed = rows(&company, &["list"]);
    let at = |kind: &str, n: usize| listed.iter().filter(|row| row["kind"] == kind).nth(n).unwrap();
    let (asked, stopped) = (at("acted", 0), at("sending-stopped", 0));
    assert_eq!(asked["name"], "Ana Ruiz");
    assert_eq!(asked["what"], "pidió detener los envíos");
    let act = &asked["act"];
    assert_eq!((&act["person"], &act["account"]), (&"ana".into(), &account().into()));
    assert_eq!(
        (&act["right"]["task"], &act["right"]["roles"][0]),
        (&"emergency-stop".into(), &"admin".into())
    );
    assert_eq!((&act["reason"], &act["device"]["by"]), (&"mudanza".into(), &"socket".into()));
    assert!(act["device"]["process"].as_i64().unwrap() > 0);
    assert_eq!(stopped["cause"], asked["entry"]);
    let resumed = at("sending-resumed", 0);
    assert_eq!(resumed["cause"], at("acted", 1)["entry"]);
    assert_eq!(resumed["before"]["entry"], stopped["entry"]);
    // Reading the audit is in the audit, before the answer is given.
    assert_eq!(at("acted", 2)["act"]["action"], "read-audit");
    let only = rows(&company, &["list", "--who", "ana", "--what", "pause-sending", "--limit", "1"]);
    assert_eq!((only.len(), &only[0]["entry"]), (1, &asked["entry"]));
    let told = done(&company, &["audit", "list", "--what", "sending-resumed"]);
    assert!(told.contains("Ana Ruiz") && told.contains("detuvo los envíos: mudanza]"), "{told}");

    let exported = export(&company, "export");
    let report = verify(&exported, &signer.key, &outside(&company)).unwrap();
    assert!(report.is_sound() && report.fitting.len() > 1, "{report:?}");
    assert!(report.fitting.iter().any(|(_, source)| matches!(source, Source::Outside(_))), "{report:?}");
    let text = std::fs::read_to_string(exported.join("entries")).unwrap();
    assert_eq!(report.entries, text.lines().count() as u64);
    assert!(text.contains("\"kind\":\"sending-stopped\""));
    // The host's word for the key is that of the signer; the auditor takes it from the signer.
    assert_eq!(std::fs::read_to_string(exported.join("key")).unwrap().trim(), signer.key.to_string());

    let proof = company.dir.path().join("proof");
    done(&company, &["audit", "prove", &stopped["entry"].to_string(), "--out", proof.to_str().unwrap()]);
    let proof = std::fs::read_to_string(proof).unwrap();
    let proved = prove(&proof, &signer.key).unwrap();
    assert!(text.lines().any(|line| line == proved.line) && proved.line.contains("mudanza"), "{proved:?}");
    let (ran, told) = run(&company, &["audit", "prove", "99999"]);
    assert!(!ran && told.contains("`entry` is 99999"), "{told}");
    let status = done(&company, &["status"]);
    assert!(status.contains("signed up to"), "{status}");
    serve.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_not_read_the_record_is_in_it_and_reads_their_own() {
    let (company, _signer, serve) = audited("").await;
    let change = |people: &str| {
        let fresh = company.dir.path().join("fresh-raci.toml");
        std::fs::write(&fresh, people).unwrap();
        std::fs::rename(fresh, company.dir.path().join("raci.toml")).unwrap();
        serve.says(&["other rules are in force"]);
    };
    change(&people("agent"));
    let (ran, told) = run(&company, &["audit", "list"]);
    assert!(!ran && told.contains("«Auditoría»") && told.contains("Ricardo Salazar"), "{told}");
    let phone = ["contact", "export", "--phone", "+57 315 555 0199", "--out", "-"];
    assert!(!run(&company, &phone).0);
    // Looking at how the host is leaves no trace, or nobody would find what matters.
    done(&company, &["outbound"]);
    let mine = rows(&company, &["mine"]);
    let asked = |row: &Value| (row["act"]["action"].clone(), row["act"]["refused"].clone());
    let expected = [("read-audit", "letters"), ("export-contact", "letters")];
    let expected = expected.map(|(action, refused)| (Value::from(action), Value::from(refused)));
    assert_eq!(mine.iter().map(asked).collect::<Vec<_>>(), expected);
    assert!(mine.iter().all(|row| row["concern"] == "usted" && row["act"]["right"].is_null()));
    assert_eq!(mine[1]["what"], "quiso exportar los datos de un cliente, y no puede");

    // Whoever is nobody here is of record, too, by the account alone.
    change("[[people]]\nid = \"ricardo\"\nname = \"Ricardo Salazar\"\nroles = [\"admin\"]\n");
    assert!(!run(&company, &["audit", "list"]).0);

    change(&people("admin"));
    let all = rows(&company, &["list", "--who", &account()]);
    let refused = all.iter().filter(|row| !row["act"]["refused"].is_null());
    let refused: Vec<_> = refused.map(|row| (&row["act"]["refused"], &row["act"]["person"])).collect();
    let (letters, ana) = (Value::from("letters"), Value::from("ana"));
    assert_eq!(refused, [(&letters, &ana), (&letters, &ana), (&"stranger".into(), &Value::Null)]);
    assert!(all.iter().all(|row| row["act"]["action"] != "read-own-record"));
    serve.stop();
}

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
    assert!(erase("solicitud, radicado 118").0);

    let report = verify(&export(&company, "export"), &signer.key, &[early]).unwrap();
    assert!(report.is_sound(), "{report:?}");
    for proof in [before, done(&company, &["audit", "prove", &entry])] {
        assert!(prove(&proof, &signer.key).unwrap().line.contains("\"kind\":\"reply-queued\""));
    }
    let text = std::fs::read_to_string(company.dir.path().join("export/entries")).unwrap();
    for word in [LUCIA, "Marulanda", "horario", "Abrimos"] {
        assert!(!text.contains(word), "{word}");
    }
    let acts = rows(&company, &["list", "--what", "erase-contacts"]);
    let reasons: Vec<&Value> = acts.iter().map(|row| &row["act"]["reason"]).collect();
    assert_eq!(reasons, [&Value::Null, &"solicitud, radicado 118".into()]);
    let contact = acts[0]["act"]["about"]["contact"].as_str().unwrap();
    let about = rows(&company, &["list", "--about", &format!("contact/{contact}")]);
    let erased = about.iter().find(|row| row["kind"] == "contact-erased").unwrap();
    assert_eq!(erased["cause"], acts[1]["entry"]);
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
    assert!(!ran && told.contains("does not begin with the"), "{told}");
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

/// A place that takes what is posted to it: the bodies, each answered with the next of some statuses.
fn mailbox(statuses: &'static [u16]) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/timonel?token=hush", listener.local_addr().unwrap());
    let (sender, bodies) = channel();
    std::thread::spawn(move || {
        for (n, stream) in listener.incoming().enumerate() {
            let mut stream = stream.unwrap();
            let (mut read, mut buffer) = (Vec::new(), [0; 4_096]);
            let body = loop {
                let some = stream.read(&mut buffer).unwrap();
                read.extend_from_slice(&buffer[..some]);
                let text = String::from_utf8_lossy(&read).to_lowercase();
                let length: Option<usize> =
                    text.split("content-length: ").nth(1).and_then(|rest| rest.lines().next()?.parse().ok());
                if let (Some(end), Some(length)) = (text.find("\r\n\r\n"), length)
                    && read.len() >= end + 4 + length
                {
                    break String::from_utf8(read[end + 4..].to_vec()).unwrap();
                }
                assert_ne!(some, 0, "the request ended in the middle");
            };
            let status = statuses.get(n).copied().unwrap_or(204);
            write!(stream, "HTTP/1.1 {status} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").unwrap();
            if status == 204 && sender.send(body).is_err() {
                return;
            }
        }
    });
    (address, bodies)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_that_was_out_of_reach_has_the_checkpoint_later_and_its_secret_is_in_no_record() {
    let (address, bodies) = mailbox(&[503]);
    let (company, signer, serve) = audited(&format!("\"{address}\", \"outside\"")).await;
    // The first one was refused; it is asked again after five seconds, and has the last one then.
    let body = bodies.recv_timeout(Duration::from_secs(20)).unwrap();
    assert!(Checkpoint::open(&body, &signer.key).is_ok(), "{body}");
    assert!(outside(&company).iter().any(|file| std::fs::read_to_string(file).unwrap() == body));
    let place = address.strip_suffix("?token=hush").unwrap();
    let deadline = Instant::now() + Duration::from_secs(10);
    let handed = loop {
        let handed = rows(&company, &["list", "--what", "checkpoint-handed"]);
        let told = handed.iter().filter_map(|row| row["what"].as_str()).collect::<Vec<_>>().join("\n");
        if told.contains(place) {
            break told;
        }
        assert!(Instant::now() < deadline, "{told}");
    };
    assert!(handed.contains("outside") && !handed.contains("hush"), "{handed}");
    assert!(!serve.log().join("\n").contains("hush"));
    serve.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_without_a_signer_says_that_anybody_with_the_disk_can_rewrite_its_record() {
    let company = Company::new().await;
    company.configure(SHOP);
    let serve = company.start();
    assert!(done(&company, &["status"]).contains("UNSIGNED"), "the status");
    assert!(run(&company, &["raci", "lint"]).1.contains("nadie firma el registro de auditoría"));
    let (ran, told) = run(&company, &["audit", "checkpoint"]);
    assert!(!ran && told.contains("set `signer` in [audit]"), "{told}");
    let exported = export(&company, "export");
    let key = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW".parse().unwrap();
    assert!(matches!(verify(&exported, &key, &[]), Err(Trouble::NoCheckpoint)));
    serve.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_recorded_is_not_done_and_not_shown_either() {
    let mut house = House::new(3, crate::assembled::SHOP, &[]);
    house.drive = Drive::Threads;
    let Open { desk, parts } = house.open().unwrap();
    let dir = tempfile::tempdir().unwrap();
    let owner = std::fs::metadata(dir.path()).unwrap().uid();
    let (clock, entropy) = (house.clock.clone(), house.entropy.clone());
    let store = desk.store().clone();
    let server = Server {
        desk,
        secrets: None,
        verify_token: None,
        checkpoints: None,
        clock,
        entropy,
        owner,
        rehearsal: None,
    };
    let (_, local) = server::routers(server, server::Routes::new());
    let controlled = server::control(dir.path(), local).unwrap();
    assert_eq!(ask(dir.path(), "POST", "/audit/list").await, 200);
    let size = store.record_size().unwrap();
    assert_eq!(size.entries, 1, "that it was read");
    // From now on nothing can be written, and everything can be read.
    store.close().unwrap();
    assert_eq!(ask(dir.path(), "POST", "/audit/mine").await, 200);
    for (method, path) in
        [("POST", "/audit/list"), ("GET", "/audit/export?entries=1"), ("POST", "/contacts/about")]
    {
        assert_eq!(ask(dir.path(), method, path).await, 503, "{path}");
    }
    assert_eq!(store.record_size().unwrap(), size);
    controlled.stop().await;
    drop(parts);
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
