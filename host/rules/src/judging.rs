//! Asking a rule what it thinks of a proposal.
//!
//! An approver is asked as any rule is: a fresh instance, fuel, limits, blame. What differs is what it sees, which is no
//! conversation, and what it may demand: rows, roles and waits that make sense to the company. A demand that cannot be met
//! by anybody, or not within a week, is a fault of the rule and no judgement, because a rule holds things for people and
//! must not hold them for ever. Whether there are as many people as it wants signatures is looked at when they are counted.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use domain::decision::{Digest, Kind};
use domain::id::RoleId;
use domain::json::Json;
use domain::proposal;
use domain::proposal::judgement::{Demands, Judgement, LONGEST_WAIT, MOST_SIGNATURES, Reason, Verdict};
use domain::raci::Raci;
use domain::raci::task::Task;
use domain::rule::mode::Mode;
use wasmtime::Engine;

use crate::admission::Admitted;
use crate::contract;
use crate::fault::Failed;
use crate::functions::Function;
use crate::generation::Generation;
use crate::limits::Limits;
use crate::rule::Rule;
use crate::run::{Guest, nonsense, not_exported, own_error, within};
use crate::weight;

/// The most things that a rule may have found.
const MOST_REASONS: usize = 50;

/// The longest code of one, in bytes.
const LONGEST_CODE: usize = 40;

/// The longest sentence about one, in characters.
const LONGEST_WORDS: usize = 500;

impl Generation {
    /// The rules that judge proposals of a kind, in the order of their sets.
    pub fn approvers(&self, kind: proposal::Kind) -> impl Iterator<Item = &Rule> {
        self.rules().filter(move |rule| {
            let definition = &rule.definition;
            rule.is(Kind::Approving)
                && definition.mode == Mode::Live
                && definition.scope.kinds.contains(&kind)
        })
    }
}

impl Admitted {
    /// What it can be asked for, and what it would do.
    pub fn reach(&self) -> Reach {
        Reach { kinds: self.kinds.clone(), functions: self.functions.clone() }
    }
}

/// What a component can be asked for, and the functions of the host that it needs: all that the matrix asks about one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// What it can be asked for.
    pub kinds: BTreeSet<Kind>,
    /// What it needs of the host.
    pub functions: BTreeSet<Function>,
}

impl Reach {
    /// The rows of the matrix whose A has to agree before it decides, if it judges proposals of these kinds.
    pub fn tasks(&self, judges: &BTreeSet<proposal::Kind>) -> BTreeSet<Task> {
        use domain::raci::action::Action;
        let kinds = self.kinds.iter().flat_map(|kind| Action::deploying(*kind, judges));
        // What a rule writes to its log that knows no customer comes with what it judges, counts or watches.
        let told_little = self.kinds.iter().all(|kind| kind.is_told_little());
        let functions = self.functions.iter().filter(|one| !(told_little && **one == Function::LogWrite));
        let functions = functions.flat_map(|function| function.tasks());
        kinds.flat_map(|action| action.tasks()).chain(functions).copied().collect()
    }
}

/// Asks one rule about one proposal.
pub(crate) fn judge(
    engine: &Engine,
    limits: &Limits,
    rule: &Rule,
    shown: &contract::Proposal,
    raci: &Raci,
) -> Judgement {
    let started = Instant::now();
    let definition = &rule.definition;
    let mut guest = Guest::told_little(engine, limits, limits.decision_fuel, rule, Kind::Approving);
    let said =
        call(&mut guest, limits, rule, shown).and_then(|judgement| understood(judgement, limits, raci));
    let (verdict, reasons) = said.unwrap_or_else(|Failed { outcome, text }| {
        (Verdict::Failed { outcome, text: brief(text) }, Vec::new())
    });
    Judgement {
        rule: definition.id.clone(),
        component: definition.linked.admitted().digest,
        settings: rule.settings,
        input: Digest::of(Json::of(shown).text().as_bytes()),
        verdict,
        reasons,
        fuel: guest.spent(),
        micros: started.elapsed().as_micros().try_into().unwrap_or(u64::MAX),
    }
}

