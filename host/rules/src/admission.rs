//! Whether a component is taken, and what is known of it then.
//!
//! All gates stand before the first instruction of the guest runs in this process, and nearly all before a byte of it is
//! parsed here: this side counts bytes, hashes them, and waits for a child (see `compile_worker`) with a clock in its
//! hand. One child runs at a time, because compilations compete with decisions for the same cores.
//!
//! A refusal is remembered, so that nobody can keep the machine busy with the same bad bytes. It is remembered in memory
//! only: a host that was upgraded should look again.

use std::collections::{BTreeSet, HashMap};
use std::ffi::OsString;
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use domain::author::Mark;
use domain::decision::{Digest, Kind};
use serde::{Deserialize, Serialize};
use wasmtime::Engine;
use wasmtime::component::Component;

use crate::cache::{Cache, Entry};
use crate::compile_worker::{self, Order, Report};
use crate::functions::Function;
use crate::limits::Limits;
use crate::package;
use crate::refusal::Refusal;
use domain::rule::schema::Schema;

/// The program that runs [`compile_worker::main`](crate::compile_worker::main).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worker {
    /// Our own binary, as a rule.
    pub program: PathBuf,
    /// What makes it the worker. One more argument is added.
    pub args: Vec<OsString>,
}

/// A component that may run.
pub struct Admitted {
    /// The SHA-256 of its bytes, by which it is known.
    pub digest: Digest,
    /// What it can be asked for.
    pub kinds: BTreeSet<Kind>,
    /// What it wants to be able to do, function by function.
    pub functions: BTreeSet<Function>,
    /// Who it says it is.
    pub description: Description,
    /// What its settings look like, as it says.
    pub schema: Schema,
    /// Who signed it, whether or not anybody knows them.
    pub marks: Vec<Mark>,
    /// How large it is.
    pub component_bytes: u64,
    /// How large its compiled code is.
    pub compiled_bytes: u64,
    /// What compiling it took, whenever that was.
    pub compile_time: Duration,
    pub(crate) component: Component,
}

impl std::fmt::Debug for Admitted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Admitted")
            .field("digest", &self.digest)
            .field("description", &self.description)
            .field("functions", &self.functions)
            .finish_non_exhaustive()
    }
}

/// Who a component says it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Description {
    /// As `skills-router`.
    pub name: String,
    /// As `1.4.0`.
    pub version: String,
    /// One sentence on what it does for the company.
    pub summary: String,
    /// An example of its settings.
    pub example_settings: String,
    /// What its settings look like, as JSON Schema; empty if it says nothing of them.
    pub settings_schema: String,
}

impl Description {
    /// It is shown to the people who decide, so it has to be short and may not draw on the screen.
    pub(crate) fn check(&self) -> Result<(), Refusal> {
        for (field, text, most) in
            [("name", &self.name, 64), ("version", &self.version, 32), ("summary", &self.summary, 400)]
        {
            let problem = if text.is_empty() {
                "is empty".to_owned()
            } else if text.chars().count() > most {
                format!("has more than {most} characters")
            } else if text.chars().any(char::is_control) {
                "holds control characters".to_owned()
            } else {
                continue;
            };
            return Err(Refusal::Description { field: field.to_owned(), problem });
        }
        Ok(())
    }

    /// What its settings look like.
    pub(crate) fn schema(&self) -> Result<Schema, Refusal> {
        Schema::read(&self.settings_schema).map_err(|problem| Refusal::Schema { problem })
    }
}

/// Admits components, and remembers them.
pub(crate) struct Admission {
    cache: Cache,
    worker: Worker,
    known: Mutex<HashMap<Digest, Result<Arc<Admitted>, Refusal>>>,
    compiling: Mutex<()>,
}

/// Known components and refusals. A company has dozens; whoever uploads thousands makes the host forget, not grow.
const KNOWN: usize = 1024;

impl Admission {
    pub(crate) fn new(cache: Cache, worker: Worker) -> Self {
        Self { cache, worker, known: Mutex::default(), compiling: Mutex::default() }
    }

    pub(crate) fn admit(
        &self,
        engine: &Engine,
        bytes: &[u8],
        limits: &Limits,
    ) -> Result<Arc<Admitted>, Refusal> {
        if bytes.len() > limits.component {
            return Err(Refusal::TooLarge { bytes: bytes.len() as u64, limit: limits.component as u64 });
        }
        let digest = Digest::of(bytes);
        if let Some(answer) = self.recall(digest) {
            return answer;
        }
        let _one_at_a_time = self.compiling.lock().unwrap_or_else(PoisonError::into_inner);
        // Somebody else may have brought the same bytes while this thread waited.
        if let Some(answer) = self.recall(digest) {
            return answer;
        }
        let answer = self.look(engine, digest, bytes, limits);
        if answer.as_ref().map_or_else(Refusal::is_final, |_| true) {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            if known.len() >= KNOWN {
                known.clear();
            }
            known.insert(digest, answer.clone());
        }
        answer
    }

