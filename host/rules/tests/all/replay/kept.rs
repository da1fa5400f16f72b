//! A decision as it is kept, and made again from that alone.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::decision::{Asked, Kind, Outcome, Place, Trace, Verdict};
use domain::proposal::judgement::{self, Judgement};
use domain::raci::Raci;
use rules::contract::{Fact, Message, Proposal, Response, Window};
use rules::{Host, Rule, Seen, Snapshot, Then};
use serde::{Deserialize, Serialize};

use super::chance::{Chance, NOW};
use super::moment::Moment;

/// What was decided on, and what was decided.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Kept {
    /// Of a conversation: what stands in its stream, and what stands in the decision.
    Asked { told: Box<Conversation>, said: Box<Decided> },
    /// Of a proposal.
    Judged { told: Box<Proposal>, said: Box<Judgement> },
    /// Of facts.
    Counted { told: Vec<Fact>, said: Words },
    /// Of figures.
    Watched { told: Shown, said: Words },
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Conversation {
    kind: Kind,
    message: Option<Message>,
    lines: BTreeMap<u64, Message>,
    answer: Option<(u64, Response)>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Decided {
    asked: Asked,
    trace: Trace,
    place: Option<Place>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Shown {
    windows: Vec<Window>,
}

/// What was said where it is added up and not kept: in words that differ when it does.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Words {
    words: String,
    failed: bool,
    fuel: u64,
}

impl Kept {
    /// Has a rule decide on what comes next.
    pub(super) fn decide(
        host: &Host,
        rule: &Rule,
        moment: &mut Moment,
        chance: &mut Chance,
        known: &[String],
    ) -> Self {
        let conversation = |kind: &Kind| matches!(kind, Kind::Routing | Kind::Responding | Kind::Following);
        let kinds = &rule.definition().linked.admitted().kinds;
        let kind = *kinds.iter().find(|kind| conversation(kind)).unwrap_or_else(|| kinds.first().unwrap());
        match kind {
            Kind::Routing | Kind::Responding | Kind::Following => {
                let input = moment.next(chance, known);
                let snapshot: Arc<dyn Snapshot> = Arc::new(moment.clone());
                let answer = host.ask(rule, kind, &input, &snapshot);
                moment.happened(&answer.effects);
                let trace = answer.trace(&Seen::of(&input));
                let place = place(answer.verdict);
                let (lines, heard) = (moment.lines.clone(), moment.answer.clone());
                Self::Asked {
                    told: Box::new(Conversation { kind, message: input.message, lines, answer: heard }),
                    said: Box::new(Decided { asked: answer.asked, trace, place }),
                }
            }
            Kind::Approving => {
                let told = Box::new(chance.proposal(known));
                let said = Box::new(host.judge(rule, &told, &Raci::default()));
                Self::Judged { told, said }
            }
            Kind::Measuring => {
                let told = chance.facts();
                let said = counted(host, rule, &told);
                Self::Counted { told, said }
            }
            Kind::Alerting => {
                let watches = host.watches(rule).unwrap().len();
                let told = Shown { windows: chance.windows(watches) };
                let said = watched(host, rule, &told);
                Self::Watched { told, said }
            }
        }
    }

    /// How it ended, in a word.
    pub(super) fn end(&self) -> String {
        match self {
            Self::Asked { said, .. } if said.asked.outcome.failed() => "failed".to_owned(),
            Self::Asked { said, .. } => match (&said.asked.outcome, &said.place) {
                (Outcome::Placed, Some(place)) => place.queue.to_string(),
                (outcome, _) => format!("{outcome:?}"),
            },
            Self::Judged { said, .. } => match &said.verdict {
                judgement::Verdict::Approve => "approves".to_owned(),
                judgement::Verdict::Reject => "rejects".to_owned(),
                judgement::Verdict::Require(_) => "requires".to_owned(),
                judgement::Verdict::Failed { .. } => "failed".to_owned(),
            },
            Self::Counted { said, .. } | Self::Watched { said, .. } if said.failed => "failed".to_owned(),
            Self::Counted { said, .. } | Self::Watched { said, .. } if said.words == "[]" => {
                "nothing".to_owned()
            }
            Self::Counted { .. } | Self::Watched { .. } => "something".to_owned(),
        }
    }

    /// In what it is another one when it is made again: nothing, if it is the same.
    pub(super) fn differs(self, host: &Host, rule: &Rule) -> Vec<String> {
        match self {
            Self::Asked { told, said } => asked_again(host, rule, *told, &said),
            Self::Judged { told, said } => {
                let now = host.judge(rule, &told, &Raci::default());
                let is_same = Judgement { micros: said.micros, ..now } == *said;
                if is_same { Vec::new() } else { vec!["judgement".to_owned()] }
            }
            Self::Counted { told, said } => other_words(&counted(host, rule, &told), &said),
            Self::Watched { told, said } => other_words(&watched(host, rule, &told), &said),
        }
    }
}

fn asked_again(host: &Host, rule: &Rule, told: Conversation, said: &Decided) -> Vec<String> {
    let Conversation { kind, message, lines, answer } = told;
    let input = match Seen::again(&said.trace.input, message.as_ref(), &[]) {
        Ok(input) => input,
        Err(error) => return vec![error],
    };
    let then = Then::new(&said.trace.calls, move |version| lines.get(&version).cloned()).answered_by(
        move |version| {
            answer.as_ref().filter(|(found, _)| *found == version).map(|(_, answer)| answer.clone())
        },
    );
    let then = Arc::new(then);
    let now = host.ask(rule, kind, &input, &(Arc::clone(&then) as Arc<dyn Snapshot>));
    let mut differs: Vec<String> =
        now.differs(&said.asked, &said.trace).into_iter().map(str::to_owned).collect();
    differs.extend(then.strayed());
    if place(now.verdict) != said.place {
        differs.push("place".to_owned());
    }
    differs
}

fn place(verdict: Option<Verdict>) -> Option<Place> {
    match verdict {
        Some(Verdict::Place(place)) => Some(place),
        _ => None,
    }
}

fn counted(host: &Host, rule: &Rule, facts: &[Fact]) -> Words {
    let figures = host.figures(rule).unwrap();
    let measured = host.measure(rule, &figures, facts);
    words(&measured.samples, measured.fuel)
}

fn watched(host: &Host, rule: &Rule, shown: &Shown) -> Words {
    let watches = host.watches(rule).unwrap();
    let judged = host.judge_figures(rule, &watches, NOW, &shown.windows);
    words(&judged.named, judged.fuel)
}

fn words<T: std::fmt::Debug, E: std::fmt::Debug>(said: &Result<T, E>, fuel: u64) -> Words {
    let words = said.as_ref().map_or_else(|error| format!("{error:?}"), |said| format!("{said:?}"));
    Words { words, failed: said.is_err(), fuel }
}

fn other_words(now: &Words, then: &Words) -> Vec<String> {
    if now == then { Vec::new() } else { vec!["words or fuel".to_owned()] }
}
