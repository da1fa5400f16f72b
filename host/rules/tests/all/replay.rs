//! Decisions of all reference plugins, recorded and made again: all the same.
//!
//! What is recorded is what a company keeps, as the JSON that it is kept as; nothing else reaches the second host, which has
//! compiled nothing and asked nothing. The short form is a test of the gate. The long one takes some minutes:
//!
//!     TIMONEL_REPLAY=1000000 cargo test --workspace --test all -- replay:: --nocapture

mod chance;
mod kept;
mod moment;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use domain::request::Destination;
use rules::{Definition, Grant, Host, Limits, Rule};
use serde_json::{Value, json};

use self::chance::Chance;
use self::kept::Kept;
use self::moment::Moment;
use crate::support::{plugin, start_in};

/// Decisions of the short form.
const SHORT: u64 = 4_000;

/// Threads that record and replay, each its share.
const THREADS: u64 = 2;

/// How often progress is told.
const OFTEN: Duration = Duration::from_secs(10);

/// A rule that is recorded, in the host that decides and in the one that decides again.
struct Subject {
    name: String,
    then: Rule,
    now: Rule,
    /// What its settings speak of.
    words: Vec<String>,
}

/// Two hosts with the same rules.
struct Operation {
    then: Host,
    now: Host,
    subjects: Vec<Subject>,
    _cache: tempfile::TempDir,
}

impl Operation {
    fn of(plugins: &[String]) -> Self {
        let cache = tempfile::tempdir().unwrap();
        // Compiling is not what is proved here, and other tests may compile at the same time.
        let limits = Limits { compile_millis: 120_000, ..Limits::default() };
        let host = || start_in(cache.path(), limits.clone());
        let (then, now) = (host(), host());
        let subject = |name: &String| {
            let (then, words) = rule(&then, name);
            Subject { name: name.clone(), then, now: rule(&now, name).0, words }
        };
        let subjects = plugins.iter().map(subject).collect();
        Self { then, now, subjects, _cache: cache }
    }

    fn subject(&self, name: &str) -> &Subject {
        self.subjects.iter().find(|subject| subject.name == name).unwrap()
    }

    /// In what a decision that was kept is another one now: nothing, if it is the same.
    fn differs(&self, subject: &Subject, line: &str) -> Vec<String> {
        match serde_json::from_str::<Kept>(line) {
            Ok(kept) => kept.differs(&self.now, &subject.now),
            Err(error) => vec![format!("it cannot be read: {error}")],
        }
    }
}

/// A reference plugin with the settings that it names as an example, and what they speak of.
fn rule(host: &Host, name: &str) -> (Rule, Vec<String>) {
    let admitted = host.admit(&plugin(name)).unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
    let settings = admitted.description.example_settings.clone();
    let value: Value = serde_json::from_str(&settings).unwrap();
    let mut words = Vec::new();
    chance::words(&value, &mut words);
    let destination = words.iter().find(|word| word.starts_with("https://")).map(|url| {
        let secrets: Vec<&str> = value["secret"].as_str().into_iter().collect();
        serde_json::from_value::<Destination>(json!({ "to": url, "secrets": secrets })).unwrap()
    });
    let grant = Grant::all_of(&admitted).asking(destination.as_slice());
    let rule = host.prepare(Definition {
        id: name.into(),
        set: "replay".to_owned(),
        linked: host.link(&admitted, &grant).unwrap(),
        settings,
        scope: rules::Scope::default(),
        mode: rules::Mode::Live,
        version: None,
        until: None,
    });
    (rule.unwrap_or_else(|refusal| panic!("{name}: {refusal}")), words)
}

/// All plugins that there are.
fn plugins() -> Vec<String> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugins/components");
    let files = std::fs::read_dir(directory).unwrap().map(|file| file.unwrap().path());
    let mut names: Vec<_> =
        files.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

/// Counts the decisions of all threads, and tells of them.
struct Progress {
    wanted: u64,
    done: AtomicU64,
    since: Instant,
}

impl Progress {
    fn add(&self, told: &mut Instant) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        if told.elapsed() > OFTEN {
            *told = Instant::now();
            println!("{done} of {} decisions made again, {:?}", self.wanted, self.since.elapsed());
        }
    }
}

