//! Whether a rule answers the same, however often it is asked and wherever its memory lies.
//!
//! A decision has an instance of its own, so nothing of this can go wrong while the host decides. Authors want to know it all
//! the same: whoever keeps something from one call to the next will miss it, and whoever goes by the address of something
//! answers by chance. So the same is asked of a second fresh instance, of one whose memory was used before, and of one that
//! has answered already.

use domain::decision::Kind;
use wasmtime::Engine;

use crate::contract::Input;
use crate::limits::Limits;
use crate::rule::Rule;
use crate::run::{self, Answer, Before};
use crate::session::Asking;
use crate::trace::Seen;

/// How an instance differs from the one that was asked first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// In nothing: it is another fresh one. The same to the last unit of fuel is expected.
    Fresh,
    /// It described itself and read its settings before, so that its memory lies otherwise.
    Moved,
    /// It answered the same before.
    Used,
}

/// An answer that should have been another one.
#[derive(Debug)]
pub struct Unsteady {
    /// Of which instance.
    pub look: Look,
    /// In what it is different: `outcome`, `verdict`, `reason`, `effects`, `calls`, `log`, `fuel`.
    pub parts: Vec<&'static str>,
    /// What a fresh instance answers.
    pub fresh: Answer,
    /// What this one answered.
    pub answer: Answer,
}

pub(crate) fn unsteady(
    engine: &Engine,
    limits: &Limits,
    rule: &Rule,
    kind: Kind,
    input: &Input,
    asking: &Asking,
) -> Vec<Unsteady> {
    let ask = |before| run::decide_after(engine, limits, rule, kind, input, asking.clone(), before);
    let seen = Seen::of(input);
    let mut found = Vec::new();
    for (look, before) in
        [(Look::Fresh, Before::Nothing), (Look::Moved, Before::Introduced), (Look::Used, Before::Asked)]
    {
        let (fresh, answer) = (ask(Before::Nothing), ask(before));
        // An instance that failed cannot be asked again, and how it fails may depend on what it has left of memory.
        if fresh.asked.outcome.failed() && look != Look::Fresh {
            continue;
        }
        let mut parts = answer.differs(&fresh.asked, &fresh.trace(&seen));
        // A memory that was used before is searched and grown otherwise.
        parts.retain(|part| *part != "fuel" || look == Look::Fresh);
        if answer.verdict != fresh.verdict && !parts.contains(&"outcome") {
            parts.push("verdict");
        }
        if !parts.is_empty() {
            found.push(Unsteady { look, parts, fresh, answer });
        }
    }
    found
}
