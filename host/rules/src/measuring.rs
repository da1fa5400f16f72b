//! Asking a rule what it measures of what happened.
//!
//! A measurer is asked as any rule is: a fresh instance, fuel, limits, blame. It is shown many facts at once, so that one call
//! pays for many. Where a sample belongs the host knows from its fact, and values are whole numbers, so that a rule can neither
//! make up places nor hand over what cannot be added. What is left to it is how much, of which figure, under which label; each
//! has a bound, and whoever goes beyond one has measured nothing.

use std::collections::BTreeSet;
use std::time::Instant;

use domain::decision::{Fault, Kind, Outcome};
use domain::measure::figure::{Aggregate, Figure, MOST_FIGURES, MOST_LABELS, Sample, is_name};
use domain::rule::mode::Mode;
use wasmtime::Engine;

use crate::contract::Fact;
use crate::contract::bindings::exports::timonel::rules::measuring as exported;
use crate::fault::Failed;
use crate::generation::Generation;
use crate::limits::Limits;
use crate::rule::Rule;
use crate::run::{Guest, nonsense, not_exported, own_error, within};
use crate::weight;

/// The most samples of one fact.
const MOST_SAMPLES: usize = 64;

/// Bytes that samples may take for each fact: more of them than 64 cannot be said in fewer.
const SAMPLE_BYTES: usize = MOST_SAMPLES * (size_of::<exported::Sample>() + 80);

/// Why a rule has not said what it counts or watches.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("it does not say what it counts or watches: {text}")]
pub struct Unmeasured {
    /// Who is to blame.
    pub outcome: Outcome,
    /// For whoever has to repair it.
    pub text: String,
}

/// What a rule measured, and what that took.
#[derive(Debug)]
pub struct Measured {
    /// The samples, or why there are none.
    pub samples: Result<Vec<Sample>, Unmeasured>,
    /// Fuel that it took.
    pub fuel: u64,
    /// Microseconds that it took.
    pub micros: u64,
}

impl Generation {
    /// The rules that measure, in the order of their sets.
    pub fn measurers(&self) -> impl Iterator<Item = &Rule> {
        self.rules().filter(|rule| rule.is(Kind::Measuring) && rule.definition.mode == Mode::Live)
    }
}

/// What a rule counts.
pub(crate) fn figures(engine: &Engine, limits: &Limits, rule: &Rule) -> Result<Vec<Figure>, Unmeasured> {
    let mut guest = Guest::told_little(engine, limits, limits.preparation_fuel, rule, Kind::Measuring);
    told(&mut guest, limits, rule).map_err(Unmeasured::from)
}

/// What a rule makes of some facts.
pub(crate) fn measure(
    engine: &Engine,
    limits: &Limits,
    rule: &Rule,
    figures: &[Figure],
    facts: &[Fact],
) -> Measured {
    let started = Instant::now();
    let mut guest = Guest::told_little(engine, limits, limits.decision_fuel, rule, Kind::Measuring);
    let samples = call(&mut guest, limits, rule, facts);
    let samples = samples.and_then(|samples| understood(samples, figures, facts.len()));
    Measured {
        samples: samples.map_err(Unmeasured::from),
        fuel: guest.spent(),
        micros: started.elapsed().as_micros().try_into().unwrap_or(u64::MAX),
    }
}

fn told(guest: &mut Guest, limits: &Limits, rule: &Rule) -> Result<Vec<Figure>, Failed> {
    let exports = &rule.definition.linked.exports;
    let instance = &guest.start(exports)?;
    let functions = exports.measuring.as_ref().ok_or_else(|| not_exported(Kind::Measuring))?;
    let functions = functions.load(&mut guest.store, instance).map_err(|error| Failed::host(&error))?;
    let told =
        functions.call_figures(&mut guest.store, &rule.prepared).map_err(|error| Failed::calling(&error))?;
    within(told.iter().map(heaviness).sum(), limits.output)?;
    if told.len() > MOST_FIGURES {
        return Err(nonsense(format!("{} figures, at most {MOST_FIGURES} are possible", told.len())));
    }
    let figures: Vec<Figure> = told.into_iter().map(figure).collect::<Result<_, _>>()?;
    let mut names = BTreeSet::new();
    if let Some(twice) = figures.iter().find(|figure| !names.insert(&figure.name)) {
        return Err(nonsense(format!("the figure `{}` twice", twice.name)));
    }
    Ok(figures)
}