    fn recall(&self, digest: Digest) -> Option<Result<Arc<Admitted>, Refusal>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&digest).cloned()
    }

    fn look(
        &self,
        engine: &Engine,
        digest: Digest,
        bytes: &[u8],
        limits: &Limits,
    ) -> Result<Arc<Admitted>, Refusal> {
        let ours = |error: io::Error| Refusal::Host { detail: error.to_string() };
        if let Some((entry, component)) = self.cache.load(engine, digest) {
            return admitted(digest, entry, component, bytes);
        }
        let code = self.cache.unfinished().map_err(ours)?;
        let order = Order { digest, output: code.path().to_owned(), limits: limits.clone() };
        match self.run(&order, bytes).map_err(ours)?? {
            Report::Refused(refusal) => Err(refusal),
            Report::Compiled { found, code: hash, micros } => {
                let entry = Entry {
                    found,
                    component_bytes: bytes.len() as u64,
                    compiled_bytes: code.as_file().metadata().map_err(ours)?.len(),
                    compile_micros: micros,
                    code: hash,
                };
                self.cache.keep(digest, code, &entry).map_err(ours)?;
                let (entry, component) = self.cache.load(engine, digest).ok_or_else(|| Refusal::Host {
                    detail: "what was compiled cannot be loaded".to_owned(),
                })?;
                admitted(digest, entry, component, bytes)
            }
        }
    }

    /// Lets a child look. Its failure is a refusal of the component; the outer error is a failure of ours.
    fn run(&self, order: &Order, bytes: &[u8]) -> io::Result<Result<Report, Refusal>> {
        let mut component = tempfile::tempfile()?;
        component.write_all(bytes)?;
        component.rewind()?;
        let (mut answer, mut complaint) = (tempfile::tempfile()?, tempfile::tempfile()?);

        let mut child = Command::new(&self.worker.program)
            .args(&self.worker.args)
            .arg(serde_json::to_string(order)?)
            .env_clear()
            // Two threads are what the deadlines were measured with; each thread more would reserve address space for
            // a heap of its own, of which the child has little.
            .env("RAYON_NUM_THREADS", "2")
            .env("MALLOC_ARENA_MAX", "2")
            // mimalloc, which the program uses, would reserve a gibibyte before the limit is set, and so be out of its reach.
            .env("MIMALLOC_ARENA_RESERVE", "16M")
            .stdin(component)
            .stdout(answer.try_clone()?)
            .stderr(complaint.try_clone()?)
            .spawn()?;

        let millis = order.limits.deadline(bytes.len());
        let Some(status) = wait(&mut child, Duration::from_millis(millis))? else {
            return Ok(Err(Refusal::TooSlow { millis }));
        };
        if status.code() == Some(compile_worker::OURS.into()) {
            return Err(io::Error::other(last_words(status, &mut complaint)?));
        }
        if !status.success() {
            return Ok(Err(Refusal::CompilerFailed {
                mebibytes: order.limits.compile_memory / (1024 * 1024),
                detail: last_words(status, &mut complaint)?,
            }));
        }
        answer.rewind()?;
        Ok(Ok(serde_json::from_reader(io::BufReader::new(answer))?))
    }
}

fn admitted(
    digest: Digest,
    entry: Entry,
    component: Component,
    bytes: &[u8],
) -> Result<Arc<Admitted>, Refusal> {
    Ok(Arc::new(Admitted {
        schema: entry.found.description.schema()?,
        digest,
        kinds: entry.found.kinds,
        functions: entry.found.functions,
        description: entry.found.description,
        marks: package::marks(bytes),
        component_bytes: entry.component_bytes,
        compiled_bytes: entry.compiled_bytes,
        compile_time: Duration::from_micros(entry.compile_micros),
        component,
    }))
}

/// Waits until the child is done, or ends it. The standard library has no wait with a deadline, and a child that takes
/// tens of milliseconds at least is well asked every two.
fn wait(child: &mut Child, deadline: Duration) -> io::Result<Option<ExitStatus>> {
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if started.elapsed() >= deadline {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// How the child ended, and the first line of what it said: enough for a sentence.
fn last_words(status: ExitStatus, complaint: &mut std::fs::File) -> io::Result<String> {
    complaint.rewind()?;
    let mut said = Vec::new();
    complaint.take(400).read_to_end(&mut said)?;
    let said = String::from_utf8_lossy(&said);
    Ok(match said.lines().find(|line| !line.trim().is_empty()) {
        Some(line) => format!("{status}: {line}"),
        None => status.to_string(),
    })
}
