//! `timonel notices`: what Meta tells and nothing here acts on, and what is not understood, listed and searched.

use std::collections::BTreeMap;
use std::io::{BufWriter, Write as _};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use desk::unseal;
use domain::event::{Event, Recorded};
use journal::{Reader, RealDisk};
use serde_json::{Value, json};
use store::{KeyStore, Paths};

use crate::host;
use crate::settings::Settings;
use crate::system::SystemEntropy;

/// Which ones.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Only those of this field of Meta's, as `flows`.
    #[arg(long)]
    field: Option<String>,
    /// Only those in which these words occur.
    #[arg(long)]
    search: Option<String>,
    /// Show the texts too, opened with the keys of the data directory.
    #[arg(long)]
    open: bool,
    /// For programs: one JSON object a line.
    #[arg(long)]
    json: bool,
}

/// Lists what is asked for, beside a running host too.
pub(crate) fn run(settings: &Settings, arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let paths = Paths::within(&settings.data);
    anyhow::ensure!(
        paths.journal.is_dir(),
        "`data` is `{}`: there is no journal in it. Set TIMONEL_DATA or `data` to the directory of the host",
        settings.data.display()
    );
    let keys = if arguments.open || arguments.search.is_some() {
        Some(host::keys(settings, Arc::new(SystemEntropy))?)
    } else {
        None
    };
    let (entries, taken_up) = entries(&paths, arguments, keys.as_deref())?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut counts: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for entry in &entries {
        *counts.entry((&entry.field, entry.kind)).or_default() += 1;
    }
    if arguments.json {
        for entry in &entries {
            writeln!(out, "{}", entry.json(arguments.open, taken_up.contains(&entry.seq)))?;
        }
        out.flush()?;
        return Ok(ExitCode::SUCCESS);
    }
    for ((field, kind), count) in &counts {
        writeln!(out, "{count:>8}  {:<32} {kind}", name(field))?;
    }
    if entries.is_empty() {
        writeln!(out, "There is nothing of the kind.")?;
    }
    for entry in &entries {
        let known = if taken_up.contains(&entry.seq) { " (understood since)" } else { "" };
        writeln!(
            out,
            "{:>8}  {:.3}  {:<24} {}  {}{known}",
            entry.seq,
            entry.at,
            name(&entry.field),
            entry.kind,
            entry.what
        )?;
        if arguments.open {
            writeln!(out, "          {}", entry.value)?;
        }
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// What Meta sent without a field has a name too.
fn name(field: &str) -> &str {
    if field.is_empty() { "(no field)" } else { field }
}

/// One of them.
struct Entry {
    seq: u64,
    at: domain::Time,
    stream: String,
    kind: &'static str,
    field: String,
    /// The event within the field, or why it was not understood.
    what: String,
    value: Value,
}

impl Entry {
    fn json(&self, open: bool, understood: bool) -> Value {
        let mut line = json!({
            "seq": self.seq, "time": self.at, "stream": self.stream, "kind": self.kind, "field": self.field,
            "what": self.what, "understood-since": understood,
        });
        if let (true, Some(line)) = (open, line.as_object_mut()) {
            line.insert("value".to_owned(), self.value.clone());
        }
        line
    }
}

fn entries(
    paths: &Paths,
    arguments: &Arguments,
    keys: Option<&KeyStore>,
) -> anyhow::Result<(Vec<Entry>, std::collections::BTreeSet<u64>)> {
    let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let reader = Reader::open_beside(Arc::new(RealDisk), &paths.journal)?;
    let (mut entries, mut taken_up) = (Vec::new(), std::collections::BTreeSet::new());
    for batch in reader.batches(1) {
        for (seq, bytes) in batch?.entries() {
            // An event of a later version is no notice of this one.
            let Ok(recorded) = Recorded::decode(seq, bytes) else { continue };
            let (field, what, value) = match &recorded.event {
                Event::PlatformNotice(notice) => {
                    (notice.field.clone(), notice.what.clone(), serde_json::to_value(&notice.value)?)
                }
                Event::MessageNotUnderstood(strange) => {
                    (strange.field.clone(), strange.why.clone(), serde_json::to_value(&strange.raw)?)
                }
                Event::ElementReread(reread) => {
                    taken_up.insert(reread.element);
                    continue;
                }
                _ => continue,
            };
            if arguments.field.as_ref().is_some_and(|only| *only != field) {
                continue;
            }
            let mut value =
                value.as_object().and_then(|value| value.values().next().cloned()).unwrap_or(value);
            if let Some(keys) = keys {
                unseal(&mut value, keys, today);
            }
            let entry = Entry {
                seq,
                at: recorded.time,
                stream: recorded.stream.to_string(),
                kind: recorded.event.kind(),
                field,
                what,
                value,
            };
            let found = |words: &String| {
                let words = words.to_lowercase();
                [entry.what.to_lowercase(), entry.value.to_string().to_lowercase()]
                    .iter()
                    .any(|text| text.contains(&words))
            };
            if arguments.search.as_ref().is_none_or(found) {
                entries.push(entry);
            }
        }
    }
    Ok((entries, taken_up))
}
