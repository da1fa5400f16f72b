//! What was measured, for people and for programs.

use std::time::Duration;

use anyhow::Result;
use serde::Serialize;

/// All results of a run. What is measured is shown at once, because a run takes minutes.
pub(crate) struct Report {
    json: bool,
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    benchmark: &'static str,
    measure: String,
    value: f64,
    unit: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<Target>,
    #[serde(skip_serializing_if = "Option::is_none")]
    met: Option<bool>,
}

/// What a figure should be.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Target {
    /// This or more.
    AtLeast(f64),
    /// Less than this.
    Below(f64),
}

impl Target {
    fn met(self, value: f64) -> bool {
        match self {
            Self::AtLeast(least) => value >= least,
            Self::Below(limit) => value < limit,
        }
    }

    fn words(self) -> String {
        match self {
            Self::AtLeast(least) => format!("≥ {least}"),
            Self::Below(limit) => format!("< {limit}"),
        }
    }
}

impl Report {
    pub(crate) fn new(json: bool) -> Self {
        Self { json, rows: Vec::new() }
    }

    /// A figure.
    pub(crate) fn row(
        &mut self,
        benchmark: &'static str,
        measure: impl Into<String>,
        value: f64,
        unit: &'static str,
        target: Option<Target>,
    ) {
        let measure = measure.into();
        let met = target.map(|target| target.met(value));
        if !self.json {
            let digits = if value.abs() < 10.0 { 2 } else { usize::from(value.abs() < 1_000.0) };
            let verdict = match (target, met) {
                (Some(target), Some(true)) => format!("  met: {}", target.words()),
                (Some(target), _) => format!("  MISSED: {}", target.words()),
                (None, _) => String::new(),
            };
            println!("{benchmark:<10} {measure:<58} {value:>11.digits$} {unit:<7}{verdict}");
        }
        self.rows.push(Row { benchmark, measure, value, unit, target, met });
    }

    /// What else the machine has to do, before a benchmark begins.
    pub(crate) fn load_of_machine(&mut self, benchmark: &'static str) {
        let load = std::fs::read_to_string("/proc/loadavg").ok();
        if let Some(load) = load.and_then(|text| text.split(' ').next()?.parse().ok()) {
            let cores = std::thread::available_parallelism().map_or(1, usize::from);
            let measure = format!("load of the machine when it began, of {cores} cores");
            self.row(benchmark, measure, load, "", None);
        }
    }

    /// Medians and the like of latencies, in milliseconds.
    pub(crate) fn latencies(
        &mut self,
        benchmark: &'static str,
        of: &str,
        latencies: &mut [Duration],
        p99: Option<Target>,
    ) {
        latencies.sort_unstable();
        for (name, share, target) in [("p50", 0.5, None), ("p99", 0.99, p99), ("max", 1.0, None)] {
            self.row(benchmark, format!("{of}, {name}"), at(latencies, share), "ms", target);
        }
    }

    /// Medians and the like, of which the 95th percentile is what was promised, in milliseconds.
    pub(crate) fn p95(&mut self, benchmark: &'static str, of: &str, latencies: &mut [Duration], p95: Target) {
        latencies.sort_unstable();
        for (name, share, target) in [("p50", 0.5, None), ("p95", 0.95, Some(p95)), ("max", 1.0, None)] {
            self.row(benchmark, format!("{of}, {name}"), at(latencies, share), "ms", target);
        }
    }

    /// The end of the run.
    pub(crate) fn finish(self) -> Result<()> {
        if self.json && !self.rows.is_empty() {
            println!("{}", serde_json::to_string_pretty(&self.rows)?);
        }
        Ok(())
    }
}

/// The one behind so large a share of them, in milliseconds.
fn at(sorted: &[Duration], share: f64) -> f64 {
    let at = ((sorted.len() as f64 * share) as usize).min(sorted.len().saturating_sub(1));
    sorted.get(at).map_or(f64::NAN, |latency| latency.as_secs_f64() * 1e3)
}

/// The one in the middle.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
