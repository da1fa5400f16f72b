//! What the host counts, for Prometheus.
//!
//! Figures since the process started; what must not be forgotten is counted in the projections.

use domain::request::{Answer, Ended, Failed};
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};
use rules::Round;

type Labels = Vec<(&'static str, String)>;

/// The counters of a running host.
pub struct Meters {
    registry: Registry,
    webhooks: Family<Labels, Counter>,
    webhooks_taken: Counter,
    backlog: Gauge,
    pub(crate) repeated: Counter,
    pub(crate) strange: Counter,
    decisions: Family<Labels, Counter>,
    decision_seconds: Histogram,
    conflicts: Counter,
    sends: Family<Labels, Counter>,
    resends: Counter,
    duplicates: Counter,
    calls: Counter,
    requests: Family<Labels, Counter>,
    events: Gauge,
    events_folded: Gauge,
}

impl Default for Meters {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("timonel");
        let webhooks = Family::<Labels, Counter>::default();
        registry.register(
            "webhooks",
            "Webhooks that were posted, by what they were answered",
            webhooks.clone(),
        );
        let webhooks_taken = webhooks.get_or_create(&vec![("status", "200".to_owned())]).clone();
        let backlog = Gauge::default();
        registry.register("webhooks_open", "Webhooks that are taken and not closed", backlog.clone());
        let repeated = Counter::default();
        registry.register("updates_repeated", "Updates that had been seen before", repeated.clone());
        let strange = Counter::default();
        registry.register("updates_not_understood", "Updates that were not understood", strange.clone());
        let decisions = Family::default();
        registry.register("decisions", "Calls of rules, by rule and outcome", decisions.clone());
        // 10 µs to 0.3 s: from a small rule to one that uses up its fuel.
        let decision_seconds = Histogram::new(exponential_buckets(10e-6, 2.0, 16));
        registry.register_with_unit(
            "decision",
            "What calls of rules took",
            Unit::Seconds,
            decision_seconds.clone(),
        );
        let conflicts = Counter::default();
        registry.register("conflicts", "Commits that were decided again", conflicts.clone());
        let sends = Family::default();
        registry.register("sends", "Attempts to send, by how they ended", sends.clone());
        let resends = Counter::default();
        registry.register("resends", "Messages sent again although they may have arrived", resends.clone());
        let duplicates = Counter::default();
        registry.register(
            "duplicates",
            "Messages that a customer turned out to have twice",
            duplicates.clone(),
        );
        let calls = Counter::default();
        registry.register("calls", "Times that a code of WhatsApp asked for a person", calls.clone());
        let requests = Family::default();
        registry.register(
            "requests",
            "Times that a service was asked for a rule, by how it ended",
            requests.clone(),
        );
        let (events, events_folded) = (Gauge::default(), Gauge::default());
        registry.register("events", "Events in the journal", events.clone());
        registry.register("events_folded", "Events in the projections", events_folded.clone());
        Self {
            registry,
            webhooks,
            webhooks_taken,
            backlog,
            repeated,
            strange,
            decisions,
            decision_seconds,
            conflicts,
            sends,
            resends,
            duplicates,
            calls,
            requests,
            events,
            events_folded,
        }
    }
}

impl Meters {
    /// A webhook was answered with a status.
    pub fn webhook(&self, status: u16) {
        if status == 200 {
            self.webhooks_taken.inc();
            return;
        }
        self.webhooks.get_or_create(&vec![("status", status.to_string())]).inc();
    }

    /// All figures in the text format of Prometheus. How many events there are, and are folded in, is known to the store.
    pub fn text(&self, events: u64, folded: u64) -> String {
        let gauge = |n| i64::try_from(n).unwrap_or(i64::MAX);
        self.events.set(gauge(events));
        self.events_folded.set(gauge(folded));
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = encode(&mut text, &self.registry);
        text
    }

    /// Webhooks that were answered with 200.
    pub(crate) fn webhooks_taken(&self) -> u64 {
        self.webhooks_taken.get()
    }

    pub(crate) fn open_webhooks(&self, open: usize) {
        self.backlog.set(i64::try_from(open).unwrap_or(i64::MAX));
    }

    pub(crate) fn conflict(&self) {
        self.conflicts.inc();
    }

    pub(crate) fn send(&self, ended: &'static str) {
        self.sends.get_or_create(&vec![("ended", ended.to_owned())]).inc();
    }

    pub(crate) fn resend(&self) {
        self.resends.inc();
    }

    pub(crate) fn duplicate(&self) {
        self.duplicates.inc();
    }

    pub(crate) fn call(&self) {
        self.calls.inc();
    }

    pub(crate) fn request(&self, answer: &Result<(Answer, u64), Failed>) {
        let ended = match answer {
            Ok((Answer { status, .. }, bytes)) => Ended::Answered { status: *status, bytes: *bytes },
            Err(failed) => Ended::Failed { failed: *failed },
        };
        self.requests.get_or_create(&vec![("ended", ended.word())]).inc();
    }

    pub(crate) fn round(&self, round: &Round) {
        for asked in &round.asked {
            let outcome = outcome_word(&asked.outcome);
            let labels = vec![("rule", asked.rule.to_string()), ("outcome", outcome.to_owned())];
            self.decisions.get_or_create(&labels).inc();
            self.decision_seconds.observe(asked.micros as f64 / 1e6);
        }
    }
}

fn outcome_word(outcome: &domain::decision::Outcome) -> &'static str {
    use domain::decision::Outcome;
    match outcome {
        Outcome::Abstained => "abstained",
        Outcome::Answered => "answered",
        Outcome::AnsweredAndRoute => "answered-and-route",
        Outcome::HandedOver => "handed-over",
        Outcome::Placed => "placed",
        Outcome::GuestFault { .. } => "guest-fault",
        Outcome::Denied { .. } => "denied",
        Outcome::HostFault => "host-fault",
    }
}