fn call(
    guest: &mut Guest,
    limits: &Limits,
    rule: &Rule,
    shown: &contract::Proposal,
) -> Result<contract::Judgement, Failed> {
    let exports = &rule.definition.linked.exports;
    let instance = &guest.start(exports)?;
    let functions = exports.approving.as_ref().ok_or_else(|| not_exported(Kind::Approving))?;
    let functions = functions.load(&mut guest.store, instance).map_err(|error| Failed::host(&error))?;
    let answered = functions.call_judge(&mut guest.store, &rule.prepared, shown);
    answered.map_err(|error| Failed::calling(&error))?.map_err(|message| own_error(message, limits))
}

/// What a rule said, if it makes sense to this company.
fn understood(
    said: contract::Judgement,
    limits: &Limits,
    raci: &Raci,
) -> Result<(Verdict, Vec<Reason>), Failed> {
    within(weight(&said), limits.output)?;
    let contract::Judgement { verdict, reasons, .. } = said;
    if reasons.len() > MOST_REASONS {
        let found = reasons.len();
        return Err(nonsense(format!("{found} reasons, at most {MOST_REASONS} are possible")));
    }
    let reasons = reasons.into_iter().map(reason).collect::<Result<_, _>>()?;
    let verdict = match verdict {
        contract::Verdict::Approve => Verdict::Approve,
        contract::Verdict::Reject => Verdict::Reject,
        contract::Verdict::Require(demanded) => Verdict::Require(demands(demanded, raci)?),
    };
    Ok((verdict, reasons))
}

fn reason(said: contract::Reason) -> Result<Reason, Failed> {
    let contract::Reason { code, words } = said;
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if code.is_empty() || code.len() > LONGEST_CODE || !code.bytes().all(plain) {
        return Err(nonsense(
            "a reason whose code is not 1 to 40 small letters, digits and hyphens".to_owned(),
        ));
    }
    let sayable = |text: &str| text.chars().count() <= LONGEST_WORDS && !text.chars().any(char::is_control);
    if !words.iter().all(|(language, text)| language.len() == 2 && sayable(text)) {
        return Err(nonsense(format!(
            "the words of `{code}`: a language of two letters and at most {LONGEST_WORDS} characters are possible"
        )));
    }
    Ok(Reason { code, words: words.into_iter().collect() })
}

fn demands(said: contract::Demands, raci: &Raci) -> Result<Demands, Failed> {
    let contract::Demands { signatures: wanted, roles: named, wait } = said;
    let mut signatures = BTreeMap::new();
    for (row, count) in wanted {
        let task = Task::ALL.into_iter().find(|task| task.word() == row);
        let task = task.ok_or_else(|| nonsense(format!("there is no row `{row}`")))?;
        if !(1..=MOST_SIGNATURES).contains(&count) {
            return Err(nonsense(format!("{count} signatures, 1 to {MOST_SIGNATURES} are possible")));
        }
        let known = signatures.entry(task).or_insert(count);
        *known = count.max(*known);
    }
    let mut roles = BTreeSet::new();
    for name in named {
        let role = RoleId::from(name.as_str());
        if !raci.matrix().knows(&role) {
            return Err(nonsense(format!("there is no role `{name}`")));
        }
        roles.insert(role);
    }
    if wait > LONGEST_WAIT {
        return Err(nonsense(format!("a wait of {wait} seconds, at most {LONGEST_WAIT} are possible")));
    }
    Ok(Demands { signatures, roles, wait })
}

/// As much of a fault as people read, which may be in the words of the rule.
fn brief(text: String) -> String {
    text.chars().filter(|c| !c.is_control()).take(LONGEST_WORDS).collect()
}

fn weight(said: &contract::Judgement) -> usize {
    let words = |reason: &contract::Reason| {
        size_of::<contract::Reason>() + reason.code.len() + weight::attrs(&reason.words)
    };
    let demanded = match &said.verdict {
        contract::Verdict::Require(demands) => {
            let rows = demands.signatures.iter().map(|(row, _)| size_of::<(String, u32)>() + row.len());
            rows.sum::<usize>() + weight::texts(&demands.roles)
        }
        contract::Verdict::Approve | contract::Verdict::Reject => 0,
    };
    said.reasons.iter().map(words).sum::<usize>() + demanded + weight::attrs(&said.attrs)
}
