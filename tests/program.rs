//! The program as an operator runs it: a process, a directory, a socket.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use serde_json::Value;
use simulator::{Delays, Handle, Options};
use whatsapp::AppSecrets;

pub const SECRET: &str = "the-secret-of-the-app";
pub const NUMBER: &str = "106540352242922";

pub fn timonel() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_timonel"));
    // What the machine that runs the tests has set must not matter.
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("TIMONEL_")) {
        command.env_remove(name);
    }
    command
}

/// A running `timonel serve`. Killed when dropped.
pub struct Serve {
    child: Child,
    pub address: String,
    log: mpsc::Receiver<String>,
}

impl Serve {
    /// Starts it and waits until the door is open.
    pub fn start(config: &Path) -> Self {
        let mut child = timonel()
            .args(["serve", "--config"])
            .arg(config)
            .env("TIMONEL_LOG", "json")
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let (lines, log) = mpsc::channel();
        std::thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                if lines.send(line).is_err() {
                    return;
                }
            }
        });
        let mut seen = Vec::new();
        let deadline = Instant::now() + Duration::from_secs(60);
        while let Ok(line) = log.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            let event: Value = serde_json::from_str(&line).unwrap_or_default();
            if event["fields"]["message"] == "open" {
                let address = event["fields"]["address"].as_str().unwrap().to_owned();
                return Self { child, address, log };
            }
            seen.push(line);
        }
        let _ = child.kill();
        let _ = child.wait();
        panic!("the host did not open: {seen:#?}");
    }

    pub fn webhook(&self) -> String {
        format!("http://{}/webhook", self.address)
    }

    /// The lines that it has logged since they were last read.
    pub fn log(&self) -> Vec<String> {
        self.log.try_iter().collect()
    }

    /// As when the process is killed by the system.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// As when an operator stops it.
    pub fn stop(mut self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Serve {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A company in a directory, with a simulated WhatsApp beside it.
pub struct Company {
    pub dir: tempfile::TempDir,
    pub whatsapp: Handle,
}

impl Company {
    pub async fn new() -> Self {
        Self::with(Self::options()).await
    }

    pub fn options() -> Options {
        Options {
            app_secret: SECRET.to_owned(),
            delays: Delays::NONE,
            retry: Duration::from_millis(50),
            ..Options::default()
        }
    }

    pub async fn with(options: Options) -> Self {
        let whatsapp = simulator::start(options);
        Self { dir: tempfile::tempdir().unwrap(), whatsapp: whatsapp.await.unwrap() }
    }

    pub fn config(&self) -> PathBuf {
        self.dir.path().join("timonel.toml")
    }

    /// Writes the file of settings; `more` is what it says of the company and its rules.
    pub fn configure(&self, more: &str) {
        let data = self.dir.path().join("data");
        let text = format!(
            "data = {data:?}\nlisten = \"127.0.0.1:0\"\napp-secret = {SECRET:?}\nverify-token = \"verify\"\n\
             access-token = \"token\"\ngraph-url = {:?}\n{more}",
            self.whatsapp.base_url()
        );
        // Renamed into place, as editors do: nobody reads half of it.
        let fresh = self.dir.path().join("fresh.toml");
        std::fs::write(&fresh, text).unwrap();
        std::fs::rename(fresh, self.config()).unwrap();
    }

    pub fn start(&self) -> Serve {
        let serve = Serve::start(&self.config());
        self.whatsapp.set_webhook(&serve.webhook()).unwrap();
        serve
    }

    /// The journal, as `timonel journal inspect` tells it.
    pub fn journal(&self, arguments: &[&str]) -> Vec<Value> {
        let out = timonel()
            .args(["journal", "inspect", "--json", "--config"])
            .arg(self.config())
            .args(arguments)
            .output()
            .unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8(out.stdout)
            .unwrap()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// Waits until the journal has so many events of a kind, and gives them.
    pub async fn until(&self, kind: &str, count: usize) -> Vec<Value> {
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            let events = self.journal(&["--open", "--kind", kind]);
            if events.len() >= count {
                return events;
            }
            assert!(
                Instant::now() < deadline,
                "{} of {count} `{kind}`: {:#?}",
                events.len(),
                self.journal(&[])
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

/// A body as Meta posts it: a text of a customer.
pub fn text_body(wamid: &str, phone: &str, text: &str) -> String {
    let now = jiff::Timestamp::now().as_second();
    serde_json::json!({
        "object": "whatsapp_business_account",
        "entry": [{"id": "102290129340398", "changes": [{"field": "messages", "value": {
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": "576015550100", "phone_number_id": NUMBER},
            "contacts": [{"profile": {"name": "Lucía"}, "wa_id": phone}],
            "messages": [{"from": phone, "id": wamid, "timestamp": now.to_string(), "type": "text",
                          "text": {"body": text}}],
        }}]}],
    })
    .to_string()
}

/// Posts bytes to a webhook with a signature, and gives the status; none if nobody answered.
pub async fn post(address: &str, body: &[u8], signature: Option<&str>) -> Option<u16> {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut stream = tokio::net::TcpStream::connect(address).await.ok()?;
    let signature = signature.map_or_else(String::new, |s| format!("X-Hub-Signature-256: {s}\r\n"));
    let head = format!(
        "POST /webhook HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n{signature}\
         Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.ok()?;
    stream.write_all(body).await.ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.ok()?;
    let line = String::from_utf8_lossy(&answer);
    line.split(' ').nth(1)?.parse().ok()
}

/// Posts a body with the right signature.
pub async fn post_signed(address: &str, body: &[u8]) -> Option<u16> {
    let signature = AppSecrets::new(SECRET, None).sign(body);
    post(address, body, Some(&signature)).await
}
