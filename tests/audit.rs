//! The record of who did what, from the socket to the auditor's table: real host, real signer, and the verifier that shares no
//! code with the host.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use audit_verify::{Checkpoint, Key, Source, Trouble, prove, verify};
use governance::People;
use serde_json::Value;
use server::{Server, Site};
use store::Drive;

use crate::assembled::{House, Open};
use crate::message::SHOP;
use crate::program::{Company, Serve, said, timonel};
use crate::raci::ask;

const ORIGIN: &str = "ferreteria.example/audit";

/// A signer beside a company, as a process of its own. Killed when dropped.
pub struct Signer {
    child: Child,
    pub key: Key,
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
pub async fn audited(to: &str) -> (Company, Signer, Serve) {
    let company = Company::new().await;
    let signer = Signer::start(&company);
    let audit = format!("[audit]\nsigner = \"signer.socket\"\nevery = \"1s\"\nto = [{to}]\n");
    // Whoever is alone here does not wait a day for what they want.
    let governed = "[company]\nraci = \"raci.toml\"\napprovals.alone = \"0s\"";
    company.configure(&format!("{audit}{}", SHOP.replace("[company]", governed)));
    std::fs::write(company.dir.path().join("raci.toml"), people("admin")).unwrap();
    let serve = company.start();
    (company, signer, serve)
}

pub fn run(company: &Company, arguments: &[&str]) -> (bool, String) {
    said(timonel().args(arguments).arg("--config").arg(company.config()))
}

pub fn done(company: &Company, arguments: &[&str]) -> String {
    let (ran, told) = run(company, arguments);
    assert!(ran, "{arguments:?}: {told}");
    told
}

pub fn rows(company: &Company, arguments: &[&str]) -> Vec<Value> {
    let told = done(company, &[&["audit"], arguments, &["--json"]].concat());
    told.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

pub fn export(company: &Company, name: &str) -> PathBuf {
    let dir = company.dir.path().join(name);
    done(company, &["audit", "export", "--to", dir.to_str().unwrap()]);
    dir
}

/// Takes a checkpoint, and keeps it outside.
pub fn keep(company: &Company, name: &str) -> PathBuf {
    let path = company.dir.path().join(name);
    std::fs::write(&path, done(company, &["audit", "checkpoint"])).unwrap();
    path
}

pub fn outside(company: &Company) -> Vec<PathBuf> {
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
    let people =
        People::new(store.clone(), Arc::clone(desk.keys()), clock.clone(), entropy.clone(), None, None);
    let server = Server {
        provider: None,
        desk,
        people,
        streams: server::Streams::default(),
        writing: server::Writing::default(),
        backtests: server::Backtests::default(),
        files: None,
        site: Site::new(None, "127.0.0.1:0".parse().unwrap(), vec![]),
        secrets: None,
        verify_token: None,
        checkpoints: None,
        clock,
        entropy,
        owner,
        rehearsal: None,
        open_door: None,
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