fn heaviness(told: &exported::Figure) -> usize {
    let texts = [&told.name, &told.unit, &told.formula, &told.variant, &told.aggregate];
    size_of::<exported::Figure>()
        + texts.iter().map(|text| text.len()).sum::<usize>()
        + weight::attrs(&told.titles)
        + weight::texts(&told.audience)
        + weight::attrs(&told.attrs)
}

fn figure(told: exported::Figure) -> Result<Figure, Failed> {
    let aggregate = Aggregate::ALL.into_iter().find(|aggregate| aggregate.word() == told.aggregate);
    let aggregate = aggregate.ok_or_else(|| {
        nonsense("a figure whose aggregate is not `sum`, `ratio` or `distribution`".to_owned())
    })?;
    let figure = Figure {
        name: told.name,
        titles: told.titles.into_iter().collect(),
        unit: told.unit,
        formula: told.formula,
        variant: told.variant,
        version: told.version,
        audience: told.audience.into_iter().collect(),
        aggregate,
        // What else it is told with is of a later host.
        spoken: told
            .attrs
            .into_iter()
            .filter(|(name, _)| name.starts_with("formula-") || name.starts_with("variant-"))
            .collect(),
    };
    figure.check().map_err(nonsense)?;
    Ok(figure)
}

fn call(
    guest: &mut Guest,
    limits: &Limits,
    rule: &Rule,
    facts: &[Fact],
) -> Result<Vec<exported::Sample>, Failed> {
    let exports = &rule.definition.linked.exports;
    let instance = &guest.start(exports)?;
    let functions = exports.measuring.as_ref().ok_or_else(|| not_exported(Kind::Measuring))?;
    let functions = functions.load(&mut guest.store, instance).map_err(|error| Failed::host(&error))?;
    let answered = functions.call_measure(&mut guest.store, &rule.prepared, facts);
    let samples =
        answered.map_err(|error| Failed::calling(&error))?.map_err(|message| own_error(message, limits))?;
    let text = |sample: &exported::Sample| sample.figure.len() + sample.label.len();
    let bytes: usize = samples.iter().map(|sample| size_of::<exported::Sample>() + text(sample)).sum();
    within(bytes, facts.len().saturating_mul(SAMPLE_BYTES))?;
    Ok(samples)
}

/// The samples, if they are of what the rule was shown and says that it counts.
fn understood(
    samples: Vec<exported::Sample>,
    figures: &[Figure],
    facts: usize,
) -> Result<Vec<Sample>, Failed> {
    let mut of_fact = vec![0_usize; facts];
    let mut labels: BTreeSet<(usize, &str)> = BTreeSet::new();
    let mut understood = Vec::with_capacity(samples.len());
    for sample in &samples {
        let fact = usize::try_from(sample.fact).unwrap_or(usize::MAX);
        let Some(seen) = of_fact.get_mut(fact) else {
            return Err(nonsense(format!("a sample of fact {fact}, where {facts} were shown")));
        };
        *seen += 1;
        if *seen > MOST_SAMPLES {
            return Err(Failed::guest(
                Fault::TooMuchOutput,
                format!("more than {MOST_SAMPLES} samples of one fact"),
            ));
        }
        let place = figures.iter().position(|figure| figure.name == sample.figure);
        let figure =
            place.ok_or_else(|| nonsense("a sample of a figure that it does not count".to_owned()))?;
        if !sample.label.is_empty() && !is_name(&sample.label) {
            return Err(nonsense("a label that is not 1 to 40 small letters, digits and hyphens".to_owned()));
        }
        labels.insert((figure, &sample.label));
        understood.push(Sample {
            fact,
            figure,
            value: sample.value,
            of: sample.of,
            label: sample.label.clone(),
        });
    }
    for (place, figure) in figures.iter().enumerate() {
        if labels.range((place, "")..(place + 1, "")).count() > MOST_LABELS {
            return Err(too_many_labels(figure));
        }
    }
    Ok(understood)
}

fn too_many_labels(figure: &Figure) -> Failed {
    Failed::guest(
        Fault::TooMuchOutput,
        format!("more than {MOST_LABELS} labels of the figure `{}`", figure.name),
    )
}

impl Unmeasured {
    /// Of a rule that has used up the labels that a figure may ever have.
    pub fn too_many_labels(figure: &Figure) -> Self {
        too_many_labels(figure).into()
    }
}

impl From<Failed> for Unmeasured {
    fn from(Failed { outcome, text }: Failed) -> Self {
        Self { outcome, text }
    }
}
