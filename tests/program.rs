//! The program as an operator runs it: a process, a directory, a socket.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{LazyLock, Mutex, mpsc};
use std::time::{Duration, Instant};

use serde_json::Value;
use simulator::{Delays, Handle, Options};
use whatsapp::AppSecrets;

/// Another one in every run: a port that a host has given up may be the next one's of somebody else's tests, which would take
/// what is meant for us.
static SECRET: LazyLock<String> = LazyLock::new(|| {
    let moment = jiff::Timestamp::now().subsec_nanosecond();
    format!("the-secret-of-the-app-{}-{moment}", std::process::id())
});
pub const NUMBER: &str = "106540352242922";

pub fn timonel() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_timonel"));
    // What the machine that runs the tests has set must not matter.
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("TIMONEL_")) {
        command.env_remove(name);
    }
    command
}

/// A `timonel serve` that has not opened its door yet. Killed when dropped.
pub struct Starting {
    child: Child,
    log: mpsc::Receiver<String>,
}

impl Starting {
    /// Starts it; `environment` is what it gets besides ours.
    pub fn spawn(config: &Path, environment: &[(String, String)]) -> Self {
        let mut child = timonel()
            .args(["serve", "--config"])
            .arg(config)
            .env("TIMONEL_LOG", "json")
            .envs(environment.iter().cloned())
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
        Self { child, log }
    }

    /// Waits until the door is open. What it said instead, if it does not open.
    pub fn open(self) -> Result<Serve, String> {
        let mut seen = Vec::new();
        let deadline = Instant::now() + Duration::from_secs(60);
        while let Ok(line) = self.log.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            let event: Value = serde_json::from_str(&line).unwrap_or_default();
            if event["fields"]["message"] == "open" {
                let address = event["fields"]["address"].as_str().unwrap().to_owned();
                return Ok(Serve { process: self, address, seen: Mutex::new(seen) });
            }
            seen.push(line);
        }
        Err(seen.join("\n"))
    }
}

impl Drop for Starting {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A running `timonel serve`. Killed when dropped.
pub struct Serve {
    process: Starting,
    pub address: String,
    /// What it logged before its door was open: what runs beside the door may have been quicker.
    seen: Mutex<Vec<String>>,
}

impl Serve {
    /// Starts it and waits until the door is open.
    pub fn start(config: &Path) -> Self {
        Starting::spawn(config, &[]).open().unwrap_or_else(|said| panic!("the host did not open: {said}"))
    }

    pub fn webhook(&self) -> String {
        format!("http://{}/webhook", self.address)
    }

    /// The lines that it has logged since they were last read.
    pub fn log(&self) -> Vec<String> {
        self.process.log.try_iter().collect()
    }

    /// Waits until it has logged all these words; what it logged since it was last read.
    pub fn says(&self, words: &[&str]) -> String {
        let seen = std::mem::take(&mut *self.seen.lock().unwrap());
        let (deadline, mut said) = (Instant::now() + Duration::from_secs(10), seen.concat());
        while let Some(missing) = words.iter().find(|words| !said.contains(**words)) {
            assert!(Instant::now() < deadline, "`{missing}` is missing in: {said}");
            if let Ok(line) = self.process.log.recv_timeout(Duration::from_millis(100)) {
                said.push_str(&line);
            }
        }
        said
    }

    /// As when the process is killed by the system.
    pub fn kill(mut self) {
        self.process.child.kill().unwrap();
        self.process.child.wait().unwrap();
    }

    /// Waits until it has ended by itself, and says how and with which last words.
    pub fn ended(mut self) -> (ExitStatus, String) {
        let status = self.process.child.wait().unwrap();
        (status, self.process.log.iter().collect::<Vec<_>>().join("\n"))
    }

    /// As when an operator stops it.
    pub fn stop(mut self) {
        let pid = self.process.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        let status = self.process.child.wait().unwrap();
        assert!(status.success(), "{status}: {:#?}", self.log());
    }
}

/// A company in a directory, with a simulated WhatsApp beside it.
pub struct Company {
    pub dir: tempfile::TempDir,
    /// Where its host keeps its data.
    pub data: PathBuf,
    pub whatsapp: Handle,
}

impl Company {
    pub async fn new() -> Self {
        Self::with(Options::default()).await
    }

