//! `timonel kpi compare`: how a plugin would have counted the past, beside what is of record.
//!
//! Facts are folded from the journal once more, and the candidate counts them as a host would. What was counted then stands in the
//! same journal, so one reading gives both. Nothing is written.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use domain::company::Company;
use domain::decision::Digest;
use domain::event::{Event, Recorded};
use domain::id::RuleId;
use domain::measure::fact::{Fact, Facts};
use domain::measure::figure::{self, Aggregate, Counted, Figure};
use domain::measure::sum::Sum;
use jiff::civil::Date;
use journal::{Reader, RealDisk};
use rules::{Definition, Grant, Mode, Rule, Scope};
use serde_json::{Value, json};
use store::Paths;

use super::{By, amount};
use crate::settings::Settings;
use crate::{host, rulebook};

/// Facts in one call, as of a host that has many.
const AT_ONCE: usize = 256;

/// Which plugin, and what is compared.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The component, or the name of a reference plugin.
    plugin: PathBuf,
    /// A file with its settings as JSON. Those that the plugin names as an example if absent.
    #[arg(long)]
    settings: Option<PathBuf>,
    /// Only this figure.
    #[arg(long)]
    metric: Option<String>,
    /// The first day, as `2026-11-01`. All if absent.
    #[arg(long)]
    since: Option<Date>,
    /// The last day.
    #[arg(long)]
    until: Option<Date>,
    /// What it is grouped by.
    #[arg(long, value_enum)]
    by: Option<By>,
    /// All days together.
    #[arg(long)]
    total: bool,
    /// For programs: one JSON object.
    #[arg(long)]
    json: bool,
}

/// Sums by day and group; no day if they are of all days.
type Rows = BTreeMap<(Option<Date>, Option<String>), Sum>;

/// What was counted of a figure.
struct Way {
    /// The rule; none of the candidate.
    rule: Option<RuleId>,
    figure: Figure,
    rows: Rows,
}

/// Carries the command out.
#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
pub(super) fn run(settings: &Settings, arguments: &Arguments) -> anyhow::Result<()> {
    let company = &settings.policy.company;
    let scratch = tempfile::tempdir()?;
    let engine = host::engine(scratch.path())?;
    let rule = candidate(&engine, arguments)?;
    let figures = engine.figures(&rule)?;
    let mut ways = Ways { arguments, by_series: BTreeMap::new() };
    for figure in &figures {
        ways.meets(None, rule.definition().id.clone(), figure);
    }
    let paths = Paths::within(&settings.data);
    let reader = Reader::open_beside(Arc::new(RealDisk), &paths.journal)?;
    let mut past = Past { facts: Facts::default(), waiting: Vec::new(), counted: 0, missed: 0 };
    let (mut told, last) = (0, reader.last_seq());
    for batch in reader.batches(1) {
        let batch = batch?;
        for (seq, entry) in batch.entries() {
            let event = Recorded::decode(seq, entry).with_context(|| format!("event {seq}"))?;
            ways.of_record(&event.event);
            past.waiting.extend(past.facts.take(&event));
            if past.waiting.len() >= AT_ONCE {
                past.count(&engine, &rule, &figures, company, &mut ways);
            }
            let percent = seq * 100 / last.max(1);
            if percent >= told + 10 {
                told = percent;
                progress(percent, past.counted);
            }
        }
    }
    past.count(&engine, &rule, &figures, company, &mut ways);
    let both = ways.beside_each_other(&figures, &rule.definition().id);
    if arguments.json {
        let told: Vec<Value> = both.iter().map(in_json).collect();
        println!("{}", json!({ "facts": past.counted, "missed": past.missed, "figures": told }));
        return Ok(());
    }
    both.iter().for_each(say);
    if past.missed > 0 {
        println!("{} of {} facts are missing: the candidate failed.", past.missed, past.counted);
    }
    Ok(())
}

#[allow(clippy::print_stderr, reason = "the answer goes elsewhere")]
fn progress(percent: u64, facts: u64) {
    eprintln!("{percent} %, {facts} facts counted");
}

fn candidate(engine: &rules::Host, arguments: &Arguments) -> anyhow::Result<Rule> {
    let name = arguments.plugin.to_str().context("the name of the file is not UTF-8")?;
    let admitted = engine.admit(&rulebook::component(name, &PathBuf::new())?)?;
    let settings = match &arguments.settings {
        Some(file) => {
            std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?
        }
        None => admitted.description.example_settings.clone(),
    };
    let linked = engine.link(&admitted, &Grant::all_of(&admitted))?;
    Ok(engine.prepare(Definition {
        id: RuleId::from("candidate"),
        set: "comparison".to_owned(),
        linked,
        settings,
        scope: Scope::default(),
        mode: Mode::Live,
        version: None,
        until: None,
    })?)
}

/// What happened, as far as it was read.
struct Past {
    facts: Facts,
    waiting: Vec<Fact>,
    counted: u64,
    /// Facts of calls that failed.
    missed: u64,
}

impl Past {
    fn count(
        &mut self,
        engine: &rules::Host,
        rule: &Rule,
        figures: &[Figure],
        company: &Company,
        ways: &mut Ways<'_>,
    ) {
        let facts = std::mem::take(&mut self.waiting);
        self.counted += facts.len() as u64;
        match desk::measured(engine, rule, figures, company, &facts).counted {
            Ok(counted) => ways.add(&counted),
            Err(_) => self.missed += facts.len() as u64,
        }
    }
}