#[test]
fn every_decision_of_every_reference_plugin_comes_out_the_same_again() {
    let wanted: u64 =
        std::env::var("TIMONEL_REPLAY").ok().map_or(SHORT, |count| count.parse().expect("a number"));
    let operation = Operation::of(&plugins());
    let progress = Progress { wanted, done: AtomicU64::new(0), since: Instant::now() };

    // How each rule's decisions ended, and how often.
    let mut ends: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
    let mut bytes = 0;
    std::thread::scope(|scope| {
        let share = |thread: u64| {
            let (operation, progress) = (&operation, &progress);
            scope.spawn(move || replayed(operation, thread, wanted / THREADS, progress))
        };
        let threads: Vec<_> = (0..THREADS).map(share).collect();
        for thread in threads {
            let (of_thread, weight) = thread.join().unwrap();
            bytes += weight;
            for (rule, counts) in of_thread {
                for (end, count) in counts {
                    *ends.entry(rule.clone()).or_default().entry(end).or_default() += count;
                }
            }
        }
    });

    let all: u64 = ends.values().flat_map(BTreeMap::values).sum();
    println!(
        "{all} decisions, {bytes} bytes of them kept, all the same after {:?}",
        progress.since.elapsed()
    );
    for (rule, counts) in &ends {
        println!("  {rule}: {counts:?}");
        assert!(counts.len() > 1, "{rule} ends as {counts:?} whatever happens: that proves nothing");
        assert!(!counts.contains_key("failed"), "{rule}: {counts:?}");
    }
    assert_eq!(all, wanted / THREADS * THREADS);
    assert_eq!(ends.len(), operation.subjects.len());
}

/// Records and replays so many decisions: how they ended, and the bytes of what was kept.
fn replayed(
    operation: &Operation,
    thread: u64,
    decisions: u64,
    progress: &Progress,
) -> (BTreeMap<String, BTreeMap<String, u64>>, usize) {
    let mut chance = Chance::of(0x07e1_1e57 + thread);
    let mut moments: Vec<_> = operation.subjects.iter().map(|_| Moment::default()).collect();
    let mut ends: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
    let (mut told, mut bytes) = (Instant::now(), 0);
    for number in 0..decisions {
        let place = number as usize % operation.subjects.len();
        let (subject, moment) = (&operation.subjects[place], &mut moments[place]);
        let kept = Kept::decide(&operation.then, &subject.then, moment, &mut chance, &subject.words);
        let line = serde_json::to_string(&kept).unwrap();
        bytes += line.len();
        let differs = operation.differs(subject, &line);
        assert!(differs.is_empty(), "{}: another {differs:?} than of\n{line}", subject.name);
        *ends.entry(subject.name.clone()).or_default().entry(kept.end()).or_default() += 1;
        progress.add(&mut told);
    }
    (ends, bytes)
}

#[test]
fn whatever_is_changed_of_what_was_kept_is_found() {
    // After each of these something is put in: of what a rule said, and of what it was told.
    let changes: [(&str, &[&str], &[&str]); 5] = [
        (
            "skills-router",
            &[
                r#""fuel":"#,
                r#""reason":""#,
                r#""outcome":{"is":""#,
                r#""place":{"queue":""#,
                r#""function":""#,
            ],
            &[r#""text":""#],
        ),
        ("quick-answers", &[r#""fuel":"#, r#""effects":[{"do":""#, r#""body":""#], &[r#""text":""#]),
        (
            "template-lint",
            &[r#""fuel":"#, r#""verdict":{"is":""#, r#""code":""#, r#""input":""#],
            &[r#""content":""#],
        ),
        ("kpi-core", &[r#""fuel":"#, r#""words":""#], &[r#""kind":""#]),
        ("kpi-watch", &[r#""fuel":"#, r#""words":""#], &[r#""value":"#]),
    ];
    let operation = Operation::of(&changes.map(|(name, ..)| name.to_owned()));
    let mut chance = Chance::of(7);
    for (name, said, told) in changes {
        let subject = operation.subject(name);
        let mut moment = Moment::default();
        let mut open: BTreeSet<&str> = said.iter().chain(told).copied().collect();
        for _ in 0..400 {
            let kept = Kept::decide(&operation.then, &subject.then, &mut moment, &mut chance, &subject.words);
            let line = serde_json::to_string(&kept).unwrap();
            assert_eq!(operation.differs(subject, &line), Vec::<String>::new());
            for place in open.clone() {
                let more = if place.ends_with('"') { "factura " } else { "1" };
                let Some(at) = line.find(place).map(|at| at + place.len()) else { continue };
                let changed = format!("{}{more}{}", &line[..at], &line[at..]);
                if !operation.differs(subject, &changed).is_empty() {
                    open.remove(place);
                } else {
                    // What a rule is told and does not look at makes no difference; what it said always does.
                    assert!(told.contains(&place), "{name}: {place} was changed and not found in {changed}");
                }
            }
        }
        assert!(open.is_empty(), "{name}: nothing was found when {open:?} were changed");
    }
}