    /// A company whose WhatsApp is what `options` say, but for what has to be so.
    pub async fn with(options: Options) -> Self {
        let whatsapp = simulator::start(Options {
            app_secret: SECRET.clone(),
            delays: Delays::NONE,
            retry: Duration::from_millis(50),
            ..options
        });
        let dir = tempfile::tempdir().unwrap();
        Self { data: dir.path().join("data"), dir, whatsapp: whatsapp.await.unwrap() }
    }

    pub fn config(&self) -> PathBuf {
        self.dir.path().join("timonel.toml")
    }

    /// Writes the file of settings; `more` is what it says of the company and its rules.
    pub fn configure(&self, more: &str) {
        let text = format!(
            "data = {:?}\nlisten = \"127.0.0.1:0\"\napp-secret = {:?}\nverify-token = \"verify\"\n\
             access-token = \"token\"\ngraph-url = {:?}\n{more}",
            self.data,
            *SECRET,
            self.whatsapp.base_url()
        );
        self.save(&text);
    }

    /// Saves all of the file of settings.
    pub fn save(&self, text: &str) {
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
        self.inspect(arguments).unwrap()
    }

    /// The same, or why it cannot be told.
    pub fn inspect(&self, arguments: &[&str]) -> Result<Vec<Value>, String> {
        let told = self.run(&[&["inspect", "--json"], arguments].concat())?;
        Ok(told.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
    }

    /// What `timonel journal` says to a command, if it succeeds; otherwise its last words.
    pub fn run(&self, command: &[&str]) -> Result<String, String> {
        let out = timonel().arg("journal").args(command).arg("--config").arg(self.config()).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        if out.status.success() { Ok(text(out.stdout)) } else { Err(text(out.stderr)) }
    }

    /// Waits until the journal has so many events of a kind, and gives them. It is read from the disk, where they are before the host has
    /// folded them: whoever asks the host next has to wait for what it says, with [`until`].
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

/// Waits until something is so.
pub async fn until(what: &str, mut is: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(40);
    while !is().await {
        assert!(Instant::now() < deadline, "{what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// What a command of the program says to a person, and whether it succeeded.
pub fn said(command: &mut Command) -> (bool, String) {
    let out = command.stdin(Stdio::null()).output().unwrap();
    let words = format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    (out.status.success(), words)
}

/// All files below a directory; none if there is no such directory.
pub fn files(dir: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(dir) else { return Vec::new() };
    let (dirs, files): (Vec<_>, Vec<_>) =
        entries.map(|entry| entry.unwrap().path()).partition(|path| path.is_dir());
    let below = dirs.iter().flat_map(|dir| self::files(dir));
    files.into_iter().filter(|path| path.is_file()).chain(below).collect()
}

/// Those of them in whose names something stands.
pub fn files_named(dir: &Path, part: &str) -> Vec<PathBuf> {
    let mut found = files(dir);
    found.retain(|path| path.file_name().unwrap().to_string_lossy().contains(part));
    found
}

/// Those of them in which some bytes stand.
pub fn files_with(dir: &Path, bytes: &[u8]) -> Vec<PathBuf> {
    let mut found = files(dir);
    found.retain(|path| std::fs::read(path).unwrap().windows(bytes.len()).any(|window| window == bytes));
    found
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

/// What a page of a host says; none if nobody answered.
pub async fn get(address: &str, page: &str) -> Option<String> {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut stream = tokio::net::TcpStream::connect(address).await.ok()?;
    let head = format!("GET {page} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await.ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.ok()?;
    Some(answer.split_once("\r\n\r\n")?.1.to_owned())
}

/// Posts a body with the right signature.
pub async fn post_signed(address: &str, body: &[u8]) -> Option<u16> {
    let signature = AppSecrets::new(&SECRET, None).sign(body);
    post(address, body, Some(&signature)).await
}