/// All ways in which figures were counted, by what they are known by.
struct Ways<'a> {
    arguments: &'a Arguments,
    by_series: BTreeMap<Digest, Way>,
}

impl Ways<'_> {
    fn meets(&mut self, known_as: Option<RuleId>, rule: RuleId, figure: &Figure) {
        let way = || Way { rule: known_as, figure: figure.clone(), rows: Rows::new() };
        self.by_series.entry(figure.series(&rule)).or_insert_with(way);
    }

    fn of_record(&mut self, event: &Event) {
        match event {
            Event::FiguresDefined(defined) => {
                for figure in &defined.figures {
                    self.meets(Some(defined.rule.clone()), defined.rule.clone(), figure);
                }
            }
            Event::Measured(measured) => {
                measured.by.iter().for_each(|by| self.add(&by.figures));
            }
            _ => {}
        }
    }

    fn add(&mut self, all: &[Counted]) {
        let Arguments { since, until, total, by, .. } = self.arguments;
        for counted in all {
            let Some(way) = self.by_series.get_mut(&counted.series) else { continue };
            for cell in &counted.cells {
                let day = cell.hour.day;
                if since.is_some_and(|since| day < since) || until.is_some_and(|until| day > until) {
                    continue;
                }
                let group = cell.place.group(by.map_or(figure::By::All, figure::By::from));
                let row = way.rows.entry(((!total).then_some(day), group)).or_default();
                row.merge(&cell.sum);
            }
        }
    }

    /// Each figure of the candidate, with all of record that are called the same.
    fn beside_each_other(mut self, figures: &[Figure], rule: &RuleId) -> Vec<(Way, Vec<Way>)> {
        let wanted = |name: &str| self.arguments.metric.as_ref().is_none_or(|metric| metric == name);
        let wanted: Vec<&Figure> = figures.iter().filter(|figure| wanted(&figure.name)).collect();
        let candidates: Vec<Way> =
            wanted.iter().filter_map(|figure| self.by_series.remove(&figure.series(rule))).collect();
        let mut of_record: Vec<Way> = self.by_series.into_values().collect();
        let mut both = Vec::new();
        for candidate in candidates {
            let same = of_record.extract_if(.., |way| way.figure.name == candidate.figure.name);
            let same = same.collect();
            both.push((candidate, same));
        }
        both
    }
}

fn told(way: &Way, at: &(Option<Date>, Option<String>)) -> Value {
    let read = way.rows.get(at).cloned().unwrap_or_default().read(way.figure.aggregate);
    json!({
        "rule": way.rule, "version": way.figure.version, "variant": way.figure.variant,
        "samples": read.samples, "value": read.value, "percentiles": read.percentiles,
    })
}

fn moments<'a>(candidate: &'a Way, of_record: &'a [Way]) -> Vec<&'a (Option<Date>, Option<String>)> {
    let mut all: Vec<_> =
        std::iter::once(candidate).chain(of_record).flat_map(|way| way.rows.keys()).collect();
    all.sort();
    all.dedup();
    all
}

fn in_json((candidate, of_record): &(Way, Vec<Way>)) -> Value {
    let rows = moments(candidate, of_record).into_iter().map(|at| {
        json!({
            "when": at.0, "group": at.1, "candidate": told(candidate, at),
            "record": of_record.iter().map(|way| told(way, at)).collect::<Vec<_>>(),
        })
    });
    let Figure { name, unit, aggregate, .. } = &candidate.figure;
    json!({ "metric": name, "unit": unit, "aggregate": aggregate, "rows": rows.collect::<Vec<_>>() })
}

#[allow(clippy::print_stdout, reason = "the answer goes to whoever asked")]
fn say((candidate, of_record): &(Way, Vec<Way>)) {
    let Figure { name, unit, aggregate, variant, version, .. } = &candidate.figure;
    println!("{name} ({unit})");
    println!("    candidate: {variant}, version {version}");
    for way in of_record {
        let rule = way.rule.as_ref().map_or("", |rule| rule.as_str());
        println!("    {rule}, of record: {}, version {}", way.figure.variant, way.figure.version);
    }
    for at in moments(candidate, of_record) {
        let when = at.0.map_or_else(|| "in all".to_owned(), |day| day.to_string());
        let cells = std::iter::once(candidate).chain(of_record).map(|way| {
            let of = way.rule.as_ref().map_or("candidate", |rule| rule.as_str());
            let sum = way.rows.get(at).cloned().unwrap_or_default();
            let read = sum.read(way.figure.aggregate);
            let of_all = if way.figure.aggregate == Aggregate::Ratio { sum.of } else { sum.samples };
            let value = read
                .value
                .map_or_else(|| "—".to_owned(), |value| amount(value, &way.figure.unit, &aggregate.word()));
            format!("{of} {value:>10} of {of_all:<5}")
        });
        let group = at.1.as_deref().unwrap_or_default();
        println!("    {when:<12}{group:<16}{}", cells.collect::<Vec<_>>().join("  "));
    }
}
